--- CPD minutes per user. Source: Thrive's apidocs, "CPD user log summaries".

local paging = require "thrive.catalogue.paging"

return {
  name = "cpd.summaries",
  doc = "How much CPD each user did between two times.",
  records = {
    CpdSummary = {
      { "userId", "string", doc = "the user" },
      { "durationMinutes", "integer", doc = "minutes logged" },
    },
  },
  operations = {
    { verb = "list", method = "GET", path = "/rest/v1/cpdUserLogSummaries", scope = "read", expect = "list",
      doc = "Sums, a page at a time.", returns = "CpdSummary", pages = { style = "envelope", default = 100, max = 1000 },
      params = paging(100, 1000, {
        { "entryDateFrom", "date", date = "t", required = true, doc = "from this time, in UTC" },
        { "entryDateTo", "date", date = "t", required = true, doc = "until this time, in UTC" },
        { "userIds", "csv", doc = "only these users: Thrive ids" },
      }) },
  },
}
