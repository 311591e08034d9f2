/* startup.c — the yardstick of bench/startup.sh: a program that links what thrivelua links and does nothing but create a
** Lua state with its libraries. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

int luaopen_cjson(lua_State *L);

int main(int argc, char **argv) {
  lua_State *L = luaL_newstate();
  (void)argv;
  if (L == NULL)
    return 1;
  luaL_openlibs(L);
  if (argc > 100) /* never: it keeps lua-cjson linked */
    luaL_requiref(L, "cjson", luaopen_cjson, 0);
  lua_close(L);
  return 0;
}
