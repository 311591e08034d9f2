-- What the peers do, with thrive: lua5.4|thrivelua bench/ours.lua MODE BASE_URL COUNT AT_ONCE [name=value …]
--   export    COUNT pages of 1000 users through each, AT_ONCE pages ahead; fields=ref,email builds only these
--   get       COUNT GETs of one user: AT_ONCE = 1 in a plain loop, more through thrive.map
--   create    COUNT POSTs, through thrive.map
--   connect   COUNT GETs, to a server that closes the connection after each; ca_file=…
--   tasks     COUNT tasks spawned at once, a GET each; AT_ONCE on the wire
--   memory    export, and what was in memory when
-- collector=generational or collector=incremental,PAUSE,STEPMUL: other than the interpreter's own.
-- Prints one line of JSON; an error when anything goes wrong.

-- What is in memory, in MB. Reading it must not make garbage that is then counted.
local function resident(what)
  local file <close> = assert(io.open("/proc/self/status"))
  return tonumber(file:read("a"):match(what .. ":%s*(%d+)")) / 1024
end
local process_mb = resident("VmRSS")
local core = require "thrive.core"
local thrive = require "thrive"

local mode, base, count, at_once = arg[1], arg[2], tonumber(arg[3]), tonumber(arg[4])
local given = {}
for i = 5, #arg do
  local name, value = arg[i]:match("^([%w_]+)=(.+)$")
  given[assert(name, "not name=value: " .. arg[i])] = value
end
if given.collector then
  local kind, pause, stepmul = given.collector:match("^(%a+),?(%d*),?(%d*)$")
  collectgarbage(kind, tonumber(pause) or 0, tonumber(stepmul) or 0)
end

local client <close> = assert(thrive.client { base_url = base, token = "bench", concurrency = math.max(at_once, 1),
  max_retries = 0, ca_file = given.ca_file, raise = true })

local result = { answers = 0, records = 0, chars = 0 }
local function touch(user)
  result.records, result.chars = result.records + 1, result.chars + #user.ref
end
local function id(n) return ("%024x"):format(n) end

local function export(options)
  for user in client.users:each({ perPage = 1000 }, options) do touch(user) end
  result.answers = count
end

-- Nothing is kept of a call's result, so that memory is the module's.
local function map(f)
  local n = 0
  local _, failures = thrive.map(function()
    n = n + 1
    return n <= count and n or nil
  end, function(i) touch(f(i)) end, { concurrency = at_once })
  if failures[1] then error(failures[1].err) end
  result.answers = count
end

local modes = {}
function modes.export()
  local fields
  for name in (given.fields or ""):gmatch("[^,]+") do
    fields = fields or {}
    fields[#fields + 1] = name
  end
  export { prefetch = at_once, fields = fields }
end
function modes.get()
  if at_once > 1 then
    map(function(i) return client.users:get(id(i)) end)
    return
  end
  for i = 1, count do touch(client.users:get(id(i))) end
  result.answers = count
end
function modes.create()
  local new = { ref = "B1", firstName = "Bea", lastName = "Example", email = "bea@example.org" }
  map(function() return client.users:create(new) end)
end
-- The first connection loads what the others find loaded, and is not counted.
function modes.connect()
  client.users:get(id(0))
  local cpu = os.clock()
  for i = 1, count - 1 do touch(client.users:get(id(i))) end
  result.cpu_ms = (os.clock() - cpu) * 1e3 / (count - 1)
  result.answers = count
end
function modes.tasks()
  local tasks = {}
  for i = 1, count do
    tasks[i] = thrive.spawn(function() touch(client.users:get(id(i))) end)
  end
  for i = 1, count do tasks[i]:wait() end
  result.answers = count
end
-- The peak in parts: the process, the module with its libraries and a connection, the pages.
function modes.memory()
  client.users:get(id(1))
  local parts = { process = process_mb, module = resident("VmRSS") - process_mb }
  collectgarbage()
  local empty_kb = collectgarbage("count")
  local heap_kb, n = 0, 0
  for user in client.users:each({ perPage = 1000 }, { prefetch = at_once }) do
    touch(user)
    n = n + 1
    if n % 50 == 0 then heap_kb = math.max(heap_kb, collectgarbage("count")) end
    if n == 1000 then -- one page is live, and nothing else of this loop
      local before_kb = collectgarbage("count")
      collectgarbage()
      parts.page = (collectgarbage("count") - empty_kb) / 1024
      heap_kb = math.max(heap_kb, before_kb)
    end
  end
  parts.lua_heap_peak = (heap_kb - empty_kb) / 1024
  parts.garbage = parts.lua_heap_peak - parts.page
  parts.outside_lua = resident("VmHWM") - parts.process - parts.module - parts.lua_heap_peak
  result.parts = parts
  result.answers = count
end

local start, cpu = core.now(), os.clock()
modes[mode]()
result.seconds, result.cpu = core.now() - start, os.clock() - cpu
result.rss_mb = resident("VmHWM")
print((core.json.encode(result)))
