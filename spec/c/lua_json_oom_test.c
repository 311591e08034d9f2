/* lua_json_oom_test.c — the codec when memory runs out: every single allocation of a decode and an encode fails once,
** and each time the result is a Lua memory error, nothing is lost, and the state still works. Run it under ASan. */
#include "../../src/lua_json.h"
#include "check.h"

#include <lauxlib.h>
#include <lualib.h>

#include <stdlib.h>
#include <string.h>

typedef struct allocator {
  long countdown; /* the allocation that fails; 0 = none */
  size_t live;    /* bytes */
} allocator;

static void *allocate(void *ud, void *p, size_t old, size_t n) {
  allocator *a = ud;
  void *q;
  if (p == NULL)
    old = 0; /* then it is the kind of object, not a size */
  if (n == 0) {
    free(p);
    a->live -= old;
    return NULL;
  }
  if (n > old && a->countdown > 0 && --a->countdown == 0) {
    a->countdown = -1; /* stays out: Lua's second try after an emergency collection must fail too */
    return NULL;
  }
  if (n > old && a->countdown < 0)
    return NULL;
  q = realloc(p, n);
  if (q != NULL)
    a->live += n - old;
  return q;
}

static char *text;
static size_t text_len;
static thr_buf whole; /* what it is when encoded again */

/* A document that uses everything: many records, escapes longer than the small buffer, big keys, deep nesting. */
static void make_text(void) {
  thr_buf b = {NULL, 0, 0};
  int i, failed = 0;
  failed |= thr_buf_puts(&b, "{\"results\":[");
  for (i = 0; i < 60; i++) {
    failed |= thr_buf_puts(&b, i > 0 ? "," : "");
    failed |= thr_buf_puts(
        &b, "{\"id\":\"78f4d547c4f06f8b7f8ddd66\",\"a\\u0062\":[],\"n\":null,\"x\":1.5,\"tags\":{\"skills\":"
            "[\"a\",\"b\",{}]},\"long\":\"");
    if (i % 20 == 7) {
      int k;
      for (k = 0; k < 400; k++)
        failed |= thr_buf_puts(&b, "\\n\xFF");
    }
    failed |= thr_buf_puts(&b, "\"}");
  }
  failed |= thr_buf_puts(&b, "],\"wide\":{");
  for (i = 0; i < 150; i++) {
    char member[40];
    sprintf(member, "%s\"key%d\":%d", i > 0 ? "," : "", i, i);
    failed |= thr_buf_puts(&b, member);
  }
  failed |= thr_buf_puts(&b, "},\"deep\":[[[[[[[[[[[[1]]]]]]]]]]]]}");
  if (failed)
    abort();
  text = b.data;
  text_len = b.len;
}

static int buffer_gc(lua_State *L) {
  thr_buf_free(lua_touserdata(L, 1));
  return 0;
}

/* Another shape of record, then the first again: what is remembered of texts must not depend on what failed. */
static void decode_others(lua_State *L) {
  static const char *const others[] = {"{\"id\":1,\"tags\":[{\"skill\":2}],\"more\":null}",
                                       "{\"id\":2,\"tags\":[",
                                       "{\"tags\":[{\"skill\":3,\"level\":4}],\"id\":5,\"ref\":6}"};
  static const lua_Integer ids[] = {1, 0, 5};
  size_t i;
  for (i = 0; i < sizeof others / sizeof *others; i++) {
    thrL_json_options o = {0, NULL, NULL, others};
    thr_json_error err;
    int ok = thrL_json_decode(L, others[i], strlen(others[i]), &o, &err) == 0;
    if (ok != (ids[i] != 0))
      luaL_error(L, "the outcome of text %d is wrong", (int)i);
    if (!ok)
      continue;
    if (lua_getfield(L, -1, "id") != LUA_TNUMBER || lua_tointeger(L, -1) != ids[i])
      luaL_error(L, "the record of text %d is wrong", (int)i);
    lua_pop(L, 2);
  }
}

/* Decodes the document whole and by a projection, and encodes it; what pcall runs. */
static int work(lua_State *L) {
  thrL_json_list list;
  thrL_json_options some = {0, NULL, &list, NULL};
  thr_json_error err;
  thrL_json_encode_error eerr;
  thr_buf *b;
  decode_others(L);
  if (thrL_json_decode(L, text, text_len, NULL, &err) != 0)
    return luaL_error(L, "not decoded: %s", err.message);
  decode_others(L);
  lua_createtable(L, 2, 0);
  lua_pushliteral(L, "long");
  lua_rawseti(L, -2, 1);
  lua_pushliteral(L, "ab");
  lua_rawseti(L, -2, 2);
  some.projection = thrL_json_new_projection(L, -1);
  if (thrL_json_decode(L, text, text_len, &some, &err) != 0 || !list.found || !list.all_objects ||
      list.fingerprint == 0)
    return luaL_error(L, "not decoded by the projection: %s", err.message);
  lua_settop(L, 1);
  b = lua_newuserdatauv(L, sizeof *b, 0);
  memset(b, 0, sizeof *b);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, buffer_gc);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  if (thrL_json_encode(L, -2, b, 0, &eerr) != 0)
    return luaL_error(L, "not encoded: %s", eerr.message);
  if (whole.len == 0 && thr_buf_append(&whole, b->data, b->len) != 0) /* the first time */
    abort();
  lua_pushboolean(L, b->len == whole.len && memcmp(b->data, whole.data, whole.len) == 0);
  return 1;
}

/* Runs `work` with the n-th Lua allocation (or, with layer1, the n-th of thr_realloc) failing. 1 it succeeded, 0 it
** failed as it should, -1 it misbehaved. */
static int attempt(long n, int layer1) {
  allocator a = {0, 0};
  lua_State *L = lua_newstate(allocate, &a);
  int status, result, top;
  if (L == NULL)
    abort();
  lua_pushcfunction(L, work);
  top = lua_gettop(L);
  if (layer1)
    thr_alloc_fail_at((unsigned long)n);
  else
    a.countdown = n;
  status = lua_pcall(L, 0, 1, 0);
  a.countdown = 0;
  thr_alloc_fail_at(0);
  if (status == LUA_OK)
    result = lua_toboolean(L, -1) ? 1 : -1;
  else if (layer1)
    result = strstr(lua_tostring(L, -1), "not enough memory") != NULL ? 0 : -1;
  else
    result = status == LUA_ERRMEM ? 0 : -1;
  if (lua_gettop(L) != top)
    result = -1;
  lua_settop(L, 0); /* and the state is as good as before */
  lua_pushcfunction(L, work);
  if (lua_pcall(L, 0, 1, 0) != LUA_OK || !lua_toboolean(L, -1))
    result = -1;
  lua_close(L);
  return a.live == 0 ? result : -1;
}

int main(void) {
  long n, failures = 0;
  int result = 0;
  make_text();
  result = attempt(0, 0); /* nothing fails */
  CASE("codec: a document can be read and written as often as one likes") {
    CHECK(result == 1 && whole.len > 1000);
  }
  CASE("codec: any Lua allocation may fail without a leak or a crash") {
    for (n = 1; n < 100000 && (result = attempt(n, 0)) == 0; n++)
      failures++;
    CHECK(result == 1);
    CHECK(failures > 100);
  }
  CASE("codec: any allocation of the output buffer may fail without a leak or a crash") {
    for (n = 1, failures = 0; n < 1000 && (result = attempt(n, 1)) == 0; n++)
      failures++;
    CHECK(result == 1);
    CHECK(failures > 3);
  }
  thr_buf_free(&whole);
  free(text);
  return check_done();
}
