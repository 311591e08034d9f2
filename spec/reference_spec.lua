-- Every Lua block of doc/reference.md runs in the sandbox under the interpreter; a block marked `output` is what the Lua
-- block before it prints. That the page is what `make reference` writes is a matter of check-lint.

local blocks = require "spec.support.blocks"
local operations = require "spec.support.operations"

-- The blocks go on from a client that the text introduces.
local prelude = 'local thrive = require "thrive"\nlocal client = assert(thrive.client())\n'

describe("doc/reference.md", function()
  local all = blocks.read("doc/reference.md")
  local ran = 0
  for i, block in ipairs(all) do
    if block.language == "lua" then
      ran = ran + 1
      it(("runs the block at line %d"):format(block.line), function()
        local ok, output = blocks.run(prelude .. block.text, "reference.lua")
        assert.is_true(ok, output)
        local expected = all[i + 1] and all[i + 1].language == "output" and all[i + 1].text
        if expected then assert.equal(expected, output) end
      end)
    end
  end

  it("has an example of every operation", function() assert.is_true(ran >= #operations.all()) end)

  it("links to headings that are there, each of which there is once", function()
    local file <close> = assert(io.open("doc/reference.md"))
    local text = file:read("a")
    local anchors, links = {}, 0
    for line in text:gmatch("[^\n]+") do
      local title = line:match("^##+ (.*)$")
      if title then
        local anchor = title:lower():gsub("[^%w_%- ]", ""):gsub(" ", "-")
        assert.is_nil(anchors[anchor], title)
        anchors[anchor] = true
      end
    end
    for target in text:gmatch("%]%(#([^)]*)%)") do
      links = links + 1
      assert.is_true(anchors[target], target)
    end
    assert.is_true(links > 100)
  end)
end)
