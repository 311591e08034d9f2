--- Records to standard output, in the format asked for.
-- @module thrive.api.show

local fail = require "thrive.api.fail"
local terminal = require "thrive.terminal"
local values = require "thrive.api.values"

local M = {}

--- The names of --fields as an array; nil when there is none.
-- @tparam table given the options of the request
function M.fields(given)
  if not given.fields then return nil end
  local list, seen = {}, {}
  for _, name in ipairs(values.split(given.fields)) do
    if not seen[name] then list[#list + 1] = name end
    seen[name] = true
  end
  if #list == 0 then fail.usage("option '--fields' must name a field") end
  return list
end

--- The members of a record that such names need, for the decoder: "cf.site" needs additionalFields, "rank.level" rank.
-- @tparam {string,...} fields
-- @treturn {string,...}
function M.members(fields)
  local list, seen = {}, {}
  for _, name in ipairs(fields) do
    local member = name:find("^cf%.") and "additionalFields" or name:match("^[^.]+")
    if not seen[member] then list[#list + 1] = member end
    seen[member] = true
  end
  return list
end

-- The value of "ref", "cf.site", "rank.level", "positions.1.title".
local function value_at(record, name)
  local value = record[name]
  if value ~= nil then return value end
  local custom = name:match("^cf%.(.+)$")
  if custom then
    local fields = record.additionalFields
    if type(fields) == "table" then return fields[custom] end
    return nil
  end
  value = record
  for word in name:gmatch("[^.]+") do
    if type(value) ~= "table" then return nil end
    local inner = value[word]
    if inner == nil then inner = value[math.tointeger(tonumber(word)) or word] end
    value = inner
  end
  return value
end

local function only(record, fields)
  local part = {}
  for _, name in ipairs(fields) do part[name] = value_at(record, name) end
  return part
end

-- Standard output is gone (then there is nobody to tell), or takes no more.
local function broken(why)
  if fail.is(why) or fail.is_interrupt(why) then error(why, 0) end
  if require("thrive.output").is_closed_pipe(why) then fail.stop(141) end
  local text = tostring(why)
  fail.stop(1, text:find("^cannot write") and text or "cannot write: " .. text)
end

local Sink = {}
Sink.__index = Sink

--- Writes one record.
function Sink:write(record)
  if self.unseen then self.unseen:look(record) end
  if self.fields and type(record) == "table" then record = only(record, self.fields) end
  local ok, why = pcall(self.writer.write, self.writer, record)
  if not ok then broken(why) end
  self.count = self.count + 1
end

--- Everything has been written. What had no place is said.
function Sink:finish()
  local ok, report = pcall(self.writer.finish, self.writer)
  if not ok then broken(report) end
  for _, name in ipairs(require("thrive.options").sorted_keys(report.dropped)) do
    fail.note("%d records have a '%s' that came too late to get a column: --fields names the columns", report.dropped[name],
      name)
  end
  if self.unseen then self.unseen:tell("--fields") end
  -- An empty screen says neither that it worked nor that there is nothing.
  if self.count == 0 and self.many and terminal.is(1) and terminal.is(2) then fail.note("no records") end
end

--- The run breaks off: what has come is shown, but so that nobody takes it for the whole.
function Sink:abandon() pcall(self.writer.abort, self.writer) end

--- Waits until standard output has taken everything.
function M.flush()
  local output = require "thrive.output"
  local ok, why = pcall(function() output.check(io.stdout:flush()) end)
  if not ok then broken(why) end
end

--- A value that is no record, or text that is no JSON, to standard output.
-- @tparam table given the options of the request: in the format of Lua it is a chunk as well
-- @param value
function M.print(given, value)
  local core = require "thrive.core"
  local text
  if given.output == "lua" then
    text = "return " .. require("thrive.output.literal").of(value)
  else
    text = rawequal(value, core.null) and "null" or tostring(value)
  end
  if terminal.is(1) then text = require("thrive.text").escape_lines(text) end
  local output = require "thrive.output"
  local ok, why = pcall(function() output.check(io.stdout:write(text, "\n")) end)
  if not ok then broken(why) end
  M.flush()
end

--- The format that is asked for, or that fits the place the output goes to.
-- @tparam table given the options of the request
function M.format(given)
  local formats = require("thrive.output").formats
  local name = given.output
  if not name then return terminal.is(1) and "table" or "ndjson" end
  for _, format in ipairs(formats) do if format == name then return name end end
  fail.usage(("there is no format '%s'%s: say -o %s"):format(name, values.hint(name, formats), table.concat(formats, ", ")))
  return nil
end

--- Begins output.
-- @tparam table given the options of the request
-- @tparam[opt] table about `single` (one record, not a list), `order` (names that come first), `columns` (when they are known)
-- @treturn table with write, finish, abandon
function M.open(given, about)
  about = about or {}
  local format = M.format(given)
  local fields = M.fields(given)
  local writer = require("thrive.output").writer(format, {
    file = io.stdout, columns = fields or about.columns, order = about.order, single = about.single,
    width = terminal.width(1), colour = terminal.colour(1), bom = given.bom,
  })
  local unseen = fields and require("thrive.api.unseen").new(fields, about.order or about.columns or {}) or nil
  return setmetatable({ writer = writer, fields = fields, unseen = unseen, many = not about.single, count = 0 }, Sink)
end

return M
