-- Lists of any length: hundreds on the wire, mistakes in them, options, dry runs.
local cjson = require "cjson"
local core = require "thrive.core"
local thrive = require "thrive"
local bulk = require "spec.support.bulk"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"

local list_of, user, said, outcomes = bulk.list_of, bulk.user, bulk.said, bulk.outcomes

local function same_list(body) return body end
local function manager(i) return { reference = "u" .. i, permissions = { peopleManager = { manage = true } } } end
local function skill(i) return { tagName = "u" .. i, level = i } end
local function operation(op, path)
  return function(body)
    assert.equal(op, body.op)
    assert.equal(path, body.path)
    assert.equal("op path value", subject.keys(body))
    return body.value
  end
end

-- Every bulk verb: name, the verb, its request line, an entry of its list, the list in a body, whether the service
-- answers per entry.
local verbs = {
  { "audiences.members.add", "POST /rest/v1/audiences/a%20b/members", user, same_list, true,
    function(c, ...) return c.audiences.members:add("a b", ...) end },
  { "audiences.managers.add", "POST /rest/v1/audiences/a%20b/managers", manager, same_list, true,
    function(c, ...) return c.audiences.managers:add("a b", ...) end },
  { "users.add_tags", "POST /rest/v1/users/x/tags", user, function(body) return body.tags end, false,
    function(c, ...) return c.users:add_tags("x", ...) end },
  { "users.remove_tags", "PATCH /rest/v1/users/x/tags", user, operation("remove", "tags"), false,
    function(c, ...) return c.users:remove_tags("x", ...) end },
  { "users.update_skills", "PATCH /rest/v1/users/x/skills", skill, operation("update", "skills"), false,
    function(c, ...) return c.users:update_skills("x", ...) end },
}
local replacing = {
  { "audiences.members.replace", "/rest/v1/audiences/a%20b/members", user,
    function(c, ...) return c.audiences.members:replace("a b", ...) end },
  { "audiences.managers.replace", "/rest/v1/audiences/a%20b/managers", manager,
    function(c, ...) return c.audiences.managers:replace("a b", ...) end },
}

describe("a list of any length", function()
  local sandbox, client

  setup(function() sandbox = assert(sandboxes.start{ users = 1 }) end)
  teardown(function() sandbox:stop() end)
  before_each(function()
    sandbox:clear_faults()
    sandbox:clear_requests()
    client = assert(sandbox:client{ max_retries = 0 })
  end)
  after_each(function() client:close() end)

  local function answers(...) bulk.answers(sandbox, ...) end
  local function add(list, ...) return client.audiences.members:add("a1", list, ...) end

  describe("goes out in hundreds, in order:", function()
    for _, verb in ipairs(verbs) do
      local name, line, entry, list_in, per_entry, call = table.unpack(verb)
      for n, sizes in pairs { [1] = { 1 }, [100] = { 100 }, [101] = { 100, 1 }, [250] = { 100, 100, 50 } } do
        it(("%s of %d"):format(name, n), function()
          local first = 1
          for _, size in ipairs(sizes) do
            answers(per_entry and said(first, first + size - 1) or { status = 200, message = "done" })
            first = first + size
          end
          local list = list_of(entry, n)
          local result, err, meta = call(client, list)
          assert.is_nil(err)
          assert.equal(200, meta.status)
          local sent, all = {}, {}
          for i, request in ipairs(sandbox:requests()) do
            assert.equal(line, request.method .. " " .. request.target)
            assert.equal("application/json", request.headers["content-type"])
            local entries = list_in(request.json)
            sent[i] = #entries
            table.move(entries, 1, #entries, #all + 1, all)
          end
          assert.same(sizes, sent)
          assert.same(list, all)
          assert.equal(n, result.success.count)
          assert.equal(n, #result.success.entities)
          assert.equal("u" .. n, result.success.entities[n].reference)
          assert.equal(0, result.failure.count)
          assert.same({}, result.failure.entities)
          assert.equal(n .. " success", outcomes(result))
          for i, outcome in ipairs(result.outcomes) do assert.equal(list[i], outcome.input) end
          assert.is_true(core.json.isarray(result.outcomes))
          assert.is_true(core.json.isarray(result.success.entities))
          assert.is_true(core.json.isarray(result.failure.entities))
          if not per_entry then assert.equal("done", result.message) end
          assert.equal(n, #list, "the list was changed")
        end)
      end
    end

    for _, verb in ipairs(replacing) do
      local name, path, entry, call = table.unpack(verb)
      it(("%s of a hundred is one request"):format(name), function()
        answers(said(1, 100))
        local result = assert(call(client, list_of(entry, 100)))
        assert.equal(100, result.success.count)
        local log = sandbox:requests()
        assert.equal(1, #log)
        assert.equal("PATCH " .. path, log[1].method .. " " .. log[1].target)
        assert.equal(100, #log[1].json)
      end)

      it(("%s over a hundred is refused, unless it may be split"):format(name), function()
        local message = subject.raised(call, client, list_of(entry, 101))
        assert.truthy(message:find("101 entries, but one call replaces at most 100", 1, true), message)
        assert.truthy(message:find("options.split = true", 1, true))
        subject.raised(call, client, list_of(entry, 101), { split = false })
        assert.equal(0, sandbox:count())
      end)

      it(("%s that may be split replaces with the first hundred and adds the rest"):format(name), function()
        answers(said(1, 100), said(101, 200), said(201, 230))
        local result, err = call(client, list_of(entry, 230), { split = true })
        assert.is_nil(err)
        local lines, sizes = {}, {}
        for i, request in ipairs(sandbox:requests()) do
          lines[i], sizes[i] = request.method .. " " .. request.target, #request.json
        end
        assert.same({ "PATCH " .. path, "POST " .. path, "POST " .. path }, lines)
        assert.same({ 100, 100, 30 }, sizes)
        assert.equal(230, result.success.count)
      end)

      it(("%s stops when its first part fails: the rest must not be added to the old list"):format(name), function()
        for _, status in ipairs { 400, 403, 409, 422, 500 } do
          sandbox:clear_requests()
          answers(status)
          local result, err = call(client, list_of(entry, 150), { split = true })
          assert.is_nil(result)
          assert.equal(status, err.status)
          assert.equal(1, sandbox:count())
        end
      end)

      it(("%s goes on when only a later part fails"):format(name), function()
        answers(said(1, 100), 500, said(201, 250))
        local result, err = call(client, list_of(entry, 250), { split = true })
        assert.equal("partial", err.kind)
        assert.equal("100 success, 100 unknown, 50 success", outcomes(result))
      end)
    end

    it("split means nothing to the verbs that only add", function()
      local message = subject.raised(add, { "u1" }, { split = true })
      assert.truthy(message:find("'split' is not an option", 1, true), message)
    end)
  end)

  describe("that is wrong", function()
    it("is refused before anything is sent when it is empty", function()
      for _, verb in ipairs(verbs) do
        local message = subject.raised(verb[6], client, {})
        assert.truthy(message:find("must not be empty", 1, true), message)
        assert.truthy(message:find(verb[1]:gsub("%.([^.]*)$", ":%1"), 1, true), message)
      end
      for _, verb in ipairs(replacing) do
        assert.truthy(subject.raised(verb[4], client, {}):find("must not be empty", 1, true))
        assert.truthy(subject.raised(verb[4], client, {}, { split = true }):find("must not be empty", 1, true))
      end
      assert.equal(0, sandbox:count())
    end)

    it("is refused when it is none", function()
      for _, list in ipairs { "u1", 1, true } do
        assert.truthy(subject.raised(add, list):find("must be an array", 1, true))
      end
      assert.truthy(subject.raised(add, nil):find("must be an array (got nil)", 1, true))
      assert.truthy(subject.raised(add, { user = "u1" }):find("array", 1, true))
      assert.truthy(subject.raised(add, { "u1", nil, "u3" }):find("array without holes", 1, true))
      assert.truthy(subject.raised(add, { "u1", split = true }):find("array without holes or other keys", 1, true))
      assert.equal(0, sandbox:count())
    end)

    it("has its entries named by their place in the whole list", function()
      local list = list_of(user, 250)
      list[3], list[101], list[249], list[250] = 7, { "u101" }, "", thrive.null
      local message = subject.raised(add, list)
      assert.truthy(message:find("'users[3]' must be a string (got 7)", 1, true), message)
      assert.truthy(message:find("'users[101]' must be a string (got table)", 1, true), message)
      assert.truthy(message:find("'users[249]' must not be empty", 1, true), message)
      assert.truthy(message:find("'users[250]' cannot be null here", 1, true), message)
      assert.equal(0, sandbox:count())
    end)

    it("has the fields of its entries named", function()
      local list = list_of(manager, 120)
      list[110] = { reference = "x", permissions = { peopleManager = { manages = true } } }
      list[111] = { permissions = {} }
      list[112] = "x"
      local message = subject.raised(function() client.audiences.managers:add("a", list) end)
      assert.truthy(message:find("'managers[110].permissions.peopleManager.manages' is not a field (did you mean 'manage'?)",
        1, true), message)
      assert.truthy(message:find("missing 'managers[111].reference'", 1, true), message)
      assert.truthy(message:find("'managers[112]' must be a table", 1, true), message)
      message = subject.raised(function()
        client.users:update_skills("x", { { tagName = "a", level = -2 }, { level = "high" } })
      end)
      assert.truthy(message:find("'skills[1].level' must be at least -1 (got -2)", 1, true), message)
      assert.truthy(message:find("missing 'skills[2].tagName'", 1, true), message)
      assert.truthy(message:find("'skills[2].level' must be a number", 1, true), message)
      assert.equal(0, sandbox:count())
    end)

    it("is blamed on the line that called", function()
      local here = debug.getinfo(1, "l").currentline
      local function wrong(f)
        local message = subject.raised(f)
        return tonumber(message:match("bulk_spec%.lua:(%d+): ")) - here, message
      end
      local line, message = wrong(function() local _ = client.audiences.members:add("a", { 1 }) end)
      assert.equal(5, line, message)
      line, message = wrong(function() local _ = client.audiences.members:add("a", { "u" }, { retries = 1 }) end)
      assert.equal(7, line, message)
      assert.truthy(message:find("audiences.members:add: 'retries' is not an option", 1, true), message)
      line, message = wrong(function() local _ = client.audiences.members:replace("a", list_of(user, 101)) end)
      assert.equal(10, line, message)
      line, message = wrong(function() local _ = client.audiences.members:add("a", { "u" }, { headers = { Host = "x" } }) end)
      assert.equal(12, line, message)
      assert.truthy(message:find("'Host' is set by the client itself", 1, true), message)
      line, message = wrong(function() local _ = client.audiences.members:add("a", { "u" }, {}, {}) end)
      assert.equal(15, line, message)
      assert.truthy(message:find("too many arguments (3 at most)", 1, true), message)
      assert.equal(0, sandbox:count())
    end)
  end)

  describe("with raise = true", function()
    it("raises the error, which has the result", function()
      local loud <close> = assert(sandbox:client{ max_retries = 0, raise = true })
      answers({ 207, said(1, 100, { [2] = "no" }) }, 500, said(201, 250))
      local err = subject.raised(function() loud.audiences.members:add("a1", list_of(user, 250)) end)
      assert.equal("partial", err.kind)
      assert.equal(250, #err.result.outcomes)
      assert.equal("failure", err.result.outcomes[2].outcome)
      assert.equal("server", err.result.outcomes[150].err.kind)
      assert.equal(3, sandbox:count(), "an error in the middle must not keep the rest from being sent")
    end)

    it("raises a first refusal, and returns when all went well", function()
      local loud <close> = assert(sandbox:client{ max_retries = 0, raise = true })
      answers(404)
      assert.equal("not_found", subject.raised(function() loud.audiences.members:add("a1", { "u1" }) end).kind)
      answers(said(1, 1))
      assert.equal(1, loud.audiences.members:add("a1", { "u1" }).success.count)
    end)
  end)

  describe("on a dry run", function()
    it("plans every part and sends nothing", function()
      local dry <close> = assert(sandbox:client{ dry_run = true })
      local value, err, meta = dry.audiences.members:replace("a1", list_of(user, 201), { split = true })
      assert.is_nil(err)
      assert.is_true(meta.planned)
      assert.equal(3, #value)
      local seen = {}
      for i, entry in ipairs(dry:plan()) do
        seen[i] = ("%s %s %s %d"):format(entry.operation, entry.method, entry.path, #entry.body)
      end
      assert.same({
        "audiences.members.replace PATCH /rest/v1/audiences/a1/members 100",
        "audiences.members.add POST /rest/v1/audiences/a1/members 100",
        "audiences.members.add POST /rest/v1/audiences/a1/members 1",
      }, seen)
      assert.same({ op = "remove", path = "tags", value = { "a" } }, (dry.users:remove_tags("x", { "a" })))
      assert.equal(0, sandbox:count())
    end)

    it("has the outcomes of a run in which all goes well, so that a script that looks at them goes on", function()
      local dry <close> = assert(sandbox:client{ dry_run = true })
      for _, count in ipairs { 3, 201 } do
        local users = list_of(user, count)
        local value = assert(dry.audiences.members:add("a1", users))
        assert.equal(count, #value.outcomes)
        assert.same({ input = users[count], outcome = "success" }, value.outcomes[count])
        assert.equal(count, value.success.count)
        assert.equal(users[2], value.success.entities[2].reference)
        assert.same({ count = 0, entities = {} }, value.failure)
      end
      assert.same({ "u1", "u2" }, (dry.audiences.members:replace("a1", { "u1", "u2" })))
      assert.equal("x", dry.users:add_tags("x", { "x" }).outcomes[1].input)
    end)

    it("is a guard error where only reading is allowed", function()
      local guarded <close> = assert(sandbox:client{ read_only = true })
      local value, err = guarded.audiences.members:add("a1", list_of(user, 250))
      assert.is_nil(value)
      assert.equal("guard", err.kind)
      assert.equal(0, sandbox:count())
    end)
  end)

  describe("with options", function()
    it("sends the headers with every part", function()
      answers(said(1, 100), said(101, 101))
      assert(add(list_of(user, 101), { headers = { ["X-Trace"] = "abc" } }))
      for _, request in ipairs(sandbox:requests()) do assert.equal("abc", request.headers["x-trace"]) end
    end)

    it("applies the timeout to every attempt", function()
      answers({ fault = { delay = 5 } })
      local _, err = add({ "u1" }, { timeout = 0.05 })
      assert.equal("timeout", err.kind)
      while sandbox:count() == 0 do thrive.sleep(0.001) end -- else it takes the next test's answer
    end)

    it("applies the deadline to the whole call, not to each part", function()
      answers({ fault = { status = 200, body = cjson.encode(said(1, 100)), delay = 0.2 } },
        { fault = { status = 200, body = cjson.encode(said(101, 200)), delay = 20 } })
      local started = core.now()
      local result, err = add(list_of(user, 300), { deadline = 0.8 })
      assert.is_true(core.now() - started < 10)
      assert.equal("partial", err.kind)
      assert.equal("100 success, 100 unknown, 100 failure", outcomes(result))
      assert.equal("deadline", result.outcomes[300].err.code)
      assert.is_false(result.outcomes[300].err.sent)
      assert.equal(2, sandbox:count())
    end)

    it("overrides the client's number of retries", function()
      answers(500)
      local _, err = add({ "u1" }, { max_retries = 0 })
      assert.equal(1, err.attempts)
    end)
  end)
end)
