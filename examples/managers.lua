-- managers.lua: gives audiences their managers, and what each may do, from a file. Try it, without an account of your own:
--
--   thrivelua --sandbox --dry-run examples/managers.lua examples/data/managers.csv
--
-- Managers who are not in the file stay as they are. A second run finds nothing to do.

local thrive = require "thrive"

local HELP = [[
usage: thrivelua [--sandbox] [--dry-run] examples/managers.lua MANAGERS.csv

Columns: audience (id or reference), manager (ref or email address), and yes or no in each of manageContent, assignments,
canViewLearnPage, insights, manage. An empty cell is a no. For structures, and only for them: canAddAudienceManagers.
Whose permissions are others now is taken out and added anew, since Thrive has no way to change them.

Exit status: 0 all is done, 3 some lines failed (they are listed), any other nothing was done.]]

if arg[1] == "--help" then return print(HELP) end
if #arg ~= 1 then
  io.stderr:write("managers: one file is needed, see --help\n")
  os.exit(1)
end

local GROUPS = { manageContent = "audienceManager", assignments = "audienceManager", canViewLearnPage = "peopleManager",
  insights = "peopleManager", manage = "peopleManager", canAddAudienceManagers = "administrator" }
local ANSWERS, rows = { yes = true, no = false }, {}
for row, line in thrive.csv.rows(arg[1], { required = { "audience", "manager" }, trim = true }) do
  row.line = line
  table.insert(rows, row)
end
local client = assert(thrive.client())
local function set(row)
  local wanted = { audienceManager = {}, peopleManager = {}, administrator = row.canAddAudienceManagers and {} }
  for name, group in pairs(GROUPS) do
    local answer = ANSWERS[(row[name] or "no"):lower()]
    if answer == nil then return nil, name .. " has to be yes or no" end
    if wanted[group] then wanted[group][name] = answer end
  end
  if not row.manager then return nil, "manager is empty" end
  for _, manager in ipairs(assert(client.audiences.managers:list(row.audience)).results) do
    if manager.reference == row.manager or (manager.email or ""):lower() == row.manager:lower() then
      local same = true
      for name, group in pairs(GROUPS) do
        same = same and (not wanted[group] or ((manager.permissions[group] or {})[name] or false) == wanted[group][name])
      end
      if same then return print("unchanged", row.audience, row.manager) end
      assert(client.audiences.managers:remove(row.audience, manager.userId))
    end
  end
  local result, problem, meta = client.audiences.managers:add(row.audience, { { reference = row.manager, permissions = wanted } })
  if problem then return nil, result and result.outcomes[1].reason or problem end
  print(meta.planned and "would be manager" or "is manager", row.audience, row.manager)
end

local _, failures = thrive.map(rows, set, { concurrency = 1 }) -- an error ends a line, the others have their turn
print(("%d lines, %d failed"):format(#rows, #failures))
for _, failure in ipairs(failures) do
  io.stderr:write(("line %d: %s\n"):format(failure.item.line, (tostring(failure.err):gsub("^%S+:%d+: ", ""))))
end
os.exit(failures[1] and 3 or 0, true)
