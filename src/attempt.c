/* attempt.c — one request as libcurl sees it: every option of an easy handle, and the callbacks. Owns the policy of what
** libcurl may do (protocols, TLS, proxies, resending, bounds). Callbacks append to the transfer's buffers and do nothing
** else: no caller code runs inside libcurl. Must not include lua.h. */
#include "attempt.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_BODY ((size_t)64 << 20)
#define MAX_PRESIZE ((size_t)8 << 20)   /* what a Content-Length alone may make us allocate */
#define FEW_HEADERS 400                 /* bytes of an answer's headers, as a rule */
#define MAX_HEADERS ((size_t)256 << 10) /* all answers of an attempt together, 100s and trailers too */

/* --- Callbacks of libcurl: append to buffers, nothing else ------------------------------------------------------ */

#if LIBCURL_VERSION_NUM >= 0x075000
/* Called each time that a request is about to go out on a connection. libcurl sends a request again by itself when a
** reused connection dies before any byte of an answer came; the server may have acted on the first one by then. */
static int on_issue(void *user, char *peer, char *local, int peer_port, int local_port) {
  thr_handle *h = user;
  thr_transfer *t = h->t;
  (void)peer, (void)local, (void)peer_port, (void)local_port;
  if (h->issued > 0 && !t->resend_safe) {
    thr_attempt_reason(t, THR_FAIL_NETWORK,
                       "the connection died before any answer came; not sent again, for the server may have "
                       "acted on the request");
    return CURL_PREREQFUNC_ABORT;
  }
  h->issued++;
  return CURL_PREREQFUNC_OK;
}
#endif

/* The same guard for libcurl before 7.80: such a resend has to rewind the body, and on_rewind refuses once bytes of it
** were handed out. (Headers without their body are not a request that a server acts on; a request that has no body to
** rewind gets a fresh connection, for libcurl resends only on reused ones.) */
static size_t on_read(char *p, size_t size, size_t n, void *user) {
  thr_transfer *t = ((thr_handle *)user)->t;
  size_t left = t->body.len - t->body_read, room = size * n;
  if (left > room)
    left = room;
  memcpy(p, t->body.data + t->body_read, left);
  t->body_read += left;
  return left;
}

static int on_rewind(void *user, curl_off_t offset, int origin) {
  thr_transfer *t = ((thr_handle *)user)->t;
  if (t->body_read == 0 && offset == 0 && origin == SEEK_SET)
    return CURL_SEEKFUNC_OK;
  thr_attempt_reason(t, THR_FAIL_NETWORK,
                     "the connection died before any answer came; not sent again, for the server may have "
                     "acted on the request");
  return CURL_SEEKFUNC_FAIL;
}

static int same_name(const char *a, size_t n, const char *lower) {
  size_t i;
  for (i = 0; i < n; i++) {
    char c = a[i] >= 'A' && a[i] <= 'Z' ? (char)(a[i] + ('a' - 'A')) : a[i];
    if (lower[i] == '\0' || c != lower[i])
      return 0;
  }
  return lower[n] == '\0';
}

static int is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static void note_header(thr_handle *h, const char *name, size_t nn, const char *value, size_t vn) {
  if (same_name(name, nn, "content-length") && vn > 0 && vn < 16) {
    size_t i;
    long long length = 0;
    for (i = 0; i < vn && value[i] >= '0' && value[i] <= '9'; i++)
      length = length * 10 + (value[i] - '0');
    h->announced = i == vn ? length : -1;
  } else if (same_name(name, nn, "content-encoding")) {
    h->encoded = !same_name(value, vn, "identity");
  }
}

static int keep_header(thr_transfer *t, thr_handle *h, const char *line, size_t n) {
  thr_buf *out = &t->rheaders;
  const char *colon;
  char *at;
  size_t nn, vn;
  while (n > 0 && is_blank(line[n - 1]))
    n--;
  if (n == 0 || memchr(line, '\0', n) != NULL)
    return 0;
  if (is_blank(line[0])) { /* a folded line goes on with the value before it */
    if (out->len == 0)
      return 0;
    while (is_blank(*line))
      line++, n--;
    if (thr_buf_reserve(out, n + 2) != 0)
      return -1;
    out->data[out->len - 1] = ' ';
    return thr_buf_append(out, line, n) != 0 || thr_buf_putc(out, '\0') != 0 ? -1 : 0;
  }
  colon = memchr(line, ':', n);
  if (colon == NULL || colon == line)
    return 0;
  nn = (size_t)(colon - line);
  vn = n - nn - 1;
  colon++;
  while (nn > 0 && is_blank(line[nn - 1]))
    nn--;
  while (vn > 0 && is_blank(*colon))
    colon++, vn--;
  note_header(h, line, nn, colon, vn);
  if (thr_buf_reserve(out, nn + vn + 3) != 0)
    return -1;
  at = out->data + out->len;
  memcpy(at, line, nn);
  memcpy(at + nn, ": ", 2);
  memcpy(at + nn + 2, colon, vn);
  memset(at + nn + 2 + vn, '\0', 2); /* the line's own, and the one that every buffer ends with */
  out->len += nn + vn + 3;
  return 0;
}

static size_t on_header(char *line, size_t size, size_t n, void *user) {
  thr_handle *h = user;
  thr_transfer *t = h->t;
  size_t len = size * n;
  h->header_bytes += len;
  if (h->header_bytes > MAX_HEADERS) {
    thr_attempt_reason(t, THR_FAIL_DECODE, "the answer's headers are over 256 KiB");
    return 0;
  }
  if (h->in_body) /* trailers do not overrule what the answer began with */
    return len;
  if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) { /* nothing of a 100 before it stays */
    thr_buf_clear(&t->rheaders);
    (void)thr_buf_reserve(&t->rheaders, FEW_HEADERS); /* only a guess: what is needed is asked for below */
    h->announced = -1;
    h->encoded = 0;
    return len;
  }
  if (keep_header(t, h, line, len) == 0)
    return len;
  thr_attempt_reason(t, THR_FAIL_MEMORY, "out of memory for the answer's headers");
  return 0;
}

/* Gives a body that has none yet the smallest spare buffer that holds want bytes, unless it would waste more. */
static void take_spare(thr_spares *spares, thr_buf *body, size_t want) {
  size_t i;
  thr_buf *best = NULL;
  for (i = 0; i < sizeof spares->buf / sizeof *spares->buf; i++) {
    thr_buf *b = &spares->buf[i];
    if (b->cap > want && b->cap / 2 <= want && (best == NULL || b->cap < best->cap))
      best = b;
  }
  if (best != NULL && body->data == NULL) {
    *body = *best;
    memset(best, 0, sizeof *best);
    thr_buf_clear(body);
  }
}

static size_t on_body(char *p, size_t size, size_t n, void *user) {
  thr_handle *h = user;
  thr_transfer *t = h->t;
  size_t len = size * n, limit = t->net->max_body != 0 ? t->net->max_body : MAX_BODY;
  int over = len > limit - t->rbody.len;
  if (!h->in_body) {
    h->in_body = 1;
    if (h->announced > 0) {
      unsigned long long want = (unsigned long long)h->announced;
      over = over || (!h->encoded && want > limit);
      if (h->encoded)
        want *= 4; /* JSON shrinks more than that; growing does the rest */
      if (want > MAX_PRESIZE)
        want = MAX_PRESIZE;
      if (want > limit)
        want = limit;
      if (!over) {
        take_spare(h->spares, &t->rbody, (size_t)want);
        (void)thr_buf_reserve(&t->rbody, (size_t)want); /* only a guess: what is needed is asked for below */
      }
    }
  }
  if (over) {
    char text[96];
    snprintf(text, sizeof text, "the answer's body is over the bound of %lu bytes", (unsigned long)limit);
    thr_attempt_reason(t, THR_FAIL_TOO_LARGE, text);
    return 0;
  }
  if (thr_buf_append(&t->rbody, p, len) == 0)
    return len;
  thr_attempt_reason(t, THR_FAIL_MEMORY, "out of memory for the answer's body");
  return 0;
}

/* Children that the host starts must not hold our connections open; recent libcurl does the same by itself. */
static int on_socket(void *user, curl_socket_t fd, curlsocktype purpose) {
  int flags = fcntl(fd, F_GETFD);
  (void)user, (void)purpose;
  if (flags >= 0)
    (void)fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
  return CURL_SOCKOPT_OK;
}

/* --- The options of one attempt --------------------------------------------------------------------------------- */

/* Sets an option; the first failure stays in the local rc. */
#define SET(option, value)                                   \
  do {                                                       \
    CURLcode rc_ = curl_easy_setopt(h->easy, option, value); \
    if (rc == CURLE_OK)                                      \
      rc = rc_;                                              \
  } while (0)

/* The same for one that the libcurl at hand may lack and that we can do without. */
#define TRY(option, value)                                               \
  do {                                                                   \
    if (curl_easy_setopt(h->easy, option, value) == CURLE_OUT_OF_MEMORY) \
      rc = CURLE_OUT_OF_MEMORY;                                          \
  } while (0)

static int has_hashed_certificate(const char *folder) {
  DIR *d = opendir(folder);
  struct dirent *entry;
  int found = 0;
  if (d == NULL)
    return 0;
  while (!found && (entry = readdir(d)) != NULL)
    found = strlen(entry->d_name) >= 10 && strspn(entry->d_name, "0123456789abcdef") == 8 &&
            entry->d_name[8] == '.' && entry->d_name[9] >= '0' && entry->d_name[9] <= '9';
  closedir(d);
  return found;
}

/* Debian's libcurl has a bundle and a hashed folder compiled in, uses both, and then parses the whole bundle again for
** every connection (25 ms), for a store with a folder is not cached. The folder alone is read certificate by
** certificate; the bundle alone is parsed once. */
static void choose_ca(thr_curl_env *env, thr_handle *h) {
  env->ca = THR_CA_LIBCURL;
#if LIBCURL_VERSION_NUM >= 0x075400
  if (env->openssl && env->version >= 0x075400) {
    char *folder = NULL, *bundle = NULL;
    if (curl_easy_getinfo(h->easy, CURLINFO_CAPATH, &folder) != CURLE_OK ||
        curl_easy_getinfo(h->easy, CURLINFO_CAINFO, &bundle) != CURLE_OK)
      return;
    if (folder != NULL && has_hashed_certificate(folder)) {
      env->ca = THR_CA_FOLDER;
      env->ca_where = folder;
    } else if (bundle != NULL && access(bundle, R_OK) == 0) {
      env->ca = THR_CA_BUNDLE;
      env->ca_where = bundle;
    }
  }
#else
  (void)h;
#endif
}

static CURLcode set_tls(thr_curl_env *env, thr_handle *h, const thr_netconf *net) {
  CURLcode rc = CURLE_OK;
  SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  SET(CURLOPT_SSL_VERIFYPEER, 1L);
  SET(CURLOPT_SSL_VERIFYHOST, 2L);
  if (net->ca_file != NULL) {
    SET(CURLOPT_CAINFO, net->ca_file);
    TRY(CURLOPT_CAPATH, (char *)NULL);
    return rc;
  }
  if (env->ca == THR_CA_UNKNOWN)
    choose_ca(env, h);
  if (env->ca != THR_CA_LIBCURL) {
    SET(CURLOPT_CAPATH, env->ca == THR_CA_FOLDER ? env->ca_where : (char *)NULL);
    SET(CURLOPT_CAINFO, env->ca == THR_CA_BUNDLE ? env->ca_where : (char *)NULL);
  }
  return rc;
}

static CURLcode set_place(thr_curl_env *env, thr_handle *h, const thr_netconf *net, const thr_origin *o) {
  CURLcode rc = CURLE_OK;
  const char *protocol = o->https ? "https" : "http";
  SET(CURLOPT_PATH_AS_IS, 1L); /* the wire gets what the caller built */
  TRY(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  SET(CURLOPT_FOLLOWLOCATION, 0L);
#if LIBCURL_VERSION_NUM >= 0x075500
  if (env->version >= 0x075500)
    SET(CURLOPT_PROTOCOLS_STR, protocol);
  else
#endif
    SET((CURLoption)181 /* CURLOPT_PROTOCOLS, deprecated since */,
        (long)(o->https ? CURLPROTO_HTTPS : CURLPROTO_HTTP));
  (void)protocol; /* unused where only the old option exists */
  /* HTTP/2 where the server picks it. No PIPEWAIT: a burst opens several connections instead of waiting for the first
  ** to tell whether it can multiplex, and big pages come faster over several connections than over one. */
  if (o->https)
    TRY(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
  else
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  /* Plain http goes to this machine: a proxy has no business with it. https to loopback only through one asked for. */
  if (!o->https || (o->loopback && net->proxy == NULL)) {
    SET(CURLOPT_PROXY, "");
  } else if (net->proxy != NULL) {
    SET(CURLOPT_PROXY, net->proxy);
    SET(CURLOPT_NOPROXY, ""); /* the one asked for, whatever the environment says */
  }
  SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE); /* Authorization is not for the proxy */
  if (rc == CURLE_OK && o->https)
    rc = set_tls(env, h, net);
  return rc;
}

static CURLcode set_limits(thr_handle *h, const thr_netconf *net, int wide) {
  CURLcode rc = CURLE_OK;
  SET(CURLOPT_NOSIGNAL, 1L);
  if (net->stall_ms > 0) {
    SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
    SET(CURLOPT_LOW_SPEED_TIME, net->stall_ms / 1000 + (net->stall_ms % 1000 != 0));
  }
#if LIBCURL_VERSION_NUM >= 0x075700
  /* Otherwise a timeout or cancel while the name is looked up waits for the resolver's thread: seconds. */
  TRY(CURLOPT_QUICK_EXIT, 1L);
#endif
  /* 16 KB, the default, make big pages half as slow again; small answers pay for more than they use. */
  if (wide)
    TRY(CURLOPT_BUFFERSIZE, 131072L);
  SET(CURLOPT_TCP_KEEPALIVE, 1L);
  SET(CURLOPT_TCP_KEEPIDLE, 60L);
  SET(CURLOPT_TCP_KEEPINTVL, 30L);
  /* Load balancers drop idle connections after 60 s as a rule; a request that meets that moment is lost. */
  TRY(CURLOPT_MAXAGE_CONN, 50L);
  SET(CURLOPT_SOCKOPTFUNCTION, on_socket);
  return rc;
}

static CURLcode set_method(const thr_curl_env *env, thr_handle *h, const thr_shape *shape) {
  static const char *const names[] = {
#define METHOD_NAME(name, writes, idempotent) #name,
      THR_METHODS(METHOD_NAME)
#undef METHOD_NAME
  };
  CURLcode rc = CURLE_OK;
  if (shape->method == THR_HEAD) {
    SET(CURLOPT_NOBODY, 1L);
    return rc;
  }
  if (shape->body == THR_BODY_NONE)
    SET(CURLOPT_HTTPGET, 1L);
  else
    SET(CURLOPT_POST, 1L);
  if (shape->body == THR_BODY_READ) {
    SET(CURLOPT_READFUNCTION, on_read);
    SET(CURLOPT_READDATA, h);
    SET(CURLOPT_SEEKFUNCTION, on_rewind);
    SET(CURLOPT_SEEKDATA, h);
  }
  if (shape->method != (shape->body != THR_BODY_NONE ? THR_POST : THR_GET))
    SET(CURLOPT_CUSTOMREQUEST, names[shape->method]);
#if LIBCURL_VERSION_NUM >= 0x075000
  if (env->prereq) {
    SET(CURLOPT_PREREQFUNCTION, on_issue);
    SET(CURLOPT_PREREQDATA, h);
  }
#else
  (void)env;
#endif
  if (shape->fresh)
    SET(CURLOPT_FRESH_CONNECT, 1L);
  return rc;
}

/* --- What every attempt sets ------------------------------------------------------------------------------------ */

static CURLcode set_body(thr_handle *h, const thr_transfer *t) {
  CURLcode rc = CURLE_OK;
  if (h->shape.body == THR_BODY_NONE)
    return rc;
  SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(t->has_body ? t->body.len : 0));
  /* POSTFIELDS also for an empty body: without it libcurl reads stdin. Bodies up to 64 KB leave with the headers. */
  if (h->shape.body == THR_BODY_MEMORY)
    SET(CURLOPT_POSTFIELDS, t->has_body && t->body.len > 0 ? t->body.data : "");
  return rc;
}

static int has_value(const char *after_colon) { return after_colon[strspn(after_colon, " \t")] != '\0'; }

/* libcurl drops "Name:", it wants "Name;" for an empty value. NULL: out of memory. */
static char *empty_line(thr_handle *h, const thr_transfer *t, const char *name, size_t n) {
  size_t at = h->emptied.len;
  /* All of them at once: what is pointed to must not move. */
  if (at == 0 && thr_buf_reserve(&h->emptied, t->headers.len + 1) != 0)
    return NULL;
  if (thr_buf_append(&h->emptied, name, n) != 0 || thr_buf_append(&h->emptied, ";", 2) != 0)
    return NULL;
  return h->emptied.data + at;
}

/* The lines are the transfer's own text: nothing is copied, and there is one place less to wipe. What libcurl has options
** for, User-Agent, goes the same way: libcurl formats it byte by byte, twice. */
static CURLcode set_headers(thr_handle *h, thr_transfer *t) {
  static char no_encoding[] =
      "Accept-Encoding:";                  /* the option is there to understand what comes all the same */
  static char no_expect[] = "Expect:";     /* no 100-continue, no second of waiting for it */
  static char no_type[] = "Content-Type:"; /* not the form type that libcurl would claim */
  CURLcode rc = CURLE_OK;
  size_t at, i, name, n = 0;
  int typed = 0, agent = h->agent.len == 0, encoding = !h->identity;
  thr_buf_clear(&h->emptied);
  for (at = 0; at < t->headers.len; at += strlen(t->headers.data + at) + 1)
    n++;
  n += 5; /* and those below */
  if (n > h->line_cap) {
    struct curl_slist *more = thr_realloc(h->lines, n * sizeof *more);
    if (more == NULL)
      return CURLE_OUT_OF_MEMORY;
    h->lines = more;
    h->line_cap = n;
  }
  n = 0;
  for (at = 0; at < t->headers.len;) {
    char *line = t->headers.data + at;
    const char *colon = strchr(line, ':');
    at += strlen(line) + 1;
    if (colon == NULL || strpbrk(line, "\r\n") != NULL)
      return CURLE_BAD_FUNCTION_ARGUMENT;
    name = (size_t)(colon - line);
    typed = typed || same_name(line, name, "content-type");
    agent = agent || same_name(line, name, "user-agent");
    encoding = encoding || same_name(line, name, "accept-encoding");
    if (!has_value(colon + 1)) {
      line = empty_line(h, t, line, name);
      if (line == NULL)
        return CURLE_OUT_OF_MEMORY;
    }
    h->lines[n++].data = line;
  }
  if (t->auth.len > 0) {
    if (strlen(t->auth.data) != t->auth.len || strpbrk(t->auth.data, "\r\n") != NULL)
      return CURLE_BAD_FUNCTION_ARGUMENT;
    h->lines[n++].data = t->auth.data;
  }
  if (!agent)
    h->lines[n++].data = h->agent.data;
  if (!encoding)
    h->lines[n++].data = no_encoding;
  if (h->shape.body != THR_BODY_NONE) {
    h->lines[n++].data = no_expect;
    if (!typed)
      h->lines[n++].data = no_type;
  }
  for (i = 0; i < n; i++)
    h->lines[i].next = i + 1 < n ? &h->lines[i + 1] : NULL;
  SET(CURLOPT_HTTPHEADER, n > 0 ? h->lines : (struct curl_slist *)NULL);
  return rc;
}

static CURLcode set_timeouts(thr_handle *h, const thr_transfer *t) {
  CURLcode rc = CURLE_OK;
  if (h->timeout_ms != t->timeout_ms) {
    long connect = t->net->connect_timeout_ms;
    SET(CURLOPT_TIMEOUT_MS, t->timeout_ms);
    SET(CURLOPT_CONNECTTIMEOUT_MS, connect < t->timeout_ms ? connect : t->timeout_ms);
    h->timeout_ms = t->timeout_ms;
  }
  return rc;
}

/* --- From one attempt to the next ------------------------------------------------------------------------------- */

thr_shape thr_attempt_shape(const thr_curl_env *env, const thr_transfer *t, const thr_origin *o) {
  thr_shape shape;
  int body = t->has_body || t->method == THR_POST || t->method == THR_PUT || t->method == THR_PATCH;
  int some = t->has_body && t->body.len > 0, guarded = t->resend_safe || env->prereq;
  int secret = t->net->proxy != NULL && t->net->proxy[0] != '\0'; /* it may name a password */
  shape.net = secret ? 0 : t->net->serial;
  shape.method = t->method;
  shape.https = o->https != 0;
  shape.loopback = o->loopback != 0;
  shape.wide = t->wide != 0;
  shape.body = !body ? THR_BODY_NONE : guarded || !some ? THR_BODY_MEMORY : THR_BODY_READ;
  shape.fresh = !guarded && !some;
  return shape;
}

int thr_attempt_fits(const thr_shape *have, const thr_shape *want) {
  return have->net != 0 && have->net == want->net && have->method == want->method &&
         have->https == want->https && have->loopback == want->loopback && have->wide == want->wide &&
         have->body == want->body && have->fresh == want->fresh;
}

static CURLcode set_up(thr_curl_env *env, thr_handle *h, const thr_netconf *net, const thr_shape *shape,
                       const thr_origin *o) {
  CURLcode rc = CURLE_OK;
  if (h->used)
    curl_easy_reset(h->easy); /* keeps what is shared, and the multi handle keeps the connections */
  h->used = 1;
  h->timeout_ms = 0;
  SET(CURLOPT_ERRORBUFFER, h->message);
  SET(CURLOPT_PRIVATE, h);
  SET(CURLOPT_HEADERFUNCTION, on_header);
  SET(CURLOPT_HEADERDATA, h);
  SET(CURLOPT_WRITEFUNCTION, on_body);
  SET(CURLOPT_WRITEDATA, h);
  thr_buf_clear(&h->agent);
  if (net->user_agent != NULL && net->user_agent[0] != '\0') {
    if (thr_buf_puts(&h->agent, "User-Agent: ") != 0 || thr_buf_puts(&h->agent, net->user_agent) != 0)
      return CURLE_OUT_OF_MEMORY;
    if (o->https) /* for a proxy, which gets no header of the list */
      SET(CURLOPT_USERAGENT, net->user_agent);
  }
  h->identity = !net->compress;
  SET(CURLOPT_ACCEPT_ENCODING, h->identity ? "identity" : "");
  if (rc == CURLE_OK)
    rc = set_place(env, h, net, o);
  if (rc == CURLE_OK)
    rc = set_limits(h, net, shape->wide);
  if (rc == CURLE_OK)
    rc = set_method(env, h, shape);
  return rc;
}

CURLcode thr_attempt_configure(thr_curl_env *env, thr_transfer *t, const thr_origin *o) {
  thr_handle *h = t->easy;
  thr_shape shape = thr_attempt_shape(env, t, o);
  CURLcode rc = CURLE_OK;
  h->t = t;
  h->issued = h->in_body = h->encoded = 0;
  h->plain = !o->https;
  h->announced = -1;
  h->header_bytes = 0;
  h->message[0] = '\0';
  if (!thr_attempt_fits(&h->shape, &shape))
    rc = set_up(env, h, t->net, &shape, o);
  h->shape = shape;
  SET(CURLOPT_URL, t->url.data);
  if (rc == CURLE_OK)
    rc = set_timeouts(h, t);
  if (rc == CURLE_OK)
    rc = set_body(h, t);
  if (rc == CURLE_OK)
    rc = set_headers(h, t);
  return rc;
}

void thr_attempt_release(thr_handle *h) {
  /* Setting these cannot fail: libcurl only stores the pointers. (Its send buffer had the credentials too; that one is
  ** out of reach.) */
  (void)curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, (struct curl_slist *)NULL);
  if (h->shape.body == THR_BODY_MEMORY)
    (void)curl_easy_setopt(h->easy, CURLOPT_POSTFIELDS, "");
  h->t = NULL;
  if (h->shape.net == 0 && h->used) {
    curl_easy_reset(h->easy);
    h->used = 0;
  }
}
