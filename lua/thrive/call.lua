--- The one place a request runs: token, attempts, waiting, retries, guards, hooks, the answer.
-- @module thrive.call

local core = require "thrive.core"
local scheduler = require "thrive.scheduler"
local settings = require "thrive.settings"
local token = require "thrive.token"

local M = {}

local launch, start, decide, result, closed = core.launch, core.start, core.decide, core.result, core.closed
local admit, leave, mentions = core.admit, core.leave, core.mentions
local wait_transfer, now = scheduler.wait_transfer, core.now
local watch = settings.watch

local PATIENCE <const> = 120 -- seconds: as long as retry.c waits for a Retry-After

-- meta: status and attempts at once, the rest when it is asked for, since most calls never look. The transfer is kept
-- under a key that no script can name and pairs does not show.
local TRANSFER = {}
local described = { operation = true, method = true, path = true, url = true, request_id = true, timings = true }
local meta_table = { __name = "thrive.meta" }
M.meta_table = meta_table -- thrive.inspect knows it by this
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

-- Calls a hook. A mistake in it must not change the outcome of a request, nor go unseen.
local function call_hook(f, whose, event)
  local ok, why = scheduler.call_hook(f, event)
  if not ok then
    -- Ctrl-C that comes while a hook runs is not the hook's mistake: it ends the call as it would anywhere else.
    if scheduler.is_interrupt(why) then error(why, 0) end
    warn(("thrive: the hook %s failed: %s"):format(whose, tostring(why)))
  end
end

-- What is remembered of a write while somebody watches: [transfer] = { began =, path =, url =, entry =, count =, over = }.
local notes = setmetatable({}, { __mode = "k" })

-- What who watches is told. Of a write also `write` = true, `entry` (of the catalogue, nil for a request of the script's own
-- making) and `count` (entries of a list).
local function new_event(state, transfer)
  local event = core.describe(transfer)
  event.account, event.transfer = state.account, transfer
  local note = notes[transfer]
  if note then
    event.write, event.entry, event.count = true, note.entry, note.count
    event.path, event.url = note.path, note.url -- a client that is closed by now has no secrets to blot out
  end
  return event
end

-- Tells the script's hook of that name, and who watches (settings.watch), of what happens to a transfer. What they are told
-- holds no secret. Watchers get one table together, with `account` (whose client it is, see client.lua) besides; the
-- script's is its own to change.
local function tell(state, name, transfer, delay, why)
  local f = state.on and state.on[name]
  if f then
    local event = core.describe(transfer)
    event.delay, event.why = delay, why
    call_hook(f, "on." .. name, event)
  end
  if watch[1] then
    local event = new_event(state, transfer)
    event.delay, event.why = delay, why
    for i = 1, #watch do
      if watch[i][name] then call_hook(watch[i][name], "watch." .. name, event) end
    end
  end
end

-- Tells those who watch that a call is over: once per call, whatever became of it. The fields of `tell`, and status, err,
-- attempts, elapsed, planned.
local function ended(state, transfer, err, status, attempts, planned)
  local note = notes[transfer]
  if note then
    if note.over then return end
    note.over = true
  end
  local event = new_event(state, transfer)
  event.elapsed = note and now() - note.began or event.timings.elapsed
  event.status, event.err, event.attempts, event.planned = status, err, attempts, planned
  for i = 1, #watch do
    if watch[i].done then call_hook(watch[i].done, "watch.done", event) end
  end
end

-- A write that is ended from outside, by Ctrl-C or with its task, is over as well.
local note_meta = { __close = function(note)
  if not note.over then
    local transfer = note.transfer
    ended(note.state, transfer, core.failure(transfer, "cancelled", "the call was interrupted"), nil, core.attempts(transfer))
  end
end }

local function new_note(state, transfer, entry, count)
  local what = core.describe(transfer)
  local note = setmetatable({ state = state, transfer = transfer, began = now(), path = what.path, url = what.url,
    entry = entry, count = count }, note_meta)
  notes[transfer] = note
  return note
end

local function deadline_error(transfer)
  local err = core.failure(transfer, "timeout", "the deadline has passed", "deadline")
  if not err.sent then err.retryable = true end
  return err
end

local function closed_error(transfer)
  return core.failure(transfer, "cancelled", "the client was closed while the call waited")
end

local function held_error(transfer, pause)
  local long = pause > PATIENCE
  local err = core.failure(transfer, "rate_limited", "the service has asked this client to wait (429), and the time is not "
    .. "over", long and "retry_after" or "deadline")
  err.retry_after, err.retryable = math.ceil(pause), true
  err.stopped_by = long and "the long Retry-After" or "the deadline"
  return err
end

local function scope_error(transfer)
  local held, needed = core.scopes(transfer)
  return core.failure(transfer, "forbidden", ("the token's scope is %s, and this call needs %s"):format(held, needed),
    "scope", "nothing was sent: make the client with another scope")
end

-- At most `concurrency` transfers of a client are on the wire, and after a 429 they follow each other no faster than its
-- throttle allows: C knows both. Who cannot start at once takes a ticket and waits, in the order in which the calls came;
-- one that was turned away keeps its rank. Tickets are in two lists, both in the order of the ranks: `fresh`, a ring, and
-- `back`, the few that came back, turned round so that the next one is at its end. `waiting` counts those that are still
-- wanted.

--- The queue of a new client.
function M.queue(client)
  return { client = client, arrivals = 0, waiting = 0, fresh = {}, first = 1, last = 0, back = {},
    pausing = setmetatable({}, { __mode = "k" }) } -- transfers whose calls wait by themselves before the next attempt
end

local function insert(queue, ticket)
  local fresh, back, rank = queue.fresh, queue.back, ticket.rank
  queue.waiting = queue.waiting + 1
  scheduler.crowd(1)
  if queue.first > queue.last or fresh[queue.last].rank < rank then
    queue.last = queue.last + 1
    fresh[queue.last] = ticket
  else
    local i = #back + 1
    while i > 1 and back[i - 1].rank < rank do
      back[i] = back[i - 1]
      i = i - 1
    end
    back[i] = ticket
  end
end

-- Takes the next one out. Only to be asked while somebody waits.
local function take_next(queue)
  local fresh, back = queue.fresh, queue.back
  while true do
    local early, ticket = back[#back], fresh[queue.first]
    if early and not (ticket and ticket.rank < early.rank) then
      ticket = early
      back[#back] = nil
    else
      fresh[queue.first] = nil
      queue.first = queue.first + 1
    end
    if ticket.state ~= "gone" then return ticket end
  end
end

-- One less waits. What is left when nobody does is not worth keeping.
local function one_less(queue)
  queue.waiting = queue.waiting - 1
  scheduler.crowd(-1)
  if queue.waiting == 0 then
    if queue.last > 0 then queue.fresh, queue.first, queue.last = {}, 1, 0 end
    if queue.back[1] then queue.back = {} end
    if queue.timer then
      scheduler.forget(queue.timer)
      queue.timer = nil
    end
  end
end

local on_turn

local function come_again(queue, delay)
  if not queue.timer then queue.timer = scheduler.at(delay, on_turn, queue) end
end

-- Calls the next ones while there is a place and it may be used; everybody, once the client is closed. It may be called at
-- any time.
local function call_next(queue)
  while queue.waiting > 0 and not queue.blocked do
    local delay = admit(queue.client)
    if not delay then return end -- whoever leaves calls
    if delay > 0 then return come_again(queue, delay) end
    local ticket = take_next(queue)
    ticket.state = "called"
    one_less(queue)
    scheduler.wake(ticket)
  end
end

function on_turn(queue)
  queue.timer = nil
  call_next(queue)
end

--- For the client's state table: C calls it when places have come free by cancelling or closing.
function M.freed(state)
  local queue = state.queue
  if closed(queue.client) then
    for transfer in next, queue.pausing do scheduler.wake(transfer) end
  end
  call_next(queue)
end

-- A 429 has come: those who wait and have no time to wait for the end of the pause fail now.
local function hold(queue)
  local pause = core.pause(queue.client)
  local till = now() + pause
  local function look(ticket)
    if ticket and ticket.state == "listed" and (pause > PATIENCE or ticket.deadline and ticket.deadline <= till) then
      ticket.state = "refused"
      scheduler.wake(ticket)
    end
  end
  if pause > 0 and queue.waiting > 0 then
    for i = queue.first, queue.last do look(queue.fresh[i]) end
    for i = 1, #queue.back do look(queue.back[i]) end
  end
end

-- The states of a ticket: nil, "listed", then "called" (a place is reserved) or "refused" (it may not wait any longer),
-- "started"; "gone" when it was given up.
local ticket_meta = { __close = function(ticket)
  local queue, state = ticket.queue, ticket.state
  if queue.blocked == ticket then queue.blocked = nil end
  if state == "called" or state == "started" then
    leave(queue.client)
  elseif state then
    ticket.state = "gone"
    one_less(queue)
  end
  if state ~= "started" then call_next(queue) end
end }

local function was_called(ticket) return ticket.state ~= "listed" end

-- The time that the next attempt may take; nil when the deadline has passed.
local function limit_of(call)
  local limit = call.timeout
  if call.deadline then
    local left = call.deadline - now()
    if left <= 0 then return nil end
    if left < limit then limit = left end
  end
  return limit
end

local AGAIN <const>, LAPSED <const> = "again", "lapsed"

-- Stands in line once. Returns nil when the transfer has started, or the error that came instead; AGAIN when it has to be
-- done again, LAPSED when there has to be a new token first.
local function stand_in_line(client, queue, transfer, call, host, rank)
  if closed(client) then return closed_error(transfer) end
  local pause = core.pause(client)
  if pause > PATIENCE or pause > 0 and call.deadline and now() + pause >= call.deadline then
    return held_error(transfer, pause)
  end
  local ticket <close> = setmetatable({ queue = queue, rank = rank, deadline = call.deadline, state = nil }, ticket_meta)
  if scheduler.stuck() then
    -- Those before us have no turn while we wait here, nor has who was called: only the wire and the throttle count.
    queue.blocked = ticket
    scheduler.wait(ticket, function()
      local delay = not ticket.state and admit(client, true)
      if delay == 0 then ticket.state = "called" elseif delay then come_again(queue, delay) end
      return ticket.state ~= nil
    end, call.deadline)
  else
    ticket.state = "listed"
    insert(queue, ticket)
    call_next(queue)
    if ticket.state == "listed" then scheduler.wait(ticket, was_called, call.deadline) end
  end
  if closed(client) then return closed_error(transfer) end
  local limit = limit_of(call)
  if not limit then return deadline_error(transfer) end
  pause = core.pause(client)
  if ticket.state ~= "called" then return held_error(transfer, pause) end
  if pause > 0 then return AGAIN end -- a 429 came between the call and now
  if host and core.token_state(client, host) == "missing" then return LAPSED end -- a 401 came, or its life has ended
  start(transfer, limit)
  ticket.state = "started"
  return nil
end

-- Where progress is shown, so is what a call waits for.
local function tell_of_wait(client, delay, status)
  local progress = package.loaded["thrive.progress"] or settings.progress and require "thrive.progress"
  if progress then progress.waiting(math.max(delay, core.pause(client)), status) end
end

-- Waits before the next attempt, but not longer than the client lives.
local function back_off(client, queue, transfer, delay)
  queue.pausing[transfer] = true
  scheduler.wait(transfer, function() return closed(client) end, now() + delay)
  queue.pausing[transfer] = nil
end

--- Makes sure that the client holds a token for a host, without a call that needs it.
-- @param client userdata
-- @tparam table state the client's state table
-- @tparam string host "api" or "webhooks"
-- @tparam table call timeout, max_retries, deadline (on core.now's clock) of the call that needs it
-- @return nil, or the error that came instead
function M.authorize(client, state, host, call)
  -- The token request runs under the same policy and the same deadline as the call that needs it, and goes first.
  local function run(token_transfer, deadline, once)
    local status, why = M.attempt(client, state, token_transfer, {
      timeout = once and math.min(call.timeout, 10) or call.timeout, max_retries = once and 0 or call.max_retries,
      deadline = deadline,
    }, nil, 0)
    if not status then return why end
    return nil
  end
  return token.ensure(client, host, run, call.deadline)
end

-- Makes sure that there is a token. Returns nil, or the error that came instead.
local function need_token(client, state, transfer, call, host)
  local err = M.authorize(client, state, host, call)
  local _, acted = core.attempts(transfer)
  if err and acted then -- the error is for every call that waits, and says that none was sent
    local own = { sent = true }
    for name, value in next, err do if name ~= "sent" then own[name] = value end end
    return core.error(own)
  end
  if err then return err end
  -- What the token allows is only known now.
  if not closed(client) and core.guarded(transfer) == "scope" then return scope_error(transfer) end
  return nil
end

-- Starts the transfer when its turn has come. Returns nil, or the error that came instead.
local function start_in_turn(client, state, transfer, call, host, rank)
  local err
  repeat
    err = stand_in_line(client, state.queue, transfer, call, host, rank)
    if err == LAPSED then err = need_token(client, state, transfer, call, host) or AGAIN end
  until err ~= AGAIN
  return err
end

-- Runs the attempts of one prepared transfer. rank: its place among the calls that wait, the lowest first. Returns the
-- status of the last answer (0 = none) and the number of attempts; or nil and an error that came instead of an attempt.
function M.attempt(client, state, transfer, call, host, rank)
  local queue = state.queue
  local replayed = false
  while true do
    if host and not (not closed(client) and core.token_state(client, host) == "fresh") then
      local err = need_token(client, state, transfer, call, host)
      if err then return nil, err end
    end
    local limit = call.timeout
    if call.deadline then
      limit = limit_of(call)
      if not limit then return nil, closed(client) and closed_error(transfer) or deadline_error(transfer) end
    end
    if queue.waiting > 0 or not launch(transfer, limit) then
      local err = start_in_turn(client, state, transfer, call, host, rank)
      if err then return nil, err end
    end
    do
      local _ <close> = transfer -- interrupted: nothing goes on behind the script's back
      if state.on or watch[1] then tell(state, "request", transfer) end
      wait_transfer(transfer)
    end
    local status, count, delay, why, held = decide(transfer, call.max_retries, call.deadline)
    if held then hold(queue) end
    if queue.waiting > 0 then call_next(queue) end
    if state.on or watch[1] then tell(state, "response", transfer) end
    if status == 401 and host and not replayed and not closed(client) then
      -- Refused before it was looked at: one fresh token and one replay, whatever the method.
      replayed = true
      core.token_drop(transfer)
    elseif delay then
      tell_of_wait(client, delay, status)
      if state.on or watch[1] then tell(state, "retry", transfer, delay, why) end
      -- After a 429 it waits in the queue, with all the others.
      if not held then back_off(client, queue, transfer, delay) end
    else
      return status, count
    end
  end
end
local attempt = M.attempt

local function finish(state, transfer, err, status, attempts)
  if watch[1] then ended(state, transfer, err, status, attempts) end
  local meta = new_meta(transfer, status, attempts)
  if state.raise then error(err, 0) end
  return nil, err, meta
end

-- A write of a dry run: remembered and shown instead of sent.
local function plan(client, state, transfer, entry)
  local body, nothing = core.planned(transfer)
  local what = core.describe(transfer)
  local planned = { operation = what.operation, method = what.method, path = what.path }
  if body ~= true then planned.body = core.planned(transfer) end -- another table: the one returned is the script's to change
  state.plan[#state.plan + 1] = planned
  if watch[1] then ended(state, transfer, nil, nil, 0, true) end -- planned it is, however looking up what it changes ends
  if state.on_plan then state.on_plan(planned, client, state, transfer, entry) end
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
  if state.guards then
    local err = refusal(transfer)
    if err then return nil, err end
  end
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
  local queue = state.queue
  local rank = queue.arrivals + 1
  queue.arrivals = rank
  return attempt(client, state, transfer, call, state.needs_token and core.host(transfer) or nil, rank)
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
  end
  if watch[1] then ended(state, transfer, err, status, count) end
  if err and state.raise then error(err, 0) end
  return value, err, new_meta(transfer, status, count)
end
local land, take = M.land, M.take

--- Runs a prepared read to its end: `land`, then `take`.
-- @return value, err, meta as every call of the module
function M.run(client, state, transfer, options)
  local status, count = land(client, state, transfer, options)
  return take(state, transfer, status, count)
end

--- The same for a write, and for a request whose method only the script knows. A write of a dry run is planned instead;
-- where there is a guard (thrive.guard), it may keep one from being sent.
-- @tparam[opt] table entry of the catalogue, nil for a request of the script's own making
-- @tparam[opt] integer entries how many entries of a list it has: the caller reads a 207 by itself
-- @return value, err, meta as every call of the module
function M.write(client, state, transfer, options, entry, entries)
  local guard = (not entry or entry.destructive) and state.guard
  -- Most updates end nobody's account: they need not be looked at any closer.
  if guard and entry and entry.counts_with and not mentions(transfer, entry.counts_with) then guard = nil end
  if not (state.guards or guard or watch[1]) then -- the short way
    local status, count = land(client, state, transfer, options)
    return take(state, transfer, status, count, entries)
  end
  local writes = core.writes(transfer)
  local _ <close> = writes and watch[1] and new_note(state, transfer, entry, entries) or nil
  local guarded = writes and core.guarded(transfer)
  if guarded == "planned" then return plan(client, state, transfer, entry) end
  if writes and settings.broken_log then
    return finish(state, transfer, core.failure(transfer, "guard", "the log of writes cannot be written: "
      .. settings.broken_log, "log", "nothing more is sent"), nil, 0)
  end
  if guard and writes and not guarded then
    local err = require("thrive.guard").admit(client, state, transfer, entry)
    if err then return finish(state, transfer, err, nil, 0) end
  end
  local status, count = land(client, state, transfer, options)
  return take(state, transfer, status, count, entries)
end

return M
