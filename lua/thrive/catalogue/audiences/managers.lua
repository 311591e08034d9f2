--- Managers of an audience. Source: Thrive's apidocs, "Audience managers".
-- What can be read but not written (manageMembers, canManageAudiences, and who the manager is besides the reference) is
-- left out when a manager that was read is sent back.

local members = require "thrive.catalogue.audiences.members"

local audience = { "audience", "string", doc = "the audience's id or reference" }

local function flag(name, doc) return { name, "boolean", doc = doc } end
local function readable(name, doc) return { name, "boolean", omit = true, doc = doc .. " (read only: not sent)" } end

local manager = { "manager", "record", fields = {
  { "reference", "string", required = true, doc = "email or ref of the user" },
  { "permissions", "record", required = true, doc = "what the manager may do", fields = {
    { "audienceManager", "record", doc = "managing the audience", fields = {
      flag("manageContent", "assign content"), flag("assignments", "manage assignments"),
      readable("manageMembers", "change members"),
    } },
    { "peopleManager", "record", doc = "managing the people in it", fields = {
      flag("canViewLearnPage", "see their learning"), flag("insights", "see insights"), flag("manage", "manage them"),
    } },
    { "administrator", "record", omit_empty = true, doc = "structures only: managing what is in the structure", fields = {
      flag("canAddAudienceManagers", "add managers"), readable("canManageAudiences", "manage audiences"),
    } },
  } },
  { "userId", "string", omit = true, doc = "Thrive id (read only: not sent)" },
  { "email", "string", omit = true, doc = "email address (read only: not sent)" },
} }
-- What is read: every flag.
local permissions = {}
for i, part in ipairs(manager.fields[2].fields) do
  local flags = {}
  for k, field in ipairs(part.fields) do
    flags[k] = { field[1], "boolean", doc = (field.doc:gsub(" %(read only: not sent%)$", "")) }
  end
  permissions[i] = { part[1], "object", doc = part.doc, fields = flags }
end

local managers = { "managers", "array", min_count = 1, items = manager,
  doc = "managers: { reference =, permissions = { … } } of each" }

return {
  name = "audiences.managers",
  doc = "The people who manage an audience, and what they may do.",
  records = {
    Manager = {
      { "userId", "string", doc = "Thrive id of the user" },
      { "reference", "string", doc = "the user's ref" },
      { "email", "string", doc = "the user's email address" },
      { "permissions", "object", doc = "what the manager may do", fields = permissions },
    },
    BulkResult = members.records.BulkResult,
  },
  operations = {
    { verb = "list", method = "GET", path = "/rest/v1/audiences/{audience}/managers", scope = "read", expect = "list",
      doc = "All managers; this list has no pages.", args = { audience }, returns = "Manager" },
    { verb = "add", method = "POST", path = "/rest/v1/audiences/{audience}/managers", scope = "write",
      idempotent = true, doc = "Adds managers; any number, sent in hundreds.", args = { audience }, list = managers,
      returns = "BulkResult", bulk = { chunk = 100 } },
    { verb = "replace", method = "PATCH", path = "/rest/v1/audiences/{audience}/managers", scope = "write",
      destructive = "replace", current = { list = "list" },
      idempotent = true, args = { audience }, list = managers, returns = "BulkResult",
      bulk = { chunk = 100, rest = "add" },
      doc = "Makes these the managers, and nobody else. Over 100 only with options.split = true: the first hundred "
        .. "replace, the others are added, and between the two the list is incomplete." },
    { verb = "remove", method = "DELETE", path = "/rest/v1/audiences/{audience}/managers/{user}", scope = "write",
      destructive = "remove", expect = "nothing", done_after_retry = { 404 }, doc = "Takes one manager away.",
      args = { audience, { "user", "string", doc = "email, ref or id of the user" } } },
  },
}
