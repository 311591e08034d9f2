--- The audiences that a tenant has before anybody touched it: structures of departments, locations, the whole company and
-- of groups that people chose, and one audience that an administrator made in the user interface.
local groups = require "thrive.sandbox.groups"
local rng = require "thrive.sandbox.rng"
local seed = require "thrive.sandbox.seed"

local DAY = 86400000

-- The ids of these twelve are those of tenant.audience_ids, which every seeded user has picked some of.
local CHOSEN = {
  "First Aiders", "Fire Wardens", "Mental Health First Aiders", "Graduate Scheme 2023", "Aspiring Leaders", "Mentors",
  "Union Representatives", "Women in Technology", "R&D Volunteers", "Café Culture", "Drivers", "Sustainability Circle",
}

local LEADS = { ["Store Manager"] = true, ["Team Leader"] = true, ["Site Supervisor"] = true }

local function slug(name)
  return (name:lower():gsub("[^%w\128-\255]+", "-"))
end

local function structure(make, name, reference)
  return make{ name = name, reference = reference, category = "structure" }
end

local function enter(audience, user)
  audience.members[#audience.members + 1] = user
  user.audiences[#user.audiences + 1] = audience.id
end

-- Everybody into the audiences that fit their department and location; one pass, since this is paid for at every start.
local function place(tenant, by)
  for _, user in ipairs(tenant.users) do
    for _, id in ipairs(user.audiences) do
      local chosen = tenant.audience_by_id[id].members
      chosen[#chosen + 1] = user
    end
    local fields = user.additionalFields or {}
    local department, location = by.department[fields.department], by.location[fields.location]
    enter(by.everybody, user)
    if department then enter(department, user) end
    if location then enter(location, user) end
    if by.leads[user.ref] then enter(by.managers, user) end
  end
end

local function appoint(random, audience, candidates)
  for _ = 1, math.min(#candidates, random:below(2)) do
    local user = random:pick(candidates)
    if not groups.manager(audience, user) then
      table.insert(audience.managers, { user = user, permissions = {
        audienceManager = { manageContent = random:below(2) == 1, assignments = true },
        peopleManager = { canViewLearnPage = true, insights = random:below(2) == 1, manage = random:below(3) == 1 },
        administrator = { canAddAudienceManagers = random:below(2) == 1 },
      } })
    end
  end
end

return function(tenant)
  tenant.audiences, tenant.audience_by_id, tenant.audience_by_ref = {}, {}, {}
  tenant.smart_audiences, tenant.watchers = {}, {}
  local random = rng.stream(tenant.seed, "audiences")

  local function make(audience)
    local at = tenant.base - (900 + random:below(500)) * DAY
    audience.id = audience.id or random:id(at)
    if audience.apiControlled == nil then audience.apiControlled = true end
    audience.type = audience.rule and "smart" or "manual"
    audience.children, audience.members, audience.managers = {}, {}, {}
    audience.createdAt = at
    audience.updatedAt = at + random:below(800) * DAY
    return groups.insert(tenant, audience)
  end
  local function child(parent, name, reference, id)
    return make{ name = name, reference = reference, category = "audience", parent = parent, id = id }
  end

  local by = { department = {}, location = {}, leads = {} }
  local company = structure(make, "Company", "company")
  by.everybody = child(company, "All Colleagues", "all-colleagues")
  by.managers = child(company, "People Managers", "people-managers")
  local departments = structure(make, "Departments", "departments")
  for _, name in ipairs(seed.DEPARTMENTS) do by.department[name] = child(departments, name, "dept-" .. slug(name)) end
  local locations = structure(make, "Locations", "locations")
  -- a slash and other letters: a client that does not encode its paths finds out here
  for _, name in ipairs(seed.LOCATIONS) do by.location[name] = child(locations, name, "loc/" .. name) end
  local chosen = structure(make, "Groups and Programmes", "groups & programmes")
  for i, name in ipairs(CHOSEN) do child(chosen, name, "group-" .. slug(name), tenant.audience_ids[i]) end
  tenant.smart_audiences[1] = make{
    name = "Store Managers, Team Leaders and Supervisors", category = "audience", apiControlled = false,
    rule = function(user) return LEADS[user.jobTitle] == true end,
  }

  for _, user in ipairs(tenant.users) do by.leads[user.managerRef or ""] = true end
  place(tenant, by)
  for _, audience in ipairs(tenant.audiences) do
    appoint(random, audience, audience.category == "structure" and by.managers.members or groups.members(tenant, audience))
  end
end
