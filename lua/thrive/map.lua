--- thrive.map: a function over a list, several at once, in tasks that work through it.
-- @module thrive.map

local checks = require "thrive.options"
local loops = require "thrive.loops"
local scheduler = require "thrive.scheduler"
local settings = require "thrive.settings"

local M = {}

local spawn, problems_of = scheduler.spawn, checks.problems_of
local known = { concurrency = checks.count_from(1) }

-- The number of entries of an array; nil and the index when there is a hole before some of them.
local function length(list)
  local n = 0
  while list[n + 1] ~= nil do n = n + 1 end
  for key in next, list do
    if math.type(key) == "integer" and key > n then return nil, n + 1 end
  end
  return n
end

-- What gives index and item, or nil after the last. An iterator may have to wait: the next item may have to come over
-- the network. Tasks then pass a gate; it must not be called again after its end, nor after it has raised.
local function source(list, n)
  local i, ended = 0, false
  if n then
    return function()
      if ended or i >= n then return nil end
      i = i + 1
      local item = list[i]
      if item == nil then return nil end -- taken out by the script meanwhile
      return i, item
    end, function() ended = true end
  end
  local gate = scheduler.gate()
  return function()
    local _ <close> = gate:enter()
    if ended then return nil end
    ended = true
    local item = list()
    if item == nil then return nil end
    ended = false
    i = i + 1
    return i, item
  end, function() ended = true end
end

-- No new item is begun once a map was left. When that was by Ctrl-C, or with the task that called it, nothing goes on behind
-- the script's back, and <close> variables run.
local workers_meta = { __close = function(tasks)
  tasks.stop()
  scheduler.on_stall(tasks.stretch, nil)
  if tasks.source then tasks.source:finish() end
  if not tasks.go_on then
    for i = 1, #tasks do scheduler.cancel(tasks[i]) end
  end
end }

-- The seats of a map: at most so many calls of f run at once. A task that is parked (scheduler.park) leaves its seat, and
-- another task goes on with the next item; when both want to go on, one waits for the other.
local function new_seats(count, hire)
  local seats = { hands = 0, parked = 0 } -- tasks there are, and those of them that are parked
  local taken, tickets, first, last = 0, {}, 1, 0
  local function is_called(ticket) return ticket.called end

  function seats.take()
    if taken < count then
      taken = taken + 1
      return
    end
    local ticket = { called = false }
    last = last + 1
    tickets[last] = ticket
    scheduler.wait(ticket, is_called) -- the seat is handed over
  end

  function seats.give()
    local ticket = tickets[first]
    if ticket then
      tickets[first] = nil
      first = first + 1
      ticket.called = true
      scheduler.wake(ticket)
    else
      taken = taken - 1
    end
  end

  -- What scheduler.park wants of a seat.
  seats.seat = {
    leave = function()
      seats.parked = seats.parked + 1
      seats.give()
      if seats.hands - seats.parked < count then hire() end
    end,
    take = function()
      seats.parked = seats.parked - 1
      seats.take()
    end,
  }

  --- Those who wait for a task wait for what is parked, if nothing can go on: they leave their seats as well.
  function seats.stretch(tasks)
    for i = 1, #tasks do
      local task = tasks[i]
      if task.seat and task.seated and not task.away and not task.finished and scheduler.waits_for_task(task) then
        task.away = true
        seats.seat.leave()
      end
    end
  end

  --- Are there more tasks than can be seated?
  function seats.is_crowded() return seats.hands - seats.parked > count end
  return seats
end

--- Calls f for every item, several at once. An iterator is asked for the next item when a
-- task has time for it, so that it may be endless or read from a file: only the results are kept.
-- @tparam table|function list an array, or an iterator function
-- @tparam function f called as f(item, index); it may return `value, err` as the calls of this module do
-- @tparam[opt] table options `concurrency` = how many at once (8)
-- @treturn table results: results[i] is what f returned for item i (nil where it failed)
-- @treturn table failures: { { index =, item =, err = }, … } in the order of the items; empty when all went well
-- @usage local results, failures = thrive.map(rows, function(row) return client.users:create(row) end,
--   { concurrency = 16 })
function M.map(list, f, options)
  if type(list) ~= "table" and type(list) ~= "function" then
    error("map: argument #1 must be an array or an iterator function (got " .. type(list) .. ")", 2)
  end
  if type(f) ~= "function" then error("map: argument #2 must be a function (got " .. type(f) .. ")", 2) end
  if options ~= nil and type(options) ~= "table" then
    error("map: argument #3 must be a table of options (got " .. type(options) .. ")", 2)
  end
  local wrong = options and problems_of(options, known, "an option")
  if wrong then error("map: " .. wrong, 2) end
  local concurrency = options and options.concurrency or 8
  local n, hole
  if type(list) == "table" then
    n, hole = length(list)
    if not n then error(("map: argument #1 is an array with a hole at index %d"):format(hole), 2) end
    concurrency = math.min(concurrency, n)
  end
  local results, failures = {}, {}
  local next_item, stop = source(list, n)
  local done = 0
  local seats, tasks, hire
  local function work(place)
    for index, item in next_item do
      seats.take()
      place.task.seated = true
      local ok, value, err = pcall(f, item, index)
      place.task.seated = false
      seats.give()
      if not ok then
        failures[#failures + 1] = { index = index, item = item, err = value }
      else
        results[index] = value
        if err ~= nil then failures[#failures + 1] = { index = index, item = item, err = err } end
      end
      done = done + 1
      if seats.is_crowded() then break end
    end
    seats.hands = seats.hands - 1
  end
  function hire()
    local place = {}
    local task = spawn(work, place)
    place.task = task
    seats.hands = seats.hands + 1
    -- One at a time means one after the other: what follows a parked call is not begun before it.
    if concurrency > 1 then task.seat = seats.seat end
    tasks[#tasks + 1] = task
  end
  seats = new_seats(concurrency, hire)
  local workers <close> = setmetatable({ stop = stop }, workers_meta)
  tasks = workers
  function workers.stretch() seats.stretch(tasks) end
  if concurrency > 1 then scheduler.on_stall(workers.stretch, true) end
  local given = loops[list] -- a list of the service's: it may announce how long it is
  tasks.source = settings.progress and require("thrive.progress").automatic(given and given.label or "map", n)
  if tasks.source then
    function tasks.source.count()
      if given and given.source then tasks.source.total = given.source.total end
      return done
    end
    tasks.source:begin()
  end
  for _ = 1, concurrency do hire() end
  local i = 1
  while tasks[i] do -- there may be more of them meanwhile
    local ok, why = pcall(tasks[i].wait, tasks[i])
    if not ok then -- the iterator itself failed, or Ctrl-C
      tasks.go_on = tasks[i].finished -- what was begun when an iterator fails comes to its end
      error(why, 0)
    end
    i = i + 1
  end
  table.sort(failures, function(a, b) return a.index < b.index end)
  return results, failures
end

return M
