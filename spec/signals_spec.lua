-- Ctrl-C and closed pipes, on the real program. The child says on its standard output when it is where the test wants
-- it; nothing sleeps to wait.
local interp = require("spec.support.interp")

-- What a waiting call may take to notice is 0.25 s; the rest is the machine's. What is ended would go on for a minute.
local BOUND = 20

local function now()
  local f = assert(io.popen("date +%s.%N"))
  local seconds = tonumber(f:read("l"))
  f:close()
  return seconds
end

describe("thrivelua and signals:", function()
  local program, dir

  setup(function()
    program = interp.thrivelua()
    dir = interp.directory()
    assert(os.execute("mkfifo " .. dir .. "/in"))
  end)

  teardown(function()
    interp.remove(dir)
  end)

  local child = {}
  child.__index = child

  -- Starts "thrivelua <arguments>". Its first line is the process id, for exec keeps it.
  local function start(arguments, stdin)
    local command = interp.command(dir, program, "echo $$; exec $P " .. arguments .. " 2>.err", nil, stdin)
    local self = setmetatable({ pipe = assert(io.popen(command)) }, child)
    self.command = command
    return self
  end

  function child:line()
    return self.pipe:read("l")
  end

  -- Reads up to the line that says that the script is there.
  function child:ready()
    self.pid = self.pid or assert(self:line(), "no process id")
    repeat
      local line = assert(self:line(), "the program ended before it was ready")
    until line:find("ready$")
  end

  function child:interrupt()
    assert(os.execute("kill -INT " .. self.pid))
    self.at = now()
  end

  -- Reads the rest and waits. Returns it, "exit" or "signal", the code, and the seconds since the interrupt.
  function child:finish()
    local rest = self.pipe:read("a")
    local _, how, code = self.pipe:close()
    return rest, how, code, self.at and now() - self.at
  end

  local function errors()
    local f = assert(io.open(dir .. "/.err"))
    local text = f:read("a")
    f:close()
    return text
  end

  -- The position is there only when the signal came while a C function ran.
  local function assert_interrupted(message)
    assert.truthy(message:gsub("^[%w.]+:%d+: ", ""):find("^interrupted!\nstack traceback:\n"), message)
  end

  local function script(text)
    interp.write(dir .. "/s.lua", text)
    return "s.lua"
  end

  local PRELUDE = [[
local closing <close> = setmetatable({}, { __close = function(_, err) print("closed", err) end })
LAST = setmetatable({}, { __gc = function() print("collected") end })
io.stdout:setvbuf("no")
]]

  it("Ctrl-C ends a spinning script: <close> and __gc run, traceback, exit code 130", function()
    local c = start(script(PRELUDE .. "print('ready')\nwhile true do end\n"))
    c:ready()
    c:interrupt()
    local rest, how, code, elapsed = c:finish()
    assert.same({ "exit", 130 }, { how, code })
    -- As in lua, the message is whole, traceback included, by the time <close> runs.
    local message = rest:match("^closed\t(.*)collected\n$")
    assert.truthy(message, rest)
    assert_interrupted(message)
    assert.equal(program .. ": " .. message, errors())
    assert.is_true(elapsed < BOUND, elapsed .. " s")
  end)

  for name, arguments in pairs {
    ["-e"] = [[-e 'print("ready") while true do end']],
    ["-l"] = [[-l spin]],
    ["standard input"] = "< spin.lua",
    ["-"] = "- < spin.lua",
  } do
    it("Ctrl-C ends what " .. name .. " runs with 130", function()
      interp.write(dir .. "/spin.lua", "io.stdout:setvbuf('no') print('ready') while true do end")
      local c = start((arguments:gsub("%-e '", "-e 'io.stdout:setvbuf(\"no\") ")))
      c:ready()
      c:interrupt()
      local _, how, code = c:finish()
      assert.same({ "exit", 130 }, { how, code })
      assert.truthy(errors():find("interrupted!", 1, true))
    end)
  end

  it("Ctrl-C ends a wait in the kernel", function()
    local c = start(script(PRELUDE .. "print('ready')\nio.read()\nwhile true do end\n"), dir .. "/in")
    local hold = assert(io.open(dir .. "/in", "w"))
    c:ready()
    c:interrupt()
    local rest, how, code, elapsed = c:finish()
    hold:close()
    assert.same({ "exit", 130 }, { how, code })
    assert.truthy(rest:find("^closed\t.*collected\n$"), rest)
    assert.is_true(elapsed < BOUND, elapsed .. " s")
  end)

  it("Ctrl-C ends a call that waits for an answer, and runs <close> variables", function()
    local c = start(script(PRELUDE .. [[
local tenant = require("thrive.sandbox").start{ users = 3 }
tenant:fault{ method = "GET", delay = 60 }
local client = assert(tenant:client())
thrive.spawn(function() -- says when the request has arrived: from then on the call only waits
  while tenant:count{ method = "GET" } == 0 do thrive.sleep(0.01) end
  print("ready")
end)
client.users:list{}
print("came back")
]]))
    c:ready()
    c:interrupt()
    local rest, how, code, elapsed = c:finish()
    assert.same({ "exit", 130 }, { how, code })
    assert.truthy(rest:find("closed\t.*interrupted!"), rest)
    assert.is_nil(rest:find("came back", 1, true))
    assert.truthy(errors():find("interrupted!\nstack traceback:\n", 1, true), errors())
    assert.is_true(elapsed < BOUND, elapsed .. " s")
  end)

  -- lua's handler asks the main program to stop, which has no turn while a coroutine of the script waits.
  for _, where in ipairs{ "the script", "a task" } do
    it("Ctrl-C ends a wait in a coroutine of " .. where .. ", and runs <close> variables", function()
      local c = start(script(PRELUDE .. [[
local function body()
  coroutine.wrap(function()
    local inner <close> = setmetatable({}, { __close = function() print("closed inside") end })
    print("ready")
    thrive.sleep(60)
  end)()
end
]] .. (where == "a task" and "thrive.map({ 1 }, body)" or "body()") .. "\nprint('came back')\n"))
      c:ready()
      c:interrupt()
      local rest, how, code, elapsed = c:finish()
      assert.same({ "exit", 130 }, { how, code })
      assert.truthy(rest:find("closed inside\nclosed\t.*interrupted!"), rest)
      assert.is_nil(rest:find("came back", 1, true))
      assert.is_true(elapsed < BOUND, elapsed .. " s")
    end)
  end

  it("Ctrl-C ends client:step in a coroutine, as a program's event loop may call it", function()
    local c = start(script(PRELUDE .. [[
local tenant = require("thrive.sandbox").start{ users = 3 }
local client = assert(tenant:client())
coroutine.wrap(function()
  thrive.spawn(thrive.sleep, 60)
  client:step(0)
  print("ready")
  client:step(60)
  print("came back")
end)()
]]))
    c:ready()
    c:interrupt()
    local rest, how, code, elapsed = c:finish()
    assert.same({ "exit", 130 }, { how, code })
    assert.truthy(rest:find("closed\t.*interrupted!"), rest)
    assert.is_nil(rest:find("came back", 1, true))
    assert.is_true(elapsed < BOUND, elapsed .. " s")
  end)

  it("Ctrl-C ends what a map has begun, and runs its <close> variables", function()
    local c = start(script(PRELUDE .. [[
local tenant = require("thrive.sandbox").start{ users = 3 }
local client = assert(tenant:client{ concurrency = 2 })
tenant:fault{ delay = 60, times = math.huge }
thrive.map({ 1, 2, 3, 4 }, function(i)
  local inner <close> = setmetatable({}, { __close = function() print("closed inside") end })
  if i == 1 then thrive.sleep(60) end
  if i == 2 then return client.users:list{} end
  return thrive.map({ 1 }, function()
    local inmost <close> = setmetatable({}, { __close = function() print("closed inside") end })
    print("ready")
    return client.users:list{}
  end)
end, { concurrency = 3 })
]]))
    c:ready()
    c:interrupt()
    local rest, how, code, elapsed = c:finish()
    assert.same({ "exit", 130 }, { how, code })
    assert.truthy(rest:find("^" .. ("closed inside\n"):rep(4) .. "closed\t.*interrupted!"), rest)
    assert.is_true(elapsed < BOUND, elapsed .. " s")
  end)

  it("Ctrl-C in a hook of a call ends the call too", function()
    local c = start(script(PRELUDE .. [[
local tenant = require("thrive.sandbox").start{ users = 3 }
local client = assert(tenant:client{ on = { request = function() print("ready") while true do end end } })
client.users:list{}
print("came back")
]]))
    c:ready()
    c:interrupt()
    local rest, how, code = c:finish()
    assert.same({ "exit", 130 }, { how, code })
    assert.is_nil(rest:find("came back", 1, true))
  end)

  it("a second Ctrl-C kills at once", function()
    local c = start(script([[
io.stdout:setvbuf("no")
local slow <close> = setmetatable({}, { __close = function() print("cleaning, ready") while true do end end })
print("ready")
while true do end
]]))
    c:ready()
    c:interrupt()
    c:ready()
    c:interrupt()
    local _, how, code, elapsed = c:finish()
    -- sh may have stayed between: then it reports the signal as 128 + 2.
    assert.is_true(how == "signal" and code == 2 or how == "exit" and code == 130, how .. " " .. code)
    assert.equal("", errors())
    assert.is_true(elapsed < BOUND, elapsed .. " s")
  end)

  it("a script may catch the interrupt and go on", function()
    local c = start(script([[
io.stdout:setvbuf("no")
print(pcall(function() print("ready") while true do end end))
]]))
    c:ready()
    c:interrupt()
    local rest, how, code = c:finish()
    assert.same({ "exit", 0, "" }, { how, code, errors() })
    assert.truthy(rest:find("^false\t[%w.:%s]*interrupted!\n$"), rest)
  end)

  -- The interrupt is raised in the main program as soon as the task gives way: its turn must be seen to its end.
  for what, ending in pairs{
    ["goes on"] = "thrive.sleep(0) return 'went on'", ["has returned"] = "return 'went on'", ["has failed"] = "error('mine', 0)",
  } do
    it("a script may catch the interrupt that came during the turn of a task that " .. what, function()
      local c = start(script([[
io.stdout:setvbuf("no")
local task = thrive.spawn(function()
  local closing <close> = setmetatable({}, { __close = function() print("closed") end })
  thrive.sleep(0)
  print("ready")
  repeat local line = io.read() until line == "on"
  ]] .. ending .. [[

end)
print(pcall(task.wait, task))
local other = thrive.spawn(function() return 'went on' end)
thrive.sleep(0.01) -- others have their turn
print(other.finished, pcall(task.wait, task))
local client = require("thrive.sandbox").start{ users = 1 }:client()
print(client:step())
]]), dir .. "/in")
      local input = assert(io.open(dir .. "/in", "w"))
      c:ready()
      c:interrupt()
      input:write("on\n")
      input:close()
      local rest, how, code = c:finish()
      assert.same({ "exit", 0, "" }, { how, code, errors() })
      assert.truthy(rest:find("false\t[%w./:%s]*interrupted!\n"), rest)
      local outcome = what == "has failed" and "false\t[%w./:%s]*interrupted!" or "true\twent on"
      assert.truthy(rest:find("true\t" .. outcome .. "\nfalse\n$"), rest)
      assert.truthy(rest:find("closed\n", 1, true), rest)
    end)
  end

  it("a script that catches the interrupt may choose its exit code", function()
    local c = start(script([[
io.stdout:setvbuf("no")
pcall(function() print("ready") while true do end end)
os.exit(9)
]]))
    c:ready()
    c:interrupt()
    local _, how, code = c:finish()
    assert.same({ "exit", 9 }, { how, code })
  end)

  it("Ctrl-C at the prompt ends the evaluation and keeps the session", function()
    local c = start("-i", dir .. "/in")
    local typed = assert(io.open(dir .. "/in", "w"))
    typed:setvbuf("no")
    typed:write("kept = 1 io.stdout:setvbuf('no')\nprint('ready') while true do end\n")
    c.pid = assert(c:line())
    repeat
      local line = assert(c:line())
    until line == "ready"
    c:interrupt()
    typed:write("kept + 1\n")
    typed:close()
    local rest, how, code = c:finish()
    assert.same({ "exit", 0 }, { how, code })
    assert.truthy(rest:find("\n2\n", 1, true), rest)
    assert_interrupted(errors())
  end)

  it("a closed pipe ends it quietly by SIGPIPE", function()
    interp.write(dir .. "/print.lua", "for i = 1, 1000000 do print(i) end")
    -- env puts SIGPIPE's default back: whoever runs the suite may ignore it.
    local result = interp.run(
      dir,
      program,
      "{ env --default-signal=PIPE $P print.lua; echo $? >code; } | head -1; cat code"
    )
    assert.same({ out = "1\n141\n", err = "", code = 0 }, result)
  end)

  it("the module installs no handler", function()
    local result = interp.run(dir, program, [[$P -e '
local function caught()
  local f = assert(io.open("/proc/self/status"))
  local mask = f:read("a"):match("SigCgt:%s*(%x+).*")
  f:close()
  return mask
end
local before = caught()
local c = assert(require("thrive").client{ tenant_id = "t", api_key = "k", base_url = "http://127.0.0.1:1" })
c.users:list({}, { max_retries = 0 })
print(before ~= nil and before == caught())']])
    assert.same({ out = "true\n", err = "", code = 0 }, result)
  end)
end)
