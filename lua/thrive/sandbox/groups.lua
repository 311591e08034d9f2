--- The audiences of a tenant as state: finding them, and who is in them and manages them. The routes are in audiences,
-- members and managers; enrolments follow from here through `tenant.watchers`.
--
-- An audience is `{ id, name, reference, apiControlled, category, type, parent, children, members, managers, rule,
-- createdAt, updatedAt }`: parent is the structure's record, children and members are arrays of audiences and of users,
-- managers one of `{ user, permissions }`, and rule (of a smart audience only) is `function(user) → boolean`, asked
-- whenever somebody looks. A structure holds audiences and managers, never members.
local M = {}

--- The audience of an id or a reference.
-- @treturn table|nil
function M.find(tenant, key)
  return tenant.audience_by_id[key] or tenant.audience_by_ref[key]
end

--- Adds an audience to the tenant, and to its parent.
function M.insert(tenant, audience)
  tenant.audiences[#tenant.audiences + 1] = audience
  tenant.audience_by_id[audience.id] = audience
  if audience.reference then tenant.audience_by_ref[audience.reference] = audience end
  if audience.parent then table.insert(audience.parent.children, audience) end
  return audience
end

--- What a new audience has besides what it was given.
function M.blank(tenant, at)
  return {
    id = tenant.rng:id(at), apiControlled = true, type = "manual", children = {}, members = {}, managers = {},
    createdAt = at, updatedAt = at,
  }
end

-- From the end, where remove() below takes them.
local function take_out(list, item)
  for i = #list, 1, -1 do
    if list[i] == item then return table.remove(list, i) end
  end
end

--- Who is in an audience: for a smart one, whom its rule picks now.
-- @treturn {user,...} not to be changed
function M.members(tenant, audience)
  if not audience.rule then return audience.members end
  local out = {}
  for _, user in ipairs(tenant.users) do
    if not user.deleted and audience.rule(user) then out[#out + 1] = user end
  end
  return out
end

--- Whether a user is in an audience.
function M.has(audience, user)
  if audience.rule then return not user.deleted and audience.rule(user) end
  for _, id in ipairs(user.audiences) do
    if id == audience.id then return true end
  end
  return false
end

--- The ids of the audiences that a user is in.
function M.of(tenant, user)
  local out = table.move(user.audiences, 1, #user.audiences, 1, {})
  for _, audience in ipairs(tenant.smart_audiences) do
    if M.has(audience, user) then out[#out + 1] = audience.id end
  end
  return out
end

-- Views of users show their audiences: those that were written before are stale.
local function changed(tenant)
  tenant.generation = tenant.generation + 1
end

--- Makes a user, who is not in it yet, a member of a manual audience.
function M.join(tenant, audience, user)
  table.insert(audience.members, user)
  table.insert(user.audiences, audience.id)
  for _, watcher in ipairs(tenant.watchers) do watcher.joined(tenant, audience, user) end
  changed(tenant)
end

--- Takes a member out of a manual audience.
function M.leave(tenant, audience, user)
  for _, watcher in ipairs(tenant.watchers) do watcher.leaving(tenant, audience, user) end
  take_out(audience.members, user)
  take_out(user.audiences, audience.id)
  changed(tenant)
end

--- The manager entry of a user.
-- @treturn table|nil
function M.manager(audience, user)
  for _, manager in ipairs(audience.managers) do
    if manager.user == user then return manager end
  end
end

--- Takes a manager away.
function M.dismiss(audience, manager)
  take_out(audience.managers, manager)
end

--- A user is being deleted: out of every audience, as a member and as a manager.
function M.forget(tenant, user)
  for _, audience in ipairs(tenant.audiences) do
    if not audience.rule and M.has(audience, user) then M.leave(tenant, audience, user) end
    local manager = M.manager(audience, user)
    if manager then M.dismiss(audience, manager) end
  end
end

--- Moves a child to another structure.
function M.move(audience, parent)
  take_out(audience.parent.children, audience)
  audience.parent = parent
  table.insert(parent.children, audience)
end

--- Gives an audience another reference.
function M.rename(tenant, audience, reference)
  if audience.reference then tenant.audience_by_ref[audience.reference] = nil end
  audience.reference = reference
  tenant.audience_by_ref[reference] = audience
end

--- Removes an audience that has no children; its members leave it first.
function M.remove(tenant, audience)
  while audience.members[1] do M.leave(tenant, audience, audience.members[#audience.members]) end
  for _, watcher in ipairs(tenant.watchers) do watcher.removed(tenant, audience) end
  if audience.parent then take_out(audience.parent.children, audience) end
  take_out(tenant.audiences, audience)
  tenant.audience_by_id[audience.id] = nil
  if audience.reference then tenant.audience_by_ref[audience.reference] = nil end
end

return M
