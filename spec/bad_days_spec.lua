-- Days on which everything goes wrong at once: thousands of writes against a service that fails in every way, and scripts
-- that are left in the middle of everything. Nothing is lost, nothing is doubled, nothing is kept.
local thrive = require "thrive"
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"

local raised = subject.raised
local AT_ONCE = { ["Retry-After"] = "0" }
local USERS = "/rest/v2/users"

-- Rules that spoil so many of a hundred writes each, drawn from seeds: the same faults every time, on whichever request
-- comes.
local function spoil(sandbox, seed)
  for i, rule in ipairs {
    { status = 429, headers = AT_ONCE, probability = 0.04 },
    { status = 503, headers = AT_ONCE, probability = 0.04 },
    { status = 503, probability = 0.01 },
    { status = 400, probability = 0.01 },
    { reset = "before", probability = 0.02 },
    { reset = "after", probability = 0.02 },
    { truncate = 10, probability = 0.02 },
    { html = true, probability = 0.01 },
    { json = "invalid", probability = 0.01 },
    { status = 500, handled = true, probability = 0.01 },
    { delay = 0.02, probability = 0.05 },
  } do
    rule.path, rule.method, rule.times, rule.seed = USERS, "POST", math.huge, seed + i
    sandbox:fault(rule)
  end
end

describe("two thousand concurrent creates on a bad day", function()
  for _, seed in ipairs { 11, 12 } do
    it("are all accounted for, seed " .. seed, function()
      local sandbox <close> = assert(sandboxes.start{ users = 0, log_limit = 20000 })
      local client <close> = assert(sandbox:client{ max_retries = 4, concurrency = 32 })
      spoil(sandbox, seed)
      local rows = {}
      for i = 1, 2000 do rows[i] = subject.person{ ref = ("B%04d"):format(i), email = ("b%d@example.com"):format(i) } end
      local results, failures = thrive.map(rows, function(row) return client.users:create(row) end, { concurrency = 48 })

      local there, kinds = {}, {}
      for _, user in ipairs(sandbox:users()) do
        assert.is_nil(there[user.ref], "made twice")
        there[user.ref] = true
      end
      local failed, last = {}, 0
      for _, failure in ipairs(failures) do
        assert.is_true(failure.index > last, "in order, each once")
        last = failure.index
        assert.equal(rows[failure.index], failure.item)
        failed[failure.index] = failure.err
        kinds[failure.err.kind] = (kinds[failure.err.kind] or 0) + 1
      end
      for i, row in ipairs(rows) do
        local err = failed[i]
        if not err then
          assert.equal(row.ref, results[i].ref)
          assert.is_true(there[row.ref], row.ref .. " was reported as made")
        else
          assert.is_nil(results[i])
          if err.kind == "decode" then -- it was done; only what was said of it cannot be read
            assert.is_true(there[row.ref])
          elseif err.kind ~= "ambiguous" then
            assert.is_nil(there[row.ref], ("%s was reported as failed: %s"):format(row.ref, err))
          end
        end
      end
      assert.is_true(kinds.ambiguous > 50, "what cannot be known is said")
      assert.is_true(kinds.validation > 5)
      -- No write was sent again that may have been done: of each, only the last attempt can have been.
      local answered = {}
      for _, request in ipairs(sandbox:requests{ method = "POST", path = USERS }) do
        assert.not_equal(true, answered[request.json.ref], "sent again after it may have been done")
        answered[request.json.ref] = request.status ~= 429 and request.status ~= 503
      end
    end)
  end
end)

describe("left in the middle of everything:", function()
  local sandbox, client

  before_each(function()
    sandbox = assert(sandboxes.start{ users = 60 })
    sandbox:fault{ delay = 0.01, times = math.huge, probability = 0.5 }
    client = assert(sandbox:client{ concurrency = 8 })
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  local function a_hundred()
    local tasks = {}
    for i = 1, 100 do
      tasks[i] = thrive.spawn(function()
        if i % 10 == 0 then thrive.sleep(0.001 * i) end
        if i % 7 == 0 then
          for user in client.users:each{ perPage = 5 } do
            if user.ref == "U0008" then break end
          end
          return "left a loop"
        elseif i % 11 == 0 then
          error("a task's own", 0)
        elseif i % 13 == 0 then
          return coroutine.wrap(function() return client.users:get_by_ref("U0001") end)()
        end
        return client.users:get_by_ref(("U%04d"):format(i % 60 + 1))
      end)
    end
    return tasks
  end

  it("a client that is closed while a hundred tasks run: each of them ends, and says how", function()
    sandbox:clear_faults()
    sandbox:fault{ path = "/rest/v1/users/ref/U0059", delay = 30, times = math.huge } -- one is never done
    sandbox:fault{ delay = 0.01, times = math.huge, probability = 0.5 }
    for _, moment in ipairs { 0, 1, 3, 8 } do
      local tasks = a_hundred()
      for _ = 1, moment do thrive.sleep(0.002) end
      client:close()
      local began = core.now()
      local cancelled = 0
      for i, task in ipairs(tasks) do
        local ok, value, err = pcall(task.wait, task)
        if not ok then
          local text = tostring(value)
          assert.truthy(text:find("closed", 1, true) or text:find("cancelled", 1, true) or value == "a task's own", text)
        elseif err then
          assert.equal("cancelled", err.kind, i)
          cancelled = cancelled + 1
        end
      end
      assert.is_true(core.now() - began < 5)
      assert.is_true(moment == 0 or cancelled > 0)
      client = assert(sandbox:client{ concurrency = 8 })
    end
  end)

  it("tasks that are given up at any time leave the client as it was", function()
    local scheduler = require "thrive.scheduler"
    local tasks = a_hundred()
    for i = 1, 100 do
      if i % 9 == 0 then thrive.sleep(0) end
      local task = tasks[i * 37 % 100 + 1]
      task.waited = true -- some have failed by now: not our affair
      scheduler.cancel(task)
    end
    assert.equal(0, core.running(client))
    local results, failures = thrive.map({ 1, 2, 3, 4, 5, 6, 7, 8, 9 }, function(i)
      return assert(client.users:get_by_ref("U000" .. i, { deadline = 5 })).ref
    end)
    assert.same({}, failures)
    assert.equal(9, #results)
  end)

  it("a map whose iterator raises while others work", function()
    local i = 0
    local message = raised(function()
      thrive.map(function()
        i = i + 1
        if i == 30 then error("no more", 0) end
        return i
      end, function(n) return assert(client.users:get_by_ref(("U%04d"):format(n))) end)
    end)
    assert.equal("no more", message)
    assert.equal(30, i)
    client:close()
    thrive.sleep(0)
    thrive.sleep(0)
  end)

  it("a loop inside a loop inside a task, left by an error", function()
    local task = thrive.spawn(function()
      for user in client.users:each{ perPage = 7 } do
        for other in client.users:each{ perPage = 9 } do
          if other.ref == "U0012" then error(user.ref .. other.ref, 0) end
        end
      end
    end)
    assert.equal("U0001U0012", raised(task.wait, task))
    assert.equal(0, core.running(client))
  end)
end)
