-- thrivelua --log: one JSON line for every write, when it is over.
local core = require "thrive.core"
local interp = require "spec.support.interp"
local reading = require "spec.support.reading"
local safety = require "spec.support.safety"

describe("thrivelua --log", function()
  local it_is

  before_each(function() it_is = safety.new{ users = 60 } end)
  after_each(function() it_is:close() end)

  local function lines_of(text)
    local lines = {}
    for line in text:gmatch("([^\n]*)\n") do lines[#lines + 1] = assert(core.json.decode(line), line) end
    return lines
  end

  -- Runs code; returns the lines of the log as tables, and the result.
  local function log(code, options, env)
    local result = it_is:run("--log log.jsonl " .. (options or ""), code, env)
    return lines_of(it_is:file("log.jsonl")), result
  end

  it("writes who did what when, and how it went", function()
    local before = os.time()
    local lines, result = log[[
assert(client.users:create{ ref = "N 1", firstName = "a", lastName = "b", email = "c@example.org" })
client.users:list()
client.users:update("N 1", { jobTitle = "x" })
client.audiences.members:remove("group-mentors", "nobody@example.org")
client.users:delete("nobody")]]
    assert.equal("", result.err)
    assert.equal(4, #lines)
    local create, update, remove, delete = table.unpack(lines)
    assert.equal("users.create POST /rest/v2/users ok", table.concat({ create.operation, create.method, create.path,
      create.outcome }, " "))
    assert.is_nil(create.ids)
    assert.is_true(create.status == 200 or create.status == 201)
    assert.equal(1, create.attempts)
    assert.truthy(create.request_id:find("^sandbox%-%d+$"))
    assert.is_true(create.elapsed >= 0 and create.elapsed < 10)
    assert.equal(it_is.sandbox.tenant_id, create.who.tenant)
    assert.equal(core.system.username(), create.who.user)
    assert.equal(core.system.hostname(), create.who.host)
    local y, m, d, h, min, s = create.time:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)T(%d%d):(%d%d):(%d%d)%.%d%d%dZ$")
    local at = os.time{ year = y, month = m, day = d, hour = h, min = min, sec = s, isdst = false }
      + os.time() - os.time(os.date("!*t") --[[@as osdateparam]])
    assert.is_true(math.abs(at - before) < 60 or math.abs(math.abs(at - before) - 3600) < 60, create.time)
    assert.same({ ref = "N 1" }, update.ids)
    assert.equal("/rest/v2/users/ref/N%201", update.path)
    assert.same({ audience = "group-mentors", user = "nobody@example.org" }, remove.ids)
    assert.equal("failed not_found 404", table.concat({ delete.outcome, delete.kind, delete.status }, " "))
  end)

  it("keeps its members in one order, and bodies out", function()
    log[[client.users:update("U0007", { jobTitle = "Bodyguard", firstName = "Zebedee" })]]
    local text = it_is:file("log.jsonl")
    assert.is_nil(text:find("Bodyguard", 1, true) or text:find("Zebedee", 1, true))
    assert.truthy(text:find('^{"time":"[^"]*","who":{"tenant":"[^"]*","user":"[^"]*","host":"[^"]*"},"operation":"users.update",'
      .. '"method":"PATCH","path":"[^"]*","ids":{"ref":"U0007"},"outcome":"ok","status":200,"attempts":1,"request_id":"[^"]*",'
      .. '"elapsed":[%d.]+}\n$'), text)
  end)

  it("has a line for each part of a long list, with its entries counted", function()
    local lines = log([[
local refs = {}
for i = 1, 60 do refs[i] = ("U%04d"):format(i) end
for i = 61, 130 do refs[i] = "nobody" .. i end
client.audiences.members:add("group-mentors", refs)]])
    assert.equal(2, #lines)
    assert.same({ 100, 30 }, { lines[1].count, lines[2].count })
    assert.equal("partial", lines[1].outcome)
    assert.same({ audience = "group-mentors" }, lines[1].ids)
  end)

  it("names the person of an event, and what a request by hand comes to", function()
    local lines = log([[
client.events:user_suspended{ ref = "U0007" }
client.events:send{ id = "e1", timestamp = os.time(), eventType = "user_updated", content = { user = { ref = "U0008" } } }
client:request{ method = "PATCH", path = "/rest/v2/users/ref/U0009", body = { jobTitle = "x" } }
client:request{ method = "PUT", path = "/rest/v9/x", body = {} }]])
    assert.same({ "events.user_suspended", "events.user_updated", "users.update", "request" },
      { lines[1].operation, lines[2].operation, lines[3].operation, lines[4].operation })
    assert.same({ { ref = "U0007" }, { ref = "U0008" }, { ref = "U0009" } }, { lines[1].ids, lines[2].ids, lines[3].ids })
    assert.is_nil(lines[4].ids)
  end)

  it("has one line for a call, however often it is tried", function()
    it_is.sandbox:fault{ method = "PATCH", path = "U0007", status = 503, times = 1 }
    local lines = log[[assert(client.users:update("U0007", { jobTitle = "x" }))]]
    assert.equal(1, #lines)
    assert.equal(2, lines[1].attempts)
    assert.equal("ok", lines[1].outcome)
  end)

  it("tells what may have been done from what was not", function()
    it_is.sandbox:fault{ method = "POST", path = "/rest/v2/users", reset = "after", times = 1 }
    it_is.sandbox:fault{ method = "PATCH", path = "U0008", reset = "after", times = 0 }
    local lines = log([[
client.users:create{ ref = "N1", firstName = "a", lastName = "b", email = "c@example.org" }
client.users:update("U0008", { jobTitle = "x" }, { max_retries = 0 })
local away = assert(thrive.client{ base_url = "http://127.0.0.1:9", tenant_id = "x", api_key = "y", max_retries = 0 })
away.users:delete("U0009")]])
    assert.same({ "ambiguous", "ambiguous", "failed" }, { lines[1].outcome, lines[2].outcome, lines[3].outcome })
    assert.equal("ambiguous", lines[1].kind)
    assert.equal("network", lines[3].kind)
  end)

  it("has writes that a guard refused, and those of a dry run", function()
    local lines, result = log([[
client.users:delete("U0007")
client.users:delete("U0008")]], "--max-changes 1")
    assert.equal("ok", lines[1].outcome)
    assert.equal("refused guard max_changes 0", table.concat({ lines[2].outcome, lines[2].kind, lines[2].code,
      lines[2].attempts }, " "))
    assert.equal(7, result.code)
    assert(os.remove(it_is.directory .. "/log.jsonl"))
    lines = log('client.users:delete("U0009")', "--read-only")
    assert.equal("refused read_only", lines[1].outcome .. " " .. lines[1].code)
    assert(os.remove(it_is.directory .. "/log.jsonl"))
    lines = log('client.users:delete("U0009")', "--dry-run")
    assert.equal("planned", lines[1].outcome)
    assert.equal(1, #lines)
  end)

  it("names the profile", function()
    assert(os.execute("mkdir -p " .. interp.quote(it_is.directory .. "/thrive")))
    interp.write(it_is.directory .. "/thrive/profiles.lua", ("return { acme = { base_url = %q, tenant_id = %q, api_key = %q } }")
      :format(it_is.sandbox.base_url, it_is.sandbox.tenant_id, it_is.sandbox.api_key))
    assert(os.execute("chmod 600 " .. interp.quote(it_is.directory .. "/thrive/profiles.lua")))
    local lines, result = log('client.users:delete("nobody")', "--profile acme", { XDG_CONFIG_HOME = it_is.directory })
    assert.equal("", result.err)
    assert.equal("acme", lines[1].who.profile)
  end)

  it("appends, to a file that only its owner can read when it makes it", function()
    log('client.users:delete("nobody")')
    assert.equal(384, core.system.stat(it_is.directory .. "/log.jsonl").mode) -- 0600
    assert.equal(2, #log('client.users:delete("nobody")'))
  end)

  it("begins on a line of its own where a full disk has cut the last one short", function()
    interp.write(it_is.directory .. "/log.jsonl", '{"time":"2026-11-')
    it_is:run("--log log.jsonl", 'client.users:list()')
    it_is:run("--log log.jsonl", 'client.users:delete("nobody") client.users:delete("nobody")')
    it_is:run("--log log.jsonl", 'client.users:delete("nobody")')
    local cut, rest = it_is:file("log.jsonl"):match('^({"time":"2026%-11%-\n+)(.*)$')
    assert.truthy(cut, it_is:file("log.jsonl"))
    assert.equal(3, #lines_of(rest))
  end)

  it("is shared by processes and tasks without a broken line", function()
    interp.write(it_is.directory .. "/many.lua", [[
local client = assert(thrive.client())
thrive.map({ table.unpack({}, 1, 0) }, print)
local list = {}
for i = 1, 40 do list[i] = ("nobody%d-%s"):format(i, ("x"):rep(i)) end
thrive.map(list, function(ref) return client.users:update(ref, { jobTitle = "x" }) end)]])
    local result = interp.run(it_is.directory, interp.thrivelua(),
      'for i in 1 2 3 4; do "$P" --log log.jsonl many.lua & done; wait', it_is:environment())
    assert.equal("", result.err)
    assert.equal(160, #lines_of(it_is:file("log.jsonl")))
  end)

  it("that cannot be opened keeps everything from running", function()
    local result = it_is:run("--log nowhere/log.jsonl", [[print("runs") client.users:delete("U0007")]])
    assert.equal("", result.out)
    assert.truthy(result.err:find("the log cannot be opened: nowhere/log.jsonl: No such file or directory", 1, true), result.err)
    assert.equal(1, result.code)
    assert.same({}, it_is:writes())
  end)

  it("that cannot be written any more stops all further writes, and shows the line that was lost", function()
    local result = it_is:run("--log /dev/full", [[
print((client.users:update("U0007", { jobTitle = "x" })) ~= nil)
for i = 8, 9 do
  local ok, err = client.users:update("U000" .. i, { jobTitle = "x" })
  print(ok, err.kind, err.code, err.sent)
end]])
    assert.equal("true\nnil\tguard\tlog\tfalse\nnil\tguard\tlog\tfalse\n", result.out)
    assert.truthy(result.err:find('^thrivelua: the log cannot be written %(/dev/full: No space left on device%): '
      .. '{"time":"[^\n]*"ids":{"ref":"U0007"}[^\n]*}\n$'), result.err)
    assert.equal(1, #it_is:writes())
    assert.equal(1, result.code)
  end)

  it("has a line of a write that Ctrl-C ended, and of those that nobody has waited for", function()
    it_is.sandbox:fault{ method = "PATCH", path = "U000", delay = 30, times = 0 }
    interp.write(it_is.directory .. "/script.lua", [[
local client = assert(thrive.client())
thrive.spawn(function() return client.users:update("U0008", { jobTitle = "x" }) end)
client.users:update("U0007", { jobTitle = "x" })]])
    local pipe = assert(io.popen(interp.command(it_is.directory, interp.thrivelua(),
      'echo $$ >pid; exec "$P" --log log.jsonl script.lua', it_is:environment()) .. " 2>&1"))
    reading.until_so("both requests", function() return #it_is:writes() == 2 end)
    assert(os.execute("kill -INT " .. it_is:file("pid")))
    pipe:read("a")
    local _, _, code = pipe:close()
    assert.equal(130, code)
    local lines = lines_of(it_is:file("log.jsonl"))
    table.sort(lines, function(a, b) return a.ids.ref < b.ids.ref end)
    assert.equal(2, #lines)
    for i, line in ipairs(lines) do
      assert.equal("U000" .. 6 + i, line.ids.ref)
      assert.equal("ambiguous cancelled 1", ("%s %s %d"):format(line.outcome, line.kind, line.attempts))
    end
  end)

  it("is the same in the rock's thrivelua", function()
    local result = it_is:run_rock("--log log.jsonl", [[client.users:delete("nobody")]])
    assert.equal("", result.err)
    assert.equal("users.delete", lines_of(it_is:file("log.jsonl"))[1].operation)
  end)
end)
