--- Users of Aptem. Source: Aptem's article "User endpoints"; the odd spellings (IAICT beside diagIct) are its own.

local function id(name, doc, more)
  local param = { name, "integer", min = -2147483648, max = 2147483647, doc = doc }
  for key, value in pairs(more or {}) do param[key] = value end
  return param
end

local null = { nullable = true }

-- The fields of a body. Whether PUT keeps what is left out is not documented: read, change and send the whole record.
local fields = {
  { "firstName", "string", nullable = true, doc = "given name" },
  { "lastName", "string", nullable = true, doc = "family name" },
  { "phone", "string", nullable = true, doc = "telephone number" },
  { "referenceNumber", "string", nullable = true, doc = "your reference; a search calls it refNum" },
  { "email", "string", nullable = true, doc = "email address" },
  { "username", "string", nullable = true, doc = "user name" },
  { "status", "string", nullable = true, doc = "status" },
  { "dateOfBirth", "string", nullable = true, doc = "date of birth" },
  id("caseOwnerId", "id of the case owner", null),
  id("mentorId", "id of the mentor", null),
  id("groupId", "id of the group", null),
  id("programmeId", "id of the programme", null),
  id("employerId", "id of the employer", null),
  id("employerAddressId", "id of the employer's address", null),
  id("plannedHours", "planned hours", null),
  id("weeklyHours", "hours a week", null),
  id("managerId", "id of the manager", null),
  { "jobActiveSync", "boolean", nullable = true, doc = "is the user kept in step with JobActive?" },
  { "caseOwnerFirstName", "string", nullable = true, doc = "given name of the case owner" },
  { "caseOwnerLastName", "string", nullable = true, doc = "family name of the case owner" },
  { "postCode", "string", nullable = true, doc = "post code" },
  { "address1", "string", nullable = true, doc = "first line of the address" },
  { "address2", "string", nullable = true, doc = "second line of the address" },
  { "townCity", "string", nullable = true, doc = "town or city" },
  { "countyState", "string", nullable = true, doc = "county or state" },
  { "programmeStartDate", "string", nullable = true, doc = "when the programme starts" },
  { "managerFirstName", "string", nullable = true, doc = "given name of the manager" },
  { "managerLastName", "string", nullable = true, doc = "family name of the manager" },
  { "managerEmail", "string", nullable = true, doc = "email address of the manager" },
  { "managerPhone", "string", nullable = true, doc = "telephone number of the manager" },
  { "IAEnglish", "string", nullable = true, doc = "initial assessment in English" },
  { "IAMath", "string", nullable = true, doc = "initial assessment in mathematics" },
  { "IAICT", "string", nullable = true, doc = "initial assessment in ICT" },
  { "diagEnglish", "string", nullable = true, doc = "diagnostic assessment in English" },
  { "diagMath", "string", nullable = true, doc = "diagnostic assessment in mathematics" },
  { "diagIct", "string", nullable = true, doc = "diagnostic assessment in ICT" },
  { "title", "string", nullable = true, doc = "title" },
  { "preferredName", "string", nullable = true, doc = "preferred name" },
  { "personalEmail", "string", nullable = true, doc = "private email address" },
  { "gender", "string", nullable = true, doc = "gender" },
  { "authenticationType", "string", nullable = true, doc = "how the user logs in" },
}

local record = { id("id", "Aptem's id") }
for _, field in ipairs(fields) do record[#record + 1] = { field[1], field[2], doc = field.doc } end

-- A user that was read can be sent back: its id is left out.
local sent = table.move(fields, 1, #fields, 1, {})
sent[#sent + 1] = id("id", "Aptem's id (read only: not sent)", { omit = true })

local user = id("id", "Aptem's id of the user")

return {
  name = "aptem.users",
  doc = "Users of an Aptem tenant.",
  records = { AptemUser = record },
  operations = {
    { verb = "search", method = "GET", path = "/users/search", scope = "read", single = true, expect = "any",
      doc = "The user with that id, reference number and email address. Give at least one: what comes back for none is not "
        .. "documented.", returns = "AptemUser",
      params = {
        id("userId", "Aptem's id"),
        { "refNum", "string", doc = "reference number" },
        { "email", "string", doc = "email address" },
      } },
    { verb = "create", method = "POST", path = "/users", scope = "write", key = "id", doc = "Creates a user.",
      params = sent, returns = "AptemUser" },
    { verb = "update", some = true, method = "PUT", path = "/users/{id}", scope = "write", key = "id", args = { user },
      doc = "Sends exactly the fields given. What is left out may be cleared: read the user, change it, send it whole.",
      params = sent, returns = "AptemUser", current = { read = "aptem.users.search", params = { userId = "id" }, whole = true } },
    { verb = "deactivate", method = "DELETE", path = "/users/{id}", scope = "write", expect = "nothing", args = { user },
      done_after_retry = { 404 }, doc = "Deactivates a user.", destructive = "delete",
      current = { read = "aptem.users.search", params = { userId = "id" } } },
  },
}
