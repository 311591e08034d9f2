-- completions.lua — writes what a shell needs to complete thrivelua's command lines, to standard output:
-- thrivelua doc/completions.lua bash|zsh|fish (make reference). The shells know the words by themselves and start nothing,
-- but for --profile, which asks thrivelua for the names.
package.path = "./?.lua;" .. package.path

local line = require "doc.commandline"

local shell = arg[1]
local out = {}
local function put(text, ...) out[#out + 1] = select("#", ...) > 0 and text:format(...) or text end

-- Text between single quotes.
local quote = ({
  bash = function(text) return "'" .. text:gsub("'", "'\\''") .. "'" end,
  fish = function(text) return "'" .. text:gsub("\\", "\\\\"):gsub("'", "\\'") .. "'" end,
})[shell == "fish" and "fish" or "bash"]

local function description(text) return require("thrive.api.wording").of_text((text:gsub("%s+", " "))) end

-- Names of options that take a value, those whose value is a file, and those with a choice.
local files = { ["from-csv"] = true, failed = true, log = true }
local with_value, with_file, choices = {}, {}, {}
local seen = {}
local function take(name, argument, values)
  if argument and not seen[name] then
    seen[name] = true
    with_value[#with_value + 1] = "--" .. name
    if files[name] then with_file[#with_file + 1] = "--" .. name end
    if values then choices[#choices + 1] = { "--" .. name, values } end
  end
end
for _, option in ipairs(line.long) do take(option.name, option.argument) end
for _, option in ipairs(line.api) do
  local values = option.choice and line.formats or option.values
  take(option[1], option[2], values)
  if option.short and option[2] then
    with_value[#with_value + 1] = "-" .. option.short
    if values then choices[#choices][1] = choices[#choices][1] .. "|-" .. option.short end
  end
end

local by_name = {}
for _, option in ipairs(line.api) do by_name[option[1]] = option end

-- The api options of each verb are one of a few lists: named once, used by many.
local lists, list_of = {}, {}
for _, node in ipairs(line.nodes) do
  local key = table.concat(node.options, " ")
  if not list_of[key] then
    lists[#lists + 1] = node.options
    list_of[key] = #lists
  end
  node.list = list_of[key]
end

-- Words for options of thrivelua itself behind api: all that start no program of their own.
local behind_api, anywhere = {}, {}
for _, option in ipairs(line.long) do
  anywhere[#anywhere + 1] = { "--" .. option.name, option.doc }
  if not option.program and not by_name[option.name] and option.name ~= "check-network" then
    behind_api[#behind_api + 1] = { "--" .. option.name, option.doc }
  end
end
local flags = {}
for _, option in ipairs(line.lua) do if option.flag ~= "-" then flags[#flags + 1] = { option.flag, option.doc } end end
for i = #flags, 2, -1 do if flags[i][1] == flags[i - 1][1] then table.remove(flags, i) end end -- -l mod, -l g=mod

local function names_of(entries)
  local names = {}
  for i, entry in ipairs(entries) do names[i] = entry[1] end
  return table.concat(names, " ")
end

local function option_words(list)
  local words = {}
  for _, name in ipairs(list) do
    local option = by_name[name]
    words[#words + 1] = { "--" .. name, option.doc }
    if option.short then words[#words + 1] = { "-" .. option.short, option.doc } end
  end
  return words
end

-- "status=", "status=active", … of a node.
local function field_words(node)
  local words = {}
  for _, field in ipairs(node.fields) do
    words[#words + 1] = { field.name .. "=", field.doc }
    for _, value in ipairs(field.values) do words[#words + 1] = { ("%s=%s"):format(field.name, value), field.doc } end
  end
  return words
end

-- "--status", "--status=active", … of a node: the same in the other spelling. What comes behind "=" may be a word of its own.
local function named_words(node)
  local words = {}
  for _, field in ipairs(node.fields) do
    local name = "--" .. field.name:gsub("%u", function(c) return "-" .. c:lower() end)
    words[#words + 1] = { name, field.doc }
    for _, value in ipairs(field.values) do words[#words + 1] = { ("%s=%s"):format(name, value), field.doc } end
  end
  return words
end

local function child_words(node)
  local words = {}
  for i, child in ipairs(node.children) do words[i] = { child.word, child.doc } end
  return words
end

-- A script of the user's shell that prints the profiles' names; for bash, which would take them apart, not those with a blank.
local PROFILES <const> = ([[for _, name in ipairs(require("thrive.profile").names() or {}) do %s end]]):format(
  shell == "bash" and [[if not name:find "%s" then print(name) end]] or "print(name)")

local filled = {
  VALUE = table.concat(with_value, "|"), FILE = table.concat(with_file, "|"), PROFILES = quote(PROFILES),
  API_LONG = names_of(behind_api), LONG = names_of(anywhere), FLAGS = names_of(flags),
}
filled.VALUE_WORDS, filled.FILE_WORDS = filled.VALUE:gsub("|", " "), filled.FILE:gsub("|", " ")
local function fill(text) return (text:gsub("%%([%u_]+)%%", filled)) end

local writers = {}

-- ---- bash -----------------------------------------------------------------------------------------------------------

function writers.bash()
  put([[
# thrivelua.bash — completion of thrivelua's command lines, written by "make reference". Do not edit.
# It needs nothing of the package bash-completion, which loads it from share/bash-completion/completions/thrivelua.
]])
  put("# What may follow some words of `thrivelua api`: _next_words (groups and verbs), _next_fields,\n# _next_named (fields as "
    .. "options), _next_options.")
  put("_thrivelua_next() {\n  _next_words= _next_fields= _next_named=\n  case $1 in")
  for _, node in ipairs(line.nodes) do
    local parts = {}
    if #node.children > 0 then parts[#parts + 1] = ("_next_words=%s"):format(quote(names_of(child_words(node)))) end
    if #node.fields > 0 then
      parts[#parts + 1] = ("_next_fields=%s _next_named=%s"):format(quote(names_of(field_words(node))),
        quote(names_of(named_words(node))))
    end
    parts[#parts + 1] = ("_next_options=%d"):format(node.list)
    put("    %s) %s ;;", quote(node.path), table.concat(parts, " "))
  end
  put("    *) return 1 ;;\n  esac\n  case $_next_options in")
  for i, list in ipairs(lists) do put("    %d) _next_options=%s ;;", i, quote(names_of(option_words(list)))) end
  put("  esac\n}\n")
  put("# The values of an option, space between them; empty where any will do.")
  put("_thrivelua_values() {\n  case $1 in")
  for _, choice in ipairs(choices) do put("    %s) _values=%s ;;", choice[1], quote(table.concat(choice[2], " "))) end
  put(fill([==[
    --profile) _values=$(command "$2" -E -e %PROFILES% 2>/dev/null) ;;
    *) _values= ;;
  esac
}

# Adds what compgen finds; names may have blanks in them.
_thrivelua_files() {
  local name
  while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen "$@")
}

_thrivelua() {
  local text=${COMP_LINE:0:COMP_POINT} place=start path= option= value= i=0 n word full list=
  local _next_words _next_fields _next_named _next_options _values
  local -a words
  COMPREPLY=()
  read -ra words <<<"$text"
  case $text in *[[:space:]]) words+=('') ;; esac
  n=$((${#words[@]} - 1))
  while ((i < n)) && [[ ${words[i]} != "${COMP_WORDS[0]}" ]]; do i=$((i + 1)); done
  local program=${words[i]}
  full=${words[n]} # what is completed; words[] is split at blanks, COMP_WORDS at "=" too

  # Where does it stand? place: start (an option, api or a script), api, script (what follows is the script's).
  for ((i = i + 1; i < n; i++)); do
    word=${words[i]} option=
    case $place in
      start)
        case $word in
          api) place=api ;;
          -e | -l | %VALUE%) option=$word i=$((i + 1)) ;;
          -- | -) place=script ;;
          -*) ;;
          *) place=script ;;
        esac ;;
      api)
        case $word in
          %VALUE%) option=$word i=$((i + 1)) ;;
          -* | *=*) ;;
          *) _thrivelua_next "${path:+$path }$word" && path="${path:+$path }$word" ;;
        esac ;;
    esac
  done
  ((i > n)) || option= # its value is there already
  [[ $place == script ]] && return # files, by default
  value=$full
  case $full in --*=*) option=${full%%=*} value=${full#*=} ;; esac
  if [[ $place == api && -z $option ]]; then # the value of a field; behind a boolean anything may follow
    _thrivelua_next "$path"
    case " $_next_named " in
      *" ${words[n - 1]}=true "*) ;;
      *" ${words[n - 1]} "*) option=${words[n - 1]} ;;
    esac
  fi

  if [[ -n $option ]]; then
    case $option in
      -e | -l) return ;;
      %FILE%)
        compopt -o filenames 2>/dev/null
        _thrivelua_files -f -- "$value"
        return ;;
    esac
    _thrivelua_values "$option" "$program"
    if [[ -z $_values && $place == api ]]; then
      _thrivelua_next "$path"
      for word in $_next_named; do
        case $word in "$option"=*) _values+=" ${word#*=}" ;; esac
      done
    fi
    case $full in
      --*=*) for word in $_values; do list+=" $option=$word"; done ;;
      *) list=$_values ;;
    esac
  elif [[ $place == api ]]; then
    _thrivelua_next "$path"
    case $full in
      -*)
        list="$_next_options %API_LONG%"
        for word in $_next_named; do
          case $word in *=*) ;; *) list+=" $word" ;; esac
        done ;;
      *=*) list=$_next_fields ;;
      *)
        list=$_next_words
        for word in $_next_fields; do
          case $word in *=) list+=" $word" ;; esac
        done ;;
    esac
  elif [[ $full == -* ]]; then
    list="%LONG% %FLAGS%"
  else
    compopt -o filenames 2>/dev/null
    _thrivelua_files -W api -- "$full"
    _thrivelua_files -f -X '!*.lua' -- "$full"
    _thrivelua_files -d -- "$full"
    return
  fi
  local known= # what bash does not take for a part of the word
  case $COMP_WORDBREAKS:$full in *=*:*=*) known=${full%=*}= ;; esac
  compopt +o default +o bashdefault -o nospace 2>/dev/null
  for word in $list; do
    [[ $word == "$full"* && $word != *= || $word == "$full"?* ]] || continue
    case $word in *=) ;; *) word+=' ' ;; esac
    COMPREPLY+=("${word#"$known"}")
  done
}

complete -o default -o bashdefault -F _thrivelua thrivelua]==]))
end

-- ---- zsh ------------------------------------------------------------------------------------------------------------

-- "word:what it is" for _describe, one to a line.
local function described(words)
  local list = {}
  for i, word in ipairs(words) do list[i] = "      " .. quote(("%s:%s"):format(word[1], description(word[2]))) end
  return table.concat(list, "\n")
end

filled.OWN, filled.BEHIND_API, filled.DESCRIBED_FLAGS = described(anywhere), described(behind_api), described(flags)

local function array(name, words)
  return ("%s=(\n%s\n    )"):format(name, described(words))
end

function writers.zsh()
  put([[
#compdef thrivelua
# _thrivelua — completion of thrivelua's command lines for zsh, written by "make reference". Do not edit.

# What may follow some words of `thrivelua api`: next_words (groups and verbs), next_fields, next_named (fields as
# options), next_options.
_thrivelua_next() {
  next_words=() next_fields=() next_named=()
  case $1 in]])
  for _, node in ipairs(line.nodes) do
    put("  (%s)", quote(node.path))
    if #node.children > 0 then put("    " .. array("next_words", child_words(node))) end
    if #node.fields > 0 then
      put("    " .. array("next_fields", field_words(node)))
      put("    " .. array("next_named", named_words(node)))
    end
    put("    next_options=%d ;;", node.list)
  end
  put("  (*) return 1 ;;\n  esac\n  case $next_options in")
  for i, list in ipairs(lists) do
    put("  (%d)", i)
    put("    " .. array("next_options", option_words(list)) .. " ;;")
  end
  put("  esac\n}\n")
  put("# The values of an option; none where any will do.")
  put("_thrivelua_values() {\n  case $1 in")
  for _, choice in ipairs(choices) do put("  (%s) values=(%s) ;;", choice[1], table.concat(choice[2], " ")) end
  put(fill([==[
  (--profile) values=(${(f)"$(command "$2" -E -e %PROFILES% 2>/dev/null)"}) ;;
  (*) values=() ;;
  esac
}

_thrivelua() {
  local place=start path_= option= word i
  local -a next_words next_fields next_named values own behind_api flags
  local next_options
  own=(
]==] .. "%OWN%" .. [==[

  )
  behind_api=(
]==] .. "%BEHIND_API%" .. [==[

  )
  flags=(
]==] .. "%DESCRIBED_FLAGS%" .. [==[

  )
  for ((i = 2; i < CURRENT; i++)); do
    word=${words[i]} option=
    case $place in
    (start)
      case $word in
      (api) place=api ;;
      (-e|-l|%VALUE%) option=$word; ((i++)) ;;
      (--|-) place=script ;;
      (-*) ;;
      (*) place=script ;;
      esac ;;
    (api)
      case $word in
      (%VALUE%) option=$word; ((i++)) ;;
      (-*|*=*) ;;
      (*) _thrivelua_next "${path_:+$path_ }$word" && path_="${path_:+$path_ }$word" ;;
      esac ;;
    esac
  done
  ((i > CURRENT)) || option= # its value is there already
  if [[ $place == script ]]; then
    _files
    return
  fi
  if [[ $PREFIX == --*=* ]]; then
    option=${PREFIX%%=*}
    compset -P '*='
  elif [[ $place == api && -z $option && ${words[CURRENT-1]} == --* ]]; then
    _thrivelua_next "$path_" # the value of a field; behind a boolean anything may follow
    word=${words[CURRENT-1]}
    [[ -n ${(M)next_named:#$word:*} && -z ${(M)next_named:#$word=true:*} ]] && option=$word
  fi
  if [[ -n $option ]]; then
    case $option in
    (-e|-l) _message 'Lua' ;;
    (%FILE%) _files ;;
    (*)
      _thrivelua_values "$option" "${words[1]}"
      if ((!$#values)) && [[ $place == api ]]; then
        _thrivelua_next "$path_"
        values=(${${(M)next_named:#$option=[^:]*}%%:*})
        values=(${values#*=})
      fi
      if (($#values)); then compadd -a values; else _message 'value'; fi ;;
    esac
    return
  fi
  if [[ $place == api ]]; then
    _thrivelua_next "$path_"
    if [[ $PREFIX == -* ]]; then
      next_named=(${next_named:#[^:]#=*})
      _describe -o option next_options -- behind_api -- next_named
    elif [[ $PREFIX == *=* ]]; then
      word=${PREFIX%%=*}
      values=(${${(M)next_fields:#$word=[^:]*}%%:*})
      values=(${values#*=})
      compset -P '*='
      if (($#values)); then compadd -a values; else _message 'value'; fi
    else
      local ret=1
      (($#next_words)) && _describe 'word' next_words && ret=0
      next_fields=(${(M)next_fields:#[^=]#=:*})
      (($#next_fields)) && _describe 'field' next_fields -S '' && ret=0
      return ret
    fi
  elif [[ $PREFIX == -* ]]; then
    _describe -o option own -- flags
  else
    _alternative 'words:word:((api\:"one call of the Thrive Learning API"))' 'files:script:_files -g "*.lua(-.)"'
  fi
}

_thrivelua "$@"]==]))
end

-- ---- fish -----------------------------------------------------------------------------------------------------------

-- Lines "word TAB what it is" for a printf.
local function printed(words, indent)
  if #words == 0 then return nil end
  local list = {}
  for i, word in ipairs(words) do list[i] = ("%s %s"):format(quote(word[1]), quote(description(word[2]))) end
  return ("%sprintf '%%s\\t%%s\\n' %s"):format(indent, table.concat(list, " \\\n" .. indent .. "  "))
end

function writers.fish()
  put([[
# thrivelua.fish — completion of thrivelua's command lines for fish, written by "make reference". Do not edit.

# What may follow some words of `thrivelua api`, with what it is; status 1 where the words are none.
function __thrivelua_next
    switch "$argv[1]"]])
  for _, node in ipairs(line.nodes) do
    put("        case %s", quote(node.path))
    for _, words in ipairs { child_words(node), field_words(node), named_words(node) } do
      local text = printed(words, "            ")
      if text then out[#out + 1] = text end
    end
    put("            set -g __thrivelua_options %d", node.list)
  end
  put("        case '*'\n            return 1\n    end\n    return 0 # set leaves the status alone\nend\n")
  put("function __thrivelua_options_of\n    switch $argv[1]")
  for i, list in ipairs(lists) do
    put("        case %d", i)
    out[#out + 1] = printed(option_words(list), "            ")
  end
  put("    end")
  out[#out + 1] = printed(behind_api, "    ")
  put("end\n\nfunction __thrivelua_own")
  out[#out + 1] = printed(anywhere, "    ")
  out[#out + 1] = printed(flags, "    ")
  put("end\n\n# The values of an option; nothing where any will do.\nfunction __thrivelua_values\n    switch $argv[1]")
  for _, choice in ipairs(choices) do
    put("        case %s\n            printf '%%s\\n' %s", choice[1]:gsub("|", " "), table.concat(choice[2], " "))
  end
  put(fill([==[
        case --profile
            command $argv[2] -E -e %PROFILES% 2>/dev/null
        case %FILE_WORDS%
            __fish_complete_path $argv[3]
    end
end

function __thrivelua_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -l place start
    set -l path
    set -l option
    for word in $words[2..-1]
        if test -n "$option" # its value
            set option
            continue
        end
        switch $place
            case start
                switch $word
                    case api
                        set place api
                    case -e -l %VALUE_WORDS%
                        set option $word
                    case -- -
                        set place script
                    case '-*'
                    case '*'
                        set place script
                end
            case api
                switch $word
                    case %VALUE_WORDS%
                        set option $word
                    case '-*' '*=*'
                    case '*'
                        set -l longer (string join ' ' $path $word)
                        if __thrivelua_next "$longer" >/dev/null
                            set path $path $word
                        end
                end
        end
    end
    set -l next
    set -l named # fields as options: --status, --status=active
    if test $place = api
        set next (__thrivelua_next (string join ' ' $path | string collect -a))
        set named (printf '%s\n' $next | string match -r -- '^--.*')
        set next (printf '%s\n' $next | string match -v -r -- '^--')
    end
    if test $place = script
        __fish_complete_path $current
    else if test -n "$option"
        __thrivelua_values $option $program $current
    else if string match -q -- '--*=*' $current
        set -l parts (string split -m 1 = -- $current)
        __thrivelua_values $parts[1] $program $parts[2] | string replace -r -- '^' "$parts[1]="
        printf '%s\n' $named | string match -r -- '^[^\t=]*=[^\t].*'
    else if test $place = api
        set -l value # of a field; behind a boolean anything may follow
        if string match -q -- '--*' $words[-1]
            set value (printf '%s\n' $named | string replace -f -r -- "^$words[-1]=([^\t]*).*" '$1')
            if test "$value[1]" = true
                set value
            else if test -z "$value"; and printf '%s\n' $named | string match -q -r -- "^$words[-1]\t"
                return
            end
        end
        if set -q value[1]
            printf '%s\n' $value
            return
        end
        switch $current
            case '-*'
                __thrivelua_next (string join ' ' $path | string collect -a) >/dev/null
                __thrivelua_options_of $__thrivelua_options
                printf '%s\n' $named | string match -r -- '^[^\t=]*\t.*'
            case '*=*'
                printf '%s\n' $next | string match -r -- '^[^\t=]*=[^\t].*'
            case '*'
                printf '%s\n' $next | string match -v -r -- '^[^\t=]*=[^\t]'
        end
    else if string match -q -- '-*' $current
        __thrivelua_own
    else
        printf '%s\t%s\n' api 'one call of the Thrive Learning API'
        __fish_complete_suffix .lua
    end
end

complete -c thrivelua -f -a '(__thrivelua_complete)']==]))
end

if not writers[shell] then
  io.stderr:write("usage: completions.lua bash|zsh|fish\n")
  os.exit(2)
end
writers[shell]()
io.write(table.concat(out, "\n"), "\n")
