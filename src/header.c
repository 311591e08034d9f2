/* header.c — blocks of HTTP header fields. Owns the rule of what may stand in a name and a value. Must not
** include lua.h. Failure: return value; a refused field never changes the block. */
#include "header.h"

#include <string.h>

static int is_token_char(unsigned char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
    return 1;
  return c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static int is_blank(char c) { return c == ' ' || c == '\t'; }

static char lower(char c) {
  if (c >= 'A' && c <= 'Z')
    return (char)(c - 'A' + 'a');
  return c;
}

int thr_header_name_ok(const char *s, size_t n) {
  size_t i;
  for (i = 0; i < n; i++)
    if (!is_token_char((unsigned char)s[i]))
      return 0;
  return n > 0;
}

int thr_header_value_ok(const char *s, size_t n) {
  size_t i;
  for (i = 0; i < n; i++) {
    unsigned char c = (unsigned char)s[i];
    if ((c < 0x20 && c != '\t') || c == 0x7f)
      return 0;
  }
  return 1;
}

int thr_header_add(thr_buf *block, const char *name, size_t nn, const char *value, size_t vn) {
  char *p;
  if (!thr_header_name_ok(name, nn) || !thr_header_value_ok(value, vn))
    return -2;
  if (vn > (size_t)-1 - nn - 3 || thr_buf_reserve(block, nn + vn + 3) != 0)
    return -1;
  p = block->data + block->len;
  memcpy(p, name, nn);
  memcpy(p + nn, ": ", 2);
  if (vn > 0)
    memcpy(p + nn + 2, value, vn);
  p[nn + 2 + vn] = '\0'; /* part of the block */
  p[nn + 3 + vn] = '\0'; /* thr_buf's own */
  block->len += nn + vn + 3;
  return 0;
}

int thr_header_next(const thr_buf *block, size_t *pos, const char **name, size_t *nn, const char **value,
                    size_t *vn) {
  while (*pos < block->len) {
    const char *line = block->data + *pos;
    const char *end = memchr(line, '\0', block->len - *pos);
    size_t n = end == NULL ? block->len - *pos : (size_t)(end - line);
    const char *colon = memchr(line, ':', n);
    const char *v;
    *pos += n + (end != NULL);
    if (colon == NULL || !thr_header_name_ok(line, (size_t)(colon - line)))
      continue;
    v = colon + 1;
    n -= (size_t)(v - line);
    while (n > 0 && is_blank(*v)) {
      v++;
      n--;
    }
    while (n > 0 && is_blank(v[n - 1]))
      n--;
    *name = line;
    *nn = (size_t)(colon - line);
    *value = v;
    *vn = n;
    return 1;
  }
  return 0;
}

static int same_name(const char *a, size_t n, const char *b) {
  size_t i;
  for (i = 0; i < n; i++)
    if (b[i] == '\0' || lower(a[i]) != lower(b[i]))
      return 0;
  return b[n] == '\0';
}

int thr_header_get(const thr_buf *block, const char *name, const char **value, size_t *vn) {
  size_t pos = 0, nn, n;
  const char *field, *v;
  int found = 0;
  while (thr_header_next(block, &pos, &field, &nn, &v, &n)) {
    if (same_name(field, nn, name)) {
      *value = v;
      *vn = n;
      found = 1;
    }
  }
  return found;
}

int thr_header_request_id(const thr_buf *block, const char **value, size_t *vn) {
  static const char *const names[] = {"x-request-id",
                                      "x-amzn-requestid",
                                      "x-amzn-request-id",
                                      "x-correlation-id",
                                      "apigw-requestid",
                                      "x-amz-cf-id",
                                      "cf-ray"};
  size_t i, n;
  const char *v;
  for (i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (thr_header_get(block, names[i], &v, &n) && n > 0) {
      *value = v;
      *vn = n;
      return 1;
    }
  }
  return 0;
}
