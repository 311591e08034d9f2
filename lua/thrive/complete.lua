--- What may stand at the cursor: for Tab at the prompt. Keywords, globals and the names that the text itself makes; keys of
-- tables; groups and verbs of clients; fields of requests and options inside the table of a call; their values inside quotes;
-- topics of help, modules, files, profiles.
--
-- Nothing is called and nothing is sent. Tables are read raw, and of large ones only so much; what a call would return is
-- known from the catalogue and the manual. Read from outside are a directory, inside the quotes of a file name, and the names
-- in the file of profiles, inside those of one.
-- @module thrive.complete

local M = {}

local WORDS_MOST <const> = 300    -- candidates
local KEYS_MOST <const> = 50000   -- keys of a table that are looked at
local FILES_MOST <const> = 2000
local TEXT_MOST <const> = 65536   -- bytes of text that are read
local INDEX_MOST <const> = 10     -- tables behind __index

local chain, context, lexer, values -- loaded by the first Tab

local function load_parts()
  if chain then return end
  lexer, values = require "thrive.complete.lexer", require "thrive.inspect.value"
  chain, context = require "thrive.complete.chain", require "thrive.complete.context"
end

-- ---- collecting -----------------------------------------------------------------------------------------------------
-- A collector takes words that begin with a prefix. Case counts unless no word fits: then firstname finds firstName.

local Words = {}
local words_meta = { __index = Words }

local function collector(prefix)
  return setmetatable({ prefix = prefix, lower = prefix:lower(), exact = {}, n = 0, folded = {}, m = 0, what = {} }, words_meta)
end

--- what: the text to be put after the word when it is the only one.
function Words:add(word, what)
  if type(word) ~= "string" or self.what[word] ~= nil then return end
  local size = #self.prefix
  if word:sub(1, size) == self.prefix then
    self.n = self.n + 1
    self.exact[self.n] = word
  elseif self.n == 0 and word:sub(1, size):lower() == self.lower then
    self.m = self.m + 1
    self.folded[self.m] = word
  else
    return
  end
  self.what[word] = what or false
end

function Words:result(first)
  local words = self.n > 0 and self.exact or self.folded
  table.sort(words)
  local last = words[#words]
  if #words > WORDS_MOST then
    -- The last one stays, so that what all have in common at the beginning is what the first and the last have.
    words = table.move(words, 1, WORDS_MOST - 1, 1, {})
    words[WORDS_MOST] = last
  end
  return { first = first, words = words, append = #words == 1 and self.what[words[1]] or nil }
end

local NOTHING <const> = false

-- ---- what follows a dot, a colon, nothing ---------------------------------------------------------------------------

local function after_function(rest) return not rest:find("^%s*[({\"']") and "(" or nil end

-- The keys of a table, and of those that __index names.
local function add_keys(words, v, functions_only, rest)
  local seen, looked = {}, 0
  for _ = 1, INDEX_MOST do
    if type(v) == "table" and not seen[v] then
      seen[v] = true
      for key, value in next, v do
        looked = looked + 1
        if looked > KEYS_MOST then return end
        if values.is_name(key) then
          local is_function = type(value) == "function"
          if is_function or not functions_only then words:add(key, is_function and after_function(rest)) end
        end
      end
    end
    local mt = debug.getmetatable(v)
    v = type(mt) == "table" and rawget(mt, "__index")
    if type(v) ~= "table" then return end
  end
end

local function after_verb(entry, verb, rest)
  if rest:find("^%s*[({\"']") then return nil end
  local takes_table = not entry.args and (entry.list or entry.event or entry.params and entry.method ~= "GET")
  return takes_table and verb == entry.verb and "{" or "("
end

local function after_group(group, rest)
  if rest:find("^[.:]") then return nil end
  local verbs, groups = #group.operations > 0, group.groups and #group.groups > 0
  if verbs and not groups then return ":" end
  return groups and not verbs and "." or nil
end

-- What the manual has under an entry: "thrive." and "client:".
local function add_manual(words, name, op, rest)
  local begin = name .. op
  for _, entry in ipairs(require("thrive.manual").entries()) do
    if entry.name:sub(1, #begin) == begin then
      local word = entry.name:sub(#begin + 1)
      if values.is_name(word) then
        local follows = (entry.kind == "function" or entry.kind == "method") and after_function(rest)
          or entry.kind == "module" and not rest:find("^%.") and "." or nil
        words:add(word, follows)
      end
    end
  end
end

local function add_members(words, subject, op, rest)
  local kind = subject.kind
  if kind == "client" then
    local catalogue = require "thrive.catalogue"
    if op == ":" then
      add_manual(words, "client", ":", rest)
    elseif subject.aptem then
      words:add("users", after_group(catalogue.load("aptem.users"), rest))
    else
      for _, name in ipairs(catalogue.groups) do words:add(name, after_group(catalogue.load(name), rest)) end
    end
  elseif kind == "group" then
    local group = subject.group
    if op == ":" then
      for _, verb in ipairs(values.verbs(group)) do words:add(verb, after_verb(chain.operation(group, verb), verb, rest)) end
    else
      for _, child in ipairs(group.groups or {}) do
        words:add(child, after_group(require("thrive.catalogue").load(group.name .. "." .. child), rest))
      end
    end
  elseif kind == "entry" then
    add_manual(words, subject.entry.name, op, rest)
    for _, field in ipairs(op == "." and subject.entry.fields or {}) do words:add(field[1]) end
  elseif kind == "record" and op == "." then
    for _, field in ipairs(subject.fields) do if values.is_name(field[1]) then words:add(field[1]) end end
  elseif kind == "value" then
    if type(subject.value) == "string" then
      if op == ":" then add_keys(words, string, true, rest) end
    else
      add_keys(words, subject.value, op == ":", rest)
    end
  end
end

local function add_names(words, scope, rest)
  for word in pairs(values.reserved) do words:add(word) end
  for name in pairs(scope.bindings) do words:add(name) end
  add_keys(words, scope.globals, false, rest)
  words:add("client")
end

-- ---- inside a call --------------------------------------------------------------------------------------------------

-- The parameter whose table the cursor is in, and what is called.
local function parameter_at(scope, where)
  local subject = chain.resolve(scope, where.callee)
  local field = subject and context.argument(subject, where.position)
  return field and context.follow(field, where.path, subject), subject
end

local function add_fields(words, field, subject, used, rest)
  local follows = not rest:find("^%s*=") and " = " or nil
  for _, inner in ipairs(context.inside(field, subject) or {}) do
    if not used[inner[1]] and not inner.omit and values.is_name(inner[1]) then words:add(inner[1], follows) end
  end
end

-- Values in full: what is typed outside of quotes.
local function add_literals(words, field)
  for _, value in ipairs(field and field.enum or {}) do words:add(('"%s"'):format(value)) end
  if field and field[2] == "boolean" then
    words:add("true")
    words:add("false")
  end
end

-- Verbs behind a dot: of `help(client.users.create)`, else they want a colon, which is put there instead.
local function complete_verb(scope, group, dot, first, prefix, rest)
  local tokens = scope.tokens
  local _, from = chain.parse(tokens, #tokens - 1)
  local named = from and tokens[from - 1] and tokens[from - 1].text == "(" and tokens[from - 2]
    and tokens[from - 2].text == "help"
  local words = collector((named and "" or ":") .. prefix)
  for _, verb in ipairs(values.verbs(group)) do
    if named then words:add(verb) else words:add(":" .. verb, after_verb(chain.operation(group, verb), verb, rest)) end
  end
  return words:result(named and first or dot)
end

-- A word outside of quotes.
local function complete_word(scope, first, prefix, rest)
  local tokens, words = scope.tokens, collector(prefix)
  local before = tokens[#tokens]
  local op = before and before.kind == "op" and before.text
  if (op == "." or op == ":") and before.last + 1 <= first then
    local subject = chain.ends_expression(tokens[#tokens - 1]) and chain.resolve(scope, #tokens - 1)
    if subject then add_members(words, subject, op, rest) end
    if op == "." and subject and subject.kind == "group" and words.n + words.m == 0 and before.last + 1 == first then
      return complete_verb(scope, subject.group, before.first, first, prefix, rest)
    end
    return words:result(first)
  end
  local where = context.locate(tokens)
  if where and (where.at == "key" or where.at == "value") then
    local field, subject = parameter_at(scope, where)
    if field and where.at == "key" then
      add_fields(words, field, subject, where.used, rest)
      local item = context.item_of(field)
      if item and prefix == "" then add_literals(words, item) end
    elseif field and prefix == "" then
      add_literals(words, context.named(context.inside(field, subject), where.key))
    elseif field then
      local value = context.named(context.inside(field, subject), where.key)
      if value and value[2] == "boolean" then add_literals(words, value) end
    end
    if words.n + words.m > 0 then return words:result(first) end
  end
  add_names(words, scope, rest)
  return words:result(first)
end

-- ---- inside quotes --------------------------------------------------------------------------------------------------

local file_functions = {} -- function → true: their first argument names a file
for _, f in ipairs { loadfile, dofile, io.open, io.lines, io.input, io.output, os.remove, os.rename } do
  file_functions[f] = true
end

-- Is it fit to be typed between quotes, and to be shown?
local function is_plain(s) return not s:find('[%c"\'\\\x7f]') and utf8.len(s) ~= nil end

local function complete_file(first, typed, close)
  local directory, prefix = typed:match("^(.*/)([^/]*)$")
  directory, prefix = directory or "", prefix or typed
  local from = first + #directory
  local words = collector(prefix)
  local names = require("thrive.core").system.list(directory == "" and "." or directory, prefix, FILES_MOST, true)
  for _, name in ipairs(names or {}) do -- none where there is no such directory: nothing to say
    if is_plain(name) then words:add(name, name:sub(-1) ~= "/" and close) end
  end
  return words:result(from)
end

local function complete_topic(first, typed, close)
  local words = collector(typed)
  for _, topic in ipairs(context.topics()) do words:add(topic, close) end
  return words:result(first)
end

local function complete_module(first, typed, close)
  local words, looked = collector(typed), 0
  for _, loaded in ipairs { package.loaded, package.preload } do
    for name in next, loaded do
      looked = looked + 1
      if looked > KEYS_MOST then break end
      -- Of this module's parts those that are public, which the manual knows.
      if type(name) == "string" and is_plain(name) and name:sub(1, 7) ~= "thrive." then words:add(name, close) end
    end
  end
  for _, entry in ipairs(require("thrive.manual").entries()) do
    if entry.kind == "module" then words:add(entry.name, close) end
  end
  return words:result(first)
end

local function complete_values(enum, first, typed, close)
  local words = collector(typed)
  for _, value in ipairs(enum or {}) do words:add(value, close) end
  return words:result(first)
end

local function complete_profile(first, typed, close)
  local words = collector(typed)
  for name in pairs(require("thrive.profile").read() or {}) do -- none where the file is not in order: using it tells why
    if type(name) == "string" and is_plain(name) then words:add(name, close) end
  end
  return words:result(first)
end

-- Keys of a table that is there, or fields of a record that is known: t["
local function complete_key(scope, where, first, typed, close)
  local subject = chain.resolve(scope, where.callee)
  local words = collector(typed)
  if subject and subject.kind == "value" and type(subject.value) == "table" then
    local looked = 0
    for key in next, subject.value do
      looked = looked + 1
      if looked > KEYS_MOST then break end
      if type(key) == "string" and is_plain(key) then words:add(key, close) end
    end
  elseif subject then
    add_members(words, subject, ".", "(")
    for word in pairs(words.what) do words.what[word] = close end
  end
  return words:result(first)
end

-- The function that is called with a string, and which argument it is.
local function called_with(scope, callee, position, first, typed, close)
  local parsed = chain.parse(scope.tokens, callee)
  if parsed and parsed.root == "require" and #parsed.steps == 0 then return complete_module(first, typed, close) end
  local subject = chain.resolve(scope, callee)
  if not subject then return NOTHING end
  if subject.kind == "value" then
    return file_functions[subject.value] and position == 1 and complete_file(first, typed, close) or NOTHING
  end
  local field = context.argument(subject, position)
  if subject.kind == "entry" and (subject.entry.name == "thrive.help" or subject.entry.name == "thrive.apropos") then
    return complete_topic(first, typed, close)
  elseif subject.kind == "entry" and context.is_path(field) then
    return complete_file(first, typed, close)
  end
  return field and field.enum and complete_values(field.enum, first, typed, close) or NOTHING
end

local function complete_string(scope, text, open, rest)
  local tokens, first = scope.tokens, open.first
  local typed = text:sub(first)
  if typed:find("\\", 1, true) then return NOTHING end -- what it says is not what is typed
  local close = rest:sub(1, 1) ~= open.quote and open.quote or nil
  local before = tokens[#tokens]
  if chain.ends_expression(before) then return called_with(scope, #tokens, 1, first, typed, close) end
  local where = context.locate(tokens)
  if not where then return NOTHING end
  if where.at == "index" then return complete_key(scope, where, first, typed, close) end
  if where.at == "argument" then return called_with(scope, where.callee, where.position, first, typed, close) end
  if where.at == "expression" then return NOTHING end
  local field, subject = parameter_at(scope, where)
  if not field then return NOTHING end
  local value
  if where.at == "key" then
    value = context.item_of(field) -- an element of a list
  else
    value = context.named(context.inside(field, subject), where.key)
  end
  if context.is_path(value) or value and value[1]:find("_file$") then return complete_file(first, typed, close) end
  if value and value[1] == "profile" then return complete_profile(first, typed, close) end
  return complete_values(value and value.enum, first, typed, close)
end

-- ---- the one function -----------------------------------------------------------------------------------------------

--- What may stand at the cursor.
-- @tparam string line the text, from the beginning of the chunk: it may have several lines
-- @tparam[opt] integer cursor how many bytes of it are before the cursor (all)
-- @tparam[opt] table globals the globals of the session (_G)
-- @treturn table `first`: index of the byte at which the word begins; `words`: what may stand from there to the cursor, sorted,
--   at most 300, of more the last is among them; `append`: text to be put after the word when it is the only one, or nil.
--   Words begin with what is typed; when none does, they do but for the case of letters. Verbs typed behind a dot are words
--   that begin with the colon they want, and `first` is that of the dot.
-- @usage local found = complete.candidates("client.us", 9, _G) -- first = 8, words = { "users" }, append = ":"
function M.candidates(line, cursor, globals)
  cursor = math.max(0, math.min(cursor or #line, #line))
  local text, rest = line:sub(1, cursor), line:sub(cursor + 1)
  if #text > TEXT_MOST then return { first = cursor + 1, words = {} } end
  load_parts()
  local tokens, is_open, open = lexer.tokens(text)
  local scope = { tokens = tokens, globals = globals or _G }
  local found
  if is_open == "string" then
    scope.bindings, scope.last = chain.bindings(tokens), #tokens
    found = complete_string(scope, text, open, rest)
  elseif not is_open then
    local last, first, prefix = tokens[#tokens], cursor + 1, ""
    if last and last.last == cursor then
      if last.kind == "name" or last.kind == "keyword" then
        first, prefix = last.first, last.text
        tokens[#tokens] = nil
      elseif last.kind == "number" or last.kind == "string" then
        return { first = first, words = {} }
      end
    end
    scope.bindings, scope.last = chain.bindings(tokens), #tokens + 1
    found = complete_word(scope, first, prefix, rest)
  end
  return found or { first = cursor + 1, words = {} }
end

return M
