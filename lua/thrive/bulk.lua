--- Lists of any length: sent in chunks, merged into one result with one outcome for every input in the input's order.
-- @module thrive.bulk

local core = require "thrive.core"
local call = require "thrive.call"
local settings = require "thrive.settings"

local M = {}

local array = core.json.array

-- After these the other chunks would fare no better.
local fatal = { auth = true, forbidden = true, not_found = true, guard = true, config = true, cancelled = true, tls = true }

-- After these a part that was sent may have been done all the same.
local open_kinds = { ambiguous = true, network = true, timeout = true, server = true, decode = true, cancelled = true }

--- May what the error tells of have been done all the same?
function M.is_open(err)
  if err.code == "redirect" or err.status == 503 and err.retry_after then return false end -- turned away
  return err.sent and open_kinds[err.kind] or false
end
local is_open = M.is_open

-- What the service calls an input.
local function key_of(input)
  if type(input) == "table" then return input.reference or input.tagName end
  return input
end

local function entities(part)
  return type(part) == "table" and type(part.entities) == "table" and part.entities or {}
end

local function count_of(part)
  if type(part) ~= "table" then return 0 end
  return math.tointeger(part.count) or #entities(part)
end

-- reference → list of the entities that have it
local function by_reference(list)
  local map = {}
  for _, entity in ipairs(list) do
    local reference = type(entity) == "table" and entity.reference
    if reference then
      map[reference] = map[reference] or {}
      table.insert(map[reference], entity)
    end
  end
  return map
end

local function take(map, key)
  local list = key ~= nil and map[key]
  return list and table.remove(list, 1)
end

-- The entities that are left in such a map.
local function rest_of(map)
  local rest = {}
  for _, list in pairs(map) do table.move(list, 1, #list, #rest + 1, rest) end
  return rest
end

-- Emails are the same in any case; refs need not be. nil for what is no email.
local function email(key)
  return type(key) == "string" and key:find("@", 1, true) and key:lower() or nil
end

local function take_email(list, key)
  for i, entity in ipairs(list) do
    if key ~= nil and email(entity.reference) == key then return table.remove(list, i) end
  end
end

-- Reads a chunk's answer: one outcome per input. The service may name an entry otherwise than it was given (a ref for an
-- email); then the counts must add up, or the entry is unknown. One that was given twice may be answered once.
local function read_answer(inputs, value, status, outcomes)
  if type(value) ~= "table" or value.success == nil and value.failure == nil then
    for _, input in ipairs(inputs) do -- nothing said but 2xx
      outcomes[#outcomes + 1] = { input = input, outcome = status == 207 and "unknown" or "success" }
    end
    return
  end
  local succeeded, failed = by_reference(entities(value.success)), by_reference(entities(value.failure))
  local failures, successes = count_of(value.failure), count_of(value.success)
  local open, twins, before = {}, {}, {}
  for _, input in ipairs(inputs) do
    local outcome = { input = input }
    local key = key_of(input)
    local failure, twin = take(failed, key), before[key]
    if failure then
      outcome.outcome, outcome.reason = "failure", failure.reason
      failures = failures - 1
    elseif take(succeeded, key) then
      outcome.outcome = "success"
      successes = successes - 1
    elseif twin then
      twins[outcome] = twin
    else
      open[#open + 1] = outcome
    end
    before[key] = twin or outcome
    outcomes[#outcomes + 1] = outcome
  end
  local done, left, unnamed = rest_of(succeeded), rest_of(failed), {}
  for _, outcome in ipairs(open) do -- the service may have written an email in another case
    local key = email(key_of(outcome.input))
    local failure = take_email(left, key)
    if failure then
      outcome.outcome, outcome.reason = "failure", failure.reason
      failures = failures - 1
    elseif take_email(done, key) then
      outcome.outcome = "success"
      successes = successes - 1
    else
      unnamed[#unnamed + 1] = outcome
    end
  end
  open = unnamed
  for _, outcome in ipairs(open) do -- left: failures that could not be told apart by name
    if failures <= 0 and successes >= #open then
      outcome.outcome = "success"
    elseif successes <= 0 and failures >= #open then
      outcome.outcome = "failure"
      outcome.reason = #left == 1 and #open == 1 and left[1].reason or nil
    else
      outcome.outcome = "unknown"
      outcome.reason = "the service did not say what became of it"
    end
  end
  for outcome, twin in pairs(twins) do outcome.outcome, outcome.reason = twin.outcome, twin.reason end
end

local function fill(inputs, outcomes, outcome, reason, err)
  for _, input in ipairs(inputs) do
    outcomes[#outcomes + 1] = { input = input, outcome = outcome, reason = reason, err = err }
  end
end

-- The merged result: what the service said where it said it, and the outcomes.
local function merge(outcomes, said)
  local result = said or {}
  result.success = { count = 0, entities = array {} }
  result.failure = { count = 0, entities = array {} }
  local unknown = 0
  for _, outcome in ipairs(outcomes) do
    local part = result[outcome.outcome]
    if part then
      part.count = part.count + 1
      part.entities[part.count] = { reference = key_of(outcome.input), reason = outcome.reason }
    else
      unknown = unknown + 1
    end
  end
  result.outcomes = array(outcomes)
  return result, unknown
end

--- Runs a bulk verb whose arguments have been checked.
-- @tparam table job client, state, operation and entry (of the catalogue), rest and rest_entry (those for all but the first
--   chunk, or nil), chunk, arguments (path arguments, with n), list, options
-- @return result, err, meta: err is of kind `partial` when not every input succeeded; of a dry run what would have been sent,
--   with the members of a result besides
function M.run(job)
  local client, state, list = job.client, job.state, job.list
  -- Chunks answer for themselves here; whoever called is told once, at the end. What would be changed is asked of the whole.
  local quiet = setmetatable({ raise = false, whole = list, parked = 0 }, { __index = state })
  local outcomes, planned, said, last_meta, stopped = {}, {}, nil, nil, nil
  local limit = job.options and job.options.deadline or state.deadline
  local deadline = limit and core.now() + limit -- of the whole call, not of each part
  local source <close> = settings.progress and #list > job.chunk
    and require("thrive.progress").automatic(job.name, #list) or nil
  if source then
    function source.count() return #outcomes + #planned * job.chunk end
    source:begin()
  end
  for first = 1, #list, job.chunk do
    local slice = table.move(list, first, math.min(first + job.chunk - 1, #list), 1, {})
    if stopped then
      fill(slice, outcomes, "failure", "not sent: an earlier part of the call failed", stopped)
    else
      local operation, entry = job.operation, job.entry
      if first > 1 and job.rest then operation, entry = job.rest, job.rest_entry end
      local values = table.move(job.arguments, 1, job.arguments.n, 1, {})
      values[job.arguments.n + 1] = slice
      local transfer, problems = core.prepare(client, operation, table.unpack(values, 1, job.arguments.n + 1))
      if not transfer then error(problems, 0) end -- checked before, so the list was changed meanwhile
      if job.options and job.options.headers then core.add_headers(transfer, job.options.headers) end
      local options = job.options
      if deadline then options = setmetatable({ deadline = deadline - core.now() }, { __index = options }) end
      local value, err, meta = call.write(client, quiet, transfer, options, entry, #slice)
      last_meta = meta
      if deadline then deadline, quiet.parked = deadline + quiet.parked, 0 end -- the guard's time is not the call's
      if meta.planned then
        planned[#planned + 1] = value
      elseif err then
        -- With one chunk, or when nothing has been done and nothing will be, the failure is the whole answer.
        if #list <= job.chunk or first == 1 and (fatal[err.kind] or job.rest) then
          if state.raise then error(err, 0) end
          return nil, err, meta
        end
        fill(slice, outcomes, is_open(err) and "unknown" or "failure", err.message, err)
        if fatal[err.kind] or err.code == "deadline" then stopped = err end
      elseif meta.status >= 400 then
        -- Refused when it was sent again: it is done already, or one entry will not do and none is done.
        fill(slice, outcomes, "unknown",
          ("refused with %d when it was sent again: an earlier attempt may have done it"):format(meta.status))
      else
        read_answer(slice, value, meta.status, outcomes)
        if type(value) == "table" then said = value end
      end
    end
  end
  if #planned > 0 then
    -- What would have been sent; and for scripts that look at the outcomes those of a run in which all goes well.
    fill(list, outcomes, "success")
    return setmetatable(#planned == 1 and planned[1] or planned, { __index = merge(outcomes) }), nil, last_meta
  end
  local result, unknown = merge(outcomes, said)
  if result.failure.count == 0 and unknown == 0 then return result, nil, last_meta end
  local err = core.error {
    kind = "partial", operation = job.name, sent = true, retryable = false,
    message = ("of %d entries %d failed"):format(#list, result.failure.count)
      .. (unknown > 0 and (" and %d are unknown"):format(unknown) or ""),
    result = result, hint = "result.outcomes has one entry for every input",
  }
  if state.raise then error(err, 0) end
  return result, err, last_meta
end

return M
