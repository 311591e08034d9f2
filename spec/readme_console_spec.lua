-- What the README shows of terminals is what terminals show: its sessions are typed again, its commands run again, in the
-- sandbox.
local blocks = require "spec.support.blocks"
local interp = require "spec.support.interp"
local terminal = require "spec.support.terminal"

local PROMPT <const> = "thrive (sandbox)> "
local TAB <const> = "⇥"

local sessions, commands = {}, {}
for _, block in ipairs(blocks.read("README.md")) do
  if block.language == "console" then
    table.insert(block.text:find(PROMPT, 1, true) and sessions or commands, block)
  end
end

-- Versions differ from machine to machine.
local function plain(text)
  return (text:gsub("Lua 5%.4%.%d+ .-\n", "Lua 5.4\n"):gsub(TAB, ""):gsub("%s+$", ""))
end

describe("README.md", function()
  it("shows sessions and commands", function()
    assert.is_true(#sessions > 0)
    assert.is_true(#commands > 0)
  end)

  for _, block in ipairs(sessions) do
    it(("shows at line %d the session that a terminal shows"):format(block.line), function()
      local home = interp.directory()
      local command, shown = block.text:match("^%$ thrivelua ([^\n]*)\n(.*)$")
      local t <close> = terminal.open { program = interp.thrivelua(), command = 'exec "$P" ' .. command, directory = home,
        columns = 96, rows = 100 }
      t:wait_for(">$")
      local typed, prompts = "", 1
      local function next_prompt(screen) -- or the question that comes before it
        return select(2, screen:gsub("%f[^\0\n]thrive %(sandbox%)>", "")) > prompts and screen:find(">$") or screen:find("all%]$")
      end
      for line in shown:gmatch("[^\n]+") do
        local input = line:sub(1, #PROMPT) == PROMPT and line:sub(#PROMPT + 1)
        local answer = line:match("%] (%a+)$")
        if input and input ~= "" then
          t:type(input:sub(#typed + 1):gsub(TAB .. "$", ""))
          if input:sub(-#TAB) == TAB then
            typed = input:sub(1, -#TAB - 1)
            t:key("Tab"):wait_for(function(screen)
              return select(2, screen:gsub("%f[^\0\n]thrive %(sandbox%)>", "")) > prompts and screen:sub(-#typed) == typed
            end)
          else
            typed = ""
            t:key("Enter"):wait_for(next_prompt)
          end
          prompts = prompts + 1
        elseif answer then
          prompts = prompts - 1
          t:type(answer):wait_for("all%] " .. answer .. "$") -- until it is shown, the question would do for an answer
          t:key("Enter"):wait_for(next_prompt)
          prompts = prompts + 1
        end
      end
      assert.equal(plain(shown), plain(t:screen { history = true }))
      interp.remove(home)
    end)
  end

  for _, block in ipairs(commands) do
    it(("shows at line %d what its commands print"):format(block.line), function()
      local home = interp.directory()
      interp.write(home .. "/people.csv", "email\ngrace.macdonald@sandbox.example\nnobody@example.org\n")
      local text, at = block.text, 1
      while at <= #text do
        local from, to, command = text:find("^%$ thrivelua ([^\n]*)\n", at)
        assert.is_number(from, "a command is expected: " .. text:sub(at, at + 60))
        local stop = text:find("\n%$ ", to) or #text
        local result = interp.run(home, interp.thrivelua(), '"$P" --sandbox ' .. command .. " 2>&1")
        assert.equal(text:sub(to + 1, stop), result.out)
        at = stop + 1
      end
      interp.remove(home)
    end)
  end
end)
