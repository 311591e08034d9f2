-- TLS: certificates are verified, always; what to do about one that is not accepted is said.
local core = require "thrive.core"
local interp = require "spec.support.interp"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"
local thrive = require "thrive"

local quote = interp.quote

describe("TLS", function()
  if not os.execute("command -v openssl >/dev/null 2>&1") then
    pending("needs the openssl command")
    return
  end

  local directory, servers

  local function certificate(name, alternatives)
    assert(os.execute(("cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj %s "
      .. "-addext %s -keyout %s.key -out %s.pem >/dev/null 2>&1"):format(quote(directory), quote("/CN=" .. name),
      quote("subjectAltName=" .. alternatives), name, name)))
  end

  -- openssl's own server; it answers with the files of the directory, which hold whole HTTP answers. Its port.
  local function serve(name, options)
    local pipe = assert(io.popen(("cd %s && echo $$ && exec openssl s_server -accept 127.0.0.1:0 -cert %s.pem -key %s.key "
      .. "-HTTP %s 2>&1 </dev/null"):format(quote(directory), name, name, options or "")))
    local pid = assert(pipe:read("n"))
    servers[#servers + 1] = { pid = pid, pipe = pipe }
    for line in pipe:lines() do
      local port = line:match("^ACCEPT .*:(%d+)$")
      if port then return tonumber(port) end
    end
    error("openssl s_server did not start")
  end

  setup(function()
    directory, servers = interp.directory(), {}
    certificate("localhost", "DNS:localhost,IP:127.0.0.1")
    certificate("elsewhere", "DNS:elsewhere.example")
    local body = '{"results":[{"id":"a"}]}'
    assert(os.execute("mkdir -p " .. quote(directory .. "/rest/v1") .. " " .. quote(directory .. "/rest/v2")))
    interp.write(directory .. "/rest/v1/users", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
      .. #body .. "\r\nConnection: close\r\n\r\n" .. body)
  end)
  teardown(function()
    for _, server in ipairs(servers) do
      os.execute("kill " .. math.tointeger(server.pid))
      server.pipe:close()
    end
    interp.remove(directory)
  end)

  local function client_of(port, settings, host)
    local given = { token = "some-token", base_url = ("https://%s:%d"):format(host or "127.0.0.1", port), timeout = 10 }
    for name, value in pairs(settings or {}) do given[name] = value end
    return assert(thrive.client(given))
  end

  -- Both a read and a write fail like this, at once and before anything was sent.
  local function refused(client, kind)
    for _, call in ipairs {
      function() return client.users:list() end,
      function() return client.users:create(subject.person()) end,
    } do
      local value, err = call()
      assert.is_nil(value)
      assert.equal(kind or "tls", err.kind, tostring(err))
      assert.is_false(err.sent)
      assert.is_false(err.retryable)
      assert.equal(1, err.attempts, "it was tried again")
      assert.truthy(tostring(err):find("ca_file", 1, true), tostring(err))
    end
    client:close()
  end

  it("does not accept a certificate that nobody vouches for", function()
    refused(client_of(serve("localhost")))
  end)

  it("accepts it when ca_file names it", function()
    local client <close> = client_of(serve("localhost"), { ca_file = directory .. "/localhost.pem" })
    local page, err, meta = client.users:list()
    assert.is_nil(err)
    assert.equal("a", page.results[1].id)
    assert.is_true(meta.timings.tls > 0)
  end)

  it("accepts it when SSL_CERT_FILE names it, but not when ca_file names another", function()
    local port = serve("localhost")
    local code = ([[
      local client <close> = assert(require("thrive").client{
        token = "tttt", base_url = "https://127.0.0.1:%d", ca_file = %s, max_retries = 0,
      })
      local page, err = client.users:list()
      print(page and page.results[1].id or err.kind)
    ]])
    local env = { SSL_CERT_FILE = directory .. "/localhost.pem" }
    assert.equal("a\n", subject.child(code:format(port, "nil"), env).out)
    assert.equal("tls\n", subject.child(code:format(port, ("%q"):format(directory .. "/elsewhere.pem")), env).out)
    assert.equal("tls\n", subject.child(code:format(port, "nil"), { SSL_CERT_FILE = "" }).out)
  end)

  it("does not accept a certificate of another host, whoever vouches for it", function()
    refused(client_of(serve("elsewhere"), { ca_file = directory .. "/elsewhere.pem" }))
  end)

  it("does not accept one CA's certificate for another's", function()
    refused(client_of(serve("localhost"), { ca_file = directory .. "/elsewhere.pem" }))
  end)

  it("names ca_file when it is not there or holds no certificate", function()
    interp.write(directory .. "/empty.pem", "nothing\n")
    local port = serve("localhost")
    refused(client_of(port, { ca_file = directory .. "/no-such.pem" }))
    refused(client_of(port, { ca_file = directory .. "/empty.pem" }))
  end)

  it("is not spoken by a server that speaks plain HTTP", function()
    local sandbox <close> = assert(sandboxes.start{ users = 1 })
    local client <close> = client_of(tonumber(sandbox.base_url:match("%d+$")), { max_retries = 0 })
    local value, err = client.users:create(subject.person())
    assert.is_nil(value)
    assert.truthy(err.kind == "tls" or err.kind == "network", err.kind)
    assert.is_false(err.sent)
    assert.equal(0, sandbox:count())
  end)

  it("must be at least of version 1.2", function()
    local port = serve("localhost", "-tls1_1 -cipher DEFAULT@SECLEVEL=0")
    local client <close> = client_of(port, { ca_file = directory .. "/localhost.pem", max_retries = 0 })
    local value, err = client.users:list()
    assert.is_nil(value)
    assert.truthy(err.kind == "tls" or err.kind == "network", err.kind)
    assert.is_false(err.sent)
  end)

  it("is checked for each client by its own CA, also on the connections that they share", function()
    local port = serve("localhost")
    local trusting <close> = client_of(port, { ca_file = directory .. "/localhost.pem" })
    assert(trusting.users:list())
    refused(client_of(port))
    assert(trusting.users:list())
    assert.equal(0, core.running(trusting))
  end)
end)
