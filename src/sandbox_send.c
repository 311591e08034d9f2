/* sandbox_send.c — the sandbox's answers on their way out; see sandbox_send.h. Must not include lua.h. */
#include "sandbox_send.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STREAM_BLOCK ((size_t)64 * 1024)

/* An answer on its way out, for the answers that libmicrohttpd cannot send from one buffer. */
typedef struct stream {
  sbx_gate *gate;
  sbx_bytes body, tail;
  uint64_t fill, limit; /* limit: bytes after which the connection is closed */
  double drip_every;
  size_t drip_bytes;
} stream;

int sbx_bytes_add(sbx_bytes *b, const void *p, size_t n) {
  char *grown = realloc(b->data, b->len + n + 1);
  if (grown == NULL)
    return -1;
  b->data = grown;
  if (n > 0)
    memcpy(grown + b->len, p, n);
  b->len += n;
  grown[b->len] = '\0';
  return 0;
}

void sbx_bytes_free(sbx_bytes *b) {
  free(b->data);
  b->data = NULL;
  b->len = 0;
}

void sbx_answer_free(sbx_answer *a) {
  sbx_bytes_free(&a->headers);
  sbx_bytes_free(&a->body);
  sbx_bytes_free(&a->tail);
  memset(a, 0, sizeof(*a));
}

/* ---- time ---- */

static void clock_now(struct timespec *t) {
#if defined(__APPLE__)
  clock_gettime(CLOCK_REALTIME, t); /* no pthread_condattr_setclock there */
#else
  clock_gettime(CLOCK_MONOTONIC, t);
#endif
}

int sbx_gate_init(sbx_gate *g) {
  pthread_condattr_t attr;
  int failed;
  g->stopping = 0;
  if (pthread_mutex_init(&g->lock, NULL) != 0)
    return -1;
  pthread_condattr_init(&attr);
#if !defined(__APPLE__)
  pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
#endif
  failed = pthread_cond_init(&g->wake, &attr);
  pthread_condattr_destroy(&attr);
  if (failed)
    pthread_mutex_destroy(&g->lock);
  return failed ? -1 : 0;
}

void sbx_gate_destroy(sbx_gate *g) {
  pthread_cond_destroy(&g->wake);
  pthread_mutex_destroy(&g->lock);
}

void sbx_gate_stop(sbx_gate *g) {
  pthread_mutex_lock(&g->lock);
  g->stopping = 1;
  pthread_cond_broadcast(&g->wake);
  pthread_mutex_unlock(&g->lock);
}

int sbx_gate_sleep(sbx_gate *g, double seconds) {
  struct timespec until;
  int stopping;
  if (seconds > 1e6)
    seconds = 1e6;
  clock_now(&until);
  until.tv_sec += (time_t)seconds;
  until.tv_nsec += (long)((seconds - (double)(time_t)seconds) * 1e9);
  if (until.tv_nsec >= 1000000000L) {
    until.tv_nsec -= 1000000000L;
    until.tv_sec++;
  }
  pthread_mutex_lock(&g->lock);
  while (!g->stopping && pthread_cond_timedwait(&g->wake, &g->lock, &until) != ETIMEDOUT) {
  }
  stopping = g->stopping;
  pthread_mutex_unlock(&g->lock);
  return stopping ? -1 : 0;
}

/* The answer when even the answering function failed: the house's error shape, built without Lua. */
int sbx_answer_failed(sbx_answer *a, const char *message) {
  static const char type[] = "Content-Type\0application/json";
  static const char head[] = "{\"status\":500,\"error\":\"Internal Server Error\",\"message\":\"";
  char text[256];
  size_t i;
  snprintf(text, sizeof(text), "the sandbox failed: %s", message);
  for (i = 0; text[i] != '\0'; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c < ' ' || c >= 0x7f || c == '"' || c == '\\')
      text[i] = ' '; /* a JSON string without escapes */
  }
  sbx_answer_free(a);
  a->status = 500;
  a->truncate = -1;
  return (sbx_bytes_add(&a->headers, type, sizeof(type)) == 0 &&
          sbx_bytes_add(&a->body, head, sizeof(head) - 1) == 0 && sbx_bytes_add(&a->body, text, i) == 0 &&
          sbx_bytes_add(&a->body, "\"}", 2) == 0)
             ? 0
             : -1;
}

/* ---- sending ---- */

/* Closes the connection with a TCP reset. Closing is libmicrohttpd's job, but it shuts the socket down first, which a
** peer sees as an orderly end; so the socket is closed here, by putting another one in its place. */
static void reset_connection(struct MHD_Connection *c) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
  struct linger now = {1, 0};
  int fd, spare;
  if (info == NULL)
    return;
  fd = info->connect_fd;
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  spare = socket(AF_INET, SOCK_STREAM, 0);
  if (spare < 0)
    return; /* no descriptor left: the peer sees a close instead of a reset */
  if (dup2(spare, fd) == fd)
    fcntl(fd, F_SETFD, FD_CLOEXEC);
  close(spare);
}

static ssize_t stream_read(void *cls, uint64_t pos, char *out, size_t max) {
  stream *t = cls;
  size_t n = max, done = 0;
  if (t->drip_bytes > 0) {
    if (sbx_gate_sleep(t->gate, t->drip_every) != 0)
      return MHD_CONTENT_READER_END_WITH_ERROR;
    if (n > t->drip_bytes)
      n = t->drip_bytes;
  }
  if (pos >= t->limit)
    return MHD_CONTENT_READER_END_WITH_ERROR; /* promised more, closes here */
  if (n > t->limit - pos)
    n = (size_t)(t->limit - pos);
  while (done < n) { /* body, filler, tail: whichever pos is in */
    uint64_t at = pos + done, left;
    size_t piece = n - done;
    if (at < t->body.len) {
      left = t->body.len - at;
      if (piece > left)
        piece = (size_t)left;
      memcpy(out + done, t->body.data + at, piece);
    } else if (at - t->body.len < t->fill) {
      left = t->fill - (at - t->body.len);
      if (piece > left)
        piece = (size_t)left;
      memset(out + done, 'x', piece);
    } else {
      at -= t->body.len + t->fill;
      if (at >= t->tail.len)
        break;
      if (piece > t->tail.len - at)
        piece = (size_t)(t->tail.len - at);
      memcpy(out + done, t->tail.data + at, piece);
    }
    done += piece;
  }
  return (done > 0) ? (ssize_t)done : MHD_CONTENT_READER_END_OF_STREAM;
}

static void stream_free(void *cls) {
  stream *t = cls;
  sbx_bytes_free(&t->body);
  sbx_bytes_free(&t->tail);
  free(t);
}

/* NULL when memory is out. Takes the answer's body. */
static struct MHD_Response *make_response(sbx_gate *g, sbx_answer *a) {
  struct MHD_Response *r;
  uint64_t size = a->body.len + a->fill + a->tail.len;
  stream *t;
  if (a->truncate < 0 && a->drip_bytes == 0 && a->fill == 0 && a->tail.len == 0) {
    r = MHD_create_response_from_buffer(a->body.len, a->body.data, MHD_RESPMEM_MUST_FREE);
    if (r != NULL)
      a->body.data = NULL;
    return r;
  }
  t = calloc(1, sizeof(*t));
  if (t == NULL)
    return NULL;
  t->gate = g;
  t->limit = size;
  if (a->truncate >= 0 && (uint64_t)a->truncate <= size) {
    t->limit = (uint64_t)a->truncate;
    if (t->limit == size)
      size++; /* the whole body, and still one byte is missing */
  } else if (a->truncate >= 0) {
    size = (uint64_t)a->truncate + 1; /* longer than there is anything to send */
  }
  t->body = a->body;
  t->tail = a->tail;
  t->fill = a->fill;
  t->drip_bytes = a->drip_bytes;
  t->drip_every = a->drip_every;
  memset(&a->body, 0, sizeof(a->body));
  memset(&a->tail, 0, sizeof(a->tail));
  r = MHD_create_response_from_callback(size, STREAM_BLOCK, stream_read, t, stream_free);
  if (r == NULL)
    stream_free(t);
  return r;
}

enum MHD_Result sbx_answer_send(sbx_gate *g, struct MHD_Connection *c, sbx_answer *a) {
  struct MHD_Response *r;
  enum MHD_Result result = MHD_YES;
  const char *p, *end;
  if (a->delay > 0 && sbx_gate_sleep(g, a->delay) != 0)
    return MHD_NO;
  if (a->reset) {
    reset_connection(c);
    return MHD_NO;
  }
  r = make_response(g, a);
  if (r == NULL)
    return MHD_NO;
  p = a->headers.data;
  end = p + a->headers.len;
  while (result == MHD_YES && p != NULL && p < end) {
    const char *value = p + strlen(p) + 1;
    result = MHD_add_response_header(r, p, value);
    p = value + strlen(value) + 1;
  }
  if (result == MHD_YES)
    result = MHD_queue_response(c, a->status, r);
  MHD_destroy_response(r);
  return result;
}
