--- JSON as the sandbox reads and writes it, on both sides of the wall between its two Lua states.
--
-- Reading is lua-cjson plus two repairs, because Debian's 2.1.0 (unlike newer ones, which this works with too) reads
-- every number as a float and cannot tell `[]` from `{}`: integral numbers become integers, and arrays are marked, also
-- empty ones. Writing is done here: cjson 2.1.0 writes an empty table as `{}` whatever it was, and no version of it
-- writes members in a fixed order, without which the same seed would not give the same bytes.
local cjson = require("cjson").new() -- its own settings: those of the script that runs us stay alone

local M = {}

-- 2.1.0 reads NaN, Infinity and hexadecimal numbers unless told otherwise; none of them is JSON
cjson.decode_invalid_numbers(false)

--- JSON null, the same light userdata as `cjson.null`.
M.null = require("cjson").null

local ARRAY = { __name = "sandbox.array" }
local RAW = { __name = "sandbox.raw" }
-- stands for an empty array between the scanner below and cjson; no request has a reason to hold it
local EMPTY = "\0[]"
local EMPTY_TEXT = '["\\u0000[]"]'

--- Marks a table as an array, so that it is written as one even when it is empty.
-- @tparam table t
-- @treturn table t
function M.array(t)
  return setmetatable(t, ARRAY)
end

--- Whether a decoded or marked value is an array.
-- @treturn boolean
function M.is_array(v)
  return type(v) == "table" and getmetatable(v) == ARRAY
end

--- Whether a decoded value is an object.
-- @treturn boolean
function M.is_object(v)
  return type(v) == "table" and getmetatable(v) ~= ARRAY
end

--- A value that is already JSON text and goes out as it is.
-- @tparam string text
-- @treturn table
function M.raw(text)
  return setmetatable({ text = text }, RAW)
end

-- Replaces every `[]` outside of strings by an array that holds the stand-in.
local function mark_empty_arrays(text)
  if not text:find("%[[ \t\r\n]*%]") then return text end
  local out, from, at = {}, 1, 1
  while true do
    local start = text:find('["%[]', at)
    if not start then break end
    if text:byte(start) == 34 then -- a string: to its closing quote
      at = start + 1
      while true do
        local stop = text:find('["\\]', at)
        if not stop then return text end -- never closed: cjson says so
        if text:byte(stop) == 34 then at = stop + 1 break end
        at = stop + 2
      end
    else
      local _, stop = text:find("^%[[ \t\r\n]*%]", start)
      if stop then
        out[#out + 1] = text:sub(from, start - 1)
        out[#out + 1] = EMPTY_TEXT
        from, at = stop + 1, stop + 1
      else
        at = start + 1
      end
    end
  end
  out[#out + 1] = text:sub(from)
  return table.concat(out)
end

local function repair(v)
  if type(v) == "number" then return math.tointeger(v) or v end
  if type(v) ~= "table" then return v end
  if v[1] == EMPTY and next(v, 1) == nil then
    v[1] = nil
    return setmetatable(v, ARRAY)
  end
  local array = v[1] ~= nil
  for key, item in pairs(v) do
    local kind = type(item)
    if kind == "number" then
      v[key] = math.tointeger(item) or item
    elseif kind == "table" then
      v[key] = repair(item)
    end
  end
  return setmetatable(v, array and ARRAY or nil) -- newer versions of cjson may have left their own metatable
end

--- Reads JSON text. Strings come through byte for byte; nulls are `json.null`.
-- @tparam string text
-- @treturn[1] any the value
-- @treturn[2] nil
-- @treturn[2] string what is wrong with the text
function M.decode(text)
  local ok, value = pcall(cjson.decode, mark_empty_arrays(text))
  if not ok then return nil, tostring(value) end
  return repair(value)
end

--- The shape of a record: its members in the order in which they are written; one that is nil is written as null.
-- @tparam {string,...} names
-- @treturn table a metatable to give to such records
function M.shape(names)
  local heads = {}
  for i, name in ipairs(names) do
    heads[i] = (i == 1 and "{" or ",") .. '"' .. name .. '":'
  end
  return { __name = "sandbox.record", names = names, heads = heads }
end

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }
local function escape(c)
  return ESCAPES[c] or string.format("\\u%04x", c:byte())
end

local function string_text(s)
  if s:find('[%c"\\]') then s = s:gsub('[%c"\\]', escape) end
  return '"' .. s .. '"'
end

local function number_text(n)
  if math.type(n) == "integer" then return tostring(n) end
  local whole = math.tointeger(n)
  if whole then return tostring(whole) end
  if n ~= n or n == math.huge or n == -math.huge then error("a number that JSON cannot write: " .. n) end
  return string.format("%.17g", n)
end

local write

local function write_object(v, out)
  local names = {}
  for name in pairs(v) do names[#names + 1] = name end
  table.sort(names)
  out[#out + 1] = "{"
  for i, name in ipairs(names) do
    if i > 1 then out[#out + 1] = "," end
    out[#out + 1] = string_text(name)
    out[#out + 1] = ":"
    write(v[name], out)
  end
  out[#out + 1] = "}"
end

local function write_array(v, out)
  out[#out + 1] = "["
  for i = 1, #v do
    if i > 1 then out[#out + 1] = "," end
    write(v[i], out)
  end
  out[#out + 1] = "]"
end

function write(v, out)
  local kind = type(v)
  if kind == "string" then
    out[#out + 1] = string_text(v)
  elseif kind == "number" then
    out[#out + 1] = number_text(v)
  elseif kind == "boolean" then
    out[#out + 1] = v and "true" or "false"
  elseif v == nil or v == M.null then
    out[#out + 1] = "null"
  elseif kind == "table" then
    local meta = getmetatable(v)
    if meta == RAW then
      out[#out + 1] = v.text
    elseif meta == ARRAY then
      write_array(v, out)
    elseif meta and meta.heads then
      local names, heads = meta.names, meta.heads
      for i = 1, #names do
        out[#out + 1] = heads[i]
        write(v[names[i]], out)
      end
      out[#out + 1] = "}"
    elseif v[1] ~= nil then
      write_array(v, out)
    else
      write_object(v, out)
    end
  else
    error("a " .. kind .. " cannot be written as JSON")
  end
end

--- Writes a value. Marked arrays, records with a shape, plain tables (an array when they have a first item, else an
-- object with its members sorted by name), strings byte for byte.
-- @treturn string
-- @raise for a function, a thread, a NaN or an infinity: a bug of the sandbox, not of the client
function M.encode(v)
  local out = {}
  write(v, out)
  return table.concat(out)
end

return M
