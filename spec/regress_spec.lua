-- One test per bug that was found by running the thing: what happened, and what must happen.

describe("regressions", function()
  local sandbox
  setup(function() sandbox = require("thrive.sandbox").start { users = 5 } end)
  teardown(function() sandbox:stop() end)

  it("answers that come while the request is still being started free their place", function()
    -- On loopback libcurl may have the answer before curl_multi_perform returns. Such a transfer was never counted as
    -- ended, and after `concurrency` of them the client waited for a place for ever.
    local client = assert(sandbox:client { concurrency = 1, deadline = 20 })
    local id = client.users:list { perPage = 1 }.results[1].id
    for _ = 1, 1500 do assert(client.users:get(id)) end
    assert.equal(1501, client:stats().calls)
    client:close()
  end)
end)
