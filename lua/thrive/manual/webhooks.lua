--- The manual of what Thrive sends to you.

return {
  { name = "thrive.webhooks", kind = "module", class = "thrive.webhooks", signature = "thrive.webhooks",
    doc = "What Thrive sends to you: checking that it is Thrive's, and reading it. Answer 2xx within 30 s, and be ready to see "
      .. "an event twice: nothing in it is signed that tells its age.",
    see = { "thrive.webhooks.verify", "thrive.webhooks.parse" } },

  { name = "thrive.webhooks.verify", kind = "function", signature = "thrive.webhooks.verify(raw_body, headers, secret)",
    doc = "Is this delivery signed with our secret? The bytes of the body count, as they came: verify before decoding. The "
      .. "signature is HMAC-SHA256, in the header x-hmac-signature.",
    params = {
      { "raw_body", "string", doc = "the body as it came" },
      { "headers", "table<string, string|string[]>", doc = "headers by name, in any case" },
      { "secret", "string", doc = "what was agreed with Thrive for this subscription" },
    },
    returns = {
      { "ok", "true", optional = true, doc = "true, or nil" },
      { "why", "string", optional = true, doc = "why not" },
    },
    example = [[
local body = '{"eventType":"content.completed"}'
local headers = { ["X-Hmac-Signature"] = "sha256=" .. ("0"):rep(64) }
print(thrive.webhooks.verify(body, headers, "the secret"))]],
    see = { "thrive.webhooks.parse" } },

  { name = "thrive.webhooks.parse", kind = "function", signature = "thrive.webhooks.parse(raw_body)",
    doc = "Reads a delivery. Events that are not known are kept as they are.",
    params = { { "raw_body", "string", doc = "the body as it came" } },
    returns = {
      { "event", "thrive.WebhookEvent", optional = true, doc = "with all its fields, whatever its type", fields = {
        { "eventType", "string", doc = 'what happened, such as "content.completed"' },
        { "tenantId", "string", optional = true, doc = "in which tenant" },
        { "createdAt", "string", optional = true, doc = "when it happened" },
        { "dispatchedAt", "string", optional = true, doc = "when it was sent" },
      } },
      { "err", "thrive.Error", optional = true, doc = "an error of kind decode" },
    },
    example = [[
local body = '{"eventType":"content.completed","user":{}}'
local event = assert(thrive.webhooks.parse(body))
print(event.eventType, event.user)]],
    see = { "thrive.webhooks.verify", "client.events" } },
}
