--- The text of a progress line: how far, how fast, how long. No clock and no terminal in here.
-- @module thrive.progress.line
local texts = require "thrive.text"

local M = {}

local WINDOW <const> = 10 -- seconds over which the rate is taken
local SPACING <const> = 0.25 -- seconds between two samples
local LEAST <const> = 4 -- samples: where so few came in the window it reaches further back

--- 1234567 → "1,234,567".
-- @tparam integer n
-- @treturn string
function M.count(n)
  local text = ("%d"):format(n):reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (text:gsub("^,", ""))
end

--- 3725 seconds → "1:02:05".
-- @tparam number seconds
-- @treturn string
function M.duration(seconds)
  local s = math.ceil(seconds)
  return ("%d:%02d:%02d"):format(s // 3600, s // 60 % 60, s % 60)
end

-- Per second, to three digits or so.
local function per_second(rate)
  if rate >= 10 then return M.count(math.floor(rate + 0.5)) .. "/s" end
  return ("%.1f/s"):format(rate)
end

--- Remembers where a count stood, for `rate`: { at =, count = } in the order of time.
-- @tparam table samples changed
-- @tparam number at seconds on any clock
-- @tparam integer count
function M.sample(samples, at, count)
  local last = samples[#samples]
  if last and (at - last.at < SPACING or count == last.count) then return end
  samples[#samples + 1] = { at = at, count = count }
  while #samples > LEAST and at - samples[2].at >= WINDOW do table.remove(samples, 1) end
end

--- How fast the count grows, over the last seconds.
-- @tparam table samples of `sample`
-- @tparam number at now
-- @tparam integer count now
-- @treturn number per second; 0 when nothing can be said yet
function M.rate(samples, at, count)
  local from = samples[1]
  if not from or at <= from.at then return 0 end
  return math.max(0, (count - from.count) / (at - from.at))
end

--- One line that fits.
-- @tparam table what `label`, `count` (integer), `total` (integer), `rate` (per second), `waiting` (seconds), `why` (such
--   as "for the rate limit (429)"); each may be missing
-- @tparam integer columns
-- @treturn string at most so many columns, without escape sequences
-- @usage line.text({ label = "users", count = 12345, total = 100000, rate = 1234 }, 80)
-- --> users  12,345 of 100,000  12%  1,234/s  ETA 0:01:12
function M.text(what, columns)
  local count, total, rate = what.count, what.total, what.rate
  local parts = {} -- { text, importance }: the least important goes first where the line is narrow
  local function add(text, importance) parts[#parts + 1] = { text, importance } end
  -- A long label leaves room for the rest.
  if what.label then add((texts.cut(texts.escape(what.label), math.max(1, columns // 2))), 3) end
  if count then
    local known = total and total >= count and total > 0 -- a list may grow while it is read
    add(known and ("%s of %s"):format(M.count(count), M.count(total)) or M.count(count), 6)
    if known then add(("%d%%"):format(count * 100 // total), 2) end
    if rate and rate > 0 and not what.waiting then
      add(per_second(rate), 1)
      if known then add("ETA " .. M.duration((total - count) / rate), 4) end
    end
  end
  if what.waiting then add(("waiting %d s %s"):format(math.ceil(what.waiting), what.why), 5) end
  while true do
    local words, least = {}, 1
    for i, part in ipairs(parts) do
      words[i] = part[1]
      if part[2] < parts[least][2] then least = i end
    end
    local text = table.concat(words, "  ")
    if texts.width(text) <= columns or #parts == 1 then return (texts.cut(text, columns)) end
    table.remove(parts, least)
  end
end

return M
