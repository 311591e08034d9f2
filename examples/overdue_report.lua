-- overdue_report.lua: who is late with which assigned training, as CSV. Try it, without an account of your own:
--
--   thrivelua --sandbox examples/overdue_report.lua dept-care >overdue.csv
--
-- It only reads.

local thrive = require "thrive"

local HELP = [[
usage: thrivelua [--sandbox] examples/overdue_report.lua [AUDIENCE] >overdue.csv

AUDIENCE, an id or a reference, limits the report to what is assigned to that audience. The longest overdue come first.
People whose accounts are suspended are in it too: see the column status.

Exit status: 0 the report is complete, 3 some assignments could not be read (they are listed), any other there is no report.]]

if arg[1] == "--help" then return print(HELP) end
if arg[2] or (arg[1] or ""):find("^%-") then
  io.stderr:write("overdue_report: one audience at most, see --help\n")
  os.exit(1)
end

local client = assert(thrive.client())
local assignments = {}
for assignment in client.assignments:each{ audienceId = arg[1] } do
  if assignment.isActive ~= false and not assignment.isDeleted then table.insert(assignments, assignment) end
end
local lists, failures = thrive.map(assignments, function(assignment) -- several at once
  return client.assignments.enrolments:all(assignment.id, { status = "overdue" })
end)

local users, titles, audiences, overdue = {}, {}, {}, {}
for user in client.users:each() do users[user.id] = user end
for content in client.content:each() do titles[content.id] = content.title end
for audience in client.audiences:each() do audiences[audience.id] = audience.name end
for i in ipairs(assignments) do for _, one in ipairs(lists[i] or {}) do table.insert(overdue, one) end end
table.sort(overdue, function(a, b) return (a.dueDate or "") .. a.id < (b.dueDate or "") .. b.id end)

local out = assert(thrive.csv.writer(io.stdout, {
  columns = { "ref", "firstName", "lastName", "email", "status", "audience", "content", "dueDate" } }))
for _, enrolment in ipairs(overdue) do
  local user = users[enrolment.userId] or { ref = enrolment.userId, status = "unknown" }
  out:write{ ref = user.ref, firstName = user.firstName, lastName = user.lastName, email = user.email, status = user.status,
    audience = audiences[enrolment.audienceId] or enrolment.audienceId,
    content = titles[enrolment.primaryContentId] or enrolment.primaryContentId, dueDate = (enrolment.dueDate or ""):sub(1, 10) }
end
out:close() -- a disk that is full is found out here
for _, failure in ipairs(failures) do
  io.stderr:write(("assignment %s: %s\n"):format(failure.item.id, tostring(failure.err)))
end
os.exit(failures[1] and 3 or 0, true)
