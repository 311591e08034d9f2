-- The help of `thrivelua api` at every level, its examples, and what the completion of shells asks for: all of it comes from
-- the catalogue, so every operation is looked at.
local api = require "thrive.api"
local command = require "spec.support.command"
local help = require "thrive.api.help"
local options = require "thrive.api.options"
local parse = require "thrive.api.parse"
local tree = require "thrive.api.tree"

-- Every verb of every group, as the command line has them.
local verbs, groups = {}, {}
local function collect(name)
  local group = tree.load(name)
  groups[#groups + 1] = group
  for _, verb in ipairs(tree.verbs(group)) do verbs[#verbs + 1] = verb end
  for _, child in ipairs(group.groups or {}) do collect(name .. "." .. child) end
end
for _, name in ipairs(tree.groups()) do collect(name) end

local function words_of(verb) return tree.words(verb.group.name) .. " " .. tree.spelt(verb.verb) end

local function split(text)
  local words = {}
  for word in text:gmatch("%S+") do words[#words + 1] = word end
  return words
end

local function help_of(text)
  local words = split(text)
  words[#words + 1] = "--help"
  local request, problems = parse.parse(words, {})
  assert.same({}, problems)
  return help.text(request)
end

-- What has to be so of every page of help.
local function check_page(text)
  for line in text:gmatch("[^\n]*") do assert.truthy(utf8.len(line) <= 80, line) end
  for _, word in ipairs { "thrive%.", "options%.", "client%.", "nil " } do -- the words of scripts
    assert.is_nil(text:find(word), word .. " in " .. text)
  end
  assert.equal("\n", text:sub(-1))
end

describe("the help of thrivelua api", function()
  for _, verb in ipairs(verbs) do
    it("tells all of " .. words_of(verb), function()
      local text = help_of(words_of(verb))
      check_page(text)
      local entry = verb.entry
      assert.truthy(text:find(entry.method .. " " .. entry.path, 1, true))
      assert.truthy(text:find("Scope of a token: " .. entry.scope, 1, true))
      assert.truthy(text:find("--output FORMAT", 1, true))
      for _, arg in ipairs(entry.args or {}) do assert.truthy(text:find(arg[1]:upper(), 1, true)) end
      for _, param in ipairs((tree.fields(entry))) do
        local mark = param.required and "\n* " or "\n  "
        if not param.omit and not param.fields then
          assert.truthy(text:find(mark .. param[1], 1, true), param[1])
          for _, value in ipairs(param.enum or {}) do assert.truthy(text:find(value, 1, true), value) end
        end
        for _, inner in ipairs(param.fields or {}) do
          assert.truthy(inner.omit or text:find("  " .. param[1] .. "." .. inner[1], 1, true), inner[1])
        end
      end
    end)
  end

  it("names every verb and subgroup of a group", function()
    for _, group in ipairs(groups) do
      local text = help_of(tree.words(group.name))
      check_page(text)
      for _, verb in ipairs(tree.verbs(group)) do
        assert.truthy(verb.alias or text:find("\n  " .. tree.spelt(verb.verb) .. " ", 1, true), verb.name)
      end
      for _, child in ipairs(group.groups or {}) do assert.truthy(text:find("\n  " .. child .. " ", 1, true)) end
    end
  end)

  it("names every group, and of options those that the verb has", function()
    local text = help_of("")
    check_page(text)
    for _, group in ipairs(groups) do assert.truthy(text:find("\n  " .. tree.words(group.name), 1, true), group.name) end
    check_page(help_of("GET"))
    assert.truthy(help_of("users list"):find("--where EXPR", 1, true))
    assert.is_nil(help_of("users get"):find("--where", 1, true))
    assert.truthy(help_of("audiences members replace"):find("--split", 1, true))
    assert.is_nil(help_of("audiences members add"):find("--split", 1, true))
    assert.is_nil(help_of("users delete"):find("--body", 1, true))
  end)

  it("shares no name between options and fields, so that --name is never two things", function()
    local long = require("thrive.longopts").options
    for _, verb in ipairs(verbs) do
      local names = require("thrive.api.values").names(verb.entry)
      for _, name in ipairs(require("thrive.api.values").all(names)) do
        for _, option in ipairs(options.list) do
          assert.are_not.equal(tree.plain(option[1]), tree.plain(name), verb.name)
        end
        for _, option in ipairs(long) do assert.are_not.equal(tree.plain(option.name), tree.plain(name), verb.name) end
      end
    end
    for _, option in ipairs(long) do
      assert.truthy(option.name == "help" or not options.named[option.name], option.name)
    end
  end)
end)

describe("the examples of thrivelua api", function()
  local tenant

  setup(function()
    tenant = command.start(30)
    tenant:file("people.csv", "email,site\nada@example.org,Leeds\n")
  end)
  teardown(function() tenant:close() end)

  it("are commands: none is refused as misuse, and in a dry run none writes", function()
    local lines = { "thrivelua() { \"$P\" --dry-run \"$@\"; }" }
    for _, verb in ipairs(verbs) do
      local example = help.example(verb)
      assert.truthy(example:find("^thrivelua api " .. words_of(verb):gsub("%-", "%%-")), example)
      lines[#lines + 1] = example .. " >.example 2>.complaint; echo \"$? $(cat .complaint)\""
    end
    local result = tenant:sh(table.concat(lines, "\n"))
    local at = 0
    for line in result.out:gmatch("[^\n]+") do
      if line:find("^%d+ ") then
        at = at + 1
        local status, why = line:match("^(%d+) (.*)$")
        local fine = status == "0" or status == "5" and why:find("not_found", 1, true)
        assert.truthy(fine, ("%s: %s"):format(help.example(verbs[at]), line))
        if verbs[at].entry.method ~= "GET" then assert.equal("0", status) end
      end
    end
    assert.equal(#verbs, at)
    assert.equal(0, tenant:writes())
  end)

  it("can be copied as they stand: the shell joins their lines to what was meant", function()
    for _, verb in ipairs(verbs) do
      local shown = help_of(words_of(verb)):match("\nExample:\n  (.*)\n$")
      assert.equal(help.example(verb), (shown:gsub("\\\n    ", "")))
      for line in shown:gmatch("[^\n]+") do assert.equal(0, select(2, line:gsub("'", "")) % 2, line) end
    end
  end)

  it("stand in the help at every level, of which the top one is checked as well", function()
    local top = help.text(parse.parse({}, {}))
    local n = 0
    for line in top:gmatch("\n  (thrivelua api [^\n]+)") do
      n = n + 1
      local result = tenant:sh("thrivelua() { \"$P\" --dry-run \"$@\"; }\n" .. line)
      assert.equal(0, result.code, line .. "\n" .. result.err)
    end
    assert.equal(5, n)
  end)
end)

describe("what comes next on the command line", function()
  local function next_words(text)
    local list, set = {}, {}
    for _, entry in ipairs(api.words(split(text))) do
      assert.is_string(entry.doc)
      list[#list + 1] = entry.word
      set[entry.word] = true
    end
    return set, list
  end

  it("is a group or a method at first", function()
    local set, list = next_words("")
    for _, name in ipairs(tree.groups()) do assert.is_true(set[name]) end
    assert.is_true(set.GET and set.PATCH and set["--help"] and set["--dry-run"])
    assert.equal("users", list[1])
  end)

  it("is a subgroup or a verb behind a group", function()
    local set = next_words("audiences")
    assert.is_true(set.members and set.managers and set.list and set.count and set.create)
    assert.is_nil(set.each)
    assert.is_true(next_words("audiences members").add)
    assert.is_true(next_words("audiences.members").add)
    assert.is_true(next_words("users")["get-by-ref"])
  end)

  it("is a field or an option behind a verb, with the values that it can have", function()
    local set = next_words("users create")
    assert.is_true(set["ref="] and set["role=learner"] and set["sso=true"] and set["--from-csv"] and set["--body"])
    assert.is_nil(set["--all"])
    assert.is_true(next_words("users list")["--all"])
  end)

  it("is a value behind an option or a field that waits for one", function()
    local _, list = next_words("users list --status")
    assert.same({ "active", "inactive", "expired", "new" }, list)
    _, list = next_words("users create --login-method")
    assert.same({ "email", "ref" }, list)
    _, list = next_words("GET /rest/v1/tags --host")
    assert.same({ "api", "webhooks" }, list)
    _, list = next_words("users list -o")
    assert.same(require("thrive.output").formats, list)
    assert.same({}, (next_words("users list --limit")))
    assert.is_true(next_words("users list --limit 3")["--all"])
  end)

  it("is something for every verb, and each of it is understood", function()
    for _, verb in ipairs(verbs) do
      for _, entry in ipairs(api.words(split(words_of(verb)))) do
        local name = entry.word:match("^%-%-(.+)$")
        local known = not name or options.named[name]
        for _, option in ipairs(require("thrive.longopts").options) do known = known or option.name == name end
        assert.truthy(known, entry.word)
      end
    end
  end)
end)
