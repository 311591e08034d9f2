-- The main example end to end: a feed, a sandbox, real HTTP, and what the tenant looks like afterwards.

local csv = require "thrive.csv"
local sandboxes = require "thrive.sandbox"
local interp = require "spec.support.interp"

local ROOT = interp.root()
local FEED = ROOT .. "/examples/data/hr.csv"
local HEADER = "employee_id,first_name,last_name,email,job_title,manager_id,department,location,start_date,end_date,status\n"

describe("examples/hr_sync.lua", function()
  local directory, sandbox

  before_each(function()
    directory = interp.directory()
    sandbox = assert(sandboxes.start{ users = 500 })
  end)

  after_each(function()
    sandbox:stop()
    interp.remove(directory)
  end)

  local function sync_with(program, words)
    return interp.run(directory, program, '"$P" ' .. words:gsub("^(.-)hr_sync", "%1" .. ROOT .. "/examples/hr_sync.lua"), {
      THRIVE_BASE_URL = sandbox.base_url, THRIVE_TENANT_ID = sandbox.tenant_id, THRIVE_API_KEY = sandbox.api_key,
      LUA_PATH = ROOT .. "/lua/?.lua;;", LUA_CPATH = ROOT .. "/build/?.so;;", FEED = FEED,
    })
  end

  local function sync(words)
    return sync_with(interp.thrivelua(), words)
  end

  local function feed(...)
    interp.write(directory .. "/feed.csv", HEADER .. table.concat({ ... }, "\n") .. "\n")
  end

  -- A line of a feed that says what the tenant says already, with what the test changes.
  local function line_of(ref, change)
    local user = assert(sandbox:user(ref))
    local cells = { ref, user.firstName, user.lastName, user.email, user.jobTitle, user.managerRef,
      user.additionalFields.department, user.additionalFields.location, "", "", "Active" }
    for column, value in pairs(change or {}) do cells[column] = value end
    for i = 1, 11 do cells[i] = cells[i] or "" end
    return table.concat(cells, ",")
  end

  local function counts(result)
    local found, out = {}, result.out
    for name, n in out:gsub("^.*\n(.-created)", "%1"):gmatch("(%a+) (%d+)") do found[name] = tonumber(n) end
    assert(found.created, out .. result.err)
    return found
  end

  local function writes()
    local n = 0
    for _, request in ipairs(sandbox:requests()) do
      if request.method ~= "GET" then n = n + 1 end
    end
    return n
  end

  -- Somebody of the seeded tenant of whom fits() is true.
  local function somebody(fits)
    for _, user in ipairs(sandbox:users()) do
      if user.ref ~= "U0001" and fits(user) then return user end
    end
    error("nobody fits")
  end

  local function is_suspended(user) return user.status == "inactive" or user.status == "expired" end

  it("brings the tenant in line with the feed, and then has nothing left to do", function()
    local before = {}
    for _, user in ipairs(sandbox:users()) do before[user.ref] = user end
    local first = sync('hr_sync "$FEED"')
    assert.equal("", first.err)
    assert.equal(0, first.code)
    local done, people, left = counts(first), 0, 0
    for _ in csv.rows(FEED) do people = people + 1 end
    assert.is_true(people >= 320)
    assert.equal(people, done.created + done.updated + done.suspended + done.returned + done.unchanged)
    for name, least in pairs{ created = 20, updated = 25, suspended = 8, returned = 4, unchanged = 250 } do
      assert.is_true(done[name] >= least, name .. " " .. done[name])
    end
    assert.equal(0, done.failed)
    assert.equal(done.created + done.updated + done.suspended + done.returned, writes())

    local wrong, listed = {}, {}
    for row in csv.rows(FEED, { trim = true }) do
      local user, ref = sandbox:user(row.employee_id), row.employee_id
      listed[ref] = true
      local function check(column, wanted, is)
        if wanted and wanted ~= is then wrong[#wrong + 1] = ("%s %s: %s is %s"):format(ref, column, wanted, tostring(is)) end
      end
      if row.status == "Left" or (row.end_date or "9") < "2025" then
        left = left + 1
        check("account", "none", user and not is_suspended(user) and user.status or "none")
      else
        check("account", "there", user and not is_suspended(user) and "there")
        check("first_name", row.first_name, user.firstName)
        check("last_name", row.last_name, user.lastName)
        check("email", row.email, user.email)
        check("job_title", row.job_title, user.jobTitle)
        check("manager_id", row.manager_id, user.managerRef)
        check("department", row.department, user.additionalFields.department)
        check("location", row.location, user.additionalFields.location)
        check("costCentre", before[ref] and before[ref].additionalFields.costCentre, user.additionalFields.costCentre)
      end
    end
    assert.same({}, wrong)
    assert.is_true(left > done.suspended)
    for ref, user in pairs(before) do
      if not listed[ref] then assert.same(user, sandbox:user(ref)) end
    end

    sandbox:clear_requests()
    local second = sync('hr_sync "$FEED"')
    assert.equal(0, second.code)
    assert.same({ created = 0, updated = 0, suspended = 0, returned = 0, unchanged = people, failed = 0 }, counts(second))
    assert.equal(0, writes())
  end)

  it("creates managers before the people they manage, also when they stand after them", function()
    feed("N3,Ann,Three,ann@sandbox.example,Nurse,N2,Care,Leeds,2025-01-01,,Active",
      "N2,Bob,Two,bob@sandbox.example,Nurse,N1,Care,Leeds,2025-01-01,,Active",
      "N1,Cat,One,cat@sandbox.example,Nurse,U0001,Care,Leeds,2025-01-01,,Active")
    assert.equal(0, sync("hr_sync feed.csv").code)
    local order = {}
    for i, request in ipairs(sandbox:requests{ method = "POST" }) do order[i] = request.json.ref end
    assert.same({ "N1", "N2", "N3" }, order)
    assert.equal("N1", sandbox:user("N2").managerRef)
  end)

  it("sends only the fields that changed, and all custom fields when one of them did", function()
    local staff = {}
    for _, user in ipairs(sandbox:users()) do
      if user.managerRef and user.status == "active" then staff[#staff + 1] = user.ref end
    end
    feed(line_of(staff[1], { [5] = "Astronaut" }), line_of(staff[2], { [7] = "Space" }), line_of(staff[3], { [5] = "" }))
    local done = counts(sync("hr_sync feed.csv"))
    assert.same({ 2, 1 }, { done.updated, done.unchanged })
    local patches = sandbox:requests{ method = "PATCH" }
    local custom = sandbox:user(staff[2]).additionalFields
    assert.equal("Space", custom.department)
    assert.same({ { jobTitle = "Astronaut" }, { additionalFields = custom } }, { patches[1].json, patches[2].json })
  end)

  it("does not send titles again and again to a tenant that does not show them", function()
    sandbox:fault{ method = "GET", path = "/rest/v1/users", body = {
      results = { { id = "0123456789abcdef01234567", ref = "U0002", firstName = "Ann", lastName = "Two", status = "active",
        email = "ann@sandbox.example", positions = { { isActive = true, manager = { ref = "U0001" } } } } },
      pagination = { page = 1, perPage = 1000, totalPages = 1, totalResults = 1 } } }
    feed("U0002,Ann,Two,ann@sandbox.example,Astronaut,,,,,,Active")
    local result = sync("hr_sync feed.csv")
    assert.equal(1, counts(result).unchanged)
    assert.equal(0, writes())
  end)

  it("gives a suspended person who is back the account back, up to date", function()
    local user = somebody(function(user) return user.suspended end)
    feed(line_of(user.ref, { [5] = "Astronaut", [7] = "Space" }))
    local result = sync("hr_sync feed.csv")
    assert.equal(1, counts(result).returned)
    user = sandbox:user(user.ref)
    assert.is_false(is_suspended(user))
    assert.equal("Astronaut", user.jobTitle)
    assert.equal("Space", user.additionalFields.department)
    assert.equal(1, #sandbox:requests{ path = "/webhooks" })
    assert.equal(1, counts(sync("hr_sync feed.csv")).unchanged)
  end)

  it("suspends who has left, with the day, and not who is going to leave", function()
    local staff = {}
    for _, user in ipairs(sandbox:users()) do
      if user.managerRef and user.status == "active" then staff[#staff + 1] = user.ref end
    end
    feed(line_of(staff[1], { [11] = "Left", [10] = "2024-06-30" }), line_of(staff[2], { [10] = "2024-06-30" }),
      line_of(staff[3], { [11] = "left" }), line_of(staff[4], { [11] = "Left", [10] = "2999-01-01" }),
      line_of(staff[5], { [11] = "On leave" }))
    assert.equal(3, counts(sync("hr_sync feed.csv")).suspended)
    for i, suspended in ipairs{ true, true, true, false, false } do
      assert.equal(suspended, sandbox:user(staff[i]).suspended)
    end
    assert.truthy(sandbox:user(staff[1]).endDate:find("^2024%-06%-30"))
  end)

  it("runs under lua5.4 with the module as it does under thrivelua", function()
    local user = somebody(function(user) return user.status == "active" end)
    feed(line_of(user.ref, { [5] = "Astronaut" }))
    local result = sync_with(interp.lua(), "hr_sync feed.csv")
    assert.equal("", result.err)
    assert.equal(0, result.code)
    assert.equal("Astronaut", sandbox:user(user.ref).jobTitle)
  end)

  it("finishes the other lines when one fails, names it and exits with 3", function()
    feed("N1,Ann,One,ann@sandbox.example,Nurse,U0001,Care,Leeds,2025-01-01,,Active",
      "N2,Bob,Two,bob@sandbox.example,Nurse,U0001,Care,Leeds,2025-01-01,,Active",
      "N3,Cat,Three,cat@sandbox.example,Nurse,U0001,Care,Leeds,2025-01-01,,Active")
    sandbox:fault{ method = "POST", path = "/rest/v2/users", after = 1, status = 422,
      body = { status = 422, error = "Unprocessable Entity", message = "this name is reserved" } }
    local result = sync("hr_sync feed.csv")
    assert.equal(3, result.code)
    assert.same({ created = 2, updated = 0, suspended = 0, returned = 0, unchanged = 0, failed = 1 }, counts(result))
    assert.truthy(result.err:find("line 3: create N2: ", 1, true), result.err)
    assert.truthy(result.err:find("this name is reserved", 1, true), result.err)
    assert.is_nil(sandbox:user("N2"))
    assert.truthy(sandbox:user("N3"))
    assert.equal(0, sync("hr_sync feed.csv").code)
    assert.truthy(sandbox:user("N2"))
  end)

  it("does not call somebody created of whom it cannot know", function()
    feed("N1,Ann,One,ann@sandbox.example,Nurse,U0001,Care,Leeds,2025-01-01,,Active")
    sandbox:fault{ method = "POST", path = "/rest/v2/users", reset = "after" }
    local result = sync("hr_sync feed.csv")
    assert.equal(3, result.code)
    assert.truthy(result.err:find("line 2: create N1: ", 1, true), result.err)
    assert.equal(1, counts(sync("hr_sync feed.csv")).unchanged)
  end)

  it("writes nothing and exits with 6 when the tenant cannot be read to its end", function()
    sandbox:stop()
    sandbox = assert(sandboxes.start{ users = 2500 })
    sandbox:fault{ method = "GET", path = "/rest/v1/users", after = 1, times = math.huge, status = 501 }
    local result = sync('hr_sync "$FEED"')
    assert.equal(6, result.code)
    assert.truthy(result.err:find("501", 1, true), result.err)
    assert.is_true(#sandbox:requests{ method = "GET" } >= 2)
    assert.equal(0, writes())
  end)

  describe("refuses, before anything is written,", function()
    local ok = "N1,Ann,One,ann@sandbox.example,Nurse,U0001,Care,Leeds,2025-01-01,,Active"
    local refused = {
      { "a feed that is not there", nil, "feed.csv: cannot open: No such file or directory" },
      { "an empty feed", "", "feed.csv: the file is empty" },
      { "a feed without people", HEADER, "feed.csv cannot be used, nothing was changed:\n  there is nobody in it\n" },
      { "a feed without a column", "employee id,first_name,last_name,email\n",
        'feed.csv:1: there is no column "employee_id" (did you mean "employee id"?) and no column "status"' },
      { "a feed that breaks off in a line", HEADER .. ok .. "\nN2,Bob,Two", "feed.csv:3: 3 cells where the header has 11" },
      { "a feed that breaks off in a quoted cell", HEADER .. ok .. '\nN2,"Bo', "feed.csv:3:4: this quote is never closed" },
      { "a feed in Latin-1", HEADER .. ok:gsub("Ann", "Zo\xEB") .. "\n", "feed.csv:2:6: invalid UTF-8" },
      { "every line that is wrong", HEADER .. ok .. "\n" .. ok:gsub("ann@", "ANN@") .. "\n"
        .. ",Bob,,bob,Nurse,U0001,Care,Leeds,2025-13-01,2025-02-29,Gone\nN4,Cat,Four,cat@sandbox.example,,N4,,,,,Active\n",
        "feed.csv cannot be used, nothing was changed:\n"
        .. "  line 3: employee_id N1 is also in line 2\n  line 3: email ANN@sandbox.example is also in line 2\n"
        .. "  line 4: employee_id is empty\n  line 4: last_name is empty\n"
        .. "  line 4: start_date 2025-13-01 is not a date like 2024-06-30\n"
        .. "  line 4: end_date 2025-02-29 is not a date like 2024-06-30\n  line 4: email bob is not an address\n"
        .. "  line 4: status Gone is not Active, On leave or Left\n  line 5: N4 is their own manager\n" },
      { "a manager who does not exist", HEADER .. ok:gsub("U0001", "U9999") .. "\n",
        "feed.csv cannot be used, nothing was changed:\n  line 2: manager U9999 has no account and gets none\n" },
    }
    for _, case in ipairs(refused) do
      it(case[1], function()
        if case[2] then interp.write(directory .. "/feed.csv", case[2]) end
        local result = sync("hr_sync feed.csv")
        assert.truthy(result.err:find(case[3], 1, true), result.err)
        assert.equal(1, result.code)
        assert.equal(0, writes())
      end)
    end

    it("more suspensions than a believable feed has, unless it is forced", function()
      local lines = {}
      for _, user in ipairs(sandbox:users()) do
        if user.status == "active" and user.managerRef and #lines < 40 then
          lines[#lines + 1] = line_of(user.ref, { [11] = "Left" })
        end
      end
      feed(table.unpack(lines))
      local result = sync("hr_sync feed.csv")
      assert.equal(1, result.code)
      assert.truthy(result.err:find("40 of %d+ people would be suspended, nothing was changed"), result.err)
      assert.equal(0, writes())
      result = sync("--yes hr_sync --force feed.csv")
      assert.equal(0, result.code)
      assert.equal(40, counts(result).suspended)
    end)

    it("to suspend everybody when a truncated feed is to be the whole truth", function()
      feed(line_of("U0002"), line_of("U0003"))
      local result = sync("hr_sync --suspend-missing feed.csv")
      assert.equal(1, result.code)
      assert.equal(0, writes())
    end)

    it("words it does not know", function()
      for _, words in ipairs{ "", "--forse feed.csv", "a.csv b.csv" } do
        local result = sync("hr_sync " .. words)
        assert.equal(1, result.code)
        assert.truthy(result.err:find("see --help", 1, true) or result.err:find("See --help", 1, true), result.err)
      end
      assert.equal(0, #sandbox:requests())
    end)
  end)

  it("suspends who is missing only when told to, and never administrators", function()
    sandbox:stop()
    sandbox = assert(sandboxes.start{ users = 12 })
    feed(line_of("U0002"))
    local active = 0
    for _, user in ipairs(sandbox:users()) do
      if not is_suspended(user) and user.role ~= "administrator" and user.ref ~= "U0002" then active = active + 1 end
    end
    assert.equal(0, counts(sync("hr_sync feed.csv")).suspended)
    assert.equal(active, counts(sync("hr_sync --suspend-missing feed.csv --force")).suspended)
    for _, user in ipairs(sandbox:users()) do
      assert.equal(user.role ~= "administrator" and user.ref ~= "U0002", is_suspended(user), user.ref)
    end
  end)

  it("sends nothing in a dry run, says so, and counts what it would do", function()
    local result = sync('--dry-run hr_sync "$FEED"')
    assert.equal(0, result.code)
    assert.equal(0, writes())
    assert.truthy(result.out:find("dry run, nothing was changed; otherwise: created", 1, true), result.out)
    local planned = counts(result)
    assert.same(planned, counts(sync('hr_sync "$FEED"')))
  end)

  it("runs in the sandbox of thrivelua --sandbox, without an account", function()
    local result = interp.run(directory, interp.thrivelua(), ('"$P" --sandbox %s/examples/hr_sync.lua "$FEED"'):format(ROOT),
      { FEED = FEED })
    assert.equal("", result.err)
    assert.equal(0, result.code)
    assert.is_true(counts(result).created >= 20)
    assert.equal(0, #sandbox:requests())
  end)

  it("explains itself", function()
    local result = sync("hr_sync --help")
    assert.equal(0, result.code)
    assert.truthy(result.out:find("usage: thrivelua", 1, true))
    assert.equal(0, #sandbox:requests())
  end)

  it("has a feed with everything that HR systems put into one", function()
    local text = assert(io.open(FEED, "rb")):read("a")
    assert.truthy(text:find("^\u{FEFF}employee_id,"), "byte order mark")
    assert.truthy(text:find(',"[^"\r]*\n[^"\r]*"\r\n'), "a line break in a cell")
    assert.truthy(text:find('""', 1, true), "a doubled quote")
    assert.truthy(text:find(',"[^",\r\n]+, [^"]+",'), "a separator in a cell")
    for _, name in ipairs{ "Żółć", "Ó ", "李", "محمد", "Ελένη" } do assert.truthy(text:find(name, 1, true), name) end
  end)
end)
