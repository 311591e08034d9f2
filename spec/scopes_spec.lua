-- Scopes: what a token certainly cannot do is said before anything is sent; whatever is open, the service decides.
local catalogue = require "thrive.catalogue"
local cjson = require "cjson"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"
local thrive = require "thrive"

local TOKENS = { path = "oauth2/token" }

-- Calls of every group, by what they need.
local calls = {
  read = {
    ["users.list"] = function(c) return c.users:list() end,
    ["users.get_by_ref"] = function(c) return c.users:get_by_ref("U0001") end,
    ["audiences.members.list"] = function(c) return c.audiences.members:list("a") end,
    ["audiences.managers.list"] = function(c) return c.audiences.managers:list("a") end,
    ["assignments.enrolments.get"] = function(c) return c.assignments.enrolments:get("a", "e") end,
    ["completions.list"] = function(c) return c.completions:list() end,
    ["content.get"] = function(c) return c.content:get("x") end,
    ["activities.list"] = function(c) return c.activities:list() end,
    ["cpd.categories.list"] = function(c) return c.cpd.categories:list() end,
    ["cpd.summaries.list"] = function(c) return c.cpd.summaries:list{ entryDateFrom = 0, entryDateTo = 1 } end,
    ["tags.list"] = function(c) return c.tags:list() end,
    ["skills.levels"] = function(c) return c.skills:levels() end,
    ["request GET"] = function(c) return c:request{ method = "GET", path = "/rest/v1/users" } end,
    ["request HEAD"] = function(c) return c:request{ method = "HEAD", path = "/rest/v1/users" } end,
  },
  write = {
    ["users.create"] = function(c) return c.users:create(subject.person()) end,
    ["users.update"] = function(c) return c.users:update("U0001", {}) end,
    ["users.delete"] = function(c) return c.users:delete("U0002") end,
    ["users.add_tags"] = function(c) return c.users:add_tags("x", { "a" }) end,
    ["audiences.create"] = function(c) return c.audiences:create{ name = "x" } end,
    ["audiences.members.add"] = function(c) return c.audiences.members:add("a", { "u" }) end,
    ["audiences.members.replace"] = function(c) return c.audiences.members:replace("a", { "u" }) end,
    ["audiences.managers.remove"] = function(c) return c.audiences.managers:remove("a", "u") end,
    ["assignments.delete"] = function(c) return c.assignments:delete("x", { audienceId = "a" }) end,
    ["completions.create"] = function(c)
      return c.completions:create{ userId = "u", contentId = "c", completedAt = 0 }
    end,
    ["request POST"] = function(c) return c:request{ method = "POST", path = "/rest/v2/users", body = {} } end,
    ["request PUT"] = function(c) return c:request{ method = "PUT", path = "/x" } end,
    ["request PATCH"] = function(c) return c:request{ method = "PATCH", path = "/x" } end,
    ["request DELETE"] = function(c) return c:request{ method = "DELETE", path = "/x" } end,
  },
  webhooks = {
    ["events.user_deleted"] = function(c) return c.events:user_deleted{ ref = "U0003" } end,
    ["events.send"] = function(c)
      return c.events:send{ id = "x", timestamp = 0, eventType = "user_deleted", content = { user = { ref = "U0003" } } }
    end,
    ["request to the webhooks host"] = function(c)
      return c:request{ method = "POST", path = "/webhooks", host = "webhooks", body = {} }
    end,
  },
}

local NEEDED = { read = "api/read or api/all", write = "api/write or api/all", webhooks = "api/webhooks or api/all" }

-- scope → what it does; nil: certainly not. Whether api/write allows reading is the service's decision.
local scopes = {
  ["api/read"] = { read = true },
  ["api/write"] = { read = true, write = true },
  ["api/webhooks"] = { webhooks = true },
  ["api/all"] = { read = true, write = true, webhooks = true },
  ["api/read api/write"] = { read = true, write = true },
  ["api/read api/webhooks"] = { read = true, webhooks = true },
  ["api/write api/read api/webhooks"] = { read = true, write = true, webhooks = true },
}

describe("a token's scope", function()
  local sandbox, client

  setup(function() sandbox = assert(sandboxes.start{ users = 5 }) end)
  teardown(function() sandbox:stop() end)
  before_each(function()
    sandbox:clear_faults()
    sandbox:clear_requests()
  end)
  after_each(function()
    if client then client:close() end
    client = nil
  end)

  local function make(settings)
    local given = { client_secret = sandbox.client_secret, max_retries = 0 }
    for name, value in pairs(settings or {}) do given[name] = value end
    client = assert(sandbox:client(given))
    return client
  end

  -- The token endpoint's next answer.
  local function grants(scope, times)
    sandbox:fault{ path = "oauth2/token", times = times,
      body = cjson.encode { access_token = "a-token", token_type = "Bearer", expires_in = 3600, scope = scope } }
  end

  local function sent() return sandbox:count() - sandbox:count(TOKENS) end

  local function check_refusal(name, held, needed, value, err, meta)
    assert.is_nil(value, name)
    assert.equal("forbidden", err.kind, name)
    assert.equal("scope", err.code)
    assert.is_false(err.sent)
    assert.is_false(err.retryable)
    assert.is_nil(err.status)
    assert.is_nil(meta.status)
    assert.equal(0, meta.attempts)
    assert.truthy(tostring(err):find(("the token's scope is %s, and this call needs %s"):format(held, needed), 1, true),
      tostring(err))
    if not name:find("^request") then assert.equal(name, err.operation) end
  end

  for scope, allowed in pairs(scopes) do
    describe("of " .. scope, function()
      for need, list in pairs(calls) do
        if allowed[need] then
          it("lets what needs " .. need .. " be sent", function()
            make{ scope = scope }
            for name, call in pairs(list) do
              local before = sent()
              local _, err = call(client)
              assert.equal(1, sent() - before, name)
              assert.is_true(err == nil or err.code ~= "scope", name)
            end
          end)
        else
          it("refuses what needs " .. need .. " before anything is sent, the token included", function()
            make{ scope = scope }
            for name, call in pairs(list) do check_refusal(name, scope, NEEDED[need], call(client)) end
            assert.equal(0, sandbox:count())
          end)
        end
      end
    end)
  end

  it("that nobody asked for or told leaves everything to the service", function()
    make()
    grants(nil)
    for need, list in pairs(calls) do
      local before, n = sent(), 0
      for _, call in pairs(list) do
        call(client)
        n = n + 1
      end
      -- The token is none that the sandbox knows: it is dropped and asked for again, and the call sent once more.
      assert.is_true(sent() - before >= n, need)
    end
  end)

  it("made of words that are not known leaves everything to the service", function()
    for _, scope in ipairs { "tenant/admin", "api/readonly", "read write", "xapi/read", "api/reads api/writes", "" } do
      make{ scope = "tenant/admin" }
      grants(scope, 2) -- for either host
      for _, path in ipairs { "/rest/v2/users/ref/U0001", "/rest/v1/users", "/webhooks" } do
        sandbox:fault{ path = path, body = '{"id":"x","results":[]}' }
      end
      assert(client.users:update("U0001", {}))
      assert(client.users:list())
      assert(client.events:user_deleted{ ref = "x" })
      client:close()
    end
  end)

  it("counts when a known word stands beside unknown ones", function()
    make{ scope = "tenant/admin api/read" }
    check_refusal("users.delete", "tenant/admin api/read", NEEDED.write, client.users:delete("U0001"))
    assert.equal(0, sandbox:count())
  end)

  describe("that was granted", function()
    it("counts, not the one asked for: narrower is refused once the token is known", function()
      make{ scope = "api/all" }
      grants("api/read")
      check_refusal("users.update", "api/read", NEEDED.write, client.users:update("U0001", {}))
      assert.equal(1, sandbox:count(TOKENS))
      assert.equal(0, sent())
      check_refusal("users.delete", "api/read", NEEDED.write, client.users:delete("U0001"))
      assert.equal(1, sandbox:count(), "refused at once, now that it is known")
      sandbox:fault{ path = "/rest/v1/users", body = "[]" }
      assert(client.users:list())
    end)

    it("is known without having asked for one", function()
      make()
      grants("api/webhooks")
      check_refusal("users.list", "api/webhooks", NEEDED.read, client.users:list())
      assert.equal(0, sent())
    end)

    it("is that of the host that is called", function()
      local hooks <close> = assert(sandboxes.start{ users = 2 })
      make{ webhooks_url = hooks.base_url }
      grants("api/read api/write")
      sandbox:fault{ path = "/rest/v2/users/ref/U0001", body = '{"id":"x"}' }
      assert(client.users:update("U0001", {}))
      hooks:fault{ path = "oauth2/token", body = '{"access_token":"a-token","scope":"api/webhooks"}' }
      hooks:fault{ path = "/webhooks", body = "{}" }
      assert(client.events:user_deleted{ ref = "U0001" })
    end)

    it("may be wider", function()
      make()
      grants("api/all")
      sandbox:fault{ path = "/rest/v2/users/ref/U0001", body = '{"id":"x"}' }
      assert(client.users:update("U0001", {}))
    end)
  end)

  describe("that does not do", function()
    it("is raised where the client raises, and in a loop", function()
      make{ scope = "api/webhooks", raise = true }
      assert.equal("scope", subject.raised(function() client.users:list() end).code)
      client:close()
      make{ scope = "api/webhooks" }
      local err = subject.raised(function() for _ in client.users:each() do error("there was a user") end end)
      assert.equal("forbidden", err.kind)
      assert.equal("scope", err.code)
      assert.equal(0, sandbox:count())
    end)

    it("is the whole answer of a bulk call", function()
      make{ scope = "api/read" }
      local list = {}
      for i = 1, 250 do list[i] = "u" .. i end
      check_refusal("audiences.members.add", "api/read", NEEDED.write, client.audiences.members:add("a", list))
      check_refusal("audiences.members.replace", "api/read", NEEDED.write,
        client.audiences.members:replace("a", list, { split = true }))
      assert.equal(0, sandbox:count())
    end)

    it("comes after mistakes in the arguments, and after read_only", function()
      make{ scope = "api/read", read_only = true }
      assert.truthy(subject.raised(function() client.users:create{} end):find("missing 'ref'", 1, true))
      local _, err = client.users:delete("U0001")
      assert.equal("guard", err.kind)
    end)
  end)

  describe("behind a 403", function()
    it("is named with what is needed", function()
      make{ scope = "api/read api/write" }
      for path, call in pairs {
        ["/rest/v1/users"] = function() return client.users:list() end,
        ["/rest/v2/users/ref/x"] = function() return client.users:update("x", {}) end,
      } do
        sandbox:fault{ path = path, status = 403, body = '{"status":403,"error":"Forbidden","message":"no"}' }
        local _, err = call()
        assert.equal("forbidden", err.kind)
        assert.equal(403, err.status)
        assert.is_true(err.sent)
        assert.equal("no", err.message)
        local needed = path:find("v2") and NEEDED.write or NEEDED.read
        local text = "the token holds api/read api/write; this call needs " .. needed
        assert.truthy(tostring(err):find(text, 1, true), tostring(err))
      end
    end)

    it("is the one granted", function()
      make{ scope = "api/all" }
      grants("api/webhooks api/read")
      sandbox:fault{ path = "/webhooks", status = 403 }
      local _, err = client.events:user_deleted{ ref = "x" }
      assert.truthy(tostring(err):find("the token holds api/webhooks api/read; this call needs api/webhooks or api/all", 1, true))
    end)

    it("by the sandbox's own judgement: api/write does not read there", function()
      make{ scope = "api/write" }
      local _, err = client.users:list()
      assert.equal(403, err.status)
      assert.truthy(tostring(err):find("the token holds api/write; this call needs api/read or api/all", 1, true))
    end)

    it("is not spoken of where it is not known", function()
      for _, settings in ipairs { {}, { token = "a-token" }, { client_secret = sandbox.client_secret } } do
        client = assert(sandbox:client(settings))
        if settings.client_secret then grants(nil) end
        sandbox:fault{ path = "/rest/v1/users", status = 403 }
        local _, err = client.users:list()
        assert.equal(403, err.status)
        assert.falsy(tostring(err):find("the token holds", 1, true))
        client:close()
      end
    end)
  end)

  describe("means nothing to", function()
    local function all_sent(name)
      for _, list in pairs(calls) do
        for call_name, call in pairs(list) do
          local before = sent()
          local _, err = call(client)
          assert.equal(1, sent() - before, name .. ", " .. call_name)
          assert.is_true(err == nil or err.code ~= "scope")
        end
      end
    end

    it("Basic credentials", function()
      client = assert(sandbox:client{ max_retries = 0 })
      all_sent("Basic")
    end)

    it("a token that the script holds", function()
      client = assert(sandbox:client{ token = "a-token", max_retries = 0 })
      all_sent("token")
    end)
  end)

  it("is written in the catalogue as the method and the host ask", function()
    local function check(name)
      local group = catalogue.load(name)
      for _, entry in ipairs(group.operations) do
        local expected = entry.host == "webhooks" and "webhooks" or entry.method == "GET" and "read" or "write"
        assert.equal(expected, entry.scope, name .. "." .. entry.verb)
      end
      for _, child in ipairs(group.groups or {}) do check(name .. "." .. child) end
    end
    for _, name in ipairs(catalogue.groups) do check(name) end
  end)

  it("is never sent with Aptem's token", function()
    local aptem <close> = assert(thrive.aptem{ tenant = "acme", token = "a-token", base_url = sandbox.base_url })
    sandbox:fault{ status = 403, body = "{}" }
    local _, err = aptem.users:deactivate(1)
    assert.equal(403, err.status)
    assert.falsy(tostring(err):find("the token holds", 1, true))
    assert.equal(0, sandbox:count(TOKENS))
  end)
end)
