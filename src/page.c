/* page.c — pager.c for Lua: hands the policy what it needs of a decoded page. Layer 2. */
#include "page.h"

#include <string.h>

#include "pager.h"

#define PAGER "thrive.pager"

/* core.pager(style, first_page, per_page) → userdata. style: "envelope", "array", "guarded", "none". [-0, +1, e] */
static int page_new(lua_State *L) {
  static const char *const styles[] = {"envelope", "array", "guarded", "none", NULL};
  int style = luaL_checkoption(L, 1, NULL, styles);
  lua_Integer first = luaL_checkinteger(L, 2), per_page = luaL_checkinteger(L, 3);
  thr_pager *p = lua_newuserdatauv(L, sizeof *p, 0);
  thr_pager_init(p, (thr_page_style)style, first, per_page);
  luaL_setmetatable(L, PAGER);
  return 1;
}

/* A whole number in field k of the table at t, 1.0 as well as 1; -1 when there is none. */
static long long count_field(lua_State *L, int t, const char *k) {
  int is;
  lua_Integer v;
  lua_pushstring(L, k);
  lua_rawget(L, t);
  v = lua_type(L, -1) == LUA_TNUMBER ? lua_tointegerx(L, -1, &is) : (is = 0);
  lua_pop(L, 1);
  return is ? (long long)v : -1;
}

/* core.feed(pager, results, pagination, fingerprint) → verdict, next page, complete, drop, records. verdict: "more",
** "end", "loop", "wrong". pagination may be nil; fingerprint is core.fingerprint's, and without it no page counts as one
** that came before. [-0, +5, e] */
static int page_feed(lua_State *L) {
  static const char *const verdicts[] = {"more", "end", "loop", "wrong"};
  thr_pager *p = luaL_checkudata(L, 1, PAGER);
  thr_page page;
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 4);
  memset(&page, 0, sizeof page);
  page.asked = p->next;
  page.count = (long long)lua_rawlen(L, 2);
  page.fingerprint = (unsigned long long)luaL_optinteger(L, 4, 0);
  page.page = page.per_page = page.total_pages = page.total_results = -1;
  if (lua_istable(L, 3)) {
    page.has_pagination = 1;
    page.page = count_field(L, 3, "page");
    page.per_page = count_field(L, 3, "perPage");
    page.total_pages = count_field(L, 3, "totalPages");
    page.total_results = count_field(L, 3, "totalResults");
  }
  lua_pushstring(L, verdicts[thr_pager_feed(p, &page)]);
  lua_pushinteger(L, p->next);
  lua_pushboolean(L, thr_pager_complete(p));
  lua_pushboolean(L, p->drop);
  lua_pushinteger(L, p->records);
  return 5;
}

const luaL_Reg thrL_page_functions[] = {{"pager", page_new}, {"feed", page_feed}, {NULL, NULL}};

void thrL_page_open(lua_State *L) {
  luaL_newmetatable(L, PAGER);
  lua_pop(L, 1);
}
