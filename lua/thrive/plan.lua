--- The plan that thrivelua --dry-run prints: every write as it would be sent, what it would change, and at the end how many
-- of which there are and whether the guard would let them through.
-- @module thrive.plan

local core = require "thrive.core"
local changes = require "thrive.changes"
local guard = require "thrive.guard"
local route = require "thrive.route"
local sorted_keys = require("thrive.options").sorted_keys
local text = require "thrive.text"

local M = {}

-- Lines are printed in the order of the calls, also when what one of them would change is still being looked up while
-- others have come: [number] = text, of those that wait for an earlier one.
local texts, first, last = {}, 1, 0
local open = {} -- [number] = slot, of those that are still being looked up

local operations = {} -- name → number of planned writes
-- [tenant of thrive.guard] = { kinds (kind → how many would be hit), total, limit and why (once they are needed) }, and the
-- same in the order in which they came
local destructive = {}

local trouble -- why the first line that could not be written was not

local function print_ready(out)
  local ok, why, code = true, nil, nil
  while texts[first] do
    if ok then ok, why, code = out:write(texts[first]) end
    texts[first] = nil
    first = first + 1
  end
  if ok then ok, why, code = out:flush() end
  -- Where nobody reads any more (`| head -1`) there is nobody to miss the rest.
  if not ok and code ~= require("thrive.output").EPIPE then trouble = trouble or why end
end

--- Why a part of the plan could not be written; nil when all of it was.
-- @treturn string|nil
function M.lost() return trouble end

-- However looking up ends, those that come later have their turn.
local slot_meta = { __close = function(slot)
  open[slot.number], texts[slot.number] = nil, slot.text
  print_ready(slot.out)
end }

local function harmless(line) return text.escape(core.redact(line)) end

local function line_of(planned)
  local body = planned.body
  if type(body) == "table" then
    local json, message = core.json.encode(body)
    body = json or ("(body cannot be written as JSON: %s)"):format(message)
  end
  return harmless(("would %s %s%s"):format(planned.method, planned.path, body and " " .. tostring(body) or "")) .. "\n"
end

-- Counts a write, as a real run would. What follows is looked up, and the script may end meanwhile.
-- @treturn table|nil of `destructive`, where the guard counts it
-- @treturn string|nil its kind
local function count(state, target)
  operations[target.operation] = (operations[target.operation] or 0) + 1
  local kind = route.destructive(target)
  if not kind or guard.is_off(state) then return nil end
  local tenant = guard.tenant_of(state)
  local hit = destructive[tenant]
  if not hit then
    hit = { kinds = {}, total = 0 }
    destructive[tenant], destructive[#destructive + 1] = hit, hit
  end
  hit.kinds[kind], hit.total = (hit.kinds[kind] or 0) + 1, hit.total + 1
  return hit, kind
end

-- A replace counts as what it replaces; the limit is asked for while there is a client to ask with.
local function weigh(client, state, target, hit, kind)
  local more = kind == "replace" and (guard.replaced(client, state, target) or 1) - 1 or 0
  hit.kinds[kind], hit.total = hit.kinds[kind] + more, hit.total + more
  if not hit.limit and (hit.total > guard.LEAST or state.guard.max_changes) then
    hit.limit, hit.why = guard.limit(client, state)
  end
end

--- Makes what `settings.on_plan` is: prints each planned write to a file, as "would METHOD PATH BODY" and indented lines of
-- what it would change. They are also the plan's, as `changes`: { { field =, old =, new =, unknown = }, … }.
-- @param out a Lua file
-- @treturn function
function M.printer(out)
  return function(planned, client, state, transfer, entry)
    last = last + 1
    local slot <close> = setmetatable({ number = last, out = out, text = line_of(planned) }, slot_meta)
    open[last] = slot
    local target = route.of(state, transfer, entry)
    local hit, kind = count(state, target)
    local lines, compared = changes.of(client, state, target)
    for _, line in ipairs(lines) do slot.text = ("%s  %s\n"):format(slot.text, harmless(line)) end
    planned.changes = compared
    if hit then weigh(client, state, target, hit, kind) end
  end
end

--- What is said at the end of a dry run: a line, and one for each tenant where a real run would be stopped.
-- @treturn string
function M.summary()
  for number = first, last do -- those of tasks that nobody has waited for
    local slot = open[number]
    if slot then slot_meta.__close(slot) end
  end
  local words, number = {}, 0
  for _, name in ipairs(sorted_keys(operations)) do
    number = number + operations[name]
    words[#words + 1] = ("%d %s"):format(operations[name], name)
  end
  local lines = ("dry run: %d %s planned%s\n"):format(number, number == 1 and "write" or "writes",
    words[1] and ": " .. table.concat(words, ", ") or "")
  for _, hit in ipairs(destructive) do
    if hit.limit and hit.total > hit.limit then
      lines = lines .. ("a real run would be stopped: %s in one run, more than %d (%s); if they are meant, say --max-changes %d "
        .. "or more, or --yes\n"):format(guard.text(hit.kinds), hit.limit, hit.why, hit.total)
    end
  end
  return lines
end

return M
