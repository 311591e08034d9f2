--- Writing the file of profiles: as text that reads back equal, and so that it is never half written nor open to others.
-- @module thrive.profile_writer
local core = require "thrive.core"
local literal = require "thrive.output.literal"
local options = require "thrive.options"
local profile = require "thrive.profile"
local failure = profile.failure
local values = require "thrive.inspect.value"

local M = {}

local PRIVATE <const>, PRIVATE_DIRECTORY <const> = 384, 448 -- 600, 700

local HEAD <const> = "-- Profiles of thrive: see thrivelua --login. For nobody else to read (chmod 600).\n"

-- The order in which people look at a profile; the rest follows by name.
local FIRST <const> = { "region", "base_url", "webhooks_url", "tenant_id", "client_id", "scope", "token_auth", "api_key",
  "api_key_command", "client_secret", "client_secret_command", "token", "token_command" }

local scalar = { string = true, number = true, boolean = true }

local function name_of(name)
  return values.is_name(name) and name or ("[%s]"):format(literal.of(name))
end

local function text_of(value) return scalar[type(value)] and literal.of(value) or nil end

local function one(name, fields)
  local lines, done = { ("  %s = {\n"):format(name_of(name)) }, {}
  local function put(option)
    if done[option] or fields[option] == nil then return true end
    done[option] = true
    local text = text_of(fields[option])
    if not text then return nil, ("profile \"%s\" holds a %s"):format(name, type(fields[option])) end
    lines[#lines + 1] = ("    %s = %s,\n"):format(name_of(option), text)
    return true
  end
  for option in pairs(fields) do
    if type(option) ~= "string" then return nil, ("profile \"%s\" holds a member without a name"):format(name) end
  end
  for _, list in ipairs { FIRST, options.sorted_keys(fields) } do
    for _, option in ipairs(list) do
      local ok, why = put(option)
      if not ok then return nil, why end
    end
  end
  lines[#lines + 1] = "  },\n"
  return table.concat(lines)
end

--- The file's text for these profiles.
-- @tparam table all name → table of options
-- @treturn string|nil
-- @treturn string|nil what there is no text for
function M.text(all)
  local parts = { HEAD, "return {\n" }
  local names = options.sorted_keys(all)
  table.sort(names, function(a, b)
    if (a == "default") ~= (b == "default") then return a == "default" end
    return a < b
  end)
  for _, name in ipairs(names) do
    local text, why = one(name, all[name])
    if not text then return nil, why end
    parts[#parts + 1] = text
  end
  parts[#parts + 1] = "}\n"
  return table.concat(parts)
end

local function parent(path) return path:match("^(.*)/[^/]*$") end

-- Writes a file that nobody else can read, whole or not at all.
local function write(path, text)
  local system = core.system
  local new = ("%s.new.%s"):format(path, core.unique_id():sub(1, 8))
  local ok, why
  local there = true
  local _ <close> = setmetatable({}, { __close = function() -- also when SIGTERM comes in between
    if there then os.remove(new) end
  end })
  local file
  file, why = system.create(new, PRIVATE, "exclusive")
  if not file then return nil, why end
  do
    local _ <close> = file
    ok, why = file:write(text)
    if ok then ok, why = system.sync(file) end
  end
  if ok then ok, why = os.rename(new, path) end
  if not ok then return nil, ("%s: %s"):format(path, why) end
  there = false
  return system.sync(parent(path))
end

local TRIES <const>, PAUSE <const> = 1500, 0.02 -- for the lock: half a minute; who has it keeps it for milliseconds

-- Makes the directory and locks it: nobody else's save may come between reading the file and writing it. Returns what holds
-- the lock until it is closed; or nil, why not.
local function lock(directory)
  local ok, why = core.system.mkdir(directory, PRIVATE_DIRECTORY)
  if not ok then return nil, why end
  for _ = 1, TRIES do
    ok, why = core.system.lock(directory)
    if ok ~= false then return ok, why end
    require("thrive.scheduler").sleep(PAUSE)
  end
  return nil, ("%s is locked by another process"):format(directory)
end

-- Where a link leads, if that is what the path is: the link is to stay one.
local function target_of(path)
  for _ = 1, 16 do
    local target = core.system.readlink(path)
    if not target then break end
    path = target:sub(1, 1) == "/" and target or path:match("^(.*/)") .. target
  end
  return path
end

--- Puts a profile into the file, in place of the one of that name. The others stay as they are by now.
-- @tparam string name
-- @tparam table fields its options
-- @treturn string|nil the file's path
-- @return nil, the path of the copy that was made of the old file, if it had more than profiles in it (comments, code); or an
--   error object of kind "config", and nothing has changed
function M.save(name, fields)
  local path, err = profile.path()
  if not path then return nil, err end
  local target, backup = target_of(path), nil
  local held <close>, why = lock(parent(target))
  if not held then return failure(why, "nothing was changed") end
  local all, trouble, exists = profile.read()
  if not all then return nil, trouble end
  local same
  same, why = M.text(all)
  if not same then return failure(("%s cannot be written anew: %s"):format(path, why), "write the profile into it by hand") end
  if exists then
    local old
    local file <close>, problem = io.open(target, "rb")
    if file then old, problem = file:read("a") end
    if not old then return failure(("%s: %s"):format(path, problem)) end
    if old ~= same then
      backup = path .. ".bak"
      local kept
      kept, why = write(backup, old)
      if not kept then return failure(why, "nothing was changed") end
    end
  end
  all[name] = fields
  local written
  written, why = write(target, (M.text(all)))
  if not written then return failure(why, "nothing was changed") end
  return path, backup
end

return M
