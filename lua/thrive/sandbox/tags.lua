--- Tags and skill levels (contract, section 10).
local contents = require "thrive.sandbox.contents"
local json = require "thrive.sandbox.json"
local reply = require "thrive.sandbox.reply"

local TAG = json.shape{ "tag", "id", "contents", "campaigns", "interests", "skills" }
local LEVEL = json.shape{ "name", "isEnabled", "value" }

-- Whether the list takes these is disputed (section 15, 3): one source sends them, another reads none. It takes them.
local LIST = {
  page = { type = "integer", min = 1, default = 1 },
  perPage = { type = "integer", min = 1, max = 1000, default = 100 },
  updatedSince = { type = "date" },
}

-- Who has each of the tags, from the users: kept nowhere else, so that it cannot be wrong.
local function holders(tenant, field)
  local out = {}
  for _, user in ipairs(tenant.users) do
    for _, name in ipairs(user[field]) do
      out[name] = out[name] or {}
      table.insert(out[name], user.id)
    end
  end
  return out
end

-- Which contents have each of the tags, likewise.
local function tagged(tenant)
  local out = {}
  for _, content in ipairs((contents.records(tenant))) do
    for _, name in ipairs(content.tags) do
      out[name] = out[name] or {}
      table.insert(out[name], content.id)
    end
  end
  return out
end

local function viewer(tenant)
  local of = tagged(tenant)
  local skills, interests = holders(tenant, "skills"), holders(tenant, "tagsFollowing")
  return function(tag)
    return setmetatable({
      tag = tag.name, id = tag.id, contents = json.array(of[tag.name] or {}), campaigns = json.array(tag.campaigns),
      interests = json.array(interests[tag.name] or {}), skills = json.array(skills[tag.name] or {}),
    }, TAG)
  end
end

local function list(tenant, request)
  local since = request.params.updatedSince
  local out = tenant.tags
  if since then
    out = {}
    for _, tag in ipairs(tenant.tags) do
      if tag.updatedAt >= since then out[#out + 1] = tag end
    end
  end
  return reply.page(out, request.params, viewer(tenant))
end

local function get(tenant, request)
  local tag = tenant.tag_by_id[request.args.tagId]
  if not tag then return reply.error(404, "there is no tag with the id '" .. request.args.tagId .. "'") end
  return reply.json(200, viewer(tenant)(tag))
end

local function levels(tenant)
  local out = {}
  for i, level in ipairs(tenant.skill_levels) do
    out[i] = setmetatable({ name = level.name, isEnabled = level.isEnabled, value = level.value }, LEVEL)
  end
  return reply.json(200, json.array(out))
end

return {
  routes = {
    { method = "GET", path = "/rest/v1/tags", scope = "read", query = LIST, run = list },
    { method = "GET", path = "/rest/v1/tags/{tagId}", scope = "read", run = get },
    { method = "GET", path = "/rest/v1/skills/levels", scope = "read", run = levels },
  },
}
