--- Users: lifecycle (v2), reading, tags and skills (v1). Sources: Thrive's apidocs, "User lifecycle v2", "Users v1".

local shown = require "thrive.catalogue.position"

local status = { "active", "inactive", "expired", "new" }
local role = { "administrator", "learneradmin", "learner" }
local login = { "email", "ref" }

-- v2 fields that create and update share. A field that update may clear takes thrive.null there.
local function writable(update)
  return {
    { "ref", "string", required = not update, doc = "your organisation's unique identifier for this person" },
    { "firstName", "string", required = not update, doc = "given name" },
    { "lastName", "string", required = not update, doc = "family name" },
    { "email", "string", required = not update, unless = not update and { "loginMethod", "ref" } or nil,
      nullable = update, doc = "email address" },
    { "loginMethod", "string", enum = login, doc = "how the person logs in (the service's default: email)" },
    { "role", "string", enum = role, doc = "role (the service's default: learner)" },
    { "jobTitle", "string", nullable = update, doc = "name of the person's role in your organisation" },
    { "managerRef", "string", nullable = update, doc = "ref of the line manager" },
    { "startDate", "date", date = "day_or_iso", nullable = update, doc = "when the person started" },
    { "endDate", "date", date = "day_or_iso", nullable = update, doc = "when the person left" },
    { "timeZone", "string", nullable = update, doc = "IANA name such as Europe/London; else the tenant's" },
    { "languageCode", "string", nullable = update, doc = "such as en-gb; one that the tenant has enabled" },
    { "sso", "boolean", doc = "is the account managed by an authentication provider?" },
    { "domain", "string", nullable = update, doc = "domain that the person belongs to" },
    { "additionalFields", "object", nullable = update, doc = "custom fields by name; they must be configured" },
  }
end

local update_fields = writable(true)
table.remove(update_fields, 1) -- ref is the path; the service does not take a new one

-- A post that a person holds.
local position = { "position", "record", fields = {
  { "id", "string", doc = "id of the post" },
  { "title", "string", doc = "job title" },
  { "manager", "object", doc = "the line manager", fields = {
    { "id", "string", doc = "Thrive id" },
    { "name", "string", doc = "name" },
    { "ref", "string", doc = "ref" },
  } },
  { "ouId", "string", doc = "id of the organisational unit" },
  { "isActive", "boolean", doc = "does the person hold it now?" },
  { "startDate", "string", doc = "since when" },
  { "endDate", "string", doc = "until when" },
  { "createdAt", "string", doc = "when the record was made" },
  { "updatedAt", "string", doc = "when it was last changed" },
} }

local ref = { "ref", "string", doc = "the person's ref" }
local id = { "id", "string", doc = "the user's Thrive id (24 hex digits), not the ref" }

return {
  name = "users",
  doc = "People: create, update, suspend, delete (v2); read (v1); tags and skills of learners.",
  records = {
    UserLifecycle = {
      { "id", "string", doc = "Thrive id" },
      { "loginMethod", "string", enum = login, doc = "email or ref" },
      { "ref", "string", doc = "your identifier" },
      { "email", "string", doc = "email address" },
      { "firstName", "string", doc = "given name" },
      { "lastName", "string", doc = "family name" },
      { "role", "string", enum = role, doc = "administrator, learneradmin or learner" },
      { "jobTitle", "string", doc = "job title" },
      { "managerRef", "string", doc = "ref of the line manager" },
      { "startDate", "string", doc = "when the person started" },
      { "endDate", "string", doc = "when the person left" },
      { "timeZone", "string", doc = "IANA time zone" },
      { "languageCode", "string", doc = "language" },
      { "active", "boolean", doc = "active, or suspended" },
      { "createdAt", "string", doc = "when the record was made" },
      { "updatedAt", "string", doc = "when it was last changed" },
      { "sso", "boolean", doc = "managed by an authentication provider" },
      { "domain", "string", doc = "domain" },
      { "additionalFields", "object", doc = "custom fields by name; shown as cf.Name" },
    },
    BasicUser = {
      { "id", "string", doc = "Thrive id" },
      { "ref", "string", doc = "your identifier" },
      { "firstName", "string", doc = "given name" },
      { "lastName", "string", doc = "family name" },
      { "email", "string", doc = "email address" },
      { "role", "string", enum = role, doc = "administrator, learneradmin or learner" },
      { "status", "string", enum = status, doc = "active, inactive, expired or new" },
      { "positions", "array", items = position, doc = "posts held" },
      { "additionalFields", "object", doc = "custom fields by name; shown as cf.Name" },
      { "languageCode", "string", doc = "language" },
    },
    User = {
      extends = "BasicUser",
      { "deleted", "boolean", doc = "is the record deleted?" },
      { "compliance", "number", doc = "compliance score" },
      { "level", "number", doc = "level" },
      { "firstLogin", "string", doc = "first login" },
      { "lastLogin", "string", doc = "last login" },
      { "tags", "object", doc = "tags by kind, such as { skills = { … } }" },
      { "usersFollowing", "array", items = { "id", "string" }, doc = "ids of users followed" },
      { "tagsFollowing", "array", items = { "id", "string" }, doc = "ids of tags followed" },
      { "createdAt", "string", doc = "when the record was made" },
      { "updatedAt", "string", doc = "when it was last changed" },
      { "hasPicture", "boolean", doc = "has the user a picture?" },
      { "timeZone", "string", doc = "IANA time zone" },
      { "summary", "string", doc = "what the user says of themselves" },
      { "relevancy", "number", doc = "relevancy score" },
      { "rank", "object", doc = "rank", fields = {
        { "currentCategory", "number", doc = "category" },
        { "currentLevel", "number", doc = "level in it" },
      } },
      { "agreedTerms", "string", doc = "terms agreed to: a boolean by the documents, a string in practice" },
      { "onboarded", "boolean", doc = "has the user been onboarded?" },
      { "audiences", "array", doc = "audiences: ids, or objects with an id" },
      { "singleSignOn", "boolean", doc = "logs in by single sign-on" },
    },
    Acknowledgement = {
      { "status", "integer", doc = "status" },
      { "message", "string", doc = "what was done" },
    },
  },
  operations = {
    { verb = "create", key = "id", method = "POST", path = "/rest/v2/users", scope = "write",
      doc = "Creates a user. The ref must be new.", params = writable(false), returns = "UserLifecycle",
      current = { read = "users.get_by_ref", by = { "ref" }, makes = true } },
    { verb = "update", key = "id", some = true, method = "PATCH", path = "/rest/v2/users/ref/{ref}", scope = "write",
      idempotent = true,
      doc = "Changes the fields given; thrive.null clears one, what is left out stays.",
      args = { ref }, params = update_fields, returns = "UserLifecycle", destructive = "by end date",
      counts_with = "endDate",
      current = { read = "users.get_by_ref", shown = shown } },
    { verb = "suspend", key = "id", method = "PATCH", path = "/rest/v2/users/ref/{ref}/suspend", scope = "write",
      idempotent = true, doc = "Makes a user inactive. To bring one back, send the event user_joined.",
      args = { ref },
      params = { { "endDate", "date", date = "day_or_iso", doc = "when the person left" } },
      returns = "UserLifecycle", destructive = "suspend",
      current = { read = "users.get_by_ref", shown = shown, becomes = { status = "inactive" } } },
    { verb = "delete", method = "DELETE", path = "/rest/v2/users/ref/{ref}", scope = "write", expect = "nothing",
      done_after_retry = { 404 },
      doc = "Irreversible: removes the personal data and the ref, keeps the training history.", args = { ref },
      destructive = "delete", current = { read = "users.get_by_ref" } },

    { verb = "list", method = "GET", path = "/rest/v1/users", scope = "read", expect = "list",
      doc = "Users, a page at a time.", returns = "User",
      pages = { style = "envelope", default = 100, max = 1000 },
      params = {
        { "page", "integer", min = 1, doc = "page number" },
        { "perPage", "integer", min = 1, max = 1000, doc = "records per page (the service's default: 100)" },
        { "updatedSince", "date", date = "day_or_iso", doc = "only users changed at or after this time" },
        { "statuses", "csv", enum = status, doc = "only users of these statuses" },
        { "omitStatuses", "csv", enum = status, doc = "no users of these statuses" },
        { "status", "string", enum = status, doc = "only users of this status" },
      } },
    { verb = "get", key = "id", method = "GET", path = "/rest/v1/user/{id}", scope = "read", args = { id },
      doc = "One user by Thrive id.", returns = "User" },
    { verb = "get_by_ref", key = "id", method = "GET", path = "/rest/v1/users/ref/{ref}", scope = "read", args = { ref },
      doc = "One user by ref.", returns = "BasicUser" },

    { verb = "add_tags", method = "POST", path = "/rest/v1/users/{id}/tags", scope = "write", idempotent = true,
      doc = "Adds existing tags to a learner, by name.", args = { id }, returns = "Acknowledgement", bulk = { chunk = 100 },
      list = { "names", "array", min_count = 1, before = '{"tags":', after = "}",
        items = { "name", "string" }, doc = "tag names, any number; sent in hundreds" } },
    { verb = "remove_tags", method = "PATCH", path = "/rest/v1/users/{id}/tags", scope = "write", idempotent = true,
      doc = "Takes tags from a learner, by name.", args = { id }, returns = "Acknowledgement", bulk = { chunk = 100 },
      done_after_retry = { 404, 422 },
      list = { "names", "array", min_count = 1, before = '{"op":"remove","path":"tags","value":',
        after = "}", items = { "name", "string" }, doc = "tag names, any number; sent in hundreds" } },
    { verb = "update_skills", method = "PATCH", path = "/rest/v1/users/{id}/skills", scope = "write", idempotent = true,
      doc = "Sets levels of skills; the values are those of skills:levels().", args = { id },
      returns = "Acknowledgement", bulk = { chunk = 100 },
      list = { "skills", "array", min_count = 1, before = '{"op":"update","path":"skills","value":',
        after = "}", doc = "skills, any number; sent in hundreds",
        items = { "skill", "record", fields = {
          { "tagName", "string", required = true, doc = "name of the skill's tag" },
          { "level", "number", min = -1, doc = "level reached; -1 for none" },
          { "targetLevel", "number", min = -1, doc = "level aimed at; -1 for none" },
        } } } },
  },
}
