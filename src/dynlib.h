/* dynlib.h — libraries that are looked up on first use, so that start-up does not pay for them: libcurl and libmicrohttpd in
** the thrivelua binary (objects compiled with -DTHR_DLOPEN), libedit at its prompt, libcrypto everywhere. Must not include
** lua.h. The table of names belongs to the header that wraps a library (curlapi.h, mhdapi.h, libedit.h); dynlib.c knows no
** library by name but for the hint what to install. */
#ifndef THR_DYNLIB_H
#define THR_DYNLIB_H

#include <stddef.h>

/* Opens the first of sonames (a NULL-terminated list of at least one) that is there, and stores the address of symbols[i] in
** out[i] for i < n. A symbol whose name starts with '?' is optional: its slot becomes NULL where the library lacks it. The
** library is opened RTLD_NOW | RTLD_LOCAL and stays open until the process ends (on failure it is closed and out is zeroed).
** 0, or -1 with *why = one line that names the library and what to install, in a static buffer that is overwritten by
** the next failure. Not for use by two threads at once: callers hold their own once-guard. */
int thr_dynlib_load(const char *const *sonames, const char *const *symbols, void **out, size_t n,
                    const char **why);

#endif
