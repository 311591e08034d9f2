--- The guard of thrivelua: a run that would delete, suspend, remove or replace more than max(10, 5 % of the active users) is
-- stopped, unless it is told otherwise. An HR export that broke off makes everybody a leaver; this is what stands between.
--
-- It is asked where writes leave (thrive.call), for operations that the catalogue calls destructive and for every DELETE.
-- What counts is the number for the run, for each tenant: one for each delete, suspend and remove; for a replace the
-- members given or, if that is more, those that are there. More than the limit is refused with an error of kind `guard`, and so
-- is every later one of the run.
--
-- Nothing at all is sent where the number is known beforehand: a list in one call, a number announced (@{announce}), and
-- tasks (thrive.map, thrive.spawn): the first destructive call of each is held back until no task can go on, while
-- thrive.map goes on with the next items. Then it is known how many there are. A loop that calls one after the other gives
-- no such moment, since each call's result is needed for the next: it is stopped at the limit.
--
-- `settings.guard` is { yes = (boolean) no questions, and no limit but max_changes, max_changes = (integer) the limit }; in
-- thrivelua it is there when nothing was said, in other programs there is no guard.
-- @module thrive.guard

local core = require "thrive.core"
local route = require "thrive.route"
local scheduler = require "thrive.scheduler"
local settings = require "thrive.settings"

local M = {}

local LEAST <const>, SHARE <const> = 10, 5 -- let through in any case; per cent of the active users

--- What is let through in any case.
M.LEAST = LEAST

-- What the run has done to each tenant: sent (number), people (those of them that are users), kinds (kind → number), parked
-- (set of entries) and waiting (their number), announced (number), limit and why (once they are needed), asking (somebody
-- asks for the limit), stopped and hint (texts).
local tenants = {}
local refused = false
local rank = 0 -- of the last entry

--- Does a client's guard let any number through?
function M.is_off(state)
  local guard = state.guard
  return not guard or guard.yes and not guard.max_changes
end

--- What is counted of a client's tenant: the same table for every client of one.
function M.tenant_of(state)
  local account = state.account
  local key = table.concat({ account.service, account.base_url, account.tenant or "" }, "\0")
  local tenant = tenants[key]
  if not tenant then
    tenant = { sent = 0, people = 0, kinds = {}, parked = {}, waiting = 0, announced = 0 }
    tenants[key] = tenant
  end
  return tenant
end

local tenant_of = M.tenant_of

--- Something was refused: the run does not end with 0.
function M.refuse()
  if refused then return end
  refused = true
  table.insert(settings.at_exit, function(status)
    if refused and status == 0 then return 7 end
    return nil
  end)
end

--- The limit of a client's tenant, by one request the first time.
-- @param client userdata
-- @tparam table state
-- @treturn integer
-- @treturn string where it comes from
function M.limit(client, state)
  local tenant = tenant_of(state)
  if tenant.limit then return tenant.limit, tenant.why end
  local given = state.guard and state.guard.max_changes
  local limit, why = LEAST, "what is let through in any case"
  if given then
    limit, why = given, "--max-changes"
  elseif state.account.service == "aptem" then
    why = why .. "; Aptem does not tell how many users are active"
  else
    local active, err = route.call(client, "users.count", { status = "active" })
    -- Those that this run has made inactive before the question came up were active when it began, as far as is known.
    local about = tenant.people > 0 and "about " or ""
    active = active and active + tenant.people
    if not active then
      why = ("%s; the active users could not be counted: %s"):format(why, tostring(err))
    elseif active * SHARE // 100 > LEAST then
      limit, why = active * SHARE // 100, ("%d %% of %s%d active users"):format(SHARE, about, active)
    else
      why = ("%s; there are %s%d active users"):format(why, about, active)
    end
  end
  tenant.limit, tenant.why = limit, why
  return limit, why
end

local plural = { delete = "deletes", suspend = "suspends", remove = "removes", replace = "replaced" }
--- What is counted: { [kind] = true }.
M.kinds = { delete = true, suspend = true, remove = true, replace = true }
local order = { "delete", "suspend", "remove", "replace" }

--- "3 deletes, 20 suspends" for { delete = 3, suspend = 20 }.
function M.text(kinds)
  local words = {}
  for _, kind in ipairs(order) do
    local n = kinds[kind] or 0
    if n > 0 then words[#words + 1] = ("%d %s"):format(n, n == 1 and kind ~= "replace" and kind or plural[kind]) end
  end
  return table.concat(words, ", ")
end

local function add(kinds, kind, n) kinds[kind] = (kinds[kind] or 0) + n end

-- The entries of a set in the order in which they came.
local function in_order(set)
  local entries = {}
  for entry in pairs(set) do entries[#entries + 1] = entry end
  table.sort(entries, function(a, b) return a.rank < b.rank end)
  return entries
end

-- Stops a tenant's run: whatever is parked is refused, and so is what comes later. `announced`: so many of that kind are to
-- come, and no more. `unknown`: why their number cannot be told.
local function stop(tenant, kind, announced, unknown)
  local kinds = {}
  for name, n in pairs(tenant.kinds) do kinds[name] = n end
  for entry in pairs(tenant.parked) do add(kinds, entry.kind, entry.n) end
  local text, hint
  if unknown then
    text, hint = "how many this would replace cannot be told: " .. unknown, "if it is meant, say --yes, and no --max-changes"
  else
    if announced then add(kinds, kind, announced) end
    text = ("%s%s in one run, more than %d (%s)"):format(announced and "" or "at least ", M.text(kinds), tenant.limit, tenant.why)
    hint = announced and ("if they are meant, say --max-changes %d, or --yes"):format(tenant.sent + tenant.waiting + announced)
      or "--dry-run counts them; if they are meant, say --max-changes N, or --yes"
  end
  text = ("%s; %s"):format(text, tenant.sent == 0 and "none was sent" or ("%d sent so far"):format(tenant.sent))
  tenant.stopped, tenant.hint = text, hint
  for _, entry in ipairs(in_order(tenant.parked)) do
    entry.decided = true
    scheduler.wake(entry)
  end
  tenant.parked, tenant.waiting = {}, 0
  M.refuse()
  io.stdout:flush()
  io.stderr:write("thrivelua: stopped: ", require("thrive.text").escape(text), ": ", hint, "\n")
  if tenant.sent > 0 then
    io.stderr:write(("thrivelua: what was sent is not taken back (%d): calls one after the other are stopped at the limit, "
      .. "those of thrive.map before the first\n"):format(tenant.sent))
  end
end

local function accept(tenant, kind, n)
  tenant.sent = tenant.sent + n
  add(tenant.kinds, kind, n)
end

-- May this tenant's calls go on without anybody having asked for the limit?
local function is_below(tenant)
  return tenant.sent + tenant.waiting + tenant.announced <= (tenant.limit or LEAST)
end

-- Called when nothing but what is parked is left: now it is known how many there are, and they are not too many. They go on
-- in the order in which they came. Where whoever has asked for the limit was ended before there was an answer, one of those
-- that are parked goes on to ask; true: then there is somebody left.
local function release()
  local ready, left = {}, false
  for _, tenant in pairs(tenants) do
    local asks = in_order(tenant.parked)[1]
    if asks and not is_below(tenant) then
      asks.asks, left = true, true
      scheduler.wake(asks)
    else
      for entry in pairs(tenant.parked) do ready[entry] = true end
      tenant.parked, tenant.waiting = {}, 0
    end
  end
  for _, entry in ipairs(in_order(ready)) do
    entry.decided = true
    accept(entry.tenant, entry.kind, entry.n)
    scheduler.wake(entry)
  end
  return left
end

local function has_turn(entry) return entry.decided or entry.asks end

-- Somebody asks for a tenant's limit, until there is an answer or the task is ended.
local asking_meta = { __close = function(asking) asking.tenant.asking = false end }

-- Stops the run if there are more than may be. While another task asks for the limit one that can wait may wait: whoever asks
-- compares what there is by then.
local function compare(client, state, tenant, parks)
  if not tenant.limit then
    if is_below(tenant) and not state.guard.max_changes or tenant.asking and parks then return end
    local _ <close> = setmetatable({ tenant = tenant }, asking_meta)
    tenant.asking = true
    M.limit(client, state)
  end
  if not tenant.stopped and not is_below(tenant) then stop(tenant) end
end

-- One that is given up while it waits does not count.
local entry_meta = { __close = function(entry)
  local tenant = entry.tenant
  if tenant.parked[entry] then
    tenant.parked[entry] = nil
    tenant.waiting = tenant.waiting - entry.n
  end
end }

-- May so many more of that kind be sent? Waits, in a task, until that is known.
local function count(client, state, tenant, kind, n)
  if tenant.stopped then return false end
  if tenant.announced >= n then
    tenant.announced = tenant.announced - n
    accept(tenant, kind, n)
    return true
  end
  local parks = scheduler.can_park()
  rank = rank + 1
  local entry <close> = setmetatable({ tenant = tenant, kind = kind, n = n, rank = rank, decided = false }, entry_meta)
  tenant.parked[entry], tenant.waiting = true, tenant.waiting + n
  local since, parked = core.now(), false
  compare(client, state, tenant, parks)
  while parks and not entry.decided do
    entry.asks, parked = false, true
    scheduler.park(entry, has_turn, release)
    if not entry.decided then compare(client, state, tenant, false) end
  end
  if parked and rawget(state, "parked") then state.parked = state.parked + core.now() - since end
  if not entry.decided then accept(tenant, kind, n) end
  return not tenant.stopped
end

--- How many a replace replaces: the entries given or those that are there.
-- @param client userdata
-- @tparam table state
-- @tparam table target of thrive.route
-- @treturn integer|nil
-- @treturn string why it cannot be told
function M.replaced(client, state, target)
  local given = state.whole or target.body
  local n = type(given) == "table" and #given or 0
  local group = target.group
  local present, err
  for _, entry in ipairs(group.operations) do
    if entry.verb == target.entry.current.list then
      present, err = route.call(client, group.name .. (entry.pages and ".count" or ".list"), target.args[1].value)
      if not entry.pages then present = present and #present.results end
    end
  end
  if present then return math.max(n, present) end
  if core.iserror(err) and err.kind == "not_found" then return n end
  return nil, tostring(err)
end

local function guard_error(transfer, code, message, hint)
  return core.failure(transfer, "guard", message, code, hint)
end

--- Asked before a write is sent.
-- @param client userdata
-- @tparam table state
-- @param transfer prepared
-- @tparam[opt] table entry of the catalogue, nil for a request by hand
-- @return nil: it may be sent; or an error object of kind `guard`, code "max_changes" or "declined"
function M.admit(client, state, transfer, entry)
  local target = route.of(state, transfer, entry)
  local kind = route.destructive(target)
  if not kind or M.is_off(state) then return nil end
  local tenant = tenant_of(state)
  local person = target.group and (target.group.name == "users" or target.group.name == "events")
  local n = 1
  if kind == "replace" and not tenant.stopped then
    local known, unknown = M.replaced(client, state, target)
    if not known then stop(tenant, kind, nil, unknown) end
    n = known
  end
  if tenant.stopped or not count(client, state, tenant, kind, n) then
    return guard_error(transfer, "max_changes", tenant.stopped, tenant.hint)
  end
  if person then tenant.people = tenant.people + 1 end
  if kind == "delete" and not state.guard.yes and not require("thrive.confirm").ask(client, target) then
    tenant.sent = tenant.sent - n
    add(tenant.kinds, kind, -n)
    M.refuse()
    return guard_error(transfer, "declined", "it was declined at the terminal", "--yes does not ask")
  end
  return nil
end

--- Says how many destructive calls are to come, so that too many are stopped before the first. They count when they come,
-- and do not count twice. True where there is no guard, and on a dry run.
-- @param client of thrive.client
-- @tparam string kind "delete", "suspend", "remove" or "replace"
-- @tparam integer n
-- @treturn boolean|nil
-- @return nil, or an error object of kind `guard`
-- @raise wrong arguments
-- @usage local ok, err = require("thrive.guard").announce(client, "suspend", #rows)
function M.announce(client, kind, n)
  if not M.kinds[kind] then
    error(('announce: argument #2 must be "delete", "suspend", "remove" or "replace" (got %s)'):format(tostring(kind)), 2)
  end
  if math.type(n) ~= "integer" or n < 0 then
    error(("announce: argument #3 must be a number of calls, 0 or more (got %s)"):format(tostring(n)), 2)
  end
  local state = core.state(client)
  if M.is_off(state) or settings.dry_run or settings.read_only then return true end
  local tenant = tenant_of(state)
  local total = tenant.sent + tenant.waiting + tenant.announced + n
  if not tenant.stopped and (total > LEAST or state.guard.max_changes) and total > M.limit(client, state) then
    stop(tenant, kind, n)
  end
  if tenant.stopped then
    return nil, core.error { kind = "guard", code = "max_changes", message = tenant.stopped, hint = tenant.hint, attempts = 0,
      sent = false, retryable = false }
  end
  tenant.announced = tenant.announced + n
  return true
end

--- Begins a new run, such as the next line of the prompt: what was sent before does not count any more.
function M.begin()
  for _, tenant in pairs(tenants) do
    tenant.sent, tenant.kinds, tenant.announced, tenant.stopped = 0, {}, 0, nil
    tenant.people = 0
  end
  refused = false
  local confirm = package.loaded["thrive.confirm"]
  if confirm then confirm.begin() end
end

return M
