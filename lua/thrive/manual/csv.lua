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
  { "separator", "string", optional = true, default = "the one of , ; TAB | that the header has",
    doc = "one character; a first line `sep=;` names it too" },
  { "encoding", "string", optional = true, default = "UTF-8",
    doc = 'what the file is in, as iconv calls it: "cp1252", "utf-16"; one that is in UTF-8 after all is refused' },
  { "header", "boolean|string[]", optional = true, default = "true",
    doc = "true: the first record names the columns; names: the file has none; false: a row is an array of strings" },
  { "empty", "string", optional = true, enum = { "nil", "string" }, default = '"nil"',
    doc = 'what an empty cell becomes: "nil": the row does not have that field; "string": it is ""' },
  { "trim", "boolean", optional = true, default = "false",
    doc = "drops blanks around cells; `reader.trimmed` counts the cells changed" },
  { "required", "string[]", optional = true, doc = "names of columns that must be there" },
  { "operation", "string", optional = true,
    doc = 'what the rows are for, such as "users.update": columns are its fields and path arguments, and `cf.Name` for custom '
      .. "fields; all others are refused at once; cells become what it takes" },
  { "fields", "string[]", optional = true,
    doc = "the names that columns may have; `cf.Name` if `additionalFields` is one" },
  { "ignore", "string[]", optional = true, doc = "names of other columns, which are left out" },
  { "clear", "string", optional = true,
    doc = 'text of a cell, such as "NULL", that clears a field (`thrive.null`), where that can be done; with operation' },
  { "raw", "boolean", optional = true, default = "false", doc = "guards of formulas stay on the cells" },
  { "source", "string", optional = true, default = "the path", doc = "what messages call it" },
} }

local writing = { "options", "thrive.CsvWriterOptions", optional = true, doc = "see below", fields = {
  { "columns", "string[]", optional = true, default = "what order says, and what the rows have",
    doc = "their names, in order; `cf.Name` is a custom field; what else a row has is not written" },
  { "order", "string[]", optional = true,
    doc = "without columns: names that come first and are always there; what else the first 1000 rows have follows by name, "
      .. "custom fields last" },
  { "header", "boolean", optional = true, default = "true",
    doc = "false: none; without columns, rows are arrays" },
  { "separator", "string", optional = true, default = '","', doc = "one character" },
  { "line_end", "string", optional = true, enum = { "\\n", "\\r\\n" }, default = '"\\n"', doc = "what ends a line" },
  { "bom", "boolean", optional = true, default = "false", doc = "begins with the mark by which Excel knows UTF-8" },
  { "atomic", "boolean", optional = true, default = "false",
    doc = "the file takes its place when all of it is written, and not after an error" },
  { "raw", "boolean", optional = true, default = "false", doc = "writes formulas as they are: only for programs to read" },
  { "source", "string", optional = true, default = "the path", doc = "what messages call it" },
} }

return {
  { name = "thrive.csv", kind = "module", class = "thrive.csv", signature = "thrive.csv",
    doc = "Reads and writes CSV files (RFC 4180), record by record: quoted cells with separators, doubled quotes and line breaks "
      .. "in them, a byte order mark, any line ends. Memory does not grow with the file. What is wrong is an error that names "
      .. "file, line and column.\n\n"
      .. "Text that a spreadsheet would compute (`=` `+` `-` `@` or a wide form of one, TAB or a line break first) is written "
      .. "with an apostrophe in front, numbers are not; reading takes it off, so that what was written is read back.",
    see = { "thrive.csv.rows", "thrive.csv.read", "thrive.csv.writer" } },

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
      { "separator", "string", doc = "what stands between the cells" },
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
    doc = "Opens a file for writing row by row. Cells are quoted where they have to be; nil, an empty text and `thrive.null` are "
      .. "an empty cell; integers are exact, floats read back as the same, tables are JSON. Without columns, the first 1000 rows "
      .. "decide which there are, and are written then.",
    params = { { "path", "string|file*", doc = "a path, or a file opened for writing" }, writing },
    returns = { { "writer", "thrive.CsvWriter", optional = true, doc = "see writer" }, err },
    example = [[
local path = os.tmpname()
do
  local out <close> = assert(thrive.csv.writer(path, {
    columns = { "ref", "email", "cf.department" },
  }))
  for user in client.users:each() do out:write(user) end
end
print(#assert(thrive.csv.read(path)))
os.remove(path)]],
    see = { "writer", "thrive.csv.format" } },

  { name = "thrive.csv.format", kind = "function", signature = "thrive.csv.format(rows [, options])",
    doc = "Rows as CSV text. Without columns, all of them decide which columns there are.",
    params = { { "rows", "table[]", doc = "an array of rows" }, writing },
    returns = { { "text", "string", optional = true, doc = "the text" }, err },
    example = [[
local rows = { { ref = "U1", phone = "+44 20 7946 0000" }, { ref = "U2" } }
io.write(assert(thrive.csv.format(rows, { columns = { "ref", "phone" } })))]],
    see = { "thrive.csv.writer" } },

  { name = "writer", kind = "object", class = "thrive.CsvWriter", signature = "local writer = thrive.csv.writer(path)",
    doc = "Writes a CSV file row by row. It should be a `<close>` variable.",
    fields = {
      { "columns", "string[]", optional = true, doc = "names of the columns, once they are known" },
      { "rows", "integer", doc = "how many rows were written" },
      { "dropped", "table<string, integer>",
        doc = "how often a field came that has no column, by name: it appeared after the columns were settled" },
    },
    see = { "thrive.csv.writer" } },

  { name = "writer:write", kind = "method", signature = "writer:write(row)",
    doc = "Writes a row: a record, whose custom fields are columns `cf.Name`, or any table of names and values; an array with "
      .. "`header = false` and no columns.",
    params = { { "row", "table", doc = "the row" } },
    returns = { { "writer", "thrive.CsvWriter", doc = "the writer" } },
    raises = "what cannot be written: a row (the writer can go on), or the file (it cannot)",
    see = { "writer" } },

  { name = "writer:close", kind = "method", signature = "writer:close()",
    doc = "Writes what is held back, and closes the file. May be called again.",
    raises = "what the last of the file met",
    see = { "writer" } },
}
