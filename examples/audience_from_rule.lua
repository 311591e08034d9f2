-- audience_from_rule.lua: brings the members of an audience in line with a rule. Try it, without an account of your own:
--
--   thrivelua --sandbox --dry-run examples/audience_from_rule.lua group-drivers department=Logistics location=Leeds
--
-- Who fits and is not in it is added, who is in it and does not fit is taken out. A second run finds nothing to do.

local thrive = require "thrive"

local HELP = [[
usage: thrivelua [--sandbox] [--dry-run] examples/audience_from_rule.lua AUDIENCE FIELD=VALUE…

AUDIENCE is an id or a reference, of an audience that was made through the API. FIELD is a field of a user (role,
languageCode, timeZone …) or one of your custom fields (department …); a person has to fit all of them, letter by letter.
People who are suspended fit no rule. A rule that fits nobody is refused: it is more likely a typing error.

Exit status: 0 the audience is in line, 3 some people could not be added or taken out (they are listed), 1 nothing was done.]]

if arg[1] == "--help" then return print(HELP) end
local function stop(message)
  io.stderr:write("audience_from_rule: ", message, "\n")
  os.exit(1, true)
end
local audience, rule = arg[1], {}
if #arg < 2 then stop("an audience and a rule are needed, see --help") end
for i = 2, #arg do
  local field, value = arg[i]:match("^([^=]+)=(.+)$")
  if not field then stop(arg[i] .. " is not a rule like department=Care, see --help") end
  rule[field] = value
end

local function fits(user)
  for field, value in pairs(rule) do
    local is = user[field]
    if is == nil then is = (user.additionalFields or {})[field] end
    if is == nil or tostring(is) ~= value then return false end
  end
  return true
end

local client = assert(thrive.client())
local fitting, members, add, remove, failed = {}, {}, {}, {}, 0
for user in client.users:each{ statuses = { "active", "new" } } do if fits(user) then fitting[user.id] = user.ref or user.id end end
if not next(fitting) then stop("nobody fits this rule, nothing was changed") end
for member in client.audiences.members:each(audience) do members[member.userId] = member.reference or member.userId end
for id in pairs(fitting) do if not members[id] then table.insert(add, id) end end
for id in pairs(members) do if not fitting[id] then table.insert(remove, id) end end

local function report(done, planned, verb, who, why)
  if done then return print(planned and "would be" or "was", verb, who) end
  failed = failed + 1
  io.stderr:write(("%s was not %s: %s\n"):format(who, verb, tostring(why)))
end
if add[1] then -- any number: it is sent in hundreds
  local result, err, meta = client.audiences.members:add(audience, add)
  if not result then stop(tostring(err)) end
  for i, id in ipairs(add) do -- with an error, the result has one outcome for everybody
    local outcome = err and result.outcomes[i] or { outcome = "success" }
    report(outcome.outcome == "success", meta.planned, "added", fitting[id], outcome.reason or outcome.outcome)
  end
end
for _, id in ipairs(remove) do
  local done, err, meta = client.audiences.members:remove(audience, id)
  report(done, meta.planned, "taken out", members[id], err)
end
print(("%s: %d to add, %d to take out, %d failed"):format(audience, #add, #remove, failed))
os.exit(failed > 0 and 3 or 0, true)
