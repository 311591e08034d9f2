--- The codec (thrive.core.json): every rule of src/json.h and src/lua_json.h, and lua-cjson as the oracle.
local json = require("thrive.core").json
local cjson = require("cjson")
local decode, encode, null = json.decode, json.encode, json.null

local KEEP = { nulls = "keep" }
local FFFD = "\u{FFFD}"

-- Decoding fails with this message at this byte (counted from 1).
local function refuses(text, position, pattern)
  local value, message, at = decode(text)
  assert.is_nil(value)
  assert.is_string(message)
  assert.are.equal(position, at)
  assert.is_truthy(message:find("invalid JSON at byte " .. position .. ": ", 1, true), message)
  if pattern then assert.is_truthy(message:find(pattern), message) end
end

-- Encoding fails with a message that names this path.
local function will_not_encode(value, path, pattern)
  local text, message = encode(value)
  assert.is_nil(text)
  assert.is_truthy(message:find("cannot encode " .. path .. ": ", 1, true), message)
  assert.is_truthy(message:find(pattern), message)
end

-- Same type, same subtype of number, same mark, same content.
local function same(a, b)
  if math.type(a) ~= math.type(b) or type(a) ~= type(b) then return false end
  if type(a) ~= "table" then return a == b end
  if json.isarray(a) ~= json.isarray(b) then return false end
  for k, v in next, a do
    if not same(v, rawget(b, k)) then return false end
  end
  for k in next, b do
    if rawget(a, k) == nil then return false end
  end
  return true
end

-- A generator of our own, so that a failure can be repeated: the seed is in the test.
local function random(seed)
  return function(n)
    seed = (seed * 6364136223846793005 + 1442695040888963407)
    return (seed >> 33) % n + 1
  end
end

local PIECES = { "a", "Z", "\"", "\\", "/", "\b", "\n", "\0", "\x1f", "\x7f", "é", "美", "😀", "\u{2028}", "plain text ",
  "exactly sixteen!", ("long "):rep(20) }

local function random_string(rnd)
  local t = {}
  for i = 1, rnd(6) - 1 do t[i] = PIECES[rnd(#PIECES)] end
  return table.concat(t)
end

-- A document both codecs can tell apart: no empty tables (cjson has one kind) and no integral numbers (it has floats).
local function random_value(rnd, depth)
  local kind = rnd(depth > 0 and 8 or 5)
  if kind == 1 then return random_string(rnd) end
  if kind == 2 then return (rnd(2000000) - 1000000) / 1024 + 1 / 4096 end
  if kind == 3 then return rnd(2) == 1 end
  if kind == 4 then return null end
  if kind == 5 then return "E" .. rnd(100) end
  local t = {}
  if kind == 6 then
    for i = 1, rnd(40) do t[i] = random_value(rnd, depth - 1) end
    return json.array(t)
  end
  for _ = 1, rnd(40) do t["k" .. random_string(rnd) .. rnd(20)] = random_value(rnd, depth - 1) end
  return t
end

describe("json.decode", function()
  describe("numbers", function()
    it("reads integers exactly over the whole of int64", function()
      for _, i in ipairs { 0, 1, -1, 2 ^ 53 | 0, (2 ^ 53 | 0) + 1, math.maxinteger, math.mininteger } do
        local got = decode(("%d"):format(i))
        assert.are.equal("integer", math.type(got))
        assert.are.equal(i, got)
      end
      assert.are.equal("integer", math.type(decode("-0")))
    end)

    it("reads a fraction or an exponent as a float, even when it is integral", function()
      for text, want in pairs { ["1.0"] = 1.0, ["1e2"] = 100.0, ["-0.0"] = -0.0, ["2E-1"] = 0.2, ["1e+2"] = 100.0 } do
        local got = decode(text)
        assert.are.equal("float", math.type(got))
        assert.are.equal(want, got)
      end
      assert.are.equal(-math.huge, 1 / decode("-0.0"))
    end)

    it("reads an integer beyond int64 as a float only when that is exact, else as its digits", function()
      assert.are.equal(2.0 ^ 63, decode("9223372036854775808"))
      assert.are.equal("float", math.type(decode("9223372036854775808")))
      assert.are.equal("9223372036854775809", decode("9223372036854775809"))
      assert.are.equal("-9223372036854775809", decode("-9223372036854775809"))
      assert.are.equal("18446744073709551615", decode('{"id":18446744073709551615}').id)
      assert.are.equal(("9"):rep(500), decode(("9"):rep(500)))
    end)

    it("agrees with tonumber about floats", function()
      local rnd = random(11)
      for _ = 1, 3000 do
        local text = ("%d.%de%d"):format(rnd(1 << 30), rnd(1 << 31), rnd(600) - 310)
        local want = tonumber(text)
        if want < math.huge then assert.are.equal(want, decode(text)) end
      end
    end)

    it("refuses what is no JSON number", function()
      for text, at in pairs { ["01"] = 1, ["-"] = 2, ["+1"] = 1, [".5"] = 1, ["1."] = 3, ["1e"] = 3, ["0x1"] = 2, NaN = 1,
        ["nan"] = 2, Infinity = 1, ["-Infinity"] = 2, ["1e999"] = 1, ["1_000"] = 2 } do
        refuses(text, at)
      end
    end)
  end)

  describe("strings", function()
    it("undoes every escape", function()
      assert.are.equal("\"\\/\b\f\n\r\tAé€😀", decode([["\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\ude00"]]))
    end)

    it("keeps a NUL", function()
      assert.are.equal("a\0b", decode([["a\u0000b"]]))
      assert.are.equal(1, decode([[{"a\u0000b":1}]])["a\0b"])
    end)

    it("reads half of a surrogate pair as U+FFFD", function()
      assert.are.equal(FFFD, decode([["\ud800"]]))
      assert.are.equal(FFFD .. "x", decode([["\udc00x"]]))
      assert.are.equal(FFFD .. "A", decode([["\ud800\u0041"]]))
      assert.are.equal(FFFD .. "😀", decode([["\ud83d\ud83d\ude00"]]))
    end)

    it("replaces each invalid UTF-8 sequence by U+FFFD", function()
      assert.are.equal("a" .. FFFD .. "z", decode('"a\xffz"'))
      assert.are.equal(FFFD:rep(2), decode('"\xc0\x80"'))
      assert.are.equal(FFFD, decode('"\xe2\x82"'))
      assert.are.equal(FFFD:rep(3), decode('"\xed\xa0\x80"'))
      assert.are.equal(FFFD:rep(1000), decode('"' .. ("\xff"):rep(1000) .. '"'))
      assert.are.equal(1, decode('{"\xff":1}')[FFFD])
    end)

    it("refuses raw control characters and unknown escapes where they are", function()
      refuses('"a\nb"', 3, "control character")
      refuses('"\0"', 2, "control character")
      refuses([["ab\x41"]], 4, "escape")
      refuses([["\u12"]], 2, "hexadecimal")
      refuses('"abc', 5, "inside a string")
      refuses('"abc\\', 6, "inside a string")
    end)

    it("reads strings of every length around the vector width", function()
      for n = 0, 70 do
        for _, tail in ipairs { "", "é", "\\n" } do
          local s = ("x"):rep(n) .. tail
          assert.are.equal((s:gsub("\\n", "\n")), decode('"' .. s .. '"'))
          assert.are.equal(1, decode('{"' .. s .. '":1}')[(s:gsub("\\n", "\n"))])
        end
      end
    end)
  end)

  describe("null", function()
    it("is absent from objects and kept in arrays and at the top by default", function()
      local t = decode('{"a":null,"b":[null,1,null],"c":{"d":null}}')
      assert.is_nil(t.a)
      assert.are.equal(3, #t.b)
      assert.are.equal(null, t.b[1])
      assert.are.equal(null, t.b[3])
      assert.is_nil(next(t.c))
      assert.are.equal(null, decode("null"))
      assert.is_nil(decode('{"a":null}', { nulls = "drop" }).a)
    end)

    it("is thrive.null everywhere with nulls = keep", function()
      assert.are.equal(null, decode('{"a":null}', KEEP).a)
      assert.are.equal(cjson.null, null)
    end)

    it("undoes an earlier member of the same name", function()
      assert.is_nil(decode('{"a":1,"a":null}').a)
      assert.is_nil(decode('[{"a":1},{"a":1,"a":null}]')[2].a)
    end)
  end)

  describe("tables", function()
    it("marks arrays, also empty ones, and nothing else", function()
      assert.is_true(json.isarray(decode("[]")))
      assert.is_true(json.isarray(decode("[1]")))
      assert.is_false(json.isarray(decode("{}")))
      assert.is_nil(getmetatable(decode('{"a":1}')))
      assert.is_true(json.isarray(decode('{"a":[[]]}').a[1]))
      assert.are.equal("thrive.array", getmetatable(decode("[]")).__name)
    end)

    it("lets the last of duplicate keys win", function()
      assert.are.same({ a = 3, b = 2 }, decode('{"a":1,"b":2,"a":3}'))
      assert.are.same({ a = 3 }, decode([=[[{"a":1},{"a":1,"\u0061":3}]]=])[2])
      local parts = {}
      for i = 1, 100 do parts[i] = ('"k%d":%d'):format(i % 40, i) end
      local t = decode("{" .. table.concat(parts, ",") .. "}")
      assert.are.equal(100, t.k20)
      assert.are.equal(99, t.k19)
    end)

    it("reads arrays and objects of every size around its thresholds", function()
      for _, n in ipairs { 1, 2, 31, 32, 33, 63, 64, 65, 100, 1000, 5000 } do
        local a, o = {}, {}
        for i = 1, n do
          a[i] = tostring(i)
          o[i] = ('"k%d":%d'):format(i, i)
        end
        local list = decode("[" .. table.concat(a, ",") .. "]")
        assert.are.equal(n, #list)
        local object = "{" .. table.concat(o, ",") .. "}"
        for _, map in ipairs { decode(object), decode("[" .. object .. "," .. object .. "]")[2] } do
          local count = 0
          for k, v in pairs(map) do
            assert.are.equal("k" .. v, k)
            count = count + 1
          end
          assert.are.equal(n, count)
        end
        for i = 1, n do assert.are.equal(i, list[i]) end
      end
    end)

    it("reads records right when their keys come, go and change places", function()
      local rnd = random(5)
      local names = {}
      for i = 1, 60 do names[i] = "name" .. ("x"):rep(i % 23) .. i end
      local texts, want = {}, {}
      for r = 1, 300 do
        local members, record = {}, {}
        for _ = 1, rnd(40) - 1 do
          local k, v = names[rnd(#names)], rnd(1000)
          record[k] = v
          members[#members + 1] = ('"%s":%d'):format(k, v)
        end
        texts[r], want[r] = "{" .. table.concat(members, ",") .. "}", record
      end
      assert.are.same(want, decode("[" .. table.concat(texts, ",") .. "]"))
    end)

    it("reads records right when they have more shapes than it remembers", function()
      local texts, want = {}, {}
      for r = 1, 2000 do
        texts[r] = ('{"a%d":{"b%d":[{"c%d":%d}]}}'):format(r, r, r, r)
        want[r] = { ["a" .. r] = { ["b" .. r] = { { ["c" .. r] = r } } } }
      end
      assert.are.same(want, decode("[" .. table.concat(texts, ",") .. "]"))
    end)

    it("does not let one big object make every small one big", function()
      local big = {}
      for i = 1, 20000 do big[i] = ('"k%d":%d'):format(i, i) end
      local text = "[{" .. table.concat(big, ",") .. "}" .. (",{\"a\":1}"):rep(20000) .. "]"
      collectgarbage()
      local before = collectgarbage("count")
      local t = decode(text)
      collectgarbage()
      assert.is_true(collectgarbage("count") - before < 10 * 1024)
      assert.are.equal(20001, #t)
    end)

    it("reads what is deep and wide at once", function()
      local members, elements = {}, {}
      for i = 1, 31 do members[i], elements[i] = ('"k%d":%d'):format(i, i), i end
      local open = "{" .. table.concat(members, ",") .. ',"in":[' .. table.concat(elements, ",") .. ","
      local t = decode(open:rep(64) .. "7" .. ("]}"):rep(64))
      for _ = 1, 64 do
        assert.are.equal(31, t.k31)
        assert.are.equal(32, #t["in"])
        t = t["in"][32]
      end
      assert.are.equal(7, t)
    end)

    it("refuses more than 128 levels", function()
      local ok = ("["):rep(128) .. ("]"):rep(128)
      assert.is_true(json.isarray(decode(ok)))
      refuses("[" .. ok .. "]", 129, "nested")
      refuses(('{"a":'):rep(129) .. "1" .. ("}"):rep(129), 128 * 5 + 1, "nested")
      refuses(("["):rep(100000), 129, "nested")
    end)
  end)

  describe("the text", function()
    it("may start with a byte order mark and have white space around", function()
      assert.are.same({ 1 }, decode("\xEF\xBB\xBF \t\r\n[ 1 ]\n "))
      refuses("[1]\xEF\xBB\xBF", 4)
    end)

    it("must not be empty", function()
      refuses("", 1, "empty")
      refuses(" \n", 3, "empty")
      refuses("\xEF\xBB\xBF", 4, "empty")
    end)

    it("must be one value and strict JSON", function()
      refuses("[1] x", 5, "unexpected text after")
      refuses("1 2", 3, "unexpected text after")
      refuses("{}{}", 3, "unexpected text after")
      for text, at in pairs { ["[1,]"] = 4, ["[,1]"] = 2, ["[1 2]"] = 4, ['{"a":1,}'] = 8, ['{"a" 1}'] = 6, ["{a:1}"] = 2,
        ["{1:1}"] = 2, ['{"a":}'] = 6, ["{'a':1}"] = 2, ["tru"] = 4, ["nulL"] = 4, ["True"] = 1, ["]"] = 1, ["[1}"] = 3,
        ['{"a":1]'] = 7, ["// c\n1"] = 1, ["<html>"] = 1, ["[1;2]"] = 3, ["\0"] = 1 } do
        refuses(text, at)
      end
    end)

    it("is refused when it is cut off anywhere", function()
      local text = require("bench.page").text(3)
      for n = 0, #text - 1 do
        local value, message, at = decode(text:sub(1, n))
        assert(value == nil and type(message) == "string" and at <= n + 1, n)
      end
      assert.are.equal(3, #decode(text).results)
    end)

    it("gets a value or a clean error whatever bytes are changed", function()
      local text = require("bench.page").text(2)
      local rnd = random(77)
      local refused = 0
      for _ = 1, 4000 do
        local t = text
        for _ = 1, rnd(3) do
          local i = rnd(#t)
          t = t:sub(1, i - 1) .. string.char(rnd(256) - 1) .. t:sub(i + rnd(3) - 1)
        end
        local value, message, at = decode(t)
        if value == nil then
          assert(type(message) == "string" and at >= 1 and at <= #t + 1)
          refused = refused + 1
        else
          assert(same(value, decode(assert(encode(value)))))
        end
      end
      assert.is_true(refused > 1000)
    end)
  end)

  it("checks its arguments", function()
    assert.has_error(function() decode() end)
    assert.has_error(function() decode(12) end)
    assert.has_error(function() decode({}) end)
    assert.has_error(function() decode("1", "keep") end)
    assert.has_error(function() decode("1", { nulls = "sometimes" }) end)
  end)
end)

describe("json.encode", function()
  it("writes integers in full and floats so that they stay floats", function()
    for value, text in pairs { [0] = "0", [math.maxinteger] = "9223372036854775807",
      [math.mininteger] = "-9223372036854775808", [0.5] = "0.5", [1e300] = "1e+300", [0.1] = "0.1" } do
      assert.are.equal(text, encode(value))
    end
    assert.are.equal("1.0", encode(1.0))
    assert.are.equal("-0.0", encode(-0.0))
    assert.are.equal("0.3333333333333333", encode(1 / 3))
  end)

  it("writes every float so that the same float is read", function()
    local rnd = random(3)
    for _ = 1, 5000 do
      local bits = rnd(1 << 31) << 33 ~ rnd(1 << 31) << 16 ~ rnd(1 << 16)
      local d = string.unpack("d", string.pack("i8", bits))
      if d == d and d ~= math.huge and d ~= -math.huge then
        local back = decode(encode(d))
        assert(back == d and math.type(back) == "float", d)
      end
    end
  end)

  it("refuses infinities and NaN", function()
    will_not_encode({ a = { 1, math.huge } }, "a[2]", "infinity")
    will_not_encode({ b = -math.huge }, "b", "infinity")
    will_not_encode(0 / 0, "the value", "NaN")
  end)

  it("escapes what it must and nothing else", function()
    assert.are.equal([["\"\\/\b\f\n\r\t\u0000\u001f]] .. '\x7fé😀\u{2028}"', encode("\"\\/\b\f\n\r\t\0\x1f\x7fé😀\u{2028}"))
  end)

  it("refuses invalid UTF-8 and names the path", function()
    will_not_encode({ additionalFields = { tags = { "a", "b", "\xff" } } }, "additionalFields.tags[3]", "UTF%-8")
    will_not_encode("\xed\xa0\x80", "the value", "UTF%-8")
    will_not_encode({ ["a\xff"] = 1 }, '["a?"]', "UTF%-8")
    will_not_encode("caf\xc3", "the value", "UTF%-8")
  end)

  it("writes objects with their keys in byte order", function()
    local t = {}
    for _, k in ipairs { "b", "a", "é", "ab", "", "a\0", "B", "abcdefgh2", "abcdefgh1", "abcdefgh" } do t[k] = 1 end
    assert.are.equal(
      [[{"":1,"B":1,"a":1,"a\u0000":1,"ab":1,"abcdefgh":1,"abcdefgh1":1,"abcdefgh2":1,"b":1,"é":1}]], encode(t))
  end)

  it("sorts objects of any size", function()
    for _, n in ipairs { 5, 40, 41, 300, 3000 } do
      local t, want = {}, {}
      for i = 1, n do
        local k = ("key%05d"):format((i * 7919) % 99991)
        t[k] = i
        want[i] = ('"%s":%d'):format(k, i)
      end
      table.sort(want)
      assert.are.equal("{" .. table.concat(want, ",") .. "}", encode(t))
    end
  end)

  it("writes 1..n and marked tables as arrays, other empty ones as objects", function()
    assert.are.equal("[1,2,3]", encode({ 1, 2, 3 }))
    assert.are.equal("[1,2]", encode({ [1.0] = 1, [2] = 2 }))
    assert.are.equal("[]", encode(json.array({})))
    assert.are.equal("[[],{}]", encode({ json.array({}), {} }))
    assert.are.equal("{}", encode({}))
    assert.are.equal("[null]", encode({ null }))
    assert.are.equal('{"a":null}', encode({ a = null }))
  end)

  it("refuses holes, mixed keys and other keys, and names the path", function()
    will_not_encode({ 1, nil, 3 }, "[2]", "hole")
    will_not_encode({ x = { [2] = 1 } }, "x[1]", "hole")
    will_not_encode({ [0] = 1 }, "[1]", "hole")
    will_not_encode({ x = { 1, a = 2 } }, "x", "mixes")
    will_not_encode({ x = { 1, 2, [2.5] = 3 } }, "x", "mixes")
    will_not_encode({ x = { [true] = 1 } }, "x", "neither a string nor")
    will_not_encode({ x = { [1.5] = 1 } }, "x", "neither a string nor")
    will_not_encode({ x = json.array({ a = 1 }) }, "x", "array")
    will_not_encode({ x = json.array({ 1, nil, 3 }) }, "x[2]", "hole")
    local sparse = json.array({})
    sparse[1 << 40] = 1
    will_not_encode(sparse, "[1]", "hole")
  end)

  it("refuses functions, coroutines and userdata and names the path", function()
    will_not_encode({ a = { b = { 1, print } } }, "a.b[2]", "function")
    will_not_encode({ ["two words"] = coroutine.create(print) }, '["two words"]', "coroutine")
    will_not_encode({ io.stdout }, "[1]", "userdata")
    will_not_encode(nil, "the value", "nil")
  end)

  it("refuses more than 128 levels, and so cycles", function()
    local t = json.array({})
    for _ = 1, 127 do t = { t } end
    assert.are.equal(("["):rep(128) .. ("]"):rep(128), encode(t))
    local text, message = encode({ t })
    assert.is_nil(text)
    assert.is_truthy(message:find("^cannot encode [%[1%]]+%.%.%.: nested"), message)
    local cycle = {}
    cycle.self = cycle
    text, message = encode(cycle)
    assert.is_nil(text)
    assert.is_truthy(message:find("cannot encode self.self", 1, true))
    assert.is_truthy(message:find("contain itself", 1, true))
  end)

  it("runs no metamethod", function()
    local function never() error("a metamethod ran") end
    local mt = { __index = never, __len = never, __pairs = never, __tostring = never, __name = "x", __eq = never }
    assert.are.equal('{"a":[1]}', encode(setmetatable({ a = setmetatable({ 1 }, mt) }, mt)))
    assert.are.equal("{}", encode(setmetatable({}, mt)))
  end)

  it("survives a weak table whose entries vanish meanwhile", function()
    collectgarbage("generational")
    for _ = 1, 20 do
      local weak = setmetatable({}, { __mode = "kv" })
      for i = 1, 500 do weak["key" .. i] = { i } end
      assert.is_table(decode(encode({ weak, weak })))
    end
    collectgarbage("incremental")
  end)

  it("needs a value", function()
    assert.has_error(function() encode() end)
  end)
end)

describe("json.array", function()
  it("marks a table and returns it", function()
    local t = {}
    assert.are.equal(t, json.array(t))
    assert.is_true(json.isarray(t))
    assert.are.equal(t, json.array(t))
    assert.is_false(json.isarray({}))
    assert.is_false(json.isarray("x"))
  end)

  it("refuses other values and tables with another metatable", function()
    assert.has_error(function() json.array("x") end)
    assert.has_error(function() json.array() end)
    assert.has_error(function() json.array(setmetatable({}, {})) end)
  end)
end)

describe("json against lua-cjson", function()
  it("reads what lua-cjson writes, as lua-cjson reads it", function()
    local rnd = random(2024)
    for _ = 1, 150 do
      local text = cjson.encode(random_value(rnd, 3))
      assert.are.same(cjson.decode(text), (decode(text, KEEP)))
    end
  end)

  it("writes what lua-cjson reads, and reads it back unchanged", function()
    local rnd = random(4711)
    for _ = 1, 150 do
      local value = random_value(rnd, 3)
      local text = assert(encode(value))
      assert.are.same(value, cjson.decode(text))
      assert.is_true(same(value, decode(text, KEEP)))
      assert.are.equal(text, encode(decode(text, KEEP)))
    end
  end)

  it("reads a page of 1000 users as lua-cjson does", function()
    local text = require("bench.page").text(1000)
    assert.are.same(cjson.decode(text), (decode(text, KEEP)))
  end)

  it("keeps a page through decode and encode", function()
    local page = decode(require("bench.page").text(50))
    assert.is_true(same(page, decode(encode(page))))
  end)
end)

describe("json in coroutines", function()
  it("decodes on a small stack and leaves nothing on it", function()
    local text = require("bench.page").text(20)
    local co = coroutine.wrap(function()
      for _ = 1, 3 do coroutine.yield(#decode(text).results) end
    end)
    assert.are.same({ 20, 20, 20 }, { co(), co(), co() })
  end)
end)
