/* retry_test.c — src/retry.c: the policy, cell by cell, then the delays and the limits. */
#include "retry.h"

#include <string.h>

#include "check.h"

enum { FIN = THR_RETRY_FINISHED, AGAIN = THR_RETRY_AGAIN, STOP = THR_RETRY_STOP, AMB = THR_RETRY_AMBIGUOUS };

/* The first attempt of a call with room for everything. */
static thr_retry_in base(void) {
  thr_retry_in in;
  memset(&in, 0, sizeof in);
  in.method = THR_GET;
  in.attempt = 1;
  in.max_retries = 3;
  in.sent = 1;
  in.retry_after = -1;
  in.random = 0.5;
  return in;
}

static const char *const method_names[] = {
#define NAME(name, writes, idem) #name,
    THR_METHODS(NAME)
#undef NAME
};
static const char *const fail_names[] = {"none",   "timeout",   "network", "tls",   "too_large",
                                         "decode", "cancelled", "config",  "memory"};

static int check_cell(const thr_retry_in *in, int want) {
  thr_retry_out out = thr_retry_decide(in);
  int right = (int)out.action == want && out.retryable == (want == AGAIN) && out.why == NULL;
  if (want != AGAIN)
    right = right && out.delay == 0;
  if (!right)
    printf("# %s idempotent=%d status=%d fail=%s sent=%d retry_after=%g before=%d: %d, want %d\n",
           method_names[in->method], in->idempotent, in->status, fail_names[in->fail], in->sent,
           in->retry_after, in->interrupted_before, (int)out.action, want);
  return right;
}

/* The policy in a second wording: columns for a call that can be repeated (its method, the catalogue, or that nothing
** was sent), and for one that cannot, without and with Retry-After. Statuses are spans. */
typedef struct row {
  thr_fail fail;
  int from, to;
  int repeatable, once, once_retry_after;
} row;

static const row table[] = {
    /* whole answers */
    {THR_FAIL_NONE, 200, 299, FIN, FIN, FIN},
    {THR_FAIL_NONE, 300, 399, FIN, FIN, FIN},
    {THR_FAIL_NONE, 400, 407, FIN, FIN, FIN},
    {THR_FAIL_NONE, 408, 408, AGAIN, AMB, AMB},
    {THR_FAIL_NONE, 409, 428, FIN, FIN, FIN},
    {THR_FAIL_NONE, 429, 429, AGAIN, AGAIN, AGAIN},
    {THR_FAIL_NONE, 430, 499, FIN, FIN, FIN},
    {THR_FAIL_NONE, 500, 500, AGAIN, AMB, AMB},
    {THR_FAIL_NONE, 501, 501, FIN, FIN, FIN},
    {THR_FAIL_NONE, 502, 502, AGAIN, AMB, AMB},
    {THR_FAIL_NONE, 503, 503, AGAIN, AMB, AGAIN},
    {THR_FAIL_NONE, 504, 504, AGAIN, AMB, AMB},
    {THR_FAIL_NONE, 505, 599, FIN, FIN, FIN},
    /* the network gave out before an answer, or in the middle of one */
    {THR_FAIL_NETWORK, 0, 0, AGAIN, AMB, AMB},
    {THR_FAIL_NETWORK, 100, 199, AGAIN, AMB, AMB},
    {THR_FAIL_NETWORK, 200, 299, AGAIN, AMB, AMB},
    {THR_FAIL_NETWORK, 300, 399, AGAIN, FIN, FIN},
    {THR_FAIL_NETWORK, 400, 407, AGAIN, FIN, FIN},
    {THR_FAIL_NETWORK, 408, 408, AGAIN, AMB, AMB},
    {THR_FAIL_NETWORK, 409, 428, AGAIN, FIN, FIN},
    {THR_FAIL_NETWORK, 429, 429, AGAIN, AGAIN, AGAIN},
    {THR_FAIL_NETWORK, 430, 499, AGAIN, FIN, FIN},
    {THR_FAIL_NETWORK, 500, 500, AGAIN, AMB, AMB},
    {THR_FAIL_NETWORK, 501, 501, AGAIN, FIN, FIN},
    {THR_FAIL_NETWORK, 502, 502, AGAIN, AMB, AMB},
    {THR_FAIL_NETWORK, 503, 503, AGAIN, AMB, AGAIN},
    {THR_FAIL_NETWORK, 504, 504, AGAIN, AMB, AMB},
    {THR_FAIL_NETWORK, 505, 599, AGAIN, FIN, FIN},
    {THR_FAIL_TIMEOUT, 0, 0, AGAIN, AMB, AMB},
    {THR_FAIL_TIMEOUT, 100, 199, AGAIN, AMB, AMB},
    {THR_FAIL_TIMEOUT, 200, 299, AGAIN, AMB, AMB},
    {THR_FAIL_TIMEOUT, 300, 399, AGAIN, FIN, FIN},
    {THR_FAIL_TIMEOUT, 400, 407, AGAIN, FIN, FIN},
    {THR_FAIL_TIMEOUT, 408, 408, AGAIN, AMB, AMB},
    {THR_FAIL_TIMEOUT, 409, 428, AGAIN, FIN, FIN},
    {THR_FAIL_TIMEOUT, 429, 429, AGAIN, AGAIN, AGAIN},
    {THR_FAIL_TIMEOUT, 430, 499, AGAIN, FIN, FIN},
    {THR_FAIL_TIMEOUT, 500, 500, AGAIN, AMB, AMB},
    {THR_FAIL_TIMEOUT, 501, 501, AGAIN, FIN, FIN},
    {THR_FAIL_TIMEOUT, 502, 502, AGAIN, AMB, AMB},
    {THR_FAIL_TIMEOUT, 503, 503, AGAIN, AMB, AGAIN},
    {THR_FAIL_TIMEOUT, 504, 504, AGAIN, AMB, AMB},
    {THR_FAIL_TIMEOUT, 505, 599, AGAIN, FIN, FIN},
};

/* Failures that are ours: never retried, ambiguous only when no status tells what became of the request. */
static const row ours[] = {
    {THR_FAIL_NONE, 0, 0, FIN, AMB, AMB},     {THR_FAIL_NONE, 100, 199, FIN, AMB, AMB},
    {THR_FAIL_NONE, 200, 407, FIN, FIN, FIN}, {THR_FAIL_NONE, 408, 408, FIN, AMB, AMB},
    {THR_FAIL_NONE, 409, 499, FIN, FIN, FIN}, {THR_FAIL_NONE, 500, 500, FIN, AMB, AMB},
    {THR_FAIL_NONE, 501, 501, FIN, FIN, FIN}, {THR_FAIL_NONE, 502, 502, FIN, AMB, AMB},
    {THR_FAIL_NONE, 503, 503, FIN, AMB, FIN}, {THR_FAIL_NONE, 504, 504, FIN, AMB, AMB},
    {THR_FAIL_NONE, 505, 599, FIN, FIN, FIN},
};

/* Every method × idempotent × sent × Retry-After over one row. Number of wrong cells. */
static int check_row(const row *r, thr_fail fail, int *cells) {
  thr_retry_in in = base();
  int wrong = 0, m;
  in.fail = fail;
  for (m = 0; m < THR_METHOD_COUNT; m++) {
    in.method = (thr_method)m;
    for (in.idempotent = 0; in.idempotent <= 1; in.idempotent++)
      for (in.sent = 0; in.sent <= 1; in.sent++)
        for (in.retry_after = -1; in.retry_after <= 3; in.retry_after += 2) /* none, 1, 3 seconds */
          for (in.status = r->from; in.status <= r->to; in.status++) {
            int by_method = m == THR_GET || m == THR_HEAD || m == THR_PUT || m == THR_DELETE;
            int repeatable = by_method || in.idempotent || !in.sent;
            int want = repeatable ? r->repeatable : in.retry_after >= 0 ? r->once_retry_after : r->once;
            wrong += !check_cell(&in, want);
            ++*cells;
          }
  }
  return wrong;
}

static double delay_of(int attempt, double random, double retry_after) {
  thr_retry_in in = base();
  thr_retry_out out;
  in.status = 503;
  in.attempt = attempt;
  in.max_retries = 1000000;
  in.random = random;
  in.retry_after = retry_after;
  out = thr_retry_decide(&in);
  return out.action == THR_RETRY_AGAIN ? out.delay : -1;
}

static int near(double a, double b) { return a - b < 1e-9 && b - a < 1e-9; }

static double after(const char *s) { return thr_retry_after(s, strlen(s), 784111777); }

int main(void) {
  size_t i;
  int f, cells = 0;

  CASE("retry: answers, every method × idempotent × sent × Retry-After × status 200..599") {
    for (i = 0; i < sizeof table / sizeof table[0]; i++)
      if (table[i].fail == THR_FAIL_NONE)
        CHECK(check_row(&table[i], THR_FAIL_NONE, &cells) == 0);
    CHECK(cells == 6 * 2 * 2 * 3 * 400);
  }

  CASE("retry: network failures, every cell, with and without the status of a broken answer") {
    cells = 0;
    for (i = 0; i < sizeof table / sizeof table[0]; i++)
      if (table[i].fail == THR_FAIL_NETWORK)
        CHECK(check_row(&table[i], THR_FAIL_NETWORK, &cells) == 0);
    CHECK(cells == 6 * 2 * 2 * 3 * 501);
  }

  CASE("retry: timeouts, every cell, with and without the status of a broken answer") {
    cells = 0;
    for (i = 0; i < sizeof table / sizeof table[0]; i++)
      if (table[i].fail == THR_FAIL_TIMEOUT)
        CHECK(check_row(&table[i], THR_FAIL_TIMEOUT, &cells) == 0);
    CHECK(cells == 6 * 2 * 2 * 3 * 501);
  }

  CASE("retry: TLS, size, decoding, cancelling, configuration and memory are never retried, every cell") {
    cells = 0;
    for (f = THR_FAIL_TLS; f <= THR_FAIL_MEMORY; f++)
      for (i = 0; i < sizeof ours / sizeof ours[0]; i++)
        CHECK(check_row(&ours[i], (thr_fail)f, &cells) == 0);
    CHECK(cells == 6 * 6 * 2 * 2 * 3 * 501);
  }

  /* The cells that matter most, once more and by name. */
  CASE("retry: a POST that the network swallowed is ambiguous") {
    thr_retry_in in = base();
    in.method = THR_POST;
    in.fail = THR_FAIL_NETWORK;
    CHECK(check_cell(&in, AMB));
    in.fail = THR_FAIL_TIMEOUT;
    CHECK(check_cell(&in, AMB));
    in.fail = THR_FAIL_NONE;
    in.status = 502;
    CHECK(check_cell(&in, AMB));
  }

  CASE("retry: a POST of which nothing left is tried again") {
    thr_retry_in in = base();
    in.method = THR_POST;
    in.fail = THR_FAIL_NETWORK;
    in.sent = 0;
    CHECK(check_cell(&in, AGAIN));
  }

  CASE("retry: a failed handshake is final and never ambiguous") {
    thr_retry_in in = base();
    in.method = THR_POST;
    in.fail = THR_FAIL_TLS;
    in.sent = 0;
    CHECK(check_cell(&in, FIN));
    in.method = THR_GET;
    CHECK(check_cell(&in, FIN));
  }

  CASE("retry: a POST that is turned away politely is tried again") {
    thr_retry_in in = base();
    in.method = THR_POST;
    in.status = 429;
    CHECK(check_cell(&in, AGAIN));
    in.status = 503;
    CHECK(check_cell(&in, AMB));
    in.retry_after = 0;
    CHECK(check_cell(&in, AGAIN));
  }

  CASE("retry: an attempt that may have been acted on taints the rest of a call that cannot be repeated") {
    int status;
    thr_retry_in in = base();
    in.interrupted_before = 1;
    for (status = 200; status <= 599; status++) {
      in.status = status;
      in.method = THR_POST;
      in.idempotent = 0;
      in.sent = status % 2;
      CHECK(check_cell(&in, status <= 299 ? FIN : AMB));
      in.method = THR_PATCH;
      CHECK(check_cell(&in, status <= 299 ? FIN : AMB));
    }
    for (f = THR_FAIL_TIMEOUT; f <= THR_FAIL_MEMORY; f++) {
      in.fail = (thr_fail)f;
      in.method = THR_POST;
      for (in.sent = 0; in.sent <= 1; in.sent++) {
        in.status = 0;
        CHECK(check_cell(&in, AMB));
        in.status = 200;
        CHECK(check_cell(&in, AMB));
      }
    }
  }

  CASE("retry: and changes nothing for one that can") {
    int status, m, catalogue;
    for (m = 0; m < THR_METHOD_COUNT; m++)
      for (catalogue = 0; catalogue <= 1; catalogue++)
        for (status = 200; status <= 599; status++) {
          thr_retry_in in = base();
          in.method = (thr_method)m;
          in.idempotent = catalogue;
          in.status = status;
          if (!catalogue && (m == THR_POST || m == THR_PATCH))
            continue;
          {
            thr_retry_action clean = thr_retry_decide(&in).action;
            in.interrupted_before = 1;
            CHECK(thr_retry_decide(&in).action == clean);
          }
        }
  }

  CASE("retry: it is unsettled for every method alike when an attempt may have been acted on") {
    static const struct {
      thr_fail fail;
      int status, sent;
      double retry_after;
      int unsettled;
    } open_cells[] = {
        {THR_FAIL_NONE, 200, 1, -1, 0},    {THR_FAIL_NONE, 404, 1, -1, 0},
        {THR_FAIL_NONE, 429, 1, -1, 0},    {THR_FAIL_NONE, 501, 1, -1, 0},
        {THR_FAIL_NONE, 408, 1, -1, 1},    {THR_FAIL_NONE, 500, 1, 5, 1},
        {THR_FAIL_NONE, 503, 1, -1, 1},    {THR_FAIL_NONE, 503, 1, 0, 0},
        {THR_FAIL_NETWORK, 0, 1, -1, 1},   {THR_FAIL_NETWORK, 0, 0, -1, 0},
        {THR_FAIL_NETWORK, 200, 1, -1, 1}, {THR_FAIL_NETWORK, 422, 1, -1, 0},
        {THR_FAIL_NETWORK, 429, 1, -1, 0}, {THR_FAIL_TIMEOUT, 0, 1, -1, 1},
        {THR_FAIL_TLS, 0, 0, -1, 0},       {THR_FAIL_DECODE, 200, 1, -1, 0},
        {THR_FAIL_DECODE, 0, 1, -1, 1},    {THR_FAIL_CANCELLED, 0, 1, -1, 1},
    };
    int m;
    for (i = 0; i < sizeof open_cells / sizeof open_cells[0]; i++)
      for (m = 0; m < THR_METHOD_COUNT; m++) {
        thr_retry_in in = base();
        in.method = (thr_method)m;
        in.fail = open_cells[i].fail;
        in.status = open_cells[i].status;
        in.sent = open_cells[i].sent;
        in.retry_after = open_cells[i].retry_after;
        CHECK(thr_retry_decide(&in).unsettled == open_cells[i].unsettled);
        in.interrupted_before = 1; /* only a whole success settles what was open before */
        CHECK(thr_retry_decide(&in).unsettled == (in.fail != THR_FAIL_NONE || in.status != 200));
      }
  }

  CASE("retry: a POST may be turned away again and again, and is still not ambiguous") {
    thr_retry_in in = base();
    in.method = THR_POST;
    in.retry_after = 1;
    for (in.attempt = 1; in.attempt <= 3; in.attempt++) {
      thr_retry_out out;
      in.status = in.attempt % 2 ? 503 : 429;
      out = thr_retry_decide(&in);
      CHECK(out.action == THR_RETRY_AGAIN && out.unsettled == 0);
      in.interrupted_before = out.unsettled;
    }
    in.status = 409;
    CHECK(check_cell(&in, FIN));
  }

  CASE("retry: the backoff is full jitter under a bound that doubles up to 20 seconds") {
    static const double bound[] = {0.5, 1, 2, 4, 8, 16, 20, 20, 20};
    int attempt;
    for (attempt = 1; attempt <= 9; attempt++) {
      double b = bound[attempt - 1], r, last = -1;
      CHECK(delay_of(attempt, 0, -1) == 0);
      for (r = 0; r < 1; r += 0.0625) {
        double d = delay_of(attempt, r, -1);
        CHECK(near(d, r * b) && d > last && d < b);
        last = d;
      }
      CHECK(delay_of(attempt, 0.999999, -1) < b && delay_of(attempt, 0.999999, -1) > 0.99 * b);
    }
    CHECK(near(delay_of(100000, 0.5, -1), 10)); /* and never overflows */
  }

  CASE("retry: a random number outside [0,1) is taken for 0") {
    CHECK(delay_of(1, 1, -1) == 0);
    CHECK(delay_of(1, -1, -1) == 0);
    CHECK(delay_of(1, 1e300, 5) == 5);
  }

  CASE("retry: Retry-After is never undercut and overrun by a tenth at most") {
    static const double asked[] = {0, 0.25, 1, 7, 60, 119.5, 120};
    for (i = 0; i < sizeof asked / sizeof asked[0]; i++) {
      double r;
      for (r = 0; r < 1; r += 0.125) {
        double d = delay_of(1 + (int)i, r, asked[i]);
        CHECK(d >= asked[i] && d <= asked[i] * 1.1 && near(d, asked[i] * (1 + r / 10)));
      }
    }
  }

  CASE("retry: a Retry-After of more than two minutes is reported, not waited for") {
    thr_retry_in in = base();
    thr_retry_out out;
    in.status = 429;
    in.retry_after = 120;
    CHECK(thr_retry_decide(&in).action == THR_RETRY_AGAIN);
    in.retry_after = 120.5;
    out = thr_retry_decide(&in);
    CHECK(out.action == THR_RETRY_STOP && out.retryable == 1 && out.delay == 0);
    CHECK(out.why != NULL && strcmp(out.why, "retry_after") == 0);
    in.retry_after = 1e9;
    CHECK(thr_retry_decide(&in).action == THR_RETRY_STOP);
  }

  CASE("retry: max_retries counts retries, not attempts") {
    thr_retry_in in = base();
    in.status = 503;
    for (in.max_retries = 0; in.max_retries <= 5; in.max_retries++)
      for (in.attempt = 1; in.attempt <= 8; in.attempt++) {
        thr_retry_out out = thr_retry_decide(&in);
        if (in.attempt <= in.max_retries) {
          CHECK(out.action == THR_RETRY_AGAIN && out.why == NULL);
        } else {
          CHECK(out.action == THR_RETRY_STOP && out.why != NULL && strcmp(out.why, "attempts") == 0);
          CHECK(out.retryable == 1);
        }
      }
    in.max_retries = -1;
    in.attempt = 1;
    CHECK(thr_retry_decide(&in).action == THR_RETRY_STOP);
  }

  CASE("retry: a wait that would reach the deadline ends the call at once") {
    thr_retry_in in = base();
    thr_retry_out out;
    in.status = 503;
    in.random = 0.5; /* 0.25 s */
    in.now = 100;
    in.deadline = 100.26;
    CHECK(thr_retry_decide(&in).action == THR_RETRY_AGAIN);
    in.deadline = 100.25;
    out = thr_retry_decide(&in);
    CHECK(out.action == THR_RETRY_STOP && out.retryable == 1 && out.why != NULL &&
          strcmp(out.why, "deadline") == 0);
    in.deadline = 99; /* already past */
    CHECK(thr_retry_decide(&in).action == THR_RETRY_STOP);
    in.deadline = 105;
    in.random = 0;
    in.retry_after = 4.9;
    CHECK(thr_retry_decide(&in).action == THR_RETRY_AGAIN);
    in.retry_after = 5;
    out = thr_retry_decide(&in);
    CHECK(out.action == THR_RETRY_STOP && strcmp(out.why, "deadline") == 0);
    in.deadline = 0; /* none */
    CHECK(thr_retry_decide(&in).action == THR_RETRY_AGAIN);
  }

  CASE("retry: no limit turns an answer that is final, or ambiguous, into anything else") {
    thr_retry_budget empty = {0};
    thr_retry_in in = base();
    in.max_retries = 0;
    in.budget = &empty;
    in.now = 10;
    in.deadline = 5;
    in.status = 404;
    CHECK(check_cell(&in, FIN));
    in.status = 200;
    CHECK(check_cell(&in, FIN));
    in.method = THR_POST;
    in.status = 500;
    CHECK(check_cell(&in, AMB));
  }

  CASE("retry: a spent budget stops retries, a budget that just suffices does not") {
    thr_retry_budget b = {THR_RETRY_COST};
    thr_retry_in in = base();
    thr_retry_out out;
    in.status = 503;
    in.budget = &b;
    CHECK(thr_retry_decide(&in).action == THR_RETRY_AGAIN);
    CHECK(b.tokens == THR_RETRY_COST); /* deciding is not spending */
    b.tokens = THR_RETRY_COST - 0.5;
    out = thr_retry_decide(&in);
    CHECK(out.action == THR_RETRY_STOP && out.retryable == 1 && out.why != NULL &&
          strcmp(out.why, "budget") == 0);
  }

  CASE("retry: a full budget is twenty retries, and successes win it back") {
    thr_retry_budget b = {THR_RETRY_BUDGET};
    thr_retry_in in = base();
    int n = 0;
    in.status = 503;
    in.budget = &b;
    while (n < 1000 && thr_retry_decide(&in).action == THR_RETRY_AGAIN) {
      thr_retry_spend(&b);
      n++;
    }
    CHECK(n == 20 && b.tokens == 0);
    thr_retry_spend(&b);
    CHECK(b.tokens == 0); /* not below */
    for (n = 0; n < 4; n++) {
      thr_retry_refund(&b, 0);
      CHECK(thr_retry_decide(&in).action == THR_RETRY_STOP);
    }
    thr_retry_refund(&b, 0);
    CHECK(thr_retry_decide(&in).action == THR_RETRY_AGAIN);
    for (n = 0; n < 1000; n++)
      thr_retry_refund(&b, 0);
    CHECK(b.tokens == THR_RETRY_BUDGET); /* not above */
    for (n = 0; n < 1000; n++) {         /* a service that does it the third time, every time */
      thr_retry_spend(&b);
      thr_retry_spend(&b);
      thr_retry_refund(&b, 2);
    }
    CHECK(b.tokens == THR_RETRY_BUDGET);
    thr_retry_spend(NULL);
    thr_retry_refund(NULL, 0);
  }

  CASE("retry: of several limits the first of attempts, retry_after, deadline, budget is named") {
    thr_retry_budget empty = {0};
    thr_retry_in in = base();
    in.status = 429;
    in.budget = &empty;
    in.now = 10;
    in.deadline = 5;
    in.retry_after = 500;
    in.max_retries = 0;
    CHECK(strcmp(thr_retry_decide(&in).why, "attempts") == 0);
    in.max_retries = 3;
    CHECK(strcmp(thr_retry_decide(&in).why, "retry_after") == 0);
    in.retry_after = 1;
    CHECK(strcmp(thr_retry_decide(&in).why, "deadline") == 0);
    in.deadline = 0;
    CHECK(strcmp(thr_retry_decide(&in).why, "budget") == 0);
  }

  CASE("retry: Retry-After in seconds") {
    CHECK(after("0") == 0);
    CHECK(after("1") == 1);
    CHECK(after("120") == 120);
    CHECK(after(" 5\t") == 5);
    CHECK(after("007") == 7);
    CHECK(near(after("1.5"), 1.5));
    CHECK(near(after("0.25"), 0.25));
    CHECK(after("99999999999999999999999999") == 1e9);
  }

  CASE("retry: Retry-After as a date counts from now, and the past is at once") {
    CHECK(after("Sun, 06 Nov 1994 08:49:38 GMT") == 1);
    CHECK(after("Sun, 06 Nov 1994 08:51:37 GMT") == 120);
    CHECK(after("Sunday, 06-Nov-94 08:49:47 GMT") == 10);
    CHECK(after("Sun Nov  6 08:49:47 1994") == 10);
    CHECK(after(" Sun, 06 Nov 1994 08:49:47 GMT ") == 10);
    CHECK(after("Sun, 06 Nov 1994 08:49:37 GMT") == 0);
    CHECK(after("Sun, 06 Nov 1994 08:49:36 GMT") == 0);
    CHECK(after("Thu, 01 Jan 1970 00:00:00 GMT") == 0);
    CHECK(after("Fri, 31 Dec 9999 23:59:59 GMT") == 1e9);
    CHECK(thr_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", 29, INT64_MIN) == 1e9);
    CHECK(thr_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", 29, INT64_MAX) == 0);
  }

  CASE("retry: a Retry-After that cannot be read is none") {
    static const char *const bad[] = {"",
                                      " ",
                                      "-1",
                                      "+1",
                                      "soon",
                                      "1s",
                                      "1 2",
                                      "0x10",
                                      "inf",
                                      "nan",
                                      "1e3",
                                      ".5",
                                      "1.",
                                      "1..5",
                                      "1,5",
                                      "120, 60",
                                      "2024-06-30T17:00:00Z",
                                      "Sun, 06 Nov 1994"};
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
      CHECK(after(bad[i]) == -1);
    CHECK(thr_retry_after("1\0", 2, 0) == -1);
  }
  return check_done();
}
