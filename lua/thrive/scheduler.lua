--- Tasks on one thread: code inside a task reads like straight code, and every client call in it gives way while it
-- waits. Here is the only place that waits: for transfers, for timers and for other tasks.
--
-- A task is a coroutine made by `spawn` or `map`. A wait inside a task yields to the loop; a wait anywhere else (the
-- main program, or a coroutine of the script's own, whose yields belong to the script) runs the loop in place until
-- what it waits for has come. Waiting is done in C in slices of at most 250 ms, so that Ctrl-C is heard.
-- @module thrive.scheduler

local core = require "thrive.core"

local M = {}

local SLICE <const> = 0.25 -- seconds

local YIELD = {}             -- what a waiting task yields: private, so that nobody mistakes it for a value
local current                -- the task that is being resumed now
local waiting = {}           -- [key] = { task, … }: who is woken when key comes
local ready, first, last = {}, 1, 0 -- a queue of tasks to resume
local timers = {}            -- binary heap of { at =, key = }, earliest on top
local running, yieldable, now, poll, done = coroutine.running, coroutine.isyieldable, core.now, core.poll, core.done
local heed = core.heed

--- Puts every task that waits for key into the queue.
-- @param key what `wait` was called with
function M.wake(key)
  local tasks = waiting[key]
  if tasks then
    waiting[key] = nil
    for i = 1, #tasks do
      last = last + 1
      ready[last] = tasks[i]
    end
  end
end
local wake = M.wake

local function push_timer(timer)
  local i = #timers + 1
  while i > 1 do
    local parent = i // 2
    if timers[parent].at <= timer.at then break end
    timers[i] = timers[parent]
    i = parent
  end
  timers[i] = timer
end

local function pop_timer()
  local top, n = timers[1], #timers
  local timer = timers[n]
  timers[n] = nil
  n = n - 1
  if n > 0 then
    local i = 1
    while true do
      local child = 2 * i
      if child > n then break end
      if child < n and timers[child + 1].at < timers[child].at then child = child + 1 end
      if timer.at <= timers[child].at then break end
      timers[i] = timers[child]
      i = child
    end
    timers[i] = timer
  end
  return top
end

-- Takes timers that nobody needs any more off the top.
local function sweep()
  while timers[1] and timers[1].over do pop_timer() end
end

-- A timer ends with the wait that it belongs to, also when the task is closed in the middle of it.
local timer_meta = { __close = function(timer)
  timer.over, timer.key = true, nil
  sweep()
end }

-- Drives transfers and timers once, waiting at most `slice` seconds; tasks become ready, none is resumed. It does not
-- wait while tasks are ready, unless nobody is going to resume them (`alone`). Returns how many transfers run.
local function drive(slice, alone)
  local left_running
  if first <= last and not alone then
    slice = 0
  elseif timers[1] then
    local left = timers[1].at - now()
    if left < slice then slice = left > 0 and left or 0 end
  end
  if next(waiting) == nil then
    left_running = poll(slice)
  else
    local finished = {}
    left_running = poll(slice, finished)
    for i = 1, #finished do wake(finished[i]) end
  end
  while timers[1] and timers[1].at <= now() do
    local timer = pop_timer()
    timer.due = true
    wake(timer.key or timer)
  end
  sweep()
  return left_running
end

-- The end of a task, however it came.
local function finish(task, ok, why)
  if task.finished then return end
  task.finished = true
  if not ok then task.failed, task.error = true, why end
  local others = waiting[task.key] -- closed while it waited: nobody is there to be woken any more
  for i = others and #others or 0, 1, -1 do
    if others[i] == task then table.remove(others, i) end
  end
  if others and #others == 0 then waiting[task.key] = nil end
  task.key = nil
  wake(task)
end

local CLOSED <const> = "the task was closed before it had ended"
local CANCELLED <const> = "the task was cancelled"

-- Ends a task whose coroutine is suspended; its <close> variables run.
local function drop(task)
  finish(task, false, CANCELLED)
  local ok, why = coroutine.close(task.thread)
  if not ok then warn("thrive: a <close> of a cancelled task failed: " .. tostring(why)) end
end

--- Ends a task that nobody needs any more: what it waits for is given up, its <close> variables run. A task that runs now
-- (or has called whoever cancels it) ends at its next wait instead. One that has ended is left alone. Whoever waits for
-- it gets an error; nobody has to. Never raises.
-- @param task of `spawn`
function M.cancel(task)
  if task.finished then return end
  task.waited, task.cancelled = true, true
  if coroutine.status(task.thread) == "suspended" then drop(task) end
end

local function resume(task)
  if coroutine.status(task.thread) == "dead" then return finish(task, false, CLOSED) end -- closed before it began
  local before = current
  current = task
  local ok, why = coroutine.resume(task.thread)
  current = before
  if ok and why ~= YIELD and coroutine.status(task.thread) ~= "dead" then
    -- Nobody would ever resume it: an error now, and not a hang.
    local where = debug.getinfo(task.thread, 1, "Sl")
    finish(task, false, (where and where.currentline > 0 and ("%s:%d: "):format(where.short_src, where.currentline) or "")
      .. "coroutine.yield in a task: only a coroutine of your own may yield (thrive.sleep(0) gives way)")
    coroutine.close(task.thread)
  elseif coroutine.status(task.thread) == "dead" then
    finish(task, ok, why) -- before the <close> of the task's own, which knows less
    if not ok then coroutine.close(task.thread) end -- runs its <close> variables
  elseif task.cancelled then
    drop(task)
  end
end

-- Resumes what is ready now; tasks that become ready meanwhile have their turn next time, so that a busy task cannot
-- starve the poll.
local function run_ready()
  local stop = last
  while first <= stop and first <= last do -- a nested round may have emptied the queue
    local task = ready[first]
    ready[first] = nil
    first = first + 1
    resume(task)
  end
  if first > last then first, last = 1, 0 end
end

-- May the code that runs now give way? In a task, unless C (table.sort, string.gsub …) or a coroutine of the script's
-- own stands between.
local function in_task()
  return current ~= nil and current.thread == running() and yieldable()
end

--- Is this a place in a task that cannot give way? A wait there lets transfers and timers go on but no other task, so
-- it must not be for something that another task brings about.
-- @treturn boolean
function M.stuck()
  return current ~= nil and not in_task()
end

--- Waits until is_done(key), which whoever brings it about announces by wake(key), or until the deadline.
-- @param key any value but nil
-- @tparam function is_done
-- @tparam[opt] number deadline on core.now's clock
-- @treturn boolean did it come in time?
function M.wait(key, is_done, deadline)
  if not deadline then
    M.wait_forever(key, is_done)
    return true
  end
  local timer <close> = setmetatable({ at = deadline, key = key }, timer_meta)
  push_timer(timer)
  M.wait_forever(key, function() return timer.due or is_done(key) end)
  return is_done(key)
end

-- The same without a deadline. `nested`: resume other tasks although this one cannot give way.
local function wait(key, is_done, nested)
  if in_task() then
    if current.cancelled then coroutine.yield(YIELD) end -- for the last time
    while not is_done(key) do
      local tasks = waiting[key]
      if tasks then tasks[#tasks + 1] = current else waiting[key] = { current } end
      current.key = key
      coroutine.yield(YIELD)
    end
    return
  end
  -- The main program, or a place in a task whose yield is not ours: there only this task's turn blocks.
  local resumes = current == nil or nested
  while not is_done(key) do
    if current and current.cancelled then error(CANCELLED, 0) end
    if drive(SLICE, not resumes) == 0 and timers[1] == nil and not (resumes and first <= last) and not is_done(key) then
      error("nothing is left that could end this wait: tasks wait for each other", 0)
    end
    heed(current ~= nil) -- in a task: the main program has to end as well
    if resumes then run_ready() end
  end
end
M.wait_forever = wait

--- Waits until a transfer has finished.
-- @param transfer a started transfer of thrive.core
function M.wait_transfer(transfer)
  if current == nil and first > last and next(waiting) == nil and timers[1] == nil then
    while not done(transfer) do -- nobody else is there: the short way
      poll(SLICE)
      heed()
    end
  else
    wait(transfer, done)
  end
end

local function is_due(timer) return timer.due end

--- Waits without holding anything else up.
-- @tparam number seconds how long; 0 lets other tasks have a turn
-- @usage thrive.sleep(0.5)
function M.sleep(seconds)
  if type(seconds) ~= "number" or not (seconds >= 0 and seconds < math.huge) then
    error("sleep: argument #1 must be a number of seconds, 0 or more", 2)
  end
  local timer <close> = setmetatable({ at = now() + seconds }, timer_meta)
  push_timer(timer)
  wait(timer, is_due)
end

local gate_meta = { __name = "thrive.gate" }
gate_meta.__index = gate_meta
function gate_meta.__close(gate)
  gate.open = true
  wake(gate)
end

local function is_open(gate) return gate.open end

function gate_meta:enter()
  wait(self, is_open, true)
  self.open = false
  return self
end

--- A gate that one task passes at a time; the others wait until it leaves: `local _ <close> = gate:enter()`.
-- @treturn gate
function M.gate() return setmetatable({ open = true }, gate_meta) end

local function is_finished(task) return task.finished end

local Task = {}
local task_meta = { __name = "thrive.task", __index = Task }
-- An error belongs to whoever waits; one that nobody ever waits for must not go unseen.
function task_meta.__gc(task)
  if task.failed and not task.waited then
    warn("thrive: a task failed and nobody waited for it: " .. tostring(task.error))
  end
end

--- Waits for the task to end.
-- @treturn any what its function returned; an error in it is raised here, in whoever waits
function Task:wait()
  if current == self then error("a task cannot wait for itself", 2) end
  self.waited = true
  if M.stuck() and coroutine.status(self.thread) == "normal" then
    error("this task cannot wait for one that it was started from", 2)
  end
  wait(self, is_finished, true)
  if self.failed then error(self.error, 0) end
  return table.unpack(self.values, 1, self.values.n)
end

-- The last <close> variable of a task's coroutine. After an error `resume` knows more and was here first.
function task_meta.__close(task)
  finish(task, task.values ~= nil, CLOSED)
end

local function spawn(f, ...)
  local arguments = table.pack(...)
  local task = setmetatable({ finished = false }, task_meta)
  task.thread = coroutine.create(function()
    local _ <close> = task
    task.values = table.pack(f(table.unpack(arguments, 1, arguments.n)))
  end)
  last = last + 1
  ready[last] = task
  return task
end

--- Starts f(…) as a task. It runs when the caller waits for something: for a call, a task or a sleep.
-- @tparam function f
-- @param ... its arguments
-- @treturn task with a method wait
-- @usage local task = thrive.spawn(function() return client.users:get(id) end)
-- local user, err = task:wait()
function M.spawn(f, ...)
  if type(f) ~= "function" then error("spawn: argument #1 must be a function (got " .. type(f) .. ")", 2) end
  return spawn(f, ...)
end

--- The same for this module's own: it begins at once, and runs until it first waits.
function M.start(f, ...)
  local task = spawn(f, ...)
  ready[last] = nil
  last = last - 1
  resume(task)
  return task
end

--- Moves transfers and timers on without waiting and without giving any task a turn: for long work between waits.
function M.glance() drive(0) end

local map_options = { "concurrency" }

-- The number of entries of an array; nil and the index when there is a hole before some of them.
local function length(list)
  local n = 0
  while list[n + 1] ~= nil do n = n + 1 end
  for key in next, list do
    if math.type(key) == "integer" and key > n then return nil, n + 1 end
  end
  return n
end

-- An array, or an iterator function, as a function that returns index, item.
local function source(list)
  local i = 0
  if type(list) == "function" then
    return function()
      local item = list()
      if item == nil then return nil end
      i = i + 1
      return i, item
    end
  end
  return function()
    i = i + 1
    local item = list[i]
    if item == nil then return nil end
    return i, item
  end
end

--- Calls f for every item, several at once.
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
  for key in pairs(options or {}) do
    if key ~= "concurrency" then
      local near = core.nearest(tostring(key), map_options)
      error(("map: unknown option '%s'%s"):format(key, near and (" (did you mean '%s'?)"):format(near) or ""), 2)
    end
  end
  local concurrency = options and options.concurrency or 8
  if math.type(concurrency) ~= "integer" or concurrency < 1 then
    error("map: concurrency must be an integer of 1 or more", 2)
  end
  local results, failures, pull, ended = {}, {}, source(list), false
  local gate = M.gate() -- the next item may have to come over the network
  local function next_item()
    local _ <close> = gate:enter()
    if ended then return nil end -- an iterator must not be called after its end
    ended = true -- also when it raises
    local index, item = pull()
    ended = index == nil
    return index, item
  end
  local function work()
    while true do
      local index, item = next_item()
      if index == nil then break end
      local ok, value, err = pcall(f, item, index)
      if not ok then
        failures[#failures + 1] = { index = index, item = item, err = value }
      else
        results[index] = value
        if err ~= nil then failures[#failures + 1] = { index = index, item = item, err = err } end
      end
    end
  end
  if type(list) == "table" then
    local n, hole = length(list)
    if not n then error(("map: argument #1 is an array with a hole at index %d"):format(hole), 2) end
    concurrency = math.min(concurrency, n)
  end
  local tasks = {}
  for i = 1, concurrency do tasks[i] = spawn(work) end
  for i = 1, concurrency do
    local ok, why = pcall(Task.wait, tasks[i])
    if not ok then -- the iterator itself failed, or Ctrl-C: no new item is begun
      ended = true
      error(why, 0)
    end
  end
  table.sort(failures, function(a, b) return a.index < b.index end)
  return results, failures
end

return M
