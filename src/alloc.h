/* alloc.h — memory for a Lua state: a lua_Alloc for the interpreter, where every allocation is Lua's. Must not include
** lua.h. Not for threads: a Lua state has one. */
#ifndef THR_ALLOC_H
#define THR_ALLOC_H

#include <stddef.h>

typedef struct thr_arena thr_arena;

/* An empty arena, or NULL when memory is out. */
thr_arena *thr_arena_new(void);
/* Frees all of it, live blocks of up to 1 KB included; larger ones must be freed by now. NULL is fine. */
void thr_arena_free(thr_arena *a);
/* A lua_Alloc; its user data is the arena. Shrinking never fails. */
void *thr_arena_alloc(void *arena, void *p, size_t old_size, size_t size);

#endif
