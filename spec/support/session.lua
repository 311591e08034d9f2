--- A scripted session that touches what a program touches, for runs under valgrind and the sanitizers: a tenant, clients,
-- reading, writing, tasks, failures of every kind, and things left behind for lua_close. Prints TAP.
--
--     build/thrivelua spec/support/session.lua
local thrive = require "thrive"
local sandboxes = require "thrive.sandbox"

local tests = 0

local function check(name, condition, ...)
  tests = tests + 1
  print(("%s %d - %s"):format(condition and "ok" or "not ok", tests, name))
  if not condition then print("# got: " .. table.concat({ tostring(condition), tostring((...)) }, " ")) end
end

local function kind(_, err)
  return err and err.kind
end

local sandbox = assert(sandboxes.start { users = 120 })
local client = assert(sandbox:client { max_retries = 1 })

local made = client.users:create { ref = "N1", firstName = "Zoë", lastName = "Ng", email = "zoe@example.com" }
check("a user is created", made and made.ref == "N1")
check("and updated", (client.users:update("N1", { jobTitle = "Welder", managerRef = thrive.null })))
check("and suspended", (client.users:suspend("N1")))
check("a page is listed", #client.users:list { perPage = 50 }.results == 50)

local seen = 0
for _ in client.users:each { perPage = 25 } do seen = seen + 1 end
check("all are iterated over", seen == 121, seen)
seen = 0
for _ in client.users:each { perPage = 10 } do
  seen = seen + 1
  if seen == 3 then break end
end
check("an iteration may be left early", seen == 3)
check("an iteration may be raised out of", not pcall(function()
  for _ in client.users:each { perPage = 10 } do error("enough") end
end))
check("all is a list", #client.users:all { perPage = 100 } == 121)

local refs = {}
for i = 1, 12 do refs[i] = ("M%02d"):format(i) end
local results, failures = thrive.map(refs, function(ref)
  if ref == "M07" then error({ why = "an error that is a table" }) end
  return client.users:create { ref = ref, firstName = "A", lastName = "B", email = ref .. "@example.com" }
end, { concurrency = 4 })
check("tasks work at the same time", results[12] and results[12].ref == "M12")
check("and one may fail", failures and #failures == 1 and failures[1].index == 7)

check("nothing found", kind(client.users:get("0123456789abcdef01234567")) == "not_found")
check("a conflict", kind(client.users:create {
  ref = "N1", firstName = "Z", lastName = "N", email = "zoe@example.com",
}) ~= nil)
check("misuse is raised", not pcall(client.users.create, client.users, { reff = 1 }))
local _, err = client.users:get("0123456789abcdef01234567")
check("an error has a text", #tostring(err) > 20)

-- Each of these ends a transfer in another way.
for _, case in ipairs {
  { "a server error", { status = 500, times = 100 }, "server" },
  { "no JSON", { json = "invalid" }, "decode" },
  { "a page of HTML", { html = true, status = 200 }, "decode" },
  { "a connection that is reset", { reset = "before", times = 100 }, "network" },
  { "a body that ends early", { truncate = 10, times = 100 }, "network" },
} do
  sandbox:fault(case[2])
  local failed = kind(client.users:get_by_ref("U0001", { max_retries = 0 }))
  check(case[1], failed == case[3], failed)
  sandbox:clear_faults()
end
sandbox:fault { delay = 5 }
check("a timeout", kind(client.users:list({}, { timeout = 0.1, max_retries = 0 })) == "timeout")
sandbox:clear_faults()
sandbox:fault { method = "POST", reset = "after" }
check("a write that may have happened", kind(client.users:create {
  ref = "N9", firstName = "Z", lastName = "N", email = "n9@example.com",
}) == "ambiguous")
sandbox:clear_faults()

local oauth = assert(sandbox:client { client_secret = sandbox.client_secret, scope = "api/read" })
check("a token is fetched", (oauth.users:list { perPage = 1 }))
local dry = assert(sandbox:client { dry_run = true })
check("a dry run", (dry.users:delete("N1")))
local guarded = assert(sandbox:client { read_only = true })
check("read only", kind(guarded.users:delete("N1")) == "guard")

-- Everything at once on a bad day.
for i, rule in ipairs {
  { status = 429, headers = { ["Retry-After"] = "0.05" } }, { status = 503, headers = { ["Retry-After"] = "0" } },
  { reset = "before" }, { reset = "after" }, { truncate = 5 }, { json = "invalid" },
} do
  rule.method, rule.path, rule.probability, rule.seed, rule.times = "POST", "/rest/v2/users", 0.05, i, i == 1 and 1 or 20
  sandbox:fault(rule)
end
local writes = {}
for i = 1, 60 do
  writes[i] = { ref = "D" .. i, firstName = "D", lastName = "E", email = ("d%d@example.com"):format(i) }
end
results, failures = thrive.map(writes, function(row) return client.users:create(row) end, { concurrency = 12 })
local made_or_told = true
for i, row in ipairs(writes) do
  local told = results[i] ~= nil
  for _, failure in ipairs(failures) do told = told or failure.index == i end
  made_or_told = made_or_told and told and (results[i] == nil or sandbox:user(row.ref) ~= nil)
end
check("sixty creates on a bad day are accounted for", made_or_told)
sandbox:clear_faults()
check("what a client has done is counted", client:stats().p95 ~= nil)

-- A loop of somebody else's, tasks that are given up, a client that is closed among many.
local stepped = 0
for i = 1, 20 do
  thrive.spawn(function()
    for user in client.users:each({ perPage = 10 }, { limit = 20 + i }) do stepped = stepped + (user.ref and 1 or 0) end
  end)
end
while client:step(0.25) do client:fds() end
check("tasks run under a loop of one's own", stepped == 20 * 20 + 210, stepped)
sandbox:fault { delay = 0.01, probability = 0.5, times = 1000 }
local many, crowded = {}, assert(sandbox:client { concurrency = 3 })
for i = 1, 30 do
  many[i] = thrive.spawn(function()
    if i % 3 == 0 then
      for _ in crowded.users:each { perPage = 5 } do end
    end
    return crowded.users:get_by_ref("U0001")
  end)
end
thrive.sleep(0.02)
for i = 1, 10 do require("thrive.scheduler").cancel(many[i]) end
thrive.sleep(0.02)
crowded:close()
local ended = 0
for i = 1, 30 do
  pcall(many[i].wait, many[i])
  ended = ended + (many[i].finished and 1 or 0)
end
check("tasks end when they are given up, and when their client is closed", ended == 30, ended)
sandbox:clear_faults()

-- Transfers under way when their client is closed, is dropped, or the process ends.
sandbox:fault { delay = 5, times = 100 }
local closing = assert(sandbox:client { max_retries = 0 })
local task = thrive.spawn(function() return closing.users:list {} end)
thrive.sleep(0.05)
closing:close()
check("a call whose client is closed", kind(task:wait()) ~= nil)
do
  local dropped = assert(sandbox:client { max_retries = 0 })
  thrive.spawn(function() return dropped.users:list {} end)
  thrive.sleep(0.05)
end
collectgarbage()
collectgarbage()
thrive.spawn(function() return client.users:list {} end)
thrive.sleep(0.05)
check("transfers may be left under way", true)
client:close()
check("a closed client says so", not pcall(client.users.list, client.users))

local rows = 0
for _ in thrive.csv.rows("examples/data/hr.csv") do rows = rows + 1 end
check("a CSV file is read", rows >= 300, rows)
sandbox:stop()
print("1.." .. tests)
