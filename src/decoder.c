/* decoder.c — core.decoder: text in other encodings for thrive.csv. Layer 2; the conversion is encoding.c's. */
#include "decoder.h"

#include <lauxlib.h>
#include <string.h>

#include "encoding.h"

#define DECODER "thrive.decoder"

typedef struct decoder {
  thr_decoder d;
  thr_buf out; /* the text of the last piece */
} decoder;

int thrL_decoder_new(lua_State *L) {
  size_t n;
  const char *name = luaL_checklstring(L, 1, &n);
  decoder *self = lua_newuserdatauv(L, sizeof *self, 0);
  int rc;
  memset(self, 0, sizeof *self);
  luaL_setmetatable(L, DECODER);
  rc = strlen(name) == n ? thr_decoder_open(&self->d, name) : -1;
  if (rc == -2)
    return luaL_error(L, "not enough memory");
  if (rc != 0)
    lua_pushnil(L);
  return 1;
}

/* decoder:decode(piece, last) → text, bad [-0, +2, e] */
static int decode(lua_State *L) {
  decoder *self = luaL_checkudata(L, 1, DECODER);
  size_t n;
  const char *piece = luaL_checklstring(L, 2, &n);
  int last = lua_toboolean(L, 3), bad = 0, rc;
  if (!self->d.open)
    return luaL_error(L, "attempt to use a closed decoder");
  thr_buf_clear(&self->out);
  rc = thr_decoder_feed(&self->d, piece, n, last, &self->out, &bad);
  if (rc != 0)
    thr_decoder_close(&self->d);
  if (rc < 0)
    return luaL_error(L, "not enough memory");
  lua_pushlstring(L, self->out.len > 0 ? self->out.data : "", self->out.len);
  if (rc > 0)
    lua_pushinteger(L, bad);
  else
    lua_pushnil(L);
  return 2;
}

/* __gc, __close [-0, +0, -] */
static int decoder_close(lua_State *L) {
  decoder *self = luaL_checkudata(L, 1, DECODER);
  thr_decoder_close(&self->d);
  thr_buf_free(&self->out);
  return 0;
}

static const luaL_Reg metamethods[] = {
    {"__gc", decoder_close}, {"__close", decoder_close}, {"__index", NULL}, {NULL, NULL}};
static const luaL_Reg methods[] = {{"decode", decode}, {NULL, NULL}};

void thrL_decoder_open(lua_State *L) {
  if (luaL_newmetatable(L, DECODER)) {
    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
  }
  lua_pop(L, 1);
}
