--- Activities (contract, section 9): who did what when. The API only reads them.
local content_ids = require "thrive.sandbox.content_ids"
local dates = require "thrive.sandbox.dates"
local json = require "thrive.sandbox.json"
local reply = require "thrive.sandbox.reply"
local rng = require "thrive.sandbox.rng"

local DAY = 86400000
local YEARS = 730 * DAY
local PEOPLE = 5000 -- of a bigger tenant, the others leave no traces: the first request would take too long
local KINDS = { "viewed", "viewed", "viewed", "viewed", "viewed", "completed", "completed", "loggedin", "loggedin", "found" }
local DEVICES = { "desktop", "desktop", "mobile", "tablet" }

-- Live data has records without `name` and `with`, and has `contentType`.
local OF_CONTENT = json.shape{
  "id", "type", "name", "user", "date", "contextId", "contextType", "contentType", "data", "with",
}
local OF_USER = json.shape{ "id", "type", "user", "date", "contextId", "contextType", "data" }

local LIST = {
  page = { type = "integer", min = 1, default = 1 },
  perPage = { type = "integer", min = 1, max = 1000, default = 20 },
  actions = { type = "csv" },
  omitActions = { type = "csv" },
  contentIds = { type = "csv" },
  contentType = { type = "string" },
  timestampFrom = { type = "stamp", mark = " " },
  timestampTo = { type = "stamp", mark = " " },
}

local function add(random, out, user, kind, at, content)
  out[#out + 1] = { id = random:id(at), kind = kind, user = user, at = at, content = content, draw = random:below(100) }
end

-- What one user did between the first and the last login that the user's record shows.
local function trail(tenant, random, contents, user, out)
  local first, last = math.max(user.firstLogin, tenant.base - YEARS), user.lastLogin
  if first > last then return end
  if user.firstLogin == first then add(random, out, user.id, "loggedin", first) end
  for _ = 1, random:below(20) do
    local kind, at = random:pick(KINDS), first + random:below(last - first + 1) - 1
    add(random, out, user.id, kind, at, kind ~= "loggedin" and random:pick(contents) or nil)
  end
  add(random, out, user.id, "loggedin", last)
end

local function earlier(a, b)
  if a.at ~= b.at then return a.at < b.at end
  return a.id < b.id
end

-- Two years of them, oldest first, made on first use.
local function records(tenant)
  if not tenant.activities then
    local random, contents, out, by_id = rng.stream(tenant.seed, "activities"), content_ids(tenant), {}, {}
    for i = 1, math.min(tenant.seeded_users, PEOPLE) do
      local user = tenant.users[i]
      if user.firstLogin then trail(tenant, random, contents, user, out) end
    end
    table.sort(out, earlier)
    for _, activity in ipairs(out) do by_id[activity.id] = activity end
    tenant.activities, tenant.activity_by_id = out, by_id
  end
  return tenant.activities, tenant.activity_by_id
end

-- The shape of `data` and `with` is free; it differs by type.
local function details(activity, content)
  local draw = activity.draw
  if activity.kind == "completed" then
    return { progress = 100, score = content.type == "quiz" and 50 + draw // 2 or nil }
  elseif activity.kind == "found" then
    return { searchTerm = content.title:match("^%S+"):lower(), position = draw % 9 + 1 }
  end
  return { device = DEVICES[draw % #DEVICES + 1] }
end

local function view(activity)
  local record = {
    id = activity.id, type = activity.kind, user = activity.user, date = dates.write(activity.at),
    data = { method = activity.draw < 40 and "sso" or "password" }, contextId = activity.user, contextType = "user",
  }
  local content = activity.content
  if not content then return setmetatable(record, OF_USER) end
  record.name, record.contextId, record.contextType, record.contentType = content.title, content.id, "content", "content"
  record.data = details(activity, content)
  if activity.draw % 10 == 0 then record.with = { type = content.type } end
  return setmetatable(record, OF_CONTENT)
end

local function set_of(list)
  if not list then return nil end
  local set = {}
  for _, item in ipairs(list) do set[item] = true end
  return set
end

-- What is asked for wins over what is omitted, as for contents. Any action is allowed: which there are is not fixed.
-- Both timestamps are inclusive.
local function list(tenant, request)
  local params = request.params
  local wanted, omitted = set_of(params.actions), set_of(params.omitActions) or {}
  local contents, kind = set_of(params.contentIds), params.contentType
  local from, to = params.timestampFrom or math.mininteger, params.timestampTo or math.maxinteger
  local out = {}
  for _, activity in ipairs((records(tenant))) do
    local content = activity.content
    local fits = not omitted[activity.kind]
    if wanted then fits = wanted[activity.kind] end
    if fits and activity.at >= from and activity.at <= to and (not contents or content and contents[content.id])
      and (not kind or content and kind == "content") then
      out[#out + 1] = activity
    end
  end
  return reply.page(out, params, view)
end

local function get(tenant, request)
  local _, by_id = records(tenant)
  local activity = by_id[request.args.id]
  if not activity then return reply.error(404, "there is no activity with the id '" .. request.args.id .. "'") end
  return reply.json(200, view(activity))
end

return {
  routes = {
    { method = "GET", path = "/rest/v1/activities", scope = "read", query = LIST, run = list },
    { method = "GET", path = "/rest/v1/activity/{id}", scope = "read", run = get },
  },
}
