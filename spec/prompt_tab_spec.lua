-- Tab at thrivelua's prompt: what is done with candidates. They come from a stand-in; what they are is thrive.complete's.
local interp = require "spec.support.interp"
local prompts = require "spec.support.prompt"

-- Candidates for words that begin with "a", "b" …; `seen` holds what it was asked.
local STAND_IN <const> = [=[
seen = {}
local all = {
  a = { "alpha", "alpine" }, b = { "beta" }, c = { "c001" }, d = { 'delta' }, z = { "żółw", "żółć" }, ["ż"] = { "żółw", "żółć" },
  N = { "name" },
}
for i = 2, 250 do all.c[i] = ("c%03d"):format(i) end
package.loaded["thrive.complete"] = { candidates = function(text, cursor, globals)
  seen = { text, cursor, globals == _G }
  local word = text:sub(1, cursor):match("[^%s'(]*$")
  if word == "e" then error({}) elseif word == "E" then error("bad") end
  local words = {}
  for _, w in ipairs(all[word:match("^[%z\1-\127\194-\253][\128-\191]*") or ""] or {}) do
    if w:sub(1, #word) == word or word == "z" or word == "N" then words[#words + 1] = w end
  end
  return { first = cursor - #word + 1, words = words, append = word:find("^d") and "'" or " " }
end }
]=]

describe("Tab at thrivelua's prompt", function()
  local function open(home, options)
    interp.write(home.path .. "/stand_in.lua", STAND_IN)
    return prompts.open(home, "-i stand_in.lua", options)
  end

  it("inserts the one that there is, and what comes after it", function()
    local home <close> = prompts.home()
    local t <close> = open(home)
    t:type("b"):key("Tab"):wait_for("> beta$")
    assert.equal(#"thrive> beta ", (t:cursor()))
    t:key("C-u"):type("('de')"):key("Left", "Left", "Tab"):wait_for("> %('delta'%)$") -- what is there already stays one
    t:key("C-u"):type("(b)"):key("Left", "Tab"):wait_for("> %(beta %)$")
    t:key("C-u"):type("N"):key("Tab"):wait_for("> name$") -- what was typed is put right
    t:key("C-u"):type("q"):key("Tab"):type("r"):wait_for("> qr$")
  end)

  it("inserts what all have in common, and lists them when that is there already", function()
    local home <close> = prompts.home()
    local t <close> = open(home)
    t:type("a"):key("Tab"):wait_for("> alp$")
    t:key("Tab"):wait_for("> alp\nalpha   alpine\nthrive> alp$")
    t:type("h"):key("Tab"):wait_for("thrive> alpha$")
    t:key("C-u"):type("ż"):key("Tab"):wait_for("\nthrive> żół$")
    t:key("Tab"):wait_for("\nżółw  żółć\nthrive> żół$")
    t:key("C-u"):type("1"):key("Enter"):ends_in("thrive> 1", "1")
  end)

  it("lists in columns that fit the window, a hundred at most, also below a line that is wrapped", function()
    local home <close> = prompts.home()
    local t <close> = open(home, { columns = 32, rows = 50 })
    t:type("'" .. ("x"):rep(40) .. "' c"):key("Tab"):wait_for("' c$")
    t:key("Tab"):wait_for("… and %d+ more\nthrive> 'x+\nx+' c$")
    local screen = t:screen()
    assert.truthy(screen:find("\nc001  c021  c041  c061  c081\nc002  c022", 1, true), screen)
    assert.truthy(screen:find("\nc020  c040  c060  c080  c100\n… and 150 more\n", 1, true), screen)
    t:type("250"):key("Tab"):wait_for("\nx+' c250$")
  end)

  it("is asked about the whole chunk, and indents where a line of it begins", function()
    local home <close> = prompts.home()
    local t <close> = open(home)
    t:enter("x = {"):wait_for("\n>>$")
    t:key("Tab"):wait_for(function() return (t:cursor()) == 5 end)
    t:type("b"):key("Tab"):wait_for("\n>>   beta$")
    t:key("C-u"):enter("}"):ends_in("thrive> x = {", ">> }")
    t:enter("seen[1], seen[2], seen[3]"):ends_in("x = {", "  b     9       true")
  end)

  it("shows what goes wrong in there, and goes on", function()
    local home <close> = prompts.home()
    local t <close> = open(home)
    t:type("E"):key("Tab"):wait_for("> E\nstand_in%.lua:%d+: bad\nthrive> E$")
    t:key("C-u"):type("e"):key("Tab"):wait_for("> e\ntable: 0x%x+\nthrive> e$")
    t:key("C-u"):enter("1"):ends_in("1")
    assert.equal(0, t:leave())
  end)

  it("completes calls from the catalogue, before there is a client and without making one", function()
    local home <close> = prompts.home()
    local t <close> = prompts.open(home)
    local function tab(text, wanted)
      t:type(text):key("Tab"):wait_for("\n[^\n]*" .. wanted .. "$")
    end
    tab("client.us", "> client%.users:")
    tab("cre", "> client%.users:create{")
    tab(" fir", "create{ firstName =")
    tab("'Ada', ro", "'Ada', role =")
    tab('"learnera', 'role = "learneradmin"')
    t:key("C-u")
    tab('help "users.su', 'help "users%.suspend"')
    t:key("C-u"):enter("rawget(_G, 'client')"):ends_in("nil")
  end)
end)
