--- What may come next on the command line of `thrivelua api`: for the completion of shells.
-- @module thrive.api.words

local options = require "thrive.api.options"
local tree = require "thrive.api.tree"
local values = require "thrive.api.values"

local M = {}

-- The values that a parameter or an option can have, when they can be listed.
local function choice(param)
  if param[2] == "boolean" then return { "true", "false" } end
  return param.enum or param.values
end

-- What stands behind `api` so far: group, verb, and the option that waits for its value.
local function follow(words)
  local group, verb, raw, waiting
  for _, word in ipairs(words) do
    local name = word:match("^%-%-([^=]+)$") or word:match("^%-(%a)$")
    if waiting then
      waiting = nil
    elseif name then
      local option = options.named[name]
      if option then
        waiting = option[2] and option
      elseif verb then
        local found = values.find(values.names(verb.entry), name)
        waiting = found and (found.param or {})
      end
      for _, known in ipairs(not option and not waiting and require("thrive.longopts").options or {}) do
        if known.name == name and known.argument then waiting = { known.name } end
      end
    elseif word:sub(1, 1) ~= "-" and not verb and not raw then
      for piece in word:gmatch("[^.]+") do
        if not group then
          for _, known in ipairs(tree.groups()) do
            if tree.plain(known) == tree.plain(piece) then group = tree.load(known) end
          end
          raw = not group and piece or nil
        else
          local child, found = tree.find(group, piece)
          if child then group = tree.load(child) else verb = found end
        end
      end
    end
  end
  return group, verb, raw, waiting
end

--- See thrive.api.words.
function M.list(words)
  local list = {}
  local function add(word, doc) list[#list + 1] = { word = word, doc = doc } end
  local group, verb, raw, waiting = follow(words)
  if waiting then
    local known = waiting.choice and require("thrive.output").formats or choice(waiting)
    for _, value in ipairs(known or {}) do add(value, "") end
    return list
  elseif verb then
    local function add_fields(params, prefix)
      for _, param in ipairs(params) do
        local name, values_of = prefix .. param[1], choice(param)
        if param.fields then
          add_fields(param.fields, name .. ".")
        elseif not param.omit then
          for _, value in ipairs(values_of or {}) do add(("%s=%s"):format(name, value), param.doc) end
          if not values_of then add(name .. "=", param.doc) end
        end
      end
    end
    add_fields((tree.fields(verb.entry)), "")
  elseif group then
    for _, child in ipairs(group.groups or {}) do add(child, tree.load(group.name .. "." .. child).doc) end
    for _, one in ipairs(tree.verbs(group)) do
      if not one.alias then add(tree.spelt(one.verb), one.doc) end
    end
  elseif not raw then
    for _, name in ipairs(tree.groups()) do add(name, tree.load(name).doc) end
    for _, method in ipairs(tree.methods) do add(method, "a request by method and path") end
  end
  local sorts = (verb or raw) and options.sorts(verb) or {}
  for _, option in ipairs(options.list) do
    if options.fits(option, sorts) then add("--" .. option[1], option.doc) end
  end
  for _, option in ipairs(require("thrive.longopts").options) do
    if not option.program and not options.named[option.name] then add("--" .. option.name, option.doc) end
  end
  return list
end

return M
