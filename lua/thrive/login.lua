--- thrivelua --login: asks for credentials, tries them, keeps them as a profile.
-- @module thrive.login
local core = require "thrive.core"
local credentials = require "thrive.credentials"
local options = require "thrive.options"
local profile = require "thrive.profile"

local M = {}

local USAGE <const>, INTERRUPTED <const> = 2, 130

-- What ends the questions: { status = exit status }. A table, so that it is nobody's error.
local function stop(status) error({ status = status, login = true }, 0) end

-- ---- asking ---------------------------------------------------------------------------------------------------------

local function answered(text, why)
  if text then return text end
  stop(why == "interrupted" and INTERRUPTED or USAGE)
end

-- A line, without blanks at its ends; `default` when it is empty.
local function ask(question, default, shown)
  local note = default and (" [%s]"):format(shown or default) or ""
  local line = answered(core.system.read_line(("%s%s: "):format(question, note)))
  line = line:match("^%s*(.-)%s*$")
  return line ~= "" and line or default or ""
end

local function yes(question, default)
  while true do
    local line = answered(core.system.read_line(("%s [%s] "):format(question, default and "Y/n" or "y/N"))):lower()
    line = line:match("^%s*(.-)%s*$")
    if line == "" then return default end
    if line == "y" or line == "yes" then return true end
    if line == "n" or line == "no" then return false end
  end
end

local function has_control(text) return text:find("[%z\1-\31\127]") ~= nil end

-- Asks until check(answer) has nothing to say against it.
local function ask_until(say, question, default, shown, check)
  while true do
    local line = ask(question, default, shown)
    local wrong = has_control(line) and "that holds a control character" or check and check(line)
    if not wrong then return line end
    say(wrong)
  end
end

local function ask_secret(say, kind)
  while true do
    local text = answered(core.system.read_secret(kind.name:gsub("^%l", string.upper) .. " (not shown): "))
    if text == "" then
      say "Nothing was typed."
    elseif has_control(text) then
      say "That holds a control character: type or paste it again."
    elseif text:find("^%s") or text:find("%s$") then
      say "That has a blank at its beginning or end: type or paste it again."
    elseif kind.secret == "token" and text:find("%s") then
      say "A token has no blanks: type or paste it again, without a word before it."
    else
      return text
    end
  end
end

-- ---- the questions --------------------------------------------------------------------------------------------------

local kinds = {
  { secret = "api_key", name = "API key" },
  { secret = "client_secret", name = "client secret" },
  { secret = "token", name = "bearer token" },
}

-- Which of them a profile has.
local function kind_of(fields)
  for i, kind in ipairs(kinds) do
    if fields[kind.secret] ~= nil or fields[kind.secret .. "_command"] ~= nil then return i end
  end
  return nil
end

local function describe(fields)
  local kind = kind_of(fields)
  return ("%s, %s"):format(kind and kinds[kind].name or "no credentials", credentials.region_of(fields))
end

local function check_place(text)
  if credentials.regions[text] then return nil end
  if text:find("^https?://[^/]") then return nil end
  local near = core.nearest(text, options.sorted_keys(credentials.regions))
  return ("No region is called %s%s; a URL begins with https://"):format(text, near and ", did you mean " .. near .. "?" or "")
end

-- The options of the profile, secret included, from the answers. old: what they are by default, and keeps what is not asked.
local function ask_fields(say, old)
  local fields = {}
  for name, value in pairs(old) do fields[name] = value end
  for _, kind in ipairs(kinds) do fields[kind.secret], fields[kind.secret .. "_command"] = nil, nil end

  say "\nKind of credentials:\n  1  API key (of a tenant)\n  2  OAuth client (client id and secret)\n  3  bearer token"
  local choice = ask_until(say, "Which", tostring(kind_of(old) or 1), nil, function(text)
    return not kinds[tonumber(text)] and "Answer 1, 2 or 3." or nil
  end)
  local kind = kinds[tonumber(choice)]

  local place = ask_until(say, "Region (production, staging, production-mea, staging-mea) or URL",
    old.base_url or old.region or "production", nil, check_place)
  if place ~= old.base_url then fields.webhooks_url = nil end
  fields.region, fields.base_url = nil, nil
  fields[credentials.regions[place] and "region" or "base_url"] = place

  local bearer, oauth = kind.secret == "token", kind.secret == "client_secret"
  local tenant = ask_until(say, "Tenant id" .. (bearer and " (only webhooks need it)" or ""),
    old.tenant_id or bearer and "" or nil, old.tenant_id or "none", function(text)
      return not bearer and text == "" and "It is needed, and Thrive's support knows it." or nil
    end)
  fields.tenant_id = tenant ~= "" and tenant or nil
  if not oauth then
    fields.client_id, fields.scope, fields.token_auth = nil, nil, nil
  else
    local id = ask_until(say, "Client id", old.client_id or "", old.client_id or "the tenant id")
    fields.client_id = id ~= "" and id or nil
    local scope = ask_until(say, "Scope (of api/read, api/write, api/webhooks, api/all)", old.scope or "",
      old.scope or "what the service gives")
    fields.scope = scope ~= "" and scope or nil
  end
  fields[kind.secret] = ask_secret(say, kind)
  return fields
end

-- A client with these credentials and nothing else: neither the environment nor --sandbox count.
local function client_of(fields)
  local config, rest = {}, {}
  for name, value in pairs(fields) do
    if options.client[name] or name == "token_auth" then rest[name] = value else config[name] = value end
  end
  rest.raise, rest.deadline, rest.dry_run, rest.read_only = nil, nil, nil, nil
  return require("thrive.client").make(config, rest)
end

-- ---- the whole ------------------------------------------------------------------------------------------------------

local function ask_name(say, all)
  local names = options.sorted_keys(all)
  if #names > 0 then say("There are: " .. table.concat(names, ", ")) end
  return ask_until(say, "Name of the profile", "default")
end

-- Answers that work, or the end.
local function ask_and_try(say, old)
  while true do
    local fields = ask_fields(say, old)
    local client, err = client_of(fields)
    local found
    if client then
      say("Trying them at " .. (core.hosts(client)) .. " …")
      found, err = require("thrive.trial").run(client)
      client:close()
    end
    if found then
      say("ok: " .. found)
      return fields
    end
    say("\nThat did not work: " .. tostring(err))
    if not yes("Try again?", true) then stop(require("thrive.exit").code(err)) end
    old = fields -- the answers are the defaults of the next round; the secret is asked for anew
  end
end

-- progress.written becomes true when the file is.
local function converse(say, given, all, path, progress)
  say("Credentials for the Thrive Learning API, to be kept in " .. path)
  local name = given or ask_name(say, all)
  local old = all[name] or {}
  if all[name] and not yes(("Profile \"%s\" is there (%s). Replace its credentials?"):format(name, describe(old))) then
    stop(0)
  end
  local fields = ask_and_try(say, old)
  local written, backup = require("thrive.profile_writer").save(name, fields)
  if not written then
    say("\n" .. tostring(backup))
    stop(require("thrive.exit").code(backup))
  end
  progress.written = true
  say(("\nProfile \"%s\" is written to %s (mode 600)."):format(name, written))
  if backup then say(("The file was written anew: what it said before, with its comments, is in %s."):format(backup)) end
  if name ~= "default" then
    say(("Use it: thrivelua --profile %s script.lua"):format(require("thrive.text").shell_word(name)))
  else
    say "Use it: thrivelua script.lua"
    for _, secret in ipairs(options.secrets) do
      local variable = "THRIVE_" .. secret:upper()
      if core.has_env(variable) then say(("But %s is set: the environment goes before profile default."):format(variable)) end
    end
  end
  return 0
end

local function complain(text)
  io.stderr:write("thrivelua: ", text, "\n")
end

--- Runs the conversation, on the terminal and nowhere else.
-- @tparam table words the arguments behind the options: there must be none
-- @tparam table plan of thrive.cli: `profile`, the name
-- @treturn integer the exit status: 0 (also when an old profile is to stay), 2 without a terminal, 130 after Ctrl-C, else that
--   of the error (thrive.exit); in every case but 0 nothing was written
function M.run(words, plan)
  if words[1] then
    complain(("--login takes no arguments (got '%s'): the profile's name goes with --profile"):format(words[1]))
    return USAGE
  elseif require("thrive.settings").base_client then
    complain "--login and --sandbox do not go together: a sandbox needs no credentials"
    return USAGE
  elseif plan.profile and has_control(plan.profile) then
    complain "the profile's name holds a control character"
    return USAGE
  end
  local all, path = profile.read()
  if not all then
    complain(tostring(path))
    return require("thrive.exit").code(path)
  end
  local terminal <close>, why = io.open("/dev/tty", "w")
  if not terminal then
    complain(("--login asks on a terminal, and there is none (%s): write %s yourself, or set THRIVE_TENANT_ID and THRIVE_API_KEY")
      :format(why, path))
    return USAGE
  end
  local function say(text)
    terminal:write(text, "\n")
    terminal:flush()
  end
  local progress = {}
  local ok, status = pcall(converse, say, plan.profile, all, path, progress)
  if ok then return status end
  local interrupted = require("thrive.scheduler").is_interrupt(status)
  if not interrupted and (type(status) ~= "table" or not status.login) then error(status, 0) end
  if interrupted then say "" end -- the cursor may be anywhere
  say(progress.written and "It was interrupted, but the profile is written." or "Nothing was written.")
  return interrupted and INTERRUPTED or status.status
end

return M
