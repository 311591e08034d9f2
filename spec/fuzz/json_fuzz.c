/* json_fuzz.c — libFuzzer target for the codec ("make fuzz").
** Any text is decoded with both null policies. What decodes must encode, decode again and be deeply equal, and encode
** to the same text; layer 1's validation must agree with the decoder about what is JSON. Read as a list with a
** projection, it must be what the whole is when filtered, and be refused at the same byte. What was decoded before must
** make no difference: the texts between the input's NULs, which no JSON text holds, are decoded one after another,
** whole and cut off, in ways that alternate, and each must be what it is in a state that remembers nothing. */
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

static const char *const names[] = {"a", "id", "ref", ""};

/* Is the value at the absolute index an object? */
static int is_object(lua_State *L, int index) {
  return lua_istable(L, index) && !thrL_json_isarray(L, index);
}

/* Takes out of the objects of the array on top what is not named; returns whether all are objects. */
static int filter_records(lua_State *L) {
  int records = lua_gettop(L), all = 1;
  lua_Integer i, n = (lua_Integer)lua_rawlen(L, records);
  for (i = 1; i <= n; i++) {
    lua_rawgeti(L, records, i);
    if (is_object(L, records + 1)) {
      size_t k;
      lua_newtable(L);
      for (k = 0; k < sizeof names / sizeof *names; k++) {
        lua_getfield(L, records + 1, names[k]);
        lua_setfield(L, records + 2, names[k]);
      }
      lua_rawseti(L, records, i);
    } else {
      all = 0;
    }
    lua_settop(L, records);
  }
  return all;
}

/* The value at 1 is what the text decodes to, ok whether it does. */
static void check_projection(lua_State *L, const char *text, size_t size, int keep, int ok,
                             const thr_json_error *err) {
  thrL_json_list whole_list = {0, 0, 0}, list = {0, 0, 0};
  thrL_json_options whole = {keep, NULL, &whole_list, NULL}, some = {keep, NULL, &list, NULL};
  thr_json_error whole_err, some_err;
  int top = lua_gettop(L), found, all = 0;
  size_t k;
  lua_newtable(L);
  for (k = 0; k < sizeof names / sizeof *names; k++) {
    lua_pushstring(L, names[k]);
    lua_rawseti(L, -2, (lua_Integer)k + 1);
  }
  some.projection = thrL_json_new_projection(L, -1);
  REQUIRE((thrL_json_decode(L, text, size, &whole, &whole_err) == 0) == ok);
  REQUIRE((thrL_json_decode(L, text, size, &some, &some_err) == 0) == ok);
  if (!ok) {
    REQUIRE(lua_gettop(L) == top + 2);
    REQUIRE(whole_err.offset == err->offset && strcmp(whole_err.message, err->message) == 0);
    REQUIRE(some_err.offset == err->offset && strcmp(some_err.message, err->message) == 0);
  } else {
    REQUIRE(equal(L, 1, top + 3));
    lua_pushvalue(L, 1);
    found = thrL_json_isarray(L, -1);
    if (is_object(L, lua_gettop(L))) {
      lua_getfield(L, -1, "results");
      found = thrL_json_isarray(L, -1);
    }
    if (found)
      all = filter_records(L);
    REQUIRE(equal(L, 1, top + 4));
    REQUIRE(whole_list.found == found && list.found == found);
    REQUIRE(whole_list.all_objects == all && list.all_objects == all);
    REQUIRE(whole_list.fingerprint == list.fingerprint);
  }
  lua_settop(L, top);
}

static int validates(const char *text, size_t n) {
  thr_json_scan j;
  const char *p = thr_json_begin(&j, text, n);
  p = thr_json_skip(&j, p, 0);
  return p != NULL && thr_json_space(p, j.end) == j.end;
}

/* Makes the state forget what texts looked like: of what it has in the registry, that alone has such a key. */
static void forget(lua_State *L) {
  lua_pushnil(L);
  while (lua_next(L, LUA_REGISTRYINDEX)) {
    lua_pop(L, 1);
    if (lua_islightuserdata(L, -1)) {
      lua_pushvalue(L, -1);
      lua_pushnil(L);
      lua_rawset(L, LUA_REGISTRYINDEX);
    }
  }
}

/* Decodes a text, of kind `way`, and writes the value to `out`, which stays empty when there is none. Every other way
** is that of a list, every third with a projection. */
static void decode_to_text(lua_State *L, const char *text, size_t size, unsigned way, thr_buf *out,
                           thrL_json_list *list) {
  static const char kinds[4];
  thrL_json_options o = {(int)(way / 4 % 2), NULL, NULL, &kinds[way % 3]};
  thr_json_error err;
  thrL_json_encode_error eerr;
  size_t k;
  if (way % 2 == 1)
    o.list = list;
  lua_newtable(L);
  for (k = way % 5 % 4; k < sizeof names / sizeof *names; k++) {
    lua_pushstring(L, names[k]);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  }
  if (way % 3 == 1)
    o.projection = thrL_json_new_projection(L, -1);
  if (thrL_json_decode(L, text, size, &o, &err) == 0)
    REQUIRE(thrL_json_encode(L, -1, out, 0, &eerr) == 0);
  lua_settop(L, 0);
}

static void check_in_a_row(lua_State *L, const char *text, size_t size) {
  static lua_State *fresh;
  static unsigned long runs;
  const char *end = text + size;
  unsigned way = size > 0 ? (unsigned char)*text : 0;
  if (fresh == NULL || ++runs % 5000 == 0) {
    if (fresh != NULL)
      lua_close(fresh);
    fresh = luaL_newstate();
  }
  forget(L);
  for (;;) {
    const char *stop = memchr(text, '\0', (size_t)(end - text));
    size_t n = (size_t)((stop != NULL ? stop : end) - text);
    int i;
    for (i = 0; i < 3; i++, way++) {
      thr_buf got = {NULL, 0, 0}, want = {NULL, 0, 0};
      thrL_json_list got_list = {0, 0, 0}, want_list = {0, 0, 0};
      size_t part = i == 1 ? n - n / 3 : n;
      forget(fresh);
      decode_to_text(L, text, part, way, &got, &got_list);
      decode_to_text(fresh, text, part, way, &want, &want_list);
      REQUIRE(got.len == want.len && (got.len == 0 || memcmp(got.data, want.data, got.len) == 0));
      REQUIRE(got_list.found == want_list.found && got_list.all_objects == want_list.all_objects &&
              got_list.fingerprint == want_list.fingerprint);
      thr_buf_free(&got);
      thr_buf_free(&want);
    }
    if (stop == NULL)
      return;
    text = stop + 1;
  }
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
  check_in_a_row(L, text, size);
  for (keep = 0; keep <= 1; keep++) {
    thrL_json_options o = {keep, NULL, NULL, NULL};
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
    lua_settop(L, ok); /* the value, if there is one */
    check_projection(L, text, size, keep, ok, &err);
    lua_settop(L, 0);
  }
  keep = thr_json_find_string(text, size, "a", &found);
  REQUIRE((keep == -2) == !validates(text, size));
  REQUIRE((thr_json_find_number(text, size, "a", &number) == -2) == (keep == -2));
  thr_buf_free(&found);
  return 0;
}
