/* url_test.c — src/url.c: escaping, origins, base URLs, same origin. */
#include "url.h"

#include <string.h>

#include "check.h"

static const char *escaped(const char *s, size_t n) {
  static thr_buf out;
  thr_buf_clear(&out);
  if (s == NULL) {
    thr_buf_free(&out);
    return NULL;
  }
  return thr_url_escape(&out, s, n) == 0 ? out.data : NULL;
}

#define ESCAPES(s, want) \
  CHECK(escaped(s, sizeof(s) - 1) != NULL && strcmp(escaped(s, sizeof(s) - 1), want) == 0)

typedef struct origin_case {
  const char *url;
  const char *host; /* NULL = refused */
  int port, https, loopback;
  size_t len;
} origin_case;

static const origin_case origins[] = {
    {"https://public.api.learn.link", "public.api.learn.link", 443, 1, 0, 29},
    {"https://public.api.learn.link/rest/v1/users?page=1", "public.api.learn.link", 443, 1, 0, 29},
    {"https://public.api.learn.link?x", "public.api.learn.link", 443, 1, 0, 29},
    {"https://public.api.learn.link#x", "public.api.learn.link", 443, 1, 0, 29},
    {"HTTPS://Public.Api", "Public.Api", 443, 1, 0, 18},
    {"http://example.com", "example.com", 80, 0, 0, 18},
    {"https://example.com:8443/x", "example.com", 8443, 1, 0, 24},
    {"https://example.com:1", "example.com", 1, 1, 0, 21},
    {"https://example.com:65535", "example.com", 65535, 1, 0, 25},
    {"https://a_b-c.example", "a_b-c.example", 443, 1, 0, 21},
    {"https://xn--bcher-kva.example", "xn--bcher-kva.example", 443, 1, 0, 29},
    {"https://example.com./", "example.com.", 443, 1, 0, 20},
    /* '@' and ':' mean nothing behind the authority */
    {"https://example.com/a@b:c", "example.com", 443, 1, 0, 19},
    {"https://example.com?a@b", "example.com", 443, 1, 0, 19},
    {"https://example.com/\xc3\xa9", "example.com", 443, 1, 0, 19},
    /* IPv6 */
    {"https://[2001:db8::1]", "[2001:db8::1]", 443, 1, 0, 21},
    {"https://[2001:db8::1]:8443/x", "[2001:db8::1]", 8443, 1, 0, 26},
    {"http://[::1]", "[::1]", 80, 0, 1, 12},
    {"http://[::1]:9000/", "[::1]", 9000, 0, 1, 17},
    {"http://[0:0:0:0:0:0:0:1]", "[0:0:0:0:0:0:0:1]", 80, 0, 1, 24},
    {"http://[0000::0001]", "[0000::0001]", 80, 0, 1, 19},
    {"http://[::2]", "[::2]", 80, 0, 0, 12},
    {"http://[::ffff:127.0.0.1]", "[::ffff:127.0.0.1]", 80, 0, 0, 25},
    /* loopback */
    {"http://127.0.0.1", "127.0.0.1", 80, 0, 1, 16},
    {"http://127.1.2.3:8080", "127.1.2.3", 8080, 0, 1, 21},
    {"http://127.255.255.255", "127.255.255.255", 80, 0, 1, 22},
    {"https://127.0.0.1", "127.0.0.1", 443, 1, 1, 17},
    {"http://localhost", "localhost", 80, 0, 1, 16},
    {"http://LOCALHOST:3000", "LOCALHOST", 3000, 0, 1, 21},
    {"http://LocalHost/", "LocalHost", 80, 0, 1, 16},
    /* and what only looks like it */
    {"http://127.evil.com", "127.evil.com", 80, 0, 0, 19},
    {"http://localhost.evil.com", "localhost.evil.com", 80, 0, 0, 25},
    {"http://evil.localhost", "evil.localhost", 80, 0, 0, 21},
    {"http://localhost.", "localhost.", 80, 0, 0, 17},
    {"http://localhos", "localhos", 80, 0, 0, 15},
    {"http://127.1", "127.1", 80, 0, 0, 12},
    {"http://127.0.1", "127.0.1", 80, 0, 0, 14},
    {"http://127.0.0.1.", "127.0.0.1.", 80, 0, 0, 17},
    {"http://127.0.0.1.5", "127.0.0.1.5", 80, 0, 0, 18},
    {"http://127.0.0.256", "127.0.0.256", 80, 0, 0, 18},
    {"http://127.0.0.1000", "127.0.0.1000", 80, 0, 0, 19},
    {"http://127.0.0.01", "127.0.0.01", 80, 0, 0, 17},
    {"http://127.00.0.1", "127.00.0.1", 80, 0, 0, 17},
    {"http://127..0.1", "127..0.1", 80, 0, 0, 15},
    {"http://127.0.0.1a", "127.0.0.1a", 80, 0, 0, 17},
    {"http://0127.0.0.1", "0127.0.0.1", 80, 0, 0, 17},
    {"http://128.0.0.1", "128.0.0.1", 80, 0, 0, 16},
    {"http://1.127.0.0", "1.127.0.0", 80, 0, 0, 16},
    {"http://2130706433", "2130706433", 80, 0, 0, 17},
    {"http://0.0.0.0", "0.0.0.0", 80, 0, 0, 14},
};

typedef struct text_case {
  const char *text, *want; /* want: a part of *why, or the whole result */
} text_case;

static const text_case refused_origins[] = {
    {"", "is empty"},
    {"example.com", "https://"},
    {"//example.com", "https://"},
    {"/rest/v1", "https://"},
    {"https", "https://"},
    {"https:", "https://"},
    {"https:/", "https://"},
    {"https:example.com", "https://"},
    {"https:/example.com", "https://"},
    {"ftp://example.com", "https://"},
    {"file:///etc/passwd", "https://"},
    {"httpss://example.com", "https://"},
    {"http+unix://x", "https://"},
    {"://example.com", "https://"},
    {"example.com:443", "https://"},
    {"https://", "no host"},
    {"https:///path", "no host"},
    {"https://:443", "no host"},
    {"https://?x", "no host"},
    {"https://.", "no host"},
    {"https://user@example.com", "user name"},
    {"https://user:pass@example.com/", "user name"},
    {"https://@example.com", "user name"},
    {"https://example.com:80@evil.com", "user name"},
    {"https://example.com:", "port"},
    {"https://example.com:/x", "port"},
    {"https://example.com:0", "port"},
    {"https://example.com:65536", "port"},
    {"https://example.com:123456", "port"},
    {"https://example.com:8a", "port"},
    {"https://example.com:-1", "port"},
    {"https://example.com:80:80", "port"},
    {"https://[::1]80", "port"},
    {"https://[::1]evil.com", "port"},
    {"https://[", "IPv6"},
    {"https://[]", "IPv6"},
    {"https://[::1", "IPv6"},
    {"https://[::1%25eth0]", "IPv6"},
    {"https://[127.0.0.1]", "IPv6"},
    {"https://[1:2:3:4:5:6:7:8:9]", "IPv6"},
    {"https://[v1.x]", "IPv6"},
    {"https://[00000000000000000000000000000000000000000000000000000000000000000000001::]", "IPv6"},
    {"https://b\xc3\xbc"
     "cher.example",
     "xn--"},
    {"https://exa%6dple.com", "character"},
    {"https://exa*mple.com", "character"},
    {"https://example.com\\@evil.com", "backslash"},
    {"https://example.com/a\\b", "backslash"},
    {"https://example.com/a b", "space"},
    {" https://example.com", "space"},
    {"https://exam ple.com", "space"},
    {"https://example.com\n", "control"},
    {"https://example.com/\r\nX: y", "control"},
    {"https://example.com/\x7f", "control"},
    {"\thttps://example.com", "control"},
};

static const text_case bases[] = {
    {"https://public.api.learn.link", "https://public.api.learn.link"},
    {"https://public.api.learn.link/", "https://public.api.learn.link"},
    {"https://public.api.learn.link///", "https://public.api.learn.link"},
    {"HTTPS://Public.API.learn.link:8443/", "https://public.api.learn.link:8443"},
    {"https://example.com/thrive", "https://example.com/thrive"},
    {"https://example.com/Thrive/Proxy/", "https://example.com/Thrive/Proxy"},
    {"https://example.com/forest", "https://example.com/forest"},
    {"https://example.com/rest/v1x", "https://example.com/rest/v1x"},
    {"https://example.com/rest/other", "https://example.com/rest/other"},
    {"https://example.com/v1", "https://example.com/v1"},
    {"https://example.com/restv1", "https://example.com/restv1"},
    {"https://rest", "https://rest"},
    {"https://example.com/a%20b", "https://example.com/a%20b"},
    {"https://example.com/.well-known", "https://example.com/.well-known"},
    {"https://example.com/..a", "https://example.com/..a"},
    {"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
    {"http://[::1]:8080/", "http://[::1]:8080"},
    {"http://LOCALHOST:8080/x/", "http://localhost:8080/x"},
    {"https://[2001:DB8::1]", "https://[2001:db8::1]"},
};

static const text_case refused_bases[] = {
    {"https://public.api.learn.link/rest", "without /rest"},
    {"https://public.api.learn.link/rest/", "without /rest"},
    {"https://public.api.learn.link/rest/v1", "without /rest"},
    {"https://public.api.learn.link/rest/v2/", "without /rest"},
    {"https://public.api.learn.link/rest/v10", "without /rest"},
    {"https://example.com/proxy/rest/v1", "without /rest"},
    {"https://example.com?x=1", "query"},
    {"https://example.com/?", "query"},
    {"https://example.com/a#b", "fragment"},
    {"https://example.com/.", ". or .."},
    {"https://example.com/..", ". or .."},
    {"https://example.com/a/../b", ". or .."},
    {"https://example.com/./b", ". or .."},
    {"https://example.com/caf\xc3\xa9", "ASCII"},
    {"http://example.com", "loopback"},
    {"http://127.evil.com", "loopback"},
    {"http://localhost.evil.com", "loopback"},
    {"public.api.learn.link", "https://"},
    {"https://user:pass@example.com", "user name"},
    {"", "is empty"},
};

int main(void) {
  size_t i;

  CASE("url: unreserved characters go out as they are") {
    ESCAPES("ABCXYZabcxyz0189-._~", "ABCXYZabcxyz0189-._~");
  }

  CASE("url: everything else is percent-encoded, byte by byte, in upper case") {
    ESCAPES("a@b+c/d e", "a%40b%2Bc%2Fd%20e");
    ESCAPES("!*'();:&=$,?#[]%\"<>\\^`{|}",
            "%21%2A%27%28%29%3B%3A%26%3D%24%2C%3F%23%5B%5D%25%22%3C%3E%5C%5E%60%7B%7C%7D");
    ESCAPES("Zo\xc3\xab", "Zo%C3%AB");
    ESCAPES("\0\x01\x1f\x7f\x80\xff", "%00%01%1F%7F%80%FF");
    ESCAPES("", "");
    ESCAPES("2020-01-01 00:00:00", "2020-01-01%2000%3A00%3A00");
  }

  CASE("url: escaping appends, and without memory changes nothing") {
    thr_buf b = {NULL, 0, 0};
    CHECK(thr_buf_puts(&b, "/users/") == 0);
    CHECK(thr_url_escape(&b, "a b", 3) == 0);
    CHECK(strcmp(b.data, "/users/a%20b") == 0);
    thr_alloc_fail_at(1);
    CHECK(thr_url_escape(&b, "                                                                        ",
                         72) == -1);
    thr_alloc_fail_at(0);
    CHECK(strcmp(b.data, "/users/a%20b") == 0 && b.len == 12);
    thr_buf_free(&b);
  }

  for (i = 0; i < sizeof origins / sizeof origins[0]; i++) {
    const origin_case *c = &origins[i];
    thr_origin o;
    const char *why = NULL;
    char name[160];
    snprintf(name, sizeof name, "url: origin of %s", c->url);
    CASE(name) {
      CHECK(thr_url_origin(c->url, strlen(c->url), &o, &why) == 0);
      CHECK(why == NULL);
      CHECK(o.host_len == strlen(c->host) && memcmp(o.host, c->host, o.host_len) == 0);
      CHECK(o.port == c->port);
      CHECK(o.https == c->https);
      CHECK(o.loopback == c->loopback);
      CHECK(o.len == c->len);
      CHECK(o.scheme == c->url && o.scheme_len == (size_t)(4 + c->https));
    }
    check_flush(); /* the name is about to go */
  }

  CASE("url: what is not an origin is refused, with the reason") {
    for (i = 0; i < sizeof refused_origins / sizeof refused_origins[0]; i++) {
      const text_case *c = &refused_origins[i];
      thr_origin o;
      const char *why = NULL;
      int rc = thr_url_origin(c->text, strlen(c->text), &o, &why);
      if (rc != -1 || why == NULL || strstr(why, c->want) == NULL)
        printf("# %s: %d %s\n", c->text, rc, why != NULL ? why : "(no reason)");
      CHECK(rc == -1 && why != NULL && strstr(why, c->want) != NULL);
    }
  }

  CASE("url: a NUL in a URL is a control character") {
    thr_origin o;
    const char *why = NULL;
    CHECK(thr_url_origin("https://a.com\0.evil", 19, &o, &why) == -1);
    CHECK(why != NULL && strstr(why, "control") != NULL);
  }

  CASE("url: the text of an origin need not end in a NUL") {
    thr_origin o;
    const char *why = NULL;
    char text[24]; /* exact: a sanitizer sees a byte too many */
    memcpy(text, "https://example.com:80", 22);
    CHECK(thr_url_origin(text, 22, &o, &why) == 0 && o.port == 80 && o.len == 22);
    CHECK(thr_url_origin(text, 19, &o, &why) == 0 && o.port == 443 && o.len == 19);
    CHECK(thr_url_origin(text, 8, &o, &why) == -1);
    CHECK(thr_url_origin(text, 7, &o, &why) == -1);
  }

  CASE("url: base URLs come out clean") {
    for (i = 0; i < sizeof bases / sizeof bases[0]; i++) {
      const text_case *c = &bases[i];
      thr_buf b = {NULL, 0, 0};
      const char *why = NULL;
      int rc = thr_url_base(c->text, strlen(c->text), &b, &why);
      if (rc != 0 || strcmp(b.data, c->want) != 0)
        printf("# %s: %d %s\n", c->text, rc, rc == 0 ? b.data : why);
      CHECK(rc == 0 && strcmp(b.data, c->want) == 0 && b.len == strlen(c->want));
      thr_buf_free(&b);
    }
  }

  CASE("url: base URLs that would not work are refused, with a hint") {
    for (i = 0; i < sizeof refused_bases / sizeof refused_bases[0]; i++) {
      const text_case *c = &refused_bases[i];
      thr_buf b = {NULL, 0, 0};
      const char *why = NULL;
      int rc = thr_url_base(c->text, strlen(c->text), &b, &why);
      if (rc != -1 || why == NULL || strstr(why, c->want) == NULL)
        printf("# %s: %d %s\n", c->text, rc, why != NULL ? why : "(no reason)");
      CHECK(rc == -1 && why != NULL && strstr(why, c->want) != NULL);
      CHECK(b.data == NULL);
    }
  }

  CASE("url: a base URL without memory is refused and nothing is written") {
    thr_buf b = {NULL, 0, 0};
    const char *why = NULL;
    thr_alloc_fail_at(1);
    CHECK(thr_url_base("https://example.com", 19, &b, &why) == -1);
    thr_alloc_fail_at(0);
    CHECK(why != NULL && strstr(why, "memory") != NULL && b.data == NULL);
  }

  escaped(NULL, 0);
  return check_done();
}
