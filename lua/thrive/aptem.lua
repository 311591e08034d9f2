--- thrive.aptem: the user operations of Aptem, whose learners many Thrive customers provision.
-- @module thrive.aptem

local core = require "thrive.core"
local client = require "thrive.client"
local options = require "thrive.options"
local resource = require "thrive.resource"
local settings = require "thrive.settings"

local M = {}

-- Headers that say something else already.
local taken = { accept = true, connection = true, ["content-length"] = true, ["content-type"] = true, host = true,
  ["transfer-encoding"] = true, ["user-agent"] = true }

local known = {
  tenant = { "string", function(v) return v ~= "" or nil, "the name of the tenant" end },
  token = { "string" },
  base_url = { "string" },
  header = { "string", function(v)
    return v:find("^[%w!#$%%&'*+.^_`|~-]+$") and not taken[v:lower()] or nil, "the name of a header that is not taken"
  end },
}
for name, rule in pairs(options.client) do known[name] = rule end

local function escape(text)
  return (text:gsub("[^%w%-%._~]", function(c) return ("%%%02X"):format(c:byte()) end))
end

--- Makes a client of Aptem. Nothing is sent. Source of the address and the token: Aptem's articles "Transition to
-- tenant-specific APIs" and "Integrating with Aptem"; the header's name is only known from other people's programs.
-- @tparam table given `tenant` and `token`; `base_url` replaces https://{tenant}.aptem.co.uk/api/1.0; `header` (default
--   "X-API-Token"); and of thrive.client's options all that do not name hosts or credentials
-- @treturn client|nil with the group `users`: search{ userId =, refNum =, email = } create(fields) update(id, fields)
--   deactivate(id); and request, plan, stats, close as every client
-- @return nil, or an error object of kind "config"
-- @raise on options of the wrong name or type
-- @usage local aptem = assert(thrive.aptem{ tenant = "acme", token = "…" })
-- local user = assert(aptem.users:search{ refNum = "L-1001" })
function M.new(given)
  if given == nil then given = {} end
  client.check("thrive.aptem", given, known)
  local source = given
  if settings.aptem and not (given.base_url and core.is_loopback(given.base_url)) then
    source = settings.aptem -- --sandbox: as thrive.client
  end
  if not (source.tenant and source.token) then
    return nil, core.error { kind = "config", sent = false, retryable = false,
      message = ("thrive.aptem needs %s"):format(source.tenant and "a token" or "a tenant and a token"),
      hint = "an administrator makes the token in Aptem, for a service account" }
  end
  local tenant = escape(source.tenant)
  local base = (source.base_url or ("https://%s.aptem.co.uk/api/1.0"):format(tenant)):gsub("/+$", "")
  base = base .. "/tenants/" .. tenant
  local ud, state, face = client.open({ tenant = source.tenant, base_url = base, webhooks_url = base, token = source.token,
    auth_header = given.header or source.header or "X-API-Token" }, given)
  if not ud then return nil, state end
  face.users = resource.group(ud, state, "aptem.users")
  for name, method in pairs(client.methods) do face[name] = method end
  local names = options.sorted_keys(face)
  setmetatable(face, { __index = function(_, key)
    if type(key) == "string" then resource.no_such(key, names) end
  end })
  return ud
end

return M
