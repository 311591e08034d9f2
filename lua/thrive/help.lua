--- thrive.help and thrive.apropos: what there is to know about everything public, at the prompt and offline. Operations,
-- parameters and records come from the catalogue, all else from the manual, so that nothing here can be out of date.
-- @module thrive.help
-- @usage thrive.help "users.create"
-- thrive.help(client.users)
-- thrive.apropos "audience"

local layout = require "thrive.help.layout"
local pages = require "thrive.help.pages"
local terminal = require "thrive.terminal"
local texts = require "thrive.text"
local topics = require "thrive.help.topics"

local M = {}

local WIDEST <const> = 100 -- columns: longer lines are hard to read
local MENTIONED <const> = 5 -- topics that speak of what has no help of its own

-- Columns and colour of standard output: those of the terminal, if it is one.
local function look()
  return { width = math.min(terminal.width(1) or 80, WIDEST), colour = terminal.colour(1) }
end

--- What there is to know about a topic, as text.
-- @param topic nil for what there is and how to go on; a name ("users", "users.create", "client.users:create", "User",
--   "errors", "rate_limited", "thrive.map"); or the thing itself: a client, a group, a verb, a function of the module, an
--   error object, a task …
-- @tparam[opt] table options `width` = columns (80), `colour` = headings in bold (false)
-- @treturn string|nil lines, each with a line break
-- @treturn string why there is none, with the nearest names
-- @usage print(help.text("users.create", { width = 100 }))
function M.text(topic, options)
  local found, message = topics.of(topic)
  if not found then
    local asked = type(topic) == "string" and topic:find("^[%w_ .:-]+$") and message:find("^there is no help")
    local hits = asked and M.search(topic) or {}
    if hits[1] then
      local names = {}
      for i = 1, math.min(#hits, MENTIONED) do names[i] = ('"%s"'):format(hits[i].name) end
      message = ("%s; apropos \"%s\" finds %s%s"):format((message:gsub(": apropos .*$", "")), topic, table.concat(names, ", "),
        #hits > MENTIONED and (" and %d more"):format(#hits - MENTIONED) or "")
    end
    return nil, message
  end
  local out = layout.new(options and options.width or 80, options and options.colour or false)
  pages[found.kind](out, found)
  return out:text()
end

--- Prints what there is to know about a topic; public as thrive.help. Never an error, whatever the topic is.
-- @param topic as of `text`
function M.print(topic)
  local options = look()
  local text, message = M.text(topic, options)
  if not text then text = table.concat(layout.wrap(texts.escape(message), options.width), "\n") .. "\n" end
  io.stdout:write(text)
end

--- The names of all topics, sorted.
-- @treturn table array of strings
function M.topics() return topics.names() end

-- ---- apropos --------------------------------------------------------------------------------------------------------

-- Everything that is said of a topic, without what every page says.
local function text_of(topic)
  local parts = {}
  local function add(text) parts[#parts + 1] = text end
  local function add_list(list)
    for _, param in ipairs(list or {}) do
      add(param[1])
      add(param.doc)
      for _, name in ipairs(param.enum or {}) do add(name) end
      add_list(param.fields)
      if param.items then add_list(param.items.fields) end
    end
  end
  local entry = topic.entry
  if topic.kind == "manual" then
    add(entry.doc)
    add(entry.advice or "")
    add(entry.raises or "")
    for _, name in ipairs(entry.also or {}) do add(name) end
    add_list(entry.params)
    add_list(entry.returns)
    add_list(entry.fields)
  elseif topic.kind == "operation" then
    add(entry.doc)
    add(entry.path)
    add(entry.returns or "")
    add_list(entry.args)
    add_list(entry.params)
    if entry.list then add_list { entry.list } end
  elseif topic.kind == "record" then
    add_list(topic.record)
  else
    add(topic.group.doc)
  end
  return (table.concat(parts, "\n"):lower():gsub("`", ""))
end

-- What a topic is, in one line.
local function summary_of(topic)
  if topic.kind == "manual" or topic.kind == "operation" then return pages.summary(topic.entry.doc) end
  if topic.kind == "group" then return pages.summary(topic.group.doc) end
  local names = {}
  for i, field in ipairs(topic.record) do names[i] = field[1] end
  return "record: " .. table.concat(names, ", ")
end

-- How well a topic fits: nil not at all, else the smaller the better.
local function rank(topic, words, phrase)
  local name, summary, text = topic.name:lower(), nil, nil
  if name == phrase then return 0 end
  local worst = 1
  for _, word in ipairs(words) do
    local grade
    if (" " .. name:gsub("[.:]", " ") .. " "):find(" " .. word .. " ", 1, true) then
      grade = 1
    elseif name:find(word, 1, true) then
      grade = 2
    else
      summary = summary or summary_of(topic):lower()
      if summary:find(word, 1, true) then
        grade = 3
      else
        text = text or text_of(topic)
        if not text:find(word, 1, true) then return nil end
        grade = 4
      end
    end
    worst = math.max(worst, grade)
  end
  return worst
end

--- The topics whose name or text has all the words, the best first: those that are called so, then those whose summary
-- has them, then those whose text does.
-- @tparam string ... words, or parts of words; in any case
-- @treturn table array of { name =, summary = }
function M.search(...)
  local words = {}
  for _, text in ipairs { ... } do
    for word in tostring(text):lower():gmatch("%S+") do words[#words + 1] = word end
  end
  if #words == 0 then return {} end
  local found, phrase = {}, table.concat(words, " ")
  for _, topic in ipairs(topics.all()) do
    local grade = rank(topic, words, phrase)
    if grade then found[#found + 1] = { name = topic.name, summary = summary_of(topic), grade = grade } end
  end
  table.sort(found, function(a, b)
    if a.grade ~= b.grade then return a.grade < b.grade end
    return a.name < b.name
  end)
  for _, hit in ipairs(found) do hit.grade = nil end
  return found
end

--- Prints the topics that have all the words, one on a line; public as thrive.apropos.
-- @tparam string ... words, or parts of words
-- @usage thrive.apropos("audience", "replace")
function M.apropos(...)
  local found, width = M.search(...), look().width
  if #found == 0 then
    local words = {}
    for i = 1, select("#", ...) do words[i] = tostring((select(i, ...))) end
    local asked = texts.escape(table.concat(words, " "))
    local text = asked:find "%S" and ("nothing: no topic has all of %s\n"):format(asked)
      or 'apropos "audience" shows the topics that have a word\n'
    io.stdout:write(text)
    return
  end
  local widest = 0
  for _, hit in ipairs(found) do widest = math.max(widest, #hit.name) end
  for _, hit in ipairs(found) do
    io.stdout:write((texts.cut(texts.pad(hit.name, widest + 2) .. hit.summary, width)), "\n")
  end
end

return M
