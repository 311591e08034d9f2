-- The sandbox's activities over raw HTTP: filters, dates, pages.
local cjson = require "cjson"
local raw = require "spec.support.raw_http"
local start = require("thrive.sandbox").start

local refused = raw.refused

describe("the sandbox's activities", function()
  local sandbox

  setup(function() sandbox = assert(start{ users = 120 }) end) -- nothing here writes
  teardown(function() sandbox:stop() end)

  local function get(target) return assert(raw.request(sandbox, "GET", "/rest/v1" .. target)) end

  local function list(query)
    local answer = get("/activities?perPage=1000" .. (query or ""))
    assert.equal(200, answer.status, answer.body)
    assert.is_true(answer.json.pagination.totalPages <= 2)
    if answer.json.pagination.totalPages == 2 then
      local rest = get("/activities?page=2&perPage=1000" .. (query or "")).json.results
      table.move(rest, 1, #rest, #answer.json.results + 1, answer.json.results)
    end
    return answer.json.results
  end

  local function stamp(iso, mark) return (iso:sub(1, 19):gsub("T", mark)) end

  it("pages by twenty unless told otherwise", function()
    local answer = get("/activities")
    assert.equal(20, #answer.json.results)
    assert.equal(20, answer.json.pagination.perPage)
    assert.equal(#list(), answer.json.pagination.totalResults)
  end)

  it("are of four types over two years, by people and on contents that there are", function()
    local contents, users, count, first, last, bare = {}, {}, {}, nil, nil, 0
    for _, content in ipairs(get("/contents?perPage=1000").json.results) do contents[content.id] = content.title end
    for _, user in ipairs(sandbox:users()) do users[user.id] = user end
    for _, activity in ipairs(list()) do
      count[activity.type] = (count[activity.type] or 0) + 1
      first, last = first or activity.date, activity.date
      local user = assert(users[activity.user])
      assert.is_true(user.firstLogin <= activity.date and activity.date <= user.lastLogin)
      assert.equal("table", type(activity.data))
      if activity.contextType == "content" then
        assert.equal(contents[activity.contextId], activity.name)
        assert.equal("content", activity.contentType)
      else
        assert.equal("loggedin", activity.type)
        assert.equal(activity.user, activity.contextId)
        assert.is_nil(activity.name) -- absent, as in live data
        bare = bare + 1
      end
    end
    assert.is_true(count.viewed > count.completed and count.completed > count.found and count.loggedin > 0)
    assert.equal(count.loggedin, bare)
    assert.is_true(first < "2022-09" and first >= "2022-06", first)
    assert.is_true(last > "2024-05" and last < "2024-06-02", last)
  end)

  it("filter by action, what is asked for winning over what is omitted", function()
    local function types(query)
      local out, set = {}, {}
      for _, activity in ipairs(list(query)) do set[activity.type] = true end
      for name in pairs(set) do out[#out + 1] = name end
      table.sort(out)
      return table.concat(out, " ")
    end
    assert.equal("completed found", types("&actions=found,completed"))
    assert.equal("completed", types("&actions=completed&omitActions=completed,found"))
    assert.equal("completed loggedin", types("&omitActions=found,viewed"))
    assert.equal("", types("&actions=danced")) -- the set is open
  end)

  it("filter by contents and by the type of what they are about", function()
    local contents = get("/contents").json.results
    local one, two = contents[1].id, contents[2].id
    local seen = {}
    for _, activity in ipairs(list("&contentIds=" .. one .. "," .. two)) do seen[activity.contextId] = true end
    assert.same({ [one] = true, [two] = true }, seen)
    for _, activity in ipairs(list("&contentType=content")) do assert.equal("content", activity.contentType) end
    assert.equal(#list() - #list("&actions=loggedin"), #list("&contentType=content"))
    assert.equal(0, #list("&contentType=campaign"))
  end)

  it("filter by time, both ends inclusive, a space as + or %20", function()
    local all = list()
    local from, to = stamp(all[50].date, "+"), stamp(all[300].date, "%%20")
    local results = list("&timestampFrom=" .. from .. "&timestampTo=" .. to)
    assert.is_true(#results >= 249 and #results <= 252, #results)
    for _, activity in ipairs(results) do
      assert.is_true(activity.date:sub(1, 19) >= all[50].date:sub(1, 19))
      assert.is_true(activity.date:sub(1, 19) <= all[300].date:sub(1, 19))
    end
    assert.equal(0, #list("&timestampFrom=2024-06-02+00:00:00"))
    assert.equal(0, #list("&timestampFrom=2024-01-01+00:00:00&timestampTo=2023-01-01+00:00:00"))
  end)

  it("refuse every other form of a time", function()
    for _, text in ipairs{
      "2024-01-01", "2024-01-01T00:00:00", "2024-01-01T00:00:00Z", "2024-01-01+00:00:00Z", "2024-01-01+00:00",
      "2024-01-01+24:00:00", "2023-02-29+00:00:00", "1704067200", "2024-01-01++00:00:00", "2024-01-01+00:00:00.000",
    } do
      refused(get("/activities?timestampFrom=" .. text), 400, "timestampFrom")
      refused(get("/activities?timestampTo=" .. text), 400, "timestampTo")
    end
  end)

  it("refuse parameters that are wrong or unknown, all at once", function()
    local answer = get("/activities?page=0&perPage=1001&actions=a,,b&contentIds=,&updatedSince=2024-01-01")
    for _, name in ipairs{ "page", "perPage", "actions", "contentIds", "updatedSince" } do refused(answer, 400, name) end
  end)

  it("get one by its id under the singular path alone", function()
    local first = get("/activities").json.results[1]
    assert.same(first, get("/activity/" .. first.id).json)
    refused(get("/activity/0123456789abcdef01234567"), 404)
    refused(get("/activities/" .. first.id), 404)
    refused(assert(raw.request(sandbox, "GET", "/rest/v1/activities", nil, { Authorization = false })), 401)
  end)

  it("stay the same whatever was written before the first look", function()
    local function text(of) return assert(raw.request(of, "GET", "/rest/v1/activities?perPage=1000")).body end
    local one <close> = assert(start{ users = 40 })
    local two <close> = assert(start{ users = 40 })
    assert.equal(200, assert(raw.request(two, "DELETE", "/rest/v2/users/ref/U0003")).status)
    assert.equal(201, assert(raw.request(two, "POST", "/rest/v2/users", {
      ref = "N1", firstName = "A", lastName = "B", email = "a@b.example",
    })).status)
    assert.is_true(text(one) == text(two))
    assert.is_true(#cjson.decode(text(one)).results > 50)
  end)

  it("of 5000 users take less than a second of the processor", function()
    local big <close> = assert(start{ users = 5000 })
    local before = os.clock()
    local answer = assert(raw.request(big, "GET", "/rest/v1/activities"))
    local took = os.clock() - before
    assert.is_true(answer.json.pagination.totalResults > 20000)
    assert.is_true(took < 1, took)
  end)
end)
