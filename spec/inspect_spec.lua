-- thrive.inspect: values as people see them, whatever is in them.

local core = require "thrive.core"
local interp = require "spec.support.interp"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"
local terminal = require "spec.support.terminal"
local text = require "thrive.text"
local thrive = require "thrive"

local inspect = thrive.inspect

local function lines_of(s)
  local lines = {}
  for line in (s .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line end
  return lines
end

local function show(value, options) return lines_of(inspect(value, options)) end

-- Every line fits, and nothing in it is obeyed by a terminal.
local function harmless(s, width)
  assert.is_nil(s:find("[\0-\9\11-\31\127]"), "a control character got through")
  assert.is_nil(s:find("\xc2[\x80-\x9f]"), "a control character of Unicode got through")
  assert.is_nil(s:find("\xe2\x80[\xaa-\xae]"), "a mark of direction got through")
  assert.truthy(utf8.len(s), "bytes that are no UTF-8 got through")
  for _, line in ipairs(width and lines_of(s) or {}) do
    assert.is_true(text.width(line) <= width, ("%d columns: %s"):format(text.width(line), line))
  end
end

local function people(n)
  local list = {}
  for i = 1, n do
    list[i] = { ref = ("U%d"):format(i), firstName = "Ada", lastName = "Lovelace", email = ("ada%d@example.org"):format(i),
      role = "learner", status = "active", id = ("%024x"):format(i), compliance = i, languageCode = "en-gb", sso = false,
      additionalFields = { department = "Sales" }, positions = { { title = "Nurse" } } }
  end
  return list
end

describe("text on a terminal", function()
  it("takes the columns that its characters take", function()
    for s, width in pairs {
      [""] = 0, abc = 3, ["Zoë"] = 3, ["日本語"] = 6, ["e\u{301}"] = 1, ["한국"] = 4, ["ｆｕｌｌ"] = 8, ["आ"] = 1, ["गु"] = 1,
      ["😀"] = 2, ["a\u{200b}b"] = 2, ["\u{1100}\u{1161}"] = 2, ["±½→"] = 3, ["ไทย"] = 3, ["กำ"] = 2,
    } do
      assert.are.equal(width, text.width(s), s)
    end
  end)

  it("is cut between characters, never through one, and never wider than asked", function()
    assert.are.equal("abc", text.cut("abc", 3))
    assert.are.equal("ab…", text.cut("abcd", 3))
    assert.are.equal("日…", text.cut("日本語", 4))
    assert.are.equal("日本語", text.cut("日本語", 6))
    assert.are.equal("日本…", text.cut("日本語", 5))
    assert.are.equal("…", text.cut("日本", 1))
    assert.are.equal("e\u{301}…", text.cut("e\u{301}abc", 2))
    for width = 1, 12 do
      for _, s in ipairs { "日本語テキスト", "a日b本c語", "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}", "Łódź and 東京" } do
        local cut, told = text.cut(s, width)
        assert.is_true(text.width(cut) <= width)
        assert.are.equal(text.width(cut), told)
      end
    end
  end)

  it("with any number of marks on one letter is cut as well", function()
    assert.is_true(#text.cut("e" .. ("\u{301}"):rep(10000), 3) < 300)
  end)

  it("is spelled out where a terminal would obey it", function()
    for raw, shown in pairs {
      ["\27[31mred"] = "\\27[31mred", ["a\0001"] = "a\\0001", ["\27\0273"] = "\\27\\0273", ["a\tb\nc\r"] = "a\\tb\\nc\\r",
      ["\u{9b}2J"] = "\\u{9B}2J", ["\u{202e}txt.exe"] = "\\u{202E}txt.exe", ["\u{2028}"] = "\\u{2028}", ["\127"] = "\\127",
      ["\xff\xfea"] = "\\xFF\\xFEa", ["a\xc3"] = "a\\xC3", ["\xed\xa0\x80"] = "\\xED\\xA0\\x80", ["a\\b"] = "a\\b",
      ["\u{2066}"] = "\\u{2066}", ["\u{61c}"] = "\\u{61C}",
    } do
      assert.are.equal(shown, text.escape(raw))
    end
    assert.are.equal("a\n\tb\\27[2J\n\\r\\u{9B}", text.escape_lines("a\n\tb\27[2J\n\r\u{9b}"))
  end)
end)

describe("thrive.inspect", function()
  describe("of a list of records", function()
    it("is a table: what people look for first, columns that do not fit named below", function()
      assert.are.same({
        "ref  firstName  lastName  email             status  role     cf.department",
        "U1   Ada        Lovelace  ada1@example.org  active  learner  Sales",
        "U2   Ada        Lovelace  ada2@example.org  active  learner  Sales",
        "not shown: id, languageCode, compliance, sso, positions",
      }, show(people(2)))
    end)

    it("has more columns where there is room, and fewer where there is not, and fits", function()
      for _, width in ipairs { 1, 5, 20, 40, 79, 80, 81, 120, 200 } do harmless(inspect(people(3), { width = width }), width) end
      assert.truthy(inspect(people(1), { width = 200 }):find('[{title: "Nurse"}]', 1, true))
      assert.is_nil(inspect(people(1), { width = 200 }):find("not shown", 1, true))
    end)

    it("begins with what tells records apart and what they are about, also where ids are long", function()
      local id, at = ("5f"):rep(12), "2023-02-18T11:15:00.000Z"
      local function columns(record, width) return (show({ record }, { width = width })[1]:gsub(" +", " ")) end
      local entry = { logEntryId = id, userId = id, entryDate = at, durationMinutes = 105, isVerified = true }
      assert.are.equal("userId entryDate durationMinutes", columns(entry, 78))
      assert.are.equal("userId entryDate durationMinutes logEntryId", columns(entry, 100))
      assert.are.equal("audienceId requiredMinutes audienceRequirementId", columns({ audienceRequirementId = id,
        audienceId = id, requiredMinutes = 300, createdAt = at }, 80))
      assert.are.equal("id primaryContentId audienceId completionPeriod", columns({ id = id, audienceId = id,
        primaryContentId = id, hideAlternativeContent = false, completionPeriod = 30, recurrence = 365, isActive = true }, 100))
      assert.are.equal("userId status dueDate", columns({ id = id, userId = id, audienceId = id, primaryContentId = id,
        assignmentId = id, status = "open", dueDate = at, availableDate = at }, 80))
    end)

    it("has 40 rows and says how many more there are", function()
      local lines = show(people(100))
      assert.are.equal(1 + 40 + 2, #lines)
      assert.are.equal("… 60 more", lines[42])
      assert.are.equal(1 + 3 + 2, #show(people(100), { height = 3 }))
      assert.is_nil(inspect(people(40)):find(" more", 1, true))
    end)

    it("has numbers on the right, and the columns in line for wide and combining characters", function()
      assert.are.same({
        "name          n",
        "日本          1",
        "e\u{301}          1000",
        "long name",
      }, show { { name = "日本", n = 1 }, { name = "e\u{301}", n = 1000 }, { name = "long name" } })
    end)

    it("leaves out columns that are empty in every row", function()
      assert.are.same({ "name", "a", "b" }, show {
        { name = "a", note = "", null = thrive.null, list = {} }, { name = "b", note = "" },
      })
    end)

    it("cuts long cells, and shows nested values as text", function()
      local lines = show({ { name = ("x"):rep(500), tags = { "a", "b" }, who = { id = 1, name = "Ada" } } }, { width = 70 })
      assert.are.equal(2, #lines)
      assert.truthy(lines[2]:find("^x+…  %[\"a\", \"b\"%]  {id: 1, name: \"Ada\"}$"))
    end)

    it("is a page's, with what the page says of the list", function()
      local lines = show { results = people(2), pagination = { page = 2, perPage = 2, totalPages = 9, totalResults = 18 } }
      assert.are.equal("page 2 of 9, 18 in all", lines[#lines])
      assert.truthy(lines[1]:find("^ref "))
      assert.are.equal("no records", inspect { results = thrive.array {} })
      assert.are.equal("{ found = 0, results = {} }", inspect({ found = 0, results = {} }, { as = "dump" }))
      assert.are.equal("found    0\nresults  {}", inspect { found = 0, results = {} })
      assert.are.same({ "no records: page 1 of 0, 0 in all" },
        show { results = {}, pagination = { page = 1, totalPages = 0, totalResults = 0 } })
    end)

    it("is that of a bulk call's outcomes", function()
      assert.are.same({
        "input  outcome  reason",
        "U1     success",
        "U2     failure  not known",
        "1 success, 1 failure",
      }, show { success = { count = 1, entities = {} }, failure = { count = 1, entities = {} }, outcomes = {
        { input = "U1", outcome = "success" }, { input = "U2", outcome = "failure", reason = "not known" },
      } })
    end)

    it("tells the index of each where there are holes, as in the results of map", function()
      assert.are.same({ "index  name", "    1  a", "    3  c", "  100  z" },
        show { [1] = { name = "a" }, [3] = { name = "c" }, [100] = { name = "z" } })
      assert.are.same({ "index  name", "    3  c", "… 2 more" },
        show({ [9] = { name = "a" }, [3] = { name = "c" }, [100] = { name = "z" } }, { height = 1 }))
    end)

    it("takes at most 50 ms for ten thousand records", function()
      local list = people(10000)
      inspect(list) -- the catalogue is loaded
      local best = math.huge
      for _ = 1, 5 do
        local before = os.clock()
        inspect(list)
        best = math.min(best, os.clock() - before)
      end
      assert.is_true(best < 0.05 * (os.getenv("ASAN_OPTIONS") and 5 or 1), ("%.0f ms"):format(best * 1000))
    end)

    it("lets no field of the data take over the terminal", function()
      local hostile = {}
      for i = 0, 255 do hostile[#hostile + 1] = { name = string.char(i) .. "\27]0;owned\7", ["\27[2J" .. i] = "x\u{202e}" } end
      for _, options in ipairs { {}, { as = "record" }, { as = "dump" }, { width = 200 } } do
        local s = inspect(hostile, options)
        harmless(s)
      end
    end)
  end)

  describe("of a record", function()
    it("is a list of its fields in the order in which they are documented, unknown ones after them", function()
      assert.are.same({
        "id             x1",
        "ref            U1",
        "firstName      Ada",
        "lastName       Lovelace",
        "email          a@example.org",
        "status         active",
        "zebra          1.5",
        "cf.department  Sales",
      }, show { zebra = 1.5, ref = "U1", status = "active", email = "a@example.org", lastName = "Lovelace", firstName = "Ada",
        id = "x1", additionalFields = { department = "Sales" } })
    end)

    it("is sorted when it is nobody's", function()
      assert.are.same({ "a  1", "b  true", "c  text", "d  { 1, 2 }", "e  thrive.null" },
        show { e = thrive.null, d = { 1, 2 }, c = "text", b = true, a = 1 })
    end)

    it("shows tables in it indented", function()
      assert.are.same({
        "name   x",
        "parts  {",
        '         { id = "' .. ("a"):rep(20) .. '" },',
        '         { id = "' .. ("b"):rep(20) .. '" },',
        "       }",
      }, show({ name = "x", parts = { { id = ("a"):rep(20) }, { id = ("b"):rep(20) } } }, { width = 50 }))
    end)

    it("shows them below their name where there is little room beside it", function()
      local record = { name = "x", few = { 1, 2 }, parts = { { id = ("a"):rep(20) }, { id = ("b"):rep(20) } } }
      assert.are.same({
        "few    { 1, 2 }",
        "name   x",
        "parts",
        "  {",
        '    { id = "' .. ("a"):rep(20) .. '" },',
        '    { id = "' .. ("b"):rep(20) .. '" },',
        "  }",
      }, show(record, { width = 40 }))
    end)

    it("breaks long texts at blanks and keeps long words whole, so that they can be copied", function()
      local url = "https://example.org/" .. ("x"):rep(60)
      assert.are.same({ "name  one two three four", "      five", "      six", "url   " .. url },
        show({ name = "one two three four five\nsix", url = url }, { width = 22 }))
    end)

    it("cuts texts beyond a thousand bytes and says so", function()
      local s = inspect { name = ("x"):rep(5000) }
      assert.truthy(s:find("… (4000 more bytes)", 1, true))
    end)
  end)

  describe("of anything else", function()
    it("is what Lua would write", function()
      for _, case in ipairs {
        { nil, "nil" }, { true, "true" }, { 42, "42" }, { 42.0, "42.0" }, { 0.1, "0.1" }, { 1e300, "1e+300" },
        { math.mininteger, "0x8000000000000000" }, { math.huge, "1e999" }, { "text", '"text"' },
        { 'a "b" \\ \n', [["a \"b\" \\ \n"]] }, { {}, "{}" }, { { 1, 2, 3 }, "{ 1, 2, 3 }" }, { thrive.null, "thrive.null" },
        { { { 1 }, { 2 } }, "{ { 1 }, { 2 } }" }, { thrive.array {}, "{}" }, { thrive.array { "a" }, '{ "a" }' },
        { { [1.5] = 1, [true] = 2, ["end"] = 3, ["a b"] = 4 }, '{ [1.5] = 1, ["a b"] = 4, ["end"] = 3, [true] = 2 }' },
      } do
        assert.are.equal(case[2], inspect(case[1]))
      end
    end)

    it("can be read back by Lua, apart from what has no spelling", function()
      local value = { 1, 2.5, "a\0b\27\200", { deep = { x = "\u{202e}é" }, [10] = true }, ["not a name"] = -1, [-5] = 2^53 }
      assert.are.same(value, load("return " .. inspect(value, { as = "dump" }))())
    end)

    it("has its keys sorted: numbers, then strings", function()
      assert.are.equal("{ [-1] = 1, [3] = 2, a = 3, b = 4 }", inspect({ b = 4, a = 3, [3] = 2, [-1] = 1 }, { as = "dump" }))
    end)

    it("goes over several lines where it does not fit", function()
      local list = {}
      for i = 1, 30 do list[i] = i * 1000 end
      local s = inspect({ list = list, more = { ("x"):rep(30), ("y"):rep(30) } }, { width = 60, as = "dump" })
      harmless(s, 60)
      assert.are.same(list, load("return " .. s)().list)
    end)

    it("names cycles, and what was only seen twice is shown twice", function()
      local t = { name = "a" }
      t.self, t.child = t, { up = t }
      assert.are.equal('{ child = { up = <cycle> }, name = "a", self = <cycle> }', inspect(t, { as = "dump" }))
      local shared = { 1 }
      assert.are.equal("{ { 1 }, { 1 } }", inspect { shared, shared })
      t = { {} }
      t[1].again = { t[1] }
      assert.are.equal("{ { again = { <cycle [1]> } } }", inspect(t, { as = "dump" }))
    end)

    it("ends at a depth", function()
      local t = {}
      for _ = 1, 100 do t = { t } end
      assert.are.equal("{ { {…} } }", inspect(t, { depth = 2 }))
      assert.truthy(inspect(t):find("…", 1, true))
    end)

    it("is bounded, however large it is", function()
      local large = {}
      for i = 1, 200000 do large["key" .. i] = i end
      local lines = show(large)
      assert.are.equal(1 + 40 + 2, #lines)
      assert.are.equal("  key1 = 1,", lines[2])
      assert.are.equal("  -- … 199960 more", lines[42])
      local bush = {}
      for i = 1, 50 do
        bush[i] = {}
        for k = 1, 50 do
          bush[i][k] = {}
          for j = 1, 50 do bush[i][k][j] = { j, { j } } end
        end
      end
      assert.is_true(#inspect(bush) < 500000)
    end)

    it("tells functions by where they are from, and other things by their kind and address", function()
      assert.truthy(inspect(function() end):find("^<function inspect_spec.lua:%d+>$"))
      assert.are.equal("<function: builtin>", inspect(string.format))
      assert.truthy(inspect(io.stdout):find("^<FILE%*: 0x%x+>$"))
      assert.truthy(inspect(coroutine.create(print)):find("^<thread: 0x%x+>$"))
    end)
  end)

  describe("never runs code of what it shows:", function()
    local function bomb() error("called") end
    local mt = {}
    for _, event in ipairs { "index", "newindex", "pairs", "tostring", "len", "eq", "lt", "concat", "call", "close", "name" } do
      mt["__" .. event] = bomb
    end

    it("metamethods", function()
      local hostile = setmetatable({ ref = "U1", nested = setmetatable({ 1 }, mt) }, mt)
      for _, value in ipairs { hostile, { hostile, hostile }, { hostile, 1 }, { results = hostile }, { a = 1, b = hostile },
        setmetatable({}, mt), { outcomes = hostile } } do
        for _, as in ipairs { "table", "record", "dump" } do
          assert.has_no.errors(function() inspect(value, { as = as }) end)
        end
        assert.has_no.errors(function() inspect(value) end)
      end
      assert.are.equal('{ nested = { 1 }, ref = "U1" }', inspect(hostile, { as = "dump" }))
    end)

    it("what a metatable hides or claims", function()
      assert.are.equal("<my.class> { 1 }", inspect(setmetatable({ 1 }, { __name = "my.class", __metatable = "no" })))
      assert.are.equal("<bad\\27[31m> { 1 }", inspect(setmetatable({ 1 }, { __name = "bad\27[31m" })))
      assert.has_no.errors(function()
        inspect(setmetatable({}, { __name = "thrive.users", group = setmetatable({}, mt), __tostring = bomb }))
        inspect(setmetatable({}, { __name = "thrive.meta", __pairs = bomb }))
      end)
    end)

    it("metamethods of strings, numbers and functions", function()
      local f = print
      debug.setmetatable(1, mt)
      debug.setmetatable(f, mt)
      local ok, s = pcall(inspect, { n = 1, f = f, x = { { a = 1 } } })
      debug.setmetatable(1, nil)
      debug.setmetatable(f, nil)
      assert.is_true(ok, s)
    end)
  end)

  describe("masks", function()
    local sandbox, client
    setup(function()
      sandbox = assert(sandboxes.start { users = 20 })
      client = assert(sandbox:client {})
    end)
    teardown(function()
      client:close()
      sandbox:stop()
    end)

    it("what stands under the name of a secret", function()
      local secrets = { api_key = "s3cret-1", client_secret = "s3cret-2", token = "s3cret-3", password = "s3cret-4",
        Authorization = "Bearer s3cret-5", ["x-api-token"] = "s3cret-6", ["X-API-Token"] = "s3cret-7",
        THRIVE_API_KEY = "s3cret-8",
        accessToken = "s3cret-9", dbPassword = "s3cret-10", apikey = 123456789, plain = "kept" }
      for _, value in ipairs { secrets, { secrets, secrets }, { a = { b = secrets } }, { { x = secrets } } } do
        for _, as in ipairs { "table", "record", "dump" } do
          local s = inspect(value, { as = as, width = 500 })
          assert.is_nil(s:find("s3cret", 1, true), s)
          assert.is_nil(s:find("123456789", 1, true), s)
          assert.truthy(s:find("kept", 1, true), s)
          assert.truthy(s:find("***", 1, true), s)
        end
      end
      assert.truthy(inspect { api_key_command = "pass show thrive" }:find("pass show thrive", 1, true))
    end)

    it("the secrets of open clients, wherever they stand and however they are spelled", function()
      local key = sandbox.api_key
      assert.is_nil(inspect(key):find(key, 1, true))
      assert.is_nil(inspect { note = "it is " .. key .. "!" }:find(key, 1, true))
      assert.is_nil(inspect { { note = ("x"):rep(20) .. key } }:find(key:sub(1, 5), 1, true)) -- not half of it either
      assert.is_nil(inspect({ [key] = { [key] = key } }, { as = "dump" }):find(key, 1, true))
      local encoded = key:gsub(".", function(c) return ("%%%02X"):format(c:byte()) end)
      assert.is_nil(inspect(encoded):find(encoded, 1, true))
      assert.truthy(inspect("nothing secret"):find("nothing secret", 1, true))
    end)

    it("by core.redact, which tells how often, and forgets clients that are closed", function()
      local other = assert(thrive.client { token = "tok-0123456789", base_url = sandbox.base_url })
      assert.are.same({ "a ************** b **************", 2 }, { core.redact("a tok-0123456789 b tok-0123456789") })
      other:close()
      assert.are.same({ "a tok-0123456789", 0 }, { core.redact("a tok-0123456789") })
      for _ = 1, 20 do assert(thrive.client { token = "tok-0123456789", base_url = sandbox.base_url }) end
      collectgarbage()
      collectgarbage()
      assert.are.same({ "a tok-0123456789", 0 }, { core.redact("a tok-0123456789") })
    end)

    it("passwords in URLs", function()
      assert.are.equal('"http://me:***@proxy:8080/"', inspect("http://me:pw@proxy:8080/"))
    end)

    it("nothing else of the module's own objects, which say what they are", function()
      assert.are.equal(tostring(client), inspect(client))
      assert.is_nil(inspect(client):find(sandbox.api_key, 1, true))
      assert.truthy(inspect(client.users):find("^thrive.users: :create "))
      assert.truthy(inspect(client.audiences):find("^thrive.audiences: .members .managers :list :each "))
      assert.truthy(inspect(thrive):find("^thrive %d[%d.]*: %.apropos %.aptem .*%.client "))
      local _, err = client.users:get_by_ref("nobody")
      assert.are.equal(tostring(err), inspect(err))
      assert.truthy(inspect { { item = 1, err = err } }:find("not_found", 1, true))
      assert.are.equal("thrive.task (under way)", inspect(thrive.spawn(function() end)))
      local loop = "thrive.iteration (users.list): for a loop, for … in … do; :all gives an array"
      local each, _, _, iteration <close> = client.users:each()
      assert.are.same({ loop, loop }, { inspect(each), inspect(iteration) })
      assert.are.equal("{\n  a = <" .. loop .. ">,\n}", inspect({ a = each }))
      local path = os.tmpname()
      local reader, writer = assert(thrive.csv.open(path, { header = false })), thrive.csv.writer(io.stdout)
      assert.are.equal(("thrive.csv.reader (%s, line 0)"):format(path), inspect(reader))
      assert.are.equal(tostring(writer), inspect(writer))
      reader:close()
      os.remove(path)
      assert.are.equal(path .. ": cannot open: No such file or directory", inspect(select(2, thrive.csv.read(path))))
    end)

    it("and shows what a call says of itself whole", function()
      local _, _, meta = client.users:get_by_ref("U0001")
      local s = inspect(meta)
      for _, name in ipairs { "status", "attempts", "request_id", "headers", "url", "timings" } do
        assert.truthy(s:find("\n" .. name .. " ", 1, true) or s:find("^" .. name .. " "), name)
      end
    end)
  end)

  it("raises nothing, whatever it is given", function()
    local seed = tonumber(os.getenv("SEED") or os.time())
    math.randomseed(seed)
    local names = { "results", "outcomes", "outcome", "pagination", "additionalFields", "id", "ref", "token", "page", "" }
    local made = {}
    local function anything(depth)
      local kind = math.random(14)
      if kind == 1 then return math.random(-5, 5) end
      if kind == 2 then return math.random() * 10 ^ math.random(-300, 300) end
      if kind == 3 then return math.random() < 0.5 end
      if kind == 4 then return thrive.null end
      if kind == 5 then return print end
      if kind == 6 then return io.stdout end
      if kind == 7 then return names[math.random(#names)] end
      if kind == 8 then return string.char(math.random(0, 255), math.random(0, 255)):rep(math.random(0, 60)) end
      if kind == 9 and #made > 0 then return made[math.random(#made)] end
      if depth > 4 then return 0 / 0 end
      local t = {}
      made[#made + 1] = t
      if kind == 10 then setmetatable(t, { __name = names[math.random(#names)] }) end
      if kind == 11 then thrive.array(t) end
      for i = 1, math.random(0, 6) do
        local key = kind >= 12 and i or kind == 10 and names[math.random(#names)] or anything(depth + 1)
        if key ~= nil and key == key then t[key] = anything(depth + 1) end
      end
      return t
    end
    for _ = 1, 1500 do
      made = {}
      local value = anything(0)
      local options = { width = math.random(1, 120), height = math.random(1, 10), depth = math.random(0, 8),
        colour = math.random() < 0.3, as = ({ "table", "record", "dump" })[math.random(4)] }
      local ok, s = pcall(inspect, value, options)
      assert.is_true(ok, ("seed %d: %s"):format(seed, s))
      harmless((s:gsub("\27%[%d*m", "")))
    end
  end)

  it("and the terminal agree on what fits", function()
    local directory = interp.directory()
    interp.write(directory .. "/main.lua", [[
      print(thrive.inspect({
        { name = "日本語テキスト", city = "東京", n = 1 }, { name = "e\u{301}a\u{308}o\u{302}", city = "Łódź", n = 22 },
        { name = "한국어 이름", city = "서울", n = 333 }, { name = ("漢字"):rep(40), city = "x", n = 4 },
      }, { width = 40, colour = true }))
      print("ready")
      io.read()
    ]])
    local t <close> = terminal.open {
      program = interp.thrivelua(), command = '"$P" main.lua', directory = directory, columns = 40,
    }
    t:wait_for("ready")
    local lines = lines_of(t:screen())
    interp.remove(directory)
    local ends = {}
    for i = 1, 5 do ends[i] = text.width(lines[i]) end
    assert.truthy(lines[6]:find("^ready"), table.concat(lines, "\n")) -- no line was wrapped
    -- The terminal put the numbers, which stand on the right, one below the other.
    for i = 2, 5 do assert.truthy(lines[i]:find("%d$"), lines[i]) end
    assert.are.same({ ends[1], ends[1], ends[1], ends[1], ends[1] }, ends)
  end)

  it("has no colours unless they are asked for, and the same text with them", function()
    local page = { results = people(1), pagination = { page = 1, totalPages = 1, totalResults = 1 } }
    for _, value in ipairs { people(3), people(1)[1], { a = { 1, "x", true } }, "text", 1, page } do
      local plain, coloured = inspect(value), inspect(value, { colour = true })
      assert.is_nil(plain:find("\27"))
      assert.truthy(coloured:find("\27%[%d+m"))
      assert.are.equal(plain, (coloured:gsub("\27%[%d*m", ""):gsub(" +\n", "\n"):gsub(" +$", "")))
    end
  end)

  it("has the same order in every run, also where several records of the API fit as well", function()
    local seen = {}
    for _ = 1, 8 do -- each with another seed of its tables
      seen[subject.child([[print(require("thrive").inspect{ id = "a", ref = "b", name = "c" })]]).out] = true
    end
    assert.are.same({ ["id    a\nref   b\nname  c\n"] = true }, seen)
  end)

  it("takes the form that is asked for", function()
    local list = people(2)
    assert.truthy(inspect(list, { as = "record" }):find("^%[1%]\nid "))
    assert.truthy(inspect(list, { as = "dump" }):find("^{\n  {\n    additionalFields"))
    assert.truthy(inspect(list[1], { as = "table", width = 200 }):find("^ref  firstName"))
    assert.are.equal("{ a = { 1 } }", inspect { a = { 1 } })
    assert.are.equal("a  { 1 }", inspect({ a = { 1 } }, { as = "record" }))
    assert.are.equal("42", inspect(42, { as = "table" }))
  end)

  it("refuses options that it does not know", function()
    assert.truthy(subject.raised(inspect, 1, { widht = 3 }):find("'widht' is not an option (did you mean 'width'?)", 1, true))
    assert.truthy(subject.raised(inspect, 1, { as = "json" }):find("'as' must be one of table, record, dump", 1, true))
    assert.truthy(subject.raised(inspect, 1, { width = 0 }):find("'width' must be a number, 1 or more", 1, true))
    assert.truthy(subject.raised(inspect, 1, 80):find("argument #2 must be a table of options", 1, true))
  end)
end)
