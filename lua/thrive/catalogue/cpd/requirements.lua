--- CPD requirements. Source: Thrive's apidocs, "CPD requirement summaries".

local paging = require "thrive.catalogue.paging"

return {
  name = "cpd.requirements",
  doc = "How much CPD an audience has to do.",
  records = {
    CpdRequirement = {
      { "audienceRequirementId", "string", doc = "id" },
      { "audienceId", "string", doc = "the audience" },
      { "requiredMinutes", "integer", doc = "minutes required" },
      { "createdAt", "string", doc = "when it was made" },
      { "updatedAt", "string", doc = "when it was last changed" },
    },
  },
  operations = {
    { verb = "list", method = "GET", path = "/rest/v1/cpdRequirementSummaries", scope = "read", expect = "list",
      doc = "Requirements, a page at a time.", returns = "CpdRequirement",
      pages = { style = "envelope", default = 100, max = 1000 },
      params = paging(100, 1000, {
        { "updatedSince", "date", date = "day_or_iso", doc = "only requirements changed at or after this time" },
      }) },
    { verb = "get", method = "GET", path = "/rest/v1/cpdRequirementSummaries/{id}", scope = "read",
      key = "audienceRequirementId", doc = "One requirement.",
      args = { { "id", "string", doc = "the audienceRequirementId" } }, returns = "CpdRequirement" },
  },
}
