/* system.h — core.system: files, the terminal and the user, as far as Lua's own libraries do not reach. Layer 2. */
#ifndef THRL_SYSTEM_H
#define THRL_SYSTEM_H

#include <lua.h>

/* Pushes the table that becomes thrive.core.system. [-0, +1, m] */
void thrL_system_open(lua_State *L);

#endif
