--- The sandbox's tenant as a server, in its own Lua state. sandbox.c calls open() once, then the two functions that it
-- returns, one call at a time: answer() for each request, command() for each method of the sandbox object.
--
-- A request passes, in this order: log, fault rules, credentials, route, scope, query, body, and the route's own run.
local check = require "thrive.sandbox.check"
local faults = require "thrive.sandbox.faults"
local json = require "thrive.sandbox.json"
local log = require "thrive.sandbox.log"
local reply = require "thrive.sandbox.reply"
local rooms = require "thrive.sandbox.rooms"
local seed = require "thrive.sandbox.seed"
local target = require "thrive.sandbox.target"
local tokens = require "thrive.sandbox.tokens"

local M = {}

-- "/rest/v1/user/{id}" → { "rest", "v1", "user", { name = "id" } }
local function template(path)
  local out = {}
  for piece in path:gmatch("/([^/]*)") do
    local name = piece:match("^{(.*)}$")
    out[#out + 1] = name and { name = name } or piece
  end
  return out
end

local ROUTES = {}
for _, room in ipairs(rooms) do
  for _, route in ipairs(room.routes or {}) do
    route.template = template(route.path)
    ROUTES[#ROUTES + 1] = route
  end
end

local GUARDS = {}
for _, room in ipairs(rooms) do GUARDS[#GUARDS + 1] = room.guard end

-- What checks the credentials of a request: a room's own guard, or Thrive's.
local function authenticator(path)
  for _, guard in ipairs(GUARDS) do
    if path:sub(1, #guard.prefix) == guard.prefix then return guard.authenticate end
  end
  return tokens.authenticate
end

local function fits(parts, segments)
  if #parts ~= #segments then return nil end
  local args = {}
  for i, part in ipairs(parts) do
    if type(part) == "table" then args[part.name] = segments[i] elseif part ~= segments[i] then return nil end
  end
  return args
end

-- The route of a request; without one, the methods that the path does have. Fixed segments go before variable ones:
-- /users/ref/{ref} and /users/{userId}/tags fit the same path.
local function find_route(method, segments)
  local allowed, best, best_args, best_fixed = {}, nil, nil, -1
  for _, route in ipairs(ROUTES) do
    local args = fits(route.template, segments)
    if args then
      allowed[#allowed + 1] = route.method
      local fixed = #segments
      for _ in pairs(args) do fixed = fixed - 1 end
      if route.method == method and fixed > best_fixed then best, best_args, best_fixed = route, args, fixed end
    end
  end
  return best, best_args, allowed
end

local function check_args(args)
  local problems = {}
  for name, value in pairs(args) do
    if value == "" then
      problems[name] = "is required"
    elseif not utf8.len(value) then
      problems[name] = "must be UTF-8"
    end
  end
  return next(problems) and reply.error(400, problems)
end

local function read_query(route, text)
  local values, problems = target.pairs(text)
  local params = check.query(values, route.query or {}, problems)
  if next(problems) then return nil, reply.error(400, problems) end
  return params
end

local function read_body(tenant, route, headers, body)
  if not route.body and not route.list then
    if body ~= "" then return nil, reply.error(400, "this operation takes no body") end
    return {}
  end
  local kind = (headers["content-type"] or ""):lower():match("^[^;%s]*")
  if kind ~= "application/json" then
    return nil, reply.error(415, "the Content-Type must be application/json")
  end
  if not utf8.len(body) then return nil, reply.error(400, "the body is not UTF-8") end
  local fields, why = json.decode(body)
  if fields == nil then return nil, reply.error(400, "the body is not JSON: " .. why) end
  local problems = {}
  if route.list then
    if not json.is_array(fields) then return nil, reply.error(400, "the body must be a JSON array") end
    check.list(fields, route.list, problems, tenant)
  elseif not json.is_object(fields) then
    return nil, reply.error(400, "the body must be a JSON object")
  else
    check.object(fields, route.body, problems, "", tenant)
  end
  if route.check then route.check(tenant, fields, problems) end
  if next(problems) then return nil, reply.error(422, problems) end
  return fields
end

-- Everything from credentials to the route's own run.
local function handle(tenant, entry, headers, body, too_large)
  local segments = target.segments(entry.path)
  local route, args, allowed
  if segments then route, args, allowed = find_route(entry.method, segments) end
  entry.operation = route and route.method .. " " .. route.path
  if not (route and route.open) then
    local principal, refused = authenticator(entry.path)(tenant, headers)
    if not principal then return refused end
    entry.authorized = true
    if not segments then return reply.error(400, "the path is not percent-encoded correctly") end
    if not route and #allowed > 0 then
      return reply.error(405, entry.path .. " has no " .. entry.method, { "Allow", table.concat(allowed, ", ") })
    elseif not route then
      return reply.error(404, "there is no " .. entry.path)
    end
    refused = tokens.forbidden(principal, route.scope)
    if refused then return refused end
  end
  local refused = check_args(args)
  if refused then return refused end
  if too_large then return reply.error(413, "the body is larger than the sandbox takes") end
  local request = { args = args, headers = headers, body = body }
  request.params, refused = read_query(route, entry.raw_query)
  if not request.params then return refused end
  if not route.raw then -- a raw route reads its body itself
    request.fields, refused = read_body(tenant, route, headers, body)
    if not request.fields then return refused end
  end
  local answer = route.run(tenant, request)
  if route.open then entry.authorized = answer.status < 400 end
  return answer
end

-- A bug of the sandbox must not look like anything else.
local function failed(entry, message)
  entry.error = message
  return reply.error(500, "the sandbox failed: " .. tostring(message):match("^[^\n]*"))
end

local function header_table(list)
  local headers = {}
  for i = 1, #list, 2 do
    local name = list[i]:lower()
    headers[name] = headers[name] and headers[name] .. ", " .. list[i + 1] or list[i + 1]
  end
  return headers
end

-- What the log keeps: no secret that could end up in a bug report.
local function public_headers(headers)
  local out = {}
  for name, value in pairs(headers) do out[name] = value end
  if out.authorization then out.authorization = out.authorization:match("^%S*") end
  if out["x-api-token"] then out["x-api-token"] = "***" end
  return out
end

local function new_entry(tenant, method, raw, headers, body, connection)
  local path, query = target.split(raw)
  tenant.requests = tenant.requests + 1
  return {
    id = string.format("sandbox-%06d", tenant.requests), number = tenant.requests, method = method, target = raw,
    path = path, decoded = target.decode(path) or path, raw_query = query, query = (target.pairs(query)),
    headers = public_headers(headers), body = body:gsub("(client_secret=)[^&]*", "%1***"), authorized = false,
    connection = connection, time = tenant.now() / 1000,
  }
end

local function decide(tenant, entry, headers, body, too_large)
  local rule = faults.take(tenant.faults, entry)
  local answer, plan
  if not rule or faults.handles(rule) then answer = handle(tenant, entry, headers, body, too_large) end
  if rule then
    entry.fault = rule.id
    answer, plan = faults.apply(rule, answer)
  end
  return answer, plan
end

local function answerer(tenant)
  return function(method, raw, list, body, connection, too_large)
    local headers = header_table(list)
    local entry = new_entry(tenant, method, raw, headers, body, connection)
    log.add(tenant.log, entry)
    local ok, answer, plan = xpcall(decide, debug.traceback, tenant, entry, headers, body, too_large)
    if not ok then answer, plan = failed(entry, answer), nil end
    if tenant.latency > 0 then
      plan = plan or {}
      plan.delay = (plan.delay or 0) + tenant.latency
    end
    -- after a reset there is no status: nothing was answered
    if not (plan and plan.reset) then entry.status = answer.status end
    local out = { "X-Request-Id", entry.id }
    for i = 1, #answer.headers, 2 do
      if answer.headers[i]:lower() == "x-request-id" then out = {} end -- a fault brought its own
    end
    table.move(answer.headers, 1, #answer.headers, #out + 1, out)
    return answer.status, answer.body, out, plan
  end
end

local COMMANDS = {}

function COMMANDS.fault(tenant, command) return faults.add(tenant.faults, command.rule) end

function COMMANDS.clear_faults(tenant, command) return faults.clear(tenant.faults, command.id) end

function COMMANDS.requests(tenant, command)
  return {
    entries = json.array(log.select(tenant.log, command.filter or {}, faults.matches)), dropped = tenant.log.dropped,
  }
end

function COMMANDS.count(tenant, command) return #log.select(tenant.log, command.filter or {}, faults.matches) end

function COMMANDS.clear_requests(tenant) log.clear(tenant.log) end

for _, room in ipairs(rooms) do
  for name, run in pairs(room.commands or {}) do COMMANDS[name] = run end
end

local function commander(tenant)
  return function(text)
    local command = assert(json.decode(text))
    local value = COMMANDS[command.op](tenant, command)
    return json.encode{ value = value }
  end
end

--- Makes the tenant.
-- @tparam string config JSON, checked by thrive.sandbox
-- @tparam function now → milliseconds since the epoch
-- @treturn function answer(method, target, headers, body, connection, too_large) → status, body, headers, plan
-- @treturn function command(text) → text
function M.open(config, now)
  local tenant = seed.tenant(assert(json.decode(config)), now)
  tenant.faults = faults.new()
  tenant.log = log.new(tenant.log_limit)
  tenant.requests = 0
  for _, room in ipairs(rooms) do
    if room.seed then room.seed(tenant) end
  end
  return answerer(tenant), commander(tenant)
end

return M
