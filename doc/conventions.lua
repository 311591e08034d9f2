-- conventions.lua — what the reference says of every call, around what doc/reference.lua knows of each: it fills in the
-- names between percent signs.
return [[
## Calls

`client.<group>:<verb>(ids…, fields or parameters, options)` returns `value, err, meta`.

- **Ids** go into the path, each as one segment: escape nothing yourself. Integers and strings are taken.
- **Fields** (of a write) and **parameters** (of a list) are one table. What is not in the tables below is refused before
  anything is sent, with every other problem of the call, as an error at the line of the call. `thrive.null` clears a field
  where it says so; an empty list or text among parameters is left out.
- **Options**, always the last table: `timeout` (seconds, of one attempt), `deadline` (seconds, of the whole call),
  `max_retries`, `headers`; iteration takes [more](#lists), `replace` takes `split`.
- **value**: the record with every field the service sent, known or not; `null` is an absent field unless the client was
  made with `nulls = "keep"`. A write to which the service has nothing to say is `true`.
- **err**: nil, or an error object: `kind status code message fields operation method path request_id attempts elapsed
  retry_after retryable sent body`. `tostring` is one line that says what to do.
- **meta**: `status attempts headers url request_id timings planned operation method path`.

### Lists

Each `list` has four sisters, of the same arguments: `each` (record after record), `pages` (page after page, with its
meta), `all` (one array) and `count` (how many there are: by one request where the service gives totals, by reading
where its lists are bare arrays). They ask for the largest page that the service gives unless `perPage` says otherwise.
`each`, `pages` and `all` raise what goes wrong, and again when asked again, so that a loop never ends early and looks
complete; `count` returns `n, err, meta` as any call. `list` itself is one page: `{ results = {…}, pagination = { page,
perPage, totalPages, totalResults } }`, without pagination where the service has none.

While the script works on a page the next ones travel. A loop that is left gives up what is on its way, at once. `each`,
`pages` and `all` take these options on top of those of a call:

%FIELDS iteration%

A page of `pages` has `cursor`, and the last one has `complete`: did as many records come as the service announced?
`each` and `all` raise an error of kind `partial`, code `incomplete`, after the last record when they did not: also
when the list got shorter while it was read, as by a loop that suspends what it reads, for then others move to pages
that were read. Read such a list first, with `all`. A page that comes again, or is not the one that was asked for, is
an error of kind `decode` with the code `page_loop` or `page_wrong`.

```lua
local cursor
for page in client.users:pages({ perPage = 100 }, { fields = { "ref", "email" }, limit = 150 }) do
  cursor = page.cursor -- a line of text: to be kept where a later run finds it
end
for page in client.users:pages({ perPage = 100 }, { fields = { "ref", "email" }, cursor = cursor }) do
  print(page.results[1].ref, page.complete)
end
print((client.users:count{ status = "active" }))
```

```output
U0151	nil
U0201	nil
U0301	nil
U0401	true
444
```

`thrive.shard()` → what `shard` wants, as the environment of the process tells it, or nil when it tells nothing; it raises
when what it tells does not fit together. It knows `THRIVE_SHARD_INDEX` with `THRIVE_SHARD_COUNT`, Indexed Jobs of Kubernetes
(`JOB_COMPLETION_INDEX`; the manifest sets `JOB_COMPLETIONS`), Slurm arrays, AWS Batch arrays, Cloud Run jobs, GitLab's
`parallel`, and GNU parallel (`PARALLEL_SEQ`, with `THRIVE_SHARD_COUNT`).

```lua
for user in client.users:each({ perPage = 100 }, { shard = thrive.shard() }) do
  if user.status == "expired" then print(user.ref) end
end
```

### Dates

Every date takes a number (epoch seconds; a fraction becomes milliseconds where the format has them) or a string. A string
that fits the parameter's format goes as it is; another date is converted to UTC and to the format; without a zone it is
UTC. The formats:

| format | example | a day alone |
|---|---|---|
| ISO 8601 date-time | `2024-06-30T17:00:00.000Z`, `2024-06-30T17:00:00+01:00` | becomes `2024-06-30T00:00:00.000Z` |
| ISO 8601 | the same, or `2024-06-30` | stays |
| `YYYY-MM-DD hh:mm:ss` | `2024-06-30 17:00:00` | becomes `2024-06-30 00:00:00` |
| `YYYY-MM-DD` or `YYYY-MM-DD hh:mm:ss` | `2024-06-30`, `2024-06-30 17:00:00` | stays |
| `YYYY-MM-DDThh:mm:ss` | `2024-06-30T17:00:00` | becomes `2024-06-30T00:00:00` |

### Errors

Every call may fail with any of these; each verb below names of `validation`, `not_found`, `conflict`, `ambiguous` and
`partial` only those that it can have:

%KINDS%

### What is tried again

After no answer or 408, 429, 500, 502, 503, 504, a call is sent again up to `max_retries` times, if it is **repeatable**:
sent twice, it ends in the same state. A call that is **not** is only sent again when it was certainly not acted on: after
429, after 503 with `Retry-After`, or when nothing had been sent.

### Bulk

`members:add`, `managers:add`, `replace`, `add_tags`, `remove_tags` and `update_skills` take a list of any length and send it
in hundreds. The result is `{ success = { count, entities }, failure = { count, entities }, outcomes = {…} }`, with one
outcome for every input in its order: `{ input, outcome = "success" | "failure" | "unknown", reason, err }`. Where not
everything succeeded, `err` beside it is `partial`. An empty list is refused.

### Scopes

A client with OAuth credentials asks for `scope`; a call that its token cannot do fails before it is sent. `read` below means
`api/read` or `api/all`, `write` means `api/write` or `api/all`, `webhooks` means `api/webhooks` or `api/all`.]]
