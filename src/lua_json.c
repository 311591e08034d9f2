/* lua_json.c — JSON text to Lua values in one pass, and the codec's Lua functions. Layer 2; encoding is in
** lua_json_encode.c. Failure: thrL_json_decode returns -1 with an error; memory errors are raised, and nothing is owned
** that a longjmp could lose: scratch is on the C stack or in userdata on the Lua stack.
**
** What makes it fast is a prediction: records of an array look alike. Every place in the text that a value of an array's
** element can stand at is a `site`; it remembers the member's key (as text and, interned, in a slot of the Lua stack),
** the member that came next, and how large the object or array there was. When the prediction holds, a key costs one
** 16-byte comparison and a lua_pushvalue, and a table is made in its final size. */
#include "lua_json.h"

#include <lauxlib.h>

#include <stdint.h>
#include <string.h>

#define MAX_SITES 256
/* Values kept on the stack until an object's or array's size is known; more are moved into a table that grows. */
#define PENDING 32
/* Members that are looked at before a key counts as unknown to its object. */
#define MAX_PROBES 48

/* Sites refer to each other by index; 0 is "none". */
typedef struct site {
  const char *key; /* in the text, plain, its closing quote behind it */
  unsigned key_len;
  short next;                 /* the member that followed */
  short first;                /* when an object stands here: its first member */
  short element;              /* when an array stands here: the site of its elements */
  unsigned members, elements; /* expected sizes; 0 = not known yet */
} site;

typedef struct decoder {
  thr_json_scan j;
  lua_State *L;
  int keep_nulls;
  int depth, max_depth;
  int mark;    /* stack index of the array mark */
  int scratch; /* stack index of the userdata that room is in */
  int keys;    /* stack index of the slot of site 0; site i has keys + i */
  int sites, max_sites;
  char *room;
  size_t room_size;
  char small[256];
  site site[MAX_SITES];
} decoder;

static const char *decode_value(decoder *d, const char *p, int at);

/* Pushes the value of a scanned string.  [-0, +1, m] */
static void push_string(decoder *d, const thr_json_span *span) {
  if (span->room == 0) {
    lua_pushlstring(d->L, span->s, span->n);
    return;
  }
  if (span->room > d->room_size) {
    size_t size = span->room < d->room_size * 2 ? d->room_size * 2 : span->room;
    d->room = lua_newuserdatauv(d->L, size, 0);
    d->room_size = size;
    lua_replace(d->L, d->scratch);
  }
  lua_pushlstring(d->L, d->room, thr_json_unescape(span, d->room));
}

/* What to expect after expecting `expected` and seeing `seen`. It falls by half, not at once, so that one odd record
** does not spoil it; and since it rises only to what was seen, all tables together are at most about three times too
** large, whatever the text. */
static unsigned learn(unsigned expected, unsigned seen) {
  return seen >= expected ? seen : seen + (expected - seen) / 2;
}

/* Is the text at p (behind an opening quote) the key of s with its closing quote? */
static int key_matches(const decoder *d, const char *p, const site *s) {
  size_t n = (size_t)s->key_len + 1;
#if defined(__SSE2__) && defined(__GNUC__)
  /* s->key is before p in the same text, so both have 16 readable bytes when p has. */
  if (n <= 16 && d->j.end - p >= 16) {
    __m128i a = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i b = _mm_loadu_si128((const __m128i *)(const void *)s->key);
    unsigned mask = (1u << n) - 1;
    return ((unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(a, b)) & mask) == mask;
  }
#endif
  return (size_t)(d->j.end - p) >= n && memcmp(p, s->key, n) == 0;
}

/* A new site, or 0 when there is no room for one. */
static int new_site(decoder *d) {
  if (d->sites >= d->max_sites)
    return 0;
  memset(&d->site[d->sites], 0, sizeof d->site[0]);
  return d->sites++;
}

/* Pushes the key at *p (behind its opening quote), moves *p behind the closing quote and returns the key's site in the
** object at site `at`, or 0. `previous` is the site of the member before, 0 at the start. -1 on error.  [-0, +1, m] */
static int decode_key(decoder *d, const char **p, int at, int previous) {
  lua_State *L = d->L;
  thr_json_span span;
  int probes, s;
  if (at != 0) {
    s = previous != 0 ? d->site[previous].next : d->site[at].first;
    if (s != 0 && key_matches(d, *p, &d->site[s])) {
      *p += d->site[s].key_len + 1;
      lua_pushvalue(L, d->keys + s);
      return s;
    }
  }
  {
    const char *key = *p;
    *p = thr_json_string(&d->j, key, &span);
    if (*p == NULL)
      return -1;
  }
  if (at != 0 && span.room == 0 && span.n <= INT32_MAX) {
    /* Not the one that came last time: any other of this object, from its first on. */
    for (s = d->site[at].first, probes = 0; s != 0 && probes < MAX_PROBES; s = d->site[s].next, probes++)
      if (d->site[s].key_len == span.n && memcmp(d->site[s].key, span.s, span.n) == 0) {
        lua_pushvalue(L, d->keys + s);
        return s;
      }
    if (s == 0 && (s = new_site(d)) != 0) {
      short *link = previous != 0 ? &d->site[previous].next : &d->site[at].first;
      d->site[s].key = span.s;
      d->site[s].key_len = (unsigned)span.n;
      d->site[s].next = *link;
      *link = (short)s;
      lua_pushlstring(L, span.s, span.n);
      lua_copy(L, -1, d->keys + s);
      return s;
    }
  }
  push_string(d, &span);
  return 0;
}

/* Moves the `n` key-value pairs above the nil at `base` into a new table that replaces it.  [-2n, +0, m] */
static void object_from_stack(lua_State *L, int base, int n, int size) {
  int i, table;
  lua_createtable(L, 0, size);
  table = lua_gettop(L);
  for (i = 0; i < n; i++) { /* from the first on: of duplicate keys the last must win */
    lua_pushvalue(L, base + 1 + 2 * i);
    lua_pushvalue(L, base + 2 + 2 * i);
    lua_rawset(L, table);
  }
  lua_replace(L, base);
  lua_settop(L, base);
}

/* An object; p is behind its brace.  [-0, +1, m] */
static const char *decode_object(decoder *d, const char *p, int at) {
  lua_State *L = d->L;
  const char *end = d->j.end;
  unsigned size = at != 0 ? d->site[at].members : 0;
  int base, previous = 0, pending = -1; /* -1: the table exists */
  unsigned members = 0;
  p = thr_json_space(p, end);
  if (p < end && *p == '}') {
    lua_createtable(L, 0, 0);
    return p + 1;
  }
  luaL_checkstack(L, 2 * PENDING + 8, "JSON text");
  if (size != 0) {
    lua_createtable(L, 0, (int)size);
  } else {
    lua_pushnil(L);
    pending = 0;
  }
  base = lua_gettop(L);
  for (;;) {
    int s;
    if (p >= end || *p != '"')
      return thr_json_fail_here(&d->j, p, "expected a key in quotes");
    p++;
    s = decode_key(d, &p, at, previous);
    if (s < 0)
      return NULL;
    if (p >= end || *p != ':') {
      p = thr_json_space(p, end);
      if (p >= end || *p != ':')
        return thr_json_fail_here(&d->j, p, "expected ':' after a key");
    }
    p = thr_json_space(p + 1, end);
    if (p < end && *p == 'n') {
      p = thr_json_literal(&d->j, p, "null", 4);
      if (p == NULL)
        return NULL;
      if (d->keep_nulls) {
        lua_pushlightuserdata(L, NULL);
        members++;
      } else {
        lua_pushnil(L); /* and set like any value: it undoes an earlier member of the same name */
      }
    } else {
      p = decode_value(d, p, s);
      if (p == NULL)
        return NULL;
      members++;
    }
    if (pending < 0) {
      lua_rawset(L, base);
    } else if (++pending == PENDING) {
      object_from_stack(L, base, pending, 2 * PENDING);
      pending = -1;
    }
    if (s != 0)
      previous = s;
    if (p<end && * p> ' ') {
      /* the usual case: no white space */
    } else {
      p = thr_json_space(p, end);
    }
    if (p < end && *p == ',') {
      p = thr_json_space(p + 1, end);
      continue;
    }
    if (p >= end || *p != '}')
      return thr_json_fail_here(&d->j, p, "expected ',' or '}' in an object");
    break;
  }
  if (pending >= 0)
    object_from_stack(L, base, pending, (int)members);
  if (at != 0)
    d->site[at].members = learn(size, members);
  return p + 1;
}

/* Moves the n values above the nil at `base` into a new array that replaces it.  [-n, +0, m] */
static void array_from_stack(lua_State *L, int base, int n, unsigned size) {
  lua_createtable(L, size < (unsigned)n ? n : (int)size, 0);
  lua_replace(L, base);
  for (; n > 0; n--)
    lua_rawseti(L, base, n);
}

/* An array; p is behind its bracket.  [-0, +1, m] */
static const char *decode_array(decoder *d, const char *p, int at) {
  lua_State *L = d->L;
  const char *end = d->j.end;
  int base, element = 0, pending = 0;
  unsigned n = 0;
  luaL_checkstack(L, PENDING + 8, "JSON text");
  p = thr_json_space(p, end);
  if (p < end && *p == ']') {
    lua_createtable(L, 0, 0);
    lua_pushvalue(L, d->mark);
    lua_setmetatable(L, -2);
    return p + 1;
  }
  lua_pushnil(L);
  base = lua_gettop(L);
  if (at != 0) {
    if (d->site[at].element == 0)
      d->site[at].element = (short)new_site(d);
    element = d->site[at].element;
  } else {
    element = new_site(d);
  }
  for (;;) {
    p = decode_value(d, p, element);
    if (p == NULL)
      return NULL;
    n++;
    if (pending < 0) {
      lua_rawseti(L, base, (lua_Integer)n);
    } else if (++pending == PENDING) {
      unsigned expected = at != 0 ? d->site[at].elements : 0;
      array_from_stack(L, base, pending, expected > 2 * PENDING ? expected : 2 * PENDING);
      pending = -1;
    }
    if (p >= end || *p <= ' ')
      p = thr_json_space(p, end);
    if (p < end && *p == ',') {
      p = thr_json_space(p + 1, end);
      continue;
    }
    if (p >= end || *p != ']')
      return thr_json_fail_here(&d->j, p, "expected ',' or ']' in an array");
    break;
  }
  if (pending > 0)
    array_from_stack(L, base, pending, 0);
  if (at != 0)
    d->site[at].elements = learn(d->site[at].elements, n);
  lua_pushvalue(L, d->mark);
  lua_setmetatable(L, base);
  return p + 1;
}

/* Any value at p, which stands at site `at`.  [-0, +1, m]; on error the stack is the caller's to reset. */
static const char *decode_value(decoder *d, const char *p, int at) {
  lua_State *L = d->L;
  thr_json_span span;
  thr_json_number number;
  if (p >= d->j.end)
    return thr_json_fail_here(&d->j, p, "expected a value");
  switch (*p) {
  case '"':
    p = thr_json_string(&d->j, p + 1, &span);
    if (p != NULL)
      push_string(d, &span);
    return p;
  case '{':
  case '[':
    if (d->depth >= d->max_depth)
      return thr_json_fail(&d->j, p, "nested too deeply");
    d->depth++;
    p = *p == '{' ? decode_object(d, p + 1, at) : decode_array(d, p + 1, at);
    d->depth--;
    return p;
  case 't':
    lua_pushboolean(L, 1);
    return thr_json_literal(&d->j, p, "true", 4);
  case 'f':
    lua_pushboolean(L, 0);
    return thr_json_literal(&d->j, p, "false", 5);
  case 'n':
    lua_pushlightuserdata(L, NULL);
    return thr_json_literal(&d->j, p, "null", 4);
  default:
    p = thr_json_number_at(&d->j, p, &number);
    if (p == NULL)
      return NULL;
    if (number.kind == THR_JSON_INTEGER)
      lua_pushinteger(L, (lua_Integer)number.i);
    else if (number.kind == THR_JSON_DOUBLE)
      lua_pushnumber(L, (lua_Number)number.d);
    else
      lua_pushlstring(L, number.s, number.n);
    return p;
  }
}

int thrL_json_decode(lua_State *L, const char *text, size_t n, const thrL_json_options *o,
                     thr_json_error *err) {
  decoder d;
  int top = lua_gettop(L);
  const char *p = thr_json_begin(&d.j, text, n);
  d.L = L;
  d.keep_nulls = o != NULL && o->keep_nulls;
  d.max_depth = o != NULL && o->max_depth > 0 ? o->max_depth : THR_JSON_DEPTH;
  d.depth = 0;
  d.room = d.small;
  d.room_size = sizeof d.small;
  /* A short text has few keys; it should not pay for clearing slots that it cannot use. */
  d.max_sites = n / 16 < MAX_SITES ? (int)(n / 16) : MAX_SITES;
  d.sites = 1; /* 0 means none */
  luaL_checkstack(L, d.max_sites + 16, "JSON text");
  thrL_json_pusharraymt(L);
  d.mark = top + 1;
  d.scratch = top + 2;
  d.keys = top + 3;
  lua_settop(L, d.keys + d.max_sites);
  if (p >= d.j.end) {
    thr_json_fail(&d.j, p, "the text is empty");
  } else {
    p = decode_value(&d, p, 0);
    if (p != NULL) {
      p = thr_json_space(p, d.j.end);
      if (p < d.j.end)
        p = thr_json_fail(&d.j, p, "unexpected text after the value");
    }
  }
  if (d.j.error.message != NULL) {
    *err = d.j.error;
    lua_settop(L, top);
    return -1;
  }
  lua_replace(L, top + 1);
  lua_settop(L, top + 1);
  return 0;
}

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

/* decode(text [, {nulls = "drop"|"keep"}]) → value | nil, message, position  [-0, +1|3, e]
** The position is that of the first wrong byte, as string.sub counts. */
static int json_decode(lua_State *L) {
  static const char *const policies[] = {"drop", "keep", NULL};
  thrL_json_options o = {0, 0};
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
  }
  if (thrL_json_decode(L, text, n, &o, &err) == 0)
    return 1;
  lua_pushnil(L);
  lua_pushfstring(L, "invalid JSON at byte %I: %s", (LUAI_UACINT)err.offset + 1, err.message);
  lua_pushinteger(L, (lua_Integer)err.offset + 1);
  return 3;
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
