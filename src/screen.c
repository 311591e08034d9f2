/* screen.c — core.screen: what lua/thrive/progress/screen.lua needs of the terminal and Lua has not. Layer 2.
**
** A program that ends by os.exit or by a signal runs no Lua any more, and the terminal belongs to the shell again, which
** does not look after it. So the text that puts it right lies ready here, for exit() and for signal handlers. */
#include "screen.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 64 };
static volatile char text[MOST];
static volatile sig_atomic_t size; /* of text; 0: nothing to put right */
static pid_t owner;                /* a child that was forked leaves its parent's terminal alone */

/* All of it scrolls again, and what is below the cursor goes: after another size came nobody knows where our line is. */
static const char resized[] = "\0337\033[r\0338\033[J";

static void write_once(const char *what, size_t n) {
  int error = errno;
  int held = size > 0 && getpid() == owner;
  size = 0;
  if (held && write(STDERR_FILENO, what, n) < 0) {
    /* The terminal is gone: there is nothing to put right. */
  }
  errno = error;
}

void thr_screen_restore(void) {
  char copy[MOST];
  size_t i, n = (size_t)size;
  for (i = 0; i < n; i++)
    copy[i] = text[i];
  write_once(copy, n);
}

/* ---- signals: only in a program that says so, and only while something is held ---- */

static const int signals[] = {SIGWINCH, SIGTSTP,
                              SIGHUP}; /* SIGINT and SIGTERM are main.c's, which calls us */
enum { SIGNALS = sizeof signals / sizeof signals[0] };
static struct sigaction before[SIGNALS];
static int may_catch, catching;

static void on_signal(int sig);

static void catch_one(int i) {
  struct sigaction ours;
  memset(&ours, 0, sizeof ours);
  sigemptyset(&ours.sa_mask);
  ours.sa_handler = on_signal;
  ours.sa_flags = SA_RESTART; /* none of them is a reason to come back early */
  if (sigaction(signals[i], NULL, &before[i]) == 0 && before[i].sa_handler != SIG_IGN)
    sigaction(signals[i], &ours, NULL); /* what is ignored (nohup) stays so */
}

/* What the signal would have done without us, now that the terminal is in order. */
static void pass_on(int i) {
  sigset_t only;
  sigaction(signals[i], &before[i], NULL);
  sigemptyset(&only);
  sigaddset(&only, signals[i]);
  raise(signals[i]);
  pthread_sigmask(SIG_UNBLOCK, &only, NULL); /* here it stops the process, or ends it */
}

static void on_signal(int sig) {
  int i = 0, error = errno;
  while (i < SIGNALS - 1 && signals[i] != sig)
    i++;
  if (sig == SIGWINCH)
    write_once(resized, sizeof resized - 1);
  else
    thr_screen_restore();
  if (sig != SIGWINCH || before[i].sa_handler != SIG_DFL) { /* which is to do nothing */
    pass_on(i);
    catch_one(i); /* after SIGCONT */
  }
  errno = error;
}

static void catch_signals(void) {
  int i;
  for (i = 0; i < SIGNALS; i++)
    catch_one(i);
  catching = 1;
}

static void release_signals(void) {
  int i;
  catching = 0;
  for (i = 0; i < SIGNALS; i++) {
    struct sigaction now;
    if (sigaction(signals[i], NULL, &now) == 0 && now.sa_handler == on_signal)
      sigaction(signals[i], &before[i], NULL);
  }
}

void thr_screen_catch_signals(void) { may_catch = 1; }

/* ---- for Lua ---- */

/* screen.hold(restore): `restore` is written to standard error when the process ends by exit(), as os.exit does; in
** thrivelua also when a signal stops or ends it. nil: no more. In a program with several Lua states the last one counts.
** [-0, +0, e] */
static int screen_hold(lua_State *L) {
  static int registered;
  size_t n = 0, i;
  const char *given = luaL_optlstring(L, 1, "", &n);
  luaL_argcheck(L, n <= MOST, 1, "too long");
  size = 0; /* a signal that comes now finds nothing, or all of it */
  for (i = 0; i < n; i++)
    text[i] = given[i];
  owner = getpid();
  if (n > 0 && !registered)
    registered = atexit(thr_screen_restore) == 0;
  size = (sig_atomic_t)n;
  if (n > 0 && may_catch && !catching)
    catch_signals();
  else if (n == 0 && catching)
    release_signals();
  return 0;
}

/* screen.held() → is what was held still to be put right? Not any more after a signal has done so. [-0, +1, -] */
static int screen_held(lua_State *L) {
  lua_pushboolean(L, size > 0);
  return 1;
}

/* screen.foreground(fd) → may this process write to that terminal without being in somebody else's way? [-0, +1, e] */
static int screen_foreground(lua_State *L) {
  lua_Integer fd = luaL_checkinteger(L, 1);
  pid_t group = fd >= 0 && fd <= INT_MAX ? tcgetpgrp((int)fd) : -1;
  lua_pushboolean(L, group < 0 || group == getpgrp()); /* no job control there: then there is nobody else */
  return 1;
}

void thrL_screen_open(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"hold", screen_hold}, {"held", screen_held}, {"foreground", screen_foreground}, {NULL, NULL}};
  luaL_newlib(L, functions);
}
