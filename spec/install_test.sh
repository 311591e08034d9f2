#!/bin/sh
# install_test.sh — make install puts the interpreter and the module where lua5.4 finds them, works from there without
# this folder, and make uninstall leaves nothing. TAP. Run from the root, after make.
set -u
. spec/support/tap_lib.sh
make=${MAKE:-make}
lua=${LUA:-lua5.4}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Variables of a make above us (MAKEFLAGS brings WERROR and the like) must not make this build anew.
installed() { "$make" -s --no-print-directory WERROR=-Werror "$@"; }

stage=$work/stage
ok "make install works" installed install DESTDIR="$stage" PREFIX=/opt/thrive
for file in bin/thrivelua share/lua/5.4/thrive.lua lib/lua/5.4/thrive/core.so share/doc/thrive/LICENSE share/doc/thrive/README.md \
  share/doc/thrive/reference.md share/thrive/library/thrive.lua share/man/man1/thrivelua.1 \
  share/bash-completion/completions/thrivelua share/zsh/site-functions/_thrivelua share/fish/vendor_completions.d/thrivelua.fish; do
  ok "it installs PREFIX/$file" test -f "$stage/opt/thrive/$file"
done
is "nothing outside of PREFIX" "opt/thrive" "$(cd "$stage" && find . -mindepth 2 -maxdepth 2 | sed 's|^\./||')"
is "every Lua file is there, and no other" "$(cd lua && find . -type f -name '*.lua' | sort)" \
  "$(cd "$stage/opt/thrive/share/lua/5.4" && find . -type f | sort)"
is "every editor type is there" "$(cd library && find . -type f | sort)" \
  "$(cd "$stage/opt/thrive/share/thrive/library" && find . -type f | sort)"
is "nobody but the owner may write" "" "$(find "$stage" -type f -perm /022)"

# As a user has it: another folder, no variable but where it was installed.
cd "$work" || exit 1
prefix=$stage/opt/thrive
module_env="LUA_PATH=$prefix/share/lua/5.4/?.lua;; LUA_CPATH=$prefix/lib/lua/5.4/?.so;;"
program='local s = require("thrive.sandbox").start{ users = 3 }
  print(require("thrive")._VERSION, #s:client().users:list().results, (package.searchpath("thrive", package.path))) s:stop()'
version=$("$prefix/bin/thrivelua" -e 'io.write(thrive._VERSION)')
is "lua5.4 runs the installed module" "$version	3	$prefix/share/lua/5.4/thrive.lua" "$(env $module_env "$lua" -e "$program" 2>&1)"
is "the installed thrivelua needs no Lua file" "$version	3	nil" "$(LUA_PATH=/nowhere LUA_CPATH=/nowhere "$prefix/bin/thrivelua" -e "$program" 2>&1)"
cd "$OLDPWD" || exit 1
touch "$prefix/share/lua/5.4/other.lua"
ok "make uninstall works" installed uninstall DESTDIR="$stage" PREFIX=/opt/thrive
is "and leaves what is not ours" "./share/lua/5.4/other.lua" "$(cd "$prefix" && find . -type f)"
done_testing
