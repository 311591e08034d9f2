/* histogram_test.c — src/histogram.c: quantiles against those of the values themselves. */
#include "histogram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static int close_to(double got, double want) { return fabs(got - want) <= 0.032 * want; }

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(void) {
  static thr_histogram h;

  CASE("histogram: without values there is no quantile") {
    memset(&h, 0, sizeof h);
    CHECK(thr_histogram_quantile(&h, 0.5) < 0);
    thr_histogram_add(&h, -1);
    thr_histogram_add(&h, (double)NAN);
    CHECK(h.total == 0);
  }

  CASE("histogram: a single value is every quantile, within 3.2 %, from 20 us to an hour") {
    double v;
    for (v = 2e-5; v < 3600; v *= 1.0137) {
      memset(&h, 0, sizeof h);
      thr_histogram_add(&h, v);
      CHECK(close_to(thr_histogram_quantile(&h, 0), v));
      CHECK(close_to(thr_histogram_quantile(&h, 0.5), v));
      CHECK(close_to(thr_histogram_quantile(&h, 1), v));
    }
  }

  CASE("histogram: quantiles of many values are those of the sorted list, within 3.2 %") {
    static const double shares[] = {0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1};
    static double values[5000];
    unsigned seed = 7;
    size_t i, n = sizeof values / sizeof *values;
    memset(&h, 0, sizeof h);
    for (i = 0; i < n; i++) {
      seed = seed * 1664525u + 1013904223u;
      values[i] = 0.001 * exp((seed >> 8) / 16777216.0 * 8); /* 1 ms to 3 s */
      thr_histogram_add(&h, values[i]);
    }
    qsort(values, n, sizeof *values, ascending);
    for (i = 0; i < sizeof shares / sizeof *shares; i++)
      CHECK(close_to(thr_histogram_quantile(&h, shares[i]), values[(size_t)ceil(shares[i] * (double)n) - 1]));
  }

  CASE("histogram: what is out of range counts as the bound") {
    memset(&h, 0, sizeof h);
    thr_histogram_add(&h, 0);
    thr_histogram_add(&h, 1e-9);
    CHECK(thr_histogram_quantile(&h, 1) < 2e-5);
    thr_histogram_add(&h, 1e9);
    thr_histogram_add(&h, (double)INFINITY);
    CHECK(thr_histogram_quantile(&h, 1) > 3900);
    CHECK(h.total == 4);
  }
  return check_done();
}
