/* histfile.h — a small text file that several processes add to: the history of the prompt. thrivelua only. */
#ifndef THR_HISTFILE_H
#define THR_HISTFILE_H

#include <lauxlib.h>

/* Functions for Lua, in a table of their own. Each opens the file, made when missing, with mode 0600 (an existing one is
** given it), locks it against other processes, and lets go of it: nothing stays open. They return nil and a message when
** that cannot be: not ours, not writable, somebody holds the lock for longer than a second.
**   append(path, text)  → true              text is added at the end, in one piece
**   update(path, edit)  → the text before   edit(text) returns what is to be in the file instead, or nil: stays as it is.
**                                           It is called in protected mode; what it raises comes back as the message
** A path that leads to something else than a file (a link to /dev/null) takes everything and gives nothing. */
extern const luaL_Reg thrL_histfile_functions[];

#endif
