--- How a session shows what a chunk returned.
-- @module thrive.repl.results
local texts = require "thrive.text"

local M = {}

local plain = { ["nil"] = true, boolean = true, number = true, string = true }

local function is_meta(value)
  local meta = debug.getmetatable(value)
  return type(value) == "table" and type(meta) == "table" and rawget(meta, "__name") == "thrive.meta"
end

local function is_failure(value) return require("thrive.inspect.value").is_failure(value) end

--- The results without what a call says of itself, and without what is for a generic `for` alone.
-- @tparam table results packed, with `n`
-- @treturn table the same
function M.bare(results)
  if results.n > 1 and is_meta(results[results.n]) then
    results.n = results.n - 1
    if results.n == 2 and results[2] == nil then results.n = 1 end -- value, nil, meta: it went well
  end
  local loops = package.loaded["thrive.loops"]
  local first = results[1]
  if results.n == 4 and loops and type(first) == "function" and rawequal(loops[first], results[4]) then results.n = 1 end
  return results
end

--- The result that `_` stands for: the first, or the error that comes instead of it.
-- @tparam table results packed, with `n`
function M.main(results)
  if results[1] == nil and is_failure(results[2]) then return results[2] end
  return results[1]
end

-- A string as it is, but for what a terminal would obey and the secrets of clients.
local function harmless(s) return texts.escape_lines(texts.redact(s)) end

-- What the module's own objects say of themselves, broken at blanks.
local function broken(s, width)
  if s:find("\n", 1, true) then return s end
  return table.concat(texts.wrap(s, width, "  ", require("thrive.inspect.value").width), "\n")
end

--- Lines for results: numbers, texts and the like beside each other as print has them (control characters are spelled out),
-- anything else by thrive.inspect, an error in red. The nil beside an error is not shown.
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
    if is_failure(value) then
      end_row()
      lines[#lines + 1] = require("thrive.inspect.value").paint(harmless(tostring(value)), "failure", options.colour)
    elseif plain[type(value)] then
      local beside_error = value == nil and i < results.n and is_failure(results[i + 1])
      if not beside_error then row[#row + 1] = type(value) == "string" and harmless(value) or tostring(value) end
    else
      end_row()
      local shown = require("thrive.inspect").inspect(value, options)
      lines[#lines + 1] = require("thrive.inspect.value").own(value) and broken(shown, options.width) or shown
    end
  end
  end_row()
  return lines
end

return M
