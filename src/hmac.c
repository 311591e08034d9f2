/* hmac.c — HMAC-SHA256 by OpenSSL's libcrypto, looked up on first use: libcurl brings it along, and who verifies no
** webhooks does not pay for it. Must not include lua.h. */
#include "hmac.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "dynlib.h"

/* From <openssl/hmac.h> and <openssl/evp.h>, unchanged from 1.0 to 3: declared here, so that building needs no header of
** OpenSSL. */
typedef const void *(*sha256_fn)(void);
typedef unsigned char *(*hmac_fn)(const void *md, const void *key, int key_len, const unsigned char *data,
                                  size_t n, unsigned char *out, unsigned int *out_len);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char trouble[256] = "libcrypto cannot be loaded";
static sha256_fn sha256;
static hmac_fn hmac;

static void load(void) {
  static const char *const names[] = {"libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.3.dylib",
                                      "libcrypto.so", NULL};
  static const char *const symbols[] = {"EVP_sha256", "HMAC"};
  void *found[2];
  const char *why = NULL;
  if (thr_dynlib_load(names, symbols, found, 2, &why) != 0) {
    if (why != NULL)
      snprintf(trouble, sizeof trouble, "%s", why);
    return;
  }
  memcpy(&sha256, &found[0], sizeof found[0]); /* POSIX: a function pointer fits */
  memcpy(&hmac, &found[1], sizeof found[1]);
}

static int hex(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

int thr_hmac_sha256_is(const char *secret, size_t sn, const char *body, size_t bn, const char *digest,
                       size_t dn, const char **why) {
  unsigned char expected[64];
  unsigned int n = sizeof expected;
  size_t i;
  unsigned different = 0;
  pthread_once(&once, load);
  if (hmac == NULL || sn > INT_MAX) {
    *why = hmac == NULL ? trouble : "the secret is too long";
    return -1;
  }
  if (hmac(sha256(), secret, (int)sn, (const unsigned char *)body, bn, expected, &n) == NULL) {
    *why = "libcrypto failed";
    return -1;
  }
  if (dn != 2 * (size_t)n)
    return 0;
  for (i = 0; i < n; i++) {
    int high = hex(digest[2 * i]), low = hex(digest[2 * i + 1]);
    different |= (unsigned)(high < 0) | (unsigned)(low < 0);
    different |= ((unsigned)(high & 15) << 4 | (unsigned)(low & 15)) ^ expected[i];
  }
  thr_wipe(expected, sizeof expected);
  return different == 0;
}
