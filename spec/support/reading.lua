--- What the specs of iteration share: reading to the end, waiting for what travels, bodies of pages.
local core = require "thrive.core"
local cjson = require "cjson"
local thrive = require "thrive"

local M = {}

--- The path of the users' list.
M.USERS = "/rest/v1/users"

--- The refs of the sandbox's first n users, in the order of the list.
-- @tparam integer n
-- @tparam[opt=1] integer from
function M.refs(n, from)
  local list = {}
  for i = from or 1, n do list[#list + 1] = ("U%04d"):format(i) end
  return list
end

--- What a loop over records or pages gives (ref, id or userId of each record), and what it raises.
function M.collect(f, ...)
  local seen = {}
  local ok, err = pcall(function(...)
    for got in ... do
      for _, record in ipairs(got.results or { got }) do seen[#seen + 1] = record.ref or record.id or record.userId end
    end
  end, f, ...)
  return seen, not ok and err or nil
end

--- Lets transfers go on until something is so. The limit is there to fail, not to wait for.
function M.until_so(what, is_so)
  local limit = core.now() + 30
  while not is_so() do
    assert(core.now() < limit, "never came: " .. what)
    thrive.sleep(0.002)
  end
end

--- Lets everything land that is on its way for a client.
function M.settle(client)
  M.until_so("an end of all transfers", function() return core.running(client) == 0 end)
end

--- The transfers in flight, by C's own table in the registry: what it holds is not collected.
function M.in_flight()
  for _, value in pairs(debug.getregistry()) do
    local transfers = type(value) == "userdata" and debug.getuservalue(value, 1)
    local key, one = next(type(transfers) == "table" and transfers or {})
    if type(key) == "userdata" and debug.getmetatable(one).__name == "thrive.transfer" then return transfers end
  end
  return {}
end

--- The bodies of pages of a list of records "r0001", "r0002", …: bare arrays, or envelopes when `announced` is given.
-- @tparam integer n records
-- @tparam integer size of a page
-- @tparam[opt] integer announced the total that the envelopes tell
-- @treturn {string,...}
function M.bodies(n, size, announced)
  local bodies = {}
  for number = 1, n // size + 1 do
    local results = {}
    for i = (number - 1) * size + 1, math.min(n, number * size) do results[#results + 1] = { id = ("r%04d"):format(i) } end
    local text = #results > 0 and cjson.encode(results) or "[]"
    bodies[number] = not announced and text or ('{"results":%s,"pagination":%s}'):format(text, cjson.encode {
      page = number, perPage = size, totalResults = announced, totalPages = (announced + size - 1) // size,
    })
  end
  return bodies
end

--- Puts bodies on the pages of the sandbox's list of users, in whatever order they are asked for.
function M.serve(sandbox, bodies)
  for number, body in pairs(bodies) do
    sandbox:fault{ path = M.USERS, query = { page = number }, times = 0, body = body }
  end
end

return M
