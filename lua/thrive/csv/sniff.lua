--- Which character separates the cells of a file, judged by its first records. Nothing here reads.
-- @module thrive.csv.sniff

local M = {}

local find, match, sub = string.find, string.match, string.sub

--- The separators that are looked for; where it cannot be told, the first of them.
local CANDIDATES <const> = ",;\t|"

--- The separator that a first line "sep=;" names, and where that line ends (its line end not included); or nil. Excel writes
-- and reads it.
function M.declared(buffer, at)
  return match(buffer, "^[Ss][Ee][Pp]=([^\0\"\r\n\x80-\xff])()[\r\n]", at)
end

--- How many records behind the header are looked at.
local LOOK <const> = 20

--- How often each candidate stands outside of quotes in the record at `at` (counts[","]) and how often with a blank behind it
-- (counts[", "]); and where the next record begins (nil: the buffer ends first).
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
      if sub(buffer, found + 1, found + 1) == " " then counts[c .. " "] = (counts[c .. " "] or 0) + 1 end
    end
    at = found + 1
  end
end

--- The tallies of the records from `at` on: a few, and the last one only when all of it is there. eof: the data ends with the
-- buffer.
function M.tallies(buffer, at, eof)
  local list = {}
  while at and at <= #buffer and #list < LOOK do
    local counts, after = M.tally(buffer, at)
    if after or eof then list[#list + 1] = counts end
    at = after
  end
  return list
end

--- The separator of a file by the tally of its first record and those of some that follow. With `width`, there are so many
-- cells. Of several in the first record it is the one that the most of the others have as often; then TAB, which no text has;
-- then one that is not always followed by a blank ("Name, first;E-mail"); then the most frequent, the comma.
function M.choose(first, others, width)
  local best, rank
  local function better(mine)
    for i, weight in ipairs(mine) do
      if weight ~= rank[i] then return weight > rank[i] end
    end
    return false
  end
  for candidate in CANDIDATES:gmatch(".") do -- the comma is the first
    local n = first[candidate]
    if n and (not width or n == width - 1) then
      local agree = 0
      for _, other in ipairs(others) do
        if other[candidate] == n then agree = agree + 1 end
      end
      local mine = { agree, candidate == "\t" and 1 or 0, first[candidate .. " "] == n and 0 or 1, n }
      if not rank or better(mine) then best, rank = candidate, mine end
    end
  end
  return best or ","
end

return M
