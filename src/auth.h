/* auth.h — credentials, the Authorization line, tokens per host. Owns every secret of a client: each is
** held in one allocation of its exact size, never grown, and overwritten before it is freed. Must not
** include lua.h; does no I/O.
**
** Use: set the slots, choose; then a line per attempt. With THR_AUTH_OAUTH: token_state; when not FRESH,
** POST what token_request writes to {host}/oauth2/token/{tenant_id} and hand the answer to token_accept. */
#ifndef THR_AUTH_H
#define THR_AUTH_H

#include <stddef.h>

#include "buf.h"

typedef enum thr_auth_kind {
  THR_AUTH_NONE,
  THR_AUTH_BASIC,  /* tenant id and API key */
  THR_AUTH_OAUTH,  /* client credentials; a token per host */
  THR_AUTH_BEARER, /* a token that the user holds */
  THR_AUTH_HEADER  /* the token in a header of its own, "X-API-Token: …" (Aptem) */
} thr_auth_kind;

typedef enum thr_auth_slot {
  THR_AUTH_TENANT_ID,
  THR_AUTH_API_KEY,       /* secret */
  THR_AUTH_CLIENT_ID,     /* unset: the tenant id */
  THR_AUTH_CLIENT_SECRET, /* secret */
  THR_AUTH_TOKEN,         /* secret */
  THR_AUTH_SCOPE,         /* asked for with client credentials; means nothing to the other kinds */
  THR_AUTH_HEADER_NAME,   /* with TOKEN: the header that carries it */
  THR_AUTH_SLOT_COUNT
} thr_auth_slot;

typedef enum thr_host { THR_HOST_API, THR_HOST_WEBHOOKS, THR_HOST_COUNT } thr_host;

/* Private to auth.c: len bytes and a NUL in an allocation of len + 1. data NULL = unset. */
typedef struct thr_secret {
  char *data;
  size_t len;
} thr_secret;

/* Private to auth.c. */
typedef struct thr_token {
  thr_secret text, scope;
  double refresh, expires; /* on the clock of `now` */
  unsigned generation;     /* 0 = there has never been one */
} thr_token;

/* Plain struct for embedding; zeroed = no credentials. Read kind and form_basic freely, leave the rest to
** auth.c. */
typedef struct thr_auth {
  thr_auth_kind kind;
  int form_basic;
  thr_secret slot[THR_AUTH_SLOT_COUNT];
  thr_secret basic; /* base64(id:secret) of kinds BASIC and OAUTH */
  thr_token token[THR_HOST_COUNT];
  thr_secret retired[THR_HOST_COUNT]; /* the token before; kept for thr_auth_redact */
} thr_auth;

/* Copies s into a slot; the value before it is wiped; n == 0 unsets the slot. The kind goes back to NONE
** (call thr_auth_choose) and tokens got so far are dropped. 0; -1 when memory is out, -2 when s has a
** control byte in it (or is not a header name, for HEADER_NAME): a is unchanged by both. */
int thr_auth_set(thr_auth *a, thr_auth_slot slot, const char *s, size_t n);

/* Picks the kind from what is set: TOKEN → BEARER, or HEADER when HEADER_NAME is set too; CLIENT_SECRET →
** OAUTH (needs the tenant id); API_KEY → BASIC (needs the tenant id). form_basic: client id and secret go
** as a Basic header instead of form fields. 0; or -1 with kind NONE and *why = a static message when
** something is missing, when nothing is set, when two kinds were given ("api_key and client_secret were
** both given: give one"), or when memory is out. */
int thr_auth_choose(thr_auth *a, int form_basic, const char **why);

/* The tenant id / NULL. Borrowed: valid until the slot is set again or the auth is wiped. */
const char *thr_auth_tenant_id(const thr_auth *a);
/* The scope granted in the token's answer, else the one asked for, else NULL. Borrowed: valid until the
** next change of a. */
const char *thr_auth_scope(const thr_auth *a, thr_host h);

/* Writes the header line ("Authorization: Basic …", without CRLF) for requests to h into out, which must be
** empty; it is reserved at its full size, wipe it with thr_buf_wipe. 0; -1 when memory is out, -2 when
** there is no line: kind NONE, or no token for this host yet (or dropped). Whether the token is still valid
** is token_state's to say. */
int thr_auth_line(const thr_auth *a, thr_host h, thr_buf *out);

/* Writes the form body of the token request into body and, with form_basic, the Authorization line into
** line (else line stays empty). Both must be empty and hold secrets: wipe them. 0; -1 when memory is out
** (both are empty), -2 when the kind is not OAUTH. */
int thr_auth_token_request(const thr_auth *a, thr_buf *body, thr_buf *line);

/* Takes the body of a 2xx answer of the token endpoint: access_token, expires_in in seconds (a number, or a
** string that holds one; absent: 3600), scope. `now` is when the request was started. The token before it
** is wiped and the generation counts on. 0; -1 when memory is out, -2 when the answer is of no use: *why =
** a static message for both, and the token before it stays. */
int thr_auth_token_accept(thr_auth *a, thr_host h, const char *json, size_t n, double now, const char **why);

typedef enum thr_token_state {
  THR_TOKEN_FRESH,
  THR_TOKEN_STALE, /* valid, due for refresh: 90 % of its life is over */
  THR_TOKEN_NONE   /* none, dropped or expired */
} thr_token_state;

/* The state of the token of a host at `now`. Only for kind OAUTH; NONE for the others. */
thr_token_state thr_auth_token_state(const thr_auth *a, thr_host h, double now);
/* Which token this is; remember it with the attempt that used it. 0 = there has never been one. Stays when
** the token is dropped, and counts on with the next. */
unsigned thr_auth_token_generation(const thr_auth *a, thr_host h);
/* After a 401: wipes the token, unless it is another one by now (another call has refreshed it
** meanwhile). */
void thr_auth_token_drop(thr_auth *a, thr_host h, unsigned generation);

/* Overwrites in place, with '*', every occurrence of each secret of 4 bytes or more (API key, client
** secret, tokens), of base64(id:secret), and of these with any of their bytes percent-encoded, form-encoded
** (+ for a space) or escaped as in JSON strings. Overlapping occurrences are all covered. Returns the
** number of stretches overwritten. Allocates nothing. */
size_t thr_auth_redact(const thr_auth *a, char *text, size_t n);

/* Overwrites and frees everything; a is zeroed: no credentials. May be called twice. */
void thr_auth_wipe(thr_auth *a);

#endif
