-- Lifetimes: dropping, closing, breaking out, errors and closed coroutines, before, during and after a transfer. Nothing
-- crashes (run it with --lua=build/thrivelua-asan too), nothing is kept, nobody waits for ever, no connection stays busy.
local thrive = require "thrive"
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"
local interp = require "spec.support.interp"

local raised = subject.raised
local LIST = "/rest/v1/users"

-- The table of transfers in flight that C keeps in the registry.
local function in_flight()
  for _, value in pairs(debug.getregistry()) do
    if type(value) == "userdata" then
      local transfers = debug.getuservalue(value, 1)
      local key, one = next(type(transfers) == "table" and transfers or {})
      if type(key) == "userdata" and debug.getmetatable(one).__name == "thrive.transfer" then return transfers end
    end
  end
  return {}
end

local function collect()
  collectgarbage()
  collectgarbage()
end

-- Lets transfers go on until something is so. The limit is there to fail, not to wait for.
local function until_so(what, is_so)
  local limit = core.now() + 5
  while not is_so() do
    assert(core.now() < limit, "never came: " .. what)
    thrive.sleep(0.002)
  end
end

-- Until the head of some answer is there, and its body is not.
local function until_mid_body()
  until_so("the head of an answer", function()
    for _, transfer in pairs(in_flight()) do
      if core.response_headers(transfer)["content-type"] then return true end
    end
    return false
  end)
  assert.equal(1, core.poll(0), "the transfer is over before its time")
end

-- Connections to this sandbox that are open, by the kernel's account (nil where it gives none).
local function open_connections(sandbox)
  local port = (":%04X"):format(tonumber(sandbox.base_url:match(":(%d+)$")))
  local table_of_sockets = io.open("/proc/net/tcp")
  if not table_of_sockets then return nil end
  local count = 0
  for line in table_of_sockets:lines() do
    local here, state = line:match("^%s*%d+:%s+(%S+)%s+%S+%s+(%x%x)")
    if here and here:sub(-5) == port and state == "01" then count = count + 1 end
  end
  table_of_sockets:close()
  return count
end

describe("the lifetime of clients and transfers", function()
  local sandbox

  setup(function() sandbox = assert(sandboxes.start{ users = 6 }) end)
  teardown(function() sandbox:stop() end)
  before_each(function()
    sandbox:clear_faults()
    sandbox:clear_requests()
  end)
  after_each(function() assert.equal(0, core.poll(0), "a test left a transfer behind") end)

  -- What can happen to a client and its transfer. s: client, and task, which lists two users (nil before it began).
  -- Each returns what the task is to end with: "page", "cancelled", "closed" (its coroutine) or nil when it never ran.
  local endings = {
    ["is dropped"] = function(s)
      s.client = nil
      collect()
      return "page"
    end,
    ["is closed"] = function(s)
      s.client:close()
      return "cancelled"
    end,
    ["leaves the scope of a <close> variable"] = function(s)
      do
        local _ <close> = s.client
      end
      return "cancelled"
    end,
    ["is dropped together with its task"] = function(s)
      s.client, s.task = nil, nil
      collect()
      return "page"
    end,
    ["has its loop left by break"] = function(s)
      local seen = 0
      for _ in s.client.users:each{ perPage = 3 } do
        seen = seen + 1
        if seen == 2 then break end
      end
      assert.equal(2, seen)
      return "page"
    end,
    ["has an error raised in its loop"] = function(s)
      assert.equal("mine", raised(function()
        for _ in s.client.users:each{ perPage = 3 } do error("mine", 0) end
      end))
      return "page"
    end,
    ["has its loop left in a coroutine that is dropped"] = function(s)
      local step = coroutine.wrap(function()
        for user in s.client.users:each{ perPage = 3 } do coroutine.yield(user) end
      end)
      assert.truthy(step().ref)
      return "page"
    end,
    ["is closed in its loop"] = function(s)
      local seen = 0
      local why = raised(function()
        for _ in s.client.users:each{ perPage = 3 } do
          seen = seen + 1
          s.client:close()
        end
      end)
      assert.equal(3, seen, "the page that was there")
      assert.truthy(tostring(why):find("closed", 1, true))
      return "cancelled"
    end,
    ["has its task's coroutine closed"] = function(s)
      if coroutine.status(s.task.thread) ~= "dead" then
        assert.is_true(coroutine.close(s.task.thread))
        assert.equal(0, core.running(s.client))
        return "closed"
      end
      return "page"
    end,
    ["has an error raised in another task"] = function(s)
      local failing = thrive.spawn(function()
        assert(s.client.users:get_by_ref("U0001"))
        error("mine", 0)
      end)
      assert.equal("mine", raised(failing.wait, failing))
      return "page"
    end,
    ["has its task closed by another one that then fails"] = function(s)
      local thread = s.task.thread
      local failing = thrive.spawn(function()
        local _ <close> = setmetatable({}, { __close = function() coroutine.close(thread) end })
        error("mine", 0)
      end)
      local waited = coroutine.status(thread) ~= "dead"
      assert.equal("mine", raised(failing.wait, failing))
      return waited and "closed" or "page"
    end,
  }

  local stages = {
    ["before a transfer"] = function() end,
    ["in the middle of an answer"] = function(s)
      sandbox:fault{ path = LIST, drip = { bytes = 200, every = 0.01 } }
      s.start()
      until_mid_body()
    end,
    ["after a transfer"] = function(s)
      s.start()
      s.task:wait()
    end,
  }

  for ending, finish in pairs(endings) do
    for stage, prepare in pairs(stages) do
      it(("a client that %s %s"):format(ending, stage), function()
        local probes, outcome = setmetatable({}, { __mode = "v" }), {}
        do
          local s = { client = assert(sandbox:client{ max_retries = 0 }) }
          probes.client = s.client
          function s.start()
            local client = s.client
            s.task = thrive.spawn(function()
              outcome.page, outcome.err = client.users:list{ perPage = 2 }
            end)
            thrive.sleep(0)
          end
          if stage == "before a transfer" then s.start = nil end
          prepare(s)
          if not s.task then -- there, but not begun
            local client = s.client
            s.task = thrive.spawn(function() outcome.page, outcome.err = client.users:list{ perPage = 2 } end)
          end
          for _, transfer in pairs(in_flight()) do probes.transfer = transfer end
          probes.task = s.task
          local expected = finish(s)
          local task = s.task
          if task then
            local ok, why = pcall(task.wait, task)
            if expected == "closed" then
              assert.is_false(ok)
              assert.truthy(tostring(why):find("closed", 1, true))
            elseif expected == "cancelled" and stage == "before a transfer" then
              assert.is_false(ok)
              assert.truthy(tostring(why):find("attempt to use a closed client", 1, true))
            else
              assert.is_true(ok, why)
            end
          else
            until_so("the end of a task that nobody holds", function() return outcome.page or outcome.err end)
          end
          if expected == "cancelled" and stage == "in the middle of an answer" then
            assert.equal("cancelled", outcome.err.kind)
            assert.is_nil(outcome.page)
          elseif expected == "page" or stage == "after a transfer" then
            assert.is_nil(outcome.err)
            assert.equal(2, #outcome.page.results)
          else
            assert.is_nil(outcome.page)
          end
        end
        collect()
        assert.same({}, probes)
        assert.is_nil(next(in_flight()))
      end)
    end
  end

  describe("closing a client", function()
    local client

    after_each(function() client:close() end)

    -- Starts f as a task and lets it wait; returns a function that closes the client and returns what came of it.
    local function waiting(f, seen)
      local task = thrive.spawn(f)
      until_so("the wait", seen)
      return function()
        local before = core.now()
        client:close()
        local _, err = task:wait()
        return err, core.now() - before
      end
    end

    local places = {
      ["for an answer"] = function()
        sandbox:fault{ path = LIST, delay = 30 }
        client = assert(sandbox:client())
        return waiting(function() return client.users:list() end, function() return sandbox:count() == 1 end)
      end,
      ["for the rest of an answer"] = function()
        sandbox:fault{ path = LIST, drip = { bytes = 1, every = 0.5 } }
        client = assert(sandbox:client())
        return waiting(function() return client.users:list() end, function()
          local _, transfer = next(in_flight())
          return transfer and core.response_headers(transfer)["content-type"]
        end)
      end,
      ["for the next attempt"] = function()
        sandbox:fault{ path = LIST, status = 503, headers = { ["Retry-After"] = "60" } }
        client = assert(sandbox:client())
        return waiting(function() return client.users:list() end, function() return client:stats().retries == 1 end)
      end,
      ["for a place among those on the wire"] = function()
        sandbox:fault{ path = LIST, delay = 30 }
        client = assert(sandbox:client{ concurrency = 1 })
        thrive.spawn(function() return client.users:list() end)
        local at_it = false
        return waiting(function()
          at_it = true
          return client.users:get_by_ref("U0001")
        end, function() return at_it and sandbox:count() == 1 end)
      end,
      ["for a place, with a deadline"] = function()
        sandbox:fault{ path = LIST, delay = 30 }
        client = assert(sandbox:client{ concurrency = 1, deadline = 60 })
        thrive.spawn(function() return client.users:list() end)
        local at_it = false
        return waiting(function()
          at_it = true
          return client.users:get_by_ref("U0001")
        end, function() return at_it and sandbox:count() == 1 end)
      end,
      ["for a token"] = function()
        sandbox:fault{ path = "/oauth2/token/", delay = 30 }
        client = assert(sandbox:client{ client_secret = sandbox.client_secret })
        return waiting(function() return client.users:list() end, function() return sandbox:count() == 1 end)
      end,
      ["for a token that another call has asked for"] = function()
        sandbox:fault{ path = "/oauth2/token/", delay = 30 }
        client = assert(sandbox:client{ client_secret = sandbox.client_secret })
        thrive.spawn(function() return client.users:list() end)
        local at_it = false
        return waiting(function()
          at_it = true
          return client.users:list()
        end, function() return at_it and sandbox:count() == 1 end)
      end,
    }
    for place, prepare in pairs(places) do
      it("ends the wait " .. place .. " at once, with an error of kind cancelled", function()
        local err, after = prepare()()
        assert.is_true(thrive.iserror(err), tostring(err))
        assert.equal("cancelled", err.kind)
        assert.is_true(after < 0.5, ("it took %g s"):format(after))
      end)
    end

    it("tells every task of many, and leaves no connection busy", function()
      sandbox:fault{ path = "U0", drip = { bytes = 1, every = 1 }, times = math.huge }
      local fresh <close> = assert(sandboxes.start{ users = 1 })
      fresh:fault{ delay = 30, times = math.huge }
      client = assert(fresh:client{ concurrency = 4 })
      local kinds, tasks = {}, {}
      for i = 1, 12 do
        tasks[i] = thrive.spawn(function()
          local _, err = client.users:get_by_ref("U0001")
          kinds[#kinds + 1] = err.kind
        end)
      end
      until_so("four requests", function() return fresh:count() == 4 end)
      client:close()
      for i = 1, 12 do tasks[i]:wait() end
      assert.equal(("cancelled "):rep(12), table.concat(kinds, " ") .. " ")
      assert.equal(4, fresh:count(), "nothing was begun after it")
      if open_connections(fresh) then
        until_so("the end of the connections", function() return open_connections(fresh) == 0 end)
      end
    end)

    for _, name in ipairs { "request", "response", "retry" } do
      it(("in the hook on.%s cancels the call, and crashes nothing"):format(name), function()
        sandbox:fault{ path = LIST, status = 503, headers = { ["Retry-After"] = "0" } }
        client = assert(sandbox:client{ on = { [name] = function()
          client:close()
          collect()
        end } })
        local ok, page, err = pcall(client.users.list, client.users)
        assert.is_true(ok, page)
        assert.is_nil(page)
        if name == "response" then
          assert.truthy(err.kind == "cancelled" or err.kind == "server", err.kind)
        else
          assert.equal("cancelled", err.kind)
        end
      end)
    end

    it("in one task while another one's answer is there but not read is safe", function()
      local tasks = {}
      client = assert(sandbox:client())
      sandbox:fault{ status = 400, body = '{"message":"no"}', times = math.huge }
      for i = 1, 4 do
        tasks[i] = thrive.spawn(function()
          local _, err = client.users:get_by_ref("U0001")
          client:close()
          return err
        end)
      end
      for i = 1, 4 do
        local err = tasks[i]:wait()
        assert.truthy(err.kind == "validation" or err.kind == "cancelled", tostring(err))
      end
    end)
  end)

  it("a closed client says so, whatever is asked of it", function()
    local client = assert(sandbox:client())
    local users, each, pages = client.users, client.users:each(), client.users:pages()
    assert.truthy(pages().results)
    client:close()
    for _, f in ipairs {
      function() users:list() end, function() users:get("x") end, function() users:create(subject.person()) end,
      function() users:each() end, function() users:pages() end, function() users:all() end,
      function() client:request{ method = "GET", path = LIST } end, function() client:plan() end, each,
    } do assert.truthy(tostring(raised(f)):find("closed", 1, true)) end
    assert.is_nil(pages(), "the only page was read")
    assert.equal("number", type(client:stats().calls))
  end)

  it("collections in every hook and at every step change nothing", function()
    local mode = collectgarbage("generational")
    finally(function() collectgarbage(mode) end)
    sandbox:fault{ path = LIST, status = 503, headers = { ["Retry-After"] = "0" } }
    local client <close> = assert(sandbox:client{ on = { request = collect, response = collect, retry = collect } })
    local refs = {}
    for user in client.users:each{ perPage = 2 } do
      collect()
      refs[#refs + 1] = user.ref
    end
    assert.equal("U0001 U0002 U0003 U0004 U0005 U0006", table.concat(refs, " "))
  end)

  it("meta, errors and pages outlive their client, and do not keep it", function()
    local probes = setmetatable({}, { __mode = "v" })
    local page, err, meta
    do
      local client = assert(sandbox:client())
      probes.client = client
      page, _, meta = client.users:list{ perPage = 1 }
      _, err = client.users:get("nobody")
      client:close()
    end
    collect()
    assert.equal(1, #page.results)
    assert.equal("application/json", meta.headers["content-type"]:match("^[^;]*"))
    assert.truthy(meta.timings.total)
    assert.truthy(tostring(err):find("not_found", 1, true))
    meta = nil -- luacheck: ignore (only meta may hold it, for what is read late)
    collect()
    assert.is_nil(probes.client)
  end)

  it("an iterator keeps its client, and lets go with it", function()
    local probes = setmetatable({}, { __mode = "v" })
    do
      local each
      do
        local client = assert(sandbox:client())
        probes.client = client
        each = client.users:each{ perPage = 4 }
      end
      collect()
      local count = 0
      for _ in each do count = count + 1 end
      assert.equal(6, count)
    end
    collect()
    assert.is_nil(probes.client)
  end)

  it("a group keeps its client", function()
    local users = assert(sandbox:client()).users
    collect()
    assert.equal(6, #users:all())
  end)

  it("a finaliser of the script may use a client that lives", function()
    local client <close> = assert(sandbox:client())
    local got
    do
      local _ = setmetatable({}, { __gc = function() got = client.users:get_by_ref("U0003") end })
    end
    collect()
    assert.equal("U0003", got.ref)
  end)

  -- A wait with a limit of time is registered with a timer: a task that is closed must take that along.
  local timed = {
    ["sleeps"] = function() thrive.sleep(3600) end,
    ["waits for a place, with a deadline"] = function(client)
      client.users:get_by_ref("U0001", { deadline = 3600 })
    end,
  }
  for what, f in pairs(timed) do
    it("a task that is closed while it " .. what .. " leaves nothing behind", function()
      local probes = setmetatable({}, { __mode = "v" })
      sandbox:fault{ path = LIST, delay = 30 }
      do
        local client = assert(sandbox:client{ concurrency = 1, max_retries = 0 })
        probes.client = client
        local first = thrive.spawn(function() return client.users:list() end)
        until_so("a request", function() return sandbox:count() == 1 end)
        local task = thrive.spawn(f, client)
        thrive.sleep(0)
        coroutine.close(task.thread)
        client:close()
        local _, err = first:wait()
        assert.equal("cancelled", err.kind)
      end
      collect()
      assert.is_nil(probes.client)
      -- With nothing left to come, a wait for what never comes is found out at once.
      local a
      a = thrive.spawn(function() return thrive.spawn(function() return a:wait() end):wait() end)
      local before = core.now()
      assert.truthy(tostring(raised(a.wait, a)):find("wait for each other", 1, true))
      assert.is_true(core.now() - before < 1)
    end)
  end

  it("a thousand clients leave no memory behind", function()
    local function round()
      for _ = 1, 250 do
        local client = assert(sandbox:client())
        local _ = client.users:each()
      end
      collect()
      return collectgarbage("count")
    end
    round()
    local before = round()
    round()
    assert.is_true(round() - before < 64, "kilobytes stay")
  end)

  -- How a Lua state ends with transfers under way, in a process of its own.
  describe("a state that ends", function()
    local me = assert(io.open("/proc/self/stat")) -- Linux; elsewhere the plain interpreter is good enough
    local pid = me:read("n")
    me:close()
    local program = assert(io.popen(("readlink /proc/%d/exe"):format(pid))):read("l")

    local function child(code)
      local directory <close> = setmetatable({ path = interp.directory() }, { __close = function(d)
        interp.remove(d.path)
      end })
      local pwd = assert(io.popen("pwd"))
      local root = pwd:read("l")
      pwd:close()
      local function absolute(path) return (";" .. path):gsub(";%./", ";" .. root .. "/"):sub(2) end
      interp.write(directory.path .. "/main.lua", code)
      return interp.run(directory.path, program, '"$P" main.lua', {
        LUA_PATH = absolute(package.path), LUA_CPATH = absolute(package.cpath),
        BASE_URL = sandbox.base_url, TENANT = sandbox.tenant_id, KEY = sandbox.api_key,
      })
    end

    local PRELUDE = [[
      local thrive = require "thrive"
      local core = require "thrive.core"
      local client = assert(thrive.client{ tenant_id = os.getenv "TENANT", api_key = os.getenv "KEY",
        base_url = os.getenv "BASE_URL", max_retries = 0 })
      local tasks = {}
      for i = 1, 3 do
        tasks[i] = thrive.spawn(function()
          local _ <close> = setmetatable({}, { __gc = function() end, __close = function() end })
          return client.users:list{ perPage = 2 }
        end)
      end
      setmetatable({}, { __gc = function() pcall(client.users.list, client.users) end })
    ]]
    local begun = {
      ["before its transfers begin"] = "",
      ["with transfers under way"] = [[ repeat thrive.sleep(0.002) until core.running(client) == 3
        for _ = 1, 10 do thrive.sleep(0.002) end ]],
      ["after its transfers"] = [[ for i = 1, 3 do assert(tasks[i]:wait()) end ]],
    }
    local ends = {
      ["by running out"] = { "", 0, "" },
      ["by os.exit that closes it"] = { "os.exit(3, true)", 3, "" },
      ["by os.exit that does not"] = { "os.exit(4, false)", 4, "" },
      ["by an error"] = { "error('mine')", 1, "mine" },
      ["with the client closed"] = { "client:close()", 0, "" },
      ["from inside a task"] = { "thrive.spawn(function() os.exit(5, true) end):wait()", 5, "" },
      ["with everything dropped"] = { "client, tasks = nil, nil collectgarbage() collectgarbage()", 0, "" },
    }
    for when, begin in pairs(begun) do
      for how, rule in pairs(ends) do
        it(("%s %s ends cleanly, and its connections with it"):format(how, when), function()
          if when == "with transfers under way" then
            sandbox:fault{ path = LIST, drip = { bytes = 1, every = 0.2 }, times = math.huge }
          end
          local run = child(PRELUDE .. begin .. "\n" .. rule[1])
          assert.equal(rule[2], run.code, run.err)
          if rule[3] == "" then
            assert.equal("", run.err)
          else
            assert.truthy(run.err:find(rule[3], 1, true))
            assert.falsy(run.err:find("Sanitizer", 1, true), run.err)
          end
          local before = open_connections(sandbox)
          if before then
            -- Connections of this process may be there, idle; those of the child are gone.
            until_so("the end of the child's connections", function() return open_connections(sandbox) <= 2 end)
          end
        end)
      end
    end
  end)
end)
