--- Groups and verbs: turns the catalogue's data into `client.users:create{…}`.
-- @module thrive.resource

local core = require "thrive.core"
local bulk = require "thrive.bulk"
local call = require "thrive.call"
local catalogue = require "thrive.catalogue"
local options = require "thrive.options"
local pager = require "thrive.pager"

local M = {}

local prepare, run, write = core.prepare, call.run, call.write
local CLIENT, STATE = {}, {} -- private keys of a group object

local function nearest(word, names)
  local near = core.nearest(word, names)
  return near and (" (did you mean '%s'?)"):format(near) or ""
end

-- Checks the options of a call and puts its headers into the transfer; raises, with the position of whoever called the
-- verb, what is wrong.
local function take_options(name, transfer, given, known)
  local wrong = options.problems_of(given, known, "an option")
  if not wrong and given.headers then
    local ok, problem = core.add_headers(transfer, given.headers)
    wrong = not ok and problem
  end
  if wrong then error(("%s: %s"):format(name, wrong), 3) end
end

local function check_self(self, class, name)
  if type(self) ~= "table" or getmetatable(self) ~= class then
    error(("%s: call it with a colon: client.%s(…)"):format(name, name), 3)
  end
end

-- users.create → "users:create", as it is called
local function display(name) return (name:gsub("%.([^.]*)$", ":%1")) end

-- completions:create says by the status alone whether the record is new.
local function with_created(_, _, value, err, meta)
  if type(value) == "table" and not meta.planned then value.created = meta.status == 201 end
  return value, err, meta
end

-- A search that answers a record or an array of records: one of them is the result, none and several are errors.
local function one_record(state, transfer, value, err, meta)
  if err ~= nil or type(value) == "table" and not core.json.isarray(value) then return value, err, meta end
  local only = type(value) == "table" and #value == 1 and value[1]
  if type(value) ~= "table" or only and (type(only) ~= "table" or core.json.isarray(only)) then
    local quote = type(value) == "string" and ": it starts with " .. value:sub(1, 120):gsub("[^ -~]", ".") or ""
    err = core.failure(transfer, "decode", "the answer is neither a record nor a list of them" .. quote)
  elseif only then
    return only, nil, meta
  elseif #value == 0 then
    err = core.failure(transfer, "not_found", "nobody fits")
  else
    err = core.failure(transfer, "conflict", ("%d fit"):format(#value), nil, "narrow the search")
  end
  if state.raise then error(err, 0) end
  return nil, err, meta
end

local function simple_verb(class, entry, name)
  local shown, operation = display(name), nil
  local shape = entry.created and with_created or entry.single and one_record
  local go = entry.method == "GET" and run or write
  return function(self, ...)
    if getmetatable(self) ~= class then check_self(self, class, shown) end
    operation = operation or core.operation(entry, name)
    local client = self[CLIENT]
    local transfer, given = prepare(client, operation, ...)
    if not transfer then error(given, 2) end
    if given then take_options(shown, transfer, given, options.per_call) end
    if not shape then return go(client, self[STATE], transfer, given, entry) end
    return shape(self[STATE], transfer, go(client, self[STATE], transfer, given, entry))
  end
end

-- A verb whose list may have any length: checked whole, then sent in chunks.
local function bulk_verb(class, entry, name, rest_entry, rest_name)
  local shown, operation, rest = display(name), nil, nil
  local count, chunk = #(entry.args or {}), entry.bulk.chunk
  return function(self, ...)
    if getmetatable(self) ~= class then check_self(self, class, shown) end
    operation = operation or core.operation(entry, name)
    rest = rest or rest_entry and core.operation(rest_entry, rest_name)
    local client = self[CLIENT]
    local transfer, given = prepare(client, operation, ...)
    if not transfer then error(given, 2) end
    if given then take_options(shown, transfer, given, rest and options.bulk or options.per_call) end
    local arguments = table.pack(...)
    local list = arguments[count + 1]
    if rest and #list > chunk and not (given and given.split) then
      error(("%s: %d entries, but one call replaces at most %d; options.split = true replaces with the first %d and adds "
        .. "the others, which is not one step"):format(shown, #list, chunk, chunk), 2)
    end
    arguments.n = count
    return bulk.run {
      client = client, state = self[STATE], operation = operation, rest = rest, chunk = chunk, name = name,
      entry = entry, rest_entry = rest_entry, arguments = arguments, list = list, options = given,
    }
  end
end

local event_details = { id = { "string" }, timestamp = {} }

-- client.events:user_joined(user, { id =, timestamp = }, options): puts the envelope around the user.
local function event_verb(class, entry, name)
  local shown, operation = display(name), nil
  return function(self, user, details, ...)
    if getmetatable(self) ~= class then check_self(self, class, shown) end
    if type(user) ~= "table" then
      error(("%s: argument #1 must be a table of the user's fields (got %s)"):format(shown, type(user)), 2)
    end
    if details ~= nil and type(details) ~= "table" then
      error(("%s: argument #2 must be a table with id and timestamp (got %s)"):format(shown, type(details)), 2)
    end
    local wrong = details and options.problems_of(details, event_details, "a detail of an event")
    if not wrong and user.additionalFields ~= nil then -- an event may hold any field, so nothing else would tell
      wrong = "'additionalFields' is not a field of an event: custom fields stand beside the others"
    end
    if wrong then error(("%s: %s"):format(shown, wrong), 2) end
    operation = operation or core.operation(entry, name)
    local client = self[CLIENT]
    local transfer, given = prepare(client, operation, {
      id = details and details.id or core.unique_id(),
      timestamp = details and details.timestamp or core.time(),
      eventType = entry.event,
      content = { user = user },
    }, ...)
    if not transfer then error((given:gsub("'content%.user%.", "'")), 2) end -- the script has given the user alone
    if given then take_options(shown, transfer, given, options.per_call) end
    return write(client, self[STATE], transfer, given, entry)
  end
end

-- The documented fields of a record, those of the record that it extends included.
local function documented(group, name, fields)
  local record = group.records[name]
  if record.extends then documented(group, record.extends, fields) end
  for _, field in ipairs(record) do fields[#fields + 1] = field[1] end
  return fields
end

-- A name of options.fields that is misspelt would give nil for every record. The service may send more than it documents,
-- so only names that are near a documented one are refused.
local function misspelt(names, group, entry)
  local fields, known = documented(group, entry.returns, {}), {}
  for _, field in ipairs(fields) do known[field] = true end
  for _, name in ipairs(names) do
    if not known[name] and nearest(name, fields) ~= "" then
      return ("options.fields: '%s' is not a field of %s%s"):format(name, entry.returns, nearest(name, fields))
    end
  end
  return nil
end

-- What is wrong with the arguments of a list, in the name of the verb that was called: each, count, …
local function in_the_name_of(shown, name, problems)
  local list = display(name) .. ":"
  return problems:sub(1, #list) == list and shown .. problems:sub(#list) or problems
end

-- The arguments of an iterating verb: path arguments, params, options. Level 3 is the script.
local function iteration(self, group, entry, operation, name, shown, known, ...)
  if core.closed(self[CLIENT]) then error("attempt to use a closed client", 3) end
  local given = table.pack(...)
  local count = #(entry.args or {})
  local params, wanted = given[count + 1], given[count + 2]
  if params == nil then params = {} end
  if type(params) ~= "table" then
    error(("%s: argument #%d must be a table of parameters (got %s)"):format(shown, count + 1, type(params)), 3)
  end
  if wanted ~= nil and type(wanted) ~= "table" then
    error(("%s: argument #%d must be a table of options (got %s)"):format(shown, count + 2, type(wanted)), 3)
  end
  if given.n > count + 2 then error(("%s: too many arguments (%d at most)"):format(shown, count + 2), 3) end
  local wrong = wanted and options.problems_of(wanted, known, "an option")
  if wanted and wanted.fields and not wrong then wrong = misspelt(wanted.fields, group, entry) end
  if wrong then error(("%s: %s"):format(shown, wrong), 3) end
  local opened, problems = pager.open {
    client = self[CLIENT], state = self[STATE], operation = operation, name = name, pages = entry.pages, params = params,
    options = wanted, shown = shown, arguments = table.pack(table.unpack(given, 1, count)),
  }
  if not opened then error(in_the_name_of(shown, name, problems), 3) end
  return opened
end

-- each, pages, all and count of a list.
local function list_verbs(class, verbs, entry, prefix)
  local operation
  local function compiled()
    operation = operation or core.operation(entry, prefix .. entry.verb)
    return operation
  end
  local function define(verb, f)
    local shown = display(prefix .. verb)
    verbs[verb] = function(self, ...)
      check_self(self, class, shown)
      return f(iteration(self, class.group, entry, compiled(), prefix .. entry.verb, shown,
        options.iteration, ...))
    end
  end
  define("pages", pager.pages)
  define("each", pager.records)
  define("all", pager.all)

  local shown = display(prefix .. "count")
  --- count(ids…, params, options) → number of records, err, meta: by one request where the service gives a total, else by
  -- reading the list without building its records.
  verbs.count = function(self, ...)
    check_self(self, class, shown)
    if core.closed(self[CLIENT]) then error("attempt to use a closed client", 2) end
    local given, at = table.pack(...), #(entry.args or {}) + 1
    if type(given[at]) == "table" then -- one table for each, count and list: the page does not matter to the number
      local params = {}
      for key, value in pairs(given[at]) do params[key] = value end
      params.page, params.perPage = nil, entry.pages.style == "envelope" and 1 or nil
      given[at] = params
    elseif given[at] == nil and entry.pages.style == "envelope" then
      given[at] = { perPage = 1 }
    end
    given.n = math.max(given.n, at)
    if entry.pages.style == "array" then
      local opened = iteration(self, class.group, entry, compiled(), prefix .. entry.verb, shown,
        options.per_call, table.unpack(given, 1, given.n))
      return pager.count(opened)
    end
    local client, state = self[CLIENT], self[STATE]
    local transfer, wanted = prepare(client, compiled(), table.unpack(given, 1, given.n))
    if not transfer then error(in_the_name_of(shown, prefix .. entry.verb, wanted), 2) end
    if wanted then take_options(shown, transfer, wanted, options.per_call) end
    local page, err, meta = run(client, state, transfer, wanted)
    if err ~= nil then return nil, err, meta end
    local total = page.pagination and math.tointeger(page.pagination.totalResults)
    if not total and not page.pagination and entry.pages.style == "guarded" then
      total = #page.results -- a service that does not page has sent all it has
    end
    if total and total >= 0 then return total, nil, meta end
    err = core.failure(transfer, "decode", "the answer gives no total")
    if state.raise then error(err, 0) end
    return nil, err, meta
  end
end

local classes = {} -- name → class: metatable, verbs, names of subgroups; shared by all clients

local function class_of(name)
  local class = classes[name]
  if class then return class end
  local group = catalogue.load(name)
  local verbs = {}
  class = { __name = "thrive." .. name, __index = verbs, group = group }
  function class.__tostring() return "thrive." .. name end
  local prefix = name .. "."
  local entries = {}
  for _, entry in ipairs(group.operations) do entries[entry.verb] = entry end
  for _, entry in ipairs(group.operations) do
    local full = prefix .. entry.verb
    if entry.bulk then
      local rest = entry.bulk.rest
      verbs[entry.verb] = bulk_verb(class, entry, full, rest and entries[rest], rest and prefix .. rest)
    elseif entry.event then
      verbs[entry.verb] = event_verb(class, entry, full)
    else
      verbs[entry.verb] = simple_verb(class, entry, full)
    end
    if entry.pages then list_verbs(class, verbs, entry, prefix) end
  end
  setmetatable(verbs, { __index = function(_, key)
    if type(key) ~= "string" then return nil end
    local names, groups = options.sorted_keys(verbs), group.groups or {}
    local hint = names[1] == nil and (" (it has %s)"):format(table.concat(groups, ", "))
    table.move(groups, 1, #groups, #names + 1, names)
    error(("client.%s has no verb '%s'%s"):format(name, key, hint or nearest(key, names)), 2)
  end })
  classes[name] = class
  return class
end

local function group_of(client, state, name)
  local class = class_of(name)
  local object = { [CLIENT] = client, [STATE] = state }
  for _, child in ipairs(class.group.groups or {}) do object[child] = group_of(client, state, name .. "." .. child) end
  return setmetatable(object, class)
end

--- The name of a group object ("users") or of a verb's function ("users.create"), nil for anything else.
-- @param value
-- @treturn string|nil
function M.name_of(value)
  local meta = type(value) == "table" and getmetatable(value)
  for name, class in pairs(classes) do
    if rawequal(class, meta) then return name end
    for verb, f in pairs(type(value) == "function" and class.__index or {}) do
      if f == value then return name .. "." .. verb end
    end
  end
  return nil
end

local is_group = {}
for _, name in ipairs(catalogue.groups) do is_group[name] = true end

--- Makes one group object for a client: for clients of other services, such as thrive.aptem.
M.group = group_of

--- Raises, from the __index of a client's face, that there is no such method or group; names: those that there are.
function M.no_such(key, names)
  error(("a client has no '%s'%s"):format(key, nearest(key, names)), 4) -- 3 is the C function behind __index
end

--- Gives a client its methods and groups; a group is made when it is first used.
-- @param client userdata
-- @tparam table state
-- @tparam table face what indexing the client indexes
-- @tparam table methods name → function
function M.install(client, state, face, methods)
  setmetatable(face, { __index = function(t, key)
    if methods[key] then return methods[key] end
    if is_group[key] then
      local group = group_of(client, state, key)
      rawset(t, key, group)
      return group
    end
    if type(key) ~= "string" then return nil end
    local names = options.sorted_keys(methods)
    table.move(catalogue.groups, 1, #catalogue.groups, #names + 1, names)
    M.no_such(key, names)
  end })
end

return M
