/* value.h — one Lua value against one catalogue parameter: checked, and written as JSON, query text or path segment.
** Layer 2. Used by map.c only. */
#ifndef THRL_VALUE_H
#define THRL_VALUE_H

#include <lauxlib.h>
#include <lua.h>

#include "operation.h"

/* State of one mapping: where problems go and how deep we are. */
typedef struct thrL_value {
  thr_buf *problems; /* of the transfer, which owns it */
  int transfer;      /* its stack index */
  thrL_text name;    /* the operation's */
  char path[160];    /* "value[3]." while inside a nested value, for messages */
} thrL_value;

/* Adds a problem, printf-like as lua_pushfstring has it. [-0, +0, m] */
void thrL_problem(lua_State *L, thrL_value *v, const char *fmt, ...);
/* Appends n bytes, raising when memory is out: the buffer must be owned by a userdata. [-0, +0, m] */
void thrL_put(lua_State *L, thr_buf *out, const char *s, size_t n);
/* Appends the value at index i as JSON. Values that do not fit become problems; what was appended then is not used.
** [-0, +0, m] */
void thrL_value_json(lua_State *L, int i, thrL_value *v, const thrL_param *p, thr_buf *out);
/* Appends the value as query text. 0 when there is nothing to send (an empty list). [-0, +0, m] */
int thrL_value_query(lua_State *L, int i, thrL_value *v, const thrL_param *p, thr_buf *out);
/* Appends the path argument number `number` at index i as one escaped segment. [-0, +0, m] */
void thrL_value_segment(lua_State *L, int i, thrL_value *v, const thrL_param *p, int number, thr_buf *out);

/* In map.c: appends the table at index t (0 = none) as a JSON object of these fields; open: and of any others.
** [-0, +0, m] */
void thrL_map_fields(lua_State *L, int t, thrL_value *v, const thrL_param *p, size_t count, int open,
                     thr_buf *out);

#endif
