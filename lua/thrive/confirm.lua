--- On a terminal thrivelua asks before it deletes.
-- @module thrive.confirm

local core = require "thrive.core"
local changes = require "thrive.changes"
local scheduler = require "thrive.scheduler"
local terminal = require "thrive.terminal"
local text = require "thrive.text"

local M = {}

local PAUSE <const> = 0.05 -- seconds between two looks for an answer, while tasks and transfers go on

local gate = scheduler.gate() -- one question at a time
local all = false             -- "all" was the answer

--- Begins a run: at the prompt an answer "all" holds for the deletes of that line.
function M.begin() all = false end

-- Is there somebody to ask?
local function can_ask() return terminal.is(0) and terminal.is(2) end

-- Begins a line, whatever the script has left on this one: blanks as wide as the terminal bring the cursor to the next line
-- where it was not at the beginning of one, and leave no trace where it was.
local function begin_line()
  if not terminal.moves(2) then return "" end
  return (" "):rep(terminal.width(2)) .. "\r\27[K"
end

--- Asks whether to delete. Where nobody can be asked it may be deleted: what a run without a terminal may do is the guard's.
-- @param client userdata
-- @tparam table target of thrive.route
-- @treturn boolean
-- @raise "interrupted!" on Ctrl-C
function M.ask(client, target)
  if all or not can_ask() then return true end
  local _ <close> = gate:enter()
  if all then return true end
  local entry = target.entry
  local what
  if entry then
    local name = changes.key(target)
    what = ("%s %s %s"):format(entry.event and "delete" or entry.verb, target.group.name == "events" and "user"
      or target.group.name:match("([^.]*)s$"), name)
    local record = changes.current(client, target)
    local title = record and changes.title(record)
    if title then what = ("%s (%s)"):format(what, title) end
  else
    what = "DELETE " .. target.path
  end
  io.stdout:flush()
  io.stderr:write(begin_line(), text.escape(core.redact(what)), "? [y/N/all] ")
  local line
  do
    local _ <close> = setmetatable({}, { __close = function() -- after Ctrl-C and Ctrl-D what comes next begins a line
      if not line then io.stderr:write("\n") end
    end })
    while not core.system.readable(0) do scheduler.sleep(PAUSE) end
    line = io.stdin:read("l")
  end
  local answer = (line or ""):match("^%s*(.-)%s*$"):lower()
  all = answer == "all" or answer == "a"
  return all or answer == "y" or answer == "yes"
end

return M
