/* method.h — HTTP methods as an enum, shared by retry.c, transport.c and map.c. Must not include lua.h. */
#ifndef THR_METHOD_H
#define THR_METHOD_H

/* X(name, writes, idempotent): writes = refused by read_only and planned by dry_run; idempotent by RFC 9110. */
#define THR_METHODS(X) \
  X(GET, 0, 1)         \
  X(HEAD, 0, 1)        \
  X(POST, 1, 0)        \
  X(PUT, 1, 1)         \
  X(PATCH, 1, 0)       \
  X(DELETE, 1, 1)

typedef enum thr_method {
#define THR_METHOD_ENUM(name, writes, idem) THR_##name,
  THR_METHODS(THR_METHOD_ENUM)
#undef THR_METHOD_ENUM
      THR_METHOD_COUNT
} thr_method;

#endif
