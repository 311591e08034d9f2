--- The catalogue as the command line sees it: groups, what is in them, which names a verb takes.
-- @module thrive.api.tree

local M = {}

--- The methods of a request by path.
M.methods = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" }

--- The names of the groups that stand first, in the catalogue's order.
-- @treturn {string,...}
function M.groups() return require("thrive.catalogue").groups end

--- A group of the catalogue.
-- @tparam string name such as "users" or "cpd.categories"
-- @treturn table
function M.load(name) return require("thrive.catalogue").load(name) end

-- What iterates, next to the list that it reads: how the command line runs it, and what it is for.
local sisters = {
  { "all", "all", "the same as list --all" },
  { "each", "all", "the same as list --all" },
  { "pages", "all", "the same as list --all" },
  { "count", "count", "Prints how many records there are." },
}

--- What a group can do, in the catalogue's order. A verb is { verb = "get_by_ref", name = "users.get_by_ref", entry =,
-- group =, how = nil | "all" | "count", doc =, alias = true where it is another word for a list }.
-- @tparam table group
-- @treturn {table,...}
function M.verbs(group)
  local list = {}
  for _, entry in ipairs(group.operations) do
    local name = group.name .. "." .. entry.verb
    list[#list + 1] = { verb = entry.verb, name = name, entry = entry, group = group, doc = entry.doc }
    if entry.pages then
      for _, sister in ipairs(sisters) do
        list[#list + 1] = { verb = sister[1], name = name, entry = entry, group = group, how = sister[2], doc = sister[3],
          alias = sister[2] == "all" }
      end
    end
  end
  return list
end

--- Spelling that does not matter: first-name, first_name and firstName are one.
-- @tparam string name
-- @treturn string
function M.plain(name) return (name:lower():gsub("[-_]", "")) end

--- What a word means in a group: a subgroup's name, or a verb.
-- @tparam table group
-- @tparam string word in any spelling
-- @treturn string|nil "users" … of a subgroup, with the groups above it
-- @treturn table|nil the verb
function M.find(group, word)
  local plain = M.plain(word)
  for _, child in ipairs(group.groups or {}) do
    if M.plain(child) == plain then return group.name .. "." .. child end
  end
  for _, verb in ipairs(M.verbs(group)) do
    if M.plain(verb.verb) == plain then return nil, verb end
  end
  return nil
end

--- A verb as it is written here: "get-by-ref".
function M.spelt(verb) return (verb:gsub("_", "-")) end

--- A name in the catalogue as words: "audiences.members" → "audiences members".
function M.words(name) return (name:gsub("%.", " "):gsub("_", "-")) end

--- The parameter of this name in an array of them.
function M.parameter(params, name)
  for _, param in ipairs(params or {}) do if param[1] == name then return param end end
  return nil
end

--- The named values that a verb takes besides its path arguments: fields of a write, parameters of a list, what describes
-- one entry of a list of records, or the user of an event with the details of the envelope.
-- @tparam table entry of the catalogue
-- @treturn {table,...} parameters as in the catalogue
-- @treturn boolean do other names go as they are?
function M.fields(entry)
  if entry.event then
    local user = M.parameter(M.parameter(entry.params, "content").fields, "user")
    local list = table.move(user.fields, 1, #user.fields, 1, {})
    list[#list + 1] = { "id", "string", detail = true, doc = "unique id of the event; made when none is given" }
    list[#list + 1] = { "timestamp", "date", date = "iso", detail = true, doc = "when it happened; now when none is given" }
    return list, user.open
  elseif entry.list then
    return entry.list.items.fields or {}, false
  end
  return entry.params or {}, false
end

--- Does this verb take a list, and are its entries records?
-- @treturn boolean, boolean
function M.takes_list(entry)
  return entry.list ~= nil, entry.list ~= nil and entry.list.items[2] == "record"
end

--- The documented fields of what comes back, in order: what it extends first.
-- @tparam table group
-- @tparam string name of the record
-- @treturn {string,...}
function M.order(group, name)
  local list = {}
  for i, field in ipairs(require("thrive.describe").fields_of(group, name)) do list[i] = field[1] end
  return list
end

return M
