--- OAuth tokens of a client: one request in flight per host however many calls wait for it. The token itself stays in
-- C; Lua only knows whether there is one.
-- @module thrive.token

local core = require "thrive.core"
local scheduler = require "thrive.scheduler"

local M = {}

-- [client] = { api = flight, webhooks = flight }; a flight is { done = boolean, err = error or nil }
local flights = setmetatable({}, { __mode = "k" })

local function is_done(flight) return flight.done end

-- Asks for a token and tells everyone who waits how it went.
local function request(client, host, attempt, deadline)
  local flight = { done = false }
  flights[client] = flights[client] or {}
  flights[client][host] = flight
  local ok, err = pcall(function()
    local transfer = core.token_request(client, host)
    local failure = attempt(transfer, deadline)
    if failure then return failure end
    local accepted, why = core.accept_token(transfer)
    if not accepted then return why end
  end)
  flights[client][host] = nil
  flight.done = true
  if ok then flight.err = err end
  scheduler.wake(flight)
  if not ok then error(err, 0) end -- interrupted: those who wait ask for themselves
  return err
end

--- Makes sure that the client holds a token for that host.
-- @param client userdata
-- @tparam string host "api" or "webhooks"
-- @tparam function attempt runs a transfer to its end under the retry policy: attempt(transfer, deadline) → err or nil
-- @tparam[opt] number deadline on core.now's clock
-- @return nil when there is one (or the deadline has passed), else the error object
function M.ensure(client, host, attempt, deadline)
  while true do
    local state = core.token_state(client, host)
    if state == "none" or state == "fresh" then return nil end
    local flight = flights[client] and flights[client][host]
    if not flight then return request(client, host, attempt, deadline) end
    if state == "stale" then return nil end -- still good, and being renewed
    if not scheduler.wait(flight, is_done, deadline) then return nil end -- the caller looks at its deadline next
    -- The one who asked was interrupted or ran into its own deadline: that says nothing about us. Ask again.
    if flight.err and flight.err.code ~= "deadline" and flight.err.kind ~= "cancelled" then return flight.err end
  end
end

return M
