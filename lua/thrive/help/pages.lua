--- The pages of help: what is shown of each kind of topic.
-- @module thrive.help.pages

local describe = require "thrive.describe"
local manual = require "thrive.manual"

local M = {}

local function value(text) return '"' .. text .. '"' end

local function join(list) return table.concat(list, ", ") end

-- The first sentence of a text, without marks.
local function summary(text)
  local first = text:match("^[^\n]*"):gsub("`", "")
  return first:match("^(.-[^%.]%.)%s") or first
end
M.summary = summary

-- ---- rows -----------------------------------------------------------------------------------------------------------

-- "string, required, "a", "b": what it means"
local function row_text(kind, parts, doc)
  local head = { kind }
  for _, part in ipairs(parts) do if part ~= "" then head[#head + 1] = part end end
  return table.concat(head, ", ") .. ": " .. doc
end

local function required_text(word)
  if word == "" then return "" end
  return word == "yes" and "required" or "required " .. word
end

-- The parameters of an operation, nested ones under the one that they are in.
local function parameter_rows(entry)
  local rows = {}
  for _, row in ipairs(describe.params_of(entry)) do
    local _, depth = row.name:gsub("%.", "")
    local limits = describe.limits_of(row.param, nil, value):gsub("[; ]*left out$", "") -- its text says so
    rows[#rows + 1] = { row.name:match("[^.]*$"), row_text(describe.type_of(row.param),
      { required_text(describe.required_row(row)), limits }, row.param.doc), depth }
  end
  return rows
end

-- The fields of a record, nested ones under the one that they are in.
local function field_rows(fields, rows, depth)
  for _, field in ipairs(fields) do
    rows[#rows + 1] = { field[1], row_text(describe.type_of(field), {}, field.doc), depth }
    local inner = field.fields or field.items and field.items.fields
    if inner then field_rows(inner, rows, depth + 1) end
  end
  return rows
end

local words = {
  ["thrive.Client"] = "client", ["thrive.AptemClient"] = "client", ["thrive.Error"] = "error object",
  ["thrive.CsvError"] = "error object", ["thrive.Task"] = "task", ["file*"] = "file", any = "any value",
  ["thrive.Sandbox"] = "sandbox", ["thrive.null"] = "userdata", ["thrive.CsvReader"] = "reader",
  ["thrive.CsvWriter"] = "writer", ["true"] = "true",
}

--- A type of the manual in words: "string[]" is "array of strings", "thrive.CallOptions" a table.
function M.type_words(expression)
  if expression:find("^fun%(") then return "function" end
  if expression:find("^table<") then return "table" end
  local item = expression:match("^([^|]*)%[%]$")
  if item then
    if item == "any" then return "array" end
    return ("array of %ss"):format(M.type_words(item))
  end
  if expression:find("|", 1, true) then
    local parts = {}
    for part in expression:gmatch("[^|]+") do parts[#parts + 1] = M.type_words(part) end
    return table.concat(parts, " or ")
  end
  return words[expression] or expression:find("^thrive%.") and "table" or expression
end

-- The params, results or fields of an entry of the manual. mark: "required" for what is not optional, or "or nil" for what is.
local function manual_rows(list, mark, rows, depth)
  for _, param in ipairs(list) do
    local parts = { mark == "required" and not param.optional and "required" or "" }
    if param.enum then
      local names = {}
      for i, name in ipairs(param.enum) do names[i] = value(name) end
      parts[#parts + 1] = join(names)
    end
    local doc = param.doc
    if param.default then doc = ("%s (default: %s)"):format(doc, param.default) end
    local kind = M.type_words(param[2])
    if mark == "nil" and param.optional then kind = kind .. " or nil" end
    rows[#rows + 1] = { param[1], row_text(kind, parts, doc), depth }
    if param.fields then manual_rows(param.fields, mark, rows, depth + 1) end
  end
  return rows
end

-- A topic's table: names and text, where the second word is no type.
local function plain_rows(fields)
  local rows = {}
  for i, field in ipairs(fields) do rows[i] = { field[1], field[2] .. ": " .. field.doc } end
  return rows
end

-- ---- parts of pages -------------------------------------------------------------------------------------------------

local function put_example(out, text)
  if not text then return end
  out:heading("Example")
  out:code(text)
end

local function put_see(out, names)
  if not names or #names == 0 then return end
  local quoted = {}
  for i, name in ipairs(names) do quoted[i] = ('help "%s"'):format(name) end
  out:heading("See also")
  out:paragraphs(join(quoted), 2)
end

local function put_rows(out, title, rows)
  if #rows == 0 then return end
  out:heading(title)
  out:rows(rows)
end

-- ---- operations -----------------------------------------------------------------------------------------------------

-- What a verb gives, in one line.
local function returns_of(entry, verb)
  local record = entry.returns
  if verb == "each" then return ("a loop over %s, record after record"):format(record) end
  if verb == "pages" then return ("a loop over page, meta; page.results is an array of %s"):format(record) end
  if verb == "all" then return ("an array of %s"):format(record) end
  if verb == "count" then return "n, err, meta: how many there are" end
  local kind = entry.expect or "object"
  if kind == "nothing" then return "true, err, meta" end
  if kind == "list" then
    return ("page, err, meta: page.results is an array of %s%s"):format(record,
      entry.pages and ", page.pagination tells how many there are" or "")
  end
  if kind == "array" then return ("value, err, meta: value is an array of %s"):format(record) end
  if entry.bulk and record ~= "BulkResult" then
    return ('result, err, meta: result is %s with success, failure and outcomes: help "bulk"'):format(record)
  end
  if entry.bulk then return ('result, err, meta: result is %s: help "bulk"'):format(record) end
  return ("value, err, meta: value is %s"):format(record)
end

local scopes = { read = "api/read", write = "api/write", webhooks = "api/webhooks" }

local loops = { each = true, pages = true, all = true }

local function facts_of(group, entry, verb)
  local rows = {}
  local errors = join(describe.errors_of(entry))
  rows[#rows + 1] = { "Errors", errors .. '; and those of every call: help "errors"'
    .. (loops[verb] and "; they are raised" or "") }
  if not describe.is_aptem(group.name) then
    rows[#rows + 1] = { "Scope", ("%s: %s or api/all"):format(entry.scope, scopes[entry.scope]) }
  end
  rows[#rows + 1] = { "Tried again", describe.retry_of(entry) .. ': help "retries"' }
  if entry.destructive then rows[#rows + 1] = { "Counts", describe.guard_of(entry) .. ': help "guard"' } end
  rows[#rows + 1] = { "Endpoint", describe.endpoint_of(group, entry)
    .. (entry.host == "webhooks" and ", webhooks host" or "") }
  if entry.pages then rows[#rows + 1] = { "Pages", describe.pages_of(entry) } end
  local options = loops[verb] and require("thrive.options").iteration or describe.options_of(entry)
  rows[#rows + 1] = { "Options", join(require("thrive.options").sorted_keys(options))
    .. (loops[verb] and ': help "iteration"' or ': help "options"') }
  return rows
end

-- The record that a verb gives, with its fields.
local function put_record(out, group, name)
  out:heading(name)
  out:rows(field_rows(describe.fields_of(group, name), {}, 0))
end

local list_docs = {
  each = "Loops over the records, page after page.", pages = "Loops over the pages.", all = "Every record as one array.",
  count = "How many records there are.",
}

function M.operation(out, topic)
  local group, entry, verb = topic.group, topic.entry, topic.verb
  out:heading(describe.signature(group, entry, verb))
  out:gap()
  out:paragraphs(verb and ("%s %s"):format(list_docs[verb], entry.doc) or entry.doc)
  if entry.pages then
    local others = {}
    for _, other in ipairs { "list", table.unpack(describe.list_verbs) } do
      if other ~= (verb or "list") then others[#others + 1] = other end
    end
    out:gap()
    out:paragraphs(('%s and %s take the same arguments: help "lists".'):format(join({ table.unpack(others, 1, #others - 1) }),
      others[#others]))
  end
  put_rows(out, "Parameters", parameter_rows(entry))
  out:heading("Returns")
  out:paragraphs(returns_of(entry, verb), 2)
  if (entry.expect or "object") ~= "nothing" and verb ~= "count" then put_record(out, group, entry.returns) end
  out:gap()
  out:rows(facts_of(group, entry, verb), 0, true)
  local example = verb and manual.entry(verb).example or describe.example_of(group.name .. "." .. entry.verb)
  if verb and group.name ~= "users" then example = nil end -- that of the verb is about users
  put_example(out, example or describe.example_of(group.name .. "." .. entry.verb))
end

-- ---- groups, records ------------------------------------------------------------------------------------------------

function M.group(out, topic)
  local group = topic.group
  out:heading(describe.path_of(group))
  out:gap()
  out:paragraphs(group.doc)
  local rows = {}
  for _, entry in ipairs(group.operations) do
    rows[#rows + 1] = { entry.verb, summary(entry.doc) }
    if entry.pages then rows[#rows + 1] = { join(describe.list_verbs), "the same list as loops, as an array, counted" } end
  end
  put_rows(out, "Verbs", rows)
  rows = {}
  for i, child in ipairs(group.groups or {}) do
    local name = group.name .. "." .. child
    rows[i] = { describe.path_of { name = name }, require("thrive.catalogue").load(name).doc }
  end
  put_rows(out, "Groups", rows)
  rows = {}
  for _, name in ipairs(require("thrive.options").sorted_keys(group.records)) do
    local fields = {}
    for i, field in ipairs(describe.fields_of(group, name)) do fields[i] = field[1] end
    rows[#rows + 1] = { name, join(fields) }
  end
  put_rows(out, "Records", rows)
  local first = group.operations[1]
  local example = first and group.name .. "." .. first.verb or group.name .. "." .. group.groups[1]
  put_see(out, { example, "calls" })
end

function M.record(out, topic)
  local name, group = topic.name, topic.group
  out:heading(name)
  local from = {}
  for _, operation in ipairs(describe.operations()) do
    if operation.entry.returns == name then from[#from + 1] = operation.name end
  end
  out:gap()
  if #from > 0 then
    out:paragraphs(("A record: what %s return%s."):format(join(from), #from == 1 and "s" or ""))
  else
    out:paragraphs("The fields of a record that others have as well.")
  end
  out:gap()
  out:paragraphs("It is a plain table with every field that the service sent, known or not; null is an absent field.")
  put_rows(out, "Fields", field_rows(describe.fields_of(group, name), {}, 0))
  put_see(out, from)
end

-- ---- the manual -----------------------------------------------------------------------------------------------------

-- What belongs to a module or an object: entries of the manual named after it.
local function members_of(entry)
  local rows = {}
  local prefix = entry.name .. (entry.kind == "module" and "." or ":")
  for _, other in ipairs(manual.entries()) do
    if other.name:sub(1, #prefix) == prefix and not other.name:find("[.:]", #prefix + 1) then
      rows[#rows + 1] = { entry.name == "thrive" and other.name or other.name:sub(#prefix + 1), summary(other.doc) }
    end
  end
  return rows
end

local function group_rows()
  local rows = {}
  for _, group in ipairs(describe.groups()) do
    if not describe.is_aptem(group.name) then rows[#rows + 1] = { group.name, group.doc } end
  end
  return rows
end

local function kind_rows()
  local rows = {}
  for _, entry in ipairs(manual.entries()) do
    if entry.kind == "kind" then rows[#rows + 1] = { entry.name, entry.doc } end
  end
  return rows
end

-- Entries whose signature is their title; the others have a name of their own.
local called = { ["function"] = true, method = true, verb = true, value = true }

function M.manual(out, topic)
  local entry = topic.entry
  out:heading(called[entry.kind] and entry.signature or entry.name)
  out:gap()
  if not called[entry.kind] and entry.signature ~= entry.name then
    out:code(entry.signature)
    out:gap()
  end
  out:paragraphs(entry.doc)
  out:gap()
  if entry.type then out:paragraphs(("Type: %s."):format(M.type_words(entry.type))) end
  if entry.advice then
    out:heading("What to do")
    out:paragraphs(entry.advice, 2)
  end
  if entry.params then put_rows(out, "Parameters", manual_rows(entry.params, "required", {}, 0)) end
  if entry.returns then put_rows(out, "Returns", manual_rows(entry.returns, "nil", {}, 0)) end
  if entry.raises then
    out:heading("Raises")
    out:paragraphs(entry.raises, 2)
  end
  if entry.fields then
    local title = entry.heading or entry.kind == "options" and "options" or "fields"
    title = title:sub(1, 1):upper() .. title:sub(2)
    local typed = entry.kind ~= "topic" or entry.class or entry.name == "calls" or entry.name == "bulk"
    local mark = entry.kind ~= "options" and "nil" or nil -- every option may be left out
    put_rows(out, title, typed and manual_rows(entry.fields, mark, {}, 0) or plain_rows(entry.fields))
  end
  if entry.name == "client" then put_rows(out, "Groups", group_rows()) end
  if entry.kind == "module" then put_rows(out, "Members", members_of(entry)) end
  if entry.kind == "object" then put_rows(out, "Methods", members_of(entry)) end
  if entry.name == "errors" then put_rows(out, "Kinds", kind_rows()) end
  put_example(out, entry.example)
  put_see(out, entry.see)
end

-- ---- an error -------------------------------------------------------------------------------------------------------

local VALUE_MOST <const> = 1000 -- bytes

local shown = { "operation", "method", "path", "status", "code", "request_id", "attempts", "elapsed", "retry_after",
  "retryable", "sent", "stopped_by", "cause" }

function M.error(out, topic)
  local err = topic.err
  local harmless, values = require("thrive.text").escape, require "thrive.inspect.value" -- much of it is what a server said
  local function field(name)
    local v = rawget(err, name)
    if type(v) == "string" then return harmless((v:gsub("%s+", " "))) end
    if type(v) == "number" or type(v) == "boolean" then return v end
    return nil
  end
  local kind = tostring(field("kind"))
  local entry = manual.entry(kind)
  out:heading(kind .. (field("operation") and " in " .. field("operation") or ""))
  out:gap()
  out:paragraphs(tostring(field("message") or ""))
  if entry then
    out:heading("What it means")
    out:paragraphs(entry.doc, 2)
  end
  out:heading("What to do")
  if field("hint") then out:paragraphs(field("hint"):gsub("^%l", string.upper) .. ".", 2) end
  if entry then out:paragraphs(entry.advice, 2) end
  local rows = {}
  for _, name in ipairs(shown) do
    local v = field(name)
    if v ~= nil then rows[#rows + 1] = { name, math.type(v) == "float" and ("%.3g"):format(v) or tostring(v) } end
  end
  local fields = rawget(err, "fields")
  if type(fields) == "table" then
    for _, name in ipairs(require("thrive.options").sorted_keys(fields)) do
      rows[#rows + 1] = { "fields." .. harmless(name), (values.cell(rawget(fields, name), name, VALUE_MOST, true)) }
    end
  end
  if type(rawget(err, "body")) == "string" then rows[#rows + 1] = { "body", 'err.body has the beginning of the answer' } end
  put_rows(out, "Details", rows)
  local see = { kind, "errors" }
  local operation = field("operation")
  if operation and require("thrive.help.topics").find(operation) then see[#see + 1] = operation end
  put_see(out, see)
end

-- ---- without a topic ------------------------------------------------------------------------------------------------

function M.overview(out)
  local groups, functions, topics = {}, {}, {}
  for _, group in ipairs(describe.groups()) do
    local parent, child = group.name:match("^(.-)%.(.*)$")
    if not parent then
      groups[#groups + 1] = group.name
    elseif parent ~= "aptem" then
      groups[#groups + 1] = "." .. child
    end
  end
  for _, entry in ipairs(manual.entries()) do
    local name = entry.name:match("^thrive%.([^.]*)$")
    if name and (entry.kind == "function" or entry.kind == "module") then functions[#functions + 1] = name end
    if entry.kind == "topic" or entry.kind == "options" or entry.name == "errors" then topics[#topics + 1] = entry.name end
  end
  out:heading("thrive " .. require("thrive.core").version .. ": the Thrive Learning API for Lua")
  out:gap()
  out:code('local client = assert(thrive.client())\nlocal user, err = client.users:get_by_ref("U0007")\n'
    .. 'for user in client.users:each{ status = "active" } do print(user.ref) end')
  out:gap()
  out:rows({
    { "client.", table.concat(groups, " ") },
    { "thrive.", table.concat(functions, " ") },
    { "topics", table.concat(topics, " ") },
  }, 0, true)
  out:gap()
  out:rows({
    { 'help "users"', "the verbs of a group; help(client.users) is the same" },
    { 'help "users.create"', "its parameters, what comes back, errors, an example" },
    { 'help "User"', "the fields of a record" },
    { "help(err)", "what an error means, and what to do; at the prompt help(_)" },
    { 'apropos "audience"', "the topics that have a word" },
  }, 0)
end

return M
