-- thrive.webhooks: is a delivery Thrive's, and what does it say?
local core = require "thrive.core"
local cjson = require "cjson"
local subject = require "spec.support.subject"
local thrive = require "thrive"

local SECRET = "what-was-agreed"
local BODY = '{"eventType":"content.completed","tenantId":"t","createdAt":"2024-06-30T17:00:00.000Z"}'
-- openssl dgst -sha256 -hmac what-was-agreed
local DIGEST = "66208eba3cfb6d62e0ae6f54d672089581f2fb5da451f46eb79091267a4729ef"

local function bytes(hex)
  return (hex:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end))
end

describe("webhooks.verify", function()
  local verify = thrive.webhooks.verify

  local function signed(digest, name) return { [name or "x-hmac-signature"] = "sha256=" .. digest } end

  local function refused(why, ...)
    local is, text = verify(...)
    assert.is_nil(is)
    assert.truthy(text:find(why, 1, true), text)
    assert.falsy(text:find(DIGEST, 1, true))
  end

  it("is true for the body that was signed", function()
    assert.is_true(verify(BODY, signed(DIGEST), SECRET))
    assert.equal(1, select("#", verify(BODY, signed(DIGEST), SECRET)))
  end)

  it("is not for any other body", function()
    for i = 1, #BODY do
      local other = BODY:sub(1, i - 1) .. string.char(BODY:byte(i) ~ 1) .. BODY:sub(i + 1)
      refused("does not fit", other, signed(DIGEST), SECRET)
    end
    for _, other in ipairs { BODY .. " ", BODY .. "\n", " " .. BODY, BODY:sub(1, -2), "", BODY .. "\0" } do
      refused("does not fit", other, signed(DIGEST), SECRET)
    end
  end)

  it("is not for any other digest", function()
    for i = 1, #DIGEST do
      local other = DIGEST:sub(1, i - 1) .. ("%x"):format(tonumber(DIGEST:sub(i, i), 16) ~ 1) .. DIGEST:sub(i + 1)
      refused("does not fit", BODY, signed(other), SECRET)
    end
  end)

  it("is not for any other secret", function()
    for _, other in ipairs { "x", SECRET .. "x", SECRET:sub(1, -2), SECRET:upper(), SECRET .. "\n" } do
      refused("does not fit", BODY, signed(DIGEST), other)
    end
  end)

  it("finds the header whatever the case of its name", function()
    for _, name in ipairs { "X-HMAC-Signature", "X-Hmac-Signature", "x-hmac-signature", "X-HMAC-SIGNATURE" } do
      assert.is_true(verify(BODY, { ["Content-Type"] = "application/json", [name] = "sha256=" .. DIGEST, [1] = "x" }, SECRET))
    end
  end)

  it("reads hex of either case, and spaces around the value", function()
    assert.is_true(verify(BODY, signed(DIGEST:upper()), SECRET))
    assert.is_true(verify(BODY, { ["x-hmac-signature"] = "SHA256=" .. DIGEST:sub(1, 32):upper() .. DIGEST:sub(33) }, SECRET))
    assert.is_true(verify(BODY, { ["x-hmac-signature"] = " sha256=" .. DIGEST .. "\t" }, SECRET))
  end)

  it("finds the header in a list of one value, as some frameworks keep them", function()
    assert.is_true(verify(BODY, { ["x-hmac-signature"] = { "sha256=" .. DIGEST } }, SECRET))
    refused("does not fit", BODY, { ["x-hmac-signature"] = { "sha256=" .. ("0"):rep(64) } }, SECRET)
    refused("no header", BODY, { ["x-hmac-signature"] = {} }, SECRET)
    refused("no header", BODY, { ["x-hmac-signature"] = { 7 } }, SECRET)
  end)

  it("says that the header is missing", function()
    refused("no header x-hmac-signature", BODY, {}, SECRET)
    refused("no header x-hmac-signature", BODY, { ["x-hmac-signatures"] = "sha256=" .. DIGEST, signature = DIGEST }, SECRET)
  end)

  it("takes a header that is there twice for none: which of them would count?", function()
    refused("no header", BODY, { ["x-hmac-signature"] = "sha256=" .. DIGEST, ["X-HMAC-Signature"] = "sha256=" .. DIGEST }, SECRET)
    refused("no header", BODY, { ["x-hmac-signature"] = { "sha256=" .. DIGEST, "sha256=" .. DIGEST } }, SECRET)
    refused("sha256=", BODY, { ["x-hmac-signature"] = "sha256=" .. DIGEST .. ", sha256=" .. DIGEST }, SECRET)
  end)

  it("refuses what is not sha256= and hex", function()
    for _, value in ipairs { DIGEST, "sha1=" .. DIGEST, "sha512=" .. DIGEST, "sha256:" .. DIGEST, "sha256 = " .. DIGEST,
      "sha256=", "", "sha256=" .. DIGEST:sub(1, -2) .. "g", "sha256=" .. DIGEST .. "\0", "sha256=0x" .. DIGEST,
      "sha256==" .. DIGEST, "hmac-sha256=" .. DIGEST } do
      refused("not sha256= and hex digits", BODY, { ["x-hmac-signature"] = value }, SECRET)
    end
  end)

  it("refuses digests of another length", function()
    for n = 1, 130 do
      if n ~= 64 then refused("does not fit", BODY, signed((DIGEST .. DIGEST .. "ab"):sub(1, n)), SECRET) end
    end
  end)

  it("takes bodies of any bytes", function()
    -- openssl dgst -sha256 -hmac key
    assert.is_true(verify("", signed("5d5d139563c95b5967b9bd9a8c9b233a9dedb45072794cd232dc1b74832607d0"), "key"))
    assert.is_true(verify("\0\1\255\0", signed("0267f9b1fc258412ff89ade52fea8ce005c2270c4c4b01b76fc24fdd2c0613f3"), "key"))
    local large = ("0123456789abcdef"):rep(1 << 16)
    assert.is_true(verify(large, signed("062fc72228f9bc092fa96b8c46b66776c9bd1595c4af7b596d0c7248528407ac"), "key"))
  end)

  -- RFC 4231: HMAC-SHA-256 of sections 4.2 to 4.8 (4.6 shows a truncated digest, which is refused).
  local vectors = {
    { ("\x0b"):rep(20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
    { "Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { ("\xaa"):rep(20), ("\xdd"):rep(50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
    { bytes("0102030405060708090a0b0c0d0e0f10111213141516171819"), ("\xcd"):rep(50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
    { ("\xaa"):rep(131), "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
    { ("\xaa"):rep(131), "This is a test using a larger than block-size key and a larger than block-size data. The key needs to "
      .. "be hashed before being used by the HMAC algorithm.",
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
  }
  for i, vector in ipairs(vectors) do
    it("agrees with RFC 4231, " .. i, function()
      local secret, body, digest = table.unpack(vector)
      assert.is_true(verify(body, signed(digest), secret))
      refused("does not fit", body .. "x", signed(digest), secret)
      refused("does not fit", body, signed(digest:sub(1, 32)), secret)
    end)
  end

  it("takes a secret of any length", function()
    local digests = {
      [1] = "c38edc8815c8489f64738978f44008f8596345545f0baa68ef6fcf5c53e57189",
      [63] = "2c8e6c72fe7045b7a0a70b952f1c70abaa3951a6580a297f175296cb07b905c7",
      [64] = "f91c4c403625fb06910ef93999265bbd2d62baeaec6ff36455498cc124fe3e66",
      [65] = "75092ca3ee2b307470c227697b42b3e65376aa3bae98fb5a1f7b7536daa9588a",
      [100000] = "4007036bbba0a265e14d752510943beefbfc6db8d79c86b0db171697a1bb353c",
    }
    for n, digest in pairs(digests) do
      assert.is_true(verify("x", signed(digest), ("k"):rep(n)))
      refused("does not fit", "x", signed(digest), ("k"):rep(n + 1))
    end
  end)

  it("raises misuse where it was called", function()
    local cases = {
      { "argument #1", nil, {}, SECRET }, { "argument #1", { 1 }, {}, SECRET }, { "argument #1", 12, {}, SECRET },
      { "argument #2", BODY, nil, SECRET }, { "argument #2", BODY, "sha256=" .. DIGEST, SECRET },
      { "argument #3", BODY, {}, nil }, { "argument #3", BODY, {}, "" }, { "argument #3", BODY, {}, 12 },
    }
    for _, case in ipairs(cases) do
      local message = subject.raised(function() local _ = verify(case[2], case[3], case[4]) end)
      assert.truthy(message:find("webhooks_spec%.lua:%d+: webhooks%.verify: " .. case[1]), message)
      assert.falsy(message:find(SECRET, 1, true))
    end
  end)
end)

describe("webhooks.parse", function()
  local parse = thrive.webhooks.parse

  it("reads an event with everything in it", function()
    local event = assert(parse(cjson.encode {
      eventType = "assignment.assigned", tenantId = "t", createdAt = "c", dispatchedAt = "d",
      assignment = { id = "a", recurring = true, recurrence = "30" }, users = { { id = "u", reference = "r" } },
    }))
    assert.equal("assignment.assigned", event.eventType)
    assert.equal("30", event.assignment.recurrence)
    assert.equal("r", event.users[1].reference)
    assert.equal("assignment createdAt dispatchedAt eventType tenantId users", subject.keys(event))
    assert.is_true(core.json.isarray(event.users))
    assert.is_nil(getmetatable(event))
  end)

  it("keeps events that nobody documents", function()
    local event = assert(parse('{"eventType":"page.teleported","n":9007199254740993,"f":1.5,"list":[],"gone":null}'))
    assert.equal("page.teleported", event.eventType)
    assert.equal(9007199254740993, event.n)
    assert.equal(1.5, event.f)
    assert.is_true(core.json.isarray(event.list))
    assert.is_nil(event.gone)
  end)

  local wrong = {
    ["not JSON"] = { "", "{", "eventType=x", '{"eventType":"x"', "<html>", '{"eventType":"x"} x', "\0" },
    ["not a JSON object"] = { "[]", '[{"eventType":"x"}]', "null", "true", "1", '"eventType"' },
    ["no eventType"] = { "{}", '{"eventType":null}', '{"eventType":1}', '{"eventType":{}}', '{"EventType":"x"}' },
  }
  for why, bodies in pairs(wrong) do
    it("is an error of kind decode for " .. why, function()
      for _, body in ipairs(bodies) do
        local event, err = parse(body)
        assert.is_nil(event)
        assert.equal("decode", err.kind)
        assert.truthy(err.message:find(why, 1, true), body .. ": " .. err.message)
        assert.is_false(err.sent)
        assert.is_false(err.retryable)
        assert.falsy(tostring(err):find("\n"))
      end
    end)
  end

  it("says where it stops being JSON, counted from 1", function()
    local _, err = parse('{"a":x}')
    assert.truthy(err.message:find("at byte 6)", 1, true), err.message)
  end)

  it("is not led astray by depth", function()
    local _, err = parse(('{"a":'):rep(100000))
    assert.equal("decode", err.kind)
  end)

  it("raises misuse where it was called", function()
    for _, body in ipairs { 1, {}, true } do
      local message = subject.raised(function() local _ = parse(body) end)
      assert.truthy(message:find("webhooks_spec%.lua:%d+: webhooks%.parse: argument #1"), message)
    end
    assert.truthy(subject.raised(function() local _ = parse() end):find("argument #1", 1, true))
  end)
end)
