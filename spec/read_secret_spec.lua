-- A secret typed at a real terminal: it is never seen, and however the question ends, the terminal echoes again.
local interp = require "spec.support.interp"
local subject = require "spec.support.subject"
local terminal = require "spec.support.terminal"

local CANARY = "canary-Zoë-42"

-- What the program sees of what was typed goes to a file, so that a screen that shows it is a failure.
local ASK = [[
local system = require("thrive.core").system
local text, why = system[arg[1] or "read_secret"](arg[2] or "API key: ")
local f = assert(io.open("answer", "wb"))
f:write(text or "nil, " .. why)
f:close()
print("asked")
]]

describe("reading a secret from the terminal", function()
  local directory, root, t
  before_each(function()
    directory = interp.directory()
    interp.write(directory .. "/ask.lua", ASK)
    root = interp.root()
  end)
  after_each(function()
    if t then t:close() end
    t = nil
    interp.remove(directory)
  end)

  local function open(command)
    t = terminal.open {
      program = subject.interpreter(), command = command, directory = directory,
      env = { LUA_CPATH = package.cpath:gsub("%./", root .. "/"), PS1 = "ready$ " },
    }
    return t
  end

  local function answer()
    local f = assert(io.open(directory .. "/answer", "rb"))
    local text = f:read("a")
    f:close()
    return text
  end

  -- Whether the terminal echoes and reads lines, asked of the terminal itself.
  local MODES = "; echo code=$?; stty -a | tr ' ;' '\\n\\n' | grep -x -e '-\\?echo' -e '-\\?icanon' | sort | xargs echo modes="

  it("shows the prompt and nothing of what is typed", function()
    open('"$P" ask.lua' .. MODES)
    t:wait_for("API key:$")
    t:type(CANARY):key("Enter")
    assert.equal("API key:\nasked\ncode=0\nmodes= echo icanon", t:wait_for("modes= .+"))
    assert.equal(CANARY, answer())
    assert.is_nil(t:raw():find("canary", 1, true))
  end)

  it("asks also where standard input and output are pipes", function()
    open('echo piped | "$P" ask.lua | cat')
    t:wait_for("API key:$")
    t:type(CANARY):key("Enter")
    t:wait_for("asked")
    assert.equal(CANARY, answer())
  end)

  it("lets mistakes be taken back, a character at a time or all at once", function()
    open('"$P" ask.lua')
    t:wait_for("API key:$")
    t:type("all wrong"):key("C-u"):type("aé€x"):key("BSpace", "BSpace", "C-h"):type("b"):key("Enter")
    t:wait_for("asked")
    assert.equal("ab", answer())
  end)

  it("takes a line longer than the system's lines are", function()
    open('"$P" ask.lua')
    t:wait_for("API key:$")
    local long = ("0123456789"):rep(900)
    t:paste(long):key("Enter")
    t:wait_for("asked")
    assert.equal(long, answer())
  end)

  it("does not leave what follows a pasted line to the shell", function()
    open("bash --norc --noprofile -i")
    t:wait_for("ready%$$")
    t:type('"$P" ask.lua'):key("Enter"):wait_for("API key:$")
    t:paste("first\ntouch second\n")
    t:wait_for("asked\nready%$$")
    assert.equal("first", answer())
    assert.is_nil(io.open(directory .. "/second"))
  end)

  it("tells of Ctrl-C and of the end of input, and the terminal echoes again", function()
    for _, case in ipairs { { "C-c", "nil, interrupted" }, { "C-d", "nil, end of input" } } do
      open('trap : INT; "$P" ask.lua' .. MODES)
      t:wait_for("API key:$")
      if case[1] == "C-c" then t:type("half a sec") end
      t:key(case[1])
      assert.equal("API key:\nasked\ncode=0\nmodes= echo icanon", t:wait_for("modes= .+"))
      assert.equal(case[2], answer())
      t:close()
    end
  end)

  it("restores the terminal before a signal ends the process", function()
    for _, case in ipairs { { "TERM", 143 }, { "HUP", 129 }, { "QUIT", 131 } } do
      -- exec: the shell's pid is the program's.
      open(("ulimit -c 0; sh -c 'echo $$ >pid; exec \"$P\" ask.lua'%s"):format(MODES))
      t:wait_for("API key:$")
      os.execute(("kill -%s $(cat %s/pid)"):format(case[1], directory))
      local screen = t:wait_for("modes= .+")
      assert.matches(("code=%d\nmodes= echo icanon$"):format(case[2]), screen)
      t:close()
    end
  end)

  it("stops on Ctrl-Z with the terminal restored, and asks again when it goes on", function()
    open("bash --norc --noprofile -i")
    t:wait_for("ready%$$")
    t:type('"$P" ask.lua'):key("Enter"):wait_for("API key:$")
    t:type("half"):key("C-z"):wait_for("Stopped.-ready%$$")
    t:type("stty -a | grep -o -w -e '-*echo'"):key("Enter"):wait_for("\necho\nready%$$")
    t:type("fg"):key("Enter"):wait_for("API key:$")
    t:type(CANARY):key("Enter")
    t:wait_for("asked\nready%$$")
    assert.equal(CANARY, answer())
    assert.is_nil(t:raw():find("canary", 1, true))
  end)

  it("hides again when the shell gave the terminal back after a stop that nobody can handle", function()
    open("bash --norc --noprofile -i")
    t:wait_for("ready%$$")
    t:type("sh -c 'echo $$ >pid; exec \"$P\" ask.lua'"):key("Enter"):wait_for("API key:$")
    os.execute(("kill -STOP $(cat %s/pid)"):format(directory))
    t:wait_for("Stopped.-ready%$$")
    t:type("fg"):key("Enter"):wait_for("fg\n.-API key:$")
    t:type(CANARY):key("Enter")
    t:wait_for("asked\nready%$$")
    assert.equal(CANARY, answer())
    assert.is_nil(t:raw():find("canary", 1, true))
  end)

  it("leaves ignored what is ignored", function()
    open("trap '' HUP; sh -c 'echo $$ >pid; exec \"$P\" ask.lua'" .. MODES)
    t:wait_for("API key:$")
    os.execute(("kill -HUP $(cat %s/pid)"):format(directory))
    t:type(CANARY):key("Enter")
    t:wait_for("code=0\nmodes= echo icanon")
    assert.equal(CANARY, answer())
  end)

  it("reads a line with echo for what is no secret", function()
    open('"$P" ask.lua read_line "Name: "' .. MODES)
    t:wait_for("Name:$")
    t:type("staging"):key("Enter")
    assert.equal("Name: staging\nasked\ncode=0\nmodes= echo icanon", t:wait_for("modes= .+"))
    assert.equal("staging", answer())
  end)
end)
