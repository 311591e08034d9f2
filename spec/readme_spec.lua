-- Every Lua block of the README runs in the sandbox under the interpreter; a block marked `output` is what the Lua block
-- before it prints. Every file in examples/ answers --help.

local interpreter = os.getenv("THRIVELUA") or "build/thrivelua"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

-- The fenced blocks, in order: { { language =, text =, line = }, … }
local function blocks(path)
  local found, open, line = {}, nil, 0
  for text in read(path):gmatch("([^\n]*)\n") do
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
  return found
end

-- The fragments go on from a client that the text introduces.
local prelude = 'local thrive = require "thrive"\nlocal client = assert(thrive.client())\n'

local function run(script)
  local dir = os.tmpname()
  os.remove(dir)
  assert(os.execute("mkdir " .. dir))
  local file = assert(io.open(dir .. "/readme.lua", "wb"))
  file:write(script)
  file:close()
  local absolute = interpreter:sub(1, 1) == "/" and interpreter or "$OLDPWD/" .. interpreter
  local pipe = assert(io.popen(("cd %s && %s --sandbox readme.lua 2>&1"):format(dir, absolute)))
  local output = pipe:read("a")
  local ok = pipe:close()
  os.execute("rm -r " .. dir)
  return ok, output
end

describe("README.md", function()
  local all = blocks("README.md")
  local first = true
  for i, block in ipairs(all) do
    if block.language == "lua" then
      local expected = all[i + 1] and all[i + 1].language == "output" and all[i + 1].text
      if not expected and all[i + 2] and all[i + 1].language == "sh" and all[i + 2].language == "output" then
        expected = all[i + 2].text -- the command line stands between the script and its output
      end
      local script = first and block.text or prelude .. block.text
      first = false
      it(("runs the block at line %d"):format(block.line), function()
        local ok, output = run(script)
        assert.is_truthy(ok, output)
        if expected then assert.equal(expected, output) end
      end)
    end
  end

  it("has blocks to run", function() assert.is_true(#all > 10) end)
end)

describe("every example", function()
  local list = assert(io.popen("ls examples/*.lua"))
  for path in list:lines() do
    it(path .. " explains itself with --help", function()
      local pipe = assert(io.popen(("%s %s --help"):format(interpreter, path)))
      local text = pipe:read("a")
      assert.is_true(pipe:close())
      assert.truthy(text:find("usage: ", 1, true), text)
    end)
  end
  list:close()
end)
