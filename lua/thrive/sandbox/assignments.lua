--- Assignments and their enrolments (contract, section 7).
local dates = require "thrive.sandbox.dates"
local groups = require "thrive.sandbox.groups"
local json = require "thrive.sandbox.json"
local learning = require "thrive.sandbox.learning"
local reply = require "thrive.sandbox.reply"

local ASSIGNMENT = json.shape{
  "id", "audienceId", "primaryContentId", "alternativeContentIds", "hideAlternativeContent", "completionPeriod",
  "recurrence", "isActive", "isDeleted", "createdAt", "deletedAt", "updatedAt",
}
local ENROLMENT = json.shape{
  "id", "userId", "assignmentId", "audienceId", "primaryContentId", "status", "availableDate", "dueDate",
  "lastCompletedAt", "history", "updatedAt",
}
local EVENT = json.shape{ "type", "completionId", "previousStatus", "nextStatus", "createdAt", "updatedAt" }

local STATUSES = { "archived", "complete", "open", "overdue", "scheduled", "unassigned" }

local PAGE = { type = "integer", min = 1, default = 1 }
local PER_PAGE = { type = "integer", min = 1, max = 100 } -- the parameter's maximum; the page's prose says 1000

local LIST = {
  audienceId = { type = "string" },
  updatedSince = { type = "date" },
  page = PAGE, perPage = PER_PAGE,
  limit = PER_PAGE, -- the old name of perPage, which wins
}

local ENROLMENTS = {
  updatedAtFrom = { type = "date" },
  updatedAtTo = { type = "date" },
  status = { type = "enum", enum = STATUSES },
  page = PAGE, perPage = PER_PAGE,
}

local ID = { type = "string", empty = false, required = true }
local DAYS = { type = "number", min = 1, whole = true }
local OTHERS = { type = "array", min = 0, max = math.huge, items = { type = "string", empty = false } }

local function optional(rule)
  local copy = { absent_if_null = true }
  for name, value in pairs(rule) do copy[name] = value end
  return copy
end

local CREATE = {
  audienceId = ID, contentId = ID, alternativeContentIds = optional(OTHERS),
  hideAlternativeContent = { type = "boolean", absent_if_null = true },
  completionPeriod = optional(DAYS), recurrence = optional(DAYS),
}

local UPDATE = {
  audienceId = ID, contentId = { type = "string", empty = false }, alternativeContentIds = OTHERS,
  completionPeriod = DAYS, recurrence = { type = "number", min = 1, whole = true, nullable = true },
}

local function written(at)
  return at and dates.write(at)
end

local function view(assignment)
  local others = assignment.alternativeContentIds
  return setmetatable({
    id = assignment.id, audienceId = assignment.audience.id, primaryContentId = assignment.primaryContentId,
    alternativeContentIds = json.array(table.move(others, 1, #others, 1, {})),
    hideAlternativeContent = assignment.hideAlternativeContent, completionPeriod = assignment.completionPeriod,
    recurrence = assignment.recurrence, isActive = assignment.isActive, isDeleted = assignment.isDeleted,
    createdAt = written(assignment.createdAt), deletedAt = written(assignment.deletedAt),
    updatedAt = written(assignment.updatedAt),
  }, ASSIGNMENT)
end

local function enrolment_view(enrolment)
  local history = {}
  for i, event in ipairs(enrolment.history) do
    history[i] = setmetatable({
      type = event.type, completionId = event.completionId, previousStatus = event.previous, nextStatus = event.next,
      createdAt = written(event.at), updatedAt = written(event.at),
    }, EVENT)
  end
  return setmetatable({
    id = enrolment.id, userId = enrolment.user.id, assignmentId = enrolment.assignment.id,
    audienceId = enrolment.assignment.audience.id, primaryContentId = enrolment.primaryContentId,
    status = enrolment.status, availableDate = written(enrolment.availableDate), dueDate = written(enrolment.dueDate),
    lastCompletedAt = written(enrolment.lastCompletedAt), history = json.array(history),
    updatedAt = written(enrolment.updatedAt),
  }, ENROLMENT)
end

-- Deleted ones are listed: the record has isDeleted and deletedAt for that, and updatedSince would miss them otherwise.
local function list(tenant, request)
  local params, out = request.params, {}
  local audience = params.audienceId and groups.find(tenant, params.audienceId)
  if params.audienceId and not audience then
    return reply.error(404, "there is no audience with the id or the reference '" .. params.audienceId .. "'")
  end
  for _, assignment in ipairs(tenant.assignments) do
    if (not audience or assignment.audience == audience)
      and assignment.updatedAt >= (params.updatedSince or math.mininteger) then
      out[#out + 1] = assignment
    end
  end
  params.perPage = params.perPage or params.limit or 100
  return reply.slice(out, params, view)
end

local function find(tenant, request)
  local id = request.args.assignmentId
  local assignment = tenant.assignment_by_id[id]
  if assignment then return assignment end
  return nil, reply.error(404, "there is no assignment with the id '" .. id .. "'")
end

local function get(tenant, request)
  local assignment, missing = find(tenant, request)
  return missing or reply.json(200, view(assignment))
end

local function contents_known(tenant, fields, problems)
  if fields.contentId and not learning.has_content(tenant, fields.contentId) then
    problems.contentId = "there is no content with this id"
  end
  for i, id in ipairs(fields.alternativeContentIds or {}) do
    if not learning.has_content(tenant, id) then
      problems[("alternativeContentIds[%d]"):format(i - 1)] = "there is no content with this id"
    end
  end
end

-- Twice the same is two assignments: that it is refused is said nowhere, and a client must not count on it.
local function create(tenant, request)
  local fields, problems = request.fields, {}
  local audience = groups.find(tenant, fields.audienceId)
  if not audience then
    problems.audienceId = "there is no audience with this id or reference"
  elseif audience.category == "structure" then
    problems.audienceId = "is a structure, which has no members"
  end
  contents_known(tenant, fields, problems)
  if next(problems) then return reply.error(422, problems) end
  fields.alternativeContentIds = fields.alternativeContentIds or {}
  fields.hideAlternativeContent = fields.hideAlternativeContent or false
  fields.completionPeriod = fields.completionPeriod or 30
  return reply.json(201, view(learning.assign(tenant, audience, fields)))
end

-- The assignment of a write, whose body must name its audience: that says which one is meant, it moves nothing.
local function writable(tenant, request)
  local assignment, missing = find(tenant, request)
  if not assignment then return nil, missing end
  if assignment.isDeleted then
    return nil, reply.error(404, "the assignment '" .. assignment.id .. "' is deleted")
  end
  if groups.find(tenant, request.fields.audienceId) ~= assignment.audience then
    return nil, reply.error(422, { audienceId = "is not the audience of this assignment" })
  end
  return assignment
end

local function update(tenant, request)
  local assignment, refused = writable(tenant, request)
  if not assignment then return refused end
  local fields, problems = request.fields, {}
  contents_known(tenant, fields, problems)
  if next(problems) then return reply.error(422, problems) end
  local recurrence = fields.recurrence
  if recurrence == json.null then recurrence = false end
  learning.change(tenant, assignment, {
    primaryContentId = fields.contentId, alternativeContentIds = fields.alternativeContentIds,
    completionPeriod = fields.completionPeriod, recurrence = recurrence,
  })
  return reply.json(200, view(assignment))
end

local function delete(tenant, request)
  local assignment, refused = writable(tenant, request)
  if not assignment then return refused end
  learning.withdraw(tenant, assignment)
  return reply.empty()
end

local function list_enrolments(tenant, request)
  local assignment, missing = find(tenant, request)
  if not assignment then return missing end
  local params, out = request.params, {}
  if params.updatedAtTo and not params.updatedAtFrom then
    return reply.error(400, { updatedAtTo = "needs updatedAtFrom" })
  end
  local from, to = params.updatedAtFrom or math.mininteger, params.updatedAtTo or math.maxinteger
  for _, enrolment in ipairs(learning.enrolments(tenant, assignment)) do
    if (not params.status or params.status == enrolment.status)
      and enrolment.updatedAt >= from and enrolment.updatedAt <= to then
      out[#out + 1] = enrolment
    end
  end
  params.perPage = params.perPage or 100
  return reply.slice(out, params, enrolment_view)
end

local function get_enrolment(tenant, request)
  local assignment, missing = find(tenant, request)
  if not assignment then return missing end
  learning.enrolments(tenant, assignment)
  local enrolment = assignment.by_enrolment[request.args.enrolmentId]
  if not enrolment then
    return reply.error(404, "the assignment has no enrolment with the id '" .. request.args.enrolmentId .. "'")
  end
  return reply.json(200, enrolment_view(enrolment))
end

local PATH = "/rest/v1/assignments/{assignmentId}"

return {
  seed = learning.seed,
  routes = {
    { method = "GET", path = "/rest/v1/assignments", scope = "read", query = LIST, run = list },
    { method = "POST", path = "/rest/v1/assignments", scope = "write", body = CREATE, run = create },
    { method = "GET", path = PATH, scope = "read", run = get },
    { method = "PATCH", path = PATH, scope = "write", body = UPDATE, run = update },
    { method = "DELETE", path = PATH, scope = "write", body = { audienceId = ID }, run = delete },
    { method = "GET", path = PATH .. "/enrolments", scope = "read", query = ENROLMENTS, run = list_enrolments },
    { method = "GET", path = PATH .. "/enrolments/{enrolmentId}", scope = "read", run = get_enrolment },
  },
}
