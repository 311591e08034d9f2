/* map.c — the table mapping: an operation and Lua arguments become method, URL, headers and body; what does not fit the
** catalogue is collected and named all at once. Layer 2. Sends nothing. Values are in value.c. */
#include "map.h"

#include <string.h>

#include "auth.h"
#include "client.h"
#include "header.h"
#include "lua_json.h"
#include "operation.h"
#include "transfer.h"
#include "url.h"
#include "value.h"

#define MAX_NAME 64 /* longest name that suggestions are looked for */

/* --- suggestions ---------------------------------------------------------------------------------------------- */

static int lower(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

/* Edit distance without regard to case; a swap of neighbours counts once. Both at most MAX_NAME long. */
static size_t distance(const char *a, size_t an, const char *b, size_t bn) {
  size_t rows[3][MAX_NAME + 1], i, j;
  size_t *older = rows[0], *old = rows[1], *now = rows[2], *swap;
  for (j = 0; j <= bn; j++)
    old[j] = j;
  for (i = 1; i <= an; i++) {
    now[0] = i;
    for (j = 1; j <= bn; j++) {
      int same = lower(a[i - 1]) == lower(b[j - 1]);
      size_t best = old[j - 1] + (same ? 0 : 1);
      if (old[j] + 1 < best)
        best = old[j] + 1;
      if (now[j - 1] + 1 < best)
        best = now[j - 1] + 1;
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]) &&
          older[j - 2] + 1 < best)
        best = older[j - 2] + 1;
      now[j] = best;
    }
    swap = older;
    older = old;
    old = now;
    now = swap;
  }
  return old[bn];
}

static size_t tolerance(size_t n) { return n <= 3 ? 1 : n <= 8 ? 2 : 3; }

static const thrL_text *nearest_param(const char *s, size_t n, const thrL_param *p, size_t count) {
  const thrL_text *found = NULL;
  size_t i, d, best = tolerance(n) + 1;
  for (i = 0; n <= MAX_NAME && i < count; i++)
    if (p[i].name.n <= MAX_NAME && (d = distance(s, n, p[i].name.s, p[i].name.n)) < best) {
      best = d;
      found = &p[i].name;
    }
  return found;
}

int thrL_map_nearest(lua_State *L) {
  size_t n, cn, d, best;
  const char *s = luaL_checklstring(L, 1, &n), *c;
  lua_Integer i, count;
  luaL_checktype(L, 2, LUA_TTABLE);
  count = (lua_Integer)lua_rawlen(L, 2);
  best = tolerance(n) + 1;
  lua_settop(L, 2);
  lua_pushnil(L);
  for (i = 1; n <= MAX_NAME && i <= count; i++) {
    lua_rawgeti(L, 2, i);
    c = luaL_checklstring(L, -1, &cn);
    if (cn <= MAX_NAME && (d = distance(s, n, c, cn)) < best) {
      best = d;
      lua_replace(L, 3);
    } else
      lua_pop(L, 1);
  }
  return 1;
}

/* --- tables of parameters ------------------------------------------------------------------------------------- */

static int same_text(const char *a, size_t an, const char *b, size_t bn) {
  return an == bn && (a == b || memcmp(a, b, an) == 0);
}

static const thrL_param *find_param(const thrL_param *p, size_t count, const char *s, size_t n) {
  size_t i;
  for (i = 0; i < count; i++)
    if (p[i].name.s == s || same_text(p[i].name.s, p[i].name.n, s, n))
      return p + i;
  return NULL;
}

/* Is it the name of an option, of a call or of an iteration (thrive.options)? They have a table of their own. */
static int is_option(const char *s, size_t n) {
  static const char *const names[] = {"timeout", "deadline", "max_retries", "headers", "prefetch", "fields",
                                      "limit",   "dedupe",   "cursor",      "shard",   "split"};
  size_t i;
  for (i = 0; i < sizeof names / sizeof names[0]; i++)
    if (same_text(names[i], strlen(names[i]), s, n))
      return 1;
  return 0;
}

/* Names every key of the table at t that is no parameter. [-0, +0, e] */
static void check_keys(lua_State *L, int t, thrL_value *v, const thrL_param *p, size_t count,
                       const char *what) {
  for (lua_pushnil(L); lua_next(L, t) != 0; lua_pop(L, 1)) {
    size_t n;
    const char *s;
    const thrL_text *near;
    if (lua_type(L, -2) != LUA_TSTRING) {
      thrL_problem(L, v, "names must be strings (found a %s key)", luaL_typename(L, -2));
      continue;
    }
    s = lua_tolstring(L, -2, &n);
    if (find_param(p, count, s, n) != NULL)
      continue;
    near = nearest_param(s, n, p, count);
    if (v->path[0] == '\0' && is_option(s, n))
      thrL_problem(L, v, "'%s' is not a %s (options go into a table of their own, behind this one)", s, what);
    else if (near != NULL)
      thrL_problem(L, v, "'%s%s' is not a %s (did you mean '%s'?)", v->path, s, what, near->s);
    else {
      lua_pushlstring(L, s, n < 60 ? n : 60);
      thrL_problem(L, v, "'%s%s%s' is not a %s", v->path, lua_tostring(L, -1), n > 60 ? "..." : "", what);
      lua_pop(L, 1);
    }
  }
}

/* Pushes the raw field of the table at t. [-0, +1, m] */
static int push_field(lua_State *L, int t, thrL_text name) {
  lua_pushlstring(L, name.s, name.n);
  return lua_rawget(L, t);
}

static int field_is(lua_State *L, int t, thrL_text name, thrL_text value) {
  size_t n;
  const char *s;
  int is;
  push_field(L, t, name);
  s = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &n) : NULL;
  is = s != NULL && same_text(s, n, value.s, value.n);
  lua_pop(L, 1);
  return is;
}

/* What is missing. `given` tells whether the parameter at hand is in the table at t (0 = no table). */
static void check_presence(lua_State *L, int t, thrL_value *v, const thrL_param *p, int given) {
  if (!given && p->required &&
      !(t != 0 && p->unless_name.s != NULL && field_is(L, t, p->unless_name, p->unless_value))) {
    if (p->unless_name.s != NULL)
      thrL_problem(L, v, "missing '%s%s' (required unless %s is \"%s\")", v->path, p->name.s,
                   p->unless_name.s, p->unless_value.s);
    else
      thrL_problem(L, v, "missing '%s%s'", v->path, p->name.s);
  }
  if (given && p->needs.s != NULL) {
    if (push_field(L, t, p->needs) == LUA_TNIL)
      thrL_problem(L, v, "'%s%s' needs '%s' beside it", v->path, p->name.s, p->needs.s);
    lua_pop(L, 1);
  }
}

/* Is any value in the table at index i, or in a table in it, true? */
static int any_true(lua_State *L, int i) {
  int found = 0;
  for (lua_pushnil(L); !found && lua_next(L, i) != 0; lua_pop(L, found ? 2 : 1))
    found = lua_isboolean(L, -1) && lua_toboolean(L, -1);
  return found;
}

/* Appends the fields of the table at t that the catalogue does not know, for a record that is open. */
static void put_others(lua_State *L, int t, thrL_value *v, const thrL_param *p, size_t count, int first,
                       thr_buf *out) {
  thrL_json_encode_error je;
  size_t at = out->len, n;
  int some = 0;
  lua_newtable(L);
  for (lua_pushnil(L); lua_next(L, t) != 0; lua_pop(L, 1)) {
    const char *s = lua_type(L, -2) == LUA_TSTRING ? lua_tolstring(L, -2, &n) : NULL;
    if (s == NULL) {
      thrL_problem(L, v, "names must be strings (found a %s key)", luaL_typename(L, -2));
    } else if (find_param(p, count, s, n) == NULL) {
      const thrL_text *near = nearest_param(s, n, p, count);
      if (near != NULL &&
          distance(s, n, near->s, near->n) == 0) /* a slip, not a custom field: only the case differs */
        thrL_problem(L, v, "'%s%s' is not a field (did you mean '%s'?)", v->path, s, near->s);
      lua_pushvalue(L, -2);
      lua_pushvalue(L, -2);
      lua_rawset(L, -5);
      some = 1;
    }
  }
  if (some) {
    if (thrL_json_encode(L, lua_gettop(L), out, 0, &je) != 0)
      thrL_problem(L, v, "'%s%s': %s", v->path, je.path, je.message);
    else if (first) /* "{…}" in the middle of "{" … "}": its braces go */
      memmove(out->data + at, out->data + at + 1, --out->len - at);
    else
      out->data[at] = ',';
    if (out->len > at)
      out->len--;
    out->data[out->len] = '\0';
  }
  lua_pop(L, 1);
}

void thrL_map_fields(lua_State *L, int t, thrL_value *v, const thrL_param *p, size_t count, int open,
                     thr_buf *out) {
  size_t i;
  int first = 1;
  luaL_checkstack(L, 8, "fields nested too deep");
  if (t != 0 && !open)
    check_keys(L, t, v, p, count, "field");
  thrL_put(L, out, "{", 1);
  for (i = 0; i < count; i++) {
    int given = t != 0 && push_field(L, t, p[i].name) != LUA_TNIL;
    check_presence(L, t, v, p + i, given);
    if (given && !p[i].omit && !(p[i].omit_empty && lua_istable(L, -1) && !any_true(L, lua_gettop(L)))) {
      if (!first)
        thrL_put(L, out, ",", 1);
      first = 0;
      thrL_put(L, out, "\"", 1); /* catalogue names need no escaping */
      thrL_put(L, out, p[i].name.s, p[i].name.n);
      thrL_put(L, out, "\":", 2);
      thrL_value_json(L, lua_gettop(L), v, p + i, out);
    }
    if (t != 0)
      lua_pop(L, 1);
  }
  if (t != 0 && open)
    put_others(L, t, v, p, count, first, out);
  thrL_put(L, out, "}", 1);
}

static void map_query(lua_State *L, int t, thrL_value *v, const thrL_param *p, size_t count, thr_buf *url) {
  size_t i;
  char mark = '?';
  if (t != 0)
    check_keys(L, t, v, p, count, "parameter");
  for (i = 0; i < count; i++) {
    int given = t != 0 && push_field(L, t, p[i].name) != LUA_TNIL;
    check_presence(L, t, v, p + i, given);
    if (given) {
      size_t before = url->len;
      thrL_put(L, url, &mark, 1);
      thrL_put(L, url, p[i].name.s, p[i].name.n);
      thrL_put(L, url, "=", 1);
      if (thrL_value_query(L, lua_gettop(L), v, p + i, url))
        mark = '&';
      else { /* an empty list: the parameter is left out */
        url->len = before;
        url->data[before] = '\0';
      }
    }
    if (t != 0)
      lua_pop(L, 1);
  }
}

/* --- the request ---------------------------------------------------------------------------------------------- */

static void put_header(lua_State *L, thr_buf *block, const char *name, const char *value) {
  if (thr_header_add(block, name, strlen(name), value, strlen(value)) != 0)
    luaL_error(L, "not enough memory");
}

static void start_url(lua_State *L, thrL_transfer *tr, thr_host host) {
  const thr_buf *base = &tr->client->base[host]; /* scheme://host[:port][/prefix], clean */
  const char *authority = strstr(base->data, "://");
  const char *path = authority != NULL ? strchr(authority + 3, '/') : NULL;
  tr->host = host;
  thrL_put(L, &tr->t.url, base->data, base->len);
  tr->path_at = path != NULL ? (size_t)(path - base->data) : base->len;
}

static void set_method(thrL_transfer *tr, thr_method m, int idempotent) {
  static const struct {
    int writes, idempotent;
  } traits[] = {
#define METHOD_TRAITS(name, writes, idem) {writes, idem},
      THR_METHODS(METHOD_TRAITS)
#undef METHOD_TRAITS
  };
  tr->t.method = m;
  tr->write = traits[m].writes;
  tr->idempotent = idempotent || traits[m].idempotent;
  tr->t.resend_safe = tr->idempotent;
}

/* Path arguments fill the {…} of the template; arg i is at stack index first + i. */
static void map_path(lua_State *L, thrL_value *v, const thrL_operation *op, int first, thr_buf *url) {
  const char *s = op->path.s, *open;
  size_t i = 0;
  while ((open = strchr(s, '{')) != NULL) {
    const char *shut = strchr(open, '}');
    if (shut == NULL || i >= op->arg_count)
      luaL_error(L, "catalogue: the path of %s does not match its args", op->name.s);
    thrL_put(L, url, s, (size_t)(open - s));
    thrL_value_segment(L, first + (int)i, v, op->args + i, (int)i + 1, url);
    i++;
    s = shut + 1;
  }
  thrL_put(L, url, s, strlen(s));
}

int thrL_map_prepare(lua_State *L) {
  thrL_client *c = thrL_client_check(L, 1);
  const thrL_operation *op = thrL_operation_check(L, 2);
  int first = 3, next, top = lua_gettop(L), t = 0, want, number;
  thrL_transfer *tr;
  thrL_value v;
  want = first + (int)op->arg_count + (op->items != NULL) + op->has_params;
  if (top < want) /* the options come last and may be left out, and so may a table that holds nothing */
    lua_settop(L, want);
  luaL_checkstack(L, 16, "too many arguments");
  tr = thrL_transfer_new(L, 1, c); /* owns every buffer from here on: raising is safe */
  lua_getiuservalue(L, 2, 2);
  lua_setiuservalue(L, -2, 2);
  lua_pushvalue(L, 2);
  lua_setiuservalue(L, -2, 3);
  v.problems = &tr->t.rbody; /* unused until an answer comes */
  v.transfer = lua_gettop(L);
  v.name = op->name;
  v.path[0] = '\0';
  set_method(tr, op->method, op->idempotent);
  tr->expect = op->expect;
  tr->t.wide = op->expect == THRL_EXPECT_LIST || op->expect == THRL_EXPECT_ARRAY;
  tr->t.patient =
      !tr->t.wide; /* a page is asked for before the one at hand is decoded, and must leave by then */
  tr->scope = op->scope;
  tr->key = op->key.s;
  tr->kind = op;
  memcpy(tr->done_after_retry, op->done_after_retry, sizeof tr->done_after_retry);
  if (op->done_after_retry[0] != 0) /* only a resend of our own tells that the first one may have done it */
    tr->t.resend_safe = 0;
  start_url(L, tr, op->host);
  map_path(L, &v, op, first, &tr->t.url);
  next = first + (int)op->arg_count;
  number = (int)op->arg_count + 1;
  if (op->items != NULL) {
    if (!lua_istable(L, next))
      thrL_problem(L, &v, "argument #%d (%s) must be an array (got %s)", number, op->items->name.s,
                   luaL_typename(L, next));
    else {
      tr->t.has_body = 1;
      thrL_put(L, &tr->t.body, op->before.data, op->before.len);
      thrL_value_json(L, next, &v, op->items, &tr->t.body);
      thrL_put(L, &tr->t.body, op->after.data, op->after.len);
    }
    next++;
    number++;
  }
  if (op->has_params) {
    const char *what = op->method == THR_GET ? "parameters" : "fields";
    if (lua_istable(L, next))
      t = next;
    else if (!lua_isnil(L, next) || op->some)
      thrL_problem(L, &v, "argument #%d must be a table of %s (got %s)", number, what,
                   luaL_typename(L, next));
    if (t != 0 || lua_isnil(L, next)) { /* what is missing in something else is no news */
      if (op->method == THR_GET)
        map_query(L, t, &v, op->params, op->param_count, &tr->t.url);
      else {
        tr->t.has_body = 1;
        thrL_map_fields(L, t, &v, op->params, op->param_count, 0, &tr->t.body);
      }
    }
    next++;
    number++;
  }
  /* What follows is the options, and nothing after them. */
  if (next <= top && !lua_isnil(L, next) && !lua_istable(L, next))
    thrL_problem(L, &v, "argument #%d must be a table of options (got %s)", number, luaL_typename(L, next));
  if (top > next)
    thrL_problem(L, &v, "too many arguments (%d at most)", number);
  if (v.problems->len > 0) {
    lua_pushnil(L);
    lua_pushlstring(L, v.problems->data, v.problems->len);
    return 2;
  }
  if (tr->t.has_body)
    put_header(L, &tr->t.headers, "Content-Type", "application/json");
  put_header(L, &tr->t.headers, "Accept", "application/json");
  lua_pushvalue(L, v.transfer);
  if (next <= top)
    lua_pushvalue(L, next);
  else
    lua_pushnil(L);
  return 2;
}

/* One query value of the escape hatch: string, number, boolean. 0 when it is something else. */
static int raw_query_value(lua_State *L, int i, thr_buf *url) {
  size_t n;
  const char *s;
  if (lua_isboolean(L, i)) {
    s = lua_toboolean(L, i) ? "true" : "false";
    thrL_put(L, url, s, strlen(s));
    return 1;
  }
  if (lua_type(L, i) != LUA_TSTRING && lua_type(L, i) != LUA_TNUMBER)
    return 0;
  lua_pushvalue(L, i); /* a number must not change in its table */
  s = lua_tolstring(L, -1, &n);
  if (thr_url_escape(url, s, n) != 0)
    luaL_error(L, "not enough memory");
  lua_pop(L, 1);
  return 1;
}

static int raw_refuse(lua_State *L, const char *fmt, const char *what) {
  lua_pushnil(L);
  lua_pushfstring(L, fmt, what);
  return 2;
}

int thrL_map_prepare_raw(lua_State *L) {
  static const char *const methods[] = {
#define METHOD_NAME(name, writes, idem) #name,
      THR_METHODS(METHOD_NAME)
#undef METHOD_NAME
          NULL};
  static const char *const hosts[] = {"api", "webhooks", NULL};
  thrL_client *c = thrL_client_check(L, 1);
  int method = luaL_checkoption(L, 2, NULL, methods), host = luaL_checkoption(L, 3, NULL, hosts);
  size_t n, i;
  const char *path = luaL_checklstring(L, 4, &n);
  char mark = '?';
  thrL_transfer *tr;
  lua_settop(L, 6);
  tr = thrL_transfer_new(L, 1, c);
  set_method(tr, (thr_method)method, 0);
  tr->expect = THRL_EXPECT_ANY;
  tr->t.wide = method == THR_GET; /* nobody knows what it asks for */
  tr->scope = host == THR_HOST_WEBHOOKS ? THRL_SCOPE_WEBHOOKS
              : tr->write               ? THRL_SCOPE_WRITE
                                        : THRL_SCOPE_READ;
  start_url(L, tr, (thr_host)host);
  if (n == 0 || path[0] != '/')
    return raw_refuse(L, "path must start with '/' (got \"%s\")", path);
  for (i = 0; i < n; i++) {
    if ((unsigned char)path[i] <= 0x20 || (unsigned char)path[i] >= 0x7f || path[i] == '#')
      return raw_refuse(
          L, "path must be percent-encoded: it holds a space, '#', control or non-ASCII byte (%s)", path);
    if (path[i] == '?')
      mark = '&';
  }
  thrL_put(L, &tr->t.url, path, n);
  if (lua_istable(L, 5)) {
    lua_Integer k, count = (lua_Integer)lua_rawlen(L, 5);
    for (k = 1; k + 1 <= count; k += 2) {
      const char *s;
      lua_rawgeti(L, 5, k);
      lua_rawgeti(L, 5, k + 1);
      s = luaL_checklstring(L, 8, &n);
      thrL_put(L, &tr->t.url, &mark, 1);
      mark = '&';
      if (thr_url_escape(&tr->t.url, s, n) != 0)
        return luaL_error(L, "not enough memory");
      thrL_put(L, &tr->t.url, "=", 1);
      if (lua_istable(L, 9)) {
        size_t j, entries = lua_rawlen(L, 9);
        for (j = 1; j <= entries; j++) {
          lua_rawgeti(L, 9, (lua_Integer)j);
          if (j > 1)
            thrL_put(L, &tr->t.url, "%2C", 3);
          if (!raw_query_value(L, 10, &tr->t.url))
            return raw_refuse(L, "query.%s must hold strings, numbers or booleans", s);
          lua_pop(L, 1);
        }
      } else if (!raw_query_value(L, 9, &tr->t.url))
        return raw_refuse(L, "query.%s must be a string, number, boolean or an array of them", s);
      lua_settop(L, 7);
    }
  }
  if (!lua_isnil(L, 6)) {
    thrL_json_encode_error je;
    tr->t.has_body = 1;
    if (thrL_json_encode(L, 6, &tr->t.body, 0, &je) != 0) {
      lua_pushnil(L);
      lua_pushfstring(L, "body%s%s: %s", je.path[0] != '\0' && je.path[0] != '[' ? "." : "", je.path,
                      je.message);
      return 2;
    }
    put_header(L, &tr->t.headers, "Content-Type", "application/json");
  }
  put_header(L, &tr->t.headers, "Accept", "application/json");
  lua_pushvalue(L, 7);
  return 1;
}

int thrL_map_token_request(lua_State *L) {
  static const char *const hosts[] = {"api", "webhooks", NULL};
  thrL_client *c = thrL_client_check(L, 1);
  int host = luaL_checkoption(L, 2, NULL, hosts);
  const char *tenant = thr_auth_tenant_id(&c->auth);
  thrL_transfer *tr;
  lua_settop(L, 2);
  tr = thrL_transfer_new(L, 1, c);
  lua_pushliteral(L, "token");
  lua_setiuservalue(L, -2, 2);
  set_method(tr, THR_POST, 1); /* a token more does no harm */
  tr->token_call = 1;
  tr->expect = THRL_EXPECT_OBJECT;
  start_url(L, tr, (thr_host)host);
  thrL_put(L, &tr->t.url, "/oauth2/token/", 14);
  if (tenant == NULL)
    return luaL_error(L, "no tenant id");
  if (thr_url_escape(&tr->t.url, tenant, strlen(tenant)) != 0)
    return luaL_error(L, "not enough memory");
  tr->t.has_body = 1; /* with the secret in it: made by core.start, wiped by core.decide */
  put_header(L, &tr->t.headers, "Content-Type", "application/x-www-form-urlencoded");
  put_header(L, &tr->t.headers, "Accept", "application/json");
  return 1;
}
