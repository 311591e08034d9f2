--- Continuing professional development: categories, log entries, the targets of audiences, and what each person logged
-- (contract, section 10). The API only reads them. What is in the log is in cpd_seed.
local check = require "thrive.sandbox.check"
local cpd_seed = require "thrive.sandbox.cpd_seed"
local dates = require "thrive.sandbox.dates"
local json = require "thrive.sandbox.json"
local reply = require "thrive.sandbox.reply"

local CATEGORY = json.shape{ "categoryId", "name" }
local ENTRY = json.shape{
  "logEntryId", "userId", "activity", "category", "entryDate", "durationMinutes", "description", "isVerified",
}
local ACTIVITY = json.shape{ "type", "name" }
local REQUIREMENT = json.shape{ "audienceRequirementId", "audienceId", "requiredMinutes", "createdAt", "updatedAt" }
local SUMMARY = json.shape{ "userId", "durationMinutes" }

local function query(more)
  more.page = { type = "integer", min = 1, default = 1 }
  more.perPage = { type = "integer", min = 1, max = 1000, default = 100 }
  return more
end

local SINCE = query{ updatedSince = { type = "date" } }
local ENTRIES = query{
  entryDateFrom = { type = "stamp", mark = " ", day = true }, entryDateTo = { type = "stamp", mark = " ", day = true },
}
local SUMMARIES = query{
  entryDateFrom = { type = "stamp", mark = "T", required = true },
  entryDateTo = { type = "stamp", mark = "T", required = true },
  userIds = { type = "csv", ids = true },
}

local function category_view(category)
  return setmetatable({ categoryId = category.categoryId, name = category.name }, CATEGORY)
end

local function entry_view(entry)
  return setmetatable({
    logEntryId = entry.logEntryId, userId = entry.userId,
    activity = setmetatable({ type = entry.type, name = entry.name }, ACTIVITY),
    category = category_view(entry.category), entryDate = dates.write(entry.at), durationMinutes = entry.minutes,
    description = entry.description, isVerified = entry.isVerified,
  }, ENTRY)
end

local function requirement_view(requirement)
  return setmetatable({
    audienceRequirementId = requirement.audienceRequirementId, audienceId = requirement.audienceId,
    requiredMinutes = requirement.requiredMinutes, createdAt = dates.write(requirement.createdAt),
    updatedAt = requirement.updatedAt and dates.write(requirement.updatedAt),
  }, REQUIREMENT)
end

-- The pages give a pattern for these ids, so one that does not fit it is a bad request.
local function getter(what, name, by_id, view)
  return function(tenant, request)
    local id = request.args[name]
    if not check.is_id(id) then return reply.error(400, { [name] = "must be 24 hexadecimal digits" }) end
    local found = by_id(tenant)[id:lower()]
    if not found then return reply.error(404, ("there is no %s with the id '%s'"):format(what, id)) end
    return reply.json(200, view(found))
  end
end

local function since_lister(field, view)
  return function(tenant, request)
    local out = {}
    for _, item in ipairs(tenant.cpd[field]) do
      if (item.updatedAt or item.createdAt) >= (request.params.updatedSince or math.mininteger) then out[#out + 1] = item end
    end
    return reply.page(out, request.params, view)
  end
end

-- Both ends are inclusive. A bare day is its first second, at both ends: whether the last day counts as a whole is not
-- documented, so a script must not rely on it.
local function in_range(tenant, params)
  local from, to = params.entryDateFrom or math.mininteger, params.entryDateTo or math.maxinteger
  local out = {}
  for _, entry in ipairs((cpd_seed.entries(tenant))) do
    if entry.at >= from and entry.at <= to then out[#out + 1] = entry end
  end
  return out
end

local function list_entries(tenant, request)
  return reply.page(in_range(tenant, request.params), request.params, entry_view)
end

local function entries_by_id(tenant)
  return select(2, cpd_seed.entries(tenant))
end

-- Who logged nothing in the range has no summary.
local function list_summaries(tenant, request)
  local wanted
  for _, id in ipairs(request.params.userIds or {}) do
    wanted = wanted or {}
    wanted[id:lower()] = true
  end
  local out, by_user = {}, {}
  for _, entry in ipairs(in_range(tenant, request.params)) do
    local summary = by_user[entry.userId]
    if not summary and (not wanted or wanted[entry.userId]) then
      summary = setmetatable({ userId = entry.userId, durationMinutes = 0 }, SUMMARY)
      by_user[entry.userId], out[#out + 1] = summary, summary
    end
    if summary then summary.durationMinutes = summary.durationMinutes + entry.minutes end
  end
  return reply.page(out, request.params, function(summary) return summary end)
end

return {
  seed = cpd_seed.seed,
  routes = {
    {
      method = "GET", path = "/rest/v1/cpdCategories", scope = "read", query = SINCE,
      run = since_lister("categories", category_view),
    },
    {
      method = "GET", path = "/rest/v1/cpdCategories/{categoryId}", scope = "read",
      run = getter("CPD category", "categoryId", function(tenant) return tenant.cpd.category_by_id end, category_view),
    },
    { method = "GET", path = "/rest/v1/cpdEntries", scope = "read", query = ENTRIES, run = list_entries },
    {
      method = "GET", path = "/rest/v1/cpdEntries/{logEntryId}", scope = "read",
      run = getter("CPD entry", "logEntryId", entries_by_id, entry_view),
    },
    {
      method = "GET", path = "/rest/v1/cpdRequirementSummaries", scope = "read", query = SINCE,
      run = since_lister("requirements", requirement_view),
    },
    {
      method = "GET", path = "/rest/v1/cpdRequirementSummaries/{audienceRequirementId}", scope = "read",
      run = getter("CPD requirement", "audienceRequirementId", function(tenant)
        return tenant.cpd.requirement_by_id
      end, requirement_view),
    },
    { method = "GET", path = "/rest/v1/cpdUserLogSummaries", scope = "read", query = SUMMARIES, run = list_summaries },
  },
}
