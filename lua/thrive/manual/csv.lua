--- The manual of CSV files.

local source = { "path", "string|file*", doc = "a path, or a file opened for reading" }
local err = { "err", "thrive.CsvError", optional = true, doc = "what is wrong, and where", fields = {
  { "kind", "string", doc = '"config" (cannot be read) or "validation" (something is wrong in it)' },
  { "message", "string", doc = "what is wrong" },
  { "source", "string", doc = "the file" },
  { "line", "integer", optional = true, doc = "where, from 1" },
  { "column", "integer", optional = true, doc = "character in the line, from 1" },
} }

local reading = { "options", "thrive.CsvOptions", optional = true, doc = "see below", fields = {
  { "separator", "string", optional = true, default = "found",
    doc = "one character; without it, the one of , ; TAB and | that the header has, or that a first line sep=; names" },
  { "encoding", "string", optional = true, default = '"utf-8"',
    doc = 'what the file is in, by a name that iconv knows: "cp1252", "utf-16"' },
  { "header", "boolean|string[]", optional = true, default = "true",
    doc = "true: the first record names the columns; names: the file has none; false: a row is an array of strings" },
  { "empty", "string", optional = true, enum = { "nil", "string" }, default = '"nil"',
    doc = 'what an empty cell becomes: "nil": the row does not have that field; "string": it is ""' },
  { "trim", "boolean", optional = true, default = "false",
    doc = "drops blanks around cells; `reader.trimmed` counts the cells changed" },
  { "required", "string[]", optional = true, doc = "names of columns that must be there" },
  { "operation", "string", optional = true,
    doc = 'what the rows are for, such as "users.update": columns have to be its fields or path arguments, or cf.Name, which '
      .. "becomes additionalFields.Name; cells become what it takes (true, 5, a list with semicolons, JSON)" },
  { "fields", "string[]", optional = true,
    doc = "names that columns may have; if additionalFields is one, cf.Name goes there" },
  { "ignore", "string[]", optional = true, doc = "names of other columns, which the rows do not have" },
  { "clear", "string", optional = true,
    doc = 'text of a cell, such as "NULL", that becomes thrive.null, where the operation can clear the field' },
  { "raw", "boolean", optional = true, default = "false", doc = "leaves the guards of formulas on the cells" },
  { "source", "string", optional = true, default = "the path", doc = "what messages call it" },
} }

local function writing(...)
  return { "options", "thrive.CsvWriterOptions", optional = true, doc = "see below", fields = {
    { "columns", "string[]", optional = true,
      doc = "names of the columns, in order; cf.Name is a custom field. What else a row has is not written" },
    { "order", "string[]", optional = true,
      doc = "without columns: names that come first and are always there. What else the first 1000 rows have follows in "
        .. "alphabetical order, custom fields last" },
    { "header", "boolean", optional = true, default = "true", doc = "false: no header; without columns, rows are arrays" },
    { "separator", "string", optional = true, default = '","', doc = "one character" },
    { "line_end", "string", optional = true, default = [["\n"]], doc = [[the end of each record: "\n" or "\r\n"]] },
    { "bom", "boolean", optional = true, default = "false", doc = "begins with a byte order mark, by which Excel knows UTF-8" },
    { "raw", "boolean", optional = true, default = "false", doc = "writes formulas without a guard" },
    { "source", "string", optional = true, default = "the path", doc = "what messages call it" },
    ...,
  } }
end

return {
  { name = "thrive.csv", kind = "module", class = "thrive.csv", signature = "thrive.csv",
    doc = "Reads and writes CSV files (RFC 4180), record by record: quoted cells with separators, doubled quotes and line "
      .. "breaks in them, a byte order mark, any line ends. Memory does not grow with the file. What is wrong is an error that "
      .. "names file, line and column. Text that a spreadsheet would compute (= + - @, TAB or CR at its beginning) is written "
      .. "with an apostrophe in front, which reading takes off again.",
    see = { "thrive.csv.rows", "thrive.csv.read", "thrive.csv.writer", "thrive.csv.format" } },

  { name = "thrive.csv.rows", kind = "function", signature = "for row, line in thrive.csv.rows(path [, options]) do",
    doc = "Loops over the rows of a file. Leaving the loop early closes the file.",
    params = { source, reading },
    returns = {
      { "row", "thrive.CsvRow", doc = "the next row, in a loop: column name → text" },
      { "line", "integer", doc = "line that it begins on" },
    },
    raises = "what is wrong with the file: the loop never ends early as if it were complete",
    example = [[
local path = os.tmpname()
local file = assert(io.open(path, "w"))
file:write("ref,email\nU1,u1@example.org\n")
file:close()
for row, line in thrive.csv.rows(path, { required = { "ref" } }) do
  print(line, row.ref, row.email)
end
os.remove(path)]],
    see = { "thrive.csv.read", "thrive.map" } },

  { name = "thrive.csv.read", kind = "function", signature = "thrive.csv.read(path [, options])",
    doc = "A whole file as an array of rows.",
    params = { source, reading },
    returns = { { "rows", "thrive.CsvRow[]", optional = true, doc = "the rows" }, err },
    example = [[
local rows, err = thrive.csv.read("no-such-file.csv")
print(rows, err.kind)]],
    see = { "thrive.csv.rows", "thrive.csv.parse" } },

  { name = "thrive.csv.parse", kind = "function", signature = "thrive.csv.parse(text [, options])",
    doc = "CSV text as an array of rows.",
    params = { { "text", "string", doc = "the text" }, reading },
    returns = { { "rows", "thrive.CsvRow[]", optional = true, doc = "the rows" }, err },
    example = [[
local text = "ref,email\nU1,u1@example.org\nU2,\n"
local rows = assert(thrive.csv.parse(text, { required = { "ref" } }))
for _, row in ipairs(rows) do print(row.ref, row.email) end]],
    see = { "thrive.csv.read" } },

  { name = "thrive.csv.open", kind = "function", signature = "thrive.csv.open(path [, options])",
    doc = "Opens a file for reading row by row, for programs that want more than a loop.",
    params = { source, reading },
    returns = { { "reader", "thrive.CsvReader", optional = true, doc = "see reader" }, err },
    example = [[
local path = os.tmpname()
local file = assert(io.open(path, "w"))
file:write("ref;email\nU1;u1@example.org\n")
file:close()
local reader <close> = assert(thrive.csv.open(path, { separator = ";" }))
print(table.concat(reader.header, " "), reader:next().email)
os.remove(path)]],
    see = { "reader" } },

  { name = "reader", kind = "object", class = "thrive.CsvReader", signature = "local reader = thrive.csv.open(path)",
    doc = "Reads a CSV file row by row. It may be a `<close>` variable.",
    fields = {
      { "header", "string[]", optional = true, doc = "names of the columns, in order; absent with header = false" },
      { "separator", "string", doc = "what separates the cells" },
      { "line", "integer", doc = "line that the row returned last begins on" },
      { "trimmed", "integer", doc = "cells that trim has changed" },
    },
    see = { "thrive.csv.open" } },

  { name = "reader:next", kind = "method", signature = "reader:next()",
    doc = "The next row.",
    returns = {
      { "row", "thrive.CsvRow", optional = true, doc = "nil after the last" },
      { "line", "integer", optional = true, doc = "line that it begins on" },
    },
    raises = "what is wrong with the file",
    see = { "reader" } },

  { name = "reader:close", kind = "method", signature = "reader:close()",
    doc = "Closes the file. May be called again.",
    see = { "reader" } },

  { name = "thrive.csv.writer", kind = "function", signature = "thrive.csv.writer(path [, options])",
    doc = "Opens a file for writing row by row. Integers are exact, floats read back the same, tables are JSON, nil and "
      .. "thrive.null are empty.",
    params = { { "path", "string|file*", doc = "a path, or a file opened for writing" }, writing(
      { "atomic", "boolean", optional = true, default = "false",
        doc = "writes beside the path: the file takes its place when all is written, and not after an error" }) },
    returns = { { "writer", "thrive.CsvWriter", optional = true, doc = "see writer" }, err },
    example = [[
local path = os.tmpname()
do
  local columns = { "ref", "email", "cf.location" }
  local out <close> = assert(thrive.csv.writer(path, { columns = columns }))
  for user in client.users:each(nil, { limit = 2 }) do out:write(user) end
end
print(#assert(thrive.csv.read(path)))
os.remove(path)]],
    see = { "writer", "thrive.csv.format" } },

  { name = "thrive.csv.format", kind = "function", signature = "thrive.csv.format(rows [, options])",
    doc = "Rows as CSV text. Without columns, all of them decide which columns there are.",
    params = { { "rows", "table[]", doc = "an array of rows" }, writing() },
    returns = { { "text", "string", optional = true, doc = "the text" }, err },
    example = [[
local rows = {
  { ref = "U1", phone = "+44 7700 900123" },
  { ref = "U2", admin = true },
}
io.write(assert(thrive.csv.format(rows, { order = { "ref" } })))]],
    see = { "thrive.csv.writer" } },

  { name = "writer", kind = "object", class = "thrive.CsvWriter", signature = "local writer = thrive.csv.writer(path)",
    doc = "Writes a CSV file row by row. It should be a `<close>` variable: without columns, the first 1000 rows are held back "
      .. "until it is known what columns there are.",
    fields = {
      { "columns", "string[]", optional = true, doc = "names of the columns, once they are known" },
      { "rows", "integer", doc = "rows written" },
      { "dropped", "table<string, integer>", doc = "fields that came too late to get a column, and how many rows had them" },
    },
    see = { "thrive.csv.writer" } },

  { name = "writer:write", kind = "method", signature = "writer:write(row)",
    doc = "Writes a row.",
    params = { { "row", "table", doc = "column name → value, such as a record; an array with header = false and no columns" } },
    returns = { { "writer", "thrive.CsvWriter", doc = "the writer" } },
    raises = "what cannot be written (a function, text that is not UTF-8), and a disk that is full",
    see = { "writer" } },

  { name = "writer:close", kind = "method", signature = "writer:close()",
    doc = "Ends writing: what was held back is written, a file that was opened here is closed, another one flushed. May be "
      .. "called again.",
    raises = "what could not be written",
    see = { "writer" } },
}
