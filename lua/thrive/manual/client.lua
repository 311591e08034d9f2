--- The manual of clients: thrive.client, thrive.aptem and what a client has besides its groups.

local hooks = { { "request", "fun(event: thrive.Event)", optional = true, doc = "called before each attempt" },
  { "response", "fun(event: thrive.Event)", optional = true, doc = "called after each attempt, whatever came of it" },
  { "retry", "fun(event: thrive.Event)", optional = true, doc = "called before the pause that comes before another attempt" } }

-- Options that have nothing to do with who is talked to: thrive.client and thrive.aptem take them.
local common = {
  { "timeout", "number", optional = true, default = "60", doc = "seconds that one attempt may take" },
  { "connect_timeout", "number", optional = true, default = "10", doc = "seconds that connecting may take" },
  { "deadline", "number", optional = true, default = "none",
    doc = "seconds that a whole call may take, with its attempts, pauses and token" },
  { "max_retries", "integer", optional = true, default = "3", doc = "how often a call is sent again at most" },
  { "concurrency", "integer", optional = true, default = "8", doc = "requests of this client on the wire at once" },
  { "ca_file", "string", optional = true, default = "SSL_CERT_FILE, else the system's",
    doc = "a file of certificates (PEM) that are trusted" },
  { "proxy", "string", optional = true, default = "the environment's", doc = 'URL of a proxy; "" for none' },
  { "user_agent", "string", optional = true, doc = "put before the module's own" },
  { "nulls", "string", optional = true, enum = { "drop", "keep" }, default = '"drop"',
    doc = '"drop": a null field is absent; "keep": it is `thrive.null`' },
  { "raise", "boolean", optional = true, default = "false", doc = "calls raise their error instead of returning it" },
  { "dry_run", "boolean", optional = true, default = "false", doc = "writes are remembered and not sent: see `client:plan`" },
  { "read_only", "boolean", optional = true, default = "false", doc = "writes are refused with an error of kind guard" },
  { "on", "table", optional = true, doc = "hooks: see hooks", fields = hooks },
}

local function with_common(own)
  return table.move(common, 1, #common, #own + 1, own)
end

local options = with_common {
  { "profile", "string", optional = true, default = '--profile, else THRIVE_PROFILE, else "default"',
    doc = "name of a profile; one that is named takes the environment's place: see profiles" },
  { "tenant_id", "string", optional = true, default = "THRIVE_TENANT_ID", doc = "the tenant; user name of HTTP Basic" },
  { "api_key", "string", optional = true, default = "THRIVE_API_KEY", doc = "its API key: HTTP Basic" },
  { "client_secret", "string", optional = true, default = "THRIVE_CLIENT_SECRET", doc = "OAuth 2.0 client credentials" },
  { "client_id", "string", optional = true, default = "THRIVE_CLIENT_ID, else tenant_id", doc = "goes with `client_secret`" },
  { "scope", "string", optional = true, doc = "what the token is to allow, such as api/read: see scopes" },
  { "token_auth", "string", optional = true, enum = { "form", "basic" }, default = '"form"',
    doc = "how the token request sends client id and secret: in its form, or as a header" },
  { "token", "string", optional = true, default = "THRIVE_TOKEN", doc = "a bearer token you hold" },
  { "region", "string", optional = true, enum = { "production", "staging", "production-mea", "staging-mea" },
    default = 'THRIVE_REGION, else "production"', doc = "where the tenant is" },
  { "base_url", "string", optional = true, default = "THRIVE_BASE_URL, else the region's",
    doc = "another host of the API, as an origin without /rest" },
  { "webhooks_url", "string", optional = true, default = "THRIVE_WEBHOOKS_URL, else base_url, else the region's",
    doc = "another host of the events" },
}

local aptem_options = with_common {
  { "tenant", "string", doc = "name of the tenant" },
  { "token", "string", doc = "API token, made in Aptem for a service account" },
  { "base_url", "string", optional = true, default = "https://{tenant}.aptem.co.uk/api/1.0", doc = "another address" },
  { "header", "string", optional = true, default = '"X-API-Token"', doc = "name of the token's header" },
}

local call_options = { "options", "thrive.CallOptions", optional = true, doc = "options of this call: see options" }

return {
  { name = "thrive.client", kind = "function", signature = "thrive.client([options])",
    doc = "Makes a client. Nothing is sent. All options are optional: credentials that are not given come from the "
      .. "environment, and then from the profile \"default\"; the first place that holds a secret decides what kind they are. "
      .. "When there are none, the error lists every place looked in.",
    params = { { "options", "thrive.ClientOptions", optional = true, doc = "see below", fields = options } },
    returns = {
      { "client", "thrive.Client", optional = true, doc = "the client: see client" },
      { "err", "thrive.Error", optional = true, doc = "an error of kind config" },
    },
    raises = "options of the wrong name or type, all of them at once",
    example = [[
local careful = assert(thrive.client{
  timeout = 20, max_retries = 5, dry_run = true,
})
assert(careful.users:delete("U0007"))
print(careful:plan()[1].operation)]],
    see = { "client", "options", "profiles", "scopes", "hooks" } },

  { name = "profiles", kind = "topic", signature = 'thrive.client{ profile = "staging" }', also = { "profile" },
    doc = "Credentials and options by name, in $XDG_CONFIG_HOME/thrive/profiles.lua (~/.config/thrive/profiles.lua): a Lua "
      .. "table, name → what `thrive.client` takes, except on and profile. It is run without any library, and refused when "
      .. "anybody but its owner may read it. `thrivelua --login` asks for a tenant's and writes it.\n\n"
      .. "Whoever names a profile (the option, `--profile`, `THRIVE_PROFILE`) gets that one, whatever the environment says; the "
      .. "profile default is for when nothing else has credentials, or not their tenant.",
    heading = "secrets",
    fields = {
      { "api_key_command", "a line of the shell",
        doc = "its first line of output is the API key; it has 60 seconds where there is no terminal" },
      { "client_secret_command", "a line of the shell", doc = "the same for `client_secret`" },
      { "token_command", "a line of the shell", doc = "the same for token" },
    },
    see = { "thrive.client" } },

  { name = "client", kind = "object", class = "thrive.Client", signature = "client",
    doc = "What `thrive.client` makes: groups of operations, and the methods below. `client.users` and the like are its groups; "
      .. "help \"users\" shows the verbs of one. A client can be shared by tasks. It is closed by `client:close`, as a "
      .. "`<close>` variable, or by the collector.",
    see = { "thrive.client", "calls", "lists" } },

  { name = "client:request", kind = "method", signature = "client:request(request [, options])",
    doc = "Sends any request, with the client's credentials, retries and guards. For what the groups do not have.",
    params = {
      { "request", "thrive.Request", doc = "what to send", fields = {
        { "method", "string", enum = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" }, doc = "method" },
        { "path", "string", doc = 'percent-encoded, such as "/rest/v1/tags"' },
        { "query", "table", optional = true, doc = "parameters by name: strings, numbers, booleans or arrays of them" },
        { "body", "any", optional = true, doc = "any value that JSON has" },
        { "headers", "table<string, string>", optional = true, doc = "more headers, by name" },
        { "host", "string", optional = true, enum = { "api", "webhooks" }, default = '"api"', doc = "which host" },
      } },
      call_options,
    },
    returns = {
      { "value", "any", optional = true, doc = "the answer decoded; true when it is empty, a string when it is not JSON" },
      { "err", "thrive.Error", optional = true, doc = "an error of any kind: see errors" },
      { "meta", "thrive.Meta", doc = "what is known of the request: see meta" },
    },
    raises = "a request that cannot be built",
    example = [[
local tags = assert(client:request{
  method = "GET", path = "/rest/v1/tags", query = { perPage = 10 },
})
print(#tags.results)]],
    see = { "calls", "retries" } },

  { name = "client:stats", kind = "method", signature = "client:stats()",
    doc = "Counters since the client was made. The time of an answer is that of its attempt by itself, with connecting and "
      .. "without waiting for a place.",
    returns = { { "stats", "thrive.Stats", doc = "see below", fields = {
      { "calls", "integer", doc = "calls begun" },
      { "attempts", "integer", doc = "attempts, of calls and for tokens" },
      { "retries", "integer", doc = "attempts that were repetitions" },
      { "waits", "integer", doc = "pauses, of one call before its next attempt or of all calls after a 429" },
      { "waited", "number", doc = "seconds of these pauses" },
      { "throttled", "integer", doc = "answers of 429" },
      { "rate", "number", optional = true, doc = "requests a second that are allowed after one; absent when not held back" },
      { "bytes", "integer", doc = "bytes on the wire, both ways" },
      { "bytes_sent", "integer", doc = "of these, sent" },
      { "bytes_received", "integer", doc = "of these, received" },
      { "connections", "integer", doc = "connections opened" },
      { "p50", "number", optional = true,
        doc = "seconds that half of the answers took at most, within 3.2 %; absent before the first answer" },
      { "p95", "number", optional = true, doc = "the same of 95 % of the answers" },
    } } },
    example = [[
assert(client.skills:levels())
print(client:stats().calls)]],
    see = { "meta" } },

  { name = "client:plan", kind = "method", signature = "client:plan()",
    doc = "What a dry run would have sent so far, in order. Empty in a client that is not made with dry_run.",
    returns = { { "plan", "thrive.PlannedWrite[]", doc = "one for each write", fields = {
      { "operation", "string", doc = 'its name, such as "users.create"' },
      { "method", "string", doc = "method of the request" },
      { "path", "string", doc = "path of the request" },
      { "body", "any", optional = true, doc = "what would have been sent, decoded; absent where there is none" },
    } } },
    example = [[
local careful = assert(thrive.client{ dry_run = true })
assert(careful.users:suspend("U0007", { endDate = "2026-11-30" }))
for _, write in ipairs(careful:plan()) do
  print(write.method, write.path)
end]],
    see = { "thrive.client" } },

  { name = "client:step", kind = "method", signature = "client:step([seconds])",
    doc = "Moves everything on, for a program that has an event loop of its own: transfers, timers and tasks of all clients. "
      .. "Call it when a descriptor of `client:fds` is ready, when its time is over, and after `thrive.spawn`.",
    params = { { "seconds", "number", optional = true, default = "0",
      doc = "how long to wait at most, less when a task had its turn" } },
    returns = { { "more", "boolean", doc = "is anything left to do?" } },
    raises = "inside a task or a hook",
    example = [[
thrive.spawn(function() print(#client.skills:levels()) end)
while client:step(1) do end]],
    see = { "client:fds", "thrive.spawn" } },

  { name = "client:fds", kind = "method", signature = "client:fds()",
    doc = "What a program with an event loop of its own has to wait for before the next `client:step`. Ask again after every "
      .. "step. Descriptors of 1024 and more are not among them: while transfers use one, seconds is at most 0.1.",
    returns = {
      { "descriptors", "thrive.Descriptor[]", doc = "what to wait for", fields = {
        { "fd", "integer", doc = "descriptor" },
        { "read", "boolean", doc = "wait until it can be read" },
        { "write", "boolean", doc = "wait until it can be written" },
      } },
      { "seconds", "number", optional = true, doc = "how long at most; nil: only the descriptors matter" },
    },
    example = [[
local task = thrive.spawn(function() return client.skills:levels() end)
client:step()
local descriptors, seconds = client:fds()
print(#descriptors > 0 or seconds ~= nil, #task:wait() > 0)]],
    see = { "client:step" } },

  { name = "client:close", kind = "method", signature = "client:close()",
    doc = "Cancels what is under way, wipes the secrets, closes. May be called again. A `<close>` variable and the collector do "
      .. "it too.",
    example = [[
local short <close> = assert(thrive.client())
print(#assert(short.skills:levels()))
short:close()]],
    see = { "thrive.client" } },

  { name = "thrive.aptem", kind = "function", signature = "thrive.aptem(options)",
    doc = "Makes a client of Aptem, whose learners many tenants of Thrive provision, with the group users. Nothing is sent. It "
      .. "has the methods of every client.",
    params = { { "options", "thrive.AptemOptions", doc = "see below", fields = aptem_options } },
    returns = {
      { "aptem", "thrive.AptemClient", optional = true, doc = "the client" },
      { "err", "thrive.Error", optional = true, doc = "an error of kind config" },
    },
    raises = "options of the wrong name or type, all of them at once",
    example = [[
local aptem = assert(thrive.aptem{ tenant = "acme", token = "…" })
print(aptem.users:search{ refNum = "nobody" })]],
    see = { "aptem.users", "thrive.client" } },

  { name = "hooks", kind = "topic", signature = "thrive.client{ on = { request = f, response = f, retry = f } }",
    doc = "Functions that are called with what is going on, in an event without any secret. One that fails does no harm to "
      .. "the call: it is a warning. The call waits for it, so that it should not take long.",
    class = "thrive.Event", heading = "event",
    fields = {
      { "operation", "string", doc = 'name of the operation, such as "users.get"; "request" for `client:request`' },
      { "method", "string", doc = "method of the request" },
      { "path", "string", doc = "path of the request" },
      { "url", "string", doc = "address of the request" },
      { "attempts", "integer", doc = "attempts so far, with this one" },
      { "status", "integer", optional = true, doc = "status of the answer; absent when none came" },
      { "request_id", "string", optional = true, doc = "the service's id of the request" },
      { "timings", "thrive.Timings", doc = "seconds: see meta" },
      { "delay", "number", optional = true, doc = "retry: seconds until the next attempt" },
    },
    example = [[
local loud = assert(thrive.client{ on = {
  response = function(event) print(event.path, event.status) end,
} })
assert(loud.skills:levels())]],
    see = { "thrive.client", "meta" } },
}
