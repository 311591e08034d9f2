-- audience_from_rule.lua: brings the members of an audience in line with a rule. Try it, without an account of your own:
--
--   thrivelua --sandbox --dry-run --max-changes 80 examples/audience_from_rule.lua group-drivers department=Logistics
--
-- Who fits is added, who does not is taken out (more than 10, or 5 % of the active users, only with --max-changes or --yes).

local thrive = require "thrive"

local HELP = [[
usage: thrivelua [--sandbox] [--dry-run] examples/audience_from_rule.lua AUDIENCE FIELD=VALUE…

AUDIENCE is the id or the reference of an audience made through the API. FIELD is a field of a user (role, timeZone …) or a
custom field; a person has to fit all of them, letter by letter, and not be suspended. A rule that fits nobody is refused.

Exit status: 0 the audience is in line, 3 some people could not be added or taken out (listed), any other nothing was done.]]

if arg[1] == "--help" then return print(HELP) end
local function stop(message)
  io.stderr:write("audience_from_rule: ", message, "\n")
  os.exit(1, true)
end
local audience, rule = arg[1], {}
for i = 2, #arg do
  local field, value = arg[i]:match("^([^=]+)=(.+)$")
  rule[field or stop(arg[i] .. " is not like department=Care")] = value
end
if not next(rule) then stop("an audience and a rule are needed, see --help") end

local client = assert(thrive.client())
local members, is_member, wanted, add, failed = client.audiences.members:all(audience), {}, {}, {}, 0
for _, member in ipairs(members) do is_member[member.userId] = true end
for user in client.users:each{ statuses = { "active", "new" } } do
  local fits = true
  for field, value in pairs(rule) do
    fits = fits and (tostring(user[field]) == value or tostring((user.additionalFields or {})[field]) == value)
  end
  if fits then wanted[user.id] = user.ref or user.id end
  if fits and not is_member[user.id] then table.insert(add, user.id) end
end
if not next(wanted) then stop("nobody fits the rule, nothing was changed") end

local function report(done, meta, verb, who, why)
  if done then return print(meta.planned and "would be " .. verb or verb, who) end
  failed = failed + 1
  io.stderr:write(("%s was not %s: %s\n"):format(who, verb, tostring(why)))
end
local result, err, meta = true, nil, nil
if add[1] then result, err, meta = client.audiences.members:add(audience, add) end -- any number: sent in hundreds
if not result then stop(tostring(err)) end
for i, id in ipairs(add) do -- with an error, the result has an outcome for each of them
  local outcome = err and result.outcomes[i] or { outcome = "success" }
  report(outcome.outcome == "success", meta, "added", wanted[id], outcome.reason or outcome.outcome)
end
for _, member in ipairs(members) do
  if not wanted[member.userId] then
    local done, problem, how = client.audiences.members:remove(audience, member.userId)
    report(done, how, "taken out", member.reference or member.userId, problem)
  end
end
os.exit(failed > 0 and 3 or 0, true)
