-- Many tasks: what they cost, and that their number changes nothing else.
local thrive = require "thrive"
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"

describe("thrive.map over an iterator", function()
  -- The highest use of memory, in KB, while n items pass through.
  local function peak(n, concurrency)
    local i, most = 0, 0
    collectgarbage()
    collectgarbage()
    local before = collectgarbage("count")
    local results, failures = thrive.map(function()
      i = i + 1
      return i <= n and i or nil
    end, function(item)
      if item % 500 == 0 then
        thrive.sleep(0)
        collectgarbage()
        most = math.max(most, collectgarbage("count") - before)
      end
      return nil -- the results would be what grows
    end, { concurrency = concurrency })
    assert.same({}, results)
    assert.same({}, failures)
    return most
  end

  it("keeps no more than it works on", function()
    peak(1000, 8) -- whatever is loaded on first use
    local small, large = peak(10000, 8), peak(100000, 8)
    assert.is_true(large < small + 16, ("%.1f KB for ten thousand, %.1f KB for a hundred thousand"):format(small, large))
  end)

  it("asks for the next item when a task has time for it, and not before", function()
    local asked, most = 0, 0
    local open = 0
    thrive.map(function()
      asked = asked + 1
      open = open + 1
      most = math.max(most, open)
      return asked <= 100 and asked or nil
    end, function()
      thrive.sleep(0)
      open = open - 1
    end, { concurrency = 5 })
    assert.equal(101, asked, "once after the end")
    assert.is_true(most <= 6, most)
  end)
end)

describe("very many tasks", function()
  it("at once need one token", function()
    local sandbox <close> = assert(sandboxes.start{ users = 10 })
    local client <close> = assert(sandbox:client{ client_secret = sandbox.client_secret })
    local tasks = {}
    for i = 1, 1000 do
      tasks[i] = thrive.spawn(function() return assert(client.users:get_by_ref(("U%04d"):format(i % 10 + 1))).ref end)
    end
    for i = 1, 1000 do assert.equal(("U%04d"):format(i % 10 + 1), tasks[i]:wait()) end
    assert.equal(1, sandbox:count{ path = "oauth2/token" })
    assert.equal(1001, sandbox:count())
  end)

  it("begin in the order in which they were made, also when not all can stand in line", function()
    local sandbox <close> = assert(sandboxes.start{ users = 1, log_limit = 10 })
    local client <close> = assert(sandbox:client{ concurrency = 4 })
    local begun, tasks = {}, {}
    for i = 1, 2500 do
      tasks[i] = thrive.spawn(function()
        begun[#begun + 1] = i
        assert(client.users:get_by_ref("U0001"))
      end)
    end
    thrive.sleep(0)
    assert.is_true(#begun >= 1000 and #begun < 1100, #begun)
    for i = 1, 2500 do tasks[i]:wait() end
    for i = 1, 2500 do assert.equal(i, begun[i]) end
  end)

  it("wait for others that have not begun yet", function()
    local sandbox <close> = assert(sandboxes.start{ users = 1, log_limit = 10 })
    local client <close> = assert(sandbox:client{ concurrency = 4 })
    local tasks = {}
    for i = 1, 1500 do
      tasks[i] = thrive.spawn(function()
        local user = assert(client.users:get_by_ref("U0001"))
        if i < 1500 then return tasks[i + 1]:wait() end
        return user.ref
      end)
    end
    assert.equal("U0001", tasks[1]:wait())
  end)

  it("end when the client is closed, those that have not begun as well", function()
    local sandbox <close> = assert(sandboxes.start{ users = 1 })
    local client = assert(sandbox:client{ concurrency = 4 })
    sandbox:fault{ delay = 30, times = math.huge }
    local tasks = {}
    for i = 1, 1500 do tasks[i] = thrive.spawn(function() return client.users:get_by_ref("U0001") end) end
    thrive.sleep(0)
    client:close()
    local began = core.now()
    for i = 1, 1500 do
      local ok, value, err = pcall(tasks[i].wait, tasks[i])
      if ok then assert.equal("cancelled", err.kind) else assert.truthy(tostring(value):find("closed client", 1, true)) end
    end
    assert.is_true(core.now() - began < 10)
  end)

  -- In a child, whose memory is nobody else's.
  it("ten thousand of them stay small", function()
    local result = subject.child([[
      local thrive = require "thrive"
      local sandbox = require("thrive.sandbox").start{ users = 1, log_limit = 1 }
      local client = assert(sandbox:client{ concurrency = 8 })
      local function peak()
        for line in io.lines("/proc/self/status") do
          local kb = line:match("^VmHWM:%s+(%d+)")
          if kb then return tonumber(kb) end
        end
      end
      assert(client.users:get_by_ref("U0001"))
      local before, done, tasks = peak(), 0, {}
      for i = 1, 10000 do
        tasks[i] = thrive.spawn(function()
          assert(client.users:get_by_ref("U0001"))
          done = done + 1
        end)
      end
      for i = 1, 10000 do tasks[i]:wait() end
      print(done, before and peak() - before or 0)
    ]], {}, subject.interpreter())
    local done, grown = result.out:match("^(%d+)\t(%d+)\n$")
    assert.equal("10000", done, result.err)
    if not subject.interpreter():find("asan", 1, true) then -- the sanitizer keeps what was freed
      assert.is_true(tonumber(grown) < 36 * 1024, grown .. " KB")
    end
  end)
end)
