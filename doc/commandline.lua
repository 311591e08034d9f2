-- commandline.lua — what thrivelua's command line has, as data: for the man page and for the completions of the shells, and
-- for the spec that compares them. From the tables that the program itself reads, so that none can be forgotten.
--
-- Returns { lua = { { flag =, argument =, doc = }, … } (lua's own options), long = { … } (see thrive.longopts), api = { … } (see
-- thrive.api.options), formats = { … } (of -o), methods = { … }, nodes = { … } }. A node is what may stand behind some words
-- of `thrivelua api`: { path = "users list", doc =, children = { { word =, doc = }, … } (groups and verbs), fields = { { name =,
-- doc =, values = { … } }, … }, options = { "output", … } (names of its api options) }.
local api_options = require "thrive.api.options"
local longopts = require "thrive.longopts"
local tree = require "thrive.api.tree"
local words = require("thrive.api").words

local M = { lua = {}, long = longopts.options, api = api_options.list, formats = require("thrive.output").formats, nodes = {} }

for line in longopts.lua_options:gmatch("[^\n]+") do
  local flag, argument, doc = line:match("^  (%-[%w-]?) (%S*) +(.*)$")
  M.lua[#M.lua + 1] = { flag = flag, argument = argument ~= "" and argument or nil, doc = doc }
end

local is_long = {}
for _, option in ipairs(M.long) do is_long[option.name] = true end

-- What thrive.api.words gives behind these words, taken apart.
local function add_node(path, doc)
  local given = {}
  for word in path:gmatch("%S+") do given[#given + 1] = word end
  local node = { path = path, doc = doc, children = {}, fields = {}, options = {} }
  local by_name = {}
  for _, entry in ipairs(words(given)) do
    local word = entry.word
    local name, value = word:match("^([^=-][^=]*)=(.*)$")
    local option = word:match("^%-%-(.*)$")
    assert(word:find("^[%w_.=-]+$"), "this word needs quoting in shells: " .. word)
    if option then
      if api_options.named[option] then
        node.options[#node.options + 1] = option
      else
        assert(is_long[option], option)
      end
    elseif name then
      local field = by_name[name]
      if not field then
        field = { name = name, doc = entry.doc, values = {} }
        by_name[name] = field
        node.fields[#node.fields + 1] = field
      end
      if value ~= "" then field.values[#field.values + 1] = value end
    else
      node.children[#node.children + 1] = { word = word, doc = entry.doc }
    end
  end
  M.nodes[#M.nodes + 1] = node
  return node
end

local root = add_node("", "")
M.methods = {}
for _, child in ipairs(root.children) do
  if child.word:find("^%u+$") then
    M.methods[#M.methods + 1] = child.word
    add_node(child.word, child.doc)
  end
end

local function add_group(name)
  local path, group = tree.words(name), tree.load(name)
  local node = add_node(path, group.doc)
  local is_group = {}
  for _, child in ipairs(group.groups or {}) do is_group[child] = true end
  for _, child in ipairs(node.children) do
    if is_group[child.word] then
      add_group(name .. "." .. child.word)
    else
      add_node(path .. " " .. child.word, child.doc)
    end
  end
end
for _, name in ipairs(tree.groups()) do add_group(name) end

return M
