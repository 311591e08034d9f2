/* core.c — luaopen_thrive_core: puts the parts of the C core into one module table. Layer 2. */
#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "answer.h"
#include "client.h"
#include "csv_line.h"
#include "decoder.h"
#include "date.h"
#include "error.h"
#include "flow.h"
#include "hmac.h"
#include "lua_json.h"
#include "map.h"
#include "operation.h"
#include "page.h"
#include "screen.h"
#include "system.h"
#include "transfer.h"
#include "transport.h"
#include "url.h"
#include "version.h"

/* core.transport_version() → "libcurl/7.88.1 OpenSSL/3.0.15 …" | nil [-0, +1, -] */
static int transport_version(lua_State *L) {
  lua_pushstring(L, thr_transport_version());
  return 1;
}

/* core.transport_features() → { version =, tls =, http2 =, gzip =, brotli =, zstd =, async_dns = } | nil, why libcurl
** cannot be had [-0, +1|2, m] */
static int transport_features(lua_State *L) {
  thr_transport_features f;
  const char *why = NULL;
  size_t i;
  if (thr_transport_describe(&f, &why) != 0) {
    lua_pushnil(L);
    lua_pushstring(L, why);
    return 2;
  }
  const struct {
    const char *name;
    int has;
  } flags[] = {{"http2", f.http2},
               {"gzip", f.gzip},
               {"brotli", f.brotli},
               {"zstd", f.zstd},
               {"async_dns", f.async_dns}};
  lua_createtable(L, 0, 7);
  lua_pushstring(L, f.version);
  lua_setfield(L, -2, "version");
  lua_pushstring(L, f.tls);
  lua_setfield(L, -2, "tls");
  for (i = 0; i < sizeof flags / sizeof *flags; i++) {
    lua_pushboolean(L, flags[i].has);
    lua_setfield(L, -2, flags[i].name);
  }
  return 1;
}

/* core.unique_id() → 32 hex digits that are never given twice [-0, +1, e] */
static int unique_id(lua_State *L) {
  unsigned char bytes[16];
  char text[33];
  size_t i, n = 0;
  FILE *f = fopen("/dev/urandom", "rb");
  if (f != NULL) {
    n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
  }
  if (n != sizeof bytes)
    return luaL_error(L, "no random numbers to be had for an id: /dev/urandom cannot be read");
  for (i = 0; i < sizeof bytes; i++)
    snprintf(text + 2 * i, 3, "%02x", bytes[i]);
  lua_pushlstring(L, text, 32);
  return 1;
}

/* core.verify_hmac(secret, body, digest) → does HMAC-SHA256 of body under secret have that hex digest? Compared in
** constant time. Or nil, message when no libcrypto is to be had. [-0, +1|2, e] */
static int verify_hmac(lua_State *L) {
  size_t sn, bn, dn;
  const char *secret = luaL_checklstring(L, 1, &sn), *body = luaL_checklstring(L, 2, &bn), *why = NULL;
  const char *digest = luaL_checklstring(L, 3, &dn);
  int rc = thr_hmac_sha256_is(secret, sn, body, bn, digest, dn, &why);
  if (rc < 0) {
    lua_pushnil(L);
    lua_pushstring(L, why);
    return 2;
  }
  lua_pushboolean(L, rc);
  return 1;
}

/* core.time() → seconds since the epoch with a fraction: os.time has whole seconds only [-0, +1, -] */
static int wall_clock(lua_State *L) {
  struct timespec ts = {0, 0};
  clock_gettime(CLOCK_REALTIME, &ts);
  lua_pushnumber(L, (lua_Number)ts.tv_sec + (lua_Number)ts.tv_nsec / 1e9);
  return 1;
}

/* core.http_date(text) → the epoch second that a Date header tells | nil [-0, +1, e] */
static int http_date(lua_State *L) {
  size_t n;
  const char *text = luaL_checklstring(L, 1, &n);
  int64_t seconds;
  if (thr_date_http(text, n, &seconds) != 0)
    lua_pushnil(L);
  else
    lua_pushinteger(L, (lua_Integer)seconds);
  return 1;
}

/* core.is_loopback(url) → is its host this machine, by its name alone? [-0, +1, e] */
static int is_loopback(lua_State *L) {
  size_t n;
  const char *url = luaL_checklstring(L, 1, &n), *why;
  thr_origin o;
  lua_pushboolean(L, thr_url_origin(url, n, &o, &why) == 0 && o.loopback);
  return 1;
}

static const luaL_Reg functions[] = {{"csv_line", thrL_csv_line_new},
                                     {"decoder", thrL_decoder_new},
                                     {"error", thrL_error_new},
                                     {"iserror", thrL_error_is},
                                     {"http_date", http_date},
                                     {"is_loopback", is_loopback},
                                     {"nearest", thrL_map_nearest},
                                     {"operation", thrL_operation_new},
                                     {"prepare", thrL_map_prepare},
                                     {"prepare_raw", thrL_map_prepare_raw},
                                     {"token_request", thrL_map_token_request},
                                     {"projection", thrL_json_projection_new},
                                     {"transport_features", transport_features},
                                     {"transport_version", transport_version},
                                     {"time", wall_clock},
                                     {"unique_id", unique_id},
                                     {"verify_hmac", verify_hmac},
                                     {NULL, NULL}};

/* require "thrive.core": may run many times in one state, and in many states of one process. [-0, +1, m] */
__attribute__((visibility("default"))) int luaopen_thrive_core(lua_State *L);
int luaopen_thrive_core(lua_State *L) {
  luaL_checkversion(L);
  thrL_client_open(L);
  thrL_transfer_open(L);
  thrL_operation_open(L);
  thrL_page_open(L);
  thrL_decoder_open(L);
  thrL_csv_line_open(L);
  lua_createtable(L, 0, 40);
  luaL_setfuncs(L, functions, 0);
  luaL_setfuncs(L, thrL_client_functions, 0);
  luaL_setfuncs(L, thrL_flow_functions, 0);
  luaL_setfuncs(L, thrL_transfer_functions, 0);
  luaL_setfuncs(L, thrL_answer_functions, 0);
  luaL_setfuncs(L, thrL_page_functions, 0);
  thrL_json_open(L);
  lua_setfield(L, -2, "json");
  thrL_system_open(L);
  lua_setfield(L, -2, "system");
  thrL_screen_open(L);
  lua_setfield(L, -2, "screen");
  lua_pushlightuserdata(L, NULL); /* the same value as cjson.null */
  lua_setfield(L, -2, "null");
  lua_pushliteral(L, THRIVE_VERSION);
  lua_setfield(L, -2, "version");
  return 1;
}
