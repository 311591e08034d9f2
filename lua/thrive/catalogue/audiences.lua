--- Audiences. Source: Thrive's apidocs, "Audiences".

local paging = require "thrive.catalogue.paging"

local audience = { "audience", "string", doc = "the audience's id or reference" }

return {
  name = "audiences",
  doc = "Audiences and the structures that hold them. What the API may change is what the API made.",
  groups = { "members", "managers" },
  records = {
    Audience = {
      { "id", "string", doc = "Thrive id" },
      { "name", "string", doc = "name" },
      { "reference", "string", doc = "your reference" },
      { "apiControlled", "boolean", doc = "made by the API, and only changed by it" },
      { "category", "string", enum = { "audience", "structure" }, doc = "audience or structure" },
      { "type", "string", enum = { "manual", "smart" }, doc = "manual or smart" },
      { "parent", "object", doc = "the structure it is in; only for a child", fields = {
        { "id", "string", doc = "Thrive id" },
        { "name", "string", doc = "name" },
        { "reference", "string", doc = "your reference" },
      } },
      { "createdAt", "string", doc = "when it was made" },
      { "updatedAt", "string", doc = "when it was last changed" },
      { "memberOperations", "object", doc = "after an update that moved it to another parent: what became of its members" },
    },
  },
  operations = {
    { verb = "list", method = "GET", path = "/rest/v1/audiences", scope = "read", expect = "list",
      doc = "Audiences, a page at a time.", returns = "Audience",
      pages = { style = "envelope", default = 100, max = 1000 },
      params = paging(100, 1000, {
        { "apiControlled", "boolean", doc = "only audiences that the API made (true) or did not make (false)" },
        { "updatedSince", "date", date = "day_or_iso", doc = "only audiences changed at or after this time" },
      }) },
    { verb = "create", method = "POST", path = "/rest/v1/audiences", scope = "write", key = "id",
      doc = "Makes a structure (category structure, no parentId) or a child audience (category audience, with parentId).",
      returns = "Audience", current = { read = "audiences.get", by = { "reference" }, makes = true },
      params = {
        { "name", "string", max_length = 100, doc = "name" },
        { "reference", "string", max_length = 100, doc = "your reference; unique" },
        { "parentId", "string", doc = "id or reference of the structure that it goes into" },
        { "category", "string", enum = { "structure", "audience" }, doc = "what to make" },
      } },
    { verb = "get", method = "GET", path = "/rest/v1/audiences/{audience}", scope = "read", key = "id",
      doc = "One audience.", args = { audience }, returns = "Audience" },
    { verb = "update", some = true, method = "PATCH", path = "/rest/v1/audiences/{audience}", scope = "write", idempotent = true,
      key = "id", doc = "Changes the name, the reference or the parent.", args = { audience }, returns = "Audience",
      params = {
        { "name", "string", max_length = 100, doc = "new name" },
        { "reference", "string", max_length = 100, doc = "new reference" },
        { "parentId", "string", doc = "id of the structure that it moves to" },
      },
      current = { read = "audiences.get", shown = { parentId = { "parent", "id" } } } },
    { verb = "delete", method = "DELETE", path = "/rest/v1/audiences/{audience}", scope = "write", expect = "nothing",
      done_after_retry = { 404 }, args = { audience }, destructive = "delete", current = { read = "audiences.get" },
      doc = "Deletes an audience. What becomes of a structure's children is the service's decision: the documents disagree." },
  },
}
