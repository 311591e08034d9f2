/* transport.h — HTTP transfers over one curl multi handle. Must not include lua.h. transport.c, attempt.c and outcome.c
** are the only files that call libcurl; nothing of libcurl shows in this header.
**
** An engine is one CURLM with its connection pool; there is one per Lua state. A transfer is one request and the
** answer to its last attempt. No callback of libcurl runs caller code: callbacks append to buffers, and finished
** transfers are handed out by thr_engine_finished after thr_engine_poll has returned. */
#ifndef THR_TRANSPORT_H
#define THR_TRANSPORT_H

#include <stddef.h>

#include "buf.h"
#include "method.h"

typedef struct thr_engine thr_engine;

/* What kept an attempt from a complete answer. THR_FAIL_NONE: status and body are whole. */
typedef enum thr_fail {
  THR_FAIL_NONE,
  THR_FAIL_TIMEOUT,   /* connecting, the whole attempt, or a stall (under 1 byte/s for stall_ms) */
  THR_FAIL_NETWORK,   /* DNS, connection refused or reset, proxy, body shorter than announced */
  THR_FAIL_TLS,       /* certificate, handshake, CA file */
  THR_FAIL_TOO_LARGE, /* body over max_body after inflation */
  THR_FAIL_DECODE,    /* the content encoding is corrupt or unknown, or the answer is not HTTP */
  THR_FAIL_CANCELLED, /* thr_transfer_cancel, or the engine was closed */
  THR_FAIL_CONFIG, /* URL, scheme (http to a host that is not loopback), proxy or option that cannot be used */
  THR_FAIL_MEMORY  /* out of memory */
} thr_fail;

/* Per-client network settings. Borrowed by a transfer from start to finish; strings NULL when unset. */
typedef struct thr_netconf {
  const char *ca_file; /* PEM bundle to trust instead of the system's */
  const char *proxy;   /* proxy URL; "" = none, also not from the environment; NULL = from the environment */
  const char *user_agent;  /* whole header value */
  long connect_timeout_ms; /* > 0 */
  long stall_ms;           /* < 1 byte/s for this long ends the attempt (rounded up to seconds); 0 = never */
  size_t max_body;         /* bytes after inflation; 0 = 64 MiB */
  int compress; /* ask for gzip, br, zstd … as libcurl has them; set 0 for loopback, where it only costs */
  unsigned long
      serial; /* of thr_engine_serial, taken when the rest is filled in and does not change any more: handles
                        ** keep these settings from one attempt to the next. 0: they are set anew each time */
} thr_netconf;

/* Seconds of one attempt, as libcurl reports them; 0 when a step did not happen. */
typedef struct thr_timings {
  double dns, connect, tls, first_byte, total;
} thr_timings;

typedef enum thr_state { THR_IDLE, THR_RUNNING, THR_DONE } thr_state;

typedef struct thr_transfer {
  /* The request. Filled by the caller while the state is not THR_RUNNING; kept over attempts. */
  thr_method method;
  thr_buf url; /* absolute, already escaped */
  thr_buf
      headers; /* "Name: value\0" one after another; no Authorization, no Content-Length; checked by the caller */
  thr_buf
      auth; /* "Authorization: …" or "X-API-Token: …", one line without CRLF; empty = none. A secret: wiped
                   ** by the engine as soon as the attempt is over. The caller fills it again for the next attempt */
  thr_buf body; /* sent when has_body */
  int has_body;
  int resend_safe; /* 0: libcurl must not send this request a second time by itself (its silent resend on a reused
                   ** connection that died), for the server may have acted on it */
  int wide;        /* the answer may be large: it is read in pieces of 128 KB instead of 16 KB */
  int patient;     /* may wait for the next poll, or the next start of others; see thr_engine_start */
  long timeout_ms; /* of this attempt, connecting included; > 0 */
  const thr_netconf *net;

  /* The answer. Valid in state THR_DONE, until the next start. */
  thr_state state;
  thr_fail fail;
  int status;        /* HTTP status of the final answer, 0 = none came */
  int sent;          /* 0 only when certainly no byte of the request left this machine */
  int code;          /* CURLcode, for messages */
  const char *error; /* one line, lower case first letter where it is ours, "" = none; never holds a secret */
  thr_buf rheaders;  /* "Name: value\0" one after another, of the final answer only (no 100s, no CONNECT) */
  thr_buf rbody;     /* inflated */
  size_t wire_bytes; /* bytes received, headers and compressed body */
  size_t sent_bytes; /* bytes sent */
  int new_connections; /* connections opened for this attempt */
  int http_version;    /* 10, 11, 20 or 0 */
  thr_timings timings;

  /* Private to transport.c */
  thr_engine *engine;
  void *easy;       /* thr_handle of attempt.h */
  char *error_text; /* what error points to, NULL = a literal: few requests fail, and many may wait */
  struct thr_transfer *prev, *next;
  size_t body_read;
  void *owner; /* the caller's; transport.c never touches it */
} thr_transfer;

/* Loads libcurl where it is loaded on first use, runs curl_global_init once per process, makes an engine with one
** reference. NULL when out of memory or when libcurl cannot be had (why, a static or per-process string). */
thr_engine *thr_engine_new(const char **why);
void thr_engine_ref(thr_engine *e);
/* Drops a reference; the last one ends what runs (THR_DONE, THR_FAIL_CANCELLED, not handed out), closes the connections
** and frees. Transfers hold no reference: they learn of the end, in any order. After a fork, in the child, the curl
** handles are leaked instead of closed: closing would write on the parent's sockets. */
void thr_engine_unref(thr_engine *e);
/* 1 when this process is not the one that made the engine: every other call then refuses. */
int thr_engine_forked(const thr_engine *e);

/* A number that no other thr_netconf of this engine has: for its field serial. Never 0. */
unsigned long thr_engine_serial(thr_engine *e);

/* A zeroed transfer in state THR_IDLE. */
void thr_transfer_init(thr_transfer *t);
/* Cancels if running, wipes auth, frees every buffer. Also right on a zeroed struct; may be called twice. */
void thr_transfer_free(thr_transfer *t);
/* Puts the request on the wire (and drives the multi handle once, so that it really leaves; other transfers may finish
** by that). One that is `patient` is driven only when eight wait or nothing else runs, else by the next poll: several small
** requests that are started in a row leave together, which costs less. 0, or -1 with state THR_DONE and fail, error set
** (nothing was sent; auth is wiped). A failure that libcurl sees at once is reported like any other: through
** thr_engine_finished. A transfer that runs already is left alone (-1). */
int thr_engine_start(thr_engine *e, thr_transfer *t);
/* Ends a running transfer: state THR_DONE, fail THR_FAIL_CANCELLED. It is not handed out by thr_engine_finished.
** No-op in other states. Also removes a finished transfer from the list of those not handed out yet. */
void thr_transfer_cancel(thr_transfer *t);
/* Waits up to timeout_ms (0 = just looks) and moves every transfer on. Returns early on EINTR, at a timer of libcurl,
** and as soon as a transfer finished; with nothing running it just waits. Number of transfers finished and not handed out
** yet, or -1 (forked, re-entered). */
int thr_engine_poll(thr_engine *e, int timeout_ms);
/* A descriptor that the transfers under way wait for. */
typedef struct thr_fd {
  int fd, read, write;
} thr_fd;
/* For a program that waits by itself: writes what to wait for until the next thr_engine_poll(e, 0) into list, which has
** room for so many, and sets *timeout_ms to the time after which to call it anyway (-1: none). To be called after a poll.
** Descriptors of FD_SETSIZE (1024) and more cannot be told of: with one of them, as with transfers that wait for no
** descriptor, the time is short instead. How many there are, possibly more than there is room for; -1 (forked,
** re-entered, libcurl refused). */
int thr_engine_fds(thr_engine *e, thr_fd *list, int room, long *timeout_ms);
/* The next finished transfer, in the order of finishing, or NULL. */
thr_transfer *thr_engine_finished(thr_engine *e);
/* Takes the memory of a body that the caller is done with, for one of the answers to come. b is empty afterwards. */
void thr_engine_spare(thr_engine *e, thr_buf *b);
/* Transfers running now. */
int thr_engine_running(const thr_engine *e);
/* Seconds on a clock that never goes back, and is the one of every deadline. */
double thr_now(void);
/* What the libcurl in use can do, of what matters here. */
typedef struct thr_transport_features {
  const char *version; /* "7.88.1" */
  const char *tls;     /* "OpenSSL/3.0.15" */
  int http2, gzip, brotli, zstd;
  int async_dns; /* resolving a name does not hold up the other transfers */
} thr_transport_features;
/* 0; or -1 and *why when libcurl cannot be had. */
int thr_transport_describe(thr_transport_features *out, const char **why);
/* "libcurl/7.88.1 OpenSSL/3.0.15 …": for the User-Agent and --doctor. NULL when libcurl cannot be had. */
const char *thr_transport_version(void);

/* Test hooks. The class of a CURLcode; sent: a request is out; message: libcurl's text ("" = none). */
thr_fail thr_transport_classify(int code, int sent, const char *message);
/* 1: engines made from now on do as with a libcurl before 7.80, which cannot say when it issues a request. */
void thr_transport_pretend_old(int on);

#endif
