-- On a terminal thrivelua asks before it deletes.
local interp = require "spec.support.interp"
local safety = require "spec.support.safety"
local terminal = require "spec.support.terminal"

describe("on a terminal, thrivelua", function()
  local it_is

  before_each(function() it_is = safety.new{ users = 60 } end)
  after_each(function() it_is:close() end)

  -- A terminal in which code runs as `thrivelua OPTIONS script.lua`; REDIRECT comes behind that.
  local function run(options, code, redirect)
    interp.write(it_is.directory .. "/script.lua", "local client = assert(thrive.client())\n" .. code)
    return terminal.open{ program = interp.thrivelua(), directory = it_is.directory, columns = 130,
      command = '"$P" ' .. options .. " script.lua " .. (redirect or ""), env = it_is:environment() }
  end

  local DELETE <const> = [[
for i = 7, 9 do
  local ok, err = client.users:delete("U000" .. i)
  print(i, ok, err and err.kind, err and err.code)
end]]

  it("asks before each delete, says whom it is about, and takes only yes for yes", function()
    local user = it_is.sandbox:user("U0007")
    local t <close> = run("", DELETE)
    local question = ("delete user U0007 (%s %s, %s, %s)? [y/N/all]"):format(user.firstName, user.lastName, user.email,
      user.status)
    t:wait_for(function(screen) return screen:find(question, 1, true) end)
    assert.same({}, it_is:writes())
    t:type("y"):key("Enter"):wait_for("\n7%s+true")
    assert.same({ "DELETE /rest/v2/users/ref/U0007" }, it_is:writes())
    t:wait_for("delete user U0008 ")
    t:key("Enter")
    t:wait_for("\n8%s+nil%s+guard%s+declined")
    t:wait_for("delete user U0009 ")
    t:type("nope"):key("Enter")
    t:wait_for("\n9%s+nil%s+guard%s+declined")
    assert.equal(7, t:exit_code())
    assert.equal(1, #it_is:writes())
  end)

  it("asks on a line of its own, and leaves what the script has written", function()
    local t <close> = run("", [[
client.users:delete("U0007")
io.write("deleting U0008 ... ")
print(client.users:delete("U0008"))
io.write(("x"):rep(130))
print(client.users:delete("U0009"))]])
    t:wait_for("^delete user U0007 ")
    t:key("Enter")
    t:wait_for("^delete user U0007 [^\n]*%?[^\n]*\ndeleting U0008 %.%.%.\ndelete user U0008 ")
    t:key("Enter")
    t:wait_for("declined[^\n]*\n[^\n]*\n?" .. ("x"):rep(130) .. "\ndelete user U0009 ")
    t:key("Enter")
    t:exit_code()
  end)

  it("writes nothing that moves the cursor where TERM is dumb", function()
    interp.write(it_is.directory .. "/script.lua", 'print((assert(thrive.client()).users:delete("U0007")))')
    local t <close> = terminal.open{ program = interp.thrivelua(), directory = it_is.directory, term = "dumb", columns = 130,
      command = '"$P" script.lua', env = it_is:environment() }
    t:wait_for("delete user U0007 ")
    t:type("y"):key("Enter")
    t:wait_for("\ntrue")
    assert.is_nil(t:raw():find("\27", 1, true))
  end)

  it("asks no more after all", function()
    local t <close> = run("", DELETE)
    t:wait_for("delete user U0007 ")
    t:type("all"):key("Enter")
    t:wait_for("\n9%s+true")
    assert.equal(0, t:exit_code())
    assert.equal(3, #it_is:writes())
  end)

  it("takes all for all of a line at the prompt, and asks again in the next one", function()
    local t <close> = run("-i", "c = client")
    t:wait_for("> ?$")
    t:type("for i = 7, 8 do print(i, c.users:delete('U000' .. i)) end"):key("Enter")
    t:wait_for("delete user U0007 ")
    t:type("all"):key("Enter")
    t:wait_for("\n8%s+true")
    t:type("print(9, (c.users:delete('U0009')))"):key("Enter")
    t:wait_for("delete user U0009 ")
    t:type("n"):key("Enter")
    t:wait_for("\n9%s+nil")
    assert.equal(2, #it_is:writes())
  end)

  it("takes the end of input for no", function()
    local t <close> = run("", DELETE)
    t:wait_for("delete user U0007 ")
    t:key("C-d")
    t:wait_for("\n7%s+nil%s+guard%s+declined")
  end)

  it("ends on Ctrl-C, and sends nothing", function()
    local t <close> = run("", DELETE)
    t:wait_for("delete user U0007 ")
    t:key("C-c")
    assert.equal(130, t:exit_code())
    assert.same({}, it_is:writes())
  end)

  it("asks for tasks one after the other, while the others go on", function()
    local t <close> = run("", [[
local reads = 0
for i = 20, 24 do thrive.spawn(function() client.users:get_by_ref("U00" .. i) reads = reads + 1 end) end
local _, failures = thrive.map({ "U0007", "U0008" }, function(ref) return client.users:delete(ref) end)
print("reads", reads, "failures", #failures)]])
    local screen = t:wait_for("delete user U000[78] ")
    assert.equal(1, select(2, screen:gsub("y/N", "")))
    t:type("y"):key("Enter")
    t:wait_for("delete user U000[78] .*delete user U000[78] ")
    t:type("n"):key("Enter")
    t:wait_for("reads%s+5%s+failures%s+1")
    assert.equal(1, #it_is:writes())
  end)

  it("asks about audiences, assignments, events and requests by hand", function()
    local client <close> = assert(it_is.sandbox:client{})
    local audience = client.audiences:list{ perPage = 1 }.results[1]
    local assignment = client.assignments:list().results[1]
    it_is.sandbox:clear_requests()
    local t <close> = run("", ([[
client.audiences:delete(%q)
client.assignments:delete(%q, { audienceId = "x" })
client.events:user_deleted{ ref = "U0007" }
client:request{ method = "DELETE", path = "/rest/v2/users/ref/U0008" }
client:request{ method = "DELETE", path = "/rest/v9/x" }
client.users:delete("nobody")
print("done")]]):format(audience.id, assignment.id))
    for _, question in ipairs { ("delete audience %s (%s)? "):format(audience.id, audience.name),
      ("delete assignment %s (content %s"):format(assignment.id, assignment.primaryContentId), "delete user U0007 (",
      "delete user U0008 (", "DELETE /rest/v9/x? ", "delete user nobody? " } do
      t:wait_for(function(screen) return screen:gsub("\n", ""):find(question, 1, true) end)
      t:key("Enter")
    end
    t:wait_for("\ndone")
    assert.same({}, it_is:writes())
  end)

  it("asks about nothing else, and not with --yes nor in a dry run", function()
    local code = [[
client.users:suspend("U0007")
client.audiences.members:remove("all-colleagues", "U0008")
client.users:update("U0009", { jobTitle = "x" })
]]
    local t <close> = run("", code .. 'print("done")')
    assert.is_nil(t:wait_for("done"):find("y/N", 1, true))
    for _, options in ipairs { "--yes", "--yes --max-changes 9", "--dry-run", "--read-only" } do
      local other <close> = run(options, code .. 'client.users:delete("U0010") print("done")')
      assert.is_nil(other:wait_for("\n?done"):find("y/N", 1, true))
      other:exit_code()
    end
    assert.equal(2, it_is.sandbox:count{ method = "DELETE", path = "U0010" })
  end)

  it("does not ask where there is nobody: input or messages come from or go elsewhere", function()
    for _, redirect in ipairs { "</dev/null", "2>messages" } do
      local t <close> = run("", [[print("deleted", client.users:delete("nobody") == nil)]], redirect)
      assert.is_nil(t:wait_for("deleted%s+true"):find("y/N", 1, true))
      assert.equal(0, t:exit_code())
    end
    assert.equal(2, it_is.sandbox:count{ method = "DELETE" })
  end)

  it("goes to the guard first: what that stops is not asked about", function()
    local t <close> = run("--max-changes 0", DELETE)
    assert.is_nil(t:wait_for("\n9%s+nil%s+guard%s+max_changes"):find("y/N", 1, true))
  end)

  it("asks for the rock's thrivelua as well", function()
    interp.write(it_is.directory .. "/script.lua", 'print((assert(thrive.client()).users:delete("U0007")))')
    local root = interp.root()
    local t <close> = terminal.open{ program = interp.lua(), directory = it_is.directory, columns = 130,
      command = ('"$P" %s/bin/thrivelua script.lua'):format(root),
      env = it_is:environment{ LUA_PATH = root .. "/lua/?.lua;;", LUA_CPATH = root .. "/build/?.so;;" } }
    t:wait_for("delete user U0007 ")
    t:type("y"):key("Enter")
    t:wait_for("\ntrue")
    assert.equal(0, t:exit_code())
  end)
end)
