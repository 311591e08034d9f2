--- Inbound user events, `POST /webhooks` (contract, section 11): the only way to bring a suspended user back.
local check = require "thrive.sandbox.check"
local dates = require "thrive.sandbox.dates"
local json = require "thrive.sandbox.json"
local people = require "thrive.sandbox.people"
local reply = require "thrive.sandbox.reply"

local TYPES = { "user_joined", "user_updated", "user_suspended", "user_deleted" }

local ENVELOPE = {
  id = { type = "string", empty = false, required = true },
  timestamp = { type = "date", required = true },
  eventType = { type = "enum", enum = TYPES, required = true },
  content = { type = "object", required = true, fields = { user = { type = "object", required = true } } },
}

local REF = { type = "string", empty = false, required = true }

-- The spec of content.user: custom fields are extra top-level members here, additionalFields is not known.
local function user_spec(tenant, event)
  if event == "user_deleted" then return { ref = REF } end
  if event == "user_suspended" then return { ref = REF, endDate = { type = "date", nullable = true } } end
  local spec = { ref = REF }
  for name, rule in pairs(people.fields) do spec[name] = rule end
  for name in pairs(tenant.custom_fields) do spec[name] = spec[name] or { type = "scalar", nullable = true } end
  return spec
end

local function check_user(tenant, fields, problems)
  if next(problems) then return end
  local user, event = fields.content.user, fields.eventType
  check.object(user, user_spec(tenant, event), problems, "content.user.", tenant)
  if event == "user_joined" and type(user.ref) == "string" and not tenant.by_ref[user.ref] then
    for _, name in ipairs{ "firstName", "lastName", "email" } do
      if user[name] == nil or user[name] == json.null then
        problems["content.user." .. name] = problems["content.user." .. name] or "is required"
      end
    end
  end
end

-- The event's fields as v2 has them: custom fields go into additionalFields.
local function split(tenant, given)
  local fields, custom = {}, {}
  for name, value in pairs(given) do
    if people.fields[name] then
      fields[name] = value
    elseif name ~= "ref" and tenant.custom_fields[name] then
      custom[name] = value
    end
  end
  if next(custom) then fields.additionalFields = custom end
  return fields
end

local RUN = {}

function RUN.user_joined(tenant, user, given)
  local fields = split(tenant, given)
  if not user then
    user = people.blank(tenant, tenant.now())
    user.ref = given.ref
    people.insert(tenant, user)
  else
    user.suspended = false
    if fields.endDate == nil then fields.endDate = json.null end -- else the day of the suspension would end it again
  end
  people.apply(tenant, user, fields)
  return user
end

function RUN.user_updated(tenant, user, given)
  people.apply(tenant, user, split(tenant, given))
  return user
end

function RUN.user_suspended(tenant, user, given)
  people.suspend(tenant, user, given.endDate)
  return user
end

function RUN.user_deleted(tenant, user)
  people.delete(tenant, user)
  return user
end

local function receive(tenant, request)
  local envelope = request.fields
  local given, event = envelope.content.user, envelope.eventType
  if tenant.event_ids[envelope.id] then
    return reply.error(409, "the event '" .. envelope.id .. "' was already processed")
  end
  local user = tenant.by_ref[given.ref]
  if not user and event ~= "user_joined" then
    return reply.error(404, "there is no user with the ref '" .. given.ref .. "'")
  end
  if user and event == "user_joined" and people.active(tenant, user) then
    return reply.error(409, { ["content.user.ref"] = "is already in use by an active user" })
  end
  -- a user_joined of somebody new was checked with the request
  if user and given.email == json.null and user.loginMethod ~= "ref" then
    return reply.error(422, { ["content.user.email"] = "is required unless loginMethod is 'ref'" })
  end
  local conflicts = people.conflicts(tenant, given, user)
  if conflicts then
    local named = {}
    for name, why in pairs(conflicts) do named["content.user." .. name] = why end
    return reply.error(409, named)
  end
  tenant.event_ids[envelope.id] = dates.write(tenant.now())
  return reply.json(200, people.event_view(tenant, RUN[event](tenant, user, given)))
end

return {
  seed = function(tenant) tenant.event_ids = {} end,
  routes = {
    {
      method = "POST", path = "/webhooks", scope = "webhooks", body = ENVELOPE, check = check_user, run = receive,
    },
  },
}
