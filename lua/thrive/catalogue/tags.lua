--- Tags. Source: Thrive's apidocs, "Tags". Whether the list has pages is disputed: nothing is sent unless it is asked for,
-- and iteration goes on only while the service answers the page asked for.

local paging = require "thrive.catalogue.paging"

return {
  name = "tags",
  doc = "Tags, and where they are used.",
  records = {
    Tag = {
      { "tag", "string", doc = "name" },
      { "id", "string", doc = "Thrive id" },
      { "contents", "array", items = { "id", "string" }, doc = "ids of content with it" },
      { "campaigns", "array", items = { "id", "string" }, doc = "ids of campaigns with it" },
      { "interests", "array", items = { "id", "string" }, doc = "ids of users interested in it" },
      { "skills", "array", items = { "id", "string" }, doc = "ids of users who have it as a skill" },
    },
  },
  operations = {
    { verb = "list", method = "GET", path = "/rest/v1/tags", scope = "read", expect = "list",
      doc = "Tags, a page at a time where the service has pages.", returns = "Tag",
      pages = { style = "guarded", default = 100, max = 1000 },
      params = paging(100, 1000, {
        { "updatedSince", "date", date = "day_or_iso", doc = "only tags changed at or after this time" },
      }) },
    { verb = "get", method = "GET", path = "/rest/v1/tags/{id}", scope = "read", key = "id", doc = "One tag.",
      args = { { "id", "string", doc = "the tag's id" } }, returns = "Tag" },
  },
}
