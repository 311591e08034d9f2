-- Arguments against the catalogue: everything that is wrong is named at once, at the caller, before anything is sent.
local thrive = require "thrive"
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"

local raised = subject.raised

describe("a call with mistakes in its arguments", function()
  local sandbox, client

  setup(function()
    sandbox = assert(sandboxes.start{ users = 3 })
    client = assert(sandbox:client())
  end)
  teardown(function()
    client:close()
    sandbox:stop()
  end)
  before_each(function() sandbox:clear_requests() end)
  after_each(function() assert.equal(0, sandbox:count(), "something was sent") end)

  it("names every problem at once, and suggests the nearest name", function()
    local message = raised(function()
      client.users:create{
        rf = "a", firstNam = "x", role = "admin", sso = "yes", startDate = "soon", additionalFields = { 1 }, lastName = 7,
      }
    end)
    assert.same({
      "'additionalFields' must be a table of names and values (got table)",
      "'firstNam' is not a field (did you mean 'firstName'?)",
      "'lastName' must be a string (got 7)",
      "'rf' is not a field (did you mean 'ref'?)",
      "'role' must be administrator, learneradmin or learner (got \"admin\")",
      "'sso' must be true or false (got \"yes\")",
      "'startDate' must be a date like 2024-06-30 or 2024-06-30T17:00:00.000Z or an epoch second (got \"soon\")",
      "missing 'email' (required unless loginMethod is \"ref\")",
      "missing 'firstName'",
      "missing 'ref'",
    }, subject.problems(message))
  end)

  it("tells where options go, when they stand among fields or parameters, or with a verb that does not take them", function()
    local options = require "thrive.options"
    local behind = "(options go into a table of their own, behind this one)"
    for _, known in ipairs { options.per_call, options.iteration, options.bulk } do
      for name in pairs(known) do
        local text = raised(function() client.users:list{ [name] = 1 } end)
        assert.truthy(text:find(("'%s' is not a parameter %s"):format(name, behind), 1, true), text)
      end
    end
    assert.truthy(raised(function() client.users:update("U1", { timeout = 1 }) end):find("is not a field " .. behind, 1, true))
    assert.truthy(raised(function() client.users:list({}, { limit = 1 }) end)
      :find("'limit' is not an option here (each, pages and all take it)", 1, true))
    assert.truthy(raised(function() client.audiences.members:add("a", { "U1" }, { split = true }) end)
      :find("'split' is not an option here (replace takes it)", 1, true))
  end)

  it("does not name what is missing in something that is no table", function()
    assert.same({ "argument #1 must be a table of fields (got string)" },
      subject.problems(raised(function() client.users:create("Ada") end)))
  end)

  it("suggests groups as well as verbs, and says what a group without verbs has", function()
    assert.truthy(raised(function() return client.audiences.member end)
      :find("client.audiences has no verb 'member' (did you mean 'members'?)", 1, true))
    assert.truthy(raised(function() return client.cpd.list end)
      :find("client.cpd has no verb 'list' (it has categories, entries, requirements, summaries)", 1, true))
  end)

  -- One verb of each form, each called with a mistake: the message carries the line of the call.
  local forms = {
    create = function() client.users:create{} end,
    update = function() client.users:update("U0001", { firstNam = "x" }) end,
    list = function() client.users:list{ perPage = 0 } end,
    each = function() client.users:each{ perPage = 0 } end,
    pages = function() client.users:pages{ perPage = 0 } end,
    all = function() client.users:all{ perPage = 0 } end,
    get = function() client.users:get() end,
    add_tags = function() client.users:add_tags("x", "Lua") end,
    ["get's options"] = function() client.users:get("x", { time = 3 }) end,
    ["each's options"] = function() client.users:each({}, { limt = 3 }) end,
    ["a verb that does not exist"] = function() client.users:fetch("x") end,
    ["a dot for a colon"] = function() client.users.get("x") end,
    ["a dot for a colon in each"] = function() client.users.each() end,
    ["a call from another group's object"] = function() client.users.get({}, "x") end,
  }
  for name, f in pairs(forms) do
    it("is told where it was made: " .. name, function()
      local message = raised(f)
      local line = debug.getinfo(f, "S").linedefined
      assert.truthy(message:find(("validation_spec.lua:%d: "):format(line), 1, true), message)
      assert.falsy(message:find("\n"), message)
    end)
  end

  it("gets no answer at all, and leaves the client as it was", function()
    assert.is_false((pcall(client.users.create, client.users, {})))
    assert.equal(0, client:stats().calls)
  end)

  local cases = {
    { "a missing id", function() client.users:get() end, "argument #1 (id) must be a non-empty string (got nil)" },
    { "an empty id", function() client.users:get("") end, "argument #1 (id) must be a non-empty string (got \"\")" },
    { "an id that is a table", function() client.users:get({}) end, "(got table)" },
    { "an id that is a fraction", function() client.users:get(1.5) end, "(got 1.5)" },
    { "an id that is a boolean", function() client.users:get(true) end, "(got true)" },
    { "a path that would climb", function() client.users:get("..") end, "argument #1 (id) cannot be \"..\": that would lead" },
    { "a path that would stay", function() client.users:delete(".") end, "argument #1 (ref) cannot be \".\":" },
    { "null for an id", function() client.users:get(thrive.null) end, "(got thrive.null)" },
    { "fields that are no table", function() client.users:create("x") end,
      "argument #1 must be a table of fields (got string)" },
    { "parameters that are no table", function() client.users:list(5) end,
      "argument #1 must be a table of parameters (got number)" },
    { "options that are no table", function() client.users:get("x", 5) end,
      "argument #2 must be a table of options (got number)" },
    { "too many arguments", function() client.users:get("x", {}, {}) end, "too many arguments (2 at most)" },
    { "too many arguments for each", function() client.users:each({}, {}, {}) end, "too many arguments (2 at most)" },
    { "parameters of each that are no table", function() client.users:each("x") end,
      "users:each: argument #1 must be a table of parameters (got string)" },
    { "options of each that are no table", function() client.users:each({}, "x") end,
      "users:each: argument #2 must be a table of options (got string)" },
    { "an unknown option, with the nearest name", function() client.users:get("x", { timout = 1 }) end,
      "users:get: 'timout' is not an option (did you mean 'timeout'?)" },
    { "options of the wrong type and range", function() client.users:get("x", { timeout = 0, max_retries = "1" }) end,
      "'max_retries' must be an integer (got string); 'timeout' must be a number of seconds above 0 (got 0)" },
    { "a limit of nothing", function() client.users:all({}, { limit = 0 }) end, "'limit' must be 1 or more (got 0)" },
    { "a header that the client sets", function() client.users:get("x", { headers = { Host = "x" } }) end,
      "users:get: header 'Host' is set by the client itself" },
    { "the same for each", function() client.users:each({}, { headers = { Authorization = "x" } }) end,
      "users:each: header 'Authorization' is set by the client itself" },
    { "a key that is no name", function() client.users:update("x", { "a" }) end,
      "names must be strings (found a number key)" },
    { "a page below 1", function() client.users:list{ page = 0 } end, "'page' must be at least 1 (got 0)" },
    { "a page size out of range", function() client.users:list{ perPage = 1001 } end,
      "'perPage' must be from 1 to 1000 (got 1001)" },
    { "a page size that is a fraction", function() client.users:list{ perPage = 1.5 } end,
      "'perPage' must be an integer (got 1.5)" },
    { "a page size that is text", function() client.users:list{ perPage = "5" } end,
      "'perPage' must be an integer (got \"5\")" },
    { "null in a query", function() client.users:list{ status = thrive.null } end,
      "'status' cannot be null: leave it out" },
    { "a status that does not exist", function() client.users:list{ status = "Active" } end,
      "'status' must be active, inactive, expired or new (got \"Active\")" },
    { "one wrong status in a list", function() client.users:list{ statuses = { "active", "gone" } } end,
      "'statuses' must be active, inactive, expired or new (got \"gone\")" },
    { "one wrong status in a text", function() client.users:list{ statuses = "active,gone" } end, "(got \"gone\")" },
    { "a list of numbers", function() client.users:list{ statuses = { 1 } } end,
      "'statuses': entry 1 must be a string without a comma" },
    { "a list with a hole", function() client.users:list{ statuses = { "active", nil, "new" } } end, "'statuses'" },
    { "a list with names", function() client.users:list{ statuses = { only = "active" } } end, "'statuses'" },
    { "a list that is a number", function() client.users:list{ statuses = 1 } end, "'statuses' must be" },
    { "null where nothing can be cleared", function() client.users:create(subject.person{ role = thrive.null }) end,
      "'role' cannot be null here" },
    { "null for a field that update cannot clear", function() client.users:update("x", { firstName = thrive.null }) end,
      "'firstName' cannot be null here" },
    { "ref in an update", function() client.users:update("x", { ref = "y" }) end, "'ref' is not a field" },
    { "empty text where text is required", function() client.users:create(subject.person{ ref = "" }) end,
      "'ref' must not be empty" },
    { "no names", function() client.users:add_tags("x", {}) end, "'names' must not be empty" },
    { "names that are no array", function() client.users:add_tags("x", "Lua") end,
      "argument #2 (names) must be an array (got string)" },
    { "names with a hole", function() client.users:add_tags("x", { "a", nil, "b" }) end,
      "'names' must be an array without holes" },
    { "names with keys", function() client.users:add_tags("x", { "a", b = 1 }) end,
      "'names' must be an array without holes" },
    { "names with a number", function() client.users:add_tags("x", { "a", 5 }) end,
      "'names[2]' must be a string (got 5)" },
    { "names with an empty one", function() client.users:remove_tags("x", { "" }) end, "'names[1]' must not be empty" },
    { "names with null", function() client.users:remove_tags("x", { thrive.null }) end, "'names[1]' cannot be null here" },
    { "a skill without its tag", function() client.users:update_skills("x", { { level = 1 } }) end,
      "missing 'skills[1].tagName'" },
    { "a skill's level below -1", function()
      client.users:update_skills("x", { { tagName = "a" }, { tagName = "b", level = -2 } })
    end, "'skills[2].level' must be at least -1 (got -2)" },
    { "a skill's unknown field", function() client.users:update_skills("x", { { tagName = "a", levl = 1 } }) end,
      "'skills[1].levl' is not a field (did you mean 'level'?)" },
    { "a skill that is no table", function() client.users:update_skills("x", { "a" }) end, "'skills[1]' must be" },
    { "a level that is not a number", function()
      client.users:update_skills("x", { { tagName = "a", level = 0 / 0 } })
    end, "'skills[1].level'" },
    { "a level that is infinite", function()
      client.users:update_skills("x", { { tagName = "a", level = math.huge } })
    end, "'skills[1].level'" },
    { "additional fields that JSON cannot say", function()
      client.users:update("x", { additionalFields = { a = { b = print } } })
    end, "additionalFields.a.b" },
    { "additional fields that hold themselves", function()
      local loop = {}
      loop.again = loop
      client.users:update("x", { additionalFields = loop })
    end, "additionalFields" },
    { "additional fields that are an array", function()
      client.users:update("x", { additionalFields = thrive.array{} })
    end, "'additionalFields' must be" },
    { "text that is not UTF-8", function() client.users:create(subject.person{ firstName = "\xff\xfe" }) end, "firstName" },
    { "a day that does not exist", function() client.users:list{ updatedSince = "2023-02-29" } end,
      "'updatedSince' must be a date like" },
    { "a date that is a table", function() client.users:list{ updatedSince = {} } end, "(got table)" },
    { "a date that is no number", function() client.users:list{ updatedSince = 0 / 0 } end, "'updatedSince'" },
    { "a date beyond the calendar", function() client.users:list{ updatedSince = 1e300 } end, "'updatedSince'" },
    { "an end date that is null in suspend", function() client.users:suspend("x", { endDate = thrive.null }) end,
      "'endDate' cannot be null here" },
    { "an update without a table, such as a variable that is not set", function() client.users:update("U1", nil) end,
      "argument #2 must be a table of fields (got nil)" },
    { "a call with a dot", function() client.users.get("x") end,
      "users:get: call it with a colon: client.users:get(…)" },
    { "a verb that does not exist, with the nearest", function() client.users:craete{} end,
      "client.users has no verb 'craete' (did you mean 'create'?)" },
    { "a verb that nothing resembles", function() client.users:frobnicate() end, "client.users has no verb 'frobnicate'" },
  }
  for _, case in ipairs(cases) do
    it("is told of " .. case[1], function()
      local message = raised(case[2])
      assert.equal("string", type(message))
      assert.truthy(message:find(case[3], 1, true), ("%q is not in: %s"):format(case[3], message))
    end)
  end

  it("is shown at most the beginning of a long value, on one line", function()
    local message = raised(function() client.users:create(subject.person{ role = ("x\n"):rep(500) }) end)
    assert.is_true(#message < 300)
    assert.falsy(message:find("\n"), message)
    message = raised(function() client.users:update("x", { [("k\n"):rep(500)] = 1 }) end)
    assert.falsy(message:find("\n"), message)
    assert.is_true(#message < 300)
  end)
end)

-- The rules, one by one, on an operation made for it: the catalogue in use does not have them all.
describe("the rule", function()
  local client

  setup(function()
    client = assert(thrive.client{ tenant_id = "t", api_key = "some-key", base_url = "https://thrive.example" })
  end)
  teardown(function() client:close() end)

  local function operation(method, params)
    return core.operation({ method = method, path = "/x", params = params }, "things.make")
  end

  -- What would be sent for this value of a parameter: the body's text for a POST, the path for a GET; or what is wrong.
  local function sent(method, rule, value)
    local transfer, problem = core.prepare(client, operation(method, { rule }), { [rule[1]] = value })
    if not transfer then return nil, (problem:gsub("^things:make: ", "")) end
    if method == "GET" then return (core.describe(transfer).path:gsub("^/x%??", "")) end
    return core.planned(transfer)[rule[1]]
  end

  it("integer takes integers and integral floats", function()
    local rule = { "n", "integer", min = -3, max = 7 }
    for _, value in ipairs { -3, 7, 7.0, 0 } do assert.equal(math.tointeger(value), (sent("POST", rule, value))) end
    for _, value in ipairs { 8, -4, 1.5, "1", true, {} } do assert.is_nil((sent("POST", rule, value))) end
    assert.equal("'n' must be from -3 to 7 (got 8)", select(2, sent("POST", rule, 8)))
    assert.equal("n=7", sent("GET", rule, 7.0))
    assert.equal(9007199254740993, (sent("POST", { "n", "integer" }, 9007199254740993)))
    assert.equal("n=9007199254740993", sent("GET", { "n", "integer" }, 9007199254740993))
  end)

  it("number takes what JSON can say", function()
    local rule = { "n", "number", min = -1 }
    assert.equal(-1, (sent("POST", rule, -1)))
    assert.equal(0.5, (sent("POST", rule, 0.5)))
    assert.equal("'n' must be at least -1 (got -1.5)", select(2, sent("POST", rule, -1.5)))
    assert.is_nil((sent("POST", rule, 0 / 0)))
    assert.is_nil((sent("POST", rule, math.huge)))
    assert.equal("'n' must be at most 2.5 (got 3)", select(2, sent("POST", { "n", "number", max = 2.5 }, 3)))
    assert.equal("n=0.5", sent("GET", { "n", "number" }, 0.5))
  end)

  it("boolean takes booleans", function()
    local rule = { "b", "boolean" }
    assert.is_false((sent("POST", rule, false)))
    assert.equal("b=true", sent("GET", rule, true))
    assert.equal("'b' must be true or false (got 0)", select(2, sent("POST", rule, 0)))
  end)

  it("max_length counts characters, not bytes", function()
    local rule = { "s", "string", max_length = 3 }
    assert.equal("äöü", (sent("POST", rule, "äöü")))
    assert.equal("'s' must be at most 3 characters long (got 4)", select(2, sent("POST", rule, "äöüß")))
  end)

  it("min_count and max_count count entries", function()
    local rule = { "a", "array", min_count = 2, max_count = 3, items = { "x", "integer" } }
    assert.same({ 1, 2 }, (sent("POST", rule, { 1, 2 })))
    assert.equal("'a' must hold at least 2 entries", select(2, sent("POST", rule, { 1 })))
    assert.equal("'a' must not be empty", select(2, sent("POST", rule, {})))
    assert.equal("'a' must hold at most 3 entries (got 4)", select(2, sent("POST", rule, { 1, 2, 3, 4 })))
  end)

  it("array sends an empty table as [], without a mark", function()
    local transfer = assert(core.prepare(client, operation("POST", { { "a", "array" } }), { a = {} }))
    assert.is_true(core.json.isarray(core.planned(transfer).a))
    transfer = assert(core.prepare(client, operation("POST", { { "o", "object" } }), { o = {} }))
    assert.is_false(core.json.isarray(core.planned(transfer).o))
  end)

  it("object keeps arrays inside it when they are marked", function()
    local value = sent("POST", { "o", "object" }, { marked = thrive.array{}, plain = {}, list = { 1 } })
    assert.is_true(core.json.isarray(value.marked))
    assert.is_false(core.json.isarray(value.plain))
    assert.same({ 1 }, value.list)
  end)

  it("nullable lets thrive.null through, and only where it says so", function()
    assert.equal(thrive.null, (sent("POST", { "s", "string", nullable = true }, thrive.null)))
    assert.equal("'s' cannot be null here", select(2, sent("POST", { "s", "string" }, thrive.null)))
  end)

  it("needs asks for another parameter beside one", function()
    local op = operation("GET", { { "from", "date", date = "t", needs = "to" }, { "to", "date", date = "t" } })
    local transfer, problem = core.prepare(client, op, { from = "2024-01-01" })
    assert.is_nil(transfer)
    assert.equal("things:make: 'from' needs 'to' beside it", problem)
    assert(core.prepare(client, op, { from = "2024-01-01", to = "2024-01-02" }))
  end)

  it("unless lets a required one be absent", function()
    local op = operation("POST", {
      { "email", "string", required = true, unless = { "how", "ref" } }, { "how", "string" },
    })
    assert(core.prepare(client, op, { how = "ref" }))
    assert(core.prepare(client, op, { email = "a" }))
    local _, problem = core.prepare(client, op, { how = "email" })
    assert.equal("things:make: missing 'email' (required unless how is \"ref\")", problem)
    _, problem = core.prepare(client, op)
    assert.truthy(problem:find("missing 'email'", 1, true))
  end)

  local dates = {
    { "iso", 0, "1970-01-01T00:00:00.000Z" }, { "iso", 1719766800.25, "2024-06-30T17:00:00.250Z" },
    { "iso", "2024-06-30T19:00:00+02:00", "2024-06-30T19:00:00+02:00" }, { "iso", "2024-06-30", "2024-06-30T00:00:00.000Z" },
    { "space", 0, "1970-01-01 00:00:00" }, { "space", "2020-01-01 10:00:00", "2020-01-01 10:00:00" },
    { "space", "2020-01-01T12:00:00+02:00", "2020-01-01 10:00:00" }, { "space", "2020-01-01", "2020-01-01 00:00:00" },
    { "t", 0, "1970-01-01T00:00:00" }, { "t", "2020-11-17T09:50:00Z", "2020-11-17T09:50:00" },
    { "t", "2020-11-17", "2020-11-17T00:00:00" },
    { "day_or_iso", "2024-06-30", "2024-06-30" }, { "day_or_iso", -1, "1969-12-31T23:59:59.000Z" },
    { "day_or_space", "2024-06-30", "2024-06-30" }, { "day_or_space", 0, "1970-01-01 00:00:00" },
  }
  for _, case in ipairs(dates) do
    it(("date as %s writes %s as %s, in bodies and queries"):format(case[1], case[2], case[3]), function()
      local rule = { "d", "date", date = case[1] }
      assert.equal(case[3], (sent("POST", rule, case[2])))
      local escaped = case[3]:gsub("[^%w._~-]", function(c) return ("%%%02X"):format(c:byte()) end)
      assert.equal("d=" .. escaped, sent("GET", rule, case[2]))
    end)
  end

  it("date refuses what is none, and shows one that it takes", function()
    for _, value in ipairs { "yesterday", "2024-13-01", "2024-02-30", "24:00", "", "2024-06-30T25:00:00", {}, true, 1e300 } do
      for _, format in ipairs { "iso", "space", "t", "day_or_iso", "day_or_space" } do
        local out, problem = sent("GET", { "d", "date", date = format }, value)
        assert.is_nil(out)
        assert.truthy(problem:find("'d' must be a date like %d%d%d%d%-"), problem)
      end
    end
  end)

  it("csv takes a table or a text, and escapes each entry", function()
    local rule = { "l", "csv" }
    assert.equal("l=a%2Cb%20c", sent("GET", rule, { "a", "b c" }))
    assert.equal("l=a%2Cb", sent("GET", rule, "a,b"))
    assert.equal("", sent("GET", rule, {}), "an empty list is left out")
    assert.is_nil((sent("GET", rule, { "a,b" })))
    assert.is_nil((sent("GET", rule, { "" })))
  end)

  it("leaves nothing behind in the arguments", function()
    local fields = { n = 1.0, s = "x", o = { a = {} } }
    local op = operation("POST", { { "n", "integer" }, { "s", "string" }, { "o", "object" } })
    assert(core.prepare(client, op, fields))
    assert.equal("float", math.type(fields.n))
    assert.same({ n = 1.0, s = "x", o = { a = {} } }, fields)
    assert.is_nil(getmetatable(fields.o.a))
  end)

  it("of a nested record names the whole path", function()
    local rule = { "outer", "record", fields = {
      { "list", "array", items = { "entry", "record", fields = { { "n", "integer", required = true } } } },
    } }
    local _, problem = sent("POST", rule, { list = { { n = 1 }, {}, { n = "x" } } })
    assert.same({ "'outer.list[3].n' must be an integer (got \"x\")", "missing 'outer.list[2].n'" },
      subject.problems("things:make: " .. problem))
  end)
end)

describe("core.nearest", function()
  local names = { "create", "update", "get_by_ref", "firstName" }
  for word, wanted in pairs {
    craete = "create", Create = "create", udpate = "update", getbyref = "get_by_ref", firstname = "firstName",
    fistName = "firstName",
  } do
    it(("takes %s for %s"):format(word, wanted), function() assert.equal(wanted, core.nearest(word, names)) end)
  end
  it("has no suggestion for what nothing resembles", function()
    assert.is_nil(core.nearest("frobnicate", names))
    assert.is_nil(core.nearest("", names))
    assert.is_nil(core.nearest(("x"):rep(1000), names))
  end)
end)
