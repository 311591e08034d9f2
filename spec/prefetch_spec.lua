-- luacheck: ignore 512 (loops that are left at once)
-- Pages that travel ahead of the reader: how many, when, in which order they are given, and what becomes of those that
-- nobody reads. What goes wrong on the way is in prefetch_faults_spec.lua, tasks are in prefetch_tasks_spec.lua.
local core = require "thrive.core"
local scheduler = require "thrive.scheduler"
local sandboxes = require "thrive.sandbox"
local reading = require "spec.support.reading"
local subject = require "spec.support.subject"

local USERS, LIST = reading.USERS, { path = reading.USERS }
local collect, refs, settle, serve = reading.collect, reading.refs, reading.settle, reading.serve

describe("pages ahead", function()
  local sandbox, client, sent

  -- One sandbox for each test: a request that was given up may arrive later.
  before_each(function()
    sandbox = assert(sandboxes.start{ users = 100 })
    sent = 0
    client = assert(sandbox:client{ max_retries = 0, concurrency = 32, on = { request = function() sent = sent + 1 end } })
  end)
  after_each(function()
    client:close()
    sandbox:stop()
    assert.equal(0, core.poll(0), "a test left a transfer behind")
    assert.is_nil(next(reading.in_flight()))
  end)

  local function pages_asked()
    local numbers = {}
    for i, request in ipairs(sandbox:requests(LIST)) do numbers[i] = tonumber(request.query.page) end
    table.sort(numbers)
    return numbers
  end

  local function numbers_to(n)
    local numbers = {}
    for i = 1, n do numbers[i] = i end
    return numbers
  end

  describe("are as many", function()
    for _, n in ipairs { 0, 1, 2, 4, 7, 20 } do
      it(("as prefetch = %d says, and no more while the reader rests"):format(n), function()
        local next_page = client.users:pages({ perPage = 2 }, { prefetch = n })
        for page = 1, 3 do
          assert(next_page())
          settle(client)
          assert.same(numbers_to(page + n), pages_asked())
        end
        settle(client)
        local got = {}
        for page in next_page do got[#got + 1] = page.pagination.page end
        assert.equal(47, #got)
        assert.same(numbers_to(50), pages_asked())
      end)
    end

    it("as the list has, and not one beyond its end", function()
      assert.equal(100, #collect(client.users:each({ perPage = 30 }, { prefetch = 16 })))
      assert.same(numbers_to(4), pages_asked())
    end)

    it("as the limit needs", function()
      for _, case in ipairs { { 10, 1 }, { 11, 2 }, { 20, 2 }, { 35, 4 }, { 3, 1 } } do
        sandbox:clear_requests()
        assert.same(refs(case[1]), (collect(client.users:each({ perPage = 10 }, { limit = case[1] }))))
        assert.same(numbers_to(case[2]), pages_asked())
      end
    end)

    it("as the limit needs when the service gives smaller pages than it was asked for", function()
      serve(sandbox, reading.bodies(40, 5, 40))
      assert.equal(12, #collect(client.users:each({ perPage = 10 }, { limit = 12 })))
      assert.same(numbers_to(3), pages_asked())
    end)

    it("as the limit needs of bare arrays too", function()
      serve(sandbox, reading.bodies(100, 10))
      assert.equal(25, #collect(client.users:each({ perPage = 10 }, { limit = 25 })))
      assert.same(numbers_to(3), pages_asked())
    end)
  end)

  -- Reads 60 pages; the most that were asked for beyond the one that the reader got next.
  local function most_ahead(rest)
    serve(sandbox, reading.bodies(120, 2, 120))
    local read, most = 0, 0
    client:close()
    client = assert(sandbox:client{ max_retries = 0, concurrency = 32, on = {
      request = function()
        sent = sent + 1
        most = math.max(most, sent - read - 1)
      end,
    } })
    for _ in client.users:pages{ perPage = 2 } do
      read = read + 1
      rest()
    end
    assert.equal(60, read)
    return most
  end

  it("are four while the reader takes its time", function()
    assert.equal(4, most_ahead(function() settle(client) end))
  end)

  it("are four as well while it never gives way", function()
    assert.equal(4, most_ahead(function()
      repeat scheduler.glance() until core.running(client) == 0
    end))
  end)

  it("grow to sixteen while the reader is found waiting", function()
    sandbox:stop()
    sandbox = assert(sandboxes.start{ users = 1, latency = 0.02 })
    assert.equal(16, most_ahead(function() end))
  end)

  it("do not grow beyond a number that was asked for", function()
    sandbox:stop()
    sandbox = assert(sandboxes.start{ users = 40, latency = 0.01 })
    local slow <close> = assert(sandbox:client{ concurrency = 32 })
    local most = 0
    for _ in slow.users:pages({ perPage = 2 }, { prefetch = 3 }) do most = math.max(most, core.running(slow)) end
    assert.equal(3, most)
  end)

  it("are none with prefetch = 0: strictly one after another", function()
    local read = 0
    for _ in client.users:pages({ perPage = 10 }, { prefetch = 0 }) do
      read = read + 1
      assert.equal(read, sent)
      assert.equal(0, core.running(client))
      settle(client)
    end
    assert.equal(10, read)
    local log = sandbox:requests(LIST)
    for i, request in ipairs(log) do assert.equal(tostring(i), request.query.page) end
  end)

  it("are given in order, in whatever order they come", function()
    for _, late in ipairs { 2, 4, 6 } do
      sandbox:fault{ path = USERS, query = { page = late }, delay = 0.06 * (5 - late / 2) }
    end
    assert.same(refs(100), (collect(client.users:each{ perPage = 10 })))
  end)

  describe("are on the wire before a page is decoded:", function()
    local function fails(options, read)
      local next_page = client.users:pages({ perPage = 2 }, options)
      for _ = 1, read do assert(next_page()) end
      local before = sent
      local err = subject.raised(next_page)
      assert.equal("decode", err.kind)
      return before, sent
    end

    it("as many as it seems to announce", function()
      serve(sandbox, { '{"results":[1],"pagination":{"totalResults":50,"totalPages":25,"page":1,"perPage":2}}' })
      local _, after = fails({ prefetch = 4 }, 0)
      assert.equal(5, after)
      assert.equal(0, core.running(client))
    end)

    it("no more than it seems to announce", function()
      serve(sandbox, { '{"pagination":{"totalResults":5,"totalPages":3,"page":1,"perPage":2},"results":[1]}' })
      local _, after = fails({ prefetch = 4 }, 0)
      assert.equal(3, after)
    end)

    it("none when it announces nothing", function()
      serve(sandbox, { "[1,2]" })
      local _, after = fails({ prefetch = 4 }, 0)
      assert.equal(1, after)
    end)

    it("the next one when pages are ahead already", function()
      local bodies = reading.bodies(40, 2, 40)
      bodies[3] = '{"results":[1]}'
      serve(sandbox, bodies)
      local before, after = fails({ prefetch = 4 }, 2)
      assert.equal(6, before)
      assert.equal(7, after)
    end)
  end)

  describe("of bare arrays", function()
    it("go on until a short page, and those beyond it are given up", function()
      for _, n in ipairs { 30, 31, 39 } do
        sandbox:clear_faults()
        serve(sandbox, reading.bodies(n, 10))
        for number = n // 10 + 2, 40 do sandbox:fault{ path = USERS, query = { page = number }, delay = 30 } end
        local began = core.now()
        local seen, err = collect(client.users:each{ perPage = 10 })
        assert.is_nil(err)
        assert.equal(n, #seen)
        for i, id in ipairs(seen) do assert.equal(("r%04d"):format(i), id) end
        assert.equal(0, core.running(client))
        assert.is_true(core.now() - began < 10, "it waited for pages that there are not")
      end
    end)

    it("are not harmed by what comes beyond the short page", function()
      serve(sandbox, reading.bodies(25, 10))
      sandbox:fault{ path = USERS, query = { page = 4 }, times = 0, status = 404 }
      sandbox:fault{ path = USERS, query = { page = 5 }, times = 0, body = "not JSON" }
      sandbox:fault{ path = USERS, query = { page = 6 }, times = 0, body = '[{"id":"r0001"}]' }
      sandbox:fault{ path = USERS, query = { page = 7 }, times = 0, reset = "before" }
      local next_record = client.users:each{ perPage = 10 }
      for i = 1, 25 do
        assert.equal(("r%04d"):format(i), next_record().id)
        if i % 10 == 1 then settle(client) end
      end
      assert.is_nil(next_record())
      assert.is_nil(next_record())
    end)

    it("do not go ahead of a first page that is short", function()
      serve(sandbox, reading.bodies(7, 10))
      assert.equal(7, #client.users:all{ perPage = 10 })
      assert.equal(1, sent)
    end)

    for name, list in pairs {
      assignments = function(c, verb, options) return c.assignments[verb](c.assignments, { perPage = 3 }, options) end,
      enrolments = function(c, verb, options)
        local enrolments = c.assignments.enrolments
        return enrolments[verb](enrolments, c.assignments:list().results[1].id, { perPage = 3 }, options)
      end,
      completions = function(c, verb, options) return c.completions[verb](c.completions, { perPage = 7 }, options) end,
    } do
      it("of " .. name .. " lose none and double none", function()
        local wanted = collect(list(client, "each", { prefetch = 0 }))
        assert.is_true(#wanted > 3)
        assert.same(wanted, (collect(list(client, "each"))))
        assert.same(wanted, (collect(list(client, "pages", { prefetch = 16 }))))
        assert.equal(#wanted, #list(client, "all", { prefetch = 1 }))
        assert.equal(0, core.running(client))
      end)
    end
  end)

  describe("of tags", function()
    local function tags(n, size)
      for number, body in ipairs(reading.bodies(n, size, n)) do
        -- the first page is asked for without a number
        sandbox:fault{ path = "/rest/v1/tags", query = number > 1 and { page = number } or nil, times = number == 1 and 1 or 0,
          body = body }
      end
    end

    it("wait until a second page has shown that the service has pages", function()
      tags(20, 2)
      local next_page = client.tags:pages()
      assert(next_page())
      settle(client)
      assert.equal(1, sent)
      assert(next_page())
      settle(client)
      assert.equal(6, sent)
      local n = 2
      for _ in next_page do n = n + 1 end
      assert.equal(10, n)
      assert.equal(10, sent)
    end)

    it("do not go ahead in a service that sends everything again", function()
      sandbox:fault{ path = "/rest/v1/tags", times = 0, body = reading.bodies(10, 10, 20)[1] }
      local seen, err = collect(client.tags:each())
      assert.equal(10, #seen)
      assert.equal("incomplete", err.code)
      assert.equal(2, sent)
    end)
  end)

  describe("that nobody reads", function()
    -- Pages beyond the first do not come.
    local function hang()
      for number = 2, 50 do sandbox:fault{ path = USERS, query = { page = number }, delay = 30 } end
    end

    it("are at most five with the first when a loop is left after three records, and are given up at once", function()
      hang()
      local n = 0
      for _ in client.users:each{ perPage = 10 } do
        n = n + 1
        if n == 3 then
          assert.equal(4, core.running(client))
          break
        end
      end
      assert.equal(0, core.running(client))
      assert.is_nil(next(reading.in_flight()))
      assert.equal(5, sent)
      assert.is_true(sandbox:count(LIST) <= 5)
    end)

    it("are given up by an error in the loop, and by a return out of it", function()
      hang()
      assert.equal("mine", subject.raised(function()
        for _ in client.users:each{ perPage = 10 } do error("mine", 0) end
      end))
      assert.equal(0, core.running(client))
      local function first()
        for user in client.users:each{ perPage = 10 } do return user.ref end
      end
      assert.equal("U0001", (first()))
      assert.equal(0, core.running(client))
    end)

    it("are given up by the collector when the iteration is dropped", function()
      hang()
      local probe = setmetatable({}, { __mode = "v" })
      do
        local next_user, _, _, iteration = client.users:each{ perPage = 10 }
        assert(next_user())
        probe.iteration, probe.window = iteration, iteration.window
        assert.equal(4, core.running(client))
      end
      collectgarbage()
      collectgarbage()
      assert.equal(0, core.running(client))
      assert.same({}, probe)
      assert.is_nil(next(reading.in_flight()))
    end)

    it("are given up with the coroutine that reads them", function()
      hang()
      local thread = coroutine.create(function()
        for user in client.users:each{ perPage = 10 } do coroutine.yield(user.ref) end
      end)
      assert.same({ true, "U0001" }, { coroutine.resume(thread) })
      assert.equal(4, core.running(client))
      assert.is_true(coroutine.close(thread))
      assert.equal(0, core.running(client))
    end)

    it("are given up at an error of a page before them", function()
      for _, number in ipairs { 3, 4, 5, 6 } do
        sandbox:fault{ path = USERS, query = { page = number }, times = 0, delay = 30 }
      end
      sandbox:fault{ path = USERS, query = { page = 2 }, status = 400 }
      local seen, err = collect(client.users:each{ perPage = 10 })
      assert.equal(10, #seen)
      assert.equal(400, err.status)
      assert.equal(0, core.running(client))
    end)

    it("leave an iteration that says that it is closed", function()
      local next_user, state, control, iteration = client.users:each{ perPage = 10 }
      for _ in next_user, state, control, iteration do break end
      for _ = 2, 10 do next_user() end -- what has been given out already is the reader's
      assert.equal("attempt to use a closed iteration", subject.raised(next_user))
    end)

    it("leave no memory behind, without the collector's help", function()
      local function resident()
        local file = io.open("/proc/self/statm")
        if not file then return nil end
        local _, pages = file:read("n", "n")
        file:close()
        return pages * 4 / 1024 -- MiB, about
      end
      if not resident() or subject.interpreter():find("asan") then
        return pending("nobody tells how much memory is used here")
      end
      for number = 2, 5 do sandbox:fault{ path = USERS, query = { page = number }, times = 0, huge = 16 * 1024 * 1024 } end
      collectgarbage("stop")
      local held
      for _ in client.users:each({ perPage = 10 }, { prefetch = 4 }) do
        settle(client)
        held = resident()
        break
      end
      local after = resident()
      collectgarbage("restart")
      assert.is_true(after < held - 48, ("%.0f MiB with the pages, %.0f without"):format(held, after))
    end)
  end)

  it("arrive while the script works on the records and waits for nothing", function()
    sandbox:fault{ path = USERS, query = { page = 2 }, delay = 0.15 }
    local read = 0
    for _ in client.users:each({ perPage = 50 }, { prefetch = 1 }) do
      read = read + 1
      if core.running(client) == 0 then break end
      local till = core.now() + 0.01 -- the script's own work
      repeat until core.now() > till
    end
    assert.is_true(read > 1 and read < 50, read .. " records were read before the second page was there")
  end)

  it("are not asked for by a verb that was called and not used", function()
    client.users:each({ perPage = 10 }, { prefetch = 16 })
    client.users:pages({ perPage = 10 }, { prefetch = 16 })
    assert.equal(0, sent)
  end)

  it("a number below 0 or over 1000, or none, is refused where the loop was written", function()
    local problems = { [-1] = "from 0 to 1000 (got -1)", [1001] = "from 0 to 1000 (got 1001)",
      [1.5] = "an integer", four = "an integer" }
    for value, problem in pairs(problems) do
      local why = subject.raised(function() return (client.users:each({}, { prefetch = value })) end)
      assert.truthy(why:find("prefetch_spec.lua:%d+: users:each: 'prefetch' must be "), why)
      assert.truthy(why:find(problem, 1, true), why)
    end
    assert.equal(100, #client.users:all({ perPage = 10 }, { prefetch = 2.0 }))
  end)
end)
