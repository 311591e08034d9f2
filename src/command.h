/* command.h — a secret from a program's output, such as "pass show thrive". Must not include lua.h. */
#ifndef THR_COMMAND_H
#define THR_COMMAND_H

#include "buf.h"

#define THR_COMMAND_LONGEST 65536 /* bytes of a line: no token is longer */

typedef enum {
  THR_COMMAND_OK,
  THR_COMMAND_FAILED,    /* could not be run; *detail is errno */
  THR_COMMAND_EXITED,    /* with another status than 0: *detail */
  THR_COMMAND_SIGNALLED, /* *detail is the signal's number */
  THR_COMMAND_EMPTY,     /* the first line of what it printed is empty */
  THR_COMMAND_TOO_LONG,
  THR_COMMAND_INTERRUPTED, /* this process was: *detail is the signal's number */
  THR_COMMAND_LATE         /* its time was over, and it was ended */
} thr_command_result;

/* Runs a line of the shell to its end and appends the first line of its output, without the line's end, to the empty
** *out; the rest is thrown away. The command has our standard error and, where that is a terminal, our standard input
** (it may ask for a password, but not eat what was piped to us). SIGINT and SIGTERM end it where the program handles them;
** its handler runs when all is cleaned up. With a limit of so many seconds (0: none) it is a process group of its own, which
** a terminal would not let read, and is ended as a whole when they are over. When this fails *out is empty and holds nothing
** of the output. The caller wipes *out. */
thr_command_result thr_command_first_line(const char *command, double limit, thr_buf *out, int *detail);

#endif
