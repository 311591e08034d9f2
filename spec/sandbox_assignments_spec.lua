-- The sandbox's assignments and enrolments over raw HTTP: bare arrays, what is refused.
local cjson = require "cjson"
local raw = require "spec.support.raw_http"
local start = require("thrive.sandbox").start

local refused = raw.refused
local null = cjson.null
local JSON = { ["Content-Type"] = "application/json" }
local NOBODY = ("0"):rep(24)

describe("the sandbox's assignments", function()
  local sandbox

  before_each(function() sandbox = assert(start{ users = 120 }) end)
  after_each(function() sandbox:stop() end)

  local function call(method, target, ...) return assert(raw.request(sandbox, method, "/rest/v1" .. target, ...)) end

  local function all() return call("GET", "/assignments").json end

  -- the seeded assignments of an audience
  local function of(reference) return call("GET", "/assignments?audienceId=" .. reference).json end

  -- an audience `a1` with these members
  local function audience(...)
    call("POST", "/audiences", { name = "North", reference = "s1" })
    call("POST", "/audiences", { name = "Shop", reference = "a1", parentId = "s1" })
    if ... then assert.equal(200, call("POST", "/audiences/a1/members", { ... }).status) end
  end

  local function assign(changes)
    local fields = { audienceId = "a1", contentId = all()[1].primaryContentId }
    for name, value in pairs(changes or {}) do fields[name] = value end
    return call("POST", "/assignments", fields)
  end

  local function enrolments(assignment, query)
    return call("GET", "/assignments/" .. assignment.id .. "/enrolments" .. (query or "")).json
  end

  -- Is a date so many days after today? A day may have ended since the test began.
  local function is_in(days, text, began)
    for _, from in ipairs { began, os.time() } do
      if os.date("!%Y-%m-%d", from + days * 86400) == text:sub(1, 10) then return true end
    end
    return false
  end

  describe("list and get", function()
    it("is a bare array of records with every member", function()
      local answer = call("GET", "/assignments")
      assert.equal(200, answer.status)
      assert.equal("[", answer.body:sub(1, 1))
      assert.equal(20, #answer.json)
      local ended, recurring = 0, 0
      for _, assignment in ipairs(answer.json) do
        for _, name in ipairs{
          "id", "audienceId", "primaryContentId", "alternativeContentIds", "hideAlternativeContent", "completionPeriod",
          "recurrence", "isActive", "isDeleted", "createdAt", "deletedAt", "updatedAt",
        } do
          assert.not_nil(assignment[name], name)
        end
        assert.is_nil(assignment.contentId)
        assert.equal(assignment.isDeleted, assignment.deletedAt ~= null)
        assert.equal(200, call("GET", "/audiences/" .. assignment.audienceId).status)
        if assignment.isDeleted then ended = ended + 1 end
        if assignment.recurrence ~= null then recurring = recurring + 1 end
        assert.same(assignment, call("GET", "/assignments/" .. assignment.id).json)
      end
      assert.equal(1, ended)
      assert.is_true(recurring > 10)
      assert.truthy(answer.body:find('"alternativeContentIds":[]', 1, true))
    end)

    it("takes an audience by id or reference, a date, and pages until one is short", function()
      local id = call("GET", "/audiences/loc%2FParis").json.id
      local found = of("loc%2FParis")
      assert.equal(1, #found)
      assert.equal(id, found[1].audienceId)
      assert.same(found, of(id))
      assert.equal(8, #call("GET", "/assignments?perPage=8&page=2").json)
      assert.equal(4, #call("GET", "/assignments?limit=8&page=3").json)
      assert.equal("[]", call("GET", "/assignments?perPage=8&page=4").body)
      assert.equal("[]", call("GET", "/assignments?updatedSince=2024-06-01").body)
    end)

    it("refuses more than 100 a page, unknown parameters and audiences; 404", function()
      refused(call("GET", "/assignments?perPage=101"), 400, "perPage", "at most 100")
      refused(call("GET", "/assignments?audience=a1"), 400, "audience", "not a parameter")
      refused(call("GET", "/assignments?audienceId=nowhere"), 404)
      refused(call("GET", "/assignments/" .. NOBODY), 404)
    end)
  end)

  describe("create", function()
    it("answers 201 with defaults, and enrols the members", function()
      audience("U0001", "U0002")
      local began = os.time()
      local answer = assign()
      assert.equal(201, answer.status, answer.body)
      local made = answer.json
      assert.equal(30, made.completionPeriod)
      assert.equal(null, made.recurrence)
      assert.same({}, made.alternativeContentIds)
      assert.is_false(made.hideAlternativeContent)
      assert.is_true(made.isActive)
      local list = enrolments(made)
      assert.equal(2, #list)
      local first = list[1]
      assert.equal(sandbox:user("U0001").id, first.userId)
      assert.equal(made.id, first.assignmentId)
      assert.equal(made.audienceId, first.audienceId)
      assert.equal(made.primaryContentId, first.primaryContentId)
      assert.equal("open", first.status)
      assert.equal(null, first.lastCompletedAt)
      assert.is_true(is_in(30, first.dueDate, began), first.dueDate)
      assert.equal(1, #first.history)
      assert.equal("unassigned", first.history[1].previousStatus)
      assert.equal("open", first.history[1].nextStatus)
      assert.equal(null, first.history[1].completionId)
    end)

    it("keeps what is given; nulls are as good as nothing", function()
      audience()
      local contents = all()
      local answer = assign{
        alternativeContentIds = { contents[2].primaryContentId }, hideAlternativeContent = true, completionPeriod = 7,
        recurrence = 365,
      }
      assert.same({ contents[2].primaryContentId }, answer.json.alternativeContentIds)
      assert.is_true(answer.json.hideAlternativeContent)
      assert.equal(7, answer.json.completionPeriod)
      assert.equal(365, answer.json.recurrence)
      assert.equal(30, assign{ completionPeriod = null, recurrence = null, alternativeContentIds = null }.json.completionPeriod)
    end)

    it("makes two of two", function()
      audience()
      assert.not_equal(assign().json.id, assign().json.id)
      assert.equal(2, #of("a1"))
    end)

    it("refuses wrong fields, all at once", function()
      audience()
      local answer = call("POST", "/assignments", {
        contentId = "", completionPeriod = 0, recurrence = 1.5, hideAlternativeContent = "no", alternativeContentIds = "x",
        primaryContentId = NOBODY,
      })
      refused(answer, 422, "audienceId", "required")
      refused(answer, 422, "contentId", "empty")
      refused(answer, 422, "completionPeriod", "at least 1")
      refused(answer, 422, "recurrence", "whole number")
      refused(answer, 422, "hideAlternativeContent", "true or false")
      refused(answer, 422, "alternativeContentIds", "array")
      refused(answer, 422, "primaryContentId", "not a field")
      answer = assign{ audienceId = "nowhere", contentId = NOBODY, alternativeContentIds = { NOBODY } }
      refused(answer, 422, "audienceId", "no audience")
      refused(answer, 422, "contentId", "no content")
      refused(answer, 422, "alternativeContentIds[0]", "no content")
      refused(assign{ audienceId = "s1" }, 422, "audienceId", "structure")
      refused(call("POST", "/assignments", "{}"), 415)
      refused(call("POST", "/assignments", "[]", JSON), 400)
    end)

    it("follows the rule of a smart audience", function()
      local smart = call("GET", "/audiences?apiControlled=false").json.results[1].id
      local before = call("GET", "/audiences/" .. smart .. "/members").json.pagination.totalResults
      local made = assign{ audienceId = smart }.json
      assert.equal(before, #enrolments(made))
      raw.request(sandbox, "POST", "/rest/v2/users",
        { ref = "N1", firstName = "A", lastName = "B", email = "n@example.com", jobTitle = "Team Leader" })
      assert.equal(before + 1, #enrolments(made, "?status=open"))
      raw.request(sandbox, "PATCH", "/rest/v2/users/ref/N1", { jobTitle = "Cook" })
      assert.equal(sandbox:user("N1").id, enrolments(made, "?status=archived")[1].userId)
    end)
  end)

  describe("update", function()
    it("changes the record and the enrolments that are not done", function()
      audience("U0001")
      local began = os.time()
      local made = assign{ completionPeriod = 10 }.json
      local other = all()[2].primaryContentId
      local answer = call("PATCH", "/assignments/" .. made.id, {
        audienceId = "a1", contentId = other, completionPeriod = 20, recurrence = 100, alternativeContentIds = { other },
      })
      assert.equal(200, answer.status, answer.body)
      assert.equal(other, answer.json.primaryContentId)
      assert.equal(20, answer.json.completionPeriod)
      assert.equal(100, answer.json.recurrence)
      assert.same({ other }, answer.json.alternativeContentIds)
      local enrolment = enrolments(made)[1]
      assert.equal(other, enrolment.primaryContentId)
      assert.is_true(is_in(20, enrolment.dueDate, began), enrolment.dueDate)
      answer = call("PATCH", "/assignments/" .. made.id, '{"audienceId":"a1","recurrence":null,"alternativeContentIds":[]}', JSON)
      assert.equal(null, answer.json.recurrence)
      assert.same({}, answer.json.alternativeContentIds)
      assert.equal(20, answer.json.completionPeriod)
    end)

    it("needs the audience, and that it is the assignment's", function()
      audience()
      local path = "/assignments/" .. assign().json.id
      refused(call("PATCH", path, { completionPeriod = 5 }), 422, "audienceId", "required")
      refused(call("PATCH", path, { audienceId = "all-colleagues" }), 422, "audienceId", "not the audience")
      refused(call("PATCH", path, { audienceId = "nowhere" }), 422, "audienceId", "not the audience")
      refused(call("PATCH", path, { audienceId = "a1", hideAlternativeContent = true }), 422, "hideAlternativeContent",
        "not a field")
      refused(call("PATCH", path, { audienceId = "a1", contentId = NOBODY }), 422, "contentId", "no content")
      refused(call("PATCH", path, { audienceId = "a1", completionPeriod = null }), 422, "completionPeriod", "null")
      refused(call("PATCH", "/assignments/" .. NOBODY, { audienceId = "a1" }), 404)
    end)
  end)

  describe("delete", function()
    it("takes the audience in a JSON body, and keeps the record and archived enrolments", function()
      audience("U0001")
      local made = assign().json
      local path = "/assignments/" .. made.id
      local answer = call("DELETE", path, { audienceId = made.audienceId })
      assert.equal(204, answer.status)
      assert.equal("", answer.body)
      local gone = call("GET", path).json
      assert.is_true(gone.isDeleted)
      assert.is_false(gone.isActive)
      assert.equal("string", type(gone.deletedAt))
      assert.equal("archived", enrolments(made)[1].status)
      refused(call("DELETE", path, { audienceId = "a1" }), 404)
      refused(call("PATCH", path, { audienceId = "a1" }), 404)
    end)

    it("refuses to go without the body, or with the wrong one", function()
      audience()
      local path = "/assignments/" .. assign().json.id
      refused(call("DELETE", path), 415)
      refused(call("DELETE", path, "", JSON), 400)
      refused(call("DELETE", path, "{}", JSON), 422, "audienceId", "required")
      refused(call("DELETE", path, { audienceId = "all-colleagues" }), 422, "audienceId", "not the audience")
      refused(call("DELETE", "/assignments/" .. NOBODY, { audienceId = "a1" }), 404)
      assert.is_false(call("GET", path).json.isDeleted)
    end)

    it("happens with the audience", function()
      audience("U0001")
      local made = assign().json
      assert.equal(204, call("DELETE", "/audiences/a1").status)
      assert.is_true(call("GET", "/assignments/" .. made.id).json.isDeleted)
      assert.equal("archived", enrolments(made)[1].status)
    end)
  end)

  describe("enrolments", function()
    it("are seeded in every status, and unassigned only ever before", function()
      local seen, before, completions = {}, {}, {}
      for page = 1, 2 do
        for _, completion in ipairs(call("GET", "/learning/completions?page=" .. page).json) do
          completions[completion.id] = completion
        end
      end
      local function check(enrolment)
        local status = "unassigned"
        for _, event in ipairs(enrolment.history) do
          assert.equal(status, event.previousStatus)
          before[status] = true
          status = event.nextStatus
          if status == "complete" then
            assert.equal(enrolment.userId, completions[event.completionId].userId)
            assert.equal(event.createdAt, completions[event.completionId].completedAt)
          end
        end
        assert.equal(enrolment.status, status)
        assert.equal(enrolment.updatedAt, enrolment.history[#enrolment.history].createdAt)
        assert.is_true(enrolment.updatedAt <= "2024-06-01T00:00:00.000Z", enrolment.updatedAt)
        assert.is_true(status ~= "overdue" or enrolment.dueDate < "2024-06-01")
        assert.is_true(status ~= "scheduled" or enrolment.availableDate > "2024-06-01")
        seen[status] = true
      end
      for _, assignment in ipairs(all()) do
        for page = 1, 2 do
          for _, enrolment in ipairs(enrolments(assignment, "?page=" .. page)) do check(enrolment) end
        end
      end
      assert.same({ archived = true, complete = true, open = true, overdue = true, scheduled = true }, seen)
      assert.is_true(before.unassigned)
    end)

    it("are at most one for each member, of a bare array", function()
      local assignment = of("dept-care")[1]
      local members = {}
      for _, member in ipairs(call("GET", "/audiences/dept-care/members").json.results) do members[member.userId] = true end
      local answer = call("GET", "/assignments/" .. assignment.id .. "/enrolments")
      assert.equal("[", answer.body:sub(1, 1))
      assert.is_true(#answer.json > 0)
      for _, enrolment in ipairs(answer.json) do
        assert.is_true(members[enrolment.userId])
        members[enrolment.userId] = nil
      end
    end)

    it("are filtered by status and by when they changed", function()
      local fire = of("all-colleagues")[1]
      local total = #enrolments(fire) + #enrolments(fire, "?page=2")
      local found = 0
      for _, status in ipairs{ "archived", "complete", "open", "overdue", "scheduled", "unassigned" } do
        for page = 1, 2 do
          for _, enrolment in ipairs(enrolments(fire, "?status=" .. status .. "&page=" .. page)) do
            assert.equal(status, enrolment.status)
            found = found + 1
          end
        end
      end
      assert.equal(total, found)
      local between = enrolments(fire, "?updatedAtFrom=2024-01-01&updatedAtTo=2024-03-01T00:00:00Z")
      assert.is_true(#between > 0)
      for _, enrolment in ipairs(between) do
        assert.is_true(enrolment.updatedAt >= "2024-01-01" and enrolment.updatedAt <= "2024-03-01T00:00:00.000Z")
      end
      assert.equal(0, #enrolments(fire, "?updatedAtFrom=2024-06-02"))
    end)

    it("refuse an end without a start, a status that there is not, and too long pages", function()
      local path = "/assignments/" .. all()[1].id .. "/enrolments"
      refused(call("GET", path .. "?updatedAtTo=2024-01-01"), 400, "updatedAtTo", "needs updatedAtFrom")
      refused(call("GET", path .. "?status=done"), 400, "status", "'overdue'")
      refused(call("GET", path .. "?perPage=101"), 400, "perPage", "at most 100")
      refused(call("GET", path .. "?limit=10"), 400, "limit", "not a parameter")
      refused(call("GET", "/assignments/" .. NOBODY .. "/enrolments"), 404)
    end)

    it("are got one by one, of their own assignment only", function()
      local first, second = all()[1], all()[2]
      local enrolment = enrolments(first)[1]
      local path = "/enrolments/" .. enrolment.id
      assert.same(enrolment, call("GET", "/assignments/" .. first.id .. path).json)
      refused(call("GET", "/assignments/" .. second.id .. path), 404)
      refused(call("GET", "/assignments/" .. NOBODY .. path), 404)
    end)

    it("come and go with membership, and come back", function()
      audience("U0001")
      local made = assign().json
      call("POST", "/audiences/a1/members", { "U0002" })
      assert.equal(2, #enrolments(made, "?status=open"))
      call("DELETE", "/audiences/a1/members/U0001")
      local archived = enrolments(made, "?status=archived")
      assert.equal(1, #archived)
      assert.equal(sandbox:user("U0001").id, archived[1].userId)
      call("PATCH", "/audiences/a1/members", { "U0001" })
      assert.equal(archived[1].id, enrolments(made, "?status=open")[1].id)
      assert.equal(1, #enrolments(made, "?status=archived"))
    end)

    it("of the past do not depend on who looks first", function()
      local care = of("dept-care")[1]
      local other <close> = assert(start{ users = 120 })
      local member = call("GET", "/audiences/dept-care/members").json.results[1]
      local function find(box)
        local path = "/rest/v1/assignments/" .. care.id .. "/enrolments"
        for _, enrolment in ipairs(assert(raw.request(box, "GET", path)).json) do
          if enrolment.userId == member.userId then return enrolment end
        end
      end
      local undisturbed = find(other)
      assert.equal(204, call("DELETE", "/audiences/dept-care/members/" .. member.reference).status)
      local left = find(sandbox)
      assert.equal(undisturbed.id, left.id)
      assert.equal("archived", left.status)
      for i, event in ipairs(undisturbed.history) do assert.same(event, left.history[i]) end
    end)

    it("are for everybody who comes, but not of what ended before", function()
      raw.request(sandbox, "POST", "/rest/v2/users",
        { ref = "N1", firstName = "A", lastName = "B", email = "n@example.com" })
      assert.equal(200, call("POST", "/audiences/all-colleagues/members", { "N1" }).status)
      local id = sandbox:user("N1").id
      for _, assignment in ipairs(of("all-colleagues")) do
        local mine = 0
        for page = 1, 2 do
          for _, enrolment in ipairs(enrolments(assignment, "?page=" .. page)) do
            if enrolment.userId == id then mine = mine + 1 end
          end
        end
        assert.equal(assignment.isDeleted and 0 or 1, mine)
      end
    end)
  end)
end)
