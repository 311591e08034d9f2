/* lua_json.c — JSON text to Lua values in one pass, and the codec's Lua functions. Layer 2; encoding is in
** lua_json_encode.c. Failure: thrL_json_decode returns -1 with an error; memory errors are raised, and nothing is owned
** that a longjmp could lose: scratch is on the C stack or in userdata on the Lua stack.
**
** What makes it fast is a prediction: records of an array look alike. Every place in the text that a value of an array's
** element can stand at is a `site`; it remembers the member's key (as text and, interned, in a slot of the Lua stack),
** the member that came next, and how large the object or array there was. When the prediction holds, a key costs one
** 16-byte comparison and a lua_pushvalue. Tables are made in their final size: values wait on the Lua stack until it is
** known, or until there are too many of them. */
#include "lua_json.h"

#include <lauxlib.h>

#include <stdint.h>
#include <string.h>

#define MAX_SITES 256
/* Values kept on the stack until an object's or array's size is known; more are moved into a table that grows. */
#define PENDING 32
/* Members that are looked at before a key counts as unknown to its object. */
#define MAX_PROBES 48

typedef struct site {
  const char *key;        /* in the text, plain, its closing quote behind it */
  unsigned key_len, slot; /* slot: stack index of the interned key */
  struct site *next;      /* the member that followed */
  struct site *first;     /* when an object stands here: its first member */
  struct site *element;   /* when an array stands here: where its elements stand */
  unsigned size; /* of the large object or array expected here; small ones are made in their exact size */
} site;

typedef struct decoder {
  thr_json_scan j;
  lua_State *L;
  int keep_nulls;
  int depth, max_depth;
  int roomy;   /* containers this deep have been given stack space */
  int mark;    /* stack index of the array mark */
  int scratch; /* stack index of the userdata that room is in */
  int keys;    /* stack index of the first site's slot */
  int sites, max_sites;
  char *room;
  size_t room_size;
  char small[256];
  site site[MAX_SITES];
} decoder;

static const char *decode_container(decoder *d, const char *p, site *at);

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
static inline int key_matches(const decoder *d, const char *p, const site *s) {
  size_t n = (size_t)s->key_len + 1;
#if defined(__SSE2__) && defined(__GNUC__)
  /* s->key is before p in the same text, so both have 16 readable bytes when p has. */
  if (n <= 16 && d->j.end - p >= 16) {
    __m128i a = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i b = _mm_loadu_si128((const __m128i *)(const void *)s->key);
    unsigned differ = ~(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(a, b));
    return (differ & ((1u << n) - 1)) == 0;
  }
#endif
  return (size_t)(d->j.end - p) >= n && memcmp(p, s->key, n) == 0;
}

/* A new site, or NULL when there is no room for one. */
static site *new_site(decoder *d) {
  site *s;
  if (d->sites >= d->max_sites)
    return NULL;
  s = &d->site[d->sites];
  memset(s, 0, sizeof *s);
  s->slot = (unsigned)(d->keys + d->sites++);
  return s;
}

/* Pushes the key at p (behind its opening quote) that is not the predicted one and returns the position behind its
** closing quote. `at` is the object's site or NULL, `previous` the member before; *known becomes its own site or NULL.
** [-0, +1, m] */
static const char *decode_other_key(decoder *d, const char *p, site *at, site *previous, site **known) {
  lua_State *L = d->L;
  thr_json_span span;
  site *s;
  int probes;
  *known = NULL;
  p = thr_json_string(&d->j, p, &span);
  if (p == NULL)
    return NULL;
  if (at != NULL && span.room == 0 && span.n <= INT32_MAX) {
    /* Not the one that came last time: any other of this object, from its first on. */
    for (s = at->first, probes = 0; s != NULL && probes < MAX_PROBES; s = s->next, probes++)
      if (s->key_len == span.n && memcmp(s->key, span.s, span.n) == 0) {
        lua_pushvalue(L, (int)s->slot);
        *known = s;
        return p;
      }
    if (s == NULL && (s = new_site(d)) != NULL) {
      site **link = previous != NULL ? &previous->next : &at->first;
      s->key = span.s;
      s->key_len = (unsigned)span.n;
      s->next = *link;
      *link = s;
      lua_pushlstring(L, span.s, span.n);
      lua_copy(L, -1, (int)s->slot);
      *known = s;
      return p;
    }
  }
  push_string(d, &span);
  return p;
}

/* Any value that is no container and no plain string.  [-0, +1, m] */
static const char *decode_scalar(decoder *d, const char *p) {
  lua_State *L = d->L;
  thr_json_span span;
  thr_json_number number;
  switch (*p) {
  case '"':
    p = thr_json_string(&d->j, p + 1, &span);
    if (p != NULL)
      push_string(d, &span);
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

/* Any value at p, which stands at site `at`. Inline in the loops over members and elements, and the plain string, two
** values of three, at once.  [-0, +1, m]; on error the stack is thrL_json_decode's to reset. */
static inline const char *decode_value(decoder *d, const char *p, site *at) {
  const char *end = d->j.end;
  if (p >= end)
    return thr_json_fail_here(&d->j, p, "expected a value");
  if (*p == '"') {
    const char *q = thr_json_plain(p + 1, end);
    if (q < end && *q == '"') {
      lua_pushlstring(d->L, p + 1, (size_t)(q - p - 1));
      return q + 1;
    }
  } else if (*p == '{' || *p == '[') {
    return decode_container(d, p, at);
  }
  return decode_scalar(d, p);
}

/* White space at p skipped; in the API's texts there is none. */
static inline const char *skip_space(const char *p, const char *end) {
  return p < end && (unsigned char)*p > ' ' ? p : thr_json_space(p, end);
}

/* Moves the n key-value pairs above the nil at `base` into a new table that replaces it.  [-2n, +0, m] */
static void object_from_stack(lua_State *L, int base, int n, int size, int distinct) {
  int i;
  lua_createtable(L, 0, size);
  if (distinct) { /* then any order will do, and from the last on they need not be copied */
    lua_replace(L, base);
    for (i = 0; i < n; i++)
      lua_rawset(L, base);
  } else { /* of duplicate keys the last must win */
    int table = lua_gettop(L);
    for (i = 0; i < n; i++) {
      lua_pushvalue(L, base + 1 + 2 * i);
      lua_pushvalue(L, base + 2 + 2 * i);
      lua_rawset(L, table);
    }
    lua_replace(L, base);
    lua_settop(L, base);
  }
}

/* An object that is not empty; p is at its first key.  [-0, +1, m] */
static const char *decode_object(decoder *d, const char *p, site *at) {
  lua_State *L = d->L;
  const char *end = d->j.end;
  site *next = at != NULL ? at->first : NULL, *previous = NULL;
  unsigned members = 0;
  int base, pending = 0;    /* -1: the table exists */
  int absent, distinct = 1; /* every key was the predicted one, so none came twice */
  lua_pushnil(L);
  base = lua_gettop(L);
  for (;;) {
    site *known = NULL;
    if (p >= end || *p != '"')
      return thr_json_fail_here(&d->j, p, "expected a key in quotes");
    p++;
    if (next != NULL && key_matches(d, p, next)) {
      known = next;
      p += known->key_len + 1;
      lua_pushvalue(L, (int)known->slot);
    } else {
      distinct = 0;
      p = decode_other_key(d, p, at, previous, &known);
      if (p == NULL)
        return NULL;
    }
    p = skip_space(p, end);
    if (p >= end || *p != ':')
      return thr_json_fail_here(&d->j, p, "expected ':' after a key");
    p = skip_space(p + 1, end);
    if (p < end && *p == 'n' && !d->keep_nulls) {
      p = thr_json_literal(&d->j, p, "null", 4);
      if (distinct)
        lua_pop(L, 1); /* the key: there is no such member */
      else
        lua_pushnil(L); /* to be set like any value, for it undoes an earlier member of the same name */
      absent = distinct;
    } else {
      p = decode_value(d, p, known);
      members++;
      absent = 0;
    }
    if (p == NULL)
      return NULL;
    if (pending < 0 && !absent) {
      lua_rawset(L, base);
    } else if (!absent && ++pending == PENDING) {
      unsigned expected = at != NULL ? at->size : 0;
      object_from_stack(L, base, pending, (int)(expected > 2 * PENDING ? expected : 2 * PENDING), distinct);
      pending = -1;
    }
    if (known != NULL) {
      previous = known;
      next = known->next;
    }
    p = skip_space(p, end);
    if (p >= end || *p != ',')
      break;
    p = skip_space(p + 1, end);
  }
  if (p >= end || *p != '}')
    return thr_json_fail_here(&d->j, p, "expected ',' or '}' in an object");
  if (pending >= 0)
    object_from_stack(L, base, pending, (int)members, distinct);
  else if (at != NULL)
    at->size = learn(at->size, members);
  return p + 1;
}

/* Moves the n values above the nil at `base` into a new array that replaces it.  [-n, +0, m] */
static void array_from_stack(lua_State *L, int base, int n, unsigned size) {
  lua_createtable(L, size < (unsigned)n ? n : (int)size, 0);
  lua_replace(L, base);
  for (; n > 0; n--)
    lua_rawseti(L, base, n);
}

/* An array that is not empty; p is at its first element.  [-0, +1, m] */
static const char *decode_array(decoder *d, const char *p, site *at) {
  lua_State *L = d->L;
  const char *end = d->j.end;
  site *element = at != NULL ? at->element : NULL;
  unsigned n = 0;
  int base, pending = 0; /* -1: the table exists */
  if (element == NULL)
    element = new_site(d);
  if (at != NULL)
    at->element = element;
  lua_pushnil(L);
  base = lua_gettop(L);
  for (;;) {
    p = decode_value(d, p, element);
    if (p == NULL)
      return NULL;
    n++;
    if (pending < 0) {
      lua_rawseti(L, base, (lua_Integer)n);
    } else if (++pending == PENDING) {
      unsigned expected = at != NULL ? at->size : 0;
      array_from_stack(L, base, pending, expected > 2 * PENDING ? expected : 2 * PENDING);
      pending = -1;
    }
    p = skip_space(p, end);
    if (p >= end || *p != ',')
      break;
    p = skip_space(p + 1, end);
  }
  if (p >= end || *p != ']')
    return thr_json_fail_here(&d->j, p, "expected ',' or ']' in an array");
  if (pending > 0)
    array_from_stack(L, base, pending, 0);
  else if (at != NULL)
    at->size = learn(at->size, n);
  return p + 1;
}

/* An array or object; p is at its bracket.  [-0, +1, m] */
static const char *decode_container(decoder *d, const char *p, site *at) {
  lua_State *L = d->L;
  int object = *p == '{';
  const char *first;
  if (d->depth >= d->max_depth)
    return thr_json_fail(&d->j, p, "nested too deeply");
  if (++d->depth > d->roomy) {
    /* No container has more than 2 * PENDING + 1 values of its own on the stack, so space for the deepest is space for
    ** all, and this is asked for once a level. */
    int most = d->keys + d->max_sites + d->depth * (2 * PENDING + 4) + 8;
    luaL_checkstack(L, most - lua_gettop(L), "JSON text");
    d->roomy = d->depth;
  }
  first = skip_space(p + 1, d->j.end);
  if (first < d->j.end && *first == (object ? '}' : ']')) {
    lua_createtable(L, 0, 0);
    p = first + 1;
  } else {
    p = object ? decode_object(d, first, at) : decode_array(d, first, at);
  }
  if (p != NULL && !object) {
    lua_pushvalue(L, d->mark);
    lua_setmetatable(L, -2);
  }
  d->depth--;
  return p;
}

int thrL_json_decode(lua_State *L, const char *text, size_t n, const thrL_json_options *o,
                     thr_json_error *err) {
  decoder d;
  int top = lua_gettop(L);
  const char *p = thr_json_begin(&d.j, text, n);
  d.L = L;
  d.keep_nulls = o != NULL && o->keep_nulls;
  d.max_depth =
      o != NULL && o->max_depth > 0 && o->max_depth < THR_JSON_DEPTH ? o->max_depth : THR_JSON_DEPTH;
  d.depth = d.roomy = 0;
  d.room = d.small;
  d.room_size = sizeof d.small;
  /* A short text has few keys; it should not pay for clearing slots that it cannot use. */
  d.max_sites = n / 16 < MAX_SITES ? (int)(n / 16) : MAX_SITES;
  d.sites = 0;
  luaL_checkstack(L, d.max_sites + 16, "JSON text");
  thrL_json_pusharraymt(L);
  d.mark = top + 1;
  d.scratch = top + 2;
  d.keys = top + 3;
  lua_settop(L, d.keys + d.max_sites);
  if (p >= d.j.end) {
    thr_json_fail(&d.j, p, "the text is empty");
  } else {
    p = decode_value(&d, p, NULL);
    if (p != NULL) {
      p = thr_json_space(p, d.j.end);
      if (p < d.j.end)
        thr_json_fail(&d.j, p, "unexpected text after the value");
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
