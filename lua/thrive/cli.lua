--- thrivelua's command line: reads the arguments and says what to run, in which order. Shared by the binary (src/main.c)
-- and the rock's script (bin/thrivelua), which run the steps; nothing is run here, so that no frame of ours is below
-- a script and its tracebacks and levels are those of lua. Compiled at every start, in the binary before the libraries
-- are open (base and string are): keep it small. Whatever lua's command line has not is in thrive.longopts.
-- @module thrive.cli
local M = {}

--- Reads the command line.
-- @tparam table argv the arguments; `argv[0]` is the program's name as messages give it
-- @tparam function require loads thrive.longopts, if need be
-- @treturn table the plan. The list holds the steps in order: `{"warnings"}`, `{"text", chunk, chunkname}`,
-- `{"library", global, module}`, `{"script", name or false}` (false: standard input),
-- `{"interactive"}`, `{"default"}` (interactive on a terminal, else standard input as a script), `{"help"}`,
-- `{"version"}`, `{"program", module}` (instead of a script: its `run(words, plan)` returns the exit status). Fields:
-- `script` (index in argv of the script or of the word "api", or one more than the count when there is none),
-- `copyright` (say which Lua this is first), `ignore_environment`, `interactive` (there may be a prompt), `options`
-- (the table of thrive.longopts when one of these was given: call `options.setup(plan)` before the steps), and the long
-- options' values. Or `failure`: text for standard error, nothing runs, `status` is the exit status. LUA_INIT is for the
-- caller to run first.
-- @usage local plan = cli.parse(arg, require)
function M.parse(argv, require)
  local plan, count = {}, #argv
  local i, has_text, failure = 1, false, nil
  while i <= count do
    local word = argv[i]
    local option, value = word:sub(1, 2), word:sub(3)
    if word == "--" then
      i = i + 1
      break
    elseif word == "-" or option:sub(1, 1) ~= "-" then
      break
    elseif option == "-e" or option == "-l" then
      if value == "" then
        i = i + 1
        value = argv[i]
        if not value or value:sub(1, 1) == "-" then
          failure = ("'%s' needs argument"):format(word)
          break
        end
      end
      if option == "-e" then
        has_text = true
        plan[#plan + 1] = { "text", value, "=(command line)" }
      else
        local global, module = value:match("^([^=]*)=(.*)$")
        plan[#plan + 1] = { "library", global or value, module or value }
      end
    elseif option == "--" then
      plan.options = plan.options or require("thrive.longopts")
      i, failure = plan.options.read(plan, argv, i)
      if failure then break end
    elseif word == "-W" then
      plan[#plan + 1] = { "warnings" }
    elseif word == "-E" then
      plan.ignore_environment = true
    elseif word == "-v" or word == "-i" then
      plan.copyright = true
      plan.interactive = plan.interactive or word == "-i"
    else
      failure = ("unrecognized option '%s'"):format(word)
      break
    end
    i = i + 1
  end

  if plan.help or plan.version then
    return { { plan.help and "help" or "version" }, script = count + 1, options = plan.options, ignore_environment = true }
  elseif failure then
    plan.options = plan.options or require("thrive.longopts")
    plan.failure = plan.options.failure(argv[0], failure)
    plan.status = i and 1 or 2 -- 1 is lua's; what a long option has wrong, lua cannot have
    return plan
  end
  plan.script = i
  if plan.program then plan.script = i - 1 end -- what an option runs has its words behind the options
  if plan.program or argv[i] == "api" and argv[i - 1] ~= "--" then
    plan[#plan + 1] = { "program", plan.program or "thrive.api" }
    return plan
  end
  if i <= count then
    -- "-" is standard input, but not when it comes as a file's name after "--".
    plan[#plan + 1] = { "script", (argv[i] ~= "-" or argv[i - 1] == "--") and argv[i] }
  end
  if plan.interactive then
    plan[#plan + 1] = { "interactive" }
  elseif i > count and not has_text and not plan.copyright then
    plan.interactive = true
    plan[#plan + 1] = { "default" }
  end
  return plan
end

return M
