/* retry.h — whether a finished attempt is tried again, and when. Pure policy: no clock and no randomness of
** its own, no memory; a table of inputs and outputs. Must not include lua.h.
**
** Retryable are the answers 408 429 500 502 503 504 and the failures NETWORK and TIMEOUT. A call can be
** repeated when its method is GET, HEAD, PUT or DELETE or the catalogue calls it idempotent, or when no
** byte of it left this machine. A call that cannot be repeated is tried again only when the answer says
** that it was not acted on: 429, or 503 with Retry-After. */
#ifndef THR_RETRY_H
#define THR_RETRY_H

#include <stddef.h>
#include <stdint.h>

#include "method.h"
#include "transport.h"

#define THR_RETRY_BUDGET 100.0    /* tokens in a full budget */
#define THR_RETRY_COST 5.0        /* a retry takes so many */
#define THR_RETRY_GAIN 1.0        /* a success gives so many back */
#define THR_RETRY_BASE 0.5        /* seconds: bound of the first backoff */
#define THR_RETRY_CAP 20.0        /* seconds: bound of any backoff */
#define THR_RETRY_AFTER_MAX 120.0 /* seconds: a longer Retry-After is reported instead of waited for */

/* Keeps a client from multiplying the load of a server that is down: shared by all calls of a client. */
typedef struct thr_retry_budget {
  double tokens; /* start with THR_RETRY_BUDGET */
} thr_retry_budget;

typedef struct thr_retry_in {
  thr_method method;
  int idempotent;       /* by the catalogue; GET HEAD PUT DELETE are anyway */
  int attempt;          /* 1 = the first has just ended */
  int max_retries;      /* retries, not attempts: 3 allows 4 attempts; below 0 counts as 0 */
  int status;           /* 0 = no status line came; with a failure: the status of the answer that broke off */
  thr_fail fail;        /* THR_FAIL_NONE: the answer is whole */
  int sent;             /* 0 only when certainly no byte left */
  double retry_after;   /* seconds as asked by the server, < 0 = it did not ask */
  double now, deadline; /* same clock; deadline 0 = none */
  double random;        /* [0,1) */
  /* 1: an earlier attempt of this call may have been acted on. Matters only to calls that cannot be repeated:
  ** any outcome but a whole 2xx answer is then AMBIGUOUS. */
  int interrupted_before;
  const thr_retry_budget *budget; /* NULL = unlimited; not changed, see thr_retry_spend */
} thr_retry_in;

typedef enum thr_retry_action {
  THR_RETRY_FINISHED, /* success, a definite refusal, a failure that another attempt would not mend */
  THR_RETRY_AGAIN,    /* start the next attempt after delay (and call thr_retry_spend) */
  THR_RETRY_STOP,     /* retryable, but `why` forbids: report as is, the caller may try later */
  THR_RETRY_AMBIGUOUS /* may have been acted on and cannot be repeated: report as "ambiguous", sent = true */
} thr_retry_action;

typedef struct thr_retry_out {
  thr_retry_action action;
  double delay; /* seconds; 0 unless AGAIN */
  /* 1: it is open whether this attempt, or one before, was acted on: pass it on as interrupted_before of the next.
  ** A request that was turned away with 429, or with 503 and Retry-After, was not. */
  int unsettled;
  int retryable;   /* 1: the same call made again later is safe and may succeed (AGAIN and STOP) */
  const char *why; /* STOP: "attempts" "retry_after" "deadline" "budget", the first that applies; or NULL */
} thr_retry_out;

/* What to do now that an attempt has ended. The delay is full jitter, random × min(20, 0.5 ×
** 2^(attempt-1)); when the server asked for a time, that time plus up to 10 % of it. */
thr_retry_out thr_retry_decide(const thr_retry_in *in);

/* Takes a retry out of the budget (never below 0) / gives a success back (never above full): what the retries of that
** call have taken, for a service that does as asked the second time is not down, and 1 when there was none. b may be
** NULL. */
void thr_retry_spend(thr_retry_budget *b);
void thr_retry_refund(thr_retry_budget *b, int retries);

/* Reads a Retry-After value: seconds (a fraction is tolerated) or an HTTP-date, which is counted from
** now_epoch and is 0 when past. Seconds ≥ 0 (1e9 at most), or -1 when it cannot be read. */
double thr_retry_after(const char *value, size_t n, int64_t now_epoch);

#endif
