--- What was assigned and completed in a tenant before anybody touched it: compliance training for everybody and for some
-- departments, places and groups, and two years of completions.
--
-- Only the assignments are made at start. The enrolment of a user in one, with the completions that made it what it is,
-- is worked out when somebody first looks: each from random numbers of its own, so that the order does not matter.
local content_ids = require "thrive.sandbox.content_ids"
local rng = require "thrive.sandbox.rng"

local M = {}

local DAY = 86400000

-- audience, content, age in days; all dates are counted from the tenant's own day. No `every`: once is enough.
local ASSIGNMENTS = {
  { "all-colleagues", "Fire Safety Awareness", 730, period = 30, every = 365 },
  { "all-colleagues", "GDPR Essentials", 720, period = 30, every = 365 },
  { "all-colleagues", "Code of Conduct", 730, period = 14, ended = 300 },
  { "all-colleagues", "Health & Safety Induction", 710, period = 14 },
  { "all-colleagues", "Cyber Security: Phishing", 400, period = 30, every = 180 },
  { "all-colleagues", "Anti-Bribery and Corruption", 45, period = 60, every = 730 },
  { "all-colleagues", "Modern Slavery", 10, period = 30, every = 365, opens = 30 },
  { "people-managers", "Managing Performance", 300, period = 90,
    others = { "Leadership Foundations", "Coaching Conversations" } },
  { "dept-logistics", "Manual Handling", 700, period = 30, every = 365 },
  { "dept-logistics", "Forklift Refresher", 365, period = 60, every = 1095 },
  { "dept-care", "Safeguarding Adults", 690, period = 21, every = 365 },
  { "dept-care", "Infection Control", 500, period = 30, every = 365 },
  { "dept-care", "Medication Administration", 20, period = 30, every = 365 },
  { "dept-retail", "Food Hygiene Level 2", 720, period = 45, every = 1095 },
  { "dept-retail", "Cash Handling", 150, period = 30 },
  { "dept-finance", "Anti-Money Laundering", 650, period = 30, every = 365 },
  { "loc/Paris", "Prévention des incendies", 500, period = 30, every = 365, others = { "Fire Safety Awareness" },
    hidden = true },
  { "loc/München", "Sicherheit am Arbeitsplatz", 500, period = 30, every = 365 },
  { "group-first-aiders", "First Aid at Work", 720, period = 90, every = 1095 },
  { "group-fire-wardens", "Fire Warden Training", 600, period = 60, every = 1095 },
}

local FREE = 31 -- the first content that nobody has to do: what people complete on their own

--- The assignments.
-- @tparam table tenant with its audiences
-- @treturn {table,...}
function M.assignments(tenant)
  local random, by_title, out = rng.stream(tenant.seed, "assignments"), {}, {}
  for _, content in ipairs(content_ids(tenant)) do by_title[content.title] = content.id end
  for i, row in ipairs(ASSIGNMENTS) do
    local created = tenant.base - row[3] * DAY + random:below(8) * 3600000
    local ended = row.ended and tenant.base - row.ended * DAY
    local others = {}
    for n, title in ipairs(row.others or {}) do others[n] = by_title[title] end
    out[i] = {
      id = random:id(created), audience = assert(tenant.audience_by_ref[row[1]]), primaryContentId = assert(by_title[row[2]]),
      alternativeContentIds = others, hideAlternativeContent = row.hidden or false, completionPeriod = row.period,
      recurrence = row.every, isActive = not ended, isDeleted = ended ~= nil, createdAt = created, deletedAt = ended,
      updatedAt = ended or created + random:below(9) * DAY, opensAt = row.opens and tenant.base + row.opens * DAY,
      seeded = true,
    }
  end
  return out
end

-- When somebody gets round to it, in days after it became available; nil when they do not.
local function takes(random, user, period)
  local draw = random:below(100)
  if not user.firstLogin then return nil end
  if draw <= 82 then return random:below(period) end
  if draw <= 93 then return period + random:below(40) end
  return nil
end

local function completed_content(random, assignment)
  local others = assignment.alternativeContentIds
  if #others > 0 and random:below(5) == 1 then return random:pick(others) end
  return assignment.primaryContentId
end

--- One user's way through one assignment until the tenant's own day.
-- @tparam table tenant
-- @tparam table assignment a seeded one that nobody changed yet
-- @tparam table user a seeded one
-- @tparam integer|nil left when the user was suspended
-- @treturn table|nil enrolment; nil when the assignment had ended before the user came, or the user left before it began
-- @treturn {table,...} completions, oldest first
function M.enrolment(tenant, assignment, user, left)
  local random = rng.stream(tenant.seed, assignment.id .. user.id)
  local start = math.max(assignment.createdAt, user.createdAt)
  local last = math.min(tenant.base, assignment.deletedAt or tenant.base, left or tenant.base)
  if last < start then return nil end
  local period, recurrence = assignment.completionPeriod * DAY, assignment.recurrence
  local available = math.max(start, assignment.opensAt or start)
  local enrolment = { id = random:id(start), user = user, status = "unassigned", history = {} }
  local completions = {}

  local function turn(kind, status, at, completion)
    table.insert(enrolment.history, {
      type = kind, completionId = completion and completion.id, previous = enrolment.status, next = status, at = at,
    })
    enrolment.status, enrolment.updatedAt = status, at
  end

  turn("assigned", available > last and "scheduled" or "open", start)
  while available <= last do
    local days = takes(random, user, assignment.completionPeriod)
    local done = days and available + days * DAY + random:below(DAY)
    if done and done > last then done = nil end
    enrolment.availableDate, enrolment.dueDate = available, available + period
    if enrolment.dueDate < (done or last) then turn("overdue", "overdue", enrolment.dueDate) end
    if not done then break end
    local completion = {
      id = random:id(done), contentId = completed_content(random, assignment), hadDueDate = true, isRPL = false,
      completedAt = done, activeUntil = recurrence and done + recurrence * DAY, contentVersion = random:below(3),
    }
    completions[#completions + 1] = completion
    enrolment.lastCompletedAt = done
    turn("completed", "complete", done, completion)
    if not recurrence then break end
    available = done + recurrence * DAY - period -- due again on the day on which this one ends
    if available <= last then turn("recurred", "open", available) end
  end
  if enrolment.status == "scheduled" then enrolment.availableDate, enrolment.dueDate = available, available + period end
  if left or assignment.deletedAt then turn("archived", "archived", last) end
  return enrolment, completions
end

--- What a user completed without having to.
-- @tparam table tenant
-- @tparam table user a seeded one
-- @tparam integer|nil left when the user was suspended
-- @treturn {table,...} completions
function M.own(tenant, user, left)
  local random, out = rng.stream(tenant.seed, "own" .. user.id), {}
  local contents = content_ids(tenant)
  local first = math.max(user.createdAt, tenant.base - 730 * DAY)
  local span = (left or tenant.base) - first
  if not user.firstLogin or span <= 0 then return out end
  for i = 1, random:below(5) - 1 do
    local at = first + random:below(span)
    out[i] = {
      id = random:id(at), contentId = contents[FREE - 1 + random:below(#contents - FREE + 1)].id, hadDueDate = false,
      isRPL = random:below(8) == 1, completedAt = at, contentVersion = random:below(3),
    }
  end
  return out
end

return M
