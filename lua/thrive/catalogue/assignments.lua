--- Assignments. Source: Thrive's apidocs, "Assignments". What is written as contentId is read as primaryContentId.

local paging = require "thrive.catalogue.paging"

local id = { "id", "string", doc = "the assignment's id" }

return {
  name = "assignments",
  doc = "Content assigned to an audience, with a time to complete it in.",
  groups = { "enrolments" },
  records = {
    Assignment = {
      { "id", "string", doc = "Thrive id" },
      { "audienceId", "string", doc = "the audience" },
      { "primaryContentId", "string", doc = "the content" },
      { "alternativeContentIds", "array", items = { "id", "string" }, doc = "content that counts as well" },
      { "hideAlternativeContent", "boolean", doc = "is that content hidden?" },
      { "completionPeriod", "integer", doc = "days to complete it in" },
      { "recurrence", "integer", doc = "days after which it is due again" },
      { "isActive", "boolean", doc = "is it active?" },
      { "isDeleted", "boolean", doc = "is it deleted?" },
      { "createdAt", "string", doc = "when it was made" },
      { "deletedAt", "string", doc = "when it was deleted" },
      { "updatedAt", "string", doc = "when it was last changed" },
    },
  },
  operations = {
    { verb = "list", method = "GET", path = "/rest/v1/assignments", scope = "read", expect = "list",
      doc = "Assignments, a page at a time.", returns = "Assignment",
      pages = { style = "array", default = 100, max = 100 },
      params = paging(100, 100, {
        { "audienceId", "string", doc = "only those of this audience: its id or reference" },
        { "updatedSince", "date", date = "day_or_iso", doc = "only assignments changed at or after this time" },
      }) },
    { verb = "create", method = "POST", path = "/rest/v1/assignments", scope = "write", key = "id",
      doc = "Assigns content to an audience.", returns = "Assignment",
      params = {
        { "audienceId", "string", required = true, doc = "the audience" },
        { "contentId", "string", required = true, doc = "the content" },
        { "alternativeContentIds", "array", items = { "id", "string" }, doc = "content that counts as well" },
        { "hideAlternativeContent", "boolean", doc = "hide that content" },
        { "completionPeriod", "integer", min = 0, doc = "days to complete it in (the service's default: 30)" },
        { "recurrence", "integer", min = 0, doc = "days after which it is due again" },
      } },
    { verb = "get", method = "GET", path = "/rest/v1/assignments/{id}", scope = "read", key = "id",
      doc = "One assignment.", args = { id }, returns = "Assignment" },
    { verb = "update", method = "PATCH", path = "/rest/v1/assignments/{id}", scope = "write", idempotent = true,
      key = "id", doc = "Changes the fields given; audienceId has to be among them.", args = { id },
      returns = "Assignment",
      params = {
        { "audienceId", "string", required = true, doc = "the audience" },
        { "contentId", "string", doc = "the content" },
        { "completionPeriod", "integer", min = 0, doc = "days to complete it in" },
        { "recurrence", "integer", min = 0, nullable = true, doc = "days after which it is due again; thrive.null: never" },
        { "alternativeContentIds", "array", items = { "id", "string" }, doc = "content that counts as well" },
      },
      current = { read = "assignments.get", shown = { contentId = { "primaryContentId" } } } },
    { verb = "delete", method = "DELETE", path = "/rest/v1/assignments/{id}", scope = "write", expect = "nothing",
      done_after_retry = { 404 }, doc = "Deletes an assignment. The service wants its audience in the body.",
      args = { id }, params = { { "audienceId", "string", required = true, doc = "the audience" } },
      destructive = "delete", current = { read = "assignments.get" } },
  },
}
