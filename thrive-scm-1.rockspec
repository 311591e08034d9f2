rockspec_format = "3.0"
package = "thrive"
version = "scm-1"
-- What `luarocks make` builds is this folder. `make rockspec` writes the address and the tag of a release here.
source = {
  url = ".",
}
description = {
  summary = "The Thrive Learning API as a Lua module",
  detailed = [[
    Provisions users, keeps them in step with an HR feed, and reads the records of a Thrive learning platform: a C core on
    libcurl with exact JSON, retries that never repeat a write by mistake, tasks, CSV, and a sandbox tenant to try scripts
    on. Comes with thrivelua, a command that runs Lua scripts with the module at hand.]],
  license = "MIT",
  labels = { "http", "api", "hr", "learning" },
}
supported_platforms = { "unix" }
dependencies = {
  "lua >= 5.4, < 5.5",
  "lua-cjson >= 2.1.0",
}
-- No header: LuaRocks does not look where Debian keeps libcurl's, but the compiler does.
external_dependencies = {
  CURL = { library = "curl" },
}
-- make and not builtin: the Makefile knows the sources, and builds the sandbox's server where libmicrohttpd is there.
build = {
  type = "make",
  build_target = "modules",
  install_target = "install-module",
  -- One set for both passes, so that the second finds everything built. A build folder of its own leaves that of the
  -- interpreter alone.
  variables = {
    B = "build/rock",
    CFLAGS = "$(CFLAGS)",
    LUA_INCDIR = "$(LUA_INCDIR)",
    CURL_INCDIR = "$(CURL_INCDIR)",
    CURL_LIBDIR = "$(CURL_LIBDIR)",
    LUADIR = "$(LUADIR)",
    CMODDIR = "$(LIBDIR)",
    DESTDIR = "",
  },
  install = {
    bin = { "bin/thrivelua" },
  },
  -- library: the types for editors. `luarocks show --rock-dir thrive` says where the rock keeps it.
  copy_directories = { "doc", "library", "completions" },
}
