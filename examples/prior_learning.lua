-- prior_learning.lua: records what people learned elsewhere, or before Thrive, as completed. Try it, without an account:
--
--   thrivelua --sandbox --dry-run examples/prior_learning.lua examples/data/prior_learning.csv
--
-- A record that is there already is not made twice, so the same file can be run again.

local thrive = require "thrive"

local HELP = [[
usage: thrivelua [--sandbox] [--dry-run] examples/prior_learning.lua LEARNING.csv

Columns: ref (the person's ref in Thrive), content (its title, letter by letter, or its id) and completedAt (2024-05-14, or
2024-05-14T09:30:00Z). Each line is shown as new, or as existing when Thrive has the same record already.

Exit status: 0 all is recorded, 3 some lines failed (they are listed), any other nothing was done.]]

if arg[1] == "--help" then return print(HELP) end
if #arg ~= 1 then
  io.stderr:write("prior_learning: one file is needed, see --help\n")
  os.exit(1)
end

local rows, lines = {}, {}
for row, line in thrive.csv.rows(arg[1], { required = { "ref", "content", "completedAt" }, trim = true }) do
  table.insert(rows, row)
  table.insert(lines, line)
end
local client, contents = assert(thrive.client()), {}
for content in client.content:each() do
  contents[content.id] = content.id
  if content.title then contents[content.title] = contents[content.title] and "twice" or content.id end
end

local function record(row)
  local content = contents[row.content or ""]
  if not content then return nil, ("there is no content %s"):format(row.content or "in this line") end
  if content == "twice" then return nil, ("several contents are called %s: give the id"):format(row.content) end
  local user, err = client.users:get_by_ref(row.ref)
  if not user then return nil, err end
  local result, problem, meta = client.completions:create{ userId = user.id, contentId = content, completedAt = row.completedAt }
  if not result then return nil, problem end
  return meta.planned and "would record" or result.created and "new" or "existing"
end

-- map works on several lines at once, goes on after one that fails, and also catches what is wrong with a line before
-- anything is sent; its results are in the order of the lines
local results, failures = thrive.map(rows, record)
for i, row in ipairs(rows) do
  if results[i] then print(results[i], row.ref, row.completedAt, row.content) end
end
print(("%d lines, %d failed"):format(#rows, #failures))
for _, failure in ipairs(failures) do
  io.stderr:write(("line %d: %s\n"):format(lines[failure.index], (tostring(failure.err):gsub("^%S+:%d+: ", ""))))
end
os.exit(failures[1] and 3 or 0, true)
