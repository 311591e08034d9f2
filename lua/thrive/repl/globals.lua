--- The globals of a session at a terminal: `client`, made when it is first used, `help` and `apropos`, and `_`, `_1` … `_9`,
-- the last results. Scripts do not have them.
-- @module thrive.repl.globals
local thrive = require "thrive"

local rawget, rawset, type, error = rawget, rawset, type, error
local metatable_of, set_metatable = debug.getmetatable, debug.setmetatable

local M = {}

local KEPT <const> = 9

--- Gives a table of globals what a session has.
-- @tparam table globals
-- @treturn table with the functions
--
-- * `refresh()`: to be called before each chunk, for scripts may give the globals a metatable of their own, which then
--   goes on to do what it did;
-- * `keep(value)`: that was the first result of a chunk;
-- * `made()` → the client that was made here, or nil.
function M.install(globals)
  local made

  -- A client for whoever names the global and has none.
  local function default_client()
    local client, err = thrive.client()
    if not client then error(err) end
    made = client
    rawset(globals, "client", client)
    return client
  end

  -- What was there before is called at the end, so that levels of its errors are right.
  local function index_with(old)
    return function(t, name)
      if name == "client" then return default_client() end
      if type(old) == "function" then return old(t, name) end
      if old ~= nil then return old[name] end
      return nil
    end
  end

  local ours
  local function refresh()
    local meta = metatable_of(globals)
    if not meta then
      meta = {}
      set_metatable(globals, meta)
    end
    if not ours or rawget(meta, "__index") ~= ours then
      ours = index_with(rawget(meta, "__index"))
      rawset(meta, "__index", ours)
    end
  end

  -- These need nothing but to be loaded, which is left for when they are called.
  for _, name in ipairs { "help", "apropos" } do
    if rawget(globals, name) == nil then rawset(globals, name, function(...) return thrive[name](...) end) end
  end

  local results = {}
  local function keep(value)
    table.move(results, 1, KEPT - 1, 2)
    results[1] = value
    rawset(globals, "_", value)
    for i = 1, KEPT do rawset(globals, "_" .. i, results[i]) end
  end

  return { refresh = refresh, keep = keep, made = function() return made end, help = rawget(globals, "help") }
end

return M
