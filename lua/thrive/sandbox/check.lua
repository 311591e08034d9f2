--- Strict checking of queries and bodies against what a route declares. Every problem is found, not only the first.
--
-- A spec maps a field's name to `{ type =, … }`. In a query: integer (min, max), date, list (enum), enum, string, flag.
-- Also csv (any texts; ids: object ids), stamp (a time without a zone: mark between day and time, day = a bare day too).
-- In a body: string (empty = false refuses ""), email, date, zone, language, boolean, number (min), int32, scalar, enum, array
-- (items, min, max), object (fields), custom (an object of configured custom fields). Any of them: `required`, `nullable`
-- (null clears it), `absent_if_null` (null counts as not given). A string may have a `max` of characters, a number be
-- `whole`.
local dates = require "thrive.sandbox.dates"
local json = require "thrive.sandbox.json"

local M = {}

local function one_of(values)
  local quoted = {}
  for i, v in ipairs(values) do quoted[i] = "'" .. v .. "'" end
  return "must be one of " .. table.concat(quoted, ", ")
end

local function contains(values, v)
  for _, known in ipairs(values) do
    if known == v then return true end
  end
  return false
end

-- type → function(text, spec) → value, or nil and what is wrong
local QUERY = {}

function QUERY.integer(text, spec)
  local n = text:match("^%-?%d+$") and math.tointeger(tonumber(text))
  if not n then return nil, "must be an integer" end
  if n < spec.min then return nil, "must be at least " .. spec.min end
  if spec.max and n > spec.max then return nil, "must be at most " .. spec.max end
  return n
end

function QUERY.date(text)
  local at = dates.read(text)
  if not at then return nil, "must be an ISO 8601 date or date-time" end
  return at
end

function QUERY.enum(text, spec)
  if not contains(spec.enum, text) then return nil, one_of(spec.enum) end
  return text
end

function QUERY.list(text, spec)
  local out = {}
  for item in (text .. ","):gmatch("(.-),") do
    if not contains(spec.enum, item) then return nil, one_of(spec.enum) .. ", separated by commas" end
    out[#out + 1] = item
  end
  return out
end

--- Whether a text is an object id: 24 hexadecimal digits.
function M.is_id(text)
  return #text == 24 and not text:find("%X")
end

function QUERY.csv(text, spec)
  local out = {}
  for item in (text .. ","):gmatch("(.-),") do
    if item == "" then return nil, "must not have an empty item" end
    if spec.ids and not M.is_id(item) then return nil, "must be ids of 24 hexadecimal digits, separated by commas" end
    out[#out + 1] = item
  end
  return out
end

function QUERY.stamp(text, spec)
  local day, mark, time = text:match("^(%d%d%d%d%-%d%d%-%d%d)(.)(%d%d:%d%d:%d%d)$")
  local at = mark == spec.mark and dates.read(day .. "T" .. time) or nil
  if spec.day and text:match("^%d%d%d%d%-%d%d%-%d%d$") then at = dates.read(text) end
  if not at then
    return nil, ("must be YYYY-MM-DD%shh:mm:ss%s"):format(spec.mark, spec.day and " or YYYY-MM-DD" or ", without a zone")
  end
  return at
end

function QUERY.string(text)
  return text
end

function QUERY.flag(text)
  if text ~= "true" and text ~= "false" then return nil, "must be true or false" end
  return text == "true"
end

--- Checks query parameters.
-- @tparam table values name → text
-- @tparam table spec
-- @tparam table problems filled: name → what is wrong
-- @treturn table name → value, with defaults
function M.query(values, spec, problems)
  local out = {}
  for name, text in pairs(values) do
    local rule = spec[name]
    if not rule then
      problems[name] = "is not a parameter of this operation"
    elseif text == "" then
      problems[name] = "must not be empty"
    else
      local value, why = QUERY[rule.type](text, rule)
      if value == nil then problems[name] = problems[name] or why else out[name] = value end
    end
  end
  for name, rule in pairs(spec) do
    if values[name] == nil then
      if rule.required then problems[name] = "is required" end
      out[name] = rule.default
    end
  end
  return out
end

-- type → function(value, spec, problems, path, tenant); reports into problems
local BODY = {}

function BODY.string(v, spec, problems, path)
  if type(v) ~= "string" then
    problems[path] = "must be a string"
  elseif v == "" and spec.empty == false then
    problems[path] = "must not be empty"
  elseif spec.max and utf8.len(v) > spec.max then
    problems[path] = "must have at most " .. spec.max .. " characters"
  end
end

function BODY.email(v, _, problems, path)
  if type(v) ~= "string" then
    problems[path] = "must be a string"
  elseif not v:match("^[^%s@]+@[^%s@]+%.[^%s@]+$") then
    problems[path] = "must be an email address"
  end
end

function BODY.date(v, _, problems, path)
  if type(v) ~= "string" then
    problems[path] = "must be a string"
  elseif not dates.read(v) then
    problems[path] = "must be an ISO 8601 date or date-time"
  end
end

function BODY.zone(v, _, problems, path)
  if type(v) ~= "string" then
    problems[path] = "must be a string"
  elseif not v:match("^%a[%w_+-]*$") and not v:match("^%a[%w_+-]*/[%w_+/-]+$") then
    problems[path] = "must be an IANA time zone"
  end
end

function BODY.boolean(v, _, problems, path)
  if type(v) ~= "boolean" then problems[path] = "must be true or false" end
end

function BODY.scalar(v, _, problems, path)
  if type(v) == "table" then problems[path] = "must be a string, a number, true or false" end
end

function BODY.number(v, spec, problems, path)
  if type(v) ~= "number" then
    problems[path] = "must be a number"
  elseif spec.min and v < spec.min then
    problems[path] = "must be at least " .. spec.min
  elseif spec.whole and math.type(v) ~= "integer" then
    problems[path] = "must be a whole number"
  end
end

function BODY.int32(v, _, problems, path)
  if math.type(v) ~= "integer" or v < -0x80000000 or v > 0x7FFFFFFF then problems[path] = "must be a 32-bit integer" end
end

function BODY.enum(v, spec, problems, path)
  if not contains(spec.enum, v) then problems[path] = one_of(spec.enum) end
end

function BODY.language(v, _, problems, path, tenant)
  if type(v) ~= "string" or not contains(tenant.languages, v) then
    problems[path] = "must be a language that the tenant has enabled: " .. table.concat(tenant.languages, ", ")
  end
end

function BODY.array(v, spec, problems, path, tenant)
  if not json.is_array(v) then
    problems[path] = "must be an array"
  elseif #v < spec.min then
    problems[path] = "must have at least " .. spec.min .. " item" .. (spec.min == 1 and "" or "s")
  elseif #v > spec.max then
    problems[path] = "must have at most " .. spec.max .. " items"
  else
    for i, item in ipairs(v) do M.value(item, spec.items, problems, path .. "[" .. i - 1 .. "]", tenant) end
  end
end

function BODY.object(v, spec, problems, path, tenant)
  if not json.is_object(v) then
    problems[path] = "must be an object"
  elseif spec.fields then
    M.object(v, spec.fields, problems, path .. ".", tenant)
  end
end

-- The object of configured custom fields: values are scalars, null clears one.
function BODY.custom(v, _, problems, path, tenant)
  if not json.is_object(v) then
    problems[path] = "must be an object"
    return
  end
  for name, value in pairs(v) do
    if not tenant.custom_fields[name] then
      problems[path .. "." .. name] = "is not a configured custom field"
    elseif type(value) == "table" then
      problems[path .. "." .. name] = "must be a string, a number, true or false"
    end
  end
end

--- Checks a body that is an array, whose items have paths like `body[0].reference`.
-- @tparam table items as decoded
-- @tparam table spec `{ min =, max =, items = spec }`
-- @tparam table problems filled: path → what is wrong
-- @tparam table tenant
function M.list(items, spec, problems, tenant)
  BODY.array(items, spec, problems, "body", tenant)
end

--- Checks one value of a body.
function M.value(v, spec, problems, path, tenant)
  if v == json.null then
    if not spec.nullable and not spec.absent_if_null then problems[path] = "must not be null" end
    return
  end
  BODY[spec.type](v, spec, problems, path, tenant)
end

--- Checks the members of an object: required ones, unknown ones, and each value.
-- @tparam table object as decoded; members with `absent_if_null` that are null are removed
-- @tparam table spec
-- @tparam table problems filled: path → what is wrong
-- @tparam string prefix of the paths
-- @tparam table tenant
function M.object(object, spec, problems, prefix, tenant)
  for name, v in pairs(object) do
    local rule = spec[name]
    if not rule then
      problems[prefix .. name] = "is not a field of this request"
    elseif v == json.null and rule.absent_if_null then
      object[name] = nil -- assigning nil to a member that exists is allowed during pairs
    else
      M.value(v, rule, problems, prefix .. name, tenant)
    end
  end
  for name, rule in pairs(spec) do
    if rule.required and object[name] == nil and not problems[prefix .. name] then
      problems[prefix .. name] = "is required"
    end
  end
end

return M
