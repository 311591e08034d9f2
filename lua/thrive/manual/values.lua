--- The manual of values, of what tells them apart, and of help itself.

return {
  { name = "thrive", kind = "module", class = "thrive", signature = 'local thrive = require "thrive"',
    doc = "The Thrive Learning API. In thrivelua the module is a global.",
    see = { "thrive.client", "calls" } },

  { name = "thrive._VERSION", kind = "value", type = "string", signature = "thrive._VERSION",
    doc = 'The version of the module, such as "0.1.0".',
    example = [[
print(thrive._VERSION)]] },

  { name = "thrive.null", kind = "value", type = "thrive.null", class = "thrive.null", signature = "thrive.null",
    doc = "JSON's null: clears a field, where nil leaves it alone. The same value as cjson.null.",
    also = { "null" },
    example = [[
local clear = { managerRef = thrive.null }
assert(client.users:update("U0007", clear))]],
    see = { "thrive.client" } },

  { name = "thrive.array", kind = "function", generic = "T: table", signature = "thrive.array(t)",
    doc = "Marks a table as an array, so that an empty one goes out as []. Fields that are arrays need no mark; arrays inside "
      .. "`additionalFields` and body do.",
    params = { { "t", "table", editor = "T", doc = "the table" } },
    returns = { { "t", "table", editor = "T", doc = "the same table" } },
    example = [[
local fields = { additionalFields = { sites = thrive.array{} } }
assert(#fields.additionalFields.sites == 0)]],
    see = { "thrive.null" } },

  { name = "thrive.iserror", kind = "function", signature = "thrive.iserror(v)",
    doc = "Is v an error object of this module?",
    params = { { "v", "any", optional = true, doc = "any value" } },
    returns = { { "is", "boolean", doc = "whether it is one" } },
    example = [[
local _, err = client.users:get_by_ref("nobody")
print(thrive.iserror(err), thrive.iserror("text"))]],
    see = { "errors" } },

  { name = "thrive.shard", kind = "function", signature = "thrive.shard()", also = { "THRIVE_SHARD_INDEX" },
    doc = "Which share of a list this process has to read, as the environment tells it. It knows `THRIVE_SHARD_INDEX` with "
      .. "`THRIVE_SHARD_COUNT`, Indexed Jobs of Kubernetes (`JOB_COMPLETION_INDEX`; the manifest sets `JOB_COMPLETIONS`), Slurm "
      .. "arrays, AWS Batch arrays, Cloud Run jobs, GitLab's parallel, and GNU parallel (`PARALLEL_SEQ`, with "
      .. "`THRIVE_SHARD_COUNT`).",
    returns = { { "shard", "thrive.Shard", optional = true, doc = "nil when there is one process: it reads everything", fields = {
      { "index", "integer", doc = "which share" },
      { "of", "integer", doc = "how many there are" },
    } } },
    raises = "when what the environment tells does not fit together",
    example = [[
local mine = { shard = thrive.shard() }
for user in client.users:each({ perPage = 100 }, mine) do
  if user.status == "expired" then print(user.ref) end
end]],
    see = { "iteration" } },

  { name = "thrive.inspect", kind = "function", signature = "thrive.inspect(value [, options])", also = { "inspect" },
    doc = "What a value looks like, as text for people: a list of records (also a page, or the result of a bulk call) is a "
      .. "table that fits the width, a record a list of its fields, custom ones as cf.Name, anything else as Lua would write "
      .. "it. Secrets are masked, and nothing of the value is called.",
    params = {
      { "value", "any", optional = true, doc = "anything" },
      { "options", "thrive.InspectOptions", optional = true, doc = "see below", fields = {
        { "width", "integer", optional = true, default = "80", doc = "columns to fit into" },
        { "height", "integer", optional = true, default = "40",
          doc = "rows of a table, and entries of any other table, that are shown" },
        { "depth", "integer", optional = true, default = "6", doc = "levels of tables in tables" },
        { "colour", "boolean", optional = true, default = "false", doc = "colours for a terminal" },
        { "as", "string", optional = true, enum = { "table", "record", "dump" },
          doc = "this form, where the value allows it" },
      } },
    },
    returns = { { "text", "string", doc = "lines, without a line break at the end" } },
    raises = "options of the wrong name or type",
    example = [[
local page = assert(client.users:list{ perPage = 10 })
print(thrive.inspect(page, { width = 120 }))]],
    see = { "thrive.help" } },

  { name = "thrive.help", kind = "function", signature = "thrive.help([topic])", also = { "help" },
    doc = "Prints what there is to know about a topic. At the prompt it is help. Without a topic: what there is, and how to go "
      .. "on.",
    params = { { "topic", "any", optional = true,
      doc = 'a name ("users.create", "User", "errors", "thrive.map"), or the thing itself: a group, a verb, an error' } },
    example = [[
thrive.help "users.suspend"
thrive.help(client.users)]],
    see = { "thrive.apropos" } },

  { name = "thrive.apropos", kind = "function", signature = "thrive.apropos(word, …)", also = { "apropos" },
    doc = "Prints the topics whose name or text has all the words, one on a line, the best first. At the prompt it is apropos.",
    params = {
      { "word", "string", doc = "a word, or part of one" },
      { "...", "string", optional = true, doc = "more words" },
    },
    example = [[
thrive.apropos("audience", "replace")]],
    see = { "thrive.help" } },
}
