/* editkeys.h — what keys do at the prompt beyond what libedit's own commands do. thrivelua only. Must not include lua.h. */
#ifndef THR_EDITKEYS_H
#define THR_EDITKEYS_H

#include "libedit.h"

/* The command at Tab; it is called as libedit calls commands. */
typedef unsigned char (*thr_edit_command)(EditLine *, int);

/* Makes the commands known and binds keys as terminals send them. To be called before the user's settings are read, so that
** those count. */
void thr_editkeys_bind(EditLine *el, thr_edit_command complete);
/* Binds anew what has to be there whatever the settings say. To be called after them. */
void thr_editkeys_bind_essentials(EditLine *el);

/* ---- what editline.c does for them ---- */

/* The next character that is typed: 1; 0 at the end of input; -1 when the line is given up. */
int thr_editline_character(EditLine *el, wchar_t *c);
/* Shows lines below the line that is edited, and that anew below them. */
void thr_editline_show(EditLine *el, const char *lines);

#endif
