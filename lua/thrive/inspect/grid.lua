--- A table of text: columns chosen and fitted to a width, cells cut to them.
-- @module thrive.inspect.grid

local text = require "thrive.text"
local columns = require "thrive.inspect.columns"
local values = require "thrive.inspect.value"

local M = {}

local GAP <const> = 2      -- blanks between columns
local ENOUGH <const> = 24  -- columns of the terminal that a column gets before those after it get any: an id, a date
local WORTH <const> = 40   -- what people look for gets so much, or a third of the terminal, before any other is shown
local WIDE <const> = 200   -- blanks are put in up to this width where there is no terminal

local paint = values.paint

local Grid = {}
local grid_meta = { __name = "thrive.grid", __index = Grid }

local function cell(self, record, name)
  local limit = self.width and 4 * self.width or math.maxinteger
  return values.cell(columns.value(record, name), self.mask and name:match("[^.]*$"), limit, self.mask)
end

local function measure(self, rows, n)
  local widths, numbers = {}, {}
  for _, name in ipairs(self.names) do
    local header = text.escape(name)
    local widest, all_numbers = text.width(header), nil
    for i = 1, n do
      local s, is_number = cell(self, rows[i], name)
      if s ~= "" then
        widest = math.max(widest, text.width(s))
        all_numbers = is_number and all_numbers ~= false
      end
    end
    widths[name], numbers[name] = widest, all_numbers or false
  end
  return widths, numbers
end

-- Which columns there is room for, and how much each gets: first what people look for, cut if need be, and then these are
-- widened before others get what is left.
local function fit(self, widths, sought)
  local shown, hidden, used = {}, {}, 0
  local function widen(most)
    for _, column in ipairs(shown) do -- from the left
      local more = math.min(math.min(widths[column.name], most) - column.width, self.width - used)
      if more > 0 then column.width, used = column.width + more, used + more end
    end
  end
  for i, name in ipairs(self.names) do
    if self.width and i == sought + 1 then widen(math.min(WORTH, self.width // 3)) end
    local least = math.min(widths[name], ENOUGH)
    local gap = #shown > 0 and GAP or 0
    if not self.width or used + gap + least <= self.width then
      shown[#shown + 1] = { name = name, width = self.width and least or math.min(widths[name], WIDE) }
      used = used + gap + shown[#shown].width
    elseif #shown == 0 then
      shown[1] = { name = name, width = math.max(1, self.width) }
      used = self.width
    else
      hidden[#hidden + 1] = name
    end
  end
  if self.width then widen(math.huge) end
  if self.slack and self.width then -- rows that are still to come may have longer values
    for _, column in ipairs(shown) do
      local more = math.min(self.width - used, math.max(2, widths[column.name] // 4))
      column.width, used = column.width + more, used + more
    end
  end
  return shown, hidden
end

--- Chooses and fits columns.
-- @tparam table rows records
-- @tparam integer n how many of them decide
-- @tparam table options `width` (columns of the terminal; nil: whatever it takes), `names` (the columns, in order; else all
--   that the records have), `order` (see columns.discover), `colour`, `mask` (blot secrets out), `slack` (columns are wider
--   than what these rows need, where there is room: others follow)
-- @treturn table the grid: `shown` (array of { name =, width =, right = }), `hidden` (names of columns left out)
function M.new(rows, n, options)
  local self = { width = options.width, colour = options.colour, mask = options.mask, slack = options.slack }
  setmetatable(self, grid_meta)
  local sought
  if options.names then
    self.names, sought = options.names, #options.names
  else
    self.names, sought = columns.discover(rows, n, options.order)
  end
  local widths, numbers = measure(self, rows, n)
  self.shown, self.hidden = fit(self, widths, sought)
  for _, column in ipairs(self.shown) do column.right = numbers[column.name] end
  return self
end

local SPACE <const> = (" "):rep(GAP)

-- A cell in its column: cut and padded.
local function placed(self, s, column, is_last)
  local width
  if self.width then s, width = text.cut(s, column.width) end
  return (not is_last or column.right) and text.pad(s, column.width, column.right, width) or s
end

-- The cells of a line without blanks at its end.
local function trimmed(parts) return table.concat(parts, SPACE):match("^.*[^ ]") or "" end

--- The line of the names.
function Grid:header()
  local parts, n = {}, #self.shown
  for i, column in ipairs(self.shown) do parts[i] = placed(self, text.escape(column.name), column, i == n) end
  return paint(trimmed(parts), "header", self.colour)
end

local kinds = { boolean = "keyword", number = "number", table = "note" }

--- The line of a record.
-- @tparam table record
function Grid:row(record)
  local parts, n, colour = {}, #self.shown, self.colour
  for i, column in ipairs(self.shown) do
    local s = placed(self, cell(self, record, column.name), column, i == n)
    if colour then s = paint(s, kinds[type(columns.value(record, column.name))], true) end
    parts[i] = s
  end
  return trimmed(parts)
end

--- A line that names columns: "not shown: id, role, … 4 more", cut to the width.
-- @tparam string before "not shown: "
-- @tparam table names
-- @tparam integer|nil width
function M.name_line(before, names, width)
  local line, used = before, text.width(before)
  for i, name in ipairs(names) do
    local s = text.escape(name)
    local rest = #names - i
    local tail = rest > 0 and (", … %d more"):format(rest) or ""
    local piece = (i > 1 and ", " or "") .. s
    if width and used + text.width(piece) + text.width(tail) > width and i > 1 then
      return (text.cut(("%s, … %d more"):format(line, rest + 1), width))
    end
    line, used = line .. piece, used + text.width(piece)
  end
  return width and (text.cut(line, width)) or line
end

return M
