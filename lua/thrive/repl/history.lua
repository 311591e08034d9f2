--- The history of the prompt: what is remembered from one session to the next, and what must not be.
--
-- The file is `$XDG_STATE_HOME/thrive/history` (by default `~/.local/state/thrive/history`), mode 0600, of at most 2000
-- entries, the newest last. An entry is a line; what it has of more lines follows, each after a tab. Several sessions may
-- add to it at once. Nothing is saved that starts with a blank, that repeats the entry before, or that holds a secret.
-- @module thrive.repl.history
local core = require "thrive.core"

local M = {}

--- How many entries are kept.
M.LIMIT = 2000

local LONGEST <const> = 65536 -- bytes of an entry
local LARGEST <const> = 4 << 20 -- of the file, as histfile.c reads it

-- ---- secrets ---------------------------------------------------------------------------------------------------------

local VARIABLES <const> = { "THRIVE_API_KEY", "THRIVE_CLIENT_SECRET", "THRIVE_TOKEN" }

-- Names that stand for a secret when a text is assigned to them, also as the end of a longer name.
local names <const> = {
  "api[_-]?key", "secret", "token", "password", "passwd", "passphrase", "private[_-]?key", "authorization", "cookie",
}

-- What follows such a name where a text is given to it, or it is compared with one: `name = "text"`, ["name"] = [[text]],
-- "name": "text", rawset(t, "name", "text"), name = x or "text", name, other = "text" …
local givings <const> = {
  "[\"']?%s*%]?%s*[=~:]=?%s*%(?%s*[\"'%[]", "[\"']%s*,%s*[\"'%[]", "%s*=[^,;\n}]*%f[%w]or%s+[\"'%[]", "%s*,[%w_%s,]*=[^\n]*[\"']",
}

-- Where that is inside of a text: "name=text", as in a command or a URL.
local function spells_secret(text, name)
  local wanted = name .. "=[^%s\"'=]"
  for _, words in text:gmatch("([\"'])(.-)%1") do if words:find(wanted) then return true end end
  for words in text:gmatch("%[=*%[(.-)%]=*%]") do if words:find(wanted) then return true end end
  return false
end

-- Is there a text that is meant to be a secret?
local function assigns_secret(text)
  local lower = text:lower()
  local bare = lower:gsub("%-%-[^\n]*\n", "\n") -- a comment between name and text
  for _, name in ipairs(names) do
    if lower:find(name) then
      for _, giving in ipairs(givings) do
        if lower:find(name .. giving) or bare:find(name .. giving) then return true end
      end
      if spells_secret(lower, name) then return true end
    end
  end
  return lower:find("%f[%w]bearer%s+[%w%-._~+/]") or lower:find("%f[%w]basic%s+[%w+/]+=*[\"']")
    or lower:find("://[^/%s:@\"']*:[^/%s@\"']+@") or lower:find("%s%-u%s*[%w_.-]+:[^%s\"']")
end

-- The secrets that the file of profiles holds as they are.
local function in_profiles(text)
  local profiles = require("thrive.profile").read() or {}
  for _, profile in pairs(profiles) do
    for _, name in ipairs(require("thrive.options").secrets) do
      local secret = profile[name]
      if type(secret) == "string" and #secret >= 4 and text:find(secret, 1, true) then return true end
    end
  end
  return false
end

--- Does a text hold a secret: one of a client of this session, of the environment, of the profiles, or whatever is assigned
-- to a name like `api_key`?
-- @tparam string text
-- @treturn boolean
function M.holds_secret(text)
  if assigns_secret(text) or select(2, core.redact(text)) > 0 then return true end
  for _, variable in ipairs(VARIABLES) do
    if core.env_in(variable, text) then return true end
  end
  return in_profiles(text)
end

-- ---- the file --------------------------------------------------------------------------------------------------------

local function as_lines(entry)
  return entry:gsub("\n", "\n\t") .. "\n"
end

local function read(text)
  local entries = {}
  for line in text:gmatch("[^\n]*") do
    local more = line:match("^\t(.*)")
    if not more then
      -- What has control characters was never entered here.
      if line ~= "" and not line:find("%c", 1) then entries[#entries + 1] = line end
    elseif entries[1] then
      entries[#entries] = entries[#entries] .. "\n" .. more
    end
  end
  return entries
end

local function write(entries, from)
  local lines = {}
  for i = from, #entries do lines[#lines + 1] = as_lines(entries[i]) end
  return table.concat(lines)
end

local History = { __name = "thrive.history" }
History.__index = History

-- Why there is none, once; then it is done without.
function History:give_up(why)
  self.path = nil
  self.complain("history is not kept: " .. why)
end

--- Opens the history.
-- @tparam table file `append` and `update` of src/histfile.h
-- @tparam function complain is given the reason, at most once, when there can be none
-- @treturn history `entries`: what it held, the oldest first
function M.open(file, complain)
  local self = setmetatable({ file = file, complain = complain, saved = {}, entries = {} }, History)
  local why
  self.path = require("thrive.xdg").path("state", "history")
  if not self.path then
    self:give_up("this user has no home directory: set HOME or XDG_STATE_HOME")
    return self
  end
  local made, text
  made, why = core.system.mkdir(self.path:match("^(.*)/"), tonumber("700", 8))
  if made then
    text, why = file.update(self.path, function(before)
      local entries = read(before)
      self.entries = table.move(entries, math.max(1, #entries - M.LIMIT + 1), #entries, 1, {})
      return (#entries > M.LIMIT or #before >= LARGEST) and write(self.entries, 1) or nil
    end)
  end
  if not text then self:give_up(why) end
  self.last = self.entries[#self.entries]
  return self
end

--- Saves an entry, if it may be. Call it when it has run: only then is known what a client that it made has for a secret.
-- @tparam string entry
function History:save(entry)
  if not self.path then return end
  self:forget_secrets()
  if #entry > LONGEST or entry:find("^%s") or entry == self.last or M.holds_secret(entry) then return end
  self.last = entry
  local ok, why = self.file.append(self.path, as_lines(entry))
  if not ok then return self:give_up(why) end
  self.saved[#self.saved + 1] = entry
end

--- Takes out of the file what this session has saved and what has turned out to hold a secret since: the client that got it
-- came later.
function History:forget_secrets()
  if not self.path or select(2, core.redact(table.concat(self.saved, "\n"))) == 0 then return end
  local bad, good = {}, {}
  for _, entry in ipairs(self.saved) do
    if select(2, core.redact(entry)) > 0 then bad[entry] = true else good[#good + 1] = entry end
  end
  self.saved = good
  local text, why = self.file.update(self.path, function(before)
    local kept = {}
    for _, entry in ipairs(read(before)) do
      if not bad[entry] then kept[#kept + 1] = entry end
    end
    return write(kept, 1)
  end)
  if not text then self:give_up(why) end
end

return M
