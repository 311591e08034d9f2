/* controls.h — what a terminal would obey instead of showing it. Must not include lua.h. */
#ifndef THR_CONTROLS_H
#define THR_CONTROLS_H

#include <stddef.h>

/* Makes a text fit for a line on a terminal, in place, byte by byte: control characters become blanks, those of Unicode
** (U+0080 to U+009F) as well, and so do separators of lines and marks that turn the direction of writing. */
void thr_blank_controls(char *text, size_t n);

#endif
