-- Error objects: every kind, its fields, how it reads.
local thrive = require "thrive"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"

local FIELDS = {
  kind = "string", message = "string", operation = "string", method = "string", path = "string", attempts = "number",
  elapsed = "number", retryable = "boolean", sent = "boolean",
}

describe("an error", function()
  local sandbox, client

  setup(function()
    sandbox = assert(sandboxes.start{ users = 3 })
    client = assert(sandbox:client{ max_retries = 0 })
  end)
  teardown(function()
    client:close()
    sandbox:stop()
  end)
  before_each(function()
    sandbox:clear_faults()
    sandbox:clear_requests()
  end)

  local function fails(fault, call)
    if fault then
      -- Always: a request that an earlier test gave up may arrive late, and must not take the fault from ours.
      fault.times = fault.times or math.huge
      sandbox:clear_faults()
      sandbox:fault(fault)
    end
    local value, err, meta = (call or function() return client.users:get_by_ref("U0001") end)()
    assert.is_nil(value)
    assert.is_true(thrive.iserror(err))
    assert.equal("table", type(meta))
    return err, meta
  end

  -- What a status means, where it is not "4xx: validation, 5xx: server".
  local special = {
    [401] = "auth", [403] = "forbidden", [404] = "not_found", [407] = "network", [408] = "timeout", [409] = "conflict",
    [410] = "not_found", [429] = "rate_limited",
  }
  it("has the kind of its status, for every status from 400 to 599", function()
    for status = 400, 599 do
      local err, meta = fails{ status = status }
      assert.equal(special[status] or status < 500 and "validation" or "server", err.kind, status)
      assert.equal(status, err.status)
      assert.equal(status, meta.status)
      assert.equal("a fault of the sandbox", err.message)
      assert.is_true(err.sent)
    end
  end)

  it("of a redirect names where to, and the redirect is not followed", function()
    local elsewhere <close> = assert(sandboxes.start{ users = 1 })
    for _, status in ipairs { 301, 302, 303, 307, 308 } do
      local err = fails{ redirect = elsewhere.base_url .. "/x", status = status }
      assert.equal("server", err.kind)
      assert.equal("redirect", err.code)
      assert.equal(status, err.status)
      assert.truthy(err.message:find(elsewhere.base_url, 1, true))
      assert.truthy(err.hint:find("base_url", 1, true))
    end
    assert.equal(0, elsewhere:count())
  end)

  it("carries what there is to know", function()
    local err, meta = fails(nil, function() return client.users:get("no such id") end)
    for field, kind in pairs(FIELDS) do assert.equal(kind, type(err[field]), field) end
    assert.equal("users.get", err.operation)
    assert.equal("GET", err.method)
    assert.equal("/rest/v1/user/no%20such%20id", err.path)
    assert.equal(404, err.status)
    assert.equal("integer", math.type(err.status))
    assert.equal(1, err.attempts)
    assert.equal("Not Found", err.code)
    assert.truthy(err.request_id:match("^sandbox%-"))
    assert.equal(meta.request_id, err.request_id)
    assert.is_true(err.elapsed >= 0 and err.elapsed < 5)
    assert.is_false(err.retryable)
    assert.is_true(err.sent)
    assert.truthy(err.body:find('"status":404', 1, true))
    assert.is_nil(err.retry_after)
  end)

  it("tells that another try may help", function()
    local err = fails{ status = 503, headers = { ["Retry-After"] = "7" } }
    assert.is_true(err.retryable)
    assert.equal(7, err.retry_after)
    assert.is_nil(err.stopped_by, "attempts are told as attempts")
  end)

  local bodies = {
    { "a text message", '{"status":400,"error":"Bad Request","message":"wrong page"}', "wrong page", "Bad Request" },
    { "an object for a message", '{"message":{"email":"is bad"}}', "email: is bad", nil },
    { "a list for a message", '{"message":["one is bad","two is worse"]}', "one is bad; two is worse", nil },
    { "an empty object for a message", '{"message":{}}', "see err.fields", nil },
    { "nothing but an error", '{"error":"Bad Request"}', "Bad Request", "Bad Request" },
    { "the form of RFC 6749", '{"error":"invalid_scope","error_description":"no such scope"}', "no such scope",
      "invalid_scope" },
    { "a number for a message", '{"message":5}', "the service answered 400", nil },
    { "no object", '[1,2]', "the service answered 400", nil },
    { "a text", "plain words", "plain words", nil },
    { "a text with line breaks", "two\nlines\r\n\0x", "two.lines...x", nil },
    { "nothing", "", "the service answered 400", nil },
    { "HTML", "  <html>\n<body>", "an HTML page came instead of the API's answer (a gateway or proxy?)", nil },
  }
  for _, case in ipairs(bodies) do
    it("reads an answer with " .. case[1], function()
      local err = fails{ status = 400, body = case[2] }
      assert.equal("validation", err.kind)
      assert.equal(case[3], err.message)
      assert.equal(case[4], err.code)
      assert.equal(case[2] ~= "" and case[2] or nil, err.body)
    end)
  end

  it("names the reasons in the order of their names, and of many the first twenty", function()
    local reasons, expected = {}, {}
    for i = 30, 1, -1 do
      local name = ("f%02d"):format(i)
      reasons[name] = "is wrong"
      if i <= 20 then table.insert(expected, 1, name .. ": is wrong") end
    end
    assert.equal(table.concat(expected, "; "), fails({ status = 422, body = { message = reasons } }).message)
  end)

  it("has the message's object as fields", function()
    local err = fails{ status = 422, body = '{"message":{"email":"is bad","more":{"deep":1}}}' }
    assert.same({ email = "is bad", more = { deep = 1 } }, err.fields)
  end)

  it("keeps at most 16 KiB of a body and a line of a text", function()
    local err = fails{ status = 500, body = ("x"):rep(100000), headers = { ["Content-Type"] = "text/plain" } }
    assert.equal(16384, #err.body)
    assert.equal(("x"):rep(120) .. "...", err.message)
    err = fails{ status = 500, body = '{"message":"' .. ("y"):rep(100000) .. '"}' }
    assert.is_true(#tostring(err) < 2000, "a line of " .. #tostring(err) .. " bytes")
  end)

  it("knows a gateway's page by its type", function()
    local err = fails{ html = true }
    assert.equal("server", err.kind)
    assert.equal(502, err.status)
    assert.truthy(err.message:find("HTML page", 1, true))
  end)

  -- A request that is given up on must be there first, or it comes late and takes the fault of the next test.
  local function arrived()
    local deadline = os.time() + 30
    while sandbox:count{} == 0 do
      assert(os.time() < deadline, "the request never came")
      thrive.sleep(0.001)
    end
  end

  -- kind → how it comes about
  local kinds = {
    auth = function()
      local wrong <close> = assert(sandbox:client{ api_key = "a-wrong-key", max_retries = 0 })
      return fails(nil, function() return wrong.users:list() end)
    end,
    forbidden = function()
      local reader <close> = assert(sandbox:client{
        client_secret = sandbox.client_secret, scope = "api/read", max_retries = 0,
      })
      return fails(nil, function() return reader.users:delete("U0001") end)
    end,
    not_found = function() return fails(nil, function() return client.users:get("x") end) end,
    validation = function() return fails(nil, function() return client.users:update("U0001", { email = "?" }) end) end,
    conflict = function()
      return fails(nil, function() return client.users:create(subject.person{ ref = "U0001" }) end)
    end,
    rate_limited = function() return fails{ status = 429 } end,
    server = function() return fails{ status = 500 } end,
    timeout = function()
      local err = fails({ delay = 30 }, function() return client.users:get_by_ref("U0001", { timeout = 0.05 }) end)
      arrived()
      return err
    end,
    network = function() return fails{ reset = "before" } end,
    decode = function() return fails{ json = "invalid" } end,
    cancelled = function()
      sandbox:fault{ delay = 30 }
      local brief = assert(sandbox:client{ max_retries = 0 })
      local task = thrive.spawn(function() return brief.users:get_by_ref("U0001") end)
      arrived()
      brief:close()
      return fails(nil, function() return task:wait() end)
    end,
    ambiguous = function()
      return fails({ reset = "after" }, function() return client.users:create(subject.person{ ref = "amb" }) end)
    end,
    guard = function()
      local reader <close> = assert(sandbox:client{ read_only = true })
      return fails(nil, function() return reader.users:delete("U0001") end)
    end,
  }
  for kind, f in pairs(kinds) do
    it("of kind " .. kind .. " has its fields and reads as one line that says what to do", function()
      local err = f()
      assert.equal(kind, err.kind)
      for field, wanted in pairs(FIELDS) do assert.equal(wanted, type(err[field]), field) end
      local line = tostring(err)
      assert.falsy(line:find("[%c]"), line)
      assert.truthy(line:find(err.operation, 1, true), line)
      assert.truthy(line:find(kind, 1, true), line)
      assert.truthy(line:find(err.message, 1, true), line)
      assert.truthy(line:find("(" .. err.method .. " " .. err.path, 1, true), line)
      assert.truthy(line:find("%): %l"), "it does not say what to do: " .. line)
    end)
  end

  it("reads as one line that no terminal obeys, whatever the service says", function()
    local body = [[{"message":"a\u001b[2J\u009b31m\u202e\nb"}]]
    local err = fails({ path = "/rest/v1/tags", status = 400, body = body }, function() return client.tags:list() end)
    assert.equal("a\27[2J\u{9b}31m\u{202e}\nb", err.message)
    assert.truthy(tostring(err):find("400 validation: a [2J  31m    b (GET", 1, true), tostring(err))
  end)

  it("of kind config comes from thrive.client", function()
    local made, err = thrive.client{ tenant_id = "t", api_key = "some-key", base_url = "nonsense" }
    assert.is_nil(made)
    assert.is_true(thrive.iserror(err))
    assert.equal("config", err.kind)
    assert.is_false(err.sent)
    assert.is_false(err.retryable)
    assert.truthy(tostring(err):find("^config: base_url: .*: fix the client's options"), tostring(err))
  end)

  it("of kind config comes from a call whose proxy or CA file cannot be used", function()
    for name, value in pairs { proxy = "nonsense://x:y", ca_file = "/no/such/file.pem" } do
      local far <close> = assert(thrive.client{
        token = "some-token", base_url = "https://127.0.0.2:1", max_retries = 0, [name] = value,
      })
      local _, err = far.users:list()
      assert.truthy(err.kind == "config" or name == "ca_file" and (err.kind == "tls" or err.kind == "network"), err.kind)
      assert.is_false(err.sent)
    end
  end)

  it("reads with status, request, attempts and the time to wait", function()
    sandbox:fault{ status = 429, times = 2, headers = { ["Retry-After"] = "0", ["X-Request-Id"] = "r-1" } }
    local _, err = client.users:get_by_ref("U0001", { max_retries = 1 })
    assert.equal("users.get_by_ref: 429 rate_limited: a fault of the sandbox (GET /rest/v1/users/ref/U0001, request r-1, "
      .. "2 attempts, retry after 0.0 s): wait, or lower the concurrency", (tostring(err):gsub("after 0 s", "after 0.0 s")))
    assert.equal(2, err.attempts)
  end)

  it("can be raised by assert, joined to text, and told from other tables", function()
    local err = fails{ status = 404 }
    assert.equal(err, subject.raised(_G.assert, nil, err))
    assert.equal("oh: " .. tostring(err), "oh: " .. err)
    assert.equal(tostring(err) .. "!", err .. "!")
    assert.equal(tostring(err) .. tostring(err), err .. err)
    assert.is_true(thrive.iserror(err))
    for _, value in ipairs { {}, "x", 1, setmetatable({}, {}) } do assert.is_false(thrive.iserror(value)) end
    assert.is_false(thrive.iserror(nil))
  end)

  it("does not change by being read", function()
    local err = fails{ status = 404 }
    local _ = tostring(err) .. err
    assert.equal("integer", math.type(err.status))
    assert.equal("integer", math.type(err.attempts))
  end)

  describe("with raise = true", function()
    it("is raised as the same object, by calls and by the escape hatch", function()
      local raising <close> = assert(sandbox:client{ raise = true, max_retries = 0 })
      local err = subject.raised(function() return raising.users:get("x") end)
      assert.equal("not_found", err.kind)
      assert.equal("users.get", err.operation)
      err = subject.raised(function() return raising:request{ method = "GET", path = "/rest/v1/nothing" } end)
      assert.equal("not_found", err.kind)
      assert.is_true(#raising.users:list().results >= 3)
      local guarded <close> = assert(sandbox:client{ raise = true, read_only = true })
      assert.equal("guard", subject.raised(function() return guarded.users:delete("x") end).kind)
    end)

    it("lets iteration and tasks see it as usual", function()
      local raising <close> = assert(sandbox:client{ raise = true, max_retries = 0 })
      sandbox:fault{ status = 400, times = 2 }
      assert.equal("validation", subject.raised(function() return raising.users:all() end).kind)
      local _, failures = thrive.map({ "U0001", "U0002" }, function(ref) return raising.users:get_by_ref(ref) end)
      assert.equal(1, #failures)
      assert.equal("validation", failures[1].err.kind)
    end)
  end)
end)
