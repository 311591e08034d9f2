--- Blanks around text.
-- @module thrive.csv.blanks

local M = {}

local byte, gsub, sub = string.byte, string.gsub, string.sub

-- What surrounds names in headers that were copied from web pages, and is not to be seen: blanks of all widths, and marks of no
-- width at all, the byte order mark among them.
local UNSEEN <const> = { ["\u{202F}"] = true, ["\u{2060}"] = true, ["\u{3000}"] = true, ["\u{FEFF}"] = true }
for code = 0x2000, 0x200F do UNSEEN[utf8.char(code)] = true end

--- The text without blanks and no-break spaces around it. Byte by byte: a pattern would look at a long gap within the text again
-- from each of its blanks.
function M.strip(text)
  local first, last = 1, #text
  while true do
    local b = byte(text, first)
    if b == 32 or b and b >= 9 and b <= 13 then
      first = first + 1
    elseif b == 0xC2 and byte(text, first + 1) == 0xA0 then
      first = first + 2
    else
      break
    end
  end
  while last > first do
    local b = byte(text, last)
    if b == 32 or b >= 9 and b <= 13 then
      last = last - 1
    elseif b == 0xA0 and byte(text, last - 1) == 0xC2 then
      last = last - 2
    else
      break
    end
  end
  return sub(text, first, last)
end

--- A name of a header without what cannot be seen around it. No-break spaces within it become blanks.
function M.name(text)
  local strip = M.strip
  text = strip(text)
  while true do
    if UNSEEN[sub(text, 1, 3)] then
      text = strip(sub(text, 4))
    elseif UNSEEN[sub(text, -3)] then
      text = strip(sub(text, 1, -4))
    else
      return (gsub(text, "\u{A0}", " "))
    end
  end
end

return M
