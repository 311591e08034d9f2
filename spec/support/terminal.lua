--- A real terminal for specs: a program in a tmux session of its own, keys in, screen out. What the program sees is a
-- pseudo-terminal with a size; what the spec sees is the screen as a person would.
--
--     local t <close> = terminal.open{ program = interp.thrivelua(), command = '"$P"', directory = directory }
--     t:wait_for(">$")
--     t:type("1 + 1"):key("Enter"):wait_for("2")
--     t:key("C-d")
--     assert.equal(0, t:exit_code())
local interp = require "spec.support.interp"

local M = {}

local Terminal = { __name = "spec.terminal" }
Terminal.__index = Terminal

-- Sent to the terminal when the program has ended, a title that nobody sees: with it the record is whole, which is written
-- by a process of its own.
local ENDED <const> = "\27]2;ended\27\\"

local PATIENCE <const> = 30 -- seconds; a sanitized program on a busy machine takes its time

-- Between two looks at the screen: they are made by processes, which would take the time of the one that is looked at.
local function breathe()
  os.execute("sleep 0.03")
end

local function read(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  local ok, _, code = pipe:close()
  return text, ok, code
end

local function tmux(self, ...)
  local words = { "tmux", "-S", interp.quote(self.place .. "/socket"), "-f", interp.quote(self.place .. "/conf") }
  for _, word in ipairs { ... } do words[#words + 1] = interp.quote(tostring(word)) end
  local text, ok = read(table.concat(words, " ") .. " 2>&1")
  return text, ok
end

local function must(self, ...)
  local text, ok = tmux(self, ...)
  if not ok then error("tmux " .. (...) .. ": " .. text, 3) end
  return text
end

--- Starts a program in a terminal. Close the object: it ends the program.
-- @tparam table given `command`: a line for sh, "$P" in it is `program`; `directory` (where it runs; also HOME unless env
--   says otherwise), `env` (name → value, on top of interp's clean environment), `columns` (80), `rows` (24),
--   `term` ("screen-256color")
-- @treturn terminal
function M.open(given)
  local self = setmetatable({ place = interp.directory() }, Terminal)
  interp.write(self.place .. "/conf", table.concat({
    "set -g status off", "set -g history-limit 5000", "set -sg escape-time 0",
    "set -g default-terminal " .. (given.term or "screen-256color"), "",
  }, "\n"))
  -- HISTFILE: a shell that is ended with its terminal would save its history while HOME is being removed.
  local env = { HOME = given.directory, TERM = given.term or "screen-256color", LC_ALL = "C.UTF-8", HISTFILE = "/dev/null" }
  for name, value in pairs(given.env or {}) do env[name] = value end
  -- interp gives standard input away; the terminal is to be all three. The shell waits until the raw output is recorded,
  -- outlives Ctrl-C, and keeps the exit status: tmux does not always notice an end.
  local command = interp.command(given.directory, given.program or "", given.command, env):gsub("<'/dev/null'$", "")
  interp.write(self.place .. "/run", ([[
trap : INT QUIT
while [ ! -e go ]; do sleep 0.01; done
(%s
)
echo $? >status.new
printf '\033]2;ended\033\\'
mv status.new status
while :; do sleep 60; done
]]):format(command))
  must(self, "new-session", "-d", "-x", given.columns or 80, "-y", given.rows or 24, "-c", self.place, "sh run")
  must(self, "pipe-pane", "cat >" .. interp.quote(self.place .. "/raw"))
  interp.write(self.place .. "/go", "")
  return self
end

--- Types text as it is.
function Terminal:type(text)
  must(self, "send-keys", "-l", "--", text)
  return self
end

--- Presses keys by their tmux names: "Enter", "Tab", "C-c", "C-d", "Up", "Left", "BSpace" …
function Terminal:key(...)
  must(self, "send-keys", "--", ...)
  return self
end

--- Pastes text as a terminal does: as a bracketed paste where the program asks for it.
function Terminal:paste(text)
  interp.write(self.place .. "/paste", text)
  must(self, "load-buffer", self.place .. "/paste")
  must(self, "paste-buffer", "-p", "-r")
  return self
end

--- What is on the screen, blanks at the ends of lines and empty lines at its end taken off.
-- @tparam[opt] table options `escapes` = true: with the escape sequences of colours; `history` = true: also what has
--   scrolled away
function Terminal:screen(options)
  local words = { "capture-pane", "-p" }
  if options and options.escapes then words[#words + 1] = "-e" end
  if options and options.history then table.move({ "-S", "-" }, 1, 2, #words + 1, words) end
  return (must(self, table.unpack(words)):gsub(" +\n", "\n"):gsub("%s+$", ""))
end

--- Waits until the screen (trailing blanks off) shows what is wanted; raises with the screen when it does not.
-- @tparam string|function wanted a Lua pattern, or a function of the screen
-- @tparam[opt] table options as `screen`
-- @treturn string the screen
function Terminal:wait_for(wanted, options)
  local deadline = os.time() + PATIENCE
  local screen
  repeat
    screen = self:screen(options)
    local found
    if type(wanted) == "function" then found = wanted(screen) else found = screen:find(wanted) end
    if found then return screen end
    breathe()
  until os.time() > deadline
  error(("the screen never shows %s; it is\n%s"):format(type(wanted) == "string" and wanted or "it", screen), 2)
end

local function recorded(self)
  local file = io.open(self.place .. "/raw", "rb")
  if not file then return "" end -- its recorder has not begun yet
  local text = file:read("a")
  file:close()
  return text
end

--- Everything that the program has written, byte for byte: all of it after `exit_code`, before that what is recorded so far.
function Terminal:raw()
  local text = recorded(self)
  local last = text:find(ENDED, 1, true)
  return last and text:sub(1, last - 1) or text
end

--- Changes the size; the program gets SIGWINCH.
function Terminal:resize(columns, rows)
  must(self, "resize-window", "-x", columns, "-y", rows)
  return self
end

--- Column and row of the cursor, from 0.
function Terminal:cursor()
  local x, y = must(self, "display-message", "-p", "#{cursor_x} #{cursor_y}"):match("(%d+) (%d+)")
  return math.tointeger(x), math.tointeger(y)
end

--- Waits for the program's end. @treturn integer as the shell sees it: 128 + n after signal n
function Terminal:exit_code()
  local deadline = os.time() + PATIENCE
  repeat
    local file = io.open(self.place .. "/status")
    if file then
      local code = file:read("n")
      file:close()
      while not recorded(self):find(ENDED, 1, true) and os.time() <= deadline do breathe() end
      return code
    end
    breathe()
  until os.time() > deadline
  error("the program does not end; the screen is\n" .. self:screen(), 2)
end

function Terminal:__close()
  if self.place then
    tmux(self, "kill-server")
    interp.remove(self.place)
    self.place = nil
  end
end

--- Ends the program and removes what was made for it.
function Terminal:close()
  Terminal.__close(self)
end

return M
