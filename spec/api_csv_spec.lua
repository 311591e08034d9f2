-- `thrivelua api … --from-csv`: rows as calls and as entries of lists, checked before anything is sent, accounted for afterwards.
local command = require "spec.support.command"
local interp = require "spec.support.interp"
local reading = require "spec.support.reading"
local subject = require "spec.support.subject"
local terminal = require "spec.support.terminal"

local records = command.records

describe("thrivelua api --from-csv", function()
  local tenant

  -- One for each test: what one writes is nothing to the next, and a request of a command that has ended may come late.
  before_each(function() tenant = command.start(130) end)
  after_each(function() tenant:close() end)

  local function refused(words, ...)
    local result = tenant:api(words)
    assert.equal(2, result.code, words .. "\n" .. result.err)
    assert.equal("", result.out)
    for _, text in ipairs { ... } do assert.truthy(result.err:find(text, 1, true), text .. " in\n" .. result.err) end
    assert.is_nil(result.err:find("traceback", 1, true), result.err)
    assert.same({}, tenant.sandbox:requests())
    return result.err
  end

  describe("with a call for each row", function()
    it("sends every row and shows its outcome, in the order of the file", function()
      tenant:file("new.csv", "ref,firstName,lastName,email,cf.department,sso\n"
        .. "C1,Ada,Lovelace,c1@example.org,Care,yes\nC2,Bo,\"Ek, jr\",c2@example.org,,\nC3,Cy,Dunn,c3@example.org,Sales,false\n")
      local result = tenant:api "users create --from-csv new.csv"
      assert.equal(0, result.code, result.err)
      local outcomes = records(result.out)
      for i, outcome in ipairs(outcomes) do
        assert.equal(i + 1, outcome.line)
        assert.equal("C" .. i, outcome.ref)
        assert.equal("success", outcome.outcome)
        assert.equal(tenant.sandbox:user("C" .. i).id, outcome.id)
      end
      assert.equal(3, #outcomes)
      assert.equal("thrivelua: 3 rows: 3 success\n", result.err)
      assert.equal("Care", tenant.sandbox:user("C1").additionalFields.department)
      assert.is_true(tenant.sandbox:user("C1").sso)
      assert.equal("Ek, jr", tenant.sandbox:user("C2").lastName)
      assert.is_false(tenant.sandbox:user("C3").sso)
    end)

    it("takes names as people write them, and what is the same for all rows from the command line", function()
      tenant:file("people.csv", "Ref;First name;last_name;EMAIL\nD1;Ada;L;d1@example.org\n")
      local result = tenant:api "users create --from-csv people.csv role=learneradmin cf.department=Care"
      assert.equal(0, result.code, result.err)
      assert.equal("learneradmin", tenant.sandbox:user("D1").role)
      assert.equal("Care", tenant.sandbox:user("D1").additionalFields.department)
    end)

    it("takes path arguments from columns, and leaves alone what a cell does not give", function()
      tenant:file("titles.csv", "ref,jobTitle,domain\nU0031,Nurse,\nU0032,,d.example\n")
      local before = tenant.sandbox:user("U0032").jobTitle
      local result = tenant:api "users update --from-csv titles.csv"
      assert.equal(0, result.code, result.err)
      assert.equal("Nurse", tenant.sandbox:user("U0031").jobTitle)
      assert.equal(before, tenant.sandbox:user("U0032").jobTitle)
      assert.equal("d.example", tenant.sandbox:user("U0032").domain)
    end)

    it("shows the id once, where it is a column and what comes back as well", function()
      local assignment = records(tenant:api("assignments list perPage=1").out)[1]
      tenant:file("ids.csv", ("id,audienceId,completionPeriod\n%s,%s,45\n"):format(assignment.id, assignment.audienceId))
      local result = tenant:api "assignments update --from-csv ids.csv -o csv"
      assert.equal(0, result.code, result.err)
      assert.equal(("line,id,outcome,error\n2,%s,success,\n"):format(assignment.id), result.out)
    end)

    it("clears a field where a cell has the text of --clear", function()
      tenant:file("clear.csv", "ref,jobTitle\nU0033,NULL\n")
      local result = tenant:api "users update --from-csv clear.csv --clear NULL"
      assert.equal(0, result.code, result.err)
      assert.is_nil(tenant.sandbox:user("U0033").jobTitle)
    end)

    it("reads standard input when told to", function()
      local result = tenant:api("users suspend --from-csv - endDate=2026-11-30", "ref\nU0034\n")
      assert.equal(0, result.code, result.err)
      assert.is_false(tenant.sandbox:user("U0034").active)
    end)

    it("reads another encoding when told which", function()
      tenant:file("latin.csv", "ref,jobTitle\nU0035,K\xfcchenchef\n")
      assert.equal(0, tenant:api("users update --from-csv latin.csv --encoding cp1252").code)
      assert.equal("Küchenchef", tenant.sandbox:user("U0035").jobTitle)
      tenant.sandbox:clear_requests()
      refused("users update --from-csv latin.csv", "latin.csv:2", "UTF-8")
    end)

    it("uses only the columns of --column", function()
      tenant:file("wide.csv", "ref,jobTitle,Cost centre\nU0036,Cook,77\n")
      refused("users update --from-csv wide.csv", "'Cost centre' is not a field")
      assert.equal(0, tenant:api("users update --from-csv wide.csv --column ref --column jobTitle").code)
      assert.equal("Cook", tenant.sandbox:user("U0036").jobTitle)
    end)

    it("sends events", function()
      tenant:file("join.csv", "ref,firstName,lastName,email,department,id\nJ1,A,B,j1@example.org,Care,evt-1\n")
      local result = tenant:api "events user-joined --from-csv join.csv"
      assert.equal(0, result.code, result.err)
      assert.equal("Care", tenant.sandbox:user("J1").additionalFields.department)
    end)

    it("works on several rows at once, so many as --concurrency says", function()
      local lines = { "ref,jobTitle" }
      for i = 41, 60 do lines[#lines + 1] = ("U%04d,Guide"):format(i) end
      tenant:file("many.csv", table.concat(lines, "\n"))
      tenant.sandbox:fault { delay = 0.5, times = 20 }
      local result = tenant:api "users update --from-csv many.csv --concurrency 20"
      assert.equal(0, result.code, result.err)
      local connections = {}
      for _, request in ipairs(tenant.sandbox:requests()) do connections[request.connection] = true end
      assert.equal(20, select(2, subject.keys(connections):gsub("%d+", "")))
      local refs = {}
      for i, outcome in ipairs(records(result.out)) do refs[i] = outcome.ref end
      assert.equal("U0041", refs[1])
      assert.equal("U0060", refs[20])
    end)

    it("is stopped before the first row where there are too many of what cannot be undone", function()
      local lines = { "ref" }
      for i = 71, 90 do lines[#lines + 1] = ("U%04d"):format(i) end
      tenant:file("leavers.csv", table.concat(lines, "\n"))
      local result = tenant:api "users suspend --from-csv leavers.csv"
      assert.equal(7, result.code)
      assert.equal("", result.out)
      assert.truthy(result.err:find("20 suspends in one run, more than 10", 1, true), result.err)
      assert.equal(0, tenant:writes())
      result = tenant:api "users suspend --from-csv leavers.csv --max-changes 20"
      assert.equal(0, result.code, result.err)
      assert.equal(20, tenant:writes())
    end)

    it("sends nothing in a dry run, and plans every row", function()
      tenant:file("gone.csv", "ref\nU0061\nU0062\n")
      local result = tenant:api "users delete --from-csv gone.csv --dry-run"
      assert.equal(0, result.code, result.err)
      assert.truthy(result.out:find("DELETE /rest/v2/users/ref/U0061", 1, true))
      assert.truthy(result.out:find("DELETE /rest/v2/users/ref/U0062", 1, true))
      assert.truthy(result.err:find("2 rows: 2 planned", 1, true), result.err)
      assert.equal(0, tenant:writes())
    end)
  end)

  describe("with a row for each entry of a list", function()
    it("takes one column", function()
      tenant:file("mentors.csv", "name,email,site\nA,U0003,x\nB,U0004,y\n")
      local result = tenant:api "audiences members replace group-mentors --from-csv mentors.csv --column email --yes"
      assert.equal(0, result.code, result.err)
      assert.same({ { line = 2, email = "U0003", outcome = "success" }, { line = 3, email = "U0004", outcome = "success" } },
        records(result.out))
      assert.equal("2\n", tenant:api("audiences members count group-mentors").out)
      assert.equal(1, tenant:writes())
    end)

    it("finds the column by itself: the only one, or one of the usual names", function()
      tenant:file("only.csv", "Colleague\nU0005\n")
      assert.equal(0, tenant:api("audiences members add group-mentors --from-csv only.csv").code)
      tenant:file("usual.csv", "site,Ref,note\nLeeds,U0006,x\n")
      assert.equal(0, tenant:api("audiences members add group-mentors --from-csv usual.csv").code)
      tenant:file("unclear.csv", "one,two\na,b\n")
      tenant.sandbox:clear_requests()
      refused("audiences members add group-mentors --from-csv unclear.csv", "which column holds the users?", "--column")
    end)

    it("adds to several lists when a column says to which, by one call for each", function()
      tenant:file("both.csv", "audience,email\ngroup-mentors,U0007\ndept-care,U0008\ngroup-mentors,U0009\ndept-care,nobody\n")
      local result = tenant:api "audiences members add --from-csv both.csv"
      assert.equal(3, result.code, result.err)
      local outcomes = records(result.out)
      assert.equal(2, tenant:writes())
      for i, outcome in ipairs(outcomes) do
        assert.equal(i + 1, outcome.line)
        assert.equal(i == 4 and "failure" or "success", outcome.outcome)
      end
      assert.equal("dept-care", outcomes[4].audience)
      assert.is_string(outcomes[4].error)
      assert.truthy(result.err:find("4 rows: 3 success, 1 failure", 1, true), result.err)
    end)

    it("is stopped before the first list where too many are replaced in all", function()
      local lines = { "audience,ref" }
      for i = 1, 8 do
        lines[#lines + 1] = ("group-mentors,U%04d"):format(i)
        lines[#lines + 1] = ("dept-care,U%04d"):format(i)
      end
      tenant:file("replaced.csv", table.concat(lines, "\n"))
      local result = tenant:api "audiences members replace --from-csv replaced.csv"
      assert.equal(7, result.code)
      assert.equal(0, tenant:writes())
      assert.equal("failure", records(result.out)[16].outcome)
    end)

    it("takes entries that are records", function()
      local id = records(tenant:api("users get-by-ref U0010").out)[1].id
      local levels = records(tenant:api("skills levels").out)
      tenant:file("skills.csv", ("tagName,level\nCoaching,%s\nSafeguarding,%s\n"):format(levels[1].value, levels[2].value))
      local result = tenant:api(("users update-skills %s --from-csv skills.csv"):format(id))
      assert.equal(0, result.code, result.err)
      assert.same({ line = 2, tagName = "Coaching", outcome = "success" }, records(result.out)[1])
      tenant:file("managers.csv", "audience,reference,permissions.audienceManager.assignments\ndept-care,U0011,true\n")
      result = tenant:api "audiences managers add --from-csv managers.csv"
      assert.equal(0, result.code, result.err)
      tenant.sandbox:clear_requests()
      refused(("users update-skills %s --from-csv managers.csv"):format(id),
        "'audience', 'reference' and 'permissions.audienceManager.assignments' are not fields")
    end)
  end)

  describe("before anything is sent", function()
    it("names every row that will not do, with file and line", function()
      tenant:file("bad.csv", "ref,firstName,lastName,email,role,sso\nB1,A,B,b1@example.org,admin,\nB2,,B,b2@example.org,,maybe\n"
        .. "B3,A,B,b3@example.org,learner,true\n")
      local err = refused("users create --from-csv bad.csv", "bad.csv:2: ", "role", "administrator", "admin",
        "bad.csv:3: ", "missing 'firstName'", "maybe", "nothing was sent")
      assert.is_nil(err:find("bad.csv:4", 1, true))
    end)

    it("names twenty problems and counts the others", function()
      tenant:file("worse.csv", "ref,firstName,lastName,email\n" .. ("X,,,\n"):rep(50) .. "Y,A,B,y@example.org\n")
      local err = refused("users create --from-csv worse.csv", "worse.csv:2: ", "worse.csv:21: ", "… and 30 more")
      assert.is_nil(err:find("worse.csv:22", 1, true))
    end)

    it("says once what is wrong in every row", function()
      tenant:file("alike.csv", "ref,firstName,email\n" .. ("X,A,x@example.org\n"):rep(50))
      refused("users create --from-csv alike.csv", "alike.csv: missing 'lastName', in each of the 50 rows\nnothing was sent")
      tenant:file("one.csv", "ref,firstName,email\nX,A,x@example.org\n")
      refused("users create --from-csv one.csv", "one.csv:2: missing 'lastName'")
    end)

    it("judges the header, with suggestions", function()
      tenant:file("header.csv", "ref,frstName,cf.site\nU1,A,B\n")
      refused("users create --from-csv header.csv", "header.csv: 'frstName' is not a field (did you mean 'firstName'?)")
      local err = refused("users create --from-csv header.csv", "'frstName' is not a field")
      assert.is_nil(err:find("cf.site", 1, true), err)
      tenant:file("workday.csv", "ref,Email Address,Cost Center,Company,Level\nU1,a@example.org,C,D,E\n")
      refused("users create --from-csv workday.csv", "'Email Address' is not a field (did you mean 'email'?); "
        .. "'Cost Center', 'Company' and 'Level' are not fields")
      tenant:file("twice.csv", "ref,firstName,First name\nU1,A,B\n")
      refused("users create --from-csv twice.csv", "the columns 'firstName' and 'First name' are the same field")
      tenant:file("noref.csv", "jobTitle\nCook\n")
      refused("users update --from-csv noref.csv", "'ref' is missing: a column, or a word of the command line")
      tenant:file("both.csv", "ref,jobTitle\nU0001,Cook\n")
      refused("users update --from-csv both.csv jobTitle=Baker", "the column 'jobTitle' is given on the command line as well")
      refused("users update --from-csv both.csv --column jobTitel", "no column 'jobTitel' (did you mean 'jobTitle'?)")
    end)

    it("wants every row to say whom and what", function()
      tenant:file("empty.csv", "ref,jobTitle\n,Cook\nU0001,\n")
      refused("users update --from-csv empty.csv", "empty.csv:2: 'ref' is empty", "empty.csv:3: there is nothing to change in it")
      tenant:file("hole.csv", "email,site\nU0001,x\n,y\n")
      refused("audiences members add group-mentors --from-csv hole.csv", "hole.csv:3: 'email' is empty")
    end)

    it("wants a file with rows in it that can be read", function()
      tenant:file("none.csv", "ref,jobTitle\n")
      refused("users update --from-csv none.csv", "none.csv has no rows")
      refused("users update --from-csv nowhere.csv", "nowhere.csv", "cannot open")
      tenant:file("broken.csv", "ref,jobTitle\nU0001,Cook\nU0002\n")
      refused("users update --from-csv broken.csv", "broken.csv:3")
      refused("users list --from-csv broken.csv", "'--from-csv' is for writes")
      refused("users update --from-csv broken.csv --body '{}'", "exclude each other")
    end)

    it("refuses to replace more than a hundred without --split", function()
      local lines = { "ref" }
      for i = 1, 101 do lines[#lines + 1] = ("U%04d"):format(i) end
      tenant:file("hundred.csv", table.concat(lines, "\n"))
      refused("audiences members replace group-mentors --from-csv hundred.csv", "101 entries", "--split")
    end)

    it("wants --failed to be writable", function()
      tenant:file("one.csv", "ref,jobTitle\nU0001,Cook\n")
      refused("users update --from-csv one.csv --failed nowhere/failed.csv", "--failed", "nowhere/failed.csv")
    end)
  end)

  describe("when rows fail", function()
    it("tells which and why, goes on with the others, and ends with 3", function()
      tenant:file("some.csv", "ref,firstName,lastName,email\nF1,A,B,f1@example.org\nU0001,A,B,f2@example.org\n"
        .. "F3,A,B,f3@example.org\n")
      local result = tenant:api "users create --from-csv some.csv -o csv"
      assert.equal(3, result.code)
      local head = "^line,ref,id,outcome,error\n2,F1,%x+,success,\n3,U0001,,failure,[^\n]*409 conflict"
      assert.truthy(result.out:find(head), result.out)
      assert.truthy(result.err:find("3 rows: 2 success, 1 failure", 1, true))
      assert.is_table(tenant.sandbox:user("F3"))
    end)

    it("ends with the status of the failures when all failed alike, else with 3", function()
      tenant:file("nobody.csv", "ref,jobTitle\nnobody1,Cook\nnobody2,Cook\n")
      assert.equal(5, tenant:api("users update --from-csv nobody.csv").code)
      assert.equal(7, tenant:api("users update --from-csv nobody.csv --read-only").code)
      assert.equal(4, tenant:api("users update --from-csv nobody.csv", nil, { THRIVE_API_KEY = "wrong" }).code)
      tenant.sandbox:fault { path = "/rest/v2/users/ref/nobody1", status = 500, times = 10 }
      assert.equal(3, tenant:api("users update --from-csv nobody.csv --max-retries 0").code)
    end)

    it("sends nothing more after what every row would meet", function()
      local lines = { "ref,jobTitle" }
      for i = 1, 60 do lines[#lines + 1] = ("U%04d,Cook"):format(i) end
      tenant:file("sixty.csv", table.concat(lines, "\n"))
      local result = tenant:api("users update --from-csv sixty.csv --concurrency 2", nil, { THRIVE_API_KEY = "wrong" })
      assert.equal(4, result.code)
      assert.truthy(tenant:writes() <= 4)
      local outcomes = records(result.out)
      assert.equal(60, #outcomes)
      assert.truthy(outcomes[60].error:find("^not sent: "))
    end)

    it("says that it does not know what became of a write whose answer was lost", function()
      tenant:file("lost.csv", "ref,firstName,lastName,email\nL1,A,B,l1@example.org\n")
      tenant.sandbox:fault { method = "POST", path = "/rest/v2/users", reset = "after", times = 1 }
      local result = tenant:api "users create --from-csv lost.csv"
      assert.equal(6, result.code)
      assert.equal("unknown", records(result.out)[1].outcome)
    end)

    it("writes them to --failed with their own columns and the reason, to be corrected and sent again", function()
      tenant:file("again.csv", "Ref;First name;Last name;email\nG1;A;B;g1@example.org\nU0001;A;B;=g2@example.org\n"
        .. "G3;\"A;\nB\";B;none\n")
      local result = tenant:api "users create --from-csv again.csv --failed failed.csv"
      assert.equal(3, result.code)
      assert.truthy(result.err:find("those that failed are in failed.csv", 1, true))
      local rows = assert(require("thrive.csv").read(tenant.directory .. "/failed.csv"))
      assert.equal(2, #rows)
      assert.equal("U0001", rows[1].Ref)
      assert.equal("=g2@example.org", rows[1].email)
      assert.equal("A;\nB", rows[2]["First name"])
      assert.truthy(rows[1]._error:find("409 conflict", 1, true))

      local text = tenant:read("failed.csv"):gsub("U0001", "G2"):gsub("none", "g3@example.org"):gsub("'?=g2", "g2")
      tenant:file("failed.csv", text)
      result = tenant:api "users create --from-csv failed.csv --failed failed.csv"
      assert.equal(0, result.code, result.err)
      assert.is_table(tenant.sandbox:user("G2"))
      assert.is_table(tenant.sandbox:user("G3"))
      assert.equal(1, select(2, tenant:read("failed.csv"):gsub("\n", "\n"))) -- the header alone: nothing failed
    end)

    it("writes them so that the same command reads them, and a spreadsheet as it read the file", function()
      tenant:file("latin.csv", "ref;firstName;lastName;email\r\nU0001;J\xF6rg;M\xFCller;j@example.org\r\n")
      for _ = 1, 2 do
        local result = tenant:api "users create --from-csv latin.csv --encoding cp1252 --failed latin.csv"
        assert.equal(5, result.code, result.err)
        assert.equal("\u{FEFF}ref;firstName;lastName;email;_error\nU0001;Jörg;Müller;j@example.org;",
          tenant:read("latin.csv"):match("^.-\n.-;.-;.-;.-;"))
      end
      tenant:file("excel.csv", "\u{FEFF}ref\tjobTitle\nNOBODY\tKüchenchef\n")
      assert.equal(5, tenant:api("users update --from-csv excel.csv --failed failed.csv").code)
      assert.equal("\u{FEFF}ref\tjobTitle\t_error\nNOBODY\tKüchenchef\t", tenant:read("failed.csv"):match("^.-\n.-\t.-\t"))
      tenant:file("odd.csv", "sep=^\nref^jobTitle\nNOBODY^Cook\n") -- nobody would look for such a separator
      assert.equal(5, tenant:api("users update --from-csv odd.csv --failed failed.csv").code)
      assert.equal("ref,jobTitle,_error\nNOBODY,Cook,", tenant:read("failed.csv"):match("^.-\n.-,.-,"))
    end)

    it("shows on a terminal how many rows are done", function()
      tenant.sandbox:fault{ method = "PATCH", path = "/rest/v2/users/ref/.*", delay = 0.1, times = 0 }
      local lines = { "ref,jobTitle" }
      for i = 1, 20 do lines[i + 1] = ("U%04d,Cook"):format(70 + i) end
      tenant:file("slow.csv", table.concat(lines, "\n"))
      local screen <close> = terminal.open {
        program = interp.thrivelua(), command = '"$P" api users update --from-csv slow.csv --concurrency 1 >slow.out',
        directory = tenant.directory, env = tenant.env, columns = 80,
      }
      screen:wait_for("rows  %d+ of 20")
      assert.equal(0, screen:exit_code())
    end)

    it("goes on with the others after one was declined at the terminal", function()
      tenant:file("two.csv", "ref\nU0064\nU0065\n")
      local screen <close> = terminal.open {
        program = interp.thrivelua(), command = '"$P" api users delete --from-csv two.csv --concurrency 1 -o ndjson',
        directory = tenant.directory, env = tenant.env, columns = 120,
      }
      screen:wait_for("U0064[^?]*%?")
      screen:type("n"):key("Enter")
      screen:wait_for("U0065[^?]*%?")
      screen:type("y"):key("Enter")
      assert.equal(3, screen:exit_code())
      assert.is_table(tenant.sandbox:user("U0064"))
      assert.is_nil(tenant.sandbox:user("U0065"))
    end)

    it("accounts for every row when Ctrl-C ends the run", function()
      local lines = { "ref,jobTitle" }
      for i = 1, 20 do lines[#lines + 1] = ("U%04d,Porter"):format(i) end
      tenant:file("twenty.csv", table.concat(lines, "\n"))
      tenant.sandbox:fault { path = "/rest/v2/users/ref/U0003", delay = 30, times = 10 }
      local pid, finish = tenant:launch "api users update --from-csv twenty.csv --concurrency 1 --failed rest.csv"
      reading.until_so("the third request", function() return tenant.sandbox:count { path = "ref/U0003" } > 0 end)
      assert(os.execute("kill -INT " .. pid))
      local out, code = finish()
      assert.equal(130, code)
      local outcomes = records(out)
      assert.equal(20, #outcomes)
      assert.equal("success", outcomes[2].outcome)
      assert.equal("unknown", outcomes[3].outcome)
      assert.equal("failure", outcomes[4].outcome)
      assert.truthy(outcomes[4].error:find("^not sent"))
      assert.equal(18, #assert(require("thrive.csv").read(tenant.directory .. "/rest.csv")))
      assert.truthy(tenant:read("err"):find("20 rows: 2 success, 17 failure, 1 unknown", 1, true), tenant:read("err"))
    end)

    it("sends no further row when the outcomes cannot be written", function()
      local lines = { "ref,jobTitle" }
      for i = 1, 120 do lines[#lines + 1] = ("U%04d,Usher"):format(i) end
      tenant:file("many.csv", table.concat(lines, "\n"))
      local line = [[(trap '' PIPE; "$P" api users update --from-csv many.csv --concurrency 1 --failed rest.csv %s; ]]
        .. [[echo "$?")]]
      for _, closed in ipairs { ">&-", ">/dev/full" } do
        local result = tenant:sh(line:format(closed))
        assert.equal("1\n", result.out)
        assert.truthy(result.err:find("cannot write", 1, true), result.err)
        local rest, sent = assert(require("thrive.csv").read(tenant.directory .. "/rest.csv")), tenant:writes()
        assert.truthy(#rest >= 120 - sent and #rest > 0, #rest .. " " .. sent)
        assert.equal("U0120", rest[#rest].ref)
      end
    end)
  end)
end)
