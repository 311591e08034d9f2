--- The catalogue: what the API offers, as data. One file per group under lua/thrive/catalogue/, loaded when the group
-- is first used; nothing else in the module knows an endpoint.
--
-- A group is a table: `name`, `doc`, `records` (name → fields of what comes back) and `operations`, an array. Fields of
-- an operation:
--
-- * `verb`, `method`, `path` ("/rest/v1/user/{id}"), `doc`, `scope` ("read" or "write"), `host` ("webhooks" for the
--   other host);
-- * `args`: path arguments in order; `params`: query parameters of a GET, else fields of the JSON body; `list`: an array
--   that the call takes and that is the body, or stands between `before` and `after` in it;
-- * `returns`: the record's name, `expect`: "object" (default), "list", "array", "nothing", "any";
-- * `pages` = { style = "envelope" | "array" | "guarded", default =, max = }: a list with each, pages and all;
-- * `some`: the table of params cannot be left out: nil there is a mistake, such as a variable that is not set;
-- * `idempotent`: true where sending again ends in the same state though the method does not promise it; `retry`: why;
-- * `done_after_retry`: statuses that mean "our own earlier attempt did it", once a request was sent again; in a bulk
--   call, where one entry may be the cause, that it may have.
-- * `destructive`: what thrive.guard counts it as: "delete", "suspend", "remove", "replace"; "by event": as the operation of
--   the event in its body; "by end date": as a suspend when the endDate in its body is over, for that ends an account too;
-- * `counts_with`: a member of the body without which it does not count;
-- * `current`: where what it would change is read beforehand, for the plan of a dry run and for questions. `read`: the
--   operation that shows the record, which takes the same path arguments, unless `by` says where in the body its argument is
--   or `params` which of its parameters they are; `fields`: where in the body the new values are (the body itself); `shown`:
--   path of each field that the record shows elsewhere; `becomes`: what changes that is not in the body; `creates`: it may
--   be missing; `makes`: it is new, and later steps of the plan may name it; `whole`: what is left out may be lost. Or
--   `list`: the verb that lists what would be replaced.
--
-- A parameter is { name, type, doc =, … }; the types and further keys are those of src/operation.c: `required`,
-- `nullable` (thrive.null clears it), `enum`, `min`, `max`, `max_length`, `min_count`, `max_count`, `date`, `unless`,
-- `needs`, `fields`, `items`. A field of a record is the same with `doc`, and where they are known `enum` (what the service
-- may send; not checked), `fields` and `items`; besides those types it may be "any" or "error". A record that the module
-- itself makes has `always`: every field is there that is not `optional`.
-- @module thrive.catalogue

return {
  groups = { "users", "audiences", "assignments", "completions", "content", "activities", "cpd", "tags", "skills",
    "events" },
  --- Loads one group. @tparam string name @treturn table
  load = function(name) return require("thrive.catalogue." .. name) end,
}
