-- hr_sync.lua: brings a Thrive tenant in line with an HR feed, a CSV file with one line per person (the columns are
-- those of examples/data/hr.csv; employee_id is the person's `ref` in Thrive). Try it, without an account:
--
--   thrivelua --sandbox --dry-run examples/hr_sync.lua examples/data/hr.csv
--
-- First the whole feed and the whole tenant are read and compared; if something is wrong with either, nothing is written.
-- Then the differences are applied, person by person. A second run finds nothing to do.

local thrive = require "thrive"
local csv = require "thrive.csv"

local HELP = [[
usage: thrivelua [--sandbox] [--dry-run] examples/hr_sync.lua [--suspend-missing] [--force] FEED.csv

What happens to a line of the feed:
  not in the tenant yet         the person is created (managers before the people they manage)
  in the tenant, something new  the fields that changed are updated; an empty cell changes nothing
  in the tenant, but suspended  the person has returned and gets the account back
  status Left, or past end_date the person is suspended
People who are not in the feed are left alone and counted, unless you say
  --suspend-missing  to suspend them too, administrators excepted
More suspensions than 10 (or 5 % of the active users, if that is more) are refused, unless you say
  --force            (and before the script --yes, for thrivelua has the same limit of its own)

Exit status: 0 the tenant is in line, 3 some lines failed (they are listed), any other nothing was done.
Credentials: a profile, which thrivelua --login makes, or THRIVE_TENANT_ID and THRIVE_API_KEY in the environment.]]

-- Columns of the feed and the Thrive fields they fill. Custom fields have to be configured in the tenant.
local FIELDS = { first_name = "firstName", last_name = "lastName", email = "email", job_title = "jobTitle",
  manager_id = "managerRef", start_date = "startDate" }
local CUSTOM = { department = "department", location = "location" }
local NEEDED = { "employee_id", "first_name", "last_name", "email", "status" }
local STATUS = { active = true, ["on leave"] = true, left = true }

local function is_date(text) -- 2024-02-30 is none: as a time it becomes another day
  local y, m, d = text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)$")
  return y and os.date("%Y-%m-%d", os.time{ year = y, month = m, day = d, hour = 12 }) == text
end

-- The feed: its people, the same by ref, and everything that is wrong with it.
local function read_feed(path)
  local feed, seen, today = { people = {}, by_ref = {}, problems = {} }, {}, os.date("!%Y-%m-%d")
  for row, line in csv.rows(path, { required = NEEDED, trim = true }) do
    local function bad(text, ...) table.insert(feed.problems, ("line %d: " .. text):format(line, ...)) end
    for _, column in ipairs(NEEDED) do if not row[column] then bad("%s is empty", column) end end
    for _, column in ipairs{ "start_date", "end_date" } do
      if not is_date(row[column] or today) then bad("%s %s is not a date like 2024-06-30", column, row[column]) end
    end
    for _, column in ipairs{ "employee_id", "email" } do -- nobody twice
      local key = row[column] and column .. row[column]:lower()
      if key and seen[key] then bad("%s %s is also in line %d", column, row[column], seen[key]) end
      if key then seen[key] = line end
    end
    local ref, status = row.employee_id, (row.status or ""):lower()
    if row.email and not row.email:find("^[^@%s]+@[^@%s]+%.[^@%s]+$") then bad("email %s is not an address", row.email) end
    if row.status and not STATUS[status] then bad("status %s is not Active, On leave or Left", row.status) end
    if ref and row.manager_id == ref then bad("%s is their own manager", ref) end
    if ref and ref:find("^%.%.?$") then bad("employee_id %s cannot be part of a URL", ref) end

    local left = row.end_date and row.end_date < today or status == "left" and (row.end_date or today) <= today
    local person = { ref = ref, line = line, left = left, end_date = row.end_date, fields = { additionalFields = {} } }
    for column, field in pairs(FIELDS) do person.fields[field] = row[column] end
    for column, field in pairs(CUSTOM) do person.fields.additionalFields[field] = row[column] end
    table.insert(feed.people, person)
    if ref then feed.by_ref[ref] = person end
  end
  if not feed.people[1] then table.insert(feed.problems, "there is nobody in it") end
  return feed
end

-- Everybody in the tenant by ref. `each` asks for page after page; if a page cannot be had it raises an error, so half
-- a tenant never looks like all of it.
local function read_tenant(client)
  local tenant = { users = {}, active = 0, has_titles = false }
  for user in client.users:each{ perPage = 1000 } do
    if user.ref and not user.deleted then
      user.suspended = user.status == "inactive" or user.status == "expired"
      user.position = (user.positions or {})[1] or {} -- the job: the active one, when there are several
      for _, position in ipairs(user.positions or {}) do if position.isActive then user.position = position end end
      tenant.users[user.ref] = user
      tenant.has_titles = tenant.has_titles or user.position.title ~= nil
      if not user.suspended then tenant.active = tenant.active + 1 end
    end
  end
  return tenant
end

-- The update that is needed, or nil. Thrive shows users in another form than it takes them: title and manager are in
-- `positions` (not every tenant shows titles), and start dates are not shown, so they are sent for new people only.
local function changes(person, user, tenant)
  local update, custom, changed = {}, {}, false
  local now = { firstName = user.firstName or "", lastName = user.lastName or "", email = user.email or "",
    managerRef = (user.position.manager or {}).ref or "", jobTitle = tenant.has_titles and (user.position.title or "") or nil }
  for field, old in pairs(now) do if old ~= (person.fields[field] or old) then update[field] = person.fields[field] end end
  for field, value in pairs(user.additionalFields or {}) do custom[field] = value end
  for field, value in pairs(person.fields.additionalFields) do
    changed, custom[field] = changed or custom[field] ~= value, value
  end
  if changed then update.additionalFields = custom end -- all of them: those not sent might be lost
  return next(update) and update or nil
end

-- Decides who is to be created, updated, suspended, or to rejoin. Adds to feed.problems what only the tenant shows.
local function make_plan(feed, tenant, suspend_missing)
  local plan = { rejoin = {}, create = {}, update = {}, suspend = {}, unchanged = {}, missing = {} }
  local function create(person)
    if person.planned then return end
    person.planned = true
    local manager = feed.by_ref[person.fields.managerRef] -- a manager who is new too goes first
    if manager and not manager.left and not tenant.users[manager.ref] then create(manager) end
    table.insert(plan.create, person)
  end
  for _, person in ipairs(feed.people) do
    local user, manager = tenant.users[person.ref], person.fields.managerRef
    local known = tenant.users[manager] or feed.by_ref[manager] and not feed.by_ref[manager].left
    if manager and not known and not person.left then
      table.insert(feed.problems, ("line %d: manager %s has no account and gets none"):format(person.line, manager))
    elseif person.left then
      table.insert(user and not user.suspended and plan.suspend or plan.unchanged, person)
    elseif not user then
      create(person)
    elseif user.suspended then
      table.insert(plan.rejoin, person)
    else
      person.update = changes(person, user, tenant)
      table.insert(person.update and plan.update or plan.unchanged, person)
    end
  end
  for ref, user in pairs(tenant.users) do
    if not feed.by_ref[ref] and not user.suspended then
      table.insert(plan.missing, user)
      if suspend_missing and user.role ~= "administrator" then table.insert(plan.suspend, { ref = ref, fields = user }) end
    end
  end
  table.sort(plan.suspend, function(a, b) return a.ref < b.ref end)
  return plan
end

-- How each is done. All of these return a result, or nil and an error; then details of the call.
local run = {}
function run.create(client, person)
  person.fields.ref = person.ref
  return client.users:create(person.fields)
end
function run.update(client, person) return client.users:update(person.ref, person.update) end
function run.suspend(client, person) return client.users:suspend(person.ref, { endDate = person.end_date }) end
function run.rejoin(client, person) -- only the event "user_joined" undoes a suspension
  local user = { ref = person.ref }
  for field, value in pairs(person.fields) do user[field] = value end
  for field, value in pairs(person.fields.additionalFields) do user[field] = value end
  user.additionalFields = nil -- in an event, custom fields stand beside the others
  return client.events:user_joined(user)
end

local function fail(status, message, ...)
  return io.stderr:write("hr_sync: ", message:format(...), "\n") and status
end

local function main(words)
  local options, path = { ["--force"] = false, ["--suspend-missing"] = false, ["--help"] = false }, nil
  for _, word in ipairs(words) do
    if options[word] == nil and (path or word:find("^%-")) then return fail(1, "%s is one too many, see --help", word) end
    if options[word] ~= nil then options[word] = true else path = word end
  end
  if options["--help"] then return print(HELP) or 0 end
  if not path then return fail(1, "which feed? See --help") end

  local feed = read_feed(path) -- an error in here or in read_tenant ends the script, before anything is written
  local client <close> = assert(thrive.client())
  local tenant = not feed.problems[1] and read_tenant(client)
  local plan = tenant and make_plan(feed, tenant, options["--suspend-missing"])
  if feed.problems[1] then
    return fail(1, "%s cannot be used, nothing was changed:\n  %s", path, table.concat(feed.problems, "\n  "))
  elseif #plan.suspend > math.max(10, tenant.active * 5 // 100) and not options["--force"] then
    return fail(1, "%d of %d people would be suspended, nothing was changed: is %s complete? --force does it all the same",
      #plan.suspend, tenant.active, path)
  end

  local done, failed, planned = {}, {}, nil
  for _, action in ipairs{ "rejoin", "create", "update", "suspend" } do
    done[action] = 0
    for _, person in ipairs(plan[action]) do
      local result, err, meta = run[action](client, person)
      if result then
        done[action], planned = done[action] + 1, meta.planned -- planned: not sent, because of thrivelua --dry-run
        print(planned and "would" or "did", action, person.ref, person.fields.firstName, person.fields.lastName)
      else -- the others still have their turn
        table.insert(failed, ("line %s: %s %s: %s"):format(person.line or "-", action, person.ref, tostring(err)))
      end
    end
  end
  print(("%s: %d people; %d more are active in the tenant"):format(path, #feed.people, #plan.missing))
  local summary = "created %d, updated %d, suspended %d, returned %d, unchanged %d, failed %d"
  print((planned and "dry run, nothing was changed; otherwise: " or "") .. summary:format(done.create, done.update,
    done.suspend, done.rejoin, #plan.unchanged, #failed))
  return failed[1] and fail(3, "failed:\n  %s", table.concat(failed, "\n  ")) or 0
end

os.exit(main(arg), true)
