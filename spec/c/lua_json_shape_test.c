/* lua_json_shape_test.c — a finalizer decodes while another text is being decoded. In C, for it takes a state so small
** that collections come all the time. */
#include "../../src/lua_json.h"
#include "check.h"

#include <lauxlib.h>
#include <lualib.h>

/* Returns how often a finalizer decoded inside of another decode; raises when either gave something wrong. */
static const char script[] =
    "local function text(names, n)\n"
    "  local members = {}\n"
    "  for i = 1, names do members[i] = ('\"name%d\":%d'):format(i * n, i) end\n"
    "  return '{' .. table.concat(members, ',') .. '}'\n"
    "end\n"
    "local function is_right(record, names, n)\n"
    "  for i = 1, names do\n"
    "    if record['name' .. i * n] ~= i then return false end\n"
    "    record['name' .. i * n] = nil\n"
    "  end\n"
    "  return next(record) == nil\n"
    "end\n"
    "local large = {}\n" /* more keys than are remembered */
    "for i = 1, 100 do large[i] = '{\"a' .. i .. '\":1,\"b' .. i .. '\":1,\"c' .. i .. '\":1,\"d' .. i .. "
    "'\":1,' .. '\"in\":' "
    "end\n"
    "large = table.concat(large) .. '1' .. ('}'):rep(#large)\n"
    "local nested, inside, wrong = 0, false, nil\n"
    "local function decode_others()\n"
    "  assert(is_right(json.decode(text(20, 2)), 20, 2), 'a nested record is wrong')\n"
    "  assert(json.decode('{\"cut\":') == nil, 'a nested text is no JSON')\n"
    "  assert(json.decode(large).a1 == 1, 'a nested text is wrong')\n"
    "end\n"
    "local function finalized()\n"
    "  setmetatable({}, {__gc = function()\n"
    "    if inside then\n"
    "      nested = nested + 1\n"
    "      local ok, why = pcall(decode_others)\n"
    "      wrong = wrong or not ok and why\n"
    "    end\n"
    "    finalized()\n"
    "  end})\n"
    "end\n"
    "finalized()\n"
    "collectgarbage('incremental', 100, 400)\n"
    "local page = '[' .. (text(30, 3) .. ','):rep(99) .. text(30, 3) .. ']'\n"
    "for _ = 1, 8 do\n"
    "  inside = true\n"
    "  local records = json.decode(page)\n"
    "  local some = json.decode(page, {fields = {'name3', 'name6'}})\n"
    "  inside = false\n"
    "  for i = 1, 100 do\n"
    "    assert(is_right(records[i], 30, 3), 'a record is wrong')\n"
    "    assert(is_right(some[i], 2, 3), 'a record of two fields is wrong')\n"
    "  end\n"
    "end\n"
    "assert(not wrong, wrong)\n"
    "return nested\n";

int main(void) {
  CASE("codec: a finalizer may decode in the middle of another decode") {
    lua_State *L = luaL_newstate();
    int ok;
    luaL_openlibs(L);
    thrL_json_open(L);
    lua_setglobal(L, "json");
    ok = luaL_dostring(L, script) == LUA_OK;
    if (!ok)
      printf("# %s\n", lua_tostring(L, -1));
    CHECK(ok);
    CHECK(lua_tointeger(L, -1) > 100);
    lua_close(L);
  }
  return check_done();
}
