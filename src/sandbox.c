/* sandbox.c — the sandbox's HTTP side, module thrive.sandbox.http. Owns: the libmicrohttpd daemon, its threads and the
** server's own lua_State. How an answer leaves, or fails to, is sandbox_send.c. Knows nothing about the tenant:
** lua/thrive/sandbox/server.lua decides every answer.
** Must not touch the client's core: the sandbox is the second opinion.
**
** Threads. libmicrohttpd gives each connection a thread. The server's lua_State is only ever used under `lock`, which is
** held while Lua decides an answer and never while anything sleeps or sends. The state that loaded this module and the
** server's state share nothing but bytes. No Lua error can leave a lua_pcall here, so no longjmp passes through a
** libmicrohttpd frame or a held lock. */
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "sandbox_send.h"

#define SERVER_TYPE "thrive.sandbox.http"
#define BOX_TYPE "thrive.sandbox.box"
#define BODY_LIMIT ((size_t)16 * 1024 * 1024)
#define CONNECTION_MEMORY ((size_t)64 * 1024)
#define THREAD_STACK ((size_t)2 * 1024 * 1024) /* musl's 128 KiB are too few for Lua at its deepest */

/* A connection that is open. */
typedef struct peer {
  struct peer *next, **link; /* link: the pointer that points here */
  uintptr_t number;
  int fd;
} peer;

typedef struct server {
  struct MHD_Daemon *daemon;
  lua_State *L;         /* the server's own state; only under lock */
  pthread_mutex_t lock; /* around L, connections, peers and stopping */
  pthread_cond_t alone; /* the last peer has gone */
  peer *peers;
  int stopping;
  sbx_gate gate;         /* ends the sleeps of all connections */
  uintptr_t connections; /* connections accepted so far */
  pid_t owner;           /* a forked child has no server threads and must not join them */
  unsigned port;
} server;

/* One request, from its request line to its end. Made in on_target, freed in on_completed. */
typedef struct exchange {
  server *s;
  char *target; /* request target as received, nothing decoded */
  sbx_bytes body;
  sbx_bytes headers; /* as in answer */
  int began, too_large, oom;
  sbx_answer a;
} exchange;

static void exchange_free(exchange *x) {
  if (x == NULL)
    return;
  free(x->target);
  sbx_bytes_free(&x->body);
  sbx_bytes_free(&x->headers);
  sbx_answer_free(&x->a);
  free(x);
}

/* now() → milliseconds since the epoch, for the server's Lua (os.time has only seconds).  [-0, +1] */
static int lua_now(lua_State *L) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  lua_pushinteger(L, (lua_Integer)t.tv_sec * 1000 + t.tv_nsec / 1000000);
  return 1;
}

/* ---- the Lua side of one request ---- */

/* Copies the string at `index` into *to; raises (inside the pcall of decide) when it is none or memory is out. */
static void copy_string(lua_State *L, int index, sbx_bytes *to) {
  size_t n;
  const char *p = luaL_checklstring(L, index, &n);
  if (sbx_bytes_add(to, p, n) != 0)
    luaL_error(L, "not enough memory for the answer");
}

static double number_field(lua_State *L, int index, const char *name, double otherwise) {
  double value = otherwise;
  if (lua_getfield(L, index, name) != LUA_TNIL)
    value = luaL_checknumber(L, -1);
  lua_pop(L, 1);
  return value;
}

/* Reads the third result of the answering function: what to do to the answer on its way out. */
static void read_plan(lua_State *L, int index, sbx_answer *a) {
  luaL_checktype(L, index, LUA_TTABLE);
  a->delay = number_field(L, index, "delay", 0);
  a->drip_every = number_field(L, index, "drip_every", 0);
  a->drip_bytes = (size_t)number_field(L, index, "drip_bytes", 0);
  a->truncate = (int64_t)number_field(L, index, "truncate", -1);
  a->fill = (uint64_t)number_field(L, index, "fill", 0);
  lua_getfield(L, index, "reset");
  a->reset = lua_toboolean(L, -1);
  if (lua_getfield(L, index, "tail") != LUA_TNIL)
    copy_string(L, -1, &a->tail);
  lua_pop(L, 2);
}

struct decide_args {
  exchange *x;
  const char *method;
  uintptr_t connection;
};

/* Asks the server's Lua for the answer to one request. [-1, +0, e]; runs under lua_pcall and under lock. */
static int decide(lua_State *L) {
  struct decide_args *d = lua_touserdata(L, 1);
  exchange *x = d->x;
  const char *p = x->headers.data, *end = x->headers.data + x->headers.len;
  lua_Integer i = 0, n;
  lua_settop(L, 0);
  lua_getfield(L, LUA_REGISTRYINDEX, SERVER_TYPE ".answer");
  lua_pushstring(L, d->method);
  lua_pushstring(L, x->target);
  lua_newtable(L);
  while (p != NULL && p < end) { /* names and values alternate */
    lua_pushstring(L, p);
    lua_rawseti(L, -2, ++i);
    p += strlen(p) + 1;
  }
  lua_pushlstring(L, x->body.data != NULL ? x->body.data : "", x->body.len);
  lua_pushinteger(L, (lua_Integer)d->connection);
  lua_pushboolean(L, x->too_large);
  lua_call(L, 6, 4); /* → status, body, headers {name, value, …}, plan or nil */
  x->a.status = (unsigned)luaL_checkinteger(L, 1);
  copy_string(L, 2, &x->a.body);
  luaL_checktype(L, 3, LUA_TTABLE);
  n = luaL_len(L, 3);
  if (n % 2 != 0)
    return luaL_error(L, "a header without a value");
  for (i = 1; i <= n; i++) {
    size_t k, from = x->a.headers.len;
    lua_rawgeti(L, 3, i);
    copy_string(L, -1, &x->a.headers);
    for (k = from; k < x->a.headers.len; k++) { /* else one header could smuggle in another */
      if ((unsigned char)x->a.headers.data[k] < ' ' && x->a.headers.data[k] != '\t')
        return luaL_error(L, "a header with control characters");
    }
    x->a.headers.len++; /* keep the NUL */
    lua_pop(L, 1);
  }
  x->a.truncate = -1;
  if (!lua_isnil(L, 4))
    read_plan(L, 4, &x->a);
  return 0;
}

/* ---- libmicrohttpd's callbacks, in a connection's thread ---- */

/* The request line: the only place that sees the target before anything is decoded. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *c) {
  exchange *x = calloc(1, sizeof(*x));
  size_t n = strlen(target) + 1;
  (void)c;
  if (x == NULL)
    return NULL;
  x->s = cls;
  x->target = malloc(n);
  if (x->target == NULL) {
    free(x);
    return NULL;
  }
  memcpy(x->target, target, n);
  return x;
}

static void on_completed(void *cls, struct MHD_Connection *c, void **con_cls,
                         enum MHD_RequestTerminationCode why) {
  (void)cls;
  (void)c;
  (void)why;
  exchange_free(*con_cls);
  *con_cls = NULL;
}

static enum MHD_Result on_accept(void *cls, const struct sockaddr *address, socklen_t n) {
  server *s = cls;
  int stopping;
  (void)address;
  (void)n;
  pthread_mutex_lock(&s->lock);
  stopping = s->stopping;
  pthread_mutex_unlock(&s->lock);
  return stopping ? MHD_NO : MHD_YES;
}

/* The end is told by the daemon's thread, before it closes the socket: the descriptor of a listed peer is its own. */
static void on_connection(void *cls, struct MHD_Connection *c, void **socket_context,
                          enum MHD_ConnectionNotificationCode what) {
  server *s = cls;
  peer *p = *socket_context;
  if (what == MHD_CONNECTION_NOTIFY_STARTED) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    p = calloc(1, sizeof(*p));
    if (p == NULL || info == NULL) {
      free(p);
      return; /* its requests have the number 0 */
    }
    p->fd = info->connect_fd;
    *socket_context = p;
    pthread_mutex_lock(&s->lock);
    p->number = ++s->connections;
    p->next = s->peers;
    p->link = &s->peers;
    if (p->next != NULL)
      p->next->link = &p->next;
    s->peers = p;
    if (s->stopping)
      shutdown(p->fd, SHUT_RDWR);
    pthread_mutex_unlock(&s->lock);
  } else if (p != NULL) {
    pthread_mutex_lock(&s->lock);
    *p->link = p->next;
    if (p->next != NULL)
      p->next->link = p->link;
    if (s->peers == NULL)
      pthread_cond_broadcast(&s->alone);
    pthread_mutex_unlock(&s->lock);
    free(p);
    *socket_context = NULL;
  }
}

static enum MHD_Result on_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value) {
  exchange *x = cls;
  (void)kind;
  if (value == NULL)
    value = "";
  if (sbx_bytes_add(&x->headers, name, strlen(name) + 1) != 0 ||
      sbx_bytes_add(&x->headers, value, strlen(value) + 1) != 0) {
    x->oom = 1;
    return MHD_NO;
  }
  return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_size,
                                  void **con_cls) {
  server *s = cls;
  exchange *x = *con_cls;
  const union MHD_ConnectionInfo *info;
  struct decide_args d;
  int failed = 0;
  (void)url;
  (void)version;
  if (x == NULL)
    return MHD_NO;
  if (!x->began) { /* headers are here, the body is to come */
    x->began = 1;
    return MHD_YES;
  }
  if (*upload_size > 0) {
    if (x->body.len + *upload_size > BODY_LIMIT)
      x->too_large = 1; /* the rest is read and dropped, so that the answer can be sent */
    else if (sbx_bytes_add(&x->body, upload, *upload_size) != 0)
      return MHD_NO;
    *upload_size = 0;
    return MHD_YES;
  }
  MHD_get_connection_values(c, MHD_HEADER_KIND, on_header, x);
  if (x->oom)
    return MHD_NO;
  info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  d.x = x;
  d.method = method;
  d.connection = (info != NULL && info->socket_context != NULL) ? ((peer *)info->socket_context)->number : 0;
  pthread_mutex_lock(&s->lock);
  lua_pushcfunction(s->L, decide);
  lua_pushlightuserdata(s->L, &d);
  if (lua_pcall(s->L, 1, 0, 0) != LUA_OK) {
    const char *message = lua_tostring(s->L, -1);
    failed = sbx_answer_failed(&x->a, (message != NULL) ? message : "an error that is not a string");
    lua_pop(s->L, 1);
  }
  pthread_mutex_unlock(&s->lock);
  return failed ? MHD_NO : sbx_answer_send(&s->gate, c, &x->a);
}

/* ---- life of a server ---- */

/* Joins every thread; idempotent. Sleeping connections are woken, the others find their socket shut down. They end
** before the daemon is stopped, because libmicrohttpd 0.9.75 crashes when it answers nonsense (400, 431 …) by itself
** while it is being stopped: its MHD_queue_response then takes no response, and it sends the one that is not there. */
static void server_quiet(server *s) {
  struct timespec until;
  const peer *p;
  if (s->daemon == NULL)
    return;
  sbx_gate_stop(&s->gate);
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 5; /* never seen to take long; better a risk then than to wait for ever */
  pthread_mutex_lock(&s->lock);
  s->stopping = 1;
  for (p = s->peers; p != NULL; p = p->next)
    shutdown(p->fd, SHUT_RDWR);
  while (s->peers != NULL && pthread_cond_timedwait(&s->alone, &s->lock, &until) != ETIMEDOUT) {
  }
  pthread_mutex_unlock(&s->lock);
  MHD_stop_daemon(s->daemon);
  s->daemon = NULL;
}

static void server_free(server *s) {
  if (s->owner != getpid())
    return; /* a forked child: the threads and their locks stayed in the parent, so leave everything as it is */
  server_quiet(s);
  if (s->L != NULL)
    lua_close(s->L);
  sbx_gate_destroy(&s->gate);
  pthread_cond_destroy(&s->alone);
  pthread_mutex_destroy(&s->lock);
  free(s);
}

static server *server_new(void) {
  server *s = calloc(1, sizeof(*s));
  if (s == NULL)
    return NULL;
  if (sbx_gate_init(&s->gate) != 0) {
    free(s);
    return NULL;
  }
  if (pthread_mutex_init(&s->lock, NULL) != 0) {
    sbx_gate_destroy(&s->gate);
    free(s);
    return NULL;
  }
  if (pthread_cond_init(&s->alone, NULL) != 0) {
    pthread_mutex_destroy(&s->lock);
    sbx_gate_destroy(&s->gate);
    free(s);
    return NULL;
  }
  s->owner = getpid();
  return s;
}

struct open_args {
  const char *config, *path, *cpath, *module;
  size_t config_len;
  void (*preload)(lua_State *);
};

/* Fills a fresh state and keeps the two functions that the server's Lua gives.  [-1, +0, e]; runs under lua_pcall. */
static int open_state(lua_State *L) {
  const struct open_args *o = lua_touserdata(L, 1);
  lua_settop(L, 0);
  luaL_openlibs(L);
  lua_getglobal(L, "package");
  lua_pushstring(L, o->path);
  lua_setfield(L, 1, "path");
  lua_pushstring(L, o->cpath);
  lua_setfield(L, 1, "cpath");
  if (o->preload != NULL)
    o->preload(L);
  lua_settop(L, 0);
  lua_getglobal(L, "require");
  lua_pushstring(L, o->module);
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "open");
  lua_pushlstring(L, o->config, o->config_len);
  lua_pushcfunction(L, lua_now);
  lua_call(L, 2, 2);
  luaL_checktype(L, -1, LUA_TFUNCTION);
  lua_setfield(L, LUA_REGISTRYINDEX, SERVER_TYPE ".command");
  luaL_checktype(L, -1, LUA_TFUNCTION);
  lua_setfield(L, LUA_REGISTRYINDEX, SERVER_TYPE ".answer");
  return 0;
}

static struct MHD_Daemon *start_daemon(server *s) {
  struct sockaddr_in address;
  struct MHD_Daemon *d;
  sigset_t all, before;
  memset(&address, 0, sizeof(address));
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  /* The host's signals are for the host's thread: Ctrl-C must interrupt the script, not a server thread. The threads
  ** inherit this mask; the signals that a fault raises stay as they are. */
  sigfillset(&all);
  sigdelset(&all, SIGSEGV);
  sigdelset(&all, SIGBUS);
  sigdelset(&all, SIGFPE);
  sigdelset(&all, SIGILL);
  sigdelset(&all, SIGABRT);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  d = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL |
                           MHD_USE_ITC,
                       0, on_accept, s, on_request, s, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
                       MHD_OPTION_URI_LOG_CALLBACK, on_target, s, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
                       s, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                       CONNECTION_MEMORY, MHD_OPTION_CONNECTION_LIMIT, (unsigned int)1000,
                       MHD_OPTION_THREAD_STACK_SIZE, THREAD_STACK, MHD_OPTION_END);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return d;
}

/* ---- the module ---- */

static server **check_server(lua_State *L) { return luaL_checkudata(L, 1, SERVER_TYPE); }

static server *live_server(lua_State *L) {
  server *s = *check_server(L);
  if (s == NULL)
    luaL_error(L, "the sandbox is stopped");
  else if (s->owner != getpid())
    luaL_error(L, "the sandbox belongs to the process that started it, not to a fork of it");
  return s;
}

static const char *package_field(lua_State *L, const char *name) {
  const char *value;
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, LUA_LOADLIBNAME);
  value = (lua_istable(L, -1) && lua_getfield(L, -1, name) == LUA_TSTRING) ? lua_tostring(L, -1) : "";
  return value; /* stays on the stack, and so alive */
}

/* start(config, module) → server | nil, message.  [-2, +1|+2, m] `module` is required in the server's state and its
** open(config, now) called there, which gives answer(method, target, headers, body, connection, too_large) and
** command(text). */
static int http_start(lua_State *L) {
  struct open_args o;
  const char *why = NULL;
  const union MHD_DaemonInfo *info;
  server **box, *s;
  memset(&o, 0, sizeof(o));
  o.config = luaL_checklstring(L, 1, &o.config_len);
  o.module = luaL_checkstring(L, 2);
  lua_settop(L, 2);
  box = lua_newuserdatauv(L, sizeof(*box), 0); /* a pointer; NOLINT(bugprone-sizeof-expression) */
  *box = NULL;
  luaL_setmetatable(L, SERVER_TYPE);
  o.path = package_field(L, "path");
  o.cpath = package_field(L, "cpath");
  if (lua_getfield(L, LUA_REGISTRYINDEX, "thrive.preload") == LUA_TLIGHTUSERDATA) {
    void *p = lua_touserdata(L, -1);
    memcpy(&o.preload, &p, sizeof(o.preload)); /* as in mhdapi.c: no cast for it in C */
  }
  if (thr_mhdapi_load(&why) != 0) {
    lua_pushnil(L);
    lua_pushstring(L, why);
    return 2;
  }
  s = *box = server_new(); /* from here on the userdata frees it, whatever happens */
  if (s == NULL || (s->L = luaL_newstate()) == NULL)
    return luaL_error(L, "not enough memory for a sandbox");
  lua_pushcfunction(s->L, open_state);
  lua_pushlightuserdata(s->L, &o);
  if (lua_pcall(s->L, 1, 0, 0) != LUA_OK) {
    const char *message = lua_tostring(s->L, -1);
    lua_pushnil(L);
    lua_pushstring(L, (message != NULL) ? message : "an error that is not a string");
    return 2;
  }
  s->daemon = start_daemon(s);
  if (s->daemon == NULL) {
    lua_pushnil(L);
    lua_pushfstring(L, "the sandbox cannot listen on 127.0.0.1: %s", strerror(errno));
    return 2;
  }
  info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
  s->port = (info != NULL) ? info->port : 0;
  lua_pushvalue(L, 3);
  return 1;
}

/* server:port() → integer.  [-1, +1, e] */
static int server_port(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)live_server(L)->port);
  return 1;
}

struct command_args {
  const char *in;
  size_t in_len;
  sbx_bytes *out;
};

/* Runs in the server's state, under lua_pcall and under lock.  [-1, +0, e] */
static int run_command(lua_State *L) {
  struct command_args *c = lua_touserdata(L, 1);
  lua_getfield(L, LUA_REGISTRYINDEX, SERVER_TYPE ".command");
  lua_pushlstring(L, c->in, c->in_len);
  lua_call(L, 1, 1);
  copy_string(L, -1, c->out);
  return 0;
}

/* server:call(text) → text: the server's command function, called between two requests.  [-2, +1, e] Raises what the
** command raised. */
static int server_call(lua_State *L) {
  struct command_args c;
  server *s = live_server(L);
  int status;
  c.in = luaL_checklstring(L, 2, &c.in_len);
  c.out = lua_newuserdatauv(L, sizeof(*c.out), 0); /* owns the bytes if a push below runs out of memory */
  memset(c.out, 0, sizeof(*c.out));
  luaL_setmetatable(L, BOX_TYPE);
  pthread_mutex_lock(&s->lock);
  lua_pushcfunction(s->L, run_command);
  lua_pushlightuserdata(s->L, &c);
  status = lua_pcall(s->L, 1, 0, 0);
  if (status != LUA_OK) {
    size_t n = 0;
    const char *message = lua_tolstring(s->L, -1, &n);
    sbx_bytes_free(c.out);
    if (message != NULL)
      sbx_bytes_add(c.out, message, n);
    lua_pop(s->L, 1);
  }
  pthread_mutex_unlock(&s->lock);
  lua_pushlstring(L, c.out->data != NULL ? c.out->data : "", c.out->len);
  sbx_bytes_free(c.out);
  return (status == LUA_OK) ? 1 : lua_error(L);
}

static int box_gc(lua_State *L) {
  sbx_bytes_free(luaL_checkudata(L, 1, BOX_TYPE));
  return 0;
}

/* server:stop(), also __gc and __close: ends every connection and thread and closes the server's state; idempotent.
** [-1, +0, -] */
static int server_stop(lua_State *L) {
  server **box = check_server(L), *s = *box;
  *box = NULL;
  if (s != NULL)
    server_free(s);
  return 0;
}

__attribute__((visibility("default"))) int luaopen_thrive_sandbox_http(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"call", server_call}, {"port", server_port}, {"stop", server_stop}, {NULL, NULL}};
  static const luaL_Reg meta[] = {{"__gc", server_stop}, {"__close", server_stop}, {NULL, NULL}};
  static const luaL_Reg functions[] = {{"start", http_start}, {NULL, NULL}};
  if (luaL_newmetatable(L, SERVER_TYPE)) { /* 0: the module is being loaded again; the type stays */
    luaL_setfuncs(L, meta, 0);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, SERVER_TYPE);
    lua_setfield(L, -2, "__metatable");
  }
  if (luaL_newmetatable(L, BOX_TYPE)) {
    lua_pushcfunction(L, box_gc);
    lua_setfield(L, -2, "__gc");
  }
  luaL_newlib(L, functions);
  return 1;
}
