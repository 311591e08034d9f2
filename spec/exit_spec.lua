-- The exit status of thrivelua, the binary's and the rock's, and what is done before a run ends.
local interp = require "spec.support.interp"

-- How each of the two is started; "$P" is the interpreter.
local programs = { { "thrivelua", interp.thrivelua(), '"$P"' } }
do
  local lua = interp.lua()
  local root = interp.root()
  programs[2] = { "the rock's thrivelua", lua, ('LUA_PATH="%s/lua/?.lua;;" LUA_CPATH="%s/build/?.so;;" "$P" %s/bin/thrivelua')
    :format(root, root, root) }
end

for _, program in ipairs(programs) do
  local name, path, start = table.unpack(program)
  describe("the exit status of " .. name, function()
    local dir

    setup(function() dir = interp.directory() end)
    teardown(function() interp.remove(dir) end)

    local function run(words, env)
      return interp.run(dir, path, start .. " " .. words, env)
    end

    local function script(text)
      interp.write(dir .. "/script.lua", text)
      return run("script.lua")
    end

    local expected = {
      config = 4, auth = 4, forbidden = 5, not_found = 5, validation = 5, conflict = 5, rate_limited = 5, server = 6,
      timeout = 6, network = 6, tls = 6, decode = 6, ambiguous = 6, partial = 3, guard = 7, cancelled = 1,
    }
    for kind, status in pairs(expected) do
      it(("is %d for an error of kind %s that nobody caught"):format(status, kind), function()
        local result = script(('error(require("thrive.core").error{ kind = %q, message = "m" })'):format(kind))
        assert.equal(status, result.code)
        assert.truthy(result.err:find("m", 1, true))
      end)
    end

    it("knows every kind of error", function()
      local kinds = {}
      for kind in pairs(expected) do kinds[#kinds + 1] = kind end
      for kind in pairs(require("thrive.exit").codes) do assert.is_number(expected[kind], kind) end
      for _, kind in ipairs(kinds) do assert.equal(expected[kind], require("thrive.exit").codes[kind]) end
    end)

    it("is 0 when all is done, and when a failure was dealt with", function()
      assert.equal(0, script('local _, err = thrive.client{ token = "t", base_url = "http://127.0.0.1:1", max_retries = 0 }'
        .. '.skills:levels() assert(err.kind == "network")').code)
    end)

    it("is 4 without credentials, 6 without a server", function()
      assert.equal(4, script("assert(thrive.client())").code)
      assert.equal(6, script('assert(thrive.client{ token = "t", base_url = "http://127.0.0.1:1", max_retries = 0 }'
        .. ".skills:levels())").code)
    end)

    it("is 5 for what the tenant has not", function()
      assert.equal(5, run([[--sandbox -e 'assert(thrive.client().users:get_by_ref("nobody"))']]).code)
    end)

    it("comes with a message that has the line of the script, also where the module raised it", function()
      local failing = 'local c = thrive.client{ token = "t", base_url = "http://127.0.0.1:1", max_retries = 0 }\n'
      for text, where in pairs {
        [failing .. "local function levels()\n  assert(c.skills:levels())\nend\nlevels()"] =
          "script%.lua:3: skills%.levels: network: ",
        [failing .. "for u in c.users:each() do\n  print(u)\nend"] = "script%.lua:2: users%.list: network: ",
        [failing .. "local task = thrive.spawn(function()\n  return assert(c.skills:levels())\nend)\nassert(task:wait())"] =
          "script%.lua:5: skills%.levels: network: ",
        ["\nassert(thrive.csv.read 'none.csv')"] = "script%.lua:2: none%.csv: cannot open: ",
      } do
        assert.matches("^[^\n]*thrivelua%S*: " .. where .. "[^\n]*\n$", script(text).err)
      end
      assert.matches("thrivelua%S*: %(command line%):1: users%.get_by_ref: 404 not_found: ",
        run([[--sandbox -e 'assert(thrive.client().users:get_by_ref("nobody"))']]).err)
      assert.matches("thrivelua%S*: it is mine\n$",
        script("error(setmetatable({}, { __tostring = function() return 'it is mine' end }))").err)
    end)

    it("is 1 for any other error: texts, tables, nil", function()
      for _, text in ipairs { 'error("x")', "error()", "error({ kind = 'guard' })", "error(setmetatable({}, { __tostring = "
        .. "function() return 'x' end }))", "x y" } do
        assert.equal(1, script(text).code)
      end
    end)

    it("is 2 for a command line that makes no sense", function()
      assert.equal(2, run("--sandbox=3").code)
      assert.equal(2, run("--sandbox-users").code)
      assert.equal(2, run("--nonsense").code)
    end)

    it("is what the script says by os.exit", function()
      assert.equal(9, script("os.exit(9)").code)
      assert.equal(0, script("os.exit(true)").code)
      assert.equal(1, script("os.exit(false, true)").code)
      assert.equal(0, script("os.exit()").code)
    end)

    describe("and settings.at_exit", function()
      local function at_exit(rest)
        return script([[
local settings = require "thrive.settings"
table.insert(settings.at_exit, function(status) print("first", status) return status + 1 end)
table.insert(settings.at_exit, function(status) print("last", status) end)
]] .. rest)
      end

      it("runs it last to first at the end of the script, and takes the status it returns", function()
        assert.same({ out = "last\t0\nfirst\t0\n", err = "", code = 1 }, at_exit(""))
      end)

      it("runs it when the script ends itself", function()
        assert.same({ out = "last\t3\nfirst\t3\n", err = "", code = 4 }, at_exit("os.exit(3)"))
        assert.same({ out = "last\t0\nfirst\t0\n", err = "", code = 1 }, at_exit("os.exit(true, true)"))
      end)

      it("runs it when the script fails", function()
        local result = at_exit("error('x', 0)")
        assert.equal("last\t1\nfirst\t1\n", result.out)
        assert.equal(2, result.code)
      end)

      it("runs each once, also when one of them ends the program", function()
        assert.same({ out = "second\nfirst\t5\n", err = "", code = 6 }, script([[
local settings = require "thrive.settings"
table.insert(settings.at_exit, function(status) print("first", status) return status + 1 end)
table.insert(settings.at_exit, function() print("second") os.exit(5) end)
]]))
      end)

      it("reports one that fails, goes on with the others, and is not 0 then", function()
        local result = at_exit("table.insert(settings.at_exit, function() error('no luck', 0) end)")
        assert.equal("last\t1\nfirst\t1\n", result.out)
        assert.equal("thrivelua: no luck\n", result.err)
        assert.equal(2, result.code)
      end)
    end)
  end)
end

describe("a signal that ends a script of thrivelua", function()
  local dir

  setup(function() dir = interp.directory() end)
  teardown(function() interp.remove(dir) end)

  for _, case in ipairs { { "INT", 130 }, { "TERM", 143 } } do
    it(("runs <close> variables and what is left to do, then ends it with %d: SIG%s"):format(case[2], case[1]), function()
      interp.write(dir .. "/script.lua", ([[
local closing <close> = setmetatable({}, { __close = function() print("closed") end })
table.insert(require("thrive.settings").at_exit, function(status) print("at the end", status) end)
io.popen("kill -%s $PPID"):close() -- os.execute would shield this process
thrive.sleep(60)
]]):format(case[1]))
      local result = interp.run(dir, interp.thrivelua(), '"$P" script.lua')
      assert.equal(("closed\nat the end\t%d\n"):format(case[2]), result.out)
      assert.truthy(result.err:find("interrupted!", 1, true))
      assert.equal(case[2], result.code)
    end)
  end

  it("leaves SIGTERM alone where whoever started it wants it ignored", function()
    interp.write(dir .. "/script.lua", 'os.execute("kill -TERM $PPID") print("still here")')
    local result = interp.run(dir, interp.thrivelua(), [[trap "" TERM; "$P" script.lua]])
    assert.same({ out = "still here\n", err = "", code = 0 }, result)
  end)
end)

describe("thrive.exit", function()
  it("takes a text for a failed script, and leaves the status alone when nothing is to be done", function()
    assert.equal(1, require("thrive.exit").code("a text"))
    assert.equal(0, require("thrive.exit").finish(0))
  end)
end)
