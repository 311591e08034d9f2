-- skills_matrix.lua: sets the skill levels of people from a matrix, a line for each person and a column for each skill:
--
--   thrivelua --sandbox --dry-run examples/skills_matrix.lua examples/data/skills_matrix.csv
--
-- Thrive does not show levels, so a second run sends all of them again, to the same effect.

local thrive = require "thrive"

local HELP = [[
usage: thrivelua [--sandbox] [--dry-run] examples/skills_matrix.lua MATRIX.csv

Columns: ref (the person's ref in Thrive), name (not looked at), and the skills, by the names of their tags. Cells:
  Beginner                 the level that the person has, by its name in your tenant
  Beginner > Advanced      the level, and the one aimed at
  > Advanced               only the one aimed at
  none                     takes the level away; an empty cell changes nothing

Exit status: 0 all is done, 3 some lines failed (they are listed), any other nothing was done.]]

if arg[1] == "--help" then return print(HELP) end
local function stop(message)
  io.stderr:write("skills_matrix: ", message, "\n")
  os.exit(1, true)
end
if #arg ~= 1 then stop("one file is needed, see --help") end

local file, rows = assert(thrive.csv.open(arg[1], { required = { "ref" }, trim = true })), {}
for row, line in file.next, file do table.insert(rows, { cells = row, line = line }) end

local client, levels, tags = assert(thrive.client()), { none = -1 }, { ref = true, name = true }
for _, level in ipairs(assert(client.skills:levels())) do levels[level.name:lower()] = level.isEnabled and level.value end
for tag in client.tags:each() do tags[tag.tag] = true end
for _, column in ipairs(file.header) do
  if not tags[column] then stop(("there is no tag %s in the tenant, nothing was changed"):format(column)) end
end

local function set_skills(row)
  local skills = {}
  for skill, cell in pairs(row.cells) do
    if skill ~= "ref" and skill ~= "name" then
      local now, aim = (cell:lower() .. ">"):match("^(.-)%s*>%s*(.-)%s*>?$")
      if now ~= "" and not levels[now] or aim ~= "" and not levels[aim] then
        return nil, ("%s: %s is not a level in use"):format(skill, cell)
      end
      table.insert(skills, { tagName = skill, level = levels[now], targetLevel = levels[aim] })
    end
  end
  if not skills[1] then return print("nothing to set", row.cells.ref) end
  local user = assert(client.users:get_by_ref(row.cells.ref))
  local _, problem, meta = client.users:update_skills(user.id, skills)
  if problem then return nil, problem end
  print(meta.planned and "would set" or "set", row.cells.ref, #skills .. " skills")
end

local _, failures = thrive.map(rows, set_skills, { concurrency = 1 }) -- an error ends a line, the others have their turn
print(("%d lines, %d failed"):format(#rows, #failures))
for _, failure in ipairs(failures) do
  io.stderr:write(("line %d: %s\n"):format(failure.item.line, (tostring(failure.err):gsub("^%S+:%d+: ", ""))))
end
os.exit(failures[1] and 3 or 0, true)
