-- leavers.lua: suspends people who have left, with the day on which they left. Try it, without an account of your own:
--
--   thrivelua --sandbox --dry-run examples/leavers.lua examples/data/leavers.csv
--
-- A suspended person cannot log in; nothing is deleted. joiners_by_event.lua brings somebody back.

local thrive = require "thrive"

local HELP = [[
usage: thrivelua [--sandbox] [--dry-run] examples/leavers.lua LEAVERS.csv

Columns: ref (the person's ref in Thrive) and endDate (2024-06-30). Other columns are not looked at.
  endDate is today or past   the person is suspended
  endDate is to come         nothing happens yet: run the same file again every day
  suspended already          nothing happens

Exit status: 0 all is done, 3 some lines failed (they are listed), any other nothing was done.]]

if arg[1] == "--help" then return print(HELP) end
if #arg ~= 1 then
  io.stderr:write("leavers: one file is needed, see --help\n")
  os.exit(1)
end

local rows, lines = {}, {}
for row, line in thrive.csv.rows(arg[1], { required = { "ref", "endDate" }, trim = true }) do
  table.insert(rows, row)
  table.insert(lines, line)
end
local client, today = assert(thrive.client()), os.date("!%Y-%m-%d")

local function leave(row)
  if not (row.endDate or ""):find("^%d%d%d%d%-%d%d%-%d%d$") then
    return nil, ("endDate has to be a day like 2024-06-30, not %s"):format(row.endDate or "empty")
  end
  local user, err = client.users:get_by_ref(row.ref)
  if not user then return nil, err end
  if user.status == "inactive" or user.status == "expired" then
    print("suspended before", row.ref)
  elseif row.endDate > today then
    print("not yet", row.ref, row.endDate)
  else
    local result, problem, meta = client.users:suspend(row.ref, { endDate = row.endDate })
    if not result then return nil, problem end
    print(meta.planned and "would suspend" or "suspended", row.ref, user.firstName, user.lastName, row.endDate)
  end
  return true
end

-- map goes on after a line that fails. In thrivelua it also lets the guard see them all before the first is suspended: a file
-- in which half the company leaves is a mistake, unless --max-changes or --yes says that it is not.
local _, failures = thrive.map(rows, leave)
print(("%d lines, %d failed"):format(#rows, #failures))
for _, failure in ipairs(failures) do
  io.stderr:write(("line %d: %s\n"):format(lines[failure.index], (tostring(failure.err):gsub("^%S+:%d+: ", ""))))
end
os.exit(failures[1] and 3 or 0, true)
