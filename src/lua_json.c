/* lua_json.c — the codec's Lua functions and the array mark. Layer 2; the codec itself is in lua_json_decode.c and
** lua_json_encode.c. */
#include "lua_json.h"

#include <lauxlib.h>

#include <string.h>

/* ---- the array mark ---- */

void thrL_json_pusharraymt(lua_State *L) { luaL_newmetatable(L, THRL_JSON_ARRAY); }

int thrL_json_isarray(lua_State *L, int index) {
  int same;
  if (!lua_istable(L, index) || !lua_getmetatable(L, index))
    return 0;
  luaL_getmetatable(L, THRL_JSON_ARRAY);
  same = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return same;
}

/* ---- thrive.core.json ---- */

/* decode(text [, {nulls = "drop"|"keep", fields = names|projection}]) → value | nil, message, position  [-0, +1|3, e]
** The position is that of the first wrong byte, as string.sub counts. */
static int json_decode(lua_State *L) {
  static const char *const policies[] = {"drop", "keep", NULL};
  thrL_json_options o = {0, NULL, NULL, NULL};
  thr_json_error err;
  size_t n;
  const char *text;
  luaL_checktype(L, 1, LUA_TSTRING);
  text = lua_tolstring(L, 1, &n);
  if (!lua_isnoneornil(L, 2)) {
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_pushliteral(L, "nulls");
    lua_rawget(L, 2);
    o.keep_nulls = luaL_checkoption(L, -1, "drop", policies);
    lua_pop(L, 1);
    lua_pushliteral(L, "fields");
    lua_rawget(L, 2);
    if (!lua_isnil(L, -1)) {
      o.projection = luaL_testudata(L, -1, THRL_JSON_PROJECTION);
      if (o.projection == NULL)
        o.projection = thrL_json_new_projection(L, -1); /* on the stack until the end */
    }
  }
  if (thrL_json_decode(L, text, n, &o, &err) == 0)
    return 1;
  lua_pushnil(L);
  lua_pushfstring(L, "invalid JSON at byte %I: %s", (LUAI_UACINT)err.offset + 1, err.message);
  lua_pushinteger(L, (lua_Integer)err.offset + 1);
  return 3;
}

int thrL_json_projection_new(lua_State *L) {
  thrL_json_new_projection(L, 1);
  return 1;
}

/* The metatable's __gc: the encoder's buffer, when an error left it behind. */
static int buffer_gc(lua_State *L) {
  thr_buf_free(lua_touserdata(L, 1));
  return 0;
}

/* encode(value) → string | nil, message  [-0, +1|2, e]   upvalue 1: metatable of the buffer */
static int json_encode(lua_State *L) {
  thrL_json_encode_error err;
  thr_buf *b;
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  b = lua_newuserdatauv(L, sizeof *b, 0);
  memset(b, 0, sizeof *b);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_setmetatable(L, 2);
  if (thrL_json_encode(L, 1, b, 0, &err) == 0) {
    lua_pushlstring(L, b->data, b->len);
    thr_buf_free(b);
    return 1;
  }
  thr_buf_free(b);
  lua_pushnil(L);
  if (err.path[0] != '\0')
    lua_pushfstring(L, "cannot encode %s: %s", err.path, err.message);
  else
    lua_pushfstring(L, "cannot encode the value: %s", err.message);
  return 2;
}

/* array(t) → t, marked  [-0, +1, e] */
static int json_array(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  if (lua_getmetatable(L, 1)) {
    luaL_argcheck(L, thrL_json_isarray(L, 1), 1, "the table already has another metatable");
    lua_settop(L, 1);
  }
  thrL_json_pusharraymt(L);
  lua_setmetatable(L, 1);
  return 1;
}

/* isarray(v) → boolean  [-0, +1, -] */
static int json_isarray(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, thrL_json_isarray(L, 1));
  return 1;
}

void thrL_json_open(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"decode", json_decode}, {"array", json_array}, {"isarray", json_isarray}, {NULL, NULL}};
  luaL_newlib(L, functions);
  lua_createtable(L, 0, 2); /* reachable from json_encode alone */
  lua_pushcfunction(L, buffer_gc);
  lua_setfield(L, -2, "__gc");
  lua_pushcclosure(L, json_encode, 1);
  lua_setfield(L, -2, "encode");
  lua_pushlightuserdata(L, NULL);
  lua_setfield(L, -2, "null");
}
