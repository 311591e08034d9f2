/* redact.c — blots the secrets of a thr_auth out of texts that come from outside, in whatever spelling they were echoed:
** raw, percent-encoded, as JSON escapes, as base64. Must not include lua.h; allocates nothing, keeps nothing. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "auth.h"

#define SHORTEST_SECRET 4 /* bytes: anything shorter would strike out half of every text */
/* Secrets at once: three slots, the Basic credentials, and for each host the token and the one before it. */
#define SECRETS_MAX (3 + 1 + 2 * THR_HOST_COUNT)

static int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
    return (c | 0x20) - 'a' + 10;
  return -1;
}

/* Two hex digits at s[0..n) that make `want`? */
static int is_hex(const char *s, size_t n, char want) {
  if (n < 2 || hex_value(s[0]) < 0 || hex_value(s[1]) < 0)
    return 0;
  return hex_value(s[0]) * 16 + hex_value(s[1]) == (unsigned char)want;
}

/* How many bytes of s[0..n) are a way to write the byte `want`: itself, %XX, + for a space, \x or \u00XX. 0
** = none. */
static size_t match_byte(const char *s, size_t n, char want) {
  if (n == 0)
    return 0;
  if (s[0] == '%' && is_hex(s + 1, n - 1, want))
    return 3;
  if (s[0] == '\\' && n >= 2) {
    if (s[1] == want && (want == '"' || want == '\\' || want == '/'))
      return 2;
    if (n >= 6 && memcmp(s, "\\u00", 4) == 0 && is_hex(s + 4, n - 4, want))
      return 6;
  }
  return s[0] == want || (s[0] == '+' && want == ' ');
}

/* How many bytes of s[0..n) write the UTF-8 character at want[0..wn) as JSON does, \uXXXX or two of them; *used is how
** long the character is. 0 = they do not. */
static size_t match_escape(const char *s, size_t n, const char *want, size_t wn, size_t *used) {
  unsigned long code = (unsigned char)want[0];
  size_t i, bytes = code >= 0xF0 ? 4 : code >= 0xE0 ? 3 : 2, len;
  char text[48];
  if (code < 0xC2 || wn < bytes || n < 6 || s[0] != '\\' || s[1] != 'u')
    return 0;
  code &= 0xFFUL >> (bytes + 1);
  for (i = 1; i < bytes; i++)
    code = code << 6 | ((unsigned char)want[i] & 0x3F);
  if (code < 0x10000)
    snprintf(text, sizeof text, "\\u%04lx", code);
  else
    snprintf(text, sizeof text, "\\u%04lx\\u%04lx", 0xD7C0 + (code >> 10), 0xDC00 + (code & 0x3FF));
  len = strlen(text);
  *used = bytes;
  return n >= len && strncasecmp(s, text, len) == 0 ? len : 0;
}

/* Length of the secret as it stands at the beginning of s[0..n), 0 when it does not. The padding of base64
** may be missing. */
static size_t match_secret(const char *s, size_t n, const thr_secret *secret) {
  size_t at = 0, k;
  if (n >= secret->len && memcmp(s, secret->data, secret->len) == 0) /* also when it holds a %41 of its own */
    return secret->len;
  for (k = 0; k < secret->len;) {
    size_t used = 1, step = match_byte(s + at, n - at, secret->data[k]);
    if (step == 0)
      step = match_escape(s + at, n - at, secret->data + k, secret->len - k, &used);
    if (step == 0)
      break;
    at += step;
    k += used;
  }
  if (k < SHORTEST_SECRET)
    return 0;
  for (; k < secret->len; k++)
    if (secret->data[k] != '=')
      return 0;
  return at;
}

size_t thr_auth_redact(const thr_auth *a, char *text, size_t n) {
  const thr_secret *all[SECRETS_MAX], *secrets[SECRETS_MAX];
  unsigned char first[256] = {0}; /* can a secret begin with this byte? */
  size_t i, k, count = 0, end = 0, found = 0;
  all[0] = &a->slot[THR_AUTH_API_KEY];
  all[1] = &a->slot[THR_AUTH_CLIENT_SECRET];
  all[2] = &a->slot[THR_AUTH_TOKEN];
  all[3] = &a->basic;
  for (k = 0; k < THR_HOST_COUNT; k++)
    all[4 + 2 * k] = &a->token[k].text, all[5 + 2 * k] = &a->retired[k];
  for (k = 0; k < SECRETS_MAX; k++) {
    if (all[k]->data == NULL || all[k]->len < SHORTEST_SECRET)
      continue;
    secrets[count++] = all[k];
    first[(unsigned char)all[k]->data[0]] = 1;
  }
  if (count == 0)
    return 0;
  first['%'] = first['\\'] = first['+'] = 1;
  /* One pass from the left. A byte is overwritten once every match that could begin at it was looked for,
  ** so matches that overlap are found whole. */
  for (i = 0; i < n; i++) {
    while (i >= end && !first[(unsigned char)text[i]]) /* most of every text */
      if (++i == n)
        return found;
    if (first[(unsigned char)text[i]]) {
      size_t longest = 0;
      for (k = 0; k < count; k++) {
        size_t len = match_secret(text + i, n - i, secrets[k]);
        if (len > longest)
          longest = len;
      }
      if (longest > 0 && i >= end)
        found++;
      if (i + longest > end)
        end = i + longest;
    }
    if (i < end)
      text[i] = '*';
  }
  return found;
}
