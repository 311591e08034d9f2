--- Times the codec against lua-cjson on a page of 1000 users: `lua5.4 bench/json.lua [rounds]` from the root, after make.
-- Interleaved rounds in one process, the order alternating, for a machine's speed drifts; the median ratio is the result.
-- The loser of each round pays for its own garbage: every timing starts behind a full collection.
package.path = "./?.lua;./lua/?.lua;" .. package.path
package.cpath = "./build/?.so;" .. package.cpath

local page = require("bench.page")
local cjson = require("cjson")
local json = require("thrive.core").json

local ROUNDS = tonumber(arg and arg[1]) or 11
local REPEATS = 20 -- calls a timing

local function time(f, x)
  collectgarbage()
  local start = os.clock()
  for _ = 1, REPEATS do
    assert(f(x))
  end
  return (os.clock() - start) / REPEATS
end

local function median(t)
  table.sort(t)
  return t[(#t + 1) // 2]
end

local function compare(what, bytes, ours, theirs, x, y, whose)
  local a, b, ratios = {}, {}, {}
  time(ours, x)
  time(theirs, y)
  for i = 1, ROUNDS do
    if i % 2 == 1 then
      a[i], b[i] = time(ours, x), time(theirs, y)
    else
      b[i], a[i] = time(theirs, y), time(ours, x)
    end
    ratios[i] = b[i] / a[i]
  end
  local ratio = median(ratios)
  local ours_s, theirs_s = median(a), median(b)
  print(("%-22s thrive %6.1f MB/s (%5.2f ms)   %-9s %6.1f MB/s (%5.2f ms)   ratio %.2f (%.2f to %.2f)"):format(what,
    bytes / ours_s / 1e6, ours_s * 1e3, whose or "lua-cjson", bytes / theirs_s / 1e6, theirs_s * 1e3, ratio, ratios[1],
    ratios[#ratios]))
  return ratio
end

local text = page.text(1000)
local record = page.text(1):match('"results":%[(.*)%],"pagination"')
print(("page of 1000 users: %.2f MB; lua-cjson %s; %d rounds of %d"):format(#text / 1e6, cjson._VERSION, ROUNDS, REPEATS))

-- lua5.4 runs the generational collector, a host program by default the incremental one; a third of the time is theirs.
collectgarbage("incremental")
compare("decode, page", #text, json.decode, cjson.decode, text, text)
collectgarbage("generational")
compare("decode, page, gen. GC", #text, json.decode, cjson.decode, text, text)
local KEEP = { nulls = "keep" }
compare("decode, nulls kept", #text, function(s) return json.decode(s, KEEP) end, cjson.decode, text, text)

-- What an iteration with `fields` does with a page; lua-cjson has no such thing and decodes the whole.
local TWO = { fields = require("thrive.core").projection { "ref", "email" } }
local function two(s) return json.decode(s, TWO) end
compare("decode, two fields", #text, two, cjson.decode, text, text)
compare("decode, two fields", #text, two, json.decode, text, text, "whole")
local NONE = { fields = require("thrive.core").projection {} }
compare("decode, no fields", #text, function(s) return json.decode(s, NONE) end, json.decode, text, text, "whole")

-- Small documents: many calls, so that one timing is long enough to be one.
local function often(f)
  return function(x)
    for _ = 1, 200 do f(x) end
    return true
  end
end
compare("decode, one user", #record * 200, often(json.decode), often(cjson.decode), record, record)
compare("encode, page", #text, json.encode, cjson.encode, json.decode(text), cjson.decode(text))
