--- Takes the guard of formula cells off again: the apostrophe that src/csv.c puts before text that a spreadsheet would compute.
--
-- Guarded is what begins with apostrophes and then = + - @ or the wide form of one (U+FF1D, U+FF0B, U+FF0D, U+FF20), a TAB, a CR
-- or an LF: nothing else ever had one put there.
-- @module thrive.csv.guard

local M = {}

local byte, find, sub = string.byte, string.find, string.sub
local APOSTROPHE <const> = 39
local DANGEROUS <const> = {} -- first bytes
for c in ("=+-@\t\r\n\xEF"):gmatch(".") do DANGEROUS[byte(c)] = true end

--- The text as it was before it was guarded.
function M.take(text)
  if byte(text, 1) == APOSTROPHE and (find(text, "^'+[=+%-@\t\r\n]") or find(text, "^'+\xEF\xBC[\x8B\x8D\x9D\xA0]")) then
    return sub(text, 2)
  end
  return text
end

--- Where in the buffer, from `at` on, a cell may be guarded; math.huge: nowhere. An apostrophe with one of the characters
-- behind it stands there, at the beginning of a cell or not. There are few, so that finding out costs little.
function M.next(buffer, at)
  while true do
    at = find(buffer, "'", at, true)
    if not at then return math.huge end
    if DANGEROUS[byte(buffer, at + 1) or 0] then return at end
    at = at + 1
  end
end

return M
