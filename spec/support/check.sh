#!/bin/sh
# check.sh — the suite: every stage, or those named, with one line of result each, what failed in full, and at last
# "N passed, N failed" over everything. Exit status 1 when anything failed.
#   spec/support/check.sh [stage…]         MAKE=make B=build JOBS=2 FUZZ_SECONDS=60 (make check and make check-STAGE set them)
# A stage is a list of test programs, each run by tap.sh: a program that crashes, hangs or reports nothing is a failure.
# What they print stays in $B/check/STAGE/.
set -u
B=${B:-build} MAKE=${MAKE:-make}
JOBS=${JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)}
FUZZ_SECONDS=${FUZZ_SECONDS:-60}
export B MAKE
here=$(dirname "$0")
results=$B/check
started=$(date +%s)
# Settings of the person at the keyboard that would change what is tested.
unset LUA_INIT LUA_INIT_5_4 LUA_PATH LUA_CPATH LUA_PATH_5_4 LUA_CPATH_5_4 BUSTED_OPTS LUAROCKS_CONFIG 2>/dev/null
for name in $(env | sed -n 's/^\(THRIVE_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
# No desktop, no proxy: the suite talks to loopback.
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY 2>/dev/null
LC_ALL=C.UTF-8
export LC_ALL
# A make above us may have its job slots in here; ours are started with -j of their own.
MAKEFLAGS=$(printf '%s' "${MAKEFLAGS:-}" | sed -e 's/ *-j[0-9]*//g' -e 's/ *--jobserver[^ ]*//g')
export MAKEFLAGS
# Sanitizers: stop at the first finding, with a status that nothing else has.
ASAN_OPTIONS=exitcode=99:detect_leaks=1:abort_on_error=0:strict_string_checks=1:detect_stack_use_after_return=1
UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:exitcode=99
LSAN_OPTIONS=suppressions=$(pwd)/spec/support/lsan.supp:print_suppressions=0
export ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS

# task NAME SECONDS tap|exit COMMAND: adds to the stage's list. COMMAND is a line for sh.
task() { printf '%s\037%s\037%s\037%s\n' "$1" "$2" "$3" "$4" >>"$list"; }
c_tests() { for t in spec/c/*_test.c; do basename "$t" .c; done; }
c_files() { ls src/*.c spec/c/*.c spec/fuzz/*.c bench/*.c; }
specs() { # INTERPRETER SECONDS ENVIRONMENT
  for spec in spec/*_spec.lua; do
    task "$spec under $1" "$2" tap "${3:+$3 }busted --lua=$1 -o TAP $spec"
  done
}

# ---- the stages -----------------------------------------------------------------------------------------------------
# Each has a title, and a function that lists its tasks.

title_lint="luacheck, clang-format, what is generated"
stage_lint() {
  task "luacheck" 120 exit "luacheck -q --no-color lua spec examples bench doc bin/thrivelua thrive-scm-1.rockspec"
  task "clang-format" 120 exit "clang-format --dry-run -Werror src/*.[ch] spec/c/*.[ch] spec/fuzz/*.c bench/*.c"
  task "doc/reference.md is what make reference writes" 30 exit "$B/thrivelua doc/reference.lua | diff doc/reference.md -"
  task "doc/thrivelua.1 is what make reference writes" 30 exit "$B/thrivelua doc/manpage.lua | diff doc/thrivelua.1 -"
  task "mandoc finds nothing in doc/thrivelua.1" 30 exit "mandoc -T lint -W style doc/thrivelua.1"
  for shell in bash:thrivelua.bash zsh:_thrivelua fish:thrivelua.fish; do
    task "completions/${shell#*:} is what make reference writes, and ${shell%%:*} reads it" 30 exit \
      "$B/thrivelua doc/completions.lua ${shell%%:*} | diff completions/${shell#*:} - && ${shell%%:*} -n completions/${shell#*:}"
  done
  task "library/ is what make reference writes" 30 exit "rm -rf $B/library && mkdir -p $B/library/thrive && \
    $B/thrivelua doc/library.lua $B/library && diff -r library $B/library"
  for script in src/*.sh spec/support/*.sh spec/*.sh bench/*.sh; do
    task "sh -n $script" 10 exit "sh -n $script"
  done
}
title_compilers="no warning from gcc and clang"
stage_compilers() {
  for compiler in gcc clang; do
    task "$compiler -Werror" 300 exit "$MAKE --no-print-directory B=$B/$compiler CC=$compiler WERROR=-Werror all c-tests"
  done
}
title_analysis="clang-tidy"
stage_analysis() {
  flags=$($MAKE -s --no-print-directory print-compile-flags)
  for file in $(c_files); do
    # Layer 1 does not see Lua here either.
    lua=$(grep -Eq 'lua\.h|lauxlib\.h|lua_json\.h|value\.h' "$file" && echo "-include spec/support/noreturn.h")
    task "clang-tidy $file" 180 exit "clang-tidy --quiet --warnings-as-errors='*' $file -- $flags $lua"
  done
}
title_c="C tests"
stage_c() { for t in $(c_tests); do task "$t" 120 tap "$B/c/$t"; done; }
title_c_asan="C tests, sanitizers"
stage_c_asan() { for t in $(c_tests); do task "$t (sanitizers)" 240 tap "$B/c-asan/$t"; done; }
title_lua="specs under lua5.4"
stage_lua() { specs "${LUA:-lua5.4}" 90; }
title_thrivelua="specs under thrivelua"
stage_thrivelua() { specs "$B/thrivelua" 90; }
title_asan="specs under thrivelua, sanitizers"
stage_asan() { specs "$B/thrivelua-asan" 180 "THRIVELUA=$B/thrivelua-asan"; }
title_leaks="a session under valgrind"
stage_leaks() {
  valgrind="valgrind -q --error-exitcode=98 --leak-check=full --errors-for-leak-kinds=definite,possible --num-callers=30"
  task "session.lua under thrivelua, valgrind" 240 tap "$valgrind $B/thrivelua spec/support/session.lua"
  task "session.lua under lua5.4, valgrind" 240 tap "LUA_PATH='lua/?.lua;;' LUA_CPATH='$B/?.so;;' $valgrind lua5.4 spec/support/session.lua"
  task "session.lua under thrivelua, sanitizers" 120 tap "$B/thrivelua-asan spec/support/session.lua"
}
title_install="make install, and the rock"
stage_install() {
  task "make install" 120 tap "sh spec/install_test.sh"
  task "luarocks make" 300 tap "sh spec/rock_test.sh"
}
title_demo="the demo"
stage_demo() { task "make demo-run" 60 exit "$MAKE --no-print-directory demo-run"; }
title_fuzz="the fuzzer, $FUZZ_SECONDS s"
stage_fuzz() {
  for t in spec/fuzz/*_fuzz.c; do
    t=$(basename "$t" .c)
    mkdir -p "$B/fuzz/$t.corpus"
    task "$t" $((FUZZ_SECONDS + 60)) exit "$B/fuzz/$t -max_total_time=$FUZZ_SECONDS -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
      -artifact_prefix=$B/fuzz/ $B/fuzz/$t.corpus $(ls -d "spec/fuzz/$t.corpus" 2>/dev/null)"
  done
}

# Measured alone, and best of three: other work on the machine can only make it slower.
title_startup="the start-up time"
stage_startup() {
  task "bench/startup.sh" 120 exit "for i in 1 2 3; do THRIVELUA=$B/thrivelua sh bench/startup.sh && exit 0; done; exit 1"
}

all_stages="lint c lua thrivelua c_asan asan leaks install demo compilers analysis startup"

# ---- running them ---------------------------------------------------------------------------------------------------

# begin STAGE: lists its tasks.
begin() {
  rm -rf "${results:?}/$1"
  mkdir -p "$results/$1"
  list=$results/$1/tasks
  : >"$list"
  "stage_$1"
}
# run STAGE JOBS: runs its tasks, that many at a time.
run() {
  awk '{ printf "%03d\037%s%c", NR, $0, 0 }' "$results/$1/tasks" | xargs -0 -n 1 -P "$2" sh -c '
    IFS=$(printf "\037")
    set -f
    set -- "$0" "$1" $2 # runner, folder; number, name, seconds, kind, command
    exec sh "$1" "$2/$3" "$5" "$6" "$4" sh -c "$7"
  ' "$here/tap.sh" "$results/$1"
  date +%s >"$results/$1/ended"
}
total_passed=0 total_failed=0 failed_stages=
# report STAGE STARTED: the stage's line, what failed in it, and the totals.
report() {
  counts=$(cat "$results/$1"/*.count 2>/dev/null | awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }')
  read -r passed failed skipped <<END
$counts
END
  # A task without a count was never run to its end.
  lost=$(($(wc -l <"$results/$1/tasks") - $(ls "$results/$1" | grep -c '\.count$')))
  [ "$(wc -l <"$results/$1/tasks")" -gt 0 ] || lost=1
  failed=$((failed + lost))
  eval "title=\$title_$1"
  printf '%-36s %5d passed, %d failed%s  (%d s)\n' "$title" "$passed" "$failed" "$([ "$skipped" = 0 ] || echo ", $skipped skipped")" \
    $(($(cat "$results/$1/ended") - $2))
  if [ "$failed" -gt 0 ]; then
    failed_stages="$failed_stages $1"
    cat "$results/$1"/*.why 2>/dev/null
    [ "$lost" = 0 ] || echo "--- $lost of the stage's programs were not run to their end"
  fi
  total_passed=$((total_passed + passed)) total_failed=$((total_failed + failed))
}

background=
finish() {
  trap - INT TERM
  [ -n "$background" ] && kill "$background" 2>/dev/null
  exit 130
}
trap finish INT TERM

stages=$(echo "$*" | tr - _)
[ -n "$stages" ] || stages="fuzz $all_stages"
for stage in $stages; do
  case " fuzz $all_stages " in *" $stage "*) ;; *) echo "check.sh: no stage '$stage': there are fuzz $all_stages" >&2; exit 2 ;; esac
done

# What the stages run is built first, all at once.
targets=
for stage in $stages; do
  case $stage in
    lint) targets="$targets interpreter" ;; # writes the reference from the catalogue inside it
    c) targets="$targets c-tests" ;;
    c_asan) targets="$targets c-tests-asan" ;;
    lua | thrivelua | demo | startup) targets="$targets all" ;;
    asan) targets="$targets asan" ;;
    leaks) targets="$targets all asan" ;;
    install) targets="$targets all" ;;
    fuzz) targets="$targets fuzzers" ;;
    analysis) targets="$targets $B/embed.c" ;;
  esac
done
mkdir -p "$results"
rm -f "$results/tally"
if [ -n "$targets" ] && ! $MAKE --no-print-directory -j"$JOBS" WERROR=-Werror $targets >"$results/build.log" 2>&1; then
  echo "The build fails:"
  grep -v '^  [A-Z]* ' "$results/build.log"
  echo "0 passed, 1 failed" | tee "$results/tally"
  exit 1
fi
[ -z "$targets" ] || echo "built in $(($(date +%s) - started)) s"

# The fuzzer takes its time on one processor while the others work.
for stage in $stages; do
  if [ "$stage" = fuzz ]; then
    begin fuzz
    fuzz_started=$(date +%s)
    run fuzz 1 &
    background=$!
  fi
done
for stage in $stages; do
  case $stage in fuzz | startup) continue ;; esac
  begin "$stage"
  stage_started=$(date +%s)
  run "$stage" "$JOBS"
  report "$stage" "$stage_started"
done
if [ -n "$background" ]; then
  wait "$background"
  background=
  report fuzz "$fuzz_started"
fi
for stage in $stages; do
  [ "$stage" = startup ] || continue
  begin startup
  stage_started=$(date +%s)
  run startup 1
  report startup "$stage_started"
done

echo
[ -z "$failed_stages" ] || echo "failed:$failed_stages (see $results; \"make check-STAGE\" runs one of them again)"
echo "took $(($(date +%s) - started)) s"
echo "$total_passed passed, $total_failed failed" | tee "$results/tally"
[ "$total_failed" = 0 ] && [ "$total_passed" -gt 0 ]
