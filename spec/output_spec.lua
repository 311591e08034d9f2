-- thrive.output: records as text, as they come: whole, or recognisably not.

local core = require "thrive.core"
local cjson = require "cjson"
local interp = require "spec.support.interp"
local output = require "thrive.output"
local subject = require "spec.support.subject"
local text = require "thrive.text"
local thrive = require "thrive"

-- What a writer writes of these records; the report.
local function written(format, records, options)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "w+b"))
  os.remove(path)
  options = options or {}
  options.file = file
  local writer = output.writer(format, options)
  for i = 1, records.n or #records do writer:write(records[i]) end
  local report = writer:finish()
  file:seek("set")
  return file:read("a"), report
end

local function lines_of(s)
  local lines = {}
  for line in s:gmatch("(.-)\n") do lines[#lines + 1] = line end
  return lines
end

local ada = { ref = "U1", firstName = "Ada", email = "ada@example.org", level = 3, positions = { { title = "Nurse" } },
  additionalFields = { department = "Sales" } }
local bob = { ref = "U2", firstName = "Bøb", email = "bob@example.org", level = 10, note = "a|b\nc\td\\e", sso = true }

describe("thrive.output", function()
  it("sends a terminal nothing that it would obey, in any format, and a program every byte", function()
    local record = { ref = "\u{9b}2J\u{202e}", name = "a\27[31mb\127" }
    for _, format in ipairs(output.formats) do
      local s = written(format, { record }, { width = 80 })
      assert.are.equal(text.escape_lines(s), s, format)
      assert.truthy(s:find("\n$"), format)
    end
    for _, format in ipairs { "json", "ndjson", "csv", "tsv", "lua" } do
      assert.truthy(written(format, { record }):find("\u{9b}2J\u{202e}", 1, true), format)
    end
    assert.truthy(written("csv", { record }):find("a\27[31mb\127", 1, true))
  end)

  it("knows its formats, and says so to whoever does not", function()
    assert.are.same({ "table", "json", "ndjson", "csv", "tsv", "md", "lua" }, output.formats)
    local why = subject.raised(output.writer, "jsno")
    assert.truthy(why:find("'jsno' is not a format (table, json, ndjson, csv, tsv, md, lua); did you mean 'json'?", 1, true), why)
  end)

  describe("as json", function()
    it("is one array, a record on each line", function()
      local s = written("json", { ada, bob })
      assert.are.equal("[\n" .. core.json.encode(ada) .. ",\n" .. core.json.encode(bob) .. "\n]\n", s)
      assert.are.same({ ada, bob }, core.json.decode(s))
    end)

    it("is an empty array when there are no records", function()
      assert.are.equal("[]\n", (written("json", {})))
    end)

    it("is an object for a single record, and whatever a single value is", function()
      assert.are.equal(core.json.encode(ada) .. "\n", (written("json", { ada }, { single = true })))
      assert.are.equal("444\n", (written("json", { 444 }, { single = true })))
      assert.are.equal("true\n", (written("json", { true }, { single = true })))
      assert.are.equal("null\n", (written("json", {}, { single = true })))
    end)

    it("is indented on a terminal, and the same value", function()
      local nasty = { s = 'a "quoted" \\ [x], {y}: z', empty = {}, list = thrive.array {}, deep = { { 1, { 2.5 } } },
        ["k\":,"] = -1 }
      for _, records in ipairs { {}, { nasty }, { nasty, nasty, ada } } do
        local s = written("json", records, { width = 80 })
        assert.are.same(records, core.json.decode(s))
      end
      assert.are.equal('{\n  "a": [\n    1,\n    {}\n  ],\n  "b": "x"\n}\n',
        (written("json", { { a = { 1, {} }, b = "x" } }, { width = 80, single = true })))
    end)

    it("is JSON to another reader as well, numbers and all", function()
      local s = written("json", { { i = 9007199254740993, f = 0.1, whole = 2.0, null = thrive.null, u = "é\0\u{1F600}" } })
      local record = cjson.decode(s)[1]
      assert.are.equal(0.1, record.f)
      assert.are.equal(cjson.null, record.null)
      assert.are.equal("é\0\u{1F600}", record.u)
      assert.truthy(s:find('"i":9007199254740993', 1, true))
    end)
  end)

  it("as ndjson is an object on each line", function()
    assert.are.equal(core.json.encode(ada) .. "\n" .. core.json.encode(bob) .. "\n", (written("ndjson", { ada, bob })))
    assert.are.equal("", (written("ndjson", {})))
    assert.are.equal("1\n\"x\"\n", (written("ndjson", { 1, "x" })))
  end)

  describe("as lua", function()
    it("gives back the same records when it is loaded", function()
      local bytes = {}
      for i = 0, 255 do bytes[i + 1] = string.char(i) end
      local records = { ada, bob, {
        all = table.concat(bytes), digits = "\0001\0279", bad = "\xff1\xc3", ["end"] = 1, ["not a name"] = 2, [10] = "ten",
        floats = { 0.1, 1e300, -0.0, 2.0, 1 / 3, math.huge, -math.huge }, ints = { math.maxinteger, math.mininteger, -1 },
        yes = true, no = false, empty = {}, null = thrive.null, deep = { { { { x = 1 } } } },
      } }
      local s = written("lua", records)
      local back = assert(load(s))()
      assert.are.same(records, back)
      for i, f in ipairs(records[3].floats) do
        assert.are.equal("float", math.type(back[3].floats[i]))
        assert.are.equal(("%a"):format(f), ("%a"):format(back[3].floats[i]))
      end
      for i, n in ipairs(records[3].ints) do
        assert.are.equal("integer", math.type(back[3].ints[i]))
        assert.are.equal(n, back[3].ints[i])
      end
      assert.is_true(rawequal(back[3].null, thrive.null))
      assert.are.equal(2 + #records, #lines_of(s)) -- a line each
    end)

    it("keeps a number that is none", function()
      local back = load((written("lua", { { nan = 0 / 0 } })))()
      assert.is_true(back[1].nan ~= back[1].nan)
    end)

    it("has points in its numbers in a country that has commas", function()
      local format = string.format
      finally(function() rawset(string, "format", format) end)
      rawset(string, "format", function(how, ...) -- as after os.setlocale("de_DE.UTF-8")
        local s = format(how, ...)
        return how:find("^%%%.%d+g$") and s:gsub("%.", ",") or s
      end)
      local s = written("lua", { { half = 0.5, far = 1.5e300, whole = 2.0 } })
      local rows = written("tsv", { { half = 0.5 } })
      local shown = thrive.inspect({ { half = 0.5 } }) .. thrive.inspect({ 0.5 })
      rawset(string, "format", format)
      assert.are.same({ { half = 0.5, far = 1.5e300, whole = 2.0 } }, load(s)())
      assert.are.equal("half\n0.5\n", rows)
      assert.is_nil(shown:find("0,5", 1, true), shown)
    end)

    it("is the record itself when it is a single one, and an empty table when there is none", function()
      assert.are.same(ada, load((written("lua", { ada }, { single = true })))())
      assert.are.same({}, load((written("lua", {})))())
      assert.are.equal(444, load((written("lua", { 444 }, { single = true })))())
    end)

    it("names what Lua has no literal for", function()
      local why = subject.raised(written, "lua", { ada, { a = { { f = print } } } })
      assert.are.equal("record 2: cannot write the record.a[1].f: Lua has no literal for a function", why)
      local t = {}
      t.t = t
      assert.truthy(subject.raised(written, "lua", { t }):find("does it contain itself?", 1, true))
    end)
  end)

  describe("as tsv", function()
    it("is a line of names and one for each record, tabs and line breaks spelled out", function()
      assert.are.equal("email\tfirstName\tlevel\tnote\tpositions\tref\tsso\tcf.department\n"
        .. "ada@example.org\tAda\t3\t\t[{\"title\":\"Nurse\"}]\tU1\t\tSales\n"
        .. "bob@example.org\tBøb\t10\ta|b\\nc\\td\\\\e\t\tU2\ttrue\t\n", (written("tsv", { ada, bob })))
    end)

    it("has the columns asked for, in that order", function()
      assert.are.equal("ref\tcf.department\tnone\nU1\tSales\t\nU2\t\t\n",
        (written("tsv", { ada, bob }, { columns = { "ref", "cf.department", "none" } })))
      assert.are.equal("ref\n", (written("tsv", {}, { columns = { "ref" } })))
    end)

    it("has the documented columns first, whether they are filled or not", function()
      local s = written("tsv", { ada }, { order = { "id", "ref", "additionalFields", "email" } })
      assert.are.equal("id\tref\temail\tfirstName\tlevel\tpositions\tcf.department", lines_of(s)[1])
      assert.are.equal("id\tref", lines_of((written("tsv", {}, { order = { "id", "ref" } })))[1])
      assert.are.equal("", (written("tsv", {})))
    end)
  end)

  it("as md is a table of GitHub's Markdown in which nothing of the data is markup", function()
    assert.are.same({
      "| ref | firstName | email | cf.department | level | note | sso | positions |",
      "|---|---|---|---|--:|---|---|---|",
      "| U1 | Ada | ada@example.org | Sales | 3 |  |  | [{\"title\":\"Nurse\"}] |",
      "| U2 | Bøb | bob@example.org |  | 10 | a\\|b<br>c\\td\\\\e | true |  |",
    }, lines_of((written("md", { ada, bob }))))
    assert.are.same({ "| name |", "|---|", "| \\*x\\* &lt;b>&amp;amp; \\`y\\` \\27[31m |" },
      lines_of((written("md", { { name = "*x* <b>&amp; `y` \27[31m" } }))))
    assert.are.equal("| value |\n|--:|\n| 444 |\n", (written("md", { 444 })))
    assert.are.equal("", (written("md", {})))
  end)

  describe("as a table", function()
    it("fits the terminal, cells cut, columns left out named in the end", function()
      local s, report = written("table", { ada, bob }, { width = 44 })
      assert.are.same({
        "ref  firstName  email            level  sso",
        "U1   Ada        ada@example.org      3",
        "U2   Bøb        bob@example.org     10  true",
        "not shown: cf.department, note, positions",
      }, lines_of(s))
      assert.are.same({ "cf.department", "note", "positions" }, report.hidden)
      s = written("table", { { ref = "U1", title = ("Head of "):rep(20) } }, { width = 40 })
      assert.are.same({ "ref  title", "U1   Head of Head of Head of Head of He…" }, lines_of(s))
      for width = 1, 60 do
        for _, line in ipairs(lines_of((written("table", { ada, bob }, { width = width })))) do
          assert.is_true(text.width(line) <= width, line)
        end
      end
    end)

    it("is as wide as it takes where there is no terminal, and nothing is cut", function()
      local long = ("x"):rep(5000)
      local s = written("table", { { ref = "U1", note = long }, { ref = "U2", note = "b", more = { 1, { a = 2 } } } })
      assert.truthy(s:find(long, 1, true))
      assert.truthy(s:find('[1,{"a":2}]', 1, true))
      assert.is_nil(s:find("not shown", 1, true))
    end)

    it("streams: what decides about columns are the first records, and later ones are cut to them", function()
      local path = os.tmpname()
      local file <close> = assert(io.open(path, "w+b"))
      os.remove(path)
      local writer = output.writer("table", { file = file, width = 20 })
      local function so_far()
        file:seek("set")
        return file:read("a")
      end
      for i = 1, 99 do writer:write { ref = "U" .. i, name = "n" } end
      assert.are.equal("", so_far())
      writer:write { ref = "U100", name = "n" }
      assert.are.equal(101, #lines_of(so_far()))
      writer:write { ref = "U101", name = ("long"):rep(20), late = 1 }
      writer:write { ref = "U102", late = 2, other = thrive.null }
      local lines = lines_of(so_far())
      assert.are.equal("U101    longl…", lines[102])
      local report = writer:finish()
      assert.are.same({ late = 2 }, report.dropped)
      assert.are.equal(102, report.records)
    end)

    it("lets no control character of the data through", function()
      for _, width in ipairs { 80, false } do
        local s = written("table", { { ref = "\27[2J\u{9b}x", ["\27]0;x\7"] = "\r\n\u{202e}" } }, { width = width or nil })
        assert.is_nil(s:find("[\0-\9\11-\31\127]"))
        assert.is_nil(s:find("\xc2\x9b", 1, true))
        assert.is_nil(s:find("\u{202e}", 1, true))
      end
    end)

    it("has colours only when asked", function()
      assert.is_nil(written("table", { ada }, { width = 80 }):find("\27"))
      local coloured = written("table", { ada }, { width = 80, colour = true })
      assert.are.equal((written("table", { ada }, { width = 80 })), (coloured:gsub("\27%[%d*m", "")))
      assert.truthy(coloured:find("\27[1m", 1, true))
    end)

    it("of a single record is a list of its fields", function()
      assert.are.same({ "ref            U1", "firstName      Ada", "email          ada@example.org" },
        table.move(lines_of((written("table", { ada }, { single = true }))), 1, 3, 1, {}))
      assert.are.equal("444\n", (written("table", { 444 }, { single = true })))
      assert.are.equal("value\n  444\n", (written("table", { 444 })))
    end)

    it("of nothing is nothing, but for the columns that were asked for", function()
      assert.are.equal("", (written("table", {})))
      assert.are.equal("ref  email\n", (written("table", {}, { columns = { "ref", "email" } })))
    end)
  end)

  it("counts fields that came too late for a column, in every format that has columns", function()
    for _, format in ipairs { "tsv", "md", "csv" } do
      local records = {}
      for i = 1, 1000 do records[i] = { ref = "U" .. i } end
      records[1001] = { ref = "x", late = 1, additionalFields = { Shoe = 43 } }
      records[1002] = { ref = "y", late = 1 }
      local s, report = written(format, records)
      assert.are.same({ late = 2, ["cf.Shoe"] = 1 }, report.dropped, format)
      assert.is_nil(s:find("late", 1, true))
      local _, chosen = written(format, records, { columns = { "ref" } })
      assert.are.same({}, chosen.dropped, format)
    end
  end)

  it("as csv is what thrive.csv writes", function()
    assert.are.equal('ref,firstName,email,level,note,positions,sso,cf.department\n'
      .. 'U1,Ada,ada@example.org,3,,"[{""title"":""Nurse""}]",,Sales\n'
      .. 'U2,Bøb,bob@example.org,10,"a|b\nc\td\\e",,true,\n',
      (written("csv", { ada, bob }, { order = { "ref", "firstName", "email" } })))
    assert.are.equal("value\n444\n", (written("csv", { 444 }, { single = true })))
  end)

  describe("after an error", function()
    local function aborted(format, n)
      local path = os.tmpname()
      local file <close> = assert(io.open(path, "w+b"))
      os.remove(path)
      assert.is_false(pcall(function()
        local writer <close> = output.writer(format, { file = file })
        for i = 1, n do writer:write { ref = "U" .. i } end
        error("the service broke down")
      end))
      file:seek("set")
      return file:read("a")
    end

    it("has every record that came", function()
      for _, format in ipairs(output.formats) do
        local s = aborted(format, 3)
        for i = 1, 3 do assert.truthy(s:find("U" .. i, 1, true), format) end
      end
    end)

    it("never looks complete where a format has an end", function()
      for n = 0, 3 do
        assert.is_nil(core.json.decode(aborted("json", n)))
        assert.is_nil(n > 0 and load(aborted("lua", n)) or nil)
      end
    end)
  end)

  it("says which record cannot be written, and why", function()
    for _, format in ipairs { "json", "ndjson" } do
      assert.are.equal("record 2: cannot encode f: a function has no JSON form",
        subject.raised(written, format, { ada, { f = print } }))
    end
  end)

  it("loses no failure of the system", function()
    for _, format in ipairs(output.formats) do
      local full = assert(io.open("/dev/full", "w"))
      local ok, why = pcall(function()
        local writer = output.writer(format, { file = full })
        for _ = 1, 10 do writer:write(ada) end
        writer:finish()
      end)
      assert.is_false(ok, format)
      assert.are.equal("cannot write the output: No space left on device", tostring(why), format)
      assert.is_false(output.is_closed_pipe(why))
      pcall(full.close, full)
    end
    assert.is_falsy(output.is_closed_pipe("something else"))
  end)

  it("does not end early in silence when nobody reads any more", function()
    local directory = interp.directory()
    interp.write(directory .. "/main.lua", [[
      local output = require "thrive.output"
      local ok, why = pcall(function()
        local writer = output.writer(arg[1])
        for i = 1, 100000 do writer:write{ ref = "U" .. i, name = ("x"):rep(50) } end
        writer:finish()
      end)
      io.stderr:write(tostring(ok), " ", tostring(output.is_closed_pipe(why)), " ", tostring(why), "\n")
      io.stdout:close()
      os.exit(true)
    ]])
    local pwd = interp.root()
    local env = { LUA_PATH = pwd .. "/lua/?.lua", LUA_CPATH = pwd .. "/build/?.so" }
    for _, format in ipairs { "ndjson", "table", "csv" } do
      local command = ([[trap '' PIPE; "$P" main.lua %s | head -1 >/dev/null]]):format(format)
      local run = interp.run(directory, interp.lua(), command, env)
      assert.are.equal("false true cannot write the output: Broken pipe\n", run.err, format)
    end
    interp.remove(directory)
  end)

  it("is on its way before the end: a reader sees what has come", function()
    local path = os.tmpname()
    local file <close> = assert(io.open(path, "wb"))
    local reader <close> = assert(io.open(path, "rb"))
    os.remove(path)
    local writer = output.writer("ndjson", { file = file })
    writer.flushed = -math.huge -- long ago
    writer:write(ada)
    assert.are.equal(core.json.encode(ada), reader:read("l"))
    writer:finish()
    assert.truthy(subject.raised(writer.write, writer, ada):find("closed writer", 1, true))
    assert.are.equal(1, writer:finish().records)
  end)
end)
