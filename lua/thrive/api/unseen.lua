--- Names of fields that were asked for and that no record had: a typing error would otherwise be an empty column, or a list
-- of nobody. The service may send more than is documented, so that only the records can tell.
-- @module thrive.api.unseen

local fail = require "thrive.api.fail"
local values = require "thrive.api.values"

local M = {}

local Unseen = {}
Unseen.__index = Unseen

local function add(list, seen, name)
  if not seen[name] then list[#list + 1] = name end
  seen[name] = true
end

--- Begins to look.
-- @tparam {string,...} names "ref", "cf.site"; of "rank.level" it is rank that counts
-- @tparam {string,...} known the documented fields: a record may well be without one of them
-- @treturn table|nil nil when there is nothing to look for
function M.new(names, known)
  local self = setmetatable({ plain = {}, custom = {}, known = known, fields = {}, count = 0 }, Unseen)
  local is, taken, taken_custom = {}, {}, {}
  for _, name in ipairs(known) do is[name] = true end
  for _, name in ipairs(names) do
    local custom, head = name:match("^cf%.(.+)$"), name:match("^[^.]+")
    if custom then
      add(self.custom, taken_custom, custom)
    elseif head and head ~= "cf" and not is[head] and not is[name] then
      add(self.plain, taken, head)
    end
  end
  return (self.plain[1] or self.custom[1]) and self or nil
end

--- The names that an expression takes from the record u (or record) and its custom fields cf.
-- @tparam string text
-- @treturn {string,...}
function M.names_in(text)
  local list, seen = {}, {}
  for object, dot, name in text:gmatch("%f[%w_]([%a_]+)%s*([.:])%s*([%a_][%w_]*)") do
    if dot == "." and (object == "u" or object == "record") then add(list, seen, name) end
    if dot == "." and object == "cf" then add(list, seen, "cf." .. name) end
  end
  return list
end

-- Takes out of the list what is there.
local function strike(list, from)
  for i = #list, 1, -1 do
    if from[list[i]] ~= nil then table.remove(list, i) end
  end
end

--- Looks at a record.
function Unseen:look(record)
  if type(record) ~= "table" then return end
  self.count = self.count + 1
  if self.plain[1] then strike(self.plain, record) end
  local custom = record.additionalFields
  if self.custom[1] and type(custom) == "table" then
    strike(self.custom, custom)
    if self.custom[1] then
      for name in pairs(custom) do self.fields[name] = true end
    end
  end
end

--- Says what no record had, on standard error. A custom field that nobody has is told only where the records have one of
-- nearly that name: not everybody needs to have one.
-- @tparam string where "--fields"
function Unseen:tell(where)
  if self.count == 0 then return end
  local whose = self.count == 1 and "the record has no" or ("none of the %d records has"):format(self.count)
  for _, name in ipairs(self.plain) do fail.note("%s: %s '%s'%s", where, whose, name, values.hint(name, self.known)) end
  local there = {}
  for name in pairs(self.fields) do there[#there + 1] = "cf." .. name end
  table.sort(there)
  for _, name in ipairs(self.custom) do
    local hint = values.hint("cf." .. name, there)
    if hint ~= "" then fail.note("%s: %s 'cf.%s'%s", where, whose, name, hint) end
  end
end

return M
