--- Do these credentials work? For --login and --doctor.
-- @module thrive.trial
local core = require "thrive.core"

local M = {}

local ATTEMPTS <const> = { timeout = 30, max_retries = 1 }

--- Tries the credentials of a client: asks for a token where there has to be one, then for one user. Nothing is written.
-- @param client of thrive.client
-- @treturn string|nil what was found, in words: "they work: 444 users can be read"
-- @return nil, or the error object that came instead. A 403 is one unless a token was given, for a service may well answer
--   that to wrong credentials.
function M.run(client)
  local state = core.state(client)
  if state.needs_token then
    local asked = core.scopes(core.prepare_raw(client, "GET", "api", "/")) or ""
    local host = asked:find("%S") and not asked:find("api/[rwa]") and "webhooks" or "api"
    local err = require("thrive.call").authorize(client, state, host, ATTEMPTS)
    if err then return nil, err end
    local transfer = core.prepare_raw(client, "GET", "api", "/")
    if host == "webhooks" or core.guarded(transfer) == "scope" then
      return ("they work: a token was given%s"):format(asked ~= "" and " for " .. asked or "")
    end
  end
  local page, err = client.users:list({ perPage = 1 }, ATTEMPTS)
  if page then
    local total = page.pagination and page.pagination.totalResults
    return total and ("they work: %d users can be read"):format(total) or "they work: users can be read"
  elseif state.needs_token and err.kind == "forbidden" then
    return "they work: a token was given, but it may not read users"
  end
  return nil, err
end

return M
