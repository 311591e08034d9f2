--- The users of a tenant: finding, adding and changing them, and the three ways in which the API shows one
-- (contract, sections 4 and 5: UserLifecycle, BasicUser, User). The routes are in lifecycle, users and events.
local dates = require "thrive.sandbox.dates"
local groups = require "thrive.sandbox.groups"
local json = require "thrive.sandbox.json"

local M = {}

M.ROLES = { "administrator", "learneradmin", "learner" }
M.LOGIN_METHODS = { "email", "ref" }
M.STATUSES = { "active", "inactive", "expired", "new" }

--- The writable fields of a user, for check.object. `ref` and what is required belong to each operation.
M.fields = {
  firstName = { type = "string", empty = false },
  lastName = { type = "string", empty = false },
  email = { type = "email", nullable = true },
  role = { type = "enum", enum = M.ROLES, nullable = true },
  jobTitle = { type = "string", nullable = true },
  managerRef = { type = "string", nullable = true },
  startDate = { type = "date", nullable = true },
  endDate = { type = "date", nullable = true },
  timeZone = { type = "zone", nullable = true },
  languageCode = { type = "language", nullable = true },
  sso = { type = "boolean", nullable = true },
  domain = { type = "string", nullable = true },
}

local LIFECYCLE = json.shape{
  "id", "loginMethod", "ref", "email", "firstName", "lastName", "role", "jobTitle", "managerRef", "startDate",
  "endDate", "timeZone", "languageCode", "active", "createdAt", "updatedAt", "sso", "domain", "additionalFields",
}
local BASIC = json.shape{
  "id", "ref", "firstName", "lastName", "email", "role", "status", "positions", "additionalFields", "languageCode",
}
local FULL = json.shape{
  "id", "ref", "firstName", "lastName", "email", "role", "status", "positions", "additionalFields", "languageCode",
  "deleted", "compliance", "level", "firstLogin", "lastLogin", "tags", "usersFollowing", "tagsFollowing", "createdAt",
  "updatedAt", "hasPicture", "timeZone", "summary", "relevancy", "rank", "agreedTerms", "onboarded", "audiences",
  "singleSignOn",
}
local POSITION = json.shape{
  "id", "title", "manager", "ouId", "isActive", "startDate", "endDate", "createdAt", "updatedAt",
}
local MANAGER = json.shape{ "id", "name", "ref" }

--- Adds a complete record (seeded or created) to the tenant's indexes.
function M.insert(tenant, user)
  tenant.users[#tenant.users + 1] = user
  tenant.by_id[user.id] = user
  tenant.by_ref[user.ref] = user
  if user.email then tenant.by_email[user.email:lower()] = user end
  return user
end

--- What a user that nobody has used yet has: every member of a record but those a request gives.
function M.blank(tenant, at)
  return {
    id = tenant.rng:id(at), position_id = tenant.rng:id(at), loginMethod = "email", role = "learner",
    timeZone = tenant.time_zone, languageCode = tenant.languages[1], sso = false, suspended = false, deleted = false,
    compliance = 0, level = 1, relevancy = 0, category = 1, hasPicture = false, skills = {}, levels = {},
    usersFollowing = {}, tagsFollowing = {}, audiences = {}, createdAt = at, updatedAt = at,
  }
end

--- The user's status: a suspension goes before an end date, and that before never having logged in.
function M.status(tenant, user)
  if user.suspended or user.deleted then return "inactive" end
  local ends = user.endDate and dates.read(user.endDate)
  if ends and ends <= tenant.now() then return "expired" end
  return user.firstLogin and "active" or "new"
end

--- Whether the user may log in.
function M.active(tenant, user)
  local status = M.status(tenant, user)
  return status == "active" or status == "new"
end

-- A record changed: it is shown anew, and so is everybody who shows its name (the manager of a position).
local function changed(tenant, user)
  user.updatedAt = math.max(tenant.now(), user.updatedAt)
  tenant.generation = tenant.generation + 1
end
M.changed = changed

--- Conflicts and references of a change, which a check of the request alone cannot see.
-- @treturn table|nil field → what is in the way (409)
function M.conflicts(tenant, fields, user)
  local problems
  local other = fields.ref and tenant.by_ref[fields.ref]
  if other and other ~= user then problems = { ref = "is already in use" } end
  other = type(fields.email) == "string" and tenant.by_email[fields.email:lower()]
  if other and other ~= user then
    problems = problems or {}
    problems.email = "is already in use"
  end
  return problems
end

-- What clearing a field leaves: the tenant's default where there is one, else nothing.
local function cleared(tenant, name)
  if name == "role" then return "learner" end
  if name == "loginMethod" then return "email" end
  if name == "timeZone" then return tenant.time_zone end
  if name == "languageCode" then return tenant.languages[1] end
  if name == "sso" then return false end
  return nil
end

--- Applies checked fields to a user: what is not there stays, null clears.
function M.apply(tenant, user, fields)
  local email = user.email
  for name, value in pairs(fields) do
    if name == "additionalFields" then
      if value == json.null then
        user.additionalFields = nil
      else -- configured fields are independent of each other: those that are not named stay
        local merged = {}
        for key, old in pairs(user.additionalFields or {}) do merged[key] = old end
        for key, new in pairs(value) do
          if new == json.null then new = nil end
          merged[key] = new
        end
        user.additionalFields = merged
      end
    elseif value == json.null then
      user[name] = cleared(tenant, name)
    else
      user[name] = value
    end
  end
  if user.email ~= email then
    if email then tenant.by_email[email:lower()] = nil end
    if user.email then tenant.by_email[user.email:lower()] = user end
  end
  changed(tenant, user)
end

--- Suspends; an endDate is kept with the record.
function M.suspend(tenant, user, end_date)
  user.suspended = true
  if end_date ~= nil then user.endDate = end_date ~= json.null and end_date or nil end
  changed(tenant, user)
end

--- Deletes: personal data goes, the internal id and what was learnt stay, the ref finds nobody any more.
function M.delete(tenant, user)
  local ref = user.ref
  tenant.by_ref[ref] = nil
  if user.email then tenant.by_email[user.email:lower()] = nil end
  groups.forget(tenant, user)
  for _, other in ipairs(tenant.users) do
    if other.managerRef == ref then other.managerRef = nil end
  end
  for _, name in ipairs{ "ref", "email", "jobTitle", "managerRef", "startDate", "domain", "additionalFields", "summary" } do
    user[name] = nil
  end
  user.firstName, user.lastName, user.hasPicture = "Deleted", "User", false
  user.deleted, user.suspended = true, true
  changed(tenant, user)
end

-- nil for an absent object, so that it goes out as null; a copy, so that the caller may add to it
local function custom(user)
  if not user.additionalFields then return nil end
  local copy = {}
  for name, value in pairs(user.additionalFields) do copy[name] = value end
  return copy
end

local function lifecycle(tenant, user)
  return {
    id = user.id, loginMethod = user.loginMethod, ref = user.ref, email = user.email, firstName = user.firstName,
    lastName = user.lastName, role = user.role, jobTitle = user.jobTitle, managerRef = user.managerRef,
    startDate = user.startDate, endDate = user.endDate, timeZone = user.timeZone, languageCode = user.languageCode,
    active = M.active(tenant, user), createdAt = dates.write(user.createdAt), updatedAt = dates.write(user.updatedAt),
    sso = user.sso, domain = user.domain, additionalFields = custom(user),
  }
end

--- The record as v2 answers it.
function M.lifecycle(tenant, user)
  return setmetatable(lifecycle(tenant, user), LIFECYCLE)
end

--- The record as the webhook answers it: custom fields are top-level there (contract, section 11).
function M.event_view(tenant, user)
  local view = lifecycle(tenant, user)
  local names = {}
  for i, name in ipairs(LIFECYCLE.names) do names[i] = name end
  names[#names] = nil -- additionalFields
  local extra = {}
  for name, value in pairs(view.additionalFields or {}) do
    extra[#extra + 1] = name
    view[name] = value
  end
  table.sort(extra)
  table.move(extra, 1, #extra, #names + 1, names)
  return setmetatable(view, json.shape(names))
end

local function position(tenant, user, active)
  local manager = user.managerRef and tenant.by_ref[user.managerRef]
  return setmetatable({
    id = user.position_id, title = user.jobTitle,
    manager = manager and setmetatable({
      id = manager.id, name = manager.firstName .. " " .. manager.lastName, ref = manager.ref,
    }, MANAGER),
    isActive = active, startDate = user.startDate, endDate = user.endDate,
    createdAt = dates.write(user.createdAt), updatedAt = dates.write(user.updatedAt),
  }, POSITION)
end

local function basic(tenant, user)
  local status = M.status(tenant, user)
  return {
    id = user.id, ref = user.ref, firstName = user.firstName, lastName = user.lastName, email = user.email,
    role = user.role, status = status, additionalFields = custom(user), languageCode = user.languageCode,
    positions = json.array{ position(tenant, user, status == "active" or status == "new") },
  }
end

--- The record as `GET /rest/v1/users/ref/{ref}` answers it.
function M.basic(tenant, user)
  return setmetatable(basic(tenant, user), BASIC)
end

local function copy_of(list)
  return json.array(table.move(list, 1, #list, 1, {}))
end

local function full(tenant, user)
  local view = basic(tenant, user)
  local audiences = {}
  for i, id in ipairs(groups.of(tenant, user)) do audiences[i] = { id = id } end -- objects, as live data has them (section 15, 8)
  view.deleted, view.compliance, view.level = user.deleted, user.compliance, user.level
  view.firstLogin = user.firstLogin and dates.write(user.firstLogin)
  view.lastLogin = user.lastLogin and dates.write(user.lastLogin)
  view.tags = { skills = copy_of(user.skills) }
  view.usersFollowing, view.tagsFollowing = copy_of(user.usersFollowing), copy_of(user.tagsFollowing)
  view.createdAt, view.updatedAt = dates.write(user.createdAt), dates.write(user.updatedAt)
  view.hasPicture, view.timeZone, view.summary = user.hasPicture, user.timeZone, user.summary
  view.relevancy = user.relevancy
  view.rank = { currentCategory = user.category, currentLevel = user.level }
  view.agreedTerms = user.firstLogin and dates.write(user.firstLogin) -- a string or null, as live data has it
  view.onboarded = user.firstLogin ~= nil
  view.audiences = json.array(audiences)
  view.singleSignOn = user.sso
  return view
end

--- The record as the v1 list and `GET /rest/v1/user/{id}` answer it, already written: a page of 1000 is asked for again
-- and again, and hardly anything changes in between.
function M.full(tenant, user)
  local status = M.status(tenant, user) -- an end date passes without a change
  if user.text_generation ~= tenant.generation or user.text_status ~= status then
    user.text = json.raw(json.encode(setmetatable(full(tenant, user), FULL)))
    user.text_generation, user.text_status = tenant.generation, status
  end
  return user.text
end

--- Everything the tenant knows of a user, for sandbox:user(): the union of the views, nothing null.
function M.state(tenant, user)
  local view = full(tenant, user)
  for name, value in pairs(lifecycle(tenant, user)) do view[name] = value end
  view.suspended = user.suspended
  view.skillLevels = {}
  for name, levels in pairs(user.levels) do view.skillLevels[name] = levels end
  return view
end

return M
