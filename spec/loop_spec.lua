-- client:step and client:fds: a program with an event loop of its own drives transfers and tasks, and never blocks.
local thrive = require "thrive"
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"
local refs = require("spec.support.reading").refs

local raised = subject.raised

describe("client:step", function()
  local sandbox, client

  -- One for each test: a request that was cancelled may arrive later.
  before_each(function()
    sandbox = assert(sandboxes.start{ users = 40 })
    client = assert(sandbox:client{ max_retries = 0 })
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  local function drain()
    local stop = core.now() + 30
    while client:step(1) do assert(core.now() < stop, "it does not come to an end") end
  end

  it("has nothing to do where nothing was begun, and does not wait for it", function()
    local began = core.now()
    assert.is_false(client:step(5))
    assert.is_true(core.now() - began < 4)
  end)

  it("runs what was spawned to its end", function()
    local tasks = {}
    for i, ref in ipairs(refs(20)) do
      tasks[i] = thrive.spawn(function() return assert(client.users:get_by_ref(ref)).ref end)
    end
    assert.is_true(client:step())
    drain()
    for i, ref in ipairs(refs(20)) do
      assert.is_true(tasks[i].finished)
      assert.equal(ref, tasks[i]:wait())
    end
  end)

  it("waits no longer than it was told, and no longer than until a task had its turn", function()
    sandbox:fault{ delay = 30 }
    local task = thrive.spawn(function() return client.users:list() end)
    local began = core.now()
    assert.is_true(client:step(0.01))
    assert.is_true(client:step(0.01))
    assert.is_true(core.now() - began < 2)
    local slept = thrive.spawn(function() thrive.sleep(0.05) end)
    assert.is_true(client:step(0))
    began = core.now()
    assert.is_true(client:step(20))
    assert.is_true(core.now() - began < 10)
    assert.is_true(slept.finished)
    client:close()
    drain()
    assert.equal("cancelled", select(2, task:wait()).kind)
  end)

  it("leaves errors with the task", function()
    local task = thrive.spawn(function() error("mine", 0) end)
    drain()
    assert.equal("mine", raised(task.wait, task))
  end)

  it("says that nothing is left when tasks wait for each other", function()
    local a, b
    a = thrive.spawn(function() return b:wait() end)
    b = thrive.spawn(function() return a:wait() end)
    client:step()
    assert.is_false(client:step())
  end)

  it("is refused inside a task and inside a hook, at its caller", function()
    local message = raised(function() thrive.spawn(function() client:step() end):wait() end)
    assert.truthy(message:find("^spec/loop_spec.lua:%d+: client:step: called from inside a task"), message)
    local hooked <close> = assert(sandbox:client{ on = { request = function()
      message = raised(function() client:step() end)
    end } })
    assert(hooked.users:list{ perPage = 1 })
    assert.truthy(message:find("^spec/loop_spec.lua:%d+: client:step: called from inside a hook"), message)
    assert.is_false(client:step(), "and may be called again after it")
  end)

  it("refuses what is no time", function()
    for _, timeout in ipairs { -1, 0 / 0, "1" } do
      assert.truthy(raised(function() client:step(timeout) end):find("loop_spec.lua:%d+: client:step: argument #1"))
    end
  end)
end)

describe("client:fds", function()
  local sandbox, client

  before_each(function()
    sandbox = assert(sandboxes.start{ users = 4 })
    client = assert(sandbox:client{ max_retries = 1 })
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  it("is empty where nothing is under way", function()
    assert.same({}, (client:fds()))
  end)

  it("names the descriptors of the transfers", function()
    sandbox:fault{ delay = 30, times = 2 }
    for _ = 1, 2 do thrive.spawn(function() return client.users:list() end) end
    client:step()
    local list
    local stop = core.now() + 30
    repeat
      client:step(0.01)
      list = client:fds()
    until #list == 2 and list[1].read and list[2].read and not list[1].write or core.now() > stop
    assert.equal(2, #list)
    for _, entry in ipairs(list) do
      assert.equal("integer", math.type(entry.fd))
      assert.is_true(entry.read)
      assert.is_false(entry.write)
    end
    client:close()
    client:step()
    assert.same({}, (client:fds()))
  end)

  it("tells when to come anyway: now for what is ready, later for what sleeps", function()
    local task = thrive.spawn(function() thrive.sleep(7) end)
    local _, seconds = client:fds()
    assert.equal(0, seconds)
    client:step()
    _, seconds = client:fds()
    assert.is_true(seconds > 5 and seconds <= 7)
    require("thrive.scheduler").cancel(task)
    sandbox:fault{ status = 429, headers = { ["Retry-After"] = "50" } }
    thrive.spawn(function() return client.users:list() end)
    repeat client:step(0.1) until client:stats().throttled == 1
    _, seconds = client:fds()
    assert.is_true(seconds > 45 and seconds <= 55, seconds)
  end)
end)

-- The whole of it, in a child: luv's loop is the process's own.
local program = [[
local uv = require "luv"
local thrive = require "thrive"
local sandbox = require("thrive.sandbox").start{ users = 200, latency = 0.01 }
local client = assert(sandbox:client{ concurrency = 16 })
sandbox:fault{ status = 503, headers = { ["Retry-After"] = "0.05" }, times = 10, probability = 0.1 }
local timer, polls, rounds, ticks = uv.new_timer(), {}, 0, 0

local step
local function watch()
  local list, seconds = client:fds()
  for _, entry in ipairs(list) do
    local poll = uv.new_poll(entry.fd)
    polls[#polls + 1] = poll
    poll:start((entry.read and "r" or "") .. (entry.write and "w" or ""), step)
  end
  if seconds then timer:start(math.ceil(seconds * 1000), 0, step) end
end

function step()
  rounds = rounds + 1
  timer:stop()
  for _, poll in ipairs(polls) do poll:stop() poll:close() end
  polls = {}
  if client:step() then return watch() end
  timer:close()
  uv.stop()
end

local done, failed = 0, 0
for i = 1, 200 do
  thrive.spawn(function()
    local user = client.users:get_by_ref(("U%04d"):format(i))
    thrive.sleep(0.005)
    if user and client.users:get(user.id) then done = done + 1 else failed = failed + 1 end
  end)
end
local clock = uv.new_timer()
clock:start(5, 5, function() ticks = ticks + 1 end)
step()
uv.run()
print(done, failed, rounds < 10 * 410 and "calm" or "busy: " .. rounds, ticks > 5 and "never blocked" or "blocked: " .. ticks)
]]

describe("lua-luv's loop", function()
  it("drives many tasks, without blocking and without spinning", function()
    local result = subject.child(program, {}, subject.interpreter())
    assert.equal("200\t0\tcalm\tnever blocked\n", result.out, result.err)
  end)
end)
