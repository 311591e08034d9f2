--- Checking of what a script gives to the sandbox: the options of start() and the rules of fault(). Misuse raises, names
-- every problem at once and suggests the nearest name.
local M = {}

-- Edit distance, for suggestions only; the names are short.
local function distance(a, b)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local diagonal = row[0]
    row[0] = i
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      diagonal, row[j] = row[j], math.min(row[j] + 1, row[j - 1] + 1, diagonal + cost)
    end
  end
  return row[#b]
end

local function nearest(name, spec)
  local best, best_distance
  for known in pairs(spec) do
    local d = distance(name, known)
    if not best or d < best_distance or d == best_distance and known < best then best, best_distance = known, d end
  end
  return best_distance <= math.max(2, #name // 2) and best or nil
end

local TESTS = {}

function TESTS.string(v)
  return type(v) == "string" and v ~= "", "a string that is not empty"
end

function TESTS.count(v, rule)
  local n = type(v) == "number" and math.tointeger(v)
  local ok = n and n >= rule.min and n <= rule.max
  return ok, string.format("an integer from %d to %d", rule.min, rule.max)
end

function TESTS.integer(v)
  return type(v) == "number" and math.tointeger(v) ~= nil, "an integer"
end

function TESTS.seconds(v)
  return type(v) == "number" and v >= 0 and v < 1e6, "a number of seconds"
end

function TESTS.fraction(v)
  return type(v) == "number" and v >= 0 and v <= 1, "a number from 0 to 1"
end

function TESTS.times(v)
  return v == math.huge or type(v) == "number" and math.tointeger(v) and v >= 0, "a count; 0 or math.huge: always"
end

function TESTS.boolean(v)
  return type(v) == "boolean", "true or false"
end

function TESTS.names(v)
  local ok = type(v) == "table"
  for _, item in pairs(ok and v or {}) do ok = ok and type(item) == "string" and item ~= "" end
  return ok, "a list of names"
end

function TESTS.languages(v)
  local ok, what = TESTS.names(v)
  return ok and #v > 0, what .. " that is not empty"
end

function TESTS.enum(v, rule)
  for _, known in ipairs(rule.enum) do
    if v == known then return true end
  end
  return false, rule.says
end

function TESTS.pattern(v)
  if type(v) ~= "string" or v == "" then return false, "a path, plain or as a Lua pattern" end
  local ok, why = pcall(string.find, "", v)
  return ok, "a Lua pattern: " .. tostring(why)
end

function TESTS.body(v)
  return type(v) == "string" or type(v) == "table", "a string, or a table that is sent as JSON"
end

function TESTS.html(v)
  return v == true or type(v) == "string", "true or the text of a page"
end

-- Content-Length belongs to the sending: `truncate` is how to make it lie.
function TESTS.headers(v)
  local what = "a table of header names and values, without line breaks, Content-Length and Transfer-Encoding"
  if type(v) ~= "table" then return false, what end
  for name, value in pairs(v) do
    if type(name) ~= "string" or not name:match("^[%w!#$%%&'*+.^_`|~-]+$")
      or name:lower() == "content-length" or name:lower() == "transfer-encoding"
      or type(value) ~= "string" and type(value) ~= "number" or tostring(value):find("[%c]") then
      return false, what
    end
  end
  return true
end

function TESTS.query(v)
  local ok = type(v) == "table"
  for name, value in pairs(ok and v or {}) do
    ok = ok and type(name) == "string" and (type(value) == "string" or math.type(value) == "integer")
  end
  return ok, "a table of parameters, with strings or integers"
end

function TESTS.drip(v)
  local what = "{ bytes = n, every = seconds }"
  if type(v) ~= "table" then return false, what end
  for key in pairs(v) do
    if key ~= "bytes" and key ~= "every" then return false, what end
  end
  return TESTS.count(v.bytes, { min = 1, max = 1 << 30 }) and TESTS.seconds(v.every), what
end

local SIZE = { type = "count", min = 0, max = 1 << 50 }

--- The options of start().
M.START = {
  users = { type = "count", min = 0, max = 200000, default = 500 },
  seed = { type = "integer", default = 1 },
  tenant_id = { type = "string", default = "eu-west-2_SandboxT1" },
  api_key = { type = "string", default = "sandbox-api-key" },
  client_id = { type = "string" },
  client_secret = { type = "string", default = "sandbox-client-secret" },
  aptem_tenant = { type = "string", default = "sandbox" },
  aptem_token = { type = "string", default = "sandbox-aptem-token" },
  token_lifetime = { type = "count", min = 1, max = 1000000000, default = 3600 },
  latency = { type = "seconds", default = 0 },
  custom_fields = { type = "names", default = { "department", "costCentre", "location", "employmentType" } },
  languages = { type = "languages", default = {
    "en-gb", "en-us", "cy-gb", "fr-fr", "de-de", "es-es", "it-it", "nl-nl", "pl-pl", "pt-pt", "sv-se", "tr-tr",
    "el-gr", "ar-ae", "ja-jp", "zh-cn", "ko-kr",
  } },
  log_limit = { type = "count", min = 1, max = 10000000, default = 10000 },
}

--- The members of a fault rule.
M.FAULT = {
  method = { type = "string" }, path = { type = "pattern" }, query = { type = "query" },
  status = { type = "count", min = 200, max = 599 }, headers = { type = "headers" }, body = { type = "body" },
  delay = { type = "seconds" }, truncate = SIZE, huge = SIZE, drip = { type = "drip" },
  reset = { type = "enum", enum = { "before", "after" }, says = "'before' or 'after'" },
  json = { type = "enum", enum = { "invalid" }, says = "'invalid'" },
  html = { type = "html" }, redirect = { type = "string" }, handled = { type = "boolean" },
  times = { type = "times", default = 1 }, after = { type = "count", min = 0, max = 1 << 50, default = 0 },
  probability = { type = "fraction" }, seed = { type = "integer" },
  rate = { type = "count", min = 0, max = 1 << 50 },
}

--- A filter of requests() and count().
M.FILTER = { method = { type = "string" }, path = { type = "pattern" }, query = { type = "query" } }

--- Checks a table of named values and fills in defaults.
-- @tparam string what the call, for the message
-- @tparam table|nil given
-- @tparam table spec one of the above
-- @tparam integer level of the caller whose position the message carries
-- @treturn table a copy with defaults
-- @raise one message with every problem
function M.check(what, given, spec, level)
  if given ~= nil and type(given) ~= "table" then
    error(what .. ": expected a table of options, got " .. type(given), level + 1)
  end
  local out, problems = {}, {}
  for name, value in pairs(given or {}) do
    local rule = spec[name]
    if not rule then
      local near = type(name) == "string" and nearest(name, spec)
      problems[#problems + 1] = "unknown option '" .. tostring(name) .. "'"
        .. (near and " (did you mean '" .. near .. "'?)" or "")
    else
      local ok, expected = TESTS[rule.type](value, rule)
      if not ok then problems[#problems + 1] = name .. " must be " .. expected end
      out[name] = value
    end
  end
  if #problems > 0 then
    table.sort(problems)
    error(what .. ": " .. table.concat(problems, "; "), level + 1)
  end
  for name, rule in pairs(spec) do
    if out[name] == nil then out[name] = rule.default end
  end
  return out
end

return M
