--- The manual of the sandbox.

local filter = { "filter", "thrive.SandboxFilter", optional = true, doc = "only those that fit; as in `sandbox:fault`", fields = {
  { "method", "string", optional = true, doc = "method" },
  { "path", "string", optional = true, doc = "path, plain or as a Lua pattern" },
  { "query", "table<string, string|integer>", optional = true, doc = "parameters that it has" },
} }

return {
  { name = "thrive.sandbox", kind = "module", class = "thrive.sandbox", signature = 'require "thrive.sandbox"',
    doc = "A Thrive tenant on a loopback port inside this process, for trying scripts and for testing them, without an account "
      .. "and without a network. It remembers what is written to it, is as strict as the documentation, and can be told to "
      .. "fail in every way that a network knows. `thrivelua --sandbox` runs a script on one.",
    see = { "thrive.sandbox.start", "sandbox" } },

  { name = "thrive.sandbox.start", kind = "function", signature = 'require("thrive.sandbox").start([options])',
    doc = "Starts a sandbox.",
    params = { { "options", "thrive.SandboxOptions", optional = true, doc = "see below", fields = {
      { "users", "integer", optional = true, default = "500", doc = "how many users there are: refs U0001, U0002, …" },
      { "seed", "integer", optional = true, default = "1", doc = "the same seed and users give the same tenant" },
      { "tenant_id", "string", optional = true, doc = "id of the tenant" },
      { "api_key", "string", optional = true, doc = "its API key" },
      { "client_id", "string", optional = true, default = "the tenant id", doc = "OAuth: client id" },
      { "client_secret", "string", optional = true, doc = "OAuth: client secret" },
      { "aptem_tenant", "string", optional = true, default = '"sandbox"', doc = "Aptem: name of the tenant" },
      { "aptem_token", "string", optional = true, doc = "Aptem: API token" },
      { "token_lifetime", "integer", optional = true, default = "3600", doc = "seconds that a token lives" },
      { "latency", "number", optional = true, default = "0", doc = "seconds before each answer" },
      { "custom_fields", "string[]", optional = true, default = "department, costCentre, location, employmentType",
        doc = "configured custom fields" },
      { "languages", "string[]", optional = true, doc = "enabled language codes; the first is the default" },
      { "log_limit", "integer", optional = true, default = "10000", doc = "how many requests are remembered" },
    } } },
    returns = {
      { "sandbox", "thrive.Sandbox", optional = true, doc = "see sandbox" },
      { "why", "string", optional = true, doc = "why not: libmicrohttpd is missing (and what to install), or no port" },
    },
    raises = "options of the wrong name or kind",
    example = [[
local sandbox = assert(require("thrive.sandbox").start{ users = 50 })
local tried = assert(sandbox:client())
print((tried.users:count()))
sandbox:stop()]],
    see = { "sandbox", "sandbox:client", "sandbox:fault" } },

  { name = "sandbox", kind = "object", class = "thrive.Sandbox", signature = 'local sandbox = require("thrive.sandbox").start()',
    doc = "A tenant that runs. It may be a `<close>` variable.",
    fields = {
      { "base_url", "string", doc = "its address" },
      { "webhooks_url", "string", doc = "address of its events" },
      { "tenant_id", "string", doc = "id of the tenant" },
      { "api_key", "string", doc = "its API key" },
      { "client_id", "string", doc = "OAuth: client id" },
      { "client_secret", "string", doc = "OAuth: client secret" },
      { "aptem_url", "string", doc = "Aptem: address" },
      { "aptem_tenant", "string", doc = "Aptem: name of the tenant" },
      { "aptem_token", "string", doc = "Aptem: API token" },
    },
    see = { "thrive.sandbox.start" } },

  { name = "sandbox:client", kind = "method", signature = "sandbox:client([options])",
    doc = "A client of this sandbox: `thrive.client` with the hosts filled in, and with the tenant's id and API key unless the "
      .. "options bring credentials of their own.",
    params = { { "options", "thrive.ClientOptions", optional = true, doc = "as for `thrive.client`" } },
    returns = {
      { "client", "thrive.Client", optional = true, doc = "the client: see client" },
      { "err", "thrive.Error", optional = true, doc = "an error of kind config" },
    },
    example = [[
local sandbox <close> = assert(require("thrive.sandbox").start{ users = 5 })
local reader = assert(sandbox:client{
  client_secret = sandbox.client_secret, scope = "api/read", -- OAuth
})
print(#reader.users:all())]],
    see = { "thrive.client" } },

  { name = "sandbox:fault", kind = "method", signature = "sandbox:fault(rule)",
    doc = "Makes requests fail. A rule picks requests by method, path and query; the first rule that fits a request takes it. "
      .. 'With status, body, html, redirect, huge or reset = "before" the tenant does not see the request, unless handled = '
      .. 'true; with delay, truncate, drip, json or reset = "after" alone it acts on it, and only its answer is spoilt.',
    params = { { "rule", "thrive.SandboxFault", doc = "which requests, and what happens to them", fields = {
      { "method", "string", optional = true, doc = "requests of this method" },
      { "path", "string", optional = true,
        doc = 'plain or a Lua pattern; one that starts with "/" must fit the whole path, any other is looked for in it' },
      { "query", "table<string, string|integer>", optional = true, doc = "parameters that the request must have" },
      { "status", "integer", optional = true, doc = "status of the answer; alone: an error in the API's own shape" },
      { "headers", "table<string, string|number>", optional = true, doc = "more headers of the answer, or others" },
      { "body", "string|table", optional = true, doc = "body of the answer; a table is sent as JSON" },
      { "delay", "number", optional = true, doc = "seconds before the answer" },
      { "reset", "string", optional = true, enum = { "before", "after" },
        doc = "the connection is reset before or after the tenant has acted" },
      { "truncate", "integer", optional = true, doc = "closes after so many bytes of the body, of which more were announced" },
      { "json", "string", optional = true, enum = { "invalid" },
        doc = "the body breaks off in its middle, but is complete as HTTP" },
      { "html", "boolean|string", optional = true, doc = "a gateway's error page (502 unless status says otherwise), or this" },
      { "redirect", "string", optional = true, doc = "where to, with 302 or status" },
      { "drip", "table", optional = true, doc = "{ bytes =, every = seconds }: the body comes in pieces" },
      { "huge", "integer", optional = true, doc = "a body of about so many bytes, valid JSON" },
      { "handled", "boolean", optional = true, doc = "does the tenant act on the request?" },
      { "times", "number", optional = true, default = "1", doc = "how often; 0 or `math.huge`: always" },
      { "after", "integer", optional = true, default = "0", doc = "so many requests that fit are let through first" },
      { "probability", "number", optional = true, doc = "of taking one that fits, from 0 to 1" },
      { "seed", "integer", optional = true, default = "1", doc = "of that probability" },
      { "rate", "integer", optional = true, doc = "takes only what comes beyond so many requests in a second" },
    } } },
    returns = { { "id", "integer", doc = "of the rule, for `sandbox:clear_faults`" } },
    raises = "a member that is unknown or of the wrong kind",
    example = [[
local sandbox <close> = assert(require("thrive.sandbox").start{ users = 5 })
local tried = assert(sandbox:client())
sandbox:fault{ method = "POST", path = "/rest/v2/users", reset = "after" }
local _, err = tried.users:create{
  ref = "U9001", firstName = "Zoë", lastName = "Ng",
  email = "zoe@example.com",
}
print(err.kind, sandbox:count{ method = "POST" })]],
    see = { "sandbox:clear_faults", "sandbox:requests" } },

  { name = "sandbox:clear_faults", kind = "method", signature = "sandbox:clear_faults([id])",
    doc = "Removes every fault rule, or one.",
    params = { { "id", "integer", optional = true, doc = "of one rule" } },
    returns = { { "n", "integer", doc = "how many were removed" } },
    see = { "sandbox:fault" } },

  { name = "sandbox:requests", kind = "method", signature = "sandbox:requests([filter])",
    doc = "The requests that arrived, oldest first.",
    params = { filter },
    returns = {
      { "requests", "thrive.SandboxRequest[]", doc = "one for each", fields = {
        { "method", "string", doc = "method" },
        { "path", "string", doc = "path as sent, without the query" },
        { "decoded", "string", doc = "path without percent-encoding" },
        { "query", "table<string, any>", doc = "parameters" },
        { "raw_query", "string", doc = "the query as sent" },
        { "target", "string", doc = "path and query as sent" },
        { "headers", "table<string, string>", doc = "names in lower case; of secrets only the scheme" },
        { "authorized", "boolean", optional = true, doc = "did the credentials do?" },
        { "body", "string", doc = "body; `client_secret` masked" },
        { "json", "any", optional = true, doc = "the body decoded, if it is JSON" },
        { "operation", "string", optional = true, doc = "the route that took it" },
        { "status", "integer", optional = true, doc = "status of the answer; absent when the connection was reset" },
        { "fault", "integer", optional = true, doc = "id of the rule that took it" },
        { "time", "number", doc = "when, in epoch seconds" },
        { "connection", "integer", doc = "a number per connection" },
        { "id", "string", doc = "its request id" },
        { "number", "integer", doc = "its place in the order of arrival" },
        { "error", "string", optional = true, doc = "when the sandbox itself failed" },
      } },
      { "dropped", "integer", doc = "how many older ones are remembered no more" },
    },
    example = [[
local sandbox <close> = assert(require("thrive.sandbox").start{ users = 5 })
assert(assert(sandbox:client()).skills:levels())
for _, request in ipairs(sandbox:requests()) do
  print(request.method, request.path, request.status)
end]],
    see = { "sandbox:count", "sandbox:clear_requests" } },

  { name = "sandbox:count", kind = "method", signature = "sandbox:count([filter])",
    doc = "How many requests arrived and are still remembered.",
    params = { filter },
    returns = { { "n", "integer", doc = "how many" } },
    see = { "sandbox:requests" } },

  { name = "sandbox:clear_requests", kind = "method", signature = "sandbox:clear_requests()",
    doc = "Forgets the requests that arrived.",
    see = { "sandbox:requests" } },

  { name = "sandbox:user", kind = "method", signature = "sandbox:user(ref)",
    doc = "What the tenant knows of one user: every member of the API's records, and suspended, deleted, skillLevels.",
    params = { { "ref", "string", doc = "ref or id" } },
    returns = { { "user", "thrive.SandboxUser", optional = true, doc = "nil when there is none" } },
    example = [[
local sandbox <close> = assert(require("thrive.sandbox").start{ users = 5 })
print(sandbox:user("U0001").suspended, #sandbox:users())]],
    see = { "sandbox:users" } },

  { name = "sandbox:users", kind = "method", signature = "sandbox:users()",
    doc = "Every user, as `sandbox:user` shows one, in the order in which they were made.",
    returns = { { "users", "thrive.SandboxUser[]", doc = "all of them" } },
    see = { "sandbox:user" } },

  { name = "sandbox:expire_tokens", kind = "method", signature = "sandbox:expire_tokens()",
    doc = "Ends the life of every access token now.",
    returns = { { "n", "integer", doc = "how many were alive" } },
    see = { "sandbox:client" } },

  { name = "sandbox:stop", kind = "method", signature = "sandbox:stop()",
    doc = "Stops it: connections are closed at once, the tenant is gone. May be called again. A `<close>` variable and the "
      .. "collector do it too.",
    see = { "thrive.sandbox.start" } },
}
