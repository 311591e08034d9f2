/* page.h — pager.c for Lua. Layer 2. */
#ifndef THRL_PAGE_H
#define THRL_PAGE_H

#include <lauxlib.h>
#include <lua.h>

/* core.pager, core.feed, core.complete, core.announced_pages: lua/thrive/pager.lua is the only caller. */
extern const luaL_Reg thrL_page_functions[];
/* Registers the metatable. [-0, +0, m] */
void thrL_page_open(lua_State *L);

#endif
