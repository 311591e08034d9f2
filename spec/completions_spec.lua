-- The completions at work: bash and zsh at a real terminal, with keys; and what bash and fish offer for a line, asked of them
-- directly.
local interp = require "spec.support.interp"
local terminal = require "spec.support.terminal"

local function first_line(command)
  local pipe <close> = assert(io.popen(command))
  return pipe:read("l")
end

local root = first_line("pwd")

local PROFILES <const> = [[return {
  work = { tenant_id = "t", api_key = "k" }, play = { tenant_id = "t", api_key = "k" },
  ["a b"] = { tenant_id = "t", api_key = "k" },
}]]

describe("completion", function()
  local directory, env

  setup(function()
    directory = interp.directory()
    assert(os.execute(("mkdir -p %s/bin %s/.config/thrive %s/sub"):format(directory, directory, directory)))
    -- The command under its name, wherever the build is.
    assert(os.execute(("ln -s %s %s/bin/thrivelua"):format(interp.quote(interp.thrivelua()), directory)))
    interp.write(directory .. "/sync.lua", "")
    interp.write(directory .. "/two words.lua", "")
    interp.write(directory .. "/people.csv", "")
    interp.write(directory .. "/.config/thrive/profiles.lua", PROFILES)
    assert(os.execute(("chmod 600 %s/.config/thrive/profiles.lua"):format(directory)))
    interp.write(directory .. "/.zshrc", ([[
fpath=(%s/completions $fpath)
autoload -U compinit
compinit -u -d %s/dump
PROMPT='zsh> '
]]):format(root, directory))
    interp.write(directory .. "/bashrc", ("PS1='bash> '\n. %s/completions/thrivelua.bash\n"):format(root))
    interp.write(directory .. "/ask.bash", ([[
. %s/completions/thrivelua.bash
compopt() { :; } # is there only while bash completes
while IFS= read -r line; do
  COMP_LINE=$line COMP_POINT=${#line} COMP_WORDS=(thrivelua)
  _thrivelua
  printf '<%%s>' "${COMPREPLY[@]}"
  echo
done
]]):format(root))
    interp.write(directory .. "/ask.fish", ([[
source %s/completions/thrivelua.fish
while read -l line
    echo (complete -C $line | string replace -r '\t.*' '' | string join ' ')
end
]]):format(root))
    env = { PATH = directory .. "/bin:" .. os.getenv("PATH"), HOME = directory, XDG_CONFIG_HOME = directory .. "/.config",
      XDG_DATA_HOME = directory, LC_ALL = "C.UTF-8" }
  end)

  teardown(function() interp.remove(directory) end)

  -- line → what is offered for it, sorted. `ask` is a command that reads lines.
  local cases = {
    ["thrivelua --d"] = "--doctor --dry-run",
    ["thrivelua --max"] = "--max-changes",
    ["thrivelua --profile "] = "play work",
    ["thrivelua --profile=w"] = "--profile=work",
    ["thrivelua --log pe"] = "people.csv",
    ["thrivelua -e "] = "",
    ["thrivelua s"] = "sub/ sync.lua",
    ["thrivelua t"] = "two words.lua",
    ["thrivelua api users l"] = "list",
    ["thrivelua --sandbox --sandbox-users 5 api cpd "] = "categories entries requirements summaries",
    ["thrivelua api audiences members "] = "add count list remove replace",
    ["thrivelua api audiences get-"] = "",
    ["thrivelua api users list s"] = "status= statuses=",
    ["thrivelua api users list status="] = "status=active status=expired status=inactive status=new",
    ["thrivelua api users list status=i"] = "status=inactive",
    ["thrivelua api users create role=learnera"] = "role=learneradmin",
    ["thrivelua api users list -o "] = "csv json lua md ndjson table tsv",
    ["thrivelua api users list --limit 3 --output=n"] = "--output=ndjson",
    ["thrivelua api users list --li"] = "--limit",
    ["thrivelua api users get --li"] = "",
    ["thrivelua api users delete U1 --from-csv p"] = "people.csv",
    ["thrivelua api GET /rest/v1/tags --host "] = "api webhooks",
    ["thrivelua api users list --dry"] = "--dry-run",
    ["thrivelua api users list --doc"] = "",
    ["thrivelua api users list --st"] = "--stats --status --statuses",
    ["thrivelua api users list --status "] = "active expired inactive new",
    ["thrivelua api users list --status=i"] = "--status=inactive",
    ["thrivelua api users list --status active --up"] = "--updated-since",
    ["thrivelua api users create --job-title "] = "",
    ["thrivelua api users create --sso --first"] = "--first-name",
    ["thrivelua api users create --sso fir"] = "firstName=",
    ["thrivelua api GET "] = "",
    ["thrivelua api users get U1 l"] = "",
  }

  -- What a shell offers for each line, made alike: bash leaves out what stands before "=", and adds blanks. others: what this
  -- shell offers where it differs.
  local function check(command, tidy, others)
    local lines = {}
    for text in pairs(cases) do lines[#lines + 1] = text end
    table.sort(lines)
    local ran = interp.run(directory, "", command, env, table.concat(lines, "\n") .. "\n")
    assert.same({ 0, "" }, { ran.code, ran.err })
    local i = 0
    for answer in ran.out:gmatch("(.-)\n") do
      i = i + 1
      assert.same(lines[i] .. " -> " .. (others[lines[i]] or cases[lines[i]]), lines[i] .. " -> " .. tidy(lines[i], answer))
    end
    assert.equal(#lines, i)
  end

  it("for bash offers what fits", function()
    check("bash --norc --noprofile ask.bash", function(text, answer)
      local offered = {}
      local before = text:match("([^ ]*=)[^ =]*$") or ""
      for word in answer:gmatch("<(.-)>") do
        if word ~= "" then
          if word == "sub" then word = "sub/" end -- the line editor does that
          offered[#offered + 1] = before .. word:gsub(" $", "")
        end
      end
      table.sort(offered)
      return table.concat(offered, " ")
    end, {})
  end)

  it("for fish offers what fits", function()
    check("fish --no-config ask.fish", function(text, answer)
      local offered = {}
      for word in (answer == "two words.lua" and "" or answer):gmatch("%S+") do
        -- Where nothing begins like the word fish offers what has it somewhere.
        if word:sub(1, #text:match("[^ ]*$")) == text:match("[^ ]*$") then offered[#offered + 1] = word end
      end
      table.sort(offered)
      return answer == "two words.lua" and answer or table.concat(offered, " ")
    end, { ["thrivelua --profile "] = "a b play work" })
  end)

  -- Types a line and Tab, and waits for what the line becomes.
  local function completes(t, prompt, text, becomes)
    t:type(text):key("Tab")
    t:wait_for(function(screen) return screen:find(prompt .. becomes, 1, true) end)
    t:key("C-u")
  end

  for shell, command in pairs { bash = "bash --noprofile --rcfile bashrc -i", zsh = "zsh -i" } do
    it("works at the prompt of " .. shell, function()
      local prompt = shell .. "> "
      local t <close> = terminal.open { program = "", command = command, directory = directory, env = env, columns = 100 }
      t:wait_for("^" .. shell .. ">")
      completes(t, prompt, "thrivelua api us", "thrivelua api users")
      completes(t, prompt, "thrivelua api users get-", "thrivelua api users get-by-ref")
      completes(t, prompt, "thrivelua api users list sta", "thrivelua api users list status")
      completes(t, prompt, "thrivelua api users list upd", "thrivelua api users list updatedSince=")
      completes(t, prompt, "thrivelua api users list status=act", "thrivelua api users list status=active")
      completes(t, prompt, "thrivelua api users list --output=nd", "thrivelua api users list --output=ndjson")
      completes(t, prompt, "thrivelua api users create --first", "thrivelua api users create --first-name")
      completes(t, prompt, "thrivelua api users create --login-method em", "thrivelua api users create --login-method email")
      completes(t, prompt, "thrivelua api users list --status ina", "thrivelua api users list --status inactive")
      completes(t, prompt, "thrivelua --profile wo", "thrivelua --profile work")
      completes(t, prompt, "thrivelua --dry-run sy", "thrivelua --dry-run sync.lua")
      completes(t, prompt, "thrivelua tw", "thrivelua two\\ words.lua")
      completes(t, prompt, "thrivelua sync.lua peo", "thrivelua sync.lua people.csv")
      t:type("thrivelua api users li"):key("Tab"):type("x"):wait_for("users list x")
    end)
  end
end)
