--- What `thrivelua --trace` shows on standard error: every request with its timings, pauses, and calls that were not sent. The
-- lines of a call begin with its number, for calls at once take turns:
--
--     [1] > GET https://public.api.learn.link/rest/v1/users?perPage=1000
--     [1] < 429 in 0.103 s (dns 0.004, connect 0.021, tls 0.064, first byte 0.102), 310 bytes, request 7f3a, attempt 1
--     [1] = 429: all calls wait, the next attempt is in 2.0 s
--     [1] > GET https://public.api.learn.link/rest/v1/users?perPage=1000
--     [1] < 200 in 0.210 s (kept connection, first byte 0.090), 184201 bytes, request 7f3b, attempt 2
--     [2] . DELETE /rest/v2/users/ref/U7: not sent, planned
--
-- Seconds since the attempt began. No bodies, no headers; whatever secret is in an address is blotted out.
-- @module thrive.trace

local core = require "thrive.core"
local settings = require "thrive.settings"
local texts = require "thrive.text"

local M = {}

local STEPS <const> = { { "dns", "dns" }, { "connect", "connect" }, { "tls", "tls" }, { "first_byte", "first byte" } }

local numbers = setmetatable({}, { __mode = "k" }) -- transfer → number of its call
local count = 0

local function number_of(transfer)
  local number = numbers[transfer]
  if not number then
    count = count + 1
    number = count
    numbers[transfer] = number
  end
  return number
end

local function say(event, text, ...)
  local line = texts.escape(core.redact(text:format(...)))
  io.stderr:write(("[%d] %s\n"):format(number_of(event.transfer), line))
end

local function answered(event)
  local _, received, connections, why = core.traffic(event.transfer)
  local timings, steps = event.timings, {}
  if connections == 0 and not why then steps[1] = "kept connection" end
  for _, step in ipairs(STEPS) do
    local seconds = timings[step[1]]
    if seconds > 0 and (connections > 0 or step[1] == "first_byte") then
      steps[#steps + 1] = ("%s %.3f"):format(step[2], seconds)
    end
  end
  local how = steps[1] and (" (%s)"):format(table.concat(steps, ", ")) or ""
  local what = why and "no answer" .. (event.status and (" (%d)"):format(event.status) or "") or event.status
  say(event, "< %s in %.3f s%s, %d %s%s, attempt %d%s", what, timings.total, how, received,
    received == 1 and "byte" or "bytes", event.request_id and ", request " .. event.request_id or "", event.attempts,
    why and ": " .. why or "")
end

--- Begins to show requests.
-- @treturn boolean true
function M.start()
  table.insert(settings.watch, {
    request = function(event) say(event, "> %s %s", event.method, event.url) end,
    response = answered,
    retry = function(event)
      local what = event.status or "no answer"
      say(event, event.status == 429 and "= %s: all calls wait, the next attempt is in %.1f s"
        or "= %s: the next attempt is in %.1f s", what, event.delay)
    end,
    done = function(event)
      if event.attempts > 0 then return end
      local err = event.err
      say(event, ". %s %s: not sent, %s", event.method, event.path, event.planned and "planned"
        or err.kind .. (err.code and " " .. err.code or ""))
    end,
  })
  return true
end

return M
