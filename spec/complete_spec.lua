-- thrive.complete: what Tab offers. Nothing is called, nothing is sent, nothing is raised.

local complete = require "thrive.complete"
local describe_catalogue = require "thrive.describe"
local interp = require "spec.support.interp"
local sandboxes = require "thrive.sandbox"
local thrive = require "thrive"

-- The session's globals, without those of busted.
local function globals(more)
  local g = {}
  for _, name in ipairs { "assert", "string", "table", "io", "os", "print", "pcall", "require", "loadfile", "dofile", "math" } do
    g[name] = _G[name]
  end
  for name, value in pairs(more or {}) do g[name] = value end
  return g
end

-- Candidates at "|", or at the end.
local function at(line, g)
  local cursor = line:find("|", 1, true)
  if cursor then line = line:sub(1, cursor - 1) .. line:sub(cursor + 1) end
  return complete.candidates(line, cursor and cursor - 1 or #line, g or globals())
end

local function words(line, g) return table.concat(at(line, g).words, " ") end

-- The line as it is after Tab, when there is one candidate.
local function tab(line, g)
  local cursor = line:find("|", 1, true) or #line + 1
  local found = at(line, g)
  assert.are.equal(1, #found.words, line .. ": " .. table.concat(found.words, " "))
  return line:sub(1, found.first - 1) .. found.words[1] .. (found.append or "") .. line:sub(cursor + 1)
end

local function has(list, word)
  for _, w in ipairs(list) do if w == word then return true end end
  return false
end

describe("completion", function()
  it("of a word offers keywords, globals and the names that the text makes", function()
    assert.are.equal("return", words("retu"))
    assert.are.equal("print", words("x = pri"))
    assert.are.equal("print(", tab("pri"))
    assert.are.equal("print(1)", tab("pri|(1)"))
    assert.are.equal("my_list", words("local my_list = {}\nprint(my_l"))
    assert.are.equal("my_item", words("for _, my_item in ipairs(list) do my_it"))
    assert.is_true(has(at("").words, "client"))
    assert.is_true(has(at("").words, "function"))
    assert.are.equal("client", words("=cli"))
    assert.are.equal("strange_one", words("x = stran", globals { strange_one = 1 }))
  end)

  it("puts the colon of a verb in the place of a dot, where help does not want that", function()
    assert.are.equal("client.users:create{", tab("client.users.cre"))
    assert.are.equal("client.audiences:create{", tab("client.audiences.cre"))
    assert.are.equal("managers members", words("client.audiences."))
    assert.is_true(has(at("client.users.").words, ":suspend"))
    assert.are.equal("help(client.users.create", tab("help(client.users.cre"))
    assert.are.equal("", words("client.users.nonsense"))
  end)

  it("offers keys of tables after a dot, functions after a colon", function()
    local g = globals { t = { alpha = 1, beta = function() end, inner = { deep = { x = 1, y = 2 } }, ["not a name"] = 1, [1] = {
      z = 1 } } }
    assert.are.equal("alpha beta inner", words("t.", g))
    assert.are.equal("beta", words("t:", g))
    assert.are.equal("t.beta(", tab("t.b", g))
    assert.are.equal("x y", words("t.inner.deep.", g))
    assert.are.equal("x y", words("t['inner'][\"deep\"].", g))
    assert.are.equal("z", words("t[1].", g))
    assert.are.equal("x y", words("print(1, t.inner.deep.", g))
    assert.are.equal("alpha beta inner not a name", words("t[\"", g))
    assert.are.equal('t["not a name"', tab('t["not', g))
    assert.are.equal("format", words("string.for"))
    assert.are.equal("format", words("(\"x\"):for"))
    assert.are.equal("write", words("io.stdout:wr"))
    assert.are.equal("", words("nothing.", g))
    assert.are.equal("", words("t.alpha.", g))
    assert.are.equal("", words("f().", g))
    assert.are.equal("", words("1."))
    assert.are.equal("", words("'x'"))
  end)

  it("takes case for what it is, until nothing fits", function()
    local g = globals { t = { Alpha = 1, alpine = 2 } }
    assert.are.equal("alpine", words("t.al", g))
    assert.are.equal("Alpha", words("t.Al", g))
    assert.are.equal("Alpha alpine", words("t.AL", g))
    assert.are.equal("client.users:create{ firstName = ", tab("client.users:create{ firstn"))
  end)

  describe("of clients", function()
    it("offers groups after a dot, methods after a colon", function()
      assert.are.equal("activities assignments audiences completions content cpd events skills tags users", words("client."))
      assert.are.equal("close fds plan request stats step", words("client:"))
      assert.are.equal("client.users:", tab("client.us"))
      assert.are.equal("client.cpd.", tab("client.cp"))
      assert.are.equal("client.audiences", tab("client.audie")) -- it has verbs and groups
      assert.are.equal("managers members", words("client.audiences."))
      assert.are.equal("categories entries requirements summaries", words("client.cpd."))
    end)

    it("offers every verb of every group", function()
      for _, operation in ipairs(describe_catalogue.operations()) do
        if not operation.name:find("^aptem") then
          local path, verb = operation.name:match("^(.*)%.([^.]*)$")
          assert.is_true(has(at("client." .. path .. ":").words, verb), operation.name)
          if operation.entry.pages then
            for _, more in ipairs { "each", "pages", "all", "count" } do
              assert.is_true(has(at("client." .. path .. ":").words, more), operation.name)
            end
          end
        end
      end
      assert.are.equal("client.users:get_by_ref(", tab("client.users:get_"))
      assert.are.equal("client.users:create{", tab("client.users:cr"))
      assert.are.equal("client.users:each(", tab("client.users:ea"))
    end)

    it("knows clients and groups that variables hold, and makes nothing for it", function()
      local box = assert(sandboxes.start { users = 5 })
      local _ <close> = setmetatable({}, { __close = function() box:stop() end })
      local client <close> = assert(box:client {})
      local aptem <close> = assert(thrive.aptem { tenant = "acme", token = "0123456789", base_url = box.aptem_url })
      local g = globals { c = client, u = client.users, a = aptem, members = client.audiences.members }
      assert.are.equal("users", words("c.us", g))
      assert.are.equal("create", words("u:cr", g))
      assert.are.equal("add all count each list pages remove replace", words("members:", g))
      assert.are.equal("users", words("a.", g))
      assert.are.equal("create deactivate search update", words("a.users:", g))
      assert.are.equal("lastName", words("u:create{ lastN", g))
      words("c.content:list{ ", g)
      assert.is_nil(rawget(debug.getuservalue(client, 1), "content")) -- groups are made when they are used
      assert.are.equal(0, #box:requests())
    end)

    it("follows the names that the text gives them", function()
      assert.are.equal("create", words("local u = client.users\nu:cr"))
      assert.are.equal("users", words("local c = assert(thrive.client())\nc.us"))
      assert.are.equal("users", words('local thrive = require "thrive"\nlocal c <close> = thrive.client{ timeout = 5 }\nc.us'))
      assert.are.equal("firstLogin firstName", words("for user in client.users:each{ status = 'active' } do\n  print(user.fi"))
      assert.are.equal("results", words("for page, meta in client.users:pages() do print(page.res"))
      assert.are.equal("perPage", words("for page in client.users:pages() do print(page.pagination.perP"))
      assert.are.equal("lastLogin lastName", words("local page = client.users:list()\nprint(page.results[1].las"))
      assert.are.equal("email", words("for _, user in ipairs(client.users:all()) do print(user.em"))
      assert.are.equal("email", words("local user, err = client.users:get_by_ref('U1')\nprint(user.em"))
      assert.are.equal("isEnabled", words("for _, level in ipairs(client.skills:levels()) do print(level.is"))
      assert.are.equal("wait", words("local task = thrive.spawn(f)\ntask:wa"))
      assert.are.equal("", words("local a = a\na."))
      assert.are.equal("", words("local a = b\nlocal b = a\nb."))
    end)
  end)

  describe("inside the table of a call", function()
    it("offers the fields of the request", function()
      assert.are.equal("client.users:create{ firstName = ", tab("client.users:create{ fir"))
      assert.are.equal("client.users:create({ firstName = ", tab("client.users:create({ fir"))
      assert.are.equal("client.users:create{ ref = 'x', firstName = ", tab("client.users:create{ ref = 'x', fir"))
      assert.are.equal("client.users:create{\n  ref = 'x',\n  firstName = ", tab("client.users:create{\n  ref = 'x',\n  fir"))
      assert.are.equal("x(client.users:create{ firstName = ", tab("x(client.users:create{ fir"))
      assert.are.equal("client.users:create{ firstName = 1 }", tab("client.users:create{ fir| = 1 }"))
    end)

    it("offers every field of every operation that takes some, but those that are there", function()
      for _, operation in ipairs(describe_catalogue.operations()) do
        local entry = operation.entry
        if entry.params and not entry.event and not operation.name:find("^aptem") then
          local path, verb = operation.name:match("^(.*)%.([^.]*)$")
          local call = ("client.%s:%s(%s{ "):format(path, verb, ("'id', "):rep(#(entry.args or {})))
          for _, param in ipairs(entry.params) do assert.is_true(has(at(call).words, param[1]), call .. param[1]) end
          local first = entry.params[1][1]
          assert.is_false(has(at(call .. first .. " = 1, ").words, first), call)
        end
      end
    end)

    it("respects arguments that come before, and offers options in the last table", function()
      assert.are.equal("firstName", words("client.users:update('U1', { fir"))
      assert.are.equal("timeout", words("client.users:update('U1', {}, { tim"))
      assert.are.equal("timeout", words("client.users:get('U1', { tim"))
      assert.are.equal("deadline headers max_retries timeout", words("client.users:create({}, { "))
      assert.are.equal("split", words("client.audiences.members:replace('a', {}, { sp"))
      assert.are.equal("", words("client.audiences.members:add('a', {}, { spl"))
      assert.are.equal("prefetch", words("client.users:each({}, { pref"))
      assert.are.equal("", words("client.users:list({}, { prefe"))
      assert.are.equal("perPage", words("client.audiences.members:each('a', { perP"))
      assert.are.equal("perPage", words("client.audiences.members:each(f(1, 2), { perP"))
      assert.are.equal("perPage", words("client.audiences.members:each(function() local a, b = 1, 2 return a, b end, { perP"))
    end)

    it("goes into nested tables", function()
      local add = "client.audiences.managers:add('a', { "
      assert.are.equal("audienceManager", words(add .. "{ permissions = { aud"))
      assert.are.equal("manageContent", words(add .. "{}, { permissions = { audienceManager = { manageC"))
      assert.are.equal("tagName targetLevel", words("client.users:update_skills('x', { { level = 1, t"))
      assert.are.equal("index of", words("client.users:each({}, { shard = { "))
      assert.are.equal("firstName", words("client.events:user_joined{ fir"))
      assert.are.equal("id timestamp", words("client.events:user_joined({}, { "))
      assert.are.equal("request response retry", words("thrive.client{ on = { "))
    end)

    it("offers values inside quotes, and quoted ones outside", function()
      assert.are.equal("learner learneradmin", words('client.users:create{ role = "le'))
      assert.are.equal('client.users:create{ role = "administrator"', tab('client.users:create{ role = "ad'))
      assert.are.equal("client.users:create{ role = 'administrator'", tab("client.users:create{ role = 'ad"))
      assert.are.equal('client.users:create{ role = "administrator" }', tab('client.users:create{ role = "ad|" }'))
      assert.are.equal('"administrator" "learner" "learneradmin"', words("client.users:create{ role = "))
      assert.are.equal("false true", words("client.users:create{ sso = "))
      assert.are.equal('client.users:list{ statuses = { "active"', tab('client.users:list{ statuses = { "ac'))
      assert.are.equal('client.users:list{ statuses = { "new", "active"', tab('client.users:list{ statuses = { "new", "ac'))
      assert.are.equal("active", words("client.users:count{ status = 'ac"))
      assert.are.equal("ref relevancy", words("client.users:each({}, { fields = { 're"))
      assert.are.equal("", words('client.users:create{ jobTitle = "'))
      assert.are.equal("", words('client.users:create{ role = "le" .. "'))
    end)

    it("offers options of the module's functions and what they may be", function()
      assert.are.equal("thrive.client{ region = ", tab("thrive.client{ reg"))
      assert.are.equal("production production-mea staging staging-mea", words('thrive.client{ region = "'))
      assert.are.equal("concurrency", words("thrive.map(rows, function(row) return row end, { con"))
      assert.are.equal("dump record table", words("thrive.inspect(x, { as = '"))
      assert.are.equal("DELETE GET HEAD PATCH POST PUT", words('client:request{ method = "'))
      assert.are.equal("separator", words("thrive.csv.rows('x', { sep"))
      assert.are.equal("separator", words('local csv = require "thrive.csv"\nfor row in csv.rows("x", { sep'))
    end)

    it("is not misled by tables that belong to nothing", function()
      assert.are.equal("print", words("local t = { pri"))
      assert.are.equal("print", words("client.users:create{ firstName = pri"))
      assert.are.equal("print", words("client.users:create{ additionalFields = { x = pri"))
      assert.are.equal("print", words("client.users:create{} pri"))
      assert.are.equal("print", words("client.users:nothing{ pri"))
      assert.are.equal("print", words("thrive.map(rows, function(row) local t = { x = 1 } pri"))
      assert.are.equal("firstName", words("thrive.map(rows, function(row) return client.users:create{ fir"))
    end)
  end)

  it("of the module offers all that is public", function()
    for _, name in ipairs { "client", "map", "inspect", "null", "csv", "spawn" } do
      assert.is_true(has(at("thrive.").words, name), name)
    end
    assert.are.equal("client", words("thrive.cli", globals { thrive = thrive }))
    assert.are.equal("thrive.csv.", tab("thrive.cs"))
    assert.is_true(has(at("thrive.csv.").words, "rows"))
    assert.are.equal("thrive.map(", tab("thrive.ma"))
  end)

  it("inside quotes knows topics of help and modules", function()
    assert.are.equal('help "users.create"', tab('help "users.crea'))
    assert.are.equal('help("users.create"', tab('help("users.crea'))
    assert.are.equal('help("users.create")', tab('help("users.crea|")'))
    assert.are.equal("thrive.help 'users.create'", tab("thrive.help 'users.crea"))
    assert.are.equal('require "thrive.csv"', tab('require "thrive.cs'))
    assert.are.equal('require("thrive.sandbox"', tab('require("thrive.sandb'))
    assert.is_true(has(at('require "').words, "string"))
    assert.is_false(has(at('require "').words, "thrive.complete.lexer"))
  end)

  describe("of file names", function()
    local directory
    setup(function()
      directory = interp.directory()
      for _, name in ipairs { "alpha.lua", "alpine.csv", "beta.lua", "with space.csv", 'quo"te.csv', "esc\27.csv", ".hidden" } do
        interp.write(directory .. "/" .. name, "")
      end
      assert(os.execute(("mkdir '%s/folder'"):format(directory)))
      interp.write(directory .. "/folder/inner.lua", "")
    end)
    teardown(function() interp.remove(directory) end)

    it("offers what is there, wherever a file is named", function()
      for _, call in ipairs { 'loadfile "%s/', 'dofile("%s/', 'io.open("%s/', 'for line in io.lines("%s/',
        'thrive.csv.rows("%s/', 'thrive.csv.read "%s/' } do
        assert.are.equal("alpha.lua alpine.csv beta.lua folder/ with space.csv", words(call:format(directory)), call)
      end
      assert.are.equal(('loadfile "%s/beta.lua"'):format(directory), tab(('loadfile "%s/be'):format(directory)))
      assert.are.equal(('loadfile "%s/beta.lua")'):format(directory), tab(('loadfile "%s/be|")'):format(directory)))
      assert.are.equal(('loadfile "%s/folder/'):format(directory), tab(('loadfile "%s/fo'):format(directory)))
      assert.are.equal("inner.lua", words(('loadfile "%s/folder/'):format(directory)))
      assert.are.equal(".hidden", words(('loadfile "%s/.'):format(directory)))
      assert.are.equal("alpha.lua alpine.csv", words(('loadfile "%s/AL'):format(directory)))
    end)

    it("says nothing where there is no such directory, or where the string names no file", function()
      assert.are.equal("", words(('loadfile "%s/nowhere/'):format(directory)))
      assert.are.equal("", words(('print "%s/'):format(directory)))
      assert.are.equal("", words(('io.open("x", "%s/'):format(directory)))
    end)

    it("reads the directory that is meant when there is no path", function()
      assert.is_true(has(at('loadfile "READ').words, "README.md"))
      assert.is_true(has(at('io.open("sp').words, "spec/"))
    end)
  end)

  it("offers nothing in comments, long strings and texts that are no names", function()
    for _, line in ipairs { "-- pri", "--[[ pri", "x = [[ pri", "x = 'pri", "x = 12", "x = 1.", "'abc' .. \"pri" } do
      assert.are.equal("", words(line), line)
    end
    assert.are.equal("print", words("--[[ x ]] pri"))
    assert.are.equal("print", words("-- x\npri"))
    assert.are.equal("print", words("x = [==[ ]] ]==] pri"))
    assert.are.equal("print", words("x = '\\'' pri"))
  end)

  it("completes in the middle of a line", function()
    assert.are.equal("print(client.users:create{})", tab("print(client.users:cr|{})"))
    assert.are.equal("print(client.users.x)", tab("print(client.us|.x)"))
    assert.are.equal(20, at("print(client.users:cr|{})").first)
  end)

  describe("never runs code:", function()
    local calls = 0
    local function bomb() calls = calls + 1 error("called") end
    local mt = { __name = "bomb" }
    for _, event in ipairs { "index", "newindex", "pairs", "tostring", "len", "eq", "lt", "le", "concat", "call" } do
      mt["__" .. event] = bomb
    end

    it("no metamethod, of globals neither", function()
      local g = setmetatable({ h = setmetatable({ a = setmetatable({ b = 1 }, mt) }, mt), f = bomb }, mt)
      for _, line in ipairs { "", "h.", "h:", "h.a.", "h.x.", "h['", "f(", "f{ ", "f{ x = '", "h.a{ ", "f().", "x.y.z:",
        "client.us", "h.a.b.", "for x in f() do x.", "local y = f()\ny.", "require('x').", "loadfile(h.", "help(h.a" } do
        assert.has_no.errors(function() at(line, g) end)
      end
      assert.are.equal("a", words("h.", g))
      assert.are.equal("b", words("h.a.", g))
      assert.are.equal(0, calls)
    end)

    it("follows __index only to tables, and not for ever", function()
      local class = { method = function() end, field = 1 }
      local loop = {}
      setmetatable(loop, { __index = loop })
      local g = globals { o = setmetatable({ own = 1 }, { __index = class }), loop = loop,
        f = setmetatable({ own = 1 }, { __index = function() error("called") end }) }
      assert.are.equal("field method own", words("o.", g))
      assert.are.equal("method", words("o:", g))
      assert.are.equal("", words("loop.", g))
      assert.are.equal("own", words("f.", g))
      setmetatable(g, { __index = class })
      assert.are.equal("field", words("fie", g))
    end)
  end)

  it("is quick and bounded, however large a table is", function()
    local large = {}
    for i = 1, 1000000 do large["key" .. i] = i end
    local g = globals { large = large }
    at("large.key", g)
    local before = os.clock()
    local found = at("large.key", g)
    local seconds = os.clock() - before
    assert.are.equal(300, #found.words)
    assert.is_true(seconds < 0.5 * (os.getenv("ASAN_OPTIONS") and 6 or 1), seconds)
    local some = {}
    for i = 1, 26 do
      for k = 1, 26 do some[string.char(96 + i, 96 + k)] = 1 end
    end
    found = at("t.", globals { t = some })
    assert.are.equal(300, #found.words)
    assert.are.equal("aa", found.words[1])
    assert.are.equal("zz", found.words[300]) -- so that nobody takes a common beginning for that of all
    assert.are.equal("", words(("x = 1\n"):rep(20000) .. "pri"))
  end)

  it("finds an end of long expressions", function()
    assert.are.equal("", words("t" .. (".a"):rep(2000) .. "."))
    assert.are.equal("print", words(("f("):rep(5000) .. ("{"):rep(5000) .. "pri"))
    assert.are.equal("", words("client.users:create" .. ("{ a = "):rep(1000) .. "{ x_"))
  end)

  it("raises nothing, whatever is typed", function()
    local lines = {}
    for _, path in ipairs { "examples/hr_sync.lua", "examples/managers.lua", "lua/thrive/complete.lua", "README.md" } do
      local file <close> = assert(io.open(path))
      lines[#lines + 1] = file:read(6000)
    end
    local seed = tonumber(os.getenv("SEED") or os.time())
    math.randomseed(seed)
    local pieces = { '"', "'", "\\", "\n", " ", "\0", "\xff", "--", "[[", "]]" }
    for piece in ([[client . : users create { } ( ) [ ] = , ; local for in do end function x 1 .. thrive help require <const>
      assert ipairs role fields permissions each results if return 0x :: loadfile]]):gmatch("%S+") do
      pieces[#pieces + 1] = piece
      if piece:find("^%a") then pieces[#pieces + 1] = piece .. " " end
    end
    local function try(line, cursor)
      local ok, found = pcall(complete.candidates, line, cursor, globals())
      assert.is_true(ok, ("seed %d: %q: %s"):format(seed, line, tostring(found)))
      assert.is_true(found.first >= 1 and found.first <= cursor + 1)
      local typed = line:sub(found.first, cursor):lower()
      for _, word in ipairs(found.words) do
        if word:sub(1, #typed):lower() ~= typed then error(("seed %d: %q offers %q"):format(seed, line, word)) end
      end
    end
    for _ = 1, 300 do
      local text = lines[math.random(#lines)]
      local cursor = math.random(0, #text)
      try(text, cursor)
    end
    for _ = 1, 3000 do
      local parts = {}
      for i = 1, math.random(20) do parts[i] = pieces[math.random(#pieces)] end
      local line = table.concat(parts)
      try(line, math.random(0, #line))
    end
    for _ = 1, 500 do
      local parts = {}
      for i = 1, math.random(30) do parts[i] = string.char(math.random(0, 255)) end
      local line = table.concat(parts)
      try(line, #line)
    end
  end)
end)
