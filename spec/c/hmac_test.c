/* hmac_test.c — src/hmac.c: HMAC-SHA256 against RFC 4231, digests in either case, of any length, of no hex. */
#include "hmac.h"

#include <limits.h>
#include <string.h>

#include "check.h"

typedef struct vector {
  const char *name;
  const char *secret, *body, *digest; /* a text of one byte and its number, or the text itself */
  size_t secret_times, body_times;
} vector;

static const vector vectors[] = {
    {"4.2", "\x0b", "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7", 20, 1},
    {"4.3", "Jefe", "what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", 1, 1},
    {"4.4", "\xaa", "\xdd", "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe", 20, 50},
    {"4.5",
     "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19",
     "\xcd", "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b", 1, 50},
    {"4.7", "\xaa", "Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54", 131, 1},
    {"4.8", "\xaa",
     "This is a test using a larger than block-size key and a larger than block-size data. The key needs to "
     "be hashed before being used by the HMAC algorithm.",
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2", 131, 1}};

static char secret[256], body[256];

/* text, times over, into out; its length */
static size_t fill(char *out, const char *text, size_t times) {
  size_t n = strlen(text), i;
  for (i = 0; i < times; i++)
    memcpy(out + i * n, text, n);
  return n * times;
}

static int is(size_t sn, size_t bn, const char *digest, size_t dn) {
  const char *why = NULL;
  int rc = thr_hmac_sha256_is(secret, sn, body, bn, digest, dn, &why);
  if (rc < 0)
    printf("# %s\n", why != NULL ? why : "no reason was given");
  return rc;
}

int main(void) {
  size_t i, k, sn, bn;
  for (i = 0; i < sizeof vectors / sizeof *vectors; i++) {
    const vector *v = vectors + i;
    char digest[64];
    sn = fill(secret, v->secret, v->secret_times);
    bn = fill(body, v->body, v->body_times);
    memcpy(digest, v->digest, sizeof digest);

    CASE("hmac: agrees with RFC 4231") {
      CHECK(is(sn, bn, v->digest, 64) == 1);
      if (check_bad)
        printf("# section %s\n", v->name);
    }

    CASE("hmac: the digest may be in upper case") {
      for (k = 0; k < sizeof digest; k++)
        if (digest[k] >= 'a')
          digest[k] = (char)(digest[k] - 32);
      CHECK(is(sn, bn, digest, sizeof digest) == 1);
      memcpy(digest, v->digest, sizeof digest);
    }

    CASE("hmac: every digit counts") {
      for (k = 0; k < sizeof digest; k++) {
        digest[k] = digest[k] == '0' ? '1' : '0';
        CHECK(is(sn, bn, digest, sizeof digest) == 0);
        digest[k] = v->digest[k];
      }
    }

    CASE("hmac: what is no hex digit is never taken for one") {
      static const char bytes[] = {'g', 'G', 'z', ' ',    '\0',       '/',
                                   ':', '@', '`', '\x7f', (char)0x80, (char)0xff};
      size_t b;
      for (k = 0; k < sizeof digest; k++)
        for (b = 0; b < sizeof bytes; b++) {
          digest[k] = bytes[b];
          CHECK(is(sn, bn, digest, sizeof digest) == 0);
          digest[k] = v->digest[k];
        }
    }

    CASE("hmac: a digest of another length does not fit, also where it begins alike") {
      char twice[130];
      memcpy(twice, v->digest, 64);
      memcpy(twice + 64, v->digest, 64);
      for (k = 0; k <= 128; k++)
        CHECK(is(sn, bn, twice, k) == (k == 64));
    }

    CASE("hmac: every byte of body and secret counts") {
      for (k = 0; k < bn; k++) {
        body[k] = (char)(body[k] ^ 1);
        CHECK(is(sn, bn, v->digest, 64) == 0);
        body[k] = (char)(body[k] ^ 1);
      }
      for (k = 0; k < sn; k++) {
        secret[k] = (char)(secret[k] ^ 1);
        CHECK(is(sn, bn, v->digest, 64) == 0);
        secret[k] = (char)(secret[k] ^ 1);
      }
      CHECK(is(sn, bn, v->digest, 64) == 1);
    }
  }

  CASE("hmac: an empty body has a digest") {
    const char *why = NULL;
    static const char digest[] = "5d5d139563c95b5967b9bd9a8c9b233a9dedb45072794cd232dc1b74832607d0";
    CHECK(thr_hmac_sha256_is("key", 3, "", 0, digest, 64, &why) == 1);
    CHECK(thr_hmac_sha256_is("key", 3, "x", 1, digest, 64, &why) == 0);
  }

  CASE("hmac: a secret longer than libcrypto takes is refused with a reason, before it is read") {
    const char *why = NULL;
    CHECK(thr_hmac_sha256_is("key", (size_t)INT_MAX + 1, "", 0, "00", 2, &why) == -1);
    CHECK(why != NULL && strstr(why, "too long") != NULL);
  }
  return check_done();
}
