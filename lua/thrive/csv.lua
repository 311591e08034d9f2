--- Reads CSV files (RFC 4180), record by record.
--
-- Owns: splitting text into records and cells, and saying where in the file something is wrong. Must not touch: the
-- network, or what the cells mean. A file is read in pieces of 64 KB, never as a whole, so memory does not grow with it.
--
-- What is read: quoted cells with separators, doubled quotes and line breaks in them (kept as they are), a byte order
-- mark, records that end in LF, CRLF or CR, a last line without a line end. Blank lines are skipped. Everything else is
-- an error that names file, line and, where it helps, column: rows of the wrong width, missing, empty or repeated column names,
-- a quote in the wrong place, text that is not UTF-8. Names in the header lose blanks around them.
--
-- Options, the last argument of every function:
--
-- * `separator`: one character, `","` unless told otherwise (`";"`, `"\t"`).
-- * `header`: `true` (the first record names the columns; the default), an array of names (the file has no header), or
--   `false` (no names: a row is an array of strings).
-- * `empty`: what an empty cell becomes. `"nil"` (the default with names): the row does not have that field, which is
--   what an update means by "leave alone". `"string"`: the field is `""` (always so with `header = false`).
-- * `trim`: `true` drops blanks (also no-break spaces) around cells; `reader.trimmed` counts the cells changed.
-- * `required`: names of columns that must be there.
-- * `source`: the name of the data in messages (the path, unless given).
--
-- @module thrive.csv
-- @usage for row, line in csv.rows("hr.csv", { required = { "employee_id" } }) do print(line, row.employee_id) end

local records = require "thrive.csv.reader"

local M = {}

local OPTIONS <const> = { "empty", "header", "required", "separator", "source", "trim" }

-- What is wrong with the arguments of a public function, as a message, or nil.
local function wrong_source(path)
  local kind = io.type(path) or type(path)
  if kind == "string" or kind == "file" then return nil end
  return "a path or an open file is needed, not " .. (kind == "nil" and kind or "a " .. kind)
end

local function wrong_names(list, option)
  if type(list) ~= "table" then return ("'%s' has to be an array of names, not a %s"):format(option, type(list)) end
  if #list == 0 then return ("'%s' names no column"):format(option) end
  local seen = {}
  for i, name in ipairs(list) do
    if type(name) ~= "string" or name == "" then return ("'%s' has something at %d that is not a name"):format(option, i) end
    if seen[name] then return ('\'%s\' names "%s" twice'):format(option, name) end
    seen[name] = true
  end
  return nil
end

local function wrong_options(options)
  if options == nil then return nil end
  if type(options) ~= "table" then return "the options have to be a table, not a " .. type(options) end
  local known = {}
  for _, option in ipairs(OPTIONS) do known[option] = true end
  for name in pairs(options) do
    if not known[name] then return ("unknown option '%s'%s"):format(tostring(name), records.hint(tostring(name), OPTIONS)) end
  end
  local separator, header, empty = options.separator, options.header, options.empty
  if separator ~= nil and (type(separator) ~= "string" or #separator ~= 1 or separator:find('[\0"\r\n\x80-\xff]')) then
    return "'separator' has to be one character, not a quote or a line break"
  end
  if header ~= nil and type(header) ~= "boolean" then
    local wrong = wrong_names(header, "header")
    if wrong then return wrong end
  end
  if options.required ~= nil then
    if header == false then return "'required' needs columns with names, and 'header' is false" end
    local wrong = wrong_names(options.required, "required")
    if wrong then return wrong end
  end
  if options.trim ~= nil and type(options.trim) ~= "boolean" then return "'trim' has to be true or false" end
  if empty ~= nil and empty ~= "nil" and empty ~= "string" then return "'empty' has to be \"nil\" or \"string\"" end
  if empty == "nil" and header == false then
    return "'empty' cannot be \"nil\" when 'header' is false: the rows would have holes"
  end
  if options.source ~= nil and type(options.source) ~= "string" then return "'source' has to be a string" end
  return nil
end

-- Runs f; its value, or nil and the fault that it raised. Any other error is a bug here and goes on.
local function catch(f, ...)
  local ok, result = pcall(f, ...)
  if ok then return result end
  if not records.is_fault(result) then error(result, 0) end
  return nil, result
end

-- A reader, or nil and the fault.
local function open(path, options)
  options = options or {}
  if type(path) ~= "string" then
    local self = records.new(path == io.stdin and "stdin" or "file", options)
    self.file = path
    return catch(records.start, self, options)
  end
  local self = records.new(path, options)
  local file, why = io.open(path, "rb")
  if not file then
    local reason = why:sub(1, #path + 2) == path .. ": " and why:sub(#path + 3) or why
    return nil, records.fault("config", self.source, "cannot open: " .. reason)
  end
  self.file, self.owned = file, true
  return catch(records.start, self, options)
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
-- `reader.header` (the names, in order), `reader.line` (of the row returned last), `reader.trimmed`. The reader may be a
-- `<close>` variable.
--
-- @tparam string|file path a path, or a file opened for reading
-- @tparam[opt] table options see above
-- @treturn table|nil the reader; or nil and
-- @treturn table the error (`kind`, `message`, `source`, `line`, `column`), readable with `tostring`
-- @raise misuse: an argument of the wrong type, an unknown option
-- @usage local reader <close> = assert(csv.open("hr.csv", { separator = ";" }))
function M.open(path, options)
  local wrong = wrong_source(path) or wrong_options(options)
  if wrong then error("csv.open: " .. wrong, 2) end
  return open(path, options)
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
  local wrong = wrong_source(path) or wrong_options(options)
  if wrong then error("csv.rows: " .. wrong, 2) end
  local reader, fault = open(path, options)
  if not reader then error(fault, 0) end
  return reader.next, reader, nil, reader
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
  local wrong = wrong_source(path) or wrong_options(options)
  if wrong then error("csv.read: " .. wrong, 2) end
  local reader, fault = open(path, options)
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
    or wrong_options(options)
  if wrong then error("csv.parse: " .. wrong, 2) end
  options = options or {}
  local self = records.new("text", options)
  local from = 1
  self.file = { -- text is read in pieces like a file, so that there is one way of reading
    read = function(_, n)
      local piece = text:sub(from, from + n - 1)
      from = from + n
      return piece ~= "" and piece or nil
    end,
  }
  local reader, fault = catch(records.start, self, options)
  if not reader then return nil, fault end
  return catch(collect, reader)
end

return M
