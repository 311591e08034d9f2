-- The sandbox's users over raw HTTP: the v2 lifecycle, v1 reads, tags and skills.
local cjson = require "cjson"
local raw = require "spec.support.raw_http"
local start = require("thrive.sandbox").start

local refused = raw.refused
local null = cjson.null

describe("the sandbox's users", function()
  local sandbox

  before_each(function() sandbox = assert(start{ users = 30 }) end)
  after_each(function() sandbox:stop() end)

  local function call(...) return assert(raw.request(sandbox, ...)) end

  local function joiner(changes)
    local fields = { ref = "N1", firstName = "Zoë", lastName = "Ng", email = "zoe.ng@example.com" }
    for name, value in pairs(changes or {}) do
      fields[name] = value
      if value == "absent" then fields[name] = nil end
    end
    return fields
  end

  local function create(changes) return call("POST", "/rest/v2/users", joiner(changes)) end

  describe("create", function()
    it("answers 201 and the lifecycle record", function()
      local answer = create{ managerRef = "U0001", additionalFields = { department = "Café" }, sso = true }
      assert.equal(201, answer.status)
      local user = answer.json
      assert.truthy(user.id:match("^%x+$") and #user.id == 24)
      assert.equal("Zoë", user.firstName)
      assert.equal("learner", user.role)
      assert.equal("email", user.loginMethod)
      assert.equal("U0001", user.managerRef)
      assert.equal("Café", user.additionalFields.department)
      assert.is_true(user.active)
      assert.is_true(user.sso)
      assert.equal(null, user.endDate)
      assert.equal(null, user.domain)
      assert.truthy(user.createdAt:match("^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%dZ$"))
      local names = {}
      for name in pairs(user) do names[#names + 1] = name end
      table.sort(names)
      assert.same({
        "active", "additionalFields", "createdAt", "domain", "email", "endDate", "firstName", "id", "jobTitle",
        "languageCode", "lastName", "loginMethod", "managerRef", "ref", "role", "sso", "startDate", "timeZone",
        "updatedAt",
      }, names)
    end)

    it("refuses what is missing, unknown or of the wrong kind, all at once", function()
      local answer = call("POST", "/rest/v2/users", {
        firstName = "", role = "boss", sso = "yes", favouriteColour = "red", startDate = "2024-02-30",
        timeZone = "here there", languageCode = "xx-yy", email = "nobody", jobTitle = 7, loginMethod = "sms",
        additionalFields = { shoeSize = 44, department = { 1 } },
      })
      refused(answer, 422, "ref", "is required")
      refused(answer, 422, "lastName", "is required")
      refused(answer, 422, "firstName", "must not be empty")
      refused(answer, 422, "role", "administrator")
      refused(answer, 422, "sso", "true or false")
      refused(answer, 422, "favouriteColour", "not a field")
      refused(answer, 422, "startDate", "ISO 8601")
      refused(answer, 422, "timeZone", "IANA")
      refused(answer, 422, "languageCode", "enabled")
      refused(answer, 422, "email", "email address")
      refused(answer, 422, "jobTitle", "string")
      refused(answer, 422, "loginMethod", "one of")
      refused(answer, 422, "additionalFields.shoeSize", "not a configured custom field")
      refused(answer, 422, "additionalFields.department", "must be")
    end)

    it("needs an email unless the login method is ref", function()
      refused(create{ email = "absent" }, 422, "email", "required")
      refused(create{ email = null }, 422, "email", "required")
      local answer = create{ email = "absent", loginMethod = "ref" }
      assert.equal(201, answer.status)
      assert.equal(null, answer.json.email)
    end)

    it("takes null for an optional field as absent, and refuses it for a required one", function()
      assert.equal(201, create{ jobTitle = null, role = null, additionalFields = null }.status)
      refused(create{ ref = null }, 422, "ref", "null")
    end)

    it("answers 409 for a ref or an email that is in use, whatever its case", function()
      local email = sandbox:user("U0003").email:upper()
      local answer = create{ ref = "U0002", email = email }
      refused(answer, 409, "ref", "in use")
      refused(answer, 409, "email", "in use")
      assert.equal(30, #sandbox:users())
    end)

    it("answers 415 without JSON, and 400 for what is no JSON object", function()
      refused(call("POST", "/rest/v2/users", "{}", { ["Content-Type"] = "text/plain" }), 415)
      refused(call("POST", "/rest/v2/users", "{}"), 415)
      local json = { ["Content-Type"] = "application/json" }
      for _, text in ipairs{ "", "{", "[]", "[{}]", "7", "null", '{"ref":"\xff"}', '{"ref":NaN}', '{"a":0x10}' } do
        refused(call("POST", "/rest/v2/users", text, json), 400)
      end
      refused(call("POST", "/rest/v2/users", '{"additionalFields":[],"managerRef":{}}', json), 422,
        "additionalFields", "must be an object")
    end)

    it("takes a charset with the content type", function()
      local answer = call("POST", "/rest/v2/users", joiner(), { ["Content-Type"] = "Application/JSON; charset=utf-8" })
      assert.equal(201, answer.status)
    end)
  end)

  describe("update", function()
    it("leaves what is not given, clears what is null, and merges custom fields", function()
      create{ jobTitle = "Cook", managerRef = "U0001", additionalFields = { department = "A", location = "B" } }
      local answer = call("PATCH", "/rest/v2/users/ref/N1", {
        lastName = "Ngô", jobTitle = null, additionalFields = { location = null, costCentre = "C" },
      })
      assert.equal(200, answer.status)
      assert.equal("Zoë", answer.json.firstName)
      assert.equal("Ngô", answer.json.lastName)
      assert.equal(null, answer.json.jobTitle)
      assert.equal("U0001", answer.json.managerRef)
      assert.same({ department = "A", costCentre = "C" }, answer.json.additionalFields)
      answer = call("PATCH", "/rest/v2/users/ref/N1", { additionalFields = null })
      assert.equal(null, answer.json.additionalFields)
    end)

    it("changes updatedAt but not createdAt", function()
      local before = sandbox:user("U0005")
      local answer = call("PATCH", "/rest/v2/users/ref/U0005", { jobTitle = "Cook" })
      assert.equal(before.createdAt, answer.json.createdAt)
      assert.is_true(answer.json.updatedAt > before.updatedAt)
    end)

    it("takes {} for no change", function()
      local json = { ["Content-Type"] = "application/json" }
      assert.equal(200, call("PATCH", "/rest/v2/users/ref/U0005", "{}", json).status)
    end)

    it("answers 404, 415, 409 and 422", function()
      refused(call("PATCH", "/rest/v2/users/ref/nobody", { jobTitle = "x" }), 404)
      refused(call("PATCH", "/rest/v2/users/ref/U0005", "jobTitle=x"), 415)
      refused(call("PATCH", "/rest/v2/users/ref/U0005", { email = sandbox:user("U0006").email }), 409, "email")
      refused(call("PATCH", "/rest/v2/users/ref/U0005", { ref = "U9" }), 422, "ref", "not a field")
      refused(call("PATCH", "/rest/v2/users/ref/U0005", { firstName = null }), 422, "firstName", "null")
      refused(call("PATCH", "/rest/v2/users/ref/U0005", { email = null }), 422, "email", "required")
    end)

    it("frees the old email and keeps the new one", function()
      local old = sandbox:user("U0005").email
      call("PATCH", "/rest/v2/users/ref/U0005", { email = "new@example.com" })
      assert.equal(201, create{ email = old }.status)
      refused(create{ ref = "N2", email = "new@example.com" }, 409, "email")
    end)

    it("finds refs that need percent-encoding", function()
      create{ ref = "a/b c+d@é%" }
      local answer = call("PATCH", "/rest/v2/users/ref/a%2Fb%20c%2Bd%40%C3%A9%25", { jobTitle = "Cook" })
      assert.equal(200, answer.status)
      assert.equal("a/b c+d@é%", answer.json.ref)
    end)
  end)

  describe("suspend", function()
    it("makes the user inactive, and no update brings them back", function()
      local answer = call("PATCH", "/rest/v2/users/ref/U0001/suspend", { endDate = "2024-06-30T17:00:00.000Z" })
      assert.equal(200, answer.status)
      assert.is_false(answer.json.active)
      assert.equal("2024-06-30T17:00:00.000Z", answer.json.endDate)
      answer = call("PATCH", "/rest/v2/users/ref/U0001", { endDate = null })
      assert.is_false(answer.json.active)
      assert.equal("inactive", call("GET", "/rest/v1/users/ref/U0001").json.status)
    end)

    it("wants a JSON body, also when there is nothing to say", function()
      refused(call("PATCH", "/rest/v2/users/ref/U0001/suspend"), 415)
      local json = { ["Content-Type"] = "application/json" }
      assert.equal(200, call("PATCH", "/rest/v2/users/ref/U0001/suspend", "{}", json).status)
    end)

    it("answers 400 without a ref, 404 for an unknown one, 422 for a wrong date or field", function()
      refused(call("PATCH", "/rest/v2/users/ref//suspend", { endDate = "2024-06-30" }), 400, "ref", "required")
      refused(call("PATCH", "/rest/v2/users/ref/nobody/suspend", { endDate = "2024-06-30" }), 404)
      refused(call("PATCH", "/rest/v2/users/ref/U0001/suspend", { endDate = "tomorrow" }), 422, "endDate", "ISO")
      refused(call("PATCH", "/rest/v2/users/ref/U0001/suspend", { reason = "x" }), 422, "reason", "not a field")
    end)
  end)

  describe("delete", function()
    it("wipes the ref, obfuscates the record and keeps the id", function()
      local before = sandbox:user("U0002")
      local answer = call("DELETE", "/rest/v2/users/ref/U0002")
      assert.equal(200, answer.status)
      assert.is_true(answer.json.success)
      refused(call("GET", "/rest/v1/users/ref/U0002"), 404)
      refused(call("DELETE", "/rest/v2/users/ref/U0002"), 404)
      local after = call("GET", "/rest/v1/user/" .. before.id).json
      assert.equal(before.id, after.id)
      assert.is_true(after.deleted)
      assert.equal(null, after.ref)
      assert.equal(null, after.email)
      assert.not_equal(before.lastName, after.lastName)
      assert.equal(201, create{ ref = "U0002", email = before.email }.status)
    end)

    it("takes the manager away from the reports of a deleted user", function()
      local report
      for _, user in ipairs(sandbox:users()) do
        if user.managerRef == "U0001" then report = user.ref end
      end
      call("DELETE", "/rest/v2/users/ref/U0001")
      assert.is_nil(sandbox:user(report).managerRef)
      assert.equal(null, call("GET", "/rest/v1/users/ref/" .. report).json.positions[1].manager)
    end)

    it("refuses an empty ref, a body and parameters", function()
      refused(call("DELETE", "/rest/v2/users/ref/"), 400, "ref", "required")
      refused(call("DELETE", "/rest/v2/users/ref/U0001", {}), 400)
      refused(call("DELETE", "/rest/v2/users/ref/U0001?force=true"), 400, "force", "not a parameter")
      assert.is_false(sandbox:user("U0001").deleted)
    end)
  end)

  describe("list", function()
    local function list(query) return call("GET", "/rest/v1/users" .. (query or "")) end

    it("pages through everybody once, in the envelope", function()
      local seen, n = {}, 0
      for page = 1, 5 do
        local answer = list("?perPage=7&page=" .. page)
        assert.equal(200, answer.status)
        assert.same({ totalResults = 30, totalPages = 5, page = page, perPage = 7 }, answer.json.pagination)
        for _, user in ipairs(answer.json.results) do
          assert.is_nil(seen[user.id])
          seen[user.id], n = true, n + 1
        end
      end
      assert.equal(30, n)
    end)

    it("has 100 to a page by default, and an empty page behind the last", function()
      local answer = list()
      assert.equal(100, answer.json.pagination.perPage)
      assert.equal(30, #answer.json.results)
      answer = list("?page=2")
      assert.truthy(answer.body:find('"results":[]', 1, true))
      assert.equal(2, answer.json.pagination.page)
    end)

    it("has an empty page where its number times its size is beyond an integer", function()
      local answer = list("?perPage=1000&page=" .. math.maxinteger)
      assert.equal(200, answer.status)
      assert.truthy(answer.body:find('"results":[]', 1, true))
    end)

    it("writes integers as integers, and every member of a User", function()
      local text = list("?perPage=1").body
      assert.is_nil(text:find("%d%.0[,}]"))
      local user = cjson.decode(text).results[1]
      for _, name in ipairs{
        "id", "ref", "firstName", "lastName", "email", "role", "status", "positions", "additionalFields", "languageCode",
        "deleted", "compliance", "level", "firstLogin", "lastLogin", "tags", "usersFollowing", "tagsFollowing",
        "createdAt", "updatedAt", "hasPicture", "timeZone", "summary", "relevancy", "rank", "agreedTerms", "onboarded",
        "audiences", "singleSignOn",
      } do
        assert.not_nil(user[name], name)
      end
    end)

    it("shows audiences as objects, agreedTerms as a string or null, and empty arrays as []", function()
      create()
      local fresh = call("GET", "/rest/v1/user/" .. sandbox:user("N1").id)
      assert.truthy(fresh.body:find('"audiences":[]', 1, true))
      assert.truthy(fresh.body:find('"tags":{"skills":[]}', 1, true))
      assert.equal(null, fresh.json.agreedTerms)
      assert.equal("new", fresh.json.status)
      local some
      for _, user in ipairs(list().json.results) do
        for _, audience in ipairs(user.audiences) do
          assert.equal(24, #audience.id)
          some = true
        end
      end
      assert.is_true(some)
    end)

    it("filters by status", function()
      call("PATCH", "/rest/v2/users/ref/U0001/suspend", { endDate = null })
      local function statuses(query)
        local found, total = {}, 0
        for _, user in ipairs(list(query).json.results) do
          found[user.status] = true
          total = total + 1
        end
        return found, total
      end
      local found, total = statuses("?status=inactive")
      assert.same({ inactive = true }, found)
      local _, others = statuses("?omitStatuses=inactive")
      assert.equal(30, total + others)
      assert.is_nil(statuses("?omitStatuses=inactive%2Cnew").new)
      assert.same({ inactive = true, active = true }, (statuses("?statuses=inactive,active&omitStatuses=active")))
    end)

    it("filters by updatedSince, inclusively", function()
      local updated = call("PATCH", "/rest/v2/users/ref/U0004", { jobTitle = "x" }).json.updatedAt
      assert.equal(1, list("?updatedSince=" .. updated).json.pagination.totalResults)
      assert.equal(30, list("?updatedSince=2001-01-01").json.pagination.totalResults)
      assert.equal(1, list("?updatedSince=2024-07-01T01:00:00%2B01:00").json.pagination.totalResults)
    end)

    it("refuses unknown, empty, repeated and wrong parameters, all at once", function()
      local answer = list("?page=0&perPage=1001&limit=3&statuses=active,gone&status=&updatedSince=yesterday")
      refused(answer, 400, "page", "at least 1")
      refused(answer, 400, "perPage", "at most 1000")
      refused(answer, 400, "limit", "not a parameter")
      refused(answer, 400, "statuses", "one of")
      refused(answer, 400, "status", "empty")
      refused(answer, 400, "updatedSince", "ISO")
      refused(list("?page=1&page=2"), 400, "page", "twice")
      refused(list("?page=1.5"), 400, "page", "integer")
      refused(list("?page=%zz"), 400, "page=%zz", "percent-encoded")
    end)

    it("shows a change of a manager's name with the reports", function()
      local reports = {}
      for _, user in ipairs(list().json.results) do
        local manager = user.positions[1].manager
        if manager ~= null and manager.ref == "U0001" then reports[#reports + 1] = user.id end
      end
      assert.is_true(#reports > 0)
      call("PATCH", "/rest/v2/users/ref/U0001", { firstName = "Ada", lastName = "Lovelace" })
      local shown = call("GET", "/rest/v1/user/" .. reports[1]).json
      assert.equal("Ada Lovelace", shown.positions[1].manager.name)
    end)
  end)

  describe("get", function()
    it("finds by id, at the singular path only", function()
      local id = sandbox:user("U0009").id
      assert.equal("U0009", call("GET", "/rest/v1/user/" .. id).json.ref)
      refused(call("GET", "/rest/v1/users/" .. id), 404)
      refused(call("GET", "/rest/v1/user/000000000000000000000000"), 404)
      refused(call("GET", "/rest/v1/user/"), 400, "id")
    end)

    it("finds by ref, as a BasicUser", function()
      local answer = call("GET", "/rest/v1/users/ref/U0009")
      assert.equal(200, answer.status)
      assert.equal("U0009", answer.json.ref)
      assert.equal(1, #answer.json.positions)
      assert.is_nil(answer.json.compliance)
      refused(call("GET", "/rest/v1/users/ref/nobody"), 404)
      refused(call("GET", "/rest/v1/users/ref/"), 400, "ref")
      refused(call("GET", "/rest/v1/users/ref/%FF"), 400, "ref", "UTF-8")
      refused(call("GET", "/rest/v1/users/ref/%zz"), 400)
    end)

    it("answers 404 for an unknown path and 405 for an unknown method", function()
      refused(call("GET", "/rest/v1/nothing"), 404)
      refused(call("GET", "/rest/v1/users/"), 404)
      local answer = call("PUT", "/rest/v2/users/ref/U0001", {})
      refused(answer, 405)
      assert.truthy(answer.headers.allow:find("PATCH", 1, true))
    end)
  end)

  describe("tags and skills", function()
    local id

    before_each(function()
      create()
      id = sandbox:user("N1").id
    end)

    local function add(names) return call("POST", "/rest/v1/users/" .. id .. "/tags", { tags = names }) end

    local function remove(names, changes)
      local body = { op = "remove", path = "tags", value = names }
      for name, value in pairs(changes or {}) do body[name] = value end
      return call("PATCH", "/rest/v1/users/" .. id .. "/tags", body)
    end

    local function skills(value)
      return call("PATCH", "/rest/v1/users/" .. id .. "/skills", { op = "update", path = "skills", value = value })
    end

    it("adds existing tags by name and answers {status, message}", function()
      local answer = add{ "Lua", "First Aid", "Lua" }
      assert.equal(200, answer.status)
      assert.equal(200, answer.json.status)
      assert.equal("string", type(answer.json.message))
      assert.same({ "Lua", "First Aid" }, call("GET", "/rest/v1/user/" .. id).json.tags.skills)
    end)

    it("refuses unknown tags, unknown users, refs, empty and long lists", function()
      local answer = add{ "Lua", "Juggling" }
      refused(answer, 422, "tags[1]", "Juggling")
      assert.same({}, sandbox:user("N1").tags.skills)
      refused(call("POST", "/rest/v1/users/N1/tags", { tags = { "Lua" } }), 404)
      local many = {}
      for i = 1, 101 do many[i] = "Lua" end
      refused(add(many), 422, "tags", "at most 100")
      local json = { ["Content-Type"] = "application/json" }
      refused(call("POST", "/rest/v1/users/" .. id .. "/tags", '{"tags":[]}', json), 422, "tags", "at least 1")
      refused(call("POST", "/rest/v1/users/" .. id .. "/tags", '{"tags":{}}', json), 422, "tags", "array")
      refused(call("POST", "/rest/v1/users/" .. id .. "/tags", '{"tags":[1,""]}', json), 422, "tags[0]", "string")
      refused(call("POST", "/rest/v1/users/" .. id .. "/tags", "{}", json), 422, "tags", "required")
    end)

    it("removes tags, and refuses one that the user does not have", function()
      add{ "Lua", "First Aid" }
      assert.equal(200, remove{ "Lua" }.status)
      assert.same({ "First Aid" }, sandbox:user("N1").tags.skills)
      refused(remove{ "Lua" }, 422, "value[0]", "does not have")
      refused(remove({ "First Aid" }, { op = "delete" }), 422, "op", "'remove'")
      refused(remove({ "First Aid" }, { path = "skills" }), 422, "path", "'tags'")
    end)

    it("sets and unsets levels", function()
      assert.equal(200, skills{ { tagName = "Lua", level = 1024, targetLevel = 3072 } }.status)
      assert.same({ level = 1024, targetLevel = 3072 }, sandbox:user("N1").skillLevels.Lua)
      assert.equal(200, skills{ { tagName = "Lua", level = -1 } }.status)
      assert.same({ targetLevel = 3072 }, sandbox:user("N1").skillLevels.Lua)
    end)

    it("refuses levels that there are not, and fields that there are not", function()
      refused(skills{ { tagName = "Lua", level = 3 } }, 422, "value[0].level", "/skills/levels")
      refused(skills{ { tagName = "Lua", level = -2 } }, 422, "value[0].level", "at least -1")
      refused(skills{ { level = 1024 } }, 422, "value[0].tagName", "required")
      refused(skills{ { tagName = "Lua", rank = 1 } }, 422, "value[0].rank", "not a field")
      refused(skills{ { tagName = "Juggling" } }, 422, "value[0].tagName", "no tag")
      refused(skills{ "Lua" }, 422, "value[0]", "object")
    end)

    it("lists tags with who has them, and gets one", function()
      add{ "Lua" }
      local answer = call("GET", "/rest/v1/tags?perPage=1000")
      assert.equal(200, answer.status)
      assert.equal(#answer.json.results, answer.json.pagination.totalResults)
      local lua
      for _, tag in ipairs(answer.json.results) do
        if tag.tag == "Lua" then lua = tag end
      end
      assert.equal(id, lua.skills[#lua.skills])
      local one = call("GET", "/rest/v1/tags/" .. lua.id)
      assert.same(lua, one.json)
      refused(call("GET", "/rest/v1/tags/000000000000000000000000"), 404)
      refused(call("GET", "/rest/v1/tags?perPage=1001"), 400, "perPage")
      local some = call("GET", "/rest/v1/tags?updatedSince=2024-01-01").json.pagination.totalResults
      assert.is_true(some < answer.json.pagination.totalResults)
    end)

    it("lists the skill levels as a bare array", function()
      local answer = call("GET", "/rest/v1/skills/levels")
      assert.equal("[", answer.body:sub(1, 1))
      assert.same({ name = "Beginner", isEnabled = true, value = 1024 }, answer.json[1])
      refused(call("GET", "/rest/v1/skills/levels?page=1"), 400, "page")
    end)
  end)
end)
