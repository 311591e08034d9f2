/* transport.c — the engine: one CURLM, its easy handles, the running and finished transfers, SIGPIPE, fork, the clock.
** What a request looks like to libcurl is attempt.c, what became of it outcome.c. Must not include lua.h. Failure:
** thr_fail and a line in the transfer; never aborts, never prints. */
#include "transport.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#include "attempt.h"

#define MAX_IDLE_HANDLES 64
#define FEW_HANDLES 8                /* so many may idle before one is set up anew for another shape */
#define MIN_SPARE ((size_t)64 << 10) /* smaller ones the C library keeps by itself */
#define MAX_SPARE ((size_t)2 << 20)  /* twice that much at most lies idle */
#define MAX_HELD 8                   /* so many requests at most wait for one another to leave together */

struct thr_engine {
  CURLM *multi;
  CURLSH *share; /* TLS sessions; NULL when it could not be had */
  int refs;
  int busy;     /* inside libcurl */
  long process; /* that made it */
  int running, idle;
  int held; /* transfers added since libcurl was last driven */
  unsigned long serials;
  thr_spares spares;
  thr_handle *free_handles;    /* the last one given first */
  thr_transfer *first_running; /* doubly linked, newest first */
  thr_transfer *first_done, *last_done;
  thr_curl_env env;
  thr_engine *kept; /* in a forked child: the engine left alone before this one */
};

/* What a forked child must not close stays reachable, for leak checkers. */
static thr_engine *left_alone = NULL;

static int pretend_old = 0; /* test hook */

void thr_transport_pretend_old(int on) { pretend_old = on; }

double thr_now(void) {
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* --- libcurl itself -------------------------------------------------------------------------------------------- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int usable = 0;

/* Every call asks whether this is still the process that made the engine, several times. Where the C library forgets
** the handler of a library that is unloaded, fork itself tells; elsewhere the system is asked. */
#ifdef __GLIBC__
static int forks = 0;
static void count_fork(void) { forks++; }
static long process(void) { return forks; }
#else
static long process(void) { return (long)getpid(); }
#endif

static char trouble[256] = "";
static thr_curl_env found; /* what every engine starts with */

static void load_once(void) {
  const char *why = NULL;
  const curl_version_info_data *info;
#ifdef __GLIBC__
  if (pthread_atfork(NULL, NULL, count_fork) != 0) {
    snprintf(trouble, sizeof trouble, "out of memory");
    return;
  }
#endif
  if (thr_curlapi_load(&why) != 0) {
    snprintf(trouble, sizeof trouble, "%s", why != NULL ? why : "libcurl cannot be loaded");
    return;
  }
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    snprintf(trouble, sizeof trouble, "libcurl cannot be initialised");
    return;
  }
  info = curl_version_info(CURLVERSION_NOW);
  found.version = info->version_num;
  found.openssl = info->ssl_version != NULL && (strstr(info->ssl_version, "OpenSSL") != NULL ||
                                                strstr(info->ssl_version, "LibreSSL") != NULL);
  if (found.version < 0x074400)
    snprintf(trouble, sizeof trouble, "libcurl %s is too old: install 7.68.0 or newer", info->version);
  else if ((info->features & CURL_VERSION_SSL) == 0)
    snprintf(trouble, sizeof trouble, "libcurl %s was built without TLS: install one with it", info->version);
  else
    usable = 1;
}

static int load(void) {
  pthread_once(&once, load_once);
  return usable;
}

int thr_transport_describe(thr_transport_features *out, const char **why) {
  const curl_version_info_data *info;
  if (!load()) {
    *why = trouble;
    return -1;
  }
  info = curl_version_info(CURLVERSION_NOW);
  out->version = info->version;
  out->tls = info->ssl_version;
  out->http2 = (info->features & CURL_VERSION_HTTP2) != 0;
  out->gzip = (info->features & CURL_VERSION_LIBZ) != 0;
  out->brotli = (info->features & CURL_VERSION_BROTLI) != 0;
  out->zstd = (info->features & (1 << 26)) != 0; /* CURL_VERSION_ZSTD, younger than 7.68 */
  out->async_dns = (info->features & CURL_VERSION_ASYNCHDNS) != 0;
  return 0;
}

const char *thr_transport_version(void) { return load() ? curl_version() : NULL; }

/* NOSIGNAL makes libcurl leave SIGPIPE to us, and the host program's disposition is not ours to change: block it in
** this thread while libcurl may write, and take back the one that a write left pending, unless it was there before. */
typedef struct pipe_guard {
  sigset_t old;
  int blocked, drain;
} pipe_guard;

static void guard_enter(pipe_guard *g) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  g->blocked = pthread_sigmask(SIG_BLOCK, &set, &g->old) == 0;
  g->drain = g->blocked;
  /* Only a signal that was blocked already can have been pending. */
  if (g->blocked && sigismember(&g->old, SIGPIPE) == 1 && sigpending(&set) == 0)
    g->drain = sigismember(&set, SIGPIPE) != 1;
}

static void guard_leave(pipe_guard *g) {
  sigset_t set;
  if (!g->blocked)
    return;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  if (g->drain) {
#if defined(_POSIX_REALTIME_SIGNALS) && _POSIX_REALTIME_SIGNALS > 0
    struct timespec none = {0, 0};
    (void)sigtimedwait(&set, NULL, &none); /* EAGAIN when nothing is pending */
#else
    sigset_t pending;
    int number;
    if (sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1)
      sigwait(&set, &number);
#endif
  }
  pthread_sigmask(SIG_SETMASK, &g->old, NULL);
}

static int refuse(thr_transfer *t, thr_fail fail, const char *text) {
  t->fail = THR_FAIL_NONE;
  thr_attempt_reason(t, fail, text);
  t->state = THR_DONE;
  thr_buf_wipe(&t->auth);
  return -1;
}

/* --- The end of an attempt -------------------------------------------------------------------------------------- */

static void drop_handle(thr_handle *h) {
  curl_easy_cleanup(h->easy);
  thr_free(h->lines);
  thr_buf_free(&h->emptied);
  thr_buf_free(&h->agent);
  thr_free(h);
}

/* An idle handle that is set up for the shape; or a new one, as long as there are few; or the one that idles longest. */
static thr_handle *take_handle(thr_engine *e, const thr_shape *shape) {
  thr_handle **at, *h;
  for (at = &e->free_handles; *at != NULL; at = &(*at)->next)
    if (thr_attempt_fits(&(*at)->shape, shape) || ((*at)->next == NULL && e->idle >= FEW_HANDLES)) {
      h = *at;
      *at = h->next;
      e->idle--;
      return h;
    }
  h = thr_realloc(NULL, sizeof *h);
  if (h == NULL)
    return NULL;
  memset(h, 0, sizeof *h);
  h->spares = &e->spares;
  h->easy = curl_easy_init();
  if (h->easy == NULL) {
    thr_free(h);
    return NULL;
  }
  if (e->share != NULL) /* survives curl_easy_reset */
    (void)curl_easy_setopt(h->easy, CURLOPT_SHARE, e->share);
  return h;
}

/* clean: the attempt went well. After one that never got a connection libcurl 7.88 leaves the receive buffer on the
** handle and then refuses CURLOPT_BUFFERSIZE, also after a reset; a new handle costs less than knowing which. */
static void give_handle(thr_engine *e, thr_handle *h, int clean) {
  if (clean && e->idle < MAX_IDLE_HANDLES) {
    thr_attempt_release(h);
    h->next = e->free_handles;
    e->free_handles = h;
    e->idle++;
  } else
    drop_handle(h);
}

/* RUNNING → DONE, off the running list. code: libcurl's; a reason that a callback or canceller left stands. */
static void finish(thr_engine *e, thr_transfer *t, CURLcode code) {
  thr_handle *h = t->easy;
  t->code = (int)code;
  if (thr_engine_forked(e)) {
    t->sent = 1; /* the parent's affair */
    h->next = e->free_handles;
    e->free_handles = h;
  } else {
    thr_attempt_outcome(&e->env, t, code);
    (void)curl_multi_remove_handle(e->multi, h->easy);
    give_handle(e, h, t->fail == THR_FAIL_NONE);
  }
  t->easy = NULL;
  thr_buf_wipe(&t->auth);
  if (t->prev != NULL)
    t->prev->next = t->next;
  else
    e->first_running = t->next;
  if (t->next != NULL)
    t->next->prev = t->prev;
  t->prev = t->next = NULL;
  e->running--;
  t->state = THR_DONE;
}

static void queue_done(thr_engine *e, thr_transfer *t) {
  t->prev = e->last_done;
  if (e->last_done != NULL)
    e->last_done->next = t;
  else
    e->first_done = t;
  e->last_done = t;
}

static void unqueue_done(thr_engine *e, thr_transfer *t) {
  if (t->prev != NULL)
    t->prev->next = t->next;
  else
    e->first_done = t->next;
  if (t->next != NULL)
    t->next->prev = t->prev;
  else
    e->last_done = t->prev;
  t->prev = t->next = NULL;
  t->engine = NULL;
}

static void drain(thr_engine *e) {
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(e->multi, &left)) != NULL) {
    CURL *easy = message->easy_handle; /* the message dies with curl_multi_remove_handle */
    CURLcode code = message->data.result;
    char *owner = NULL;
    thr_transfer *t;
    if (message->msg != CURLMSG_DONE || curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner) != CURLE_OK)
      continue;
    t = ((thr_handle *)(void *)owner)->t;
    finish(e, t, code);
    queue_done(e, t);
  }
}

/* Moves everything on. When the multi handle itself breaks nothing would ever finish: everything ends then. */
static void drive(thr_engine *e, CURLMcode before) {
  int running = 0;
  CURLMcode rc = before;
  e->held = 0;
  if (rc == CURLM_OK)
    rc = curl_multi_perform(e->multi, &running);
  drain(e);
  while (rc != CURLM_OK && e->first_running != NULL) {
    thr_transfer *t = e->first_running;
    thr_attempt_reason(t, rc == CURLM_OUT_OF_MEMORY ? THR_FAIL_MEMORY : THR_FAIL_NETWORK,
                       curl_multi_strerror(rc));
    finish(e, t, CURLE_RECV_ERROR);
    queue_done(e, t);
  }
}

/* --- The engine ------------------------------------------------------------------------------------------------- */

thr_engine *thr_engine_new(const char **why) {
  thr_engine *e;
  if (!load()) {
    *why = trouble;
    return NULL;
  }
  *why = "out of memory";
  e = thr_realloc(NULL, sizeof *e);
  if (e == NULL)
    return NULL;
  memset(e, 0, sizeof *e);
  e->multi = curl_multi_init();
  if (e->multi == NULL) {
    thr_free(e);
    return NULL;
  }
  e->env = found;
#if LIBCURL_VERSION_NUM >= 0x075000
  e->env.prereq = found.version >= 0x075000 && !pretend_old;
#endif
  e->refs = 1;
  e->process = process();
  /* Idle connections kept; how many are open at once is the caller's choice alone (no MAX_HOST_CONNECTIONS, which
  ** would queue silently and let deadlines run out in the queue). */
  (void)curl_multi_setopt(e->multi, CURLMOPT_MAXCONNECTS, 128L);
  /* Before 8.12 TLS sessions belong to an easy handle unless they are shared. One thread: no locks needed. */
  e->share = curl_share_init();
  if (e->share != NULL &&
      curl_share_setopt(e->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) != CURLSHE_OK) {
    curl_share_cleanup(e->share);
    e->share = NULL;
  }
  return e;
}

void thr_engine_ref(thr_engine *e) { e->refs++; }

int thr_engine_forked(const thr_engine *e) { return e->process != process(); }

void thr_engine_spare(thr_engine *e, thr_buf *b) {
  size_t i;
  for (i = 0; i < sizeof e->spares.buf / sizeof *e->spares.buf; i++)
    if (b->cap >= MIN_SPARE && b->cap <= MAX_SPARE && e->spares.buf[i].data == NULL) {
      e->spares.buf[i] = *b;
      memset(b, 0, sizeof *b);
    }
  thr_buf_free(b);
}

unsigned long thr_engine_serial(thr_engine *e) { return ++e->serials; }

int thr_engine_running(const thr_engine *e) { return e->running; }

void thr_engine_unref(thr_engine *e) {
  pipe_guard guard;
  if (e == NULL || --e->refs > 0)
    return;
  guard_enter(&guard);
  while (e->first_running != NULL) {
    thr_transfer *t = e->first_running;
    thr_attempt_reason(t, THR_FAIL_CANCELLED, "the client was closed");
    finish(e, t, CURLE_ABORTED_BY_CALLBACK);
    t->engine = NULL;
  }
  while (e->first_done != NULL)
    unqueue_done(e, e->first_done);
  if (thr_engine_forked(e)) {
    e->kept = left_alone;
    left_alone = e;
  } else {
    while (e->free_handles != NULL) {
      thr_handle *h = e->free_handles;
      e->free_handles = h->next;
      drop_handle(h);
    }
    curl_multi_cleanup(e->multi);
    if (e->share != NULL)
      curl_share_cleanup(e->share);
    thr_buf_free(&e->spares.buf[0]);
    thr_buf_free(&e->spares.buf[1]);
    thr_free(e);
  }
  guard_leave(&guard);
}

void thr_transfer_init(thr_transfer *t) {
  memset(t, 0, sizeof *t);
  t->error = "";
}

void thr_transfer_free(thr_transfer *t) {
  thr_transfer_cancel(t);
  thr_attempt_forget(t);
  thr_buf_wipe(&t->auth);
  thr_buf_free(&t->url);
  thr_buf_free(&t->headers);
  thr_buf_free(&t->body);
  thr_buf_free(&t->rheaders);
  thr_buf_free(&t->rbody);
}

static int check(const thr_engine *e, const thr_transfer *t, thr_origin *o, const char **why) {
  *why = NULL;
  if (thr_engine_forked(e))
    *why = "the process was forked after the client was made: make a new client in the child";
  else if (e->busy)
    *why = "the engine is busy: called from inside itself";
  else if (t->net == NULL || t->timeout_ms <= 0 || t->net->connect_timeout_ms <= 0 ||
           (unsigned)t->method >= THR_METHOD_COUNT)
    *why = "incomplete request: method, timeout or connect timeout";
  else if (t->method == THR_HEAD && t->has_body)
    *why = "HEAD cannot have a body";
  else if (t->url.len == 0)
    *why = "the URL is empty";
  else if (thr_url_origin(t->url.data, t->url.len, o, why) == 0 && !o->https && !o->loopback)
    *why = "plain http is only for this machine (localhost, 127.0.0.1, [::1]): use https";
  return *why == NULL ? 0 : -1;
}

int thr_engine_start(thr_engine *e, thr_transfer *t) {
  thr_origin origin;
  const char *why;
  pipe_guard guard;
  CURLcode rc;
  CURLMcode mrc;
  thr_handle *h;
  thr_shape shape;
  if (t->state == THR_RUNNING)
    return -1;
  if (t->engine != NULL)
    unqueue_done(t->engine, t);
  t->fail = THR_FAIL_NONE;
  t->status = t->sent = t->code = t->new_connections = t->http_version = 0;
  thr_attempt_forget(t);
  t->wire_bytes = t->sent_bytes = t->body_read = 0;
  memset(&t->timings, 0, sizeof t->timings);
  thr_buf_clear(&t->rheaders);
  thr_buf_clear(&t->rbody);
  if (check(e, t, &origin, &why) != 0)
    return refuse(t, THR_FAIL_CONFIG, why);
  shape = thr_attempt_shape(&e->env, t, &origin);
  h = take_handle(e, &shape);
  if (h == NULL)
    return refuse(t, THR_FAIL_MEMORY, "out of memory for a request");
  e->busy = 1;
  guard_enter(&guard);
  t->easy = h;
  rc = thr_attempt_configure(&e->env, t, &origin);
  mrc = rc == CURLE_OK ? curl_multi_add_handle(e->multi, h->easy) : CURLM_OK;
  if (rc == CURLE_OK && mrc == CURLM_OK) {
    t->engine = e;
    t->state = THR_RUNNING;
    t->prev = NULL;
    t->next = e->first_running;
    if (t->next != NULL)
      t->next->prev = t;
    e->first_running = t;
    e->running++;
    e->held++;
    if (!t->patient || e->held >= MAX_HELD || e->held == e->running)
      drive(e, CURLM_OK);
  } else {
    char text[200];
    snprintf(text, sizeof text, "the request cannot be set up: %s",
             rc != CURLE_OK ? curl_easy_strerror(rc) : curl_multi_strerror(mrc));
    t->code = (int)rc;
    t->easy = NULL;
    give_handle(e, h, 0);
    (void)refuse(
        t, rc == CURLE_OUT_OF_MEMORY || mrc == CURLM_OUT_OF_MEMORY ? THR_FAIL_MEMORY : THR_FAIL_CONFIG, text);
  }
  guard_leave(&guard);
  e->busy = 0;
  return rc == CURLE_OK && mrc == CURLM_OK ? 0 : -1;
}

void thr_transfer_cancel(thr_transfer *t) {
  thr_engine *e = t->engine;
  pipe_guard guard;
  if (e == NULL)
    return;
  if (t->state != THR_RUNNING) {
    unqueue_done(e, t);
    return;
  }
  guard_enter(&guard);
  thr_attempt_reason(t, THR_FAIL_CANCELLED, "cancelled");
  finish(e, t, CURLE_ABORTED_BY_CALLBACK);
  t->engine = NULL;
  guard_leave(&guard);
}

/* One poll each for perform: the perform before the first poll was the last one of start or of the call before. */
static void wait_for_one(thr_engine *e, int timeout_ms) {
  double begin = thr_now(), now = begin, before;
  int left = timeout_ms, active;
  if (e->held > 0)
    drive(e, CURLM_OK);
  if (e->first_done != NULL)
    return;
  do {
    before = now;
    active = 0;
    drive(e, curl_multi_poll(e->multi, NULL, 0, left, &active));
    now = thr_now();
    left = timeout_ms - (int)((now - begin) * 1000);
    /* Woken by no socket: a signal, or a timer of libcurl. The ones that ring at once (a transfer was just added) are
    ** not worth a return. */
  } while (e->first_done == NULL && left > 0 && (active > 0 || now - before < 0.001));
}

int thr_engine_poll(thr_engine *e, int timeout_ms) {
  pipe_guard guard;
  const thr_transfer *t;
  int finished = 0;
  if (thr_engine_forked(e) || e->busy)
    return -1;
  e->busy = 1;
  guard_enter(&guard);
  if (timeout_ms <= 0 || e->first_done != NULL)
    drive(e, CURLM_OK);
  else
    wait_for_one(e, timeout_ms);
  guard_leave(&guard);
  e->busy = 0;
  for (t = e->first_done; t != NULL; t = t->next)
    finished++;
  return finished;
}

/* How long a program may wait when the descriptors do not tell all: libcurl's own advice. */
#define BLIND_MS 100

int thr_engine_fds(thr_engine *e, thr_fd *list, int room, long *timeout_ms) {
  fd_set reading, writing, failing;
  int highest = -1, fd, told = 0;
  if (thr_engine_forked(e) || e->busy)
    return -1;
  FD_ZERO(&reading);
  FD_ZERO(&writing);
  FD_ZERO(&failing);
  *timeout_ms = -1;
  if (curl_multi_timeout(e->multi, timeout_ms) != CURLM_OK ||
      curl_multi_fdset(e->multi, &reading, &writing, &failing, &highest) != CURLM_OK)
    return -1;
  for (fd = 0; fd <= highest && fd < FD_SETSIZE; fd++) {
    thr_fd one;
    one.fd = fd;
    one.read = FD_ISSET(fd, &reading) != 0;
    one.write = FD_ISSET(fd, &writing) != 0;
    if (!one.read && !one.write)
      continue;
    if (told < room)
      list[told] = one;
    told++;
  }
  /* One connection may carry several transfers, so that fewer descriptors than transfers prove nothing; but then a look
  ** ten times a second is cheap. */
  if (told < e->running && (*timeout_ms < 0 || *timeout_ms > BLIND_MS))
    *timeout_ms = BLIND_MS;
  if (e->first_done != NULL || e->held > 0)
    *timeout_ms = 0;
  return told;
}

thr_transfer *thr_engine_finished(thr_engine *e) {
  thr_transfer *t = e->first_done;
  if (t != NULL)
    unqueue_done(e, t);
  return t;
}
