--- `thrivelua api GET /rest/v1/tags`: a request by method and path, under the client's credentials, retries and guards.
-- @module thrive.api.raw

local core = require "thrive.core"
local fail = require "thrive.api.fail"
local operation = require "thrive.api.operation"
local show = require "thrive.api.show"
local tree = require "thrive.api.tree"

local M = {}

-- The list of the catalogue that this path is, as words; nil when it is none.
local function list_of(path)
  local function look(group)
    for _, entry in ipairs(group.operations) do
      local pattern = "^" .. entry.path:gsub("[%-%.]", "%%%0"):gsub("{[^}]*}", "[^/?]+") .. "$"
      if entry.pages and path:match("^[^?]*"):find(pattern) then return tree.words(group.name) .. " " .. entry.verb end
    end
    for _, child in ipairs(group.groups or {}) do
      local found = look(tree.load(group.name .. "." .. child))
      if found then return found end
    end
    return nil
  end
  for _, name in ipairs(tree.groups()) do
    local found = look(tree.load(name))
    if found then return found end
  end
  return nil
end

--- What the words cannot mean, before anything is sent.
function M.check(request)
  local raw, given = request.raw, request.options
  if raw.path:sub(1, 1) ~= "/" then fail.usage(("%s: the path begins with '/' (got \"%s\")"):format(raw.method, raw.path)) end
  if given.all then
    local list = raw.method == "GET" and list_of(raw.path)
    fail.usage(list and ("--all: a path is one page; all of them: thrivelua api %s --all"):format(list)
      or "--all: nobody knows how this path is cut into pages")
  end
  if given.body and (raw.method == "GET" or raw.method == "HEAD") then fail.usage(raw.method .. " has no body") end
end

-- The query of the words: a name that comes again becomes a list.
local function query_of(request)
  local query
  local function add(name, value)
    query = query or {}
    local before = query[name]
    if type(before) == "table" then
      before[#before + 1] = value
    elseif before then
      query[name] = { before, value }
    else
      query[name] = value
    end
  end
  for _, pair in ipairs(request.raw.query) do add(pair[1], pair[2]) end
  for _, text in ipairs(request.options.query or {}) do
    local name, value = text:match("^([^=]+)=(.*)$")
    if not name then fail.usage(("--query '%s' is not name=value"):format(text)) end
    add(name, value)
  end
  return query
end

local function tell_rest(value)
  local pagination = type(value.pagination) == "table" and value.pagination or {}
  local page, pages = math.tointeger(pagination.page), math.tointeger(pagination.totalPages)
  if page and pages and page < pages then
    fail.note("page %d of %d: page=%d reads the next one", page, pages, page + 1)
  end
end

--- Sends the request and shows the answer: the records of a list, one record, or text that is not JSON as it is.
-- @tparam table request of thrive.api.parse
-- @param client
-- @treturn integer exit status
function M.run(request, client)
  local raw, given = request.raw, request.options
  local body = request.body
  if body == nil and (next(request.fields) ~= nil or given.body) then body = request.fields end
  if raw.method ~= "GET" and raw.method ~= "HEAD" then operation.watch_write(request) end
  local ok, value, err, meta = pcall(client.request, client, {
    method = raw.method, path = raw.path, host = given.host, query = query_of(request), body = body,
  })
  if not ok then
    if fail.is_interrupt(value) then error(value, 0) end
    local problems = type(value) == "string" and value:match("^client:request: (.*)$")
    if problems then fail.usage(("%s %s: %s"):format(raw.method, raw.path, problems)) end
    error(value, 0)
  end
  if value == nil and err ~= nil then error(err, 0) end
  if meta and meta.planned then
    show.flush()
    return 0
  end
  if type(value) == "table" then
    local records = core.json.isarray(value) and value or core.json.isarray(value.results) and value.results
    operation.with_sink(given, { single = not records }, function(sink)
      if records then return operation.whole_array(request, records, sink) end
      if given.where or given.limit then fail.usage("--where and --limit are for lists, and this is one record") end
      sink():write(value)
      sink():finish()
    end)
    tell_rest(value)
  elseif value == true then
    if require("thrive.terminal").is(2) then fail.note("%s %s: done", raw.method, raw.path) end
  else
    show.print(given, value)
  end
  if err ~= nil then
    fail.note("%s", tostring(err))
    return fail.code(err)
  end
  return 0
end

return M
