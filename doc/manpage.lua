-- manpage.lua — writes doc/thrivelua.1, the manual page thrivelua(1), to standard output: thrivelua doc/manpage.lua
-- (make reference). Options, groups and verbs come from the tables that the program reads; what is told in prose stands here.
package.path = "./?.lua;" .. package.path

local line = require "doc.commandline"
local exit = require "thrive.exit"

local DATE <const> = "2026-11-22" -- of the prose below

local out = {}
local function put(text) out[#out + 1] = text end

-- Text as roff wants it: nothing in it is a request, a hyphen that is typed is one.
local function plain(text)
  text = text:gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("…", "..."):gsub("[\u{2018}\u{2019}]", "'")
  text = text:gsub("^([.'])", "\\&%1"):gsub("\n([.'])", "\n\\&%1")
  assert(not text:find("[\x80-\xFF]"), "this needs a name of roff's: " .. text)
  return text
end

-- "*word*" is bold, "_word_" is what stands for something.
local function marked(text)
  return (plain(text):gsub("%*([^*\n]+)%*", "\\fB%1\\fR"):gsub("%f[%w_]_([%w\\-]+)_%f[^%w_]", "\\fI%1\\fR"))
end

-- Lines of 78 columns at most; requests stay as they are.
local function wrapped(text)
  local lines = {}
  for given in text:gmatch("[^\n]+") do
    local one = ""
    for word in given:gmatch("%S+") do
      if one ~= "" and #one + 1 + #word > 78 and not given:find("^%.") and not word:find("^[.']") then
        lines[#lines + 1], one = one, word
      else
        one = one == "" and word or one .. " " .. word
      end
    end
    lines[#lines + 1] = one
  end
  return table.concat(lines, "\n")
end

local function section(title) put(".SH " .. title) end
local function subsection(title) put(".SS " .. title) end
local function paragraph(text)
  if not out[#out]:find("^%.S[HS] ") then put(".PP") end -- the first of a section needs none
  put(wrapped(marked((text:gsub("\n", " ")))))
end
local function entry(term, text) put((".TP\n%s\n%s"):format(term, wrapped(text))) end
local function bold(text) return "\\fB" .. plain(text) .. "\\fR" end
local function italic(text) return "\\fI" .. plain(text) .. "\\fR" end
local function code(text)
  put(".PP\n.RS 4\n.nf")
  put(plain((text:gsub("\n$", ""))))
  put(".fi\n.RE")
end

-- What --help has no room for, by the name of the option.
local more = {
  sandbox = "The tenant answers on a loopback port of this machine and is gone when the program ends. No account is needed, and "
    .. "no network.",
  profile = "Without it, the profile of THRIVE_PROFILE is used, else the credentials in the environment, else the profile "
    .. "named \"default\". With it, credentials in the environment do not count.",
  login = "With *--profile* _NAME_ under that name. Nothing that is secret is shown while it is typed.",
  doctor = "One line for each thing it looks at: ok, or what to do. The exit status is 0 when all is well.",
  ["dry-run"] = "Reading goes through, so that a script runs to its end; nothing that writes does, whatever the script calls.",
  ["read-only"] = "A write fails with an error of kind guard.",
  yes = "On a terminal a delete is asked about otherwise. Together with *--max-changes* that number holds.",
  ["max-changes"] = "Without it, 10, or 5 % of the active users where that is more. A run with more is stopped with the exit "
    .. "status 7: before the first is sent where the number is known beforehand, at the limit in a loop that sends one after "
    .. "the other.",
  log = "Who, when, which operation, which ids, how it ended and the request's id; never what was sent.",
  trace = "Secrets are left out.",
}

put((".\\\" Written by \"make reference\" from doc/manpage.lua and the tables of the program. Do not edit.\n"
  .. ".TH THRIVELUA 1 %s \"thrive %s\" \"User Commands\""):format(DATE, require("thrive.core").version))
section "NAME"
put(plain("thrivelua - ") .. "Lua 5.4 with the Thrive Learning API built in")
section "SYNOPSIS"
put(".B thrivelua\n[\\fIoptions\\fR] [\\fIscript\\fR [\\fIargs\\fR]]\n.br\n.B thrivelua\n[\\fIoptions\\fR] "
  .. "\\fBapi\\fR \\fIgroup verb\\fR [\\fIids\\fR]\n[\\fIname\\fR=\\fIvalue\\fR ...]\n.br\n.B thrivelua\n"
  .. "[\\fIoptions\\fR] \\fBapi\\fR \\fImethod path\\fR\n[\\fIname\\fR=\\fIvalue\\fR ...]")

section "DESCRIPTION"
paragraph [[*thrivelua* does everything that *lua*(1) does, and has the module *thrive* as a global: a client of the Thrive
Learning API. It runs a script, from a file or from standard input; *thrivelua api* makes one call without a script;
started without either on a terminal it is a prompt, with help, completion and history.]]
paragraph [[While a long loop or map runs, the terminal's last line shows on standard error how many records are done, how fast,
how long it will take, and what it waits for. In a pipe and in the background nothing of it is written.]]

section "OPTIONS"
paragraph "Options stand before the script, or before the word *api*; behind it the long ones do too. Those of *lua*(1):"
for _, option in ipairs(line.lua) do
  entry(bold(option.flag) .. (option.argument and " " .. italic(option.argument) or ""), plain(option.doc))
end
paragraph "And those of *thrivelua*. A value may also be written with an equals sign, as in *--log=changes.ndjson*."
local told = {}
for _, option in ipairs(line.long) do
  local doc = option.doc:sub(1, 1):upper() .. option.doc:sub(2) .. "."
  entry(bold("--" .. option.name) .. (option.argument and " " .. italic(option.argument) or ""),
    plain(doc) .. (more[option.name] and "\n" .. marked(more[option.name]) or ""))
  told[option.name] = true
end
for name in pairs(more) do assert(told[name], "there is no option " .. name) end

section "API"
paragraph [[*thrivelua api* _group_ _verb_ makes one call; *thrivelua api* _method_ _path_ a request for anything else.
Ids follow the verb,
everything else is named: _name_=_value_, or *--name* _value_; _name_:=_JSON_ for a value of another type. *--help* at any
place tells what there is. Data goes to standard output, everything else to standard error.]]
for _, option in ipairs(line.api) do
  local term = (option.short and bold("-" .. option.short) .. ", " or "") .. bold("--" .. option[1])
    .. (option[2] and " " .. italic(option[2]) or "")
  entry(term, plain(option.doc))
end
subsection "Groups and their verbs"
for _, node in ipairs(line.nodes) do
  if node.path ~= "" and #node.children > 0 then
    local verbs = {}
    for _, child in ipairs(node.children) do verbs[#verbs + 1] = plain(child.word) end
    entry(bold(node.path), plain(node.doc) .. "\n.br\n" .. table.concat(verbs, ", "))
  end
end

section "EXIT STATUS"
local by_code = {}
for kind, status in pairs(exit.codes) do
  by_code[status] = by_code[status] or {}
  table.insert(by_code[status], kind)
end
for status, meaning in pairs {
  [0] = "all is done", "the script failed, as with *lua*(1); of thrivelua api: --where did, or "
    .. "standard output takes no more", "the command line makes no sense; nothing was sent",
  "part of the work was done", "no credentials, or refused ones", "the API refused", "the network, or the server",
  "a guard stopped the run", [130] = "ended by Ctrl-C", [143] = "ended by SIGTERM",
  [141] = "thrivelua api: nobody read on, as in a pipe to head(1)",
} do by_code[status] = { meaning = meaning, kinds = by_code[status] } end
for status = 0, 143 do
  local row = by_code[status]
  if row then
    if row.kinds then table.sort(row.kinds) end
    entry(bold(tostring(status)), marked(row.meaning)
      .. (row.kinds and " (" .. plain(table.concat(row.kinds, ", ")) .. ")" or ""))
  end
end
paragraph [[The words in parentheses are the kinds of the error that ended the script, where it was one of this module's. As
with *lua*(1), a script on standard input without *-* ends with 0 after an error, and one that catches every error catches
Ctrl-C as well; a second one kills.]]

section "ENVIRONMENT"
for _, variable in ipairs {
  { "THRIVE_TENANT_ID, THRIVE_API_KEY", "Credentials: the tenant and its key." },
  { "THRIVE_CLIENT_ID, THRIVE_CLIENT_SECRET", "Credentials of OAuth 2.0; the client is the tenant where no other is named." },
  { "THRIVE_TOKEN", "Credentials: a bearer token that you already hold." },
  { "THRIVE_REGION", "production, staging, production-mea or staging-mea." },
  { "THRIVE_BASE_URL, THRIVE_WEBHOOKS_URL", "Other hosts than those of the region." },
  { "THRIVE_PROFILE", "The profile to use, as *--profile*." },
  { "THRIVE_PROGRESS", "0: no progress is shown." },
  { "THRIVE_SHARD_INDEX, THRIVE_SHARD_COUNT", "Which share of a list *thrive.shard*() gives to this process." },
  { "LUA_INIT, LUA_PATH, LUA_CPATH", "As for *lua*(1), also with the suffix _5_4. *-E* ignores them." },
  { "NO_COLOR", "Not empty: no colours." },
  { "TERM", "dumb: no colours, no progress, no line editing." },
  { "XDG_CONFIG_HOME, XDG_STATE_HOME", "Where the files below are." },
  { "SSL_CERT_FILE", "Certificates to trust instead of the system's." },
  { "HTTPS_PROXY, NO_PROXY", "The proxy to use, and the hosts that are reached without it." },
} do
  entry((variable[1]:gsub("[%w_]+", function(name) return bold(name) end)), marked(variable[2]))
end

section "FILES"
entry(italic("~/.config/thrive/profiles.lua"), marked [[Profiles: credentials and options of clients by name. Only its owner may
read it. *--login* writes it. *api_key_command*, *client_secret_command* or *token_command* in place of a secret is a line for
the shell that prints it, such as "pass show thrive"; without a terminal, as under cron(8), it has 60 seconds.]])
entry(italic("~/.local/state/thrive/history"), marked [[What was typed at the prompt, without lines that hold a
secret that is known.]])
entry(italic("~/.editrc"), marked [[Keys of the prompt, as editrc(5) has them.]])

section "EXAMPLES"
paragraph "A script, tried against an invented tenant, then for a look, then for good:"
code "thrivelua --sandbox sync.lua\nthrivelua --dry-run sync.lua\nthrivelua --log changes.ndjson sync.lua"
for _, example in ipairs {
  { "Everybody who is active, as CSV:", [[
thrivelua api users list --status active --all \
    --fields ref,email -o csv >users.csv]] },
  { "A new colleague:",
    [[
thrivelua api users create ref=HR-1001 firstName=Ada \
    lastName=Lovelace email=ada@example.org]] },
  { "The people of a file into an audience:",
    [[
thrivelua api audiences members add sales \
    --from-csv people.csv --column email]] },
  { "In a script:", "for user in client.users:each{ status = \"active\" } do\n  print(user.ref, user.email)\nend" },
} do
  paragraph(example[1])
  code(example[2])
end

section "SEE ALSO"
put ".BR lua (1)"
paragraph [[At the prompt, *help*() leads through everything there is. The reference, reference.md, and examples are in the
package's documentation.]]

io.write(table.concat(out, "\n"), "\n")
