/* state.c — the interpreter's Lua state. Does what lauxlib.c's luaL_newstate does, which takes no allocator. */
#include "state.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"

#if defined(__SANITIZE_ADDRESS__)
#define PLAIN_MALLOC /* so that the sanitizer sees every block */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PLAIN_MALLOC
#endif
#endif

/* Warnings go to stderr as lauxlib.c writes them, until "@off"; a message may come in pieces. */
static struct { int on, continued; } warnings;

static void warn(void *unused, const char *text, int to_be_continued) {
  (void)unused;
  if (!warnings.continued && !to_be_continued && text[0] == '@') {
    if (strcmp(text, "@off") == 0)
      warnings.on = 0;
    else if (strcmp(text, "@on") == 0)
      warnings.on = 1;
    return;
  }
  if (warnings.on) {
    fprintf(stderr, "%s%s%s", warnings.continued ? "" : "Lua warning: ", text, to_be_continued ? "" : "\n");
    fflush(stderr);
  }
  warnings.continued = to_be_continued;
}

static int panic(lua_State *L) {
  const char *text = lua_tostring(L, -1);
  fprintf(stderr, "PANIC: unprotected error in call to Lua API (%s)\n",
          text != NULL ? text : "error object is not a string");
  fflush(stderr);
  return 0; /* to abort */
}

#ifdef PLAIN_MALLOC
static void *plain(void *unused, void *block, size_t old_size, size_t size) {
  (void)unused, (void)old_size;
  if (size != 0)
    return realloc(block, size);
  free(block);
  return NULL;
}
#endif

lua_State *thr_state_new(void) {
  lua_State *L;
#ifdef PLAIN_MALLOC
  L = lua_newstate(plain, NULL);
#else
  thr_arena *arena = thr_arena_new();
  if (arena == NULL)
    return NULL;
  L = lua_newstate(thr_arena_alloc, arena);
  if (L == NULL)
    thr_arena_free(arena);
#endif
  if (L == NULL)
    return NULL;
  lua_atpanic(L, panic);
  lua_setwarnf(L, warn, NULL);
  return L;
}

void thr_state_close(lua_State *L) {
  void *arena = NULL;
  (void)lua_getallocf(L, &arena);
  lua_close(L);
  thr_arena_free(arena);
}
