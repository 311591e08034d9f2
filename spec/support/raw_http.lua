--- HTTP over a bare socket, for testing the sandbox without the client that it is there to test.
local cjson = require "cjson"
local socket = require "socket"

local M = {}

local Connection = {}
Connection.__index = Connection

--- Opens a connection to a sandbox.
function M.connect(sandbox)
  local host, port = sandbox.base_url:match("^http://([%d.]+):(%d+)$")
  local tcp = assert(socket.connect(host, tonumber(port)))
  tcp:settimeout(60) -- a test that waits longer has failed
  return setmetatable({ tcp = tcp }, Connection)
end

function M.base64(s)
  local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  return (s:gsub("..?.?", function(c)
    local a, b, d = c:byte(1, 3)
    local n = a << 16 | (b or 0) << 8 | (d or 0)
    local out = ""
    for i = 3, 0, -1 do
      local k = (n >> 6 * i & 63) + 1
      out = out .. alphabet:sub(k, k)
    end
    return out:sub(1, #c + 1) .. ("="):rep(3 - #c)
  end))
end

function M.basic(user, password)
  return "Basic " .. M.base64(user .. ":" .. password)
end

--- Sends a request: `{ method, target, headers = {}, body = string or table }`.
function Connection:send(method, target, headers, body)
  headers = headers or {}
  if type(body) == "table" then
    body = cjson.encode(body)
    headers["Content-Type"] = headers["Content-Type"] or "application/json"
  end
  local lines = { method .. " " .. target .. " HTTP/1.1", "Host: sandbox" }
  for name, value in pairs(headers) do lines[#lines + 1] = name .. ": " .. value end
  if body then lines[#lines + 1] = "Content-Length: " .. #body end
  return self.tcp:send(table.concat(lines, "\r\n") .. "\r\n\r\n" .. (body or ""))
end

--- Reads status line and headers.
function Connection:head()
  local line, why = self.tcp:receive("*l")
  if not line then return nil, why end
  local answer = { status = tonumber(line:match("^HTTP/1.1 (%d+)")), headers = {} }
  while true do
    line, why = self.tcp:receive("*l")
    if not line then return nil, why end
    if line == "" then break end
    local name, value = line:match("^([^:]+):%s*(.*)$")
    answer.headers[name:lower()] = value
  end
  return answer
end

--- Reads a whole answer. When the body is shorter than announced: what there is, in `partial`.
function Connection:read()
  local answer, why = self:head()
  if not answer then return nil, why end
  local length = tonumber(answer.headers["content-length"] or 0)
  local body, failed, partial = "", nil, nil
  if length > 0 then body, failed, partial = self.tcp:receive(length) end
  answer.body, answer.failed, answer.partial = body, failed, partial
  local ok, json = pcall(cjson.decode, body or "")
  if ok then answer.json = json end
  return answer
end

function Connection:request(...)
  assert(self:send(...))
  return self:read()
end

--- Checks an answer that refuses: its status, the body of every error, and what its message says.
-- @tparam table answer
-- @tparam integer status
-- @tparam[opt] string field the message names fields, and this is one of them
-- @tparam[opt] string text what the message has in it
function M.refused(answer, status, field, text)
  assert(answer.status == status, ("%d: %s"):format(answer.status, answer.body))
  assert(answer.json.status == status and type(answer.json.error) == "string", answer.body)
  local message = answer.json.message
  if field then message = assert(message[field], answer.body) end
  assert(type(message) == "string", answer.body)
  assert(not text or message:find(text, 1, true), message)
end

function Connection:close()
  self.tcp:close()
end

--- One request on a connection of its own, with the tenant's Basic credentials unless headers has an Authorization
-- (false: none).
function M.request(sandbox, method, target, body, headers)
  local all = { Authorization = M.basic(sandbox.tenant_id, sandbox.api_key) }
  for name, value in pairs(headers or {}) do all[name] = value or nil end
  local connection = M.connect(sandbox)
  local answer, why = connection:request(method, target, all, body)
  connection:close()
  return answer, why
end

return M
