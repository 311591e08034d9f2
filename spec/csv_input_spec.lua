-- thrive.csv: what separates the cells of a file, and files that are not in UTF-8.

local csv = require "thrive.csv"
local files = require "spec.support.csv_files"
local core = require "thrive.core"

local file_with, raised, fault = files.with, files.raised, files.fault

describe("thrive.csv input", function()
  after_each(files.remove)

  describe("separator", function()
    for _, separator in ipairs { ",", ";", "\t", "|" } do
      it(("%q is found in the header"):format(separator), function()
        local text = ("a_b_c\n1_x y_3\n"):gsub("_", separator)
        assert.same({ { a = "1", b = "x y", c = "3" } }, csv.parse(text))
        local reader <close> = assert(csv.open(file_with("\u{FEFF}" .. text)))
        assert.equal(separator, reader.separator)
      end)
    end

    local cases = {
      { "is not looked for in quotes", '"a,b,c";"d|e";f\n1;2;3\n', { { ["a,b,c"] = "1", ["d|e"] = "2", f = "3" } } },
      { "is not looked for in a name of several lines", '"a,\n\n""b,";c\r\n1;2\r\n', { { ['a,\n\n"b,'] = "1", c = "2" } } },
      { "is none in a file of one column", "a\n1,5\n", nil },
      { "is none in a file of one column with quotes", 'a b\n"1,5"\n', { { ["a b"] = "1,5" } } },
      { "is the comma when both would do", "a;b,c\n1,2\n", { { ["a;b"] = "1", c = "2" } } },
      { "is the comma when both would do and there is no row", "a;b,c\n", {} },
      { "is the one that the rows have as often as the header", "Ref;Name (last, first);E-mail\nU1;Ng;x\n",
        { { Ref = "U1", ["Name (last, first)"] = "Ng", ["E-mail"] = "x" } } },
      { "is the one that the rows have as often, the comma too", "a,b;c;d\n1,2\n", { { a = "1", ["b;c;d"] = "2" } } },
      { "is the most frequent one but for the comma", "a;b;c|d\n", {} },
      { "is the most frequent one of two that all records agree on", "Name,first;E-mail;Team\nNg,Al;a@x;IT\n",
        { { ["Name,first"] = "Ng,Al", ["E-mail"] = "a@x", Team = "IT" } } },
      { "is not the one with blanks behind it where that is more frequent", "City, ZIP, state;Team\nBonn, 53111, NW;IT\n",
        { { ["City, ZIP, state"] = "Bonn, 53111, NW", Team = "IT" } } },
      { "is not the one with blanks behind it where both are as frequent", "Name, first;E-mail\nNg, Al;a@x\n",
        { { ["Name, first"] = "Ng, Al", ["E-mail"] = "a@x" } } },
      { "is TAB rather than what texts may have", "Name (last, first, title)\tE-mail\nNg, Al, Dr\ta@x\n",
        { { ["Name (last, first, title)"] = "Ng, Al, Dr", ["E-mail"] = "a@x" } } },
      { "is the one that the most records agree on", "a,b;c\n1,2;3\n4,5,6;7\n8;9",
        { { ["a,b"] = "1,2", c = "3" }, { ["a,b"] = "4,5,6", c = "7" }, { ["a,b"] = "8", c = "9" } } },
      { "is found behind blank lines", "\n\r\na;b\n1;2\n", { { a = "1", b = "2" } } },
      { "is found in a header without a line end", "a;b", {} },
      { "fits the number of names that are given", "1,5;2,5\n", { { x = "1,5", y = "2,5" } }, { header = { "x", "y" } } },
      { "is the comma where no number fits", "1;2;3,4\n", { { x = "1;2;3", y = "4" } }, { header = { "x", "y" } } },
      { "is the comma in a file without names", "1;2,3\n", { { "1;2", "3" } }, { header = false } },
      { "is not looked for when it is given", "a;b,c\n1,2;3\n", { { a = "1,2", ["b,c"] = "3" } }, { separator = ";" } },
      { "is named by a first line", "sep=;\na,1;b,2\nx;y\n", { { ["a,1"] = "x", ["b,2"] = "y" } } },
      { "is named by a first line in capitals, with CRLF", "SEP=|\r\na|b\r\nx,y|z\r\n", { { a = "x,y", b = "z" } } },
      { "is named by a first line that ends in CR", "sep=;\ra,1;b\rx;y\r", { { ["a,1"] = "x", b = "y" } } },
      { "is named by a first line after a byte order mark", "\u{FEFF}sep=\t\na\tb\nx\ty\n", { { a = "x", b = "y" } } },
      { "may be one that is never looked for", "sep=^\na^b\nx^y\n", { { a = "x", b = "y" } } },
      { "is what the caller says, whatever the first line does", "sep=;\na,b\nx,y\n", { { a = "x", b = "y" } },
        { separator = "," } },
      { "is named by a first line in a file without names", "sep=;\n1;2\n", { { "1", "2" } }, { header = false } },
    }
    for _, case in ipairs(cases) do
      it(case[1], function()
        if case[3] then
          assert.same(case[3], csv.parse(case[2], case[4]))
        else
          assert.equal("text:2: 2 cells where the header has 1", fault(case[2]):sub(1, 38))
        end
      end)
    end

    it("line is a line like others to messages", function()
      assert.equal("text:3: 1 cell where", fault("sep=;\na;b\n1\n"):sub(1, 20))
    end)

    it("line that is quoted, or not the first, is a header or a row", function()
      assert.same({ { ["sep="] = "x" } }, csv.parse('"sep="\nx\n'))
      assert.same({ { ["sep=;"] = "x" } }, csv.parse('"sep=;"\nx\n'))
      assert.equal("text:3: column 2 has no name", fault("\nsep=;\nx;y\n"):sub(1, 28))
    end)

    it("is found in a header that is longer than many pieces", function()
      local names = {}
      for i = 1, 300 do names[i] = '"' .. ("name,"):rep(200) .. i .. '"' end
      local reader <close> = assert(csv.open(file_with(table.concat(names, ";") .. "\n")))
      assert.equal(300, #reader.header)
      assert.equal(("name,"):rep(200) .. 300, reader.header[300])
    end)
  end)

  describe("encoding", function()
    local cases = {
      { "cp1252", "ref;name\r\nU1;Jos\xE9 \x96 5 \x80\r\n", "José – 5 €" },
      { "windows-1252", "ref,name\nU1,\x8Elu\x9D?\n", nil, "text:2:7: byte 0x9D is not text in the encoding windows-1252" },
      { "CP1250", "ref;name\nU1;\x8Czaneta \xA3\xF3\xBF\n", "Śzaneta Łóż" },
      { "ISO-8859-1", "ref,name\nU1,Zo\xEB\n", "Zoë" },
      { "macintosh", "ref,name\nU1,Zo\x91\n", "Zoë" },
      { "shift_jis", "ref,name\nU1,\x93\xFA\x96\x7B\n", "日本" },
      { "utf-16", "\xFF\xFEr\0e\0f\0,\0n\0a\0m\0e\0\n\0U\0001\0,\0\x4E\x67\n\0", "李" },
      { "UTF-16", "\xFE\xFF\0r\0e\0f\0,\0n\0a\0m\0e\0\n\0U\0001\0,\x67\x4E\0\n", "李" },
      { "utf-16le", "\xFF\xFEr\0e\0f\0\t\0n\0a\0m\0e\0\n\0U\0001\0\t\0\x3D\xD8\x00\xDE\n\0", "😀" },
      { "utf-8", "\u{FEFF}ref,name\nU1,é\n", "é" },
      { "UTF8", "ref,name\nU1,\xE9\n", nil, "text:2:4: invalid UTF-8 (byte 0xE9)" },
      { "cp1252", "\u{FEFF}ref,name\nU1,é\n", "é" },
      { "cp1252", "\xFF\xFEr\0e\0f\0", nil, "text:1: this file is in UTF-16" },
    }
    for _, case in ipairs(cases) do
      it(("%s: %s"):format(case[1], case[3] or case[4]), function()
        if case[3] then
          assert.same({ { ref = "U1", name = case[3] } }, csv.parse(case[2], { encoding = case[1] }))
          assert.same({ { ref = "U1", name = case[3] } }, csv.read(file_with(case[2]), { encoding = case[1] }))
        else
          assert.equal(case[4], fault(case[2], { encoding = case[1] }):sub(1, #case[4]))
        end
      end)
    end

    it("cuts no character in two, wherever the pieces of the file end", function()
      local sjis, utf8 = "\x93\xFA\x96\x7B\x8C\xEA", "日本語"
      for shift = 0, 5 do
        local text = "a,b\n" .. ("x"):rep(shift) .. "," .. sjis:rep(40000) .. "\nq,r\n"
        local rows = assert(csv.read(file_with(text), { encoding = "SHIFT_JIS", empty = "string" }))
        assert.equal(2, #rows)
        assert.is_true(rows[1].b == utf8:rep(40000))
        assert.same({ a = "q", b = "r" }, rows[2])
      end
    end)

    it("names line and column of bytes that are no text, beyond the first piece", function()
      local good = ("J\xF3zef,x\n"):rep(30000)
      local rows, err = csv.read(file_with("a,b\n" .. good .. "\xE9\xE9\x81,y\n" .. good), { encoding = "cp1252" })
      assert.is_nil(rows)
      assert.equal("validation", err.kind)
      assert.equal(30002, err.line)
      assert.equal(3, err.column)
    end)

    it("names the place where the file breaks off within a character", function()
      assert.equal("text:2:2: byte 0x93 is not text in the encoding shift_jis: name the right one, or save the file as CSV in "
        .. "UTF-8", fault("a\nx\x93", { encoding = "shift_jis" }))
    end)

    it("gives the rows before the bytes that are no text", function()
      local seen = {}
      local message = raised(function()
        for row in csv.rows(file_with("a\n1\n2\n\x81\n"), { encoding = "cp1252" }) do seen[#seen + 1] = row.a end
      end)
      assert.same({ "1", "2" }, seen)
      assert.truthy(message:find(":4:1: byte 0x81 is not text in the encoding cp1252", 1, true))
    end)

    it("is not believed where the file is in UTF-8", function()
      local utf8 = "ref,name\nU1,M\u{FC}ller\nU2,\u{141}ukasz\n"
      for _, name in ipairs { "cp1252", "ISO-8859-15", "cp1250", "latin1", "macintosh", "koi8-r" } do
        local message = "text:2:5: this is UTF-8, not " .. name .. ": "
        assert.equal(message, fault(utf8, { encoding = name }):sub(1, #message))
      end
      for _, name in ipairs { "utf-16", "UTF-16LE", "utf32", "UCS-2" } do
        for _, text in ipairs { utf8, "ref\nU1\n" } do
          local message = "text:1:1: this is UTF-8, not " .. name .. ": "
          assert.equal(message, fault(text, { encoding = name }):sub(1, #message))
        end
      end
      assert.same({ { a = "b" } }, csv.parse("a\nb\n", { encoding = "cp1252" })) -- the same in both
    end)

    it("is not believed wherever a file in UTF-8 has its first character beyond ASCII", function()
      for shift = 0, 2 do
        local ascii = "a\n" .. ("x"):rep(70) .. "\n"
        local text = ascii .. ("0123456789abcde\n"):rep((64 * 1024 - #ascii) // 16)
        text = text .. ("x"):rep(64 * 1024 - #text - shift) .. "\u{20AC}" -- its bytes end around the end of the first piece
        assert.truthy(fault(text, { encoding = "cp1252" }):find("this is UTF-8, not cp1252", 1, true))
        local rows = assert(csv.parse(text .. "\xE9\n", { encoding = "cp1252" }))
        assert.equal("xâ‚¬\u{E9}", rows[#rows].a:sub(-10))
      end
    end)

    it("is believed where its text is as good as never UTF-8", function()
      for _, case in ipairs {
        { "cp1252", "M\xFCller \xC3\xBC", "Müller Ã¼" }, { "cp1251", "\xDF\xF0\xEE\xF1\xEB\xE0\xE2", "Ярослав" },
        { "SHIFT_JIS", "\xC3\xBC", "ﾃｼ" }, { "GBK", "\xC1\xAA\xCD\xA8", "联通" },
      } do
        assert.same({ { a = case[3] } }, csv.parse("a\n" .. case[2] .. "\n", { encoding = case[1] }))
      end
    end)

    it("that is not known is a config error that names some", function()
      local reader, err = csv.open(file_with("a\n"), { encoding = "cp-4711" })
      assert.is_nil(reader)
      assert.equal("config", err.kind)
      assert.truthy(tostring(err):find('no encoding "cp-4711" is known here: try "utf-8", "cp1252"', 1, true))
    end)

    it("is proposed where a file is not UTF-8", function()
      assert.truthy(fault("a\n\xE9\n"):find('name its encoding (Excel\'s is often "cp1252")', 1, true))
      assert.truthy(fault("\xFF\xFEa\0"):find('read it with encoding = "utf-16"', 1, true))
      assert.truthy(fault("a\0b\0"):find('name its encoding ("utf-16le")', 1, true))
    end)

    it("closes its file and its conversion when something is wrong", function()
      local real, opened = io.open, nil
      finally(function() io.open = real end) -- luacheck: ignore 122
      io.open = function(...) -- luacheck: ignore 122
        opened = assert(real(...))
        return opened
      end
      for _, encoding in ipairs { "cp1252", "nothing" } do
        assert.is_nil((csv.read(file_with("a\n\x81"), { encoding = encoding })))
        assert.equal("closed file", io.type(opened))
      end
    end)

    it("needs no more memory for a large file than for a small one", function()
      local path = file_with("a,b\n" .. (("\xE9123456789"):rep(10) .. ",x\n"):rep(40000))
      collectgarbage()
      local before, peak, n = collectgarbage("count"), 0, 0
      for row in csv.rows(path, { encoding = "cp1252" }) do
        n = n + 1
        if n % 10000 == 0 then
          collectgarbage()
          peak = math.max(peak, collectgarbage("count") - before)
          assert.equal(("é123456789"):rep(10), row.a)
        end
      end
      assert.equal(40000, n)
      assert.is_true(peak < 800, ("%.0f KB for a file of 4 MB"):format(peak))
    end)

    it("has to be a name", function()
      for _, case in ipairs {
        { 5, "'encoding' has to be a string" },
        { "", "'encoding' has to be a name such as \"cp1252\" (got \"\")" },
        { "cp1252//IGNORE", "'encoding' has to be a name such as \"cp1252\" (got \"cp1252//IGNORE\")" },
      } do
        local message = raised(function() return (csv.parse("a\n", { encoding = case[1] })) end)
        assert.equal("csv.parse: " .. case[2], message:match("^[^:]*csv_input_spec.lua:%d+: (.*)"))
      end
    end)
  end)

  describe("core.decoder", function()
    it("is spent after bytes that are no text, and may be collected at any time", function()
      local decoder = assert(core.decoder("cp1252"))
      assert.same({ "é", nil }, { decoder:decode("\xE9") })
      assert.same({ "a", 0x81 }, { decoder:decode("a\x81b") })
      assert.truthy(raised(decoder.decode, decoder, "x"):find("closed decoder", 1, true))
      assert.is_nil(core.decoder("cp1252\0"))
      assert.is_nil(core.decoder("cp1252//IGNORE"))
      local other <close> = assert(core.decoder("utf-16le"))
      assert.same({ "", nil }, { other:decode("a") })
      for _ = 1, 100 do assert(core.decoder("SHIFT_JIS")):decode("\x93") end
      collectgarbage()
      assert.same({ "a", nil }, { other:decode("\0", true) })
    end)
  end)
end)
