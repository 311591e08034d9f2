--- The writer behind thrive.csv: records to lines of text.
--
-- Owns: which columns there are, what a value looks like in a cell, and that no failure to write is lost. Must not touch:
-- the arguments of the public functions, which thrive.csv has checked before it comes here, and files: a sink is handed in
-- (thrive.csv.sink).
--
-- @module thrive.csv.writer

local core = require "thrive.core"
local faults = require "thrive.csv.fault"

local M = {}

local sub = string.sub
local encode, isarray, null = core.json.encode, core.json.isarray, core.null

local HELD <const> = 1000 -- rows that are looked at before the columns are settled
local CUSTOM <const> = "cf." -- before the name of a custom field, in a column's name
local BOM <const> = "\u{FEFF}"

local Writer = { __name = "thrive.csv.writer" }
M.class = Writer
Writer.__index = Writer

local function column_name(key)
  return math.type(key) and ("column %d"):format(key) or ('column "%s"'):format(faults.printable(key))
end

local function refuse(self, key, message)
  error(faults.new("validation", self.source, ("row %d, %s: %s"):format(self.rows + 1, column_name(key), message)), 0)
end

-- ---- lines ----------------------------------------------------------------------------------------------------------

-- Writes text; a failure is the end of the writer.
local function put(self, ...)
  local ok, why = self.sink:write(...)
  if not ok then
    self.fault = faults.new("config", self.source, "cannot write: " .. why)
    error(self.fault, 0)
  end
end

local function put_row(self, row)
  local line, place, why = self.line(row, not self.started)
  if not line then refuse(self, self.keys[place], why) end
  if self.bom and not self.started then put(self, BOM) end
  self.started = true
  put(self, line)
end

-- Settles the columns: names, or 1 to n. Writes the header.
local function use_keys(self, keys)
  local line = core.csv_line(keys, self.separator, self.line_end, self.raw)
  self.keys, self.line = keys, line
  if not self.header then return end
  self.columns = keys
  local names = {}
  for _, name in ipairs(keys) do names[name] = name end
  put_row(self, names)
end

-- ---- columns that the rows decide -----------------------------------------------------------------------------------

-- Are these custom fields by name, each worth a column?
local function has_columns(value)
  if type(value) ~= "table" or isarray(value) and value[1] ~= nil then return false end
  for name in next, value do
    if type(name) ~= "string" then return false end
  end
  return true
end

local function check_name(self, name)
  if type(name) ~= "string" or name == "" then
    refuse(self, tostring(name), "a row is a table of names and values")
  end
end

-- Calls f(column, value) for all that a row holds.
local function each_field(self, row, f)
  for name, value in next, row do
    check_name(self, name)
    if name == "additionalFields" and has_columns(value) then
      for field, inner in next, value do
        if row[CUSTOM .. field] == nil then f(CUSTOM .. field, inner) end
      end
    else
      f(name, value)
    end
  end
end

-- Keeps what a row says until the columns are known. Tables become text, for the caller may use its own again; what cannot be
-- written is raised here, at its row.
local function hold(self, row)
  local held, copy, cell = self.held, {}, {}
  each_field(self, row, function(column, value)
    cell[1] = value
    local text, _, why = held.probe(cell)
    if not text then refuse(self, column, why) end
    if value == null then return end
    if not held.seen[column] and not faults.is_text(column) then refuse(self, column, "its name is not text in UTF-8") end
    copy[column] = type(value) == "table" and encode(value) or value
  end)
  for column in next, copy do
    if not held.seen[column] then
      held.seen[column] = true
      local kind = sub(column, 1, #CUSTOM) == CUSTOM and held.custom or held.others
      if not held.ordered[column] then kind[#kind + 1] = column end
    end
  end
  held.n = held.n + 1
  held[held.n] = copy
end

local function settle(self)
  local held, keys = self.held, {}
  self.held = nil
  for _, column in ipairs(self.order) do
    if column ~= "additionalFields" or held.seen[column] then keys[#keys + 1] = column end
  end
  table.sort(held.others)
  table.sort(held.custom)
  table.move(held.others, 1, #held.others, #keys + 1, keys)
  table.move(held.custom, 1, #held.custom, #keys + 1, keys)
  if not keys[1] then
    if held.n == 0 then return end -- nobody knows what the columns would have been
    error(faults.new("validation", self.source, "no row has a value: there are no columns"), 0)
  end
  self.known, self.known_custom = {}, {}
  for _, column in ipairs(keys) do
    self.known[column] = true
    if sub(column, 1, #CUSTOM) == CUSTOM then self.known_custom[sub(column, #CUSTOM + 1)] = true end
  end
  use_keys(self, keys)
  for i = 1, held.n do put_row(self, held[i]) end
end

local function drop(self, column, value)
  if value == null then return end
  self.dropped[column] = (self.dropped[column] or 0) + 1
end

-- Counts what a row has that came too late for a column. Every row comes here, so that nothing is called where all is known.
local function count_dropped(self, row)
  local known, custom = self.known, self.known_custom
  for name, value in next, row do
    if not known[name] then
      if name == "additionalFields" and has_columns(value) then
        for field, inner in next, value do
          if not custom[field] then drop(self, CUSTOM .. field, inner) end
        end
      else
        check_name(self, name)
        drop(self, name, value)
      end
    end
  end
end

-- ---- the writer -----------------------------------------------------------------------------------------------------

--- most_held: after how many rows the columns are settled, where they are not given.
function M.new(sink, source, options, most_held)
  local self = setmetatable({
    sink = sink,
    source = options.source or source,
    separator = options.separator or ",",
    line_end = options.line_end or "\n",
    raw = options.raw,
    bom = options.bom,
    atomic = options.atomic,
    header = options.header ~= false,
    named = options.columns ~= nil or options.header ~= false,
    rows = 0,
    dropped = {},
    most_held = most_held or HELD,
  }, Writer)
  if options.columns then
    self.columns = table.move(options.columns, 1, #options.columns, 1, {})
  elseif self.header then
    self.order = options.order or {}
    self.held = { n = 0, seen = {}, ordered = {}, others = {}, custom = {}, probe = core.csv_line({ 1 }, ",", "\n") }
    for _, column in ipairs(self.order) do self.held.ordered[column] = true end
  end
  return self
end

local function closed(self)
  if self.fault then error(self.fault, 0) end
  error(("csv.writer: the writer of %s is closed"):format(self.source), 3)
end

--- Writes a row. What cannot be written (a function, text that is not UTF-8) and a disk that is full are raised; what was
-- raised for a row leaves the writer usable, a failure of the file does not.
--
-- @tparam table row column name → value; with `header = false` and no `columns`, an array of values
-- @treturn table the writer
-- @raise a fault that names the file, and the row and the column where it is one of them
-- @usage out:write{ ref = user.ref, email = user.email }
function Writer:write(row)
  if self.closed or self.fault then closed(self) end
  if type(row) ~= "table" then error("csv.writer: a row has to be a table, not " .. type(row), 2) end
  if self.held then
    hold(self, row)
    self.rows = self.rows + 1
    if self.held.n >= self.most_held then settle(self) end
    return self
  end
  if self.named then
    if row[1] ~= nil then error("csv.writer: the columns have names: a row is a table of names and values", 2) end
    if not self.keys then use_keys(self, self.columns) end
    if self.known then count_dropped(self, row) end
  else
    local n = row.n or #row
    if not self.keys then
      if n == 0 then error("csv.writer: the first row has no cells", 2) end
      local keys = {}
      for i = 1, n do keys[i] = i end
      use_keys(self, keys)
    elseif n > #self.keys then
      refuse(self, n, ("the first row has %d"):format(#self.keys))
    end
  end
  put_row(self, row)
  self.rows = self.rows + 1
  return self
end

-- What is left to be written: rows that were held back, a header to which there was no row.
local function finish(self)
  if self.held then
    settle(self)
  elseif self.header and not self.keys then
    use_keys(self, self.columns)
  end
  return true
end

local function close(self, failed)
  self.closed = true
  if not self.fault and not failed then
    local _, fault = faults.catch(finish, self)
    self.fault = fault
  end
  local ok, why = self.sink:close(failed or self.fault ~= nil)
  if self.held then self.held.probe() end -- without a row they give their memory back: see core.csv_line
  if self.line then self.line() end
  self.held, self.line, self.sink = nil, nil, nil
  if not ok and not self.fault then self.fault = faults.new("config", self.source, "cannot write: " .. why) end
end

--- Ends writing: what was held back is written, and a file that was opened here is closed; one that was handed in is flushed
-- and stays open. Closing twice is harmless.
--
-- @treturn boolean true
-- @raise what could not be written, again when asked again
-- @usage out:close()
function Writer:close()
  if not self.closed then close(self) end
  if self.fault then error(self.fault, 0) end
  return true
end

-- Leaving the block by an error: that error is the one to be seen, and what there is, is not complete.
function Writer:__close(err)
  if err == nil then return self:close() end
  if not self.closed then close(self, true) end
end

-- Nobody closed it: what was written is not lost, except where only what is complete may be seen. What fails now can only be
-- warned of.
function Writer:__gc()
  if self.closed then return end
  if self.atomic then
    close(self, true)
    warn("thrive.csv: the writer of ", self.source, " was not closed: the file is as it was")
  else
    local ok, fault = pcall(self.close, self)
    if not ok then warn("thrive.csv: ", tostring(fault)) end
  end
end

function Writer:__tostring()
  return ("thrive.csv.writer (%s, %d rows)"):format(self.source, self.rows)
end

return M
