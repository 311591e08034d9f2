--- Reads and writes CSV files (RFC 4180), record by record.
--
-- Owns: the public functions. Splitting text into records and cells is thrive.csv.reader's, making it thrive.csv.writer's.
-- Must not touch: the network. A file is read in pieces of 64 KB and written row by row, never held as a whole, so memory
-- does not grow with it.
--
-- **Reading.** What is read: quoted cells with separators, doubled quotes and line breaks in them (kept as they are), a byte
-- order mark, records that end in LF, CRLF or CR, a last line without a line end. Blank lines are skipped. Everything else is
-- an error that names file, line and, where it helps, column: rows of the wrong width, missing, unknown, empty or repeated
-- column names, a quote in the wrong place, bytes that are not text. Names in the header lose blanks (also no-break
-- and invisible ones) around them. Columns without a name behind the last one that has one are passed over where all their
-- cells are empty, as spreadsheets write them.
--
-- Options of reading, the last argument of its functions:
--
-- * `separator`: one character. Without it, the separator is the one of `,` `;` TAB `|` that the header has (outside of quotes;
--   of several the one that most of the next records have as often; then TAB, then the most frequent, then the comma), or the
--   one that a first line `sep=;` names. With `header = false` it is the comma.
-- * `encoding`: what the file is in, by a name that iconv knows (`"cp1252"`, `"utf-16"`); UTF-8 unless told otherwise. A file
--   that begins with UTF-8's byte order mark is in UTF-8 in any case, and one in UTF-8 without it is refused.
-- * `header`: `true` (the first record names the columns; the default), an array of names (the file has no header), or
--   `false` (no names: a row is an array of strings).
-- * `empty`: what an empty cell becomes. `"nil"` (the default with names): the row does not have that field, which is
--   what an update means by "leave alone". `"string"`: the field is `""` (always so with `header = false`).
-- * `trim`: `true` drops blanks (also no-break spaces) around cells; `reader.trimmed` counts the cells changed.
-- * `required`: names of columns that must be there.
-- * `operation`: the operation that the rows are for, such as `"users.update"`. The columns have to be its fields and path
--   arguments, and `cf.Name` for custom fields; all others are refused at once. Cells become what the operation takes:
--   `boolean` true or false (from true, yes, 1, false, no, 0 in any case), `integer` and `number` a number (decimal digits with a
--   point), `array` a list of what stands between semicolons, or of a JSON array; `object` and `record` what a JSON object says;
--   text, dates and words from a list stay text. `cf.Name` becomes `additionalFields.Name` (for an event, the field `Name`).
-- * `fields`: an array of the names that columns may have; if `additionalFields` is one, `cf.Name` goes there.
-- * `ignore`: names of columns that `operation` or `fields` does not know and that are left out.
-- * `clear`: text of a cell, such as `"NULL"`, that becomes thrive.null and so clears the field; only with `operation`, and only
--   in fields that can be cleared.
-- * `raw`: `true` leaves the guard of formula cells on them (see below).
-- * `source`: the name of the data in messages (the path, unless given).
--
-- **Writing.** Cells are quoted where they have to be. A nil, an empty text and thrive.null are an empty cell; integers are
-- exact and floats read back as the same; tables are written as JSON. Text that begins with `=` `+` `-` `@` (or the wide
-- forms of East Asia, which Excel takes for the same there), TAB or a line break gets an apostrophe in front, for a spreadsheet
-- would compute it; numbers such as -5 do not. Reading takes it off again: what was written is read back, byte by byte, except
-- that nil, null and `""` are the same. (Not so with `raw` on one side only: what was written raw has to be read raw.)
--
-- Options of writing:
--
-- * `columns`: names of the columns, in order; what else a row has is not written.
-- * `order`: without `columns`, names that come first and are always there; what else the first 1000 rows have follows, in
--   alphabetical order, custom fields last. A field that appears later has no column: `writer.dropped[name]` counts it.
-- * Either way, `cf.Name` is the custom field `additionalFields.Name`.
-- * `header`: `false` writes no header, and without `columns` takes arrays for rows.
-- * `separator` (`","`), `line_end` (`"\n"` or `"\r\n"`), `bom` (`true`: a byte order mark, by which Excel knows UTF-8).
-- * `raw`: `true` writes formulas as they are. Only for programs to read.
-- * `atomic`: `true` writes beside the path, and the file takes its place when all is written: no reader sees half of it. An
--   error that leaves the block of a `<close>` variable leaves what was there. A symbolic link is replaced, not followed.
-- * `source`: the name of the file in messages (the path, unless given).
--
-- @module thrive.csv
-- @usage for row, line in csv.rows("hr.csv", { required = { "employee_id" } }) do print(line, row.employee_id) end

local checks = require "thrive.csv.options"
local faults = require "thrive.csv.fault"

local M = {}

local catch = faults.catch

-- What the columns may be, or nil; misuse is raised in the name of the function that was called.
local function plan_of(name, options)
  if not options or not (options.operation or options.fields) then return nil end
  local fields = require "thrive.csv.fields"
  if options.fields then return fields.of_names(options.fields) end
  local plan, wrong = fields.of_operation(options.operation)
  if not plan then error(("csv.%s: %s"):format(name, wrong), 3) end
  return plan
end

-- A reader, or nil and the fault.
local function open(path, options, plan)
  local records = require "thrive.csv.reader"
  options = options or {}
  if type(path) ~= "string" then
    local self = records.new(path == io.stdin and "stdin" or "file", options)
    self.file = path
    return catch(records.start, self, options, plan)
  end
  local self = records.new(path, options)
  local file, why = io.open(path, "rb")
  if not file then return nil, faults.new("config", self.source, "cannot open: " .. faults.reason(path, why)) end
  self.file, self.owned = file, true
  return catch(records.start, self, options, plan)
end

local function collect(reader)
  local rows, n = {}, 0
  for row in reader.next, reader, nil, reader do
    n = n + 1
    rows[n] = row
  end
  return rows
end

--- Opens a file for reading row by row, for programs that want more than a loop: `reader:next()`, `reader:close()`,
-- `reader.header` (the names, in order), `reader.separator`, `reader.line` (of the row returned last), `reader.trimmed`. The
-- reader may be a `<close>` variable.
--
-- @tparam string|file path a path, or a file opened for reading
-- @tparam[opt] table options see above
-- @treturn table|nil the reader; or nil and
-- @treturn table the error (`kind`, `message`, `source`, `line`, `column`), readable with `tostring`
-- @raise misuse: an argument of the wrong type, an unknown option
-- @usage local reader <close> = assert(csv.open("hr.csv", { separator = ";" }))
function M.open(path, options)
  local wrong = checks.wrong_file(path) or checks.wrong_reading(options)
  if wrong then error("csv.open: " .. wrong, 2) end
  return open(path, options, plan_of("open", options))
end

--- A loop over the rows of a file. Leaving the loop early closes the file. A file that cannot be opened or has something
-- wrong in it raises an error: the loop never ends early as if it were complete.
--
-- @tparam string|file path a path, or a file opened for reading
-- @tparam[opt] table options see above
-- @treturn function,table,nil,table for a generic `for`: row (column name → string) and line
-- @raise what is wrong with the file, as an error that names file and line; misuse
-- @usage for row, line in csv.rows("hr.csv") do print(line, row.email) end
function M.rows(path, options)
  local wrong = checks.wrong_file(path) or checks.wrong_reading(options)
  if wrong then error("csv.rows: " .. wrong, 2) end
  local reader, fault = open(path, options, plan_of("rows", options))
  if not reader then error(fault, 0) end
  local step = reader.next
  local function next_row() return step(reader) end -- knows its reader: thrive.map calls it without
  require("thrive.loops")[next_row] = reader
  return next_row, reader, nil, reader
end

--- A whole file as an array of rows.
--
-- @tparam string|file path a path, or a file opened for reading
-- @tparam[opt] table options see above
-- @treturn table|nil the rows; or nil and
-- @treturn table the error, as with `open`
-- @raise misuse
-- @usage local rows = assert(csv.read("hr.csv"))
function M.read(path, options)
  local wrong = checks.wrong_file(path) or checks.wrong_reading(options)
  if wrong then error("csv.read: " .. wrong, 2) end
  local reader, fault = open(path, options, plan_of("read", options))
  if not reader then return nil, fault end
  return catch(collect, reader)
end

--- CSV text as an array of rows.
--
-- @tparam string text the text
-- @tparam[opt] table options see above
-- @treturn table|nil the rows; or nil and
-- @treturn table the error, as with `open`
-- @raise misuse
-- @usage local rows = assert(csv.parse("ref,email\nU1,u1@example.org\n"))
function M.parse(text, options)
  local wrong = type(text) ~= "string" and "a string is needed, not " .. (text == nil and "nil" or "a " .. type(text))
    or checks.wrong_reading(options)
  if wrong then error("csv.parse: " .. wrong, 2) end
  local plan = plan_of("parse", options)
  options = options or {}
  local records = require "thrive.csv.reader"
  local self = records.new("text", options)
  local from = 1
  self.file = { -- text is read in pieces like a file, so that there is one way of reading
    read = function(_, n)
      local piece = text:sub(from, from + n - 1)
      from = from + n
      return piece ~= "" and piece or nil
    end,
  }
  local reader, fault = catch(records.start, self, options, plan)
  if not reader then return nil, fault end
  return catch(collect, reader)
end

--- Opens a file for writing row by row: `writer:write(row)`, `writer:close()`. Whatever fails is raised, so that no loop goes
-- on as if it had been written: `write` raises at the row, `close` what the last of the file met. The writer should be a
-- `<close>` variable; when the columns are not given, the first 1000 rows are not written before they are settled.
-- `writer.columns` (the names, once they are known), `writer.rows` (how many were written), `writer.dropped`.
--
-- @tparam string|file path a path, or a file opened for writing
-- @tparam[opt] table options see above
-- @treturn table|nil the writer; or nil and
-- @treturn table the error (`kind`, `message`, `source`), readable with `tostring`
-- @raise misuse: an argument of the wrong type, an unknown option
-- @usage local out <close> = assert(csv.writer("users.csv", { columns = { "ref", "email", "cf.Department" } }))
-- for user in client.users:each() do out:write(user) end
function M.writer(path, options)
  local wrong = checks.wrong_file(path) or checks.wrong_writing(options, path)
  if wrong then error("csv.writer: " .. wrong, 2) end
  options = options or {}
  local sinks = require "thrive.csv.sink"
  local sink, source, why
  if type(path) == "string" then
    sink, why = (options.atomic and sinks.replacing or sinks.path)(path)
    source = path
  else
    sink, source = sinks.file(path), path == io.stdout and "stdout" or "file"
  end
  if not sink then return nil, faults.new("config", options.source or source, "cannot open: " .. why) end
  return require("thrive.csv.writer").new(sink, source, options)
end

--- Rows as CSV text. Without `columns`, all of them decide which columns there are.
--
-- @tparam table rows an array of rows
-- @tparam[opt] table options see above
-- @treturn string|nil the text; or nil and
-- @treturn table the error, as with `writer`
-- @raise misuse
-- @usage print(csv.format({ { ref = "U1", email = "u1@example.org" } }, { columns = { "ref", "email" } }))
function M.format(rows, options)
  local wrong = type(rows) ~= "table" and "an array of rows is needed, not " .. (rows == nil and "nil" or "a " .. type(rows))
    or checks.wrong_writing(options)
  local named = wrong or not options or options.header ~= false or options.columns
  for i = 1, wrong and 0 or #rows do
    local row = rows[i]
    local kind = type(row)
    wrong = row == nil and "a table, not nil" or kind ~= "table" and "a table, not a " .. kind
      or named and row[1] ~= nil and "a table of names and values"
      or not named and i == 1 and #row == 0 and not row.n and "an array of values"
    if wrong then
      wrong = ("row %d has to be %s"):format(i, wrong)
      break
    end
  end
  if wrong then error("csv.format: " .. wrong, 2) end
  local sink = require("thrive.csv.sink").text()
  local writer = require("thrive.csv.writer").new(sink, "text", options or {}, math.huge)
  local ok, fault = catch(function()
    for _, row in ipairs(rows) do writer:write(row) end
    return writer:close()
  end)
  if not ok then return nil, fault end
  return table.concat(sink.parts)
end

return M
