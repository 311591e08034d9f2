-- Retries through the module: what is sent again, what is not, and what the caller is told. The policy itself is tested
-- cell by cell in spec/c/retry_test.c.
local core = require "thrive.core"
local thrive = require "thrive"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"

local AT_ONCE = { ["Retry-After"] = "0" }

describe("a call that fails", function()
  local sandbox, client

  before_each(function()
    sandbox = assert(sandboxes.start{ users = 5 })
    client = assert(sandbox:client{ max_retries = 1 })
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  -- The operations of the matrix: one per row of the contract's table of what may be sent again.
  local operations = {
    GET = { path = "/rest/v1/users/ref/U0001", safe = true, call = function() return client.users:get_by_ref("U0001") end },
    ["idempotent PATCH"] = { path = "/rest/v2/users/ref/U0002", safe = true, call = function()
      return client.users:update("U0002", { jobTitle = "Changed" })
    end },
    ["idempotent POST"] = { path = "/rest/v1/users/.*/tags", safe = true, call = function()
      return client.users:add_tags(sandbox:user("U0004").id, { "Lua" })
    end },
    DELETE = { path = "/rest/v2/users/ref/U0003", safe = true, call = function() return client.users:delete("U0003") end },
    ["POST create"] = { path = "/rest/v2/users", safe = false, call = function()
      return client.users:create(subject.person())
    end },
    ["raw POST"] = { path = "/rest/v2/users", safe = false, call = function()
      return client:request{ method = "POST", path = "/rest/v2/users", body = subject.person() }
    end },
    ["raw PATCH"] = { path = "/rest/v2/users/ref/U0002", safe = false, call = function()
      return client:request{ method = "PATCH", path = "/rest/v2/users/ref/U0002", body = { jobTitle = "Changed" } }
    end },
  }

  -- fault → what happens to a call that may be repeated and to one that may not: "again" (sent twice, succeeds),
  -- "ambiguous", or the kind of error that it ends with at once.
  local faults = {
    { "429", { status = 429, headers = AT_ONCE }, "again", "again" },
    { "503 with Retry-After", { status = 503, headers = AT_ONCE }, "again", "again" },
    { "408", { status = 408, headers = AT_ONCE }, "again", "ambiguous" },
    { "500", { status = 500, headers = AT_ONCE }, "again", "ambiguous" },
    { "502", { status = 502, headers = AT_ONCE }, "again", "ambiguous" },
    { "504", { status = 504, headers = AT_ONCE }, "again", "ambiguous" },
    { "a reset before anything was done", { reset = "before" }, "again", "ambiguous" },
    { "a reset after it was done", { reset = "after" }, "again", "ambiguous" },
    { "an answer that is cut off", { truncate = 5 }, "again", "ambiguous" },
    { "501", { status = 501, headers = AT_ONCE }, "server", "server" },
    { "400", { status = 400, headers = AT_ONCE }, "validation", "validation" },
    { "401", { status = 401 }, "auth", "auth" },
    { "403", { status = 403 }, "forbidden", "forbidden" },
    { "404", { status = 404 }, "not_found", "not_found" },
    { "409", { status = 409 }, "conflict", "conflict" },
    { "422", { status = 422 }, "validation", "validation" },
    { "a redirect", { redirect = "http://127.0.0.1:1/" }, "server", "server" },
  }
  for _, fault in ipairs(faults) do
    for name, operation in pairs(operations) do
      local outcome = operation.safe and fault[3] or fault[4]
      it(("with %s: %s is %s"):format(fault[1], name, outcome), function()
        local rule = { path = operation.path, method = name:match("%u+$") or name:match("%u+") }
        if name == "POST create" then rule.method = "POST" end
        for key, value in pairs(fault[2]) do rule[key] = value end
        assert(client.users:list()) -- a connection is there and is used again, as in any script
        sandbox:fault(rule)
        local value, err, meta = operation.call()
        local filter = { method = rule.method, path = operation.path }
        if outcome == "again" then
          assert.is_nil(err)
          assert.truthy(value)
          assert.equal(2, sandbox:count(filter))
        else
          assert.is_nil(value)
          assert.equal(outcome, err.kind)
          assert.equal(1, sandbox:count(filter))
          assert.equal(1, err.attempts)
          assert.equal(1, meta.attempts)
          assert.is_true(err.sent)
          assert.is_false(err.retryable)
        end
      end)
    end
  end

  it("is never sent twice when it must not be, also on a connection that was used before", function()
    assert(client.users:list())
    sandbox:fault{ method = "POST", path = "/rest/v2/users", reset = "after" }
    local user, err = client.users:create(subject.person())
    assert.is_nil(user)
    assert.equal("ambiguous", err.kind)
    assert.equal("network", err.cause)
    assert.is_true(err.sent)
    assert.is_false(err.retryable)
    assert.equal(1, sandbox:count{ method = "POST" })
    local log = sandbox:requests()
    assert.equal(log[1].connection, log[2].connection, "the connection was not used again: this tests nothing")
    local found = 0
    for _, person in ipairs(sandbox:users()) do if person.ref == "N1" then found = found + 1 end end
    assert.equal(1, found)
    assert.truthy(tostring(err):find("look before you send it again", 1, true))
  end)

  it("and is large is never sent twice either", function()
    assert(client.users:list())
    sandbox:fault{ method = "POST", path = "/rest/v2/users", reset = "after" }
    local _, err = client.users:create(subject.person{ jobTitle = ("x"):rep(200000) })
    assert.equal("ambiguous", err.kind)
    assert.equal(1, sandbox:count{ method = "POST" })
  end)

  it("is ambiguous when time runs out over a write, and a timeout over a read", function()
    sandbox:fault{ delay = 30, times = 2 }
    local _, err = client.users:create(subject.person(), { timeout = 0.5 })
    assert.equal("ambiguous", err.kind)
    assert.equal("timeout", err.cause)
    _, err = client.users:get_by_ref("U0001", { timeout = 0.5, max_retries = 0 })
    assert.equal("timeout", err.kind)
    assert.is_true(err.retryable)
  end)

  it("is known not to have been made when nothing can have left, and is tried again", function()
    sandbox:stop()
    local _, err = client.users:create(subject.person())
    assert.equal("network", err.kind)
    assert.is_false(err.sent)
    assert.is_true(err.retryable)
    assert.equal(2, err.attempts)
  end)

  it("succeeds as a DELETE whose first attempt did it, although the second finds nothing", function()
    sandbox:fault{ method = "DELETE", reset = "after" }
    -- on a fresh connection libcurl repeats nothing by itself: the second attempt is ours
    local deleted, err, meta = client.users:delete("U0003")
    assert.is_true(deleted)
    assert.is_nil(err)
    assert.equal(404, meta.status)
    assert.equal(2, meta.attempts)
    assert.equal(2, sandbox:count{ method = "DELETE" })
    assert.is_nil(sandbox:user("U0003"))
  end)

  it("succeeds as a DELETE on a connection used before, too", function()
    assert(client.users:list())
    sandbox:fault{ method = "DELETE", reset = "after" }
    assert.is_true((client.users:delete("U0003")))
    assert.is_nil(sandbox:user("U0003"))
  end)

  it("is not_found as a DELETE that was turned away at first, for nobody did it", function()
    sandbox:fault{ method = "DELETE", status = 429, headers = AT_ONCE }
    local deleted, err = client.users:delete("nobody")
    assert.is_nil(deleted)
    assert.equal("not_found", err.kind)
  end)

  it("leaves open what became of a removal of tags that is refused the second time", function()
    local id = sandbox:user("U0002").id
    assert(client.users:add_tags(id, { "Lua" }))
    for _, names in ipairs{ { "Lua" }, { "First aid", "no such tag" } } do -- removed by the first attempt; never removed
      sandbox:fault{ method = "PATCH", status = 500, handled = names[1] == "Lua", headers = AT_ONCE }
      local result, err, meta = client.users:remove_tags(id, names)
      assert.equal("partial", err.kind)
      assert.equal("unknown", result.outcomes[1].outcome)
      assert.equal(0, result.success.count)
      assert.equal(422, meta.status)
    end
  end)

  it("ends with the last failure when the attempts are used up", function()
    sandbox:fault{ status = 502, headers = AT_ONCE, times = 2 }
    local _, err, meta = client.users:update("U0002", { jobTitle = "x" })
    assert.equal("server", err.kind)
    assert.equal(2, err.attempts)
    assert.equal(2, meta.attempts)
    assert.is_true(err.retryable)
    assert.is_true(err.sent)
  end)

  it("keeps max_retries of the call above the client's", function()
    sandbox:fault{ status = 503, headers = AT_ONCE, times = 8 }
    local _, err = client.users:get("x", { max_retries = 0 })
    assert.equal(1, err.attempts)
    _, err = client.users:get("x", { max_retries = 3 })
    assert.equal(4, err.attempts)
    _, err = client.users:get("x")
    assert.equal(2, err.attempts)
  end)

  it("waits between attempts, a random part of half a second at first", function()
    sandbox:fault{ status = 500 }
    local delay
    local hooked <close> = assert(sandbox:client{ max_retries = 1, on = {
      retry = function(event)
        delay = event.delay
        assert(event.status == 500 and event.attempts == 1 and event.operation == "users.list")
      end,
    } })
    assert(hooked.users:list())
    assert.is_true(delay >= 0 and delay < 0.5)
    assert.equal(delay, hooked:stats().waited)
  end)
end)

describe("Retry-After", function()
  local sandbox, client, delay

  before_each(function()
    delay = nil
    sandbox = assert(sandboxes.start{ users = 2 })
    client = assert(sandbox:client{ max_retries = 1, on = { retry = function(event) delay = event.delay end } })
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  local function date(seconds) return os.date("!%a, %d %b %Y %H:%M:%S GMT", os.time() + seconds) end

  it("in seconds is waited for, never less", function()
    sandbox:fault{ status = 429, headers = { ["Retry-After"] = "0.2" } }
    assert(client.users:list())
    assert.is_true(delay >= 0.2 and delay < 0.3, delay)
    local log = sandbox:requests()
    assert.is_true(log[2].time - log[1].time >= 0.19)
  end)

  it("as a date is waited for", function()
    sandbox:fault{ status = 503, headers = { ["Retry-After"] = date(1) } }
    assert(client.users:list())
    assert.is_true(delay >= 0 and delay <= 2.2, delay)
    sandbox:fault{ status = 503, headers = { ["Retry-After"] = date(-100) } }
    assert(client.users:list())
    assert.equal(0, delay, "a date in the past is now")
  end)

  it("beyond the deadline fails at once and is told", function()
    sandbox:fault{ status = 429, headers = { ["Retry-After"] = "60" } }
    local began = core.now()
    local _, err = client.users:list({}, { deadline = 30 })
    assert.is_true(core.now() - began < 10)
    assert.equal("rate_limited", err.kind)
    assert.equal(60, err.retry_after)
    assert.equal(1, err.attempts)
    assert.is_true(err.retryable)
    assert.truthy(tostring(err):find("retry after 60", 1, true))
    assert.truthy(tostring(err):find("deadline", 1, true))
    sandbox:fault{ status = 429, headers = { ["Retry-After"] = date(60) } }
    _, err = client.users:list({}, { deadline = 30 })
    assert.is_true(err.retry_after > 40 and err.retry_after <= 60)
  end)

  it("beyond two minutes fails at once without any deadline", function()
    sandbox:fault{ status = 503, headers = { ["Retry-After"] = "3600" } }
    local began = core.now()
    local _, err = client.users:list()
    assert.is_true(core.now() - began < 10)
    assert.equal("server", err.kind)
    assert.equal(3600, err.retry_after)
    assert.truthy(err.stopped_by)
  end)

  it("that cannot be read counts as none", function()
    sandbox:fault{ status = 503, headers = { ["Retry-After"] = "soon" }, times = 2 }
    local _, err = client.users:list()
    assert.is_nil(err.retry_after)
    assert.equal(2, err.attempts)
  end)
end)

describe("the deadline", function()
  it("covers attempts and the time between them", function()
    local sandbox <close> = assert(sandboxes.start{ users = 2 })
    local client <close> = assert(sandbox:client{ max_retries = 15, deadline = 1 })
    sandbox:fault{ status = 503, headers = AT_ONCE, delay = 0.2, times = math.huge }
    local _, err = client.users:list()
    assert.truthy(err.kind == "timeout" or err.kind == "server", err.kind)
    assert.is_true(err.attempts > 1 and err.attempts <= 6, err.attempts)
  end)

  it("cuts an attempt short, and is what the error names", function()
    local sandbox <close> = assert(sandboxes.start{ users = 2 })
    local client <close> = assert(sandbox:client())
    sandbox:fault{ delay = 30 }
    local began = core.now()
    local _, err = client.users:list({}, { deadline = 0.1 })
    assert.is_true(core.now() - began < 10)
    assert.equal("timeout", err.kind)
    assert.equal("deadline", err.code)
    assert.equal(1, err.attempts)
  end)

  it("covers the token", function()
    local sandbox <close> = assert(sandboxes.start{ users = 2 })
    local client <close> = assert(sandbox:client{ client_secret = sandbox.client_secret })
    sandbox:fault{ path = "oauth2/token", delay = 30 }
    local began = core.now()
    local _, err = client.users:list({}, { deadline = 0.1 })
    assert.is_true(core.now() - began < 10)
    assert.equal("timeout", err.kind)
    assert.equal("deadline", err.code)
  end)

  it("of the call replaces the client's", function()
    local sandbox <close> = assert(sandboxes.start{ users = 2 })
    local client <close> = assert(sandbox:client{ deadline = 0.05, max_retries = 0 })
    sandbox:fault{ delay = 0.15, times = 2 }
    local _, err = client.users:list()
    assert.equal("timeout", err.kind)
    assert(client.users:list({}, { deadline = 30 }))
  end)

  it("is each page's own in an iteration", function()
    local sandbox <close> = assert(sandboxes.start{ users = 6, latency = 0.25 })
    local client <close> = assert(sandbox:client())
    assert.equal(6, #client.users:all({ perPage = 1 }, { deadline = 1.2, prefetch = 0 }))
  end)
end)

describe("the retry budget", function()
  it("ends retries that do not help, for all calls of a client together", function()
    local sandbox <close> = assert(sandboxes.start{ users = 2 })
    local client <close> = assert(sandbox:client{ max_retries = 100 })
    sandbox:fault{ status = 503, headers = AT_ONCE, times = math.huge }
    local _, err = client.users:list()
    assert.equal(21, err.attempts, "100 tokens at 5 a retry")
    assert.truthy(err.stopped_by)
    assert.is_true(err.retryable)
    _, err = client.users:list()
    assert.equal(1, err.attempts)
    local other <close> = assert(sandbox:client{ max_retries = 2 })
    _, err = other.users:list()
    assert.equal(3, err.attempts, "another client has its own")
    sandbox:clear_faults()
    for _ = 1, 5 do assert(client.users:list()) end
    sandbox:fault{ status = 503, headers = AT_ONCE }
    assert(client.users:list(), "successes fill it again")
  end)
end)

describe("many calls at once that fail and are tried again", function()
  it("each get their own answer", function()
    local sandbox <close> = assert(sandboxes.start{ users = 30 })
    local client <close> = assert(sandbox:client{ max_retries = 8 })
    sandbox:fault{ status = 429, headers = AT_ONCE, probability = 0.1, times = math.huge }
    local refs = {}
    for i = 1, 30 do refs[i] = ("U%04d"):format(i) end
    local results, failures = thrive.map(refs, function(ref) return assert(client.users:get_by_ref(ref)).ref end,
      { concurrency = 10 })
    assert.same({}, failures)
    assert.same(refs, results)
  end)
end)
