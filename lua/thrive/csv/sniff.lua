--- Which character separates the cells of a file, judged by its first records. Nothing here reads.
-- @module thrive.csv.sniff

local M = {}

local find, match, sub = string.find, string.match, string.sub

--- The separators that are looked for; where it cannot be told, the first of them.
local CANDIDATES <const> = ",;\t|"

--- Text with one of these in the first record may mislead who looks for the separator; quoted it does not.
M.misleading = "[,;\t|]"

--- The separator that a first line "sep=;" names, and where that line ends (its line end not included); or nil. Excel writes
-- and reads it.
function M.declared(buffer, at)
  return match(buffer, "^[Ss][Ee][Pp]=([^\0\"\r\n\x80-\xff])()\r?\n", at)
end

--- How often each candidate stands outside of quotes in the record at `at`, and where the next one begins (nil: the buffer
-- ends first).
function M.tally(buffer, at)
  local counts = {}
  while true do
    local found = find(buffer, '[,;\t|"\r\n]', at)
    if not found then return counts, nil end
    local c = sub(buffer, found, found)
    if c == '"' then
      found = find(buffer, '"', found + 1, true)
      if not found then return counts, nil end
    elseif c == "\n" or c == "\r" then
      local _, stop = find(buffer, "^[\r\n]+", found)
      return counts, stop + 1
    else
      counts[c] = (counts[c] or 0) + 1
    end
    at = found + 1
  end
end

--- The separator of a file by the tallies of its first two records; the second may be nil. With `width`, there are so many
-- cells. Of several in the header, one counts more that is as frequent in the second record; then the comma, then the most
-- frequent.
function M.choose(first, second, width)
  local best, rank
  for candidate in CANDIDATES:gmatch(".") do
    local n = first[candidate]
    if n and (not width or n == width - 1) then
      local agrees = second and second[candidate] == n
      local mine = (agrees and 2e9 or 0) + (candidate == "," and 1e9 or n)
      if not rank or mine > rank then best, rank = candidate, mine end
    end
  end
  return best or ","
end

return M
