/* date.c — the date formats of the API, of ISO 8601 and of HTTP, in UTC. Owns calendar arithmetic. No time
** zone database, no locale (strptime has both), no clock. Must not include lua.h. Failure: return value. */
#include "date.h"

#include <stdio.h>
#include <string.h>

typedef struct moment {
  int year, month, day, hour, minute, second;
} moment;

/* A text and where we are in it. A take_ function that fails may have moved i: whoever goes on then starts
** from a copy. */
typedef struct cursor {
  const char *s;
  size_t n, i;
} cursor;

static int is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

static int days_in_month(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days since 1970-01-01 of a date of the years 0001..9999. Years are counted from March, so that the leap
** day comes last and the months before a date have the length (153 m + 2) / 5. */
static int64_t days_from_civil(int year, int month, int day) {
  int64_t y = month <= 2 ? year - 1 : year;
  int64_t era = y / 400; /* y >= 0 */
  int64_t yoe = y - era * 400;
  int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + doe - 719468;
}

/* The way back. days >= those of 0001-01-01. */
static void civil_from_days(int64_t days, moment *m) {
  int64_t z = days + 719468;
  int64_t era = z / 146097; /* z > 0 */
  int64_t doe = z - era * 146097;
  int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  int64_t mp = (5 * doy + 2) / 153;
  m->day = (int)(doy - (153 * mp + 2) / 5 + 1);
  m->month = (int)(mp < 10 ? mp + 3 : mp - 9);
  m->year = (int)(yoe + era * 400 + (m->month <= 2));
}

static int64_t epoch_of(const moment *m) {
  int clock = m->hour * 3600 + m->minute * 60 + m->second;
  return days_from_civil(m->year, m->month, m->day) * 86400 + clock;
}

static int is_date(const moment *m) {
  return m->year >= 1 && m->year <= 9999 && m->month >= 1 && m->month <= 12 && m->day >= 1 &&
         m->day <= days_in_month(m->year, m->month);
}

static int is_time(const moment *m, int last_second) {
  return m->hour <= 23 && m->minute <= 59 && m->second <= last_second;
}

static int is_digit(char c) { return c >= '0' && c <= '9'; }

static int take_char(cursor *c, char want) {
  if (c->i >= c->n || c->s[c->i] != want)
    return 0;
  c->i++;
  return 1;
}

static int take_text(cursor *c, const char *want) {
  size_t n = strlen(want);
  if (c->n - c->i < n || memcmp(c->s + c->i, want, n) != 0)
    return 0;
  c->i += n;
  return 1;
}

/* Exactly `width` digits. */
static int take_number(cursor *c, int width, int *out) {
  int value = 0, k;
  if (c->n - c->i < (size_t)width)
    return 0;
  for (k = 0; k < width; k++) {
    char d = c->s[c->i + (size_t)k];
    if (!is_digit(d))
      return 0;
    value = value * 10 + (d - '0');
  }
  c->i += (size_t)width;
  *out = value;
  return 1;
}

/* One of `count` lower-case names, in any case; its index to *out. Longest first is the caller's
** business. */
static int take_name(cursor *c, const char *const *names, int count, int *out) {
  int k;
  for (k = 0; k < count; k++) {
    size_t n = strlen(names[k]), j = 0;
    if (c->n - c->i < n)
      continue;
    while (j < n && (c->s[c->i + j] | 0x20) == names[k][j])
      j++;
    if (j == n) {
      c->i += n;
      *out = k;
      return 1;
    }
  }
  return 0;
}

/* 1..9 digits of a fraction, cut to milliseconds. */
static int take_fraction(cursor *c, int *milliseconds) {
  int digits = 0, value = 0;
  while (c->i < c->n && is_digit(c->s[c->i])) {
    if (digits < 3)
      value = value * 10 + (c->s[c->i] - '0');
    digits++;
    c->i++;
  }
  if (digits < 1 || digits > 9)
    return 0;
  for (; digits < 3; digits++)
    value *= 10;
  *milliseconds = value;
  return 1;
}

/* Z, ±hh:mm, ±hhmm, ±hh → seconds east of UTC. */
static int take_zone(cursor *c, int *offset) {
  int sign, hour, minute = 0;
  *offset = 0;
  if (take_char(c, 'Z'))
    return 1;
  if (take_char(c, '+'))
    sign = 1;
  else if (take_char(c, '-'))
    sign = -1;
  else
    return 0;
  if (!take_number(c, 2, &hour))
    return 0;
  if (c->i < c->n) {
    (void)take_char(c, ':'); /* ±hhmm has none */
    if (!take_number(c, 2, &minute))
      return 0;
  }
  if (hour > 23 || minute > 59)
    return 0;
  *offset = sign * (hour * 3600 + minute * 60);
  return 1;
}

int thr_date_read(const char *s, size_t n, int64_t *seconds, int *milliseconds, int *form) {
  cursor c = {s, n, 0};
  moment m = {0, 0, 0, 0, 0, 0};
  int bits = 0, ms = 0, offset = 0;
  if (!take_number(&c, 4, &m.year) || !take_char(&c, '-') || !take_number(&c, 2, &m.month) ||
      !take_char(&c, '-') || !take_number(&c, 2, &m.day) || !is_date(&m))
    return -1;
  if (c.i < n) {
    bits = THR_DATE_HAS_TIME;
    if (take_char(&c, ' '))
      bits |= THR_DATE_IS_SPACED;
    else if (!take_char(&c, 'T'))
      return -1;
    if (!take_number(&c, 2, &m.hour) || !take_char(&c, ':') || !take_number(&c, 2, &m.minute))
      return -1;
    if (take_char(&c, ':')) {
      if (!take_number(&c, 2, &m.second))
        return -1;
      bits |= THR_DATE_HAS_SECONDS;
      if (take_char(&c, '.')) {
        if (!take_fraction(&c, &ms))
          return -1;
        bits |= THR_DATE_HAS_FRACTION;
      }
    }
    if (c.i < n) {
      if (!take_zone(&c, &offset))
        return -1;
      bits |= THR_DATE_HAS_ZONE;
    }
    if (c.i < n || !is_time(&m, 59))
      return -1;
  }
  if (seconds != NULL)
    *seconds = epoch_of(&m) - offset;
  if (milliseconds != NULL)
    *milliseconds = ms;
  if (form != NULL)
    *form = bits;
  return 0;
}

int thr_date_write(thr_buf *out, thr_date_format f, int64_t seconds, int milliseconds) {
  const int64_t first = INT64_C(-62135596800); /* 0001-01-01T00:00:00Z */
  const int64_t last = INT64_C(253402300799);  /* 9999-12-31T23:59:59Z */
  char text[96];
  moment m;
  int64_t days, rest;
  int n;
  if (seconds < first || seconds > last || milliseconds < 0 || milliseconds > 999)
    return -2;
  days = seconds / 86400;
  rest = seconds % 86400;
  if (rest < 0) {
    rest += 86400;
    days--;
  }
  civil_from_days(days, &m);
  m.hour = (int)(rest / 3600);
  m.minute = (int)(rest / 60 % 60);
  m.second = (int)(rest % 60);
  n = snprintf(text, sizeof text, "%04d-%02d-%02d%c%02d:%02d:%02d", m.year, m.month, m.day,
               f == THR_DATE_SPACE || f == THR_DATE_DAY_OR_SPACE ? ' ' : 'T', m.hour, m.minute, m.second);
  if (f == THR_DATE_ISO || f == THR_DATE_DAY_OR_ISO)
    n += snprintf(text + n, sizeof text - (size_t)n, ".%03dZ", milliseconds);
  return thr_buf_append(out, text, (size_t)n);
}

/* Does a date of this make-up go on the wire as it is? */
static int fits(thr_date_format f, int form) {
  const int plain = THR_DATE_HAS_TIME | THR_DATE_HAS_SECONDS;
  switch (f) {
  case THR_DATE_ISO:
    return (form & (THR_DATE_HAS_TIME | THR_DATE_IS_SPACED)) == THR_DATE_HAS_TIME;
  case THR_DATE_DAY_OR_ISO:
    return !(form & THR_DATE_IS_SPACED);
  case THR_DATE_SPACE:
    return form == (plain | THR_DATE_IS_SPACED);
  case THR_DATE_DAY_OR_SPACE:
    return form == 0 || form == (plain | THR_DATE_IS_SPACED);
  case THR_DATE_T:
    return form == plain;
  }
  return 0;
}

int thr_date_param(thr_buf *out, thr_date_format f, const char *s, size_t n) {
  int64_t seconds;
  int milliseconds, form, rc;
  if (thr_date_read(s, n, &seconds, &milliseconds, &form) != 0)
    return -1;
  if (fits(f, form))
    return thr_buf_append(out, s, n) == 0 ? 0 : -3;
  rc = thr_date_write(out, f, seconds, milliseconds);
  if (rc == -1)
    return -3;
  return rc == 0 ? 0 : -1;
}

static const char *const month_names[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                          "jul", "aug", "sep", "oct", "nov", "dec"};
static const char *const day_names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
static const char *const long_day_names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                             "friday", "saturday", "sunday"};

static int take_clock(cursor *c, moment *m) {
  return take_number(c, 2, &m->hour) && take_char(c, ':') && take_number(c, 2, &m->minute) &&
         take_char(c, ':') && take_number(c, 2, &m->second);
}

static int take_month(cursor *c, moment *m) {
  if (!take_name(c, month_names, 12, &m->month))
    return 0;
  m->month++;
  return 1;
}

/* Sun, 06 Nov 1994 08:49:37 GMT */
static int read_fixdate(cursor c, moment *m) {
  int day;
  return take_name(&c, day_names, 7, &day) && take_text(&c, ", ") && take_number(&c, 2, &m->day) &&
         take_char(&c, ' ') && take_month(&c, m) && take_char(&c, ' ') && take_number(&c, 4, &m->year) &&
         take_char(&c, ' ') && take_clock(&c, m) && take_text(&c, " GMT") && c.i == c.n;
}

/* Sunday, 06-Nov-94 08:49:37 GMT */
static int read_rfc850(cursor c, moment *m) {
  int day;
  if (!(take_name(&c, long_day_names, 7, &day) && take_text(&c, ", ") && take_number(&c, 2, &m->day) &&
        take_char(&c, '-') && take_month(&c, m) && take_char(&c, '-') && take_number(&c, 2, &m->year) &&
        take_char(&c, ' ') && take_clock(&c, m) && take_text(&c, " GMT") && c.i == c.n))
    return 0;
  m->year += m->year < 70 ? 2000 : 1900;
  return 1;
}

/* Sun Nov  6 08:49:37 1994 */
static int read_asctime(cursor c, moment *m) {
  int day;
  if (!(take_name(&c, day_names, 7, &day) && take_char(&c, ' ') && take_month(&c, m) && take_char(&c, ' ')))
    return 0;
  if (take_char(&c, ' ') ? !take_number(&c, 1, &m->day) : !take_number(&c, 2, &m->day))
    return 0;
  return take_char(&c, ' ') && take_clock(&c, m) && take_char(&c, ' ') && take_number(&c, 4, &m->year) &&
         c.i == c.n;
}

int thr_date_http(const char *s, size_t n, int64_t *seconds) {
  cursor c = {s, n, 0};
  moment m = {0, 0, 0, 0, 0, 0};
  if (!read_fixdate(c, &m) && !read_rfc850(c, &m) && !read_asctime(c, &m))
    return -1;
  if (!is_date(&m) || !is_time(&m, 60))
    return -1;
  *seconds = epoch_of(&m);
  return 0;
}

const char *thr_date_example(thr_date_format f) {
  switch (f) {
  case THR_DATE_ISO:
    return "2024-06-30T17:00:00.000Z";
  case THR_DATE_SPACE:
    return "2024-06-30 17:00:00";
  case THR_DATE_T:
    return "2024-06-30T17:00:00";
  case THR_DATE_DAY_OR_ISO:
    return "2024-06-30 or 2024-06-30T17:00:00.000Z";
  case THR_DATE_DAY_OR_SPACE:
    return "2024-06-30 or 2024-06-30 17:00:00";
  }
  return "2024-06-30T17:00:00.000Z";
}
