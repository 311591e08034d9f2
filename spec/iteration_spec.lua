-- list, pages, each, all: whole or loud.
local core = require "thrive.core"
local cjson = require "cjson"
local thrive = require "thrive"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"
local refs = require("spec.support.reading").refs

local LIST = { path = "/rest/v1/users" }

describe("iteration", function()
  local sandbox, client

  -- One for each test: a request that was travelling ahead when a test ended may arrive later.
  before_each(function()
    sandbox = assert(sandboxes.start{ users = 23 })
    client = assert(sandbox:client{ max_retries = 1 })
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  -- In the order of their text: what travels at the same time arrives in any order.
  local function queries()
    local list = {}
    for i, request in ipairs(sandbox:requests(LIST)) do list[i] = request.raw_query end
    table.sort(list)
    return list
  end

  -- What an iteration gave before it raised, and what it raised.
  local function collect(f)
    local seen = {}
    local ok, err = pcall(function()
      for record in f do seen[#seen + 1] = record.ref or record.id end
    end)
    return seen, not ok and err or nil
  end

  -- What the service has on each page of the list.
  local function answers(...)
    sandbox:clear_faults()
    for number, body in ipairs { ... } do
      sandbox:fault{ path = "/rest/v1/users", query = { page = number }, times = 0,
        body = type(body) == "table" and cjson.encode(body) or body }
    end
  end

  local function page(ids, pagination)
    local results = {}
    for i, id in ipairs(ids) do results[i] = { id = id } end
    return { results = #results > 0 and results or nil, pagination = pagination }
  end

  it("gives every record once, in order, a page at a time", function()
    local seen, err = collect(client.users:each{ perPage = 10 })
    assert.is_nil(err)
    assert.same(refs(23), seen)
    assert.same({ "page=1&perPage=10", "page=2&perPage=10", "page=3&perPage=10" }, queries())
  end)

  it("asks for the largest pages when it is not told how large", function()
    assert.equal(23, #client.users:all())
    assert.same({ "page=1&perPage=1000" }, queries())
  end)

  it("keeps the filters on every page, whatever the script does with its table", function()
    local params = { perPage = 5, statuses = { "active", "new", "inactive", "expired" } }
    local n = 0
    for _ in client.users:each(params) do
      n = n + 1
      params.perPage, params.statuses = 1, nil
    end
    assert.equal(23, n)
    assert.equal(5, #queries())
    for _, query in ipairs(queries()) do
      assert.truthy(query:find("perPage=5&statuses=active%2Cnew%2Cinactive%2Cexpired", 1, true), query)
    end
    assert.same({ perPage = 1 }, params)
  end)

  it("keeps the values of a filter and its options as well, whatever the script does with their tables", function()
    local statuses = { "active", "new", "inactive", "expired" }
    local headers = { ["X-Trace"] = "abc" }
    local options = { headers = headers, timeout = 5, prefetch = 0 }
    local n = 0
    for _ in client.users:each({ perPage = 5, statuses = statuses }, options) do
      n = n + 1
      statuses[1], statuses[2] = "suspended", nil
      headers["X-Trace"], options.timeout, options.headers = "xyz", "soon", 5
    end
    assert.equal(23, n)
    for _, request in ipairs(sandbox:requests(LIST)) do
      assert.equal("active,new,inactive,expired", request.query.statuses)
      assert.equal("abc", request.headers["x-trace"])
    end
  end)

  it("all gives an array, also of nothing", function()
    local all = client.users:all{ perPage = 7 }
    assert.equal(23, #all)
    assert.is_true(core.json.isarray(all))
    local none = client.users:all{ updatedSince = "2999-01-01" }
    assert.same({}, none)
    assert.is_true(core.json.isarray(none))
  end)

  it("pages gives pages with their meta, then nil for ever", function()
    local next_page = client.users:pages{ perPage = 10 }
    local sizes = {}
    for i = 1, 3 do
      local got, meta = next_page()
      sizes[i] = #got.results
      assert.equal(i == 3 and "complete cursor pagination results" or "cursor pagination results", subject.keys(got))
      assert.equal(200, meta.status)
      assert.equal(i, got.pagination.page)
    end
    assert.same({ 10, 10, 3 }, sizes)
    assert.is_nil(next_page())
    assert.is_nil(next_page())
    assert.equal(3, sandbox:count(LIST))
  end)

  it("each gives nil for ever after its end", function()
    local next_user = client.users:each{ perPage = 20 }
    for _ = 1, 23 do assert(next_user()) end
    for _ = 1, 3 do assert.is_nil(next_user()) end
    assert.equal(2, sandbox:count(LIST))
  end)

  it("starts at the page that it is told", function()
    assert.same({ "U0021", "U0022", "U0023" }, (collect(client.users:each{ perPage = 10, page = 3 })))
    assert.same({}, (collect(client.users:each{ perPage = 10, page = 9 })))
  end)

  it("sends nothing before the first record is asked for", function()
    client.users:each()
    client.users:pages()
    assert.equal(0, sandbox:count())
  end)

  it("costs one page when the loop breaks in it and none goes ahead", function()
    for user in client.users:each({ perPage = 10 }, { prefetch = 0 }) do
      if user.ref == "U0003" then break end
    end
    assert.equal(1, sandbox:count(LIST))
    assert.equal(0, core.running(client))
  end)

  it("stops at a limit, and asks for no page beyond it", function()
    assert.same(refs(10), (collect(client.users:each({ perPage = 10 }, { limit = 10 }))))
    assert.equal(1, sandbox:count(LIST))
    assert.same(refs(12), (collect(client.users:each({ perPage = 10 }, { limit = 12 }))))
    assert.equal(3, sandbox:count(LIST))
    assert.equal(23, #client.users:all({}, { limit = 100 }))
    assert.equal(4, #client.users:all({}, { limit = 4 }))
    local sizes = {}
    for got in client.users:pages({ perPage = 10 }, { limit = 12 }) do sizes[#sizes + 1] = #got.results end
    assert.same({ 10, 2 }, sizes)
  end)

  it("outlives a page that is turned away at first", function()
    sandbox:fault{ path = "/rest/v1/users", status = 429, headers = { ["Retry-After"] = "0" }, after = 1 }
    assert.same(refs(23), (collect(client.users:each{ perPage = 10 })))
    assert.equal(4, sandbox:count(LIST))
  end)

  for _, k in ipairs { 1, 2, 3 } do
    it(("raises the error of page %d after the records before it, and raises it again"):format(k), function()
      sandbox:fault{ path = "/rest/v1/users", status = 400, query = { page = k } }
      local next_user = client.users:each{ perPage = 10 }
      local seen, err = collect(next_user)
      assert.same(refs(10 * (k - 1)), seen)
      assert.equal("validation", err.kind)
      assert.equal(400, err.status)
      assert.equal("users.list", err.operation)
      for _ = 1, 2 do assert.equal(err, subject.raised(next_user)) end
      assert.equal(1, sandbox:count{ query = { page = k } }, "it asked again")
    end)

    it(("raises the error of page %d from pages and from all"):format(k), function()
      sandbox:fault{ path = "/rest/v1/users", status = 400, query = { page = k }, times = 0 }
      local next_page = client.users:pages{ perPage = 10 }
      for _ = 1, k - 1 do assert(next_page()) end
      local err = subject.raised(next_page)
      assert.equal(err, subject.raised(next_page))
      assert.equal("validation", subject.raised(client.users.all, client.users, { perPage = 10 }).kind)
    end)
  end

  it("goes on after an error in the loop's body, where it was", function()
    local next_user = client.users:each{ perPage = 10 }
    assert.is_false((pcall(function()
      for user in next_user do if user.ref == "U0011" then error("mine") end end
    end)))
    assert.equal("U0012", next_user().ref)
  end)

  it("raises when the server sends another page than the one asked for", function()
    answers(page({ "a", "b" }, { page = 1, totalPages = 3, totalResults = 6, perPage = 2 }),
      page({ "a", "b" }, { page = 1, totalPages = 3, totalResults = 6, perPage = 2 }))
    local seen, err = collect(client.users:each{ perPage = 2 })
    assert.same({ "a", "b" }, seen)
    assert.equal("decode", err.kind)
    assert.equal("page_wrong", err.code)
    assert.truthy(err.message:find("page 2", 1, true))
  end)

  it("raises when a page comes again without saying which it is", function()
    answers('[{"id":"a"},{"id":"b"}]', '[{"id":"a"},{"id":"b"}]')
    local seen, err = collect(client.users:each{ perPage = 2 })
    assert.same({ "a", "b" }, seen)
    assert.equal("page_loop", err.code)
    assert.truthy(tostring(err):find("page 2 again", 1, true), tostring(err))
  end)

  it("raises when pages go round in a circle", function()
    local bodies = {}
    for i = 1, 30 do bodies[i] = ('[{"id":"%d"},{"id":"x%d"}]'):format((i - 1) % 3, (i - 1) % 3) end
    answers(table.unpack(bodies))
    local seen, err = collect(client.users:each{ perPage = 2 })
    assert.equal("page_loop", err.code)
    assert.equal(6, #seen)
  end)

  it("reads bare arrays until a short one", function()
    answers('[{"id":"a"},{"id":"b"}]', '[{"id":"c"}]')
    assert.same({ "a", "b", "c" }, (collect(client.users:each{ perPage = 2 })))
    answers('[{"id":"a"},{"id":"b"}]', "[]")
    assert.same({ "a", "b" }, (collect(client.users:each{ perPage = 2 })))
  end)

  it("asks for no page after a short one when none goes ahead", function()
    answers('[{"id":"a"},{"id":"b"}]', "[]")
    assert.same({ "a", "b" }, (collect(client.users:each({ perPage = 2 }, { prefetch = 0 }))))
    assert.equal(2, sandbox:count(LIST))
  end)

  it("raises after its records when the list ended before what was announced", function()
    local function short()
      answers(page({ "a", "b" }, { page = 1, totalPages = 3, totalResults = 6, perPage = 2 }),
        '{"results":[],"pagination":{"page":2,"totalPages":3,"totalResults":6,"perPage":2}}')
    end
    short()
    local next_user = client.users:each{ perPage = 2 }
    local seen, err = collect(next_user)
    assert.same({ "a", "b" }, seen)
    assert.equal("partial", err.kind)
    assert.equal("incomplete", err.code)
    assert.equal(err, subject.raised(next_user))
    short()
    assert.equal("incomplete", subject.raised(client.users.all, client.users, { perPage = 2 }).code)
    short()
    local sizes, complete = {}, {}
    local next_page = client.users:pages{ perPage = 2 }
    for got in next_page do
      sizes[#sizes + 1] = #got.results
      complete[#sizes] = tostring(got.complete)
    end
    assert.same({ 2, 0 }, sizes)
    assert.same({ "nil", "false" }, complete, "pages leave the judgement to the script")
    assert.is_nil(next_page())
  end)

  it("says so when the loop itself takes people out of the list, for others move to pages that were read", function()
    for _, prefetch in ipairs{ 0, 1, 4 } do
      local tenant <close> = require("thrive.sandbox").start{ users = 60 }
      local own <close> = assert(tenant:client())
      local function active() return (assert(own.users:count{ status = "active" })) end
      local whole, err = pcall(function()
        for user in own.users:each({ status = "active", perPage = 7 }, { prefetch = prefetch }) do
          assert(own.users:suspend(user.ref))
        end
      end)
      assert.equal(whole, active() == 0, "whole or loud")
      if prefetch == 0 then assert.equal("incomplete", err.code) end
      for _, user in ipairs(own.users:all{ status = "active", perPage = 7 }) do assert(own.users:suspend(user.ref)) end
      assert.equal(0, active())
    end
  end)

  it("does not mistrust totals that do not add up when everything came", function()
    answers(page({ "a", "b" }, { page = 1, totalPages = 2, totalResults = 3, perPage = 20 }),
      page({ "c" }, { page = 2, totalPages = 2, totalResults = 3, perPage = 20 }))
    assert.same({ "a", "b", "c" }, (collect(client.users:each{ perPage = 2 })))
  end)

  it("with raise = true raises the same errors", function()
    local raising <close> = assert(sandbox:client{ raise = true, max_retries = 0 })
    sandbox:fault{ path = "/rest/v1/users", status = 400, query = { page = 2 } }
    local seen, err = collect(raising.users:each{ perPage = 10 })
    assert.equal(10, #seen)
    assert.equal("validation", err.kind)
  end)

  it("raises when its client is closed in the loop", function()
    local brief = assert(sandbox:client())
    local n = 0
    local err = subject.raised(function()
      for _ in brief.users:each{ perPage = 10 } do
        n = n + 1
        brief:close()
      end
    end)
    assert.equal(10, n, "what had come was given")
    assert.equal("cancelled", err.kind)
    assert.truthy(tostring(err):find("users.list: cancelled: the client was closed before page 2", 1, true), tostring(err))
  end)

  it("raises mistakes in its arguments where the loop was written, before anything is sent", function()
    for _, verb in ipairs { "each", "pages", "all" } do
      local iterate = client.users[verb]
      for problem, arguments in pairs {
        ["'page' must be an integer (got false)"] = { { page = false } },
        ["'page' must be at least 1 (got 0)"] = { { page = 0 } },
        ["'page' must be an integer (got \"2\")"] = { { page = "2" } },
        ["'page' cannot be null: leave it out"] = { { page = thrive.null } },
        ["'perPage' must be an integer (got false)"] = { { perPage = false } },
        ["'perPage' must be from 1 to 1000 (got 1001)"] = { { perPage = 1001 } },
        ["'perpage' is not a parameter (did you mean 'perPage'?)"] = { { perpage = 5 } },
        ["'limit' is not a parameter"] = { { limit = 5 } },
        ["argument #1 must be a table of parameters (got number)"] = { 5 },
        ["argument #2 must be a table of options (got number)"] = { {}, 5 },
        ["too many arguments (2 at most)"] = { {}, {}, 3 },
        ["'limit' must be 1 or more (got 0)"] = { {}, { limit = 0 } },
        ["'fields' must be an array of names (got "] = { {}, { fields = { ref = true } } },
        ["'fields' must be an array of names without holes"] = { {}, { fields = { "ref", nil, "email" } } },
        ["'limt' is not an option (did you mean 'limit'?)"] = { {}, { limt = 1 } },
        ["options.fields: 'emial' is not a field of User (did you mean 'email'?)"] = { {}, { fields = { "ref", "emial" } } },
        ["header 'Authorization' is set by the client itself"] = { {}, { headers = { Authorization = "x" } } },
      } do
        local line = debug.getinfo(1, "l").currentline + 1
        local why = subject.raised(function() return (iterate(client.users, table.unpack(arguments))) end)
        assert.truthy(why:find(("iteration_spec.lua:%d: users:%s: "):format(line, verb), 1, true), why)
        assert.truthy(why:find(problem, 1, true), why)
      end
    end
    assert.equal(0, sandbox:count())
  end)

  it("takes timeout and headers for every page", function()
    local seen = collect(client.users:each({ perPage = 10 }, { timeout = 30, headers = { ["X-Trace"] = "abc" } }))
    assert.same(refs(23), seen)
    for _, request in ipairs(sandbox:requests(LIST)) do assert.equal("abc", request.headers["x-trace"]) end
    sandbox:fault{ path = "/rest/v1/users", delay = 30, query = { page = 2 } }
    local began = core.now()
    local some, err = collect(client.users:each({ perPage = 10 }, { timeout = 1, max_retries = 0 }))
    assert.same(refs(10), some)
    assert.equal("timeout", err.kind)
    assert.is_true(core.now() - began < 20)
  end)

  it("is the same for two iterations at once", function()
    local a, b = client.users:each{ perPage = 7 }, client.users:each{ perPage = 4 }
    local seen_a, seen_b = {}, {}
    for i = 1, 23 do seen_a[i], seen_b[i] = a().ref, b().ref end
    assert.same(refs(23), seen_a)
    assert.same(refs(23), seen_b)
    assert.is_nil(a())
    assert.is_nil(b())
  end)

  it("gives every record to one of the tasks that share it", function()
    for _, verb in ipairs { "each", "pages" } do
      local shared = client.users[verb](client.users, { perPage = 5 })
      local seen, tasks = {}, {}
      for i = 1, 3 do
        tasks[i] = thrive.spawn(function()
          for got in shared do
            for _, user in ipairs(got.results or { got }) do seen[#seen + 1] = user.ref end
            thrive.sleep(0)
          end
        end)
      end
      for i = 1, 3 do tasks[i]:wait() end
      table.sort(seen)
      assert.same(refs(23), seen)
    end
    assert.equal(10, sandbox:count(LIST))
  end)

  it("leaves the collector as the script has set it", function()
    local big <close> = assert(sandboxes.start{ users = 2000 })
    local reader <close> = assert(big:client())
    local mode = collectgarbage("incremental", 130, 170, 11)
    collectgarbage("stop")
    assert.equal(2000, #reader.users:all{ perPage = 200 })
    local running, pause, step = collectgarbage("isrunning"), collectgarbage("setpause", 130), collectgarbage("setstepmul", 170)
    collectgarbage("restart")
    for _ in reader.users:each{ perPage = 200 } do end
    local after = collectgarbage(mode)
    if mode == "incremental" then collectgarbage("incremental", 200, 100, 13) end
    assert.is_false(running)
    assert.equal("incremental", after)
    assert.is_true(math.abs(pause - 130) < 4 and math.abs(step - 170) < 4, pause .. ", " .. step) -- kept in quarters
  end)

  it("collects a page that was read before the next one is built, however rarely the collector would", function()
    local big <close> = assert(sandboxes.start{ users = 5000 })
    local reader <close> = assert(big:client())
    collectgarbage()
    local mode = collectgarbage("incremental", 1000, 100)
    local before, page_size, peak, n = collectgarbage("count"), nil, 0, 0
    for _ in reader.users:each{ perPage = 500 } do
      n = n + 1
      local heap = collectgarbage("count") - before
      page_size = page_size or heap
      peak = math.max(peak, heap)
    end
    collectgarbage("incremental", 200, 100)
    collectgarbage(mode)
    assert.equal(5000, n)
    assert.is_true(peak < 4 * page_size, ("%.0f KiB at most, %.0f for a page"):format(peak, page_size))
  end)

  it("takes names of fields that nobody has documented, if they are like no other", function()
    local first = client.users:each({}, { fields = { "ref", "favouriteColour" } })()
    assert.same({ ref = "U0001" }, first)
  end)

  it("keeps memory flat", function()
    local big <close> = assert(sandboxes.start{ users = 3000 })
    local reader <close> = assert(big:client())
    local peak = 0
    collectgarbage()
    local before = collectgarbage("count")
    local n = 0
    for _ in reader.users:each{ perPage = 100 } do
      n = n + 1
      if n % 500 == 0 then
        collectgarbage()
        peak = math.max(peak, collectgarbage("count") - before)
      end
    end
    assert.equal(3000, n)
    assert.is_true(peak < 1500, peak .. " KiB for pages of 100 records")
  end)
end)
