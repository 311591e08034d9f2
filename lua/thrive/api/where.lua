--- `--where EXPR`: a Lua expression about one record. It sees the record as `u` and `record`, its custom fields as `cf`, and
-- the parts of Lua that only compute: no files, no processes, no network.
-- @module thrive.api.where

local fail = require "thrive.api.fail"

local M = {}

-- Libraries as copies: what an expression does to them is its own affair.
local function allow()
  local list = {
    ipairs = ipairs, next = next, pairs = pairs, select = select, tonumber = tonumber, tostring = tostring, type = type,
  }
  for name, library in pairs { math = math, string = string, table = table, utf8 = utf8 } do
    list[name] = {}
    for key, value in pairs(library) do list[name][key] = value end
  end
  return list
end
local nothing = {}

-- Operators of other languages, and what they are in Lua: { pattern, theirs, ours }. Looked for outside of quotes.
local foreign = {
  { "!=", "!=", "~=" }, { "&&", "&&", "and" }, { "||", "||", "or" }, { "^!", "!", "not" }, { "[^~=<>]!", "!", "not" },
  { "[^=~<>]=[^=]", "=", "==" },
}

-- What an expression that is none was probably meant to be, as " (…)", or "".
local function hint(text)
  local bare = text:gsub("\"[^\"]*\"", '""'):gsub("'[^']*'", "''")
  for _, case in ipairs(foreign) do
    if bare:find(case[1]) then return (" (in Lua %s is %s)"):format(case[2], case[3]) end
  end
  return ""
end

-- What a record is called in a message.
local function name_of(record, number)
  for _, key in ipairs { "ref", "email", "id", "userId", "name", "title" } do
    local value = type(record) == "table" and record[key]
    if type(value) == "string" then return ("record %d (%s %s)"):format(number, key, value) end
  end
  return "record " .. number
end

--- Compiles the expression.
-- @tparam string text such as 'u.role == "learner" and cf.site ~= nil'
-- @treturn function of a record: true or false; it ends the run where the expression fails
-- @raise a failure (thrive.api.fail) of status 2 when the text is no expression
function M.compile(text)
  if not text:find("%S") then fail.usage("--where: an expression is missing, such as u.role == \"learner\"") end
  local record
  local allowed = allow()
  local env = setmetatable({}, { __index = function(_, name)
    if name == "u" or name == "record" then return record end
    if name == "cf" then return type(record) == "table" and record.additionalFields or nothing end
    local value = allowed[name]
    if value == nil then
      error(("'%s' is not known here: fields of the record are u.%s, custom ones cf.%s"):format(tostring(name),
        tostring(name), tostring(name)), 0)
    end
    return value
  end, __newindex = function(_, name)
    error(("an expression sets no variable ('%s')"):format(tostring(name)), 0)
  end })
  local chunk, why = load("return " .. text .. "\n", "=--where", "t", env)
  if not chunk then
    fail.usage(("--where: %s in: %s%s"):format(why:gsub("^%-%-where:%d+: ", ""), text, hint(text)))
  end
  local number = 0
  return function(current)
    record, number = current, number + 1
    local ok, value = pcall(chunk)
    if not ok then
      if fail.is_interrupt(value) then error(value, 0) end
      fail.stop(1, ("--where failed for %s: %s"):format(name_of(current, number),
        tostring(value):gsub("^%-%-where:%d+: ", "")))
    end
    return value ~= nil and value ~= false
  end
end

return M
