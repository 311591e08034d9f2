-- library.lua — writes the editor types (make reference), for LuaLS and whatever else reads its annotations, into a folder:
-- thrive.lua, thrive/sandbox.lua, thrivelua.lua. From the catalogue and the manual. thrivelua doc/library.lua library

local describe = require "thrive.describe"
local manual = require "thrive.manual"
local options = require "thrive.options"

local out
local function put(text, ...) out[#out + 1] = select("#", ...) > 0 and text:format(...) or text end

local function quoted(list)
  local parts = {}
  for i, text in ipairs(list) do parts[i] = '"' .. text .. '"' end
  return table.concat(parts, "|")
end

-- What stands behind a type: a "#" keeps what begins with a bracket from being read as part of the type.
local function remark(doc) return doc:find("^[%w]") and doc or "# " .. doc end

local function sentence(text)
  text = text:gsub("^%l", string.upper)
  return text:find("[.?]$") and text or text .. "."
end

local function put_text(text)
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do put("---%s", line) end
end

local function put_example(text)
  if not text then return end
  put "---"
  put "---```lua"
  put_text(text)
  put "---```"
end

-- ---- types ----------------------------------------------------------------------------------------------------------

local simple = {
  string = "string", integer = "integer", number = "number", boolean = "boolean", date = "string|number", any = "any",
  object = "table<string, any>", array = "any[]", error = "thrive.Error",
}

-- The type of a parameter or field of the catalogue; class: what its own fields are called.
local function type_of(param, class, reading)
  local kind, items = param[2], param.items
  local text
  if param.fields then
    text = class
  elseif kind == "array" and items then
    text = items.fields and class .. "[]" or items.enum and ("(%s)[]"):format(quoted(items.enum)) or simple[items[2]] .. "[]"
  elseif kind == "csv" then
    text = "string|" .. (param.enum and ("(%s)[]"):format(quoted(param.enum)) or "string[]")
  elseif param.enum then
    text = quoted(param.enum) .. (reading and "|string" or "") -- the service may have learnt new ones
  else
    text = simple[kind]
  end
  if param.nullable then text = text .. "|thrive.null" end
  return text
end

-- What a field means and which values it takes; the names of values are in its type.
local function meaning(param)
  local limits = { enum = false, items = false }
  local text = describe.limits_of(setmetatable(limits, { __index = param }))
  return remark(param.doc) .. (text ~= "" and (" (%s)"):format(text) or "")
end

-- A class of the catalogue's parameters or fields, after those that it needs. may_miss: is this field marked with "?"
local function put_class(name, doc, fields, may_miss, extra, reading)
  for _, field in ipairs(fields) do
    local inner = field.fields or field.items and field.items.fields
    if inner then put_class(name .. "." .. field[1], sentence(field.doc), inner, may_miss, nil, reading) end
  end
  put ""
  put_text(doc)
  put("---@class %s", name)
  for _, field in ipairs(fields) do
    put("---@field %s%s %s %s", field[1], may_miss(field) and "?" or "", type_of(field, name .. "." .. field[1], reading),
      meaning(field))
  end
  if extra then put("---@field [string] %s # custom fields", extra) end
end

-- ---- records --------------------------------------------------------------------------------------------------------

-- The names of members that hold a record's id, which is always there.
local function key_of(record)
  for _, operation in ipairs(describe.operations()) do
    if operation.entry.returns == record and operation.entry.key then return operation.entry.key end
  end
  return nil
end

local function put_records()
  local seen = {}
  for _, group in ipairs(describe.groups()) do
    for _, name in ipairs(options.sorted_keys(group.records)) do
      local record = group.records[name]
      if not seen[name] then
        seen[name] = true
        local key, at = key_of(name), #out
        put_class("thrive." .. name, ("A record of %s."):format(describe.path_of(group)), record, function(field)
          if record.always then return field.optional end
          return field[1] ~= key and field[2] ~= "array" -- null is absent
        end, nil, true)
        if record.extends then
          for i = at + 1, #out do
            if out[i] == "---@class thrive." .. name then out[i] = out[i] .. ": thrive." .. record.extends end
          end
        end
      end
    end
  end
end

-- ---- groups ---------------------------------------------------------------------------------------------------------

local function capital(text) return (text:gsub("^%l", string.upper)) end

local function class_of(group) return "thrive.groups." .. group.name end
local function local_name(group) return (group.name:gsub("%.", "_")) end

-- "update_skills" → "UpdateSkills"
local function camel(verb) return (verb:gsub("_(%l)", string.upper):gsub("^%l", string.upper)) end

local function request_class(group, entry, what) return ("thrive.%s.%s%s"):format(group.name, camel(entry.verb), what) end

local function optional(param) return not param.required or param.unless ~= nil end

-- The arguments of an operation: { name, type, doc, optional }. Writes the classes that they need.
local function arguments_of(group, entry)
  local list = {}
  for _, arg in ipairs(entry.args or {}) do list[#list + 1] = { arg[1], "string|integer", arg.doc } end
  if entry.list then
    local param = entry.list
    local class = request_class(group, entry, capital(param[1]))
    if param.items.fields then put_class(class, "One of the " .. param[1] .. ".", param.items.fields, optional) end
    list[#list + 1] = { param[1], type_of(param, class), param.doc }
  end
  if entry.event then
    local user = entry.params[4].fields[1]
    local class = request_class(group, entry, "User")
    put_class(class, sentence(user.doc), user.fields, optional, user.open and "any")
    list[#list + 1] = { "user", class, user.doc }
    list[#list + 1] = { "details", "thrive.EventDetails", "id and time of the event", true }
  elseif entry.params then
    local name, must = describe.table_of(entry)
    local class = request_class(group, entry, capital(name))
    put_class(class, ("The %s of %s:%s."):format(name == "params" and "parameters" or "fields", describe.path_of(group),
      entry.verb), entry.params, optional)
    list[#list + 1] = { name, class, "see its fields", not must }
  end
  return list
end

local function page_class(record) return "thrive." .. record .. "Page" end

local function result_of(entry)
  local kind = entry.expect or "object"
  local record = "thrive." .. (entry.returns or "")
  if kind == "nothing" then return "true", "done", "true when it was done" end
  if kind == "list" then return page_class(entry.returns), "page", "one page" end
  if kind == "array" then return record .. "[]", "records", "all of them" end
  if entry.bulk and entry.returns ~= "BulkResult" then
    return record .. "|thrive.BulkResult", "result", "what became of every entry"
  end
  return record, entry.bulk and "result" or "record", entry.bulk and "what became of every entry" or "the record"
end

local function put_method(group, entry, verb, arguments)
  local names = {}
  local options_class = entry.bulk and entry.bulk.rest and "thrive.BulkOptions" or "thrive.CallOptions"
  if verb == "each" or verb == "pages" or verb == "all" then options_class = "thrive.IterationOptions" end
  put ""
  local about = manual.entry(verb)
  put_text(verb == entry.verb and entry.doc or about.doc .. " " .. entry.doc)
  put "---"
  put("---`%s`", describe.endpoint_of(group, entry))
  if verb == entry.verb then put_example(describe.example_of(group.name .. "." .. verb)) end
  for _, argument in ipairs(arguments) do
    put("---@param %s%s %s %s", argument[1], argument[4] and "?" or "", argument[2], remark(argument[3]))
    names[#names + 1] = argument[1]
  end
  put("---@param options? %s options of the call", options_class)
  names[#names + 1] = "options"
  local record = "thrive." .. (entry.returns or "")
  if verb == "each" then
    put("---@return fun(): %s iterator # record after record", record)
  elseif verb == "pages" then
    put("---@return fun(): %s, thrive.Meta iterator # page after page, with its meta", page_class(entry.returns))
  elseif verb == "all" then
    put("---@return %s[] records # all of them", record)
  else
    local class, name, doc = result_of(entry)
    if verb == "count" then class, name, doc = "integer", "n", "how many there are" end
    put("---@return %s? %s # %s", class:find("|", 1, true) and "(" .. class .. ")" or class, name, doc)
    put "---@return thrive.Error? err # nil when all went well"
    put "---@return thrive.Meta meta # what is known of the request"
  end
  put("function %s:%s(%s) end", local_name(group), verb, table.concat(names, ", "))
end

local function put_groups()
  local paged = {}
  for _, group in ipairs(describe.groups()) do
    local prepared = {}
    for i, entry in ipairs(group.operations) do
      prepared[i] = arguments_of(group, entry)
      if entry.expect == "list" and not paged[entry.returns] then
        paged[entry.returns] = true
        put("\n---One page of a list.\n---@class %s: thrive.Page", page_class(entry.returns))
        put("---@field results thrive.%s[] the records", entry.returns)
      end
    end
    put ""
    put_text(group.doc)
    put("---@class %s", class_of(group))
    for _, child in ipairs(group.groups or {}) do
      local name = group.name .. "." .. child
      put("---@field %s thrive.groups.%s %s", child, name, remark(require("thrive.catalogue").load(name).doc))
    end
    put("local %s = {}", local_name(group))
    for i, entry in ipairs(group.operations) do
      put_method(group, entry, entry.verb, prepared[i])
      for _, verb in ipairs(entry.pages and describe.list_verbs or {}) do put_method(group, entry, verb, prepared[i]) end
    end
  end
end

-- ---- the manual -----------------------------------------------------------------------------------------------------

local written -- classes of the manual that are there already

-- The type of a row of the manual.
local function row_type(row, owner)
  if row.enum then return quoted(row.enum) end
  if row.fields and row[2] == "table" then return owner .. "." .. row[1] end
  return row.editor or row[2]
end

local function put_rows_class(name, doc, rows, parent)
  if written[name] then return end
  written[name] = true
  for _, row in ipairs(rows) do
    if row.fields then put_rows_class(row_type(row, name):gsub("%[%]$", ""), sentence(row.doc), row.fields) end
  end
  put ""
  put_text(doc)
  put("---@class %s%s", name, parent and ": " .. parent or "")
  for _, row in ipairs(rows) do
    put("---@field %s%s %s %s%s", row[1], row.optional and "?" or "", row_type(row, name), remark(row.doc),
      row.default and (" (default: %s)"):format(row.default) or "")
  end
end

-- The classes that an entry's parameters and results need.
local function put_entry_classes(entry)
  for _, list in ipairs { entry.params or {}, entry.returns or {} } do
    for _, row in ipairs(list) do
      if row.fields then
        put_rows_class(row[2]:gsub("%[%]$", ""), ("The %s of %s."):format(row[1], entry.name), row.fields)
      end
    end
  end
end

local function put_function(entry, name)
  put_entry_classes(entry)
  put ""
  put_text(entry.doc)
  if entry.raises then put_text("\nRaises: " .. entry.raises .. ".") end
  put_example(entry.example)
  if entry.generic then put("---@generic %s", entry.generic) end
  local names = {}
  for _, row in ipairs(entry.params or {}) do
    put("---@param %s%s %s %s", row[1], row.optional and row[1] ~= "..." and "?" or "", row_type(row, ""),
      row.doc == "see below" and "see its fields" or remark(row.doc))
    names[#names + 1] = row[1]
  end
  local loop = entry.signature:find("^for ")
  if loop then
    local types = {}
    for i, row in ipairs(entry.returns) do types[i] = row_type(row, "") end
    put("---@return fun(): %s iterator # for a loop", table.concat(types, ", "))
  end
  for _, row in ipairs(not loop and entry.returns or {}) do
    local class = row_type(row, "")
    put("---@return %s%s %s # %s", row.optional and class:find("|") and "(" .. class .. ")" or class,
      row.optional and "?" or "", row[1], row.doc == "see below" and "see its fields" or row.doc)
  end
  put("function %s(%s) end", name, table.concat(names, ", "))
end

-- Everything of the manual that is a class by itself.
local function put_manual_classes()
  local kinds = {}
  for _, entry in ipairs(manual.entries()) do
    if entry.kind == "kind" then kinds[#kinds + 1] = entry.name end
  end
  put "\n---What kind of error it is."
  put("---@alias thrive.ErrorKind %s", quoted(kinds))
  put "\n---A row of a CSV file: column name → text."
  put "---@alias thrive.CsvRow table<string, any>"
  for _, entry in ipairs(manual.entries()) do
    if entry.class and entry.fields and entry.kind ~= "module" and not entry.class:find("Sandbox") then
      put_rows_class(entry.class, entry.doc, entry.fields, entry.class_of)
    elseif entry.kind == "value" and entry.class then
      put ""
      put_text(entry.doc)
      put("---@class %s: userdata", entry.class)
    end
  end
  put "\n---Id and time of an event."
  put "---@class thrive.EventDetails"
  local event = require("thrive.catalogue.events").operations[1]
  for i = 1, 2 do
    put("---@field %s? %s %s", event.params[i][1], type_of(event.params[i]), meaning(event.params[i]))
  end
end

-- An object's methods; the class itself is there already when it has fields.
local function put_object(name, variable, class, doc)
  local entry = manual.entry(name)
  put ""
  if not written[entry.class] then put_text(doc or entry.doc) end
  put("---@class %s", class or entry.class)
  put("local %s = {}", variable)
  for _, method in ipairs(manual.entries()) do
    local own = method.name:match("^" .. name .. ":(.*)$")
    if own then put_function(method, variable .. ":" .. own) end
  end
end

-- A module: its functions, after its class.
local function put_module(name, variable, fields)
  local entry = manual.entry(name)
  put ""
  put_text(entry.doc)
  put("---@class %s", entry.class)
  for _, field in ipairs(fields or {}) do put("---@field %s %s %s", field[1], field[2], remark(field[3])) end
  put("local %s = {}", variable)
  for _, part in ipairs(manual.entries()) do
    local own = part.kind == "function" and part.name:match("^" .. name:gsub("%.", "%%.") .. "%.([^.]*)$")
    if own then put_function(part, variable .. "." .. own) end
  end
end

-- ---- the files ------------------------------------------------------------------------------------------------------

local NOTE <const> = '-- Written by "make reference" from lua/thrive/catalogue/ and lua/thrive/manual/. Do not edit.'

local function write(path)
  local file <close> = assert(io.open(path, "w"))
  assert(file:write((table.concat(out, "\n"):gsub("\n\n\n+", "\n\n")), "\n"))
end

local function main(folder)
  out, written = { "---@meta thrive", NOTE }, {}
  put_manual_classes()
  put_records()
  put_groups()

  put_object("client", "Client", "thrive.AnyClient", "What clients of Thrive and of Aptem have.")
  put ""
  put_text(manual.entry("client").doc)
  put "---@class thrive.Client: thrive.AnyClient"
  for _, name in ipairs(require("thrive.catalogue").groups) do
    put("---@field %s thrive.groups.%s %s", name, name, remark(require("thrive.catalogue").load(name).doc))
  end
  put "\n---A client of Aptem."
  put "---@class thrive.AptemClient: thrive.AnyClient"
  put("---@field users thrive.groups.aptem.users %s", remark(require("thrive.catalogue.aptem.users").doc))

  put_object("task", "Task")
  put_object("reader", "Reader")
  if manual.entry("writer") then put_object("writer", "Writer") end
  put_module("thrive.csv", "csv")
  put_module("thrive.webhooks", "webhooks")
  local fields = {}
  for _, entry in ipairs(manual.entries()) do
    local name = entry.name:match("^thrive%.([^.]*)$")
    local is = name and (entry.kind == "value" and entry.type or entry.kind == "module" and entry.class)
    if is then fields[#fields + 1] = { name, is, entry.doc:match("^[^\n]*") } end
  end
  put_module("thrive", "thrive", fields)
  put "\nreturn thrive"
  write(folder .. "/thrive.lua")

  out = { "---@meta thrive.sandbox", NOTE }
  put "\n---What the tenant knows of one user."
  put "---@alias thrive.SandboxUser table<string, any>"
  local sandbox = manual.entry("sandbox")
  put_rows_class(sandbox.class, sandbox.doc, sandbox.fields)
  put_object("sandbox", "Sandbox")
  put_module("thrive.sandbox", "sandbox")
  put "\nreturn sandbox"
  write(folder .. "/thrive/sandbox.lua")

  out = { "---@meta", NOTE }
  put "\n---In thrivelua the module is a global. Elsewhere: local thrive = require \"thrive\""
  put "---@type thrive"
  put "thrive = nil"
  write(folder .. "/thrivelua.lua")
end

main(assert(arg[1], "usage: thrivelua doc/library.lua FOLDER"))
