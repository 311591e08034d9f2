# thrivelua.bash — completion of thrivelua's command lines, written by "make reference". Do not edit.
# It needs nothing of the package bash-completion, which loads it from share/bash-completion/completions/thrivelua.

# What may follow some words of `thrivelua api`: _next_words (groups and verbs), _next_fields,
# _next_named (fields as options), _next_options.
_thrivelua_next() {
  _next_words= _next_fields= _next_named=
  case $1 in
    '') _next_words='users audiences assignments completions content activities cpd tags skills events GET HEAD POST PUT PATCH DELETE' _next_options=1 ;;
    'GET') _next_options=2 ;;
    'HEAD') _next_options=2 ;;
    'POST') _next_options=2 ;;
    'PUT') _next_options=2 ;;
    'PATCH') _next_options=2 ;;
    'DELETE') _next_options=2 ;;
    'users') _next_words='create update suspend delete list count get get-by-ref add-tags remove-tags update-skills' _next_options=1 ;;
    'users create') _next_fields='ref= firstName= lastName= email= loginMethod= loginMethod=email loginMethod=ref role= role=administrator role=learneradmin role=learner jobTitle= managerRef= startDate= endDate= timeZone= languageCode= sso= sso=true sso=false domain= additionalFields=' _next_named='--ref --first-name --last-name --email --login-method --login-method=email --login-method=ref --role --role=administrator --role=learneradmin --role=learner --job-title --manager-ref --start-date --end-date --time-zone --language-code --sso --sso=true --sso=false --domain --additional-fields' _next_options=3 ;;
    'users update') _next_fields='firstName= lastName= email= loginMethod= loginMethod=email loginMethod=ref role= role=administrator role=learneradmin role=learner jobTitle= managerRef= startDate= endDate= timeZone= languageCode= sso= sso=true sso=false domain= additionalFields=' _next_named='--first-name --last-name --email --login-method --login-method=email --login-method=ref --role --role=administrator --role=learneradmin --role=learner --job-title --manager-ref --start-date --end-date --time-zone --language-code --sso --sso=true --sso=false --domain --additional-fields' _next_options=3 ;;
    'users suspend') _next_fields='endDate=' _next_named='--end-date' _next_options=3 ;;
    'users delete') _next_options=4 ;;
    'users list') _next_fields='page= perPage= updatedSince= statuses= statuses=active statuses=inactive statuses=expired statuses=new omitStatuses= omitStatuses=active omitStatuses=inactive omitStatuses=expired omitStatuses=new status= status=active status=inactive status=expired status=new' _next_named='--page --per-page --updated-since --statuses --statuses=active --statuses=inactive --statuses=expired --statuses=new --omit-statuses --omit-statuses=active --omit-statuses=inactive --omit-statuses=expired --omit-statuses=new --status --status=active --status=inactive --status=expired --status=new' _next_options=5 ;;
    'users count') _next_fields='page= perPage= updatedSince= statuses= statuses=active statuses=inactive statuses=expired statuses=new omitStatuses= omitStatuses=active omitStatuses=inactive omitStatuses=expired omitStatuses=new status= status=active status=inactive status=expired status=new' _next_named='--page --per-page --updated-since --statuses --statuses=active --statuses=inactive --statuses=expired --statuses=new --omit-statuses --omit-statuses=active --omit-statuses=inactive --omit-statuses=expired --omit-statuses=new --status --status=active --status=inactive --status=expired --status=new' _next_options=1 ;;
    'users get') _next_options=6 ;;
    'users get-by-ref') _next_options=6 ;;
    'users add-tags') _next_options=7 ;;
    'users remove-tags') _next_options=7 ;;
    'users update-skills') _next_fields='tagName= level= targetLevel=' _next_named='--tag-name --level --target-level' _next_options=7 ;;
    'audiences') _next_words='members managers list count create get update delete' _next_options=1 ;;
    'audiences members') _next_words='list count add replace remove' _next_options=1 ;;
    'audiences members list') _next_fields='page= perPage=' _next_named='--page --per-page' _next_options=5 ;;
    'audiences members count') _next_fields='page= perPage=' _next_named='--page --per-page' _next_options=1 ;;
    'audiences members add') _next_options=7 ;;
    'audiences members replace') _next_options=8 ;;
    'audiences members remove') _next_options=4 ;;
    'audiences managers') _next_words='list add replace remove' _next_options=1 ;;
    'audiences managers list') _next_options=5 ;;
    'audiences managers add') _next_fields='reference= permissions.audienceManager.manageContent= permissions.audienceManager.manageContent=true permissions.audienceManager.manageContent=false permissions.audienceManager.assignments= permissions.audienceManager.assignments=true permissions.audienceManager.assignments=false permissions.peopleManager.canViewLearnPage= permissions.peopleManager.canViewLearnPage=true permissions.peopleManager.canViewLearnPage=false permissions.peopleManager.insights= permissions.peopleManager.insights=true permissions.peopleManager.insights=false permissions.peopleManager.manage= permissions.peopleManager.manage=true permissions.peopleManager.manage=false permissions.administrator.canAddAudienceManagers= permissions.administrator.canAddAudienceManagers=true permissions.administrator.canAddAudienceManagers=false' _next_named='--reference --permissions.audience-manager.manage-content --permissions.audience-manager.manage-content=true --permissions.audience-manager.manage-content=false --permissions.audience-manager.assignments --permissions.audience-manager.assignments=true --permissions.audience-manager.assignments=false --permissions.people-manager.can-view-learn-page --permissions.people-manager.can-view-learn-page=true --permissions.people-manager.can-view-learn-page=false --permissions.people-manager.insights --permissions.people-manager.insights=true --permissions.people-manager.insights=false --permissions.people-manager.manage --permissions.people-manager.manage=true --permissions.people-manager.manage=false --permissions.administrator.can-add-audience-managers --permissions.administrator.can-add-audience-managers=true --permissions.administrator.can-add-audience-managers=false' _next_options=7 ;;
    'audiences managers replace') _next_fields='reference= permissions.audienceManager.manageContent= permissions.audienceManager.manageContent=true permissions.audienceManager.manageContent=false permissions.audienceManager.assignments= permissions.audienceManager.assignments=true permissions.audienceManager.assignments=false permissions.peopleManager.canViewLearnPage= permissions.peopleManager.canViewLearnPage=true permissions.peopleManager.canViewLearnPage=false permissions.peopleManager.insights= permissions.peopleManager.insights=true permissions.peopleManager.insights=false permissions.peopleManager.manage= permissions.peopleManager.manage=true permissions.peopleManager.manage=false permissions.administrator.canAddAudienceManagers= permissions.administrator.canAddAudienceManagers=true permissions.administrator.canAddAudienceManagers=false' _next_named='--reference --permissions.audience-manager.manage-content --permissions.audience-manager.manage-content=true --permissions.audience-manager.manage-content=false --permissions.audience-manager.assignments --permissions.audience-manager.assignments=true --permissions.audience-manager.assignments=false --permissions.people-manager.can-view-learn-page --permissions.people-manager.can-view-learn-page=true --permissions.people-manager.can-view-learn-page=false --permissions.people-manager.insights --permissions.people-manager.insights=true --permissions.people-manager.insights=false --permissions.people-manager.manage --permissions.people-manager.manage=true --permissions.people-manager.manage=false --permissions.administrator.can-add-audience-managers --permissions.administrator.can-add-audience-managers=true --permissions.administrator.can-add-audience-managers=false' _next_options=8 ;;
    'audiences managers remove') _next_options=4 ;;
    'audiences list') _next_fields='page= perPage= apiControlled= apiControlled=true apiControlled=false updatedSince=' _next_named='--page --per-page --api-controlled --api-controlled=true --api-controlled=false --updated-since' _next_options=5 ;;
    'audiences count') _next_fields='page= perPage= apiControlled= apiControlled=true apiControlled=false updatedSince=' _next_named='--page --per-page --api-controlled --api-controlled=true --api-controlled=false --updated-since' _next_options=1 ;;
    'audiences create') _next_fields='name= reference= parentId= category= category=structure category=audience' _next_named='--name --reference --parent-id --category --category=structure --category=audience' _next_options=3 ;;
    'audiences get') _next_options=6 ;;
    'audiences update') _next_fields='name= reference= parentId=' _next_named='--name --reference --parent-id' _next_options=3 ;;
    'audiences delete') _next_options=4 ;;
    'assignments') _next_words='enrolments list count create get update delete' _next_options=1 ;;
    'assignments enrolments') _next_words='list count get' _next_options=1 ;;
    'assignments enrolments list') _next_fields='page= perPage= updatedAtFrom= updatedAtTo= status= status=archived status=complete status=open status=overdue status=scheduled status=unassigned' _next_named='--page --per-page --updated-at-from --updated-at-to --status --status=archived --status=complete --status=open --status=overdue --status=scheduled --status=unassigned' _next_options=5 ;;
    'assignments enrolments count') _next_fields='page= perPage= updatedAtFrom= updatedAtTo= status= status=archived status=complete status=open status=overdue status=scheduled status=unassigned' _next_named='--page --per-page --updated-at-from --updated-at-to --status --status=archived --status=complete --status=open --status=overdue --status=scheduled --status=unassigned' _next_options=1 ;;
    'assignments enrolments get') _next_options=6 ;;
    'assignments list') _next_fields='page= perPage= audienceId= updatedSince=' _next_named='--page --per-page --audience-id --updated-since' _next_options=5 ;;
    'assignments count') _next_fields='page= perPage= audienceId= updatedSince=' _next_named='--page --per-page --audience-id --updated-since' _next_options=1 ;;
    'assignments create') _next_fields='audienceId= contentId= alternativeContentIds= hideAlternativeContent= hideAlternativeContent=true hideAlternativeContent=false completionPeriod= recurrence=' _next_named='--audience-id --content-id --alternative-content-ids --hide-alternative-content --hide-alternative-content=true --hide-alternative-content=false --completion-period --recurrence' _next_options=3 ;;
    'assignments get') _next_options=6 ;;
    'assignments update') _next_fields='audienceId= contentId= completionPeriod= recurrence= alternativeContentIds=' _next_named='--audience-id --content-id --completion-period --recurrence --alternative-content-ids' _next_options=3 ;;
    'assignments delete') _next_fields='audienceId=' _next_named='--audience-id' _next_options=9 ;;
    'completions') _next_words='list count get create' _next_options=1 ;;
    'completions list') _next_fields='page= perPage= contentId= isRPL= isRPL=true isRPL=false userId= completedDateRangeStart= completedDateRangeEnd=' _next_named='--page --per-page --content-id --is-r-p-l --is-r-p-l=true --is-r-p-l=false --user-id --completed-date-range-start --completed-date-range-end' _next_options=5 ;;
    'completions count') _next_fields='page= perPage= contentId= isRPL= isRPL=true isRPL=false userId= completedDateRangeStart= completedDateRangeEnd=' _next_named='--page --per-page --content-id --is-r-p-l --is-r-p-l=true --is-r-p-l=false --user-id --completed-date-range-start --completed-date-range-end' _next_options=1 ;;
    'completions get') _next_options=6 ;;
    'completions create') _next_fields='userId= contentId= completedAt=' _next_named='--user-id --content-id --completed-at' _next_options=3 ;;
    'content') _next_words='list count get' _next_options=1 ;;
    'content list') _next_fields='page= perPage= types= types=article types=assessment types=broadcast types=cmi5 types=elearning types=event types=file types=pathway types=question types=quiz types=scorm types=url types=video types=mixed omitTypes= omitTypes=article omitTypes=assessment omitTypes=broadcast omitTypes=cmi5 omitTypes=elearning omitTypes=event omitTypes=file omitTypes=pathway omitTypes=question omitTypes=quiz omitTypes=scorm omitTypes=url omitTypes=video omitTypes=mixed updatedSince=' _next_named='--page --per-page --types --types=article --types=assessment --types=broadcast --types=cmi5 --types=elearning --types=event --types=file --types=pathway --types=question --types=quiz --types=scorm --types=url --types=video --types=mixed --omit-types --omit-types=article --omit-types=assessment --omit-types=broadcast --omit-types=cmi5 --omit-types=elearning --omit-types=event --omit-types=file --omit-types=pathway --omit-types=question --omit-types=quiz --omit-types=scorm --omit-types=url --omit-types=video --omit-types=mixed --updated-since' _next_options=5 ;;
    'content count') _next_fields='page= perPage= types= types=article types=assessment types=broadcast types=cmi5 types=elearning types=event types=file types=pathway types=question types=quiz types=scorm types=url types=video types=mixed omitTypes= omitTypes=article omitTypes=assessment omitTypes=broadcast omitTypes=cmi5 omitTypes=elearning omitTypes=event omitTypes=file omitTypes=pathway omitTypes=question omitTypes=quiz omitTypes=scorm omitTypes=url omitTypes=video omitTypes=mixed updatedSince=' _next_named='--page --per-page --types --types=article --types=assessment --types=broadcast --types=cmi5 --types=elearning --types=event --types=file --types=pathway --types=question --types=quiz --types=scorm --types=url --types=video --types=mixed --omit-types --omit-types=article --omit-types=assessment --omit-types=broadcast --omit-types=cmi5 --omit-types=elearning --omit-types=event --omit-types=file --omit-types=pathway --omit-types=question --omit-types=quiz --omit-types=scorm --omit-types=url --omit-types=video --omit-types=mixed --updated-since' _next_options=1 ;;
    'content get') _next_options=6 ;;
    'activities') _next_words='list count get' _next_options=1 ;;
    'activities list') _next_fields='page= perPage= actions= omitActions= contentIds= contentType= timestampFrom= timestampTo=' _next_named='--page --per-page --actions --omit-actions --content-ids --content-type --timestamp-from --timestamp-to' _next_options=5 ;;
    'activities count') _next_fields='page= perPage= actions= omitActions= contentIds= contentType= timestampFrom= timestampTo=' _next_named='--page --per-page --actions --omit-actions --content-ids --content-type --timestamp-from --timestamp-to' _next_options=1 ;;
    'activities get') _next_options=6 ;;
    'cpd') _next_words='categories entries requirements summaries' _next_options=1 ;;
    'cpd categories') _next_words='list count get' _next_options=1 ;;
    'cpd categories list') _next_fields='page= perPage= updatedSince=' _next_named='--page --per-page --updated-since' _next_options=5 ;;
    'cpd categories count') _next_fields='page= perPage= updatedSince=' _next_named='--page --per-page --updated-since' _next_options=1 ;;
    'cpd categories get') _next_options=6 ;;
    'cpd entries') _next_words='list count get' _next_options=1 ;;
    'cpd entries list') _next_fields='page= perPage= entryDateFrom= entryDateTo=' _next_named='--page --per-page --entry-date-from --entry-date-to' _next_options=5 ;;
    'cpd entries count') _next_fields='page= perPage= entryDateFrom= entryDateTo=' _next_named='--page --per-page --entry-date-from --entry-date-to' _next_options=1 ;;
    'cpd entries get') _next_options=6 ;;
    'cpd requirements') _next_words='list count get' _next_options=1 ;;
    'cpd requirements list') _next_fields='page= perPage= updatedSince=' _next_named='--page --per-page --updated-since' _next_options=5 ;;
    'cpd requirements count') _next_fields='page= perPage= updatedSince=' _next_named='--page --per-page --updated-since' _next_options=1 ;;
    'cpd requirements get') _next_options=6 ;;
    'cpd summaries') _next_words='list count' _next_options=1 ;;
    'cpd summaries list') _next_fields='page= perPage= entryDateFrom= entryDateTo= userIds=' _next_named='--page --per-page --entry-date-from --entry-date-to --user-ids' _next_options=5 ;;
    'cpd summaries count') _next_fields='page= perPage= entryDateFrom= entryDateTo= userIds=' _next_named='--page --per-page --entry-date-from --entry-date-to --user-ids' _next_options=1 ;;
    'tags') _next_words='list count get' _next_options=1 ;;
    'tags list') _next_fields='page= perPage= updatedSince=' _next_named='--page --per-page --updated-since' _next_options=5 ;;
    'tags count') _next_fields='page= perPage= updatedSince=' _next_named='--page --per-page --updated-since' _next_options=1 ;;
    'tags get') _next_options=6 ;;
    'skills') _next_words='levels' _next_options=1 ;;
    'skills levels') _next_options=5 ;;
    'events') _next_words='user-joined user-updated user-suspended user-deleted send' _next_options=1 ;;
    'events user-joined') _next_fields='ref= email= firstName= lastName= role= role=administrator role=learneradmin role=learner jobTitle= managerRef= startDate= endDate= timeZone= languageCode= sso= sso=true sso=false domain= id= timestamp=' _next_named='--ref --email --first-name --last-name --role --role=administrator --role=learneradmin --role=learner --job-title --manager-ref --start-date --end-date --time-zone --language-code --sso --sso=true --sso=false --domain --id --timestamp' _next_options=3 ;;
    'events user-updated') _next_fields='ref= email= firstName= lastName= role= role=administrator role=learneradmin role=learner jobTitle= managerRef= startDate= endDate= timeZone= languageCode= sso= sso=true sso=false domain= id= timestamp=' _next_named='--ref --email --first-name --last-name --role --role=administrator --role=learneradmin --role=learner --job-title --manager-ref --start-date --end-date --time-zone --language-code --sso --sso=true --sso=false --domain --id --timestamp' _next_options=3 ;;
    'events user-suspended') _next_fields='ref= endDate= id= timestamp=' _next_named='--ref --end-date --id --timestamp' _next_options=3 ;;
    'events user-deleted') _next_fields='ref= id= timestamp=' _next_named='--ref --id --timestamp' _next_options=3 ;;
    'events send') _next_fields='id= timestamp= eventType= eventType=user_joined eventType=user_updated eventType=user_suspended eventType=user_deleted content=' _next_named='--id --timestamp --event-type --event-type=user_joined --event-type=user_updated --event-type=user_suspended --event-type=user_deleted --content' _next_options=3 ;;
    *) return 1 ;;
  esac
  case $_next_options in
    1) _next_options='--output -o --timeout --deadline --max-retries --help -h' ;;
    2) _next_options='--output -o --fields --bom --all --limit --where --body --query --host --timeout --deadline --max-retries --help -h' ;;
    3) _next_options='--output -o --fields --bom --from-csv --column --clear --encoding --failed --concurrency --body --timeout --deadline --max-retries --help -h' ;;
    4) _next_options='--output -o --from-csv --column --clear --encoding --failed --concurrency --timeout --deadline --max-retries --help -h' ;;
    5) _next_options='--output -o --fields --bom --all --limit --where --timeout --deadline --max-retries --help -h' ;;
    6) _next_options='--output -o --fields --bom --timeout --deadline --max-retries --help -h' ;;
    7) _next_options='--output -o --fields --bom --from-csv --column --clear --encoding --failed --body --timeout --deadline --max-retries --help -h' ;;
    8) _next_options='--output -o --fields --bom --from-csv --column --clear --encoding --failed --body --split --timeout --deadline --max-retries --help -h' ;;
    9) _next_options='--output -o --from-csv --column --clear --encoding --failed --concurrency --body --timeout --deadline --max-retries --help -h' ;;
  esac
}

# The values of an option, space between them; empty where any will do.
_thrivelua_values() {
  case $1 in
    --output|-o) _values='table json ndjson csv tsv md lua' ;;
    --host) _values='api webhooks' ;;
    --profile) _values=$(command "$2" -E -e 'for _, name in ipairs(require("thrive.profile").names() or {}) do if not name:find "%s" then print(name) end end' 2>/dev/null) ;;
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
          -e | -l | --sandbox-users|--profile|--max-changes|--log|--output|-o|--fields|--limit|--where|--from-csv|--column|--clear|--encoding|--failed|--concurrency|--body|--query|--host|--timeout|--deadline|--max-retries) option=$word i=$((i + 1)) ;;
          -- | -) place=script ;;
          -*) ;;
          *) place=script ;;
        esac ;;
      api)
        case $word in
          --sandbox-users|--profile|--max-changes|--log|--output|-o|--fields|--limit|--where|--from-csv|--column|--clear|--encoding|--failed|--concurrency|--body|--query|--host|--timeout|--deadline|--max-retries) option=$word i=$((i + 1)) ;;
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
      --log|--from-csv|--failed)
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
        list="$_next_options --sandbox --sandbox-users --profile --dry-run --read-only --yes --max-changes --log --trace --stats --version"
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
    list="--sandbox --sandbox-users --profile --login --doctor --check-network --dry-run --read-only --yes --max-changes --log --trace --stats --help --version -e -i -l -v -E -W --"
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

complete -o default -o bashdefault -F _thrivelua thrivelua
