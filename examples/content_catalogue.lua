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

Exit status: 0 the catalogue is complete, any other it is not.]]

if arg[1] == "--help" then return print(HELP) end

local client = assert(thrive.client())
local types = arg[1] and table.move(arg, 1, #arg, 1, {}) -- nil: all of them
local out <close> = assert(thrive.csv.writer(io.stdout, {
  columns = { "id", "title", "type", "tags", "official", "minutes", "createdAt", "updatedAt" } }))
for content in client.content:each{ types = types, perPage = 1000 } do -- page after page: all of it is never in memory
  out:write{ id = content.id, title = content.title, type = content.type, tags = table.concat(content.tags or {}, "; "),
    official = content.isOfficial, minutes = content.duration and content.duration.value,
    createdAt = content.createdAt, updatedAt = content.updatedAt }
end
