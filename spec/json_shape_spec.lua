--- What the decoder remembers of texts (src/lua_json_shape.c) must not be noticed, whatever texts follow one another.
local json = require("thrive.core").json
local decode = json.decode

-- Deeply equal, arrays being arrays in both.
local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b and math.type(a) == math.type(b) end
  if json.isarray(a) ~= json.isarray(b) then return false end
  for k, v in next, a do if not same(v, b[k]) then return false end end
  for k in next, b do if a[k] == nil then return false end end
  return true
end

local function random(seed)
  return function(n)
    seed = (seed * 6364136223846793005 + 1442695040888963407)
    return (seed >> 33) % n + 1
  end
end

describe("json.decode after other texts", function()
  local function record(rnd, names)
    local members, want = {}, {}
    for _, k in ipairs(names) do
      if rnd(8) > 1 then
        local n, odd = rnd(1000), rnd(6) == 1
        members[#members + 1] = odd and ('"%s":[{"%s":%d}]'):format(k, k, n) or ('"%s":%d'):format(k, n)
        want[k] = odd and json.array { { [k] = n } } or n
      end
    end
    return "{" .. table.concat(members, ",") .. "}", want
  end

  it("reads each as if it were the first, whatever shapes alternate", function()
    local rnd = random(11)
    local shapes = {}
    for s = 1, 30 do
      local names = {}
      -- Of every length around what is compared at once and what is remembered; many are in several shapes.
      for i = 1, rnd(40) do names[i] = ("n"):rep(rnd(4) == 1 and rnd(80) or rnd(18)) .. i end
      shapes[s] = names
    end
    for _ = 1, 1500 do
      local text, want = record(rnd, shapes[rnd(#shapes)])
      assert.is_true(same(want, decode(text)), text)
    end
  end)

  it("reads what follows texts that are cut off", function()
    local rnd = random(12)
    local names = { "id", "firstName", "aKeyOfFifteenChs", "aKeyOfSixteenChar", "", "tags", "é" }
    for _ = 1, 400 do
      local text, want = record(rnd, names)
      assert.is_nil((decode(text:sub(1, rnd(#text) - 1))))
      assert.is_true(same(want, decode(text)), text)
    end
  end)

  it("reads keys that begin like those it knows, also at the very end", function()
    assert.are.same({ abc = 1 }, decode('{"abc":1}'))
    assert.are.same({ abcd = 1 }, decode('{"abcd":1}'))
    assert.are.same({ ab = 1 }, decode('{"ab":1}'))
    assert.are.same({ [""] = 1 }, decode('{"":1}'))
    for n = 10, 70 do
      local key = ("k"):rep(n)
      assert.are.same({ [key] = 1 }, decode('{"' .. key .. '":1}'))
      assert.are.same({ [key .. "x"] = 1 }, decode('{"' .. key .. 'x":1}'))
      assert.are.same({ [key:sub(2) .. "x"] = 1 }, decode('{"' .. key:sub(2) .. 'x":1}'))
      assert.is_nil((decode('{"' .. key)))
    end
  end)

  it("does not make small arrays and objects as large as those before", function()
    local elements, members = {}, {}
    for i = 1, 200000 do elements[i], members[i] = "1", ('"k%d":1'):format(i) end
    decode("[" .. table.concat(elements, ",") .. "]")
    decode("{" .. table.concat(members, ",") .. "}")
    elements, members = table.concat(elements, ",", 1, 100), table.concat(members, ",", 1, 100)
    collectgarbage()
    local before = collectgarbage("count")
    local kept = { decode("[" .. elements .. "]"), decode("{" .. members .. "}") }
    collectgarbage()
    assert.is_true(collectgarbage("count") - before < 100)
    assert.are.equal(2, #kept)
  end)

  it("keeps few of the keys of dictionaries alive", function()
    local function dictionary(seed)
      local members = {}
      for i = 1, 2000 do members[i] = ('"%s%d-%d":{"in":%d}'):format(("long"):rep(8), seed, i, i) end
      return "{" .. table.concat(members, ",") .. "}"
    end
    decode(dictionary(0))
    collectgarbage()
    local before = collectgarbage("count")
    for seed = 1, 20 do assert.are.equal(7, decode(dictionary(seed))[("long"):rep(8) .. seed .. "-7"]["in"]) end
    collectgarbage()
    assert.is_true(collectgarbage("count") - before < 200)
  end)
end)
