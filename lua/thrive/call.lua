--- The one place a request runs: token, attempts, waiting, retries, guards, hooks, the answer.
-- @module thrive.call

local core = require "thrive.core"
local scheduler = require "thrive.scheduler"
local token = require "thrive.token"

local M = {}

local start, decide, result = core.start, core.decide, core.result
local wait_transfer, now = scheduler.wait_transfer, core.now

-- meta: status and attempts at once, the rest when it is asked for, since most calls never look. The transfer is kept
-- under a key that no script can name and pairs does not show.
local TRANSFER = {}
local described = { operation = true, method = true, path = true, url = true, request_id = true, timings = true }
local meta_table = { __name = "thrive.meta" }
function meta_table.__index(meta, key)
  local transfer = rawget(meta, TRANSFER)
  if key == "headers" then
    local headers = core.response_headers(transfer)
    rawset(meta, "headers", headers)
    return headers
  elseif described[key] then
    for name, value in pairs(core.describe(transfer)) do
      if rawget(meta, name) == nil then rawset(meta, name, value) end
    end
    return rawget(meta, key)
  end
  return nil
end
function meta_table.__pairs(meta)
  meta_table.__index(meta, "headers") -- so that everything is there
  meta_table.__index(meta, "url")
  return function(t, key)
    local name, value = next(t, key)
    if name == TRANSFER then name, value = next(t, name) end
    return name, value
  end, meta, nil
end

local function new_meta(transfer, status, attempts)
  return setmetatable({ status = status, attempts = attempts, [TRANSFER] = transfer }, meta_table)
end

-- Calls a hook of the script. A mistake in it must not change the outcome of a request, nor go unseen.
local function hook(state, name, event)
  local f = state.on and state.on[name]
  if f then
    local ok, why = pcall(f, event)
    if not ok then
      -- Ctrl-C that comes while a hook runs is not the hook's mistake: it ends the call as it would anywhere else.
      if type(why) == "string" and why:find("interrupted!$") then error(why, 0) end
      warn(("thrive: the hook on.%s failed: %s"):format(name, tostring(why)))
    end
  end
end

-- At most state.concurrency transfers of a client are on the wire; who comes first is served first. The queue of those
-- who wait; a place is kept (reserved) for whoever was called and has not started yet.
local queue_meta = {}

--- The queue of a new client.
function M.queue(client, concurrency)
  return setmetatable({ client = client, concurrency = concurrency, first = 1, last = 0, reserved = 0 }, queue_meta)
end

local function is_full(queue)
  return core.running(queue.client) + queue.reserved >= queue.concurrency
end

-- Calls the next ones while there is a place; everybody, once the client is closed. It may be called at any time.
local function call_next(queue)
  while queue.first <= queue.last and (core.closed(queue.client) or not is_full(queue)) do
    local ticket = queue[queue.first]
    queue[queue.first] = nil
    queue.first = queue.first + 1
    if not ticket.given_up then
      ticket.called = true
      queue.reserved = queue.reserved + 1
      scheduler.wake(ticket)
    end
  end
end
queue_meta.__close = call_next -- whoever leaves, by whatever way, leaves the place to the next

local ticket_meta = { __close = function(ticket)
  if ticket.called then ticket.queue.reserved = ticket.queue.reserved - 1 else ticket.given_up = true end
end }

local function was_called(ticket) return ticket.called end

-- Returns whether a place was there in time; start at once then.
local function take_place(queue, deadline)
  local client = queue.client
  if queue.first > queue.last and not is_full(queue) then return true end
  if scheduler.stuck() then
    -- Those before us in the queue have no turn while we wait: only the wire counts.
    return scheduler.wait(queue, function()
      return core.closed(client) or core.running(client) < queue.concurrency
    end, deadline)
  end
  repeat
    local ticket <close> = setmetatable({ queue = queue }, ticket_meta)
    queue.last = queue.last + 1
    queue[queue.last] = ticket
    if not scheduler.wait(ticket, was_called, deadline) then return false end
  until core.closed(client) or core.running(client) < queue.concurrency
  return true
end

local function deadline_error(transfer)
  local err = core.failure(transfer, "timeout", "the deadline has passed", "deadline")
  if not err.sent then err.retryable = true end
  return err
end

local function closed_error(transfer)
  return core.failure(transfer, "cancelled", "the client was closed while the call waited")
end

-- The time before the next attempt, in pieces, so that a call does not outlive its client by much.
local function back_off(client, delay)
  local till = now() + delay
  repeat
    scheduler.sleep(math.max(0, math.min(till - now(), 0.25)))
  until now() >= till or core.closed(client)
end

local function scope_error(transfer)
  local held, needed = core.scopes(transfer)
  return core.failure(transfer, "forbidden", ("the token's scope is %s, and this call needs %s"):format(held, needed),
    "scope", "nothing was sent: make the client with another scope")
end

-- Runs the attempts of one prepared transfer. Returns the status of the last answer (0 = none) and the number of
-- attempts; or nil and an error that came instead of an attempt.
local function attempt(client, state, transfer, call, host)
  local queue <close> = state.queue
  local replayed = false
  while true do
    if host then
      local err = token.ensure(client, host, call.run_token, call.deadline)
      if err then return nil, err end
      -- What the token allows is only known now.
      if core.guarded(transfer) == "scope" then return nil, scope_error(transfer) end
    end
    if core.closed(client) then return nil, closed_error(transfer) end
    if not take_place(queue, call.deadline) then return nil, deadline_error(transfer) end
    if core.closed(client) then return nil, closed_error(transfer) end
    local limit = call.timeout
    if call.deadline then
      local left = call.deadline - now()
      if left <= 0 then return nil, deadline_error(transfer) end
      if left < limit then limit = left end
    end
    local generation = host and core.token_generation(client, host)
    do
      local _ <close> = transfer -- interrupted: nothing goes on behind the script's back
      start(transfer, limit)
      if state.on then hook(state, "request", core.describe(transfer)) end
      wait_transfer(transfer)
    end
    if queue.first <= queue.last then call_next(queue) end
    local action, delay, why, status, count = decide(transfer, call.max_retries, call.deadline)
    if state.on then hook(state, "response", core.describe(transfer)) end
    if status == 401 and host and not replayed and not core.closed(client) then
      -- Refused before it was looked at: one fresh token and one replay, whatever the method.
      replayed = true
      core.token_drop(client, host, generation)
    elseif action == "again" then
      if state.on then
        local event = core.describe(transfer)
        event.delay, event.why = delay, why
        hook(state, "retry", event)
      end
      back_off(client, delay)
    else
      return status, count
    end
  end
end

local function finish(state, transfer, err, status, attempts)
  local meta = new_meta(transfer, status, attempts)
  if state.raise then error(err, 0) end
  return nil, err, meta
end

-- A write of a dry run: remembered and shown instead of sent.
local function plan(state, transfer)
  local body, nothing = core.planned(transfer)
  local what = core.describe(transfer)
  local entry = { operation = what.operation, method = what.method, path = what.path }
  if body ~= true then entry.body = core.planned(transfer) end -- another table: the one returned is the script's to change
  state.plan[#state.plan + 1] = entry
  if state.on_plan then state.on_plan(entry) end
  local meta = new_meta(transfer, nil, 0)
  meta.planned = true
  return nothing or body, nil, meta
end

-- An error that keeps a request from being sent at all, or nil.
local function refusal(transfer)
  local guarded = core.guarded(transfer)
  if not guarded then return nil end
  if guarded == "scope" then return scope_error(transfer) end
  return core.failure(transfer, "guard", "this client is read only, and this call writes", "read_only",
    "make the client without read_only, or run without --read-only")
end

--- The first half of a call: its attempts, up to an answer that is whole but not decoded yet.
-- @param client userdata
-- @tparam table state the client's state table
-- @param transfer of core.prepare
-- @tparam[opt] table options per-call options, checked already: timeout, deadline (seconds), max_retries
-- @treturn integer|nil status of the last answer, 0 = none came
-- @return the number of attempts; or the error that came instead of an answer
function M.land(client, state, transfer, options)
  local err = refusal(transfer)
  if err then return nil, err end
  local call = state.call
  if options then
    local limit = options.deadline or state.deadline
    call = {
      timeout = options.timeout or state.timeout,
      max_retries = options.max_retries or state.max_retries,
      deadline = limit and now() + limit,
    }
  elseif state.deadline then
    call = { timeout = state.timeout, max_retries = state.max_retries, deadline = now() + state.deadline }
  end
  local host = state.needs_token and core.host(transfer) or nil
  if host then
    call = { timeout = call.timeout, max_retries = call.max_retries, deadline = call.deadline }
    -- The token request runs under the same policy and the same deadline as the call that needs it.
    function call.run_token(token_transfer, deadline, once)
      local status, why = attempt(client, state, token_transfer,
        { timeout = once and math.min(call.timeout, 10) or call.timeout, max_retries = once and 0 or call.max_retries,
          deadline = deadline })
      if not status then return why end
      return nil
    end
  end
  return attempt(client, state, transfer, call, host)
end

--- The second half: decodes what has landed.
-- @tparam table state the client's state table
-- @param transfer the same
-- @tparam integer|nil status of `land`
-- @param count the second result of `land`
-- @tparam[opt] boolean bulk the caller reads a 207 by itself
-- @param[opt] projection of core.projection: which members of a list's records to build
-- @return value, err, meta as every call of the module
function M.take(state, transfer, status, count, bulk, projection)
  if not status then return finish(state, transfer, count, nil, core.attempts(transfer)) end
  local value, err = result(transfer, projection)
  if err ~= nil then return finish(state, transfer, err, status ~= 0 and status or nil, count) end
  if status == 207 and not bulk then
    err = core.failure(transfer, "partial", "the service did only part of it: see what it returned")
    err.result = value
    if state.raise then error(err, 0) end
  end
  return value, err, new_meta(transfer, status, count)
end
local land, take = M.land, M.take

--- Runs a prepared transfer to its end: `land`, then `take`. A write of a dry run is planned instead.
-- @return value, err, meta as every call of the module
function M.run(client, state, transfer, options, bulk)
  if core.guarded(transfer) == "planned" then return plan(state, transfer) end
  local status, count = land(client, state, transfer, options)
  return take(state, transfer, status, count, bulk)
end

return M
