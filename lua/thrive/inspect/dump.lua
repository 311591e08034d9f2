--- Any value as Lua would write it, over several lines where it does not fit on one: keys sorted, cycles named, depth, entries
-- and the length of strings bounded.
-- @module thrive.inspect.dump

local text = require "thrive.text"
local values = require "thrive.inspect.value"

local M = {}

local STRING_MOST <const> = 1000 -- bytes of a string that are shown
local NODES_MOST <const> = 5000  -- values in all
local PER_LINE <const> = 16      -- scalars of an array, at most

local paint = values.paint

local function string_literal(s, key, colour)
  s = values.mask(s, key)
  local note = ""
  if #s > STRING_MOST then
    local kept = text.head(s, STRING_MOST)
    note = (" --[[ … %d more bytes ]]"):format(#s - #kept)
    s = kept
  end
  return paint(values.quote(s), "string", colour) .. paint(note, "note", colour)
end

-- What is not a table to be opened, as text; nil for one that is.
local function leaf(job, v, key, depth)
  job.nodes = job.nodes + 1
  if job.nodes > NODES_MOST then return paint("…", "note", job.colour) end
  if type(v) == "string" then return string_literal(v, key, job.colour) end
  local own, kind = values.own(v)
  if own then return paint(depth == 0 and own or "<" .. own .. ">", kind, job.colour) end
  if type(v) ~= "table" then
    if type(v) == "number" and text.is_secret(key) then return paint('"' .. text.MASK .. '"', "string", job.colour) end
    own, kind = values.atom(v)
    return paint(own, kind, job.colour)
  end
  if job.path[v] then return paint(("<cycle%s>"):format(job.path[v]), "note", job.colour) end
  if next(v) == nil then return (values.class(v) and paint("<" .. values.class(v) .. "> ", "note", job.colour) or "") .. "{}" end
  if depth >= job.depth then return paint("{…}", "note", job.colour) end
  return nil
end

local function key_text(job, key)
  if values.is_name(key) then return paint(text.redact(key), "name", job.colour) end
  if type(key) == "string" then return "[" .. string_literal(key, nil, job.colour) .. "]" end
  if type(key) == "table" and not values.own(key) then return ("[<table: %p>]"):format(key) end
  return "[" .. (values.own(key) or (values.atom(key))) .. "]"
end

local function step_text(key)
  return values.is_name(key) and " ." .. key or type(key) == "number" and (" [%s]"):format(values.number(key)) or " […]"
end

local render

-- The entries of a table as { text, key or nil }, those of the array part first, and how many are left out.
local function entries(job, t, depth, width, path)
  local n, list, room = values.length(t), {}, job.height
  for i = 1, n do
    local v = rawget(t, i)
    local scalar = type(v) ~= "table"
    room = room - (scalar and 1 / PER_LINE or 1)
    if room < 0 then
      list.skipped = n - i + 1
      break
    end
    list[i] = { render(job, v, nil, depth + 1, width, path .. step_text(i)), scalar = scalar }
  end
  local keys, count = values.keys(t, job.height, n)
  for _, key in ipairs(keys) do
    local name = key_text(job, key)
    list[#list + 1] = { name .. " = "
      .. render(job, rawget(t, key), key, depth + 1, width - values.width(name) - 3, path .. step_text(key)) }
  end
  list.left = count - #keys
  return list
end

function render(job, v, key, depth, width, path)
  local plain = leaf(job, v, key, depth)
  if plain then return plain end
  local class = values.class(v)
  local opening = (class and paint("<" .. class .. "> ", "note", job.colour) or "") .. "{"
  job.path[v] = path
  local list = entries(job, v, depth, width - 2, path)
  job.path[v] = nil
  -- On one line, if it fits and nothing is left out.
  local total, whole = values.width(opening) + 3, not list.skipped and list.left == 0
  for _, entry in ipairs(list) do
    if not whole then break end
    total = total + values.width(entry[1]) + 2
    whole = total <= width + 2 and not entry[1]:find("\n", 1, true) and not entry[1]:find("--[[", 1, true)
  end
  if whole then
    local words = {}
    for i, entry in ipairs(list) do words[i] = entry[1] end
    return opening .. " " .. table.concat(words, ", ") .. " }"
  end
  -- Else a line for each, but several scalars of an array on one.
  local lines, line, used = { opening }, nil, 0
  local at_most = job.height
  local function flush()
    if line then lines[#lines + 1] = "  " .. line end
    line, used = nil, 0
  end
  local left = (list.skipped or 0) + list.left
  for i, entry in ipairs(list) do
    local s = entry[1]
    local wide = values.width(s)
    if entry.scalar and line and used + wide + 2 <= width - 2 then
      line, used = line .. " " .. s .. ",", used + wide + 2
    else
      flush()
      if #lines > at_most then
        left = left + #list - i + 1
        break
      end
      if entry.scalar then
        line, used = s .. ",", wide + 1
      else
        lines[#lines + 1] = "  " .. s:gsub("\n", "\n  ") .. ","
      end
    end
  end
  flush()
  if left > 0 then lines[#lines + 1] = "  " .. paint(("-- … %d more"):format(left), "note", job.colour) end
  lines[#lines + 1] = "}"
  return table.concat(lines, "\n")
end

--- A value in full.
-- @param v
-- @tparam table options width, height (entries of a table), depth, colour: all given
-- @param[opt] key what it stands under: decides whether it is a secret
-- @treturn string lines without one at the end
function M.render(v, options, key)
  local job = { height = options.height, depth = options.depth, colour = options.colour, path = {}, nodes = 0 }
  return render(job, v, key, 0, options.width, "")
end

return M
