/* page.c — pager.c for Lua: hands the policy what it needs of a page. Layer 2. */
#include "page.h"

#include <string.h>

#include "pager.h"
#include "transfer.h"

#define PAGER "thrive.pager"

/* core.pager(style, first_page, per_page [, step]) → userdata. style: "envelope", "array", "guarded". Its user
** value is the set of the fingerprints of the pages fed. [-0, +1, e] */
static int page_new(lua_State *L) {
  static const char *const styles[] = {"envelope", "array", "guarded", NULL};
  int style = luaL_checkoption(L, 1, NULL, styles);
  lua_Integer first = luaL_checkinteger(L, 2), per_page = luaL_checkinteger(L, 3);
  lua_Integer step = luaL_optinteger(L, 4, 1);
  thr_pager *p = lua_newuserdatauv(L, sizeof *p, 1);
  thr_pager_init(p, (thr_page_style)style, first, per_page, step);
  luaL_setmetatable(L, PAGER);
  lua_newtable(L);
  lua_setiuservalue(L, -2, 1);
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

/* Were these records fed before, in this order? Remembers them. [-0, +0, m] */
static int seen_before(lua_State *L, int pager, lua_Integer print) {
  int seen;
  if (print == 0)
    return 0;
  lua_getiuservalue(L, pager, 1);
  seen = lua_rawgeti(L, -1, print) != LUA_TNIL;
  lua_pop(L, 1);
  if (!seen) {
    lua_pushboolean(L, 1);
    lua_rawseti(L, -2, print);
  }
  lua_pop(L, 1);
  return seen;
}

/* core.feed(pager, results, pagination, fingerprint) → verdict, next page, drop. verdict: "more", "end", "loop", "wrong".
** pagination may be nil; fingerprint is core.fingerprint's, and a page without one never counts as fed before.
** [-0, +3, e] */
static int page_feed(lua_State *L) {
  static const char *const verdicts[] = {"more", "end", "loop", "wrong"};
  thr_pager *p = luaL_checkudata(L, 1, PAGER);
  thr_page page;
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 4);
  memset(&page, 0, sizeof page);
  page.asked = p->next;
  page.count = (long long)lua_rawlen(L, 2);
  page.seen = seen_before(L, 1, luaL_optinteger(L, 4, 0));
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
  lua_pushboolean(L, p->drop);
  return 3;
}

/* core.complete(pager, dropped) → after the verdict "end": did as many records come as were announced, those that the
** caller has dropped as doubles not counted? [-0, +1, e] */
static int page_complete(lua_State *L) {
  const thr_pager *p = luaL_checkudata(L, 1, PAGER);
  lua_pushboolean(L, thr_pager_complete(p, luaL_checkinteger(L, 2)));
  return 1;
}

/* The number behind "totalPages": in text[0..n), -1 when there is none. */
static long long announced(const char *text, size_t n) {
  static const char name[] = "\"totalPages\":";
  const size_t length = sizeof name - 1;
  size_t i;
  for (i = 0; i + length < n; i++)
    if (text[i] == '"' && memcmp(text + i, name, length) == 0) {
      long long v = 0;
      size_t digits = 0;
      for (i += length; i < n && text[i] == ' '; i++)
        ;
      for (; i < n && text[i] >= '0' && text[i] <= '9' && digits < 18; i++, digits++)
        v = v * 10 + (text[i] - '0');
      return digits > 0 ? v : -1;
    }
  return -1;
}

/* core.announced_pages(transfer) → the number of pages that an answer not decoded yet seems to announce, or nil. It
** looks only where the API puts its pagination, at both ends of the text: good enough for asking for pages early, not for
** knowing where the list ends. [-0, +1, e] */
static int page_announced(lua_State *L) {
  enum { END = 256 };
  const thrL_transfer *tr = luaL_checkudata(L, 1, THRL_TRANSFER);
  const thr_buf *b = &tr->t.rbody;
  long long v = -1;
  if (b->len > 0) {
    size_t n = b->len < END ? b->len : END;
    v = announced(b->data + b->len - n, n);
    if (v < 0)
      v = announced(b->data, n);
  }
  if (v < 0)
    lua_pushnil(L);
  else
    lua_pushinteger(L, v);
  return 1;
}

const luaL_Reg thrL_page_functions[] = {{"pager", page_new},
                                        {"feed", page_feed},
                                        {"complete", page_complete},
                                        {"announced_pages", page_announced},
                                        {NULL, NULL}};

void thrL_page_open(lua_State *L) {
  luaL_newmetatable(L, PAGER);
  lua_pop(L, 1);
}
