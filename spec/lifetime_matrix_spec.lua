-- The lifetime matrix: every way in which a script can leave a client or a call, before a transfer, in the middle of an
-- answer and after it. Nothing crashes (run it with --lua=build/thrivelua-asan too), nothing is kept, nobody waits for
-- ever, no connection stays busy. Single cases are in lifetime_spec.lua.
local thrive = require "thrive"
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local scheduler = require "thrive.scheduler"
local reading = require "spec.support.reading"
local subject = require "spec.support.subject"

local raised = subject.raised
local until_so, in_flight = reading.until_so, reading.in_flight
local LIST = "/rest/v1/users"

local function collect()
  collectgarbage()
  collectgarbage()
end

-- Is the head of some answer there?
local function has_begun()
  for _, transfer in pairs(in_flight()) do
    if core.response_headers(transfer)["content-type"] then return true end
  end
  return false
end

-- Open connections of this sandbox, by the kernel's account; nil where it gives none.
local function open_connections(sandbox)
  local port = (":%04X"):format(tonumber(sandbox.base_url:match(":(%d+)$")))
  local sockets = io.open("/proc/net/tcp")
  if not sockets then return nil end
  local count = 0
  for line in sockets:lines() do
    local here, state = line:match("^%s*%d+:%s+(%S+)%s+%S+%s+(%x%x)")
    if here and here:sub(-5) == port and state == "01" then count = count + 1 end
  end
  sockets:close()
  return count
end

describe("the lifetime matrix:", function()
  local sandbox

  -- One for each test: a request that was cancelled may arrive later.
  before_each(function() sandbox = assert(sandboxes.start{ users = 6 }) end)
  after_each(function()
    sandbox:stop()
    assert.equal(0, core.poll(0), "a test left a transfer behind")
  end)

  -- What can happen to s.client and to s.task, which lists two users. Each returns what the task ends with: "page",
  -- "cancelled", or "closed" (its coroutine).
  local endings = {
    ["is dropped"] = function(s)
      s.client = nil
      collect()
      return "page"
    end,
    ["is closed"] = function(s)
      s.client:close()
      return "cancelled"
    end,
    ["leaves the scope of its <close> variable"] = function(s)
      do
        local _ <close> = s.client
      end
      return "cancelled"
    end,
    ["is dropped together with its task"] = function(s)
      s.client, s.task = nil, nil
      collect()
      return "page"
    end,
    ["has its loop left by break"] = function(s)
      local seen = 0
      for _ in s.client.users:each{ perPage = 3 } do
        seen = seen + 1
        if seen == 2 then break end
      end
      assert.equal(2, seen)
      return "page"
    end,
    ["has an error raised in its loop"] = function(s)
      assert.equal("mine", raised(function()
        for _ in s.client.users:each{ perPage = 3 } do error("mine", 0) end
      end))
      return "page"
    end,
    ["has its loop dropped together with a coroutine"] = function(s)
      local step = coroutine.wrap(function()
        for user in s.client.users:each{ perPage = 3 } do coroutine.yield(user) end
      end)
      assert.truthy(step().ref)
      return "page"
    end,
    ["is closed in its loop"] = function(s)
      local seen = 0
      local why = raised(function()
        for _ in s.client.users:each{ perPage = 3 } do
          seen = seen + 1
          s.client:close()
        end
      end)
      assert.equal(3, seen, "the page that was there")
      assert.truthy(tostring(why):find("closed", 1, true))
      return "cancelled"
    end,
    ["has its task's coroutine closed"] = function(s)
      if s.task.finished then return "page" end
      if s.task.thread then assert.is_true(coroutine.close(s.task.thread)) else scheduler.cancel(s.task) end -- not begun
      assert.equal(0, core.running(s.client))
      return "closed"
    end,
    ["has an error raised in another task"] = function(s)
      local failing = thrive.spawn(function()
        assert(s.client.users:get_by_ref("U0001"))
        error("mine", 0)
      end)
      assert.equal("mine", raised(failing.wait, failing))
      return "page"
    end,
    ["has its task closed by another one that fails"] = function(s)
      local thread = s.task.thread
      local failing = thrive.spawn(function()
        local _ <close> = setmetatable({}, { __close = function()
          s.had_ended = s.task.finished -- an answer may come at once
          if thread and not s.had_ended then coroutine.close(thread) end
        end })
        error("mine", 0)
      end)
      assert.equal("mine", raised(failing.wait, failing))
      return (s.had_ended or not thread) and "page" or "closed"
    end,
  }

  local stages = {
    ["before a transfer"] = function() end,
    ["in the middle of an answer"] = function()
      sandbox:fault{ path = LIST, drip = { bytes = 200, every = 0.01 } }
      thrive.sleep(0)
      until_so("the head of an answer", has_begun)
      assert.equal(1, core.poll(0), "the transfer is over before its time")
    end,
    ["after a transfer"] = function(s)
      s.task:wait()
      s.had_ended = true
    end,
  }

  for ending, finish in pairs(endings) do
    for stage, prepare in pairs(stages) do
      it(("a client that %s %s"):format(ending, stage), function()
        local probes, outcome = setmetatable({}, { __mode = "v" }), {}
        do
          local s = { client = assert(sandbox:client{ max_retries = 0 }) }
          probes.client = s.client
          do
            local client = s.client
            s.task = thrive.spawn(function() outcome.page, outcome.err = client.users:list{ perPage = 2 } end)
          end
          probes.task = s.task
          prepare(s)
          for _, transfer in pairs(in_flight()) do probes.transfer = transfer end
          local expected = finish(s)
          local begun = stage ~= "before a transfer"
          if not s.task then
            until_so("the end of a task that nobody holds", function() return outcome.page or outcome.err end)
          else
            local ok, why = pcall(s.task.wait, s.task)
            if expected == "closed" then
              assert.is_false(ok)
              assert.truthy(tostring(why):find("closed", 1, true) or tostring(why):find("cancelled", 1, true))
            elseif ending == "is closed in its loop" and not begun then
              -- The loop's own wait may have let the task begin, or not.
              assert.truthy(ok or tostring(why):find("attempt to use a closed client", 1, true), why)
            elseif expected == "cancelled" and not begun then
              assert.is_false(ok)
              assert.truthy(tostring(why):find("attempt to use a closed client", 1, true))
            else
              assert.is_true(ok, why)
            end
          end
          if expected == "cancelled" and stage == "in the middle of an answer" and outcome.err then
            assert.equal("cancelled", outcome.err.kind)
            assert.is_nil(outcome.page)
          elseif expected == "page" or stage == "after a transfer" then
            assert.is_nil(outcome.err)
            assert.equal(2, #outcome.page.results)
          elseif ending ~= "is closed in its loop" then
            assert.is_nil(outcome.page)
          end
        end
        collect()
        assert.same({}, probes)
        assert.is_nil(next(in_flight()))
      end)
    end
  end
end)

describe("closing a client", function()
  local sandbox, client

  before_each(function() sandbox = assert(sandboxes.start{ users = 2 }) end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  -- One task has the only place on the wire, and its answer does not come.
  local function block(options)
    sandbox:fault{ path = LIST, delay = 30 }
    client = assert(sandbox:client(options))
    thrive.spawn(function() return client.users:list() end)
    until_so("a request", function() return sandbox:count() == 1 end)
  end

  local function list() return client.users:list() end
  local function get() return client.users:get_by_ref("U0001") end

  -- place → a function that gets a task there and returns it
  local places = {
    ["for an answer"] = function()
      sandbox:fault{ path = LIST, delay = 30 }
      client = assert(sandbox:client())
      local task = thrive.spawn(list)
      until_so("a request", function() return sandbox:count() == 1 end)
      return task
    end,
    ["for the rest of an answer"] = function()
      sandbox:fault{ path = LIST, drip = { bytes = 1, every = 0.5 } }
      client = assert(sandbox:client())
      local task = thrive.spawn(list)
      until_so("the head of an answer", has_begun)
      return task
    end,
    ["for its next attempt"] = function()
      sandbox:fault{ path = LIST, status = 503, headers = { ["Retry-After"] = "60" } }
      client = assert(sandbox:client())
      local task = thrive.spawn(list)
      until_so("a retry", function() return client:stats().retries == 1 end)
      return task
    end,
    ["for a place on the wire"] = function()
      block{ concurrency = 1 }
      local task = thrive.spawn(get)
      thrive.sleep(0)
      return task
    end,
    ["for a place on the wire, with a deadline"] = function()
      block{ concurrency = 1, deadline = 60 }
      local task = thrive.spawn(get)
      thrive.sleep(0)
      return task
    end,
    ["for a token"] = function()
      sandbox:fault{ path = "oauth2/token", delay = 30 }
      client = assert(sandbox:client{ client_secret = sandbox.client_secret })
      local task = thrive.spawn(list)
      until_so("a request", function() return sandbox:count() == 1 end)
      return task
    end,
    ["for a token that another call has asked for, with a deadline"] = function()
      sandbox:fault{ path = "oauth2/token", delay = 30 }
      client = assert(sandbox:client{ client_secret = sandbox.client_secret, deadline = 60 })
      thrive.spawn(list)
      until_so("a request", function() return sandbox:count() == 1 end)
      local task = thrive.spawn(list)
      thrive.sleep(0)
      return task
    end,
  }
  for place, prepare in pairs(places) do
    it("ends a wait " .. place .. " at once, with an error of kind cancelled", function()
      local task = prepare()
      assert.equal("suspended", coroutine.status(task.thread))
      local before = core.now()
      client:close()
      local _, err = task:wait()
      assert.is_true(core.now() - before < 10, ("it took %g s"):format(core.now() - before))
      assert.is_true(thrive.iserror(err), tostring(err))
      assert.equal("cancelled", err.kind)
    end)
  end

  it("tells every task of many, begins nothing more and leaves no connection busy", function()
    sandbox:fault{ delay = 30, times = math.huge }
    client = assert(sandbox:client{ concurrency = 4 })
    local kinds, tasks = {}, {}
    for i = 1, 12 do
      tasks[i] = thrive.spawn(function() kinds[i] = select(2, get()).kind end)
    end
    until_so("four requests", function() return sandbox:count() == 4 end)
    client:close()
    for i = 1, 12 do tasks[i]:wait() end
    assert.equal(("cancelled "):rep(12), table.concat(kinds, " ") .. " ")
    assert.equal(4, sandbox:count())
    if open_connections(sandbox) then
      until_so("the end of the connections", function() return open_connections(sandbox) == 0 end)
    end
  end)

  it("in one task, while the answers of others are there but not read, is safe", function()
    client = assert(sandbox:client{ max_retries = 0 })
    sandbox:fault{ status = 400, body = '{"message":"no"}', times = math.huge }
    local tasks = {}
    for i = 1, 6 do
      tasks[i] = thrive.spawn(function()
        -- An answer may be there before the next task begins: that one then finds the client closed.
        local ok, why, err = pcall(get)
        client:close()
        collect()
        return ok and err.kind or tostring(why)
      end)
    end
    for i = 1, 6 do
      local outcome = tasks[i]:wait()
      assert.truthy(outcome == "validation" or outcome == "cancelled" or outcome:find("closed client", 1, true), outcome)
    end
  end)

  -- A wait with a limit of time has a timer: a task that is closed must take that along.
  local timed = {
    ["sleeps"] = function() thrive.sleep(3600) end,
    ["waits for a place, with a deadline"] = function() return client.users:get_by_ref("U0001", { deadline = 3600 }) end,
    ["waits for its next attempt"] = function() return client.users:get_by_ref("U0002", { deadline = 3600 }) end,
  }
  for what, f in pairs(timed) do
    it("leaves nothing of a task that was closed while it " .. what, function()
      local probes = setmetatable({}, { __mode = "v" })
      sandbox:fault{ path = "/rest/v1/users/ref/U0002", status = 503, headers = { ["Retry-After"] = "100" } }
      block{ concurrency = what == "waits for its next attempt" and 2 or 1 }
      local task = thrive.spawn(f)
      thrive.sleep(0)
      if what == "waits for its next attempt" then
        until_so("a retry", function() return client:stats().retries == 1 end)
      end
      assert.equal("suspended", coroutine.status(task.thread))
      probes.client, probes.task = client, task
      coroutine.close(task.thread)
      client:close()
      task = nil -- luacheck: ignore
      client = { close = function() end }
      thrive.sleep(0)
      thrive.sleep(0)
      collect()
      assert.same({}, probes)
      -- With no timer left, a wait for what never comes is found out at once.
      local a
      a = thrive.spawn(function() return thrive.spawn(function() return a:wait() end):wait() end)
      local before = core.now()
      assert.truthy(tostring(raised(a.wait, a)):find("wait for each other", 1, true))
      assert.is_true(core.now() - before < 10)
    end)
  end
end)
