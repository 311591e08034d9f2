/* lua_json_list.c — lists of records: where they are in an answer, which of their members are built, and what tells one
** page from another. Layer 2; part of the decoder, see lua_json_decode.c. Failure: as there. */
#include "lua_json_decode.h"

#include <lauxlib.h>

#include <string.h>

#define WHERE "results" /* the member of an envelope that has the records */

/* The resources of this API name their id differently; of a record that has several of these the first counts. Last
** those that also say what a record belongs to: one person's log entries are not all the same one. */
static const char *const id_names[] = {"id", "logEntryId", "audienceRequirementId", "categoryId", "userId"};
#define ID_NAMES (sizeof id_names / sizeof *id_names)

/* ---- projections ---- */

struct thrL_json_projection {
  size_t count;
  size_t end
      []; /* where each name ends in the bytes behind the last of these; it begins where the one before ends */
};

const thrL_json_projection *thrL_json_new_projection(lua_State *L, int index) {
  size_t i, count, n, total = 0;
  thrL_json_projection *names;
  char *bytes;
  index = lua_absindex(L, index);
  if (!lua_istable(L, index))
    luaL_error(L, "fields must be an array of names, not a %s", luaL_typename(L, index));
  count = lua_rawlen(L, index);
  for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
    if (!lua_isinteger(L, -2) || (size_t)lua_tointeger(L, -2) - 1 >= count || lua_type(L, -1) != LUA_TSTRING)
      luaL_error(L, "fields must be an array of names, not a table with %s",
                 lua_type(L, -1) == LUA_TSTRING ? "other keys" : "other values");
    total += lua_rawlen(L, -1);
  }
  names = lua_newuserdatauv(L, sizeof *names + count * sizeof *names->end + total, 0);
  names->count = count;
  bytes = (char *)(names->end + count);
  for (total = 0, i = 0; i < count; i++) {
    const char *s;
    lua_rawgeti(L, index, (lua_Integer)i + 1);
    s = lua_tolstring(L, -1, &n);
    memcpy(bytes + total, s, n);
    names->end[i] = total += n;
    lua_pop(L, 1);
  }
  luaL_newmetatable(L, THRL_JSON_PROJECTION);
  lua_setmetatable(L, -2);
  return names;
}

static int names_it(const thrL_json_projection *names, const char *key, size_t n) {
  const char *bytes = (const char *)(names->end + names->count);
  size_t i, start = 0;
  for (i = 0; i < names->count; start = names->end[i++])
    if (names->end[i] - start == n && memcmp(bytes + start, key, n) == 0)
      return 1;
  return 0;
}

unsigned thrL_json_traits(const thrL_json_decoder *d, const char *key, size_t n) {
  unsigned traits = d->projection == NULL || names_it(d->projection, key, n) ? THRL_JSON_WANTED : 0;
  size_t i;
  for (i = 0; i < ID_NAMES; i++)
    if (strlen(id_names[i]) == n && memcmp(id_names[i], key, n) == 0)
      traits |= (unsigned)(i + 1) << THRL_JSON_ID_SHIFT;
  return traits;
}

/* ---- fingerprints ---- */

/* Multiplied and folded eight bytes at a time. The length goes in first, so that "a", "bc" differs from "ab", "c". */
void thrL_json_take_id(thrL_json_list *list, const char *s, size_t n) {
  const uint64_t factor = 0x9E3779B97F4A7C15u;
  uint64_t h = (list->fingerprint ^ n) * factor, word;
  for (; n > 0; s += sizeof word, n -= sizeof word) {
    word = 0;
    memcpy(&word, s, n < sizeof word ? n : sizeof word);
    h = (h ^ word ^ h >> 32) * factor;
    if (n < sizeof word)
      break;
  }
  h ^= h >> 29;
  list->fingerprint = h != 0 ? h : 1;
}

/* ---- answers ---- */

static const char *decode_records(thrL_json_decoder *d, const char *p) {
  thrL_json_site *element = d->root != NULL ? d->root->element : NULL, *s;
  /* What earlier texts' members meant is another matter: they may have been no records, or of another projection. */
  for (s = element != NULL ? element->first : NULL; s != NULL; s = s->next)
    s->traits = (unsigned short)thrL_json_traits(d, s->key, s->key_len);
  d->list->found = d->list->all_objects = 1;
  return thrL_json_container(d, p, d->root, THRL_JSON_RECORDS);
}

/* The members of an object that is not empty; p is at its first key. It has few of them and stands alone, so that there
** is nothing to predict.  [-0, +1, m] */
static const char *decode_envelope(thrL_json_decoder *d, const char *p) {
  lua_State *L = d->L;
  const char *end = d->j.end;
  int table;
  lua_createtable(L, 0, 2);
  table = lua_gettop(L);
  for (;;) {
    thr_json_span span;
    const char *key;
    size_t n;
    int records;
    if (p >= end || *p != '"')
      return thr_json_fail_here(&d->j, p, "expected a key in quotes");
    p = thr_json_string(&d->j, p + 1, &span);
    if (p == NULL)
      return NULL;
    thrL_json_push_string(d, &span);
    key = lua_tolstring(L, -1, &n);
    records = n == sizeof WHERE - 1 && memcmp(key, WHERE, n) == 0;
    p = thr_json_space(p, end);
    if (p >= end || *p != ':')
      return thr_json_fail_here(&d->j, p, "expected ':' after a key");
    p = thr_json_space(p + 1, end);
    if (records)
      memset(d->list, 0, sizeof *d->list); /* this one counts, whatever an earlier one was */
    if (records && p < end && *p == '[')
      p = decode_records(d, p);
    else
      p = thrL_json_value(d, p, NULL);
    if (p == NULL)
      return NULL;
    if (!d->keep_nulls && lua_islightuserdata(L, -1)) {
      lua_pop(L, 1);
      lua_pushnil(L); /* undoes an earlier member of the same name */
    }
    lua_rawset(L, table);
    p = thr_json_space(p, end);
    if (p >= end || *p != ',')
      break;
    p = thr_json_space(p + 1, end);
  }
  if (p >= end || *p != '}')
    return thr_json_fail_here(&d->j, p, "expected ',' or '}' in an object");
  return p + 1;
}

const char *thrL_json_list_text(thrL_json_decoder *d, const char *p) {
  const char *first;
  if (p < d->j.end && *p == '[')
    return decode_records(d, p);
  if (p >= d->j.end || *p != '{')
    return thrL_json_value(d, p, NULL);
  first = thr_json_space(p + 1, d->j.end);
  if (first < d->j.end && *first == '}')
    return thrL_json_value(d, p, NULL);
  if (thrL_json_enter(d, p) != 0)
    return NULL;
  p = decode_envelope(d, first);
  d->depth--;
  return p;
}
