-- The text of a progress line: numbers, rate, what is left out where it is narrow.
local line = require "thrive.progress.line"

describe("a progress line", function()
  local whole = { label = "users", count = 12345, total = 100000, rate = 1234 }

  it("says how far, how fast and how long", function()
    assert.equal("users  12,345 of 100,000  12%  1,234/s  ETA 0:01:12", line.text(whole, 80))
  end)

  it("has no total and no ETA where nobody knows one", function()
    assert.equal("users  12,345  1,234/s", line.text({ label = "users", count = 12345, rate = 1234 }, 80))
  end)

  it("does not say 'of' a total that has been passed", function()
    assert.equal("users  12  1.0/s", line.text({ label = "users", count = 12, total = 11, rate = 1 }, 80))
  end)

  it("says nothing of a rate that is not known yet, and tenths of a slow one", function()
    assert.equal("0 of 5  0%", line.text({ count = 0, total = 5, rate = 0 }, 80))
    assert.equal("1 of 5  20%  0.2/s  ETA 0:00:20", line.text({ count = 1, total = 5, rate = 0.2 }, 80))
  end)

  it("says what is waited for instead of how fast it is", function()
    assert.equal("users  12,345 of 100,000  12%  waiting 12 s for the rate limit (429)", line.text({
      label = "users", count = 12345, total = 100000, rate = 1234, waiting = 11.2, why = "for the rate limit (429)",
    }, 80))
    assert.equal("waiting 3 s to try again (503)", line.text({ waiting = 3, why = "to try again (503)" }, 80))
  end)

  it("fits: the rate goes first, then the percentage, the label, the ETA, the rest is cut", function()
    for columns, text in pairs {
      [51] = "users  12,345 of 100,000  12%  1,234/s  ETA 0:01:12",
      [50] = "users  12,345 of 100,000  12%  ETA 0:01:12",
      [41] = "users  12,345 of 100,000  ETA 0:01:12",
      [36] = "12,345 of 100,000  ETA 0:01:12",
      [29] = "12,345 of 100,000",
      [10] = "12,345 of…",
    } do
      assert.equal(text, line.text(whole, columns))
    end
    for columns = 1, 80 do
      assert.is_true(utf8.len(line.text({ label = "Prüfungen für Łódź", count = 1, total = 9, rate = 1 }, columns)) <= columns)
    end
  end)

  it("cuts a long label to half of the columns", function()
    assert.equal("Compliance for everybody in the car…  12 of 100  12%  4.0/s  ETA 0:00:22", line.text({
      label = "Compliance for everybody in the care homes of Leeds and Bradford", count = 12, total = 100, rate = 4 }, 72))
    assert.equal("日本語の…  12 of 100", line.text({ label = "日本語のラベル", count = 12, total = 100 }, 20))
  end)

  it("lets no label move the cursor", function()
    assert.equal("a\\nb\\27c\\u{9B}[2J  1", line.text({ label = "a\nb\27c\u{9b}[2J", count = 1 }, 80))
  end)

  it("takes the rate over the last ten seconds, and over longer where little came in them", function()
    local samples = {}
    for second = 0, 60 do line.sample(samples, second, second * 100) end
    assert.equal(100, line.rate(samples, 60, 6000))
    for second = 61, 75 do line.sample(samples, second, 6000 + (second - 60) * 10) end
    assert.equal(10, line.rate(samples, 75, 6150))
    assert.is_true(#samples < 20, #samples)
    local slow = {} -- a thousand every half a minute
    for second = 0, 300 do line.sample(slow, second, second // 30 * 1000) end
    assert.equal(1000 / 30, line.rate(slow, 300, 10000))
    assert.equal(3000 / 180, line.rate(slow, 390, 10000)) -- and then no more
  end)

  it("knows no rate without time or records", function()
    assert.equal(0, line.rate({}, 5, 10))
    local samples = {}
    line.sample(samples, 5, 0)
    assert.equal(0, line.rate(samples, 5, 10))
    assert.equal(0, line.rate(samples, 9, 0))
  end)

  it("writes numbers and times for people", function()
    assert.same({ "0", "999", "1,000", "1,234,567" },
      { line.count(0), line.count(999), line.count(1000), line.count(1234567) })
    assert.same({ "0:00:00", "0:00:01", "0:01:10", "27:46:40" },
      { line.duration(0), line.duration(0.2), line.duration(70), line.duration(100000) })
  end)
end)
