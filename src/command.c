/* command.c — runs a program for the first line of its output. What it prints is in one buffer, wiped by who asked, and
** in a block on the stack that is wiped here. Must not include lua.h. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
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

/* Reads to the end, for a program that cannot write fails; keeps the first line. 1 when that was too long. */
static int read_all(int fd, thr_buf *out) {
  char block[4096];
  int ended = 0, too_long = 0;
  ssize_t n;
  while ((n = read(fd, block, sizeof block)) > 0 || (n < 0 && errno == EINTR)) {
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

/* Waits for the end. -1 where the host program has made the system forget its children's: it printed what it did. */
static int await(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      return -1;
  return status;
}

thr_command_result thr_command_first_line(const char *command, thr_buf *out, int *detail) {
  thr_command_result result = THR_COMMAND_OK;
  pid_t child = 0;
  int ends[2], status, too_long;
  *detail = ENOMEM;
  if (thr_buf_reserve(out, THR_COMMAND_LONGEST) != 0) /* at once, for growing leaves a copy behind */
    return THR_COMMAND_FAILED;
  if (pipe(ends) != 0) {
    *detail = errno;
    return THR_COMMAND_FAILED;
  }
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  *detail = start(command, ends[1], &child);
  close(ends[1]);
  if (*detail != 0) {
    close(ends[0]);
    return THR_COMMAND_FAILED;
  }
  too_long = read_all(ends[0], out);
  close(ends[0]);
  status = await(child);
  if (status != -1 && WIFSIGNALED(status)) {
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
