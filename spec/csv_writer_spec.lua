-- thrive.csv: what is written, that all of it is read back, and that no failure to write is lost.

local csv = require "thrive.csv"
local files = require "spec.support.csv_files"
local thrive = require "thrive"
local interp = require "spec.support.interp"
local subject = require "spec.support.subject"

local fresh, raised = files.fresh, files.raised

-- A generator of its own, so that a failure can be had again.
local function generator(seed)
  return function(n)
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed // 65536 % n + 1
  end
end

local PARTS = { "a", "5", "-5", "+1.5e3", "+447700900123", ",", ";", "\t", "|", '"', '""', "\n", "\r", "\r\n", "'", "''", "=",
  "+", "-", "@", "\u{FF1D}", "\u{FF0B}1", "\u{FF21}", " ", "\u{A0}", "\u{FEFF}", "sep=", "sep=;", "=1+1", "é", "李", "😀", "cf.",
  ".", "\\", "#", "\1", "\127", "" }

local function hostile(random, most)
  local parts = {}
  for i = 1, random(most) do parts[i] = PARTS[random(#PARTS)] end
  return table.concat(parts)
end

describe("thrive.csv writing", function()
  after_each(files.remove)

  describe("cells", function()
    local function cell(value, options)
      options = options or {}
      options.columns = { "x", "y" }
      return csv.format({ { x = value, y = "z" } }, options):match("^x.y\n(.*).z\n$")
    end

    it("are empty for nil, an empty text and null", function()
      assert.equal("", cell(nil))
      assert.equal("", cell(""))
      assert.equal("", cell(thrive.null))
    end)

    it("have integers exactly and floats as they read back", function()
      for _, value in ipairs { 0, -5, 7, math.maxinteger, math.mininteger, 0.1, 1 / 3, -2.5e-300, 1e300, 5.0, 2 ^ 53 } do
        local text = cell(value)
        assert.equal(value, tonumber(text))
        assert.equal(math.type(value), math.type(tonumber(text)))
      end
      assert.equal("nan", cell(0 / 0))
      assert.equal("inf", cell(math.huge))
      assert.equal("'-inf", cell(-math.huge))
    end)

    it("have true and false, and tables as JSON", function()
      assert.equal("true", cell(true))
      assert.equal("false", cell(false))
      assert.equal('"[""a"",1,true]"', cell({ "a", 1, true }))
      assert.equal('"{""a"":[],""b"":null}"', cell({ b = thrive.null, a = thrive.array {} }))
      assert.equal("[]", cell(thrive.array {}))
    end)

    it("are guarded where a spreadsheet would compute them, and not where they are numbers", function()
      assert.equal("'=SUM(A1)", cell("=SUM(A1)"))
      assert.equal("'+447700900123", cell("+447700900123"))
      assert.equal("'+44 7700 900123", cell("+44 7700 900123"))
      assert.equal("'@SUM(A1)", cell("@SUM(A1)"))
      assert.equal("'-1+1", cell("-1+1"))
      assert.equal("-5", cell("-5"))
      assert.equal("+1.5e3", cell("+1.5e3"))
      for _, start in ipairs { "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}" } do -- Excel in Japan takes them for = + - @
        assert.equal("'" .. start .. "1", cell(start .. "1"))
        assert.equal("''" .. start, cell("'" .. start))
      end
      assert.equal("\u{FF21}", cell("\u{FF21}"))
      assert.equal("'\u{FF01}", cell("'\u{FF01}"))
      assert.equal('"\'\n=1"', cell("\n=1"))
      assert.equal("O'Neil", cell("O'Neil"))
      assert.equal("'tis", cell("'tis"))
      assert.equal("=SUM(A1)", cell("=SUM(A1)", { raw = true }))
    end)

    it("are raised with row and column when they cannot be written", function()
      local cases = {
        { print, "a function cannot be written" },
        { io.stdout, "a userdata cannot be written" },
        { "x\xE9", "invalid UTF-8 (byte 0xE9)" },
        { "x\0", "a NUL byte cannot be written" },
        { { 1, nil, 3, 4, 5 }, nil },
        { { f = print }, "a function has no JSON form (f)" },
      }
      for _, case in ipairs(cases) do
        for _, options in ipairs { { columns = { "a", "x" } }, {} } do
          local _, err = csv.format({ { a = 1 }, { a = 2, x = case[1] } }, options)
          assert.equal("validation", err.kind)
          local expected = 'text: row 2, column "x": ' .. (case[2] or "")
          assert.equal(expected, tostring(err):sub(1, #expected))
        end
      end
    end)

    it("are numbers whole, whatever separates the cells", function()
      for separator in ("+-.0159e"):gmatch(".") do
        local rows = { { a = -15, b = 9.5, c = 1e300 }, { a = 0, b = 1e-9, c = math.mininteger } }
        local text = csv.format(rows, { columns = { "a", "b", "c" }, separator = separator })
        local read = assert(csv.parse(text, { separator = separator }))
        for i, row in ipairs(rows) do
          for name, value in pairs(row) do assert.equal(value, tonumber(read[i][name])) end
        end
      end
    end)

    it("of tables that contain themselves are raised", function()
      local loop = {}
      loop.loop = loop
      local _, err = csv.format({ { x = loop } })
      assert.truthy(tostring(err):find('^text: row 1, column "x": nested too deeply'))
    end)
  end)

  describe("columns", function()
    it("are those given, in their order, a custom field by its name", function()
      local rows = {
        { b = 1, a = "x", c = "no", additionalFields = { Dept = "Care", Site = "no" } },
        { a = "y", additionalFields = thrive.null }, { ["cf.Dept"] = "Ops" },
      }
      assert.equal("a,cf.Dept,b\nx,Care,1\ny,,\n,Ops,\n", csv.format(rows, { columns = { "a", "cf.Dept", "b" } }))
    end)

    it("have the custom fields together as JSON when that is what is asked for", function()
      assert.equal('additionalFields\n"{""Dept"":""Care""}"\n',
        csv.format({ { additionalFields = { Dept = "Care" } } }, { columns = { "additionalFields" } }))
    end)

    it("are otherwise the documented ones, the others by name, the custom fields by name", function()
      local rows = {
        { ref = "U1", zoo = 1, additionalFields = { B = 1 } },
        { ref = "U2", ant = 2, email = "e", additionalFields = { A = { 1 } } },
      }
      assert.equal("ref,email,role,ant,zoo,cf.A,cf.B\nU1,,,,1,,1\nU2,e,,2,,[1],\n",
        csv.format(rows, { order = { "ref", "email", "role", "additionalFields" } }))
      assert.equal("ant,email,ref,zoo,cf.A,cf.B\n", csv.format(rows):match("^[^\n]*\n"))
    end)

    it("do not depend on rows without custom fields, or with an empty array of them", function()
      assert.equal("a,cf.X\n1,\n2,y\n", csv.format { { a = 1, additionalFields = thrive.array {} },
        { a = 2, additionalFields = { X = "y" } } })
      assert.equal('a,additionalFields\n1,"[1,2]"\n', csv.format({ { a = 1, additionalFields = { 1, 2 } } }, { order = { "a" } }))
    end)

    it("are the documented ones alone where there are no rows, and none where nobody knows any", function()
      assert.equal("ref,email\n", csv.format({}, { order = { "ref", "additionalFields", "email" } }))
      assert.equal("ref\n", csv.format({}, { columns = { "ref" } }))
      assert.equal("", csv.format {})
      local _, err = csv.format { {}, {} }
      assert.equal("text: no row has a value: there are no columns", tostring(err))
    end)

    it("take names that need quoting or a guard, and give them back", function()
      local names = { "a,b", 'say "x"', "two\nlines", "=1+1", "'=x", "a;b", "x|y", "sep=;", "-5", "@", "cf.Łódź", "z\u{FEFF}z" }
      local row = {}
      for i, name in ipairs(names) do row[name] = "v" .. i end
      for first = 1, #names do
        local columns = table.move(names, first, #names, 1, {})
        local path = fresh()
        local out <close> = assert(csv.writer(path, { columns = columns }))
        out:write(row):close()
        local reader <close> = assert(csv.open(path))
        assert.same(columns, reader.header)
        assert.equal("v" .. first, reader:next()[names[first]])
      end
    end)

    it("that are not text are raised, in the row that has them, and the others are written with all names", function()
      for name, shown in pairs { ["x\xE9"] = "x\\xE9", ["x\0"] = "x\\x00" } do
        local path = fresh()
        local out <close> = assert(csv.writer(path))
        out:write { a = 1 }
        assert.equal(path .. (': row 2, column "%s": its name is not text in UTF-8'):format(shown),
          raised(out.write, out, { [name] = 1 }))
        assert.equal(path .. (': row 2, column "cf.%s": its name is not text in UTF-8'):format(shown),
          raised(out.write, out, { additionalFields = { [name] = 1 } }))
        out:write { a = 2 }
        out:close()
        assert.equal("a\n1\n2\n", interp.read(path))
      end
    end)

    it("of the first thousand rows count what comes later, and where nothing is said about it", function()
      local path = fresh()
      local out <close> = assert(csv.writer(path))
      for i = 1, 1000 do out:write { n = i, additionalFields = { A = i == 1000 and "last" or nil } } end
      assert.same({ "n", "cf.A" }, out.columns)
      for _ = 1, 3 do
        out:write { n = 0, late = "x", gone = thrive.null, additionalFields = { A = 1, B = 2, C = thrive.null } }
      end
      out:write { n = 0, additionalFields = thrive.array { 1 } }
      assert.same({ late = 3, ["cf.B"] = 3, additionalFields = 1 }, out.dropped)
      assert.equal(1004, out.rows)
      out:close()
      local rows = assert(csv.read(path))
      assert.equal(1004, #rows)
      assert.same({ n = "1000", ["cf.A"] = "last" }, rows[1000])
      assert.same({ n = "0", ["cf.A"] = "1" }, rows[1003])
    end)

    it("that are settled later have each row as it was when it was written", function()
      local path = fresh()
      local out <close> = assert(csv.writer(path))
      local row = { additionalFields = {}, list = {} }
      for i = 1, 3 do
        row.i, row.additionalFields.X, row.list[1] = i, i * 10, i * 100
        out:write(row)
      end
      out:close()
      assert.equal("i,list,cf.X\n1,[100],10\n2,[200],20\n3,[300],30\n", interp.read(path))
    end)

    it("may be many", function()
      local columns, row = {}, {}
      for i = 1, 700 do
        columns[i] = "c" .. i
        row[columns[i]] = i
      end
      assert.equal(row.c700, tonumber(assert(csv.parse(csv.format({ row }, { columns = columns })))[1].c700))
    end)
  end)

  describe("files", function()
    local row = { { a = 1, b = "x" } }

    it("have the separator, line ends and mark that are asked for", function()
      local columns = { "a", "b" }
      assert.equal("a;b\n1;x\n", csv.format(row, { columns = columns, separator = ";" }))
      assert.equal("a\tb\r\n1\tx\r\n", csv.format(row, { columns = columns, separator = "\t", line_end = "\r\n" }))
      assert.equal("\u{FEFF}a,b\n1,x\n", csv.format(row, { columns = columns, bom = true }))
      assert.equal("1,x\n", csv.format(row, { columns = columns, header = false }))
      assert.equal("\u{FEFF}1,x\n", csv.format(row, { columns = columns, header = false, bom = true }))
    end)

    it("without names take arrays", function()
      assert.equal("1,,x\na,,\n,,\n", csv.format({ { 1, nil, "x", n = 3 }, { "a" }, {} }, { header = false }))
      local _, err = csv.format({ { 1 }, { 1, 2 } }, { header = false })
      assert.equal("text: row 2, column 2: the first row has 1", tostring(err))
    end)

    it("that were open stay open, and are written from where they are", function()
      local path = fresh()
      local file <close> = assert(io.open(path, "wb"))
      file:write("exported today\n")
      local out = assert(csv.writer(file, { columns = { "a", "b" } }))
      out:write(row[1])
      assert.is_true(out:close())
      assert.equal("file", io.type(file))
      assert.equal("exported today\na,b\n1,x\n", interp.read(path))
    end)

    it("are closed at the end of a block, when the body fails, and when nobody closed them", function()
      local path = fresh()
      do
        local out <close> = assert(csv.writer(path))
        out:write(row[1])
      end
      assert.equal("a,b\n1,x\n", interp.read(path))
      pcall(function()
        local out <close> = assert(csv.writer(path, { columns = { "a" } }))
        out:write(row[1])
        error("no")
      end)
      assert.equal("a\n1\n", interp.read(path))
      assert(csv.writer(path)):write(row[1])
      collectgarbage()
      collectgarbage()
      assert.equal("a,b\n1,x\n", interp.read(path))
    end)

    it("count their rows and take nothing after close, which may be called twice", function()
      local out = assert(csv.writer(fresh(), { columns = { "a" } }))
      assert.equal(out, out:write { a = 1 })
      assert.equal(1, out.rows)
      assert.is_true(out:close())
      assert.is_true(out:close())
      assert.truthy(raised(out.write, out, { a = 2 }):find("is closed", 1, true))
    end)

    it("that cannot be opened are nil and an error", function()
      local out, err = csv.writer("/nonexistent/x.csv")
      assert.is_nil(out)
      assert.equal("config", err.kind)
      assert.equal("/nonexistent/x.csv: cannot open: No such file or directory", tostring(err))
      assert.equal("report: cannot open: No such file or directory",
        tostring(select(2, csv.writer("/nonexistent/x.csv", { source = "report", atomic = true }))))
    end)

    it("on a full disk raise, in the loop or at close, and again", function()
      local full = "/dev/full: cannot write: No space left on device"
      local out = assert(csv.writer("/dev/full", { columns = { "a" } }))
      out:write { a = 1 } -- still in a buffer
      assert.equal(full, raised(out.close, out))
      assert.equal(full, raised(out.close, out))

      out = assert(csv.writer("/dev/full", { columns = { "a" } }))
      local n = 0
      assert.equal(full, raised(function()
        for _ = 1, 1e6 do
          out:write { a = "0123456789" }
          n = n + 1
        end
      end))
      assert.is_true(n < 1e5)
      assert.equal(full, raised(out.write, out, { a = 1 }))
      assert.equal(full, raised(out.close, out))

      assert.equal(full, raised(function()
        local held <close> = assert(csv.writer("/dev/full"))
        held:write { a = 1 }
      end))
      assert.equal("no", raised(function()
        local failed <close> = assert(csv.writer("/dev/full", { columns = { "a" } }))
        failed:write { a = 1 }
        error("no", 0)
      end))
    end)

    it("on standard output end a script whose reader is gone", function()
      local directory = interp.directory()
      finally(function() interp.remove(directory) end)
      interp.write(directory .. "/endless.lua", [[
        local out <close> = assert(thrive.csv.writer(io.stdout, { columns = { "n" } }))
        for i = 1, 1e7 do out:write{ n = i } end
        io.stderr:write("went on\n")]])
      local result = interp.run(directory, interp.thrivelua(), "$P endless.lua | head -1")
      assert.equal("n\n", result.out)
      assert.equal("", result.err)
    end)
  end)

  describe("atomic", function()
    local function folder()
      local path = os.tmpname()
      os.remove(path)
      assert(os.execute("mkdir " .. path))
      finally(function() os.execute("rm -rf " .. path) end)
      return path
    end
    local function names(path)
      local list <close> = assert(io.popen("ls -A " .. path))
      return list:read("a")
    end

    it("replaces the file when all is written, and keeps its mode", function()
      local path = folder()
      local target = path .. "/x.csv"
      assert(io.open(target, "w")):write("before\n"):close()
      assert(os.execute("chmod 640 " .. target))
      local out = assert(csv.writer(target, { atomic = true, columns = { "a" } }))
      out:write { a = 1 }
      assert.equal("before\n", interp.read(target))
      out:close()
      assert.equal("a\n1\n", interp.read(target))
      assert.equal("x.csv\n", names(path))
      assert.equal(tonumber("640", 8), require("thrive.core").system.stat(target).mode)
    end)

    it("writes what it holds back when the program ends, whichever is collected first", function()
      local directory = interp.directory()
      local result = subject.child(([[
local writers = {}
for i = 1, 20 do writers[i] = assert(require("thrive").csv.writer("%s/" .. i)) end
for i = 1, 20 do writers[i]:write{ a = "=" .. i, b = { i } } end
late = setmetatable({}, { __gc = function() for i = 1, 20 do writers[i]:write{ a = "+", b = { 1 } } end end })
]]):format(directory), {}, interp.thrivelua())
      assert.same({ out = "", err = "", code = 0 }, result)
      for i = 1, 20 do assert.equal(("a,b\n'=%d,[%d]\n'+,[1]\n"):format(i, i), interp.read(directory .. "/" .. i)) end
      interp.remove(directory)
    end)

    it("leaves what was there when the body fails, and when nobody closes it", function()
      local path = folder()
      local target = path .. "/x.csv"
      assert(io.open(target, "w")):write("before\n"):close()
      pcall(function()
        local out <close> = assert(csv.writer(target, { atomic = true }))
        out:write { a = 1 }
        error("no")
      end)
      assert.equal("before\n", interp.read(target))
      assert(csv.writer(target, { atomic = true })):write { a = 1 }
      collectgarbage()
      collectgarbage()
      assert.equal("before\n", interp.read(target))
      assert.equal("x.csv\n", names(path))
    end)

    it("is the writer's own: of several to one path, the one that is closed last stays, whole", function()
      local path = folder()
      local target = path .. "/x.csv"
      local options = { atomic = true, columns = { "a" } }
      local one, two, three = csv.writer(target, options), csv.writer(target, options), csv.writer(target, options)
      one:write { a = 1 }
      two:write { a = 2 }
      three:write { a = 3 }
      two:write { a = 22 }
      one:close()
      assert.equal("a\n1\n", interp.read(target))
      three:close()
      two:close()
      assert.equal("a\n2\n22\n", interp.read(target))
      assert.equal("x.csv\n", names(path))
    end)

    it("writes to what is no regular file as it is", function()
      local out = assert(csv.writer("/dev/null", { atomic = true, columns = { "a" } }))
      out:write { a = 1 }
      assert.is_true(out:close())
      assert.equal("character device", require("thrive.core").system.stat("/dev/null").type)
    end)
  end)

  describe("out and in", function()
    it("is lossless for any text, whatever separates the cells", function()
      local random = generator(20240701)
      local formats = {
        {}, { separator = ";" }, { separator = "\t" }, { separator = "|" }, { line_end = "\r\n" }, { bom = true },
        { raw = true, separator = ";" }, { separator = "^", raw = true }, { separator = "-" }, { separator = "'" },
        { separator = "=" },
      }
      local count = 0
      for round = 1, 400 do
        local options = formats[round % #formats + 1]
        local columns, seen = {}, {}
        for _ = 1, random(4) do
          local name = "x" .. hostile(random, 3) .. "x"
          if random(3) == 1 then name = hostile(random, 2) .. #columns end
          if random(4) == 1 then name = name .. PARTS[random(#PARTS)] end
          name = name:gsub("\u{A0}", " "):match("^%s*(.-)%s*$")
          if name:find("^\u{FEFF}") or name:find("\u{FEFF}$") then name = "x" .. name .. "x" end
          if name ~= "" and not seen[name] then
            seen[name] = true
            columns[#columns + 1] = name
          end
        end
        if not columns[1] then columns[1] = "only" end
        local rows, expected = {}, {}
        for i = 1, 20 do
          rows[i], expected[i] = {}, {}
          for _, name in ipairs(columns) do
            local text = hostile(random, 5)
            rows[i][name], expected[i][name] = text, text ~= "" and text or nil
            count = count + 1
          end
        end
        local given = {}
        for key, value in pairs(options) do given[key] = value end
        given.columns = columns
        local text = assert(csv.format(rows, given))
        -- What can be found out need not be said.
        local known = options.separator and not options.separator:find("[;\t|]") and options.separator or nil
        local read, err = csv.parse(text, { separator = known, raw = options.raw })
        if not read then error(("%s\n%q"):format(err, text)) end
        assert.same(expected, read)
        -- The same without a header: the names are said.
        given.header = false
        text = assert(csv.format(rows, given))
        assert.same(expected, assert(csv.parse(text, { separator = known, raw = options.raw, header = columns })))
      end
      assert.is_true(count > 10000)
    end)

    it("is lossless for arrays, through files of many pieces", function()
      local random = generator(7)
      for width = 1, 4 do
        local path, rows, size = fresh(), {}, 0
        while size < 150 * 1024 do
          local row = {}
          for i = 1, width do
            row[i] = hostile(random, 9)
            size = size + #row[i]
          end
          rows[#rows + 1] = row
        end
        local out <close> = assert(csv.writer(path, { header = false }))
        for _, row in ipairs(rows) do out:write(row) end
        out:close()
        assert.same(rows, csv.read(path, { header = false }))
      end
    end)

    it("takes off one apostrophe where a guard may be, and only there", function()
      assert.same({ { a = "=1", b = "'=1", c = "'x" }, { a = "'", b = "x'=1", c = "-5" } },
        csv.parse("a,b,c\n'=1,''=1,'x\n',x'=1,-5\n"))
      assert.same({ { a = "\tx", b = "\ry" } }, csv.parse("a,b\n'\tx,\"'\ry\"\n"))
      assert.same({ { a = "\nx", b = "'" } }, csv.parse("a,b\n\"'\nx\",'\n"))
      assert.same({ { a = "\u{FF1D}x", b = "'\u{FF21}" } }, csv.parse("a,b\n'\u{FF1D}x,'\u{FF21}\n"))
      assert.same({ { "'=1" } }, csv.parse("'=1\n", { header = false, raw = true }))
      assert.same({ { ["=x"] = "=1" } }, csv.parse("'=x\n'=1\n"))
      assert.same({ { ["'=x"] = "'=1" } }, csv.parse("'=x\n'=1\n", { raw = true }))
    end)

    it("takes the guard off before it trims", function()
      assert.same({ { a = "=1", b = "x" }, { b = "y" }, { a = "'=1", b = "z" } },
        csv.parse("a,b\n'=1 ,x\n'\t ,y\n '=1,z\n", { trim = true }))
    end)
  end)

  describe("misuse", function()
    local misuses = {
      { { nil }, "a path or an open file is needed, not nil" },
      { { "x", "y" }, "the options have to be a table, not a string" },
      { { "x", { colums = {} } }, "unknown option 'colums' (did you mean \"columns\"?)" },
      { { "x", { columns = {} } }, "'columns' names no column" },
      { { "x", { columns = { "a", "a" } } }, "'columns' names \"a\" twice" },
      { { "x", { columns = { "a\xE9" } } }, [['columns' has something at 1 that is not text in UTF-8: "a\xE9"]] },
      { { "x", { order = { "a", "\0" } } }, [['order' has something at 2 that is not text in UTF-8: "\x00"]] },
      { { "x\0y" }, "a path cannot have a NUL byte in it" },
      { { "x", { columns = { "a" }, order = { "a" } } }, "'columns' names all of them: leave out 'order'" },
      { { "x", { order = { "a" }, header = false } }, "'order' needs names, and 'header' is false: use 'columns'" },
      { { "x", { separator = '"' } }, "'separator' has to be one character, not a quote or a line break" },
      { { "x", { line_end = "\r" } }, "'line_end' has to be \"\\n\" or \"\\r\\n\"" },
      { { "x", { bom = 1 } }, "'bom' has to be true or false" },
      { { io.stdout, { atomic = true } }, "'atomic' needs a path" },
    }
    for _, case in ipairs(misuses) do
      it("raises at the caller: " .. case[2], function()
        local message = raised(function() assert(csv.writer(table.unpack(case[1], 1, 2))) end)
        assert.equal("csv.writer: " .. case[2], message:match("^[^:]*csv_writer_spec.lua:%d+: (.*)"))
      end)
    end

    it("of format is raised at the caller", function()
      for _, case in ipairs {
        { { nil }, "an array of rows is needed, not nil" },
        { { { 1 } }, "row 1 has to be a table, not a number" },
        { { {}, 5 }, "the options have to be a table, not a number" },
        { { { { a = 1 }, nil, { a = 3 } } }, "row 2 has to be a table, not nil" },
        { { { { "a" } } }, "row 1 has to be a table of names and values" },
        { { { {} }, { header = false } }, "row 1 has to be an array of values" },
        { { {}, { atomic = true } }, "'atomic' needs a path" },
      } do
        local message = raised(function() return (csv.format(table.unpack(case[1], 1, 2))) end)
        assert.equal("csv.format: " .. case[2], message:match("^[^:]*csv_writer_spec.lua:%d+: (.*)"))
      end
    end)

    it("of write is raised at the caller", function()
      local out <close> = assert(csv.writer(fresh(), { columns = { "a" } }))
      for _, case in ipairs {
        { 5, "a row has to be a table, not number" },
        { { "x" }, "the columns have names: a row is a table of names and values" },
      } do
        local message = raised(function() out:write(case[1]) end)
        assert.equal("csv.writer: " .. case[2], message:match("^[^:]*csv_writer_spec.lua:%d+: (.*)"))
      end
      local _, err = pcall(function() assert(csv.writer(fresh())):write { 1 } end)
      assert.equal('row 1, column "1": a row is a table of names and values', err.message)
    end)
  end)
end)
