--- Aptem's user endpoints (contract, section 13): another product, with its own tenant and its own token, on the same
-- server. What its pages do not say is decided here the hard way: a duplicate is created, PUT clears what is not given.
local check = require "thrive.sandbox.check"
local json = require "thrive.sandbox.json"
local names = require "thrive.sandbox.names"
local reply = require "thrive.sandbox.reply"
local rng = require "thrive.sandbox.rng"

local PREFIX = "/api/1.0/"
local USERS = "/api/1.0/tenants/{tenantName}/users"
local INT32 = { type = "integer", min = -0x80000000, max = 0x7FFFFFFF }
local SEARCH = { userId = INT32, refNum = { type = "string" }, email = { type = "string" } }

-- "name type" in the order in which the pages list them
local NAMES, FIELDS = { "id" }, {}
for name, kind in ([[
  firstName string lastName string caseOwnerId int32 mentorId int32 phone string referenceNumber string groupId int32
  jobActiveSync boolean email string username string status string dateOfBirth string caseOwnerFirstName string
  caseOwnerLastName string postCode string address1 string address2 string townCity string countyState string
  programmeId int32 programmeStartDate string employerId int32 employerAddressId int32 managerFirstName string
  managerLastName string managerEmail string managerPhone string IAEnglish string IAMath string IAICT string
  diagEnglish string diagMath string diagIct string title string preferredName string personalEmail string
  gender string authenticationType string plannedHours int32 weeklyHours int32 managerId int32
]]):gmatch("(%S+)%s+(%S+)") do
  NAMES[#NAMES + 1] = name
  FIELDS[name] = { type = kind, nullable = true }
end
local USER = json.shape(NAMES)

local function authenticate(tenant, headers)
  if headers["x-api-token"] == tenant.aptem_token then return {} end
  return nil, reply.error(401, headers["x-api-token"] and "the API token is wrong" or "the X-API-Token header is missing")
end

local function answer(user)
  return reply.json(200, setmetatable(user, USER))
end

-- Wraps a run: the tenant of the path must be this one.
local function of_tenant(run)
  return function(tenant, request)
    local name = request.args.tenantName
    if name ~= tenant.aptem_tenant then return reply.error(404, "there is no tenant '" .. name .. "'") end
    return run(tenant, request)
  end
end

-- Wraps a run(tenant, request, user): the user of the path.
local function of_user(run)
  return of_tenant(function(tenant, request)
    local text = request.args.userId
    local id = text:match("^%-?%d+$") and math.tointeger(tonumber(text))
    if not id or id < INT32.min or id > INT32.max then
      return reply.error(400, { userId = "must be a 32-bit integer" })
    end
    local user = tenant.aptem.by_id[id]
    if not user then return reply.error(404, "there is no user with the id " .. text) end
    return run(tenant, request, user)
  end)
end

-- Whatever is wrong with a body is 400 here: Aptem's pages know neither 415 nor 422.
local function read_fields(tenant, request)
  local kind = (request.headers["content-type"] or ""):lower():match("^[^;%s]*")
  if kind ~= "application/json" then return nil, reply.error(400, "the Content-Type must be application/json") end
  if not utf8.len(request.body) then return nil, reply.error(400, "the body is not UTF-8") end
  local fields, why = json.decode(request.body)
  if fields == nil then return nil, reply.error(400, "the body is not JSON: " .. why) end
  if not json.is_object(fields) then return nil, reply.error(400, "the body must be a JSON object") end
  local problems = {}
  check.object(fields, FIELDS, problems, "", tenant)
  if next(problems) then return nil, reply.error(400, problems) end
  return fields
end

local function insert(aptem, user)
  aptem.last = aptem.last + 1
  user.id = aptem.last
  aptem.users[#aptem.users + 1], aptem.by_id[user.id] = user, user
  return user
end

-- Replaces every field: what is not in `fields`, or is null, becomes null.
local function replace(user, fields)
  for name in pairs(FIELDS) do
    local value = fields[name]
    if value == json.null then value = nil end
    user[name] = value
  end
  return user
end

-- All that is given must fit. Which of several is answered is not documented: the oldest.
local function search(tenant, request)
  local params = request.params
  if not next(params) then return reply.error(400, "give at least one of userId, refNum, email") end
  for _, user in ipairs(tenant.aptem.users) do
    if (not params.userId or user.id == params.userId) and (not params.refNum or user.referenceNumber == params.refNum)
      and (not params.email or user.email and user.email:lower() == params.email:lower()) then
      return answer(user)
    end
  end
  return reply.error(404, "no user fits")
end

local function create(tenant, request)
  local fields, refused = read_fields(tenant, request)
  if not fields then return refused end
  local user = replace({}, fields)
  user.status = user.status or "active"
  return answer(insert(tenant.aptem, user))
end

local function update(tenant, request, user)
  local fields, refused = read_fields(tenant, request)
  if not fields then return refused end
  return answer(replace(user, fields))
end

local function deactivate(_, _, user)
  user.status = "inactive"
  return { status = 200, body = "", headers = {} }
end


-- Two dozen apprentices. Every fourth works for the Thrive tenant already: the same email address, a number of its own.
local function seed(tenant)
  local random = rng.stream(tenant.seed, "aptem")
  local aptem = { users = {}, by_id = {}, last = 1000 }
  tenant.aptem = aptem
  for i = 1, 24 do
    local language = names.languages[i % 3 == 0 and random:below(#names.languages) or 1]
    local first, last = random:pick(language.first), random:pick(language.last)
    local colleague = i % 4 == 0 and i <= tenant.seeded_users and tenant.users[i]
    local group = random:below(4)
    local email = first.latin .. "." .. last.latin .. i .. "@learners.example"
    insert(aptem, {
      firstName = colleague and colleague.firstName or first.name, lastName = colleague and colleague.lastName or last.name,
      referenceNumber = ("APT-%04d"):format(i), email = colleague and colleague.email or email, username = email,
      status = i % 12 == 0 and "inactive" or "active", phone = ("+44 7700 900%03d"):format(random:below(999)),
      dateOfBirth = ("%d-%02d-%02d"):format(1985 + random:below(20), random:below(12), random:below(28)),
      groupId = group, programmeId = 100 + group, programmeStartDate = ("2023-%02d-04"):format(8 + random:below(4)),
      employerId = 500, employerAddressId = 501, managerId = 900 + group, mentorId = 950 + group, caseOwnerId = 970,
      caseOwnerFirstName = "Imogen", caseOwnerLastName = "Hall", managerFirstName = "George", managerLastName = "Ó Briain",
      managerEmail = "george.obriain@employer.example", postCode = ("LS%d %dAB"):format(random:below(20), random:below(9)),
      address1 = random:below(200) .. " Station Road", townCity = "Leeds", weeklyHours = 30 + random:below(10),
      plannedHours = 600, preferredName = random:below(4) == 1 and first.latin:gsub("^%l", string.upper) or nil,
      jobActiveSync = random:below(2) == 1, IAEnglish = "Level 2", IAMath = "Level 1",
      authenticationType = "Password",
    })
  end
end

return {
  seed = seed,
  guard = { prefix = PREFIX, authenticate = authenticate },
  routes = {
    { method = "GET", path = USERS .. "/search", query = SEARCH, run = of_tenant(search) },
    { method = "POST", path = USERS, raw = true, run = of_tenant(create) }, -- raw: read_fields above
    { method = "PUT", path = USERS .. "/{userId}", raw = true, run = of_user(update) },
    { method = "DELETE", path = USERS .. "/{userId}", run = of_user(deactivate) },
  },
}
