/* client.c — the client userdata: credentials, hosts, network settings. Layer 2. Sends nothing itself. */
#include "client.h"

#include <lauxlib.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "error.h"
#include "flow.h"
#include "header.h"
#include "transfer.h"
#include "url.h"

/* Keys of the registry are addresses of statics: no name that another module could take. */
static const char engine_key = 'e', clients_key = 'c';

/* --- the engine of a Lua state -------------------------------------------------------------------------------- */

typedef struct engine_box {
  thr_engine *engine;
  int cancelled; /* transfers were cancelled that core.poll has not told of yet */
} engine_box;

/* engine box __gc [-0, +0, -] */
static int engine_gc(lua_State *L) {
  engine_box *box = lua_touserdata(L, 1);
  if (box->engine != NULL)
    thr_engine_unref(box->engine);
  box->engine = NULL;
  return 0;
}

/* Pushes the box, made on first use; its user value 1 is the table of transfers in flight. [-0, +1, m] */
static engine_box *push_engine_box(lua_State *L) {
  engine_box *box;
  luaL_checkstack(L, 4, "no room for the engine");
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &engine_key) == LUA_TUSERDATA)
    return lua_touserdata(L, -1);
  lua_pop(L, 1);
  box = lua_newuserdatauv(L, sizeof *box, 1);
  box->engine = NULL;
  box->cancelled = 0;
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, engine_gc);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_newtable(L);
  lua_setiuservalue(L, -2, 1);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &engine_key);
  return box;
}

thr_engine *thrL_engine(lua_State *L, const char **why) {
  engine_box *box = push_engine_box(L);
  lua_pop(L, 1); /* the registry keeps it */
  /* After a fork the child starts afresh: the parent's connections are the parent's. */
  if (box->engine != NULL && thr_engine_forked(box->engine)) {
    thr_engine_unref(box->engine);
    box->engine = NULL;
  }
  if (box->engine == NULL)
    box->engine = thr_engine_new(why);
  return box->engine;
}

int thrL_take_cancelled(lua_State *L) {
  engine_box *box = push_engine_box(L);
  int cancelled = box->cancelled;
  box->cancelled = 0;
  lua_pop(L, 1);
  return cancelled;
}

void thrL_push_inflight(lua_State *L) {
  push_engine_box(L);
  lua_getiuservalue(L, -1, 1);
  lua_remove(L, -2);
}

/* --- the clients of a Lua state ------------------------------------------------------------------------------- */

/* Pushes the table whose keys are the clients that are alive; it keeps none of them so. [-0, +1, m] */
static void push_clients(lua_State *L) {
  luaL_checkstack(L, 4, "no room for the clients");
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &clients_key) == LUA_TTABLE)
    return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &clients_key);
}

/* core.redact(text) → text, count: the secrets of every open client, in whatever spelling, become '*'; count is the number
** of places. For texts that are shown or kept. [-0, +2, e] */
static int redact(lua_State *L) {
  size_t n, found = 0;
  const char *text = luaL_checklstring(L, 1, &n);
  char *copy = NULL;
  lua_settop(L, 1);
  push_clients(L);
  lua_pushnil(L); /* 3: a copy, made when there is a client at all */
  lua_pushnil(L);
  while (lua_next(L, 2)) {
    thrL_client *c = lua_touserdata(L, -2);
    lua_pop(L, 1);
    if (c->engine == NULL)
      continue;
    if (copy == NULL) {
      copy = lua_newuserdatauv(L, n + 1, 0);
      memcpy(copy, text, n);
      lua_replace(L, 3);
    }
    found += thr_auth_redact(&c->auth, copy, n);
  }
  if (found > 0)
    lua_pushlstring(L, copy, n);
  else
    lua_pushvalue(L, 1);
  lua_pushinteger(L, (lua_Integer)found);
  return 2;
}

/* --- lifetime ------------------------------------------------------------------------------------------------- */

/* Cancels what is under way, wipes every secret, lets go of the engine. Safe on a half-made or closed client. */
static void client_release(thrL_client *c) {
  thr_engine *e = c->engine;
  int h;
  c->engine = NULL; /* closed before anything else */
  if (e == NULL)
    return;
  thrL_transfer_cancel_all(c);
  thr_auth_wipe(&c->auth);
  for (h = 0; h < THR_HOST_COUNT; h++)
    thr_buf_free(&c->base[h]);
  thr_buf_wipe(&c->proxy); /* may hold a password */
  thr_buf_free(&c->ca_file);
  thr_buf_free(&c->user_agent);
  memset(&c->net, 0, sizeof c->net);
  thr_engine_unref(e);
}

/* client __gc [-0, +0, e] */
static int client_gc(lua_State *L) {
  client_release(luaL_checkudata(L, 1, THRL_CLIENT));
  return 0;
}

/* client __close; core.close(client): idempotent. Whoever waits for a place hears of it. [-0, +0, e] */
static int client_close(lua_State *L) {
  thrL_client *c = luaL_checkudata(L, 1, THRL_CLIENT);
  int open = c->engine != NULL;
  client_release(c);
  if (open)
    thrL_flow_freed(L, 1);
  return 0;
}

/* core.closed(client) → boolean [-0, +1, e] */
static int client_closed(lua_State *L) {
  const thrL_client *c = luaL_checkudata(L, 1, THRL_CLIENT);
  lua_pushboolean(L, c->engine == NULL);
  return 1;
}

thrL_client *thrL_client_check(lua_State *L, int index) {
  thrL_client *c = luaL_checkudata(L, index, THRL_CLIENT);
  if (c->engine == NULL) {
    luaL_where(L, 2); /* 1 is the module's function, 2 whoever called it */
    lua_pushliteral(L, "attempt to use a closed client");
    lua_concat(L, 2);
    lua_error(L);
  }
  return c;
}

/* client.key: a method or group: a field of the face table, whose own metatable makes groups on first use. [-0, +1, e] */
static int client_index(lua_State *L) {
  luaL_checkudata(L, 1, THRL_CLIENT);
  lua_getiuservalue(L, 1, 1);
  lua_pushvalue(L, 2);
  lua_gettable(L, -2);
  return 1;
}

/* tostring(client): host and kind of credentials, never a secret. [-0, +1, e] */
static int client_tostring(lua_State *L) {
  const thrL_client *c = luaL_checkudata(L, 1, THRL_CLIENT);
  static const char *const kinds[] = {"no credentials", "basic", "oauth", "bearer", "token header"};
  if (c->engine == NULL)
    lua_pushliteral(L, "thrive.client (closed)");
  else
    lua_pushfstring(L, "thrive.client: %s (%s%s%s)", c->base[THR_HOST_API].data, kinds[c->auth.kind],
                    c->read_only ? ", read only" : "", c->dry_run ? ", dry run" : "");
  return 1;
}

/* --- making one ----------------------------------------------------------------------------------------------- */

/* The text of config field k, or NULL when it is absent. A table { env = NAME } names an environment variable, read
** here so that its value never becomes a Lua string. [-0, +1: an anchor for the text, e] */
static const char *config_text(lua_State *L, const char *k, size_t *n) {
  const char *s = NULL;
  lua_getfield(L, 1, k);
  if (lua_istable(L, -1)) {
    lua_getfield(L, -1, "env");
    s = getenv(luaL_checkstring(L, -1));
    lua_pop(L, 1);
    *n = s == NULL ? 0 : strlen(s);
  } else if (!lua_isnil(L, -1))
    s = luaL_checklstring(L, -1, n);
  return s;
}

/* Fills b with config field k; *out is its text or NULL when absent. [-0, +0, e] */
static void config_buf(lua_State *L, const char *k, thr_buf *b, const char **out) {
  size_t n = 0;
  const char *s = config_text(L, k, &n);
  if (s != NULL) {
    if (strlen(s) != n)
      luaL_error(L, "%s holds a zero byte", k);
    if (thr_buf_append(b, s, n) != 0)
      luaL_error(L, "not enough memory");
    *out = b->data;
  }
  lua_pop(L, 1);
}

/* nil, config error. [-0, +2, m] */
static int config_error(lua_State *L, const char *fmt, const char *a, const char *b) {
  const char *text;
  size_t n;
  lua_pushnil(L);
  lua_pushfstring(L, fmt, a, b);
  text = lua_tolstring(L, -1, &n);
  thrL_error_push(L, THRL_config, text, n);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "sent");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "retryable");
  lua_remove(L, -2);
  return 2;
}

/* Is config field k a table { command = … }? Then it is left on the top. [-0, +0|1, e] */
static int is_command(lua_State *L, const char *k) {
  int is = lua_getfield(L, 1, k) == LUA_TTABLE;
  if (is) {
    is = lua_getfield(L, -1, "command") != LUA_TNIL;
    lua_pop(L, 1);
  }
  if (!is)
    lua_pop(L, 1);
  return is;
}

/* Puts the first line that a command prints into a slot: it never becomes a Lua string. The table { command = a line of the
** shell, name = what messages call it, limit = its seconds (none where it is absent) } is on the top. Returns 0, or the
** number of results of a config error. [-0, +0|2, e] */
static int set_from_command(lua_State *L, thrL_client *c, thr_auth_slot slot) {
  static const char *const reasons[] = {"",
                                        "could not be run: ",
                                        "ended with status ",
                                        "was ended by signal ",
                                        "printed an empty line, or nothing",
                                        "printed a line of more than 65536 bytes",
                                        "was interrupted by signal ",
                                        "did not end within "};
  const char *command, *name;
  thr_buf line = {NULL, 0, 0};
  thr_command_result result;
  int detail = 0, rc = 0;
  double limit;
  lua_getfield(L, -1, "command");
  lua_getfield(L, -2, "name");
  lua_getfield(L, -3, "limit");
  command = luaL_checkstring(L, -3);
  name = luaL_checkstring(L, -2);
  limit = luaL_optnumber(L, -1, 0);
  /* Until the buffer is wiped nothing may raise. */
  result = thr_command_first_line(command, limit, &line, &detail);
  if (result == THR_COMMAND_OK)
    rc = thr_auth_set(&c->auth, slot, line.data, line.len);
  thr_buf_wipe(&line);
  if (rc == -1)
    return luaL_error(L, "not enough memory");
  if (result == THR_COMMAND_OK && rc == 0) {
    lua_pop(L, 3);
    return 0;
  }
  if (result == THR_COMMAND_OK)
    lua_pushfstring(L, "%s printed a control byte", name);
  else if (result == THR_COMMAND_FAILED)
    lua_pushfstring(L, "%s %s%s", name, reasons[result], strerror(detail));
  else if (result == THR_COMMAND_EXITED || result == THR_COMMAND_SIGNALLED ||
           result == THR_COMMAND_INTERRUPTED)
    lua_pushfstring(L, "%s %s%d", name, reasons[result], detail);
  else if (result == THR_COMMAND_LATE)
    lua_pushfstring(L, "%s %s%s s", name, reasons[result], lua_tostring(L, -1));
  else
    lua_pushfstring(L, "%s %s", name, reasons[result]);
  config_error(L, "%s%s", lua_tostring(L, -1), "");
  lua_pushstring(L, result == THR_COMMAND_LATE ? "without a terminal nobody can answer what it may ask"
                                               : "run the command by itself to see why");
  lua_setfield(L, -2, "hint");
  return 2;
}

static int config_flag(lua_State *L, const char *k) {
  int v;
  lua_getfield(L, 1, k);
  v = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return v;
}

static const struct {
  const char *key;
  thr_auth_slot slot;
} secrets[] = {{"tenant_id", THR_AUTH_TENANT_ID},
               {"api_key", THR_AUTH_API_KEY},
               {"client_id", THR_AUTH_CLIENT_ID},
               {"client_secret", THR_AUTH_CLIENT_SECRET},
               {"token", THR_AUTH_TOKEN},
               {"scope", THR_AUTH_SCOPE},
               {"auth_header", THR_AUTH_HEADER_NAME}};

/* A seed that differs between processes and clients; jitter needs no more. */
static unsigned long long seed(const void *p) {
  struct timespec ts = {0, 0};
  clock_gettime(CLOCK_REALTIME, &ts);
  return (unsigned long long)ts.tv_sec * 1000000007ULL ^ (unsigned long long)ts.tv_nsec << 20 ^
         (unsigned long long)getpid() << 40 ^ (unsigned long long)(uintptr_t)p;
}

double thrL_client_random(thrL_client *c) {
  /* splitmix64: one multiplication chain, good enough for spreading retries. */
  unsigned long long z = (c->random += 0x9E3779B97F4A7C15ULL);
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
  z ^= z >> 31;
  return (double)(z >> 11) / 9007199254740992.0;
}

int thrL_client_new(lua_State *L) {
  static const char *const bases[THR_HOST_COUNT] = {"base_url", "webhooks_url"};
  const char *why = NULL, *ignored, *text;
  thrL_client *c;
  thr_origin origin;
  double seconds;
  size_t i, n;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  c = lua_newuserdatauv(L, sizeof *c, 2); /* closed, with its finaliser, before anything can fail */
  memset(c, 0, sizeof *c);
  luaL_setmetatable(L, THRL_CLIENT);
  push_clients(L);
  lua_pushvalue(L, 2);
  lua_pushboolean(L, 1);
  lua_rawset(L, -3);
  lua_settop(L, 2);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setiuservalue(L, 2, 2);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setiuservalue(L, 2, 1);
  c->engine = thrL_engine(L, &why);
  if (c->engine == NULL)
    return config_error(L, "%s%s", why != NULL ? why : "not enough memory", "");
  thr_engine_ref(c->engine);
  c->cancelled = &push_engine_box(L)->cancelled; /* the box lives as long as the state */
  lua_pop(L, 1);

  for (i = 0; i < THR_HOST_COUNT; i++) {
    text = config_text(L, bases[i], &n);
    if (text == NULL)
      return config_error(L, "%s is missing%s", bases[i], "");
    if (thr_url_base(text, n, &c->base[i], &why) != 0)
      return config_error(L, "%s: %s", bases[i], why != NULL ? why : "not enough memory");
    lua_pop(L, 1);
  }
  for (i = 0; i < sizeof secrets / sizeof *secrets; i++) {
    if (is_command(L, secrets[i].key)) {
      int results = set_from_command(L, c, secrets[i].slot);
      if (results != 0)
        return results;
      lua_pop(L, 1);
      continue;
    }
    text = config_text(L, secrets[i].key, &n);
    if (text != NULL) {
      int rc = thr_auth_set(&c->auth, secrets[i].slot, text, n);
      if (rc == -2)
        return config_error(L, "%s holds a control byte (a line break from a file?)%s", secrets[i].key, "");
      if (rc != 0)
        return luaL_error(L, "not enough memory");
    }
    lua_pop(L, 1);
  }
  if (thr_auth_choose(&c->auth, config_flag(L, "token_basic"), &why) != 0)
    return config_error(L, "%s%s", why, "");
  config_buf(L, "ca_file", &c->ca_file, &c->net.ca_file);
  config_buf(L, "proxy", &c->proxy, &c->net.proxy);
  config_buf(L, "user_agent", &c->user_agent, &c->net.user_agent);
  if (!thr_header_value_ok(c->user_agent.data, c->user_agent.len))
    return config_error(L, "user_agent holds a control byte%s%s", "", "");
  lua_getfield(L, 1, "connect_timeout");
  seconds = luaL_checknumber(L, -1);
  c->net.connect_timeout_ms = seconds >= 2147483.0 ? 2147483000L : (long)(seconds * 1000.0);
  if (c->net.connect_timeout_ms < 1)
    c->net.connect_timeout_ms = 1;
  c->net.stall_ms = 30000;
  ignored = NULL;
  /* Inflating costs more than loopback saves. */
  c->net.compress =
      thr_url_origin(c->base[0].data, c->base[0].len, &origin, &ignored) != 0 || !origin.loopback;
  c->net.serial = thr_engine_serial(c->engine);
  c->read_only = config_flag(L, "read_only");
  c->dry_run = config_flag(L, "dry_run");
  c->keep_nulls = config_flag(L, "keep_nulls");
  lua_getfield(L, 1, "concurrency");
  c->concurrency = luaL_checkinteger(L, -1) < INT_MAX ? (int)lua_tointeger(L, -1) : INT_MAX;
  c->budget.tokens = THR_RETRY_BUDGET;
  c->random = seed(c);
  lua_settop(L, 4);
  return 3;
}

/* core.state(client) → its state table [-0, +1, e] */
static int client_state(lua_State *L) {
  thrL_client_check(L, 1);
  lua_getiuservalue(L, 1, 2);
  return 1;
}

/* core.has_env(name) → is that environment variable set and not empty? Its value stays in C. [-0, +1, e] */
static int has_env(lua_State *L) {
  const char *s = getenv(luaL_checkstring(L, 1));
  lua_pushboolean(L, s != NULL && *s != '\0');
  return 1;
}

/* core.env_in(name, text) → does text hold, in whatever spelling, the secret in that environment variable? [-0, +1, e] */
static int env_in(lua_State *L) {
  size_t n, found = 0;
  const char *s = getenv(luaL_checkstring(L, 1)), *text = luaL_checklstring(L, 2, &n);
  char *copy = lua_newuserdatauv(L, n + 1, 0);
  thr_auth auth;
  memset(&auth, 0, sizeof auth);
  memcpy(copy, text, n);
  if (s != NULL && thr_auth_set(&auth, THR_AUTH_TOKEN, s, strlen(s)) == 0)
    found = thr_auth_redact(&auth, copy, n);
  thr_auth_wipe(&auth);
  lua_pushboolean(L, found > 0);
  return 1;
}

/* --- tokens --------------------------------------------------------------------------------------------------- */

static const char *const host_names[] = {"api", "webhooks", NULL};

/* core.token_state(client, host) → "none" (this client needs no token), "fresh", "stale" or "missing" [-0, +1, e] */
static int client_token_state(lua_State *L) {
  const thrL_client *c = thrL_client_check(L, 1);
  int h = luaL_checkoption(L, 2, NULL, host_names);
  if (c->auth.kind != THR_AUTH_OAUTH) {
    lua_pushliteral(L, "none");
    return 1;
  }
  switch (thr_auth_token_state(&c->auth, (thr_host)h, thr_now())) {
  case THR_TOKEN_FRESH:
    lua_pushliteral(L, "fresh");
    break;
  case THR_TOKEN_STALE:
    lua_pushliteral(L, "stale");
    break;
  default:
    lua_pushliteral(L, "missing");
  }
  return 1;
}

/* core.hosts(client) → base_url, webhooks_url [-0, +2, e] */
static int client_hosts(lua_State *L) {
  const thrL_client *c = thrL_client_check(L, 1);
  lua_pushlstring(L, c->base[THR_HOST_API].data, c->base[THR_HOST_API].len);
  lua_pushlstring(L, c->base[THR_HOST_WEBHOOKS].data, c->base[THR_HOST_WEBHOOKS].len);
  return 2;
}

/* core.modes(client) → read only?, dry run? [-0, +2, e] */
static int client_modes(lua_State *L) {
  const thrL_client *c = thrL_client_check(L, 1);
  lua_pushboolean(L, c->read_only);
  lua_pushboolean(L, c->dry_run);
  return 2;
}

const luaL_Reg thrL_client_functions[] = {{"client", thrL_client_new},
                                          {"close", client_close},
                                          {"closed", client_closed},
                                          {"state", client_state},
                                          {"has_env", has_env},
                                          {"env_in", env_in},
                                          {"hosts", client_hosts},
                                          {"modes", client_modes},
                                          {"redact", redact},
                                          {"token_state", client_token_state},
                                          {NULL, NULL}};

void thrL_client_open(lua_State *L) {
  static const luaL_Reg meta[] = {{"__gc", client_gc},       {"__close", client_close},
                                  {"__index", client_index}, {"__tostring", client_tostring},
                                  {"__metatable", NULL},     {NULL, NULL}};
  if (luaL_newmetatable(L, THRL_CLIENT)) {
    luaL_setfuncs(L, meta, 0);
    lua_pushliteral(L, THRL_CLIENT); /* getmetatable gives a name: a script cannot take the finaliser away */
    lua_setfield(L, -2, "__metatable");
  }
  lua_pop(L, 1);
}
