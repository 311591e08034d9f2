-- How fast thrive.csv reads and writes: MB/s and rows/s for the kinds of file that HR systems export, that memory stays flat,
-- and what a writer of ten lines takes that quotes and does nothing else.
-- Usage, from the root: lua5.4 bench/csv.lua [megabytes]   (default 32)

package.path = "./lua/?.lua;" .. package.path
package.cpath = "./build/?.so;" .. package.cpath
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

-- ---- writing ----------------------------------------------------------------------------------------------------------

local function naive(file)
  return function(row)
    local line = {}
    for i, name in ipairs(names) do
      local cell = tostring(row[name] == nil and "" or row[name])
      if cell:find('[,"\r\n]') then cell = '"' .. cell:gsub('"', '""') .. '"' end
      line[i] = cell
    end
    assert(file:write(table.concat(line, ","), "\n"))
  end
end

local function measure_writing(name, open)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "wb"))
  local rows = {}
  for i = 1, 1000 do
    rows[i] = {}
    for n, cell in ipairs(cells(i)) do rows[i][names[n]] = cell end
  end
  local count = megabytes * 10000
  local clock = os.clock()
  local write, close = open(file)
  for i = 1, count do write(rows[i % 1000 + 1]) end
  if close then close() end
  clock = os.clock() - clock
  print(("%-28s %6.1f MB/s  %9.0f rows/s"):format(name, file:seek() / 1e6 / clock, count / clock))
  os.remove(path)
end

local function writer(options)
  return function(file)
    local out = assert(csv.writer(file, options))
    return function(row) out:write(row) end, function() out:close() end
  end
end

measure_writing("written, 11 columns given", writer { columns = names })
measure_writing("written, columns found", writer())
measure_writing("written by ten lines", naive)
