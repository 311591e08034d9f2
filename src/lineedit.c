/* lineedit.c — the plain line reader of the prompt: no history, no editing but the terminal's own. thrivelua only.
**
** Bytes are read one at a time from the descriptor and not through stdio, because that is what Debian's lua (readline)
** does with standard input: io.read at the prompt sees exactly what follows the line. For the same reason input that
** is no terminal is echoed after the prompt, so that a transcript reads like a session (but not wrapped at 80 columns and
** with no meaning given to control characters, as readline does even there). */
#include "lineedit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>

static volatile sig_atomic_t cancelled;

/* Its presence is what makes read() end with EINTR, where the default would end the process. */
static void on_sigint(int sig) {
  (void)sig;
  cancelled = 1;
}

/* One byte of standard input: 1, 0 at the end or on an error, -1 when a signal came first. */
static int next_byte(char *c) {
  ssize_t n = read(STDIN_FILENO, c, 1);
  if (n < 0 && errno == EINTR)
    return -1;
  return n == 1;
}

int thrL_readline(lua_State *L) {
  size_t n;
  const char *prompt = luaL_checklstring(L, 1, &n);
  int terminal = isatty(STDIN_FILENO), got;
  struct sigaction ours, before;
  char c;
  luaL_Buffer line;
  luaL_buffinit(L, &line);
  fwrite(prompt, 1, n, stdout);
  fflush(stdout);
  memset(&ours, 0, sizeof ours);
  sigemptyset(&ours.sa_mask);
  ours.sa_handler = on_sigint; /* no SA_RESTART: read() has to return */
  n = 0;
  cancelled = 0;
  for (;;) {
    /* Only around read(): nothing that can raise runs while the handler is changed. */
    if (terminal)
      sigaction(SIGINT, &ours, &before);
    got = next_byte(&c);
    if (terminal)
      sigaction(SIGINT, &before, NULL);
    if (got < 0 && cancelled) {
      fputs("\n", stdout);
      lua_pushboolean(L, 0);
      return 1;
    }
    if (got < 0)
      continue;
    if (got == 0 || c == '\n')
      break;
    luaL_addchar(&line, c);
    n++;
  }
  if (got == 0 && n == 0) {
    lua_pushnil(L);
    return 1;
  }
  luaL_pushresult(&line);
  if (!terminal) {
    fwrite(lua_tostring(L, -1), 1, n, stdout);
    fputs("\n", stdout);
    fflush(stdout);
  }
  return 1;
}
