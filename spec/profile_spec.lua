-- Profiles: the file, its reading, its place in the credential chain. Each case runs in a child with a home of its own.
local interp = require "spec.support.interp"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"
local terminal = require "spec.support.terminal"

local CANARY = "canary-9f3a"

describe("profiles", function()
  local home, path
  before_each(function()
    home = interp.directory()
    path = home .. "/.config/thrive/profiles.lua"
    assert(os.execute(("mkdir -p -m 700 %s/.config/thrive"):format(home)))
  end)
  after_each(function() interp.remove(home) end)

  local function write(text, mode)
    interp.write(path, text)
    assert(os.execute(("chmod %s %s"):format(mode or "600", path)))
  end

  -- Runs code with this home; the environment has nothing of ours but env.
  local function child(code, env)
    local all = { HOME = home }
    for name, value in pairs(env or {}) do all[name] = value end
    local run = subject.child(code, all, subject.interpreter())
    assert.falsy(run.out:find("canary", 1, true), "a secret is printed")
    assert.falsy(run.err:find("canary", 1, true), "a secret is printed")
    return run
  end

  local function printed(code, env)
    local run = child(code, env)
    assert.equal("", run.err)
    return (run.out:gsub("\n$", ""):gsub(home, "HOME"))
  end

  -- What thrive.client{options} makes of it: the kind of credentials, the host; or the error in full.
  local function made(options, env)
    return printed(([[
      local client, err = require("thrive").client(%s)
      if not client then return print(err.kind .. "|" .. tostring(err)) end
      print(tostring(client):match("%%((.*)%%)"), (require("thrive.core").hosts(client)))
    ]]):format(options or ""), env)
  end

  local LIVE, STAGING = "https://public.api.learn.link", "https://public.api.learnstaging.link"

  describe("path", function()
    local function where(env) return printed('print(require("thrive.profile").path())', env) end

    it("is below XDG_CONFIG_HOME, which must be absolute, else below .config of the home directory", function()
      assert.equal("/etc/x/thrive/profiles.lua", where { XDG_CONFIG_HOME = "/etc/x/" })
      assert.equal("HOME/.config/thrive/profiles.lua", where {})
      assert.equal("HOME/.config/thrive/profiles.lua", where { XDG_CONFIG_HOME = "" })
      assert.equal("HOME/.config/thrive/profiles.lua", where { XDG_CONFIG_HOME = "relative/x" })
    end)

    it("asks the user database where HOME says nothing", function()
      local entry = require("thrive.core").system.home()
      for _, value in ipairs { "", "relative" } do
        assert.equal(entry .. "/.config/thrive/profiles.lua", where { HOME = value })
      end
    end)
  end)

  describe("the chain", function()
    local KEY = 'tenant_id = "t", api_key = "canary-key"'

    it("ends with profile default", function()
      write('return { default = { ' .. KEY .. ', region = "staging" } }')
      assert.equal("basic\t" .. STAGING, made())
    end)

    it("prefers the arguments to a profile, which is not even read", function()
      write("this is no Lua", "644")
      assert.equal("bearer\t" .. LIVE, made('{ token = "canary-token" }'))
    end)

    it("prefers the environment to profile default, which is not even read", function()
      write("this is no Lua", "644")
      assert.equal("bearer\t" .. LIVE, made("", { THRIVE_TOKEN = "canary-token" }))
    end)

    it("takes from profile default what goes with its secret, unless arguments or environment say otherwise", function()
      write('return { default = { ' .. KEY .. ', region = "staging" } }')
      assert.equal("basic\t" .. LIVE, made('{ region = "production" }'))
      assert.equal("basic\thttps://a.example", made('{ base_url = "https://a.example" }'))
      assert.equal("basic\t" .. LIVE, made("", { THRIVE_REGION = "production" }))
      assert.equal("basic\thttps://b.example", made("", { THRIVE_BASE_URL = "https://b.example" }))
    end)

    it("lets no host of a level below through where a level names one", function()
      write('return { default = { ' .. KEY .. ', base_url = "https://c.example" } }')
      assert.equal("basic\t" .. STAGING, made('{ region = "staging" }'))
      assert.equal("basic\t" .. STAGING, made("", { THRIVE_REGION = "staging" }))
    end)

    for _, case in ipairs {
      { "the argument", '{ profile = "other" }', {} },
      { "THRIVE_PROFILE", "", { THRIVE_PROFILE = "other" } },
    } do
      it(("lets a profile that %s names silence the environment, its hosts too"):format(case[1]), function()
        write('return { other = { ' .. KEY .. ', region = "staging" } }')
        local env = { THRIVE_TOKEN = "canary-token", THRIVE_REGION = "production-mea", THRIVE_BASE_URL = "https://e.example" }
        for name, value in pairs(case[3]) do env[name] = value end
        assert.equal("basic\t" .. STAGING, made(case[2], env))
      end)
    end

    it("takes from profile default the tenant, and its host, that a secret lacks", function()
      write('return { default = { tenant_id = "t", region = "staging", token = "canary-token" } }')
      assert.equal("basic\t" .. STAGING, made("", { THRIVE_API_KEY = "canary-key" }))
      assert.equal("oauth\t" .. STAGING, made('{ client_secret = "canary-secret" }'))
      assert.equal("basic\t" .. LIVE, made("", { THRIVE_API_KEY = "canary-key", THRIVE_TENANT_ID = "u" }))
      assert.equal("basic\t" .. LIVE, made('{ api_key = "canary-key" }', { THRIVE_TENANT_ID = "u" }))
    end)

    it("takes no tenant from the environment for a profile that is named", function()
      write('return { other = { api_key = "canary-key" } }')
      assert.equal('config|config: api_key was given without tenant_id: give both: correct profile "other" in '
        .. "HOME/.config/thrive/profiles.lua",
        made('{ profile = "other" }', { THRIVE_TENANT_ID = "t" }))
    end)

    it("prefers the argument to --profile, and that to THRIVE_PROFILE", function()
      write('return { a = { ' .. KEY .. ', base_url = "https://a.example" }, b = { ' .. KEY
        .. ', base_url = "https://b.example" }, c = { ' .. KEY .. ', base_url = "https://c.example" } }')
      local function with_option(options)
        return printed(([[
          require("thrive.settings").profile = "b"
          print((require("thrive.core").hosts(require("thrive").client(%s))))
        ]]):format(options), { THRIVE_PROFILE = "c" })
      end
      assert.equal("https://a.example", with_option('{ profile = "a" }'))
      assert.equal("https://b.example", with_option(""))
      assert.equal("basic\thttps://c.example", made("", { THRIVE_PROFILE = "c" }))
    end)

    it("prefers the arguments to a profile that is named, and takes its host for them", function()
      write('return { other = { ' .. KEY .. ', region = "staging" } }')
      assert.equal("bearer\t" .. STAGING, made('{ profile = "other", token = "canary-token" }'))
      assert.equal("basic\thttps://a.example", made('{ profile = "other", base_url = "https://a.example" }'))
    end)

    it("takes an empty THRIVE_PROFILE for none", function()
      write('return { default = { ' .. KEY .. " } }")
      assert.equal("bearer\t" .. LIVE, made("", { THRIVE_PROFILE = "", THRIVE_TOKEN = "canary-token" }))
    end)

    it("takes the other options of a profile, unless the arguments say otherwise", function()
      write('return { default = { ' .. KEY .. ', read_only = true, timeout = 7, nulls = "keep" } }')
      assert.equal("basic, read only\t" .. LIVE, made())
      assert.equal("basic\t" .. LIVE, made("{ read_only = false }"))
      assert.equal("7\n3", printed([[
        local core, thrive = require("thrive.core"), require "thrive"
        print(core.state(thrive.client()).timeout)
        print(core.state(thrive.client{ timeout = 3 }).timeout)
      ]]))
    end)

    it("leads to the tenant that the profile names", function()
      local sandbox <close> = assert(sandboxes.start { users = 3 })
      write(('return { s = { tenant_id = %q, client_secret = %q, scope = "api/read", token_auth = "basic", base_url = %q } }')
        :format(sandbox.tenant_id, sandbox.client_secret, sandbox.base_url))
      assert.equal("3", printed('print((assert(require("thrive").client{ profile = "s" }).users:count()))'))
      local asked = sandbox:requests()[1]
      assert.equal("Basic", asked.headers.authorization)
      assert.equal("grant_type=client_credentials&scope=api%2Fread", asked.body)
    end)

    it("gives way to --sandbox, whatever the profile", function()
      write("this is no Lua", "644")
      local run = interp.run(home, interp.thrivelua(),
        [["$P" --sandbox-users 4 -e 'print(assert(thrive.client{ profile = "p" }).users:count())']],
        { HOME = home, THRIVE_PROFILE = "none" })
      assert.equal("", run.err)
      assert.equal("4", run.out:match("^%d+"))
    end)
  end)

  describe("missing credentials", function()
    local BOTH = "config|config: no credentials: looked at the arguments (tenant_id with api_key or client_secret, or token), "
      .. "at THRIVE_TENANT_ID with THRIVE_API_KEY or THRIVE_CLIENT_SECRET, and THRIVE_TOKEN, in the environment, and at profile "
      .. '"default" in HOME/.config/thrive/profiles.lua, which '

    it("name the file, and that it is not there", function()
      assert.equal(BOTH .. "does not exist: set them, make a profile (thrivelua --login), or try the sandbox: thrivelua "
        .. "--sandbox script.lua", made())
    end)

    it("name the profiles that the file has instead", function()
      write("return { staging = {}, live = {} }")
      assert.equal(BOTH .. "has no such profile (it has live, staging): set them, or name a profile: thrivelua --profile NAME "
        .. "script.lua", made())
    end)

    it("tell of a profile without a secret", function()
      write('return { default = { tenant_id = "t" } }')
      assert.equal(BOTH .. "has no api_key, client_secret, token, nor a command for one: set them, or name a profile: thrivelua "
        .. "--profile NAME script.lua", made())
    end)

    it("do not name the environment where a profile is named", function()
      write('return { p = { tenant_id = "t" } }')
      assert.equal("config|config: no credentials: looked at the arguments (tenant_id with api_key or client_secret, or token) "
        .. 'and at profile "p" in HOME/.config/thrive/profiles.lua, which has no api_key, client_secret, token, nor a command '
        .. "for one (the environment does not count where a profile is named): correct the file, or run thrivelua --login "
        .. "--profile p", made('{ profile = "p" }', { THRIVE_TOKEN = "canary-token" }))
    end)

    it("are a profile that is not there: the error lists those that are", function()
      write("return { staging = {}, live = {} }")
      assert.equal('config|config: HOME/.config/thrive/profiles.lua has no profile "stagin" (did you mean "staging"?): it has '
        .. "live, staging: make it: thrivelua --login --profile stagin", made("", { THRIVE_PROFILE = "stagin" }))
    end)

    it("are a profile in a file that is not there", function()
      assert.equal('config|config: no profile "p": there is no HOME/.config/thrive/profiles.lua: make it: thrivelua --login '
        .. "--profile p", made('{ profile = "p" }', { THRIVE_TOKEN = "canary-token" }))
    end)
  end)

  it("are named in commands that can be copied", function()
    write("return { ['b c'] = {} }")
    assert.matches("make it: thrivelua --login --profile 'a b'", made('{ profile = "a b" }'), 1, true)
    assert.matches("or run thrivelua --login --profile 'b c'", made('{ profile = "b c" }'), 1, true)
  end)

  it("must have a name", function()
    local run = child('print(pcall(function() require("thrive").client{ profile = "" } end))')
    assert.equal("false\tmain.lua:1: thrive.client: 'profile' must be the name of a profile (got )\n", run.out)
  end)

  describe("the file", function()
    local GOOD = 'return { default = { tenant_id = "t", api_key = "canary-key" } }'

    it("is refused when others may read or write it", function()
      for _, mode in ipairs { "640", "604", "620", "602", "610", "644", "777" } do
        write(GOOD, mode)
        assert.equal(("config|config: HOME/.config/thrive/profiles.lua can be read or written by others (mode %s): chmod 600 "
          .. "HOME/.config/thrive/profiles.lua"):format(mode), made())
      end
      for _, mode in ipairs { "600", "400", "700" } do
        write(GOOD, mode)
        assert.equal("basic\t" .. LIVE, made())
      end
    end)

    it("is looked at where a link leads", function()
      interp.write(home .. "/elsewhere", GOOD)
      assert(os.execute(("ln -s ../../elsewhere %s && chmod 644 %s/elsewhere"):format(path, home)))
      assert.matches("mode 644", made(), 1, true)
      assert(os.execute(("chmod 600 %s/elsewhere"):format(home)))
      assert.equal("basic\t" .. LIVE, made())
    end)

    it("is refused when it belongs to somebody else", function()
      if require("thrive.core").system.uid() ~= 0 then return pending("only root can give files away") end
      write(GOOD)
      assert(os.execute("chown 12345 " .. path))
      assert.equal("config|config: HOME/.config/thrive/profiles.lua belongs to another user (12345): run as that user, or make "
        .. "a file of your own", made())
    end)

    it("is refused when it is no file, without waiting for one to write to it", function()
      assert(os.execute("mkfifo -m 600 " .. path))
      assert.equal("config|config: HOME/.config/thrive/profiles.lua is no file but a fifo: move it away", made())
      assert(os.execute(("rm %s && mkdir %s"):format(path, path)))
      assert.equal("config|config: HOME/.config/thrive/profiles.lua is no file but a directory: move it away", made())
    end)

    it("counts as absent where a file is in the place of its directory", function()
      assert(os.execute(("rmdir %s/.config/thrive && touch %s/.config/thrive"):format(home, home)))
      assert.matches("which does not exist", made(), 1, true)
    end)

    -- What is wrong with the text: where, and never what stands there, for that may be a secret.
    for name, case in pairs {
      ["without an end"] = { 'return { default = {\n tenant_id = "t"', "2: '}' expected (to close '{' at line 1) at the end" },
      ["with a text that does not end"] = { 'return {\n default = { api_key = "canary', "2: unfinished string at the end" },
      ["with a text over two lines"] = { 'return { default = { api_key = "canary\n" } }', "1: unfinished string" },
      ["with a word that Lua does not expect"] = { 'return { default = { api_key = canary-9 canary } }',
        "1: '}' expected" },
      ["without quotes"] = { 'return { default = {\n api_key = canary } }',
        "2: a name that nothing stands for: texts need quotes, and there are no libraries here" },
      ["that calculates with a text"] = { 'return { default = { api_key = "canary" + 1 } }',
        "1: attempt to add a 'string' with a 'number'" },
      ["that calls a text"] = { 'return { default = { api_key = ("x")("canary") } }', "1: attempt to call a string value" },
      ["that uses the methods of texts, which nothing could stop"] = {
        'return { default = { token = ("x"):rep(1e5):find(("x*"):rep(20) .. "canary") } }',
        "1: attempt to index a string value" },
      ["that jumps to nowhere"] = { "goto canary", "1: it is not correct Lua" },
      ["that does not end"] = { "local i = 0\nwhile true do\n i = i + 1 end", "3: it does not come to an end" },
      ["that uses a library"] = { 'return { default = { api_key = os.getenv "X" } }',
        "1: a name that nothing stands for: texts need quotes, and there are no libraries here" },
    } do
      it("is refused " .. name, function()
        write(case[1])
        local got = made()
        if name == "that does not end" then got = got:gsub(":[23]:", ":3:") end
        assert.equal("config|config: HOME/.config/thrive/profiles.lua:" .. case[2] .. ": correct the file", got)
      end)
    end

    it("leaves the methods of strings as they were when a signal comes while it is read", function()
      write "return {}"
      assert.equal("false X", printed [[
        local profile = require "thrive.profile"
        coroutine.resume = function() error "interrupted!" end -- as the interpreter raises it
        print(tostring((pcall(profile.read))) .. " " .. ("x"):upper())
      ]])
    end)

    it("leaves the methods of texts to everybody else", function()
      for _, text in ipairs { GOOD, "return ('x'):rep(2)", "no Lua" } do
        write(text)
        assert.matches("xx$", printed 'require("thrive").client() print(("x"):rep(2))')
      end
    end)

    it("is refused as bytecode", function()
      write(string.dump(assert(load(GOOD))))
      assert.equal("config|config: HOME/.config/thrive/profiles.lua is not a text that Lua understands: correct the file", made())
    end)

    it("may begin with a byte order mark, and may have locals and comments", function()
      write("\xEF\xBB\xBF-- mine\nlocal t = 't'\nkey = 'canary-key'\nreturn { default = { tenant_id = t, api_key = key } }")
      assert.equal("basic\t" .. LIVE, made())
    end)

    local SHOULD = ': it should say: return { default = { tenant_id = "…", api_key = "…" } }'
    for text, why in pairs {
      [""] = "must return a table of profiles (it returns nothing)",
      ["return 'canary'"] = "must return a table of profiles (it returns a string)",
      ["return { tenant_id = 't', api_key = 'canary' }"] = "must return a table of tables (it returns the options themselves)",
      ["return { live = 'canary' }"] = "must return a table of tables ('live' is a string)",
      ["return { { api_key = 'canary' } }"] = "must return a table of tables (a member without a name is a table)",
    } do
      it("must be a table of tables, and not " .. text, function()
        write(text)
        assert.equal("config|config: HOME/.config/thrive/profiles.lua " .. why .. SHOULD, made())
      end)
    end

    for fields, why in pairs {
      ["apikey = 'canary'"] = "'apikey' is not an option of a profile (did you mean 'api_key'?)",
      ["api_key = 12"] = "'api_key' must be a string (got number)",
      ["api_key = 'canary', token = 'canary'"] = "'api_key' and 'token' are there: give one",
      ["api_key = 'canary', api_key_command = 'x'"] = "'api_key' and 'api_key_command' are there: give one",
      ["api_key = ''"] = "'api_key' is empty",
      ["timeout = '5', region = 'mars'"] = "'region' must be one of production, staging, production-mea, staging-mea (got mars); "
        .. "'timeout' must be a number (got string)",
      ["on = {}"] = "'on' is not an option of a profile",
      ["profile = 'x'"] = "'profile' is not an option of a profile",
    } do
      it(("must have options that exist: { %s }"):format(fields), function()
        write(("return { default = { %s } }"):format(fields))
        assert.equal('config|config: HOME/.config/thrive/profiles.lua: profile "default": ' .. why .. ": correct the file",
          made())
      end)
    end

    it("may have other profiles that are wrong", function()
      write("return { default = { tenant_id = 't', api_key = 'canary' }, broken = { apikey = 'canary' } }")
      assert.equal("basic\t" .. LIVE, made())
    end)
  end)

  describe("names", function()
    it("are those of the file, sorted", function()
      write("return { staging = {}, default = {}, live = {} }")
      assert.equal("default live staging", printed('print(table.concat(require("thrive.profile").names(), " "))'))
    end)

    it("are none without a file, and an error where it cannot be used", function()
      assert.equal("0", printed('print(#require("thrive.profile").names())'))
      write("", "644")
      assert.equal("nil\ttrue", printed(
        'local n, err = require("thrive.profile").names() print(n, require("thrive").iserror(err))'))
    end)
  end)

  describe("a command", function()
    local function with(command, env)
      write(('return { default = { tenant_id = "t", api_key_command = %q } }'):format(command))
      return made("", env)
    end
    -- program: what is told of the command
    local function failed(program, what)
      return ('config|config: api_key_command of profile "default"%s %s: run the command by itself to see why')
        :format(program and (" (%s)"):format(program) or "", what)
    end

    it("prints the secret, which is no part of any Lua string", function()
      local sandbox <close> = assert(sandboxes.start { users = 3, api_key = CANARY })
      interp.write(home .. "/key", CANARY .. "\nuser: me\n")
      write(('return { default = { tenant_id = %q, base_url = %q, api_key_command = "cat %s/key" } }')
        :format(sandbox.tenant_id, sandbox.base_url, home))
      assert.equal("3", printed('print((assert(require("thrive").client()).users:count()))'))
    end)

    it("works for every kind of secret", function()
      for kind, secret in pairs { basic = "api_key", oauth = "client_secret", bearer = "token" } do
        write(('return { default = { tenant_id = "t", %s_command = "echo canary" } }'):format(secret))
        assert.equal(kind .. "\t" .. LIVE, made())
      end
    end)

    it("that fails is an error with its status and none of its output", function()
      for _, case in ipairs {
        { 'echo "$S"; exit 3', "ended with status 3" }, { 'echo "$S"; kill -9 $$', "was ended by signal 9" },
        { 'echo; echo "$S"', "printed an empty line, or nothing" },
        { 'while :; do printf "$S"; done | head -c 65537', "printed a line of more than 65536 bytes" },
        { 'printf "$S\\tx"', "printed a control byte" },
      } do
        assert.equal(failed(case[1]:match("%a+") .. " …", case[2]), with(case[1], { S = CANARY }))
      end
    end)

    it("is told of by its program's name alone, for the rest may be secret", function()
      for command, program in pairs {
        ["false"] = "false", ["  false  canary"] = "false …", ["/bin/false>canary"] = "/bin/false …", ["false;"] = "false …",
        ["S=canary false"] = false, ["'false' canary"] = false, ["$S"] = false, ["(false)"] = false,
      } do
        assert.equal(failed(program, "ended with status 1"), with(command, { S = "false" }))
      end
    end)

    it("that takes too long is ended, and is an error", function()
      local core = require "thrive.core"
      local client, err = core.client({
        base_url = "http://127.0.0.1:1", webhooks_url = "http://127.0.0.1:1", tenant_id = "t", user_agent = "x",
        connect_timeout = 1, concurrency = 1,
        api_key = { command = "echo canary; exec sleep 100", name = "the command", limit = 0.05 },
      })
      assert.is_nil(client)
      assert.equal("config: the command did not end within 0.05 s: without a terminal nobody can answer what it may ask",
        tostring(err))
    end)

    it("has a minute without a terminal, and no limit with one", function()
      write('return { default = { tenant_id = "t", api_key_command = "echo canary" } }')
      interp.write(home .. "/limit.lua", [[
        local config = require("thrive.credentials").resolve {}
        io.write("limit: ", tostring(config.api_key.limit), "\n")
      ]])
      local alone = interp.run(home, interp.thrivelua(), 'setsid -w "$P" limit.lua', { HOME = home })
      assert.same({ "limit: 60\n", "" }, { alone.out, alone.err })
      local t <close> = terminal.open { program = interp.thrivelua(), command = '"$P" limit.lua', directory = home }
      t:wait_for "limit: nil"
    end)

    it("may say on standard error what is wrong", function()
      write('return { default = { tenant_id = "t", api_key_command = "no-such-program-here" } }')
      local run = child('print((select(2, require("thrive").client())))')
      assert.equal("config: " .. 'api_key_command of profile "default" (no-such-program-here) ended with status 127: run the '
        .. "command by itself to see why\n", run.out)
      assert.matches("no%-such%-program%-here", run.err)
    end)

    it("that hangs does not keep SIGTERM and SIGINT from ending the run, nor does one that ignores them", function()
      for signal, code in pairs { TERM = 143, INT = 130 } do
        for _, first in ipairs { "", "trap : TERM INT; " } do
          interp.write(home .. "/hang", first .. "echo $$ >pid; echo canary; exec sleep 100 1>&2\n")
          if first ~= "" then
            interp.write(home .. "/hang", first .. "echo $$ >pid; while :; do read x <fifo; done\n")
          end
          write('return { default = { tenant_id = "t", api_key_command = "exec sh hang" } }')
          local run = interp.run(home, interp.thrivelua(), ([[
            mkfifo fifo; rm -f pid
            "$P" -e 'require("thrive").client() print "went on"' & run=$!
            until [ -s pid ]; do :; done
            kill -%s $run; wait $run; echo $?
            kill -0 $(cat pid) 2>/dev/null && echo still there; rm fifo]]):format(signal), { HOME = home })
          assert.equal(code .. "\n", run.out)
        end
      end
    end)

    it("leaves standard input to the script", function()
      write('return { default = { tenant_id = "t", api_key_command = "cat >/dev/null; echo canary" } }')
      local run = interp.run(home, interp.thrivelua(), "echo piped | \"$P\" -e 'assert(thrive.client()) print(io.read())'",
        { HOME = home })
      assert.same({ "piped\n", "" }, { run.out, run.err })
    end)

    it("is not run when something else is wrong already", function()
      write(('return { default = { base_url = "nonsense", api_key_command = "touch %s/was-run; echo x" } }'):format(home))
      assert.matches("base_url", made(), 1, true)
      assert.is_nil(io.open(home .. "/was-run"))
    end)
  end)

  describe("current", function()
    local function who(env, setup)
      return printed((setup or "") .. [[
        local w = require("thrive.profile").current()
        print(w.source, w.name, w.region, w.production, w.err and w.err.kind)
      ]], env)
    end

    it("is the sandbox with --sandbox", function()
      assert.equal("sandbox\tsandbox\tnil\tfalse\tnil", who({ THRIVE_TOKEN = "canary" }, [[
        require("thrive.settings").base_client = { base_url = "http://127.0.0.1:1", tenant_id = "t", api_key = "k" }
      ]]))
    end)

    it("is the environment, production by default", function()
      assert.equal("environment\tenvironment\tproduction\ttrue\tnil", who { THRIVE_TOKEN = "canary" })
      assert.equal("environment\tenvironment\tstaging\tfalse\tnil", who { THRIVE_TOKEN = "canary", THRIVE_REGION = "staging" })
    end)

    it("is the profile with its region or host; Thrive's own hosts are known as such", function()
      local function of(fields)
        write(("return { p = { token_command = 'touch %s/was-run', %s } }"):format(home, fields))
        return who { THRIVE_PROFILE = "p" }
      end
      assert.equal("profile\tp\tproduction\ttrue\tnil", of(""))
      assert.equal("profile\tp\tproduction-mea\ttrue\tnil", of("region = 'production-mea'"))
      assert.equal("profile\tp\tstaging-mea\tfalse\tnil", of("region = 'staging-mea'"))
      assert.equal("profile\tp\tproduction\ttrue\tnil", of("base_url = 'HTTPS://Public.API.learn.link:443/'"))
      assert.equal("profile\tp\tlocalhost:80\tfalse\tnil", of("base_url = 'http://localhost:80'"))
      assert.is_nil(io.open(home .. "/was-run"), "a command was run")
    end)

    it("is nobody without credentials", function()
      assert.equal("nil\tnil\tnil\tfalse\tconfig", who())
    end)

    it("is the profile that was asked for, with what is wrong", function()
      assert.equal("profile\tp\tnil\tfalse\tconfig", who { THRIVE_PROFILE = "p" })
    end)
  end)
end)
