-- Credentials on the wire: Basic, OAuth client credentials, a bearer token; tokens kept, renewed, refused.
local thrive = require "thrive"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"
local refs = require("spec.support.reading").refs

local TOKENS = { path = "oauth2/token" }

describe("Basic credentials", function()
  it("go with every request, and are right", function()
    local sandbox <close> = assert(sandboxes.start{ users = 2 })
    local client <close> = assert(sandbox:client())
    assert(client.users:list())
    assert(client.users:create(subject.person()))
    for _, request in ipairs(sandbox:requests()) do
      assert.equal("Basic", request.headers.authorization)
      assert.is_true(request.authorized)
    end
  end)

  it("may hold any byte that is no control byte", function()
    for _, key in ipairs { "påss wörd", "a:b:c", ("x"):rep(300), "日本語", "=&%+\"'\\" } do
      local sandbox <close> = assert(sandboxes.start{ users = 1, api_key = key })
      local client <close> = assert(sandbox:client())
      assert(client.users:list())
    end
  end)

  it("that are wrong are an error of kind auth, at once", function()
    local sandbox <close> = assert(sandboxes.start{ users = 2 })
    local client <close> = assert(sandbox:client{ api_key = "a-wrong-key" })
    local value, err = client.users:list()
    assert.is_nil(value)
    assert.equal("auth", err.kind)
    assert.equal(401, err.status)
    assert.equal(1, sandbox:count())
    assert.is_false(err.retryable)
    assert.truthy(tostring(err):find("check the tenant id", 1, true))
  end)
end)

describe("a bearer token", function()
  it("goes as it is given, and a 401 is final", function()
    local sandbox <close> = assert(sandboxes.start{ users = 2 })
    local client <close> = assert(sandbox:client{ token = "not-a-token-of-the-sandbox" })
    local _, err = client.users:list()
    assert.equal("auth", err.kind)
    assert.equal(1, sandbox:count())
    assert.equal("Bearer", sandbox:requests()[1].headers.authorization)
  end)

  it("needs no tenant id", function()
    local client <close> = assert(thrive.client{ token = "some-token", base_url = "http://127.0.0.1:1" })
    assert.truthy(tostring(client):find("bearer", 1, true))
  end)
end)

describe("OAuth client credentials", function()
  local sandbox, client

  before_each(function() sandbox = assert(sandboxes.start{ users = 25, client_id = "the-client" }) end)
  after_each(function()
    if client then client:close() end
    client = nil
    sandbox:stop()
  end)

  local function oauth(settings)
    local given = { client_secret = sandbox.client_secret, client_id = sandbox.client_id, max_retries = 0 }
    for name, value in pairs(settings or {}) do given[name] = value end
    client = assert(sandbox:client(given))
    return client
  end

  it("are exchanged for a token with a form, which is kept for the calls that follow", function()
    oauth()
    for _ = 1, 3 do assert(client.users:list()) end
    local log = sandbox:requests()
    assert.equal(4, #log)
    assert.equal("POST", log[1].method)
    assert.equal("/oauth2/token/" .. sandbox.tenant_id, log[1].target)
    assert.equal("application/x-www-form-urlencoded", log[1].headers["content-type"])
    assert.is_nil(log[1].headers.authorization)
    assert.equal("grant_type=client_credentials&client_id=the-client&client_secret=***", log[1].body)
    assert.is_true(log[1].authorized)
    for i = 2, 4 do assert.equal("Bearer", log[i].headers.authorization) end
    assert.equal(3, client:stats().calls)
    assert.equal(4, client:stats().attempts)
  end)

  it("go as a Basic header when asked, and not in the form too", function()
    oauth{ token_auth = "basic", scope = "api/read" }
    assert(client.users:list())
    local asked = sandbox:requests()[1]
    assert.equal("Basic", asked.headers.authorization)
    assert.equal("grant_type=client_credentials&scope=api%2Fread", asked.body)
  end)

  it("take the tenant id for the client id by default", function()
    local plain <close> = assert(sandboxes.start{ users = 1 })
    local other <close> = assert(plain:client{ client_secret = plain.client_secret })
    assert(other.users:list())
    assert.truthy(plain:requests()[1].body:find("client_id=" .. plain.tenant_id, 1, true))
  end)

  it("are escaped as a form asks, and the tenant id as a path asks", function()
    local odd <close> = assert(sandboxes.start{
      users = 1, tenant_id = "t/ä 1+", client_id = "c&d=e f", client_secret = "s%&+= ü",
    })
    local other <close> = assert(odd:client{ client_secret = "s%&+= ü", client_id = "c&d=e f" })
    assert(other.users:list())
    assert.equal("/oauth2/token/t%2F%C3%A4%201%2B", odd:requests()[1].target)
    local basic <close> = assert(odd:client{ client_secret = "s%&+= ü", client_id = "c&d=e f", token_auth = "basic" })
    assert(basic.users:list())
  end)

  it("are asked for once, however many calls wait for the token", function()
    oauth{ concurrency = 30 }
    sandbox:fault{ path = "oauth2/token", delay = 0.03 }
    local results, failures = thrive.map(refs(20), function(ref) return assert(client.users:get_by_ref(ref)).ref end,
      { concurrency = 20 })
    assert.same({}, failures)
    assert.same(refs(20), results)
    assert.equal(1, sandbox:count(TOKENS))
  end)

  it("are asked for once after a 401, however many calls met it, and each call is sent again once", function()
    oauth()
    assert(client.users:list())
    sandbox:expire_tokens()
    local _, failures = thrive.map(refs(20), function(ref) return client.users:get_by_ref(ref) end, { concurrency = 8 })
    assert.same({}, failures)
    assert.equal(2, sandbox:count(TOKENS))
    for _, ref in ipairs(refs(20)) do
      assert.is_true(sandbox:count{ path = "/rest/v1/users/ref/" .. ref } <= 2)
    end
  end)

  for _, places in ipairs { 1, 3 } do
    it(("are asked for again while calls stand in line, which wait for the token then: %d at once"):format(places), function()
      oauth{ concurrency = places }
      assert(client.users:list())
      sandbox:expire_tokens()
      local _, failures = thrive.map(refs(20), function(ref) return client.users:get_by_ref(ref) end, { concurrency = 20 })
      assert.same({}, failures)
      assert.equal(2, sandbox:count(TOKENS))
    end)
  end

  it("are asked for by calls that stand in line while a 401 comes, and nobody is sent with the old one", function()
    oauth{ concurrency = 4 }
    assert(client.users:list())
    sandbox:expire_tokens()
    local results, failures = thrive.map(refs(20), function(ref) return assert(client.users:get_by_ref(ref)).ref end,
      { concurrency = 20 })
    assert.same({}, failures)
    assert.same(refs(20), results)
    assert.equal(2, sandbox:count(TOKENS))
    local refused = 0
    for _, request in ipairs(sandbox:requests{ path = "users/ref/" }) do
      if request.status == 401 then refused = refused + 1 end
    end
    assert.is_true(refused <= 4, refused .. " refused")
  end)

  it("that cannot be had: the error is the token request's, and tells that the call itself was not sent", function()
    oauth{ max_retries = 0 }
    sandbox:fault{ path = "oauth2/token", status = 500, times = math.huge }
    local _, err = client.users:create(subject.person())
    assert.equal("server", err.kind)
    assert.equal("token", err.operation)
    assert.is_false(err.sent)
    local result
    result, err = client.audiences.members:add("6650f2b2c3a1e4d5f6a7b8c9", { "U0001", "U0002" })
    assert.is_nil(result)
    assert.equal("server", err.kind) -- and not "partial", with entries that may have been done
  end)

  it("that cannot be had between two attempts: the first may have done it, unless it was refused", function()
    for _, case in ipairs{ { { status = 401 }, false }, { { status = 502, handled = true }, true } } do
      oauth{ max_retries = 1 }
      assert(client.users:list())
      sandbox:clear_faults()
      case[1].path = "/rest/v2/users/ref/U0001"
      sandbox:fault(case[1])
      sandbox:fault{ path = case[1].path, status = 401, times = 2 }
      sandbox:fault{ path = "oauth2/token", status = 500, times = 2 }
      local _, err = client.users:update("U0001", { firstName = "Zoë" })
      assert.equal("token", err.operation)
      assert.equal(500, err.status)
      assert.truthy(tostring(err):find("^token: 500 server: .*POST /oauth2/token/.*: the service failed"), tostring(err))
      assert.equal(case[2], err.sent)
      client:close()
    end
    oauth()
  end)

  it("are not sent when they have ended while the call stood in line", function()
    local brief <close> = assert(sandboxes.start{ users = 2, token_lifetime = 1 })
    local other <close> = assert(brief:client{ client_secret = brief.client_secret, concurrency = 1 })
    brief:fault{ path = "/rest/v1/users/ref/U0001", delay = 1.1 }
    local first = thrive.spawn(function() return assert(other.users:get_by_ref("U0001")) end)
    local second = thrive.spawn(function() return assert(other.users:get_by_ref("U0002")) end)
    assert.equal("U0001", first:wait().ref)
    assert.equal("U0002", second:wait().ref)
    assert.equal(2, brief:count(TOKENS))
    for _, request in ipairs(brief:requests()) do assert.not_equal(401, request.status) end
  end)

  it("replay a POST after a 401, for that one was never looked at", function()
    oauth()
    assert(client.users:list())
    sandbox:expire_tokens()
    local user, err, meta = client.users:create(subject.person())
    assert.is_nil(err)
    assert.equal("N1", user.ref)
    assert.equal(2, meta.attempts)
    local log = sandbox:requests{ path = "/rest/v2/users" }
    assert.same({ 401, 201 }, { log[1].status, log[2].status })
    assert.equal(2, sandbox:count(TOKENS))
  end)

  it("end in an error of kind auth when the fresh token is refused as well", function()
    oauth{ max_retries = 3 }
    sandbox:fault{ path = "/rest/v1/users", status = 401, times = math.huge }
    local _, err = client.users:list()
    assert.equal("auth", err.kind)
    assert.equal(2, err.attempts)
    assert.equal(2, sandbox:count{ path = "/rest/v1/users" })
    assert.equal(2, sandbox:count(TOKENS))
  end)

  it("are renewed before their end", function()
    local brief <close> = assert(sandboxes.start{ users = 1, token_lifetime = 1 })
    local other <close> = assert(brief:client{ client_secret = brief.client_secret })
    assert(other.users:list())
    assert(other.users:list())
    assert.equal(1, brief:count(TOKENS))
    thrive.sleep(0.92) -- the life of a token is counted in seconds, and this is about time
    assert(other.users:list())
    assert.equal(2, brief:count(TOKENS))
    for _, request in ipairs(brief:requests()) do assert.not_equal(401, request.status) end
  end)

  it("that cannot be renewed are used until their end, and renewing is not tried with every call", function()
    local core = require "thrive.core"
    local brief <close> = assert(sandboxes.start{ users = 1, token_lifetime = 6 })
    local other <close> = assert(brief:client{ client_secret = brief.client_secret })
    assert(other.users:list())
    brief:fault{ path = "oauth2/token", status = 503, times = math.huge }
    while core.token_state(other, "api") == "fresh" do thrive.sleep(0.01) end
    assert(other.users:list())
    assert(other.users:list())
    assert.equal(2, brief:count(TOKENS))
  end)

  it("are asked for per host", function()
    local hooks <close> = assert(sandboxes.start{ users = 1, client_id = "the-client" })
    oauth{ webhooks_url = hooks.base_url }
    assert(client.users:list())
    client:request{ method = "GET", path = "/rest/v1/users", host = "webhooks" }
    client:request{ method = "GET", path = "/rest/v1/users", host = "webhooks" }
    assert(client.users:list())
    assert.equal(1, sandbox:count(TOKENS))
    assert.equal(1, hooks:count(TOKENS))
    assert.equal(2, hooks:count{ path = "/rest/v1/users" })
    for _, request in ipairs(hooks:requests()) do assert.is_true(request.authorized) end
  end)

  it("that are wrong are an error of kind auth, for everybody who waits, without a storm", function()
    oauth{ client_secret = "a-wrong-secret", max_retries = 3, concurrency = 20 }
    local results, failures = thrive.map(refs(20), function(ref) return client.users:get_by_ref(ref) end, { concurrency = 20 })
    assert.same({}, results)
    assert.equal(20, #failures)
    for _, failure in ipairs(failures) do
      assert.equal("auth", failure.err.kind)
      assert.equal("invalid_client", failure.err.code)
      assert.equal("token", failure.err.operation)
    end
    assert.equal(1, sandbox:count())
    local _, err, meta = client.users:list()
    assert.equal("auth", err.kind)
    assert.is_nil(meta.status)
    assert.equal(0, meta.attempts)
  end)

  it("whose token cannot be had are told why", function()
    local cases = {
      { { status = 400, body = '{"error":"invalid_scope","error_description":"no such scope"}' }, "validation", "no such scope" },
      { { status = 400, body = '{"error":"invalid_client"}' }, "auth", "invalid_client" },
      { { status = 400, body = '{"error":"unauthorized_client"}' }, "auth", "unauthorized_client" },
      { { status = 403 }, "forbidden", "a fault of the sandbox" },
      { { status = 404 }, "not_found", "a fault of the sandbox" },
      { { status = 500 }, "server", "a fault of the sandbox" },
      { { html = true }, "server", "HTML" },
      { { redirect = "http://127.0.0.1:1/" }, "server", "redirects" },
      { { body = "{}" }, "decode", "access_token" },
      { { body = "[" }, "decode", "" },
      { { body = '{"access_token":""}' }, "decode", "access_token" },
      { { body = '{"access_token":"a\\nb"}' }, "decode", "access_token" },
      { { status = 200, body = "" }, "decode", "" },
      { { reset = "before", times = 2 }, "network", "" },
    }
    for i, case in ipairs(cases) do
      oauth()
      case[1].path = "oauth2/token"
      sandbox:fault(case[1])
      local value, err = client.users:list()
      assert.is_nil(value)
      assert.equal(case[2], err.kind, i .. ": " .. tostring(err))
      assert.truthy(tostring(err):find(case[3], 1, true), tostring(err))
      assert.equal("token", err.operation)
      assert.equal(0, sandbox:count{ path = "/rest/v1/users" })
      sandbox:clear_faults()
      assert(client.users:list(), "the next call asks again")
      sandbox:clear_requests()
      client:close()
    end
  end)

  it("are tried again when the token endpoint is busy", function()
    oauth{ max_retries = 2 }
    sandbox:fault{ path = "oauth2/token", status = 503, headers = { ["Retry-After"] = "0" }, times = 2 }
    assert(client.users:create(subject.person()))
    assert.equal(3, sandbox:count(TOKENS))
    assert.equal(1, sandbox:count{ path = "/rest/v2/users" })
  end)

  it("with a scope that does not do are an error of kind forbidden", function()
    oauth{ scope = "api/read" }
    assert(client.users:list())
    local _, err = client.users:create(subject.person())
    assert.equal("forbidden", err.kind)
    assert.is_false(err.sent)
    assert.truthy(tostring(err):find("scope", 1, true))
    client:close()
    oauth{ scope = "api/write" }
    assert(client.users:create(subject.person()))
    _, err = client.users:list()
    assert.equal("forbidden", err.kind)
    client:close()
    oauth{ scope = "api/read api/write" }
    assert(client.users:list())
    assert(client.users:delete("N1"))
  end)

  it("with a scope that does not exist are told so", function()
    oauth{ scope = "api/nothing" }
    local _, err = client.users:list()
    assert.equal("validation", err.kind)
    assert.equal("invalid_scope", err.code)
    assert.truthy(err.message:find("api/nothing", 1, true))
  end)
end)
