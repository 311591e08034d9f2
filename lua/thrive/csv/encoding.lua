--- Files in other encodings than UTF-8, by iconv.
-- @module thrive.csv.encoding

local M = {}

local find, sub = string.find, string.sub

--- What stands at the end of a text whose next byte could not be converted: never valid UTF-8, so that the reader stops
-- there, and knows line and column.
local STOP <const> = "\xFF"

local function is_unicode(name)
  name = name:lower()
  return name:find("^utf") or name:find("^ucs")
end

--- Is this a name that iconv may be asked for?
function M.is_name(name)
  return name:find("^%w[%w_.:()+-]*$") ~= nil
end

--- Where text ends whose last character may be cut off: the last byte that belongs to a whole one.
function M.whole(text)
  local last = #text
  for back = 0, 2 do
    local b = text:byte(last - back)
    if not b or b < 0x80 then break end
    if b >= 0xC0 then -- the first byte of a character that has 2, 3 or 4
      return back + 1 < (b >= 0xF0 and 4 or b >= 0xE0 and 3 or 2) and last - back - 1 or last
    end
  end
  return last
end

-- A function that looks at the pieces of a file that is said to be in another encoding, until it knows: where in a piece it
-- turns out to be UTF-8 after all, or false when it is not; nil: no telling yet. Nothing else would notice, for an encoding
-- with one byte for each character gives almost any text a meaning ("MÃ¼ller"). A text of its own is not UTF-8 by accident:
-- all its letters beyond ASCII would have to come in pairs such as "Ã¼". UTF-16 and UTF-32 have a NUL in every line end.
-- Encodings with several bytes for a character, where 0xE3 is the first of them (Shift-JIS, GBK), are left alone.
local function watcher(name)
  local wide = name:lower():find("^utf[_-]?%d%d") or name:lower():find("^ucs")
  local probe = not wide and require("thrive.core").decoder(name)
  if probe and probe:decode("\xE3", false) == "" then return function() return false end end
  local cut = "" -- the beginning of a character whose end is in the next piece
  return function(piece)
    local text = cut .. piece
    local first, last = find(text, "[\x80-\xFF]"), M.whole(text)
    if wide then return not find(piece, "\0", 1, true) and utf8.len(text, 1, last) and 1 or false end
    if not first then return nil end
    if not utf8.len(text, first, last) then return false end
    if first <= last then return math.max(first - #cut, 1) end
    cut = sub(text, first)
    return nil
  end
end

--- Something to read UTF-8 from instead of `file`, or nil when the encoding is not known. `input.bad` is the byte that ended
-- it, if one did; `input.is_utf8` when that is because the file is in UTF-8.
--
-- A file that begins with the byte order mark of UTF-8 is in UTF-8, whatever the caller believes: it comes as it is. So
-- does one with the mark of UTF-16 when another encoding is given, and the reader says what is wrong.
function M.input(file, name)
  if name:lower():gsub("[_-]", "") == "utf8" then return file end
  local decoder = require("thrive.core").decoder(name)
  if not decoder then return nil end
  local fresh, ended, bare = true, false, false
  local watch = watcher(name)
  local input = {}
  function input.read(_, n)
    if bare then return file:read(n) end
    while not ended do
      local piece, why = file:read(n)
      if not piece and why then return nil, why end
      if fresh and piece then
        fresh = false
        bare = piece:find("^\xEF\xBB\xBF") or not is_unicode(name) and (piece:find("^\xFF\xFE") or piece:find("^\xFE\xFF"))
        if bare then return piece end
      end
      local at = watch and piece and watch(piece)
      if at then
        input.is_utf8, ended = true, true
        return sub(piece, 1, at - 1) .. STOP
      elseif at == false then
        watch = nil
      end
      local text, bad = decoder:decode(piece or "", not piece)
      input.bad, ended = bad, bad ~= nil or not piece
      if bad then return text .. STOP end
      if text ~= "" then return text end
    end
    return nil
  end
  return input
end

return M
