/* auth.c — credentials, the Authorization line, tokens per host. Owns every secret of a client: one
** allocation of the exact size each, overwritten before it is freed; what is written for others goes into a
** buffer reserved at its full size, for growing a buffer leaves a copy behind. Must not include lua.h; no
** I/O. Failure: return value and a static phrase. */
#include "auth.h"

#include <stdio.h>
#include <string.h>

#include "header.h"
#include "json.h"

#define DEFAULT_LIFE 3600.0 /* seconds, when the answer does not say */
#define LONGEST_LIFE (366 * 86400.0)
#define REFRESH_AT 0.9 /* of a token's life */

static const char out_of_memory[] = "out of memory";

static int refuse(const char **why, const char *text) {
  *why = text;
  return -1;
}

/* ---- secrets ---- */

static void secret_wipe(thr_secret *s) {
  if (s->data != NULL) {
    thr_wipe(s->data, s->len + 1);
    thr_free(s->data);
  }
  s->data = NULL;
  s->len = 0;
}

/* An allocation for n bytes and a NUL, into the empty *s. */
static int secret_alloc(thr_secret *s, size_t n) {
  if (n > (size_t)-1 / 8) /* room for what the encodings below multiply by */
    return -1;
  s->data = thr_realloc(NULL, n + 1);
  if (s->data == NULL)
    return -1;
  s->len = n;
  s->data[n] = '\0';
  return 0;
}

static int secret_copy(thr_secret *s, const char *data, size_t n) {
  if (secret_alloc(s, n) != 0)
    return -1;
  memcpy(s->data, data, n);
  return 0;
}

static void token_wipe(thr_token *t) {
  secret_wipe(&t->text);
  secret_wipe(&t->scope);
  t->refresh = t->expires = 0;
}

/* Answers to requests that carried the token may still be on their way: it stays known, to be blotted out of them. */
static void token_retire(thr_auth *a, thr_host h) {
  if (a->token[h].text.data != NULL) {
    secret_wipe(&a->retired[h]);
    a->retired[h] = a->token[h].text;
    a->token[h].text.data = NULL;
    a->token[h].text.len = 0;
  }
  token_wipe(&a->token[h]);
}

/* ---- encodings ---- */

/* Length of s as application/x-www-form-urlencoded; the text is written to `out` unless that is NULL. */
static size_t form_encode(char *out, const char *s, size_t n) {
  static const char hex[] = "0123456789ABCDEF";
  size_t i, len = 0;
  for (i = 0; i < n; i++) {
    unsigned char c = (unsigned char)s[i];
    int plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '*' ||
                c == '-' || c == '.' || c == '_';
    if (plain || c == ' ') {
      if (out != NULL)
        out[len] = s[i];
      if (out != NULL && c == ' ')
        out[len] = '+';
      len++;
    } else {
      if (out != NULL) {
        out[len] = '%';
        out[len + 1] = hex[c >> 4];
        out[len + 2] = hex[c & 15];
      }
      len += 3;
    }
  }
  return len;
}

static size_t base64_length(size_t n) { return (n + 2) / 3 * 4; }

/* RFC 4648, with padding. out has room for base64_length(n). */
static void base64_encode(char *out, const char *s, size_t n) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  size_t i;
  for (i = 0; i < n; i += 3) {
    unsigned a = (unsigned char)s[i];
    unsigned b = i + 1 < n ? (unsigned char)s[i + 1] : 0;
    unsigned c = i + 2 < n ? (unsigned char)s[i + 2] : 0;
    *out++ = digits[a >> 2];
    *out++ = digits[(a & 3) << 4 | b >> 4];
    *out++ = '=';
    *out++ = '=';
    if (i + 1 < n)
      out[-2] = digits[(b & 15) << 2 | c >> 6];
    if (i + 2 < n)
      out[-1] = digits[c & 63];
  }
}

/* base64(id:secret) into the empty *out. With `form`, both are form-encoded before, as RFC 6749 wants it of
** client credentials (section 2.3.1), but RFC 7617 not of a user and a password. */
static int make_basic(thr_secret *out, const thr_secret *id, const thr_secret *secret, int form) {
  thr_secret pair = {NULL, 0};
  size_t id_len = form ? form_encode(NULL, id->data, id->len) : id->len;
  size_t secret_len = form ? form_encode(NULL, secret->data, secret->len) : secret->len;
  int rc = -1;
  if (secret_alloc(&pair, id_len + 1 + secret_len) != 0)
    return -1;
  if (form) {
    form_encode(pair.data, id->data, id->len);
    form_encode(pair.data + id_len + 1, secret->data, secret->len);
  } else {
    memcpy(pair.data, id->data, id_len);
    memcpy(pair.data + id_len + 1, secret->data, secret_len);
  }
  pair.data[id_len] = ':';
  if (secret_alloc(out, base64_length(pair.len)) == 0) {
    base64_encode(out->data, pair.data, pair.len);
    rc = 0;
  }
  secret_wipe(&pair);
  return rc;
}

/* ---- slots and kind ---- */

static int has_control(const char *s, size_t n) {
  size_t i;
  for (i = 0; i < n; i++)
    if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
      return 1;
  return 0;
}

static void unchoose(thr_auth *a) {
  a->kind = THR_AUTH_NONE;
  a->form_basic = 0;
  secret_wipe(&a->basic);
}

int thr_auth_set(thr_auth *a, thr_auth_slot slot, const char *s, size_t n) {
  thr_secret copy = {NULL, 0};
  int h;
  if (has_control(s, n) || (slot == THR_AUTH_HEADER_NAME && n > 0 && !thr_header_name_ok(s, n)))
    return -2;
  if (n > 0 && secret_copy(&copy, s, n) != 0)
    return -1;
  unchoose(a);
  for (h = 0; h < THR_HOST_COUNT; h++)
    token_wipe(&a->token[h]);
  secret_wipe(&a->slot[slot]);
  a->slot[slot] = copy;
  return 0;
}

static int has(const thr_auth *a, thr_auth_slot slot) { return a->slot[slot].data != NULL; }

static const thr_secret *client_id(const thr_auth *a) {
  return &a->slot[has(a, THR_AUTH_CLIENT_ID) ? THR_AUTH_CLIENT_ID : THR_AUTH_TENANT_ID];
}

/* What keeps the slots from being exactly one kind, or NULL. */
static const char *check_slots(const thr_auth *a) {
  int key = has(a, THR_AUTH_API_KEY), secret = has(a, THR_AUTH_CLIENT_SECRET), token = has(a, THR_AUTH_TOKEN);
  if (key && secret && token)
    return "api_key, client_secret and token were all given: give one";
  if (key && secret)
    return "api_key and client_secret were both given: give one";
  if (key && token)
    return "api_key and token were both given: give one";
  if (secret && token)
    return "client_secret and token were both given: give one";
  if (has(a, THR_AUTH_HEADER_NAME) && !token)
    return "a header for the token was named, but no token was given";
  if (token)
    return NULL;
  if (key && !has(a, THR_AUTH_TENANT_ID))
    return "api_key was given without tenant_id: give both";
  if (key && memchr(a->slot[THR_AUTH_TENANT_ID].data, ':', a->slot[THR_AUTH_TENANT_ID].len) != NULL)
    return "tenant_id must not have a ':' in it";
  if (secret && !has(a, THR_AUTH_TENANT_ID))
    return "client_secret was given without tenant_id: give both";
  if (key || secret)
    return NULL;
  if (has(a, THR_AUTH_CLIENT_ID))
    return "client_id was given without client_secret: give both";
  return "no credentials were given: give tenant_id and api_key, tenant_id and client_secret, or token";
}

int thr_auth_choose(thr_auth *a, int form_basic, const char **why) {
  const char *wrong = check_slots(a);
  unchoose(a);
  if (wrong != NULL)
    return refuse(why, wrong);
  if (has(a, THR_AUTH_TOKEN)) {
    a->kind = has(a, THR_AUTH_HEADER_NAME) ? THR_AUTH_HEADER : THR_AUTH_BEARER;
  } else if (has(a, THR_AUTH_CLIENT_SECRET)) {
    if (make_basic(&a->basic, client_id(a), &a->slot[THR_AUTH_CLIENT_SECRET], form_basic) != 0)
      return refuse(why, out_of_memory);
    a->kind = THR_AUTH_OAUTH;
    a->form_basic = form_basic != 0;
  } else {
    if (make_basic(&a->basic, &a->slot[THR_AUTH_TENANT_ID], &a->slot[THR_AUTH_API_KEY], 0) != 0)
      return refuse(why, out_of_memory);
    a->kind = THR_AUTH_BASIC;
  }
  return 0;
}

const char *thr_auth_tenant_id(const thr_auth *a) { return a->slot[THR_AUTH_TENANT_ID].data; }

const char *thr_auth_scope(const thr_auth *a, thr_host h) {
  if (a->token[h].scope.data != NULL)
    return a->token[h].scope.data;
  return a->slot[THR_AUTH_SCOPE].data;
}

/* ---- what goes out ---- */

/* name, middle and secret, one after another, into the empty `out`. */
static int write_line(thr_buf *out, const char *name, const char *middle, const thr_secret *secret) {
  size_t nn = strlen(name), mn = strlen(middle);
  thr_buf_clear(out);
  if (thr_buf_reserve(out, nn + mn + secret->len) != 0)
    return -1;
  memcpy(out->data, name, nn);
  memcpy(out->data + nn, middle, mn);
  memcpy(out->data + nn + mn, secret->data, secret->len);
  out->len = nn + mn + secret->len;
  out->data[out->len] = '\0';
  return 0;
}

int thr_auth_line(const thr_auth *a, thr_host h, thr_buf *out) {
  switch (a->kind) {
  case THR_AUTH_NONE:
    break;
  case THR_AUTH_BASIC:
    return write_line(out, "Authorization", ": Basic ", &a->basic);
  case THR_AUTH_OAUTH:
    if (a->token[h].text.data == NULL)
      break;
    return write_line(out, "Authorization", ": Bearer ", &a->token[h].text);
  case THR_AUTH_BEARER:
    return write_line(out, "Authorization", ": Bearer ", &a->slot[THR_AUTH_TOKEN]);
  case THR_AUTH_HEADER:
    return write_line(out, a->slot[THR_AUTH_HEADER_NAME].data, ": ", &a->slot[THR_AUTH_TOKEN]);
  }
  return -2;
}

/* Appends to out, which has the room. */
static void put_field(thr_buf *out, const char *name, const thr_secret *value) {
  size_t nn = strlen(name);
  if (value->data == NULL)
    return;
  memcpy(out->data + out->len, name, nn);
  out->len += nn;
  out->len += form_encode(out->data + out->len, value->data, value->len);
  out->data[out->len] = '\0';
}

static size_t field_length(const char *name, const thr_secret *value) {
  return value->data == NULL ? 0 : strlen(name) + form_encode(NULL, value->data, value->len);
}

int thr_auth_token_request(const thr_auth *a, thr_buf *body, thr_buf *line) {
  static const char grant[] = "grant_type=client_credentials";
  static const thr_secret none = {NULL, 0};
  const thr_secret *id, *secret, *scope = &a->slot[THR_AUTH_SCOPE];
  size_t need;
  if (a->kind != THR_AUTH_OAUTH)
    return -2;
  id = a->form_basic ? &none : client_id(a);
  secret = a->form_basic ? &none : &a->slot[THR_AUTH_CLIENT_SECRET];
  thr_buf_clear(body);
  thr_buf_clear(line);
  need = sizeof grant + field_length("&client_id=", id) + field_length("&client_secret=", secret) +
         field_length("&scope=", scope);
  if (thr_buf_reserve(body, need) != 0)
    return -1;
  if (a->form_basic && write_line(line, "Authorization", ": Basic ", &a->basic) != 0)
    return -1;
  memcpy(body->data, grant, sizeof grant);
  body->len = sizeof grant - 1;
  put_field(body, "&client_id=", id);
  put_field(body, "&client_secret=", secret);
  put_field(body, "&scope=", scope);
  return 0;
}

/* ---- token answers ---- */

/* Digits, with a fraction to forget. Not strtod, which follows the locale. -1 when s is not that. */
static double read_seconds(const char *s, size_t n) {
  double value = 0;
  size_t i = 0;
  while (i < n && s[i] >= '0' && s[i] <= '9')
    value = value * 10 + (s[i++] - '0');
  if (i == 0 || (i < n && s[i] != '.'))
    return -1;
  for (i++; i < n; i++)
    if (s[i] < '0' || s[i] > '9')
      return -1;
  return value;
}

/* expires_in of the answer. 0, -1 memory, -2 refused. */
static int read_life(const char *json, size_t n, double *life) {
  thr_buf text = {NULL, 0, 0};
  int found = thr_json_find_number(json, n, "expires_in", life);
  if (found == 0) {
    found = thr_json_find_string(json, n, "expires_in", &text);
    if (found == 1)
      *life = read_seconds(text.data, text.len);
    else
      *life = DEFAULT_LIFE;
    thr_buf_wipe(&text);
  }
  if (found == -1)
    return -1;
  if (found == -2 || !(*life > 0))
    return -2;
  if (*life > LONGEST_LIFE)
    *life = LONGEST_LIFE;
  return 0;
}

/* A string member as an exact-size copy, left unset when it is absent or empty. 0, -1 memory, -2 not JSON
** or a control byte in it. */
static int read_secret(const char *json, size_t n, const char *key, thr_secret *out) {
  thr_buf text = {NULL, 0, 0};
  int rc = thr_json_find_string(json, n, key, &text);
  if (rc == 1) {
    rc = 0;
    if (has_control(text.data, text.len))
      rc = -2;
    else if (text.len > 0 && secret_copy(out, text.data, text.len) != 0)
      rc = -1;
  }
  thr_buf_wipe(&text);
  return rc;
}

int thr_auth_token_accept(thr_auth *a, thr_host h, const char *json, size_t n, double now, const char **why) {
  thr_token fresh = {{NULL, 0}, {NULL, 0}, 0, 0, 0};
  double life = DEFAULT_LIFE;
  int rc;
  *why = "the token endpoint did not answer with a JSON object";
  rc = thr_json_find_number(json, n, "expires_in", &life) == -2 ? -2 : 0;
  if (rc == 0) {
    *why = "the token endpoint answered an access_token with control characters in it";
    rc = read_secret(json, n, "access_token", &fresh.text);
  }
  if (rc == 0 && fresh.text.data == NULL) {
    *why = "the token endpoint's answer has no access_token";
    rc = -2;
  }
  if (rc == 0) {
    *why = "the token endpoint answered an expires_in that is not a number of seconds above 0";
    rc = read_life(json, n, &life);
  }
  if (rc == 0) {
    *why = "the token endpoint answered a scope with control characters in it";
    rc = read_secret(json, n, "scope", &fresh.scope);
  }
  if (rc != 0) {
    token_wipe(&fresh);
    if (rc == -1)
      *why = out_of_memory;
    return rc;
  }
  fresh.refresh = now + REFRESH_AT * life;
  fresh.expires = now + life;
  fresh.generation = a->token[h].generation + 1;
  token_retire(a, h);
  a->token[h] = fresh;
  *why = NULL;
  return 0;
}

/* ---- tokens ---- */

thr_token_state thr_auth_token_state(const thr_auth *a, thr_host h, double now) {
  const thr_token *t = &a->token[h];
  if (a->kind != THR_AUTH_OAUTH || t->text.data == NULL || now >= t->expires)
    return THR_TOKEN_NONE;
  return now >= t->refresh ? THR_TOKEN_STALE : THR_TOKEN_FRESH;
}

unsigned thr_auth_token_generation(const thr_auth *a, thr_host h) { return a->token[h].generation; }

void thr_auth_token_drop(thr_auth *a, thr_host h, unsigned generation) {
  if (a->token[h].generation == generation)
    token_retire(a, h);
}

void thr_auth_wipe(thr_auth *a) {
  int i;
  for (i = 0; i < THR_AUTH_SLOT_COUNT; i++)
    secret_wipe(&a->slot[i]);
  for (i = 0; i < THR_HOST_COUNT; i++) {
    token_wipe(&a->token[i]);
    secret_wipe(&a->retired[i]);
  }
  secret_wipe(&a->basic);
  memset(a, 0, sizeof *a);
}
