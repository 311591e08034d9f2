--- The log of `thrivelua --log FILE`: one JSON line for each write when it is over. No bodies, no secrets.
--
-- | member | |
-- |---|---|
-- | `time` | when it was over: UTC, with milliseconds |
-- | `who` | { profile, tenant, user (of this machine), host } |
-- | `operation` | "users.suspend"; "request" for one by hand that the catalogue does not know |
-- | `method`, `path` | of the request; the path as it was sent |
-- | `ids` | the path arguments by name: { "ref": "U7" }; of an event the person's ref |
-- | `count` | entries of a list; a long list is sent in hundreds, with a line for each |
-- | `outcome` | "ok", "failed", "ambiguous" (it may have been done), "partial", "planned", "refused" (by a guard) |
-- | `status`, `kind`, `code` | of the last answer; of the error |
-- | `attempts`, `request_id`, `elapsed` | requests that left; the service's id of the last one; seconds |
-- @module thrive.audit

local core = require "thrive.core"
local changes = require "thrive.changes"
local is_open = require("thrive.bulk").is_open
local route = require "thrive.route"
local settings = require "thrive.settings"

local M = {}

local ORDER <const> = { "time", "who", "operation", "method", "path", "ids", "count", "outcome", "status", "kind", "code",
  "attempts", "request_id", "elapsed" }
local WHO <const> = { "profile", "tenant", "user", "host" }

local function encode(value)
  local text, why = core.json.encode(value)
  return text or core.json.encode("(" .. tostring(why) .. ")")
end

-- An object with its members in order, those that are absent left out.
local function object(values, order)
  local members = {}
  for _, name in ipairs(order) do
    local value = values[name]
    if value ~= nil then
      members[#members + 1] = ("%s:%s"):format(encode(name), type(value) == "table" and value.text or encode(value))
    end
  end
  return "{" .. table.concat(members, ",") .. "}"
end

local function timestamp()
  local now = core.time()
  return os.date("!%Y-%m-%dT%H:%M:%S", math.floor(now)) .. (".%03dZ"):format(math.floor(now % 1 * 1000))
end

local function outcome(event)
  local err = event.err
  if event.planned then return "planned" end
  if not err then return event.status == 207 and "partial" or "ok" end
  if err.kind == "partial" or err.kind == "ambiguous" then return err.kind end
  if err.kind == "guard" then return "refused" end
  return is_open(err) and "ambiguous" or "failed"
end

-- The line of a write that is over.
local function line_of(event, names)
  local target = route.of({ account = event.account }, event.transfer, event.entry, event.url)
  local ids, order = {}, {}
  for _, arg in ipairs(target.args) do
    ids[arg.name] = arg.value
    order[#order + 1] = arg.name
  end
  local entry = target.entry
  if entry and entry.event and changes.key(target) then
    ids.ref, order = changes.key(target), { "ref" }
  end
  local err, account = event.err, event.account
  local text = object({
    time = timestamp(),
    who = { text = object({ profile = account.profile, tenant = account.tenant, user = names.user, host = names.host }, WHO) },
    operation = target.operation, method = event.method, path = event.path,
    ids = order[1] and { text = object(ids, order) }, count = event.count, outcome = outcome(event), status = event.status,
    kind = err and err.kind, code = err and err.code, attempts = event.attempts, request_id = event.request_id,
    elapsed = math.floor(event.elapsed * 1000 + 0.5) / 1000,
  }, ORDER)
  return core.redact(text) .. "\n"
end

-- Does a file end inside a line, as after a disk was full?
local function is_cut(path, size)
  local file <close> = size and size > 0 and io.open(path, "rb") or nil
  return file and file:seek("end", -1) and file:read(1) ~= "\n"
end

--- Opens the log and has every write of the process written to it. Lines are appended whole, so that several processes may
-- share a file. When one cannot be written it is shown on standard error instead, no further write is sent
-- (settings.broken_log), and the run does not end with 0.
-- @tparam string path made with mode 0600 when it is not there
-- @treturn boolean|nil
-- @treturn string why not
function M.open(path)
  local file, why = core.system.create(path, 384, "append") -- 0600
  if not file then return nil, "the log cannot be opened: " .. why end
  file:setvbuf("full", 65536) -- a line leaves by one write
  if is_cut(path, file:seek("end")) then file:write("\n") end
  local names = { user = core.system.username() or tostring(core.system.uid()), host = core.system.hostname() }
  local under_way, attempts = {}, 0 -- [transfer] = event of its last attempt: writes that are not over when the process ends

  local function write(event)
    if event.err and event.err.code == "log" then return end -- refused because of what was said already
    local line = line_of(event, names)
    local ok, problem
    if file then
      ok, problem = file:write(line)
      if ok then ok, problem = file:flush() end
      if ok then return end
      settings.broken_log = ("%s: %s"):format(path, problem)
      file:close() -- or the line would be tried again with every other one
      file = nil
    end
    io.stderr:write("thrivelua: the log cannot be written (", settings.broken_log, "): ", line)
  end

  table.insert(settings.watch, {
    request = function(event)
      if not event.write then return end
      attempts = attempts + 1
      under_way[event.transfer], event.number = event, attempts
    end,
    done = function(event)
      if event.write then
        under_way[event.transfer] = nil
        write(event)
      end
    end,
  })
  table.insert(settings.at_exit, function(status)
    local left = {} -- of tasks that nobody has waited for, in the order of their last attempts
    for transfer in pairs(under_way) do left[#left + 1] = transfer end
    table.sort(left, function(a, b) return under_way[a].number < under_way[b].number end)
    for _, transfer in ipairs(left) do
      local event = under_way[transfer]
      core.discard(transfer) -- how far it came is only known when it is over
      event.err, event.elapsed = core.failure(transfer, "cancelled", "the process ended"), core.describe(transfer).timings.elapsed
      write(event)
    end
    under_way = {}
    if file then file:close() end
    if settings.broken_log and status == 0 then return 1 end
    return nil
  end)
  return true
end

return M
