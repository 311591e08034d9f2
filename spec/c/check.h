/* check.h — the C tests' harness: TAP lines on stdout, exit status 1 when anything failed.
**
** A test program is a list of cases: `CASE("pager: a short page ends a bare array") { CHECK(x == 1); }` inside main,
** between nothing and `return check_done();`. One TAP line per CASE. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

static int check_cases, check_failed_cases, check_open, check_bad;

static void check_end(void) {
  if (check_open && check_bad)
    check_failed_cases++;
  check_open = 0;
}
static const char *check_name;
static void check_flush(void) {
  if (check_open)
    printf("%s %d - %s\n", check_bad ? "not ok" : "ok", check_cases, check_name);
  check_end();
}
static int check_begin(const char *name) {
  check_flush();
  check_cases++;
  check_name = name;
  check_open = 1;
  check_bad = 0;
  return 1;
}
static int check_done(void) {
  check_flush();
  printf("1..%d\n", check_cases);
  return check_failed_cases != 0;
}

#define CASE(name) if (check_begin(name))
#define CHECK(cond)                                       \
  do {                                                    \
    if (!(cond)) {                                        \
      printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond); \
      check_bad = 1;                                      \
    }                                                     \
  } while (0)

#endif
