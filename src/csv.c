/* csv.c — text to a cell of a CSV file: quotes where they are needed, and the guard of formulas. Must not include lua.h.
** Failure: return value. */
#include "csv.h"

#include <string.h>

#include "json.h"

/* What a byte may mean for its cell. */
enum { QUOTED = 1, MISLEADING = 2, NUL = 4, HIGH = 8 };

void thr_csv_init(thr_csv_format *f, char separator, int raw, int alone) {
  static const char quoted[] = "\"\r\n", misleading[] = ",;\t|";
  size_t i;
  f->separator = separator;
  f->raw = raw;
  memset(f->of_note, 0, sizeof f->of_note);
  for (i = 0; misleading[i] != '\0'; i++)
    f->of_note[(unsigned char)misleading[i]] = MISLEADING;
  for (i = 0; quoted[i] != '\0'; i++)
    f->of_note[(unsigned char)quoted[i]] = QUOTED;
  f->of_note[(unsigned char)separator] = QUOTED;
  if (alone)
    f->of_note[','] = QUOTED;
  f->of_note[0] = NUL;
  memset(f->of_note + 0x80, HIGH, 0x80);
}

/* Where s[0..n) stops being text; n when it is text to its end. */
static size_t text_end(const char *s, size_t n) {
  const char *p = s, *end = s + n;
  while (p < end && *p != '\0') {
    size_t len = (unsigned char)*p < 0x80 ? 1 : thr_utf8_valid(p, end);
    if (len == 0)
      break;
    p += len;
  }
  return (size_t)(p - s);
}

static size_t digits(const char *s, size_t n) {
  size_t i = 0;
  while (i < n && s[i] >= '0' && s[i] <= '9')
    i++;
  return i;
}

/* Is s, which begins with a sign, a number that needs no guard? */
static int is_number(const char *s, size_t n) {
  size_t i = 1, whole, part = 0;
  whole = digits(s + i, n - i);
  i += whole;
  if (i == n)
    return whole > 0 && s[0] == '-';
  if (s[i] == '.') {
    i++;
    part = digits(s + i, n - i);
    i += part;
  }
  if (whole + part == 0)
    return 0;
  if (i < n && (s[i] == 'e' || s[i] == 'E')) {
    size_t exponent;
    i++;
    if (i < n && (s[i] == '+' || s[i] == '-'))
      i++;
    exponent = digits(s + i, n - i);
    if (exponent == 0)
      return 0;
    i += exponent;
  }
  return i == n;
}

/* Does s begin as a formula may? = + - @ TAB CR LF, and the wide forms U+FF1D U+FF0B U+FF0D U+FF20. */
static int starts_formula(const char *s, size_t n) {
  if (n > 0 && memchr("=+-@\t\r\n", s[0], 7) != NULL)
    return 1;
  return n >= 3 && memcmp(s, "\xEF\xBC", 2) == 0 && memchr("\x9D\x8B\x8D\xA0", s[2], 4) != NULL;
}

static int needs_guard(const char *s, size_t n) {
  size_t i = 0;
  while (i < n && s[i] == '\'')
    i++;
  if (!starts_formula(s + i, n - i))
    return 0;
  return i > 0 || (s[0] != '+' && s[0] != '-') || !is_number(s, n);
}

static int is_misleading(const char *s, size_t n, int seen) {
  return (seen & MISLEADING) != 0 || (n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) ||
         (n >= 4 && (s[0] | 32) == 's' && (s[1] | 32) == 'e' && (s[2] | 32) == 'p' && s[3] == '=');
}

/* Appends s in quotes, those in it doubled. There is room for 2 n + 3 bytes and a NUL. */
static void put_quoted(thr_buf *out, const char *s, size_t n, int guard) {
  char *w = out->data + out->len;
  size_t i;
  *w++ = '"';
  if (guard)
    *w++ = '\'';
  for (i = 0; i < n; i++) {
    if (s[i] == '"')
      *w++ = '"';
    *w++ = s[i];
  }
  *w++ = '"';
  *w = '\0';
  out->len = (size_t)(w - out->data);
}

int thr_csv_cell(thr_buf *out, const thr_csv_format *f, const char *s, size_t n, int first, size_t *bad) {
  int seen = 0, guard;
  size_t i;
  for (i = 0; i < n; i++)
    seen |= f->of_note[(unsigned char)s[i]];
  if ((seen & (NUL | HIGH)) != 0) {
    *bad = text_end(s, n);
    if (*bad < n)
      return 1;
  }
  guard = !f->raw && needs_guard(s, n);
  if ((seen & QUOTED) == 0 && !(first && is_misleading(s, n, seen)) && !(guard && f->separator == '\''))
    return (guard && thr_buf_putc(out, '\'') != 0) || thr_buf_append(out, s, n) != 0 ? -1 : 0;
  if (n > ((size_t)-1 - 8) / 2 || thr_buf_reserve(out, 2 * n + 3) != 0)
    return -1;
  put_quoted(out, s, n, guard);
  return 0;
}
