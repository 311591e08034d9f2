--- v2 user lifecycle: create, update, suspend, delete (contract, section 4).
local people = require "thrive.sandbox.people"
local reply = require "thrive.sandbox.reply"

local CREATE, UPDATE = {}, {}

-- What a nullable field is on create: null says as much as leaving it out.
for name, rule in pairs(people.fields) do
  UPDATE[name] = rule
  local copy = {}
  for key, value in pairs(rule) do copy[key] = value end
  copy.absent_if_null, copy.nullable = copy.nullable, nil
  CREATE[name] = copy
end
CREATE.ref = { type = "string", empty = false, required = true }
CREATE.firstName.required, CREATE.lastName.required = true, true
CREATE.loginMethod = { type = "enum", enum = people.LOGIN_METHODS, absent_if_null = true }
CREATE.additionalFields = { type = "custom", absent_if_null = true }
UPDATE.loginMethod = { type = "enum", enum = people.LOGIN_METHODS, nullable = true }
UPDATE.additionalFields = { type = "custom", nullable = true }

local function email_needed(fields, user, problems)
  local method = fields.loginMethod or user and user.loginMethod
  local email = fields.email
  if email == nil and user then email = user.email end
  if method ~= "ref" and type(email) ~= "string" and not problems.email then
    problems.email = "is required unless loginMethod is 'ref'"
  end
end

local function find(tenant, request)
  local user = tenant.by_ref[request.args.ref]
  if user then return user end
  return nil, reply.error(404, "there is no user with the ref '" .. request.args.ref .. "'")
end

local function create(tenant, request)
  local fields = request.fields
  local conflicts = people.conflicts(tenant, fields)
  if conflicts then return reply.error(409, conflicts) end
  local user = people.blank(tenant, tenant.now())
  user.ref = fields.ref
  people.insert(tenant, user)
  people.apply(tenant, user, fields)
  return reply.json(201, people.lifecycle(tenant, user))
end

local function update(tenant, request)
  local user, missing = find(tenant, request)
  if not user then return missing end
  local problems = {}
  email_needed(request.fields, user, problems)
  if next(problems) then return reply.error(422, problems) end
  local conflicts = people.conflicts(tenant, request.fields, user)
  if conflicts then return reply.error(409, conflicts) end
  people.apply(tenant, user, request.fields) -- a suspended user stays suspended: v2 has no way back
  return reply.json(200, people.lifecycle(tenant, user))
end

local function suspend(tenant, request)
  local user, missing = find(tenant, request)
  if not user then return missing end
  people.suspend(tenant, user, request.fields.endDate)
  return reply.json(200, people.lifecycle(tenant, user))
end

local function delete(tenant, request)
  local user, missing = find(tenant, request)
  if not user then return missing end
  people.delete(tenant, user)
  return reply.json(200, { success = true })
end

return {
  routes = {
    {
      method = "POST", path = "/rest/v2/users", scope = "write", body = CREATE, run = create,
      check = function(_, fields, problems) email_needed(fields, nil, problems) end,
    },
    { method = "PATCH", path = "/rest/v2/users/ref/{ref}", scope = "write", body = UPDATE, run = update },
    {
      method = "PATCH", path = "/rest/v2/users/ref/{ref}/suspend", scope = "write", run = suspend,
      body = { endDate = { type = "date", nullable = true } },
    },
    { method = "DELETE", path = "/rest/v2/users/ref/{ref}", scope = "write", run = delete },
  },
}
