--- What Tab does at the prompt: takes the candidates of thrive.complete and says what to insert or what to show.
-- @module thrive.repl.tab
local texts = require "thrive.text"

local M = {}

local MOST <const> = 100 -- candidates that are shown
local GAP <const> = 2

-- The longest text that all words begin with, never half a character.
local function common(words)
  local prefix = words[1]
  for i = 2, #words do
    local word, n = words[i], 0
    while n < #prefix and prefix:byte(n + 1) == word:byte(n + 1) do n = n + 1 end
    prefix = prefix:sub(1, n)
  end
  while not utf8.len(prefix) and prefix ~= "" do prefix = prefix:sub(1, -2) end
  return prefix
end

-- Words in columns, downwards, as many as fit.
local function listing(words, width)
  local count, widest = math.min(#words, MOST), 0
  for i = 1, count do widest = math.max(widest, texts.width(words[i])) end
  local columns = math.max(1, (width + GAP) // (widest + GAP))
  local rows = (count + columns - 1) // columns
  local lines = {}
  for row = 1, rows do
    local line = {}
    for i = row, count, rows do
      local word = words[i]
      line[#line + 1] = i + rows <= count and texts.pad(word, widest + GAP) or word
    end
    lines[row] = table.concat(line)
  end
  if #words > count then lines[#lines + 1] = ("… and %d more"):format(#words - count) end
  return table.concat(lines, "\n") .. "\n"
end

--- Decides what to do.
-- @tparam table|nil found what thrive.complete gave: `first`, `words`, `append`
-- @tparam string text the text that is completed
-- @tparam integer cursor bytes before the cursor
-- @tparam integer width columns of the terminal
-- @treturn integer characters to take away before the cursor
-- @treturn string|nil what to put there
-- @treturn string|nil lines to show
function M.decide(found, text, cursor, width)
  local words = found and found.words
  if not words or not words[1] then return 0 end
  local typed = text:sub(found.first, cursor)
  local insert = common(words)
  if not words[2] and found.append and text:sub(cursor + 1, cursor + #found.append) ~= found.append then
    insert = insert .. found.append
  end
  if insert:sub(1, #typed) == typed then
    if #insert > #typed then return 0, insert:sub(#typed + 1) end
  elseif not words[2] then
    return utf8.len(typed) or #typed, insert -- the word is written otherwise than what was typed
  end
  if words[2] then return 0, nil, listing(words, width) end
  return 0
end

return M
