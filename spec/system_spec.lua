-- core.system: files, the terminal and the user, where Lua's own libraries do not reach.
local interp = require "spec.support.interp"
local subject = require "spec.support.subject"
local system = require("thrive.core").system

local function shell(command)
  local f = assert(io.popen(command))
  local line = f:read("l")
  f:close()
  return line
end

describe("core.system", function()
  local directory
  before_each(function() directory = interp.directory() end)
  after_each(function() interp.remove(directory) end)

  describe("list", function()
    it("gives the names in a directory that begin alike, directories with a slash", function()
      local inner = directory .. "/listed"
      assert(system.mkdir(inner, 448))
      for _, name in ipairs { "alpha.lua", "Alps.lua", "beta", ".hidden" } do interp.write(inner .. "/" .. name, "") end
      assert(system.mkdir(inner .. "/also", 448))
      local function names(...)
        local list = assert(system.list(inner, ...))
        table.sort(list)
        return list
      end
      assert.same({ "Alps.lua", "alpha.lua", "also/", "beta" }, names("", 100))
      assert.same({ "alpha.lua", "also/" }, names("al", 100))
      assert.same({ "Alps.lua", "alpha.lua", "also/" }, names("AL", 100, true))
      assert.same({ ".hidden" }, names(".", 100))
      assert.same({}, names("x", 100))
      assert.equal(2, #names("", 2))
    end)

    it("says why a directory cannot be read", function()
      local path = directory .. "/not there"
      assert.same({ nil, path .. ": No such file or directory", 2 }, { system.list(path, "", 1) })
      interp.write(directory .. "/a file", "")
      assert.is_nil((system.list(directory .. "/a file", "", 1)))
    end)
  end)

  describe("stat", function()
    it("tells type, mode, size, owner and time of what has a name", function()
      local path = directory .. "/f"
      interp.write(path, "twelve bytes")
      assert(os.execute("chmod 640 " .. path .. " && touch -d @1700000000 " .. path))
      local uid = math.tointeger(tonumber(shell("id -u")))
      assert.same({ type = "file", mode = 416, size = 12, uid = uid, mtime = 1700000000 }, system.stat(path))
      assert.equal("directory", system.stat(directory).type)
      assert.equal("character device", system.stat("/dev/null").type)
    end)

    it("follows links", function()
      assert(os.execute("ln -s . " .. directory .. "/link"))
      assert.equal("directory", system.stat(directory .. "/link").type)
    end)

    it("tells of the file that was opened, whatever has its name by now", function()
      local path = directory .. "/f"
      interp.write(path, "old")
      local f <close> = assert(io.open(path))
      assert(os.remove(path))
      interp.write(path, "a longer text")
      assert.equal(3, system.stat(f).size)
      assert.equal(13, system.stat(path).size)
    end)

    it("gives the reason where there is nothing", function()
      local path = directory .. "/none"
      assert.same({ nil, path .. ": No such file or directory", 2 }, { system.stat(path) })
    end)

    it("refuses what is no path and no open file", function()
      for _, path in ipairs { "a\0b", "" } do assert.matches("not a path", subject.raised(system.stat, path), 1, true) end
      local f = assert(io.open("/dev/null"))
      f:close()
      assert.matches("attempt to use a closed file", subject.raised(system.stat, f), 1, true)
    end)
  end)

  it("reads links, and tells what is none", function()
    assert(os.execute("ln -s ../some/where " .. directory .. "/link"))
    assert.equal("../some/where", system.readlink(directory .. "/link"))
    assert.same({ nil, directory .. ": Invalid argument", 22 }, { system.readlink(directory) })
  end)

  describe("mkdir", function()
    it("makes the directories above it too, with the same mode", function()
      assert.is_true(system.mkdir(directory .. "/a//b/c/", tonumber("700", 8)))
      assert.equal(448, system.stat(directory .. "/a").mode)
      assert.equal(448, system.stat(directory .. "/a/b/c").mode)
    end)

    it("leaves alone what is there", function()
      assert(os.execute("mkdir -m 755 " .. directory .. "/a"))
      assert.is_true(system.mkdir(directory .. "/a", tonumber("700", 8)))
      assert.equal(493, system.stat(directory .. "/a").mode)
    end)

    it("says what is in the way", function()
      interp.write(directory .. "/f", "")
      local path = directory .. "/f/d"
      assert.same({ nil, path .. ": Not a directory", 20 }, { system.mkdir(path, 448) })
      assert.same({ nil, directory .. "/f: Not a directory", 20 }, { system.mkdir(directory .. "/f", 448) })
    end)
  end)

  describe("create", function()
    it("makes a file with that mode, to be written to", function()
      local path = directory .. "/f"
      local f = assert(system.create(path, tonumber("600", 8), "exclusive"))
      assert.equal("file", io.type(f))
      assert(f:write("text"))
      assert.is_true(f:close())
      assert.equal("text", interp.read(path))
      assert.equal(384, system.stat(path).mode)
    end)

    it("does not touch what is there when it has to be exclusive, nor follow a link", function()
      local path = directory .. "/f"
      interp.write(path, "mine")
      assert(os.execute("ln -s elsewhere " .. directory .. "/link"))
      assert.same({ nil, path .. ": File exists", 17 }, { system.create(path, 384, "exclusive") })
      assert.is_nil(system.create(directory .. "/link", 384, "exclusive"))
      assert.equal("mine", interp.read(path))
      assert.is_nil(system.stat(directory .. "/elsewhere"))
    end)

    it("appends, also when somebody else does at the same time", function()
      local path = directory .. "/log"
      local a, b = assert(system.create(path, 384, "append")), assert(system.create(path, 384, "append"))
      for i = 1, 3 do
        a:write("a", i, "\n"):flush()
        b:write("b", i, "\n"):flush()
      end
      a:close()
      b:close()
      assert.equal("a1\nb1\na2\nb2\na3\nb3\n", interp.read(path))
    end)

    it("truncates", function()
      local path = directory .. "/f"
      interp.write(path, "a long text")
      assert(system.create(path, 384, "truncate")):close()
      assert.equal("", interp.read(path))
    end)

    it("does not hand the file on to children", function()
      local f <close> = assert(system.create(directory .. "/f", 384, "exclusive"))
      f:write("x")
      assert.equal("0", shell("ls -l /proc/self/fd | grep -c " .. directory .. "/f"))
    end)

    it("tells an error of writing when the file is closed", function()
      local f = assert(system.create("/dev/full", 384, "append"))
      f:write("x")
      assert.same({ nil, "No space left on device", 28 }, { f:close() })
    end)

    it("closes what nobody closed", function()
      local function open_files() return shell(("ls -l /proc/%d/fd | grep -c %s"):format(system.pid(), directory)) end
      local kept = {}
      for i = 1, 20 do kept[i] = assert(system.create(directory .. "/" .. i, 384, "exclusive")) end
      assert.equal("20", open_files())
      while next(kept) do kept[next(kept)] = nil end
      collectgarbage()
      collectgarbage()
      assert.is_true(tonumber(open_files()) <= 1) -- one may still be in a register
    end)

    it("needs to know how", function()
      local path = directory .. "/f"
      assert.matches("invalid option 'w'", subject.raised(system.create, path, 384, "w"), 1, true)
      assert.matches("not permission bits", subject.raised(system.create, path, -1, "append"), 1, true)
      assert.is_nil(system.stat(path))
    end)
  end)

  describe("sync", function()
    it("writes out what a file holds back", function()
      local f <close> = assert(system.create(directory .. "/f", 384, "exclusive"))
      f:write("text")
      assert.is_true(system.sync(f))
      assert.equal("text", interp.read(directory .. "/f"))
    end)

    it("takes a directory, and what cannot be synchronised", function()
      assert.is_true(system.sync(directory))
      local null <close> = assert(io.open("/dev/null", "w"))
      assert.is_true(system.sync(null))
    end)

    it("tells what went wrong", function()
      local none = directory .. "/none"
      assert.same({ nil, none .. ": No such file or directory", 2 }, { system.sync(none) })
      local f = assert(system.create("/dev/full", 384, "append"))
      f:write("x")
      assert.same({ nil, "No space left on device", 28 }, { system.sync(f) })
      f:close()
    end)
  end)

  describe("lock", function()
    it("is held by one at a time, until it is closed or collected", function()
      local held = assert(system.lock(directory))
      assert.equal("file", io.type(held))
      assert.is_false(system.lock(directory))
      held:close()
      assert(system.lock(directory))
      collectgarbage()
      local _ <close> = assert(system.lock(directory))
    end)

    it("is not handed on to children", function()
      local held = assert(system.lock(directory))
      assert.equal("0", shell("ls -l /proc/self/fd | grep -c -- '-> " .. directory .. "'"))
      held:close()
    end)

    it("is for directories that are there", function()
      local none = directory .. "/none"
      assert.same({ nil, none .. ": No such file or directory", 2 }, { system.lock(none) })
      interp.write(directory .. "/file", "")
      assert.same({ nil, directory .. "/file: Not a directory", 20 }, { system.lock(directory .. "/file") })
    end)
  end)

  it("knows the user and the machine", function()
    assert.equal(shell("id -u"), tostring(system.uid()))
    assert.equal(shell("id -un"), system.username())
    assert.equal(shell("getent passwd $(id -u) | cut -d: -f6"), system.home())
    assert.equal(shell("uname -n"), system.hostname())
  end)

  it("tells a terminal from what is none", function()
    local child = subject.child([[
      local system = require("thrive.core").system
      print(system.isatty(0), system.isatty(1), system.window(1))
      print(pcall(function() return system.isatty(-1) end))
    ]])
    assert.equal("false\tfalse\tnil\n"
      .. "false\tmain.lua:3: bad argument #1 to 'isatty' (not a file descriptor)\n", child.out)
  end)

  it("does not ask where there is no terminal", function()
    local root = shell("pwd")
    local child = interp.run(directory, subject.interpreter(), [[setsid -w "$P" -e '
      local system = require("thrive.core").system
      print(system.read_secret("Key: "))
      print(system.read_line("Name: "))']], { LUA_CPATH = package.cpath:gsub("%./", root .. "/") })
    local no = "nil\tno terminal to ask on (/dev/tty: No such device or address)\n"
    assert.equal(no .. no .. "|", child.out .. "|" .. child.err)
  end)
end)
