--- Sessions of thrivelua's prompt for specs: in a real terminal, in a directory that is the user's home.
local interp = require "spec.support.interp"
local terminal = require "spec.support.terminal"

local M = {}

--- A fresh home directory; close it.
function M.home()
  return setmetatable({ path = interp.directory() }, { __close = function(self) interp.remove(self.path) end })
end

local Session = {}
setmetatable(Session, { __index = function(_, name)
  return function(self, ...)
    local results = table.pack(self.terminal[name](self.terminal, ...))
    if results[1] == self.terminal then return self end
    return table.unpack(results, 1, results.n)
  end
end })

local function close(self)
  self.terminal:close()
end

--- Starts one, and waits for its prompt.
-- @tparam table home of `home`
-- @tparam[opt=""] string arguments
-- @tparam[opt] table options as of terminal.open; `prompt`: a pattern for the end of the screen (">$")
function M.open(home, arguments, options)
  options = options or {}
  local given = { program = interp.thrivelua(), command = 'exec "$P" ' .. (arguments or ""), directory = home.path }
  for name, value in pairs(options) do given[name] = value end
  local self = setmetatable({ terminal = terminal.open(given) }, { __index = Session, __close = close })
  self:wait_for(options.prompt or ">$")
  return self
end

--- Types a line and runs it.
function Session:enter(line)
  self.terminal:type(line):key("Enter")
  return self
end

--- Waits until the screen ends in these lines and a prompt. `%` in them is no pattern.
function Session:ends_in(...)
  local wanted = "\n" .. table.concat({ ... }, "\n") .. "\n"
  return self.terminal:wait_for(function(screen)
    local above, last = ("\n" .. screen):match("^(.*\n)([^\n]*)$")
    return last:find(">$") and above:sub(-#wanted) == wanted
  end)
end

--- Resizes while a line is edited, and waits until that is drawn anew: terminals tell of it when they please.
function Session:resize(columns, rows)
  local function drawn() return select(2, self.terminal:raw():gsub("\27%[J", "")) end
  local before = drawn()
  self.terminal:resize(columns, rows)
  self.terminal:wait_for(function() return drawn() > before end)
  return self
end

--- Ends the session; returns its exit status.
function Session:leave()
  self.terminal:key("C-d")
  return self.terminal:exit_code()
end

return M
