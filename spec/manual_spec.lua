-- The manual has everything public that is no operation of the catalogue, and nothing else: what the module really has is
-- enumerated here, and compared. Its examples run, in the sandbox, under the interpreter.

local blocks = require "spec.support.blocks"
local describe_ = require "thrive.describe"
local manual = require "thrive.manual"
local options = require "thrive.options"
local thrive = require "thrive"

local function sorted(set)
  local names = {}
  for name in pairs(set) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- A local of the file that a function is from.
local function upvalue(f, wanted)
  for i = 1, math.huge do
    local name, value = debug.getupvalue(f, i)
    if not name then error("no upvalue " .. wanted) end
    if name == wanted then return value end
  end
end

-- The members of the manual below a name: "thrive.csv" and "." → { rows = true, … }
local function documented(prefix, separator)
  local found = {}
  for _, entry in ipairs(manual.entries()) do
    local rest = entry.name:sub(1, #prefix + 1) == prefix .. separator and entry.name:sub(#prefix + 2)
    if rest and not rest:find("[.:]") then found[rest] = true end
  end
  return found
end

-- The public functions of a table: names that do not begin with "_".
local function functions_of(t)
  local found = {}
  for name, value in pairs(t) do
    if type(name) == "string" and type(value) == "function" and not name:find("^_") then found[name] = true end
  end
  return found
end

local function names_of(rows)
  local found = {}
  for _, row in ipairs(rows) do found[row[1]] = true end
  return found
end

local function param(name, wanted)
  for _, row in ipairs(manual.entry(name).params) do if row[1] == wanted then return row end end
  error(name .. " has no " .. wanted)
end

local function file(text)
  local path = os.tmpname()
  local f <close> = assert(io.open(path, "w"))
  f:write(text)
  return path
end

describe("the manual", function()
  local sandbox, client

  setup(function()
    sandbox = assert(require("thrive.sandbox").start{ users = 120 })
    client = assert(sandbox:client())
  end)
  teardown(function() sandbox:stop() end)

  describe("has every", function()
    it("member of thrive", function()
      local parts = upvalue(getmetatable(thrive).__index, "parts")
      local described = documented("thrive", ".")
      assert.same(sorted(parts), sorted(described))
    end)

    it("method of a client", function()
      assert.same(sorted(require("thrive.client").methods), sorted(documented("client", ":")))
    end)

    it("method of a task", function()
      local class = getmetatable(thrive.spawn(function() end)).__index
      assert.same(sorted(functions_of(class)), sorted(documented("task", ":")))
    end)

    it("function of thrive.webhooks", function()
      assert.same(sorted(functions_of(thrive.webhooks)), sorted(documented("thrive.webhooks", ".")))
    end)

    it("function of thrive.csv", function()
      assert.same(sorted(functions_of(thrive.csv)), sorted(documented("thrive.csv", ".")))
    end)

    it("method and field of a reader of CSV", function()
      local path = file("ref,email\nU1,u1@example.org\n")
      local reader <close> = assert(thrive.csv.open(path, { trim = true }))
      os.remove(path)
      assert.same(sorted(functions_of(getmetatable(reader).__index)), sorted(documented("reader", ":")))
      for _, field in ipairs(manual.entry("reader").fields) do assert.is_not_nil(reader[field[1]], field[1]) end
    end)

    it("method and field of a writer of CSV", function()
      local path = os.tmpname()
      local writer <close> = assert(thrive.csv.writer(path))
      os.remove(path)
      assert.same(sorted(functions_of(getmetatable(writer).__index)), sorted(documented("writer", ":")))
      writer:write{ ref = "U1" }
      writer:close()
      for _, field in ipairs(manual.entry("writer").fields) do assert.is_not_nil(writer[field[1]], field[1]) end
    end)

    it("function of thrive.sandbox", function()
      assert.same(sorted(functions_of(require "thrive.sandbox")), sorted(documented("thrive.sandbox", ".")))
    end)

    it("method and field of a sandbox", function()
      assert.same(sorted(functions_of(getmetatable(sandbox).__index)), sorted(documented("sandbox", ":")))
      local fields = {}
      for name, value in pairs(sandbox) do if type(value) == "string" then fields[name] = true end end
      assert.same(sorted(fields), sorted(names_of(manual.entry("sandbox").fields)))
    end)

    it("verb of lists, and no other", function()
      local verbs = { list = true }
      for _, verb in ipairs(describe_.list_verbs) do verbs[verb] = true end
      local class, inherited = getmetatable(client.users).__index, {}
      for _, operation in ipairs(describe_.operations()) do
        if operation.group.name == "users" then inherited[operation.entry.verb] = true end
      end
      local made = {}
      for name in pairs(class) do if not inherited[name] or name == "list" then made[name] = true end end
      assert.same(sorted(made), sorted(verbs))
      local told = {}
      for _, entry in ipairs(manual.entries()) do if entry.kind == "verb" then told[entry.name] = true end end
      assert.same(sorted(verbs), sorted(told))
    end)

    it("kind of errors, with what to do", function()
      local kinds = {}
      for line in io.lines("src/error.h") do
        local kind = line:match("^%s+X%((%l[%l_]*),")
        if kind then kinds[kind] = true end
      end
      local told = {}
      for _, entry in ipairs(manual.entries()) do
        if entry.kind == "kind" then
          told[entry.name] = true
          assert.is_true(#entry.advice > 10, entry.name)
        end
      end
      assert.is_true(#sorted(kinds) > 10)
      assert.same(sorted(kinds), sorted(told))
    end)
  end)

  describe("has the options of", function()
    local function same(rules, rows) assert.same(sorted(rules), sorted(names_of(rows))) end
    local client_module, aptem = require "thrive.client", require "thrive.aptem"

    it("a call", function() same(options.per_call, manual.entry("options").fields) end)

    it("replace", function()
      local own = {}
      for name in pairs(options.bulk) do if not options.per_call[name] then own[name] = true end end
      same(own, manual.entry("split").fields)
    end)

    it("iteration", function()
      local own = {}
      for name in pairs(options.iteration) do if not options.per_call[name] then own[name] = true end end
      same(own, manual.entry("iteration").fields)
    end)

    it("thrive.client, and their types", function()
      local known = upvalue(client_module.new, "known")
      local rows = param("thrive.client", "options").fields
      same(known, rows)
      for _, row in ipairs(rows) do assert.equal(known[row[1]][1], row[2], row[1]) end
      for _, row in ipairs(rows) do
        for _, choice in ipairs(row.enum or {}) do assert.is_true(known[row[1]][2](choice), choice) end
      end
      same(upvalue(client_module.check, "hooks"), rows[#rows].fields)
    end)

    it("thrive.aptem, and their types", function()
      local known = upvalue(aptem.new, "known")
      local rows = param("thrive.aptem", "options").fields
      same(known, rows)
      for _, row in ipairs(rows) do assert.equal(known[row[1]][1], row[2], row[1]) end
    end)

    it("client:request", function()
      local fields = {}
      for name in pairs(upvalue(client_module.methods.request, "request_fields")) do fields[name] = true end
      fields.body = true
      same(fields, param("client:request", "request").fields)
    end)

    it("profiles that thrive.client does not have", function()
      local own = {}
      for name in pairs(require("thrive.profile").rules()) do
        if not upvalue(client_module.new, "known")[name] then own[name] = true end
      end
      same(own, manual.entry("profiles").fields)
    end)

    it("thrive.inspect", function()
      same(require("thrive.inspect").options, param("thrive.inspect", "options").fields)
    end)

    it("thrive.map", function()
      same(upvalue(require("thrive.map").map, "known"), param("thrive.map", "options").fields)
    end)

    it("thrive.csv, reading and writing", function()
      local checks = require "thrive.csv.options"
      local function names(list)
        local known = {}
        for _, name in ipairs(list) do known[name] = true end
        return known
      end
      local reads, writes = names(upvalue(checks.wrong_reading, "READER")), names(upvalue(checks.wrong_writing, "WRITER"))
      for _, name in ipairs { "rows", "read", "parse", "open" } do same(reads, param("thrive.csv." .. name, "options").fields) end
      for _, name in ipairs { "writer", "format" } do same(writes, param("thrive.csv." .. name, "options").fields) end
    end)

    it("the sandbox: of start, of faults, of filters", function()
      local rules = require "thrive.sandbox.options"
      same(rules.START, param("thrive.sandbox.start", "options").fields)
      same(rules.FAULT, param("sandbox:fault", "rule").fields)
      same(rules.FILTER, param("sandbox:requests", "filter").fields)
      for name, rule in pairs(rules.FAULT) do
        for _, row in ipairs(param("sandbox:fault", "rule").fields) do
          if row[1] == name then assert.same(rule.enum, row.enum, name) end
        end
      end
    end)
  end)

  describe("has the fields of", function()
    -- Everything that is there is described, and everything that is described as always there is there.
    local function covers(value, rows, what)
      local names = names_of(rows)
      for name in pairs(value) do assert.is_true(names[name], what .. " has " .. tostring(name)) end
      for _, row in ipairs(rows) do
        if not row.optional then assert.is_not_nil(value[row[1]], what .. " has no " .. row[1]) end
      end
    end

    it("errors, whatever they are about", function()
      local rows = manual.entry("errors").fields
      local seen, met = 0, {}
      local function look(err)
        seen = seen + 1
        for name in pairs(err) do met[name] = true end
        covers(err, rows, "an error of kind " .. err.kind)
      end
      local function failing(...) look((select(2, ...))) end
      failing(client.users:get_by_ref("nobody"))
      failing(client.users:create{ ref = "U0001", firstName = "A", lastName = "B", email = "x@example.org" })
      failing(client.audiences.members:add("group-mentors", { "U0001", "nobody-at-all" }))
      failing(assert(sandbox:client{ read_only = true }).users:delete("U0001"))
      failing(assert(sandbox:client{ api_key = "wrong" }).skills:levels())
      failing(thrive.aptem{})
      failing(thrive.webhooks.parse("{"))
      sandbox:fault{ path = "/rest/v2/users", reset = "after" }
      failing(client.users:create{ ref = "N1", firstName = "A", lastName = "B", email = "n1@example.org" })
      sandbox:fault{ path = "/rest/v1/skills/levels", status = 429, headers = { ["Retry-After"] = "300" } }
      failing(assert(sandbox:client()).skills:levels())
      sandbox:fault{ path = "/rest/v1/skills/levels", html = true }
      failing(assert(sandbox:client{ max_retries = 0 }).skills:levels())
      sandbox:fault{ path = "/rest/v1/skills/levels", delay = 30 }
      failing(assert(sandbox:client{ max_retries = 0 }).skills:levels{ timeout = 0.05 })
      assert.equal(11, seen)
      for _, name in ipairs { "kind", "message", "hint", "status", "code", "fields", "operation", "method", "path", "request_id",
        "attempts", "elapsed", "retry_after", "retryable", "sent", "stopped_by", "cause", "body", "result" } do
        assert.is_true(met[name], "met no error with " .. name)
        met[name] = nil
      end
      assert.same({}, met)
    end)

    it("meta, with its timings", function()
      local rows = manual.entry("meta").fields
      local _, _, meta = client.skills:levels()
      covers(meta, rows, "meta")
      for _, row in ipairs(rows) do if row.fields then covers(meta[row[1]], row.fields, row[1]) end end
      _, _, meta = assert(sandbox:client{ dry_run = true }).users:delete("U0001")
      assert.is_true(meta.planned)
      assert.is_true(names_of(rows).planned)
    end)

    it("the events of hooks", function()
      local events, failed = {}, false
      local hooked = assert(sandbox:client{ on = {
        request = function(event) events[#events + 1] = event end,
        retry = function(event)
          failed = true
          assert(event.delay)
          events[#events + 1] = event
        end,
      } })
      sandbox:fault{ path = "/rest/v1/skills/levels", status = 503, headers = { ["Retry-After"] = "0" } }
      assert(hooked.skills:levels())
      assert.is_true(failed)
      for _, event in ipairs(events) do covers(event, manual.entry("hooks").fields, "an event") end
    end)

    it("stats", function()
      assert(client.skills:levels())
      covers(client:stats(), manual.entry("client:stats").returns[1].fields, "stats")
    end)

    it("a plan", function()
      local careful = assert(sandbox:client{ dry_run = true })
      assert(careful.users:suspend("U0001", { endDate = "2026-11-30" }))
      covers(careful:plan()[1], manual.entry("client:plan").returns[1].fields, "a planned write")
    end)

    it("pages, and what they say of pages", function()
      local rows = manual.entry("page").fields
      local last
      for page in client.users:pages{ perPage = 100 } do
        covers(page, rows, "a page")
        covers(page.pagination, rows[2].fields, "pagination")
        last = page
      end
      assert.is_true(last.complete)
    end)

    it("failures of a map", function()
      local _, failures = thrive.map({ 1 }, function() return nil, "no" end)
      covers(failures[1], manual.entry("thrive.map").returns[2].fields, "a failure")
    end)

    it("descriptors", function()
      sandbox:fault{ path = "/rest/v1/skills/levels", delay = 0.2 }
      local task = thrive.spawn(function() return client.skills:levels() end)
      client:step()
      local list = client:fds()
      assert.is_true(#list > 0)
      covers(list[1], manual.entry("client:fds").returns[1].fields, "a descriptor")
      task:wait()
    end)

    it("errors of CSV", function()
      local _, err = thrive.csv.parse("a,b\n1\n")
      covers(err, manual.entry("thrive.csv.parse").returns[2].fields, "an error of CSV")
    end)

    it("requests that the sandbox remembers", function()
      assert(client.skills:levels())
      for _, request in ipairs(sandbox:requests()) do
        covers(request, manual.entry("sandbox:requests").returns[1].fields, "a request")
      end
    end)
  end)

  describe("is whole:", function()
    local topics = require "thrive.help.topics"

    it("every entry says what it is, and no name is there twice", function()
      local seen, kinds = {}, { ["function"] = true, method = true, value = true, module = true, object = true, verb = true,
        options = true, kind = true, topic = true }
      for _, entry in ipairs(manual.entries()) do
        assert.is_nil(seen[entry.name], entry.name)
        seen[entry.name] = true
        assert.is_true(kinds[entry.kind], entry.name)
        assert.is_true(#entry.signature > 0 and entry.doc:find("%.$") ~= nil or entry.doc:find("%?$") ~= nil, entry.name)
      end
    end)

    it("every parameter, result and field has a type and a meaning", function()
      local count = 0
      local function look(rows, where)
        for _, row in ipairs(rows or {}) do
          count = count + 1
          assert.is_string(row[1], where)
          assert.is_string(row[2], where .. " " .. row[1])
          assert.is_true(type(row.doc) == "string" and #row.doc > 2, where .. " " .. row[1])
          look(row.fields, where .. " " .. row[1])
        end
      end
      for _, entry in ipairs(manual.entries()) do
        look(entry.params, entry.name)
        look(entry.returns, entry.name)
        look(entry.fields, entry.name)
      end
      assert.is_true(count > 200)
    end)

    it("functions and methods have the parameters that their signatures have", function()
      for _, entry in ipairs(manual.entries()) do
        if entry.kind == "function" or entry.kind == "method" then
          local inside = entry.signature:match("%((.*)%)[^()]*$"):gsub("^\"thrive.sandbox\"%)%.%w+%(", "")
          local names = {}
          for name in inside:gsub("[%[%]]", ""):gmatch("[^,%s]+") do names[#names + 1] = name == "…" and "..." or name end
          local params = {}
          for i, row in ipairs(entry.params or {}) do params[i] = row[1] end
          assert.same(names, params, entry.name)
        end
      end
    end)

    it("what it refers to is there", function()
      for _, entry in ipairs(manual.entries()) do
        for _, name in ipairs(entry.see or {}) do
          assert(topics.find(name), ("%s refers to %s"):format(entry.name, name))
        end
      end
    end)

    it("functions and methods have an example, but for the smallest", function()
      for _, entry in ipairs(manual.entries()) do
        if entry.kind == "function" or entry.kind == "verb" then assert.is_string(entry.example, entry.name) end
      end
    end)
  end)

  describe("has examples that run:", function()
    for _, entry in ipairs(manual.entries()) do
      if entry.example then
        it(entry.name, function()
          local ok, output = blocks.run('local thrive = require "thrive"\nlocal client = assert(thrive.client())\n'
            .. entry.example .. "\n", "manual.lua")
          assert.is_true(ok, output)
          for line in entry.example:gmatch("[^\n]+") do assert.is_true(utf8.len(line) <= 76, line) end
        end)
      end
    end
  end)
end)
