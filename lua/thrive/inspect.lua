--- Values for people: a list of records as a table, a record as a list of fields, anything else as Lua would write it.
--
-- What comes out is safe to print: control characters of the data are spelled out and never reach the terminal, the secrets
-- of open clients and whatever stands under a name like api_key or Authorization are masked, cycles and sizes are bounded.
-- Nothing is called: no metamethod of the script runs.
-- @module thrive.inspect

local checks = require "thrive.options"
local columns = require "thrive.inspect.columns"
local dump = require "thrive.inspect.dump"
local grids = require "thrive.inspect.grid"
local text = require "thrive.text"
local values = require "thrive.inspect.value"

local M = {}

local paint = values.paint

local LABEL_MOST <const> = 32  -- columns of a field's name
local FIELDS_MOST <const> = 200
local BESIDE <const> = 40      -- columns that a table of several lines needs beside its name; else it stands below
local LOOK <const> = 1000      -- records that decide whether a list is one of records

local function at_least(least)
  return { "number", function(v) return v >= least or nil, ("a number, %d or more"):format(least) end }
end

--- The options of `inspect`: name → rule.
M.options = {
  width = at_least(1), height = at_least(1), depth = at_least(0), colour = { "boolean" },
  as = { "string", checks.one_of("table", "record", "dump") },
}

-- ---- what it is ---------------------------------------------------------------------------------------------------

local function is_record(v)
  return type(v) == "table" and type(next(v)) == "string" and not values.own(v)
end

-- What a call says of itself is fetched when it is asked for; other tables are taken as they are.
local function unfolded(v)
  local call = package.loaded["thrive.call"]
  if type(v) ~= "table" or not call or debug.getmetatable(v) ~= call.meta_table then return v end
  local copy = {}
  for name, part in pairs(v) do copy[name] = part end
  return copy
end

-- The records of a list, with holes or without: rows, their indices when there are holes, how many there are. nil when it is
-- something else. Looks at every key and at the first records, and copies none of them.
local function records_of(list, height)
  if type(list) ~= "table" or values.own(list) or values.class(list) then return nil end
  local count, highest = 0, 0
  for key in next, list do
    if math.type(key) ~= "integer" or key < 1 then return nil end
    count = count + 1
    if key > highest then highest = key end
  end
  if count == 0 then return nil end
  if count == highest then
    for i = 1, math.min(count, math.max(LOOK, height)) do
      if not is_record(rawget(list, i)) then return nil end
    end
    return list, nil, count
  end
  local indices, rows = values.keys(list, height), {}
  for i, index in ipairs(indices) do
    local record = rawget(list, index)
    if not is_record(record) then return nil end
    rows[i] = record
  end
  return rows, indices, count
end

local function whole(n) return math.type(n) == "integer" and ("%d"):format(n) or nil end

-- What a page says about the list it is of.
local function page_note(pagination)
  if type(pagination) ~= "table" then return nil end
  local page, pages = whole(rawget(pagination, "page")), whole(rawget(pagination, "totalPages"))
  local total = whole(rawget(pagination, "totalResults"))
  if not page or not total then return nil end
  return ("page %s%s, %s in all"):format(page, pages and " of " .. pages or "", total)
end

-- What a list returns where the service does not tell how long it is.
local function is_page(v) return type(rawget(v, "results")) == "table" and next(v, "results") == nil and next(v) == "results" end

-- The list in what a call returned: a page, the merged result of a bulk call, or the list itself.
-- Returns list, note; nil when there is none.
local function list_in(v)
  if type(v) ~= "table" or values.own(v) then return nil end
  local results, outcomes = rawget(v, "results"), rawget(v, "outcomes")
  if type(results) == "table" and type(next(v)) == "string" then
    return results, page_note(rawget(v, "pagination"))
  elseif type(outcomes) == "table" and type(rawget(outcomes, 1)) == "table" and rawget(rawget(outcomes, 1), "outcome") then
    local counts, parts = {}, {}
    for i = 1, values.length(outcomes) do
      local entry = rawget(outcomes, i)
      local outcome = type(entry) == "table" and rawget(entry, "outcome")
      if type(outcome) == "string" then counts[outcome] = (counts[outcome] or 0) + 1 end
    end
    for _, outcome in ipairs { "success", "failure", "unknown" } do
      if counts[outcome] then parts[#parts + 1] = ("%d %s"):format(counts[outcome], outcome) end
    end
    return outcomes, table.concat(parts, ", ")
  end
  return v, nil
end

-- A record to be shown as fields: names for keys, and a scalar or two among the values.
local function is_plain_record(v)
  if not is_record(v) or values.class(v) then return false end
  local scalar, n = false, 0
  for key, value in next, v do
    n = n + 1
    if n > FIELDS_MOST then return false end
    if type(key) ~= "string" then return false end
    local kind = type(value)
    if kind == "function" or kind == "thread" then return false end
    scalar = scalar or kind ~= "table"
  end
  return scalar
end

-- ---- a table ------------------------------------------------------------------------------------------------------

local function table_of(rows, indices, count, note, options)
  local n = math.min(count, options.height)
  if indices then -- a column more: which of them it is
    n = #indices
    local numbered = {}
    for i, record in ipairs(rows) do
      local copy = {}
      for name, value in next, record do copy[name] = value end
      copy.index = copy.index == nil and indices[i] or copy.index
      numbered[i] = copy
    end
    rows = numbered
  end
  local grid = grids.new(rows, n, { width = options.width, colour = options.colour, mask = true })
  local lines = { grid:header() }
  for i = 1, n do lines[i + 1] = grid:row(rows[i]) end
  local function add(s) lines[#lines + 1] = paint(text.cut(s, options.width), "note", options.colour) end
  if count > n then add(("… %d more"):format(count - n)) end
  if #grid.hidden > 0 then add(grids.name_line("not shown: ", grid.hidden, options.width)) end
  if note then add(note) end
  return table.concat(lines, "\n")
end

-- ---- a record -----------------------------------------------------------------------------------------------------

local VALUE_MOST <const> = 1000 -- bytes of a string in a field list

local function string_lines(s, key, width)
  s = values.mask(s, key)
  local more = ""
  if #s > VALUE_MOST then
    local kept = text.head(s, VALUE_MOST)
    more = ("… (%d more bytes)"):format(#s - #kept)
    s = kept
  end
  local lines = {}
  for part in (s .. "\n"):gmatch("(.-)\r?\n") do
    for _, line in ipairs(text.wrap(text.escape(part), width)) do lines[#lines + 1] = line end
  end
  lines[#lines] = lines[#lines] .. more
  return lines
end

local function value_lines(v, key, width, options)
  if type(v) == "string" then return string_lines(v, key, width) end
  if type(v) == "number" and not text.is_secret(key) then
    local s, is_number = values.cell(v, key, math.huge, true)
    return { paint(s, is_number and "number", options.colour) }
  end
  local limits = { width = width, height = options.height, depth = options.depth, colour = options.colour }
  local s, lines = dump.render(v, limits, key), {}
  for line in (s .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line end
  return lines
end

local function record_of(record, options)
  local names, places, rank = {}, {}, {}
  columns.each(record, function(name) names[#names + 1] = name end)
  table.sort(names)
  local plain = {}
  for _, name in ipairs(names) do
    if name:sub(1, 3) ~= "cf." then plain[#plain + 1] = name end
  end
  local documented = columns.documented(plain) or {}
  for place, name in ipairs(names) do
    places[name] = documented[name] or name:sub(1, 3) == "cf." and 1e6 + place or 1e3 + place
    rank[place] = name
  end
  table.sort(rank, function(a, b) return places[a] < places[b] end)
  local widest, labels = 0, {}
  for _, name in ipairs(rank) do
    labels[name] = text.cut(text.escape(text.redact(name)), LABEL_MOST)
    widest = math.max(widest, text.width(labels[name]))
  end
  local lines = {}
  for i, name in ipairs(rank) do
    if i > FIELDS_MOST then
      lines[#lines + 1] = paint(("… %d more"):format(#rank - FIELDS_MOST), "note", options.colour)
      break
    end
    local label = paint(text.pad(labels[name], widest), "name", options.colour)
    local key, value, room = name:match("^cf%.(.*)$") or name, columns.value(record, name), options.width - widest - 2
    local shown, margin = value_lines(value, key, math.max(20, room), options), (" "):rep(widest)
    if type(value) == "table" and shown[2] and room < BESIDE then
      lines[#lines + 1] = label:gsub(" +$", "")
      shown, label, margin = value_lines(value, key, math.max(20, options.width - 2), options), "", ""
    end
    for k, line in ipairs(shown) do lines[#lines + 1] = ((k == 1 and label or margin) .. "  " .. line):gsub(" +$", "") end
  end
  return table.concat(lines, "\n")
end

local function records_in_turn(rows, indices, count, note, options)
  local blocks, n = {}, math.min(count, indices and #indices or options.height)
  local each = { width = options.width, height = 40, depth = options.depth, colour = options.colour }
  for i = 1, n do
    blocks[#blocks + 1] = paint(("[%d]"):format(indices and indices[i] or i), "header", options.colour) .. "\n"
      .. record_of(rows[i], each)
  end
  if count > n then blocks[#blocks + 1] = paint(("… %d more"):format(count - n), "note", options.colour) end
  if note then blocks[#blocks + 1] = paint(note, "note", options.colour) end
  return table.concat(blocks, "\n\n")
end

-- ---- the one function ---------------------------------------------------------------------------------------------

--- What a value looks like.
--
-- A list of records (also a page, the result of a bulk call, the results of map) is a table that fits the width: what people
-- look for first, columns that do not fit named below, so many rows and then "… N more". A record is a list of its fields,
-- custom ones as cf.Name. Anything else is written as Lua would write it, keys sorted. Objects of this module (clients,
-- groups, errors, tasks) are told in one line. `thrive.null` is itself.
-- @param value anything
-- @tparam[opt] table options
--
-- * `width`: columns to fit into (80); `height`: rows of a table, and entries of any other table that are shown (40);
-- * `depth`: levels of tables in tables (6); `colour`: colours for a terminal (false);
-- * `as`: "table", "record" or "dump": this form, where the value allows it.
-- @treturn string lines, without a line break at the end
-- @raise on options of the wrong name or type
-- @usage print(thrive.inspect(client.users:list{ perPage = 10 }, { width = 120 }))
function M.inspect(value, options)
  if options ~= nil and type(options) ~= "table" then
    error(("inspect: argument #2 must be a table of options (got %s)"):format(type(options)), 2)
  end
  local wrong = options and checks.problems_of(options, M.options, "an option")
  if wrong then error("inspect: " .. wrong, 2) end
  options, value = options or {}, unfolded(value)
  local as = options.as
  local wanted = {
    width = math.max(1, options.width or 80) // 1 | 0, height = math.min(options.height or 40, math.maxinteger >> 8) // 1 | 0,
    depth = options.depth or 6, colour = options.colour or false,
  }
  if as ~= "dump" then
    local list, note = list_in(value)
    local rows, indices, count = records_of(list, wanted.height)
    if not rows and as == "table" and is_record(value) then rows, count = { value }, 1 end
    if rows then
      return (as == "record" and records_in_turn or table_of)(rows, indices, count, note, wanted)
    end
    if type(list) == "table" and next(list) == nil and (note or is_page(value)) then
      return paint(note and "no records: " .. note or "no records", "note", wanted.colour)
    end
    if as == "record" and is_record(value) or is_plain_record(value) then return record_of(value, wanted) end
  end
  return dump.render(value, wanted)
end

return M
