#!/bin/sh
# rock_test.sh — `luarocks make` with no variable set puts the module and a thrivelua command in place; also without
# libmicrohttpd (then the sandbox says what to install) and without pkg-config. TAP. Run from the root; needs no network.
set -u
. spec/support/tap_lib.sh
lua=${LUA:-lua5.4}
root=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/home" "$work/src"
# A copy, so that build/rock is ours alone, and because luarocks writes beside the rockspec.
cp -r Makefile thrive-scm-1.rockspec README.md LICENSE src lua bin examples doc library completions "$work/src"

# As in a shell that never heard of this Makefile.
clean="env -i HOME=$work/home PATH=$PATH LC_ALL=C.UTF-8"
# make_rock TREE [VARIABLE=VALUE…]
make_rock() {
  tree=$work/$1
  shift
  (cd "$work/src" && rm -rf build && $clean "$@" luarocks --lua-version 5.4 make --deps-mode none --tree "$tree" thrive-scm-1.rockspec </dev/null)
}
# in_tree TREE COMMAND…: with that tree's paths, as `eval $(luarocks path)` sets them, in an empty folder.
in_tree() {
  tree=$work/$1
  shift
  (cd "$work/home" && $clean LUA_PATH="$tree/share/lua/5.4/?.lua;;" LUA_CPATH="$tree/lib/lua/5.4/?.so;;" "$@" 2>&1)
}
sandbox='local s = assert(require("thrive.sandbox").start{ users = 3 }) print(#s:client().users:list().results) s:stop()'

ok "the rockspec is valid" $clean luarocks --lua-version 5.4 lint thrive-scm-1.rockspec
ok "luarocks make works with no variable set" make_rock full
is "the module loads from the tree" "$work/full/share/lua/5.4/thrive.lua" \
  "$(in_tree full "$lua" -e 'require "thrive" print((package.searchpath("thrive", package.path)))')"
is "every Lua file is installed" "$(cd lua && find . -name '*.lua' | sort)" "$(cd "$work/full/share/lua/5.4" && find . -name '*.lua' | sort)"
is "the sandbox and the client work" 3 "$(in_tree full "$lua" -e "$sandbox")"
rock=$($clean luarocks --lua-version 5.4 --tree "$work/full" show --rock-dir thrive 2>&1)
is "the rock has the editor types" "$(cd library && find . -type f | sort)" "$(cd "$rock/library" && find . -type f | sort)"
ok "and the reference" test -f "$rock/doc/reference.md"
version=$(sed -n 's/.*THRIVE_VERSION "\(.*\)"/\1/p' src/version.h)
is "thrivelua --version" "thrivelua $version" "$($clean "$work/full/bin/thrivelua" --version 2>&1 | cut -d ' ' -f 1,2)"
is "thrivelua runs a script on a sandbox, wherever the tree is" "U0001" \
  "$(cd "$work/home" && $clean "$work/full/bin/thrivelua" --sandbox -e 'print(thrive.client().users:get_by_ref("U0001").ref)' 2>&1)"
is "an error's exit status is lua's" 1 "$($clean "$work/full/bin/thrivelua" -e 'error("no")' >/dev/null 2>&1; echo $?)"

# Every .pc file but libmicrohttpd's.
mkdir "$work/pc"
for dir in $(pkg-config --variable pc_path pkg-config | tr : ' '); do
  for file in "$dir"/*.pc; do [ -f "$file" ] && ln -sf "$file" "$work/pc/"; done
done
rm -f "$work/pc/libmicrohttpd.pc"
ok "without libmicrohttpd the rock installs" make_rock bare PKG_CONFIG_LIBDIR="$work/pc"
is "it has the core alone" "./thrive/core.so" "$(cd "$work/bare/lib/lua/5.4" && find . -name '*.so')"
is "the client works" "function" "$(in_tree bare "$lua" -e 'print(type(require("thrive").client))')"
is "the sandbox says what to install" "yes" \
  "$(in_tree bare "$lua" -e 'local s, why = require("thrive.sandbox").start() print(not s and why:find("install libmicrohttpd", 1, true) and "yes" or why)')"

ok "without pkg-config the rock installs" make_rock nopc PKG_CONFIG=no-such-program
is "and has all of it" 3 "$(in_tree nopc "$lua" -e "$sandbox")"
cd "$root" || exit 1
done_testing
