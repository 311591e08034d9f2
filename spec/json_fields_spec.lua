--- Decoding some members of each record: `fields` of core.json.decode, core.projection, core.fingerprint, and what
-- iteration makes of them. The oracle is the whole decode, filtered.
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local page = require "bench.page"
local decode, isarray, null = core.json.decode, core.json.isarray, core.null

-- The records of a decoded text, or nil.
local function records_of(value)
  if isarray(value) then return value end
  if type(value) == "table" and isarray(value.results) then return value.results end
end

-- What decoding with fields must give.
local function oracle(text, fields, nulls)
  local value = assert(decode(text, { nulls = nulls }))
  local records = records_of(value)
  for i, record in ipairs(records or {}) do
    if type(record) == "table" and not isarray(record) then
      local some = {}
      for _, name in ipairs(fields) do some[name] = record[name] end
      records[i] = some
    end
  end
  return value
end

-- Deeply equal, arrays being arrays in both.
local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b and math.type(a) == math.type(b) end
  if isarray(a) ~= isarray(b) then return false end
  for k, v in next, a do if not same(v, b[k]) then return false end end
  for k in next, b do if a[k] == nil then return false end end
  return true
end

local function agrees(text, fields)
  for _, nulls in ipairs { "drop", "keep" } do
    local want, got = oracle(text, fields, nulls), assert(decode(text, { fields = fields, nulls = nulls }))
    assert(same(want, got), ("%s with %s: %s"):format(nulls, table.concat(fields, ","), text:sub(1, 200)))
  end
end

local function random(seed)
  return function(n)
    seed = (seed * 6364136223846793005 + 1442695040888963407)
    return (seed >> 33) % n + 1
  end
end

describe("json.decode with fields", function()
  it("builds these members of each record, whole, and everything around the records", function()
    local text = page.text(200)
    for _, fields in ipairs { { "ref" }, { "ref", "email" }, { "singleSignOn", "id" }, { "positions", "tags", "audiences" },
      { "email", "email" }, { "nosuch" }, { "additionalFields", "summary" } } do
      agrees(text, fields)
    end
    local got = decode(text, { fields = { "ref", "positions" } })
    assert.equal(200, got.pagination.perPage)
    assert.is_string(got.results[1].positions[1].createdAt)
  end)

  it("builds empty records of no fields", function()
    agrees(page.text(50), {})
    assert.same({ {}, {} }, decode('[{"a":1},{}]', { fields = {} }))
  end)

  it("takes a compiled projection as often as one likes, and it holds names of its own", function()
    local names = { "re" .. "f", ("x"):rep(50) }
    local projection = core.projection(names)
    names[1], names[2] = nil, nil
    collectgarbage()
    for _ = 1, 3 do assert.same({ { ref = 1 } }, decode('[{"ref":1,"x":2}]', { fields = projection })) end
  end)

  it("reads records in a top-level array or the array 'results' of a top-level object, and nowhere else", function()
    for _, text in ipairs { '[{"a":1,"b":2}]', '{"results":[{"a":1,"b":2}],"b":{"b":1}}', '{"b":1,"c":2}', '"a"', "null",
      "7", '{"x":{"results":[{"b":1}]}}', '{"results":{"b":1}}', '{"results":null}', "{}", "[]", '{"results":[]}',
      '[[{"b":1}],{"a":[{"b":1}],"b":2}]',
      '{"a":[{"b":1}],"results":[{"a":{"results":[{"b":1}]}}]}',
      '{"re\\u0073ults":[{"b":1}]}' } do
      agrees(text, { "a" })
    end
  end)

  it("finds names however their keys are written", function()
    agrees([=[[{"\u0061":1,"b":2},{"a":3},{"a\u0000":4,"\u00e9":5,"é":6},{"b\"":7,"\u0061":8}]]=],
      { "a", "é", 'b"', "a\0" })
    agrees('[{"":1,"x":2}]', { "" })
    agrees('[{"\xff":1,"x":2}]', { "\u{FFFD}" })
  end)

  it("lets the last of duplicate keys win", function()
    for _, text in ipairs { '[{"a":1,"a":2}]', '[{"a":1,"a":null}]', '[{"a":null,"b":0,"a":3}]',
      [=[[{"a":1},{"a":1,"\u0061":3}]]=],
      '[{"b":1,"a":1,"b":2,"a":2},{"b":1,"a":1,"b":2,"a":2}]', '{"results":[{"a":1,"b":1}],"results":[{"a":2,"b":2}]}',
      '{"results":[{"a":1,"b":1}],"results":3}', '{"results":[{"a":1,"b":1}],"results":null}',
      '{"results":1,"results":[{"b":1}]}' } do
      agrees(text, { "a" })
    end
  end)

  it("leaves members of the same name inside others alone", function()
    agrees('[{"x":{"a":1,"b":[{"a":2}]},"a":{"a":3,"c":4},"b":{"a":5}},{"x":{"a":1},"a":[{"c":1}]}]', { "a" })
  end)

  it("gives records that are no objects whole", function()
    agrees('[1,"a",null,[{"b":1}],{"b":1,"a":2},true,[]]', { "a" })
  end)

  it("reads records whose keys come, go and change places, whatever is asked for", function()
    local rnd = random(9)
    local names = {}
    for i = 1, 60 do names[i] = "name" .. ("x"):rep(i % 23) .. i end
    local values = { "1", "-2.5e3", '"x"', '"\\n\u{e9}"', "null", "true", '{"name1":[1,{}]}', "[]", "[[1],2]", ' { "a" : 1 } ' }
    for _ = 1, 20 do
      local texts, fields = {}, {}
      for i = 1, rnd(5) do fields[i] = names[rnd(#names)] end
      for r = 1, 60 do
        local members = {}
        for i = 1, rnd(50) - 1 do members[i] = ('"%s": %s'):format(names[rnd(#names)], values[rnd(#values)]) end
        texts[r] = "{" .. table.concat(members, " ,\n") .. "}"
      end
      agrees("[" .. table.concat(texts, ",") .. "]", fields)
    end
  end)

  it("builds what is asked for this time, whatever was before", function()
    local rnd = random(10)
    local all = { "id", "ref", "email", "tags", "userId", "name" }
    for _ = 1, 300 do
      local members, fields, want = {}, {}, {}
      for _, name in ipairs(all) do
        if rnd(6) > 1 then members[#members + 1] = ('"%s":%d'):format(name, #members) end
        if rnd(2) == 1 then fields[#fields + 1] = name end
      end
      for i, member in ipairs(members) do
        for _, name in ipairs(fields) do
          if member:find('"' .. name .. '"', 1, true) then want[name] = i - 1 end
        end
      end
      local record = "{" .. table.concat(members, ",") .. "}"
      assert.same({ want }, decode("[" .. record .. "]", { fields = fields }))
      local whole = decode(rnd(2) == 1 and record or "[" .. record .. "]")
      whole = whole[1] or whole
      for i, member in ipairs(members) do assert.equal(i - 1, whole[member:match('"(.-)"')]) end
    end
  end)

  it("reads records with more fields than it keeps on the stack, and more keys than it remembers", function()
    local members, fields = {}, {}
    for i = 1, 500 do members[i] = ('"k%d":%d'):format(i, i) end
    for i = 1, 500, 3 do fields[#fields + 1] = "k" .. i end
    local record = "{" .. table.concat(members, ",") .. "}"
    agrees("[" .. record .. "," .. record .. "," .. record .. "]", fields)
    agrees("[" .. record .. "," .. record .. "]", { "k500" })
  end)

  it("refuses what decoding without refuses, at the same byte and with the same words", function()
    local text = page.text(2)
    local rnd = random(41)
    local refused = 0
    local function compare(t, fields)
      local whole, message, at = decode(t)
      local some, message2, at2 = decode(t, { fields = fields })
      assert.equal(whole == nil, some == nil)
      assert.equal(message, message2)
      assert.equal(at, at2)
      if whole == nil then refused = refused + 1 end
    end
    for n = 0, #text - 1, 3 do compare(text:sub(1, n), { "ref" }) end
    for _ = 1, 3000 do
      local t = text
      for _ = 1, rnd(3) do
        local i = rnd(#t)
        t = t:sub(1, i - 1) .. string.char(rnd(256) - 1) .. t:sub(i + rnd(3) - 1)
      end
      compare(t, { "ref", "positions" })
    end
    assert.is_true(refused > 2000)
    for _, value in ipairs { "01", "1e999", "-", '"\\x"', '"\n"', "tru", "[1,]", '{"a":1,}', '{"a" 1}', "[1}", '"\\ud83"',
      ("["):rep(127) .. ("]"):rep(127), ("["):rep(126) .. ("]"):rep(126), ("9"):rep(400), "1.", "nul", "" } do
      compare('[{"a":' .. value .. "}]", {})
      compare('[{"a":' .. value, {})
    end
  end)

  it("checks the names", function()
    for _, fields in ipairs { { 1 }, { a = "b" }, { "a", b = true }, { {} } } do
      assert.has_error(function() decode("[]", { fields = fields }) end)
      assert.has_error(function() core.projection(fields) end)
    end
    assert.has_error(function() decode("[]", { fields = "a" }) end)
    assert.has_error(function() decode("[]", { fields = io.stdout }) end)
    assert.has_error(function() core.projection() end)
  end)
end)

describe("a list that is read for some fields", function()
  local sandbox, client

  setup(function() sandbox = assert(sandboxes.start { users = 1 }) end)
  teardown(function() sandbox:stop() end)
  before_each(function()
    sandbox:clear_faults()
    client = assert(sandbox:client { max_retries = 0 })
  end)
  after_each(function() client:close() end)

  -- Reads the pages with those texts through `each`: the records, and the error that ended it.
  local function read(fields, per_page, ...)
    for _, body in ipairs { ... } do sandbox:fault { status = 200, body = body } end
    local seen = {}
    local _, err = pcall(function()
      for user in client.users:each({ perPage = per_page }, { fields = fields, prefetch = 0 }) do seen[#seen + 1] = user end
    end)
    return seen, err
  end

  it("must still be a list of objects", function()
    for _, body in ipairs { "[1]", '{"results":[{"ref":"a"},null]}', '["a"]', '[{"ref":1},[]]', '{"results":{}}', '{"ref":1}',
      "7", '{"results":[{"ref":"a"}],"results":[7]}' } do
      local seen, err = read({ "ref" }, 10, body)
      assert.same({}, seen)
      assert.equal("decode", err.kind)
      assert.is_truthy(err.message:find("not a list of records", 1, true))
    end
  end)

  it("must still have pagination that is an object, if any", function()
    local _, err = read({ "ref" }, 10, '{"results":[{"ref":"a"}],"pagination":[]}')
    assert.is_truthy(err.message:find("pagination is not a JSON object", 1, true))
    assert.same({ { ref = "a" } }, (read({ "ref" }, 10, '{"results":[{"ref":"a","b":1}],"pagination":null}')))
  end)

  it("still notices the same page again, whatever the ids are called and though they are not built", function()
    for _, name in ipairs { "id", "userId", "categoryId", "logEntryId", "audienceRequirementId" } do
      for _, value in ipairs { '"r%d"', "%d", '"\\u00e9%d"' } do
        local records = {}
        for i = 1, 2 do records[i] = ('{"%s":%s,"ref":"same"}'):format(name, value:format(i)) end
        local text = "[" .. table.concat(records, ",") .. "]"
        local other = "[" .. table.concat(records, ",", 2) .. "," .. records[1] .. "]"
        local seen, err = read({ "ref" }, 2, text, other, text)
        assert.equal(4, #seen, text)
        assert.equal("page_loop", err.code)
        assert.same({ ref = "same" }, seen[1])
        sandbox:clear_faults()
      end
    end
  end)

  it("goes by the record's own id, not by whose record it is", function()
    for _, name in ipairs { "id", "categoryId", "logEntryId", "audienceRequirementId" } do
      local pages = {}
      for number, size in ipairs { 2, 2, 1 } do
        local records = {}
        for i = 1, size do records[i] = ('{"userId":"u","%s":"r%d-%d"}'):format(name, number, i) end
        pages[number] = "[" .. table.concat(records, ",") .. "]"
      end
      local seen, err = read({ "ref" }, 2, table.unpack(pages))
      assert.is_nil(err, tostring(err))
      assert.equal(5, #seen, name)
      sandbox:clear_faults()
    end
  end)

  it("takes pages of records without ids for new ones", function()
    local seen = read({ "ref" }, 1, '[{"ref":"a"}]', '[{"ref":"a"}]', "[]")
    assert.equal(2, #seen)
  end)

  it("tells 'a','bc' from 'ab','c'", function()
    local seen = read({ "ref" }, 2, '[{"id":"a"},{"id":"bc"}]', '[{"id":"ab"},{"id":"c"}]', "[]")
    assert.equal(4, #seen)
  end)

  it("has null fields as the client has them", function()
    client:close()
    client = assert(sandbox:client { max_retries = 0, nulls = "keep" })
    assert.same({ { ref = null } }, (read({ "ref" }, 10, '[{"ref":null,"x":null}]')))
  end)
end)
