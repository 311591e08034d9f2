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

#include "transport.h"

extern char **environ; /* POSIX: "a program shall declare it" */

/* 0, or an error number. */
static int set_up(posix_spawn_file_actions_t *actions, int output) {
  int rc = posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
  if (rc == 0 && !isatty(STDIN_FILENO))
    rc = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  return rc;
}

/* 0, or an error number. group: is it to be the first of a process group? */
static int start(const char *command, int output, int group, pid_t *child) {
  char shell[] = "sh", option[] = "-c";
  char *words[] = {shell, option, (char *)command, NULL}; /* the words are only read: an old interface */
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int rc = posix_spawn_file_actions_init(&actions);
  if (rc != 0)
    return rc;
  rc = posix_spawnattr_init(&attributes);
  if (rc == 0) {
    rc = set_up(&actions, output);
    if (rc == 0 && group)
      rc = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP); /* of number 0: its own */
    if (rc == 0)
      rc = posix_spawn(child, "/bin/sh", &actions, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
  }
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

/* Is the time over? deadline: of thr_now(); 0: there is none. */
static int is_late(double deadline) { return deadline > 0 && thr_now() >= deadline; }

/* Is there something to read, or the end of it? 0 after a signal, and when it is late. */
static int wait_for_output(int fd, double deadline) {
  struct pollfd one;
  one.fd = fd;
  one.events = POLLIN;
  do {
    one.revents = 0;
    if (came || is_late(deadline))
      return 0;
  } while (poll(&one, 1, SLICE) <= 0);
  return 1;
}

/* Reads to the end, for a program that cannot write fails; keeps the first line. 1 when that was too long. */
static int read_all(int fd, double deadline, thr_buf *out) {
  char block[4096];
  int ended = 0, too_long = 0;
  ssize_t n = 0;
  while (wait_for_output(fd, deadline) &&
         ((n = read(fd, block, sizeof block)) > 0 || (n < 0 && errno == EINTR))) {
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
** program, too, which may be putting the terminal right. What is late is told to end at once, with the programs it has
** started: they may outlive it, and the number of their group is safe only until its end is known. *late becomes 1 when it
** is by now. -1: nobody knows the status. */
static int await(pid_t child, double deadline, int *late) {
  pid_t whom = deadline > 0 ? -child : child;
  int status = 0, ended, pause = 1, waited = 0, told = *late;
  if (*late)
    kill(whom, SIGTERM);
  while ((ended = reap(child, &status)) == 0) {
    if (!came && !*late && is_late(deadline))
      *late = 1;
    if (waited >= GRACE)
      kill(whom, SIGKILL);
    else if (waited >= NAP && !told) {
      kill(whom, came ? (int)came : SIGTERM);
      told = 1;
    }
    poll(NULL, 0, pause); /* hardly ever: who has closed its output is at its end */
    waited += came || *late ? pause : 0;
    pause = pause < NAP ? pause * 2 : pause;
  }
  return ended < 0 ? -1 : status;
}

thr_command_result thr_command_first_line(const char *command, double limit, thr_buf *out, int *detail) {
  thr_command_result result = THR_COMMAND_OK;
  struct sigaction handlers[WATCHED];
  pid_t child = 0;
  int ends[2], status, too_long, late, sig;
  double deadline = limit > 0 ? thr_now() + limit : 0;
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
  *detail = start(command, ends[1], limit > 0, &child);
  close(ends[1]);
  if (*detail != 0) {
    close(ends[0]);
    release_signals(handlers);
    return THR_COMMAND_FAILED;
  }
  too_long = read_all(ends[0], deadline, out);
  close(ends[0]);
  late = !came && is_late(deadline);
  status = await(child, deadline, &late);
  release_signals(handlers);
  sig = (int)came;
  if (sig != 0) {
    result = THR_COMMAND_INTERRUPTED;
    *detail = sig;
    raise(sig); /* the program's own handler */
  } else if (late) {
    result = THR_COMMAND_LATE;
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
