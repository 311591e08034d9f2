-- thrive.spawn, thrive.map, thrive.sleep, and calls wherever a script may make them: nothing hangs, nothing is lost.
-- Calls that a mistake could leave waiting for ever have a deadline, so that the spec fails instead.
local thrive = require "thrive"
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"
local refs = require("spec.support.reading").refs

local raised = subject.raised
local SOON = { deadline = 5 }

describe("tasks", function()
  local sandbox, client

  -- One for each test: a request that was cancelled may arrive later.
  before_each(function()
    sandbox = assert(sandboxes.start{ users = 40 })
    client = assert(sandbox:client{ max_retries = 0 })
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  describe("a task that yields to nobody", function()
    it("fails with the place, instead of being waited for as long as others run", function()
      local running = thrive.spawn(function() for _ = 1, 150 do thrive.sleep(0.01) end end)
      local closed = false
      local began = core.now()
      local task = thrive.spawn(function()
        local _ <close> = setmetatable({}, { __close = function() closed = true end })
        coroutine.yield("mine")
      end)
      local message = raised(task.wait, task)
      assert.truthy(message:find("^spec/scheduler_spec.lua:%d+: coroutine.yield in a task"), message)
      assert.is_true(closed)
      assert.is_false(running.finished)
      assert.is_true(core.now() - began < 1)
      running:wait()
    end)
  end)

  describe("thrive.map", function()
    it("gives results in the order of the items, whatever order they come in", function()
      local done = {}
      local results, failures = thrive.map(refs(6), function(ref, i)
        local user = assert(client.users:get_by_ref(ref))
        if i == 1 then repeat thrive.sleep(0) until #done == 5 end
        done[#done + 1] = i
        return user.ref
      end, { concurrency = 6 })
      assert.same(refs(6), results)
      assert.same({}, failures)
      assert.equal(1, done[6], "the slow one came last")
    end)

    it("goes on after failures, and lists them in the order of the items", function()
      local items = { "U0001", "missing", "U0003", "raises", "U0005" }
      local results, failures = thrive.map(items, function(ref)
        if ref == "raises" then error("a mistake", 0) end
        return client.users:get_by_ref(ref)
      end)
      assert.equal("U0001", results[1].ref)
      assert.equal("U0005", results[5].ref)
      assert.is_nil(results[2])
      assert.is_nil(results[4])
      assert.equal(2, #failures)
      assert.equal(2, failures[1].index)
      assert.equal("missing", failures[1].item)
      assert.equal("not_found", failures[1].err.kind)
      assert.equal(4, failures[2].index)
      assert.equal("a mistake", failures[2].err)
    end)

    it("keeps a result that came together with an error", function()
      local results, failures = thrive.map({ 1 }, function() return "half", "partly wrong" end)
      assert.same({ "half" }, results)
      assert.equal("partly wrong", failures[1].err)
    end)

    it("runs as many at once as it was told, and no more", function()
      sandbox:fault{ delay = 0.01, times = math.huge } -- or a fast answer ends a call before the next one begins
      local now, most = 0, 0
      thrive.map(refs(12), function(ref)
        now = now + 1
        most = math.max(most, now)
        assert(client.users:get_by_ref(ref))
        now = now - 1
      end, { concurrency = 5 })
      assert.equal(5, most)
      assert.equal(0, now)
    end)

    it("takes an iterator function, and an empty list", function()
      local i = 0
      assert.same({ 10, 20, 30 }, (thrive.map(function()
        i = i + 1
        return i <= 3 and i or nil
      end, function(n) return n * 10 end)))
      assert.same({}, (thrive.map({}, error)))
    end)

    it("takes the records of an iteration, whose pages come while others work", function()
      local seen = {}
      local results, failures = thrive.map(client.users:each{ perPage = 7 }, function(user)
        local found = assert(client.users:get(user.id))
        seen[found.ref] = (seen[found.ref] or 0) + 1
        return found.ref
      end, { concurrency = 4 })
      assert.same({}, failures)
      assert.same(refs(40), results)
      for _, ref in ipairs(refs(40)) do assert.equal(1, seen[ref]) end
      assert.equal(6, sandbox:count{ path = "/rest/v1/users" })
    end)

    it("raises what its iterator raises, and begins nothing new", function()
      sandbox:fault{ path = "/rest/v1/users", status = 400, after = 1 }
      local err = raised(function()
        thrive.map(client.users:each{ perPage = 5 }, function() return true end, { concurrency = 3 })
      end)
      assert.equal("validation", err.kind)
    end)

    it("can be nested", function()
      local results = thrive.map({ 1, 2, 3 }, function(n)
        local inner = thrive.map(refs(3), function(ref) return assert(client.users:get_by_ref(ref, SOON)).ref .. n end)
        return table.concat(inner, " ")
      end)
      assert.same({ "U00011 U00021 U00031", "U00012 U00022 U00032", "U00013 U00023 U00033" }, results)
    end)

    it("raises misuse at its caller", function()
      for message, f in pairs {
        ["map: argument #1 must be an array or an iterator function (got nil)"] = function() thrive.map(nil, print) end,
        ["map: argument #2 must be a function (got nil)"] = function() thrive.map({}) end,
        ["map: 'concurency' is not an option (did you mean 'concurrency'?)"] = function()
          thrive.map({}, print, { concurency = 1 })
        end,
        ["map: 'concurrency' must be 1 or more (got 0)"] = function() thrive.map({}, print, { concurrency = 0 }) end,
        ["map: argument #3 must be a table of options (got number)"] = function() thrive.map({}, print, 5) end,
      } do
        local got = raised(f)
        assert.truthy(got:find("scheduler_spec.lua:%d+: "), got)
        assert.truthy(got:find(message, 1, true), got)
      end
    end)
  end)

  describe("thrive.spawn", function()
    it("passes arguments and results through, nils included", function()
      local task = thrive.spawn(function(...) return select("#", ...), nil, ... end, 1, nil, 3)
      local results = table.pack(task:wait())
      assert.same({ n = 5, 3, nil, 1, nil, 3 }, results)
      assert.same(results, table.pack(task:wait()), "the second time too")
    end)

    it("starts when the caller waits, not before", function()
      local ran = false
      local task = thrive.spawn(function() ran = true end)
      assert.is_false(ran)
      task:wait()
      assert.is_true(ran)
    end)

    it("raises the task's error in whoever waits, as the same value, every time", function()
      local boom = setmetatable({}, { __tostring = function() return "boom" end })
      local task = thrive.spawn(function() error(boom) end)
      assert.equal(boom, raised(task.wait, task))
      assert.equal(boom, raised(task.wait, task))
    end)

    it("raises an error that is nil or false as what it is", function()
      local task = thrive.spawn(function() error(false) end)
      assert.same({ false, false }, { pcall(task.wait, task) })
      task = thrive.spawn(function() error(nil) end)
      assert.same({ false, nil }, { pcall(task.wait, task) })
    end)

    it("runs the <close> variables of a task that fails, before its waiter goes on", function()
      local closed
      local task = thrive.spawn(function()
        local _ <close> = setmetatable({}, { __close = function() closed = true end })
        error("x")
      end)
      assert.is_false((pcall(task.wait, task)))
      assert.is_true(closed)
    end)

    it("warns of a failure that nobody waits for", function()
      local warned = {}
      -- Only this one: what other specs left behind may be collected here too.
      stub(_G, "warn", function(text) if text:find("lost here", 1, true) then warned[#warned + 1] = text end end)
      finally(function() _G.warn:revert() end)
      thrive.spawn(function() error("lost here", 0) end)
      thrive.sleep(0)
      thrive.sleep(0)
      collectgarbage()
      collectgarbage()
      assert.equal(1, #warned)
    end)

    it("refuses what is no function, and a task that waits for itself", function()
      local message = raised(function() thrive.spawn({}) end)
      assert.truthy(message:find("scheduler_spec.lua:%d+: spawn: argument #1 must be a function %(got table%)"), message)
      local task
      task = thrive.spawn(function() task:wait() end)
      assert.truthy(raised(task.wait, task):find("cannot wait for itself", 1, true))
    end)

    it("raises instead of waiting for ever when tasks wait for each other", function()
      local a, b
      a = thrive.spawn(function() return b:wait() end)
      b = thrive.spawn(function() return a:wait() end)
      assert.truthy(tostring(raised(a.wait, a)):find("wait for each other", 1, true))
    end)

    it("raises that, too, when they do so in coroutines of their own", function()
      local a, b
      a = thrive.spawn(function() return coroutine.wrap(function() return b:wait() end)() end)
      b = thrive.spawn(function() return coroutine.wrap(function() return a:wait() end)() end)
      assert.truthy(tostring(raised(a.wait, a)):find("cannot wait", 1, true))
      assert.is_false((pcall(b.wait, b)))
    end)

    it("lets many wait for one", function()
      local one = thrive.spawn(function() return assert(client.users:get_by_ref("U0001")).ref end)
      local all = thrive.map({ 1, 2, 3, 4 }, function() return one:wait() end)
      assert.same({ "U0001", "U0001", "U0001", "U0001" }, all)
      assert.equal(1, sandbox:count())
    end)

    it("gives its waiters an error when its coroutine is closed, before it began and while it waits", function()
      sandbox:fault{ path = "/rest/v1/users/ref/U0001", delay = 30 }
      local thread
      local task = thrive.spawn(function()
        thread = coroutine.running()
        return client.users:get_by_ref("U0001")
      end)
      thrive.sleep(0)
      local waiter = thrive.spawn(function() return pcall(task.wait, task) end)
      thrive.sleep(0)
      assert.equal("suspended", coroutine.status(thread))
      assert.is_true(coroutine.close(thread))
      assert.equal(0, core.running(client), "what it waited for is given up")
      local ok, why = waiter:wait()
      assert.is_false(ok)
      assert.truthy(tostring(why):find("closed", 1, true))
      assert.truthy(tostring(raised(task.wait, task)):find("closed", 1, true))
      assert(client.users:get_by_ref("U0002"))
    end)
  end)

  describe("thrive.sleep", function()
    it("wakes in the order of the times, and lets others go on", function()
      local order = {}
      local tasks = {}
      for i, seconds in ipairs { 0.3, 0.1, 0.2, 0 } do
        tasks[i] = thrive.spawn(function()
          thrive.sleep(seconds)
          order[#order + 1] = i
        end)
      end
      local page = client.users:list({}, SOON)
      assert.equal(40, #page.results)
      for _, task in ipairs(tasks) do task:wait() end
      assert.same({ 4, 2, 3, 1 }, order)
    end)

    it("refuses what is no time", function()
      for _, seconds in ipairs { -1, 0 / 0, math.huge, "1" } do
        assert.truthy(raised(function() thrive.sleep(seconds) end):find("scheduler_spec.lua:%d+: sleep: argument #1"))
      end
      assert.truthy(raised(thrive.sleep):find("sleep: argument #1", 1, true))
    end)
  end)

  -- Every place where Lua code can be, in the main program and in a task.
  local function get(ref) return assert(client.users:get_by_ref(ref or "U0001", SOON)).ref end
  local places = {
    ["a pcall"] = function() return select(2, pcall(get)) end,
    ["an xpcall with a handler"] = function() return select(2, xpcall(get, debug.traceback)) end,
    ["a coroutine of the script's own"] = function()
      local step = coroutine.wrap(function()
        coroutine.yield("one")
        coroutine.yield(get())
        return "end"
      end)
      assert(step() == "one")
      local ref = step()
      assert(step() == "end")
      return ref
    end,
    ["a coroutine in a coroutine"] = function()
      return coroutine.wrap(function() return coroutine.wrap(get)() end)()
    end,
    ["a metamethod"] = function()
      return setmetatable({}, { __index = function(_, key) return get(key) end }).U0001
    end,
    ["an operator's metamethod"] = function()
      local meta = {}
      meta.__add = function(a, b) return get() == "U0001" and a.n + b.n or nil end
      meta.__lt = function() return get() == "U0001" end
      meta.__concat = function() return get() end
      meta.__len = function() return get() end
      meta.__call = function() return get() end
      local one, two = setmetatable({ n = 1 }, meta), setmetatable({ n = 2 }, meta)
      assert(one + two == 3)
      assert(one < two)
      assert(one .. two == "U0001")
      assert(#one == "U0001")
      return one()
    end,
    ["a __newindex"] = function()
      local found
      local t = setmetatable({}, { __newindex = function(_, key) found = get(key) end })
      t.U0001 = true
      return found
    end,
    ["a generic for"] = function()
      local found
      for ref in function(_, last) if not last then return get() end end do found = ref end
      return found
    end,
    ["a comparison of table.sort"] = function()
      local ref
      table.sort({ 2, 1 }, function(a, b)
        ref = get()
        return a < b
      end)
      return ref
    end,
    ["a replacement of string.gsub"] = function() return (("x"):gsub("x", function() return get() end)) end,
    ["a reader of load"] = function()
      local done
      return assert(load(function()
        if done then return nil end
        done = true
        return ("return %q"):format(get())
      end))()
    end,
    ["a __close"] = function()
      local ref
      do
        local _ <close> = setmetatable({}, { __close = function() ref = get() end })
      end
      return ref
    end,
  }
  for place, f in pairs(places) do
    it("can call inside " .. place, function()
      assert.equal("U0001", f())
    end)
    it("can call inside " .. place .. " in a task, several at once", function()
      local results, failures = thrive.map({ 1, 2, 3 }, f)
      assert.same({}, failures)
      assert.same({ "U0001", "U0001", "U0001" }, results)
    end)
    it("can call inside " .. place .. " in tasks that wait for the client's places", function()
      local narrow <close> = assert(sandbox:client{ concurrency = 1, max_retries = 0 })
      local wide = client
      client = narrow
      finally(function() client = wide end)
      local results, failures = thrive.map({ 1, 2, 3, 4, 5, 6 }, function(n)
        if n % 2 == 0 then return get() end
        return f()
      end, { concurrency = 6 })
      assert.same({}, failures)
      assert.equal(6, #results)
    end)
    it("can call inside " .. place .. " in tasks that wait for a token", function()
      local oauth <close> = assert(sandbox:client{ client_secret = sandbox.client_secret, max_retries = 0 })
      local wide = client
      client = oauth
      finally(function() client = wide end)
      local results, failures = thrive.map({ 1, 2, 3, 4 }, function(n)
        if n % 2 == 1 then return get() end
        return f()
      end)
      assert.same({}, failures)
      assert.equal(4, #results)
    end)
  end

  it("can be waited for inside a coroutine of the script's own, in a task", function()
    local results, failures = thrive.map({ 1, 2, 3 }, function(n)
      return coroutine.wrap(function()
        local task = thrive.spawn(function()
          thrive.sleep(0.001)
          return assert(client.users:get_by_ref("U000" .. n, SOON)).ref
        end)
        return task:wait()
      end)()
    end)
    assert.same({}, failures)
    assert.same({ "U0001", "U0002", "U0003" }, results)
  end)

  it("do not spin while one waits where it cannot give way and others are ready", function()
    sandbox:fault{ path = "/rest/v1/users/ref/U0001", delay = 0.2 }
    local used
    local stuck = thrive.spawn(function()
      local before = os.clock()
      coroutine.wrap(function() return assert(client.users:get_by_ref("U0001")) end)()
      used = os.clock() - before
    end)
    local ready = thrive.spawn(function() return "ready" end)
    stuck:wait()
    assert.equal("ready", ready:wait())
    assert.is_true(used < 0.1, ("%.3f s of processor for a wait of 0.2 s"):format(used))
  end)

  it("leave the yields of a script's own coroutine to the script", function()
    local generator = coroutine.wrap(function()
      for page in client.users:pages{ perPage = 15 } do coroutine.yield(#page.results) end
    end)
    assert.equal(15, generator())
    assert.equal(15, generator())
    assert.equal(10, generator())
    assert.is_nil(generator())
  end)
end)

describe("a client's concurrency", function()
  it("is a limit on the wire, however many tasks call", function()
    local sandbox <close> = assert(sandboxes.start{ users = 20, latency = 0.005 })
    local flying, most = 0, 0
    local client <close> = assert(sandbox:client{ concurrency = 3, on = {
      request = function()
        flying = flying + 1
        most = math.max(most, flying)
      end,
      response = function() flying = flying - 1 end,
    } })
    local _, failures = thrive.map(refs(20), function(ref) return client.users:get_by_ref(ref, SOON) end,
      { concurrency = 20 })
    assert.same({}, failures)
    assert.equal(3, most)
    local connections = {}
    for _, request in ipairs(sandbox:requests()) do connections[request.connection] = true end
    assert.equal(20, sandbox:count())
    assert.equal(3, #subject.keys(connections):gsub("%S+", "x"):gsub(" ", ""))
  end)

  it("serves who came first", function()
    local sandbox <close> = assert(sandboxes.start{ users = 9 })
    local client <close> = assert(sandbox:client{ concurrency = 1 })
    thrive.map(refs(9), function(ref) return assert(client.users:get_by_ref(ref, SOON)) end, { concurrency = 9 })
    local order = {}
    for i, request in ipairs(sandbox:requests()) do order[i] = request.path:match("[^/]*$") end
    assert.same(refs(9), order)
  end)

  it("does not count a call that waits before its next attempt", function()
    local sandbox <close> = assert(sandboxes.start{ users = 2 })
    sandbox:fault{ path = "/rest/v1/users/ref/U0001", status = 503, headers = { ["Retry-After"] = "30" } }
    local client <close> = assert(sandbox:client{ concurrency = 1 })
    local first = thrive.spawn(function() return client.users:get_by_ref("U0001") end)
    local began = core.now()
    assert(thrive.spawn(function() return client.users:get_by_ref("U0002", SOON) end):wait())
    assert.is_true(core.now() - began < 10, "it waited for another call's backoff")
    client:close()
    local _, err = first:wait()
    assert.equal("cancelled", err.kind)
    assert.is_true(core.now() - began < 10, "closing the client did not end the backoff")
  end)

  it("passes a place on when the one whose turn it is has run out of time", function()
    local sandbox <close> = assert(sandboxes.start{ users = 3 })
    local client <close> = assert(sandbox:client{ concurrency = 1, max_retries = 0 })
    sandbox:fault{ path = "/rest/v1/users/ref/U0001", delay = 0.3 }
    local began = core.now()
    local one = thrive.spawn(function() return client.users:get_by_ref("U0001", SOON) end)
    local two = thrive.spawn(function() return client.users:get_by_ref("U0002", { deadline = 0.4 }) end)
    local three = thrive.spawn(function() return client.users:get_by_ref("U0003", SOON) end)
    -- The second one's turn and the end of its time come in the same round of the loop.
    thrive.spawn(function()
      repeat thrive.sleep(0) until sandbox:count() == 1
      repeat until core.now() - began > 0.5
    end)
    assert(one:wait())
    local _, err = two:wait()
    assert.equal("timeout", err.kind)
    assert.equal("deadline", err.code)
    assert.equal(0, err.attempts)
    assert.is_false(err.sent)
    assert.is_true(err.retryable)
    assert(three:wait())
  end)

  it("passes a place on when the task whose turn it would be is closed", function()
    local sandbox <close> = assert(sandboxes.start{ users = 3 })
    local client <close> = assert(sandbox:client{ concurrency = 1, max_retries = 0 })
    local threads = {}
    local tasks = {}
    for i = 1, 3 do
      tasks[i] = thrive.spawn(function()
        threads[i] = coroutine.running()
        return client.users:get_by_ref("U000" .. i, SOON)
      end)
    end
    thrive.sleep(0)
    coroutine.close(threads[2])
    coroutine.close(threads[1])
    assert(tasks[3]:wait())
    assert(client.users:get_by_ref("U0001", SOON))
  end)

  it("ends for everybody when the client is closed: on the wire, in the queue, before a retry", function()
    local sandbox <close> = assert(sandboxes.start{ users = 9 })
    sandbox:fault{ delay = 30, times = math.huge }
    local client = assert(sandbox:client{ concurrency = 2 })
    local tasks = {}
    for i = 1, 5 do
      tasks[i] = thrive.spawn(function() return client.users:get_by_ref("U000" .. i) end)
    end
    local write = assert(sandbox:client{ concurrency = 1 })
    tasks[6] = thrive.spawn(function() return write.users:create(subject.person()) end)
    repeat thrive.sleep(0) until sandbox:count() == 3
    assert.equal(2, core.running(client))
    client:close()
    write:close()
    local began = core.now()
    for i = 1, 5 do
      local value, err = tasks[i]:wait()
      assert.is_nil(value)
      assert.equal("cancelled", err.kind, i)
      assert.equal(i <= 2, err.sent)
    end
    local _, err = tasks[6]:wait()
    assert.equal("ambiguous", err.kind)
    assert.equal("cancelled", err.cause)
    assert.is_true(err.sent)
    assert.is_true(core.now() - began < 10)
  end)

  it("ends for those who wait for a token, too", function()
    local sandbox <close> = assert(sandboxes.start{ users = 2 })
    sandbox:fault{ path = "oauth2/token", delay = 30 }
    local client = assert(sandbox:client{ client_secret = sandbox.client_secret })
    local tasks = {}
    for i = 1, 3 do tasks[i] = thrive.spawn(function() return client.users:get_by_ref("U0001") end) end
    thrive.sleep(0)
    client:close()
    for i = 1, 3 do
      local value, err = tasks[i]:wait()
      assert.is_nil(value)
      assert.equal("cancelled", err.kind, i)
    end
  end)
end)
