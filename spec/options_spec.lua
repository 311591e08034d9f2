-- Every option is told wherever options are told, and nothing is told that is none: --help, the manual page, the completions of
-- the three shells, the README.
package.path = "./?.lua;" .. package.path
local interp = require "spec.support.interp"
local line = require "doc.commandline"

local function output(command)
  local pipe <close> = assert(io.popen(interp.quote(interp.thrivelua()) .. " " .. command))
  return pipe:read("a")
end

-- Every "--word" of a text, as a set.
local function words_in(text)
  local found = {}
  for name in text:gmatch("%f[%w-]%-%-([%a][%w-]*)") do found[name] = true end
  return found
end

local long, known = {}, {}
for _, option in ipairs(line.long) do
  long[#long + 1] = option.name
  known[option.name] = true
end
local api = {}
for _, option in ipairs(line.api) do
  api[#api + 1] = option[1]
  known[option[1]] = true
end
local fields = {} -- as options: the completions offer them
for _, node in ipairs(line.nodes) do
  for _, field in ipairs(node.fields) do
    fields[field.name:match("^[^.]+"):gsub("%u", function(c) return "-" .. c:lower() end)] = true
  end
end
local man = interp.read("doc/thrivelua.1"):gsub("\\%-", "-"):gsub("\\f.", "")

describe("every option is in", function()
  -- name → text, and whether the options of api are told there as well
  local places = {
    ["--help"] = { output("--help"), false }, ["the manual page"] = { man, true },
    ["the completion for bash"] = { interp.read("completions/thrivelua.bash"), true },
    ["the completion for zsh"] = { interp.read("completions/_thrivelua"), true },
    ["the completion for fish"] = { interp.read("completions/thrivelua.fish"), true },
  }
  for place, told in pairs(places) do
    it(place, function()
      local found = words_in(told[1])
      for _, name in ipairs(long) do assert.is_true(found[name], "--" .. name) end
      if told[2] then
        for _, name in ipairs(api) do assert.is_true(found[name], "--" .. name) end
      end
      for _, option in ipairs(line.lua) do
        assert.truthy((" " .. told[1]):find("[%s'\"]" .. option.flag:gsub("%-", "%%-") .. "[%s'\":]") or option.flag == "-",
          option.flag)
      end
    end)

    it(place .. ", and nothing else", function()
      -- What the manual page has as examples.
      local others = { ["--help"] = {}, ["the manual page"] = { name = true, status = true } }
      for name in pairs(words_in(told[1])) do
        assert.is_true(known[name] or (others[place] or fields)[name] or false, "--" .. name)
      end
    end)
  end

  it("a manual page whose examples fit 80 columns, 11 of them blank", function()
    local lines = 0
    for block in interp.read("doc/thrivelua.1"):gmatch("\n%.nf\n(.-)\n%.fi") do
      for text in block:gmatch("[^\n]+") do
        lines = lines + 1
        assert.is_true(#text:gsub("\\e", "\\"):gsub("\\%-", "-"):gsub("\\&", "") <= 69, text)
      end
    end
    assert.is_true(lines > 10)
  end)

  it("the table of the README, and nothing else", function()
    local found, rows = {}, 0
    for row in interp.read("README.md"):match("\n## thrivelua\n(.-)\n## "):gmatch("\n| (`%-%-[^|]*)|") do
      rows = rows + 1
      for name in row:gmatch("`%-%-([%w-]+)") do found[name] = true end
    end
    assert.is_true(rows > 5)
    for _, name in ipairs(long) do assert.is_true(found[name], "--" .. name) end
    for name in pairs(found) do assert.is_true(known[name], "--" .. name) end
  end)

  it("a --help of 24 lines, each with what the option takes", function()
    local text = places["--help"][1]
    for _, option in ipairs(line.long) do
      local name = "--" .. option.name .. (option.argument and " " .. option.argument or "")
      assert.truthy(text:find("\n  " .. name .. " ", 1, true) or text:find(name .. ",", 1, true)
        or text:find(", " .. name .. " ", 1, true), name)
      assert.truthy(man:find(name, 1, true), name)
    end
    assert.is_true(select(2, text:gsub("\n", "")) <= 24)
  end)

  it("the manual page, with every exit status and every kind of error", function()
    local exit = require "thrive.exit"
    local part = man:match("\n%.SH EXIT STATUS\n(.-)\n%.SH ")
    for kind, status in pairs(exit.codes) do
      local row = part:match(("\n?%%.TP\n%d\n([^\n]*\n?[^.][^\n]*)"):format(status))
      assert.truthy(row and (row .. ","):find("%f[%w_]" .. kind .. "[,)]"), kind)
    end
  end)

  it("the manual page, with every variable of the environment that the module reads", function()
    local read = {}
    local pipe <close> = assert(io.popen("cat lua/thrive/*.lua lua/thrive/*/*.lua"))
    local source = pipe:read("a")
    for name in source:gmatch('getenv%("([%u_]+)"%)') do read[name] = true end
    for name in source:gmatch('"(THRIVE_[%u_]+)"') do read[name] = true end
    for _, name in ipairs(require("thrive.options").secrets) do read["THRIVE_" .. name:upper()] = true end
    assert.is_true(read.THRIVE_PROFILE and read.TERM and read.THRIVE_TOKEN)
    read.HOME = nil -- as everywhere
    for name in pairs(read) do assert.truthy(man:find("%f[%w_]" .. name .. "%f[^%w_]"), name) end
  end)
end)
