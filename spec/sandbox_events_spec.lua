-- The sandbox's webhooks host over raw HTTP: events and what they do to people.
local cjson = require "cjson"
local raw = require "spec.support.raw_http"
local start = require("thrive.sandbox").start

describe("the sandbox's webhooks", function()
  local sandbox, last

  before_each(function() sandbox, last = assert(start{ users = 5 }), 0 end)
  after_each(function() sandbox:stop() end)

  local function send(event, user, changes)
    last = last + 1
    local body = { id = "e" .. last, timestamp = "2024-06-01T00:00:00Z", eventType = event, content = { user = user } }
    for name, value in pairs(changes or {}) do body[name] = value end
    return assert(raw.request(sandbox, "POST", "/webhooks", body))
  end

  local function problem(answer, status, field)
    assert.equal(status, answer.status, answer.body)
    assert.equal(status, answer.json.status)
    assert.truthy(answer.json.message[field], answer.body)
  end

  it("user_joined creates, with custom fields at the top", function()
    local answer = send("user_joined", {
      ref = "N1", firstName = "Zoë", lastName = "Ng", email = "zoe@example.com", department = "Care",
    })
    assert.equal(200, answer.status)
    assert.equal("Care", answer.json.department)
    assert.is_nil(answer.json.additionalFields)
    assert.is_true(answer.json.active)
    assert.equal("Care", sandbox:user("N1").additionalFields.department)
  end)

  it("user_joined brings a suspended user back", function()
    send("user_suspended", { ref = "U0002", endDate = "2024-01-31" })
    assert.is_false(sandbox:user("U0002").active)
    local answer = send("user_joined", { ref = "U0002", jobTitle = "Cook" })
    assert.equal(200, answer.status)
    local user = sandbox:user("U0002")
    assert.is_true(user.active)
    assert.equal("Cook", user.jobTitle)
    assert.is_nil(user.endDate)
  end)

  it("user_joined does not bring somebody back without the email that the login needs", function()
    send("user_suspended", { ref = "U0002" })
    problem(send("user_joined", { ref = "U0002", email = cjson.null }), 422, "content.user.email")
    assert.is_true(sandbox:user("U0002").suspended)
    assert.truthy(sandbox:user("U0002").email)
  end)

  it("answers the user with the documented members", function()
    for event, user in pairs{
      user_joined = { ref = "N1", firstName = "A", lastName = "B", email = "a@example.com", domain = "example" },
      user_updated = { ref = "U0003", domain = "example" },
      user_suspended = { ref = "U0004", endDate = "2024-01-31T17:00:00.000Z" },
      user_deleted = { ref = "U0005" },
    } do
      local answer = send(event, user)
      assert.equal(200, answer.status, answer.body)
      for _, name in ipairs{ "id", "ref", "languageCode", "active", "createdAt", "updatedAt", "domain" } do
        assert.not_nil(answer.json[name], event .. " " .. name) -- null at least
      end
      assert.equal(event == "user_joined" or event == "user_updated", answer.json.active)
    end
  end)

  it("user_joined conflicts with an active user and with another's email", function()
    problem(send("user_joined", { ref = "U0001" }), 409, "content.user.ref")
    problem(send("user_joined", {
      ref = "N1", firstName = "A", lastName = "B", email = sandbox:user("U0003").email,
    }), 409, "content.user.email")
    assert.equal(5, #sandbox:users())
  end)

  it("user_updated changes what is given", function()
    assert.equal(200, send("user_updated", { ref = "U0003", email = "new@example.com", location = "Leeds" }).status)
    local user = sandbox:user("U0003")
    assert.equal("new@example.com", user.email)
    assert.equal("Leeds", user.additionalFields.location)
    problem(send("user_updated", { ref = "U0003", email = cjson.null }), 422, "content.user.email")
  end)

  it("user_deleted wipes the ref", function()
    assert.equal(200, send("user_deleted", { ref = "U0003" }).status)
    assert.is_nil(sandbox:user("U0003"))
    assert.equal(404, send("user_deleted", { ref = "U0003" }).status)
  end)

  it("answers 409 to an event id that was processed, and takes one that failed", function()
    assert.equal(404, send("user_updated", { ref = "nobody" }, { id = "same" }).status)
    assert.equal(200, send("user_updated", { ref = "U0003", jobTitle = "x" }, { id = "same" }).status)
    assert.equal(409, send("user_updated", { ref = "U0003", jobTitle = "y" }, { id = "same" }).status)
    assert.equal("x", sandbox:user("U0003").jobTitle)
  end)

  it("is strict about the envelope and the user", function()
    problem(send("user_fired", { ref = "U0001" }), 422, "eventType")
    problem(send("user_updated", { ref = "U0001" }, { timestamp = "now" }), 422, "timestamp")
    problem(send("user_updated", { ref = "U0001" }, { tenant = "x" }), 422, "tenant")
    problem(send("user_updated", {}), 422, "content.user.ref")
    problem(send("user_updated", { ref = "U0001", additionalFields = { department = "x" } }), 422,
      "content.user.additionalFields")
    problem(send("user_updated", { ref = "U0001", department = { "x" } }), 422, "content.user.department")
    problem(send("user_suspended", { ref = "U0001", jobTitle = "x" }), 422, "content.user.jobTitle")
    problem(send("user_joined", { ref = "N1", firstName = "A" }), 422, "content.user.email")
    local answer = raw.request(sandbox, "POST", "/webhooks", "{}", { ["Content-Type"] = "text/plain" })
    assert.equal(415, answer.status)
  end)
end)
