-- What comes back, operation by operation: every success and refusal that is documented, empty answers, nulls, fields
-- that nobody has heard of, and answers that are not what was agreed.

local cjson = require "cjson"
local thrive = require "thrive"
local answers = require "spec.support.answers"
local operations = require "spec.support.operations"

local all = operations.all()

-- One call of each operation; c is a client, a one of Aptem.
local person = { ref = "U1", firstName = "Ada", lastName = "Lovelace", email = "ada@example.org" }
local two_managers = { { reference = "a", permissions = {} }, { reference = "b", permissions = {} } }
local dates = { entryDateFrom = "2026-01-01", entryDateTo = "2026-02-01" }
local calls = {
  ["users.create"] = function(c) return c.users:create(person) end,
  ["users.update"] = function(c) return c.users:update("U1", {}) end,
  ["users.suspend"] = function(c) return c.users:suspend("U1") end,
  ["users.delete"] = function(c) return c.users:delete("U1") end,
  ["users.list"] = function(c) return c.users:list() end,
  ["users.get"] = function(c) return c.users:get("X") end,
  ["users.get_by_ref"] = function(c) return c.users:get_by_ref("U1") end,
  ["users.add_tags"] = function(c) return c.users:add_tags("X", { "a", "b" }) end,
  ["users.remove_tags"] = function(c) return c.users:remove_tags("X", { "a", "b" }) end,
  ["users.update_skills"] = function(c) return c.users:update_skills("X", { { tagName = "a" }, { tagName = "b" } }) end,
  ["audiences.list"] = function(c) return c.audiences:list() end,
  ["audiences.create"] = function(c) return c.audiences:create{ name = "A" } end,
  ["audiences.get"] = function(c) return c.audiences:get("A") end,
  ["audiences.update"] = function(c) return c.audiences:update("A", { name = "B" }) end,
  ["audiences.delete"] = function(c) return c.audiences:delete("A") end,
  ["audiences.members.list"] = function(c) return c.audiences.members:list("A") end,
  ["audiences.members.add"] = function(c) return c.audiences.members:add("A", { "a", "b" }) end,
  ["audiences.members.replace"] = function(c) return c.audiences.members:replace("A", { "a", "b" }) end,
  ["audiences.members.remove"] = function(c) return c.audiences.members:remove("A", "a") end,
  ["audiences.managers.list"] = function(c) return c.audiences.managers:list("A") end,
  ["audiences.managers.add"] = function(c) return c.audiences.managers:add("A", two_managers) end,
  ["audiences.managers.replace"] = function(c) return c.audiences.managers:replace("A", two_managers) end,
  ["audiences.managers.remove"] = function(c) return c.audiences.managers:remove("A", "a") end,
  ["assignments.list"] = function(c) return c.assignments:list() end,
  ["assignments.create"] = function(c) return c.assignments:create{ audienceId = "A", contentId = "C" } end,
  ["assignments.get"] = function(c) return c.assignments:get("X") end,
  ["assignments.update"] = function(c) return c.assignments:update("X", { audienceId = "A" }) end,
  ["assignments.delete"] = function(c) return c.assignments:delete("X", { audienceId = "A" }) end,
  ["assignments.enrolments.list"] = function(c) return c.assignments.enrolments:list("X") end,
  ["assignments.enrolments.get"] = function(c) return c.assignments.enrolments:get("X", "E") end,
  ["completions.list"] = function(c) return c.completions:list() end,
  ["completions.get"] = function(c) return c.completions:get("X") end,
  ["completions.create"] = function(c) return c.completions:create{ userId = "U", contentId = "C", completedAt = 0 } end,
  ["content.list"] = function(c) return c.content:list() end,
  ["content.get"] = function(c) return c.content:get("X") end,
  ["activities.list"] = function(c) return c.activities:list() end,
  ["activities.get"] = function(c) return c.activities:get("X") end,
  ["cpd.categories.list"] = function(c) return c.cpd.categories:list() end,
  ["cpd.categories.get"] = function(c) return c.cpd.categories:get("X") end,
  ["cpd.entries.list"] = function(c) return c.cpd.entries:list() end,
  ["cpd.entries.get"] = function(c) return c.cpd.entries:get("X") end,
  ["cpd.requirements.list"] = function(c) return c.cpd.requirements:list() end,
  ["cpd.requirements.get"] = function(c) return c.cpd.requirements:get("X") end,
  ["cpd.summaries.list"] = function(c) return c.cpd.summaries:list(dates) end,
  ["tags.list"] = function(c) return c.tags:list() end,
  ["tags.get"] = function(c) return c.tags:get("X") end,
  ["skills.levels"] = function(c) return c.skills:levels() end,
  ["events.user_joined"] = function(c) return c.events:user_joined(person) end,
  ["events.user_updated"] = function(c) return c.events:user_updated{ ref = "U1" } end,
  ["events.user_suspended"] = function(c) return c.events:user_suspended{ ref = "U1" } end,
  ["events.user_deleted"] = function(c) return c.events:user_deleted{ ref = "U1" } end,
  ["events.send"] = function(c)
    return c.events:send{ id = "E", timestamp = 0, eventType = "user_deleted", content = { user = { ref = "U1" } } }
  end,
  ["aptem.users.search"] = function(_, a) return a.users:search{ refNum = "L1" } end,
  ["aptem.users.create"] = function(_, a) return a.users:create{ firstName = "Ada" } end,
  ["aptem.users.update"] = function(_, a) return a.users:update(42, { firstName = "Ada" }) end,
  ["aptem.users.deactivate"] = function(_, a) return a.users:deactivate(42) end,
}

-- Every status that some operation documents for a refusal, and what it means; default is any 5xx.
local kinds = {
  [400] = "validation", [401] = "auth", [403] = "forbidden", [404] = "not_found", [409] = "conflict", [415] = "validation",
  [422] = "validation", [429] = "rate_limited", [500] = "server",
}
local statuses = { 400, 401, 403, 404, 409, 415, 422, 429, 500 }

-- A value without the members of objects that are null; nulls in arrays stay.
local function without_nulls(value)
  if type(value) ~= "table" then return value end
  local out = {}
  for key, member in pairs(value) do
    if member ~= cjson.null or math.type(key) then out[key] = without_nulls(member) end
  end
  return out
end

-- The record's text with members that no document knows.
local function grown(text)
  return (text:gsub("}$", [[,"futureField":{"list":[1,null,"x"],"nothing":null},"future_number":9007199254740993}]]))
end

local function fields_of(group, name, out)
  for _, field in ipairs(group.records[name]) do out[#out + 1] = field[1] end
  local base = group.records[name].extends
  if base then fields_of(group, base, out) end
  return out
end

describe("the answer of", function()
  local sandbox, client, keeping, aptem, aptem_keeping

  setup(function()
    sandbox = assert(require("thrive.sandbox").start{ users = 1 })
    client = assert(sandbox:client{ max_retries = 0 })
    keeping = assert(sandbox:client{ max_retries = 0, nulls = "keep" })
    local given = { tenant = "acme", token = "aptem-token", base_url = sandbox.base_url .. "/api/1.0", max_retries = 0 }
    aptem = assert(thrive.aptem(given))
    given.nulls = "keep"
    aptem_keeping = assert(thrive.aptem(given))
  end)
  teardown(function() sandbox:stop() end)

  -- Calls the operation; the sandbox answers with the status and body.
  local function answer(name, status, body, options)
    sandbox:clear_faults()
    -- A 429 that names no time would hold the client back in the tests that follow.
    local headers = status == 429 and { ["Retry-After"] = "0" } or options and options.headers
    sandbox:fault{ status = status, body = body, headers = headers }
    local keep = options and options.keep
    return calls[name](keep and keeping or client, keep and aptem_keeping or aptem)
  end

  for _, operation in ipairs(all) do
    local name, entry, group = operation.name, operation.entry, operation.group
    local record = entry.returns and answers[entry.returns]
    local expect = entry.expect or "object"
    local listed = expect == "list" or expect == "array"

    if expect == "nothing" then
      it(name .. " is true, whatever a success says but a gateway's page", function()
        for _, case in ipairs{ { 200, "" }, { 204, "" }, { 200, '{"success":true}' }, { 202, "deleted" }, { 200, "[]" } } do
          local value, err, meta = answer(name, case[1], case[2])
          assert.is_true(value)
          assert.is_nil(err)
          assert.equal(case[1], meta.status)
        end
        local value, err = answer(name, 200, "<!DOCTYPE html><title>Log in</title>")
        assert.is_nil(value)
        assert.equal("decode", err.kind)
      end)
      it(name .. " is no true when the service says that it was not done", function()
        for _, keep in ipairs{ false, true } do
          local value, err, meta = answer(name, 200, '{"success":false,"message":"held back"}', { keep = keep })
          assert.is_nil(value)
          assert.equal("server", err.kind)
          assert.equal(name, err.operation)
          assert.truthy(err.message:find('{"success":false', 1, true), err.message)
          assert.is_true(err.sent)
          assert.equal(200, meta.status)
          assert.is_true(answer(name, 200, '{"success":true}', { keep = keep }))
          assert.is_true(answer(name, 200, '{"success":null}', { keep = keep }))
        end
      end)
    elseif listed then
      it(name .. " is read as an envelope and as a bare array, with every field", function()
        local text = grown(record)
        local pagination = '{"totalResults":1,"totalPages":1,"page":1,"perPage":100}'
        for _, keep in ipairs{ false, true } do
          local expected = cjson.decode(text)
          expected.future_number = 9007199254740993
          if not keep then expected = without_nulls(expected) end
          local value = assert(answer(name, 200, "[" .. text .. "]", { keep = keep }))
          assert.same({ expected }, expect == "list" and value.results or value)
          value = assert(answer(name, 200, ('{"results":[%s],"pagination":%s}'):format(text, pagination), { keep = keep }))
          assert.same({ expected }, expect == "list" and value.results or value)
          if expect == "list" then assert.equal(1, value.pagination.totalPages) end
          value = assert(answer(name, 200, ('{"results":[%s],"pagination":null}'):format(text), { keep = keep }))
          if expect == "list" then assert.is_nil(value.pagination) end -- absent is absent, also where nulls are kept
        end
      end)
      if expect == "list" then it(name .. " with a pagination that is none is a decode error", function()
        for _, pagination in ipairs{ '"1 of 2"', "7", "true", "[]" } do
          local value, err = answer(name, 200, ('{"results":[],"pagination":%s}'):format(pagination))
          assert.is_nil(value, pagination)
          assert.equal("decode", err.kind)
        end
      end) end
      it(name .. " may be an empty list, but not an empty text", function()
        for _, text in ipairs{ "[]", '{"results":[],"pagination":{"totalResults":0,"totalPages":0,"page":1,"perPage":100}}' } do
          local value = assert(answer(name, 200, text))
          assert.same({}, expect == "list" and value.results or value)
        end
        local _, err = answer(name, 200, "")
        assert.equal("decode", err.kind)
      end)
    elseif not entry.bulk then
      it(name .. " is the record, with every field, whatever the success", function()
        local text = grown(record)
        for _, status in ipairs{ 200, 201 } do
          for _, keep in ipairs{ false, true } do
            local value, err, meta = answer(name, status, text, { keep = keep })
            assert.is_nil(err)
            assert.equal(status, meta.status)
            local expected = cjson.decode(text)
            expected.future_number = 9007199254740993
            if not keep then expected = without_nulls(expected) end
            if entry.created then expected.created = status == 201 end
            assert.same(expected, value)
          end
        end
      end)
      if entry.method == "GET" then
        it(name .. " must not be empty, nor lack its id", function()
          local _, err = answer(name, 200, "")
          assert.equal("decode", err.kind)
          if entry.key then
            _, err = answer(name, 200, '{"name":"x"}')
            assert.equal("decode", err.kind)
            assert.truthy(err.message:find(entry.key, 1, true), err.message)
          end
        end)
      else
        it(name .. " is true when a success has nothing to say", function()
          for _, status in ipairs{ 200, 201, 202, 204 } do
            local value, err = answer(name, status, "")
            assert.is_true(value)
            assert.is_nil(err)
          end
        end)
      end
    end

    if record and not entry.bulk then
      it(name .. " has the fields that the catalogue names, and no others", function()
        local documented = {}
        for field in pairs(cjson.decode(record)) do documented[#documented + 1] = field end
        if entry.created then documented[#documented + 1] = "created" end
        local named = fields_of(group, entry.returns, {})
        table.sort(documented)
        table.sort(named)
        assert.same(documented, named)
      end)
    end

    if expect ~= "nothing" and not entry.bulk and expect ~= "any" then
      it(name .. " of another shape is a decode error with the operation, the status and the first bytes", function()
        local wrong = { '"text"', "7", "null", "true", '{"id":', "<html>", "[[1]]", listed and '{"id":"x"}' or '[{"id":"x"}]' }
        for _, text in ipairs(wrong) do
          local value, err, meta = answer(name, 200, text)
          assert.is_nil(value, text)
          assert.equal("decode", err.kind, text)
          assert.equal(name, err.operation)
          assert.equal(200, err.status)
          assert.equal(200, meta.status)
          assert.truthy(err.message:find(text, 1, true), err.message)
        end
      end)
    end

    it(name .. " refused says why, with each status that is documented", function()
      for _, status in ipairs(statuses) do
        local value, err, meta =
          answer(name, status, ('{"status":%d,"error":"Reason","message":"because of %d"}'):format(status, status))
        assert.is_nil(value)
        local kind = kinds[status]
        local writes_once = entry.method == "POST" and not entry.idempotent
        if status == 500 and writes_once then
          assert.equal("ambiguous", err.kind)
          assert.equal("server", err.cause)
        else
          assert.equal(kind, err.kind, tostring(status))
        end
        assert.equal(status, err.status)
        assert.equal(status, meta.status)
        assert.equal(name, err.operation)
        assert.equal(entry.method, err.method)
        assert.equal("because of " .. status, err.message)
        assert.equal("Reason", err.code)
        assert.truthy(err.request_id)
        assert.equal(1, err.attempts)
      end
    end)

    it(name .. " refused is read in any shape", function()
      local _, err = answer(name, 422, '{"status":422,"error":"Unprocessable","message":{"name":"is too long"}}')
      assert.same({ name = "is too long" }, err.fields)
      assert.equal("name: is too long", err.message)
      _, err = answer(name, 404, "")
      assert.equal("not_found", err.kind)
      _, err = answer(name, 400, "no such thing")
      assert.equal("no such thing", err.message)
      _, err = answer(name, 403, "<html>", { headers = { ["Content-Type"] = "text/html" } })
      assert.equal("forbidden", err.kind)
      assert.truthy(err.message:find("HTML", 1, true))
      _, err = answer(name, 409, '{"message":null}')
      assert.equal("conflict", err.kind)
    end)
  end

  -- 207 exists where a list is written, and (it is said) where an audience moves with its members.

  it("audiences.update with 207 is the audience and a partial error", function()
    local text = '{"id":"A","name":"B","memberOperations":{"failure":{"count":1,"entities":[{"reference":"a"}]}}}'
    local value, err, meta = answer("audiences.update", 207, text)
    assert.same(cjson.decode(text), value)
    assert.equal("partial", err.kind)
    assert.equal(207, meta.status)
    value, err = answer("audiences.update", 200, text)
    assert.same(cjson.decode(text), value)
    assert.is_nil(err)
  end)

  for _, operation in ipairs(all) do
    local name, entry = operation.name, operation.entry
    if entry.bulk and entry.returns == "BulkResult" then
      local function entities(...)
        local list = {}
        for i, reference in ipairs{ ... } do list[i] = ('{"reference":"%s"}'):format(reference) end
        return table.concat(list, ",")
      end

      it(name .. " with 200 is complete", function()
        local result, err, meta =
          answer(name, 200, ('{"success":{"count":2,"entities":[%s]},"future":1}'):format(entities("a", "b")))
        assert.is_nil(err)
        assert.equal(200, meta.status)
        assert.equal(2, result.success.count)
        assert.equal(0, result.failure.count)
        assert.equal(1, result.future)
        assert.same({ "success", "success" }, { result.outcomes[1].outcome, result.outcomes[2].outcome })
      end)

      it(name .. " with 207 is complete too, and a partial error", function()
        local text = '{"success":{"count":1,"entities":[%s]},"failure":{"count":1,"entities":['
          .. '{"reason":"no such user","reference":"%s"}]}}'
        local result, err, meta = answer(name, 207, text:format(entities("a"), "b"))
        assert.equal("partial", err.kind)
        assert.equal(name, err.operation)
        assert.equal(result, err.result)
        assert.equal(207, meta.status)
        assert.equal(1, result.success.count)
        assert.equal(1, result.failure.count)
        local failed = result.outcomes[2]
        assert.equal("failure", failed.outcome)
        assert.equal("no such user", failed.reason)
      end)

      it(name .. " with 207 and no success at all has two failures", function()
        local text = ('{"failure":{"count":2,"entities":[%s]}}'):format(entities("a", "b"))
        local result, err = answer(name, 207, text)
        assert.equal("partial", err.kind)
        assert.equal(2, result.failure.count)
        assert.equal(0, result.success.count)
      end)

      it(name .. " with 207 that says nothing of an entry leaves it unknown", function()
        local result, err = answer(name, 207, ('{"success":{"count":1,"entities":[%s]}}'):format(entities("a")))
        assert.equal("partial", err.kind)
        assert.equal("success", result.outcomes[1].outcome)
        assert.equal("unknown", result.outcomes[2].outcome)
      end)
    end
    if entry.bulk then
      it(name .. " with nothing to say but success has succeeded", function()
        for _, case in ipairs{ { 200, "" }, { 204, "" }, { 200, answers.Acknowledgement }, { 200, "{}" } } do
          local result, err = answer(name, case[1], case[2])
          assert.is_nil(err)
          assert.equal(2, #result.outcomes)
          assert.equal(2, result.success.count)
          assert.equal(case[2] == answers.Acknowledgement and "done" or nil, result.message)
        end
      end)
    end
  end

  it("aptem.users.search may be an array: of one, of none, of several", function()
    local one = answer("aptem.users.search", 200, "[" .. answers.AptemUser .. "]")
    assert.equal(42, one.id)
    assert.equal("integer", math.type(one.id))
    local none, err = answer("aptem.users.search", 200, "[]")
    assert.is_nil(none)
    assert.equal("not_found", err.kind)
    none, err = answer("aptem.users.search", 200, '[{"id":1},{"id":2}]')
    assert.is_nil(none)
    assert.equal("conflict", err.kind)
    for _, text in ipairs{ "true", '"x"', "7" } do
      none, err = answer("aptem.users.search", 200, text)
      assert.is_nil(none)
      assert.equal("decode", err.kind)
    end
  end)
end)

describe("every operation", function()
  it("is called here", function()
    local missing = {}
    for _, operation in ipairs(all) do
      if not calls[operation.name] then missing[#missing + 1] = operation.name end
    end
    assert.same({}, missing)
  end)
end)
