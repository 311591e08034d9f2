--- What help can be asked about: names, and the things themselves. Finds; shows nothing.
-- A topic is { kind =, name =, … }: kind "group" (group), "operation" (group, entry, verb: the verb asked for, where it is
-- not the operation's own), "record" (record, group), "manual" (entry), "overview", "error" (err).
-- @module thrive.help.topics

local describe = require "thrive.describe"
local manual = require "thrive.manual"

local M = {}

local index -- built when first asked

-- "client.users:create()" → "users.create"
local function plain(name)
  name = name:gsub("^%s+", ""):gsub("%s+$", ""):gsub("%s*%b()$", ""):gsub(":", ".")
  return name
end

-- The last part of a name: "create" of "users.create".
local function last_part(name) return name:match("[^.:]*$") end

local function build()
  local topics, by_name, by_part = {}, {}, {}
  local function name_it(name, topic) by_name[name] = by_name[name] or topic end
  local function add(topic)
    topics[#topics + 1] = topic
    name_it(plain(topic.name), topic)
    local part = last_part(topic.name)
    by_part[part] = by_part[part] or {}
    table.insert(by_part[part], topic)
    return topic
  end
  for _, entry in ipairs(manual.entries()) do
    add { kind = "manual", name = entry.name, entry = entry }
  end
  for _, group in ipairs(describe.groups()) do
    local topic = add { kind = "group", name = group.name, group = group }
    name_it(describe.path_of(group), topic)
    for _, entry in ipairs(group.operations) do
      local name = group.name .. "." .. entry.verb
      local operation = add { kind = "operation", name = name, group = group, entry = entry }
      name_it("client." .. name, operation)
      for _, verb in ipairs(entry.pages and describe.list_verbs or {}) do
        local variant = { kind = "operation", name = group.name .. "." .. verb, group = group, entry = entry, verb = verb }
        name_it(variant.name, variant)
        name_it("client." .. variant.name, variant)
      end
    end
  end
  local seen = {}
  for _, group in ipairs(describe.groups()) do
    for name, record in pairs(group.records) do
      if not seen[name] then
        seen[name] = true
        add { kind = "record", name = name, record = record, group = group }
      end
    end
  end
  for _, topic in ipairs(topics) do -- after everything that has the name itself
    if topic.kind == "manual" then
      local short = topic.name:match("^thrive%.(.*)")
      if short then name_it(short, topic) end
      for _, name in ipairs(topic.entry.also or {}) do name_it(name, topic) end
    end
  end
  table.sort(topics, function(a, b) return a.name < b.name end)
  return { topics = topics, by_name = by_name, by_part = by_part }
end

local function get()
  index = index or build()
  return index
end

--- Every topic, sorted by name; the sisters of `list` are not among them.
function M.all() return get().topics end

--- The names of all topics, sorted, those of the sisters of `list` included.
function M.names()
  local names = {}
  for _, topic in ipairs(get().topics) do
    names[#names + 1] = topic.name
    for _, verb in ipairs(topic.kind == "operation" and topic.entry.pages and describe.list_verbs or {}) do
      names[#names + 1] = topic.group.name .. "." .. verb
    end
  end
  table.sort(names)
  return names
end

-- The names of several topics in a message: `"users.create", "audiences.create" or "…"`.
local function either(topics)
  local names = {}
  for i, topic in ipairs(topics) do names[i] = ('"%s"'):format(topic.name) end
  table.sort(names)
  local last = table.remove(names)
  return #names > 0 and table.concat(names, ", ") .. " or " .. last or last
end

--- The topic of a name.
-- @tparam string text
-- @treturn table|nil
-- @treturn string what is wrong, with the nearest names
function M.find(text)
  local found, name = get(), plain(text)
  if name == "" then return { kind = "overview", name = "" } end
  local topic = found.by_name[name]
  if topic then return topic end
  local lower, same, ending = name:lower(), {}, {}
  for known, candidate in pairs(found.by_name) do
    known = known:lower()
    if known == lower then same[candidate.name] = candidate end
    if known:sub(-#lower - 1) == "." .. lower then ending[#ending + 1] = candidate end
  end
  local only = next(same) -- before parts: "user" is a User, not sandbox:user
  if only and next(same, only) == nil then return same[only] end
  local parts = found.by_part[name]
  if parts and #parts == 1 then return parts[1] end
  if parts then return nil, ('"%s" is in several topics: %s'):format(text, either(parts)) end
  table.sort(ending, function(a, b) return a.name < b.name end)
  for i = #ending, 2, -1 do -- a topic has several names
    if ending[i].name == ending[i - 1].name then table.remove(ending, i) end
  end
  if #ending == 1 then return ending[1] end
  if #ending > 1 then return nil, ('"%s" is in several topics: %s'):format(text, either(ending)) end
  local core = require "thrive.core"
  local names = M.names()
  for part in pairs(found.by_part) do names[#names + 1] = part end
  for known in pairs(found.by_name) do names[#names + 1] = known end
  table.sort(names) -- the same answer every time
  local near = core.nearest(name, names)
  return nil, ('there is no help on "%s"%s'):format(text, near and (' (did you mean "%s"?)'):format(near)
    or ': apropos "word" looks for words, help() shows what there is')
end

-- ---- the things themselves ------------------------------------------------------------------------------------------

-- What a metatable says that its table is; raw, for the things of a script may do anything when they are indexed.
local objects = {
  ["thrive.task"] = "task", ["thrive.sandbox"] = "sandbox", ["thrive.csv.reader"] = "reader",
  ["thrive.csv.writer"] = "writer", ["thrive.csv.error"] = "thrive.csv", ["thrive.meta"] = "meta",
}

local function manual_topic(name) return get().by_name[plain(name)] end

local function is_client(value)
  return type(value) == "userdata" and getmetatable(value) == "thrive.client"
end

-- A client of Aptem differs from one of Thrive only in its groups.
local function client_topic(client)
  local ok, users = pcall(function() return client.users end)
  local name = ok and package.loaded["thrive.resource"].name_of(users)
  return manual_topic(name == "aptem.users" and "aptem.users" or "client")
end

-- The manual's functions and values by what they are. Modules that were not loaded yet can have given none to anybody.
local function same_value(value)
  local thrive = require "thrive"
  local modules = { thrive = thrive, ["thrive.csv"] = package.loaded["thrive.csv"],
    ["thrive.webhooks"] = package.loaded["thrive.webhooks"], ["thrive.sandbox"] = package.loaded["thrive.sandbox"] }
  for _, entry in ipairs(manual.entries()) do
    local owner, key = entry.name:match("^(.*)%.([^.]*)$")
    local object = entry.kind == "module" and modules[entry.name] or modules[owner] and modules[owner][key]
    if object ~= nil and rawequal(object, value) then return manual_topic(entry.name) end
  end
  local client = package.loaded["thrive.client"]
  for name, method in pairs(client and client.methods or {}) do
    if method == value then return manual_topic("client:" .. name) end
  end
  return nil
end

--- The topic of anything: a name, a group, a verb, a function of the module, an error, an object. Nothing of it is called
-- or indexed that belongs to a script.
-- @param value
-- @treturn table|nil
-- @treturn string what is wrong
function M.of(value)
  local kind = type(value)
  if value == nil then return { kind = "overview", name = "" } end
  if kind == "string" then return M.find(value) end
  if is_client(value) then return client_topic(value) end
  if require("thrive.core").iserror(value) then return { kind = "error", name = "errors", err = value } end
  local resource = package.loaded["thrive.resource"]
  local name = resource and (kind == "table" or kind == "function") and resource.name_of(value)
  local topic
  if name then
    topic = get().by_name[name]
  elseif kind == "table" or kind == "function" or kind == "userdata" then
    local meta = getmetatable(value)
    local what = type(meta) == "table" and rawget(meta, "__name")
    topic = what ~= nil and objects[what] and manual_topic(objects[what]) or same_value(value)
  end
  if topic then return topic end
  local shown = kind == "number" and tostring(value) or kind == "boolean" and tostring(value) or "this " .. kind
  return nil, ('there is no help on %s: ask by name (help "users.create", help "errors"), or with a group, a verb or an error '
    .. "object (help(client.users), help(err)); help() shows what there is"):format(shown)
end

return M
