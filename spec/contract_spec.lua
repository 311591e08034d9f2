-- The wire, operation by operation: what a call of the catalogue puts on it, held against the golden files of
-- spec/contract/, which were read against the documents of the API. UPDATE_GOLDEN=1 writes them anew: read the diff.
-- And the catalogue itself: everything in it is described, has a golden file and a route in the sandbox.

local thrive = require "thrive"
local golden = require "spec.support.golden"
local operations = require "spec.support.operations"

local all = operations.all()
local update = os.getenv("UPDATE_GOLDEN") == "1"

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

local function file_of(name) return "spec/contract/" .. name .. ".txt" end

-- Suits every operation: a record with every key that one of them asks for, and an empty list.
local anything = '{"id":"x","statementId":"x","categoryId":"x","logEntryId":"x","audienceRequirementId":"x","results":[]}'
local not_token = "^/[^o]" -- the token endpoint keeps its own answer

describe("the golden file", function()
  local sandbox, env

  setup(function()
    sandbox = assert(require("thrive.sandbox").start{ users = 1 })
    env = setmetatable({
      thrive = thrive,
      client = assert(sandbox:client{ max_retries = 0 }),
      aptem = assert(thrive.aptem{ tenant = "acme", token = "aptem-token", base_url = sandbox.base_url .. "/api/1.0" }),
      sandbox = sandbox,
    }, { __index = _G })
  end)
  teardown(function() sandbox:stop() end)

  local function observe(case)
    sandbox:clear_faults()
    sandbox:clear_requests()
    for _, answer in ipairs(case.answers) do sandbox:fault{ path = not_token, body = answer } end
    sandbox:fault{ path = not_token, body = anything, times = 0 }
    local refused = golden.run(case, env)
    local lines, requests = {}, sandbox:requests()
    for _, request in ipairs(requests) do
      golden.show(request, lines)
      local masked = request.body:find("client_secret=***", 1, true)
      local length = request.body ~= "" and not masked and tostring(#request.body) or request.headers["content-length"]
      assert.equal(length, request.headers["content-length"], "Content-Length")
    end
    if refused then lines[#lines + 1] = "! " .. refused end
    return lines
  end

  local names = { "token" }
  for _, operation in ipairs(all) do names[#names + 1] = operation.name end
  for _, name in ipairs(names) do
    local path = file_of(name)
    if exists(path) then
      local cases, head = golden.read(path)
      if update then
        it("of " .. name .. " is written", function()
          for _, case in ipairs(cases) do case.expected = observe(case) end
          golden.write(path, head, cases)
        end)
      else
        for _, case in ipairs(cases) do
          it(("of %s: %s"):format(name, case.title), function()
            assert.equal(table.concat(case.expected, "\n"), table.concat(observe(case), "\n"),
              ("%s:%d"):format(path, case.line))
          end)
        end
        it(("of %s shows a request"):format(name), function()
          local shown = 0
          for _, case in ipairs(cases) do
            if case.expected[1] and case.expected[1]:find("^>") then shown = shown + 1 end
          end
          assert.is_true(shown > 0)
        end)
      end
    end
  end
end)

-- The sandbox was written from the documents, not from the catalogue: a second opinion on the shape of every request. It
-- knows none of the ids in the golden files, so what it says of their state (404, 409, 422) does not count.
describe("the sandbox", function()
  local function answers(case)
    local sandbox <close> = assert(require("thrive.sandbox").start{ users = 1, aptem_token = "aptem-token" })
    local env = setmetatable({
      thrive = thrive, client = assert(sandbox:client{ max_retries = 0 }), sandbox = sandbox,
      aptem = assert(thrive.aptem{ tenant = sandbox.aptem_tenant, token = "aptem-token", base_url = sandbox.aptem_url }),
    }, { __index = _G })
    -- Where a write follows what was read, it is read from the file; everything else the sandbox answers itself.
    local writes = table.concat(case.expected, "\n"):find("> P[UOA]")
    for _, answer in ipairs(writes and case.answers or {}) do
      sandbox:fault{ path = not_token, method = "GET", body = answer, handled = true }
    end
    pcall(golden.run, case, env) -- what it refuses for its state may stop the case: what was sent is looked at
    return sandbox:requests()
  end

  for _, operation in ipairs(all) do
    it("has no objection to the shape of the requests of " .. operation.name, function()
      for _, case in ipairs((golden.read(file_of(operation.name)))) do
        for _, request in ipairs((answers(case))) do
          local where = ("%s: %s: %s %s: %s"):format(case.title, request.method, request.target, tostring(request.status),
            request.body)
          assert.truthy(request.operation, where)
          assert.is_nil(request.error, where)
          assert.is_true(request.status ~= 400 and request.status ~= 405 and request.status ~= 415, where)
        end
      end
    end)
  end
end)

describe("an event that brings neither id nor timestamp", function()
  it("gets a fresh id and the time in UTC with milliseconds, and keeps the fields' order", function()
    local sandbox <close> = assert(require("thrive.sandbox").start{ users = 1 })
    local client = assert(sandbox:client())
    sandbox:fault{ path = "/webhooks", body = "{}", times = 0 }
    local before = os.time()
    for _ = 1, 2 do assert(client.events:user_deleted{ ref = "U1" }) end
    local first, second = table.unpack((sandbox:requests()))
    assert.not_equal(first.json.id, second.json.id)
    local year, month, day, hour, minute, seconds =
      first.json.timestamp:match("^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)%.%d%d%dZ$")
    local utc = os.date("!*t", before)
    local sent = os.time{ year = year, month = month, day = day, hour = hour, min = minute, sec = seconds }
    assert.is_true(math.abs(sent - os.time{ year = utc.year, month = utc.month, day = utc.day, hour = utc.hour,
      min = utc.min, sec = utc.sec }) <= 5)
    assert.truthy(first.body:find(
      '^{"id":"%x+","timestamp":"[^"]+","eventType":"user_deleted","content":{"user":{"ref":"U1"}}}$'))
  end)
end)

describe("the catalogue", function()
  it("has the 52 operations of Thrive and the 4 of Aptem", function()
    local thrives, aptems = 0, 0
    for _, operation in ipairs(all) do
      if operation.group.name:find("^aptem") then aptems = aptems + 1 else thrives = thrives + 1 end
    end
    assert.equal(52, thrives)
    assert.equal(4, aptems)
  end)

  -- Every parameter and, in it, every field; the entries of an array are described by their array.
  local function undescribed(param, path, found, is_entry)
    path = path .. "." .. param[1]
    if not is_entry and (type(param.doc) ~= "string" or param.doc == "") then found[#found + 1] = path end
    for _, field in ipairs(param.fields or {}) do undescribed(field, path, found) end
    if param.items then undescribed(param.items, path, found, true) end
  end

  for _, group in ipairs(require("thrive.describe").groups()) do
    it(("describes group %s and its records"):format(group.name), function()
      assert.truthy(group.doc and group.doc ~= "")
      local found = {}
      for name, fields in pairs(group.records) do
        for _, field in ipairs(fields) do undescribed(field, name, found) end
        assert.is_true(#fields > 0)
      end
      assert.same({}, found)
    end)
  end

  for _, operation in ipairs(all) do
    local name, entry = operation.name, operation.entry
    it(("describes %s"):format(name), function()
      assert.truthy(entry.doc and entry.doc:find("%.$"))
      local found = {}
      for _, list in ipairs{ entry.args or {}, entry.params or {}, { entry.list } } do
        for _, param in ipairs(list) do undescribed(param, name, found) end
      end
      assert.same({}, found)
    end)

    it(("says what %s returns"):format(name), function()
      if entry.expect == "nothing" then
        assert.is_nil(entry.returns)
      else
        assert.truthy(operation.group.records[entry.returns], tostring(entry.returns))
      end
    end)

    it(("has a golden file for %s"):format(name), function() assert.is_true(exists(file_of(name)), file_of(name)) end)

    it(("has a route of the sandbox for %s"):format(name), function()
      assert.is_true(operations.has_route(entry, name:find("^aptem")), ("%s %s"):format(entry.method, entry.path))
    end)
  end

  it("has no golden file too many", function()
    local known = { token = true }
    for _, operation in ipairs(all) do known[operation.name] = true end
    local list <close> = assert(io.popen("ls spec/contract"))
    for file in list:lines() do assert.truthy(known[file:match("^(.*)%.txt$")], file) end
  end)
end)
