--- `thrivelua api …`: one-liners without a script. Every operation of the catalogue as words on the command line, requests
-- by method and path, rows of a CSV file as calls; data on standard output, everything else on standard error.
--
--     thrivelua api users list --status active --fields ref,email -o csv
--     thrivelua api users create ref=U1 firstName=Ada lastName=Lovelace email=ada@example.org --dry-run
--     thrivelua api audiences members add sales --from-csv people.csv --column email
--     thrivelua api GET /rest/v1/tags
--
-- What the words mean is read by thrive.api.parse; `thrivelua api --help` says it for people. The exit status is that of
-- thrive.exit, and 2 where the words make no sense: then nothing has been sent.
-- @module thrive.api

local fail = require "thrive.api.fail"

local M = {}

-- What the check of the call says, without credentials and without sending anything, leaving out what is told already.
local function check_call(request)
  local operation = require "thrive.api.operation"
  local nowhere <close> = assert(require("thrive.client").new {
    base_url = "http://127.0.0.1:9", tenant_id = "none", api_key = "none",
  })
  local whole = setmetatable({ args = {} }, { __index = request })
  for i in ipairs(request.names.args) do whole.args[i] = request.args[i] or "missing" end
  local list = {}
  for problem in ((operation.problems(nowhere, whole) or "") .. "; "):gmatch("(.-); ") do
    if problem ~= "" and not request.spoilt[problem:match("^missing '(.-)'")] then list[#list + 1] = problem end
  end
  return list
end

-- A client for the request. Without credentials, what is wrong with the words comes first.
local function open_client(request)
  local given = request.options
  local client, err = require("thrive.client").new {
    timeout = given.timeout, deadline = given.deadline, max_retries = given["max-retries"], concurrency = given.concurrency,
  }
  if client then return client end
  if request.verb and not given["from-csv"] then
    local problems = check_call(request)
    if #problems > 0 then require("thrive.api.operation").misuse(request.shown, table.concat(problems, "; ")) end
  end
  error(err, 0)
end

-- Groups, verbs and their help: nothing to run yet.
local function show_help(request)
  local help = require "thrive.api.help"
  io.stdout:write(help.text(request))
  require("thrive.api.show").flush()
  return 0
end

local function incomplete(request)
  local help = require "thrive.api.help"
  io.stderr:write(help.text(request))
  return 2
end

local function run(words, plan)
  local request, problems, placed = require("thrive.api.parse").parse(words, plan)
  if request.options.help and #problems == 0 then return show_help(request) end
  if plan.version then
    io.stdout:write(plan.options.version(plan.release or _VERSION))
    require("thrive.api.show").flush()
    return 0
  end
  if #problems > 0 then
    local shown = request.shown
    if request.verb and not request.lost and not request.verb.entry.list and not request.options["from-csv"] then
      for _, problem in ipairs(check_call(request)) do problems[#problems + 1] = problem end
    end
    fail.usage((shown ~= "" and not placed and shown .. ": " or "") .. table.concat(problems, "; "),
      ("'thrivelua api%s --help' shows what there is"):format(shown ~= "" and " " .. shown or ""))
  end
  if not request.verb and not request.raw then return incomplete(request) end
  if request.global then
    local ok, why, status = plan.options.setup(plan)
    if not ok then fail.stop(status or 1, why) end
  end
  local operation = require "thrive.api.operation"
  operation.prepare(request)
  local client <close> = open_client(request)
  if request.raw then return require("thrive.api.raw").run(request, client) end
  if request.options["from-csv"] then return require("thrive.api.rows").run(request, client) end
  return operation.run(request, client)
end

--- Runs one command.
-- @tparam {string,...} words what follows `api` on the command line
-- @tparam[opt] table plan of thrive.cli, with the values of thrivelua's own options; those among the words are put into effect
-- @treturn integer the exit status
-- @usage os.exit(require("thrive.api").run({ "users", "list", "--limit", "3" }))
function M.run(words, plan)
  require("thrive.settings").notes = io.stderr -- data alone on standard output
  local ok, why = xpcall(run, function(value)
    -- Only a bug wants a traceback; what is told in one line does not.
    if type(value) == "string" and not fail.is_interrupt(value) then return debug.traceback(value, 2) end
    return value
  end, words, plan or {})
  if ok then return why end
  io.stdout:flush()
  if fail.is(why) then
    if why.message then fail.note("%s%s", why.message, why.more and "\n" .. why.more or "") end
    return why.status
  elseif fail.is_interrupt(why) then
    require("thrive.api.operation").tell_interrupted()
    return 130
  elseif require("thrive.core").iserror(why) then
    fail.note("%s", tostring(why))
    return fail.code(why)
  end
  io.stderr:write("thrivelua: ", tostring(why), "\n")
  return 1
end

--- What may come next on the command line, for the completion of shells.
-- @tparam {string,...} words those that stand behind `api` already, whole
-- @treturn {table,...} { word =, doc = } in the order of the help: groups, verbs, "name=" of fields, "--options"; behind
--   "role=" or an option with a choice, its values
-- @usage for _, next in ipairs(require("thrive.api").words{ "users" }) do print(next.word, next.doc) end
function M.words(words) return require("thrive.api.words").list(words) end

return M
