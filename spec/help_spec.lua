-- thrive.help and thrive.apropos: what they show of everything public, what they can be asked about, and that nothing they
-- are asked about can do them harm.

local describe_ = require "thrive.describe"
local examples = require "thrive.catalogue.examples"
local help = require "thrive.help"
local interp = require "spec.support.interp"
local layout = require "thrive.help.layout"
local manual = require "thrive.manual"
local pages = require "thrive.help.pages"
local terminal = require "spec.support.terminal"
local thrive = require "thrive"

local function squeezed(text) return (text:gsub("%s+", "")) end

-- Text without its line breaks and indents, so that what is looked for may stand on two lines.
local function flat(text) return (text:gsub("%s+", " "):gsub("`", "")) end

local function has(text, wanted, what)
  assert(flat(text):find(flat(wanted), 1, true), ("%s: no %q in\n%s"):format(what, wanted, text))
end

-- What a page has between a heading and the next empty line.
local function section(text, title)
  return ("\n" .. text):match("\n" .. title .. "\n(.-)\n\n") or ("\n" .. text):match("\n" .. title .. "\n(.*)$")
end

-- The code of an example, without the page's indent.
local function example_of(text)
  local code = ("\n" .. text):match("\nExample\n(.*)$")
  code = code:gsub("\n\nSee also\n.*$", "\n")
  return (("\n" .. code):gsub("\n  ", "\n"):gsub("^\n", ""):gsub("\n*$", ""))
end

-- What a shell command prints; "$P" in it is thrivelua.
local function output_of(command)
  local directory = interp.directory()
  local run = interp.run(directory, interp.thrivelua(), command)
  interp.remove(directory)
  return run.out
end

-- What f writes to standard output.
local function printed(f, ...)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  local stdout = io.stdout
  io.stdout = file -- luacheck: ignore
  local ok, err = pcall(f, ...)
  io.stdout = stdout -- luacheck: ignore
  file:close()
  local back <close> = assert(io.open(path))
  local text = back:read("a")
  os.remove(path)
  assert(ok, err)
  return text
end

describe("thrive.help", function()
  local sandbox, client

  setup(function()
    sandbox = assert(require("thrive.sandbox").start{ users = 5 })
    client = assert(sandbox:client())
  end)
  teardown(function() sandbox:stop() end)

  describe("of an operation:", function()
    for _, operation in ipairs(describe_.operations()) do
      local entry, group = operation.entry, operation.group

      it(operation.name .. " says everything that the catalogue knows", function()
        local text = assert(help.text(operation.name))
        has(text, describe_.signature(group, entry), "signature")
        has(text, entry.doc, "what it does")
        has(text, entry.path, "endpoint")
        has(text, entry.method, "method")
        if not describe_.is_aptem(group.name) then has(text, "api/" .. entry.scope .. " or api/all", "scope") end
        has(text, describe_.retry_of(entry), "repetition")
        if entry.destructive then has(text, 'help "guard"', "guard") end
        for _, kind in ipairs(describe_.errors_of(entry)) do has(text, kind, "errors") end
        for name in pairs(describe_.options_of(entry)) do has(text, name, "options") end

        local rows = describe_.params_of(entry)
        local parameters = section(text, "Parameters") or ""
        assert.equal(#rows > 0, parameters ~= "")
        for _, row in ipairs(rows) do
          local name, param = row.name:match("[^.]*$"), row.param
          assert(("\n" .. parameters):find("\n +" .. name:gsub("%p", "%%%0") .. "%s"), name)
          local required = describe_.required_row(row)
          local head = describe_.type_of(param)
          if required ~= "" then head = head .. ", required" .. (required == "yes" and "" or " " .. required) end
          has(parameters, head, name)
          has(parameters, param.doc, name)
          for _, choice in ipairs(param.enum or param.items and param.items.enum or {}) do
            has(parameters, ('"%s"'):format(choice), name)
          end
          if param.max and param.max ~= 2147483647 then has(parameters, tostring(param.max), name) end
          if param.max_length then has(parameters, tostring(param.max_length), name) end
          if param.nullable then has(parameters, "thrive.null clears it", name) end
          if param[2] == "date" then assert(parameters:find("ISO 8601") or parameters:find("YYYY%-MM%-DD"), name) end
        end
        if entry.expect ~= "nothing" then
          has(text, entry.returns, "record")
          local fields = assert(section(text, entry.returns), entry.returns)
          for _, field in ipairs(describe_.fields_of(group, entry.returns)) do
            assert(("\n" .. fields):find("\n +" .. field[1] .. " "), field[1])
            has(fields, field.doc, field[1])
          end
        end
      end)

      it(operation.name .. " shows the example that the reference runs", function()
        local wanted = describe_.example_of(operation.name)
        assert.is_true(wanted:find(examples[operation.name], 1, true) ~= nil)
        assert.equal(wanted, example_of(help.text(operation.name, { width = 80 })))
        local narrow = example_of(help.text(operation.name, { width = 60 }))
        assert.equal(squeezed(wanted:gsub("\n%-%- ", "\n")), squeezed(narrow:gsub("\n%-%- ", "\n")))
        assert(load(narrow))
      end)
    end

    it("shows the sisters of a list with what they give and take", function()
      local checked = 0
      for _, operation in ipairs(describe_.operations()) do
        for _, verb in ipairs(operation.entry.pages and describe_.list_verbs or {}) do
          local text = assert(help.text(operation.group.name .. "." .. verb))
          has(text, describe_.signature(operation.group, operation.entry, verb), verb)
          has(text, verb == "count" and "n, err, meta" or operation.entry.returns, verb)
          assert.equal(verb ~= "count", text:find("prefetch") ~= nil)
          checked = checked + 1
        end
      end
      assert.is_true(checked >= 48)
    end)
  end)

  describe("of the manual:", function()
    for _, entry in ipairs(manual.entries()) do
      it(entry.name .. " says everything that the manual knows", function()
        local text = assert(help.text(entry.name))
        has(text, entry.signature, "signature")
        for paragraph in entry.doc:gmatch("[^\n]+") do has(text, paragraph, "what it is") end
        local function look(rows, where)
          for _, row in ipairs(rows or {}) do
            has(text, row[1], where)
            has(text, row.doc, where)
            if entry.kind ~= "topic" then has(text, pages.type_words(row[2]), where) end
            if row.default then has(text, "default: " .. row.default, where) end
            for _, choice in ipairs(row.enum or {}) do has(text, ('"%s"'):format(choice), where) end
            look(row.fields, where .. " " .. row[1])
          end
        end
        look(entry.params, "parameters")
        look(entry.returns, "results")
        look(entry.fields, "fields")
        for _, part in ipairs { "raises", "advice" } do if entry[part] then has(text, entry[part], part) end end
        for _, name in ipairs(entry.see or {}) do has(text, ('help "%s"'):format(name), "see also") end
        if entry.example then assert.equal(entry.example, example_of(text)) end
      end)
    end
  end)

  it("of any topic has no line that is wider than the terminal, nor one with blanks at its end", function()
    local names = help.topics()
    table.insert(names, 1, "")
    for _, width in ipairs { 80, 60, 45 } do
      for _, name in ipairs(names) do
        for line in assert(help.text(name, { width = width })):gmatch("[^\n]*") do
          local long = utf8.len(line) > width
          -- A string in an example cannot be cut.
          if long and width < 60 then long = not line:find('"', 1, true) end
          assert.is_false(long, ("%s at %d columns: %s"):format(name, width, line))
          assert.is_nil(line:find(" $"), name)
        end
      end
    end
  end)

  it("has headings in bold when it is told so, and is the same text without them", function()
    for _, name in ipairs { "users.create", "errors", "users", "User", "thrive.map", "" } do
      local colour = help.text(name, { colour = true })
      local bold = 0
      local plain = colour:gsub("\27%[1m(.-)\27%[0m", function(text)
        bold = bold + 1
        return text
      end)
      assert.equal(help.text(name), plain)
      assert.is_true(bold >= 2, name)
      assert.is_nil(help.text(name):find("\27"))
    end
  end)

  it("without a topic shows what there is, on one screen", function()
    local text = help.text()
    local _, lines = text:gsub("\n", "")
    assert.is_true(lines <= 24, text)
    for _, group in ipairs(describe_.groups()) do
      if not describe_.is_aptem(group.name) then has(text, group.name:match("[^.]*$"), "group") end
    end
    for _, entry in ipairs(manual.entries()) do
      if entry.kind == "topic" then has(text, entry.name, "topic") end
      local name = entry.kind == "function" and entry.name:match("^thrive%.([^.]*)$")
      if name then has(text, name, "function") end
    end
    for name in text:gmatch('help "([^"]+)"') do assert(help.text(name)) end
    assert.equal(text, help.text(""))
  end)

  describe("can be asked", function()
    local function same(a, b, what) assert.equal(assert(help.text(b)), assert(help.text(a)), what) end

    it("by every way of writing a name", function()
      for _, name in ipairs { "client.users:create", "users:create", "client.users.create", "users.create()", " users.create ",
        "client.users:create{ ref = 1 }", "Users.Create" } do
        if not name:find("{") then same(name, "users.create", name) end
      end
      same("client.users", "users")
      same("audiences.members", "client.audiences.members")
      same("map", "thrive.map")
      same("request", "client:request")
      same("client.request", "client:request")
      same("csv.read", "thrive.csv.read")
      same("Rate_Limited", "rate_limited")
      same("BULKRESULT", "BulkResult")
      same("user", "User") -- not sandbox:user
      same("get_by_ref", "users.get_by_ref")
    end)

    it("with groups and verbs themselves", function()
      same(client.users, "users")
      same(client.audiences.members, "audiences.members")
      same(client.users.create, "users.create")
      same(client.users.each, "users.each")
      same(client.cpd, "cpd")
      for _, operation in ipairs(describe_.operations()) do
        if not describe_.is_aptem(operation.name) then
          local group = client
          for part in operation.group.name:gmatch("[^.]+") do group = group[part] end
          same(group[operation.entry.verb], operation.name, operation.name)
        end
      end
    end)

    it("with clients, and a client of Aptem", function()
      same(client, "client")
      local aptem = assert(thrive.aptem{ tenant = "a", token = "t", base_url = sandbox.aptem_url })
      same(aptem, "aptem.users")
      same(aptem.users.search, "aptem.users.search")
      local closed = assert(sandbox:client())
      closed:close()
      assert(help.text(closed))
    end)

    it("with functions, modules and objects of the module", function()
      for _, entry in ipairs(manual.entries()) do
        local name = entry.name:match("^thrive%.([^.]*)$")
        if name and entry.kind == "function" then same(thrive[name], entry.name) end
      end
      same(thrive, "thrive")
      same(thrive.null, "thrive.null")
      same(thrive.csv, "thrive.csv")
      same(thrive.csv.read, "thrive.csv.read")
      same(thrive.webhooks.verify, "thrive.webhooks.verify")
      same(client.request, "client:request")
      same(require("thrive.sandbox").start, "thrive.sandbox.start")
      same(sandbox, "sandbox")
      same(thrive.spawn(function() end), "task")
      same((select(2, thrive.csv.read "none.csv")), "thrive.csv")
      local _, _, meta = client.skills:levels()
      same(meta, "meta")
    end)

    it("with an error, which it explains", function()
      local _, err = client.users:get_by_ref("nobody")
      local text = assert(help.text(err))
      has(text, "not_found in users.get_by_ref", "title")
      has(text, err.message, "message")
      has(text, manual.entry("not_found").doc, "meaning")
      has(text, manual.entry("not_found").advice, "what to do")
      has(text, err.request_id, "details")
      has(text, 'help "users.get_by_ref"', "see also")
      _, err = client.users:create{ ref = "U0001", firstName = "A", lastName = "B", email = "a@example.org" }
      for name, why in pairs(err.fields) do has(help.text(err), name .. " " .. why, "fields") end
      assert(help.text(require("thrive.core").error { kind = "guard", message = "no" }))
    end)

    it("with an error whose parts a terminal would obey", function()
      local text = assert(help.text(require("thrive.core").error {
        kind = "validation", message = "m\27[31m\xFF", code = "c\27[2J", request_id = "r\r\nline", path = "/p\u{9B}2J",
        fields = { ["f\27[5m"] = "v\27]0;title\7", nested = { a = { "\27c" } }, count = 3 },
      }))
      assert.is_nil(text:find("[\0-\9\11-\31\127]"), text)
      assert.is_nil(text:find("\u{9B}", 1, true), text)
      assert(utf8.len(text), text)
      has(text, [[fields.f\27[5m v\27]0;title\a]], "fields")
      has(text, [[fields.nested {a: ["\27c"]}]], "nested fields")
      has(text, "fields.count 3", "fields")
    end)

    it("about a record, saying where it comes from", function()
      has(help.text "User", "users.list, users.get", "origin")
      has(help.text "User", "manager table: the line manager", "nested fields")
      has(help.text "User", "line manager id string", "nested fields")
      assert.equal(help.text "User", help.text "user") -- which a method of the sandbox is called, too
    end)
  end)

  describe("of what it does not know", function()
    it("says so, and names the nearest", function()
      for wrong, right in pairs { ["users.crate"] = "users.create", ["audienzes"] = "audiences", ["thrive.mop"] = "thrive.map",
        ["Usr"] = "User", ["iteratoin"] = "iteration" } do
        local text, message = help.text(wrong)
        assert.is_nil(text)
        has(message, ('"%s"'):format(wrong), wrong)
        has(message, ('did you mean "%s"'):format(right), wrong)
      end
      local _, message = help.text("zzzzzzzzzzzz")
      has(message, "apropos", "message")
    end)

    it("names the topics that speak of it", function()
      local _, message = help.text "credentials"
      assert.matches('^there is no help on "credentials"; apropos "credentials" finds "auth", .*"profiles".* and %d+ more$',
        message)
      _, message = help.text "client_secret"
      assert.matches('; apropos "client_secret" finds .*"thrive.client"', message)
      _, message = help.text "status"
      assert.matches('did you mean "stats"%?%); apropos "status" finds ', message)
    end)

    it("takes the end of a name for the whole where there is one", function()
      for text, whole in pairs { ["members.add"] = "audiences.members.add", ["Enrolments:get"] = "assignments.enrolments.get" } do
        assert.equal(help.text(whole), help.text(text))
      end
      local text, message = help.text("users.search")
      assert.equal(help.text("aptem.users.search"), text, message)
    end)

    it("names all topics that have a part of that name", function()
      local text, message = help.text("create")
      assert.is_nil(text)
      for _, name in ipairs { "users.create", "audiences.create", "aptem.users.create" } do
        has(message, ('"%s"'):format(name), "message")
      end
    end)

    it("is never an error, and touches nothing", function()
      local hostile = setmetatable({}, {
        __index = function() error("indexed") end, __tostring = function() error("tostring") end,
        __call = function() error("called") end, __eq = function() error("compared") end,
        __len = function() error("length") end, __pairs = function() error("pairs") end,
      })
      for _, value in ipairs { 42, 0 / 0, true, false, {}, { results = {} }, hostile, print, function() end, io.stdout,
        coroutine.create(print), setmetatable({}, { __metatable = "locked" }), setmetatable({}, { __name = "thrive.users" }),
        setmetatable({}, { __name = hostile }), ("x"):rep(10000), "%", "(", "users.", ".", ":", "\0", "\255" } do
        local text, message = help.text(value)
        assert.is_nil(text)
        assert.is_string(message)
        assert.is_true(#printed(thrive.help, value) > 0)
      end
    end)
  end)

  it("sends nothing, whatever it is asked", function()
    sandbox:clear_requests()
    for _, name in ipairs(help.topics()) do assert(help.text(name)) end
    help.text(client)
    help.text(client.users)
    assert.equal(0, sandbox:count())
  end)

  it("prints, and returns nothing", function()
    local n
    local text = printed(function() n = select("#", thrive.help("users")) end)
    assert.equal(0, n)
    assert.equal(help.text("users"), text)
    has(printed(thrive.help, "iteratoin"), 'did you mean "iteration"', "message")
  end)

  describe("on a terminal", function()
    local directory
    before_each(function() directory = interp.directory() end)
    after_each(function() interp.remove(directory) end)

    -- What the program writes, and what is on the screen then.
    local function shown(command, columns, env)
      local t <close> = terminal.open{ program = interp.thrivelua(), command = command, directory = directory,
        columns = columns, rows = 50, env = env }
      assert.equal(0, t:exit_code())
      return t:raw():gsub("\r", ""), t:screen()
    end
    local PAGE <const> = [["$P" -e 'thrive.help "iteration"']]

    it("fits its width, with headings in bold", function()
      local raw, screen = shown(PAGE, 61)
      has(raw, help.text("iteration", { width = 61, colour = true }), "page")
      has(screen, "Options", "screen")
      raw = shown(PAGE, 200)
      has(raw, help.text("iteration", { width = 100, colour = true }), "page")
    end)

    it("has no bold when NO_COLOR is set, or in a terminal that knows none", function()
      for name, value in pairs { NO_COLOR = "1", TERM = "dumb" } do
        local raw = shown(PAGE, 80, { [name] = value })
        has(raw, help.text("iteration"), "page")
        assert.is_nil(raw:find("\27[1m", 1, true), name)
      end
    end)

    it("keeps each hit of apropos on its line", function()
      local raw = shown([["$P" -e 'thrive.apropos "audience"']], 50)
      for line in raw:gmatch("[^\n]+") do assert.is_true(utf8.len(line) <= 50, line) end
      has(raw, "audiences.members.add", "hits")
    end)
  end)

  it("in a pipe is 80 columns of plain text", function()
    assert.equal(help.text("iteration"), output_of([["$P" -e 'thrive.help "iteration"' | cat]]))
  end)

  it("has all topics, sorted, each once", function()
    local names, seen = help.topics(), {}
    for i, name in ipairs(names) do
      assert.is_true(i == 1 or names[i - 1] < name, name)
      seen[name] = true
      assert(help.text(name), name)
    end
    for _, operation in ipairs(describe_.operations()) do
      assert.is_true(seen[operation.name], operation.name)
      for name in pairs(operation.group.records) do assert.is_true(seen[name], name) end
    end
    for _, group in ipairs(describe_.groups()) do assert.is_true(seen[group.name], group.name) end
    for _, entry in ipairs(manual.entries()) do assert.is_true(seen[entry.name], entry.name) end
    assert.is_true(seen["users.each"])
  end)

  it("costs nothing before it is used", function()
    local out = output_of([["$P" -e '
      local n = 0
      for name in pairs(package.loaded) do if name:find("help") or name:find("manual") then n = n + 1 end end
      print(n, type(thrive.help))']])
    assert.equal("0\tfunction\n", out)
  end)
end)

describe("thrive.apropos", function()
  local function names(...)
    local found = {}
    for i, hit in ipairs(help.search(...)) do found[i] = hit.name end
    return found
  end

  it("finds what is called so first", function()
    assert.equal("audiences", names("audiences")[1])
    assert.equal("users.suspend", names("suspend")[1])
    assert.equal("thrive.map", names("thrive.map")[1])
    local found = names("tags")
    assert.equal("tags", found[1])
  end)

  it("finds words in what is said, in parameters, values and fields", function()
    local function finds(name, ...)
      for _, found in ipairs(names(...)) do if found == name then return end end
      error(name .. " is not found")
    end
    finds("users.create", "learneradmin")
    finds("users.create", "additionalFields")
    finds("User", "usersFollowing")
    finds("iteration", "dedupe")
    finds("tls", "certificate")
    finds("thrive.shard", "slurm")
    finds("sandbox:fault", "drip")
    finds("events.user_joined", "suspended", "back")
    finds("users.list", "/rest/v1/users")
  end)

  it("wants all words, in any case and in one text or in several", function()
    local both = names("audience", "REPLACE")
    assert.same(both, names("Audience replace"))
    assert.is_true(#both > 0 and #both < #names("audience"))
  end)

  it("takes words as they are, and none for nothing", function()
    assert.same({}, names("%w+"))
    assert.same({}, names())
    assert.same({}, names("   "))
    assert.same({}, names("no-such-word-anywhere"))
  end)

  it("says how it is used to whoever gives it no word", function()
    for _, words in ipairs { "", "''", "'  '" } do
      local got = interp.run("/tmp", interp.thrivelua(), ('"$P" -e "thrive.apropos(%s)"'):format(words))
      assert.equal('apropos "audience" shows the topics that have a word\n', got.out)
    end
  end)

  it("prints a line for each, in the terminal's width, or that there is nothing", function()
    local text = printed(thrive.apropos, "audience")
    local lines = 0
    for line in text:gmatch("([^\n]*)\n") do
      lines = lines + 1
      assert.is_true(utf8.len(line) <= 80)
      assert(help.text((line:match("^(%S+)  +%S"))), line)
    end
    assert.equal(#names("audience"), lines)
    has(printed(thrive.apropos, "no-such-word"), "nothing", "message")
    has(printed(thrive.apropos), "apropos", "message")
    has(printed(thrive.apropos, 42, true), "nothing", "message")
  end)
end)

describe("the layout of help", function()
  it("wraps words, and cuts those that are too long", function()
    assert.same({ "one two", "three" }, layout.wrap("one two three", 8))
    assert.same({ "/rest/v1/", "assignment", "s" }, layout.wrap("/rest/v1/assignments", 10))
    assert.same({ "" }, layout.wrap("", 10))
    assert.same({ "é é", "é" }, layout.wrap("é é é", 3))
    assert.same({ "東京", "都庁", "a" }, layout.wrap("東京都庁 a", 5))
  end)

  it("folds Lua only where it stays the same", function()
    local line = '  local x = f("one two three four", g(1, 2)) or "it\'s -- no comment" -- why it is so'
    for width = 20, 90 do
      local lines = layout.fold(line, width)
      local text = table.concat(lines, "\n")
      assert(load(text), text)
      if width >= 38 then for _, part in ipairs(lines) do assert.is_true(#part <= width or part:find('"') ~= nil, part) end end
    end
    assert.same({ line }, layout.fold(line, 100))
    for _, part in ipairs(layout.fold("-- a comment that is rather long and goes on", 20)) do
      assert.equal("-- ", part:sub(1, 3))
      assert.is_true(#part <= 20)
    end
  end)
end)
