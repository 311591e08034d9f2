--- The help of `thrivelua api`, at every level, from the catalogue: it cannot be out of date.
-- @module thrive.api.help

local layout = require "thrive.help.layout"
local options = require "thrive.api.options"
local tree = require "thrive.api.tree"
local wording = require "thrive.api.wording"

local M = {}

local WIDTH <const>, COLUMN <const> = 80, 24

local HARD <const> = "\u{a0}" -- a blank where no line may end

local length = require("thrive.text").width

local function wrap(text, width)
  local lines = layout.wrap(text, width)
  for i, one in ipairs(lines) do lines[i] = one:gsub(HARD, " ") end
  return lines
end

local Page = {}
Page.__index = Page

function Page:line(text, ...)
  self[#self + 1] = select("#", ...) > 0 and text:format(...) or text
end

function Page:paragraph(text)
  for _, line in ipairs(wrap(text, WIDTH)) do self:line(line) end
end

-- "  name        what it is", the text beside the name and below itself.
function Page:entry(mark, name, text)
  local head = mark .. " " .. name
  local lines = wrap(text, WIDTH - COLUMN - 2)
  if length(head) > COLUMN then
    self:line(head)
    head = ""
  end
  for _, line in ipairs(lines) do
    self:line(head .. (" "):rep(COLUMN + 1 - length(head)) .. line)
    head = ""
  end
end

local kinds = {
  integer = "whole number", number = "number", boolean = "true or false", csv = "list, by commas", array = "list, by commas",
  object = "JSON", record = "JSON",
}

-- "how the person logs in; email, ref": meaning, type and limits of a parameter.
local function meaning(param)
  local parts = { param.items and param.items[2] == "record" and "JSON" or kinds[param[2]] }
  local limits = require("thrive.describe").limits_of(param, function(code)
    return code == "thrive.null" and param[1] .. ":=null" or code
  end)
  if limits ~= "" and limits ~= "left out" then parts[#parts + 1] = limits end
  table.insert(parts, 1, wording.of_text(param.doc))
  return table.concat(parts, "; ")
end

local function put_fields(page, params, prefix)
  for _, param in ipairs(params) do
    if param.fields then
      put_fields(page, param.fields, prefix .. param[1] .. ".")
    elseif not param.omit then
      local unless = param.unless
      local text = meaning(param)
      if unless then text = ("%s; may be left out with %s=%s"):format(text, unless[1], unless[2]) end
      page:entry(param.required and prefix == "" and "*" or " ", prefix .. param[1], text)
      if param[1] == "additionalFields" then page:entry(" ", "cf.NAME", "one custom field: cf.site=Leeds") end
    end
  end
end

local function put_options(page, sorts)
  for _, option in ipairs(options.list) do
    if options.fits(option, sorts) then
      local name = ("%s--%s%s"):format(option.short and ("-%s, "):format(option.short) or "", option[1],
        option[2] and " " .. option[2] or "")
      -- A request by path is one page, whatever it is.
      page:entry(" ", name, sorts.raw and option.doc:gsub(", over as many pages.*", ""):gsub("; reads all pages", "")
        or option.doc)
    end
  end
end

-- ---- examples -------------------------------------------------------------------------------------------------------

-- Values that look like life, by the name of the field.
local samples = {
  ref = "HR-1001", firstName = "Ada", lastName = "Lovelace", email = "ada@example.org", user = "HR-1001", audience = "sales",
  audienceId = "sales", contentId = "5f2b8c9d1e3a4b5c6d7e8f92", userId = "5f2b8c9d1e3a4b5c6d7e8f90",
  jobTitle = "'Team lead'", completedAt = "2026-06-30T17:00:00Z", completionPeriod = "30", name = "'Night shift'",
  category = "structure", reference = "nights", updatedSince = "2026-01-01", entryDateFrom = "2026-01-01T00:00:00",
  entryDateTo = "2026-12-31T00:00:00", timestamp = "2026-06-30T17:00:00Z",
}
local ID <const> = "5f2b8c9d1e3a4b5c6d7e8f91"

-- What says more than the required fields do: names of fields to show, or all that follows the ids.
local shown = {
  ["users.update"] = { "jobTitle" }, ["audiences.create"] = { "name", "reference", "category" },
  ["audiences.update"] = { "name" }, ["assignments.update"] = { "audienceId", "completionPeriod" },
  ["events.user_updated"] = { "ref", "jobTitle" },
  ["users.list"] = "--status active --fields ref,email -o csv",
  ["users.add_tags"] = "'First Aid' Coaching", ["users.remove_tags"] = "Coaching",
  ["users.update_skills"] = "tagName='First Aid' level=2048",
  ["audiences.members.add"] = "--from-csv people.csv --column email", ["audiences.members.replace"] = "HR-1001 HR-1002",
  ["audiences.managers.add"] = "reference=HR-1001 permissions.audienceManager.assignments=true",
  ["audiences.managers.replace"] = "reference=HR-1001 permissions.peopleManager.insights=true",
  ["events.send"] = "id=leaver-1 timestamp=2026-06-30T17:00:00Z eventType=user_deleted content.user.ref=HR-1001",
}

--- A command that shows what a verb is for; every value in it is invented.
-- @tparam table verb of thrive.api.tree
-- @treturn string
function M.example(verb)
  local entry = verb.entry
  local words = { "thrivelua api", tree.words(verb.group.name), tree.spelt(verb.verb) }
  for _, arg in ipairs(entry.args or {}) do words[#words + 1] = samples[arg[1]] or ID end
  local more = shown[verb.name]
  if type(more) == "string" and not verb.how then
    words[#words + 1] = more
    return table.concat(words, " ")
  end
  local wanted = {}
  for _, name in ipairs(type(more) == "table" and more or {}) do wanted[name] = true end
  for _, param in ipairs((tree.fields(entry))) do
    if wanted[param[1]] or not more and param.required then
      words[#words + 1] = ("%s=%s"):format(param[1], samples[param[1]] or param.enum and param.enum[1] or ID)
    elseif entry.pages and param[1] == "updatedSince" then
      words[#words + 1] = "--updated-since 2026-01-01"
    end
  end
  if entry.pages and verb.how ~= "count" then
    local order = tree.order(verb.group, entry.returns)
    words[#words + 1] = ("%s--fields %s,%s -o csv"):format(verb.how and "" or "--all ", order[1], order[2])
  end
  return table.concat(words, " ")
end

-- ---- the levels -----------------------------------------------------------------------------------------------------

local function usage_of(verb)
  local entry = verb.entry
  local words = { "thrivelua api", tree.words(verb.group.name), tree.spelt(verb.verb) }
  for _, arg in ipairs(entry.args or {}) do words[#words + 1] = arg[1]:upper() end
  local takes_list, records = tree.takes_list(entry)
  if takes_list and not records then words[#words + 1] = entry.list.items[1]:upper() .. " …" end
  if #tree.fields(entry) > 0 then words[#words + 1] = "[name=value" .. HARD .. "…]" end
  words[#words + 1] = "[options]"
  return table.concat(words, " ")
end

local function put_verb(page, verb)
  local entry = verb.entry
  for i, line in ipairs(wrap(usage_of(verb), WIDTH - 9)) do page:line((i == 1 and "usage: " or "         ") .. line) end
  page:line("")
  page:paragraph(wording.of_text(verb.doc == entry.doc and entry.doc or verb.doc .. " " .. entry.doc))
  local fields, open = tree.fields(entry)
  local takes_list, records = tree.takes_list(entry)
  if entry.args or takes_list and not records then
    page:line("")
    for _, arg in ipairs(entry.args or {}) do page:entry(" ", arg[1]:upper(), meaning(arg)) end
    if takes_list and not records then page:entry(" ", entry.list.items[1]:upper() .. " …", entry.list.doc) end
  end
  if #fields > 0 then
    page:line("")
    page:paragraph(("%s, as name=value, --name value or name:=JSON%s:"):format(
      entry.method == "GET" and "Parameters" or records and "Fields of an entry, which may come again" or "Fields",
      entry.event and " (custom fields as well)" or ""))
    put_fields(page, fields, "")
    if open then page:entry(" ", "cf.NAME", "one custom field: cf.site=Leeds") end
    for _, param in ipairs(fields) do
      if param.required then
        page:line("* has to be given")
        break
      end
    end
  end
  page:line("")
  page:line("Options:")
  put_options(page, options.sorts(verb))
  page:line("")
  page:line("%s %s%s", entry.method, entry.path, entry.host == "webhooks" and " of the webhooks host" or "")
  page:line("Scope of a token: %s", entry.scope)
  page:line("")
  page:line("Example:")
  local example = M.example(verb):gsub("%-o csv", "-o" .. HARD .. "csv")
    :gsub("'[^']*'", function(quoted) return (quoted:gsub(" ", HARD)) end) -- a backslash within quotes is one
  local lines = wrap(example, WIDTH - 6)
  for i, line in ipairs(lines) do page:line("%s%s%s", i == 1 and "  " or "    ", line, i < #lines and " \\" or "") end
end

local function put_group(page, group)
  local name = tree.words(group.name)
  page:line("usage: thrivelua api %s VERB [ids] [name=value …] [options]", name)
  page:line("")
  page:paragraph(wording.of_text(group.doc))
  local verbs = tree.verbs(group)
  if #verbs > 0 then
    page:line("")
    page:line("Verbs:")
    for _, verb in ipairs(verbs) do
      if not verb.alias then page:entry(" ", tree.spelt(verb.verb), wording.of_text(verb.doc)) end
    end
  end
  if group.groups then
    page:line("")
    page:line("Groups in it:")
    for _, child in ipairs(group.groups) do page:entry(" ", child, tree.load(group.name .. "." .. child).doc) end
  end
  page:line("")
  page:line("'thrivelua api %s %sVERB --help' shows what a verb takes.", name, #verbs == 0 and "GROUP " or "")
end

local function put_raw(page)
  page:line("usage: thrivelua api METHOD PATH [name=value …] [options]")
  page:line("")
  page:paragraph("One request by method and path, with the credentials, retries and guards of every call. name=value goes "
    .. "into the URL of GET and HEAD, else into a JSON body, where name:=JSON is taken as it is. The path is "
    .. "percent-encoded.")
  page:line("")
  page:line("Options:")
  put_options(page, { raw = true, write = true, list = true, record = true })
  page:line("")
  page:line("Examples:")
  page:line("  thrivelua api GET /rest/v1/tags perPage=5")
  page:line("  thrivelua api PATCH /rest/v2/users/ref/HR-1001 jobTitle:=null")
end

local function put_top(page)
  page:line("usage: thrivelua api GROUP VERB [ids] [name=value …] [options]")
  page:line("       thrivelua api METHOD PATH [name=value …] [options]")
  page:line("")
  page:paragraph("One call of the Thrive Learning API, or one for each row of a CSV file. Data goes to standard output, "
    .. "everything else to standard error.")
  page:line("")
  page:line("Groups:")
  local function put(name)
    local group = tree.load(name)
    page:entry(" ", tree.words(name), group.doc)
    for _, child in ipairs(group.groups or {}) do put(name .. "." .. child) end
  end
  for _, name in ipairs(tree.groups()) do put(name) end
  page:line("")
  page:line("Examples:")
  page:line("  thrivelua api users list --status active --fields ref,email -o csv")
  page:line("  thrivelua api users list --where 'u.role == \"learner\"' --limit 10")
  page:line("  thrivelua api users update HR-1001 jobTitle='Team lead' --dry-run")
  page:line("  thrivelua api audiences members add sales --from-csv people.csv")
  page:line("  thrivelua api GET /rest/v1/tags")
  page:line("")
  page:paragraph("'thrivelua api GROUP --help' lists its verbs, 'thrivelua api GROUP VERB --help' shows what a verb takes, "
    .. "and 'thrivelua --help' the options that go with everything, such as --dry-run and --sandbox.")
  page:paragraph("Exit status: 0 done, 1 failed, 2 usage, 3 done in part, 4 credentials, 5 refused by the API, 6 network or "
    .. "server, 7 guard.")
end

--- The help of what the words have reached.
-- @tparam table request of thrive.api.parse: verb, raw, group or none of them
-- @treturn string
function M.text(request)
  local page = setmetatable({}, Page)
  if request.raw then
    put_raw(page)
  elseif request.verb then
    put_verb(page, request.verb)
  elseif request.group then
    put_group(page, request.group)
  else
    put_top(page)
  end
  return table.concat(page, "\n") .. "\n"
end

return M
