-- Pages that travel ahead and everything else that a script may do meanwhile: tasks, coroutines, sorting, calls in the
-- loop, hooks, tokens, a collector under stress. Never a deadlock, never a record lost or doubled.
local thrive = require "thrive"
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local scheduler = require "thrive.scheduler"
local reading = require "spec.support.reading"
local subject = require "spec.support.subject"

local USERS, N = reading.USERS, 100
local collect, refs = reading.collect, reading.refs
local ALL = refs(N)

describe("reading ahead", function()
  local sandbox, client

  before_each(function()
    sandbox = assert(sandboxes.start{ users = N })
    client = assert(sandbox:client{ max_retries = 1 })
  end)
  after_each(function()
    client:close()
    sandbox:stop()
    assert.equal(0, core.poll(0), "a test left a transfer behind")
  end)

  local function each(from, options) return (from or client).users:each({ perPage = 5 }, options) end

  -- Every fifth page is turned away at first: pauses and second tries happen in the pages' own tasks.
  local function bumpy()
    for page = 1, 20, 5 do
      sandbox:fault{ path = USERS, query = { page = page }, status = 429, headers = { ["Retry-After"] = "0" } }
    end
  end

  it("works in many tasks at once", function()
    local tasks = {}
    for i = 1, 6 do tasks[i] = thrive.spawn(function() return (collect(each())) end) end
    for i = 1, 6 do assert.same(ALL, tasks[i]:wait()) end
    assert.equal(120, sandbox:count{ path = USERS })
  end)

  it("works with one place on the wire, in many tasks at once", function()
    local narrow <close> = assert(sandbox:client{ concurrency = 1 })
    bumpy()
    local tasks = {}
    for i = 1, 4 do tasks[i] = thrive.spawn(function() return (collect(each(narrow, { prefetch = 16 }))) end) end
    assert.same(ALL, (collect(each(narrow))))
    for i = 1, 4 do assert.same(ALL, tasks[i]:wait()) end
  end)

  it("feeds thrive.map, whose calls run between the pages", function()
    for _, concurrency in ipairs { 1, 3, 16 } do
      local narrow <close> = assert(sandbox:client{ concurrency = concurrency > 3 and 1 or 4 })
      local results, failures = thrive.map(each(narrow), function(user, i)
        assert(user.ref == ALL[i])
        return narrow.users:get_by_ref(user.ref)
      end, { concurrency = concurrency })
      assert.same({}, failures)
      assert.equal(N, #results)
      for i, user in ipairs(results) do assert.equal(ALL[i], user.ref) end
    end
  end)

  it("fails thrive.map when a page cannot be had, and begins nothing new", function()
    sandbox:fault{ path = USERS, query = { page = 3 }, status = 400 }
    local done = {}
    local err = subject.raised(function()
      thrive.map(each(), function(user) done[#done + 1] = user.ref end, { concurrency = 4 })
    end)
    assert.equal("validation", err.kind)
    assert.same(refs(10), done)
    assert.equal(0, core.running(client))
  end)

  it("works in a coroutine of the script's own, in the main program and in a task", function()
    local function through_coroutine()
      bumpy()
      local step = coroutine.wrap(function()
        for user in each() do coroutine.yield(user.ref) end
      end)
      local seen = {}
      for ref in step do seen[#seen + 1] = ref end
      return seen
    end
    assert.same(ALL, through_coroutine())
    sandbox:clear_faults()
    local other = thrive.spawn(function() return (collect(each())) end)
    assert.same(ALL, thrive.spawn(through_coroutine):wait())
    assert.same(ALL, other:wait())
  end)

  it("works where C stands in between, in the main program and in a task", function()
    local function inside()
      bumpy()
      local seen, next_user = {}, each(nil, { prefetch = 3 })
      table.sort({ 3, 1, 2 }, function(a, b) -- as many comparisons as it likes
        local user = next_user()
        if user then seen[#seen + 1] = user.ref end
        return a < b
      end)
      local text = ("x"):rep(N):gsub("x", function()
        local user = next_user()
        if user then seen[#seen + 1] = user.ref end
        return user and "." or ""
      end)
      assert.is_true(#text > 0)
      assert.is_nil(next_user())
      return seen
    end
    assert.same(ALL, inside())
    sandbox:clear_faults()
    local other = thrive.spawn(function() return (collect(each())) end)
    assert.same(ALL, thrive.spawn(inside):wait())
    assert.same(ALL, other:wait())
  end)

  it("works with one place on the wire where C stands in between", function()
    local narrow <close> = assert(sandbox:client{ concurrency = 1 })
    local task = thrive.spawn(function()
      local next_user, n = each(narrow), 0
      local text = ("x"):rep(N):gsub("x", function()
        n = n + 1
        assert(next_user().ref == ALL[n])
        return assert(narrow.users:get_by_ref(ALL[n])).ref:sub(1, 1)
      end)
      return text
    end)
    assert.equal(("U"):rep(N), task:wait())
  end)

  for _, ahead in ipairs { 0, 1, 4, 16 } do
    it(("leaves room for calls in the loop, with one place on the wire and prefetch = %d"):format(ahead), function()
      local narrow <close> = assert(sandbox:client{ concurrency = 1 })
      local function run()
        local n = 0
        for user in each(narrow, { prefetch = ahead }) do
          n = n + 1
          if n % 3 == 0 then assert(narrow.users:update(user.ref, { jobTitle = "Nurse" })) end
        end
        return n
      end
      assert.equal(N, run())
      assert.equal(N, thrive.spawn(run):wait())
      assert.equal("Nurse", sandbox:user("U0099").jobTitle)
    end)
  end

  it("keeps two iterations apart, ahead both of them, read in turns", function()
    local a, b = each(), client.users:each({ perPage = 7 }, { prefetch = 2 })
    for i = 1, N do
      assert.equal(ALL[i], a().ref)
      assert.equal(ALL[i], b().ref)
    end
    assert.is_nil(a())
    assert.is_nil(b())
  end)

  it("reads a list inside of the loop over another one", function()
    local n = 0
    for _ in client.users:each{ perPage = 30 } do
      for _ in client.users:each({ perPage = 50 }, { limit = 60 }) do n = n + 1 end
    end
    assert.equal(60 * N, n)
  end)

  it("gives every page to one of the tasks that share it, whoever of them is ended while it waits", function()
    for _, bare in ipairs { false, true } do
      sandbox:clear_faults()
      reading.serve(sandbox, reading.bodies(100, 5, not bare and 100 or nil))
      for page = 1, 20 do sandbox:fault{ path = USERS, query = { page = page }, delay = 0.005, times = 0 } end
      local next_page = client.users:pages({ perPage = 5 }, { prefetch = bare and 0 or 2 })
      local seen = {}
      local function read()
        for page in next_page do for _, user in ipairs(page.results) do seen[#seen + 1] = user.id end end
      end
      for _ = 1, 5 do
        local impatient = thrive.spawn(read)
        thrive.sleep(0)
        scheduler.cancel(impatient) -- it waits for a page
      end
      local tasks = { thrive.spawn(read), thrive.spawn(read) }
      for _, task in ipairs(tasks) do task:wait() end
      assert.equal(100, #seen)
      for i, id in ipairs(seen) do assert.equal(("r%04d"):format(i), id) end
    end
  end)

  it("renews a token that ends on the way, once for all pages that meet it", function()
    local oauth <close> = assert(sandbox:client{ client_secret = sandbox.client_secret, max_retries = 0 })
    local seen = {}
    for user in each(oauth, { prefetch = 3 }) do
      seen[#seen + 1] = user.ref
      if #seen == 30 or #seen == 70 then sandbox:expire_tokens() end
    end
    assert.same(ALL, seen)
    local tokens = sandbox:count{ path = "oauth2/token" }
    assert.is_true(tokens <= 3, tokens)
  end)

  it("asks for one token however many pages start at once", function()
    local oauth <close> = assert(sandbox:client{ client_secret = sandbox.client_secret })
    local tasks = {}
    for i = 1, 4 do tasks[i] = thrive.spawn(function() return (collect(each(oauth, { prefetch = 8 }))) end) end
    for i = 1, 4 do assert.same(ALL, tasks[i]:wait()) end
    assert.equal(1, sandbox:count{ path = "oauth2/token" })
  end)

  it("raises the same errors with raise = true", function()
    local raising <close> = assert(sandbox:client{ raise = true, max_retries = 0 })
    sandbox:fault{ path = USERS, query = { page = 4 }, status = 404 }
    local next_user = each(raising)
    local seen, err = collect(next_user)
    assert.same(refs(15), seen)
    assert.equal("not_found", err.kind)
    assert.equal(err, subject.raised(next_user))
    assert.same(ALL, (collect(each(raising))))
  end)

  it("gives each page the deadline that it is given", function()
    local began = core.now()
    sandbox:fault{ path = USERS, query = { page = 3 }, delay = 30 }
    local seen, err = collect(each(nil, { deadline = 1, prefetch = 2 }))
    assert.same(refs(10), seen)
    assert.equal("timeout", err.kind)
    assert.is_true(core.now() - began < 10)
  end)

  it("calls the hooks for every page", function()
    local counts = { request = 0, response = 0, retry = 0 }
    local on = {}
    for name in pairs(counts) do on[name] = function() counts[name] = counts[name] + 1 end end
    local hooked <close> = assert(sandbox:client{ on = on })
    bumpy()
    assert.same(ALL, (collect(each(hooked))))
    assert.same({ request = 24, response = 24, retry = 4 }, counts)
  end)

  it("lets a hook call, sleep and fail", function()
    local calls, other = 0, assert(sandbox:client())
    local hooked <close> = assert(sandbox:client{ on = { response = function()
      calls = calls + 1
      assert(other.users:get_by_ref("U0001"))
      thrive.sleep(0.001)
      if calls % 7 == 0 then error("mine") end
    end } })
    warn("@off")
    local seen = collect(each(hooked))
    local in_task = thrive.spawn(function() return (collect(each(hooked))) end):wait()
    warn("@on")
    other:close()
    assert.same(ALL, seen)
    assert.same(ALL, in_task)
    assert.equal(40, calls)
  end)

  it("lets a hook close the client", function()
    local closing
    closing = assert(sandbox:client{ on = { request = function(event)
      if event.path:find("users") and sandbox:count{ path = USERS } >= 6 then closing:close() end
    end } })
    local seen, err = collect(each(closing))
    assert.is_true(#seen < N)
    assert.equal("cancelled", err.kind)
    assert.equal(0, core.poll(0))
  end)

  it("lets a hook close the iteration", function()
    for _, name in ipairs { "request", "response" } do
      local n, iteration = 0, nil
      local hooked <close> = assert(sandbox:client{ on = { [name] = function()
        n = n + 1
        if n == 3 then getmetatable(iteration).__close(iteration) end
      end } })
      local next_page, _, _, opened = hooked.users:pages{ perPage = 5 }
      iteration = opened
      local seen, err = collect(next_page)
      assert.is_true(#seen <= 10)
      assert.equal("attempt to use a closed iteration", err)
      assert.equal(0, core.running(hooked))
      if name == "request" then assert.equal(3, n, "it goes on asking") end
    end
  end)

  it("stops when the client is closed by a task while it waits for a page", function()
    for page = 2, 20 do sandbox:fault{ path = USERS, query = { page = page }, delay = 30 } end
    local seen = {}
    local closer = thrive.spawn(function()
      repeat thrive.sleep(0) until #seen == 5
      client:close()
    end)
    local err = subject.raised(function() for user in each() do seen[#seen + 1] = user.ref end end)
    closer:wait()
    assert.same(refs(5), seen)
    assert.equal("cancelled", err.kind)
    assert.is_nil(next(reading.in_flight()))
  end)

  it("stops when the iteration is closed by a task while it waits for a page", function()
    for _, ahead in ipairs { 0, 4 } do
      -- The reader sees a page that it has asked for itself to its end; one that is ahead must not be there before.
      sandbox:clear_faults()
      sandbox:fault{ path = USERS, query = { page = 2 }, delay = ahead == 0 and 0.02 or 30, times = 0 }
      local next_page, _, _, iteration = client.users:pages({ perPage = 5 }, { prefetch = ahead })
      assert(next_page())
      local task = thrive.spawn(function() local _ <close> = iteration end)
      for _ = 1, 2 do assert.equal("attempt to use a closed iteration", subject.raised(next_page)) end
      task:wait()
      assert.equal(0, core.running(client))
    end
  end)

  it("keeps its records while the collector works as hard as it can", function()
    local function strained(mode, ...)
      local before = collectgarbage(mode, ...)
      local seen = collect(each(nil, { prefetch = 8, dedupe = "id" }))
      local tasks = {}
      for i = 1, 3 do tasks[i] = thrive.spawn(function() return (collect(each())) end) end
      for i = 1, 3 do assert.same(ALL, tasks[i]:wait()) end
      collectgarbage(before)
      return seen
    end
    assert.same(ALL, strained("generational"))
    local pause = collectgarbage("setpause", 0)
    local multiplier = collectgarbage("setstepmul", 400)
    local seen = strained("incremental")
    collectgarbage("setpause", pause)
    collectgarbage("setstepmul", multiplier)
    assert.same(ALL, seen)
    local stress = setmetatable({}, { __gc = function() end }) -- a collection at every place within a page
    local n = 0
    for user in each() do
      n = n + 1
      assert.equal(ALL[n], user.ref)
      if n % 4 == 0 then collectgarbage() end
    end
    assert.equal(N, n)
    assert.truthy(stress)
  end)

  it("goes on while tasks end, fail and are forgotten around it", function()
    local seen = {}
    for user in each() do
      seen[#seen + 1] = user.ref
      if #seen % 10 == 0 then
        thrive.spawn(function() client.users:get_by_ref(user.ref) end)
        local doomed = thrive.spawn(function() for _ in each() do thrive.sleep(0) end end)
        thrive.sleep(0)
        scheduler.cancel(doomed)
      end
    end
    assert.same(ALL, seen)
    reading.settle(client)
  end)

  it("of an iteration that a task has left unread goes with it", function()
    for page = 2, 20 do sandbox:fault{ path = USERS, query = { page = page }, delay = 30 } end
    assert.equal("U0001", thrive.spawn(function()
      local next_user = each()
      return next_user().ref
    end):wait())
    collectgarbage()
    collectgarbage()
    assert.equal(0, core.running(client))
  end)
end)
