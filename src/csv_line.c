/* csv_line.c — core.csv_line: rows to lines of CSV, for thrive.csv.writer. Layer 2; what a cell looks like is csv.c's. */
#include "csv_line.h"

#include <lauxlib.h>
#include <string.h>

#include "csv.h"
#include "lua_json.h"

#define FORMAT "thrive.csv.format"
#define CUSTOM "cf."

/* What a line function has as upvalue 1. Upvalue 2 is an array: each key, and the name of the custom field or false. */
typedef struct format {
  thr_csv_format cells;
  thr_buf line, json; /* of the row at hand, of its value at hand */
  lua_Integer count;  /* keys */
  int custom;         /* some are custom fields */
  int splits;         /* the separator may stand in a number, which has to be quoted then */
  int collected;      /* nobody will free line and json any more */
  char end[2];
  size_t end_n;
} format;

/* The value on top of the stack as a cell. 0, or -1 with the message pushed. [-0, +0|1, m] */
static int put_value(lua_State *L, format *f, int first) {
  static const char *const words[] = {"nan", "inf", "-inf"};
  char number[THR_JSON_DOUBLE_ROOM];
  thrL_json_encode_error wrong;
  size_t n = 0, bad = 0;
  const char *s = number;
  int rc;
  switch (lua_type(L, -1)) {
  case LUA_TNIL:
    return 0;
  case LUA_TSTRING:
    s = lua_tolstring(L, -1, &n);
    break;
  case LUA_TNUMBER:
    if (lua_isinteger(L, -1)) {
      n = thr_json_write_integer(number, (int64_t)lua_tointeger(L, -1));
      if (f->splits)
        break;
      return thr_buf_append(&f->line, s, n) == 0 ? 0 : luaL_error(L, "not enough memory");
    } else {
      double d = (double)lua_tonumber(L, -1);
      n = thr_json_write_double(number, d);
      if (n > 0 && f->splits)
        break;
      if (n > 0)
        return thr_buf_append(&f->line, s, n) == 0 ? 0 : luaL_error(L, "not enough memory");
      s = words[d != d ? 0 : d > 0 ? 1 : 2];
      n = strlen(s);
    }
    break;
  case LUA_TBOOLEAN:
    s = lua_toboolean(L, -1) ? "true" : "false";
    n = strlen(s);
    break;
  case LUA_TTABLE:
    thr_buf_clear(&f->json);
    if (thrL_json_encode(L, -1, &f->json, 0, &wrong) != 0) {
      lua_pushfstring(L, wrong.path[0] != '\0' ? "%s (%s)" : "%s", wrong.message, wrong.path);
      return -1;
    }
    s = f->json.data;
    n = f->json.len;
    break;
  case LUA_TLIGHTUSERDATA:
    if (lua_touserdata(L, -1) == NULL)
      return 0;
    /* fall through */
  default:
    lua_pushfstring(L, "a %s cannot be written", luaL_typename(L, -1));
    return -1;
  }
  rc = thr_csv_cell(&f->line, &f->cells, s, n, first, &bad);
  if (rc < 0)
    return luaL_error(L, "not enough memory");
  if (rc > 0) {
    if (s[bad] == '\0')
      lua_pushliteral(L, "a NUL byte cannot be written");
    else {
      static const char hex[] = "0123456789ABCDEF";
      unsigned char byte = (unsigned char)s[bad];
      lua_pushfstring(L, "invalid UTF-8 (byte 0x%c%c)", hex[byte >> 4], hex[byte & 15]);
    }
    return -1;
  }
  return 0;
}

/* line(row, first) → text | nil, place, message; line(): gives its memory back [-0, +0|1|3, e] */
static int make_line(lua_State *L);

static void free_buffers(format *f) {
  thr_buf_free(&f->line);
  thr_buf_free(&f->json);
}

/* The same, when the state is closed and the collector was here first: a writer that nobody closed still writes. */
static int make_last_line(lua_State *L, format *f) {
  int status;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_pushcclosure(L, make_line, 2);
  lua_insert(L, 1);
  f->collected = 0;
  status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
  f->collected = 1;
  free_buffers(f);
  if (status != LUA_OK)
    return lua_error(L);
  return lua_gettop(L);
}

static int make_line(lua_State *L) {
  format *f = lua_touserdata(L, lua_upvalueindex(1));
  int first = lua_toboolean(L, 2);
  lua_Integer i;
  if (lua_isnone(L, 1)) {
    free_buffers(f);
    return 0;
  }
  if (f->collected)
    return make_last_line(L, f);
  lua_settop(L, 1);
  thr_buf_clear(&f->line);
  if (f->custom)
    lua_getfield(L, 1, "additionalFields"); /* at index 2 from here on */
  for (i = 1; i <= f->count; i++) {
    if (i > 1 && thr_buf_putc(&f->line, f->cells.separator) != 0)
      return luaL_error(L, "not enough memory");
    lua_rawgeti(L, lua_upvalueindex(2), 2 * i - 1);
    if (lua_gettable(L, 1) == LUA_TNIL && f->custom && lua_istable(L, 2) &&
        lua_rawgeti(L, lua_upvalueindex(2), 2 * i) == LUA_TSTRING)
      lua_gettable(L, 2);
    if (put_value(L, f, first) != 0) {
      lua_pushnil(L);
      lua_pushinteger(L, i);
      lua_rotate(L, -3, 2);
      return 3;
    }
    lua_settop(L, f->custom ? 2 : 1);
  }
  /* An only cell that is empty: a blank line would be no row. */
  if ((f->line.len == 0 && thr_buf_append(&f->line, "\"\"", 2) != 0) ||
      thr_buf_append(&f->line, f->end, f->end_n) != 0)
    return luaL_error(L, "not enough memory");
  lua_pushlstring(L, f->line.data, f->line.len);
  return 1;
}

int thrL_csv_line_new(lua_State *L) {
  size_t separator_n, end_n;
  const char *separator = luaL_checklstring(L, 2, &separator_n), *end = luaL_checklstring(L, 3, &end_n);
  int raw = lua_toboolean(L, 4);
  lua_Integer i;
  format *f;
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argcheck(L, separator_n == 1, 2, "one character is needed");
  luaL_argcheck(L, end_n == 1 || end_n == 2, 3, "one or two characters are needed");
  f = lua_newuserdatauv(L, sizeof *f, 0);
  memset(f, 0, sizeof *f);
  luaL_setmetatable(L, FORMAT);
  memcpy(f->end, end, end_n);
  f->end_n = end_n;
  f->splits = strchr("+-.0123456789e", separator[0]) != NULL;
  f->count = luaL_len(L, 1);
  thr_csv_init(&f->cells, separator[0], raw, f->count == 1);
  lua_createtable(L, 0, 0);
  for (i = 1; i <= f->count; i++) {
    const char *name;
    lua_geti(L, 1, i);
    name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    lua_pushvalue(L, -1);
    lua_rawseti(L, -3, 2 * i - 1);
    if (strncmp(name, CUSTOM, strlen(CUSTOM)) == 0) {
      f->custom = 1;
      lua_pushstring(L, name + strlen(CUSTOM));
    } else
      lua_pushboolean(L, 0);
    lua_rawseti(L, -3, 2 * i);
    lua_pop(L, 1);
  }
  lua_pushcclosure(L, make_line, 2);
  return 1;
}

/* __gc [-0, +0, -] */
static int format_gc(lua_State *L) {
  format *f = luaL_checkudata(L, 1, FORMAT);
  f->collected = 1;
  free_buffers(f);
  return 0;
}

void thrL_csv_line_open(lua_State *L) {
  if (luaL_newmetatable(L, FORMAT)) {
    lua_pushcfunction(L, format_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_pop(L, 1);
}
