-- Every way to leave an iteration, at every stage of the pages that travel ahead of it: nothing crashes (run it with
-- --lua=build/thrivelua-asan too), nothing is kept, nothing stays on the wire, and nobody waits for ever.
local thrive = require "thrive"
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local scheduler = require "thrive.scheduler"
local reading = require "spec.support.reading"
local subject = require "spec.support.subject"

local USERS, PAGES = reading.USERS, 12
local settle, until_so = reading.settle, reading.until_so

describe("an iteration with pages ahead", function()
  local sandbox

  before_each(function() sandbox = assert(sandboxes.start{ users = PAGES * 3 }) end)
  after_each(function()
    sandbox:stop()
    assert.equal(0, core.poll(0), "a test left a transfer behind")
  end)

  local function later_pages(rule)
    for page = 2, PAGES do
      local copy = { path = USERS, query = { page = page }, times = 0 }
      for name, value in pairs(rule) do copy[name] = value end
      sandbox:fault(copy)
    end
  end

  local function answers_begun()
    for _, transfer in pairs(reading.in_flight()) do
      if core.response_headers(transfer)["content-type"] then return true end
    end
    return false
  end

  -- Each brings the iteration of s to a stage.
  local stages = {
    ["before anything was asked for"] = function() end,
    ["with requests that nobody answers"] = function(s)
      later_pages{ delay = 30 }
      assert(s.next_page())
      assert(core.running(s.client) > 0)
    end,
    ["with answers in the middle"] = function(s)
      later_pages{ drip = { bytes = 100, every = 0.01 } }
      assert(s.next_page())
      until_so("the head of an answer", answers_begun)
    end,
    ["with pages that have landed"] = function(s)
      assert(s.next_page())
      settle(s.client)
    end,
    ["with pages that failed"] = function(s)
      later_pages{ status = 500 }
      assert(s.next_page())
      settle(s.client)
    end,
    ["with pages that pause before another try"] = function(s)
      later_pages{ status = 503, headers = { ["Retry-After"] = "30" } }
      assert(s.next_page())
      settle(s.client)
    end,
    ["with pages that wait for a place on the wire"] = function(s)
      s.client:close()
      s.open{ concurrency = 1 }
      later_pages{ delay = 30 }
      assert(s.next_page())
      assert.equal(1, core.running(s.client))
    end,
    ["after its end"] = function(s) repeat until not s.next_page() end,
    ["after an error"] = function(s)
      sandbox:fault{ path = USERS, query = { page = 2 }, status = 400 }
      assert(s.next_page())
      subject.raised(s.next_page)
    end,
  }

  -- Each leaves it.
  local leavings = {
    ["dropped"] = function(s) s.next_page, s.iteration = nil, nil end,
    ["dropped together with its client"] = function(s) s.next_page, s.iteration, s.client = nil, nil, nil end,
    ["closed"] = function(s)
      local _ <close> = s.iteration
    end,
    ["closed twice"] = function(s)
      for _ = 1, 2 do getmetatable(s.iteration).__close(s.iteration) end
    end,
    ["left with its client closed"] = function(s) s.client:close() end,
    ["asked after its client was closed"] = function(s)
      s.client:close()
      for _ = 1, 2 do pcall(s.next_page) end
    end,
    ["left by a task that is cancelled while it waits"] = function(s)
      local next_page = s.next_page
      local task = thrive.spawn(function() repeat until not next_page() end)
      task.waited = true
      thrive.sleep(0)
      scheduler.cancel(task)
    end,
    ["left by a task whose coroutine is closed while it waits"] = function(s)
      local next_page, iteration = s.next_page, s.iteration
      local task = thrive.spawn(function() for _ in next_page, nil, nil, iteration do thrive.sleep(0) end end)
      task.waited = true
      thrive.sleep(0)
      if task.thread and coroutine.status(task.thread) == "suspended" then coroutine.close(task.thread) end
    end,
    ["left by a coroutine that is forgotten"] = function(s)
      local next_page, iteration = s.next_page, s.iteration
      s.next_page, s.iteration = nil, nil
      coroutine.wrap(function()
        local _ <close> = iteration
        coroutine.yield(next_page)
      end)()
    end,
    ["left by an error in its loop"] = function(s)
      sandbox:clear_faults()
      pcall(function()
        local _ <close> = s.iteration
        error("mine", 0)
      end)
    end,
  }

  for stage, prepare in pairs(stages) do
    for leaving, leave in pairs(leavings) do
      it(("is %s %s"):format(leaving, stage), function()
        local probes = setmetatable({}, { __mode = "v" })
        do
          local s = {}
          function s.open(settings)
            settings.max_retries = 1
            s.client = assert(sandbox:client(settings))
            local next_page, _, _, iteration = s.client.users:pages{ perPage = 3 }
            s.next_page, s.iteration = next_page, iteration
            probes.client, probes.iteration, probes.window = s.client, iteration, iteration.window
          end
          s.open{}
          prepare(s)
          leave(s)
          if leaving:find("^closed") or leaving:find("left by an error") then
            assert.equal(0, core.running(s.client))
          end
        end
        collectgarbage()
        collectgarbage()
        assert.same({}, probes)
        assert.equal(0, core.poll(0))
        assert.is_nil(next(reading.in_flight()))
      end)
    end
  end
end)
