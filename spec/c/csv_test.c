/* csv_test.c — src/csv.c: which text is quoted, which is guarded, which is none. */
#include "csv.h"

#include <string.h>

#include "check.h"

#define BYTES(s) s, sizeof(s) - 1

/* Is the cell of s, as a comma-separated file has it, `cell`? */
static int is(const char *s, const char *cell, int raw, int first) {
  thr_csv_format f;
  thr_buf out = {NULL, 0, 0};
  size_t bad;
  int right;
  thr_csv_init(&f, ',', raw, 0);
  right = thr_csv_cell(&out, &f, s, strlen(s), first, &bad) == 0 && strcmp(out.data, cell) == 0;
  if (!right)
    printf("# <%s> became <%s>\n", s, out.data);
  thr_buf_free(&out);
  return right;
}

/* Where s is no text, or -1. */
static int bad_at(const char *s, size_t n) {
  thr_csv_format f;
  thr_buf out = {NULL, 0, 0};
  size_t bad = 99;
  int rc;
  thr_csv_init(&f, ',', 0, 0);
  rc = thr_csv_cell(&out, &f, s, n, 0, &bad);
  CHECK(rc == 0 || out.len == 0);
  thr_buf_free(&out);
  return rc == 1 ? (int)bad : -1;
}

int main(void) {
  CASE("csv: quotes what has a separator, a quote or a line break in it") {
    CHECK(is("", "", 0, 0) && is("a b", "a b", 0, 0) && is("a;b", "a;b", 0, 0));
    CHECK(is("a,b", "\"a,b\"", 0, 0) && is("a\nb", "\"a\nb\"", 0, 0) && is("a\rb", "\"a\rb\"", 0, 0));
    CHECK(is("\"", "\"\"\"\"", 0, 0) && is("a\"b", "\"a\"\"b\"", 0, 0));
  }

  CASE("csv: guards what a spreadsheet would compute") {
    CHECK(is("=1+1", "'=1+1", 0, 0) && is("@x", "'@x", 0, 0) && is("+x", "'+x", 0, 0) &&
          is("-x", "'-x", 0, 0));
    CHECK(is("\tx", "'\tx", 0, 0) && is("\rx", "\"'\rx\"", 0, 0) && is("=a,b", "\"'=a,b\"", 0, 0));
    CHECK(is("\xEF\xBC\x9D", "'\xEF\xBC\x9D", 0, 0) &&
          is("\xEF\xBC\x8B"
             "1",
             "'\xEF\xBC\x8B"
             "1",
             0, 0) &&
          is("\xEF\xBC\x8Dx", "'\xEF\xBC\x8Dx", 0, 0) && is("'\xEF\xBC\xA0", "''\xEF\xBC\xA0", 0, 0));
    CHECK(is("\xEF\xBC\xA1", "\xEF\xBC\xA1", 0, 0) && is("\n=", "\"'\n=\"", 0, 0));
    CHECK(is("'=x", "''=x", 0, 0) && is("''@", "'''@", 0, 0) && is("'-5", "''-5", 0, 0));
    CHECK(is("'", "'", 0, 0) && is("''", "''", 0, 0) && is("'tis", "'tis", 0, 0) && is("a=b", "a=b", 0, 0));
    CHECK(is("=1+1", "=1+1", 1, 0) && is("'=x", "'=x", 1, 0));
  }

  CASE("csv: guards no number, but everything that only begins like one") {
    static const char *const numbers[] = {"-5",   "-0",  "-1.5",   "-.5",   "-5.",
                                          "+1.5", "+.5", "+1.5e3", "-1e-9", "-1E+9"};
    static const char *const others[] = {"-",    "+",     "-.",  "+5", "+447700900123", "-1e",   "-1e+",
                                         "-5 ",  "-5-5",  "--5", "-e", "-1.5.",         "-1,5x", "+1x",
                                         "-0x1", "-1+cmd"};
    char guarded[40];
    size_t i;
    for (i = 0; i < sizeof numbers / sizeof *numbers; i++)
      CHECK(is(numbers[i], numbers[i], 0, 0));
    for (i = 0; i < sizeof others / sizeof *others; i++) {
      snprintf(guarded, sizeof guarded, strchr(others[i], ',') ? "\"'%s\"" : "'%s", others[i]);
      CHECK(is(others[i], guarded, 0, 0));
    }
  }

  CASE("csv: quotes in the first record what could be taken for something else") {
    CHECK(is("a;b", "\"a;b\"", 0, 1) && is("a|b", "\"a|b\"", 0, 1) && is("a\tb", "\"a\tb\"", 0, 1));
    CHECK(is("SEP=x", "\"SEP=x\"", 0, 1) && is("separate", "separate", 0, 1) && is("sep", "sep", 0, 1));
    CHECK(is("\xEF\xBB\xBFx", "\"\xEF\xBB\xBFx\"", 0, 1));
  }

  CASE("csv: says where text stops being text") {
    CHECK(bad_at(BYTES("a\0b")) == 1 && bad_at(BYTES("\xC5\x81\xE9x")) == 2 &&
          bad_at(BYTES("ab\xE6\x9D")) == 2);
    CHECK(bad_at(BYTES("\xED\xA0\x80")) == 0 && bad_at(BYTES("\xC5\x81 \xF0\x9F\x98\x80")) == -1);
  }

  CASE("csv: a guard is no separator where the apostrophe is one") {
    thr_csv_format f;
    thr_buf out = {NULL, 0, 0};
    size_t bad;
    thr_csv_init(&f, '\'', 0, 0);
    CHECK(thr_csv_cell(&out, &f, BYTES("=1"), 0, &bad) == 0 && strcmp(out.data, "\"'=1\"") == 0);
    thr_buf_free(&out);
  }

  CASE("csv: memory that is out is told") {
    thr_csv_format f;
    thr_buf out = {NULL, 0, 0};
    size_t bad;
    thr_csv_init(&f, ',', 0, 0);
    thr_alloc_fail_at(1);
    CHECK(thr_csv_cell(&out, &f, BYTES("a"), 0, &bad) == -1);
    thr_alloc_fail_at(1);
    CHECK(thr_csv_cell(&out, &f, BYTES("a,b"), 0, &bad) == -1);
    thr_alloc_fail_at(0);
    thr_buf_free(&out);
  }

  CASE("csv: of records of one cell, the comma is quoted whatever separates others") {
    thr_csv_format f;
    thr_buf out = {NULL, 0, 0};
    size_t bad;
    thr_csv_init(&f, ';', 0, 1);
    CHECK(thr_csv_cell(&out, &f, BYTES("a,b"), 0, &bad) == 0 && strcmp(out.data, "\"a,b\"") == 0);
    thr_buf_free(&out);
  }
  return check_done();
}
