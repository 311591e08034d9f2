-- The editor types in library/: every line fits a strict grammar of LuaLS's annotations, the files are Lua, every type that is
-- named is there, and every public function, request field and record field is typed and described. That the files are what
-- `make reference` writes is a matter of check-lint.

local describe_ = require "thrive.describe"
local manual = require "thrive.manual"

-- ---- the grammar of types -------------------------------------------------------------------------------------------

local builtin = { any = true, boolean = true, integer = true, ["nil"] = true, number = true, string = true, table = true,
  ["true"] = true, userdata = true, ["file*"] = true, self = true }

-- Reads a type from text at a position: the position after it; raises what does not fit. names: takes every name met.
local parse_type

local function expect(text, at, wanted)
  if text:sub(at, at + #wanted - 1) ~= wanted then error(("%s expected at %d of %s"):format(wanted, at, text)) end
  return at + #wanted
end

-- fun(a: T, b?: T, ...: T): T, T
local function parse_function(text, at, names)
  at = expect(text, at, "fun(")
  while text:sub(at, at) ~= ")" do
    if text:find("^%.%.%.%)", at) then
      at = at + 3
      break
    end
    local stop = text:match("^[%a_][%w_]*%??: ()", at) or text:match("^%.%.%.: ()", at)
    if not stop then error("a parameter expected at " .. at .. " of " .. text) end
    at = parse_type(text, stop, names)
    at = text:match("^, ()", at) or at
  end
  at = at + 1
  if text:sub(at, at + 1) == ": " then
    at = at + 2
    at = text:match("^%.%.%.()", at) or parse_type(text, at, names)
    while text:sub(at, at + 1) == ", " do at = parse_type(text, at + 2, names) end
  end
  return at
end

local function parse_one(text, at, names)
  local c = text:sub(at, at)
  if c == "(" then
    at = expect(text, parse_type(text, at + 1, names), ")")
  elseif c == '"' then
    at = text:match('^"[^"]*"()', at) or error("an open string in " .. text)
  elseif text:find("^fun%(", at) then
    return parse_function(text, at, names)
  elseif text:find("^table<", at) then
    at = expect(text, parse_type(text, at + 6, names), ", ")
    at = expect(text, parse_type(text, at, names), ">")
  else
    local name, stop = text:match("^([%a_][%w_]*[%w_.]*%*?)()", at)
    if not name then error(("a type expected at %d of %s"):format(at, text)) end
    names[name] = true
    at = stop
  end
  while text:sub(at, at + 1) == "[]" do at = at + 2 end
  return text:match("^%?()", at) or at
end

function parse_type(text, at, names)
  at = parse_one(text, at, names)
  while text:sub(at, at) == "|" do at = parse_one(text, at + 1, names) end
  return at
end

-- ---- reading a file -------------------------------------------------------------------------------------------------

-- What stands behind a type: words, or anything after a "#".
local function check_remark(text)
  if not text:find("^ %w[^\n]") and not text:find("^ # .%S*") then error("no description in: " .. text) end
  if text:find("[ \t]$") then error("blanks at the end of: " .. text) end
end

local function read_file(path, found)
  local doc, tags, class, number = {}, {}, nil, 0
  local function reset() doc, tags = {}, {} end
  local function names_of(generics)
    local names = {}
    for name in pairs(found.current) do if not generics[name] then found.used[name] = found.used[name] or path end end
    return names
  end
  local rules = {
    { "^%-%-%-@meta ?([%w._]*)$", function(name)
      assert(number == 1)
      found.meta[path] = name
    end },
    { "^%-%-%-@class ([%w._]+)(.*)$", function(name, parents)
      class = found.classes[name] or { fields = {}, methods = {} }
      if parents ~= "" then
        local parent = assert(parents:match("^: ([%w._]+)$"), parents)
        found.used[parent] = path
        class.parent = parent
      end
      class.described = class.described or #doc > 0
      found.classes[name], found.last = class, class
      reset()
    end },
    { "^%-%-%-@alias ([%w._]+) (.+)$", function(name, type_)
      assert(#doc > 0, "an alias that is not described")
      assert.equal(#type_ + 1, parse_type(type_, 1, found.current))
      names_of {}
      assert.is_nil(found.classes[name], name)
      found.classes[name] = { alias = type_, fields = {}, methods = {}, described = true }
      reset()
    end },
    { "^%-%-%-@field (%[string%]) (.+)$", function(_, rest)
      check_remark(rest:sub(parse_type(rest, 1, found.current)))
      class.open = true
    end },
    { "^%-%-%-@field ([%a_][%w_]*)(%??) (.+)$", function(name, mark, rest)
      local stop = parse_type(rest, 1, found.current)
      check_remark(rest:sub(stop))
      names_of {}
      assert(class, "a field of nothing")
      assert.is_nil(class.fields[name], name)
      class.fields[name] = { type = rest:sub(1, stop - 1), optional = mark == "?", doc = rest:sub(stop) }
    end },
    { "^%-%-%-@generic (.+)$", function(rest)
      tags.generics = {}
      for name in rest:gmatch("(%u)%f[%W]") do tags.generics[name] = true end
      assert(rest:find("^%u") and next(tags.generics))
    end },
    { "^%-%-%-@param (%S+) (.+)$", function(name, rest)
      local plain, mark = name:match("^([%a_][%w_]*)(%??)$")
      if name == "..." then plain, mark = name, "" end
      assert(plain, name)
      local stop = parse_type(rest, 1, found.current)
      check_remark(rest:sub(stop))
      tags[#tags + 1] = { name = plain, type = rest:sub(1, stop - 1), optional = mark == "?" }
    end },
    { "^%-%-%-@return (.+)$", function(rest)
      local stop = parse_type(rest, 1, found.current)
      assert(rest:sub(stop):find("^ [%a_][%w_]* # %S") or rest:sub(stop):find("^ %.%.%. # %S"), rest)
      tags.returns = tags.returns or {}
      table.insert(tags.returns, rest:sub(1, stop - 1))
    end },
    { "^%-%-%-@type (%S+)$", function(name)
      assert.equal(#name + 1, parse_type(name, 1, found.current))
      names_of {}
      tags.type = name
    end },
    { "^%-%-%-([^@].*)$", function(text)
      assert(#tags == 0 and not tags.returns, "text after tags")
      doc[#doc + 1] = text
    end },
    { "^%-%-%-$", function() doc[#doc + 1] = "" end },
    { "^local ([%a_][%w_]*) = {}$", function(name)
      assert(found.last, "a table without a class")
      found.variables[name], found.last = found.last, nil
      reset()
    end },
    { "^function ([%a_][%w_]*)([.:])([%a_][%w_]*)%((.*)%) end$", function(owner, mark, name, list)
      local methods = assert(found.variables[owner], owner).methods
      assert.is_nil(methods[name], owner .. mark .. name)
      assert(#doc > 0, "a function that is not described")
      local parameters = {}
      for parameter in list:gmatch("[^, ]+") do parameters[#parameters + 1] = parameter end
      local told = {}
      for i, tag in ipairs(tags) do told[i] = tag.name end
      assert.same(parameters, told)
      names_of(tags.generics or {})
      methods[name] = { mark = mark, params = tags, returns = tags.returns or {}, doc = table.concat(doc, "\n") }
      reset()
    end },
    { "^return ([%a_]+)$", function(name) assert(found.variables[name], name) end },
    { "^thrive = nil$", function() assert.equal("thrive", tags.type) end },
    { "^%-%- Written by .*$", function() end },
    { "^$", function()
      class = nil
      reset()
    end },
  }
  for line in io.lines(path) do
    number = number + 1
    local fits
    for _, rule in ipairs(rules) do
      local captures = table.pack(line:match(rule[1]))
      if captures[1] then
        fits = true
        found.current = {}
        local ok, why = pcall(rule[2], table.unpack(captures, 1, captures.n))
        if not ok then error(("%s:%d: %s"):format(path, number, tostring(why)), 0) end
        for name in pairs(found.current) do
          if not (tags.generics and tags.generics[name]) then found.used[name] = found.used[name] or path end
        end
        break
      end
    end
    if not fits then error(("%s:%d: no annotation: %s"):format(path, number, line), 0) end
  end
end

local files = { "library/thrive.lua", "library/thrive/sandbox.lua", "library/thrivelua.lua" }

local function read_all()
  local found = { classes = {}, variables = {}, used = {}, meta = {}, current = {} }
  for _, path in ipairs(files) do read_file(path, found) end
  return found
end

describe("library/", function()
  local found = read_all()

  local function class(name) return assert(found.classes[name], "there is no class " .. name) end

  it("is Lua, which has no effect but to return a module", function()
    for _, path in ipairs(files) do assert(loadfile(path)) end
    assert.equal("thrive", found.meta["library/thrive.lua"])
    assert.equal("thrive.sandbox", found.meta["library/thrive/sandbox.lua"])
    local thrive = dofile("library/thrive.lua")
    assert.equal("function", type(thrive.client))
    assert.equal("function", type(dofile("library/thrive/sandbox.lua").start))
  end)

  it("is read by a grammar that refuses what is wrong", function()
    local function refused(text)
      local path = os.tmpname()
      local file = assert(io.open(path, "w"))
      file:write(text, "\n")
      file:close()
      local ok = pcall(read_file, path, { classes = {}, variables = {}, used = {}, meta = {}, current = {} })
      os.remove(path)
      return not ok
    end
    assert.is_false(refused("---@meta x\n\n---text\n---@class A\n---@field a? string|nil what it is\nlocal a = {}"))
    assert.is_true(refused("---@meta x\n\n---text\n---@class A\n---@field a? string|"))
    assert.is_true(refused("---@meta x\n\n---text\n---@class A\n---@field a string"))
    assert.is_true(refused("---@meta x\n\n---text\n---@class A\n---@field a string { what"))
    assert.is_true(refused("---@meta x\n\n---text\n---@class A\n---@feild a string what"))
    assert.is_true(refused("---@meta x\n\n---text\n---@class A\n---@field a fun(: string what"))
    assert.is_true(refused("---@meta x\n\n---text\n---@class A\nlocal a = {}\n\n---text\nfunction a.f(x) end"))
    assert.is_true(refused("---@meta x\n\n---text\n---@class A\nlocal a = {}\n\n---@param x string what\nfunction a.f(x) end"))
  end)

  it("has every type that it names, and describes each", function()
    for name, path in pairs(found.used) do
      assert(builtin[name] or found.classes[name] or name:find("^%u$"), ("%s names %s"):format(path, name))
    end
    for name, entry in pairs(found.classes) do assert.is_true(entry.described, name) end
  end)

  -- The fields that a class has for those of the catalogue, nested ones in classes of their own.
  local count
  local function same_fields(name, fields, reading)
    local own = class(name).fields
    local names = {}
    for _, field in ipairs(fields) do
      count = count + 1
      names[field[1]] = true
      local told = assert(own[field[1]], ("%s has no %s"):format(name, field[1]))
      assert(told.doc:find(field.doc, 1, true), name .. "." .. field[1])
      for _, choice in ipairs(field.enum or field.items and field.items.enum or {}) do
        assert(told.type:find(('"%s"'):format(choice), 1, true), name .. "." .. field[1])
      end
      assert.equal(field.nullable or false, told.type:find("thrive.null", 1, true) ~= nil, name .. "." .. field[1])
      if not reading then assert.equal(not field.required or field.unless ~= nil, told.optional, name .. "." .. field[1]) end
      local inner = field.fields or field.items and field.items.fields
      if inner then
        assert(told.type:find(name .. "." .. field[1], 1, true), name .. "." .. field[1])
        same_fields(name .. "." .. field[1], inner, reading)
      end
    end
    for field in pairs(own) do assert.is_true(names[field], ("%s has a %s too many"):format(name, field)) end
  end

  it("has every record with every field", function()
    count = 0
    for _, group in ipairs(describe_.groups()) do
      for name, record in pairs(group.records) do
        same_fields("thrive." .. name, record, true)
        assert.equal(record.extends and "thrive." .. record.extends, class("thrive." .. name).parent)
      end
    end
    assert.is_true(count > 150)
  end)

  local function group_of(operation) return class("thrive.groups." .. operation.group.name) end

  it("has every operation with every field that it takes", function()
    count = 0
    for _, operation in ipairs(describe_.operations()) do
      local entry, name = operation.entry, operation.name
      local method = assert(group_of(operation).methods[entry.verb], name)
      assert.equal(":", method.mark)
      assert(method.doc:find(entry.doc, 1, true), name)
      assert(method.doc:find(entry.path, 1, true), name)
      assert(method.doc:find(describe_.example_of(name), 1, true), name)
      assert.equal("options", method.params[#method.params].name)
      assert.is_true(method.params[#method.params].optional)
      assert.equal(3, #method.returns)
      assert.equal("thrive.Error?", method.returns[2])
      assert.equal("thrive.Meta", method.returns[3])
      if entry.returns then
        assert(method.returns[1]:find("thrive." .. entry.returns, 1, true), name)
      else
        assert.equal("true?", method.returns[1])
      end
      for i, arg in ipairs(entry.args or {}) do assert.equal(arg[1], method.params[i].name) end
      local wanted = describe_.table_of(entry)
      for _, param in ipairs(method.params) do
        local fields = param.name == wanted and not entry.event and entry.params
          or param.name == "user" and entry.event and entry.params[4].fields[1].fields
          or entry.list and param.name == entry.list[1] and entry.list.items.fields
        if fields then same_fields(param.type:gsub("%[%]$", ""), fields) end
        if param.name == wanted then
          local _, must = describe_.table_of(entry)
          assert.equal(not must, param.optional, name)
          wanted = nil
        end
      end
      assert(entry.event or not wanted, name .. " takes no " .. tostring(wanted))
    end
    assert.is_true(count > 250)
  end)

  it("has the sisters of every list, which give its records", function()
    for _, operation in ipairs(describe_.operations()) do
      for _, verb in ipairs(operation.entry.pages and describe_.list_verbs or {}) do
        local method = assert(group_of(operation).methods[verb], operation.group.name .. "." .. verb)
        local record, first = "thrive." .. operation.entry.returns, method.returns[1]
        if verb == "each" then assert.equal(("fun(): %s"):format(record), first) end
        if verb == "pages" then assert.equal(("fun(): %sPage, thrive.Meta"):format(record), first) end
        if verb == "all" then assert.equal(record .. "[]", first) end
        if verb == "count" then assert.equal("integer?", first) end
        local options = method.params[#method.params].type
        assert.equal(verb == "count" and "thrive.CallOptions" or "thrive.IterationOptions", options)
        assert.equal(record .. "[]", class(record .. "Page").fields.results.type)
      end
    end
  end)

  it("has no group, and no verb, that the module does not have", function()
    local known = {}
    for _, group in ipairs(describe_.groups()) do
      local verbs = {}
      for _, entry in ipairs(group.operations) do
        verbs[entry.verb] = true
        for _, verb in ipairs(entry.pages and describe_.list_verbs or {}) do verbs[verb] = true end
      end
      known["thrive.groups." .. group.name] = verbs
    end
    for name, entry in pairs(found.classes) do
      if name:find("^thrive%.groups%.") then
        assert(known[name], name)
        for verb in pairs(entry.methods) do assert.is_true(known[name][verb], name .. ":" .. verb) end
      end
    end
    for _, name in ipairs(require("thrive.catalogue").groups) do
      assert.equal("thrive.groups." .. name, class("thrive.Client").fields[name].type)
    end
  end)

  it("has every function and method of the manual, and no other", function()
    local objects = { client = "thrive.AnyClient", task = "thrive.Task", reader = "thrive.CsvReader",
      writer = "thrive.CsvWriter", sandbox = "thrive.Sandbox" }
    local told = {}
    for _, entry in ipairs(manual.entries()) do
      local owner, mark, name = entry.name:match("^(.-)([.:])([^.:]*)$")
      while owner and name:find("^[^:]*$") and mark == "." and entry.name:match("^(.*)%.[^.]*$") ~= owner do
        owner, name = entry.name:match("^(.*)%.([^.]*)$")
      end
      if entry.kind == "function" or entry.kind == "method" then
        local of = entry.kind == "function" and owner or assert(objects[owner], owner)
        local method = assert(class(of).methods[name], entry.name)
        told[of .. mark .. name] = true
        assert.equal(mark, method.mark, entry.name)
        for i, row in ipairs(entry.params or {}) do
          assert.equal(row[1], method.params[i].name)
          assert.equal((row.optional or false) and row[1] ~= "...", method.params[i].optional, entry.name)
        end
        for i, choice in ipairs(entry.signature:find("^for ") and {} or entry.returns or {}) do
          assert.equal(choice.optional or false, method.returns[i]:find("%?$") ~= nil, entry.name)
        end
        if entry.example then assert(method.doc:find(entry.example, 1, true), entry.name) end
      end
    end
    for name, entry in pairs(found.classes) do
      if not name:find("^thrive%.groups%.") then
        for method, what in pairs(entry.methods) do assert.is_true(told[name .. what.mark .. method], name .. "." .. method) end
      end
    end
  end)

  it("has every field of the manual's tables", function()
    count = 0
    local function look(name, rows)
      local own = class(name).fields
      for _, row in ipairs(rows) do
        count = count + 1
        local field = assert(own[row[1]], name .. "." .. row[1])
        assert.equal(row.optional or false, field.optional, name .. "." .. row[1])
        assert(field.doc:find(row.doc, 1, true), name .. "." .. row[1])
        if row.fields then look(field.type:gsub("%[%]$", ""), row.fields) end
      end
    end
    for _, entry in ipairs(manual.entries()) do
      if entry.class and entry.fields then look(entry.class, entry.fields) end
      for _, list in ipairs { entry.params or {}, entry.returns or {} } do
        for _, row in ipairs(list) do if row.fields then look(row[2]:gsub("%[%]$", ""), row.fields) end end
      end
    end
    assert.is_true(count > 150)
  end)
end)
