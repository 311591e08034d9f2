--- What may be sent to a standard stream: colours, what moves the cursor, lines of which width? One place decides for everything
-- that thrivelua shows.
-- @module thrive.terminal
local system = require("thrive.core").system

local M = {}

local USUAL <const> = 80 -- columns of a terminal that does not tell

local function is_set(name)
  local value = os.getenv(name)
  return value ~= nil and value ~= ""
end

--- Does the stream go to somebody at a terminal?
-- @tparam integer fd 0: standard input, 1: output, 2: standard error
-- @treturn boolean
function M.is(fd) return system.isatty(fd) end

--- Does the terminal obey what moves the cursor? TERM says so.
-- @tparam integer fd
-- @treturn boolean
function M.moves(fd)
  return system.isatty(fd) and is_set("TERM") and os.getenv("TERM") ~= "dumb"
end

--- May there be colours? Where the cursor can be moved and NO_COLOR is not set to anything.
-- @tparam integer fd
-- @treturn boolean
function M.colour(fd) return M.moves(fd) and not is_set("NO_COLOR") end

--- How many columns it has.
-- @tparam integer fd
-- @treturn integer|nil nil where it is no terminal
function M.width(fd)
  if not system.isatty(fd) then return nil end
  return (system.window(fd)) or USUAL
end

return M
