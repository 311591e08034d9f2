/* json.c — JSON text as bytes: validated scanning, UTF-8, numbers. See json.h. Must not include lua.h.
** Failure: scanners return NULL and fill the scan's error; only thr_json_find_string allocates. */
#include "json.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IS_DIGIT(c) ((unsigned)((c) - '0') <= 9u)

/* Significant digits that can still decide how a double is rounded; a longer tail only matters as "not zero". */
#define DECISIVE_DIGITS 780

const char *thr_json_fail(thr_json_scan *j, const char *p, const char *message) {
  j->error.offset = (size_t)(p - j->start);
  j->error.message = message;
  return NULL;
}

const char *thr_json_fail_here(thr_json_scan *j, const char *p, const char *expected) {
  return thr_json_fail(j, p, p >= j->end ? "the text ends in the middle of a value" : expected);
}

const char *thr_json_begin(thr_json_scan *j, const char *text, size_t n) {
  if (n == 0)
    text = ""; /* the caller may have no buffer at all yet */
  j->start = text;
  j->end = text + n;
  j->error.offset = 0;
  j->error.message = NULL;
  if (n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
    text += 3;
  return thr_json_space(text, j->end);
}

const char *thr_json_literal(thr_json_scan *j, const char *p, const char *word, size_t n) {
  size_t i;
  if ((size_t)(j->end - p) >= n && memcmp(p, word, n) == 0)
    return p + n;
  for (i = 0; i < n; i++)
    if (p + i >= j->end || p[i] != word[i])
      return thr_json_fail_here(j, p + i, "expected a value");
  return p + n;
}

/* ---- UTF-8 ---- */

/* How many of the bytes at p belong together: *want is the length that the first byte announces, the result how many
** of them are there and right. Equal means valid. The table 3-7 of the Unicode standard in code. */
static size_t utf8_prefix(const unsigned char *p, size_t avail, size_t *want) {
  unsigned char low = 0x80, high = 0xBF;
  size_t n, i;
  if (p[0] < 0x80) {
    *want = 1;
    return 1;
  }
  if (p[0] >= 0xC2 && p[0] <= 0xDF) {
    n = 2;
  } else if (p[0] >= 0xE0 && p[0] <= 0xEF) {
    n = 3;
    if (p[0] == 0xE0)
      low = 0xA0; /* shorter forms exist */
    else if (p[0] == 0xED)
      high = 0x9F; /* surrogates */
  } else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
    n = 4;
    if (p[0] == 0xF0)
      low = 0x90;
    else if (p[0] == 0xF4)
      high = 0x8F; /* beyond U+10FFFF */
  } else {
    *want = 2; /* not a first byte: never complete */
    return 1;
  }
  *want = n;
  for (i = 1; i < n; i++) {
    if (i >= avail || p[i] < low || p[i] > high)
      return i;
    low = 0x80;
    high = 0xBF;
  }
  return n;
}

size_t thr_utf8_valid(const char *p, const char *end) {
  size_t want, got = utf8_prefix((const unsigned char *)p, (size_t)(end - p), &want);
  return got == want ? got : 0;
}

size_t thr_utf8_invalid(const char *p, const char *end) {
  size_t want;
  return utf8_prefix((const unsigned char *)p, (size_t)(end - p), &want);
}

static char *utf8_write(char *out, unsigned long c) {
  if (c < 0x80) {
    *out++ = (char)c;
  } else if (c < 0x800) {
    *out++ = (char)(0xC0 | (c >> 6));
    *out++ = (char)(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    *out++ = (char)(0xE0 | (c >> 12));
    *out++ = (char)(0x80 | ((c >> 6) & 0x3F));
    *out++ = (char)(0x80 | (c & 0x3F));
  } else {
    *out++ = (char)(0xF0 | (c >> 18));
    *out++ = (char)(0x80 | ((c >> 12) & 0x3F));
    *out++ = (char)(0x80 | ((c >> 6) & 0x3F));
    *out++ = (char)(0x80 | (c & 0x3F));
  }
  return out;
}

/* ---- strings ---- */

/* The four hex digits at p, or -1. */
static long hex4(const char *p, const char *end) {
  long v = 0;
  int i;
  if (end - p < 4)
    return -1;
  for (i = 0; i < 4; i++) {
    unsigned char c = (unsigned char)p[i], lower = c | 0x20;
    if (IS_DIGIT(c))
      v = v * 16 + (c - '0');
    else if (lower >= 'a' && lower <= 'f')
      v = v * 16 + (lower - 'a' + 10);
    else
      return -1;
  }
  return v;
}

/* The byte that the escape letter c stands for; 0 when there is no such escape ('u' is the caller's). */
static char escape_byte(char c) {
  switch (c) {
  case '"':
  case '\\':
  case '/':
    return c;
  case 'b':
    return '\b';
  case 'f':
    return '\f';
  case 'n':
    return '\n';
  case 'r':
    return '\r';
  case 't':
    return '\t';
  default:
    return 0;
  }
}

const char *thr_json_string(thr_json_scan *j, const char *p, thr_json_span *out) {
  const char *end = j->end;
  size_t invalid = 0; /* each may grow by two bytes: one byte becomes U+FFFD's three */
  int special = 0;
  out->s = p;
  for (;;) {
    size_t n;
    p = thr_json_plain(p, end);
    if (p >= end)
      return thr_json_fail(j, p, "the text ends inside a string");
    if (*p == '"')
      break;
    if (*p == '\\') {
      special = 1;
      if (end - p < 2)
        return thr_json_fail(j, end, "the text ends inside a string");
      if (p[1] == 'u') {
        if (hex4(p + 2, end) < 0)
          return thr_json_fail(j, p, "\\u needs four hexadecimal digits");
        p += 6;
      } else if (escape_byte(p[1]) != 0) {
        p += 2;
      } else {
        return thr_json_fail(j, p, "unknown escape in a string");
      }
    } else if ((unsigned char)*p < 0x20) {
      return thr_json_fail(j, p, "control character in a string: it must be escaped");
    } else if ((n = thr_utf8_valid(p, end)) != 0) {
      p += n;
    } else {
      special = 1;
      invalid++;
      p += thr_utf8_invalid(p, end);
    }
  }
  out->n = (size_t)(p - out->s);
  out->room = special ? out->n + 2 * invalid : 0;
  return p + 1;
}

/* The code point of the \u escape at p (validated before); moves *p behind it, and behind the second half of a pair. */
static unsigned long unescape_unicode(const char **p, const char *end) {
  unsigned long c = (unsigned long)hex4(*p + 2, end);
  *p += 6;
  if (c >= 0xD800 && c <= 0xDBFF && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u') {
    long low = hex4(*p + 2, end);
    if (low >= 0xDC00 && low <= 0xDFFF) {
      *p += 6;
      return 0x10000 + ((c - 0xD800) << 10) + ((unsigned long)low - 0xDC00);
    }
  }
  return c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c;
}

size_t thr_json_unescape(const thr_json_span *span, char *out) {
  const char *p = span->s, *end = span->s + span->n;
  char *w = out;
  while (p < end) {
    const char *q = thr_json_plain(p, end);
    size_t n = (size_t)(q - p);
    if (n > 0)
      memcpy(w, p, n);
    w += n;
    p = q;
    if (p >= end)
      break;
    if (*p == '\\') {
      if (p[1] == 'u') {
        w = utf8_write(w, unescape_unicode(&p, end));
      } else {
        *w++ = escape_byte(p[1]);
        p += 2;
      }
    } else if ((n = thr_utf8_valid(p, end)) != 0) {
      memcpy(w, p, n);
      w += n;
      p += n;
    } else {
      w = utf8_write(w, 0xFFFD);
      p += thr_utf8_invalid(p, end);
    }
  }
  return (size_t)(w - out);
}

/* ---- numbers ---- */

/* An integer of more digits than int64 has: a double when that is exact, else the digits themselves. */
static void big_integer(const char *s, size_t n, thr_json_number *out) {
  char digits[DBL_MAX_10_EXP + 8], back[DBL_MAX_10_EXP + 8];
  out->kind = THR_JSON_DIGITS;
  out->s = s;
  out->n = n;
  if (n >= sizeof digits)
    return;
  memcpy(digits, s, n);
  digits[n] = '\0';
  out->d = strtod(digits, NULL);
  if (isinf(out->d))
    return;
  /* "%.0f" prints every digit of the double and no decimal point, so equal text means equal value. */
  if ((size_t)snprintf(back, sizeof back, "%.0f", out->d) == n && memcmp(digits, back, n) == 0)
    out->kind = THR_JSON_DOUBLE;
}

/* The double nearest to the digits in [s, e) (a point may stand among them) times 10^exponent. strtod gets the digits
** without the point, so that the locale's idea of one does not matter, and a bounded number of them. */
static double slow_double(const char *s, const char *e, long long exponent) {
  char text[DECISIVE_DIGITS + 32];
  size_t n = 0;
  int point = 0, tail = 0;
  for (; s < e; s++) {
    if (*s == '.') {
      point = 1;
      continue;
    }
    if (point)
      exponent--;
    if (n == 0 && *s == '0')
      continue;
    if (n < DECISIVE_DIGITS) {
      text[n++] = *s;
    } else {
      exponent++;
      tail |= *s != '0';
    }
  }
  if (n == 0)
    return 0.0;
  if (tail) {
    text[n++] = '1';
    exponent--;
  }
  snprintf(text + n, sizeof text - n, "e%lld", exponent);
  return strtod(text, NULL);
}

/* Reads the exponent's digits at p into *e, clamped where every double has long been zero or infinite. */
static const char *exponent_at(thr_json_scan *j, const char *p, long long *e) {
  const char *end = j->end;
  int negative = 0;
  long long v = 0;
  if (p < end && (*p == '+' || *p == '-'))
    negative = *p++ == '-';
  if (p >= end || !IS_DIGIT(*p))
    return thr_json_fail_here(j, p, "an exponent needs digits");
  for (; p < end && IS_DIGIT(*p); p++)
    if (v < 100000000000LL)
      v = v * 10 + (*p - '0');
  *e = negative ? -v : v;
  return p;
}

static const char *double_at(thr_json_scan *j, const char *s, const char *p, int negative, uint64_t m,
                             size_t digits, thr_json_number *out) {
  static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  const char *end = j->end, *mantissa_end;
  long long exponent = 0, shift;
  size_t fraction = 0;
  if (*p == '.') {
    const char *f = ++p;
    for (; p < end && IS_DIGIT(*p); p++)
      m = m * 10 + (uint64_t)(*p - '0');
    fraction = (size_t)(p - f);
    if (fraction == 0)
      return thr_json_fail_here(j, p, "a decimal point needs digits behind it");
  }
  mantissa_end = p;
  if (p < end && (*p == 'e' || *p == 'E')) {
    p = exponent_at(j, p + 1, &exponent);
    if (p == NULL)
      return NULL;
  }
  shift = exponent - (long long)fraction;
  out->kind = THR_JSON_DOUBLE;
  /* Both operands exact, one rounding: the result is the nearest double (Clinger's fast path). m has not wrapped while
  ** there are at most 19 digits. */
  if (FLT_EVAL_METHOD == 0 && digits + fraction <= 19 && m <= (1ULL << 53) && shift >= -22 && shift <= 22)
    out->d = shift < 0 ? (double)m / power[-shift] : (double)m * power[shift];
  else
    out->d = slow_double(s, mantissa_end, exponent);
  if (isinf(out->d))
    return thr_json_fail(j, s, "number is too large");
  if (negative)
    out->d = -out->d;
  return p;
}

const char *thr_json_number_at(thr_json_scan *j, const char *p, thr_json_number *out) {
  const char *end = j->end, *start = p, *s;
  int negative = 0;
  uint64_t m = 0;
  size_t digits;
  if (p < end && *p == '-') {
    negative = 1;
    p++;
  }
  s = p;
  if (p >= end || !IS_DIGIT(*p))
    return thr_json_fail_here(j, p, "expected a value");
  if (*p == '0') {
    p++;
    if (p < end && IS_DIGIT(*p))
      return thr_json_fail(j, s, "a number must not start with 0");
  } else {
    for (; p < end && IS_DIGIT(*p); p++)
      m = m * 10 + (uint64_t)(*p - '0'); /* may wrap behind 19 digits; then it is not used */
  }
  digits = (size_t)(p - s);
  if (p < end && (*p == '.' || *p == 'e' || *p == 'E'))
    return double_at(j, s, p, negative, m, digits, out);
  if (digits < 19 || (digits == 19 && m <= (uint64_t)INT64_MAX + (uint64_t)negative)) {
    out->kind = THR_JSON_INTEGER;
    out->i = negative ? (int64_t)(0 - m) : (int64_t)m;
  } else {
    big_integer(start, (size_t)(p - start), out);
  }
  return p;
}

size_t thr_json_write_integer(char out[THR_JSON_INTEGER_ROOM], int64_t i) {
  char reversed[THR_JSON_INTEGER_ROOM];
  uint64_t v = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
  size_t n = 0, w = 0;
  do
    reversed[n++] = (char)('0' + v % 10);
  while ((v /= 10) != 0);
  if (i < 0)
    out[w++] = '-';
  while (n > 0)
    out[w++] = reversed[--n];
  return w;
}

size_t thr_json_write_double(char out[THR_JSON_DOUBLE_ROOM], double d) {
  char text[THR_JSON_DOUBLE_ROOM];
  size_t w = 0;
  int precision, is_float = 0;
  const char *p;
  if (isnan(d) || isinf(d))
    return 0;
  if (d > -1e15 && d < 1e15 && (double)(int64_t)d == d && (d != 0 || !signbit(d))) {
    w = thr_json_write_integer(out, (int64_t)d);
    out[w++] = '.';
    out[w++] = '0';
    return w;
  }
  for (precision = 15; precision <= 17; precision++) {
    snprintf(text, sizeof text, "%.*g", precision, d);
    if (strtod(text, NULL) == d) /* both in the host's locale, so they agree about the point */
      break;
  }
  for (p = text; *p != '\0'; p++) {
    if (IS_DIGIT(*p) || *p == '-' || *p == '+' || *p == 'e') {
      is_float |= *p == 'e';
      out[w++] = *p;
    } else if (w > 0 && out[w - 1] != '.') { /* whatever bytes the locale uses for its point */
      is_float = 1;
      out[w++] = '.';
    }
  }
  if (!is_float) {
    out[w++] = '.';
    out[w++] = '0';
  }
  return w;
}

/* ---- members of an object ---- */

/* Is the scanned key the n bytes at `key`? A key with escapes is compared through a bounded copy: one whose value could
** be longer than the copy is compared only when it may still be equal. 1, 0, -1 memory. */
static int same_key(const thr_json_span *span, const char *key, size_t n) {
  char small[256];
  char *copy = small;
  int same;
  if (span->room == 0)
    return span->n == n && memcmp(span->s, key, n) == 0;
  if (span->room > sizeof small && (copy = thr_realloc(NULL, span->room)) == NULL)
    return -1;
  same = thr_json_unescape(span, copy) == n && memcmp(copy, key, n) == 0;
  if (copy != small)
    thr_free(copy);
  return same;
}

/* Validates the whole text and leaves in *value where the last member called `key` has its value. 1, 0, -1, -2. */
static int find_member(thr_json_scan *j, const char *text, size_t n, const char *key, const char **value) {
  const char *p = thr_json_begin(j, text, n), *end = j->end;
  size_t key_len = strlen(key);
  int found = 0;
  const char *after = thr_json_skip(j, p, 0);
  if (after == NULL || thr_json_space(after, end) != end)
    return -2;
  if (*p != '{')
    return 0;
  p = thr_json_space(p + 1, end);
  while (*p == '"') { /* the text is known to be valid, so what follows needs no checks */
    thr_json_span span;
    int same;
    p = thr_json_string(j, p + 1, &span);
    p = thr_json_space(thr_json_space(p, end) + 1, end);
    same = same_key(&span, key, key_len);
    if (same < 0)
      return -1;
    if (same) {
      *value = p;
      found = 1;
    }
    p = thr_json_space(thr_json_skip(j, p, 1), end);
    if (*p == ',')
      p = thr_json_space(p + 1, end);
  }
  return found;
}

int thr_json_find_string(const char *text, size_t n, const char *key, thr_buf *out) {
  thr_json_scan j;
  thr_json_span span;
  const char *value = NULL;
  size_t room;
  int found = find_member(&j, text, n, key, &value);
  if (found != 1)
    return found;
  if (*value != '"')
    return 0;
  thr_json_string(&j, value + 1, &span);
  room = span.room > span.n ? span.room : span.n;
  thr_buf_clear(out);
  if (thr_buf_reserve(out, room) != 0)
    return -1;
  out->len = thr_json_unescape(&span, out->data);
  out->data[out->len] = '\0';
  return 1;
}

int thr_json_find_number(const char *text, size_t n, const char *key, double *out) {
  thr_json_scan j;
  thr_json_number number;
  const char *value = NULL;
  int found = find_member(&j, text, n, key, &value);
  if (found != 1)
    return found;
  if (*value != '-' && !IS_DIGIT(*value))
    return 0;
  if (thr_json_number_at(&j, value, &number) == NULL)
    return 0; /* cannot be: it was validated */
  if (number.kind == THR_JSON_INTEGER)
    *out = (double)number.i;
  else if (number.kind == THR_JSON_DOUBLE)
    *out = number.d;
  else
    *out = (number.s[0] == '-' ? -1.0 : 1.0) *
           slow_double(number.s + (number.s[0] == '-'), number.s + number.n, 0);
  return !isinf(*out);
}
