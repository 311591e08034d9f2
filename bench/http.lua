--- The HTTP benchmark: runs thrive and its peers against the servers that bench/http.sh has started, in interleaved rounds,
-- and writes results.json, results.md and export.svg into build/bench. bench/README.md says what is measured, and how.
-- Environment (set by bench/http.sh): PORTS PYTHON NODE B PAGES MANY ROUNDS QUICK

local cjson = require "cjson"
local chart = require "bench.chart"
local report = require "bench.report"

local quick = os.getenv("QUICK") ~= nil and os.getenv("QUICK") ~= ""
local rounds = tonumber(os.getenv("ROUNDS")) or 5
local build, pages, many = os.getenv("B"), tonumber(os.getenv("PAGES")), tonumber(os.getenv("MANY"))
local folder = build .. "/bench"

-- Port by port, as bench/prepare.lua and bench/http.sh use them.
local servers, ports = {}, {}
for port in os.getenv("PORTS"):gmatch("%d+") do ports[#ports + 1] = port end
for i, name in ipairs { "0 ms", "25 ms", "80 ms", "closing", "closing tls", "endless", "endless, many" } do
  servers[name] = (name == "closing tls" and "https" or "http") .. "://127.0.0.1:" .. ports[i]
end

local function quoted(s) return "'" .. s .. "'" end

-- ---- who ------------------------------------------------------------------------------------------------------------
-- A program's command is followed by mode, server, count, how many at once, and arguments of its own.

local thrivelua, lua = quoted(build .. "/thrivelua") .. " bench/ours.lua", "lua5.4 bench/ours.lua"
local python, node = quoted(os.getenv("PYTHON")) .. " bench/peer.py ", quoted(os.getenv("NODE")) .. " bench/peer.mjs "
local C <const>, THRIVELUA <const>, LUA <const> = "C, libcurl, nothing decoded", "thrivelua", "lua5.4 + thrive"

local function program(name, command, options)
  local p = { name = name, command = command }
  for key, value in pairs(options or {}) do p[key] = value end
  return p
end

local c = program(C, quoted(folder .. "/peer"))
local ours = { program(THRIVELUA, thrivelua), program(LUA, lua) }
local FEW <const> = ", two fields"
local few_fields = { program(THRIVELUA .. FEW, thrivelua, { extra = "fields=ref,email" }),
  program(LUA .. FEW, lua, { extra = "fields=ref,email" }) }
local at_once = { program("Node http", node .. "http"), program("Node fetch", node .. "fetch"),
  program("Python aiohttp", python .. "aiohttp"), program("Python httpx", python .. "httpx"),
  program("Python requests, threads", python .. "requests") }
local one_by_one = { program("LuaSocket, lua-cjson, one by one", "lua5.4 bench/peer.lua", { at_once = 1 }),
  program("Python requests, one by one", python .. "requests", { at_once = 1 }) }

local function these(...)
  local all = {}
  for _, list in ipairs { ... } do
    for _, p in ipairs(list.command and { list } or list) do all[#all + 1] = p end
  end
  return all
end

local collectors = {}
for _, kind in ipairs { "generational", "incremental,150,100", "incremental,200,100", "incremental,400,100",
  "incremental,200,200", "incremental,200,400", "incremental,1000,100" } do
  collectors[#collectors + 1] = program(kind, thrivelua, { extra = "collector=" .. kind })
end
-- lua5.4 allocates with malloc. glibc's keeps small free blocks apart for a quick reuse ("fast bins"), and joins them
-- whenever a large block is freed.
for _, with in ipairs { { "lua5.4", lua }, { "lua5.4, no fast bins", "env GLIBC_TUNABLES=glibc.malloc.mxfast=0 " .. lua } } do
  collectors[#collectors + 1] = program("generational: " .. with[1], with[2], { extra = "collector=generational" })
end

-- ---- what -----------------------------------------------------------------------------------------------------------

local function size(full, small) return quick and small or full end

local cases = {}
local function case(id, server, mode, count, simultaneous, programs, options)
  local new = { id = id, server = server, mode = mode, count = count, at_once = simultaneous, programs = programs }
  for key, value in pairs(options or {}) do new[key] = value end
  cases[#cases + 1] = new
end
for _, delay in ipairs { "0 ms", "25 ms", "80 ms" } do
  case("export, " .. delay, delay, "export", pages, 8, these(c, ours, few_fields, at_once, one_by_one))
end
case("get, 1", "0 ms", "get", size(3000, 100), 1, these(c, ours, one_by_one, at_once[1], at_once[2], at_once[3], at_once[4]))
case("get, 16", "0 ms", "get", size(3000, 200), 16, these(c, ours, at_once))
case("get, 64", "0 ms", "get", size(10000, 500), 64, these(c, ours))
case("get, 64, four times", "0 ms", "get", size(40000, 2000), 64, ours)
case("create, 32", "25 ms", "create", size(2000, 100), 32, these(c, ours, at_once))
case("connect", "closing", "connect", size(300, 20), 1, these(c, ours))
local tls = {}
for _, p in ipairs(these(c, ours)) do
  local file = p == c and "bundle.pem" or "ca_file=" .. folder .. "/bundle.pem"
  tls[#tls + 1] = program(p.name, p.command, { at_once = p == c and quoted(folder .. "/" .. file) or 1,
    extra = p ~= c and quoted(file) or nil })
end
case("connect, TLS", "closing tls", "connect", size(300, 20), 1, tls)
case("tasks", "0 ms", "tasks", size(10000, 500), 8, ours)
case("collectors", "0 ms", "export", pages, 8, collectors)
case("memory", "endless", "memory", pages, 4, ours, { rounds = 1 })
case("memory, many", "endless, many", "memory", many, 4, ours, { rounds = 1 })

-- ---- running it -----------------------------------------------------------------------------------------------------

local function output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  local ok, _, status = pipe:close()
  if not ok then error(("exit status %s of: %s"):format(status, command), 0) end
  return text
end

-- One run, checked: nobody is fast because something is missing.
local function run(one, p)
  local result = cjson.decode(output(("timeout 600 %s %s %s %d %s %s"):format(p.command, one.mode, servers[one.server],
    one.count, p.at_once or one.at_once, p.extra or "")))
  local complete = result.answers == one.count
  local paged = one.mode == "export" or one.mode == "memory"
  if result.records and one.mode ~= "connect" then
    complete = complete and result.records == one.count * (paged and 1000 or 1)
  end
  if paged and result.chars then -- of every ref: the same for all
    one.chars = one.chars or result.chars
    complete = complete and result.chars == one.chars
  end
  if not complete then error(("%s, %s: not everything came: %s"):format(one.id, p.name, cjson.encode(result)), 0) end
  return result
end

-- results[case][program] = the list of its runs.
local results = {}
for _, one in ipairs(cases) do
  results[one.id] = {}
  for _, p in ipairs(one.programs) do results[one.id][p.name] = {} end
end
local started = os.time()
local load_before = report.load_average()
run(cases[1], c) -- the pages are in memory from here on
for round = 1, rounds do
  for _, one in ipairs(cases) do
    if round <= (one.rounds or rounds) then
      io.stderr:write(("round %d of %d: %s\n"):format(round, rounds, one.id))
      local n = #one.programs
      for i = 1, n do -- each round begins with another
        local p = one.programs[(i + round * (n // 3 + 1)) % n + 1]
        table.insert(results[one.id][p.name], run(one, p))
      end
    end
  end
end

-- The benchmarks beside this one, for their ratios.
local function ratios(what, command)
  io.stderr:write(what, "\n")
  local text, found = output(command), {}
  io.stderr:write(text)
  for line in text:gmatch("[^\n]+") do
    local name, ratio = line:match("^(.-)%s%s+.*ratio (%d[%d.]*)")
    if not name then name, ratio = line:match("^(ratio)%s+(%d[%d.]*)") end
    if name then found[name] = tonumber(ratio) end
  end
  return found
end
local json = {}
for name, interpreter in pairs { [THRIVELUA] = quoted(build .. "/thrivelua"), [LUA] = "lua5.4" } do
  json[name] = ratios("bench/json.lua, " .. name, ("%s bench/json.lua %d"):format(interpreter, size(11, 1)))
end
local startup = ratios("bench/startup.sh",
  ("THRIVELUA=%s sh bench/startup.sh %d || :"):format(quoted(build .. "/thrivelua"), size(400, 20)))

-- ---- what came of it ------------------------------------------------------------------------------------------------

local median = report.median
local function figures(id, name, field)
  local list = {}
  for i, result in ipairs(assert(results[id][name], name)) do list[i] = result[field or "seconds"] end
  return list
end
local function figure(id, name, field) return median(figures(id, name, field)) end
-- The median of the rounds' ratios: a machine's speed drifts more between rounds than within one.
local function times(id, a, b)
  local x, y = figures(id, a), figures(id, b)
  for i = 1, #x do x[i] = x[i] / y[i] end
  return median(x)
end
local function fastest(id, list)
  local best
  for _, p in ipairs(list) do
    if not best or figure(id, p.name) < figure(id, best) then best = p.name end
  end
  return best
end

local bars = {}
-- measure(name of an interpreter) → the figure, or nil where there is none.
local function bar(what, relation, limit, unit, measure)
  local new = { what = what, relation = relation, limit = limit, unit = unit }
  for key, name in pairs { thrivelua = THRIVELUA, lua = LUA } do
    new[key] = measure(name)
  end
  bars[#bars + 1] = new
end
local function against_c(what, limit, id, suffix)
  bar(what .. ", against C", "≤", limit, "×", function(name) return times(id, name .. (suffix or ""), C) end)
end
local peers = these(at_once, one_by_one)
local rival = fastest("export, 25 ms", peers)
against_c("export, 25 ms, 8 at once", 2.3, "export, 25 ms")
bar(("the same, against the fastest peer (%s)"):format(rival), "≥", 1.6, "×",
  function(name) return times("export, 25 ms", rival, name) end)
against_c("export, 80 ms, 8 at once", 1.25, "export, 80 ms")
against_c("export of two fields, 25 ms", 1.3, "export, 25 ms", FEW)
against_c("export of two fields, 80 ms", 1.3, "export, 80 ms", FEW)
against_c("GETs one after another, 0 ms", 1.25, "get, 1")
against_c("GETs, 16 at once, 0 ms", 1.4, "get, 16")
against_c("10k GETs by map, 64 at once, 0 ms", 1.4, "get, 64")
bar("memory of 40k GETs by map, against 10k", "≤", 1.1, "×", function(name)
  return figure("get, 64, four times", name, "rss_mb") / figure("get, 64", name, "rss_mb")
end)
against_c("2000 creates, 32 at once, 25 ms", 1.06, "create, 32")
bar("CPU of a new connection, TLS more than TCP", "≤", 2, "ms", function(name)
  return figure("connect, TLS", name, "cpu_ms") - figure("connect", name, "cpu_ms")
end)
bar("a million records, 4 ahead: peak memory", "≤", 36, "MB", function(name) return figure("memory, many", name, "rss_mb") end)
bar("the same, against 100k", "≤", 1.1, "×", function(name)
  return figure("memory, many", name, "rss_mb") / figure("memory", name, "rss_mb")
end)
bar("ten thousand tasks spawned at once: peak memory", "≤", 48, "MB", function(name) return figure("tasks", name, "rss_mb") end)
bar("decoding a page, against lua-cjson", "≥", 1.8, "×", function(name) return json[name]["decode, page"] end)
bar("the same, generational collector", "≥", 1.8, "×", function(name) return json[name]["decode, page, gen. GC"] end)
bar("start-up, against a C program with the same libraries", "≤", 1.3, "×",
  function(name) return name == THRIVELUA and startup.ratio or nil end)

local document = { quick = quick, date = os.date("!%Y-%m-%d"), load_before = load_before, rounds = rounds,
  minutes = (os.time() - started) / 60, machine = report.machine(os.getenv("PYTHON"), os.getenv("NODE")), bars = bars,
  cases = {} }
for _, one in ipairs(cases) do
  local programs = {}
  for i, p in ipairs(one.programs) do
    programs[i] = { name = p.name, runs = results[one.id][p.name], median = {} }
    for field, value in pairs(programs[i].runs[1]) do
      if type(value) == "number" then programs[i].median[field] = figure(one.id, p.name, field) end
    end
  end
  document.cases[#document.cases + 1] = { id = one.id, mode = one.mode, count = one.count, at_once = one.at_once,
    programs = programs }
end

local function write(name, text)
  local file <close> = assert(io.open(folder .. "/" .. name, "wb"))
  assert(file:write(text))
end
write("results.json", report.json(document))
local text = report.text(document)
write("results.md", text)

local groups = {}
for _, delay in ipairs { "0 ms", "25 ms", "80 ms" } do
  local id, group = "export, " .. delay, { name = delay == "0 ms" and "no latency" or delay .. " of latency" }
  for _, p in ipairs(these(c, few_fields[1], ours, at_once)) do
    local runs = figures(id, p.name)
    group[#group + 1] = { name = p.name, value = median(runs), least = math.min(table.unpack(runs)),
      most = math.max(table.unpack(runs)), kind = p == c and "limit" or p.command:find("ours.lua") and "ours" or "peer" }
  end
  groups[#groups + 1] = group
end
write("export.svg", chart.bars { groups = groups, unit = "seconds: shorter is faster",
  title = ("Export of %d users in pages of 1000, 8 requests at once"):format(pages * 1000),
  note = ("Every record decoded and looked at, except by the C program. Medians of %d rounds; the thin line is their range.")
    :format(rounds) })
print(text)
print(("Written to %s: results.json, results.md, export.svg"):format(folder))
