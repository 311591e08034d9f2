--- Completions. Source: Thrive's apidocs, "Completions".

local paging = require "thrive.catalogue.paging"

return {
  name = "completions",
  doc = "What was completed, by whom and when.",
  records = {
    Completion = {
      { "id", "string", doc = "Thrive id" },
      { "userId", "string", doc = "the user" },
      { "contentId", "string", doc = "the content" },
      { "contentVersion", "number", doc = "its version" },
      { "skills", "array", items = { "name", "string" }, doc = "skills that it counts for" },
      { "completionType", "string", doc = "how it was completed" },
      { "hadDueDate", "boolean", doc = "was it due by a date?" },
      { "isRPL", "boolean", doc = "recognition of prior learning" },
      { "completedAt", "string", doc = "when" },
      { "activeUntil", "string", doc = "until when it counts" },
    },
    CompletionStatement = {
      { "statementId", "string", doc = "id of the statement" },
      { "created", "boolean", doc = "true when the record is new, false when it existed" },
    },
  },
  operations = {
    { verb = "list", method = "GET", path = "/rest/v1/learning/completions", scope = "read", expect = "list",
      doc = "Completions, a page at a time.", returns = "Completion",
      pages = { style = "array", default = 1000, max = 1000 },
      params = paging(1000, 1000, {
        { "contentId", "string", doc = "only those of this content" },
        { "isRPL", "boolean", doc = "only prior learning (true), or none of it (false)" },
        { "userId", "string", doc = "only those of this user: Thrive id" },
        { "completedDateRangeStart", "date", date = "day_or_iso", doc = "completed at or after this time" },
        { "completedDateRangeEnd", "date", date = "day_or_iso", doc = "completed until this time" },
      }) },
    { verb = "get", method = "GET", path = "/rest/v1/learning/completions/{id}", scope = "read", key = "id",
      doc = "One completion.", args = { { "id", "string", doc = "the completion's id" } }, returns = "Completion" },
    { verb = "create", method = "POST", path = "/rest/v1/learning/completions", scope = "write", idempotent = true,
      key = "statementId", created = true, returns = "CompletionStatement",
      doc = "Records that a user has completed content. Safe to repeat: the same record is not made twice.",
      params = {
        { "userId", "string", required = true, doc = "the user: Thrive id" },
        { "contentId", "string", required = true, doc = "the content" },
        { "completedAt", "date", date = "iso", required = true, doc = "when" },
      } },
  },
}
