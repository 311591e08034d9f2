-- reference.lua — writes doc/reference.md (make reference) to standard output: every verb, from the catalogue and its
-- examples; what the catalogue does not know stands below as text. thrivelua doc/reference.lua >doc/reference.md

local describe = require "thrive.describe"
local manual = require "thrive.manual"
local pages = require "thrive.help.pages"

local out = {}
local function put(text, ...) out[#out + 1] = select("#", ...) > 0 and text:format(...) or text end

-- ---- the text around the operations ---------------------------------------------------------------------------------

local opening = [[
# Reference

<!-- Written by "make reference" from lua/thrive/catalogue/ and doc/. Do not edit. -->

The README tells how to begin; this page has every verb, parameter and field. Every Lua block in it runs in the test suite,
against the sandbox; those below go on from

```lua
local thrive = require "thrive"          -- in thrivelua it is a global already
local client = assert(thrive.client())
```]]

local conventions = assert(dofile("doc/conventions.lua"))

local module = [[
## thrive.client

`thrive.client(options)` → client, or nil and an error of kind `config`. Nothing is sent. All options are optional:

%FIELDS thrive.client%

```lua
local careful = assert(thrive.client{ timeout = 20, max_retries = 5, dry_run = true })
assert(careful.users:delete("U0007"))
print(careful:plan()[1].operation)
```

### Profiles

A profile is a set of these options with a name, in `$XDG_CONFIG_HOME/thrive/profiles.lua` (by default
`~/.config/thrive/profiles.lua`), which `thrivelua --login` writes. The file is Lua text that sees no library, and it is refused
when anybody but its owner may read or write it (`chmod 600`).

```lua
return {
  default = { tenant_id = "eu-west-2_AbcdEfghI", api_key_command = "pass show thrive" },
  staging = { region = "staging", tenant_id = "eu-west-2_AbcdEfghI", client_id = "…", client_secret = "…", scope = "api/read" },
  audit = { token_command = "vault read -field=token kv/thrive", read_only = true, timeout = 120 },
}
```

- A profile takes every option above but `on` and `profile`. `api_key_command`, `client_secret_command` and `token_command` keep
  the secret elsewhere: a line for the shell, run when a client is made, whose first line of output is the secret. Its standard
  error is the script's, and its standard input the terminal, where that is the script's; without any terminal (cron) it has 60
  seconds. It is an error of kind `config` when it fails, prints nothing, or takes longer; that names the program, not the line.
- Without a name, the **arguments** go first, then the **environment**, then profile `default`: the first of them that holds a
  secret decides who a client is, and profile `default` is only read when arguments and environment hold none, or none with
  its tenant. Ids and hosts that are missing come from the next one; a `region` or `base_url` silences the hosts of all that
  follow.
- With a name (`profile = "staging"`, else `thrivelua --profile staging`, else `THRIVE_PROFILE`) the environment does not count,
  and a profile that is not there is an error that lists those that are. Arguments still go first.
- With `thrivelua --sandbox` no profile is read at all.
- `thrivelua --doctor` tells which credentials would be used, and where each part of them is from.

### client:request

`client:request{ method =, path =, query =, body =, headers =, host = "api" | "webhooks" }` → value, err, meta. Any request,
with the client's credentials, retries and guards. `path` is percent-encoded; `query` holds strings, numbers, booleans or
arrays of them; `body` is any value that JSON has. A second table takes the options of a call.

```lua
local tags = assert(client:request{ method = "GET", path = "/rest/v1/tags", query = { perPage = 10 } })
print(#tags.results)
```

### client:stats, client:plan, client:close

`client:stats()` → counters since the client was made:

%FIELDS client:stats%

The time of an answer is that of its attempt by itself, with connecting and without waiting for a place.

`client:plan()` → what a dry run would have sent: `{ { operation, method, path, body }, … }`. `client:close()` cancels what is
under way and wipes the secrets; a `<close>` variable and the collector do it too.

```lua
local short <close> = assert(thrive.client())
assert(short.skills:levels())
print(short:stats().calls)
```

### client:step, client:fds

For programs with an event loop of their own. `client:step(seconds)` → is anything left to do? It moves the transfers, timers
and tasks of all clients on, waiting at most so long (0), less when a task had its turn; not in tasks and hooks.
`client:fds()` → `{ { fd =, read =, write = }, … }, seconds`: what to wait for before the next step, and how long at most
(nil: nothing but the descriptors matters); ask again after every step. Descriptors of 1024 and more are not among them: while
transfers use one, `seconds` is at most 0.1.

```lua
thrive.spawn(function() print(#client.skills:levels()) end)
while client:step(1) do end
```

## thrive.map, thrive.spawn, thrive.sleep

`thrive.map(list or iterator, f, { concurrency = 8 })` → results, failures. `f(item, index)` may return `value, err` as calls
do; `results[i]` is the value of item i; failures are `{ { index, item, err }, … }`, in order, and the others still run.
`thrive.spawn(f, …)` → a task; `task:wait()` → what f returned, and raises what it raised. `thrive.sleep(seconds)` gives way.

```lua
local users, failures = thrive.map({ "U0001", "U0002", "nobody" }, function(ref)
  return client.users:get_by_ref(ref)
end, { concurrency = 2 })
print(users[1].ref, #failures, failures[1].item)

local task = thrive.spawn(function() return client.skills:levels() end)
thrive.sleep(0.01)
print(#task:wait())
```

## thrive.null, thrive.array, thrive.iserror

`thrive.null` is JSON's null (and `cjson.null`). `thrive.array(t)` marks a table, so that an empty one goes out as `[]`: fields
that are arrays need no mark, arrays inside `additionalFields` and `body` do. `thrive.iserror(v)`: is v an error object?

```lua
print(thrive.iserror((select(2, client.users:get_by_ref("nobody")))))
```

## thrive.csv

RFC 4180 with BOM, any line ends, and line breaks in quotes; streaming, in both directions. What is wrong with a file is an
error with `kind`, `message`, `source`, `line`, `column`, whose `tostring` begins with file and line.

### Reading

`csv.rows(path, options)` loops over row and line and raises what is wrong; `csv.open(path, options)` → a reader
(`reader:next()`, `reader:close()`, `header`, `separator`, `line`, `trimmed`); `csv.read(path, options)` and
`csv.parse(text, options)` → an array; these three return nil and the error. `path` may be an open file.

%FIELDS thrive.csv.rows%

With `operation`, a boolean is true, yes, 1, false, no or 0 in any case; an integer or number is decimal, with a point; an array
is a list with semicolons, or JSON; an object is JSON; a word from a list must be one of them; text and dates stay as they are.

```lua
local text = "ref;sso;jobTitle;cf.location\nU0002;yes;Nurse;Leeds\nU0003;no;;\n"
for _, row in ipairs(assert(thrive.csv.parse(text, { operation = "users.update" }))) do
  local ref = row.ref
  row.ref = nil
  print(client.users:update(ref, row).jobTitle, row.sso, row.additionalFields and row.additionalFields.location)
end
local _, err = thrive.csv.parse("ref,end_date\n", { operation = "users.suspend", source = "leavers.csv" })
print(err)
```

```output
Nurse	true	Leeds
Store Manager	false	nil
leavers.csv:1: users.suspend has no field of that name: "end_date" (did you mean "endDate"?); the columns may be: ref, endDate
```

### Writing

`csv.writer(path, options)` → a writer, or nil and an error: `writer:write(row)`, `writer:close()` (or a `<close>` variable),
`columns`, `rows`, `dropped`. `write` and `close` raise what cannot be written. `csv.format(rows, options)` → text.

%FIELDS thrive.csv.writer%

Without `columns`, custom fields come last, and a field that first appears after 1000 rows is counted: `writer.dropped[name]`.
Integers are exact, floats read back the same, tables are JSON; nil, `""` and null are an empty cell. Text that a spreadsheet
would compute (`=` `+` `-` `@` or a wide form of one, TAB or a line break first) gets an apostrophe in front, numbers do not;
reading takes it off, so that out and in every text is the same.

```lua
local path = os.tmpname()
do
  local out <close> = assert(thrive.csv.writer(path, { columns = { "ref", "firstName", "cf.Phone" } }))
  out:write{ ref = "U1", firstName = "=HYPERLINK(1)", additionalFields = { Phone = "+44 7700 900123" } }
end
for line in io.lines(path) do print(line) end
print(thrive.csv.read(path)[1].firstName)
os.remove(path)
```

```output
ref,firstName,cf.Phone
U1,'=HYPERLINK(1),'+44 7700 900123
=HYPERLINK(1)
```

## thrive.webhooks

What Thrive sends to you. `webhooks.verify(raw_body, headers, secret)` → true, or nil and why: the signature (HMAC-SHA256 in
`x-hmac-signature`) over the bytes as they came, so verify before decoding. `webhooks.parse(raw_body)` → the event, with all
its fields and whatever its type, or nil and an error of kind `decode`. Answer 2xx within 30 s, and be ready to see an event
twice: nothing in it is signed that tells its age.

```lua
local body = '{"eventType":"content.completed","user":{"id":"5f2b8c9d1e3a4b5c6d7e8f90"},"content":{"id":"60c72b2f"}}'
local headers = { ["X-Hmac-Signature"] = "sha256=" .. ("0"):rep(64) }
print(thrive.webhooks.verify(body, headers, "the secret"))
print(assert(thrive.webhooks.parse(body)).eventType)
```

```output
nil	the signature does not fit the body
content.completed
```]]

local aptem = [[
## thrive.aptem

`thrive.aptem{ tenant =, token = }` → a client of Aptem with the group `users`, or nil and an error of kind `config`.
`base_url` replaces `https://{tenant}.aptem.co.uk/api/1.0`; `header` is the token's header (`X-API-Token`); all options of
`thrive.client` that name no host and no credentials go here too, and so do `request`, `plan`, `stats` and `close`.

```lua
local aptem = assert(thrive.aptem{ tenant = "acme", token = "…" })
print(aptem.users:search{ refNum = "nobody" })
```]]

local command_line = [[
## thrivelua api

One call, or one for each row of a CSV file, without a script. `thrivelua api --help` lists the groups, `thrivelua api GROUP
--help` the verbs, `thrivelua api GROUP VERB --help` what a verb takes.

```sh
thrivelua api users list --status active --fields ref,email,cf.department -o csv
thrivelua api users list --where 'u.role == "learner" and cf.site ~= "Leeds"' --limit 10
thrivelua api users update HR-1001 jobTitle='Team lead' managerRef:=null --dry-run
thrivelua api audiences members add sales HR-1001 ada@example.org
thrivelua api users create --from-csv joiners.csv role=learner --failed failed.csv
thrivelua api GET /rest/v1/tags perPage=5
```

- **Groups and verbs** are those of this page, with blanks: `cpd categories list`, `audiences members add`; `get-by-ref` and
  `get_by_ref` are the same. Aptem is not there: it takes its credentials from scripts alone.
- **Ids** come first, in their order, or by name (`ref=HR-1001`); behind `--` they may begin with `-` or be such a name
  themselves.
- **Values**: `name=value`, `--name value` or `--name=value`, in any spelling of the name (`--first-name`); `cf.Name=value` is
  a custom field, `permissions.peopleManager.insights=true` a field in a field. Text becomes what the field takes; `name:=JSON`
  is taken as it is, `name:=null` clears. Lists are parted by commas or given again. Entries of lists (`members add`,
  `add-tags`) are words; where they are records (`update-skills`, `managers add`) a name that comes again begins the next one.
- **Lists** give their first page and say on standard error what is left; `--all`, `--limit` and `--where` read on. `count`
  prints a number.
- **Output** is a table or the fields of a record on a terminal, else NDJSON, or what `-o` says. `json` of a list is one array,
  which stays open when the list breaks off. Data goes to standard output, everything else to standard error; there is no
  pager. Nothing is shown for what returns nothing. A field that no record has is told, as is a write that Ctrl-C cut off.
- **Requests by method and path**: `name=value` goes into the URL of GET and HEAD, else into a JSON body.

The options of thrivelua itself (`--dry-run`, `--sandbox`, `--profile` …) may stand behind `api` as well. Its own:

%API OPTIONS%

`--where` sees the record as `u` and `record`, its custom fields as `cf`, and `string`, `math`, `table`, `utf8`, `type`,
`tonumber`, `tostring`, `pairs`, `ipairs`, `next` and `select`.

### Rows of a file

`--from-csv` makes a call for each row. Columns are the fields and ids of the operation, spelt as people do (`First name`),
`cf.Name` and names with dots; what is the same for all rows may stand on the command line. Separator, BOM and cells are as in
[thrive.csv](#thrivecsv): an empty cell leaves a field alone, a column `_error` is passed over, as are rows
of nothing but separators. Rows about the same person or thing keep their order. Where a verb takes a list, each
row is an entry of it: the column is that of `--column`, the only one, or `email`, `ref`, `reference` or `id`; rows go to
several lists when a column names them (`audience`).

The whole file is read and checked first: what is wrong is named with file and line, and nothing is sent. Then every row has an
outcome (`success`, `failure`, or `unknown` where a write was sent and its answer is lost), in the order of the file; those
that failed are in the file of `--failed` with the reason in `_error`, to be corrected and sent again. After what every row
would meet (refused credentials, a guard) no further row is sent. Ctrl-C accounts for every row as well.

### Exit status

| status | when |
|---|---|
| 0 | all is done |
| 1 | the script, or `--where`, failed; standard output takes no more |
| 2 | the words, or the file, make no sense; nothing was sent |
| 3 | part of it was done (`partial`), or some rows failed |
| 4 | `config`, `auth` |
| 5 | `forbidden`, `not_found`, `validation`, `conflict`, `rate_limited` |
| 6 | `network`, `tls`, `timeout`, `server`, `decode`, `ambiguous` |
| 7 | `guard` |
| 130, 143 | ended by Ctrl-C, by SIGTERM |
| 141 | whoever read standard output has enough (`head -1`) |

When all rows failed alike, the status is that of their error.]]

-- ---- operations -----------------------------------------------------------------------------------------------------

local function code(text) return "`" .. text .. "`" end

-- The names of a list in words: `a`, `b`, `c`.
local function quoted(list) return "`" .. table.concat(list, "`, `") .. "`" end

local function cell(text) return (text:gsub("|", "\\|")) end

local function returns_of(entry)
  local kind = entry.expect or "object"
  if kind == "nothing" then return "`true`" end
  local record = ("[%s](#%s)"):format(entry.returns, entry.returns:lower())
  if kind == "list" then return "`{ results = {…}, pagination = {…} }` of " .. record end
  if kind == "array" then return "an array of " .. record end
  if entry.bulk and entry.returns ~= "BulkResult" then return record .. " with the outcomes of [bulk calls](#bulk)" end
  return record
end

local function put_operation(operation)
  local entry, group = operation.entry, operation.group
  put("\n### %s:%s\n", describe.path_of(group), entry.verb)
  put("`%s`%s\n", describe.signature(group, entry),
    entry.pages and (", and `each`, `pages`, `all`, `count` of the same arguments") or "")
  put("%s\n", entry.doc)
  put("| | |\n|---|---|")
  put("| endpoint | `%s`%s |", describe.endpoint_of(group, entry), entry.host == "webhooks" and ", webhooks host" or "")
  if not describe.is_aptem(group.name) then put("| scope | %s |", entry.scope) end
  put("| returns | %s |", returns_of(entry))
  put("| errors | %s |", quoted(describe.errors_of(entry)))
  put("| tried again | %s |", describe.retry_of(entry, code))
  if entry.destructive then put("| counts | %s, for the [guard](#the-guard) |", describe.guard_of(entry)) end
  if entry.pages then put("| pages | %s |", describe.pages_of(entry)) end
  local rows = describe.params_of(entry)
  if #rows > 0 then put("\n| name | type | required | limits | meaning |\n|---|---|---|---|---|") end
  for _, row in ipairs(rows) do
    local param = row.param
    put("| `%s` | %s | %s | %s | %s |", row.name, describe.type_of(param), describe.required_row(row, code),
      cell(describe.limits_of(param, code, code)), cell(param.doc))
  end
  put("\n```lua\n%s\n```", assert(describe.example_of(operation.name), "no example of " .. operation.name))
end

-- ---- what the manual knows ------------------------------------------------------------------------------------------

-- A table of the manual: what help shows of it. With a column for what holds without an option, where there are such.
local function manual_table(rows)
  local lines, defaults = {}, false
  local function look(list)
    for _, row in ipairs(list) do
      defaults = defaults or row.default ~= nil
      look(row.fields or {})
    end
  end
  look(rows)
  lines[1] = defaults and "| name | type | without it | meaning |\n|---|---|---|---|"
    or "| name | type | meaning |\n|---|---|---|"
  local function add(list, prefix)
    for _, row in ipairs(list) do
      local doc = row.enum and ("%s: %s"):format(quoted(row.enum), row.doc) or row.doc
      local kind = pages.type_words(row[2]) .. (defaults and " | " .. cell(row.default or "") or "")
      lines[#lines + 1] = ("| `%s` | %s | %s |"):format(prefix .. row[1], kind, cell(doc))
      if row.fields then add(row.fields, prefix .. row[1] .. (row[2]:find("%[%]$") and "[]." or ".")) end
    end
  end
  add(rows, "")
  return table.concat(lines, "\n")
end

-- The rows of an entry that a table is made of: its fields, those of its options, or those of its result.
local function rows_of(name)
  local entry = assert(manual.entry(name), name)
  local param = entry.params and entry.params[#entry.params]
  return entry.fields or param and param.fields or entry.returns[1].fields
end

local function kinds_table()
  local lines = { "| kind | when | what to do |\n|---|---|---|" }
  for _, entry in ipairs(manual.entries()) do
    if entry.kind == "kind" then
      lines[#lines + 1] = ("| `%s` | %s | %s |"):format(entry.name, cell(entry.doc), cell(entry.advice))
    end
  end
  return table.concat(lines, "\n")
end

local function api_options()
  local lines = { "| option | meaning |\n|---|---|" }
  for _, option in ipairs(require("thrive.api.options").list) do
    lines[#lines + 1] = ("| `%s--%s%s` | %s |"):format(option.short and ("-%s`, `"):format(option.short) or "", option[1],
      option[2] and " " .. option[2] or "", cell(option.doc))
  end
  return table.concat(lines, "\n")
end

-- A text with its tables: %FIELDS name% is the manual's of that name, %KINDS% the kinds of errors.
local function filled(text)
  return (text:gsub("%%FIELDS ([%w.:]+)%%", function(name) return manual_table(rows_of(name)) end)
    :gsub("%%KINDS%%", kinds_table):gsub("%%API OPTIONS%%", api_options))
end

-- An entry of the manual as a section.
local function put_entry(name, title)
  local entry = assert(manual.entry(name), name)
  if title then put("\n### %s\n", title) else put("") end
  if entry.kind == "function" or entry.kind == "method" then put("`%s`\n", entry.signature) end
  put("%s", entry.doc)
  local function put_table(head, rows)
    if rows and #rows > 0 then put("\n%s\n\n%s", head, manual_table(rows)) end
  end
  put_table("Parameters:", entry.params)
  put_table("Fields:", entry.fields)
  put_table("Returns:", entry.returns)
  if entry.raises then put("\nRaises: %s.", entry.raises) end
  if entry.example then put("\n```lua\n%s\n```", entry.example) end
end

-- Sections that are the manual's alone: { title, what they begin with, entries }.
local manual_sections = {
  { "thrive.progress", nil, { "thrive.progress" } },
  { "thrive.help, thrive.apropos", nil, { "thrive.help", "thrive.apropos" } },
  { "thrive.inspect", nil, { "thrive.inspect" } },
  { "The prompt", nil, { "prompt" } },
  { "thrive.sandbox", "thrive.sandbox", { "thrive.sandbox.start", "sandbox", "sandbox:client", "sandbox:fault",
    "sandbox:clear_faults", "sandbox:requests", "sandbox:count", "sandbox:clear_requests", "sandbox:user", "sandbox:users",
    "sandbox:expire_tokens", "sandbox:stop" } },
}

-- ---- records --------------------------------------------------------------------------------------------------------

local written = {}

local function put_fields(fields, prefix)
  for _, field in ipairs(fields) do
    local name = prefix .. field[1]
    put("| `%s` | %s | %s |", name, describe.type_of(field), cell(field.doc))
    if field.fields then put_fields(field.fields, name .. ".") end
    if field.items and field.items.fields then put_fields(field.items.fields, name .. "[].") end
  end
end

local function put_records(group)
  local names = {}
  for name in pairs(group.records) do if not written[name] then names[#names + 1] = name end end
  table.sort(names)
  for _, name in ipairs(names) do
    local record = group.records[name]
    written[name] = true
    put("\n#### %s\n", name)
    if record.extends then put("All of [%s](#%s), and:\n", record.extends, record.extends:lower()) end
    put("| field | type | meaning |\n|---|---|---|")
    put_fields(record, "")
  end
end

-- GitHub's anchors: lower case, what is no letter, digit, "_", "-" or space gone.
local function anchor(text) return (text:lower():gsub("[^%w_%- ]", ""):gsub(" ", "-")) end

local function put_group(group, all)
  local title = describe.path_of(group)
  put("\n## %s\n", title)
  put(group.doc)
  for _, operation in ipairs(all) do
    if operation.group == group then put_operation(operation) end
  end
  put_records(group)
end

local all, groups = describe.operations(), describe.groups()
put(opening)
put("\n## Contents\n")
put("- [Calls](#calls): [lists](#lists), [dates](#dates), [errors](#errors), [what is tried again](#what-is-tried-again), "
  .. "[bulk](#bulk), [scopes](#scopes)")
for _, group in ipairs(groups) do
  local title, verbs = describe.path_of(group), {}
  for _, operation in ipairs(all) do
    if operation.group == group then
      local verb = operation.entry.verb
      verbs[#verbs + 1] = ("[%s](#%s)"):format(verb, anchor(title .. ":" .. verb))
    end
  end
  if #verbs > 0 then put("- [%s](#%s): %s", title, anchor(title), table.concat(verbs, ", ")) end
end
put("- [thrive.client](#thriveclient): [request](#clientrequest), [stats, plan, close](#clientstats-clientplan-clientclose), "
  .. "[step, fds](#clientstep-clientfds)")
put("- [thrive.map, thrive.spawn, thrive.sleep](#thrivemap-thrivespawn-thrivesleep), "
  .. "[thrive.null, thrive.array, thrive.iserror](#thrivenull-thrivearray-thriveiserror), [thrive.csv](#thrivecsv), "
  .. "[thrive.webhooks](#thrivewebhooks), [thrive.aptem](#thriveaptem)")
put("- [thrivelua: dry runs, the guard, the log](#thrivelua-dry-runs-the-guard-the-log)")
for _, section in ipairs(manual_sections) do
  local links = {}
  for i, name in ipairs(#section[3] > 1 and section[3] or {}) do
    links[i] = ("[%s](#%s)"):format(name:match("[^.:]*$"), anchor(name))
  end
  put("- [%s](#%s)%s", section[1], anchor(section[1]), #links > 0 and ": " .. table.concat(links, ", ") or "")
end
put("- [thrivelua api](#thrivelua-api): [rows of a file](#rows-of-a-file), [exit status](#exit-status)")
put("")
put(filled(conventions))
for _, group in ipairs(groups) do
  if not describe.is_aptem(group.name) and (#group.operations > 0 or next(group.records)) then put_group(group, all) end
end
put("")
put(filled(module))
for _, section in ipairs(manual_sections) do
  put("\n## %s", section[1])
  if section[2] then put("\n%s", manual.entry(section[2]).doc) end
  for _, name in ipairs(section[3]) do put_entry(name, #section[3] > 1 and name or nil) end
end
-- A page of its own, so that it is found beside this one.
put("")
local safety <close> = assert(io.open("doc/safety.md"))
put("%s", (safety:read("a"):gsub("\n$", "")))
put("")
put(aptem)
for _, group in ipairs(groups) do
  if describe.is_aptem(group.name) then put_group(group, all) end
end
put("")
put(filled(command_line))

io.write(table.concat(out, "\n"), "\n")
