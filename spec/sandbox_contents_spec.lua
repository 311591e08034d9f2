-- The sandbox's contents and tags over raw HTTP.
local cjson = require "cjson"
local raw = require "spec.support.raw_http"
local start = require("thrive.sandbox").start
local keys = require("spec.support.subject").keys

local refused = raw.refused
local null = cjson.null
local TYPES = {
  article = true, assessment = true, broadcast = true, cmi5 = true, elearning = true, event = true, file = true,
  pathway = true, question = true, quiz = true, scorm = true, url = true, video = true, mixed = true,
}
local NAMES = "author contentHistory createdAt description duration id isOfficial tags title type updatedAt"

describe("the sandbox's contents", function()
  local sandbox

  setup(function() sandbox = assert(start{ users = 30 }) end) -- nothing here writes
  teardown(function() sandbox:stop() end)

  local function get(target) return assert(raw.request(sandbox, "GET", "/rest/v1" .. target)) end

  local function list(query)
    local answer = get("/contents" .. (query or ""))
    assert.equal(200, answer.status, answer.body)
    return answer.json.results, answer.json.pagination
  end

  it("lists sixty, twenty to a page unless told otherwise", function()
    local results, pagination = list()
    assert.equal(20, #results)
    assert.same({ totalResults = 60, totalPages = 3, page = 1, perPage = 20 }, pagination)
    assert.equal(60, #list("?perPage=1000"))
    assert.equal(0, #list("?page=4"))
    local seen = {}
    for page = 1, 3 do
      for _, content in ipairs(list("?page=" .. page)) do seen[content.id] = content.title end
    end
    local n, titles = 0, {}
    for _, title in pairs(seen) do
      n = n + 1
      assert.is_nil(titles[title])
      titles[title] = true
    end
    assert.equal(60, n)
    assert.is_true(titles["Fire Safety Awareness"] and titles["GDPR Essentials"] and titles["Manual Handling"])
  end)

  it("shows records as the pages do", function()
    local authors, timed, html = 0, 0, 0
    for _, content in ipairs(list("?perPage=1000")) do
      assert.equal(NAMES, keys(content))
      assert.truthy(content.id:match("^%x+$") and #content.id == 24)
      assert.is_true(TYPES[content.type])
      assert.equal("boolean", type(content.isOfficial))
      assert.is_true(content.createdAt <= content.updatedAt)
      if content.author ~= null then
        authors = authors + 1
        assert.equal(200, get("/user/" .. content.author).status)
      end
      if content.duration ~= null then
        timed = timed + 1
        assert.equal("minutes", content.duration.unit)
        assert.equal("unit value", keys(content.duration))
      end
      assert.is_true(#content.contentHistory >= 2)
      for _, change in ipairs(content.contentHistory) do
        assert.equal("action performedBy timestamp", keys(change))
        assert.equal("type value", keys(change.performedBy))
      end
      if content.description:find("<p>", 1, true) then html = html + 1 end
    end
    assert.is_true(authors > 20 and authors < 60)
    assert.is_true(timed > 20 and timed < 60)
    assert.is_true(html > 5)
  end)

  it("filters by type; what is asked for wins over what is omitted", function()
    local function types(query)
      local set = {}
      for _, content in ipairs(list("?perPage=1000" .. query)) do set[content.type] = true end
      return keys(set)
    end
    assert.equal("quiz video", types("&types=video,quiz"))
    assert.equal("quiz video", types("&types=video%2Cquiz&omitTypes=quiz"))
    assert.is_nil(types("&omitTypes=quiz,video"):find("quiz"))
    assert.truthy(types("&omitTypes=quiz,video"):find("elearning"))
  end)

  it("filters by the time of the last change, inclusive", function()
    local all = list("?perPage=1000")
    local last = all[1].updatedAt
    for _, content in ipairs(all) do
      if content.updatedAt > last then last = content.updatedAt end
    end
    local results = list("?updatedSince=" .. last)
    assert.is_true(#results >= 1 and #results < 60)
    for _, content in ipairs(results) do assert.equal(last, content.updatedAt) end
    assert.equal(0, #list("?updatedSince=2030-01-01"))
    assert.equal(60, #list("?perPage=1000&updatedSince=2000-01-01T00:00:00%2B01:00"))
  end)

  it("refuses parameters that are wrong or unknown, all at once", function()
    local answer = get("/contents?page=0&perPage=1001&types=film&omitTypes=&updatedSince=yesterday&limit=5")
    for _, name in ipairs{ "page", "perPage", "types", "omitTypes", "updatedSince", "limit" } do refused(answer, 400, name) end
    refused(get("/contents?types=video,"), 400, "types")
  end)

  it("gets one by its id", function()
    local first = list()[1]
    local answer = get("/contents/" .. first.id)
    assert.equal(200, answer.status)
    assert.same(first, answer.json)
    assert.equal(200, get("/contents/" .. first.id:upper()).status)
    refused(get("/contents/0123456789abcdef01234567"), 404)
    for _, id in ipairs{ "7", "0123456789abcdef0123456g", "0123456789abcdef012345678" } do
      refused(get("/contents/" .. id), 400, "id")
    end
  end)

  it("only reads them", function()
    refused(assert(raw.request(sandbox, "POST", "/rest/v1/contents", { title = "x" })), 405)
    refused(assert(raw.request(sandbox, "GET", "/rest/v1/contents", nil, { Authorization = false })), 401)
  end)

  it("needs the scope to read, as activities and CPD do", function()
    local function bearer(scope)
      local answer = assert(raw.request(sandbox, "POST", "/oauth2/token/" .. sandbox.tenant_id,
        ("grant_type=client_credentials&client_id=%s&client_secret=%s&scope=%s"):format(sandbox.client_id,
          sandbox.client_secret, scope),
        { Authorization = false, ["Content-Type"] = "application/x-www-form-urlencoded" }))
      return { Authorization = "Bearer " .. answer.json.access_token }
    end
    local reader, writer = bearer("api/read"), bearer("api/write")
    for _, path in ipairs{
      "contents", "contents/x", "activities", "activity/x", "cpdCategories", "cpdCategories/x", "cpdEntries", "cpdEntries/x",
      "cpdRequirementSummaries", "cpdRequirementSummaries/x", "cpdUserLogSummaries", "tags", "tags/x",
    } do
      assert.not_equal(403, assert(raw.request(sandbox, "GET", "/rest/v1/" .. path, nil, reader)).status)
      refused(assert(raw.request(sandbox, "GET", "/rest/v1/" .. path, nil, writer)), 403)
    end
  end)

  it("is the same for the same seed, whatever happened before the first look", function()
    local other <close> = assert(start{ users = 30 })
    assert.equal(200, assert(raw.request(other, "DELETE", "/rest/v2/users/ref/U0003")).status)
    local function text(of) return assert(raw.request(of, "GET", "/rest/v1/contents?perPage=1000")).body end
    assert.is_true(text(sandbox) == text(other))
    local third <close> = assert(start{ users = 30, seed = 2 })
    assert.is_false(text(sandbox) == text(third))
  end)

  it("has no contents' authors in a tenant without users", function()
    local empty <close> = assert(start{ users = 0 })
    local results = assert(raw.request(empty, "GET", "/rest/v1/contents?perPage=1000")).json.results
    assert.equal(60, #results)
    for _, content in ipairs(results) do assert.equal(null, content.author) end
  end)

  describe("tags", function()
    it("name the contents that carry them, and nothing else", function()
      local by_tag, tags = {}, get("/tags").json.results
      for _, content in ipairs(list("?perPage=1000")) do
        for _, name in ipairs(content.tags) do
          by_tag[name] = by_tag[name] or {}
          table.insert(by_tag[name], content.id)
        end
      end
      local used = 0
      for _, tag in ipairs(tags) do
        assert.same(by_tag[tag.tag] or {}, tag.contents)
        by_tag[tag.tag] = nil
        if #tag.contents > 0 then used = used + 1 end
        assert.same(tag, get("/tags/" .. tag.id).json)
      end
      assert.is_nil(next(by_tag))
      assert.is_true(used > 10)
    end)

    it("name the users who have the skill or follow it", function()
      for _, tag in ipairs(get("/tags").json.results) do
        local skills, interests = {}, {}
        for _, user in ipairs(sandbox:users()) do
          for _, name in ipairs(user.tags.skills) do
            if name == tag.tag then skills[#skills + 1] = user.id end
          end
          for _, name in ipairs(user.tagsFollowing) do
            if name == tag.tag then interests[#interests + 1] = user.id end
          end
        end
        assert.same(skills, tag.skills)
        assert.same(interests, tag.interests)
      end
    end)
  end)
end)
