-- Bad days of a list of fifty pages: whatever happens to any of them, what was given is right, what is missing is loud, and
-- a later run can go on where this one stopped.
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local reading = require "spec.support.reading"
local subject = require "spec.support.subject"

local USERS, PAGES, SIZE = reading.USERS, 50, 2
local collect, refs = reading.collect, reading.refs
local ALL = refs(PAGES * SIZE)

-- Ahead as it comes, not at all, and as far as it goes.
local function prefetch_of(k) return ({ nil, 0, 3, 16 })[k % 4 + 1] end

describe("a list of fifty pages", function()
  local sandbox, client

  before_each(function()
    sandbox = assert(sandboxes.start{ users = PAGES * SIZE })
    client = assert(sandbox:client{ max_retries = 0 })
  end)
  after_each(function()
    client:close()
    sandbox:stop()
    assert.equal(0, core.poll(0), "a test left a transfer behind")
  end)

  local function fault(rule, page, times)
    local copy = { path = USERS, query = { page = page }, times = times }
    for name, value in pairs(rule) do copy[name] = value end
    return sandbox:fault(copy)
  end

  local function each(options) return client.users:each({ perPage = SIZE }, options) end

  -- Everything before page k, in order, then that error, for ever.
  local function breaks_off(k, kind, options)
    local next_user = each(options)
    local seen, err = collect(next_user)
    assert.equal((k - 1) * SIZE, #seen, tostring(err))
    assert.same(refs((k - 1) * SIZE), seen)
    assert.is_table(err, tostring(err))
    assert.equal(kind, err.kind, tostring(err))
    assert.equal("users.list", err.operation)
    assert.truthy(tostring(err):find("page=" .. k, 1, true) or err.path == USERS, tostring(err))
    for _ = 1, 2 do assert.equal(err, subject.raised(next_user)) end
    assert.equal(0, core.running(client))
  end

  for name, case in pairs {
    ["is refused"] = { { status = 400 }, "validation" },
    ["is forbidden"] = { { status = 403 }, "forbidden" },
    ["meets an error of the service"] = { { status = 500 }, "server" },
    ["is turned away"] = { { status = 429, headers = { ["Retry-After"] = "0" } }, "rate_limited" },
    ["is reset before anything was done"] = { { reset = "before" }, "network" },
    ["is reset after it was done"] = { { reset = "after" }, "network" },
    ["is cut off"] = { { truncate = 20 }, "network" },
    ["is cut off after almost all of it"] = { { truncate = 1000 }, "network" },
    ["is no JSON"] = { { json = "invalid" }, "decode" },
    ["is a page of HTML"] = { { html = true }, "server" },
    ["is a page of HTML that calls itself a success"] = { { html = true, status = 200 }, "decode" },
    ["is nothing"] = { { body = "" }, "decode" },
    ["is no list"] = { { body = '{"message":"later"}' }, "decode" },
    ["is sent elsewhere"] = { { redirect = "https://login.example/" }, "server" },
  } do
    it("of which any " .. name .. " raises that after the records before it, and raises it again", function()
      for k = 1, PAGES do
        client:close()
        client = assert(sandbox:client{ max_retries = 0 }) -- one that remembers no 429
        local id = fault(case[1], k, 0)
        breaks_off(k, case[2], { prefetch = prefetch_of(k) })
        sandbox:clear_faults(id)
      end
      client:close()
      client = assert(sandbox:client())
      assert.same(ALL, (collect(each())))
    end)
  end

  it("of which any does not come in time raises that", function()
    for _, k in ipairs { 2, 50 } do
      local id = fault({ delay = 30 }, k, 0)
      breaks_off(k, "timeout", { timeout = 1 })
      sandbox:clear_faults(id)
    end
    fault({ delay = 30 }, 3, 0)
    breaks_off(3, "timeout", { deadline = 1 })
  end)

  it("of which any repeats an earlier one, or is another, raises that", function()
    for k = 2, PAGES do
      sandbox:clear_faults()
      local bodies = reading.bodies(PAGES * SIZE, SIZE)
      bodies[k] = bodies[math.max(1, k - 7)]
      reading.serve(sandbox, bodies)
      local next_user = each{ prefetch = prefetch_of(k) }
      local seen, err = collect(next_user)
      assert.equal((k - 1) * SIZE, #seen)
      assert.equal("page_loop", err.code)
      assert.equal(err, subject.raised(next_user))
    end
    for k = 1, PAGES - 1, 6 do
      sandbox:clear_faults()
      local bodies = reading.bodies(PAGES * SIZE, SIZE, PAGES * SIZE)
      bodies[k] = bodies[k + 1]
      reading.serve(sandbox, bodies)
      local seen, err = collect(each{ prefetch = prefetch_of(k) })
      assert.equal((k - 1) * SIZE, #seen)
      assert.equal("page_wrong", err.code)
    end
  end)

  local soon = { ["Retry-After"] = "0" }
  local passing = {
    ["is turned away"] = { { status = 429, headers = soon }, 1 },
    ["meets a service that asks for a moment"] = { { status = 503, headers = soon }, 1 },
    ["meets an error of the service"] = { { status = 500 }, 24 },
    ["is reset before anything was done"] = { { reset = "before" }, 24 },
    ["is reset after it was done"] = { { reset = "after" }, 24 },
    ["is cut off"] = { { truncate = 20 }, 24 },
  }

  for name, case in pairs(passing) do
    it("of which any " .. name .. " once is read whole", function()
      for k = 1, PAGES, case[2] do -- where the pause before the next try is ours, it takes a while
        local fresh <close> = assert(sandbox:client{ max_retries = 2 })
        fault(case[1], k, 1)
        local seen, err = collect(fresh.users:each({ perPage = SIZE }, { prefetch = prefetch_of(k) }))
        assert.is_nil(err, tostring(err))
        assert.same(ALL, seen)
        sandbox:clear_faults()
      end
    end)

    it("of which every page " .. name .. " once is read whole by one client", function()
      for k = 1, PAGES do fault(case[1], k, 1) end
      local fresh <close> = assert(sandbox:client())
      local seen, err = collect(fresh.users:each{ perPage = SIZE })
      assert.is_nil(err, tostring(err))
      assert.same(ALL, seen)
    end)
  end

  it("in a storm of faults at random is read whole by runs that go on where the last one stopped", function()
    for seed, rule in ipairs {
      { status = 429, headers = soon }, { status = 503, headers = soon }, { status = 500 }, { reset = "before" },
      { reset = "after" }, { truncate = 50 }, { json = "invalid" }, { html = true }, { delay = 0.03 },
      { drip = { bytes = 100, every = 0.001 } },
    } do
      rule.path, rule.times, rule.probability, rule.seed = USERS, 0, 0.04, seed
      sandbox:fault(rule)
    end
    local seen, cursor, runs = {}, nil, 0
    repeat
      runs = runs + 1
      local fresh <close> = assert(sandbox:client{ max_retries = 1 })
      local next_page, _, _, iteration = fresh.users:pages({ perPage = SIZE }, { cursor = cursor })
      local ok, err = pcall(function()
        local _ <close> = iteration
        for page in next_page do
          for _, user in ipairs(page.results) do seen[#seen + 1] = user.ref end
          cursor = page.cursor
        end
      end)
      assert.truthy(ok or core.iserror(err), tostring(err))
    until ok or runs > 200
    assert.same(ALL, seen)
  end)

  -- Nobody looks after pages on their way while the script does something else: their time runs out all the same.
  for name, options in pairs { timeout = { timeout = 0.6 }, deadline = { deadline = 0.6 } } do
    it("is read whole by a script that is busy for longer than its " .. name, function()
      local function busy()
        local till = core.now() + 0.7
        repeat until core.now() > till
      end
      for _, verb in ipairs { "each", "pages" } do
        local seen, n = {}, 0
        for got in client.users[verb](client.users, { perPage = 25 }, options) do
          n = n + 1
          for _, user in ipairs(got.results or { got }) do seen[#seen + 1] = user.ref end
          if n == 1 then busy() end
        end
        assert.same(ALL, seen)
      end
    end)
  end

  it("breaks off after a pause as well when a page really does not come", function()
    local id = fault({ delay = 30 }, 3, 0)
    local next_page = client.users:pages({ perPage = SIZE }, { timeout = 0.6 })
    assert(next_page())
    local till = core.now() + 0.7
    repeat until core.now() > till
    assert.equal(2, next_page().pagination.page)
    local err = subject.raised(next_page)
    assert.equal("timeout", err.kind)
    assert.equal(err, subject.raised(next_page))
    assert.equal(0, core.running(client))
    sandbox:clear_faults(id)
  end)

  it("is given up whole when the service goes away in the middle", function()
    local n = 0
    local err = subject.raised(function()
      for _ in each() do
        n = n + 1
        if n == 21 then sandbox:stop() end
      end
    end)
    assert.equal("network", err.kind)
    assert.is_true(n >= 22 and n <= 22 + 16 * SIZE, n) -- the page at hand, and those that had come already
    assert.equal(0, core.running(client))
  end)
end)
