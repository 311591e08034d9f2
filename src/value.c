/* value.c — one Lua value against one catalogue parameter. Layer 2. */
#include "value.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "controls.h"
#include "lua_json.h"
#include "url.h"

void thrL_put(lua_State *L, thr_buf *out, const char *s, size_t n) {
  if (thr_buf_append(out, s, n) != 0)
    luaL_error(L, "not enough memory");
}

void thrL_problem(lua_State *L, thrL_value *v, const char *fmt, ...) {
  const char *s;
  size_t n, i;
  va_list args;
  luaL_checkstack(L, 4, "no room for a message");
  if (v->problems->len == 0) {
    /* "users.create" reads as it is called: "users:create" */
    size_t dot = v->name.n;
    for (i = 0; i < v->name.n; i++)
      if (v->name.s[i] == '.')
        dot = i;
    thrL_put(L, v->problems, v->name.s, v->name.n);
    if (dot < v->name.n)
      v->problems->data[dot] = ':';
    thrL_put(L, v->problems, ": ", 2);
  } else
    thrL_put(L, v->problems, "; ", 2);
  va_start(args, fmt);
  s = lua_pushvfstring(L, fmt, args);
  va_end(args);
  n = strlen(s);
  thrL_put(L, v->problems, s, n);
  thr_blank_controls(v->problems->data + v->problems->len - n, n); /* what was given may hold anything */
  lua_pop(L, 1);
}

/* Pushes "'value[3].tagName'": the parameter's name with the path to it. [-0, +1, m] */
static const char *label(lua_State *L, const thrL_value *v, const thrL_param *p) {
  return lua_pushfstring(L, "'%s%s'", v->path, p->name.s);
}

/* Pushes what was given, short enough for a message. [-0, +1, m] */
static const char *given(lua_State *L, int i) {
  size_t n;
  const char *s;
  switch (lua_type(L, i)) {
  case LUA_TSTRING:
    s = lua_tolstring(L, i, &n);
    if (n <= 40)
      return lua_pushfstring(L, "\"%s\"", s);
    lua_pushlstring(L, s, 40);
    s = lua_pushfstring(L, "\"%s...\"", lua_tostring(L, -1));
    lua_remove(L, -2);
    return s;
  case LUA_TNUMBER:
  case LUA_TBOOLEAN:
    return luaL_tolstring(L, i, NULL);
  case LUA_TLIGHTUSERDATA:
    return lua_pushstring(L, lua_touserdata(L, i) == NULL ? "thrive.null" : "userdata");
  default:
    return lua_pushfstring(L, "%s", luaL_typename(L, i));
  }
}

static void wrong_type(lua_State *L, int i, thrL_value *v, const thrL_param *p) {
  thrL_problem(L, v, "%s must be %s (got %s)", label(L, v, p), thrL_type_text(p->type), given(L, i));
  lua_pop(L, 2);
}

static size_t characters(const char *s, size_t n) {
  size_t i, count = 0;
  for (i = 0; i < n; i++)
    count += ((unsigned char)s[i] & 0xC0) != 0x80;
  return count;
}

/* Is s one of the enum's values? Names the choice otherwise. */
static void check_enum(lua_State *L, thrL_value *v, const thrL_param *p, const char *s, size_t n) {
  size_t i;
  luaL_Buffer b;
  if (p->value_count == 0)
    return;
  for (i = 0; i < p->value_count; i++)
    if (p->values[i].n == n && memcmp(p->values[i].s, s, n) == 0)
      return;
  lua_pushlstring(L, s, n < 40 ? n : 40);
  luaL_buffinit(L, &b);
  for (i = 0; i < p->value_count; i++) {
    if (i > 0)
      luaL_addstring(&b, i + 1 == p->value_count ? " or " : ", ");
    luaL_addlstring(&b, p->values[i].s, p->values[i].n);
  }
  luaL_pushresult(&b);
  label(L, v, p);
  thrL_problem(L, v, "%s must be %s (got \"%s\")", lua_tostring(L, -1), lua_tostring(L, -2),
               lua_tostring(L, -3));
  lua_pop(L, 3);
}

static void check_string(lua_State *L, thrL_value *v, const thrL_param *p, const char *s, size_t n) {
  if (n == 0 && p->required) {
    thrL_problem(L, v, "%s must not be empty", label(L, v, p));
    lua_pop(L, 1);
  }
  if (p->max_length > 0 && characters(s, n) > (size_t)p->max_length) {
    thrL_problem(L, v, "%s must be at most %I characters long (got %I)", label(L, v, p),
                 (LUAI_UACINT)p->max_length, (LUAI_UACINT)characters(s, n));
    lua_pop(L, 1);
  }
  check_enum(L, v, p, s, n);
}

/* Pushes a bound as the catalogue has it: 1000, not 1000.0. [-0, +1, m] */
static const char *bound(lua_State *L, double x) {
  lua_Integer whole;
  if (lua_numbertointeger(x, &whole) && (double)whole == x)
    return lua_pushfstring(L, "%I", (LUAI_UACINT)whole);
  return lua_pushfstring(L, "%f", x);
}

static void check_range(lua_State *L, int i, thrL_value *v, const thrL_param *p) {
  lua_Number x = lua_tonumber(L, i);
  if ((!p->has_min || x >= p->min) && (!p->has_max || x <= p->max))
    return;
  label(L, v, p);
  given(L, i);
  bound(L, p->min);
  bound(L, p->max);
  if (p->has_min && p->has_max)
    thrL_problem(L, v, "%s must be from %s to %s (got %s)", lua_tostring(L, -4), lua_tostring(L, -2),
                 lua_tostring(L, -1), lua_tostring(L, -3));
  else
    thrL_problem(L, v, "%s must be at %s %s (got %s)", lua_tostring(L, -4), p->has_min ? "least" : "most",
                 lua_tostring(L, p->has_min ? -2 : -1), lua_tostring(L, -3));
  lua_pop(L, 4);
}

static void check_count(lua_State *L, thrL_value *v, const thrL_param *p, size_t n) {
  if (p->min_count > 0 && n < (size_t)p->min_count) {
    thrL_problem(L, v, n == 0 ? "%s must not be empty" : "%s must hold at least %I entries", label(L, v, p),
                 (LUAI_UACINT)p->min_count);
    lua_pop(L, 1);
  }
  if (p->max_count > 0 && n > (size_t)p->max_count) {
    thrL_problem(L, v, "%s must hold at most %I entries (got %I)", label(L, v, p), (LUAI_UACINT)p->max_count,
                 (LUAI_UACINT)n);
    lua_pop(L, 1);
  }
}

/* Writes an integer, or an integral float, in decimal digits. 0 when it is neither. */
static int put_integer(lua_State *L, int i, thr_buf *out) {
  int is;
  lua_Integer x;
  size_t n;
  const char *s;
  if (lua_type(L, i) != LUA_TNUMBER)
    return 0;
  x = lua_tointegerx(L, i, &is);
  if (!is)
    return 0;
  lua_pushinteger(L, x);
  s = lua_tolstring(L, -1, &n);
  thrL_put(L, out, s, n);
  lua_pop(L, 1);
  return 1;
}

/* Appends a date in the parameter's format. 0 when the value is none. */
static int put_date(lua_State *L, int i, const thrL_param *p, thr_buf *out) {
  int rc;
  if (lua_type(L, i) == LUA_TSTRING) {
    size_t n;
    const char *s = lua_tolstring(L, i, &n);
    rc = thr_date_param(out, p->date, s, n);
    if (rc == -3)
      luaL_error(L, "not enough memory");
    return rc == 0;
  }
  if (lua_type(L, i) == LUA_TNUMBER) {
    lua_Number x = lua_tonumber(L, i), whole, milliseconds;
    if (!(x > -1e12 && x < 1e12)) /* also turns NaN away */
      return 0;
    milliseconds = floor(x * 1000.0 + 0.5); /* 1719766800.123 is a hair less than it reads */
    whole = floor(milliseconds / 1000.0);
    rc = thr_date_write(out, p->date, (int64_t)whole, (int)(milliseconds - whole * 1000.0));
    if (rc == -1)
      luaL_error(L, "not enough memory");
    return rc == 0;
  }
  return 0;
}

static void bad_date(lua_State *L, int i, thrL_value *v, const thrL_param *p) {
  thrL_problem(L, v, "%s must be a date like %s or an epoch second (got %s)", label(L, v, p),
               thr_date_example(p->date), given(L, i));
  lua_pop(L, 2);
}

static void encode(lua_State *L, int i, thrL_value *v, const thrL_param *p, int as_array, thr_buf *out) {
  thrL_json_encode_error je;
  if (thrL_json_encode(L, i, out, as_array, &je) != 0) {
    thrL_problem(L, v, "'%s%s%s%s': %s", v->path, p->name.s,
                 je.path[0] == '\0' || je.path[0] == '[' ? "" : ".", je.path, je.message);
  }
}

/* Is the table an array and nothing else? Says so otherwise. */
static int check_array(lua_State *L, int i, thrL_value *v, const thrL_param *p) {
  size_t keys = 0;
  for (lua_pushnil(L); lua_next(L, i) != 0; lua_pop(L, 1))
    keys++;
  if (keys == lua_rawlen(L, i))
    return 1;
  thrL_problem(L, v, "%s must be an array without holes or other keys", label(L, v, p));
  lua_pop(L, 1);
  return 0;
}

/* An array of a known entry type. */
static void put_array(lua_State *L, int i, thrL_value *v, const thrL_param *p, thr_buf *out) {
  size_t n = lua_rawlen(L, i), k, at = strlen(v->path);
  thrL_param item = *p->items;
  luaL_checkstack(L, 8, "arrays nested too deep");
  if (!check_array(L, i, v, p))
    return;
  check_count(L, v, p, n);
  thrL_put(L, out, "[", 1);
  for (k = 1; k <= n; k++) {
    char name[96];
    snprintf(name, sizeof name, "%.60s[%lu]", p->name.s, (unsigned long)k);
    item.name.s = name;
    item.name.n = strlen(name);
    item.required = 1; /* an entry is never empty */
    if (k > 1)
      thrL_put(L, out, ",", 1);
    lua_rawgeti(L, i, (lua_Integer)k);
    thrL_value_json(L, lua_gettop(L), v, &item, out);
    lua_pop(L, 1);
    v->path[at] = '\0';
  }
  thrL_put(L, out, "]", 1);
}

void thrL_value_json(lua_State *L, int i, thrL_value *v, const thrL_param *p, thr_buf *out) {
  size_t n, at;
  const char *s;
  luaL_checkstack(L, 8, "values nested too deep");
  if (lua_type(L, i) == LUA_TLIGHTUSERDATA && lua_touserdata(L, i) == NULL) {
    if (!p->nullable) {
      thrL_problem(L, v, "%s cannot be null here", label(L, v, p));
      lua_pop(L, 1);
    }
    thrL_put(L, out, "null", 4);
    return;
  }
  switch (p->type) {
  case THRL_T_string:
    if (lua_type(L, i) != LUA_TSTRING)
      break;
    s = lua_tolstring(L, i, &n);
    check_string(L, v, p, s, n);
    encode(L, i, v, p, 0, out);
    return;
  case THRL_T_integer:
    if (!put_integer(L, i, out))
      break;
    check_range(L, i, v, p);
    return;
  case THRL_T_number:
    if (lua_type(L, i) != LUA_TNUMBER)
      break;
    check_range(L, i, v, p);
    encode(L, i, v, p, 0, out);
    return;
  case THRL_T_boolean:
    if (!lua_isboolean(L, i))
      break;
    s = lua_toboolean(L, i) ? "true" : "false";
    thrL_put(L, out, s, strlen(s));
    return;
  case THRL_T_date:
    thrL_put(L, out, "\"", 1);
    if (!put_date(L, i, p, out))
      bad_date(L, i, v, p);
    thrL_put(L, out, "\"", 1);
    return;
  case THRL_T_record:
    if (!lua_istable(L, i))
      break;
    at = strlen(v->path);
    snprintf(v->path + at, sizeof v->path - at, "%s.", p->name.s);
    thrL_map_fields(L, i, v, p->fields, p->field_count, p->open, out);
    v->path[at] = '\0';
    return;
  case THRL_T_array:
    if (!lua_istable(L, i))
      break;
    if (p->items != NULL)
      put_array(L, i, v, p, out);
    else
      encode(L, i, v, p, 1, out);
    return;
  case THRL_T_object:
    if (!lua_istable(L, i) || thrL_json_isarray(L, i) || lua_rawlen(L, i) > 0)
      break;
    encode(L, i, v, p, 0, out);
    return;
  case THRL_T_csv: /* query only */
    break;
  }
  wrong_type(L, i, v, p);
}

/* A comma-separated list: each entry is checked by itself. Returns the number of entries. */
static size_t put_csv(lua_State *L, int i, thrL_value *v, const thrL_param *p, thr_buf *out) {
  size_t n, count = 0;
  const char *s;
  if (lua_type(L, i) == LUA_TSTRING) {
    const char *end;
    s = lua_tolstring(L, i, &n);
    for (; n > 0; s = end + 1) {
      for (end = s; *end != ',' && *end != '\0'; end++)
        ;
      check_enum(L, v, p, s, (size_t)(end - s));
      count++;
      if (*end == '\0')
        break;
    }
    s = lua_tolstring(L, i, &n);
    if (thr_url_escape(out, s, n) != 0)
      luaL_error(L, "not enough memory");
  } else if (lua_istable(L, i)) {
    size_t k, entries = lua_rawlen(L, i);
    if (!check_array(L, i, v, p))
      return 0;
    for (k = 1; k <= entries; k++) {
      if (k > 1)
        thrL_put(L, out, "%2C", 3);
      lua_rawgeti(L, i, (lua_Integer)k);
      s = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &n) : NULL;
      if (s == NULL || n == 0 || memchr(s, ',', n) != NULL) {
        thrL_problem(L, v, "%s: entry %I must be a string without a comma", label(L, v, p), (LUAI_UACINT)k);
        lua_pop(L, 1);
      } else {
        check_enum(L, v, p, s, n);
        if (thr_url_escape(out, s, n) != 0)
          luaL_error(L, "not enough memory");
        count++;
      }
      lua_pop(L, 1);
    }
  } else
    wrong_type(L, i, v, p);
  check_count(L, v, p, count);
  return count;
}

int thrL_value_query(lua_State *L, int i, thrL_value *v, const thrL_param *p, thr_buf *out) {
  size_t n;
  const char *s;
  thr_buf *scratch;
  luaL_checkstack(L, 8, "no room for a query");
  if (lua_type(L, i) == LUA_TLIGHTUSERDATA && lua_touserdata(L, i) == NULL) {
    thrL_problem(L, v, "%s cannot be null: leave it out", label(L, v, p));
    lua_pop(L, 1);
    return 0;
  }
  switch (p->type) {
  case THRL_T_string:
    if (lua_type(L, i) != LUA_TSTRING)
      break;
    s = lua_tolstring(L, i, &n);
    check_string(L, v, p, s, n);
    if (thr_url_escape(out, s, n) != 0)
      luaL_error(L, "not enough memory");
    return n > 0;
  case THRL_T_csv:
    return put_csv(L, i, v, p, out) > 0;
  case THRL_T_date:
    /* Into the transfer's unused body first: only then can it be escaped. */
    scratch = &((thrL_transfer *)lua_touserdata(L, v->transfer))->t.body;
    thr_buf_clear(scratch);
    if (!put_date(L, i, p, scratch))
      bad_date(L, i, v, p);
    else if (thr_url_escape(out, scratch->data, scratch->len) != 0)
      luaL_error(L, "not enough memory");
    thr_buf_clear(scratch);
    return 1;
  default: /* integer, number, boolean read the same in JSON and in a query */
    thrL_value_json(L, i, v, p, out);
    return 1;
  }
  wrong_type(L, i, v, p);
  return 0;
}

void thrL_value_segment(lua_State *L, int i, thrL_value *v, const thrL_param *p, int number, thr_buf *out) {
  size_t n;
  const char *s;
  if (p->type == THRL_T_integer || lua_isinteger(L, i)) {
    if (put_integer(L, i, out)) {
      check_range(L, i, v, p);
      return;
    }
  } else if (lua_type(L, i) == LUA_TSTRING) {
    s = lua_tolstring(L, i, &n);
    /* A dot segment would climb out of the path, escaped or not. */
    if (strcmp(s, ".") == 0 || strcmp(s, "..") == 0) {
      thrL_problem(L, v, "argument #%d (%s) cannot be \"%s\": that would lead to another address", number,
                   p->name.s, s);
      return;
    }
    if (n > 0) {
      if (thr_url_escape(out, s, n) != 0)
        luaL_error(L, "not enough memory");
      return;
    }
  }
  thrL_problem(L, v, "argument #%d (%s) must be %s (got %s)", number, p->name.s,
               p->type == THRL_T_integer ? "an integer" : "a non-empty string", given(L, i));
  lua_pop(L, 1);
}
