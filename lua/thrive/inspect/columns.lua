--- Which columns a table of records has, and in which order: what people look for first, custom fields as cf.Name, then the
-- others as the API documents them, and what holds tables last.
-- @module thrive.inspect.columns

local M = {}

local CUSTOM <const> = "additionalFields"

-- What people look for, in the order in which they do. An id that nobody remembers stands back where a better name is there.
local wanted, better = {}, { "ref", "userId", "user" }
for place, name in ipairs {
  "index", "ref", "tag", "id", "categoryId", "name", "title", "reference", "firstName", "lastName", "email", "userId", "user",
  "status", "role", "input", "outcome", "reason", "item", "err", "type", "category", "contentId", "dueDate",
  "primaryContentId", "completedAt", "date", "entryDate", "durationMinutes", "audienceId", "requiredMinutes",
  "completionPeriod", "recurrence", "isActive", "value", "jobTitle", "active", "logEntryId", "audienceRequirementId",
} do
  wanted[name] = place
end

-- name of field → { record, … }, each record { count =, [field] = place }; known: of all records, their order.
local records, known_records

local function add(group, record, into, depth)
  if record.extends and depth < 10 then add(group, group.records[record.extends], into, depth + 1) end
  for _, field in ipairs(record) do
    into.count = into.count + 1
    into[field[1]] = into.count
  end
  return into
end

local function learn(catalogue, name)
  local group = catalogue.load(name)
  for _, record_name in ipairs(require("thrive.options").sorted_keys(group.records or {})) do
    local known = add(group, group.records[record_name], { count = 0 }, 0)
    known_records[#known_records + 1] = known
    for field in pairs(known) do
      if field ~= "count" then
        records[field] = records[field] or {}
        table.insert(records[field], known)
      end
    end
  end
  for _, child in ipairs(group.groups or {}) do learn(catalogue, name .. "." .. child) end
end

--- The places of fields in the record that the API documents and that these names fit best.
-- @tparam table names array
-- @treturn table|nil name → place; nil when they fit none
function M.documented(names)
  if not records then
    records, known_records = {}, {}
    local catalogue = require "thrive.catalogue"
    for _, name in ipairs(catalogue.groups) do learn(catalogue, name) end
    learn(catalogue, "aptem.users")
  end
  local hits, best = {}, nil
  for _, name in ipairs(names) do
    for _, record in ipairs(records[name] or {}) do hits[record] = (hits[record] or 0) + 1 end
  end
  for _, record in ipairs(known_records) do
    local n = hits[record]
    -- Of two that fit as well the smaller one, and of equals the first.
    if n and (not best or n > hits[best] or n == hits[best] and record.count < best.count) then best = record end
  end
  if best and hits[best] * 2 > #names then return best end
  return nil
end

--- What a record has in a column: a field, or a custom field as cf.Name.
-- @tparam table record
-- @tparam string name
function M.value(record, name)
  local value = rawget(record, name)
  if value == nil and name:sub(1, 3) == "cf." then
    local custom = rawget(record, CUSTOM)
    if type(custom) == "table" then return rawget(custom, name:sub(4)) end
  end
  return value
end

-- Custom fields become columns if they are fields with names.
local function custom_fields(value)
  return type(value) == "table" and getmetatable(value) == nil and type(next(value)) == "string"
end

--- Calls f(column, value) for everything that a record has.
function M.each(record, f)
  for name, value in next, record do
    if type(name) == "string" then
      if name == CUSTOM and custom_fields(value) then
        for custom, v in next, value do
          if type(custom) == "string" then f("cf." .. custom, v) end
        end
      else
        f(name, value)
      end
    end
  end
end

local function is_empty(value)
  return value == nil or value == "" or value == require("thrive.core").null or type(value) == "table" and next(value) == nil
end

--- The columns that records have, in order.
-- @tparam table rows records
-- @tparam integer n how many of them to look at
-- @tparam[opt] table order names in the order in which they are documented; else the catalogue is asked
-- @treturn table array of names; columns that are empty in all rows are left out, unless all are
-- @treturn integer how many of them, at the beginning, are what people look for
function M.discover(rows, n, order)
  local filled, nested, names = {}, {}, {}
  local function note(name, value)
    if filled[name] == nil then
      filled[name] = false
      names[#names + 1] = name
    end
    if type(value) == "table" then nested[name] = true end
    if not filled[name] and not is_empty(value) then filled[name] = true end
  end
  for i = 1, n do M.each(rows[i], note) end
  table.sort(names)
  local places
  if order then
    places = {}
    for place, name in ipairs(order) do places[name] = place end
  else
    local plain = {}
    for _, name in ipairs(names) do
      if name:sub(1, 3) ~= "cf." then plain[#plain + 1] = name end
    end
    places = M.documented(plain) or {}
  end
  local late_id = false
  for _, name in ipairs(better) do late_id = late_id or filled[name] end
  local rank = {}
  for place, name in ipairs(names) do
    local class, within = 4, place
    if wanted[name] and not nested[name] and not (name == "id" and late_id) then
      class, within = 1, wanted[name]
    elseif name:sub(1, 3) == "cf." then
      class = 2
    elseif places[name] then
      class, within = 3, places[name]
    end
    if nested[name] and name ~= "err" and name ~= "input" and name ~= "item" then class = class + 4 end
    rank[name] = class * 1e6 + within
  end
  local list, all = {}, {}
  for _, name in ipairs(names) do
    all[#all + 1] = name
    if filled[name] then list[#list + 1] = name end
  end
  if #list == 0 then list = all end
  table.sort(list, function(a, b)
    if rank[a] ~= rank[b] then return rank[a] < rank[b] end
    return a < b
  end)
  local first = 0
  while list[first + 1] and rank[list[first + 1]] < 2e6 do first = first + 1 end
  return list, first
end

return M
