--- thrive.client: options, the credential chain, hosts; a client's groups and methods.
-- @module thrive.client

local core = require "thrive.core"
local call = require "thrive.call"
local credentials = require "thrive.credentials"
local options = require "thrive.options"
local resource = require "thrive.resource"
local scheduler = require "thrive.scheduler"
local settings = require "thrive.settings"

local M = {}

local one_of, problems_of = options.one_of, options.problems_of

-- Every option of thrive.client.
local known = { profile = { "string", function(v) return v ~= "" or nil, "the name of a profile" end } }
for _, set in ipairs { options.credentials, options.client } do
  for name, rule in pairs(set) do known[name] = rule end
end
local hooks = { request = true, response = true, retry = true }

local function config_error(message, hint)
  return nil, core.error { kind = "config", message = message, hint = hint, sent = false, retryable = false }
end

local methods = {}

local function check_self(client, name)
  if getmetatable(client) ~= "thrive.client" then
    error(("client:%s: call it with a colon: client:%s(…)"):format(name, name), 3)
  end
end

local request_fields = {
  method = { "string", one_of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") },
  path = { "string" }, query = { "table" }, headers = { "table" },
  host = { "string", one_of("api", "webhooks") },
}

--- The escape hatch: any request, with the client's credentials, retries, guards and redaction.
-- @tparam table request `method`, `path` ("/rest/v1/…", percent-encoded), and optionally `query` (name → string,
--   number, boolean or an array of them), `body` (any JSON value), `headers`, `host` ("api" or "webhooks")
-- @tparam[opt] table options `timeout`, `deadline`, `max_retries`
-- @return the decoded answer (true when it is empty, a string when it is not JSON), err, meta
-- @usage local tags = client:request{ method = "GET", path = "/rest/v1/tags", query = { perPage = 10 } }
function methods.request(client, request, per_call)
  check_self(client, "request")
  local state = core.state(client)
  if type(request) ~= "table" then
    error("client:request: argument #1 must be a table (got " .. type(request) .. ")", 2)
  end
  local body = request.body
  local rest = {}
  for key, value in pairs(request) do if key ~= "body" then rest[key] = value end end
  local wrong = problems_of(rest, request_fields, "a field of a request")
  if not wrong and not (request.method and request.path) then
    wrong = request.method and "missing 'path'" or "missing 'method'"
  end
  if not wrong and per_call ~= nil then
    wrong = type(per_call) ~= "table" and "argument #2 must be a table of options"
      or problems_of(per_call, options.per_call, "an option")
  end
  local query
  if not wrong and request.query then
    query = {}
    for name in pairs(request.query) do
      if type(name) ~= "string" then wrong = "the names of 'query' must be strings (got a " .. type(name) .. ")" end
    end
    for _, name in ipairs(options.sorted_keys(request.query)) do
      query[#query + 1] = name
      query[#query + 1] = request.query[name]
    end
  end
  if wrong then error("client:request: " .. wrong, 2) end
  local transfer, problem =
    core.prepare_raw(client, request.method, request.host or "api", request.path, query, body)
  local ok = transfer ~= nil
  if ok and request.headers then ok, problem = core.add_headers(transfer, request.headers) end
  if ok and per_call and per_call.headers then ok, problem = core.add_headers(transfer, per_call.headers) end
  if not ok then error("client:request: " .. problem, 2) end
  return call.write(client, state, transfer, per_call)
end

--- Counters since the client was made:
--
-- * `calls`, `attempts` (of calls and for tokens), `retries`;
-- * `waits`: pauses, of one call before its next attempt or of all calls after a 429, and `waited`, their seconds;
-- * `throttled`: answers of 429; `rate`: requests per second that the client allows itself after one, absent when it is
--   not held back;
-- * `bytes` = `bytes_sent` + `bytes_received`, on the wire; `connections` opened;
-- * `p50`, `p95`: the time in seconds that half and 95 % of the answers took at most, within 3.2 %, each attempt by itself,
--   connecting included, waiting for a place not; absent before the first answer.
-- @treturn table
function methods.stats(client)
  check_self(client, "stats")
  return core.stats(client)
end

--- Moves everything on, for a program that has an event loop of its own (luv, cqueues, copas): the transfers and timers of
-- every client of this Lua state, and the tasks that `thrive.spawn` has made. Call it when a descriptor of `fds` is ready,
-- when its time is over, and after spawning. Calls of the program outside of tasks block as always.
-- @tparam[opt=0] number timeout seconds to wait at most, less when a task had its turn
-- @treturn boolean is there anything left to do: transfers, timers, tasks that are ready?
-- @raise inside a task or a hook; what tasks raise belongs to those who wait for them
-- @usage while client:step(1) do end -- all that was spawned
function methods.step(client, timeout)
  check_self(client, "step")
  if timeout == nil then timeout = 0 end
  if type(timeout) ~= "number" or timeout < 0 or timeout ~= timeout then
    error("client:step: argument #1 must be a number of seconds, 0 or more", 2)
  end
  return scheduler.step(timeout) -- a tail call: what it raises is raised at our caller
end

--- What a program with an event loop of its own has to wait for before it calls `step` again. It changes with every step:
-- ask again after each.
-- @treturn table { { fd =, read =, write = }, … }: descriptors, and what for
-- @treturn number|nil seconds after which `step` must be called even if none is ready (timers of libcurl, sleeping tasks,
--   retries, a client that is held back); nil: only the descriptors matter. Descriptors of 1024 and more are not listed;
--   while transfers use one, this is at most 0.1.
function methods.fds(client)
  check_self(client, "fds")
  return scheduler.fds()
end

--- What a dry run would have sent so far, in order: { { operation =, method =, path =, body = }, … }. Under thrivelua --dry-run
-- those that change a record also have `changes`: { { field =, old =, new =, unknown = }, … }.
-- @treturn table
function methods.plan(client)
  check_self(client, "plan")
  local plan = {}
  for i, entry in ipairs(core.state(client).plan) do plan[i] = entry end
  return plan
end

--- Cancels what is under way, wipes the secrets, closes. Idempotent; also done by `<close>` and the collector.
function methods.close(client)
  check_self(client, "close")
  core.close(client)
end

--- Checks options of a constructor and raises, two levels up, what is wrong with them.
-- @tparam string name "thrive.client"
-- @param given what was passed
-- @tparam table rules name → rule
function M.check(name, given, rules)
  if type(given) ~= "table" then
    error(("%s: argument #1 must be a table of options (got %s)"):format(name, type(given)), 3)
  end
  local wrong = problems_of(given, rules, "an option")
  if not wrong and given.on then
    for hook, f in pairs(given.on) do
      if not hooks[hook] then
        wrong = ("'on.%s' is not a hook (request, response, retry)"):format(tostring(hook))
      elseif type(f) ~= "function" then
        wrong = ("'on.%s' must be a function"):format(hook)
      end
    end
  end
  if wrong then error(("%s: %s"):format(name, wrong), 3) end
end

--- Makes the userdata from hosts and credentials (config) and all the other options (given).
-- @treturn client|nil
-- @return its state table, or an error object
-- @treturn table its face
function M.open(config, given)
  config.token_basic = given.token_auth == "basic"
  config.ca_file = given.ca_file or os.getenv("SSL_CERT_FILE")
  if config.ca_file == "" then config.ca_file = nil end
  config.proxy = given.proxy
  config.connect_timeout = given.connect_timeout or 10
  config.read_only = settings.read_only or given.read_only
  config.dry_run = settings.dry_run or given.dry_run
  config.keep_nulls = given.nulls == "keep"
  config.concurrency = given.concurrency or 8
  local transport = core.transport_version() or ""
  config.user_agent = ("%sthrive-lua/%s (%s; %s)"):format(given.user_agent and given.user_agent .. " " or "",
    core.version, _VERSION, transport:match("^%S*"))

  -- Most runs are not at a terminal: the lists of this client need not load thrive.progress to find that out.
  if settings.progress and not core.system.isatty(2) then settings.progress = nil end

  local client, state, face = core.client(config)
  if not client then return nil, state end
  local base_url, webhooks_url = core.hosts(client)
  state.timeout = given.timeout or 60
  state.deadline = given.deadline
  state.max_retries = given.max_retries or 3
  state.raise = given.raise
  state.on = given.on
  state.on_plan = settings.on_plan
  state.guard = settings.guard or settings.host and {} or nil
  state.account = { service = config.auth_header and "aptem" or "thrive", profile = config.profile,
    tenant = config.tenant_id or config.tenant, base_url = base_url, webhooks_url = webhooks_url }
  state.counter = settings.on_client and settings.on_client(client)
  state.plan = {}
  state.queue = call.queue(client)
  state.freed = call.freed
  state.call = { timeout = state.timeout, max_retries = state.max_retries }
  state.needs_token = core.token_state(client, "api") ~= "none"
  state.guards = config.read_only or config.dry_run or state.needs_token -- something may keep a call from being sent
  return client, state, face
end

M.methods = methods

--- Makes a client of what thrive.credentials has put together.
-- @tparam table config secrets, ids, scope, region, base_url, webhooks_url; becomes core's
-- @tparam table given the other options
-- @tparam[opt] table info of thrive.credentials: where they are from
-- @treturn client|nil
-- @return nil, or an error object of kind "config"
function M.make(config, given, info)
  local region = config.region or "production"
  local pair = credentials.regions[region]
  if not pair then
    return config_error(("THRIVE_REGION is \"%s\""):format(region), "use one of production, staging, production-mea, "
      .. "staging-mea")
  end
  config.webhooks_url = config.webhooks_url or config.base_url or pair[2]
  config.base_url = config.base_url or pair[1]
  config.region = nil
  local client, state, face = M.open(config, given)
  if not client then
    if info and info.source == "profile" and not state.hint then
      state.hint = ("correct profile \"%s\" in %s"):format(info.profile, info.path)
    elseif info and info.kind ~= "token" and config.tenant_id == nil and not state.hint then
      state.hint = info.source == "environment" and "set THRIVE_TENANT_ID as well" or "pass tenant_id, or set THRIVE_TENANT_ID"
    end
    return nil, state
  end
  resource.install(client, state, face, methods)
  return client
end

--- Makes a client. Nothing is sent.
-- @tparam[opt] table given the options, all optional:
--
-- * `tenant_id`, `api_key`: HTTP Basic; or `client_secret` (and `client_id`, `scope`, `token_auth = "basic"` to send
--   them as a header instead of a form): OAuth 2.0 client credentials; or `token`: a bearer token you hold. What is
--   not given comes from THRIVE_TENANT_ID, THRIVE_API_KEY, THRIVE_CLIENT_ID, THRIVE_CLIENT_SECRET, THRIVE_TOKEN, and
--   where none of these is a secret, or none is its tenant, from the profile "default" (see thrive.profile);
-- * `profile`: the name of a profile (else --profile, then THRIVE_PROFILE), which then takes the environment's place;
-- * `region`: "production" (default), "staging", "production-mea", "staging-mea" (THRIVE_REGION); or `base_url`,
--   `webhooks_url`: other hosts, as origins without /rest (THRIVE_BASE_URL, THRIVE_WEBHOOKS_URL; webhooks_url
--   defaults to base_url);
-- * `timeout` (60 s per attempt), `connect_timeout` (10 s), `deadline` (seconds for a whole call with its retries;
--   none), `max_retries` (3), `concurrency` (8 requests at once);
-- * `ca_file` (a PEM bundle; default SSL_CERT_FILE, then the system's), `proxy` (a URL; "" for none; default from the
--   environment), `user_agent` (put before the module's own);
-- * `nulls`: "drop" (a null field is absent) or "keep" (it is thrive.null);
-- * `raise`: calls raise their error instead of returning it; `dry_run`, `read_only`: see `plan` and kind `guard`;
-- * `on` = { request = f, response = f, retry = f }: called with a table that holds no secret.
-- @treturn client|nil
-- @return nil, or an error object of kind "config": its message lists every place looked in
-- @raise on options of the wrong name or type
-- @usage local client = assert(thrive.client{ tenant_id = "eu-west-2_AbcdEfghI", api_key = "…" })
function M.new(given)
  if given == nil then given = {} end
  M.check("thrive.client", given, known)
  local config, info = credentials.resolve(given)
  if not config then return nil, info end
  for name, value in pairs(given) do info.settings[name] = value end
  config.profile = info.profile
  return M.make(config, info.settings, info)
end

return M
