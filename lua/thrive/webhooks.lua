--- What Thrive sends out: checking that a delivery is Thrive's, and reading it. Source: Thrive's apidocs, "Webhooks".
-- A receiver answers 2xx within 30 s; it may be sent the same event again, so it should be ready to see one twice. Nothing
-- in a delivery is signed that tells its age: compare `dispatchedAt` with the clock if an old one must not count.
-- @module thrive.webhooks

local core = require "thrive.core"

local M = {}

local HEADER <const> = "x-hmac-signature"

-- The value of a header, whatever the case of its name; nil when it is not there or there twice. Some frameworks keep the
-- values of a header in a list: with one it is as good as the value.
local function signature_of(headers)
  local found
  for name, value in pairs(headers) do
    if type(name) == "string" and name:lower() == HEADER then
      if type(value) == "table" and #value == 1 then value = value[1] end
      if found ~= nil or type(value) ~= "string" then return nil end
      found = value
    end
  end
  return found
end

--- Is this delivery signed with our secret? The bytes of the body count, as they came: verify before decoding.
-- @tparam string raw_body
-- @tparam table headers name → value (or a list with the one value), names in any case
-- @tparam string secret what was agreed with Thrive for this subscription
-- @treturn boolean|nil true; or nil when it is not, and why
-- @treturn ?string
-- @usage if not thrive.webhooks.verify(body, headers, secret) then return 401 end
-- local event = thrive.webhooks.parse(body)
function M.verify(raw_body, headers, secret)
  if type(raw_body) ~= "string" then error("webhooks.verify: argument #1 must be the body as a string", 2) end
  if type(headers) ~= "table" then error("webhooks.verify: argument #2 must be a table of headers", 2) end
  if type(secret) ~= "string" or secret == "" then
    error("webhooks.verify: argument #3 must be the secret, a string that is not empty", 2)
  end
  local signature = signature_of(headers)
  if not signature then return nil, "the delivery has no header " .. HEADER end
  local digest = signature:match("^%s*[sS][hH][aA]256=(%x+)%s*$")
  if not digest then return nil, "the signature is not sha256= and hex digits" end
  local is, why = core.verify_hmac(secret, raw_body, digest)
  if is == nil then error("webhooks.verify: " .. why, 2) end -- not the sender's fault
  if not is then return nil, "the signature does not fit the body" end
  return true
end

--- Reads a delivery. Events that are not known are kept as they are.
-- @tparam string raw_body
-- @treturn table|nil the event: eventType, tenantId, createdAt, dispatchedAt and what the event brings
-- @return nil, or an error object of kind "decode"
function M.parse(raw_body)
  if type(raw_body) ~= "string" then error("webhooks.parse: argument #1 must be the body as a string", 2) end
  local event, why, at = core.json.decode(raw_body)
  local message
  if event == nil then
    message = ("the delivery is not JSON (%s at byte %d)"):format(why, at)
  elseif type(event) ~= "table" or core.json.isarray(event) then
    message = "the delivery is not a JSON object"
  elseif type(event.eventType) ~= "string" then
    message = "the delivery has no eventType"
  else
    return event
  end
  return nil, core.error { kind = "decode", message = message, sent = false, retryable = false,
    hint = "it does not come from Thrive, or something on the way changed it" }
end

return M
