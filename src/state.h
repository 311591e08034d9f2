/* state.h — the interpreter's Lua state: memory, panic and warnings as luaL_newstate sets them up, but with an allocator
** of its own (alloc.h). */
#ifndef THR_STATE_H
#define THR_STATE_H

#include <lua.h>

/* A new state without libraries, or NULL when memory is out. Warnings are off, as in lua. */
lua_State *thr_state_new(void);
/* Closes it and frees its memory. */
void thr_state_close(lua_State *L);

#endif
