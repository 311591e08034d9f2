--- Iteration: pages, records, everything at once. Whole or loud: an error is raised in the loop, again if asked again,
-- and a list that ends short of what the service announced is an error too.
-- @module thrive.pager

local core = require "thrive.core"
local call = require "thrive.call"
local scheduler = require "thrive.scheduler"

local M = {}

local verdicts = {
  loop = { "page_loop", "the service sent page %d again instead of the next one" },
  wrong = { "page_wrong", "the service sent another page than page %d, which was asked for" },
}

-- A copy of the parameters with the page to ask for.
local function with_page(params, number, per_page)
  local copy = {}
  for key, value in pairs(params) do copy[key] = value end
  copy.page, copy.perPage = number, per_page
  return copy
end

--- A function that returns the next page (with its meta), then nil; raises the error objects of calls, and after the
-- last page when the list is not whole.
-- @tparam table job client, state, operation, pages (of the catalogue), arguments (path arguments, with n), params,
--   options (of the call, without those of iteration)
-- @return function, or nil and what is wrong with the arguments
function M.pages(job)
  local client, style = job.client, job.pages
  local params = with_page(job.params, job.params.page, job.params.perPage) -- the script may change its table
  local headers = job.options and job.options.headers
  local per_page = params.perPage
  if per_page == nil and style.style ~= "guarded" then per_page = style.max end
  local first = params.page
  if first == nil then first = 1 end
  local sends_page = style.style ~= "guarded" or params.page ~= nil or params.perPage ~= nil

  local function prepare(number)
    local page = params
    if sends_page or number > 1 then page = with_page(params, number, per_page) end
    local arguments = job.arguments
    local values = table.move(arguments, 1, arguments.n, 1, {})
    values[arguments.n + 1] = page
    local transfer, problems = core.prepare(client, job.operation, table.unpack(values, 1, arguments.n + 1))
    if transfer and headers then
      local ok, problem = core.add_headers(transfer, headers)
      if not ok then return nil, ("%s: %s"):format(job.shown, problem) end
    end
    return transfer, problems
  end

  -- The first page is prepared at once, so that a mistake is raised where the loop was written.
  local transfer, problems = prepare(first)
  if not transfer then return nil, problems end
  local pager = core.pager(style.style, first, per_page or style.default)
  local number, ended, failed, asked = first, false, nil, nil

  local function fail(err)
    failed, transfer = err, nil
    error(err, 0)
  end

  local gate = scheduler.gate() -- tasks may share an iteration
  return function()
    local _ <close> = gate:enter()
    if failed ~= nil then error(failed, 0) end
    if ended then return nil end
    if not transfer then
      if core.closed(client) then
        fail(core.error { kind = "cancelled", operation = core.describe(asked).operation, attempts = 0, sent = false,
          retryable = false, message = ("the client was closed before page %d was asked for"):format(number) })
      end
      transfer, problems = prepare(number)
      if not transfer then fail(problems) end
    end
    asked, transfer = transfer, nil
    local ok, page, err, meta = pcall(call.run, client, job.state, asked, job.options)
    if not ok then fail(page) end
    if err ~= nil then fail(err) end
    local verdict, following, complete, drop = core.feed(pager, page.results, page.pagination, core.fingerprint(asked))
    if verdicts[verdict] then
      fail(core.failure(asked, "decode", verdicts[verdict][2]:format(number), verdicts[verdict][1]))
    end
    if verdict == "end" then
      ended = true
      if not complete then -- said after this page: what came is worth having
        failed = core.failure(asked, "partial", "the list ended before the number of records that the service announced",
          "incomplete", "read it again; do not take it for the whole")
        page.complete = false -- for who looks at pages by themselves
      end
      if drop then
        if failed ~= nil then error(failed, 0) end
        return nil
      end
    end
    number = following
    return page, meta
  end
end

--- The same with at most so many records in all.
-- @tparam function next_page of `pages`
-- @tparam integer limit
function M.limited(next_page, limit)
  local left = limit
  return function()
    if left == 0 then return nil end
    local page, meta = next_page()
    if page == nil then return nil end
    for i = #page.results, left + 1, -1 do page.results[i] = nil end
    left = left - #page.results
    return page, meta
  end
end

--- A function that returns record after record; raises where the list is not whole.
-- @tparam function next_page of `pages`
function M.records(next_page)
  local results, index = {}, 0
  local gate = scheduler.gate()
  return function()
    while true do
      index = index + 1
      local record = results[index]
      if record ~= nil then return record end
      index = index - 1
      local _ <close> = gate:enter()
      if results[index + 1] == nil then -- nobody else has fetched a page meanwhile
        local page = next_page()
        if page == nil then
          results, index = {}, 0
          return nil
        end
        results, index = page.results, 0
      end
    end
  end
end

return M
