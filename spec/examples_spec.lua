-- The example scripts: each as its own first lines say how to try it, and what it leaves behind in a tenant.

local cjson = require "cjson"
local csv = require "thrive.csv"
local sandboxes = require "thrive.sandbox"
local interp = require "spec.support.interp"

local ROOT = interp.root()

local scripts = {}
for path in assert(io.popen("ls examples/*.lua")):lines() do scripts[#scripts + 1] = path:match("([^/]+)%.lua$") end

local function source(script)
  local file <close> = assert(io.open(ROOT .. "/examples/" .. script .. ".lua", "rb"))
  return file:read("a")
end

-- What is wrong with these words is said before anything is done.
local WRONG = {
  activity_export = "2024-05-31 2024-05-01", aptem_to_thrive = "", audience_from_rule = "dept-care",
  completions_since = "", content_catalogue = "vidio", cpd_shortfall = "2024-05-01", hr_sync = "", joiners_by_event = "",
  leavers = "a.csv b.csv", managers = "", overdue_report = "--all", prior_learning = "", sharded_export = "ref --all",
  skills_matrix = "",
}

describe("examples", function()
  local directory, sandbox, client

  before_each(function()
    directory = interp.directory()
    assert(os.execute(("ln -s %s %s"):format(interp.quote(ROOT .. "/examples"), interp.quote(directory .. "/examples"))))
    sandbox = assert(sandboxes.start{ users = 120 })
    client = assert(sandbox:client{ raise = true })
  end)

  after_each(function()
    client:close()
    sandbox:stop()
    interp.remove(directory)
  end)

  -- Runs a shell command like "thrivelua --dry-run examples/x.lua …" in the directory, against the sandbox of this process.
  local function run(command)
    local program = command:find("^lua ") and interp.lua() or interp.thrivelua()
    return interp.run(directory, program, (command:gsub("^%S+", '"$P"')), {
      THRIVE_BASE_URL = sandbox.base_url, THRIVE_TENANT_ID = sandbox.tenant_id, THRIVE_API_KEY = sandbox.api_key,
      APTEM_URL = sandbox.aptem_url, APTEM_TENANT = sandbox.aptem_tenant, APTEM_TOKEN = sandbox.aptem_token,
      LUA_PATH = ROOT .. "/lua/?.lua;;", LUA_CPATH = ROOT .. "/build/?.so;;",
    })
  end

  local function write(name, ...) interp.write(directory .. "/" .. name, table.concat({ ... }, "\n") .. "\n") end

  local function writes()
    local n = 0
    for _, request in ipairs(sandbox:requests()) do if request.method ~= "GET" then n = n + 1 end end
    return n
  end

  -- Runs a command that has to end well and in so many writes; its output.
  local function done(command, expected)
    local before = writes()
    local result = run(command)
    assert.equal("", result.err)
    assert.equal(0, result.code)
    assert.equal(expected, writes() - before, "writes")
    return result.out
  end

  local function contains(text, part)
    assert(text:find(part, 1, true), ("%q is not in:\n%s"):format(part, text))
  end

  local function somebody(fits)
    for _, user in ipairs(sandbox:users()) do if user.managerRef and fits(user) then return user end end
    error("nobody fits")
  end
  local function active(user) return user.status == "active" end

  for _, script in ipairs(scripts) do
    it(script .. " explains itself", function()
      local result = run("thrivelua examples/" .. script .. ".lua --help")
      assert.equal("", result.err)
      assert.equal(0, result.code)
      assert.truthy(result.out:find("^usage: thrivelua .*examples/" .. script .. "%.lua"), result.out)
      contains(result.out, "Exit status: 0 ")
      assert.equal(0, #sandbox:requests())
    end)

    it(script .. " does as its first lines say, without an account", function()
      local command = assert(source(script):match("\n%-%-   (thrivelua %-%-sandbox [^\n]+)\n"), "no command")
      local real = command:gsub("%-%-dry%-run ", "")
      for _, words in ipairs{ real, real ~= command and command or nil } do
        local result = interp.run(directory, interp.thrivelua(), (words:gsub("^%S+", '"$P"')))
        assert.equal("", result.err)
        assert.equal(0, result.code)
        local output = command:match(">(%S+)$")
        if output then result.out = assert(io.open(directory .. "/" .. output)):read("a") end
        local _, lines = result.out:gsub("\n", "")
        assert.is_true(lines >= 3, result.out)
      end
      assert.equal(0, #sandbox:requests())
    end)

    it(script .. " refuses what it does not understand", function()
      local result = run("thrivelua examples/" .. script .. ".lua " .. assert(WRONG[script], "no wrong words"))
      assert.equal(1, result.code)
      assert.truthy(result.err:lower():find("see %-%-help") or result.err:find("'types' must be", 1, true), result.err)
      assert.equal(0, #sandbox:requests())
    end)

    it(script .. " needs a tenant to talk to", function()
      local command = assert(source(script):match("\n%-%-   (thrivelua %-%-sandbox [^\n]+)\n"), "no command")
      command = command:gsub("^%S+", '"$P"'):gsub(" %-%-sandbox", ""):gsub(" %-%-dry%-run", "")
      local result = interp.run(directory, interp.thrivelua(), command, { APTEM_TENANT = "x", APTEM_TOKEN = "y" })
      assert.equal(4, result.code)
      contains(result.err, "no credentials")
    end)

    if script ~= "hr_sync" then
      it(script .. " is short", function()
        local _, lines = source(script):gsub("\n", "")
        assert.is_true(lines >= 20 and lines <= 60, lines .. " lines")
      end)
    end
  end

  it("do not call an output complete that could not be written", function()
    for _, command in ipairs{ "activity_export.lua 2024-05-01 2024-05-31", "completions_since.lua state.txt",
      "content_catalogue.lua", "cpd_shortfall.lua 2024-01-01 2024-05-31", "overdue_report.lua",
      "sharded_export.lua" } do
      local result = run("thrivelua examples/" .. command .. " >/dev/full")
      assert.equal(1, result.code, command)
      contains(result.err, "No space left on device")
    end
    assert.is_nil(io.open(directory .. "/state.txt"))
  end)

  describe("joiners_by_event", function()
    local HEADER = "ref,firstName,lastName,email,jobTitle,department"

    it("makes accounts, brings people back, and then has nothing left to do", function()
      local away = somebody(function(user) return user.suspended end)
      local here = somebody(active)
      write("j.csv", HEADER, 'J1,Zoë,"Ng, BSc",zoe.ng@example.org,Nurse,Care', ("%s,%s,%s,%s,Astronaut,Care"):format(away.ref,
        away.firstName, away.lastName, away.email), ("%s,X,Y,%s,Z,Care"):format(here.ref, here.email))
      local out = done("thrivelua examples/joiners_by_event.lua j.csv", 2)
      contains(out, "joined\tJ1\tZoë\tNg, BSc\n")
      contains(out, "returned\t" .. away.ref)
      contains(out, "already here\t" .. here.ref)
      assert.equal("Care", sandbox:user("J1").additionalFields.department)
      assert.equal("Ng, BSc", sandbox:user("J1").lastName)
      assert.is_false(sandbox:user(away.ref).suspended)
      assert.equal("Astronaut", sandbox:user(away.ref).jobTitle)
      assert.equal(here.jobTitle, sandbox:user(here.ref).jobTitle)
      contains(done("lua examples/joiners_by_event.lua j.csv", 0), "already here\tJ1\n")
    end)

    it("names the lines that fail and does the others", function()
      local other = somebody(active)
      write("j.csv", HEADER, "J1,Ann,One,,Nurse,Care", "J2,Bob,Two," .. other.email .. ",Nurse,Care",
        ",Cat,Three,cat@example.org,Nurse,Care", "J4,Dan,Four,dan@example.org,Nurse,Care")
      local result = run("thrivelua examples/joiners_by_event.lua j.csv")
      assert.equal(3, result.code)
      assert.truthy(result.err:find("line 2: events:user_joined: missing 'email'", 1, true)
        or result.err:find("line 2: events:user_joined: .*email"), result.err)
      assert.truthy(result.err:find("line 3: [^\n]*409"), result.err)
      assert.truthy(result.err:find("line 4: users:get_by_ref: "), result.err)
      contains(result.out, "4 lines, 3 failed")
      assert.is_nil(sandbox:user("J1"))
      assert.truthy(sandbox:user("J4"))
    end)
  end)

  describe("leavers", function()
    it("suspends who has left and nobody else, once", function()
      local staff = {}
      for _, user in ipairs(sandbox:users()) do if active(user) and user.managerRef then staff[#staff + 1] = user.ref end end
      local away = somebody(function(user) return user.suspended end)
      write("l.csv", "ref,endDate,why", staff[1] .. ",2024-06-30,", staff[2] .. ",2999-01-01,", away.ref .. ",2024-01-31,")
      local plan = done("thrivelua --dry-run examples/leavers.lua l.csv", 0)
      contains(plan, "would PATCH /rest/v2/users/ref/" .. staff[1] .. "/suspend {\"endDate\":\"2024-06-30\"}\n")
      contains(plan, "would suspend\t" .. staff[1])
      contains("\n" .. done("thrivelua examples/leavers.lua l.csv", 1), "\nnot yet\t" .. staff[2])
      assert.is_true(sandbox:user(staff[1]).suspended)
      assert.truthy(sandbox:user(staff[1]).endDate:find("^2024%-06%-30"))
      assert.is_false(sandbox:user(staff[2]).suspended)
      contains(done("thrivelua examples/leavers.lua l.csv", 0), "suspended before\t" .. staff[1])
    end)

    it("suspends nobody when half the company leaves, unless that is meant", function()
      local file = { "ref,endDate" }
      for _, user in ipairs(sandbox:users()) do
        if active(user) and #file < 60 then file[#file + 1] = user.ref .. ",2024-06-30" end
      end
      write("l.csv", table.unpack(file))
      local result = run("thrivelua examples/leavers.lua l.csv")
      assert.equal(3, result.code)
      contains(result.err, "line 2: users.suspend: guard: ")
      contains(result.out, "59 lines, 59 failed")
      assert.equal(0, #sandbox:requests{ method = "PATCH" })
      done("thrivelua --max-changes 59 examples/leavers.lua l.csv", 59)
    end)

    it("names the lines that fail and does the others", function()
      local user = somebody(active)
      write("l.csv", "ref,endDate", "nobody,2024-06-30", user.ref .. ",30/06/2024", user.ref .. ",", user.ref .. ",2024-02-30",
        user.ref .. ",2024-06-30")
      local result = run("thrivelua examples/leavers.lua l.csv")
      assert.equal(3, result.code)
      assert.truthy(result.err:find("line 2: [^\n]*there is no user with the ref 'nobody'"), result.err)
      contains(result.err, "line 3: endDate has to be a day like 2024-06-30, not 30/06/2024")
      contains(result.err, "line 4: endDate has to be a day like 2024-06-30, not empty")
      assert.truthy(result.err:find("line 5: users:suspend: [^\n]*endDate"), result.err)
      assert.is_true(sandbox:user(user.ref).suspended)
    end)

    it("does nothing with a file that breaks off", function()
      write("l.csv", "ref,endDate", somebody(active).ref .. ",2024-06-30", "U0002")
      local result = run("thrivelua examples/leavers.lua l.csv")
      assert.equal(1, result.code)
      contains(result.err, "l.csv:3: ")
      assert.equal(0, writes())
    end)
  end)

  describe("audience_from_rule", function()
    local function members(audience)
      local refs = {}
      for member in client.audiences.members:each(audience) do refs[#refs + 1] = member.reference end
      table.sort(refs)
      return refs
    end

    it("adds and takes out until the audience fits the rule, and then has nothing left to do", function()
      local wanted = {}
      for _, user in ipairs(sandbox:users()) do
        if (user.status == "active" or user.status == "new") and user.additionalFields.department == "Care"
          and user.role == "learner" then wanted[#wanted + 1] = user.ref end
      end
      table.sort(wanted)
      local before = members("group-drivers")
      assert.is_true(#wanted > 2 and #before > 2)
      done("thrivelua --dry-run examples/audience_from_rule.lua group-drivers department=Care role=learner", 0)
      assert.same(before, members("group-drivers"))
      local result =
        run("thrivelua --max-changes 60 examples/audience_from_rule.lua group-drivers department=Care role=learner")
      assert.equal("", result.err)
      assert.equal(0, result.code)
      assert.same(wanted, members("group-drivers"))
      assert.equal("", done("lua examples/audience_from_rule.lua group-drivers department=Care role=learner", 0))
    end)

    it("refuses a rule that fits nobody and an audience that is not there", function()
      for words, expected in pairs{ ["dept-care deparment=Care"] = { 1, "nobody fits the rule, nothing was changed" },
        ["dept-nothing department=Care"] = { 5, "404 not_found" } } do
        local result = run("thrivelua examples/audience_from_rule.lua " .. words)
        assert.equal(expected[1], result.code)
        contains(result.err, expected[2])
      end
      assert.equal(0, writes())
    end)

    it("names who could not be added or taken out, and goes on", function()
      local ref = somebody(function(user) return active(user) and user.additionalFields.department == "Care" end).ref
      sandbox:fault{ method = "POST", path = "members", status = 207, body = {
        success = { count = 0, entities = cjson.decode("[]") },
        failure = { count = 1, entities = { { reference = sandbox:user(ref).id, reason = "is on holiday" } } } } }
      sandbox:fault{ method = "DELETE", path = "members", status = 422 }
      local result = run("thrivelua examples/audience_from_rule.lua group-drivers department=Care")
      assert.equal(3, result.code)
      contains(result.err, ref .. " was not added: is on holiday\n")
      assert.truthy(result.err:find("U%d+ was not taken out: [^\n]*422"), result.err)
      contains(result.out, "taken out\tU")
    end)
  end)

  describe("managers", function()
    local HEADER = "audience,manager,manageContent,assignments,canViewLearnPage,insights,manage,canAddAudienceManagers"
    local function manager(audience, ref)
      for _, one in ipairs(client.audiences.managers:list(audience).results) do
        if one.reference == ref then return one.permissions end
      end
    end

    it("appoints managers, changes what they may do, and then has nothing left to do", function()
      local first, second = sandbox:user("U0002"), sandbox:user("U0003")
      write("m.csv", HEADER, "dept-care,U0002,yes,no,yes,,no,", "loc/Leeds," .. second.email:upper() .. ",,YES,,,yes,",
        "departments,U0002,no,no,no,no,no,yes")
      assert.is_nil(manager("dept-care", first.ref) or manager("loc/Leeds", second.ref) or manager("departments", first.ref))
      done("thrivelua --dry-run examples/managers.lua m.csv", 0)
      done("thrivelua examples/managers.lua m.csv", 3)
      local permissions = manager("dept-care", "U0002")
      assert.same({ true, false, true, false, false }, { permissions.audienceManager.manageContent,
        permissions.audienceManager.assignments, permissions.peopleManager.canViewLearnPage,
        permissions.peopleManager.insights, permissions.peopleManager.manage })
      assert.is_true(manager("loc/Leeds", second.ref).peopleManager.manage)
      assert.is_true(manager("departments", "U0002").administrator.canAddAudienceManagers)
      local others = #client.audiences.managers:list("dept-care").results
      assert.equal("unchanged\tdept-care\tU0002\n", done("lua examples/managers.lua m.csv", 0):match("^.-\n"))

      write("m.csv", HEADER, "dept-care,U0002,no,yes,yes,,no,")
      contains(done("thrivelua examples/managers.lua m.csv", 2), "is manager\tdept-care\tU0002\n1 lines, 0 failed")
      assert.is_false(manager("dept-care", "U0002").audienceManager.manageContent)
      assert.is_true(manager("dept-care", "U0002").audienceManager.assignments)
      assert.equal(others, #client.audiences.managers:list("dept-care").results)
    end)

    it("names the lines that fail and does the others", function()
      write("m.csv", HEADER, "dept-care,nobody,yes,,,,,", "dept-nothing,U0002,yes,,,,,", "dept-care,U0002,si,,,,,",
        "dept-care,,yes,,,,,", ",U0002,yes,,,,,", "dept-care,U0002,,,,,,yes", "loc/Leeds,U0002,yes,,,,,")
      local result = run("thrivelua examples/managers.lua m.csv")
      assert.equal(3, result.code)
      contains(result.err, "line 2: there is no user with this email or reference\n")
      assert.truthy(result.err:find("line 3: [^\n]*404"), result.err)
      contains(result.err, "line 4: manageContent has to be yes or no\n")
      contains(result.err, "line 5: manager is empty\n")
      assert.truthy(result.err:find("line 6: audiences.managers:list: "), result.err)
      assert.truthy(result.err:find("line 7: [^\n]*only for structures"), result.err)
      contains(result.out, "7 lines, 6 failed")
      assert.is_true(manager("loc/Leeds", "U0002").audienceManager.manageContent)
    end)
  end)

  describe("overdue_report", function()
    it("has a line for every overdue enrolment, the oldest first, with names", function()
      local expected = 0
      for assignment in client.assignments:each() do
        if assignment.isActive and not assignment.isDeleted then
          expected = expected + #client.assignments.enrolments:all(assignment.id, { status = "overdue" })
        end
      end
      assert.is_true(expected > 5)
      local rows = assert(csv.parse(done("thrivelua examples/overdue_report.lua", 0)))
      assert.equal(expected, #rows)
      local last = ""
      for _, row in ipairs(rows) do
        assert.is_true(row.dueDate >= last)
        last = row.dueDate
        local user = sandbox:user(row.ref)
        assert.same({ user.lastName, user.email }, { row.lastName, row.email })
        assert.truthy(row.audience and row.content)
      end
    end)

    it("can be limited to an audience", function()
      local rows = assert(csv.parse(done("lua examples/overdue_report.lua dept-retail", 0)))
      for _, row in ipairs(rows) do assert.equal("Retail", row.audience) end
      local result = run("thrivelua examples/overdue_report.lua dept-nothing")
      assert.equal(5, result.code)
      assert.equal("", result.out)
      contains(result.err, "404 not_found")
    end)

    it("says which assignment is missing in it", function()
      sandbox:fault{ method = "GET", path = "enrolments", status = 403 }
      local result = run("thrivelua examples/overdue_report.lua")
      assert.equal(3, result.code)
      assert.truthy(result.err:find("^assignment %x+: [^\n]*403"), result.err)
    end)
  end)

  describe("completions_since", function()
    local function completed(user, title, at)
      for content in client.content:each() do
        if content.title == title then
          return client.completions:create{ userId = sandbox:user(user).id, contentId = content.id, completedAt = at }
        end
      end
    end
    local function shown(words) return assert(csv.parse(done("thrivelua examples/completions_since.lua " .. words, 0))) end

    it("shows each completion in one run, also those that arrive late", function()
      local all = #client.completions:all()
      assert.is_true(all > 100)
      assert.equal(all, #shown("state.txt"))
      assert.equal(0, #shown("state.txt"))
      completed("U0002", "Our Values", os.time() - 60)
      local rows = shown("state.txt")
      assert.equal(1, #rows)
      assert.same({ "U0002", "Our Values" }, { rows[1].ref, rows[1].content })
      completed("U0003", "Our Values", os.time() - 3 * 86400)
      rows = shown("state.txt")
      assert.equal(1, #rows)
      assert.equal("U0003", rows[1].ref)
      assert.equal(0, #shown("state.txt"))
    end)

    it("begins on the day named", function()
      local rows = shown("state.txt 2024-05-01")
      assert.is_true(#rows > 0 and #rows < #client.completions:all())
      for _, row in ipairs(rows) do assert.is_true(row.completedAt >= "2024-05-01") end
    end)

    it("leaves the state file alone when it breaks off and in a dry run", function()
      sandbox:fault{ method = "GET", path = "completions", after = 1, status = 403, times = 2 }
      assert.equal(0, #shown("state.txt 2999-01-01"))
      local file = assert(io.open(directory .. "/state.txt"))
      local state = file:read("a")
      file:close()
      local result = run("thrivelua examples/completions_since.lua state.txt")
      assert.equal(5, result.code)
      contains(result.err, "403")
      completed("U0002", "Our Values", os.time() - 60)
      sandbox:clear_faults()
      assert.equal(0, run("thrivelua --dry-run examples/completions_since.lua state.txt").code)
      assert.equal(state, assert(io.open(directory .. "/state.txt")):read("a"))
      assert.equal(1, #shown("state.txt"))
      assert.is_nil(io.open(directory .. "/state.txt.new"))
    end)

    it("refuses a state file that is not its own", function()
      write("state.txt", "ref,endDate")
      local result = run("thrivelua examples/completions_since.lua state.txt")
      assert.equal(1, result.code)
      contains(result.err, "state.txt is not a state file of this script")
    end)
  end)

  describe("prior_learning", function()
    it("records each line once and says which are new", function()
      local id = client.content:list{ perPage = 1 }.results[1].id
      write("p.csv", "ref,content,completedAt", "U0002,Our Values,2021-03-01", "U0003," .. id .. ",2021-03-01T10:00:00Z")
      contains(done("thrivelua --dry-run examples/prior_learning.lua p.csv", 0), "would record\tU0003")
      assert.equal("new\tU0002\t2021-03-01\tOur Values\nnew\tU0003\t2021-03-01T10:00:00Z\t" .. id .. "\n2 lines, 0 failed\n",
        done("thrivelua examples/prior_learning.lua p.csv", 2))
      local count = #client.completions:all()
      contains(done("lua examples/prior_learning.lua p.csv", 2), "existing\tU0002\t2021-03-01\tOur Values\nexisting\tU0003")
      assert.equal(count, #client.completions:all())
      local mine = client.completions:all{ userId = sandbox:user("U0002").id, completedDateRangeEnd = "2021-03-01" }
      assert.is_true(#mine >= 1)
      assert.truthy(mine[#mine].completedAt:find("^2021%-03%-01"))
    end)

    it("names the lines that fail and does the others", function()
      write("p.csv", "ref,content,completedAt", "U0002,Nothing,2021-03-01", "nobody,Our Values,2021-03-01",
        "U0002,Our Values,1 March", "U0002,,2021-03-01", "U0002,Our Values,2021-03-01")
      local result = run("thrivelua examples/prior_learning.lua p.csv")
      assert.equal(3, result.code)
      contains(result.err, "line 2: there is no content Nothing\n")
      assert.truthy(result.err:find("line 3: [^\n]*404"), result.err)
      assert.truthy(result.err:find("line 4: completions:create: [^\n]*completedAt"), result.err)
      contains(result.err, "line 5: there is no content in this line\n")
      assert.equal("new\tU0002\t2021-03-01\tOur Values\n5 lines, 4 failed\n", result.out)
    end)
  end)

  describe("cpd_shortfall", function()
    it("measures every member of every audience that has a requirement", function()
      local rows = assert(csv.parse(done("thrivelua examples/cpd_shortfall.lua 2022-06-01 2024-05-31", 0)))
      local minutes, expected = {}, 0
      for entry in client.cpd.entries:each{ entryDateFrom = "2022-06-01", entryDateTo = "2024-05-31 23:59:59" } do
        minutes[entry.userId] = (minutes[entry.userId] or 0) + entry.durationMinutes
      end
      for requirement in client.cpd.requirements:each() do
        for member in client.audiences.members:each(requirement.audienceId) do
          if (minutes[member.userId] or 0) < requirement.requiredMinutes then expected = expected + 1 end
        end
      end
      assert.is_true(expected > 10)
      assert.equal(expected, #rows)
      for _, row in ipairs(rows) do
        assert.equal(minutes[sandbox:user(row.ref).id] or 0, tonumber(row.loggedMinutes))
        assert.equal(tonumber(row.requiredMinutes) - tonumber(row.loggedMinutes), tonumber(row.missingMinutes))
        assert.is_true(tonumber(row.missingMinutes) > 0)
      end
    end)

    it("says which audience is missing in it", function()
      sandbox:fault{ method = "GET", path = "members", status = 403 }
      local result = run("thrivelua examples/cpd_shortfall.lua 2022-06-01 2024-05-31")
      assert.equal(3, result.code)
      assert.truthy(result.err:find("^audience %x+: [^\n]*403"), result.err)
    end)
  end)

  describe("skills_matrix", function()
    it("sets what is in the cells, and the same again", function()
      write("s.csv", "ref,name,Excel,First Aid,日本語", "U0002,Ann,Beginner > Advanced,,intermediate", "U0003,Bob,,> Advanced,",
        "U0004,,,,")
      done("thrivelua --dry-run examples/skills_matrix.lua s.csv", 0)
      for _ = 1, 2 do
        contains(done("thrivelua examples/skills_matrix.lua s.csv", 2), "nothing to set\tU0004\n3 lines, 0 failed")
        local levels = sandbox:user("U0002").skillLevels
        assert.same({ 1024, 3072, 2048 }, { levels.Excel.level, levels.Excel.targetLevel, levels["日本語"].level })
        assert.same({ targetLevel = 3072 }, sandbox:user("U0003").skillLevels["First Aid"])
      end
      write("s.csv", "ref,Excel", "U0002,none")
      done("lua examples/skills_matrix.lua s.csv", 1)
      assert.is_nil(sandbox:user("U0002").skillLevels.Excel.level)
      assert.equal(3072, sandbox:user("U0002").skillLevels.Excel.targetLevel)
    end)

    it("names the lines that fail and does the others", function()
      write("s.csv", "ref,Excel", "U0002,Wizard", "U0003,Expert", "nobody,Beginner", "U0004,Beginner > ", "U0005,Beginner")
      local result = run("thrivelua examples/skills_matrix.lua s.csv")
      assert.equal(3, result.code)
      contains(result.err, "line 2: Excel: Wizard is not a level in use\n")
      contains(result.err, "line 3: Excel: Expert is not a level in use\n")
      assert.truthy(result.err:find("line 4: [^\n]*404"), result.err)
      contains(result.out, "5 lines, 3 failed")
      assert.equal(1024, sandbox:user("U0005").skillLevels.Excel.level)
    end)

    it("does nothing when a column is not a skill", function()
      write("s.csv", "ref,Excell", "U0002,Beginner")
      local result = run("thrivelua examples/skills_matrix.lua s.csv")
      assert.equal(1, result.code)
      contains(result.err, "there is no tag Excell in the tenant, nothing was changed")
      assert.equal(0, writes())
    end)
  end)

  describe("content_catalogue", function()
    it("has a line for every content, with its tags", function()
      local rows = assert(csv.parse(done("thrivelua examples/content_catalogue.lua", 0)))
      local contents = client.content:all()
      assert.equal(#contents, #rows)
      for i, content in ipairs(contents) do
        assert.same({ content.id, content.title, table.concat(content.tags, "; ") },
          { rows[i].id, rows[i].title, rows[i].tags or "" })
      end
    end)

    it("can be limited to types", function()
      local rows = assert(csv.parse(done("lua examples/content_catalogue.lua quiz video", 0)))
      assert.equal(#client.content:all{ types = { "quiz", "video" } }, #rows)
      assert.is_true(#rows > 2)
    end)
  end)

  describe("activity_export", function()
    local function expected(from, to)
      local ids = {}
      for activity in client.activities:each() do
        if activity.date >= from and activity.date:sub(1, 10) <= to then ids[#ids + 1] = activity.id end
      end
      return ids
    end

    it("has every activity of the days in CSV, the last moment of the last day included", function()
      local rows = assert(csv.parse(done("thrivelua examples/activity_export.lua 2024-05-01 2024-05-31", 0)))
      local ids = {}
      for i, row in ipairs(rows) do
        ids[i] = row.id
        assert.equal("table", type(cjson.decode(row.data)))
      end
      assert.is_true(#ids > 20)
      assert.same(expected("2024-05-01", "2024-05-31"), ids)
    end)

    it("has them as they are in NDJSON, only some actions if told so", function()
      local out = done("lua examples/activity_export.lua 2024-05-01 2024-05-31 --ndjson viewed found", 0)
      local n = 0
      for line in out:gmatch("[^\n]+") do
        local activity = cjson.decode(line)
        assert.same(client.activities:get(activity.id), activity)
        assert.truthy(activity.type == "viewed" or activity.type == "found")
        n = n + 1
      end
      assert.is_true(n > 5)
    end)
  end)

  describe("aptem_to_thrive", function()
    it("creates and updates accounts, and then has nothing left to do", function()
      local aptem = assert(require("thrive").aptem{ tenant = sandbox.aptem_tenant, token = sandbox.aptem_token,
        base_url = sandbox.aptem_url, raise = true })
      local known = aptem.users:search{ refNum = "APT-0004" } -- works for the tenant already
      known.lastName = "Married"
      aptem.users:update(known.id, known)
      local command = "examples/aptem_to_thrive.lua APT-0001 APT-0004 APT-0012"
      local before = writes()
      contains(done("thrivelua --dry-run " .. command, 0), "would create\tAPT-0001")
      local out = done("thrivelua " .. command, 2)
      assert.equal(before + 2, writes())
      contains(out, "did create\tAPT-0001\tAPT-0001\ndid update\tAPT-0004\tU0004\nnot active\tAPT-0012")
      local learner, user = aptem.users:search{ refNum = "APT-0001" }, sandbox:user("APT-0001")
      assert.same({ learner.firstName, learner.email }, { user.firstName, user.email })
      assert.truthy(user.startDate:find(learner.programmeStartDate, 1, true))
      assert.equal("Married", sandbox:user("U0004").lastName)
      assert.is_nil(sandbox:user("APT-0012"))
      contains(done("lua " .. command, 0), "unchanged\tAPT-0001\tAPT-0001\nunchanged\tAPT-0004\tU0004\n")
    end)

    it("names the learners who fail and does the others", function()
      local result = run("thrivelua examples/aptem_to_thrive.lua APT-9999 APT-0001")
      assert.equal(3, result.code)
      assert.truthy(result.err:find("^APT%-9999: [^\n]*404"), result.err)
      assert.truthy(sandbox:user("APT-0001"))
    end)
  end)
end)
