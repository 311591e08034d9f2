--- Groups and verbs: turns the catalogue's data into `client.users:create{…}`.
-- @module thrive.resource

local core = require "thrive.core"
local call = require "thrive.call"
local catalogue = require "thrive.catalogue"
local options = require "thrive.options"
local pager = require "thrive.pager"

local M = {}

local prepare, run = core.prepare, call.run
local CLIENT, STATE = {}, {} -- private keys of a group object

local function nearest(word, names)
  local near = core.nearest(word, names)
  return near and (" (did you mean '%s'?)"):format(near) or ""
end

-- Raises, with the position of whoever called the verb, what is wrong with the options.
local function check_options(name, given, known)
  local wrong = options.problems_of(given, known, "an option")
  if wrong then error(("%s: %s"):format(name, wrong), 3) end
end

local function check_self(self, class, name)
  if type(self) ~= "table" or getmetatable(self) ~= class then
    error(("%s: call it with a colon: client.%s(…)"):format(name, name), 3)
  end
end

-- users.create → "users:create", as it is called
local function display(name) return (name:gsub("%.([^.]*)$", ":%1")) end

local function simple_verb(class, entry, name)
  local shown, operation = display(name), nil
  return function(self, ...)
    if getmetatable(self) ~= class then check_self(self, class, shown) end
    operation = operation or core.operation(entry, name)
    local client = self[CLIENT]
    local transfer, given = prepare(client, operation, ...)
    if not transfer then error(given, 2) end
    if given then
      check_options(shown, given, options.per_call)
      if given.headers then
        local ok, problem = core.add_headers(transfer, given.headers)
        if not ok then error(("%s: %s"):format(shown, problem), 2) end
      end
    end
    return run(client, self[STATE], transfer, given)
  end
end

-- The arguments of an iterating verb: path arguments, params, options. Level 3 is the script.
local function iteration(self, entry, operation, shown, ...)
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
  local wrong = wanted and options.problems_of(wanted, options.iteration, "an option")
  if wrong then error(("%s: %s"):format(shown, wrong), 3) end
  local next_page, problems = pager.pages {
    client = self[CLIENT], state = self[STATE], operation = operation, pages = entry.pages, params = params,
    options = wanted, shown = shown, arguments = table.pack(table.unpack(given, 1, count)),
  }
  if not next_page then error(problems, 3) end
  if wanted and wanted.limit then return pager.limited(next_page, wanted.limit) end
  return next_page
end

-- each, pages and all of a list.
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
      return f(shown, iteration(self, entry, compiled(), shown, ...))
    end
  end
  define("pages", function(_, next_page) return next_page end)
  define("each", function(_, next_page) return pager.records(next_page) end)
  define("all", function(_, next_page)
    local records = {}
    for record in pager.records(next_page) do records[#records + 1] = record end
    return core.json.array(records)
  end)
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
  for _, entry in ipairs(group.operations) do
    verbs[entry.verb] = simple_verb(class, entry, prefix .. entry.verb)
    if entry.pages then list_verbs(class, verbs, entry, prefix) end
  end
  setmetatable(verbs, { __index = function(_, key)
    if type(key) ~= "string" then return nil end
    error(("client.%s has no verb '%s'%s"):format(name, key, nearest(key, options.sorted_keys(verbs))), 2)
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

local is_group = {}
for _, name in ipairs(catalogue.groups) do is_group[name] = true end

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
    error(("a client has no '%s'%s"):format(key, nearest(key, names)), 3) -- 2 is the C function behind __index
  end })
end

return M
