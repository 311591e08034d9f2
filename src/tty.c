/* tty.c — reading a line from the controlling terminal. Owns: its descriptors, the terminal's modes and the handlers of
** signals while it reads. Must not include lua.h. Failure: return value and errno. */
#include "tty.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

#include "buf.h"

/* Those that would leave the terminal without echo, and the one after which a shell has changed its modes. */
static const int watched[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT};
enum { WATCHED = sizeof watched / sizeof *watched };

/* The handler tells of a signal through a pipe, so that it does not matter when it comes, nor in which thread. */
static volatile sig_atomic_t wake_fd = -1;

static void on_signal(int sig) {
  int saved = errno;
  char byte = (char)sig;
  /* A full pipe holds enough to wake us. */
  if (write((int)wake_fd, &byte, 1) < 0)
    errno = saved;
  errno = saved;
}

typedef struct reading {
  int tty;
  int wake[2];
  int echo;
  struct termios before, ours;
  struct sigaction handlers[WATCHED];
} reading;

/* ---- what is changed while it reads ---- */

static int set_modes(int fd, const struct termios *modes) {
  int rc;
  do
    rc = tcsetattr(fd, TCSAFLUSH, modes);
  while (rc != 0 && errno == EINTR);
  return rc;
}

/* No echo, and no lines: the system's are at most 1024 or 4096 bytes long, and tokens may be longer. */
static int hide(reading *r) {
  struct termios got;
  if (r->echo)
    return 0;
  if (set_modes(r->tty, &r->ours) != 0 || tcgetattr(r->tty, &got) != 0)
    return -1;
  if ((got.c_lflag & ECHO) != 0) { /* success may mean that only some of the modes were set */
    errno = ENOTTY;
    return -1;
  }
  return 0;
}

static void show(reading *r) {
  if (!r->echo)
    set_modes(r->tty, &r->before);
}

static void catch_signals(reading *r) {
  struct sigaction action;
  size_t i;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_handler = on_signal;
  for (i = 0; i < WATCHED; i++) {
    sigaction(watched[i], NULL, &r->handlers[i]);
    if (r->handlers[i].sa_handler != SIG_IGN) /* nohup, or a shell's background: stays ignored */
      sigaction(watched[i], &action, NULL);
  }
}

static void release_signals(reading *r) {
  size_t i;
  for (i = 0; i < WATCHED; i++)
    sigaction(watched[i], &r->handlers[i], NULL);
}

/* A pipe whose ends do not block and are not inherited. */
static int open_pipe(int ends[2]) {
  int i;
  if (pipe(ends) != 0)
    return -1;
  for (i = 0; i < 2; i++) {
    fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    fcntl(ends[i], F_SETFL, O_NONBLOCK);
  }
  return 0;
}

/* ---- reading ---- */

static void put(int fd, const char *text, size_t n) {
  while (n > 0) {
    ssize_t done = write(fd, text, n);
    if (done < 0 && errno != EINTR)
      return; /* the terminal is gone: reading will tell */
    if (done > 0) {
      text += done;
      n -= (size_t)done;
    }
  }
}

/* Waits until there is something to read. 0, the number of a signal, or -1. */
static int wait_for_input(const reading *r) {
  int highest = r->tty > r->wake[0] ? r->tty : r->wake[0];
  unsigned char sig;
  for (;;) {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(r->tty, &set);
    FD_SET(r->wake[0], &set);
    if (select(highest + 1, &set, NULL, NULL, NULL) < 0) {
      if (errno != EINTR)
        return -1;
    } else if (FD_ISSET(r->wake[0], &set)) {
      if (read(r->wake[0], &sig, 1) == 1)
        return sig;
    } else
      return 0;
  }
}

/* Forgets the last character, which may be several bytes of UTF-8. */
static void erase(char *line, size_t *len) {
  while (*len > 0 && ((unsigned char)line[*len - 1] & 0xC0) == 0x80)
    (*len)--;
  if (*len > 0)
    (*len)--;
}

/* What the terminal does for lines with echo. 1: the line is complete; -1: it was empty, and is the last; else 0. */
static int take(const reading *r, char c, char *line, size_t *len) {
  const cc_t *special = r->before.c_cc;
  if (c == '\n' || (c == '\r' && !r->echo))
    return 1;
  if (!r->echo) {
    unsigned char byte = (unsigned char)c;
    if (byte == special[VERASE] || byte == '\b' || byte == 0x7f) {
      erase(line, len);
      return 0;
    }
    if (byte == special[VKILL] || byte == 0x15) {
      *len = 0;
      return 0;
    }
    if (byte == special[VEOF])
      return *len > 0 ? 1 : -1;
  }
  line[(*len)++] = c;
  return 0;
}

/* Reads until the line is there or a signal has come, whose number is *sig. */
static thr_tty_result read_line(const reading *r, char *line, size_t cap, size_t *len, int *sig) {
  int too_long = 0;
  *len = 0;
  for (;;) {
    ssize_t n;
    int done;
    char c = 0;
    *sig = wait_for_input(r);
    if (*sig != 0)
      return *sig < 0 ? THR_TTY_FAILED : THR_TTY_INTERRUPTED;
    n = read(r->tty, &c, 1);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno != EIO)
      return THR_TTY_FAILED;
    if (n <= 0)
      return *len > 0 && r->echo ? THR_TTY_LINE : THR_TTY_END;
    if (*len == cap) {
      too_long = 1; /* read on: what follows must not end up in a shell */
      *len = 0;
    }
    done = take(r, c, line, len);
    thr_wipe(&c, 1);
    if (done != 0 && too_long)
      return THR_TTY_TOO_LONG;
    if (done != 0)
      return done > 0 ? THR_TTY_LINE : THR_TTY_END;
  }
}

/* Asks once. *sig: what has to be done about a signal when everything is as it was. */
static thr_tty_result ask(reading *r, const char *prompt, size_t n, char *line, size_t cap, size_t *len,
                          int *sig) {
  thr_tty_result result;
  int error;
  catch_signals(r);
  do {
    *sig = 0;
    if (hide(r) != 0) {
      result = THR_TTY_FAILED;
      break;
    }
    put(r->tty, prompt, n);
    result = read_line(r, line, cap, len, sig);
    if (result != THR_TTY_LINE || !r->echo) /* the end of the line was not echoed */
      put(r->tty, "\n", 1);
  } while (result == THR_TTY_INTERRUPTED &&
           *sig == SIGCONT); /* somebody else had the terminal: hide and ask anew */
  error = errno;
  show(r);
  release_signals(r);
  errno = error;
  return result;
}

/* Handlers are the program's again: does what the signal would have done. Returns whether to ask again. */
static int act_on(int sig) {
  if (sig == SIGINT)
    return 0;
  raise(sig); /* ends the process, or stops it here until it is continued, or runs the program's handler */
  return sig == SIGTSTP;
}

thr_tty_result thr_tty_read(const char *prompt, size_t n, int echo, char *line, size_t cap, size_t *len) {
  reading r;
  thr_tty_result result = THR_TTY_FAILED;
  int sig = 0, error;
  memset(&r, 0, sizeof r);
  *len = 0;
  r.echo = echo;
  r.tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (r.tty < 0)
    return THR_TTY_FAILED;
  if (open_pipe(r.wake) != 0) {
    error = errno;
  } else {
    if (r.tty >= FD_SETSIZE || r.wake[0] >= FD_SETSIZE) {
      errno = EMFILE;
    } else if (tcgetattr(r.tty, &r.before) == 0) {
      r.ours = r.before;
      r.ours.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL | ICANON);
      r.ours.c_lflag |= ISIG;
      r.ours.c_iflag |= ICRNL;
      r.ours.c_cc[VMIN] = 1;
      r.ours.c_cc[VTIME] = 0;
      wake_fd = r.wake[1];
      do
        result = ask(&r, prompt, n, line, cap, len, &sig);
      while (result == THR_TTY_INTERRUPTED && act_on(sig));
      wake_fd = -1;
    }
    error = errno;
    close(r.wake[0]);
    close(r.wake[1]);
  }
  close(r.tty);
  errno = error;
  return result;
}
