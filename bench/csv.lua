-- How fast thrive.csv reads: MB/s and rows/s for the kinds of file that HR systems export, and that memory stays flat.
-- Usage, from the root: lua5.4 bench/csv.lua [megabytes]   (default 32)

package.path = "./lua/?.lua;" .. package.path
local csv = require "thrive.csv"

local megabytes = tonumber(arg and arg[1]) or 32

local names = { "employee_id", "first_name", "last_name", "email", "job_title", "manager_id", "department", "location",
  "start_date", "end_date", "status" }

local function cells(i)
  return { ("U%05d"):format(i), "Anna", "Kowalska" .. i % 97, ("anna.k%d@example.org"):format(i), "Senior Technician",
    ("U%05d"):format(i // 9), "Operations", "Manchester", "2021-04-01", "", "Active" }
end

local function plain(i) return table.concat(cells(i), ",") end
local function quoted(i) return '"' .. table.concat(cells(i), '","') .. '"' end
local function mixed(i)
  local row = cells(i)
  row[5], row[3] = '"Technician, ""Senior"""', "Żółć"
  return table.concat(row, ",")
end
local function wide(i)
  local row = cells(i)
  for n = #row + 1, 40 do row[n] = "value " .. n end
  return table.concat(row, ",")
end

local function measure(name, make)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "wb"))
  local written, i, header = 0, 0, {}
  local _, separators = make(0):gsub(",", "")
  for n = 1, make == wide and separators + 1 or #names do header[n] = names[n] or "extra_" .. n end
  file:write(table.concat(header, ","), "\r\n")
  while written < megabytes * 1e6 do
    i = i + 1
    local line = make(i)
    file:write(line, "\r\n")
    written = written + #line + 2
  end
  file:close()
  collectgarbage()
  local before, peak, rows = collectgarbage("count"), 0, 0
  local clock = os.clock()
  for _ in csv.rows(path) do
    rows = rows + 1
    if rows % 10000 == 0 then peak = math.max(peak, collectgarbage("count") - before) end
  end
  clock = os.clock() - clock
  os.remove(path)
  assert(rows == i, "rows got lost")
  print(("%-28s %6.1f MB/s  %9.0f rows/s  peak %5.0f KB"):format(name, written / 1e6 / clock, rows / clock, peak))
end

measure("11 columns, no quotes", plain)
measure("11 columns, all quoted", quoted)
measure("11 columns, one quoted", mixed)
measure("40 columns, no quotes", wide)
