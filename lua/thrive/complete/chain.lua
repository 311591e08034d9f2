--- What an expression such as `client.users`, `t.list[1]` or `thrive.client{…}` is, as far as that can be told without running
-- anything: by raw access to tables that are there, by the catalogue and by the manual.
--
-- What it is, is a subject: { kind = "value", value = } for what exists; "client" (aptem = true or not), "group" (group),
-- "verb" (group, entry, verb), "entry" (entry of the manual), "record" (fields), "list" (of), "iterator" (of = array) for
-- what is known of it only.
-- @module thrive.complete.chain

local catalogue = require "thrive.catalogue"
local describe = require "thrive.describe"
local manual = require "thrive.manual"
local values = require "thrive.inspect.value"

local M = {}

local STEPS_MOST <const> = 50
local DEPTH_MOST <const> = 10 -- names that stand for names

-- ---- reading tokens -------------------------------------------------------------------------------------------------

local closers = { [")"] = "(", ["]"] = "[", ["}"] = "{" }
local openers = { ["("] = ")", ["["] = "]", ["{"] = "}" }

--- Can an expression that may be called or indexed end with this token?
function M.ends_expression(token)
  if not token then return false end
  local kind, s = token.kind, token.text
  return kind == "name" or kind == "string" or kind == "op" and closers[s] ~= nil
end

--- The bracket that a closing one belongs to: index of its token, or nil.
function M.opening(tokens, at)
  local depth = 0
  for i = at, 1, -1 do
    local s = tokens[i].kind == "op" and tokens[i].text
    if closers[s] then
      depth = depth + 1
    elseif openers[s] then
      depth = depth - 1
      if depth == 0 then return i end
    end
  end
  return nil
end

--- Reads the expression that ends with a token.
-- @tparam table tokens
-- @tparam integer last index of that token
-- @treturn table|nil { root = name, or text = a literal, steps = { { op = "." | ":" | "[" | "(", … } } }
-- @treturn integer index of its first token
function M.parse(tokens, last)
  local steps, at = {}, last
  local function step(s)
    table.insert(steps, 1, s)
    return #steps <= STEPS_MOST
  end
  while at >= 1 do
    local token = tokens[at]
    local before = tokens[at - 1]
    if token.kind == "name" then
      local op = before and before.kind == "op" and (before.text == "." or before.text == ":") and before.text
      if not op then return { root = token.text, steps = steps }, at end
      if not M.ends_expression(tokens[at - 2]) or not step { op = op, name = token.text } then return nil end
      at = at - 2
    elseif token.kind == "string" then
      if not M.ends_expression(before) or not step { op = "(", from = at, to = at } then return nil end
      at = at - 1
    elseif token.kind == "op" and closers[token.text] then
      local open = M.opening(tokens, at)
      if not open then return nil end
      if not M.ends_expression(tokens[open - 1]) then
        local inner = tokens[open + 1]
        if token.text == ")" and open + 2 == at and inner.kind == "string" then
          return { text = inner.value or "", steps = steps }, open
        end
        return nil
      end
      local s
      if token.text == "]" then
        local key = tokens[open + 1]
        if open + 2 ~= at then return nil end
        s = { op = "[" }
        if key.kind == "string" then s.key = key.value else s.key = key.kind == "number" and tonumber(key.text) or nil end
      elseif token.text == ")" then
        s = { op = "(", from = open + 1, to = at - 1 }
      else
        s = { op = "(", from = open, to = at }
      end
      if not step(s) then return nil end
      at = open - 1
    else
      return nil
    end
  end
  return nil
end

-- The last token of the expression that begins with one: a name and what follows it.
local function extent(tokens, first, limit)
  local at = first
  while at < limit do
    local token = tokens[at + 1]
    if token.kind == "op" and (token.text == "." or token.text == ":") and tokens[at + 2] and tokens[at + 2].kind == "name" then
      at = at + 2
    elseif token.kind == "op" and openers[token.text] then
      local depth, i = 0, at + 1
      repeat
        local s = tokens[i].kind == "op" and tokens[i].text
        depth = depth + (openers[s] and 1 or closers[s] and -1 or 0)
        i = i + 1
      until depth == 0 or i > limit
      if depth ~= 0 then return nil end
      at = i - 1
    elseif token.kind == "string" then
      at = at + 1
    else
      break
    end
  end
  return at
end

-- ---- names that the text itself gives -------------------------------------------------------------------------------

--- The names that a text makes, the last meaning of each: `local a = …`, `a = …`, `for a, b in … do`.
-- @tparam table tokens
-- @treturn table name → { first =, last = (tokens of the expression), place = (which value of it), loop = boolean }
function M.bindings(tokens)
  local names, n = {}, #tokens
  local function bind(list, first, loop)
    local last = first <= n and tokens[first].kind == "name" and extent(tokens, first, n)
    for place, name in ipairs(list) do
      names[name] = { first = last and first or nil, last = last or nil, place = place, loop = loop }
    end
  end
  local i = 1
  while i <= n do
    local token = tokens[i]
    local is_for = token.text == "for" and token.kind == "keyword"
    local is_local = token.text == "local" and token.kind == "keyword"
    local before = tokens[i - 1]
    local plain = token.kind == "name" and not (before and (before.kind == "op" and before.text:find("^[.:{,]$")
      or before.text == "local" or before.text == "for"))
    if is_for or is_local or plain then
      local list, at = {}, plain and i or i + 1
      while tokens[at] and tokens[at].kind == "name" do
        list[#list + 1] = tokens[at].text
        at = at + 1
        if tokens[at] and tokens[at].text == "<" then at = at + 3 end -- <const>, <close>
        if not (tokens[at] and tokens[at].text == ",") then break end
        at = at + 1
      end
      local sign = tokens[at] and tokens[at].text
      if #list > 0 and (is_for and sign == "in" or not is_for and sign == "=") then bind(list, at + 1, is_for) end
      if #list > 0 and is_local and sign ~= "=" then bind(list, n + 1, false) end
    end
    i = i + 1
  end
  return names
end

-- ---- what it is -----------------------------------------------------------------------------------------------------

local function client_kind(v)
  -- Of clients of Aptem the group users is there from the start.
  local face = debug.getuservalue(v, 1)
  local users = type(face) == "table" and rawget(face, "users")
  local group = users and values.group_of(users)
  return { kind = "client", aptem = group ~= nil and group.name == "aptem.users" }
end

local function classify(v)
  if v == nil then return nil end
  if values.is_client(v) then return client_kind(v) end
  local group = values.group_of(v)
  if group then return { kind = "group", group = group } end
  if type(v) == "table" then
    for _, name in ipairs { "thrive", "thrive.csv", "thrive.webhooks", "thrive.sandbox" } do
      if rawequal(v, package.loaded[name]) then
        local entry = manual.entry(name)
        if entry then return { kind = "entry", entry = entry } end
      end
    end
  end
  return { kind = "value", value = v }
end

local function entry_of_class(class)
  for _, entry in ipairs(manual.entries()) do
    if entry.class == class and entry.kind ~= "function" then return entry end
  end
  return nil
end

-- What a type of the manual is; nil for plain ones.
local function of_type(name)
  if type(name) ~= "string" or not name:find("^thrive[%w.]*$") then return nil end
  if name == "thrive.Client" then return { kind = "client", aptem = false } end
  if name == "thrive.AptemClient" then return { kind = "client", aptem = true } end
  local entry = entry_of_class(name)
  return entry and { kind = "entry", entry = entry } or nil
end

-- What has a class: an entry, or a value that some function takes or returns.
local function owner_of(class)
  local entry = entry_of_class(class)
  if entry then return entry end
  for _, other in ipairs(manual.entries()) do
    for _, list in ipairs { other.returns or {}, other.params or {} } do
      for _, value in ipairs(list) do if value[2] == class and value.fields then return value end end
    end
  end
  return nil
end

--- The fields that a parameter or a field has in its turn: its own, or those of its class and of the class before it.
-- @tparam table field of the catalogue or the manual
-- @treturn table|nil array of fields
function M.fields_of(field)
  if field.fields then return field.fields end
  local class, all, seen = field[2], nil, {}
  while type(class) == "string" and class:find("^thrive%.") and not seen[class] do
    seen[class] = true
    local owner = owner_of(class)
    if not owner then break end
    all = all or {}
    for _, inner in ipairs(owner.fields or {}) do all[#all + 1] = inner end
    class = owner.class_of
  end
  return all
end

-- What a field of a record is.
local function of_field(field)
  local items = field.items and field.items.fields
  if items then return { kind = "list", of = { kind = "record", fields = items } } end
  local fields = M.fields_of(field)
  if not fields then return nil end
  if field[2] == "array" or type(field[2]) == "string" and field[2]:find("%[%]$") then
    return { kind = "list", of = { kind = "record", fields = fields } }
  end
  return { kind = "record", fields = fields }
end

local function record_of(group, entry)
  if not entry.returns or not group.records[entry.returns] then return nil end
  return { kind = "record", fields = describe.fields_of(group, entry.returns) }
end

local function page_of(record)
  local page = of_type("thrive.Page")
  local fields = { { "results", "list" } }
  for _, field in ipairs(page and page.entry.fields or {}) do
    if field[1] ~= "results" then fields[#fields + 1] = field end
  end
  return { kind = "record", fields = fields, results = record and { kind = "list", of = record } }
end

-- What calling a subject gives.
local function called(subject)
  if subject.kind == "verb" then
    local record, entry = record_of(subject.group, subject.entry), subject.entry
    if subject.verb == "each" then return { kind = "iterator", of = { record } } end
    if subject.verb == "pages" then return { kind = "iterator", of = { page_of(record) } } end
    if subject.verb == "all" or entry.expect == "array" then return record and { kind = "list", of = record } end
    if subject.verb == "count" or entry.expect == "nothing" then return nil end
    if entry.expect == "list" then return page_of(record) end
    return record
  elseif subject.kind == "entry" then
    local first = subject.entry.returns and subject.entry.returns[1]
    return first and (of_type(first[2]) or of_field(first)) or nil
  end
  return nil
end

--- The operation behind a verb of a group, the sisters of a list included.
-- @treturn table|nil entry of the catalogue
function M.operation(group, verb)
  for _, entry in ipairs(group.operations) do
    if entry.verb == verb then return entry end
    if entry.pages then
      for _, sister in ipairs(describe.list_verbs) do if sister == verb then return entry end end
    end
  end
  return nil
end

-- A raw field, also of tables that __index names.
local function raw_field(v, key)
  for _ = 1, DEPTH_MOST do
    if type(v) == "table" then
      local found = rawget(v, key)
      if found ~= nil then return found end
    end
    local mt = debug.getmetatable(v)
    v = type(mt) == "table" and rawget(mt, "__index")
    if type(v) ~= "table" then return nil end
  end
  return nil
end

local function member(subject, name)
  local kind = subject.kind
  if kind == "client" then
    if subject.aptem then return name == "users" and { kind = "group", group = catalogue.load("aptem.users") } or nil end
    for _, group in ipairs(catalogue.groups) do
      if group == name then return { kind = "group", group = catalogue.load(name) } end
    end
    local entry = manual.entry("client:" .. name)
    return entry and { kind = "entry", entry = entry }
  elseif kind == "group" then
    for _, child in ipairs(subject.group.groups or {}) do
      if child == name then return { kind = "group", group = catalogue.load(subject.group.name .. "." .. name) } end
    end
    local entry = M.operation(subject.group, name)
    return entry and { kind = "verb", group = subject.group, entry = entry, verb = name }
  elseif kind == "entry" then
    local own = subject.entry
    local entry = manual.entry(own.name .. "." .. name) or manual.entry(own.name .. ":" .. name)
    if entry then return { kind = "entry", entry = entry } end
    for _, field in ipairs(own.fields or {}) do if field[1] == name then return of_field(field) end end
  elseif kind == "record" then
    if name == "results" and subject.results then return subject.results end
    for _, field in ipairs(subject.fields) do if field[1] == name then return of_field(field) end end
  elseif kind == "value" then
    return classify(raw_field(subject.value, name))
  end
  return nil
end

local resolve

-- The first value among the tokens from … to: a name, or what is a call's only argument.
local function first_value(scope, from, to, depth)
  if not from or from > to or scope.tokens[from].kind ~= "name" then return nil end
  local last = extent(scope.tokens, from, to)
  return last and resolve(scope, last, depth + 1)
end

local function module_named(name)
  local entry = manual.entry(name)
  if entry and entry.kind == "module" then return { kind = "entry", entry = entry } end
  return classify(package.loaded[name])
end

-- What a name stands for: what the text says, else what there is.
local function of_name(scope, name, depth)
  local bound = scope.bindings[name]
  if bound and depth < DEPTH_MOST then
    if not bound.last or bound.last >= scope.last then return nil end
    if not bound.loop then return bound.place == 1 and resolve(scope, bound.last, depth + 1) or nil end
    local tokens = scope.tokens
    local first = tokens[bound.first].text
    if first == "ipairs" or first == "pairs" then
      local list = tokens[bound.first + 1] and tokens[bound.first + 1].text == "("
        and first_value(scope, bound.first + 2, bound.last - 1, depth)
      return list and list.kind == "list" and bound.place == 2 and list.of or nil
    end
    local iterator = resolve(scope, bound.last, depth + 1)
    return iterator and iterator.kind == "iterator" and iterator.of[bound.place] or nil
  end
  local v = raw_field(scope.globals, name)
  if v ~= nil and not (type(v) == "function" and (name == "help" or name == "apropos")) then return classify(v) end
  if name == "client" then return { kind = "client", aptem = false } end -- made when it is first used
  local entry = (name == "thrive" or name == "help" or name == "apropos")
    and manual.entry(name == "thrive" and name or "thrive." .. name)
  return entry and { kind = "entry", entry = entry } or nil
end

--- What the expression that ends with a token is.
-- @tparam table scope `tokens`, `bindings`, `globals`, `last` (the token before the cursor)
-- @tparam integer last index of the expression's last token
-- @treturn table|nil subject
function resolve(scope, last, depth)
  depth = depth or 0
  if depth > DEPTH_MOST then return nil end
  local chain = M.parse(scope.tokens, last)
  if not chain then return nil end
  local steps, from, subject = chain.steps, 1
  local first = steps[1]
  if chain.text then
    subject = { kind = "value", value = chain.text }
  elseif chain.root == "require" and first and first.op == "(" then
    local word = scope.tokens[first.from]
    subject, from = word and word.kind == "string" and first.from == first.to and word.value and module_named(word.value), 2
  elseif chain.root == "assert" and first and first.op == "(" then
    subject, from = first_value(scope, first.from, first.to, depth), 2
  else
    subject = of_name(scope, chain.root, depth)
  end
  for i = from, #steps do
    if not subject then return nil end
    local step = steps[i]
    if step.op == "(" then
      subject = called(subject)
    elseif step.op == "[" then
      if subject.kind == "list" then
        subject = math.type(step.key) == "integer" and subject.of or nil
      else
        subject = step.key ~= nil and member(subject, step.key)
      end
    else
      subject = member(subject, step.name)
    end
  end
  return subject or nil
end
M.resolve = resolve

return M
