-- Every fault that the sandbox knows, against a read and against a write that must not be sent twice: an error of the right
-- kind, in time, and never a success that was none.
local core = require "thrive.core"
local sandboxes = require "thrive.sandbox"
local subject = require "spec.support.subject"

local HUGE = 70 * 1024 * 1024 -- more than a client takes

-- name, rule, kind for the read, kind for the write, further fields of both errors
local faults = {
  { "status 500", { status = 500 }, "server", "ambiguous", { status = 500 } },
  { "status 503", { status = 503 }, "server", "ambiguous", { status = 503 } },
  { "status 429", { status = 429 }, "rate_limited", "rate_limited", { status = 429 } },
  { "status 418", { status = 418 }, "validation", "validation", { status = 418 } },
  { "an HTML page", { html = true }, "server", "ambiguous", { status = 502 } },
  { "an HTML page that calls itself a success", { html = "<html>Log in</html>", status = 200 }, "decode", "decode",
    { status = 200 } },
  { "a redirect", { redirect = "https://login.example/" }, "server", "server", { status = 302, code = "redirect" } },
  { "a redirect that is permanent", { redirect = "/elsewhere", status = 308 }, "server", "server", { code = "redirect" } },
  { "a delay", { delay = 30 }, "timeout", "ambiguous" },
  { "a reset before anything was done", { reset = "before", times = 2 }, "network", "ambiguous" },
  { "a reset after it was done", { reset = "after", times = 2 }, "network", "ambiguous" },
  { "a reset after a delay", { reset = "after", delay = 0.02, times = 2 }, "network", "ambiguous" },
  { "a body cut off at its beginning", { truncate = 0 }, "network", "ambiguous" },
  { "a body cut off in its middle", { truncate = 20 }, "network", "ambiguous" },
  { "an error page cut off", { status = 500, truncate = 5 }, "network", "ambiguous" },
  { "invalid JSON", { json = "invalid" }, "decode", "decode" },
  { "invalid JSON that is no text", { body = "\0\xff\xfe" }, "decode", "decode" },
  { "a body that comes too slowly", { drip = { bytes = 1, every = 0.03 } }, "timeout", "ambiguous" },
  { "a body without end", { huge = HUGE }, "decode", "decode", { code = "too_large" } },
  { "an error without end", { huge = HUGE, status = 500 }, "decode", "ambiguous", { code = "too_large" } },
  { "a success without a body", { status = 200, body = "" }, "decode", nil },
  { "a success that is a list", { body = "[]" }, "decode", "decode" },
}

describe("the fault", function()
  local sandbox, client

  before_each(function()
    sandbox = assert(sandboxes.start{ users = 3 })
    client = assert(sandbox:client{ max_retries = 0 })
    assert(client.users:list()) -- a connection is there, as in any script
  end)
  after_each(function()
    client:close()
    sandbox:stop()
  end)

  -- What would never end has a limit of time.
  local function limited(fault)
    return fault[3] == "timeout" and { timeout = 0.3 } or {}
  end

  for _, fault in ipairs(faults) do
    local function check(call, wanted)
      sandbox:fault(fault[2])
      local began = core.now()
      local value, err, meta = call(limited(fault))
      local took = core.now() - began
      assert.is_true(took < 10, ("it took %.1f s"):format(took))
      if wanted == nil then
        assert.is_nil(err)
        assert.is_true(value)
        return
      end
      assert.is_nil(value)
      assert.equal(wanted, err.kind, tostring(err))
      for name, field in pairs(fault[5] or {}) do
        if name ~= "code" or err.kind ~= "ambiguous" or field == "too_large" then assert.equal(field, err[name]) end
      end
      assert.is_true(err.sent)
      assert.equal(1, err.attempts)
      assert.equal(1, meta.attempts)
      assert.falsy(tostring(err):find("%c"), tostring(err))
      sandbox:clear_faults()
      -- whatever happened, the next call is not harmed
      assert.equal("U0002", assert(client.users:get_by_ref("U0002")).ref)
    end

    it(fault[1] .. " makes a GET fail: " .. fault[3], function()
      check(function(options) return client.users:get_by_ref("U0001", options) end, fault[3])
    end)
    it(("%s makes a POST %s"):format(fault[1], fault[4] and "fail: " .. fault[4] or "true"), function()
      check(function(options) return client.users:create(subject.person(), options) end, fault[4])
      assert.equal(1, sandbox:count{ method = "POST" }, "it was sent twice")
    end)
  end

  it("a slow body is no fault while it comes in time", function()
    sandbox:fault{ drip = { bytes = 500, every = 0.001 } }
    assert.equal("U0001", assert(client.users:get_by_ref("U0001")).ref)
  end)

  it("a large body is no fault below the bound", function()
    sandbox:fault{ huge = 8 * 1024 * 1024 }
    local page = assert(client.users:list())
    assert.same({}, page.results)
    assert.is_true(#page.filler > 8000000)
  end)

  it("a delay is no fault within the timeout", function()
    sandbox:fault{ delay = 0.02 }
    assert(client.users:list({}, { timeout = 20 }))
  end)

  it("of a server that is gone is one of the network, and nothing was sent", function()
    sandbox:stop()
    for _, call in ipairs {
      function() return client.users:get_by_ref("U0001") end,
      function() return client.users:create(subject.person()) end,
    } do
      local value, err = call()
      assert.is_nil(value)
      assert.equal("network", err.kind)
      assert.is_false(err.sent)
      assert.is_true(err.retryable)
    end
  end)

  it("of a name that does not exist is one of the network", function()
    local far <close> = assert(sandbox:client{
      base_url = "https://no-such-host.invalid", webhooks_url = "https://no-such-host.invalid", max_retries = 0, timeout = 5,
    })
    local _, err = far.users:create(subject.person())
    assert.truthy(err.kind == "network" or err.kind == "timeout", err.kind)
    assert.is_false(err.sent)
  end)

  it("makes an iteration raise, whatever it is", function()
    for _, fault in ipairs(faults) do
      if fault[1] ~= "a success that is a list" then
        sandbox:fault(fault[2])
        local err = subject.raised(function() return client.users:all({}, limited(fault)) end)
        assert.equal(fault[3], err.kind, fault[1])
        sandbox:clear_faults()
      end
    end
  end)
end)
