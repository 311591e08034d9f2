--- Managers of audiences and their permissions (contract, section 6).
local bulk = require "thrive.sandbox.bulk"
local groups = require "thrive.sandbox.groups"
local json = require "thrive.sandbox.json"
local reply = require "thrive.sandbox.reply"

local MANAGER = json.shape{ "userId", "reference", "email", "permissions" }
local CHILD = json.shape{ "audienceManager", "peopleManager" }
local STRUCTURE = json.shape{ "audienceManager", "peopleManager", "administrator" }
local AUDIENCE_MANAGER = json.shape{ "manageMembers", "manageContent", "assignments" }
local PEOPLE_MANAGER = json.shape{ "canViewLearnPage", "insights", "manage" }
local ADMINISTRATOR = json.shape{ "canManageAudiences", "canAddAudienceManagers" }

local function flags(...)
  local fields = {}
  for _, name in ipairs{ ... } do fields[name] = { type = "boolean" } end
  return { type = "object", fields = fields }
end

-- manageMembers and canManageAudiences are shown and cannot be written.
local ENTRIES = { min = 1, max = 100, items = { type = "object", fields = {
  reference = { type = "string", empty = false, required = true },
  -- the pages' examples carry what a read shows of the person, too: taken and not looked at
  userId = { type = "string" },
  email = { type = "string", nullable = true },
  permissions = { type = "object", fields = {
    audienceManager = flags("manageContent", "assignments"),
    peopleManager = flags("canViewLearnPage", "insights", "manage"),
    administrator = flags("canAddAudienceManagers"),
  } },
} } }

local function view(audience)
  local structure = audience.category == "structure"
  return function(manager)
    local user, permissions = manager.user, manager.permissions
    local audiences, people, administrator = permissions.audienceManager, permissions.peopleManager, permissions.administrator
    return setmetatable({ userId = user.id, reference = user.ref, email = user.email, permissions = setmetatable({
      audienceManager = setmetatable({
        -- members of audiences made through the API are managed through it alone
        manageMembers = not audience.apiControlled and audience.type == "manual",
        manageContent = audiences.manageContent or false, assignments = audiences.assignments or false,
      }, AUDIENCE_MANAGER),
      peopleManager = setmetatable({
        canViewLearnPage = people.canViewLearnPage or false, insights = people.insights or false,
        manage = people.manage or false,
      }, PEOPLE_MANAGER),
      administrator = setmetatable({
        canManageAudiences = not audience.apiControlled,
        canAddAudienceManagers = administrator.canAddAudienceManagers or false,
      }, ADMINISTRATOR),
    }, structure and STRUCTURE or CHILD) }, MANAGER)
  end
end

local function list(tenant, request)
  local audience, missing = bulk.audience(tenant, request)
  if not audience then return missing end
  local out, show = {}, view(audience)
  for i, manager in ipairs(audience.managers) do out[i] = show(manager) end
  return reply.json(200, json.array(out))
end

-- The audience of a write whose entries fit it: only a structure has administrators.
local function writable(tenant, request)
  local audience, refused = bulk.writable(tenant, request)
  if not audience then return nil, refused end
  if audience.category == "structure" then return audience end
  local problems = {}
  for i, entry in ipairs(request.fields) do
    if entry.permissions and entry.permissions.administrator then
      problems[("body[%d].permissions.administrator"):format(i - 1)] = "is only for structures"
    end
  end
  if next(problems) then return nil, reply.error(422, problems) end
  return audience
end

-- What is not given is false.
local function permissions_of(entry)
  local given = entry.permissions or {}
  return {
    audienceManager = given.audienceManager or {}, peopleManager = given.peopleManager or {},
    administrator = given.administrator or {},
  }
end

-- Resolves every entry of the body. A reference is an email or a reference; ids are not mentioned, so they find nobody.
-- What is wrong with one goes into the result, also what `refuse(user)` says.
local function people(tenant, request, result, refuse)
  local found = {}
  for _, entry in ipairs(request.fields) do
    local user = bulk.person(tenant, entry.reference, true)
    if not user then
      result:fail(entry.reference, "there is no user with this email or reference")
    elseif result:first(user, entry.reference) then
      local reason = refuse and refuse(user)
      if reason then
        result:fail(entry.reference, reason)
      else
        found[#found + 1] = { user = user, text = entry.reference, permissions = permissions_of(entry) }
      end
    end
  end
  return found
end

local function add(tenant, request)
  local audience, refused = writable(tenant, request)
  if not audience then return refused end
  local result = bulk.result()
  local function refuse(user) return groups.manager(audience, user) and "is already a manager" end
  for _, found in ipairs(people(tenant, request, result, refuse)) do
    table.insert(audience.managers, { user = found.user, permissions = found.permissions })
    result:ok(found.text)
  end
  return result:reply()
end

local function replace(tenant, request)
  local audience, refused = writable(tenant, request)
  if not audience then return refused end
  local result = bulk.result()
  local wanted = people(tenant, request, result)
  if #wanted == 0 then return result:reply() end -- as with members: the list never becomes empty this way
  audience.managers = {}
  for i, found in ipairs(wanted) do
    audience.managers[i] = { user = found.user, permissions = found.permissions }
    result:ok(found.text)
  end
  return result:reply()
end

local function remove(tenant, request)
  local audience, refused = bulk.writable(tenant, request)
  if not audience then return refused end
  local text = request.args.userId
  local user = bulk.person(tenant, text)
  if not user then return reply.error(404, "there is no user with the email, reference or id '" .. text .. "'") end
  local manager = groups.manager(audience, user)
  if not manager then
    return reply.error(404, "the user '" .. text .. "' is not a manager of '" .. request.args.audienceId .. "'")
  end
  groups.dismiss(audience, manager)
  return reply.empty()
end

local PATH = "/rest/v1/audiences/{audienceId}/managers"

return {
  routes = {
    { method = "GET", path = PATH, scope = "read", run = list },
    { method = "POST", path = PATH, scope = "write", list = ENTRIES, run = add },
    { method = "PATCH", path = PATH, scope = "write", list = ENTRIES, run = replace },
    { method = "DELETE", path = PATH .. "/{userId}", scope = "write", run = remove },
  },
}
