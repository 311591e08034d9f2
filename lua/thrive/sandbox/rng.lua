--- The sandbox's own random numbers (splitmix64): the same seed gives the same sequence in every Lua, and the script's
-- `math.random` is left alone.
local M = {}
M.__index = M

--- A generator.
-- @tparam integer seed
function M.new(seed)
  return setmetatable({ state = seed * 0x2545F4914F6CDD1D }, M)
end

--- A generator of its own for one part of the tenant: a part that draws more leaves all others as they were.
-- @tparam integer seed
-- @tparam string name
function M.stream(seed, name)
  for i = 1, #name do seed = (seed ~ name:byte(i)) * 0x100000001B3 end -- FNV-1a
  return M.new(seed)
end

--- The next 64 bits.
-- @treturn integer
function M:next()
  local z = self.state + 0x9E3779B97F4A7C15
  self.state = z
  z = (z ~ z >> 30) * 0xBF58476D1CE4E5B9
  z = (z ~ z >> 27) * 0x94D049BB133111EB
  return z ~ z >> 31
end

--- An integer from 1 to n.
function M:below(n)
  return (self:next() >> 1) % n + 1
end

--- A number in [0, 1).
function M:fraction()
  return (self:next() >> 11) * 2.0 ^ -53
end

--- One item of a list.
function M:pick(list)
  return list[self:below(#list)]
end

--- A new id: 24 hex digits, the first eight a time, as the live ids are.
-- @tparam integer at milliseconds since the epoch
function M:id(at)
  return string.format("%08x%016x", at // 1000 & 0xFFFFFFFF, self:next())
end

return M
