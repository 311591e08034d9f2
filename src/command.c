/* command.c — runs a program for the first line of its output. What it prints is in one buffer, wiped by who asked, and
** in a block on the stack that is wiped here. Must not include lua.h. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ; /* POSIX: "a program shall declare it" */

/* 0, or an error number. */
static int set_up(posix_spawn_file_actions_t *actions, int output) {
  int rc = posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
  if (rc == 0 && !isatty(STDIN_FILENO))
    rc = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  return rc;
}

/* 0, or an error number. */
static int start(const char *command, int output, pid_t *child) {
  char shell[] = "sh", option[] = "-c";
  char *words[] = {shell, option, (char *)command, NULL}; /* the words are only read: an old interface */
  posix_spawn_file_actions_t actions;
  int rc = posix_spawn_file_actions_init(&actions);
  if (rc != 0)
    return rc;
  rc = set_up(&actions, output);
  if (rc == 0)
    rc = posix_spawn(child, "/bin/sh", &actions, NULL, words, environ);
  posix_spawn_file_actions_destroy(&actions);
  return rc;
}

/* ---- signals: a program that handles them (an interpreter, which raises an error later) is not to wait for the end ---- */

static const int watched[] = {SIGINT, SIGTERM};
enum { WATCHED = sizeof watched / sizeof *watched };
static volatile sig_atomic_t came; /* the number of the last one */

static void on_signal(int sig) { came = sig; }

static void catch_signals(struct sigaction *handlers) {
  struct sigaction action;
  size_t i;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_handler = on_signal;
  came = 0;
  for (i = 0; i < WATCHED; i++) {
    sigaction(watched[i], NULL, &handlers[i]);
    if (handlers[i].sa_handler != SIG_IGN && handlers[i].sa_handler != SIG_DFL)
      sigaction(watched[i], &action, NULL);
  }
}

static void release_signals(const struct sigaction *handlers) {
  size_t i;
  for (i = 0; i < WATCHED; i++)
    if (handlers[i].sa_handler != on_signal) /* another thread's: it puts back what was before */
      sigaction(watched[i], &handlers[i], NULL);
}

/* ---- the program's output and its end ---- */

/* Milliseconds: between two looks at `came`; a pause at most, and until the signal is sent on; until SIGKILL. */
enum { SLICE = 250, NAP = 50, GRACE = 1000 };

/* Is there something to read, or the end of it? 0 after a signal. */
static int wait_for_output(int fd) {
  struct pollfd one;
  one.fd = fd;
  one.events = POLLIN;
  do
    one.revents = 0;
  while (!came && poll(&one, 1, SLICE) <= 0);
  return !came;
}

/* Reads to the end, for a program that cannot write fails; keeps the first line. 1 when that was too long. */
static int read_all(int fd, thr_buf *out) {
  char block[4096];
  int ended = 0, too_long = 0;
  ssize_t n = 0;
  while (wait_for_output(fd) && ((n = read(fd, block, sizeof block)) > 0 || (n < 0 && errno == EINTR))) {
    const char *end = n > 0 ? memchr(block, '\n', (size_t)n) : NULL;
    size_t take = end != NULL ? (size_t)(end - block) : n > 0 ? (size_t)n : 0;
    if (!ended && out->len + take > THR_COMMAND_LONGEST)
      too_long = ended = 1;
    if (!ended)
      thr_buf_append(out, block, take); /* there is room */
    ended = ended || end != NULL;
  }
  thr_wipe(block, sizeof block);
  if (out->len > 0 && out->data[out->len - 1] == '\r')
    out->data[--out->len] = '\0';
  return too_long;
}

/* Has it ended? 1, and *status; -1 where the host program has made the system forget its children's. */
static int reap(pid_t child, int *status) {
  pid_t got;
  do
    got = waitpid(child, status, WNOHANG);
  while (got < 0 && errno == EINTR);
  return got == child ? 1 : (int)got;
}

/* Waits for the end; after a signal, which may come while it does, makes one: a key of the terminal has sent it to the
** program, too, which may be putting the terminal right. -1: nobody knows the status. */
static int await(pid_t child) {
  int status = 0, ended, pause = 1, waited = 0, told = 0;
  while ((ended = reap(child, &status)) == 0) {
    if (waited >= GRACE)
      kill(child, SIGKILL);
    else if (waited >= NAP && !told) {
      kill(child, (int)came);
      told = 1;
    }
    poll(NULL, 0, pause); /* hardly ever: who has closed its output is at its end */
    waited += came ? pause : 0;
    pause = pause < NAP ? pause * 2 : pause;
  }
  return ended < 0 ? -1 : status;
}

thr_command_result thr_command_first_line(const char *command, thr_buf *out, int *detail) {
  thr_command_result result = THR_COMMAND_OK;
  struct sigaction handlers[WATCHED];
  pid_t child = 0;
  int ends[2], status, too_long, sig;
  *detail = ENOMEM;
  if (thr_buf_reserve(out, THR_COMMAND_LONGEST) != 0) /* at once, for growing leaves a copy behind */
    return THR_COMMAND_FAILED;
  if (pipe(ends) != 0) {
    *detail = errno;
    return THR_COMMAND_FAILED;
  }
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  catch_signals(handlers);
  *detail = start(command, ends[1], &child);
  close(ends[1]);
  if (*detail != 0) {
    close(ends[0]);
    release_signals(handlers);
    return THR_COMMAND_FAILED;
  }
  too_long = read_all(ends[0], out);
  close(ends[0]);
  status = await(child);
  release_signals(handlers);
  sig = (int)came;
  if (sig != 0) {
    result = THR_COMMAND_INTERRUPTED;
    *detail = sig;
    raise(sig); /* the program's own handler */
  } else if (status != -1 && WIFSIGNALED(status)) {
    result = THR_COMMAND_SIGNALLED;
    *detail = WTERMSIG(status);
  } else if (status != -1 && WEXITSTATUS(status) != 0) {
    result = THR_COMMAND_EXITED;
    *detail = WEXITSTATUS(status);
  } else if (too_long) {
    result = THR_COMMAND_TOO_LONG;
  } else if (out->len == 0) {
    result = THR_COMMAND_EMPTY;
  }
  if (result != THR_COMMAND_OK)
    thr_buf_wipe(out);
  return result;
}
