/* buf.c — growable byte buffer and the allocator of layer 1. Must not include lua.h. */
#include "buf.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The countdown and the watcher are the only mutable globals of layer 1. They are test hooks; racing on the countdown
** from two threads would only fail the wrong allocation. */
static unsigned long fail_at = 0;
static unsigned long allocations = 0;
static void (*watch)(const void *p) = NULL;

unsigned long thr_alloc_fail_at(unsigned long n) {
  unsigned long made = allocations;
  allocations = 0;
  fail_at = n;
  return made;
}

void *thr_realloc(void *p, size_t n) {
  allocations++;
  if (fail_at != 0 && allocations == fail_at)
    return NULL;
  if (watch != NULL && p != NULL)
    watch(p);
  return realloc(p, n);
}

void thr_free_watch(void (*f)(const void *p)) { watch = f; }

void thr_free(void *p) {
  if (watch != NULL && p != NULL)
    watch(p);
  free(p);
}

void thr_wipe(void *p, size_t n) {
  volatile unsigned char *v = p;
  while (n-- > 0)
    *v++ = 0;
}

int thr_buf_reserve(thr_buf *b, size_t extra) {
  size_t need, cap;
  char *data;
  if (extra > SIZE_MAX / 2 - b->len - 1)
    return -1;
  need = b->len + extra + 1;
  if (need <= b->cap)
    return 0;
  cap = b->cap < 64 ? 64 : b->cap;
  while (cap < need)
    cap += cap / 2 + 16;
  data = thr_realloc(b->data, cap);
  if (data == NULL)
    return -1;
  b->data = data;
  b->cap = cap;
  return 0;
}

int thr_buf_append(thr_buf *b, const void *p, size_t n) {
  if (thr_buf_reserve(b, n) != 0)
    return -1;
  if (n > 0)
    memcpy(b->data + b->len, p, n);
  b->len += n;
  b->data[b->len] = '\0';
  return 0;
}

int thr_buf_puts(thr_buf *b, const char *s) { return thr_buf_append(b, s, strlen(s)); }

int thr_buf_putc(thr_buf *b, char c) { return thr_buf_append(b, &c, 1); }

void thr_buf_clear(thr_buf *b) {
  b->len = 0;
  if (b->data != NULL)
    b->data[0] = '\0';
}

void thr_buf_free(thr_buf *b) {
  thr_free(b->data);
  b->data = NULL;
  b->len = b->cap = 0;
}

void thr_buf_wipe(thr_buf *b) {
  if (b->data != NULL)
    thr_wipe(b->data, b->cap);
  thr_buf_free(b);
}
