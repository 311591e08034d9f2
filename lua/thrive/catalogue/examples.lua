--- The examples of the operations, for the reference and for `thrive.help`. Each runs as it stands, in the sandbox too;
-- `client` is there already, and in Aptem's `aptem`. Lines of at most 76 columns, so that a terminal shows them whole.
-- Not a group.
return {
["users.create"] = [[
local user = assert(client.users:create{
  ref = "HR-1001", firstName = "Ada", lastName = "Lovelace",
  email = "ada@example.org", startDate = "2026-01-05",
  additionalFields = { department = "Sales" },
})
print(user.id, user.active)]],
["users.update"] = [[
local user = assert(client.users:update("U0007", {
  jobTitle = "Team lead", managerRef = thrive.null,
}))
print(user.jobTitle, user.managerRef)]],
["users.suspend"] = [[
local leaving = { endDate = "2026-11-30" }
local user = assert(client.users:suspend("U0007", leaving))
print(user.active)]],
["users.delete"] = [[
assert(client.users:delete("U0007"))]],
["users.list"] = [[
local page = assert(client.users:list{
  statuses = { "active", "new" }, perPage = 50,
})
print(#page.results, page.pagination.totalResults)

for user in client.users:each{ updatedSince = "2026-01-01" } do
  print(user.ref, user.email)
end]],
["users.get"] = [[
local id = assert(client.users:get_by_ref("U0007")).id
local user = assert(client.users:get(id))
print(user.lastLogin, #user.audiences)]],
["users.get_by_ref"] = [[
local user, err = client.users:get_by_ref("U0007")
print(user and user.status or err)]],
["users.add_tags"] = [[
local user = assert(client.users:get_by_ref("U0007"))
assert(client.users:add_tags(user.id, { "First Aid", "Coaching" }))]],
["users.remove_tags"] = [[
local user = assert(client.users:get_by_ref("U0007"))
assert(client.users:add_tags(user.id, { "Coaching" }))
assert(client.users:remove_tags(user.id, { "Coaching" }))]],
["users.update_skills"] = [[
local user = assert(client.users:get_by_ref("U0007"))
local levels = assert(client.skills:levels())
local first, last = levels[1].value, levels[#levels].value
assert(client.users:update_skills(user.id, {
  { tagName = "First Aid", level = first, targetLevel = last },
}))]],
["audiences.list"] = [[
for audience in client.audiences:each{ apiControlled = true } do
  local parent = audience.parent
  print(audience.reference, audience.name, parent and parent.name)
end]],
["audiences.create"] = [[
local regions = assert(client.audiences:create{
  name = "Regions", reference = "regions", category = "structure",
})
local north = assert(client.audiences:create{
  name = "North", reference = "regions/north", category = "audience",
  parentId = regions.id,
})
print(north.id)]],
["audiences.get"] = [[
-- The audience's id would do as well.
local audience = assert(client.audiences:get("all-colleagues"))
print(audience.name, audience.type)]],
["audiences.update"] = [[
local changes = { name = "Care and support" }
local audience = assert(client.audiences:update("dept-care", changes))
print(audience.name)]],
["audiences.delete"] = [[
local closed = assert(client.audiences:create{
  name = "Closed", reference = "closed", category = "structure",
})
assert(client.audiences:delete(closed.id))]],
["audiences.members.list"] = [[
for member in client.audiences.members:each("dept-care") do
  print(member.reference, member.email)
end]],
["audiences.members.add"] = [[
local refs = {}
for user in client.users:each({ status = "active" }, { limit = 250 }) do
  refs[#refs + 1] = user.ref
end
-- Three requests of at most a hundred.
local result, err = client.audiences.members:add("group-mentors", refs)
if err and err.kind ~= "partial" then error(err) end
for _, outcome in ipairs(result.outcomes) do
  if outcome.outcome ~= "success" then
    print(outcome.input, outcome.outcome, outcome.reason)
  end
end]],
["audiences.members.replace"] = [[
local members, mentors = client.audiences.members, { "U0001", "U0002" }
local result = assert(members:replace("group-mentors", mentors))
print(result.success.count)]],
["audiences.members.remove"] = [[
local mentors = { "U0001", "U0002" }
assert(client.audiences.members:replace("group-mentors", mentors))
assert(client.audiences.members:remove("group-mentors", "U0002"))]],
["audiences.managers.list"] = [[
local page = assert(client.audiences.managers:list("company"))
for _, manager in ipairs(page.results) do
  local may = manager.permissions.audienceManager
  print(manager.reference, may.manageContent)
end]],
["audiences.managers.add"] = [[
assert(client.audiences.managers:add("dept-care", { {
  reference = "U0002",
  permissions = {
    audienceManager = { manageContent = true },
    peopleManager = { insights = true },
  },
} }))]],
["audiences.managers.replace"] = [[
-- Read, change, write: what can be read but not written is left out.
local new = { { reference = "U0002", permissions = {} } }
assert(client.audiences.managers:add("dept-care", new))
local managers = assert(client.audiences.managers:list("dept-care")).results
for _, manager in ipairs(managers) do
  manager.permissions.audienceManager = { assignments = true }
end
assert(client.audiences.managers:replace("dept-care", managers))]],
["audiences.managers.remove"] = [[
local new = { { reference = "U0002", permissions = {} } }
assert(client.audiences.managers:add("dept-care", new))
assert(client.audiences.managers:remove("dept-care", "U0002"))]],
["assignments.list"] = [[
local audience = { audienceId = "all-colleagues" }
for assignment in client.assignments:each(audience) do
  print(assignment.id, assignment.primaryContentId, assignment.recurrence)
end]],
["assignments.create"] = [[
local content = assert(client.content:list{ perPage = 1 }).results[1]
local assignment = assert(client.assignments:create{
  audienceId = "dept-care", contentId = content.id,
  completionPeriod = 14, recurrence = 365,
})
print(assignment.primaryContentId == content.id)]],
["assignments.get"] = [[
local id = assert(client.assignments:list{ perPage = 1 }).results[1].id
print(assert(client.assignments:get(id)).completionPeriod)]],
["assignments.update"] = [[
local assignment = assert(client.assignments:list{ perPage = 1 }).results[1]
assert(client.assignments:update(assignment.id, {
  audienceId = assignment.audienceId, completionPeriod = 60,
}))]],
["assignments.delete"] = [[
local assignment = assert(client.assignments:list{ perPage = 1 }).results[1]
assert(client.assignments:delete(assignment.id, {
  audienceId = assignment.audienceId,
}))]],
["assignments.enrolments.list"] = [[
local assignment = assert(client.assignments:list{ perPage = 1 }).results[1]
local late = { status = "overdue" }
for enrolment in client.assignments.enrolments:each(assignment.id, late) do
  print(enrolment.userId, enrolment.dueDate)
end]],
["assignments.enrolments.get"] = [[
local enrolments = client.assignments.enrolments
local assignment = assert(client.assignments:list{ perPage = 1 }).results[1]
local page = assert(enrolments:list(assignment.id, { perPage = 1 }))
local enrolment = assert(enrolments:get(assignment.id, page.results[1].id))
print(enrolment.status, #enrolment.history)]],
["completions.list"] = [[
for completion in client.completions:each{
  completedDateRangeStart = os.time() - 30 * 86400, isRPL = false,
} do
  print(completion.userId, completion.contentId, completion.completedAt)
end]],
["completions.get"] = [[
local id = assert(client.completions:list{ perPage = 1 }).results[1].id
print(assert(client.completions:get(id)).completionType)]],
["completions.create"] = [[
local user = assert(client.users:get_by_ref("U0007"))
local content = assert(client.content:list{ perPage = 1 }).results[1]
local statement = assert(client.completions:create{
  userId = user.id, contentId = content.id,
  completedAt = "2023-06-30T17:00:00Z",
})
print(statement.statementId, statement.created)]],
["content.list"] = [[
for content in client.content:each{
  types = { "video", "article" }, updatedSince = "2023-01-01",
} do
  print(content.title, table.concat(content.tags, ", "))
end]],
["content.get"] = [[
local id = assert(client.content:list{ perPage = 1 }).results[1].id
local content = assert(client.content:get(id))
print(content.title, content.duration and content.duration.value)]],
["activities.list"] = [[
for activity in client.activities:each{
  actions = { "completed" },
  timestampFrom = "2023-01-01 00:00:00",
  timestampTo = "2023-01-08 00:00:00",
} do
  print(activity.date, activity.user, activity.name)
end]],
["activities.get"] = [[
local id = assert(client.activities:list{ perPage = 1 }).results[1].id
print(assert(client.activities:get(id)).type)]],
["cpd.categories.list"] = [[
for category in client.cpd.categories:each() do
  print(category.categoryId, category.name)
end]],
["cpd.categories.get"] = [[
local page = assert(client.cpd.categories:list{ perPage = 1 })
local id = page.results[1].categoryId
print(assert(client.cpd.categories:get(id)).name)]],
["cpd.entries.list"] = [[
local minutes = 0
for entry in client.cpd.entries:each{
  entryDateFrom = "2023-01-01", entryDateTo = "2023-01-31",
} do
  minutes = minutes + entry.durationMinutes
end
print(minutes)]],
["cpd.entries.get"] = [[
local page = assert(client.cpd.entries:list{ perPage = 1 })
local entry = assert(client.cpd.entries:get(page.results[1].logEntryId))
print(entry.activity.name)]],
["cpd.requirements.list"] = [[
for requirement in client.cpd.requirements:each() do
  print(requirement.audienceId, requirement.requiredMinutes)
end]],
["cpd.requirements.get"] = [[
local page = assert(client.cpd.requirements:list{ perPage = 1 })
local id = page.results[1].audienceRequirementId
print(assert(client.cpd.requirements:get(id)).requiredMinutes)]],
["cpd.summaries.list"] = [[
for summary in client.cpd.summaries:each{
  entryDateFrom = "2023-01-01", entryDateTo = "2024-01-01",
} do
  print(summary.userId, summary.durationMinutes)
end]],
["tags.list"] = [[
for tag in client.tags:each() do
  print(tag.tag, #tag.contents, #tag.skills)
end]],
["tags.get"] = [[
local id = assert(client.tags:list()).results[1].id
print(assert(client.tags:get(id)).tag)]],
["skills.levels"] = [[
for _, level in ipairs(assert(client.skills:levels())) do
  print(level.name, level.value, level.isEnabled)
end]],
["events.user_joined"] = [[
assert(client.events:user_joined{
  ref = "HR-1002", firstName = "Grace", lastName = "Hopper",
  email = "grace@example.org", department = "IT",
})]],
["events.user_updated"] = [[
assert(client.events:user_updated{
  ref = "U0007", jobTitle = "Team lead", department = "Care",
})]],
["events.user_suspended"] = [[
local leaver = { ref = "U0007", endDate = "2026-11-30" }
assert(client.events:user_suspended(leaver, { id = "leaver-U0007-2026" }))]],
["events.user_deleted"] = [[
assert(client.events:user_deleted{ ref = "U0007" })]],
["events.send"] = [[
assert(client.events:send{
  id = "hr-42", timestamp = os.time(), eventType = "user_updated",
  content = { user = { ref = "U0007", sso = true } },
})]],
["aptem.users.search"] = [[
assert(aptem.users:create{ firstName = "Ada", referenceNumber = "L-1001" })
local user, err = aptem.users:search{ refNum = "L-1001" }
print(user and user.id or err)]],
["aptem.users.create"] = [[
local user = assert(aptem.users:create{
  firstName = "Ada", lastName = "Lovelace", email = "ada@example.org",
})
print(user.id)]],
["aptem.users.update"] = [[
-- The whole record is sent: what is left out may be cleared.
assert(aptem.users:create{ firstName = "Ada", referenceNumber = "L-1001" })
local user = assert(aptem.users:search{ refNum = "L-1001" })
user.townCity = "London"
assert(aptem.users:update(user.id, user))]],
["aptem.users.deactivate"] = [[
local ada = { firstName = "Ada", referenceNumber = "L-1001" }
local user = assert(aptem.users:create(ada))
assert(aptem.users:deactivate(user.id))]],
}
