/* alloc.c — memory for a Lua state. Owns: the slabs that small blocks are cut from. Must not include lua.h.
**
** A page of a thousand records is eighty thousand small blocks that come and go together. Lua says how large the block
** is that it gives back, so a free block needs no header: one list per size, and nothing to search, split or join. A
** page's memory is used again by the next one; slabs are given back when the state is closed. */
#include "alloc.h"

#include <stdlib.h>
#include <string.h>

#ifdef __GNUC__
#define PREFETCH(p) __builtin_prefetch(p, 1)
#else
#define PREFETCH(p) ((void)0)
#endif

enum { GRAIN = 16, SMALL = 1024, CLASSES = SMALL / GRAIN, SLAB = 64 * 1024 };

typedef struct slab {
  struct slab *next;
  size_t unused; /* keeps what follows aligned */
} slab;

typedef struct block {
  struct block *next;
} block;

struct thr_arena {
  block *free[CLASSES]; /* [i]: blocks of (i + 1) * GRAIN bytes */
  char *at, *end;       /* what is left of the newest slab */
  slab *slabs;
};

thr_arena *thr_arena_new(void) { return calloc(1, sizeof(thr_arena)); }

void thr_arena_free(thr_arena *a) {
  slab *s, *next;
  if (a == NULL)
    return;
  for (s = a->slabs; s != NULL; s = next) {
    next = s->next;
    free(s);
  }
  free(a);
}

static size_t class_of(size_t size) { return (size - 1) / GRAIN; }

static void *cut(thr_arena *a, size_t size) {
  void *p;
  if ((size_t)(a->end - a->at) < size) {
    slab *s = malloc(SLAB);
    if (s == NULL)
      return NULL;
    for (; a->end - a->at >= GRAIN; a->at += GRAIN) { /* the rest is good for the smallest */
      block *rest = (block *)(void *)a->at;
      rest->next = a->free[0];
      a->free[0] = rest;
    }
    s->next = a->slabs;
    a->slabs = s;
    a->at = (char *)(s + 1);
    a->end = (char *)s + SLAB;
  }
  p = a->at;
  a->at += size;
  return p;
}

static void *take(thr_arena *a, size_t size) {
  size_t c;
  block *b;
  if (size > SMALL)
    return malloc(size);
  c = class_of(size);
  b = a->free[c];
  if (b == NULL)
    return cut(a, (c + 1) * GRAIN);
  a->free[c] = b->next;
  PREFETCH(b->next); /* the next one of its size is wanted soon, and has not been touched for long */
  return b;
}

static void give(thr_arena *a, void *p, size_t size) {
  if (size > SMALL)
    free(p);
  else {
    block *b = p;
    size_t c = class_of(size);
    b->next = a->free[c];
    a->free[c] = b;
  }
}

void *thr_arena_alloc(void *arena, void *p, size_t old_size, size_t size) {
  thr_arena *a = arena;
  void *moved;
  if (p == NULL) /* then old_size is the kind of object */
    return size == 0 ? NULL : take(a, size);
  if (size == 0) {
    if (old_size > 0)
      give(a, p, old_size);
    return NULL;
  }
  if (old_size > SMALL && size > SMALL) {
    moved = realloc(p, size);
    return moved != NULL || size > old_size ? moved : p;
  }
  if (old_size <= SMALL && size <= SMALL && class_of(old_size) == class_of(size))
    return p;
  moved = take(a, size);
  if (moved == NULL) /* a block may be larger than its list says */
    return size <= old_size ? p : NULL;
  memcpy(moved, p, old_size < size ? old_size : size);
  give(a, p, old_size);
  return moved;
}
