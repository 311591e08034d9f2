/* lua_json_encode.c — Lua values to JSON text. Layer 2; see lua_json.h. Raw access only, so no Lua code runs and no
** table changes meanwhile, but a weak table may lose entries whenever memory is allocated: keys and values of an object
** are therefore held on the Lua stack. Failure: -1 with message and path; memory errors are raised. */
#include "lua_json.h"

#include <lauxlib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the encoder is: one frame a container, on the C stack, linked to the one around it. */
typedef struct frame {
  const struct frame *up;
  const char *key; /* the member being written; NULL in an array */
  size_t key_len;
  lua_Integer index; /* the element being written; 0: the container itself is meant */
  int depth;
} frame;

/* A key of the object being written: its first eight bytes as a number, which decide most comparisons. */
typedef struct entry {
  uint64_t prefix;
  const char *s;
  size_t n;
  int at; /* stack index of the key; the value is above it */
} entry;

#define FIRST_ENTRIES 64

typedef struct encoder {
  lua_State *L;
  thr_buf *out;
  thrL_json_encode_error *err;
  entry *entries; /* those of all open objects, the innermost last */
  size_t used, cap;
  int scratch; /* stack index of the userdata that entries is in once `first` is too small */
  int mark;    /* stack index of the array mark */
  entry first[FIRST_ENTRIES];
} encoder;

static int encode_value(encoder *e, int index, const frame *up, int as_array);

static int out_of_memory(encoder *e) { return luaL_error(e->L, "not enough memory"); }

/* Makes room for n bytes behind the text and returns where they go; the caller adds to out->len. */
static char *room(encoder *e, size_t n) {
  thr_buf *b = e->out;
  if (b->cap - b->len <= n && thr_buf_reserve(b, n) != 0)
    out_of_memory(e);
  return b->data + b->len;
}

static void put(encoder *e, const char *s, size_t n) {
  memcpy(room(e, n), s, n);
  e->out->len += n;
}

static void put_char(encoder *e, char c) {
  *room(e, 1) = c;
  e->out->len++;
}

/* ---- errors ---- */

/* Appends to a path, and to nothing once it is full. */
static void path_add(char *path, size_t size, const char *s, size_t n) {
  size_t len = strlen(path);
  if (len + n >= size)
    n = size - 1 - len;
  memcpy(path + len, s, n);
  path[len + n] = '\0';
}

/* Adds a member's name: .name for a word, ["…"] with ? for what is not printable ASCII for anything else. */
static void path_add_key(char *path, size_t size, const char *s, size_t n) {
  size_t i;
  int word = n > 0;
  for (i = 0; i < n && word; i++) {
    unsigned char lower = (unsigned char)s[i] | 0x20;
    word = (lower >= 'a' && lower <= 'z') || s[i] == '_' || s[i] == '-' || (s[i] >= '0' && s[i] <= '9');
  }
  if (word) {
    if (path[0] != '\0')
      path_add(path, size, ".", 1);
    path_add(path, size, s, n);
    return;
  }
  path_add(path, size, "[\"", 2);
  for (i = 0; i < n; i++) {
    char c = s[i] >= 0x20 && s[i] < 0x7F && s[i] != '"' ? s[i] : '?';
    path_add(path, size, &c, 1);
  }
  path_add(path, size, "\"]", 2);
}

static void path_write(char *path, size_t size, const frame *f) {
  char number[32];
  if (f == NULL) {
    path[0] = '\0';
    return;
  }
  path_write(path, size, f->up);
  if (f->key != NULL) {
    path_add_key(path, size, f->key, f->key_len);
  } else if (f->index > 0) {
    number[0] = '[';
    number[1 + thr_json_write_integer(number + 1, f->index)] = ']';
    path_add(path, size, number, strchr(number, ']') - number + (size_t)1);
  }
}

static int fail(encoder *e, const frame *f, const char *message) {
  char *path = e->err->path;
  size_t size = sizeof e->err->path;
  e->err->message = message;
  path_write(path, size, f);
  if (strlen(path) == size - 1)
    memcpy(path + size - 4, "...", 3);
  return -1;
}

/* ---- scalars ---- */

/* Writes a string with its quotes. 0, or -1 when it is not valid UTF-8. */
static int put_string(encoder *e, const char *s, size_t n) {
  static const char hex[] = "0123456789abcdef";
  const char *p = s, *end = s + n;
  room(e, n + 2);
  put_char(e, '"');
  for (;;) {
    const char *run = p;
    unsigned char c;
    for (;;) {
      size_t len;
      p = thr_json_plain(p, end);
      if (p >= end || (unsigned char)*p < 0x80)
        break;
      len = thr_utf8_valid(p, end);
      if (len == 0)
        return -1;
      p += len;
    }
    if (p > run)
      put(e, run, (size_t)(p - run));
    if (p >= end)
      break;
    c = (unsigned char)*p++;
    if (c == '"' || c == '\\') {
      put_char(e, '\\');
      put_char(e, (char)c);
    } else if (c == '\b' || c == '\f' || c == '\n' || c == '\r' || c == '\t') {
      put_char(e, '\\');
      put_char(e, c == '\b' ? 'b' : c == '\f' ? 'f' : c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
    } else {
      put(e, "\\u00", 4);
      put_char(e, hex[c >> 4]);
      put_char(e, hex[c & 15]);
    }
  }
  put_char(e, '"');
  return 0;
}

static int encode_number(encoder *e, int index, const frame *f) {
  size_t n;
  if (lua_isinteger(e->L, index)) {
    char *w = room(e, THR_JSON_INTEGER_ROOM);
    n = thr_json_write_integer(w, (int64_t)lua_tointeger(e->L, index));
  } else {
    char *w = room(e, THR_JSON_DOUBLE_ROOM);
    n = thr_json_write_double(w, (double)lua_tonumber(e->L, index));
    if (n == 0)
      return fail(e, f, "JSON has no infinity and no NaN");
  }
  e->out->len += n;
  return 0;
}

/* ---- tables ---- */

static int entry_less(const entry *a, const entry *b) {
  size_t n = a->n < b->n ? a->n : b->n;
  int c;
  if (a->prefix != b->prefix)
    return a->prefix < b->prefix;
  c = memcmp(a->s, b->s, n);
  return c != 0 ? c < 0 : a->n < b->n;
}

static int entry_compare(const void *a, const void *b) { return entry_less(a, b) ? -1 : entry_less(b, a); }

static void sort_entries(entry *v, size_t n) {
  size_t i, k;
  if (n > 40) {
    qsort(v, n, sizeof *v, entry_compare);
    return;
  }
  for (i = 1; i < n; i++) {
    entry moved = v[i];
    for (k = i; k > 0 && entry_less(&moved, &v[k - 1]); k--)
      v[k] = v[k - 1];
    v[k] = moved;
  }
}

/* Notes the string key at stack index `at`. */
static void add_entry(encoder *e, int at) {
  entry *x;
  size_t i;
  if (e->used == e->cap) {
    entry *more = lua_newuserdatauv(e->L, 2 * e->cap * sizeof *more, 0);
    memcpy(more, e->entries, e->used * sizeof *more);
    lua_replace(e->L, e->scratch);
    e->entries = more;
    e->cap *= 2;
  }
  x = &e->entries[e->used++];
  x->s = lua_tolstring(e->L, at, &x->n);
  x->at = at;
  x->prefix = 0;
  for (i = 0; i < 8; i++)
    x->prefix = x->prefix << 8 | (i < x->n ? (unsigned char)x->s[i] : 0u);
}

/* The object at `index`, whose first key and value are on the top of the stack.  [-2, +0, m] */
static int encode_object(encoder *e, int index, frame *f) {
  lua_State *L = e->L;
  int base = lua_gettop(L) - 2;
  size_t first = e->used, i, n;
  do {
    if (lua_type(L, -2) != LUA_TSTRING)
      return fail(e, f->up,
                  lua_isinteger(L, -2) ? "the table mixes array positions with other keys"
                                       : "a key is neither a string nor an array position");
    add_entry(e, lua_gettop(L) - 1);
    if (!lua_checkstack(L, 6))
      return fail(e, f->up, "the table has too many keys");
    lua_pushvalue(L, -2);
  } while (lua_next(L, index));
  n = e->used - first;
  sort_entries(e->entries + first, n);
  put_char(e, '{');
  for (i = 0; i < n; i++) {
    entry x = e->entries[first + i]; /* a copy: the entries may move while the value is written */
    if (i > 0)
      put_char(e, ',');
    f->key = x.s;
    f->key_len = x.n;
    if (put_string(e, x.s, x.n) != 0)
      return fail(e, f, "the key is not valid UTF-8");
    put_char(e, ':');
    if (encode_value(e, x.at + 1, f, 0) != 0)
      return -1;
  }
  put_char(e, '}');
  e->used = first;
  lua_settop(L, base);
  return 0;
}

/* Checks that the keys of the table at `index` are exactly 1..n. Its first key and value are on the top of the stack.
** 0, or -1 after fail.  [-2, +0, m] */
static int check_array(encoder *e, int index, frame *f, lua_Unsigned n, int marked) {
  lua_State *L = e->L;
  lua_Unsigned seen = 0;
  do {
    if (!lua_isinteger(L, -2))
      return fail(e, f->up,
                  marked ? "an array must not have other keys than its positions"
                         : "the table mixes array positions with other keys");
    if ((lua_Unsigned)lua_tointeger(L, -2) - 1 < n)
      seen++;
    else
      n = (lua_Unsigned)-1; /* beyond the border: there is a hole, and it is the same fault */
    lua_pop(L, 1);
  } while (lua_next(L, index));
  if (seen == n)
    return 0;
  for (f->index = 1; lua_rawgeti(L, index, f->index) != LUA_TNIL; f->index++)
    lua_pop(L, 1);
  lua_pop(L, 1);
  return fail(e, f, "the array has a hole here, its positions must be 1 to n");
}

static int encode_array(encoder *e, int index, frame *f, lua_Unsigned n) {
  lua_State *L = e->L;
  put_char(e, '[');
  for (f->index = 1; (lua_Unsigned)f->index <= n; f->index++) {
    if (f->index > 1)
      put_char(e, ',');
    if (lua_rawgeti(L, index, f->index) == LUA_TNIL)
      return fail(e, f, "the array has a hole here, its positions must be 1 to n");
    if (encode_value(e, lua_gettop(L), f, 0) != 0)
      return -1;
    lua_pop(L, 1);
  }
  put_char(e, ']');
  return 0;
}

static int encode_table(encoder *e, int index, const frame *up, int as_array) {
  lua_State *L = e->L;
  frame f = {up, NULL, 0, 0, up != NULL ? up->depth + 1 : 1};
  int marked = 0;
  if (f.depth > THR_JSON_DEPTH)
    return fail(e, up, "nested too deeply; does the table contain itself?");
  if (!lua_checkstack(L, 8))
    return fail(e, up, "the Lua stack is full");
  if (lua_getmetatable(L, index)) {
    marked = lua_rawequal(L, -1, e->mark);
    lua_pop(L, 1);
  }
  lua_pushnil(L);
  if (!lua_next(L, index)) {
    put(e, marked || as_array ? "[]" : "{}", 2);
    return 0;
  }
  if (marked || lua_isinteger(L, -2)) {
    lua_Unsigned n = lua_rawlen(L, index);
    if (check_array(e, index, &f, n, marked) != 0)
      return -1;
    return encode_array(e, index, &f, n);
  }
  return encode_object(e, index, &f);
}

/* The value at the absolute index, a part of what `up` is (NULL = the whole). On error the stack is thrL_json_encode's
** to reset.  [-0, +0, m] */
static int encode_value(encoder *e, int index, const frame *up, int as_array) {
  lua_State *L = e->L;
  size_t n;
  const char *s;
  switch (lua_type(L, index)) {
  case LUA_TSTRING:
    s = lua_tolstring(L, index, &n);
    return put_string(e, s, n) == 0 ? 0 : fail(e, up, "the string is not valid UTF-8");
  case LUA_TNUMBER:
    return encode_number(e, index, up);
  case LUA_TBOOLEAN:
    if (lua_toboolean(L, index))
      put(e, "true", 4);
    else
      put(e, "false", 5);
    return 0;
  case LUA_TLIGHTUSERDATA:
    if (lua_touserdata(L, index) != NULL)
      return fail(e, up, "a userdata has no JSON form");
    put(e, "null", 4);
    return 0;
  case LUA_TTABLE:
    return encode_table(e, index, up, as_array);
  case LUA_TFUNCTION:
    return fail(e, up, "a function has no JSON form");
  case LUA_TTHREAD:
    return fail(e, up, "a coroutine has no JSON form");
  case LUA_TUSERDATA:
    return fail(e, up, "a userdata has no JSON form");
  default:
    return fail(e, up, "nil has no JSON form; thrive.null is the JSON null");
  }
}

int thrL_json_encode(lua_State *L, int index, thr_buf *out, int as_array, thrL_json_encode_error *err) {
  encoder e;
  int top = lua_gettop(L), result;
  size_t length = out->len;
  e.L = L;
  e.out = out;
  e.err = err;
  e.entries = e.first;
  e.used = 0;
  e.cap = FIRST_ENTRIES;
  index = lua_absindex(L, index);
  luaL_checkstack(L, 8, "JSON value");
  thrL_json_pusharraymt(L);
  lua_pushnil(L);
  e.mark = top + 1;
  e.scratch = top + 2;
  result = encode_value(&e, index, NULL, as_array);
  if (result != 0)
    out->len = length;
  if (out->data != NULL)
    out->data[out->len] = '\0';
  lua_settop(L, top);
  return result;
}
