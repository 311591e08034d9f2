--- How a session tells what a chunk has raised: without the frames of this module, which are nobody's concern there. The
-- traceback of a mistake in the module itself stays whole, to be reported; scripts see theirs as lua has them.
-- @module thrive.repl.raised
local M = {}

--- Is it a file of ours? "thrive/call.lua", or with a path before it; not a user's own in a directory of that name.
-- @tparam string file as in tracebacks and `short_src`
-- @treturn boolean
function M.is_own(file)
  local name = file:match("%f[%w_.]thrive/([%w_/]+)%.lua$")
  name = name and "thrive." .. name:gsub("/", ".")
  return name ~= nil and (package.loaded[name] ~= nil or package.preload[name] ~= nil)
end

local function kind_of(frame)
  local file = frame:match("^\t(.-):%d+: in ")
  if file and M.is_own(file) or frame:find("^\t%[C%]: in %a+ 'thrive%.") then return "own" end
  if frame:find("^\t%(%.%.%.") then return "tail" end
  if frame:find("^\t%[C%]: in ") then return frame:find("'error'$") and "raiser" or "host" end
  return frame == "\tstdin:1: in main chunk" and "host" or "user"
end

-- Errors quote data: a terminal must not obey it, and the secrets of clients are masked.
local function harmless(s)
  local text = require "thrive.text"
  return text.escape_lines(text.redact(s))
end

--- Takes out of a message with a traceback what comes from this module, and spells out control characters.
-- @tparam string text
-- @treturn string
-- @usage io.stderr:write(raised.tidy(debug.traceback(message)), "\n")
function M.tidy(text)
  text = harmless(text)
  local message, trace = text:match("^(.*)\nstack traceback:\n(.*)$")
  if not message then return text end
  local file, rest = message:match("^([^\n:]*):%d+: (.*)$")
  if file and M.is_own(file) then
    if rest ~= "interrupted!" then return text end
    message = rest
  end
  local frames, kinds, dropped = {}, {}, false
  for frame in trace:gmatch("[^\n]+") do
    frames[#frames + 1], kinds[#kinds + 1] = frame, kind_of(frame)
  end
  local kept, worth = {}, false
  for i, frame in ipairs(frames) do
    local kind = kinds[i]
    if kind == "own" or kind == "tail" and kinds[i - 1] == "own" or kind == "raiser" and kinds[i + 1] == "own" then
      dropped = true
    else
      kept[#kept + 1] = frame
      worth = worth or kind == "user"
    end
  end
  if not dropped then return text end
  return worth and message .. "\nstack traceback:\n" .. table.concat(kept, "\n") or message
end

return M
