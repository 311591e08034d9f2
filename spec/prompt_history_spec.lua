-- The history of thrivelua's prompt: what is there in the next session, and what never gets into the file.
local interp = require "spec.support.interp"
local prompts = require "spec.support.prompt"

local FILE <const> = "/.local/state/thrive/history"

local function read(path)
  local f = io.open(path)
  if not f then return nil end
  local text = f:read("a")
  f:close()
  return text
end

local function mode(path)
  local f = assert(io.popen("stat -c %a " .. interp.quote(path)))
  local text = f:read("l")
  f:close()
  return text
end

-- A history before the first session.
local function before(home, text, permissions)
  assert(os.execute(("mkdir -p %s/.local/state/thrive"):format(home.path)))
  interp.write(home.path .. FILE, text)
  assert(os.execute(("chmod %s %s%s"):format(permissions or "600", home.path, FILE)))
end

describe("the history of thrivelua's prompt", function()
  it("is there in the next session, entries of several lines as one", function()
    local home <close> = prompts.home()
    do
      local t <close> = prompts.open(home)
      t:enter("'Żółć'"):ends_in("Żółć")
      t:enter("if true then"):wait_for(">>$")
      t:key("Tab"):wait_for(function() return (t:cursor()) == 5 end) -- indents
      t:enter("print('in')"):wait_for("\n>>[^\n]*\n>>$")
      t:enter("end"):ends_in(">> end", "in")
      t:enter("x = = 1"):wait_for("near '='\n[^\n]*>$")
      assert.equal(0, t:leave())
    end
    assert.equal("'Żółć'\nif true then\n\t  print('in')\n\tend\nx = = 1\n", (read(home.path .. FILE)))
    assert.same({ "600", "700" }, { mode(home.path .. FILE), mode(home.path .. "/.local/state/thrive") })
    local t <close> = prompts.open(home)
    t:key("Up"):wait_for("> x = = 1$")
    t:key("Up"):wait_for("> if true then\n +print%('in'%)\nend$")
    t:key("Enter"):ends_in("end", "in")
    t:key("Up", "Up", "Up", "Up"):wait_for("> x = = 1$")
    t:key("C-c"):wait_for("%^C\nthrive>$")
    assert.equal(0, t:leave())
  end)

  it("is where XDG_STATE_HOME says", function()
    local home <close> = prompts.home()
    local t <close> = prompts.open(home, "", { env = { XDG_STATE_HOME = home.path .. "/elsewhere/deep" } })
    t:enter("'there'"):ends_in("there")
    t:leave()
    assert.equal("'there'\n", read(home.path .. "/elsewhere/deep/thrive/history"))
    assert.is_nil(read(home.path .. FILE))
  end)

  it("keeps no line that starts with a blank, and none twice in a row", function()
    local home <close> = prompts.home()
    local t <close> = prompts.open(home)
    t:enter(" 'hidden'"):ends_in("hidden")
    t:enter("1"):ends_in("thrive> 1", "1")
    t:enter("1"):ends_in("thrive> 1", "1", "thrive> 1", "1")
    t:enter("2"):ends_in("2")
    t:leave()
    assert.equal("1\n2\n", read(home.path .. FILE))
    local again <close> = prompts.open(home)
    again:enter("2"):ends_in("2")
    again:leave()
    assert.equal("1\n2\n", read(home.path .. FILE))
  end)

  it("has the last entry also when that ends the session", function()
    local home <close> = prompts.home()
    local t <close> = prompts.open(home)
    t:enter("os.exit(3)")
    assert.equal(3, t:exit_code())
    assert.equal("os.exit(3)\n", read(home.path .. FILE))
  end)

  it("has the entries of sessions that run at the same time", function()
    local home <close> = prompts.home()
    local a <close> = prompts.open(home)
    local b <close> = prompts.open(home)
    a:enter("'a1'"):ends_in("a1")
    b:enter("'b1'"):ends_in("b1")
    a:enter("'a2'"):ends_in("a2")
    b:leave()
    a:leave()
    assert.equal("'a1'\n'b1'\n'a2'\n", read(home.path .. FILE))
  end)

  it("is cut to its last 2000 entries, and gets mode 0600, when a session begins", function()
    local home <close> = prompts.home()
    local lines = {}
    for i = 1, 2500 do lines[i] = ("%d -- entry\n\tof two lines\n"):format(i) end
    before(home, table.concat(lines), "644")
    local t <close> = prompts.open(home)
    assert.equal("600", mode(home.path .. FILE))
    assert.equal(table.concat(lines, "", 501), read(home.path .. FILE))
    t:key("Up"):wait_for("> 2500 %-%- entry\nof two lines$")
    t:key("C-c"):wait_for("%^C\nthrive>$")
    t:leave()
  end)

  it("may be given away by a link to /dev/null", function()
    local home <close> = prompts.home()
    assert(os.execute(("mkdir -p %s/.local/state/thrive && ln -s /dev/null %s%s"):format(home.path, home.path, FILE)))
    local t <close> = prompts.open(home)
    t:enter("'gone'"):ends_in("gone")
    assert.is_nil(t:screen():find("history is not kept", 1, true))
    t:leave()
    assert.equal("", read(home.path .. FILE))
    assert.equal("666", mode("/dev/null"))
  end)

  it("waits for a session that is writing, and not for ever", function()
    local home <close> = prompts.home()
    before(home, "'old'\n")
    local t <close> = prompts.open(home, "", { columns = 160 })
    local hold = ([[open(F, "+<", "%s") or die; my $l = pack("s s l! l! i", F_WRLCK, 0, 0, 0, 0); ]]
      .. [[fcntl(F, F_SETLK, $l) or die; $| = 1; print "held>"; <STDIN>]]):format(home.path .. FILE)
    local holder = prompts.open(home, "", { command = ("exec perl -MFcntl -e '%s'"):format(hold), prompt = "held>$" })
    t:enter("'new'"):wait_for("\nnew\nthrivelua: history is not kept: [^\n]*: locked by another process\nthrive>$")
    t:enter("1"):ends_in("thrive> 1", "1")
    holder:close()
    assert.equal(0, t:leave())
    assert.equal("'old'\n", read(home.path .. FILE))
  end)

  it("takes nothing from a file that is something else", function()
    local home <close> = prompts.home()
    before(home, "'old'\n\27]0;owned\a\n\0\1\2\n\n\t\n'new'\n")
    local t <close> = prompts.open(home)
    t:key("Up", "Up"):wait_for("> 'old'$")
    t:key("C-c"):wait_for("%^C\nthrive>$")
    assert.equal(0, t:leave())
  end)

  it("is done without where it cannot be, which is said once", function()
    local home <close> = prompts.home()
    interp.write(home.path .. "/.local", "a file in the way")
    local t <close> = prompts.open(home)
    t:enter("'one'"):ends_in("one")
    t:enter("'two'"):ends_in("two")
    t:key("Up", "Up", "Enter"):ends_in("thrive> 'one'", "one")
    local _, times = t:screen():gsub("thrivelua: history is not kept: [^\n]", "")
    assert.equal(1, times)
    assert.equal(0, t:leave())
  end)
end)

describe("no secret gets into the history of thrivelua's prompt:", function()
  -- Enters the lines, each of which leaves a mark on the screen, and gives back the file.
  local function file_after(lines, env, arguments)
    local home <close> = prompts.home()
    local t <close> = prompts.open(home, arguments, { env = env, columns = 160 })
    for i, line in ipairs(lines) do
      t:enter(line)
      t:enter(i .. " << 8"):wait_for("\n" .. (i << 8) .. "\n[^\n]*>$")
    end
    assert.equal(0, t:leave())
    return (read(home.path .. FILE):gsub("%d+ << 8\n", ""))
  end

  it("those of the environment, in any spelling", function()
    local key = "canary/of+environment"
    assert.equal("'harmless'\n", file_after({
      "a = 'canary/of+environment'", "b = 'canary%2Fof%2Benvironment'", "'harmless'", "-- canary/of+environment",
    }, { THRIVE_TENANT_ID = "t", THRIVE_API_KEY = key }))
    assert.equal("'harmless'\n", file_after({ "a = 'canary-token'", "'harmless'" }, { THRIVE_TOKEN = "canary-token" }))
  end)

  it("those of profiles", function()
    local home <close> = prompts.home()
    assert(os.execute("mkdir -p " .. home.path .. "/.config/thrive"))
    interp.write(home.path .. "/.config/thrive/profiles.lua",
      'return { other = { tenant_id = "t", client_secret = "canary-of-profile" } }')
    assert(os.execute("chmod 600 " .. home.path .. "/.config/thrive/profiles.lua"))
    local t <close> = prompts.open(home)
    t:enter("a = 'canary-of-profile'"):wait_for("profile'\nthrive>$")
    t:enter("1"):ends_in("1")
    t:leave()
    assert.equal("1\n", read(home.path .. FILE))
  end)

  it("whatever is written for an API key, a client secret, a token, a password", function()
    assert.equal("api_key = os.getenv('HOME')\nlocal token = f('x')\nclient = nil\n", file_after {
      "client = thrive.client{ tenant_id = 't', api_key = 'abc' }", "o = { token = \"abc\" }", "client_secret = [[abc]]",
      "o['api_key'] = 'abc'", "o = { [\"client_secret\"] = 'abc' }", "my_token = ('abc')", "PASSWORD = 'abc'",
      "h = { Authorization = 'Bearer abc' }", "h = 'Bearer abc.def'", "api_key = os.getenv('HOME')", "local token = f('x')",
      "client = nil",
    })
  end)

  it("in whatever way it is given to the name", function()
    local history = require "thrive.repl.history"
    for _, line in ipairs {
      "local api_key, tenant = 'abc', 't'", [[body = '{"api_key": "abc"}']], "f('x', 'token=abc&y=1')",
      "if api_key == 'abc' then end",
      "os.execute('THRIVE_API_KEY=abc thrivelua x.lua')", "os.execute('curl -u tenant:abc https://host')", "x_token = y or 'abc'",
      "rawset(t, 'client_secret', 'abc')", "t['X-API-Key'] = 'abc'", "api_key = -- mine\n  'abc'", "u = 'https://user:abc@host/'",
      "passphrase = 'abc'", "sh = [[curl -H x?token=abc]]",
    } do
      assert.truthy(history.holds_secret(line), line)
    end
    for _, line in ipairs {
      "token_file = 'x'", "api_key_command = 'pass show thrive'", "print('token: expired')", "t = { token, 'x' }",
      "x = tokens['a']",
      "for token in s:gmatch('%a+') do end", "apropos 'token'", "u = 'https://host:80/a'",
      "client.users:create{ firstName = 'Basic' }",
    } do
      assert.falsy(history.holds_secret(line), line)
    end
  end)

  it("those that turn out to be some later: the line goes again", function()
    assert.equal("x = 'harmless'\n", file_after {
      "k = 'canary-that-comes-first'", "x = 'harmless'", "c = thrive.client{ tenant_id = 't', api_key = k }",
      "d = k == 'canary-that-comes-first'",
    }:gsub("c = [^\n]*\n", ""))
  end)
end)
