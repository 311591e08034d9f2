--- From words to values: "perPage=50", "cf.site=Leeds", 'tags:=["a"]' and the cells of a CSV file, by the catalogue's types.
-- A text that does not fit its type stays text: who prepares the request says so, with all other problems of the call.
-- @module thrive.api.values

local tree = require "thrive.api.tree"

local M = {}

local function split(text)
  local list = {}
  for piece in (text .. ","):gmatch("%s*(.-)%s*,") do
    if piece ~= "" then list[#list + 1] = piece end
  end
  return list
end
M.split = split

local booleans = { ["true"] = true, ["false"] = false }

--- A text as the value of a parameter.
-- @tparam table|nil param of the catalogue; nil: unknown, text stays text
-- @tparam string text
-- @return the value
function M.convert(param, text)
  local kind = param and param[2]
  if kind == "integer" then
    return text:find("^[+-]?%d+$") and math.tointeger(tonumber(text)) or text
  elseif kind == "number" then
    return text:find("^[+-]?%d*%.?%d*[eE]?[+-]?%d*$") and tonumber(text) or text
  elseif kind == "boolean" then
    local value = booleans[text:lower()]
    if value == nil then return text end
    return value
  elseif kind == "array" then
    local list = split(text)
    if param.items then
      for i, item in ipairs(list) do list[i] = M.convert(param.items, item) end
    end
    return list
  end
  return text
end

--- JSON text as a value, null as thrive.null.
-- @tparam string text
-- @return the value; or nil and what is wrong with it
function M.json(text)
  if not utf8.len(text) then return nil, "not UTF-8" end
  local value, why = require("thrive.core").json.decode(text, { nulls = "keep" })
  if value == nil then return nil, why end
  return value
end

--- The names of an operation's values: path arguments and fields (see thrive.api.tree.fields), for looking words up.
-- @tparam table entry of the catalogue
-- @treturn table
function M.names(entry)
  local fields, open = tree.fields(entry)
  local self = { args = entry.args or {}, fields = fields, open = open, plain = {}, event = entry.event ~= nil }
  for i, arg in ipairs(self.args) do self.plain[tree.plain(arg[1])] = { arg = i, param = arg, name = arg[1] } end
  for _, field in ipairs(fields) do
    local plain = tree.plain(field[1])
    if not self.plain[plain] then self.plain[plain] = { param = field, name = field[1] } end
  end
  return self
end

--- Where a name leads: { arg = its number } or { path = { "additionalFields", "site" } }, with `param` where the catalogue
-- has one, and `name` as the catalogue spells it.
-- @tparam table names of M.names
-- @tparam string name "ref", "first-name", "cf.site", "permissions.peopleManager.manage"
-- @treturn table|nil nil when the operation has no such name
function M.find(names, name)
  local custom = name:match("^cf%.(.+)$")
  if custom then
    if names.event then return names.open and { path = { custom }, name = name } or nil end
    local param = tree.parameter(names.fields, "additionalFields")
    return param and { path = { param[1], custom }, name = name } or nil
  end
  local found = names.plain[tree.plain(name)]
  if found then
    return { arg = found.arg, path = not found.arg and { found.name } or nil, param = found.param, name = found.name }
  end
  local head, rest = name:match("^([^.]+)%.(.+)$")
  found = head and names.plain[tree.plain(head)]
  if not found then return names.open and not names.args[1] and { path = { name }, name = name } or nil end
  local path, param = { found.name }, found.param
  for word in rest:gmatch("[^.]+") do
    if param and param[2] == "record" then
      local member
      for _, field in ipairs(param.fields) do if tree.plain(field[1]) == tree.plain(word) then member = field end end
      if not member then return nil end
      param, word = member, member[1]
    elseif param and param[2] ~= "object" then
      return nil
    else
      param = nil -- what is in an object is not known
    end
    path[#path + 1] = word
  end
  return { path = path, param = param, name = table.concat(path, ".") }
end

--- Puts a value where a name leads.
-- @tparam table into the fields
-- @tparam {string,...} path
-- @param value
-- @treturn boolean false when something else stands in the way
function M.put(into, path, value)
  for i = 1, #path - 1 do
    local inner = into[path[i]]
    if inner == nil then
      inner = {}
      into[path[i]] = inner
    elseif type(inner) ~= "table" then
      return false
    end
    into = inner
  end
  into[path[#path]] = value
  return true
end

--- Puts what is in `more` on top of what is in `into`, objects within objects; arrays of JSON take each other's place.
-- @tparam table into changed
-- @tparam table more
-- @treturn table into
function M.merge(into, more)
  local isarray = require("thrive.core").json.isarray
  for name, value in pairs(more) do
    local old = into[name]
    if type(old) == "table" and type(value) == "table" and not isarray(old) and not isarray(value) then
      M.merge(old, value)
    else
      into[name] = value
    end
  end
  return into
end

--- What is there already, to tell what is given twice.
function M.at(from, path)
  for i = 1, #path do
    if type(from) ~= "table" then return nil end
    from = from[path[i]]
  end
  return from
end

--- Every name that can be given, for suggestions: "ref", "firstName", …, those of records with dots.
function M.all(names)
  local list = {}
  local function add(params, prefix)
    for _, param in ipairs(params) do
      list[#list + 1] = prefix .. param[1]
      if param.fields then add(param.fields, prefix .. param[1] .. ".") end
    end
  end
  add(names.args, "")
  add(names.fields, "")
  return list
end

--- The name that was probably meant, as " (did you mean 'x'?)", or "".
-- @tparam string word
-- @tparam {string,...} list
function M.hint(word, list)
  local near = require("thrive.core").nearest(word, list)
  return near and (" (did you mean '%s'?)"):format(near) or ""
end

return M
