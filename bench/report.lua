--- What the HTTP benchmark writes: JSON, and tables in Markdown that can be read on a terminal.
local M = {}

--- The median of a list of numbers, which is left as it was.
function M.median(list)
  local sorted = table.move(list, 1, #list, 1, {})
  table.sort(sorted)
  local n = #sorted
  return n % 2 == 1 and sorted[n // 2 + 1] or (sorted[n // 2] + sorted[n // 2 + 1]) / 2
end

-- ---- JSON -----------------------------------------------------------------------------------------------------------
-- Keys in order and four digits, so that two runs can be compared by diff.

local function scalar(value)
  if type(value) == "string" then
    return '"' .. value:gsub('[%c"\\]', function(ch) return ("\\u%04x"):format(ch:byte()) end) .. '"'
  elseif math.type(value) == "float" then
    return value == math.floor(value) and ("%d"):format(value) or ("%.4f"):format(value)
  end
  return tostring(value)
end

local function encode(value, indent)
  if type(value) ~= "table" then return scalar(value) end
  local parts, flat, inner = {}, true, indent .. "  "
  local open, close = "{", "}"
  if value[1] ~= nil then
    open, close = "[", "]"
    for i, item in ipairs(value) do
      flat = flat and type(item) ~= "table"
      parts[i] = encode(item, inner)
    end
  else
    local keys = {}
    for key in pairs(value) do keys[#keys + 1] = key end
    table.sort(keys)
    for i, key in ipairs(keys) do
      flat = flat and type(value[key]) ~= "table"
      parts[i] = scalar(key) .. ": " .. encode(value[key], inner)
    end
  end
  if flat then return open .. table.concat(parts, ", ") .. close end
  return open .. "\n" .. inner .. table.concat(parts, ",\n" .. inner) .. "\n" .. indent .. close
end

--- The document as text. An empty table would be an object.
function M.json(document) return encode(document, "") .. "\n" end

-- ---- tables ---------------------------------------------------------------------------------------------------------

-- Rows of cells as a Markdown table: the first column to the left, the others to the right. Widths in characters.
local function grid(rows)
  local width = {}
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do width[i] = math.max(width[i] or 3, utf8.len(cell)) end
  end
  local lines = {}
  for n, row in ipairs(rows) do
    local cells = {}
    for i, cell in ipairs(row) do
      local space = (" "):rep(width[i] - utf8.len(cell))
      cells[i] = i == 1 and cell .. space or space .. cell
    end
    lines[#lines + 1] = "| " .. table.concat(cells, " | ") .. " |"
    if n == 1 then
      for i = 1, #row do cells[i] = i == 1 and ("-"):rep(width[i]) or ("-"):rep(width[i] - 1) .. ":" end
      lines[#lines + 1] = "| " .. table.concat(cells, " | ") .. " |"
    end
  end
  return table.concat(lines, "\n")
end

local function number(format, value) return value and format:format(value) or "–" end

-- Does the value reach the bar?
local function reaches(bar, value)
  if bar.relation == "≤" then return value <= bar.limit end
  return value >= bar.limit
end

-- "pass", or who does not.
local function verdict(bar)
  local missed = {}
  if bar.thrivelua and not reaches(bar, bar.thrivelua) then missed[1] = "thrivelua" end
  if bar.lua and not reaches(bar, bar.lua) then missed[#missed + 1] = "lua5.4" end
  return missed[1] and "FAIL: " .. table.concat(missed, ", ") or "pass"
end

local function bars(list, quick)
  local rows, met, of = { { "figure", "bar", "thrivelua", "lua5.4", "" } }, 0, 0
  for _, b in ipairs(list) do
    local function with_unit(value) return value and ("%.2f %s"):format(value, b.unit) or "–" end
    rows[#rows + 1] = { b.what, ("%s %.2f %s"):format(b.relation, b.limit, b.unit), with_unit(b.thrivelua), with_unit(b.lua),
      quick and "–" or verdict(b) }
    for _, value in pairs { b.thrivelua or false, b.lua or false } do
      if value then of = of + 1 end
      if value and reaches(b, value) then met = met + 1 end
    end
  end
  return grid(rows), quick and "Too small to say what passes." or ("%d of %d bars met."):format(met, of)
end

-- One line for each program of the cases, in the order in which they first come; columns = { { title, case, format,
-- field, factor }, … }.
local function table_of(cases, columns)
  local rows, order, head = {}, {}, { "" }
  local values = {} -- [program][column]
  for i, column in ipairs(columns) do
    head[i + 1] = column[1]
    local case = cases[column[2]]
    for _, p in ipairs(case.programs) do
      if not values[p.name] then
        values[p.name] = {}
        order[#order + 1] = p.name
      end
      local factor = column[5]
      if type(factor) == "function" then factor = factor(case) end
      local value = p.median[column[4]]
      values[p.name][i] = value and value * (factor or 1)
    end
  end
  rows[1] = head
  for _, name in ipairs(order) do
    local row = { name }
    for i, column in ipairs(columns) do row[i + 1] = number(column[3], values[name][i]) end
    rows[#rows + 1] = row
  end
  return grid(rows)
end

local function per_call_us(case) return 1e6 / case.count end

--- The document as Markdown.
function M.text(document)
  local cases = {}
  for _, case in ipairs(document.cases) do cases[case.id] = case end
  local parts = {}
  local function section(title, ...)
    parts[#parts + 1] = "## " .. title
    for _, text in ipairs { ... } do parts[#parts + 1] = text end
  end
  local m = document.machine
  parts[1] = "# Figures of one run"
  parts[2] = ("%s. %s, %s × %d, %s. %s; libcurl %s; lua-cjson %s; %s; %s; %s."):format(document.date, m.system, m.cpu, m.cores,
    m.kernel, m.lua, m.libcurl, m.cjson, m.node, m.python, m.nginx)
  parts[3] = ("Medians of %d interleaved rounds%s, %.0f minutes. Other work on the machine before it began (load average): %.2f.")
    :format(document.rounds, document.quick and " (QUICK: a trial of the programs, not a measurement)" or "",
      document.minutes, document.load_before)
  section("Bars", bars(document.bars, document.quick))
  section(("Export of %d users, %d at once"):format(cases["export, 0 ms"].count * 1000, cases["export, 0 ms"].at_once),
    "Wall seconds from the first request to the last record, at three latencies; CPU seconds and peak memory at 25 ms.",
    table_of(cases, { { "0 ms", "export, 0 ms", "%.2f", "seconds" }, { "25 ms", "export, 25 ms", "%.2f", "seconds" },
      { "80 ms", "export, 80 ms", "%.2f", "seconds" }, { "CPU", "export, 25 ms", "%.2f", "cpu" },
      { "MB", "export, 25 ms", "%.0f", "rss_mb" } }))
  section("Single calls", "Microseconds per call, and seconds for all the creates.",
    table_of(cases, { { "GET, 1", "get, 1", "%.1f", "seconds", per_call_us },
      { "GET, 16", "get, 16", "%.1f", "seconds", per_call_us }, { "GET, 64", "get, 64", "%.1f", "seconds", per_call_us },
      { "creates, 32", "create, 32", "%.3f", "seconds" } }))
  section("New connections", "CPU milliseconds of the client for a request on a new connection, the first excepted.",
    table_of(cases, { { "TCP", "connect", "%.3f", "cpu_ms" }, { "TLS", "connect, TLS", "%.3f", "cpu_ms" } }))
  section("Garbage collectors", "The export at 0 ms, under thrivelua where nothing else is said: kind, pause, step multiplier.",
    table_of(cases, { { "seconds", "collectors", "%.2f", "seconds" }, { "CPU", "collectors", "%.2f", "cpu" },
      { "MB", "collectors", "%.0f", "rss_mb" } }))
  local rows = { { "MB" } }
  local names = { "process", "module", "page", "garbage", "outside_lua" }
  for i, name in ipairs { "Lua itself", "thrive, libcurl, one call made", "a decoded page", "garbage, at its most",
    "bodies in flight, the allocator's" } do
    rows[i + 1] = { name }
  end
  rows[#rows + 1] = { "**peak**" }
  for _, id in ipairs { "memory", "memory, many" } do
    for _, p in ipairs(cases[id].programs) do
      table.insert(rows[1], ("%dk, %s"):format(cases[id].count, p.name))
      for i, name in ipairs(names) do table.insert(rows[i + 1], ("%.1f"):format(p.runs[1].parts[name])) end
      table.insert(rows[#rows], ("%.1f"):format(p.runs[1].rss_mb))
    end
  end
  section("Memory", "What makes up the peak of an export, four pages ahead.", grid(rows))
  return table.concat(parts, "\n\n") .. "\n"
end

-- ---- where it ran ---------------------------------------------------------------------------------------------------

local function first(command)
  local pipe <close> = assert(io.popen(command .. " 2>&1"))
  return ((pipe:read("l") or "?"):gsub("%s+$", ""))
end

--- How much was running in the last minute: 0 on a quiet machine.
function M.load_average() return tonumber(first("cat /proc/loadavg"):match("^[%d.]+")) end

--- What ran, and on what.
function M.machine(python, node)
  local core = require "thrive.core"
  return {
    system = first(". /etc/os-release; echo $PRETTY_NAME"), kernel = first("uname -sr"),
    cpu = first("sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1"), cores = tonumber(first("nproc")),
    lua = first("lua5.4 -v"):match("^Lua [%d.]+"), libcurl = core.transport_version():match("%d[%d.]*"),
    cjson = require("cjson")._VERSION, node = "Node " .. first(("'%s' --version"):format(node)),
    python = first(([['%s' -c 'import sys, requests, aiohttp, httpx; print("Python %%d.%%d.%%d" %% sys.version_info[:3],
      "with requests", requests.__version__, "aiohttp", aiohttp.__version__, "httpx", httpx.__version__)']]):format(python)),
    nginx = "nginx " .. first("nginx -v"):match("nginx/([%d.]+)"),
  }
end

return M
