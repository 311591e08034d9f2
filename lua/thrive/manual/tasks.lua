--- The manual of doing several things at once.

return {
  { name = "thrive.map", kind = "function", generic = "T, R", signature = "thrive.map(list, f [, options])",
    doc = "Calls f for every item, several at once. An iterator is asked for the next item when a task has time for it, so "
      .. "that it may be endless or read from a file. When some items fail the others still run.",
    params = {
      { "list", "any[]|fun(): any", editor = "T[]|fun(): T?", doc = "an array, or an iterator function" },
      { "f", "fun(item: any, index: integer): any, any", editor = "fun(item: T, index: integer): R?, any",
        doc = "called with item and index; may return value, err as calls do" },
      { "options", "thrive.MapOptions", optional = true, doc = "see below", fields = {
        { "concurrency", "integer", optional = true, default = "8", doc = "how many at once" },
      } },
    },
    returns = {
      { "results", "table<integer, any>", editor = "table<integer, R>",
        doc = "results[i] is the value of item i, nil where it failed" },
      { "failures", "thrive.Failure[]", doc = "in the order of the items; empty when all went well", fields = {
        { "index", "integer", doc = "which item" },
        { "item", "any", doc = "the item" },
        { "err", "any", doc = "what f returned as err, or raised" },
      } },
    },
    raises = "what the iterator raises",
    example = [[
local refs = { "U0001", "U0002", "nobody" }
local users, failures = thrive.map(refs, function(ref)
  return client.users:get_by_ref(ref)
end, { concurrency = 2 })
print(users[1].ref, #failures, failures[1].item)]],
    see = { "thrive.spawn" } },

  { name = "thrive.spawn", kind = "function", signature = "thrive.spawn(f, …)",
    doc = "Starts f(…) as a task. It runs while the caller waits for something: a call, a task, a sleep. Code in a task reads "
      .. "like straight code, and every call in it gives way while it waits. A script that ends does not wait for its tasks.",
    params = {
      { "f", "fun(...: any): ...", doc = "what to run" },
      { "...", "any", optional = true, doc = "its arguments" },
    },
    returns = { { "task", "thrive.Task", doc = "see task" } },
    example = [[
local task = thrive.spawn(function() return client.skills:levels() end)
thrive.sleep(0.01)
print(#task:wait())]],
    see = { "task", "thrive.map", "thrive.sleep" } },

  { name = "task", kind = "object", class = "thrive.Task", signature = "local task = thrive.spawn(f, …)",
    doc = "A function that runs while others wait. An error in it is raised in whoever waits for it; when nobody does it is a "
      .. "warning, which `-W` shows.",
    see = { "thrive.spawn", "task:wait" } },

  { name = "task:wait", kind = "method", signature = "task:wait()",
    doc = "Waits for the task to end. May be called again.",
    returns = { { "...", "any", doc = "what its function returned" } },
    raises = "what its function raised",
    example = [[
local task = thrive.spawn(client.users.get_by_ref, client.users, "U0001")
local user, err = task:wait()
print(user and user.lastName or err)]],
    see = { "thrive.spawn" } },

  { name = "thrive.sleep", kind = "function", signature = "thrive.sleep(seconds)",
    doc = "Waits, and gives way to tasks and transfers meanwhile.",
    params = { { "seconds", "number", doc = "how long" } },
    example = [[
local task = thrive.spawn(function() print("meanwhile") end)
thrive.sleep(0.01)
task:wait()]],
    see = { "thrive.spawn" } },

  { name = "thrive.progress", kind = "function", signature = "thrive.progress(iterator [, options])",
    doc = "Shows on standard error how far a loop is, how fast it goes and when it will be done, while that is a terminal; "
      .. "elsewhere it changes nothing and costs nothing. Values, errors and the end of the loop pass through as they are. "
      .. "thrivelua shows loops and maps by itself; this gives one a label, and shows any other loop. `THRIVE_PROGRESS=0` "
      .. "in the environment turns it off.",
    params = {
      { "iterator", "function|any[]", editor = "any",
        doc = "what a generic for takes: an iterator function; or an array: the loop gets its entries, and their indices "
          .. "as second value. Where the iterator needs its other values (as pairs does), they follow it: iterator, state, "
          .. "control, closing, options" },
      { "options", "thrive.ProgressOptions", optional = true, doc = "see below", fields = {
        { "label", "string", optional = true, doc = "what stands before the numbers" },
        { "total", "integer", optional = true, doc = "how many there will be; else what the service announces, or the "
          .. "length of the array" },
      } },
    },
    returns = { { "iterator", "function", editor = "fun(...): ...", doc = "with state, control and closing value, for a "
      .. "generic for" } },
    example = [[
for user in thrive.progress(client.users:each(), { label = "users" }) do
  if user.status == "expired" then print(user.ref) end
end]],
    see = { "thrive.map", "iteration" } },
}
