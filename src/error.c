/* error.c — the one constructor of error objects. Layer 2; knows nothing of transfers. */
#include "error.h"

#include <lauxlib.h>
#include <string.h>

#include "controls.h"

#define METATABLE "thrive.error"

static const char *const kind_names[] = {
#define KIND_NAME(name, hint) #name,
    THRL_ERROR_KINDS(KIND_NAME)
#undef KIND_NAME
        NULL};

static const char *const kind_hints[] = {
#define KIND_HINT(name, hint) hint,
    THRL_ERROR_KINDS(KIND_HINT)
#undef KIND_HINT
};

thrL_kind thrL_error_kind(int status) {
  switch (status) {
  case 401:
    return THRL_auth;
  case 403:
    return THRL_forbidden;
  case 404:
  case 410:
    return THRL_not_found;
  case 407:
    return THRL_network;
  case 408:
    return THRL_timeout;
  case 409:
    return THRL_conflict;
  case 429:
    return THRL_rate_limited;
  default:
    return status >= 400 && status < 500 ? THRL_validation : THRL_server;
  }
}

/* Raw field k of the table at index t as a string on the stack, or NULL with nothing pushed. Numbers are copied
** before they become text, so that the field keeps its type. [-0, +0|1] */
static const char *field_text(lua_State *L, int t, const char *k) {
  lua_pushstring(L, k);
  lua_rawget(L, t);
  if (lua_type(L, -1) == LUA_TSTRING || lua_type(L, -1) == LUA_TNUMBER)
    return lua_tostring(L, -1);
  lua_pop(L, 1);
  return NULL;
}

/* Appends prefix, field, suffix when the field is there. */
static int add_field(lua_State *L, luaL_Buffer *b, int t, const char *prefix, const char *k,
                     const char *suffix) {
  lua_pushstring(L, k);
  lua_rawget(L, t);
  if (lua_type(L, -1) != LUA_TSTRING && lua_type(L, -1) != LUA_TNUMBER) {
    lua_pop(L, 1);
    return 0;
  }
  lua_pushstring(L, prefix);
  lua_insert(L, -2);
  lua_pushstring(L, suffix);
  lua_concat(L, 3);
  luaL_addvalue(b);
  return 1;
}

/* err → "users.get: 404 not_found: no such user (GET /rest/v1/user/42, request 7f3a): check the id …" [-0, +1, m]
** Line breaks and the like that a server put into its message become blanks: an error is one line, and harmless. */
static int error_tostring(lua_State *L) {
  luaL_Buffer b;
  const char *kind;
  size_t i;
  int k = -1, detail = 0;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  kind = field_text(L, 1, "kind");
  for (i = 0; kind != NULL && kind_names[i] != NULL; i++)
    if (strcmp(kind, kind_names[i]) == 0)
      k = (int)i;
  luaL_buffinit(L, &b);
  add_field(L, &b, 1, "", "operation", ": ");
  add_field(L, &b, 1, "", "status", " ");
  add_field(L, &b, 1, "", "kind", ": ");
  add_field(L, &b, 1, "", "message", "");
  if (add_field(L, &b, 1, " (", "method", " ")) {
    detail = 1;
    add_field(L, &b, 1, "", "path", "");
  }
  if (add_field(L, &b, 1, detail ? ", request " : " (request ", "request_id", ""))
    detail = 1;
  lua_pushliteral(L, "attempts");
  lua_rawget(L, 1);
  if (lua_isinteger(L, -1) && lua_tointeger(L, -1) > 1) {
    lua_pushfstring(L, "%s%I attempts", detail ? ", " : " (", lua_tointeger(L, -1));
    lua_remove(L, -2);
    luaL_addvalue(&b);
    detail = 1;
  } else
    lua_pop(L, 1);
  if (add_field(L, &b, 1, detail ? ", not tried again because of " : " (not tried again because of ",
                "stopped_by", ""))
    detail = 1;
  if (add_field(L, &b, 1, detail ? ", retry after " : " (retry after ", "retry_after", " s"))
    detail = 1;
  if (detail)
    luaL_addchar(&b, ')');
  lua_pushliteral(L, "hint");
  lua_rawget(L, 1);
  if (lua_type(L, -1) == LUA_TSTRING) {
    lua_pushliteral(L, ": ");
    lua_insert(L, -2);
    lua_concat(L, 2);
    luaL_addvalue(&b);
  } else {
    lua_pop(L, 1);
    if (k >= 0) {
      luaL_addstring(&b, ": ");
      luaL_addstring(&b, kind_hints[k]);
    }
  }
  thr_blank_controls(luaL_buffaddr(&b), luaL_bufflen(&b));
  luaL_pushresult(&b);
  return 1;
}

/* "text" .. err and err .. "text" read as if err were its tostring. [-0, +1, e] */
static int error_concat(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  luaL_tolstring(L, 2, NULL);
  lua_concat(L, 2);
  return 1;
}

/* Pushes the metatable, made on first use. [-0, +1, m] */
static void push_metatable(lua_State *L) {
  if (luaL_newmetatable(L, METATABLE)) {
    lua_pushcfunction(L, error_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushcfunction(L, error_concat);
    lua_setfield(L, -2, "__concat");
  }
}

void thrL_error_push(lua_State *L, thrL_kind kind, const char *message, size_t n) {
  luaL_checkstack(L, 4, "no room for an error object");
  lua_createtable(L, 0, 16);
  lua_pushstring(L, kind_names[kind]);
  lua_setfield(L, -2, "kind");
  lua_pushlstring(L, message, n);
  lua_setfield(L, -2, "message");
  push_metatable(L);
  lua_setmetatable(L, -2);
}

int thrL_error_new(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_getfield(L, 1, "kind");
  luaL_checkoption(L, 2, NULL, kind_names);
  lua_settop(L, 1);
  push_metatable(L);
  lua_setmetatable(L, 1);
  return 1;
}

int thrL_error_is(lua_State *L) {
  int is = 0;
  if (lua_type(L, 1) == LUA_TTABLE && lua_getmetatable(L, 1)) {
    luaL_getmetatable(L, METATABLE);
    is = lua_rawequal(L, -1, -2);
  }
  lua_pushboolean(L, is);
  return 1;
}
