/* header_test.c — src/header.c: what may stand in a header, blocks, request ids. */
#include "header.h"

#include <string.h>

#include "check.h"

static int add(thr_buf *b, const char *name, const char *value) {
  return thr_header_add(b, name, strlen(name), value, strlen(value));
}

static int is(const char *v, size_t n, const char *want) {
  return n == strlen(want) && memcmp(v, want, n) == 0;
}

/* Value of a field, or "(none)". */
static const char *get(const thr_buf *b, const char *name) {
  static char text[200];
  const char *v;
  size_t n;
  if (!thr_header_get(b, name, &v, &n))
    return "(none)";
  memcpy(text, v, n);
  text[n] = '\0';
  return text;
}

int main(void) {
  int i;

  CASE("header: a name is a token, byte by byte") {
    for (i = 0; i < 256; i++) {
      char c = (char)i;
      int token = (i >= '0' && i <= '9') || (i >= 'A' && i <= 'Z') || (i >= 'a' && i <= 'z') ||
                  (i != 0 && strchr("!#$%&'*+-.^_`|~", i) != NULL);
      CHECK(thr_header_name_ok(&c, 1) == token);
    }
    CHECK(thr_header_name_ok("X-API-Token", 11));
    CHECK(!thr_header_name_ok("", 0));
    CHECK(!thr_header_name_ok("X Y", 3));
    CHECK(!thr_header_name_ok("X:", 2));
    CHECK(!thr_header_name_ok("X\0Y", 3));
  }

  CASE("header: a value has no control byte but tab") {
    for (i = 0; i < 256; i++) {
      char text[3] = {'a', (char)i, 'b'};
      CHECK(thr_header_value_ok(text, 3) == (i == '\t' || (i >= 0x20 && i != 0x7f)));
    }
    CHECK(thr_header_value_ok("", 0));
    CHECK(thr_header_value_ok("Zo\xc3\xab", 4));
  }

  CASE("header: a field that would start another one is refused and changes nothing") {
    static const struct {
      const char *name, *value;
      size_t vn;
    } bad[] = {
        {"X", "a\r\nEvil: 1", 10}, {"X", "a\nEvil: 1", 9}, {"X", "a\rEvil", 6}, {"X", "a\0Evil: 1", 9},
        {"X", "a\x7f", 2},         {"X\r\nEvil", "1", 1},  {"X:", "1", 1},      {"", "1", 1},
        {"X Y", "1", 1},           {"X\xc3\xab", "1", 1},
    };
    thr_buf b = {NULL, 0, 0};
    size_t k;
    CHECK(add(&b, "Accept", "application/json") == 0);
    for (k = 0; k < sizeof bad / sizeof bad[0]; k++)
      CHECK(thr_header_add(&b, bad[k].name, strlen(bad[k].name), bad[k].value, bad[k].vn) == -2);
    CHECK(b.len == 25 && memcmp(b.data, "Accept: application/json\0", 26) == 0);
    thr_buf_free(&b);
  }

  CASE("header: fields are added one behind the other, each with its NUL") {
    thr_buf b = {NULL, 0, 0};
    CHECK(add(&b, "Accept", "a/b") == 0);
    CHECK(thr_header_add(&b, "X-Empty", 7, NULL, 0) == 0);
    CHECK(add(&b, "X", "1") == 0);
    CHECK(b.len == 27 && memcmp(b.data, "Accept: a/b\0X-Empty: \0X: 1\0", 27) == 0);
    thr_buf_free(&b);
  }

  CASE("header: without memory the block stays as it was") {
    thr_buf b = {NULL, 0, 0};
    char big[100];
    memset(big, 'v', sizeof big);
    thr_alloc_fail_at(1);
    CHECK(add(&b, "X", "1") == -1);
    CHECK(b.data == NULL);
    thr_alloc_fail_at(0);
    CHECK(add(&b, "X", "1") == 0);
    thr_alloc_fail_at(1);
    CHECK(thr_header_add(&b, "Y", 1, big, sizeof big) == -1);
    thr_alloc_fail_at(0);
    CHECK(b.len == 5 && strcmp(b.data, "X: 1") == 0);
    thr_buf_free(&b);
  }

  CASE("header: a walk gives every field, trims blanks and skips what is not one") {
    static const char text[] = "Content-Type: application/json\0no colon here\0:nameless\0Two words: x\0A:b\0"
                               "Spaces: \t padded \t\0Empty:\0Colons: a:b: c\0Blank:   \0\0Last: 1";
    thr_buf b = {NULL, 0, 0};
    static const char *const want[][2] = {{"Content-Type", "application/json"},
                                          {"A", "b"},
                                          {"Spaces", "padded"},
                                          {"Empty", ""},
                                          {"Colons", "a:b: c"},
                                          {"Blank", ""},
                                          {"Last", "1"}};
    size_t pos = 0, nn, vn, k = 0;
    const char *name, *value;
    CHECK(thr_buf_append(&b, text, sizeof text - 1) == 0); /* the last field without its NUL */
    while (thr_header_next(&b, &pos, &name, &nn, &value, &vn)) {
      CHECK(k < 7);
      if (k >= 7)
        break;
      CHECK(is(name, nn, want[k][0]) && is(value, vn, want[k][1]));
      k++;
    }
    CHECK(k == 7);
    CHECK(thr_header_next(&b, &pos, &name, &nn, &value, &vn) == 0);
    thr_buf_free(&b);
  }

  CASE("header: an empty block has no fields") {
    thr_buf b = {NULL, 0, 0};
    size_t pos = 0, nn, vn;
    const char *name, *value;
    CHECK(thr_header_next(&b, &pos, &name, &nn, &value, &vn) == 0);
    CHECK(thr_header_get(&b, "X", &value, &vn) == 0);
    CHECK(thr_header_request_id(&b, &value, &vn) == 0);
  }

  CASE("header: a field is found in any case, whole, and the last one wins") {
    thr_buf b = {NULL, 0, 0};
    CHECK(add(&b, "Retry-After", "1") == 0);
    CHECK(add(&b, "retry-after-ms", "500") == 0);
    CHECK(add(&b, "RETRY-AFTER", "2") == 0);
    CHECK(strcmp(get(&b, "retry-after"), "2") == 0);
    CHECK(strcmp(get(&b, "Retry-After"), "2") == 0);
    CHECK(strcmp(get(&b, "Retry-After-MS"), "500") == 0);
    CHECK(strcmp(get(&b, "Retry"), "(none)") == 0);
    CHECK(strcmp(get(&b, "Retry-After-"), "(none)") == 0);
    CHECK(strcmp(get(&b, ""), "(none)") == 0);
    thr_buf_free(&b);
  }

  CASE("header: request ids are taken in their order, whatever the order on the wire") {
    static const char *const names[] = {"cf-ray",           "x-amz-cf-id",       "apigw-requestid",
                                        "X-Correlation-Id", "x-amzn-Request-Id", "x-amzn-RequestId",
                                        "X-Request-ID"};
    thr_buf b = {NULL, 0, 0};
    const char *v;
    size_t n, k;
    CHECK(add(&b, "Content-Type", "text/html") == 0);
    CHECK(thr_header_request_id(&b, &v, &n) == 0);
    for (k = 0; k < 7; k++) { /* each new one outranks those before it */
      char id[8];
      snprintf(id, sizeof id, "id-%d", (int)k);
      CHECK(add(&b, names[k], id) == 0);
      CHECK(thr_header_request_id(&b, &v, &n) == 1 && is(v, n, id));
    }
    CHECK(add(&b, "X-Request-ID", "") == 0); /* an empty one does not count */
    CHECK(thr_header_request_id(&b, &v, &n) == 1 && is(v, n, "id-5"));
    thr_buf_free(&b);
  }
  return check_done();
}
