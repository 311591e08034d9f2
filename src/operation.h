/* operation.h — a catalogue entry compiled once to C, so that a call does not read Lua data again. Layer 2. */
#ifndef THRL_OPERATION_H
#define THRL_OPERATION_H

#include <lua.h>

#include "auth.h"
#include "date.h"
#include "method.h"
#include "transfer.h"

#define THRL_OPERATION "thrive.operation"

/* X(name in the catalogue, what a message calls it) */
#define THRL_TYPES(X)                       \
  X(string, "a string")                     \
  X(integer, "an integer")                  \
  X(number, "a number")                     \
  X(boolean, "true or false")               \
  X(date, "a date")                         \
  X(csv, "a string or an array of strings") \
  X(object, "a table of names and values")  \
  X(array, "an array")                      \
  X(record, "a table of fields")

typedef enum thrL_type {
#define THRL_TYPE_ENUM(name, text) THRL_T_##name,
  THRL_TYPES(THRL_TYPE_ENUM)
#undef THRL_TYPE_ENUM
} thrL_type;

typedef struct thrL_text {
  const char *s;
  size_t n;
} thrL_text;

/* One parameter, body field, path argument or list entry. Strings belong to the catalogue table (user value 1). */
typedef struct thrL_param {
  thrL_text name;
  thrL_type type;
  int required, nullable;
  int omit;       /* may be there, as it was read, but is not sent */
  int omit_empty; /* a record without a true value is not sent */
  int open;       /* a record that may hold other fields too */
  int has_min, has_max;
  double min, max;                  /* of a number */
  lua_Integer max_length;           /* of a string, in characters; 0 = no bound */
  lua_Integer min_count, max_count; /* of an array or csv; 0 = no bound */
  thr_date_format date;
  thrL_text *values; /* enum; of each entry for csv and array of strings */
  size_t value_count;
  thrL_text unless_name, unless_value; /* required unless that field has that value */
  thrL_text needs;                     /* may only be given together with that one */
  struct thrL_param *fields;           /* of a record */
  size_t field_count;
  struct thrL_param *items; /* of an array; one, or NULL = anything */
} thrL_param;

typedef struct thrL_operation {
  thr_method method;
  thr_host host;
  thrL_text name;   /* "users.create" */
  thrL_text path;   /* "/rest/v1/user/{id}" */
  thrL_param *args; /* path arguments, in their order */
  size_t arg_count;
  thrL_param *params; /* query parameters of a GET, else fields of the JSON body */
  size_t param_count;
  int has_params;        /* the call takes a table of them */
  int some;              /* and cannot go without it: nil there is a mistake */
  thrL_param *items;     /* the call takes a list, which is the body, or a part of it: */
  thr_buf before, after; /* the JSON text around the list */
  thrL_expect expect;
  thrL_scope scope;
  thrL_text key; /* a record of the answer has this field; s NULL = unknown */
  int idempotent;
  int done_after_retry[2];
} thrL_operation;

/* core.operation(entry, name) → userdata. Raises where the entry is malformed: a mistake of ours, not of users.
** [-0, +1, e] */
int thrL_operation_new(lua_State *L);
/* The operation at index. Raises when it is none. [-0, +0, e] */
const thrL_operation *thrL_operation_check(lua_State *L, int index);
/* Registers the metatable. [-0, +0, m] */
void thrL_operation_open(lua_State *L);
/* What a message calls a type: "a string". */
const char *thrL_type_text(thrL_type t);

#endif
