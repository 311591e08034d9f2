/* curlapi.c — the table of libcurl functions for the build that looks libcurl up on first use (THR_DLOPEN); in the
** linked build only the no-op below. Owns no state but the table. Must not include lua.h. */
#define THR_CURLAPI_IMPLEMENTATION
#include "curlapi.h"

#ifdef THR_DLOPEN

#include <string.h>

#include "dynlib.h"

thr_curlapi_table thr_curlapi;

/* The flavours of Debian differ only in the TLS library; all have the same ABI. */
static const char *const sonames[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.4.dylib", NULL};

static const char *const symbols[] = {
#define THR_CURLAPI_NAME(name) #name,
    THR_CURLAPI(THR_CURLAPI_NAME)
#undef THR_CURLAPI_NAME
};

#define SYMBOLS (sizeof symbols / sizeof *symbols)

int thr_curlapi_load(const char **why) {
  void *found[SYMBOLS];
  /* Copied as bytes: POSIX promises that a void * from dlsym holds a function pointer, C has no cast for it. */
  typedef char same_size[sizeof found == sizeof thr_curlapi ? 1 : -1];
  (void)sizeof(same_size);
  if (thr_dynlib_load(sonames, symbols, found, SYMBOLS, why) != 0)
    return -1;
  memcpy(&thr_curlapi, found, sizeof thr_curlapi);
  return 0;
}

#else

int thr_curlapi_load(const char **why) {
  (void)why;
  return 0;
}

#endif
