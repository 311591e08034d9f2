/* retry.c — whether a finished attempt is tried again, and when. Pure policy: no clock, no randomness, no
** memory of its own. Must not include lua.h. Cannot fail. */
#include "retry.h"

#include "date.h"

static int method_repeats(thr_method m) {
  static const int idempotent[THR_METHOD_COUNT] = {
#define THR_RETRY_METHOD(name, writes, idem) idem,
      THR_METHODS(THR_RETRY_METHOD)
#undef THR_RETRY_METHOD
  };
  return m < THR_METHOD_COUNT && idempotent[m];
}

static int status_retryable(int status) {
  switch (status) {
  case 408:
  case 429:
  case 500:
  case 502:
  case 503:
  case 504:
    return 1;
  default:
    return 0;
  }
}

static int asked_to_wait(const thr_retry_in *in) { return in->retry_after >= 0; }

/* Does the status say for certain that the request was not acted on, now, but may be later? */
static int turned_away(const thr_retry_in *in) {
  return in->status == 429 || (in->status == 503 && asked_to_wait(in));
}

/* Does the status leave open whether the request was acted on? */
static int status_leaves_open(const thr_retry_in *in) {
  return in->status < 200 || (status_retryable(in->status) && !turned_away(in));
}

static int is_success(int status) { return status >= 200 && status <= 299; }

static int broke_off(const thr_retry_in *in) {
  return in->fail == THR_FAIL_NETWORK || in->fail == THR_FAIL_TIMEOUT;
}

/* Is it open whether this attempt was acted on? When the answer broke off, what it began with is believed if it is a
** refusal; a success that was never finished is not. After the other failures it was us who stopped reading: a
** status that came is the server's word on what it did. */
static int outcome_open(const thr_retry_in *in) {
  return in->sent && (status_leaves_open(in) || (broke_off(in) && is_success(in->status)));
}

static thr_retry_action judge(const thr_retry_in *in, int unsettled) {
  int repeatable = in->idempotent || method_repeats(in->method) || (!in->sent && !in->interrupted_before);
  int ended_well = in->fail == THR_FAIL_NONE; /* as a transfer: with a whole answer */
  if (!repeatable) {
    if (unsettled)
      return THR_RETRY_AMBIGUOUS;
    return turned_away(in) && (ended_well || broke_off(in)) ? THR_RETRY_AGAIN : THR_RETRY_FINISHED;
  }
  if (broke_off(in) || (ended_well && status_retryable(in->status)))
    return THR_RETRY_AGAIN;
  return THR_RETRY_FINISHED;
}

static double wait_before_next(const thr_retry_in *in) {
  double random = in->random >= 0 && in->random < 1 ? in->random : 0;
  double bound = THR_RETRY_BASE;
  int i;
  if (asked_to_wait(in))
    return in->retry_after + random * in->retry_after / 10;
  for (i = 1; i < in->attempt && bound < THR_RETRY_CAP; i++)
    bound *= 2;
  return random * (bound < THR_RETRY_CAP ? bound : THR_RETRY_CAP);
}

thr_retry_out thr_retry_decide(const thr_retry_in *in) {
  thr_retry_out out = {THR_RETRY_FINISHED, 0, 0, 0, NULL};
  double delay;
  if (in->fail != THR_FAIL_NONE || !is_success(in->status))
    out.unsettled = in->interrupted_before || outcome_open(in);
  out.action = judge(in, out.unsettled);
  if (out.action != THR_RETRY_AGAIN)
    return out;
  out.retryable = 1;
  delay = wait_before_next(in);
  if (in->attempt > in->max_retries)
    out.why = "attempts";
  else if (in->retry_after > THR_RETRY_AFTER_MAX)
    out.why = "retry_after";
  else if (in->deadline > 0 && in->now + delay >= in->deadline)
    out.why = "deadline";
  else if (in->budget != NULL && in->budget->tokens < THR_RETRY_COST)
    out.why = "budget";
  if (out.why != NULL)
    out.action = THR_RETRY_STOP;
  else
    out.delay = delay;
  return out;
}

void thr_retry_spend(thr_retry_budget *b) {
  if (b == NULL)
    return;
  b->tokens -= THR_RETRY_COST;
  if (b->tokens < 0)
    b->tokens = 0;
}

void thr_retry_refund(thr_retry_budget *b, int retries) {
  if (b == NULL)
    return;
  b->tokens += retries > 0 ? retries * THR_RETRY_COST : THR_RETRY_GAIN;
  if (b->tokens > THR_RETRY_BUDGET)
    b->tokens = THR_RETRY_BUDGET;
}

/* Digits with an optional fraction. Not strtod: it follows the locale, and reads "inf" and "0x10". -1 when
** it is not that. */
static double read_seconds(const char *s, size_t n) {
  double value = 0, unit = 1;
  size_t i = 0, whole;
  while (i < n && s[i] >= '0' && s[i] <= '9')
    value = value * 10 + (s[i++] - '0');
  whole = i;
  if (whole > 0 && i < n && s[i] == '.') {
    i++;
    while (i < n && s[i] >= '0' && s[i] <= '9') {
      unit /= 10;
      value += unit * (s[i++] - '0');
    }
    if (i == whole + 1)
      return -1;
  }
  if (whole == 0 || i != n)
    return -1;
  return value < 1e9 ? value : 1e9;
}

double thr_retry_after(const char *value, size_t n, int64_t now_epoch) {
  int64_t at;
  while (n > 0 && (*value == ' ' || *value == '\t')) {
    value++;
    n--;
  }
  while (n > 0 && (value[n - 1] == ' ' || value[n - 1] == '\t'))
    n--;
  if (thr_date_http(value, n, &at) == 0) {
    if (at <= now_epoch)
      return 0;
    return (double)at - (double)now_epoch < 1e9 ? (double)at - (double)now_epoch : 1e9;
  }
  return read_seconds(value, n);
}
