--- Draws grouped horizontal bars as an SVG document.
local M = {}

local WIDTH <const>, LEFT <const>, RIGHT <const>, TOP <const> = 860, 230, 70, 78
local BAR <const>, GAP <const>, HEAD <const>, AFTER <const> = 16, 5, 26, 14
local COLOURS <const> = { ours = "#1f5fae", limit = "#7a7a7a", peer = "#c3ccd6" }

local ENTITIES <const> = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }
local function escape(s) return (s:gsub('[&<>"]', ENTITIES)) end

-- A step of 1, 2 or 5 times a power of ten, with at most ten of them up to `most`.
local function step_for(most)
  local power = 10.0 ^ math.floor(math.log(most / 10, 10))
  for _, factor in ipairs { 1, 2, 5, 10 } do
    if most / (factor * power) <= 10 then return factor * power end
  end
end

--- The chart.
-- @tparam table job `title`, `note`, `unit` (under the axis), `groups` = a list of { name =, { name =, value =, least =,
--   most =, kind = "ours" | "limit" | "peer" }, … }
-- @treturn string SVG
function M.bars(job)
  local most, height = 0, TOP
  for _, group in ipairs(job.groups) do
    height = height + HEAD + #group * (BAR + GAP) + AFTER
    for _, bar in ipairs(group) do most = math.max(most, bar.most) end
  end
  local step = step_for(most)
  local scale = (WIDTH - LEFT - RIGHT) / (math.ceil(most / step) * step)
  local parts = {}
  local function add(format, ...) parts[#parts + 1] = format:format(...) end
  local function text(x, y, what, attributes)
    add('<text x="%.1f" y="%.1f"%s>%s</text>', x, y, attributes and " " .. attributes or "", escape(what))
  end

  add('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" font-family="sans-serif" '
    .. 'font-size="12" fill="#222222">', WIDTH, height + 46, WIDTH, height + 46)
  add("<title>%s</title>", escape(job.title))
  add('<rect width="100%%" height="100%%" fill="#ffffff"/>')
  text(16, 28, job.title, 'font-size="17" font-weight="bold"')
  text(16, 50, job.note, 'fill="#555555"')
  for i = 0, math.ceil(most / step) do
    local x = LEFT + i * step * scale
    add('<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#e3e3e3"/>', x, TOP - 12, x, height)
    text(x, height + 16, ("%g"):format(i * step), 'text-anchor="middle" fill="#555555"')
  end
  text(LEFT + (WIDTH - LEFT - RIGHT) / 2, height + 36, job.unit, 'text-anchor="middle"')
  local y = TOP
  for _, group in ipairs(job.groups) do
    text(16, y + 14, group.name, 'font-weight="bold"')
    y = y + HEAD
    for _, bar in ipairs(group) do
      local middle = y + BAR / 2
      text(LEFT - 8, middle + 4, bar.name, 'text-anchor="end"' .. (bar.kind == "ours" and ' font-weight="bold"' or ""))
      add('<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>', LEFT, y, bar.value * scale, BAR, COLOURS[bar.kind])
      add('<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#222222" stroke-opacity="0.6"/>', LEFT + bar.least * scale,
        middle, LEFT + bar.most * scale, middle)
      text(LEFT + bar.most * scale + 6, middle + 4, ("%.2f"):format(bar.value))
      y = y + BAR + GAP
    end
    y = y + AFTER
  end
  add("</svg>\n")
  return table.concat(parts, "\n")
end

return M
