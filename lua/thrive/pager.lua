--- Iteration: pages, records, everything at once. Whole or loud: an error is raised in the loop, again if asked again,
-- and a list that ends short of what the service announced is an error too.
--
-- Pages travel ahead of the reader, each in a task of its own, up to an answer that is whole; it is decoded when the
-- reader comes to it, so that what is held ahead is the text of the pages and not their tables. Before a page is decoded
-- the next request is on the wire: the network works while we do.
-- @module thrive.pager

local core = require "thrive.core"
local call = require "thrive.call"
local cursor = require "thrive.cursor"
local loops = require "thrive.loops"
local scheduler = require "thrive.scheduler"
local settings = require "thrive.settings"

local M = {}

local PREFETCH <const>, PREFETCH_MOST <const> = 4, 16 -- pages ahead: at first, and at most while the reader waits
local GROWTH_MOST <const> = 65536 -- KiB
local GLANCE <const> = 0.02 -- seconds of the script's own work between looks at the network

local verdicts = {
  loop = { "page_loop", "the service sent page %d again instead of the next one" },
  wrong = { "page_wrong", "the service sent another page than page %d, which was asked for" },
}

-- A copy of a table and of the lists in it: the script may change its own while the pages are read.
local function copy_of(given)
  local copy = {}
  for key, value in pairs(given) do
    if type(value) == "table" then
      local list = {}
      for k, v in next, value do list[k] = v end
      value = list
    end
    copy[key] = value
  end
  return copy
end

-- A copy of the parameters with the page to ask for.
local function with_page(params, number, per_page)
  local copy = {}
  for key, value in pairs(params) do copy[key] = value end
  copy.page, copy.perPage = number, per_page
  return copy
end

-- 3.0 as 3: some JSON libraries know no integers, and a cursor is to be read again.
local function whole(number)
  return math.type(number) == "float" and math.tointeger(number) or number
end

local Iteration = {}

-- Lets go of the pages ahead. The iteration itself may be asked on: it asks for them again.
local function drop_ahead(self)
  for i = self.first, self.last do
    local page = self.window[i]
    self.window[i] = nil
    if page.task then scheduler.cancel(page.task) end -- none yet: a hook of its request does this
    core.discard(page.transfer)
  end
  self.first, self.last = 1, 0
end

local function close(self)
  self.closed = true
  drop_ahead(self)
  if self.source then self.source:finish() end
end

-- Nothing but the iteration holds the pages ahead: they go when it goes, by the end of a loop or by the collector.
local iteration_meta = { __name = "thrive.iteration", __index = Iteration, __close = close, __gc = close }
M.class = iteration_meta

function iteration_meta.__tostring(self)
  return ("thrive.iteration (%s): for a loop, for … in … do; :all gives an array"):format(self.operation)
end

-- What runs in a page's own task. It must not know the iteration, or an iteration that nobody holds any more would stay.
local function fetch(page, client, state, options)
  page.status, page.count = call.land(client, state, page.transfer, options)
end

function Iteration:fail(err)
  self.failed = err
  drop_ahead(self)
  if self.source then self.source:finish() end
  error(err, 0)
end

-- How many pages may be ahead while `pending` records are still to be read out of the page at hand.
function Iteration:room(pending)
  local most = self.depth
  if self.left then
    local pages = math.ceil((self.left - pending) / self.per_page)
    if pages < most then most = pages end
  end
  return most
end

-- Asks for pages ahead until `most` are. A hook of the script may close the client or the iteration meanwhile.
function Iteration:top_up(most)
  while self.last - self.first + 1 < most and self.number <= self.bound
    and self.number > 0 -- there is no page 2^63
    and not self.closed and not core.closed(self.client) do
    local transfer, problems = self.prepare(self.number)
    if not transfer then self:fail(problems) end
    local page = { number = self.number, transfer = transfer }
    self.last = self.last + 1
    self.window[self.last] = page
    self.number = self.number + self.step
    page.task = scheduler.start(fetch, page, self.client, self.state, self.options)
  end
end

-- While the script does something else for long, nobody looks after the pages ahead, and their time runs out although the
-- service has answered. One that fails then is asked for once more when its turn has come.
function Iteration:mark_neglected()
  local state, options = self.state, self.options or {}
  local limit = math.min(options.timeout or state.timeout, options.deadline or state.deadline or math.huge)
  if self.given_at and core.now() - self.given_at > limit / 2 then
    for i = self.first, self.last do self.window[i].neglected = true end
  end
end

local CLOSED <const> = "attempt to use a closed iteration"

-- The next page, landed: from those ahead, else by asking now. A reader that is ended while it waits leaves the page to
-- the next one.
function Iteration:land()
  local page = self.window[self.first]
  if page then
    if not page.task.finished then
      if self.grows and self.depth < PREFETCH_MOST then
        scheduler.glance() -- its task had no turn while the script worked, but the answer may have come
        if not core.done(page.transfer) then self.depth = math.min(PREFETCH_MOST, self.depth + self.depth // 2) end
      end
      self:top_up(self:room(self.per_page))
    end
    local ok, why = pcall(page.task.wait, page.task)
    if ok and page.neglected and (page.status or 0) == 0 and not core.closed(self.client) then
      page.transfer, why = self.prepare(page.number)
      if not page.transfer then self:fail(why) end
      ok, why = pcall(fetch, page, self.client, self.state, self.options)
    end
    if self.closed then error(CLOSED, 0) end -- by another task, while we waited
    if not ok then self:fail(why) end
    self.window[self.first] = nil
    self.first = self.first + 1
    return page
  end
  page = { number = self.number, transfer = self.ready }
  self.ready = nil
  if not page.transfer then
    local problems
    page.transfer, problems = self.prepare(page.number)
    if not page.transfer then self:fail(problems) end
  end
  local ok, why = pcall(fetch, page, self.client, self.state, self.options)
  if self.closed then error(CLOSED, 0) end
  if not ok then self:fail(why) end
  self.number = self.number + self.step
  return page
end

-- Takes out of the page what is not to be handed on: what an earlier run has read, doubles, what is beyond the limit.
-- Returns how many records of the page have been dealt with, dropped ones included.
function Iteration:sift(asked, results)
  local key, seen, skip, left, kept, n = self.dedupe, self.seen, self.skip, self.left, 0, #results
  local strip = self.strip
  local at = n
  for i = 1, n do
    local record = results[i]
    local id = key and record[key]
    if key and (id == nil or id == core.json.null) then
      self:fail(core.failure(asked, "decode", ("a record has no '%s' to know doubles by"):format(key), "dedupe"))
    end
    if left == kept then
      at = i - 1
      break
    elseif i > skip and not (key and seen[id]) then
      kept = kept + 1
      results[kept] = record
      if strip then record[key] = nil end
    elseif i > skip then
      self.dropped = self.dropped + 1
    end
    if key then seen[id] = true end
  end
  for i = n, kept + 1, -1 do results[i] = nil end
  self.skip = 0
  if left then self.left = left - kept end
  return at, n
end

-- A page is some ten thousand tables that come together and are dropped together. The moment between two pages is when
-- collecting costs least, for the collector's work is what is alive: where it is left to its own clock it walks through a
-- half-built page, or several times through a whole one, a fifth of an export's time. So when more than half of the heap
-- seems to be garbage it is collected now, and the next page, as large as the last one, is let through without. Where the
-- script keeps its records, or the program has a large heap of its own, that happens as rarely as the heap doubles. The
-- collector's parameters are not touched, and one that the script has stopped stays stopped.
function Iteration:tidy()
  local heap = collectgarbage("count")
  if not heap then return math.huge end -- in a finalizer, where nothing can be said or done
  if heap > 2 * self.alive and collectgarbage("isrunning") then
    collectgarbage("collect")
    self.alive = collectgarbage("count")
    -- A step of a negative size is the manual's "as if that amount of memory had been allocated" the other way round.
    if self.growth > 0 then collectgarbage("step", -math.ceil(self.growth)) end
    heap = collectgarbage("count")
  end
  return heap
end

--- Has its progress shown; not before it goes on. What is shown knows the number of records and nothing of the iteration,
-- or an iteration that nobody holds any more would stay.
-- @tparam table source of thrive.progress; where it has a total already, that one is right
function Iteration:show(source)
  if self.source then self.source:finish() end
  self.source, source.read, source.told, source.pending = source, 0, source.total ~= nil, self.pending
  function source.count() return source.read - (source.pending and source.pending() or 0) end
end

-- How many records there will have been, when the service announces so many in the whole list.
function Iteration:expected_of(announced)
  local size, step = self.per_page, self.step
  local pages = math.ceil(announced / size)
  local own = pages >= self.begun and (pages - self.begun) // step + 1 or 0
  local records = own * size - self.begun_skip
  if own > 0 and (pages - self.begun) % step == 0 then records = records - (pages * size - announced) end
  return math.min(math.max(records, 0), self.limit or math.huge)
end

--- The next page.
-- @treturn table|nil page with `results`, `pagination` (where the service has one), `cursor`, and, on the last page,
--   `complete`; nil after the last one
-- @treturn table meta
-- @raise the error objects of calls; the same again when asked again
function Iteration:next()
  local _ <close> = self.gate:enter()
  if self.failed ~= nil then error(self.failed, 0) end
  local source = self.source
  if self.ended then
    if source then source:finish() end
    return nil
  end
  if self.closed then error(CLOSED, 0) end
  if source then source:begin() end
  self.meta = nil
  local client = self.client
  if core.closed(client) then
    self:fail(core.error { kind = "cancelled", operation = self.operation, attempts = 0, sent = false, retryable = false,
      message = ("the client was closed before page %d was asked for"):format(self.expected) })
  end
  self:mark_neglected()
  local landed = self:land()
  local asked, number = landed.transfer, landed.number
  if self.depth > 0 and landed.status == 200 and not core.closed(client) then
    -- Before the page is decoded: what it says of its own accord about the pages there are is enough to go on.
    if self.bound < self.number and not self.guarded then self.bound = core.announced_pages(asked) or self.bound end
    self:top_up(self:room(self.per_page))
    if self.last >= self.first then scheduler.glance() end
  end
  local heap = self:tidy()
  local ok, page, err, meta = pcall(call.take, self.state, asked, landed.status, landed.count, nil, self.projection)
  self.growth = math.max(0, math.min((collectgarbage("count") or 0) - heap, GROWTH_MOST))
  if not ok then self:fail(page) end
  self.meta = meta
  if err ~= nil then self:fail(err) end
  local results, pagination = page.results, page.pagination
  local verdict, following, drop = core.feed(self.pager, results, pagination, core.fingerprint(asked))
  if verdicts[verdict] then
    self:fail(core.failure(asked, "decode", verdicts[verdict][2]:format(number), verdicts[verdict][1]))
  end
  self.expected = following
  self.taken = self.taken + 1
  if pagination then
    local size = math.tointeger(pagination.perPage)
    if size and size > 0 then self.per_page = size end
  end
  if verdict == "end" then
    self.ended = true
    drop_ahead(self)
  elseif not self.guarded or self.taken > 1 then
    -- Without totals the reader is followed by guesses, which are dropped when a short page comes.
    self.bound = pagination and math.tointeger(pagination.totalPages) or math.huge
  end
  local at, n = 0, 0
  if self.sifts and not drop then at, n = self:sift(asked, results) end
  if self.left == 0 then
    self.ended = true
    drop_ahead(self)
  end
  if verdict == "end" and at == n then
    page.complete = core.complete(self.pager, self.dropped)
    if not page.complete then
      self.incomplete = core.failure(asked, "partial",
        "the list ended with another number of records than the service announced", "incomplete",
        "read it again, and do not take it for the whole; who suspends or deletes in the loop reads the list first, with all")
    end
  end
  if drop then
    if self.incomplete then self:fail(self.incomplete) end -- the page that could have said so is gone already
    if source then source:finish() end
    return nil
  end
  if at < n then
    page.cursor = cursor.text(self, number, at)
  else
    page.cursor = cursor.text(self, verdict ~= "end" and following or nil, 0)
  end
  if not self.ended and self.depth > 0 then self:top_up(self:room(0)) end
  self.given_at = core.now()
  if source then
    local announced = pagination and math.tointeger(pagination.totalResults)
    if announced and not source.told then source.total = self:expected_of(announced) end
    source.read = source.read + #results
  end
  return page, meta
end

--- Begins an iteration; nothing is sent yet.
-- @tparam table job client, state, operation, name ("users.list"), pages (of the catalogue), arguments (path arguments,
--   with n), params, options (checked; those of a call, and prefetch, fields, limit, dedupe, cursor, shard), shown (the
--   verb as it is called)
-- @treturn table|nil iteration
-- @treturn string what is wrong with the arguments
function M.open(job)
  local client, style, options = job.client, job.pages, job.options and copy_of(job.options) or {}
  local headers, shard = options.headers, options.shard
  local params = copy_of(job.params)
  params.page, params.perPage = whole(params.page), whole(params.perPage)
  local guarded = style.style == "guarded"
  local per_page = params.perPage
  if per_page == nil and not guarded then per_page = style.max end
  local first = params.page
  if first == nil then first = 1 end
  local self = {
    client = client, state = job.state, options = job.options and options, operation = job.name, guarded = guarded,
    gate = scheduler.gate(), -- tasks may share an iteration
    window = {}, first = 1, last = 0, -- pages ahead: [first], …, [last]
    -- KiB: the heap after it was collected last, and what a page adds to it
    alive = collectgarbage("count") or math.huge, growth = 0,
    step = 1, skip = 0, taken = 0, dropped = 0, left = options.limit,
    depth = options.prefetch or PREFETCH, grows = options.prefetch == nil,
    dedupe = options.dedupe, seen = options.dedupe and {},
  }
  if shard then
    if params.page ~= nil then return nil, job.shown .. ": 'page' and options.shard exclude each other" end
    first, self.step = shard.index % shard.of + 1, shard.of
  end
  local begun, why = cursor.begin(self, job, params, options)
  if not begun then return nil, ("%s: %s"):format(job.shown, why) end
  if options.cursor then first, per_page = self.from or first, self.sent_per_page end
  self.sent_per_page = per_page
  self.per_page = per_page or style.default
  if options.fields then
    local fields = table.move(options.fields, 1, #options.fields, 1, {})
    if self.dedupe then
      self.strip = true
      for _, name in ipairs(fields) do if name == self.dedupe then self.strip = nil end end
      if self.strip then fields[#fields + 1] = self.dedupe end
    end
    self.projection = core.projection(fields)
  end
  self.sifts = self.skip > 0 or self.left ~= nil or self.dedupe ~= nil
  local sends_page = not guarded or params.page ~= nil or params.perPage ~= nil

  function self.prepare(number)
    local page = params
    if sends_page or number ~= 1 then page = with_page(params, number, per_page) end
    local arguments = job.arguments
    local values = table.move(arguments, 1, arguments.n, 1, {})
    values[arguments.n + 1] = page
    local transfer, problems = core.prepare(client, job.operation, table.unpack(values, 1, arguments.n + 1))
    if transfer and headers then
      local ok, problem = core.add_headers(transfer, headers)
      if not ok then return nil, ("%s: %s"):format(job.shown, problem) end
    end
    return transfer, problems
  end

  -- The first page is prepared at once, so that a mistake is raised where the loop was written.
  local problems
  self.ready, problems = self.prepare(first)
  if not self.ready then return nil, problems end
  self.number, self.expected, self.bound = first, first, 0
  self.begun, self.begun_skip, self.limit = first, self.skip, options.limit
  self.pager = core.pager(style.style, first, self.per_page, self.step)
  setmetatable(self, iteration_meta)
  local source = settings.progress and require("thrive.progress").automatic(job.name:match("^(.*)%."))
  if source then self:show(source) end
  return self
end

--- The functions of a generic `for` over the pages of an iteration: `for page, meta in pages(iteration) do`. It does not
-- raise when the numbers do not match: the last page says `complete = false`.
function M.pages(iteration)
  local function next_page() return iteration:next() end
  loops[next_page] = iteration
  return next_page, nil, nil, iteration
end

--- The same over its records. It raises where the list is not whole.
function M.records(iteration)
  local results, index = {}, 0
  local gate = scheduler.gate()
  -- While the script works on a page, the pages ahead need a hand now and then: about every 20 ms.
  local glance_at, stride, since = 1, 16, nil
  local function glance()
    local now = core.now()
    if since then stride = math.max(1, math.min(256, math.floor(stride * GLANCE / math.max(now - since, 1e-6)))) end
    scheduler.glance()
    since, glance_at = now, index + stride
  end
  -- What is shown is how many the script has got, not how many of its page have come.
  function iteration.pending() return #results - index end
  if iteration.source then iteration.source.pending = iteration.pending end
  local function next_record()
    while true do
      index = index + 1
      local record = results[index]
      if record ~= nil then
        if index >= glance_at then glance() end
        return record
      end
      index = index - 1
      local _ <close> = gate:enter()
      if results[index + 1] == nil then -- nobody else has fetched a page meanwhile
        results, index, glance_at, since = {}, 0, 1, nil -- the old page goes before the new one is built
        local page = iteration:next()
        if page == nil then
          if iteration.incomplete then error(iteration.incomplete, 0) end
          return nil
        end
        results = page.results
      end
    end
  end
  loops[next_record] = iteration
  return next_record, nil, nil, iteration
end

--- Its records as one array.
-- @raise where the list is not whole
function M.all(iteration)
  local _ <close> = iteration
  local records, n = {}, 0
  repeat
    local page = iteration:next()
    local results = page and page.results or {}
    table.move(results, 1, #results, n + 1, records)
    n = n + #results
  until not page
  if iteration.incomplete then error(iteration.incomplete, 0) end
  return core.json.array(records)
end

--- How many records there are, by reading them all without building any.
-- @treturn integer|nil nil where the list is not whole as well
-- @return nil, or the error object
-- @treturn table|nil meta of the last page; nil where none came
function M.count(iteration)
  local _ <close> = iteration
  iteration.projection = core.projection {}
  local n = 0
  repeat
    local ok, page = pcall(iteration.next, iteration)
    if ok and not page and iteration.incomplete then ok, page = false, iteration.incomplete end
    if not ok then
      if iteration.state.raise or not core.iserror(page) then error(page, 0) end
      return nil, page, iteration.meta
    end
    n = n + (page and #page.results or 0)
  until not page
  return n, nil, iteration.meta
end

return M
