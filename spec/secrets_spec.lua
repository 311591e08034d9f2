-- No secret in any string that a script can reach. A child process has the credentials in its environment and never
-- names them; it makes the service echo them in every way, keeps all that it is given, and then walks everything that
-- is reachable in its Lua state: tables, metatables, user values, upvalues, locals.
local cjson = require "cjson"
local interp = require "spec.support.interp"
local raw = require "spec.support.raw_http"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"

local API_KEY, CLIENT_SECRET, BEARER = "canary/api+key 1&2=ü€😀", "canary%client:secret\"2\\", "canary-bearer-token-3"

local function escaped(s)
  return (s:gsub("[^%w._~-]", function(c) return ("%%%02x"):format(c:byte()) end))
end

local function form(s)
  return (s:gsub("[^%w._-]", function(c) return ("%%%02X"):format(c:byte()) end))
end

-- What the child must not be able to find, written backwards for it.
local function backwards(secret, basic)
  local list = {
    secret, escaped(secret), escaped(secret):upper(), basic, "canary", -- how each of them begins
    "sandbox-token-", -- how the sandbox's access tokens begin
  }
  for i, text in ipairs(list) do list[i] = text:reverse() end
  return cjson.encode(list)
end

local SCRIPT = [==[
local cjson = require "cjson"
local thrive = require "thrive"
local forbidden = cjson.decode(os.getenv("FORBIDDEN"))
kept = {} -- everything that the module gave us
local function keep(...)
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    kept[#kept + 1] = value
    kept[#kept + 1] = tostring(value)
    if type(value) == "table" then
      for name, field in pairs(value) do kept[#kept + 1] = tostring(name) .. "=" .. tostring(field) end
    end
  end
end
local hooks = { request = keep, response = keep, retry = keep }
local options = { on = hooks, max_retries = 0, token_auth = os.getenv("TOKEN_AUTH") }
local function secret()
  return os.getenv("THRIVE_API_KEY") or os.getenv("THRIVE_CLIENT_SECRET") or os.getenv("THRIVE_TOKEN")
    or forbidden[1]:reverse()
end

client = assert(thrive.client(options))
keep(client)
keep(client.users:list{ perPage = 2 })
for i = 1, tonumber(os.getenv("ECHOES")) do
  keep(client.users:get("echo" .. i))
  keep(client:request{ method = "GET", path = "/rest/v1/user/echo" .. i .. "?again=1" })
end
keep(client.users:get("echo1", { max_retries = 1 }))
keep(client.users:get(secret()))
keep(client.users:get_by_ref(secret()))
keep(client:request{ method = "GET", path = "/x", query = { a = secret() } })
keep(client.users:create{ ref = "S1", firstName = "A", lastName = "B", email = "s@example.com" })
keep(pcall(client.users.create, client.users, {}))
keep(pcall(function() return client.nothing end))
keep(pcall(function() for user in client.users:each{ perPage = 2 } do keep(user.ref) end end))
keep(thrive.map({ 1, 2, 3 }, function() return client.users:list() end))
keep(client:stats(), client:plan())

dry = assert(thrive.client{ on = hooks, dry_run = true })
keep(dry.users:delete(secret()))
keep(dry:plan(), tostring(dry))
guarded = assert(thrive.client{ on = hooks, read_only = true })
keep(guarded.users:delete(secret()))
thrown = assert(thrive.client{ raise = true, max_retries = 0 })
keep(pcall(thrown.users.get, thrown.users, "echo1"))

-- Different places, where nothing is right: what goes wrong must not tell either.
for _, wrong in ipairs {
  { base_url = "http://127.0.0.1:1" }, { base_url = "https://127.0.0.1:1" }, { base_url = "nonsense" },
  { base_url = "https://no-such-host.invalid", proxy = "http://user:pw@127.0.0.1:1" },
} do
  wrong.max_retries, wrong.on, wrong.timeout = 0, hooks, 5
  local other, err = thrive.client(wrong)
  keep(other, err)
  if other then keep(other.users:list()) end
end

local seen, found, count = {}, {}, 0
local function check(text, where)
  count = count + 1
  local back = text:reverse()
  for i = 1, #forbidden do
    if back:find(forbidden[i], 1, true) then found[#found + 1] = where .. " (" .. i .. ")" end
  end
end
local walk
local function walk_thread(thread, where)
  for level = 0, 200 do
    local info = debug.getinfo(thread, level, "Slf")
    if not info then break end
    if info.func ~= walk then
      walk(info.func, where .. "." .. level)
      for i = 1, 250 do
        local name, value = debug.getlocal(thread, level, i)
        if not name then break end
        walk(value, where .. "." .. level .. "." .. name)
      end
    end
  end
end
function walk(value, where)
  local kind = type(value)
  if kind == "string" then return check(value, where) end
  if kind ~= "table" and kind ~= "function" and kind ~= "userdata" and kind ~= "thread" then return end
  if seen[value] then return end
  seen[value] = true
  walk(debug.getmetatable(value), where .. "<meta>")
  if kind == "table" then
    for name, field in next, value do
      walk(name, where .. "<key>")
      walk(field, where .. "." .. (type(name) == "string" and name or type(name)))
    end
  elseif kind == "function" then
    for i = 1, 250 do
      local name, upvalue = debug.getupvalue(value, i)
      if not name then break end
      walk(upvalue, where .. "^" .. name)
    end
  elseif kind == "userdata" then
    for i = 1, 4 do walk((debug.getuservalue(value, i)), where .. "<user" .. i .. ">") end
  else
    walk_thread(value, where)
  end
end
seen[seen], seen[found] = true, true
collectgarbage()
walk(debug.getregistry(), "registry")
walk(getmetatable(""), "string")
local round = #found
client:close()
walk(kept, "kept after close")
for i = 1, #found do print(found[i]) end
assert(round == #found)
print("strings looked at: " .. (count > 3000 and "many" or count))
]==]

describe("the secret", function()
  -- One answer per way in which a service may repeat what it was sent.
  local function set_echoes(sandbox, secret, basic)
    local all = secret .. " " .. basic
    local json = secret:gsub('[\\"/]', "\\%0"):gsub("ü", "\\u00fc"):gsub("€", "\\u20AC"):gsub("😀", "\\ud83d\\uDE00")
    local echoes = {
      { status = 429, headers = { ["Retry-After"] = "0", ["X-Debug"] = escaped(secret) .. basic } },
      { status = 500, body = { message = all } },
      { status = 400, body = { message = { [all] = all, key = secret } } },
      { status = 401, body = { error = secret, error_description = all } },
      { status = 422, body = "you sent " .. all, headers = { ["Content-Type"] = "text/plain" } },
      { status = 502, html = "<html>" .. all .. "</html>" },
      { status = 200, body = "not JSON: " .. all, headers = { ["Content-Type"] = "application/json" } },
      { status = 200, body = '["' .. json .. '"' },
      { status = 404, headers = { ["X-Debug"] = escaped(secret) .. basic } },
      { status = 404, headers = { ["X-Request-Id"] = escaped(secret) .. basic } },
      { status = 200, body = "{}", headers = { ["X-Request-Id"] = escaped(secret) .. basic } },
      { redirect = "https://elsewhere.example/?k=" .. escaped(secret) .. "&b=" .. basic },
      { status = 400, body = '{"message":"' .. json .. '"}' },
      { truncate = 3 },
      { reset = "before" },
    }
    for i, rule in ipairs(echoes) do
      rule.path, rule.times = "/rest/v1/user/echo" .. i, math.huge
      sandbox:fault(rule)
    end
    return #echoes
  end

  local kinds = {
    ["an API key"] = { "THRIVE_API_KEY", API_KEY, raw.base64("eu-west-2_SandboxT1:" .. API_KEY) },
    ["a client secret"] = { "THRIVE_CLIENT_SECRET", CLIENT_SECRET,
      raw.base64("eu-west-2_SandboxT1:" .. CLIENT_SECRET) },
    ["a client secret sent as a header"] = { "THRIVE_CLIENT_SECRET", CLIENT_SECRET,
      raw.base64("eu-west-2_SandboxT1:" .. form(CLIENT_SECRET)), "basic" },
    ["a bearer token"] = { "THRIVE_TOKEN", BEARER, BEARER },
  }
  for name, kind in pairs(kinds) do
    it(("of a client with %s is in nothing that a script can reach"):format(name), function()
      local sandbox <close> = assert(sandboxes.start{ users = 5, api_key = API_KEY, client_secret = CLIENT_SECRET })
      assert.equal("eu-west-2_SandboxT1", sandbox.tenant_id)
      local run = subject.child(SCRIPT, {
        THRIVE_TENANT_ID = sandbox.tenant_id, THRIVE_BASE_URL = sandbox.base_url, [kind[1]] = kind[2], TOKEN_AUTH = kind[4],
        FORBIDDEN = backwards(kind[2], kind[3]), ECHOES = tostring(set_echoes(sandbox, kind[2], kind[3])),
      })
      assert.equal("", run.err)
      assert.equal("strings looked at: many\n", run.out)
      assert.is_true(sandbox:count{ path = "echo" } > 20)
    end)

    if not kind[4] then
      for from, field in pairs { ["a profile"] = "", ["a command of a profile"] = "_command" } do
        it(("of a client with %s from %s is in nothing that a script can reach"):format(name, from), function()
          local sandbox <close> = assert(sandboxes.start{ users = 5, api_key = API_KEY, client_secret = CLIENT_SECRET })
          local home <close> = setmetatable({ path = interp.directory() }, { __close = function(d) interp.remove(d.path) end })
          assert(os.execute(("mkdir -p %s/thrive"):format(home.path)))
          interp.write(home.path .. "/key", kind[2] .. "\n")
          local place = home.path .. "/thrive/profiles.lua"
          interp.write(place, ("return { default = { tenant_id = %q, base_url = %q, %s = %q } }"):format(sandbox.tenant_id,
            sandbox.base_url, kind[1]:sub(8):lower() .. field, field == "" and kind[2] or "cat " .. home.path .. "/key"))
          assert(os.execute("chmod 600 " .. place))
          local run = subject.child(SCRIPT, { XDG_CONFIG_HOME = home.path, FORBIDDEN = backwards(kind[2], kind[3]),
            ECHOES = tostring(set_echoes(sandbox, kind[2], kind[3])) })
          assert.equal("", run.err)
          assert.equal("strings looked at: many\n", run.out)
          assert.is_true(sandbox:count{ path = "echo" } > 20)
        end)
      end
    end

    it(("of a client with %s is not told by a token endpoint that repeats it"):format(name), function()
      if not kind[1]:find("SECRET") then return end
      local sandbox <close> = assert(sandboxes.start{ users = 5, client_secret = CLIENT_SECRET })
      local thrive = require "thrive"
      local client <close> = assert(sandbox:client{ client_secret = CLIENT_SECRET, token_auth = kind[4], max_retries = 0 })
      for _, fault in ipairs {
        { status = 400, body = { error = "invalid_client", error_description = CLIENT_SECRET .. kind[3] } },
        { status = 500, body = form(CLIENT_SECRET) },
        { body = "{ " .. CLIENT_SECRET .. kind[3] },
        { body = { token = CLIENT_SECRET } },
      } do
        fault.path = "oauth2/token"
        sandbox:fault(fault)
        local _, err, meta = client.users:list()
        assert.is_true(thrive.iserror(err))
        local all = { tostring(err) }
        for _, t in ipairs { err, meta } do
          for key, value in pairs(t) do all[#all + 1] = key .. tostring(value) end
        end
        assert.falsy(table.concat(all, "\n"):find("canary", 1, true), table.concat(all, "\n"))
        assert.falsy(table.concat(all, "\n"):find(kind[3], 1, true))
      end
    end)
  end

  it("would be found by this spec where it is", function()
    local sandbox <close> = assert(sandboxes.start{ users = 5, api_key = API_KEY })
    local run = subject.child("leak = { deep = { [1] = function() return hidden end } }\n"
      .. "local hidden = 'x' .. os.getenv('THRIVE_API_KEY')\nleak.f = function() return hidden end\n" .. SCRIPT, {
        THRIVE_TENANT_ID = sandbox.tenant_id, THRIVE_BASE_URL = sandbox.base_url, ECHOES = "0",
        FORBIDDEN = backwards(API_KEY, "-"), THRIVE_API_KEY = API_KEY,
      })
    assert.truthy(run.out:find("leak.f^hidden (1)", 1, true) or run.out:find("hidden (1)", 1, true), run.out .. run.err)
  end)

  it("is not told by an answer that is read after its client was closed", function()
    local core = require "thrive.core"
    local sandbox <close> = assert(sandboxes.start{ users = 1, api_key = API_KEY })
    local echo = { API_KEY, raw.base64(sandbox.tenant_id .. ":" .. API_KEY) }
    local told = table.concat(echo, " ")
    for _, fault in ipairs {
      { status = 400, body = { message = told } }, { status = 500, body = told },
      { status = 200, body = "{" .. told, headers = { ["Content-Type"] = "application/json" } },
      { redirect = "https://elsewhere.example/?b=" .. echo[2] }, { status = 404, headers = { ["X-Request-Id"] = echo[2] } },
      { drip = { bytes = 1, every = 1 }, headers = { ["X-Request-Id"] = echo[2], ["X-Debug"] = echo[2] } },
    } do
      fault.path = "/x"
      sandbox:fault(fault)
      local client = assert(sandbox:client())
      local transfer = core.prepare_raw(client, "GET", "api", "/x")
      core.start(transfer, 5)
      while not core.done(transfer) and not (fault.drip and core.response_headers(transfer)["x-debug"]) do core.poll(0.1) end
      client:close()
      core.decide(transfer, 0)
      local value, err = core.result(transfer)
      assert.is_nil(value)
      local all = { tostring(err), cjson.encode(setmetatable(err, nil)) }
      for _, field in pairs(core.response_headers(transfer)) do all[#all + 1] = field end
      all[#all + 1] = core.describe(transfer).request_id
      all = table.concat(all, "\n")
      for _, secret in ipairs(echo) do assert.falsy(all:find(secret, 1, true), all) end
      assert.falsy(all:find("canary", 1, true), all)
    end
  end)

  it("is refused where it cannot be kept, without being shown", function()
    local thrive = require "thrive"
    for _, field in ipairs { "api_key", "client_secret", "token" } do
      local made, err = thrive.client{ tenant_id = "t", [field] = "canary\r\nX: y", base_url = "https://thrive.example" }
      assert.is_nil(made)
      assert.falsy((tostring(err) .. cjson.encode(setmetatable(err, nil))):find("canary", 1, true))
    end
    local made, err = thrive.client{ tenant_id = "t", token = "t-o-k", base_url = "https://user:canary@thrive.example" }
    assert.is_nil(made)
    assert.falsy(tostring(err):find("canary", 1, true))
  end)

  it("is not sent to where a redirect points", function()
    local sandbox <close> = assert(sandboxes.start{ users = 1 })
    local thief <close> = assert(sandboxes.start{ users = 1 })
    sandbox:fault{ redirect = thief.base_url .. "/rest/v1/users", times = math.huge }
    for _, settings in ipairs { {}, { client_secret = sandbox.client_secret }, { token = "some-token" } } do
      local client <close> = assert(sandbox:client(settings))
      assert.is_nil((client.users:list()))
      assert.is_nil((client.users:create(subject.person())))
    end
    assert.equal(0, thief:count())
  end)
end)

-- The memory of a child process, read from outside while it waits: what it holds in its environment (on the stack) is
-- the system's, the rest is ours. What libcurl has freed is out of our reach, and what is left in it is chance: the child's
-- allocator overwrites what is freed (glibc by MALLOC_PERTURB_, the sanitizer by max_free_fill_size). What we free ourselves
-- is wiped before: spec/c/auth_secrets_test.c looks at every block.
describe("the memory of a process", function()
  local needle = "canary-in-memory-0123456789"
  local COMMAND = "api_key_command"

  -- Where the child's writable memory, without its stack, holds one of these texts; nil where it cannot be read.
  local function places(pid, texts)
    local memory = io.open(("/proc/%d/mem"):format(pid), "rb")
    if not memory then return nil end
    local found = {}
    for line in io.lines(("/proc/%d/maps"):format(pid)) do
      local from, to, name = line:match("^(%x+)-(%x+) rw%S+ %S+ %S+ %S+%s*(.*)$")
      if from and name ~= "[stack]" then
        from, to = tonumber(from, 16), tonumber(to, 16)
        local text = memory:seek("set", from) and memory:read(to - from) or ""
        for i = 1, #texts do
          if text:find(texts[i], 1, true) then found[#found + 1] = ("text %d in %s"):format(i, name) end
        end
      end
    end
    memory:close()
    return found
  end

  -- Runs code in a child that knows the needle by this variable only, or by a command of its profile; what is found when it
  -- has run.
  local function remains(variable, code)
    local sandbox <close> = assert(sandboxes.start{ users = 2, api_key = needle, client_secret = needle })
    local directory <close> = setmetatable({ path = interp.directory() }, { __close = function(d) interp.remove(d.path) end })
    local root = interp.root()
    local function absolute(path) return (";" .. path):gsub(";%./", ";" .. root .. "/"):sub(2) end
    assert(os.execute("mkfifo " .. interp.quote(directory.path .. "/go")))
    local env = { [variable] = needle, XDG_CONFIG_HOME = directory.path }
    if variable == COMMAND then
      env[variable] = nil
      local profile = directory.path .. "/thrive/profiles.lua"
      assert(os.execute(("mkdir %s/thrive"):format(directory.path)))
      interp.write(directory.path .. "/key", needle .. "\n")
      interp.write(profile, ("return { default = { api_key_command = 'cat %s/key' } }"):format(directory.path))
      assert(os.execute("chmod 600 " .. profile))
    end
    interp.write(directory.path .. "/main.lua", [[
      local thrive = require "thrive"
      local client = assert(thrive.client{ max_retries = 0 })
      ]] .. code .. [[

      collectgarbage()
      collectgarbage()
      print(io.open("/proc/self/stat"):read("n"))
      io.stdout:flush()
      io.open("go"):read("a")
    ]])
    for name, value in pairs {
      LUA_PATH = absolute(package.path), LUA_CPATH = absolute(package.cpath),
      THRIVE_TENANT_ID = sandbox.tenant_id, THRIVE_BASE_URL = sandbox.base_url, MALLOC_PERTURB_ = "165",
      GLIBC_TUNABLES = "glibc.malloc.tcache_count=0", -- what goes into that cache is not perturbed
      ASAN_OPTIONS = (os.getenv("ASAN_OPTIONS") or "detect_leaks=0") .. ":max_free_fill_size=16777216",
    } do env[name] = value end
    local child = assert(io.popen(interp.command(directory.path, interp.lua(), '"$P" main.lua', env)))
    local pid = math.tointeger(child:read("n"))
    local found = pid and places(pid, { needle, raw.base64(sandbox.tenant_id .. ":" .. needle), "sandbox-token-" })
    if pid then interp.write(directory.path .. "/go", "on\n") end
    child:close()
    assert(pid, "the child failed")
    return found
  end

  local uses = {
    ["was never used"] = "client:close()",
    ["was used"] = "assert(client.users:list()) client.users:get('x') client:close()",
    ["was closed by the collector"] = "assert(client.users:list()) client = nil",
    ["was closed with a call under way"] = [[
      local task = thrive.spawn(function() client.users:list() end)
      repeat thrive.sleep(0) until client:stats().attempts > 0
      client:close()
      task:wait()]],
  }
  for _, variable in ipairs { "THRIVE_API_KEY", "THRIVE_CLIENT_SECRET", COMMAND } do
    it(("holds %s while its client is open: this spec would see it"):format(variable), function()
      local found = remains(variable, "assert(client.users:list())")
      if not found then return pending("the memory of a child cannot be read here") end
      assert.truthy(table.concat(found):find("text 1", 1, true))
      assert.truthy(table.concat(found):find("text 2", 1, true))
    end)
    for use, code in pairs(uses) do
      it(("holds nothing of %s when its client %s"):format(variable, use), function()
        local found = remains(variable, code)
        if not found then return pending("the memory of a child cannot be read here") end
        assert.same({}, found)
      end)
    end
  end
end)
