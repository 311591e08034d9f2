/* flow.c — how many requests of a client are under way, and how fast they follow each other. Layer 2. */
#include "flow.h"

#include <lauxlib.h>

int thrL_flow_ended(thrL_transfer *tr, const thr_retry_out *out, double now) {
  thrL_client *c = tr->client;
  thrL_counters *k = &c->counters;
  const thr_transfer *t = &tr->t;
  int again = out->action == THR_RETRY_AGAIN, held = 0;
  double pause = again ? out->delay : 0;
  k->bytes_sent += (lua_Integer)t->sent_bytes;
  k->bytes_received += (lua_Integer)t->wire_bytes;
  k->connections += t->new_connections;
  k->retries += again;
  if (t->status == 429) {
    double asked = tr->retry_after, wait = pause;
    k->throttled++;
    /* What the policy adds, lest clients come back in step, is too much for all the calls of one. A call that was not asked
    ** to wait and is not tried again says nothing of the others. */
    if (asked >= 0)
      wait = again && pause < asked + 1 ? pause : asked + (again ? 1 : 0);
    held = wait > 0;
    pause = thr_throttle_refuse(&c->throttle, tr->begun, now, wait);
  } else if (t->status != 0)
    thr_throttle_answer(&c->throttle, now);
  if (t->status != 0 && t->fail == THR_FAIL_NONE && !tr->token_call)
    thr_histogram_add(&c->latency, t->timings.total);
  if (pause > 0) {
    k->waits++;
    k->waited += pause;
  }
  return held;
}

/* Seconds until the client's next request may start: 0 without looking at the clock as long as there was no 429. */
static double turn(thrL_client *c) {
  double now, delay;
  if (c->throttle.until == 0)
    return 0;
  now = thr_now();
  delay = thr_throttle_delay(&c->throttle, now);
  if (delay == 0)
    thr_throttle_start(&c->throttle, now);
  return delay;
}

static int is_full(const thrL_client *c) { return c->running_count + c->reserved >= c->concurrency; }

/* core.launch(transfer, timeout) → boolean: core.start, if there is a place and it may start now; else false, and
** nothing has happened. [-0, +1, e] */
static int flow_launch(lua_State *L) {
  const thrL_transfer *tr = luaL_checkudata(L, 1, THRL_TRANSFER);
  thrL_client *c = tr->client;
  if (c->engine == NULL || is_full(c) || turn(c) > 0)
    lua_pushboolean(L, 0);
  else {
    lua_settop(L, 2);
    thrL_transfer_start(L);
    lua_pushboolean(L, 1);
  }
  return 1;
}

/* core.admit(client, anyhow) → 0: a place is reserved, until core.leave; seconds > 0: ask again then; nil: no place is free,
** who leaves one calls the next. anyhow: reserved places do not count. A closed client lets everybody in, who then finds
** out. [-0, +1, e] */
static int flow_admit(lua_State *L) {
  thrL_client *c = luaL_checkudata(L, 1, THRL_CLIENT);
  double delay = 0;
  if (c->engine != NULL && (lua_toboolean(L, 2) ? c->running_count >= c->concurrency : is_full(c))) {
    lua_pushnil(L);
    return 1;
  }
  if (c->engine != NULL)
    delay = turn(c);
  if (delay == 0)
    c->reserved++;
  lua_pushnumber(L, delay);
  return 1;
}

/* core.leave(client): gives a reserved place back. [-0, +0, e] */
static int flow_leave(lua_State *L) {
  thrL_client *c = luaL_checkudata(L, 1, THRL_CLIENT);
  c->reserved--;
  return 0;
}

/* core.pause(client) → seconds until the pause that the service has asked for is over, 0 = there is none [-0, +1, e] */
static int flow_pause(lua_State *L) {
  const thrL_client *c = luaL_checkudata(L, 1, THRL_CLIENT);
  lua_pushnumber(L, c->throttle.until == 0 ? 0 : thr_throttle_pause(&c->throttle, thr_now()));
  return 1;
}

void thrL_flow_freed(lua_State *L, int client_index) {
  int top = lua_gettop(L);
  luaL_checkstack(L, 3, "no room to pass a place on");
  if (lua_getiuservalue(L, client_index, 2) == LUA_TTABLE && lua_getfield(L, -1, "freed") == LUA_TFUNCTION) {
    lua_pushvalue(L, -2);
    lua_call(L, 1, 0);
  }
  lua_settop(L, top);
}

static void set_integer(lua_State *L, const char *name, lua_Integer value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, name);
}

static void set_number(lua_State *L, const char *name, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

/* core.stats(client) → table of counters since the client was made; client:stats() documents it [-0, +1, e] */
static int flow_stats(lua_State *L) {
  const thrL_client *c = luaL_checkudata(L, 1, THRL_CLIENT);
  const thrL_counters *k = &c->counters;
  double rate = thr_throttle_rate(&c->throttle, thr_now());
  lua_createtable(L, 0, 13);
  set_integer(L, "calls", k->calls);
  set_integer(L, "attempts", k->attempts);
  set_integer(L, "retries", k->retries);
  set_integer(L, "waits", k->waits);
  set_number(L, "waited", k->waited);
  set_integer(L, "throttled", k->throttled);
  set_integer(L, "bytes", k->bytes_sent + k->bytes_received);
  set_integer(L, "bytes_sent", k->bytes_sent);
  set_integer(L, "bytes_received", k->bytes_received);
  set_integer(L, "connections", k->connections);
  if (rate > 0)
    set_number(L, "rate", rate);
  if (c->latency.total > 0) {
    set_number(L, "p50", thr_histogram_quantile(&c->latency, 0.5));
    set_number(L, "p95", thr_histogram_quantile(&c->latency, 0.95));
  }
  return 1;
}

/* core.traffic(transfer) → of its last attempt: bytes sent, bytes received, connections opened, why no whole answer came (a
** line without secrets, nil when one came) [-0, +4, e] */
static int flow_traffic(lua_State *L) {
  const thrL_transfer *tr = luaL_checkudata(L, 1, THRL_TRANSFER);
  const thr_transfer *t = &tr->t;
  lua_pushinteger(L, (lua_Integer)t->sent_bytes);
  lua_pushinteger(L, (lua_Integer)t->wire_bytes);
  lua_pushinteger(L, t->new_connections);
  if (t->fail == THR_FAIL_NONE)
    lua_pushnil(L);
  else
    lua_pushstring(L, t->error != NULL && t->error[0] != '\0' ? t->error : "no answer");
  return 4;
}

/* core.fds() → { { fd =, read =, write = }, … }, seconds | nil: see thr_engine_fds [-0, +2, e] */
static int flow_fds(lua_State *L) {
  const char *why = NULL;
  thr_engine *e = thrL_engine(L, &why);
  thr_fd *list = NULL;
  long timeout_ms;
  int i, n = 0, room;
  if (e == NULL)
    return luaL_error(L, "%s", why != NULL ? why : "not enough memory");
  room = 2 * thr_engine_running(e) + 8;
  do {
    if (n > room)
      room = n;
    lua_settop(L, 0);
    list = lua_newuserdatauv(L, (size_t)room * sizeof *list, 0);
    n = thr_engine_fds(e, list, room, &timeout_ms);
  } while (n > room);
  if (n < 0)
    return luaL_error(L, "the descriptors of the transfers cannot be had");
  lua_createtable(L, n, 0);
  for (i = 0; i < n; i++) {
    lua_createtable(L, 0, 3);
    set_integer(L, "fd", list[i].fd);
    lua_pushboolean(L, list[i].read);
    lua_setfield(L, -2, "read");
    lua_pushboolean(L, list[i].write);
    lua_setfield(L, -2, "write");
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  if (timeout_ms < 0)
    lua_pushnil(L);
  else
    lua_pushnumber(L, (double)timeout_ms / 1000);
  return 2;
}

const luaL_Reg thrL_flow_functions[] = {
    {"fds", flow_fds},     {"launch", flow_launch}, {"admit", flow_admit},     {"leave", flow_leave},
    {"pause", flow_pause}, {"stats", flow_stats},   {"traffic", flow_traffic}, {NULL, NULL}};
