-- The sandbox's CPD categories, entries, requirements and summaries over raw HTTP.
local cjson = require "cjson"
local raw = require "spec.support.raw_http"
local start = require("thrive.sandbox").start
local keys = require("spec.support.subject").keys

local refused = raw.refused
local null = cjson.null
local YEAR = "entryDateFrom=2023-06-01T00:00:00&entryDateTo=2024-06-01T23:59:59"
local NOBODY = "0123456789abcdef01234567"

describe("the sandbox's CPD", function()
  local sandbox

  setup(function() sandbox = assert(start{ users = 80 }) end) -- nothing here writes
  teardown(function() sandbox:stop() end)

  local function get(target) return assert(raw.request(sandbox, "GET", "/rest/v1" .. target)) end

  local function list(target)
    local answer = get(target)
    assert.equal(200, answer.status, answer.body)
    assert.is_true(answer.json.pagination.totalPages <= 1) -- nothing is on a second page
    return answer.json.results
  end

  it("pages by a hundred unless told otherwise", function()
    local queries = {
      cpdCategories = "", cpdEntries = "", cpdRequirementSummaries = "", cpdUserLogSummaries = "&" .. YEAR,
    }
    for path, query in pairs(queries) do
      assert.equal(100, get("/" .. path .. "?page=1" .. query).json.pagination.perPage)
      local answer = get("/" .. path .. "?perPage=3&page=2" .. query)
      assert.equal(3, #answer.json.results, path)
      assert.equal(2, answer.json.pagination.page)
      answer = get("/" .. path .. "?perPage=1001&page=0&since=x" .. query)
      for _, name in ipairs{ "perPage", "page", "since" } do refused(answer, 400, name) end
      refused(assert(raw.request(sandbox, "GET", "/rest/v1/" .. path, nil, { Authorization = false })), 401)
    end
  end)

  it("gets each by the identifier of its own name; a malformed one is a bad request", function()
    for path, name in pairs{
      cpdCategories = "categoryId", cpdEntries = "logEntryId", cpdRequirementSummaries = "audienceRequirementId",
    } do
      local first = get("/" .. path).json.results[1]
      assert.is_nil(first.id)
      local answer = get("/" .. path .. "/" .. first[name])
      assert.equal(200, answer.status)
      assert.same(first, answer.json)
      refused(get("/" .. path .. "/" .. NOBODY), 404)
      refused(get("/" .. path .. "/7"), 400, name)
    end
    refused(get("/cpdUserLogSummaries/" .. NOBODY), 404)
  end)

  it("has categories, by the time of their last change", function()
    local all = list("/cpdCategories")
    assert.is_true(#all >= 6)
    for _, category in ipairs(all) do assert.equal("categoryId name", keys(category)) end
    local some = list("/cpdCategories?updatedSince=2023-01-01T00:00:00Z")
    assert.is_true(#some > 0 and #some < #all)
    refused(get("/cpdCategories?updatedSince=2023-01-01+00:00:00"), 400, "updatedSince")
  end)

  describe("entries", function()
    it("are spread over two years and over people", function()
      local categories, users, per_user, first, last = {}, {}, {}, "9", ""
      for _, category in ipairs(list("/cpdCategories")) do categories[category.categoryId] = category.name end
      for _, user in ipairs(sandbox:users()) do users[user.id] = true end
      for _, entry in ipairs(list("/cpdEntries?perPage=1000")) do
        assert.equal("activity category description durationMinutes entryDate isVerified logEntryId userId", keys(entry))
        assert.equal("name type", keys(entry.activity))
        assert.equal(categories[entry.category.categoryId], entry.category.name)
        assert.is_true(users[entry.userId])
        assert.equal("boolean", type(entry.isVerified))
        assert.is_true(entry.durationMinutes > 0 and entry.durationMinutes % 15 == 0)
        assert.is_true(entry.description == null or #entry.description > 0)
        per_user[entry.userId] = (per_user[entry.userId] or 0) + 1
        if entry.entryDate < first then first = entry.entryDate end
        if entry.entryDate > last then last = entry.entryDate end
      end
      assert.is_true(first < "2022-07" and last > "2024-05", first .. " " .. last)
      local people, busy = 0, 0
      for _, n in pairs(per_user) do
        people = people + 1
        if n > 12 then busy = busy + 1 end
      end
      assert.is_true(people > 40 and people < 80)
      assert.is_true(busy > 5)
    end)

    it("filter by date-times with a space, both ends inclusive", function()
      local one = list("/cpdEntries?perPage=1000")[1]
      local at = one.entryDate:sub(1, 19):gsub("T", "+")
      local found = false
      for _, entry in ipairs(list("/cpdEntries?entryDateFrom=" .. at .. "&entryDateTo=" .. at)) do
        assert.equal(one.entryDate, entry.entryDate)
        found = found or entry.logEntryId == one.logEntryId
      end
      assert.is_true(found)
    end)

    it("take a bare day as its first second, at both ends", function()
      local one = list("/cpdEntries?perPage=1000")[1]
      local day = one.entryDate:sub(1, 10)
      assert.equal(0, #list("/cpdEntries?entryDateFrom=" .. day .. "&entryDateTo=" .. day))
      assert.is_true(#list("/cpdEntries?entryDateFrom=" .. day .. "&entryDateTo=" .. day .. "+23:59:59") > 0)
    end)

    it("refuse every other form of a date", function()
      for _, text in ipairs{ "2024-01-01T00:00:00", "2024-01-01T00:00:00Z", "2024-1-1", "2024-02-30", "2024-01-01+24:00:00" } do
        refused(get("/cpdEntries?entryDateFrom=" .. text), 400, "entryDateFrom")
        refused(get("/cpdEntries?entryDateTo=" .. text), 400, "entryDateTo")
      end
    end)
  end)

  describe("requirements", function()
    it("are targets of audiences, by the time of their last change", function()
      local all = list("/cpdRequirementSummaries")
      assert.is_true(#all >= 4)
      local updated, never = 0, 0
      for _, requirement in ipairs(all) do
        assert.equal("audienceId audienceRequirementId createdAt requiredMinutes updatedAt", keys(requirement))
        assert.is_true(requirement.requiredMinutes > 0)
        if requirement.updatedAt == null then never = never + 1 else updated = updated + 1 end
      end
      assert.is_true(updated > 0 and never > 0)
      assert.equal(#all, #list("/cpdRequirementSummaries?updatedSince=2000-01-01"))
      assert.equal(0, #list("/cpdRequirementSummaries?updatedSince=2024-06-02"))
    end)

    it("are met by some members of an audience and missed by others", function()
      local minutes, met, missed = {}, 0, 0
      for _, summary in ipairs(list("/cpdUserLogSummaries?perPage=1000&" .. YEAR)) do
        minutes[summary.userId] = summary.durationMinutes
      end
      for _, requirement in ipairs(list("/cpdRequirementSummaries")) do
        for _, user in ipairs(sandbox:users()) do
          for _, audience in ipairs(user.audiences) do
            if audience.id == requirement.audienceId then
              if (minutes[user.id] or 0) >= requirement.requiredMinutes then met = met + 1 else missed = missed + 1 end
            end
          end
        end
      end
      assert.is_true(met > 0 and missed > 0, met .. " " .. missed)
    end)
  end)

  describe("user summaries", function()
    it("add up each person's entries in the range", function()
      local sums = {}
      for _, entry in ipairs(list("/cpdEntries?perPage=1000&entryDateFrom=2023-06-01&entryDateTo=2024-06-01+23:59:59")) do
        sums[entry.userId] = (sums[entry.userId] or 0) + entry.durationMinutes
      end
      for _, summary in ipairs(list("/cpdUserLogSummaries?perPage=1000&" .. YEAR)) do
        assert.equal("durationMinutes userId", keys(summary))
        assert.equal(sums[summary.userId], summary.durationMinutes)
        sums[summary.userId] = nil
      end
      assert.is_nil(next(sums))
    end)

    it("are of the users asked for, without those who logged nothing", function()
      local all = list("/cpdUserLogSummaries?perPage=1000&" .. YEAR)
      local two = all[1].userId .. "," .. all[3].userId:upper() .. "," .. NOBODY
      assert.same({ all[1], all[3] }, list("/cpdUserLogSummaries?" .. YEAR .. "&userIds=" .. two))
      refused(get("/cpdUserLogSummaries?" .. YEAR .. "&userIds=U0001"), 400, "userIds")
      refused(get("/cpdUserLogSummaries?" .. YEAR .. "&userIds=" .. NOBODY .. ","), 400, "userIds")
    end)

    it("need both ends", function()
      local answer = get("/cpdUserLogSummaries")
      refused(answer, 400, "entryDateFrom")
      refused(answer, 400, "entryDateTo")
      refused(get("/cpdUserLogSummaries?entryDateFrom=2023-06-01T00:00:00"), 400, "entryDateTo")
    end)

    it("refuse every form of a time but T without a zone", function()
      for _, text in ipairs{
        "2024-01-01", "2024-01-01+00:00:00", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00%2B00:00",
        "2024-01-01T00:00:00.000", "2024-01-01T00:00", "2024-13-01T00:00:00",
      } do
        refused(get("/cpdUserLogSummaries?entryDateTo=2024-06-01T00:00:00&entryDateFrom=" .. text), 400, "entryDateFrom")
        refused(get("/cpdUserLogSummaries?entryDateFrom=2023-06-01T00:00:00&entryDateTo=" .. text), 400, "entryDateTo")
      end
    end)
  end)
end)
