/* curlapi.h — how transport.c reaches libcurl: linked, or (with -DTHR_DLOPEN, for the thrivelua binary) looked up on
** first use through a table, so that a script without network does not pay for loading libcurl and what it depends on.
** Only transport.c and curlapi.c include this. Must not include lua.h. */
#ifndef THR_CURLAPI_H
#define THR_CURLAPI_H

#ifdef THR_DLOPEN
/* The type checks of curl.h are macros over the functions' names, which the table replaces. */
#ifndef CURL_DISABLE_TYPECHECK
#define CURL_DISABLE_TYPECHECK
#endif
#endif

#include <curl/curl.h>

#if LIBCURL_VERSION_NUM < 0x074400
#error \
    "thrive needs libcurl 7.68.0 or newer (Debian 11, Ubuntu 20.04 and later have it); install newer headers"
#endif

/* Makes libcurl callable. 0; or -1 and *why = one line that says what to install. A no-op in the linked build. Not for
** two threads at once: transport.c calls it behind its once-guard. */
int thr_curlapi_load(const char **why);

#ifdef THR_DLOPEN

/* Every function of libcurl that transport.c calls. */
#define THR_CURLAPI(X)        \
  X(curl_global_init)         \
  X(curl_version)             \
  X(curl_version_info)        \
  X(curl_easy_init)           \
  X(curl_easy_setopt)         \
  X(curl_easy_getinfo)        \
  X(curl_easy_reset)          \
  X(curl_easy_cleanup)        \
  X(curl_easy_strerror)       \
  X(curl_slist_append)        \
  X(curl_slist_free_all)      \
  X(curl_multi_init)          \
  X(curl_multi_setopt)        \
  X(curl_multi_add_handle)    \
  X(curl_multi_remove_handle) \
  X(curl_multi_perform)       \
  X(curl_multi_poll)          \
  X(curl_multi_timeout)       \
  X(curl_multi_fdset)         \
  X(curl_multi_info_read)     \
  X(curl_multi_cleanup)       \
  X(curl_multi_strerror)      \
  X(curl_share_init)          \
  X(curl_share_setopt)        \
  X(curl_share_cleanup)

/* curl.h wraps the variadic ones in macros of the same name, to count the arguments. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt
#undef curl_share_setopt

typedef struct thr_curlapi_table {
#define THR_CURLAPI_SLOT(name) __typeof__(name) *name;
  THR_CURLAPI(THR_CURLAPI_SLOT)
#undef THR_CURLAPI_SLOT
} thr_curlapi_table;

extern thr_curlapi_table thr_curlapi; /* written once by thr_curlapi_load, read-only after it */

/* curlapi.c needs the plain names. */
#ifndef THR_CURLAPI_IMPLEMENTATION
#define curl_global_init thr_curlapi.curl_global_init
#define curl_version thr_curlapi.curl_version
#define curl_version_info thr_curlapi.curl_version_info
#define curl_easy_init thr_curlapi.curl_easy_init
#define curl_easy_setopt thr_curlapi.curl_easy_setopt
#define curl_easy_getinfo thr_curlapi.curl_easy_getinfo
#define curl_easy_reset thr_curlapi.curl_easy_reset
#define curl_easy_cleanup thr_curlapi.curl_easy_cleanup
#define curl_easy_strerror thr_curlapi.curl_easy_strerror
#define curl_slist_append thr_curlapi.curl_slist_append
#define curl_slist_free_all thr_curlapi.curl_slist_free_all
#define curl_multi_init thr_curlapi.curl_multi_init
#define curl_multi_setopt thr_curlapi.curl_multi_setopt
#define curl_multi_add_handle thr_curlapi.curl_multi_add_handle
#define curl_multi_remove_handle thr_curlapi.curl_multi_remove_handle
#define curl_multi_perform thr_curlapi.curl_multi_perform
#define curl_multi_poll thr_curlapi.curl_multi_poll
#define curl_multi_timeout thr_curlapi.curl_multi_timeout
#define curl_multi_fdset thr_curlapi.curl_multi_fdset
#define curl_multi_info_read thr_curlapi.curl_multi_info_read
#define curl_multi_cleanup thr_curlapi.curl_multi_cleanup
#define curl_multi_strerror thr_curlapi.curl_multi_strerror
#define curl_share_init thr_curlapi.curl_share_init
#define curl_share_setopt thr_curlapi.curl_share_setopt
#define curl_share_cleanup thr_curlapi.curl_share_cleanup
#endif

#endif
#endif
