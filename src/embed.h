/* embed.h — the Lua sources that thrivelua carries, as text. build/embed.c, written by src/embed.sh from lua/, defines
** both names; nothing else writes them. */
#ifndef THR_EMBED_H
#define THR_EMBED_H

#include <stddef.h>

typedef struct thr_embedded {
  const char *module;        /* "thrive.cli" */
  const char *chunk;         /* "@thrive/cli.lua" */
  const unsigned char *text; /* size bytes, not NUL-terminated as far as callers are concerned */
  size_t size;
} thr_embedded;

extern const thr_embedded thr_embedded_modules[];
extern const size_t thr_embedded_count;

#endif
