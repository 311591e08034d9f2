--- Every operation of the catalogue, Aptem's included, for specs and for the generator of the reference.
local describe = require "thrive.describe"

local M = {}

--- The operations: { name = "users.create", entry =, group = }, in order.
M.all = describe.operations

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
