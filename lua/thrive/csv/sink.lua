--- Where a writer's text goes: a file at a path, a file that is open already, a text. Each has `write(self, …)` and
-- `close(self, failed)`, which return true, or nil and why; failed: what was written is not complete.
-- @module thrive.csv.sink

local reason = require("thrive.csv.fault").reason

local M = {}

local File = {}
File.__index = File

function File:write(...)
  local ok, why = self.file:write(...)
  return ok and true, why
end

-- A file that was handed in: it stays open.
function File:close()
  local ok, why = self.file:flush()
  return ok and true, why
end

local Owned = setmetatable({ write = File.write }, { __index = File })
Owned.__index = Owned

function Owned:close()
  local flushed, why = self.file:flush()
  local ok, problem = self.file:close()
  return flushed and ok and true, why or problem
end

local begun = 0 -- files that are to replace others

local Replacing = setmetatable({ write = File.write }, { __index = File })
Replacing.__index = Replacing

function Replacing:close(failed)
  local synced, why = true, nil
  if not failed then synced, why = require("thrive.core").system.sync(self.file) end
  local ok, problem = self.file:close()
  ok, problem = synced and ok, why or problem
  if not failed and ok then
    ok, problem = os.rename(self.temporary, self.path)
    problem = problem and reason(self.temporary, problem)
  end
  if failed or not ok then os.remove(self.temporary) end
  return ok and true, problem
end

--- An open file. @tparam file file
function M.file(file) return setmetatable({ file = file }, File) end

--- A file at a path, emptied if it is there. @treturn table|nil the sink; or nil and why
function M.path(path)
  local file, why = io.open(path, "wb")
  if not file then return nil, reason(path, why) end
  return setmetatable({ file = file }, Owned)
end

--- A file that is written beside the path and takes its place when it is complete. What is no regular file (/dev/stdout, a
-- named pipe) cannot be replaced, and is written to. @treturn table|nil the sink; or nil and why
function M.replacing(path)
  local system = require("thrive.core").system
  local there = system.stat(path)
  if there and there.type ~= "file" then return M.path(path) end
  local temporary, file, why
  repeat -- one of its own for every writer; what is there is another's, or of an earlier process that was killed
    begun = begun + 1
    temporary = ("%s.%d-%d.new"):format(path, system.pid(), begun)
    file, why = system.create(temporary, there and there.mode or tonumber("666", 8), "exclusive")
  until file or not system.stat(temporary)
  if not file then return nil, reason(temporary, why) end
  return setmetatable({ file = file, path = path, temporary = temporary }, Replacing)
end

--- A text. `sink.parts` are its pieces.
function M.text()
  local parts, n = {}, 0
  local function write(_, ...)
    for i = 1, select("#", ...) do
      n = n + 1
      parts[n] = select(i, ...)
    end
    return true
  end
  return { parts = parts, write = write, close = function() return true end }
end

return M
