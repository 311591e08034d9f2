--- A page of users as the API sends it, made up but always the same: the input of the JSON and export benchmarks.
-- The shape (29 fields, about 1.3 KB a record) is that of a v1 User; values, accents, nulls and list lengths vary.
local M = {}

local FIRST = { "Amélie", "Bjørn", "Chloé", "Dmitri", "Eilidh", "Faïza", "Grace", "Håkon", "Imran", "José", "Katarzyna",
  "Liam", "Małgorzata", "Niamh", "Oluwaseun", "Priya", "Søren", "Thomas", "Zoë", "美咲" }
local LAST = { "Ångström", "Brown", "Costa", "Dvořák", "Evans", "Fernández", "Gonçalves", "Hughes", "Ivanova", "Jones",
  "Kowalska", "López", "Müller", "Nguyen", "O'Brien", "Patel", "Sanchez-Ruiz", "Taylor", "Walker", "Yılmaz" }
local TITLES = { "Store Manager", "Senior Analyst", "Warehouse Operative", "Head of Learning & Development",
  "Customer Service Advisor", "Software Engineer", "Regional Director \\\"North\\\"" }
local SKILLS = { "leadership", "first aid", "data analysis", "negotiation", "public speaking", "excel", "fire safety" }
local ROLES = { "learner", "learner", "learner", "learnandcontribute", "admin" }
local STATUSES = { "active", "active", "active", "inactive", "new", "expired" }
local LANGUAGES = { "en-gb", "en-gb", "fr-fr", "de-de", "pl-pl" }
local ZONES = { "Europe/London", "Europe/Paris", "Europe/Warsaw", "America/New_York" }

-- A generator of our own (Lehmer): math.random's sequence is not promised to stay the same between releases.
local function generator(seed)
  local state = seed % 2147483647
  if state == 0 then state = 1 end
  return function(n)
    state = state * 48271 % 2147483647
    return state % n + 1
  end
end

local function hex(rnd, n)
  local t = {}
  for i = 1, n / 4 do t[i] = ("%04x"):format(rnd(65536) - 1) end
  return table.concat(t)
end

local function quoted(s) return '"' .. s .. '"' end

-- One value in `odds` is null.
local function maybe(rnd, odds, s) return rnd(odds) == 1 and "null" or s end

local function date(rnd)
  return ("\"20%02d-%02d-%02dT%02d:%02d:%02d.%03dZ\""):format(rnd(8) + 16, rnd(12), rnd(28), rnd(24) - 1, rnd(60) - 1,
    rnd(60) - 1, rnd(1000) - 1)
end

local function list(rnd, most, item)
  local t = {}
  for i = 1, rnd(most + 1) - 1 do t[i] = item() end
  return "[" .. table.concat(t, ",") .. "]"
end

local function position(rnd)
  local manager = maybe(rnd, 4, ('{"id":%s,"name":%s,"ref":%s}'):format(quoted(hex(rnd, 24)),
    quoted(FIRST[rnd(#FIRST)] .. " " .. LAST[rnd(#LAST)]), quoted("E" .. rnd(99999))))
  return ('{"id":%s,"manager":%s,"ouId":%s,"title":%s,"isActive":%s,"startDate":%s,"endDate":%s,"createdAt":%s,"updatedAt":%s}')
    :format(quoted(hex(rnd, 24)), manager, quoted(hex(rnd, 24)), quoted(TITLES[rnd(#TITLES)]),
      rnd(5) > 1 and "true" or "false", date(rnd), maybe(rnd, 2, date(rnd)), date(rnd), date(rnd))
end

local function user(rnd, n)
  local first, last = FIRST[rnd(#FIRST)], LAST[rnd(#LAST)]
  local id = function() return quoted(hex(rnd, 24)) end
  local fields = {
    '"id":' .. id(), '"ref":' .. quoted("E" .. 100000 + n), '"firstName":' .. quoted(first),
    '"lastName":' .. quoted(last), '"email":' .. maybe(rnd, 12, quoted("user" .. n .. "@example.com")),
    '"role":' .. quoted(ROLES[rnd(#ROLES)]), '"status":' .. quoted(STATUSES[rnd(#STATUSES)]),
    '"positions":[' .. position(rnd) .. (rnd(4) == 1 and "," .. position(rnd) or "") .. "]",
    ('"additionalFields":{"costCentre":%s,"grade":%d,"site":%s}'):format(quoted("CC" .. rnd(900)), rnd(12),
      maybe(rnd, 5, quoted("Site " .. rnd(40)))),
    '"languageCode":' .. maybe(rnd, 9, quoted(LANGUAGES[rnd(#LANGUAGES)])), '"deleted":false',
    '"compliance":' .. rnd(101) - 1, '"level":' .. rnd(20), '"firstLogin":' .. maybe(rnd, 5, date(rnd)),
    '"lastLogin":' .. maybe(rnd, 5, date(rnd)),
    '"tags":{"skills":' .. list(rnd, 4, function() return quoted(SKILLS[rnd(#SKILLS)]) end) .. "}",
    '"usersFollowing":' .. list(rnd, 3, id), '"tagsFollowing":' .. list(rnd, 3, id), '"createdAt":' .. date(rnd),
    '"updatedAt":' .. date(rnd), '"hasPicture":' .. (rnd(2) == 1 and "true" or "false"),
    '"timeZone":' .. maybe(rnd, 6, quoted(ZONES[rnd(#ZONES)])),
    '"summary":' .. maybe(rnd, 2, quoted("Works with \\\"" .. TITLES[1] .. "\\\" in " .. last .. ".\\nSpeaks caf\\u00e9.")),
    ('"relevancy":%d.%02d'):format(rnd(9), rnd(100) - 1),
    ('"rank":{"currentCategory":%d,"currentLevel":%d}'):format(rnd(6), rnd(30)),
    '"agreedTerms":' .. maybe(rnd, 6, date(rnd)), '"onboarded":' .. maybe(rnd, 8, "true"),
    '"audiences":' .. list(rnd, 5, function() return '{"id":' .. id() .. "}" end), '"singleSignOn":true',
  }
  return "{" .. table.concat(fields, ",") .. "}"
end

--- The text of one page.
-- @tparam[opt=1000] integer count how many records
-- @tparam[opt=1] integer number the page's number; every page differs
-- @tparam[opt=100] integer pages how many there are, for the totals
-- @treturn string JSON, `{"results":[…],"pagination":{…}}`
-- @usage local text = require("bench.page").text(1000)
function M.text(count, number, pages)
  count, number, pages = count or 1000, number or 1, pages or 100
  local rnd = generator(number * 7919)
  local users = {}
  for i = 1, count do users[i] = user(rnd, (number - 1) * count + i) end
  return ('{"results":[%s],"pagination":{"page":%d,"perPage":%d,"totalPages":%d,"totalResults":%d}}')
    :format(table.concat(users, ","), number, count, pages, count * pages)
end

return M
