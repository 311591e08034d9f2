--- Records in rows and columns, as they come: columns are decided by the first records, then every record is a line. What makes
-- the lines of a format (aligned table, TSV, Markdown) is the format's business.
-- @module thrive.output.sheet

local columns = require "thrive.inspect.columns"
local core = require "thrive.core"
local grids = require "thrive.inspect.grid"
local text = require "thrive.text"
local values = require "thrive.inspect.value"

local M = {}

local LOOK <const> = 1000      -- records that decide about columns: as many as thrive.csv takes
local LOOK_TABLE <const> = 100 -- fewer where somebody waits in front of a screen

local null = core.null

-- The names in `order`, and after them whatever else the records have, custom fields last. Custom fields stand for
-- themselves, so additionalFields is no column.
local function documented_first(rows, n, order)
  local names, seen, rest = {}, { additionalFields = true }, {}
  for _, name in ipairs(order or {}) do
    if not seen[name] then names[#names + 1] = name end
    seen[name] = true
  end
  for i = 1, n do
    columns.each(rows[i], function(name)
      if not seen[name] then rest[#rest + 1] = name end
      seen[name] = true
    end)
  end
  table.sort(rest, function(a, b)
    local x, y = a:sub(1, 3) == "cf.", b:sub(1, 3) == "cf."
    if x ~= y then return y end
    return a < b
  end)
  return table.move(rest, 1, #rest, #names + 1, names)
end

-- A value as text in full: for programs. Tables are JSON.
local function plain(value)
  if value == nil or value == null then return "" end
  local kind = type(value)
  if kind == "string" then return value end
  if kind == "number" then
    return math.type(value) == "integer" and ("%d"):format(value) or (values.number(value):gsub("%.0$", ""))
  end
  if kind == "boolean" then return value and "true" or "false" end
  if kind == "table" and not core.iserror(value) then
    local json, problem = core.json.encode(value)
    if not json then error(problem, 0) end
    return json
  end
  return values.own(value) or (values.atom(value))
end

-- ---- the formats ----------------------------------------------------------------------------------------------------
-- begin(sheet, rows, n) → the first lines; row(sheet, record) → a line; finish(sheet) → the last lines, or nil.

local aligned = { look = LOOK_TABLE }

function aligned.begin(sheet, rows, n)
  if n == 0 and not sheet.columns then return nil end
  sheet.grid = grids.new(rows, n, {
    width = sheet.width, colour = sheet.colour, names = sheet.columns, order = sheet.order, mask = false,
    slack = n >= aligned.look,
  })
  sheet.hidden = sheet.grid.hidden
  return sheet.grid:header() .. "\n"
end

function aligned.row(sheet, record) return sheet.grid:row(record) .. "\n" end

function aligned.finish(sheet)
  if not sheet.grid or #sheet.hidden == 0 then return nil end
  return values.paint(grids.name_line("not shown: ", sheet.hidden, sheet.width), "note", sheet.colour) .. "\n"
end

local tsv_escapes = { ["\t"] = "\\t", ["\n"] = "\\n", ["\r"] = "\\r", ["\\"] = "\\\\" }

local tsv = { look = LOOK }

local function tsv_line(cells)
  for i, cell in ipairs(cells) do cells[i] = cell:gsub("[\t\n\r\\]", tsv_escapes) end
  return table.concat(cells, "\t") .. "\n"
end

function tsv.begin(sheet, rows, n)
  sheet.names = sheet.columns or documented_first(rows, n, sheet.order)
  if #sheet.names == 0 then return nil end
  return tsv_line(table.move(sheet.names, 1, #sheet.names, 1, {}))
end

function tsv.row(sheet, record)
  local cells = {}
  for i, name in ipairs(sheet.names) do cells[i] = plain(columns.value(record, name)) end
  return tsv_line(cells)
end

local md_escapes = { ["\\"] = "\\\\", ["|"] = "\\|", ["<"] = "&lt;", ["&"] = "&amp;", ["*"] = "\\*", ["`"] = "\\`" }

local md = { look = LOOK }

-- Every line break of a cell becomes <br>; other control characters are spelled out.
local function md_cell(s)
  if not s:find("[^ !-%%'-)+-;=-%[%]-_a-{}~]") then return s end
  local lines = {}
  for line in (s .. "\n"):gmatch("(.-)\r?\n") do lines[#lines + 1] = text.escape((line:gsub("[\\|<&*`]", md_escapes))) end
  return table.concat(lines, "<br>")
end

local function md_line(cells) return "| " .. table.concat(cells, " | ") .. " |\n" end

function md.begin(sheet, rows, n)
  sheet.names = sheet.columns or columns.discover(rows, n, sheet.order)
  if #sheet.names == 0 then return nil end
  local headers, rules = {}, {}
  for i, name in ipairs(sheet.names) do
    local numbers = nil
    for k = 1, n do
      local value = columns.value(rows[k], name)
      if value ~= nil and value ~= null then numbers = type(value) == "number" and numbers ~= false end
    end
    headers[i], rules[i] = md_cell(name), numbers and "--:" or "---"
  end
  return md_line(headers) .. "|" .. table.concat(rules, "|") .. "|\n"
end

function md.row(sheet, record)
  local cells = {}
  for i, name in ipairs(sheet.names) do cells[i] = md_cell(plain(columns.value(record, name))) end
  return md_line(cells)
end

local formats = { table = aligned, tsv = tsv, md = md }

-- ---- rows as they come ----------------------------------------------------------------------------------------------

local Sheet = {}
local sheet_meta = { __name = "thrive.sheet", __index = Sheet }

--- Makes a sheet.
-- @tparam string format "table", "tsv" or "md"
-- @tparam function put takes text
-- @tparam table options columns, order, width, colour: see thrive.output
function M.new(format, put, options)
  return setmetatable({
    format = formats[format], put = put, columns = options.columns, order = options.order, width = options.width,
    colour = options.colour, rows = {}, n = 0, dropped = {}, hidden = {},
  }, sheet_meta)
end

-- Decides about columns and writes what waited for that.
function Sheet:begin()
  if self.begun then return end
  self.begun = true
  if not self.columns then -- what comes later than this has no place: it is counted
    self.known = {}
    for _, name in ipairs(self.order or {}) do self.known[name] = true end
    for i = 1, self.n do columns.each(self.rows[i], function(name) self.known[name] = true end) end
  end
  local first = self.format.begin(self, self.rows, self.n)
  if first then self.put(first) end
  for i = 1, self.n do self.put(self.format.row(self, self.rows[i])) end
  self.rows, self.n = nil, 0
end

function Sheet:write(record)
  if type(record) ~= "table" then record = { value = record } end
  if not self.begun then
    self.n = self.n + 1
    self.rows[self.n] = record
    if self.n >= self.format.look or self.columns and self.format ~= aligned then self:begin() end
    return
  end
  local known, dropped = self.known, self.dropped
  if known then
    columns.each(record, function(name, value)
      if not known[name] and value ~= null then dropped[name] = (dropped[name] or 0) + 1 end
    end)
  end
  self.put(self.format.row(self, record))
end

function Sheet:finish()
  self:begin()
  local last = self.format.finish and self.format.finish(self)
  if last then self.put(last) end
end

return M
