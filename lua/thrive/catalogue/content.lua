--- Content. Source: Thrive's apidocs, "Contents".

local paging = require "thrive.catalogue.paging"

local types = { "article", "assessment", "broadcast", "cmi5", "elearning", "event", "file", "pathway", "question", "quiz",
  "scorm", "url", "video", "mixed" }

return {
  name = "content",
  doc = "What there is to learn.",
  records = {
    Content = {
      { "id", "string", doc = "Thrive id" },
      { "title", "string", doc = "title" },
      { "description", "string", doc = "description; may hold HTML" },
      { "tags", "array", items = { "name", "string" }, doc = "names of its tags" },
      { "type", "string", doc = "article, video, scorm and others" },
      { "createdAt", "string", doc = "when it was made" },
      { "updatedAt", "string", doc = "when it was last changed" },
      { "author", "string", doc = "id of its author; absent when it was curated automatically" },
      { "isOfficial", "boolean", doc = "is it official?" },
      { "duration", "object", doc = "how long it takes", fields = {
        { "value", "number", doc = "how many" },
        { "unit", "string", doc = "of what: minutes" },
      } },
      { "contentHistory", "array", doc = "what was done to it", items = { "action", "record", fields = {
        { "action", "string", doc = "what" },
        { "timestamp", "string", doc = "when" },
        { "performedBy", "object", doc = "by whom", fields = {
          { "type", "string", doc = "what kind of actor" },
          { "value", "string", doc = "its id" },
        } },
      } } },
    },
  },
  operations = {
    { verb = "list", method = "GET", path = "/rest/v1/contents", scope = "read", expect = "list",
      doc = "Content, a page at a time.", returns = "Content", pages = { style = "envelope", default = 20, max = 1000 },
      params = paging(20, 1000, {
        { "types", "csv", enum = types, doc = "only these types" },
        { "omitTypes", "csv", enum = types, doc = "none of these types; the service ignores it beside types" },
        { "updatedSince", "date", date = "day_or_iso", doc = "only content changed at or after this time" },
      }) },
    { verb = "get", method = "GET", path = "/rest/v1/contents/{id}", scope = "read", key = "id", doc = "One piece of content.",
      args = { { "id", "string", doc = "the content's id" } }, returns = "Content" },
  },
}
