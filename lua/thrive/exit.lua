--- How a run of thrivelua ends: its exit status, and what has to be done before.
--
-- | status | meaning |
-- |--:|---|
-- | 0 | all is done |
-- | 1 | the script failed |
-- | 2 | the command line makes no sense |
-- | 3 | part of it was done (kind `partial`) |
-- | 4 | no credentials, or refused ones (`config`, `auth`) |
-- | 5 | the API refused (`forbidden`, `not_found`, `validation`, `conflict`, `rate_limited`) |
-- | 6 | network or server (`network`, `tls`, `timeout`, `server`, `decode`, `ambiguous`) |
-- | 7 | a guard stopped it (`guard`) |
-- | 130, 143 | ended by Ctrl-C, by SIGTERM |
-- | 141 | `thrivelua api`: nobody read on (`| head -1`) |
-- @module thrive.exit
local M = {}

--- The status by the kind of an error. A cancelled call is the script's own doing: a signal has a status of its own.
M.codes = {
  config = 4, auth = 4, forbidden = 5, not_found = 5, validation = 5, conflict = 5, rate_limited = 5, server = 6, timeout = 6,
  network = 6, tls = 6, decode = 6, ambiguous = 6, partial = 3, guard = 7, cancelled = 1,
}

--- The exit status for what ended a script.
-- @param value what was raised: an error object of this module, or anything else
-- @treturn integer
-- @usage os.exit(require("thrive.exit").code(err))
function M.code(value)
  if type(value) ~= "table" or not require("thrive.core").iserror(value) then return 1 end
  return M.codes[value.kind] or 1
end

--- Where the script was when it raised an error object, for the message that ends it: an object has no position of its own,
-- and "which of my twelve updates?" is the first question. To be called while the stack is still there.
-- @param value what was raised
-- @tparam[opt] string host the file that runs scripts, where that is one of Lua: as in `short_src`
-- @treturn string "leavers.lua:12: "; empty where it is no error object of this module, or no script was running
function M.place(value, host)
  if type(value) ~= "table" or not require("thrive.inspect.value").is_failure(value) then return "" end
  local is_own = require("thrive.repl.raised").is_own
  local level = 1
  repeat
    level = level + 1
    local frame = debug.getinfo(level, "Sl")
    local file = frame and frame.currentline > 0 and frame.short_src
    if file and file ~= host and not is_own(file) then return ("%s:%d: "):format(file, frame.currentline) end
  until not frame
  return ""
end

--- Does what `settings.at_exit` lists, the last one first. Each is called with the status so far and may return another.
-- One that fails is reported on standard error, makes a status of 0 a 1, and keeps no other from its turn.
-- @tparam integer status
-- @treturn integer
function M.finish(status)
  local settings = package.loaded["thrive.settings"]
  local list = settings and settings.at_exit
  while list and list[1] do -- taken out one by one: a second call, from os.exit in one of them, goes on with the rest
    local ok, result = pcall(table.remove(list), status)
    if not ok then
      io.stderr:write("thrivelua: ", tostring(result), "\n")
      if status == 0 then status = 1 end
    elseif result ~= nil then
      status = result
    end
  end
  return status
end

return M
