--- What the catalogue says of an operation, in words: for `thrive.help`, the reference and the editor types, so that the
-- three say the same. Text goes through two functions of the caller where it names something: `code` for a name or an
-- expression (thrive.null, partial), `value` for a string that the script writes ("active").
-- @module thrive.describe

local catalogue = require "thrive.catalogue"

local M = {}

local function plain(text) return text end

-- ---- groups and operations ------------------------------------------------------------------------------------------

local function add_group(list, name)
  local group = catalogue.load(name)
  list[#list + 1] = group
  for _, child in ipairs(group.groups or {}) do add_group(list, name .. "." .. child) end
end

--- Every group of the catalogue, each before its subgroups, in the catalogue's order; Aptem's last.
-- @treturn table array of groups
function M.groups()
  local list = {}
  for _, name in ipairs(catalogue.groups) do add_group(list, name) end
  add_group(list, "aptem.users")
  return list
end

--- Every operation of the catalogue, in the order of the groups.
-- @treturn table array of { name = "users.create", entry =, group = }
function M.operations()
  local list = {}
  for _, group in ipairs(M.groups()) do
    for _, entry in ipairs(group.operations) do
      list[#list + 1] = { name = group.name .. "." .. entry.verb, entry = entry, group = group }
    end
  end
  return list
end

--- The verbs that a list has besides `list`.
M.list_verbs = { "each", "pages", "all", "count" }

--- Is this group or operation Aptem's?
function M.is_aptem(name) return name:find("^aptem") ~= nil end

--- How a group is written in a script: "client.users", "aptem.users".
function M.path_of(group) return M.is_aptem(group.name) and "aptem.users" or "client." .. group.name end

--- A record by its name, and the group that has it.
-- @tparam string name "User"
-- @treturn table|nil its own fields
-- @treturn table|nil the group
function M.record(name)
  for _, group in ipairs(M.groups()) do
    if group.records[name] then return group.records[name], group end
  end
  return nil
end

--- The fields of a record, those of the record that it extends first.
-- @tparam table group
-- @tparam string name
-- @treturn table array of fields
function M.fields_of(group, name)
  local record = group.records[name]
  local fields = record.extends and M.fields_of(group, record.extends) or {}
  return table.move(record, 1, #record, #fields + 1, fields)
end

-- ---- parameters -----------------------------------------------------------------------------------------------------

local types = {
  csv = "string or array of strings", record = "table", object = "table", date = "date", string = "string",
  integer = "integer", number = "number", boolean = "boolean", array = "array", any = "any value", error = "error object",
}

--- The type of a parameter or field in words.
function M.type_of(param)
  local items = param[2] == "array" and param.items
  if items then return ("array of %ss"):format(types[items[2]]) end
  return types[param[2]]
end

local dates = {
  iso = { "ISO 8601 date-time" }, day_or_iso = { "ISO 8601" }, space = { nil, "YYYY-MM-DD hh:mm:ss" },
  day_or_space = { nil, "YYYY-MM-DD", "YYYY-MM-DD hh:mm:ss" }, t = { nil, "YYYY-MM-DDThh:mm:ss" },
}

local function date_format(name, code)
  local format = dates[name]
  if format[1] then return format[1] end
  return code(format[2]) .. (format[3] and " or " .. code(format[3]) or "")
end

local function list_of(names, quote)
  local quoted = {}
  for i, name in ipairs(names) do quoted[i] = quote(name) end
  return table.concat(quoted, ", ")
end

--- What a parameter takes: values, range, format, null.
-- @tparam table param
-- @tparam[opt] function code
-- @tparam[opt] function value
-- @treturn string parts, joined by "; "; "" when there is nothing to say
function M.limits_of(param, code, value)
  code, value = code or plain, value or plain
  local items = param.items or {}
  local parts = {}
  local function add(text, ...) parts[#parts + 1] = text:format(...) end
  if param.enum then add("%s", list_of(param.enum, value)) end
  if param.min and param.max == 2147483647 then
    add("32 bits")
  elseif param.min and param.max then
    add("%d to %d", param.min, param.max)
  elseif param.min then
    add("%d or more", param.min)
  end
  if param.max_length then add("at most %d characters", param.max_length) end
  if param.min_count then add("not empty") end
  if items.enum then add("%s", list_of(items.enum, value)) end
  if param[2] == "date" then add("%s", date_format(param.date, code)) end
  if param.needs then add("needs %s", code(param.needs)) end
  if param.nullable then add("%s clears it", code("thrive.null")) end
  if param.open then add("other fields go as they are") end
  if param.omit then add("left out") end
  return table.concat(parts, "; ")
end

-- Whether a parameter must be given: "yes", "" or when not.
local function required_of(param, code)
  if not param.required then return "" end
  local unless = param.unless
  return unless and "unless " .. (code or plain)(('%s = "%s"'):format(unless[1], unless[2])) or "yes"
end

--- The parameters of an operation as a script passes them, in the order of its arguments, flattened:
-- `audience`, `managers`, `managers[].reference`, …
-- @tparam table entry
-- @treturn table array of { name =, param =, required = (boolean: an argument of its own, always to be given) }
function M.params_of(entry)
  local rows = {}
  local function add(param, name, required)
    rows[#rows + 1] = { name = name, param = param, required = required }
    local fields = param.fields or param.items and param.items.fields
    local inner = name .. (param.fields and "." or "[].")
    for _, field in ipairs(fields or {}) do add(field, inner .. field[1]) end
  end
  for _, arg in ipairs(entry.args or {}) do add(arg, arg[1], true) end
  if entry.list then add(entry.list, entry.list[1], true) end
  if entry.event then -- the envelope around the user is the module's work
    local id, timestamp, _, content = table.unpack(entry.params)
    add(content.fields[1], "user", true)
    rows[#rows + 1] = { name = "id", param = id, optional = true }
    rows[#rows + 1] = { name = "timestamp", param = timestamp, optional = true }
  else
    for _, param in ipairs(entry.params or {}) do add(param, param[1]) end
  end
  return rows
end

--- Whether a row of `params_of` must be given: "yes", "" or when not.
function M.required_row(row, code)
  if row.optional then return "" end
  return row.required and "yes" or required_of(row.param, code)
end

local function any_required(params)
  for _, param in ipairs(params) do if param.required then return true end end
  return false
end

-- ---- operations -----------------------------------------------------------------------------------------------------

--- What the table of a call is called, and whether it must be given.
-- @treturn string|nil "params" of a GET, "fields" of anything else; nil when the call takes no table
-- @treturn boolean
function M.table_of(entry)
  if not entry.params then return nil, false end
  return entry.method == "GET" and "params" or "fields", entry.some or any_required(entry.params)
end

--- How an operation is called: `client.users:create(fields [, options])`.
-- @tparam table group
-- @tparam table entry
-- @tparam[opt] string verb another verb of the same arguments: "each"
function M.signature(group, entry, verb)
  local parts, optional = {}
  for _, arg in ipairs(entry.args or {}) do parts[#parts + 1] = arg[1] end
  if entry.event then
    parts[#parts + 1] = "user"
    optional = "[, { id =, timestamp = } [, options]]"
  else
    if entry.list then parts[#parts + 1] = entry.list[1] end
    local name, must = M.table_of(entry)
    if must then parts[#parts + 1] = name end
    optional = name and not must and (#parts > 0 and "[, %s [, options]]" or "[%s [, options]]"):format(name)
      or #parts > 0 and "[, options]" or "[options]"
  end
  local first = table.concat(parts, ", ")
  local space = first ~= "" and optional:sub(1, 1) == "[" and " " or ""
  return ("%s:%s(%s%s)"):format(M.path_of(group), verb or entry.verb, first, space .. optional)
end

local safe_methods = { GET = true, PUT = true, DELETE = true }

--- Does it end in the same state when it is sent twice?
function M.repeatable(entry) return entry.idempotent or safe_methods[entry.method] or false end

--- The kinds of errors that an operation has on top of those of every call.
-- @treturn table array of kinds
function M.errors_of(entry)
  local kinds = { "validation" }
  local reads_all = entry.expect == "list" or entry.expect == "array"
  if entry.args or entry.host == "webhooks" or entry.single then kinds[#kinds + 1] = "not_found" end
  if entry.method ~= "GET" or entry.single then kinds[#kinds + 1] = "conflict" end
  if entry.method ~= "GET" and not M.repeatable(entry) then kinds[#kinds + 1] = "ambiguous" end
  if entry.bulk or reads_all and entry.pages or entry.verb == "update" and entry.returns == "Audience" then
    kinds[#kinds + 1] = "partial"
  end
  return kinds
end

--- What happens when an attempt fails.
function M.retry_of(entry, code)
  code = code or plain
  if not M.repeatable(entry) then return "not repeatable" end
  if not entry.done_after_retry then return "repeatable" end
  return ("repeatable; %s after a repetition %s"):format(table.concat(entry.done_after_retry, " or "),
    entry.bulk and "leaves the outcome " .. code("unknown") or "counts as done")
end

--- What thrive.guard counts an operation as, in words; nil when it does not count.
function M.guard_of(entry)
  if not entry.destructive then return nil end
  if entry.destructive == "by event" then return "as the operation of its event" end
  if entry.destructive == "by end date" then return "as a suspend, where `endDate` is over" end
  return "as a " .. entry.destructive
end

--- The request that an operation sends: "GET /rest/v1/users".
function M.endpoint_of(group, entry)
  return ("%s %s%s"):format(entry.method, M.is_aptem(group.name) and "/tenants/{tenant}" or "", entry.path)
end

--- How a list is cut into pages, in words; nil when the operation has none.
function M.pages_of(entry)
  local pages = entry.pages
  if not pages then return nil end
  return ("%d records unless asked otherwise, at most %d%s"):format(pages.default, pages.max,
    pages.style == "array" and "; a bare array, without pagination" or pages.style == "guarded" and
      "; whether this list has pages is disputed, so nothing of them is sent unless you ask" or "")
end

--- The options of an operation.
-- @treturn table name → rule, as thrive.options has them
function M.options_of(entry)
  local options = require "thrive.options"
  return entry.bulk and entry.bulk.rest and options.bulk or options.per_call
end

--- The example of an operation, whole: it needs nothing but `client`.
-- @tparam string name "users.create"
function M.example_of(name)
  local text = require("thrive.catalogue.examples")[name]
  if text and M.is_aptem(name) then
    text = 'local aptem = assert(thrive.aptem{ tenant = "acme", token = "…" })\n' .. text
  end
  return text
end

return M
