-- The C side of the sandbox by itself: requests and answers, without a tenant behind them.
local raw = require "spec.support.raw_http"
local http = require "thrive.sandbox.http"

describe("the C side of the sandbox", function()
  local server, place

  before_each(function()
    server = assert(http.start("config", "spec.support.broken_server"))
    place = { base_url = "http://127.0.0.1:" .. server:port(), tenant_id = "", api_key = "" }
  end)
  after_each(function() server:stop() end)

  local function get(target) return raw.request(place, "GET", target) end

  it("hands over method, target, headers and body as they came", function()
    local answer = raw.request(place, "PURGE", "/echo", "a\0b")
    assert.equal("PURGE /echo 6 a\0b", answer.body) -- three headers: Host, Authorization, Content-Length
  end)

  for _, target in ipairs{
    "/raise", "/raise-table", "/nothing", "/no-body", "/no-headers", "/bad-header", "/bad-plan", "/bad-delay",
    "/bad-status", "/overflow", "/unknown", "/odd-headers", "/split-header",
  } do
    it("answers 500 in the house's shape to " .. target .. " and goes on", function()
      local answer = get(target)
      assert.equal(500, answer.status)
      assert.equal(500, answer.json.status)
      assert.equal("Internal Server Error", answer.json.error)
      assert.truthy(answer.json.message:find("the sandbox failed", 1, true))
      assert.equal("fine", get("/fine").body)
    end)
  end

  it("carries commands over as bytes, and their errors", function()
    assert.equal("a\0\xffconfig", server:call("a\0\xff"))
    local ok, why = pcall(server.call, server, "raise")
    assert.is_false(ok)
    assert.equal("no", why)
    ok, why = pcall(server.call, server, "table")
    assert.is_false(ok)
    assert.truthy(why:find("string expected", 1, true), why)
  end)

  it("says why it did not start", function()
    local none, why = http.start("raise", "spec.support.broken_server")
    assert.is_nil(none)
    assert.truthy(why:find("no tenant today", 1, true), why)
    none, why = http.start("nothing", "spec.support.broken_server")
    assert.is_nil(none)
    assert.truthy(why:find("function expected", 1, true), why)
    none, why = http.start("x", "spec.support.there_is_no_such_module")
    assert.is_nil(none)
    assert.truthy(why:find("there_is_no_such_module", 1, true), why)
    assert.has_error(function() http.start() end)
  end)

  it("hides its metatable and checks its objects", function()
    assert.equal("thrive.sandbox.http", getmetatable(server))
    assert.has_error(function() server.port({}) end)
    server:stop()
    server:stop()
    assert.has_error(function() server:port() end, "the sandbox is stopped")
  end)

  it("can be loaded twice", function()
    local loaded = package.loaded["thrive.sandbox.http"]
    package.loaded["thrive.sandbox.http"] = nil
    local again = require "thrive.sandbox.http"
    package.loaded["thrive.sandbox.http"] = loaded
    local other = assert(again.start("x", "spec.support.broken_server"))
    assert.equal("yx", other:call("y"))
    assert.equal("config", server:call(""))
    other:stop()
  end)
end)
