--- What thrivelua's command line has that lua's has not: long options, their help, their effect. Loaded only when one
-- of them is used or when the arguments make no sense: a normal start does not pay for it. Reading (@{read}, @{failure},
-- @{help}) works before the libraries are open (base and string are), so nothing is required but inside functions.
-- @module thrive.longopts
local M = {}

-- The words of lua's own usage message: scripts and people know them.
local LUA_OPTIONS = [[
  -e stat   execute string 'stat'
  -i        enter interactive mode after executing 'script'
  -l mod    require library 'mod' into global 'mod'
  -l g=mod  require library 'mod' into global 'g'
  -v        show version information
  -E        ignore environment variables
  -W        turn warnings on
  --        stop handling options
  -         stop handling options and execute stdin
]]
--- They, for the manual page and the completions.
M.lua_options = LUA_OPTIONS

-- The same in half the lines, and what comes before it in --help.
local HELP = [=[
usage: %s [options] [script [args]]
       %s [options] api GROUP VERB [ids] [name=value ...]
Lua 5.4 with the Thrive Learning API built in as the global 'thrive'.

  -e stat      execute string 'stat'           -v   show version information
  -i           interactive after the script    -E   ignore environment variables
  -l [g=]mod   require 'mod' as global mod, g  -W   turn warnings on
  -            execute stdin                   --   stop handling options

]=]

-- Puts an option into effect, see OPTIONS.
local setup = {}

--- The long options in the order of the help. Each has `name`; `argument`, what --help calls its value (none: a flag; "N":
-- a whole number); `doc`, what it does, in 57 columns; `beside`, the option before it that it shares a line of the help
-- with; and one of
--
-- * `setup(value, plan)`: puts it into effect before anything runs; returns true, or nil, why that is impossible, and the
--   exit status when it is not 1;
-- * `program`: the name of the module that runs instead of a script, by `run(words, plan)`, which returns the exit status;
-- * neither, where somebody else looks at the field of the plan, which is the name with "_" for "-".
local OPTIONS = {
  { name = "sandbox",
    doc = "point every client at an invented tenant on this machine",
    setup = function(_, plan) return setup.sandbox(plan) end },
  { name = "sandbox-users", argument = "N", doc = "the number of users it starts with (implies --sandbox)",
    setup = function(_, plan) return setup.sandbox(plan) end },
  { name = "profile", argument = "NAME", doc = "whose credentials to use, see --login",
    setup = function(name)
      require("thrive.settings").profile = name
      return true
    end },
  { name = "login", program = "thrive.login", doc = "ask for credentials, try them, keep them as a profile" },
  { name = "doctor", program = "thrive.doctor", doc = "look for what could keep scripts from working" },
  { name = "check-network", doc = "let --doctor talk to the service, too",
    setup = function(_, plan)
      if plan.doctor then return true end
      return nil, "--check-network goes with --doctor", 2
    end },
  { name = "dry-run", doc = "send no write; print each one and what it would change",
    setup = function() return setup.dry_run() end },
  { name = "read-only", doc = "refuse every write",
    setup = function()
      require("thrive.settings").read_only = true
      return true
    end },
  { name = "yes", doc = "delete without asking, and any number of users",
    setup = function() return setup.guard("yes", true) end },
  { name = "max-changes", argument = "N",
    doc = "let N deletes and suspends through (10, or 5 % of all)",
    setup = function(n) return setup.guard("max_changes", n) end },
  { name = "log", argument = "FILE", doc = "append a line of JSON to FILE for every write",
    setup = function(path) return require("thrive.audit").open(path) end },
  { name = "trace", doc = "show requests and timings on standard error",
    setup = function() return require("thrive.trace").start() end },
  { name = "stats", doc = "say at the end what was sent, and how long it took",
    setup = function() return require("thrive.stats").start() end },
  { name = "help", doc = "show this help" },
  { name = "version", beside = "help", doc = "show the versions of thrivelua and Lua" },
}
M.options = OPTIONS

local by_name = {}
for i = 1, #OPTIONS do by_name[OPTIONS[i].name] = OPTIONS[i] end

-- Edits (insert, delete, replace, swap of neighbours) between two short words.
local function distance(a, b)
  local rows = {}
  for i = 0, #a do
    rows[i] = { [0] = i }
  end
  for j = 0, #b do
    rows[0][j] = j
  end
  for i = 1, #a do
    for j = 1, #b do
      local x, y = a:byte(i), b:byte(j)
      local best = rows[i - 1][j - 1] + (x == y and 0 or 1)
      if rows[i - 1][j] + 1 < best then best = rows[i - 1][j] + 1 end
      if rows[i][j - 1] + 1 < best then best = rows[i][j - 1] + 1 end
      if i > 1 and j > 1 and x == b:byte(j - 1) and a:byte(i - 1) == y and rows[i - 2][j - 2] + 1 < best then
        best = rows[i - 2][j - 2] + 1
      end
      rows[i][j] = best
    end
  end
  return rows[#a][#b]
end

-- The long option that was probably meant, or nil. (thrive.core has the like, but is not there yet at this point.)
local function nearest(name)
  local found, best = nil, #name // 3 + 1
  for known in next, by_name do
    local d = known:sub(1, #name) == name and #name > 1 and 0 or distance(name:sub(1, 40), known)
    if d < best or d == best and found and known < found then
      found, best = known, d
    end
  end
  return found
end

-- The field of the plan.
local function field(name)
  return (name:gsub("%-", "_"))
end

--- Takes "--name", "--name=value" or "--name value" into the plan.
-- @tparam table plan gets a field, the option's name with "_" for "-"
-- @tparam table argv the arguments
-- @tparam integer i the index of the option
-- @treturn[1] integer the index of the last argument taken
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string|nil of an option that there is none of: what was probably meant, as " (did you mean …)", or ""
function M.read(plan, argv, i)
  local name, value = argv[i]:match("^%-%-([^=]*)=(.*)$")
  name = name or argv[i]:sub(3)
  local option = by_name[name]
  if not option then
    local guess = nearest(name)
    guess = guess and (" (did you mean '--%s'?)"):format(guess) or ""
    return nil, ("unrecognized option '%s'%s"):format(argv[i], guess), guess
  elseif not option.argument then
    if value then return nil, ("option '--%s' takes no value"):format(name) end
    value = true
  else
    if not value then
      i = i + 1
      value = argv[i]
      if not value then return nil, ("'--%s' needs argument"):format(name) end
    end
    if option.argument == "N" then
      local number = value:find("^%d+$") and #value < 10 and tonumber(value)
      if not number then return nil, ("option '--%s' needs a whole number, got '%s'"):format(name, value) end
      value = number
    elseif value == "" then
      return nil, ("option '--%s' needs %s"):format(name, option.argument)
    end
  end
  plan[field(name)] = value
  if option.program then plan.program = option.program end
  return i
end

--- What is printed for arguments that cannot be understood: lua's message and usage, and one line more.
-- @tparam string program the program's name
-- @tparam string message what is wrong
-- @treturn string lines for standard error
function M.failure(program, message)
  return ("%s: %s\nusage: %s [options] [script [args]]\nAvailable options are:\n%s"):format(
    program, message, program, LUA_OPTIONS
  ) .. ("'%s --help' lists the other options\n"):format(program)
end

--- The text of `--help`.
-- @tparam string program the program's name
-- @treturn string at most 23 lines of at most 80 columns: with the prompt below them they fit a screen of 24
function M.help(program)
  local text = HELP:format(program, program)
  local i = 1
  while OPTIONS[i] do
    local option = OPTIONS[i]
    local name, doc = "--" .. option.name .. (option.argument and " " .. option.argument or ""), option.doc
    while OPTIONS[i + 1] and OPTIONS[i + 1].beside == option.name do
      i = i + 1
      name, doc = name .. ", --" .. OPTIONS[i].name, doc .. "; " .. OPTIONS[i].doc
    end
    text = text .. ("  %-19s %s\n"):format(name, doc)
    i = i + 1
  end
  return text
end

--- The line of `--version`.
-- @tparam string release which Lua runs this, such as "Lua 5.4.4"
-- @treturn string the line, with a newline
function M.version(release)
  return ("thrivelua %s (%s)\n"):format(require("thrive.core").version, release)
end

function setup.dry_run()
  local settings, plan = require("thrive.settings"), require("thrive.plan")
  settings.dry_run = true
  local stdout = io.stdout -- the script may put something else there
  settings.on_plan = plan.printer(stdout)
  table.insert(settings.at_exit, function(status)
    if settings.notes and status == 2 then return nil end -- nothing was understood, so nothing was planned
    local notes = settings.notes or stdout
    notes:write(plan.summary())
    local lost = plan.lost()
    if not lost then return nil end
    io.stderr:write("thrivelua: the plan cannot be written: ", lost, "\n")
    return status == 0 and 1 or status
  end)
  return true
end

-- What thrive.guard is told: --yes, --max-changes.
function setup.guard(name, value)
  local settings = require("thrive.settings")
  settings.guard = settings.guard or {}
  settings.guard[name] = value
  return true
end

function setup.sandbox(plan)
  if M.tenant then return true end
  local settings = require("thrive.settings")
  local loaded, sandbox = pcall(require, "thrive.sandbox")
  if not loaded then return nil, tostring(sandbox) end
  local started, tenant, err = pcall(sandbox.start, { users = plan.sandbox_users })
  if not started then return nil, tostring(tenant) end
  if not tenant then return nil, tostring(err) end
  M.tenant = tenant
  settings.base_client = {
    base_url = tenant.base_url,
    webhooks_url = tenant.webhooks_url,
    tenant_id = tenant.tenant_id,
    api_key = tenant.api_key,
  }
  settings.aptem = { base_url = tenant.aptem_url, tenant = tenant.aptem_tenant, token = tenant.aptem_token }
  return true
end

local in_effect = {} -- name → value

--- Puts the long options into effect that are not yet: writes `thrive.settings`, starts the sandbox. Call it before the
-- steps, and keep this module alive until the end: it holds the sandbox, which stops when it is collected, after everything
-- that the script made.
-- @tparam table plan from thrive.cli
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string why not
-- @treturn[2] integer|nil the exit status, when it is not 1
function M.setup(plan)
  for _, option in ipairs(OPTIONS) do
    local value = plan[field(option.name)]
    if value ~= nil and option.setup and in_effect[option.name] ~= value then
      local ok, why, status = option.setup(value, plan)
      if not ok then return nil, why, status end
      in_effect[option.name] = value
    end
  end
  return true
end

return M
