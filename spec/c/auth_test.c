/* auth_test.c — src/auth.c: kinds, lines, token requests and answers, tokens per host. What must never be seen of
** secrets is in auth_secrets_test.c. */
#include "auth.h"

#include <stdlib.h>
#include <string.h>

#include "auth_support.h"
#include "check.h"

static const char *why_of(thr_auth *a, const char *json) {
  const char *why = NULL;
  return thr_auth_token_accept(a, THR_HOST_API, json, strlen(json), 0, &why) == -2 ? why : "(accepted)";
}

static int request_is(const thr_auth *a, const char *want_body, const char *want_line) {
  thr_buf body = {NULL, 0, 0}, line = {NULL, 0, 0};
  int right = thr_auth_token_request(a, &body, &line) == 0 && strcmp(body.data, want_body) == 0 &&
              strcmp(line.data != NULL ? line.data : "", want_line) == 0 && body.len == strlen(want_body) &&
              line.len == strlen(want_line);
  if (!right)
    printf("# body '%s', line '%s'\n", body.data, line.data != NULL ? line.data : "");
  thr_buf_wipe(&body);
  thr_buf_wipe(&line);
  return right;
}

static void kinds(void) {
  CASE("auth: a zeroed struct has no credentials, and everything about it is defined") {
    thr_auth a;
    thr_buf b = {NULL, 0, 0}, c = {NULL, 0, 0};
    char text[] = "text";
    memset(&a, 0, sizeof a);
    CHECK(a.kind == THR_AUTH_NONE);
    CHECK(thr_auth_line(&a, THR_HOST_API, &b) == -2 && b.data == NULL);
    CHECK(thr_auth_token_request(&a, &b, &c) == -2);
    CHECK(thr_auth_tenant_id(&a) == NULL && thr_auth_scope(&a, THR_HOST_API) == NULL);
    CHECK(thr_auth_token_state(&a, THR_HOST_API, 0) == THR_TOKEN_NONE);
    CHECK(thr_auth_token_generation(&a, THR_HOST_API) == 0);
    thr_auth_token_drop(&a, THR_HOST_API, 0);
    CHECK(thr_auth_redact(&a, text, 4) == 0 && strcmp(text, "text") == 0);
    thr_auth_wipe(&a);
    thr_auth_wipe(&a);
  }

  CASE("auth: every combination of slots is one kind, or refused with what to do") {
    /* bits: t tenant id, k api key, i client id, s client secret, b token, h header name */
    static const struct {
      const char *set;
      int kind;
      const char *why;
    } table[] = {
        {"", -1, "no credentials"},
        {"t", -1, "no credentials"},
        {"k", -1, "api_key was given without tenant_id"},
        {"tk", THR_AUTH_BASIC, NULL},
        {"tki", THR_AUTH_BASIC, NULL},
        {"i", -1, "client_id was given without client_secret"},
        {"ti", -1, "client_id was given without client_secret"},
        {"s", -1, "client_secret was given without tenant_id"},
        {"is", -1, "client_secret was given without tenant_id"},
        {"ts", THR_AUTH_OAUTH, NULL},
        {"tis", THR_AUTH_OAUTH, NULL},
        {"b", THR_AUTH_BEARER, NULL},
        {"tb", THR_AUTH_BEARER, NULL},
        {"tib", THR_AUTH_BEARER, NULL},
        {"bh", THR_AUTH_HEADER, NULL},
        {"tbh", THR_AUTH_HEADER, NULL},
        {"h", -1, "no token was given"},
        {"tkh", -1, "no token was given"},
        {"tks", -1, "api_key and client_secret were both given: give one"},
        {"tkis", -1, "api_key and client_secret were both given: give one"},
        {"tkb", -1, "api_key and token were both given: give one"},
        {"kb", -1, "api_key and token were both given: give one"},
        {"tsb", -1, "client_secret and token were both given: give one"},
        {"tksb", -1, "api_key, client_secret and token were all given: give one"},
    };
    size_t i;
    for (i = 0; i < sizeof table / sizeof table[0]; i++) {
      static const char letters[] = "tkisb";
      thr_auth a;
      const char *why = NULL, *l;
      int rc;
      memset(&a, 0, sizeof a);
      for (l = table[i].set; *l != '\0'; l++) {
        const char *at = strchr(letters, *l);
        CHECK(set(&a, at != NULL ? (thr_auth_slot)(at - letters) : THR_AUTH_HEADER_NAME, "X-Some-Value") ==
              0);
      }
      rc = thr_auth_choose(&a, 0, &why);
      if (table[i].kind == -1) {
        if (why == NULL || strstr(why, table[i].why) == NULL)
          printf("# %s: %s\n", table[i].set, why != NULL ? why : "(no reason)");
        CHECK(rc == -1 && a.kind == THR_AUTH_NONE && why != NULL && strstr(why, table[i].why) != NULL);
      } else {
        CHECK(rc == 0 && (int)a.kind == table[i].kind && why == NULL);
      }
      thr_auth_wipe(&a);
    }
  }

  CASE("auth: control bytes are refused in every slot, and the value before stays") {
    static const char *const bad[] = {"a\nb", "ab\n", "\rab", "a\tb", "a\x01", "a\x7f"};
    int slot;
    size_t i;
    thr_auth a;
    memset(&a, 0, sizeof a);
    for (slot = 0; slot < THR_AUTH_SLOT_COUNT; slot++) {
      CHECK(set(&a, (thr_auth_slot)slot, "Good-1") == 0);
      for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(set(&a, (thr_auth_slot)slot, bad[i]) == -2);
      CHECK(thr_auth_set(&a, (thr_auth_slot)slot, "a\0b", 3) == -2);
      CHECK(a.slot[slot].len == 6 && strcmp(a.slot[slot].data, "Good-1") == 0);
    }
    CHECK(set(&a, THR_AUTH_HEADER_NAME, "X Token") == -2);
    CHECK(set(&a, THR_AUTH_HEADER_NAME, "X-Token:") == -2);
    CHECK(strcmp(thr_auth_tenant_id(&a), "Good-1") == 0);
    thr_auth_wipe(&a);
  }

  CASE("auth: an empty value unsets the slot") {
    thr_auth a = basic("tenant", "key1");
    CHECK(thr_auth_set(&a, THR_AUTH_API_KEY, NULL, 0) == 0);
    CHECK(a.kind == THR_AUTH_NONE && a.slot[THR_AUTH_API_KEY].data == NULL);
    CHECK(strcmp(line_of(&a, THR_HOST_API), "(none)") == 0);
    thr_auth_wipe(&a);
  }

  CASE("auth: a slot may be set from its own value") {
    thr_auth a = basic("tenant", "key1");
    const char *own = a.slot[THR_AUTH_API_KEY].data;
    const char *why = NULL;
    CHECK(thr_auth_set(&a, THR_AUTH_API_KEY, own, 3) == 0);
    CHECK(thr_auth_choose(&a, 0, &why) == 0);
    CHECK(strcmp(line_of(&a, THR_HOST_API), "Authorization: Basic dGVuYW50OmtleQ==") == 0);
    thr_auth_wipe(&a);
  }

  CASE("auth: a tenant id with a colon cannot go into a Basic header") {
    thr_auth a;
    const char *why = NULL;
    memset(&a, 0, sizeof a);
    CHECK(set(&a, THR_AUTH_TENANT_ID, "a:b") == 0 && set(&a, THR_AUTH_API_KEY, "key1") == 0);
    CHECK(thr_auth_choose(&a, 0, &why) == -1 && why != NULL && strstr(why, "':'") != NULL);
    thr_auth_wipe(&a);
  }
}

static void lines(void) {
  CASE("auth: the Basic line is base64 as in RFC 4648, with every padding") {
    static const char *const table[][3] = {
        {"Aladdin", "open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}, /* RFC 7617 */
        {"test", "123\xc2\xa3", "dGVzdDoxMjPCow=="},
        {"a", "b", "YTpi"},
        {"a", "bc", "YTpiYw=="},
        {"a", "bcd", "YTpiY2Q="},
        {"a", "b:c:d", "YTpiOmM6ZA=="}, /* a colon in the key is fine */
        {"a", "\xff\xfe\xfb\xef\xbe", "YTr//vvvvg=="},
        {"eu-west-2_AbcdEfghI", "key", "ZXUtd2VzdC0yX0FiY2RFZmdoSTprZXk="},
    };
    size_t i;
    for (i = 0; i < sizeof table / sizeof table[0]; i++) {
      thr_auth a = basic(table[i][0], table[i][1]);
      char want[100];
      snprintf(want, sizeof want, "Authorization: Basic %s", table[i][2]);
      CHECK(strcmp(line_of(&a, THR_HOST_API), want) == 0);
      CHECK(strcmp(line_of(&a, THR_HOST_WEBHOOKS), want) == 0);
      thr_auth_wipe(&a);
    }
  }

  CASE("auth: a given token is a bearer token for both hosts, or goes into a header of its own") {
    thr_auth a;
    const char *why = NULL;
    memset(&a, 0, sizeof a);
    CHECK(set(&a, THR_AUTH_TOKEN, "abc.def-123") == 0 && thr_auth_choose(&a, 0, &why) == 0);
    CHECK(strcmp(line_of(&a, THR_HOST_API), "Authorization: Bearer abc.def-123") == 0);
    CHECK(strcmp(line_of(&a, THR_HOST_WEBHOOKS), "Authorization: Bearer abc.def-123") == 0);
    CHECK(set(&a, THR_AUTH_HEADER_NAME, "X-API-Token") == 0 && thr_auth_choose(&a, 0, &why) == 0);
    CHECK(strcmp(line_of(&a, THR_HOST_API), "X-API-Token: abc.def-123") == 0);
    thr_auth_wipe(&a);
  }

  CASE("auth: a line replaces what its buffer held") {
    thr_auth a = basic("a", "b");
    thr_buf b = {NULL, 0, 0};
    CHECK(thr_buf_puts(&b, "old") == 0);
    thr_buf_clear(&b);
    CHECK(thr_auth_line(&a, THR_HOST_API, &b) == 0 && strcmp(b.data, "Authorization: Basic YTpi") == 0);
    CHECK(b.len == strlen(b.data));
    thr_buf_wipe(&b);
    thr_auth_wipe(&a);
  }

  CASE("auth: the token request is a form, escaped") {
    thr_auth a = oauth("", "sec ret+/=&%*-._~\xc3\xa9", "api/read api/write", 0);
    CHECK(request_is(&a,
                     "grant_type=client_credentials&client_id=eu-west-2_AbcdEfghI"
                     "&client_secret=sec+ret%2B%2F%3D%26%25*-._%7E%C3%A9&scope=api%2Fread+api%2Fwrite",
                     ""));
    thr_auth_wipe(&a);
    a = oauth("client 1", "shh!", "", 0); /* a client id of its own, no scope */
    CHECK(request_is(&a, "grant_type=client_credentials&client_id=client+1&client_secret=shh%21", ""));
    thr_auth_wipe(&a);
  }

  CASE("auth: by option id and secret go as a Basic header, and then not in the form") {
    thr_auth a = oauth("a", "b", "api/all", 1);
    CHECK(a.form_basic == 1);
    CHECK(request_is(&a, "grant_type=client_credentials&scope=api%2Fall", "Authorization: Basic YTpi"));
    thr_auth_wipe(&a);
    a = oauth("a", "b c:d", "", 1); /* form-encoded first, as RFC 6749 2.3.1 says: a:b+c%3Ad */
    CHECK(request_is(&a, "grant_type=client_credentials", "Authorization: Basic YTpiK2MlM0Fk"));
    thr_auth_wipe(&a);
  }

  CASE("auth: only client credentials ask for tokens") {
    thr_auth a = basic("a", "b");
    thr_buf body = {NULL, 0, 0}, line = {NULL, 0, 0};
    CHECK(thr_auth_token_request(&a, &body, &line) == -2 && body.data == NULL && line.data == NULL);
    thr_auth_wipe(&a);
  }
}

static void tokens(void) {
  CASE("auth: before the first token there is no line") {
    thr_auth a = oauth("id", "secret", "api/all", 0);
    CHECK(strcmp(line_of(&a, THR_HOST_API), "(none)") == 0);
    CHECK(thr_auth_token_state(&a, THR_HOST_API, 0) == THR_TOKEN_NONE);
    CHECK(strcmp(thr_auth_scope(&a, THR_HOST_API), "api/all") == 0);
    thr_auth_wipe(&a);
  }

  CASE("auth: a token is fresh for 90 % of its life, then stale, then none") {
    thr_auth a = oauth("id", "secret", "", 0);
    CHECK(accept(&a, THR_HOST_API, "{\"access_token\":\"t0k3n\",\"expires_in\":1000}", 500) == 0);
    CHECK(strcmp(line_of(&a, THR_HOST_API), "Authorization: Bearer t0k3n") == 0);
    CHECK(thr_auth_token_state(&a, THR_HOST_API, 500) == THR_TOKEN_FRESH);
    CHECK(thr_auth_token_state(&a, THR_HOST_API, 1399.9) == THR_TOKEN_FRESH);
    CHECK(thr_auth_token_state(&a, THR_HOST_API, 1400.1) == THR_TOKEN_STALE);
    CHECK(thr_auth_token_state(&a, THR_HOST_API, 1499.9) == THR_TOKEN_STALE);
    CHECK(thr_auth_token_state(&a, THR_HOST_API, 1500) == THR_TOKEN_NONE);
    CHECK(thr_auth_token_state(&a, THR_HOST_API, 1e9) == THR_TOKEN_NONE);
    thr_auth_wipe(&a);
  }

  CASE("auth: tokens are per host") {
    thr_auth a = oauth("id", "secret", "api/all", 0);
    CHECK(accept(&a, THR_HOST_API, "{\"access_token\":\"for-api\",\"scope\":\"api/read\"}", 0) == 0);
    CHECK(strcmp(line_of(&a, THR_HOST_WEBHOOKS), "(none)") == 0);
    CHECK(thr_auth_token_state(&a, THR_HOST_WEBHOOKS, 0) == THR_TOKEN_NONE);
    CHECK(accept(&a, THR_HOST_WEBHOOKS, "{\"access_token\":\"for-hooks\"}", 0) == 0);
    CHECK(strcmp(line_of(&a, THR_HOST_API), "Authorization: Bearer for-api") == 0);
    CHECK(strcmp(line_of(&a, THR_HOST_WEBHOOKS), "Authorization: Bearer for-hooks") == 0);
    CHECK(strcmp(thr_auth_scope(&a, THR_HOST_API), "api/read") == 0);
    CHECK(strcmp(thr_auth_scope(&a, THR_HOST_WEBHOOKS), "api/all") == 0);
    thr_auth_token_drop(&a, THR_HOST_API, 1);
    CHECK(strcmp(line_of(&a, THR_HOST_API), "(none)") == 0);
    CHECK(strcmp(line_of(&a, THR_HOST_WEBHOOKS), "Authorization: Bearer for-hooks") == 0);
    thr_auth_wipe(&a);
  }

  CASE("auth: expires_in may be an integer, a float or a number in a string, and may be absent") {
    static const struct {
      const char *member;
      double life; /* -1 = refused */
    } table[] = {
        {",\"expires_in\":3600", 3600},     {",\"expires_in\":60.5", 60.5},
        {",\"expires_in\":1e3", 1000},      {",\"expires_in\":\"120\"", 120},
        {",\"expires_in\":\"120.9\"", 120}, {"", 3600},
        {",\"expires_in\":null", 3600},     {",\"expires_in\":1e300", 31622400},
        {",\"expires_in\":\"soon\"", -1},   {",\"expires_in\":\"\"", -1},
        {",\"expires_in\":\"-5\"", -1},     {",\"expires_in\":\"1e3\"", -1},
        {",\"expires_in\":\"12x\"", -1},    {",\"expires_in\":0", -1},
        {",\"expires_in\":-60", -1},        {",\"expires_in\":\"0\"", -1},
        {",\"expires_in\":\"0x10\"", -1},   {",\"expires_in\":\".5\"", -1},
        {",\"expires_in\":\"9.9x\"", -1},
    };
    size_t i;
    for (i = 0; i < sizeof table / sizeof table[0]; i++) {
      thr_auth a = oauth("id", "secret", "", 0);
      char json[100];
      int rc;
      snprintf(json, sizeof json, "{\"access_token\":\"t0k3n\"%s}", table[i].member);
      rc = accept(&a, THR_HOST_API, json, 0);
      if (rc != (table[i].life < 0 ? -2 : 0))
        printf("# %s: %d\n", json, rc);
      if (table[i].life < 0) {
        CHECK(rc == -2 && thr_auth_token_state(&a, THR_HOST_API, 0) == THR_TOKEN_NONE);
      } else {
        CHECK(rc == 0);
        CHECK(thr_auth_token_state(&a, THR_HOST_API, table[i].life * 0.899) == THR_TOKEN_FRESH);
        CHECK(thr_auth_token_state(&a, THR_HOST_API, table[i].life * 0.901) == THR_TOKEN_STALE);
        CHECK(thr_auth_token_state(&a, THR_HOST_API, table[i].life) == THR_TOKEN_NONE);
      }
      thr_auth_wipe(&a);
    }
  }

  CASE("auth: an answer without a usable token is refused with the reason, and the token before stays") {
    static const char *const table[][2] = {
        {"", "JSON"},
        {"<html>", "JSON"},
        {"{\"access_token\":\"x\"", "JSON"},
        {"{\"access_token\":\"x\"} trailing", "JSON"},
        {"{}", "no access_token"},
        {"{\"access_token\":null}", "no access_token"},
        {"{\"access_token\":\"\"}", "no access_token"},
        {"{\"access_token\":123}", "no access_token"},
        {"{\"access_token\":{\"a\":\"b\"}}", "no access_token"},
        {"{\"data\":{\"access_token\":\"nested\"}}", "no access_token"},
        {"{\"error\":\"invalid_client\"}", "no access_token"},
        {"{\"access_token\":\"a\\r\\nX-Evil: 1\"}", "control"},
        {"{\"access_token\":\"a\\u0000b\"}", "control"},
        {"{\"access_token\":\"a\\tb\"}", "control"},
        {"{\"access_token\":\"a\\u007f\"}", "control"},
        {"{\"access_token\":\"ok\",\"scope\":\"a\\nb\"}", "scope"},
        {"{\"access_token\":\"ok\",\"expires_in\":0}", "expires_in"},
    };
    thr_auth a = oauth("id", "secret", "", 0);
    size_t i;
    CHECK(accept(&a, THR_HOST_API, "{\"access_token\":\"first\",\"scope\":\"one\"}", 0) == 0);
    for (i = 0; i < sizeof table / sizeof table[0]; i++) {
      const char *why = why_of(&a, table[i][0]);
      if (strstr(why, table[i][1]) == NULL)
        printf("# %s: %s\n", table[i][0], why);
      CHECK(strstr(why, table[i][1]) != NULL);
    }
    CHECK(strcmp(line_of(&a, THR_HOST_API), "Authorization: Bearer first") == 0);
    CHECK(strcmp(thr_auth_scope(&a, THR_HOST_API), "one") == 0);
    CHECK(thr_auth_token_generation(&a, THR_HOST_API) == 1);
    thr_auth_wipe(&a);
  }

  CASE("auth: escapes in a token are undone, and the answer need not end in a NUL") {
    static const char json[] = "{\"access_token\":\"a\\/b\\u0063\"}";
    thr_auth a = oauth("id", "secret", "", 0);
    size_t n = sizeof json - 1;
    char *exact = malloc(n); /* a sanitizer sees a byte too far */
    const char *why = NULL;
    CHECK(exact != NULL);
    if (exact != NULL) {
      memcpy(exact, json, n);
      CHECK(thr_auth_token_accept(&a, THR_HOST_API, exact, n, 0, &why) == 0);
      CHECK(strcmp(line_of(&a, THR_HOST_API), "Authorization: Bearer a/bc") == 0);
    }
    free(exact);
    thr_auth_wipe(&a);
  }

  CASE("auth: a 401 drops the token it was sent with, not the one that came meanwhile") {
    thr_auth a = oauth("id", "secret", "", 0);
    unsigned seen;
    CHECK(accept(&a, THR_HOST_API, "{\"access_token\":\"one\"}", 0) == 0);
    seen = thr_auth_token_generation(&a, THR_HOST_API);
    CHECK(seen == 1);
    CHECK(accept(&a, THR_HOST_API, "{\"access_token\":\"two\"}", 0) == 0);
    CHECK(thr_auth_token_generation(&a, THR_HOST_API) == 2);
    thr_auth_token_drop(&a, THR_HOST_API, seen); /* a late 401 of the first */
    CHECK(strcmp(line_of(&a, THR_HOST_API), "Authorization: Bearer two") == 0);
    thr_auth_token_drop(&a, THR_HOST_API, 2);
    CHECK(strcmp(line_of(&a, THR_HOST_API), "(none)") == 0);
    CHECK(thr_auth_token_state(&a, THR_HOST_API, 0) == THR_TOKEN_NONE);
    CHECK(thr_auth_token_generation(&a, THR_HOST_API) == 2); /* stays … */
    thr_auth_token_drop(&a, THR_HOST_API, 2);
    CHECK(accept(&a, THR_HOST_API, "{\"access_token\":\"three\"}", 0) == 0);
    CHECK(thr_auth_token_generation(&a, THR_HOST_API) == 3); /* … and counts on */
    CHECK(thr_auth_token_generation(&a, THR_HOST_WEBHOOKS) == 0);
    thr_auth_wipe(&a);
  }

  CASE("auth: other credentials drop the tokens of those before") {
    thr_auth a = oauth("id", "secret", "", 0);
    const char *why = NULL;
    CHECK(accept(&a, THR_HOST_API, "{\"access_token\":\"one\"}", 0) == 0);
    CHECK(set(&a, THR_AUTH_CLIENT_SECRET, "another") == 0 && thr_auth_choose(&a, 0, &why) == 0);
    CHECK(strcmp(line_of(&a, THR_HOST_API), "(none)") == 0);
    thr_auth_wipe(&a);
  }
}

int main(void) {
  kinds();
  lines();
  tokens();
  return check_done();
}
