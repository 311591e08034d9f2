--- Text on a terminal: how many columns it takes, cutting and padding it to a width, and making it harmless. UTF-8 throughout.
-- @module thrive.text

local M = {}

local ELLIPSIS <const> = "…"

-- The array of ranges that holds code, by bisection: first and last in turn.
local function within(ranges, code)
  local low, high = 1, #ranges // 2
  while low <= high do
    local middle = (low + high) // 2
    if code < ranges[2 * middle - 1] then
      high = middle - 1
    elseif code > ranges[2 * middle] then
      low = middle + 1
    else
      return true
    end
  end
  return false
end

local widths -- thrive.text.widths, from when something beyond Latin is met

local function width_of(code)
  if code < 0x300 then return 1 end
  widths = widths or require("thrive.text.widths")
  if within(widths.none, code) then return 0 end
  return within(widths.two, code) and 2 or 1
end

--- A word as a shell reads it back: for command lines that are shown to be copied.
-- @tparam string s
-- @treturn string in quotes where it needs them
function M.shell_word(s)
  if s:find("^[%w_./:@%%+=,-]+$") then return s end
  return "'" .. s:gsub("'", "'\\''") .. "'"
end

--- How many columns a text takes. It must have gone through `escape`.
-- @tparam string s
-- @treturn integer
function M.width(s)
  if not s:find("[\x80-\xff]") then return #s end
  local n = 0
  for _, code in utf8.codes(s) do n = n + width_of(code) end
  return n
end

--- Cuts a text to a width; one that is cut ends in "…".
-- @tparam string s a text that has gone through `escape`
-- @tparam integer width in columns, at least 1
-- @treturn string
-- @treturn integer its width
function M.cut(s, width)
  if not s:find("[\x80-\xff]") then
    if #s <= width then return s, #s end
    return s:sub(1, width - 1) .. ELLIPSIS, width
  end
  local n, room, kept = 0, nil, 0 -- room: where the text ends when there has to be room for the ellipsis
  for at, code in utf8.codes(s) do
    local w = width_of(code)
    if n + w > width or at > 64 * (width + 1) then -- letters may carry any number of marks that take no column
      return s:sub(1, (room or at) - 1) .. ELLIPSIS, (room and kept or n) + 1
    end
    if not room and n + w > width - 1 then room, kept = at, n end
    n = n + w
  end
  return s, n
end

--- The beginning of a text, without half a character at its end.
-- @tparam string s any bytes
-- @tparam integer most bytes
-- @treturn string
function M.head(s, most)
  if #s <= most then return s end
  return s:sub(1, (utf8.offset(s, 0, most + 1) or most + 1) - 1)
end

--- Breaks a text at blanks; those at a break go. A word that is wider than a line stays whole, to be copied from the screen.
-- @tparam string s one line
-- @tparam integer width in columns
-- @tparam[opt=""] string indent what the lines after the first begin with
-- @tparam[opt] function measure tells the width of a word, where it has colours
-- @treturn {string,...}
function M.wrap(s, width, indent, measure)
  indent, measure = indent or "", measure or M.width
  local lines, line, used = {}, "", 0
  for blanks, word in s:gmatch("( *)([^ ]*)") do
    local w = measure(word)
    if line ~= "" and used + #blanks + w > width then
      lines[#lines + 1] = line
      line, used = indent .. word, #indent + w
    else
      line, used = line .. blanks .. word, used + #blanks + w
    end
  end
  lines[#lines + 1] = line
  return lines
end

--- Pads a text with blanks.
-- @tparam string s
-- @tparam integer width in columns
-- @tparam[opt] boolean right blanks before the text instead of after it
-- @tparam[opt] integer has the text's width, where it is known
-- @treturn string
function M.pad(s, width, right, has)
  local blanks = width - (has or M.width(s))
  if blanks <= 0 then return s end
  return right and (" "):rep(blanks) .. s or s .. (" "):rep(blanks)
end

local named = { ["\a"] = "\\a", ["\b"] = "\\b", ["\t"] = "\\t", ["\n"] = "\\n", ["\v"] = "\\v", ["\f"] = "\\f", ["\r"] = "\\r" }

local function control(c, next_one)
  return (named[c] or (next_one:find("%d") and "\\%03d" or "\\%d"):format(c:byte())) .. next_one
end

local function spelled(c) return ("\\u{%X}"):format(utf8.codepoint(c)) end

--- Makes a text harmless: what a terminal would obey or what would reorder the line is spelled as Lua spells it in a
-- string. Control characters (`\27`, `\n`), those of Unicode (`\u{9B}`), marks of writing direction and line separators
-- (`\u{202E}`), and bytes that are no UTF-8 (`\xFF`). Everything else stays, a backslash too.
-- @tparam string s any bytes
-- @treturn string valid UTF-8 without control characters
function M.escape(s)
  if not s:find("[^ -~]") then return s end
  local _, wrong = utf8.len(s)
  if wrong then
    local parts, from = {}, 1
    while wrong do
      parts[#parts + 1] = s:sub(from, wrong - 1)
      parts[#parts + 1] = ("\\x%02X"):format(s:byte(wrong))
      from = wrong + 1
      if from > #s then break end
      _, wrong = utf8.len(s, from)
    end
    if from <= #s then parts[#parts + 1] = s:sub(from) end
    s = table.concat(parts)
  end
  if s:find("[%c\x7f]") then
    -- Twice, since the byte after a control character may be one itself.
    s = s:gsub("([\0-\x1f\x7f])([^\0-\x1f\x7f]?)", control):gsub("[\0-\x1f\x7f]", function(c) return control(c, "") end)
  end
  if s:find("[\xc2\xd8\xe2]") then
    s = s:gsub("\xc2[\x80-\x9f]", spelled):gsub("\xd8\x9c", spelled):gsub("\xe2\x80[\x8e\x8f\xa8-\xae]", spelled)
      :gsub("\xe2\x81[\xa6-\xa9]", spelled)
  end
  return s
end

--- The same for a text of several lines: line breaks and tabs stay.
-- @tparam string s any bytes
-- @treturn string
function M.escape_lines(s) return (s:gsub("[^\n\t]+", M.escape)) end

-- Words that end up in a URL as user:password@host.
local function without_password(before) return before .. "***@" end

-- Names of values that are secrets, without case, "-" and "_".
local secret = {}
for _, name in ipairs { "token", "accesstoken", "refreshtoken", "idtoken", "bearertoken", "apitoken", "xapitoken", "thrivetoken",
  "xapikey", "authorization", "proxyauthorization", "cookie", "setcookie", "passwd", "passphrase", "privatekey" } do
  secret[name] = true
end

--- Is what goes by this name a secret (api_key, Authorization, X-API-Token, password and the like)?
-- @param name any value
-- @treturn boolean
function M.is_secret(name)
  if type(name) ~= "string" or #name > 64 then return false end
  local plain = name:lower():gsub("[-_ ]", "")
  return secret[plain] or plain:find("apikey$") ~= nil or plain:find("secret$") ~= nil or plain:find("password$") ~= nil
end

--- What stands for a secret.
M.MASK = "***"

--- Blots secrets out of a text: those of all open clients, in whatever spelling, and passwords in URLs.
-- @tparam string s
-- @treturn string
function M.redact(s)
  s = require("thrive.core").redact(s)
  if s:find("://", 1, true) then s = s:gsub("(://[^/%s:@]*:)[^/%s@]*@", without_password) end
  return s
end

return M
