--- Records as text of a format, written as they come.
--
-- * `table`: aligned columns for people: sensible ones first, fitted to the terminal, cells cut. A single record is a list of
--   its fields;
-- * `json`: one array, a record on each line, each written as soon as it comes; a single record is an object;
-- * `ndjson`: an object on each line;
-- * `csv`: see thrive.csv: stable columns, custom fields as cf.Name, cells that a spreadsheet would run guarded;
-- * `tsv`: a line of names, then one for each record. In cells `\t`, `\n`, `\r` and `\\` stand for tab, line breaks and
--   backslash, tables are JSON, null and absent fields are empty;
-- * `md`: a table of GitHub's Markdown; line breaks in cells are `<br>`;
-- * `lua`: a chunk that returns an array of the records, or the single record.
--
-- Members of objects are in byte order, so that the same records are always the same text. What cannot be written is raised,
-- and an array that was not finished is not closed: half of an export never looks like the whole.
-- @module thrive.output

local core = require "thrive.core"
local text = require "thrive.text"

local M = {}

--- The names of the formats.
M.formats = { "table", "json", "ndjson", "csv", "tsv", "md", "lua" }

local FLUSH <const> = 0.25 -- seconds after which what was written is on its way, for whoever reads along

local error_meta = { __name = "thrive.output_error" }
function error_meta.__tostring(err) return "cannot write the output: " .. err.message end

--- Is this what `write` raised because nobody reads any more (`| head -1`)?
-- @param err what was raised
-- @treturn boolean
function M.is_closed_pipe(err)
  return type(err) == "table" and getmetatable(err) == error_meta and err.closed
end

--- The number of the error of writing where nobody reads any more, on Linux, macOS and the BSDs alike.
M.EPIPE = 32

--- Raises what the system says against writing: takes the results of a file's `write` or `flush`.
function M.check(ok, message, code)
  if not ok then error(setmetatable({ message = message, code = code, closed = code == M.EPIPE }, error_meta), 0) end
end
local check = M.check

local function encoded(value)
  local s, problem = core.json.encode(value)
  if not s then error(problem, 0) end
  return s
end

-- JSON over several lines, for people.
local function indented(json, indent)
  local out, depth, at, n = {}, indent, 1, #json
  local function break_line() out[#out + 1] = "\n" .. ("  "):rep(depth) end
  while at <= n do
    local c = json:sub(at, at)
    if c == '"' then
      local last = at + 1
      while json:sub(last, last) ~= '"' do last = last + (json:sub(last, last) == "\\" and 2 or 1) end
      out[#out + 1] = json:sub(at, last)
      at = last
    elseif json:find("^[%[{][%]}]", at) then
      out[#out + 1] = json:sub(at, at + 1)
      at = at + 1
    elseif c == "{" or c == "[" then
      depth = depth + 1
      out[#out + 1] = c
      break_line()
    elseif c == "}" or c == "]" then
      depth = depth - 1
      break_line()
      out[#out + 1] = c
    elseif c == "," then
      out[#out + 1] = c
      break_line()
    elseif c == ":" then
      out[#out + 1] = ": "
    else
      local last = json:find("[,%]}]", at) or n + 1
      out[#out + 1] = json:sub(at, last - 1)
      at = last - 1
    end
    at = at + 1
  end
  return table.concat(out)
end

-- ---- formats: begin (before the first record), record(writer, value), finish ----------------------------------------

local formats = {}

formats.ndjson = { record = function(writer, value) writer:put(encoded(value) .. "\n") end }

formats.json = {
  record = function(writer, value)
    local s = encoded(value)
    if writer.single then
      writer:put((writer.pretty and indented(s, 0) or s) .. "\n")
    elseif writer.pretty then
      writer:put((writer.count == 1 and "[\n  " or ",\n  ") .. indented(s, 1))
    else
      writer:put((writer.count == 1 and "[\n" or ",\n") .. s)
    end
  end,
  finish = function(writer)
    if writer.single then
      if writer.count == 0 then writer:put("null\n") end
    else
      writer:put(writer.count == 0 and "[]\n" or "\n]\n")
    end
  end,
}

formats.lua = {
  record = function(writer, value)
    local s = require("thrive.output.literal").of(value)
    writer:put(writer.single and "return " .. s .. "\n" or (writer.count == 1 and "return {\n  " or "  ") .. s .. ",\n")
  end,
  finish = function(writer)
    if writer.single then
      if writer.count == 0 then writer:put("return nil\n") end
    else
      writer:put(writer.count == 0 and "return {}\n" or "}\n")
    end
  end,
}

local function as_row(value) return type(value) == "table" and value or { value = value } end

formats.csv = {
  begin = function(writer, options)
    local sink = {} -- what the system says against writing is raised from here, as for every other format
    function sink.write(_, ...) for i = 1, select("#", ...) do writer:put((select(i, ...))) end return true end
    function sink.close() check(writer.file:flush()) return true end
    writer.csv = require("thrive.csv.writer").new(sink, "the output", {
      columns = options.columns, order = options.order, bom = options.bom,
    })
    writer.dropped = writer.csv.dropped
  end,
  record = function(writer, value) writer.csv:write(as_row(value)) end,
  finish = function(writer) writer.csv:close() end,
}

local sheet = {
  begin = function(writer, options)
    writer.sheet = require("thrive.output.sheet").new(writer.format, function(s) writer:put(s) end, options)
    writer.dropped, writer.wide = writer.sheet.dropped, options.width
  end,
  record = function(writer, value) writer.sheet:write(value) end,
  finish = function(writer) writer.sheet:finish() end,
}
formats.tsv, formats.md = sheet, sheet

local function field_list(writer, value)
  local inspect = require("thrive.inspect").inspect
  writer:put(inspect(value, { as = "record", width = writer.wide or 1000000, colour = writer.colour }) .. "\n")
end

formats.table = {
  begin = function(writer, options)
    if writer.single then
      writer.wide, writer.colour = options.width, options.colour
    else
      sheet.begin(writer, options)
    end
  end,
  record = function(writer, value)
    if not writer.single then
      sheet.record(writer, value)
    elseif type(value) == "table" then
      field_list(writer, value)
    else
      writer:put(require("thrive.inspect.value").cell(value, nil, math.maxinteger >> 8, false) .. "\n")
    end
  end,
  finish = function(writer) if not writer.single then sheet.finish(writer) end end,
}

-- ---- the writer -----------------------------------------------------------------------------------------------------

local Writer = {}
local writer_meta = { __name = "thrive.output", __index = Writer }

-- Writes text; what the system says against it is raised.
function Writer:put(s)
  -- Tables and fields for people are harmless already, and have colours.
  if self.pretty and self.format ~= "table" then s = text.escape_lines((s:gsub("\r\n", "\n"))) end
  check(self.file:write(s))
end

--- Writes a record.
-- @param value a record; or a number, a string, true, which have a column `value` in the formats that have columns
-- @raise what has no form in the format (a function in JSON), naming the record's number; what the system says
function Writer:write(value)
  if self.closed then error("attempt to use a closed writer", 2) end
  self.count = self.count + 1
  local ok, why = pcall(self.how.record, self, value)
  if not ok then
    if type(why) == "string" then why = ("record %d: %s"):format(self.count, why) end
    error(why, 0)
  end
  local now = core.now()
  if now - self.flushed >= FLUSH then
    self.flushed = now
    check(self.file:flush())
  end
end

local function report(self)
  return { records = self.count, dropped = self.dropped or {}, hidden = self.sheet and self.sheet.hidden or {} }
end

--- Ends the output. The file is flushed and stays open.
-- @treturn table `records` (how many were written), `dropped` (name → number of records whose field came too late to get a
--   column), `hidden` (names of columns that a table had no room for)
-- @raise what the system says
function Writer:finish()
  if not self.closed then
    self.closed = true
    if self.how.finish then self.how.finish(self) end
    check(self.file:flush())
  end
  return report(self)
end

--- Gives up after an error: what has come is written, but an array is not closed, so that it cannot be taken for the whole.
-- @treturn table as `finish`
-- @raise what the system says
function Writer:abort()
  if not self.closed then
    self.closed = true
    if self.sheet and self.count > 0 then self.sheet:begin() end
    if self.csv then self.csv:close() end
    if (self.format == "json" or self.format == "lua") and not self.single and self.count > 0 then self:put("\n") end
    check(self.file:flush())
  end
  return report(self)
end

-- A writer that is left without `finish` was left by an error.
function writer_meta.__close(self) self:abort() end

--- Makes a writer.
-- @tparam string format one of `formats`
-- @tparam[opt] table options
--
-- * `file`: opened for writing (io.stdout);
-- * `columns`: names of the columns, in order, cf.Name for custom fields; without it the first records decide;
-- * `order`: names of fields as they are documented, in order;
-- * `width`: columns of the terminal, on which control characters are spelled out in every format; nil when it is none: lines are
--   as long as it takes, JSON is not indented;
-- * `colour`: colours for a terminal;
-- * `bom`: CSV begins with the mark by which Excel knows UTF-8;
-- * `single`: there is one record, which is not in an array.
-- @treturn table writer: `write`, `finish`, `abort`; may be a `<close>` variable, which aborts unless finished
-- @raise on a format that there is none of
-- @usage local writer <close> = output.writer("ndjson")
-- for user in client.users:each() do writer:write(user) end
-- writer:finish()
function M.writer(format, options)
  options = options or {}
  local how = formats[format]
  if not how then
    local near = type(format) == "string" and core.nearest(format, M.formats)
    error(("output: '%s' is not a format (%s)%s"):format(tostring(format), table.concat(M.formats, ", "),
      near and ("; did you mean '%s'?"):format(near) or ""), 2)
  end
  local self = setmetatable({
    format = format, how = how, file = options.file or io.stdout, single = options.single, count = 0, closed = false,
    pretty = options.width ~= nil, flushed = core.now(),
  }, writer_meta)
  if how.begin then how.begin(self, options) end
  return self
end

return M
