/* lua_json_shape.c — what the decoder remembers of the shape of texts, from one to the next. Layer 2; part of the
** decoder, see lua_json_decode.c.
**
** There is one shape per Lua state, a userdata in the registry. Its user values hold what the state must not collect
** meanwhile: the array mark and the keys. Its size is fixed: when it has been too small it is forgotten as a whole, but
** never while a text is being decoded.
**
** Memory errors leave a decoder by longjmp, and a finalizer that runs inside one may decode another text. Both find the
** shape busy. They make a new one and leave the busy one to its decoder, who may be gone: the collector has it then. */
#include "lua_json_decode.h"

#include <lauxlib.h>

#include <string.h>

/* Kinds of texts that are told apart; more would make finding one's own dear. */
#define KINDS 32

static const char registry_key = 0;

thrL_json_shape *thrL_json_take_shape(lua_State *L) {
  thrL_json_shape *shape;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &registry_key);
  shape = lua_touserdata(L, -1);
  if (shape == NULL || shape->busy) {
    lua_pop(L, 1);
    shape = lua_newuserdatauv(L, sizeof *shape, THRL_JSON_SITES + 1);
    memset(shape, 0, offsetof(thrL_json_shape, site));
    thrL_json_pusharraymt(L);
    lua_setiuservalue(L, -2, THRL_JSON_MARK);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &registry_key);
  }
  if (shape->full) {
    shape->sites = shape->kinds = shape->full = 0; /* new keys take the places of the old ones */
    shape->root = NULL;
  }
  shape->busy = 1;
  shape->text++;
  return shape;
}

thrL_json_site *thrL_json_new_site(thrL_json_shape *shape) {
  thrL_json_site *s;
  if (shape->sites >= THRL_JSON_SITES) {
    shape->full = 1;
    return NULL;
  }
  s = &shape->site[shape->sites++];
  memset(s, 0, sizeof *s);
  s->slot = (unsigned short)(THRL_JSON_MARK + shape->sites);
  s->traits = THRL_JSON_WANTED;
  return s;
}

thrL_json_site *thrL_json_root(thrL_json_shape *shape, const void *kind) {
  thrL_json_site *s;
  for (s = shape->root; s != NULL; s = s->next)
    if (s->key == kind)
      return s;
  if (shape->kinds >= KINDS) {
    shape->full = 1;
    return NULL;
  }
  s = thrL_json_new_site(shape);
  if (s != NULL) {
    shape->kinds++;
    s->key = kind;
    s->next = shape->root;
    shape->root = s;
  }
  return s;
}

thrL_json_site *thrL_json_new_member(lua_State *L, int index, thrL_json_shape *shape, const char *key,
                                     size_t n) {
  thrL_json_site *s = n <= THRL_JSON_LONGEST_KEY ? thrL_json_new_site(shape) : NULL;
  if (s == NULL)
    return NULL;
  s->key = lua_pushlstring(L, key, n);
  s->key_len = (unsigned short)n;
  memcpy(s->head, key, n < sizeof s->head ? n : sizeof s->head);
  if (n < sizeof s->head)
    s->head[n] = '"';
  lua_pushvalue(L, -1);
  lua_setiuservalue(L, index, s->slot);
  return s;
}
