-- aptem_to_thrive.lua: gives learners of Aptem an account in Thrive, or brings it up to date. Try it, without accounts:
--
--   thrivelua --sandbox --dry-run examples/aptem_to_thrive.lua APT-0001 APT-0002 APT-0004
--
-- Who has an account is found by the reference number, and else by the email address. A second run finds nothing to do.

local thrive = require "thrive"

local HELP = [[
usage: thrivelua [--sandbox] [--dry-run] examples/aptem_to_thrive.lua REFERENCE_NUMBER…

For each learner of Aptem with that reference number
  no account in Thrive     one is created, with the reference number as its ref
  an account               name and email address are updated, if they are others in Aptem
  not active in Aptem      nothing happens; leavers.lua suspends accounts
Aptem's tenant and token are taken from APTEM_TENANT and APTEM_TOKEN, another address than Aptem's own from APTEM_URL.

Exit status: 0 all is done, 3 some learners failed (they are listed), any other nothing was done.]]

if arg[1] == "--help" then return print(HELP) end
if not arg[1] or arg[1]:find("^%-") then
  io.stderr:write("aptem_to_thrive: a reference number is needed, see --help\n")
  os.exit(1)
end

local aptem = assert(thrive.aptem{ tenant = os.getenv "APTEM_TENANT", token = os.getenv "APTEM_TOKEN",
  base_url = os.getenv "APTEM_URL" })
local client = assert(thrive.client())
local by_ref, by_email = {}, {}
for user in client.users:each() do
  if user.ref then by_ref[user.ref] = user end
  if user.email then by_email[user.email:lower()] = user end
end

local function transfer(number)
  local learner, err = aptem.users:search{ refNum = number }
  if not learner then return nil, err end
  if (learner.status or "active"):lower() ~= "active" then return print("not active", number, learner.status) end
  local fields = { firstName = learner.firstName, lastName = learner.lastName, email = learner.email }
  local user = by_ref[number] or by_email[(learner.email or ""):lower()]
  local result, problem, meta
  if user then
    for name, value in pairs(fields) do if user[name] == value then fields[name] = nil end end
    if not next(fields) then return print("unchanged", number, user.ref) end
    result, problem, meta = client.users:update(user.ref, fields)
  else
    fields.ref, fields.startDate = number, (learner.programmeStartDate or ""):match("^%d%d%d%d%-%d%d%-%d%d")
    result, problem, meta = client.users:create(fields)
  end
  if not result then return nil, problem end
  print((meta.planned and "would " or "did ") .. (user and "update" or "create"), number, user and user.ref or number)
end

local _, failures = thrive.map(table.move(arg, 1, #arg, 1, {}), transfer, { concurrency = 1 }) -- goes on after a failure
for _, failure in ipairs(failures) do
  io.stderr:write(("%s: %s\n"):format(failure.item, (tostring(failure.err):gsub("^%S+:%d+: ", ""))))
end
os.exit(failures[1] and 3 or 0, true)
