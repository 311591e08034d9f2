-- client.users: each verb's request as it arrives, and what comes back.
local cjson = require "cjson"
local thrive = require "thrive"
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"

describe("client.users", function()
  local sandbox, client

  before_each(function()
    sandbox = assert(sandboxes.start{ users = 12 })
    client = assert(sandbox:client{ max_retries = 0 })
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  local function last()
    local log = sandbox:requests()
    return log[#log]
  end

  -- What arrived last: "METHOD target", the headers that a client chooses, and the body's text.
  local function arrived()
    local sent = last()
    assert.equal("application/json", sent.headers.accept)
    assert.equal("Basic", sent.headers.authorization)
    assert.equal(sent.body ~= "" and "application/json" or nil, sent.headers["content-type"])
    assert.equal(sent.body ~= "" and tostring(#sent.body) or nil, sent.headers["content-length"])
    assert.is_nil(sent.headers.expect)
    assert.is_nil(sent.headers["transfer-encoding"])
    return sent.method .. " " .. sent.target, sent.body
  end

  describe("create", function()
    it("posts the fields in the catalogue's order and returns the record", function()
      local user, err, meta = client.users:create{
        ref = "N1", email = "zoe@example.com", firstName = "Zoë", lastName = "O'Neil \"Z\"", role = "learneradmin",
        startDate = "2024-06-30", endDate = 4102444800, sso = true, jobTitle = "", additionalFields = { department = "R&D" },
      }
      assert.is_nil(err)
      assert.equal(201, meta.status)
      local line, body = arrived()
      assert.equal("POST /rest/v2/users", line)
      assert.equal('{"ref":"N1","firstName":"Zoë","lastName":"O\'Neil \\"Z\\"","email":"zoe@example.com",'
        .. '"role":"learneradmin","jobTitle":"","startDate":"2024-06-30","endDate":"2100-01-01T00:00:00.000Z",'
        .. '"sso":true,"additionalFields":{"department":"R&D"}}', body)
      assert.equal("Zoë", user.firstName)
      assert.is_true(user.active)
      assert.is_nil(user.managerRef, "null is absent")
      assert.equal("R&D", user.additionalFields.department)
      assert.equal("N1", sandbox:user("N1").ref)
      assert.is_nil(getmetatable(user), "a record is a plain table")
    end)

    it("needs no email for those who log in by ref", function()
      local user = assert(client.users:create{ ref = "N2", firstName = "A", lastName = "B", loginMethod = "ref" })
      assert.equal("ref", user.loginMethod)
      assert.equal('{"ref":"N2","firstName":"A","lastName":"B","loginMethod":"ref"}', last().body)
    end)

    it("is a conflict the second time", function()
      assert(client.users:create(subject.person()))
      local user, err = client.users:create(subject.person())
      assert.is_nil(user)
      assert.equal("conflict", err.kind)
      assert.equal(409, err.status)
      assert.equal("is already in use", err.fields.ref)
    end)

    it("does not change its argument", function()
      local fields = subject.person{ startDate = 0, additionalFields = {} }
      assert(client.users:create(fields))
      assert.same(subject.person{ startDate = 0, additionalFields = {} }, fields)
      assert.is_nil(getmetatable(fields.additionalFields))
    end)
  end)

  describe("update", function()
    it("patches what is given, clears what is thrive.null, leaves the rest", function()
      assert(client.users:update("U0002", { jobTitle = "Chief", managerRef = thrive.null }))
      local line, body = arrived()
      assert.equal("PATCH /rest/v2/users/ref/U0002", line)
      assert.equal('{"jobTitle":"Chief","managerRef":null}', body)
      local user = sandbox:user("U0002")
      assert.equal("Chief", user.jobTitle)
      assert.is_true(user.managerRef == nil or user.managerRef == cjson.null)
      assert.truthy(user.email)
    end)

    it("returns the record", function()
      local user = assert(client.users:update("U0002", { firstName = "Bo" }))
      assert.equal("U0002", user.ref)
      assert.equal("Bo", user.firstName)
    end)

    it("sends an object also when there is nothing to change", function()
      assert(client.users:update("U0002", {}))
      assert.equal("{}", last().body)
    end)

    it("is not_found for a ref that does not exist", function()
      local _, err = client.users:update("nobody", { firstName = "Bo" })
      assert.equal("not_found", err.kind)
    end)
  end)

  describe("suspend", function()
    it("patches with a body in any case", function()
      local user = assert(client.users:suspend("U0003"))
      assert.same({ "PATCH /rest/v2/users/ref/U0003/suspend", "{}" }, { arrived() })
      assert.is_false(user.active)
      assert(client.users:suspend("U0004", { endDate = "2024-06-30" }))
      assert.equal('{"endDate":"2024-06-30"}', last().body)
      assert(client.users:suspend("U0005", {}, { timeout = 5 }))
      assert.equal("{}", last().body)
      assert(client.users:suspend("U0006", nil, { timeout = 5 }))
      assert.equal("{}", last().body)
    end)
  end)

  describe("delete", function()
    it("sends no body and returns true", function()
      local deleted, err, meta = client.users:delete("U0003")
      assert.is_true(deleted)
      assert.is_nil(err)
      assert.equal(200, meta.status)
      assert.same({ "DELETE /rest/v2/users/ref/U0003", "" }, { arrived() })
      assert.is_nil(sandbox:user("U0003"))
    end)

    it("is true for any body of a 2xx, and for none", function()
      for _, body in ipairs { "", "gone", "null", "{}", '{"success":true}' } do
        sandbox:fault{ method = "DELETE", status = 200, body = body }
        assert.is_true((client.users:delete("U0001")))
      end
      sandbox:fault{ method = "DELETE", status = 200, body = '{"success":false}' }
      local deleted, err = client.users:delete("U0001")
      assert.is_nil(deleted)
      assert.equal("server", err.kind)
    end)

    it("is not_found when it was the first attempt", function()
      local deleted, err = client.users:delete("nobody")
      assert.is_nil(deleted)
      assert.equal("not_found", err.kind)
    end)
  end)

  describe("list", function()
    it("asks for one page and returns it with its pagination", function()
      local page, err, meta = client.users:list{ page = 2, perPage = 5, statuses = { "active", "new" } }
      assert.is_nil(err)
      assert.equal(200, meta.status)
      assert.equal("GET /rest/v1/users?page=2&perPage=5&statuses=active%2Cnew", (arrived()))
      assert.equal("pagination results", subject.keys(page))
      assert.equal(2, page.pagination.page)
      assert.equal("integer", math.type(page.pagination.totalResults))
      assert.is_true(core.json.isarray(page.results))
    end)

    it("asks without a query when there are no parameters", function()
      assert.equal(12, #client.users:list().results)
      assert.equal("GET /rest/v1/users", (arrived()))
      assert(client.users:list({}))
      assert.equal("GET /rest/v1/users", (arrived()))
    end)

    it("filters by status and time", function()
      assert(client.users:list{ status = "active", omitStatuses = "expired,inactive", updatedSince = 1704067200 })
      assert.equal("GET /rest/v1/users?updatedSince=2024-01-01T00%3A00%3A00.000Z&omitStatuses=expired%2Cinactive"
        .. "&status=active", (arrived()))
    end)

    it("keeps arrays arrays, empty ones too, and integers integers", function()
      local user = client.users:list{ perPage = 1 }.results[1]
      assert.is_true(core.json.isarray(user.positions))
      assert.is_true(core.json.isarray(user.usersFollowing))
      assert.equal("integer", math.type(user.level))
      assert.equal(cjson.encode(user.usersFollowing) == "{}" and 0 or #user.usersFollowing, #user.usersFollowing)
    end)

    it("takes a bare array for a page", function()
      sandbox:fault{ body = '[{"id":"a"}]' }
      local page = assert(client.users:list())
      assert.same({ { id = "a" } }, page.results)
      assert.is_nil(page.pagination)
    end)
  end)

  describe("get and get_by_ref", function()
    it("ask for one user, by id on the singular path, by ref on the plural one", function()
      local known = sandbox:user("U0004")
      local user = assert(client.users:get(known.id))
      assert.equal("GET /rest/v1/user/" .. known.id, (arrived()))
      assert.equal("U0004", user.ref)
      user = assert(client.users:get_by_ref("U0004"))
      assert.equal("GET /rest/v1/users/ref/U0004", (arrived()))
      assert.equal(known.id, user.id)
    end)

    it("take an integer for an id", function()
      client.users:get(42)
      assert.equal("GET /rest/v1/user/42", (arrived()))
    end)

    it("keep what the server sends and nobody documents", function()
      sandbox:fault{ body = '{"id":"x","new":{"deep":[1,2.5,9007199254740993]},"agreedTerms":"v2"}' }
      local user = assert(client.users:get("x"))
      assert.equal(9007199254740993, user.new.deep[3])
      assert.equal(2.5, user.new.deep[2])
      assert.equal("v2", user.agreedTerms)
    end)
  end)

  describe("a ref in a path", function()
    local refs = {
      ["a/b"] = "a%2Fb", ["50%"] = "50%25", ["Ann Lee"] = "Ann%20Lee", ["a+b"] = "a%2Bb",
      ["ann@example.com"] = "ann%40example.com",
      ["Zoë"] = "Zo%C3%AB", ["東京"] = "%E6%9D%B1%E4%BA%AC", ["a?b=c#d"] = "a%3Fb%3Dc%23d", ["..."] = "...", ["~-._"] = "~-._",
      ["a\\b;c:d,e"] = "a%5Cb%3Bc%3Ad%2Ce", ["../x"] = "..%2Fx", ["%2e%2e"] = "%252e%252e", ["'\"<>"] = "%27%22%3C%3E",
    }
    for ref, wire in pairs(refs) do
      it(("%q is one segment, %s, and finds its user again"):format(ref, wire), function()
        assert(client.users:create(subject.person{ ref = ref, email = "x@example.com" }))
        assert.equal(ref, assert(client.users:get_by_ref(ref)).ref)
        assert.equal("GET /rest/v1/users/ref/" .. wire, (arrived()))
        assert(client.users:update(ref, { firstName = "New" }))
        assert.equal("PATCH /rest/v2/users/ref/" .. wire, (arrived()))
        assert.equal("New", sandbox:user(ref).firstName)
        assert(client.users:suspend(ref))
        assert.equal("PATCH /rest/v2/users/ref/" .. wire .. "/suspend", (arrived()))
        assert.is_true((client.users:delete(ref)))
        assert.equal("DELETE /rest/v2/users/ref/" .. wire, (arrived()))
        assert.is_nil(sandbox:user(ref))
      end)
    end

    it("with a zero byte reaches nobody else's user", function()
      local _, err = client.users:get_by_ref("U0001\0x")
      assert.equal("GET /rest/v1/users/ref/U0001%00x", (arrived()))
      assert.truthy(err)
    end)

    it("as . and .. is refused, for it would climb", function()
      for _, ref in ipairs { ".", ".." } do
        assert.truthy(subject.raised(client.users.delete, client.users, ref):find("would lead to another address", 1, true))
      end
      assert.equal(0, sandbox:count())
    end)
  end)

  describe("add_tags and remove_tags", function()
    it("send names, and return the acknowledgement", function()
      local id = sandbox:user("U0002").id
      local done = assert(client.users:add_tags(id, { "Lua", "R&D" }))
      assert.same({ "POST /rest/v1/users/" .. id .. "/tags", '{"tags":["Lua","R&D"]}' }, { arrived() })
      assert.equal(200, done.status)
      assert.equal("string", type(done.message))
      assert(client.users:remove_tags(id, { "Lua" }))
      assert.same({ "PATCH /rest/v1/users/" .. id .. "/tags", '{"op":"remove","path":"tags","value":["Lua"]}' },
        { arrived() })
    end)

    it("name tags that do not exist in err.fields", function()
      local _, err = client.users:add_tags(sandbox:user("U0002").id, { "No such tag" })
      assert.equal("validation", err.kind)
      assert.equal(422, err.status)
      assert.truthy(err.fields["tags[0]"]:find("No such tag", 1, true))
      assert.truthy(err.message:find("No such tag", 1, true))
    end)
  end)

  describe("update_skills", function()
    it("sends levels as numbers", function()
      local id = sandbox:user("U0002").id
      assert(client.users:update_skills(id, { { tagName = "Lua", level = 1024, targetLevel = 2048.0 }, { tagName = "GDPR" } }))
      local line, body = arrived()
      assert.equal("PATCH /rest/v1/users/" .. id .. "/skills", line)
      assert.same({ op = "update", path = "skills", value = {
        { tagName = "Lua", level = 1024, targetLevel = 2048 }, { tagName = "GDPR" },
      } }, cjson.decode(body))
    end)
  end)

  describe("options of a call", function()
    it("come last and never mix with parameters", function()
      assert(client.users:list({ perPage = 1 }, { timeout = 5, headers = { ["X-Trace"] = "abc" } }))
      assert.equal("GET /rest/v1/users?perPage=1", (arrived()))
      assert.equal("abc", last().headers["x-trace"])
      assert(client.users:get_by_ref("U0001", { headers = { ["X-Trace"] = "" } }))
      assert.equal("", last().headers["x-trace"])
    end)

    it("may replace a header that the module sets but those that belong to it", function()
      assert(client.users:list({}, { headers = { accept = "application/json;q=0.5" } }))
      assert.equal("application/json;q=0.5", last().headers.accept)
      sandbox:fault{ method = "POST", status = 200, body = "{}" }
      assert(client.users:create(subject.person(), { headers = { ["Content-Type"] = "application/json; charset=utf-8" } }))
      assert.equal("application/json; charset=utf-8", last().headers["content-type"])
    end)

    it("go to every page of an iteration", function()
      assert.equal(12, #client.users:all({ perPage = 5 }, { headers = { ["X-Trace"] = "abc" } }))
      assert.equal(3, sandbox:count())
      for _, sent in ipairs(sandbox:requests()) do assert.equal("abc", sent.headers["x-trace"]) end
    end)
  end)

  describe("an answer that is not what is documented", function()
    local answers = {
      { "not JSON", { body = "{\"id\":" }, "decode" },
      { "empty for a read", { status = 200, body = "" }, "decode" },
      { "a list for a record", { body = "[]" }, "decode" },
      { "a number for a record", { body = "1" }, "decode" },
      { "null for a record", { body = "null" }, "decode" },
      { "cut in the middle", { json = "invalid" }, "decode" },
      { "nested beyond reason", { body = ('{"a":'):rep(200) .. "1" .. ("}"):rep(200) }, "decode" },
    }
    for _, case in ipairs(answers) do
      it("is an error of kind decode: " .. case[1], function()
        sandbox:fault(case[2])
        local value, err, meta = client.users:get_by_ref("U0001")
        assert.is_nil(value)
        assert.equal(case[3], err.kind)
        assert.equal(200, err.status)
        assert.equal(200, meta.status)
        assert.falsy(tostring(err):find("\n"))
      end)
    end

    it("is an error for a list: a record where a list must be", function()
      for _, body in ipairs { '{"id":"x"}', '{"results":{}}', '"x"', '{"results":null}' } do
        sandbox:fault{ body = body }
        local page, err = client.users:list()
        assert.is_nil(page)
        assert.equal("decode", err.kind)
      end
    end)

    it("of a write that was accepted with an empty body is true", function()
      sandbox:fault{ method = "PATCH", status = 204 }
      local value, err = client.users:update("U0001", { firstName = "A" })
      assert.is_true(value)
      assert.is_nil(err)
    end)
  end)
end)
