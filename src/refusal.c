/* refusal.c — what the body of a refused answer says, for an error object. Layer 2. Judges nothing: see answer.c. */
#include "refusal.h"

#include <string.h>

#include "header.h"
#include "lua_json.h"

#define MAX_ERROR_BODY 16384 /* bytes of a refused answer that err.body keeps */
#define MAX_QUOTE 120        /* bytes of an answer that a message quotes */
#define MAX_MESSAGE 500      /* bytes of the service's own message */
#define MAX_REASONS 20       /* members of a message that is an object */

void thrL_refusal_quote(luaL_Buffer *b, const thr_buf *body) {
  size_t i, n = body->len < MAX_QUOTE ? body->len : MAX_QUOTE;
  for (i = 0; i < n; i++) {
    unsigned char c = (unsigned char)body->data[i];
    luaL_addchar(b, c >= 0x20 && c < 0x7f ? (char)c : '.');
  }
  if (body->len > n)
    luaL_addstring(b, "...");
}

int thrL_refusal_is_html(const thrL_transfer *tr) {
  const char *type;
  size_t n, i = 0;
  if (thr_header_get(&tr->t.rheaders, "content-type", &type, &n) && n >= 9 &&
      strncmp(type, "text/html", 9) == 0)
    return 1;
  while (i < tr->t.rbody.len && memchr(" \t\r\n", tr->t.rbody.data[i], 4) != NULL)
    i++;
  return i < tr->t.rbody.len && tr->t.rbody.data[i] == '<';
}

/* Puts the string on top, which it pops, into a sorted array of *n of them: a table's own order is never the same twice. Of
** more than MAX_REASONS the first ones stay. [-1, +0, m] */
static void insert_sorted(lua_State *L, int array, lua_Integer *n) {
  lua_Integer i = *n;
  for (; i > 0; i--) {
    lua_rawgeti(L, array, i);
    if (!lua_compare(L, -2, -1, LUA_OPLT)) {
      lua_pop(L, 1);
      break;
    }
    lua_rawseti(L, array, i + 1);
  }
  lua_rawseti(L, array, i + 1);
  if (*n < MAX_REASONS)
    ++*n;
}

/* Makes one text of the message object on top, as validation errors have it: "key: value; …" of its string members. They
** are collected in a table first: a luaL_Buffer cannot grow while there are other values above it. [-0, +1, m] */
static void flatten_message(lua_State *L) {
  int t = lua_gettop(L), out;
  lua_Integer n = 0;
  luaL_Buffer b;
  lua_newtable(L);
  out = lua_gettop(L);
  for (lua_pushnil(L); lua_next(L, t) != 0; lua_pop(L, 1)) {
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    if (text == NULL)
      continue;
    if (lua_type(L, -2) == LUA_TSTRING) {
      lua_pushfstring(L, "%s: %s", lua_tostring(L, -2), text);
      insert_sorted(L, out, &n);
    } else if (n < MAX_REASONS) {
      lua_pushvalue(L, -1);
      lua_rawseti(L, out, ++n);
    }
  }
  luaL_buffinit(L, &b);
  if (n == 0)
    luaL_addstring(&b, "see err.fields");
  for (t = 1; t <= n; t++) {
    if (t > 1)
      luaL_addstring(&b, "; ");
    lua_rawgeti(L, out, t);
    luaL_addvalue(&b);
  }
  luaL_pushresult(&b);
  lua_remove(L, out);
}

void thrL_refusal_read(lua_State *L, thrL_transfer *tr) {
  const thr_buf *body = &tr->t.rbody;
  thrL_json_options options = {0, NULL, NULL, NULL};
  thr_json_error je;
  const char *text;
  size_t n;
  int err = lua_gettop(L);
  if (body->len == 0)
    return;
  /* Without the client's secrets: transfer.c has seen to that. */
  lua_pushlstring(L, body->data, body->len < MAX_ERROR_BODY ? body->len : MAX_ERROR_BODY);
  lua_setfield(L, err, "body");
  if (thrL_refusal_is_html(tr)) {
    lua_pushliteral(L, "an HTML page came instead of the API's answer (a gateway or proxy?)");
    lua_setfield(L, err, "message");
    return;
  }
  if (thrL_json_decode(L, body->data, body->len, &options, &je) != 0 || !lua_istable(L, -1)) {
    luaL_Buffer b;
    lua_settop(L, err);
    luaL_buffinit(L, &b);
    thrL_refusal_quote(&b, body);
    luaL_pushresult(&b);
    lua_setfield(L, err, "message");
    return;
  }
  lua_getfield(L, err + 1, "error");
  if (lua_type(L, -1) == LUA_TSTRING)
    lua_setfield(L, err, "code");
  lua_settop(L, err + 1);
  lua_getfield(L, err + 1, "message");
  if (lua_istable(L, -1)) {
    lua_pushvalue(L, -1);
    lua_setfield(L, err, "fields");
    flatten_message(L);
  } else if (lua_type(L, -1) != LUA_TSTRING) {
    lua_settop(L, err + 1);
    lua_getfield(L, err + 1, "error_description");
    if (lua_type(L, -1) != LUA_TSTRING) {
      lua_settop(L, err + 1);
      lua_getfield(L, err + 1, "error");
    }
  }
  text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &n) : NULL;
  if (text != NULL && n > 0) {
    size_t kept = n;
    if (n > MAX_MESSAGE) /* one line that people read; the whole is in err.body */
      for (kept = MAX_MESSAGE; kept > 0 && ((unsigned char)text[kept] & 0xC0) == 0x80;)
        kept--;
    lua_pushlstring(L, text, kept);
    lua_pushstring(L, kept < n ? "..." : "");
    lua_concat(L, 2);
    lua_setfield(L, err, "message");
  }
  lua_settop(L, err);
}
