--- The prompt's reading half: gets lines, decides when they are a whole chunk, compiles it. Whoever runs the prompt
-- (src/main.c, bin/thrivelua) calls the chunk and shows the results, so that nothing of ours is below it.
-- Behaves as lua's prompt. Loaded before any script runs: what a script does to the globals cannot reach in here.
-- @module thrive.repl
local M = {}

local globals, load, tostring = _G, load, tostring

-- _PROMPT and _PROMPT2 are looked at anew for every line, for scripts change them.
local function prompt(name, default)
  local value = globals[name]
  if value == nil then return default end
  return tostring(value)
end

--- Makes the function that gets the next chunk.
-- @tparam function readline `readline(prompt)` returns a line, nil at the end of input, false to start over
-- @treturn function returns a function to run; false and a message when it does not compile; nil at the end of input
-- @usage local next_chunk = repl.reader(readline)
function M.reader(readline)
  local function statement()
    local line = readline(prompt("_PROMPT", "> "))
    if not line then return line end
    if line:sub(1, 1) == "=" then line = "return " .. line:sub(2) end
    local chunk = load("return " .. line, "=stdin")
    while not chunk do
      local message
      chunk, message = load(line, "=stdin")
      if chunk then break end
      if message:sub(-5) ~= "<eof>" then return false, message end
      local more = readline(prompt("_PROMPT2", ">> "))
      if more == false then return more end
      -- lua has thrown the message away by the time it finds that there is no more input, and prints this.
      if not more then return false, "(null)" end
      line = line .. "\n" .. more
    end
    return chunk
  end

  return function()
    local chunk, message
    repeat
      chunk, message = statement()
    until chunk ~= false or message
    return chunk, message
  end
end

return M
