-- The plan of thrivelua --dry-run: every write as it would be sent, what it would change, and the sum at the end.
local core = require "thrive.core"
local interp = require "spec.support.interp"
local reading = require "spec.support.reading"
local safety = require "spec.support.safety"

describe("thrivelua --dry-run", function()
  local it_is

  before_each(function() it_is = safety.new{ users = 60 } end)
  after_each(function() it_is:close() end)

  -- What is printed of code, without the summary; nothing may have been sent.
  local function plan(code, options)
    local result = it_is:run("--dry-run " .. (options or ""), code)
    assert.equal("", result.err)
    assert.equal(0, result.code)
    assert.same({}, it_is:writes())
    return result.out:match("^(.-)dry run: "), result.out:match("dry run: .*")
  end

  local function json(value) return assert(core.json.encode(value)) end

  describe("shows of an update", function()
    it("every field as it is and as it would be", function()
      local user = it_is.sandbox:user("U0007")
      assert(user.managerRef and user.jobTitle)
      local text = plan(([[
client.users:update("U0007", { jobTitle = "Team lead", managerRef = thrive.null, firstName = %q, timeZone = "Europe/London",
  additionalFields = { department = "Sea", location = %q, nick = "x" } })]]):format(user.firstName,
        user.additionalFields.location))
      assert.equal(table.concat({
        "would PATCH /rest/v2/users/ref/U0007 " .. json{ additionalFields = { department = "Sea",
          location = user.additionalFields.location, nick = "x" }, firstName = user.firstName, jobTitle = "Team lead",
          managerRef = core.null, timeZone = "Europe/London" },
        ("  users.update: %s %s, %s, %s"):format(user.firstName, user.lastName, user.email, user.status),
        ("  additionalFields.department: %s -> \"Sea\""):format(json(user.additionalFields.department)),
        "  additionalFields.nick: (none) -> \"x\"",
        ("  jobTitle: %s -> \"Team lead\""):format(json(user.jobTitle)),
        ("  managerRef: %s -> (cleared)"):format(json(user.managerRef)),
        "  timeZone: unknown -> \"Europe/London\"",
        "  unchanged: additionalFields.location, firstName",
        "",
      }, "\n"), text)
    end)

    it("the same when it is made by hand", function()
      local text = plan([[client:request{ method = "PATCH", path = "/rest/v2/users/ref/U0007", body = { lastName = "X" } }]])
      assert.truthy(text:find("\n  as users.update: ", 1, true), text)
      assert.truthy(text:find('\n  lastName: "', 1, true), text)
    end)

    it("what is not there, or cannot be read", function()
      assert.equal('would PATCH /rest/v2/users/ref/nobody {"jobTitle":"x"}\n  would fail: not_found: '
        .. "there is no user with the ref 'nobody'\n", (plan[[client.users:update("nobody", { jobTitle = "x" })]]))
      it_is.sandbox:fault{ method = "GET", path = "users/ref/", status = 403, times = 0 }
      assert.truthy(plan[[client.users:update("U0007", { jobTitle = "x" })]]
        :find("\n  cannot tell what would change: ", 1, true))
    end)

    it("that a token's scope keeps it from being told", function()
      local result = it_is:run("--dry-run", [[
local own = assert(thrive.client{ tenant_id = os.getenv("THRIVE_TENANT_ID"), client_secret = os.getenv("SECRET"),
  scope = "api/webhooks" })
print(own.events:user_updated{ ref = "U0007", jobTitle = "x" } ~= nil)]], { SECRET = it_is.sandbox.client_secret })
      assert.truthy(result.out:find("\n  cannot tell what would change: the token's scope is api/webhooks", 1, true),
        result.out .. result.err)
      assert.truthy(result.out:find("\ntrue\n", 1, true), result.out)
    end)

    it("of an audience, of an assignment", function()
      local client <close> = assert(it_is.sandbox:client{})
      local audience = client.audiences:list{ perPage = 1 }.results[1]
      local assignment = client.assignments:list().results[1]
      it_is.sandbox:clear_requests()
      local text = plan(([[
client.audiences:update(%q, { name = "New", reference = %q })
client.assignments:update(%q, { audienceId = %q, completionPeriod = 3, contentId = %q })]]):format(audience.id,
        audience.reference, assignment.id, assignment.audienceId, assignment.primaryContentId))
      assert.truthy(text:find(("\n  audiences.update: %s\n  name: %s -> \"New\"\n  unchanged: reference\n"):format(audience.name,
        json(audience.name)), 1, true), text)
      assert.truthy(text:find(("\n  completionPeriod: %d -> 3\n  unchanged: audienceId, contentId\n"):format(
        assignment.completionPeriod), 1, true), text)
    end)

    it("of an Aptem user also what is left out, for it may be lost", function()
      local result = it_is:run("--dry-run", [[
local aptem = assert(thrive.aptem{ base_url = os.getenv("APTEM_URL"), tenant = os.getenv("APTEM_TENANT"),
  token = os.getenv("APTEM_TOKEN") })
local user
for id = 1, 2000 do
  user = aptem.users:search{ userId = id }
  if user then break end
end
aptem.users:update(user.id, { firstName = "Zoe", lastName = user.lastName })
aptem.users:deactivate(user.id)]])
      assert.truthy(result.out:find('\n  firstName: "[^\n]*" %-> "Zoe"\n  unchanged: lastName\n  left out, and may be cleared: '
        .. "[^\n]*email"), result.out .. result.err)
      assert.truthy(result.out:find("\nwould DELETE [^\n]*\n  aptem.users.deactivate: "), result.out)
      assert.same({}, it_is:writes())
    end)
  end)

  it("shows of a suspension and of a deletion whom they are about", function()
    local user = it_is.sandbox:user("U0007")
    local name = ("%s %s, %s, %s"):format(user.firstName, user.lastName, user.email, user.status)
    assert.equal(([[
would PATCH /rest/v2/users/ref/U0007/suspend {"endDate":"2030-01-31"}
  users.suspend: %s
  endDate: %s -> "2030-01-31"
  status: "active" -> "inactive"
would DELETE /rest/v2/users/ref/U0007
  users.delete: %s
]]):format(name, user.endDate and json(user.endDate) or "(none)", name),
      (plan[[client.users:suspend("U0007", { endDate = "2030-01-31" }) client.users:delete("U0007")]]))
  end)

  it("shows of a replace who would come and who would go", function()
    local client <close> = assert(it_is.sandbox:client{})
    local members = client.audiences.members:all("group-mentors")
    assert(#members > 2)
    local ids, other = {}, nil
    for _, member in ipairs(members) do ids[member.reference] = true end
    for i = 1, 60 do other = other or not ids[("U%04d"):format(i)] and ("U%04d"):format(i) end
    local text = plan(([[client.audiences.members:replace("group-mentors", { %q, %q, %q })]]):format(members[1].email:upper(),
      members[2].userId, other))
    assert.truthy(text:find(("\n  members: %d now, 3 given: 1 added, %d taken out, 2 stay\n  taken out: U%%d+"):format(#members,
      #members - 2)), text)
    text = plan[[client.audiences.managers:replace("all-colleagues", { { reference = "U0002", permissions = {} } })]]
    assert.truthy(text:find("\n  managers: %d+ now, 1 given: %d added, %d+ taken out, %d stay\n"), text)
    text = plan[[client.audiences.members:replace("nowhere", { "U0001" })]]
    assert.truthy(text:find("\n  would fail: not_found: ", 1, true), text)
  end)

  it("shows of a long replace what becomes of the whole list", function()
    local text = plan[[
local refs = {}
for i = 1, 130 do refs[i] = ("U%04d"):format(i) end
client.audiences.members:replace("all-colleagues", refs, { split = true })]]
    assert.truthy(text:find("\n  members: 60 now, 130 given: 70 added, 0 taken out, 60 stay\n", 1, true), text)
  end)

  it("shows of events what they change of the user", function()
    local user = it_is.sandbox:user("U0007")
    local text = plan[[
client.events:user_updated{ ref = "U0007", lastName = "Lee", department = "Sea" }
client.events:user_suspended{ ref = "U0007" }
client.events:user_joined{ ref = "U0007", firstName = "A", lastName = "Lee", email = "a@example.org" }
client.events:user_deleted{ ref = "U0007" }
client.events:user_joined{ ref = "new", firstName = "A", lastName = "B", email = "b@example.org" }
client.users:update("new", { firstName = "C" })
client.events:send{ id = "1", timestamp = os.time(), eventType = "user_suspended", content = { user = { ref = "U0008" } } }]]
    local shown = text:gsub("would [^\n]*\n", ""):gsub(": [^\n]*, active", ":")
    assert.equal(([[
  events.user_updated:
  additionalFields.department: %s -> "Sea"
  lastName: %s -> "Lee"
  events.user_suspended:
  status: "active" -> "inactive"
  events.user_joined:
  email: %s -> "a@example.org"
  firstName: %s -> "A"
  status: "inactive" -> "active"
  unchanged: lastName
  events.user_deleted:
  is new
  users.update: made before
  firstName: "A" -> "C"
  events.user_suspended:
  status: "active" -> "inactive"
]]):format(json(user.additionalFields.department), json(user.lastName), json(user.email), json(user.firstName)), shown)
  end)

  it("goes on from what the plan would have done before, and reads a record once", function()
    local text = plan[[
client.users:create{ ref = "N1", firstName = "a", lastName = "b", email = "c@example.org" }
client.users:update("N1", { firstName = "d", jobTitle = "e" })
client.users:update("U0007", { jobTitle = "f" })
client.users:update("U0007", { jobTitle = "f" })
client.users:delete("U0007")
client.users:update("U0007", { jobTitle = "g" })
client.audiences:create{ name = "S", reference = "s", category = "structure" }
client.audiences:update("s", { name = "T" })]]
    local shown = text:gsub("would [^f][^\n]*\n", "")
    assert.truthy(shown:find('^  users.update: made before\n  firstName: "a" %-> "d"\n  jobTitle: %(none%) %-> "e"\n'), shown)
    assert.truthy(shown:find(' -> "f"\n  users.update: [^\n]*\n  unchanged: jobTitle\n'), shown)
    assert.truthy(shown:find("\n  would fail: not_found: it is deleted before\n", 1, true), shown)
    assert.truthy(shown:find('\n  audiences.update: made before\n  name: "S" -> "T"\n$', 1, false) or
      shown:find('name: "S" -> "T"\n', 1, true), shown)
    local reads = 0
    for _, request in ipairs(it_is.sandbox:requests()) do
      if request.path:find("/users/ref/U0007", 1, true) then reads = reads + 1 end
    end
    assert.equal(1, reads)
  end)

  it("prints in the order of the calls, also when tasks make them", function()
    it_is.sandbox:fault{ method = "GET", path = "users/ref/U0003", delay = 0.2, times = 1 }
    local text = plan[[
thrive.map({ "U0003", "U0004", "U0005", "U0006" }, function(ref) assert(client.users:suspend(ref)) end)]]
    local order = {}
    for ref in text:gmatch("would PATCH /rest/v2/users/ref/(U%d+)") do order[#order + 1] = ref end
    assert.same({ "U0003", "U0004", "U0005", "U0006" }, order)
    assert.equal(4, select(2, text:gsub("\n  users.suspend: ", "")))
  end)

  it("gives what it has found to the script as well", function()
    local result = it_is:run("--dry-run", [[
client.users:update("U0007", { jobTitle = "x", timeZone = "Europe/London" })
local changes = client:plan()[1].changes
print(#changes, changes[1].field, type(changes[1].old), changes[1].new, changes[1].unknown, changes[2].field,
  changes[2].unknown)]])
    assert.truthy(result.out:find("\n2\tjobTitle\tstring\tx\tnil\ttimeZone\ttrue\n", 1, true), result.out)
  end)

  it("asks the service for nothing where it is the script's own dry run", function()
    local result = it_is:run("", [[
local own = assert(thrive.client{ dry_run = true })
own.users:update("U0007", { jobTitle = "x" })
print(own:stats().calls, own:plan()[1].changes)]])
    assert.equal("0\tnil\n", result.out)
  end)

  it("is printed where it was to go, whatever the script does to io.stdout", function()
    local text, summary = plan[[
io.stdout = io.tmpfile()
client.users:delete("U0007")]]
    assert.truthy(text:find("^would DELETE /rest/v2/users/ref/U0007\n"), text)
    assert.equal("dry run: 1 write planned: 1 users.delete\n", summary)
  end)

  it("counts at the end what it has planned, by operation", function()
    local _, summary = plan[[
client.users:delete("U0007")
client.users:suspend("U0008")
client.users:suspend("U0009")
client:request{ method = "PUT", path = "/rest/v9/anything" }]]
    assert.equal("dry run: 4 writes planned: 1 request, 1 users.delete, 2 users.suspend\n", summary)
    _, summary = plan("")
    assert.equal("dry run: 0 writes planned\n", summary)
  end)

  it("has all that was called when the script ends before what it would change is known", function()
    it_is.sandbox:fault{ method = "GET", path = "users/ref/U00", delay = 30, times = 0 }
    local _, summary = plan([[
for i = 1, 11 do
  thrive.spawn(function()
    client.users:delete(("U%04d"):format(i))
    client.users:delete("never called")
  end)
end
while #client:plan() < 11 do thrive.sleep(0.001) end]], "--log log.jsonl")
    assert.equal("dry run: 11 writes planned: 11 users.delete\n", summary)
    local lines = it_is:file("log.jsonl")
    assert.equal(11, select(2, lines:gsub('"outcome":"planned"', "")))
    assert.equal(11, select(2, lines:gsub("\n", "")))
  end)

  it("has what was called when Ctrl-C comes while it is looked up", function()
    it_is.sandbox:fault{ method = "GET", path = "users/ref/U0008", delay = 30, times = 0 }
    interp.write(it_is.directory .. "/script.lua", [[
local client = assert(thrive.client())
client.users:delete("U0007")
client.users:delete("U0008")]])
    local pipe = assert(io.popen(interp.command(it_is.directory, interp.thrivelua(),
      'echo $$ >pid; exec "$P" --dry-run --log log.jsonl script.lua 2>err', it_is:environment())))
    reading.until_so("the question", function()
      for _, request in ipairs(it_is.sandbox:requests()) do if request.path:find("U0008", 1, true) then return true end end
    end)
    assert(os.execute("kill -INT " .. it_is:file("pid")))
    local out = pipe:read("a")
    local _, _, code = pipe:close()
    assert.equal(130, code)
    assert.truthy(out:find("\nwould DELETE /rest/v2/users/ref/U0008\ndry run: 2 writes planned: 2 users.delete\n$"), out)
    assert.equal(2, select(2, it_is:file("log.jsonl"):gsub('"outcome":"planned"', "")))
  end)

  it("shows what the service says without letting it move the cursor, cut where it is long", function()
    local client <close> = assert(it_is.sandbox:client{})
    assert(client.users:update("U0007", { firstName = "A\27[2J", jobTitle = ("é"):rep(300) }))
    it_is.sandbox:clear_requests()
    local text = plan[[client.users:update("U0007", { jobTitle = "x" })]]
    assert.is_nil(text:find("\27", 1, true))
    assert.truthy(text:find("A\\27[2J", 1, true), text)
    assert.truthy(text:find('  jobTitle: "' .. ("é"):rep(99) .. '… -> "x"\n', 1, true), text)
    assert.truthy(utf8.len(text))
  end)

  it("is the same in the rock's thrivelua", function()
    local result = it_is:run_rock("--dry-run", [[client.users:delete("U0007")]])
    assert.truthy(result.out:find("^would DELETE /rest/v2/users/ref/U0007\n  users.delete: [^\n]*\ndry run: 1 write planned: "),
      result.out .. result.err)
    assert.equal(0, result.code)
  end)
end)
