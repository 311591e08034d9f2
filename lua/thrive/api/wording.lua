--- What the module says to scripts, said to the command line. Its checks of a call (src/map.c, src/value.c, thrive.resource),
-- thrive.csv and the catalogue speak of arguments, tables and options of Lua; every phrase of theirs that means nothing behind
-- `thrivelua api` stands here, beside what it is called there.
-- @module thrive.api.wording

local M = {}

-- Phrase, as a pattern, and what stands for it.
local CALLS <const> = {
  { "argument #%d+ %(([%w_]+)%)", "'%1'" },
  { "'content%.user%.", "'" }, -- the command line makes the envelope of an event
  { "options%.split = true", "--split" },
  { "options%.fields", "--fields" },
  { " or an epoch second", "" },
  { "a table of names and values", "JSON (name:=…)" },
  { "a table of fields", "JSON (name:=…)" },
  { "%(got table%)", "(got JSON)" },
  { "%(got thrive%.null%)", "(got null)" },
}

local ROWS <const> = { { "'[%w_]+%[1%]%.", "'" } } -- each row is the first entry of a list of its own

local FILES <const> = {
  { 'encoding = "([^"]*)"', "--encoding %1" },
  { 'name its encoding %(Excel\'s is often "([^"]*)"%)', "name its encoding (Excel's is often --encoding %1)" },
  { 'name its encoding %("([^"]*)"%)', "name its encoding (--encoding %1)" },
}

local TEXTS <const> = {
  { "thrive%.null", "null" },
  { "options%.split = true", "--split" },
  { "skills:levels%(%)", "'skills levels'" },
}

local function reworded(text, phrases)
  for _, phrase in ipairs(phrases) do text = text:gsub(phrase[1], phrase[2]) end
  return text
end

--- What the check of a call says.
-- @tparam string problems without the name of the verb
-- @treturn string
function M.of_call(problems) return reworded(problems, CALLS) end

--- The same of a call whose list has one entry, a row of a file.
-- @tparam string problems as `of_call` gives them
-- @treturn string
function M.of_row(problems) return reworded(problems, ROWS) end

--- What thrive.csv says about a file.
-- @tparam string text
-- @treturn string
function M.of_file(text) return reworded(text, FILES) end

--- A text of the catalogue.
-- @tparam string text
-- @treturn string
function M.of_text(text) return reworded(text, TEXTS) end

return M
