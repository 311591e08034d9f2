/* dynlib.c — dlopen and dlsym for the binary's lazily loaded libraries; see dynlib.h. Must not include lua.h, must not
** know any library's functions. */
#include "dynlib.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static char reason[512];

/* What a user has to install to get a library, by the start of its soname. */
static const char *package_of(const char *soname) {
  static const struct {
    const char *soname, *package;
  } known[] = {{"libcurl", "libcurl4"},
               {"libmicrohttpd", "libmicrohttpd12"},
               {"libedit", "libedit2"},
               {"libcrypto", "libssl3"}};
  size_t i;
  for (i = 0; i < sizeof known / sizeof known[0]; i++)
    if (strncmp(soname, known[i].soname, strlen(known[i].soname)) == 0)
      return known[i].package;
  return NULL;
}

int thr_dynlib_load(const char *const *sonames, const char *const *symbols, void **out, size_t n,
                    const char **why) {
  void *library;
  const char *const *name = sonames;
  size_t i;
  do
    library = dlopen(*name, RTLD_NOW | RTLD_LOCAL);
  while (library == NULL && *++name != NULL);
  if (library == NULL) {
    const char *package = package_of(sonames[0]);
    const char *detail = dlerror(); /* of the last soname tried; the first is the one to name */
    if (package != NULL)
      snprintf(reason, sizeof reason, "cannot load %s: install it (on Debian: apt install %s)", sonames[0],
               package);
    else
      snprintf(reason, sizeof reason, "cannot load %s: %s", sonames[0],
               detail != NULL ? detail : "not found");
    *why = reason;
    return -1;
  }
  for (i = 0; i < n; i++) {
    int optional = symbols[i][0] == '?';
    const char *symbol = symbols[i] + optional;
    out[i] = dlsym(library, symbol);
    if (out[i] == NULL && !optional) {
      const char *package = package_of(sonames[0]);
      snprintf(reason, sizeof reason, "%s lacks %s: install a newer one%s%s%s", *name, symbol,
               package != NULL ? " (on Debian: apt install " : "", package != NULL ? package : "",
               package != NULL ? ")" : "");
      *why = reason;
      memset(out, 0, n * sizeof out[0]);
      dlclose(library);
      return -1;
    }
  }
  return 0;
}
