---@meta thrive.sandbox
-- Written by "make reference" from lua/thrive/catalogue/ and lua/thrive/manual/. Do not edit.

---What the tenant knows of one user.
---@alias thrive.SandboxUser table<string, any>

---A tenant that runs. It may be a `<close>` variable.
---@class thrive.Sandbox
---@field base_url string its address
---@field webhooks_url string address of its events
---@field tenant_id string id of the tenant
---@field api_key string its API key
---@field client_id string OAuth: client id
---@field client_secret string OAuth: client secret
---@field aptem_url string Aptem: address
---@field aptem_tenant string Aptem: name of the tenant
---@field aptem_token string Aptem: API token

---@class thrive.Sandbox
local Sandbox = {}

---A client of this sandbox: `thrive.client` with the hosts filled in, and with the tenant's id and API key unless the options bring credentials of their own.
---
---```lua
---local sandbox <close> = assert(require("thrive.sandbox").start{ users = 5 })
---local reader = assert(sandbox:client{
---  client_secret = sandbox.client_secret, scope = "api/read", -- OAuth
---})
---print(#reader.users:all())
---```
---@param options? thrive.ClientOptions as for `thrive.client`
---@return thrive.Client? client # the client: see client
---@return thrive.Error? err # an error of kind config
function Sandbox:client(options) end

---The rule of sandbox:fault.
---@class thrive.SandboxFault
---@field method? string requests of this method
---@field path? string plain or a Lua pattern; one that starts with "/" must fit the whole path, any other is looked for in it
---@field query? table<string, string|integer> parameters that the request must have
---@field status? integer status of the answer; alone: an error in the API's own shape
---@field headers? table<string, string|number> more headers of the answer, or others
---@field body? string|table body of the answer; a table is sent as JSON
---@field delay? number seconds before the answer
---@field reset? "before"|"after" the connection is reset before or after the tenant has acted
---@field truncate? integer closes after so many bytes of the body, of which more were announced
---@field json? "invalid" the body breaks off in its middle, but is complete as HTTP
---@field html? boolean|string a gateway's error page (502 unless status says otherwise), or this
---@field redirect? string where to, with 302 or status
---@field drip? table # { bytes =, every = seconds }: the body comes in pieces
---@field huge? integer a body of about so many bytes, valid JSON
---@field handled? boolean does the tenant act on the request?
---@field times? number how often; 0 or `math.huge`: always (default: 1)
---@field after? integer so many requests that fit are let through first (default: 0)
---@field probability? number of taking one that fits, from 0 to 1
---@field seed? integer of that probability (default: 1)
---@field rate? integer takes only what comes beyond so many requests in a second

---Makes requests fail. A rule picks requests by method, path and query; the first rule that fits a request takes it. With status, body, html, redirect, huge or reset = "before" the tenant does not see the request, unless handled = true; with delay, truncate, drip, json or reset = "after" alone it acts on it, and only its answer is spoilt.
---
---Raises: a member that is unknown or of the wrong kind.
---
---```lua
---local sandbox <close> = assert(require("thrive.sandbox").start{ users = 5 })
---local tried = assert(sandbox:client())
---sandbox:fault{ method = "POST", path = "/rest/v2/users", reset = "after" }
---local _, err = tried.users:create{
---  ref = "U9001", firstName = "Zoë", lastName = "Ng",
---  email = "zoe@example.com",
---}
---print(err.kind, sandbox:count{ method = "POST" })
---```
---@param rule thrive.SandboxFault which requests, and what happens to them
---@return integer id # of the rule, for `sandbox:clear_faults`
function Sandbox:fault(rule) end

---Removes every fault rule, or one.
---@param id? integer of one rule
---@return integer n # how many were removed
function Sandbox:clear_faults(id) end

---The filter of sandbox:requests.
---@class thrive.SandboxFilter
---@field method? string method
---@field path? string path, plain or as a Lua pattern
---@field query? table<string, string|integer> parameters that it has

---The requests of sandbox:requests.
---@class thrive.SandboxRequest
---@field method string method
---@field path string path as sent, without the query
---@field decoded string path without percent-encoding
---@field query table<string, any> parameters
---@field raw_query string the query as sent
---@field target string path and query as sent
---@field headers table<string, string> names in lower case; of secrets only the scheme
---@field authorized? boolean did the credentials do?
---@field body string body; `client_secret` masked
---@field json? any the body decoded, if it is JSON
---@field operation? string the route that took it
---@field status? integer status of the answer; absent when the connection was reset
---@field fault? integer id of the rule that took it
---@field time number when, in epoch seconds
---@field connection integer a number per connection
---@field id string its request id
---@field number integer its place in the order of arrival
---@field error? string when the sandbox itself failed

---The requests that arrived, oldest first.
---
---```lua
---local sandbox <close> = assert(require("thrive.sandbox").start{ users = 5 })
---assert(assert(sandbox:client()).skills:levels())
---for _, request in ipairs(sandbox:requests()) do
---  print(request.method, request.path, request.status)
---end
---```
---@param filter? thrive.SandboxFilter only those that fit; as in `sandbox:fault`
---@return thrive.SandboxRequest[] requests # one for each
---@return integer dropped # how many older ones are remembered no more
function Sandbox:requests(filter) end

---How many requests arrived and are still remembered.
---@param filter? thrive.SandboxFilter only those that fit; as in `sandbox:fault`
---@return integer n # how many
function Sandbox:count(filter) end

---Forgets the requests that arrived.
function Sandbox:clear_requests() end

---What the tenant knows of one user: every member of the API's records, and suspended, deleted, skillLevels.
---
---```lua
---local sandbox <close> = assert(require("thrive.sandbox").start{ users = 5 })
---print(sandbox:user("U0001").suspended, #sandbox:users())
---```
---@param ref string ref or id
---@return thrive.SandboxUser? user # nil when there is none
function Sandbox:user(ref) end

---Every user, as `sandbox:user` shows one, in the order in which they were made.
---@return thrive.SandboxUser[] users # all of them
function Sandbox:users() end

---Ends the life of every access token now.
---@return integer n # how many were alive
function Sandbox:expire_tokens() end

---Stops it: connections are closed at once, the tenant is gone. May be called again. A `<close>` variable and the collector do it too.
function Sandbox:stop() end

---A Thrive tenant on a loopback port inside this process, for trying scripts and for testing them, without an account and without a network. It remembers what is written to it, is as strict as the documentation, and can be told to fail in every way that a network knows. `thrivelua --sandbox` runs a script on one.
---@class thrive.sandbox
local sandbox = {}

---The options of thrive.sandbox.start.
---@class thrive.SandboxOptions
---@field users? integer how many users there are: refs U0001, U0002, … (default: 500)
---@field seed? integer the same seed and users give the same tenant (default: 1)
---@field tenant_id? string id of the tenant
---@field api_key? string its API key
---@field client_id? string OAuth: client id (default: the tenant id)
---@field client_secret? string OAuth: client secret
---@field aptem_tenant? string Aptem: name of the tenant (default: "sandbox")
---@field aptem_token? string Aptem: API token
---@field token_lifetime? integer seconds that a token lives (default: 3600)
---@field latency? number seconds before each answer (default: 0)
---@field custom_fields? string[] configured custom fields (default: department, costCentre, location, employmentType)
---@field languages? string[] enabled language codes; the first is the default
---@field log_limit? integer how many requests are remembered (default: 10000)

---Starts a sandbox.
---
---Raises: options of the wrong name or kind.
---
---```lua
---local sandbox = assert(require("thrive.sandbox").start{ users = 50 })
---local tried = assert(sandbox:client())
---print((tried.users:count()))
---sandbox:stop()
---```
---@param options? thrive.SandboxOptions see its fields
---@return thrive.Sandbox? sandbox # see sandbox
---@return string? why # why not: libmicrohttpd is missing (and what to install), or no port
function sandbox.start(options) end

return sandbox
