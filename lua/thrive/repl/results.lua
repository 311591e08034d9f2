--- How a session shows what a chunk returned.
-- @module thrive.repl.results
local core = require "thrive.core"

local M = {}

local plain = { ["nil"] = true, boolean = true, number = true, string = true }

local function is_meta(value)
  local meta = debug.getmetatable(value)
  return type(value) == "table" and type(meta) == "table" and rawget(meta, "__name") == "thrive.meta"
end

--- The results without what a call says of itself.
-- @tparam table results packed, with `n`
-- @treturn table the same
function M.without_meta(results)
  if results.n > 1 and is_meta(results[results.n]) then
    results.n = results.n - 1
    if results.n == 2 and results[2] == nil then results.n = 1 end -- value, nil, meta: it went well
  end
  return results
end

-- A string as it is, line breaks and tabs too, but for what a terminal would obey and the secrets of clients.
local function harmless(s)
  local text = require "thrive.text"
  return (text.redact(s):gsub("[^\n\t]+", text.escape))
end

<<<<<<< HEAD
-- What a traceback holds when it tells nothing: the chunk that was typed, C, and this module.
local function tells_nothing(frame)
  return frame:find("^\t%[C%]: ") or frame:find("^\tthrive/[%w_/]+%.lua:") or frame == "\t(...tail calls...)"
    or frame:find("^\tstdin:%d+: in main chunk$")
end

--- The text for an error that ended a chunk: its traceback only where it leads through functions of the user's own.
-- @tparam string text message and traceback
-- @tparam boolean colour
-- @treturn string
function M.error_text(text, colour)
  local message, trace = text:match("^(.-)\nstack traceback:\n(.*)$")
  if message then
    local telling = false
    for frame in trace:gmatch("[^\n]+") do telling = telling or not tells_nothing(frame) end
    if not telling then text = message:gsub("^thrive/[%w_/]+%.lua:%d+: (interrupted!)$", "%1") end
  end
  return paint_error(text, colour)
end

--- Lines for results: numbers, texts and the like beside each other as print has them, anything else by thrive.inspect, an
-- error in red. The nil beside an error is not shown.
=======
--- Lines for results: numbers, texts and the like beside each other as print has them (control characters are spelled out),
-- anything else by thrive.inspect, an error in red. The nil beside an error is not shown.
>>>>>>> ded756ff60ab7ec136d6478ecd9736e21db6fd33
-- @tparam table results packed, with `n`
-- @tparam table options `width` in columns, `colour`
-- @treturn {string,...}
function M.lines(results, options)
  local lines, row = {}, {}
  local function end_row()
    if row[1] then lines[#lines + 1] = table.concat(row, "\t") end
    row = {}
  end
  for i = 1, results.n do
    local value = results[i]
    if core.iserror(value) then
      end_row()
      lines[#lines + 1] = require("thrive.inspect.value").paint(harmless(tostring(value)), "failure", options.colour)
    elseif plain[type(value)] then
      local beside_error = value == nil and i < results.n and core.iserror(results[i + 1])
      if not beside_error then row[#row + 1] = type(value) == "string" and harmless(value) or tostring(value) end
    else
      end_row()
      lines[#lines + 1] = require("thrive.inspect").inspect(value, options)
    end
  end
  end_row()
  return lines
end

return M
