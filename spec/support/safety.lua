--- What the specs of thrivelua's safety share: a sandbox in this process, scripts run against it by a child, as an admin
-- runs them, and what has arrived.
local interp = require "spec.support.interp"
local sandboxes = require "thrive.sandbox"

local M = {}

local Safety = {}
Safety.__index = Safety

local ROOT <const> = interp.root()

--- Starts a sandbox and makes a directory. Close the object.
-- @tparam[opt] table options of the sandbox
function M.new(options)
  return setmetatable({ sandbox = assert(sandboxes.start(options or { users = 60 })), directory = interp.directory() }, Safety)
end

function Safety:__close() self:close() end

function Safety:close()
  self.sandbox:stop()
  interp.remove(self.directory)
end

--- The environment that points a script at the sandbox.
function Safety:environment(more)
  local sandbox = self.sandbox
  local env = { THRIVE_BASE_URL = sandbox.base_url, THRIVE_WEBHOOKS_URL = sandbox.webhooks_url,
    THRIVE_TENANT_ID = sandbox.tenant_id, THRIVE_API_KEY = sandbox.api_key, APTEM_URL = sandbox.aptem_url,
    APTEM_TENANT = sandbox.aptem_tenant, APTEM_TOKEN = sandbox.aptem_token, HOME = self.directory }
  for name, value in pairs(more or {}) do env[name] = value end
  return env
end

--- Runs code as `thrivelua OPTIONS script.lua`; `client` is a client, `list` the refs of the active users.
-- @tparam string options
-- @tparam string code
-- @tparam[opt] table more environment
-- @treturn table out, err, code
function Safety:run(options, code, more)
  interp.write(self.directory .. "/script.lua", [[
local client = assert(thrive.client())
local function active()
  local refs = {}
  for user in client.users:each({ status = "active" }, { fields = { "ref" } }) do refs[#refs + 1] = user.ref end
  return refs
end
local function first(n) return table.move(active(), 1, n, 1, {}) end
local _ = first
]] .. code)
  return interp.run(self.directory, interp.thrivelua(), '"$P" ' .. options .. " script.lua", self:environment(more))
end

--- The same by the rock's thrivelua under lua5.4.
function Safety:run_rock(options, code)
  interp.write(self.directory .. "/script.lua", "local client = assert(thrive.client())\n" .. code)
  return interp.run(self.directory, interp.lua(), ('"$P" %s/bin/thrivelua %s script.lua'):format(ROOT, options),
    self:environment{ LUA_PATH = ROOT .. "/lua/?.lua;;", LUA_CPATH = ROOT .. "/build/?.so;;" })
end

--- The writes that have arrived: "PATCH /rest/…".
function Safety:writes()
  local list = {}
  for _, request in ipairs(self.sandbox:requests()) do
    if request.method ~= "GET" and not request.path:find("^/oauth2/") then
      list[#list + 1] = request.method .. " " .. request.path
    end
  end
  return list
end

--- Active users by what the service counts.
function Safety:active()
  local client <close> = assert(self.sandbox:client{})
  return assert(client.users:count{ status = "active" })
end

--- The text of a file in the directory; nil when it is not there.
function Safety:file(name)
  local file <close> = io.open(self.directory .. "/" .. name, "rb")
  return file and file:read("a")
end

return M
