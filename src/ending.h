/* ending.h — how a run of thrivelua ends. thrivelua only. */
#ifndef THR_ENDING_H
#define THR_ENDING_H

#include <lua.h>

/* The exit status for what was raised, which is at index 1: EXIT_FAILURE unless exit.lua knows better. [-0, +0, -] */
int thrL_ending_code(lua_State *L);
/* Pushes where the script was when it raised what is at index 1, as the beginning of a message; for a message handler. Returns
** 0 with nothing pushed when that fails. [-0, +(0|1), -] */
int thrL_ending_place(lua_State *L);
/* Does what settings.at_exit lists. Takes the exit status so far, returns the one that it comes to. [-0, +0, -] */
int thrL_ending_finish(lua_State *L, int status);

#endif
