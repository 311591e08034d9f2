-- Cursors, dedupe and completeness: a list read in several runs, or while it changes, is whole, or says that it is not.
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local reading = require "spec.support.reading"
local subject = require "spec.support.subject"

local USERS, N = reading.USERS, 23
local collect, refs, serve = reading.collect, reading.refs, reading.serve

-- Reads pages up to the nth with a client of its own, as a process would that is then killed. Adds their ids to seen.
-- Returns the last cursor, and the last page when the list was read to its end.
local function run(sandbox, list, options, most, seen)
  local client <close> = assert(sandbox:client())
  local n, cursor, last = 0, nil, nil
  for page in list(client, "pages", options) do
    n, cursor, last = n + 1, page.cursor, page
    for _, record in ipairs(page.results) do seen[#seen + 1] = record.ref or record.id or record.userId end
    if n == most then break end
  end
  return cursor, n < most and (last or true) or nil
end

-- Reads a list in runs of `step` pages each, every run from the last one's cursor.
local function in_runs(sandbox, list, options, step)
  local seen, cursor = {}, nil
  for _ = 1, 200 do
    local given = { cursor = cursor }
    for name, value in pairs(options or {}) do given[name] = value end
    local at, last = run(sandbox, list, given, step, seen)
    if last then return seen, last end
    cursor = at or cursor
  end
  error("it never ends")
end

describe("a cursor", function()
  local sandbox, client

  before_each(function()
    sandbox = assert(sandboxes.start{ users = N })
    client = assert(sandbox:client())
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  local function users(from, verb, options) return from.users[verb](from.users, { perPage = 5 }, options) end

  it("is a line of plain text on every page", function()
    local seen = {}
    for page in client.users:pages{ perPage = 5 } do
      assert.truthy(page.cursor:find("^[%w =.]+%.$"), page.cursor)
      assert.is_nil(seen[page.cursor])
      seen[page.cursor] = true
    end
  end)

  describe("goes on where it was taken, nothing doubled, nothing lost:", function()
    local lists = {
      users = users,
      ["users with a filter"] = function(from, verb, options)
        return from.users[verb](from.users, { perPage = 4, statuses = { "active", "new" } }, options)
      end,
      ["users in the largest pages"] = function(from, verb, options) return from.users[verb](from.users, nil, options) end,
      ["users from the second page"] = function(from, verb, options)
        if options and options.cursor then return from.users[verb](from.users, { perPage = 5 }, options) end
        return from.users[verb](from.users, { perPage = 5, page = 2 }, options)
      end,
      assignments = function(from, verb, options)
        return from.assignments[verb](from.assignments, { perPage = 2 }, options)
      end,
      completions = function(from, verb, options)
        return from.completions[verb](from.completions, { perPage = 7 }, options)
      end,
      ["members of an audience"] = function(from, verb, options)
        local members = from.audiences.members
        return members[verb](members, "all-colleagues", { perPage = 3 }, options)
      end,
      tags = function(from, verb, options) return from.tags[verb](from.tags, { perPage = 2 }, options) end,
      ["tags, which decide how large their pages are"] = function(from, verb, options)
        return from.tags[verb](from.tags, nil, options)
      end,
    }
    for name, list in pairs(lists) do
      it(name, function()
        local wanted = collect(list(client, "each", { prefetch = 0 }))
        assert.is_true(#wanted > 3, #wanted)
        for _, options in ipairs { {}, { prefetch = 0 }, { prefetch = 16 }, { dedupe = name:find("members") and "userId"
          or "id" } } do
          for step = 1, 3 do
            local seen, last = in_runs(sandbox, list, options, step)
            assert.same(wanted, seen)
            assert.is_true(last == true or last.complete)
          end
        end
      end)
    end

    it("with a limit that cuts pages", function()
      for limit = 1, 12 do
        local seen, cursor = {}, nil
        repeat
          local before = #seen
          cursor = run(sandbox, users, { limit = limit, cursor = cursor }, math.huge, seen) or cursor
          assert.is_true(#seen - before <= limit)
        until #seen == before
        assert.same(refs(N), seen)
      end
    end)

    it("with a limit and dedupe", function()
      local seen, cursor = {}, nil
      repeat
        local before = #seen
        cursor = run(sandbox, users, { limit = 7, dedupe = "ref", cursor = cursor }, math.huge, seen) or cursor
      until #seen == before
      assert.same(refs(N), seen)
    end)

    it("with a share of the list", function()
      local all = {}
      for index = 0, 2 do
        local seen, last = in_runs(sandbox, users, { shard = { index = index, of = 3 } }, 1)
        assert.is_true(last == true or last.complete)
        table.move(seen, 1, #seen, #all + 1, all)
      end
      table.sort(all)
      assert.same(refs(N), all)
    end)

    it("after an error of a page", function()
      for k = 1, 5 do
        local id = sandbox:fault{ path = USERS, query = { page = k }, status = 400, times = 0 }
        local seen, cursor = {}, nil
        local err = subject.raised(function()
          for page in users(client, "pages", {}) do
            cursor = page.cursor
            for _, user in ipairs(page.results) do seen[#seen + 1] = user.ref end
          end
        end)
        assert.equal(400, err.status)
        sandbox:clear_faults(id)
        for user in users(client, "each", { cursor = cursor }) do seen[#seen + 1] = user.ref end
        assert.same(refs(N), seen)
      end
    end)

    it("in another process", function()
      local code = [[
        local thrive = require "thrive"
        local client = assert(thrive.client())
        for page in client.users:pages({ perPage = 5 }, { cursor = os.getenv("CURSOR") }) do
          for _, user in ipairs(page.results) do io.write(user.ref, "\n") end
          io.write(page.cursor, "\n")
          io.flush()
          if page.complete == nil then os.exit(9, false) end -- killed: nothing is put in order
        end
      ]]
      local seen, cursor, runs = {}, nil, 0
      repeat
        local child = subject.child(code, { THRIVE_TENANT_ID = sandbox.tenant_id, THRIVE_API_KEY = sandbox.api_key,
          THRIVE_BASE_URL = sandbox.base_url, CURSOR = cursor }, subject.interpreter())
        runs = runs + 1
        for line in child.out:gmatch("[^\n]+") do
          if line:find(" ") then cursor = line else seen[#seen + 1] = line end
        end
        assert.truthy(child.code == 9 or child.code == 0, child.err)
      until child.code == 0 or runs > 9
      assert.same(refs(N), seen)
      assert.equal(5, runs)
    end)
  end)

  it("of a list that was read to its end gives nothing, and asks for nothing", function()
    local cursor
    for page in users(client, "pages", {}) do cursor = page.cursor end
    sandbox:clear_requests()
    for _ = 1, 2 do
      assert.same({}, (collect(users(client, "each", { cursor = cursor }))))
      assert.same({}, users(client, "all", { cursor = cursor }))
      local next_page = users(client, "pages", { cursor = cursor })
      assert.is_nil(next_page())
      assert.is_nil(next_page())
    end
    assert.equal(0, sandbox:count())
  end)

  it("with each and all begins where it was taken as well", function()
    local next_page = users(client, "pages", {})
    next_page()
    local cursor = next_page().cursor
    assert.same(refs(N, 11), (collect(users(client, "each", { cursor = cursor }))))
    assert.equal(N - 10, #users(client, "all", { cursor = cursor }))
    assert.equal(N - 10, #users(client, "all", { cursor = cursor .. "\r\n" }), "a line of a file")
    assert.same(refs(13, 11), (collect(users(client, "each", { cursor = cursor, limit = 3 }))))
  end)

  it("asks for nothing before its page", function()
    local next_page = users(client, "pages", {})
    for _ = 1, 3 do next_page() end
    local cursor = next_page().cursor
    reading.settle(client)
    sandbox:clear_requests()
    collect(users(client, "each", { cursor = cursor }))
    assert.equal(1, sandbox:count())
    assert.equal("5", sandbox:requests()[1].query.page)
  end)

  it("comes of numbers that some JSON library made floats as well", function()
    local cursor
    for page in client.users:pages({ page = 2.0, perPage = 5.0 }, { limit = 3.0 }) do cursor = page.cursor end
    assert.same(refs(N, 9), (collect(client.users:each({ perPage = 5.0 }, { cursor = cursor }))))
  end)

  it("keeps the size of its pages when it is not told again, and refuses another", function()
    local cursor = client.users:pages{ perPage = 4 }().cursor
    assert.same(refs(N, 5), (collect(client.users:each(nil, { cursor = cursor }))))
    for _, request in ipairs(sandbox:requests()) do assert.equal("4", request.query.perPage) end
    local why = subject.raised(function() return (client.users:each({ perPage = 5 }, { cursor = cursor })) end)
    assert.truthy(why:find("'cursor' was read with perPage = 4", 1, true), why)
  end)

  it("that is none, or belongs to another list, is refused where the loop was written, before anything is sent", function()
    local members = client.audiences.members
    -- Nothing travels ahead: the sandbox might see it later.
    local cursor = client.users:pages({ perPage = 5, status = "active" }, { prefetch = 0 })().cursor
    local cut = client.users:pages({ perPage = 20, status = "active" }, { limit = 12, prefetch = 0 })().cursor
    assert.truthy(cut:find("skip=12", 1, true))
    local of_members = members:pages("all-colleagues", { perPage = 2 }, { prefetch = 0 })().cursor
    local of_shard = client.users:pages({ perPage = 5 }, { shard = { index = 0, of = 2 }, prefetch = 0 })().cursor
    sandbox:clear_requests()
    for _, case in ipairs {
      { "'cursor' is not one: it comes from page.cursor", "" },
      { "'cursor' is not one: it comes from page.cursor", "nonsense" },
      { "'cursor' is not one: it comes from page.cursor", cursor .. " more" },
      { "'cursor' is not one: it comes from page.cursor", cut:sub(1, -2) },
      { "'cursor' is not one: it comes from page.cursor", cut:sub(1, -3) },
      { "'cursor' is not one: it comes from page.cursor", (cursor:gsub("page=%w+", "page=x7")) },
      { "'cursor' is not one: it comes from page.cursor", (cursor:gsub("page=%w+", "page=0")) },
      { "'cursor' is not one: it comes from page.cursor", (cursor:gsub("page=%w+", "page=99999999999999999999")) },
      { "'cursor' is not one: it comes from page.cursor", (cursor:gsub("per=%w+", "per=x")) },
      { "'cursor' is not one: it comes from page.cursor", (cursor:gsub("skip=%d+", "skip=99999999999999999999")) },
      { "'cursor' must be a string (got number)", 7 },
      { "'cursor' belongs to another list: it was read with other arguments, parameters or another shard", cursor,
        { perPage = 5 } },
      { "'cursor' belongs to another list: it was read with other arguments, parameters or another shard", cursor,
        { perPage = 5, status = "new" } },
      { "'cursor' belongs to another list: it was read with other arguments", of_shard, { perPage = 5 } },
      { "'cursor' belongs to another list: it came from audiences.members.list", of_members },
      { "'page' and options.cursor exclude each other", cursor, { perPage = 5, status = "active", page = 2 } },
    } do
      local why = subject.raised(function()
        return (client.users:each(case[3] or { perPage = 5, status = "active" }, { cursor = case[2] }))
      end)
      assert.truthy(why:find("^[%w/]*spec/resume_spec.lua:%d+: users:each: "), why)
      assert.truthy(why:find(case[1], 1, true), why)
    end
    local why = subject.raised(function() return (members:each("people-managers", { perPage = 2 }, { cursor = of_members })) end)
    assert.truthy(why:find("audiences.members:each: 'cursor' belongs to another list", 1, true), why)
    why = subject.raised(function()
      return (client.users:each({ perPage = 5 }, { cursor = of_shard, shard = { index = 1, of = 2 } }))
    end)
    assert.truthy(why:find("another shard", 1, true), why)
    assert.equal(0, sandbox:count())
    assert.is_true(#collect(members:each("all-colleagues", { perPage = 2 }, { cursor = of_members })) > 0)
  end)

  it("does not mind in which order the parameters were written, nor how a share counts", function()
    local one = client.users:pages({ perPage = 5, status = "active", updatedSince = "2020-01-01" },
      { shard = { index = 2, of = 2 } })().cursor
    local two = client.users:pages({ updatedSince = "2020-01-01", status = "active", perPage = 5 },
      { shard = { index = 0, of = 2 } })().cursor
    assert.equal(one, two)
  end)

  it("shows nothing of what was searched for", function()
    local cursor = client.users:pages{ perPage = 5, updatedSince = "2021-03-04" }().cursor
    assert.is_nil(cursor:find("2021", 1, true))
  end)
end)

describe("dedupe", function()
  local sandbox, client

  before_each(function()
    sandbox = assert(sandboxes.start{ users = 1 })
    client = assert(sandbox:client())
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  local function page(number, size, total, ids)
    local records = {}
    for i, id in ipairs(ids) do records[i] = ('{"id":"%s","ref":"R-%s"}'):format(id, id) end
    return ('{"results":[%s],"pagination":{"page":%d,"perPage":%d,"totalResults":%d,"totalPages":%d}}')
      :format(table.concat(records, ","), number, size, total, (total + size - 1) // size)
  end

  -- Two records are inserted in front while the list a … f is read.
  local shifted = {
    page(1, 3, 6, { "a", "b", "c" }), page(2, 3, 8, { "b", "c", "d" }), page(3, 3, 8, { "e", "f" }),
  }

  for _, ahead in ipairs { 0, 4 } do
    local function each(options)
      options.prefetch = ahead
      return client.users:each({ perPage = 3 }, options)
    end

    it(("drops what was met before when records were inserted in front, with prefetch = %d"):format(ahead), function()
      serve(sandbox, shifted)
      local seen, err = collect(each{ dedupe = "id" })
      assert.is_nil(err, tostring(err))
      assert.same({ "R-a", "R-b", "R-c", "R-d", "R-e", "R-f" }, seen)
      local doubled = collect(each{})
      assert.same({ "R-a", "R-b", "R-c", "R-b", "R-c", "R-d", "R-e", "R-f" }, doubled)
    end)

    it(("goes by any member, also with fields that do not name it, with prefetch = %d"):format(ahead), function()
      serve(sandbox, shifted)
      assert.equal(6, #collect(each{ dedupe = "ref" }))
      local keys, n = {}, 0
      for user in each{ dedupe = "id", fields = { "ref" } } do
        n = n + 1
        for key in pairs(user) do keys[key] = true end
      end
      assert.equal(6, n)
      assert.same({ ref = true }, keys)
      for user in each{ dedupe = "id", fields = { "id" } } do assert.equal(1, #user.id) end
    end)

    it(("counts the limit without doubles, with prefetch = %d"):format(ahead), function()
      serve(sandbox, shifted)
      assert.same({ "R-a", "R-b", "R-c", "R-d", "R-e" }, (collect(each{ dedupe = "id", limit = 5 })))
    end)

    it(("raises when a record has no such member, with prefetch = %d"):format(ahead), function()
      serve(sandbox, shifted)
      local next_user = each{ dedupe = "nickname" }
      local seen, err = collect(next_user)
      assert.same({}, seen)
      assert.equal("decode", err.kind)
      assert.equal("dedupe", err.code)
      assert.truthy(tostring(err):find("'nickname'", 1, true), tostring(err))
      assert.equal(err, subject.raised(next_user))
      assert.equal(0, core.running(client))
    end)
  end

  it("does not take records without the member for doubles where the client keeps nulls", function()
    local keeping <close> = assert(sandbox:client{ nulls = "keep" })
    serve(sandbox, { '[{"id":"a","email":null},{"id":"b","email":null}]' })
    local err = subject.raised(keeping.users.all, keeping.users, {}, { dedupe = "email" })
    assert.equal("dedupe", err.code)
    assert.equal("a record has no 'email' to know doubles by", err.message)
  end)

  it("knows numbers as well, and is not moved by what only looks alike", function()
    serve(sandbox, { '[{"id":1},{"id":"1"}]', '[{"id":1},{"id":2}]', "[]" })
    local ids = {}
    for record in client.users:each({ perPage = 2 }, { dedupe = "id" }) do ids[#ids + 1] = record.id end
    assert.same({ 1, "1", 2 }, ids)
  end)

  it("gives pages that may be empty in the middle of a list, and a cursor on each", function()
    serve(sandbox, { page(1, 2, 6, { "a", "b" }), page(2, 2, 6, { "b", "a" }), page(3, 2, 6, { "c", "d" }) })
    local sizes, last = {}, nil
    for got in client.users:pages({ perPage = 2 }, { dedupe = "id" }) do
      sizes[#sizes + 1] = #got.results
      assert.is_string(got.cursor)
      last = got
    end
    assert.same({ 2, 0, 2 }, sizes)
    assert.is_false(last.complete, "two of six are missing")
  end)

  it("is refused when it is no name", function()
    for _, value in ipairs { "", 5 } do
      local why = subject.raised(function() return (client.users:each({}, { dedupe = value })) end)
      assert.truthy(why:find("'dedupe' must be ", 1, true), why)
    end
  end)
end)

describe("a list is complete", function()
  local sandbox, client

  before_each(function()
    sandbox = assert(sandboxes.start{ users = N })
    client = assert(sandbox:client())
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  -- What `complete` says on each page, "nil" where it says nothing; and what each raises.
  local function judged(bodies, options)
    sandbox:clear_faults()
    if bodies then serve(sandbox, bodies) end
    local complete = {}
    for page in client.users:pages({ perPage = 5 }, options) do complete[#complete + 1] = tostring(page.complete) end
    local _, err = collect(client.users:each({ perPage = 5 }, options))
    return complete, err and err.code, err
  end

  it("on its last page alone, when the count matches", function()
    assert.same({ "nil", "nil", "nil", "nil", "true" }, (judged()))
    assert.same({ "nil", "true" }, (judged(reading.bodies(9, 5, 9))))
    assert.same({ "nil", "nil", "true" }, (judged(reading.bodies(10, 5)))) -- nothing is announced: to the short page
  end)

  it("not when fewer came, or more: pages say it, each and all raise it after the last record", function()
    for _, announced in ipairs { 14, 8 } do
      local bodies = reading.bodies(12, 5, 12)
      for i, body in ipairs(bodies) do bodies[i] = body:gsub('"totalResults":12', '"totalResults":' .. announced) end
      local complete, code, err = judged(bodies)
      assert.same({ "nil", "nil", "false" }, complete)
      assert.equal("incomplete", code)
      assert.equal("partial", err.kind)
      assert.truthy(tostring(err):find("another number of records than the service announced", 1, true), tostring(err))
      local next_user = client.users:each{ perPage = 5 }
      for _ = 1, 12 do assert(next_user()) end
      local first = subject.raised(next_user)
      assert.equal(first, subject.raised(next_user))
      assert.equal("incomplete", subject.raised(client.users.all, client.users, { perPage = 5 }).code)
    end
  end)

  it("when the total changed on the way and what came is between", function()
    local function changing(...)
      local bodies = reading.bodies(15, 5, 15)
      bodies[4] = nil
      for i, total in ipairs { ... } do bodies[i] = bodies[i]:gsub('"totalResults":15', '"totalResults":' .. total) end
      return bodies
    end
    assert.same({ "nil", "nil", "true" }, (judged(changing(14, 15, 16))))
    assert.same({ "nil", "nil", "false" }, (judged(changing(16, 17, 18))))
    assert.same({ "nil", "nil", "false" }, (judged(changing(14, 13, 12))))
  end)

  it("not when a page in the middle is short", function()
    local bodies = reading.bodies(15, 5, 15)
    bodies[2] = bodies[2]:gsub('{"id":"r0007"},?', "")
    assert.same({ "nil", "nil", "false" }, (judged(bodies)))
  end)

  it("not on a page that the limit has cut, nor on one after which the limit ended it", function()
    assert.same({ "nil", "nil" }, (judged(nil, { limit = 8 })))
    assert.same({ "nil", "nil" }, (judged(nil, { limit = 10 })))
    local complete, code = judged(nil, { limit = N })
    assert.same({ "nil", "nil", "nil", "nil", "true" }, complete)
    assert.is_nil(code)
  end)

  it("for what was to be read, when it was begun in its middle", function()
    sandbox:clear_faults()
    local complete = {}
    for page in client.users:pages{ perPage = 5, page = 3 } do complete[#complete + 1] = tostring(page.complete) end
    assert.same({ "nil", "nil", "true" }, complete)
    complete = {}
    for page in client.users:pages{ perPage = 5, page = 9 } do complete[#complete + 1] = tostring(page.complete) end
    assert.same({ "true" }, complete)
  end)

  it("never when pages repeat or are others than those asked for: that is raised by pages as well", function()
    local bodies = reading.bodies(20, 5)
    bodies[4] = bodies[1]
    serve(sandbox, bodies)
    local next_page = client.users:pages{ perPage = 5 }
    for _ = 1, 3 do assert.is_nil(next_page().complete) end
    local err = subject.raised(next_page)
    assert.equal("page_loop", err.code)
    assert.equal(err, subject.raised(next_page))
    sandbox:clear_faults()
    bodies = reading.bodies(20, 5, 20)
    bodies[3] = bodies[4]
    serve(sandbox, bodies)
    next_page = client.users:pages{ perPage = 5 }
    for _ = 1, 2 do assert.is_nil(next_page().complete) end
    assert.equal("page_wrong", subject.raised(next_page).code)
  end)

  it("of a page that comes again long after is raised as well", function()
    local bodies = reading.bodies(150, 5)
    bodies[30] = bodies[2]
    serve(sandbox, bodies)
    local seen, err = collect(client.users:each{ perPage = 5 })
    assert.equal(145, #seen)
    assert.equal("page_loop", err.code)
  end)

  it("is said with fields alone too, which do not hide a page that comes again", function()
    local complete = {}
    for page in client.users:pages({ perPage = 5 }, { fields = { "email" } }) do
      complete[#complete + 1] = tostring(page.complete)
    end
    assert.same({ "nil", "nil", "nil", "nil", "true" }, complete)
    local bodies = reading.bodies(20, 5)
    bodies[3] = bodies[1]
    serve(sandbox, bodies)
    local _, err = collect(client.users:each({ perPage = 5 }, { fields = { "email" } }))
    assert.equal("page_loop", err.code)
  end)
end)
