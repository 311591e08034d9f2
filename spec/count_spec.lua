-- count: how many records there are, without the records.
local core = require "thrive.core"
local thrive = require "thrive"
local sandboxes = require "thrive.sandbox"
local reading = require "spec.support.reading"
local subject = require "spec.support.subject"

local SUMS = { entryDateFrom = "2020-01-01T00:00:00", entryDateTo = "2030-12-31T23:59:59" }

describe("count", function()
  local sandbox, client

  before_each(function()
    sandbox = assert(sandboxes.start{ users = 123 })
    client = assert(sandbox:client{ max_retries = 0 })
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  -- An assignment that has some enrolments.
  local function assignment()
    for one in client.assignments:each() do
      if #client.assignments.enrolments:all(one.id) > 2 then return one.id end
    end
    error("no assignment has enrolments")
  end

  local function group_of(name)
    local group = client
    for part in name:gmatch("[^.]+") do group = group[part] end
    return group
  end

  describe("is one request where the service gives a total:", function()
    for name, arguments in pairs {
      ["users"] = {}, ["audiences"] = {}, ["audiences.members"] = { "all-colleagues" }, ["content"] = {},
      ["activities"] = {}, ["cpd.categories"] = {}, ["cpd.entries"] = {}, ["cpd.requirements"] = {},
      ["cpd.summaries"] = { SUMS }, ["tags"] = {},
    } do
      it(name, function()
        local group = group_of(name)
        local all = group:all(table.unpack(arguments))
        assert.is_true(#all > 0)
        sandbox:clear_requests()
        local n, err, meta = group:count(table.unpack(arguments))
        assert.equal(#all, n)
        assert.equal("integer", math.type(n))
        assert.is_nil(err)
        assert.equal(200, meta.status)
        assert.equal(1, sandbox:count())
        if name ~= "tags" then assert.equal("1", sandbox:requests()[1].query.perPage) end
      end)
    end
  end)

  it("counts what fits the filter, whatever page the parameters name, and leaves them as they are", function()
    local params = { status = "active", perPage = 7, page = 3 }
    assert.equal(#client.users:all{ status = "active" }, (client.users:count(params)))
    assert.same({ status = "active", perPage = 7, page = 3 }, params)
    assert.equal(0, (client.users:count{ updatedSince = "2999-01-01" }))
    local members = client.audiences.members
    assert.equal(123, (members:count("all-colleagues", { page = 2, perPage = 5 })))
  end)

  describe("reads what has no total:", function()
    for name, list in pairs {
      assignments = function() return client.assignments end,
      enrolments = function() return client.assignments.enrolments, assignment() end,
      completions = function() return client.completions end,
    } do
      it(name, function()
        local group, argument = list()
        local function call(verb, ...)
          if argument then return group[verb](group, argument, ...) end
          return group[verb](group, ...)
        end
        local all = call("all")
        assert.is_true(#all > 0)
        local n, err, meta = call("count")
        assert.equal(#all, n)
        assert.is_nil(err)
        assert.equal(200, meta.status)
        assert.equal(#all, (call("count", { page = 4, perPage = 3 })))
      end)
    end

    local function serve(bodies)
      for number, body in ipairs(bodies) do
        sandbox:fault{ path = "/rest/v1/learning/completions", query = { page = number }, times = 0, body = body }
      end
    end

    it("page after page", function()
      serve(reading.bodies(2500, 1000))
      assert.equal(2500, (client.completions:count()))
      sandbox:clear_faults()
      serve(reading.bodies(2000, 1000))
      assert.equal(2000, (client.completions:count()))
    end)

    it("and fails when a page comes again, or cannot be had", function()
      local bodies = reading.bodies(3000, 1000)
      bodies[3] = bodies[1]
      serve(bodies)
      local n, err = client.completions:count()
      assert.is_nil(n)
      assert.equal("page_loop", err.code)
      sandbox:clear_faults()
      sandbox:fault{ query = { page = 2 }, status = 503 }
      serve(reading.bodies(3000, 1000))
      local none, why, meta = client.completions:count()
      assert.is_nil(none)
      assert.equal("server", why.kind)
      assert.equal(503, why.status)
      assert.equal(503, meta.status)
      assert.equal(0, core.running(client))
      local raising <close> = assert(sandbox:client{ raise = true, max_retries = 0 })
      sandbox:clear_faults()
      sandbox:fault{ path = "completions", status = 400, times = 0 } -- also for what was given up and arrives late
      assert.equal(400, subject.raised(raising.completions.count, raising.completions).status)
    end)

    it("and fails when the list is not whole", function()
      local bodies = reading.bodies(1500, 1000, 1600)
      serve(bodies)
      local n, err, meta = client.completions:count()
      assert.is_nil(n)
      assert.equal("incomplete", err.code)
      assert.equal(200, meta.status)
      local raising <close> = assert(sandbox:client{ raise = true })
      assert.equal("incomplete", subject.raised(raising.completions.count, raising.completions).code)
    end)

    it("in flat memory", function()
      serve(reading.bodies(20000, 1000))
      collectgarbage()
      local before, peak = collectgarbage("count"), 0
      local watched <close> = assert(sandbox:client{ on = { response = function()
        collectgarbage()
        peak = math.max(peak, collectgarbage("count") - before)
      end } })
      assert.equal(20000, (watched.completions:count()))
      assert.is_true(peak < 500, peak .. " KiB for pages of 1000 records")
    end)
  end)

  it("trusts a service that sends its tags without pages", function()
    sandbox:fault{ path = "/rest/v1/tags", body = reading.bodies(7, 10)[1] }
    assert.equal(7, (client.tags:count()))
  end)

  it("fails when the answer gives no total", function()
    for _, body in ipairs { '{"results":[],"pagination":{"page":1}}', "[]", '{"results":[]}',
      '{"results":[],"pagination":{"totalResults":1.5}}', '{"results":[],"pagination":{"totalResults":-5}}' } do
      sandbox:fault{ path = reading.USERS, body = body }
      local n, err, meta = client.users:count()
      assert.is_nil(n, body)
      assert.equal("decode", err.kind)
      assert.truthy(tostring(err):find("the answer gives no total", 1, true), tostring(err))
      assert.equal(200, meta.status)
    end
    local raising <close> = assert(sandbox:client{ raise = true })
    sandbox:fault{ path = reading.USERS, body = "[]" }
    assert.equal("decode", subject.raised(raising.users.count, raising.users).kind)
  end)

  it("fails as any call does", function()
    sandbox:fault{ path = reading.USERS, status = 403 }
    local n, err, meta = client.users:count()
    assert.is_nil(n)
    assert.equal("forbidden", err.kind)
    assert.equal(403, meta.status)
    local raising <close> = assert(sandbox:client{ raise = true, max_retries = 0 })
    sandbox:fault{ path = reading.USERS, status = 500 }
    assert.equal(500, subject.raised(raising.users.count, raising.users).status)
    assert.equal(123, (raising.users:count()))
    local _, missing = client.audiences.members:count("nobody")
    assert.equal("not_found", missing.kind)
  end)

  it("takes the options of a call, and no others", function()
    sandbox:fault{ path = reading.USERS, delay = 30 }
    local _, err = client.users:count({}, { timeout = 0.05 })
    assert.equal("timeout", err.kind)
    reading.until_so("the request", function() return sandbox:count() == 1 end) -- else the fault is the next one's
    assert.equal(123, (client.users:count(nil, { max_retries = 1, headers = { ["X-Trace"] = "abc" } })))
    local log = sandbox:requests()
    assert.equal("abc", log[#log].headers["x-trace"])
    for _, verb in ipairs { "users", "assignments" } do
      local group = client[verb]
      for name, value in pairs { limit = 5, prefetch = 0, cursor = "x", fields = { "id" } } do
        local why = subject.raised(function() return (group:count({}, { [name] = value })) end)
        assert.truthy(why:find(("^[%%w/]*count_spec.lua:%%d+: %s:count: '%s' is not an option"):format(verb, name)), why)
      end
    end
  end)

  it("refuses mistakes where it was called, before anything is sent", function()
    for problem, case in pairs {
      ["users:count: 'statsu' is not a parameter (did you mean 'status'?)"] = { client.users, { statsu = "active" } },
      ["users:count: argument #1 must be a table"] = { client.users, 5 },
      ["assignments:count: 'audience' is not a parameter"] = { client.assignments, { audience = "a" } },
      ["assignments:count: argument #1 must be a table"] = { client.assignments, "a" },
      ["missing 'entryDateFrom'"] = { client.cpd.summaries },
      ["audiences.members:count: "] = { client.audiences.members },
    } do
      local why = subject.raised(function() return (case[1]:count(case[2])) end)
      assert.truthy(why:find("^[%w/]*count_spec.lua:%d+: "), why)
      assert.truthy(why:find(problem, 1, true), why)
    end
    local why = subject.raised(function() return (client.users.count({})) end)
    assert.truthy(why:find("users:count: call it with a colon", 1, true), why)
    local closed = assert(sandbox:client())
    closed:close()
    for _, group in ipairs { closed.users, closed.assignments } do
      why = subject.raised(function() return (group:count()) end)
      assert.truthy(why:find("^[%w/]*count_spec.lua:%d+: attempt to use a closed client"), why)
    end
    assert.equal(0, sandbox:count())
  end)

  it("works in tasks, and in a dry run and a client that is read only", function()
    local tasks = {}
    for i = 1, 4 do tasks[i] = thrive.spawn(function() return client.users:count() end) end
    for i = 1, 4 do assert.equal(123, (tasks[i]:wait())) end
    for _, settings in ipairs { { dry_run = true }, { read_only = true } } do
      local guarded <close> = assert(sandbox:client(settings))
      assert.equal(123, (guarded.users:count()))
      assert.is_true(guarded.completions:count() > 0)
    end
  end)

  it("is not a verb of what is no list", function()
    assert.truthy(subject.raised(function() return client.events:count() end):find("has no verb 'count'", 1, true))
    assert.truthy(subject.raised(function() return client.audiences.managers:count("a") end):find("no verb 'count'", 1, true))
  end)
end)
