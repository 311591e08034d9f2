--- What the member and manager writes share: who a text means, and the result of many at once (contract, section 6).
local json = require "thrive.sandbox.json"
local reply = require "thrive.sandbox.reply"
local groups = require "thrive.sandbox.groups"

local M = {}

local SUCCESS = json.shape{ "success" }
local PARTIAL = json.shape{ "success", "failure" }
local COUNTED = json.shape{ "count", "entities" }
local FAILED = json.shape{ "reason", "reference" }

--- The user of an email, a reference or, unless `named` says that an id will not do, an id.
-- @treturn table|nil
function M.person(tenant, text, named)
  local user = tenant.by_ref[text] or tenant.by_email[text:lower()] or not named and tenant.by_id[text]
  return user and not user.deleted and user or nil
end

local Result = {}
Result.__index = Result

--- An empty result.
function M.result()
  return setmetatable({ done = {}, failed = {}, seen = {} }, Result)
end

--- Whether a user comes for the first time in this request; else that is noted as a failure.
function Result:first(user, reference)
  if self.seen[user] then
    self:fail(reference, "is in the list more than once")
    return false
  end
  self.seen[user] = true
  return true
end

--- Entries show the text that the client sent: it is the only thing that it can match them by.
function Result:ok(reference)
  self.done[#self.done + 1] = { reference = reference }
end

function Result:fail(reference, reason)
  self.failed[#self.failed + 1] = setmetatable({ reason = reason, reference = reference }, FAILED)
end

local function counted(list)
  return setmetatable({ count = #list, entities = json.array(list) }, COUNTED)
end

--- The answer: 200 when all went well, else 207, also when nothing did, which is not documented.
function Result:reply()
  if #self.failed == 0 then return reply.json(200, setmetatable({ success = counted(self.done) }, SUCCESS)) end
  return reply.json(207, setmetatable({ success = counted(self.done), failure = counted(self.failed) }, PARTIAL))
end

--- The audience of a request.
-- @treturn table|nil
-- @treturn table the 404 reply, when there is none
function M.audience(tenant, request)
  local audience = groups.find(tenant, request.args.audienceId)
  if audience then return audience end
  return nil, reply.error(404, "there is no audience with the id or the reference '" .. request.args.audienceId .. "'")
end

--- The audience of a request that changes it. The pages say that only audiences made through the API can be changed
-- through it, not how others are refused: 403 here, since it is a matter of who may.
-- @treturn table|nil
-- @treturn table the 404 or 403 reply
function M.writable(tenant, request)
  local audience, refused = M.audience(tenant, request)
  if not audience then return nil, refused end
  if not audience.apiControlled then
    return nil, reply.error(403, "the audience '" .. audience.name
      .. "' was made in the user interface, and can only be changed there")
  end
  return audience
end

return M
