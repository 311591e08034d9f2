-- thrivelua --trace and --stats: what was asked, how long it took, how much it was; and no secret in any of it, nor in the
-- log and the plan.
local interp = require "spec.support.interp"
local raw = require "spec.support.raw_http"
local safety = require "spec.support.safety"
local socket = require "socket"

describe("thrivelua", function()
  local it_is

  before_each(function() it_is = safety.new{ users = 60 } end)
  after_each(function() it_is:close() end)

  local function lines_of(text)
    local lines = {}
    for line in text:gmatch("([^\n]*)\n") do lines[#lines + 1] = line end
    return lines
  end

  describe("--trace", function()
    local function trace(code, options)
      local result = it_is:run("--trace " .. (options or ""), code)
      return lines_of(result.err), result
    end

    it("shows each request and its answer", function()
      local lines, result = trace[[
client.users:list{ perPage = 2 }
client.users:get_by_ref("nobody")
print("out")]]
      assert.equal("out\n", result.out)
      assert.equal(4, #lines, result.err)
      assert.equal(("[1] > GET %s/rest/v1/users?perPage=2"):format(it_is.sandbox.base_url), lines[1])
      assert.truthy(lines[2]:find("^%[1%] < 200 in %d%.%d%d%d s %(d?n?s?[^()]*first byte %d%.%d%d%d%), %d+ bytes, "
        .. "request sandbox%-000001, attempt 1$"), lines[2])
      assert.truthy(lines[4]:find("^%[2%] < 404 in %d%.%d%d%d s %(kept connection, first byte [^()]*%), %d+ bytes, request "
        .. "sandbox%-000002, attempt 1$"), lines[4])
    end)

    it("shows tokens that are asked for, attempts and pauses", function()
      it_is.sandbox:fault{ method = "GET", path = "/rest/v1/users", status = 503, times = 1 }
      it_is.sandbox:fault{ method = "GET", path = "/rest/v1/users", status = 429, headers = { ["Retry-After"] = "1" }, times = 1 }
      local result = it_is:run("--trace", [[
local own = assert(thrive.client{ tenant_id = os.getenv("THRIVE_TENANT_ID"), client_secret = os.getenv("SECRET") })
own.users:list{ perPage = 1 }]], { SECRET = it_is.sandbox.client_secret })
      local text = result.err:gsub("in %d+%.%d+ s %b()", "in TIME"):gsub("is in %d+%.%d s", "is in PAUSE")
        :gsub("%d+ bytes", "BYTES"):gsub(it_is.sandbox.base_url:gsub("%p", "%%%0"), "")
      assert.equal([[
[1] > POST /oauth2/token/]] .. it_is.sandbox.tenant_id .. "\n" .. [[
[1] < 200 in TIME, BYTES, request sandbox-000001, attempt 1
[2] > GET /rest/v1/users?perPage=1
[2] < 503 in TIME, BYTES, request sandbox-000002, attempt 1
[2] = 503: the next attempt is in PAUSE
[2] > GET /rest/v1/users?perPage=1
[2] < 429 in TIME, BYTES, request sandbox-000003, attempt 2
[2] = 429: all calls wait, the next attempt is in PAUSE
[2] > GET /rest/v1/users?perPage=1
[2] < 200 in TIME, BYTES, request sandbox-000004, attempt 3
]], text)
    end)

    it("says why no answer came", function()
      it_is.sandbox:fault{ method = "GET", path = "/rest/v1/users", reset = "after", times = 0 }
      local lines = trace[[client.users:list({ perPage = 1 }, { max_retries = 0 })]]
      assert.truthy(lines[2]:find("^%[1%] < no answer in %d%.%d%d%d s[^:]*, attempt 1: %a"), lines[2])
    end)

    it("says what was not sent", function()
      local lines = trace('client.users:delete("U0007")', "--read-only")
      assert.equal("[1] . DELETE /rest/v2/users/ref/U0007: not sent, guard read_only", lines[1])
      lines = trace('client.users:create{ ref = "N1", firstName = "a", lastName = "b", email = "c@example.org" }', "--dry-run")
      assert.equal("[1] . POST /rest/v2/users: not sent, planned", lines[1])
    end)

    it("numbers calls that are made at once", function()
      local lines = trace[[thrive.map({ "U0001", "U0002", "U0003" }, function(ref) return client.users:get_by_ref(ref) end)]]
      local seen = {}
      for _, line in ipairs(lines) do
        local number, way = line:match("^%[(%d)%] ([<>])")
        seen[number .. way] = true
      end
      assert.is_true(seen["1>"] and seen["2<"] and seen["3<"])
      assert.equal(6, #lines)
    end)

    it("does not let a service move the cursor", function()
      local server = assert(socket.bind("127.0.0.1", 0))
      interp.write(it_is.directory .. "/script.lua", 'assert(thrive.client()):request{ method = "GET", path = "/x" }')
      local pipe = assert(io.popen(interp.command(it_is.directory, interp.thrivelua(), '"$P" --trace script.lua',
        it_is:environment{ THRIVE_BASE_URL = "http://127.0.0.1:" .. select(2, server:getsockname()) }) .. " 2>&1"))
      server:settimeout(30)
      local connection = assert(server:accept())
      repeat local line = assert(connection:receive("*l")) until line == ""
      connection:send("HTTP/1.1 200 OK\r\nX-Request-Id: a\27[2Jb\r\nContent-Length: 2\r\n\r\n{}")
      local text = pipe:read("a")
      pipe:close()
      connection:close()
      server:close()
      assert.is_nil(text:find("\27", 1, true))
      assert.truthy(text:find("request a\\27[2Jb,", 1, true), text)
    end)
  end)

  describe("--stats", function()
    local function stats(code, options)
      local result = it_is:run("--stats " .. (options or ""), code)
      return result.err, result
    end

    it("says at the end what all clients have done, those that are closed or collected too", function()
      it_is.sandbox:fault{ method = "GET", path = "U0005", status = 503, times = 1 }
      local text, result = stats[[
for i = 1, 3 do
  local own <close> = assert(thrive.client())
  own.users:get_by_ref("U000" .. i)
end
do
  local lost = assert(thrive.client())
  lost.users:get_by_ref("U0004")
  lost = nil
end
collectgarbage() collectgarbage()
client.users:get_by_ref("U0005")
print("out")]]
      assert.equal("out\n", result.out)
      assert.truthy(text:find("^stats: 5 calls, 6 attempts, 1 retry in %d+%.%d%d%d s\n"
        .. "       [%d.]+ kB sent, [%d.]+ kB received, 1 connection\n"
        .. "       half of the answers within %d+%.%d+ m?s, 95 %% within %d+%.%d+ m?s\n"
        .. "       1 pause of %d+%.%d s in all, 0 answers of 429\n$"), text)
    end)

    it("says that nothing was sent", function()
      assert.truthy(stats(""):find("^stats: 0 calls, 0 attempts, 0 retries in %d+%.%d%d%d s\n"
        .. "       0 bytes sent, 0 bytes received, 0 connections\n$"))
    end)

    it("says it when the script fails, too", function()
      local text, result = stats("client.users:list{ perPage = 1 } error('broken', 0)")
      assert.truthy(text:find("broken\n.*stats: 1 call, 1 attempt, 0 retries in "), text)
      assert.equal(1, result.code)
    end)

    it("is the same in the rock's thrivelua, and so is --trace", function()
      local result = it_is:run_rock("--stats --trace", [[client.users:get_by_ref("U0001")]])
      assert.truthy(result.err:find("^%[1%] > GET .*\n%[1%] < 200 .*\nstats: 1 call, 1 attempt, "), result.err)
      assert.equal(0, result.code)
    end)
  end)

  describe("tells no secret", function()
    local KEY <const>, SECRET <const>, BEARER <const>, APTEM <const> = "canary/api+key 1&2=", 'canary%client:secret"2\\',
      "canary-bearer-3", "canary-aptem-4"

    local function escaped(s) return (s:gsub("[^%w._~-]", function(c) return ("%%%02X"):format(c:byte()) end)) end

    -- In paths, in queries, in bodies, and in what the service answers.
    local USE <const> = [[
local secret = os.getenv("CANARY")
local function use(client)
  client.users:get_by_ref(secret)
  client.users:update(secret, { jobTitle = secret })
  client.users:update("U0007", { jobTitle = secret })
  client.users:delete(secret)
  client:request{ method = "GET", path = "/x", query = { a = secret } }
  client:request{ method = "DELETE", path = "/x/" .. os.getenv("ESCAPED") }
  client.events:user_updated{ ref = secret, jobTitle = "x" }
  client.audiences.members:replace(secret, { secret })
  client:close()
end
]]

    local cases = {
      { "an API key", KEY, [[use(assert(thrive.client{ tenant_id = "t", api_key = secret }))]] },
      { "a client secret in a form", SECRET, [[use(assert(thrive.client{ tenant_id = "t", client_secret = secret }))]] },
      { "a client secret in a header", SECRET,
        [[use(assert(thrive.client{ tenant_id = "t", client_secret = secret, token_auth = "basic" }))]] },
      { "a bearer token", BEARER, [[use(assert(thrive.client{ token = secret }))]] },
      { "a token of Aptem", APTEM, [[
local aptem = assert(thrive.aptem{ base_url = os.getenv("THRIVE_BASE_URL"), tenant = "t", token = secret })
aptem.users:search{ email = secret }
aptem.users:update(7, { firstName = secret })
aptem:request{ method = "DELETE", path = "/users/" .. os.getenv("ESCAPED") }
aptem.users:deactivate(7)]] },
    }
    for _, case in ipairs(cases) do
      for _, options in ipairs { "", "--dry-run " } do
        it(options .. "of the kind: " .. case[1], function()
          local secret = case[2]
          -- Every answer echoes it: in the body of a record and of an error, and as the request's id.
          local function quoted(s) return s:gsub('[\\"]', "\\%0") end
          for _, status in ipairs { 200, 404 } do
            it_is.sandbox:clear_faults()
            it_is.sandbox:fault{ path = ".", times = 0, status = status, headers = { ["X-Request-Id"] = secret,
              ["Content-Type"] = "application/json" }, body = ('{"id":"1","ref":"U0007","firstName":"%s","email":"%s",'
              .. '"message":"%s","access_token":"canary-token-5","token_type":"Bearer","expires_in":3600}'):format(
              quoted(secret), quoted(escaped(secret)), quoted(secret)) }
            local result = it_is:run("--trace --stats --yes --log log.jsonl " .. options, USE .. case[3],
              { CANARY = secret, ESCAPED = escaped(secret) })
            local text = result.out .. result.err .. it_is:file("log.jsonl")
            assert.truthy(text:find("[1] ", 1, true), text)
            assert.is_nil(text:lower():find("canary", 1, true), text)
            local basic = raw.base64("t:" .. secret):gsub("=", "")
            for _, spelling in ipairs { secret, escaped(secret), escaped(secret):lower(), (quoted(secret)), basic } do
              assert.is_nil(text:find(spelling:sub(-8), 1, true), text)
            end
          end
        end)
      end
    end

    it("and would be found here where it is", function()
      local result = it_is:run("--trace", [[client:request{ method = "GET", path = "/canary" }]])
      assert.truthy(result.err:lower():find("canary", 1, true))
    end)
  end)
end)
