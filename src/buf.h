/* buf.h — growable byte buffer and the allocator of layer 1. Must not include lua.h.
**
** Every layer-1 allocation goes through thr_realloc/thr_free, so that a test can fail the n-th one
** (thr_alloc_fail_at). Nothing here aborts or prints: a failed allocation is a return value of -1 (or NULL). */
#ifndef THR_BUF_H
#define THR_BUF_H

#include <stddef.h>

/* Bytes with a length. Always NUL-terminated once anything was appended (the NUL is not counted in len), so that
** data can be handed to C functions. A zeroed struct is a valid empty buffer. */
typedef struct thr_buf {
  char *data; /* owned; NULL until the first append */
  size_t len; /* bytes used */
  size_t cap; /* bytes allocated */
} thr_buf;

/* realloc that the tests can make fail. Returns NULL on failure and leaves p alone. n must be > 0. */
void *thr_realloc(void *p, size_t n);
/* Frees what thr_realloc returned; NULL is fine. */
void thr_free(void *p);
/* Overwrites n bytes at p with zeros in a way that the compiler cannot drop. */
void thr_wipe(void *p, size_t n);
/* Test hook: the n-th allocation from now on (1 = the next) fails; 0 turns it off. Returns the number of
** allocations made since the last call. */
unsigned long thr_alloc_fail_at(unsigned long n);
/* Test hook: f sees every block just before it is freed or regrown, so that a test can look for secrets left in it.
** NULL turns it off. */
void thr_free_watch(void (*f)(const void *p));

/* Makes room for `extra` more bytes plus a NUL. 0, or -1 when memory is out (the buffer is unchanged). */
int thr_buf_reserve(thr_buf *b, size_t extra);
/* Append n bytes / a C string / one byte. 0, or -1 when memory is out (the buffer is unchanged). */
int thr_buf_append(thr_buf *b, const void *p, size_t n);
int thr_buf_puts(thr_buf *b, const char *s);
int thr_buf_putc(thr_buf *b, char c);
/* Forgets the content, keeps the memory. */
void thr_buf_clear(thr_buf *b);
/* Releases the memory; the buffer is empty and usable again. */
void thr_buf_free(thr_buf *b);
/* thr_buf_free for secrets: the whole allocation is overwritten first. A buffer that holds a secret must be
** reserved at its full size before the first append, for growing may leave a copy behind. */
void thr_buf_wipe(thr_buf *b);

#endif
