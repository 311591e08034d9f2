/* prompt.h — the prompt's loop: gets chunks, has them called, shows what comes out. thrivelua only. */
#ifndef THR_PROMPT_H
#define THR_PROMPT_H

#include <lua.h>
#include <signal.h>

/* What main.c does for it. */
typedef struct thrL_prompt_host {
  int (*call)(lua_State *L, int nargs, int nresults); /* lua_pcall with tracebacks and with Ctrl-C */
  int (*report)(lua_State *L, int status); /* prints and pops the message, if status says that there is one */
  volatile sig_atomic_t *interrupted;      /* the signal that ended the last call, or 0 */
} thrL_prompt_host;

/* Makes ready: on a terminal a session (thrive.repl.session), elsewhere lua's prompt (thrive.repl, which is on the top).
** Has to be done before any script can have changed the globals. [-1, +0, e] */
void thrL_prompt_prepare(lua_State *L);
/* Is it a session, for a person at a terminal? [-0, +0, -] */
int thrL_prompt_is_session(lua_State *L);
/* In a session: makes of the message on the top, with its traceback, what is told. Raises nothing. [-1, +1, -] */
void thrL_prompt_tidy(lua_State *L);
/* Runs it to its end. The stack is empty afterwards. Returns the signal that ended it, or 0. [-?, +0, e] */
int thrL_prompt_run(lua_State *L, const thrL_prompt_host *host);

#endif
