--- Members of an audience. Source: Thrive's apidocs, "Audience members".

local paging = require "thrive.catalogue.paging"

local audience = { "audience", "string", doc = "the audience's id or reference" }
local users = { "users", "array", min_count = 1, doc = "users: email, ref or id of each",
  items = { "user", "string" } }

return {
  name = "audiences.members",
  doc = "The people in an audience.",
  records = {
    Member = {
      { "userId", "string", doc = "Thrive id of the user" },
      { "reference", "string", doc = "the user's ref" },
      { "email", "string", doc = "the user's email address" },
    },
    BulkResult = {
      always = true,
      { "success", "object", doc = "what was done", fields = {
        { "count", "integer", doc = "how many" },
        { "entities", "array", doc = "one for each", items = { "entity", "record", fields = {
          { "reference", "string", doc = "the input: email, ref or id" },
        } } },
      } },
      { "failure", "object", doc = "what was not", fields = {
        { "count", "integer", doc = "how many" },
        { "entities", "array", doc = "one for each", items = { "entity", "record", fields = {
          { "reference", "string", doc = "the input: email, ref or id" },
          { "reason", "string", optional = true, doc = "why not" },
        } } },
      } },
      { "outcomes", "array", doc = "one for every input, in its order", items = { "outcome", "record", fields = {
        { "input", "any", doc = "what was given" },
        { "outcome", "string", enum = { "success", "failure", "unknown" }, doc = "success, failure or unknown" },
        { "reason", "string", optional = true, doc = "why not; absent for success" },
        { "err", "error", optional = true, doc = "the error of the request that it was in, where that failed" },
      } } },
    },
  },
  operations = {
    { verb = "list", method = "GET", path = "/rest/v1/audiences/{audience}/members", scope = "read", expect = "list",
      doc = "Members, a page at a time.", args = { audience }, returns = "Member",
      pages = { style = "envelope", default = 100, max = 1000 }, params = paging(100, 1000) },
    { verb = "add", method = "POST", path = "/rest/v1/audiences/{audience}/members", scope = "write",
      idempotent = true, doc = "Adds users; any number, sent in hundreds.", args = { audience }, list = users,
      returns = "BulkResult", bulk = { chunk = 100 } },
    { verb = "replace", method = "PATCH", path = "/rest/v1/audiences/{audience}/members", scope = "write",
      destructive = "replace", current = { list = "list" },
      idempotent = true, args = { audience }, list = users, returns = "BulkResult",
      bulk = { chunk = 100, rest = "add" },
      doc = "Makes these users the members, and nobody else. Over 100 only with options.split = true: the first hundred "
        .. "replace, the others are added, and between the two the audience is incomplete." },
    { verb = "remove", method = "DELETE", path = "/rest/v1/audiences/{audience}/members/{user}", scope = "write",
      destructive = "remove", expect = "nothing", done_after_retry = { 404 }, doc = "Takes one user out.",
      args = { audience, { "user", "string", doc = "email, ref or id of the user" } } },
  },
}
