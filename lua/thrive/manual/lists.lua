--- The manual of lists: the five verbs that each has, the options of iteration, pages.

local params = { "params", "table", optional = true, doc = "parameters of the list: see the list's own page" }
local options = { "options", "thrive.CallOptions", optional = true, doc = "options of the call: see options" }
local iteration = { "options", "thrive.IterationOptions", optional = true, doc = "see iteration" }

return {
  { name = "lists", kind = "topic", signature = "client.<group>:list, each, pages, all, count",
    doc = "Every list has five verbs of the same arguments. each, pages and all ask for the largest page that the service "
      .. "gives unless `perPage` says otherwise, and read ahead: while the script works on a page the next ones travel. They "
      .. "raise what goes wrong, and again when asked again, so that a loop never ends early and looks complete. A loop that "
      .. "is left gives up what is on its way, at once.",
    heading = "verbs",
    fields = {
      { "list", "one page", doc = "{ results = {…}, pagination = {…} }, err, meta" },
      { "each", "a loop", doc = "record after record" },
      { "pages", "a loop", doc = "page after page, with its meta" },
      { "all", "an array", doc = "every record" },
      { "count", "an integer", doc = "how many there are, err, meta" },
    },
    example = [[
local active = { status = "active" }
for user in client.users:each(active, { fields = { "ref", "email" } }) do
  if user.email:find("care", 1, true) then print(user.ref) end
end
print((client.users:count(active)))]],
    see = { "each", "pages", "all", "count", "iteration", "page" } },

  { name = "list", kind = "verb", signature = "client.<group>:list(ids…, params, options)",
    doc = "One page of a list, as the service gives it.",
    params = { params, options },
    returns = {
      { "page", "thrive.Page", optional = true, doc = "see page" },
      { "err", "thrive.Error", optional = true, doc = "an error of any kind: see errors" },
      { "meta", "thrive.Meta", doc = "see meta" },
    },
    example = [[
local page = assert(client.users:list{ status = "active", perPage = 10 })
print(#page.results, page.pagination.totalResults)]],
    see = { "lists", "page" } },

  { name = "each", kind = "verb", signature = "for record in client.<group>:each(ids…, params, options) do",
    doc = "Loops over the records of a list, page after page.",
    params = { params, iteration },
    returns = { { "record", "table", doc = "the next record, in a loop" } },
    raises = "the error objects of calls; kind partial, code incomplete, after the last record when other records came than "
      .. "the service announced",
    example = [[
for user in client.users:each{ status = "new" } do print(user.ref) end]],
    see = { "lists", "iteration" } },

  { name = "pages", kind = "verb", signature = "for page, meta in client.<group>:pages(ids…, params, options) do",
    doc = "Loops over the pages of a list.",
    params = { params, iteration },
    returns = {
      { "page", "thrive.Page", doc = "the next page, in a loop: see page" },
      { "meta", "thrive.Meta", doc = "of the request that brought it: see meta" },
    },
    raises = "the error objects of calls",
    example = [[
for page, meta in client.users:pages{ perPage = 200 } do
  print(#page.results, meta.status, page.complete)
end]],
    see = { "lists", "iteration", "page" } },

  { name = "all", kind = "verb", signature = "client.<group>:all(ids…, params, options)",
    doc = "Every record of a list as one array.",
    params = { params, iteration },
    returns = { { "records", "table[]", doc = "all of them, in order" } },
    raises = "the error objects of calls; kind partial, code incomplete, when other records came than the service announced",
    example = [[
local levels = client.users:all({ status = "active" }, { limit = 20 })
print(#levels)]],
    see = { "lists", "iteration" } },

  { name = "count", kind = "verb", signature = "client.<group>:count(ids…, params, options)",
    doc = "How many records a list has: by one request where the service gives totals, by reading where its lists are bare "
      .. "arrays.",
    params = { params, options },
    returns = {
      { "n", "integer", optional = true, doc = "how many" },
      { "err", "thrive.Error", optional = true, doc = "an error of any kind: see errors" },
      { "meta", "thrive.Meta", doc = "see meta" },
    },
    example = [[
print((client.users:count{ status = "active" }))]],
    see = { "lists" } },

  { name = "iteration", kind = "options", signature = "client.<group>:each(…, params, options)",
    class = "thrive.IterationOptions", class_of = "thrive.CallOptions",
    doc = "The options that each, pages and all take on top of those of every call.", also = { "cursor", "shard" },
    fields = {
      { "prefetch", "integer", optional = true, default = "4, and up to 16 while the reader is found waiting",
        doc = "so many pages, up to 1000, travel ahead of the reader; 0: none" },
      { "fields", "string[]", optional = true, default = "all",
        doc = "names: only these members of each record are built, the rest of the text is skipped" },
      { "limit", "integer", optional = true, default = "none",
        doc = "ends after so many records, and asks for no page beyond" },
      { "dedupe", "string", optional = true, default = "none",
        doc = 'the name of a member ("id"): a record whose value there was met before is dropped, for lists that shift while '
          .. "they are read" },
      { "cursor", "string", optional = true, default = "none",
        doc = "a `page.cursor` of the same list (its arguments, parameters, shard): goes on after that page" },
      { "shard", "thrive.Shard", optional = true, default = "none",
        doc = "{ index =, of = }: every of-th page, from the index-th on; index counts from 0 or from 1 (of and 0 are the "
          .. "same share): see `thrive.shard`" },
    },
    example = [[
local cursor
local some = { fields = { "ref", "email" }, limit = 150 }
for page in client.users:pages({ perPage = 100 }, some) do
  cursor = page.cursor -- to be kept where a later run finds it
end
local rest = client.users:all({ perPage = 100 }, { cursor = cursor })
print(rest[1].ref, #rest)]],
    see = { "lists", "options", "page", "thrive.shard" } },

  { name = "page", kind = "object", signature = "local page = client.users:list()", class = "thrive.Page",
    doc = "One page of a list. A page that comes again, or is not the one that was asked for, is an error of kind decode with "
      .. "the code page_loop or page_wrong.",
    also = { "pagination" },
    fields = {
      { "results", "table[]", doc = "the records" },
      { "pagination", "thrive.Pagination", optional = true, doc = "absent where the service has none", fields = {
        { "page", "integer", doc = "number of this page, from 1" },
        { "perPage", "integer", doc = "records of a page" },
        { "totalPages", "integer", doc = "pages there are" },
        { "totalResults", "integer", doc = "records there are" },
      } },
      { "cursor", "string", optional = true, doc = "of pages: a line of text with which a later run goes on after this page" },
      { "complete", "boolean", optional = true,
        doc = "of pages, the last one: did as many records come as the service announced?" },
    },
    example = [[
local page = assert(client.users:list{ perPage = 10 })
print(page.pagination.page, page.pagination.totalPages, #page.results)]],
    see = { "lists", "iteration" } },
}
