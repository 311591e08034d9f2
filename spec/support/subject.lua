--- What the specs of the client module share: raised messages, children with an environment of their own, waiting for
-- an event instead of a time.
local interp = require "spec.support.interp"

local M = {}

--- Calls f, which must raise; returns what it raised.
function M.raised(f, ...)
  local ok, why = pcall(f, ...)
  assert(not ok, "nothing was raised")
  return why
end

--- The texts between the marks that a validation message puts between problems, without position and call.
function M.problems(message)
  local list = {}
  local text = message:match("^.-:%d+: [%w_.]+:[%w_]+: (.*)$") or message:match("^[%w_.]+:[%w_]+: (.*)$")
  assert(text, "not a message of a call: " .. tostring(message))
  for problem in (text .. "; "):gmatch("(.-); ") do list[#list + 1] = problem end
  table.sort(list)
  return list
end

local function absolute(path, root)
  return (";" .. path):gsub(";%./", ";" .. root .. "/"):sub(2)
end

--- The interpreter that runs this process (busted --lua=…), as a path that works from everywhere.
function M.interpreter()
  local first = 0
  while arg[first - 1] do first = first - 1 end
  local find = assert(io.popen("cd . && p=$(command -v " .. interp.quote(arg[first]) .. ") && readlink -f \"$p\""))
  local path = find:read("l")
  find:close()
  return path
end

--- Runs Lua code in a child process that sees these environment variables, no other THRIVE_… one, and an empty home.
-- @tparam string code what it prints is returned
-- @tparam[opt] table env
-- @tparam[opt] string program the interpreter: lua5.4
-- @treturn table out, err, code
function M.child(code, env, program)
  local root = interp.root()
  local directory <close> = setmetatable({ path = interp.directory() }, { __close = function(d)
    interp.remove(d.path)
  end })
  local all = { LUA_PATH = absolute(package.path, root), LUA_CPATH = absolute(package.cpath, root) }
  for name, value in pairs(env or {}) do all[name] = value end
  interp.write(directory.path .. "/main.lua", code)
  return interp.run(directory.path, program or interp.lua(), '"$P" main.lua', all)
end

--- The keys of a table, sorted and joined: for comparing what is there.
function M.keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = tostring(key) end
  table.sort(keys)
  return table.concat(keys, " ")
end

--- A user that can be created, with these fields changed.
function M.person(changes)
  local fields = { ref = "N1", firstName = "Ada", lastName = "Lovelace", email = "ada@example.com" }
  for name, value in pairs(changes or {}) do fields[name] = value end
  return fields
end

return M
