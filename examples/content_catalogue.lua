-- content_catalogue.lua: everything there is to learn, with its tags, as CSV. Try it, without an account of your own:
--
--   thrivelua --sandbox examples/content_catalogue.lua video elearning >catalogue.csv
--
-- It only reads.

local thrive = require "thrive"

local HELP = [[
usage: thrivelua [--sandbox] examples/content_catalogue.lua [TYPE…] >catalogue.csv

TYPE (article, assessment, elearning, event, file, pathway, quiz, scorm, url, video …) limits it to content of those types.
Several tags are in one cell, with "; " between them.

Exit status: 0 the catalogue is complete, 1 it is not.]]

if arg[1] == "--help" then return print(HELP) end

local function print_csv(...) -- a cell with a comma, a quote or a line break in it is quoted
  local cells = table.pack(...)
  for i = 1, cells.n do
    cells[i] = tostring(cells[i] == nil and "" or cells[i])
    if cells[i]:find('[,"\r\n]') then cells[i] = '"' .. cells[i]:gsub('"', '""') .. '"' end
  end
  assert(io.write(table.concat(cells, ","), "\n"))
end

local client = assert(thrive.client())
local types = arg[1] and table.move(arg, 1, #arg, 1, {}) -- nil: all of them
print_csv("id", "title", "type", "tags", "official", "minutes", "createdAt", "updatedAt")
for content in client.content:each{ types = types, perPage = 1000 } do -- page after page: all of it is never in memory
  print_csv(content.id, content.title, content.type, table.concat(content.tags or {}, "; "), content.isOfficial,
    content.duration and content.duration.value, content.createdAt, content.updatedAt)
end
assert(io.stdout:flush()) -- a disk that is full is found out here
