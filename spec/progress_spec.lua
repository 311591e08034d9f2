-- thrive.progress hands everything on as it is, and counts; what a real terminal shows of it is in
-- progress_terminal_spec.lua.
local interp = require "spec.support.interp"
local thrive = require "thrive"
local subject = require "spec.support.subject"

-- The module over a screen that only remembers: `usable` = false is what a pipe is.
local function progress_on(screen)
  local names = { "thrive.progress", "thrive.progress.screen" }
  local before = {}
  for _, name in ipairs(names) do before[name], package.loaded[name] = package.loaded[name], nil end
  package.loaded["thrive.progress.screen"] = screen
  local progress = require "thrive.progress"
  for _, name in ipairs(names) do package.loaded[name] = before[name] end
  return progress
end

local function screen(usable)
  local self = { lines = {}, shown = nil }
  function self.usable() return usable end
  function self.columns() return 79 end
  function self.show(text) self.shown, self.lines[#self.lines + 1] = text, text end
  function self.clear() self.shown = nil end
  return self
end

local function closable()
  local value = { closed = 0 }
  return setmetatable(value, { __close = function(_, err)
    value.closed, value.err = value.closed + 1, err
  end })
end

-- Every value of every turn of a loop.
local function turns(...)
  local seen = {}
  for a, b, c in ... do seen[#seen + 1] = { a, b, c } end
  return seen
end

for name, usable in pairs { ["on a terminal"] = true, ["in a pipe"] = false } do
  describe("thrive.progress " .. name, function()
    local wrap
    before_each(function() wrap = progress_on(screen(usable)).wrap end)

    it("hands on every value, state and control variable included", function()
      local states = {}
      local function iterator(state, control)
        states[#states + 1] = state
        if control < 3 then return control + 1, nil, "third" end
      end
      assert.same({ { 1, nil, "third" }, { 2, nil, "third" }, { 3, nil, "third" } },
        turns(wrap(iterator, "state", 0)))
      assert.same({ "state", "state", "state", "state" }, states)
      assert.same({ { 1, "a" }, { 2, "b" } }, turns(wrap(ipairs { "a", "b" })))
      local keys = {}
      for key, value in wrap(pairs { x = 1, y = 2 }) do keys[key] = value end
      assert.same({ x = 1, y = 2 }, keys)
    end)

    it("takes a function and options, an array and options, and what can be called", function()
      local n = 0
      assert.same({ { 1 }, { 2 } }, turns(wrap(function()
        n = n + 1
        return n < 3 and n or nil
      end, { total = 2, label = "numbers" })))
      assert.same({ { "a", 1 }, { "b", 2 } }, turns(wrap({ "a", "b" }, { label = "letters" })))
      assert.same({}, turns(wrap {}))
      local called = setmetatable({}, { __call = function(_, _, last) return (last or 0) < 2 and (last or 0) + 1 or nil end })
      assert.same({ { 1 }, { 2 } }, turns(wrap(called)))
      local i = 0
      assert.same({ { 1 } }, turns(wrap(function() i = i + 1 return i < 2 and i or nil end, nil, nil, nil, { label = "l" })))
    end)

    it("closes what the loop closes, once, however it ends", function()
      for how, body in pairs {
        ["to the end"] = function() return false end, ["break"] = function() return true end,
      } do
        local value, n = closable(), 0
        for _ in wrap(function() n = n + 1 return n < 3 and n or nil end, nil, nil, value) do
          if body() then break end
        end
        assert.same({ 1, nil, how }, { value.closed, value.err, how })
      end
      local value, raised = closable(), setmetatable({}, {})
      local ok, why = pcall(function()
        for _ in wrap(function() return 1 end, nil, nil, value) do error(raised) end
      end)
      assert.is_false(ok)
      assert.equal(raised, why)
      assert.same({ 1, raised }, { value.closed, value.err })
    end)

    it("raises the iterator's own error, and closes with it", function()
      local value, raised = closable(), setmetatable({}, {})
      local ok, why = pcall(turns, wrap(function() error(raised) end, nil, nil, value))
      assert.is_false(ok)
      assert.equal(raised, why)
      assert.equal(raised, value.err)
    end)

    it("closes the list of a call whose other values were cut off: each{…} before a comma", function()
      local tenant <close> = require("thrive.sandbox").start { users = 30 }
      local client <close> = tenant:client()
      local refs = {}
      for user in wrap(client.users:each({ perPage = 7 }), { label = "users" }) do refs[#refs + 1] = user.ref end
      assert.equal(30, #refs)
      local iterator = client.users:each { perPage = 7 }
      for _ in wrap(iterator, { label = "users" }) do break end -- luacheck: ignore 512
      assert.truthy(subject.raised(turns, iterator):find("closed iteration", 1, true))
      local pages = client.users:pages { perPage = 7 }
      for _ in wrap(pages, {}) do break end -- luacheck: ignore 512
      assert.truthy(subject.raised(pages):find("closed iteration", 1, true))
    end)

    it("closes the file of csv.rows, whose other values a comma cut off as well", function()
      local path = os.tmpname()
      interp.write(path, "ref,name\nU1,Ada\nU2,Bea\nU3,Cleo\n")
      local refs = {}
      for row, number in wrap(thrive.csv.rows(path), { label = "rows" }) do refs[#refs + 1] = row.ref .. number end
      assert.same({ "U12", "U23", "U34" }, refs)
      assert.same({ "U1", "U2", "U3" }, (thrive.map(wrap(thrive.csv.rows(path)), function(row) return row.ref end)))
      local rows, reader = thrive.csv.rows(path)
      for _ in wrap(rows, { label = "rows" }) do break end -- luacheck: ignore 512
      assert.is_true(reader.closed)
      os.remove(path)
    end)

    it("refuses what is no iterator and no option, where it was called", function()
      for message, arguments in pairs {
        ["progress: argument #1 must be an iterator function or an array (got nil)"] = { n = 0 },
        ["progress: argument #1 must be an iterator function or an array (got number)"] = { 7, n = 1 },
        ["progress: the options must be a table (got string)"] = { print, "users", n = 2 },
        ["progress: 'totals' is not an option (did you mean 'total'?)"] = { print, { totals = 1 }, n = 2 },
        ["progress: 'label' must be a string (got number); 'total' must be 0 or more (got -1)"] =
          { print, { total = -1, label = 3 }, n = 2 },
        ["progress: argument #4 is no value that a loop can close"] = { print, nil, nil, {}, n = 4 },
      } do
        local ok, why = pcall(function() wrap(table.unpack(arguments, 1, arguments.n)) end)
        assert.is_false(ok)
        assert.equal(message, (why:gsub("^[^:]*progress_spec.lua:%d+: ", "")))
      end
    end)

    it("may be what map works through", function()
      local results = thrive.map(wrap({ "a", "b", "c" }, { label = "letters" }), string.upper)
      assert.same({ "A", "B", "C" }, results)
    end)
  end)
end

describe("thrive.progress in a pipe", function()
  it("is not even loaded by the lists and maps of thrivelua", function()
    local directory <close> = setmetatable({ path = interp.directory() }, { __close = function(d) interp.remove(d.path) end })
    interp.write(directory.path .. "/s.lua", [[
local client, n = thrive.client(), 0
for _ in client.users:each() do n = n + 1 end
thrive.map({ 1, 2, 3 }, function() return client.skills:levels() end)
print(n, package.loaded["thrive.progress"])]])
    local ran = interp.run(directory.path, interp.thrivelua(), '"$P" --sandbox s.lua')
    assert.same({ out = "500\tnil\n", err = "", code = 0 }, ran)
  end)

  it("gives back the iterator itself", function()
    local function f() end
    local value = closable()
    local a, b, c, d = progress_on(screen(false)).wrap(f, 1, 2, value)
    assert.same({ true, 1, 2, true }, { a == f, b, c, d == value })
  end)

  it("writes nothing: thrivelua, with loops and maps that last, byte for byte", function()
    local directory = interp.directory()
    interp.write(directory .. "/s.lua", [[
      local tenant = require("thrive.sandbox").start{ users = 8 }
      tenant:fault{ path = "/rest/v1/users", delay = 0.3, times = 0 }
      local client = assert(tenant:client())
      for user in client.users:each({ perPage = 2 }, { prefetch = 0 }) do io.write(user.ref, " ") end
      for user in thrive.progress(client.users:each({ perPage = 4 }, { prefetch = 0 }), { label = "u" }) do
        io.write(user.ref, " ")
      end
      thrive.map({ 1, 2, 3 }, function() return client.users:list{ perPage = 1 } end, { concurrency = 1 })
      print "end"
    ]])
    local refs = ("U0001 U0002 U0003 U0004 U0005 U0006 U0007 U0008 "):rep(2)
    local ran = interp.run(directory, interp.thrivelua(), '"$P" s.lua')
    interp.remove(directory)
    assert.same({ 0, refs .. "end\n", "" }, { ran.code, ran.out, ran.err })
  end)
end)

describe("what is shown", function()
  local core = require "thrive.core"
  local real, at = core.now, 0
  -- A clock of our own, as far as progress looks at one: every look is a second later.
  local function on_our_clock()
    local fake = screen(true)
    core.now = function()
      at = at + 1
      return at
    end
    local progress = progress_on(fake)
    core.now = real
    return progress, fake
  end

  it("counts the turns of a loop, and goes when it ends", function()
    local progress, fake = on_our_clock()
    local seen = {}
    for n in progress.wrap({ 1, 2, 3, 4 }, { label = "rows" }) do seen[n] = fake.shown or "" end
    assert.truthy(seen[4]:find("^rows  4 of 4  100%%"), seen[4])
    assert.is_nil(fake.shown)
  end)

  it("goes when a loop is left by break or by an error", function()
    local progress, fake = on_our_clock()
    for n in progress.wrap { 1, 2, 3, 4 } do if n == 3 then break end end
    assert.is_true(#fake.lines > 0)
    assert.is_nil(fake.shown)
    pcall(function()
      for n in progress.wrap { 1, 2, 3, 4 } do if n == 3 then error("left") end end
    end)
    assert.is_nil(fake.shown)
  end)

  it("is the outermost of nested loops", function()
    local progress, fake = on_our_clock()
    for _ in progress.wrap({ 1, 2 }, { label = "outer" }) do
      for _ in progress.wrap({ 1, 2, 3 }, { label = "inner" }) do end -- luacheck: ignore 542
    end
    for _, text in ipairs(fake.lines) do assert.truthy(text:find("^outer"), text) end
    assert.is_true(#fake.lines > 3)
  end)

  it("goes with an iterator that nobody drives any more", function()
    local progress, fake = on_our_clock()
    do
      local iterator = progress.wrap({ 1, 2, 3 }, { label = "held" })
      iterator()
      iterator()
    end
    assert.truthy(fake.shown)
    collectgarbage()
    collectgarbage()
    assert.is_nil(fake.shown)
  end)

  it("is taken off for a prompt, and comes again when the loop goes on", function()
    local progress, fake = on_our_clock()
    local iterator = progress.wrap({ 1, 2, 3, 4, 5 }, { label = "held" })
    iterator()
    iterator()
    assert.truthy(fake.shown)
    progress.rest()
    assert.is_nil(fake.shown)
    iterator()
    iterator()
    assert.truthy(fake.shown)
    iterator()
    iterator()
    assert.is_nil(fake.shown)
  end)

  -- What a source of the service's own announces: the last total it had, and how many it had been read when it was asked.
  local function totals(options, params)
    local tenant <close> = require("thrive.sandbox").start { users = 95 }
    local client <close> = tenant:client()
    local source = { count = function() return 0 end, begin = function() end, finish = function() end }
    local iterator, _, _, iteration = client.users:each(params or { perPage = 10 }, options)
    iteration:show(source)
    local counts, n = {}, 0
    for _ in iterator, nil, nil, iteration do
      n = n + 1
      counts[n] = source.count()
    end
    for i = 1, n do assert.equal(i, counts[i]) end
    return source.total, n
  end

  it("has as total what the iteration will have read, and counts what the script has got", function()
    assert.same({ 95, 95 }, { totals() })
    assert.same({ 42, 42 }, { totals { limit = 42 } })
    assert.same({ 65, 65 }, { totals(nil, { perPage = 10, page = 4 }) })
    for index = 0, 2 do
      local total, n = totals { shard = { index = index, of = 3 } }
      assert.equal(n, total)
    end
    local cursor
    do
      local tenant <close> = require("thrive.sandbox").start { users = 95 }
      local client <close> = tenant:client()
      for page in client.users:pages({ perPage = 10 }, { limit = 13 }) do cursor = page.cursor end
    end
    assert.same({ 82, 82 }, { totals({ cursor = cursor }, {}) })
  end)
end)
