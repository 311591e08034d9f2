/* auth_secrets_test.c — src/auth.c: redaction, wiping, and what is left when memory runs out. */
#include "auth.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__APPLE__)
#include <malloc/malloc.h>
#define block_size(p) malloc_size(p)
#elif defined(__linux__)
#include <malloc.h>
#define block_size(p) malloc_usable_size((void *)(uintptr_t)(p))
#else
#define BLIND 1 /* nobody says how large a block is: freed memory cannot be searched */
#define block_size(p) ((size_t)0)
#endif
#ifndef BLIND
#define BLIND 0
#endif

#include "auth_support.h"
#include "check.h"

/* In place, on an allocation of the exact size, so that a sanitizer sees a byte too far. */
static const char *redacted(const thr_auth *a, const char *text, size_t want_count) {
  static char shown[2000];
  size_t n = strlen(text), count;
  char *copy = malloc(n > 0 ? n : 1);
  if (copy == NULL)
    return "(memory)";
  memcpy(copy, text, n);
  count = thr_auth_redact(a, copy, n);
  memcpy(shown, copy, n);
  shown[n] = '\0';
  free(copy);
  if (count != want_count)
    printf("# %d stretches in '%s'\n", (int)count, shown);
  CHECK(count == want_count);
  return shown;
}

/* Every block that is freed or regrown is searched for these. */
static const char *secrets[8];
static int leaks, blocks;

static void look(const void *p) {
  const char *b = p;
  size_t n = block_size(p), i, k;
  blocks++;
  for (k = 0; k < 8 && secrets[k] != NULL; k++) {
    size_t len = strlen(secrets[k]);
    for (i = 0; i + len <= n; i++)
      if (memcmp(b + i, secrets[k], len) == 0)
        leaks++;
  }
}

static const char token_answer[] =
    "{\"access_token\":\"tok-5e67e7-granted\",\"token_type\":\"Bearer\",\"expires_in\":3600,"
    "\"scope\":\"api/read api/write\"}";

/* All that handles secrets, once. -1 as soon as something fails for lack of memory; a is then still usable. */
static int scripted(thr_auth *a, int form_basic) {
  const char *why = NULL;
  thr_buf body = {NULL, 0, 0}, line = {NULL, 0, 0};
  int rc = -1;
  if (set(a, THR_AUTH_TENANT_ID, "tenant-id") != 0 || set(a, THR_AUTH_CLIENT_ID, "client-id") != 0 ||
      set(a, THR_AUTH_CLIENT_SECRET,
          "s3cr3t/one+two long enough to grow a small buffer more than once, and once more") != 0 ||
      set(a, THR_AUTH_SCOPE, "api/read") != 0)
    return -1;
  if (thr_auth_choose(a, form_basic, &why) != 0) {
    CHECK(why != NULL && strcmp(why, "out of memory") == 0 && a->kind == THR_AUTH_NONE);
    return -1;
  }
  if (thr_auth_token_request(a, &body, &line) != 0) {
    CHECK(body.len == 0 && line.len == 0);
    goto out;
  }
  if (thr_auth_token_accept(a, THR_HOST_API, token_answer, sizeof token_answer - 1, 0, &why) != 0) {
    CHECK(why != NULL && strcmp(why, "out of memory") == 0);
    CHECK(thr_auth_token_state(a, THR_HOST_API, 0) == THR_TOKEN_NONE);
    goto out;
  }
  thr_buf_wipe(&line);
  if (thr_auth_line(a, THR_HOST_API, &line) != 0) {
    CHECK(line.len == 0);
    goto out;
  }
  CHECK(strcmp(line.data, "Authorization: Bearer tok-5e67e7-granted") == 0);
  rc = 0;
out:
  thr_buf_wipe(&body);
  thr_buf_wipe(&line);
  return rc;
}

static void redaction(void) {
  CASE("auth: secrets are struck out, raw, percent-encoded and form-encoded, and nothing else is") {
    thr_auth a = basic("tenant", "k/y +%3d=");
    CHECK(strcmp(redacted(&a, "the key is k/y +%3d=!", 1), "the key is *********!") == 0);
    CHECK(strcmp(redacted(&a, "?k=k%2Fy%20%2B%253d%3D&x", 1), "?k=*******************&x") == 0);
    CHECK(strcmp(redacted(&a, "?k=k%2fy+%2b%253d%3d&x", 1), "?k=*****************&x") == 0);
    CHECK(strcmp(redacted(&a, "\"k\\/y +%3d=\"", 1), "\"**********\"") == 0);
    CHECK(strcmp(redacted(&a, "k/y +%3d=k/y +%3d= k/y +%3d=", 3), "****************** *********") == 0);
    CHECK(strcmp(redacted(&a, "K/Y +%3D=", 0), "K/Y +%3D=") == 0);
    CHECK(strcmp(redacted(&a, "k/y +%3d", 1), "********") == 0); /* its padding missing */
    CHECK(strcmp(redacted(&a, "k/y +%3", 0), "k/y +%3") == 0);
    CHECK(strcmp(redacted(&a, "tenant", 0), "tenant") == 0);
    CHECK(strcmp(redacted(&a, "", 0), "") == 0);
    thr_auth_wipe(&a);
  }

  CASE("auth: a secret that looks like an escape is found as it is and encoded once more") {
    thr_auth a = basic("tenant", "%25ab%41");
    CHECK(strcmp(redacted(&a, "<%25ab%41>", 1), "<********>") == 0);
    CHECK(strcmp(redacted(&a, "<%2525ab%2541>", 1), "<************>") == 0);
    thr_auth_wipe(&a);
    a = basic("tenant", "a\\\\b\"c");
    CHECK(strcmp(redacted(&a, "<a\\\\b\"c>", 1), "<******>") == 0);
    CHECK(strcmp(redacted(&a, "<a\\\\\\\\b\\\"c>", 1), "<*********>") == 0);
    CHECK(strcmp(redacted(&a, "<\\u0061\\u005C\\u005cb\\u0022c>", 1), "<**************************>") == 0);
    thr_auth_wipe(&a);
  }

  CASE("auth: the Basic credentials are struck out, with and without padding, raw and encoded") {
    thr_auth a = basic("Aladdin", "open sesame");
    CHECK(strcmp(redacted(&a, "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", 1),
                 "Authorization: Basic ****************************") == 0);
    CHECK(strcmp(redacted(&a, "QWxhZGRpbjpvcGVuIHNlc2FtZQ", 1), "**************************") == 0);
    CHECK(strcmp(redacted(&a, "x=QWxhZGRpbjpvcGVuIHNlc2FtZQ%3D%3D.", 1),
                 "x=********************************.") == 0);
    thr_auth_wipe(&a);
    a = basic("a", "\xff\xfe\xfb\xef\xbe"); /* YTr//vvvvg== */
    CHECK(strcmp(redacted(&a, "x=YTr%2F%2Fvvvvg%3D%3D", 1), "x=********************") == 0);
    thr_auth_wipe(&a);
    a = oauth("client", "s3cr3t", "", 1);
    CHECK(strcmp(redacted(&a, "Basic Y2xpZW50OnMzY3IzdA== s3cr3t client", 2),
                 "Basic ******************** ****** client") == 0);
    thr_auth_wipe(&a);
    a = oauth("client", "s3cr3t", "", 0);
    CHECK(strcmp(redacted(&a, "Basic Y2xpZW50OnMzY3IzdA==", 1), "Basic ********************") == 0);
    thr_auth_wipe(&a);
  }

  CASE("auth: tokens of both hosts and given tokens are struck out") {
    thr_auth a = oauth("id", "secret", "api/all", 0);
    const char *why = NULL;
    CHECK(accept(&a, THR_HOST_API, "{\"access_token\":\"aaa.bbb\"}", 0) == 0);
    CHECK(accept(&a, THR_HOST_WEBHOOKS, "{\"access_token\":\"ccc.ddd\"}", 0) == 0);
    CHECK(strcmp(redacted(&a, "aaa.bbb ccc.ddd api/all secret", 3), "******* ******* api/all ******") == 0);
    thr_auth_wipe(&a);
    CHECK(set(&a, THR_AUTH_TOKEN, "given-token") == 0 && thr_auth_choose(&a, 0, &why) == 0);
    CHECK(strcmp(redacted(&a, "Bearer given-token", 1), "Bearer ***********") == 0);
    thr_auth_wipe(&a);
  }

  CASE(
      "auth: a token that was replaced or dropped is still struck out, for its answers may be on their way") {
    thr_auth a = oauth("client", "s3cret-of-the-client", "api/read", 0);
    CHECK(accept(&a, THR_HOST_API, "{\"access_token\":\"token-one\"}", 0) == 0);
    CHECK(accept(&a, THR_HOST_API, "{\"access_token\":\"token-two\"}", 1) == 0);
    CHECK(strcmp(redacted(&a, "token-one token-two", 2), "********* *********") == 0);
    thr_auth_token_drop(&a, THR_HOST_API, thr_auth_token_generation(&a, THR_HOST_API));
    CHECK(strcmp(redacted(&a, "token-two", 1), "*********") == 0);
    thr_auth_wipe(&a);
  }
  CASE("auth: what is set is struck out even before a kind is chosen") {
    thr_auth a;
    memset(&a, 0, sizeof a);
    CHECK(set(&a, THR_AUTH_API_KEY, "api-key") == 0 && set(&a, THR_AUTH_TOKEN, "token") == 0);
    CHECK(strcmp(redacted(&a, "api-key token", 2), "******* *****") == 0);
    thr_auth_wipe(&a);
  }

  CASE("auth: secrets of less than four bytes are left alone") {
    thr_auth a = basic("tenant", "abc");
    CHECK(strcmp(redacted(&a, "abc abcd", 0), "abc abcd") == 0);
    thr_auth_wipe(&a);
    a = basic("tenant", "abcd");
    CHECK(strcmp(redacted(&a, "abc abcd", 1), "abc ****") == 0);
    thr_auth_wipe(&a);
  }

  CASE("auth: secrets that overlap, or hold one another, are struck out whole") {
    thr_auth a = oauth("id", "abcdef", "", 0);
    CHECK(accept(&a, THR_HOST_API, "{\"access_token\":\"defghi\"}", 0) == 0);
    CHECK(accept(&a, THR_HOST_WEBHOOKS, "{\"access_token\":\"xxabcdefyy\"}", 0) == 0);
    CHECK(strcmp(redacted(&a, "-abcdefghi-", 1), "-*********-") == 0);
    CHECK(strcmp(redacted(&a, "-xxabcdefyy-", 1), "-**********-") == 0);
    CHECK(strcmp(redacted(&a, "-abcdedefghi-", 1), "-abcde******-") == 0);
    CHECK(strcmp(redacted(&a, "-ababcdef-", 1), "-ab******-") == 0);
    CHECK(strcmp(redacted(&a, "abcde", 0), "abcde") == 0); /* cut off at the end of the text */
    CHECK(strcmp(redacted(&a, "%61%62%63%64%65%6", 0), "%61%62%63%64%65%6") == 0);
    CHECK(strcmp(redacted(&a, "\\u0061bcde\\u006", 0), "\\u0061bcde\\u006") == 0);
    thr_auth_wipe(&a);
  }
}

static void wiping(void) {
  CASE("auth: no secret is left in memory that is freed or regrown, whatever is done") {
    int form_basic;
    secrets[0] = "s3cr3t/one";
    secrets[1] = "s3cr3t%2Fone";
    secrets[2] = "Y2xpZW50LWlkOnMzY3IzdC"; /* base64("client-id:s3cr3t" …) */
    secrets[3] = "tok-5e67e7-granted";
    secrets[4] = "tok-the-second";
    secrets[5] = NULL;
    leaks = blocks = 0;
    thr_free_watch(look);
    for (form_basic = 0; form_basic <= 1; form_basic++) {
      thr_auth a;
      thr_buf line = {NULL, 0, 0};
      memset(&a, 0, sizeof a);
      CHECK(scripted(&a, form_basic) == 0);
      CHECK(accept(&a, THR_HOST_API, "{\"access_token\":\"tok-the-second\",\"expires_in\":\"60\"}", 0) == 0);
      CHECK(accept(&a, THR_HOST_API, "{\"access_token\":\"tok-the-second\",\"expires_in\":\"x\"}", 0) == -2);
      CHECK(accept(&a, THR_HOST_API, "{\"access_token\":\"tok-the-second\\n\"}", 0) == -2);
      thr_auth_token_drop(&a, THR_HOST_API, 2);
      CHECK(accept(&a, THR_HOST_WEBHOOKS, token_answer, 0) == 0);
      CHECK(thr_auth_line(&a, THR_HOST_WEBHOOKS, &line) == 0);
      thr_buf_wipe(&line);
      CHECK(set(&a, THR_AUTH_CLIENT_SECRET, "s3cr3t/one of another") == 0);
      CHECK(accept(&a, THR_HOST_WEBHOOKS, token_answer, 0) == 0);
      thr_auth_wipe(&a);
    }
    thr_free_watch(NULL);
    CHECK(leaks == 0);
    CHECK(blocks > 30);
  }

  CASE("auth: and the check would see one") {
    char *p = thr_realloc(NULL, 40);
    CHECK(p != NULL);
    if (p != NULL) {
      memset(p, 'x', 40);
      memcpy(p + 3, "tok-5e67e7-granted", 18);
      leaks = 0;
      thr_free_watch(look);
      thr_free(p);
      thr_free_watch(NULL);
      CHECK(leaks == 1 - BLIND);
    }
  }

  CASE("auth: a wiped struct is all zero and may be used again") {
    thr_auth a = oauth("id", "secret", "api/all", 1), zero;
    const char *why = NULL;
    memset(&zero, 0, sizeof zero);
    CHECK(accept(&a, THR_HOST_API, token_answer, 0) == 0);
    thr_auth_wipe(&a);
    CHECK(memcmp(&a, &zero, sizeof a) == 0);
    thr_auth_wipe(&a);
    CHECK(set(&a, THR_AUTH_TOKEN, "again") == 0 && thr_auth_choose(&a, 0, &why) == 0);
    CHECK(strcmp(line_of(&a, THR_HOST_API), "Authorization: Bearer again") == 0);
    thr_auth_wipe(&a);
  }
}

static void no_memory(void) {
  CASE("auth: out of memory at every single allocation is reported, leaks nothing and leaves no secret "
       "behind") {
    int form_basic;
    for (form_basic = 0; form_basic <= 1; form_basic++) {
      unsigned long n, total = 0;
      int rc = -1;
      for (n = 1; rc != 0 && n < 100; n++) {
        thr_auth a;
        memset(&a, 0, sizeof a);
        leaks = 0;
        thr_free_watch(look);
        thr_alloc_fail_at(n);
        rc = scripted(&a, form_basic);
        total = thr_alloc_fail_at(0);
        CHECK(leaks == 0);
        if (rc != 0) { /* and with memory back, the same struct works */
          CHECK(total >= n);
          CHECK(scripted(&a, form_basic) == 0);
        }
        thr_auth_wipe(&a);
        thr_free_watch(NULL);
      }
      CHECK(rc == 0 && n - 1 > total && total >= 10); /* all of them were failed once */
    }
  }

  CASE("auth: without memory a slot keeps its value and a token its life") {
    thr_auth a = oauth("id", "secret", "", 0);
    const char *why = NULL;
    static const char again[] = "{\"access_token\":\"2nd\",\"expires_in\":\"9\",\"scope\":\"two\"}";
    unsigned long n;
    int rc = -1;
    CHECK(accept(&a, THR_HOST_API, "{\"access_token\":\"first\",\"scope\":\"one\"}", 0) == 0);
    thr_alloc_fail_at(1);
    CHECK(set(&a, THR_AUTH_CLIENT_SECRET, "other") == -1);
    thr_alloc_fail_at(0);
    CHECK(a.kind == THR_AUTH_OAUTH && strcmp(a.slot[THR_AUTH_CLIENT_SECRET].data, "secret") == 0);
    for (n = 1; n < 20; n++) {
      thr_alloc_fail_at(n);
      rc = thr_auth_token_accept(&a, THR_HOST_API, again, sizeof again - 1, 0, &why);
      thr_alloc_fail_at(0);
      if (rc == 0)
        break;
      CHECK(rc == -1 && strcmp(line_of(&a, THR_HOST_API), "Authorization: Bearer first") == 0);
      CHECK(strcmp(thr_auth_scope(&a, THR_HOST_API), "one") == 0);
    }
    CHECK(rc == 0 && n > 4 && strcmp(line_of(&a, THR_HOST_API), "Authorization: Bearer 2nd") == 0);
    thr_auth_wipe(&a);
  }

  CASE("auth: without memory no Basic credentials are chosen, and nothing is left of them") {
    unsigned long n;
    int rc = -1;
    for (n = 1; rc != 0 && n < 10; n++) {
      thr_auth a;
      const char *why = NULL;
      memset(&a, 0, sizeof a);
      CHECK(set(&a, THR_AUTH_TENANT_ID, "tenant") == 0 && set(&a, THR_AUTH_API_KEY, "s3cr3t/one") == 0);
      leaks = 0;
      thr_free_watch(look);
      thr_alloc_fail_at(n);
      rc = thr_auth_choose(&a, 0, &why);
      thr_alloc_fail_at(0);
      if (rc != 0)
        CHECK(a.kind == THR_AUTH_NONE && why != NULL && strcmp(why, "out of memory") == 0);
      thr_auth_wipe(&a);
      thr_free_watch(NULL);
      CHECK(leaks == 0);
    }
    CHECK(rc == 0 && n == 4);
  }
}

int main(void) {
  redaction();
  wiping();
  no_memory();
  return check_done();
}
