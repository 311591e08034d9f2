--- Checking tables of options: names, types, values, every problem at once.
-- A rule is { type, check }: type is a Lua type name or "integer", nil where somebody else looks at the value;
-- check(value) returns true, or nil and what the value must be.
-- @module thrive.options

local core = require "thrive.core"

local M = {}

--- A check: is the value one of these?
function M.one_of(...)
  local choice = { ... }
  return function(value)
    for i = 1, #choice do if choice[i] == value then return true end end
    return nil, "one of " .. table.concat(choice, ", ")
  end
end

--- The rule of a time span in seconds.
M.seconds = { "number", function(v) return v > 0 and v < math.huge or nil, "a number of seconds above 0" end }

--- The rule of a whole number not below `least`.
function M.count_from(least)
  return { "integer", function(v) return v >= least or nil, least .. " or more" end }
end

--- The options of a client that have nothing to do with who is talked to: name → rule.
M.client = {
  timeout = M.seconds, connect_timeout = M.seconds, deadline = M.seconds,
  max_retries = M.count_from(0), concurrency = M.count_from(1),
  ca_file = { "string" }, proxy = { "string" }, user_agent = { "string" },
  nulls = { "string", M.one_of("drop", "keep") },
  raise = { "boolean" }, dry_run = { "boolean" }, read_only = { "boolean" },
  on = { "table" },
}

--- Who is talked to, and as whom: name → rule.
M.credentials = {
  tenant_id = { "string" }, api_key = { "string" },
  client_id = { "string" }, client_secret = { "string" }, scope = { "string" },
  token_auth = { "string", M.one_of("form", "basic") },
  token = { "string" },
  region = { "string", M.one_of("production", "staging", "production-mea", "staging-mea") },
  base_url = { "string" }, webhooks_url = { "string" },
}

--- The kinds of credentials, by the secret that makes each.
M.secrets = { "api_key", "client_secret", "token" }

--- What every call takes as its last table.
M.per_call = { timeout = M.seconds, deadline = M.seconds, max_retries = M.count_from(0), headers = { "table" } }

--- What `replace` takes on top.
M.bulk = { split = { "boolean" } }
for name, rule in pairs(M.per_call) do M.bulk[name] = rule end

local function is_names(value)
  local count = 0
  for key, name in pairs(value) do
    if math.type(key) ~= "integer" or key < 1 or key > #value or type(name) ~= "string" then
      return nil, "an array of names"
    end
    count = count + 1
  end
  return count == #value or nil, "an array of names without holes"
end

local PREFETCH_MOST <const> = 1000 -- pages are held as text: more is a mistake that takes all memory

local SHARD <const> = "{ index =, of = }: integers, index counting from 0 or from 1, of 1 or more"

local function is_shard(value)
  local index, of = value.index, value.of
  if math.type(index) ~= "integer" or math.type(of) ~= "integer" or of < 1 or index < 0 or index > of then
    return nil, SHARD
  end
  for key in pairs(value) do if key ~= "index" and key ~= "of" then return nil, SHARD end end
  return true
end

--- What iteration takes on top:
--
-- * `prefetch` (integer, up to 1000): pages that travel ahead of the reader; 0 turns it off. Without it: 4, and up to 16
--   while the reader is found waiting;
-- * `fields` (array of names): only these members of each record are built, the rest of the text is skipped;
-- * `limit` (integer): so many records in all;
-- * `dedupe` (name, such as "id"): a record whose member of that name was met before is dropped; for lists that shift
--   while they are read. It remembers each id, about 100 bytes a record;
-- * `cursor` (string): a page.cursor; begins where that page ended;
-- * `shard` ({ index =, of = }): every of-th page, beginning with the index-th. index counts from 0 to of - 1 or from 1 to
--   of: of and 0 are the same share. See thrive.shard.
M.iteration = {
  prefetch = { "integer", function(v) return v >= 0 and v <= PREFETCH_MOST or nil, "from 0 to " .. PREFETCH_MOST end },
  fields = { "table", is_names }, limit = M.count_from(1),
  dedupe = { "string", function(v) return v ~= "" or nil, "the name of a member" end }, cursor = { "string" },
  shard = { "table", is_shard },
}
for name, rule in pairs(M.per_call) do M.iteration[name] = rule end

--- The string keys of a table in order.
function M.sorted_keys(t)
  local keys = {}
  for key in pairs(t) do if type(key) == "string" then keys[#keys + 1] = key end end
  table.sort(keys)
  return keys
end

-- What was probably meant by a name that is not known: one that is nearly the same, or begins with it (tenant, tenant_id).
local function meant(name, known)
  local names = M.sorted_keys(known)
  local near = core.nearest(name, names)
  for i = 1, near and 0 or #names do
    if #name > 2 and names[i]:sub(1, #name) == name then return names[i] end
  end
  return near
end

--- What to say behind a name that is no option, beginning with a blank, or "".
-- @param name
-- @tparam table known name → rule
-- @treturn string
function M.hint(name, known)
  if type(name) ~= "string" then return "" end
  if known == M.per_call or known == M.bulk then
    if M.iteration[name] then return " here (each, pages and all take it)" end
    if M.bulk[name] then return " here (replace takes it)" end
  end
  local near = meant(name, known)
  return near and (" (did you mean '%s'?)"):format(near) or ""
end

--- Every problem of a table of options in one line.
-- @tparam table given
-- @tparam table known name → rule
-- @tparam string what what an unknown name is not: "an option"
-- @treturn string|nil
function M.problems_of(given, known, what)
  local problems, names = {}, {}
  for key in pairs(given) do names[#names + 1] = key end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for _, name in ipairs(names) do
    local rule, value = known[name], given[name]
    local problem
    if not rule then
      problem = ("'%s' is not %s%s"):format(tostring(name), what, M.hint(name, known))
    else
      -- 3.0 will do for 3: some JSON libraries know no integers.
      local is = type(value)
      if rule[1] == "integer" and is == "number" then is = math.tointeger(value) and "integer" or "float" end
      if rule[1] and is ~= rule[1] then
        problem = ("'%s' must be %s %s (got %s)"):format(name, rule[1] == "integer" and "an" or "a", rule[1], type(value))
      elseif rule[2] then
        local ok, must = rule[2](value)
        if not ok then problem = ("'%s' must be %s (got %s)"):format(name, must, tostring(value)) end
      end
    end
    problems[#problems + 1] = problem
  end
  if #problems > 0 then return table.concat(problems, "; ") end
  return nil
end

return M
