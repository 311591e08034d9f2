--- The fenced blocks of a Markdown file, and running Lua ones as a user would: a file, under thrivelua, in the sandbox.
local M = {}

local interpreter = os.getenv("THRIVELUA") or "build/thrivelua"

--- The thrivelua that is tested.
M.interpreter = interpreter

--- The blocks, in order: { { language =, text =, line = }, … }
-- @tparam string path
function M.read(path)
  local found, open, line = {}, nil, 0
  for text in io.lines(path) do
    line = line + 1
    local fence = text:match("^```(.*)$")
    if fence and not open then
      open = { language = fence, line = line, lines = {} }
    elseif fence then
      open.text = table.concat(open.lines, "\n") .. "\n"
      found[#found + 1] = open
      open = nil
    elseif open then
      open.lines[#open.lines + 1] = text
    end
  end
  assert(not open, path .. " ends in a block")
  return found
end

--- Runs a script in a folder of its own.
-- @tparam string script
-- @tparam string name of its file
-- @treturn boolean did it end well?
-- @treturn string what it printed
function M.run(script, name)
  local dir = os.tmpname()
  os.remove(dir)
  assert(os.execute("mkdir " .. dir))
  local file = assert(io.open(dir .. "/" .. name, "wb"))
  file:write(script)
  file:close()
  local absolute = interpreter:sub(1, 1) == "/" and interpreter or "$OLDPWD/" .. interpreter
  local pipe = assert(io.popen(("cd %s && %s --sandbox --yes %s 2>&1"):format(dir, absolute, name)))
  local output = pipe:read("a")
  local ok = pipe:close()
  os.execute("rm -r " .. dir)
  return ok or false, output
end

return M
