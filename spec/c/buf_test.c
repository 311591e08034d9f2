/* buf_test.c — src/buf.c: the growable buffer, its failures, and the wiping of secrets. */
#include "buf.h"

#include <stdint.h>
#include <string.h>

#include "check.h"

static const void *watched; /* a block to look at when it is let go of */
static size_t watched_n;
static int watched_seen, watched_clean;

static void watch(const void *p) {
  const unsigned char *b = p;
  size_t i;
  if (p != watched)
    return;
  watched_seen++;
  watched_clean = 1;
  for (i = 0; i < watched_n; i++)
    if (b[i] != 0)
      watched_clean = 0;
}

int main(void) {
  CASE("buf: a zeroed buffer is empty and may be freed, cleared and wiped") {
    thr_buf b = {NULL, 0, 0};
    thr_buf_clear(&b);
    thr_buf_free(&b);
    thr_buf_wipe(&b);
    CHECK(b.data == NULL && b.len == 0 && b.cap == 0);
  }

  CASE("buf: what is appended is there, with a NUL behind it") {
    thr_buf b = {NULL, 0, 0};
    CHECK(thr_buf_append(&b, "ab\0c", 4) == 0);
    CHECK(thr_buf_puts(&b, "de") == 0);
    CHECK(thr_buf_putc(&b, 'f') == 0);
    CHECK(b.len == 7 && memcmp(b.data, "ab\0cdef", 8) == 0);
    thr_buf_free(&b);
  }

  CASE("buf: appending nothing to an empty buffer makes it a C string") {
    thr_buf b = {NULL, 0, 0};
    CHECK(thr_buf_append(&b, NULL, 0) == 0);
    CHECK(b.data != NULL && b.data[0] == '\0' && b.len == 0);
    thr_buf_free(&b);
  }

  CASE("buf: grows over many appends without losing a byte, and not once per append") {
    thr_buf b = {NULL, 0, 0};
    size_t i;
    int right = 1;
    unsigned long allocations;
    thr_alloc_fail_at(0);
    for (i = 0; i < 100000; i++)
      right = right && thr_buf_putc(&b, (char)(i % 251)) == 0;
    allocations = thr_alloc_fail_at(0);
    CHECK(right && b.len == 100000 && b.cap > b.len);
    for (i = 0; i < b.len; i++)
      right = right && (unsigned char)b.data[i] == i % 251;
    CHECK(right);
    CHECK(allocations < 40);
    thr_buf_free(&b);
  }

  CASE("buf: after a reserve the data does not move") {
    thr_buf b = {NULL, 0, 0};
    char *data;
    size_t i;
    CHECK(thr_buf_reserve(&b, 1000) == 0);
    data = b.data;
    for (i = 0; i < 1000; i++)
      CHECK(thr_buf_putc(&b, 'x') == 0);
    CHECK(b.data == data);
    thr_buf_free(&b);
  }

  CASE("buf: a clear forgets the content and keeps the memory") {
    thr_buf b = {NULL, 0, 0};
    char *data;
    CHECK(thr_buf_puts(&b, "hello") == 0);
    data = b.data;
    thr_buf_clear(&b);
    CHECK(b.len == 0 && b.data == data && b.data[0] == '\0' && b.cap > 0);
    thr_buf_free(&b);
  }

  CASE("buf: an append that finds no memory leaves the buffer as it was") {
    thr_buf b = {NULL, 0, 0};
    thr_alloc_fail_at(1);
    CHECK(thr_buf_puts(&b, "x") == -1);
    CHECK(b.data == NULL && b.len == 0 && b.cap == 0);
    thr_alloc_fail_at(0);
    CHECK(thr_buf_puts(&b, "hello") == 0);
    thr_alloc_fail_at(1);
    CHECK(thr_buf_reserve(&b, 5000) == -1);
    CHECK(b.len == 5 && strcmp(b.data, "hello") == 0);
    thr_alloc_fail_at(0);
    CHECK(thr_buf_puts(&b, " again") == 0);
    CHECK(strcmp(b.data, "hello again") == 0);
    thr_buf_free(&b);
  }

  CASE("buf: a reserve beyond what a size_t can count is refused, not wrapped around") {
    thr_buf b = {NULL, 0, 0};
    CHECK(thr_buf_puts(&b, "hello") == 0);
    CHECK(thr_buf_reserve(&b, SIZE_MAX) == -1);
    CHECK(thr_buf_reserve(&b, SIZE_MAX - 5) == -1);
    CHECK(thr_buf_reserve(&b, SIZE_MAX / 2) == -1);
    CHECK(strcmp(b.data, "hello") == 0);
    thr_buf_free(&b);
  }

  CASE("buf: the n-th allocation fails, once, and the hook counts") {
    void *p[3];
    thr_alloc_fail_at(2);
    p[0] = thr_realloc(NULL, 8);
    p[1] = thr_realloc(NULL, 8);
    p[2] = thr_realloc(NULL, 8);
    CHECK(p[0] != NULL && p[1] == NULL && p[2] != NULL);
    CHECK(thr_alloc_fail_at(0) == 3);
    thr_free(p[0]);
    thr_free(p[2]);
    thr_free(NULL);
  }

  CASE("buf: thr_wipe overwrites every byte and no other") {
    char text[8] = "secrets";
    thr_wipe(text + 1, 5);
    CHECK(memcmp(text, "s\0\0\0\0\0s", 8) == 0);
    thr_wipe(text, 0);
    CHECK(text[0] == 's');
  }

  CASE("buf: thr_buf_wipe overwrites the whole allocation before it is freed") {
    thr_buf b = {NULL, 0, 0};
    CHECK(thr_buf_reserve(&b, 300) == 0);
    memset(b.data, 'S', b.cap); /* more than the buffer says it uses */
    b.len = 3;
    watched = b.data;
    watched_n = b.cap;
    watched_seen = watched_clean = 0;
    thr_free_watch(watch);
    thr_buf_wipe(&b);
    thr_free_watch(NULL);
    CHECK(watched_seen == 1 && watched_clean);
    CHECK(b.data == NULL && b.len == 0 && b.cap == 0);
  }

  CASE("buf: the watcher also sees a block that is regrown") {
    thr_buf b = {NULL, 0, 0};
    CHECK(thr_buf_puts(&b, "secret") == 0);
    watched = b.data;
    watched_n = b.len;
    watched_seen = 0;
    watched_clean = 1;
    thr_free_watch(watch);
    CHECK(thr_buf_reserve(&b, 5000) == 0);
    thr_free_watch(NULL);
    CHECK(watched_seen == 1 && !watched_clean);
    thr_buf_free(&b);
  }
  return check_done();
}
