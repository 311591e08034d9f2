-- `thrivelua api`: reading, writing, formats and exit statuses, as a shell and cron see them.
local command = require "spec.support.command"
local interp = require "spec.support.interp"
local json = require("thrive.core").json
local reading = require "spec.support.reading"
local terminal = require "spec.support.terminal"

local records = command.records

local function refs(text)
  local list = {}
  for i, record in ipairs(records(text)) do list[i] = record.ref end
  return list
end

describe("thrivelua api", function()
  local tenant

  -- One for each test: what one writes is nothing to the next, and a request of a command that has ended may come late.
  before_each(function() tenant = command.start(130) end)
  after_each(function() tenant:close() end)

  local function ok(words, stdin, env)
    local result = tenant:api(words, stdin, env)
    assert.equal(0, result.code, result.err)
    return result.out, result.err
  end

  -- A command that makes no sense: nothing on standard output, these words on standard error, nothing sent.
  local function misuse(words, ...)
    local result = tenant:api(words)
    assert.equal(2, result.code, words .. "\n" .. result.err)
    assert.equal("", result.out)
    for _, text in ipairs { ... } do assert.truthy(result.err:find(text, 1, true), text .. " in " .. result.err) end
    assert.is_nil(result.err:find(".lua:", 1, true), result.err)
    assert.same({}, tenant.sandbox:requests())
    return result.err
  end

  describe("reading a list", function()
    it("gives the first page, and says on standard error that there is more", function()
      local out, err = ok "users list"
      assert.equal(100, #records(out))
      assert.truthy(err:find("100 of 130 records, 30 more: --all reads all of them, page=2 the next ones", 1, true), err)
      assert.equal(1, #tenant.sandbox:requests())
    end)

    it("says nothing when the page is all there is", function()
      local out, err = ok "users list --per-page 1000"
      assert.equal(130, #records(out))
      assert.equal("", err)
    end)

    it("counts what is left behind a later page", function()
      local _, err = ok "users list page=2 perPage=50"
      assert.truthy(err:find("50 of 130 records, 30 more", 1, true), err)
      _, err = ok "users list page=3 perPage=50"
      assert.equal("", err)
    end)

    it("says that there may be more where the service gives no totals", function()
      local out, err = ok "completions list perPage=5"
      assert.equal(5, #records(out))
      assert.truthy(err:find("5 records, and there may be more: --all", 1, true), err)
    end)

    it("gives everything with --all, and with the other words for it", function()
      for _, words in ipairs { "users list --all", "users all", "users each --per-page 25", "users pages" } do
        local out, err = ok(words)
        assert.equal(130, #records(out), words)
        assert.equal("", err)
      end
    end)

    it("gives so many with --limit, over pages, and asks for no more than that", function()
      assert.same({ "U0001", "U0002", "U0003" }, refs(ok "users list --limit 3"))
      assert.truthy(tenant.sandbox:requests()[1].target:find("perPage=3", 1, true))
      assert.equal(45, #records(ok "users list --limit 45 perPage=20"))
    end)

    it("goes on from the page that is asked for", function()
      assert.equal(30, #records(ok "users list --all page=2"))
      assert.equal(10, #records(ok "users list --limit 10 page=2"))
      assert.same("U0101", refs(ok "users list --limit 10 page=2")[1])
    end)

    it("takes parameters in any spelling of their names", function()
      local whole = records(ok "users list --all --status active")
      for _, words in ipairs { "status=active", "--status=active", "statuses=active", "--statuses active,inactive" } do
        assert.truthy(#records(ok("users list --all " .. words)) >= #whole, words)
      end
      assert.equal(7, #records(ok "users list --per-page 7"))
      assert.equal(7, #records(ok "users list per-page=7"))
      assert.equal(7, #records(ok "users list --perPage=7"))
    end)

    it("joins what is given again, where it is a list", function()
      ok "users list statuses=active statuses=new --statuses expired"
      assert.truthy(tenant.sandbox:requests()[1].target:find("statuses=active%2Cnew%2Cexpired", 1, true))
      tenant.sandbox:clear_requests()
      misuse("users list page=1 page=2", "'page' is given twice")
    end)

    it("shows the fields that are asked for, custom and nested ones as well", function()
      local out = ok "users list --limit 2 --fields ref,cf.department,rank.currentLevel,positions.1.title"
      local first = records(out)[1]
      assert.equal("U0001", first.ref)
      assert.equal("People", first["cf.department"])
      assert.is_number(first["rank.currentLevel"])
      assert.is_string(first["positions.1.title"])
      assert.is_nil(first.email)
    end)

    it("prints the number of records by count", function()
      assert.equal("130\n", (ok "users count"))
      assert.equal("30\n", (ok "tags count"))
      assert.equal(2, tenant:api("users count --where 1").code)
    end)

    it("knows groups in groups, with a blank or a dot", function()
      local out = ok "cpd categories list"
      assert.truthy(#records(out) > 0)
      assert.equal(out, (ok "cpd.categories list"))
      assert.equal(out, (ok "cpd.categories.list"))
      assert.truthy(#records(ok "audiences members list dept-care") > 0)
      assert.truthy(#records(ok "skills levels") > 0)
      assert.equal((ok "audiences managers list dept-care"), (ok "audiences managers list dept-care --all"))
    end)
  end)

  describe("--where", function()
    it("reads all pages and gives what the expression lets through", function()
      local out, err = ok [[users list perPage=25 --where 'u.ref:find("5$") and tonumber(u.ref:sub(2)) > 100']]
      assert.same({ "U0105", "U0115", "U0125" }, refs(out))
      assert.equal("", err)
    end)

    it("sees the record as record too, and custom fields as cf, also where there are none", function()
      local out = ok [[users list --where 'record.ref == "U0001" and cf.department == "People" and cf.nothing == nil']]
      assert.same({ "U0001" }, refs(out))
    end)

    it("sees what --fields does not show", function()
      assert.same({ { ref = "U0001" } }, records(ok [[users list --fields ref --where 'u.role == "administrator"']]))
    end)

    it("counts with --limit what passes", function()
      local out = ok [[users list perPage=10 --limit 3 --where 'u.ref > "U0050"']]
      assert.same({ "U0051", "U0052", "U0053" }, refs(out))
    end)

    it("names the record for which it fails, and ends with 1", function()
      local result = tenant:api [[users list --where 'u.ref == "U0001" or u.nothing.more']]
      assert.equal(1, result.code)
      assert.equal("thrivelua: --where failed for record 2 (ref U0002): attempt to index a nil value (field 'nothing')\n",
        result.err)
    end)

    it("reaches no files, processes or globals, and sets none", function()
      for _, name in ipairs { "os", "io", "require", "load", "thrive", "_G", "debug", "dofile", "collectgarbage" } do
        local result = tenant:api(("users list --where '%s'"):format(name))
        assert.equal(1, result.code, name)
        assert.truthy(result.err:find(("'%s' is not known here"):format(name), 1, true), result.err)
      end
      local result = tenant:api [[users list --where '(function() x = 1 end)()']]
      assert.truthy(result.err:find("an expression sets no variable ('x')", 1, true), result.err)
    end)

    it("is refused before anything is sent when it is no expression", function()
      misuse([[users list --where 'u.ref =']], "--where: <eof> expected near '='", "in: u.ref =")
      misuse([[users list --where '']], "'--where' must not be empty")
      misuse([[users list --where 'true' page=2]], "--where reads all pages")
    end)

    it("works on lists without pages and on requests by path", function()
      assert.equal(1, #records(ok [[skills levels --where 'u.name == "Expert"']]))
      assert.equal(1, #records(ok [[GET /rest/v1/users perPage=20 --where 'u.ref == "U0007"']]))
    end)
  end)

  describe("one record", function()
    it("is one line of JSON in a pipe", function()
      local out = ok "users get-by-ref U0007"
      assert.equal("U0007", assert(json.decode(out)).ref)
      assert.equal(1, select(2, out:gsub("\n", "\n")))
      assert.equal("U0007", records(ok "users get_by_ref U0007 -o json")[1].ref)
    end)

    it("takes its id by name as well, and whatever characters it has", function()
      assert.same({ "U0007" }, refs(ok "users get-by-ref ref=U0007"))
      assert.same({ "U0007" }, refs(ok "users get-by-ref --ref U0007"))
      local result = tenant:api "users get-by-ref -- --all"
      assert.equal(5, result.code)
      assert.truthy(result.err:find("ref '--all'", 1, true), result.err)
    end)
  end)

  describe("writing", function()
    it("shows what came back", function()
      local out = ok("users create ref=W1 firstName=Żaneta --last-name 'van der Berg' email=w1@example.org --sso "
        .. "cf.department=Care")
      local made = records(out)[1]
      assert.equal("van der Berg", made.lastName)
      assert.equal("Care", made.additionalFields.department)
      assert.is_true(made.sso)
      local user = tenant.sandbox:user("W1")
      assert.equal("Żaneta", user.firstName)
    end)

    it("clears a field with name:=null", function()
      ok "users update U0009 jobTitle=Nurse"
      assert.equal("Nurse", tenant.sandbox:user("U0009").jobTitle)
      assert.is_nil(records(ok "users update U0009 jobTitle:=null")[1].jobTitle)
      assert.is_nil(tenant.sandbox:user("U0009").jobTitle)
      assert.equal("null", records(ok [[users update U0009 lastName=null]])[1].lastName) -- some people are called so
    end)

    it("takes fields as JSON, from a word, a file and standard input, the words on top", function()
      ok [[users update U0010 --body '{"jobTitle":"Cook","domain":"a.example"}' domain=b.example]]
      assert.equal("Cook", tenant.sandbox:user("U0010").jobTitle)
      assert.equal("b.example", tenant.sandbox:user("U0010").domain)
      tenant:file("body.json", '{"jobTitle":"Chef"}')
      ok "users update U0010 --body @body.json"
      assert.equal("Chef", tenant.sandbox:user("U0010").jobTitle)
      ok("users update U0010 --body -", '{"jobTitle":"Baker"}')
      assert.equal("Baker", tenant.sandbox:user("U0010").jobTitle)
      ok([[audiences members replace group-mentors --yes --body '["U0001","U0002"]']])
    end)

    it("does not touch standard input unless it is told to", function()
      local result = tenant:sh [[printf 'jobTitle=x\n' | { "$P" api users update U0011 jobTitle=Vet >/dev/null; cat; }]]
      assert.equal("jobTitle=x\n", result.out)
    end)

    it("says nothing on standard output where there is nothing to show", function()
      ok "users create ref=W2 firstName=A lastName=B email=w2@example.org"
      local out, err = ok "users delete W2"
      assert.equal("", out)
      assert.equal("", err) -- it is no terminal
      assert.is_nil(tenant.sandbox:user("W2"))
    end)

    it("shows one outcome for every entry of a list, and 3 when some failed", function()
      local result = tenant:api "audiences members add group-mentors U0003 nobody@example.org"
      assert.equal(3, result.code)
      local outcomes = records(result.out)
      assert.same({ input = "U0003", outcome = "success" }, outcomes[1])
      assert.equal("failure", outcomes[2].outcome)
      assert.is_string(outcomes[2].reason)
      assert.equal("thrivelua: audiences members add: of 2 entries 1 failed\n", result.err)
    end)

    it("takes lists of records by their fields, each name again beginning the next one", function()
      local id = records(ok "users get-by-ref U0012")[1].id
      local out = ok(("users update-skills %s tagName=Coaching level=1 tagName=Safeguarding level=2 --dry-run"):format(id))
      assert.truthy(out:find('"level":1,"tagName":"Coaching"', 1, true)
        or out:find('"tagName":"Coaching","level":1', 1, true), out)
      assert.truthy(out:find("Safeguarding", 1, true))
      ok "audiences managers add dept-care reference=U0002 permissions.audienceManager.assignments=true"
      local managers = records(ok "audiences managers list dept-care")
      local found
      for _, manager in ipairs(managers) do found = found or manager.reference == "U0002" and manager end
      assert.is_true(found.permissions.audienceManager.assignments)
    end)

    it("sends events, with custom fields beside the others and details of the envelope", function()
      ok "events user-joined ref=E1 firstName=Ines lastName=Abadi email=e1@example.org department=Care id=evt-7"
      assert.equal("Care", tenant.sandbox:user("E1").additionalFields.department)
      ok "events user_joined ref=E2 firstName=I lastName=A email=e2@example.org cf.department=Sales"
      assert.equal("Sales", tenant.sandbox:user("E2").additionalFields.department)
      ok "events user-suspended ref=E1"
      assert.is_false(tenant.sandbox:user("E1").active)
    end)

    it("sends nothing in a dry run, wherever the option stands, and prints the plan", function()
      for _, words in ipairs { '"$P" --dry-run api users delete U0020', '"$P" api --dry-run users delete U0020',
        '"$P" api users delete U0020 --dry-run', '"$P" api DELETE /rest/v2/users/ref/U0020 --dry-run' } do
        local result = tenant:sh(words)
        assert.equal(0, result.code, result.err)
        assert.truthy(result.out:find("DELETE /rest/v2/users/ref/U0020", 1, true), result.out)
      end
      assert.equal(0, tenant:writes())
      assert.is_table(tenant.sandbox:user("U0020"))
    end)
  end)

  describe("a request by method and path", function()
    it("shows the records of a list, and which page it is", function()
      local out, err = ok "GET /rest/v1/tags perPage=2"
      assert.equal(2, #records(out))
      assert.truthy(err:find("page 1 of 15: page=2 reads the next one", 1, true), err)
      assert.equal(out, (ok "get '/rest/v1/tags?perPage=2'"))
      assert.equal(out, (ok "GET /rest/v1/tags --query perPage=2"))
    end)

    it("sends words and --body as JSON", function()
      ok "PATCH /rest/v2/users/ref/U0021 jobTitle=Smith domain:=null"
      assert.equal("Smith", tenant.sandbox:user("U0021").jobTitle)
      ok [[PATCH /rest/v2/users/ref/U0021 --body '{"jobTitle":"Potter"}']]
      assert.equal("Potter", tenant.sandbox:user("U0021").jobTitle)
      ok [[POST /rest/v1/audiences/group-mentors/members --body '["U0004"]']]
    end)

    it("goes to the webhooks host when told to", function()
      ok("POST /webhooks --host webhooks --body -", '{"id":"raw-1","timestamp":"2026-01-01T00:00:00Z",'
        .. '"eventType":"user_suspended","content":{"user":{"ref":"U0022"}}}')
      assert.is_false(tenant.sandbox:user("U0022").active)
    end)

    it("refuses --all, and names the list that has it", function()
      misuse("GET /rest/v1/tags --all", "thrivelua api tags list --all")
      misuse("GET /rest/v1/audiences/x/members --all", "thrivelua api audiences members list --all")
      misuse("GET /rest/v1/nothing --all", "nobody knows how this path is cut into pages")
    end)

    it("refuses what makes no sense", function()
      misuse("GET", "the path is missing")
      misuse("GET rest/v1/tags", "the path begins with '/'")
      misuse("GET '/rest/v1/a b'", "percent-encoded")
      misuse("GET /rest/v1/tags tag", "'tag' is not name=value")
      misuse("GET /rest/v1/tags --body '{}'", "GET has no body")
      misuse("GET /rest/v1/tags --host elsewhere", "'--host' must be api or webhooks")
      misuse("POST /rest/v1/x --body '[1]' a=b", "name=value needs an object")
    end)
  end)

  describe("a command that makes no sense", function()
    it("is told all that is wrong with it", function()
      misuse("users create frstName=Ada role=admin sso=maybe",
        "thrivelua: users create: 'frstName' is not a field (did you mean 'firstName'?); missing 'ref'; missing 'firstName'",
        "missing 'lastName'", "'role' must be administrator, learneradmin or learner (got \"admin\")",
        "'sso' must be true or false (got \"maybe\")", "'thrivelua api users create --help' shows what it takes")
      misuse("users update sso=maybe tags:=[", "missing ref", "'tags' is not JSON", "'sso' must be true or false")
      misuse("users list perPage=many page=0 updatedSince=yesterday", "'perPage' must be an integer (got \"many\")",
        "'page' must be at least 1", "'updatedSince' must be a date like")
      misuse("assignments create audienceId=a contentId=b completionPeriod=1.5", "'completionPeriod' must be an integer")
    end)

    it("is told what was probably meant", function()
      misuse("user list", "there is no group 'user' (did you mean 'users'?)")
      misuse("users lst", "users has no verb 'lst' (did you mean 'list'?)")
      misuse("audiences member list", "audiences has no verb 'member' (did you mean 'members'?)")
      misuse("users update U0009 jobTitle=null", "'jobTitle=null' is the text null: 'jobTitle:=null' clears the field")
      misuse("users update U0009 --job-title null", "'jobTitle:=null' clears the field")
      misuse("users list limit=5 max_retries=1", "'limit' is an option: --limit", "'max_retries' is an option: --max-retries")
      misuse("users list --staus active", "unknown option '--staus' (did you mean '--status'?)")
      misuse("users list --sandbx", "unknown option '--sandbx' (did you mean '--sandbox'?)")
      misuse("users list --fields ref,emial", "--fields: 'emial' is not a field of User (did you mean 'email'?)")
      misuse("users get-by-ref U1 --fields emial", "'emial' is not a field of BasicUser (did you mean 'email'?)")
      misuse("users list -o jsno", "there is no format 'jsno' (did you mean 'json'?): say -o table, json, ndjson, csv, ")
    end)

    it("is refused for the rest as well", function()
      misuse("users get", "missing id (the user's Thrive id")
      misuse("users get a b", "'b' is not name=value")
      misuse("users update U1", "no fields given")
      misuse("users delete U1 jobTitle=x", "'jobTitle' is not a name here")
      misuse("users list --limit 0", "'--limit' must be a whole number from 1 (got \"0\")")
      misuse("users list --limit", "'--limit' needs a value")
      misuse("users list --limit 1 --limit 2", "'--limit' is given twice")
      misuse("users list --all=1", "takes no value")
      misuse("users list -x", "unknown option '-x'")
      misuse("users list --column a", "'--column' is for writes")
      misuse("users get-by-ref U1 --all", "'--all' is for lists")
      misuse("users list --bom -o tsv", "'--bom' goes with -o csv")
      misuse("users count --bom", "'--bom' is for what returns records")
      misuse("users create --failed x", "'--failed' goes with --from-csv")
      misuse("audiences members add sales", "missing users")
      misuse("audiences members replace sales --body '{}'", "takes an array")
      misuse("users update U1 --body '[1]'", "takes an object")
      misuse("users update U1 --body '{'", "--body: invalid JSON")
      misuse("users update U1 --body @nowhere.json", "cannot open nowhere.json")
      misuse("users get-by-ref ''", "'ref' must be a non-empty string")
      misuse("users list --timeout 0", "'--timeout' must be a number of seconds above 0")
      misuse("users delete U1 cf.a=b", "takes no custom fields")
    end)

    it("shows the help on standard error when it stops at a group, and ends with 2", function()
      for _, words in ipairs { "", "users", "cpd", "audiences members" } do
        local result = tenant:api(words)
        assert.equal(2, result.code)
        assert.equal("", result.out)
        assert.truthy(result.err:find("^usage: thrivelua api " .. words))
        local asked = tenant:api(words .. " --help")
        assert.equal(0, asked.code)
        assert.equal(result.err, asked.out)
        assert.equal("", asked.err)
      end
    end)

    it("is judged before credentials are looked for", function()
      local nothing = { THRIVE_TENANT_ID = false, THRIVE_API_KEY = false }
      local result = tenant:api("users create ref=1", nil, nothing)
      assert.equal(2, result.code)
      assert.truthy(result.err:find("missing 'firstName'", 1, true))
      result = tenant:api("users list", nil, nothing)
      assert.equal(4, result.code)
      assert.truthy(result.err:find("no credentials", 1, true))
      assert.equal(0, tenant:api("users create --help", nil, nothing).code)
    end)
  end)

  describe("the exit status", function()
    local function status_of(words, env)
      local result = tenant:api(words .. " --max-retries 0", nil, env)
      assert.equal("", result.out)
      assert.truthy(result.err:find("^thrivelua: ") and not result.err:find("traceback", 1, true), result.err)
      assert.equal(1, select(2, result.err:gsub("\n", "\n")))
      return result.code
    end

    it("is 4 for refused credentials", function()
      assert.equal(4, status_of("users list", { THRIVE_API_KEY = "wrong" }))
    end)

    it("is 5 for what the API refuses", function()
      assert.equal(5, status_of "users get-by-ref nobody")
      assert.equal(5, status_of "users create ref=U0001 firstName=A lastName=B email=c@example.org")
      assert.equal(5, status_of "users create ref=Q1 firstName=A lastName=B email=none")
    end)

    it("is 6 for a server or network in trouble, and for a write that may have been made", function()
      tenant.sandbox:fault { status = 500, times = 1 }
      assert.equal(6, status_of "users list")
      tenant.sandbox:fault { method = "POST", reset = "after", times = 1 }
      assert.equal(6, status_of "users create ref=Q2 firstName=A lastName=B email=q2@example.org")
      assert.equal(6, status_of("users list", { THRIVE_BASE_URL = "http://127.0.0.1:1" }))
      tenant.sandbox:fault { delay = 5, times = 1 }
      assert.equal(6, status_of "users list --timeout 0.2")
    end)

    it("is 7 for a write that is guarded against", function()
      assert.equal(7, status_of "users delete U0001 --read-only")
      assert.is_table(tenant.sandbox:user("U0001"))
    end)

    it("is 6 for a list that breaks off, of which JSON is no document then", function()
      tenant.sandbox:fault { path = "/rest/v1/users", query = { page = "3" }, status = 500, times = 10 }
      local result = tenant:api "users list --all perPage=25 --max-retries 0 -o json"
      assert.equal(6, result.code)
      assert.truthy(#result.out > 0)
      assert.is_nil((json.decode(result.out)))
      result = tenant:api "users list --all perPage=25 --max-retries 0"
      assert.equal(50, #records(result.out))
    end)

    for signal, status in pairs { INT = 130, TERM = 143 } do
      it(("is %d when SIG%s ends it, at once and quietly"):format(status, signal), function()
        tenant.sandbox:fault { delay = 30, times = 10 }
        local pid, finish = tenant:launch "api users list"
        reading.until_so("the request", function() return tenant.sandbox:count() > 0 end)
        assert(os.execute(("kill -%s %s"):format(signal, pid)))
        local out, code = finish()
        assert.equal(status, code)
        assert.equal("", out)
        assert.equal("", tenant:read("err"))
      end)
    end
  end)

  describe("output", function()
    it("is one array as JSON, over all pages, and an empty one for nothing", function()
      local list = assert(json.decode((ok "content list --all perPage=25 -o json")))
      assert.equal(tonumber((ok "content count")), #list)
      assert.is_true(json.isarray(list))
      assert.equal("[]\n", (ok [[users list -o json --where 'false']]))
      assert.equal("", (ok [[users list --where 'false']]))
    end)

    it("has the columns in the order of --fields, or in the documented one", function()
      assert.equal("email,ref,cf.department\n", (ok "users list --limit 1 --fields email,ref,cf.department -o csv")
        :match("^[^\n]*\n"))
      assert.truthy((ok "users list --limit 1 -o csv"):find("^id,ref,firstName,lastName,email,role,status,"))
      assert.equal("\u{FEFF}ref,status\nU0001,active\n", (ok "users list --limit 1 --fields ref,status -o csv --bom"))
      assert.equal("ref\tstatus\nU0001\tactive\n", (ok "users list --limit 1 --fields ref,status -o tsv"))
      assert.equal("| ref | status |\n|---|---|\n| U0001 | active |\n", (ok "users list --limit 1 --fields ref,status -o md"))
    end)

    it("can be read back as Lua", function()
      local list = assert(load((ok "users list --limit 3 -o lua")))()
      assert.equal("U0003", list[3].ref)
      assert.equal("U0007", assert(load((ok "users get-by-ref U0007 -olua")))().ref)
    end)

    it("is a table when it is asked for, without colours in a pipe", function()
      local out = ok "users list --limit 2 --fields ref,email --output=table"
      assert.truthy(out:find("U0001", 1, true) and out:find("email", 1, true))
      assert.is_nil(out:find("\27", 1, true))
    end)

    it("ends quietly when nobody reads on", function()
      local result = tenant:sh [["$P" api users list --all perPage=5 -o csv | head -1]]
      assert.truthy(result.out:find("^id,ref"))
      assert.equal("", result.err)
      -- A parent that ignores SIGPIPE hands that down: then it is an error of writing.
      result = tenant:sh [[(trap '' PIPE; "$P" api users list --all perPage=5; echo "$?" >status) | head -1]]
      assert.equal("", result.err)
      assert.equal("141\n", tenant:read("status"))
    end)

    it("is not taken for whole when the disk is full", function()
      local result = tenant:sh [["$P" api users list --all >/dev/full]]
      assert.equal(1, result.code)
      assert.truthy(result.err:find("cannot write", 1, true) and result.err:find("No space left", 1, true), result.err)
      assert.equal(1, tenant:sh([["$P" api users count >/dev/full]]).code)
      assert.equal(1, tenant:sh([["$P" api --help >/dev/full]]).code)
    end)
  end)

  describe("without a terminal, as under cron", function()
    it("works with next to no environment and with standard input closed", function()
      local env = tenant.env
      local result = tenant:sh(([[env -i THRIVE_BASE_URL=%s THRIVE_TENANT_ID=%s THRIVE_API_KEY=%s "$P" api users list ]]
        .. [[--limit 2 --fields ref <&- 2>err]]):format(env.THRIVE_BASE_URL, env.THRIVE_TENANT_ID, env.THRIVE_API_KEY))
      assert.equal(0, result.code)
      assert.same({ "U0001", "U0002" }, refs(result.out))
      assert.equal("", tenant:read("err"))
    end)
  end)

  describe("on a terminal", function()
    -- What a command shows on a screen of 100 columns, and what it wrote to get there.
    local function shown(words, env, keys)
      local all = {}
      for name, value in pairs(tenant.env) do all[name] = value end
      for name, value in pairs(env or {}) do all[name] = value end
      local screen <close> = terminal.open {
        program = interp.thrivelua(), command = '"$P" api ' .. words, directory = tenant.directory, env = all, columns = 100,
      }
      if keys then
        screen:wait_for(keys[1])
        screen:type(keys[2]):key("Enter")
      end
      local code = screen:exit_code()
      return screen:screen(), screen:raw(), code
    end

    it("shows a list as a table that fits, with colours unless NO_COLOR is set", function()
      local screen, raw = shown "users list --limit 3"
      assert.truthy(screen:find("ref +firstName +lastName +email"), screen)
      assert.truthy(screen:find("U0003", 1, true))
      assert.truthy(raw:find("\27[1m", 1, true))
      for line in screen:gmatch("[^\n]+") do assert.truthy(utf8.len(line) <= 100) end
      local _, plain = shown("users list --limit 3", { NO_COLOR = "1" })
      assert.is_nil(plain:find("\27[1m", 1, true))
      screen = shown "users list --limit 3 --fields ref,email -o ndjson"
      assert.truthy(screen:find('^{"email":"[^"]+","ref":"U0001"}\n'), screen)
    end)

    it("shows one record as its fields, and never a pager", function()
      local screen, _, code = shown("users get-by-ref U0001", { PAGER = "cat >pager", LESS = "" })
      assert.truthy(screen:find("ref +U0001"), screen)
      assert.truthy(screen:find("cf.department +People"), screen)
      assert.equal(0, code)
      assert.is_nil(io.open(tenant.directory .. "/pager"))
    end)

    it("says that a write that returns nothing is done", function()
      tenant:api "users create ref=T1 firstName=A lastName=B email=t1@example.org"
      local screen, _, code = shown("users delete T1 --yes")
      assert.equal(0, code)
      assert.truthy(screen:find("thrivelua: users delete T1: done", 1, true), screen)
    end)
  end)

  it("works with the rock's thrivelua as well", function()
    local root = interp.root()
    local result = tenant:sh(([[LUA_PATH="%s/lua/?.lua;;" LUA_CPATH="%s/build/?.so;;" %s %s/bin/thrivelua api users list ]]
      .. "--limit 2 --fields ref"):format(root, root, interp.lua(), root))
    assert.equal(0, result.code, result.err)
    assert.same({ "U0001", "U0002" }, refs(result.out))
    result = tenant:sh(([[LUA_PATH="%s/lua/?.lua;;" LUA_CPATH="%s/build/?.so;;" %s %s/bin/thrivelua api users get-by-ref x]])
      :format(root, root, interp.lua(), root))
    assert.equal(5, result.code)
  end)
end)
