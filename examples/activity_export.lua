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

Exit status: 0 the output is complete, 1 it is not: throw it away.]]

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

local function print_csv(...) -- a cell with a comma, a quote or a line break in it is quoted
  local cells = table.pack(...)
  for i = 1, cells.n do
    cells[i] = tostring(cells[i] == nil and "" or cells[i])
    if cells[i]:find('[,"\r\n]') then cells[i] = '"' .. cells[i]:gsub('"', '""') .. '"' end
  end
  assert(io.write(table.concat(cells, ","), "\n"))
end

local year, month, day = days[2]:match("(%d+)-(%d+)-(%d+)")
local stop = os.date("%Y-%m-%d", os.time{ year = year, month = month, day = day + 1, hour = 12 }) -- the day after the last
local client = assert(thrive.client())
if not ndjson then print_csv("date", "type", "user", "name", "contextType", "contextId", "id", "data") end
for activity in client.activities:each{ timestampFrom = days[1] .. " 00:00:00", timestampTo = stop .. " 00:00:00",
  actions = actions[1] and actions, perPage = 1000 } do
  local inside = (activity.date or "") < stop -- the first moment of that day is asked for, but not in the range
  if inside and ndjson then
    assert(io.write(encode(activity), "\n"))
  elseif inside then
    print_csv(activity.date, activity.type, activity.user, activity.name, activity.contextType, activity.contextId,
      activity.id, activity.data and encode(activity.data))
  end
end
assert(io.stdout:flush()) -- a disk that is full is found out here
