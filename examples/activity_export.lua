-- activity_export.lua: what people did in a range of days, as CSV or as one JSON object a line. Try it, without an account:
--
--   thrivelua --sandbox examples/activity_export.lua 2024-05-01 2024-05-31 --ndjson >activities.ndjson
--
-- It only reads. However many activities there are, no more than a few pages are in memory.

local thrive = require "thrive"
local encode = require("thrive.core").json.encode

local HELP = [[
usage: thrivelua [--sandbox] examples/activity_export.lua FIRST_DAY LAST_DAY [--ndjson] [ACTION…] >activities.csv

All activities from FIRST_DAY to the end of LAST_DAY (2024-05-31, in UTC), or only those of the actions named (viewed,
completed, loggedin …). In CSV, the details of an activity are in the last column, as JSON; --ndjson keeps each activity
as Thrive shows it.

Exit status: 0 the output is complete, any other it is not: throw it away.]]

local days, actions, ndjson = {}, {}, false
for _, word in ipairs(arg) do
  if word == "--help" then return print(HELP) end
  if word == "--ndjson" then
    ndjson = true
  else
    table.insert(word:find("^%d%d%d%d%-%d%d%-%d%d$") and days or actions, word)
  end
end
if #days ~= 2 or days[1] > days[2] or table.concat(actions, " "):find("%-%-") then
  io.stderr:write("activity_export: a first and a last day like 2024-05-31 are needed, see --help\n")
  os.exit(1)
end

local year, month, day = days[2]:match("(%d+)-(%d+)-(%d+)")
local stop = os.date("%Y-%m-%d", os.time{ year = year, month = month, day = day + 1, hour = 12 }) -- the day after the last
local client = assert(thrive.client())
local columns = { "date", "type", "user", "name", "contextType", "contextId", "id", "data" }
local out = not ndjson and assert(thrive.csv.writer(io.stdout, { columns = columns }))
for activity in client.activities:each{ timestampFrom = days[1] .. " 00:00:00", timestampTo = stop .. " 00:00:00",
  actions = actions[1] and actions, perPage = 1000 } do
  local inside = (activity.date or "") < stop -- the first moment of that day is asked for, but not in the range
  if inside and ndjson then
    assert(io.write(encode(activity), "\n"))
  elseif inside then
    out:write(activity) -- data, a table, is written as JSON
  end
end
if out then out:close() end
assert(io.stdout:flush()) -- a disk that is full is found out here
