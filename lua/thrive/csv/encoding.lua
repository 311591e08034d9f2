--- Files in other encodings than UTF-8, by iconv.
-- @module thrive.csv.encoding

local M = {}

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

--- Something to read UTF-8 from instead of `file`, or nil when the encoding is not known. `input.bad` is the byte that ended
-- it, if one did.
--
-- A file that begins with the byte order mark of UTF-8 is in UTF-8, whatever the caller believes: it comes as it is. So
-- does one with the mark of UTF-16 when another encoding is given, and the reader says what is wrong.
function M.input(file, name)
  if name:lower():gsub("[_-]", "") == "utf8" then return file end
  local decoder = require("thrive.core").decoder(name)
  if not decoder then return nil end
  local fresh, ended, bare = true, false, false
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
