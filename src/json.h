/* json.h — JSON text as bytes: validated scanning, UTF-8, numbers. Layer 1: must not include lua.h.
**
** Owns the grammar of RFC 8259 and what this project adds to it:
**   - a byte order mark before the value is tolerated, nothing else is: no NaN, hex, leading zeros, trailing commas,
**     comments, raw control characters in strings;
**   - an invalid UTF-8 sequence inside a string becomes U+FFFD (one per maximal subpart, as browsers do it), and so
**     does a \u escape that is half of a surrogate pair; \u0000 stays a NUL byte;
**   - an integer that fits int64 is exact; a bigger one becomes a double only when the double is exactly that integer,
**     else its digits are kept as text, for an id must never change; a number with a fraction or an exponent is a
**     double, and one too large for a double is an error.
** lua_json_decode.c builds Lua values on top of it; auth.c reads token answers with thr_json_find_*. No function here calls
** into the C locale's decimal point, so setlocale() in the host changes nothing. */
#ifndef THR_JSON_H
#define THR_JSON_H

#include "buf.h"

#include <stddef.h>
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define THR_JSON_DEPTH 128       /* arrays and objects inside one another, at most */
#define THR_JSON_DOUBLE_ROOM 40  /* bytes that thr_json_write_double may write */
#define THR_JSON_INTEGER_ROOM 24 /* bytes that thr_json_write_integer may write */

/* Where and why a text is not JSON: offset in bytes from its start, message static. */
typedef struct thr_json_error {
  size_t offset;
  const char *message;
} thr_json_error;

/* A text being scanned. The scanners take the position and return the position behind what they read, or NULL after
** filling `error`; they read no byte at or behind `end`. The text needs no NUL at its end and is not owned. */
typedef struct thr_json_scan {
  const char *start, *end;
  thr_json_error error;
} thr_json_scan;

/* A string between its quotes, in the text. room == 0: the bytes are the value. Otherwise it holds escapes or invalid
** UTF-8 and thr_json_unescape writes at most `room` bytes for it. */
typedef struct thr_json_span {
  const char *s;
  size_t n;
  size_t room;
} thr_json_span;

typedef enum thr_json_kind {
  THR_JSON_INTEGER, /* i */
  THR_JSON_DOUBLE,  /* d */
  THR_JSON_DIGITS   /* s, n: an integer beyond int64 that no double equals, sign and digits as written */
} thr_json_kind;

typedef struct thr_json_number {
  thr_json_kind kind;
  int64_t i;
  double d;
  const char *s;
  size_t n;
} thr_json_number;

/* Begins at text[0..n): sets up j and returns the position of the first value (behind a BOM and white space). */
const char *thr_json_begin(thr_json_scan *j, const char *text, size_t n);
/* Fails at p with a static message; returns NULL so that scanners can return it. */
const char *thr_json_fail(thr_json_scan *j, const char *p, const char *message);
/* Fails at p, where something else than `expected` (a static message) stands; says so when the text ended there. */
const char *thr_json_fail_here(thr_json_scan *j, const char *p, const char *expected);
/* Scans a string; p is behind the opening quote. Never allocates. */
const char *thr_json_string(thr_json_scan *j, const char *p, thr_json_span *out);
/* Writes the value of a scanned string and returns its length. `out` has span->room bytes (span->n when room is 0). */
size_t thr_json_unescape(const thr_json_span *span, char *out);
/* Scans a number; p is at its first byte ('-' or a digit). Never allocates. */
const char *thr_json_number_at(thr_json_scan *j, const char *p, thr_json_number *out);
/* Scans the literal `word` of n bytes. */
const char *thr_json_literal(thr_json_scan *j, const char *p, const char *word, size_t n);
/* Scans any value with full validation and forgets it (json_skip.c). `depth` is how many containers are open around it. */
const char *thr_json_skip(thr_json_scan *j, const char *p, int depth);

/* The value of the string member `key` of the object that the text is, into `out`, which is cleared first and reserved
** at its full size before a byte is written (it may hold a secret). The whole text is validated; of duplicate keys the
** last counts. 1 found, 0 not there or not a string, -1 memory, -2 not JSON. */
int thr_json_find_string(const char *text, size_t n, const char *key, thr_buf *out);
/* The same for a number, rounded to a double. */
int thr_json_find_number(const char *text, size_t n, const char *key, double *out);

/* Length 1 to 4 of the valid UTF-8 sequence at p < end; 0 when it is invalid or cut off. */
size_t thr_utf8_valid(const char *p, const char *end);
/* Bytes (1 to 3) of the invalid sequence at p < end that one U+FFFD stands for. */
size_t thr_utf8_invalid(const char *p, const char *end);

/* Writes the shortest text that reads back as exactly d, always with a point or an exponent so that it stays a float.
** Returns its length; 0 for infinities and NaN, which JSON does not have. */
size_t thr_json_write_double(char out[THR_JSON_DOUBLE_ROOM], double d);
/* Writes i in decimal; returns its length. */
size_t thr_json_write_integer(char out[THR_JSON_INTEGER_ROOM], int64_t i);

/* The first byte in [p, end) that is not plain inside a JSON string: a quote, a backslash, a control character or the
** start of a multi-byte sequence; end when there is none. Inline, for it is the innermost loop of everything. */
static inline const char *thr_json_plain(const char *p, const char *end) {
#if defined(__SSE2__) && defined(__GNUC__)
  while (end - p >= 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    /* As signed bytes, control characters and everything from 0x80 up are both below 0x20. */
    __m128i stop = _mm_or_si128(
        _mm_cmplt_epi8(v, _mm_set1_epi8(0x20)),
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
    int mask = _mm_movemask_epi8(stop);
    if (mask != 0)
      return p + __builtin_ctz((unsigned)mask);
    p += 16;
  }
#endif
  while (p < end && (signed char)*p >= 0x20 && *p != '"' && *p != '\\')
    p++;
  return p;
}

/* The first byte in [p, end) that is not JSON white space. */
static inline const char *thr_json_space(const char *p, const char *end) {
  while (p < end && (unsigned char)*p <= ' ' && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
    p++;
  return p;
}

#endif
