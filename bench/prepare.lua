-- Writes what the benchmark's servers need into a folder: lua5.4 bench/prepare.lua FOLDER PAGES PORT…
-- The pages (kept from the last run), one user, and nginx's configuration for five ports: the answers at once, after 25 ms
-- and after 80 ms, and at once with the connection closed after each, plain and over TLS.
package.path = "./?.lua;" .. package.path
local page = require "bench.page"

local folder, pages = arg[1], tonumber(arg[2])

local function write(name, text)
  local file <close> = assert(io.open(folder .. "/" .. name, "wb"))
  assert(file:write(text))
end

local function output(command)
  local pipe <close> = assert(io.popen(command))
  return pipe:read("a")
end

local last = io.open(("%s/pages-%d/%d.json"):format(folder, pages, pages))
if last then
  last:close()
else
  assert(os.execute(("mkdir -p '%s/pages-%d'"):format(folder, pages)))
  for n = 1, pages do write(("pages-%d/%d.json"):format(pages, n), page.text(1000, n, pages)) end
end
write("user.json", (page.text(1):match('"results":%[(.*)%],"pagination"')))

local created = '{"id":"0123456789abcdef01234567","loginMethod":"email","ref":"B1","email":"bea@example.org",'
  .. '"firstName":"Bea","lastName":"Example","role":"learner","timeZone":"Europe/London","languageCode":"en-gb",'
  .. '"active":true,"createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z","sso":false}'

-- A server on one port; delay in seconds, or nil for an answer at once.
local function server(port, delay, extra)
  local wait = delay and ("echo_sleep %.3f; "):format(delay) or ""
  local function location(path, target)
    return ("    location %s { %secho_exec %s; }\n"):format(path, wait, target)
  end
  local files = delay and (location("= /rest/v1/users", "@page") .. location("/rest/v1/user/", "@user"))
    or ("    location = /rest/v1/users { try_files /pages-%d/$arg_page.json =404; }\n"):format(pages)
      .. "    location /rest/v1/user/ { try_files /user.json =404; }\n"
  return ("  server {\n    listen 127.0.0.1:%s;\n%s%s%s"):format(port .. (extra and extra.ssl and " ssl" or ""),
      extra and extra.lines or "", files, location("= /rest/v2/users", "@created"))
    .. ("    location @page { try_files /pages-%d/$arg_page.json =404; }\n"):format(pages)
    .. "    location @user { try_files /user.json =404; }\n"
    .. ("    location @created { return 201 '%s'; }\n  }\n"):format(created)
end

local modules = output("nginx -V 2>&1"):match("%-%-modules%-path=(%S+)") or "/usr/lib/nginx/modules"
local echo_module = modules .. "/ngx_http_echo_module.so"
local root = output("id -u") == "0\n" and "user root;\n" or ""
local once = "    keepalive_timeout 0;\n"
local tls = once .. "    ssl_certificate server.pem;\n    ssl_certificate_key server.key;\n"
write("nginx.conf", table.concat {
  "load_module ", echo_module, ";\n", root, [[
daemon off;
worker_processes 1;
pid nginx.pid;
error_log error.log warn;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  default_type application/json;
  keepalive_timeout 300;
  keepalive_requests 1000000000;
  open_file_cache max=2000 inactive=1h;
  open_file_cache_valid 1h;
  root .;
  client_body_temp_path tmp;
  proxy_temp_path tmp;
  fastcgi_temp_path tmp;
  uwsgi_temp_path tmp;
  scgi_temp_path tmp;
]], server(arg[3]), server(arg[4], 0.025), server(arg[5], 0.080), server(arg[6], nil, { lines = once }),
  server(arg[7], nil, { ssl = true, lines = tls }), "}\n",
})
