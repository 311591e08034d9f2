/* throttle.c — how fast a client may go on after a 429. Pure policy. Must not include lua.h. Cannot fail. */
#include "throttle.h"

#define FORGET 2.2599 /* 1 + ∛2: in units of the recovery, when the curve has reached twice the ceiling */
#define SHORTEST 0.25 /* seconds: no shorter time tells a rate */
#define USED 0.7      /* of the rate allowed: who had less than that answered did not need it */
#define BELOW 0.95    /* of the rate that proved too much: what is tried for next */
#define SLACK 0.02    /* seconds: turns that a coarse timer has missed are made up for */

/* Brings the meter's seconds up to now. */
static void roll(thr_throttle *t, double now) {
  if (t->since == 0 || now - t->second >= 2) {
    t->second = t->since = now;
    t->count = t->before = 0;
  } else if (now - t->second >= 1) {
    t->second += 1;
    t->before = t->count;
    t->count = 0;
  }
}

void thr_throttle_answer(thr_throttle *t, double now) {
  if (now < t->second) { /* sent before the pause: part of what was reached when the 429 came */
    if (t->span > 0)
      t->ceiling += 1 / t->span;
    return;
  }
  roll(t, now);
  t->count++;
}

/* Answers a second, over the last one or what there was of it (*span). */
static double measured(thr_throttle *t, double now, double *span) {
  *span = SHORTEST;
  if (t->since == 0 || now < t->second)
    return 0;
  roll(t, now);
  if (now - t->since > SHORTEST)
    *span = now - t->since < 1 ? now - t->since : 1;
  return (t->before * (1 - (now - t->second)) + t->count) / *span;
}

double thr_throttle_rate(const thr_throttle *t, double now) {
  double x = (now - t->until) / THR_THROTTLE_RECOVERY, rate;
  if (t->ceiling == 0 || x >= FORGET)
    return 0;
  x = (x < 0 ? 0 : x) - 1;
  rate = t->ceiling * (1 + x * x * x / 2);
  return rate < THR_THROTTLE_FLOOR ? THR_THROTTLE_FLOOR : rate;
}

double thr_throttle_refuse(thr_throttle *t, double begun, double now, double wait) {
  double longer = 0, until = now + wait, held = thr_throttle_rate(t, now);
  if (wait <= 0)
    return 0;
  if (begun >= t->until) {
    t->ceiling = measured(t, now, &t->span);
    if (held > 0 && (t->ceiling >= USED * held || t->ceiling <= 0)) {
      /* The rate that we had set ourselves is known better than what a second of answers tells. */
      t->ceiling = BELOW * held;
      t->span = 0;
    }
  } else if (held == 0)
    t->ceiling = 0;
  if (until > t->until) {
    longer = until - (t->until > now ? t->until : now);
    t->until = t->next = until;
    t->second = t->since = until; /* the meter starts again with the requests */
    t->count = t->before = 0;
  }
  return longer;
}

double thr_throttle_delay(const thr_throttle *t, double now) {
  if (t->until > now)
    return t->until - now;
  return t->next > now && thr_throttle_rate(t, now) > 0 ? t->next - now : 0;
}

void thr_throttle_start(thr_throttle *t, double now) {
  double rate;
  if (t->ceiling == 0)
    return;
  rate = thr_throttle_rate(t, now);
  if (rate == 0) {
    t->ceiling = 0; /* forgotten */
    return;
  }
  t->next = (t->next < now - SLACK ? now - SLACK : t->next) + 1 / rate;
}

double thr_throttle_pause(const thr_throttle *t, double now) { return t->until > now ? t->until - now : 0; }
