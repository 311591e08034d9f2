/* mhdapi.c — finds libmicrohttpd at run time (THR_DLOPEN), or does nothing where it is linked. Owns: the function table.
** Must not include lua.h. */
#define THR_MHDAPI_NO_MACROS
#include "mhdapi.h"

#ifdef THR_DLOPEN
#include "dynlib.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

thr_mhdapi_table thr_mhdapi;

static const char *load_problem = NULL;
static char load_text[256]; /* dynlib's own buffer is overwritten by the next library that is missing */
static pthread_once_t load_once = PTHREAD_ONCE_INIT;

static void load(void) {
  static const char *const sonames[] = {
#ifdef __APPLE__
      "libmicrohttpd.12.dylib", "libmicrohttpd.dylib", "/opt/homebrew/lib/libmicrohttpd.dylib",
      "/usr/local/lib/libmicrohttpd.dylib",
#else
      "libmicrohttpd.so.12", "libmicrohttpd.so",
#endif
      NULL};
  static const char *const symbols[] = {
#define THR_MHDAPI_NAME(name) #name,
      THR_MHDAPI_FUNCTIONS(THR_MHDAPI_NAME)
#undef THR_MHDAPI_NAME
  };
  void *found[sizeof(symbols) / sizeof(symbols[0])] = {NULL};
  const char *why = NULL;
  if (thr_dynlib_load(sonames, symbols, found, sizeof(symbols) / sizeof(symbols[0]), &why) != 0) {
    snprintf(load_text, sizeof(load_text), "%s", (why != NULL) ? why : "libmicrohttpd could not be loaded");
    load_problem = load_text;
    return;
  }
  /* C has no cast from object to function pointer; POSIX promises that the bytes are the same */
  memcpy(&thr_mhdapi, found, sizeof(found));
}

int thr_mhdapi_load(const char **why) {
  pthread_once(&load_once, load);
  *why = load_problem;
  return (load_problem == NULL) ? 0 : -1;
}

#else

int thr_mhdapi_load(const char **why) {
  *why = NULL;
  return 0;
}

#endif
