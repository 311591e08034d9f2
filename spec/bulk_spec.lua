-- Lists of any length: hundreds on the wire, one merged result, one outcome for every input.
local cjson = require "cjson"
local core = require "thrive.core"
local thrive = require "thrive"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"

local function same_list(body) return body end
local function manager(i) return { reference = "u" .. i, permissions = { peopleManager = { manage = true } } } end
local function user(i) return "u" .. i end
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

local function list_of(entry, n)
  local list = {}
  for i = 1, n do list[i] = entry(i) end
  return list
end

-- What the service says of the entries first … last: all done, but those named in `failed` (number → reason).
local function said(first, last, failed)
  local good, bad = {}, {}
  for i = first, last do
    local reason = failed and failed[i]
    if reason then bad[#bad + 1] = { reference = "u" .. i, reason = reason } else good[#good + 1] = { reference = "u" .. i } end
  end
  local answer = { success = { count = #good, entities = #good > 0 and good or nil } }
  if failed then answer.failure = { count = #bad, entities = bad } end
  return answer
end

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

  -- The service's answers, one after another: a table or text is a body with status 200, a number a status of an error,
  -- { status, body } both.
  local function answers(...)
    for _, answer in ipairs { ... } do
      local rule = { status = 200 }
      if type(answer) == "number" then
        rule.status = answer
      elseif type(answer) == "string" then
        rule.body = answer
      elseif type(answer[1]) == "number" then
        rule.status, rule.body = answer[1], type(answer[2]) == "table" and cjson.encode(answer[2]) or answer[2]
      elseif answer.fault then
        rule = answer.fault
      else
        rule.body = cjson.encode(answer)
      end
      sandbox:fault(rule)
    end
  end

  local function add(list, ...) return client.audiences.members:add("a1", list, ...) end

  -- Lists of outcomes as text that can be read when it is wrong: "100 success, 1 failure".
  local function runs(list)
    local out, n = {}, 0
    for i, what in ipairs(list) do
      n = n + 1
      if list[i + 1] ~= what then out[#out + 1], n = n .. " " .. what, 0 end
    end
    return table.concat(out, ", ")
  end

  local function outcomes(result)
    local list = {}
    for i, outcome in ipairs(result.outcomes) do list[i] = outcome.outcome end
    return runs(list)
  end

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

  describe("that the service did in part", function()
    it("gives the result and an error of kind partial", function()
      answers({ 207, said(1, 3, { [2] = "not in this tenant" }) })
      local result, err, meta = add(list_of(user, 3))
      assert.equal(207, meta.status)
      assert.equal("partial", err.kind)
      assert.equal("audiences.members.add", err.operation)
      assert.is_true(err.sent)
      assert.is_false(err.retryable)
      assert.equal(result, err.result)
      assert.truthy(tostring(err):find("of 3 entries 1 failed and 0 are unknown", 1, true), tostring(err))
      assert.falsy(tostring(err):find("\n"))
      assert.equal(runs{ "success", "failure", "success" }, outcomes(result))
      assert.equal("not in this tenant", result.outcomes[2].reason)
      assert.equal("u2", result.outcomes[2].input)
      assert.equal(2, result.success.count)
      assert.same({ count = 1, entities = { { reference = "u2", reason = "not in this tenant" } } }, result.failure)
    end)

    it("counts failures also where the status says nothing of them", function()
      answers(said(1, 2, { [1] = "no" }))
      local result, err = add(list_of(user, 2))
      assert.equal("partial", err.kind)
      assert.equal(runs{ "failure", "success" }, outcomes(result))
    end)

    it("is a success when 207 names no failure", function()
      answers({ 207, said(1, 2) })
      local result, err = add(list_of(user, 2))
      assert.is_nil(err)
      assert.equal(2, result.success.count)
    end)

    it("merges the parts", function()
      answers({ 207, said(1, 100, { [7] = "no" }) }, said(101, 200), { 207, said(201, 250, { [201] = "nor this" }) })
      local result, err = add(list_of(user, 250))
      assert.equal("partial", err.kind)
      assert.equal(248, result.success.count)
      assert.equal(2, result.failure.count)
      assert.equal("u7", result.failure.entities[1].reference)
      assert.equal("nor this", result.failure.entities[2].reason)
      assert.equal(250, #result.outcomes)
      assert.equal("failure", result.outcomes[7].outcome)
      assert.equal("failure", result.outcomes[201].outcome)
    end)

    it("may all have failed", function()
      answers({ 207, { success = { count = 0 }, failure = said(1, 2, { "x", "y" }).failure } })
      local result, err = add(list_of(user, 2))
      assert.equal("partial", err.kind)
      assert.equal(runs{ "failure", "failure" }, outcomes(result))
      assert.same({ count = 0, entities = {} }, result.success)
    end)

    it("may answer only counts", function()
      for _, case in ipairs {
        { { success = { count = 3 } }, "3 success" },
        { { failure = { count = 3 } }, "3 failure" },
        { { success = { count = 2 }, failure = { count = 1 } }, "3 unknown" },
        { '{"success":{"count":3.0},"failure":null}', "3 success" },
        { '{"success":{"entities":[]},"failure":{"count":3,"entities":[]}}', "3 failure" },
      } do
        answers(case[1])
        assert.equal(case[2], outcomes((add(list_of(user, 3)))))
      end
    end)
  end)

  describe("whose entries the service names otherwise", function()
    it("is a success when the counts add up", function()
      answers({ success = { count = 2, entities = { { reference = "REF-1" }, { reference = "REF-2" } } } })
      local result, err = add { "ann@example.com", "bob@example.com" }
      assert.is_nil(err)
      assert.equal(runs{ "success", "success" }, outcomes(result))
    end)

    it("is a success when one of them is named as given", function()
      answers({ success = { count = 2, entities = { { reference = "bob@example.com" }, { reference = "REF-1" } } } })
      assert.equal(runs{ "success", "success" }, outcomes(assert(add { "ann@example.com", "bob@example.com" })))
    end)

    it("is a failure when nothing else is left for it", function()
      answers({ 207, { success = { count = 1, entities = { { reference = "b" } } },
        failure = { count = 1, entities = { { reference = "REF-1", reason = "gone" } } } } })
      local result = add { "a", "b" }
      assert.equal(runs{ "failure", "success" }, outcomes(result))
      assert.equal("gone", result.outcomes[1].reason)
    end)

    it("is unknown when one of several failed and nobody can tell which", function()
      answers({ 207, { success = { count = 1, entities = { { reference = "REF-1" } } },
        failure = { count = 1, entities = { { reference = "REF-2", reason = "gone" } } } } })
      local result, err = add { "a", "b" }
      assert.equal("partial", err.kind)
      assert.equal(runs{ "unknown", "unknown" }, outcomes(result))
    end)

    it("takes anything for an answer without raising", function()
      for _, body in ipairs {
        '{"success":1}', '{"success":[],"failure":{}}', '{"success":{"entities":"x"}}', '{"failure":{"entities":[1,null,"x"]}}',
        '{"success":{"count":"many","entities":[{"reference":null},{"reference":{"a":1}},{"reference":7}]}}',
        '{"success":{"count":-1}}', '{"success":{"count":1e300}}', '{}',
      } do
        for _, nulls in ipairs { "drop", "keep" } do
          local other <close> = assert(sandbox:client{ max_retries = 0, nulls = nulls })
          answers(body)
          local result = other.audiences.members:add("a1", { "a", "b" })
          assert.equal(2, #result.outcomes, body)
        end
      end
    end)
  end)

  describe("of which the service leaves an entry out", function()
    it("has an unknown outcome there, and an error", function()
      answers({ success = { count = 2, entities = { { reference = "u1" }, { reference = "u3" } } } })
      local result, err = add(list_of(user, 3))
      assert.equal("partial", err.kind)
      assert.truthy(err.message:find("0 failed and 1 are unknown", 1, true), err.message)
      assert.equal(runs{ "success", "unknown", "success" }, outcomes(result))
      assert.equal("string", type(result.outcomes[2].reason))
      assert.equal(2, result.success.count)
      assert.equal(0, result.failure.count)
    end)

    it("knows nothing of a 207 without a word", function()
      answers({ 207, "" })
      local result, err = add(list_of(user, 2))
      assert.equal("partial", err.kind)
      assert.equal(runs{ "unknown", "unknown" }, outcomes(result))
    end)

    it("is a success when a 2xx says nothing at all", function()
      for _, answer in ipairs { { 200, "" }, { 204, "" }, { 201, "{}" }, { 200, "{\"ok\":true}" } } do
        answers(answer)
        local result, err = add(list_of(user, 2))
        assert.is_nil(err)
        assert.equal(runs{ "success", "success" }, outcomes(result))
        assert.equal(2, result.success.count)
      end
    end)
  end)

  describe("with duplicates", function()
    it("has an outcome for each, when the service counts each", function()
      answers({ success = { count = 3, entities = { { reference = "a" }, { reference = "b" }, { reference = "a" } } } })
      local result = assert(add { "a", "b", "a" })
      assert.equal(runs{ "success", "success", "success" }, outcomes(result))
      assert.same({ "a", "b", "a" }, sandbox:requests()[1].json)
    end)

    it("has an outcome for each, when the service counts them once", function()
      answers({ success = { count = 2, entities = { { reference = "a" }, { reference = "b" } } } })
      local result, err = add { "a", "b", "a" }
      assert.is_nil(err)
      assert.equal(runs{ "success", "success", "success" }, outcomes(result))
    end)

    it("has an outcome for each, when the service names them otherwise as well", function()
      answers({ success = { count = 2, entities = { { reference = "REF-1" }, { reference = "b" } } } })
      assert.equal("3 success", outcomes(assert(add { "a", "b", "a" })))
      answers({ 207, { failure = { count = 1, entities = { { reference = "REF-1", reason = "gone" } } } } })
      local result = add { "a", "a" }
      assert.equal("2 failure", outcomes(result))
      assert.equal("gone", result.outcomes[2].reason)
    end)

    it("has the failure of one of the two", function()
      answers({ 207, { success = { count = 1, entities = { { reference = "a" } } },
        failure = { count = 1, entities = { { reference = "a", reason = "twice" } } } } })
      local result, err = add { "a", "a" }
      assert.equal("partial", err.kind)
      local n = { success = 0, failure = 0 }
      for _, outcome in ipairs(result.outcomes) do n[outcome.outcome] = n[outcome.outcome] + 1 end
      assert.same({ success = 1, failure = 1 }, n)
    end)
  end)

  describe("a part of which fails", function()
    it("goes on with the rest, and says which entries and why", function()
      answers(said(1, 100), { 422, { status = 422, error = "Unprocessable Entity", message = "no such audience member" } },
        said(201, 250))
      local result, err, meta = add(list_of(user, 250))
      assert.equal(200, meta.status)
      assert.equal(3, sandbox:count())
      assert.equal("partial", err.kind)
      assert.equal("100 success, 100 failure, 50 success", outcomes(result))
      for i = 101, 200 do
        local outcome = result.outcomes[i]
        assert.equal("u" .. i, outcome.input)
        assert.equal("validation", outcome.err.kind)
        assert.equal(422, outcome.err.status)
        assert.equal("no such audience member", outcome.reason)
      end
      assert.is_nil(result.outcomes[100].err)
      assert.equal(150, result.success.count)
      assert.equal(100, result.failure.count)
    end)

    it("first, does not keep the others from being sent", function()
      answers(422, said(101, 150))
      local result, err = add(list_of(user, 150))
      assert.equal("partial", err.kind)
      assert.equal("100 failure, 50 success", outcomes(result))
    end)

    it("is tried again by itself", function()
      local patient <close> = assert(sandbox:client{ max_retries = 1 })
      answers(said(1, 100), { fault = { status = 503, headers = { ["Retry-After"] = "0" } } }, said(101, 120))
      local result, err = patient.audiences.members:add("a1", list_of(user, 120))
      assert.is_nil(err)
      assert.equal(120, result.success.count)
      assert.equal(3, sandbox:count())
    end)

    for status, kind in pairs { [401] = "auth", [403] = "forbidden", [404] = "not_found" } do
      it(("with %d at first is the whole answer: nothing more is sent"):format(status), function()
        answers(status)
        local result, err, meta = add(list_of(user, 250))
        assert.is_nil(result)
        assert.equal(kind, err.kind)
        assert.equal(status, meta.status)
        assert.equal(1, sandbox:count())
      end)

      it(("with %d later ends it, and the rest is told to be not sent"):format(status), function()
        answers(said(1, 100), status)
        local result, err = add(list_of(user, 250))
        assert.equal("partial", err.kind)
        assert.equal(2, sandbox:count())
        assert.equal("100 success, 150 failure", outcomes(result))
        assert.equal(kind, result.outcomes[200].err.kind)
        assert.truthy(result.outcomes[201].reason:find("not sent", 1, true))
        assert.equal(kind, result.outcomes[250].err.kind)
      end)
    end

    it("and is the only one is the whole answer, whatever it is", function()
      for status, kind in pairs { [400] = "validation", [409] = "conflict", [422] = "validation", [429] = "rate_limited",
        [500] = "server" } do
        answers(status)
        local result, err = add(list_of(user, 100))
        assert.is_nil(result)
        assert.equal(kind, err.kind)
        assert.is_nil(err.result)
      end
    end)

    local open = {
      ["a connection that broke after the request"] = { reset = "after" },
      ["a connection that broke before the answer"] = { reset = "before" },
      ["an answer that broke off"] = { status = 200, body = ("x"):rep(100), truncate = 10 },
      ["a 500"] = { status = 500 },
      ["a gateway's page"] = { html = true },
      ["an answer that is not JSON"] = { status = 200, body = "<ok>" },
      ["an answer that is no object"] = { status = 200, body = "[1]" },
    }
    for name, fault in pairs(open) do
      it("has unknown outcomes after " .. name, function()
        -- Closed, for libcurl itself sends what may be repeated again when a connection in use turns out to be dead.
        answers({ fault = { body = cjson.encode(said(1, 100)), headers = { Connection = "close" } } }, { fault = fault },
          said(201, 250))
        local result, err = add(list_of(user, 250))
        assert.equal("partial", err.kind)
        assert.truthy(err.message:find("0 failed and 100 are unknown", 1, true), err.message)
        assert.equal("100 success, 100 unknown, 50 success", outcomes(result))
        assert.is_true(result.outcomes[150].err.sent)
        assert.equal(150, result.success.count)
        assert.equal(0, result.failure.count)
      end)
    end

    local refused = {
      ["a refusal that asks to come later"] = { status = 429 },
      ["a busy service that asks to come later"] = { status = 503, headers = { ["Retry-After"] = "1" } },
      ["a conflict"] = { status = 409 },
    }
    for name, fault in pairs(refused) do
      it("has failed after " .. name, function()
        answers(said(1, 100), { fault = fault })
        local result = add(list_of(user, 101))
        assert.equal("failure", result.outcomes[101].outcome)
      end)
    end
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
    end)

    it("applies the deadline to the whole call, not to each part", function()
      answers({ fault = { status = 200, body = cjson.encode(said(1, 100)), delay = 0.15 } },
        { fault = { status = 200, body = cjson.encode(said(101, 200)), delay = 5 } })
      local started = core.now()
      local result, err = add(list_of(user, 300), { deadline = 0.3 })
      assert.is_true(core.now() - started < 0.6)
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

  describe("one of whose tries was lost", function()
    it("is done when removing again says that there is nothing to remove", function()
      local patient <close> = assert(sandbox:client{ max_retries = 1 })
      answers({ fault = { reset = "before" } }, 422)
      local result, err, meta = patient.users:remove_tags("x", { "a", "b" })
      assert.is_nil(err)
      assert.equal(422, meta.status)
      assert.equal(2, result.success.count)
    end)

    it("fails when the first try says so", function()
      answers(422)
      local _, err = client.users:remove_tags("x", { "a" })
      assert.equal("validation", err.kind)
    end)
  end)
end)
