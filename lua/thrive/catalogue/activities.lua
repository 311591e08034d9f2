--- Activities. Source: Thrive's apidocs, "Activities".

local paging = require "thrive.catalogue.paging"

return {
  name = "activities",
  doc = "What users did: viewed, completed, logged in and so on.",
  records = {
    Activity = {
      { "id", "string", doc = "Thrive id" },
      { "type", "string", doc = "viewed, completed, loggedin, found and others" },
      { "name", "string", doc = "name; may be missing" },
      { "user", "string", doc = "the user" },
      { "date", "string", doc = "when" },
      { "contextId", "string", doc = "what it was done to" },
      { "contextType", "string", doc = "what kind of thing that is" },
      { "contentType", "string", doc = "type of the content" },
      { "data", "object", doc = "details, in a shape of each type" },
      { "with", "object", doc = "others involved" },
    },
  },
  operations = {
    { verb = "list", method = "GET", path = "/rest/v1/activities", scope = "read", expect = "list",
      doc = "Activities, a page at a time.", returns = "Activity", pages = { style = "envelope", default = 20, max = 1000 },
      params = paging(20, 1000, {
        { "actions", "csv", doc = "only these actions" },
        { "omitActions", "csv", doc = "none of these actions" },
        { "contentIds", "csv", doc = "only those on this content: ids" },
        { "contentType", "string", doc = "only those on things of this type, such as content" },
        { "timestampFrom", "date", date = "space", doc = "done at or after this time, in UTC" },
        { "timestampTo", "date", date = "space", doc = "done until this time, in UTC" },
      }) },
    { verb = "get", method = "GET", path = "/rest/v1/activity/{id}", scope = "read", key = "id", doc = "One activity.",
      args = { { "id", "string", doc = "the activity's id" } }, returns = "Activity" },
  },
}
