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

/* An easy handle and what libcurl's callbacks need besides the transfer. t->easy points to one while the transfer
** runs; idle ones wait in the engine's free list. */
typedef struct thr_handle {
  CURL *easy;
  struct thr_handle *next;
  int issued;          /* times that libcurl put the request on a connection (only counted from 7.80 on) */
  int plain;           /* http, not https */
  int in_body;         /* a byte of the final answer's body came: header lines are trailers now */
  int encoded;         /* the answer has a Content-Encoding */
  long long announced; /* Content-Length of the answer, -1 = none */
  size_t header_bytes;
  char message[CURL_ERROR_SIZE];
} thr_handle;

/* Sets every option for one attempt of t on t->easy (fresh or reset) and builds t->header_list. CURLE_OK, or what
** libcurl refused; the caller then resets the handle and calls thr_attempt_wipe. */
CURLcode thr_attempt_configure(thr_curl_env *env, thr_transfer *t, const thr_origin *o);
/* Overwrites and frees t->header_list, which holds the credentials. Only once libcurl is done with it. */
void thr_attempt_wipe(thr_transfer *t);

/* Why the attempt failed, for those who know better than libcurl's code (callbacks, cancelling). The first one stands;
** outcome keeps it. */
void thr_attempt_reason(thr_transfer *t, thr_fail fail, const char *text);
/* Copies results and timings from t->easy into t and settles t->fail and t->error. code: libcurl's verdict. */
void thr_attempt_outcome(const thr_curl_env *env, thr_transfer *t, CURLcode code);

#endif
