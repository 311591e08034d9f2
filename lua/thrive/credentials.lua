--- Who is talked to, and as whom: the call's arguments, then the environment, then a profile.
-- @module thrive.credentials
local core = require "thrive.core"
local options = require "thrive.options"
local settings = require "thrive.settings"

local M = {}

--- Hosts per region, of the API and of webhooks. Thrive's apidocs, "OAuth API authentication".
M.regions = {
  production = { "https://public.api.learn.link", "https://user.api.learn.link" },
  staging = { "https://public.api.learnstaging.link", "https://user.api.learnstaging.link" },
  ["production-mea"] = { "https://public.api.mea.learn.tech", "https://user.api.mea.learn.tech" },
  ["staging-mea"] = { "https://public.api.meastaging.learn.tech", "https://user.api.meastaging.learn.tech" },
}

-- What goes with a secret, and what of it says where it goes.
local plain = { "tenant_id", "client_id", "scope", "region", "base_url", "webhooks_url" }
local hosts = { region = true, base_url = true, webhooks_url = true }

-- A level of the chain is a function: name → value, where it is from. Secrets of the environment and of commands are read by
-- C when the client is made, never here: { env = NAME } and { command = LINE, … } tell it where.

local function arguments(given)
  return function(name) return given[name], "the arguments" end
end

local function environment(name)
  local variable = "THRIVE_" .. name:upper()
  if name == "scope" or not core.has_env(variable) then return nil end -- there is no THRIVE_SCOPE
  for _, secret in ipairs(options.secrets) do
    if name == secret then return { env = variable }, variable end
  end
  return os.getenv(variable), variable
end

local LIMIT <const> = 60 -- seconds for a command where nobody can be asked: what waits then waits for ever

local function has_terminal()
  local terminal <close> = io.open("/dev/tty", "rb")
  return terminal ~= nil
end

-- The program that a line of the shell begins with. The rest is nobody's business: it may hold what opens a safe.
local function program_of(command)
  local program, stop = command:match("^%s*([%w_./+-]+)%f[%s;|&<>\0]()")
  return program and program .. (stop <= #command and " …" or "")
end

local function profile_level(profile, label)
  return function(name)
    local command = profile[name .. "_command"]
    if command == nil then return profile[name], label end
    local what, program = ("%s_command of %s"):format(name, label), program_of(command)
    return {
      command = command, program = program, name = program and ("%s (%s)"):format(what, program) or what,
      limit = not has_terminal() and LIMIT or nil,
    }, what
  end
end

-- The first level that holds a secret decides the kind of credentials; what goes with it may come from the levels below.
local function take_secrets(config, from, level)
  local found
  for _, name in ipairs(options.secrets) do
    local value, where = level(name)
    if value ~= nil then
      config[name], from[name] = value, where
      found = found or name
    end
  end
  return found
end

-- A level that names a host silences those of the levels below: one tenant's calls must not go to two places.
local function take_plain(config, from, levels)
  local placed = false
  for _, level in ipairs(levels) do
    local places = false
    for _, name in ipairs(plain) do
      if config[name] == nil and not (placed and hosts[name]) then
        local value, where = level(name)
        if value ~= nil then config[name], from[name] = value, where end
        places = places or value ~= nil and (name == "region" or name == "base_url")
      end
    end
    placed = placed or places
  end
end

local ARGUMENTS <const> = "the arguments (tenant_id with api_key or client_secret, or token)"
local ENVIRONMENT <const> = "THRIVE_TENANT_ID with THRIVE_API_KEY or THRIVE_CLIENT_SECRET, and THRIVE_TOKEN, in the environment"

-- The error that lists every place looked in. all: the profiles of the file; nil where there is none.
local function missing(name, named, path, all)
  local message, hint
  if named then
    message = ("no credentials: looked at %s and at profile \"%s\" in %s, which has no api_key, client_secret, token, nor a "
      .. "command for one (the environment does not count where a profile is named)"):format(ARGUMENTS, name, path)
    hint = "correct the file, or run thrivelua --login --profile " .. require("thrive.text").shell_word(name)
  else
    local names = all and options.sorted_keys(all) or {}
    local profile = "no file of profiles, for this user has no home directory"
    if path then
      profile = ("profile \"%s\" in %s, which %s"):format(name, path, not all and "does not exist"
        or all[name] and "has no api_key, client_secret, token, nor a command for one"
        or ("has no such profile (it has %s)"):format(#names > 0 and table.concat(names, ", ") or "none"))
    end
    message = ("no credentials: looked at %s, at %s, and at %s"):format(ARGUMENTS, ENVIRONMENT, profile)
    hint = #names > 0 and "set them, or name a profile: thrivelua --profile NAME script.lua"
      or "set them, make a profile (thrivelua --login), or try the sandbox: thrivelua --sandbox script.lua"
  end
  return nil, core.error { kind = "config", message = message, hint = hint, sent = false, retryable = false },
    named and name or nil
end

--- The name of the profile that somebody asked for, or nil: the argument, --profile, THRIVE_PROFILE.
-- @tparam table given the arguments
function M.named(given)
  return given.profile or settings.profile or core.has_env("THRIVE_PROFILE") and os.getenv("THRIVE_PROFILE") or nil
end

local function has_tenant(levels)
  for _, level in ipairs(levels) do
    if level "tenant_id" ~= nil then return true end
  end
  return false
end

--- Puts together who is talked to, and as whom. A profile that is named (as an argument, by --profile, by THRIVE_PROFILE)
-- silences the environment; profile "default" is only looked at when arguments and environment hold no secret, or none with its
-- tenant.
-- @tparam table given the arguments of thrive.client, checked
-- @treturn table|nil for core.client: secrets, ids, scope, region, base_url, webhooks_url
-- @return info table: `kind` (api_key, client_secret, token), `source` ("arguments", "environment", "profile"; "sandbox"),
--   `from` (name → where it is from, in words), `profile` and `path` (the one that was read), `settings` (its other options:
--   timeout …);
--   or an error object of kind "config"
-- @treturn string|nil of a failure: the name of the profile that was asked for
function M.resolve(given)
  local config, info = {}, { from = {}, settings = {} }
  if settings.base_client and not (given.base_url and core.is_loopback(given.base_url)) then
    -- --sandbox: whatever credentials a script names, it talks to the sandbox, or to a server of its own on this machine.
    info.kind, info.source = take_secrets(config, info.from, arguments(settings.base_client)), "sandbox"
    take_plain(config, info.from, { arguments(settings.base_client) })
    return config, info
  end

  local named = M.named(given)
  local levels, sources = { arguments(given) }, { "arguments" }
  if not named then levels[2], sources[2] = environment, "environment" end
  for i, level in ipairs(levels) do
    info.kind = take_secrets(config, info.from, level)
    if info.kind then
      info.source = sources[i]
      break
    end
  end

  local stray = info.kind and info.kind ~= "token" and not has_tenant(levels) -- a secret whose tenant nobody has named yet
  if named or not info.kind or stray then
    local profiles = require "thrive.profile"
    local name = named or "default"
    local path, err = profiles.path()
    local all, profile, exists
    if named then
      if path then profile, err = profiles.load(named) end
      if not profile then return nil, err, named end
    elseif path then
      all, err, exists = profiles.read()
      if all and all[name] then profile, err = profiles.load(name) end
      if not all or all[name] and not profile then return nil, err end
      if not exists then all = nil end
    end
    if profile then
      local level = profile_level(profile, ("profile \"%s\""):format(name))
      if not info.kind then
        info.kind = take_secrets(config, info.from, level)
        info.source = info.kind and "profile"
      end
      levels[#levels + 1] = level
      info.profile, info.path = name, path
      for option, value in pairs(profile) do
        if options.client[option] or option == "token_auth" then info.settings[option] = value end
      end
    end
    if not info.kind then return missing(name, named, path, all) end
  end
  take_plain(config, info.from, levels)
  return config, info
end

--- The region whose host is talked to; where it is none of them, the host.
-- @tparam table config of @{resolve}
-- @treturn string
function M.region_of(config)
  if not config.base_url then return config.region or "production" end
  local base = config.base_url:lower():gsub("/+$", ""):gsub(":443$", "")
  for region, pair in pairs(M.regions) do
    if base == pair[1] or base == pair[2] then return region end
  end
  return (config.base_url:match("^%w+://([^/]+)") or config.base_url):match("[^@]*$") -- a password has no place in an URL
end

return M
