--- Runs `thrivelua api …` against a tenant of the spec's own: children of the shell, in a directory and with an
-- environment that hold nothing of this machine's.
local interp = require "spec.support.interp"

local M = {}

--- Starts a sandbox of `users` people, and makes a directory.
-- @treturn table `sandbox`, `directory`; run(words), sh(command), fault, close
function M.start(users)
  local self = setmetatable({
    sandbox = require("thrive.sandbox").start { users = users or 30 }, directory = interp.directory(),
  }, { __index = M })
  local sandbox = self.sandbox
  self.env = {
    THRIVE_BASE_URL = sandbox.base_url, THRIVE_WEBHOOKS_URL = sandbox.webhooks_url, THRIVE_TENANT_ID = sandbox.tenant_id,
    THRIVE_API_KEY = sandbox.api_key, HOME = self.directory, XDG_CONFIG_HOME = self.directory,
    XDG_STATE_HOME = self.directory,
  }
  return self
end

function M:close()
  self.sandbox:stop()
  interp.remove(self.directory)
end

--- Runs a shell command; "$P" is thrivelua.
-- @treturn table out, err, code
function M:sh(command, stdin, env)
  local all = {}
  for name, value in pairs(self.env) do all[name] = value end
  for name, value in pairs(env or {}) do all[name] = value or nil end
  return interp.run(self.directory, interp.thrivelua(), command, all, stdin)
end

--- Runs `thrivelua api` with these words, as a shell reads them.
function M:api(words, stdin, env)
  return self:sh('"$P" api ' .. words, stdin, env)
end

--- Starts `thrivelua` with these words in the background, standard error going to the file "err".
-- @treturn string its process id
-- @treturn function waits for its end → what it printed, the exit status as a shell sees it
function M:launch(words)
  local command = interp.command(self.directory, interp.thrivelua(), 'echo $$; exec "$P" ' .. words .. " 2>err", self.env)
  local pipe = assert(io.popen(command))
  return pipe:read("l"), function()
    local out = pipe:read("a")
    local _, how, code = pipe:close()
    return out, how == "signal" and 128 + code or code
  end
end

--- Writes a file into the directory; returns its name.
function M:file(name, text)
  interp.write(self.directory .. "/" .. name, text)
  return name
end

--- What a file in the directory holds.
function M:read(name)
  local file = assert(io.open(self.directory .. "/" .. name, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

--- The records of NDJSON text.
function M.records(text)
  local json, list = require("thrive.core").json, {}
  for line in text:gmatch("[^\n]+") do list[#list + 1] = assert(json.decode(line)) end
  return list
end

--- How many writes have arrived at the sandbox since it was asked last.
function M:writes()
  local n = 0
  for _, request in ipairs(self.sandbox:requests()) do
    if request.method ~= "GET" and not request.path:find("token", 1, true) then n = n + 1 end
  end
  self.sandbox:clear_requests()
  return n
end

return M
