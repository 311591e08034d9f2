/* attempt.h — what transport.c (the engine), attempt.c (options and callbacks of one request) and outcome.c (what became
** of it) share. Private to these three, which are the only files that call libcurl. Must not include lua.h. */
#ifndef THR_ATTEMPT_H
#define THR_ATTEMPT_H

#include "curlapi.h"
#include "transport.h"
#include "url.h"

/* What is known of the libcurl at hand, and decided once per engine. */
typedef struct thr_curl_env {
  unsigned version; /* of libcurl at run time, as in curl_version_info */
  int openssl;      /* the TLS library looks certificates up in a hashed folder one by one */
  int prereq;       /* libcurl tells before it issues a request: 7.80 */
  enum { THR_CA_UNKNOWN, THR_CA_LIBCURL /* leave it alone */, THR_CA_FOLDER, THR_CA_BUNDLE } ca;
  const char *ca_where; /* folder or bundle; libcurl's static string */
} thr_curl_env;

/* What an easy handle is set up for. Attempts of the same shape differ in URL, headers, body and timeout alone, so that a
** handle goes from one to the next without being set up again: that costs more than the rest of a small request. */
typedef struct thr_shape {
  unsigned long net; /* serial of the network settings; 0 = nothing of it may be kept */
  thr_method method;
  unsigned char https, loopback, wide;
  unsigned char body;  /* none, in memory, or handed out piece by piece: THR_BODY_… */
  unsigned char fresh; /* on a new connection */
} thr_shape;

/* Large buffers that are done with, for the bodies to come: fresh ones of a page's size cost the kernel as much time as
** the wire does. */
typedef struct thr_spares {
  thr_buf buf[2];
} thr_spares;

enum { THR_BODY_NONE, THR_BODY_MEMORY, THR_BODY_READ };

/* An easy handle and what libcurl's callbacks need besides the transfer. t->easy points to one while the transfer
** runs; idle ones wait in the engine's free list. libcurl only knows the handle's address, which outlives its use. */
typedef struct thr_handle {
  CURL *easy;
  thr_transfer *t;          /* NULL while it is idle */
  thr_shape shape;          /* what it is set up for; net 0 = nothing */
  int used;                 /* set up since it was made or reset */
  long timeout_ms;          /* as it is set up */
  struct curl_slist *lines; /* the headers, an array; their text belongs to the transfer */
  size_t line_cap;
  thr_buf emptied; /* those of them that are written differently for libcurl */
  thr_buf agent;   /* "User-Agent: …", "" = none */
  int identity;    /* nothing compressed is asked for */
  struct thr_handle *next;
  thr_spares *spares;  /* the engine's */
  int issued;          /* times that libcurl put the request on a connection (only counted from 7.80 on) */
  int plain;           /* http, not https */
  int in_body;         /* a byte of the final answer's body came: header lines are trailers now */
  int encoded;         /* the answer has a Content-Encoding */
  long long announced; /* Content-Length of the answer, -1 = none */
  size_t header_bytes;
  char message[CURL_ERROR_SIZE];
} thr_handle;

/* The shape of the next attempt of t. Never fails. */
thr_shape thr_attempt_shape(const thr_curl_env *env, const thr_transfer *t, const thr_origin *o);
/* May a handle of shape have be used for want as it is? Not when nothing may be kept. */
int thr_attempt_fits(const thr_shape *have, const thr_shape *want);
/* Sets t->easy up for one attempt of t: every option, or, where the handle is of that shape, what differs. The header
** lines and the body stay t's and must not change before thr_attempt_release. CURLE_OK, or what libcurl refused; the
** handle is good for nothing but thr_attempt_release and curl_easy_cleanup then. */
CURLcode thr_attempt_configure(thr_curl_env *env, thr_transfer *t, const thr_origin *o);
/* Takes everything of its transfer out of a handle that libcurl is done with: afterwards nothing in it points to the
** transfer, its credentials or its body. Settings that may hold a secret (a proxy's password) go as well. */
void thr_attempt_release(thr_handle *h);

/* Forgets the error of an earlier attempt. */
void thr_attempt_forget(thr_transfer *t);
/* Why the attempt failed, for those who know better than libcurl's code (callbacks, cancelling). The first one stands;
** outcome keeps it. */
void thr_attempt_reason(thr_transfer *t, thr_fail fail, const char *text);
/* Copies results and timings from t->easy into t and settles t->fail and t->error. code: libcurl's verdict. */
void thr_attempt_outcome(const thr_curl_env *env, thr_transfer *t, CURLcode code);

#endif
