-- The version: one place (src/version.h), and everybody who shows it agrees.
local thrive = require "thrive"
local sandboxes = require "thrive.sandbox"
local interp = require "spec.support.interp"

local function read(path)
  local f <close> = assert(io.open(path, "rb"))
  return f:read("a")
end

local function output(command)
  local pipe <close> = assert(io.popen(command .. " 2>&1"))
  return pipe:read("a")
end

local version = read("src/version.h"):match('THRIVE_VERSION "([^"]+)"')

describe("the version", function()
  it("is three numbers in src/version.h", function()
    assert.truthy(version:find("^%d+%.%d+%.%d+$"), version)
  end)

  it("is thrive._VERSION", function()
    assert.equal(version, thrive._VERSION)
  end)

  it("is what thrivelua --version says", function()
    local text = output(interp.quote(interp.thrivelua()) .. " --version")
    assert.equal(version, text:match("^thrivelua (%S+)"), text)
  end)

  it("is in the User-Agent, with what runs it", function()
    local sandbox = assert(sandboxes.start{ users = 1 })
    local client <close> = assert(sandbox:client())
    assert(client.users:list())
    local agent = sandbox:requests()[1].headers["user-agent"]
    sandbox:stop()
    assert.equal(version, agent:match("^thrive%-lua/(%S+) %(Lua 5%.4"), agent)
  end)

  it("is in the rockspec of a release, which differs from the other in nothing but version and source", function()
    local path = os.tmpname()
    local said = output("make -s rockspec SOURCE_URL=https://example.com/thrive.git ROCKSPEC=" .. path)
    local release = {}
    assert(load(read(path), "=release", "t", release), said)()
    os.remove(path)
    local scm = {}
    assert(loadfile("thrive-scm-1.rockspec", "t", scm))()
    assert.equal(version .. "-1", release.version)
    assert.same({ url = "https://example.com/thrive.git", tag = "v" .. version }, release.source)
    release.version, release.source, scm.version, scm.source = nil, nil, nil, nil
    assert.same(scm, release)
  end)

  it("is in the rockspec's name", function()
    assert.equal("thrive-" .. version .. "-1.rockspec\n", output("make -s --no-print-directory print-rockspec"))
  end)
end)
