-- managers.lua: gives audiences their managers, and what each may do, from a file. Try it, without an account of your own:
--
--   thrivelua --sandbox --dry-run examples/managers.lua examples/data/managers.csv
--
-- Managers who are not in the file stay as they are. A second run finds nothing to do.

local thrive = require "thrive"

local HELP = [[
usage: thrivelua [--sandbox] [--dry-run] examples/managers.lua MANAGERS.csv

Columns: audience (id or reference), manager (ref or email address), and yes or no in each of manage_content, assignments,
view_learning, insights, manage_people. One more is for structures: add_managers. An empty cell is a no.
Thrive changes the permissions of a manager only by replacing the whole list: do not change it elsewhere meanwhile.

Exit status: 0 all is done, 3 some managers or audiences failed (they are listed), 1 nothing was done.]]

if arg[1] == "--help" then return print(HELP) end
local function stop(message)
  io.stderr:write("managers: ", message, "\n")
  os.exit(1, true)
end
if #arg ~= 1 then stop("one file is needed, see --help") end

local audiences, wanted, answers = {}, {}, { yes = true, no = false, [""] = false } -- wanted: audience → its managers
for row, line in thrive.csv.rows(arg[1], { required = { "audience", "manager" }, trim = true, empty = "string" }) do
  local function may(column)
    local answer = answers[(row[column] or ""):lower()]
    if answer == nil then stop(("line %d: %s has to be yes or no, nothing was changed"):format(line, column)) end
    return answer
  end
  if row.audience == "" or row.manager == "" then stop(("line %d: audience or manager is empty"):format(line)) end
  if not wanted[row.audience] then table.insert(audiences, row.audience) end
  wanted[row.audience] = wanted[row.audience] or {}
  table.insert(wanted[row.audience], { reference = row.manager, permissions = {
    audienceManager = { manageContent = may "manage_content", assignments = may "assignments" },
    peopleManager = { canViewLearnPage = may "view_learning", insights = may "insights", manage = may "manage_people" },
    administrator = (row.add_managers or "") ~= "" and { canAddAudienceManagers = may "add_managers" } or nil } })
end

local client = assert(thrive.client())
local function has(manager, permissions) -- compares what is wanted; there is more that can be read than written
  for group, flags in pairs(permissions) do
    for name, value in pairs(flags) do if ((manager.permissions[group] or {})[name] or false) ~= value then return false end end
  end
  return true
end
local function update(audience)
  local page, err = client.audiences.managers:list(audience)
  if not page then return nil, err end
  local all, new, changed, by = page.results, {}, {}, {}
  for _, manager in ipairs(all) do
    manager.reference = manager.reference or manager.email
    by[manager.reference], by[(manager.email or manager.reference):lower()] = manager, manager
  end
  for _, one in ipairs(wanted[audience]) do
    local manager = by[one.reference] or by[one.reference:lower()]
    if not manager then
      table.insert(new, one)
      table.insert(all, one)
    elseif not has(manager, one.permissions) then
      manager.permissions = one.permissions
      table.insert(changed, one)
    end
  end
  ...
