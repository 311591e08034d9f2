/* tty.h — one line from the terminal that the process belongs to, with or without echo. Must not include lua.h. */
#ifndef THR_TTY_H
#define THR_TTY_H

#include <stddef.h>

typedef enum {
  THR_TTY_LINE,        /* a line, without its end */
  THR_TTY_END,         /* end of input, or the terminal is gone */
  THR_TTY_INTERRUPTED, /* Ctrl-C, or another signal that the program has a handler for */
  THR_TTY_TOO_LONG,    /* the line does not fit */
  THR_TTY_FAILED       /* errno says why; ENXIO where the process has no terminal */
} thr_tty_result;

/* Writes the prompt to /dev/tty and reads a line from there: with echo as the terminal edits lines, without it unseen
** (Backspace and Ctrl-U work) and of any length that fits. line has room for cap bytes and gets no NUL; *len is the
** length. However this ends, the terminal is as it was; a line typed without echo takes with it whatever was typed
** after it. Ctrl-Z stops the process with the terminal restored, and asks again when it goes on; signals that end the
** process do so once the terminal is restored. The signals' handlers are changed meanwhile: not for two threads at
** once. The caller wipes `line`. */
thr_tty_result thr_tty_read(const char *prompt, size_t n, int echo, char *line, size_t cap, size_t *len);

#endif
