--- An entry for thrive.sandbox.http that fails in every way that the real one must never: it shows that the C side
-- answers 500 and goes on. The target chooses how.
local M = {}

local TYPE = { "Content-Type", "text/plain" }

local ANSWERS = {
  ["/fine"] = function() return 200, "fine", TYPE end,
  ["/raise"] = function() error('a "quoted"\nerror\\') end,
  ["/raise-table"] = function() error({}) end,
  ["/nothing"] = function() end,
  ["/no-body"] = function() return 200, nil, TYPE end,
  ["/no-headers"] = function() return 200, "x", "Content-Type: text/plain" end,
  ["/bad-header"] = function() return 200, "x", { {}, "x" } end,
  ["/odd-headers"] = function() return 200, "x", { "Content-Type" } end,
  ["/split-header"] = function() return 200, "x", { "X-A", "1\r\nX-B: 2" } end,
  ["/bad-plan"] = function() return 200, "x", TYPE, 7 end,
  ["/bad-delay"] = function() return 200, "x", TYPE, { delay = "soon" } end,
  ["/bad-status"] = function() return "200 OK", "x", TYPE end,
  ["/overflow"] = function() return (function(f) return f(f) + 1 end)(function(f) return f(f) + 1 end) end,
  ["/echo"] = function(method, target, headers, body)
    return 200, method .. " " .. target .. " " .. #headers .. " " .. body, TYPE
  end,
}

function M.open(config, now)
  if config == "raise" then error("no tenant today") end
  if config == "nothing" then return end
  assert(math.type(now()) == "integer")
  return function(method, target, ...) return ANSWERS[target](method, target, ...) end,
    function(text)
      if text == "raise" then error("no", 0) end
      if text == "table" then return {} end
      return text .. config
    end
end

return M
