/* page.h — pager.c for Lua. Layer 2. */
#ifndef THRL_PAGE_H
#define THRL_PAGE_H

#include <lauxlib.h>
#include <lua.h>

/* core.pager(style, first_page, per_page) → userdata; core.feed(pager, results, pagination, fingerprint) → verdict,
** next page, complete, drop, records. lua/thrive/pager.lua is the only caller. */
extern const luaL_Reg thrL_page_functions[];
/* Registers the metatable. [-0, +0, m] */
void thrL_page_open(lua_State *L);

#endif
