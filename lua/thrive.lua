--- thrive: the Thrive Learning API as a Lua module.
--
--     local thrive = require "thrive"
--     local client = assert(thrive.client{ tenant_id = "eu-west-2_AbcdEfghI", api_key = "…" })
--     for user in client.users:each{ status = "active" } do print(user.ref, user.email) end
--
-- This table is a facade: its parts are loaded when they are first used, so that `require "thrive"` (and the start of
-- thrivelua, where it is a global) costs next to nothing.
-- @module thrive

local M = {}

local parts = {
  --- The version of the module, such as "0.1.0".
  _VERSION = function() return require("thrive.core").version end,
  --- JSON null: `fields.managerRef = thrive.null` clears a field. The same value as cjson.null.
  null = function() return require("thrive.core").null end,
  --- `thrive.array(t)` marks a table as an array, so that an empty one is sent as [].
  array = function() return require("thrive.core").json.array end,
  --- `thrive.client{…}` → client | nil, err. See thrive.client.
  client = function() return require("thrive.client").new end,
  --- `thrive.aptem{…}` → client of Aptem | nil, err. See thrive.aptem.
  aptem = function() return require("thrive.aptem").new end,
  --- `thrive.webhooks`: verifying and reading what Thrive sends. See thrive.webhooks.
  webhooks = function() return require("thrive.webhooks") end,
  --- `thrive.csv`: reading and writing CSV files. See thrive.csv.
  csv = function() return require("thrive.csv") end,
  --- `thrive.sandbox`: a tenant inside this process. See thrive.sandbox.
  sandbox = function() return require("thrive.sandbox") end,
  --- `thrive.spawn(f, …)`, `thrive.map(list, f, options)`, `thrive.sleep(seconds)`: see thrive.scheduler,
  -- thrive.map.
  spawn = function() return require("thrive.scheduler").spawn end,
  map = function() return require("thrive.map").map end,
  sleep = function() return require("thrive.scheduler").sleep end,
  --- `thrive.shard()`: which share of a list this process has to read. See thrive.shard.
  shard = function() return require("thrive.shard").from_environment end,
  --- `thrive.progress(iterator, { total =, label = })`: shows how far a loop is. See thrive.progress.
  progress = function() return require("thrive.progress").wrap end,
  --- `thrive.help(topic)`, `thrive.apropos(word, …)`: print what there is to know. See thrive.help.
  help = function() return require("thrive.help").print end,
  apropos = function() return require("thrive.help").apropos end,
  --- `thrive.inspect(value, options)`: any value as text for people. See thrive.inspect.
  inspect = function() return require("thrive.inspect").inspect end,
  --- `thrive.iserror(v)`: is v an error object of this module?
  iserror = function() return require("thrive.core").iserror end,
}

-- Values of the C core are kept; modules are asked for each time, so that they are those of package.loaded, also after a
-- host (or a test runner) has emptied it: two instances of the scheduler would wait for each other's answers.
local kept = { _VERSION = true, null = true, array = true, iserror = true }

return setmetatable(M, {
  __name = "thrive",
  __index = function(t, key)
    local part = parts[key]
    if part == nil then return nil end
    local value = part()
    if kept[key] then rawset(t, key, value) end
    return value
  end,
})
