--- The columns of a file against the fields of an operation: which there may be, and what their cells become.
--
-- By the type that the catalogue gives a field, a cell becomes: `boolean` true or false (from true, yes, 1 and false, no, 0
-- in any case); `integer` and `number` a number, in decimal digits with a point; `object`, `record` and lists of these what
-- its JSON says; `array` the same where the cell begins with [, else a list of what stands between semicolons. Text, dates
-- and comma-separated lists stay text, which is what the operation takes.
-- @module thrive.csv.fields

local strip = require("thrive.csv.blanks").strip
local fault = require "thrive.csv.fault"

local M = {}

local CUSTOM <const> = "cf." -- before the name of a custom field, in the header

-- ---- what there may be ----------------------------------------------------------------------------------------------

-- The catalogue's entry of an operation, or nil and the names of all.
local function entry_of(name)
  local names = {}
  for i, operation in ipairs(require("thrive.describe").operations()) do
    if operation.name == name then return operation.entry end
    names[i] = operation.name
  end
  return nil, names
end

-- The parameters that the user of an event has.
local function user_of(entry)
  for _, param in ipairs(entry.params) do
    if param[1] == "content" then return param.fields[1] end
  end
end

--- What a file may have for an operation such as "users.update": { what =, params = { { name, type, … }, … }, custom = }, its
-- path arguments included. `custom` says where a column cf.Name goes: "additionalFields" (into that field), "beside" (an
-- event: beside the other fields), nil (there are no custom fields). Or nil and a message.
function M.of_operation(name)
  local entry, names = entry_of(name)
  if not entry then return nil, ('there is no operation "%s"%s'):format(name, fault.hint(name, names)) end
  local plan, seen = { what = name, params = {} }, {}
  local function add(params)
    for _, param in ipairs(params or {}) do
      if not seen[param[1]] then
        seen[param[1]] = true
        plan.params[#plan.params + 1] = param
        if param[1] == "additionalFields" then plan.custom, plan.clear_custom = param[1], param.nullable end
      end
    end
  end
  add(entry.args)
  if entry.event then
    local user = user_of(entry)
    add(user.fields)
    plan.custom = user.open and "beside" or nil
  else
    add(entry.params)
  end
  local item = entry.list and entry.list.items
  if item then add(item.fields or { item }) end
  return plan
end

--- The same for a list of names: all of them text, and custom fields where additionalFields is one.
function M.of_names(names)
  local plan = { params = {} }
  for i, name in ipairs(names) do
    plan.params[i] = { name, "string" }
    if name == "additionalFields" then plan.custom = name end
  end
  return plan
end

-- ---- what cells become ----------------------------------------------------------------------------------------------
-- Each takes the text of a cell and the parameter, and returns the value; or nil and what is wrong.

local convert = {}

local BOOLEANS <const> = { ["true"] = true, yes = true, ["1"] = true, ["false"] = false, no = false, ["0"] = false }

function convert.boolean(text)
  local value = BOOLEANS[text:lower()]
  if value == nil then return nil, "is neither true nor false (nor yes, no, 1, 0)" end
  return value
end

function convert.integer(text)
  local value = text:find("^[+-]?%d+$") and math.tointeger(tonumber(text))
  if not value then return nil, "is not an integer" end
  return value
end

function convert.number(text)
  if text:find("^[+-]?%d+%.?%d*$") or text:find("^[+-]?%.%d+$") or text:find("^[+-]?%d*%.?%d+[eE][+-]?%d+$") then
    local value = tonumber(text)
    if value == value and value ~= math.huge and value ~= -math.huge then return value end
  end
  return nil, text:find("^[+-]?%d+,%d+$") and "is not a number: its decimals have to follow a point" or "is not a number"
end

local function json_of(text, want_array)
  local json = require("thrive.core").json
  local value = json.decode(text)
  if type(value) ~= "table" or json.isarray(value) ~= want_array then
    return nil, want_array and "is not a JSON array" or "is not a JSON object"
  end
  return value
end

function convert.object(text) return json_of(text, false) end
convert.record = convert.object

function convert.array(text, param)
  local item = param.items
  if text:find("^%s*%[") or item and (item[2] == "record" or item[2] == "object") then return json_of(text, true) end
  local list, of = {}, item and convert[item[2]]
  for word in (text .. ";"):gmatch("([^;]*);") do
    word = strip(word)
    if word == "" then return nil, "has nothing before, between or behind a semicolon" end
    local value, wrong = word, nil
    if of then value, wrong = of(word, item) end
    if value == nil then return nil, ('has the entry "%s", which %s'):format(word, wrong) end
    list[#list + 1] = value
  end
  return list
end

-- One of a few words, and nothing else.
local function one_of(text, param)
  for _, word in ipairs(param.enum) do
    if word == text then return text end
  end
  return nil, ("is not %s%s"):format(table.concat(param.enum, ", "):gsub(", ([^,]*)$", " or %1"), fault.hint(text, param.enum))
end

local function converter_of(param)
  if param[2] == "string" then return param.enum and one_of or nil end
  return convert[param[2]]
end

-- ---- a header, and the function that its rows go through ------------------------------------------------------------

-- A name or a cell where a person reads it: in a message.
local function readable(text)
  local short = utf8.len(text) > 40 and text:sub(1, utf8.offset(text, 41) - 1) .. "…" or text
  return (short:gsub("%c", " "))
end

local function unknown_columns(plan, unknown)
  local names, shown = {}, {}
  for i, param in ipairs(plan.params) do names[i] = param[1] end
  for i, column in ipairs(unknown) do
    local mark = column:sub(1, #CUSTOM)
    local hint = mark == CUSTOM and "" or fault.hint(column, names)
    if plan.custom and mark:lower() == CUSTOM and mark ~= CUSTOM then
      hint = (' (did you mean "%s"?)'):format(readable(CUSTOM .. column:sub(#CUSTOM + 1)))
    end
    shown[i] = ('"%s"%s'):format(readable(column), hint)
  end
  return ("%s: %s; the columns may be: %s%s"):format(
    plan.what and plan.what .. " has no field of that name" or "no such column is expected", table.concat(shown, ", "),
    table.concat(names, ", "), plan.custom and ", and cf.Name for a custom field" or "")
end

--- Checks the names of a header. Returns a function of a row that converts its cells, in place, and returns what is wrong
-- with them, or nil; or nil and what is wrong with the header.
--
-- @tparam table plan of of_operation or of_names
-- @tparam table header names
-- @tparam table options ignore, clear
function M.bind(plan, header, options)
  local by_name, ignored = {}, {}
  for _, param in ipairs(plan.params) do by_name[param[1]] = param end
  for _, name in ipairs(options.ignore or {}) do ignored[name] = true end
  local typed, custom, dropped, unknown, whole = {}, {}, {}, {}, false
  for _, column in ipairs(header) do
    local param = by_name[column]
    local name = plan.custom and column:sub(1, #CUSTOM) == CUSTOM and column:sub(#CUSTOM + 1)
    if ignored[column] then
      dropped[#dropped + 1] = column
    elseif param then
      whole = whole or column == "additionalFields"
      local to = converter_of(param)
      if to or options.clear then typed[#typed + 1] = { name = column, param = param, to = to } end
    elseif name and name ~= "" then
      if plan.custom == "beside" and by_name[name] then unknown[#unknown + 1] = column end
      custom[#custom + 1] = { column = column, name = name }
    else
      unknown[#unknown + 1] = column
    end
  end
  if unknown[1] then return nil, unknown_columns(plan, unknown) end
  if whole and custom[1] then
    return nil, ('"additionalFields" holds all custom fields: there cannot be "%s" as well'):format(custom[1].column)
  end
  local clear = options.clear
  local null = clear and require("thrive.core").null

  return function(row)
    local wrong
    local function refuse(column, text, why)
      wrong = ('%scolumn "%s": "%s" %s'):format(wrong and wrong .. "; " or "", readable(column), readable(text), why)
    end
    for i = 1, #typed do
      local one = typed[i]
      local text = row[one.name]
      if text ~= nil then
        if text == clear then
          if one.param.nullable then row[one.name] = null else refuse(one.name, text, "cannot clear this field") end
        elseif one.to then
          local value, why = one.to(text, one.param)
          row[one.name] = value
          if value == nil then refuse(one.name, text, why) end
        end
      end
    end
    local extra = plan.custom == "beside" and row or nil
    for i = 1, #custom do
      local column = custom[i].column
      local text = row[column]
      if text ~= nil then
        row[column] = nil
        if not extra then
          extra = {}
          row.additionalFields = extra
        end
        if text == clear then
          if plan.clear_custom then text = null else refuse(column, text, "cannot clear this field") end
        end
        extra[custom[i].name] = text
      end
    end
    for i = 1, #dropped do row[dropped[i]] = nil end
    return wrong
  end
end

return M
