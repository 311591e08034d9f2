--- Cursors: where a later run goes on. `page.cursor` is a plain line of text; it names the list (operation, path
-- arguments, parameters, share) by a hash, so that it is not taken for a place in another one.
-- @module thrive.cursor

local core = require "thrive.core"

local M = {}

-- The full stop tells a cursor from one that was cut off within its last number.
local FORMAT <const> = "thrive1 %s %s page=%s per=%s skip=%d."
local PATTERN <const> = "^thrive1 (%S+) (%x+) page=(%w+) per=(%w+) skip=(%d+)%.$"

-- FNV-1a over text, 64 bits: tells lists apart, keeps no secret.
local function hash(text)
  local h = 0xcbf29ce484222325
  for i = 1, #text do h = (h ~ text:byte(i)) * 0x100000001b3 end
  return ("%016x"):format(h)
end

-- The number that a field of a cursor holds; false when it is none, nil when the field holds this word.
local function whole(text, word)
  if text == word then return nil end
  return #text <= 18 and text:find("^%d+$") and math.tointeger(tonumber(text)) or false
end

--- Gives an iteration its identity and, with options.cursor, the place where it begins: iteration.list, from, skip,
-- sent_per_page.
-- @tparam table iteration
-- @tparam table job see thrive.pager.open
-- @tparam table params without what options say
-- @tparam table options
-- @treturn boolean|nil
-- @treturn string what is wrong with the cursor
function M.begin(iteration, job, params, options)
  local filter = {}
  for key, value in pairs(params) do if key ~= "page" and key ~= "perPage" then filter[key] = value end end
  local arguments = {}
  for i = 1, job.arguments.n do arguments[i] = tostring(job.arguments[i]) end
  local shard = options.shard and { options.shard.index % options.shard.of, options.shard.of } or nil
  local ok, text = pcall(core.json.encode, { arguments = arguments, filter = filter, shard = shard })
  iteration.list = ok and hash(text) or "0" -- a parameter that cannot be written is refused when it is prepared
  if not options.cursor then return true end
  local name, list, from, per_page, skip = options.cursor:match("^%s*(.-)%s*$"):match(PATTERN) -- read from a file, perhaps
  if name then from, per_page, skip = whole(from, "end"), whole(per_page, "none"), whole(skip) end
  if not skip or from == false or from == 0 or per_page == false or per_page == 0 then
    return nil, "'cursor' is not one: it comes from page.cursor"
  end
  if name ~= job.name or list ~= iteration.list then
    return nil, ("'cursor' belongs to another list: %s"):format(name ~= job.name and "it came from " .. name
      or "it was read with other arguments, parameters or another shard")
  end
  if params.page ~= nil then return nil, "'page' and options.cursor exclude each other" end
  if params.perPage ~= nil and params.perPage ~= per_page then
    return nil, ("'cursor' was read with perPage = %s"):format(per_page or "none")
  end
  iteration.from, iteration.skip, iteration.sent_per_page = from, skip, per_page
  iteration.ended = from == nil -- the list was read to its end
  return true
end

--- The text of a cursor.
-- @tparam table iteration
-- @tparam integer|nil number the page to begin with; nil when there is none
-- @tparam integer skip how many records of it have been read
-- @treturn string
function M.text(iteration, number, skip)
  return FORMAT:format(iteration.operation, iteration.list, number or "end", iteration.sent_per_page or "none", skip)
end

return M
