--- Completions of content (contract, section 8).
local dates = require "thrive.sandbox.dates"
local json = require "thrive.sandbox.json"
local learning = require "thrive.sandbox.learning"
local reply = require "thrive.sandbox.reply"
local rng = require "thrive.sandbox.rng"

local COMPLETION = json.shape{
  "id", "userId", "contentId", "contentVersion", "skills", "completionType", "hadDueDate", "isRPL", "completedAt",
  "activeUntil",
}

local LIST = {
  contentId = { type = "string" },
  isRPL = { type = "flag" },
  userId = { type = "string" },
  -- a day is its first instant, in the end of the range too: the pages say "less than or equal", not "the whole day"
  completedDateRangeStart = { type = "date" },
  completedDateRangeEnd = { type = "date" },
  page = { type = "integer", min = 1, default = 1 },
  perPage = { type = "integer", min = 1, max = 1000, default = 1000 },
}

local CREATE = {
  userId = { type = "string", empty = false, required = true },
  contentId = { type = "string", empty = false, required = true },
  completedAt = { type = "date", required = true },
}

local function view(completion)
  return setmetatable({
    id = completion.id, userId = completion.user.id, contentId = completion.contentId,
    contentVersion = completion.contentVersion, skills = json.array(completion.skills),
    completionType = completion.completionType, hadDueDate = completion.hadDueDate, isRPL = completion.isRPL,
    completedAt = dates.write(completion.completedAt),
    activeUntil = completion.activeUntil and dates.write(completion.activeUntil),
  }, COMPLETION)
end

local function by_time(a, b)
  if a.completedAt ~= b.completedAt then return a.completedAt < b.completedAt end
  return a.id < b.id
end

local function candidates(tenant, id)
  if not id then return learning.completions(tenant) end
  local user = tenant.by_id[id]
  local own = user and learning.completions_of(tenant, user) or {}
  local sorted = table.move(own, 1, #own, 1, {})
  table.sort(sorted, by_time)
  return sorted
end

local function list(tenant, request)
  local params, out = request.params, {}
  local from = params.completedDateRangeStart or math.mininteger
  local to = params.completedDateRangeEnd or math.maxinteger
  for _, completion in ipairs(candidates(tenant, params.userId)) do
    if (not params.contentId or params.contentId == completion.contentId)
      and (params.isRPL == nil or params.isRPL == completion.isRPL)
      and completion.completedAt >= from and completion.completedAt <= to then
      out[#out + 1] = completion
    end
  end
  return reply.slice(out, params, view)
end

local function get(tenant, request)
  local completion = learning.completion(tenant, request.args.id)
  if not completion then return reply.error(404, "there is no completion with the id '" .. request.args.id .. "'") end
  return reply.json(200, view(completion))
end

-- An xAPI statement id is a UUID: not the id of the record, and made from it.
local function statement_id(completion)
  local random = rng.stream(0, completion.id)
  local high, low = random:next(), random:next()
  return string.format("%08x-%04x-4%03x-%04x-%012x", high >> 32, high >> 16 & 0xFFFF, high & 0xFFF,
    low >> 48 & 0x3FFF | 0x8000, low & 0xFFFFFFFFFFFF)
end

local function create(tenant, request)
  local fields, problems = request.fields, {}
  local user = tenant.by_id[fields.userId]
  if not user or user.deleted then problems.userId = "there is no user with this id" end
  if not learning.has_content(tenant, fields.contentId) then problems.contentId = "there is no content with this id" end
  if next(problems) then return reply.error(422, problems) end
  local completion, new = learning.record(tenant, user, fields.contentId, dates.read(fields.completedAt))
  return reply.json(new and 201 or 200, { statementId = statement_id(completion) })
end

return {
  routes = {
    { method = "GET", path = "/rest/v1/learning/completions", scope = "read", query = LIST, run = list },
    { method = "GET", path = "/rest/v1/learning/completions/{id}", scope = "read", run = get },
    { method = "POST", path = "/rest/v1/learning/completions", scope = "write", body = CREATE, run = create },
  },
}
