-- The sandbox's completions over raw HTTP: lists, ranges, records made twice.
local cjson = require "cjson"
local raw = require "spec.support.raw_http"
local start = require("thrive.sandbox").start

local refused = raw.refused
local null = cjson.null
local JSON = { ["Content-Type"] = "application/json" }
local NOBODY = ("0"):rep(24)
local PATH = "/rest/v1/learning/completions"

describe("the sandbox's completions", function()
  local sandbox

  before_each(function() sandbox = assert(start{ users = 120 }) end)
  after_each(function() sandbox:stop() end)

  local function call(...) return assert(raw.request(sandbox, ...)) end

  local function list(query) return call("GET", PATH .. (query or "")).json end

  local function record(user, content, at)
    return call("POST", PATH, { userId = user, contentId = content, completedAt = at })
  end

  local function assignments(reference) return call("GET", "/rest/v1/assignments?audienceId=" .. reference).json end

  local function enrolment_of(assignment, user)
    for page = 1, 2 do
      local path = "/rest/v1/assignments/" .. assignment.id .. "/enrolments?page=" .. page
      for _, enrolment in ipairs(call("GET", path).json) do
        if enrolment.userId == user then return enrolment end
      end
    end
  end

  -- a member of an audience, and the audience's first assignment, open for the member
  local function open()
    call("POST", "/rest/v2/users", { ref = "N1", firstName = "A", lastName = "B", email = "n@example.com" })
    call("POST", "/rest/v1/audiences/dept-logistics/members", { "N1" })
    return sandbox:user("N1").id, assignments("dept-logistics")[1]
  end

  it("are listed as a bare array over two years, with every member", function()
    local answer = call("GET", PATH)
    assert.equal(200, answer.status)
    assert.equal("[", answer.body:sub(1, 1))
    assert.equal(1000, #answer.json)
    local all = answer.json
    table.move(list("?page=2"), 1, 1000, #all + 1, all)
    local first, last, rpl, due = "9", "0", 0, 0
    local seen = {}
    for _, completion in ipairs(all) do
      for _, name in ipairs{
        "id", "userId", "contentId", "contentVersion", "skills", "completionType", "hadDueDate", "isRPL", "completedAt",
        "activeUntil",
      } do
        assert.not_nil(completion[name], name)
      end
      assert.is_nil(seen[completion.id])
      seen[completion.id] = true
      local at = completion.completedAt
      if at < first then first = at end
      if at > last then last = at end
      if completion.isRPL then rpl = rpl + 1 end
      if completion.hadDueDate then due = due + 1 end
      assert.is_true(completion.activeUntil == null or completion.activeUntil > completion.completedAt)
    end
    assert.truthy(first:find("^2022%-0[67]"), first)
    assert.truthy(last:find("^2024%-05"), last)
    assert.is_true(rpl > 0 and due > rpl)
    assert.equal("[]", call("GET", PATH .. "?page=3").body)
  end)

  it("are got one by one; 404", function()
    local completion = list("?perPage=1")[1]
    assert.same(completion, call("GET", PATH .. "/" .. completion.id).json)
    refused(call("GET", PATH .. "/" .. NOBODY), 404)
  end)

  it("are found by id before anybody listed them", function()
    local other <close> = assert(start{ users = 120 })
    local id = assert(raw.request(other, "GET", PATH .. "?perPage=1")).json[1].id
    assert.equal(200, call("GET", PATH .. "/" .. id).status)
  end)

  it("are filtered", function()
    local user, content = sandbox:user("U0003").id, assignments("all-colleagues")[1].primaryContentId
    local function every(query, fits, few)
      local found = list(query)
      assert.is_true(few or #found > 0, query)
      for _, completion in ipairs(found) do assert.is_true(fits(completion), query) end
      return #found
    end
    local mine = every("?userId=" .. user, function(c) return c.userId == user end)
    every("?contentId=" .. content, function(c) return c.contentId == content end)
    every("?userId=" .. user .. "&contentId=" .. content, function(c) return c.userId == user and c.contentId == content end)
    every("?isRPL=true", function(c) return c.isRPL end)
    local rest = every("?isRPL=false&userId=" .. user, function(c) return not c.isRPL end)
    assert.equal(mine, rest + every("?isRPL=true&userId=" .. user, function(c) return c.isRPL end, true))
    every("?completedDateRangeStart=2024-01-01&completedDateRangeEnd=2024-02-01T12:00:00Z", function(c)
      return c.completedAt >= "2024-01-01" and c.completedAt <= "2024-02-01T12:00:00.000Z"
    end)
    assert.equal("[]", call("GET", PATH .. "?userId=" .. NOBODY).body)
    assert.equal("[]", call("GET", PATH .. "?completedDateRangeStart=2024-06-02").body)
  end)

  it("both ends of a range belong to it", function()
    local at = list("?perPage=1")[1].completedAt
    assert.is_true(#list("?completedDateRangeStart=" .. at .. "&completedDateRangeEnd=" .. at) >= 1)
  end)

  it("take pages of up to 1000, and refuse what is wrong or unknown", function()
    assert.equal(7, #list("?perPage=7"))
    refused(call("GET", PATH .. "?perPage=1001"), 400, "perPage", "at most 1000")
    refused(call("GET", PATH .. "?isRPL=1"), 400, "isRPL", "true or false")
    refused(call("GET", PATH .. "?completedDateRangeStart=2024-13-01"), 400, "completedDateRangeStart", "ISO 8601")
    refused(call("GET", PATH .. "?updatedSince=2024-01-01"), 400, "updatedSince", "not a parameter")
  end)

  it("are recorded once: 201, then 200 with the same statement", function()
    local content = assignments("dept-care")[1].primaryContentId
    local user = sandbox:user("U0002").id
    local before = #list("?userId=" .. user)
    local answer = record(user, content, "2024-06-30T17:00:00.000Z")
    assert.equal(201, answer.status, answer.body)
    local statement = answer.json.statementId
    assert.truthy(statement:match("^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$"), statement)
    answer = record(user, content, "2024-06-30T18:00:00+01:00")
    assert.equal(200, answer.status)
    assert.same({ statementId = statement }, answer.json)
    assert.equal(201, record(user, content, "2024-06-30T17:00:01.000Z").status)
    local mine = list("?userId=" .. user .. "&completedDateRangeStart=2024-06-30")
    assert.equal(2, #mine)
    assert.equal(before + 2, #list("?userId=" .. user))
    assert.equal("2024-06-30T17:00:00.000Z", mine[1].completedAt)
    assert.is_true(mine[1].isRPL)
    assert.not_equal(statement, mine[1].id)
    assert.same(mine[1], call("GET", PATH .. "/" .. mine[1].id).json)
  end)

  it("that are recorded come last in the list, whether it was looked at before or not", function()
    local content = assignments("dept-care")[1].primaryContentId
    record(sandbox:user("U0002").id, content, "2023-01-01T00:00:00Z")
    local all, page = {}, 1
    repeat
      local some = list("?page=" .. page)
      table.move(some, 1, #some, #all + 1, all)
      page = page + 1
    until #some < 1000
    assert.equal("2023-01-01T00:00:00.000Z", all[#all].completedAt)
    record(sandbox:user("U0002").id, content, "2023-01-02T00:00:00Z")
    assert.equal("2023-01-02T00:00:00.000Z", list("?perPage=1&page=" .. #all + 1)[1].completedAt)
  end)

  it("complete the user's matching enrolment", function()
    local user, assignment = open()
    assert.equal("open", enrolment_of(assignment, user).status)
    local now = os.date("!%Y-%m-%dT%H:%M:%S.000Z")
    assert.equal(201, record(user, assignment.primaryContentId, now).status)
    local enrolment = enrolment_of(assignment, user)
    assert.equal("complete", enrolment.status)
    assert.equal(now, enrolment.lastCompletedAt)
    local event, completion = enrolment.history[2], list("?userId=" .. user)[1]
    assert.equal("open", event.previousStatus)
    assert.equal(completion.id, event.completionId)
    assert.is_true(completion.hadDueDate)
    assert.is_true(completion.activeUntil > now) -- it recurs
    local other = assignments("dept-logistics")[2]
    assert.equal("open", enrolment_of(other, user).status)
  end)

  it("complete a seeded enrolment that nobody looked at before", function()
    local assignment = assignments("all-colleagues")[7] -- scheduled
    local user = sandbox:user("U0009").id
    record(user, assignment.primaryContentId, "2024-06-02T10:00:00Z")
    local enrolment = enrolment_of(assignment, user)
    assert.equal("complete", enrolment.status)
    assert.equal("scheduled", enrolment.history[#enrolment.history].previousStatus)
  end)

  it("of an alternative count as well, older ones than are known do not", function()
    local user = sandbox:user("U0001").id
    local assignment = assignments("people-managers")[1]
    record(user, assignment.alternativeContentIds[1], "2024-06-03T10:00:00Z")
    assert.equal("2024-06-03T10:00:00.000Z", enrolment_of(assignment, user).lastCompletedAt)
    assert.equal(201, record(user, assignment.primaryContentId, "2021-06-03T10:00:00Z").status)
    assert.equal("2024-06-03T10:00:00.000Z", enrolment_of(assignment, user).lastCompletedAt)
  end)

  it("need a user, a content and a date that there are", function()
    local user, content = sandbox:user("U0002").id, assignments("dept-care")[1].primaryContentId
    local answer = record(NOBODY, NOBODY, "2024-06-30")
    refused(answer, 422, "userId", "no user")
    refused(answer, 422, "contentId", "no content")
    refused(record("U0002", content, "2024-06-30"), 422, "userId", "no user")
    refused(record(user, content, "30/06/2024"), 422, "completedAt", "ISO 8601")
    refused(call("POST", PATH, { userId = user, id = "x" }), 422, "contentId", "required")
    refused(call("POST", PATH, { userId = user, id = "x" }), 422, "completedAt", "required")
    refused(call("POST", PATH, { userId = user, id = "x" }), 422, "id", "not a field")
    refused(call("POST", PATH, { userId = null }), 422, "userId", "null")
    refused(call("POST", PATH, "[]", JSON), 400)
    refused(call("POST", PATH, "{}"), 415)
    refused(call("POST", PATH, "{}", { ["Content-Type"] = "application/json", Authorization = false }), 401)
  end)

  it("stay when the user is deleted, and no more are recorded", function()
    local user, content = sandbox:user("U0003").id, assignments("dept-care")[1].primaryContentId
    local before = #list("?userId=" .. user)
    assert.is_true(before > 0)
    call("DELETE", "/rest/v2/users/ref/U0003")
    assert.equal(before, #list("?userId=" .. user))
    refused(record(user, content, "2024-06-30"), 422, "userId")
  end)

  it("are the same for the same seed, in whatever order one asks", function()
    local other <close> = assert(start{ users = 120 })
    local user = sandbox:user("U0005").id
    local alone = call("GET", PATH .. "?userId=" .. user).body
    assert(raw.request(other, "GET", PATH))
    assert.equal(alone, assert(raw.request(other, "GET", PATH .. "?userId=" .. user)).body)
  end)
end)
