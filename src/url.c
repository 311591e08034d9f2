/* url.c — percent-encoding, origins and base URLs. Owns the rules of which URL may be talked to. Pure text:
** no network, no clock, no locale (hence no <ctype.h>). Must not include lua.h. Failure: return value and a
** static phrase. */
#include "url.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static int is_digit(char c) { return c >= '0' && c <= '9'; }

static int is_alnum(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static char lower(char c) {
  if (c >= 'A' && c <= 'Z')
    return (char)(c - 'A' + 'a');
  return c;
}

/* Is s[0..n) the lower-case word, in any case? */
static int same_word(const char *s, size_t n, const char *word) {
  size_t i;
  if (n != strlen(word))
    return 0;
  for (i = 0; i < n; i++)
    if (lower(s[i]) != word[i])
      return 0;
  return 1;
}

int thr_url_escape(thr_buf *out, const char *s, size_t n) {
  static const char hex[] = "0123456789ABCDEF";
  size_t i, need = n;
  char *p;
  for (i = 0; i < n; i++)
    if (!is_alnum(s[i]) && (s[i] == '\0' || strchr("-._~", s[i]) == NULL))
      need += 2;
  if (thr_buf_reserve(out, need) != 0)
    return -1;
  p = out->data + out->len;
  for (i = 0; i < n; i++) {
    unsigned char c = (unsigned char)s[i];
    if (is_alnum(s[i]) || (c != 0 && strchr("-._~", c) != NULL)) {
      *p++ = s[i];
    } else {
      *p++ = '%';
      *p++ = hex[c >> 4];
      *p++ = hex[c & 15];
    }
  }
  *p = '\0';
  out->len += need;
  return 0;
}

/* Four decimal numbers 0..255 without leading zeros, the first 127. "127.1" and "0177.0.0.1" are not: what
** they mean is the resolver's opinion, and plain http is too dear a thing to hang on that. */
static int is_loopback_v4(const char *s, size_t n) {
  size_t i = 0;
  int part;
  for (part = 0; part < 4; part++) {
    int value = 0;
    size_t start = i;
    while (i < n && is_digit(s[i]) && i - start < 3)
      value = value * 10 + (s[i++] - '0');
    if (i == start || value > 255 || (i - start > 1 && s[start] == '0') || (part == 0 && value != 127))
      return 0;
    if (part < 3 && (i >= n || s[i++] != '.'))
      return 0;
  }
  return i == n;
}

/* s = the literal without its brackets. 1/0; *loopback is set when it is one. */
static int is_ipv6(const char *s, size_t n, int *loopback) {
  static const unsigned char one[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  char text[64];
  struct in6_addr address;
  if (n >= sizeof text)
    return 0;
  memcpy(text, s, n);
  text[n] = '\0';
  if (inet_pton(AF_INET6, text, &address) != 1)
    return 0;
  *loopback = memcmp(&address, one, sizeof one) == 0;
  return 1;
}

static int refuse(const char **why, const char *text) {
  *why = text;
  return -1;
}

/* The host, from url[i] to `end`. Its length, or 0 with *why. */
static size_t read_host(const char *url, size_t i, size_t end, thr_origin *o, const char **why) {
  size_t start = i;
  int named = 0;
  o->host = url + start;
  if (i < end && url[i] == '[') {
    while (i < end && url[i] != ']')
      i++;
    if (i == end || !is_ipv6(url + start + 1, i - start - 1, &o->loopback)) {
      *why = "has a bad IPv6 address in brackets";
      return 0;
    }
    return i + 1 - start;
  }
  for (; i < end && url[i] != ':'; i++) {
    if (is_alnum(url[i])) {
      named = 1;
    } else if ((unsigned char)url[i] >= 0x80) {
      *why = "has a host outside ASCII: write it in its xn-- form";
      return 0;
    } else if (strchr("-._", url[i]) == NULL) {
      *why = "has a host with a character that no host name has";
      return 0;
    }
  }
  if (!named) {
    *why = "has no host";
    return 0;
  }
  o->loopback = same_word(url + start, i - start, "localhost") || is_loopback_v4(url + start, i - start);
  return i - start;
}

/* The digits of a port, from url[i] to `end`. 1..65535, or 0. */
static int read_port(const char *url, size_t i, size_t end) {
  int port = 0;
  if (i == end || end - i > 5)
    return 0;
  for (; i < end; i++) {
    if (!is_digit(url[i]))
      return 0;
    port = port * 10 + (url[i] - '0');
  }
  return port > 65535 ? 0 : port;
}

int thr_url_origin(const char *url, size_t n, thr_origin *o, const char **why) {
  size_t i, start, end;
  memset(o, 0, sizeof *o);
  if (n == 0)
    return refuse(why, "is empty");
  for (i = 0; i < n; i++) {
    unsigned char c = (unsigned char)url[i];
    if (c < 0x20 || c == 0x7f)
      return refuse(why, "has a control character in it");
    if (c == ' ')
      return refuse(why, "has a space in it");
    if (c == '\\') /* browsers read it as '/', others do not: two opinions on where the host ends */
      return refuse(why, "has a backslash in it");
  }
  for (i = 0; i + 3 <= n && memcmp(url + i, "://", 3) != 0; i++)
    if (!is_alnum(url[i]))
      return refuse(why, "must start with https://");
  if (i + 3 > n)
    return refuse(why, "must start with https://");
  o->scheme = url;
  o->scheme_len = i;
  o->https = same_word(url, i, "https");
  if (!o->https && !same_word(url, i, "http"))
    return refuse(why, "must start with https://");
  start = i + 3;
  for (end = start; end < n && strchr("/?#", url[end]) == NULL; end++)
    if (url[end] == '@')
      return refuse(why, "must not hold a user name or password");
  o->host_len = read_host(url, start, end, o, why);
  if (o->host_len == 0)
    return -1;
  i = start + o->host_len;
  o->port = o->https ? 443 : 80;
  if (i < end) {
    o->port = url[i] == ':' ? read_port(url, i + 1, end) : 0;
    if (o->port == 0)
      return refuse(why, "has a bad port: give a number from 1 to 65535");
  }
  o->len = end;
  return 0;
}

/* Does the path end in /rest or /rest/v<digits>? */
static int ends_in_rest(const char *path, size_t n) {
  size_t i = n;
  while (i > 0 && is_digit(path[i - 1]))
    i--;
  if (i < n && i >= 2 && memcmp(path + i - 2, "/v", 2) == 0)
    n = i - 2;
  return n >= 5 && memcmp(path + n - 5, "/rest", 5) == 0;
}

/* What is wrong with the path prefix of a base URL, or NULL. */
static const char *check_prefix(const char *path, size_t n) {
  size_t i, start;
  for (i = 0; i < n; i++) {
    if (path[i] == '?' || path[i] == '#')
      return "must not have a query or a fragment";
    if ((unsigned char)path[i] >= 0x80)
      return "has a path outside ASCII: percent-encode it";
  }
  for (i = 0; i < n; i++) {
    if (path[i] != '/')
      continue;
    start = i + 1;
    if ((n - start >= 1 && path[start] == '.' && (n - start == 1 || path[start + 1] == '/')) ||
        (n - start >= 2 && memcmp(path + start, "..", 2) == 0 && (n - start == 2 || path[start + 2] == '/')))
      return "must not have . or .. in its path";
  }
  if (ends_in_rest(path, n))
    return "must not end in /rest or /rest/v1: give the origin, without /rest";
  return NULL;
}

int thr_url_base(const char *url, size_t n, thr_buf *out, const char **why) {
  thr_origin o;
  const char *wrong;
  size_t i;
  if (thr_url_origin(url, n, &o, why) != 0)
    return -1;
  if (!o.https && !o.loopback)
    return refuse(why, "must start with https://: plain http is for loopback only");
  while (n > o.len && url[n - 1] == '/')
    n--;
  wrong = check_prefix(url + o.len, n - o.len);
  if (wrong != NULL)
    return refuse(why, wrong);
  if (thr_buf_reserve(out, n) != 0)
    return refuse(why, "cannot be kept: out of memory");
  for (i = 0; i < o.len; i++)
    out->data[out->len + i] = lower(url[i]);
  memcpy(out->data + out->len + i, url + i, n - i);
  out->len += n;
  out->data[out->len] = '\0';
  return 0;
}
