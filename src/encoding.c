/* encoding.c — text in any encoding that iconv knows, to UTF-8, piece by piece. Must not include lua.h. Failure: return
** value. */
#include "encoding.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

int thr_decoder_open(thr_decoder *d, const char *name) {
  iconv_t conversion;
  /* An empty name is the locale's encoding, and what follows a slash are options. */
  if (*name == '\0' || strchr(name, '/') != NULL)
    return -1;
  conversion = iconv_open("UTF-8", name);
  if (conversion == (iconv_t)-1)
    return errno == EINVAL ? -1 : -2;
  d->conversion = conversion;
  d->open = 1;
  return 0;
}

/* Calls iconv on all of in[0..n) (NULL: for what the end of the text still gives). 0, or the errno of what stopped it; -1
** when memory is out. *taken: bytes converted. */
static int convert(thr_decoder *d, char *in, size_t n, thr_buf *out, size_t *taken) {
  size_t left = n;
  char *at = in;
  for (;;) {
    char *to;
    size_t room, result;
    if (thr_buf_reserve(out, left + left / 2 + 64) != 0)
      return -1;
    to = out->data + out->len;
    room = out->cap - out->len - 1;
    result = iconv((iconv_t)d->conversion, in == NULL ? NULL : &at, in == NULL ? NULL : &left, &to, &room);
    out->len = (size_t)(to - out->data);
    *to = '\0';
    *taken = n - left;
    if (result != (size_t)-1)
      return 0;
    if (errno != E2BIG)
      return errno;
  }
}

int thr_decoder_feed(thr_decoder *d, const char *s, size_t n, int last, thr_buf *out, int *bad) {
  size_t taken = 0;
  int rc;
  if (thr_buf_append(&d->in, s, n) != 0)
    return -1;
  rc = convert(d, d->in.data, d->in.len, out, &taken);
  if (rc == -1)
    return -1;
  if (rc != 0 && (rc != EINVAL || last)) { /* EINVAL: it ends within a character */
    *bad = (unsigned char)d->in.data[taken];
    return 1;
  }
  memmove(d->in.data, d->in.data + taken, d->in.len - taken);
  d->in.len -= taken;
  return last && convert(d, NULL, 0, out, &taken) == -1 ? -1 : 0;
}

void thr_decoder_close(thr_decoder *d) {
  if (d->open)
    iconv_close((iconv_t)d->conversion);
  d->open = 0;
  thr_buf_free(&d->in);
}
