/* modules.h — the modules that thrivelua carries: its Lua sources and its C modules. thrivelua only. */
#ifndef THR_MODULES_H
#define THR_MODULES_H

#include <lua.h>

/* Makes `require` find them, in this state and in those that the sandbox makes. Their code sees the globals that there are
** now, whatever scripts do to theirs later. The libraries have to be open. [-0, +0, m] */
void thrL_modules_open(lua_State *L);
/* Runs an embedded module outside package.loaded; raises when it is not there. [-0, +1, e] its table */
void thrL_push_module(lua_State *L, const char *module);

#endif
