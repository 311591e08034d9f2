/* operation.c — compiles catalogue entries (plain Lua data) to C structs. Layer 2. The entry stays as user value 1 and
** owns every string that the struct points to; the arrays belong to the userdata and go with its __gc. */
#include "operation.h"

#include <lauxlib.h>
#include <string.h>

#include "error.h"

static const char *const type_names[] = {
#define TYPE_NAME(name, text) #name,
    THRL_TYPES(TYPE_NAME)
#undef TYPE_NAME
        NULL};
static const char *const type_texts[] = {
#define TYPE_TEXT(name, text) text,
    THRL_TYPES(TYPE_TEXT)
#undef TYPE_TEXT
};
static const char *const method_names[] = {
#define METHOD_NAME(name, writes, idem) #name,
    THR_METHODS(METHOD_NAME)
#undef METHOD_NAME
        NULL};
static const char *const host_names[] = {"api", "webhooks", NULL};
static const char *const expect_names[] = {"any", "object", "list", "array", "nothing", NULL};
static const char *const scope_names[] = {"read", "write", "webhooks", NULL};
static const char *const date_names[] = {"iso", "space", "t", "day_or_iso", "day_or_space", NULL};

const char *thrL_type_text(thrL_type t) { return type_texts[t]; }

static void *allocate(lua_State *L, size_t count, size_t size) {
  void *p = thr_realloc(NULL, count * size + 1); /* + 1: an empty array is still a place */
  if (p == NULL)
    luaL_error(L, "not enough memory");
  memset(p, 0, count * size + 1);
  return p;
}

static thrL_text text_field(lua_State *L, int t, const char *k) {
  thrL_text x = {NULL, 0};
  lua_getfield(L, t, k);
  if (!lua_isnil(L, -1))
    x.s = luaL_checklstring(L, -1, &x.n); /* the entry keeps it alive */
  lua_pop(L, 1);
  return x;
}

static lua_Integer integer_field(lua_State *L, int t, const char *k) {
  lua_Integer v;
  lua_getfield(L, t, k);
  v = luaL_optinteger(L, -1, 0);
  lua_pop(L, 1);
  return v;
}

static int number_field(lua_State *L, int t, const char *k, double *out) {
  int there;
  lua_getfield(L, t, k);
  there = !lua_isnil(L, -1);
  if (there)
    *out = luaL_checknumber(L, -1);
  lua_pop(L, 1);
  return there;
}

static int flag_field(lua_State *L, int t, const char *k) {
  int v;
  lua_getfield(L, t, k);
  v = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return v;
}

/* Field k as one of the names; its index, or def when absent. */
static int option_field(lua_State *L, int t, const char *k, const char *def, const char *const names[]) {
  int v;
  lua_getfield(L, t, k);
  v = luaL_checkoption(L, lua_gettop(L), def, names);
  lua_pop(L, 1);
  return v;
}

static void compile_list(lua_State *L, int t, const char *k, thrL_param **out, size_t *count);

/* { "role", "string", enum = {…}, … } at index t (absolute) → p */
static void compile_param(lua_State *L, int t, thrL_param *p) {
  size_t i;
  luaL_checkstack(L, 6, "catalogue nested too deep");
  luaL_checktype(L, t, LUA_TTABLE);
  lua_rawgeti(L, t, 1);
  p->name.s = luaL_checklstring(L, -1, &p->name.n);
  lua_rawgeti(L, t, 2);
  p->type = (thrL_type)luaL_checkoption(L, lua_gettop(L), NULL, type_names);
  lua_pop(L, 2);
  p->required = flag_field(L, t, "required");
  p->nullable = flag_field(L, t, "nullable");
  p->omit = flag_field(L, t, "omit");
  p->omit_empty = flag_field(L, t, "omit_empty");
  p->open = flag_field(L, t, "open");
  p->has_min = number_field(L, t, "min", &p->min);
  p->has_max = number_field(L, t, "max", &p->max);
  p->max_length = integer_field(L, t, "max_length");
  p->min_count = integer_field(L, t, "min_count");
  p->max_count = integer_field(L, t, "max_count");
  p->date = (thr_date_format)option_field(L, t, "date", "iso", date_names);
  p->needs = text_field(L, t, "needs");
  lua_getfield(L, t, "unless");
  if (lua_istable(L, -1)) {
    lua_rawgeti(L, -1, 1);
    p->unless_name.s = luaL_checklstring(L, -1, &p->unless_name.n);
    lua_rawgeti(L, -2, 2);
    p->unless_value.s = luaL_checklstring(L, -1, &p->unless_value.n);
    lua_pop(L, 2);
  }
  lua_pop(L, 1);
  lua_getfield(L, t, "enum");
  if (lua_istable(L, -1)) {
    size_t n = lua_rawlen(L, -1);
    p->values = allocate(L, n, sizeof *p->values);
    p->value_count = n;
    for (i = 0; i < n; i++) {
      lua_rawgeti(L, -1, (lua_Integer)i + 1);
      p->values[i].s = luaL_checklstring(L, -1, &p->values[i].n);
      lua_pop(L, 1);
    }
  }
  lua_pop(L, 1);
  compile_list(L, t, "fields", &p->fields, &p->field_count);
  lua_getfield(L, t, "items");
  if (lua_istable(L, -1)) {
    p->items = allocate(L, 1, sizeof *p->items);
    compile_param(L, lua_gettop(L), p->items);
  }
  lua_pop(L, 1);
}

/* The array of parameters in field k of the table at t. */
static void compile_list(lua_State *L, int t, const char *k, thrL_param **out, size_t *count) {
  size_t i, n;
  lua_getfield(L, t, k);
  if (lua_istable(L, -1)) {
    n = lua_rawlen(L, -1);
    *out = allocate(L, n, sizeof **out);
    *count = n;
    for (i = 0; i < n; i++) {
      lua_rawgeti(L, -1, (lua_Integer)i + 1);
      compile_param(L, lua_gettop(L), *out + i);
      lua_pop(L, 1);
    }
  }
  lua_pop(L, 1);
}

static void free_params(thrL_param *p, size_t n) {
  size_t i;
  for (i = 0; p != NULL && i < n; i++) {
    thr_free(p[i].values);
    free_params(p[i].fields, p[i].field_count);
    free_params(p[i].items, 1);
  }
  thr_free(p);
}

/* __gc [-0, +0, -] */
static int operation_gc(lua_State *L) {
  thrL_operation *op = lua_touserdata(L, 1);
  free_params(op->args, op->arg_count);
  free_params(op->params, op->param_count);
  free_params(op->items, 1);
  op->args = op->params = op->items = NULL;
  op->arg_count = op->param_count = 0;
  thr_buf_free(&op->before);
  thr_buf_free(&op->after);
  return 0;
}

int thrL_operation_new(lua_State *L) {
  thrL_operation *op;
  size_t i;
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkstring(L, 2);
  lua_settop(L, 2);
  op = lua_newuserdatauv(L, sizeof *op, 2);
  memset(op, 0, sizeof *op);
  luaL_setmetatable(L, THRL_OPERATION);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, 3, 1);
  lua_pushvalue(L, 2);
  lua_setiuservalue(L, 3, 2);
  op->name.s = lua_tolstring(L, 2, &op->name.n);
  op->method = (thr_method)option_field(L, 1, "method", NULL, method_names);
  op->host = (thr_host)option_field(L, 1, "host", "api", host_names);
  op->expect = (thrL_expect)option_field(L, 1, "expect", "object", expect_names);
  op->path = text_field(L, 1, "path");
  op->scope = (thrL_scope)option_field(L, 1, "scope", op->method == THR_GET ? "read" : "write", scope_names);
  op->key = text_field(L, 1, "key");
  op->idempotent = flag_field(L, 1, "idempotent");
  compile_list(L, 1, "args", &op->args, &op->arg_count);
  compile_list(L, 1, "params", &op->params, &op->param_count);
  op->has_params = op->params != NULL;
  op->some = flag_field(L, 1, "some");
  lua_getfield(L, 1, "list");
  if (lua_istable(L, -1)) {
    const char *s;
    size_t n;
    op->items = allocate(L, 1, sizeof *op->items);
    compile_param(L, lua_gettop(L), op->items);
    lua_getfield(L, -1, "before");
    s = luaL_optlstring(L, -1, "", &n);
    if (thr_buf_append(&op->before, s, n) != 0)
      return luaL_error(L, "not enough memory");
    lua_getfield(L, -2, "after");
    s = luaL_optlstring(L, -1, "", &n);
    if (thr_buf_append(&op->after, s, n) != 0)
      return luaL_error(L, "not enough memory");
  }
  lua_settop(L, 3);
  lua_getfield(L, 1, "done_after_retry");
  for (i = 0; i < 2 && lua_istable(L, -1); i++) {
    lua_rawgeti(L, -1, (lua_Integer)i + 1);
    op->done_after_retry[i] = (int)luaL_optinteger(L, -1, 0);
    lua_pop(L, 1);
  }
  lua_settop(L, 3);
  return 1;
}

const thrL_operation *thrL_operation_check(lua_State *L, int index) {
  return luaL_checkudata(L, index, THRL_OPERATION);
}

void thrL_operation_open(lua_State *L) {
  if (luaL_newmetatable(L, THRL_OPERATION)) {
    lua_pushcfunction(L, operation_gc);
    lua_setfield(L, -2, "__gc");
    lua_pushliteral(L, THRL_OPERATION);
    lua_setfield(L, -2, "__metatable");
  }
  lua_pop(L, 1);
}
