--- Runs interpreters for specs: as child processes, in a directory of their own, with a clean environment.
local M = {}

local function first_line(command)
  local f = assert(io.popen(command))
  local line = f:read("l")
  f:close()
  return line
end

--- Quotes a word for the shell.
function M.quote(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

local function absolute(path, from)
  return path:sub(1, 1) == "/" and path or from .. "/" .. path
end

--- The root of the project, where busted runs.
function M.root() return assert(first_line("pwd")) end

--- The thrivelua under test: $THRIVELUA, else build/thrivelua of the root (where busted runs).
function M.thrivelua()
  local path = absolute(os.getenv("THRIVELUA") or "build/thrivelua", M.root())
  assert(os.execute("test -x " .. M.quote(path)), path .. " is not there: run make, or set THRIVELUA")
  return path
end

--- The lua to compare with: $LUA, else lua5.4 from the PATH.
function M.lua()
  local path = os.getenv("LUA") or first_line("command -v lua5.4")
  return assert(path, "lua5.4 is not on the PATH: install it, or set LUA")
end

--- Makes a directory that @{remove} deletes.
function M.directory()
  return assert(first_line("mktemp -d"), "mktemp -d failed")
end

function M.remove(directory)
  assert(directory:match("^/.+/"), "not a temporary directory")
  assert(os.execute("rm -rf " .. M.quote(directory)))
end

--- What a file holds.
function M.read(path)
  local f = assert(io.open(path, "rb"))
  local text = f:read("a")
  f:close()
  return text
end

function M.write(path, text)
  local f = assert(io.open(path, "wb"))
  assert(f:write(text))
  assert(f:close())
end

-- What a child inherits: enough to find programs and to tell a sanitizer what to do.
local function environment(extra)
  local words = { "env -i LC_ALL=C TERM=xterm" }
  for _, name in ipairs { "PATH", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS" } do
    local value = os.getenv(name)
    if value then words[#words + 1] = name .. "=" .. M.quote(value) end
  end
  for name, value in pairs(extra or {}) do
    words[#words + 1] = name .. "=" .. M.quote(value)
  end
  return table.concat(words, " ")
end

--- A shell command that runs another one in a directory, which is its HOME, with the clean environment; `stdin` is a file.
-- "$P" in the command is the interpreter.
function M.command(directory, program, command, env, stdin)
  local all = { P = program, HOME = directory } -- nobody's profiles and history
  for name, value in pairs(env or {}) do
    all[name] = value
  end
  return ("cd %s && %s sh -c %s <%s"):format(
    M.quote(directory), environment(all), M.quote(command), M.quote(stdin or "/dev/null")
  )
end

--- Runs a shell command (see @{command}) to its end.
-- @treturn table out, err (text) and code (as the shell sees it: 128 + n for signal n)
function M.run(directory, program, command, env, stdin)
  local input
  if stdin then
    input = directory .. "/.stdin"
    M.write(input, stdin)
  end
  local out, err = directory .. "/.out", directory .. "/.err"
  -- A program that hangs is a failure (124) and not the end of the suite.
  local full = ("timeout 120 sh -c %s >%s 2>%s"):format(
    M.quote(M.command(directory, program, command, env, input)), M.quote(out), M.quote(err)
  )
  local _, how, code = os.execute(full)
  if how == "signal" then code = 128 + code end
  return { out = M.read(out), err = M.read(err), code = code }
end

return M
