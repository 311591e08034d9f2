--- Golden files of requests: what a person writes, and the exact bytes that leave. Text that reads, and that diffs:
--
--     # free text about the operation
--
--     == title of a case
--     client.users:suspend("U1")            one or more lines of Lua
--     < {"results":[]}                      answers, in order; without one, a body that suits every operation
--     > PATCH /rest/v2/users/ref/U1/suspend the request: method and target as sent; several requests follow each other
--     > Authorization: Basic …              the headers that matter, credentials blotted out
--     >
--     > {}                                  the body, byte for byte
--     ! users:suspend: missing 'x'          instead of requests: misuse, refused before anything is sent
local M = {}

-- The headers that matter, in this order, and then all others but these.
local headers = { "Authorization", "X-API-Token", "Accept", "Content-Type" }
local aside = { host = true, ["user-agent"] = true, ["accept-encoding"] = true, ["content-length"] = true }

--- Reads a file.
-- @tparam string path
-- @treturn {table,...} cases: title, line, code, answers (array), expected (array of lines)
-- @treturn string what stands before the first case
function M.read(path)
  local file = assert(io.open(path, "rb"))
  local cases, head, case, number = {}, {}, nil, 0
  for line in file:lines() do
    number = number + 1
    local title = line:match("^== (.+)$")
    if title then
      case = { title = title, line = number, code = {}, answers = {}, expected = {} }
      cases[#cases + 1] = case
    elseif not case then
      head[#head + 1] = line
    elseif line:find("^< ") then
      case.answers[#case.answers + 1] = line:sub(3)
    elseif line:find("^[>!]") then
      case.expected[#case.expected + 1] = line
    elseif #case.expected > 0 and line ~= "" then
      error(("%s:%d: text after the request"):format(path, number))
    elseif line ~= "" then
      case.code[#case.code + 1] = line
    end
  end
  file:close()
  while head[#head] == "" do head[#head] = nil end
  return cases, table.concat(head, "\n")
end

--- Writes a file anew with what the cases expect.
function M.write(path, head, cases)
  local out = { head }
  for _, case in ipairs(cases) do
    out[#out + 1] = "\n== " .. case.title
    table.move(case.code, 1, #case.code, #out + 1, out)
    for _, answer in ipairs(case.answers) do out[#out + 1] = "< " .. answer end
    table.move(case.expected, 1, #case.expected, #out + 1, out)
  end
  local file = assert(io.open(path, "wb"))
  file:write(table.concat(out, "\n"), "\n")
  file:close()
end

--- A request of the sandbox's log as lines of a golden file.
-- @tparam table request an entry of sandbox:requests()
-- @tparam {string,...} lines added to
function M.show(request, lines)
  lines[#lines + 1] = ("> %s %s"):format(request.method, request.target)
  local shown, rest = {}, {}
  for _, name in ipairs(headers) do
    shown[name:lower()] = true
    local value = request.headers[name:lower()]
    if value then
      if name == "Authorization" then value = value .. " …" end
      if name == "X-API-Token" then value = "…" end
      lines[#lines + 1] = ("> %s: %s"):format(name, value)
    end
  end
  for name, value in pairs(request.headers) do
    if not shown[name] and not aside[name] then rest[#rest + 1] = ("> %s: %s"):format(name, value) end
  end
  table.sort(rest)
  table.move(rest, 1, #rest, #lines + 1, lines)
  if request.body ~= "" then
    lines[#lines + 1] = ">"
    lines[#lines + 1] = "> " .. request.body
  end
end

--- Runs a case's Lua.
-- @tparam table case
-- @tparam table env
-- @treturn ?string the message of misuse, without its position
function M.run(case, env)
  local text = table.concat(case.code, "\n")
  -- Not "return …": a tail call has no line to be named in a message.
  local chunk = load("local value, err = " .. text .. "\nreturn value, err", "=case", "t", env)
    or assert(load(text, "=case", "t", env))
  local result = table.pack(pcall(chunk))
  if not result[1] then
    local message = tostring(result[2])
    return message:match("^case:%d+: (.*)$") or error(("line %d: %s"):format(case.line, message), 0)
  end
  if result[3] ~= nil and result[2] == nil then error(("line %d: %s"):format(case.line, tostring(result[3])), 0) end
  return nil
end

return M
