--- Dates of the sandbox: reading what a client sends, strictly, and writing what the tenant answers.
-- Everything inside the tenant is milliseconds since the epoch, UTC.
local M = {}

local DAY = 86400000

-- Days since 1970-01-01 in the proleptic Gregorian calendar. os.time would do it in the zone of this machine.
local function days(y, m, d)
  if m <= 2 then y = y - 1 end
  local era = y // 400
  local yoe = y - era * 400
  local doy = (153 * (m + (m > 2 and -3 or 9)) + 2) // 5 + d - 1
  return era * 146097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719468
end

local function civil(z)
  z = z + 719468
  local era = z // 146097
  local doe = z - era * 146097
  local yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
  local doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
  local mp = (5 * doy + 2) // 153
  local m = mp + (mp < 10 and 3 or -9)
  return yoe + era * 400 + (m <= 2 and 1 or 0), m, doy - (153 * mp + 2) // 5 + 1
end

local LENGTHS = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

local function month_length(y, m)
  if m == 2 and (y % 4 == 0 and y % 100 ~= 0 or y % 400 == 0) then return 29 end
  return LENGTHS[m]
end

--- Reads an ISO 8601 date (`2024-06-30`) or date-time (`2024-06-30T17:00:00.000Z`; fraction and zone are optional, no
-- zone means UTC).
-- @tparam string text
-- @treturn integer|nil milliseconds since the epoch; nil when it is none or there is no such day
function M.read(text)
  local y, m, d, rest = text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)(.*)$")
  if not y then return nil end
  y, m, d = tonumber(y), tonumber(m), tonumber(d)
  if m < 1 or m > 12 or d < 1 or d > month_length(y, m) then return nil end
  local at = days(y, m, d) * DAY
  if rest == "" then return at end
  local hour, minute, second, zone = rest:match("^T(%d%d):(%d%d):(%d%d)(.*)$")
  if not hour then return nil end
  hour, minute, second = tonumber(hour), tonumber(minute), tonumber(second)
  if hour > 23 or minute > 59 or second > 59 then return nil end
  at = at + ((hour * 60 + minute) * 60 + second) * 1000
  local fraction, after = zone:match("^%.(%d+)(.*)$")
  if fraction then
    at = at + tonumber((fraction .. "00"):sub(1, 3))
    zone = after
  end
  if zone == "" or zone == "Z" then return at end
  local sign, zh, zm = zone:match("^([+-])(%d%d):(%d%d)$")
  if not sign or tonumber(zh) > 14 or tonumber(zm) > 59 then return nil end
  local offset = (tonumber(zh) * 60 + tonumber(zm)) * 60000
  return sign == "+" and at - offset or at + offset
end

--- Writes a time as the API does: `2020-02-12T14:58:23.621Z`.
-- @tparam integer at milliseconds since the epoch
-- @treturn string
function M.write(at)
  local y, m, d = civil(at // DAY)
  local ms = at % DAY
  return string.format("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", y, m, d, ms // 3600000, ms // 60000 % 60,
    ms // 1000 % 60, ms % 1000)
end

return M
