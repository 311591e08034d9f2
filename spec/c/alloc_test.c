/* alloc_test.c — src/alloc.c: blocks keep their bytes, do not overlap, and their memory is used again. */
#include "alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

enum { SLOTS = 400 };

/* The same numbers on every machine. */
static unsigned state = 12345;
static unsigned rnd(unsigned n) {
  state = state * 1103515245u + 12345u;
  return (state >> 8) % n;
}

static int holds(const unsigned char *p, size_t n, unsigned char value) {
  size_t i;
  for (i = 0; i < n; i++)
    if (p[i] != value)
      return 0;
  return 1;
}

/* Small ones mostly, sizes around the border to large ones, and large ones. */
static size_t any_size(void) {
  switch (rnd(8)) {
  case 0:
    return 1 + rnd(4000);
  case 1:
    return 1016 + rnd(16);
  default:
    return 1 + rnd(200);
  }
}

int main(void) {
  static unsigned char *block[SLOTS];
  static size_t size[SLOTS];
  thr_arena *a = thr_arena_new();
  int i, round, good = 1, aligned = 1;

  CASE("alloc: blocks keep what is in them whatever is allocated, resized and freed around them") {
    for (round = 0; round < 200000; round++) {
      i = (int)rnd(SLOTS);
      if (block[i] == NULL || rnd(3) == 0) {
        size_t n = any_size(), kept = size[i] < n ? size[i] : n;
        unsigned char *p = thr_arena_alloc(a, block[i], block[i] != NULL ? size[i] : 5, n);
        if (p == NULL) {
          good = 0;
          break;
        }
        good &= block[i] == NULL || holds(p, kept, (unsigned char)i);
        aligned &= (uintptr_t)p % 16 == 0;
        block[i] = p;
        size[i] = n;
        memset(p, i, n);
      } else {
        good &= holds(block[i], size[i], (unsigned char)i);
        good &= thr_arena_alloc(a, block[i], size[i], 0) == NULL;
        block[i] = NULL;
        size[i] = 0;
      }
    }
    CHECK(good);
    CHECK(aligned);
    for (i = 0; i < SLOTS; i++)
      (void)thr_arena_alloc(a, block[i], size[i], 0);
  }

  CASE("alloc: nothing for nothing") {
    CHECK(thr_arena_alloc(a, NULL, 0, 0) == NULL);
    CHECK(thr_arena_alloc(a, NULL, 4, 0) == NULL);
  }

  CASE("alloc: a block that was freed is used again for one of its size") {
    for (i = 1; i <= 1024; i += 37) {
      void *p = thr_arena_alloc(a, NULL, 0, (size_t)i);
      (void)thr_arena_alloc(a, p, (size_t)i, 0);
      CHECK(thr_arena_alloc(a, NULL, 0, (size_t)i) == p);
    }
  }

  CASE("alloc: what fits its place is not moved") {
    void *p = thr_arena_alloc(a, NULL, 0, 33);
    CHECK(thr_arena_alloc(a, p, 33, 48) == p);
    CHECK(thr_arena_alloc(a, p, 48, 40) == p);
  }

  CASE("alloc: no arena, nothing to free") { thr_arena_free(NULL); }

  thr_arena_free(a); /* with small blocks still in use: the sanitizer sees a leak if they stay */
  return check_done();
}
