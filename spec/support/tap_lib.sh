# tap_lib.sh — TAP for shell tests: `. spec/support/tap_lib.sh`, then ok "name" command…, is "name" expected got, and done.
# A failed command's output follows as "# " lines.
tests=0 bad=0
ok() { # NAME COMMAND…
  name=$1
  shift
  tests=$((tests + 1))
  if output=$("$@" 2>&1); then
    echo "ok $tests - $name"
  else
    echo "not ok $tests - $name"
    printf '%s\n' "$output" | sed 's/^/# /'
    bad=1
  fi
}
is() { # NAME EXPECTED GOT
  tests=$((tests + 1))
  if [ "$2" = "$3" ]; then
    echo "ok $tests - $1"
  else
    echo "not ok $tests - $1"
    printf 'expected: %s\ngot: %s\n' "$2" "$3" | sed 's/^/# /'
    bad=1
  fi
}
done_testing() {
  echo "1..$tests"
  exit "$bad"
}
