#!/bin/sh
# startup.sh — what starting thrivelua costs: at most 1.3 times bench/startup.c, built with the same libraries.
#   bench/startup.sh [runs]      THRIVELUA=build/thrivelua CC=cc LUA_CFLAGS= STARTUP_LIBS=
# Prints the median milliseconds of each program and the ratio; exit code 1 when the ratio is over 1.3.
set -eu
LC_ALL=C
export LC_ALL
runs=${1:-400}
program=${THRIVELUA:-build/thrivelua}
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

flags=${LUA_CFLAGS:-$(pkg-config --cflags lua5.4)}
libdir=$(pkg-config --variable=libdir lua5.4 2>/dev/null || echo /usr/lib)
if [ -n "${STARTUP_LIBS:-}" ]; then
  libs=$STARTUP_LIBS
elif [ -f "$libdir/liblua5.4.a" ] && [ -f "$libdir/liblua5.4-cjson.a" ]; then
  libs="$libdir/liblua5.4-cjson.a $libdir/liblua5.4.a -lm -ldl -lpthread"
else
  libs="$(pkg-config --libs lua5.4-cjson lua5.4) -lm -ldl -lpthread"
fi
# shellcheck disable=SC2086
${CC:-cc} -O2 -Wl,-E $flags -o "$work/baseline" "$here/startup.c" $libs

if command -v hyperfine >/dev/null 2>&1; then
  hyperfine -N --warmup 50 --runs "$runs" --style none --export-csv "$work/csv" \
    "$work/baseline" "$program -e ''" "lua5.4 -e ''" >/dev/null 2>&1
  # command,mean,stddev,median,...
  medians=$(awk -F, 'NR > 1 { printf "%.3f ", $4 * 1000 }' "$work/csv")
else
  # The whole loop's time, over the runs: includes the shell's fork, so the ratio comes out too kind.
  medians=
  for command in "$work/baseline" "$program -e ''" "lua5.4 -e ''"; do
    start=$(date +%s%N)
    i=0
    while [ "$i" -lt "$runs" ]; do
      eval "$command"
      i=$((i + 1))
    done
    end=$(date +%s%N)
    medians="$medians $(awk -v t=$((end - start)) -v n="$runs" 'BEGIN { printf "%.3f", t / n / 1e6 }')"
  done
fi
# shellcheck disable=SC2086
set -- $medians
awk -v b="$1" -v t="$2" -v l="$3" 'BEGIN {
  printf "C program with a Lua state  %s ms\nthrivelua -e \047\047            %s ms\nlua5.4 -e \047\047               %s ms\n", b, t, l
  printf "ratio                       %.2f (at most 1.3)\n", t / b
  exit t / b > 1.3
}'
