--- The options of `thrivelua api`: one table, for reading them, for the help and for completion.
-- Everything else with two dashes is a field of the operation, or an option of thrivelua itself.
-- @module thrive.api.options

local formats = require("thrive.output").formats

local M = {}

--- { name, argument or nil, doc, kind =, short =, for_ = }: kind is what the value has to be ("count" a whole number from
-- 1, "size" one from 0, "seconds", else text); `many` may be given again; `for_` tells which verbs have it: "list" those
-- that give many records, "paged" lists with pages, "record" what gives records at all, "write" writes with fields,
-- "rows" writes that take rows of a file, "calls" those that are a call for each row, "split" replace, "raw" requests by
-- method and path.
M.list = {
  { "output", "FORMAT", short = "o", choice = true,
    doc = ("%s or %s; a table on a terminal, else ndjson"):format(table.concat(formats, ", ", 1, #formats - 1),
      formats[#formats]) },
  { "fields", "NAMES", doc = "only these fields, in this order: ref,email,cf.department", for_ = "record" },
  { "bom", doc = "CSV for Excel: with the mark by which it knows UTF-8", for_ = "record" },
  { "all", doc = "every page, not only the first", for_ = "paged" },
  { "limit", "N", kind = "count", doc = "at most N records, over as many pages as it takes", for_ = "list" },
  { "where", "EXPR", doc = "only records for which this Lua expression is true; u is the record, cf its custom fields; "
    .. "reads all pages", for_ = "list" },
  { "from-csv", "FILE", doc = "a call for each row (of lists: an entry); - is standard input; the header names the fields",
    for_ = "rows" },
  { "column", "NAME", many = true, doc = "use only this column of the file; may be given again", for_ = "rows" },
  { "clear", "TEXT", doc = "a cell with this text clears the field; an empty one leaves it alone", for_ = "rows" },
  { "encoding", "NAME", doc = "how the file is encoded, such as cp1252; else UTF-8", for_ = "rows" },
  { "failed", "FILE", doc = "write the rows that failed here, with the reason as _error", for_ = "rows" },
  { "concurrency", "N", kind = "count", doc = "so many rows at once (8)", for_ = "calls" },
  { "body", "JSON", doc = "fields as JSON text, @FILE, or - for standard input; name=value goes on top", for_ = "write" },
  { "split", doc = "replace with the first hundred and add the others, which is not one step", for_ = "split" },
  { "query", "NAME=VALUE", many = true, doc = "a parameter in the URL; may be given again", for_ = "raw" },
  { "host", "NAME", values = { "api", "webhooks" }, doc = "api or webhooks", for_ = "raw" },
  { "timeout", "SECONDS", kind = "seconds", doc = "of one attempt (60)" },
  { "deadline", "SECONDS", kind = "seconds", doc = "of a call with all its attempts (none)" },
  { "max-retries", "N", kind = "size", doc = "so many more attempts (3)" },
  { "help", short = "h", doc = "this help" },
}

--- The same by name, and by letter.
M.named = {}
for _, option in ipairs(M.list) do
  M.named[option[1]] = option
  if option.short then M.named[option.short] = option end
end

--- Which sorts of options a verb has.
-- @tparam table verb of thrive.api.tree, or nil for a request by method and path
-- @treturn table sort → true
function M.sorts(verb)
  if not verb then return { raw = true, write = true, list = true, record = true, paged = true } end
  local entry, sorts = verb.entry, {}
  local expect = entry.expect or "object"
  if verb.how == "count" then return sorts end
  sorts.record = expect ~= "nothing"
  sorts.list = expect == "list" or expect == "array"
  sorts.paged = sorts.list -- one without pages is whole anyway
  sorts.write = entry.method ~= "GET" and (entry.params ~= nil or entry.list ~= nil)
  sorts.rows = entry.method ~= "GET"
  sorts.calls = sorts.rows and not entry.list
  sorts.split = entry.bulk ~= nil and entry.bulk.rest ~= nil
  return sorts
end

--- Has a verb this option?
function M.fits(option, sorts) return not option.for_ or sorts[option.for_] == true end

--- The value of an option as its kind wants it.
-- @tparam table option
-- @tparam string text
-- @return the value; or nil and what it must be
function M.value(option, text)
  local kind = option.kind
  if kind == "count" or kind == "size" then
    local number = text:find("^%d+$") and math.tointeger(tonumber(text))
    if not number or kind == "count" and number < 1 then
      return nil, kind == "count" and "a whole number from 1" or "a whole number"
    end
    return number
  elseif kind == "seconds" then
    local number = text:find("^%d*%.?%d*$") and tonumber(text)
    if not number or number <= 0 then return nil, "a number of seconds above 0" end
    return number
  elseif option.values then
    for _, value in ipairs(option.values) do if value == text then return text end end
    return nil, table.concat(option.values, " or ")
  end
  return text
end

return M
