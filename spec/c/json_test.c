/* json_test.c — layer 1 of the codec: scanning, UTF-8, numbers, thr_json_find_*. */
#include "../../src/json.h"
#include "check.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Every text is copied into memory of exactly its size, so that a sanitizer sees one byte read too many. */
static char *exact(const char *s, size_t n) {
  char *copy = malloc(n > 0 ? n : 1);
  if (copy == NULL)
    abort();
  memcpy(copy, s, n);
  return copy;
}

/* Is the whole of s one valid value? The offset of the error goes to *at. */
static int valid(const char *s, size_t *at) {
  size_t n = strlen(s);
  char *text = exact(s, n);
  thr_json_scan j;
  const char *p = thr_json_begin(&j, text, n);
  int ok;
  p = thr_json_skip(&j, p, 0);
  if (p != NULL && thr_json_space(p, j.end) != j.end)
    p = thr_json_fail(&j, p, "more");
  ok = p != NULL;
  if (at != NULL)
    *at = j.error.offset;
  if (!ok && j.error.message == NULL)
    ok = -1; /* a failure must say why */
  free(text);
  return ok;
}

static int refused_at(const char *s, size_t offset) {
  size_t at = (size_t)-1;
  return valid(s, &at) == 0 && at == offset;
}

/* Does the JSON string literal s (with quotes) mean the n bytes at want? */
static int means(const char *s, const char *want, size_t n) {
  size_t len = strlen(s);
  char *text = exact(s, len), *out;
  thr_json_scan j;
  thr_json_span span;
  const char *p = thr_json_begin(&j, text, len);
  int ok = 0;
  p = thr_json_string(&j, p + 1, &span);
  if (p == text + len) {
    size_t room = span.room != 0 ? span.room : span.n;
    out = malloc(room > 0 ? room : 1);
    ok = out != NULL && thr_json_unescape(&span, out) == n && memcmp(out, want, n) == 0;
    free(out);
  }
  free(text);
  return ok;
}

static thr_json_number number(const char *s) {
  thr_json_number x;
  size_t n = strlen(s);
  char *text = exact(s, n);
  thr_json_scan j;
  const char *p = thr_json_begin(&j, text, n);
  memset(&x, 0, sizeof x);
  if (thr_json_number_at(&j, p, &x) != text + n)
    x.kind = (thr_json_kind)-1;
  if (x.kind == THR_JSON_DIGITS)
    x.s = s; /* what it points into goes away */
  free(text);
  return x;
}

static int is_integer(const char *s, int64_t i) {
  thr_json_number x = number(s);
  return x.kind == THR_JSON_INTEGER && x.i == i;
}

static int is_double(const char *s, double d) {
  thr_json_number x = number(s);
  return x.kind == THR_JSON_DOUBLE && x.d == d && signbit(x.d) == signbit(d);
}

static int is_digits(const char *s) {
  thr_json_number x = number(s);
  return x.kind == THR_JSON_DIGITS && x.n == strlen(s);
}

static int writes(double d, const char *want) {
  char out[THR_JSON_DOUBLE_ROOM];
  size_t n = thr_json_write_double(out, d);
  return n == strlen(want) && memcmp(out, want, n) == 0;
}

static int round_trips(double d) {
  char out[THR_JSON_DOUBLE_ROOM + 1];
  size_t n = thr_json_write_double(out, d);
  out[n] = '\0';
  return n > 0 && is_double(out, d);
}

static int writes_integer(int64_t i, const char *want) {
  char out[THR_JSON_INTEGER_ROOM];
  size_t n = thr_json_write_integer(out, i);
  return n == strlen(want) && memcmp(out, want, n) == 0;
}

static uint64_t state = 88172645463325252u;
static uint64_t next_random(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

/* strtod against ours on many random spellings, and random bit patterns through write and read. */
static int agrees_with_strtod(void) {
  char text[64];
  int i;
  for (i = 0; i < 20000; i++) {
    uint64_t bits = next_random();
    double d;
    memcpy(&d, &bits, sizeof d);
    if (!isnan(d) && !isinf(d) && !round_trips(d))
      return 0;
    snprintf(text, sizeof text, "%llu.%0*llue%d", (unsigned long long)(next_random() >> (next_random() % 64)),
             (int)(next_random() % 20 + 1), (unsigned long long)(next_random() >> (next_random() % 64)),
             (int)(next_random() % 640) - 330);
    d = strtod(text, NULL);
    if (isinf(d) ? number(text).kind != (thr_json_kind)-1 : !is_double(text, d))
      return 0;
  }
  return 1;
}

static void strings(void) {
  CASE("json: a plain string is its bytes") {
    CHECK(means("\"\"", "", 0));
    CHECK(means("\"abc\"", "abc", 3));
    CHECK(means("\"exactly sixteen!\"", "exactly sixteen!", 16));
    CHECK(means("\"caf\xC3\xA9 \xE7\xBE\x8E \xF0\x9F\x98\x80\"", "caf\xC3\xA9 \xE7\xBE\x8E \xF0\x9F\x98\x80",
                14));
  }
  CASE("json: escapes") {
    CHECK(means("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8));
    CHECK(means("\"\\u0041\\u00e9\\u20AC\"", "A\xC3\xA9\xE2\x82\xAC", 6));
    CHECK(means("\"a\\u0000b\"", "a\0b", 3));
    CHECK(means("\"\\ud83d\\ude00\"", "\xF0\x9F\x98\x80", 4));
    CHECK(means("\"\\uDBFF\\uDFFF\"", "\xF4\x8F\xBF\xBF", 4));
  }
  CASE("json: half of a surrogate pair becomes U+FFFD and eats nothing else") {
    CHECK(means("\"\\ud83d\"", "\xEF\xBF\xBD", 3));
    CHECK(means("\"\\ude00x\"", "\xEF\xBF\xBDx", 4));
    CHECK(means("\"\\ud83d\\u0041\"",
                "\xEF\xBF\xBD"
                "A",
                4));
    CHECK(means("\"\\ud83d\\ud83d\\ude00\"", "\xEF\xBF\xBD\xF0\x9F\x98\x80", 7));
    CHECK(means("\"\\ud83d\\n\"", "\xEF\xBF\xBD\n", 4));
  }
  CASE("json: each invalid UTF-8 sequence becomes one U+FFFD") {
    CHECK(means("\"a\xFFz\"", "a\xEF\xBF\xBDz", 5));
    CHECK(means("\"\x80\x80\"", "\xEF\xBF\xBD\xEF\xBF\xBD", 6));
    CHECK(means("\"\xC0\xAF\"", "\xEF\xBF\xBD\xEF\xBF\xBD", 6)); /* overlong */
    CHECK(means("\"\xE2\x82\"", "\xEF\xBF\xBD", 3));             /* cut off: one subpart */
    CHECK(means("\"\xF0\x9F\x98z\"", "\xEF\xBF\xBDz", 4));
    CHECK(means("\"\xED\xA0\x80\"", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 9)); /* surrogate */
    CHECK(means("\"\xF4\x90\x80\x80\"", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 12));
  }
  CASE("json: bad strings are refused where they are bad") {
    CHECK(refused_at("\"abc", 4));
    CHECK(refused_at("\"abc\\", 5));
    CHECK(refused_at("\"a\nb\"", 2));
    CHECK(refused_at("\"a\x1F\"", 2));
    CHECK(refused_at("\"\\x41\"", 1));
    CHECK(refused_at("\"ab\\u12g4\"", 3));
    CHECK(refused_at("\"\\u123\"", 1));
    CHECK(refused_at("\"\\u12", 1));
    CHECK(valid("\"\x7F\"", NULL) == 1);
  }
  CASE("utf-8: valid lengths") {
    const char *s = "\xF0\x90\x80\x80";
    CHECK(thr_utf8_valid(s, s + 4) == 4);
    CHECK(thr_utf8_valid(s, s + 3) == 0 && thr_utf8_invalid(s, s + 3) == 3);
    CHECK(thr_utf8_valid("\xE0\x80\x80", s) == 0);
  }
}

static void numbers(void) {
  CASE("json: integers are exact over the whole of int64") {
    CHECK(is_integer("0", 0));
    CHECK(is_integer("-0", 0));
    CHECK(is_integer("9007199254740993", 9007199254740993));
    CHECK(is_integer("9223372036854775807", INT64_MAX));
    CHECK(is_integer("-9223372036854775808", INT64_MIN));
  }
  CASE("json: integers beyond int64 are exact doubles or digits") {
    CHECK(is_double("9223372036854775808", 9223372036854775808.0));
    CHECK(is_double("-18446744073709551616", -18446744073709551616.0));
    CHECK(is_digits("9223372036854775809"));
    CHECK(is_digits("-9223372036854775809"));
    CHECK(is_digits("18446744073709551615"));
    CHECK(is_digits("1000000000000000000000000000000"));
  }
  CASE("json: an integer too long for any double stays digits") {
    char digits[1001];
    memset(digits, '9', 1000);
    digits[1000] = '\0';
    CHECK(is_digits(digits));
    digits[310] = '\0';
    CHECK(is_digits(digits));
  }
  CASE("json: a fraction or an exponent makes a double") {
    CHECK(is_double("1.0", 1.0));
    CHECK(is_double("1e2", 100.0));
    CHECK(is_double("-0.0", -0.0));
    CHECK(is_double("0e10", 0.0));
    CHECK(is_double("0.1", 0.1));
    CHECK(is_double("1.7976931348623157e308", 1.7976931348623157e308));
    CHECK(is_double("5e-324", 5e-324));
    CHECK(is_double("1e-99999999999999999999", 0.0));
    CHECK(is_double("123456789012345678901234567890.5", 123456789012345678901234567890.5));
    CHECK(is_double("2.22507385850720138309e-308", 2.22507385850720138309e-308));
  }
  CASE("json: digits far behind the point still decide the rounding") {
    char text[1200] = "9007199254740993."; /* exactly between two doubles: up only if something follows */
    CHECK(is_double("9007199254740993.0", 9007199254740992.0));
    memset(text + 17, '0', 1000);
    text[1017] = '1';
    CHECK(is_double(text, 9007199254740994.0));
  }
  CASE("json: what is no JSON number is refused") {
    CHECK(refused_at("01", 0));
    CHECK(refused_at("-", 1));
    CHECK(refused_at("-01", 1));
    CHECK(refused_at("+1", 0));
    CHECK(refused_at(".5", 0));
    CHECK(refused_at("1.", 2));
    CHECK(refused_at("1.e1", 2));
    CHECK(refused_at("1e", 2));
    CHECK(refused_at("1e+", 3));
    CHECK(refused_at("0x10", 1));
    CHECK(refused_at("NaN", 0));
    CHECK(refused_at("Infinity", 0));
    CHECK(refused_at("-Infinity", 1));
    CHECK(refused_at("1e400", 0));
    CHECK(refused_at("1e99999999999999999999", 0));
  }
  CASE("json: doubles are written short and as floats") {
    CHECK(writes(1.0, "1.0"));
    CHECK(writes(-0.0, "-0.0"));
    CHECK(writes(0.1, "0.1"));
    CHECK(writes(-2.5, "-2.5"));
    CHECK(writes(1e300, "1e+300"));
    CHECK(writes(123456789012345.0, "123456789012345.0"));
    CHECK(writes(1.0 / 3, "0.3333333333333333"));
    CHECK(writes(HUGE_VAL, "") && writes(-HUGE_VAL, "") && writes(NAN, ""));
  }
  CASE("json: integers are written in full") {
    CHECK(writes_integer(0, "0"));
    CHECK(writes_integer(INT64_MAX, "9223372036854775807"));
    CHECK(writes_integer(INT64_MIN, "-9223372036854775808"));
  }
  CASE("json: reading agrees with strtod, writing with reading") { CHECK(agrees_with_strtod()); }
  CASE("json: a locale with a decimal comma changes nothing") {
    const char *names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "ps_AF.UTF-8"};
    size_t i;
    for (i = 0; i < sizeof names / sizeof *names && setlocale(LC_NUMERIC, names[i]) == NULL; i++)
      ;
    if (i == sizeof names / sizeof *names)
      printf("# no locale with a decimal comma is installed; checked in the C locale only\n");
    CHECK(is_double("1234567890123456789.25e-3", 1234567890123456789.25e-3));
    CHECK(is_double("0.1", 0.1));
    CHECK(writes(0.1, "0.1"));
    CHECK(writes(1e300, "1e+300"));
    CHECK(writes(1.5e300, "1.5e+300"));
    CHECK(writes(1e15, "1e+15"));
    setlocale(LC_NUMERIC, "C");
  }
}

/* Does skipping the value that s starts with, `depth` containers deep, end behind `n` bytes? n < 0: it must fail. */
static int skips(const char *s, int depth, long n) {
  size_t len = strlen(s);
  char *text = exact(s, len);
  thr_json_scan j;
  const char *p = thr_json_begin(&j, text, len);
  int ok;
  p = thr_json_skip(&j, p, depth);
  ok = n < 0 ? p == NULL && j.error.message != NULL : p == text + n;
  free(text);
  return ok;
}

static void skipping(void) {
  CASE("json: skipping ends right behind the value") {
    CHECK(skips("1,2", 0, 1) && skips("-0.5e1]", 0, 6) && skips("0,", 0, 1) && skips("12", 0, 2));
    CHECK(skips("\"a\\\"b\",", 0, 6) && skips("\"\xC3\xA9\xFF\"}", 0, 5) && skips("nullx", 0, 4));
    CHECK(skips("{\"a\":[1,{\"b\":null}] } ,", 0, 21) && skips("[ ]]", 0, 3) && skips("{ }}", 0, 3));
    CHECK(skips("[[],{},[[{\"]\":\"}\"}]]],1", 0, 21));
  }
  CASE("json: a skipped integer may be of any length, a skipped float must fit a double") {
    char digits[1001];
    memset(digits, '9', 1000);
    digits[1000] = '\0';
    CHECK(skips(digits, 0, 1000));
    CHECK(skips("1e308 ", 0, 5) && skips("1e309 ", 0, -1) && skips("[1,1e309]", 0, -1));
  }
  CASE("json: what is open around a skipped value counts towards the depth") {
    CHECK(skips("[[]]", THR_JSON_DEPTH - 2, 4) && skips("[[]]", THR_JSON_DEPTH - 1, -1));
    CHECK(skips("1", THR_JSON_DEPTH, 1) && skips("{}", THR_JSON_DEPTH, -1));
  }
}

static void values(void) {
  char deep[2 * THR_JSON_DEPTH + 3];
  CASE("json: valid values of every kind") {
    CHECK(valid("{}", NULL) == 1 && valid("[]", NULL) == 1 && valid(" null ", NULL) == 1);
    CHECK(valid("\xEF\xBB\xBF{\"a\" : [1 , -2.5e+3,\ttrue, false ,null, \"x\", {\"b\":[[]]}]\r\n}", NULL) ==
          1);
  }
  CASE("json: bad values are refused where they are bad") {
    CHECK(refused_at("", 0));
    CHECK(refused_at("   ", 3));
    CHECK(refused_at("\xEF\xBB\xBF", 3));
    CHECK(refused_at("[1,]", 3));
    CHECK(refused_at("[1 2]", 3));
    CHECK(refused_at("[1", 2));
    CHECK(refused_at("[", 1));
    CHECK(refused_at("]", 0));
    CHECK(refused_at("{\"a\":1,}", 7));
    CHECK(refused_at("{\"a\" 1}", 5));
    CHECK(refused_at("{\"a\":}", 5));
    CHECK(refused_at("{a:1}", 1));
    CHECK(refused_at("{1:1}", 1));
    CHECK(refused_at("{\"a\":1", 6));
    CHECK(refused_at("{\"a\"", 4));
    CHECK(refused_at("{", 1));
    CHECK(refused_at("tru", 3));
    CHECK(refused_at("nulL", 3));
    CHECK(refused_at("// x\n1", 0));
    CHECK(refused_at("[1]\xEF\xBB\xBF", 3));
    CHECK(refused_at("\xC2\xA0 1", 0));
  }
  CASE("json: 128 levels are fine and 129 are not") {
    memset(deep, '[', THR_JSON_DEPTH);
    memset(deep + THR_JSON_DEPTH, ']', THR_JSON_DEPTH);
    deep[2 * THR_JSON_DEPTH] = '\0';
    CHECK(valid(deep, NULL) == 1);
    memset(deep, '[', THR_JSON_DEPTH + 1);
    memset(deep + THR_JSON_DEPTH + 1, ']', THR_JSON_DEPTH + 1);
    deep[2 * THR_JSON_DEPTH + 2] = '\0';
    CHECK(refused_at(deep, THR_JSON_DEPTH));
  }
}

static int finds(const char *s, const char *key, const char *want) {
  thr_buf b = {NULL, 0, 0};
  size_t n = strlen(s);
  char *text = exact(s, n);
  int got = thr_json_find_string(text, n, key, &b);
  int ok = got == 1 && want != NULL && b.len == strlen(want) && memcmp(b.data, want, b.len + 1) == 0;
  thr_buf_free(&b);
  free(text);
  return want != NULL ? ok : got;
}

static void find(void) {
  double d = -1;
  CASE("find_string: a top-level member, unescaped, the last of duplicates") {
    CHECK(finds("{\"access_token\":\"a\\u0062c\",\"x\":{\"access_token\":\"no\"}}", "access_token", "abc"));
    CHECK(finds(" { \"a\" : \"1\" , \"b\" : \"2\" } ", "b", "2"));
    CHECK(finds("{\"a\":\"1\",\"a\":\"2\"}", "a", "2"));
    CHECK(finds("{\"\\u0061\":\"1\"}", "a", "1"));
    CHECK(finds("{\"a\":\"\"}", "a", ""));
  }
  CASE("find_string: 0 for what is not there or no string, -2 for what is not JSON") {
    CHECK(finds("{}", "a", NULL) == 0);
    CHECK(finds("[\"a\"]", "a", NULL) == 0);
    CHECK(finds("\"a\"", "a", NULL) == 0);
    CHECK(finds("{\"a\":1}", "a", NULL) == 0);
    CHECK(finds("{\"a\":\"1\",\"a\":null}", "a", NULL) == 0);
    CHECK(finds("", "a", NULL) == -2);
    CHECK(finds("<html>", "a", NULL) == -2);
    CHECK(finds("{\"a\":\"1\"", "a", NULL) == -2);
    CHECK(finds("{\"a\":\"1\"}x", "a", NULL) == -2);
  }
  CASE("find_string: a key of many escapes is compared in full") {
    char text[2048] = "{\"", key[201];
    int i;
    for (i = 0; i < 200; i++)
      strcat(text, "\\u0061");
    strcat(text, "\":\"x\"}");
    memset(key, 'a', 200);
    key[200] = '\0';
    CHECK(finds(text, key, "x"));
    thr_alloc_fail_at(1);
    CHECK(finds(text, key, NULL) == -1);
    thr_alloc_fail_at(0);
  }
  CASE("find_string: says when memory is out, and replaces what the buffer held") {
    thr_buf b = {NULL, 0, 0};
    thr_alloc_fail_at(1);
    CHECK(thr_json_find_string("{\"a\":\"1\"}", 9, "a", &b) == -1);
    thr_alloc_fail_at(0);
    CHECK(thr_buf_puts(&b, "old") == 0);
    CHECK(thr_json_find_string("{\"a\":\"1\"}", 9, "a", &b) == 1 && strcmp(b.data, "1") == 0);
    thr_buf_free(&b);
  }
  CASE("find_number: integers, floats, digits beyond int64") {
    CHECK(thr_json_find_number("{\"e\":3600}", 10, "e", &d) == 1 && d == 3600.0);
    CHECK(thr_json_find_number("{\"e\":1.5}", 9, "e", &d) == 1 && d == 1.5);
    CHECK(thr_json_find_number("{\"e\":-18446744073709551615}", 27, "e", &d) == 1 &&
          d == -18446744073709551616.0);
    CHECK(thr_json_find_number("{\"e\":\"1\"}", 9, "e", &d) == 0);
    CHECK(thr_json_find_number("{\"e\":1}", 7, "f", &d) == 0);
    CHECK(thr_json_find_number("{\"e\":1", 6, "e", &d) == -2);
    CHECK(thr_json_find_number(NULL, 0, "e", &d) == -2);
  }
}

int main(void) {
  strings();
  numbers();
  values();
  skipping();
  find();
  return check_done();
}
