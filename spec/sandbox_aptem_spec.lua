-- The sandbox's Aptem service over raw HTTP: another host's paths, token header and answers.
local cjson = require "cjson"
local raw = require "spec.support.raw_http"
local start = require("thrive.sandbox").start

local null = cjson.null
local USERS = "/api/1.0/tenants/sandbox/users"

-- as the pages list them
local INTEGERS = { "caseOwnerId", "mentorId", "groupId", "programmeId", "employerId", "employerAddressId", "plannedHours",
  "weeklyHours", "managerId" }
local STRINGS = { "firstName", "lastName", "phone", "referenceNumber", "email", "username", "status", "dateOfBirth",
  "caseOwnerFirstName", "caseOwnerLastName", "postCode", "address1", "address2", "townCity", "countyState",
  "programmeStartDate", "managerFirstName", "managerLastName", "managerEmail", "managerPhone", "IAEnglish", "IAMath",
  "IAICT", "diagEnglish", "diagMath", "diagIct", "title", "preferredName", "personalEmail", "gender",
  "authenticationType" }

describe("the sandbox's Aptem", function()
  local sandbox

  before_each(function() sandbox = assert(start{ users = 30 }) end)
  after_each(function() sandbox:stop() end)

  local function call(method, target, body, headers)
    local all = { Authorization = false, ["X-API-Token"] = sandbox.aptem_token }
    for name, value in pairs(headers or {}) do all[name] = value end
    local answer = assert(raw.request(sandbox, method, target, body, all))
    -- lua-cjson 2.1.0 reads every number as a float
    if answer.json and answer.json.id then answer.json.id = math.tointeger(answer.json.id) end
    return answer
  end

  local function search(query) return call("GET", USERS .. "/search?" .. query) end

  local function refused(answer, status, field)
    assert.equal(status, answer.status, answer.body)
    assert.equal(status, answer.json.status)
    assert.equal("string", type(field and answer.json.message[field] or not field and answer.json.message), answer.body)
  end

  -- a value for every field
  local function everything(mark)
    local fields = { jobActiveSync = true }
    for i, name in ipairs(INTEGERS) do fields[name] = i end
    for _, name in ipairs(STRINGS) do fields[name] = name .. " " .. mark end
    return fields
  end

  it("is on the same server, behind its own token and tenant", function()
    assert.equal(sandbox.base_url .. "/api/1.0", sandbox.aptem_url)
    assert.equal("sandbox", sandbox.aptem_tenant)
    assert.equal("sandbox-aptem-token", sandbox.aptem_token)
    assert.equal(200, search("refNum=APT-0001").status)
    refused(call("GET", USERS .. "/search?refNum=APT-0001", nil, { ["X-API-Token"] = "wrong" }), 401)
    refused(call("GET", USERS .. "/search?refNum=APT-0001", nil, { ["X-API-Token"] = false }), 401)
    refused(assert(raw.request(sandbox, "GET", USERS .. "/search?refNum=APT-0001")), 401) -- Thrive's credentials
    refused(call("GET", "/rest/v1/users"), 401)
    refused(call("PATCH", USERS), 405)
    refused(call("GET", "/api/1.0/tenants/sandbox/organizations"), 404)
    for _, request in ipairs{
      { "GET", "/search?userId=1" }, { "POST", "", {} }, { "PUT", "/1001", {} }, { "DELETE", "/1001" },
    } do
      refused(call(request[1], "/api/1.0/tenants/other/users" .. request[2], request[3]), 404)
      refused(call(request[1], USERS .. request[2], request[3], { ["X-API-Token"] = "" }), 401)
    end
  end)

  it("takes a token and a tenant of one's own", function()
    local own <close> = assert(start{ users = 1, aptem_token = "t0ken", aptem_tenant = "a b/ç" })
    assert.equal("a b/ç", own.aptem_tenant)
    local answer = assert(raw.request(own, "GET", "/api/1.0/tenants/a%20b%2F%C3%A7/users/search?userId=1001", nil, {
      ["X-API-Token"] = "t0ken",
    }))
    assert.equal(200, answer.status, answer.body)
    assert.has_error(function() start{ aptem_token = "" } end)
    assert.has_error(function() start{ aptem_tenant = 7 } end)
  end)

  it("keeps the token out of the log", function()
    search("userId=1001")
    local entry = sandbox:requests()[1]
    assert.equal("***", entry.headers["x-api-token"])
    assert.is_true(entry.authorized)
    assert.equal("GET /api/1.0/tenants/{tenantName}/users/search", entry.operation)
  end)

  describe("search", function()
    it("answers one object with every field", function()
      local user = search("refNum=APT-0004").json
      assert.equal("APT-0004", user.referenceNumber)
      local names = { id = true, jobActiveSync = true }
      for _, name in ipairs(INTEGERS) do names[name] = true end
      for _, name in ipairs(STRINGS) do names[name] = true end
      for name in pairs(user) do
        assert.is_true(names[name], name)
        names[name] = nil
      end
      assert.is_nil(next(names))
      assert.same(user, search("userId=" .. user.id).json)
      assert.same(user, search("email=" .. user.email:upper():gsub("@", "%%40")).json)
    end)

    it("combines what is given: all of it must fit", function()
      local user = search("userId=1001").json
      assert.equal(200, search("userId=1001&refNum=" .. user.referenceNumber .. "&email=" .. user.email).status)
      refused(search("userId=1002&refNum=" .. user.referenceNumber), 404)
    end)

    it("finds colleagues of the Thrive tenant by their email", function()
      local email = sandbox:user("U0004").email
      assert.equal(sandbox:user("U0004").lastName, search("email=" .. email).json.lastName)
    end)

    it("answers 404 when nobody fits and 400 to what it does not understand", function()
      refused(search("userId=1"), 404)
      refused(search("refNum=apt-0001"), 404)
      refused(search(""), 400)
      refused(search("userId=x"), 400, "userId")
      refused(search("userId=2147483648"), 400, "userId")
      refused(search("userId=-2147483649"), 400, "userId")
      refused(search("userId=1.0"), 400, "userId")
      refused(search("referenceNumber=APT-0001"), 400, "referenceNumber")
      refused(search("userId=1001&page=1"), 400, "page")
      refused(search("email="), 400, "email")
    end)
  end)

  describe("create", function()
    it("answers 200 and the user, every field of which it takes", function()
      local fields = everything("é")
      local answer = call("POST", USERS, fields)
      assert.equal(200, answer.status, answer.body)
      local id = answer.json.id
      assert.equal(1025, id)
      fields.id = id
      assert.same(fields, answer.json)
      assert.same(fields, search("userId=" .. id).json)
    end)

    it("requires nothing, and takes null as nothing", function()
      local answer = call("POST", USERS, { firstName = null, referenceNumber = "R1" })
      assert.equal(200, answer.status, answer.body)
      assert.equal(null, answer.json.firstName)
      assert.equal("active", answer.json.status)
    end)

    it("creates a duplicate when it is sent twice; search answers the older", function()
      local first = call("POST", USERS, { referenceNumber = "TWICE", email = "x@example.com" }).json
      local second = call("POST", USERS, { referenceNumber = "TWICE", email = "x@example.com" }).json
      assert.equal(first.id + 1, second.id)
      assert.equal(first.id, search("refNum=TWICE").json.id)
    end)

    it("answers 400 to every fault of the body, naming all fields at once", function()
      local fields = { jobActiveSync = "true", id = 7, refNum = "x", IAIct = "x", managerId = 2147483648, groupId = 1.5,
        mentorId = "7", employerId = -2147483649, firstName = 7, email = {}, weeklyHours = true }
      local answer = call("POST", USERS, fields)
      for name in pairs(fields) do refused(answer, 400, name) end
      assert.equal(200, call("POST", USERS, { managerId = 2147483647, groupId = -2147483648 }).status)
      local json = { ["Content-Type"] = "application/json" }
      for _, text in ipairs{ "", "{", "[]", "7", "null", '{"firstName":"\xff"}' } do
        refused(call("POST", USERS, text, json), 400)
      end
      refused(call("POST", USERS, "{}"), 400)
      refused(call("POST", USERS, "{}", { ["Content-Type"] = "text/plain" }), 400)
      refused(call("POST", USERS .. "?dryRun=true", {}), 400, "dryRun")
    end)
  end)

  describe("update", function()
    it("replaces: what is not given is cleared", function()
      local id = call("POST", USERS, everything("old")).json.id
      local answer = call("PUT", USERS .. "/" .. id, { firstName = "Zoë", phone = null, plannedHours = 8 })
      assert.equal(200, answer.status, answer.body)
      local user = answer.json
      assert.same({ id, "Zoë", 8, null, null, null, null }, {
        user.id, user.firstName, user.plannedHours, user.phone, user.email, user.status, user.jobActiveSync,
      })
      assert.same(user, search("userId=" .. id).json)
      refused(search("email=email%20old"), 404)
    end)

    it("keeps what is sent back whole", function()
      local user = search("userId=1003").json
      local id = user.id
      user.id = nil
      user.townCity = "Málaga"
      local answer = call("PUT", USERS .. "/" .. id, user)
      user.id = id
      assert.same(user, answer.json)
    end)

    it("refuses what is wrong", function()
      refused(call("PUT", USERS .. "/1001", { id = 1001 }), 400, "id")
      refused(call("PUT", USERS .. "/1001", { groupId = "1" }), 400, "groupId")
      refused(call("PUT", USERS .. "/1001", "[]", { ["Content-Type"] = "application/json" }), 400)
      refused(call("PUT", USERS .. "/APT-0001", {}), 400, "userId")
      refused(call("PUT", USERS .. "/2147483648", {}), 400, "userId")
      refused(call("PUT", USERS .. "/99", {}), 404)
    end)
  end)

  describe("deactivate", function()
    it("answers 200 with an empty body; the user stays, inactive", function()
      assert.equal("active", search("userId=1001").json.status)
      for _ = 1, 2 do
        local answer = call("DELETE", USERS .. "/1001")
        assert.equal(200, answer.status)
        assert.equal("", answer.body)
        assert.equal("0", answer.headers["content-length"])
      end
      assert.equal("inactive", search("userId=1001").json.status)
    end)

    it("refuses what is wrong", function()
      refused(call("DELETE", USERS .. "/99"), 404)
      refused(call("DELETE", USERS .. "/x"), 400, "userId")
      refused(call("DELETE", USERS .. "/1001", { reason = "left" }), 400)
    end)
  end)

  it("can be made to answer 403", function()
    sandbox:fault{ path = "/api/1%.0/.*", status = 403 }
    refused(search("userId=1001"), 403)
    assert.equal(200, search("userId=1001").status)
  end)

  it("is the same for the same seed", function()
    local other <close> = assert(start{ users = 30 })
    local third <close> = assert(start{ users = 30, seed = 2 })
    local function text(of)
      local out = {}
      for id = 1001, 1024 do
        out[#out + 1] = assert(raw.request(of, "GET", USERS .. "/search?userId=" .. id, nil, {
          ["X-API-Token"] = of.aptem_token,
        })).body
      end
      return table.concat(out)
    end
    assert.is_true(text(sandbox) == text(other))
    assert.is_false(text(sandbox) == text(third))
  end)
end)
