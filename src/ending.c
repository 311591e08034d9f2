/* ending.c — how a run of thrivelua ends, as lua/thrive/exit.lua decides it. */
#include <stdlib.h>

#include <lauxlib.h>
#include <lua.h>

#include "ending.h"
#include "modules.h"

static int call_exit(lua_State *L) {
  thrL_push_module(L, "thrive.exit");
  lua_getfield(L, -1, lua_touserdata(L, 2));
  lua_pushvalue(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

/* Calls a function of exit.lua with the value at index 1. Returns 1 with its result on the stack; 0 with nothing when it
** fails. [-0, +(0|1), -] */
static int call(lua_State *L, const char *function) {
  if (!lua_checkstack(L, 4))
    return 0;
  lua_pushcfunction(L, call_exit);
  lua_pushvalue(L, 1);
  lua_pushlightuserdata(L, (void *)function);
  if (lua_pcall(L, 2, 1, 0) == LUA_OK)
    return 1;
  lua_pop(L, 1);
  return 0;
}

/* The same for an exit status: EXIT_FAILURE when it fails. [-0, +0, -] */
static int ask(lua_State *L, const char *function) {
  int status = EXIT_FAILURE;
  if (call(L, function)) {
    status = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
  }
  return status;
}

int thrL_ending_code(lua_State *L) { return ask(L, "code"); }

int thrL_ending_place(lua_State *L) { return call(L, "place"); }

int thrL_ending_finish(lua_State *L, int status) {
  int top = lua_gettop(L), nothing;
  if (!lua_checkstack(L, 8))
    return status;
  /* Most runs list nothing, and need not load anything to find that out. */
  nothing = lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE) != LUA_TTABLE ||
            (lua_pushliteral(L, "thrive.settings"), lua_rawget(L, -2)) != LUA_TTABLE ||
            (lua_pushliteral(L, "at_exit"), lua_rawget(L, -2)) != LUA_TTABLE || lua_rawlen(L, -1) == 0;
  lua_settop(L, top);
  if (!nothing) {
    lua_pushinteger(L, status);
    lua_insert(L, 1);
    status = ask(L, "finish");
    lua_remove(L, 1);
  }
  return status;
}
