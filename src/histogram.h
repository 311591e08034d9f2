/* histogram.h — how long answers take, in buckets that grow with what they hold: any quantile in constant memory. Pure: no
** clock, no memory of its own. Must not include lua.h. */
#ifndef THR_HISTOGRAM_H
#define THR_HISTOGRAM_H

/* From one power of two to the next there are 16 buckets of the same width: the middle of one is at most 3.2 % away from
** whatever fell into it. From 15 µs (2^-16 s) to 2^12 s (over an hour); what is outside counts as the bound. */
#define THR_HISTOGRAM_STEPS 16
#define THR_HISTOGRAM_LOWEST (-16)
#define THR_HISTOGRAM_HIGHEST 12
#define THR_HISTOGRAM_BUCKETS ((THR_HISTOGRAM_HIGHEST - THR_HISTOGRAM_LOWEST) * THR_HISTOGRAM_STEPS)

/* Starts zeroed. */
typedef struct thr_histogram {
  unsigned long long total;
  unsigned count[THR_HISTOGRAM_BUCKETS];
} thr_histogram;

/* Counts one value, in seconds. What is negative or no number is not counted. */
void thr_histogram_add(thr_histogram *h, double seconds);
/* The value that a share q (0 to 1) of all does not exceed (nearest rank), within 3.2 %. Negative when nothing was
** counted. */
double thr_histogram_quantile(const thr_histogram *h, double q);

#endif
