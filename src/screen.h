/* screen.h — a terminal whose scrolling has been changed must be put right however the process ends. Layer 2, but for
** what a program calls, which has to do with neither Lua nor memory. */
#ifndef THRL_SCREEN_H
#define THRL_SCREEN_H

#include <lauxlib.h>
#include <lua.h>

/* From now on screen.hold may catch signals as long as it holds something: for a program, whose signals are its own. */
void thr_screen_catch_signals(void);
/* Writes what screen.hold has put by to standard error, once. May be called from a signal handler. */
void thr_screen_restore(void);
/* Pushes the table that becomes thrive.core.screen: hold, held, foreground. [-0, +1, m] */
void thrL_screen_open(lua_State *L);

#endif
