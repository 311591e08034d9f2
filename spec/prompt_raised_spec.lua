-- What a session tells of an error: thrive.repl.raised.
local raised = require "thrive.repl.raised"

local function trace(message, ...)
  return message .. "\nstack traceback:\n\t" .. table.concat({ ... }, "\n\t")
end

describe("what a session tells of an error", function()
  require "thrive.call"

  it("is all of it where this module has no part", function()
    local text = trace("stdin:1: x", "[C]: in function 'error'",
      "stdin:1: in function 'f'", "stdin:1: in main chunk", "[C]: in ?")
    assert.equal(text, raised.tidy(text))
    assert.equal("users.get: 404", raised.tidy("users.get: 404"))
    text = trace("x", "thrive/mine.lua:1: in function 'f'", "my_thrive/call.lua:1: in main chunk", "[C]: in ?") -- the user's own
    assert.equal(text, raised.tidy(text))
  end)

  it("obeys no control characters of data", function()
    assert.equal("no such name: '\\27[31mred'\n\tnext", raised.tidy("no such name: '\27[31mred'\n\tnext"))
  end)

  it("is the message alone where all else is this module's", function()
    assert.equal("users:create: missing 'ref'", raised.tidy(trace("users:create: missing 'ref'", "[C]: in function 'error'",
      "thrive/call.lua:74: in function <thrive/call.lua:69>", "(...tail calls...)", "[C]: in ?")))
    assert.equal("interrupted!", raised.tidy(trace("thrive/call.lua:145: interrupted!", "[C]: in function 'thrive.core.poll'",
      "/usr/share/lua/5.4/thrive/call.lua:145: in upvalue 'drive'", "stdin:1: in main chunk", "[C]: in ?")))
  end)

  it("has the places in the user's text", function()
    assert.equal(trace("interrupted!", "sync.lua:7: in function 'f'", "stdin:1: in main chunk", "[C]: in ?"),
      raised.tidy(trace("thrive/call.lua:145: interrupted!", "[C]: in function 'thrive.core.poll'",
        "thrive/call.lua:145: in upvalue 'drive'", "sync.lua:7: in function 'f'", "stdin:1: in main chunk", "[C]: in ?")))
  end)

  it("is whole where the mistake is this module's own, to be reported", function()
    local text = trace("thrive/call.lua:3: attempt to index a nil value", "thrive/call.lua:3: in function 'f'", "[C]: in ?")
    assert.equal(text, raised.tidy(text))
  end)
end)
