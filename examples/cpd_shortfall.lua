-- cpd_shortfall.lua: who has logged less professional development (CPD) than their audience has to, as CSV. Try it:
--
--   thrivelua --sandbox examples/cpd_shortfall.lua 2023-06-01 2024-05-31 >shortfall.csv
--
-- It only reads, and needs no account with --sandbox.

local thrive = require "thrive"

local HELP = [[
usage: thrivelua [--sandbox] examples/cpd_shortfall.lua FIRST_DAY LAST_DAY >shortfall.csv

One line for each member of each audience with a requirement who logged fewer minutes than required from FIRST_DAY to the
end of LAST_DAY (2024-05-31, in UTC). Who is in several such audiences is measured against each of them.

Exit status: 0 the report is complete, 3 some audiences could not be read (they are listed), any other there is no report.]]

if arg[1] == "--help" then return print(HELP) end
local from, to = arg[1] or "", arg[2] or ""
if not (from .. to):find("^%d%d%d%d%-%d%d%-%d%d%d%d%d%d%-%d%d%-%d%d$") or from > to or arg[3] then
  io.stderr:write("cpd_shortfall: a first and a last day like 2024-05-31 are needed, see --help\n")
  os.exit(1)
end

local client = assert(thrive.client())
local minutes, requirements = {}, client.cpd.requirements:all()
for sum in client.cpd.summaries:each{ entryDateFrom = from .. "T00:00:00", entryDateTo = to .. "T23:59:59" } do
  minutes[sum.userId] = sum.durationMinutes
end
local audiences, failures = thrive.map(requirements, function(requirement) -- several at once
  local audience, err = client.audiences:get(requirement.audienceId)
  return audience and { name = audience.name, members = client.audiences.members:all(audience.id) }, err
end)

local out = assert(thrive.csv.writer(io.stdout, {
  columns = { "audience", "ref", "email", "requiredMinutes", "loggedMinutes", "missingMinutes" } }))
for i, requirement in ipairs(requirements) do
  for _, member in ipairs(audiences[i] and audiences[i].members or {}) do
    local required, logged = requirement.requiredMinutes, minutes[member.userId] or 0
    if logged < required then
      out:write{ audience = audiences[i].name, ref = member.reference, email = member.email, requiredMinutes = required,
        loggedMinutes = logged, missingMinutes = required - logged }
    end
  end
end
out:close() -- a disk that is full is found out here
for _, failure in ipairs(failures) do
  io.stderr:write(("audience %s: %s\n"):format(failure.item.audienceId, tostring(failure.err)))
end
os.exit(failures[1] and 3 or 0, true)
