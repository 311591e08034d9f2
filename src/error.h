/* error.h — the one constructor of error objects. Layer 2.
**
** An error object is a table with the metatable "thrive.error" (found by registry key, so that it survives a second
** require): kind, status, code, message, fields, operation, method, path, request_id, attempts, elapsed, retry_after,
** retryable, sent, body. tostring gives one line that says what to do next. */
#ifndef THRL_ERROR_H
#define THRL_ERROR_H

#include <lua.h>

/* X(name, hint): every kind there is, and what its reader should do. */
#define THRL_ERROR_KINDS(X)                                                                                 \
  X(config, "fix the client's options or the environment")                                                  \
  X(auth, "check the tenant id, the secret and the region")                                                 \
  X(forbidden, "these credentials may not do this: check their scope")                                      \
  X(not_found, "check the id or ref, and that it belongs to this tenant")                                   \
  X(validation, "correct the values named and send again")                                                  \
  X(conflict, "something with the same ref, email or reference exists, or the record is in another state")  \
  X(rate_limited, "wait, or lower the concurrency")                                                         \
  X(server, "the service failed: try later, and quote the request id to support")                           \
  X(timeout, "try again, or raise timeout or deadline")                                                     \
  X(network, "check the connection, the proxy and the host name")                                           \
  X(tls, "the certificate was not accepted: set ca_file (or SSL_CERT_FILE) where a company proxy re-signs") \
  X(decode, "the answer is not what the API documents: check base_url, and report it")                      \
  X(cancelled, "the call was given up before its answer came")                                              \
  X(ambiguous, "the change may or may not have been made: look before you send it again")                   \
  X(partial, "some entries failed: see the result's failure list")                                          \
  X(guard, "nothing was sent")

typedef enum thrL_kind {
#define THRL_KIND_ENUM(name, hint) THRL_##name,
  THRL_ERROR_KINDS(THRL_KIND_ENUM)
#undef THRL_KIND_ENUM
      THRL_KIND_COUNT
} thrL_kind;

/* Pushes a new error object with kind and message set (message is copied). [-0, +1, m] */
void thrL_error_push(lua_State *L, thrL_kind kind, const char *message, size_t n);
/* The kind that an HTTP status outside 2xx stands for. */
thrL_kind thrL_error_kind(int status);
/* core.error{ kind=, message=, … } → the same table as an error object. Raises on an unknown kind. [-0, +1, e] */
int thrL_error_new(lua_State *L);
/* core.iserror(v) → boolean [-0, +1, -] */
int thrL_error_is(lua_State *L);

#endif
