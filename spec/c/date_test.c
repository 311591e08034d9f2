/* date_test.c — src/date.c: reading and writing dates, what goes on the wire, HTTP-dates. */
#include "date.h"

#include <string.h>

#include "check.h"

#define BAD INT64_C(-9999999999999)

static int64_t seconds_of(const char *s) {
  int64_t seconds = BAD;
  int ms, form;
  return thr_date_read(s, strlen(s), &seconds, &ms, &form) == 0 ? seconds : BAD;
}

static const char *written(thr_date_format f, int64_t seconds, int ms) {
  static char text[64];
  thr_buf b = {NULL, 0, 0};
  int rc = thr_date_write(&b, f, seconds, ms);
  snprintf(text, sizeof text, "%s", rc == 0 ? b.data : rc == -2 ? "(range)" : "(memory)");
  thr_buf_free(&b);
  return text;
}

static int64_t http(const char *s) {
  int64_t seconds = BAD;
  return thr_date_http(s, strlen(s), &seconds) == 0 ? seconds : BAD;
}

enum {
  TIME = THR_DATE_HAS_TIME,
  SEC = THR_DATE_HAS_SECONDS,
  FRAC = THR_DATE_HAS_FRACTION,
  ZONE = THR_DATE_HAS_ZONE,
  SPACED = THR_DATE_IS_SPACED
};

static const struct {
  const char *text;
  int64_t seconds;
  int ms, form;
} readable[] = {
    {"1970-01-01", 0, 0, 0},
    {"2024-06-30", 1719705600, 0, 0},
    {"2024-02-29", 1709164800, 0, 0},
    {"2000-02-29", 951782400, 0, 0},
    {"1969-12-31", -86400, 0, 0},
    {"0001-01-01", INT64_C(-62135596800), 0, 0},
    {"9999-12-31", INT64_C(253402214400), 0, 0},
    {"2024-06-30T17:00:00.000Z", 1719766800, 0, TIME | SEC | FRAC | ZONE},
    {"2020-02-12T14:58:23.621Z", 1581519503, 621, TIME | SEC | FRAC | ZONE},
    {"2021-01-01T09:00:00Z", 1609491600, 0, TIME | SEC | ZONE},
    {"2020-01-01 00:00:00", 1577836800, 0, TIME | SEC | SPACED},
    {"2020-11-17T09:50:00", 1605606600, 0, TIME | SEC},
    {"2020-11-17T09:50", 1605606600, 0, TIME},
    {"2020-11-17 09:50Z", 1605606600, 0, TIME | ZONE | SPACED},
    {"9999-12-31T23:59:59.999Z", INT64_C(253402300799), 999, TIME | SEC | FRAC | ZONE},
    /* before the epoch the fraction still counts forward */
    {"1969-12-31T23:59:59.250Z", -1, 250, TIME | SEC | FRAC | ZONE},
    {"1900-01-01T00:00:00Z", INT64_C(-2208988800), 0, TIME | SEC | ZONE},
    /* zones */
    {"2024-06-30T17:00:00+00:00", 1719766800, 0, TIME | SEC | ZONE},
    {"2024-06-30T17:00:00-00:00", 1719766800, 0, TIME | SEC | ZONE},
    {"2024-06-30T18:00:00+01:00", 1719766800, 0, TIME | SEC | ZONE},
    {"2024-06-30T18:00:00+0100", 1719766800, 0, TIME | SEC | ZONE},
    {"2024-06-30T18:00:00+01", 1719766800, 0, TIME | SEC | ZONE},
    {"2024-06-30T11:30:00-05:30", 1719766800, 0, TIME | SEC | ZONE},
    {"2024-06-30T11:30:00-0530", 1719766800, 0, TIME | SEC | ZONE},
    {"2024-06-30 22:45:00.5+05:45", 1719766800, 500, TIME | SEC | FRAC | ZONE | SPACED},
    {"2024-01-01T00:30:00+01:00", 1704065400, 0, TIME | SEC | ZONE},
    {"2024-06-30T17:00:00+23:59", 1719680460, 0, TIME | SEC | ZONE},
    {"0001-01-01T00:00:00+14:00", INT64_C(-62135647200), 0, TIME | SEC | ZONE},
    /* fractions are cut, not rounded */
    {"1970-01-01T00:00:00.1Z", 0, 100, TIME | SEC | FRAC | ZONE},
    {"1970-01-01T00:00:00.12Z", 0, 120, TIME | SEC | FRAC | ZONE},
    {"1970-01-01T00:00:00.123Z", 0, 123, TIME | SEC | FRAC | ZONE},
    {"1970-01-01T00:00:00.1239Z", 0, 123, TIME | SEC | FRAC | ZONE},
    {"1970-01-01T00:00:00.12399Z", 0, 123, TIME | SEC | FRAC | ZONE},
    {"1970-01-01T00:00:00.123999Z", 0, 123, TIME | SEC | FRAC | ZONE},
    {"1970-01-01T00:00:00.1239999Z", 0, 123, TIME | SEC | FRAC | ZONE},
    {"1970-01-01T00:00:00.12399999Z", 0, 123, TIME | SEC | FRAC | ZONE},
    {"1970-01-01T00:00:00.999999999Z", 0, 999, TIME | SEC | FRAC | ZONE},
    {"1970-01-01T00:00:00.001", 0, 1, TIME | SEC | FRAC},
    {"1970-01-01T00:00:00.0009", 0, 0, TIME | SEC | FRAC},
};

static const char *const unreadable[] = {
    "",
    " ",
    "2024",
    "2024-06",
    "2024-6-30",
    "24-06-30",
    "2024/06/30",
    "20240630",
    "2024-06-3",
    "2024-06-301",
    "02024-06-30",
    "+2024-06-30",
    "-2024-06-30",
    "2024-W26-7",
    "2024-182",
    "30-06-2024",
    "June 30, 2024",
    "tomorrow",
    "1719766800",
    " 2024-06-30",
    "2024-06-30 ",
    "2024-06-30\n",
    /* ranges */
    "0000-01-01",
    "2024-00-10",
    "2024-13-10",
    "2024-06-00",
    "2024-06-31",
    "2024-01-32",
    "2023-02-29",
    "1900-02-29",
    "2100-02-29",
    "2024-02-30",
    "2024-04-31",
    "2024-09-31",
    "2024-11-31",
    "2024-06-30T24:00:00",
    "2024-06-30T25:00:00",
    "2024-06-30T17:60:00",
    "2024-06-30T17:00:60",
    "2016-12-31T23:59:60Z",
    "2024-06-30T17:00:00+24:00",
    "2024-06-30T17:00:00+01:60",
    "2024-06-30T17:00:00+99:99",
    /* forms */
    "2024-06-30T",
    "2024-06-30T17",
    "2024-06-30T17:",
    "2024-06-30T17:0",
    "2024-06-30T17:00:",
    "2024-06-30T17:00:0",
    "2024-06-30T7:00:00",
    "2024-06-30T170000",
    "2024-06-30t17:00:00Z",
    "2024-06-30T17:00:00z",
    "2024-06-30_17:00:00",
    "2024-06-30  17:00:00",
    "2024-06-30T 17:00:00",
    "2024-06-30T17:00:00.",
    "2024-06-30T17:00:00.Z",
    "2024-06-30T17:00:00.1234567890Z",
    "2024-06-30T17:00:00,5Z",
    "2024-06-30T17:00.5",
    "2024-06-30T17:00:00 Z",
    "2024-06-30T17:00:00 +01:00",
    "2024-06-30T17:00:00+",
    "2024-06-30T17:00:00+1",
    "2024-06-30T17:00:00+01:",
    "2024-06-30T17:00:00+01:0",
    "2024-06-30T17:00:00+010",
    "2024-06-30T17:00:00+01:000",
    "2024-06-30T17:00:00ZZ",
    "2024-06-30T17:00:00Z+01:00",
    "2024-06-30T17:00:00UTC",
    "2024-06-30Z",
    "2024-06-30+01:00",
    "2024-06-30T17:00:00Z ",
    "2024-06-30 17:00:00 PM",
};

/* What the user wrote → what each format puts on the wire. NULL = not a date. */
static const struct {
  const char *text, *iso, *space, *t, *day_or_iso, *day_or_space;
} params[] = {
    {"2024-06-30", "2024-06-30T00:00:00.000Z", "2024-06-30 00:00:00", "2024-06-30T00:00:00", "2024-06-30",
     "2024-06-30"},
    {"2024-06-30 17:00:00", "2024-06-30T17:00:00.000Z", "2024-06-30 17:00:00", "2024-06-30T17:00:00",
     "2024-06-30T17:00:00.000Z", "2024-06-30 17:00:00"},
    {"2024-06-30T17:00:00", "2024-06-30T17:00:00", "2024-06-30 17:00:00", "2024-06-30T17:00:00",
     "2024-06-30T17:00:00", "2024-06-30 17:00:00"},
    {"2024-06-30T17:00:00Z", "2024-06-30T17:00:00Z", "2024-06-30 17:00:00", "2024-06-30T17:00:00",
     "2024-06-30T17:00:00Z", "2024-06-30 17:00:00"},
    {"2024-06-30T17:00:00.000Z", "2024-06-30T17:00:00.000Z", "2024-06-30 17:00:00", "2024-06-30T17:00:00",
     "2024-06-30T17:00:00.000Z", "2024-06-30 17:00:00"},
    {"2024-06-30T17:00:00.987654Z", "2024-06-30T17:00:00.987654Z", "2024-06-30 17:00:00",
     "2024-06-30T17:00:00", "2024-06-30T17:00:00.987654Z", "2024-06-30 17:00:00"},
    {"2024-07-01T00:30:00+01:00", "2024-07-01T00:30:00+01:00", "2024-06-30 23:30:00", "2024-06-30T23:30:00",
     "2024-07-01T00:30:00+01:00", "2024-06-30 23:30:00"},
    {"2024-07-01 00:30:00+01:00", "2024-06-30T23:30:00.000Z", "2024-06-30 23:30:00", "2024-06-30T23:30:00",
     "2024-06-30T23:30:00.000Z", "2024-06-30 23:30:00"},
    {"2024-02-29T23:30:00.25-0130", "2024-02-29T23:30:00.25-0130", "2024-03-01 01:00:00",
     "2024-03-01T01:00:00", "2024-02-29T23:30:00.25-0130", "2024-03-01 01:00:00"},
    {"2024-06-30 17:00:00.5", "2024-06-30T17:00:00.500Z", "2024-06-30 17:00:00", "2024-06-30T17:00:00",
     "2024-06-30T17:00:00.500Z", "2024-06-30 17:00:00"},
    {"2024-06-30T17:00", "2024-06-30T17:00", "2024-06-30 17:00:00", "2024-06-30T17:00:00", "2024-06-30T17:00",
     "2024-06-30 17:00:00"},
    {"2024-06-30 17:00", "2024-06-30T17:00:00.000Z", "2024-06-30 17:00:00", "2024-06-30T17:00:00",
     "2024-06-30T17:00:00.000Z", "2024-06-30 17:00:00"},
    {"2024-06-30 17:00:00Z", "2024-06-30T17:00:00.000Z", "2024-06-30 17:00:00", "2024-06-30T17:00:00",
     "2024-06-30T17:00:00.000Z", "2024-06-30 17:00:00"},
    {"0001-01-01 00:00:00", "0001-01-01T00:00:00.000Z", "0001-01-01 00:00:00", "0001-01-01T00:00:00",
     "0001-01-01T00:00:00.000Z", "0001-01-01 00:00:00"},
    /* in UTC this is the year 0 or 10000, which none of the rewritten forms can say */
    {"0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00+01:00", NULL, NULL, "0001-01-01T00:00:00+01:00", NULL},
    {"9999-12-31T23:59:59-01:00", "9999-12-31T23:59:59-01:00", NULL, NULL, "9999-12-31T23:59:59-01:00", NULL},
    {"", NULL, NULL, NULL, NULL, NULL},
    {"yesterday", NULL, NULL, NULL, NULL, NULL},
    {"2024-02-30", NULL, NULL, NULL, NULL, NULL},
    {"30/06/2024", NULL, NULL, NULL, NULL, NULL},
    {"2024-06-30T17:00:00Z; drop", NULL, NULL, NULL, NULL, NULL},
};

static void check_param(thr_date_format f, const char *text, const char *want) {
  thr_buf b = {NULL, 0, 0};
  int rc = thr_date_param(&b, f, text, strlen(text));
  int right = want == NULL ? rc == -1 && b.len == 0 : rc == 0 && strcmp(b.data, want) == 0;
  if (!right)
    printf("# format %d, '%s': %d '%s', want '%s'\n", (int)f, text, rc, rc == 0 ? b.data : "",
           want != NULL ? want : "(refused)");
  CHECK(right);
  if (rc == 0) { /* what was made is a date that fits: a second time nothing changes */
    thr_buf again = {NULL, 0, 0};
    CHECK(thr_date_param(&again, f, b.data, b.len) == 0 && strcmp(again.data, b.data) == 0);
    thr_buf_free(&again);
  }
  thr_buf_free(&b);
}

int main(void) {
  size_t i;

  CASE("date: every readable form gives its epoch second, milliseconds and make-up") {
    for (i = 0; i < sizeof readable / sizeof readable[0]; i++) {
      int64_t seconds = BAD;
      int ms = -1, form = -1;
      int rc = thr_date_read(readable[i].text, strlen(readable[i].text), &seconds, &ms, &form);
      if (rc != 0 || seconds != readable[i].seconds)
        printf("# %s: %d %lld\n", readable[i].text, rc, (long long)seconds);
      CHECK(rc == 0 && seconds == readable[i].seconds && ms == readable[i].ms && form == readable[i].form);
    }
  }

  CASE("date: what is not a date is refused and touches no output") {
    for (i = 0; i < sizeof unreadable / sizeof unreadable[0]; i++) {
      int64_t seconds = 42;
      int ms = 43, form = 44;
      int rc = thr_date_read(unreadable[i], strlen(unreadable[i]), &seconds, &ms, &form);
      if (rc != -1)
        printf("# accepted: '%s'\n", unreadable[i]);
      CHECK(rc == -1 && seconds == 42 && ms == 43 && form == 44);
    }
    CHECK(thr_date_read("2024-06-30\0", 11, NULL, NULL, NULL) == -1);
    CHECK(thr_date_read("2024-06-30T17:00\0", 17, NULL, NULL, NULL) == -1);
  }

  CASE("date: outputs may be left out") {
    int ms = -1;
    CHECK(thr_date_read("2024-06-30", 10, NULL, NULL, NULL) == 0);
    CHECK(thr_date_read("2024-06-30T00:00:00.5", 21, NULL, &ms, NULL) == 0 && ms == 500);
  }

  CASE("date: a text is read no further than its length") {
    const char *text = "2024-06-30T17:00:00.123456+01:00";
    char exact[32];
    size_t n;
    memcpy(exact, text, 32);
    for (n = 0; n <= 32; n++) {
      int ok = n == 10 || n == 16 || n == 19 || (n >= 21 && n <= 26) || n == 29 || n == 32;
      CHECK((thr_date_read(exact + 0, n, NULL, NULL, NULL) == 0) == ok);
    }
  }

  CASE("date: each format writes its own text") {
    CHECK(strcmp(written(THR_DATE_ISO, 1719766800, 7), "2024-06-30T17:00:00.007Z") == 0);
    CHECK(strcmp(written(THR_DATE_DAY_OR_ISO, 1719766800, 621), "2024-06-30T17:00:00.621Z") == 0);
    CHECK(strcmp(written(THR_DATE_SPACE, 1577836800, 999), "2020-01-01 00:00:00") == 0);
    CHECK(strcmp(written(THR_DATE_DAY_OR_SPACE, 1577836800, 0), "2020-01-01 00:00:00") == 0);
    CHECK(strcmp(written(THR_DATE_T, 1605606600, 0), "2020-11-17T09:50:00") == 0);
  }

  CASE("date: writes times before the epoch") {
    CHECK(strcmp(written(THR_DATE_ISO, 0, 0), "1970-01-01T00:00:00.000Z") == 0);
    CHECK(strcmp(written(THR_DATE_ISO, -1, 250), "1969-12-31T23:59:59.250Z") == 0);
    CHECK(strcmp(written(THR_DATE_ISO, -86400, 0), "1969-12-31T00:00:00.000Z") == 0);
    CHECK(strcmp(written(THR_DATE_ISO, -86401, 0), "1969-12-30T23:59:59.000Z") == 0);
    CHECK(strcmp(written(THR_DATE_ISO, INT64_C(-2203891201), 0), "1900-02-28T23:59:59.000Z") == 0);
    CHECK(strcmp(written(THR_DATE_ISO, INT64_C(-2203891200), 0), "1900-03-01T00:00:00.000Z") == 0);
  }

  CASE("date: the years 0001 to 9999 can be written and no other") {
    CHECK(strcmp(written(THR_DATE_ISO, INT64_C(-62135596800), 0), "0001-01-01T00:00:00.000Z") == 0);
    CHECK(strcmp(written(THR_DATE_ISO, INT64_C(-62135596801), 0), "(range)") == 0);
    CHECK(strcmp(written(THR_DATE_ISO, INT64_C(253402300799), 999), "9999-12-31T23:59:59.999Z") == 0);
    CHECK(strcmp(written(THR_DATE_ISO, INT64_C(253402300800), 0), "(range)") == 0);
    CHECK(strcmp(written(THR_DATE_ISO, INT64_MAX, 0), "(range)") == 0);
    CHECK(strcmp(written(THR_DATE_ISO, INT64_MIN, 0), "(range)") == 0);
    CHECK(strcmp(written(THR_DATE_ISO, 0, -1), "(range)") == 0);
    CHECK(strcmp(written(THR_DATE_ISO, 0, 1000), "(range)") == 0);
  }

  CASE("date: the calendar agrees with counting days, over all years") {
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t day = -719162; /* 0001-01-01 */
    int year, month, wrong = 0;
    for (year = 1; year <= 9999; year++) {
      for (month = 1; month <= 12; month++) {
        int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        int days = length[month - 1] + (month == 2 && leap), d;
        for (d = 1; d <= days; d += days - 1) { /* the first and the last */
          char text[32];
          snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, d);
          wrong += seconds_of(text) != (day + d - 1) * 86400;
          wrong += strncmp(written(THR_DATE_T, (day + d - 1) * 86400 + 86399, 0), text, 10) != 0;
        }
        if (year % 20 == 0 || year % 100 == 1) { /* and the day after the last is none */
          char text[32];
          snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, days + 1);
          wrong += seconds_of(text) != BAD;
        }
        day += days;
      }
    }
    CHECK(wrong == 0);
    CHECK(day == 2932897);
  }

  CASE("date: what is written reads back, on every day of two centuries") {
    int64_t day;
    int wrong = 0;
    for (day = -27000; day < 48000; day++) {
      int64_t want = day * 86400 + (day * 7919 % 86400 + 86400) % 86400;
      wrong += seconds_of(written(THR_DATE_ISO, want, 0)) != want;
    }
    CHECK(wrong == 0);
  }

  CASE("date: a parameter keeps what fits its format and converts what does not") {
    for (i = 0; i < sizeof params / sizeof params[0]; i++) {
      check_param(THR_DATE_ISO, params[i].text, params[i].iso);
      check_param(THR_DATE_SPACE, params[i].text, params[i].space);
      check_param(THR_DATE_T, params[i].text, params[i].t);
      check_param(THR_DATE_DAY_OR_ISO, params[i].text, params[i].day_or_iso);
      check_param(THR_DATE_DAY_OR_SPACE, params[i].text, params[i].day_or_space);
    }
  }

  CASE("date: without memory nothing is appended") {
    thr_buf b = {NULL, 0, 0};
    thr_alloc_fail_at(1);
    CHECK(thr_date_write(&b, THR_DATE_ISO, 0, 0) == -1);
    thr_alloc_fail_at(1);
    CHECK(thr_date_param(&b, THR_DATE_ISO, "2024-06-30", 10) == -3);
    thr_alloc_fail_at(1);
    CHECK(thr_date_param(&b, THR_DATE_SPACE, "2024-06-30", 10) == -3);
    thr_alloc_fail_at(0);
    CHECK(b.data == NULL && b.len == 0);
  }

  CASE("date: each form of an HTTP-date is read") {
    CHECK(http("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777);
    CHECK(http("Sunday, 06-Nov-94 08:49:37 GMT") == 784111777);
    CHECK(http("Sun Nov  6 08:49:37 1994") == 784111777);
    CHECK(http("Wed Nov 16 08:49:37 1994") == 784975777);
    CHECK(http("sun, 06 NOV 1994 08:49:37 GMT") == 784111777);
    CHECK(http("Thu, 29 Feb 2024 23:59:59 GMT") == 1709251199);
    CHECK(http("Sat, 31 Dec 2016 23:59:60 GMT") == 1483228800); /* a leap second */
    CHECK(http("Thu, 01 Jan 1970 00:00:00 GMT") == 0);
    CHECK(http("Wed, 31 Dec 1969 23:59:59 GMT") == -1);
  }

  CASE("date: two-digit years are 1970 to 2069") {
    CHECK(http("Thursday, 01-Jan-70 00:00:00 GMT") == 0);
    CHECK(http("Friday, 31-Dec-99 23:59:59 GMT") == 946684799);
    CHECK(http("Saturday, 01-Jan-00 00:00:00 GMT") == 946684800);
    CHECK(http("Tuesday, 31-Dec-69 23:59:59 GMT") == INT64_C(3155759999));
  }

  CASE("date: every month and every day of the week has its name") {
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
    char text[64], want[32];
    for (i = 0; i < 84; i++) {
      snprintf(want, sizeof want, "2023-%02d-05T06:07:08", (int)(i % 12) + 1);
      snprintf(text, sizeof text, "%.3s, 05 %s 2023 06:07:08 GMT", days[i % 7], months[i % 12]);
      CHECK(http(text) == seconds_of(want));
      snprintf(text, sizeof text, "%s, 05-%s-23 06:07:08 GMT", days[i % 7], months[i % 12]);
      CHECK(http(text) == seconds_of(want));
      snprintf(text, sizeof text, "%.3s %s  5 06:07:08 2023", days[i % 7], months[i % 12]);
      CHECK(http(text) == seconds_of(want));
    }
  }

  CASE("date: what is not an HTTP-date is refused") {
    static const char *const bad[] = {
        "",
        "120",
        "Sun",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT",
        "Foo, 06 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 29 Feb 2023 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        " Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun,06 Nov 1994 08:49:37 GMT",
        "Sun, 06-Nov-94 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sunday, 06 Nov 1994 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
        "Sun Nov  6 08:49:37 94",
        "Sun Nov  6 08:49:37 1994 GMT",
        "Sun Nov 06 08:49 1994",
        "1994-11-06T08:49:37Z",
        "Sun, -6 Nov 1994 08:49:37 GMT",
    };
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
      if (http(bad[i]) != BAD)
        printf("# accepted: '%s'\n", bad[i]);
      CHECK(http(bad[i]) == BAD);
    }
  }

  CASE("date: the examples fit their own formats") {
    check_param(THR_DATE_ISO, thr_date_example(THR_DATE_ISO), thr_date_example(THR_DATE_ISO));
    check_param(THR_DATE_SPACE, thr_date_example(THR_DATE_SPACE), thr_date_example(THR_DATE_SPACE));
    check_param(THR_DATE_T, thr_date_example(THR_DATE_T), thr_date_example(THR_DATE_T));
    CHECK(strncmp(thr_date_example(THR_DATE_DAY_OR_ISO), "2024-06-30 or ", 14) == 0);
    check_param(THR_DATE_DAY_OR_ISO, thr_date_example(THR_DATE_DAY_OR_ISO) + 14, "2024-06-30T17:00:00.000Z");
    CHECK(strncmp(thr_date_example(THR_DATE_DAY_OR_SPACE), "2024-06-30 or ", 14) == 0);
    check_param(THR_DATE_DAY_OR_SPACE, thr_date_example(THR_DATE_DAY_OR_SPACE) + 14, "2024-06-30 17:00:00");
  }
  return check_done();
}
