--- One value in words, on one line: what inspect, tables and completion show. Nothing here runs code of the script: raw access
-- only, and of metamethods only the __tostring of this module's own objects.
-- @module thrive.inspect.value

local core = require "thrive.core"
local text = require "thrive.text"

local M = {}

local null, iserror = core.null, core.iserror
local getmetatable = debug.getmetatable -- sees through __metatable

local colours = {
  string = "\27[32m", number = "\27[36m", keyword = "\27[35m", other = "\27[33m", failure = "\27[31m", name = "\27[34m",
  header = "\27[1m", note = "\27[2m",
}

--- Wraps a text that is harmless already in a colour. Colours are ours alone: an ESC in what is shown never comes from data.
-- @tparam string s
-- @tparam string kind "string", "number", "keyword", "other", "failure", "name", "header", "note"
-- @tparam boolean colour false: s as it is
function M.paint(s, kind, colour)
  local code = colour and s ~= "" and colours[kind]
  return code and code .. s .. "\27[0m" or s
end

--- How many columns a text that may hold `paint`'s colours takes.
function M.width(s)
  if s:find("\27", 1, true) then s = s:gsub("\27%[%d*m", "") end
  return text.width(s)
end

local quoted = { ['"'] = '\\"', ["\\"] = "\\\\" }

--- A string as a literal of Lua on one line, harmless on a terminal.
function M.quote(s)
  return '"' .. text.escape((s:gsub('["\\]', quoted))) .. '"'
end

-- A float in so many digits, with a point whatever the locale of the script has.
local function digits_of(n, digits)
  return (("%%.%dg"):format(digits):format(n):gsub("[^%w+-]+", "."))
end

--- A number as Lua reads it back: integers, floats with a point or an exponent.
function M.number(n)
  if math.type(n) == "integer" then
    return n == math.mininteger and "0x8000000000000000" or ("%d"):format(n) -- the digits would be a float
  elseif n ~= n then
    return "(0/0)"
  elseif n == math.huge or n == -math.huge then
    return n > 0 and "1e999" or "-1e999"
  end
  for digits = 14, 17 do
    local s = digits_of(n, digits)
    if tonumber(s) == n or digits == 17 then return s:find("[%.eE]") and s or s .. ".0" end
  end
end

local reserved = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat return then true until while")
  :gmatch("%a+") do reserved[word] = true end

--- Words that are no names in Lua.
M.reserved = reserved

--- Can it stand after a point, and before "=" in a constructor?
function M.is_name(key)
  return type(key) == "string" and key:find("^[%a_][%w_]*$") ~= nil and not reserved[key] and not key:find("[\x80-\xff]")
end

-- A field of v's metatable, if it is a string: raw.
local function name_of(v)
  local mt = getmetatable(v)
  local name = type(mt) == "table" and rawget(mt, "__name")
  return type(name) == "string" and name or nil, mt
end

local function address(v) return ("%p"):format(v) end

local function verbs_of(group)
  local seen, names = {}, {}
  local function add(name)
    if not seen[name] then names[#names + 1] = name end
    seen[name] = true
  end
  for _, entry in ipairs(group.operations) do
    add(entry.verb)
    if entry.pages then
      for _, more in ipairs(require("thrive.describe").list_verbs) do add(more) end
    end
  end
  return names
end

--- The verbs of a group in the catalogue's order, those of lists included.
-- @tparam table group of the catalogue
M.verbs = verbs_of

--- The catalogue's group that an object of the script (client.users) stands for, or nil.
function M.group_of(v)
  if type(v) ~= "table" then return nil end
  local mt = getmetatable(v)
  local group = type(mt) == "table" and rawget(mt, "group")
  if type(group) == "table" and type(rawget(group, "operations")) == "table" and rawget(mt, "__name") == "thrive."
    .. tostring(rawget(group, "name")) then
    return group
  end
  return nil
end

local function describe_group(group)
  local parts = {}
  for _, child in ipairs(group.groups or {}) do parts[#parts + 1] = "." .. child end
  for _, verb in ipairs(verbs_of(group)) do parts[#parts + 1] = ":" .. verb end
  return ("thrive.%s: %s"):format(group.name, table.concat(parts, " "))
end

-- The module itself: what it has is loaded when it is used, and raw access would see nothing.
local function describe_module(module)
  local parts = {}
  for _, entry in ipairs(require("thrive.manual").entries()) do
    local name = entry.name:match("^thrive%.(%a+)$")
    if name then parts[#parts + 1] = "." .. name end
  end
  table.sort(parts)
  return ("thrive %s: %s"):format(module._VERSION, table.concat(parts, " "))
end

--- Is it a client (of thrive.client or thrive.aptem)?
function M.is_client(v)
  return type(v) == "userdata" and name_of(v) == "thrive.client"
end

-- Classes whose objects say what they are: the name in the metatable → the part of this module that has that as `class`.
local speaking = {
  ["thrive.iteration"] = "thrive.pager", ["thrive.csv.reader"] = "thrive.csv.reader",
  ["thrive.csv.writer"] = "thrive.csv.writer", ["thrive.csv.error"] = "thrive.csv.fault",
}

-- A script's table may claim any name: it has to be the very metatable.
local function speaks(v)
  local name, mt = name_of(v)
  local part = name and package.loaded[speaking[name]]
  return type(part) == "table" and rawequal(rawget(part, "class"), mt), name
end

--- Is it what went wrong: an error object of this module, or what is wrong with a CSV file?
function M.is_failure(v)
  if iserror(v) then return true end
  local known, name = speaks(v)
  return known and name == "thrive.csv.error"
end

--- Objects of this module in words; nil for anything else.
-- @treturn string|nil harmless, secrets blotted out
-- @treturn string kind of colour
function M.own(v)
  local kind = type(v)
  if kind == "function" then -- the iterator of a loop: told by what the loop closes
    local loops = package.loaded["thrive.loops"]
    v = loops and loops[v]
    kind = type(v)
  end
  if kind ~= "table" and kind ~= "userdata" then return nil end
  if iserror(v) or M.is_client(v) or speaks(v) then
    local ok, s = pcall(tostring, v)
    return ok and text.escape(text.redact(s)) or name_of(v) .. ": " .. address(v), M.is_failure(v) and "failure" or "other"
  end
  local group = M.group_of(v)
  if group then return describe_group(group), "other" end
  if rawequal(v, package.loaded["thrive"]) then return describe_module(v), "other" end
  if kind == "table" and name_of(v) == "thrive.task" then
    local state = rawget(v, "finished") and (rawget(v, "failed") and "failed" or "finished") or "under way"
    return ("thrive.task (%s)"):format(state), "other"
  end
  return nil
end

--- Whatever is neither string nor table, in words.
-- @treturn string
-- @treturn string kind of colour
function M.atom(v)
  local kind = type(v)
  if kind == "number" then return M.number(v), "number" end
  if kind == "nil" or kind == "boolean" then return tostring(v), "keyword" end -- these two have no metatable of their own
  if rawequal(v, null) then return "thrive.null", "keyword" end
  if kind == "function" then
    local info = debug.getinfo(v, "S")
    local source = info.what ~= "C" and info.short_src:match("[^/]*$")
    return source and ("<function %s:%d>"):format(text.escape(source), info.linedefined) or "<function: builtin>", "other"
  end
  return ("<%s: %s>"):format(text.escape(name_of(v) or kind), address(v)), "other"
end

--- The name that a table's metatable gives it, harmless, or nil: the mark of arrays is none.
function M.class(t)
  local name = name_of(t)
  return name and name ~= "thrive.array" and text.escape(name) or nil
end

--- A string that stands under a key, secrets blotted out; not escaped yet.
-- @tparam string s
-- @param key
function M.mask(s, key)
  if s ~= "" and text.is_secret(key) then return text.MASK end
  return text.redact(s)
end

local order_of_types = { number = 1, string = 2, boolean = 3 }

local function before(a, b)
  local x, y = order_of_types[type(a)] or 4, order_of_types[type(b)] or 4
  if x ~= y then return x < y end
  if x <= 2 then return a < b end
  if x == 3 then return not a and b end
  local p, q = type(a), type(b)
  if p ~= q then return p < q end
  return address(a) < address(b)
end

local MANY <const> = 10000 -- keys that are sorted at once

--- The first keys of a table in order: numbers, strings, others. However large it is, few of them are held and sorted.
-- @tparam table t
-- @tparam integer most how many
-- @tparam[opt=0] integer from integers up to this are left out
-- @treturn table array of keys
-- @treturn integer how many there are
function M.keys(t, most, from)
  local keys, n, all, last, names = {}, 0, 0, nil, true
  from = from or 0
  local function tighten()
    if names then table.sort(keys) else table.sort(keys, before) end
    for i = n, most + 1, -1 do keys[i] = nil end
    n = math.min(n, most)
    last = keys[n]
  end
  for key in next, t do
    if math.type(key) ~= "integer" or key < 1 or key > from then
      all = all + 1
      if last == nil or before(key, last) then
        n = n + 1
        keys[n] = key
        names = names and type(key) == "string"
        if n >= most + MANY then tighten() end
      end
    end
  end
  if n > 1 then tighten() end
  return keys, all
end

--- How many of the keys 1, 2, … a table has, without a hole.
function M.length(t)
  local n = rawlen(t)
  if n > 0 and next(t, n) == nil then return n end -- a border, and nothing behind it
  local i = 0
  while i < n and rawget(t, i + 1) ~= nil do i = i + 1 end
  return i
end

local function stop(parts) return parts.n > parts.limit end

local function put(parts, s)
  parts[#parts + 1] = s
  parts.n = parts.n + #s
end

local compact

local function compact_table(parts, t, path, mask)
  if path[t] then return put(parts, "<cycle>") end
  if #path >= 8 then return put(parts, "…") end
  path[#path + 1], path[t] = t, true
  local n = M.length(t)
  local keys, count = M.keys(t, 64, n)
  local array = n > 0 and count == 0 or core.json.isarray(t)
  put(parts, array and "[" or "{")
  for i = 1, n do
    if i > 1 then put(parts, ", ") end
    compact(parts, rawget(t, i), nil, path, mask)
    if stop(parts) then break end
  end
  for i, key in ipairs(keys) do
    if stop(parts) then break end
    if i > 1 or n > 0 then put(parts, ", ") end
    put(parts, M.is_name(key) and key or type(key) == "string" and M.quote(mask and text.redact(key) or key)
      or "[" .. (M.own(key) or type(key) == "table" and "<table>" or M.atom(key)) .. "]")
    put(parts, ": ")
    compact(parts, rawget(t, key), key, path, mask)
  end
  if count > #keys then put(parts, ", …") end
  put(parts, array and "]" or "}")
  path[t], path[#path] = nil, nil
end

function compact(parts, v, key, path, mask)
  local kind = type(v)
  if kind == "string" then
    put(parts, M.quote(mask and M.mask(v, key) or v))
  elseif kind == "table" and not M.own(v) then
    compact_table(parts, v, path, mask)
  elseif rawequal(v, null) then
    put(parts, "null")
  else
    put(parts, mask and kind == "number" and text.is_secret(key) and text.MASK or M.own(v) or (M.atom(v)))
  end
end

--- A value as the text of a cell: strings without quotes, nil as nothing, tables as something like JSON (with `mask`), or as
-- JSON. Harmless.
-- @param v
-- @param key what it stands under
-- @tparam integer limit bytes after which the text may end; the rest would be cut away
-- @tparam boolean mask blot secrets out
-- @treturn string
-- @treturn boolean is it a number?
function M.cell(v, key, limit, mask)
  local kind = type(v)
  if v == nil then return "", false end
  if kind == "string" then
    if mask then v = M.mask(v, key) end
    if #v > limit then v = text.head(v, limit) .. "……" end -- longer than what fits
    return text.escape(v), false
  elseif kind == "number" and not (mask and text.is_secret(key)) then
    return math.type(v) == "integer" and ("%d"):format(v) or digits_of(v, 14), true
  end
  if kind == "table" and not mask and not M.own(v) then
    local json = core.json.encode(v)
    if json then return text.escape(json), false end -- else it is none of the API's: in our own words
  end
  local parts = { n = 0, limit = limit }
  compact(parts, v, key, {}, mask)
  return table.concat(parts), false
end

return M
