--- Enrolments of an assignment. Source: Thrive's apidocs, "Assignment enrolments".

local paging = require "thrive.catalogue.paging"

local status = { "archived", "complete", "open", "overdue", "scheduled", "unassigned" }
local assignment = { "assignment", "string", doc = "the assignment's id" }

return {
  name = "assignments.enrolments",
  doc = "How far each person is with an assignment.",
  records = {
    Enrolment = {
      { "id", "string", doc = "Thrive id" },
      { "userId", "string", doc = "the user" },
      { "assignmentId", "string", doc = "the assignment" },
      { "audienceId", "string", doc = "the audience" },
      { "primaryContentId", "string", doc = "the content" },
      { "status", "string", enum = status, doc = "archived, complete, open, overdue, scheduled or unassigned" },
      { "availableDate", "string", doc = "from when it can be done" },
      { "dueDate", "string", doc = "when it is due" },
      { "lastCompletedAt", "string", doc = "when it was last completed" },
      { "history", "array", doc = "changes of status", items = { "change", "record", fields = {
        { "type", "string", doc = "what kind of change" },
        { "completionId", "string", doc = "the completion that caused it" },
        { "previousStatus", "string", doc = "status before" },
        { "nextStatus", "string", doc = "status after" },
        { "createdAt", "string", doc = "when it happened" },
        { "updatedAt", "string", doc = "when it was last changed" },
      } } },
      { "updatedAt", "string", doc = "when it was last changed" },
    },
  },
  operations = {
    { verb = "list", method = "GET", path = "/rest/v1/assignments/{assignment}/enrolments", scope = "read",
      expect = "list", doc = "Enrolments, a page at a time.", args = { assignment }, returns = "Enrolment",
      pages = { style = "array", default = 100, max = 100 },
      params = paging(100, 100, {
        { "updatedAtFrom", "date", date = "day_or_iso", doc = "only enrolments changed at or after this time" },
        { "updatedAtTo", "date", date = "day_or_iso", needs = "updatedAtFrom", doc = "only enrolments changed until this time" },
        { "status", "string", enum = status,
          doc = "only enrolments of this status" },
      }) },
    { verb = "get", method = "GET", path = "/rest/v1/assignments/{assignment}/enrolments/{enrolment}", scope = "read",
      key = "id", doc = "One enrolment.", returns = "Enrolment",
      args = { assignment, { "enrolment", "string", doc = "the enrolment's id" } } },
  },
}
