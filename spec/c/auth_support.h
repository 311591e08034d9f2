/* auth_support.h — what the two test programs of src/auth.c share: credentials of each kind, and short ways to ask. */
#ifndef AUTH_SUPPORT_H
#define AUTH_SUPPORT_H

#include <string.h>

#include "auth.h"
#include "check.h"

static int set(thr_auth *a, thr_auth_slot slot, const char *s) { return thr_auth_set(a, slot, s, strlen(s)); }

static const char *line_of(const thr_auth *a, thr_host h) {
  static char text[2000];
  thr_buf b = {NULL, 0, 0};
  int rc = thr_auth_line(a, h, &b);
  snprintf(text, sizeof text, "%s", rc == 0 ? b.data : rc == -2 ? "(none)" : "(memory)");
  thr_buf_wipe(&b);
  return text;
}

static int accept(thr_auth *a, thr_host h, const char *json, double now) {
  const char *why = NULL;
  int rc = thr_auth_token_accept(a, h, json, strlen(json), now, &why);
  if ((rc == 0) != (why == NULL))
    return 99; /* a reason when, and only when, it failed */
  return rc;
}

static thr_auth basic(const char *tenant, const char *key) {
  thr_auth a;
  const char *why = NULL;
  memset(&a, 0, sizeof a);
  CHECK(set(&a, THR_AUTH_TENANT_ID, tenant) == 0 && set(&a, THR_AUTH_API_KEY, key) == 0);
  CHECK(thr_auth_choose(&a, 0, &why) == 0 && a.kind == THR_AUTH_BASIC);
  return a;
}

static thr_auth oauth(const char *id, const char *secret, const char *scope, int form_basic) {
  thr_auth a;
  const char *why = NULL;
  memset(&a, 0, sizeof a);
  CHECK(set(&a, THR_AUTH_TENANT_ID, "eu-west-2_AbcdEfghI") == 0);
  CHECK(set(&a, THR_AUTH_CLIENT_ID, id) == 0 && set(&a, THR_AUTH_CLIENT_SECRET, secret) == 0);
  CHECK(set(&a, THR_AUTH_SCOPE, scope) == 0);
  CHECK(thr_auth_choose(&a, form_basic, &why) == 0 && a.kind == THR_AUTH_OAUTH);
  return a;
}

#endif
