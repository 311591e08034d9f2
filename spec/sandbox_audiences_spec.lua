-- The sandbox's audiences over raw HTTP: the tree, references, what is refused.
local cjson = require "cjson"
local raw = require "spec.support.raw_http"
local start = require("thrive.sandbox").start

local refused = raw.refused
local null = cjson.null
local JSON = { ["Content-Type"] = "application/json" }

describe("the sandbox's audiences", function()
  local sandbox

  before_each(function() sandbox = assert(start{ users = 40 }) end)
  after_each(function() sandbox:stop() end)

  local function call(method, target, ...) return assert(raw.request(sandbox, method, "/rest/v1" .. target, ...)) end

  local function create(fields) return call("POST", "/audiences", fields) end

  -- a structure s1 with the child a1
  local function pair()
    local structure = create{ name = "North", reference = "s1", category = "structure" }.json
    return structure, create{ name = "Shop 1", reference = "a1", category = "audience", parentId = structure.id }.json
  end

  -- the smart audience that somebody made in the user interface
  local function foreign()
    return call("GET", "/audiences?apiControlled=false").json.results[1]
  end

  describe("list", function()
    it("is an envelope of records with every member", function()
      local answer = call("GET", "/audiences")
      assert.equal(200, answer.status)
      assert.same({ totalResults = #answer.json.results, totalPages = 1, page = 1, perPage = 100 }, answer.json.pagination)
      for _, audience in ipairs(answer.json.results) do
        assert.equal(24, #audience.id)
        for _, name in ipairs{ "name", "reference", "apiControlled", "category", "type", "parent", "createdAt", "updatedAt" } do
          assert.not_nil(audience[name], name)
        end
        assert.is_nil(audience.memberOperations)
      end
    end)

    it("has structures with children, and one smart audience from the user interface", function()
      local structures, children = {}, {}
      for _, audience in ipairs(call("GET", "/audiences").json.results) do
        if audience.category == "structure" then
          assert.equal(null, audience.parent)
          structures[audience.id] = audience.reference
        elseif audience.apiControlled then
          assert.equal(structures[audience.parent.id], audience.parent.reference)
          children[audience.parent.reference] = (children[audience.parent.reference] or 0) + 1
        end
      end
      assert.same({ company = 2, departments = 8, locations = 10, ["groups & programmes"] = 12 }, children)
      assert.equal("smart", foreign().type)
    end)

    it("filters, and pages by perPage, or by limit when there is no perPage", function()
      assert.equal(1, #call("GET", "/audiences?apiControlled=false").json.results)
      local all = call("GET", "/audiences?apiControlled=true").json.pagination.totalResults
      assert.equal(36, all)
      assert.equal(7, #call("GET", "/audiences?limit=7").json.results)
      local page = call("GET", "/audiences?limit=7&perPage=10&page=4").json
      assert.equal(7, #page.results)
      assert.equal(4, page.pagination.totalPages)
      local before = os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() - 60)
      local _, child = pair()
      local since = call("GET", "/audiences?updatedSince=" .. before).json.results
      assert.equal(2, #since)
      assert.equal(child.id, since[2].id)
    end)

    it("refuses parameters that are wrong or unknown", function()
      refused(call("GET", "/audiences?perPage=1001"), 400, "perPage", "at most 1000")
      refused(call("GET", "/audiences?limit=101"), 400, "limit", "at most 100")
      refused(call("GET", "/audiences?page=0"), 400, "page", "at least 1")
      refused(call("GET", "/audiences?apiControlled=yes"), 400, "apiControlled", "true or false")
      refused(call("GET", "/audiences?updatedSince=yesterday"), 400, "updatedSince", "ISO 8601")
      refused(call("GET", "/audiences?category=structure"), 400, "category", "not a parameter")
    end)
  end)

  describe("create", function()
    it("answers 201 and a manual audience that the API controls", function()
      local structure, child = pair()
      assert.equal("structure", structure.category)
      assert.equal(null, structure.parent)
      assert.equal("audience", child.category)
      assert.equal("manual", child.type)
      assert.is_true(child.apiControlled)
      assert.same({ id = structure.id, name = "North", reference = "s1" }, child.parent)
      assert.same(child, call("GET", "/audiences/" .. child.id).json)
    end)

    it("takes the parent by id or by reference, and knows the category from it", function()
      pair()
      local answer = create{ name = "Shop 2", parentId = "s1" }
      assert.equal(201, answer.status)
      assert.equal("audience", answer.json.category)
      assert.equal("s1", answer.json.parent.reference)
      assert.equal(null, answer.json.reference)
      assert.equal("structure", create{ name = "South" }.json.category)
    end)

    it("refuses what does not fit together", function()
      pair()
      refused(create{ name = "x", category = "audience" }, 422, "parentId", "required")
      refused(create{ name = "x", category = "structure", parentId = "s1" }, 422, "parentId", "not for a structure")
      refused(create{ name = "x", parentId = "nowhere" }, 422, "parentId", "no such structure")
      refused(create{ name = "x", parentId = "a1" }, 422, "parentId", "not a structure")
    end)

    it("refuses wrong fields, all at once", function()
      local answer = create{ name = ("é"):rep(101), reference = "", category = "team", type = "smart", parentId = 7 }
      refused(answer, 422, "name", "at most 100 characters")
      refused(answer, 422, "reference", "must not be empty")
      refused(answer, 422, "category", "'structure'")
      refused(answer, 422, "type", "not a field")
      refused(answer, 422, "parentId", "string")
      assert.equal(201, create{ name = ("é"):rep(100), reference = null, parentId = null }.status)
    end)

    it("answers 409 for a reference that is in use, 415 and 400 without a JSON object", function()
      pair()
      refused(create{ name = "x", reference = "a1" }, 409, "reference", "in use")
      refused(call("POST", "/audiences", "{}", { ["Content-Type"] = "text/plain" }), 415)
      refused(call("POST", "/audiences", "[]", JSON), 400)
    end)
  end)

  describe("get", function()
    it("finds by id and by reference, whatever is in it", function()
      local reference = "a/b c+d%é"
      local made = create{ name = "x", reference = reference }.json
      assert.same(made, call("GET", "/audiences/" .. made.id).json)
      assert.same(made, call("GET", "/audiences/a%2Fb%20c%2Bd%25%C3%A9").json)
      refused(call("GET", "/audiences/a/b%20c+d%25%C3%A9"), 404)
      assert.equal("London", call("GET", "/audiences/loc%2FLondon").json.name)
      assert.equal(200, call("GET", "/audiences/groups%20%26%20programmes").status)
    end)

    it("answers 404 and 400", function()
      refused(call("GET", "/audiences/nobody"), 404)
      refused(call("GET", "/audiences/50%"), 400)
      refused(call("GET", "/audiences/"), 400, "audienceId", "required")
      refused(call("GET", "/audiences/%FF"), 400, "audienceId", "UTF-8")
    end)
  end)

  describe("update", function()
    it("changes name and reference, with no operations on members", function()
      local _, child = pair()
      local answer = call("PATCH", "/audiences/a1", { name = "Shop One", reference = "a/1" })
      assert.equal(200, answer.status)
      assert.equal("Shop One", answer.json.name)
      assert.equal(null, answer.json.memberOperations)
      assert.is_true(answer.json.updatedAt >= child.updatedAt)
      assert.equal(child.id, call("GET", "/audiences/a%2F1").json.id)
      refused(call("GET", "/audiences/a1"), 404)
    end)

    it("accepts a trailing slash, as some pages print it", function()
      pair()
      assert.equal("n", call("PATCH", "/audiences/a1/", { name = "n" }).json.name)
    end)

    it("moves a child, and says what became of its members", function()
      pair()
      call("POST", "/audiences/a1/members", { "U0002", "U0003" })
      local south = create{ name = "South", reference = "s2" }.json
      local answer = call("PATCH", "/audiences/a1", { parentId = south.id })
      assert.equal(200, answer.status)
      assert.equal("s2", answer.json.parent.reference)
      assert.same({ success = { count = 2, entities = { { reference = "U0002" }, { reference = "U0003" } } } },
        answer.json.memberOperations)
      assert.equal(null, call("PATCH", "/audiences/a1", { parentId = south.id }).json.memberOperations)
      assert.equal(204, call("DELETE", "/audiences/s1").status)
      refused(call("DELETE", "/audiences/s2"), 409)
    end)

    it("takes the new parent by id only, and never for a structure", function()
      local structure, child = pair()
      refused(call("PATCH", "/audiences/a1", { parentId = "departments" }), 422, "parentId", "no such structure")
      refused(call("PATCH", "/audiences/a1", { parentId = child.id }), 422, "parentId", "not a structure")
      refused(call("PATCH", "/audiences/s1", { parentId = structure.id }), 422, "parentId", "not for a structure")
    end)

    it("answers 403, 404, 409 and 422", function()
      pair()
      refused(call("PATCH", "/audiences/" .. foreign().id, { name = "x" }), 403)
      refused(call("PATCH", "/audiences/nobody", { name = "x" }), 404)
      refused(call("PATCH", "/audiences/a1", { reference = "s1" }), 409, "reference")
      assert.equal(200, call("PATCH", "/audiences/a1", { reference = "a1" }).status)
      refused(call("PATCH", "/audiences/a1", { category = "structure" }), 422, "category", "not a field")
      refused(call("PATCH", "/audiences/a1", { name = null }), 422, "name", "null")
    end)
  end)

  describe("delete", function()
    it("answers 204 once, and the members are out of it", function()
      local _, child = pair()
      call("POST", "/audiences/a1/members", { "U0002" })
      local answer = call("DELETE", "/audiences/" .. child.id)
      assert.equal(204, answer.status)
      assert.equal("", answer.body)
      refused(call("DELETE", "/audiences/" .. child.id), 404)
      refused(call("GET", "/audiences/a1"), 404)
      for _, audience in ipairs(sandbox:user("U0002").audiences) do assert.not_equal(child.id, audience.id) end
      assert.equal(201, create{ name = "x", reference = "a1" }.status)
    end)

    it("is refused while there are children, and for what the API does not control", function()
      pair()
      refused(call("DELETE", "/audiences/s1"), 409, nil, "1 child audience")
      refused(call("DELETE", "/audiences/" .. foreign().id), 403)
      refused(call("DELETE", "/audiences/a1", "{}", JSON), 400)
    end)
  end)

  describe("in the records of users", function()
    local function ids(user)
      local out = {}
      for _, audience in ipairs(user.audiences) do out[audience.id] = true end
      return out
    end

    it("are those whose members they are, in both directions", function()
      local by_user = {}
      for _, audience in ipairs(call("GET", "/audiences").json.results) do
        for _, member in ipairs(call("GET", "/audiences/" .. audience.id .. "/members").json.results) do
          by_user[member.userId] = by_user[member.userId] or {}
          by_user[member.userId][audience.id] = true
        end
      end
      local users = call("GET", "/users").json.results
      assert.equal(40, #users)
      for _, user in ipairs(users) do assert.same(by_user[user.id], ids(user)) end
    end)

    it("fit department and location", function()
      local department = call("GET", "/audiences/dept-care").json.id
      local location = call("GET", "/audiences/loc%2FM%C3%BCnchen").json.id
      for _, user in ipairs(sandbox:users()) do
        assert.equal(user.additionalFields.department == "Care" or nil, ids(user)[department])
        assert.equal(user.additionalFields.location == "München" or nil, ids(user)[location])
      end
    end)

    it("change at once, also the smart one by its rule", function()
      local smart = foreign().id
      assert.equal(200, call("GET", "/user/" .. sandbox:user("U0002").id).status)
      raw.request(sandbox, "PATCH", "/rest/v2/users/ref/U0002", { jobTitle = "Team Leader" })
      assert.is_true(ids(sandbox:user("U0002"))[smart])
      raw.request(sandbox, "PATCH", "/rest/v2/users/ref/U0002", { jobTitle = "Cook" })
      assert.is_nil(ids(call("GET", "/user/" .. sandbox:user("U0002").id).json)[smart])
      local _, child = pair()
      call("POST", "/audiences/a1/members", { "U0002" })
      assert.is_true(ids(call("GET", "/user/" .. sandbox:user("U0002").id).json)[child.id])
    end)

    it("are none after a delete", function()
      local user = sandbox:user("U0002")
      raw.request(sandbox, "DELETE", "/rest/v2/users/ref/U0002")
      local gone = call("GET", "/user/" .. user.id)
      assert.truthy(gone.body:find('"audiences":[]', 1, true), gone.body)
      for _, member in ipairs(call("GET", "/audiences/all-colleagues/members").json.results) do
        assert.not_equal(user.id, member.userId)
      end
    end)
  end)

  it("gives the same tenant for the same seed, and another for another", function()
    local again <close> = assert(start{ users = 40 })
    local other <close> = assert(start{ users = 40, seed = 2 })
    local mine = call("GET", "/audiences").body
    assert.equal(mine, assert(raw.request(again, "GET", "/rest/v1/audiences")).body)
    assert.not_equal(mine, assert(raw.request(other, "GET", "/rest/v1/audiences")).body)
  end)

  it("works for a tenant without users and without custom fields", function()
    local bare <close> = assert(start{ users = 0, custom_fields = {} })
    assert.equal(37, assert(raw.request(bare, "GET", "/rest/v1/audiences")).json.pagination.totalResults)
    for _, path in ipairs{ "/audiences/all-colleagues/members", "/audiences/company/managers", "/learning/completions" } do
      assert.equal(200, assert(raw.request(bare, "GET", "/rest/v1" .. path)).status)
    end
  end)
end)
