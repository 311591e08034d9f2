--- Runs one operation of the catalogue for the command line: what is read is shown as it comes, what was written as well.
-- @module thrive.api.operation

local core = require "thrive.core"
local fail = require "thrive.api.fail"
local show = require "thrive.api.show"
local tree = require "thrive.api.tree"
local values = require "thrive.api.values"
local wording = require "thrive.api.wording"

local M = {}

--- Calls a verb. Misuse that it raises is a mistake on the command line; whatever else it raises goes on.
-- @tparam string shown "users create"
-- @tparam function f
-- @return what f returns
function M.call(shown, f, ...)
  local results = table.pack(pcall(f, ...)) -- called by pcall, a verb names no position
  if results[1] then return table.unpack(results, 2, results.n) end
  local why = results[2]
  local problems = type(why) == "string" and why:match("^[%w_.]+:[%w_]+: (.*)$")
  if not problems or fail.is_interrupt(why) then error(why, 0) end
  return M.misuse(shown, wording.of_call(problems))
end

--- Ends the run: a call makes no sense.
-- @tparam string shown "users create"
-- @tparam string problems in the words of the command line
function M.misuse(shown, problems)
  fail.usage(shown .. ": " .. problems, ("'thrivelua api %s --help' shows what it takes"):format(shown))
end

--- The group of a client, such as client.audiences.members.
function M.group(client, name)
  local group = client
  for word in name:gmatch("[^.]+") do group = group[word] end
  return group
end

-- What becomes of a write that Ctrl-C ends: `done` counts its entries that are made, `unknown` is true when a request was on
-- its way.
local progress

--- From here on it is known how far a write has come, for `tell_interrupted`.
-- @tparam table request
function M.watch_write(request)
  progress = { request = request, done = 0 }
  local watch = require("thrive.settings").watch
  watch[#watch + 1] = { done = function(event)
    if not event.write or event.planned then return end
    if not event.err then
      progress.done = progress.done + (event.count or 1)
    elseif event.err.kind == "cancelled" and event.err.sent then
      progress.unknown = true
    end
  end }
end

--- Ctrl-C has ended the run: says what is known about a write that was under way, and nothing where there was none.
function M.tell_interrupted()
  if not progress or not progress.unknown and progress.done == 0 then
    if require("thrive.terminal").is(2) then io.stderr:write("\n") end -- the prompt stands on a line of its own
    return
  end
  local made = progress.done > 0 and ("%d of its entries were sent and answered, "):format(progress.done) or ""
  fail.note("interrupted: %s: %s", progress.request.shown, progress.unknown
    and made .. "what was being sent may or may not have been done: look before you send it again"
    or made .. "the others were not sent")
end

-- The values of a call, in order. nil is a value only where the verb takes a table that may be left out.
local function arguments(request)
  local entry, list = request.verb.entry, {}
  local n = #request.names.args
  for i = 1, n do list[i] = request.args[i] end
  local function add(value)
    n = n + 1
    list[n] = value
  end
  if entry.event then
    add(request.fields)
    add(request.details)
  else
    if entry.list then add(request.list) end
    if entry.params then add(request.fields) end
  end
  return list, n
end

local BESIDE <const> = "'additionalFields' is not a field of an event: custom fields stand beside the others (cf.name)"

local operations = {}

--- What is wrong with the values of a call, without sending anything: for rows of a file, and where there are no credentials.
-- @param client any client
-- @tparam table request verb, names, args, fields, details, list
-- @treturn string|nil in the words of the command line
function M.problems(client, request)
  local verb, entry = request.verb, request.verb.entry
  local operation = operations[entry]
  if not operation then
    operation = core.operation(entry, verb.name)
    operations[entry] = operation
  end
  local list, n = arguments(request)
  if entry.event then
    if request.fields.additionalFields ~= nil then return BESIDE end
    list[n - 1] = {
      id = request.details.id or "id", timestamp = request.details.timestamp or core.time(), eventType = entry.event,
      content = { user = request.fields },
    }
    n = n - 1
  end
  local transfer, problems = core.prepare(client, operation, table.unpack(list, 1, n))
  if transfer then return nil end
  return wording.of_call((problems:gsub("^[%w_.]+:[%w_]+: ", "")))
end

-- Fields that --fields names and that are near a documented one, but are none.
local function check_fields(fields, known, what)
  local is = {}
  for _, name in ipairs(known) do is[name] = true end
  for _, name in ipairs(fields) do
    local head = name:match("^[^.]+")
    local hint = not is[name] and not is[head] and head ~= "cf" and values.hint(head, known) or ""
    if hint ~= "" then fail.usage(("--fields: '%s' is not a field of %s%s"):format(head, what, hint)) end
  end
end

local function documented(verb)
  return verb.entry.returns and tree.order(verb.group, verb.entry.returns) or {}
end

-- Options of iteration for the names of --fields; all members are needed where an expression looks at the record.
local function projection(given)
  local fields = show.fields(given)
  return fields and not given.where and show.members(fields) or nil
end

-- Raises what a call returned beside no value.
local function check(value, err)
  if value == nil and err ~= nil then error(err, 0) end
  return value
end

-- Says on standard error what the first page left out.
local function tell_rest(page, verb, per_page)
  local shown, total = #page.results, page.pagination and page.pagination.totalResults
  local number = page.pagination and page.pagination.page or 1
  if type(total) == "number" and type(number) == "number" then
    local size = type(page.pagination.perPage) == "number" and page.pagination.perPage or per_page
    local more = total - (number - 1) * size - shown
    if shown > 0 and more > 0 then
      fail.note("%d of %d records, %d more: --all reads all of them, page=%d the next ones", shown, total, more, number + 1)
    end
  elseif verb.entry.pages.style == "array" and shown >= per_page then
    fail.note("%d records, and there may be more: --all reads all of them", shown)
  end
end

-- One page.
local function first_page(request, client, sink)
  local verb, given, params = request.verb, request.options, request.fields
  local pages = verb.entry.pages
  if params.perPage == nil and pages.style ~= "guarded" then params.perPage = pages.default end
  local list, n = arguments(request)
  list[n + 1] = { prefetch = 0, fields = projection(given) }
  local group = M.group(client, verb.group.name)
  local next_page, _, _, iteration = M.call(request.shown, group.pages, group, table.unpack(list, 1, n + 1))
  local _ <close> = iteration
  local page = next_page()
  if not page then return end
  for _, record in ipairs(page.results) do sink():write(record) end
  sink():finish()
  tell_rest(page, verb, params.perPage or pages.default)
end

-- Every page, or as many as it takes.
local function whole_list(request, client, sink)
  local verb, given, params = request.verb, request.options, request.fields
  local pages, where = verb.entry.pages, request.where
  local limit = given.limit
  if params.perPage == nil and pages.style ~= "guarded" then
    if params.page ~= nil then
      params.perPage = pages.default -- the pages that a list without --all counts
    elseif limit and not where and limit < pages.max then
      params.perPage = limit
    end
  end
  local list, n = arguments(request)
  list[n + 1] = { fields = projection(given), limit = not where and limit or nil }
  local group = M.group(client, verb.group.name)
  local next_record, _, _, iteration = M.call(request.shown, group.each, group, table.unpack(list, 1, n + 1))
  local _ <close> = iteration
  for record in next_record do
    if not where or where(record) then
      sink():write(record)
      if limit and sink().count >= limit then break end
    end
  end
  sink():finish()
  if request.unseen then request.unseen:tell("--where") end
end

--- Writes an array that came at once, by --where and --limit.
-- @tparam table request
-- @tparam table records
-- @tparam function sink of `with_sink`
function M.whole_array(request, records, sink)
  local given, where = request.options, request.where
  for _, record in ipairs(records) do
    if given.limit and sink().count >= given.limit then break end
    if not where or where(record) then sink():write(record) end
  end
  sink():finish()
  if request.unseen then request.unseen:tell("--where") end
end

--- Calls f(sink), where sink() is opened when it is first asked for: not before the first answer is here, so that nothing
-- is written for a call that fails.
-- @tparam table given options of the request
-- @tparam table about see thrive.api.show.open
-- @tparam function f
-- @raise what f raises, when what has come is written
function M.with_sink(given, about, f)
  local opened
  local ok, why = pcall(f, function()
    opened = opened or show.open(given, about)
    return opened
  end)
  if not ok then
    if opened then opened:abandon() end
    error(why, 0)
  end
end

-- Something done that returns nothing: for people only.
local function tell_done(request)
  if require("thrive.terminal").is(2) then fail.note("%s %s: done", request.shown, table.concat(request.args, " ")) end
end

-- One outcome for each entry of a list.
local function show_outcomes(request, value)
  M.with_sink(request.options, { columns = { "input", "outcome", "reason" } }, function(sink)
    for _, outcome in ipairs(value.outcomes) do
      local input = outcome.input
      if type(input) == "table" then input = input.reference or input.tagName or input end
      sink():write({ input = input, outcome = outcome.outcome, reason = outcome.reason })
    end
    sink():finish()
  end)
end

--- Makes the call of a request.
-- @tparam table group of a client, see `group`
-- @tparam table request
-- @return value, err, meta
function M.invoke(group, request)
  local list, n = arguments(request)
  if request.options.split then
    n = n + 1
    list[n] = { split = true }
  end
  return M.call(request.shown, group[request.verb.verb], group, table.unpack(list, 1, n))
end

local function single(request, client)
  local verb, entry = request.verb, request.verb.entry
  if entry.method ~= "GET" then M.watch_write(request) end
  local value, err, meta = M.invoke(M.group(client, verb.group.name), request)
  check(value, err)
  if meta and meta.planned then
    show.flush()
    return 0
  elseif entry.expect == "list" or entry.expect == "array" then
    M.with_sink(request.options, { order = documented(verb) }, function(sink)
      M.whole_array(request, value.results or value, sink)
    end)
  elseif type(value) == "table" and type(value.outcomes) == "table" then
    show_outcomes(request, value)
  elseif type(value) == "table" then
    M.with_sink(request.options, { order = documented(verb), single = true }, function(sink)
      sink():write(value)
      sink():finish()
    end)
  elseif value == true then
    tell_done(request)
  else
    show.print(request.options, value)
  end
  if err ~= nil then
    fail.note("%s", value and value.outcomes and ("%s: %s"):format(request.shown, err.message) or tostring(err))
    return fail.code(err)
  end
  return 0
end

-- The fields of a write that came as JSON (--body): the words go on top. A list takes an array.
local function take_body(request)
  local text = request.options.body
  if not text then return end
  local source = "--body"
  if text == "-" then
    source, text = "standard input", io.stdin:read("a") or ""
  elseif text:sub(1, 1) == "@" then
    source = text:sub(2)
    local file, why = io.open(source, "rb")
    if not file then fail.usage("--body: cannot open " .. tostring(why)) end
    local content, problem = file:read("a")
    file:close()
    if not content then fail.usage(("--body: cannot read %s: %s"):format(source, tostring(problem))) end
    text = content
  end
  local body, why = values.json(text)
  if body == nil then fail.usage(("%s: %s"):format(source, why)) end
  local takes_list = request.verb and tree.takes_list(request.verb.entry)
  local is_array = core.json.isarray(body)
  if takes_list then
    if not is_array then fail.usage(("%s: %s takes an array"):format(source, request.shown)) end
    table.move(request.list, 1, #request.list, #body + 1, body)
    request.list = body
  elseif request.raw and (type(body) ~= "table" or is_array) then
    if next(request.fields) ~= nil then fail.usage(("%s: name=value needs an object to go into"):format(source)) end
    request.body = body
  elseif type(body) ~= "table" or is_array then
    fail.usage(("%s: %s takes an object"):format(source, request.shown))
  else
    request.fields = values.merge(body, request.fields)
  end
end

--- Looks at everything that can be judged before a client is made: the format, --fields, --where, --body.
-- @tparam table request of thrive.api.parse
-- @raise a failure of status 2
function M.prepare(request)
  local verb, given = request.verb, request.options
  if given.output then show.format(given) end
  local fields = show.fields(given)
  if given.where then
    local passes = require("thrive.api.where").compile(given.where)
    local unseen = require("thrive.api.unseen")
    local tracker = unseen.new(unseen.names_in(given.where), verb and documented(verb) or {})
    request.unseen = tracker
    request.where = not tracker and passes or function(record)
      tracker:look(record)
      return passes(record)
    end
  end
  take_body(request)
  if request.raw then return require("thrive.api.raw").check(request) end
  local entry = verb.entry
  if entry.event then
    for name in pairs(request.fields) do
      if name:find("^additionalFields") then fail.usage(("%s: %s"):format(request.shown, BESIDE)) end
    end
  end
  if fields and entry.returns and not entry.bulk and not given["from-csv"] then
    check_fields(fields, documented(verb), entry.returns)
  end
  if given["from-csv"] then
    if given.body then fail.usage("--body and --from-csv exclude each other") end
  elseif entry.list and #request.list == 0 then
    fail.usage(("%s: missing %s (%s)"):format(request.shown, entry.list[1], entry.list.doc))
  elseif entry.some and next(request.fields) == nil then
    fail.usage(request.shown .. ": no fields given: what is to change?", ("'thrivelua api %s --help' shows them"):format(
      request.shown))
  end
  if given.where and request.fields.page ~= nil and not (given.all or given.limit) then
    fail.usage("--where reads all pages: say --all with page=, to begin at that page")
  end
end

--- Runs the operation of a request.
-- @tparam table request that `prepare` has looked at
-- @param client
-- @treturn integer exit status
-- @raise error objects and failures
function M.run(request, client)
  local verb, given = request.verb, request.options
  local entry = verb.entry
  if verb.how == "count" then
    local list, n = arguments(request)
    local group = M.group(client, verb.group.name)
    local count, err = M.call(request.shown, group.count, group, table.unpack(list, 1, n))
    show.print(given, check(count, err))
    return 0
  elseif entry.pages then
    local every = verb.how == "all" or given.all or given.limit or given.where
    M.with_sink(given, { order = documented(verb) }, function(sink)
      return (every and whole_list or first_page)(request, client, sink)
    end)
    return 0
  end
  return single(request, client)
end

return M
