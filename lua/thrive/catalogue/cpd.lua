--- Continuing professional development. Source: Thrive's apidocs, "CPD". A group of groups.
return {
  name = "cpd",
  doc = "Continuing professional development: categories, log entries, requirements and sums per user.",
  groups = { "categories", "entries", "requirements", "summaries" },
  records = {},
  operations = {},
}
