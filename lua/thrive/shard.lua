--- Which share of a list this process takes when several machines read it together: what the batch systems say in the
-- environment, as options.shard wants it.
-- @module thrive.shard

local M = {}

-- Who starts several of a script tells each its index, and most tell how many there are: { index, how many, least index,
-- step of the indices }. The first whose index is set counts.
--
-- * THRIVE_SHARD_INDEX: ours, for everything else; counts from 0 or from 1, as options.shard does;
-- * JOB_COMPLETION_INDEX: an Indexed Job of Kubernetes, from 0. It is not told how many there are: its manifest sets
--   JOB_COMPLETIONS (Kubernetes' documentation, "Indexed Job for Parallel Processing with Static Work Assignment");
-- * SLURM_ARRAY_TASK_ID: a Slurm array, from SLURM_ARRAY_TASK_MIN in steps (sbatch(1), --array);
-- * AWS_BATCH_JOB_ARRAY_INDEX: AWS Batch array jobs, from 0;
-- * CLOUD_RUN_TASK_INDEX: Cloud Run jobs, from 0;
-- * CI_NODE_INDEX: GitLab CI's parallel, from 1;
-- * PARALLEL_SEQ: GNU parallel's job number, from 1 (parallel(1)). It does not tell how many there are.
local systems = {
  { "THRIVE_SHARD_INDEX" },
  { "JOB_COMPLETION_INDEX", { "JOB_COMPLETIONS", "JOB_COMPLETION_COUNT" } },
  { "SLURM_ARRAY_TASK_ID", { "SLURM_ARRAY_TASK_COUNT" }, "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP" },
  { "AWS_BATCH_JOB_ARRAY_INDEX", { "AWS_BATCH_JOB_ARRAY_SIZE" } },
  { "CLOUD_RUN_TASK_INDEX", { "CLOUD_RUN_TASK_COUNT" } },
  { "CI_NODE_INDEX", { "CI_NODE_TOTAL" }, 1 },
  { "PARALLEL_SEQ", {}, 1 },
}

-- The whole number in an environment variable, nil when it is not set (or empty).
local function number_in(name)
  local text = os.getenv(name)
  if text == nil or text == "" then return nil end
  local n = text:match("^%s*%d+%s*$") and math.tointeger(tonumber(text))
  if not n then error(("thrive.shard: %s is not a whole number: %q"):format(name, text), 3) end
  return n
end

--- The share of this process: of the first of THRIVE_SHARD_INDEX, JOB_COMPLETION_INDEX (Kubernetes), SLURM_ARRAY_TASK_ID,
-- AWS_BATCH_JOB_ARRAY_INDEX, CLOUD_RUN_TASK_INDEX, CI_NODE_INDEX and PARALLEL_SEQ (GNU parallel) that is set, and of
-- THRIVE_SHARD_COUNT, else the variable of the same system that tells how many there are.
-- @treturn table|nil { index =, of = } with index from 0; nil when nothing is set: then there is one process, and it reads
--   everything
-- @raise when the numbers do not fit together, or nothing tells how many there are: a guess would lose records
-- @usage for user in client.users:each({}, { shard = thrive.shard() }) do … end
function M.from_environment()
  for _, system in ipairs(systems) do
    local name, counts, least, step = table.unpack(system, 1, 4)
    local index = number_in(name)
    if index then
      local of = number_in("THRIVE_SHARD_COUNT")
      for _, count in ipairs(counts or {}) do of = of or number_in(count) end
      if not of then
        local also = counts and counts[1] and " or " .. counts[1] or ""
        error(("thrive.shard: %s is %d, but of how many? Set THRIVE_SHARD_COUNT%s"):format(name, index, also), 2)
      end
      local told = index
      if type(least) == "string" then least = number_in(least) or 0 end
      index = (index - (least or 0)) // (step and number_in(step) or 1)
      if of < 1 or index < 0 or index > of or (counts and index == of) then
        error(("thrive.shard: %s is %d, which is not one of %d"):format(name, told, of), 2)
      end
      return { index = index % of, of = of }
    end
  end
  if number_in("THRIVE_SHARD_COUNT") then
    error("thrive.shard: THRIVE_SHARD_COUNT is set, but which share is this? Set THRIVE_SHARD_INDEX", 2)
  end
  return nil
end

return M
