/* noreturn.h — for clang-tidy alone: which of Lua's functions never return, which lauxlib.h cannot say in C89. */
#include <lauxlib.h>

int lua_error(lua_State *L) __attribute__((noreturn));
int luaL_error(lua_State *L, const char *fmt, ...) __attribute__((noreturn));
int luaL_argerror(lua_State *L, int arg, const char *extramsg) __attribute__((noreturn));
int luaL_typeerror(lua_State *L, int arg, const char *tname) __attribute__((noreturn));
