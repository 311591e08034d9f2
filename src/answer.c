/* answer.c — what a finished transfer means to Lua. Layer 2. Reads the answer, sends nothing. */
#include "answer.h"

#include <lauxlib.h>
#include <string.h>

#include "header.h"
#include "lua_json.h"
#include "refusal.h"
#include "url.h"

static const char *const method_names[] = {
#define METHOD_NAME(name, writes, idem) #name,
    THR_METHODS(METHOD_NAME)
#undef METHOD_NAME
};

/* --- pieces of an error --------------------------------------------------------------------------------------- */

/* Sets field k of the table on top to the text with every secret of the client blotted out. [-0, +0, m] */
static void set_redacted(lua_State *L, const thrL_transfer *tr, const char *k, const char *s, size_t n) {
  char *copy = lua_newuserdatauv(L, n + 1, 0); /* owned by Lua: nothing to free if the next line raises */
  memcpy(copy, s, n);
  copy[n] = '\0';
  thr_auth_redact(&tr->client->auth, copy, n);
  lua_pushlstring(L, copy, n);
  lua_setfield(L, -3, k);
  lua_pop(L, 1);
}

/* Pushes the operation's name, "users.get"; "request" for the escape hatch. [-0, +1, -] */
static void push_operation(lua_State *L, int transfer_index) {
  if (lua_getiuservalue(L, transfer_index, 2) != LUA_TSTRING) {
    lua_pop(L, 1);
    lua_pushliteral(L, "request");
  }
}

static void push_error(lua_State *L, int index, thrL_transfer *tr, thrL_kind kind, const char *message,
                       size_t n, const char *code) {
  const char *id;
  size_t idn;
  luaL_checkstack(L, 8, "no room for an error object");
  thrL_error_push(L, kind, "", 0);
  set_redacted(L, tr, "message", message, n);
  push_operation(L, index);
  lua_setfield(L, -2, "operation");
  lua_pushstring(L, method_names[tr->t.method]);
  lua_setfield(L, -2, "method");
  if (tr->t.url.data != NULL)
    set_redacted(L, tr, "path", tr->t.url.data + tr->path_at, tr->t.url.len - tr->path_at);
  if (tr->t.status != 0 && tr->t.fail == THR_FAIL_NONE) {
    lua_pushinteger(L, tr->t.status);
    lua_setfield(L, -2, "status");
  }
  if (thr_header_request_id(&tr->t.rheaders, &id, &idn)) {
    lua_pushlstring(L, id, idn);
    lua_setfield(L, -2, "request_id");
  }
  lua_pushinteger(L, tr->attempts);
  lua_setfield(L, -2, "attempts");
  lua_pushnumber(L, tr->attempts > 0 ? thr_now() - tr->started : 0.0);
  lua_setfield(L, -2, "elapsed");
  if (tr->retry_after >= 0) {
    int whole;
    lua_Integer seconds;
    lua_pushnumber(L, tr->retry_after);
    seconds = lua_tointegerx(L, -1, &whole);
    if (whole) { /* 300, not 300.0 */
      lua_pop(L, 1);
      lua_pushinteger(L, seconds);
    }
    lua_setfield(L, -2, "retry_after");
  }
  lua_pushboolean(L, tr->retryable);
  lua_setfield(L, -2, "retryable");
  /* Of a token request: the call that needs the token was not sent. */
  lua_pushboolean(L, !tr->token_call && (tr->acted || (tr->attempts > 0 && tr->t.sent)));
  lua_setfield(L, -2, "sent");
  if (code != NULL) {
    lua_pushstring(L, code);
    lua_setfield(L, -2, "code");
  }
}

void thrL_answer_error(lua_State *L, thrL_transfer *tr, thrL_kind kind, const char *message,
                       const char *code) {
  push_error(L, 1, tr, kind, message, strlen(message), code);
}

static thrL_kind fail_kind(thr_fail f) {
  switch (f) {
  case THR_FAIL_TIMEOUT:
    return THRL_timeout;
  case THR_FAIL_TLS:
    return THRL_tls;
  case THR_FAIL_TOO_LARGE:
  case THR_FAIL_DECODE:
    return THRL_decode;
  case THR_FAIL_CANCELLED:
    return THRL_cancelled;
  case THR_FAIL_CONFIG:
    return THRL_config;
  default:
    return THRL_network;
  }
}

/* Pushes the error of an answer that is not a success. [-0, +1, m] */
static void push_failure(lua_State *L, thrL_transfer *tr) {
  char code[32];
  const char *location;
  size_t n;
  thrL_kind kind;
  if (tr->t.fail != THR_FAIL_NONE) {
    kind = fail_kind(tr->t.fail);
    lua_pushfstring(L, "curl_%d", tr->t.code);
    strncpy(code, lua_tostring(L, -1), sizeof code - 1);
    code[sizeof code - 1] = '\0';
    lua_pop(L, 1);
    if (tr->t.fail == THR_FAIL_TOO_LARGE)
      strcpy(code, "too_large");
    else if (tr->why != NULL && strcmp(tr->why, "deadline") == 0)
      strcpy(code, "deadline");
    push_error(L, 1, tr, kind, tr->t.error, strlen(tr->t.error), code);
    if (tr->t.fail == THR_FAIL_CONFIG) {
      lua_pushliteral(L, "check base_url, proxy and ca_file");
      lua_setfield(L, -2, "hint");
    }
  } else if (tr->t.status < 400) {
    push_error(L, 1, tr, THRL_server, "an unexpected redirect, which is not followed", 45, "redirect");
    if (thr_header_get(&tr->t.rheaders, "location", &location, &n)) {
      location = lua_pushfstring(L, "the host redirects to %s, which is not followed", location);
      lua_insert(L, -2); /* keeps the text alive */
      set_redacted(L, tr, "message", location, strlen(location));
      lua_remove(L, -2);
    }
    lua_pushliteral(L, "check base_url and region");
    lua_setfield(L, -2, "hint");
  } else {
    lua_pushfstring(L, "the service answered %d", tr->t.status);
    location = lua_tolstring(L, -1, &n);
    push_error(L, 1, tr, thrL_error_kind(tr->t.status), location, n, NULL);
    lua_remove(L, -2);
    thrL_refusal_read(L, tr);
    if (tr->t.status == 403 && thrL_scope_held(tr) != NULL) {
      lua_pushfstring(L, "the token holds %s; this call needs %s", thrL_scope_held(tr),
                      thrL_scope_needed(tr->scope));
      lua_setfield(L, -2, "hint");
    }
    if (tr->token_call) { /* RFC 6749 lets a token endpoint answer 400 where 401 is meant */
      lua_getfield(L, -1, "code");
      location = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
      if (strcmp(location, "invalid_client") == 0 || strcmp(location, "unauthorized_client") == 0) {
        lua_pushliteral(L, "auth");
        lua_setfield(L, -3, "kind");
      }
      lua_pop(L, 1);
    }
  }
  if (tr->action == THR_RETRY_AMBIGUOUS) {
    lua_getfield(L, -1, "kind");
    lua_setfield(L, -2, "cause"); /* what it would have been, were it not for the open question */
    lua_pushliteral(L, "ambiguous");
    lua_setfield(L, -2, "kind");
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, "sent");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "retryable");
  }
  if (tr->why != NULL && strcmp(tr->why, "attempts") != 0) { /* their number is told anyway */
    lua_pushstring(L, strcmp(tr->why, "retry_after") == 0 ? "the long Retry-After"
                      : strcmp(tr->why, "budget") == 0    ? "too many failures (retry budget)"
                                                          : "the deadline");
    lua_setfield(L, -2, "stopped_by");
  }
}

/* --- values --------------------------------------------------------------------------------------------------- */

/* nil, an error that quotes the answer. [-0, +2, m] */
static int answer_refused(lua_State *L, thrL_transfer *tr, thrL_kind kind, const char *what,
                          const thr_json_error *je) {
  const char *text;
  size_t n;
  luaL_Buffer b;
  lua_pushnil(L);
  luaL_buffinit(L, &b);
  luaL_addstring(&b, what);
  if (je != NULL) {
    lua_pushfstring(L, " (%s at byte %I)", je->message, (lua_Integer)je->offset + 1);
    luaL_addvalue(&b);
  }
  if (tr->t.rbody.len > 0 && tr->client->engine != NULL) { /* a closed client knows its secrets no more */
    thr_auth_redact(&tr->client->auth, tr->t.rbody.data, tr->t.rbody.len);
    luaL_addstring(&b, ": it starts with ");
    thrL_refusal_quote(&b, &tr->t.rbody);
  }
  luaL_pushresult(&b);
  text = lua_tolstring(L, -1, &n);
  push_error(L, 1, tr, kind, text, n, NULL);
  lua_remove(L, -2);
  return 2;
}

/* nil, decode error. [-0, +2, m] */
static int decode_failure(lua_State *L, thrL_transfer *tr, const char *what, const thr_json_error *je) {
  int n = answer_refused(L, tr, THRL_decode, what, je);
  if (tr->write && !tr->token_call) {
    lua_pushliteral(L,
                    "the service accepted the change: look before you send it again, and report the answer");
    lua_setfield(L, -2, "hint");
  }
  return n;
}

/* 1 when the content type says JSON. */
static int says_json(const thrL_transfer *tr) {
  const char *type;
  size_t n;
  return thr_header_get(&tr->t.rheaders, "content-type", &type, &n) && strstr(type, "json") != NULL;
}

/* Does the answer say { "success": false }? Anything else, JSON or not, does not. [-0, +0, m] */
static int says_not_done(lua_State *L, const thrL_transfer *tr) {
  thrL_json_options options = {0, NULL, NULL, NULL};
  thr_json_error je;
  int not_done = 0, top = lua_gettop(L);
  if (tr->t.rbody.len > 0 && thrL_json_decode(L, tr->t.rbody.data, tr->t.rbody.len, &options, &je) == 0 &&
      lua_istable(L, -1) && !thrL_json_isarray(L, -1))
    not_done = lua_getfield(L, -1, "success") == LUA_TBOOLEAN && !lua_toboolean(L, -1);
  lua_settop(L, top);
  return not_done;
}

/* Pushes the value of a 2xx answer; a list's records with the members of the projection alone when there is one.
** [-0, +1|2, m] */
static int push_value(lua_State *L, thrL_transfer *tr, const thrL_json_projection *projection) {
  thrL_json_options options = {0, NULL, NULL, NULL};
  thrL_json_list list = {0, 0, 0};
  thr_json_error je;
  int array;
  if (tr->expect == THRL_EXPECT_NOTHING) {
    if (thrL_refusal_is_html(tr)) /* a gateway's page says nothing of what became of the request */
      return decode_failure(L, tr, "the answer is an HTML page", NULL);
    if (says_not_done(L, tr))
      return answer_refused(L, tr, THRL_server, "the service says that it was not done", NULL);
    lua_pushboolean(L, 1);
    return 1;
  }
  if (tr->t.rbody.len == 0) {
    /* A write that was accepted with nothing to say has still been made; a read without a body is no answer. */
    if (tr->write || tr->expect == THRL_EXPECT_ANY) {
      lua_pushboolean(L, 1);
      return 1;
    }
    return decode_failure(L, tr, "the answer is empty", NULL);
  }
  if (tr->expect == THRL_EXPECT_ANY && !says_json(tr)) {
    lua_pushlstring(L, tr->t.rbody.data, tr->t.rbody.len);
    return 1;
  }
  options.keep_nulls = tr->client->keep_nulls;
  options.kind = tr->kind;
  if (tr->expect == THRL_EXPECT_LIST || tr->expect == THRL_EXPECT_ARRAY) {
    options.projection = projection;
    options.list = &list;
  }
  if (thrL_json_decode(L, tr->t.rbody.data, tr->t.rbody.len, &options, &je) != 0)
    return decode_failure(L, tr, "the answer is not JSON", &je);
  if (tr->expect == THRL_EXPECT_ANY)
    return 1;
  array = thrL_json_isarray(L, -1);
  switch (tr->expect) {
  case THRL_EXPECT_OBJECT:
    if (!lua_istable(L, -1) || array)
      return decode_failure(L, tr, "the answer is not a JSON object", NULL);
    if (tr->key == NULL || tr->write) /* what was written is written, however little the answer says */
      return 1;
    if (lua_getfield(L, -1, tr->key) == LUA_TNIL || lua_islightuserdata(L, -1)) { /* absent, or a kept null */
      lua_pushfstring(L, "the answer lacks '%s'", tr->key);
      return decode_failure(L, tr, lua_tostring(L, -1), NULL);
    }
    lua_pop(L, 1);
    return 1;
  case THRL_EXPECT_ARRAY:
  case THRL_EXPECT_LIST:
    /* Either form is read whatever is documented: bare arrays and envelopes are used side by side in this API. */
    if (!list.found || !list.all_objects)
      return decode_failure(L, tr, "the answer is not a list of records", NULL);
    tr->fingerprint = list.fingerprint;
    if (tr->expect == THRL_EXPECT_ARRAY) {
      if (!array)
        lua_getfield(L, -1, "results");
      return 1;
    }
    if (array) {
      lua_createtable(L, 0, 1);
      lua_insert(L, -2);
      lua_setfield(L, -2, "results");
      return 1;
    }
    if (lua_getfield(L, -1, "pagination") == LUA_TLIGHTUSERDATA) { /* a kept null: there is none */
      lua_pushnil(L);
      lua_setfield(L, -3, "pagination");
    } else if (!lua_isnil(L, -1) && (!lua_istable(L, -1) || thrL_json_isarray(L, -1)))
      return decode_failure(L, tr, "the answer's pagination is not a JSON object", NULL);
    lua_pop(L, 1);
    return 1;
  default:
    return 1;
  }
}

/* thrL_answer_result with a projection or NULL. [-0, +1|2, e] */
static int push_result(lua_State *L, thrL_transfer *tr, const thrL_json_projection *projection) {
  int ok = tr->t.fail == THR_FAIL_NONE && tr->t.status >= 200 && tr->t.status < 300, n;
  if (!ok && tr->acted && tr->t.fail == THR_FAIL_NONE && tr->t.status != 0 &&
      (tr->t.status == tr->done_after_retry[0] || tr->t.status == tr->done_after_retry[1])) {
    lua_pushboolean(L, 1); /* our own earlier attempt did it */
    n = 1;
  } else if (ok)
    n = push_value(L, tr, projection);
  else {
    lua_pushnil(L);
    push_failure(L, tr);
    n = 2;
  }
  if (tr->client->engine != NULL)
    thr_engine_spare(tr->client->engine, &tr->t.rbody);
  else
    thr_buf_free(&tr->t.rbody);
  return n;
}

int thrL_answer_result(lua_State *L, thrL_transfer *tr) { return push_result(L, tr, NULL); }

/* --- functions of thrive.core --------------------------------------------------------------------------------- */

static thrL_transfer *check(lua_State *L) { return luaL_checkudata(L, 1, THRL_TRANSFER); }

/* core.result(transfer [, projection]) → value | nil, error object. projection (core.projection): the records of a
** list are built with these members alone; other answers come whole. [-0, +1|2, e] */
static int answer_result(lua_State *L) {
  thrL_transfer *tr = check(L);
  const thrL_json_projection *projection = NULL;
  luaL_argcheck(L, tr->t.state == THR_DONE, 1, "the transfer has not finished");
  lua_settop(L, 2); /* the projection is alive until the end */
  if (!lua_isnil(L, 2))
    projection = luaL_checkudata(L, 2, THRL_JSON_PROJECTION);
  return push_result(L, tr, projection);
}

/* core.fingerprint(transfer) → an integer that tells the list that core.result gave from other pages: made of the ids
** of its records in their order, whether they were built or not; nil when they have none. [-0, +1, e] */
static int answer_fingerprint(lua_State *L) {
  const thrL_transfer *tr = check(L);
  if (tr->fingerprint != 0)
    lua_pushinteger(L, (lua_Integer)tr->fingerprint);
  else
    lua_pushnil(L);
  return 1;
}

/* core.failure(transfer, kind, message [, code [, hint]]) → error object: for what happens around an attempt, such as
** a deadline that passed before it or a guard. [-0, +1, e] */
static int answer_failure(lua_State *L) {
  static const char *const kinds[] = {
#define KIND_NAME(name, hint) #name,
      THRL_ERROR_KINDS(KIND_NAME)
#undef KIND_NAME
          NULL};
  thrL_transfer *tr = check(L);
  int kind = luaL_checkoption(L, 2, NULL, kinds);
  const char *message = luaL_checkstring(L, 3), *code = luaL_optstring(L, 4, NULL),
             *hint = luaL_optstring(L, 5, NULL);
  push_error(L, 1, tr, (thrL_kind)kind, message, strlen(message), code);
  if (hint != NULL) {
    lua_pushstring(L, hint);
    lua_setfield(L, -2, "hint");
  }
  return 1;
}

/* core.scopes(transfer) → the scope held (nil when unknown), the scopes that are needed [-0, +2, e] */
static int answer_scopes(lua_State *L) {
  const thrL_transfer *tr = check(L);
  lua_pushstring(L, thrL_scope_held(tr));
  lua_pushstring(L, thrL_scope_needed(tr->scope));
  return 2;
}

/* core.response_headers(transfer) → table, names in lower case [-0, +1, e] */
static int answer_headers(lua_State *L) {
  thrL_transfer *tr = check(L);
  const char *name, *value;
  size_t pos = 0, nn, vn, i;
  lua_createtable(L, 0, 12);
  while (thr_header_next(&tr->t.rheaders, &pos, &name, &nn, &value, &vn)) {
    char *lower;
    luaL_Buffer b;
    lower = luaL_buffinitsize(L, &b, nn);
    for (i = 0; i < nn; i++)
      lower[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
    luaL_pushresultsize(&b, nn);
    lua_pushlstring(L, value, vn);
    lua_rawset(L, -3);
  }
  return 1;
}

/* core.describe(transfer) → { operation, method, path, url, attempts, status, request_id, timings } without anything
** secret: for meta, hooks and plans. [-0, +1, e] */
static int answer_describe(lua_State *L) {
  thrL_transfer *tr = check(L);
  const thr_timings *s = &tr->t.timings;
  const char *id;
  size_t n;
  lua_createtable(L, 0, 10);
  push_operation(L, 1);
  lua_setfield(L, -2, "operation");
  lua_pushstring(L, method_names[tr->t.method]);
  lua_setfield(L, -2, "method");
  set_redacted(L, tr, "path", tr->t.url.data + tr->path_at, tr->t.url.len - tr->path_at);
  set_redacted(L, tr, "url", tr->t.url.data, tr->t.url.len);
  lua_pushinteger(L, tr->attempts);
  lua_setfield(L, -2, "attempts");
  if (tr->t.status != 0) {
    lua_pushinteger(L, tr->t.status);
    lua_setfield(L, -2, "status");
  }
  /* The hook of a request may see an answer that is on its way already. */
  if (thr_header_request_id(&tr->t.rheaders, &id, &n))
    set_redacted(L, tr, "request_id", id, n);
  lua_createtable(L, 0, 6);
  lua_pushnumber(L, s->dns);
  lua_setfield(L, -2, "dns");
  lua_pushnumber(L, s->connect);
  lua_setfield(L, -2, "connect");
  lua_pushnumber(L, s->tls);
  lua_setfield(L, -2, "tls");
  lua_pushnumber(L, s->first_byte);
  lua_setfield(L, -2, "first_byte");
  lua_pushnumber(L, s->total);
  lua_setfield(L, -2, "total");
  lua_pushnumber(L, tr->attempts > 0 ? thr_now() - tr->started : 0.0);
  lua_setfield(L, -2, "elapsed");
  lua_setfield(L, -2, "timings");
  return 1;
}

/* core.planned(transfer) → what the write would have sent (the body as a value, true for a request without one), and
** whether its answer would be a mere true. [-0, +2, e] */
static int answer_planned(lua_State *L) {
  thrL_transfer *tr = check(L);
  thrL_json_options options = {1, NULL, NULL, NULL};
  thr_json_error je;
  if (!tr->t.has_body ||
      thrL_json_decode(L, tr->t.body.data != NULL ? tr->t.body.data : "", tr->t.body.len, &options, &je) != 0)
    lua_pushboolean(L, 1);
  lua_pushboolean(L, tr->expect == THRL_EXPECT_NOTHING);
  return 2;
}

const luaL_Reg thrL_answer_functions[] = {{"result", answer_result},
                                          {"fingerprint", answer_fingerprint},
                                          {"failure", answer_failure},
                                          {"scopes", answer_scopes},
                                          {"response_headers", answer_headers},
                                          {"describe", answer_describe},
                                          {"planned", answer_planned},
                                          {NULL, NULL}};
