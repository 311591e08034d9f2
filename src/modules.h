/* modules.h — the modules that thrivelua carries. thrivelua only. */
#ifndef THR_MODULES_H
#define THR_MODULES_H

#include <lua.h>

/* Puts all of them into package.preload; and for the states that other threads make, the function which does that into the
** registry (field "thrive.preload": void (*)(lua_State *)). [-0, +0, m] */
void thrL_modules_preload(lua_State *L);
/* Runs an embedded module outside package.loaded; raises when it is not there. [-0, +1, e] what it returns */
void thrL_modules_push(lua_State *L, const char *module);

#endif
