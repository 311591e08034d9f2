--- What goes wrong on purpose: rules that pick requests and spoil their answers. The rules themselves were checked by
-- thrive.sandbox.options in the script's state; sandbox_send.c carries out what concerns the wire.
local json = require "thrive.sandbox.json"
local reply = require "thrive.sandbox.reply"
local rng = require "thrive.sandbox.rng"

local M = {}

--- Whether a request is one of those that a filter `{ method =, path =, query = }` describes. A path that starts with
-- "/" must fit from its first to its last byte; any other is looked for anywhere in the path. Both may be plain text or a
-- Lua pattern, and are held against the path as it was sent and with its percent-encoding undone. Each parameter of
-- `query` must have been sent with that very value, others do not matter.
-- @tparam table filter
-- @tparam table entry `{ method =, path =, decoded =, query = }`
-- @treturn boolean
function M.matches(filter, entry)
  if filter.method and filter.method:upper() ~= entry.method then return false end
  for name, value in pairs(filter.query or {}) do
    if entry.query[name] ~= value then return false end
  end
  local wanted = filter.path
  if not wanted then return true end
  local whole = wanted:sub(1, 1) == "/"
  local pattern = whole and "^" .. wanted .. "$" or wanted
  for _, path in ipairs{ entry.path, entry.decoded } do
    if path == wanted or path:find(pattern) or not whole and path:find(wanted, 1, true) then return true end
  end
  return false
end

--- An empty set of rules.
function M.new()
  return { rules = {}, last = 0 }
end

--- Adds a rule; its id is returned.
function M.add(faults, rule)
  faults.last = faults.last + 1
  rule.id = faults.last
  rule.seen, rule.done = 0, 0
  rule.rng = rng.new(rule.seed or 1)
  table.insert(faults.rules, rule)
  return rule.id
end

--- Removes one rule, or all; how many is returned.
function M.clear(faults, id)
  local kept, removed = {}, 0
  for _, rule in ipairs(faults.rules) do
    if id and rule.id ~= id then kept[#kept + 1] = rule else removed = removed + 1 end
  end
  faults.rules = kept
  return removed
end

-- Has a request come too many of its second, by a rule with a rate? Counted by the seconds of the clock.
local function is_over(rule, entry)
  local second = entry.time // 1
  if rule.second ~= second then rule.second, rule.let_in = second, 0 end
  if rule.let_in >= rule.rate then return true end
  rule.let_in = rule.let_in + 1
  return false
end

--- The first rule that takes this request, if any; it is counted.
function M.take(faults, entry)
  for _, rule in ipairs(faults.rules) do
    if (rule.times == 0 or rule.done < rule.times) and M.matches(rule, entry) then
      rule.seen = rule.seen + 1
      if rule.seen > rule.after and (not rule.probability or rule.rng:fraction() < rule.probability)
        and (not rule.rate or is_over(rule, entry)) then
        rule.done = rule.done + 1
        return rule
      end
    end
  end
end

--- Whether the tenant acts on the request although a rule took it: it does when only the way back of its own answer is
-- spoilt, and it does not when the answer is replaced by another, unless the rule says so.
function M.handles(rule)
  if rule.handled ~= nil then return rule.handled end
  return not (rule.status or rule.body or rule.html or rule.redirect or rule.huge or rule.reset == "before")
end

local PAGE = "<!DOCTYPE html>\n<html><head><title>%d %s</title></head>\n<body><h1>%d %s</h1><hr>gateway</body></html>\n"
local HUGE_HEAD, HUGE_TAIL = '{"results":[],"filler":"', '"}'

local function replaced(rule)
  local status = rule.status
  if rule.redirect then
    return { status = status or 302, body = "", headers = { "Location", rule.redirect } }
  elseif rule.html then
    status = status or 502
    local reason = reply.reason(status)
    local page = type(rule.html) == "string" and rule.html or PAGE:format(status, reason, status, reason)
    return { status = status, body = page, headers = { "Content-Type", "text/html; charset=utf-8" } }
  elseif rule.body then
    local text = type(rule.body) == "string" and rule.body or json.encode(rule.body)
    return { status = status or 200, body = text, headers = { "Content-Type", "application/json; charset=utf-8" } }
  elseif rule.huge then
    return { status = status or 200, body = HUGE_HEAD, headers = { "Content-Type", "application/json; charset=utf-8" } }
  elseif status then
    if status >= 400 then return reply.error(status, "a fault of the sandbox") end
    return { status = status, body = "", headers = {} }
  end
end

local function header_names(headers)
  local names = {}
  for name in pairs(headers) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- The rule's headers replace the answer's of the same name.
local function with_headers(headers, rule)
  local out, given = {}, {}
  for name in pairs(rule.headers) do given[name:lower()] = true end
  for i = 1, #headers, 2 do
    if not given[headers[i]:lower()] then table.move(headers, i, i + 1, #out + 1, out) end
  end
  for _, name in ipairs(header_names(rule.headers)) do
    out[#out + 1] = name
    out[#out + 1] = rule.headers[name]
  end
  return out
end

--- Spoils an answer.
-- @tparam table rule
-- @tparam table|nil answer the tenant's, nil when it did not act
-- @treturn table reply
-- @treturn table plan what sandbox_send.c shall do on the way out
function M.apply(rule, answer)
  local out = replaced(rule) or answer or { status = 200, body = "", headers = {} }
  out = { status = out.status, body = out.body, headers = out.headers }
  if rule.headers then out.headers = with_headers(out.headers, rule) end
  local plan = { delay = rule.delay, truncate = rule.truncate, reset = rule.reset ~= nil }
  if rule.huge then
    plan.fill = math.max(0, rule.huge - #HUGE_HEAD - #HUGE_TAIL)
    plan.tail = HUGE_TAIL
  end
  if rule.json == "invalid" then -- cut in the middle, but sent whole: only its reader can find out
    out.body = #out.body > 1 and out.body:sub(1, (#out.body + 1) // 2) or '{"'
    plan.tail = nil
  end
  if rule.drip then plan.drip_bytes, plan.drip_every = rule.drip.bytes, rule.drip.every end
  return out, plan
end

return M
