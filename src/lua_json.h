/* lua_json.h — JSON text to Lua values and back, in one pass each. Layer 2.
**
** Decoding (the grammar and what bad text gets: json.h): objects become plain tables, arrays tables that carry the array
** mark (also empty ones), numbers integers, floats or, beyond both, strings of digits. Of duplicate keys the last
** counts. null is thrive.null (a NULL light userdata, as cjson.null) in arrays, at the top level and, with keep_nulls,
** in objects; without it such a member is absent.
**
** Encoding: raw access only, no metamethod runs. A table with the array mark or with exactly the keys 1..n is an array,
** any other must have string keys alone and becomes an object with its keys in byte order, so that the same value is
** always the same text. An empty table without the mark is {}. A float always has a point or an exponent and reads back
** as the same float. Strings must be valid UTF-8.
**
** No state outlives a call: what the decoder remembers of the text's shape lives on the C stack, the interned keys on
** the Lua stack. */
#ifndef THR_LUA_JSON_H
#define THR_LUA_JSON_H

#include "buf.h"
#include "json.h"

#include <lua.h>

#define THRL_JSON_ARRAY "thrive.array" /* registry key and __name of the array mark */

typedef struct thrL_json_options {
  int keep_nulls;
  int max_depth; /* 0 or more than that = THR_JSON_DEPTH */
} thrL_json_options;

/* What could not be encoded: a static message and the path to it ("additionalFields.tags[3]"; "" = the value itself). */
typedef struct thrL_json_encode_error {
  const char *message;
  char path[256];
} thrL_json_encode_error;

/* Decodes text[0..n), which must stay valid meanwhile and needs no NUL. `o` may be NULL. Returns 0 with the value
** pushed, or -1 with nothing pushed and *err filled. Raises when memory or the Lua stack is out.  [-0, +1|0, m] */
int thrL_json_decode(lua_State *L, const char *text, size_t n, const thrL_json_options *o,
                     thr_json_error *err);
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
