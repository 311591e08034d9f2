-- Records of every group: read by their paths, written with empty answers; and the dates of every parameter.
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"

-- Every read of one record: call, path, the name of its id.
local gets = {
  { "users.get", function(c) return c.users:get("x/1") end, "/rest/v1/user/x%2F1", "id" },
  { "users.get_by_ref", function(c) return c.users:get_by_ref("x/1") end, "/rest/v1/users/ref/x%2F1", "id" },
  { "audiences.get", function(c) return c.audiences:get("x/1") end, "/rest/v1/audiences/x%2F1", "id" },
  { "assignments.get", function(c) return c.assignments:get("x/1") end, "/rest/v1/assignments/x%2F1", "id" },
  { "assignments.enrolments.get", function(c) return c.assignments.enrolments:get("x/1", "y 2") end,
    "/rest/v1/assignments/x%2F1/enrolments/y%202", "id" },
  { "completions.get", function(c) return c.completions:get("x/1") end, "/rest/v1/learning/completions/x%2F1", "id" },
  { "content.get", function(c) return c.content:get("x/1") end, "/rest/v1/contents/x%2F1", "id" },
  { "activities.get", function(c) return c.activities:get("x/1") end, "/rest/v1/activity/x%2F1", "id" },
  { "cpd.categories.get", function(c) return c.cpd.categories:get("x/1") end, "/rest/v1/cpdCategories/x%2F1", "categoryId" },
  { "cpd.entries.get", function(c) return c.cpd.entries:get("x/1") end, "/rest/v1/cpdEntries/x%2F1", "logEntryId" },
  { "cpd.requirements.get", function(c) return c.cpd.requirements:get("x/1") end, "/rest/v1/cpdRequirementSummaries/x%2F1",
    "audienceRequirementId" },
  { "tags.get", function(c) return c.tags:get("x/1") end, "/rest/v1/tags/x%2F1", "id" },
}

describe("the client", function()
  local sandbox, client

  setup(function() sandbox = assert(sandboxes.start{ users = 1 }) end)
  teardown(function() sandbox:stop() end)
  before_each(function()
    sandbox:clear_faults()
    sandbox:clear_requests()
    client = assert(sandbox:client{ max_retries = 0 })
  end)
  after_each(function() client:close() end)

  -- The service's next answers: bodies of 200.
  local function answers(...)
    for _, body in ipairs { ... } do sandbox:fault{ status = 200, body = body } end
  end

  local function last()
    local log = sandbox:requests()
    return log[#log]
  end

  local function merged(base, more)
    for name, value in pairs(more) do base[name] = value end
    return base
  end

  for _, entry in ipairs(gets) do
    local name, call, path, key = table.unpack(entry)

    describe("reads one by " .. name, function()
      it("from its path, and keeps what nobody documents", function()
        answers(('{"%s":"k","new":{"deep":[]},"n":9007199254740993,"gone":null}'):format(key))
        local record, err = call(client)
        assert.is_nil(err)
        assert.equal("GET " .. path, last().method .. " " .. last().target)
        assert.same({ [key] = "k", new = { deep = {} }, n = 9007199254740993 }, record)
        assert.is_true(core.json.isarray(record.new.deep))
        assert.is_nil(getmetatable(record))
      end)

      it("but not what lacks its " .. key, function()
        for _, body in ipairs { "{}", ('{"%s":null}'):format(key), ('{"other":1,"x%s":"k"}'):format(key), '{"status":404}' } do
          answers(body)
          local record, err = call(client)
          assert.is_nil(record, body)
          assert.equal("decode", err.kind)
          assert.equal(name, err.operation)
          assert.truthy(err.message:find(("lacks '%s'"):format(key), 1, true), err.message)
          assert.truthy(err.message:find(body, 1, true), err.message)
        end
      end)

      it("but not what is no record", function()
        for _, body in ipairs { "[]", '[{"id":"k"}]', "1", '"k"', "true", "null", "", "{", "<html></html>" } do
          answers(body)
          local record, err = call(client)
          assert.is_nil(record, body)
          assert.equal("decode", err.kind)
        end
      end)

      it("or says that it is not there", function()
        sandbox:fault{ status = 404 }
        local record, err = call(client)
        assert.is_nil(record)
        assert.equal("not_found", err.kind)
      end)
    end)
  end

  it("keeps the id's null from passing for an id where nulls are kept", function()
    local keeping <close> = assert(sandbox:client{ nulls = "keep", max_retries = 0 })
    answers('{"id":null}')
    local record, err = keeping.content:get("x")
    assert.is_nil(record)
    assert.equal("decode", err.kind)
  end)

  describe("sends dates as each parameter wants them:", function()
    local day_or_iso = {
      { 1719766800, "2024-06-30T17:00:00.000Z" }, { 1719766800.5, "2024-06-30T17:00:00.500Z" }, { "2024-06-30", "2024-06-30" },
      { "2024-06-30T17:00:00Z", "2024-06-30T17:00:00Z" }, { "2024-06-30T18:00:00+01:00", "2024-06-30T18:00:00+01:00" },
      { "2024-06-30 17:00:00", "2024-06-30T17:00:00.000Z" },
    }
    local space = {
      { 1719766800, "2024-06-30 17:00:00" }, { 1719766800.25, "2024-06-30 17:00:00" },
      { "2024-06-30 17:00:00", "2024-06-30 17:00:00" }, { "2024-06-30T17:00:00", "2024-06-30 17:00:00" },
      { "2024-06-30T17:00:00.999Z", "2024-06-30 17:00:00" }, { "2024-07-01T00:30:00+02:00", "2024-06-30 22:30:00" },
      { "2024-06-30T20:00:00-05:30", "2024-07-01 01:30:00" }, { "2024-06-30", "2024-06-30 00:00:00" },
      { -1, "1969-12-31 23:59:59" },
    }
    local day_or_space = {
      { 1719766800, "2024-06-30 17:00:00" }, { "2024-06-30 17:00:00", "2024-06-30 17:00:00" },
      { "2024-07-01T00:30:00+02:00", "2024-06-30 22:30:00" }, { "2024-06-30", "2024-06-30" },
    }
    local t = {
      { 1719766800, "2024-06-30T17:00:00" }, { "2024-06-30T17:00:00", "2024-06-30T17:00:00" },
      { "2024-06-30 17:00:00", "2024-06-30T17:00:00" }, { "2024-07-01T00:30:00+02:00", "2024-06-30T22:30:00" },
      { "2024-06-30T17:00:00.5Z", "2024-06-30T17:00:00" }, { "2024-06-30", "2024-06-30T00:00:00" },
    }
    local function get(group) return function(params) return group():list(params) end end
    local params = {
      { "timestampFrom", space, get(function() return client.activities end) },
      { "timestampTo", space, get(function() return client.activities end) },
      { "entryDateFrom", day_or_space, get(function() return client.cpd.entries end) },
      { "entryDateTo", day_or_space, get(function() return client.cpd.entries end) },
      { "entryDateFrom", t, function(p) return client.cpd.summaries:list(merged({ entryDateTo = 1735689600 }, p)) end },
      { "entryDateTo", t, function(p) return client.cpd.summaries:list(merged({ entryDateFrom = 0 }, p)) end },
      { "completedDateRangeStart", day_or_iso, get(function() return client.completions end) },
      { "completedDateRangeEnd", day_or_iso, get(function() return client.completions end) },
      { "updatedAtFrom", day_or_iso, function(p) return client.assignments.enrolments:list("a", p) end },
      { "updatedAtTo", day_or_iso,
        function(p) return client.assignments.enrolments:list("a", merged({ updatedAtFrom = "2020-01-01" }, p)) end },
    }
    for _, group in ipairs { "users", "audiences", "assignments", "content", "tags" } do
      params[#params + 1] = { "updatedSince", day_or_iso, get(function() return client[group] end) }
    end
    for _, group in ipairs { "categories", "requirements" } do
      params[#params + 1] = { "updatedSince", day_or_iso, get(function() return client.cpd[group] end) }
    end
    for i, case in ipairs(params) do
      local param, dates, call = table.unpack(case)
      it(("%s (%d)"):format(param, i), function()
        for _, date in ipairs(dates) do
          answers("[]")
          assert(call{ [param] = date[1] })
          assert.equal(date[2], last().query[param])
          local wire = date[2]:gsub("[^%w%-._~]", function(c) return ("%%%02X"):format(c:byte()) end)
          assert.truthy(last().raw_query:find(param .. "=" .. wire, 1, true), last().raw_query)
        end
        sandbox:clear_requests()
        for _, wrong in ipairs { "30/06/2024", "2024-02-30", "2024-06-30T25:00:00Z", "now", "", true, {}, 0 / 0, 1e15 } do
          local message = subject.raised(function() call{ [param] = wrong } end)
          assert.truthy(message:find(("'%s' must be a date like "):format(param), 1, true), message)
        end
        assert.equal(0, sandbox:count())
      end)
    end
  end)

  describe("is content with a write whose answer is empty:", function()
    local writes = {
      ["users.create"] = function() return client.users:create(subject.person()) end,
      ["users.update"] = function() return client.users:update("u", {}) end,
      ["users.suspend"] = function() return client.users:suspend("u") end,
      ["users.delete"] = function() return client.users:delete("u") end,
      ["audiences.create"] = function() return client.audiences:create{ name = "x" } end,
      ["audiences.update"] = function() return client.audiences:update("a", { name = "x" }) end,
      ["audiences.delete"] = function() return client.audiences:delete("a") end,
      ["audiences.members.remove"] = function() return client.audiences.members:remove("a", "u") end,
      ["audiences.managers.remove"] = function() return client.audiences.managers:remove("a", "u") end,
      ["assignments.create"] = function() return client.assignments:create{ audienceId = "a", contentId = "c" } end,
      ["assignments.update"] = function() return client.assignments:update("x", { audienceId = "a" }) end,
      ["assignments.delete"] = function() return client.assignments:delete("x", { audienceId = "a" }) end,
      ["completions.create"] = function()
        return client.completions:create{ userId = "u", contentId = "c", completedAt = 0 }
      end,
    }
    for name, write in pairs(writes) do
      it(name, function()
        for _, status in ipairs { 200, 201, 202, 204 } do
          sandbox:fault{ status = status, body = status ~= 204 and "" or nil }
          local value, err, meta = write()
          assert.is_nil(err)
          assert.is_true(value)
          assert.equal(status, meta.status)
        end
      end)
    end

    it("and with a record that says little", function()
      answers("{}", '{"name":"x"}')
      assert.same({}, (client.audiences:create{ name = "x" }))
      assert.same({ name = "x" }, (client.audiences:update("a", { name = "x" })))
    end)

    it("but not with an answer that is no record", function()
      for _, body in ipairs { "[]", "1", "{", "ok" } do
        answers(body)
        local value, err = client.audiences:create{ name = "x" }
        assert.is_nil(value)
        assert.equal("decode", err.kind)
        assert.is_true(err.sent)
      end
    end)
  end)

  it("tells a completion that is new from one that was there", function()
    for status, created in pairs { [200] = false, [201] = true } do
      sandbox:fault{ status = status, body = '{"statementId":"s"}' }
      local made = assert(client.completions:create{ userId = "u", contentId = "c", completedAt = 1719766800 })
      assert.same({ statementId = "s", created = created }, made)
      assert.equal('{"userId":"u","contentId":"c","completedAt":"2024-06-30T17:00:00.000Z"}', last().body)
    end
  end)

  it("gives the record and an error when the service did a write in part", function()
    sandbox:fault{ status = 207, body = '{"id":"a","memberOperations":{"failure":{"count":1}}}' }
    local audience, err, meta = client.audiences:update("a", { parentId = "p" })
    assert.equal("partial", err.kind)
    assert.equal(207, meta.status)
    assert.equal(1, audience.memberOperations.failure.count)
    assert.equal(audience, err.result)
  end)
end)
