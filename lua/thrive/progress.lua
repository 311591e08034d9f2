--- Progress on standard error, when that is a terminal: how many records of a loop are done, how fast, how long it will
-- take, and what it waits for. In a pipe, and in the background, nothing is written and nothing is counted.
--
-- What can be shown is a source: a loop, a map. Sources are asked how far they are, ten times a second at most, from where
-- the scheduler waits anyway; nobody reports record by record. The script's own (thrive.progress) come before those that
-- thrivelua shows by itself (settings.progress); among several, that is the outermost, the one that began first is shown.
-- @module thrive.progress

local core = require "thrive.core"
local line = require "thrive.progress.line"
local loops = require "thrive.loops"
local options = require "thrive.options"
local scheduler = require "thrive.scheduler"
local screen = require "thrive.progress.screen"
local settings = require "thrive.settings"

local M = {}

local INTERVAL <const> = 0.1 -- seconds between two drawings
local PATIENCE <const> = 0.7 -- seconds a source lasts before it is shown: what is quick shows nothing
local WORTH_TELLING <const> = 1 -- seconds: shorter waits are not mentioned

local now = core.now

-- ---- what could be shown --------------------------------------------------------------------------------------------

-- Two lists, the oldest first, linked both ways: a task may end a loop that thousands of others began after.
local asked = {} -- by the script
local automatic = {}
local waiting -- { till =, why =, count = }: a wait that was announced

local next_at = 0 -- when to draw again

local function draw(at)
  local source = asked.first or automatic.first
  if source and at - source.begun < PATIENCE then source = nil end
  local left = waiting and waiting.till - at
  if waiting and left <= 0 then waiting, left = nil, nil end
  local what = {}
  if source then
    what.label, what.count, what.total = source.label, source.count(), source.total
    what.rate = line.rate(source.samples, at, what.count)
    line.sample(source.samples, at, what.count)
  end
  -- While one call waits before it is tried again, others may get on; a 429 holds all of them back.
  if left and (waiting.all or waiting.count == what.count) then
    what.waiting, what.why = left, waiting.why
  elseif not source then
    return screen.clear()
  end
  local columns = screen.columns()
  if columns then screen.show(line.text(what, columns)) end
end

local function tick()
  local at = now()
  if at < next_at and not (waiting and at >= waiting.till) then return end
  next_at = at + INTERVAL
  draw(at)
  if not (asked.first or automatic.first or waiting) then scheduler.every_turn(nil) end
end

local Source = {}
local source_meta = { __name = "thrive.progress.source", __index = Source }

-- It is counted from now on. May be called again.
function Source:begin()
  if self.list then return end
  local list = self.asked and asked or automatic
  self.list, self.before, self.after = list, list.last, nil
  if list.last then list.last.after = self else list.first = self end
  list.last = self
  self.begun, self.samples = now(), {}
  line.sample(self.samples, self.begun, self.count())
  scheduler.every_turn(tick)
end

-- It has come to its end, or was given up. May be called again.
function Source:finish()
  local list = self.list
  if not list then return end
  self.list = nil
  if self.before then self.before.after = self.after else list.first = self.after end
  if self.after then self.after.before = self.before else list.last = self.before end
  self.before, self.after = nil, nil
  if not (asked.first or automatic.first) then
    waiting = nil
    screen.clear()
    scheduler.every_turn(nil)
  end
end

source_meta.__close = Source.finish

local function none() return 0 end

-- count: a function that tells how many are done; it may be set later.
local function new_source(label, total, is_asked)
  return setmetatable({ label = label, total = total, asked = is_asked, count = none }, source_meta)
end

--- A source of thrivelua's own, for a loop of this module. Only to be called while settings.progress is set.
-- @tparam string label
-- @tparam[opt] integer total
-- @treturn source|nil with `count` (a function) and `total` to be set, `begin` and `finish` to be called, each as often as
--   one likes; nil where nothing can be shown
function M.automatic(label, total)
  if not screen.usable() then
    settings.progress = nil -- nobody has to ask again
    return nil
  end
  return new_source(label, total, false)
end

--- A call waits before its next attempt.
-- @tparam number seconds
-- @tparam integer status what the last attempt was answered, 0: nothing
function M.waiting(seconds, status)
  if seconds < WORTH_TELLING or not (settings.progress or asked.first) or not screen.usable() then return end
  local till = now() + seconds - 0.05 -- over when the wait is, and not an instant later
  if waiting and waiting.till > till and (waiting.all or status ~= 429) then return end
  local source = asked.first or automatic.first
  waiting = {
    till = till, all = status == 429, count = source and source.count(),
    why = status == 429 and "for the rate limit (429)" or ("to try again (%s)"):format(
      status > 0 and status or "no answer"),
  }
  scheduler.every_turn(tick)
end

--- Takes everything off the terminal, for a prompt: what a chunk has left unfinished is shown again when it goes on.
function M.rest()
  for _, list in ipairs { asked, automatic } do
    while list.first do list.first:finish() end
  end
  waiting = nil
  screen.clear()
  scheduler.every_turn(nil)
end

-- ---- thrive.progress ------------------------------------------------------------------------------------------------

-- What a loop closes instead of the iterator's own value.
local Closer = { __name = "thrive.progress" }

function Closer.__gc(closer) closer.source:finish() end -- an iterator that nobody drives any more

function Closer.__close(closer, err)
  closer.source:finish()
  if closer.value ~= nil then closer.close(closer.value, err) end
end

local STRIDE <const> = 0.02 -- seconds between looks at the clock in a loop that does not wait for the network

-- f's values, counted; whoever waits for nothing has to look at the clock by itself, but not for every item.
local function counted(f, source, closer)
  local done, look_at, stride, since = 0, 1, 1, nil
  source.count = function() return done end
  local function look()
    local at = now()
    if since then stride = math.max(1, math.min(4096, math.floor(stride * STRIDE / math.max(at - since, 1e-6)))) end
    since, look_at = at, done + stride
    tick()
  end
  local function pass(first, ...)
    if first == nil then
      source:finish()
    else
      done = done + 1
      if done >= look_at then look() end
    end
    return first, ...
  end
  return function(state, control)
    local _ = closer -- lives as long as this function
    source:begin()
    return pass(f(state, control))
  end
end

-- The entries of an array, with their indices behind them.
local function entries(list)
  local i = 0
  return function()
    i = i + 1
    local entry = list[i]
    if entry == nil then return nil end
    return entry, i
  end
end

local known = {
  total = { "integer", function(v) return v >= 0 or nil, "0 or more" end },
  label = { "string" },
}

local function is_callable(value)
  if type(value) == "function" then return true end
  local meta = debug.getmetatable(value)
  return meta ~= nil and meta.__call ~= nil
end

-- The arguments of M.wrap in order: iterator, state, control, closing value, options.
local function arguments(n, iterator, second, control, closing, given)
  if n <= 2 then return iterator, nil, nil, nil, second end
  return iterator, second, control, closing, given
end

--- Shows how far a loop is, when standard error is a terminal; elsewhere it changes nothing and costs nothing.
-- Values, errors and the end of the loop pass through as they are.
-- @param iterator what a generic `for` takes: an iterator function, of `each`, `pages`, `thrive.csv.rows` or of your own; or
--   an array: then the loop gets its entries, and their indices as second value
-- @tparam[opt] table given `total` (integer; without it what the service announces, or #array), `label` (string). Where
--   the iterator needs its other values (as `pairs` does), they stand between: iterator, state, control, closing, options
-- @return iterator, state, control, closing for a generic `for`
-- @raise wrong arguments
-- @usage for user in thrive.progress(client.users:each{ status = "active" }, { label = "users" }) do … end
-- for row, line in thrive.progress(thrive.csv.rows(path), { label = "rows", total = 5000 }) do … end
function M.wrap(...)
  local f, state, control, closing, given = arguments(select("#", ...), ...)
  local is_array = type(f) == "table" and not is_callable(f)
  if not is_array and not is_callable(f) then
    error(("progress: argument #1 must be an iterator function or an array (got %s)"):format(type(f)), 2)
  end
  if given ~= nil and type(given) ~= "table" then
    error(("progress: the options must be a table (got %s)"):format(type(given)), 2)
  end
  local wrong = given and options.problems_of(given, known, "an option")
  if wrong then error("progress: " .. wrong, 2) end
  if closing == nil then closing = loops[f] end
  local close
  if closing then -- nil and false are nothing to a loop
    local meta = debug.getmetatable(closing)
    close = meta and meta.__close
    if not close then error("progress: argument #4 is no value that a loop can close", 2) end
  end

  local total = given and given.total or is_array and #f or nil
  if is_array then f = entries(f) end
  if not screen.usable() then return f, state, control, closing end
  local source = new_source(given and given.label, total, true)
  local meta = closing and debug.getmetatable(closing)
  if meta and meta.__name == "thrive.iteration" then
    closing:show(source) -- it knows by itself how far it is, and how far it has to go
    return f, state, control, closing
  end
  local closer = setmetatable({ source = source, value = closing or nil, close = close }, Closer)
  return counted(f, source, closer), state, control, closer
end

return M
