-- The Lua peer, LuaSocket and lua-cjson: lua5.4 bench/peer.lua export|get|create BASE_URL COUNT
-- socket.http as its manual shows it: it waits in place and opens a connection for each request, so that several at once
-- would need another library. Prints one line of JSON; an error when anything goes wrong.
local cjson = require "cjson"
local http = require "socket.http"
local ltn12 = require "ltn12"
local socket = require "socket"

local mode, base, count = arg[1], arg[2], tonumber(arg[3])
local record = cjson.encode({ ref = "B1", firstName = "Bea", lastName = "Example", email = "bea@example.org" })

local urls = {
  export = function(n) return ("%s/rest/v1/users?page=%d&perPage=1000"):format(base, n) end,
  get = function(n) return ("%s/rest/v1/user/%024x"):format(base, n) end,
  create = function() return base .. "/rest/v2/users" end,
}
local url = urls[mode]

local function answer(n)
  local chunks = {}
  local request = { url = url(n), sink = ltn12.sink.table(chunks),
    headers = { Accept = "application/json", Authorization = "Bearer bench" } }
  if mode == "create" then
    request.method, request.source = "POST", ltn12.source.string(record)
    request.headers["Content-Type"], request.headers["Content-Length"] = "application/json", #record
  end
  local ok, status = http.request(request)
  assert(ok and (status == 200 or status == 201), status)
  return cjson.decode(table.concat(chunks))
end

local records, chars = 0, 0
local start, cpu = socket.gettime(), os.clock()
for n = 1, count do
  local value = answer(n)
  for _, user in ipairs(mode == "export" and value.results or { value }) do
    records, chars = records + 1, chars + #user.ref
  end
end
local seconds = socket.gettime() - start
cpu = os.clock() - cpu
local status <close> = assert(io.open("/proc/self/status"))
print(cjson.encode({ seconds = seconds, cpu = cpu, answers = count, records = records, chars = chars,
  rss_mb = tonumber(status:read("a"):match("VmHWM:%s*(%d+)")) / 1024 }))
