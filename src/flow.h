/* flow.h — how many requests of a client are under way, and how fast they follow each other. Layer 2: thr_throttle and the
** counters of a client, and what core tells Lua of them. Sends nothing itself. */
#ifndef THRL_FLOW_H
#define THRL_FLOW_H

#include <lauxlib.h>
#include <lua.h>

#include "retry.h"
#include "transfer.h"

/* Takes in how an attempt ended: counters, latency, pace. Returns 1 when it was a 429 that holds the client back: the call
** then waits with all the others, and not by itself. Never raises. */
int thrL_flow_ended(thrL_transfer *tr, const thr_retry_out *out, double now);
/* Tells Lua that places of the client at index have come free by cancelling or closing: calls the function
** `freed` of the client's state table with that table; it must not wait. [-0, +0, e] */
void thrL_flow_freed(lua_State *L, int client_index);
/* The functions of thrive.core for the queue of lua/thrive/call.lua, and core.stats. */
extern const luaL_Reg thrL_flow_functions[];

#endif
