-- thrivelua --doctor: a line for everything that could keep scripts from working, and what to do about it.
local interp = require "spec.support.interp"
local sandboxes = require "thrive.sandbox"

local KEY = "canary-doctor-key"

describe("thrivelua --doctor", function()
  local home, path, sandbox
  before_each(function()
    home = interp.directory()
    path = home .. "/.config/thrive/profiles.lua"
    assert(os.execute(("mkdir -p -m 700 %s/.config/thrive"):format(home)))
  end)
  after_each(function()
    if sandbox then sandbox:stop() end
    sandbox = nil
    interp.remove(home)
  end)

  local function place(text, mode)
    interp.write(path, text)
    assert(os.execute(("chmod %s %s"):format(mode or "600", path)))
  end

  local function start(settings)
    local given = { users = 7, api_key = KEY }
    for name, value in pairs(settings or {}) do given[name] = value end
    sandbox = assert(sandboxes.start(given))
    return { THRIVE_TENANT_ID = sandbox.tenant_id, THRIVE_API_KEY = KEY, THRIVE_BASE_URL = sandbox.base_url }
  end

  -- The output with what differs from machine to machine taken out, and the exit status.
  local function run(options, env, program, command)
    local all = { HOME = home, SSL_CERT_FILE = "" }
    for name, value in pairs(env or {}) do all[name] = value end
    local got = interp.run(home, program or interp.thrivelua(), (command or '"$P"') .. " --doctor " .. (options or ""), all)
    assert.falsy((got.out .. got.err):find("canary", 1, true), "a secret is printed: " .. got.out .. got.err)
    assert.equal("", got.err)
    return (got.out:gsub(home, "HOME"):gsub("127%.0%.0%.1:%d+", "HOST"):gsub("%d+ ms", "N ms")), got.code
  end

  -- What it says of one thing: status and text, of every line that is about it.
  local function of(name, out)
    local lines = {}
    for line in out:gmatch("[^\n]+") do
      local status, what, text = line:match("^(%l+) +(%S+) +(.*)$")
      if what == name then lines[#lines + 1] = status .. ": " .. text end
    end
    return table.concat(lines, "\n")
  end

  it("says that all is well, and sends nothing unless asked to", function()
    local env = start()
    local out, code = run("", env)
    out = out:gsub("%d+%.%d+%.%d+", "V"):gsub("(libcurl     )[^\n]*", "%1 …"):gsub("(lua%-cjson   )[^\n]*", "%1 …")
    assert.equal(([[
ok    thrive       V, built into thrivelua, Lua 5.4
ok    libcurl      …
ok    lua-cjson    …
skip  profiles     HOME/.config/thrive/profiles.lua is not there (thrivelua --login makes it)
ok    credentials  API key from THRIVE_API_KEY (17 characters), tenant id %s from THRIVE_TENANT_ID
ok    environment  THRIVE_TENANT_ID, THRIVE_API_KEY, THRIVE_BASE_URL
ok    host         http://HOST (from THRIVE_BASE_URL)
skip  network      nothing is sent without --check-network
]]):format(sandbox.tenant_id), out)
    assert.equal(0, code)
    assert.equal(0, sandbox:count())
  end)

  it("tells what is built in", function()
    local core = require "thrive.core"
    local out = run("", start())
    local curl = of("libcurl", out)
    local has = core.transport_features()
    assert.matches("^ok: " .. has.version:gsub("%p", "%%%0"), curl)
    assert.matches(has.tls, curl, 1, true)
    for field, name in pairs { http2 = "HTTP/2", brotli = "brotli", zstd = "zstd", async_dns = "asynchronous DNS" } do
      assert.equal(not has[field], curl:find("no " .. name, 1, true) ~= nil)
    end
    local cjson = require "cjson"
    assert.matches("^ok: " .. cjson._VERSION:gsub("%p", "%%%0") .. ", decodes integers as %a+, %[%] .*{}", of("lua-cjson", out))
  end)

  it("asks the service with --check-network", function()
    local out, code = run("--check-network", start())
    assert.equal("ok: http://HOST answers (401) in N ms", of("connection", out))
    assert.equal("ok: as the service's", of("clock", out))
    assert.equal("ok: they work: 7 users can be read", of("access", out))
    assert.equal(0, code)
  end)

  it("works in the sandbox", function()
    local out, code = run("--sandbox --check-network", { THRIVE_TOKEN = "canary-token" })
    assert.equal("ok: those of the sandbox", of("credentials", out))
    assert.equal("skip: THRIVE_TOKEN: of no effect in the sandbox", of("environment", out))
    assert.equal("ok: http://HOST (the sandbox)", of("host", out))
    assert.equal("ok: they work: 500 users can be read", of("access", out))
    assert.equal(0, code)
  end)

  describe("on credentials", function()
    it("tells of none, with every place looked in", function()
      local out, code = run()
      assert.equal("bad: config: no credentials: looked at the arguments (tenant_id with api_key or client_secret, or token), at "
        .. "THRIVE_TENANT_ID with THRIVE_API_KEY or THRIVE_CLIENT_SECRET, and THRIVE_TOKEN, in the environment, and at profile "
        .. '"default" in HOME/.config/thrive/profiles.lua, which does not exist: set them, make a profile (thrivelua --login), '
        .. "or try the sandbox: thrivelua --sandbox script.lua", of("credentials", out))
      assert.equal(4, code)
    end)

    it("tells of a profile, and of what in the environment does not count", function()
      place('return { s = { tenant_id = "t", region = "staging", client_secret = "canary-ü", client_id = "c", '
        .. 'scope = "api/read", proxy = "http://u:canary@p.example:1" } }')
      local out, code = run("--profile s", { THRIVE_TOKEN = "canary-token", https_proxy = "http://u:canary@q.example" })
      assert.equal("ok: HOME/.config/thrive/profiles.lua, mode 600: s", of("profiles", out))
      assert.equal('ok: OAuth client secret from profile "s" (8 characters), tenant id t from profile "s", client id c from '
        .. 'profile "s", scope api/read from profile "s"', of("credentials", out))
      assert.equal('skip: THRIVE_TOKEN: of no effect, since profile "s" is named', of("environment", out))
      assert.equal('ok: https://public.api.learnstaging.link (staging, from profile "s")', of("host", out))
      assert.equal('ok: http://p.example:1 (from profile "s")', of("proxy", out))
      assert.equal(0, code)
      out = run("", { THRIVE_TOKEN = "canary-token", https_proxy = "http://u:canary@q.example" })
      assert.equal("ok: https://public.api.learn.link (production, the default)", of("host", out))
      assert.equal("ok: http://q.example (from https_proxy)", of("proxy", out))
    end)

    it("shows no password of an URL, however that is written", function()
      for _, proxy in ipairs { "u:canary@p.example:1", "http://u:can@canary/y@p.example:1", "socks5h://u:canary@p.example:1" } do
        local out = run("", { THRIVE_TOKEN = "x", https_proxy = proxy })
        assert.matches("^ok: %w*:?/?/?p%.example:1 %(from https_proxy%)$", of("proxy", out))
      end
      local out, code = run("", { THRIVE_TOKEN = "x", THRIVE_BASE_URL = "https://u:canary@a.example" })
      assert.equal("ok: https://a.example (from THRIVE_BASE_URL)", of("host", out))
      assert.matches("^bad: config: base_url: must not hold a user name or password", of("client", out))
      assert.equal(4, code)
    end)

    it("tells of a blank that came along with a secret", function()
      for key, words in pairs { [" " .. KEY] = "beginning", [KEY .. " "] = "end" } do
        local out = run("", { THRIVE_TENANT_ID = "t", THRIVE_API_KEY = key })
        assert.matches(("THRIVE_API_KEY (%d characters, with a blank at its %s)"):format(utf8.len(key), words),
          of("credentials", out), 1, true)
      end
    end)

    it("runs no command of a profile, unless it is to use the network", function()
      start()
      interp.write(home .. "/key", KEY .. "\n")
      place(('return { default = { tenant_id = %q, base_url = %q, api_key_command = "touch %s/was-run; cat %s/key" } }')
        :format(sandbox.tenant_id, sandbox.base_url, home, home))
      local out, code = run()
      assert.matches('ok: API key from api_key_command of profile "default" (printed by touch …), ',
        of("credentials", out), 1, true)
      assert.equal("skip: nothing is sent and no command is run without --check-network", of("network", out))
      assert.equal(0, code)
      assert.is_nil(io.open(home .. "/was-run"))
      out, code = run("--check-network")
      assert.equal("ok: they work: 7 users can be read", of("access", out))
      assert.equal(0, code)
      place('return { default = { tenant_id = "t", api_key_command = "exit 9" } }')
      out, code = run("--check-network")
      assert.equal('bad: config: api_key_command of profile "default" (exit …) ended with status 9: run the command by itself '
        .. "to see why", of("client", out))
      assert.equal(4, code)
    end)

    it("tells what keeps a client from being made", function()
      local out, code = run("", { THRIVE_API_KEY = KEY })
      assert.equal("bad: config: api_key was given without tenant_id: give both: set THRIVE_TENANT_ID as well", of("client", out))
      assert.equal(4, code)
      out, code = run("", { THRIVE_API_KEY = KEY, THRIVE_TENANT_ID = "t", THRIVE_REGION = "mars" })
      assert.equal('bad: config: THRIVE_REGION is "mars": use one of production, staging, production-mea, staging-mea',
        of("client", out))
      assert.equal(4, code)
    end)
  end)

  describe("on files", function()
    it("tells what is wrong with the file of profiles, once", function()
      place("return {}", "644")
      local out, code = run()
      assert.equal("bad: config: HOME/.config/thrive/profiles.lua can be read or written by others (mode 644): chmod 600 "
        .. "HOME/.config/thrive/profiles.lua", of("profiles", out))
      assert.equal("skip: they would be those of a profile", of("credentials", out))
      assert.equal(4, code)
    end)

    it("tells of every profile that is wrong, also of those that are not used", function()
      place("return { a = { apikey = 'canary' }, b = { token = 'x', api_key = 'canary' }, default = { token = 'canary' } }")
      local out, code = run()
      assert.equal("ok: HOME/.config/thrive/profiles.lua, mode 600: a, b, default\n"
        .. "bad: profile \"a\": 'apikey' is not an option of a profile (did you mean 'api_key'?): correct the file\n"
        .. "bad: profile \"b\": 'api_key' and 'token' are there: give one: correct the file", of("profiles", out))
      assert.matches("^ok: bearer token", of("credentials", out))
      assert.equal(4, code)
      out = run "--profile b"
      assert.equal("skip: they would be those of a profile", of("credentials", out))
    end)

    it("tells of a directory where others may put another file into its place", function()
      place("return { default = { token = 'canary' } }")
      assert(os.execute(("chmod 777 %s/.config/thrive"):format(home)))
      local out, code = run()
      assert.equal("ok: HOME/.config/thrive/profiles.lua, mode 600: default\n"
        .. "bad: others may write to HOME/.config/thrive (mode 777): chmod 700 HOME/.config/thrive", of("profiles", out))
      assert.equal(4, code)
    end)

    it("tells of a history that others can read", function()
      local file = home .. "/.local/state/thrive/history"
      assert(os.execute(("mkdir -p %s/.local/state/thrive && touch %s && chmod 600 %s"):format(home, file, file)))
      local env = start()
      local out, code = run("", env)
      assert.equal("ok: HOME/.local/state/thrive/history, mode 600", of("history", out))
      assert.equal(0, code)
      assert(os.execute("chmod 644 " .. file))
      out, code = run("", env)
      assert.equal("bad: HOME/.local/state/thrive/history can be read or written by others (mode 644): chmod 600 "
        .. "HOME/.local/state/thrive/history", of("history", out))
      assert.equal(1, code)
    end)

    it("tells of certificates that are not there, or are none", function()
      local env = start()
      interp.write(home .. "/not.pem", "hello")
      env.SSL_CERT_FILE = home .. "/not.pem"
      local out, code = run("", env)
      assert.equal("bad: HOME/not.pem (from SSL_CERT_FILE) has no certificate in PEM format: name one that has",
        of("ca_file", out))
      assert.equal(6, code)
      place(("return { p = { token = 'canary', ca_file = '%s/none' } }"):format(home))
      out = run("--profile p")
      assert.equal("bad: HOME/none: No such file or directory (from profile \"p\"): name a file of certificates that is there",
        of("ca_file", out))
    end)
  end)

  describe("on the network", function()
    it("tells of a name without an address", function()
      local out, code = run("--check-network", { THRIVE_TOKEN = "canary", THRIVE_BASE_URL = "https://no-such-host.invalid" })
      assert.matches("^bad: request: network: Could not resolve host: no%-such%-host.invalid .*: check the connection, the proxy "
        .. "and the host name$", of("dns", out))
      assert.equal("skip: the service cannot be reached", of("access", out))
      assert.equal(6, code)
    end)

    it("tells of nobody listening", function()
      local out, code = run("--check-network", { THRIVE_TOKEN = "canary", THRIVE_BASE_URL = "http://127.0.0.1:1" })
      assert.matches("^bad: request: network: Failed to connect to ", of("connection", out))
      assert.equal(6, code)
    end)

    it("tells of a certificate that is not accepted", function()
      if not os.execute("command -v openssl >/dev/null 2>&1") then return pending("needs the openssl command") end
      assert(os.execute(("cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
        .. "/CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.pem -out cert.pem >/dev/null 2>&1")
        :format(home)))
      local server = assert(io.popen(("cd %s && echo $$ && exec openssl s_server -accept 127.0.0.1:0 -cert cert.pem -key key.pem "
        .. "-www 2>&1 </dev/null"):format(home)))
      local pid, port = assert(server:read("n")), nil
      for line in server:lines() do
        port = line:match("^ACCEPT .*:(%d+)$")
        if port then break end
      end
      local env = { THRIVE_TOKEN = "canary", THRIVE_BASE_URL = "https://127.0.0.1:" .. assert(port) }
      local out, code = run("--check-network", env)
      env.SSL_CERT_FILE = home .. "/cert.pem"
      local trusting = run("--check-network", env)
      os.execute("kill " .. math.tointeger(pid))
      server:close()
      assert.matches("^bad: request: tls: .*: the certificate was not accepted: set ca_file %(or SSL_CERT_FILE%)", of("tls", out))
      assert.equal(6, code)
      assert.equal("ok: the certificate is accepted, in N ms", of("tls", trusting))
    end)

    it("tells of a wrong key, and of an OAuth client that gets no token", function()
      local env = start { client_secret = KEY }
      env.THRIVE_API_KEY = "canary-wrong"
      local out, code = run("--check-network", env)
      assert.matches("^bad: users.list: 401 auth: .*: check the tenant id, the secret and the region$", of("access", out))
      assert.equal(4, code)
      env.THRIVE_API_KEY = nil
      env.THRIVE_CLIENT_SECRET = "canary-wrong"
      out, code = run("--check-network", env)
      assert.matches("^bad: .*401 auth: ", of("access", out))
      assert.equal(4, code)
      env.THRIVE_CLIENT_SECRET = KEY
      out, code = run("--check-network", env)
      assert.equal("ok: they work: 7 users can be read", of("access", out))
      assert.equal(0, code)
    end)

    it("tells of a host of webhooks that does not answer", function()
      local env = start()
      env.THRIVE_WEBHOOKS_URL = "http://127.0.0.1:1"
      local out, code = run("--check-network", env)
      assert.matches("^bad: request: network: Failed to connect", of("webhooks", out))
      assert.equal("ok: they work: 7 users can be read", of("access", out))
      assert.equal(6, code)
    end)

    for _, case in ipairs { { 3600, "behind" }, { -3600, "ahead of" }, { 30, nil } } do
      it(("tells of a clock that is %d s off"):format(case[1]), function()
        local env = start()
        sandbox:fault { method = "GET", path = "/", status = 404,
          headers = { Date = os.date("!%a, %d %b %Y %H:%M:%S GMT", os.time() + case[1]) } }
        local out, code = run("--check-network", env)
        if case[2] then
          assert.matches("^bad: 3[56]%d%d s " .. case[2] .. " the service's: set it %(timedatectl set%-ntp true%): the life of "
            .. "tokens and dates go by it$", of("clock", out))
          assert.equal(1, code)
        else
          assert.matches("^ok: %d+ s behind the service's$", of("clock", out))
          assert.equal(0, code)
        end
      end)
    end
  end)

  describe("where hardly anything works", function()
    it("tells that libcurl cannot be loaded, and looks at the rest", function()
      place("return { default = { token = 'canary' } }")
      for _, name in ipairs { "libcurl.so.4", "libcurl-gnutls.so.4" } do interp.write(home .. "/" .. name, "no library") end
      local out, code = run("", { LD_LIBRARY_PATH = home })
      assert.equal("bad: cannot load libcurl.so.4: install it (on Debian: apt install libcurl4)", of("libcurl", out))
      assert.matches("^ok: bearer token", of("credentials", out))
      assert.equal(1, code)
    end)

    it("tells in the rock's command what that is made of", function()
      local here = interp.root()
      local out, code = run("--check-network", setmetatable(start(), nil), interp.lua(), ('LUA_PATH="%s/lua/?.lua" '
        .. 'LUA_CPATH="%s/build/?.so;%s" "$P" %s/bin/thrivelua'):format(here, here, package.cpath:gsub("%./", here .. "/"), here))
      assert.matches("^ok: %d+%.%d+%.%d+, " .. here:gsub("%p", "%%%0") .. "/build/thrive/core.so, Lua 5.4$", of("thrive", out))
      assert.equal("ok: they work: 7 users can be read", of("access", out))
      assert.equal(0, code)
    end)

    it("tells why a lua-cjson that is there cannot be loaded", function()
      interp.write(home .. "/cjson.lua", "error('made for another Lua', 0)")
      local here = interp.root()
      local out, code = run("", { THRIVE_TOKEN = "canary" }, interp.lua(), ('LUA_PATH="./?.lua;%s/lua/?.lua" '
        .. 'LUA_CPATH="%s/build/?.so" "$P" %s/bin/thrivelua'):format(here, here, here))
      assert.matches("^bad: cannot be loaded %(.*made for another Lua.*%): install it", of("lua-cjson", out))
      assert.matches("^ok: bearer token", of("credentials", out))
      assert.equal(1, code)
    end)

    it("tells that the C core cannot be loaded", function()
      local here = interp.root()
      local out, code = run("", {}, interp.lua(), ('LUA_PATH="%s/lua/?.lua" LUA_CPATH=/none/?.so "$P" %s/bin/thrivelua')
        :format(here, here))
      assert.matches("^bad: the C core cannot be loaded %(module 'thrive.core' not found:%): install libcurl 7.68 or newer, and "
        .. "the module again$", of("thrive", out))
      assert.equal("bad: not found: install it (luarocks install lua-cjson, or on Debian: apt install lua-cjson)",
        of("lua-cjson", out))
      assert.equal(1, code)
    end)
  end)

  it("is no success where nobody sees what it finds", function()
    for _, to in ipairs { "/dev/full", "&-" } do
      local got = interp.run(home, interp.thrivelua(), '"$P" --doctor >' .. to, { HOME = home, THRIVE_TOKEN = "x" })
      assert.matches("^thrivelua: %-%-doctor cannot write what it finds: ", got.err)
      assert.equal(1, got.code)
    end
  end)

  it("refuses what makes no sense", function()
    local got = interp.run(home, interp.thrivelua(), '"$P" --doctor me', { HOME = home })
    assert.same({ "", "thrivelua: --doctor takes no arguments (got 'me')\n", 2 }, { got.out, got.err, got.code })
    got = interp.run(home, interp.thrivelua(), '"$P" --check-network', { HOME = home })
    assert.matches("--check-network goes with --doctor\n", got.err, 1, true)
    assert.equal(2, got.code)
  end)
end)
