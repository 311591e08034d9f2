/* editline.h — the line editor of the prompt: libedit, looked up when a session on a terminal begins. thrivelua only. */
#ifndef THR_EDITLINE_H
#define THR_EDITLINE_H

#include <lua.h>

/* lua_CFunction: editor(limit, [editrc]) → an editor | nil, a message when libedit is not there or is no use. `limit`: how
** many entries its history keeps. The user's settings for libedit (~/.editrc, EDITRC) are read. [-1, +1|2, m]
**
** editor:read(prompt, complete) → one line (or a pasted text of several) without its last line break; nil at the end of
**   input; nil and SIGTERM when that came; false when Ctrl-C dropped the line. `prompt` is one line; what stands in it
**   between two bytes 1 is sent as it is and takes no room.
**   complete(line, cursor, columns) is called at Tab: cursor is the number of bytes before it; it returns the number of
**   characters to take away before the cursor, the text to put there or nil, and the text to show below the line (whole
**   lines) or nil. What it raises is shown like that.
** editor:begin_line() goes to the beginning of a line, wherever the output before has ended: read believes that it is there.
** editor:remember(text) puts an entry into the history, unless it is the last one already.
** editor:close() and <close>: idempotent; afterwards the other methods raise. */
int thrL_editor_new(lua_State *L);

#endif
