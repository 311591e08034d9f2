--- How `thrivelua api` gives up: one line on standard error and an exit status.
-- @module thrive.api.fail

local M = {}

local Failure = { __name = "thrive.api.failure" }
function Failure.__tostring(failure) return failure.message or "" end

--- Ends the run.
-- @tparam integer status
-- @tparam[opt] string message nil: quietly
function M.stop(status, message) error(setmetatable({ status = status, message = message }, Failure), 0) end

--- Ends the run with 2: the command line makes no sense.
-- @tparam string message
-- @tparam[opt] string more a second line
function M.usage(message, more)
  error(setmetatable({ status = 2, message = message, more = more }, Failure), 0)
end

--- Is this what stop and usage raise?
function M.is(value) return getmetatable(value) == Failure end

--- Is this what Ctrl-C raises?
function M.is_interrupt(value) return require("thrive.scheduler").is_interrupt(value) end

--- The exit status of an error object.
function M.code(err) return require("thrive.exit").code(err) end

--- Text for people, on standard error, behind whatever is on its way to standard output.
function M.note(text, ...)
  io.stdout:flush()
  if select("#", ...) > 0 then text = text:format(...) end
  io.stderr:write("thrivelua: ", require("thrive.text").escape_lines(text), "\n")
end

return M
