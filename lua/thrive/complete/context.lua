--- Where in a call the cursor is, and what may stand there: the fields of a request, of options, of what is nested in them.
-- @module thrive.complete.context

local chain = require "thrive.complete.chain"
local describe = require "thrive.describe"

local M = {}

local DEPTH_MOST <const> = 20 -- tables in tables

-- ---- brackets -------------------------------------------------------------------------------------------------------

local closers = { [")"] = true, ["]"] = true, ["}"] = true }
local openers = { ["("] = true, ["["] = true, ["{"] = true }
local blocks = { ["function"] = true, ["do"] = true, ["if"] = true }

-- Goes back from a token to the bracket that is open there. Calls f(index) for each token at the bracket's own level.
-- Returns the bracket's index, or nil.
local function enclosing(tokens, from, f)
  local depth = 0
  for i = from, 1, -1 do
    local token = tokens[i]
    local s, op = token.text, token.kind == "op"
    if op and closers[s] or token.kind == "keyword" and s == "end" then
      depth = depth + 1
    elseif op and openers[s] or token.kind == "keyword" and blocks[s] then
      if depth == 0 then return op and i or nil end -- inside of a function body there are statements
      depth = depth - 1
    elseif depth == 0 and f then
      f(i)
    end
  end
  return nil
end

local function is(token, ...)
  if not token or token.kind ~= "op" then return false end
  for i = 1, select("#", ...) do
    if token.text == select(i, ...) then return true end
  end
  return false
end

-- Is the "=" at this index that of a field of a table, and of which?
local function key_before(tokens, at)
  local name = tokens[at - 1]
  if name and name.kind == "name" and is(tokens[at - 2], "{", ",", ";") then return name.text end
  if is(name, "]") and is(tokens[at - 3], "[") and tokens[at - 2].kind == "string" then return tokens[at - 2].value end
  return nil
end

--- Where the token after the last one is.
-- @tparam table tokens
-- @treturn table|nil { callee = (last token of what is called), position = (which argument), path = { key or 0 for an item,
--   … }, at = "key" | "value" | "argument" | "index" | "expression", key = (of the value), used = { name = true } }; nil
--   outside of brackets
function M.locate(tokens)
  local n = #tokens
  local where = { path = {}, used = {} }
  local last, commas = tokens[n], 0
  local open = enclosing(tokens, n, function(i)
    if is(tokens[i], "=") then
      local key = key_before(tokens, i)
      if key then where.used[key] = true end
    elseif is(tokens[i], ",") then
      commas = commas + 1
    end
  end)
  if not open then return nil end
  if is(tokens[open], "[") then
    if last ~= tokens[open] or not chain.ends_expression(tokens[open - 1]) then return nil end
    where.at, where.callee = "index", open - 1
    return where
  elseif is(tokens[open], "(") then
    if not chain.ends_expression(tokens[open - 1]) then return nil end
    where.at = is(last, "(", ",") and "argument" or "expression"
    where.callee, where.position = open - 1, commas + 1
    return where
  end
  if is(last, "{", ",", ";") then
    where.at = "key"
  elseif is(last, "=") then
    where.at, where.key = "value", key_before(tokens, n)
    if not where.key then where.at = "expression" end
  else
    where.at = "expression"
  end
  -- Out of the tables, to the call that they are an argument of.
  for _ = 1, DEPTH_MOST do
    local before = tokens[open - 1]
    if chain.ends_expression(before) then
      where.callee, where.position = open - 1, 1
      return where
    end
    local outer
    commas = 0
    if is(before, "=") then
      local key = key_before(tokens, open - 1)
      outer = key and enclosing(tokens, open - 1)
      if not outer or not is(tokens[outer], "{") then return nil end
      table.insert(where.path, 1, key)
    elseif is(before, "{", ",", ";", "(") then
      outer = enclosing(tokens, open - 1, function(i) if is(tokens[i], ",") then commas = commas + 1 end end)
      if not outer or is(tokens[outer], "[") then return nil end
      if is(tokens[outer], "(") then
        if not chain.ends_expression(tokens[outer - 1]) then return nil end
        where.callee, where.position = outer - 1, commas + 1
        return where
      end
      table.insert(where.path, 1, 0)
    else
      return nil
    end
    open = outer
  end
  return nil
end

-- ---- what an argument takes -----------------------------------------------------------------------------------------

local function options_field(class) return { "options", class } end

local function argument_of_verb(subject, position)
  local entry, verb = subject.entry, subject.verb
  local arguments = {}
  for _, arg in ipairs(entry.args or {}) do arguments[#arguments + 1] = arg end
  if entry.event then
    local rows = describe.params_of(entry)
    local by_name = {}
    for _, row in ipairs(rows) do by_name[row.name] = row.param end
    arguments[#arguments + 1] = by_name.user
    arguments[#arguments + 1] = { "details", "record", fields = { by_name.id, by_name.timestamp } }
  elseif entry.list then
    arguments[#arguments + 1] = entry.list
  elseif entry.params then
    arguments[#arguments + 1] = { "fields", "record", fields = entry.params }
  elseif entry.pages then
    arguments[#arguments + 1] = { "params", "record", fields = {} }
  end
  local class = (verb == "each" or verb == "pages" or verb == "all") and "thrive.IterationOptions"
    or entry.bulk and entry.bulk.rest and "thrive.BulkOptions" or "thrive.CallOptions"
  arguments[#arguments + 1] = options_field(class)
  return arguments[position]
end

-- A parameter of the manual or the catalogue, its table's own fields looked up.
local function inside(field, subject)
  local fields = chain.fields_of(field)
  if not fields or field[2] ~= "thrive.IterationOptions" then return fields end
  -- Names of members: those of the records that the list has.
  local names = {}
  for _, known in ipairs(describe.fields_of(subject.group, subject.entry.returns)) do names[#names + 1] = known[1] end
  local copy = {}
  for i, option in ipairs(fields) do
    copy[i] = option
    if option[1] == "fields" then
      copy[i] = { "fields", "array", items = { "name", "string", enum = names }, doc = option.doc }
    elseif option[1] == "dedupe" then
      copy[i] = { "dedupe", "string", enum = names, doc = option.doc }
    end
  end
  return copy
end

local function named(fields, name)
  for _, field in ipairs(fields or {}) do if field[1] == name then return field end end
  return nil
end

--- The parameter that an argument is.
-- @tparam table subject of complete.chain: what is called
-- @tparam integer position which argument
-- @treturn table|nil a parameter as the catalogue and the manual have them
function M.argument(subject, position)
  if subject.kind == "verb" then return argument_of_verb(subject, position) end
  if subject.kind == "entry" then return subject.entry.params and subject.entry.params[position] end
  return nil
end

-- A list whose items may be tables: the item.
local function item_of(field)
  if field.items then return field.items end
  if field.fields and type(field[2]) == "string" and (field[2] == "array" or field[2]:find("%[%]$")) then
    return { field[1], "record", fields = field.fields }
  end
  if field.enum then return { field[1], "string", enum = field.enum } end -- comma-separated, or an array
  return nil
end

--- Goes into a parameter, along the path of a location.
-- @treturn table|nil the parameter whose table the cursor is in
function M.follow(field, path, subject)
  for _, key in ipairs(path) do
    if not field then return nil end
    if key == 0 then field = item_of(field) else field = named(inside(field, subject), key) end
  end
  return field
end

M.inside, M.item_of, M.named = inside, item_of, named

--- Is the manual's parameter the name of a file?
function M.is_path(field) return field ~= nil and field[1] == "path" and not field.enum end

--- What `thrive.help` knows by name.
function M.topics()
  local ok, help = pcall(require, "thrive.help")
  return ok and help.topics() or {}
end

return M
