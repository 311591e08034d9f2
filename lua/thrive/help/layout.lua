--- Text for a terminal of a given width: headings, paragraphs, rows with a hanging indent, code. Knows nothing of topics.
-- @module thrive.help.layout

local texts = require "thrive.text"

local M = {}

local length = texts.width

local Layout = {}
Layout.__index = Layout

local INDENT <const> = 2
local NAMES_MOST <const> = 24 -- columns of the names of rows, beyond which the text begins on the next line

-- Marks of code in the manual's texts, which a terminal does not need.
local function plain(text) return (text:gsub("`", "")) end

-- What of a word fits into a line; at least its first character.
local function head_of(word, width)
  local used = 0
  for at, code in utf8.codes(word) do
    used = used + length(utf8.char(code))
    if used > width and at > 1 then return word:sub(1, at - 1) end
  end
  return word
end

--- Words of a paragraph in lines of at most `width` columns. A word that is longer is cut after a "/" or "," if it has
-- one, else anywhere.
-- @tparam string text
-- @tparam integer width
-- @treturn table lines
function M.wrap(text, width)
  local words = {}
  for word in text:gmatch("%S+") do
    while length(word) > width do
      local head = head_of(word, width)
      local soft = head:match("^.*[/,]")
      if not soft or #soft < 8 then soft = head end
      words[#words + 1], word = soft, word:sub(#soft + 1)
    end
    words[#words + 1] = word
  end
  return texts.wrap(table.concat(words, " "), width)
end

-- Where a line of Lua may be broken: the positions of spaces outside of strings, those of opening brackets, and where its
-- comment begins.
local function breaks_of(line)
  local spaces, brackets, at, quote = {}, {}, 1, nil
  while at <= #line do
    local c = line:sub(at, at)
    if quote then
      if c == "\\" then at = at + 1 elseif c == quote then quote = nil end
    elseif c == '"' or c == "'" then
      quote = c
    elseif line:sub(at, at + 1) == "--" then
      return spaces, brackets, at
    elseif c == " " then
      spaces[#spaces + 1] = at
    elseif c == "(" or c == "{" then
      brackets[#brackets + 1] = at
    end
    at = at + 1
  end
  return spaces, brackets, nil
end

--- A line of Lua in lines of at most `width` columns, broken only where Lua takes a line break for a space.
-- @tparam string line
-- @tparam integer width
-- @treturn table lines
function M.fold(line, width)
  local lines = {}
  local indent = line:match("^ *")
  local hanging = indent .. "    "
  while length(line) > width do
    local spaces, brackets, comment = breaks_of(line)
    local start = #line:match("^ *") + 1
    local stop
    for _, at in ipairs(spaces) do
      if at > start and length(line:sub(1, at - 1)) <= width then stop = at - 1 end
    end
    for _, at in ipairs(stop and {} or brackets) do
      if length(line:sub(1, at)) <= width then stop = at end
    end
    if comment == start then
      local lead = line:sub(1, comment + 1) .. " "
      for _, text in ipairs(M.wrap(line:sub(comment + 2), width - #lead)) do lines[#lines + 1] = lead .. text end
      return lines
    elseif comment then -- it stands before its line instead
      for _, part in ipairs(M.fold(indent .. line:sub(comment), width)) do lines[#lines + 1] = part end
      line = line:sub(1, comment - 1):gsub(" +$", "")
    elseif not stop then
      break -- one word: a string, a name
    else
      lines[#lines + 1] = line:sub(1, stop)
      line = hanging .. line:sub(stop + 1):gsub("^ ", "")
    end
  end
  lines[#lines + 1] = line
  return lines
end

--- Begins a text.
-- @tparam integer width columns of a line
-- @tparam boolean colour headings in bold
function M.new(width, colour)
  return setmetatable({ width = math.max(width, 40), colour = colour, lines = {} }, Layout)
end

local function bold(self, text) return self.colour and "\27[1m" .. text .. "\27[0m" or text end

local function put(self, line) self.lines[#self.lines + 1] = line end

--- An empty line, unless there is one already or nothing before it.
function Layout:gap()
  if #self.lines > 0 and self.lines[#self.lines] ~= "" then put(self, "") end
end

--- A line of its own, in bold.
function Layout:heading(text)
  self:gap()
  for i, line in ipairs(M.wrap(plain(text), self.width - INDENT)) do
    put(self, (i > 1 and "  " or "") .. bold(self, line))
  end
end

--- Paragraphs, separated by empty lines in the text.
-- @tparam string text
-- @tparam[opt=0] integer indent
function Layout:paragraphs(text, indent)
  local lead, first = (" "):rep(indent or 0), true
  for paragraph in (text .. "\n\n"):gmatch("(.-)\n\n+") do
    if not first then self:gap() end
    first = false
    for _, line in ipairs(M.wrap(plain(paragraph), self.width - #lead)) do put(self, lead .. line) end
  end
end

--- Names and what they mean, in two columns.
-- @tparam table rows array of { name, text, depth }: depth indents a name under the one before
-- @tparam[opt=2] integer indent
-- @tparam[opt] boolean strong names in bold
function Layout:rows(rows, indent, strong)
  indent = indent or INDENT
  local most = math.min(NAMES_MOST, self.width * 3 // 10)
  local widest = 0
  for _, row in ipairs(rows) do
    local n = length(row[1]) + 2 * (row[3] or 0)
    if n <= most then widest = math.max(widest, n) end
  end
  local column = indent + widest + 2
  for _, row in ipairs(rows) do
    local lead = (" "):rep(indent + 2 * (row[3] or 0))
    local used = #lead + length(row[1])
    local name = lead .. (strong and bold(self, row[1]) or row[1])
    if row[2] == "" then
      put(self, name)
    else
      local lines = M.wrap(plain(row[2]), self.width - column)
      if used + 2 <= column then
        put(self, name .. (" "):rep(column - used) .. table.remove(lines, 1))
      elseif used <= self.width then
        put(self, name)
      else
        for i, line in ipairs(M.wrap(row[1], self.width - #lead)) do put(self, (i > 1 and "  " or "") .. lead .. line) end
      end
      for _, line in ipairs(lines) do put(self, (" "):rep(column) .. line) end
    end
  end
end

--- Lua, indented; lines too long for the width are folded.
function Layout:code(text)
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    if line == "" then put(self, "") end
    if line ~= "" then
      for _, part in ipairs(M.fold(line, self.width - INDENT)) do put(self, (" "):rep(INDENT) .. part) end
    end
  end
end

--- The whole text; it ends with a line break.
function Layout:text() return table.concat(self.lines, "\n") .. "\n" end

return M
