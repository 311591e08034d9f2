-- The sandbox's fault rules: which requests each takes, and what it does to them.
local cjson = require "cjson"
local raw = require "spec.support.raw_http"
local socket = require "socket"
local start = require("thrive.sandbox").start

local LEVELS = "/rest/v1/skills/levels"
local USERS = "/rest/v2/users"

describe("a fault of the sandbox:", function()
  local sandbox

  before_each(function() sandbox = assert(start{ users = 3 }) end)
  after_each(function() sandbox:stop() end)

  local function get(target, headers) return raw.request(sandbox, "GET", target or LEVELS, nil, headers) end

  local function joiner(ref)
    return { ref = ref or "N1", firstName = "A", lastName = "B", email = (ref or "N1") .. "@example.com" }
  end

  local function create(ref) return raw.request(sandbox, "POST", USERS, joiner(ref)) end

  local function timed(f, ...)
    local before = socket.gettime()
    local answer, why = f(...)
    return socket.gettime() - before, answer, why
  end

  -- waits until the server has the request in hand, without which a test of what happens to it proves nothing
  local function arrived(n)
    local give_up = socket.gettime() + 30
    repeat until sandbox:count() >= n or socket.gettime() > give_up
    assert.is_true(sandbox:count() >= n)
  end

  -- Whether a connection ended in a reset: to LuaSocket both that and an orderly end are "closed", but only a reset
  -- leaves an error pending on a socket from which nothing was read yet.
  local function was_reset(connection)
    assert.equal(1, #socket.select({ connection.tcp }, nil, 10))
    return connection.tcp:getoption("error") ~= nil
  end

  local function ending(method, target, headers, body)
    local connection = raw.connect(sandbox)
    connection:send(method, target, headers, body)
    local reset = was_reset(connection)
    local answer = connection:read()
    connection:close()
    return reset, answer
  end

  local function authorised() return { Authorization = raw.basic(sandbox.tenant_id, sandbox.api_key) } end

  it("status, once, with the house's error and without the change", function()
    local id = sandbox:fault{ status = 503, headers = { ["Retry-After"] = 7 } }
    local answer = create()
    assert.equal(503, answer.status)
    assert.equal("7", answer.headers["retry-after"])
    assert.equal("Service Unavailable", answer.json.error)
    assert.is_nil(sandbox:user("N1"))
    assert.equal(201, create().status)
    local log = sandbox:requests()
    assert.equal(id, log[1].fault)
    assert.equal(503, log[1].status)
    assert.is_nil(log[2].fault)
  end)

  it("status after the change was made, with handled = true", function()
    sandbox:fault{ method = "POST", status = 502, handled = true }
    assert.equal(502, create().status)
    assert.equal("N1", sandbox:user("N1").ref)
  end)

  it("a body of one's own, text or table", function()
    sandbox:fault{ body = '{"a":[1.0,[]]}' }
    sandbox:fault{ body = { results = {}, x = { 1, 2 } }, status = 207 }
    assert.equal('{"a":[1.0,[]]}', get().body)
    local answer = get()
    assert.equal(207, answer.status)
    assert.equal('{"results":{},"x":[1,2]}', answer.body)
  end)

  it("headers replace those of the answer and leave it alone otherwise", function()
    sandbox:fault{ headers = { ["content-type"] = "text/plain", ["X-Request-Id"] = "mine", ["X-Other"] = "1" } }
    local answer = get()
    assert.equal(200, answer.status)
    assert.equal(4, #answer.json)
    assert.equal("text/plain", answer.headers["content-type"])
    assert.equal("mine", answer.headers["x-request-id"])
    assert.equal("1", answer.headers["x-other"])
  end)

  it("an HTML page of a gateway", function()
    sandbox:fault{ html = true }
    sandbox:fault{ html = "<p>no</p>", status = 503 }
    local answer = get()
    assert.equal(502, answer.status)
    assert.truthy(answer.headers["content-type"]:find("text/html", 1, true))
    assert.truthy(answer.body:find("<h1>502 Bad Gateway</h1>", 1, true))
    answer = get()
    assert.equal(503, answer.status)
    assert.equal("<p>no</p>", answer.body)
  end)

  it("a redirect to elsewhere", function()
    sandbox:fault{ redirect = "http://127.0.0.1:1/elsewhere" }
    sandbox:fault{ redirect = "/rest/v1/tags", status = 307 }
    local answer = get()
    assert.equal(302, answer.status)
    assert.equal("http://127.0.0.1:1/elsewhere", answer.headers.location)
    assert.equal(307, get().status)
  end)

  it("invalid JSON, with the right length, after the change was made", function()
    sandbox:fault{ json = "invalid" }
    local answer = create()
    assert.equal(201, answer.status)
    assert.is_nil(answer.failed)
    assert.is_true(#answer.body > 10)
    assert.is_nil(answer.json)
    assert.equal("N1", sandbox:user("N1").ref)
    sandbox:fault{ json = "invalid", status = 500 }
    answer = create("N2")
    assert.equal(500, answer.status)
    assert.is_nil(answer.json)
    assert.is_nil(sandbox:user("N2"))
  end)

  it("reset before: a TCP reset, and nothing was done", function()
    sandbox:fault{ method = "POST", reset = "before" }
    local reset, answer = ending("POST", USERS, authorised(), joiner())
    assert.is_nil(answer)
    assert.is_true(reset)
    assert.is_nil(sandbox:user("N1"))
    assert.is_nil(sandbox:requests()[1].status)
  end)

  it("reset after: a TCP reset, and the change was made", function()
    sandbox:fault{ method = "POST", reset = "after" }
    local reset, answer = ending("POST", USERS, authorised(), joiner())
    assert.is_nil(answer)
    assert.is_true(reset)
    assert.equal("N1", sandbox:user("N1").ref)
    assert.equal(409, create().status)
    sandbox:fault{ method = "GET", reset = "after", delay = 0.05 }
    assert.is_true((ending("GET", LEVELS, authorised())))
  end)

  it("a stop is no reset", function()
    local connection = raw.connect(sandbox)
    connection:request("GET", LEVELS, authorised())
    sandbox:stop()
    assert.is_false(was_reset(connection))
    connection:close()
  end)

  it("a truncated body: less than was announced, then the end", function()
    sandbox:fault{ truncate = 10, times = 2 }
    for _, method in ipairs{ "GET", "POST" } do
      local answer = method == "GET" and get() or create()
      assert.equal("closed", answer.failed)
      assert.equal(10, #answer.partial)
      assert.is_true(tonumber(answer.headers["content-length"]) > 10)
    end
    assert.equal("N1", sandbox:user("N1").ref)
  end)

  it("a truncated body of no bytes, and one that lacks only its end", function()
    sandbox:fault{ truncate = 0 }
    sandbox:fault{ truncate = 1000000 }
    local whole = get(LEVELS .. "?x=1") -- 400, truncated
    assert.equal("", whole.partial)
    local answer = get()
    assert.equal("closed", answer.failed)
    assert.equal(4, #cjson.decode(answer.partial))
  end)

  it("a drip: the body in pieces", function()
    sandbox:fault{ body = ("x"):rep(20), drip = { bytes = 4, every = 0.02 } }
    local seconds, answer = timed(get)
    assert.equal(("x"):rep(20), answer.body)
    assert.is_true(seconds >= 0.1, seconds)
    sandbox:fault{ body = "abc", drip = { bytes = 1, every = 60 } }
    local connection = raw.connect(sandbox)
    connection:send("GET", LEVELS, authorised())
    assert.equal(200, connection:head().status) -- the head arrives before the first piece
    seconds = timed(sandbox.stop, sandbox)
    connection:close()
    assert.is_true(seconds < 5, seconds)
  end)

  it("a huge body: of the size asked for, valid JSON", function()
    sandbox:fault{ huge = 3000000 }
    local answer = get()
    assert.equal(200, answer.status)
    assert.equal(3000000, #answer.body)
    assert.equal(2999974, #answer.json.filler)
  end)

  it("a huge body that nobody reads does not keep stop() waiting", function()
    sandbox:fault{ huge = 1 << 40 }
    local connection = raw.connect(sandbox)
    connection:send("GET", LEVELS, authorised())
    assert.equal(tostring(1 << 40), connection:head().headers["content-length"])
    local seconds = timed(sandbox.stop, sandbox)
    connection:close()
    assert.is_true(seconds < 5, seconds)
  end)

  it("a delay: the answer comes so much later", function()
    sandbox:fault{ delay = 0.1 }
    local seconds, answer = timed(create)
    assert.equal(201, answer.status)
    assert.is_true(seconds >= 0.1, seconds)
  end)

  it("a delay holds up its own connection only", function()
    sandbox:fault{ path = LEVELS, delay = 600 }
    local slow = raw.connect(sandbox)
    slow:send("GET", LEVELS, authorised())
    arrived(1)
    assert.equal(200, get("/rest/v1/users").status)
    assert.equal(200, get(LEVELS).status)
    slow.tcp:settimeout(0)
    assert.equal("timeout", select(2, slow.tcp:receive(1)))
    slow:close()
  end)

  it("a delay that lasts does not keep stop() waiting", function()
    sandbox:fault{ delay = 600, times = 0 }
    local connections = {}
    for i = 1, 5 do
      connections[i] = raw.connect(sandbox)
      connections[i]:send("GET", LEVELS, authorised())
    end
    arrived(5)
    local seconds = timed(sandbox.stop, sandbox)
    assert.is_true(seconds < 5, seconds)
    for i = 1, 5 do
      assert.is_nil((connections[i]:read()))
      connections[i]:close()
    end
  end)

  it("latency is a delay of every answer", function()
    local slow = assert(start{ users = 0, latency = 0.05 })
    local seconds = timed(raw.request, slow, "GET", LEVELS)
    slow:stop()
    assert.is_true(seconds >= 0.05, seconds)
  end)

  describe("its rule", function()
    local function statuses(n, target)
      local out = {}
      for i = 1, n do out[i] = get(target).status end
      return out
    end

    it("counts times and after", function()
      sandbox:fault{ status = 500, times = 2, after = 1 }
      assert.same({ 200, 500, 500, 200 }, statuses(4))
    end)

    it("fits for ever with times = 0 and math.huge, until it is cleared", function()
      local first = sandbox:fault{ status = 500, times = 0 }
      assert.same({ 500, 500, 500 }, statuses(3))
      sandbox:fault{ status = 503, times = math.huge }
      assert.equal(1, sandbox:clear_faults(first))
      assert.same({ 503, 503 }, statuses(2))
      assert.equal(1, sandbox:clear_faults())
      assert.same({ 200 }, statuses(1))
    end)

    it("goes by order when several fit", function()
      sandbox:fault{ status = 500 }
      sandbox:fault{ status = 503 }
      assert.same({ 500, 503, 200 }, statuses(3))
    end)

    it("goes by method and by the whole path, plain or pattern, or by a part of it", function()
      sandbox:fault{ method = "POST", status = 500, times = 0 }
      sandbox:fault{ path = "/rest/v1/users", status = 501, times = 0 }
      sandbox:fault{ path = "/rest/v1/user/%x+", status = 502, times = 0 }
      sandbox:fault{ path = "ref/a+b", status = 503, times = 0 }
      assert.same({ 200 }, statuses(1))
      assert.same({ 501 }, statuses(1, "/rest/v1/users?page=2"))
      assert.same({ 502 }, statuses(1, "/rest/v1/user/00ff"))
      assert.same({ 200 }, statuses(1, "/rest/v1/users/ref/U0001"))
      assert.same({ 503 }, statuses(1, "/rest/v1/users/ref/a%2Bb"))
      assert.equal(500, create().status)
    end)

    it("goes by parameters, whatever else was sent", function()
      sandbox:fault{ query = { page = 2 }, status = 500, times = 0 }
      sandbox:fault{ query = { page = "3", perPage = 1 }, status = 501, times = 0 }
      sandbox:fault{ query = { updatedSince = "2024-01-01T10:00:00Z" }, status = 502, times = 0 }
      assert.same({ 200 }, statuses(1, "/rest/v1/users?page=1&perPage=1"))
      assert.same({ 500 }, statuses(1, "/rest/v1/users?perPage=1&page=2"))
      assert.same({ 200 }, statuses(1, "/rest/v1/users?page=3"))
      assert.same({ 501 }, statuses(1, "/rest/v1/users?page=3&perPage=1"))
      assert.same({ 502 }, statuses(1, "/rest/v1/users?updatedSince=2024-01-01T10%3A00%3A00Z"))
      assert.equal(2, sandbox:count{ query = { page = 3 } })
      assert.equal("/rest/v1/users?perPage=1&page=2", sandbox:requests{ query = { page = "2" } }[1].target)
    end)

    it("draws from its own seed", function()
      local function draw(seed)
        sandbox:clear_faults()
        sandbox:fault{ status = 500, times = 0, probability = 0.5, seed = seed }
        return table.concat(statuses(20), " ")
      end
      local one = draw(1)
      assert.equal(one, draw(1))
      assert.not_equal(one, draw(2))
      assert.truthy(one:find("200", 1, true) and one:find("500", 1, true))
    end)

    it("takes what comes beyond a rate", function()
      sandbox:fault{ status = 429, times = 0, rate = 0 }
      assert.same({ 429, 429 }, statuses(2))
      sandbox:clear_faults()
      sandbox:fault{ status = 429, times = 0, rate = 3 }
      local let_in, seconds = {}, 0
      statuses(20)
      for _, request in ipairs(sandbox:requests()) do
        local second = request.time // 1
        if not let_in[second] then let_in[second], seconds = 0, seconds + 1 end
        if request.status == 200 then let_in[second] = let_in[second] + 1 end
      end
      for _, n in pairs(let_in) do assert.is_true(n <= 3) end
      assert.is_true(seconds > 1 or select(2, next(let_in)) == 3)
    end)

    it("takes requests whose credentials are wrong", function()
      sandbox:fault{ status = 500 }
      assert.equal(500, get(LEVELS, { Authorization = false }).status)
    end)

    it("is checked, all at once and at the caller's position", function()
      local ok, why = pcall(function()
        sandbox:fault{ stauts = 500, delay = -1, reset = "now", headers = { ["Content-Length"] = 3 }, path = "%", drip = {},
          query = { page = true } }
      end)
      assert.is_false(ok)
      assert.truthy(why:find("sandbox_faults_spec.lua:", 1, true), why)
      for _, part in ipairs{
        "unknown option 'stauts' (did you mean 'status'?)", "delay must be a number of seconds", "reset must be 'before'",
        "Content-Length", "path must be a Lua pattern", "drip must be", "query must be a table of parameters",
      } do
        assert.truthy(why:find(part, 1, true), why)
      end
      ok, why = pcall(function() return (sandbox:count{ query = "page=2" }) end)
      assert.is_false(ok)
      assert.truthy(why:find("^spec/sandbox_faults_spec.lua:%d+: sandbox:count: query must be"), why)
      assert.has_error(function() sandbox:fault{ headers = { ["X-A"] = "1\r\nX-B: 2" } } end)
    end)
  end)
end)
