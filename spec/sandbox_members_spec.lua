-- The sandbox's audience members and managers over raw HTTP: bulk answers, 207, what is refused.
local cjson = require "cjson"
local raw = require "spec.support.raw_http"
local start = require("thrive.sandbox").start

local refused = raw.refused
local JSON = { ["Content-Type"] = "application/json" }

describe("the sandbox's members and managers", function()
  local sandbox

  before_each(function()
    sandbox = assert(start{ users = 40 })
    raw.request(sandbox, "POST", "/rest/v1/audiences", { name = "North", reference = "s1" })
    raw.request(sandbox, "POST", "/rest/v1/audiences", { name = "Shop", reference = "a1", parentId = "s1" })
  end)
  after_each(function() sandbox:stop() end)

  local function call(method, target, ...) return assert(raw.request(sandbox, method, "/rest/v1" .. target, ...)) end

  local function foreign()
    return "/audiences/" .. call("GET", "/audiences?apiControlled=false").json.results[1].id
  end

  -- somebody whose names need care in a path
  local function awkward()
    local answer = raw.request(sandbox, "POST", "/rest/v2/users", {
      ref = "a/b c%é", firstName = "A", lastName = "B", email = "a+b@example.com",
    })
    assert.equal(201, answer.status)
    return answer.json
  end

  local function references(list)
    local out = {}
    for i, item in ipairs(list) do out[i] = item.reference end
    return out
  end

  local function members() return references(call("GET", "/audiences/a1/members").json.results) end
  local function managers() return references(call("GET", "/audiences/a1/managers").json) end

  local function succeeded(...)
    local entities = {}
    for i, reference in ipairs{ ... } do entities[i] = { reference = reference } end
    return { count = #entities, entities = entities }
  end

  describe("members: list", function()
    it("is an envelope of ids, references and emails", function()
      local answer = call("GET", "/audiences/all-colleagues/members?perPage=15&page=3")
      assert.equal(200, answer.status)
      assert.same({ totalResults = 40, totalPages = 3, page = 3, perPage = 15 }, answer.json.pagination)
      assert.equal(10, #answer.json.results)
      local member, user = answer.json.results[10], sandbox:user("U0040")
      assert.same({ userId = user.id, reference = "U0040", email = user.email }, member)
    end)

    it("is an empty page for an audience without members and for a structure", function()
      assert.truthy(call("GET", "/audiences/a1/members").body:find('"results":[]', 1, true))
      assert.equal(0, call("GET", "/audiences/s1/members").json.pagination.totalResults)
    end)

    it("takes limit, refuses what is wrong, and answers 404", function()
      assert.equal(3, #call("GET", "/audiences/all-colleagues/members?limit=3").json.results)
      refused(call("GET", "/audiences/a1/members?perPage=0"), 400, "perPage")
      refused(call("GET", "/audiences/a1/members?limit=101"), 400, "limit")
      refused(call("GET", "/audiences/a1/members?status=active"), 400, "status", "not a parameter")
      refused(call("GET", "/audiences/nowhere/members"), 404)
    end)
  end)

  describe("members: add", function()
    it("takes emails, references and ids, and echoes them", function()
      local user = awkward()
      local second, third = sandbox:user("U0002"), sandbox:user("U0003")
      local answer = call("POST", "/audiences/a1/members", { "A+B@example.com", second.id, "U0003" })
      assert.equal(200, answer.status, answer.body)
      assert.same({ success = succeeded("A+B@example.com", second.id, "U0003") }, answer.json)
      assert.same({ user.ref, second.ref, third.ref }, members())
    end)

    it("answers 207 when some fail, with the reason of each", function()
      call("POST", "/audiences/a1/members", { "U0002" })
      local answer = call("POST", "/audiences/a1/members", { "U0002", "nobody", "U0003", "U0003" })
      assert.equal(207, answer.status)
      assert.same(succeeded("U0003"), answer.json.success)
      assert.equal(3, answer.json.failure.count)
      assert.same({ "U0002", "nobody", "U0003" }, references(answer.json.failure.entities))
      assert.truthy(answer.json.failure.entities[1].reason:find("already a member", 1, true))
      assert.truthy(answer.json.failure.entities[2].reason:find("no user", 1, true))
      assert.truthy(answer.json.failure.entities[3].reason:find("more than once", 1, true))
      assert.same({ "U0002", "U0003" }, members())
    end)

    it("answers 207 also when all fail, with an empty array of successes", function()
      local answer = call("POST", "/audiences/a1/members", { "nobody" })
      assert.equal(207, answer.status)
      assert.truthy(answer.body:find('"success":{"count":0,"entities":[]}', 1, true), answer.body)
    end)

    it("takes 100 and refuses 0 and 101, and what are not strings", function()
      local many = {}
      for i = 1, 100 do many[i] = "X" .. i end
      assert.equal(207, call("POST", "/audiences/a1/members", many).status)
      many[101] = "X101"
      refused(call("POST", "/audiences/a1/members", many), 422, "body", "at most 100")
      refused(call("POST", "/audiences/a1/members", "[]", JSON), 422, "body", "at least 1")
      refused(call("POST", "/audiences/a1/members", '["U0001",7,""]', JSON), 422, "body[1]", "string")
      refused(call("POST", "/audiences/a1/members", '["U0001",7,""]', JSON), 422, "body[2]", "empty")
      refused(call("POST", "/audiences/a1/members", "[null]", JSON), 422, "body[0]", "null")
      assert.same({}, members())
    end)

    it("answers 400 for what is no JSON array, 401, 403, 404, 409 and 415", function()
      refused(call("POST", "/audiences/a1/members", '{"members":["U0001"]}', JSON), 400, nil, "array")
      refused(call("POST", "/audiences/a1/members", '["U0001"', JSON), 400)
      refused(call("POST", "/audiences/a1/members", { "U0001" }, { Authorization = false }), 401)
      refused(call("POST", foreign() .. "/members", { "U0001" }), 403)
      refused(call("POST", "/audiences/nowhere/members", { "U0001" }), 404)
      refused(call("POST", "/audiences/s1/members", { "U0001" }), 409, nil, "structure")
      refused(call("POST", "/audiences/a1/members", '["U0001"]'), 415)
    end)
  end)

  describe("members: replace", function()
    it("leaves exactly those that are given", function()
      call("POST", "/audiences/a1/members", { "U0001", "U0002", "U0003" })
      local answer = call("PATCH", "/audiences/a1/members", { "U0004", "U0002" })
      assert.equal(200, answer.status)
      assert.same({ success = succeeded("U0004", "U0002") }, answer.json)
      local now = members()
      table.sort(now)
      assert.same({ "U0002", "U0004" }, now)
      assert.equal(200, call("PATCH", "/audiences/a1/members", { "U0004", "U0002" }).status)
    end)

    it("answers 207 when some fail, and keeps the list when all do", function()
      call("POST", "/audiences/a1/members", { "U0001" })
      local answer = call("PATCH", "/audiences/a1/members", { "nobody" })
      assert.equal(207, answer.status)
      assert.same({ "U0001" }, members())
      answer = call("PATCH", "/audiences/a1/members", { "nobody", "U0005" })
      assert.equal(207, answer.status)
      assert.same(succeeded("U0005"), answer.json.success)
      assert.same({ "U0005" }, members())
    end)

    it("refuses an empty array and more than 100, 403, 404, 409", function()
      refused(call("PATCH", "/audiences/a1/members", "[]", JSON), 422, "body", "at least 1")
      refused(call("PATCH", "/audiences/a1/members", "{}", JSON), 400)
      refused(call("PATCH", foreign() .. "/members", { "U0001" }), 403)
      refused(call("PATCH", "/audiences/nowhere/members", { "U0001" }), 404)
      refused(call("PATCH", "/audiences/s1/members", { "U0001" }), 409)
    end)
  end)

  describe("members: remove", function()
    it("takes an email, a reference or an id as one segment", function()
      local user = awkward()
      for _, segment in ipairs{ "a%2Bb%40example.com", "a+b@example.com", "a%2Fb%20c%25%C3%A9", user.id } do
        call("POST", "/audiences/a1/members", { user.id })
        local answer = call("DELETE", "/audiences/a1/members/" .. segment)
        assert.equal(204, answer.status, segment)
        assert.equal("", answer.body)
        assert.same({}, members())
      end
    end)

    it("answers 404 for a stranger, for who is no member, for no audience; 403 and 409", function()
      refused(call("DELETE", "/audiences/a1/members/nobody"), 404, nil, "no user")
      refused(call("DELETE", "/audiences/a1/members/U0001"), 404, nil, "not a member")
      refused(call("DELETE", "/audiences/nowhere/members/U0001"), 404, nil, "no audience")
      refused(call("DELETE", foreign() .. "/members/U0001"), 403)
      refused(call("DELETE", "/audiences/s1/members/U0001"), 409)
    end)
  end)

  describe("managers: list", function()
    it("is a bare array of members with permissions, with administrator only on a structure", function()
      local some = 0
      for reference, structure in pairs{ ["all-colleagues"] = false, departments = true } do
        local answer = call("GET", "/audiences/" .. reference .. "/managers")
        assert.equal(200, answer.status)
        for _, manager in ipairs(answer.json) do
          some = some + 1
          assert.equal(manager.email, sandbox:user(manager.reference).email)
          local permissions = manager.permissions
          for _, path in ipairs{
            "audienceManager.manageMembers", "audienceManager.manageContent", "audienceManager.assignments",
            "peopleManager.canViewLearnPage", "peopleManager.insights", "peopleManager.manage",
          } do
            local group, name = path:match("(.*)%.(.*)")
            assert.equal("boolean", type(permissions[group][name]), path)
          end
          assert.equal(structure, permissions.administrator ~= nil)
          if structure then
            assert.equal("boolean", type(permissions.administrator.canManageAudiences))
            assert.equal("boolean", type(permissions.administrator.canAddAudienceManagers))
          end
        end
      end
      assert.is_true(some >= 2)
    end)

    it("is [] when there are none, 404 when there is no audience, and takes no parameters", function()
      assert.equal("[]", call("GET", "/audiences/a1/managers").body)
      refused(call("GET", "/audiences/nowhere/managers"), 404)
      refused(call("GET", "/audiences/a1/managers?page=1"), 400, "page", "not a parameter")
    end)
  end)

  describe("managers: add", function()
    it("sets what is given, and false for the rest", function()
      local answer = call("POST", "/audiences/a1/managers", {
        { reference = "U0002", permissions = { audienceManager = { manageContent = true } } },
        { reference = sandbox:user("U0003").email, permissions = { peopleManager = { insights = true, manage = false } } },
      })
      assert.equal(200, answer.status, answer.body)
      assert.same(succeeded("U0002", sandbox:user("U0003").email), answer.json.success)
      local list = call("GET", "/audiences/a1/managers").json
      assert.same({
        userId = sandbox:user("U0002").id, reference = "U0002", email = sandbox:user("U0002").email, permissions = {
          audienceManager = { manageMembers = false, manageContent = true, assignments = false },
          peopleManager = { canViewLearnPage = false, insights = false, manage = false },
        },
      }, list[1])
      assert.is_true(list[2].permissions.peopleManager.insights)
    end)

    it("takes administrator on a structure and refuses it on a child", function()
      local entry = { { reference = "U0002", permissions = { administrator = { canAddAudienceManagers = true } } } }
      refused(call("POST", "/audiences/a1/managers", entry), 422, "body[0].permissions.administrator", "structures")
      assert.equal(200, call("POST", "/audiences/s1/managers", entry).status)
      assert.same({ canManageAudiences = false, canAddAudienceManagers = true },
        call("GET", "/audiences/s1/managers").json[1].permissions.administrator)
    end)

    it("refuses what is readable and not writable, unknown and of the wrong kind", function()
      local answer = call("POST", "/audiences/s1/managers", { { reference = "U0002", role = "boss", permissions = {
        audienceManager = { manageMembers = true, assignments = "yes" }, administrator = { canManageAudiences = true },
        everything = true,
      } } })
      local at = "body[0].permissions."
      refused(answer, 422, at .. "audienceManager.manageMembers", "not a field")
      refused(answer, 422, at .. "audienceManager.assignments", "true or false")
      refused(answer, 422, at .. "administrator.canManageAudiences", "not a field")
      refused(answer, 422, at .. "everything", "not a field")
      refused(answer, 422, "body[0].role", "not a field")
      refused(call("POST", "/audiences/a1/managers", '[{"permissions":{}}]', JSON), 422, "body[0].reference", "required")
      refused(call("POST", "/audiences/a1/managers", '["U0002"]', JSON), 422, "body[0]", "object")
      refused(call("POST", "/audiences/a1/managers", '[{"reference":"U0002","permissions":[]}]', JSON), 422,
        "body[0].permissions", "object")
    end)

    it("tolerates the identity that a read shows, and takes no ids as references", function()
      local user = sandbox:user("U0002")
      assert.equal(200, call("POST", "/audiences/a1/managers", {
        { reference = "U0002", userId = user.id, email = user.email, permissions = cjson.decode("{}") },
      }).status)
      local answer = call("POST", "/audiences/a1/managers", { { reference = sandbox:user("U0003").id } })
      assert.equal(207, answer.status)
      assert.truthy(answer.json.failure.entities[1].reason:find("email or reference", 1, true))
    end)

    it("answers 207 for strangers, doubles and those who are managers already", function()
      call("POST", "/audiences/a1/managers", { { reference = "U0002" } })
      local answer = call("POST", "/audiences/a1/managers", {
        { reference = "U0002" }, { reference = "nobody" }, { reference = "U0003" }, { reference = "U0003" },
      })
      assert.equal(207, answer.status)
      assert.same(succeeded("U0003"), answer.json.success)
      assert.same({ "U0002", "nobody", "U0003" }, references(answer.json.failure.entities))
      assert.same({ "U0002", "U0003" }, managers())
    end)

    it("refuses 0 and 101 entries, 400, 403, 404 and 415", function()
      local many = {}
      for i = 1, 101 do many[i] = { reference = "X" .. i } end
      refused(call("POST", "/audiences/a1/managers", many), 422, "body", "at most 100")
      refused(call("POST", "/audiences/a1/managers", "[]", JSON), 422, "body", "at least 1")
      refused(call("POST", "/audiences/a1/managers", '{"reference":"U0002"}', JSON), 400)
      refused(call("POST", foreign() .. "/managers", { { reference = "U0002" } }), 403)
      refused(call("POST", "/audiences/nowhere/managers", { { reference = "U0002" } }), 404)
      refused(call("POST", "/audiences/a1/managers", "[]"), 415)
    end)
  end)

  describe("managers: replace and remove", function()
    it("replaces people and permissions", function()
      call("POST", "/audiences/a1/managers", {
        { reference = "U0002", permissions = { peopleManager = { manage = true } } }, { reference = "U0003" },
      })
      local answer = call("PATCH", "/audiences/a1/managers", { { reference = "U0002" }, { reference = "U0004" } })
      assert.equal(200, answer.status)
      assert.same({ "U0002", "U0004" }, managers())
      assert.is_false(call("GET", "/audiences/a1/managers").json[1].permissions.peopleManager.manage)
    end)

    it("answers 207, keeps the list when nobody is found, and refuses an empty array", function()
      call("POST", "/audiences/a1/managers", { { reference = "U0002" } })
      assert.equal(207, call("PATCH", "/audiences/a1/managers", { { reference = "nobody" } }).status)
      assert.same({ "U0002" }, managers())
      assert.equal(207, call("PATCH", "/audiences/a1/managers", { { reference = "nobody" }, { reference = "U0003" } }).status)
      assert.same({ "U0003" }, managers())
      refused(call("PATCH", "/audiences/a1/managers", "[]", JSON), 422, "body", "at least 1")
      refused(call("PATCH", "/audiences/a1/managers", {
        { reference = "U0002", permissions = { administrator = {  canAddAudienceManagers = true } } },
      }), 422, "body[0].permissions.administrator")
      refused(call("PATCH", foreign() .. "/managers", { { reference = "U0002" } }), 403)
    end)

    it("removes by email, reference or id", function()
      local user = awkward()
      for _, segment in ipairs{ "a%2Bb%40example.com", "a%2Fb%20c%25%C3%A9", user.id } do
        assert.equal(200, call("POST", "/audiences/a1/managers", { { reference = user.ref } }).status)
        assert.equal(204, call("DELETE", "/audiences/a1/managers/" .. segment).status, segment)
        assert.same({}, managers())
      end
      refused(call("DELETE", "/audiences/a1/managers/U0001"), 404, nil, "not a manager")
      refused(call("DELETE", "/audiences/a1/managers/nobody"), 404, nil, "no user")
      refused(call("DELETE", "/audiences/nowhere/managers/U0001"), 404, nil, "no audience")
      refused(call("DELETE", foreign() .. "/managers/U0001"), 403)
    end)

    it("forgets a manager who is deleted", function()
      call("POST", "/audiences/a1/managers", { { reference = "U0002" } })
      raw.request(sandbox, "DELETE", "/rest/v2/users/ref/U0002")
      assert.equal("[]", call("GET", "/audiences/a1/managers").body)
    end)
  end)

  it("asks a token for the right scope", function()
    local answer = raw.request(sandbox, "POST", "/oauth2/token/" .. sandbox.tenant_id,
      "grant_type=client_credentials&client_id=" .. sandbox.client_id .. "&client_secret=" .. sandbox.client_secret
      .. "&scope=api%2Fread", { ["Content-Type"] = "application/x-www-form-urlencoded", Authorization = false })
    local bearer = { Authorization = "Bearer " .. answer.json.access_token }
    assert.equal(200, call("GET", "/audiences/a1/members", nil, bearer).status)
    refused(call("POST", "/audiences/a1/members", { "U0001" }, bearer), 403, nil, "api/write")
  end)
end)
