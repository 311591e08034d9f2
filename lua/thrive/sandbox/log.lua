--- The log of the requests that a sandbox received: the last ones, bounded by number and by bytes.
local M = {}

local BYTES = 64 * 1024 * 1024 -- of bodies and targets

--- An empty log.
-- @tparam integer limit entries
function M.new(limit)
  return { entries = {}, first = 1, last = 0, limit = limit, bytes = 0, dropped = 0 }
end

local function size(entry)
  return #entry.body + #entry.target
end

--- Adds an entry and drops the oldest ones beyond the bounds.
function M.add(log, entry)
  log.last = log.last + 1
  log.entries[log.last] = entry
  log.bytes = log.bytes + size(entry)
  while log.last - log.first >= log.limit or log.bytes > BYTES and log.first < log.last do
    log.bytes = log.bytes - size(log.entries[log.first])
    log.entries[log.first] = nil
    log.first = log.first + 1
    log.dropped = log.dropped + 1
  end
end

--- Forgets everything, also how many were dropped.
function M.clear(log)
  log.entries, log.first, log.last, log.bytes, log.dropped = {}, 1, 0, 0, 0
end

--- The entries that `matches(filter, entry)` picks, oldest first.
function M.select(log, filter, matches)
  local out = {}
  for i = log.first, log.last do
    if matches(filter, log.entries[i]) then out[#out + 1] = log.entries[i] end
  end
  return out
end

return M
