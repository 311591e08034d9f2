--- Where a user that is read shows what is written to it flatly: for `current` of operations. Not a group.
-- Not every tenant shows titles.
return {
  jobTitle = { "positions", "title", sometimes = true },
  managerRef = { "positions", "manager", "ref" },
  startDate = { "positions", "startDate" },
  endDate = { "positions", "endDate" },
}
