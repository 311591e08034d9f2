/* throttle_test.c — src/throttle.c: the rules one by one, then whole clients against services with a limit, in simulated
** time. */
#include "throttle.h"

#include <math.h>
#include <string.h>

#include "check.h"

static int near(double got, double want) { return fabs(got - want) <= 0.02 * want; }

/* A throttle that has seen n answers in each of the two seconds up to `now`. */
static thr_throttle busy(double now, int n) {
  thr_throttle t;
  int i;
  memset(&t, 0, sizeof t);
  for (i = 0; i < 2 * n; i++)
    thr_throttle_answer(&t, now - 2 + (double)i / n + 0.001);
  return t;
}

/* --- simulation --------------------------------------------------------------------------------------------------- */

/* How a service counts. WINDOW: so many in each second of the clock. BUCKET: refills at the rate, holds a second's
** worth. LAST: so many in any second. MINUTE: so many in each minute of the clock, and Retry-After says when it is over. */
typedef enum limit { FREE, WINDOW, BUCKET, LAST, MINUTE } limit;

typedef struct service {
  limit kind;
  double rate;   /* requests a second */
  double tokens; /* BUCKET */
  double at;     /* BUCKET: of the last look; WINDOW, MINUTE: which one */
  int count;
  double times[4096]; /* LAST: when the last were let in, a ring */
  int last;
} service;

/* 0 = let in, else Retry-After. */
static double ask(service *s, double now) {
  double window = s->kind == MINUTE ? 60 : 1;
  switch (s->kind) {
  case WINDOW:
  case MINUTE:
    if (floor(now / window) > s->at) {
      s->at = floor(now / window);
      s->count = 0;
    }
    if (s->count + 1 > s->rate * window)
      return s->kind == MINUTE ? ceil((s->at + 1) * window - now) : 1;
    s->count++;
    return 0;
  case BUCKET:
    s->tokens = fmin(s->rate, s->tokens + (now - s->at) * s->rate);
    s->at = now;
    if (s->tokens < 1)
      return 1;
    s->tokens -= 1;
    return 0;
  case LAST: {
    int n = (int)s->rate;
    if (s->count >= n && now - s->times[(s->last + 4096 - n) % 4096] < 1)
      return 1;
    s->times[s->last] = now;
    s->last = (s->last + 1) % 4096;
    s->count++;
    return 0;
  }
  default:
    return 0;
  }
}

typedef struct outcome {
  double share; /* of what the service would have let in, between `from` and the end */
  int refused;  /* 429s in that time */
  int asked;    /* requests in that time */
  double rate;  /* at the end */
  int worst;    /* how often one and the same request was turned away at most */
} outcome;

/* A client with more work than time: `concurrency` requests under way, answers after `latency` seconds. The service's
** limit changes to `later` at half time when that is not 0. */
static outcome simulate(limit kind, double rate, double later, int concurrency, double latency, double from,
                        double end) {
  static service s;
  struct {
    double begun, done, wait;
    int tries;
  } flying[256];
  int again[4096], waiting = 0; /* how often those that were turned away have been; they go first */
  int n = 0, i, answered = 0;
  unsigned seed = 1;
  thr_throttle t;
  outcome o;
  long step, steps = lround(end * 1000);
  memset(&t, 0, sizeof t);
  memset(&s, 0, sizeof s);
  memset(&o, 0, sizeof o);
  s.kind = kind;
  s.rate = s.tokens = rate;
  s.at = kind == BUCKET ? 100 : 0;
  for (step = 0; step < steps; step++) {
    double now = 100.0005 + (double)step / 1000; /* not on the seconds of the service's clock */
    if (later > 0 && step == steps / 2)
      s.rate = later;
    for (i = 0; i < n;) {
      if (flying[i].done > now) {
        i++;
        continue;
      }
      if (flying[i].wait > 0) {
        seed = seed * 1664525u + 1013904223u;
        thr_throttle_refuse(&t, flying[i].begun, now,
                            flying[i].wait + (seed >> 8) / 16777216.0 * fmin(flying[i].wait / 10, 1));
        again[waiting++] = flying[i].tries + 1;
        if (flying[i].tries + 1 > o.worst && now - 100 >= from)
          o.worst = flying[i].tries + 1;
        o.refused += now - 100 >= from;
      } else {
        thr_throttle_answer(&t, now);
        answered += now - 100 >= from;
      }
      flying[i] = flying[--n];
    }
    while (n < concurrency && thr_throttle_delay(&t, now) == 0) {
      thr_throttle_start(&t, now);
      flying[n].begun = now;
      flying[n].done = now + latency;
      flying[n].tries = waiting > 0 ? again[--waiting] : 0;
      flying[n].wait = ask(&s, now);
      o.asked += now - 100 >= from;
      n++;
    }
  }
  o.share = answered / ((end - from) * s.rate);
  o.rate = thr_throttle_rate(&t, 100 + end);
  return o;
}

int main(void) {
  CASE("throttle: without a 429 nothing is ever held back") {
    thr_throttle t = busy(100, 500);
    int i;
    CHECK(thr_throttle_rate(&t, 100) == 0);
    for (i = 0; i < 1000; i++) {
      CHECK(thr_throttle_delay(&t, 100) == 0);
      thr_throttle_start(&t, 100);
    }
  }

  CASE("throttle: a 429 stops everything for as long as was asked") {
    thr_throttle t = busy(100, 50);
    CHECK(thr_throttle_refuse(&t, 99.9, 100, 3) == 3);
    CHECK(near(thr_throttle_delay(&t, 100), 3));
    CHECK(near(thr_throttle_delay(&t, 102), 1));
    CHECK(near(thr_throttle_pause(&t, 101), 2));
    CHECK(thr_throttle_delay(&t, 103) == 0);
    CHECK(thr_throttle_pause(&t, 103) == 0);
  }

  CASE("throttle: then it goes on at half the rate, evenly") {
    thr_throttle t = busy(100, 50);
    int i;
    double now = 101;
    thr_throttle_refuse(&t, 99.9, 100, 1);
    CHECK(near(thr_throttle_rate(&t, 100.5), 25));
    for (i = 0; i < 5; i++) {
      CHECK(thr_throttle_delay(&t, now) == 0);
      thr_throttle_start(&t, now);
      if (i > 0) /* the first ones make up for a coarse timer */
        CHECK(thr_throttle_delay(&t, now) > 0);
      now += thr_throttle_delay(&t, now) + 1e-9;
    }
    CHECK(now > 101.1 && now < 101.2);
  }

  CASE("throttle: the rate recovers along the curve, to the old one and beyond, and is forgotten") {
    thr_throttle t = busy(100, 100);
    double now, last = 0;
    thr_throttle_refuse(&t, 99.9, 100, 1);
    CHECK(near(thr_throttle_rate(&t, 101), 50));
    CHECK(near(thr_throttle_rate(&t, 107), 93.75));
    CHECK(near(thr_throttle_rate(&t, 113), 100));
    CHECK(near(thr_throttle_rate(&t, 125), 150));
    for (now = 101; now < 128; now += 0.25) {
      CHECK(thr_throttle_rate(&t, now) >= last);
      last = thr_throttle_rate(&t, now);
    }
    CHECK(thr_throttle_rate(&t, 128.2) == 0);
    thr_throttle_start(&t, 128.2);
    CHECK(thr_throttle_delay(&t, 128.2) == 0);
    CHECK(t.ceiling == 0);
  }

  CASE("throttle: 429s of requests that were under way together count once, and the longest pause holds") {
    thr_throttle t = busy(100, 40);
    CHECK(thr_throttle_refuse(&t, 99.8, 100, 1) == 1);
    CHECK(thr_throttle_refuse(&t, 99.9, 100.01, 1) > 0);
    CHECK(thr_throttle_refuse(&t, 99.95, 100.02, 0.5) == 0);
    CHECK(near(thr_throttle_rate(&t, 101.02), 20));
    CHECK(thr_throttle_refuse(&t, 100.005, 100.025, 0.5) ==
          0); /* one that slipped out when the first had just come */
    CHECK(near(thr_throttle_refuse(&t, 99.99, 100.03, 2), 1.02));
    CHECK(near(thr_throttle_rate(&t, 102.03), 20));
    /* one that began after the pause is news */
    thr_throttle_refuse(&t, 102.1, 102.2, 1);
    CHECK(thr_throttle_rate(&t, 103.2) > 9 && thr_throttle_rate(&t, 103.2) < 11);
  }

  CASE("throttle: a wait of nothing asks for nothing") {
    thr_throttle t = busy(100, 40);
    CHECK(thr_throttle_refuse(&t, 99.8, 100, 0) == 0);
    CHECK(thr_throttle_rate(&t, 100) == 0);
    CHECK(thr_throttle_delay(&t, 100) == 0);
  }

  CASE("throttle: where nothing was answered yet there is no rate to halve, only the pause") {
    thr_throttle t;
    memset(&t, 0, sizeof t);
    thr_throttle_refuse(&t, 99.9, 100, 2);
    CHECK(near(thr_throttle_delay(&t, 100), 2));
    CHECK(thr_throttle_rate(&t, 102) == 0);
    CHECK(thr_throttle_delay(&t, 102) == 0);
    thr_throttle_start(&t, 102);
    CHECK(thr_throttle_delay(&t, 102) == 0);
  }

  CASE("throttle: it never gets slower than the floor") {
    thr_throttle t = busy(100, 8);
    double now = 100;
    int i;
    for (i = 0; i < 20; i++, now += 1.5)
      thr_throttle_refuse(&t, now - 0.1, now, 1);
    CHECK(thr_throttle_rate(&t, now) >= THR_THROTTLE_FLOOR);
    CHECK(thr_throttle_delay(&t, now) <= 1 / THR_THROTTLE_FLOOR);
  }

  CASE("throttle: the rate that counts is the one of the last second") {
    thr_throttle t = busy(100, 400);
    int i;
    for (i = 0; i < 40; i++)
      thr_throttle_answer(&t, 110 + i / 20.0);
    thr_throttle_refuse(&t, 111.9, 112, 1);
    CHECK(near(thr_throttle_rate(&t, 113), 10));
    t = busy(100, 1);
    for (i = 0; i < 50; i++) /* it has only just begun to work: 50 in half a second are 100 a second */
      thr_throttle_answer(&t, 110 + i / 100.0);
    thr_throttle_refuse(&t, 110.4, 110.5, 1);
    CHECK(near(thr_throttle_rate(&t, 111.5), 50));
  }

  CASE("throttle: a service that allows R a second gets 0.8 R at least, and few requests in vain") {
    static const limit kinds[] = {WINDOW, BUCKET, LAST};
    static const double rates[] = {5, 20, 100, 400};
    static const int slots[] = {4, 8, 64};
    size_t k, r, c;
    for (k = 0; k < 3; k++)
      for (r = 0; r < 4; r++)
        for (c = 0; c < 3; c++) {
          double latency = 0.8 * slots[c] / rates[r] / 4; /* fast enough to get into trouble */
          outcome o = simulate(kinds[k], rates[r], 0, slots[c], fmin(latency, 0.2), 10, 130);
          if (o.share < 0.8 || o.refused > 12 + slots[c])
            printf("# kind %d, %g a second, %d at once: share %.3f, %d of %d refused\n", (int)kinds[k],
                   rates[r], slots[c], o.share, o.refused, o.asked);
          CHECK(o.share >= 0.8);
          CHECK(o.worst <= 2);               /* nobody is turned away again and again */
          CHECK(o.refused <= 12 + slots[c]); /* in two minutes */
        }
  }

  CASE("throttle: a quota by the minute is used up, and not asked for in vain") {
    outcome o = simulate(MINUTE, 100 / 60.0, 0, 8, 0.02, 60, 600);
    CHECK(o.share >= 0.8);
    CHECK(o.refused <= 8 * 9);
    CHECK(o.worst <= 2);
  }

  CASE("throttle: a limit that is lifted is left behind") {
    outcome o = simulate(BUCKET, 20, 2000, 8, 0.02, 60, 100);
    CHECK(o.rate == 0);
    CHECK(o.share * 2000 > 0.6 * 8 / 0.02);
  }
  return check_done();
}
