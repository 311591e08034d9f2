--- The words after `thrivelua api`, understood: which operation, with which values and options. Nothing is sent or read
-- here; every problem that can be seen is collected.
-- @module thrive.api.parse

local options = require "thrive.api.options"
local tree = require "thrive.api.tree"
local values = require "thrive.api.values"

local M = {}

local METHODS <const> = {}
for _, method in ipairs(tree.methods) do METHODS[method] = true end

local Reader = {}
Reader.__index = Reader

function Reader:problem(text, ...)
  self.problems[#self.problems + 1] = select("#", ...) > 0 and text:format(...) or text
end

-- The word after the one at hand, which is an option's value.
function Reader:value_of(shown, inline)
  if inline then return inline end
  self.at = self.at + 1
  local value = self.words[self.at]
  if not value then self:problem("'%s' needs a value", shown) end
  return value
end

-- "--name" or "--name=value" as one of our own options. Returns false when there is no such one.
function Reader:own(name, inline, shown)
  local option = options.named[name]
  if not option then return false end
  local given = self.request.options
  if not option[2] then
    if inline then self:problem("option '%s' takes no value", shown) end
    given[option[1]] = true
    return true
  end
  local text = self:value_of(shown, inline)
  if not text then return true end
  local value, must = options.value(option, text)
  if text == "" then
    self:problem("option '%s' must not be empty", shown)
  elseif value == nil then
    self:problem("option '%s' must be %s (got \"%s\")", shown, must, text)
  elseif option.many then
    given[option[1]] = given[option[1]] or {}
    table.insert(given[option[1]], value)
  elseif given[option[1]] ~= nil then
    self:problem("option '%s' is given twice", shown)
  else
    given[option[1]] = value
  end
  return true
end

-- An option of thrivelua itself, such as --dry-run: the same reader as before the word api.
function Reader:global(shown)
  local plan = self.plan
  local longopts = plan.options or require "thrive.longopts"
  local last, problem, meant = longopts.read(plan, self.words, self.at)
  if last then
    self.at = last
    if plan.program then
      self:problem("'%s' does not go with api", shown:match("^[^=]*"))
      plan.program = nil
    end
    plan.options = longopts
    self.request.global = true
    return true
  elseif not meant then
    self:problem(problem)
    return true
  end
  local names = {}
  for _, option in ipairs(options.list) do names[#names + 1] = "--" .. option[1] end
  if self.names then
    for _, name in ipairs(values.all(self.names)) do
      names[#names + 1] = "--" .. name
      names[#names + 1] = "--" .. name:gsub("%u", function(c) return "-" .. c:lower() end)
    end
  end
  local word = shown:match("^[^=]*")
  local near = values.hint(word, names)
  self.unknown[#self.unknown + 1] = near ~= "" and ("unknown option '%s'%s"):format(word, near)
    or ("unknown option '%s'%s"):format(shown, meant)
  return false
end

-- One more value for a name that was found.
function Reader:take(found, value)
  local request = self.request
  if found.arg then
    if request.args[found.arg] ~= nil then self:problem("'%s' is given twice", found.name) end
    if type(value) == "number" then value = tostring(value) end
    request.args[found.arg] = value
    return
  end
  local into = found.param and found.param.detail and request.details or request.fields
  local before = values.at(into, found.path)
  if before ~= nil then
    local kind = found.param and found.param[2]
    if kind == "array" and type(before) == "table" and type(value) == "table" then
      table.move(value, 1, #value, #before + 1, before)
      return
    elseif kind == "csv" and type(before) == "string" and type(value) == "string" then
      value = before .. "," .. value
    elseif self.records then -- a name that comes again begins the next entry
      request.list[#request.list + 1] = request.fields
      request.fields = {}
      into = request.fields
    else
      self:problem("'%s' is given twice", found.name)
    end
  end
  if not values.put(into, found.path, value) then self:problem("'%s' does not go with another value given", found.name) end
end

-- "name=value", "name:=JSON" of an operation. A name that it does not have is kept: the check of the call says what was
-- meant, together with whatever else is wrong.
function Reader:named(name, text, raw)
  local found = values.find(self.names, name)
  local value = text
  if raw then
    local why
    value, why = values.json(text)
    if value == nil then
      self.request.spoilt[found and found.name or name] = true
      return self:problem("'%s' is not JSON: %s", name, why)
    end
  elseif found then
    if text == "null" and found.param and found.param.nullable then -- a text that nobody means
      return self:problem("'%s=null' is the text null: '%s:=null' clears the field", found.name, found.name)
    end
    value = values.convert(found.param, text)
  end
  if found then
    if found.param and found.param.omit then
      return self:problem("'%s' cannot be given: the service tells it, and is not told it", found.name)
    end
    return self:take(found, value)
  end
  if name == "cf." then
    self:problem("'cf.': the name of the custom field is missing")
  elseif name:find("^cf%.") then
    self:problem("'%s': this operation takes no custom fields", name)
  elseif options.named[name:gsub("_", "-")] then
    self:problem("'%s' is an option: --%s", name, (name:gsub("_", "-")))
  elseif #self.names.fields == 0 then
    self:problem("'%s' is not a name here%s", name, values.hint(name, values.all(self.names)))
  elseif name:find(".", 1, true) or self.names.event then
    self:problem("'%s' is not a field%s", name, values.hint(name, values.all(self.names)))
  elseif self.request.fields[name] == nil then
    self.request.fields[name] = value
  end
  return nil
end

-- "--first-name Ada". Returns false when the operation has no such name.
function Reader:field_option(name, inline, shown)
  local found = self.names and not shown:find("^%-[^-]") and values.find(self.names, name)
  if not found or self.names.open and not found.param and not name:find("^cf%.") then return false end
  local following = self.words[self.at + 1]
  if not inline and found.param and found.param[2] == "boolean" and not (following and values.convert(found.param, following)
    ~= following) then
    self:take(found, true)
    return true
  end
  local text = self:value_of(shown, inline)
  if text then self:named(name, text, false) end
  return true
end

local function pair(word)
  local name, raw, text = word:match("^([^=]-)(:?)=(.*)$")
  if name and name ~= "" then return name, text, raw == ":" end
  return nil
end

-- A word of a request by method and path.
function Reader:raw_word(word)
  local raw = self.request.raw
  local name, text, is_json = pair(word)
  if not raw.path then
    raw.path = word
  elseif not name then
    self:problem("'%s' is not name=value", word)
  elseif raw.method == "GET" or raw.method == "HEAD" then
    if is_json then return self:problem("'%s': a query has no JSON, say %s=…", word, name) end
    raw.query[#raw.query + 1] = { name, text }
  else
    local value = text
    if is_json then
      local why
      value, why = values.json(text)
      if value == nil then return self:problem("'%s' is not JSON: %s", name, why) end
    end
    if self.request.fields[name] ~= nil then return self:problem("'%s' is given twice", name) end
    self.request.fields[name] = value
  end
  return nil
end

-- A word that is no option. Behind "--" (literal) it is an id while one is missing, or an entry of a list, whatever it
-- looks like.
function Reader:word(word, literal)
  local request = self.request
  if request.raw then return self:raw_word(word) end
  if request.verb then
    local name, text, raw = pair(word)
    local entry = request.verb.entry
    local free = nil -- the first path argument without a value
    for i = #self.names.args, 1, -1 do if request.args[i] == nil then free = i end end
    if name and not literal and (raw or values.find(self.names, name)) then return self:named(name, text, raw) end
    if free then
      request.args[free] = word
    elseif entry.list and not self.records then
      request.list[#request.list + 1] = word
    elseif name then
      return self:named(name, text, raw)
    else
      self:problem("'%s' is not name=value", word)
    end
    return nil
  end
  local group = request.group
  if not group then
    if METHODS[word:upper()] then
      request.raw = { method = word:upper(), query = {} }
      request.shown = word:upper()
      return nil
    end
    local names = {}
    for _, name in ipairs(tree.groups()) do
      names[#names + 1] = name
      if tree.plain(name) == tree.plain(word) then
        request.group, request.shown = tree.load(name), name
        return nil
      end
    end
    self.lost = ("there is no group '%s'%s"):format(word, values.hint(word, names))
    return nil
  end
  local child, verb = tree.find(group, word)
  if child then
    request.group, request.shown = tree.load(child), tree.words(child)
  elseif verb then
    request.verb, request.shown = verb, request.shown .. " " .. tree.spelt(verb.verb)
    self.names = values.names(verb.entry)
    local _, records = tree.takes_list(verb.entry)
    self.records = records
  else
    local known = {}
    for _, name in ipairs(group.groups or {}) do known[#known + 1] = name end
    for _, one in ipairs(tree.verbs(group)) do known[#known + 1] = tree.spelt(one.verb) end
    self.lost = ("%s has no verb '%s'%s"):format(request.shown, word, values.hint(word, known))
  end
  return nil
end

-- The words "users.create" and "audiences.members" are two each.
local function pieces(request, word)
  if request.verb or request.raw or not word:find("^%a[%w_-]*%.[%w_.-]+$") then return { word } end
  local list = {}
  for piece in word:gmatch("[^.]+") do list[#list + 1] = piece end
  return list
end

function Reader:run()
  local words, request, literal = self.words, self.request, false
  self.at = 1
  while self.at <= #words and not self.lost do
    local word = words[self.at]
    if literal or word == "-" or word:sub(1, 1) ~= "-" then
      for _, piece in ipairs(pieces(request, word)) do
        if not self.lost then self:word(piece, literal) end
      end
    elseif word == "--" then
      literal = true
    elseif word:find("^%-%-") then
      local name, inline = word:match("^%-%-([^=]*)=(.*)$")
      name = name or word:sub(3)
      local shown = "--" .. name
      if not (self:own(name, inline, shown) or self:field_option(name, inline, shown)) then self:global(word) end
    else -- -o csv, -ocsv
      local name, rest = word:match("^%-(%a)=?(.*)$")
      local option = name and options.named[name]
      if not (option and option.short == name) then
        self.unknown[#self.unknown + 1] = ("unknown option '%s'"):format(word)
      else
        self:own(name, rest ~= "" and rest or nil, "-" .. name)
      end
    end
    self.at = self.at + 1
  end
end

-- Options that the verb does not have, and path arguments that are missing.
function Reader:check()
  local request = self.request
  local sorts = options.sorts(request.verb)
  for _, option in ipairs(options.list) do
    if request.options[option[1]] ~= nil and not options.fits(option, sorts) then
      local why = option[1] == "where" or option[1] == "limit" or option[1] == "all"
      self:problem("'--%s' is for %s", option[1], why and "lists" or option.for_ == "rows" and "writes"
        or option.for_ == "record" and "what returns records" or option.for_ == "raw" and "requests by method and path"
        or option.for_ == "split" and "replace" or option.for_ == "calls" and "writes that are a call for each row"
        or "writes with fields")
    end
  end
  local given = request.options
  for _, name in ipairs { "clear", "column", "encoding", "failed", "concurrency" } do
    if given[name] ~= nil and not given["from-csv"] and options.fits(options.named[name], sorts) then
      self:problem("'--%s' goes with --from-csv", name)
    end
  end
  if given.bom and given.output ~= "csv" and options.fits(options.named.bom, sorts) then
    self:problem("'--bom' goes with -o csv")
  end
  if request.raw then
    if not request.raw.path then self:problem("the path is missing, such as /rest/v1/tags") end
  elseif not given["from-csv"] then
    for i, arg in ipairs(self.names.args) do
      if request.args[i] == nil then self:problem("missing %s (%s)", arg[1], arg.doc) end
    end
  end
  if self.records and next(request.fields) ~= nil then
    request.list[#request.list + 1] = request.fields
    request.fields = {}
  end
end

--- Reads the words.
-- @tparam {string,...} words what follows `api`
-- @tparam table plan of the command line: gets the values of thrivelua's own options
-- @treturn table request: `shown` ("users create"), `group`, `verb` (of thrive.api.tree) or `raw` { method, path, query =
--   { { name, value }, … } }, `args` (by number), `fields`, `details` (of an event's envelope), `list`, `options`, `names`,
--   `global` (options of thrivelua came), `spoilt` (names whose values cannot be read), `lost` (it is not clear what is meant)
-- @treturn {string,...} problems; empty when all is well
-- @treturn boolean|nil true when the one problem says by itself where it is
function M.parse(words, plan)
  local self = setmetatable({
    words = words, plan = plan, problems = {}, unknown = {},
    request = { shown = "", args = {}, fields = {}, details = {}, list = {}, options = {}, spoilt = {} },
  }, Reader)
  self:run()
  local request = self.request
  request.names = self.names
  if self.lost or #self.unknown > 0 then -- what follows would be guesses
    request.lost = true
    local problems = self.unknown
    if self.lost then return request, { self.lost }, true end
    return request, problems
  end
  if (request.verb or request.raw) and not request.options.help then self:check() end
  return request, self.problems
end

return M
