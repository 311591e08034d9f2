-- Tasks that are given up from outside: what they hold is let go of at once, and nobody else is held up by it.
local thrive = require "thrive"
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local scheduler = require "thrive.scheduler"
local reading = require "spec.support.reading"
local subject = require "spec.support.subject"

local raised = subject.raised
local SOON = { deadline = 5 }

describe("a cancelled task", function()
  local sandbox, client

  -- One for each test: a request that was cancelled may arrive later.
  before_each(function()
    sandbox = assert(sandboxes.start{ users = 9 })
    client = assert(sandbox:client{ max_retries = 0, concurrency = 1 })
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  local function is_cancelled(task)
    assert.equal("the task was cancelled", raised(task.wait, task))
  end

  it("never begins, if it had not begun", function()
    local ran = false
    local task = thrive.spawn(function() ran = true end)
    scheduler.cancel(task)
    thrive.sleep(0)
    is_cancelled(task)
    assert.is_false(ran)
  end)

  it("takes its transfer off the wire, and passes its place on", function()
    sandbox:fault{ path = "/rest/v1/users/ref/U0001", delay = 30 }
    local one = thrive.spawn(function() return client.users:get_by_ref("U0001") end)
    local two = thrive.spawn(function() return client.users:get_by_ref("U0002", SOON) end)
    thrive.sleep(0)
    assert.equal(1, core.running(client))
    scheduler.cancel(one)
    assert.equal(0, core.running(client))
    assert.equal("U0002", assert(two:wait()).ref)
    is_cancelled(one)
  end)

  it("leaves the queue, before its turn and when its turn had just come", function()
    sandbox:fault{ path = "/rest/v1/users/ref/U0001", delay = 0.02 }
    local tasks = {}
    for i = 1, 4 do
      tasks[i] = thrive.spawn(function() return client.users:get_by_ref("U000" .. i, SOON) end)
    end
    tasks[1].waited = true
    -- Sees the first one's end in the round in which the second one is called.
    local watcher = thrive.spawn(function()
      scheduler.cancel(tasks[3])
      repeat thrive.sleep(0) until tasks[1].finished
      scheduler.cancel(tasks[2])
    end)
    watcher:wait()
    assert.equal("U0004", assert(tasks[4]:wait()).ref)
    is_cancelled(tasks[2])
    is_cancelled(tasks[3])
    assert(client.users:get_by_ref("U0005", SOON))
  end)

  it("gives up its sleep, its gate and its wait for a token", function()
    local oauth <close> = assert(sandbox:client{ client_secret = sandbox.client_secret, max_retries = 0 })
    sandbox:fault{ path = "oauth2/token", delay = 30 }
    local gate = scheduler.gate()
    local tasks = {}
    for i, f in ipairs {
      function() thrive.sleep(1000) end,
      function()
        local _ <close> = gate:enter()
        thrive.sleep(1000)
      end,
      function() local _ <close> = gate:enter() end,
      function() return oauth.users:list() end,
      function() return oauth.users:list() end,
    } do tasks[i] = thrive.spawn(f) end
    thrive.sleep(0)
    reading.until_so("the fault", function() return sandbox:count{ path = "oauth2/token" } == 1 end)
    for i = #tasks, 1, -1 do scheduler.cancel(tasks[i]) end
    for _, task in ipairs(tasks) do is_cancelled(task) end
    gate:enter()
    assert(oauth.users:list({}, SOON))
  end)

  it("ends at its next wait when it runs, and cannot talk its way out", function()
    local after = 0
    local function go_on(self)
      scheduler.cancel(self)
      pcall(thrive.sleep, 0)
      after = after + 1
    end
    local task
    task = thrive.spawn(function() go_on(task) end)
    is_cancelled(task)
    assert.equal(0, after)
  end)

  it("gets an error where it cannot give way", function()
    local task, seen
    task = thrive.spawn(function()
      coroutine.wrap(function()
        scheduler.cancel(task)
        seen = select(2, pcall(thrive.sleep, 0.001))
      end)()
      thrive.sleep(0)
      seen = "came back"
    end)
    is_cancelled(task)
    assert.equal("the task was cancelled", seen)
  end)

  it("may be cancelled by a task that it waits for in place", function()
    local outer
    local inner = thrive.spawn(function()
      thrive.sleep(0)
      scheduler.cancel(outer)
      return "inner"
    end)
    outer = thrive.spawn(function()
      coroutine.wrap(function() return inner:wait() end)()
      thrive.sleep(0)
    end)
    is_cancelled(outer)
    assert.equal("inner", inner:wait())
  end)

  it("is left alone when it has ended", function()
    local task = thrive.spawn(function() return 7 end)
    assert.equal(7, task:wait())
    scheduler.cancel(task)
    assert.equal(7, task:wait())
  end)

  it("warns of nothing, but of what goes wrong in its <close> variables", function()
    local warned = {}
    stub(_G, "warn", function(text) warned[#warned + 1] = text end)
    finally(function() _G.warn:revert() end)
    collectgarbage()
    collectgarbage()
    warned = {}
    do
      local quiet = thrive.spawn(function() thrive.sleep(1000) end)
      local loud = thrive.spawn(function()
        local _ <close> = setmetatable({}, { __close = function() error("in close", 0) end })
        thrive.sleep(1000)
      end)
      thrive.sleep(0)
      scheduler.cancel(quiet)
      scheduler.cancel(loud)
    end
    collectgarbage()
    collectgarbage()
    assert.same({ "thrive: a <close> of a cancelled task failed: in close" }, warned)
  end)
end)
