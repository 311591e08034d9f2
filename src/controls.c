/* controls.c — what a terminal would obey instead of showing it. Must not include lua.h. */
#include "controls.h"

#include <string.h>

/* How many bytes at p, of n, are one of these; 0: none. */
static size_t length_at(const unsigned char *p, size_t n) {
  if (p[0] < 0x20 || p[0] == 0x7f)
    return 1;
  if (n >= 2 && ((p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f) || (p[0] == 0xd8 && p[1] == 0x9c)))
    return 2;
  if (n >= 3 && p[0] == 0xe2 &&
      ((p[1] == 0x80 && (p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xa8 && p[2] <= 0xae))) ||
       (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9)))
    return 3;
  return 0;
}

void thr_blank_controls(char *text, size_t n) {
  size_t i = 0;
  while (i < n) {
    size_t k = length_at((const unsigned char *)text + i, n - i);
    memset(text + i, ' ', k);
    i += k ? k : 1;
  }
}
