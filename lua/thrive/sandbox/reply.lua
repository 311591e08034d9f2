--- Answers of the sandbox, in the house's shapes. A reply is `{ status =, body =, headers = {name, value, …} }`.
local json = require "thrive.sandbox.json"

local M = {}

local REASONS = {
  [200] = "OK", [201] = "Created", [204] = "No Content", [301] = "Moved Permanently", [302] = "Found",
  [307] = "Temporary Redirect", [308] = "Permanent Redirect", [400] = "Bad Request", [401] = "Unauthorized",
  [403] = "Forbidden", [404] = "Not Found", [405] = "Method Not Allowed", [408] = "Request Timeout",
  [409] = "Conflict", [413] = "Payload Too Large", [415] = "Unsupported Media Type", [422] = "Unprocessable Entity",
  [429] = "Too Many Requests", [500] = "Internal Server Error", [501] = "Not Implemented", [502] = "Bad Gateway",
  [503] = "Service Unavailable", [504] = "Gateway Timeout",
}

local ERROR = json.shape{ "status", "error", "message" }

--- The reason phrase of a status.
function M.reason(status)
  return REASONS[status] or "Status " .. status
end

--- An answer with a JSON body.
-- @tparam integer status
-- @param value anything that json.encode writes
-- @tparam[opt] {string,...} headers more headers: name, value, name, value
function M.json(status, value, headers)
  local all = { "Content-Type", "application/json; charset=utf-8" }
  for _, text in ipairs(headers or {}) do all[#all + 1] = text end
  return { status = status, body = json.encode(value), headers = all }
end

--- An error in the v1 shape {status, error, message} (contract, section 3), which the sandbox uses everywhere but at the
-- token endpoint, since no source shows the v2 and webhook shapes.
-- @tparam integer status
-- @tparam string|table message text, or field → what is wrong with it
-- @tparam[opt] {string,...} headers
function M.error(status, message, headers)
  return M.json(status, setmetatable({ status = status, error = M.reason(status), message = message }, ERROR), headers)
end

--- An answer without a body, for what was deleted.
function M.empty()
  return { status = 204, body = "", headers = {} }
end

--- `{ status, message }`, the answer of the tag and skill writes.
function M.done(message)
  return M.json(200, { status = 200, message = message })
end

local PAGE = json.shape{ "results", "pagination" }
local PAGINATION = json.shape{ "totalResults", "totalPages", "page", "perPage" }

-- The first and the last index of a page; a page far past the end must not overflow.
local function span(list, page, per)
  if page > #list then return 1, 0 end
  return (page - 1) * per + 1, math.min(page * per, #list)
end

--- One page of a list in the `{ results, pagination }` envelope.
-- @tparam table list everything that matched
-- @tparam table params page and perPage, already checked
-- @tparam function view record → what is written for it
function M.page(list, params, view)
  local page, per = params.page, params.perPage
  local results = {}
  local from, to = span(list, page, per)
  for i = from, to do results[#results + 1] = view(list[i]) end
  return M.json(200, setmetatable({
    results = json.array(results),
    pagination = setmetatable({
      totalResults = #list, totalPages = (#list + per - 1) // per, page = page, perPage = per,
    }, PAGINATION),
  }, PAGE))
end

--- One page of a list as a bare array.
-- @tparam table list everything that matched
-- @tparam table params page and perPage, already checked
-- @tparam function view record → what is written for it
function M.slice(list, params, view)
  local out = {}
  local from, to = span(list, params.page, params.perPage)
  for i = from, to do out[#out + 1] = view(list[i]) end
  return M.json(200, json.array(out))
end

return M
