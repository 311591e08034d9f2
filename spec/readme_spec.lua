-- Every Lua block of the README runs in the sandbox under the interpreter; a block marked `output` is what the Lua block
-- before it prints. Every file in examples/ answers --help.

local blocks = require "spec.support.blocks"

local interpreter = blocks.interpreter

-- The fragments go on from a client that the text introduces.
local prelude = 'local thrive = require "thrive"\nlocal client = assert(thrive.client())\n'

describe("README.md", function()
  local all = blocks.read("README.md")
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
        local ok, output = blocks.run(script, "readme.lua")
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
