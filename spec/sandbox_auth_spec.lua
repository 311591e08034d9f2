-- What the sandbox lets in, over raw HTTP: Basic, bearer tokens, scopes, the token endpoint.
local raw = require "spec.support.raw_http"
local start = require("thrive.sandbox").start

describe("the sandbox's authentication", function()
  local sandbox

  before_each(function() sandbox = assert(start{ users = 3 }) end)
  after_each(function() sandbox:stop() end)

  local function get(authorization)
    return assert(raw.request(sandbox, "GET", "/rest/v1/users", nil, { Authorization = authorization }))
  end

  local function form(fields)
    local out = {}
    for name, value in pairs(fields) do
      out[#out + 1] = name .. "=" .. value:gsub("[^%w_.-]", function(c) return ("%%%02X"):format(c:byte()) end)
    end
    table.sort(out)
    return table.concat(out, "&")
  end

  local function token_request(fields, authorization, tenant, content_type)
    return assert(raw.request(sandbox, "POST", "/oauth2/token/" .. (tenant or sandbox.tenant_id), form(fields), {
      Authorization = authorization or false, ["Content-Type"] = content_type or "application/x-www-form-urlencoded",
    }))
  end

  local function credentials(changes)
    local fields = {
      grant_type = "client_credentials", client_id = sandbox.client_id, client_secret = sandbox.client_secret,
    }
    for name, value in pairs(changes or {}) do fields[name] = value or nil end
    return fields
  end

  local function bearer(scope)
    local answer = token_request(credentials{ scope = scope })
    assert.equal(200, answer.status, answer.body)
    return "Bearer " .. answer.json.access_token
  end

  it("takes the tenant's Basic credentials", function()
    assert.equal(200, get(raw.basic(sandbox.tenant_id, sandbox.api_key)).status)
  end)

  it("answers 401 in the house's shape to anything else", function()
    local wrong = {
      false, raw.basic(sandbox.tenant_id, "wrong"), raw.basic("wrong", sandbox.api_key), "Basic ???", "Basic", "Digest x",
      "Bearer nothing", "Bearer", raw.basic(sandbox.tenant_id .. ":" .. sandbox.api_key, ""),
    }
    for _, authorization in ipairs(wrong) do
      local answer = get(authorization)
      assert.equal(401, answer.status, authorization)
      assert.equal(401, answer.json.status)
      assert.equal("Unauthorized", answer.json.error)
      assert.equal("string", type(answer.json.message))
    end
  end)

  it("answers 401 before it tells whether a path exists", function()
    local answer = raw.request(sandbox, "GET", "/rest/v1/nothing", nil, { Authorization = false })
    assert.equal(401, answer.status)
  end)

  it("issues a token for form credentials", function()
    local answer = token_request(credentials{ scope = "api/read api/write" })
    assert.equal(200, answer.status)
    assert.equal("Bearer", answer.json.token_type)
    assert.equal(3600, answer.json.expires_in)
    assert.equal("api/read api/write", answer.json.scope)
    assert.truthy(answer.body:find('"expires_in":3600,', 1, true))
    assert.equal("no-store", answer.headers["cache-control"])
    assert.equal(200, get("Bearer " .. answer.json.access_token).status)
  end)

  it("issues a token for a Basic header, but not for both", function()
    local line = raw.basic(sandbox.client_id, sandbox.client_secret)
    assert.equal(200, token_request({ grant_type = "client_credentials" }, line).status)
    local answer = token_request(credentials(), line)
    assert.equal(400, answer.status)
    assert.equal("invalid_request", answer.json.error)
  end)

  it("answers RFC 6749 errors to what is wrong", function()
    local cases = {
      { 401, "invalid_client", credentials{ client_secret = "wrong" } },
      { 401, "invalid_client", credentials{ client_secret = false } },
      { 401, "invalid_client", credentials{ client_id = "wrong" } },
      { 401, "invalid_client", credentials(), nil, "other_tenant" },
      { 401, "invalid_client", { grant_type = "client_credentials" }, "Basic !!" },
      { 400, "invalid_request", credentials{ grant_type = false } },
      { 400, "unsupported_grant_type", credentials{ grant_type = "password" } },
      { 400, "invalid_scope", credentials{ scope = "api/read api/admin" } },
      { 400, "invalid_scope", credentials{ scope = " " } },
      { 400, "invalid_request", credentials{ username = "x" } },
      { 400, "invalid_request", credentials(), nil, nil, "application/json" },
    }
    for i, case in ipairs(cases) do
      local answer = token_request(case[3], case[4], case[5], case[6])
      assert.equal(case[1], answer.status, "case " .. i)
      assert.equal(case[2], answer.json.error, "case " .. i)
      assert.equal("string", type(answer.json.error_description))
    end
  end)

  it("refuses a token after its life", function()
    local line = bearer()
    assert.equal(200, get(line).status)
    assert.equal(1, sandbox:expire_tokens())
    assert.equal(0, sandbox:expire_tokens())
    local answer = get(line)
    assert.equal(401, answer.status)
    assert.truthy(answer.json.message:find("expired", 1, true))
    assert.equal(200, get(bearer()).status)
  end)

  it("says how long a token lives, as it was started with", function()
    local short = assert(start{ users = 0, token_lifetime = 7 })
    local answer = raw.request(short, "POST", "/oauth2/token/" .. short.tenant_id, form{
      grant_type = "client_credentials", client_id = short.client_id, client_secret = short.client_secret,
    }, { Authorization = false, ["Content-Type"] = "application/x-www-form-urlencoded" })
    short:stop()
    assert.equal(7, answer.json.expires_in)
  end)

  it("checks the scope of each kind of operation", function()
    local event = {
      id = "1", timestamp = "2024-06-01T00:00:00Z", eventType = "user_updated", content = { user = { ref = "U0001" } },
    }
    local may = {
      ["api/all"] = { true, true, true }, ["api/read"] = { true, false, false }, ["api/write"] = { false, true, false },
      ["api/webhooks"] = { false, false, true }, ["api/read api/write"] = { true, true, false },
    }
    for scope, allowed in pairs(may) do
      local line = { Authorization = bearer(scope) }
      event.id = scope
      local answers = {
        raw.request(sandbox, "GET", "/rest/v1/skills/levels", nil, line),
        raw.request(sandbox, "PATCH", "/rest/v2/users/ref/U0001", { jobTitle = scope }, line),
        raw.request(sandbox, "POST", "/webhooks", event, line),
      }
      for i, answer in ipairs(answers) do
        assert.equal(allowed[i] and 200 or 403, answer.status, scope .. " " .. i)
        if answer.status == 403 then assert.equal("Forbidden", answer.json.error) end
      end
    end
  end)

  it("keeps secrets out of its log", function()
    token_request(credentials())
    get(raw.basic(sandbox.tenant_id, sandbox.api_key))
    get(raw.basic(sandbox.tenant_id, "wrong-key"))
    local log = sandbox:requests()
    assert.equal(3, #log)
    assert.is_nil(log[1].body:find(sandbox.client_secret, 1, true))
    assert.truthy(log[1].body:find("client_secret=***", 1, true))
    assert.equal("Basic", log[2].headers.authorization)
    assert.is_true(log[1].authorized)
    assert.is_true(log[2].authorized)
    assert.is_false(log[3].authorized)
  end)
end)
