--- Words of Lua text that need not be whole: what stands before the cursor.
-- @module thrive.complete.lexer

local M = {}

local reserved = require("thrive.inspect.value").reserved

local simple = { n = "\n", t = "\t", r = "\r", a = "\a", b = "\b", f = "\f", v = "\v", ["\\"] = "\\", ['"'] = '"', ["'"] = "'" }

-- What a quoted string says. Escapes by number are rare where names are written: such a string is of no use, and nil.
local function unquoted(s)
  local odd = false
  s = s:gsub("\\(.)", function(c)
    odd = odd or not simple[c]
    return simple[c]
  end)
  return not odd and s or nil
end

-- Where a quoted string ends: index of the quote, or nil and whether a line break ended it.
local function closing(text, quote, from)
  while true do
    local at = text:find('[\\\n' .. quote .. ']', from)
    if not at then return nil, nil end
    local c = text:sub(at, at)
    if c == quote then return at end
    if c == "\n" then return nil, at end
    from = at + 2
  end
end

-- Where a long bracket that opens at `at` ends: index of its last character, or nil when it is open. Second: is it one?
local function long_bracket(text, at)
  local level = text:match("^%[(=*)%[", at)
  if not level then return nil, false end
  local _, last = text:find("]" .. level .. "]", at + #level + 2, true)
  return last, true
end

local three = { ["..."] = true }
local two = { [".."] = true, ["::"] = true, ["=="] = true, ["~="] = true, ["<="] = true, [">="] = true, ["//"] = true,
  ["<<"] = true, [">>"] = true }

--- The tokens of a text.
-- @tparam string text
-- @treturn table array of { kind = "name" | "keyword" | "number" | "string" | "op", text =, first =, last =, value = (what a
--   string says, where it is simple) }
-- @treturn string|nil what is open at the end: "string", "comment" or "long"
-- @treturn table|nil of an open string: { quote =, first = (index of its first character) }
function M.tokens(text)
  local tokens, n, at, length = {}, 0, 1, #text
  if text:sub(1, 1) == "=" then at = 2 end -- the prompt's own sign
  local function add(kind, last, value)
    n = n + 1
    tokens[n] = { kind = kind, text = text:sub(at, last), first = at, last = last, value = value }
    at = last + 1
  end
  while true do
    at = text:find("%S", at)
    if not at or at > length then return tokens end
    local c = text:sub(at, at)
    if c:find("[%a_]") then
      local _, last = text:find("^[%w_]+", at)
      add(reserved[text:sub(at, last)] and "keyword" or "name", last)
    elseif c == '"' or c == "'" then
      local last, broken = closing(text, c, at + 1)
      if last then
        add("string", last, unquoted(text:sub(at + 1, last - 1)))
      elseif broken then
        at = broken + 1 -- a string that was never closed: not Lua; go on with the next line
      else
        return tokens, "string", { quote = c, first = at + 1 }
      end
    elseif text:find("^%-%-", at) then
      local last, is_long = long_bracket(text, at + 2)
      if not is_long then last = text:find("\n", at, true) end
      if not last then return tokens, "comment" end
      at = last + 1
    elseif text:find("^%[=*%[", at) then
      local last = long_bracket(text, at)
      if not last then return tokens, "long" end
      add("string", last, text:match("^%[=*%[\n?(.-)%]=*%]$", at) or text:sub(at, last):match("^%[=*%[\n?(.*)%]=*%]$"))
    elseif c:find("%d") or text:find("^%.%d", at) then
      local _, last = text:find("^[%w_.]+", at)
      add("number", last)
    else
      local s = text:sub(at, at + 2)
      add("op", at + (three[s] and 2 or two[s:sub(1, 2)] and 1 or 0))
    end
  end
end

return M
