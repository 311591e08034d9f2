--- Profiles: who is talked to and with which credentials, by name, in a file of the user's.
--
--     return {
--       default = { tenant_id = "eu-west-2_AbcdEfghI", api_key_command = "pass show thrive" },
--       staging = { region = "staging", tenant_id = "…", client_secret = "…", scope = "api/read", timeout = 120 },
--     }
--
-- A profile takes the options of thrive.client, except `on` and `profile`. For `api_key`, `client_secret` and `token` it may
-- have `api_key_command` and so on instead: a line of the shell whose first line of output is the secret. The file is run
-- as Lua text that sees no library, and is refused when anybody but its owner may read it.
-- @module thrive.profile
local core = require "thrive.core"
local options = require "thrive.options"

local M = {}

local STEPS <const> = 1000000 -- instructions of the file: a table of profiles takes some hundred

--- What every function here and in thrive.profile_writer returns for what cannot be used.
-- @tparam string message
-- @tparam[opt] string hint what to do
-- @return nil, an error object of kind "config"
function M.failure(message, hint)
  return nil, core.error { kind = "config", message = message, hint = hint, sent = false, retryable = false }
end

local failure = M.failure

--- The path of the file, whether it is there or not.
-- @treturn string|nil `$XDG_CONFIG_HOME/thrive/profiles.lua`, by default `~/.config/thrive/profiles.lua`
-- @return nil, or an error object of kind "config": this user has no home directory
function M.path()
  local path = require("thrive.xdg").path("config", "profiles.lua")
  if path then return path end
  return failure("this user has no home directory to keep profiles in", "set HOME or XDG_CONFIG_HOME")
end

local rules

--- What a profile may hold: name → rule, see thrive.options.
function M.rules()
  if not rules then
    local command = { "string", function(v) return not v:find("\0") or nil, "a line of the shell" end }
    rules = {}
    for _, set in ipairs { options.client, options.credentials } do
      for name, rule in pairs(set) do rules[name] = rule end
    end
    rules.on = nil
    for _, secret in ipairs(options.secrets) do rules[secret .. "_command"] = command end
  end
  return rules
end

-- ---- reading the file -----------------------------------------------------------------------------------------------

--- Why a file with secrets must not be used, or nil.
-- @tparam string path for messages
-- @tparam table stat of core.system.stat
-- @treturn string|nil
-- @treturn string|nil what to do
function M.distrust(path, stat)
  if stat.type ~= "file" then return ("%s is no file but a %s"):format(path, stat.type), "move it away" end
  if stat.uid ~= core.system.uid() then
    return ("%s belongs to another user (%d)"):format(path, stat.uid), "run as that user, or make a file of your own"
  end
  if stat.mode & 63 ~= 0 then -- 077
    return ("%s can be read or written by others (mode %o)"):format(path, stat.mode),
      "chmod 600 " .. require("thrive.text").shell_word(path)
  end
  return nil
end

-- The text of the file; false when there is none.
local function text_of(path)
  local system = core.system
  local stat, why, code = system.stat(path)
  if not stat and (code == 2 or code == 20) then return false end -- ENOENT, ENOTDIR
  local file
  if stat and stat.type == "file" then -- opening others may wait for somebody
    file, why = io.open(path, "rb")
    stat = file and system.stat(file) -- of what was opened, whatever has its name by now
  end
  if not stat then return failure(why, "check the modes of the file and of the directories above it") end
  local _ <close> = file
  local distrust, hint = M.distrust(path, stat)
  if distrust then return failure(distrust, hint) end
  local text
  text, why = file:read("a")
  if not text then return failure(("%s: %s"):format(path, why)) end
  return (text:gsub("^\xEF\xBB\xBF", ""))
end

-- Lua's messages quote the text of the file and the names in it, and any of it may be a secret that lacks its quotes.
-- otherwise: what to say of one that cannot be told.
local function harmless(path, message, otherwise)
  local line, what = tostring(message):match("^profiles%.lua:(%d+): (.*)$")
  if not line then return ("%s is not a text that Lua understands"):format(path) end
  if what:find(" near ", 1, true) then
    local at_end = what:find(" near <eof>", 1, true)
    what = what:gsub(" near .*$", "") .. (at_end and " at the end" or "")
  else
    what = what:match("^our: (.*)$") or what:match("^attempt to [%a' ]+") or otherwise
  end
  return ("%s:%s: %s"):format(path, line, (what:gsub("%s+$", "")))
end

local no_globals = {
  __index = function() error("our: a name that nothing stands for: texts need quotes, and there are no libraries here", 2) end,
}

local function endless()
  error("our: it does not come to an end", 2)
end

-- What the text returns.
local function run(path, text)
  local chunk, why = load(text, "=profiles.lua", "t", setmetatable({}, no_globals))
  if not chunk then return failure(harmless(path, why, "it is not correct Lua"), "correct the file") end
  local thread = coroutine.create(chunk) -- so that the hook is not put in the place of somebody's own
  debug.sethook(thread, endless, "", STEPS)
  local strings = debug.getmetatable("") -- a method of theirs may take all memory or all time, and no hook can end it
  local methods = strings.__index
  local ok, value
  do
    local _ <close> = setmetatable({}, { __close = function() strings.__index = methods end }) -- also when a signal comes
    strings.__index = nil
    ok, value = coroutine.resume(thread)
  end
  if not ok then return failure(harmless(path, value, "it raises an error"), "correct the file") end
  return value
end

local EXAMPLE <const> = 'it should say: return { default = { tenant_id = "…", api_key = "…" } }'

--- Every profile of the file, unchecked.
-- @treturn table|nil name → table of options; empty when there is no file
-- @return path; or an error object of kind "config"
-- @treturn boolean is the file there?
function M.read()
  local path, err = M.path()
  if not path then return nil, err end
  local text
  text, err = text_of(path)
  if text == nil then return nil, err end
  if not text then return {}, path, false end
  local all
  all, err = run(path, text)
  if err then return nil, err end
  if type(all) ~= "table" then
    return failure(("%s must return a table of profiles (it returns %s)"):format(path,
      all == nil and "nothing" or "a " .. type(all)), EXAMPLE)
  end
  local function wrong(what) return failure(("%s must return a table of tables (%s)"):format(path, what), EXAMPLE) end
  for _, name in ipairs(options.sorted_keys(all)) do
    if type(all[name]) ~= "table" then
      return wrong(M.rules()[name] and "it returns the options themselves" or ("'%s' is a %s"):format(name, type(all[name])))
    end
  end
  for name, profile in pairs(all) do
    if type(name) ~= "string" then return wrong("a member without a name is a " .. type(profile)) end
  end
  return all, path, true
end

--- The names of the profiles, sorted.
-- @treturn {string,...}|nil empty when there is no file
-- @return nil, or an error object of kind "config"
-- @usage print(table.concat(require("thrive.profile").names(), ", "))
function M.names()
  local all, err = M.read()
  if not all then return nil, err end
  return options.sorted_keys(all)
end

--- What is wrong with the options of a profile.
-- @tparam table profile
-- @treturn string|nil every problem
function M.problems(profile)
  local list, found = { options.problems_of(profile, M.rules(), "an option of a profile") }, {}
  for _, secret in ipairs(options.secrets) do
    for _, name in ipairs { secret, secret .. "_command" } do
      if profile[name] == "" then list[#list + 1] = ("'%s' is empty"):format(name) end
      if profile[name] ~= nil then found[#found + 1] = ("'%s'"):format(name) end
    end
  end
  if #found > 1 then list[#list + 1] = table.concat(found, " and ") .. " are there: give one" end
  return #list > 0 and table.concat(list, "; ") or nil
end

--- A profile by its name.
-- @tparam string name
-- @treturn table|nil its options, as in the file
-- @return nil, or an error object of kind "config": there is no such profile (it names those that there are), or the file cannot
--   be used
function M.load(name)
  local all, path, exists = M.read()
  if not all then return nil, path end
  local profile = all[name]
  if profile then
    local wrong = M.problems(profile)
    if wrong then return failure(("%s: profile \"%s\": %s"):format(path, name, wrong), "correct the file") end
    return profile
  end
  local make = "make it: thrivelua --login --profile " .. require("thrive.text").shell_word(name)
  if not exists then return failure(("no profile \"%s\": there is no %s"):format(name, path), make) end
  local names = options.sorted_keys(all)
  local near = core.nearest(name, names)
  return failure(("%s has no profile \"%s\"%s: it has %s"):format(path, name,
    near and (" (did you mean \"%s\"?)"):format(near) or "", #names > 0 and table.concat(names, ", ") or "none"), make)
end

-- ---- who is talked to now -------------------------------------------------------------------------------------------

--- Who a client made without arguments would talk to: for a prompt. No network, and no command of a profile is run.
-- @treturn table
--
-- * `source`: "sandbox", "profile", "environment", or nil where there are no credentials;
-- * `name`: "sandbox", the profile's name, or "environment";
-- * `region`: the region's name; where only a host was given, the host (and port);
-- * `production` (boolean): is that a tenant of Thrive's production?
-- * `read_only`, `dry_run` (boolean): what a profile asks for;
-- * `err`: the error object that making a client would give, if one can be foreseen.
-- @usage local who = profile.current() if who.production then … end
function M.current()
  local credentials = require "thrive.credentials"
  local config, info, named = credentials.resolve {}
  if not config then return { source = named and "profile", name = named, production = false, err = info } end
  local region = credentials.region_of(config)
  local source = info.source
  return {
    source = source, name = source == "profile" and info.profile or source,
    region = source ~= "sandbox" and region or nil,
    production = source ~= "sandbox" and (region == "production" or region == "production-mea"),
    read_only = info.settings.read_only == true, dry_run = info.settings.dry_run == true,
  }
end

return M
