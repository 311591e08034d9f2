/* lua_json_decode.c — JSON text to Lua values in one pass. Layer 2; lists of records are in lua_json_list.c, encoding
** in lua_json_encode.c. Failure: thrL_json_decode returns -1 with an error; memory errors are raised, and nothing is owned
** that a longjmp could lose: scratch is on the C stack or in userdata on the Lua stack.
**
** What makes it fast is a prediction: records of an array look alike, and so do the answers to one operation. Every place
** in the text that a value can stand at is a `site`; it remembers the member's key (interned), the member that came
** next, and how large the object or array there was. When the prediction holds, a key costs one 16-byte comparison and a
** push. Tables are made in their final size: values wait on the Lua stack until it is known, or until there are too many
** of them. */
#include "lua_json_decode.h"

#include <lauxlib.h>

#include <limits.h>
#include <string.h>

/* Values kept on the stack until an object's or array's size is known; more are moved into a table that grows. */
#define PENDING 32
/* Members that are looked at before a key counts as unknown to its object. */
#define MAX_PROBES 48
/* An object with more new keys than this is a dictionary: any key may come, and looking for it is in vain. */
#define MAX_MISSES (2 * MAX_PROBES)

/* For the innermost loops, which a compiler finds too large to inline. */
#ifdef __GNUC__
#define ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define ALWAYS_INLINE inline
#endif

typedef thrL_json_decoder decoder;
typedef thrL_json_site site;

/* Pushes the value of a scanned string.  [-0, +1, m] */
void thrL_json_push_string(decoder *d, const thr_json_span *span) {
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

/* A large object or array at site `at` had `seen` values. What is expected falls by half, not at once, so that one odd
** record does not spoil it; and since it rises only to what was seen in this text, all its tables together are at most
** about three times too large. */
static void learn(const decoder *d, site *at, unsigned seen) {
  if (at->text != d->shape->text || seen >= at->size)
    at->size = seen;
  else
    at->size = seen + (at->size - seen) / 2;
  at->text = d->shape->text;
}

/* The size to make the table at site `at` (or NULL) in that has more than PENDING values. */
static int expected_size(const decoder *d, const site *at) {
  return at != NULL && at->text == d->shape->text && at->size > 2 * PENDING ? (int)at->size : 2 * PENDING;
}

/* Is the text at p (behind an opening quote) the key of s with its closing quote? */
static inline int key_matches(const decoder *d, const char *p, const site *s) {
  size_t n = s->key_len;
#if defined(__SSE2__) && defined(__GNUC__)
  if (n < sizeof s->head && d->j.end - p >= (ptrdiff_t)sizeof s->head) {
    __m128i a = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i b = _mm_loadu_si128((const __m128i *)(const void *)s->head);
    unsigned differ = ~(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(a, b));
    return (differ & ((2u << n) - 1)) == 0;
  }
#endif
  return (size_t)(d->j.end - p) > n && p[n] == '"' && memcmp(p, s->key, n) == 0;
}

/* Pushes the key of s.  [-0, +1, -] */
static inline void push_key(const decoder *d, const site *s) { lua_getiuservalue(d->L, d->memory, s->slot); }

/* thr_json_string, the plain key at once. */
static inline const char *scan_key(decoder *d, const char *p, thr_json_span *span) {
  const char *q = thr_json_plain(p, d->j.end);
  if (q >= d->j.end || *q != '"')
    return thr_json_string(&d->j, p, span);
  span->s = p;
  span->n = (size_t)(q - p);
  span->room = 0;
  return q + 1;
}

/* Pushes the key at p (behind its opening quote) that is not the predicted one and returns the position behind its
** closing quote. `at` is the object's site or NULL, `previous` the member before; *known becomes its own site or NULL,
** *traits what it means to an object of that role.  [-0, +1, m] */
static const char *decode_other_key(decoder *d, const char *p, site *at, thrL_json_role role, site *previous,
                                    site **known, unsigned *traits) {
  lua_State *L = d->L;
  thr_json_span span;
  const char *key;
  size_t n;
  site *s;
  int probes;
  *known = NULL;
  *traits = THRL_JSON_WANTED;
  p = scan_key(d, p, &span);
  if (p == NULL)
    return NULL;
  if (at != NULL && span.room == 0 && at->misses < MAX_MISSES) {
    /* Not the one that came last time: any other of this object, from its first on. */
    for (s = at->first, probes = 0; s != NULL && probes < MAX_PROBES; s = s->next, probes++)
      if (s->key_len == span.n && memcmp(s->key, span.s, span.n) == 0) {
        push_key(d, s);
        *known = s;
        if (role == THRL_JSON_RECORD)
          *traits = s->traits;
        return p;
      }
    at->misses++;
    if (s == NULL && (s = thrL_json_new_member(L, d->memory, d->shape, span.s, span.n)) != NULL) {
      site **link = previous != NULL ? &previous->next : &at->first;
      s->next = *link;
      *link = s;
      if (role == THRL_JSON_RECORD)
        s->traits = (unsigned short)(*traits = thrL_json_traits(d, span.s, span.n));
      *known = s;
      return p;
    }
  }
  thrL_json_push_string(d, &span);
  if (role == THRL_JSON_RECORD) {
    key = lua_tolstring(L, -1, &n);
    *traits = thrL_json_traits(d, key, n);
  }
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
      thrL_json_push_string(d, &span);
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

/* thrL_json_value. Inline in the loops over members and elements, and the plain string, two values of three, at once.
** [-0, +1, m] */
static ALWAYS_INLINE const char *decode_value(decoder *d, const char *p, site *at) {
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
    return thrL_json_container(d, p, at, THRL_JSON_PLAIN);
  }
  return decode_scalar(d, p);
}

const char *thrL_json_value(decoder *d, const char *p, site *at) { return decode_value(d, p, at); }

/* White space at p skipped; in the API's texts there is none. */
static inline const char *skip_space(const char *p, const char *end) {
  return p < end && (unsigned char)*p > ' ' ? p : thr_json_space(p, end);
}

/* thr_json_skip, the plain string at once. */
static inline const char *skip_value(decoder *d, const char *p) {
  if (p < d->j.end && *p == '"') {
    const char *q = thr_json_plain(p + 1, d->j.end);
    if (q < d->j.end && *q == '"')
      return q + 1;
  }
  return thr_json_skip(&d->j, p, d->depth);
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

/* An object that is not empty; p is at its first key. Made twice, so that what only records need costs the others
** nothing.  [-0, +1, m] */
static ALWAYS_INLINE const char *object_of_role(decoder *d, const char *p, site *at,
                                                const thrL_json_role role) {
  lua_State *L = d->L;
  const char *end = d->j.end, *id = NULL;
  size_t id_len = 0;
  site *next = at != NULL ? at->first : NULL, *previous = NULL;
  unsigned members = 0, id_rank = UINT_MAX;
  int base, pending = 0;    /* -1: the table exists */
  int absent, distinct = 1; /* every key was the predicted one, so none came twice */
  lua_pushnil(L);
  base = lua_gettop(L);
  for (;;) {
    site *known = NULL;
    unsigned traits;
    const char *value;
    if (p >= end || *p != '"')
      return thr_json_fail_here(&d->j, p, "expected a key in quotes");
    p++;
    if (next != NULL && key_matches(d, p, next)) {
      known = next;
      p += known->key_len + 1;
      traits = role == THRL_JSON_RECORD ? known->traits : THRL_JSON_WANTED;
      if (traits & THRL_JSON_WANTED)
        push_key(d, known);
    } else {
      distinct = 0;
      p = decode_other_key(d, p, at, role, previous, &known, &traits);
      if (p == NULL)
        return NULL;
      if (!(traits & THRL_JSON_WANTED))
        lua_pop(L, 1);
    }
    p = skip_space(p, end);
    if (p >= end || *p != ':')
      return thr_json_fail_here(&d->j, p, "expected ':' after a key");
    p = value = skip_space(p + 1, end);
    if (role == THRL_JSON_RECORD && !(traits & THRL_JSON_WANTED)) {
      p = skip_value(d, p);
      absent = 1;
    } else if (p < end && *p == 'n' && !d->keep_nulls) {
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
    if (role == THRL_JSON_RECORD && traits >> THRL_JSON_ID_SHIFT != 0 &&
        traits >> THRL_JSON_ID_SHIFT <= id_rank &&
        (*value == '"' || *value == '-' || (*value >= '0' && *value <= '9'))) {
      id_rank = traits >> THRL_JSON_ID_SHIFT;
      id = value;
      id_len = (size_t)(p - value);
    }
    if (pending < 0 && !absent) {
      lua_rawset(L, base);
    } else if (!absent && ++pending == PENDING) {
      object_from_stack(L, base, pending, expected_size(d, at), distinct);
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
  if (id != NULL)
    thrL_json_take_id(d->list, id, id_len);
  if (pending >= 0)
    object_from_stack(L, base, pending, (int)members, distinct);
  else if (at != NULL)
    learn(d, at, members);
  return p + 1;
}

static const char *decode_object(decoder *d, const char *p, site *at) {
  return object_of_role(d, p, at, THRL_JSON_PLAIN);
}

static const char *decode_record(decoder *d, const char *p, site *at) {
  return object_of_role(d, p, at, THRL_JSON_RECORD);
}

/* Moves the n values above the nil at `base` into a new array that replaces it.  [-n, +0, m] */
static void array_from_stack(lua_State *L, int base, int n, int size) {
  lua_createtable(L, size, 0);
  lua_replace(L, base);
  for (; n > 0; n--)
    lua_rawseti(L, base, n);
}

/* An array that is not empty; p is at its first element.  [-0, +1, m] */
static const char *decode_array(decoder *d, const char *p, site *at, thrL_json_role role) {
  lua_State *L = d->L;
  const char *end = d->j.end;
  site *element = at != NULL ? at->element : NULL;
  unsigned n = 0;
  int base, pending = 0; /* -1: the table exists */
  if (element == NULL)
    element = thrL_json_new_site(d->shape);
  if (at != NULL)
    at->element = element;
  lua_pushnil(L);
  base = lua_gettop(L);
  for (;;) {
    if (role == THRL_JSON_PLAIN) {
      p = decode_value(d, p, element);
    } else if (p < end && *p == '{') {
      p = thrL_json_container(d, p, element, THRL_JSON_RECORD);
    } else {
      d->list->all_objects = 0;
      p = decode_value(d, p, element);
    }
    if (p == NULL)
      return NULL;
    n++;
    if (pending < 0) {
      lua_rawseti(L, base, (lua_Integer)n);
    } else if (++pending == PENDING) {
      array_from_stack(L, base, pending, expected_size(d, at));
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
    array_from_stack(L, base, pending, pending);
  else if (at != NULL)
    learn(d, at, n);
  return p + 1;
}

int thrL_json_enter(decoder *d, const char *p) {
  if (d->depth >= THR_JSON_DEPTH) {
    thr_json_fail(&d->j, p, "nested too deeply");
    return -1;
  }
  if (++d->depth > d->roomy) {
    /* No container has more than 2 * PENDING + 1 values of its own on the stack, so space for the deepest is space for
    ** all, and this is asked for once a level. */
    int most = d->scratch + d->depth * (2 * PENDING + 4) + 8;
    luaL_checkstack(d->L, most - lua_gettop(d->L), "JSON text");
    d->roomy = d->depth;
  }
  return 0;
}

const char *thrL_json_container(decoder *d, const char *p, site *at, thrL_json_role role) {
  lua_State *L = d->L;
  int object = *p == '{';
  const char *first;
  if (thrL_json_enter(d, p) != 0)
    return NULL;
  first = skip_space(p + 1, d->j.end);
  if (first < d->j.end && *first == (object ? '}' : ']')) {
    lua_createtable(L, 0, 0);
    p = first + 1;
  } else {
    p = !object                    ? decode_array(d, first, at, role)
        : role == THRL_JSON_RECORD ? decode_record(d, first, at)
                                   : decode_object(d, first, at);
  }
  if (p != NULL && !object) {
    lua_getiuservalue(L, d->memory, THRL_JSON_MARK);
    lua_setmetatable(L, -2);
  }
  d->depth--;
  return p;
}

int thrL_json_decode(lua_State *L, const char *text, size_t n, const thrL_json_options *o,
                     thr_json_error *err) {
  decoder d;
  thrL_json_list list = {0, 0, 0};
  int top = lua_gettop(L);
  const char *p = thr_json_begin(&d.j, text, n);
  d.L = L;
  d.keep_nulls = o != NULL && o->keep_nulls;
  d.projection = o != NULL ? o->projection : NULL;
  d.list = d.projection != NULL || (o != NULL && o->list != NULL) ? &list : NULL;
  d.depth = d.roomy = 0;
  d.room = d.small;
  d.room_size = sizeof d.small;
  d.memory = top + 1;
  d.scratch = top + 2;
  luaL_checkstack(L, 16, "JSON text");
  d.shape = thrL_json_take_shape(L);
  d.root = thrL_json_root(d.shape, o != NULL ? o->kind : NULL);
  lua_pushnil(L);
  if (p >= d.j.end) {
    thr_json_fail(&d.j, p, "the text is empty");
  } else {
    p = d.list != NULL ? thrL_json_list_text(&d, p) : decode_value(&d, p, d.root);
    if (p != NULL) {
      p = thr_json_space(p, d.j.end);
      if (p < d.j.end)
        thr_json_fail(&d.j, p, "unexpected text after the value");
    }
  }
  d.shape->busy = 0;
  if (d.j.error.message != NULL) {
    *err = d.j.error;
    lua_settop(L, top);
    return -1;
  }
  if (o != NULL && o->list != NULL)
    *o->list = list;
  lua_replace(L, top + 1);
  lua_settop(L, top + 1);
  return 0;
}
