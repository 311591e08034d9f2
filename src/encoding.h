/* encoding.h — text in any encoding that iconv knows, to UTF-8, piece by piece. Must not include lua.h. */
#ifndef THR_ENCODING_H
#define THR_ENCODING_H

#include <stddef.h>

#include "buf.h"

/* A conversion under way. A zeroed struct is one that is not open. */
typedef struct thr_decoder {
  void *conversion; /* iconv_t */
  int open;
  thr_buf in; /* what the last piece left of a character that it broke off in, and this piece */
} thr_decoder;

/* Starts a conversion from the encoding of that name ("cp1252"). 0; -1 when iconv does not know it (or it is no plain
** name: "cp1252//IGNORE" would lose text in silence); -2 when memory or the like is out. */
int thr_decoder_open(thr_decoder *d, const char *name);
/* Converts the next piece and appends it to out; with `last`, nothing may be left over. 0; 1 when there are bytes that are no
** text in this encoding: then out has what comes before them, and *bad the first of them; -1 when memory is out. After 1
** and -1 the conversion is good for nothing but being closed. */
int thr_decoder_feed(thr_decoder *d, const char *s, size_t n, int last, thr_buf *out, int *bad);
/* Ends it; harmless when it is not open. */
void thr_decoder_close(thr_decoder *d);

#endif
