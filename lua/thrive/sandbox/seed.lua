--- The tenant before anybody touched it. The same seed and number of users give the same tenant, byte for byte: its own
-- random numbers, and times counted from a fixed day. Only what changes later has today's date.
local names = require "thrive.sandbox.names"
local people = require "thrive.sandbox.people"
local rng = require "thrive.sandbox.rng"

local M = {}

local DAY = 86400000
local BASE = 1717200000000 -- 2024-06-01T00:00:00Z: seeded things happened before it
local YEARS = 1500 -- days before BASE in which users were created

local JOBS = {
  "Store Manager", "Sales Assistant", "Team Leader", "Warehouse Operative", "Customer Adviser", "Software Engineer",
  "HR Business Partner", "Finance Analyst", "Nurse", "Data Analyst", "Learning Designer", "Site Supervisor",
  "Électricien", "Fahrer", "Health & Safety Officer", "Marketing Executive", "Procurement Officer", "Apprentice",
}
local DEPARTMENTS = { "Retail", "Logistics", "People", "Finance", "Technology", "Marketing", "Operations", "Care" }
local LOCATIONS = { "London", "Leeds", "Cardiff", "Dublin", "Paris", "München", "Málaga", "Kraków", "東京", "Remote" }
M.DEPARTMENTS, M.LOCATIONS = DEPARTMENTS, LOCATIONS
local EMPLOYMENT = { "permanent", "fixed-term", "agency", "apprentice" }

local TAGS = {
  "Leadership", "Fire Safety", "First Aid", "GDPR", "Excel", "Public Speaking", "Coaching", "Food Hygiene",
  "Health & Safety", "Lua", "Project Management", "Customer Service", "Mental Health", "Diversity & Inclusion",
  "Negotiation", "Forklift", "Data Analysis", "Sign Language", "Français", "Cyber Security", "Induction",
  "Anti-Bribery", "Manual Handling", "Time Management", "Café Culture", "Safeguarding", "R&D", "Sales/Upselling",
  "日本語", "Wellbeing",
}

local LEVELS = {
  { name = "Beginner", isEnabled = true, value = 1024 },
  { name = "Intermediate", isEnabled = true, value = 2048 },
  { name = "Advanced", isEnabled = true, value = 3072 },
  { name = "Expert", isEnabled = false, value = 4096 },
}

local LANGUAGE_POOL, WEIGHTS = names.languages, 0
for _, language in ipairs(LANGUAGE_POOL) do WEIGHTS = WEIGHTS + language.weight end

local function pick_language(random)
  local n = random:below(WEIGHTS)
  for _, language in ipairs(LANGUAGE_POOL) do
    n = n - language.weight
    if n <= 0 then return language end
  end
end

local function pick_some(random, list, most)
  local out, seen = {}, {}
  for _ = 1, random:below(most + 1) - 1 do
    local item = random:pick(list)
    if not seen[item] then
      seen[item] = true
      out[#out + 1] = item
    end
  end
  return out
end

-- What a configured field holds for a seeded user; a field that the sandbox does not know is left empty.
local CUSTOM = {
  department = function(random) return random:pick(DEPARTMENTS) end,
  costCentre = function(random) return string.format("CC-%04d", random:below(40) * 25) end,
  location = function(random) return random:pick(LOCATIONS) end,
  employmentType = function(random) return random:pick(EMPLOYMENT) end,
}

local function additional_fields(tenant, random)
  local out
  for _, name in ipairs(tenant.custom_field_names) do
    if CUSTOM[name] then
      out = out or {}
      out[name] = CUSTOM[name](random)
    end
  end
  return out
end

local function email(tenant, first, last, index)
  local address = first.latin .. "." .. last.latin .. "@sandbox.example"
  if tenant.by_email[address] then address = first.latin .. "." .. last.latin .. index .. "@sandbox.example" end
  return address
end

local function ref(index)
  return string.format("U%04d", index)
end

-- Whose report a user is: a tree in which everybody has about six, so that managers exist before their reports.
local function manager_of(random, index)
  if index == 1 then return nil end
  local above = (index - 2) // 6 + 1
  return ref(random:below(10) == 1 and random:below(above) or above)
end

local function history(user, random, index)
  local draw = index == 1 and 100 or random:below(100)
  if draw <= 6 then return end -- new: never logged in
  user.firstLogin = user.createdAt + random:below(20 * DAY)
  user.lastLogin = math.min(BASE - random:below(DAY), user.firstLogin + random:below(200 * DAY))
  user.updatedAt = math.max(user.updatedAt, user.lastLogin)
  if draw <= 10 then
    user.suspended = true
  elseif draw <= 12 then
    user.endDate = string.format("2024-0%d-%02dT17:00:00.000Z", random:below(5), random:below(28))
  end
end

local function person(tenant, random, index)
  local language = pick_language(random)
  local first, last = random:pick(language.first), random:pick(language.last)
  local created = BASE - random:below(YEARS) * DAY - random:below(DAY)
  local user = people.blank(tenant, created)
  user.ref = ref(index)
  user.firstName, user.lastName = first.name, last.name
  user.email = email(tenant, first, last, index)
  user.jobTitle = index == 1 and "Chief Executive" or random:pick(JOBS)
  user.managerRef = manager_of(random, index)
  user.role = index == 1 and "administrator" or random:below(40) == 1 and "learneradmin" or "learner"
  user.startDate = string.format("20%02d-%02d-%02d", 9 + random:below(10), random:below(12), random:below(28))
  user.timeZone = language.zone
  user.languageCode = tenant.language_set[language.language] and language.language or tenant.languages[1]
  user.sso = random:below(3) == 1
  user.additionalFields = additional_fields(tenant, random)
  user.updatedAt = math.min(BASE, created + random:below(400 * DAY))
  user.compliance, user.level = random:below(101) - 1, random:below(12)
  user.relevancy, user.category = random:below(1000), random:below(4)
  user.hasPicture = random:below(2) == 1
  user.summary = random:below(5) == 1 and "Happy to help with " .. random:pick(TAGS) .. "." or nil
  user.skills, user.tagsFollowing = pick_some(random, TAGS, 4), pick_some(random, TAGS, 2)
  user.audiences = pick_some(random, tenant.audience_ids, 3)
  if index > 3 then user.usersFollowing = { tenant.users[random:below(index - 1)].id } end
  history(user, random, index)
  user.updatedAt = math.min(user.updatedAt, BASE)
  people.insert(tenant, user)
end

local function tags(tenant, random)
  tenant.tags, tenant.tag_by_name, tenant.tag_by_id = {}, {}, {}
  for i, name in ipairs(TAGS) do
    local at = BASE - random:below(YEARS) * DAY
    local tag = { name = name, id = random:id(at), updatedAt = at, campaigns = {} }
    for _ = 1, random:below(5) - 1 do random:next() end -- drawn for what contents.lua says now: the users depend on it
    for n = 1, random:below(3) - 1 do tag.campaigns[n] = random:id(at) end
    tenant.tags[i], tenant.tag_by_name[name], tenant.tag_by_id[tag.id] = tag, tag, tag
  end
end

--- Makes the tenant: its settings, its users, its tags.
-- @tparam table config as thrive.sandbox checked it
-- @tparam function now → milliseconds since the epoch
-- @treturn table tenant
function M.tenant(config, now)
  local random = rng.new(config.seed)
  local tenant = {
    now = now, rng = random, generation = 1, time_zone = "Europe/London", languages = config.languages,
    language_set = {}, custom_fields = {}, custom_field_names = config.custom_fields,
    tenant_id = config.tenant_id, api_key = config.api_key, client_id = config.client_id,
    client_secret = config.client_secret, token_lifetime = config.token_lifetime, latency = config.latency,
    log_limit = config.log_limit, skill_levels = LEVELS, audience_ids = {},
    users = {}, by_id = {}, by_ref = {}, by_email = {},
  }
  -- for rooms that make their part on first use, when some of tenant.users may be newer than the seed
  tenant.seed, tenant.seeded_users, tenant.base = config.seed, config.users, BASE
  for _, name in ipairs(config.custom_fields) do tenant.custom_fields[name] = true end
  for _, code in ipairs(config.languages) do tenant.language_set[code] = true end
  for i = 1, 12 do tenant.audience_ids[i] = random:id(BASE - i * DAY) end
  tenant.aptem_tenant, tenant.aptem_token = config.aptem_tenant, config.aptem_token
  tags(tenant, random)
  for i = 1, config.users do person(tenant, random, i) end
  return tenant
end

return M
