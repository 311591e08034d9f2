--- Skill levels. Source: Thrive's apidocs, "Skill levels".
return {
  name = "skills",
  doc = "Levels that a skill can have.",
  records = {
    SkillLevel = {
      { "name", "string", doc = "name" },
      { "isEnabled", "boolean", doc = "is it in use?" },
      { "value", "number", doc = "what users:update_skills takes as level" },
    },
  },
  operations = {
    { verb = "levels", method = "GET", path = "/rest/v1/skills/levels", scope = "read", expect = "array",
      doc = "All levels, as an array.", returns = "SkillLevel" },
  },
}
