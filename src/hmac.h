/* hmac.h — HMAC-SHA256 of what a webhook delivers. Must not include lua.h. */
#ifndef THR_HMAC_H
#define THR_HMAC_H

#include <stddef.h>

/* Is `digest`, in hex of either case, the HMAC-SHA256 of body under secret? 1 yes, 0 no, -1 when no libcrypto is to be had
** (why, a static string). Takes the same time wherever the digests differ. */
int thr_hmac_sha256_is(const char *secret, size_t sn, const char *body, size_t bn, const char *digest,
                       size_t dn, const char **why);

#endif
