-- thrive.csv: what is read, what is refused, and where the message says it is.

local csv = require "thrive.csv"
local files = require "spec.support.csv_files"

local file_with, raised, fault = files.with, files.raised, files.fault

describe("thrive.csv", function()
  after_each(files.remove)

  describe("reading", function()
    local same = {
      { "records that end in LF", "a,b\n1,2\n3,4\n" },
      { "records that end in CRLF", "a,b\r\n1,2\r\n3,4\r\n" },
      { "records that end in CR", "a,b\r1,2\r3,4\r" },
      { "mixed line ends", "a,b\r\n1,2\r3,4\n" },
      { "a last line without a line end", "a,b\n1,2\n3,4" },
      { "a last line without a line end that ends in a quote", 'a,b\n1,2\n3,"4"' },
      { "a byte order mark", "\u{FEFF}a,b\n1,2\n3,4\n" },
      { "a byte order mark before a quote", '\u{FEFF}"a",b\n1,2\n3,4\n' },
      { "blank lines", "\n\r\na,b\n\n1,2\r\n\r\n\r3,4\n\n\n" },
      { "quoted cells", '"a","b"\n"1","2"\n3,"4"\n' },
      { "blanks around names", " a ,\u{A0}b\n1,2\n3,4\n" },
    }
    for _, case in ipairs(same) do
      it("takes " .. case[1], function()
        assert.same({ { a = "1", b = "2" }, { a = "3", b = "4" } }, csv.parse(case[2]))
      end)
    end

    local cells = {
      { "a separator", '"x,y"', "x,y" },
      { "doubled quotes", '"say ""hi"""', 'say "hi"' },
      { "nothing but a quote", '""""', '"' },
      { "a line feed", '"x\ny"', "x\ny" },
      { "CRLF", '"x\r\ny"', "x\r\ny" },
      { "a lone CR", '"x\ry"', "x\ry" },
      { "blank lines", '"x\n\n\ny"', "x\n\n\ny" },
      { "names of anywhere", "Żółć 李 محمد Ελένη", "Żółć 李 محمد Ελένη" },
      { "blanks around a cell", "  x ", "  x " },
      { "an apostrophe", "O'Neil", "O'Neil" },
    }
    for _, case in ipairs(cells) do
      it("keeps " .. case[1], function()
        assert.same({ { a = "1", b = case[3], c = "2" } }, csv.parse("a,b,c\n1," .. case[2] .. ",2\n"))
      end)
    end

    it("leaves empty cells out of the row, quoted or not", function()
      assert.same({ { a = "1" }, { b = "2" } }, csv.parse('a,b\n1,\n"",2\n'))
      assert.same({ {} }, csv.parse(",\n", { header = { "a", "b" } }))
    end)

    it("has empty cells as empty strings when asked to", function()
      assert.same({ { a = "1", b = "" } }, csv.parse("a,b\n1,\n", { empty = "string" }))
    end)

    it("has rows as arrays without a header, empty cells as empty strings", function()
      assert.same({ { "a", "", "b" }, { "", "", "" } }, csv.parse('a,,b\n"",,\n', { header = false }))
    end)

    it("takes names from the caller for a file without a header", function()
      assert.same({ { x = "1", y = "2" } }, csv.parse("1,2\n", { header = { "x", "y" } }))
    end)

    it("takes other separators", function()
      for _, separator in ipairs { ";", "\t", "|", "^", "%", "]", "-", "." } do
        assert.same({ { a = "1,5", b = "x" } }, csv.parse(("a_b\n1,5_x\n"):gsub("_", (separator:gsub("%%", "%%%%"))),
          { separator = separator }), separator)
      end
    end)

    it("reads one column", function()
      assert.same({ { a = "1" }, {}, { a = "2" } }, csv.parse('a\n1\n""\n2\n'))
    end)

    it("reads a header without rows as no rows", function()
      assert.same({}, csv.parse("a,b\n"))
      assert.same({}, csv.parse("", { header = false }))
    end)

    it("takes names without what is not to be seen around them, a mark of the byte order too many among it", function()
      for _, name in ipairs { " a ", "\u{A0}a\t", "\u{FEFF}a", "\u{FEFF}\u{FEFF}a\u{200B}", "\u{202F} \u{2009}a \u{2060}\u{3000}",
        "\n\u{200E}a\u{FEFF} " } do
        assert.same({ { a = "1", b = "2" } }, csv.parse(('"%s",b\n1,2\n'):format(name)))
        assert.same({ { a = "1", b = "2" } }, csv.parse(("b,%s\n2,1\n"):format((name:gsub("\n", "")))))
      end
      assert.same({ { a = "1" } }, csv.parse('\u{FEFF}\u{FEFF}"a"\n1\n'))
      assert.same({ { ["à\u{200B}b"] = "1" } }, csv.parse("à\u{200B}b\n1\n"))
    end)

    it("passes over columns without a name behind the others, where they are empty", function()
      for _, text in ipairs { "a,b,,\n1,2,,\n3,,,\n", 'a,"b", ,""\n1,2,"",\n"3","","",""', "a,b,\n1,2, \n3,,\u{A0}\n" } do
        local reader <close> = assert(csv.open(file_with(text)))
        assert.same({ "a", "b" }, reader.header)
        assert.same({ a = "1", b = "2" }, (reader:next()))
        assert.same({ a = "3" }, (reader:next()))
        assert.is_nil((reader:next()))
        assert.same({ { a = "1", b = "2" }, { a = "3", b = "" } }, csv.parse(text, { empty = "string" }))
        assert.same({ { a = "1", b = "2" }, { a = "3" } }, csv.parse(text, { trim = true, fields = { "a", "b" } }))
      end
      local many = {}
      for i = 1, 40 do many[i] = "c" .. i end
      local text = table.concat(many, ";") .. (";"):rep(30) .. "\n"
      local rows = assert(csv.parse(text .. text))
      assert.equal("c40", rows[1].c40)
      assert.is_nil(rows[1][41])
    end)

    it("trims on request, no-break spaces too, and counts the cells", function()
      local reader <close> = assert(csv.open(file_with('a,b\n 1\t,\u{A0} x y\u{A0}\n"  ",z\n'), { trim = true }))
      assert.same({ a = "1", b = "x y" }, reader:next())
      assert.same({ b = "z" }, reader:next())
      assert.equal(3, reader.trimmed)
    end)

    it("trims long gaps, and looks for the end of names, in a time that grows with their length only", function()
      local clock, gap, mixed = os.clock(), (" "):rep(100000), (" \u{A0}"):rep(50000)
      local rows = csv.parse(("a,b%sc\nx%sy ,%sz%s\n"):format(gap, gap, mixed, mixed), { trim = true })
      assert.same({ { a = "x" .. gap .. "y", ["b" .. gap .. "c"] = "z" } }, rows)
      assert.is_true(os.clock() - clock < 2)
      assert.same({ {}, { b = "1" } }, csv.parse(("a,b\n%s,%s\n,1\n"):format(gap, mixed), { trim = true }))
    end)

    it("does not damage characters that end like a no-break space when it trims", function()
      assert.same({ { a = "à" }, { a = "Âb" } }, csv.parse("a\n à\nÂb \n", { trim = true }))
    end)

    it("reads any number of columns, quoted, bare, trimmed or scanned", function()
      for _, width in ipairs { 1, 2, 30, 31, 32, 33, 62, 63, 100, 400, 16384 } do
        local names, bare, expected = {}, {}, {}
        for i = 1, width do
          names[i], bare[i] = "column " .. i, i % 3 == 0 and "" or ("v%d"):format(i)
          expected[names[i]] = i % 3 ~= 0 and bare[i] or nil
        end
        local head, line = table.concat(names, ","), table.concat(bare, ",")
        local quoted = '"' .. table.concat(bare, '","') .. '"'
        local scanned = quoted:gsub('"v1"', "v1")
        for _, body in ipairs { line, quoted, scanned } do
          assert.same({ expected, expected }, csv.parse(head .. "\n" .. body .. "\n" .. body))
          assert.same({ expected }, csv.parse(head .. "\n" .. body, { trim = true }))
          assert.same({ bare }, csv.parse(body .. "\n", { header = false }))
        end
      end
    end)

    it("reads back anything that was written, wherever the pieces of the file end", function()
      local seed = 20240630
      local function random(n)
        seed = (seed * 1103515245 + 12345) % 2147483648
        return seed // 65536 % n + 1
      end
      local parts = { "a", "bc", ",", '"', "\n", "\r", "\r\n", " ", "Ż", "李", "😀", "é", "xyz", "'", "=", "" }
      local ends = { "\n", "\r\n", "\r" }
      for width = 1, 4 do
        local expected, text, size = {}, {}, 0
        while size < 200 * 1024 do
          local row, line = {}, {}
          for i = 1, width do
            local cell = {}
            for _ = 1, random(9) do cell[#cell + 1] = parts[random(#parts)] end
            row[i] = table.concat(cell)
            local plain = not row[i]:find('[,"\r\n]') and row[i] ~= ""
            line[i] = plain and random(3) > 1 and row[i] or '"' .. row[i]:gsub('"', '""') .. '"'
          end
          expected[#expected + 1] = row
          text[#text + 1] = table.concat(line, ",") .. ends[random(3)]
          size = size + #text[#text]
        end
        text = table.concat(text)
        assert.same(expected, csv.read(file_with(text), { header = false, raw = true }))
        assert.same(expected, csv.parse(text, { header = false, raw = true }))
      end
    end)

    it("reads a cell that is longer than many pieces", function()
      local long = ("Żółć,\r\n"):rep(100000)
      local rows = assert(csv.read(file_with('a,b\n1,"' .. long .. '"\n2,x\n')))
      assert.equal(2, #rows)
      assert.is_true(rows[1].b == long)
    end)

    it("needs no more memory for a file of megabytes than for a small one", function()
      local line = ("0123456789"):rep(10) .. ",x\n"
      local path = file_with("a,b\n" .. line:rep(60000))
      collectgarbage()
      collectgarbage()
      local before, peak, n = collectgarbage("count"), 0, 0
      for _ in csv.rows(path) do
        n = n + 1
        if n % 10000 == 0 then
          collectgarbage()
          peak = math.max(peak, collectgarbage("count") - before)
        end
      end
      assert.equal(60000, n)
      assert.is_true(peak < 400, ("%.0f KB for a file of 6 MB"):format(peak))
    end)
  end)

  describe("rows", function()
    it("gives the line where a record starts, whatever came before", function()
      local lines = {}
      local path = file_with('\n"a",b\r\n1,"x\r\ny\nz\rw"\r\n\r\n2,y\n"3",z\r4,"""\n"""\n5,w')
      for row, line in csv.rows(path) do lines[tonumber(row.a)] = line end
      assert.same({ 3, 8, 9, 10, 12 }, lines)
    end)

    it("closes the file at the end, on break and when the body fails", function()
      local path = file_with("a\n1\n2\n")
      local real, opened = io.open, {}
      finally(function() io.open = real end) -- luacheck: ignore 122
      io.open = function(...) -- luacheck: ignore 122
        local file, why = real(...)
        opened[#opened + 1] = file
        return file, why
      end
      for _ in csv.rows(path) do assert.equal("file", io.type(opened[1])) end
      for _ in csv.rows(path) do break end -- luacheck: ignore 512
      pcall(function()
        for _ in csv.rows(path) do error("no") end
      end)
      assert.same({ "closed file", "closed file", "closed file" },
        { io.type(opened[1]), io.type(opened[2]), io.type(opened[3]) })
    end)

    it("takes an open file, reads from where it is and leaves it open", function()
      local file <close> = assert(io.open(file_with("exported today\na,b\n1,2\n"), "rb"))
      file:read("l")
      local rows = {}
      for row in csv.rows(file) do rows[#rows + 1] = row end
      assert.same({ { a = "1", b = "2" } }, rows)
      assert.equal("file", io.type(file))
    end)

    it("raises in the loop after the good rows, so that it never looks complete", function()
      local path = file_with("a,b\n1,2\n3,4\n5\n6,7\n")
      local seen = {}
      local message = raised(function()
        for row in csv.rows(path) do seen[#seen + 1] = row.a end
      end)
      assert.same({ "1", "3" }, seen)
      assert.equal(path .. ":4: 1 cell where the header has 2: is the line cut off, or is a cell with a separator in it"
        .. " not quoted?", message)
    end)

    it("raises when there is no such file", function()
      assert.equal("/nonexistent/hr.csv: cannot open: No such file or directory", raised(csv.rows, "/nonexistent/hr.csv"))
    end)

    it("raises when the file cannot be read to its end", function()
      local err = raised(csv.rows, "/tmp")
      assert.equal("/tmp:1: cannot read: Is a directory", err)
    end)
  end)

  describe("open", function()
    it("has the names in the order of the file, and the line of the last row", function()
      local reader <close> = assert(csv.open(file_with("b,a\n1,2\n")))
      assert.same({ "b", "a" }, reader.header)
      local row, line = reader:next()
      assert.same({ b = "1", a = "2" }, row)
      assert.equal(2, line)
      assert.equal(2, reader.line)
      assert.is_nil(reader:next())
      assert.is_nil(reader:next())
    end)

    it("gives nothing more after close, which may be called twice", function()
      local reader = assert(csv.open(file_with("a\n1\n2\n")))
      reader:next()
      assert.is_true(reader:close())
      assert.is_true(reader:close())
      assert.is_nil(reader:next())
    end)

    it("raises the same again after something wrong, instead of an end", function()
      local reader = assert(csv.open(file_with("a,b\n1\n2,3\n")))
      local first = raised(reader.next, reader)
      assert.equal(first, raised(reader.next, reader))
    end)

    it("names the file and the line when somebody else has closed the file", function()
      local path = file_with("a\n" .. ("x\n"):rep(100000))
      local file = assert(io.open(path, "rb"))
      local reader = assert(csv.open(file, { source = path }))
      file:close()
      local _, err = pcall(function() while reader:next() do end end)
      assert.equal(("%s:%d: cannot read: the file was closed"):format(path, 64 * 1024 // 2 + 1), tostring(err))
    end)

    it("returns nil and the error when the file is missing or its header is wrong", function()
      local reader, err = csv.open("/nonexistent/hr.csv")
      assert.is_nil(reader)
      assert.equal("config", err.kind)
      reader, err = csv.open(file_with("a,a\n"))
      assert.is_nil(reader)
      assert.equal("validation", err.kind)
      assert.equal(1, err.line)
    end)
  end)

  describe("faults", function()
    local faults = {
      { "an empty file", "", "text: the file is empty: its first line has to name the columns" },
      { "a file of blank lines", "\n\r\n", "text: the file is empty: its first line has to name the columns" },
      { "a row that is too short", "a,b\n1\n", "text:2: 1 cell where the header has 2" },
      { "a row that is too long", "a,b\n1,2\n1,2,3\n", "text:3: 3 cells where the header has 2" },
      { "an empty name", "a,,c\n", "text:1: column 2 has no name: give it one, or remove it" },
      { "a name that only blanks are left of", "a, \n1,\n2, x\n",
        "text:3: column 2 has no name, but there is text in it: name it, or remove it" },
      { "a header of separators", ",,\n1,2,3\n", "text:1: column 1 has no name: give it one, or remove it" },
      { "a workbook", "PK\3\4\20\0\6\0", "text:1: this is a workbook (such as .xlsx), not CSV: save its sheet as CSV in UTF-8" },
      { "an old workbook", "\xD0\xCF\x11\xE0\xA1\xB1", "text:1: this is a workbook" },
      { "a repeated name", "\na,b, a\n", 'text:2: columns 1 and 3 are both called "a"' },
      { "an unquoted quote", 'a,b\n1,5" pipe\n', "text:2:4: a quote inside a cell that is not quoted" },
      { "a blank before a quote", 'a,b\n1, "x"\n', "text:2:4: a quote inside a cell that is not quoted" },
      { "text after a quote", 'a,b\n1,"x"y\n', "text:2:6: text after a closing quote" },
      { "text after a cell of several lines", 'a,b\n1,"x\n\ny"z,"w"\n',
        "text:4:3: text after a closing quote: a quote inside a quoted cell has to be doubled (the cell starts in line 2)" },
      { "a quote that stays open", 'a,b\n1,2\n3,"x\n4,5\n6,7\n', "text:3:3: this quote is never closed" },
      { "a quote that stays open in a later line of a record", 'a,b\n"1\n2","x\n4,5\n', "text:3:4: this quote is never closed" },
      { "Latin-1", "a,b\n1,Jos\xE9\n", "text:2:6: invalid UTF-8 (byte 0xE9): save the file as CSV in UTF-8" },
      { "Latin-1 after other letters", "a,b\n李李,\xFCx\n", "text:2:4: invalid UTF-8 (byte 0xFC)" },
      { "Latin-1 in a later line of a cell", 'a,b\n1,"x\ny\xE9"\n', "text:3:2: invalid UTF-8 (byte 0xE9)" },
      { "a character cut off at the end", "a,b\n1,x\xC3", "text:2:4: invalid UTF-8 (byte 0xC3)" },
      { "a surrogate", "a\n\xED\xA0\x80\n", "text:2:1: invalid UTF-8 (byte 0xED)" },
      { "an overlong form", "a\n\xC0\x80\n", "text:2:1: invalid UTF-8 (byte 0xC0)" },
      { "a NUL byte", "a,b\n1,x\0\n", "text:2:4: a NUL byte" },
      { "UTF-16 with a mark", "\xFF\xFEa\0,\0b\0\n\0", "text:1: this file is in UTF-16: save it as CSV in UTF-8" },
      { "UTF-16 without a mark", "a\0,\0b\0\n\0", "text:1:2: a NUL byte" },
    }
    for _, case in ipairs(faults) do
      it("names the place of " .. case[1], function()
        local message = fault(case[2])
        assert.equal(case[3], message:sub(1, #case[3]))
      end)
    end

    it("is found beyond the first piece, with the right line", function()
      local good = ("x,Ż\r\n"):rep(50000)
      local rows, err = csv.read(file_with("a,b\r\n" .. good .. "1,\xE9\r\n" .. good))
      assert.is_nil(rows)
      assert.equal(50002, err.line)
      assert.equal(3, err.column)
    end)

    it("is found for a quote left open in a file that is larger than a record may be", function()
      local path = file_with('a,b\n1,"open\n' .. ("0123456789\n"):rep(3200000))
      local _, err = csv.read(path)
      assert.equal(path .. ":2:3: the record that starts in line 2 is longer than 16 MB: is a closing quote missing?",
        tostring(err))
    end)

    it("is found soon, however many lines the record has", function()
      local clock, lines = os.clock(), ("x\n"):rep(600000)
      local _, err = csv.parse('a,b\n1,"open\ry\r\n\r' .. lines .. "\xE9" .. lines)
      assert.equal("text:600005:1: invalid UTF-8 (byte 0xE9)", tostring(err):sub(1, 40))
      assert.is_true(os.clock() - clock < 5)
    end)

    it("names the source that was given", function()
      assert.equal("HR export:2: ", fault("a,b\n1\n", { source = "HR export" }):sub(1, 13))
      local file <close> = assert(io.open(file_with("a,b\n1\n"), "rb"))
      local _, err = csv.read(file, { source = "feed" })
      assert.equal("feed", err.source)
    end)

    it("names every required column that is missing, with the nearest there is", function()
      assert.equal('text:1: there is no column "employee_id" (did you mean "Employee ID"?) and no column "email"'
        .. ' (did you mean "e-mail"?) and no column "manager_id"; the columns are: Employee ID, e-mail, name',
        fault("Employee ID,e-mail,name\n", { required = { "employee_id", "email", "manager_id", "name" } }))
      assert.same({}, csv.parse("a,b\n", { required = { "b" } }))
    end)
  end)

  describe("misuse", function()
    local here = "spec/csv_spec.lua:"
    local misuses = {
      { { nil }, "csv.rows: a path or an open file is needed, not nil" },
      { { {} }, "csv.rows: a path or an open file is needed, not a table" },
      { { "x", "y" }, "csv.rows: the options have to be a table, not a string" },
      { { "x", { seperator = ";" } }, "csv.rows: unknown option 'seperator' (did you mean \"separator\"?)" },
      { { "x", { ";" } }, "csv.rows: unknown option '1'" },
      { { "x", { separator = "" } }, "csv.rows: 'separator' has to be one character" },
      { { "x", { separator = "::" } }, "csv.rows: 'separator' has to be one character" },
      { { "x", { separator = '"' } }, "csv.rows: 'separator' has to be one character" },
      { { "x", { separator = "\n" } }, "csv.rows: 'separator' has to be one character" },
      { { "x", { separator = "\0" } }, "csv.rows: 'separator' has to be one character" },
      { { "x", { separator = 5 } }, "csv.rows: 'separator' has to be one character" },
      { { "x", { header = "a,b" } }, "csv.rows: 'header' has to be an array of names, not a string" },
      { { "x", { header = {} } }, "csv.rows: 'header' names no column" },
      { { "x", { header = { "a", "a" } } }, "csv.rows: 'header' names \"a\" twice" },
      { { "x", { header = { "a", 2 } } }, "csv.rows: 'header' has something at 2 that is not a name" },
      { { "x", { required = "a" } }, "csv.rows: 'required' has to be an array of names, not a string" },
      { { "x", { required = { "a" }, header = false } }, "csv.rows: 'required' needs columns with names" },
      { { "x", { trim = 1 } }, "csv.rows: 'trim' has to be true or false" },
      { { "x", { empty = "null" } }, "csv.rows: 'empty' has to be \"nil\" or \"string\"" },
      { { "x", { empty = "nil", header = false } }, "csv.rows: 'empty' cannot be \"nil\" when 'header' is false" },
      { { "x", { source = 1 } }, "csv.rows: 'source' has to be a string" },
    }
    for _, case in ipairs(misuses) do
      it("raises at the caller: " .. case[2], function()
        local message = raised(function()
          for _ in csv.rows(table.unpack(case[1], 1, 2)) do error("not reached") end
        end)
        assert.equal(case[2], message:match("^[^:]*:%d+: (.*)"):sub(1, #case[2]))
        assert.truthy(message:find(here, 1, true), message)
      end)
    end

    it("names the function that was called", function()
      for _, name in ipairs { "open", "read", "parse" } do
        local message = raised(function()
          local _ = csv[name](nil)
        end)
        assert.truthy(message:find(here, 1, true), message)
        assert.truthy(message:find(": csv." .. name .. ": a ", 1, true), message)
      end
    end)

    it("refuses a file that is closed", function()
      local file = assert(io.open(file_with("a\n"), "rb"))
      file:close()
      assert.truthy(raised(csv.read, file):find("not a closed file", 1, true))
    end)
  end)
end)
