#!/bin/sh
# embed.sh — writes a C file that holds Lua sources as byte arrays, for thrivelua.
#   src/embed.sh lua/thrive.lua lua/thrive/cli.lua … > build/embed.c
# Everything up to and including the first "lua/" of a path is dropped: the rest gives the module's and the chunk's name.
# Sources go in as they are (text, so that they do not tie the binary to one build of Lua, and so that tracebacks have
# lines). Arrays of numbers, for C99 compilers need not take a string literal of more than 4095 characters. Needs no
# Lua, only POSIX tools; the same input gives the same output, byte by byte.
set -eu
LC_ALL=C
export LC_ALL
[ $# -gt 0 ] || { echo "usage: embed.sh FILE.lua ..." >&2; exit 1; }

echo '/* Written by src/embed.sh. Do not edit. */'
echo '#include "embed.h"'
i=0
for file; do
  i=$((i + 1))
  # The closing 0 keeps the array of an empty file legal; sizes leave it out.
  echo "static const unsigned char text_$i[] = {"
  od -An -v -tu1 "$file" | sed 's/  *\([0-9][0-9]*\)/\1,/g'
  echo '0};'
done
echo 'const thr_embedded thr_embedded_modules[] = {'
i=0
for file; do
  i=$((i + 1))
  case $file in
    lua/*) file=${file#lua/} ;;
    */lua/*) file=${file#*/lua/} ;;
  esac
  module=$(printf '%s\n' "$file" | sed -e 's|\.lua$||' -e 's|/init$||' -e 's|/|.|g')
  echo "{\"$module\", \"@$file\", text_$i, sizeof text_$i - 1},"
done
echo '};'
echo 'const size_t thr_embedded_count = sizeof thr_embedded_modules / sizeof thr_embedded_modules[0];'
