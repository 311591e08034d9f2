/* transfer.c — the transfer userdata: starting attempts, polling, deciding what follows. Layer 2.
** What an answer means as a Lua value or an error is in answer.c. */
#include "transfer.h"

#include <lauxlib.h>
#include <math.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "answer.h"
#include "error.h"
#include "flow.h"
#include "header.h"

/* --- lifetime ------------------------------------------------------------------------------------------------- */

/* Blots out what the service has repeated of the client's secrets: when an attempt is over, and not when its answer is
** read, for the client may be closed by then, or hold another token. */
static void redact_answer(thrL_transfer *tr) {
  const thr_transfer *t = &tr->t;
  if (t->rheaders.len > 0)
    thr_auth_redact(&tr->client->auth, t->rheaders.data, t->rheaders.len);
  if (t->rbody.len > 0 && (t->fail != THR_FAIL_NONE || t->status < 200 || t->status >= 300))
    thr_auth_redact(&tr->client->auth, t->rbody.data, t->rbody.len);
}

/* Every transfer that was started comes through here once: before its answer is read or its client's secrets go. */
static void unlink_running(thrL_transfer *tr) {
  if (tr->link != NULL) {
    if (tr->t.state == THR_DONE)
      redact_answer(tr);
    *tr->link = tr->next;
    if (tr->next != NULL)
      tr->next->link = tr->link;
    tr->link = NULL;
    tr->next = NULL;
    tr->client->running_count--;
  }
}

static void link_running(thrL_transfer *tr) {
  thrL_client *c = tr->client;
  tr->next = c->running;
  tr->link = &c->running;
  if (tr->next != NULL)
    tr->next->link = &tr->next;
  c->running = tr;
  c->running_count++;
}

void thrL_transfer_cancel_all(thrL_client *c) {
  if (c->running != NULL && c->cancelled != NULL)
    *c->cancelled = 1;
  while (c->running != NULL) {
    thrL_transfer *tr = c->running;
    thr_transfer_cancel(&tr->t);
    unlink_running(tr);
  }
}

thrL_transfer *thrL_transfer_new(lua_State *L, int client_index, thrL_client *c) {
  thrL_transfer *tr = lua_newuserdatauv(L, sizeof *tr, 3);
  memset(tr, 0, sizeof *tr);
  thr_transfer_init(&tr->t);
  tr->t.owner = tr;
  tr->t.net = &c->net;
  tr->client = c;
  tr->retry_after = -1;
  luaL_setmetatable(L, THRL_TRANSFER);
  lua_pushvalue(L, client_index);
  lua_setiuservalue(L, -2, 1);
  return tr;
}

/* __gc [-0, +0, e] */
static int transfer_gc(lua_State *L) {
  thrL_transfer *tr = luaL_checkudata(L, 1, THRL_TRANSFER);
  unlink_running(tr);
  thr_transfer_cancel(&tr->t);
  if (tr->token_call) {
    thr_buf_wipe(&tr->t.body);
    thr_buf_wipe(&tr->t.rbody);
  }
  thr_transfer_free(&tr->t);
  return 0;
}

static thrL_transfer *check(lua_State *L) { return luaL_checkudata(L, 1, THRL_TRANSFER); }

/* Takes a transfer that no longer runs out of the table that kept it alive. [-0, +0, m] */
static void release(lua_State *L, thrL_transfer *tr) {
  unlink_running(tr);
  thrL_push_inflight(L);
  lua_pushnil(L);
  lua_rawsetp(L, -2, &tr->t);
  lua_pop(L, 1);
}

/* --- starting and waiting ------------------------------------------------------------------------------------- */

const char *thrL_scope_needed(thrL_scope scope) {
  return scope == THRL_SCOPE_READ    ? "api/read or api/all"
         : scope == THRL_SCOPE_WRITE ? "api/write or api/all"
                                     : "api/webhooks or api/all";
}

const char *thrL_scope_held(const thrL_transfer *tr) {
  return tr->client->auth.kind == THR_AUTH_OAUTH ? thr_auth_scope(&tr->client->auth, tr->host) : NULL;
}

/* Is word one of the space-separated words of text? */
static int has_word(const char *text, const char *word) {
  size_t n = strlen(word);
  const char *at = text;
  while ((at = strstr(at, word)) != NULL) {
    if ((at == text || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
      return 1;
    at += n;
  }
  return 0;
}

/* 1 when the scope that the client holds certainly does not allow this. Whether api/write allows reading is not
** documented: the service decides. */
static int lacks_scope(const thrL_transfer *tr) {
  static const char *const words[] = {"api/read", "api/write", "api/webhooks"};
  const char *held = tr->token_call ? NULL : thrL_scope_held(tr);
  if (held == NULL || has_word(held, "api/all") || has_word(held, words[tr->scope]))
    return 0;
  if (tr->scope == THRL_SCOPE_READ && has_word(held, "api/write"))
    return 0;
  /* Only words that we know tell anything. */
  return has_word(held, "api/read") || has_word(held, "api/write") || has_word(held, "api/webhooks");
}

/* Why a request must not leave: "read_only", "planned" (a dry run), "scope", or NULL. */
static const char *guarded(const thrL_transfer *tr) {
  if (tr->token_call)
    return NULL;
  if (tr->write && tr->client->read_only)
    return "read_only";
  if (tr->write && tr->client->dry_run)
    return "planned";
  return lacks_scope(tr) ? "scope" : NULL;
}

/* core.guarded(transfer) → "read_only", "planned", "scope" or nil: to be asked before core.start. [-0, +1, e] */
static int transfer_guarded(lua_State *L) {
  lua_pushstring(L, guarded(check(L)));
  return 1;
}

/* core.writes(transfer) → is it one that read_only refuses and a dry run plans? [-0, +1, e] */
static int transfer_writes(lua_State *L) {
  const thrL_transfer *tr = check(L);
  lua_pushboolean(L, tr->write && !tr->token_call);
  return 1;
}

/* core.mentions(transfer, name) → may the body have a member of that name, at any depth? False is certain: our own JSON
** never writes a letter as an escape. [-0, +1, e] */
static int transfer_mentions(lua_State *L) {
  const thrL_transfer *tr = check(L);
  size_t n;
  const char *name = luaL_checklstring(L, 2, &n);
  const char *at = tr->t.has_body ? tr->t.body.data : NULL;
  const char *end = at != NULL ? at + tr->t.body.len : NULL;
  int found = 0;
  while (!found && at != NULL && (at = memchr(at, '"', (size_t)(end - at))) != NULL) {
    at++;
    found = (size_t)(end - at) > n && at[n] == '"' && memcmp(at, name, n) == 0;
  }
  lua_pushboolean(L, found);
  return 1;
}

/* core.host(transfer) → "api" or "webhooks" [-0, +1, e] */
static int transfer_host(lua_State *L) {
  lua_pushstring(L, check(L)->host == THR_HOST_API ? "api" : "webhooks");
  return 1;
}

/* core.attempts(transfer) → how many were started; may one that was tried again have been acted on? [-0, +2, e] */
static int transfer_attempts(lua_State *L) {
  const thrL_transfer *tr = check(L);
  lua_pushinteger(L, tr->attempts);
  lua_pushboolean(L, tr->acted);
  return 2;
}

/* core.running(client) → number of its transfers on the wire [-0, +1, e] */
static int client_running(lua_State *L) {
  lua_pushinteger(L, thrL_client_check(L, 1)->running_count);
  return 1;
}

/* core.start(transfer, timeout): the one place where requests leave; a write that core.guarded holds back is an error
** here. timeout: seconds for this attempt, connecting included. [-0, +0, e] */
int thrL_transfer_start(lua_State *L) {
  thrL_transfer *tr = check(L);
  thrL_client *c = tr->client;
  double timeout = luaL_checknumber(L, 2);
  if (c->engine == NULL)
    return luaL_error(L, "attempt to use a closed client");
  luaL_argcheck(L, tr->t.state != THR_RUNNING, 1, "the transfer is running already");
  if (guarded(tr) != NULL)
    return luaL_error(L, "a guarded request must not be started");
  if (thr_engine_forked(c->engine))
    return luaL_error(L, "this client was made before a fork: make one in the child");
  /* A millisecond more than asked, for libcurl's clock is coarse: an attempt that ended just before the deadline that
  ** bounds it would leave the next one a moment. */
  timeout = timeout >= 2147483.0 ? 2147483.0 : timeout > 0 ? timeout : 0;
  tr->t.timeout_ms = (long)ceil(timeout * 1000.0) + 1;
  thr_buf_wipe(&tr->t.auth);
  if (tr->token_call) {
    thr_buf_wipe(&tr->t.body);
    if (thr_auth_token_request(&c->auth, &tr->t.body, &tr->t.auth) != 0)
      return luaL_error(L, "not enough memory");
  } else {
    switch (thr_auth_line(&c->auth, tr->host, &tr->t.auth)) {
    case 0:
      break;
    case -2:
      return luaL_error(L, "no token for this host");
    default:
      return luaL_error(L, "not enough memory");
    }
  }
  /* Anchored first: from here on only C that cannot raise. */
  thrL_push_inflight(L);
  lua_pushvalue(L, 1);
  lua_rawsetp(L, -2, &tr->t);
  tr->begun = thr_now();
  tr->generation = thr_auth_token_generation(&c->auth, tr->host);
  if (tr->attempts == 0) {
    tr->started = tr->begun;
    if (!tr->token_call)
      c->counters.calls++;
  }
  tr->attempts++;
  c->counters.attempts++;
  link_running(tr);
  if (thr_engine_start(c->engine, &tr->t) != 0)
    release(L, tr); /* done already: core.decide finds out why */
  return 0;
}

/* core.done(transfer) → boolean [-0, +1, e] */
static int transfer_done(lua_State *L) {
  lua_pushboolean(L, check(L)->t.state != THR_RUNNING);
  return 1;
}

/* __close of a transfer: ends it if it runs; idempotent. One that no poll has let go of yet, because it ended
** inside core.start or with its client, is let go of here, for nobody may poll any more. [-0, +0, e] */
static int transfer_cancel(lua_State *L) {
  thrL_transfer *tr = check(L);
  int running = tr->t.state == THR_RUNNING;
  if (tr->link != NULL || tr->t.fail == THR_FAIL_CANCELLED) {
    thr_transfer_cancel(&tr->t);
    release(L, tr);
  }
  if (running) {
    lua_getiuservalue(L, 1, 1);
    thrL_flow_freed(L, lua_gettop(L));
  }
  return 0;
}

/* core.discard(transfer): ends it if it runs and frees the answer now, for the collector does not know how large it is.
** [-0, +0, e] */
static int transfer_discard(lua_State *L) {
  thrL_transfer *tr = check(L);
  transfer_cancel(L);
  thr_buf_free(&tr->t.rbody);
  return 0;
}

/* core.poll(seconds [, list]) → number of transfers running. Waits at most that long (less as soon as a transfer
** finishes or a signal comes), lets go of finished transfers and appends them to list. [-0, +1, e] */
static int engine_poll(lua_State *L) {
  const char *why = NULL;
  double seconds = luaL_checknumber(L, 1);
  int collect = lua_istable(L, 2), ms, cancelled;
  thr_engine *e = thrL_engine(L, &why);
  thr_transfer *t;
  lua_Integer n = collect ? (lua_Integer)lua_rawlen(L, 2) : 0;
  if (e == NULL)
    return luaL_error(L, "%s", why != NULL ? why : "not enough memory");
  lua_settop(L, 2);
  luaL_checkstack(L, 4, "no room to poll");
  ms = seconds >= 0.25 ? 250 : seconds <= 0 ? 0 : (int)(seconds * 1000.0) + 1;
  thrL_push_inflight(L);
  cancelled = thrL_take_cancelled(L);
  if (thr_engine_poll(e, cancelled ? 0 : ms) < 0)
    return luaL_error(L, "the engine is busy: poll was called from inside poll");
  if (cancelled) {
    /* A client was closed with transfers under way: those who wait for them must hear of it. */
    for (lua_pushnil(L); lua_next(L, 3) != 0;) {
      const thrL_transfer *tr = lua_touserdata(L, -1);
      if (tr->t.state == THR_RUNNING) {
        lua_pop(L, 1);
        continue;
      }
      if (collect)
        lua_rawseti(L, 2, ++n);
      else
        lua_pop(L, 1);
      lua_pushvalue(L, -1);
      lua_pushnil(L);
      lua_rawset(L, 3); /* clearing a field while traversing is allowed */
    }
  }
  while ((t = thr_engine_finished(e)) != NULL) {
    unlink_running(t->owner);
    if (collect) {
      lua_rawgetp(L, 3, t);
      lua_rawseti(L, 2, ++n);
    }
    lua_pushnil(L);
    lua_rawsetp(L, 3, t);
  }
  lua_pushinteger(L, thr_engine_running(e));
  return 1;
}

/* --- after an attempt ----------------------------------------------------------------------------------------- */

/* What the policy says of the attempt that has ended. */
static thr_retry_out judge(thrL_transfer *tr, int max_retries, double deadline, double now) {
  thr_retry_in in;
  const char *value;
  size_t n;
  if (thr_header_get(&tr->t.rheaders, "retry-after", &value, &n))
    tr->retry_after = thr_retry_after(value, n, (int64_t)time(NULL));
  in.method = tr->t.method;
  in.idempotent = tr->idempotent;
  in.attempt = tr->attempts;
  in.max_retries = max_retries;
  in.status = tr->t.status;
  in.fail = tr->t.fail;
  in.sent = tr->t.sent;
  in.retry_after = tr->retry_after;
  in.now = now;
  in.deadline = deadline;
  in.random = thrL_client_random(tr->client);
  in.interrupted_before = tr->acted;
  in.budget = &tr->client->budget;
  return thr_retry_decide(&in);
}

/* core.decide(transfer, max_retries, deadline) → status, attempts, delay, why, held. deadline: on core.now's clock, or nil.
** status: 0 = no whole answer. delay: seconds until the next attempt (the budget is charged), nil = there is none. why: what
** forbids one, or nil. held: it was a 429, and everything of the client waits. [-0, +5, e] */
static int transfer_decide(lua_State *L) {
  thrL_transfer *tr = check(L);
  thrL_client *c = tr->client;
  thr_retry_out out = {THR_RETRY_FINISHED, 0, 0, 0, NULL};
  int max_retries = luaL_checkinteger(L, 2) > 1000000 ? 1000000 : (int)lua_tointeger(L, 2);
  double deadline = luaL_optnumber(L, 3, 0), now;
  int whole = tr->t.fail == THR_FAIL_NONE, held;
  luaL_argcheck(L, tr->t.state == THR_DONE, 1, "the transfer has not finished");
  if (tr->link != NULL) { /* finished inside core.start: no poll has let go of it */
    thr_transfer_cancel(&tr->t);
    release(L, tr);
  }
  tr->retry_after = -1;
  now = thr_now();
  if (whole && tr->t.status >= 200 && tr->t.status < 300)
    thr_retry_refund(&c->budget, tr->retries);
  else
    out = judge(tr, max_retries, deadline, now);
  if (out.action == THR_RETRY_AGAIN) {
    thr_retry_spend(&c->budget);
    tr->retries++;
    if (out.unsettled)
      tr->acted = 1;
  }
  held = thrL_flow_ended(tr, &out, now);
  if (tr->token_call)
    thr_buf_wipe(&tr->t.body);
  tr->action = out.action;
  tr->retryable = out.retryable;
  tr->why = out.why;
  lua_pushinteger(L, whole ? tr->t.status : 0);
  lua_pushinteger(L, tr->attempts);
  if (out.action == THR_RETRY_AGAIN)
    lua_pushnumber(L, out.delay);
  else
    lua_pushnil(L);
  lua_pushstring(L, out.why);
  lua_pushboolean(L, held);
  return 5;
}

/* core.token_drop(transfer): forgets the token that it was sent with, which a 401 has refused, unless it is replaced
** already. [-0, +0, e] */
static int transfer_token_drop(lua_State *L) {
  thrL_transfer *tr = check(L);
  thr_auth_token_drop(&tr->client->auth, tr->host, tr->generation);
  return 0;
}

/* core.accept_token(transfer) → true | nil, error object. Takes the token out of a finished token request without
** making a Lua string of it. [-0, +1|2, e] */
static int transfer_accept_token(lua_State *L) {
  thrL_transfer *tr = check(L);
  const char *why = NULL;
  if (tr->t.fail == THR_FAIL_NONE && tr->t.status >= 200 && tr->t.status < 300) {
    int rc =
        thr_auth_token_accept(&tr->client->auth, tr->host, tr->t.rbody.data != NULL ? tr->t.rbody.data : "",
                              tr->t.rbody.len, thr_now(), &why);
    thr_buf_wipe(&tr->t.rbody);
    if (rc == 0) {
      lua_pushboolean(L, 1);
      return 1;
    }
    lua_pushnil(L);
    thrL_answer_error(L, tr, THRL_decode, why != NULL ? why : "not enough memory", NULL);
    return 2;
  }
  return thrL_answer_result(L, tr);
}

/* Takes every line of that name out of the block. */
static void drop_header(thr_buf *block, const char *name, size_t n) {
  size_t at = 0;
  while (at < block->len) {
    char *line = block->data + at;
    size_t len = strlen(line) + 1;
    if (len > n && line[n] == ':' && strncasecmp(line, name, n) == 0) {
      memmove(line, line + len, block->len - at - len);
      block->len -= len;
    } else
      at += len;
  }
}

/* core.add_headers(transfer, headers): per-call headers, { name = value }; a name set twice is sent as the last one
** says. → true | nil, message. [-0, +1|2, e] */
static int transfer_add_headers(lua_State *L) {
  static const char *const ours[] = {"authorization",     "content-length", "host",
                                     "transfer-encoding", "connection",     "x-api-token"};
  thrL_transfer *tr = check(L);
  const char *token_header =
      tr->client->auth.slot[THR_AUTH_HEADER_NAME].data; /* what Aptem's token goes in */
  luaL_checktype(L, 2, LUA_TTABLE);
  for (lua_pushnil(L); lua_next(L, 2) != 0; lua_pop(L, 1)) {
    const char *name, *value;
    size_t nn, vn, i;
    thr_buf lower = {NULL, 0, 0};
    int rc, reserved = 0;
    if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING) {
      lua_pushnil(L);
      lua_pushliteral(L, "headers must map strings to strings");
      return 2;
    }
    name = lua_tolstring(L, -2, &nn);
    value = lua_tolstring(L, -1, &vn);
    if (thr_buf_append(&lower, name, nn) != 0)
      return luaL_error(L, "not enough memory");
    for (i = 0; i < nn; i++)
      if (lower.data[i] >= 'A' && lower.data[i] <= 'Z')
        lower.data[i] = (char)(lower.data[i] + 32);
    for (i = 0; i < sizeof ours / sizeof *ours; i++)
      reserved |= lower.data != NULL && strcmp(lower.data, ours[i]) == 0;
    reserved |= token_header != NULL && strcasecmp(name, token_header) == 0;
    thr_buf_free(&lower);
    if (!reserved)
      drop_header(&tr->t.headers, name, nn);
    rc = reserved ? -3 : thr_header_add(&tr->t.headers, name, nn, value, vn);
    if (rc == -1)
      return luaL_error(L, "not enough memory");
    if (rc != 0) {
      lua_pushnil(L);
      lua_pushfstring(L, rc == -3 ? "header '%s' is set by the client itself" : "header '%s' is not valid",
                      name);
      return 2;
    }
  }
  lua_pushboolean(L, 1);
  return 1;
}

/* core.now() → seconds on the monotonic clock of every deadline [-0, +1, -] */
static int core_now(lua_State *L) {
  lua_pushnumber(L, thr_now());
  return 1;
}

/* core.heed(keep): a Ctrl-C also ends a wait in a coroutine. The handler of lua (and of thrivelua) puts a hook into the main
** thread, which has no turn while a coroutine of the script waits: the hook moves to the coroutine that calls, or, with
** keep, is copied there, to be met again by the main thread. A hook of debug.sethook is the script's and stays where it
** is; it is known by its entry in the registry. [-0, +0, e] */
static int core_heed(lua_State *L) {
  const int all = LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT;
  int keep = lua_toboolean(L, 1);
  lua_State *main_thread;
  lua_Hook hook;
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  main_thread = lua_tothread(L, -1);
  if (main_thread == NULL || main_thread == L)
    return 0;
  hook = lua_gethook(main_thread);
  if (hook == NULL || lua_gethookmask(main_thread) != all || lua_gethookcount(main_thread) != 1)
    return 0;
  if (lua_getfield(L, LUA_REGISTRYINDEX, "_HOOKKEY") == LUA_TTABLE) {
    lua_pushvalue(L, -2);
    if (lua_rawget(L, -2) != LUA_TNIL)
      return 0;
  }
  if (!keep)
    lua_sethook(main_thread, NULL, 0, 0);
  lua_sethook(L, hook, all, 1);
  return 0;
}

const luaL_Reg thrL_transfer_functions[] = {{"start", thrL_transfer_start},
                                            {"guarded", transfer_guarded},
                                            {"writes", transfer_writes},
                                            {"mentions", transfer_mentions},
                                            {"host", transfer_host},
                                            {"attempts", transfer_attempts},
                                            {"running", client_running},
                                            {"done", transfer_done},
                                            {"discard", transfer_discard},
                                            {"poll", engine_poll},
                                            {"decide", transfer_decide},
                                            {"token_drop", transfer_token_drop},
                                            {"accept_token", transfer_accept_token},
                                            {"add_headers", transfer_add_headers},
                                            {"now", core_now},
                                            {"heed", core_heed},
                                            {NULL, NULL}};

void thrL_transfer_open(lua_State *L) {
  if (luaL_newmetatable(L, THRL_TRANSFER)) {
    lua_pushcfunction(L, transfer_gc);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, transfer_cancel); /* the answer that it holds stays */
    lua_setfield(L, -2, "__close");
    lua_pushliteral(L, THRL_TRANSFER);
    lua_setfield(L, -2, "__metatable");
  }
  lua_pop(L, 1);
}
