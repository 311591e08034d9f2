-- thrive.csv: files whose columns are the fields of an operation.

local csv = require "thrive.csv"
local files = require "spec.support.csv_files"
local thrive = require "thrive"

local raised = files.raised

local function parse(operation, text, options)
  options = options or {}
  options.operation, options.source = operation, "people.csv"
  return csv.parse(text, options)
end

local function fault(...)
  local rows, err = parse(...)
  assert.is_nil(rows)
  assert.equal("validation", err.kind)
  return tostring(err)
end

describe("thrive.csv with an operation", function()
  it("gives rows that the operation takes, its path arguments among them", function()
    assert.same({
      { ref = "U1", firstName = "Ann", sso = true, endDate = "2026-11-30" },
      { ref = "U2", firstName = "Bob", sso = false, additionalFields = { Department = "Care", ["Cost centre"] = "007" } },
      { ref = "U3" },
    }, parse("users.update", "ref;firstName;sso;endDate;cf.Department;cf.Cost centre\nU1;Ann;true;2026-11-30;;\n"
      .. "U2;Bob;No;;Care;007\nU3;;;;;\n"))
  end)

  it("does so in a file that a tenant takes", function()
    local sandbox = require("thrive.sandbox").start { users = 5 }
    finally(function() sandbox:stop() end)
    local client <close> = assert(sandbox:client {})
    local path = os.tmpname()
    finally(function() os.remove(path) end)
    local file = assert(io.open(path, "wb"))
    file:write("sep=;\r\nref;firstName;lastName;email;sso;jobTitle\r\nN1;Zo\xEB;N\xFA\xF1ez;zoe@example.org;0;'=Nurse\r\n")
    file:close()
    for row in csv.rows(path, { operation = "users.create", encoding = "cp1252" }) do assert(client.users:create(row)) end
    local user = sandbox:user("N1")
    assert.equal("Zoë Núñez", user.firstName .. " " .. user.lastName)
    assert.is_false(user.sso)
    assert.equal("=Nurse", user.jobTitle)
  end)

  describe("refuses columns", function()
    it("that are no fields, all at once, with what was meant", function()
      assert.equal('people.csv:1: users.create has no field of that name: "first_name" (did you mean "firstName"?), "E-mail" '
        .. '(did you mean "email"?), "shoe size"; the columns may be: ref, firstName, lastName, email, loginMethod, role, '
        .. "jobTitle, managerRef, startDate, endDate, timeZone, languageCode, sso, domain, additionalFields, and cf.Name for a "
        .. "custom field", fault("users.create", "ref,first_name,lastName,E-mail,shoe size\n"))
    end)

    it("with what was meant where that is the beginning of the name, or the name its beginning", function()
      local message = fault("users.create", "E-mail address,Manager,Language,First,Log\n")
      assert.truthy(message:find('"E-mail address" (did you mean "email"?), "Manager" (did you mean "managerRef"?), "Language" '
        .. '(did you mean "languageCode"?), "First" (did you mean "firstName"?), "Log";', 1, true), message)
      message = select(2, csv.parse("code,start\n", { fields = { "codeList", "codeName", "startDate" } })).message
      assert.truthy(message:find('"code", "start" (did you mean "startDate"?);', 1, true), message)
    end)

    it("whose names are no names, in a message that can be read", function()
      local message = fault("users.create", ("ref,%s,\"two\nlines\"\n"):format(("long"):rep(30000)))
      assert.truthy(message:find(('"%s…", "two lines"; the columns'):format(("long"):rep(10)), 1, true), message:sub(1, 200))
    end)

    it("of custom fields where there are none, or one without a name", function()
      assert.equal('people.csv:1: completions.create has no field of that name: "cf.X"; the columns may be: userId, contentId, '
        .. "completedAt", fault("completions.create", "userId,cf.X\n"))
      assert.truthy(fault("users.create", "ref,cf.\n"):find('"cf."; the columns may be', 1, true))
      assert.truthy(fault("users.create", "ref,CF.Shoe\n"):find('"CF.Shoe" (did you mean "cf.Shoe"?);', 1, true))
      assert.truthy(fault("users.create", "ref,???\n"):find('"???"; the columns may be', 1, true))
    end)

    it("before any row is read, in the line of the header", function()
      local text = "sep=;\n\nref;nme\n"
      assert.equal("people.csv:3: ", fault("users.create", text):sub(1, 14))
      local message = raised(function()
        for _ in csv.rows("spec/csv_fields_spec.lua", { operation = "users.create" }) do error("not reached") end
      end)
      assert.equal("spec/csv_fields_spec.lua:1: users.create has no field", message:sub(1, 53))
    end)

    it("but those to be ignored, which the rows do not have", function()
      assert.same({ { ref = "U1" }, { ref = "U2" } },
        parse("users.update", "Notes,ref,Shoe\nx,U1,44\n,U2,y\n", { ignore = { "Notes", "Shoe", "not there" } }))
    end)

    it("that say custom fields twice", function()
      assert.equal('people.csv:1: "additionalFields" holds all custom fields: there cannot be "cf.X" as well',
        fault("users.create", "additionalFields,cf.X\n"))
    end)
  end)

  describe("converts", function()
    local cases = {
      { "true and false", "users.create", "sso", { ["true"] = true, TRUE = true, yes = true, Yes = true, ["1"] = true,
        ["false"] = false, False = false, no = false, NO = false, ["0"] = false } },
      { "integers", "assignments.create", "recurrence", { ["5"] = 5, ["-0"] = 0, ["+07"] = 7,
        ["9223372036854775807"] = math.maxinteger } },
      { "numbers", "users.update_skills", "level", { ["5"] = 5, ["-1.5"] = -1.5, [".5"] = 0.5, ["1e3"] = 1000.0,
        ["2.5E-1"] = 0.25 } },
      { "lists", "assignments.create", "alternativeContentIds", { ["a"] = { "a" }, ["a; b ;c d"] = { "a", "b", "c d" },
        ['["a;b", "c"]'] = { "a;b", "c" } } },
      { "JSON objects", "users.create", "additionalFields", { ['{"Site":"Leeds","n":1}'] = { Site = "Leeds", n = 1 } } },
      { "words from a list", "users.create", "role", { learner = "learner", administrator = "administrator" } },
      { "nothing that is text", "users.create", "jobTitle", { ["007"] = "007", ["true"] = "true", ["1e3"] = "1e3",
        ["[a"] = "[a" } },
      { "no dates, which the call understands", "users.create", "endDate", { ["2026-11-30"] = "2026-11-30" } },
      { "no lists of a query, which the call understands", "users.list", "statuses", { ["active,new"] = "active,new" } },
    }
    for _, case in ipairs(cases) do
      it(case[1], function()
        for text, value in pairs(case[4]) do
          local rows = assert(parse(case[2], ('%s,id\n"%s",\n'):format(case[3], (text:gsub('"', '""'))), { ignore = { "id" } }))
          assert.same({ [case[3]] = value }, rows[1])
          assert.equal(math.type(value), math.type(rows[1][case[3]]))
        end
      end)
    end

    local faults = {
      { "users.create", "sso", "maybe", "is neither true nor false (nor yes, no, 1, 0)" },
      { "users.create", "sso", "2", "is neither true nor false (nor yes, no, 1, 0)" },
      { "assignments.create", "recurrence", "5.0", "is not an integer" },
      { "assignments.create", "recurrence", "0x10", "is not an integer" },
      { "assignments.create", "recurrence", "9223372036854775808", "is not an integer" },
      { "users.update_skills", "level", "1,5", "is not a number: its decimals have to follow a point" },
      { "users.update_skills", "level", "0x1p4", "is not a number" },
      { "users.update_skills", "level", "1e999", "is not a number" },
      { "users.update_skills", "level", "nan", "is not a number" },
      { "users.create", "role", "Learner", 'is not administrator, learneradmin or learner (did you mean "learner"?)' },
      { "users.create", "role", "boss", "is not administrator, learneradmin or learner" },
      { "users.create", "additionalFields", "[1]", "is not a JSON object" },
      { "users.create", "additionalFields", "{", "is not a JSON object" },
      { "assignments.create", "alternativeContentIds", "[1", "is not a JSON array" },
      { "assignments.create", "alternativeContentIds", "a;;b", "has nothing before, between or behind a semicolon" },
      { "audiences.managers.add", "permissions", "all", "is not a JSON object" },
    }
    for _, case in ipairs(faults) do
      it(("no %q to a %s, and says where"):format(case[3], case[2]), function()
        assert.equal(('people.csv:3: column "%s": "%s" %s'):format(case[2], case[3], case[4]),
          fault(case[1], ('%s\n\n"%s"\n'):format(case[2], case[3])))
      end)
    end

    it("names everything that is wrong with a row at once", function()
      assert.equal('people.csv:4: column "sso": "x y" is neither true nor false (nor yes, no, 1, 0); column "role": "'
        .. ("é"):rep(40) .. '…" is not administrator, learneradmin or learner',
        fault("users.create", 'ref,sso,role\n"U\n1",,\nU2,"x\ny",' .. ("é"):rep(60) .. "\n"))
    end)

    it("raises in the loop after the good rows", function()
      local path = os.tmpname()
      finally(function() os.remove(path) end)
      local file = assert(io.open(path, "wb"))
      file:write("ref,sso\nU1,yes\nU2,x\nU3,no\n")
      file:close()
      local seen = {}
      local message = raised(function()
        for row, line in csv.rows(path, { operation = "users.update" }) do seen[line] = row.ref end
      end)
      assert.same({ [2] = "U1" }, seen)
      assert.equal(path .. ':3: column "sso": "x" is neither true nor false (nor yes, no, 1, 0)', message)
    end)
  end)

  describe("clears", function()
    it("fields by a text of the caller's choice, and leaves empty cells alone", function()
      local cleared = { ref = "U1", jobTitle = thrive.null, managerRef = "NULL", additionalFields = { X = thrive.null } }
      assert.same({ cleared, { ref = "U2" } },
        parse("users.update", "ref,jobTitle,managerRef,cf.X\nU1,-,NULL,-\nU2,,,\n", { clear = "-" }))
    end)

    it("nothing unless it is asked to", function()
      assert.same({ { ref = "U1", jobTitle = "NULL" } }, parse("users.update", "ref,jobTitle\nU1,NULL\n"))
    end)

    it("no field that cannot be cleared", function()
      for _, text in ipairs { "role\nNULL\n", "ref\nNULL\n", "sso\nNULL\n" } do
        assert.equal(('people.csv:2: column "%s": "NULL" cannot clear this field'):format(text:match("%l+")),
          fault("users.update", text, { clear = "NULL" }))
      end
      assert.truthy(fault("users.create", "jobTitle\nNULL\n", { clear = "NULL" }):find("cannot clear this field", 1, true))
      assert.truthy(fault("users.create", "cf.X\nNULL\n", { clear = "NULL" }):find('column "cf.X": "NULL" cannot clear', 1, true))
    end)
  end)

  describe("of another shape", function()
    it("has the fields of what stands in a list", function()
      assert.same({ { id = "5f", tagName = "Excel", level = 2 } }, parse("users.update_skills", "id,tagName,level\n5f,Excel,2\n"))
      assert.same({ { audience = "dept-care", user = "U1" } }, parse("audiences.members.add", "audience,user\ndept-care,U1\n"))
      assert.same({ { audience = "a", reference = "U1", permissions = { peopleManager = { manage = true } } } },
        parse("audiences.managers.add", 'audience,reference,permissions\na,U1,"{""peopleManager"":{""manage"":true}}"\n'))
    end)

    it("has the user's fields of an event, and custom ones beside them", function()
      assert.same({ { ref = "U1", sso = true, department = "Care" } },
        parse("events.user_joined", "ref,sso,cf.department\nU1,1,Care\n"))
      assert.truthy(fault("events.user_joined", "ref,cf.email\n"):find('has no field of that name: "cf.email"', 1, true))
      assert.truthy(fault("events.user_deleted", "ref,cf.x\n"):find('has no field of that name: "cf.x"', 1, true))
    end)

    it("is Aptem's", function()
      assert.same({ { firstName = "Ann", weeklyHours = 5 } }, parse("aptem.users.create", "firstName,weeklyHours\nAnn,5\n"))
    end)

    it("is a list of names", function()
      local options = { fields = { "ref", "cost", "additionalFields" }, source = "x.csv" }
      assert.same({ { ref = "U1", cost = "5", additionalFields = { A = "b" } } }, csv.parse("ref,cost,cf.A\nU1,5,b\n", options))
      local _, err = csv.parse("reff,dept\n", options)
      assert.equal('x.csv:1: no such column is expected: "reff" (did you mean "ref"?), "dept"; the columns may be: ref, cost, '
        .. "additionalFields, and cf.Name for a custom field", tostring(err))
      _, err = csv.parse("ref,cf.A\n", { fields = { "ref" } })
      assert.equal('text:1: no such column is expected: "cf.A"; the columns may be: ref', tostring(err))
    end)

    it("is a file without a header", function()
      assert.same({ { ref = "U1", sso = true } }, parse("users.update", "U1,yes\n", { header = { "ref", "sso" } }))
      local message = fault("users.update", "U1,yes\n", { header = { "ref", "ssso" } })
      assert.truthy(message:find('"ssso" (did you mean "sso"?)', 1, true))
    end)
  end)

  it("knows every operation of the catalogue, and takes a file with all of its columns", function()
    local fields = require "thrive.csv.fields"
    for _, operation in ipairs(require("thrive.describe").operations()) do
      local plan, header = assert(fields.of_operation(operation.name)), {}
      for _, arg in ipairs(operation.entry.args or {}) do header[#header + 1] = arg[1] end
      for i, param in ipairs(plan.params) do header[i] = param[1] end
      if header[1] then
        assert.same({}, parse(operation.name, table.concat(header, ",") .. "\n"), operation.name)
      end
    end
  end)

  it("reads back what was written of a record", function()
    local record = { ref = "=U1", sso = false, jobTitle = "+44 5", additionalFields = { Site = "Leeds; north", Empty = "'@x" } }
    local text = assert(csv.format { record })
    assert.equal("jobTitle,ref,sso,cf.Empty,cf.Site\n", text:match("^[^\n]*\n"))
    assert.same({ record }, parse("users.update", text))
  end)

  describe("misuse", function()
    for _, case in ipairs {
      { { operation = "users.creat" }, 'there is no operation "users.creat" (did you mean "users.create"?)' },
      { { operation = "users" }, 'there is no operation "users"' },
      { { operation = "user.create" }, 'there is no operation "user.create" (did you mean "users.create"?)' },
      { { operation = 5 }, "'operation' has to be a string" },
      { { operation = "users.create", fields = { "a" } }, "'operation' has fields of its own: leave out 'fields'" },
      { { operation = "users.create", header = false }, "'operation' needs columns with names, and 'header' is false" },
      { { operation = "users.create", empty = "string" }, "'empty' cannot be \"string\" with 'operation'" },
      { { fields = "users.create" }, "'fields' has to be an array of names, not a string" },
      { { clear = "NULL" }, "'clear' needs 'operation', which knows what can be cleared" },
      { { operation = "users.create", clear = "" }, "'clear' cannot be empty" },
      { { operation = "users.create", clear = true }, "'clear' has to be a string" },
      { { ignore = { "a" } }, "'ignore' needs 'operation' or 'fields'" },
      { { operation = "users.create", ignore = "a" }, "'ignore' has to be an array of names, not a string" },
      { { raw = "yes" }, "'raw' has to be true or false" },
    } do
      it("raises at the caller: " .. case[2], function()
        for name, f in pairs { rows = csv.rows, open = csv.open, read = csv.read, parse = csv.parse } do
          local message = raised(function() return (f("a\n", case[1])) end)
          assert.equal(("csv.%s: %s"):format(name, case[2]), message:match("^[^:]*csv_fields_spec.lua:%d+: (.*)"):sub(1,
            #name + 6 + #case[2]))
        end
      end)
    end
  end)
end)
