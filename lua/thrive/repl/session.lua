--- A session at a terminal: what thrivelua's prompt is for people. Elsewhere (input or output that is no terminal) the
-- prompt is lua's, thrive.repl.
--
-- * Chunks go on over several lines until they are whole; an expression needs no `=`. What it returns is shown by
--   thrive.inspect. `_` is the first result of the last chunk that had any, `_1` too, `_2` that of the one before … `_9`.
-- * `client` is made when it is first used: of the sandbox, the environment or the profile.
-- * Ctrl-C drops the line, or ends what runs, and never the session; Ctrl-D or `exit` ends that. Tasks go on only while
--   something waits: a call, `task:wait()`, `thrive.sleep`.
--
-- Whoever runs it (src/prompt.c, bin/thrivelua) calls the chunk, so that nothing of ours is below it.
-- @module thrive.repl.session
local core = require "thrive.core"
local settings = require "thrive.settings"
local terminal = require "thrive.terminal"

local globals, load, pcall, tostring, rawget = _G, load, pcall, tostring, rawget

local M = {}

local NAME_MOST <const> = 30 -- columns of a profile's name

-- ---- the prompt ------------------------------------------------------------------------------------------------------

-- Who is talked to: the global `client`, when it is another one than the default.
local function target(own)
  local client = rawget(globals, "client")
  if client ~= nil and client ~= own and debug.getmetatable(client) and getmetatable(client) == "thrive.client"
    and not core.closed(client) then
    local region = require("thrive.credentials").region_of { base_url = (core.hosts(client)) }
    return { name = core.state(client).account.profile or region, production = region:find("^production") ~= nil }, client
  end
  return require("thrive.profile").current(), own
end

-- A file may call a profile anything.
local function harmless(name)
  local text = require "thrive.text"
  return (text.cut(text.escape(name), NAME_MOST))
end

-- "thrive (acme, dry run)", and whether it is production.
local function title(own)
  local who, client = target(own)
  local words = {}
  local name = who.name == "environment" and who.region or who.name
  if name then words[1] = harmless(name) end
  local read_only, dry_run = settings.read_only or who.read_only, settings.dry_run or who.dry_run
  if client and not core.closed(client) then read_only, dry_run = core.modes(client) end
  if dry_run then words[#words + 1] = "dry run" end
  if read_only then words[#words + 1] = "read only" end
  return #words > 0 and ("thrive (%s)"):format(table.concat(words, ", ")) or "thrive", who.production
end

-- For libedit: what a prompt sends to the terminal stands between two bytes 1 and needs a character behind it.
local function marked(text)
  text = text:gsub("\1", ""):gsub("\27%[[%d;:?]*%a", "\1%0\1"):gsub("\1\1", "")
  return (text:gsub("([^\1\128-\191][\128-\191]*)(\1[^\1]*\1)$", "%2%1"))
end

-- ---- the session -----------------------------------------------------------------------------------------------------

local function ends_early(message) return message:sub(-5) == "<eof>" end

-- What somebody meant who types `help users` as in a shell. A message, or nil.
local function advice(text)
  local name, topic = text:match("^%s*(%a+)%s+([%a_][%w_.:]*)%s*$")
  if name == "help" or name == "apropos" then return ('%s wants its topic in quotes: %s "%s"'):format(name, name, topic) end
  return nil
end

-- exit, quit, exit() …: whoever comes from another prompt leaves with that. A script's own global of the name is that.
local function leaves(text)
  local word = text and text:match("^%s*(%a+)%s*;?%s*$") or text and text:match("^%s*(%a+)%s*%(%s*%)%s*;?%s*$")
  return (word == "exit" or word == "quit") and rawget(globals, word) == nil
end

-- Compiles a chunk. Returns a function; or nil, a message, and whether more lines could make it whole.
local function compile(text)
  local rest = text:match("^=(.*)$")
  local chunk, problem = load("return " .. (rest or text), "=stdin")
  if chunk then return chunk end
  local message = problem
  if not rest then
    chunk, message = load(text, "=stdin")
    if chunk then return chunk end
  end
  local unfinished = ends_early(problem) and problem or ends_early(message) and message
  if not unfinished then return nil, message, false end
  -- A line break does not help a string whose quote is missing.
  local _, broken = load((rest and "return " .. rest or text) .. "\n", "=stdin")
  if broken and broken:find("unfinished string", 1, true) and not ends_early(broken) then return nil, broken, false end
  return nil, unfinished, true
end

--- Makes a session.
-- @tparam table host `readline(prompt)`: a plain reader; and where there are such, `editor` (src/editline.h) and `file`
--   (src/histfile.h)
-- @treturn function gets the next chunk: a function to run; false and a message when it does not compile; nil at the end,
--   and the signal that ended it
-- @treturn function shows the results of a chunk; they are its arguments
-- @treturn function makes of the message of an error, with its traceback, what is told
-- @usage local next_chunk, show, tidy = session.new{ readline = f }
function M.new(host)
  local colour = terminal.colour(1)
  local editor, history, session -- session: what thrive.repl.globals gives
  local unfinished = "" -- the lines so far of a chunk that goes on
  local entered -- the chunk before, not yet saved

  local function complain(text)
    io.stderr:write("thrivelua: ", text, "\n")
  end

  -- What was entered last has run by now.
  local function save()
    if history and entered then history:save(entered) end
    entered = nil
  end

  local function begin()
    session = require("thrive.repl.globals").install(globals)
    if host.editor and terminal.moves(1) then
      local limit = require("thrive.repl.history").LIMIT
      editor = host.editor(limit)
    end
    io.stdout:write(("thrivelua %s: help() tells more, %sCtrl-D leaves\n"):format(core.version,
      editor and "Tab completes, " or ""))
    io.stdout:flush()
    if not editor then return end
    history = require("thrive.repl.history").open(host.file, complain)
    table.insert(settings.at_exit, function() -- also when a chunk calls os.exit
      save()
      history:forget_secrets()
    end)
    for _, entry in ipairs(history.entries) do editor:remember(entry) end
    history.entries = nil
  end

  local function complete(line, cursor, columns)
    local before = unfinished == "" and "" or unfinished .. "\n"
    if before ~= "" and not line:sub(1, cursor):find("%S") then return 0, "  " end -- where a line begins, Tab indents
    local text = before .. line
    cursor = #before + cursor
    local found = require("thrive.complete").candidates(text, cursor, globals)
    return require("thrive.repl.tab").decide(found, text, cursor, columns)
  end

  local function try_to_complete(...)
    local ok, taken, insert, lines = pcall(complete, ...)
    if ok then return taken, insert, lines end
    return 0, nil, tostring(taken)
  end

  local function prompt(name, default)
    local value = rawget(globals, name)
    local ok, text = pcall(tostring, value)
    if value == nil or not ok then text = default() end
    return text
  end

  local function first_prompt()
    local ok, text, production = pcall(title, session.made())
    if not ok then return "thrive> " end -- a prompt there has to be, whatever a script has done
    if production and colour then text = ("\27[1;31m%s\27[0m"):format(text) end
    return text .. "> "
  end

  local function second_prompt()
    return ">> "
  end

  local function read(text)
    if editor then
      local above, last = text:match("^(.*\n)(.*)$") -- libedit's prompts have one line
      if above then io.stdout:write(above) end
      return editor:read(marked(last or text), try_to_complete)
    end
    return host.readline(text)
  end

  local function remember(text)
    if not editor then return end
    editor:remember(text)
    entered = text
  end

  local function finish(signal)
    if editor then editor:close() end
    return nil, signal
  end

  local function next_chunk()
    if not session then begin() end
    for _, name in ipairs { "thrive.guard", "thrive.confirm" } do -- what a line has deleted is not the next one's affair
      local part = package.loaded[name]
      if part then part.begin() end
    end
    local progress = package.loaded["thrive.progress"]
    if progress then progress.rest() end -- a loop that a chunk has left half done
    save()
    while true do
      unfinished = ""
      session.refresh()
      if editor then editor:begin_line() end
      local text, signal = read(prompt("_PROMPT", first_prompt))
      if leaves(text) then return finish() end
      while text and text:find("%S") do
        local advised = advice(text)
        if advised then
          remember(text)
          return false, advised
        end
        local chunk, message, goes_on = compile(text)
        if chunk then
          remember(text)
          return chunk
        end
        if not goes_on then
          remember(text)
          return false, message
        end
        unfinished = text
        local more, ended_by = read(prompt("_PROMPT2", second_prompt))
        if more == nil then -- Ctrl-D: it will not be finished
          remember(text)
          if ended_by then return finish(ended_by) end
          io.stdout:write("\n")
          return false, message
        end
        text = more and text .. "\n" .. more
      end
      if text == nil then return finish(signal) end
    end
  end

  local function show(...)
    local shown = require "thrive.repl.results"
    local results = shown.bare(table.pack(...))
    if results.n == 0 then return end
    if results.n == 1 and results[1] == session.help then return session.help() end -- who types it wants to see it
    session.keep(shown.main(results))
    for _, line in ipairs(shown.lines(results, { width = terminal.width(1), colour = colour })) do
      io.stdout:write(line, "\n")
    end
    io.stdout:flush()
  end

  local function tidy(message)
    return require("thrive.repl.raised").tidy(message)
  end

  return next_chunk, show, tidy
end

return M
