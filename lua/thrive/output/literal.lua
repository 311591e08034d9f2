--- Records as a Lua chunk that gives them back: `return { {…}, … }`.
-- @module thrive.output.literal

local core = require "thrive.core"
local values = require "thrive.inspect.value"

local M = {}

local DEPTH_MOST <const> = 128

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

-- A literal of one line. UTF-8 stays readable; any other byte comes back all the same.
local function string_literal(s)
  if not s:find('[^ !#-%[%]-~]') then return '"' .. s .. '"' end
  s = s:gsub('["\\\n\r\t]', escapes)
  s = s:gsub("([\0-\8\11\12\14-\31\127])(%d?)", function(c, digit)
    return (digit ~= "" and "\\%03d" or "\\%d"):format(c:byte()) .. digit
  end)
  local _, wrong = utf8.len(s)
  if not wrong then return '"' .. s .. '"' end
  return '"' .. s:gsub("[\x80-\xff]", function(c) return ("\\%d"):format(c:byte()) end) .. '"'
end

-- Where in the record the value is, for messages: keys from the innermost.
local function place(path)
  local steps = {}
  while path do
    table.insert(steps, 1, type(path.key) == "number" and ("[%s]"):format(path.key) or "." .. tostring(path.key))
    path = path.up
  end
  return "the record" .. table.concat(steps)
end

local KNOWN_MOST <const> = 1000
local names, known_names = {}, 0 -- key → "key = ": records have the same keys again and again

local function key_text(key, path)
  local known = names[key]
  if known then return known end
  if values.is_name(key) then
    known = key .. " = "
    if known_names < KNOWN_MOST then
      known_names = known_names + 1
      names[key] = known
    end
    return known
  end
  if type(key) == "string" then return "[" .. string_literal(key) .. "] = " end
  if type(key) == "number" then return "[" .. values.number(key) .. "] = " end
  if type(key) == "boolean" then return "[" .. tostring(key) .. "] = " end
  error(("cannot write %s: a key is a %s"):format(place(path), type(key)), 0)
end

-- The keys behind the first n positions, sorted.
local function keys_of(t, n)
  local keys, count = {}, 0
  for key in next, t do
    if type(key) == "string" then
      count = count + 1
      keys[count] = key
    elseif math.type(key) ~= "integer" or key < 1 or key > n then
      return (values.keys(t, math.maxinteger >> 8, n)) -- of several types
    end
  end
  if count > 1 then table.sort(keys) end
  return keys
end

local function write(parts, value, path, depth)
  local kind = type(value)
  if kind == "string" then
    parts[#parts + 1] = string_literal(value)
  elseif kind == "number" then
    parts[#parts + 1] = values.number(value)
  elseif kind == "boolean" then
    parts[#parts + 1] = tostring(value)
  elseif rawequal(value, core.null) then
    parts[#parts + 1] = 'require("thrive").null'
  elseif kind == "table" then
    if depth > DEPTH_MOST then error(("cannot write %s: nested too deeply; does it contain itself?"):format(place(path)), 0) end
    local n = values.length(value)
    local keys = keys_of(value, n)
    local inner = { up = path, key = nil }
    parts[#parts + 1] = "{"
    for i = 1, n do
      if i > 1 then parts[#parts + 1] = ", " end
      inner.key = i
      write(parts, rawget(value, i), inner, depth + 1)
    end
    for i, key in ipairs(keys) do
      if i > 1 or n > 0 then parts[#parts + 1] = ", " end
      parts[#parts + 1] = key_text(key, path)
      inner.key = key
      write(parts, rawget(value, key), inner, depth + 1)
    end
    parts[#parts + 1] = "}"
  else
    error(("cannot write %s: Lua has no literal for a %s"):format(place(path), kind), 0)
  end
end

--- A value as an expression of one line that gives it back: integers stay integers, floats the same floats, strings the same
-- bytes, thrive.null itself. Keys are sorted. An empty array is an empty table like any other.
-- @param value
-- @treturn string
-- @raise what Lua has no literal for
function M.of(value)
  local parts = {}
  write(parts, value, nil, 1)
  return table.concat(parts)
end

return M
