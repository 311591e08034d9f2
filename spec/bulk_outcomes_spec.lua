-- What becomes of a list that the service does in part, describes oddly, or of which a part fails.
local cjson = require "cjson"
local bulk = require "spec.support.bulk"
local sandboxes = require "thrive.sandbox"

local list_of, user, said, outcomes, runs = bulk.list_of, bulk.user, bulk.said, bulk.outcomes, bulk.runs

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
      assert.truthy(tostring(err):find("of 3 entries 1 failed:", 1, true), tostring(err))
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

    it("finds an email whatever its case, as services like to write them", function()
      answers({ 207, {
        success = { count = 1, entities = { { reference = "ada@example.org" } } },
        failure = { count = 2,
          entities = { { reference = "BO@EXAMPLE.ORG", reason = "left" }, { reference = "U9", reason = "no" } } },
      } })
      local result = add{ "Ada@Example.org", "bo@example.org", "u9" }
      assert.equal("success", result.outcomes[1].outcome)
      assert.equal("failure", result.outcomes[2].outcome)
      assert.equal("left", result.outcomes[2].reason)
      assert.equal("failure", result.outcomes[3].outcome) -- by the count: a ref is not folded
    end)

    it("keeps two emails apart that differ in case alone", function()
      answers({ 207, {
        success = { count = 1, entities = { { reference = "Ada@example.org" } } },
        failure = { count = 1, entities = { { reference = "ada@example.org", reason = "twice" } } },
      } })
      local result = add{ "Ada@example.org", "ada@example.org" }
      assert.equal(runs{ "success", "failure" }, outcomes(result))
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

  describe("one of whose tries was lost", function()
    -- The first try may have done it; or the second is refused for one name of the list, and nothing was done.
    it("is unknown when removing again is refused", function()
      local patient <close> = assert(sandbox:client{ max_retries = 1 })
      answers({ fault = { reset = "before" } }, 422)
      local result, err, meta = patient.users:remove_tags("x", { "a", "b" })
      assert.equal("partial", err.kind)
      assert.equal(422, meta.status)
      assert.equal(0, result.success.count)
      for i, outcome in ipairs(result.outcomes) do
        assert.equal("unknown", outcome.outcome)
        assert.equal(({ "a", "b" })[i], outcome.input)
        assert.truthy(outcome.reason:find("422", 1, true))
      end
    end)

    it("fails when the first try says so", function()
      answers(422)
      local _, err = client.users:remove_tags("x", { "a" })
      assert.equal("validation", err.kind)
    end)
  end)
end)
