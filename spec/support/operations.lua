--- Every operation of the catalogue, Aptem's included, for specs and for the generator of the reference.
local catalogue = require "thrive.catalogue"

local M = {}

local function add(list, name)
  local group = catalogue.load(name)
  list[#list + 1] = group
  for _, child in ipairs(group.groups or {}) do add(list, name .. "." .. child) end
end

--- The groups, each before its subgroups, in the catalogue's order; Aptem's last.
function M.groups()
  local list = {}
  for _, name in ipairs(catalogue.groups) do add(list, name) end
  add(list, "aptem.users")
  return list
end

--- The operations: { name = "users.create", entry =, group = }, in order.
function M.all()
  local list = {}
  for _, group in ipairs(M.groups()) do
    for _, entry in ipairs(group.operations) do
      list[#list + 1] = { name = group.name .. "." .. entry.verb, entry = entry, group = group }
    end
  end
  return list
end

--- The path with every argument blotted out, to compare with paths that name them otherwise.
function M.shape(path) return (path:gsub("{[^}]*}", "{}")) end

--- Whether one of the sandbox's routes answers this operation. Aptem's base path is the sandbox's choice.
function M.has_route(entry, aptem)
  local wanted = M.shape(entry.path)
  if aptem then wanted = "/tenants/{}" .. wanted end
  for _, room in ipairs(require("thrive.sandbox.rooms")) do
    for _, route in ipairs(room.routes or {}) do
      local path = M.shape(route.path)
      if route.method == entry.method and (path == wanted or aptem and path:sub(-#wanted) == wanted) then return true end
    end
  end
  return false
end

return M
