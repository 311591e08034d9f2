-- read_only and dry_run: enforced where requests leave, whichever way a call takes to get there.
local thrive = require "thrive"
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"

-- Every write there is, with what a dry run says of it: operation, method, path, body.
local writes = {
  { "users.create", "POST", "/rest/v2/users", subject.person(), function(c) return c.users:create(subject.person()) end },
  { "users.update", "PATCH", "/rest/v2/users/ref/U%2F1", { jobTitle = "x", managerRef = thrive.null },
    function(c) return c.users:update("U/1", { jobTitle = "x", managerRef = thrive.null }) end },
  { "users.suspend", "PATCH", "/rest/v2/users/ref/U0001/suspend", {}, function(c) return c.users:suspend("U0001") end },
  { "users.delete", "DELETE", "/rest/v2/users/ref/U0001", nil, function(c) return c.users:delete("U0001") end },
  { "users.add_tags", "POST", "/rest/v1/users/x/tags", { tags = { "Lua" } },
    function(c) return c.users:add_tags("x", { "Lua" }) end },
  { "users.remove_tags", "PATCH", "/rest/v1/users/x/tags", { op = "remove", path = "tags", value = { "Lua" } },
    function(c) return c.users:remove_tags("x", { "Lua" }) end },
  { "users.update_skills", "PATCH", "/rest/v1/users/x/skills",
    { op = "update", path = "skills", value = { { tagName = "Lua", level = 1 } } },
    function(c) return c.users:update_skills("x", { { tagName = "Lua", level = 1 } }) end },
  { "request", "POST", "/rest/v2/users?a=b", { "raw" },
    function(c) return c:request{ method = "POST", path = "/rest/v2/users", query = { a = "b" }, body = { "raw" } } end },
  { "request", "PUT", "/x", nil, function(c) return c:request{ method = "PUT", path = "/x" } end },
  { "request", "PATCH", "/x", { a = 1 }, function(c) return c:request{ method = "PATCH", path = "/x", body = { a = 1 } } end },
  { "request", "DELETE", "/x", nil, function(c) return c:request{ method = "DELETE", path = "/x" } end },
  { "request", "POST", "/webhooks", { a = 1 },
    function(c) return c:request{ method = "POST", path = "/webhooks", host = "webhooks", body = { a = 1 } } end },
}

local function reads(client, sandbox)
  assert.equal(4, #client.users:list().results)
  assert.equal(4, #client.users:all())
  assert.equal("U0001", assert(client.users:get_by_ref("U0001")).ref)
  assert.equal("U0002", assert(client.users:get(sandbox:user("U0002").id)).ref)
  assert.equal(4, #assert(client:request{ method = "GET", path = "/rest/v1/users" }).results)
end

describe("a client that is", function()
  local sandbox

  before_each(function() sandbox = assert(sandboxes.start{ users = 4 }) end)
  after_each(function() sandbox:stop() end)

  local function with(settings, f)
    for _, credentials in ipairs { {}, { client_secret = sandbox.client_secret } } do
      sandbox:clear_requests()
      for name, value in pairs(settings) do credentials[name] = value end
      local client <close> = assert(sandbox:client(credentials))
      f(client)
    end
  end

  -- Nothing but requests for tokens may have arrived.
  local function only_tokens()
    for _, request in ipairs(sandbox:requests()) do
      assert.truthy(request.path:find("^/oauth2/token/"), request.method .. " " .. request.path .. " was sent")
    end
  end

  describe("read only", function()
    for _, write in ipairs(writes) do
      it(("refuses %s %s %s"):format(write[1], write[2], write[3]), function()
        with({ read_only = true }, function(client)
          local value, err, meta = write[5](client)
          assert.is_nil(value)
          assert.equal("guard", err.kind)
          assert.equal("read_only", err.code)
          assert.equal(write[1], err.operation)
          assert.equal(write[2], err.method)
          assert.equal(write[3], err.path)
          assert.is_false(err.sent)
          assert.is_false(err.retryable)
          assert.equal(0, err.attempts)
          assert.equal(0, meta.attempts)
          assert.is_nil(meta.status)
          assert.truthy(tostring(err):find("read only", 1, true))
          assert.equal(0, sandbox:count())
          assert.same({}, client:plan())
        end)
      end)
    end

    it("reads", function()
      with({ read_only = true }, function(client) reads(client, sandbox) end)
    end)

    it("goes before a dry run", function()
      with({ read_only = true, dry_run = true }, function(client)
        local _, err = client.users:delete("U0001")
        assert.equal("guard", err.kind)
        assert.same({}, client:plan())
      end)
    end)

    it("refuses before it looks for a token", function()
      local client <close> = assert(sandbox:client{ read_only = true, client_secret = "a-wrong-secret" })
      local _, err = client.users:delete("U0001")
      assert.equal("guard", err.kind)
      assert.equal(0, sandbox:count())
    end)

    it("still raises mistakes in the arguments", function()
      with({ read_only = true }, function(client)
        assert.truthy(subject.raised(function() client.users:create{} end):find("missing 'ref'", 1, true))
      end)
    end)

    it("cannot be talked out of it by starting a transfer by hand", function()
      with({ read_only = true }, function(client)
        local transfer = assert(core.prepare_raw(client, "DELETE", "api", "/rest/v2/users/ref/U0001"))
        assert.truthy(subject.raised(core.start, transfer, 5):find("guarded", 1, true))
        only_tokens()
      end)
    end)
  end)

  describe("on a dry run", function()
    for _, write in ipairs(writes) do
      it(("plans %s %s %s"):format(write[1], write[2], write[3]), function()
        with({ dry_run = true }, function(client)
          local value, err, meta = write[5](client)
          assert.is_nil(err)
          assert.is_true(meta.planned)
          assert.equal(0, meta.attempts)
          assert.is_nil(meta.status)
          if write[2] == "DELETE" or write[4] == nil then
            assert.is_true(value)
          else
            assert.same(write[4], value)
          end
          assert.equal(0, sandbox:count(), "something was sent")
          local plan = client:plan()
          assert.same({ { operation = write[1], method = write[2], path = write[3], body = write[4] } }, plan)
          assert.equal(0, client:stats().attempts)
        end)
      end)
    end

    it("reads", function()
      with({ dry_run = true }, function(client)
        reads(client, sandbox)
        assert.same({}, client:plan())
      end)
    end)

    it("lets a script run to its end, and lists what it would have done in order", function()
      with({ dry_run = true }, function(client)
        local results, failures = thrive.map({ "A", "B", "C" }, function(ref)
          local user = assert(client.users:create(subject.person{ ref = ref }))
          assert(client.users:suspend(user.ref))
          return assert(client.users:delete(user.ref))
        end, { concurrency = 1 })
        assert.same({}, failures)
        assert.same({ true, true, true }, results)
        local lines = {}
        for i, entry in ipairs(client:plan()) do lines[i] = entry.method .. " " .. entry.path:match("[^/]*$") end
        assert.equal("POST users,PATCH suspend,DELETE A,POST users,PATCH suspend,DELETE B,POST users,PATCH suspend,DELETE C",
          table.concat(lines, ","))
        only_tokens()
        assert.same(4, #sandbox:users())
      end)
    end)

    it("still raises mistakes in the arguments", function()
      with({ dry_run = true }, function(client)
        assert.truthy(subject.raised(function() client.users:create{} end):find("missing 'ref'", 1, true))
        assert.same({}, client:plan())
      end)
    end)

    it("gives a plan that the script may change", function()
      with({ dry_run = true }, function(client)
        assert(client.users:delete("U0001"))
        client:plan()[1] = nil
        assert.equal(1, #client:plan())
      end)
    end)

    it("returns a record that the script may change, and the plan with it does not", function()
      with({ dry_run = true }, function(client)
        local user = assert(client.users:create(subject.person()))
        user.ref, user.mine = "changed", true
        assert.same(subject.person(), client:plan()[1].body)
      end)
    end)

    it("names fields that are sent as null, and arrays", function()
      with({ dry_run = true }, function(client)
        local would = assert(client.users:update("U0001", {
          managerRef = thrive.null, additionalFields = { list = thrive.array{} },
        }))
        assert.equal(thrive.null, would.managerRef)
        assert.is_true(core.json.isarray(would.additionalFields.list))
      end)
    end)
  end)

  it("told by the process to be guarded is guarded, whatever its own options say", function()
    local settings = require "thrive.settings"
    local saved = { dry_run = settings.dry_run, read_only = settings.read_only, on_plan = settings.on_plan }
    finally(function() settings.dry_run, settings.read_only, settings.on_plan = saved.dry_run, saved.read_only, saved.on_plan end)
    settings.read_only = true
    local client <close> = assert(sandbox:client{ read_only = false })
    local _, err = client.users:delete("U0001")
    assert.equal("guard", err.kind)
    settings.read_only, settings.dry_run = nil, true
    local planned
    settings.on_plan = function(entry) planned = entry end
    local other <close> = assert(sandbox:client{ dry_run = false })
    assert.is_true((other.users:delete("U0001")))
    assert.same({ operation = "users.delete", method = "DELETE", path = "/rest/v2/users/ref/U0001" }, planned)
    assert.equal(0, sandbox:count())
  end)
end)
