#!/bin/sh
# deps.sh — what the build ("build"), or also the suite ("check") or the benchmark ("bench") needs: finds what is missing,
# and installs it.
#   src/deps.sh build|check|bench [--list]       --list: only says what is missing
# Debian and its children: apt-get, as root or through sudo. Elsewhere it prints what to install and fails. When nothing
# is missing it is quick, silent, and does not touch the network.
set -eu
level=${1:-check}
only_list=${2:-}
case $level in build | check | bench) ;; *) echo "usage: deps.sh build|check|bench [--list]" >&2; exit 2 ;; esac

has() { command -v "$1" >/dev/null 2>&1; }
has_pc() { ${PKG_CONFIG:-pkg-config} --exists "$1" 2>/dev/null; }
has_any_pc() { for pc; do has_pc "$pc >= 5.4" && return 0; done; return 1; }
has_header() { printf '#include <%s>\n' "$1" | ${CC:-cc} -E - >/dev/null 2>&1; }
has_module() { lua5.4 -e "require('$1')" >/dev/null 2>&1 || lua -e "assert(_VERSION == 'Lua 5.4') require('$1')" >/dev/null 2>&1; }
has_lua() { has lua5.4 || lua -e "assert(_VERSION == 'Lua 5.4')" >/dev/null 2>&1; }
# The fuzzer's run-time library comes in a package of its own.
has_fuzzer() { has clang && [ -n "$(find "$(clang -print-resource-dir)/lib" -name '*clang_rt.fuzzer*' 2>/dev/null | head -n 1)" ]; }
has_cjson_lib() { has_pc lua5.4-cjson || ! debian; }
has_python() { for p in python3 /usr/bin/python3; do "$p" -c "import $1" >/dev/null 2>&1 && return 0; done; return 1; }
has_nginx() { has nginx || [ -x /usr/sbin/nginx ]; }
has_nginx_echo() { [ -n "$(find /usr/lib*/nginx /usr/share/nginx -name 'ngx_http_echo_module.so' 2>/dev/null | head -n 1)" ]; }
has_ca_bundle() { [ -f /etc/ssl/certs/ca-certificates.crt ] || ! debian; }
# Nothing links libedit: the prompt looks it up at run time. Of what comes with macOS there are no files.
has_libedit() { [ "$(uname -s)" = Darwin ] || [ -n "$(find /usr/lib /usr/lib64 /usr/local/lib /opt/homebrew/lib -maxdepth 2 -name 'libedit.*' 2>/dev/null | head -n 1)" ]; }
has_node() { has node || has nodejs; }
debian() { [ -f /etc/debian_version ] && has apt-get; }

# One line for each thing: its test | the package in Debian | Fedora | Alpine | Homebrew ("-": part of the system, or not needed).
build_needs='
has cc                      | gcc                  | gcc                  | build-base        | -
has_header stdlib.h         | libc6-dev            | glibc-devel          | musl-dev          | -
has pkg-config              | pkg-config           | pkgconf-pkg-config   | pkgconf           | pkgconf
has_lua                     | lua5.4               | lua                  | lua5.4            | lua
has_any_pc lua5.4 lua-5.4 lua54 lua | liblua5.4-dev | lua-devel           | lua5.4-dev        | lua
has_module cjson            | lua-cjson            | lua-cjson            | lua5.4-cjson      | luarocks
has_cjson_lib               | lua-cjson-dev        | -                    | -                 | -
has_pc libcurl              | libcurl4-openssl-dev | libcurl-devel        | curl-dev          | curl
has_pc libmicrohttpd        | libmicrohttpd-dev    | libmicrohttpd-devel  | libmicrohttpd-dev | libmicrohttpd
'
check_needs='
has busted                  | lua-busted           | lua-busted           | luarocks5.4       | luarocks
has luacheck                | lua-check            | luarocks             | luarocks5.4       | luarocks
has_module socket           | lua-socket           | lua-socket           | lua5.4-socket     | luarocks
has_module luv              | lua-luv              | lua-luv              | lua5.4-luv        | luarocks
has luarocks                | luarocks             | luarocks             | luarocks5.4       | luarocks
has clang                   | clang                | clang                | clang             | llvm
has_fuzzer                  | libclang-rt-dev      | compiler-rt          | compiler-rt       | llvm
has clang-format            | clang-format         | clang-tools-extra    | clang-extra-tools | clang-format
has clang-tidy              | clang-tidy           | clang-tools-extra    | clang-extra-tools | llvm
has mandoc                  | mandoc               | mandoc               | mandoc            | -
has zsh                     | zsh                  | zsh                  | zsh               | -
has fish                    | fish                 | fish                 | fish              | fish
has valgrind                | valgrind             | valgrind             | valgrind          | -
has_libedit                 | libedit2             | libedit              | libedit           | -
has tmux                    | tmux                 | tmux                 | tmux              | tmux
has openssl                 | openssl              | openssl              | openssl           | openssl
has_python yaml             | python3-yaml         | python3-pyyaml       | py3-yaml          | -
'
# The echo module adds the latency; Fedora and Homebrew do not have it.
bench_needs='
has_nginx                   | nginx                | nginx                | nginx             | nginx
has_nginx_echo              | libnginx-mod-http-echo | -                  | nginx-mod-http-echo | -
has_python requests         | python3-requests     | python3-requests     | py3-requests      | python3
has_python aiohttp          | python3-aiohttp      | python3-aiohttp      | py3-aiohttp       | python3
has_python httpx            | python3-httpx        | python3-httpx        | py3-httpx         | python3
has_node                    | nodejs               | nodejs               | nodejs            | node
has_module socket           | lua-socket           | lua-socket           | lua5.4-socket     | luarocks
has openssl                 | openssl              | openssl              | openssl           | openssl
has_ca_bundle               | ca-certificates      | -                    | ca-certificates   | -
'
case $level in
  build) needs=$build_needs ;;
  check) needs=$build_needs$check_needs ;;
  bench) needs=$build_needs$bench_needs ;;
esac

# $(packages COLUMN): the names of what is missing, in that column.
packages() {
  printf '%s\n' "$needs" | while IFS='|' read -r test debian fedora alpine brew; do
    test=$(echo $test)
    [ -n "$test" ] || continue
    $test || case $1 in debian) echo $debian ;; fedora) echo $fedora ;; alpine) echo $alpine ;; brew) echo $brew ;; esac
  done | sed -e 's/^ *//' -e 's/ *$//' | grep -v '^-$' | sort -u | tr '\n' ' ' | sed 's/ *$//'
}

if ! debian; then
  # Valgrind is not to be had everywhere; what is missing counts where there is a package for it.
  fedora=$(packages fedora) alpine=$(packages alpine) brew=$(packages brew)
  [ -n "$fedora$alpine$brew" ] || exit 0
  if has dnf; then [ -n "$fedora" ] || exit 0; fi
  if has apk; then [ -n "$alpine" ] || exit 0; fi
  if has brew; then [ -n "$brew" ] || exit 0; fi
  {
    echo "thrive: something is missing. Install it, and try again:"
    echo "  Fedora:   dnf install $fedora"
    echo "  Alpine:   apk add $alpine"
    echo "  Homebrew: brew install $brew"
    echo "What your system has no package for, LuaRocks has: luarocks --lua-version 5.4 install busted (luacheck, lua-cjson, luasocket, luv)"
  } >&2
  exit 1
fi

missing=$(packages debian)
[ -n "$missing" ] || exit 0
if [ "$only_list" = --list ]; then
  echo "$missing"
  exit 1
fi

as_root=
if [ "$(id -u)" != 0 ]; then
  if has sudo && sudo -n true 2>/dev/null; then
    as_root='sudo -n'
  elif has sudo && [ -t 0 ]; then
    as_root=sudo
  else
    echo "thrive: missing: $missing" >&2
    echo "thrive: run as root: apt-get install $missing" >&2
    exit 1
  fi
fi
echo "Installing $missing"
apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { $apt update && $apt install -y --no-install-recommends $missing; } </dev/null >"$log" 2>&1; then
  cat "$log" >&2
  echo "thrive: apt-get could not install: $missing" >&2
  exit 1
fi
still=$(packages debian)
if [ -n "$still" ]; then
  echo "thrive: still missing after the installation: $still" >&2
  exit 1
fi
