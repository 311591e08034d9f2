/* lineedit.h — where the prompt gets its lines from. thrivelua only. */
#ifndef THR_LINEEDIT_H
#define THR_LINEEDIT_H

#include <lua.h>

/* lua_CFunction: readline(prompt) writes prompt on stdout and reads one line of standard input. [-1, +1]
** Returns the line without its newline; nil at the end of input; false when Ctrl-C on a terminal dropped the line.
** Raises only when memory is out. */
int thrL_readline(lua_State *L);

#endif
