-- The guard of thrivelua: more deletes, suspends, removes and replaces than max(10, 5 % of the active users) stop a run.
local interp = require "spec.support.interp"
local reading = require "spec.support.reading"
local safety = require "spec.support.safety"

describe("the guard of thrivelua", function()
  local it_is

  before_each(function() it_is = safety.new{ users = 60 } end) -- 53 are active: 10 are let through
  after_each(function() it_is:close() end)

  -- A loop over n refs that counts what came of each call; prints "done refused".
  local LOOP <const> = [[
local done, refused, last = 0, 0, nil
for _, ref in ipairs(first(%d)) do
  local ok, err = %s
  if ok then done = done + 1 else refused, last = refused + 1, err end
end
print(done, refused, last and last.kind, last and last.code, last and last.sent, last and last.attempts)]]

  local function map(n, f, options)
    return ([[
local _, failures = thrive.map(first(%d), function(ref) %s end%s)
print(#failures, failures[1] and failures[1].err.kind)]]):format(n, f, options or "")
  end

  describe("in a loop", function()
    it("lets as many through as there is room for, and refuses the next one and all later ones", function()
      local result = it_is:run("", LOOP:format(14, "client.users:suspend(ref)"))
      assert.equal("10\t4\tguard\tmax_changes\tfalse\t0\n", result.out)
      assert.equal(10, #it_is:writes())
      assert.equal(7, result.code)
    end)

    it("says so once, with the number, the limit, where it comes from, and what to do", function()
      local result = it_is:run("", LOOP:format(14, "client.users:suspend(ref)"))
      assert.equal("thrivelua: stopped: at least 11 suspends in one run, more than 10 (what is let through in any case; there "
        .. "are about " .. it_is:active() + 10 .. " active users); 10 sent so far: --dry-run counts them; if they are meant, say "
        .. "--max-changes N, or --yes\nthrivelua: what was sent is not taken back (10): calls one after the other are stopped at "
        .. "the limit, those of thrive.map before the first\n", result.err)
    end)

    it("leaves a run that stays below alone, without asking for anything", function()
      local result = it_is:run("", LOOP:format(10, "client.users:suspend(ref)"))
      assert.equal("10\t0\tnil\tnil\tnil\tnil\n", result.out)
      assert.equal("", result.err)
      assert.equal(0, result.code)
      for _, request in ipairs(it_is.sandbox:requests()) do assert.is_nil(request.path:find("perPage=1$"), request.path) end
    end)

    it("keeps an exit status that says something already", function()
      local result = it_is:run("", LOOP:format(14, "client.users:suspend(ref)") .. "\nos.exit(3)")
      assert.equal(3, result.code)
    end)

    it("raises what it refuses where the client raises, which is status 7 too", function()
      local result = it_is:run("", [[
local raising = assert(thrive.client{ raise = true })
for _, ref in ipairs(first(14)) do raising.users:suspend(ref) end]])
      assert.equal(7, result.code)
      assert.truthy(result.err:find("users.suspend: guard: at least 11 suspends in one run", 1, true), result.err)
    end)
  end)

  describe("counts", function()
    for _, case in ipairs {
      { "users.delete", "client.users:delete(ref)", "11 deletes" },
      { "users.suspend", "client.users:suspend(ref)", "11 suspends" },
      { "the event user_suspended", "client.events:user_suspended{ ref = ref }", "11 suspends" },
      { "the event user_deleted", "client.events:user_deleted{ ref = ref }", "11 deletes" },
      { "an envelope of one's own", [[client.events:send{ id = ref, timestamp = os.time(), eventType = "user_deleted",
          content = { user = { ref = ref } } }]], "11 deletes" },
      { "an update with an endDate that is over", 'client.users:update(ref, { endDate = "2026-01-31" })', "11 suspends" },
      { "an event with an endDate that is over", 'client.events:user_updated{ ref = ref, endDate = "2026-01-31" }',
        "11 suspends" },
      { "an update by hand with an endDate that is over", [[client:request{ method = "PATCH",
          path = "/rest/v2/users/ref/" .. ref, body = { endDate = os.date("!%Y-%m-%dT%H:%M:%SZ") } }]], "11 suspends" },
      { "audiences.delete", "client.audiences:delete(ref)", "11 deletes" },
      { "assignments.delete", 'client.assignments:delete(ref, { audienceId = "x" })', "11 deletes" },
      { "members.remove", 'client.audiences.members:remove("all-colleagues", ref)', "11 removes" },
      { "managers.remove", 'client.audiences.managers:remove("all-colleagues", ref)', "11 removes" },
      { "a DELETE by hand", 'client:request{ method = "DELETE", path = "/rest/v2/users/ref/" .. ref }', "11 deletes" },
      { "a DELETE by hand of what nobody knows", 'client:request{ method = "DELETE", path = "/rest/v9/x/" .. ref }',
        "11 deletes" },
      { "a suspension by hand", 'client:request{ method = "PATCH", path = "/rest//v2/users/ref/" .. ref .. "/suspend/" }',
        "11 suspends" },
      { "a suspension by hand whose path is written otherwise",
        'client:request{ method = "PATCH", path = "/rest/v2/%75sers/Ref/" .. ref .. "/%73uspend" }', "11 suspends" },
      { "a suspension by hand whose path leads back", [[client:request{ method = "PATCH",
          path = "/rest/v2/users/ref/x/%2E./" .. ref .. "/./suspend" }]], "11 suspends" },
      { "an event by hand, where both hosts are one", [[client:request{ method = "POST", path = "/webhooks",
          body = { eventType = "user_suspended", content = { user = { ref = ref } } } }]], "11 suspends" },
      { "an event by hand", [[client:request{ method = "POST", path = "/webhooks?x=1", host = "webhooks",
          body = { eventType = "user_suspended", content = { user = { ref = ref } } } }]], "11 suspends" },
      { "several kinds together", "client.users:suspend(ref)", "1 delete, 10 suspends", 'client.users:delete("nobody")\n' },
    } do
      it(case[1], function()
        local result = it_is:run("", (case[4] or "") .. LOOP:format(14, case[2]))
        assert.truthy(result.err:find("stopped: at least " .. case[3], 1, true), result.err .. result.out)
        assert.equal(10, #it_is:writes())
        assert.equal(7, result.code)
      end)
    end

    it("users of Aptem", function()
      local result = it_is:run("", [[
local aptem = assert(thrive.aptem{ base_url = os.getenv("APTEM_URL"), tenant = os.getenv("APTEM_TENANT"),
  token = os.getenv("APTEM_TOKEN") })
local refused
for id = 1, 12 do
  local ok, err = aptem.users:deactivate(id)
  if not ok and err.kind == "guard" then refused = (refused or 0) + 1 end
end
print(refused)]])
      assert.equal("2\n", result.out)
      assert.truthy(result.err:find("Aptem does not tell how many users are active", 1, true), result.err)
      assert.equal(10, #it_is:writes())
    end)

    it("nothing that neither deletes nor suspends nor replaces", function()
      local result = it_is:run("", [[
for i, ref in ipairs(first(20)) do
  assert(client.users:update(ref, { jobTitle = "x", endDate = i % 2 == 0 and thrive.null or "2199-12-31" }))
  assert(client.users:create{ ref = "N" .. i, firstName = "a", lastName = "b", email = i .. "@example.org" })
  assert(client.events:user_updated{ ref = ref, jobTitle = "y" })
end
assert(client.audiences.members:add("group-mentors", first(20)))]])
      assert.equal("", result.err)
      assert.equal(0, result.code)
    end)

    it("what several clients of one tenant do together", function()
      local result = it_is:run("", [[
local refused = 0
for _, ref in ipairs(first(14)) do
  local own <close> = assert(thrive.client())
  if not own.users:suspend(ref) then refused = refused + 1 end
end
print(refused)]])
      assert.equal("4\n", result.out)
    end)
  end)

  describe("counts a replace", function()
    it("as the members that are there", function()
      local result = it_is:run("", [[
print(client.audiences.members:replace("all-colleagues", { "U0001" }))]])
      assert.truthy(result.err:find("stopped: at least 60 replaced in one run, more than 10 ", 1, true), result.err)
      assert.truthy(result.err:find("none was sent: --dry-run counts them; if they are meant, say --max-changes N", 1, true),
        result.err)
      assert.equal(0, #it_is:writes())
      assert.equal(7, result.code)
    end)

    it("as those that are given, when they are more, over all the parts of a long list", function()
      local client <close> = assert(it_is.sandbox:client{})
      assert(client.audiences:create{ name = "S", reference = "s", category = "structure" })
      assert(client.audiences:create{ name = "A", reference = "a", category = "audience", parentId = "s" })
      it_is.sandbox:clear_requests()
      local result = it_is:run("", [[
local refs = {}
for i = 1, 130 do refs[i] = "U" .. i end
local value, err = client.audiences.members:replace("a", refs, { split = true })
print(value, err.kind)]])
      assert.equal("nil\tguard\n", result.out)
      assert.truthy(result.err:find("stopped: at least 130 replaced", 1, true), result.err)
      assert.equal(0, #it_is:writes())
    end)

    it("of managers, which have no pages", function()
      local result = it_is:run("--max-changes 0", [[
client.audiences.managers:replace("all-colleagues", { { reference = "U0002", permissions = {} } })]])
      assert.truthy(result.err:find("stopped: at least %d+ replaced in one run, more than 0 %(%-%-max%-changes%)"), result.err)
      assert.equal(0, #it_is:writes())
    end)

    it("by hand", function()
      local result = it_is:run("", [[
client:request{ method = "PATCH", path = "/rest/v1/audiences/all-colleagues/members", body = { "U0001" } }]])
      assert.truthy(result.err:find("stopped: at least 60 replaced", 1, true), result.err)
      assert.equal(0, #it_is:writes())
    end)

    it("of an audience that is not there as what is given: the service says what is wrong", function()
      local result = it_is:run("", [[
local _, err = client.audiences.members:replace("nowhere", { "U0001" })
print(err.kind)]])
      assert.equal("not_found\n", result.out)
      assert.equal(0, result.code)
    end)

    it("whose members cannot be counted as too many, and says why", function()
      it_is.sandbox:fault{ method = "GET", path = "members", status = 403, times = 0 }
      local result = it_is:run("", [[client.audiences.members:replace("all-colleagues", { "U0001" })]])
      assert.truthy(result.err:find("how many this would replace cannot be told: audiences.members.list: 403 forbidden", 1, true),
        result.err)
      assert.truthy(result.err:find("say --yes", 1, true), result.err)
      assert.equal(0, #it_is:writes())
    end)
  end)

  describe("has a limit", function()
    it("of 5 % of those who were active when the run began, where that is more than 10", function()
      it_is:close()
      it_is = safety.new{ users = 500 }
      local active = it_is:active()
      local limit = active * 5 // 100
      assert.is_true(limit > 10)
      local result = it_is:run("", LOOP:format(limit + 1, "client.users:suspend(ref)"))
      assert.equal(limit .. "\t1\tguard\tmax_changes\tfalse\t0\n", result.out)
      assert.truthy(result.err:find(("more than %d (5 %% of about %d active users)"):format(limit, active), 1, true), result.err)
    end)

    it("of 10 when the active users cannot be counted, and says why", function()
      it_is.sandbox:fault{ method = "GET", path = "/rest/v1/users", query = { perPage = 1 }, status = 403, times = 0 }
      local result = it_is:run("", LOOP:format(14, "client.users:suspend(ref)"))
      assert.truthy(result.err:find("more than 10 (what is let through in any case; the active users could not be counted: "
        .. "users.list: 403 forbidden", 1, true), result.err)
      assert.equal(10, #it_is:writes())
    end)

    for _, case in ipairs { { 0, 0 }, { 3, 3 }, { 12, 12 }, { 14, 14 }, { 5000, 14 } } do
      it(("of --max-changes %d"):format(case[1]), function()
        local result = it_is:run("--max-changes " .. case[1], LOOP:format(14, "client.users:suspend(ref)"))
        assert.equal(case[2], #it_is:writes())
        assert.equal(case[2] < 14 and 7 or 0, result.code)
      end)
    end

    it("of --max-changes also with --yes, which then asks nothing", function()
      local result = it_is:run("--yes --max-changes 3", LOOP:format(5, "client.users:delete(ref)"))
      assert.equal("3\t2\tguard\tmax_changes\tfalse\t0\n", result.out)
      assert.equal(3, #it_is:writes())
      assert.equal(7, result.code)
      result = it_is:run("--max-changes 3 --yes", 'print(require("thrive.guard").announce(client, "delete", 4))')
      assert.truthy(result.out:find("^nil\tguard: 4 deletes in one run, more than 3 "), result.out)
      result = it_is:run("--dry-run --yes --max-changes 3", LOOP:format(5, "client.users:suspend(ref)"))
      assert.truthy(result.out:find("a real run would be stopped: 5 suspends in one run, more than 3 ", 1, true), result.out)
    end)

    it("no more with --yes", function()
      local result = it_is:run("--yes", LOOP:format(14, "client.users:delete(ref)"))
      assert.equal(14, #it_is:writes())
      assert.equal("", result.err)
      assert.equal(0, result.code)
    end)
  end)

  describe("stops before the first is sent", function()
    for _, case in ipairs {
      { "thrive.map", map(53, "return client.users:suspend(ref)") },
      { "thrive.map with few at once", map(53, "return client.users:suspend(ref)", ", { concurrency = 2 }") },
      { "thrive.map that looks at each first",
        map(53, "assert(client.users:get_by_ref(ref)) return client.users:suspend(ref)") },
      { "thrive.map over a list that arrives meanwhile", [[
local iterator = client.users:each({ status = "active", perPage = 5 }, { prefetch = 1 })
local _, failures = thrive.map(iterator, function(user) return client.users:suspend(user.ref) end)
print(#failures, failures[1].err.kind)]] },
      { "thrive.map whose calls take their time", map(53, [[
        thrive.sleep(0.02)
        assert(client.users:get_by_ref(ref))
        thrive.sleep(0.02)
        return client.users:suspend(ref)]]) },
      { "thrive.map in thrive.map", [[
local n = 0
thrive.map(first(53), function(ref)
  local _, failures = thrive.map({ ref }, function() return client.users:suspend(ref) end)
  n = n + #failures
end)
print(n, "guard")]] },
      { "tasks that thrive.map waits for", map(53, [[
        return thrive.spawn(client.users.suspend, client.users, ref):wait()]]) },
      { "tasks", [[
local tasks, n = {}, 0
for i, ref in ipairs(first(53)) do tasks[i] = thrive.spawn(client.users.suspend, client.users, ref) end
for _, task in ipairs(tasks) do
  local ok, err = task:wait()
  if not ok and err.kind == "guard" then n = n + 1 end
end
print(n, "guard")]] },
      { "tasks of an event loop", [[
local n = 0
for _, ref in ipairs(first(53)) do
  thrive.spawn(function() if not client.users:suspend(ref) then n = n + 1 end end)
end
while client:step(1) do end
print(n, "guard")]] },
    } do
      it(case[1], function()
        local active = it_is:active()
        local result = it_is:run("", (case[2]:gsub("first%(53%)", "first(" .. active .. ")")))
        assert.equal(active .. "\tguard\n", result.out)
        assert.equal(0, #it_is:writes())
        assert.truthy(result.err:find("at least %d+ suspends in one run, more than 10 .* none was sent: "), result.err)
        local _, lines = result.err:gsub("\n", "")
        assert.equal(1, lines, result.err)
        assert.equal(7, result.code)
      end)
    end

    it("also when the service says 429 meanwhile: who waits for that can still go on", function()
      it_is.sandbox:fault{ method = "GET", path = "users/ref/", after = 4, status = 429, headers = { ["Retry-After"] = "1" },
        times = 1 }
      local result = it_is:run("", map(20, "assert(client.users:get_by_ref(ref)) return client.users:suspend(ref)"))
      assert.equal("20\tguard\n", result.out)
      assert.equal(0, #it_is:writes())
    end)

    it("when whoever counted the active users was interrupted, and the script goes on", function()
      it_is.sandbox:fault{ method = "GET", path = "/rest/v1/users", query = { perPage = 1 }, delay = 30, times = 1 }
      interp.write(it_is.directory .. "/two.lua", [[
local client = assert(thrive.client())
local function suspend(i) return client.users:suspend(("U%04d"):format(i)) end
local refs = {}
for i = 1, 30 do refs[i] = i end
print(pcall(thrive.map, refs, suspend))
local tasks, n = {}, 0
for i = 1, 30 do tasks[i] = thrive.spawn(suspend, i) end
for _, task in ipairs(tasks) do
  local ok, err = task:wait()
  if not ok and err.kind == "guard" then n = n + 1 end
end
print(n)]])
      local pipe = assert(io.popen(interp.command(it_is.directory, interp.thrivelua(),
        'echo $$ >pid; exec "$P" two.lua', it_is:environment()) .. " 2>/dev/null"))
      reading.until_so("it counts", function() return it_is.sandbox:count{ path = "/rest/v1/users" } == 1 end)
      assert(os.execute("kill -INT " .. it_is:file("pid")))
      assert.truthy(pipe:read("a"):find("^false\t[^\n]*interrupted!\n30\n$"))
      pipe:close()
      assert.equal(0, #it_is:writes())
    end)

    it("where the number is announced", function()
      local result = it_is:run("", [[
local guard = require "thrive.guard"
local ok, err = guard.announce(client, "delete", 40)
print(ok, err.kind, err.code, err.sent)
print((client.users:delete("U0002")))
print(pcall(guard.announce, client, "suspends", 1))
print(pcall(guard.announce, client, "suspend", -40))]])
      assert.truthy(result.out:find("^nil\tguard\tmax_changes\tfalse\nnil\nfalse\t[^\n]*'?delete[^\n]*got suspends%)\n"
        .. "false\t[^\n]*0 or more %(got %-40%)\n$"), result.out)
      assert.truthy(result.err:find("stopped: 40 deletes in one run, more than 10 ", 1, true), result.err)
      assert.equal(0, #it_is:writes())
      assert.equal(7, result.code)
    end)
  end)

  describe("sends all", function()
    for _, case in ipairs {
      { "that tasks were waiting to send, once it is known that they are not too many",
        map(10, "return client.users:suspend(ref)") },
      { "one after the other where a map is to do one at a time", [[
local order = {}
thrive.map(first(6), function(ref, i)
  order[#order + 1] = "a" .. i
  assert(client.users:suspend(ref))
  order[#order + 1] = "b" .. i
end, { concurrency = 1 })
assert(table.concat(order, " ") == "a1 b1 a2 b2 a3 b3 a4 b4 a5 b5 a6 b6", table.concat(order, " "))
print(0, nil)]], 6 },
      { "although a task sleeps for long", [[
thrive.spawn(function() while true do thrive.sleep(600) end end)
]] .. map(10, "return client.users:suspend(ref)") },
      { "although the main program looks in only now and then", [[
local task = thrive.spawn(function() return client.users:suspend("U0002") end)
while not task.finished do thrive.sleep(0.01) end
print(0, nil)]], 1 },
      { "of an event loop, whose steps go on until all is done", [[
for _, ref in ipairs(first(10)) do thrive.spawn(client.users.suspend, client.users, ref) end
local steps = 0
while client:step() do
  steps = steps + 1
  local list, seconds = client:fds()
  assert(seconds or list[1])
end
print(0, nil)]] },
      { "although a task looks after something all the time", [[
thrive.spawn(function() while true do thrive.sleep(0.01) end end)
]] .. map(10, "return client.users:suspend(ref)") },
      { "of maps in maps, and of few at once", [[
local now, most = 0, 0
local _, failures = thrive.map(first(10), function(ref)
  assert(thrive.spawn(client.users.suspend, client.users, ref):wait())
  now = now + 1
  most = math.max(most, now)
  thrive.sleep(0.001)
  now = now - 1
end, { concurrency = 2 })
assert(most == 2, most)
print(#failures, nil)]] },
      { "that was announced, and counts it once", [[
assert(require("thrive.guard").announce(client, "suspend", 10))
]] .. map(10, "return client.users:suspend(ref)") },
      { "of a task that is cancelled while it waits, but that one", [[
local tasks = {}
local refs = first(11)
for i = 1, 10 do tasks[i] = thrive.spawn(client.users.suspend, client.users, refs[i]) end
thrive.spawn(function()
  require("thrive.scheduler").cancel(tasks[1])
  tasks[11] = thrive.spawn(client.users.suspend, client.users, refs[11])
end):wait()
for i = 2, 11 do assert(tasks[i]:wait()) end
print(0, nil)]] },
    } do
      it(case[1], function()
        local result = it_is:run("", case[2])
        assert.equal("0\tnil\n", result.out .. result.err)
        assert.equal(case[3] or 10, #it_is:writes())
        assert.equal(0, result.code)
      end)
    end

    it("never more at once than a map may do", function()
      local result = it_is:run("", [[
local now, most = 0, 0
thrive.map(first(10), function(ref)
  now = now + 1
  assert(client.users:suspend(ref))
  most = math.max(most, now)
  thrive.sleep(0.01)
  now = now - 1
end, { concurrency = 10 })
now, most = 0, 0
local inside = 0
thrive.map({ "U0020", "U0021", "U0022", "U0023", "U0024", "U0025" }, function(ref)
  client.users:suspend(ref)
  inside = inside + 1
  most = math.max(most, inside)
  thrive.sleep(0.01)
  inside = inside - 1
end, { concurrency = 2 })
print(most)]], nil)
      assert.equal("2\n", result.out)
    end)
  end)

  it("does not count the time that a call is held back against its deadline", function()
    it_is.sandbox:fault{ method = "GET", path = "users/ref/", delay = 0.75, times = 2 }
    local client <close> = assert(it_is.sandbox:client{})
    assert(client.audiences:create{ name = "S", reference = "s", category = "structure" })
    assert(client.audiences:create{ name = "A", reference = "a", category = "audience", parentId = "s" })
    local result = it_is:run("--max-changes 200", [[
local refs = {}
for i = 1, 101 do refs[i] = ("U%04d"):format(i) end
local one = thrive.spawn(function() return client.users:suspend("U0003", nil, { deadline = 1.2 }) end)
local many = thrive.spawn(function()
  local _, err = client.audiences.members:replace("a", refs, { split = true, deadline = 1.2 })
  return err.kind -- only 60 of them are there
end)
local slow = thrive.spawn(function()
  for _ = 1, 2 do assert(client.users:get_by_ref("U0001")) end
end)
print(one:wait() ~= nil, many:wait())
slow:wait()]])
    assert.equal("true\tpartial\n", result.out .. result.err)
    assert.equal(5, #it_is:writes()) -- the suspension, two parts, and what made the audiences
  end)

  describe("is not there", function()
    it("in a dry run, which says at the end that it would be", function()
      local result = it_is:run("--dry-run", LOOP:format(14, "client.users:suspend(ref)"))
      assert.truthy(result.out:find("14\t0\tnil", 1, true), result.out)
      assert.truthy(result.out:find("\na real run would be stopped: 14 suspends in one run, more than 10 (", 1, true), result.out)
      assert.truthy(result.out:find("say --max-changes 14 or more, or --yes\n", 1, true), result.out)
      assert.equal(0, #it_is:writes())
      assert.equal(0, result.code)
    end)

    it("in a dry run that a real one would get through, nor with --yes", function()
      local result = it_is:run("--dry-run", LOOP:format(10, "client.users:suspend(ref)"))
      assert.is_nil(result.out:find("would be stopped", 1, true))
      result = it_is:run("--dry-run --yes", LOOP:format(14, "client.users:suspend(ref)"))
      assert.is_nil(result.out:find("would be stopped", 1, true))
      result = it_is:run("--dry-run --max-changes 13", LOOP:format(14, "client.users:suspend(ref)"))
      assert.truthy(result.out:find("more than 13 (--max-changes)", 1, true), result.out)
    end)

    it("in another program", function()
      local subject = require "spec.support.subject"
      local result = subject.child([[
local client = assert(require("thrive").client())
local n = 0
for _, user in ipairs(client.users:all{ status = "active" }) do
  if n < 14 then assert(client.users:suspend(user.ref)) n = n + 1 end
end
assert(require("thrive.guard").announce(client, "delete", 1000))
print(n)]], it_is:environment())
      assert.equal("14\n", result.out .. result.err)
      assert.equal(14, #it_is:writes())
    end)

    it("where the client is read only: that refuses it first", function()
      local result = it_is:run("--read-only", LOOP:format(14, "client.users:suspend(ref)"))
      assert.equal("0\t14\tguard\tread_only\tfalse\t0\n", result.out)
      assert.equal("", result.err)
    end)
  end)

  it("is there with --sandbox, in what standard input says, and in the rock's thrivelua", function()
    local code = [[
local n = 0
for i = 1, 14 do if not client.users:delete("nobody" .. i) then n = n + 1 end end
local _, err = client.users:delete("x")
print(err.kind)]]
    assert.equal("guard\n", it_is:run("--sandbox-users 60", code).out)
    assert.equal(0, #it_is:writes())
    local result = it_is:run_rock("", code)
    assert.equal("guard\n", result.out)
    assert.equal(7, result.code)
    result = it_is:run_rock("--max-changes 20", code)
    assert.equal("not_found\n", result.out)
    assert.equal(0, result.code)
  end)

  it("begins anew where it is told to, as for the next line of a prompt", function()
    local result = it_is:run("", [[
local guard = require "thrive.guard"
for i = 1, 12 do client.users:delete("nobody" .. i) end
print(select(2, client.users:delete("x")).kind)
guard.begin()
print(select(2, client.users:delete("x")).kind)]])
    assert.equal("guard\nnot_found\n", result.out)
    assert.equal(0, result.code)
  end)
end)
