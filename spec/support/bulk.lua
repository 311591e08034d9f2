--- What the specs of bulk calls share: lists, what the service says of them, outcomes as text.
local cjson = require "cjson"

local M = {}

--- n entries, made by entry(i).
function M.list_of(entry, n)
  local list = {}
  for i = 1, n do list[i] = entry(i) end
  return list
end

--- An entry: "u7".
function M.user(i) return "u" .. i end

--- What the service says of the entries first … last: all done, but those named in `failed` (number → reason).
function M.said(first, last, failed)
  local good, bad = {}, {}
  for i = first, last do
    local reason = failed and failed[i]
    if reason then bad[#bad + 1] = { reference = "u" .. i, reason = reason } else good[#good + 1] = { reference = "u" .. i } end
  end
  local answer = { success = { count = #good, entities = #good > 0 and good or nil } }
  if failed then answer.failure = { count = #bad, entities = bad } end
  return answer
end

--- The sandbox's next answers: a table or text is a body with status 200, a number is the status of an error,
-- { status, body } both, { fault = rule } anything.
function M.answers(sandbox, ...)
  for _, answer in ipairs { ... } do
    local rule = { status = 200 }
    if type(answer) == "number" then
      rule.status = answer
    elseif type(answer) == "string" then
      rule.body = answer
    elseif type(answer[1]) == "number" then
      rule.status, rule.body = answer[1], type(answer[2]) == "table" and cjson.encode(answer[2]) or answer[2]
    elseif answer.fault then
      rule = answer.fault
    else
      rule.body = cjson.encode(answer)
    end
    sandbox:fault(rule)
  end
end

--- A list of outcomes as text that can be read when it is wrong: "100 success, 1 failure".
function M.runs(list)
  local out, n = {}, 0
  for i, what in ipairs(list) do
    n = n + 1
    if list[i + 1] ~= what then out[#out + 1], n = n .. " " .. what, 0 end
  end
  return table.concat(out, ", ")
end

--- The outcomes of a result, as runs() shows them.
function M.outcomes(result)
  local list = {}
  for i, outcome in ipairs(result.outcomes) do list[i] = outcome.outcome end
  return M.runs(list)
end

return M
