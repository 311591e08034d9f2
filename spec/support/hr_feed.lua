-- Writes examples/data/hr.csv, the feed of examples/hr_sync.lua, to fit the tenant that the sandbox seeds:
--
--   lua5.4 spec/support/hr_feed.lua >examples/data/hr.csv
--
-- To be run again when thrive.sandbox.seed gives other people; spec/hr_sync_spec.lua notices. Agency staff are not in the feed:
-- HR does not employ them.

package.path = "./lua/?.lua;" .. package.path
local options = require "thrive.sandbox.options"
local people = require "thrive.sandbox.people"
local rng = require "thrive.sandbox.rng"
local seed = require "thrive.sandbox.seed"

local COLUMNS = { "employee_id", "first_name", "last_name", "email", "job_title", "manager_id", "department", "location",
  "start_date", "end_date", "status", "notes" }

local random = rng.new(7)
local tenant = seed.tenant(options.check("hr_feed", {}, options.START, 1), function() return 1735689600000 end) -- 2025-01-01

local rows, by_ref, active = {}, {}, {}
for _, user in ipairs(tenant.users) do
  if user.additionalFields.employmentType ~= "agency" then
    local row = { employee_id = user.ref, first_name = user.firstName, last_name = user.lastName, email = user.email,
      job_title = user.jobTitle, manager_id = user.managerRef, department = user.additionalFields.department,
      location = user.additionalFields.location, start_date = user.startDate, status = "Active" }
    rows[#rows + 1], by_ref[user.ref] = row, row
    if people.active(tenant, user) then
      active[#active + 1] = row
    else
      row.status, row.end_date = "Left", (user.endDate or "2024-05-31"):sub(1, 10)
      row.suspended = true
    end
  end
end

local function is_manager(ref)
  for _, row in ipairs(rows) do if row.manager_id == ref then return true end end
  return false
end

-- n active people whom nothing has happened to yet, never the chief executive.
local function take(n, fits)
  local out = {}
  while #out < n do
    local row = active[random:below(#active)]
    if not row.touched and row.manager_id and (not fits or fits(row)) then
      row.touched = true
      out[#out + 1] = row
    end
  end
  return out
end

-- Leavers: mostly staff, two managers whose people get the manager above them.
local function leave(row, i)
  row.status, row.end_date = "Left", ("2024-%02d-%02d"):format(6 + i % 7, 1 + i * 5 % 28)
end
for i, row in ipairs(take(11, function(row) return not is_manager(row.employee_id) end)) do leave(row, i) end
for i, row in ipairs(take(2, function(row) return is_manager(row.employee_id) end)) do
  leave(row, i)
  row.notes = "handover done"
  for _, other in ipairs(rows) do
    if other.manager_id == row.employee_id and other.status ~= "Left" then
      other.manager_id, other.touched = row.manager_id, true
    end
  end
end
take(1)[1].end_date = "2023-12-31" -- a contract that ran out, and nobody changed the status

-- Returners.
local back = 0
for _, row in ipairs(rows) do
  if row.suspended and back < 6 and random:below(3) == 1 then
    back = back + 1
    row.status, row.end_date, row.start_date, row.touched = "Active", nil, ("2024-10-%02d"):format(back * 3), true
    row.notes = "rehired"
    if back % 2 == 0 then row.job_title = "Team Leader" end
  end
end

-- Movers.
for i, row in ipairs(take(12)) do
  row.job_title = i % 3 == 0 and ("Manager, %s"):format(row.department) or "Senior " .. row.job_title
end
for _, row in ipairs(take(9)) do
  row.department = row.department == "Care" and "People" or "Care"
  row.manager_id = ("U%04d"):format(1 + random:below(20))
  if not by_ref[row.manager_id] or by_ref[row.manager_id].status == "Left" then row.manager_id = "U0001" end
  if row.manager_id == row.employee_id then row.manager_id = "U0001" end
end
for _, row in ipairs(take(7)) do row.location = row.location == "Leeds" and "Cardiff" or "Leeds" end
for i, row in ipairs(take(4)) do
  local name = ({ { "Okonkwo-Reid", "okonkwo-reid" }, { "Ó Ceallaigh", "oceallaigh" }, { "Zółkiewska", "zolkiewska" },
    { "D'Arcy", "darcy" } })[i]
  row.last_name, row.notes = name[1], "name changed"
  row.email = row.email:match("^[^.]*") .. "." .. name[2] .. "@sandbox.example"
end

-- Nothing to do with these, but they look as if.
for _, row in ipairs(take(5)) do row.status, row.notes = "On leave", "parental leave\nback in spring" end
for _, row in ipairs(take(5)) do row.end_date, row.notes = "2039-12-31", "fixed term, see contract" end
for _, row in ipairs(take(4)) do row.department = nil end
for _, row in ipairs(take(3)) do row.location = row.location .. " " end
for _, row in ipairs(take(3)) do
  row.notes = ('known as "%s", prefers e-mail'):format(row.first_name:match("^[%z\1-\127\194-\244][\128-\191]*"))
end

-- Joiners. "above" is a manager who joins too, or somebody there.
local JOINERS = {
  { "Żaneta", "Żółć", "zaneta.zolc", "Head of Learning, Europe", "U0001", "People", "Kraków" },
  { "李", "伟", "li.wei", "Learning Designer", "U0601", "People", "Remote" },
  { "محمد", "الفاسي", "muhammad.alfasi", "Learning Designer", "U0601", "People", "Remote" },
  { "Ελένη", "Παππά", "eleni.pappa", "Data Analyst", "U0601", "People", "London" },
  { "Diarmuid", "Ó Dálaigh", "diarmuid.odalaigh", "Regional Manager", "U0001", "Retail", "Dublin" },
  { "Gráinne", "Ní Mháille", "grainne.nimhaille", "Store Manager", "U0605", "Retail", "Dublin" },
  { "Conall", "Byrne", "conall.byrne", "Team Leader", "U0606", "Retail", "Dublin" },
  { "Saoirse", "Keane", "saoirse.keane", "Sales Assistant", "U0607", "Retail", "Dublin" },
  { "Tadhg", "Flynn", "tadhg.flynn", "Sales Assistant", "U0607", "Retail", "Dublin" },
  { "Zoë", "Adeyemi", "zoe.adeyemi", "Nurse", "U0003", "Care", "Leeds" },
  { "Nguyễn", "Thị Hoa", "hoa.nguyen", "Nurse", "U0003", "Care", "Leeds" },
  { "Siobhán", "O'Neill", "siobhan.oneill", "Nurse", "U0003", "Care", "Cardiff" },
  { "José María", "Peña Núñez", "josemaria.penanunez", "Warehouse Operative", "U0004", "Logistics", "Málaga" },
  { "Ayşe", "İnönü", "ayse.inonu", "Warehouse Operative", "U0004", "Logistics", "Málaga" },
  { "Đorđe", "Šarić", "dorde.saric", "Warehouse Operative", "U0004", "Logistics", "Leeds" },
  { "Ingibjörg", "Þórsdóttir", "ingibjorg.thorsdottir", "Finance Analyst", "U0002", "Finance", "London" },
  { "Øystein", "Ærø", "oystein.aero", "Finance Analyst", "U0002", "Finance", "London" },
  { "さくら", "小林", "sakura.kobayashi", "Customer Adviser", "U0005", "Operations", "東京" },
  { "민준", "김", "minjun.kim", "Customer Adviser", "U0005", "Operations", "東京" },
  { "יעל", "כהן", "yael.cohen", "Software Engineer", "U0006", "Technology", "Remote" },
  { "Алёна", "Соловьёва", "alena.solovyova", "Software Engineer", "U0006", "Technology", "Remote" },
  { "สมชาย", "ใจดี", "somchai.jaidee", "Software Engineer", "U0006", "Technology", "Remote" },
  { "प्रिया", "नायर", "priya.nair", "Marketing Executive", "U0002", "Marketing", "London" },
  { "Thomas", "St. John-Smythe, Jr.", "thomas.stjohnsmythe", "Apprentice", "U0004", "Logistics", "Leeds" },
}
for i, joiner in ipairs(JOINERS) do
  rows[#rows + 1] = { employee_id = ("U%04d"):format(600 + i), first_name = joiner[1], last_name = joiner[2],
    email = joiner[3] .. "@sandbox.example", job_title = joiner[4], manager_id = joiner[5], department = joiner[6],
    location = joiner[7], start_date = ("2025-%02d-01"):format(1 + i % 6), status = "Active",
    notes = i == 1 and 'says "Żaneta" is fine,\nnot "Zaneta"' or nil }
  by_ref[rows[#rows].employee_id] = rows[#rows]
end
-- Left before they ever had an account.
for i = 1, 2 do
  rows[#rows + 1] = { employee_id = ("U%04d"):format(640 + i), first_name = "Never", last_name = "Started" .. i,
    email = ("never.started%d@sandbox.example"):format(i), job_title = "Apprentice", manager_id = "U0004",
    department = "Logistics", location = "Leeds", start_date = "2024-09-02", end_date = "2024-09-02", status = "Left" }
end

-- As HR systems sort: by department and name, so that many stand before their managers.
table.sort(rows, function(a, b)
  local x, y = (a.department or "") .. a.last_name .. a.employee_id, (b.department or "") .. b.last_name .. b.employee_id
  return x < y
end)

local function cell(value)
  value = value or ""
  return value:find('[,"\r\n]') and '"' .. value:gsub('"', '""') .. '"' or value
end

io.write("\u{FEFF}", table.concat(COLUMNS, ","), "\r\n")
for _, row in ipairs(rows) do
  local cells = {}
  for i, column in ipairs(COLUMNS) do cells[i] = cell(row[column]) end
  io.write(table.concat(cells, ","), "\r\n")
end
