--- OAuth tokens of a client: one request in flight per host however many calls wait for it. The token itself stays in
-- C; Lua only knows whether there is one.
-- @module thrive.token

local core = require "thrive.core"
local scheduler = require "thrive.scheduler"

local M = {}

-- [client] = { api = flight, webhooks = flight }; a flight is { done = boolean, err = error or nil }
local flights = setmetatable({}, { __mode = "k" })

local function is_done(flight) return flight.done end

-- However a request ends: those who wait hear of it. Without an error they look again, and ask for themselves.
local flight_meta = { __close = function(flight)
  flight.all[flight.host] = nil
  flight.done = true
  scheduler.wake(flight)
end }

local in_line = setmetatable({}, { __close = function() scheduler.crowd(-1) end })

-- Returns whether the flight came in in time.
local function wait(flight, deadline)
  scheduler.crowd(1)
  local _ <close> = in_line
  return scheduler.wait(flight, is_done, deadline)
end

local RENEWAL_PAUSE <const> = 10 -- seconds between attempts to renew a token that is still good

-- Asks for a token and tells everyone who waits how it went.
local function request(client, host, attempt, deadline, once)
  local all = flights[client] or {}
  flights[client] = all
  local flight <close> = setmetatable({ done = false, all = all, host = host }, flight_meta)
  all[host] = flight
  local transfer = core.token_request(client, host)
  local err = attempt(transfer, deadline, once)
  if not err and not core.closed(client) then
    local accepted, why = core.accept_token(transfer)
    if not accepted then err = why end
  end
  flight.err = err
  return err
end

-- The token is good for the last tenth of its life still: a renewal that fails is no reason to fail the call. It is
-- tried once, and not again with every call of the next seconds.
local function renew(client, host, attempt, deadline)
  local all = flights[client] or {}
  flights[client] = all
  local pause = all[host .. "_not_before"]
  if pause and core.now() < pause then return nil end
  local err = request(client, host, attempt, deadline, true)
  all[host .. "_not_before"] = err and core.now() + RENEWAL_PAUSE or nil
  if err and not core.closed(client) and core.token_state(client, host) == "missing" then return err end
  return nil
end

--- Makes sure that the client holds a token for that host.
-- @param client userdata
-- @tparam string host "api" or "webhooks"
-- @tparam function attempt runs a transfer to its end under the retry policy: attempt(transfer, deadline, once) → err or
--   nil; once: without trying again
-- @tparam[opt] number deadline on core.now's clock
-- @return nil when there is one (or the deadline has passed, or the client is closed), else the error object
function M.ensure(client, host, attempt, deadline)
  while not core.closed(client) do -- the caller looks at that next
    local state = core.token_state(client, host)
    if state == "none" or state == "fresh" then return nil end
    local flight = flights[client] and flights[client][host]
    if state == "stale" then return not flight and renew(client, host, attempt, deadline) or nil end
    -- Where no other task can have its turn, the flight of another one would never come in.
    if not flight or scheduler.stuck() then return request(client, host, attempt, deadline) end
    if not wait(flight, deadline) then return nil end -- the caller looks at its deadline next
    -- The one who asked was interrupted or ran into its own deadline: that says nothing about us. Ask again.
    if flight.err and flight.err.code ~= "deadline" and flight.err.kind ~= "cancelled" then return flight.err end
  end
end

return M
