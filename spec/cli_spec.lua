-- thrivelua's own options, what it carries, and the reading of the command line.
local interp = require("spec.support.interp")
local cli = require("thrive.cli")

describe("thrive.cli.parse", function()
  local function parse(words)
    words[0] = "prog"
    return cli.parse(words, require)
  end

  local function steps(plan)
    return table.move(plan, 1, #plan, 1, {})
  end

  it("keeps the order of steps", function()
    local plan = parse({ "-W", "-e", "a", "-lb", "-l", "c=d", "s.lua", "x" })
    assert.same({
      { "warnings" },
      { "text", "a", "=(command line)" },
      { "library", "b", "b" },
      { "library", "c", "d" },
      { "script", "s.lua" },
    }, steps(plan))
    assert.equal(7, plan.script)
  end)

  it("takes long options anywhere before the script, with = or a space", function()
    local plan = parse { "--dry-run", "-e", "a", "--sandbox-users", "12", "--read-only", "s.lua", "--sandbox-users=3" }
    assert.is_true(plan.dry_run)
    assert.is_true(plan.read_only)
    assert.equal(12, plan.sandbox_users)
    assert.equal(require("thrive.longopts"), plan.options)
    assert.equal(7, plan.script)
    assert.equal(3, parse({ "--sandbox-users=3" }).sandbox_users)
  end)

  it("leaves long options after the script or -- to the script", function()
    assert.is_nil(parse({ "s.lua", "--dry-run" }).dry_run)
    assert.same({ { "script", "--dry-run" } }, steps(parse { "--", "--dry-run" }))
  end)

  it("does not load thrive.longopts without a long option", function()
    local words = { "-W", "-e", "a", "-lb", "-E", "-i", "s", [0] = "prog" }
    assert.is_nil(cli.parse(words, error).options)
  end)

  it("still reads standard input when there are only long options", function()
    assert.same({ { "default" } }, steps(parse { "--dry-run" }))
  end)

  for _, case in ipairs {
    { { "--sandbox=1" }, "option '--sandbox' takes no value" },
    { { "--sandbox-users" }, "'--sandbox-users' needs argument" },
    { { "--sandbox-users", "many" }, "option '--sandbox-users' needs a whole number, got 'many'" },
    { { "--sandbox-users=" }, "option '--sandbox-users' needs a whole number, got ''" },
    { { "--sandbox-users=-1" }, "option '--sandbox-users' needs a whole number, got '-1'" },
    { { "--sandbox-users=99999999999999999999" }, "needs a whole number" },
    { { "--sandbx" }, "unrecognized option '--sandbx' (did you mean '--sandbox'?)" },
    { { "--dry" }, "unrecognized option '--dry' (did you mean '--dry-run'?)" },
    { { "--raed-only" }, "unrecognized option '--raed-only' (did you mean '--read-only'?)" },
    { { "--dryrun=1" }, "unrecognized option '--dryrun=1' (did you mean '--dry-run'?)" },
    { { "--completely-else" }, "unrecognized option '--completely-else'\n" },
    { { "--=x" }, "unrecognized option '--=x'\n" },
  } do
    it("refuses " .. table.concat(case[1], " "), function()
      local failure = parse(case[1]).failure
      assert.is_string(failure)
      assert.truthy(failure:find("prog: ", 1, true))
      assert.truthy(failure:find(case[2], 1, true), failure)
      assert.truthy(failure:find("'prog --help' lists the other options\n", 1, true))
    end)
  end

  it("runs nothing but the help for --help, and nothing but the version for --version", function()
    assert.same({ { "help" } }, steps(parse { "-i", "-e", "a", "--help", "s" }))
    assert.same({ { "version" } }, steps(parse { "--version", "-x" }))
  end)
end)

describe("thrivelua", function()
  local program, dir

  setup(function()
    program = interp.thrivelua()
    dir = interp.directory()
  end)

  teardown(function()
    interp.remove(dir)
  end)

  local function run(command, stdin, env)
    return interp.run(dir, program, command, env, stdin)
  end

  -- Runs and expects success and silence on standard error.
  local function output(command, stdin, env)
    local result = run(command, stdin, env)
    assert.same({ "", 0 }, { result.err, result.code })
    return result.out
  end

  it("has a --help that fits a screen", function() -- that it lists every option, options_spec sees to
    local lines = 0
    for line in output("$P --help"):gmatch("([^\n]*)\n") do
      lines = lines + 1
      assert.is_true(#line <= 80 or lines <= 2, line) -- the first two hold the program's name
    end
    assert.is_true(lines <= 23, lines .. " lines") -- and the prompt below them
  end)

  it("prints one line for --version, with the module's version and Lua's", function()
    local version = output([[$P -e 'print(require("thrive")._VERSION:match("%d[%w.-]*"))']]):sub(1, -2)
    local lua = output("$P -v"):match("^Lua [%d.]+")
    assert.equal(("thrivelua %s (%s)\n"):format(version, lua), output("$P --version"))
  end)

  it("prints --help and --version without running anything", function()
    assert.is_nil(output("$P -e 'print(\"ran\")' --version", "print('ran')", { LUA_INIT = "print('ran')" }):find("ran"))
  end)

  it("exits with 2 for a long option that does not exist", function()
    local result = run("$P --dry-rnu -e 'print(1)'")
    assert.equal(2, result.code)
    assert.equal("", result.out)
    assert.truthy(result.err:find("unrecognized option '--dry-rnu' (did you mean '--dry-run'?)", 1, true))
  end)

  it("has thrive as a global, which is the module", function()
    assert.equal("true\n", output([[$P -e 'print(thrive == require("thrive"))']]))
    assert.equal("true\n", output([[$P -E -e 'print(thrive == require("thrive"))']]))
  end)

  it("carries lua-cjson, without a global", function()
    assert.equal(
      '[1,"x"]\tnil\ttrue\tnil\n',
      output([[$P -e 'local safe = require("cjson.safe")
print(require("cjson").encode({1, "x"}), cjson, require("cjson.safe") == safe, (safe.decode("{")))']])
    )
  end)

  it("carries its modules: they load where no path leads to them", function()
    assert.equal(
      "table\ttable\ttable\n",
      output([[$P -e 'package.path, package.cpath = "", ""
print(type(require("thrive.client")), type(require("thrive.core")), type(thrive.csv))']])
    )
  end)

  it("names embedded sources in messages by their place in the tree", function()
    local source = output([[$P -e 'print(debug.getinfo(require("thrive.cli").parse, "S").source)']])
    assert.equal("@thrive/cli.lua\n", source)
  end)

  it("loads nothing of the module but its facade at the start", function()
    assert.equal(
      "thrive thrive.host\n", -- the second is the plan of the command line
      output([[$P -e 'local n = {} for k in pairs(package.loaded) do if k:find("^thrive") or k:find("^cjson") then
n[#n + 1] = k end end table.sort(n) print(table.concat(n, " "))']])
    )
  end)

  it("does not load libcurl or libmicrohttpd at the start", function()
    local maps = output([[$P -e 'print((io.open("/proc/self/maps") or io.popen("echo none")):read("a"))']])
    assert.is_nil(maps:find("libcurl", 1, true))
    assert.is_nil(maps:find("libmicrohttpd", 1, true))
  end)

  it("lets files on LUA_PATH be found", function()
    interp.write(dir .. "/mine.lua", "return 'mine'")
    assert.equal("mine\n", output([[$P -l mine -e 'print(mine)']], nil, { LUA_PATH = "./?.lua" }))
  end)

  it("drops nothing and adds nothing to arg for long options", function()
    assert.equal(
      "-2=PROG -1=--read-only 0=s.lua 1=--dry-run\n",
      (function()
        interp.write(dir .. "/s.lua", [[
local words = {}
for i = -2, 2 do words[#words + 1] = arg[i] and i .. "=" .. (i == -2 and "PROG" or arg[i]) end
print(table.concat(words, " "))]])
        return output("$P --read-only s.lua --dry-run")
      end)()
    )
  end)

  describe("--sandbox", function()
    it("starts a tenant that clients use without being told", function()
      assert.equal("7\n", output([[$P --sandbox-users=7 -e 'local n = 0
for _ in assert(thrive.client{}).users:each{} do n = n + 1 end print(n)']]))
    end)

    it("goes before credentials of the environment and of the script", function()
      assert.equal(
        "table\n",
        output(
          [[$P --sandbox --sandbox-users 3 -e 'local c = assert(thrive.client{ tenant_id = "x", api_key = "y" })
print(type(assert(c.users:list{}).results))']],
          nil,
          { THRIVE_TENANT_ID = "env", THRIVE_API_KEY = "env", THRIVE_BASE_URL = "https://127.0.0.1:1" }
        )
      )
    end)

    it("is there for LUA_INIT, standard input and the prompt", function()
      local script = "print(#assert(thrive.client{}.users:list{}).results)\n"
      assert.equal("2\n2\n", output("$P --sandbox-users 2 -", script, { LUA_INIT = script }))
      assert.truthy(output("$P --sandbox-users 2 -i", script):find("\n2\n> \n$"))
    end)

    it("is still there for the finalizers of what the script made, which run when the state is closed", function()
      -- By luasocket: Lua never finalizes what is made during that, so a call of ours would leak its memory.
      assert.equal("answers\n", output([[$P --sandbox-users 2 -e 'local socket = require("socket")
local port = require("thrive.settings").base_client.base_url:match("%d+$")
KEEP = setmetatable({}, { __gc = function()
  local s = assert(socket.connect("127.0.0.1", port))
  s:settimeout(10)
  s:send("GET / HTTP/1.0\r\n\r\n")
  print(s:receive("*l"):find("^HTTP") and "answers")
  s:close()
end })']]))
    end)
  end)

  describe("--dry-run", function()
    it("prints every write, with what it would change indented below, and sends none", function()
      local text = output([[$P --sandbox-users 2 --dry-run -e 'local c = assert(thrive.client{})
local ref = c.users:list{}.results[1].ref
c.users:delete(ref)
c.users:suspend(ref, { endDate = "2030-01-02" })
print(#c.users:list{}.results)']])
      local delete, suspend, count, more = text:gsub("\n  [^\n]*", ""):match("^([^\n]*)\n([^\n]*)\n([^\n]*)\n(.*)$")
      assert.truthy(delete:find("^would DELETE /rest/v2/users/%S+$"), delete)
      assert.truthy(suspend:find("^would %u+ /rest/v2/users/%S+ {.*2030%-01%-02.*}$"), suspend)
      assert.equal("2", count)
      assert.equal("dry run: 2 writes planned: 1 users.delete, 1 users.suspend\n", more)
    end)

    it("covers the escape hatch", function()
      assert.equal(
        'would POST /rest/v1/anything {"a":[1]}\ndry run: 1 write planned: 1 request\n',
        output([[$P --sandbox --dry-run -e 'assert(thrive.client{}):request{
method = "POST", path = "/rest/v1/anything", body = { a = { 1 } } }']])
      )
    end)
  end)

  describe("--read-only", function()
    it("refuses writes with kind guard and lets reads through", function()
      assert.equal(
        "nil\tguard\n2\n",
        output([[$P --sandbox-users 2 --read-only -e 'local c = assert(thrive.client{})
local user, err = c.users:delete("U1")
print(user, err.kind)
print(#c.users:list{}.results)']])
      )
    end)
  end)
end)

describe("the rock's thrivelua", function()
  local dir, root

  setup(function()
    dir = interp.directory()
    root = interp.root()
  end)

  teardown(function()
    interp.remove(dir)
  end)

  local function run(command, stdin)
    return interp.run(dir, interp.lua() .. " " .. root .. "/bin/thrivelua", command, {
      LUA_PATH = root .. "/lua/?.lua;" .. root .. "/lua/?/init.lua;;",
      LUA_CPATH = root .. "/build/?.so;;",
    }, stdin)
  end

  it("runs the same command line", function()
    interp.write(dir .. "/s.lua", "print(arg[-1], arg[0], ...)\n")
    assert.same(
      { out = "a\nW\ts.lua\tx\t-y\n", err = "", code = 0 },
      (function()
        local r = run([[$P -e 'print("a")' -W s.lua x -y]])
        r.out = r.out:gsub("%-W", "W")
        return r
      end)()
    )
  end)

  it("ends tracebacks where lua's end", function()
    assert.same({
      out = "",
      err = "thrivelua: (command line):1: x\nstack traceback:\n\t[C]: in function 'error'\n"
        .. "\t(command line):1: in main chunk\n\t[C]: in ?\n",
      code = 1,
    }, run([[$P -e 'error("x")']]))
  end)

  it("has a prompt", function()
    local result = run("$P -i", "x = 2\nx + 1\nerror('no')\nfor i = 1, 1 do\nprint(i)\nend\n")
    assert.equal(0, result.code)
    assert.truthy(result.out:find("> > 3\n> > >> >> 1\n> \n", 1, true), result.out)
    assert.truthy(result.err:find("^stdin:1: no\n"), result.err)
  end)

  it("runs standard input, says what it is and refuses what it does not know", function()
    assert.equal("in\n", run("$P", "print('in')").out)
    assert.truthy(run("$P --version").out:find("^thrivelua %S+ %(Lua 5%.4%)\n$"))
    assert.truthy(run("$P --help").out:find("--sandbox-users N", 1, true))
    local result = run("$P --sandbix")
    assert.equal(2, result.code)
    assert.truthy(result.err:find("did you mean '--sandbox'", 1, true))
  end)
end)

describe("src/embed.sh", function()
  it("writes every byte of a file, names modules by path, and gives the same output twice", function()
    local dir = interp.directory()
    local bytes = {}
    for i = 0, 255 do
      bytes[i + 1] = string.char(i)
    end
    local all = table.concat(bytes)
    assert(os.execute("mkdir -p " .. dir .. "/lua/a/b"))
    interp.write(dir .. "/lua/a/b/all.lua", all)
    interp.write(dir .. "/lua/a/init.lua", "")
    local root = interp.root()
    local command = "sh " .. interp.quote(root .. "/src/embed.sh") .. " lua/a/b/all.lua lua/a/init.lua"
    local first, second = interp.run(dir, "", command), interp.run(dir, "", command)
    interp.remove(dir)
    assert.same({ "", 0 }, { first.err, first.code })
    assert.equal(first.out, second.out)
    local texts = {}
    for body in first.out:gmatch("text_%d+%[%] = {%s*(.-)};") do
      local text = {}
      for number in body:gmatch("%d+") do
        text[#text + 1] = string.char(tonumber(number))
      end
      texts[#texts + 1] = table.concat(text)
    end
    assert.same({ all .. "\0", "\0" }, texts)
    assert.truthy(first.out:find('{"a.b.all", "@a/b/all.lua", text_1, sizeof text_1 - 1}', 1, true))
    assert.truthy(first.out:find('{"a", "@a/init.lua", text_2, sizeof text_2 - 1}', 1, true))
  end)
end)
