/* libedit.c — finds libedit at run time; see libedit.h. Owns: the function table. Must not include lua.h. */
#include "libedit.h"

#include <string.h>

#include "dynlib.h"

thr_libedit_table thr_libedit;

int thr_libedit_load(const char **why) {
  static const char *const sonames[] = {"libedit.so.2", "libedit.so.0", "libedit.dylib", "libedit.so.3",
                                        NULL};
  static const char *const symbols[] = {
      "el_init",   "el_end",   "el_get",    "el_set",       "el_wset",       "el_source",
      "el_gets",   "el_line",  "el_wline",  "el_insertstr", "el_winsertstr", "el_deletestr",
      "el_cursor", "el_wpush", "el_resize", "history_init", "history_end",   "history"};
  void *found[sizeof symbols / sizeof *symbols] = {NULL};
  if (thr_libedit.init != NULL)
    return 0;
  if (thr_dynlib_load(sonames, symbols, found, sizeof symbols / sizeof *symbols, why) != 0)
    return -1;
  memcpy(&thr_libedit, found,
         sizeof found); /* C has no cast from object to function pointer; POSIX promises the bytes */
  return 0;
}
