/* controls_test.c — what is blanked, and what is left alone. */
#include "controls.h"

#include <string.h>

#include "check.h"

int main(void) {
  static const struct {
    const char *name, *text, *expected;
  } cases[] = {
      {"text of any script stays", "K\xc3\xa4the \xe8\x8a\xb3 \xd8\xa7 \xe2\x80\x94 \xe2\x82\xac \xc2\xa0",
       "K\xc3\xa4the \xe8\x8a\xb3 \xd8\xa7 \xe2\x80\x94 \xe2\x82\xac \xc2\xa0"},
      {"control characters", "a\x1b[2J\tb\r\nc\x7f", "a [2J b  c "},
      {"control characters of Unicode",
       "\xc2\x80\xc2\x9b"
       "31m\xc2\x9f",
       "    31m  "},
      {"marks of direction",
       "\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\xae\xe2\x80\xac\xe2\x81\xa6\xe2\x81\xa9\xd8\x9c!",
       "                    !"},
      {"separators of lines",
       "a\xe2\x80\xa8"
       "b\xe2\x80\xa9",
       "a   b   "},
      {"their neighbours stay",
       "\xe2\x80\x8d\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa\xd8\x9b",
       "\xe2\x80\x8d\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa\xd8\x9b"},
      {"bytes that break off", "\xc2", "\xc2"},
      {"more bytes that break off", "\xe2\x80", "\xe2\x80"},
      {"nothing", "", ""},
  };
  size_t i;
  for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    CASE(cases[i].name) {
      char text[64];
      strcpy(text, cases[i].text);
      thr_blank_controls(text, strlen(text));
      CHECK(strcmp(text, cases[i].expected) == 0);
    }
  }

  CASE("a NUL is one of them, and the end is where the length says") {
    char text[] = {'a', '\0', 'b', '\n', '\n'};
    thr_blank_controls(text, 4);
    CHECK(memcmp(text, "a b \n", 5) == 0);
  }
  return check_done();
}
