--- Assignments, enrolments and completions of a tenant as state. The routes are in assignments and completions; what
-- there was before anybody touched the tenant is in learning_seed, and comes from there when it is first needed.
--
-- Time does not pass by itself here: what is open becomes overdue, or open again, only in the seeded past. Otherwise the
-- same seed would not be the same tenant tomorrow.
local content_ids = require "thrive.sandbox.content_ids"
local groups = require "thrive.sandbox.groups"
local learning_seed = require "thrive.sandbox.learning_seed"

local M = {}

local DAY = 86400000

-- ==== enrolments =====================================================================================================

local function keep(assignment, enrolment)
  enrolment.assignment = assignment
  enrolment.primaryContentId = assignment.primaryContentId
  table.insert(assignment.enrolments, enrolment)
  assignment.by_user[enrolment.user] = enrolment
  assignment.by_enrolment[enrolment.id] = enrolment
  return enrolment
end

local function turn(tenant, enrolment, kind, status, completion)
  local at = math.max(tenant.now(), enrolment.updatedAt or 0)
  table.insert(enrolment.history, {
    type = kind, completionId = completion and completion.id, previous = enrolment.status, next = status, at = at,
  })
  enrolment.status, enrolment.updatedAt = status, at
end

local function open(tenant, assignment, enrolment, kind)
  enrolment.availableDate = math.max(tenant.now(), assignment.opensAt or 0)
  enrolment.dueDate = enrolment.availableDate + assignment.completionPeriod * DAY
  turn(tenant, enrolment, kind, enrolment.availableDate > tenant.now() and "scheduled" or "open")
end

-- Today's enrolment of somebody who has none, or an archived one.
local function enrol(tenant, assignment, user)
  local enrolment = assignment.by_user[user]
  if not enrolment then
    enrolment = keep(assignment, { id = tenant.rng:id(tenant.now()), user = user, status = "unassigned", history = {} })
    open(tenant, assignment, enrolment, "assigned")
  elseif enrolment.status == "archived" then
    open(tenant, assignment, enrolment, "reassigned")
  end
end

local function archive(tenant, enrolment)
  if enrolment and enrolment.status ~= "archived" then turn(tenant, enrolment, "archived", "archived") end
end

local function skills(tenant, content)
  local known = tenant.learning.skills
  if not known[content.id] then
    local list = {}
    for _, tag in ipairs(tenant.tags) do
      if content.title:find(tag.name, 1, true) then list[#list + 1] = tag.name end
    end
    known[content.id] = list
  end
  return known[content.id]
end

-- Takes a completion into the books. Its type has no list of values anywhere; the webhooks know completed and passed.
local function enter(tenant, user, completion)
  local learning = tenant.learning
  local content = learning.contents[completion.contentId]
  completion.user = user
  completion.skills = skills(tenant, content)
  completion.completionType = (content.type == "quiz" or content.type == "assessment") and "passed" or "completed"
  learning.by_id[completion.id] = completion
  local own = learning.by_user[user]
  if own then own[#own + 1] = completion else learning.by_user[user] = { completion } end
end

-- The seeded enrolment of a member, unless it is there already, or the user came when the assignment had ended.
local function recall(tenant, assignment, user)
  if assignment.by_user[user] or not assignment.seeded or assignment.too_late[user] then return end
  local enrolment, completions = learning_seed.enrolment(tenant, assignment, user, tenant.learning.left[user])
  if not enrolment then return end
  keep(assignment, enrolment)
  for _, completion in ipairs(completions) do enter(tenant, user, completion) end
end

-- Nobody tells us who fits a smart audience's rule since yesterday.
local function refresh(tenant, assignment)
  if not assignment.audience.rule or not assignment.isActive then return end
  for _, user in ipairs(groups.members(tenant, assignment.audience)) do enrol(tenant, assignment, user) end
  for _, enrolment in ipairs(assignment.enrolments) do
    if not groups.has(assignment.audience, enrolment.user) then archive(tenant, enrolment) end
  end
end

--- The enrolments of an assignment.
-- @treturn {table,...} not to be changed
function M.enrolments(tenant, assignment)
  if assignment.seeded and not assignment.complete then
    for _, user in ipairs(assignment.audience.members) do recall(tenant, assignment, user) end
    assignment.complete = true -- who comes now is enrolled on coming
  end
  refresh(tenant, assignment)
  return assignment.enrolments
end

-- ==== assignments ====================================================================================================

local function insert(tenant, assignment)
  assignment.enrolments, assignment.by_user, assignment.by_enrolment, assignment.too_late = {}, {}, {}, {}
  table.insert(tenant.assignments, assignment)
  tenant.assignment_by_id[assignment.id] = assignment
  return assignment
end

--- Makes an assignment, and enrols the members of its audience.
-- @tparam table tenant
-- @tparam table audience no structure
-- @tparam table fields as checked by the route, with defaults
-- @treturn table
function M.assign(tenant, audience, fields)
  local now = tenant.now()
  local assignment = insert(tenant, {
    id = tenant.rng:id(now), audience = audience, primaryContentId = fields.contentId,
    alternativeContentIds = fields.alternativeContentIds, hideAlternativeContent = fields.hideAlternativeContent,
    completionPeriod = fields.completionPeriod, recurrence = fields.recurrence, isActive = true, isDeleted = false,
    createdAt = now, updatedAt = now,
  })
  for _, user in ipairs(groups.members(tenant, audience)) do enrol(tenant, assignment, user) end
  return assignment
end

--- Changes an assignment. Enrolments follow: another content is theirs too, and what is not done yet is due on another day.
-- @tparam table tenant
-- @tparam table assignment
-- @tparam table changes fields by their names in the record; `recurrence = false` clears it
function M.change(tenant, assignment, changes)
  local enrolments, now = M.enrolments(tenant, assignment), tenant.now()
  for name, value in pairs(changes) do assignment[name] = value or nil end
  assignment.updatedAt = math.max(now, assignment.updatedAt)
  for _, enrolment in ipairs(enrolments) do
    local status = enrolment.status
    if status ~= "archived" and changes.primaryContentId then
      enrolment.primaryContentId, enrolment.updatedAt = changes.primaryContentId, now
    end
    if status ~= "archived" and status ~= "complete" and changes.completionPeriod then
      enrolment.dueDate, enrolment.updatedAt = enrolment.availableDate + changes.completionPeriod * DAY, now
    end
  end
end

--- Ends an assignment. The record stays, as one that is deleted, and so do its enrolments, archived.
function M.withdraw(tenant, assignment)
  local enrolments, now = M.enrolments(tenant, assignment), tenant.now()
  for _, enrolment in ipairs(enrolments) do archive(tenant, enrolment) end
  assignment.isActive, assignment.isDeleted, assignment.deletedAt, assignment.updatedAt = false, true, now, now
end

-- What happens in audiences, for groups.
local WATCHER = {}

function WATCHER.joined(tenant, audience, user)
  for _, assignment in ipairs(tenant.assignments) do
    if assignment.audience == audience then
      if assignment.isActive then enrol(tenant, assignment, user) else assignment.too_late[user] = true end
    end
  end
end

function WATCHER.leaving(tenant, audience, user)
  for _, assignment in ipairs(tenant.assignments) do
    if assignment.audience == audience then
      recall(tenant, assignment, user) -- what there was does not depend on whether somebody looked before
      archive(tenant, assignment.by_user[user])
    end
  end
end

function WATCHER.removed(tenant, audience)
  for _, assignment in ipairs(tenant.assignments) do
    if assignment.audience == audience and not assignment.isDeleted then M.withdraw(tenant, assignment) end
  end
end

-- ==== completions ====================================================================================================

--- What one user completed.
-- @treturn {table,...} in no order, not to be changed
function M.completions_of(tenant, user)
  local learning = tenant.learning
  if learning.seeded[user] then
    learning.seeded[user] = nil
    for _, assignment in ipairs(tenant.assignments) do
      if assignment.seeded and groups.has(assignment.audience, user) then recall(tenant, assignment, user) end
    end
    for _, completion in ipairs(learning_seed.own(tenant, user, learning.left[user])) do enter(tenant, user, completion) end
  end
  return learning.by_user[user] or {}
end

--- What everybody completed: what was seeded day by day, then what was recorded since.
-- @treturn {table,...} not to be changed
function M.completions(tenant)
  local learning = tenant.learning
  if learning.list then return learning.list end
  local days, first, last = {}, math.maxinteger, math.mininteger
  for _, user in ipairs(tenant.users) do
    for _, completion in ipairs(M.completions_of(tenant, user)) do
      if not completion.recorded then
        local day = completion.completedAt // DAY
        first, last = math.min(first, day), math.max(last, day)
        days[day] = days[day] or {}
        table.insert(days[day], completion)
      end
    end
  end
  learning.list = {}
  for day = first, last do
    local list = days[day] or {}
    table.move(list, 1, #list, #learning.list + 1, learning.list)
  end
  table.move(learning.recorded, 1, #learning.recorded, #learning.list + 1, learning.list)
  return learning.list
end

--- The completion of an id.
-- @treturn table|nil
function M.completion(tenant, id)
  local by_id = tenant.learning.by_id
  if not by_id[id] then M.completions(tenant) end
  return by_id[id]
end

local function counts_for(assignment, content)
  if assignment.primaryContentId == content then return true end
  for _, id in ipairs(assignment.alternativeContentIds) do
    if id == content then return true end
  end
  return false
end

-- The user's enrolments that a content completes.
local function matching(tenant, user, content)
  local out = {}
  for _, assignment in ipairs(tenant.assignments) do
    if assignment.isActive and counts_for(assignment, content) and groups.has(assignment.audience, user) then
      recall(tenant, assignment, user)
      refresh(tenant, assignment)
      out[#out + 1] = assignment.by_user[user]
    end
  end
  return out
end

--- Records a completion. The same user, content and instant are the same record; which fields make it the same is not
-- documented. An older one than is known is recorded and changes no enrolment.
-- @tparam table tenant
-- @tparam table user
-- @tparam string content id
-- @tparam integer at
-- @treturn table completion
-- @treturn boolean whether it is new
function M.record(tenant, user, content, at)
  for _, known in ipairs(M.completions_of(tenant, user)) do
    if known.contentId == content and known.completedAt == at then return known, false end
  end
  local learning, enrolments = tenant.learning, matching(tenant, user, content)
  local completion = {
    id = tenant.rng:id(tenant.now()), contentId = content, contentVersion = 1, completedAt = at, recorded = true,
    hadDueDate = false, isRPL = true, -- a record of what was learnt elsewhere: nobody opened the content in the tenant
  }
  for _, enrolment in ipairs(enrolments) do
    local recurrence = enrolment.assignment.recurrence
    completion.hadDueDate = completion.hadDueDate or enrolment.status ~= "archived"
    if recurrence then completion.activeUntil = math.max(completion.activeUntil or 0, at + recurrence * DAY) end
    if enrolment.status ~= "archived" and at > (enrolment.lastCompletedAt or math.mininteger) then
      enrolment.lastCompletedAt = at
      turn(tenant, enrolment, "completed", "complete", completion)
    end
  end
  enter(tenant, user, completion)
  table.insert(learning.recorded, completion)
  if learning.list then table.insert(learning.list, completion) end
  return completion, true
end

--- Whether the tenant has a content.
function M.has_content(tenant, id)
  return tenant.learning.contents[id] ~= nil
end

--- The assignments, and what is needed to recall the rest later.
function M.seed(tenant)
  tenant.assignments, tenant.assignment_by_id = {}, {}
  local learning = {
    contents = {}, skills = {}, by_user = {}, by_id = {}, recorded = {}, seeded = {}, left = {},
  }
  tenant.learning = learning
  for _, content in ipairs(content_ids(tenant)) do learning.contents[content.id] = content end
  for _, user in ipairs(tenant.users) do
    learning.seeded[user] = true
    if user.suspended then learning.left[user] = user.updatedAt end
  end
  for _, assignment in ipairs(learning_seed.assignments(tenant)) do insert(tenant, assignment) end
  table.insert(tenant.watchers, WATCHER)
end

return M
