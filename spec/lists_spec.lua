-- Lists of every group: bare arrays and envelopes, limits of pages, filters, and answers that are no lists.
local cjson = require "cjson"
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"

-- Every list with pages: name, path, style, largest page, path argument, the parameters that it must have and their query.
local lists = {
  { "users", "/rest/v1/users", "envelope", 1000 },
  { "audiences", "/rest/v1/audiences", "envelope", 1000 },
  { "audiences.members", "/rest/v1/audiences/a%2F1/members", "envelope", 1000, "a/1" },
  { "assignments", "/rest/v1/assignments", "array", 100 },
  { "assignments.enrolments", "/rest/v1/assignments/a%201/enrolments", "array", 100, "a 1" },
  { "completions", "/rest/v1/learning/completions", "array", 1000 },
  { "content", "/rest/v1/contents", "envelope", 1000 },
  { "activities", "/rest/v1/activities", "envelope", 1000 },
  { "cpd.categories", "/rest/v1/cpdCategories", "envelope", 1000 },
  { "cpd.entries", "/rest/v1/cpdEntries", "envelope", 1000 },
  { "cpd.requirements", "/rest/v1/cpdRequirementSummaries", "envelope", 1000 },
  { "cpd.summaries", "/rest/v1/cpdUserLogSummaries", "envelope", 1000, nil,
    { entryDateFrom = "2024-01-01T00:00:00", entryDateTo = "2024-12-31T23:59:59" },
    "&entryDateFrom=2024-01-01T00%3A00%3A00&entryDateTo=2024-12-31T23%3A59%3A59" },
  { "tags", "/rest/v1/tags", "guarded", 1000 },
}

-- Calls a verb of the group of that name.
local function call_verb(client, name, verb, argument, params, options)
  local group = client
  for part in name:gmatch("[^.]+") do group = group[part] end
  if argument then return group[verb](group, argument, params, options) end
  return group[verb](group, params, options)
end

describe("the client", function()
  local sandbox, client

  -- One for each test: a request that was travelling ahead when a test ended may arrive later.
  before_each(function()
    sandbox = assert(sandboxes.start{ users = 1 })
    client = assert(sandbox:client{ max_retries = 0 })
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  -- The service's next answers: bodies of 200 as text or tables.
  local function answers(...)
    for _, body in ipairs { ... } do
      sandbox:fault{ status = 200, body = type(body) == "table" and cjson.encode(body) or body }
    end
  end

  -- What the service has on each of its pages, in whatever order they are asked for.
  local function pages(...)
    for number, body in ipairs { ... } do
      sandbox:fault{ query = { page = number }, times = 0,
        body = type(body) == "table" and cjson.encode(body) or body }
    end
  end

  local function last()
    local log = sandbox:requests()
    return log[#log]
  end

  local function queries()
    local list = {}
    for i, request in ipairs(sandbox:requests()) do list[i] = request.raw_query end
    return list
  end

  local function merged(base, more)
    local out = {}
    for name, value in pairs(base or {}) do out[name] = value end
    for name, value in pairs(more or {}) do out[name] = value end
    return out
  end

  -- n records with ids from `first`.
  local function records(first, n, key)
    local out = {}
    for i = 1, n do out[i] = { [key or "id"] = ("r%04d"):format(first + i - 1) } end
    return out
  end

  local function envelope(first, n, pagination)
    return { results = records(first, n), pagination = pagination }
  end

  local function ids(list)
    local out = {}
    for i, record in ipairs(list) do out[i] = record.id end
    return out
  end

  -- What a loop gave, and what it raised.
  local function collect(f)
    local seen = {}
    local ok, err = pcall(function() for record in f do seen[#seen + 1] = record.id end end)
    return seen, not ok and err or nil
  end

  for _, entry in ipairs(lists) do
    local name, path, style, max, argument, required, required_query = table.unpack(entry, 1, 7)
    local function call(from, verb, params, options)
      return call_verb(from, name, verb, argument, params, options)
    end

    describe("lists " .. name, function()
      it("from its path", function()
        answers('[{"id":"a"}]')
        assert(call(client, "list", required))
        assert.equal("GET " .. path, last().method .. " " .. last().path)
        assert.equal(required_query and required_query:sub(2) or "", last().raw_query)
        assert.equal("", last().body)
        assert.equal("application/json", last().headers.accept)
      end)

      it("as a bare array or in an envelope, alike", function()
        local bodies = {
          '[{"id":"a","more":{"n":1}},{"id":"b","gone":null}]',
          '{"results":[{"id":"a","more":{"n":1}},{"id":"b","gone":null}]}',
          '{"results":[{"id":"a","more":{"n":1}},{"id":"b"}],'
            .. '"pagination":{"totalResults":2,"totalPages":1,"page":1,"perPage":100},"next":"?"}',
        }
        for i, body in ipairs(bodies) do
          answers(body)
          local page, err, meta = call(client, "list", required)
          assert.is_nil(err)
          assert.equal(200, meta.status)
          assert.same({ { id = "a", more = { n = 1 } }, { id = "b" } }, page.results)
          assert.is_true(core.json.isarray(page.results))
          assert.equal(i == 3 and "next pagination results" or "results", subject.keys(page))
        end
        for _, body in ipairs(bodies) do
          answers(body)
          assert.same({ "a", "b" }, ids(call(client, "all", required)))
        end
      end)

      it("also when there is nothing in it", function()
        for _, body in ipairs { "[]", '{"results":[]}',
          '{"results":[],"pagination":{"totalResults":0,"totalPages":0,"page":1,"perPage":100}}' } do
          answers(body, body)
          local page = assert(call(client, "list", required))
          assert.same({}, page.results)
          assert.is_true(core.json.isarray(page.results))
          assert.same({}, (call(client, "all", required)))
        end
      end)

      it("with pages of at most " .. max, function()
        for _, verb in ipairs { "list", "each", "pages", "all" } do
          for _, wrong in ipairs { 0, -1, max + 1 } do
            local message = subject.raised(function() call(client, verb, merged(required, { perPage = wrong })) end)
            assert.truthy(message:find(("'perPage' must be from 1 to %d (got %d)"):format(max, wrong), 1, true), message)
          end
          local message = subject.raised(function() call(client, verb, merged(required, { page = 0, perPage = "9" })) end)
          assert.truthy(message:find("'page' must be at least 1 (got 0)", 1, true), message)
          assert.truthy(message:find("'perPage' must be an integer (got \"9\")", 1, true), message)
        end
        assert.equal(0, sandbox:count())
        answers("[]")
        assert(call(client, "list", merged(required, { page = 7, perPage = max })))
        assert.equal("page=7&perPage=" .. max .. (required_query or ""), last().raw_query)
      end)

      it("whole, with the largest pages when it is not told how large", function()
        answers("[]")
        call(client, "all", required)
        assert.equal(style == "guarded" and "" or "page=1&perPage=" .. max .. (required_query or ""), last().raw_query)
      end)

      it("never with what is no record in it", function()
        for _, body in ipairs { "[1]", '["a"]', "[null]", "[[]]", "[true]", '[{"id":"a"},7]', '{"results":[1]}',
          '{"results":[[1]]}',
          '{"results":[{"id":"a"},null]}', '{"results":{}}', '{"results":null}', "{}", '"x"', "1", "null", "" } do
          answers(body, body)
          local page, err, meta = call(client, "list", required)
          assert.is_nil(page, body)
          assert.equal("decode", err.kind)
          assert.equal(name .. ".list", err.operation)
          assert.equal(200, err.status)
          assert.equal(200, meta.status)
          assert.is_true(#body == 0 or err.message:find(body, 1, true) ~= nil, err.message)
          local seen, raised = collect(call(client, "each", required))
          assert.same({}, seen)
          assert.equal("decode", raised.kind)
        end
      end)

      it("and an answer without a body is no list", function()
        sandbox:fault{ status = 204 }
        local page, err = call(client, "list", required)
        assert.is_nil(page)
        assert.equal("decode", err.kind)
      end)

      -- Ahead of the reader, and one after another, which also shows that no page too many is asked for.
      for _, ahead in ipairs(style == "guarded" and {} or { 4, 0 }) do
        local how = ahead == 0 and ", one after another" or ""
        local function all(verb)
          return collect(call(client, verb or "each", merged(required, { perPage = 10 }), { prefetch = ahead }))
        end
        local function asked(n)
          local count = sandbox:count()
          if ahead == 0 then assert.equal(n, count) else assert.is_true(count >= n and count <= n + ahead) end
        end

        it("page after page, to the end of an envelope" .. how, function()
          local bodies = {}
          for i = 1, 3 do
            bodies[i] = envelope(i * 10, i < 3 and 10 or 4, { totalResults = 24, totalPages = 3, page = i, perPage = 10 })
          end
          pages(table.unpack(bodies))
          local seen, err = all()
          assert.is_nil(err)
          assert.equal(24, #seen)
          for i = 2, 24 do assert.is_true(seen[i] > seen[i - 1]) end
          local more = required_query or ""
          local sent = queries()
          table.sort(sent)
          assert.same({ "page=1&perPage=10" .. more, "page=2&perPage=10" .. more, "page=3&perPage=10" .. more }, sent)
        end)

        it("page after page, to the short page of bare arrays" .. how, function()
          pages(records(10, 10), records(20, 10), records(30, 4), records(40, 10))
          local seen, err = all()
          assert.is_nil(err)
          assert.equal(24, #seen)
          for i = 2, 24 do assert.is_true(seen[i] > seen[i - 1]) end
          asked(3)
        end)

        it("page after page, to an empty one when all were full" .. how, function()
          pages(records(10, 10), records(20, 10), "[]")
          assert.equal(20, #call(client, "all", merged(required, { perPage = 10 }), { prefetch = ahead }))
          asked(3)
        end)

        it("but raises when the same page comes for ever" .. how, function()
          pages(records(10, 10), records(10, 10), records(10, 10))
          local seen, err = all()
          assert.equal(10, #seen)
          assert.equal("decode", err.kind)
          assert.equal("page_loop", err.code)
          asked(2)
        end)

        it("but raises when a later page cannot be had" .. how, function()
          pages(records(10, 10))
          sandbox:fault{ status = 500, query = { page = 2 } }
          local seen, err = all()
          assert.equal(10, #seen)
          assert.equal("server", err.kind)
        end)
      end
    end)
  end

  describe("lists tags", function()
    it("in one request where the service ignores pages and says nothing of them", function()
      answers(envelope(1, 100))
      assert.equal(100, #client.tags:all())
      assert.same({ "" }, queries())
    end)

    it("in as many as the service has pages", function()
      for i = 1, 3 do
        answers(envelope(i * 100, i < 3 and 100 or 7, { totalResults = 207, totalPages = 3, page = i, perPage = 100 }))
      end
      assert.equal(207, #client.tags:all())
      assert.same({ "", "page=2", "page=3" }, queries())
    end)

    it("with the pages and filters that are asked for", function()
      answers(envelope(1, 5, { totalResults = 8, totalPages = 2, page = 1, perPage = 5 }),
        envelope(6, 3, { totalResults = 8, totalPages = 2, page = 2, perPage = 5 }))
      assert.equal(8, #client.tags:all{ perPage = 5, updatedSince = "2024-01-01" })
      assert.same({ "page=1&perPage=5&updatedSince=2024-01-01", "page=2&perPage=5&updatedSince=2024-01-01" }, queries())
    end)

    it("once, when the second answer is the first one again", function()
      local all = envelope(1, 10, { totalResults = 10, totalPages = 2, page = 1, perPage = 5 })
      answers(all, all)
      local seen, err = collect(client.tags:each())
      assert.is_nil(err)
      assert.equal(10, #seen)
      assert.equal(2, sandbox:count())
    end)

    it("once, when the same ids come under the next page's number", function()
      answers(envelope(1, 10, { totalResults = 10, totalPages = 2, page = 1, perPage = 10 }),
        envelope(1, 10, { totalResults = 10, totalPages = 2, page = 2, perPage = 10 }))
      local seen, err = collect(client.tags:each())
      assert.is_nil(err)
      assert.equal(10, #seen)
    end)

    it("and raises when there should have been more", function()
      local some = envelope(1, 100, { totalResults = 250, totalPages = 3, page = 1, perPage = 100 })
      answers(some, some)
      local seen, err = collect(client.tags:each())
      assert.equal(100, #seen)
      assert.equal("partial", err.kind)
      assert.equal("incomplete", err.code)
    end)

    it("pages give only pages that are new", function()
      local all = envelope(1, 10, { totalResults = 10, totalPages = 2, page = 1, perPage = 5 })
      answers(all, all)
      local n = 0
      for page in client.tags:pages() do
        n = n + 1
        assert.equal(10, #page.results)
      end
      assert.equal(1, n)
    end)
  end)

  describe("lists what has no pages:", function()
    it("managers, as a page without pagination", function()
      for _, body in ipairs { '[{"userId":"u","permissions":{}}]', '{"results":[{"userId":"u","permissions":{}}]}' } do
        answers(body)
        local page = assert(client.audiences.managers:list("a/1"))
        assert.equal("GET /rest/v1/audiences/a%2F1/managers", last().method .. " " .. last().target)
        assert.same({ { userId = "u", permissions = {} } }, page.results)
        assert.is_nil(page.pagination)
      end
      local message = subject.raised(function() client.audiences.managers:each("a") end)
      assert.truthy(message:find("client.audiences.managers has no verb 'each'", 1, true), message)
      message = subject.raised(function() client.audiences.managers:list("a", { page = 1 }) end)
      assert.truthy(message:find("'page' is not an option", 1, true), message)
    end)

    it("levels, as an array", function()
      for _, body in ipairs { '[{"name":"Novice","isEnabled":true,"value":1024,"x":1.5}]',
        '{"results":[{"name":"Novice","isEnabled":true,"value":1024,"x":1.5}],"pagination":{}}' } do
        answers(body)
        local levels, err, meta = client.skills:levels()
        assert.is_nil(err)
        assert.equal(200, meta.status)
        assert.equal("GET /rest/v1/skills/levels", last().method .. " " .. last().target)
        assert.same({ { name = "Novice", isEnabled = true, value = 1024, x = 1.5 } }, levels)
        assert.is_true(core.json.isarray(levels))
      end
      answers("[]")
      assert.same({}, (client.skills:levels()))
      for _, body in ipairs { "{}", "[1]", "[[]]", '{"results":1}', "1", "" } do
        answers(body)
        local levels, err = client.skills:levels()
        assert.is_nil(levels)
        assert.equal("decode", err.kind)
      end
    end)
  end)

  describe("checks parameters that go together:", function()
    it("updatedAtTo needs updatedAtFrom", function()
      for _, verb in ipairs { "list", "each", "pages", "all" } do
        local message = subject.raised(function()
          local enrolments = client.assignments.enrolments
          enrolments[verb](enrolments, "a", { updatedAtTo = "2024-01-01" })
        end)
        assert.truthy(message:find("'updatedAtTo' needs 'updatedAtFrom' beside it", 1, true), message)
      end
      assert.equal(0, sandbox:count())
      answers("[]", "[]")
      assert(client.assignments.enrolments:list("a", { updatedAtFrom = "2024-01-01" }))
      assert(client.assignments.enrolments:list("a", { updatedAtTo = "2024-02-01", updatedAtFrom = "2024-01-01" }))
      assert.equal("updatedAtFrom=2024-01-01&updatedAtTo=2024-02-01", last().raw_query)
    end)

    it("CPD sums need both dates", function()
      for _, verb in ipairs { "list", "each", "pages", "all" } do
        local summaries = client.cpd.summaries
        local function missing(given)
          return subject.raised(function() summaries[verb](summaries, given) end)
        end
        for _, message in ipairs { missing(nil), missing{} } do
          assert.truthy(message:find("missing 'entryDateFrom'", 1, true), message)
          assert.truthy(message:find("missing 'entryDateTo'", 1, true), message)
        end
        assert.falsy(missing{ entryDateFrom = 0 }:find("missing 'entryDateFrom'", 1, true))
        assert.truthy(missing{ entryDateFrom = 0 }:find("missing 'entryDateTo'", 1, true))
        assert.truthy(missing{ entryDateTo = 0, userIds = { "u" } }:find("missing 'entryDateFrom'", 1, true))
      end
      assert.equal(0, sandbox:count())
    end)
  end)

  describe("sends every filter:", function()
    local filters = {
      { function() return client.audiences:list{ apiControlled = false, updatedSince = "2024-01-01" } end,
        "apiControlled=false&updatedSince=2024-01-01" },
      { function() return client.assignments:list{ audienceId = "my ref/1" } end, "audienceId=my%20ref%2F1" },
      { function() return client.assignments.enrolments:list("a", { status = "overdue" }) end, "status=overdue" },
      { function() return client.completions:list{ contentId = "c", isRPL = true, userId = "u" } end,
        "contentId=c&isRPL=true&userId=u" },
      { function() return client.content:list{ types = { "video", "quiz" } } end, "types=video%2Cquiz" },
      { function() return client.content:list{ types = "video,quiz" } end, "types=video%2Cquiz" },
      { function() return client.content:list{ omitTypes = { "event" }, types = {} } end, "omitTypes=event" },
      { function() return client.activities:list{ actions = { "viewed", "un known" }, contentType = "content" } end,
        "actions=viewed%2Cun%20known&contentType=content" },
      { function() return client.activities:list{ omitActions = "found", contentIds = { "c1", "c2" } } end,
        "omitActions=found&contentIds=c1%2Cc2" },
      { function() return client.cpd.summaries:list{ entryDateFrom = 0, entryDateTo = 0, userIds = { "u1", "u2" } } end,
        "entryDateFrom=1970-01-01T00%3A00%3A00&entryDateTo=1970-01-01T00%3A00%3A00&userIds=u1%2Cu2" },
    }
    for _, case in ipairs(filters) do
      it(case[2], function()
        answers("[]")
        assert(case[1]())
        assert.equal(case[2], last().raw_query)
      end)
    end

    it("but none that it does not know, or with values that cannot be", function()
      local wrong = {
        { function() client.audiences:list{ apiControled = true } end,
          "'apiControled' is not a parameter (did you mean 'apiControlled'?)" },
        { function() client.audiences:list{ limit = 5 } end, "'limit' is not a parameter" },
        { function() client.audiences:list{ apiControlled = "true" } end, "'apiControlled' must be true or false" },
        { function() client.assignments.enrolments:list("a", { status = "late" }) end,
          "'status' must be archived, complete, open" },
        { function() client.content:list{ types = { "video", "course" } } end, "'types' must be article, assessment" },
        { function() client.activities:list{ actions = { "a,b" } } end, "'actions': entry 1 must be a string without a comma" },
        { function() client.completions:list{ isRPL = 1 } end, "'isRPL' must be true or false" },
        { function() client.completions:list{ userId = 7 } end, "'userId' must be a string (got 7)" },
      }
      for _, case in ipairs(wrong) do
        local message = subject.raised(case[1])
        assert.truthy(message:find(case[2], 1, true), message)
      end
      assert.equal(0, sandbox:count())
    end)
  end)
end)
