--- The reader behind thrive.csv: records out of a stream of pieces.
--
-- Owns: the buffer, the position in it, line numbers, faults. Must not touch: the arguments of the public functions,
-- which thrive.csv has checked before it comes here.
--
-- @module thrive.csv.reader

local blanks = require "thrive.csv.blanks"
local encoding = require "thrive.csv.encoding"
local faults = require "thrive.csv.fault"
local guard = require "thrive.csv.guard"
local sniff = require "thrive.csv.sniff"

local M = {}

local byte, find, gsub, match, sub = string.byte, string.find, string.gsub, string.match, string.sub
local unpack = table.unpack

local CHUNK <const> = 64 * 1024
local LONGEST <const> = 16 * 1024 * 1024 -- a record longer than this is a quote that nobody closed
local CAPTURES <const> = 31 -- string.match returns 32 values at most: the cells, and where the record ends
local QUOTE <const>, CR <const>, LF <const> = 34, 13, 10
local NOWHERE <const> = math.huge

local Reader = { __name = "thrive.csv.reader" }
M.class = Reader
Reader.__index = Reader

-- Line and column (in characters, from 1) of a position in the record that starts at self.pos. A record whose quote is not
-- closed may be hundreds of thousands of lines: each is looked at once.
local function locate(self, at)
  local line, start = self.next_line, self.pos
  while true do
    local stop = find(self.buffer, "[\r\n]", start)
    if stop and sub(self.buffer, stop, stop + 1) == "\r\n" then stop = stop + 1 end
    if not stop or stop >= at then break end
    line, start = line + 1, stop + 1
  end
  return line, (utf8.len(self.buffer, start, at - 1) or at - start) + 1
end

-- Ends reading with what is wrong with the data, or with the reading of it.
local function raise(self, kind, message, line, column)
  self.fault = faults.new(kind, self.source, message, line, column)
  self:close()
  error(self.fault, 0)
end

-- The same, in the record that starts at self.pos: `at` is where.
local function fail(self, at, message)
  raise(self, "validation", message, locate(self, at))
end

-- The first bytes that are not UTF-8 (or NUL), looked for once in every piece that arrives. A character cut in two by
-- the end of the piece waits for the next one.
local function check_text(self, from)
  local buffer = self.buffer
  local last = self.eof and #buffer or encoding.whole(buffer)
  if last < from then return end
  local _, bad = utf8.len(buffer, from, last)
  local nul = find(buffer, "\0", from, true)
  self.bad = math.min(bad or NOWHERE, nul or NOWHERE)
  self.checked = last
end

local function refuse_byte(self)
  local b = byte(self.buffer, self.bad)
  if b == 0 then
    fail(self, self.bad, "a NUL byte: this is not a text file, or it is in UTF-16; save it as CSV in UTF-8, or name its "
      .. 'encoding ("utf-16le")')
  elseif self.input.is_utf8 then
    fail(self, self.bad, ('this is UTF-8, not %s: read the file without encoding = "%s", or save it as CSV in UTF-8'):format(
      self.encoding, self.encoding))
  elseif self.input.bad then
    fail(self, self.bad, ("byte 0x%02X is not text in the encoding %s: name the right one, or save the file as CSV in UTF-8")
      :format(self.input.bad, self.encoding))
  end
  fail(self, self.bad, ("invalid UTF-8 (byte 0x%02X): save the file as CSV in UTF-8, or name its encoding (Excel's is often "
    .. '"cp1252")'):format(b))
end

-- Drops what has been read and appends the next piece. Afterwards there is more data, or self.eof is true.
local function refill(self)
  if self.bad <= #self.buffer then refuse_byte(self) end
  local rest = sub(self.buffer, self.pos)
  if #rest > LONGEST then
    fail(self, self.opened or self.pos,
      ("the record that starts in line %d is longer than %d MB: is a closing quote missing?"):format(
        self.next_line, LONGEST // (1024 * 1024)))
  end
  local dropped = self.pos - 1
  if io.type(self.file) == "closed file" then raise(self, "config", "cannot read: the file was closed", self.next_line) end
  -- A long record doubles the piece, so that its beginning is looked at a few times and not hundreds of times.
  local chunk, why = self.input:read(math.max(CHUNK, #rest))
  if not chunk then
    if why then raise(self, "config", "cannot read: " .. why, self.next_line) end
    self.eof = true
  end
  local first = self.fresh
  self.fresh = false
  self.buffer, self.pos = rest .. (chunk or ""), 1
  self.checked = self.checked - dropped
  if first then
    while find(self.buffer, "^\xEF\xBB\xBF", self.pos) do -- some programs write one more
      self.pos, self.marked = self.pos + 3, true
    end
    if find(self.buffer, "^PK\3\4") or find(self.buffer, "^\xD0\xCF\x11\xE0") then
      raise(self, "validation", "this is a workbook (such as .xlsx), not CSV: save its sheet as CSV in UTF-8", 1)
    end
    if find(self.buffer, "^\xFF\xFE") or find(self.buffer, "^\xFE\xFF") then
      raise(self, "validation", "this file is in UTF-16: save it as CSV in UTF-8, or read it with encoding = \"utf-16\"",
        1)
    end
  end
  check_text(self, self.checked + 1)
  if not self.raw then self.guarded = guard.next(self.buffer, self.pos) end
end

-- Line breaks in a quoted cell: LF, CRLF, CR.
local function count_breaks(cell)
  local _, lines = gsub(cell, "\n", "")
  if find(cell, "\r", 1, true) then
    local _, alone = gsub(gsub(cell, "\r\n", ""), "\r", "")
    lines = lines + alone
  end
  return lines
end

-- One record, cell by cell: for records with quotes in them, and to find out what is wrong with the others. Leaves the
-- cells in self.cells; returns their number, the position of the next record and the number of lines, or nil when the record
-- goes on beyond the buffer.
local function scan(self)
  local buffer, separator, eof, cells = self.buffer, self.delimiter, self.eof, self.cells
  local size = #buffer
  local n, at, lines = 0, self.pos, 1
  while true do
    local stop -- the byte after the cell; size + 1 at the end of the data
    if byte(buffer, at) == QUOTE then
      self.opened = at
      local from, doubled = at + 1, false
      while true do
        local quote = find(buffer, '"', from, true)
        if not quote then
          if not eof then return nil end
          fail(self, at, "this quote is never closed")
        end
        if byte(buffer, quote + 1) ~= QUOTE then
          stop = quote + 1
          break
        end
        from, doubled = quote + 2, true
      end
      if stop > size and not eof then return nil end
      local cell = sub(buffer, at + 1, stop - 2)
      n = n + 1
      cells[n] = doubled and gsub(cell, '""', '"') or cell
      if find(cell, "\n", 1, true) or find(cell, "\r", 1, true) then lines = lines + count_breaks(cell) end
    else
      n = n + 1
      cells[n], stop = match(buffer, self.cell, at)
      if stop > size and not eof then return nil end
    end
    local b = byte(buffer, stop)
    if b ~= separator then
      if b == CR then
        if stop == size and not eof then return nil end
        if byte(buffer, stop + 1) == LF then stop = stop + 1 end
      elseif b == QUOTE then
        fail(self, stop, "a quote inside a cell that is not quoted: put the whole cell in quotes and double the ones inside")
      elseif b and b ~= LF then
        local line, opened = locate(self, stop), locate(self, at)
        fail(self, stop, "text after a closing quote: a quote inside a quoted cell has to be doubled" ..
          (opened < line and (" (the cell starts in line %d)"):format(opened) or ""))
      end
      return n, stop + 1, lines
    end
    at = stop + 1
  end
end

-- Moves past the record that ends before `stop`.
local function advance(self, stop, lines)
  if stop > self.bad then refuse_byte(self) end
  self.pos, self.line, self.next_line = stop, self.next_line, self.next_line + lines
end

-- Skips blank lines. True when a record starts at self.pos, false at the end of the data.
local function to_record(self)
  while true do
    local first = byte(self.buffer, self.pos)
    if first == LF then
      self.pos, self.next_line = self.pos + 1, self.next_line + 1
    elseif first == CR then
      local second = byte(self.buffer, self.pos + 1)
      if second or self.eof then
        self.pos, self.next_line = self.pos + (second == LF and 2 or 1), self.next_line + 1
      else
        refill(self)
      end
    elseif first then
      return true
    elseif self.eof then
      return false
    else
      refill(self)
    end
  end
end

-- Reads the next record into self.cells. Returns the number of cells, or nil at the end of the data.
local function next_cells(self)
  if not to_record(self) then return nil end
  while true do
    self.opened = nil
    local n, stop, lines = scan(self)
    if n then
      advance(self, stop, lines)
      return n
    end
    refill(self)
  end
end

local function trimmer(self)
  return function(cell)
    local first, last = byte(cell, 1, 1), byte(cell, -1)
    if not first or (first > 32 and first ~= 0xC2 and last > 32 and last ~= 0xA0) then return cell end
    local core = blanks.strip(cell)
    if core ~= cell then self.trimmed = self.trimmed + 1 end
    return core
  end
end

-- A function that puts the cells it is given as arguments into a row, and passes on what follows them. It is compiled
-- for columns `from` to `to` of this file: the constructor names every column, so that the table has the right size at
-- once, which is most of the reading speed.
local function compile_row(self, from, to, trim)
  local params, statements, fields = {}, {}, {}
  for i = from, from == 1 and self.width or to do -- the first group makes the row
    local c, mine = "c" .. i, i >= from and i <= to
    local place = ("[%q]"):format(self.header and self.header[i] or i)
    local value = (self.keep_empty and "%s" or "%s ~= '' and %s or nil"):format(c, c)
    if mine then params[#params + 1] = c end
    if mine and trim then statements[#statements + 1] = ("%s = trim(%s)"):format(c, c) end
    if from > 1 then
      if mine then statements[#statements + 1] = ("row%s = %s"):format(place, value) end
    elseif self.header then
      fields[i] = ("%s = %s"):format(place, mine and value or "nil")
    elseif mine then
      fields[i] = c
    end
  end
  if from == 1 then statements[#statements + 1] = ("row = { %s }"):format(table.concat(fields, ", ")) end
  local source = ("local trim = ...\nreturn function(row, %s, stop)\nif not c%d then return nil end\n%s\nreturn row, stop end")
    :format(table.concat(params, ", "), from, table.concat(statements, "\n"))
  return assert(load(source, "=thrive.csv row", "t"))(trim)
end

-- Prepares reading of records that have `width` cells: in groups of as many as string.match can return, usually one.
local function set_width(self, width)
  self.width = width
  self.make, self.bare, self.quoted = {}, {}, {}
  local trim = self.trim and trimmer(self) or nil
  local separator = gsub(self.separator, "%W", "%%%0")
  for from = 1, width, CAPTURES do
    local to = math.min(from + CAPTURES - 1, width)
    local rest = (to == width and "\r?\n" or separator) .. "()"
    self.make[#self.make + 1] = compile_row(self, from, to, trim)
    -- A whole record without quotes, or with all cells quoted. All other records are scanned.
    self.bare[#self.bare + 1] = "^" .. ('([^%s"\r\n]*)'):format(separator):rep(to - from + 1, separator) .. rest
    self.quoted[#self.quoted + 1] = "^" .. ('"([^"\r\n]*)"'):rep(to - from + 1, separator) .. rest
  end
end

-- The next row if it is one of the simple ones, and where the record after it starts; otherwise nil.
local function match_row(self)
  local buffer, make, at, row = self.buffer, self.make, self.pos, nil
  local patterns = byte(buffer, at) == QUOTE and self.quoted or self.bare
  for group = 1, #patterns do
    row, at = make[group](row, match(buffer, patterns[group], at))
    if not row then return nil end
  end
  return row, at
end

-- The next row as the file has it, or nil at the end of the data. Raises faults.
local function next_record(self)
  if not to_record(self) then return nil end
  if self.width then
    local trimmed = self.trimmed
    local row, stop = match_row(self)
    if row and stop <= self.guarded then
      advance(self, stop, 1)
      return row
    end
    self.trimmed = trimmed
  end
  local n = next_cells(self)
  if not self.width then set_width(self, n) end
  if n ~= self.width then
    raise(self, "validation",
      ("%d %s where the %s has %d: is the line cut off, or is a cell with a separator in it not quoted?"):format(
        n, n == 1 and "cell" or "cells", self.header and "header" or "first record", self.width), self.line)
  end
  if self.pos > self.guarded then
    for i = 1, n do self.cells[i] = guard.take(self.cells[i]) end
    self.guarded = guard.next(self.buffer, self.pos)
  end
  local row
  for group, make in ipairs(self.make) do
    row = make(row, unpack(self.cells, (group - 1) * CAPTURES + 1, math.min(group * CAPTURES, n)))
  end
  return row
end

-- Takes the columns without a name out of a row.
local function drop_nameless(self, row)
  for i = self.named + 1, self.width do
    if row[i] and blanks.strip(row[i]) ~= "" then
      raise(self, "validation", ("column %d has no name, but there is text in it: name it, or remove it"):format(i), self.line)
    end
    row[i] = nil
  end
end

-- The next row, or nil at the end of the data. Raises faults.
local function next_row(self)
  local row = next_record(self)
  if not row then return nil end
  if self.named < self.width then drop_nameless(self, row) end
  local convert = self.convert
  if convert then
    local wrong = convert(row)
    if wrong then raise(self, "validation", wrong, self.line) end
  end
  return row
end

local function read_header(self)
  local n = next_cells(self)
  if not n then
    raise(self, "validation", "the file is empty: its first line has to name the columns")
  end
  local names, seen, last = {}, {}, n
  -- Spreadsheets write separators for columns that were in use once. Nothing is lost where their cells are empty, too.
  while last > 1 and blanks.name(self.cells[last]) == "" do last = last - 1 end
  for i = 1, last do
    local name = blanks.name(self.cells[i])
    if not self.raw then name = guard.take(name) end
    if name == "" then
      raise(self, "validation", ("column %d has no name: give it one, or remove it"):format(i), self.line)
    elseif seen[name] then
      raise(self, "validation", ('columns %d and %d are both called "%s"'):format(seen[name], i, name), self.line)
    end
    seen[name], names[i] = i, name
  end
  self.header, self.named, self.width = names, last, n
  if not self.raw then self.guarded = guard.next(self.buffer, self.pos) end
end

local function check_required(self, required)
  local there, missing = {}, {}
  for _, name in ipairs(self.header) do there[name] = true end
  for _, name in ipairs(required) do
    if not there[name] then missing[#missing + 1] = ('"%s"%s'):format(name, faults.hint(name, self.header)) end
  end
  if missing[1] then
    raise(self, "validation", ("there is no column %s; the columns are: %s"):format(
      table.concat(missing, " and no column "), table.concat(self.header, ", ")), self.line)
  end
end

local function use_separator(self, separator)
  self.separator, self.delimiter = separator, byte(separator)
  self.cell = ('^([^%s"\r\n]*)()'):format((gsub(separator, "%W", "%%%0"))) -- one without quotes
end

-- Finds out what separates the cells: as a first line "sep=;" says, else as the first records look. A file without names
-- may begin with any text, so that nothing is guessed there.
local function find_separator(self, options)
  if not to_record(self) then return end
  local separator, stop
  if self.next_line == 1 then separator, stop = sniff.declared(self.buffer, self.pos) end
  if stop then self.pos = stop end
  if options.separator then return end
  if separator then return use_separator(self, separator) end
  if options.header == false then return end
  local first, after = sniff.tally(self.buffer, self.pos)
  while not after and not self.eof do
    refill(self)
    first, after = sniff.tally(self.buffer, self.pos)
  end
  use_separator(self, sniff.choose(first, sniff.tallies(self.buffer, after, self.eof), self.header and #self.header))
end

--- Reads what comes before the rows.
-- @tparam table self of `new`, with `file`: what is read, by its read(n); and `owned`: it is to be closed
-- @tparam table options of thrive.csv
-- @tparam[opt] table plan the columns that there may be, of thrive.csv.fields
-- @treturn table the reader
-- @raise a fault
function M.start(self, options, plan)
  if options.encoding then
    self.input = encoding.input(self.file, options.encoding)
    if not self.input then
      raise(self, "config", ('no encoding "%s" is known here: try "utf-8", "cp1252" (Windows, Western Europe), "cp1250" '
        .. '(Central Europe), "iso-8859-1", "iso-8859-15", "macintosh" or "utf-16"'):format(options.encoding))
    end
  else
    self.input = self.file
  end
  if type(options.header) == "table" then self.header = { unpack(options.header) } end
  find_separator(self, options)
  if options.header == nil or options.header == true then read_header(self) end
  if options.required then check_required(self, options.required) end
  if plan then
    local convert, wrong = require("thrive.csv.fields").bind(plan, self.header, options)
    if not convert then raise(self, "validation", wrong, self.line) end
    self.convert = convert
  end
  if self.header then set_width(self, self.width or #self.header) end
  return self
end

--- Makes a reader that `start` begins.
-- @tparam string source what messages call the data
-- @tparam table options of thrive.csv
-- @treturn table
function M.new(source, options)
  local self = setmetatable({
    source = options.source or source,
    encoding = options.encoding,
    keep_empty = options.empty == "string" or options.header == false,
    raw = options.raw, -- guards stay
    trim = options.trim,
    trimmed = 0,
    marked = false, -- did it begin with the byte order mark of UTF-8?
    named = NOWHERE, -- columns that have a name; those behind them are in a row by their number, until they are dropped
    -- The piece of the file at hand; where the next record starts in it, how far it is known to be text, where it is not,
    -- where the next guard may be.
    buffer = "", pos = 1, checked = 0, bad = NOWHERE, guarded = NOWHERE,
    fresh = true, -- nothing has been read yet
    eof = false, -- nothing is left to be read
    next_line = 1,
    cells = {}, -- of the record at hand, when it is scanned
  }, Reader)
  use_separator(self, options.separator or ",")
  return self
end

--- The next row.
--
-- @treturn table|nil the row, or nil at the end of the data, and only there
-- @treturn integer the line where the record starts
-- @raise what is wrong with the data, as an error that names file and line; the reader is closed then and raises the
-- same again when asked again
-- @usage local row, line = reader:next()
function Reader:next()
  if self.closed then
    if self.fault then error(self.fault, 0) end
    return nil
  end
  local row = next_row(self)
  if row then return row, self.line end
  self:close()
  return nil
end

--- Ends reading. A file that was opened here is closed; one that was handed in stays open. Closing twice is harmless.
--
-- @treturn boolean true
function Reader:close()
  local file = self.file
  self.closed, self.buffer, self.file, self.input = true, "", nil, nil
  if file and self.owned then file:close() end
  return true
end

Reader.__close = Reader.close

function Reader:__tostring()
  return ("thrive.csv.reader (%s, line %d)"):format(self.source, self.line or 0)
end

return M
