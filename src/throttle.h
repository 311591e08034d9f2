/* throttle.h — how fast a client may go on after the service has answered 429. Pure policy: no clock of its own, no
** memory; the caller brings the time. Must not include lua.h.
**
** A client that has met no 429 is not held back at all. A 429 stops all of its requests for as long as the service asked
** (or the retry policy decided); then it goes on at half the rate at which requests had been answered, and recovers: with
** `ceiling` for that rate and K for THR_THROTTLE_RECOVERY, t seconds after the pause the rate is
**
**     ceiling × (1 + ½ ((t − K) / K)³)
**
** which is half the ceiling at first, gains the most of the rest in the first half of K (some 8 % of the ceiling a second),
** lingers about the ceiling, where the limit must be, and leaves it ever faster when it is not there any more: after
** 2.26 K without another 429 it has doubled and is forgotten. (The curve is the one of TCP CUBIC, RFC 9438; a straight line
** back spends too much of its time far below the limit to make up for the pause.) */
#ifndef THR_THROTTLE_H
#define THR_THROTTLE_H

#define THR_THROTTLE_RECOVERY 12.0 /* K: seconds until the rate is back where the 429 came */
#define THR_THROTTLE_FLOOR 1.0     /* requests a second: never slower than this */

/* Starts zeroed. All times are seconds on one clock that never goes back, and > 0. */
typedef struct thr_throttle {
  /* The meter: answers in the running second, which began at `second`, and in the one before; since when it counts. */
  double second, since, count, before;
  double until;   /* nothing starts before */
  double ceiling; /* requests a second when the 429 came; 0 = not held back */
  double span;    /* seconds over which that was measured; 0 = it was not */
  double next;    /* held back: when the next request may start */
} thr_throttle;

/* Counts an answer that was not a 429. */
void thr_throttle_answer(thr_throttle *t, double now);
/* Takes a 429 in, of an attempt that began at `begun`; wait: seconds until the service wants to be asked again. When the
** attempt began before the last pause was over, it tells nothing new of the rate: it may lengthen the pause, but does not
** halve the rate again. A wait of 0 asks for nothing and changes nothing. Returns by how many seconds the client's
** pause got longer. */
double thr_throttle_refuse(thr_throttle *t, double begun, double now, double wait);
/* Seconds until the next request may start, 0 = now. */
double thr_throttle_delay(const thr_throttle *t, double now);
/* Takes the turn that thr_throttle_delay has allowed. */
void thr_throttle_start(thr_throttle *t, double now);
/* Requests a second that are allowed, 0 = as many as may be. During the pause: what it will be after it. */
double thr_throttle_rate(const thr_throttle *t, double now);
/* Seconds of the pause that are left, 0 = none. */
double thr_throttle_pause(const thr_throttle *t, double now);

#endif
