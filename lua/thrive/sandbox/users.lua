--- v1 users: reading them, and writing their tags and skills (contract, section 5).
local json = require "thrive.sandbox.json"
local people = require "thrive.sandbox.people"
local reply = require "thrive.sandbox.reply"

local LIST = {
  page = { type = "integer", min = 1, default = 1 },
  perPage = { type = "integer", min = 1, max = 1000, default = 100 },
  updatedSince = { type = "date" },
  statuses = { type = "list", enum = people.STATUSES },
  omitStatuses = { type = "list", enum = people.STATUSES },
  status = { type = "enum", enum = people.STATUSES },
}

local NAMES = { type = "array", min = 1, max = 100, required = true, items = { type = "string", empty = false } }

local function set_of(list)
  local set = {}
  for _, item in ipairs(list) do set[item] = true end
  return set
end

-- How the three status filters combine is not documented; as for contents, what is asked for wins over what is omitted.
-- Deleted users are listed too, obfuscated: the record has a `deleted` member for that.
local function matching(tenant, params)
  local wanted = params.statuses and set_of(params.statuses)
  if params.status then
    wanted = wanted or {}
    wanted[params.status] = true
  end
  local omitted = not wanted and params.omitStatuses and set_of(params.omitStatuses)
  if not wanted and not omitted and not params.updatedSince then return tenant.users end
  local out = {}
  for _, user in ipairs(tenant.users) do
    local status = people.status(tenant, user)
    if not (wanted and not wanted[status] or omitted and omitted[status])
      and user.updatedAt >= (params.updatedSince or math.mininteger) then
      out[#out + 1] = user
    end
  end
  return out
end

local function list(tenant, request)
  return reply.page(matching(tenant, request.params), request.params, function(user)
    return people.full(tenant, user)
  end)
end

local function get(tenant, request)
  local user = tenant.by_id[request.args.id]
  if not user then return reply.error(404, "there is no user with the id '" .. request.args.id .. "'") end
  return reply.json(200, people.full(tenant, user))
end

local function get_by_ref(tenant, request)
  local user = tenant.by_ref[request.args.ref]
  if not user then return reply.error(404, "there is no user with the ref '" .. request.args.ref .. "'") end
  return reply.json(200, people.basic(tenant, user))
end

-- The user of a tag or skill write; every tag named must exist in the tenant.
local function with_tags(tenant, request, names, field)
  local user = tenant.by_id[request.args.userId]
  if not user or user.deleted then
    return nil, reply.error(404, "there is no user with the id '" .. request.args.userId .. "'")
  end
  local problems = {}
  for i, name in ipairs(names) do
    if not tenant.tag_by_name[name] then problems[field:format(i - 1)] = "there is no tag '" .. name .. "'" end
  end
  if next(problems) then return nil, reply.error(422, problems) end
  return user
end

local function has_skill(user, name)
  for i, skill in ipairs(user.skills) do
    if skill == name then return i end
  end
end

local function add_tags(tenant, request)
  local names = request.fields.tags
  local user, refused = with_tags(tenant, request, names, "tags[%d]")
  if not user then return refused end
  for _, name in ipairs(names) do
    if not has_skill(user, name) then user.skills[#user.skills + 1] = name end
  end
  people.changed(tenant, user)
  return reply.done("tags added")
end

local function remove_tags(tenant, request)
  local names = request.fields.value
  local user, refused = with_tags(tenant, request, names, "value[%d]")
  if not user then return refused end
  local problems = {}
  for i, name in ipairs(names) do
    if not has_skill(user, name) then problems[("value[%d]"):format(i - 1)] = "the user does not have this tag" end
  end
  if next(problems) then return reply.error(422, problems) end
  for name in pairs(set_of(names)) do
    table.remove(user.skills, has_skill(user, name))
    user.levels[name] = nil
  end
  people.changed(tenant, user)
  return reply.done("tags removed")
end

local function level_known(tenant, level)
  if level == nil or level == -1 then return true end -- -1 unsets
  for _, known in ipairs(tenant.skill_levels) do
    if known.value == level then return true end
  end
  return false
end

local function update_skills(tenant, request)
  local names, problems = {}, {}
  for i, skill in ipairs(request.fields.value) do
    names[i] = skill.tagName
    for _, field in ipairs{ "level", "targetLevel" } do
      if not level_known(tenant, skill[field]) then
        problems[("value[%d].%s"):format(i - 1, field)] = "must be -1 or a value of /skills/levels"
      end
    end
  end
  local user, refused = with_tags(tenant, request, names, "value[%d].tagName")
  if not user then return refused end
  if next(problems) then return reply.error(422, problems) end
  for _, skill in ipairs(request.fields.value) do
    local name = skill.tagName
    if not has_skill(user, name) then user.skills[#user.skills + 1] = name end
    local levels = user.levels[name] or {}
    for _, field in ipairs{ "level", "targetLevel" } do
      if skill[field] == -1 then levels[field] = nil elseif skill[field] then levels[field] = skill[field] end
    end
    user.levels[name] = levels
  end
  people.changed(tenant, user)
  return reply.done("skills updated")
end

local OPERATION = function(op, path, items)
  return {
    op = { type = "enum", enum = { op }, required = true },
    path = { type = "enum", enum = { path }, required = true },
    value = { type = "array", min = 1, max = 100, required = true, items = items },
  }
end

return {
  routes = {
    { method = "GET", path = "/rest/v1/users", scope = "read", query = LIST, run = list },
    { method = "GET", path = "/rest/v1/user/{id}", scope = "read", run = get },
    { method = "GET", path = "/rest/v1/users/ref/{ref}", scope = "read", run = get_by_ref },
    { method = "POST", path = "/rest/v1/users/{userId}/tags", scope = "write", body = { tags = NAMES }, run = add_tags },
    {
      method = "PATCH", path = "/rest/v1/users/{userId}/tags", scope = "write", run = remove_tags,
      body = OPERATION("remove", "tags", { type = "string", empty = false }),
    },
    {
      method = "PATCH", path = "/rest/v1/users/{userId}/skills", scope = "write", run = update_skills,
      body = OPERATION("update", "skills", { type = "object", fields = {
        tagName = { type = "string", empty = false, required = true },
        level = { type = "number", min = -1 },
        targetLevel = { type = "number", min = -1 },
      } }),
    },
  },
  commands = {
    -- sandbox:user(ref): the tenant's state, by ref or by id
    user = function(tenant, command)
      local user = tenant.by_ref[command.ref] or tenant.by_id[command.ref]
      return user and people.state(tenant, user) or json.null
    end,
    users = function(tenant)
      local out = {}
      for i, user in ipairs(tenant.users) do out[i] = people.state(tenant, user) end
      return json.array(out)
    end,
  },
}
