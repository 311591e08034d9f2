/* histfile.c — the file of the history; see histfile.h. Owns: opening, mode, locking, writing it. What is in it is Lua's
** business (thrive.repl.history). A descriptor is never open while something may raise but in protected mode. */
#include "histfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>

#define LARGEST ((size_t)4 << 20) /* of a longer file only the end counts */
#define TRIES 50                  /* for the lock, 20 ms apart */

/* A descriptor, locked, and its size (0 for what is no file); or -1 with *why. */
static int open_locked(const char *path, size_t *size, const char **why) {
  struct flock lock;
  struct stat st;
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), i;
  if (fd < 0) {
    *why = strerror(errno);
    return -1;
  }
  memset(&lock, 0, sizeof lock);
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  /* A file system that has no locks (ENOLCK, EINVAL) is no reason to do without a history. */
  for (i = 0; i < TRIES && fcntl(fd, F_SETLK, &lock) != 0 && (errno == EAGAIN || errno == EACCES); i++) {
    struct timeval pause = {0, 20000};
    select(0, NULL, NULL, NULL, &pause);
  }
  *size = 0;
  *why = NULL;
  if (i == TRIES) {
    *why = "locked by another process";
  } else if (fstat(fd, &st) == 0) {
    if (!S_ISREG(st.st_mode))
      return fd;
    *size = (size_t)st.st_size;
    if (st.st_uid != geteuid())
      *why = "it belongs to somebody else";
    else if ((st.st_mode & 07777) == 0600 || fchmod(fd, 0600) == 0)
      return fd;
  }
  if (*why == NULL)
    *why = strerror(errno);
  close(fd);
  return -1;
}

static int failure(lua_State *L, const char *path, const char *why) {
  lua_pushnil(L);
  lua_pushfstring(L, "%s: %s", path, why);
  return 2;
}

/* Writes n bytes at an offset. 0, or -1 with errno. */
static int write_at(int fd, const char *text, size_t n, size_t at) {
  while (n > 0) {
    ssize_t done = pwrite(fd, text, n, (off_t)at);
    if (done < 0 && errno == ESPIPE) /* no file: /dev/null, a pipe */
      done = write(fd, text, n);
    if (done < 0) {
      if (errno == EINTR)
        continue;
      return -1;
    }
    text += done;
    at += (size_t)done;
    n -= (size_t)done;
  }
  return 0;
}

static int append(lua_State *L) {
  size_t n, size;
  const char *path = luaL_checkstring(L, 1), *text = luaL_checklstring(L, 2, &n), *why = NULL;
  int fd = open_locked(path, &size, &why);
  if (fd < 0)
    return failure(L, path, why);
  if (write_at(fd, text, n, size) != 0)
    why = strerror(errno);
  close(fd);
  if (why != NULL)
    return failure(L, path, why);
  lua_pushboolean(L, 1);
  return 1;
}

typedef struct work {
  int fd;
  size_t size;
} work;

/* The part of update that may raise. Stack: edit, a light userdata. [-2, +1 the text before, e] */
static int edit_text(lua_State *L) {
  const work *w = lua_touserdata(L, 2);
  size_t n = w->size < LARGEST ? w->size : LARGEST, got = 0;
  luaL_Buffer b;
  char *room = luaL_buffinitsize(L, &b, n > 0 ? n : 1);
  while (got < n) {
    ssize_t done = pread(w->fd, room + got, n - got, (off_t)(w->size - n + got));
    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0) /* what could not be read must not be written over */
      return luaL_error(L, "%s", strerror(errno));
    if (done == 0)
      break;
    got += (size_t)done;
  }
  luaL_pushresultsize(&b, got);
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 3);
  lua_call(L, 1, 1);
  if (!lua_isnil(L, -1)) {
    size_t length;
    const char *text = luaL_checklstring(L, -1, &length);
    if (write_at(w->fd, text, length, 0) != 0)
      return luaL_error(L, "%s", strerror(errno));
    if (ftruncate(w->fd, (off_t)length) != 0 && errno != EINVAL)
      return luaL_error(L, "%s", strerror(errno));
  }
  lua_settop(L, 3);
  return 1;
}

static int update(lua_State *L) {
  const char *path = luaL_checkstring(L, 1), *why = NULL;
  work w;
  int status;
  luaL_checktype(L, 2, LUA_TFUNCTION);
  luaL_checkstack(L, LUA_MINSTACK, "no room");
  w.fd = open_locked(path, &w.size, &why);
  if (w.fd < 0)
    return failure(L, path, why);
  lua_pushcfunction(L, edit_text);
  lua_pushvalue(L, 2);
  lua_pushlightuserdata(L, &w);
  status = lua_pcall(L, 2, 1, 0);
  close(w.fd);
  if (status != LUA_OK) {
    const char *message = lua_tostring(L, -1);
    return failure(L, path, message != NULL ? message : "cannot be read");
  }
  return 1;
}

const luaL_Reg thrL_histfile_functions[] = {{"append", append}, {"update", update}, {NULL, NULL}};
