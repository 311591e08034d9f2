--- The last line of the terminal, held free for one line of text while the rest scrolls above it.
--
-- The script prints when it likes, and so do the programs that it runs; a line that is drawn where the cursor is would end
-- up in the middle of their output, or its remains behind it. So while there is something to show the terminal scrolls
-- only the lines above its last one (as apt does), and the last one is ours: nothing that is printed is touched. At the end
-- it is given back, and nothing is left to be seen. However the process ends, core.screen gives it back.
-- @module thrive.progress.screen

local core = require "thrive.core"
local terminal = require "thrive.terminal"

local M = {}

local STDERR <const> = 2
local stderr, type_of = io.stderr, io.type -- the script may put something else there

-- DECSC and DECRC keep the cursor with its colours, ED and EL erase, DECSTBM sets the lines that scroll (and moves the
-- cursor). IND and CUU: there has to be a line below the cursor, and its column has to stay.
local SAVE <const>, RESTORE <const> = "\27" .. "7", "\27" .. "8"
local MAKE_ROOM <const> = "\27D\27[A"
-- Wherever that is: the system may tell of another size a moment after the terminal has it.
local LAST_LINE <const> = "\27[999;1H"
local GIVE_BACK <const> = SAVE .. LAST_LINE .. "\27[K\27[r" .. RESTORE

local shown -- { columns, rows, text, lost }: what the terminal has now, nil when all of it scrolls

-- Is it any use to draw? Asked once.
local usable
local function is_usable()
  return terminal.moves(STDERR) and os.getenv("THRIVE_PROGRESS") ~= "0"
end

--- Is standard error a terminal on which a line can be held? Not where TERM is dumb, or THRIVE_PROGRESS is 0.
-- @treturn boolean
function M.usable()
  if usable == nil then usable = is_usable() end
  return usable
end

local function write(text)
  if type_of(stderr) == "file" then stderr:write(text) end -- the script may have closed it
end

-- After another size came nobody knows where our line is, but that it is below the cursor.
local function forget()
  shown = nil
  core.screen.hold(nil)
  return ("%s\27[r%s\27[J"):format(SAVE, RESTORE)
end

--- How many columns the line may have; nil while nothing can be shown: in the background, in a very small window.
-- @treturn integer|nil
function M.columns()
  local columns, rows = core.system.window(STDERR)
  if not columns or rows < 4 or columns < 10 or not core.screen.foreground(STDERR) then
    -- The shell has the terminal now (Ctrl-Z), and may have changed it: begin anew when it is ours again.
    if shown then shown.lost = true end
    return nil
  end
  return columns - 1
end

--- Shows the text on the last line, instead of what was there.
-- @tparam string text at most `columns` wide
function M.show(text)
  local columns, rows = core.system.window(STDERR)
  if not columns then return end
  local before = ""
  if shown and not core.screen.held() then shown = nil end -- a signal has come, and the line was given back
  if shown and (shown.lost or shown.columns ~= columns or shown.rows ~= rows) then before = forget() end
  if not shown then
    core.screen.hold(GIVE_BACK)
    shown = { columns = columns, rows = rows }
    before = ("%s%s%s\27[1;%dr%s"):format(before, MAKE_ROOM, SAVE, rows - 1, RESTORE)
  elseif shown.text == text then
    return
  end
  shown.text = text
  write(("%s%s%s\27[0m%s\27[K%s"):format(before, SAVE, LAST_LINE, text, RESTORE))
end

--- Gives the line back, blank; nothing when none is held.
function M.clear()
  if shown and not core.screen.held() then
    shown = nil
    core.screen.hold(nil) -- also signals are the process's own again
  end
  if not shown then return end
  local columns, rows = core.system.window(STDERR)
  local same = shown.columns == columns and shown.rows == rows and not shown.lost
  local text = same and GIVE_BACK or forget()
  shown = nil
  core.screen.hold(nil)
  if core.screen.foreground(STDERR) then write(text) end
end

return M
