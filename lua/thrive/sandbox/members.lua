--- Members of audiences (contract, section 6).
local bulk = require "thrive.sandbox.bulk"
local groups = require "thrive.sandbox.groups"
local json = require "thrive.sandbox.json"
local reply = require "thrive.sandbox.reply"

local LIST = {
  page = { type = "integer", min = 1, default = 1 },
  perPage = { type = "integer", min = 1, max = 1000 },
  limit = { type = "integer", min = 1, max = 100 }, -- the old name of perPage, which wins
}

local PEOPLE = { min = 1, max = 100, items = { type = "string", empty = false } }

local MEMBER = json.shape{ "userId", "reference", "email" }

local function view(user)
  return setmetatable({ userId = user.id, reference = user.ref, email = user.email }, MEMBER)
end

local function list(tenant, request)
  local audience, missing = bulk.audience(tenant, request)
  if not audience then return missing end
  local params = request.params
  params.perPage = params.perPage or params.limit or 100
  return reply.page(groups.members(tenant, audience), params, view)
end

-- The audience of a write. A structure holds audiences and no people; the pages do not say what it answers to those that
-- come anyway: 409, which they do list.
local function writable(tenant, request)
  local audience, refused = bulk.writable(tenant, request)
  if audience and audience.category == "structure" then
    return nil, reply.error(409, "'" .. audience.name .. "' is a structure: its audiences have members, it has none")
  end
  return audience, refused
end

-- Resolves every text of the body; what is wrong with one goes into the result, also what `refuse(user)` says.
local function people(tenant, request, result, refuse)
  local found = {}
  for _, text in ipairs(request.fields) do
    local user = bulk.person(tenant, text)
    if not user then
      result:fail(text, "there is no user with this email, reference or id")
    elseif result:first(user, text) then
      local reason = refuse and refuse(user)
      if reason then result:fail(text, reason) else found[#found + 1] = { user = user, text = text } end
    end
  end
  return found
end

local function add(tenant, request)
  local audience, refused = writable(tenant, request)
  if not audience then return refused end
  local result = bulk.result()
  local function refuse(user) return groups.has(audience, user) and "is already a member" end
  for _, found in ipairs(people(tenant, request, result, refuse)) do
    groups.join(tenant, audience, found.user)
    result:ok(found.text)
  end
  return result:reply()
end

local function replace(tenant, request)
  local audience, refused = writable(tenant, request)
  if not audience then return refused end
  local result = bulk.result()
  local wanted = people(tenant, request, result)
  -- when nobody was found the list stays: an empty list is refused, and this would be one
  if #wanted == 0 then return result:reply() end
  local stays = {}
  for _, found in ipairs(wanted) do
    stays[found.user] = true
    result:ok(found.text)
  end
  for _, user in ipairs(table.move(audience.members, 1, #audience.members, 1, {})) do
    if not stays[user] then groups.leave(tenant, audience, user) end
  end
  for _, found in ipairs(wanted) do
    if not groups.has(audience, found.user) then groups.join(tenant, audience, found.user) end
  end
  return result:reply()
end

local function remove(tenant, request)
  local audience, refused = writable(tenant, request)
  if not audience then return refused end
  local text = request.args.userRef
  local user = bulk.person(tenant, text)
  if not user then return reply.error(404, "there is no user with the email, reference or id '" .. text .. "'") end
  if not groups.has(audience, user) then
    return reply.error(404, "the user '" .. text .. "' is not a member of '" .. request.args.audienceId .. "'")
  end
  groups.leave(tenant, audience, user)
  return reply.empty()
end

local PATH = "/rest/v1/audiences/{audienceId}/members"

return {
  routes = {
    { method = "GET", path = PATH, scope = "read", query = LIST, run = list },
    { method = "POST", path = PATH, scope = "write", list = PEOPLE, run = add },
    { method = "PATCH", path = PATH, scope = "write", list = PEOPLE, run = replace },
    { method = "DELETE", path = PATH .. "/{userRef}", scope = "write", run = remove },
  },
}
