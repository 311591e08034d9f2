--- Where this user's files of thrive are, as the XDG Base Directory Specification wants it.
-- @module thrive.xdg
local M = {}

-- kind → variable, directory below the home directory
local places = {
  config = { "XDG_CONFIG_HOME", ".config" },
  state = { "XDG_STATE_HOME", ".local/state" },
}

local function absolute(path)
  return path and path:sub(1, 1) == "/" and path or nil
end

--- The path of a file of ours. Nothing is made, and nothing has to be there.
-- @tparam string kind "config" or "state"
-- @tparam string name of the file
-- @treturn string|nil such as "/home/ada/.local/state/thrive/history"; nil for a user without a home directory. A variable
--   that is empty or holds a relative path counts as not set; instead of such a HOME the user database is asked.
-- @usage xdg.path("state", "history")
function M.path(kind, name)
  local variable, below = table.unpack(places[kind])
  local base = absolute(os.getenv(variable))
  if not base then
    local home = absolute(os.getenv("HOME")) or absolute(require("thrive.core").system.home())
    base = home and home:gsub("/+$", "") .. "/" .. below
  end
  return base and ("%s/thrive/%s"):format(base:gsub("/+$", ""), name)
end

return M
