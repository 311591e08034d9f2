-- settings.watch: who watches is told of every request of every client, and once of every call that is over.
local settings = require "thrive.settings"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"
local thrive = require "thrive"

describe("who watches", function()
  local sandbox, seen, watcher

  before_each(function()
    sandbox = assert(sandboxes.start{ users = 30 })
    seen = {}
    local function note(what) return function(event) seen[#seen + 1] = { what, event } end end
    watcher = { request = note("request"), response = note("response"), retry = note("retry"), done = note("done") }
    table.insert(settings.watch, watcher)
  end)

  after_each(function()
    for i, one in ipairs(settings.watch) do if one == watcher then table.remove(settings.watch, i) end end
    sandbox:stop()
  end)

  -- "request response done", of an operation if it is given.
  local function story(operation)
    local words = {}
    for _, entry in ipairs(seen) do
      if not operation or entry[2].operation == operation then words[#words + 1] = entry[1] end
    end
    return table.concat(words, " ")
  end

  local function done(n)
    for _, entry in ipairs(seen) do
      if entry[1] == "done" then
        n = n - 1
        if n == 0 then return entry[2] end
      end
    end
    error("so many calls were not over")
  end

  it("hears of a read", function()
    local client <close> = assert(sandbox:client{})
    client.users:list{ perPage = 2 }
    assert.equal("request response done", story())
    local event = done(1)
    assert.equal("users.list", event.operation)
    assert.equal(200, event.status)
    assert.equal(1, event.attempts)
    assert.is_nil(event.write)
    assert.is_nil(event.err)
    assert.is_true(event.elapsed >= 0)
    assert.equal("thrive", event.account.service)
    assert.equal(sandbox.base_url, event.account.base_url)
    assert.equal(sandbox.tenant_id, event.account.tenant)
  end)

  it("hears of attempts, of the pauses between them, and once of the end", function()
    sandbox:fault{ method = "GET", path = "U0001", status = 503, times = 1 }
    local client <close> = assert(sandbox:client{})
    client.users:get_by_ref("U0001")
    assert.equal("request response retry request response done", story())
    assert.is_true(seen[3][2].delay >= 0)
    assert.equal(503, seen[3][2].status)
    assert.equal(2, done(1).attempts)
  end)

  it("hears of writes what is known of them", function()
    local client <close> = assert(sandbox:client{})
    client.users:update("U0001", { jobTitle = "x" })
    client.audiences.members:add("group-mentors", { "U0001", "U0002" })
    client:request{ method = "DELETE", path = "/rest/v9/x" }
    assert.is_true(done(1).write and done(2).write and done(3).write)
    assert.equal("update", done(1).entry.verb)
    assert.is_nil(done(1).count)
    assert.equal(2, done(2).count)
    assert.is_nil(done(3).entry)
    assert.equal("not_found", done(3).err.kind)
  end)

  it("hears of a call that raises, of one that is planned, and of one that is refused, once each", function()
    local raising <close> = assert(sandbox:client{ raise = true })
    assert.equal("not_found", subject.raised(raising.users.get_by_ref, raising.users, "nobody").kind)
    assert.equal("not_found", subject.raised(raising.users.delete, raising.users, "nobody").kind)
    local dry <close> = assert(sandbox:client{ dry_run = true })
    dry.users:delete("U0001")
    local guarded <close> = assert(sandbox:client{ read_only = true })
    guarded.users:delete("U0001")
    assert.equal("request response done request response done done done", story())
    assert.equal("not_found", done(2).err.kind)
    assert.is_true(done(3).planned)
    assert.equal(0, done(3).attempts)
    assert.equal("guard", done(4).err.kind)
  end)

  it("hears of tokens, but not as of calls", function()
    local client <close> = assert(sandbox:client{ client_secret = sandbox.client_secret })
    client.users:get_by_ref("U0001")
    assert.equal("request response", story("token"))
    assert.equal("request response done", story("users.get_by_ref"))
  end)

  it("hears of the pages of a loop as they are read", function()
    local client <close> = assert(sandbox:client{})
    local n = 0
    for _ in client.users:each({ perPage = 10 }, { prefetch = 0 }) do n = n + 1 end
    assert.equal(30, n)
    assert.equal("request response done request response done request response done", story())
  end)

  it("hears of a write whose task is cancelled, and of one whose client is closed", function()
    sandbox:fault{ method = "PATCH", path = "U000", delay = 20, times = 0 }
    local client <close> = assert(sandbox:client{})
    local task = thrive.spawn(function() client.users:update("U0001", { jobTitle = "x" }) end)
    thrive.sleep(0)
    require("thrive.scheduler").cancel(task)
    assert.equal("cancelled", done(1).err.kind)
    local other = thrive.spawn(function() return client.users:update("U0002", { jobTitle = "x" }) end)
    thrive.sleep(0)
    client:close()
    other:wait()
    assert.equal("cancelled", done(2).err.kind)
    assert.equal("/rest/v2/users/ref/U0002", done(2).path)
  end)

  it("hears of clients that were made before it began", function()
    local client <close> = assert(sandbox:client{})
    table.remove(settings.watch)
    client.users:get_by_ref("U0001")
    assert.equal(0, #seen)
    table.insert(settings.watch, watcher)
    client.users:get_by_ref("U0001")
    assert.equal("request response done", story())
  end)

  it("gets no table of the script's, and the script none of theirs", function()
    watcher.request = function(event) event.method = "changed" end
    local method
    local client <close> = assert(sandbox:client{ on = { response = function(event) method = event.method end } })
    client.users:get_by_ref("U0001")
    assert.equal("GET", method)
    assert.is_nil(seen[1][2].delay)
  end)

  it("changes nothing by failing", function()
    watcher.response = function() error("broken") end
    local client <close> = assert(sandbox:client{})
    assert.equal("U0001", assert(client.users:get_by_ref("U0001")).ref)
  end)
end)

-- What thrive.guard, plans and questions rest on.
describe("the catalogue", function()
  local operations = require "spec.support.operations"

  it("says of every DELETE what it is counted as", function()
    local kinds = { delete = true, suspend = true, remove = true, replace = true, ["by event"] = true,
      ["by end date"] = true }
    for _, operation in ipairs(operations.all()) do
      local kind = operation.entry.destructive
      assert.is_true(kinds[kind] or kind == nil and operation.entry.method ~= "DELETE", operation.name)
    end
  end)

  it("says of every update, suspension, replace and delete where the record is read, by operations that are there", function()
    local by_name = {}
    for _, operation in ipairs(operations.all()) do by_name[operation.name] = operation end
    for name, operation in pairs(by_name) do
      local entry = operation.entry
      local current = entry.current
      if entry.verb == "update" or entry.destructive and entry.destructive ~= "remove" and entry.destructive ~= "by event" then
        assert.truthy(current, name)
      end
      if current then
        local read = by_name[current.read or operation.group.name .. "." .. current.list]
        assert.truthy(read and read.entry.method == "GET", name)
        assert.truthy(current.by or current.params or #(read.entry.args or {}) == #(entry.args or {}), name)
      end
    end
  end)
end)
