--- Contents (contract, section 9). The API only reads them.
local check = require "thrive.sandbox.check"
local content_ids = require "thrive.sandbox.content_ids"
local dates = require "thrive.sandbox.dates"
local json = require "thrive.sandbox.json"
local reply = require "thrive.sandbox.reply"
local rng = require "thrive.sandbox.rng"

local M = {}

local DAY = 86400000
local TYPES = {
  "article", "assessment", "broadcast", "cmi5", "elearning", "event", "file", "pathway", "question", "quiz", "scorm",
  "url", "video", "mixed",
}
local TIMED = { assessment = 45, cmi5 = 40, elearning = 30, event = 180, quiz = 10, scorm = 60, video = 5 }
local DESCRIPTIONS = {
  "<p>Everything you need to know about <b>%s</b>.</p>", "%s, in short.",
  "<p>By the end you can:</p><ul><li>explain why it matters</li><li>use &ldquo;%s&rdquo; in your work</li></ul>", "",
}

local CONTENT = json.shape{
  "id", "title", "description", "tags", "type", "createdAt", "updatedAt", "author", "isOfficial", "duration",
  "contentHistory",
}
local DURATION = json.shape{ "value", "unit" }
local CHANGE = json.shape{ "action", "timestamp", "performedBy" }
local ACTOR = json.shape{ "type", "value" }

local LIST = {
  page = { type = "integer", min = 1, default = 1 },
  perPage = { type = "integer", min = 1, max = 1000, default = 20 },
  types = { type = "list", enum = TYPES },
  omitTypes = { type = "list", enum = TYPES },
  updatedSince = { type = "date" },
}

-- Every tag whose name is in the title, and now and then one that is not.
local function tags_of(tenant, random, title)
  local out = {}
  local other = random:below(#tenant.tags * 2)
  for i, tag in ipairs(tenant.tags) do
    if i == other or title:find(tag.name, 1, true) then out[#out + 1] = tag.name end
  end
  return out
end

local function escaped(title)
  return (title:gsub("&", "&amp;"))
end

local function record(tenant, random, content)
  local created = tonumber(content.id:sub(1, 8), 16) * 1000 -- an id begins with its time
  local updated = math.min(created + random:below(500) * DAY, tenant.base)
  local author = tenant.seeded_users > 0 and random:below(6) > 1 and tenant.users[random:below(tenant.seeded_users)].id
  local minutes = TIMED[content.type]
  local history = {
    { action = "created", at = created, by = author }, { action = "published", at = math.min(created + DAY, updated) },
  }
  if updated > created + DAY then history[3] = { action = "updated", at = updated, by = author } end
  return {
    id = content.id, title = content.title, type = content.type, tags = tags_of(tenant, random, content.title),
    description = random:pick(DESCRIPTIONS):gsub("%%s", function() return escaped(content.title) end),
    createdAt = created, updatedAt = updated, author = author or nil, isOfficial = random:below(3) > 1,
    timed = minutes ~= nil, minutes = minutes and random:below(8) > 1 and minutes * random:below(3) or nil,
    history = history,
  }
end

--- The tenant's contents, made on first use.
-- @tparam table tenant
-- @treturn {table,...} records; `id`, `title`, `type`, `tags` (names) are those of the API
-- @treturn table the same by id
function M.records(tenant)
  if not tenant.contents then
    local random = rng.stream(tenant.seed, "content records")
    tenant.contents, tenant.content_by_id = {}, {}
    for i, content in ipairs(content_ids(tenant)) do
      tenant.contents[i] = record(tenant, random, content)
      tenant.content_by_id[content.id] = tenant.contents[i]
    end
  end
  return tenant.contents, tenant.content_by_id
end

local function view(content)
  local history = {}
  for i, change in ipairs(content.history) do
    history[i] = setmetatable({
      action = change.action, timestamp = dates.write(change.at),
      performedBy = setmetatable({ type = change.by and "user" or "system", value = change.by or nil }, ACTOR),
    }, CHANGE)
  end
  return setmetatable({
    id = content.id, title = content.title, description = content.description, tags = json.array(content.tags),
    type = content.type, createdAt = dates.write(content.createdAt), updatedAt = dates.write(content.updatedAt),
    author = content.author, isOfficial = content.isOfficial,
    duration = content.timed and setmetatable({ value = content.minutes, unit = "minutes" }, DURATION) or nil,
    contentHistory = json.array(history),
  }, CONTENT)
end

local function set_of(list)
  local set = {}
  for _, item in ipairs(list or {}) do set[item] = true end
  return set
end

local function list(tenant, request)
  local params = request.params
  local wanted, omitted = params.types and set_of(params.types), set_of(params.omitTypes)
  local out = {}
  for _, content in ipairs((M.records(tenant))) do
    local fits = not omitted[content.type]
    if wanted then fits = wanted[content.type] end -- what is asked for wins
    if fits and content.updatedAt >= (params.updatedSince or math.mininteger) then out[#out + 1] = content end
  end
  return reply.page(out, params, view)
end

-- The page gives a pattern for this id, so one that does not fit it is a bad request.
local function get(tenant, request)
  local id = request.args.id
  if not check.is_id(id) then return reply.error(400, { id = "must be 24 hexadecimal digits" }) end
  local _, by_id = M.records(tenant)
  local content = by_id[id:lower()]
  if not content then return reply.error(404, "there is no content with the id '" .. id .. "'") end
  return reply.json(200, view(content))
end

M.room = {
  routes = {
    { method = "GET", path = "/rest/v1/contents", scope = "read", query = LIST, run = list },
    { method = "GET", path = "/rest/v1/contents/{id}", scope = "read", run = get },
  },
}

return M
