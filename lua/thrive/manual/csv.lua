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
  { "separator", "string", optional = true, default = '","', doc = "one character" },
  { "header", "boolean|string[]", optional = true, default = "true",
    doc = "true: the first record names the columns; names: the file has none; false: a row is an array of strings" },
  { "empty", "string", optional = true, enum = { "nil", "string" }, default = '"nil"',
    doc = 'what an empty cell becomes: "nil": the row does not have that field; "string": it is ""' },
  { "trim", "boolean", optional = true, default = "false",
    doc = "drops blanks around cells; `reader.trimmed` counts the cells changed" },
  { "required", "string[]", optional = true, doc = "names of columns that must be there" },
  { "source", "string", optional = true, default = "the path", doc = "what messages call it" },
} }

return {
  { name = "thrive.csv", kind = "module", class = "thrive.csv", signature = "thrive.csv",
    doc = "Reads CSV files (RFC 4180), record by record: quoted cells with separators, doubled quotes and line breaks in them, "
      .. "a byte order mark, any line ends. Memory does not grow with the file. What is wrong is an error that names file, "
      .. "line and column.",
    see = { "thrive.csv.rows", "thrive.csv.read" } },

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
}
