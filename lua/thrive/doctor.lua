--- thrivelua --doctor: what could keep scripts from working, a line each, and what to do about it. Nothing is sent and no
-- command of a profile is run without --check-network. Works when hardly anything else does: what it needs is loaded piece
-- by piece.
-- @module thrive.doctor
local M = {}

local BROKEN <const>, USAGE <const>, CREDENTIALS <const>, NETWORK <const> = 1, 2, 4, 6 -- exit statuses, see thrive.exit
local SKEW <const> = 60 -- seconds that a clock may be wrong
local ATTEMPT <const> = { timeout = 15, max_retries = 0 }

-- ---- the lines ------------------------------------------------------------------------------------------------------

local Report = {}
Report.__index = Report

function Report:line(status, name, text)
  local ok, why = self.out:write(("%-5s %-12s %s\n"):format(status, name, require("thrive.text").escape((text:gsub("%s+", " ")))))
  if ok then ok, why = self.out:flush() end -- the next check may take its time
  self.unseen = self.unseen or not ok and why
end

function Report:ok(name, text, ...) self:line("ok", name, text:format(...)) end
function Report:skip(name, text, ...) self:line("skip", name, text:format(...)) end

-- code: the exit status, if nothing before was bad.
function Report:bad(code, name, text, ...)
  self:line("bad", name, text:format(...))
  self.status = self.status or code
end

-- ---- what is installed ----------------------------------------------------------------------------------------------

local function check_core(report)
  local loaded, core = pcall(require, "thrive.core")
  if not loaded then
    report:bad(BROKEN, "thrive", "the C core cannot be loaded (%s): install libcurl 7.68 or newer, and the module again",
      tostring(core):match("^[^\n]*"))
    return nil
  end
  local place = package.preload["thrive.core"] and "built into thrivelua"
    or package.searchpath("thrive.core", package.cpath) or "loaded"
  report:ok("thrive", "%s, %s, %s", core.version, place, _VERSION)
  return core
end

local function check_curl(report, core)
  local has, why = core.transport_features()
  if not has then return report:bad(BROKEN, "libcurl", "%s", why) end
  local can = {}
  for _, feature in ipairs {
    { "http2", "HTTP/2" }, { "gzip", "gzip" }, { "brotli", "brotli" }, { "zstd", "zstd" },
    { "async_dns", "asynchronous DNS" },
  } do can[#can + 1] = (has[feature[1]] and "" or "no ") .. feature[2] end
  report:ok("libcurl", "%s, %s, %s", has.version, has.tls, table.concat(can, ", "))
end

local function check_cjson(report)
  local loaded, cjson = pcall(require, "cjson")
  if not loaded then
    local why = tostring(cjson):match("^[^\n]*") -- of one that is there, perhaps made for another Lua
    return report:bad(BROKEN, "lua-cjson", "%s: install it (luarocks install lua-cjson, or on Debian: apt install lua-cjson)",
      why:find("^module 'cjson' not found") and "not found" or ("cannot be loaded (%s)"):format(why))
  end
  local decoded = cjson.decode "[1,[],{}]"
  local notes = {
    math.type(decoded[1]) == "integer" and "decodes integers as integers" or "decodes integers as floats",
    cjson.encode(decoded[2]) == cjson.encode(decoded[3]) and "[] and {} alike" or "[] apart from {}",
  }
  report:ok("lua-cjson", "%s, %s (the client has a decoder of its own)", cjson._VERSION or "of unknown version",
    table.concat(notes, ", "))
end

-- ---- files ----------------------------------------------------------------------------------------------------------

local function parent(path) return path:match("^(.+)/[^/]*$") end

-- Whoever can write to the directory can put another file into the file's place.
local function check_directory(report, core, name, path)
  local directory = parent(path)
  local stat = core.system.stat(directory)
  if stat and stat.mode & 18 ~= 0 then -- 022
    report:bad(CREDENTIALS, name, "others may write to %s (mode %o): chmod 700 %s", directory, stat.mode,
      require("thrive.text").shell_word(directory))
  end
end

local function check_profiles(report, core)
  local profile = require "thrive.profile"
  local all, path, exists = profile.read()
  if not all then
    report.told[1] = tostring(path)
    return report:bad(CREDENTIALS, "profiles", "%s", report.told[1])
  end
  if not exists then return report:skip("profiles", "%s is not there (thrivelua --login makes it)", path) end
  local names = require("thrive.options").sorted_keys(all)
  report:ok("profiles", "%s, mode %o: %s", path, core.system.stat(path).mode,
    #names > 0 and table.concat(names, ", ") or "none")
  check_directory(report, core, "profiles", path)
  for _, name in ipairs(names) do
    local wrong = profile.problems(all[name])
    if wrong then
      report.told[#report.told + 1] = ("profile \"%s\": %s: correct the file"):format(name, wrong)
      report:bad(CREDENTIALS, "profiles", "%s", report.told[#report.told])
    end
  end
end

local function check_history(report, core)
  local path = require("thrive.xdg").path("state", "history")
  local stat = path and core.system.stat(path)
  if not stat then return end
  local wrong, hint = require("thrive.profile").distrust(path, stat)
  if wrong then
    report:bad(BROKEN, "history", "%s: %s", wrong, hint)
  else
    report:ok("history", "%s, mode %o", path, stat.mode)
  end
end

local function check_ca_file(report, core, path, from)
  if not path then return end
  local file, why = io.open(path, "rb")
  local text = file and file:read("a")
  if file then file:close() end
  if not text or core.system.stat(path).type ~= "file" then
    report:bad(NETWORK, "ca_file", "%s (from %s): name a file of certificates that is there", why or path .. " is no file", from)
  elseif not text:find("-----BEGIN", 1, true) then
    report:bad(NETWORK, "ca_file", "%s (from %s) has no certificate in PEM format: name one that has", path, from)
  else
    report:ok("ca_file", "%s (from %s)", path, from)
  end
end

-- ---- credentials ----------------------------------------------------------------------------------------------------

local kinds = { api_key = "API key", client_secret = "OAuth client secret", token = "bearer token" }

-- How a secret is told of: never more than its length, and what does not belong to it.
local function masked(secret)
  local value = secret
  if type(secret) == "table" then
    if secret.command then return "printed by " .. (secret.program or "a command") end
    value = os.getenv(secret.env) or ""
  end
  local blank = value:find("^%s") and "beginning" or value:find("%s$") and "end"
  return ("%d characters%s"):format(utf8.len(value) or #value, blank and ", with a blank at its " .. blank or "")
end

-- Is that error what was said of the profiles already?
local function is_told(report, err)
  for _, text in ipairs(report.told) do
    if tostring(err):find(text, 1, true) then return true end
  end
  return false
end

-- Options that do not count, or count less than one might think.
local function check_environment(report, core, credentials, info)
  local named = credentials.named {}
  local set = {}
  for _, name in ipairs { "TENANT_ID", "API_KEY", "CLIENT_ID", "CLIENT_SECRET", "TOKEN", "REGION", "BASE_URL", "WEBHOOKS_URL" } do
    if core.has_env("THRIVE_" .. name) then set[#set + 1] = "THRIVE_" .. name end
  end
  if #set == 0 then return end
  local list = table.concat(set, ", ")
  if info.source == "sandbox" then
    report:skip("environment", "%s: of no effect in the sandbox", list)
  elseif named then
    report:skip("environment", "%s: of no effect, since profile \"%s\" is named", list, named)
  else
    report:ok("environment", "%s", list)
  end
end

-- Returns config (see thrive.credentials) and info, or nil.
local function check_credentials(report, core)
  local credentials = require "thrive.credentials"
  local config, info = credentials.resolve {}
  if not config and is_told(report, info) then
    report:skip("credentials", "they would be those of a profile")
    return nil
  elseif not config then
    report:bad(CREDENTIALS, "credentials", "%s", tostring(info))
    return nil
  end
  if info.source == "sandbox" then
    report:ok("credentials", "those of the sandbox")
  else
    local from = info.from
    local parts = { ("%s from %s (%s)"):format(kinds[info.kind], from[info.kind], masked(config[info.kind])) }
    for _, name in ipairs { "tenant_id", "client_id", "scope" } do
      if config[name] then parts[#parts + 1] = ("%s %s from %s"):format(name:gsub("_", " "), config[name], from[name]) end
    end
    report:ok("credentials", "%s", table.concat(parts, ", "))
  end
  check_environment(report, core, credentials, info)
  return config, info
end

-- Without user name and password; libcurl takes all before the last @ for these, and needs no scheme for a proxy.
local function without_user(url)
  local scheme, rest = url:match("^(%w+://)(.*)$")
  return (scheme or "") .. (rest or url):match("[^@]*$")
end

local function check_hosts(report, config, info)
  local credentials = require "thrive.credentials"
  local pair = credentials.regions[config.region or "production"]
  if not pair then return end -- making the client tells
  local from, region = info.from.base_url or info.from.region, credentials.region_of(config)
  report:ok("host", "%s (%s%s)", without_user(config.base_url or pair[1]), credentials.regions[region] and region .. ", " or "",
    info.source == "sandbox" and "the sandbox" or from and "from " .. from or "the default")
  for _, name in ipairs { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" } do
    local value = os.getenv(name)
    if value and value ~= "" then
      if not info.settings.proxy then report:ok("proxy", "%s (from %s)", without_user(value), name) end
      break
    end
  end
  local proxy = info.settings.proxy
  if proxy then
    report:ok("proxy", "%s (from profile \"%s\")", proxy == "" and "none" or without_user(proxy), info.profile)
  end
end

-- ---- the network ----------------------------------------------------------------------------------------------------

local function copy(t)
  local new = {}
  for name, value in pairs(t) do new[name] = value end
  return new
end

-- The hints of the error kinds speak of the client's options; here they are looked at one by one.
local function tell(report, name, err)
  report:bad(NETWORK, name, "%s", tostring(err))
  return false
end

-- Asks a host for nothing in particular, without credentials. Returns the answer's headers, or nil when none came.
local function probe(report, core, name, host, given)
  local settings = copy(given)
  settings.raise, settings.dry_run, settings.deadline = nil, nil, nil
  local client, err = require("thrive.client").make({ token = "none", base_url = host }, settings)
  if not client then return tell(report, name, err) end
  local _, failed, meta = client:request({ method = "GET", path = "/" }, ATTEMPT)
  client:close()
  local t = meta.timings -- of the steps that were taken, also when there is no answer
  if t.connect > 0 and not core.is_loopback(host) then
    report:ok("dns", "%s in %.0f ms", host:match("^%w+://([^/]+)"), t.dns * 1000)
  end
  if t.tls > 0 then report:ok("tls", "the certificate is accepted, in %.0f ms", (t.tls - t.connect) * 1000) end
  if not meta.status then
    -- libcurl's numbers for names that have no address: of a proxy, of a host
    local what = (failed.code == "curl_5" or failed.code == "curl_6") and "dns" or failed.kind == "tls" and "tls" or name
    return tell(report, what, failed)
  end
  report:ok(name, "%s answers (%d) in %.0f ms", host, meta.status, t.total * 1000)
  return meta.headers
end

local function check_clock(report, core, headers)
  local theirs = headers.date and core.http_date(headers.date)
  if not theirs then return report:skip("clock", "the service does not tell the time") end
  local skew = core.time() - theirs
  local text = ("%.0f s %s the service's"):format(math.abs(skew), skew < 0 and "behind" or "ahead of")
  if math.abs(skew) > SKEW then
    report:bad(BROKEN, "clock", "%s: set it (timedatectl set-ntp true): the life of tokens and dates go by it", text)
  else
    report:ok("clock", "%s", math.abs(skew) < 2 and "as the service's" or text)
  end
end

local function check_network(report, core, config, info, client)
  local api, webhooks = core.hosts(client)
  local headers = probe(report, core, "connection", api, info.settings)
  if not headers then return report:skip("access", "the service cannot be reached") end
  check_clock(report, core, headers)
  local scope = config.scope or ""
  if webhooks ~= api then probe(report, core, "webhooks", webhooks, info.settings) end
  local found, err = require("thrive.trial").run(client)
  if found then return report:ok("access", "%s%s", found, scope ~= "" and (" (scope %s)"):format(scope) or "") end
  report:bad(require("thrive.exit").code(err), "access", "%s", tostring(err))
end

-- ---- the whole ------------------------------------------------------------------------------------------------------

local function check_service(report, core, network)
  local config, info = check_credentials(report, core)
  if not config then return end
  check_hosts(report, config, info)
  local env = os.getenv("SSL_CERT_FILE")
  if info.settings.ca_file then
    check_ca_file(report, core, info.settings.ca_file, ("profile \"%s\""):format(info.profile))
  elseif env and env ~= "" then
    check_ca_file(report, core, env, "SSL_CERT_FILE")
  end
  local command = type(config[info.kind]) == "table" and config[info.kind].command
  if not network and command then
    return report:skip("network", "nothing is sent and no command is run without --check-network")
  end
  local client, err = require("thrive.client").make(copy(config), copy(info.settings), info)
  if not client then return report:bad(require("thrive.exit").code(err), "client", "%s", tostring(err)) end
  if network then
    check_network(report, core, config, info, client)
  else
    report:skip("network", "nothing is sent without --check-network")
  end
  client:close()
end

--- Looks at everything and prints what it finds, on standard output.
-- @tparam table words the arguments behind the options: there must be none
-- @tparam table plan of thrive.cli: `check_network`
-- @treturn integer the exit status: 0 when nothing is bad; else that of the first line that is: 1 (installation, clock),
--   4 (profiles, credentials), 6 (network)
function M.run(words, plan)
  if words[1] then
    io.stderr:write(("thrivelua: --doctor takes no arguments (got '%s')\n"):format(words[1]))
    return USAGE
  end
  local report = setmetatable({ out = io.stdout, status = nil, told = {} }, Report)
  local core = check_core(report)
  if core then check_curl(report, core) end
  check_cjson(report)
  if core then
    check_profiles(report, core)
    check_history(report, core)
    check_service(report, core, plan.check_network)
  end
  if report.unseen then
    io.stderr:write(("thrivelua: --doctor cannot write what it finds: %s\n"):format(report.unseen))
    return report.status or BROKEN
  end
  return report.status or 0
end

return M
