--- The manual: everything public that is no operation of the catalogue, as data, for `thrive.help`, the reference and the
-- editor types. One file per subject under lua/thrive/manual/, each an array of entries. Fields of an entry:
--
-- * `name`: what help finds it by: "thrive.map", "client:request", "errors"; `also`: other names;
-- * `kind`: "function", "method" (its object is what stands before the colon), "value", "module", "object", "verb" (of
--   every list), "options", "kind" (of errors) or "topic";
-- * `signature`: how it is called or written; `doc`: what it does, paragraphs separated by an empty line, the first
--   sentence being a summary, with code in `backquotes`, which help leaves out;
-- * `params`: { name, type, doc =, … } each, with `optional`, `default` (what holds without it, in words), `enum` (as they
--   stand between quotes), `fields` (of a table); `returns`: the same, where `optional` says that it may be nil; `raises`, in
--   words;
-- * `fields`: the same of an object, a module (values), options, a topic's table; `heading`: what that table is called;
-- * `class`: the class of an object in the editor types; `class_of`: its parent in them; `generic`: their type parameters;
--   `editor`, of a parameter: its type in them, where that is more than help shows;
-- * `example`: Lua that runs as it stands, after `client` is there; lines of at most 76 columns; `see`: other topics.
--
-- A type is an expression of the editor types: "string", "integer", "string[]", "string|file*", "fun(…): …", "thrive.Task".
-- @module thrive.manual

local M = {}

--- The files, in the order in which help and the reference show them.
M.parts = { "client", "calls", "lists", "errors", "tasks", "values", "csv", "webhooks", "sandbox", "prompt" }

--- Every entry, in order.
-- @treturn table
function M.entries()
  local all = {}
  for _, part in ipairs(M.parts) do
    local entries = require("thrive.manual." .. part)
    table.move(entries, 1, #entries, #all + 1, all)
  end
  return all
end

--- One entry by its name.
-- @tparam string name
-- @treturn table|nil
function M.entry(name)
  for _, entry in ipairs(M.entries()) do if entry.name == name then return entry end end
  return nil
end

return M
