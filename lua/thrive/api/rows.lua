--- `--from-csv FILE`: a call for each row, or an entry of a list for each row. The whole file is read and checked before
-- anything is sent; then every row has an outcome, in the order of the file.
-- @module thrive.api.rows

local core = require "thrive.core"
local fail = require "thrive.api.fail"
local is_open = require("thrive.bulk").is_open
local operation = require "thrive.api.operation"
local tree = require "thrive.api.tree"
local values = require "thrive.api.values"
local wording = require "thrive.api.wording"

local M = {}

local SHOWN <const> = 20 -- problems of rows that are named; the others are counted
local CONCURRENCY <const> = 8

-- After these the other rows would fare no better.
local fatal = { auth = true, config = true, guard = true, tls = true, cancelled = true }

local ERROR <const> = "_error" -- the column that --failed adds; it is passed over when such a file comes back

-- Cells of a list of texts are looked for in the first of these columns that there is.
local preferred = { "email", "ref", "reference", "id" }

-- A name as it stands in a header: "First name" is firstName.
local function find(names, column) return values.find(names, column) or values.find(names, (column:gsub("%s+", ""))) end

local function join(problems)
  local rest = #problems - SHOWN
  if rest > 0 then problems = table.move(problems, 1, SHOWN, 1, {}) end
  local text = table.concat(problems, "\nthrivelua: ")
  return rest > 0 and ("%s\nthrivelua: … and %d more"):format(text, rest) or text
end

-- ---- reading --------------------------------------------------------------------------------------------------------

-- All rows of the file: { line =, cells = { column → text } }, … and the reader.
local function read(given)
  local path, source = given["from-csv"], given["from-csv"] == "-" and "standard input" or given["from-csv"]
  local csv = require "thrive.csv"
  local reader, err = csv.open(path == "-" and io.stdin or path, {
    trim = true, source = path == "-" and source or nil, encoding = given.encoding,
  })
  if not reader then fail.usage("--from-csv: " .. wording.of_file(tostring(err))) end
  local _ <close> = reader
  local rows, empty = {}, 0
  local ok, why = pcall(function()
    for cells, line in reader.next, reader do
      if next(cells) == nil then -- spreadsheets leave such lines, nothing but separators, behind the last row
        empty = empty + 1
      else
        rows[#rows + 1] = { line = line, cells = cells }
      end
    end
  end)
  if not ok then
    if fail.is_interrupt(why) then error(why, 0) end
    fail.usage("--from-csv: " .. wording.of_file(tostring(why)))
  end
  if #rows == 0 then fail.usage(("--from-csv: %s has no rows"):format(source)) end
  if empty > 0 then fail.note("%s: %d empty %s passed over", source, empty, empty == 1 and "row was" or "rows were") end
  if reader.trimmed and reader.trimmed > 0 then
    fail.note("%s: blanks around %d cells were dropped", source, reader.trimmed)
  end
  return rows, reader, source
end

-- The columns that are looked at: those of --column, else all but _error.
local function chosen(header, given)
  local there, list = {}, {}
  for _, column in ipairs(header) do there[column] = true end
  for _, column in ipairs(given.column or {}) do
    if not there[column] then
      fail.usage(("--column: the file has no column '%s'%s"):format(column, values.hint(column, header)))
    end
    list[#list + 1] = column
  end
  if given.column then return list end
  for _, column in ipairs(header) do if column ~= ERROR then list[#list + 1] = column end end
  return list
end

-- What was probably meant by the name of a column: "Email Address" is email.
local function hint(column, names)
  local list = values.all(names)
  local near = values.hint(column, list)
  return near ~= "" and near or (require("thrive.csv.fault").hint(column, list):gsub('"', "'"))
end

-- "'a' is not a field", "'a', 'b' and 'c' are not fields".
local function not_fields(columns)
  local n = #columns
  if n == 1 then return ("'%s' is not a field"):format(columns[1]) end
  return ("'%s' and '%s' are not fields"):format(table.concat(columns, "', '", 1, n - 1), columns[n])
end

-- What each column is: column → { arg = } or { path = } of thrive.api.values. The column whose cells are the entries of a
-- list of texts is the second result.
local function understand(request, header, source)
  local entry, names, given = request.verb.entry, request.names, request.options
  local columns, places, taken, problems = chosen(header, given), {}, {}, {}
  local takes_list, records = tree.takes_list(entry)
  local texts = takes_list and not records
  local entries, strange, hintless = nil, 0, {}
  local function take(column, found)
    local key = found.arg and "#" .. found.arg or table.concat(found.path, ".")
    if taken[key] then
      problems[#problems + 1] = ("the columns '%s' and '%s' are the same field"):format(taken[key], column)
    elseif found.arg and request.args[found.arg] ~= nil or found.path and values.at(request.fields, found.path) ~= nil
      or found.param and found.param.detail and request.details[found.name] ~= nil then
      problems[#problems + 1] = ("the column '%s' is given on the command line as well"):format(column)
    end
    taken[key] = column
    places[column] = found
  end
  local free = {}
  for _, column in ipairs(columns) do
    local found = find(names, column)
    -- An argument that the command line has given is no column of a list: "email" may be one of the entries then.
    if found and not (texts and found.arg and request.args[found.arg] ~= nil) then
      take(column, found)
    elseif texts then
      free[#free + 1] = column
    else
      strange = strange + 1
      local meant = hint(column, names)
      if meant ~= "" then
        problems[#problems + 1] = not_fields { column } .. meant
      else
        hintless[#hintless + 1] = column
      end
    end
  end
  if #hintless > 0 then problems[#problems + 1] = not_fields(hintless) end
  if texts then
    if #free == 1 then entries = free[1] end
    for _, name in ipairs(preferred) do
      for _, column in ipairs(free) do if not entries and tree.plain(column) == name then entries = column end end
    end
    if not entries then
      problems[#problems + 1] = ("which column holds the %s? Say --column NAME (there is %s)"):format(entry.list[1],
        table.concat(header, ", "))
    end
  end
  for i, arg in ipairs(names.args) do
    if request.args[i] == nil and not taken["#" .. i] then
      problems[#problems + 1] = ("'%s' is missing: a column, or a word of the command line"):format(arg[1])
    end
  end
  if #problems > 0 then
    local customs = names.open or tree.parameter(names.fields, "additionalFields")
    fail.usage(("%s: %s"):format(source, table.concat(problems, "; ")), strange > 0 and ("--column NAME, which may be given "
      .. "again, uses only the columns that it names%s"):format(customs and "; a custom field is called cf.NAME" or "") or nil)
  end
  return places, entries
end

-- A copy of nested fields.
local function copy(from)
  local into = {}
  for key, value in pairs(from) do
    into[key] = type(value) == "table" and not core.json.isarray(value) and copy(value) or value
  end
  return into
end

-- A function of a row's cells → what they say: args (by number), fields, details; and what is wrong with them, or nil. Columns
-- that are fields of the operation become values as in thrive.csv.rows with `operation`; those with dots, and details of an
-- event, as words of the command line do.
local function converter(request, places)
  local rules = require "thrive.csv.fields"
  local direct, others, header = {}, {}, {}
  for column, found in pairs(places) do
    local custom = not found.arg and not found.param and found.path[#found.path]
    local name = custom and "cf." .. custom or (found.arg or #found.path == 1 and not found.param.detail) and found.name
    if name then
      direct[column] = name
      header[#header + 1] = name
    else
      others[column] = found
    end
  end
  table.sort(header)
  local convert, why = rules.bind(assert(rules.of_operation(request.verb.name)), header, { clear = request.options.clear })
  if not convert then fail.usage(why) end
  return function(cells)
    local row, args, details = {}, {}, {}
    for column, name in pairs(direct) do row[name] = cells[column] end
    local wrong = convert(row)
    for i, arg in ipairs(request.names.args) do
      args[i], row[arg[1]] = row[arg[1]], nil
    end
    for column, found in pairs(others) do
      if cells[column] ~= nil then
        values.put(found.param.detail and details or row, found.path, values.convert(found.param, cells[column]))
      end
    end
    return { args = args, fields = row, details = details }, wrong
  end
end

-- The request of one row: what the command line gives, and what stands in the cells. And what is wrong with the cells.
local function request_of(request, row, convert, entries)
  local said, wrong = convert(row.cells)
  local merge = values.merge
  local one = setmetatable({
    args = merge(table.move(request.args, 1, #request.names.args, 1, {}), said.args),
    fields = merge(copy(request.fields), said.fields), details = merge(copy(request.details), said.details), list = {},
  }, { __index = request })
  if entries then
    one.list = { row.cells[entries] }
  elseif one.verb.entry.list then
    one.list, one.fields = { one.fields }, {}
  end
  return one, wrong
end

-- What is wrong with a row by itself.
local function problems_of(client, one, entries)
  for i, arg in ipairs(one.names.args) do
    if one.args[i] == nil then return ("'%s' is empty"):format(arg[1]) end
  end
  if entries and one.list[1] == nil then return ("'%s' is empty"):format(entries) end
  if one.verb.entry.some and next(one.fields) == nil then return "there is nothing to change in it" end
  local problems = operation.problems(client, one)
  return problems and wording.of_row(problems)
end

-- ---- outcomes -------------------------------------------------------------------------------------------------------

-- What identifies a row for people: its path arguments, else the first of the usual columns.
local function keys_of(header, places, entries)
  local keys = {}
  for _, column in ipairs(header) do
    local found = places[column]
    if found and found.arg or column == entries then keys[#keys + 1] = column end
  end
  if #keys > 0 then return keys end
  for _, name in ipairs { "ref", "email", "userId", "reference", "name", "tagName" } do
    for _, column in ipairs(header) do
      if places[column] and tree.plain(places[column].name) == tree.plain(name) then return { column } end
    end
  end
  return { header[1] }
end

local Report = {}
Report.__index = Report

-- The file of --failed. It is begun before anything is sent, so that a name that cannot be written is no late surprise, and
-- takes the place of an older one at the end: also of the one that is read. It is separated like that one, and has the mark of
-- UTF-8 where spreadsheets may want it, and where the same command, --encoding included, is to read it.
local function failures_file(given, reader)
  local path = given.failed
  if not path then return nil end
  local columns = {}
  for _, column in ipairs(reader.header) do if column ~= ERROR then columns[#columns + 1] = column end end
  columns[#columns + 1] = ERROR
  local ok, writer, err = pcall(require("thrive.csv").writer, path, {
    columns = columns, atomic = true, bom = given.encoding ~= nil or reader.marked,
    separator = reader.separator:find("[,;\t|]") and reader.separator or nil, -- one that is found again
  })
  if not ok or not writer then fail.usage("--failed: " .. tostring(ok and err or writer)) end
  return writer
end

-- Notes the outcome of row i; those that are complete from the first on are written. Where they cannot be written to standard
-- output `broken` tells why, and the rest is kept for --failed alone.
function Report:note(i, outcome, err, reason, id)
  self.outcomes[i] = { outcome = outcome, err = err, reason = reason or err and tostring(err), id = id }
  while self.outcomes[self.next] do
    self.next = self.next + 1
    self:write(self.rows[self.next - 1], self.outcomes[self.next - 1])
  end
end

-- The same while rows are sent, which has to end where nobody sees what becomes of them: raises that, once.
function Report:take(...)
  local broken = self.broken
  self:note(...)
  if self.broken ~= broken then error(self.broken, 0) end
end

function Report:write(row, outcome)
  self.counts[outcome.outcome] = (self.counts[outcome.outcome] or 0) + 1
  if self.failures and (outcome.outcome == "failure" or outcome.outcome == "unknown") then
    local cells = copy(row.cells)
    cells[ERROR] = outcome.reason
    self.failures:write(cells)
  end
  if outcome.outcome == "planned" or self.broken ~= nil then return end
  local record = { line = row.line, outcome = outcome.outcome, error = outcome.reason, id = outcome.id }
  for _, key in ipairs(self.keys) do
    if record[key] == nil then record[key] = row.cells[key] end
  end
  local ok, why = pcall(function() self.sink():write(record) end)
  if not ok then self.broken = why end
end

-- The end, whole or broken off: rows without an outcome get one, and the file of --failed has all that failed.
function Report:close(why)
  local sends = not require("thrive.settings").dry_run
  for i in ipairs(self.rows) do
    if not self.outcomes[i] then
      local under_way = self.begun[i] and sends
      self:note(i, under_way and "unknown" or "failure", nil,
        under_way and "it was under way when the run ended" or "not sent: " .. why)
    end
  end
  if self.failures then self.failures:close() end
end

-- The last line on standard error, and the exit status.
-- @tparam boolean kept is the file of --failed whole?
function Report:status(kept)
  local counts, total = self.counts, #self.rows
  local parts = {}
  for _, outcome in ipairs { "success", "planned", "failure", "unknown" } do
    if counts[outcome] then parts[#parts + 1] = ("%d %s"):format(counts[outcome], outcome) end
  end
  local bad = (counts.failure or 0) + (counts.unknown or 0)
  local where = self.failures and kept and bad > 0 and "; those that failed are in " .. self.path or ""
  fail.note("%d %s: %s%s", total, total == 1 and "row" or "rows", table.concat(parts, ", "), where)
  if bad == 0 then return 0 end
  if bad < total then return 3 end
  local code
  for _, outcome in ipairs(self.outcomes) do
    local own = outcome.err and fail.code(outcome.err) or 3
    if code and code ~= own then return 3 end
    code = own
  end
  return code
end

-- ---- running --------------------------------------------------------------------------------------------------------

local function outcome_of(err) return is_open(err) and "unknown" or "failure" end

-- May other rows fare better after this error?
local function is_fatal(err) return fatal[err.kind] and err.code ~= "declined" end

-- Calls f(item, going) for every item, several at once. What is raised, by Ctrl-C or where output fails, ends the run: no
-- further item is begun, and going() is false. Most often an item is one row.
local function at_once(items, rows, concurrency, f)
  local raised
  require("thrive.loops")[items] = { label = #items == rows and "rows" or "groups of rows" }
  local function going() return raised == nil end
  require("thrive.map").map(items, function(item)
    if raised ~= nil then return end
    local ok, why = pcall(f, item, going)
    if not ok then raised = raised or why end
  end, { concurrency = concurrency })
  if raised ~= nil then error(raised, 0) end
end

-- Where each row destroys something their number is known: too many are stopped before the first.
local function announce(request, client, n)
  local kind = request.verb.entry.destructive
  local guard = require "thrive.guard"
  if not guard.kinds[kind] or request.verb.entry.list then return end
  if not guard.announce(client, kind, n) then fail.stop(7) end -- the guard has said why
end

-- The path arguments of a request as one text, the same for the same.
local function target_of(request)
  local parts = {}
  for i = 1, #request.names.args do parts[i] = #request.args[i] .. ":" .. request.args[i] end
  return table.concat(parts)
end

-- Rows about the same person or thing, by their path arguments or else ref, email or reference, keep their order: what the last
-- one says is what stays. Arrays of numbers of rows; most are of one.
local function chains(requests)
  local list, by_key = {}, {}
  for i, one in ipairs(requests) do
    local fields = one.fields
    local key = #one.names.args > 0 and target_of(one) or fields.ref or fields.email or fields.reference
    local chain = key and by_key[key]
    if chain then
      chain[#chain + 1] = i
    else
      list[#list + 1] = { i }
      if key then by_key[key] = list[#list] end
    end
  end
  return list
end

-- A call for each row.
local function run_each(request, client, requests, report)
  local verb, entry = request.verb, request.verb.entry
  local group, stopped = operation.group(client, verb.group.name), nil
  local function run(i)
    if stopped then return report:take(i, "failure", stopped, "not sent: " .. tostring(stopped)) end
    report.begun[i] = true
    local value, err, meta = operation.invoke(group, requests[i])
    if err ~= nil then
      if is_fatal(err) then stopped = stopped or err end
      return report:take(i, outcome_of(err), err)
    end
    local id = type(value) == "table" and entry.key and value[entry.key] or nil
    return report:take(i, meta and meta.planned and "planned" or "success", nil, nil, id)
  end
  at_once(chains(requests), #requests, request.options.concurrency or CONCURRENCY, function(chain, going)
    for _, i in ipairs(chain) do
      if going() then run(i) end
    end
  end)
end

-- Rows of the same path arguments are one list.
local function lists_of(requests)
  local lists, by_key = {}, {}
  for i, one in ipairs(requests) do
    local key = target_of(one)
    local list = by_key[key]
    if not list then
      list = setmetatable({ args = one.args, list = {}, rows = {} }, { __index = one })
      by_key[key] = list
      lists[#lists + 1] = list
    end
    list.list[#list.list + 1] = one.list[1]
    list.rows[#list.rows + 1] = i
  end
  return lists
end

local function check_lists(request, lists)
  local bulk = request.verb.entry.bulk
  for _, one in ipairs(lists) do
    if bulk.rest and #one.list > bulk.chunk and not request.options.split then
      fail.usage(("%s: %d entries, but one call replaces at most %d; --split replaces with the first %d and adds the others, "
        .. "which is not one step"):format(request.shown, #one.list, bulk.chunk, bulk.chunk), "nothing was sent")
    end
  end
  return lists
end

local function run_lists(request, client, lists, report)
  local group, stopped = operation.group(client, request.verb.group.name), nil
  at_once(lists, #report.rows, CONCURRENCY, function(one)
    local value, err, meta
    if stopped then
      err = stopped
    else
      for _, i in ipairs(one.rows) do report.begun[i] = true end
      value, err, meta = operation.invoke(group, one)
      if value == nil and is_fatal(err) then stopped = stopped or err end
    end
    for k, i in ipairs(one.rows) do
      if meta and meta.planned then
        report:take(i, "planned")
      elseif value ~= nil then
        local outcome = value.outcomes[k]
        report:take(i, outcome.outcome, outcome.err, outcome.outcome ~= "success" and (outcome.reason or "refused") or nil)
      elseif report.begun[i] then
        report:take(i, outcome_of(err), err)
      else
        report:take(i, "failure", err, "not sent: " .. tostring(err))
      end
    end
  end)
end

--- Reads the file, checks every row, sends them, and shows what became of each.
-- @tparam table request of thrive.api.parse
-- @param client
-- @treturn integer exit status: 0; 3 when some rows failed; when all did, the status of their errors if it is one
-- @raise a failure of status 2, before anything is sent, that names every problem of the file
function M.run(request, client)
  local given = request.options
  local rows, reader, source = read(given)
  local header = reader.header
  local places, entries = understand(request, header, source)
  local convert = converter(request, places)
  local requests, problems, first, alike = {}, {}, nil, 0
  for i, row in ipairs(rows) do
    local one, cells = request_of(request, row, convert, entries)
    requests[i] = one
    local wrong = problems_of(client, one, entries)
    if cells then wrong = wrong and cells .. "; " .. wrong or cells end
    if wrong then problems[#problems + 1] = ("%s:%d: %s"):format(source, row.line, wrong) end
    first = first or wrong
    if wrong and wrong == first then alike = alike + 1 end
  end
  if alike > 1 and alike == #rows then -- a column is missing, most often
    fail.usage(("%s: %s, in each of the %d rows"):format(source, first, alike), "nothing was sent")
  elseif #problems > 0 then
    fail.usage(join(problems), "nothing was sent")
  end
  local by_lists = request.verb.entry.list ~= nil
  if by_lists then requests = check_lists(request, lists_of(requests)) end
  announce(request, client, #rows)
  local failures = failures_file(given, reader)
  local keys = keys_of(header, places, entries)
  local columns, seen = {}, {}
  local function add(name)
    if not seen[name] then columns[#columns + 1] = name end
    seen[name] = true
  end
  add("line")
  for _, key in ipairs(keys) do add(key) end
  if request.verb.entry.key and not by_lists then add("id") end
  add("outcome")
  add("error")
  local status
  operation.with_sink(given, { columns = columns }, function(sink)
    local report = setmetatable({ rows = rows, outcomes = {}, begun = {}, next = 1, counts = {}, keys = keys, sink = sink,
      failures = failures, path = given.failed }, Report)
    local run = by_lists and run_lists or run_each
    local ok, why = pcall(run, request, client, requests, report)
    local planned = ok and report.counts.planned == #rows
    local closed, problem = pcall(report.close, report, ok and "" or "the run ended before")
    local shown, trouble = true, nil
    if not planned and report.broken == nil then shown, trouble = pcall(function() sink():finish() end) end
    status = report:status(closed)
    if not ok then error(why, 0) elseif not closed then error(problem, 0) elseif not shown then error(trouble, 0) end
    if report.broken ~= nil then error(report.broken, 0) end
  end)
  return status
end

return M
