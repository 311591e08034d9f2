-- joiners_by_event.lua: gives new colleagues an account, and those who return theirs back, with Thrive's event
-- "user_joined". Try it, without an account of your own:
--
--   thrivelua --sandbox --dry-run examples/joiners_by_event.lua examples/data/joiners.csv
--
-- The columns of the file are Thrive's own field names; any other column is a custom field of your tenant.

local thrive = require "thrive"

local HELP = [[
usage: thrivelua [--sandbox] [--dry-run] examples/joiners_by_event.lua JOINERS.csv

Columns: ref, firstName, lastName, email; if you like also role, jobTitle, managerRef, startDate, timeZone, languageCode,
domain, and custom fields such as department. An empty cell is not sent.
  not in the tenant yet         joins (in the order of the file: put managers before the people they manage)
  in the tenant, but suspended  returns, with what the file says
  in the tenant and active      is left alone, so the same file can be run again

Exit status: 0 all is done, 3 some lines failed (they are listed), any other nothing was done.]]

if arg[1] == "--help" then return print(HELP) end
if #arg ~= 1 then
  io.stderr:write("joiners_by_event: one file is needed, see --help\n")
  os.exit(1)
end

local rows, lines = {}, {}
for row, line in thrive.csv.rows(arg[1], { required = { "ref", "firstName", "lastName", "email" }, trim = true }) do
  table.insert(rows, row)
  table.insert(lines, line)
end
local client = assert(thrive.client())

local function join(row)
  local user, err = client.users:get_by_ref(row.ref)
  if not user and err.kind ~= "not_found" then return nil, err end
  if user and (user.status == "active" or user.status == "new") then
    print("already here", row.ref)
    return true
  end
  local result, problem, meta = client.events:user_joined(row)
  if not result then return nil, problem end
  local verb = user and "return" or "join"
  print(meta.planned and "would " .. verb or verb .. "ed", row.ref, row.firstName, row.lastName)
  return true
end

-- map goes on after a line that fails, and also catches what is wrong with a line before anything is sent
local _, failures = thrive.map(rows, join, { concurrency = 1 })
print(("%d lines, %d failed"):format(#rows, #failures))
for _, failure in ipairs(failures) do
  io.stderr:write(("line %d: %s\n"):format(lines[failure.index], (tostring(failure.err):gsub("^%S+:%d+: ", ""))))
end
os.exit(failures[1] and 3 or 0, true)
