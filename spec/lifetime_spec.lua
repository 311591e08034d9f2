-- Lifetimes: who is dropped, closed, broken off or collected, before, during and after a transfer. Meant to be run under
-- the sanitizers too: then the children of the last part are looked at for leaks.
local thrive = require "thrive"
local core = require "thrive.core"
local interp = require "spec.support.interp"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"

local function collect()
  for _ = 1, 3 do collectgarbage() end -- an object, what it held, and what that held
end

describe("the lifetime", function()
  local sandbox

  -- One for each test: a request that was cancelled may arrive later.
  before_each(function() sandbox = assert(sandboxes.start{ users = 20 }) end)
  after_each(function() sandbox:stop() end)

  -- A probe: does what f returned still live, when nothing but the module could hold it?
  local function probe(f)
    local weak = setmetatable({}, { __mode = "v" })
    for i, object in ipairs { f() } do weak[i] = object end
    return weak
  end

  local function slow(seconds) sandbox:fault{ delay = seconds, times = math.huge } end

  -- Waits until the sandbox has seen n requests: then they are under way.
  local function until_seen(n)
    repeat thrive.sleep(0) until sandbox:count() >= n
  end

  describe("of a client that is dropped", function()
    it("ends when it was never used", function()
      local weak = probe(function() return sandbox:client(), sandbox:client{ client_secret = sandbox.client_secret } end)
      collect()
      assert.same({}, weak)
    end)

    it("ends when it was used in every way", function()
      local weak = probe(function()
        local client = assert(sandbox:client{ client_secret = sandbox.client_secret, concurrency = 2 })
        assert(client.users:list())
        assert.equal(20, #client.users:all{ perPage = 3 })
        local first = client.users:each{ perPage = 3 }
        assert(first())
        thrive.map({ 1, 2, 3, 4, 5 }, function() return client.users:get("x") end)
        client:request{ method = "GET", path = "/x" }
        local dry = assert(sandbox:client{ dry_run = true })
        dry.users:delete("U0001")
        return client, dry
      end)
      thrive.sleep(0)
      collect()
      assert.same({}, weak)
    end)

    it("ends with the last of its groups, iterators and metas", function()
      local users, each, meta
      local weak = probe(function()
        local client = assert(sandbox:client())
        users, each = client.users, client.users:each{ perPage = 7 }
        local _, _, described = client.users:list()
        meta = described
        return client
      end)
      collect()
      assert.equal(20, #users:list().results)
      users = nil
      collect()
      assert.truthy(each().ref)
      each = nil
      collect()
      assert.equal(200, meta.status)
      assert.truthy(meta.url and meta.headers and meta.timings)
      meta = nil
      collect()
      assert.same({}, weak)
      assert.is_nil(users or each or meta)
    end)

    it("lasts as long as a call is under way, which ends as it should", function()
      slow(0.03)
      local task
      local weak = probe(function()
        local client = assert(sandbox:client())
        task = thrive.spawn(function() return client.users:get_by_ref("U0001") end)
        return client
      end)
      until_seen(1)
      collect()
      assert.equal("U0001", assert(task:wait()).ref)
      task = nil
      collect()
      assert.same({}, weak)
      assert.is_nil(task)
    end)

    it("ends when its hooks and its own options hold it", function()
      local weak = probe(function()
        local client
        client = assert(sandbox:client{ on = { request = function() return client end } })
        assert(client.users:list())
        return client
      end)
      collect()
      assert.same({}, weak)
    end)
  end)

  describe("of a transfer that is dropped", function()
    local client
    before_each(function() client = assert(sandbox:client()) end)
    after_each(function() client:close() end)

    it("ends before it was started", function()
      local weak = probe(function() return core.prepare_raw(client, "GET", "api", "/rest/v1/users") end)
      collect()
      assert.same({}, weak)
    end)

    it("goes on to its end when it was started, and ends then", function()
      local weak = probe(function()
        local transfer = core.prepare_raw(client, "GET", "api", "/rest/v1/users")
        core.start(transfer, 5)
        return transfer
      end)
      collect()
      assert.truthy(weak[1], "it was collected while it ran")
      while core.running(client) > 0 do core.poll(0.25) end
      collect()
      assert.same({}, weak)
    end)

    it("is cancelled when its scope ends, and keeps its answer when it has one", function()
      slow(30)
      local kept
      do
        local transfer <close> = core.prepare_raw(client, "GET", "api", "/rest/v1/users")
        core.start(transfer, 5)
        kept = transfer
      end
      assert.equal(0, core.running(client))
      assert.is_true(core.done(kept))
      local status, _, delay = core.decide(kept, 0)
      assert.equal(0, status)
      assert.is_nil(delay)
      local _, err = core.result(kept)
      assert.equal("cancelled", err.kind)
      sandbox:clear_faults()
      do
        local transfer <close> = core.prepare_raw(client, "GET", "api", "/rest/v1/users")
        core.start(transfer, 5)
        while not core.done(transfer) do core.poll(0.25) end
        core.decide(transfer, 0)
        kept = transfer
      end
      assert.equal(20, #core.result(kept).results)
    end)

    it("with its client, collected in one go, harms nothing", function()
      local weak = probe(function()
        local own = assert(sandbox:client())
        local a = core.prepare_raw(own, "GET", "api", "/a")
        local b = core.prepare_raw(own, "POST", "api", "/b", nil, { x = 1 })
        core.start(a, 5)
        do local _ <close> = a end -- cancels it
        return own, a, b
      end)
      core.poll(0) -- the answer may have been there before it was cancelled
      collect()
      assert.same({}, weak)
    end)
  end)

  describe("of a client that is closed", function()
    it("ends what is under way at once", function()
      slow(30)
      local client = assert(sandbox:client())
      local task = thrive.spawn(function() return client.users:list() end)
      until_seen(1)
      client:close()
      local began = core.now()
      local _, err = task:wait()
      assert.equal("cancelled", err.kind)
      assert.is_true(core.now() - began < 10)
      assert.equal(0, core.poll(0))
    end)

    it("leaves other clients' calls alone", function()
      sandbox:fault{ path = "/rest/v1/users/ref/U0001", delay = 30 }
      local one, two = assert(sandbox:client()), assert(sandbox:client())
      local first = thrive.spawn(function() return one.users:get_by_ref("U0001") end)
      local second = thrive.spawn(function() return two.users:get_by_ref("U0002") end)
      until_seen(2)
      one:close()
      assert.equal("U0002", assert(second:wait()).ref)
      assert.equal("cancelled", select(2, first:wait()).kind)
      two:close()
    end)

    it("lets errors, metas and pages of before be read", function()
      local client = assert(sandbox:client{ max_retries = 0 })
      local page, _, meta = client.users:list()
      local _, err, lost = client.users:get("x")
      client:close()
      client = nil
      collect()
      assert.equal(20, #page.results)
      assert.truthy(meta.url:find(sandbox.base_url, 1, true))
      assert.truthy(meta.headers["content-type"])
      assert.equal(404, lost.status)
      assert.truthy(tostring(err):find("users.get: 404", 1, true))
      assert.is_nil(client)
    end)

    it("may be closed in a hook, by the call's own request", function()
      for _, hook in ipairs { "request", "response", "retry" } do
        local client
        client = assert(sandbox:client{ max_retries = 1, on = { [hook] = function() client:close() end } })
        -- Always: a request that was cancelled may arrive late, and must not take the fault from the next one.
        sandbox:fault{ status = 503, headers = { ["Retry-After"] = "0" }, times = math.huge }
        local value, err = client.users:list()
        assert.is_nil(value)
        assert.truthy(err.kind == "cancelled" or hook == "response" and err.kind == "server", hook .. ": " .. tostring(err))
        sandbox:clear_faults()
      end
    end)

    it("may be closed by another task while one waits for its turn, its token, its retry", function()
      slow(30)
      local client = assert(sandbox:client{ client_secret = sandbox.client_secret, concurrency = 1 })
      local tasks = {}
      for i = 1, 3 do tasks[i] = thrive.spawn(function() return client.users:list() end) end
      until_seen(1)
      thrive.spawn(function() client:close() end)
      for i = 1, 3 do assert.equal("cancelled", select(2, tasks[i]:wait()).kind) end
    end)
  end)

  describe("of an iteration", function()
    -- The client and the pages of an iteration that ended in this way.
    local function ended(how)
      local weak = probe(function()
        local client = assert(sandbox:client{ max_retries = 0 })
        local first
        local next_user = client.users:each{ perPage = 5 }
        how(function()
          local user = next_user()
          first = first or user
          return user
        end)
        return client, first
      end)
      collect()
      assert.same({}, weak)
      assert.equal(0, core.poll(0), "something goes on")
    end

    it("that is never begun ends", function() ended(function() end) end)
    it("that is broken off ends", function()
      ended(function(each) for user in each do if user.ref == "U0007" then break end end end)
    end)
    it("that is left by an error ends", function()
      ended(function(each) pcall(function() for _ in each do error("x") end end) end)
    end)
    it("that runs to its end ends", function() ended(function(each) for _ in each do end end) end)
    it("that fails ends", function()
      sandbox:fault{ path = "/rest/v1/users", status = 400, after = 1 }
      ended(function(each) pcall(function() for _ in each do end end) end)
    end)
    it("in a coroutine that is dropped ends", function()
      ended(function(each)
        local generator = coroutine.wrap(function() for user in each do coroutine.yield(user) end end)
        generator()
        generator()
      end)
    end)
    it("in a coroutine that is closed ends", function()
      ended(function(each)
        local thread = coroutine.create(function() for user in each do coroutine.yield(user) end end)
        coroutine.resume(thread)
        assert(coroutine.close(thread))
      end)
    end)
  end)

  describe("of a task whose coroutine is closed", function()
    local function closed(when)
      local thread, closed_var
      local weak = probe(function()
        local client = assert(sandbox:client())
        local task = thrive.spawn(function()
          thread = coroutine.running()
          local _ <close> = setmetatable({}, { __close = function() closed_var = true end })
          client.users:list()
          client.users:list()
          thrive.sleep(1000)
        end)
        when(client)
        assert.is_true(coroutine.close(thread))
        assert.is_true(closed_var)
        assert.equal(0, core.running(client))
        assert.is_false((pcall(task.wait, task)))
        return client, task
      end)
      thread = nil
      thrive.sleep(0)
      collect()
      assert.same({}, weak)
      assert.is_nil(thread)
    end

    it("while it waits for an answer ends, with the transfer", function()
      slow(30)
      closed(function() until_seen(1) end)
    end)
    it("while it waits for the second answer ends", function()
      sandbox:fault{ delay = 30, after = 1 }
      closed(function() until_seen(2) end)
    end)
    it("while it waits for its time ends, although the time never comes", function()
      closed(function(client)
        until_seen(2)
        while core.running(client) > 0 do thrive.sleep(0) end
        thrive.sleep(0)
      end)
    end)
  end)

  it("of connections is that of the state: clients share them", function()
    local fresh <close> = assert(sandboxes.start{ users = 2 })
    for _ = 1, 5 do
      local client <close> = assert(fresh:client())
      assert(client.users:list())
    end
    local connections = {}
    for _, request in ipairs(fresh:requests()) do connections[request.connection] = true end
    assert.equal(1, select(2, subject.keys(connections):gsub("%S+", "")))
  end)

  it("of a hundred sandboxes and clients leaves nothing behind", function()
    local weak = setmetatable({}, { __mode = "v" })
    for i = 1, 30 do
      local own = assert(sandboxes.start{ users = 1 })
      local client = assert(own:client{ max_retries = 0 })
      assert(client.users:list())
      weak[2 * i], weak[2 * i + 1] = own, client
      if i % 2 == 0 then own:stop() end
    end
    collect()
    assert.same({}, weak)
  end)
end)

-- The end of a whole state, in a child process under the interpreter that runs this spec.
describe("the end of the state", function()
  local START = [[
    local thrive = require "thrive"
    local sandbox = assert(require("thrive.sandbox").start{ users = 5 })
    local client = assert(sandbox:client{ max_retries = 0 })
    local function busy(seconds) sandbox:fault{ delay = seconds or 30, times = math.huge } end
    local function seen(n) repeat thrive.sleep(0) until sandbox:count() >= n end
  ]]
  local endings = {
    ["with nothing but an open client"] = "client.users:list()",
    ["with a client that was never used"] = "",
    ["with a global client and a global iterator"] = "c = client; e = client.users:each{ perPage = 2 }; e()",
    ["with a call under way"] = "busy(); thrive.spawn(function() client.users:list() end); seen(1)",
    ["with many calls under way, in the queue and before a retry"] = [[
      sandbox:fault{ status = 503, headers = { ["Retry-After"] = "100" }, times = 2 }
      local other = sandbox:client{ concurrency = 2 }
      for _ = 1, 2 do thrive.spawn(function() other.users:list() end) end
      seen(2)
      busy()
      for _ = 1, 6 do thrive.spawn(function() other.users:list() end) end
      seen(4)]],
    ["with a token being asked for"] = [[
      busy()
      local oauth = sandbox:client{ client_secret = sandbox.client_secret }
      for _ = 1, 3 do thrive.spawn(function() oauth.users:list() end) end
      seen(1)]],
    ["by os.exit that closes the state"] = "busy(); thrive.spawn(function() client.users:list() end); seen(1); os.exit(0, true)",
    ["by os.exit in a task"] = "thrive.spawn(function() client.users:list(); os.exit(0, true) end):wait()",
    ["by os.exit in a hook"] = [[
      local hooked = sandbox:client{ on = { response = function() os.exit(0, true) end } }
      hooked.users:list()]],
    ["with tasks that never began"] = "for _ = 1, 3 do thrive.spawn(function() client.users:list() end) end",
    ["with the sandbox stopped before"] = "client.users:list(); sandbox:stop()",
    ["with the client closed in a finaliser"] = [[
      busy()
      last = setmetatable({}, { __gc = function() client:close(); tostring(client) end })
      thrive.spawn(function() client.users:list() end); seen(1)]],
    ["with a transfer that was prepared and one that is done"] = [[
      local core = require "thrive.core"
      a = core.prepare_raw(client, "GET", "api", "/x")
      b = core.prepare_raw(client, "POST", "api", "/x", nil, { 1 })
      core.start(a, 5)
      while not core.done(a) do core.poll(0.25) end]],
    ["under the generational collector"] = [[
      collectgarbage("generational")
      for _ = 1, 20 do assert(#client.users:all{ perPage = 2 } == 5) end]],
    ["with a collection at every step"] = [[
      collectgarbage("setpause", 1)
      collectgarbage("setstepmul", 1000)
      for _ = 1, 5 do assert(#client.users:all{ perPage = 1 } == 5) end
      thrive.map({ 1, 2, 3 }, function() collectgarbage() return client.users:get("x") end)]],
  }
  for name, code in pairs(endings) do
    it("is clean " .. name, function()
      local run = subject.child(START .. code, nil, subject.interpreter())
      assert.equal("", run.err)
      assert.equal(0, run.code)
    end)
  end

  it("reports an error of the script as usual", function()
    local run = subject.child(START .. "busy(); thrive.spawn(function() client.users:list() end); seen(1); error('mine')", nil,
      subject.interpreter())
    assert.equal(1, run.code)
    assert.truthy(run.err:find("mine", 1, true))
  end)

  it("has interpreters to test with", function()
    assert.is_true(os.execute("test -x " .. interp.quote(subject.interpreter())))
  end)
end)
