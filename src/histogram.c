/* histogram.c — how long answers take, in buckets that grow with what they hold. Must not include lua.h. Cannot fail. */
#include "histogram.h"

#include <math.h>

void thr_histogram_add(thr_histogram *h, double seconds) {
  int exponent, i;
  double fraction;
  if (!(seconds >= 0))
    return;
  if (seconds > 1e9) /* of infinity frexp makes no exponent */
    seconds = 1e9;
  fraction = frexp(seconds, &exponent); /* seconds = fraction × 2^exponent, ½ ≤ fraction < 1 */
  if (seconds == 0 || exponent <= THR_HISTOGRAM_LOWEST)
    i = 0;
  else if (exponent > THR_HISTOGRAM_HIGHEST)
    i = THR_HISTOGRAM_BUCKETS - 1;
  else
    i = (exponent - 1 - THR_HISTOGRAM_LOWEST) * THR_HISTOGRAM_STEPS +
        (int)((fraction * 2 - 1) * THR_HISTOGRAM_STEPS);
  h->count[i]++;
  h->total++;
}

double thr_histogram_quantile(const thr_histogram *h, double q) {
  double rank = q * (double)h->total, seen = 0;
  int i = 0;
  if (h->total == 0)
    return -1;
  while (i < THR_HISTOGRAM_BUCKETS - 1 && ((seen += h->count[i]) < rank || seen == 0))
    i++;
  return ldexp(1 + (i % THR_HISTOGRAM_STEPS + 0.5) / THR_HISTOGRAM_STEPS,
               i / THR_HISTOGRAM_STEPS + THR_HISTOGRAM_LOWEST);
}
