-- thrivelua --login at a real terminal, against the sandbox: what is asked, tried, written; and that no secret is seen.
local interp = require "spec.support.interp"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"
local terminal = require "spec.support.terminal"
local writer = require "thrive.profile_writer"

local KEY, SECRET = "canary-key-1", "canary-secret-2"

describe("thrivelua --login", function()
  local home, path, sandbox, t
  before_each(function()
    home = interp.directory()
    path = home .. "/.config/thrive/profiles.lua"
    sandbox = assert(sandboxes.start { users = 7, api_key = KEY, client_secret = SECRET, client_id = "the-client" })
  end)
  after_each(function()
    if t then t:close() end
    t = nil
    sandbox:stop()
    interp.remove(home)
  end)

  local function start(options, env)
    t = terminal.open {
      program = interp.thrivelua(), command = '"$P" --login ' .. (options or ""), directory = home, env = env, columns = 160,
      rows = 50,
    }
    return t
  end

  -- Waits for a question (its last words) and answers it.
  local function answer(question, text)
    t:wait_for(question:gsub("%p", "%%%0") .. "$")
    if text ~= "" then t:type(text) end
    t:key("Enter")
  end

  local function place(text)
    assert(os.execute(("mkdir -p -m 700 %s/.config/thrive"):format(home)))
    interp.write(path, text)
    assert(os.execute("chmod 600 " .. path))
  end

  local function mode(of)
    return ("%o"):format(require("thrive.core").system.stat(of).mode)
  end

  local function screen()
    local text = t:screen { history = true }
    assert.is_nil(t:raw():find("canary", 1, true), "a secret is on the screen")
    return (text:gsub(home, "HOME"):gsub("127%.0%.0%.1:%d+", "SANDBOX"))
  end

  local WHICH = "Which [1]:"
  local REGION = "URL [production]:"

  it("asks for an API key, tries it, and writes a profile that works", function()
    start()
    answer("Name of the profile [default]:", "")
    answer(WHICH, "")
    answer(REGION, sandbox.base_url)
    answer("Tenant id:", sandbox.tenant_id)
    answer("API key (not shown):", KEY)
    assert.equal(0, t:exit_code())
    assert.equal(([[
Credentials for the Thrive Learning API, to be kept in HOME/.config/thrive/profiles.lua
Name of the profile [default]:

Kind of credentials:
  1  API key (of a tenant)
  2  OAuth client (client id and secret)
  3  bearer token
Which [1]:
Region (production, staging, production-mea, staging-mea) or URL [production]: http://SANDBOX
Tenant id: %s
API key (not shown):
Trying them at http://SANDBOX …
ok: they work: 7 users can be read

Profile "default" is written to HOME/.config/thrive/profiles.lua (mode 600).
Use it: thrivelua script.lua]]):format(sandbox.tenant_id), screen())
    assert.equal(([[
-- Profiles of thrive: see thrivelua --login. For nobody else to read (chmod 600).
return {
  default = {
    base_url = "%s",
    tenant_id = "%s",
    api_key = "%s",
  },
}
]]):format(sandbox.base_url, sandbox.tenant_id, KEY), interp.read(path))
    assert.equal("600", mode(path))
    assert.equal("700", mode(home .. "/.config/thrive"))
    local run = interp.run(home, interp.thrivelua(), [["$P" -e 'print(thrive.client().users:count())']], { HOME = home })
    assert.equal("7\tnil", run.out:match("^7\tnil"), run.err)
  end)

  it("asks for an OAuth client", function()
    start("--profile reader")
    answer(WHICH, "2")
    answer(REGION, sandbox.base_url)
    answer("Tenant id:", sandbox.tenant_id)
    answer("Client id [the tenant id]:", "the-client")
    answer("[what the service gives]:", "api/read")
    answer("Client secret (not shown):", SECRET)
    assert.equal(0, t:exit_code())
    assert.matches('ok: they work: 7 users can be read\n\nProfile "reader" is written to HOME/.config/thrive/profiles.lua '
      .. "(mode 600).\nUse it: thrivelua --profile reader script.lua", screen(), 1, true)
    local all = assert(loadfile(path))()
    assert.same({ reader = { base_url = sandbox.base_url, tenant_id = sandbox.tenant_id, client_id = "the-client",
      scope = "api/read", client_secret = SECRET } }, all)
  end)

  it("tries by the token alone what can only send webhooks", function()
    start("--profile hooks")
    answer(WHICH, "2")
    answer(REGION, sandbox.base_url)
    answer("Tenant id:", sandbox.tenant_id)
    answer("Client id [the tenant id]:", "the-client")
    answer("[what the service gives]:", "api/webhooks")
    answer("Client secret (not shown):", SECRET)
    assert.equal(0, t:exit_code())
    assert.matches("ok: they work: a token was given for api/webhooks\n", screen(), 1, true)
    assert.equal(1, sandbox:count())
  end)

  it("asks for a bearer token, without a tenant", function()
    sandbox:fault { path = "/rest/v1/users", body = "[]", headers = { ["Content-Type"] = "application/json" } }
    start("--profile b")
    answer(WHICH, "3")
    answer(REGION, sandbox.base_url)
    answer("Tenant id (only webhooks need it) [none]:", "")
    answer("Bearer token (not shown):", "Bearer canary-token")
    t:wait_for("A token has no blanks: type or paste it again, without a word before it.")
    answer("Bearer token (not shown):", "canary-token")
    assert.equal(0, t:exit_code())
    screen()
    assert.same({ b = { base_url = sandbox.base_url, token = "canary-token" } }, assert(loadfile(path))())
  end)

  it("says what the service answered, asks again with the answers so far, and writes nothing before they work", function()
    start("--profile p")
    answer(WHICH, "")
    answer(REGION, sandbox.base_url)
    answer("Tenant id:", sandbox.tenant_id)
    answer("API key (not shown):", "canary-wrong")
    t:wait_for("That did not work: users%.list: 401 auth: .*\nTry again%? %[Y/n%]$")
    assert.is_nil(io.open(path))
    answer("Try again? [Y/n]", "")
    answer(WHICH, "")
    answer(("or URL [%s]:"):format(sandbox.base_url), "")
    answer(("Tenant id [%s]:"):format(sandbox.tenant_id), "")
    answer("API key (not shown):", KEY)
    assert.equal(0, t:exit_code())
    screen()
    assert.same({ p = { base_url = sandbox.base_url, tenant_id = sandbox.tenant_id, api_key = KEY } }, assert(loadfile(path))())
  end)

  it("ends with the error's status when it is not to be tried again", function()
    start("--profile p")
    answer(WHICH, "")
    answer(REGION, sandbox.base_url)
    answer("Tenant id:", sandbox.tenant_id)
    answer("API key (not shown):", "canary-wrong")
    answer("Try again? [Y/n]", "n")
    assert.equal(4, t:exit_code())
    assert.matches("Nothing was written.", screen(), 1, true)
    assert.is_nil(io.open(path))
  end)

  it("does not take 403 for an answer to a good key, nor a network that fails", function()
    sandbox:fault { path = "/rest/v1/users", status = 403, times = 10 }
    start("--profile p")
    answer(WHICH, "")
    answer(REGION, sandbox.base_url)
    answer("Tenant id:", sandbox.tenant_id)
    answer("API key (not shown):", KEY)
    answer("Try again? [Y/n]", "y")
    answer(WHICH, "")
    answer(("or URL [%s]:"):format(sandbox.base_url), "http://127.0.0.1:1")
    answer(("Tenant id [%s]:"):format(sandbox.tenant_id), "")
    answer("API key (not shown):", KEY)
    answer("Try again? [Y/n]", "n")
    assert.equal(6, t:exit_code())
    assert.matches("That did not work: users.list: 403 forbidden: ", screen(), 1, true)
    assert.matches("That did not work: users.list: network: ", screen(), 1, true)
    assert.is_nil(io.open(path))
  end)

  it("asks again for what cannot be", function()
    start("--profile p")
    answer(WHICH, "4")
    t:wait_for("Answer 1, 2 or 3%.")
    answer(WHICH, "1")
    answer(REGION, "stagin")
    t:wait_for("No region is called stagin, did you mean staging%?; a URL begins with https://")
    answer(REGION, sandbox.base_url)
    answer("Tenant id:", "")
    t:wait_for("It is needed, and Thrive's support knows it%.")
    answer("Tenant id:", "  " .. sandbox.tenant_id .. " ") -- blanks around what is seen are taken off
    answer("API key (not shown):", "")
    t:wait_for("Nothing was typed%.")
    answer("API key (not shown):", KEY .. " ")
    t:wait_for("That has a blank at its beginning or end: type or paste it again%.")
    t:wait_for("API key %(not shown%):$")
    t:key("C-v"):type("\t" .. KEY):key("Enter")
    t:wait_for("That holds a control character: type or paste it again%.")
    answer("API key (not shown):", KEY)
    assert.equal(0, t:exit_code())
    screen()
  end)

  it("asks before it replaces a profile, and keeps what it does not ask about", function()
    place(('return { p = { tenant_id = %q, api_key = "canary-old", base_url = %q, timeout = 90, read_only = true },\n'
      .. 'q = { token_command = "pass show q" } }\n'):format(sandbox.tenant_id, sandbox.base_url))
    start()
    t:wait_for("There are: p, q\n")
    answer("Name of the profile [default]:", "p")
    t:wait_for('Profile "p" is there %(API key, 127%.0%.0%.1:%d+%)%. Replace its credentials%? %[y/N%]$')
    t:key("Enter")
    assert.equal(0, t:exit_code())
    assert.matches("canary-old", interp.read(path), 1, true)
    t:close()
    start("--profile p")
    answer("Replace its credentials? [y/N]", "y")
    answer(WHICH, "")
    answer(("or URL [%s]:"):format(sandbox.base_url), "")
    answer(("Tenant id [%s]:"):format(sandbox.tenant_id), "")
    answer("API key (not shown):", KEY)
    assert.equal(0, t:exit_code())
    assert.matches("The file was written anew: what it said before, with its comments, is in "
      .. "HOME/.config/thrive/profiles.lua.bak.\n", screen(), 1, true)
    assert.same({
      p = { tenant_id = sandbox.tenant_id, api_key = KEY, base_url = sandbox.base_url, timeout = 90, read_only = true },
      q = { token_command = "pass show q" },
    }, assert(loadfile(path))())
    assert.equal("600", mode(path .. ".bak"))
    assert.matches("canary-old", interp.read(path .. ".bak"), 1, true)
  end)

  it("tells when the environment goes before profile default", function()
    start(nil, { THRIVE_API_KEY = "canary-environment", THRIVE_CLIENT_ID = "other" })
    answer("Name of the profile [default]:", "")
    answer(WHICH, "2")
    answer(REGION, sandbox.base_url)
    answer("Tenant id:", sandbox.tenant_id)
    answer("Client id [the tenant id]:", "the-client")
    answer("[what the service gives]:", "")
    answer("Client secret (not shown):", SECRET)
    assert.equal(0, t:exit_code())
    assert.matches("But THRIVE_API_KEY is set: the environment goes before profile default.", screen(), 1, true)
  end)

  for key, code in pairs { ["C-c"] = 130, ["C-d"] = 2 } do
    it(("is left by %s at any question, with nothing written and the terminal as it was"):format(key), function()
      for _, stage in ipairs { 1, 2 } do
        t = terminal.open {
          program = interp.thrivelua(), directory = home, columns = 160,
          command = "trap : INT; \"$P\" --login --profile p; echo code=$?; stty -a | grep -o -w -e '-*echo'",
        }
        t:wait_for("Which %[1%]:$")
        if stage == 2 then
          answer(WHICH, "1")
          answer(REGION, sandbox.base_url)
          answer("Tenant id:", sandbox.tenant_id)
          t:wait_for("API key %(not shown%):$")
        end
        t:key(key)
        assert.matches(("Nothing was written%%.\ncode=%d\necho$"):format(code), t:wait_for("code=%d+\n.*echo$"))
        t:close()
      end
      assert.is_nil(io.open(path))
    end)
  end

  it("is left by Ctrl-C while the service is asked", function()
    sandbox:fault { path = "/rest/v1/users", delay = 30 }
    t = terminal.open {
      program = interp.thrivelua(), directory = home, columns = 160,
      command = 'trap : INT; "$P" --login --profile p; echo code=$?',
    }
    answer(WHICH, "1")
    answer(REGION, sandbox.base_url)
    answer("Tenant id:", sandbox.tenant_id)
    answer("API key (not shown):", KEY)
    t:wait_for("Trying them at")
    t:key("C-c")
    t:wait_for("code=130")
    assert.matches("Trying them at http://SANDBOX …\n%S*\nNothing was written.\ncode=130$", screen())
    assert.is_nil(io.open(path))
  end)

  for _, question in ipairs { "Tenant id:", "API key (not shown):" } do
    it("ends with SIGTERM, without a traceback, at the question for " .. question, function()
      t = terminal.open {
        program = interp.thrivelua(), directory = home, columns = 160,
        command = [["$P" -e "f = io.open('pid', 'w') f:write(require('thrive.core').system.pid()) f:close()" --login --profile p
          echo code=$?]],
      }
      answer(WHICH, "1")
      answer(REGION, sandbox.base_url)
      if question ~= "Tenant id:" then answer("Tenant id:", sandbox.tenant_id) end
      t:wait_for(question:gsub("%p", "%%%0") .. "$")
      assert(os.execute("kill -TERM $(cat " .. home .. "/pid)"))
      t:wait_for("code=143")
      assert.is_nil(screen():find("traceback", 1, true))
      assert.matches("\nNothing was written.\ncode=143$", screen())
    end)
  end

  it("writes through a link, and leaves it one", function()
    assert(os.execute(("mkdir -p %s/.config/thrive %s/dotfiles && ln -s ../../dotfiles/p.lua %s"):format(home, home, path)))
    start("--profile p")
    answer(WHICH, "1")
    answer(REGION, sandbox.base_url)
    answer("Tenant id:", sandbox.tenant_id)
    answer("API key (not shown):", KEY)
    assert.equal(0, t:exit_code())
    assert.equal("../../dotfiles/p.lua", require("thrive.core").system.readlink(path))
    assert.equal("600", mode(home .. "/dotfiles/p.lua"))
  end)

  it("leaves everything as it was when the file cannot be written", function()
    place("return {}\n-- mine\n")
    start("--profile p")
    answer(WHICH, "1")
    answer(REGION, sandbox.base_url)
    answer("Tenant id:", sandbox.tenant_id)
    t:wait_for("API key %(not shown%):$")
    -- In the way of the copy: rename does not replace a directory. (Modes would not stop root.)
    assert(os.execute(("mkdir %s.bak"):format(path)))
    answer("API key (not shown):", KEY)
    assert.equal(4, t:exit_code())
    assert.matches("profiles.lua.bak: Is a directory: nothing was changed\nNothing was written.", screen(), 1, true)
    assert.equal("return {}\n-- mine\n", interp.read(path))
    local ls = assert(io.popen("ls -A " .. home .. "/.config/thrive"))
    assert.equal("profiles.lua\nprofiles.lua.bak\n", ls:read("a"))
    ls:close()
  end)

  describe("does not even begin", function()
    local function refused(command, env)
      local all = { HOME = home }
      for name, value in pairs(env or {}) do all[name] = value end
      local run = interp.run(home, interp.thrivelua(), "setsid -w " .. command, all)
      assert.equal("", run.out)
      return (run.err:gsub(home, "HOME")), run.code
    end

    it("without a terminal", function()
      local err, code = refused('"$P" --login')
      assert.equal("thrivelua: --login asks on a terminal, and there is none (/dev/tty: No such device or address): write "
        .. "HOME/.config/thrive/profiles.lua yourself, or set THRIVE_TENANT_ID and THRIVE_API_KEY\n", err)
      assert.equal(2, code)
    end)

    it("in the sandbox, or with arguments", function()
      local err, code = refused('"$P" --sandbox --login')
      assert.equal("thrivelua: --login and --sandbox do not go together: a sandbox needs no credentials\n", err)
      assert.equal(2, code)
      err, code = refused('"$P" --login staging')
      assert.equal("thrivelua: --login takes no arguments (got 'staging'): the profile's name goes with --profile\n", err)
      assert.equal(2, code)
    end)

    it("where the file is open to others, or broken", function()
      place("return {}")
      assert(os.execute("chmod 644 " .. path))
      local err, code = refused('"$P" --login')
      assert.equal("thrivelua: config: HOME/.config/thrive/profiles.lua can be read or written by others (mode 644): chmod 600 "
        .. "HOME/.config/thrive/profiles.lua\n", err)
      assert.equal(4, code)
      place("return {")
      assert.matches("correct the file", (refused('"$P" --login')), 1, true)
    end)
  end)

  it("shows commands that can be copied, whatever the name", function()
    place "return {}"
    start "--profile \"it's acme\""
    answer(WHICH, "1")
    answer(REGION, sandbox.base_url)
    answer("Tenant id:", sandbox.tenant_id)
    answer("API key (not shown):", KEY)
    assert.equal(0, t:exit_code())
    assert.matches([[Use it: thrivelua --profile 'it'\''s acme' script.lua]], screen(), 1, true)
  end)

  it("is there in the rock, too", function()
    local root = interp.root()
    t = terminal.open {
      program = interp.lua(), directory = home, columns = 160,
      command = ('"$P" %s/bin/thrivelua --login --profile p'):format(root),
      env = { LUA_PATH = root .. "/lua/?.lua", LUA_CPATH = root .. "/build/?.so;" .. package.cpath },
    }
    answer(WHICH, "1")
    answer(REGION, sandbox.base_url)
    answer("Tenant id:", sandbox.tenant_id)
    answer("API key (not shown):", KEY)
    assert.equal(0, t:exit_code())
    screen()
    assert.equal("600", mode(path))
  end)
end)

describe("the text of profiles", function()
  it("reads back equal, whatever is in it", function()
    local hostile = { 'a"b\\c', "line\nbreak\r\n", "\0nul\1\127", "]] --[[ x ]==]", "ü€😀", "\xff\xfe", " blanks ", "%d%s", "" }
    local all = { default = { timeout = 0.1, max_retries = 3, raise = true, deadline = 1e300, connect_timeout = 90.0,
      most = math.huge } }
    for i, text in ipairs(hostile) do
      all[text .. i] = { api_key = text, [text] = -i, ["end"] = false, scope = text .. text, n = math.mininteger }
    end
    local text = assert(writer.text(all))
    local back = assert(load(text, "=text", "t", {}))()
    assert.same(all, back)
    assert.equal("float", math.type(back.default.connect_timeout))
    assert.equal(text, writer.text(back))
  end)

  it("is refused for what has none", function()
    local function refused(fields) return select(2, writer.text { p = fields }) end
    assert.equal('profile "p" holds a function', refused { on = print })
    assert.equal('profile "p" holds a table', refused { on = {} })
    assert.equal('profile "p" holds a member without a name', refused { "x" })
  end)

  it("leaves no copy behind when a signal comes while it is written", function()
    local run = subject.child([[
      local system = require("thrive.core").system
      system.sync = function() error "interrupted!" end -- as the interpreter raises it
      print(pcall(require("thrive.profile_writer").save, "q", { token = "canary" }))
      os.execute("ls -A .config/thrive")
    ]], nil, subject.interpreter())
    assert.matches("^false\t[^\n]*interrupted!\n$", run.out)
  end)

  it("loses no profile when several are saved at once", function()
    local home = interp.directory()
    interp.write(home .. "/save.lua", [[
      for i = 1, 5 do assert(require("thrive.profile_writer").save(arg[1] .. i, { token = "t" })) end
    ]])
    local run = interp.run(home, interp.thrivelua(), 'for p in a b c d; do "$P" save.lua $p & done; wait; ls -A .config/thrive; '
      .. [["$P" -e 'print(#require("thrive.profile").names())']])
    interp.remove(home)
    assert.same({ "profiles.lua\n20\n", "" }, { run.out, run.err })
  end)

  it("is not written while another process keeps the directory", function()
    local run = subject.child([[
      os.execute("mkdir -p .config/thrive")
      local held = assert(require("thrive.core").system.lock(".config/thrive"))
      require("thrive.scheduler").sleep = function() end -- nobody is to wait here for half a minute
      print(select(2, require("thrive.profile_writer").save("q", { token = "t" })))
      held:close()
      print((assert(require("thrive.profile_writer").save("q", { token = "t" }))))
    ]], nil, subject.interpreter())
    assert.matches("%.config/thrive is locked by another process: nothing was changed\n[^\n]*profiles%.lua\n$", run.out)
  end)

  it("is not written over a file with such a value", function()
    local run = subject.child([[
      os.execute("mkdir -p .config/thrive && echo 'return { p = { f = function() end } }' >.config/thrive/profiles.lua")
      os.execute("chmod 600 .config/thrive/profiles.lua")
      print(select(2, require("thrive.profile_writer").save("q", { token = "t" })))
      os.execute("ls .config/thrive")
    ]], nil, subject.interpreter())
    assert.matches('profiles.lua cannot be written anew: profile "p" holds a function: write the profile into it by hand\n'
      .. "profiles.lua\n$", run.out)
  end)
end)
