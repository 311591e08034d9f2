/* client.h — the client userdata: credentials, hosts, network settings and counters. Layer 2.
**
** User value 1 is the client's face, a table that indexing the client indexes: methods and groups. User value 2 is its
** state table (timeouts, hooks, plan …). lua/thrive/client.lua fills both. */
#ifndef THRL_CLIENT_H
#define THRL_CLIENT_H

#include <lauxlib.h>
#include <lua.h>

#include "auth.h"
#include "histogram.h"
#include "retry.h"
#include "throttle.h"
#include "transport.h"

#define THRL_CLIENT "thrive.client"

typedef struct thrL_counters {
  lua_Integer calls, attempts, retries, bytes_sent, bytes_received, connections;
  lua_Integer throttled; /* answers of 429 */
  lua_Integer waits;     /* pauses: of one call before its next attempt, or of all calls after a 429 */
  double waited;         /* their seconds */
} thrL_counters;

typedef struct thrL_client {
  thr_engine *engine; /* one reference; NULL = closed (or not yet open) */
  thr_auth auth;
  thr_netconf net;              /* its strings point into the buffers below */
  thr_buf base[THR_HOST_COUNT]; /* "https://host[:port][/prefix]" */
  thr_buf ca_file, proxy, user_agent;
  thr_retry_budget budget;
  thrL_counters counters;
  thr_throttle throttle;
  thr_histogram latency;         /* seconds of whole answers */
  int concurrency;               /* transfers on the wire at most */
  int reserved;                  /* places kept for calls whose turn it is and which have not started yet */
  struct thrL_transfer *running; /* transfers under way, newest first */
  int running_count;
  int *cancelled;            /* the engine box's flag: some transfer ended by cancelling */
  unsigned long long random; /* state of the jitter's generator */
  int read_only, dry_run, keep_nulls;
} thrL_client;

/* core.client(config) → userdata, state table, face table. Raises on values that C cannot take; returns nil, error object for
** what a user's environment can get wrong. lua/thrive/client.lua is its only caller and documents the fields.
** [-0, +3, e] */
int thrL_client_new(lua_State *L);
/* The client at index, which must be open. Raises "attempt to use a closed client" otherwise. [-0, +0, e] */
thrL_client *thrL_client_check(lua_State *L, int index);
/* Registers the metatable. [-0, +0, m] */
void thrL_client_open(lua_State *L);
/* The functions of thrive.core that take a client (close, tokens). */
extern const luaL_Reg thrL_client_functions[];
/* [0,1) for the retry jitter: a private generator, for math.random belongs to the script. Never fails. */
double thrL_client_random(thrL_client *c);
/* The engine of this Lua state, made on first use. NULL with *why when libcurl cannot be had. [-0, +0, m] */
thr_engine *thrL_engine(lua_State *L, const char **why);
/* 1 when transfers were cancelled by closing a client since the last time it was asked. [-0, +0, m] */
int thrL_take_cancelled(lua_State *L);
/* Pushes the table that maps light userdata (thr_transfer *) to the transfer userdata in flight. [-0, +1, m] */
void thrL_push_inflight(lua_State *L);

#endif
