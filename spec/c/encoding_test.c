/* encoding_test.c — src/encoding.c: text in pieces of every size, what is no text, and memory that is out. */
#include "encoding.h"

#include <string.h>

#include "check.h"

typedef struct sample {
  const char *name, *in;
  size_t n;
  const char *utf8;
} sample;

#define BYTES(s) s, sizeof(s) - 1
static const sample samples[] = {
    {"cp1252", BYTES("Jos\xE9 \x80 \x96 \xDF"), "José € – ß"},
    {"ISO-8859-15", BYTES("\xA4\xBC"), "€Œ"},
    {"cp1250", BYTES("\xA3\xF3\xBF"), "Łóż"},
    {"UTF-16",
     BYTES("\xFF\xFE"
           "a\0\xE9\0\x3D\xD8\x00\xDE"),
     "aé😀"},
    {"UTF-16",
     BYTES("\xFE\xFF"
           "\0a\0\xE9\xD8\x3D\xDE\x00"),
     "aé😀"},
    {"UTF-16LE", BYTES("a\0\x4E\x67"), "a李"},
    {"SHIFT_JIS", BYTES("\x93\xFA\x96{"), "日本"},
    {"GB18030", BYTES("\xC4\xE3\x81\x30\x84\x36"), "你¥"},
    {"ISO-2022-JP", BYTES("a\x1B$BF|K\\\x1B(Bb"), "a日本b"},
};

/* s in pieces of `size` bytes; the result of the last feed. */
static int decode(const char *name, const char *s, size_t n, size_t size, thr_buf *out, int *bad) {
  thr_decoder d = {NULL, 0, {NULL, 0, 0}};
  int rc = thr_decoder_open(&d, name);
  size_t i;
  for (i = 0; rc == 0 && i < n; i += size)
    rc = thr_decoder_feed(&d, s + i, n - i < size ? n - i : size, 0, out, bad);
  if (rc == 0)
    rc = thr_decoder_feed(&d, NULL, 0, 1, out, bad);
  thr_decoder_close(&d);
  return rc;
}

/* Does s end in rc, after that text? */
static int ends(const char *name, const char *s, size_t n, const char *utf8, int rc, int byte) {
  size_t size;
  for (size = 1; size <= n + 1; size++) {
    thr_buf out = {NULL, 0, 0};
    int bad = -1, got = decode(name, s, n, size, &out, &bad);
    int right = got == rc && bad == byte && out.data != NULL && strcmp(out.data, utf8) == 0;
    if (!right)
      printf("# %s in pieces of %u: %d, byte %d, \"%s\"\n", name, (unsigned)size, got, bad, out.data);
    thr_buf_free(&out);
    if (!right)
      return 0;
  }
  return 1;
}

int main(void) {
  size_t i;
  CASE("encoding: text is the same in pieces of every size") {
    for (i = 0; i < sizeof samples / sizeof *samples; i++)
      CHECK(ends(samples[i].name, samples[i].in, samples[i].n, samples[i].utf8, 0, -1));
  }

  CASE("encoding: what is no text ends it, after the text before") {
    CHECK(ends("cp1252",
               BYTES("ab\x81"
                     "c"),
               "ab", 1, 0x81));
    CHECK(ends("ASCII", BYTES("a\xE9"), "a", 1, 0xE9));
    CHECK(ends("UTF-16LE", BYTES("a\0\x00\xDCz\0"), "a", 1, 0x00));
  }

  CASE("encoding: a character that the text breaks off in is no text") {
    CHECK(ends("UTF-16LE", BYTES("a\0b"), "a", 1, 'b'));
    CHECK(ends("SHIFT_JIS", BYTES("a\x93"), "a", 1, 0x93));
  }

  CASE("encoding: names that are none are refused, options too") {
    static const char *const names[] = {"", "cp-1252x", "cp1252//IGNORE", "cp1252//TRANSLIT", "a b"};
    for (i = 0; i < sizeof names / sizeof *names; i++) {
      thr_decoder d = {NULL, 0, {NULL, 0, 0}};
      CHECK(thr_decoder_open(&d, names[i]) == -1);
      thr_decoder_close(&d);
    }
  }

  CASE("encoding: memory that is out is told") {
    thr_buf out = {NULL, 0, 0};
    int bad = -1, rc = -1;
    for (i = 1; i < 20 && rc == -1; i++) {
      thr_alloc_fail_at(i);
      rc = decode("cp1252", BYTES("Jos\xE9"), 2, &out, &bad);
      thr_alloc_fail_at(0);
      thr_buf_free(&out);
    }
    CHECK(i > 2 && rc == 0 && bad == -1);
  }
  return check_done();
}
