-- thrive.client: options, the credential chain, hosts, lifetime of the object.
local core = require "thrive.core"
local thrive = require "thrive"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"

local raised = subject.raised

-- Credentials that need no sandbox: nothing is sent when a client is made.
local function offline(changes)
  local given = { tenant_id = "eu-west-2_T", api_key = "key-of-the-tenant", base_url = "https://thrive.example" }
  for name, value in pairs(changes or {}) do given[name] = value end
  return given
end

describe("thrive.client's options", function()
  it("are all checked at once, with suggestions and the caller's position", function()
    local line = debug.getinfo(1, "l").currentline + 2
    local message = raised(function()
      thrive.client{ tenantid = "x", tenant = "x", time_out = 3, timeout = "5", max_retries = 1.5, nulls = "no", raise = 1 }
    end)
    assert.truthy(message:find(("spec/client_spec.lua:%d: thrive.client: "):format(line), 1, true), message)
    for _, problem in ipairs {
      "'tenantid' is not an option (did you mean 'tenant_id'?)", "'tenant' is not an option (did you mean 'tenant_id'?)",
      "'time_out' is not an option (did you mean 'timeout'?)",
      "'timeout' must be a number (got string)",
      "'max_retries' must be an integer (got number)",
      "'nulls' must be one of drop, keep (got no)",
      "'raise' must be a boolean (got number)",
    } do assert.truthy(message:find(problem, 1, true), problem .. " is not in: " .. message) end
  end)

  it("do not name a value that is a secret", function()
    local message = raised(thrive.client, { api_key = 12345678, token = { "canary-token" }, apikey = "canary-key" })
    assert.falsy(message:find("12345678", 1, true))
    assert.falsy(message:find("canary", 1, true))
  end)

  local out_of_range = {
    { "timeout", 0 }, { "timeout", -1 }, { "timeout", math.huge }, { "timeout", 0 / 0 }, { "connect_timeout", 0 },
    { "deadline", 0 }, { "max_retries", -1 }, { "concurrency", 0 }, { "region", "moon" }, { "token_auth", "header" },
  }
  for _, case in ipairs(out_of_range) do
    it(("refuse %s = %s"):format(case[1], tostring(case[2])), function()
      assert.truthy(raised(thrive.client, offline{ [case[1]] = case[2] }):find("'" .. case[1] .. "' must be", 1, true))
    end)
  end

  it("must be a table", function()
    assert.truthy(raised(thrive.client, "key"):find("argument #1 must be a table of options (got string)", 1, true))
  end)

  it("know three hooks, which are functions", function()
    assert.truthy(raised(thrive.client, offline{ on = { reqest = print } }):find("'on.reqest' is not a hook", 1, true))
    assert.truthy(raised(thrive.client, offline{ on = { retry = 1 } }):find("'on.retry' must be a function", 1, true))
  end)

  it("take numbers beyond what C's types hold", function()
    local client <close> = assert(thrive.client(offline{
      timeout = 1e300, connect_timeout = 1e300, deadline = 1e300, max_retries = math.maxinteger,
      concurrency = math.maxinteger,
    }))
    assert.equal("userdata", type(client))
  end)
end)

describe("a client's hosts", function()
  local regions = {
    production = { "https://public.api.learn.link", "https://user.api.learn.link" },
    staging = { "https://public.api.learnstaging.link", "https://user.api.learnstaging.link" },
    ["production-mea"] = { "https://public.api.mea.learn.tech", "https://user.api.mea.learn.tech" },
    ["staging-mea"] = { "https://public.api.meastaging.learn.tech", "https://user.api.meastaging.learn.tech" },
  }
  for region, hosts in pairs(regions) do
    it("are those of region " .. region, function()
      local client <close> = assert(thrive.client{ tenant_id = "t", api_key = "some-key", region = region })
      assert.same(hosts, { core.hosts(client) })
    end)
  end

  it("are those of production by default", function()
    local client <close> = assert(thrive.client{ tenant_id = "t", api_key = "some-key" })
    assert.same(regions.production, { core.hosts(client) })
  end)

  it("follow base_url, webhooks_url defaulting to it", function()
    local client <close> = assert(thrive.client(offline{ base_url = "https://proxy.example/thrive/" }))
    assert.same({ "https://proxy.example/thrive", "https://proxy.example/thrive" }, { core.hosts(client) })
    local other <close> = assert(thrive.client(offline{ webhooks_url = "https://hooks.example" }))
    assert.same({ "https://thrive.example", "https://hooks.example" }, { core.hosts(other) })
  end)

  for _, url in ipairs {
    "http://thrive.example", "https://user:pw@thrive.example", "thrive.example", "https://thrive.example/rest/v1",
    "https://thrive.example/rest", "https://thrive.example/?a=b", "ftp://thrive.example", "https://a b", "https://", "",
    "https://thrive.example\n", "https://thrive.example\0",
  } do
    it(("refuse base_url %q as nil and an error of kind config"):format(url), function()
      local client, err = thrive.client(offline{ base_url = url })
      assert.is_nil(client)
      assert.equal("config", err.kind)
      assert.truthy(err.message:find("base_url", 1, true))
      assert.is_false(err.sent)
    end)
  end

  it("may be plain http on this machine only", function()
    for _, url in ipairs { "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:1" } do
      local client <close> = assert(thrive.client(offline{ base_url = url }))
      assert.equal(url, (core.hosts(client)))
    end
    assert.is_nil((thrive.client(offline{ base_url = "http://127.0.0.1.evil.example" })))
  end)
end)

-- Each case runs in a child: the environment of this process is not ours to change.
describe("the credential chain", function()
  local function made(options, env)
    local run = subject.child(([[
      local client, err = require("thrive").client(%s)
      if not client then print(err.kind, err.message, err) return end
      local api, webhooks = require("thrive.core").hosts(client)
      print(tostring(client):match("%%((.*)%%)"), api, webhooks)
    ]]):format(options), env)
    assert.equal("", run.err)
    assert.equal(0, run.code)
    return (run.out:gsub("\n$", ""))
  end

  local BASIC = { THRIVE_TENANT_ID = "t", THRIVE_API_KEY = "secret-key" }
  local LIVE = "https://public.api.learn.link\thttps://user.api.learn.link"

  it("lists every place looked in when there are no credentials", function()
    local out = made("", {})
    assert.equal("config", out:match("^%w+"))
    for _, place in ipairs {
      "arguments", "tenant_id", "api_key", "client_secret", "token", "THRIVE_TENANT_ID", "THRIVE_API_KEY",
      "THRIVE_CLIENT_SECRET", "THRIVE_TOKEN",
    } do assert.truthy(out:find(place, 1, true), place .. " is not in: " .. out) end
    assert.truthy(out:find("--sandbox", 1, true), "it does not say what to do next")
  end)

  it("takes Basic credentials from the environment", function()
    assert.equal("basic\t" .. LIVE, made("", BASIC))
  end)

  it("takes client credentials from the environment, client_id being the tenant id by default", function()
    assert.equal("oauth\t" .. LIVE, made("{}", { THRIVE_TENANT_ID = "t", THRIVE_CLIENT_SECRET = "s3cret" }))
    assert.equal("oauth\t" .. LIVE,
      made("{}", { THRIVE_TENANT_ID = "t", THRIVE_CLIENT_ID = "c", THRIVE_CLIENT_SECRET = "s3cret" }))
  end)

  it("takes a token from the environment, with or without the rest of a tenant beside it", function()
    assert.equal("bearer\t" .. LIVE, made("{}", { THRIVE_TOKEN = "tok-en" }))
    assert.equal("bearer\t" .. LIVE, made("{}", { THRIVE_TOKEN = "tok-en", THRIVE_TENANT_ID = "t" }))
  end)

  it("lets a secret among the arguments silence those of the environment", function()
    assert.equal("basic\t" .. LIVE, made('{ tenant_id = "t", api_key = "kkkk" }', { THRIVE_TOKEN = "tok-en" }))
    assert.equal("bearer\t" .. LIVE, made('{ token = "tttt" }', BASIC))
  end)

  it("lets what goes with a secret come from the level below", function()
    assert.equal("basic\t" .. LIVE, made('{ api_key = "kkkk" }', { THRIVE_TENANT_ID = "t" }))
    assert.equal("basic\t" .. LIVE, made('{ tenant_id = "t" }', { THRIVE_API_KEY = "secret-key" }))
  end)

  it("counts an empty variable as absent", function()
    assert.equal("config", made("{}", { THRIVE_TENANT_ID = "t", THRIVE_API_KEY = "" }):match("^%w+"))
    assert.equal("basic\t" .. LIVE,
      made("{}", { THRIVE_TENANT_ID = "t", THRIVE_API_KEY = "kkkk", THRIVE_REGION = "", THRIVE_BASE_URL = "" }))
  end)

  it("refuses half of a pair and two kinds at once, saying which", function()
    local out = made("{}", { THRIVE_API_KEY = "secret-key" })
    assert.equal("config", out:match("^%w+"))
    assert.truthy(out:find("tenant", 1, true))
    out = made("{}", { THRIVE_TENANT_ID = "t", THRIVE_API_KEY = "secret-key", THRIVE_TOKEN = "tok-en" })
    assert.equal("config", out:match("^%w+"))
    assert.truthy(out:find("api_key", 1, true) and out:find("token", 1, true))
    assert.falsy(out:find("secret-key", 1, true))
    assert.falsy(out:find("tok-en", 1, true))
  end)

  it("refuses an empty secret among the arguments instead of falling back on the environment", function()
    assert.equal("config", made('{ tenant_id = "t", api_key = "" }', BASIC):match("^%w+"))
  end)

  it("takes region and hosts from the environment", function()
    local env = { THRIVE_TENANT_ID = "t", THRIVE_API_KEY = "kkkk", THRIVE_REGION = "staging" }
    assert.equal("basic\thttps://public.api.learnstaging.link\thttps://user.api.learnstaging.link", made("{}", env))
    env.THRIVE_BASE_URL = "https://a.example"
    assert.equal("basic\thttps://a.example\thttps://a.example", made("{}", env))
    env.THRIVE_WEBHOOKS_URL = "https://w.example"
    assert.equal("basic\thttps://a.example\thttps://w.example", made("{}", env))
  end)

  it("never mixes a host among the arguments with the environment's hosts", function()
    local env = {
      THRIVE_TENANT_ID = "t", THRIVE_API_KEY = "kkkk", THRIVE_BASE_URL = "https://a.example",
      THRIVE_WEBHOOKS_URL = "https://w.example", THRIVE_REGION = "staging",
    }
    assert.equal("basic\thttps://mine.example\thttps://mine.example", made('{ base_url = "https://mine.example" }', env))
    assert.equal("basic\t" .. LIVE, made('{ region = "production" }', env))
    assert.equal("basic\thttps://a.example\thttps://h.example", made('{ webhooks_url = "https://h.example" }', env))
  end)

  it("refuses a region in the environment that does not exist, naming the choice", function()
    local out = made("{}", { THRIVE_TENANT_ID = "t", THRIVE_API_KEY = "kkkk", THRIVE_REGION = "mars" })
    assert.equal("config", out:match("^%w+"))
    for _, part in ipairs { "THRIVE_REGION", "mars", "production-mea", "staging-mea" } do
      assert.truthy(out:find(part, 1, true))
    end
  end)

  it("refuses a secret with a line break in it, as it comes from a file", function()
    local client, err = thrive.client(offline{ api_key = "canary-key\n" })
    assert.is_nil(client)
    assert.equal("config", err.kind)
    assert.truthy(err.message:find("api_key", 1, true))
    assert.falsy(tostring(err):find("canary", 1, true))
  end)

  it("takes an empty SSL_CERT_FILE for none", function()
    local run = subject.child([[
      local sandbox <close> = assert(require("thrive.sandbox").start{ users = 1 })
      local client <close> = assert(require("thrive").client{ token = "tttt", base_url = "https://127.0.0.1:1" })
      local _, err = client.users:list({}, { max_retries = 0 })
      print(err.kind)
    ]], { SSL_CERT_FILE = "" })
    assert.equal("", run.err)
    assert.equal("network\n", run.out)
  end)
end)

describe("require \"thrive\"", function()
  it("changes nothing outside of itself", function()
    local run = subject.child([[
      local function snapshot()
        local seen = {}
        for _, t in ipairs{ _G, string, table, math, os, io, coroutine, debug, utf8, getmetatable("") } do
          for key, value in pairs(t) do seen[#seen + 1] = tostring(key) .. "=" .. tostring(value) end
        end
        table.sort(seen)
        return table.concat(seen, "\n")
      end
      local before = snapshot()
      local loaded = {}
      for name in pairs(package.loaded) do loaded[name] = true end
      local thrive = require "thrive"
      local sandbox = assert(require("thrive.sandbox").start{ users = 3 })
      local client = assert(sandbox:client())
      assert(#client.users:all() == 3)
      thrive.map({ 1 }, function() return true end)
      client:close()
      sandbox:stop()
      print(before == snapshot() and "same" or "changed")
      for name in pairs(package.loaded) do
        if not loaded[name] and not name:match("^thrive") and not name:match("^cjson") then print(name) end
      end
    ]])
    assert.equal("", run.err)
    assert.equal("same\n", run.out)
  end)

  it("loads only itself until something is used", function()
    local run = subject.child([[
      local before = {}
      for name in pairs(package.loaded) do before[name] = true end
      require "thrive"
      for name in pairs(package.loaded) do if not before[name] then print(name) end end
    ]])
    assert.equal("thrive\n", run.out)
  end)

  it("works again after package.loaded was emptied, also with objects of the first time", function()
    local sandbox <close> = assert(sandboxes.start{ users = 3 })
    local client <close> = assert(sandbox:client())
    assert.equal(3, #client.users:all())
    local saved = {}
    for name, module in pairs(package.loaded) do
      if name:match("^thrive") then saved[name] = module end
    end
    for name in pairs(saved) do package.loaded[name] = nil end
    finally(function()
      for name in pairs(package.loaded) do if name:match("^thrive") then package.loaded[name] = nil end end
      for name, module in pairs(saved) do package.loaded[name] = module end
    end)
    local again = require "thrive"
    assert.not_equal(thrive, again)
    local second <close> = assert(again.client{
      tenant_id = sandbox.tenant_id, api_key = sandbox.api_key, base_url = sandbox.base_url,
    })
    assert.equal(3, #second.users:all())
    assert.equal(3, #client.users:all())
    local _, err = client.users:get("nobody")
    assert.is_true(again.iserror(err))
    assert.equal(thrive.null, again.null)
  end)

  it("tells its version once, and null is cjson's", function()
    assert.truthy(thrive._VERSION:match("^%d+%.%d+%.%d+"))
    assert.equal(require("cjson").null, thrive.null)
    assert.is_nil(thrive.nothing_of_this_name)
  end)
end)

describe("a client", function()
  local sandbox, client

  setup(function() sandbox = assert(sandboxes.start{ users = 5 }) end)
  teardown(function() sandbox:stop() end)
  before_each(function()
    sandbox:clear_requests()
    client = assert(sandbox:client())
  end)
  after_each(function() client:close() end)

  it("shows host and kind of credentials, and its state", function()
    assert.equal("thrive.client: " .. sandbox.base_url .. " (basic)", tostring(client))
    local guarded <close> = assert(sandbox:client{ read_only = true, dry_run = true, token = "some-token" })
    assert.equal("thrive.client: " .. sandbox.base_url .. " (bearer, read only, dry run)", tostring(guarded))
    client:close()
    assert.equal("thrive.client (closed)", tostring(client))
  end)

  it("names itself and its groups, and hides its metatable", function()
    assert.equal("thrive.client", getmetatable(client))
    assert.equal("thrive.users", tostring(client.users))
    assert.equal(client.users, client.users)
  end)

  it("can be closed twice, and used no more, which is told with the caller's position", function()
    local users, each = client.users, client.users:each()
    client:close()
    client:close()
    for name, f in pairs {
      get = function() users:get("x") end,
      create = function() users:create(subject.person()) end,
      each = function() users:each() end,
      all = function() users:all() end,
      request = function() client:request{ method = "GET", path = "/rest/v1/users" } end,
      plan = function() client:plan() end,
    } do
      local message = raised(f)
      assert.truthy(message:find("attempt to use a closed client", 1, true), name .. ": " .. tostring(message))
      assert.truthy(message:find("^[^:]*client_spec.lua:%d+:"), name .. ": " .. message)
    end
    assert.truthy(tostring(raised(each)):find("closed", 1, true))
    assert.equal(0, sandbox:count())
    assert.equal(0, client:stats().calls)
  end)

  it("is closed at the end of a <close> variable's scope", function()
    local kept
    do
      local scoped <close> = assert(sandbox:client())
      kept = scoped
    end
    assert.equal("thrive.client (closed)", tostring(kept))
  end)

  it("refuses names that it does not have, with the nearest one and the caller's position", function()
    local line = debug.getinfo(1, "l").currentline + 1
    local message = raised(function() local _ = client.user end)
    assert.equal(("spec/client_spec.lua:%d: a client has no 'user' (did you mean 'users'?)"):format(line),
      (message:gsub("^%./", "")))
    assert.truthy(raised(function() client:stat() end):find("did you mean 'stats'?", 1, true))
    assert.is_nil(client[1])
  end)

  it("says that its methods want a colon, with the caller's position", function()
    for _, name in ipairs { "request", "stats", "plan", "close" } do
      local line = debug.getinfo(1, "l").currentline + 1
      local message = raised(function() client[name]({ method = "GET", path = "/rest/v1/users" }) end)
      assert.equal(("spec/client_spec.lua:%d: client:%s: call it with a colon: client:%s(…)"):format(line, name, name),
        (message:gsub("^%./", "")))
    end
    assert.equal(0, sandbox:count())
  end)

  it("says who it is, the script's name first", function()
    local named <close> = assert(sandbox:client{ user_agent = "hr-sync/2" })
    assert(named.users:list())
    assert(client.users:list())
    local log = sandbox:requests()
    assert.truthy(log[1].headers["user-agent"]:find("^hr%-sync/2 thrive%-lua/" .. thrive._VERSION:gsub("%.", "%%.")))
    assert.truthy(log[2].headers["user-agent"]:find("^thrive%-lua/[%d.]+ %(Lua 5%.4; libcurl/[%d.]+%)$"))
  end)

  it("refuses a user agent with a line break", function()
    local broken, err = sandbox:client{ user_agent = "a\r\nX-Evil: 1" }
    assert.is_nil(broken)
    assert.equal("config", err.kind)
    assert.truthy(err.message:find("user_agent", 1, true))
  end)

  it("drops nulls, or keeps them as thrive.null", function()
    sandbox:fault{ method = "GET", path = "/rest/v1/user/x", times = 2, body = '{"id":"x","ref":null,"tags":[null]}' }
    local user = assert(client.users:get("x"))
    assert.is_nil(user.ref)
    assert.equal("id tags", subject.keys(user))
    assert.equal(thrive.null, user.tags[1])
    local keeping <close> = assert(sandbox:client{ nulls = "keep" })
    assert.equal(thrive.null, assert(keeping.users:get("x")).ref)
  end)

  it("counts what it did", function()
    local fresh <close> = assert(sandboxes.start{ users = 5 }) -- nobody has a connection to it yet
    local counted <close> = assert(fresh:client())
    fresh:fault{ status = 503, headers = { ["Retry-After"] = "0" } }
    assert(counted.users:list())
    assert(counted.users:list())
    local stats = counted:stats()
    assert.equal(2, stats.calls)
    assert.equal(3, stats.attempts)
    assert.equal(1, stats.retries)
    assert.equal(1, stats.connections)
    assert.equal("integer", math.type(stats.bytes_sent))
    assert.is_true(stats.bytes_received > 5 * 100)
    assert.equal(0, stats.waited)
  end)

  it("gives meta on success and failure: status, attempts, request id, url, headers, timings", function()
    local _, err, meta = client.users:list{ perPage = 2 }
    assert.is_nil(err)
    assert.equal(200, meta.status)
    assert.equal(1, meta.attempts)
    assert.truthy(meta.request_id:match("^sandbox%-%d+$"))
    assert.equal(sandbox.base_url .. "/rest/v1/users?perPage=2", meta.url)
    assert.equal("/rest/v1/users?perPage=2", meta.path)
    assert.equal("GET", meta.method)
    assert.equal("users.list", meta.operation)
    assert.truthy(meta.headers["content-type"]:find("application/json", 1, true))
    assert.equal("number", type(meta.timings.total))
    assert.equal("attempts headers method operation path request_id status timings url", subject.keys(meta))
    assert.is_nil(meta.nothing)
    _, err, meta = client.users:get("nobody")
    assert.equal(404, meta.status)
    assert.equal(err.request_id, meta.request_id)
  end)

  it("calls hooks in order, and outlives a mistake in one, which is warned of", function()
    sandbox:fault{ status = 503, headers = { ["Retry-After"] = "0" } }
    local seen = {}
    local hooked <close> = assert(sandbox:client{ on = {
      request = function(event) seen[#seen + 1] = "request " .. event.attempts .. " " .. event.path end,
      response = function(event) seen[#seen + 1] = "response " .. event.status end,
      retry = function(event) seen[#seen + 1] = "retry " .. event.delay end,
    } })
    assert(hooked.users:list())
    assert.same({
      "request 1 /rest/v1/users", "response 503", "retry 0.0", "request 2 /rest/v1/users", "response 200",
    }, seen)
    local broken <close> = assert(sandbox:client{ on = { response = function() error("a mistake") end } })
    local warned = {}
    finally(function() _G.warn = warn end)
    stub(_G, "warn", function(text) warned[#warned + 1] = text end)
    local page = broken.users:list()
    _G.warn:revert()
    assert.equal(5, #page.results)
    assert.truthy(warned[1]:find("on.response failed", 1, true) and warned[1]:find("a mistake", 1, true))
  end)
end)

describe("client:request", function()
  local sandbox, client

  setup(function()
    sandbox = assert(sandboxes.start{ users = 3 })
    client = assert(sandbox:client())
  end)
  teardown(function()
    client:close()
    sandbox:stop()
  end)
  before_each(function() sandbox:clear_requests() end)

  it("sends what it is told, with the client's credentials", function()
    local page, err, meta = client:request{
      method = "GET", path = "/rest/v1/users", query = { perPage = 2, page = 1 }, headers = { ["X-Trace"] = "abc" },
    }
    assert.is_nil(err)
    assert.equal(2, #page.results)
    assert.equal(200, meta.status)
    assert.equal("request", meta.operation)
    local sent = sandbox:requests()[1]
    assert.equal("/rest/v1/users?page=1&perPage=2", sent.target)
    assert.equal("abc", sent.headers["x-trace"])
    assert.is_true(sent.authorized)
  end)

  it("escapes the query, joins arrays with commas, and adds to a query that the path has", function()
    client:request{
      method = "GET", path = "/rest/v1/users?perPage=1",
      query = { ["a&b"] = "c=d e/é", list = { "x", "y,z", 3, true }, no = false, n = 1.5 },
    }
    assert.equal("/rest/v1/users?perPage=1&a%26b=c%3Dd%20e%2F%C3%A9&list=x%2Cy%2Cz%2C3%2Ctrue&n=1.5&no=false",
      sandbox:requests()[1].target)
  end)

  it("sends any JSON value as the body", function()
    local user = assert(client:request{ method = "POST", path = "/rest/v2/users", body = subject.person() })
    assert.equal("N1", user.ref)
    local sent = sandbox:requests()[1]
    assert.equal("application/json", sent.headers["content-type"])
    assert.same(subject.person(), sent.json)
    assert.is_true(client:request{ method = "DELETE", path = "/rest/v2/users/ref/N1" }.success)
  end)

  it("returns the text of an answer that is not JSON, and true for an empty one", function()
    sandbox:fault{ body = "plain", headers = { ["Content-Type"] = "text/plain" } }
    assert.equal("plain", client:request{ method = "GET", path = "/x" })
    sandbox:fault{ status = 204 }
    assert.is_true((client:request{ method = "GET", path = "/x" }))
  end)

  it("goes to the webhooks host when asked", function()
    local hooks <close> = assert(sandboxes.start{ users = 1 })
    local both <close> = assert(sandbox:client{ webhooks_url = hooks.base_url })
    both:request{ method = "GET", path = "/rest/v1/users", host = "webhooks" }
    assert.equal(0, sandbox:count())
    assert.equal(1, hooks:count())
  end)

  local misuse = {
    { "no table", nil, "argument #1 must be a table (got nil)" },
    { "no method", { path = "/x" }, "missing 'method'" },
    { "no path", { method = "GET" }, "missing 'path'" },
    { "an unknown method", { method = "get", path = "/x" }, "'method' must be one of GET" },
    { "an unknown field", { method = "GET", path = "/x", quer = {} }, "'quer' is not a field of a request (did you mean" },
    { "an unknown host", { method = "GET", path = "/x", host = "x" }, "'host' must be one of api, webhooks" },
    { "a path without a slash", { method = "GET", path = "x" }, "path must start with '/'" },
    { "a path with a space", { method = "GET", path = "/a b" }, "percent-encoded" },
    { "a path with a line break", { method = "GET", path = "/a\r\nX: y" }, "percent-encoded" },
    { "a path with a fragment", { method = "GET", path = "/a#b" }, "percent-encoded" },
    { "a query of tables", { method = "GET", path = "/a", query = { a = { {} } } }, "query.a must hold" },
    { "a query of functions", { method = "GET", path = "/a", query = { a = print } }, "query.a must be" },
    { "a query without names", { method = "GET", path = "/a", query = { "x" } }, "query" },
    { "a body that is no JSON", { method = "POST", path = "/a", body = { f = { print } } }, "body.f" },
    { "a body with a hole", { method = "POST", path = "/a", body = { 1, nil, 3, nil, 5 } }, "body" },
    { "an Authorization of its own", { method = "GET", path = "/a", headers = { authorization = "x" } }, "header 'auth" },
    { "a header with a line break", { method = "GET", path = "/a", headers = { X = "a\r\nY: b" } }, "header 'X' is not" },
    { "a header name with a space", { method = "GET", path = "/a", headers = { ["X Y"] = "a" } }, "header 'X Y' is not" },
    { "a header of a number", { method = "GET", path = "/a", headers = { X = 1 } }, "headers must map strings" },
  }
  for _, case in ipairs(misuse) do
    it("raises for " .. case[1] .. ", at the caller, before anything is sent", function()
      local message = raised(function() client:request(case[2]) end)
      assert.truthy(message:find("client_spec.lua:%d+: client:request: "), message)
      assert.truthy(message:find(case[3], 1, true), message)
      assert.equal(0, sandbox:count())
    end)
  end

  it("raises for options that do not exist", function()
    assert.truthy(raised(function() client:request({ method = "GET", path = "/x" }, { retries = 1 }) end)
      :find("'retries' is not an option", 1, true))
  end)
end)
