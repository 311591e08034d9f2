--- What may be wrong with the arguments of thrive.csv's functions. Each check returns a message, or nil.
-- @module thrive.csv.options

local encoding = require "thrive.csv.encoding"
local faults = require "thrive.csv.fault"

local M = {}

local READER <const> = { "clear", "empty", "encoding", "fields", "header", "ignore", "operation", "raw", "required",
  "separator", "source", "trim" }
local WRITER <const> = { "atomic", "bom", "columns", "header", "line_end", "order", "raw", "separator", "source" }

local function wrong_table(options, names)
  if type(options) ~= "table" then return "the options have to be a table, not a " .. type(options) end
  local known = {}
  for _, option in ipairs(names) do known[option] = true end
  for name in pairs(options) do
    if not known[name] then return ("unknown option '%s'%s"):format(tostring(name), faults.hint(tostring(name), names)) end
  end
  return nil
end

local function wrong_names(list, option)
  if list == nil then return nil end
  if type(list) ~= "table" then return ("'%s' has to be an array of names, not a %s"):format(option, type(list)) end
  if #list == 0 then return ("'%s' names no column"):format(option) end
  local seen = {}
  for i, name in ipairs(list) do
    if type(name) ~= "string" or name == "" then return ("'%s' has something at %d that is not a name"):format(option, i) end
    if not faults.is_text(name) then
      return ('\'%s\' has something at %d that is not text in UTF-8: "%s"'):format(option, i, faults.printable(name))
    end
    if seen[name] then return ('\'%s\' names "%s" twice'):format(option, name) end
    seen[name] = true
  end
  return nil
end

local function wrong_type(options, kind, text, ...)
  for _, name in ipairs { ... } do
    if options[name] ~= nil and type(options[name]) ~= kind then return ("'%s' has to be %s"):format(name, text) end
  end
  return nil
end

local function wrong_separator(separator)
  if separator ~= nil and (type(separator) ~= "string" or #separator ~= 1 or separator:find('[\0"\r\n\x80-\xff]')) then
    return "'separator' has to be one character, not a quote or a line break"
  end
  return nil
end

-- The option that needs columns with names, where there are none.
local function needs_names(options)
  for _, name in ipairs { "required", "operation", "fields", "ignore", "clear" } do
    if options[name] ~= nil and options.header == false then return name end
  end
  return nil
end

local function wrong_columns(options)
  local unnamed = needs_names(options)
  if unnamed then return ("'%s' needs columns with names, and 'header' is false"):format(unnamed) end
  if options.operation ~= nil and options.fields ~= nil then return "'operation' has fields of its own: leave out 'fields'" end
  if options.clear == "" then return "'clear' cannot be empty: an empty cell leaves the field alone" end
  if options.clear and not options.operation then return "'clear' needs 'operation', which knows what can be cleared" end
  if options.ignore and not options.operation and not options.fields then return "'ignore' needs 'operation' or 'fields'" end
  if options.empty == "string" and options.operation then
    return "'empty' cannot be \"string\" with 'operation': an empty cell leaves the field alone"
  end
  return nil
end

--- What a file is: a path or an open file.
function M.wrong_file(path)
  local kind = io.type(path) or type(path)
  if kind == "string" and path:find("\0", 1, true) then return "a path cannot have a NUL byte in it" end
  if kind == "string" or kind == "file" then return nil end
  return "a path or an open file is needed, not " .. (kind == "nil" and kind or "a " .. kind)
end

--- The reader's. @treturn string|nil
function M.wrong_reading(options)
  if options == nil then return nil end
  local wrong = wrong_table(options, READER) or wrong_separator(options.separator)
  if wrong then return wrong end
  local header, empty = options.header, options.empty
  if header ~= nil and type(header) ~= "boolean" then wrong = wrong_names(header, "header") end
  wrong = wrong or wrong_columns(options) or wrong_names(options.required, "required")
    or wrong_names(options.fields, "fields") or wrong_names(options.ignore, "ignore")
    or wrong_type(options, "boolean", "true or false", "raw", "trim")
  if wrong then return wrong end
  if empty ~= nil and empty ~= "nil" and empty ~= "string" then return "'empty' has to be \"nil\" or \"string\"" end
  if empty == "nil" and header == false then
    return "'empty' cannot be \"nil\" when 'header' is false: the rows would have holes"
  end
  wrong = wrong_type(options, "string", "a string", "clear", "encoding", "operation", "source")
  if not wrong and options.encoding and not encoding.is_name(options.encoding) then
    return ("'encoding' has to be a name such as \"cp1252\" (got %q)"):format(options.encoding)
  end
  return wrong
end

--- The writer's. `path` is where to, or nil for text.
function M.wrong_writing(options, path)
  if options == nil then return nil end
  local wrong = wrong_table(options, WRITER) or wrong_separator(options.separator)
    or wrong_names(options.columns, "columns") or wrong_names(options.order, "order")
    or wrong_type(options, "boolean", "true or false", "atomic", "bom", "header", "raw")
    or wrong_type(options, "string", "a string", "source")
  if wrong then return wrong end
  if options.columns and options.order then return "'columns' names all of them: leave out 'order'" end
  if options.order and options.header == false then return "'order' needs names, and 'header' is false: use 'columns'" end
  local line_end = options.line_end
  if line_end ~= nil and line_end ~= "\n" and line_end ~= "\r\n" then return "'line_end' has to be \"\\n\" or \"\\r\\n\"" end
  if options.atomic and type(path) ~= "string" then return "'atomic' needs a path" end
  return nil
end

return M
