--- What a write is about: its operation in the catalogue, also where the script has only given method and path, its path
-- arguments, its body. For those who judge writes (thrive.guard), show them (thrive.plan) or log them (thrive.audit).
-- @module thrive.route

local core = require "thrive.core"
local catalogue = require "thrive.catalogue"
local describe = require "thrive.describe"
local scheduler = require "thrive.scheduler"

local M = {}

-- The groups of a service, loaded when somebody makes a request by hand.
local services = {}
local function groups_of(service)
  if not services[service] then
    local list = {}
    for _, group in ipairs(describe.groups()) do
      if describe.is_aptem(group.name) == (service == "aptem") then list[#list + 1] = group end
    end
    services[service] = list
  end
  return services[service]
end

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

-- The segments of a path, unescaped. Of one that a script has made up (`raw`) as a service may read it that is lenient:
-- without empty segments and with . and .. gone.
local function segments_of(path, raw)
  local segments = {}
  for part in path:gmatch("[^/]+") do
    local segment = unescape(part)
    if raw and segment == ".." then
      segments[#segments] = nil
    elseif not (raw and segment == ".") then
      segments[#segments + 1] = segment
    end
  end
  return segments
end

local templates = {} -- path of the catalogue → { segment, … }: false for an argument, else the word in lower case

local function template_of(path)
  local template = templates[path]
  if not template then
    template = {}
    for part in path:gmatch("[^/]+") do template[#template + 1] = part:sub(1, 1) ~= "{" and part:lower() end
    templates[path] = template
  end
  return template
end

-- The path arguments of an operation in a path, nil where it is another one's. Words are compared in any case: a service may
-- do so, and who judges a write must not be told otherwise.
local function arguments(entry, segments)
  local template, found, count = template_of(entry.path), {}, 0
  if #template ~= #segments then return nil end
  for i, word in ipairs(template) do
    if not word then
      count = count + 1
      found[count] = { name = entry.args[count][1], value = segments[i] }
    elseif segments[i]:lower() ~= word then
      return nil
    end
  end
  return found
end

local function find(service, method, host, segments)
  for _, group in ipairs(groups_of(service)) do
    for _, entry in ipairs(group.operations) do
      if entry.method == method and (not host or (entry.host or "api") == host) then
        local found = arguments(entry, segments)
        if found then return entry, group, found end
      end
    end
  end
  return nil
end

--- Follows a path of names into a value; of an array, such as a user's positions, the active element counts, else the
-- first.
-- @return the value, nil where the way ends
-- @treturn boolean does all but the last name lead somewhere?
function M.follow(value, names)
  for i, name in ipairs(names) do
    if type(value) == "table" and core.json.isarray(value) then
      local chosen = value[1]
      for _, element in ipairs(value) do
        if type(element) == "table" and element.isActive then chosen = element end
      end
      value = chosen
    end
    if type(value) ~= "table" then return nil, false end
    value = value[name]
    if value == core.null then value = nil end
    if value == nil then return nil, i == #names end
  end
  return value, true
end

-- An envelope of the script's own (events:send, or by hand) is the event that it names.
local function event_of(group, body)
  local kind = M.follow(body, { "eventType" })
  for _, entry in ipairs(group.operations) do
    if entry.event ~= nil and entry.event == kind then return entry end
  end
  return nil
end

--- What a transfer is about.
-- @tparam table state of its client
-- @param transfer
-- @tparam[opt] table entry of the catalogue, when it is known
-- @tparam[opt] string url of the request, when it was described before
-- @treturn table `method`, `path` (without the client's prefix and the query), `operation` (its name; of the one that a
--   request by hand comes to, if any), `raw` (is it by hand?), `entry` and `group` (nil when the catalogue does not know it),
--   `args` ({ { name =, value = }, … }), `body` (nil when it has none)
function M.of(state, transfer, entry, url)
  local what = core.describe(transfer)
  local host = core.host(transfer)
  local account = state.account
  local base = host == "webhooks" and account.webhooks_url or account.base_url
  local path = (url or what.url):sub(#base + 1):gsub("%?.*", ""):gsub("//+", "/"):gsub("(.)/$", "%1")
  local target = { method = what.method, path = path, operation = what.operation, raw = entry == nil, args = {} }
  local body = core.planned(transfer)
  if body ~= true then target.body = body end
  if entry then
    target.entry, target.group = entry, catalogue.load(what.operation:match("^(.*)%.[^.]*$"))
    target.args = arguments(entry, segments_of(path)) or {}
  else
    local one = account.base_url == account.webhooks_url -- host: whichever was said, it comes to the same
    local found, group, given = find(account.service, what.method, not one and host or nil, segments_of(path, true))
    if found then
      target.entry, target.group, target.args = found, group, given
      target.operation = group.name .. "." .. found.verb
    end
  end
  local known = target.entry
  if known and (known.event or known.destructive == "by event") then
    target.entry = event_of(target.group, body) or known
    target.operation = target.group.name .. "." .. target.entry.verb
  end
  return target
end

--- Does a body set an endDate that is over? The service then takes the account for expired, as if it was suspended.
-- @tparam table entry of the catalogue
-- @param body decoded
-- @treturn boolean
function M.ends(entry, body)
  local fields = entry.current.fields and M.follow(body, entry.current.fields) or body
  local day = type(fields) == "table" and fields.endDate
  return type(day) == "string" and day:find("^%d%d%d%d%-%d%d%-%d%d") ~= nil and day:sub(1, 10) <= os.date("!%Y-%m-%d")
end

--- What thrive.guard counts a write as: "delete", "suspend", "remove", "replace", or nil. A DELETE that the catalogue does
-- not know is a delete.
function M.destructive(target)
  local kind = target.entry and target.entry.destructive
  if kind == "by event" then return nil end -- of no event that is known
  if kind == "by end date" then return M.ends(target.entry, target.body) and "suspend" or nil end
  return kind or target.method == "DELETE" and "delete" or nil
end

--- Calls an operation by its name, as a script would, and gives what it gives; what it raises (a client with `raise`, a
-- record that cannot be asked for) is an error as well.
-- @param client userdata
-- @tparam string name "users.get_by_ref"; Aptem's begin with "aptem."
-- @param ... arguments
-- @return value, err
function M.call(client, name, ...)
  local at, verb = client, name:match("[^.]*$")
  for word in name:gsub("^aptem%.", ""):gmatch("([^.]+)%.") do at = at[word] end
  local ok, value, err = pcall(at[verb], at, ...)
  if ok then return value, err end
  if scheduler.is_interrupt(value) then error(value, 0) end
  return nil, value
end

return M
