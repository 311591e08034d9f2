/* modules.c — the modules that thrivelua carries; see modules.h. Owns: package.preload's entries for them, and the globals
** that their code sees. Must not know anything of Thrive but the names of the modules. */
#include "modules.h"

#include <string.h>

#include <lauxlib.h>

#include "embed.h"

#ifndef THR_NO_CJSON /* built where lua-cjson is no library to link; require then looks for it as usual */
/* lua-cjson has no header. */
int luaopen_cjson(lua_State *L);
int luaopen_cjson_safe(lua_State *L);
#endif
int luaopen_thrive_core(lua_State *L);
#ifndef THR_NO_SANDBOX /* built where libmicrohttpd's header is missing */
int luaopen_thrive_sandbox_http(lua_State *L);
#endif

/* Registry: the globals of the modules' own code. A copy of what there was before any script ran: `table =
** client.users:list{}` at the prompt, or a script's own `type`, must not break what the session and the client are made of.
** The libraries themselves (what is in `table`) are shared, and so are the two functions that scripts replace to get hold of
** what is said. */
static const char environment_key = 0;

static void make_environment(lua_State *L) {
  static const char *const shared[] = {"print", "warn"};
  size_t i;
  lua_createtable(L, 0, 48); /* lua has 40-odd: growing would take longer than filling */
  lua_pushglobaltable(L);
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -5);
  }
  for (i = 0; i < sizeof shared / sizeof *shared; i++) {
    lua_pushnil(L);
    lua_setfield(L, -3, shared[i]);
  }
  lua_createtable(L, 0, 1);
  lua_insert(L, -2);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &environment_key);
}

/* Loads an embedded source as a function on the top. [-0, +1, -] the function, or a message when the status says so */
static int load_embedded(lua_State *L, const thr_embedded *e) {
  int status = luaL_loadbufferx(L, (const char *)e->text, e->size, e->chunk, "t");
  if (status == LUA_OK) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &environment_key) == LUA_TNIL)
      lua_pop(L, 1); /* what reads the command line, before there are libraries */
    else
      lua_setupvalue(L, -2, 1);
  }
  return status;
}

/* package.preload's loader of an embedded module; upvalue 1 is the module. Called as loader(name, ":preload:"). */
static int open_embedded(lua_State *L) {
  const thr_embedded *e = lua_touserdata(L, lua_upvalueindex(1));
  lua_settop(L, 2);
  if (load_embedded(L, e) != LUA_OK)
    return lua_error(L);
  lua_insert(L, 1);
  lua_call(L, 2, 1);
  return 1;
}

/* __index of package.preload: the loader of an embedded module, made when it is asked for. Making all of them at the start
** would take an eighth of it. */
static int find_embedded(lua_State *L) {
  const char *name = lua_tostring(L, 2);
  size_t i;
  for (i = 0; name != NULL && i < thr_embedded_count; i++)
    if (strcmp(thr_embedded_modules[i].module, name) == 0) {
      lua_pushlightuserdata(L, (void *)&thr_embedded_modules[i]);
      lua_pushcclosure(L, open_embedded, 1);
      return 1;
    }
  return 0;
}

/* Makes package.preload of any state know the modules that this program carries. The sandbox finds this function in the
** registry (field "thrive.preload") for the state of its server thread. [-0, +0, m] */
static void preload(lua_State *L) {
  static const luaL_Reg in_c[] = {
#ifndef THR_NO_CJSON
      {"cjson", luaopen_cjson},
      {"cjson.safe", luaopen_cjson_safe},
#endif
      {"thrive.core", luaopen_thrive_core},
#ifndef THR_NO_SANDBOX
      {"thrive.sandbox.http", luaopen_thrive_sandbox_http},
#endif
      {NULL, NULL}};
  make_environment(L);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  luaL_setfuncs(L, in_c, 0);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, find_embedded);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
}

void thrL_modules_open(lua_State *L) {
  void (*function)(lua_State *) = preload;
  void *address;
  preload(L);
  memcpy(&address, &function, sizeof address); /* C99 has no cast for this; POSIX says that it fits */
  lua_pushlightuserdata(L, address);
  lua_setfield(L, LUA_REGISTRYINDEX, "thrive.preload");
}

void thrL_push_module(lua_State *L, const char *module) {
  size_t i;
  for (i = 0; i < thr_embedded_count; i++)
    if (strcmp(thr_embedded_modules[i].module, module) == 0) {
      if (load_embedded(L, &thr_embedded_modules[i]) != LUA_OK)
        lua_error(L);
      lua_call(L, 0, 1);
      return;
    }
  luaL_error(L, "this build lacks the module %s", module);
}
