--- Audiences and structures (contract, section 6).
local bulk = require "thrive.sandbox.bulk"
local dates = require "thrive.sandbox.dates"
local groups = require "thrive.sandbox.groups"
local json = require "thrive.sandbox.json"
local reply = require "thrive.sandbox.reply"

local READ = json.shape{
  "id", "name", "reference", "apiControlled", "category", "type", "parent", "createdAt", "updatedAt",
}
local UPDATED = json.shape{
  "id", "name", "reference", "apiControlled", "category", "type", "parent", "createdAt", "updatedAt", "memberOperations",
}
local PARENT = json.shape{ "name", "reference", "id" }

local LIST = {
  apiControlled = { type = "flag" },
  updatedSince = { type = "date" },
  page = { type = "integer", min = 1, default = 1 },
  perPage = { type = "integer", min = 1, max = 1000 },
  limit = { type = "integer", min = 1, max = 100 }, -- the old name of perPage, which wins
}

-- No field is marked as required, not even the name.
local CREATE = {
  name = { type = "string", empty = false, max = 100, absent_if_null = true },
  reference = { type = "string", empty = false, max = 100, absent_if_null = true },
  parentId = { type = "string", empty = false, absent_if_null = true },
  category = { type = "enum", enum = { "structure", "audience" }, absent_if_null = true },
}

-- The category is for ever.
local UPDATE = {
  name = { type = "string", empty = false, max = 100 },
  reference = { type = "string", empty = false, max = 100 },
  parentId = { type = "string", empty = false },
}

local function view(audience)
  local parent = audience.parent
  return setmetatable({
    id = audience.id, name = audience.name, reference = audience.reference, apiControlled = audience.apiControlled,
    category = audience.category, type = audience.type,
    parent = parent and setmetatable({ name = parent.name, reference = parent.reference, id = parent.id }, PARENT),
    createdAt = dates.write(audience.createdAt), updatedAt = dates.write(audience.updatedAt),
  }, READ)
end

local function list(tenant, request)
  local params, out = request.params, {}
  params.perPage = params.perPage or params.limit or 100
  for _, audience in ipairs(tenant.audiences) do
    if (params.apiControlled == nil or params.apiControlled == audience.apiControlled)
      and audience.updatedAt >= (params.updatedSince or math.mininteger) then
      out[#out + 1] = audience
    end
  end
  return reply.page(out, params, view)
end

local function get(tenant, request)
  local audience, missing = bulk.audience(tenant, request)
  return missing or reply.json(200, view(audience))
end

-- What keeps a structure from becoming the parent: a problem (422), or a reply.
local function parent_problem(parent)
  if not parent then return { parentId = "there is no such structure" } end
  if parent.category ~= "structure" then return { parentId = "is not a structure" } end
  if not parent.apiControlled then
    return nil, reply.error(403, "the structure '" .. parent.name .. "' was made in the user interface: what is made "
      .. "through the API goes into structures made through the API")
  end
end

local function in_use(tenant, reference, audience)
  local other = reference and tenant.audience_by_ref[reference]
  return other and other ~= audience and reply.error(409, { reference = "is already in use" })
end

local function check_create(_, fields, problems)
  if problems.category or problems.parentId then return end
  if fields.category == "structure" and fields.parentId then
    problems.parentId = "is not for a structure"
  elseif fields.category == "audience" and not fields.parentId then
    problems.parentId = "is required unless category is 'structure'"
  end
end

local function create(tenant, request)
  local fields = request.fields
  local parent
  if fields.parentId then -- an id or a reference here, only an id when it changes
    parent = groups.find(tenant, fields.parentId)
    local problems, refused = parent_problem(parent)
    if refused then return refused end
    if problems then return reply.error(422, problems) end
  end
  local conflict = in_use(tenant, fields.reference)
  if conflict then return conflict end
  local audience = groups.blank(tenant, tenant.now())
  audience.name, audience.reference, audience.parent = fields.name, fields.reference, parent
  audience.category = parent and "audience" or "structure"
  groups.insert(tenant, audience)
  return reply.json(201, view(audience))
end

-- What moving did. That it is null otherwise is documented, its shape is not: here, that of other operations on members.
local function member_operations(audience)
  local entities = {}
  for i, user in ipairs(audience.members) do entities[i] = { reference = user.ref } end
  return { success = { count = #entities, entities = json.array(entities) } }
end

local function update(tenant, request)
  local audience, refused = bulk.writable(tenant, request)
  if not audience then return refused end
  local fields, problems, parent = request.fields, nil, nil
  if fields.parentId then
    if audience.category == "structure" then
      problems = { parentId = "is not for a structure" }
    else
      parent = tenant.audience_by_id[fields.parentId]
      problems, refused = parent_problem(parent)
    end
  end
  if refused then return refused end
  if problems then return reply.error(422, problems) end
  local conflict = in_use(tenant, fields.reference, audience)
  if conflict then return conflict end
  audience.name = fields.name or audience.name
  if fields.reference then groups.rename(tenant, audience, fields.reference) end
  local moved = parent and parent ~= audience.parent
  if moved then groups.move(audience, parent) end
  audience.updatedAt = math.max(tenant.now(), audience.updatedAt)
  local answer = view(audience)
  answer.memberOperations = moved and member_operations(audience) or nil
  return reply.json(200, setmetatable(answer, UPDATED))
end

-- The pages contradict each other: a structure's children are deleted with it, or keep it from being deleted. Here they
-- keep it: what relies on that also works with the other reading, and no script loses more than it asked for.
local function delete(tenant, request)
  local audience, refused = bulk.writable(tenant, request)
  if not audience then return refused end
  if #audience.children > 0 then
    return reply.error(409, ("'%s' has %d child audience%s: delete %s first"):format(audience.name or audience.id,
      #audience.children, #audience.children == 1 and "" or "s", #audience.children == 1 and "it" or "them"))
  end
  groups.remove(tenant, audience)
  return reply.empty()
end

local PATH = "/rest/v1/audiences/{audienceId}"

return {
  seed = require "thrive.sandbox.audience_seed",
  routes = {
    { method = "GET", path = "/rest/v1/audiences", scope = "read", query = LIST, run = list },
    {
      method = "POST", path = "/rest/v1/audiences", scope = "write", body = CREATE, check = check_create, run = create,
    },
    { method = "GET", path = PATH, scope = "read", run = get },
    { method = "PATCH", path = PATH, scope = "write", body = UPDATE, run = update },
    { method = "PATCH", path = PATH .. "/", scope = "write", body = UPDATE, run = update }, -- as some pages print it
    { method = "DELETE", path = PATH, scope = "write", run = delete },
  },
}
