-- `thrivelua api`: what people type that nobody has thought of, and what they are told then.
local command = require "spec.support.command"
local reading = require "spec.support.reading"

local records = command.records

describe("thrivelua api", function()
  local tenant

  -- One for each test: what one writes is nothing to the next, and a request of a command that has ended may come late.
  before_each(function() tenant = command.start(30) end)
  after_each(function() tenant:close() end)

  local function holds(text, ...)
    for _, part in ipairs { ... } do assert.truthy(text:find(part, 1, true), part .. " in " .. text) end
  end

  local function ends(words, code, ...)
    local result = tenant:api(words)
    assert.equal(code, result.code, result.err)
    holds(result.err, ...)
    return result.out, result.err
  end

  describe("in a dry run", function()
    it("keeps what it read clean: how many writes were planned is no data", function()
      for _, words in ipairs { "users list --limit 2 --fields ref -o json --dry-run", "users count --dry-run" } do
        local plain = tenant:api((words:gsub(" %-%-dry%-run", ""))).out
        assert.equal(plain, (ends(words, 0, "dry run: 0 writes planned")))
      end
    end)

    it("says nothing of a plan where nothing was understood", function()
      assert.is_nil(select(2, ends("users update --dry-run", 2)):find("planned", 1, true))
    end)

    it("does not end well when the plan could not be written", function()
      for _, words in ipairs { '"$P" api users delete U0020 --dry-run',
        '"$P" --dry-run -e \'thrive.client().users:delete("U0020")\'' } do
        local result = tenant:sh(words .. " >/dev/full")
        assert.equal(1, result.code, result.err)
        holds(result.err, "the plan cannot be written: ")
      end
    end)
  end)

  describe("behind --", function()
    it("takes ids for what they are, and named values as ever", function()
      holds(ends("users update --dry-run -- -U1 jobTitle=x", 0), '/rest/v2/users/ref/-U1 {"jobTitle":"x"}')
      holds(ends("users update --dry-run -- ref=U1 jobTitle=x", 0), "/rest/v2/users/ref/ref%3DU1 ")
      holds(ends("users add-tags --dry-run -- 5f2b8c9d1e3a4b5c6d7e8f91 --all -o", 0), '"--all","-o"')
    end)
  end)

  describe("an option of thrivelua behind api", function()
    it("is refused where it would run something else", function()
      ends("tags count --login", 2, "'--login' does not go with api")
      ends("tags count --doctor", 2, "'--doctor' does not go with api")
    end)

    it("says the same version as before it", function()
      assert.equal(tenant:sh('"$P" --version').out, (ends("--version", 0)))
    end)

    it("must not be empty where it has a value", function()
      ends("users update U1 --body ''", 2, "option '--body' must not be empty")
    end)
  end)

  describe("the help of a request by path", function()
    it("promises no pages", function()
      local text = ends("GET --help", 0)
      holds(text, "--limit N              at most N records\n")
      assert.is_nil(text:find("reads all pages", 1, true))
    end)
  end)

  describe("an id", function()
    it("never leads to another address, and it is said why not", function()
      ends("users get-by-ref ..", 2, [['ref' cannot be "..": that would lead to another address]])
    end)
  end)

  describe("a field that no record has", function()
    it("is told, for a column without anything looks like an answer", function()
      ends("users list --limit 2 --fields ref,wwwww", 0, "--fields: none of the 2 records has 'wwwww'")
      ends("users get-by-ref U0001 --fields wwwww", 0, "--fields: the record has no 'wwwww'")
      ends("users list --limit 2 --fields cf.departmnt", 0, "none of the 2 records has 'cf.departmnt' (did you mean "
        .. "'cf.department'?)")
      ends("GET /rest/v1/users --fields wwwww", 0, "has 'wwwww'")
    end)

    it("is told of an expression as well", function()
      ends([[users list --where 'u.statsu == "active"']], 0,
        "--where: none of the 30 records has 'statsu' (did you mean 'status'?)")
      ends([[users list --where 'cf.Department == "x"']], 0, "none of the 30 records has 'cf.Department' (did you mean "
        .. "'cf.department'?)")
      ends([[skills levels --where 'u.wwwww']], 0, "--where: none of the ")
    end)

    it("is no matter where the record may well be without it", function()
      for _, words in ipairs { "users list --limit 2 --fields ref,summary,cf.wwwww,rank.wwwww", "users list --where 'u.summary'",
        "users list --where 'u.ref == 1' --fields ref", "events user-updated ref=U0002 --fields wwwww --dry-run" } do
        assert.is_nil(select(2, ends(words, 0)):find("--fields:", 1, true))
      end
    end)
  end)

  describe("--where", function()
    it("knows the operators of other languages by name", function()
      for expression, hint in pairs { ["u.role != 1"] = "(in Lua != is ~=)", ["u.a && u.b"] = "(in Lua && is and)",
        ["u.a || u.b"] = "(in Lua || is or)", ["!u.a"] = "(in Lua ! is not)", ["u.a = 1"] = "(in Lua = is ==)" } do
        ends(("users list --where '%s'"):format(expression), 2, hint)
      end
      assert.is_nil(select(2, ends([[users list --where 'u.a == "!=" u']], 2)):find("in Lua", 1, true))
    end)

    it("has libraries of its own, so that it breaks nobody else's", function()
      local breaks = "(function() string.format, table.concat = nil end)() == nil"
      holds(ends(("users list --limit 1 --fields ref -o json --where '%s'"):format(breaks), 0), "U0001")
    end)
  end)

  describe("what is no record", function()
    it("is null, or a Lua chunk, when that is what it is or was asked for", function()
      tenant.sandbox:fault { path = "tags", status = 200, body = "null", times = 1 }
      assert.equal("null\n", (ends("GET /rest/v1/tags", 0)))
      assert.equal("return 30\n", (ends("users count -o lua", 0)))
      assert.equal("30\n", (ends("users count -o json", 0)))
    end)
  end)

  describe("custom fields of an event", function()
    it("stand beside the others: additionalFields is refused before anything is sent", function()
      ends("events user-updated ref=U0002 additionalFields.site=Leeds", 2,
        "'additionalFields' is not a field of an event", "cf.name")
      ends([[events user-updated ref=U0002 'additionalFields:={"site":1}']], 2, "'additionalFields' is not a field of an event")
      assert.equal(0, tenant:writes())
    end)
  end)

  describe("Ctrl-C", function()
    -- The command is ended when its request has arrived.
    local function interrupted(words)
      local pid, finish = tenant:launch("api " .. words)
      reading.until_so("a request arrives", function() return tenant.sandbox:count { method = "PATCH" } > 0 end)
      assert(os.execute("kill -INT " .. pid))
      local out, code = finish()
      assert.equal(130, code)
      assert.equal("", out)
      return tenant:read "err"
    end

    it("in the middle of a write says that nobody knows what became of it", function()
      tenant.sandbox:fault { method = "PATCH", path = "users", delay = 30 }
      holds(interrupted "users update U0001 jobTitle=x",
        "interrupted: users update: what was being sent may or may not have been done")
    end)

    it("in the middle of a request by path as well", function()
      tenant.sandbox:fault { method = "PATCH", path = "users", delay = 30 }
      holds(interrupted "PATCH /rest/v2/users/ref/U0001 jobTitle=x", "interrupted: PATCH: what was being sent may or may not")
    end)
  end)

  describe("a value", function()
    it("that the service tells and is not told is refused, where it would not be sent", function()
      ends("audiences managers add sales reference=U0002 permissions.peopleManager.manage=true email=x@y.z --dry-run", 2,
        "'email' cannot be given")
      assert.is_nil(ends("audiences managers add --help", 0):find("\n  email ", 1, true))
    end)

    it("within an object is put into that of --body, and takes nothing out of it", function()
      holds(ends([[users update U1 --body '{"additionalFields":{"y":1,"x":2}}' cf.x=3 --dry-run]], 0),
        '{"additionalFields":{"x":"3","y":1}}')
    end)

    it("of a custom field wants a name", function()
      ends("users update U1 cf.=3", 2, "'cf.': the name of the custom field is missing")
    end)
  end)

  describe("--from-csv", function()
    it("passes over rows of nothing but separators, which spreadsheets leave behind", function()
      tenant:file("a.csv", "ref,jobTitle\nU0001,x\n,\n,\n")
      local out = ends("users update --from-csv a.csv", 0, "a.csv: 2 empty rows were passed over", "1 row: 1 success")
      assert.equal(1, #records(out))
    end)

    it("keeps the order of rows about the same person, however many are sent at once", function()
      tenant.sandbox:fault { method = "PATCH", path = "users/ref/U0003", delay = 0.3, times = 1 }
      tenant:file("b.csv", "ref,jobTitle\nU0003,first\nU0004,other\nU0003,second\nU0003,third\n")
      ends("users update --from-csv b.csv", 0)
      local order, times = {}, {}
      for _, request in ipairs(tenant.sandbox:requests { method = "PATCH", path = "/rest/v2/users/ref/U0003" }) do
        order[#order + 1] = request.body:match('"jobTitle":"(%a+)"')
        times[#times + 1] = request.time
      end
      assert.same({ "first", "second", "third" }, order)
      assert.is_true(times[2] - times[1] >= 0.29, "the second was sent before the first was answered")
    end)

    it("tells how to leave columns out, and what custom fields are called", function()
      tenant:file("c.csv", "ref,note,Shoe size\nU0001,x,9\n")
      ends("users suspend --from-csv c.csv", 2, "'note' and 'Shoe size' are not fields", "--column NAME")
      ends("users update --from-csv c.csv", 2, "'Shoe size' is not a field", "a custom field is called cf.NAME")
    end)

    it("does not send people to a file of failures that could not be written", function()
      tenant:file("g.csv", "ref,jobTitle\nNOBODY,x\n")
      local _, err = ends("users update --from-csv g.csv --failed /dev/full", 1, "/dev/full: cannot write: ")
      assert.is_nil(err:find("those that failed are in", 1, true), err)
    end)

    it("speaks of --encoding, not of the options of a library", function()
      tenant:file("d.csv", "ref,jobTitle\nU0001,caf\xe9\n")
      ends("users update --from-csv d.csv", 2, "--encoding cp1252")
      tenant:file("e.csv", "\xff\xfer\0e\0f\0")
      ends("users update --from-csv e.csv", 2, "--encoding utf-16")
      tenant:file("f.csv", "ref,startDate\nU0001,31/12/2026\n")
      assert.is_nil(select(2, ends("users update --from-csv f.csv", 2)):find("epoch", 1, true))
    end)
  end)
end)
