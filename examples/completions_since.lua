-- completions_since.lua: what was completed since the last run, as CSV. Try it, without an account of your own:
--
--   thrivelua --sandbox examples/completions_since.lua last_run.txt 2024-05-01 >completions.csv
--
-- It only reads. The state file holds the time of the last run and what was shown of the days before it.

local thrive = require "thrive"

local HELP = [[
usage: thrivelua [--sandbox] examples/completions_since.lua STATE_FILE [FIRST_DAY] >completions.csv

The first run shows everything, or everything since FIRST_DAY (2024-05-01); each later run what is new since the one
before. Completions that arrive up to seven days late are shown as well; those entered with an older date are not.
The state file is written last, and in one step: when a run breaks off, throw its output away and run it again. With
thrivelua --dry-run it stays as it is.

Exit status: 0 the output is complete, any other it is not.]]

if arg[1] == "--help" then return print(HELP) end
local path, from, now = arg[1], arg[2], os.time()
if not path or path:find("^%-") or from and not from:find("^%d%d%d%d%-%d%d%-%d%d$") or arg[3] then
  io.stderr:write("completions_since: a state file and perhaps a day are needed, see --help\n")
  os.exit(1)
end
local LATE = 7 * 24 * 60 * 60 -- seconds

local shown, file = {}, io.open(path)
if file then -- the time of the last run, then the ids of recent completions, one a line
  from = assert(tonumber(file:read("l")), path .. " is not a state file of this script") - LATE
  for id in file:lines() do shown[id] = true end
  file:close()
end

local client = assert(thrive.client())
local refs, titles, state, recent = {}, {}, { now }, os.date("!%Y-%m-%dT%H:%M:%S", now - LATE)
for user in client.users:each() do refs[user.id] = user.ref end
for content in client.content:each() do titles[content.id] = content.title end
local out = assert(thrive.csv.writer(io.stdout, {
  columns = { "completedAt", "ref", "content", "type", "priorLearning", "userId", "contentId" } }))
for one in client.completions:each{ completedDateRangeStart = from } do
  if (one.completedAt or recent) >= recent then table.insert(state, one.id) end
  if not shown[one.id] then
    out:write{ completedAt = one.completedAt, ref = refs[one.userId], content = titles[one.contentId],
      type = one.completionType, priorLearning = one.isRPL, userId = one.userId, contentId = one.contentId }
  end
end

out:close() -- a disk that is full is found out here
if require("thrive.settings").dry_run then return end
file = assert(io.open(path .. ".new", "w")) -- beside the old one, which it then takes the place of
assert(file:write(table.concat(state, "\n"), "\n"))
assert(file:close())
assert(os.rename(path .. ".new", path))
