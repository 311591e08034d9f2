--- What goes wrong with a CSV file: { kind, message, source, line, column }, readable with tostring().
--
-- `line` counts from 1, `column` counts characters of that line; both are absent where they say nothing.
-- @module thrive.csv.fault

local M = {}

local gsub = string.gsub

local Fault = { __name = "thrive.csv.error" }
M.class = Fault

function Fault.__tostring(fault)
  local place = fault.source
  if fault.line then place = place .. ":" .. fault.line end
  if fault.column then place = place .. ":" .. fault.column end
  return place .. ": " .. fault.message
end

--- Makes one. @tparam string kind "config" or "validation"
function M.new(kind, source, message, line, column)
  return setmetatable({ kind = kind, source = source, message = message, line = line, column = column }, Fault)
end

--- Is this one of them?
function M.is(value)
  return getmetatable(value) == Fault
end

--- Runs f; its value, or nil and the fault that it raised. Any other error is a bug here and goes on.
function M.catch(f, ...)
  local ok, result = pcall(f, ...)
  if ok then return result end
  if not M.is(result) then error(result, 0) end
  return nil, result
end

--- What the system says about a path, without the path that it begins with.
function M.reason(path, why)
  return why:sub(1, #path + 2) == path .. ": " and why:sub(#path + 3) or why
end

--- Is this a name that a file can have?
function M.is_text(name) return utf8.len(name) and not name:find("\0", 1, true) end

--- A name for a message: what is no text is shown as \xHH.
function M.printable(name)
  if M.is_text(name) then return name end
  return (name:gsub("[\0\x80-\xff]", function(c) return ("\\x%02X"):format(c:byte()) end))
end

-- The only one of some names that goes on where the word ends ("manager", managerref), or from which the word goes on
-- ("emailaddress", email); or nil.
local function longer_or_shorter(word, names)
  local found
  for _, name in ipairs(names) do
    local n = math.min(#word, #name)
    if n >= 4 and word:sub(1, n) == name:sub(1, n) then
      if found then return nil end
      found = name
    end
  end
  return found
end

--- The name that was probably meant, to be appended to a message. Case, blanks and punctuation make no difference. The
-- core is loaded only now: reading does not need it.
function M.hint(wanted, names)
  local function plain(name) return (gsub(name:lower(), "[%s%p]", "")) end
  local plain_names, by_plain = {}, {}
  for i, name in ipairs(names) do
    plain_names[i] = plain(name)
    by_plain[plain_names[i]] = name
  end
  local word = plain(wanted)
  local near = word ~= "" and (require("thrive.core").nearest(word, plain_names) or longer_or_shorter(word, plain_names))
  return near and (' (did you mean "%s"?)'):format(by_plain[near]) or ""
end

return M
