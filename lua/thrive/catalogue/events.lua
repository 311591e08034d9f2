--- Events about users, on the webhooks host. Source: Thrive's apidocs, "Provision and manage user accounts". Custom fields
-- stand beside the others here, not in additionalFields.

local shown = require "thrive.catalogue.position"

local roles = { "administrator", "learneradmin", "learner" }

local function user_fields(joined)
  return {
    { "ref", "string", required = true, doc = "your organisation's unique identifier for this person" },
    { "email", "string", required = joined, doc = "email address" },
    { "firstName", "string", required = joined, doc = "given name" },
    { "lastName", "string", required = joined, doc = "family name" },
    { "role", "string", enum = roles, doc = "role" },
    { "jobTitle", "string", doc = "job title" },
    { "managerRef", "string", doc = "ref of the line manager" },
    { "startDate", "date", date = "day_or_iso", doc = "when the person started" },
    { "endDate", "date", date = "day_or_iso", doc = "when the person left" },
    { "timeZone", "string", doc = "IANA name such as Europe/London" },
    { "languageCode", "string", doc = "such as en-gb; one that the tenant has enabled" },
    { "sso", "boolean", doc = "is the account managed by an authentication provider?" },
    { "domain", "string", doc = "domain that the person belongs to" },
  }
end

local types = { "user_joined", "user_updated", "user_suspended", "user_deleted" }

-- What thrive.guard counts them as, and the status that they lead to.
local destructive = { user_updated = "by end date", user_suspended = "suspend", user_deleted = "delete" }
local becomes = { user_joined = { status = "active" }, user_suspended = { status = "inactive" } }

local function event(verb, doc, fields, open)
  return { verb = verb, method = "POST", host = "webhooks", path = "/webhooks", scope = "webhooks",
    idempotent = true, done_after_retry = { 409 }, doc = doc, returns = "EventUser", event = verb,
    destructive = destructive[verb], counts_with = destructive[verb] == "by end date" and "endDate" or nil,
    current = { read = "users.get_by_ref", by = { "content", "user", "ref" }, fields = { "content", "user" }, shown = shown,
      becomes = becomes[verb], creates = verb == "user_joined" },
    params = {
      { "id", "string", required = true, doc = "unique id of the event; made when you give none" },
      { "timestamp", "date", date = "iso", required = true, doc = "when it happened; now when you give none" },
      { "eventType", "string", required = true, enum = types, doc = "the kind of event" },
      { "content", "record", required = true, doc = "what happened", fields = {
        { "user", "record", required = true, open = open, fields = fields,
          doc = open and "the user; custom fields stand beside the others" or "the user" },
      } },
    } }
end

local ref = { "ref", "string", required = true, doc = "the person's ref" }

return {
  name = "events",
  doc = "Tells Thrive what happened to a person. The only way to bring a suspended user back is user_joined.",
  records = {
    EventUser = {
      { "ref", "string", doc = "your identifier" },
      { "email", "string", doc = "email address" },
      { "firstName", "string", doc = "given name" },
      { "lastName", "string", doc = "family name" },
      { "role", "string", enum = roles, doc = "administrator, learneradmin or learner" },
      { "jobTitle", "string", doc = "job title" },
      { "managerRef", "string", doc = "ref of the line manager" },
      { "startDate", "string", doc = "when the person started" },
      { "endDate", "string", doc = "when the person left" },
      { "timeZone", "string", doc = "IANA time zone" },
      { "languageCode", "string", doc = "language" },
      { "sso", "boolean", doc = "managed by an authentication provider" },
      { "domain", "string", doc = "domain" },
      { "active", "boolean", doc = "active, or suspended" },
      { "createdAt", "string", doc = "when the record was made" },
      { "updatedAt", "string", doc = "when it was last changed" },
    },
  },
  operations = {
    event("user_joined", "Creates a user, or brings a suspended one back.", user_fields(true), true),
    event("user_updated", "Changes a user: ref and what changed.", user_fields(false), true),
    event("user_suspended", "Suspends a user.",
      { ref, { "endDate", "date", date = "day_or_iso", doc = "when the person left" } }, false),
    event("user_deleted", "Irreversible: removes the personal data, keeps the training history.", { ref }, false),
    { verb = "send", method = "POST", host = "webhooks", path = "/webhooks", scope = "webhooks",
      idempotent = true, done_after_retry = { 409 }, returns = "EventUser", destructive = "by event",
      doc = "Sends an envelope of your own: id, timestamp, eventType, content.",
      params = {
        { "id", "string", required = true, doc = "unique id of the event" },
        { "timestamp", "date", date = "iso", required = true, doc = "when it happened" },
        { "eventType", "string", required = true, enum = types, doc = "the kind of event" },
        { "content", "object", required = true, doc = "{ user = { … } }" },
      } },
  },
}
