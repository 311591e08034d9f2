#!/bin/sh
# tap.sh — runs one test program and writes down what came of it, whatever it does: fail, crash, hang, or say nothing.
#   tap.sh OUT SECONDS tap|exit NAME COMMAND…
# "tap": the command prints TAP on standard output; "exit": its exit status is the one test. OUT.out and OUT.err get what
# it printed, OUT.count "passed failed skipped", and OUT.why, for a failure, what a reader needs. Its own exit status is 0.
set -u
out=$1 seconds=$2 kind=$3 name=$4
shift 4
mkdir -p "$(dirname "$out")"
timeout -k 10 "$seconds" "$@" >"$out.out" 2>"$out.err" </dev/null
status=$?

passed=0 failed=0 skipped=0
problem=
case $status in
  0) ;;
  124 | 137) problem="did not end within $seconds s" ;;
  *) problem="exit status $status" ;;
esac
if [ "$kind" = exit ]; then
  [ -z "$problem" ] && passed=1
else
  # Colour codes would hide the lines.
  counts=$(awk '
    /^ok .*# SKIP/ { skipped++; next }
    /^ok /         { passed++; next }
    /^not ok /     { failed++; next }
    /^1\.\.[0-9]+$/ { plans++; split($0, plan, /\.\./) }
    END {
      good = plans == 1 && plan[2] == passed + failed + skipped
      print passed + 0, failed + 0, skipped + 0, good ? "" : plans ? "its plan says another number of tests" : "it ended early: no plan"
    }' "$out.out")
  read -r passed failed skipped plan <<END
$counts
END
  [ -n "$plan" ] && problem=${problem:+$problem; }$plan
  [ -z "$problem" ] && [ $((passed + failed)) = 0 ] && problem="it ran no test"
  # With a failed test the exit status has nothing to add.
  [ "$failed" -gt 0 ] && [ -z "$plan" ] && [ "$status" -lt 124 ] && problem=
fi
[ -n "$problem" ] && failed=$((failed + 1))
echo "$passed $failed $skipped" >"$out.count"
rm -f "$out.why"
if [ "$failed" -gt 0 ]; then
  {
    echo "--- $name${problem:+: $problem}"
    # In TAP, what comes before and after a failed test in "# " lines is about it.
    if [ "$kind" = tap ]; then grep -v '^ok ' "$out.out"; else cat "$out.out"; fi | tail -n 200
    tail -n 200 "$out.err"
  } >"$out.why"
fi
exit 0
