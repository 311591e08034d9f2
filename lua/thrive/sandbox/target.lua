--- Request targets, forms and credentials as text: taking apart what a client put on the wire, without mercy.
local M = {}

local function hex(h)
  return string.char(tonumber(h, 16))
end

--- Percent-decoding.
-- @tparam string s
-- @tparam[opt] boolean plus whether `+` is a space (in queries and forms)
-- @treturn string|nil nil when a `%` is not followed by two hex digits
function M.decode(s, plus)
  if plus then s = s:gsub("%+", " ") end
  if s:gsub("%%%x%x", ""):find("%", 1, true) then return nil end
  return (s:gsub("%%(%x%x)", hex))
end

--- Splits `/a/b?c=d` into its path and its query, both as they were sent.
-- @treturn string path
-- @treturn string query, "" when there is none
function M.split(target)
  local path, query = target:match("^([^?]*)%??(.*)$")
  return path, query
end

--- Reads a query or a form: name → value. The second result lists what is wrong, by name.
-- @tparam string text
-- @treturn table values by name
-- @treturn table problems by name, empty when there are none
function M.pairs(text)
  local values, problems = {}, {}
  if text == "" then return values, problems end
  for piece in (text .. "&"):gmatch("(.-)&") do
    local name, value = piece:match("^([^=]*)=(.*)$")
    name, value = M.decode(name or piece, true), M.decode(value or "", true)
    if not name or not value then
      problems[piece] = "is not percent-encoded correctly"
    elseif name == "" then
      problems["?"] = "has a parameter without a name"
    else
      if values[name] then problems[name] = "is given twice" end
      values[name] = value
    end
  end
  return values, problems
end

--- The segments of a path, each decoded on its own, so that an encoded slash stays part of its segment.
-- @tparam string path as sent
-- @treturn {string,...}|nil nil when a segment is not percent-encoded correctly
function M.segments(path)
  local out = {}
  for piece in path:gmatch("/([^/]*)") do
    local segment = M.decode(piece)
    if not segment then return nil end
    out[#out + 1] = segment
  end
  return out
end

local VALUES = {}
for i = 0, 63 do
  VALUES[("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"):byte(i + 1)] = i
end

--- Base64 → bytes.
-- @tparam string text
-- @treturn string|nil nil when it is not base64
function M.base64(text)
  local body, pad = text:match("^([%w+/]*)(=*)$")
  if not body or #text % 4 ~= 0 or #pad > 2 then return nil end
  local out, bits, held = {}, 0, 0
  for i = 1, #body do
    bits, held = bits << 6 | VALUES[body:byte(i)], held + 6
    if held >= 8 then
      held = held - 8
      out[#out + 1] = string.char(bits >> held & 0xFF)
      bits = bits & ((1 << held) - 1)
    end
  end
  return table.concat(out)
end

--- The two halves of a Basic Authorization value.
-- @tparam string|nil value of the Authorization header
-- @treturn string|nil user name; nil when it is not a well-formed Basic line
-- @treturn string password
function M.basic(value)
  local text = value and value:match("^[Bb][Aa][Ss][Ii][Cc] +(%S+)$")
  text = text and M.base64(text)
  if not text then return nil end
  return text:match("^([^:]*):(.*)$")
end

return M
