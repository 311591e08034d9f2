/* json_fuzz.c — libFuzzer target for the codec:
**   clang -g -O1 -fsanitize=fuzzer,address,undefined -Isrc $(pkg-config --cflags lua5.4) spec/fuzz/json_fuzz.c
**     src/json.c src/lua_json.c src/lua_json_encode.c src/buf.c $(pkg-config --libs lua5.4) -lm -o json_fuzz
** Any text is decoded with both null policies. What decodes must encode, decode again and be deeply equal, and encode
** to the same text; layer 1's validation must agree with the decoder about what is JSON. */
#include "../../src/lua_json.h"

#include <lauxlib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUIRE(cond)                                            \
  do {                                                           \
    if (!(cond)) {                                               \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond); \
      abort();                                                   \
    }                                                            \
  } while (0)

/* Are the values at the absolute indices equal, with the same types, marks and members? */
static int equal(lua_State *L, int a, int b) {
  int members = 0, result = 1;
  if (lua_type(L, a) != lua_type(L, b))
    return 0;
  if (lua_type(L, a) == LUA_TNUMBER)
    return lua_isinteger(L, a) == lua_isinteger(L, b) && lua_rawequal(L, a, b);
  if (lua_type(L, a) != LUA_TTABLE)
    return lua_rawequal(L, a, b);
  if (thrL_json_isarray(L, a) != thrL_json_isarray(L, b))
    return 0;
  luaL_checkstack(L, 10, NULL);
  lua_pushnil(L);
  while (result && lua_next(L, a)) {
    int top = lua_gettop(L);
    members++;
    lua_pushvalue(L, top - 1);
    lua_rawget(L, b);
    result = equal(L, top, top + 1);
    lua_settop(L, top - 1);
  }
  if (!result) {
    lua_pop(L, 1);
    return 0;
  }
  lua_pushnil(L);
  while (lua_next(L, b)) {
    members--;
    lua_pop(L, 1);
  }
  return members == 0;
}

static int validates(const char *text, size_t n) {
  thr_json_scan j;
  const char *p = thr_json_begin(&j, text, n);
  p = thr_json_skip(&j, p, 0);
  return p != NULL && thr_json_space(p, j.end) == j.end;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  static lua_State *L;
  static unsigned long runs;
  const char *text = (const char *)data;
  int keep;
  double number;
  thr_buf found = {NULL, 0, 0};
  if (L == NULL || ++runs % 5000 == 0) {
    if (L != NULL)
      lua_close(L);
    L = luaL_newstate();
  }
  for (keep = 0; keep <= 1; keep++) {
    thrL_json_options o = {keep, 0};
    thr_json_error err;
    thrL_json_encode_error eerr;
    int ok = thrL_json_decode(L, text, size, &o, &err) == 0;
    REQUIRE(ok == validates(text, size));
    if (ok) {
      thr_buf first = {NULL, 0, 0}, second = {NULL, 0, 0};
      REQUIRE(lua_gettop(L) == 1);
      REQUIRE(thrL_json_encode(L, 1, &first, 0, &eerr) == 0);
      REQUIRE(thrL_json_decode(L, first.data, first.len, &o, &err) == 0);
      REQUIRE(lua_gettop(L) == 2 && equal(L, 1, 2));
      REQUIRE(thrL_json_encode(L, 2, &second, 0, &eerr) == 0);
      REQUIRE(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
      thr_buf_free(&first);
      thr_buf_free(&second);
    } else {
      REQUIRE(lua_gettop(L) == 0 && err.offset <= size && err.message != NULL);
    }
    lua_settop(L, 0);
  }
  keep = thr_json_find_string(text, size, "a", &found);
  REQUIRE((keep == -2) == !validates(text, size));
  REQUIRE((thr_json_find_number(text, size, "a", &number) == -2) == (keep == -2));
  thr_buf_free(&found);
  return 0;
}
