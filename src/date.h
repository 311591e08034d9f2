/* date.h — the date formats of the API, of ISO 8601 and of HTTP, in UTC. Owns calendar arithmetic
** (proleptic Gregorian); no time zone database, no locale, no clock. Must not include lua.h. */
#ifndef THR_DATE_H
#define THR_DATE_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/* The formats that parameters of the API want. Zone-less ones are taken as UTC. */
typedef enum thr_date_format {
  THR_DATE_ISO,         /* 2024-06-30T17:00:00.000Z */
  THR_DATE_SPACE,       /* 2020-01-01 00:00:00 */
  THR_DATE_T,           /* 2020-11-17T09:50:00 */
  THR_DATE_DAY_OR_ISO,  /* 2024-06-30 or as ISO */
  THR_DATE_DAY_OR_SPACE /* 2024-06-30 or as SPACE */
} thr_date_format;

/* What a text that thr_date_read accepted was made of. */
enum {
  THR_DATE_HAS_TIME = 1,     /* not a bare date */
  THR_DATE_HAS_SECONDS = 2,  /* hh:mm:ss, not only hh:mm */
  THR_DATE_HAS_FRACTION = 4, /* hh:mm:ss.f */
  THR_DATE_HAS_ZONE = 8,     /* Z or an offset */
  THR_DATE_IS_SPACED = 16    /* a space, not a T, before the time */
};

/* Appends an epoch time as UTC text; the DAY_OR_* formats write their date-time form; milliseconds (0..999,
** counted forward also before 1970) show in ISO only. 0; -1 when memory is out; -2 when the year is not
** 0001..9999 or the milliseconds are out of range. out is unchanged unless 0. */
int thr_date_write(thr_buf *out, thr_date_format f, int64_t seconds, int milliseconds);

/* Reads YYYY-MM-DD, or that and T or one space and hh:mm[:ss[.f…]] (1 to 9 digits, cut to milliseconds) and
** nothing, Z, ±hh:mm, ±hhmm or ±hh; without a zone it is UTC. Ranges are checked, leap years included;
** 24:00 and :60 are refused, and so is anything before or after. 0 and *seconds (floor) with *milliseconds
** 0..999, *form = the bits above; or -1 (outputs untouched). Any output may be NULL. */
int thr_date_read(const char *s, size_t n, int64_t *seconds, int *milliseconds, int *form);

/* Appends what goes on the wire for a date string given by the user. A string that fits the format goes as
** it is (for ISO: any ISO 8601 date-time with a T); one that does not, but is a date, is converted to UTC and
** written in the format, without fractions where the format has none. A bare date stays one where the format
** allows a day (the DAY_OR_* do), else gets 00:00:00. 0; -1 when it is not a date (or leaves the
** years 0001..9999); -3 when memory is out. out is unchanged unless 0. */
int thr_date_param(thr_buf *out, thr_date_format f, const char *s, size_t n);

/* Reads an HTTP-date (RFC 9110): IMF-fixdate, RFC 850 (two-digit years are 1970..2069) or asctime. Names in
** any case; the day of the week is not checked against the date; second 60 is the next minute. 0 and
** *seconds, or -1. */
int thr_date_http(const char *s, size_t n, int64_t *seconds);

/* An example of the format, for messages: "2024-06-30 or 2024-06-30 17:00:00". Static. */
const char *thr_date_example(thr_date_format f);

#endif
