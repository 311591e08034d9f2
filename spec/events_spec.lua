-- client.events: the envelope's bytes, its host and that host's token, and what a lost answer comes to.
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"
local thrive = require "thrive"

local EVENTS = { path = "/webhooks" }
local TOKENS = { path = "oauth2/token" }
local WHEN = { id = "E1", timestamp = 1719766800 }

describe("client.events", function()
  local sandbox, client

  before_each(function()
    sandbox = assert(sandboxes.start{ users = 4 })
    client = assert(sandbox:client{ max_retries = 0 })
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  local function bodies(log)
    local list = {}
    for i, request in ipairs((log or sandbox):requests(EVENTS)) do list[i] = request.body end
    return list
  end

  local function last_body()
    local list = bodies()
    return list[#list]
  end

  describe("puts an envelope around the user:", function()
    local head = '{"id":"E1","timestamp":"2024-06-30T17:00:00.000Z","eventType":"%s","content":{"user":%s}}'

    it("user_joined", function()
      local user, err, meta = client.events:user_joined({
        ref = "N1", domain = "north", firstName = "Zoë", lastName = 'O"N', email = "zoe@example.com", sso = false,
        role = "learner", jobTitle = "", managerRef = "U0002", startDate = "2024-07-01", endDate = 4102444800,
        timeZone = "Europe/London", languageCode = "en-gb",
      }, WHEN)
      assert.is_nil(err)
      assert.equal(200, meta.status)
      assert.equal(head:format("user_joined", '{"ref":"N1","email":"zoe@example.com","firstName":"Zoë","lastName":"O\\"N",'
        .. '"role":"learner","jobTitle":"","managerRef":"U0002","startDate":"2024-07-01",'
        .. '"endDate":"2100-01-01T00:00:00.000Z","timeZone":"Europe/London","languageCode":"en-gb","sso":false,'
        .. '"domain":"north"}'), last_body())
      assert.is_true(user.active)
      assert.equal("Zoë", sandbox:user("N1").firstName)
      local sent = sandbox:requests()[1]
      assert.equal("POST /webhooks", sent.method .. " " .. sent.target)
      assert.equal("application/json", sent.headers["content-type"])
      assert.equal("application/json", sent.headers.accept)
      assert.equal("Basic", sent.headers.authorization)
    end)

    it("user_updated, with what changed", function()
      assert(client.events:user_updated({ ref = "U0002", email = "new@example.com" }, WHEN))
      assert.equal(head:format("user_updated", '{"ref":"U0002","email":"new@example.com"}'), last_body())
      assert.equal("new@example.com", sandbox:user("U0002").email)
    end)

    it("user_suspended", function()
      assert(client.events:user_suspended({ ref = "U0002", endDate = "2024-06-30T18:00:00+01:00" }, WHEN))
      assert.equal(head:format("user_suspended", '{"ref":"U0002","endDate":"2024-06-30T18:00:00+01:00"}'), last_body())
      assert.is_true(sandbox:user("U0002").suspended)
    end)

    it("user_deleted", function()
      assert(client.events:user_deleted({ ref = "U0002" }, WHEN))
      assert.equal(head:format("user_deleted", '{"ref":"U0002"}'), last_body())
      assert.is_nil(sandbox:user("U0002"))
    end)
  end)

  it("brings a suspended user back with user_joined", function()
    local user = assert(client.users:get_by_ref("U0003"))
    assert(client.users:suspend("U0003"))
    local back = assert(client.events:user_joined{
      ref = "U0003", firstName = user.firstName, lastName = user.lastName, email = user.email,
    })
    assert.is_true(back.active)
    assert.is_falsy(sandbox:user("U0003").suspended)
  end)

  it("puts custom fields beside the others, not into additionalFields", function()
    assert(client.events:user_updated({ ref = "U0002", department = 'R&D "2"', costCentre = thrive.null }, WHEN))
    local user = sandbox:requests()[1].json.content.user
    assert.equal("costCentre department ref", subject.keys(user))
    assert.equal('R&D "2"', user.department)
    assert.truthy(last_body():find('"user":{"ref":"U0002",', 1, true))
    assert.truthy(last_body():find('"costCentre":null', 1, true))
    assert.equal('R&D "2"', sandbox:user("U0002").additionalFields.department)
  end)

  it("takes custom fields of every kind", function()
    sandbox:fault{ path = "/webhooks", status = 200, body = "" }
    assert(client.events:user_joined(subject.person{ a = 1, b = true, c = { x = { 1, 2 } }, ["d e"] = "}" }, WHEN))
    local user = sandbox:requests()[1].json.content.user
    assert.same({ ref = "N1", firstName = "Ada", lastName = "Lovelace", email = "ada@example.com",
      a = 1, b = true, c = { x = { 1, 2 } }, ["d e"] = "}" }, user)
  end)

  it("does not change the tables that it is given", function()
    local user, details = subject.person{ department = "x" }, { id = "E9" }
    assert(client.events:user_joined(user, details))
    assert.same(subject.person{ department = "x" }, user)
    assert.same({ id = "E9" }, details)
  end)

  describe("id", function()
    it("is fresh and unique", function()
      local dry <close> = assert(sandbox:client{ dry_run = true })
      local seen = {}
      for i = 1, 500 do
        local id = dry.events:user_deleted({ ref = "U" .. i }).id
        assert.truthy(id:find("^%x+$") and #id == 32, id)
        assert.is_nil(seen[id])
        seen[id] = true
      end
    end)

    it("is the one given, when one is", function()
      assert(client.events:user_deleted({ ref = "U0001" }, { id = "a/b é" }))
      assert.equal("a/b é", sandbox:requests()[1].json.id)
    end)
  end)

  describe("timestamp", function()
    local function sent(timestamp)
      local dry <close> = assert(sandbox:client{ dry_run = true })
      return dry.events:user_deleted({ ref = "U0001" }, { timestamp = timestamp }).timestamp
    end

    it("is now, in UTC, with milliseconds", function()
      local before = os.time()
      local text = sent(nil)
      local after = os.time()
      local now = text:match("^(%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d)%.%d%d%dZ$")
      assert.truthy(now, text)
      assert.is_true(now >= os.date("!%Y-%m-%dT%H:%M:%S", before) and now <= os.date("!%Y-%m-%dT%H:%M:%S", after))
    end)

    local times = {
      { 0, "1970-01-01T00:00:00.000Z" }, { -0.5, "1969-12-31T23:59:59.500Z" }, { 1719766800, "2024-06-30T17:00:00.000Z" },
      { 1719766800.25, "2024-06-30T17:00:00.250Z" }, { 1719766800.123, "2024-06-30T17:00:00.123Z" },
      { 1719766800.999, "2024-06-30T17:00:00.999Z" }, { 1719766800.9999, "2024-06-30T17:00:01.000Z" },
      { "2024-06-30T17:00:00.123Z", "2024-06-30T17:00:00.123Z" }, { "2024-06-30T17:00:00Z", "2024-06-30T17:00:00Z" },
      { "2024-06-30T18:00:00+01:00", "2024-06-30T18:00:00+01:00" }, { "2024-06-30 17:00:00", "2024-06-30T17:00:00.000Z" },
    }
    for _, case in ipairs(times) do
      it(("%s goes out as %s"):format(case[1], case[2]), function() assert.equal(case[2], sent(case[1])) end)
    end

    it("that is no time is refused", function()
      for _, wrong in ipairs { "yesterday", "2023-02-29T00:00:00Z", 0 / 0, math.huge, true, {}, "" } do
        assert.truthy(subject.raised(sent, wrong):find("'timestamp' must be a date like 2024-06-30T17:00:00.000Z", 1, true))
      end
    end)
  end)

  describe("misuse", function()
    local function refused(text, verb, ...)
      local message = subject.raised(client.events[verb], client.events, ...)
      assert.truthy(message:find(text, 1, true), message)
      assert.truthy(message:find("events:" .. verb .. ": ", 1, true), message)
      assert.equal(0, sandbox:count())
      return message
    end

    it("names every field that is missing", function()
      assert.same({ "missing 'email'", "missing 'firstName'", "missing 'lastName'",
        "missing 'ref'" }, subject.problems(refused("missing", "user_joined", {})))
      assert.same({ "missing 'ref'" }, subject.problems(refused("missing", "user_updated", { jobTitle = "x" })))
      refused("missing 'ref'", "user_suspended", {})
      refused("missing 'ref'", "user_deleted", {})
      refused("'ref' must not be empty", "user_deleted", { ref = "" })
    end)

    it("names fields that are wrong", function()
      refused("'role' must be administrator, learneradmin or learner (got \"boss\")", "user_updated",
        { ref = "x", role = "boss" })
      refused("'sso' must be true or false (got \"yes\")", "user_updated", { ref = "x", sso = "yes" })
      refused("'endDate' must be a date like", "user_suspended", { ref = "x", endDate = "soon" })
      refused("'email' is not a field", "user_deleted", { ref = "x", email = "x" })
      refused("'jobTitle' is not a field", "user_suspended", { ref = "x", jobTitle = "x" })
    end)

    it("names arguments that are wrong", function()
      refused("argument #1 must be a table of the user's fields (got nil)", "user_joined")
      refused("argument #1 must be a table of the user's fields (got string)", "user_deleted", "U0001")
      refused("argument #2 must be a table with id and timestamp (got string)", "user_deleted", { ref = "x" }, "E1")
      refused("'idd' is not a detail of an event (did you mean 'id'?)", "user_deleted", { ref = "x" }, { idd = "E1" })
      refused("'timeout' is not a detail of an event", "user_deleted", { ref = "x" }, { timeout = 1 })
      refused("'id' must be a string (got number)", "user_deleted", { ref = "x" }, { id = 1 })
      refused("'id' must not be empty", "user_deleted", { ref = "x" }, { id = "" })
      refused("'retries' is not an option", "user_deleted", { ref = "x" }, {}, { retries = 1 })
      refused("must be a table of options (got number)", "user_deleted", { ref = "x" }, {}, 5)
      refused("too many arguments", "user_deleted", { ref = "x" }, {}, {}, {})
    end)

    it("is blamed on the line that called", function()
      local here = debug.getinfo(1, "l").currentline
      local calls = {
        function() local _ = client.events:user_joined{} end,
        function() local _ = client.events:user_deleted("x") end,
        function() local _ = client.events:user_deleted({ ref = "x" }, { at = 1 }) end,
        function() local _ = client.events:user_deleted({ ref = "x" }, {}, { at = 1 }) end,
        function() local _ = client.events.user_deleted({ ref = "x" }) end,
        function() local _ = client.events:send{} end,
      }
      for i, call in ipairs(calls) do
        local message = subject.raised(call)
        assert.equal(here + 1 + i, tonumber(message:match("events_spec%.lua:(%d+): ")), message)
      end
    end)
  end)

  describe("options of a call", function()
    it("come after the details, which may be nil", function()
      assert(client.events:user_deleted({ ref = "U0001" }, nil, { headers = { ["X-Trace"] = "abc" } }))
      assert.equal("abc", sandbox:requests()[1].headers["x-trace"])
      sandbox:fault{ path = "/webhooks", delay = 5 }
      local _, err = client.events:user_deleted({ ref = "U0002" }, {}, { timeout = 0.05 })
      assert.equal("timeout", err.kind)
    end)
  end)

  describe("send", function()
    it("sends the envelope that it is given", function()
      assert(client.events:send{
        id = "E7", timestamp = 1719766800.5, eventType = "user_updated", content = { user = { ref = "U0002", jobTitle = "x" } },
      })
      local json = sandbox:requests()[1].json
      assert.same({ id = "E7", timestamp = "2024-06-30T17:00:00.500Z", eventType = "user_updated",
        content = { user = { ref = "U0002", jobTitle = "x" } } }, json)
      assert.truthy(last_body():find('^{"id":"E7","timestamp":"2024%-06%-30T17:00:00.500Z","eventType":"user_updated",'))
      assert.equal("x", sandbox:user("U0002").jobTitle)
    end)

    it("takes the options second", function()
      assert(client.events:send({ id = "E7", timestamp = 0, eventType = "user_deleted", content = { user = { ref = "U0002" } } },
        { headers = { ["X-Trace"] = "abc" } }))
      assert.equal("abc", sandbox:requests()[1].headers["x-trace"])
    end)

    it("wants a whole envelope", function()
      local message = subject.raised(function() client.events:send{ eventType = "user_left", content = {}, more = 1 } end)
      assert.same({
        "'eventType' must be user_joined, user_updated, user_suspended or user_deleted (got \"user_left\")",
        "'more' is not a field", "missing 'id'", "missing 'timestamp'",
      }, subject.problems(message))
      assert.equal(0, sandbox:count())
    end)
  end)

  describe("an answer", function()
    it("that is empty is true", function()
      sandbox:fault{ path = "/webhooks", status = 200, body = "" }
      assert.is_true((client.events:user_deleted{ ref = "U0001" }))
      sandbox:fault{ path = "/webhooks", status = 204 }
      assert.is_true((client.events:user_deleted{ ref = "U0001" }))
    end)

    it("keeps what nobody documents", function()
      sandbox:fault{ path = "/webhooks", body = '{"ref":"x","more":{"n":[1]},"domain":null}' }
      local user = assert(client.events:user_updated{ ref = "U0001" })
      assert.same({ ref = "x", more = { n = { 1 } } }, user)
    end)

    it("that says it is JSON and is not is an error of kind decode", function()
      sandbox:fault{ path = "/webhooks", json = "invalid" }
      local _, err = client.events:user_updated{ ref = "U0001" }
      assert.equal("decode", err.kind)
      assert.equal("events.user_updated", err.operation)
      assert.is_true(err.sent)
    end)

    for status, kind in pairs { [400] = "validation", [401] = "auth", [404] = "not_found", [409] = "conflict",
      [422] = "validation" } do
      it(("of %d is an error of kind %s"):format(status, kind), function()
        sandbox:fault{ path = "/webhooks", status = status }
        local user, err = client.events:user_updated{ ref = "U0001" }
        assert.is_nil(user)
        assert.equal(kind, err.kind)
        assert.equal("POST", err.method)
        assert.equal("/webhooks", err.path)
        assert.equal(1, sandbox:count())
      end)
    end

    it("names the fields that were wrong", function()
      local _, err = client.events:user_joined(subject.person{ email = sandbox:user("U0002").email })
      assert.equal("conflict", err.kind)
      assert.truthy(err.fields["content.user.email"])
    end)
  end)

  describe("whose answer was lost", function()
    local function patient() return sandbox:client{ max_retries = 1 } end

    it("is sent again with the same id, and the 409 that follows means that it is done", function()
      local again <close> = assert(patient())
      sandbox:fault{ path = "/webhooks", reset = "after" }
      local value, err, meta = again.events:user_suspended{ ref = "U0002" }
      assert.is_nil(err)
      assert.is_true(value)
      assert.equal(2, meta.attempts)
      assert.equal(409, meta.status)
      local sent = bodies()
      assert.equal(2, #sent)
      assert.equal(sent[1], sent[2], "id and timestamp stay")
      assert.is_true(sandbox:user("U0002").suspended)
    end)

    it("is sent again with the same id when it had not arrived, and its user comes back", function()
      local again <close> = assert(patient())
      sandbox:fault{ path = "/webhooks", reset = "before" }
      local user = assert(again.events:user_joined(subject.person()))
      assert.equal("N1", user.ref)
      local sent = bodies()
      assert.equal(2, #sent)
      assert.equal(sent[1], sent[2])
    end)

    it("reads a 409 after a 500 as done, too", function()
      local again <close> = assert(patient())
      sandbox:fault{ path = "/webhooks", status = 500, handled = true }
      assert.is_true((again.events:user_suspended{ ref = "U0002" }))
    end)

    it("holds for send as well", function()
      local again <close> = assert(patient())
      sandbox:fault{ path = "/webhooks", reset = "after" }
      assert.is_true((again.events:send{ id = "E7", timestamp = 0, eventType = "user_deleted",
        content = { user = { ref = "U0002" } } }))
    end)

    it("does not take a 409 for done after a try that was turned away", function()
      local again <close> = assert(patient())
      for _, status in ipairs { 429, 503 } do
        sandbox:fault{ path = "/webhooks", status = status, headers = { ["Retry-After"] = "0" } }
        sandbox:fault{ path = "/webhooks", status = 409 }
        local value, err = again.events:user_suspended{ ref = "U0002" }
        assert.is_nil(value)
        assert.equal("conflict", err.kind)
        assert.equal(2, err.attempts)
      end
    end)

    it("is a conflict when the first try gets the 409", function()
      local again <close> = assert(patient())
      assert(again.events:user_suspended({ ref = "U0002" }, WHEN))
      local value, err = again.events:user_suspended({ ref = "U0002" }, WHEN)
      assert.is_nil(value)
      assert.equal("conflict", err.kind)
      assert.equal(1, err.attempts)
    end)
  end)

  it("plans the envelope on a dry run", function()
    local dry <close> = assert(sandbox:client{ dry_run = true })
    local envelope, _, meta = dry.events:user_deleted({ ref = "U0001" }, WHEN)
    assert.is_true(meta.planned)
    local expected = { id = "E1", timestamp = "2024-06-30T17:00:00.000Z", eventType = "user_deleted",
      content = { user = { ref = "U0001" } } }
    assert.same(expected, envelope)
    assert.same({ { operation = "events.user_deleted", method = "POST", path = "/webhooks", body = expected } }, dry:plan())
    assert.equal(0, sandbox:count())
  end)

  it("takes a name that differs from a field's only in its case for a slip, not for a custom field", function()
    local message = select(2, pcall(function()
      client.events:user_updated{ ref = "U1", jobtitle = "Nurse" }
    end))
    assert.truthy(message:find("'jobtitle' is not a field (did you mean 'jobTitle'?)", 1, true), message)
  end)
end)

describe("the webhooks host", function()
  local api, hooks, client

  before_each(function()
    api = assert(sandboxes.start{ users = 3 })
    hooks = assert(sandboxes.start{ users = 3 })
  end)
  after_each(function()
    if client then client:close() end
    client = nil
    api:stop()
    hooks:stop()
  end)

  local function make(settings)
    settings.webhooks_url = settings.webhooks_url or hooks.base_url
    client = assert(api:client(settings))
    return client
  end

  it("gets the events and nothing else does", function()
    make{}
    assert(client.events:user_suspended{ ref = "U0002" })
    assert.equal(1, hooks:count())
    assert.equal(0, api:count())
    assert(client.users:get_by_ref("U0001"))
    assert.equal(1, hooks:count())
    assert.equal(1, api:count())
  end)

  it("gives the token for its own calls", function()
    make{ client_secret = hooks.client_secret, scope = "api/all" }
    assert(client.events:user_suspended{ ref = "U0002" })
    assert.equal(1, hooks:count(TOKENS))
    assert.equal(0, api:count())
    assert(client.users:get_by_ref("U0001"))
    assert.equal(1, api:count(TOKENS))
    assert.equal(1, hooks:count(TOKENS))
    assert(client.events:user_suspended{ ref = "U0001" })
    assert(client.users:get_by_ref("U0002"))
    assert.equal(1, api:count(TOKENS), "tokens are kept, one for each host")
    assert.equal(1, hooks:count(TOKENS))
    for _, request in ipairs(hooks:requests(EVENTS)) do assert.equal("Bearer", request.headers.authorization) end
  end)

  it("gives a new token when it refuses the old one, and the other host's token stays", function()
    make{ client_secret = hooks.client_secret }
    assert(client.events:user_suspended{ ref = "U0002" })
    assert(client.users:get_by_ref("U0001"))
    hooks:expire_tokens()
    assert(client.events:user_suspended({ ref = "U0001" }, { id = "E1" }))
    assert.equal(2, hooks:count(TOKENS))
    local log = hooks:requests(EVENTS)
    assert.equal(3, #log)
    assert.equal(401, log[2].status)
    assert.equal(log[2].body, log[3].body)
    assert(client.users:get_by_ref("U0002"))
    assert.equal(1, api:count(TOKENS))
  end)

  it("that gives no token is an error of the call", function()
    make{ client_secret = "a-wrong-secret" }
    local value, err = client.events:user_suspended{ ref = "U0002" }
    assert.is_nil(value)
    assert.equal("auth", err.kind)
    assert.equal(0, hooks:count(EVENTS))
    assert.equal(0, api:count())
  end)

  it("is reached by the escape hatch", function()
    make{}
    local _, err = client:request{ method = "POST", path = "/webhooks", host = "webhooks", body = { id = "E1" } }
    assert.equal("validation", err.kind)
    assert.equal(1, hooks:count())
    assert.equal(0, api:count())
  end)

  it("may have a path before /webhooks", function()
    make{ webhooks_url = hooks.base_url .. "/in/here/" }
    hooks:fault{ path = "/in/here/webhooks", status = 200, body = "{}" }
    assert(client.events:user_suspended{ ref = "U0002" })
    assert.equal("/in/here/webhooks", hooks:requests()[1].target)
  end)

  it("that cannot be reached says so", function()
    local url = hooks.base_url
    hooks:stop()
    make{ webhooks_url = url, max_retries = 0 }
    local _, err = client.events:user_suspended{ ref = "U0002" }
    assert.equal("network", err.kind)
    assert.is_false(err.sent)
  end)
end)
