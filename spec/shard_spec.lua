-- Several processes that share one list: which share is whose, and that together they read every record exactly once.
local cjson = require "cjson"
local sandboxes = require "thrive.sandbox"
local interp = require "spec.support.interp"
local reading = require "spec.support.reading"
local subject = require "spec.support.subject"

describe("thrive.shard", function()
  -- What thrive.shard() gives in a process with this environment: "index of", "nil", or its error.
  local cases = {
    { {}, "nil" },
    { { THRIVE_SHARD_INDEX = "0", THRIVE_SHARD_COUNT = "8" }, "0 8" },
    { { THRIVE_SHARD_INDEX = "7", THRIVE_SHARD_COUNT = "8" }, "7 8" },
    { { THRIVE_SHARD_INDEX = "8", THRIVE_SHARD_COUNT = "8" }, "0 8" }, -- counted from 1
    { { THRIVE_SHARD_INDEX = "", THRIVE_SHARD_COUNT = "" }, "nil" },
    { { JOB_COMPLETION_INDEX = "3", JOB_COMPLETIONS = "8" }, "3 8" },
    { { JOB_COMPLETION_INDEX = "0", JOB_COMPLETION_COUNT = "2" }, "0 2" },
    { { JOB_COMPLETION_INDEX = "3", THRIVE_SHARD_COUNT = "5" }, "3 5" },
    { { SLURM_ARRAY_TASK_ID = "0", SLURM_ARRAY_TASK_COUNT = "4", SLURM_ARRAY_TASK_MIN = "0" }, "0 4" },
    { { SLURM_ARRAY_TASK_ID = "4", SLURM_ARRAY_TASK_COUNT = "4", SLURM_ARRAY_TASK_MIN = "1", SLURM_ARRAY_TASK_MAX = "4" },
      "3 4" },
    { { SLURM_ARRAY_TASK_ID = "12", SLURM_ARRAY_TASK_COUNT = "3", SLURM_ARRAY_TASK_MIN = "10", SLURM_ARRAY_TASK_STEP = "2" },
      "1 3" },
    { { AWS_BATCH_JOB_ARRAY_INDEX = "1", AWS_BATCH_JOB_ARRAY_SIZE = "2" }, "1 2" },
    { { CLOUD_RUN_TASK_INDEX = "5", CLOUD_RUN_TASK_COUNT = "6" }, "5 6" },
    { { CI_NODE_INDEX = "1", CI_NODE_TOTAL = "3" }, "0 3" },
    { { CI_NODE_INDEX = "3", CI_NODE_TOTAL = "3" }, "2 3" },
    { { PARALLEL_SEQ = "1", THRIVE_SHARD_COUNT = "8" }, "0 8" },
    { { PARALLEL_SEQ = "8", THRIVE_SHARD_COUNT = "8" }, "7 8" },
    -- ours goes before the others'
    { { THRIVE_SHARD_INDEX = "2", THRIVE_SHARD_COUNT = "4", JOB_COMPLETION_INDEX = "1", JOB_COMPLETIONS = "3" }, "2 4" },
    { { THRIVE_SHARD_INDEX = "1" }, "THRIVE_SHARD_INDEX is 1, but of how many? Set THRIVE_SHARD_COUNT" },
    { { JOB_COMPLETION_INDEX = "1" }, "of how many? Set THRIVE_SHARD_COUNT or JOB_COMPLETIONS" },
    { { PARALLEL_SEQ = "1" }, "PARALLEL_SEQ is 1, but of how many? Set THRIVE_SHARD_COUNT" },
    { { THRIVE_SHARD_COUNT = "4" }, "which share is this? Set THRIVE_SHARD_INDEX" },
    { { THRIVE_SHARD_INDEX = "9", THRIVE_SHARD_COUNT = "8" }, "THRIVE_SHARD_INDEX is 9, which is not one of 8" },
    { { JOB_COMPLETION_INDEX = "8", JOB_COMPLETIONS = "8" }, "JOB_COMPLETION_INDEX is 8, which is not one of 8" },
    { { SLURM_ARRAY_TASK_ID = "1", SLURM_ARRAY_TASK_COUNT = "4", SLURM_ARRAY_TASK_MIN = "2" }, "is 1, which is not one of 4" },
    { { CI_NODE_INDEX = "0", CI_NODE_TOTAL = "3" }, "CI_NODE_INDEX is 0, which is not one of 3" },
    { { CI_NODE_INDEX = "4", CI_NODE_TOTAL = "3" }, "CI_NODE_INDEX is 4, which is not one of 3" },
    { { PARALLEL_SEQ = "9", THRIVE_SHARD_COUNT = "8" }, "PARALLEL_SEQ is 9, which is not one of 8" },
    { { THRIVE_SHARD_INDEX = "0", THRIVE_SHARD_COUNT = "0" }, "is 0, which is not one of 0" },
    { { THRIVE_SHARD_INDEX = "one", THRIVE_SHARD_COUNT = "8" }, 'THRIVE_SHARD_INDEX is not a whole number: "one"' },
    { { JOB_COMPLETION_INDEX = "1", JOB_COMPLETIONS = "-8" }, 'JOB_COMPLETIONS is not a whole number: "-8"' },
    { { THRIVE_SHARD_INDEX = "1.5", THRIVE_SHARD_COUNT = "8" }, 'THRIVE_SHARD_INDEX is not a whole number: "1.5"' },
    { { THRIVE_SHARD_INDEX = ("9"):rep(30), THRIVE_SHARD_COUNT = "8" }, "is not a whole number" },
  }
  for _, case in ipairs(cases) do
    local names = {}
    for name, value in pairs(case[1]) do names[#names + 1] = name .. "=" .. value end
    table.sort(names)
    it(("says %s for %s"):format(case[2], #names > 0 and table.concat(names, " ") or "nothing"), function()
      local child = subject.child([[
        local thrive = require "thrive"
        local ok, shard = pcall(function() return (thrive.shard()) end)
        if not ok then print("raised", shard) elseif not shard then print("nil") else
          for key in pairs(shard) do assert(key == "index" or key == "of") end
          print(shard.index .. " " .. shard.of)
        end
      ]], case[1], subject.interpreter())
      assert.equal(0, child.code, child.err)
      local why = child.out:match("^raised\t(.*)\n$")
      if why then
        assert.truthy(why:find("^main.lua:2: thrive.shard: "), why)
        assert.truthy(why:find(case[2], 1, true), why)
      else
        assert.equal(case[2] .. "\n", child.out)
      end
    end)
  end
end)

describe("options.shard", function()
  local sandbox, client

  before_each(function()
    sandbox = assert(sandboxes.start{ users = 103 })
    client = assert(sandbox:client())
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  local function numbers()
    local list = {}
    for i, request in ipairs(sandbox:requests()) do list[i] = tonumber(request.query.page) end
    table.sort(list)
    return list
  end

  it("takes every so-manieth page, and asks for no other", function()
    for _, ahead in ipairs { 0, 3 } do
      sandbox:clear_requests()
      local pages = {}
      for page in client.users:pages({ perPage = 10 }, { shard = { index = 2, of = 4 }, prefetch = ahead }) do
        pages[#pages + 1] = page.pagination.page
      end
      assert.same({ 3, 7, 11 }, pages)
      assert.same({ 3, 7, 11 }, numbers())
    end
  end)

  it("counts from 0 or from 1", function()
    local shares = {}
    for index = 0, 4 do
      shares[index] = reading.collect(client.users:each({ perPage = 10 }, { shard = { index = index, of = 4 } }))
    end
    assert.same(shares[0], shares[4])
    local all = {}
    for index = 1, 4 do table.move(shares[index], 1, #shares[index], #all + 1, all) end
    table.sort(all)
    assert.same(reading.refs(103), all)
  end)

  it("gives all to one of one, and nothing to those for whom no page is left", function()
    assert.equal(103, #client.users:all({ perPage = 10 }, { shard = { index = 0, of = 1 } }))
    for _, page in ipairs { 12, 20 } do
      local got = {}
      for one in client.users:pages({ perPage = 10 }, { shard = { index = page - 1, of = 20 } }) do got[#got + 1] = one end
      assert.equal(1, #got)
      assert.same({}, got[1].results)
      assert.is_true(got[1].complete)
      assert.same({}, client.users:all({ perPage = 10 }, { shard = { index = page - 1, of = 20 } }))
    end
  end)

  it("stops at the limit, and says when its share is not whole", function()
    local shard = { index = 1, of = 3 }
    assert.equal(15, #client.users:all({ perPage = 10 }, { shard = shard, limit = 15 }))
    sandbox:fault{ query = { page = 5 }, times = 0,
      body = '{"results":[],"pagination":{"page":5,"perPage":10,"totalResults":103,"totalPages":11}}' }
    local err = subject.raised(function() return client.users:all({ perPage = 10 }, { shard = shard }) end)
    assert.equal("incomplete", err.code)
    local seen, why = reading.collect(client.users:each({ perPage = 10 }, { shard = { index = 0, of = 3 } }))
    assert.is_nil(why)
    assert.equal(40, #seen)
  end)

  it("is refused when it is none, where the loop was written", function()
    for _, shard in ipairs { {}, { index = 1 }, { of = 2 }, { index = 3, of = 2 }, { index = -1, of = 2 },
      { index = 0, of = 0 }, { index = "0", of = 2 }, { index = 0.5, of = 2 }, { index = 0, of = 2, total = 3 } } do
      local why = subject.raised(function() return (client.users:each({}, { shard = shard })) end)
      assert.truthy(why:find("^[%w/]*shard_spec.lua:%d+: users:each: 'shard' must be { index =, of = }"), why)
    end
    local why = subject.raised(function()
      return (client.users:each({ page = 2 }, { shard = { index = 0, of = 2 } }))
    end)
    assert.truthy(why:find("'page' and options.shard exclude each other", 1, true), why)
    assert.equal(0, sandbox:count())
  end)
end)

describe("eight processes", function()
  local root, directory

  setup(function()
    root = interp.root()
    directory = interp.directory()
  end)
  teardown(function() interp.remove(directory) end)

  local function absolute(path) return (";" .. path):gsub(";%./", ";" .. root .. "/"):sub(2) end

  -- Runs code in eight processes at once, each of which knows its index as Kubernetes would tell it. Returns the lines
  -- that they printed, all of them, and those that begin with "complete".
  local function eight(sandbox, code)
    interp.write(directory .. "/share.lua", code)
    local pipes, lines, complete = {}, {}, {}
    for index = 0, 7 do
      pipes[index] = assert(io.popen(interp.command(directory, subject.interpreter(), 'exec "$P" share.lua 2>&1', {
        LUA_PATH = absolute(package.path), LUA_CPATH = absolute(package.cpath), THRIVE_TENANT_ID = sandbox.tenant_id,
        THRIVE_API_KEY = sandbox.api_key, THRIVE_BASE_URL = sandbox.base_url,
        JOB_COMPLETION_INDEX = tostring(index), JOB_COMPLETIONS = "8",
      })))
    end
    for index = 0, 7 do
      for line in pipes[index]:lines() do
        local list = line:find("^complete") and complete or lines
        list[#list + 1] = line
      end
      assert.is_true(pipes[index]:close(), table.concat(lines, "\n", math.max(1, #lines - 5)))
    end
    return lines, complete
  end

  for _, size in ipairs { 1000, 100, 37 } do
    it(("read a list of 4321 users in pages of %d: every record exactly once, each share complete"):format(size), function()
      local sandbox <close> = assert(sandboxes.start{ users = 4321 })
      local refs, complete = eight(sandbox, ([[
        local thrive = require "thrive"
        local client = assert(thrive.client())
        for page in client.users:pages({ perPage = %d }, { shard = thrive.shard() }) do
          for _, user in ipairs(page.results) do print(user.ref) end
          if page.complete ~= nil then print("complete", page.complete) end
        end
      ]]):format(size))
      table.sort(refs)
      assert.same(reading.refs(4321), refs)
      assert.equal(("complete\ttrue "):rep(8), table.concat(complete, " ") .. " ")
      local pages = (4321 + size - 1) // size
      -- and every page was asked for once; where there are fewer than processes, some find out that none is theirs
      assert.equal(math.max(8, pages), sandbox:count())
    end)
  end

  it("read a bare array, each to its own short page: every record exactly once", function()
    local sandbox <close> = assert(sandboxes.start{ users = 500 })
    local client <close> = assert(sandbox:client())
    local wanted = {}
    for one in client.completions:each() do wanted[#wanted + 1] = one.id end
    assert.is_true(#wanted > 100)
    local ids, complete = eight(sandbox, [[
      local thrive = require "thrive"
      local client = assert(thrive.client())
      for page in client.completions:pages({ perPage = 10 }, { shard = thrive.shard() }) do
        for _, one in ipairs(page.results) do print(one.id) end
        if page.complete ~= nil then print("complete", page.complete) end
      end
    ]])
    table.sort(wanted)
    table.sort(ids)
    assert.same(wanted, ids)
    assert.equal(8, #complete)
  end)

  it("are loud when one of them cannot read its share", function()
    local sandbox <close> = assert(sandboxes.start{ users = 400 })
    sandbox:fault{ path = reading.USERS, query = { page = 11 }, status = 400, times = 0 }
    local lines = eight(sandbox, [[
      local thrive = require "thrive"
      local client = assert(thrive.client())
      local shard = thrive.shard()
      local ok, err = pcall(function()
        for user in client.users:each({ perPage = 10 }, { shard = shard }) do print(user.ref) end
      end)
      if not ok then print("failed " .. shard.index .. " " .. err.kind) end
    ]])
    local failed, n = {}, 0
    for _, line in ipairs(lines) do
      if line:find("^failed") then failed[#failed + 1] = line else n = n + 1 end
    end
    assert.same({ "failed 2 validation" }, failed)
    assert.equal(360, n) -- without pages 11, 19, 27 and 35
  end)

  -- What Kubernetes would do: the manifest's own command line, once for each index, with its environment.
  it("export a tenant by examples/sharded_export.k8s.yaml, each its share", function()
    local reads = io.popen([[python3 -c '
import sys, yaml
job = yaml.safe_load(open("examples/sharded_export.k8s.yaml"))
spec, pod = job["spec"], job["spec"]["template"]["spec"]
box = pod["containers"][0]
assert (job["apiVersion"], job["kind"], spec["completionMode"]) == ("batch/v1", "Job", "Indexed")
assert {m["name"] for m in box["volumeMounts"]} == {v["name"] for v in pod["volumes"]}
print(spec["completions"], {e["name"]: e["value"] for e in box["env"]}["JOB_COMPLETIONS"], box["command"][0], box["command"][1])
print(box["command"][2])' 2>&1]])
    local head, command = reads:read("l", "l")
    if not reads:close() and tostring(command or head):find("yaml") then return pending("python3-yaml is not there") end
    assert.equal("8 8 sh -c", head)
    local sandbox <close> = assert(sandboxes.start{ users = 4321 })
    local out = directory .. "/out"
    assert(os.execute("mkdir " .. interp.quote(out)))
    command = command:gsub("/export ", interp.quote(out) .. " "):gsub("thrivelua /scripts/", '"$P" ' .. root .. "/examples/")
    local pipes, refs = {}, {}
    for index = 0, 7 do
      pipes[index] = assert(io.popen(interp.command(directory, interp.thrivelua(), command .. " 2>&1", {
        THRIVE_TENANT_ID = sandbox.tenant_id, THRIVE_API_KEY = sandbox.api_key, THRIVE_BASE_URL = sandbox.base_url,
        JOB_COMPLETION_INDEX = tostring(index), JOB_COMPLETIONS = "8",
      })))
    end
    for index = 0, 7 do
      assert.equal("", pipes[index]:read("a"))
      assert.is_true(pipes[index]:close())
      for line in io.lines(("%s/users-%d.ndjson"):format(out, index)) do refs[#refs + 1] = cjson.decode(line).ref end
    end
    table.sort(refs)
    assert.same(reading.refs(4321), refs)
    assert.equal(18, sandbox:count())
  end)
end)
