--- What `thrivelua --stats` says at the end: what the clients of the run have done together.
-- @module thrive.stats

local core = require "thrive.core"
local settings = require "thrive.settings"

local M = {}

local FINENESS <const> = 32 -- steps in which a time grows e-fold: a quantile is within 3.2 %, as that of client:stats

local totals = { calls = 0, attempts = 0, retries = 0, waits = 0, waited = 0, throttled = 0, bytes_sent = 0, bytes_received = 0,
  connections = 0 }
local slots, answers = {}, 0 -- [logarithm of the seconds, in steps] = answers

-- Every client holds one of these. It tells what the client has counted when that is collected, or at the end.
local alive = setmetatable({}, { __mode = "k" })
local counter_meta = { __gc = function(counter)
  if counter.told then return end
  counter.told = true
  local counted = core.stats(counter.client)
  for name, n in pairs(totals) do totals[name] = n + counted[name] end
end }

-- The time that so much of the answers took at most.
local function quantile(share)
  local steps = {}
  for step in pairs(slots) do steps[#steps + 1] = step end
  table.sort(steps)
  local left = share * answers
  for _, step in ipairs(steps) do
    left = left - slots[step]
    if left <= 0 then return math.exp((step + 0.5) / FINENESS) end
  end
  return nil
end

local function size(bytes)
  for _, unit in ipairs{ { 1e9, "GB" }, { 1e6, "MB" }, { 1e3, "kB" } } do
    if bytes >= unit[1] then return ("%.1f %s"):format(bytes / unit[1], unit[2]) end
  end
  return ("%d bytes"):format(bytes)
end

local function time(seconds)
  return seconds < 1 and ("%.1f ms"):format(seconds * 1000) or ("%.2f s"):format(seconds)
end

local function plural(n, one, many) return ("%d %s"):format(n, n == 1 and one or many or one .. "s") end

--- The lines.
-- @tparam number seconds that the run has taken
-- @treturn string
function M.text(seconds)
  for counter in pairs(alive) do counter_meta.__gc(counter) end
  local t = totals
  local lines = {
    ("%s, %s, %s in %.3f s"):format(plural(t.calls, "call"), plural(t.attempts, "attempt"),
      plural(t.retries, "retry", "retries"), seconds),
    ("%s sent, %s received, %s"):format(size(t.bytes_sent), size(t.bytes_received), plural(t.connections, "connection")),
  }
  if answers > 0 then
    lines[#lines + 1] = ("half of the answers within %s, 95 %% within %s"):format(time(quantile(0.5)), time(quantile(0.95)))
  end
  if t.waits > 0 then
    lines[#lines + 1] = ("%s of %.1f s in all, %s of 429"):format(plural(t.waits, "pause"), t.waited,
      plural(t.throttled, "answer"))
  end
  return "stats: " .. table.concat(lines, "\n       ") .. "\n"
end

--- Begins to count; the lines come on standard error when the run ends.
-- @treturn boolean true
function M.start()
  local since = core.now()
  function settings.on_client(client)
    local counter = setmetatable({ client = client, told = false }, counter_meta)
    alive[counter] = true
    return counter
  end
  table.insert(settings.watch, { response = function(event)
    if not event.status or event.operation == "token" then return end
    local step = math.floor(math.log(math.max(event.timings.total, 1e-6)) * FINENESS)
    slots[step] = (slots[step] or 0) + 1
    answers = answers + 1
  end })
  table.insert(settings.at_exit, function() io.stderr:write(M.text(core.now() - since)) end)
  return true
end

return M
