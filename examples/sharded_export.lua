-- sharded_export.lua: all users, one JSON object a line; several machines may share the work. Try it, without an account:
--
--   thrivelua --sandbox examples/sharded_export.lua ref email status >users.ndjson
--
-- It only reads. Eight at once, by GNU parallel on this machine, by Slurm on a cluster (in a folder that all nodes see), or
-- by Kubernetes (see sharded_export.k8s.yaml). A file has its name only when its share is complete. The credentials are in
-- the environment, which parallel and sbatch pass on.
--
--   export THRIVE_TENANT_ID=… THRIVE_API_KEY=…
--   THRIVE_SHARD_COUNT=8 parallel --retries 3 \
--     'thrivelua examples/sharded_export.lua >part-{#} && mv part-{#} users-{#}.ndjson' ::: 1 2 3 4 5 6 7 8
--   sbatch --array=0-7 --wrap 'n=$SLURM_ARRAY_TASK_ID
--     thrivelua examples/sharded_export.lua >part-$n && mv part-$n users-$n.ndjson'
--   cat users-?.ndjson >users.ndjson    # when all eight are there
--
-- They share the tenant's limit of requests: each slows down by itself when the service says 429.

local thrive = require "thrive"
local encode = require("thrive.core").json.encode

local HELP = [[
usage: thrivelua [--sandbox] examples/sharded_export.lua [FIELD…] >users.ndjson

All users, or this process's share of them: every so-manieth page, as the batch system says in the environment (see
thrive.shard). The shares together are the whole list. With names of fields (ref email status …) only those are written.

Exit status: 0 this share is complete, any other it is not: throw its output away, and run this share again.]]

local fields = table.move(arg, 1, #arg, 1, {})
for _, word in ipairs(fields) do
  if word == "--help" then return print(HELP) end
  if word:find("^%-") then
    io.stderr:write(("sharded_export: '%s' is not the name of a field, see --help\n"):format(word))
    os.exit(1)
  end
end

local shard = thrive.shard() -- nil: nobody shares the work
local client = assert(thrive.client())
-- Pages of a moderate size, so that the shares of a small tenant are of like size too.
local options = { shard = shard, fields = fields[1] and fields }
for user in client.users:each({ perPage = 250 }, options) do assert(io.write(encode(user), "\n")) end
assert(io.stdout:flush()) -- a disk that is full is found out here
