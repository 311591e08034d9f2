-- What a 429 does to the client it came to: all of its calls wait, in their order, and go on more slowly. The policy itself
-- is tried in simulated time, in spec/c/throttle_test.c; here its calls meet a real service.
local thrive = require "thrive"
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local refs = require("spec.support.reading").refs

local function order(sandbox)
  local list = {}
  for i, request in ipairs(sandbox:requests()) do list[i] = request.path:match("[^/]*$") end
  return list
end

describe("after a 429", function()
  local sandbox, client

  before_each(function()
    sandbox = assert(sandboxes.start{ users = 30 })
    client = assert(sandbox:client{ concurrency = 1 })
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  local function limit(rule)
    rule.status = 429
    return sandbox:fault(rule)
  end

  it("everything of that client waits, and then goes on in the order in which the calls came", function()
    limit{ path = "/rest/v1/users/ref/U0003", headers = { ["Retry-After"] = "0.3" } }
    local began = core.now()
    local results, failures = thrive.map(refs(6), function(ref) return assert(client.users:get_by_ref(ref)).ref end,
      { concurrency = 6 })
    assert.same({}, failures)
    assert.same(refs(6), results)
    assert.is_true(core.now() - began >= 0.3)
    -- The one that was turned away keeps its rank: nobody overtakes it.
    assert.same({ "U0001", "U0002", "U0003", "U0003", "U0004", "U0005", "U0006" }, order(sandbox))
    local log = sandbox:requests()
    assert.is_true(log[4].time - log[3].time >= 0.29)
    local stats = client:stats()
    assert.equal(1, stats.throttled)
    assert.equal(1, stats.retries)
    assert.equal(1, stats.waits)
    assert.is_true(stats.waited >= 0.3 and stats.waited < 0.4, stats.waited)
    assert.is_true(stats.rate > 0)
  end)

  it("another client goes on", function()
    limit{ headers = { ["Retry-After"] = "30" } }
    local waiting = thrive.spawn(function() return client.users:get_by_ref("U0001") end)
    repeat thrive.sleep(0) until client:stats().throttled == 1
    local other <close> = assert(sandbox:client())
    local began = core.now()
    assert(other.users:get_by_ref("U0002"))
    assert.is_true(core.now() - began < 5)
    client:close()
    assert.equal("cancelled", select(2, waiting:wait()).kind)
    assert.is_true(core.now() - began < 5, "closing wakes who waits")
  end)

  it("Retry-After: 0 asks for nothing", function()
    limit{ headers = { ["Retry-After"] = "0" }, times = 3 }
    assert(client.users:get_by_ref("U0001"))
    local stats = client:stats()
    assert.equal(3, stats.throttled)
    assert.is_nil(stats.rate)
    assert.equal(0, stats.waits)
  end)

  it("one that asks for no time, of a call that is not tried again, holds nobody back", function()
    limit{ times = 2 }
    for _ = 1, 2 do
      local _, err = client.users:get_by_ref("U0001", { max_retries = 0 })
      assert.equal("rate_limited", err.kind)
    end
    assert.equal(0, client:stats().waits)
    assert.is_nil(client:stats().rate)
    assert(client.users:get_by_ref("U0001"))
  end)

  it("a call whose deadline comes first fails at once, as one that was turned away does", function()
    limit{ headers = { ["Retry-After"] = "20" } }
    local turned_away = thrive.spawn(function() return client.users:get_by_ref("U0001", { deadline = 5 }) end)
    local in_line = thrive.spawn(function() return client.users:get_by_ref("U0002", { deadline = 5 }) end)
    local began = core.now()
    local _, err = turned_away:wait()
    assert.equal("rate_limited", err.kind)
    assert.equal(429, err.status)
    assert.equal(20, err.retry_after)
    for _, wait in ipairs { function() return in_line:wait() end,
      function() return client.users:get_by_ref("U0003", { deadline = 5 }) end } do
      _, err = wait()
      assert.equal("rate_limited", err.kind)
      assert.equal("deadline", err.code)
      assert.is_true(err.retry_after > 15 and err.retry_after <= 20)
      assert.is_false(err.sent)
      assert.is_true(err.retryable)
      assert.equal(0, err.attempts)
      assert.truthy(tostring(err):find("retry after", 1, true), tostring(err))
    end
    assert.is_true(core.now() - began < 4)
    assert.equal(1, sandbox:count())
  end)

  it("a wait of more than two minutes is not waited for, by nobody", function()
    limit{ headers = { ["Retry-After"] = "600" } }
    local began = core.now()
    local _, failures = thrive.map(refs(20), function(ref) return client.users:get_by_ref(ref) end, { concurrency = 4 })
    assert.is_true(core.now() - began < 5)
    assert.equal(20, #failures)
    for i, failure in ipairs(failures) do
      assert.equal("rate_limited", failure.err.kind)
      assert.is_true(failure.err.retry_after > 590 and failure.err.retry_after <= 600)
      assert.is_true(failure.err.retryable)
      if i > 1 then assert.equal("retry_after", failure.err.code) end
    end
    assert.equal(1, sandbox:count(), "the service is left in peace")
  end)

  it("calls wait where they cannot give way, too", function()
    limit{ path = "/rest/v1/users/ref/U0001", headers = { ["Retry-After"] = "0.2" } }
    local results, failures = thrive.map(refs(4), function(ref, i)
      local function get() return assert(client.users:get_by_ref(ref, { deadline = 5 })).ref end
      if i % 2 == 0 then return get() end
      return coroutine.wrap(get)()
    end)
    assert.same({}, failures)
    assert.same(refs(4), results)
  end)

  it("a token request waits with the others, and goes first", function()
    local oauth <close> = assert(sandbox:client{ client_secret = sandbox.client_secret, concurrency = 1 })
    limit{ path = "oauth2/token", headers = { ["Retry-After"] = "0.2" } }
    local results, failures = thrive.map(refs(4), function(ref) return assert(oauth.users:get_by_ref(ref)).ref end)
    assert.same({}, failures)
    assert.same(refs(4), results)
    assert.equal(2, sandbox:count{ path = "oauth2/token" })
  end)
end)

describe("a service that lets in so many requests a second", function()
  it("is asked for hardly more, and everything gets done", function()
    local sandbox <close> = assert(sandboxes.start{ users = 60 })
    local client <close> = assert(sandbox:client{ concurrency = 16, max_retries = 5 })
    sandbox:fault{ status = 429, headers = { ["Retry-After"] = "1" }, rate = 25, times = math.huge }
    local began = core.now()
    local results, failures = thrive.map(refs(60), function(ref) return assert(client.users:get_by_ref(ref)).ref end,
      { concurrency = 32 })
    local took = core.now() - began
    assert.same({}, failures)
    assert.same(refs(60), results)
    local stats = client:stats()
    assert.is_true(stats.throttled > 0)
    -- At worst the first burst is turned away, and once more what was under way when the rate was still too high.
    assert.is_true(stats.throttled <= 3 * 16, stats.throttled)
    assert.equal(60 + stats.throttled, stats.attempts)
    assert.is_true(took < 20, took)
  end)
end)

describe("client:stats", function()
  it("counts what was done, and how long answers took", function()
    local sandbox <close> = assert(sandboxes.start{ users = 9, latency = 0.02 })
    local client <close> = assert(sandbox:client())
    local stats = client:stats()
    for _, name in ipairs { "calls", "attempts", "retries", "waits", "waited", "throttled", "bytes", "bytes_sent",
      "bytes_received", "connections" } do
      assert.equal(0, stats[name], name)
    end
    assert.is_nil(stats.p50)
    assert.is_nil(stats.rate)
    for i = 1, 9 do assert(client.users:get_by_ref("U000" .. i)) end
    sandbox:fault{ status = 503, headers = { ["Retry-After"] = "0.05" }, delay = 0.3 }
    assert(client.users:list{ perPage = 1 })
    stats = client:stats()
    assert.equal(10, stats.calls)
    assert.equal(11, stats.attempts)
    assert.equal(1, stats.retries)
    assert.equal(1, stats.waits)
    assert.is_true(stats.waited >= 0.05 and stats.waited < 0.06, stats.waited)
    assert.equal(1, stats.connections)
    assert.equal(stats.bytes, stats.bytes_sent + stats.bytes_received)
    assert.is_true(stats.bytes_sent > 1000 and stats.bytes_received > 1000)
    assert.is_true(stats.p50 > 0.019 and stats.p50 < 0.2, stats.p50)
    assert.is_true(stats.p95 > 0.29 and stats.p95 >= stats.p50, stats.p95)
    assert.equal(0, stats.throttled)
  end)

  it("is there after the client was closed", function()
    local sandbox <close> = assert(sandboxes.start{ users = 1 })
    local client = assert(sandbox:client())
    assert(client.users:list())
    client:close()
    assert.equal(1, client:stats().calls)
  end)
end)
