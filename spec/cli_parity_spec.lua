-- thrivelua does what lua5.4 does: every case runs under both and must give the same standard output, standard error and
-- exit code. Both are called ./prog, so that messages that name the program can be compared byte by byte.
local interp = require("spec.support.interp")

-- Files that both find in their directory.
local FILES = {
  ["args.lua"] = [[
print(...)
print(select("#", ...))
for i = -9, 9 do
  if arg[i] then print(i, arg[i]) end
end
]],
  ["fail.lua"] = [[
local function inner(x)
  error("inner " .. x)
end
local function outer() inner(1) end
outer()
]],
  ["syntax.lua"] = "print('never')\nlocal x = = 1\n",
  ["unfinished.lua"] = "print('never')\nfor i = 1, 2 do\n",
  ["shebang.lua"] = "#!/usr/bin/env lua\nprint('shebang', ...)\nerror('on line 3')\n",
  ["shebang_only.lua"] = "#!/usr/bin/env lua",
  ["bom.lua"] = "\239\187\191print('after a BOM')\n",
  ["empty.lua"] = "",
  ["mod.lua"] = "print('mod', ...)\nreturn { name = 'mod' }\n",
  ["silent.lua"] = "x_from_silent = 7\n",
  ["a-b.lua"] = "return { n = ... }\n",
  ["raises.lua"] = "error('cannot load this')\n",
  ["raises_table.lua"] = "error({ code = 7 })\n",
  ["broken.lua"] = "return {\n",
  ["pkg/sub.lua"] = "return { sub = true, name = ... }\n",
  ["pkg/init.lua"] = "return { init = true }\n",
  ["init.lua"] = "print('init', #arg, arg[0], ...)\nINIT = true\n",
  ["reader.lua"] = "print(io.read('l'))\nprint(io.read('n'))\nprint(io.read('a'))\n",
  ["close.lua"] = [[
local mt = { __close = function(self, err) print("closing " .. self[1], err) end }
local a <close> = setmetatable({ "a" }, mt)
local b <close> = setmetatable({ "b" }, mt)
setmetatable({}, { __gc = function() print("collected") end })
error("on purpose")
]],
  ["levels.lua"] = [[
local level = 0
while true do
  local info = debug.getinfo(level, "nSlt")
  if not info then break end
  print(level, info.what, info.short_src, info.currentline, info.name, info.namewhat, info.istailcall)
  level = level + 1
end
]],
  ["mode.sh"] = "exit 3\n",
}

local STRINGS = [[local t = setmetatable({}, {__tostring = function() return "I am an error" end}) error(t)]]

-- { what it shows, command, stdin =, env = }; "$P" is the interpreter.
local CASES = {
  -- options
  { "runs a chunk with -e", [[$P -e 'print(1 + 1, ...)']] },
  { "takes the chunk glued to -e", [[$P '-eprint("glued")']] },
  { "runs several -e in order, in one state", [[$P -e 'a = 1' -e 'print(a)' -e 'a = a + 1' -e 'print(a)']] },
  { "names chunks of -e in messages", [[$P -e 'local x = nil; x.y = 1']] },
  { "stops at the first -e that fails", [[$P -e 'print(1)' -e 'error("two")' -e 'print(3)']] },
  { "does not run the script after a failing -e", [[$P -e 'error(0)' args.lua]] },
  { "reports a syntax error in -e", [[$P -e 'print(']] },
  { "needs an argument for -e", [[$P -e]], usage = true },
  { "does not take an option for -e's argument", [[$P -e -v]], usage = true },
  { "takes an empty chunk", [[$P -e '']] , stdin = "print('not read')" },
  { "takes a chunk with line breaks and UTF-8", "$P -e 'print(\"å\")\nprint(\"€\", utf8.len(\"€\"))\nerror(\"third\")'" },
  { "requires with -l into a global", [[$P -l mod -e 'print(mod.name)']] },
  { "requires with -lmod", [[$P -lmod -e 'print(mod.name)']] },
  { "requires with -l g=mod", [[$P -l short=mod -e 'print(short.name, mod)']] },
  { "requires a dotted module with -l", [[$P -l pkg.sub -e 'print(_G["pkg.sub"].name)']] },
  { "requires a hyphenated module with -l", [[$P -l a-b -e 'print(a, _G["a-b"].n)']] },
  { "requires a C module with -l", [[$P -l lfs -e 'print(type(lfs.attributes))']] },
  { "gives a module's value even when it is true", [[$P -l silent -e 'print(silent, x_from_silent)']] },
  { "reports a module that is not there", [[$P -l nowhere.to_be_found]] },
  { "reports a module that raises", [[$P -l raises]] },
  { "reports a module that raises a table", [[$P -l raises_table]] },
  { "reports a module with a syntax error", [[$P -l broken]] },
  { "needs an argument for -l", [[$P -l]], usage = true },
  { "takes an empty global name in -l", [[$P -l =mod -e 'print(_G[""].name)']] },
  { "looks for the empty module in -l", [[$P -l g= 2>&1 | head -2]] },
  { "reads standard input after -l alone", [[$P -l mod]], stdin = "print('stdin', mod.name)" },
  { "prints its version with -v and stops", [[$P -v]], stdin = "print('not read')" },
  { "prints its version once, before anything", [[$P -e 'print(1)' -v -v]] },
  { "prints its version and runs the script", [[$P -v args.lua x]] },
  { "refuses an unknown option", [[$P -x]], usage = true },
  { "refuses an unknown option after good ones without running them", [[$P -e 'print(1)' -q]], usage = true },
  { "refuses letters after -v", [[$P -vx]], usage = true },
  { "refuses letters after -E", [[$P -Ex]], usage = true },
  { "refuses letters after -W", [[$P -Wall]], usage = true },
  { "refuses letters after -i", [[$P -i-]], usage = true },
  { "ends options with --", [[$P -- args.lua a -e b]] },
  { "takes a script that looks like an option after --", [[$P -- -x]] },
  { "takes - after -- for a file", [[$P -- -]] },
  { "runs standard input after -- alone", [[$P --]], stdin = "print('stdin', #arg, arg[0] ~= nil, ...)" },
  { "does not take options after the script", [[$P args.lua -e 'print(1)' -- -v]] },
  -- warnings
  { "keeps warnings off", [[$P -e 'warn("quiet")']] },
  { "turns warnings on with -W", [[$P -W -e 'warn("lo", "ud")']] },
  { "turns warnings on where -W stands", [[$P -e 'warn("before")' -W -e 'warn("after")']] },
  { "takes control messages of warn", [[$P -e 'warn("@on") warn("one") warn("@off") warn("two") warn("@what")']] },
  { "warns of errors in __gc", [[$P -W -e 'setmetatable({}, {__gc = function() error("in gc") end}) collectgarbage()']] },
  -- scripts and arguments
  { "gives the script its arguments", [[$P args.lua a 'b c' '' 'd
e']] },
  { "puts what is before the script at negative indices of arg", [[$P -W -e 'z = 1' args.lua one]] },
  { "counts from the program's name without a script", [[$P -e 'for i = -2, 9 do print(i, arg[i]) end']] },
  { "gives no arguments to a script without any", [[$P args.lua]] },
  { "passes what arg holds when the script starts", [[$P -e 'arg = {"new", "list"}' args.lua old]] },
  { "refuses an arg that is no table", [[$P -e 'arg = 1' args.lua]] },
  { "asks __len of arg as lua does",
    [[$P -e 'arg = setmetatable({}, {__len = function() return 2 end})' args.lua]] },
  { "refuses too many arguments", [[$P -e 'arg = setmetatable({}, {__len = function() return 1 << 29 end})' args.lua]] },
  { "reports a script that is not there", [[$P nowhere.lua]] },
  { "reports a directory", [[$P pkg]] },
  { "reports an empty script name", [[$P '']] },
  { "reports a syntax error with its line", [[$P syntax.lua]] },
  { "reports an unfinished script", [[$P unfinished.lua]] },
  { "skips a first line that starts with #", [[$P shebang.lua a]] },
  { "takes a file that is only a # line", [[$P shebang_only.lua]] },
  { "skips a BOM", [[$P bom.lua]] },
  { "takes an empty file", [[$P empty.lua]] },
  { "runs a precompiled chunk",
    [[$P -e 'local f = io.open("x.luac", "wb") f:write(string.dump(load("print(\"dumped\", ...)"))) f:close()'
$P x.luac a]] },
  { "ignores what a script returns", [[$P -e 'return 3'; echo $?; echo 'return false' | $P -]] },
  -- standard input
  { "runs standard input when there is no script", [[$P]], stdin = "print('stdin', ...)\nprint(arg[0] ~= nil, #arg)" },
  { "runs standard input for -", [[$P - a b]], stdin = "#!x\nprint(...)\nprint(arg[0], arg[1])\nerror('line 4')" },
  { "reports a syntax error in standard input", [[$P -]], stdin = "x = = 1" },
  { "takes empty standard input", [[$P]], stdin = "" },
  { "leaves standard input to the script", [[$P reader.lua]], stdin = "one\n 42 rest\nlast" },
  { "leaves standard input to -e", [[$P -e 'print(io.read("a"))']], stdin = "all\nof it\n" },
  { "lets a script that is read from a pipe read on", [[$P -]], stdin = "print(io.read('a'))" },
  -- errors
  { "prints a traceback", [[$P fail.lua]] },
  { "prints a traceback through pcall, coroutines and tail calls",
    [[$P -e 'local function t() return error("tail") end
local co = coroutine.wrap(function() t() end) local ok, m = pcall(co) print(ok, m) co = coroutine.wrap(t) co()']] },
  { "prints a traceback through a metamethod and table.sort",
    [[$P -e 'local t = setmetatable({}, {__index = function(_, k) error("no " .. k, 2) end})
table.sort({3, 2, 1}, function(a, b) return t.x end)']] },
  { "shortens a deep traceback",
    [[$P -e 'local function f(n) if n == 0 then error("deep") end f(n - 1) return 1 end f(60)']] },
  { "reports a stack overflow at the same depth", [[$P -e 'local function f() return 1 + f() end f()']] },
  { "reports a C stack overflow at the same depth",
    [[$P -e 'local function f(n) local ok, m = pcall(f, n + 1) if not ok then error(n .. m, 0) end end
f(1)' 2>&1 | tail -c 300]] },
  { "reports an error message that is a number", [[$P -e 'error(42)']] },
  { "reports error level 2 and 0", [[$P -e 'local function f() error("two", 2) end
print(pcall(f)) error("zero", 0)']] },
  { "reports an error object that is a table", [[$P -e 'error({})']] },
  { "reports an error object that is nil", [[$P -e 'error()']] },
  { "reports an error object that is a function", [[$P -e 'error(print)']] },
  { "reports an error object with __name only", [[$P -e 'error(setmetatable({}, {__name = "my.type"}))']] },
  { "prints an error object by its __tostring", "$P -e '" .. STRINGS .. "'" },
  { "reports a __tostring that gives no string", [[$P -e 'error(setmetatable({}, {__tostring = function() return {} end}))']] },
  { "reports a __tostring that raises", [[$P -e 'error(setmetatable({}, {__tostring = function() error("worse") end}))']] },
  { "cuts a message at a NUL as lua does", [[$P -e 'error("before\0after")']] },
  { "names globals, fields, upvalues and methods in messages",
    [[for c in 'x()' 'x.y.z = 1' 'local t = {} t.a.b()' 'local t = {} t:nope()' '("x")()' '#nil' '1 < "2"' '{} .. 1' ]]
      .. [['math.floor("x")' '("x"):rep(1, 2, {}, nil):bad()' 'string.rep()' 'setmetatable(1, 2)' 'for i = 1, 10, 0 do end'; ]]
      .. [[do $P -e "$c"; done]] },
  { "runs <close> variables and finalizers after an error", [[$P close.lua]] },
  { "reports an error in <close>", [[$P -e 'local x <close> = setmetatable({}, {__close = function() error("in close") end})']] },
  { "shows the same levels to debug.getinfo in a script", [[$P levels.lua]] },
  { "shows the same levels in -e and in a module", [[$P -e 'dofile("levels.lua")' -l levels]] },
  { "gives the same debug.traceback", [[$P -e 'print(debug.traceback("here"))']] },
  -- the state
  { "has lua's globals and thrive", [[$P -e 'local n = {} for k in pairs(_G) do if k ~= "thrive" then n[#n + 1] = k end end
table.sort(n) print(table.concat(n, " "))']] },
  { "has lua's libraries loaded", [[$P -e 'local n = {} for k in pairs(package.loaded) do
if not k:find("^thrive") then n[#n + 1] = k end end table.sort(n) print(table.concat(n, " "))']] },
  { "collects garbage in generational mode", [[$P -e 'print(collectgarbage("incremental"))']] },
  { "has lua's paths", [[$P -e 'print(package.path, package.cpath, package.config, _VERSION)']] },
  { "has no metatable on _G and lua's on strings",
    [[$P -e 'print(getmetatable(_G), getmetatable("").__index == string, debug.gethook())']] },
  { "starts in the C locale", [[$P -e 'print(os.setlocale(), os.setlocale("", "all"))']] },
  { "finds modules and packages from LUA_PATH", [[$P -e 'print(require("sub").sub, package.path)']],
    env = { LUA_PATH = "./pkg/?.lua;;" } },
  { "takes LUA_PATH_5_4 first", [[$P -e 'print(package.path, package.cpath)']],
    env = { LUA_PATH = "a", LUA_PATH_5_4 = "b", LUA_CPATH = "c", LUA_CPATH_5_4 = "d;;" } },
  { "ignores the environment with -E", [[$P -E -e 'print(package.path, package.cpath, INIT)']],
    env = { LUA_PATH = "a", LUA_CPATH = "b", LUA_INIT = "INIT = true" } },
  { "still lets scripts read the environment with -E", [[$P -E -e 'print(os.getenv("MINE"))']], env = { MINE = "yes" } },
  { "loads C modules", [[$P -e 'local s = require("socket.core") local l = require("lpeg")
print(type(s.tcp), l.match(l.P("a"), "a"))']] },
  { "finds package.searchpath and package.loadlib", [[$P -e 'print(package.searchpath("pkg.sub", package.path))
print(package.loadlib("./nowhere.so", "*"))']] },
  -- LUA_INIT
  { "runs LUA_INIT before everything", [[$P -e 'print("e", INIT)' args.lua a]],
    env = { LUA_INIT = "print('init', #arg) INIT = 1" } },
  { "runs the file of LUA_INIT=@", [[$P args.lua a]], env = { LUA_INIT = "@init.lua" } },
  { "takes LUA_INIT_5_4 instead of LUA_INIT", [[$P -e '']], env = { LUA_INIT = "print(1)", LUA_INIT_5_4 = "print(2)" } },
  { "takes an empty LUA_INIT_5_4 instead of LUA_INIT", [[$P -e '']], env = { LUA_INIT = "print(1)", LUA_INIT_5_4 = "" } },
  { "names LUA_INIT in messages", [[$P -e 'print(1)']], env = { LUA_INIT = "error('bad init')" } },
  { "names LUA_INIT_5_4 in messages", [[$P -e 'print(1)']], env = { LUA_INIT_5_4 = "x = = 1" } },
  { "reports a LUA_INIT file that is not there", [[$P -e 'print(1)']], env = { LUA_INIT = "@nowhere.lua" } },
  { "prints the version before LUA_INIT", [[$P -v]], env = { LUA_INIT = "print('init')" } },
  -- leaving
  { "exits with a number", [[$P -e 'os.exit(3)']] },
  { "exits with true and false", [[$P -e 'os.exit(true)'; echo $?; $P -e 'os.exit(false)']] },
  { "exits with a number and closes", [[$P -e 'setmetatable({}, {__gc = function() print("gc") end}) os.exit(4, true)']] },
  { "exits without closing", [[$P -e 'setmetatable({}, {__gc = function() print("gc") end}) os.exit(4)']] },
  { "exits with 256 as the system sees it", [[$P -e 'os.exit(256 + 7)']] },
  { "flushes what was written before os.exit", [[$P -e 'io.write("partial") os.exit(0)']] },
  { "closes pending variables of the main chunk on os.exit(…, true)",
    [[$P -e 'local x <close> = setmetatable({}, {__close = function() print("closed") end}) os.exit(5, true)']] },
  { "collects at the end, last made first", [[$P -e 'for i = 1, 3 do
_G["k" .. i] = setmetatable({}, {__gc = function() print("gc", i) end}) end']] },
  { "exits with 0 after an error in standard input without -, with 1 with it", [[$P; echo $?; echo 'error("y")' | $P -]],
    stdin = "error('x')" },
  { "exits with 0 after a syntax error in standard input", [[$P]], stdin = "x = = 1" },
  { "goes on without standard output", [[$P -e 'print(print("lost"), io.write("lost too"))' >&-]] },
  { "goes on without standard input", [[$P -e 'print(io.read())' <&-]] },
  { "reports results of os.execute and io.popen", [[$P -e 'print(os.execute("sh mode.sh"))
print(io.popen("sh mode.sh"):close()) print(io.popen("echo out"):read("a"))']] },
  { "prints floats, integers and wrapped numbers alike",
    [[$P -e 'print(1e15, 2^53, 1/0, -0.0, 0/0 ~= 0/0, math.maxinteger + 1, 7 // 0.0, 3 | 0, 10 // 3, "10" + 1)']] },
  -- the prompt
  { "runs lines at the prompt", [[$P -i]], stdin = "x = 1\nprint(x)\nx\n= x + 1\n1, nil, 'three'\n" },
  { "prints no result for statements and empty lines", [[$P -i]], stdin = "\n\nlocal a = 1\n-- comment\n;\na\n" },
  { "reads on while a chunk is not finished", [[$P -i]], stdin = "for i = 1, 2 do\nprint(i)\nend\nx = [[a\nb]]\nx\nf(\n1)\n" },
  { "reports errors at the prompt and goes on", [[$P -i]], stdin = "error('one')\nx = = 2\nerror({})\nerror()\nprint('on')\n" },
  { "gives up on input that ends inside a chunk", [[$P -i]], stdin = "for i = 1, 2 do\n" },
  { "takes a last line without a newline", [[$P -i]], stdin = "print('last')" },
  { "ends at once on empty input", [[$P -i]], stdin = "" },
  { "uses _PROMPT and _PROMPT2", [[$P -i]], stdin = "_PROMPT = 'p1:'\n_PROMPT2 = 'p2:'\nif true then\nprint(1)\nend\n" },
  { "calls __tostring of _PROMPT each time", [[$P -i]],
    stdin = "n = 0\nmt = {__tostring = function() n = n + 1 return n .. '> ' end}\n_PROMPT = setmetatable({}, mt)\n1\n2\n" },
  { "ends when a prompt raises", [[$P -i]],
    stdin = "local _ = setmetatable(_G, {__index = function(_, k) error('no ' .. k) end})\n1\n" },
  { "prints results by the global print", [[$P -i]], stdin = "local p = print print = function(...) p('mine', ...) end\n1, 2\n" },
  { "reports a print that raises or is gone", [[$P -i]],
    stdin = "p = print print = function() error('no print') end\n1\nprint = nil\n2\nprint = p\n3\n" },
  { "survives a script that takes load and string away", [[$P -i -e 'load, string, tostring, require = nil']],
    stdin = "1 + 1\nfor i = 1, 1 do\nprint(load)\nend\n" },
  { "enters the prompt after the script", [[$P -i args.lua a]], stdin = "#arg\narg[0]\n...\n" },
  { "enters the prompt after -e and LUA_INIT", [[$P -i -e 'y = 2']], stdin = "INIT, y\n", env = { LUA_INIT = "INIT = 1" } },
  { "does not enter the prompt when the script fails", [[$P -i fail.lua]], stdin = "print('not reached')\n" },
  { "leaves the prompt by os.exit", [[$P -i]], stdin = "print(1)\nos.exit(9)\nprint(2)\n" },
  { "leaves io.read at the prompt what lua leaves it", [[$P -i]], stdin = "x = io.read()\nfor x\nprint(x)\n" },
  { "shows the same levels at the prompt", [[$P -i]], stdin = "dofile('levels.lua')\nprint(debug.traceback())\n" },
  { "reports a stack overflow at the prompt at the same depth", [[$P -i]], stdin = "function f() return 1 + f() end\nf()\n" },
}

describe("thrivelua and lua5.4 agree: lua", function()
  local root, sides

  setup(function()
    root = interp.directory()
    sides = {}
    for i, program in ipairs { interp.lua(), interp.thrivelua() } do
      local dir = root .. "/" .. i
      assert(os.execute(("mkdir -p %s/pkg && ln -s %s %s/prog"):format(dir, interp.quote(program), dir)))
      for name, text in pairs(FILES) do
        interp.write(dir .. "/" .. name, text)
      end
      sides[i] = dir
    end
  end)

  teardown(function()
    interp.remove(root)
  end)

  local function both(case)
    local results = {}
    for i, dir in ipairs(sides) do
      results[i] = interp.run(dir, "./prog", case[2], case.env, case.stdin)
    end
    return results[1], results[2]
  end

  for _, case in ipairs(CASES) do
    it(case[1], function()
      local expected, got = both(case)
      if case.usage then
        -- The one departure: a last line that tells where the options that lua does not have are described.
        expected.err = expected.err .. "'./prog --help' lists the other options\n"
      end
      assert.same(expected, got)
    end)
  end

  it("has enough cases", function()
    assert.is_true(#CASES >= 60, ("only %d cases"):format(#CASES))
  end)
end)
