-- Progress on a real terminal: what it shows and when, what it leaves alone, and that nothing of it stays. Each script has a
-- tenant of its own that answers slowly. What takes its time without anybody's doing is started before the first test, and
-- holds where a test has to see it.
local interp = require "spec.support.interp"
local terminal = require "spec.support.terminal"

local ROWS <const> = 12

-- 22 pages of two users, 0.05 s each. hold() waits, in the middle of a loop, until the spec says go.
local PRELUDE = [[
local thrive = require "thrive"
local tenant = require("thrive.sandbox").start{ users = 44 }
tenant:fault{ path = "/rest/v1/users", delay = 0.05, times = 0 }
local client = assert(tenant:client{ max_retries = 3 })
local slowly = { prefetch = 0 }
local function exists(name)
  local file = io.open(name)
  return file and file:close()
end
local function hold() while not exists("SCRIPT.go") do thrive.sleep(0.02) end end
io.open("SCRIPT.begun", "w"):close()
]]
local EACH = "for user in client.users:each({ perPage = 2 }, slowly) do %s end\n"
local HELD = EACH:format("%s if user.ref == 'U0032' then hold() end")

describe("progress on a terminal", function()
  local directory, opened, early

  local scripts = 0
  -- Starts a script. `command` may have more around it; "SCRIPT" in it is the script's name.
  local function start(script, given)
    given = given or {}
    scripts = scripts + 1
    local name = ("s%d.lua"):format(scripts)
    interp.write(directory .. "/" .. name, ((PRELUDE .. script):gsub("SCRIPT", name)))
    local t = terminal.open {
      program = given.program or interp.thrivelua(), directory = directory, rows = given.rows or ROWS, columns = given.columns,
      command = (given.command or '"$P" SCRIPT'):gsub("SCRIPT", name), env = given.env, term = given.term,
    }
    opened[#opened + 1], t.script = t, directory .. "/" .. name
    return t
  end

  -- Lets a script that holds go on.
  local function go(t) interp.write(t.script .. ".go", "") end

  local function last_row(screen)
    local rows = 0
    for line in (screen .. "\n"):gmatch("(.-)\n") do
      rows = rows + 1
      if rows == ROWS then return line end
    end
  end

  -- The texts that were drawn, one after the other.
  local function drawings(t)
    local list = {}
    for text in t:raw():gmatch("\27%[999;1H\27%[0m(.-)\27%[K") do list[#list + 1] = text end
    return list
  end

  -- What is started early: { name, script, given }.
  local function plans()
    local loop, paths = EACH:format("io.write('.')") .. "print 'end'", {}
    for name, path in pairs { LUA_PATH = package.path, LUA_CPATH = package.cpath } do
      paths[name] = (";" .. path):gsub(";%./", ";" .. interp.root() .. "/"):sub(2)
    end
    local lua = { program = interp.lua(), env = paths }
    return {
      { "often", [[
        tenant:clear_faults()
        local core = require "thrive.core"
        local begun, n = core.now(), 0
        local function calls()
          n = n + 1
          if core.now() - begun < 2 then return n end
        end
        for _ in thrive.progress(calls, { label = "calls" }) do client.users:list{ perPage = 1 } end
        local took = core.now() - begun
        print(("took %.3f"):format(took))
      ]] },
      { "silent", "tenant:clear_faults() for _ in client.users:each{ perPage = 50 } do end print 'end'" },
      { "silent", loop, { command = '"$P" SCRIPT 2>err' } },
      { "silent", loop, { term = "dumb" } },
      { "silent", loop, { env = { THRIVE_PROGRESS = "0" } } },
      { "silent", loop, { rows = 3 } },
      { "elsewhere", HELD:format("print(user.ref)"), { command = '"$P" SCRIPT >out; cat out' } },
      { "resized", HELD:format("") .. "print 'end'", { rows = 14 } },
      { "map", [[
        local results = thrive.map({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, function()
          for user in client.users:each({ perPage = 22 }, slowly) do local _ = user end
          return true
        end, { concurrency = 1 })
        print("end", #results)
      ]] },
      { "map of a list", [[
        thrive.map(client.users:each{ perPage = 10 }, function(user) thrive.sleep(0.25) return user.ref end)
        print "end"
      ]] },
      { "list in hundreds", [[
        tenant:fault{ path = "/rest/v1/audiences/a/members", delay = 0.05, times = 0 }
        tenant:fault{ path = "/rest/v1/audiences/*", delay = 0.05, times = 0 }
        local audience = assert(client.audiences:create{ name = "a", reference = "a" , category = "audience",
          parentId = assert(client.audiences:create{ name = "s", category = "structure" }).id })
        local refs = {}
        for i = 1, 3000 do refs[i] = ("X%04d"):format(i) end
        local _, err = client.audiences.members:add("a", refs)
        print("end", err and err.kind)
      ]] },
      { "turned away", [[
        tenant:clear_faults()
        tenant:fault{ path = "/rest/v1/users", query = { page = 15 }, status = 429, headers = { ["Retry-After"] = "60" },
          times = 0 }
        tenant:fault{ path = "/rest/v1/users", delay = 0.05, times = 0 }
      ]] .. EACH:format("") },
      { "turned away once", [[
        tenant:fault{ path = "/rest/v1/tags", status = 429, headers = { ["Retry-After"] = "2" }, times = 1 }
        print(#client.tags:list().results)
      ]] },
      { "only required", loop, lua },
      { "asked for", [[
        for user in thrive.progress(client.users:each({ perPage = 2 }, slowly), { label = "people", total = 100 }) do
          if user.ref == "U0030" then hold() os.exit(3) end
        end
      ]], lua },
      { "both", [[
        for user in client.users:each({ perPage = 10 }, slowly) do
          local rows = {}
          for i = 1, 25 do rows[i] = i end
          for _ in thrive.progress(rows, { label = "rows of " .. user.ref }) do client.users:list{ perPage = 1 } end
          break
        end
      ]] },
    }
  end

  setup(function()
    directory, opened, early = interp.directory(), {}, {}
    local list = plans()
    early["prompt"] = { start("", { command = '"$P" --sandbox-users 400', env = { NO_COLOR = "1" } }) }
    for i = 1, #list, 6 do -- not all at once: that would take the time of each
      local batch = {}
      for k = i, math.min(i + 5, #list) do
        local name, script, given = table.unpack(list[k])
        local t = start(script, given)
        early[name], batch[#batch + 1] = early[name] or {}, t
        table.insert(early[name], t)
      end
      for _, t in ipairs(batch) do
        t:wait_for(function()
          local file <close> = io.open(t.script .. ".begun")
          return file ~= nil
        end)
      end
    end
  end)

  teardown(function()
    for _, t in ipairs(opened) do t:close() end
    interp.remove(directory)
  end)

  it("shows records done, share, rate and ETA on the last line, touches no output, and leaves nothing", function()
    local t = start(HELD:format("io.write(user.ref, '\\n') io.stderr:write('e', user.ref, '.\\n')") .. "print 'end'")
    local screen = t:wait_for("ETA")
    assert.truthy(last_row(screen):find("^users  %d+ of 44  %d+%%  [%d.]+/s  ETA 0:00:%d%d$"), screen)
    go(t)
    screen = t:wait_for("end$", { history = true })
    assert.equal(0, t:exit_code())
    local expected = {}
    for i = 1, 44 do expected[i] = ("U%04d\neU%04d.\n"):format(i, i) end
    assert.equal(table.concat(expected) .. "end", t:screen { history = true })
    assert.is_nil(screen:find("of 44", 1, true))
    local list = drawings(t)
    assert.truthy(list[#list]:find("^users  %d+ of 44"), list[#list])
  end)

  it("draws at most ten times a second, and not in the first half of one", function()
    local t = early["often"][1]
    local screen = t:wait_for("took")
    local took = tonumber(screen:match("took ([%d.]+)"))
    local count = #drawings(t)
    assert.is_true(count >= 5, count .. " drawings")
    assert.is_true(count <= (took - 0.5) * 10 + 1, ("%d drawings in %.3f s"):format(count, took))
  end)

  it("shows nothing of what is quick, in the background of a pipe, on a dumb terminal, or when it is told not to", function()
    for i, t in ipairs(early["silent"]) do
      t:wait_for("end")
      assert.equal(0, t:exit_code())
      assert.equal((i == 1 and "" or ("."):rep(44)) .. "end\r\n", t:raw(), i)
    end
    local err = assert(io.open(directory .. "/err"))
    assert.equal("", err:read("a"))
    err:close()
  end)

  it("shows it while standard output goes elsewhere", function()
    local t = early["elsewhere"][1]
    assert.truthy(last_row(t:wait_for("ETA")):find("^users  %d+ of 44"))
    go(t)
    assert.equal(0, t:exit_code())
    local expected = {}
    for i = 1, 44 do expected[i] = ("U%04d"):format(i) end
    assert.equal(table.concat(expected, "\n"), t:screen { history = true })
  end)

  -- After each of these the terminal scrolls whole again: ROWS lines fill it.
  it("is gone however the program ends: Ctrl-C, an error, os.exit, break, signals", function()
    local after = 'trap : INT; "$P" SCRIPT; echo "code $?"; seq 100 ' .. 99 + ROWS - 1
    local held = HELD:format("print(user.ref)")
    local cases = {
      { code = 1, start(EACH:format("if user.ref == 'U0032' then hold() error('left') end"), { command = after }) },
      { code = 7, start(EACH:format("if user.ref == 'U0032' then hold() os.exit(7) end"), { command = after }) },
      { code = 0, start(EACH:format("if user.ref == 'U0032' then hold() break end"), { command = after }) },
      { code = 1, start(EACH:format("if user.ref == 'U0032' then hold() coroutine.wrap(error)('left') end"),
        { command = after }) },
      { code = 143, signal = "TERM", start("print(require('thrive.core').system.pid())" .. held, { command = after }) },
      { key = "C-c", code = 130, start(held, { command = after }) },
    }
    for i = #cases, 1, -1 do
      local case = cases[i]
      local t = case[1]
      t:wait_for(function() return #drawings(t) > 0 end)
      if case.key then t:key(case.key) end
      if case.signal then
        assert(os.execute(("kill -%s %d"):format(case.signal, tonumber(t:screen { history = true }:match("^(%d+)")))))
      end
      if not (case.key or case.signal) then go(t) end
    end
    for i, case in ipairs(cases) do
      local t = case[1]
      t:exit_code()
      local screen = t:screen()
      assert.truthy(t:screen { history = true }:find("code " .. case.code, 1, true), i .. "\n" .. t:screen { history = true })
      local expected = {}
      for n = 100, 99 + ROWS - 1 do expected[#expected + 1] = tostring(n) end
      assert.equal(table.concat(expected, "\n"), screen, i)
      assert.is_nil(t:screen { history = true }:find("of 44", 1, true), i)
    end
  end)

  it("gives the terminal back while the program is stopped, and goes on after it", function()
    local t = start(HELD:format("print(user.ref)"), {
      command = [[set -m; "$P" SCRIPT; echo stopped; seq 100 110; sleep 0.2; fg >/dev/null; echo "code $?"]],
    })
    t:wait_for("ETA")
    t:key("C-z")
    local screen = t:wait_for("110")
    assert.is_nil(screen:match("stopped.*of 44.*110"), screen)
    go(t)
    t:wait_for("code 0")
    screen = t:screen { history = true }
    assert.is_nil(screen:find("of 44", 1, true), screen)
    local refs = {}
    for ref in screen:gmatch("U%d%d%d%d") do refs[#refs + 1] = ref end
    assert.equal(44, #refs)
    local list = drawings(t)
    assert.truthy(tonumber(list[#list]:match("users  (%d+)")) > 32, list[#list])
  end)

  it("fits a window that changes its size", function()
    local t = early["resized"][1]
    t:wait_for("ETA")
    t:resize(44, ROWS)
    local screen = t:wait_for(function(s) return (last_row(s) or ""):find("^users") end)
    assert.truthy(last_row(screen):find("^users  %d+ of 44  %d+%%  ETA 0:00:%d%d$")
      or last_row(screen):find("^users  %d+ of 44  %d+%%  [%d.]+/s  ETA 0:00:%d%d$"), screen)
    t:resize(24, ROWS)
    t:wait_for(function(s) return (last_row(s) or ""):find("^%d+ of 44  ETA 0:00:%d%d$") end)
    t:resize(80, 20)
    t:wait_for(function(s) return s:find("\nusers  %d+ of 44  %d+%%  [%d.]+/s  ETA 0:00:%d%d$") end)
    go(t)
    assert.equal(0, t:exit_code())
    screen = t:screen() -- what has scrolled away while the terminal took on its new width is the terminal's
    assert.truthy(screen:find("end$"), screen)
    assert.is_nil(screen:find("of 44", 1, true), screen)
  end)

  it("shows a map, and of a map of loops the map", function()
    local expected = {
      ["map"] = "^map  %d+ of 12  %d+%%", ["map of a list"] = "^map  %d+ of 44  %d+%%",
      ["list in hundreds"] = "^audiences.members.add  [%d,]+ of 3,000",
    }
    for name, pattern in pairs(expected) do
      local t = early[name][1]
      t:wait_for("end")
      assert.equal(0, t:exit_code())
      local list, with_time = drawings(t), 0
      for _, text in ipairs(list) do
        assert.truthy(text:find(pattern), text)
        if text:find("ETA", 1, true) then with_time = with_time + 1 end
      end
      assert.is_true(with_time > 0, table.concat(list, "\n"))
    end
  end)

  it("tells of waiting for the rate limit, with a loop and without one", function()
    local loop, call = early["turned away"][1], early["turned away once"][1]
    local screen = loop:wait_for("waiting")
    assert.truthy(last_row(screen):find("^users  28 of 44  63%%  waiting %d+ s for the rate limit %(429%)$"), screen)
    local shown = tonumber(screen:match("waiting (%d+)"))
    loop:wait_for(function(s)
      local seconds = tonumber(s:match("waiting (%d+)"))
      return seconds and seconds < shown
    end)
    loop:key("C-c")
    assert.equal(130, loop:exit_code())
    assert.is_nil(loop:screen():find("waiting", 1, true))
    assert.equal(0, call:exit_code())
    assert.is_nil(call:screen():find("waiting", 1, true))
    local list = drawings(call)
    assert.is_true(#list > 0)
    for _, text in ipairs(list) do assert.truthy(text:find("^waiting [12] s for the rate limit %(429%)$"), text) end
  end)

  it("is for programs that ask for it, where the module is only required", function()
    local silent, shown = early["only required"][1], early["asked for"][1]
    local screen = shown:wait_for("ETA")
    assert.truthy(last_row(screen):find("^people  %d+ of 100  %d+%%"), screen)
    go(shown)
    assert.equal(3, shown:exit_code())
    assert.equal("", shown:screen())
    assert.equal(0, silent:exit_code())
    assert.equal(("."):rep(44) .. "end\r\n", silent:raw())
  end)

  it("is taken off the screen for the prompt, and comes again with the next chunk", function()
    local t = early["prompt"][1]
    t:wait_for("leaves\n[^\n]*>$")
    t:type("it = client.users:each{ perPage = 2 }"):key("Enter"):wait_for("perPage = 2 }\n.*>$")
    for turn = 1, 2 do
      local shown = #drawings(t)
      t:type(("for i = 1, 25 do it() thrive.sleep(0.04) end print('turn %d')"):format(turn)):key("Enter")
      t:wait_for(function() return #drawings(t) > shown end)
      t:wait_for(("\nturn %d\n[^\n]*>$"):format(turn)) -- with nothing below the prompt
    end
    local list = drawings(t)
    assert.truthy(list[#list]:find("^users  4%d of 400") or list[#list]:find("^users  50 of 400"), list[#list])
    t:key("C-d")
    assert.equal(0, t:exit_code())
  end)

  it("is what thrive.progress says, before what thrivelua shows by itself", function()
    local t = early["both"][1]
    assert.equal(0, t:exit_code())
    local list = drawings(t)
    assert.is_true(#list > 0)
    for _, text in ipairs(list) do assert.truthy(text:find("^rows of U0001  %d+ of 25"), text) end
  end)
end)
