--- CPD log entries. Source: Thrive's apidocs, "CPD entries".

local paging = require "thrive.catalogue.paging"

return {
  name = "cpd.entries",
  doc = "Entries of the CPD log.",
  records = {
    CpdEntry = {
      { "logEntryId", "string", doc = "id" },
      { "userId", "string", doc = "the user" },
      { "activity", "object", doc = "what was done", fields = {
        { "type", "string", doc = "what kind of activity" },
        { "name", "string", doc = "its name" },
      } },
      { "category", "object", doc = "its category", fields = {
        { "categoryId", "string", doc = "id" },
        { "name", "string", doc = "name" },
      } },
      { "entryDate", "string", doc = "when" },
      { "durationMinutes", "integer", doc = "how long" },
      { "description", "string", doc = "what the user says of it" },
      { "isVerified", "boolean", doc = "was it verified?" },
    },
  },
  operations = {
    { verb = "list", method = "GET", path = "/rest/v1/cpdEntries", scope = "read", expect = "list",
      doc = "Entries, a page at a time.", returns = "CpdEntry", pages = { style = "envelope", default = 100, max = 1000 },
      params = paging(100, 1000, {
        { "entryDateFrom", "date", date = "day_or_space", doc = "from this time, in UTC" },
        { "entryDateTo", "date", date = "day_or_space", doc = "until this time, in UTC" },
      }) },
    { verb = "get", method = "GET", path = "/rest/v1/cpdEntries/{id}", scope = "read", key = "logEntryId",
      doc = "One entry.", args = { { "id", "string", doc = "the logEntryId" } }, returns = "CpdEntry" },
  },
}
