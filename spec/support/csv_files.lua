--- What the specs of thrive.csv share: files that go again, and what was said against one.
local csv = require "thrive.csv"
local interp = require "spec.support.interp"

local M = {}

local made = {}

--- The path of a fresh file; `remove` deletes it.
function M.fresh()
  local path = os.tmpname()
  made[#made + 1] = path
  return path
end

--- A file that holds a text; `remove` deletes it.
function M.with(text)
  local path = M.fresh()
  interp.write(path, text)
  return path
end

--- Deletes the files. For after_each.
function M.remove()
  for i, path in ipairs(made) do
    os.remove(path)
    made[i] = nil
  end
end

--- Calls f, which must raise; returns the message.
function M.raised(f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok, "nothing was raised")
  return tostring(err)
end

--- What is wrong with a text, as csv.parse says it.
function M.fault(text, options)
  local rows, err = csv.parse(text, options)
  assert(rows == nil, "nothing is wrong with it")
  return tostring(err)
end

return M
