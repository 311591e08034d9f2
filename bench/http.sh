#!/bin/sh
# http.sh — starts the servers of the HTTP benchmark on this machine, runs bench/http.lua against them, and stops them
# again, however it ends. "make bench-http" builds what it needs and calls it.
#   bench/http.sh                          B=build QUICK=1 ROUNDS=5
set -eu
B=${B:-build}
case $B in /*) ;; *) B=$(pwd)/$B ;; esac
folder=$B/bench
if [ -n "${QUICK:-}" ]; then pages=10 many=20; else pages=100 many=1000; fi
# Settings of the person at the keyboard that would change what is measured.
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY LUA_INIT LUA_INIT_5_4 2>/dev/null || :
for name in $(env | sed -n 's/^\(THRIVE_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin LUA_PATH="./?.lua;lua/?.lua;;" LUA_CPATH="$B/?.so;;"
export LC_ALL PATH LUA_PATH LUA_CPATH

# Python's clients are wanted of one interpreter; the distribution's is not always the first.
for PYTHON in python3 /usr/bin/python3 none; do
  "$PYTHON" -c 'import requests, aiohttp, httpx' 2>/dev/null && break
done
node=$(command -v node || command -v nodejs || echo none)
for needed in "$PYTHON:python3 with requests, aiohttp and httpx" "$node:node" "$(command -v nginx || echo none):nginx" \
  "$(command -v openssl || echo none):openssl"; do
  case $needed in none:*) echo "bench: ${needed#none:} is not installed; make deps-bench installs it (Debian)" >&2; exit 1 ;; esac
done

mkdir -p "$folder/tmp"
# A CA of our own; and a bundle with the system's CAs, which is what a program has that names none.
if [ ! -f "$folder/bundle.pem" ]; then
  (
    cd "$folder"
    key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    # shellcheck disable=SC2086
    openssl req -x509 $key -days 3650 -subj "/CN=bench CA" -keyout ca.key -out ca.pem
    # shellcheck disable=SC2086
    openssl req $key -subj /CN=127.0.0.1 -keyout server.key -out server.csr
    printf 'subjectAltName=IP:127.0.0.1\n' >server.ext
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 -extfile server.ext -out server.pem
    for system in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
      [ ! -f "$system" ] || break
    done
    cat "$system" ca.pem >bundle.pem.new
    mv bundle.pem.new bundle.pem
  ) >"$folder/openssl.log" 2>&1 || { cat "$folder/openssl.log" >&2; exit 1; }
fi

# shellcheck disable=SC2046
set -- $("$folder/peer" ports 7)
lua5.4 bench/prepare.lua "$folder" "$pages" "$1" "$2" "$3" "$4" "$5"

started=
stop() {
  trap - EXIT INT TERM HUP
  # shellcheck disable=SC2086
  [ -z "$started" ] || kill $started 2>/dev/null || :
  wait
}
trap stop EXIT
trap 'stop; exit 130' INT TERM HUP

nginx -p "$folder" -e "$folder/error.log" -c "$folder/nginx.conf" &
started=$!
lua5.4 bench/endless.lua "$6" "$pages" "$folder/pages-$pages" "$pages" &
started="$started $!"
lua5.4 bench/endless.lua "$7" "$many" "$folder/pages-$pages" "$pages" &
started="$started $!"
for port in "$1" "$6" "$7"; do
  tries=50
  until "$folder/peer" get "http://127.0.0.1:$port" 1 2>/dev/null >&2; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "bench: no server on port $port" >&2; cat "$folder/error.log" >&2; exit 1; }
    sleep 0.1
  done
done

# In the background, so that a signal is heard at once; the shell would wait for a command in the foreground.
export PYTHON B
NODE=$node PAGES=$pages MANY=$many PORTS="$*" "$B/thrivelua" bench/http.lua &
started="$started $!"
wait $!
