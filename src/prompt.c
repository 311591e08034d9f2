/* prompt.c — the prompt's loop; see prompt.h. Owns: what happens between two chunks. Lines are lineedit.c's and
** editline.c's, everything that is said to the user is Lua's. */
#include "prompt.h"

#include <stdio.h>
#include <unistd.h>

#include <lauxlib.h>

#include "editline.h"
#include "histfile.h"
#include "lineedit.h"

/* Registry: the function that gets the next chunk, the one that shows results (nil: print does, as in lua), and the one that
** makes messages shorter. */
static const char reader_key = 0, shower_key = 0, tidier_key = 0;

static int on_terminal(void) { return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO); }

void thrL_prompt_prepare(lua_State *L) {
  if (!on_terminal()) {
    lua_getfield(L, -1, "reader");
    lua_pushcfunction(L, thrL_readline);
    lua_call(L, 1, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &reader_key);
    lua_pop(L, 1);
    return;
  }
  lua_pop(L, 1);
  lua_getglobal(L, "require");
  lua_pushliteral(L, "thrive.repl.session");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "new");
  lua_newtable(L); /* host: see there */
  lua_pushcfunction(L, thrL_readline);
  lua_setfield(L, -2, "readline");
  lua_pushcfunction(L, thrL_editor_new);
  lua_setfield(L, -2, "editor");
  lua_newtable(L);
  luaL_setfuncs(L, thrL_histfile_functions, 0);
  lua_setfield(L, -2, "file");
  lua_call(L, 1, 3);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &tidier_key);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &shower_key);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &reader_key);
  lua_pop(L, 1);
}

/* Shows all values on the stack, if any, as lua does. */
static void print_results(lua_State *L, const thrL_prompt_host *host) {
  int n = lua_gettop(L);
  if (n == 0)
    return;
  luaL_checkstack(L, LUA_MINSTACK, "too many results to print");
  lua_getglobal(L, "print");
  lua_insert(L, 1);
  if (lua_pcall(L, n, 0, 0) != LUA_OK) {
    lua_pushfstring(L, "error calling 'print' (%s)", lua_tostring(L, -1));
    host->report(L, LUA_ERRRUN);
  }
}

/* Shows them as a session does; Ctrl-C ends that too. */
static void show_results(lua_State *L, const thrL_prompt_host *host) {
  int n = lua_gettop(L);
  luaL_checkstack(L, LUA_MINSTACK, "too many results to show");
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &shower_key) == LUA_TNIL) {
    lua_pop(L, 1);
    print_results(L, host);
    return;
  }
  lua_insert(L, 1);
  host->report(L, host->call(L, n, 0));
}

int thrL_prompt_is_session(lua_State *L) {
  int is_session = lua_rawgetp(L, LUA_REGISTRYINDEX, &shower_key) != LUA_TNIL;
  lua_pop(L, 1);
  return is_session;
}

void thrL_prompt_tidy(lua_State *L) {
  if (!lua_checkstack(L, 4) || lua_type(L, -1) != LUA_TSTRING)
    return;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &tidier_key);
  lua_pushvalue(L, -2);
  if (lua_pcall(L, 1, 1, 0) == LUA_OK && lua_type(L, -1) == LUA_TSTRING)
    lua_replace(L, -2);
  else
    lua_pop(L, 1); /* the message as it was */
}

int thrL_prompt_run(lua_State *L, const thrL_prompt_host *host) {
  int signal = 0;
  while (signal == 0) {
    int status = LUA_ERRSYNTAX;
    lua_settop(L, 0);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &reader_key);
    lua_call(L, 0, 2);
    if (lua_isnil(L, 1)) {
      signal = (int)lua_tointeger(L, 2);
      break;
    }
    if (lua_isfunction(L, 1)) {
      lua_pop(L, 1);
      status = host->call(L, 0, LUA_MULTRET);
      if (*host->interrupted == SIGTERM)
        signal = SIGTERM;
    }
    if (host->report(L, status) == LUA_OK)
      show_results(L, host);
  }
  lua_settop(L, 0);
  fputs("\n", stdout);
  fflush(stdout);
  return signal;
}
