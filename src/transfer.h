/* transfer.h — the transfer userdata: one prepared request, its attempts and the answer. Layer 2.
**
** User value 1 is the client, 2 the name of the operation, 3 the operation (or nil): they outlive the transfer.
** Life: made by map.c (prepared), core.start (running, anchored in the in-flight table), core.poll (done),
** core.decide, core.result. A transfer may be started again after it is done: that is a retry. */
#ifndef THRL_TRANSFER_H
#define THRL_TRANSFER_H

#include <lauxlib.h>
#include <lua.h>

#include "client.h"
#include "transport.h"

#define THRL_TRANSFER "thrive.transfer"

/* What a successful answer must be. */
typedef enum thrL_expect {
  THRL_EXPECT_ANY,    /* the escape hatch: JSON if it is, else nil */
  THRL_EXPECT_OBJECT, /* a record */
  THRL_EXPECT_LIST,   /* { results = … } or a bare array */
  THRL_EXPECT_ARRAY,  /* a bare array */
  THRL_EXPECT_NOTHING /* any 2xx: true */
} thrL_expect;

/* What a token must allow. Source: Thrive's apidocs, "OAuth API authentication". */
typedef enum thrL_scope { THRL_SCOPE_READ, THRL_SCOPE_WRITE, THRL_SCOPE_WEBHOOKS } thrL_scope;

typedef struct thrL_transfer {
  thr_transfer t;
  thrL_client *client;                /* user value 1 */
  struct thrL_transfer *next, **link; /* the client's list of running transfers; link NULL = not in it */
  thr_host host;
  thrL_expect expect;
  thrL_scope scope;
  const char *key;  /* of a record of the answer; belongs to the operation (user value 3) */
  const void *kind; /* answers of one kind look alike: that of the operation, or NULL */
  int idempotent;
  int write;      /* refused by read_only, planned by dry_run */
  int token_call; /* the token request itself: no Authorization from the client, never planned or refused */
  int attempts;
  int retries;             /* of these, what the budget was charged for */
  int acted;               /* an earlier attempt of this call may have been acted on */
  int done_after_retry[2]; /* statuses that mean "done already" after such an attempt; 0 = none */
  double started;          /* thr_now() of the first attempt */
  double begun;            /* thr_now() of the last one */
  unsigned generation;     /* of the token that the last attempt was sent with */
  double retry_after;      /* seconds, of the last answer; < 0 = none */
  thr_retry_action action; /* what core.decide said of the last attempt */
  int retryable;
  const char *why;
  uint64_t fingerprint; /* of the list that the answer was, see core.fingerprint; 0 = none */
  size_t path_at;       /* where the path starts in t.url, the client's prefix included */
} thrL_transfer;

/* Pushes a zeroed transfer of the client at index (absolute). Set its request up next. [-0, +1, m] */
thrL_transfer *thrL_transfer_new(lua_State *L, int client_index, thrL_client *c);
/* The scopes that allow what the transfer does, for messages: "api/write or api/all". Never NULL. */
const char *thrL_scope_needed(thrL_scope scope);
/* The scope that the client's token has or will have, NULL when nobody can tell (no OAuth, or none asked for). */
const char *thrL_scope_held(const thrL_transfer *tr);
/* Cancels every running transfer of a client; never raises. Waiters see them as done and cancelled. */
void thrL_transfer_cancel_all(thrL_client *c);
/* core.start, for core.launch. [-0, +0, e] */
int thrL_transfer_start(lua_State *L);
/* The functions of thrive.core that take a transfer. */
extern const luaL_Reg thrL_transfer_functions[];
/* Registers the metatable. [-0, +0, m] */
void thrL_transfer_open(lua_State *L);

#endif
