-- thrive.aptem: addresses, the token's header, each call's bytes, and what comes back.
local cjson = require "cjson"
local reading = require "spec.support.reading"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"
local thrive = require "thrive"

local TOKEN = "aptem-s3cret-token"

describe("thrive.aptem", function()
  local sandbox, aptem

  setup(function() sandbox = assert(sandboxes.start{ users = 1 }) end)
  teardown(function() sandbox:stop() end)
  before_each(function()
    sandbox:clear_faults()
    sandbox:clear_requests()
  end)
  after_each(function()
    if aptem then aptem:close() end
    aptem = nil
  end)

  local function make(settings)
    local given = { tenant = "acme", token = TOKEN, base_url = sandbox.base_url .. "/api/1.0", max_retries = 0 }
    for name, value in pairs(settings or {}) do given[name] = value end
    aptem = assert(thrive.aptem(given))
    return aptem
  end

  local function answer(body, status)
    sandbox:fault{ status = status or 200, body = type(body) == "table" and cjson.encode(body) or body }
  end

  local function last()
    local log = sandbox:requests()
    return log[#log]
  end

  describe("address", function()
    it("is that of the tenant", function()
      local client <close> = assert(thrive.aptem{ tenant = "acme", token = TOKEN })
      assert.equal("thrive.client: https://acme.aptem.co.uk/api/1.0/tenants/acme (token header)", tostring(client))
    end)

    it("may be replaced up to /tenants, with or without a slash at its end", function()
      for _, base in ipairs { "/api/1.0", "/api/1.0/", "/api/1.0//", "", "/" } do
        make{ base_url = sandbox.base_url .. base }
        answer{ id = 1 }
        assert(aptem.users:search{ userId = 1 })
        assert.equal(base:gsub("/+$", "") .. "/tenants/acme/users/search?userId=1", last().target)
        aptem:close()
      end
    end)

    local tenants = { ["a/b"] = "a%2Fb", ["a b"] = "a%20b", ["Zoë"] = "Zo%C3%AB", ["50%"] = "50%25", ["a-b._~9"] = "a-b._~9",
      ["a?b#c"] = "a%3Fb%23c", ["../x"] = "..%2Fx", v1 = "v1" }
    for tenant, wire in pairs(tenants) do
      it(("has the tenant %q in its path as %s"):format(tenant, wire), function()
        make{ tenant = tenant }
        answer{ id = 1 }
        assert(aptem.users:search{ userId = 1 })
        assert.equal("/api/1.0/tenants/" .. wire .. "/users/search?userId=1", last().target)
      end)
    end

    it("cannot be led to another host, or up the path, by a tenant's name", function()
      for _, tenant in ipairs { "evil.example/", "a@evil.example", "a:1", "a b", "x#", "x?", "evil.example\\", ".", ".." } do
        local client, err = thrive.aptem{ tenant = tenant, token = TOKEN }
        assert.is_nil(client, tenant)
        assert.equal("config", err.kind)
        assert.falsy(tostring(err):find(TOKEN, 1, true))
      end
      local client, err = thrive.aptem{ tenant = "..", token = TOKEN, base_url = sandbox.base_url }
      assert.is_nil(client)
      assert.equal("config", err.kind)
    end)
  end)

  describe("token", function()
    it("goes in X-API-Token and nowhere else", function()
      make()
      answer{ id = 1 }
      assert(aptem.users:search{ userId = 1 })
      local headers = last().headers
      assert.equal("***", headers["x-api-token"]) -- there; the sandbox does not log what it says
      assert.is_nil(headers.authorization)
      assert.equal("application/json", headers.accept)
      assert.is_nil(headers["content-type"])
    end)

    it("goes in another header when that is named", function()
      make{ header = "Ocp-Apim-Token" }
      answer{ id = 1 }
      assert(aptem.users:search{ userId = 1 })
      assert.equal(TOKEN, last().headers["ocp-apim-token"])
      assert.is_nil(last().headers["x-api-token"])
    end)

    it("cannot be replaced by a header of a call", function()
      make{ header = "Ocp-Apim-Token" }
      for _, name in ipairs { "Ocp-Apim-Token", "ocp-apim-token", "X-API-Token", "Authorization" } do
        local message = subject.raised(function() aptem.users:search({ userId = 1 }, { headers = { [name] = "x" } }) end)
        assert.truthy(message:find("set by the client itself", 1, true), message)
        subject.raised(function() aptem:request{ method = "GET", path = "/x", headers = { [name] = "x" } } end)
      end
      assert.equal(0, sandbox:count())
    end)

    it("is in no error, hook or description", function()
      local seen = {}
      make{ on = { request = function(e) seen[#seen + 1] = e end, response = function(e) seen[#seen + 1] = e end } }
      for _, body in ipairs { { message = "bad token " .. TOKEN }, "<html>" .. TOKEN, TOKEN } do
        answer(body, 400)
        local _, err, meta = aptem.users:search{ refNum = TOKEN }
        for _, text in ipairs { tostring(err), err.message, err.body, err.path, meta.url, meta.path, tostring(aptem) } do
          assert.falsy(text:find(TOKEN, 1, true), text)
        end
      end
      assert.equal(6, #seen)
      for _, event in ipairs(seen) do
        for _, value in pairs(event) do assert.falsy(tostring(value):find(TOKEN, 1, true)) end
      end
    end)
  end)

  describe("configuration", function()
    local function config(settings)
      local client, err = thrive.aptem(settings)
      assert.is_nil(client)
      assert.equal("config", err.kind)
      assert.is_false(err.sent)
      assert.is_false(err.retryable)
      assert.falsy(tostring(err):find(TOKEN, 1, true))
      return tostring(err)
    end

    it("that is incomplete says what is missing", function()
      assert.truthy(config():find("a tenant and a token", 1, true))
      assert.truthy(config{}:find("a tenant and a token", 1, true))
      assert.truthy(config{ tenant = "acme" }:find("needs a token", 1, true))
      assert.truthy(config{ token = TOKEN }:find("a tenant", 1, true))
    end)

    it("that cannot be is refused", function()
      for _, settings in ipairs {
        { token = "" }, { token = TOKEN .. "\n" }, { token = "a\0b" },
        { base_url = "" }, { base_url = "acme.aptem.co.uk" },
        { base_url = "http://acme.aptem.co.uk/api/1.0" }, { base_url = "https://u:p@acme.aptem.co.uk" },
        { base_url = "ftp://acme.aptem.co.uk" }, { base_url = "https://acme.aptem.co.uk?x=1" },
      } do
        settings.tenant, settings.token = "acme", settings.token or TOKEN
        config(settings)
      end
    end)

    it("that is misuse raises, every problem at once", function()
      local message = subject.raised(function()
        local _ = thrive.aptem{ tenant = 1, token = true, timeout = 0, tennant = "acme", region = "staging", tenant_id = "x" }
      end)
      assert.truthy(message:find("aptem_spec%.lua:%d+: thrive%.aptem: "), message)
      for _, problem in ipairs { "'tenant' must be a string", "'token' must be a string", "'timeout' must be a number of seconds",
        "'tennant' is not an option (did you mean 'tenant'?)", "'region' is not an option", "'tenant_id' is not an option" } do
        assert.truthy(message:find(problem, 1, true), problem .. " in " .. message)
      end
      assert.truthy(subject.raised(thrive.aptem, "acme"):find("argument #1 must be a table of options", 1, true))
      message = subject.raised(thrive.aptem, { tenant = "", token = TOKEN })
      assert.truthy(message:find("'tenant' must be the name of the tenant", 1, true), message)
      for _, header in ipairs { "", "X Token", "X:", "X-Token\r\nX-Evil", "X\0", "Content-Length", "host", "Accept" } do
        message = subject.raised(thrive.aptem, { tenant = "acme", token = TOKEN, header = header })
        assert.truthy(message:find("'header' must be the name of a header", 1, true), message)
      end
    end)
  end)

  describe("search", function()
    it("asks by id, reference number, email address or all of them", function()
      make()
      local queries = {
        { { userId = 7 }, "userId=7" }, { { refNum = "L 1/2" }, "refNum=L%201%2F2" },
        { { email = "a+b@example.com" }, "email=a%2Bb%40example.com" },
        { { email = "x", refNum = "y", userId = -1 }, "userId=-1&refNum=y&email=x" },
      }
      for _, case in ipairs(queries) do
        answer{ id = 7 }
        assert.equal(7, assert(aptem.users:search(case[1])).id)
        assert.equal("GET /api/1.0/tenants/acme/users/search?" .. case[2], last().method .. " " .. last().target)
        assert.equal("", last().body)
      end
    end)

    it("asks without a query when nothing is given", function()
      make()
      for _, given in ipairs { {}, { {} } } do
        answer{ id = 7 }
        assert(aptem.users:search(given[1]))
        assert.equal("/api/1.0/tenants/acme/users/search", last().target)
      end
    end)

    it("returns the record, with what nobody documents", function()
      make()
      answer('{"id":7,"firstName":"Zoë","IAICT":null,"plannedHours":20,"extra":{"a":[]}}')
      local user, err, meta = aptem.users:search{ userId = 7 }
      assert.is_nil(err)
      assert.equal(200, meta.status)
      assert.equal("extra firstName id plannedHours", subject.keys(user))
      assert.equal("integer", math.type(user.plannedHours))
    end)

    it("takes an array of one for the one", function()
      make()
      answer('[{"id":7,"email":"x"}]')
      assert.same({ id = 7, email = "x" }, (assert(aptem.users:search{ userId = 7 })))
    end)

    it("is not_found when the array is empty", function()
      make()
      answer("[]")
      local user, err, meta = aptem.users:search{ email = "x" }
      assert.is_nil(user)
      assert.equal("not_found", err.kind)
      assert.equal("aptem.users.search", err.operation)
      assert.equal(200, meta.status)
    end)

    it("is a conflict when several fit", function()
      make()
      answer('[{"id":7},{"id":8}]')
      local user, err = aptem.users:search{ email = "x" }
      assert.is_nil(user)
      assert.equal("conflict", err.kind)
      assert.truthy(tostring(err):find("2 fit", 1, true))
      assert.truthy(tostring(err):find("narrow the search", 1, true))
    end)

    it("raises these, too, when the client raises", function()
      make{ raise = true }
      for body, kind in pairs { ["[]"] = "not_found", ['[{"id":7},{"id":8}]'] = "conflict", ["[1]"] = "decode" } do
        answer(body)
        assert.equal(kind, subject.raised(function() aptem.users:search{ email = "x" } end).kind)
      end
    end)

    for _, body in ipairs { "", "1", "null", "[1]", "[null]", "[[]]", '"x"', "{", "<user/>" } do
      it(("is a decode error for %q"):format(body), function()
        make()
        answer(body)
        local user, err = aptem.users:search{ userId = 7 }
        assert.is_nil(user)
        assert.equal("decode", err.kind)
        assert.equal(200, err.status)
      end)
    end

    it("quotes a text that came instead", function()
      make()
      sandbox:fault{ status = 200, body = "Service is\nbeing upgraded", headers = { ["Content-Type"] = "text/plain" } }
      local _, err = aptem.users:search{ userId = 7 }
      assert.equal("decode", err.kind)
      assert.truthy(err.message:find("Service is", 1, true), err.message)
      assert.falsy(tostring(err):find("\n"))
    end)

    it("keeps ids within int32", function()
      make()
      for _, id in ipairs { 2147483648, -2147483649, 1e300, math.mininteger } do
        local message = subject.raised(function() aptem.users:search{ userId = id } end)
        assert.truthy(message:find("'userId' must be", 1, true), message)
      end
      for _, id in ipairs { 1.5, "7", true, 0 / 0, math.huge } do
        local message = subject.raised(function() aptem.users:search{ userId = id } end)
        assert.truthy(message:find("'userId' must be an integer", 1, true), message)
      end
      assert.equal(0, sandbox:count())
      for _, id in ipairs { 2147483647, -2147483648, 7.0 } do
        answer{ id = 1 }
        assert(aptem.users:search{ userId = id })
        assert.equal(("userId=%d"):format(id), last().raw_query)
      end
    end)

    it("names what is no criterion", function()
      make()
      local message = subject.raised(function() aptem.users:search{ referenceNumber = "x", userid = 1 } end)
      assert.truthy(message:find("'userid' is not a parameter (did you mean 'userId'?)", 1, true), message)
      assert.truthy(message:find("'referenceNumber' is not a parameter", 1, true), message)
    end)
  end)

  describe("create", function()
    it("posts the fields given and returns the record", function()
      make()
      answer({ id = 12, firstName = "Zoë" }, 200)
      local user = assert(aptem.users:create{
        firstName = "Zoë", lastName = 'O"N', IAICT = "L1", diagIct = "E3", plannedHours = 20, jobActiveSync = false,
        email = "z@example.com", dateOfBirth = "2001-02-03", phone = "",
      })
      assert.equal(12, user.id)
      assert.equal("POST /api/1.0/tenants/acme/users", last().method .. " " .. last().target)
      assert.equal("application/json", last().headers["content-type"])
      assert.same({ firstName = "Zoë", lastName = 'O"N', IAICT = "L1", diagIct = "E3", plannedHours = 20,
        jobActiveSync = false, email = "z@example.com", dateOfBirth = "2001-02-03", phone = "" }, last().json)
      assert.truthy(last().body:find('^{"firstName":"Zoë","lastName":"O\\"N","phone":"",'))
    end)

    it("checks types, ranges and names", function()
      make()
      local message = subject.raised(function()
        aptem.users:create{ firstname = "x", mentorId = 2147483648, groupId = "7", jobActiveSync = 1, email = 5, IaIct = "x" }
      end)
      for _, problem in ipairs { "'firstname' is not a field (did you mean 'firstName'?)",
        "'mentorId' must be from -2147483648 to 2147483647 (got 2147483648)", "'groupId' must be an integer",
        "'jobActiveSync' must be true or false", "'email' must be a string (got 5)",
        "'IaIct' is not a field (did you mean 'IAICT'?)" } do
        assert.truthy(message:find(problem, 1, true), problem .. " in " .. message)
      end
      assert.equal(0, sandbox:count())
    end)

    it("is not sent twice when nobody knows whether it was done", function()
      make{ max_retries = 3 }
      sandbox:fault{ reset = "before", times = 9 }
      local _, err = aptem.users:create{ firstName = "x" }
      assert.equal("ambiguous", err.kind)
      assert.is_true(err.sent)
      assert.equal(1, sandbox:count())
    end)

    it("takes an empty answer", function()
      make()
      answer("")
      assert.is_true((aptem.users:create{ firstName = "x" }))
    end)
  end)

  describe("update", function()
    it("puts exactly the fields given", function()
      make()
      answer{ id = 12 }
      assert(aptem.users:update(12, { lastName = "Ng", mentorId = 3 }))
      assert.equal("PUT /api/1.0/tenants/acme/users/12", last().method .. " " .. last().target)
      assert.equal('{"lastName":"Ng","mentorId":3}', last().body)
      answer{ id = 12 }
      assert(aptem.users:update(12, {}))
      assert.equal("{}", last().body)
      answer{ id = 12 }
      assert(aptem.users:update(12, { personalEmail = thrive.null, employerId = thrive.null, jobActiveSync = thrive.null }))
      assert.same({ personalEmail = cjson.null, employerId = cjson.null, jobActiveSync = cjson.null }, cjson.decode(last().body))
    end)

    it("takes a record that was read, and leaves its id out", function()
      make()
      answer('{"id":12,"firstName":"A","managerId":5,"jobActiveSync":true,"gender":null,"status":"Active"}')
      local user = assert(aptem.users:search{ userId = 12 })
      user.lastName = "B"
      answer{ id = 12 }
      assert(aptem.users:update(user.id, user))
      assert.same({ firstName = "A", lastName = "B", managerId = 5, jobActiveSync = true, status = "Active" }, last().json)
      assert.equal(12, user.id, "the record itself stays as it was")
    end)

    it("sends nulls back where the client keeps them", function()
      make{ nulls = "keep" }
      answer('{"id":12,"firstName":"A","gender":null,"managerId":null}')
      local user = assert(aptem.users:search{ userId = 12 })
      answer{ id = 12 }
      assert(aptem.users:update(user.id, user))
      assert.same({ firstName = "A", gender = cjson.null, managerId = cjson.null }, cjson.decode(last().body))
    end)

    it("wants an int32 for the user", function()
      make()
      for _, id in ipairs { "12", 2147483648, -2147483649, 1.5, "../x", {}, true } do
        subject.raised(function() aptem.users:update(id, {}) end)
        subject.raised(function() aptem.users:deactivate(id) end)
      end
      local message = subject.raised(function() aptem.users:update("12", {}) end)
      assert.truthy(message:find("aptem.users:update: argument #1 (id) must be an integer (got \"12\")", 1, true), message)
      assert.truthy(subject.raised(function() aptem.users:deactivate() end):find("argument #1 (id)", 1, true))
      assert.equal(0, sandbox:count())
    end)
  end)

  describe("deactivate", function()
    it("sends no body, and is true whatever comes back", function()
      make()
      for _, body in ipairs { "", "{}", "null", "done", '{"id":12}' } do
        answer(body)
        assert.is_true((aptem.users:deactivate(12)))
        assert.equal("DELETE /api/1.0/tenants/acme/users/12", last().method .. " " .. last().target)
        assert.equal("", last().body)
        assert.is_nil(last().headers["content-type"])
      end
      sandbox:fault{ status = 204 }
      assert.is_true((aptem.users:deactivate(12)))
    end)

    it("is done when its second try finds nobody", function()
      make{ max_retries = 1 }
      sandbox:fault{ reset = "before" }
      answer("", 404)
      assert.is_true((aptem.users:deactivate(12)))
      answer("", 404)
      local _, err = aptem.users:deactivate(12)
      assert.equal("not_found", err.kind)
    end)
  end)

  describe("an error", function()
    local calls = {
      { "aptem.users.search", "GET", "/api/1.0/tenants/acme/users/search?userId=7",
        function() return aptem.users:search{ userId = 7 } end },
      { "aptem.users.create", "POST", "/api/1.0/tenants/acme/users", function() return aptem.users:create{} end },
      { "aptem.users.update", "PUT", "/api/1.0/tenants/acme/users/7", function() return aptem.users:update(7, {}) end },
      { "aptem.users.deactivate", "DELETE", "/api/1.0/tenants/acme/users/7", function() return aptem.users:deactivate(7) end },
    }
    for status, kind in pairs { [400] = "validation", [401] = "auth", [403] = "forbidden", [404] = "not_found" } do
      it(("of status %d is of kind %s, in every call"):format(status, kind), function()
        make()
        for _, call in ipairs(calls) do
          answer({ Message = "x" }, status)
          local value, err, meta = call[4]()
          assert.is_nil(value)
          assert.equal(kind, err.kind)
          assert.equal(status, err.status)
          assert.equal(status, meta.status)
          assert.equal(call[1], err.operation)
          assert.equal(call[2], err.method)
          assert.equal(call[3], err.path)
          assert.equal('{"Message":"x"}', err.body)
          assert.falsy(tostring(err):find("api/read", 1, true), "Aptem's tokens have no scopes that we know")
        end
      end)
    end

    it("may be any text", function()
      make()
      sandbox:fault{ status = 400, body = "The request\nis invalid", headers = { ["Content-Type"] = "text/plain" } }
      local _, err = aptem.users:create{}
      assert.equal("The request\nis invalid", err.body)
      assert.truthy(err.message:find("is invalid", 1, true))
      assert.falsy(tostring(err):find("\n"))
      sandbox:fault{ status = 401, body = "" }
      _, err = aptem.users:create{}
      assert.equal("auth", err.kind)
      assert.is_nil(err.body)
    end)
  end)

  describe("as a client", function()
    it("has request, stats, plan and close", function()
      make()
      answer('[{"id":1}]')
      local list = assert(aptem:request{ method = "GET", path = "/organizations", query = { page = 2 } })
      assert.equal(1, list[1].id)
      assert.equal("/api/1.0/tenants/acme/organizations?page=2", last().target)
      assert.equal("***", last().headers["x-api-token"])
      assert.equal(1, aptem:stats().calls)
      assert.same({}, aptem:plan())
      aptem:close()
      aptem:close()
      assert.truthy(subject.raised(function() aptem.users:search{ userId = 1 } end):find("closed client", 1, true))
      assert.truthy(tostring(aptem):find("closed", 1, true))
    end)

    it("closes at the end of a block", function()
      local kept
      do
        local client <close> = assert(thrive.aptem{ tenant = "acme", token = TOKEN })
        kept = client
      end
      assert.truthy(subject.raised(function() kept.users:deactivate(1) end):find("closed client", 1, true))
    end)

    it("says which verbs and groups there are not", function()
      make()
      local message = subject.raised(function() aptem.users:serch{} end)
      assert.truthy(message:find("has no verb 'serch' (did you mean 'search'?)", 1, true), message)
      message = subject.raised(function() return aptem.user end)
      assert.truthy(message:find("aptem_spec%.lua:%d+: a client has no 'user' %(did you mean 'users'%?%)"), message)
      subject.raised(function() return aptem.audiences end)
      assert.truthy(subject.raised(function() aptem.users.search{ userId = 1 } end):find("call it with a colon", 1, true))
    end)

    it("plans its writes on a dry run, and reads", function()
      make{ dry_run = true }
      assert.same({ lastName = "Ng" }, (aptem.users:update(12, { lastName = "Ng", id = 12 })))
      assert.is_true((aptem.users:deactivate(12)))
      assert.same({ firstName = "x" }, (aptem.users:create{ firstName = "x" }))
      assert.same({
        { operation = "aptem.users.update", method = "PUT", path = "/api/1.0/tenants/acme/users/12", body = { lastName = "Ng" } },
        { operation = "aptem.users.deactivate", method = "DELETE", path = "/api/1.0/tenants/acme/users/12" },
        { operation = "aptem.users.create", method = "POST", path = "/api/1.0/tenants/acme/users",
          body = { firstName = "x" } },
      }, aptem:plan())
      assert.equal(0, sandbox:count())
      answer{ id = 1 }
      assert(aptem.users:search{ userId = 1 })
    end)

    it("refuses writes where only reading is allowed", function()
      make{ read_only = true }
      for _, write in ipairs { function() return aptem.users:create{} end, function() return aptem.users:update(1, {}) end,
        function() return aptem.users:deactivate(1) end,
        function() return aptem:request{ method = "POST", path = "/x" } end } do
        local value, err = write()
        assert.is_nil(value)
        assert.equal("guard", err.kind)
      end
      assert.equal(0, sandbox:count())
    end)

    it("takes the options of a call", function()
      make()
      sandbox:fault{ delay = 5 }
      local _, err = aptem.users:search({ userId = 1 }, { timeout = 0.05 })
      assert.equal("timeout", err.kind)
      reading.until_so("the request", function() return sandbox:count() == 1 end) -- else it takes the next answer
      answer{ id = 1 }
      assert(aptem.users:update(1, {}, { headers = { ["X-Trace"] = "abc" } }))
      assert.equal("abc", last().headers["x-trace"])
    end)

    it("tries reads and puts again, which do no harm", function()
      make{ max_retries = 1 }
      for _, call in ipairs { function() return aptem.users:search{ userId = 1 } end,
        function() return aptem.users:update(1, {}) end } do
        sandbox:clear_requests()
        sandbox:fault{ status = 503, headers = { ["Retry-After"] = "0" } }
        answer{ id = 1 }
        assert(call())
        assert.equal(2, sandbox:count())
      end
    end)
  end)
end)
