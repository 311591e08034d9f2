--- Who may do what: Basic credentials, bearer tokens with their scopes and their end, and the token endpoint
-- (contract, section 2).
local json = require "thrive.sandbox.json"
local reply = require "thrive.sandbox.reply"
local target = require "thrive.sandbox.target"

local M = {}

local SCOPES = { ["api/all"] = true, ["api/read"] = true, ["api/write"] = true, ["api/webhooks"] = true }
-- What a route asks for → the scopes that allow it; Basic credentials allow everything.
local ALLOWS = {
  read = { "api/read", "api/all" },
  write = { "api/write", "api/all" },
  webhooks = { "api/webhooks", "api/all" },
}
local FORM = { grant_type = true, client_id = true, client_secret = true, scope = true }
local TOKEN = json.shape{ "access_token", "token_type", "expires_in", "scope" }

local function unauthorised(message)
  return nil, reply.error(401, message, { "WWW-Authenticate", 'Basic realm="thrive sandbox"' })
end

--- Checks the credentials of a request.
-- @tparam table tenant
-- @tparam table headers by lower-case name
-- @treturn table|nil principal: `{ scopes = set or nil }`; no scopes: everything is allowed
-- @treturn table reply, when there is no principal
function M.authenticate(tenant, headers)
  local line = headers.authorization
  if not line then return unauthorised("the Authorization header is missing") end
  local scheme = line:match("^%S+"):lower()
  if scheme == "basic" then
    local user, password = target.basic(line)
    if user == tenant.tenant_id and password == tenant.api_key then return {} end
    return unauthorised("the tenant id or the API key is wrong")
  elseif scheme == "bearer" then
    local token = tenant.tokens[line:match("^%S+ +(%S+)$") or ""]
    if not token then return unauthorised("the access token is not known") end
    if token.expires <= tenant.now() then return unauthorised("the access token has expired") end
    return { scopes = token.scopes }
  end
  return unauthorised("the Authorization header must be Basic or Bearer")
end

--- Whether a principal may use a route.
-- @tparam table principal
-- @tparam string need read, write or webhooks
-- @treturn table|nil the 403 reply when it may not
function M.forbidden(principal, need)
  if not principal.scopes then return nil end
  for _, scope in ipairs(ALLOWS[need]) do
    if principal.scopes[scope] then return nil end
  end
  return reply.error(403, "the token's scope does not allow this: it needs " .. table.concat(ALLOWS[need], " or "))
end

-- RFC 6749, section 5.2
local function refused(status, code, description)
  local headers = status == 401 and { "WWW-Authenticate", 'Basic realm="thrive sandbox"' } or nil
  return reply.json(status, { error = code, error_description = description }, headers)
end

local function requested_scopes(text)
  local set, list = {}, {}
  for name in (text or "api/all"):gmatch("[^ ]+") do
    if not SCOPES[name] then return nil, name end
    if not set[name] then
      set[name] = true
      list[#list + 1] = name
    end
  end
  if #list == 0 then return nil, "" end
  return set, table.concat(list, " ")
end

local function issue(tenant, request)
  local kind = (request.headers["content-type"] or ""):lower():match("^[^;%s]*")
  if kind ~= "application/x-www-form-urlencoded" then
    return refused(400, "invalid_request", "the body must be application/x-www-form-urlencoded")
  end
  local form, problems = target.pairs(request.body)
  for name in pairs(form) do
    if not FORM[name] then problems[name] = "is not a parameter of this request" end
  end
  local name, why = next(problems)
  if name then return refused(400, "invalid_request", name .. " " .. why) end

  local id, secret = form.client_id, form.client_secret
  if request.headers.authorization then
    if id or secret then
      return refused(400, "invalid_request", "give the client's credentials in the form or in the header, not in both")
    end
    id, secret = target.basic(request.headers.authorization)
    -- form-encoded before they went into the header: RFC 6749, section 2.3.1
    id, secret = id and target.decode(id, true), secret and target.decode(secret, true)
  end
  if request.args.tenantId ~= tenant.tenant_id or id ~= tenant.client_id or secret ~= tenant.client_secret then
    return refused(401, "invalid_client", "the tenant id, the client id or the client secret is wrong")
  end
  if not form.grant_type then return refused(400, "invalid_request", "grant_type is required") end
  if form.grant_type ~= "client_credentials" then
    return refused(400, "unsupported_grant_type", "grant_type must be client_credentials")
  end
  local scopes, scope = requested_scopes(form.scope)
  if not scopes then return refused(400, "invalid_scope", "there is no scope '" .. scope .. "'") end

  local text = "sandbox-token-" .. tenant.rng:id(tenant.now())
  tenant.tokens[text] = { scopes = scopes, expires = tenant.now() + tenant.token_lifetime * 1000 }
  return reply.json(200, setmetatable({
    access_token = text, token_type = "Bearer", expires_in = tenant.token_lifetime, scope = scope,
  }, TOKEN), { "Cache-Control", "no-store" })
end

M.room = {
  seed = function(tenant) tenant.tokens = {} end,
  routes = {
    -- open: this route reads the credentials itself
    { method = "POST", path = "/oauth2/token/{tenantId}", open = true, raw = true, run = issue },
  },
  commands = {
    expire_tokens = function(tenant)
      local n = 0
      for _, token in pairs(tenant.tokens) do
        if token.expires > tenant.now() then n = n + 1 end
        token.expires = 0
      end
      return n
    end,
  },
}

return M
