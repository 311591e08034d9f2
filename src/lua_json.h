/* lua_json.h — JSON text to Lua values and back, in one pass each. Layer 2.
**
** Decoding (the grammar and what bad text gets: json.h): objects become plain tables, arrays tables that carry the array
** mark (also empty ones), numbers integers, floats or, beyond both, strings of digits. Of duplicate keys the last
** counts. null is thrive.null (a NULL light userdata, as cjson.null) in arrays, at the top level and, with keep_nulls,
** in objects; without it such a member is absent.
**
** List answers: the records are the elements of the array `results` of a top-level object, or of a top-level array. A
** projection names the members that records are built with; everything else of a record is validated and skipped. A
** record that is no object, and all that is not a record, comes whole.
**
** Encoding: raw access only, no metamethod runs. A table with the array mark or with exactly the keys 1..n is an array,
** any other must have string keys alone and becomes an object with its keys in byte order, so that the same value is
** always the same text. An empty table without the mark is {}. A float always has a point or an exponent and reads back
** as the same float. Strings must be valid UTF-8.
**
** What outlives a call is the shape of texts (lua_json_shape.c): it tells where keys are to be expected, never what a
** text means. */
#ifndef THR_LUA_JSON_H
#define THR_LUA_JSON_H

#include "buf.h"
#include "json.h"

#include <lua.h>

#define THRL_JSON_ARRAY "thrive.array"           /* registry key and __name of the array mark */
#define THRL_JSON_PROJECTION "thrive.projection" /* the same of compiled projections */

/* The names of the members that records are built with, compiled: a userdata. */
typedef struct thrL_json_projection thrL_json_projection;

/* What was seen of a list answer. */
typedef struct thrL_json_list {
  int found;       /* 1: there is an array of records */
  int all_objects; /* 1: every record is an object */
  uint64_t
      fingerprint; /* of the records' ids (strings or numbers, as the text has them) in their order; 0 = they have
                        ** none. Good for telling pages of one service apart, within one process. */
} thrL_json_list;

typedef struct thrL_json_options {
  int keep_nulls;
  const thrL_json_projection *projection; /* NULL: records come whole */
  thrL_json_list *list;                   /* filled when the text is JSON; NULL: of no interest */
  const void
      *kind; /* texts of one kind look alike; only compared, may dangle, and NULL is a kind like any other */
} thrL_json_options;

/* What could not be encoded: a static message and the path to it ("additionalFields.tags[3]"; "" = the value itself). */
typedef struct thrL_json_encode_error {
  const char *message;
  char path[256];
} thrL_json_encode_error;

/* Decodes text[0..n), which must stay valid meanwhile and needs no NUL. `o` may be NULL; what it points to must stay
** valid meanwhile too. Returns 0 with the value pushed, or -1 with nothing pushed and *err filled. Raises when memory or
** the Lua stack is out.  [-0, +1|0, m] */
int thrL_json_decode(lua_State *L, const char *text, size_t n, const thrL_json_options *o,
                     thr_json_error *err);
/* Compiles the array of names at `index` into a userdata, which holds copies of them: lists of records are decoded with
** these members alone (none: into empty tables). Raises when it is no table or an element no string.  [-0, +1, e] */
const thrL_json_projection *thrL_json_new_projection(lua_State *L, int index);
/* core.projection(names) → that userdata, which core.result and json.decode's `fields` take  [-0, +1, e] */
int thrL_json_projection_new(lua_State *L);
/* Appends the value at `index` to `out`, an empty table as [] with as_array. Returns 0, or -1 with *err filled and
** `out` as long as it was. Raises when memory is out, so the caller must have anchored `out`.  [-0, +0, m] */
int thrL_json_encode(lua_State *L, int index, thr_buf *out, int as_array, thrL_json_encode_error *err);
/* Pushes the array mark, the same metatable however often and from wherever this is called in a Lua state.
** [-0, +1, m] */
void thrL_json_pusharraymt(lua_State *L);
/* 1 when the value is a table that carries the mark. Never raises.  [-0, +0, -] */
int thrL_json_isarray(lua_State *L, int index);
/* Pushes the table that becomes thrive.core.json: decode, encode, array, isarray, null.  [-0, +1, m] */
void thrL_json_open(lua_State *L);

#endif
