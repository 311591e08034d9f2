--- CPD categories. Source: Thrive's apidocs, "CPD categories".

local paging = require "thrive.catalogue.paging"

return {
  name = "cpd.categories",
  doc = "Categories of CPD.",
  records = {
    CpdCategory = {
      { "categoryId", "string", doc = "id" },
      { "name", "string", doc = "name" },
    },
  },
  operations = {
    { verb = "list", method = "GET", path = "/rest/v1/cpdCategories", scope = "read", expect = "list",
      doc = "Categories, a page at a time.", returns = "CpdCategory",
      pages = { style = "envelope", default = 100, max = 1000 },
      params = paging(100, 1000, {
        { "updatedSince", "date", date = "day_or_iso", doc = "only categories changed at or after this time" },
      }) },
    { verb = "get", method = "GET", path = "/rest/v1/cpdCategories/{id}", scope = "read", key = "categoryId",
      doc = "One category.", args = { { "id", "string", doc = "the categoryId" } }, returns = "CpdCategory" },
  },
}
