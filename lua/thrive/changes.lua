--- What a write would change: reads what it is about, by the operation that the catalogue names, and compares.
-- @module thrive.changes

local core = require "thrive.core"
local catalogue = require "thrive.catalogue"
local describe = require "thrive.describe"
local route = require "thrive.route"
local sorted_keys = require("thrive.options").sorted_keys
local texts = require "thrive.text"

local M = {}

local LISTED <const> = 1000 -- members up to which their list is read to tell who would come and go
local NAMED <const> = 10    -- of those who would go, so many are named
local LONGEST <const> = 200 -- bytes of a value that are shown

local null = core.null

-- ---- the record that a write is about ----------------------------------------------------------------------------------

--- What a write names its record by: the last path argument, or where the catalogue says that it is in the body.
-- @tparam table target of thrive.route
-- @treturn string|nil
function M.key(target)
  local current = target.entry and target.entry.current
  if current and current.by then return (route.follow(target.body, current.by)) end
  local last = target.args[#target.args]
  return last and last.value
end

local function wanted(target)
  local current = target.entry.current
  if current.params then
    local params = {}
    for name, arg in pairs(current.params) do
      for _, given in ipairs(target.args) do
        if given.name == arg then params[name] = math.tointeger(tonumber(given.value)) or given.value end
      end
    end
    return params
  end
  return M.key(target)
end

--- The record as the service shows it now, by one request.
-- @param client userdata
-- @tparam table target of thrive.route
-- @treturn table|nil nil as well where the catalogue knows no way to read it
-- @return nil, or the error
function M.current(client, target)
  local current = target.entry and target.entry.current
  if not (current and current.read) then return nil end
  local key = wanted(target)
  if key == nil then return nil end
  return route.call(client, current.read, key)
end

local function join(words, separator)
  local found = {}
  for i = 1, #words do
    local word = words[i]
    if type(word) == "string" and word ~= "" then found[#found + 1] = word end
  end
  return found[1] and table.concat(found, separator)
end

--- A record in a few words: "Ada Lovelace, ada@example.org, active"; nil when it has none of the fields that tell.
-- @tparam table record
-- @treturn string|nil
function M.title(record)
  local function text(name) return type(record[name]) == "string" and record[name] or "" end
  local name = join({ text("firstName"), text("lastName") }, " ") or text("name")
  local content = text("primaryContentId")
  return join({ name, text("email"), text("status"), content ~= "" and "content " .. content or "",
    content ~= "" and "audience " .. text("audienceId") or "" }, ", ")
end

-- ---- what a plan has changed so far ------------------------------------------------------------------------------------

-- A plan goes on from what its earlier steps would have done: [tenant, operation that reads, key] = { record =, err =, values
-- (field as it is written → value of the plan), made (by the plan), gone (by the plan) }. What was read once is not read again.
local seen = {}

local function remembered(client, state, target)
  local account, current = state.account, target.entry.current
  local key = table.concat({ account.base_url, account.tenant or "", current.read, tostring(M.key(target)) }, "\0")
  local known = seen[key]
  if not known then
    known = { values = {} }
    if not current.makes then known.record, known.err = M.current(client, target) end
    seen[key] = known
  end
  return known
end

-- ---- comparing ---------------------------------------------------------------------------------------------------------

local NONE <const> = "(none)"

local function show(value)
  if value == nil or value == null then return NONE end
  local text = core.json.encode(value)
  if not text then return tostring(value) end
  if #text <= LONGEST then return text end
  return texts.head(text, LONGEST) .. "…"
end

local function equal(a, b)
  if a == null then a = nil end
  if b == null then b = nil end
  if type(a) == "table" and type(b) == "table" then
    for key, value in pairs(a) do if not equal(value, b[key]) then return false end end
    for key in pairs(b) do if a[key] == nil then return false end end
    return true
  elseif type(a) == "string" and type(b) == "string" then
    if #a > #b then a, b = b, a end
    return a == b or a:find("^%d%d%d%d%-%d%d%-%d%d$") ~= nil and b:find("^T00:00:00%.?0*Z?$", 11) ~= nil and b:sub(1, 10) == a
  end
  return a == b
end

-- The documented fields of the record that an operation returns: one of them that is absent is null.
local function documented(name)
  local group = catalogue.load(name:match("^(.*)%."))
  local fields = {}
  for _, entry in ipairs(group.operations) do
    if group.name .. "." .. entry.verb == name then
      for _, field in ipairs(describe.fields_of(group, entry.returns)) do fields[field[1]] = true end
    end
  end
  return fields
end

-- What a field that is written has by now, and whether that is known.
local function before(known, current, field, fields)
  if known.values[field] ~= nil then return known.values[field], true end
  if known.made then return nil, true end
  local path = current.shown and current.shown[field]
  local value, reached = route.follow(known.record, path or { field })
  if value ~= nil then return value, true end
  if path then return nil, reached and not path.sometimes end
  return nil, fields[field] ~= nil
end

-- The names of the fields that an operation takes where its body has them.
local function named(entry, path)
  local params, names = entry.params, {}
  for _, name in ipairs(path) do
    for _, param in ipairs(params) do
      if param[1] == name then
        params = param.fields
        break
      end
    end
  end
  for _, param in ipairs(params) do names[param[1]] = true end
  return names
end

-- The fields that a write sends, flat: custom fields as "additionalFields.name". An event has them beside the others.
local function sent(target)
  local current = target.entry.current
  local body, names = target.body, nil
  if current.fields then body, names = route.follow(body, current.fields), named(target.entry, current.fields) end
  local values = {}
  for name, value in pairs(type(body) == "table" and body or {}) do
    if name == "additionalFields" and type(value) == "table" then
      for key, own in pairs(value) do values["additionalFields." .. key] = own end
    elseif names and not names[name] then
      values["additionalFields." .. name] = value
    elseif not (names and name == "ref") then
      values[name] = value
    end
  end
  for name, value in pairs(current.becomes or {}) do values[name] = value end
  return values
end

-- The differences of one record: an array of { field =, old =, new =, unknown = (is old not known?) }, and the fields that
-- stay as they are.
local function compare(known, target)
  local current = target.entry.current
  local fields = documented(current.read)
  local differences, same = {}, {}
  local values = sent(target)
  for _, field in ipairs(sorted_keys(values)) do
    local new = values[field]
    local custom = field:match("^additionalFields%.(.*)$")
    local old, is_known
    if custom and known.values[field] == nil then
      old = route.follow(known.record or {}, { "additionalFields", custom })
      is_known = true
    else
      old, is_known = before(known, current, field, fields)
    end
    if is_known and equal(old, new) then
      same[#same + 1] = field
    else
      differences[#differences + 1] = { field = field, old = old, new = new, unknown = not is_known or nil }
    end
    known.values[field] = new
  end
  return differences, same, values
end

-- Of a write that replaces everything: what the record has and the body has not.
local function left_out(known, values)
  local names = {}
  for name, value in pairs(known.record or {}) do
    if values[name] == nil and name ~= "id" and value ~= null then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

local function key_of(value) return type(value) == "string" and (value:find("@", 1, true) and value:lower() or value) end

-- Who would come and who would go when a list is replaced.
local function replaced(client, state, target)
  local group, audience = target.group, target.args[1].value
  local given = state.whole or target.body
  local list
  for _, entry in ipairs(group.operations) do if entry.verb == target.entry.current.list then list = entry end end
  local what = group.name:match("[^.]*$")
  local members, total, err
  if list.pages then
    total, err = route.call(client, group.name .. ".count", audience)
    if total and total <= LISTED then members, err = route.call(client, group.name .. ".all", audience) end
  else
    members, err = route.call(client, group.name .. "." .. list.verb, audience)
    members = members and members.results
    total = members and #members
  end
  if not total then return nil, err end
  local lines = { ("%s: %d now, %d given"):format(what, total, #given) }
  if not members then return lines end
  local by_key, stay, added = {}, {}, 0
  for _, member in ipairs(members) do
    for _, name in ipairs{ "reference", "email", "userId" } do
      local key = key_of(member[name])
      if key then by_key[key] = member end
    end
  end
  for _, entry in ipairs(given) do
    local member = by_key[key_of(type(entry) == "table" and entry.reference or entry) or ""]
    if member then stay[member] = true else added = added + 1 end
  end
  local out = {}
  for _, member in ipairs(members) do
    if not stay[member] then out[#out + 1] = tostring(member.reference or member.email or member.userId) end
  end
  lines[1] = ("%s: %d added, %d taken out, %d stay"):format(lines[1], added, #out, total - #out)
  if out[1] then
    local rest = #out - NAMED
    lines[2] = ("taken out: %s%s"):format(table.concat(out, ", ", 1, math.min(#out, NAMED)),
      rest > 0 and (" and %d more"):format(rest) or "")
  end
  return lines
end

local function reason(err)
  return core.iserror(err) and tostring(err.message) or tostring(err)
end

--- What a planned write would change, by what the service shows and what the plan has changed before.
-- @param client userdata
-- @tparam table state
-- @tparam table target of thrive.route
-- @treturn table lines for people; empty where there is nothing to compare with
-- @treturn table|nil { { field =, old =, new =, unknown = }, … } where fields were compared
function M.of(client, state, target)
  local entry = target.entry
  local current = entry and entry.current
  if not current then return {} end
  if current.list then
    local lines, err = replaced(client, state, target)
    if lines then return lines end
    if core.iserror(err) and err.kind == "not_found" then return { "would fail: not_found: " .. reason(err) } end
    return { "cannot tell what would change: " .. reason(err) }
  end
  if M.key(target) == nil then return {} end
  local known = remembered(client, state, target)
  local missing = known.gone or core.iserror(known.err) and known.err.kind == "not_found" and not known.made
  if current.makes or current.creates and missing then
    if known.record and not known.gone then return { "would fail: it is there already" } end
    known.made, known.gone, known.err, known.values = true, nil, nil, {}
    for name, value in pairs(sent(target)) do known.values[name] = value end
    return current.makes and {} or { "is new" }
  end
  if known.gone then return { "would fail: not_found: it is deleted before" } end
  if missing then return { "would fail: not_found: " .. reason(known.err) } end
  if not known.record and not known.made then return { "cannot tell what would change: " .. reason(known.err) } end
  local lines = { ("%s%s: %s"):format(target.raw and "as " or "", target.operation,
    known.record and M.title(known.record) or known.made and "made before" or M.key(target)) }
  if target.method == "DELETE" or entry.destructive == "delete" then
    known.gone = true
    return lines
  end
  local differences, same, values = compare(known, target)
  for _, d in ipairs(differences) do
    lines[#lines + 1] = ("%s: %s -> %s"):format(d.field, d.unknown and "unknown" or show(d.old),
      (d.new == nil or d.new == null) and "(cleared)" or show(d.new))
  end
  if same[1] then lines[#lines + 1] = "unchanged: " .. table.concat(same, ", ") end
  local out = current.whole and left_out(known, values)
  if out and out[1] then lines[#lines + 1] = "left out, and may be cleared: " .. table.concat(out, ", ") end
  return lines, differences
end

return M
