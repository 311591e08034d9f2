--- A Thrive tenant on a loopback port, inside this process: for trying scripts and for testing them, without an account
-- and without a network. It is seeded, remembers what is written to it, is as strict as the documentation, and can be
-- told to fail in every way that a network knows.
--
-- @usage
-- local sandbox = assert(require("thrive.sandbox").start{ users = 500 })
-- local client = assert(sandbox:client())
-- sandbox:fault{ method = "POST", path = "/rest/v2/users", reset = "after" }
-- print(client.users:create{ ref = "U9001", firstName = "Zoë", lastName = "Ng", email = "zoe@example.com" })
-- print(sandbox:count{ method = "POST" })
-- sandbox:stop()
local json = require "thrive.sandbox.json"
local options = require "thrive.sandbox.options"

local M = {}

local Sandbox = {}
Sandbox.__index = Sandbox
Sandbox.__name = "thrive.sandbox"

local INSTALL = "thrive.sandbox needs libmicrohttpd: install libmicrohttpd12 (Debian, Ubuntu; libmicrohttpd-dev to build it), "
  .. "libmicrohttpd (Fedora; libmicrohttpd-devel to build it), libmicrohttpd (Alpine; libmicrohttpd-dev to build it) or "
  .. "libmicrohttpd (Homebrew), then install thrive again if it was built without it"

-- Looked up on each start: it costs nothing, and what was missing may have been installed.
local function http()
  local ok, module = pcall(require, "thrive.sandbox.http")
  if ok then return module end
  return nil, INSTALL .. " (" .. tostring(module):match("^[^\n]*") .. ")"
end

-- One call into the server's state. What it raises is a bug of the sandbox.
local function command(self, text)
  return json.decode(self.server:call(json.encode(text))).value
end

local function copy_list(list)
  return json.array(table.move(list, 1, #list, 1, {}))
end

-- The strings of a table of names and values, as headers and queries are compared.
local function as_text(values)
  if not values then return nil end
  local text = {}
  for name, value in pairs(values) do text[name] = tostring(value) end
  return text
end

-- A checked filter of requests() or count().
local function check_filter(what, filter)
  filter = options.check(what, filter, options.FILTER, 3)
  filter.query = as_text(filter.query)
  return filter
end

--- Starts a sandbox.
-- @tparam[opt] table settings
-- @tparam[opt=500] integer settings.users how many users the tenant has: refs U0001, U0002, …
-- @tparam[opt=1] integer settings.seed the same seed and number of users give the same tenant, byte for byte
-- @tparam[opt] string settings.tenant_id
-- @tparam[opt] string settings.api_key
-- @tparam[opt] string settings.client_id the tenant id by default
-- @tparam[opt] string settings.client_secret
-- @tparam[opt="sandbox"] string settings.aptem_tenant the tenant of the Aptem side
-- @tparam[opt] string settings.aptem_token its API token
-- @tparam[opt=3600] integer settings.token_lifetime seconds
-- @tparam[opt=0] number settings.latency seconds before each answer
-- @tparam[opt] {string,...} settings.custom_fields configured custom fields: department, costCentre, location,
-- employmentType
-- @tparam[opt] {string,...} settings.languages language codes that the tenant has enabled; the first is its default
-- @tparam[opt=10000] integer settings.log_limit how many requests are remembered
-- @treturn[1] Sandbox with `base_url`, `webhooks_url`, `tenant_id`, `api_key`, `client_id`, `client_secret`;
-- `aptem_url`, `aptem_tenant`, `aptem_token`
-- @treturn[2] nil
-- @treturn[2] string why not: libmicrohttpd is missing (and what to install), or no port
-- @raise when an option is unknown or of the wrong kind
function M.start(settings)
  local config = options.check("sandbox.start", settings, options.START, 2)
  config.client_id = config.client_id or config.tenant_id
  config.custom_fields, config.languages = copy_list(config.custom_fields), copy_list(config.languages)
  local module, why = http()
  if not module then return nil, why end
  local server
  server, why = module.start(json.encode(config), "thrive.sandbox.server")
  if not server then return nil, "the sandbox did not start: " .. why end
  local url = "http://127.0.0.1:" .. server:port()
  return setmetatable({
    server = server, base_url = url, webhooks_url = url, tenant_id = config.tenant_id, api_key = config.api_key,
    client_id = config.client_id, client_secret = config.client_secret,
    aptem_url = url .. "/api/1.0", aptem_tenant = config.aptem_tenant, aptem_token = config.aptem_token,
  }, Sandbox)
end

--- A client of this sandbox: `thrive.client` with the hosts filled in, and with the tenant's id and API key unless
-- `settings` brings credentials of its own.
-- @tparam[opt] table settings as for `thrive.client`
-- @return what `thrive.client` returns
-- @usage local client = assert(sandbox:client{ client_secret = sandbox.client_secret, scope = "api/read" }) -- OAuth
function Sandbox:client(settings)
  local given = {}
  for name, value in pairs(settings or {}) do given[name] = value end
  given.base_url = given.base_url or self.base_url
  given.webhooks_url = given.webhooks_url or self.webhooks_url
  if given.token == nil then
    given.tenant_id = given.tenant_id or self.tenant_id
    if given.api_key == nil and given.client_secret == nil then given.api_key = self.api_key end
  end
  return require("thrive").client(given)
end

--- Makes requests fail. A rule picks requests by method, path and query; the first rule that fits a request takes it.
--
-- With `status`, `body`, `html`, `redirect`, `huge` or `reset = "before"` the tenant does not see the request, unless
-- `handled = true`; with `delay`, `truncate`, `drip`, `json` or `reset = "after"` alone it acts on it, and only its answer is
-- spoilt.
-- @tparam table rule
-- @tparam[opt] string rule.method
-- @tparam[opt] string rule.path plain or a Lua pattern; one that starts with "/" must fit the whole path, any other is
-- looked for anywhere in it
-- @tparam[opt] table rule.query parameters that the request must have, as `{ page = 2 }`; others do not matter
-- @tparam[opt] integer rule.status the answer's status; with nothing else, an error in the API's own shape
-- @tparam[opt] table rule.headers more headers of the answer, or others for those it has
-- @tparam[opt] string|table rule.body the answer's body; a table is sent as JSON
-- @tparam[opt] number rule.delay seconds before the answer
-- @tparam[opt] string rule.reset "before": the connection is reset and nothing was done; "after": it was done
-- @tparam[opt] integer rule.truncate close after so many bytes of the body, of which more were announced
-- @tparam[opt] string rule.json "invalid": the body breaks off in its middle, but is complete as HTTP
-- @tparam[opt] boolean|string rule.html a gateway's error page (502 unless `status` says otherwise), or this page
-- @tparam[opt] string rule.redirect where to, with 302 or `status`
-- @tparam[opt] table rule.drip `{ bytes = n, every = seconds }`: the body comes in pieces
-- @tparam[opt] integer rule.huge a body of about so many bytes, valid JSON
-- @tparam[opt] boolean rule.handled whether the tenant acts on the request
-- @tparam[opt=1] number rule.times how often; 0 or math.huge: always
-- @tparam[opt=0] integer rule.after how many requests that fit are let through first
-- @tparam[opt] number rule.probability of taking one that fits, drawn from `seed`
-- @tparam[opt=1] integer rule.seed
-- @tparam[opt] integer rule.rate takes only what comes beyond so many requests in a second of the clock
-- @treturn integer the rule's id
-- @raise when a member is unknown or of the wrong kind
function Sandbox:fault(rule)
  local checked = options.check("sandbox:fault", rule, options.FAULT, 2)
  if checked.times == math.huge then checked.times = 0 end
  checked.headers, checked.query = as_text(checked.headers), as_text(checked.query)
  return command(self, { op = "fault", rule = checked })
end

--- Removes every fault rule, or one.
-- @tparam[opt] integer id
-- @treturn integer how many were removed
function Sandbox:clear_faults(id)
  return command(self, { op = "clear_faults", id = id })
end

--- The requests that arrived, oldest first. Each has `method`, `path` (as sent, without the query), `decoded` (the path
-- without percent-encoding), `query` (a table), `raw_query`, `target` (exactly as sent), `headers` (lower-case names; of
-- Authorization only the scheme, X-API-Token masked), `authorized`, `body` (client_secret masked), `json` (the body
-- decoded, if it is JSON),
-- `operation` (the route), `status` (nil when the connection was reset), `fault` (the id of the rule that took it),
-- `time` (epoch seconds), `connection` (a number per connection), `id` (its X-Request-Id), `number`, and `error` (when
-- the sandbox itself failed).
-- @tparam[opt] table filter `{ method =, path =, query = }`, as in fault()
-- @treturn {table,...} requests
-- @treturn integer how many older ones were dropped
function Sandbox:requests(filter)
  filter = check_filter("sandbox:requests", filter)
  local answer = command(self, { op = "requests", filter = filter })
  for _, entry in ipairs(answer.entries) do
    if entry.body ~= "" then entry.json = json.decode(entry.body) end
  end
  return answer.entries, answer.dropped
end

--- How many requests arrived (and are still remembered).
-- @tparam[opt] table filter `{ method =, path =, query = }`, as in fault()
-- @treturn integer
function Sandbox:count(filter)
  return command(self, { op = "count", filter = check_filter("sandbox:count", filter) })
end

--- Forgets the requests that arrived.
function Sandbox:clear_requests()
  command(self, { op = "clear_requests" })
end

--- What the tenant knows of one user: every member of the API's records, and `suspended`, `deleted`, `skillLevels`.
-- @tparam string ref or id
-- @treturn table|nil
function Sandbox:user(ref)
  local user = command(self, { op = "user", ref = ref })
  return user ~= json.null and user or nil
end

--- Every user, as user() shows one, in the order in which they were made.
-- @treturn {table,...}
function Sandbox:users()
  return command(self, { op = "users" })
end

--- Ends the life of every access token now.
-- @treturn integer how many were alive
function Sandbox:expire_tokens()
  return command(self, { op = "expire_tokens" })
end

--- Stops it: connections are closed at once, also those that a fault delays; the tenant is gone. Does nothing when it
-- is stopped already. Happens by itself when the object is collected or goes out of scope as a `<close>` variable.
function Sandbox:stop()
  self.server:stop()
end

Sandbox.__close = Sandbox.stop

function Sandbox:__tostring()
  return "thrive.sandbox at " .. self.base_url
end

return M
