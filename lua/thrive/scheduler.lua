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
local DOZE <const>, DOZES <const> = 3, 10 -- what is parked waits for so many seconds and times that a task sleeps
local CROWD <const> = 1000 -- calls in line from which on no new task begins: it could only stand in line as well

local task_meta = { __name = "thrive.task" }
local YIELD = {}             -- what a waiting task yields: private, so that nobody mistakes it for a value
local current                -- the task that is being resumed now
local hooking = false        -- a hook of the script runs, called by the main program
local waiting = {}           -- [key] = task, or { task, … } when there are several: who is woken when key comes
local ready, first, last = {}, 1, 0 -- a queue of tasks to resume
local fresh, oldest, newest = {}, 1, 0 -- and of those that have not begun
local crowd = 0              -- calls that stand in line for a place or a token
local parked                 -- lets go of the tasks that are parked, while there are any
local stretchers = setmetatable({}, { __mode = "k" }) -- set of functions: they begin more when nothing else can go on
local timers = {}            -- binary heap of { at =, key = }, earliest on top
local finished = {}          -- what core.poll puts transfers into
local attend                 -- called every time that the loop has looked at the network; nil: nothing is to be shown
local running, yieldable, now, poll, done = coroutine.running, coroutine.isyieldable, core.now, core.poll, core.done
local yield, heed = coroutine.yield, core.heed

--- Puts every task that waits for key into the queue.
-- @param key what `wait` was called with
function M.wake(key)
  local tasks = waiting[key]
  if tasks then
    waiting[key] = nil
    if tasks.thread then -- one task
      last = last + 1
      ready[last] = tasks
      return
    end
    for i = 1, #tasks do
      last = last + 1
      ready[last] = tasks[i]
    end
  end
end
local wake = M.wake

local function anyone_ready()
  return first <= last or oldest <= newest and crowd < CROWD
end

--- Counts calls that stand in line (1), or do not any more (-1). While there are very many of them no task begins: ten
-- thousand tasks that are spawned at once need the memory of those that can get somewhere.
function M.crowd(change) crowd = crowd + change end

local function await(task, key)
  local tasks = waiting[key]
  if not tasks then
    waiting[key] = task
  elseif tasks.thread then
    waiting[key] = { tasks, task }
  else
    tasks[#tasks + 1] = task
  end
  task.key = key
end

-- Takes a task that nobody is going to resume out of those who wait.
local function forget_waiter(task)
  local key = task.key
  local tasks = waiting[key]
  if tasks == task then
    waiting[key] = nil
  elseif tasks and not tasks.thread then
    for i = #tasks, 1, -1 do
      if tasks[i] == task then table.remove(tasks, i) end
    end
    if #tasks == 0 then waiting[key] = nil end
  end
end

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

--- Calls run(key) in so many seconds, in the middle of somebody's wait: it must neither wait nor raise.
-- @treturn timer for `forget`
function M.at(seconds, run, key)
  local timer = { at = now() + seconds, key = key, run = run }
  push_timer(timer)
  return timer
end

--- Takes a timer of `at` back.
M.forget = timer_meta.__close

-- Drives transfers and timers once, waiting at most `slice` seconds; tasks become ready, none is resumed. It does not
-- wait while tasks are ready, unless nobody is going to resume them (`alone`). Returns how many transfers run.
local function drive(slice, alone)
  if not alone and anyone_ready() then
    slice = 0
  elseif timers[1] then
    local left = timers[1].at - now()
    if left < slice then slice = left > 0 and left or 0 end
  end
  local left_running = poll(slice, finished)
  for i = 1, #finished do
    local transfer = finished[i]
    finished[i] = nil
    wake(transfer)
  end
  if timers[1] then
    while timers[1] and timers[1].at <= now() do
      local timer = pop_timer()
      if timer.run then
        timer.run(timer.key)
      else
        timer.due = true
        wake(timer.key or timer)
      end
    end
    sweep()
  end
  if attend then attend() end
  return left_running
end

-- The end of a task, however it came.
local function finish(task, ok, why)
  if task.finished then return end
  task.finished = true
  if not ok then task.failed, task.error = true, why end
  if task.key ~= nil then
    forget_waiter(task) -- closed while it waited: nobody is there to be woken any more
    task.key = nil
  end
  wake(task)
end

local CLOSED <const> = "the task was closed before it had ended"
local CANCELLED <const> = "the task was cancelled"

-- Ends a task whose coroutine is suspended, or has not begun; its <close> variables run.
local function drop(task)
  finish(task, false, CANCELLED)
  local thread = task.thread
  task.thread = nil
  if thread then
    local ok, why = coroutine.close(thread)
    if not ok then warn("thrive: a <close> of a cancelled task failed: " .. tostring(why)) end
  elseif task.value then -- its place among those that have not begun
    fresh[task.value] = false
  end
end

--- Ends a task that nobody needs any more: what it waits for is given up, its <close> variables run. A task that runs now
-- (or has called whoever cancels it) ends at its next wait instead. One that has ended is left alone. Whoever waits for
-- it gets an error; nobody has to. Never raises.
-- @param task of `spawn`
function M.cancel(task)
  if task.finished then return end
  task.waited, task.cancelled = true, true
  if not task.thread or coroutine.status(task.thread) == "suspended" then drop(task) end
end

local function keep(task, ...)
  local n = select("#", ...)
  if n > 1 then task.value = table.pack(...) else task.value = ... end
  task.n = n
end

-- The coroutine of a task.
local function body(task)
  local _ <close> = task
  local f, n, arguments = task.f, task.count, task.arguments
  task.f, task.count, task.arguments, task.value = nil, nil, nil, nil
  if n == 0 then
    keep(task, f())
  elseif n == 1 then
    keep(task, f(arguments))
  else
    keep(task, f(table.unpack(arguments, 1, n)))
  end
end

-- What follows a task's turn; ok, why: of coroutine.resume.
local function turn_over(task, ok, why)
  local thread = task.thread
  if why == YIELD and ok then
    if task.cancelled then drop(task) end
  elseif coroutine.status(thread) == "dead" then
    finish(task, ok, why) -- before the <close> of the task's own, which knows less
    task.thread = nil -- a finished task needs no stack
    if not ok then coroutine.close(thread) end -- runs its <close> variables
  else
    -- Nobody would ever resume it: an error now, and not a hang.
    local where = debug.getinfo(thread, 1, "Sl")
    finish(task, false, (where and where.currentline > 0 and ("%s:%d: "):format(where.short_src, where.currentline) or "")
      .. "coroutine.yield in a task: only a coroutine of your own may yield (thrive.sleep(0) gives way)")
    coroutine.close(thread)
  end
end

local function resume(task)
  if task.finished then return end -- closed or cancelled when it had its turn before it
  local thread, before = task.thread, current
  if not thread then -- made as late as can be, for it is most of what a task costs
    thread = coroutine.create(body)
    task.thread = thread
  end
  current = task
  local ok, why = coroutine.resume(thread, task)
  current = before
  turn_over(task, ok, why)
end

-- Ctrl-C during a task's turn is raised in the main program, right after the turn: before `resume` has seen how it ended,
-- which a script that catches the interrupt needs. To be closed by whoever resumes tasks for the main program.
local turns = setmetatable({}, { __close = function(_, why)
  local task = current
  if not task then return end
  current = nil
  if coroutine.status(task.thread) == "dead" then turn_over(task, false, why) else turn_over(task, true, YIELD) end
end })

-- Resumes what is ready now, then begins what has not begun; tasks that become ready meanwhile have their turn next time,
-- so that a busy task cannot starve the poll.
local function run_ready()
  local _ <close> = current == nil and turns or nil
  local stop = last
  while first <= stop and first <= last do -- a nested round may have emptied the queue
    local task = ready[first]
    ready[first] = nil
    first = first + 1
    resume(task)
  end
  if first > last then first, last = 1, 0 end
  stop = newest
  while oldest <= stop and oldest <= newest and crowd < CROWD do
    local task = fresh[oldest]
    fresh[oldest] = nil
    oldest = oldest + 1
    if task then resume(task) end
  end
  if oldest > newest then oldest, newest = 1, 0 end
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

-- Does this sleep end soon, and what comes then is waited for? A program may sleep until its tasks are done, and a task may
-- look after something for ever; but one that takes its time between two calls is about to make the next one.
local function only_dozes(timer, at)
  local task = timer.task
  if not task or task.finished then return false end
  if not timer.counted then
    timer.counted = true
    task.dozed, task.dozes = (task.dozed or 0) + timer.at - at, (task.dozes or 0) + 1
  end
  return task.dozed <= DOZE and task.dozes <= DOZES
end

-- While nothing can go on but what is parked, there is nothing on the wire, nobody has a turn, and no call waits for a time
-- to come.
local function only_parked()
  if anyone_ready() or drive(0) > 0 or anyone_ready() then return false end
  local at = now()
  for i = 1, #timers do
    local timer = timers[i]
    if not (timer.over or timer.sleeps and not only_dozes(timer, at)) then return false end
  end
  return true
end

-- Lets go of what is parked, if that is all there is. Returns whether anything can go on now.
local function let_go()
  if not (parked and only_parked()) then return false end
  for stretch in next, stretchers do stretch() end
  if anyone_ready() then return true end
  local release = parked
  parked = nil
  if release() then parked = release end
  return true
end

-- Waits until is_done(key). `nested`: resume other tasks although this one cannot give way.
local function wait(key, is_done, nested)
  if in_task() then
    local task = current
    if task.cancelled then yield(YIELD) end -- for the last time
    while not is_done(key) do
      await(task, key)
      yield(YIELD)
    end
    if task.away then -- others have gone on meanwhile
      task.away = nil
      task.seat.take()
    end
    return
  end
  -- The main program, or a place in a task whose yield is not ours: there only this task's turn blocks.
  local resumes = current == nil or nested
  while not is_done(key) do
    if current and current.cancelled then error(CANCELLED, 0) end
    if parked and resumes then let_go() end
    if not is_done(key) and drive(SLICE, not resumes) == 0 and timers[1] == nil and not (resumes and anyone_ready())
      and not is_done(key) then
      error("nothing is left that could end this wait: tasks wait for each other", 0)
    end
    heed(current ~= nil) -- in a task: the main program has to end as well
    if resumes then run_ready() end
  end
end

--- Waits until is_done(key), which whoever brings it about announces by wake(key), or until the deadline.
-- @param key any value but nil
-- @tparam function is_done
-- @tparam[opt] number deadline on core.now's clock
-- @treturn boolean did it come in time?
function M.wait(key, is_done, deadline)
  if not deadline then
    wait(key, is_done)
    return true
  end
  local timer <close> = setmetatable({ at = deadline, key = key }, timer_meta)
  push_timer(timer)
  wait(key, function() return timer.due or is_done(key) end)
  return is_done(key)
end

--- Waits until a transfer has finished.
-- @param transfer a started transfer of thrive.core
function M.wait_transfer(transfer)
  if current == nil and first > last and oldest > newest and timers[1] == nil and next(waiting) == nil then
    while not done(transfer) do -- nobody else is there: the short way
      poll(SLICE)
      heed()
      if attend then attend() end
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
  local timer <close> = setmetatable({ at = now() + seconds, sleeps = true, task = current }, timer_meta)
  push_timer(timer)
  wait(timer, is_due)
end

--- Can the code that runs now be parked? In a task that can give way and was not parked before.
-- @treturn boolean
function M.can_park() return in_task() and not current.was_parked end

--- Parks the task that runs now: it waits until is_done(key). That comes at the latest when nothing else can go on, in any
-- task or in the main program: then release() is called, once for all that are parked, and has to bring it about; or it has
-- one of them go on and returns true, to be called again.
-- A task that works for thrive.map leaves its seat to another one meanwhile.
-- @param key any value but nil; whoever brings it about wakes it
-- @tparam function is_done
-- @tparam function release of all that is parked: there is one kind of parking
function M.park(key, is_done, release)
  local task = current
  task.was_parked, parked = true, release
  if task.seat then task.seat.leave() end
  wait(key, is_done)
  if task.seat then task.seat.take() end
end

--- Has f called when all that goes on waits for what is parked: it may begin more. nil: not any more.
-- @tparam function f
-- @tparam boolean|nil on
function M.on_stall(f, on) stretchers[f] = on end

--- Is this task waiting for another one?
-- @param task of `spawn`
function M.waits_for_task(task)
  return getmetatable(task.key) == task_meta
end

local gate_meta = { __name = "thrive.gate" }
gate_meta.__index = gate_meta
function gate_meta.__close(gate)
  gate.open = true
  wake(gate)
end

local function is_open(gate) return gate.open end

function gate_meta:enter()
  if not self.open then wait(self, is_open, true) end
  self.open = false
  return self
end

--- A gate that one task passes at a time; the others wait until it leaves: `local _ <close> = gate:enter()`.
-- @treturn gate
function M.gate() return setmetatable({ open = true }, gate_meta) end

local function is_finished(task) return task.finished end

local Task = {}
task_meta.__index = Task
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
  if not self.finished then
    if self.thread and M.stuck() and coroutine.status(self.thread) == "normal" then
      error("this task cannot wait for one that it was started from", 2)
    end
    wait(self, is_finished, true)
  end
  if self.failed then error(self.error, 0) end
  local n = self.n
  if n == 1 then return self.value end
  if n > 1 then return table.unpack(self.value, 1, n) end
end

-- The last <close> variable of a task's coroutine. After an error `resume` knows more and was here first.
function task_meta.__close(task)
  finish(task, task.n ~= nil, CLOSED)
end

-- A task that is still to begin. Its coroutine is made when it does.
local function new_task(f, ...)
  local n = select("#", ...)
  local arguments
  if n > 1 then arguments = table.pack(...) else arguments = ... end
  return setmetatable({ f = f, count = n, arguments = arguments, thread = nil, key = nil, finished = false, value = nil,
    n = nil }, task_meta)
end

--- Starts f(…) as a task. It runs when the caller waits for something: for a call, a task or a sleep; in a program with
-- an event loop of its own, when that calls client:step. Tasks begin in the order in which they were made; while a
-- thousand calls stand in line for a place (`concurrency`), those that have not begun wait until there are fewer.
-- @tparam function f
-- @param ... its arguments
-- @treturn task with a method wait
-- @usage local task = thrive.spawn(function() return client.users:get(id) end)
-- local user, err = task:wait()
function M.spawn(f, ...)
  if type(f) ~= "function" then error("spawn: argument #1 must be a function (got " .. type(f) .. ")", 2) end
  local task = new_task(f, ...)
  newest = newest + 1
  fresh[newest], task.value = task, newest
  return task
end

--- The same for this module's own: it begins at once, and runs until it first waits.
function M.start(f, ...)
  local _ <close> = current == nil and turns or nil
  local task = new_task(f, ...)
  resume(task)
  return task
end

--- Has f called in every turn of the loop: four times a second at least while anybody waits. It must neither wait nor raise.
-- @tparam function|nil f instead of the one before; nil: none
function M.every_turn(f) attend = f end

--- Is this what Ctrl-C or SIGTERM raises? It is no mistake of whatever ran: it ends everything. Lua has nothing but its text.
-- @param value what was raised
-- @treturn boolean
function M.is_interrupt(value) return type(value) == "string" and value:find("interrupted!$") ~= nil end

--- Moves transfers and timers on without waiting and without giving any task a turn: for long work between waits.
function M.glance() drive(0) end

--- Calls a hook of the script under pcall. It must not move the loop on that it was called from.
-- @treturn boolean, any of pcall
function M.call_hook(f, event)
  local before = hooking
  hooking = hooking or current == nil
  local ok, why = pcall(f, event)
  hooking = before
  return ok, why
end

--- Moves everything on, for a program with an event loop of its own: transfers, timers and the tasks of every client.
-- Waits until a task had its turn, at most so long. What a task raises stays with the task.
-- @tparam number seconds at most; 0 does not wait
-- @treturn boolean is there anything left to do?
-- @raise in a task or a hook
function M.step(seconds)
  if current ~= nil or hooking then error("client:step: called from inside a " .. (current and "task" or "hook"), 2) end
  local stop = seconds > 0 and now() + seconds
  local slice = 0
  while true do
    let_go()
    local left_running = drive(slice)
    heed()
    if anyone_ready() then
      run_ready()
      left_running = drive(0) -- what they have asked for leaves now
      return left_running > 0 or anyone_ready() or timers[1] ~= nil or parked ~= nil
    end
    if left_running == 0 and timers[1] == nil and not parked then return false end
    slice = stop and stop - now() or 0
    if slice <= 0 then return true end
    if slice > SLICE then slice = SLICE end
  end
end

--- What such a program has to wait for before it calls `step` again.
-- @treturn table { { fd =, read =, write = }, … }
-- @treturn number|nil seconds after which to call it anyway; nil: nothing but the descriptors matters
function M.fds()
  drive(0) -- nothing may be left to do that no descriptor would tell of
  local list, seconds = core.fds()
  if anyone_ready() or parked and only_parked() then
    seconds = 0
  elseif timers[1] then
    local left = math.max(0, timers[1].at - now())
    if not seconds or left < seconds then seconds = left end
  end
  return list, seconds
end

return M
