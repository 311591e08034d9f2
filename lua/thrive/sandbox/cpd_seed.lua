--- What people logged as professional development before anybody touched the tenant, and what their audiences ask of
-- them: some reach it, some do not. Categories and targets are made at the start, the log on first use.
local rng = require "thrive.sandbox.rng"

local M = {}

local DAY = 86400000
local YEARS = 730 -- days before the seed's end in which people logged something
local PEOPLE = 5000 -- of a bigger tenant, the others keep no log: the first request would take too long
local MINUTES = { 300, 600, 900, 1200, 1800, 2100 } -- targets

local CATEGORIES = {
  "Clinical Skills", "Leadership & Management", "Health & Safety", "Technical", "Compliance", "Communication",
  "Personal Development", "Ethics & Conduct",
}
local KINDS = {
  { "course", "Half-day course", "Refresher course", "Online course" },
  { "conference", "Annual conference", "Regional meeting" },
  { "reading", "Journal article", "Professional guidance" },
  { "coaching", "Coached a colleague", "Mentoring session" },
  { "webinar", "Lunchtime webinar", "Vendor webinar" },
}
local DESCRIPTIONS = { "Notes are in my portfolio.", "With the team in Leeds; \"very\" useful.", "Réflexion: à appliquer." }

-- The audiences that may have a target: the tenant's own, or those that the users' records name until there are any.
local function audience_ids(tenant)
  local out = {}
  for _, audience in ipairs(tenant.audiences or {}) do
    if audience.category ~= "structure" then out[#out + 1] = audience.id end
  end
  return #out > 0 and out or tenant.audience_ids
end

--- Makes categories and targets.
function M.seed(tenant)
  local random = rng.stream(tenant.seed, "cpd")
  local cpd = { categories = {}, category_by_id = {}, requirements = {}, requirement_by_id = {} }
  for i, name in ipairs(CATEGORIES) do
    local at = tenant.base - random:below(1500) * DAY
    local category = { categoryId = random:id(at), name = name, createdAt = at, updatedAt = at }
    cpd.categories[i], cpd.category_by_id[category.categoryId] = category, category
  end
  for i, id in ipairs(audience_ids(tenant)) do
    if i > #MINUTES then break end
    local at = tenant.base - (700 + random:below(300)) * DAY
    local requirement = {
      audienceRequirementId = random:id(at), audienceId = id, requiredMinutes = MINUTES[i], createdAt = at,
      updatedAt = random:below(2) == 1 and at + random:below(600) * DAY or nil,
    }
    cpd.requirements[i], cpd.requirement_by_id[requirement.audienceRequirementId] = requirement, requirement
  end
  tenant.cpd = cpd
end

-- A quarter logs nothing, half a little, a quarter a lot.
local function how_many(random)
  local draw = random:below(4)
  if draw == 1 then return 0 end
  return draw == 4 and 14 + random:below(16) or 2 + random:below(8)
end

local function entry(tenant, random, user)
  local day = tenant.base - random:below(YEARS) * DAY
  local kind = random:pick(KINDS)
  return {
    -- within working hours, in whole minutes
    logEntryId = random:id(day), userId = user.id, at = day + (8 * 60 + random:below(600)) * 60000,
    type = kind[1], name = kind[1 + random:below(#kind - 1)], category = random:pick(tenant.cpd.categories),
    minutes = 15 * random:below(16), isVerified = random:below(3) > 1,
    description = random:below(3) == 1 and random:pick(DESCRIPTIONS) or nil,
  }
end

--- The log, user by user.
-- @tparam table tenant
-- @treturn {table,...} entries
-- @treturn table the same by id
function M.entries(tenant)
  local cpd = tenant.cpd
  if not cpd.entries then
    local random, out, by_id = rng.stream(tenant.seed, "cpd entries"), {}, {}
    for i = 1, math.min(tenant.seeded_users, PEOPLE) do
      for _ = 1, how_many(random) do
        local item = entry(tenant, random, tenant.users[i])
        out[#out + 1], by_id[item.logEntryId] = item, item
      end
    end
    cpd.entries, cpd.entry_by_id = out, by_id
  end
  return cpd.entries, cpd.entry_by_id
end

return M
