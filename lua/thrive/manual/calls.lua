--- The manual of calls: what they take and give, options, meta, dates, bulk calls, repetition, scopes.

local per_call = {
  { "timeout", "number", optional = true, default = "the client's", doc = "seconds that one attempt may take" },
  { "deadline", "number", optional = true, default = "the client's",
    doc = "seconds that the whole call may take, with its attempts, pauses and token" },
  { "max_retries", "integer", optional = true, default = "the client's", doc = "how often it is sent again at most" },
  { "headers", "table<string, string>", optional = true, doc = "more headers, by name" },
}

return {
  { name = "calls", kind = "topic", signature = "client.<group>:<verb>(ids…, fields or parameters, options)",
    doc = "Every call returns value, err, meta.\n\n"
      .. "What is wrong with the arguments is raised before anything is sent, every problem at once, at the line of the call. "
      .. "What goes wrong in the world comes back as nil, err: assert turns it into an error, and so does a client with "
      .. "`raise = true`.",
    heading = "parts",
    fields = {
      { "ids", "string|integer", doc = "go into the path, each as one segment: escape nothing yourself" },
      { "fields", "table", doc = "of a write; `thrive.null` clears a field where it says so, nil leaves it alone" },
      { "params", "table", doc = "parameters of a list; an empty list or text is left out" },
      { "options", "thrive.CallOptions", doc = "always the last table: see options" },
      { "value", "any", doc = "the record with every field that the service sent, known or not; null is an absent field "
        .. 'unless the client was made with nulls = "keep"; true where there is nothing to say' },
      { "err", "thrive.Error", optional = true, doc = "nil, or an error object: see errors" },
      { "meta", "thrive.Meta", doc = "what is known of the request: see meta" },
    },
    example = [[
local user, err, meta = client.users:get_by_ref("U0007", { timeout = 5 })
print(user and user.email or err, meta.status, meta.attempts)]],
    see = { "options", "errors", "meta", "lists", "bulk", "retries" } },

  { name = "options", kind = "options", signature = "client.<group>:<verb>(…, options)", class = "thrive.CallOptions",
    doc = "The options of one call: its last table.", fields = per_call,
    example = [[
local impatient = { timeout = 5, max_retries = 0 }
print(assert(client.users:get_by_ref("U0007", impatient)).email)]],
    see = { "iteration", "split", "thrive.client" } },

  { name = "split", kind = "options", signature = "client.audiences.members:replace(audience, users, { split = true })",
    class = "thrive.BulkOptions", class_of = "thrive.CallOptions",
    doc = "The option that replace takes on top of those of every call.",
    fields = { { "split", "boolean", optional = true, default = "false",
      doc = "more than 100 entries: the first hundred replace, the others are added, which is not one step" } },
    see = { "bulk", "options" } },

  { name = "meta", kind = "object", signature = "local value, err, meta = client.users:get(id)", class = "thrive.Meta",
    doc = "What is known of the request that a call has made: its third result.", also = { "timings" },
    fields = {
      { "status", "integer", optional = true, doc = "status of the last answer; absent when none came" },
      { "attempts", "integer", doc = "attempts; 0 when nothing was sent" },
      { "headers", "table<string, string>", doc = "headers of the answer, names in lower case" },
      { "url", "string", doc = "address of the request" },
      { "request_id", "string", optional = true, doc = "the service's id of the request: quote it to support" },
      { "operation", "string", doc = 'name of the operation, such as "users.get"' },
      { "method", "string", doc = "method of the request" },
      { "path", "string", doc = "path of the request" },
      { "planned", "boolean", optional = true, doc = "true when a dry run held the write back" },
      { "timings", "thrive.Timings", doc = "seconds, of the last attempt unless it says otherwise", fields = {
        { "dns", "number", doc = "until the name was resolved" },
        { "connect", "number", doc = "until there was a connection" },
        { "tls", "number", doc = "until it was encrypted" },
        { "first_byte", "number", doc = "until the answer began" },
        { "total", "number", doc = "until it had come whole" },
        { "elapsed", "number", doc = "since the first attempt began, with all attempts and pauses" },
      } },
    },
    example = [[
local _, _, meta = client.skills:levels()
print(meta.status, meta.attempts, meta.timings.total < 60)]],
    see = { "calls", "hooks" } },

  { name = "dates", kind = "topic", signature = 'startDate = "2026-01-05" or a number',
    doc = "Every date takes a number (epoch seconds; a fraction becomes milliseconds where the format has them) or a string. A "
      .. "string that fits the parameter's format goes as it is; another date is converted to UTC and to the format; without "
      .. "a zone it is UTC.",
    heading = "formats", also = { "date" },
    fields = {
      { "ISO 8601 date-time", "2024-06-30T17:00:00.000Z", doc = "a day alone becomes 2024-06-30T00:00:00.000Z" },
      { "ISO 8601", "2024-06-30T17:00:00+01:00", doc = "a day alone stays" },
      { "YYYY-MM-DD hh:mm:ss", "2024-06-30 17:00:00", doc = "a day alone becomes 2024-06-30 00:00:00" },
      { "YYYY-MM-DD or YYYY-MM-DD hh:mm:ss", "2024-06-30", doc = "a day alone stays" },
      { "YYYY-MM-DDThh:mm:ss", "2024-06-30T17:00:00", doc = "a day alone becomes 2024-06-30T00:00:00" },
    },
    example = [[
local yesterday = os.time() - 86400
print(client.users:count{ updatedSince = yesterday } >= 0)]],
    see = { "calls" } },

  { name = "bulk", kind = "topic", signature = "members:add(audience, list), managers:add, replace, add_tags, …",
    doc = "Calls that take a list of any length, and send it in hundreds. The result tells what became of every entry, in the "
      .. "order of the list. Where not everything succeeded, err beside it is of kind partial. An empty list is refused.",
    heading = "result",
    fields = {
      { "success", "table", doc = "{ count =, entities = { { reference = }, … } }" },
      { "failure", "table", doc = "{ count =, entities = { { reference =, reason = }, … } }" },
      { "outcomes", "table[]", doc = "one for every entry: { input =, outcome =, reason =, err = }; outcome is success, "
        .. "failure or unknown" },
    },
    example = [[
local people = { "U0001", "U0002", "nobody" }
local result, err = client.audiences.members:add("group-mentors", people)
if not result then error(err) end
for _, outcome in ipairs(result.outcomes) do
  print(outcome.input, outcome.outcome, outcome.reason)
end]],
    see = { "BulkResult", "split", "partial" } },

  { name = "retries", kind = "topic", signature = "max_retries, timeout, deadline",
    doc = "After no answer or 408, 429, 500, 502, 503, 504 a call is sent again, up to `max_retries` times, if it is repeatable: "
      .. "sent twice, it ends in the same state. A call that is not repeatable is only sent again when it was certainly not "
      .. "acted on: after 429, after 503 with `Retry-After`, or when nothing had been sent; else it fails with the kind "
      .. "ambiguous.\n\n"
      .. "Before each attempt is a random pause of up to 0.5 s, 1 s, 2 s … 20 s, or as long as `Retry-After` asks, up to two "
      .. "minutes. After a 429 all calls of the client wait, and go on more slowly.",
    also = { "retry" },
    see = { "options", "ambiguous", "rate_limited", "client:stats" } },

  { name = "scopes", kind = "topic", signature = 'thrive.client{ scope = "api/read" }',
    doc = "A client with OAuth credentials asks for a scope; a call that its token cannot do fails with the kind forbidden "
      .. "before it is sent. HTTP Basic and a token you hold are not checked beforehand.",
    heading = "scope", also = { "scope" },
    fields = {
      { "read", "api/read or api/all", doc = "reading" },
      { "write", "api/write or api/all", doc = "what changes something" },
      { "webhooks", "api/webhooks or api/all", doc = "the events" },
    },
    see = { "thrive.client", "forbidden" } },
}
