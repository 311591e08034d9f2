-- A server for the memory benchmark: lua5.4 bench/endless.lua PORT PAGES FOLDER FILES
-- A list of PAGES pages out of FILES files: page N is file (N - 1) % FILES + 1 with its number and the totals put right,
-- and with other ids each time round. nginx would need a file for each. Runs until it is killed.
local socket = require "socket"

local port, pages, folder, files = tonumber(arg[1]), tonumber(arg[2]), arg[3], tonumber(arg[4])

local function body(n)
  local file <close> = assert(io.open(("%s/%d.json"):format(folder, (n - 1) % files + 1), "rb"))
  local text = file:read("a")
  local round = (n - 1) // files
  if round > 0 then text = text:gsub('{"id":"%x%x%x', ('{"id":"%03x'):format(round)) end
  local results = text:match('^(.*"pagination":)')
  return ('%s{"page":%d,"perPage":1000,"totalPages":%d,"totalResults":%d}}'):format(results, n, pages, pages * 1000)
end

local listener = assert(socket.bind("127.0.0.1", port))
local open = { listener }
local user

local function serve(connection)
  local line = connection:receive("*l")
  local path = line and line:match("^GET (%S+)")
  repeat
    local header = connection:receive("*l")
  until not header or header == ""
  local number = path and tonumber(path:match("[?&]page=(%d+)"))
  if not path then return false end
  if not number then user = user or body(1):match('"results":%[(.-)%],"pagination"'):match("^%b{}") end
  local text = number and body(number) or user
  return connection:send(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"):format(#text,
    text))
end

while true do
  for _, one in ipairs(socket.select(open)) do
    if one == listener then
      local connection = listener:accept()
      connection:setoption("tcp-nodelay", true)
      open[#open + 1] = connection
    elseif not serve(one) then
      one:close()
      for i, other in ipairs(open) do
        if other == one then
          table.remove(open, i)
          break
        end
      end
    end
  end
end
