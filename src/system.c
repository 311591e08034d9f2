/* system.c — core.system: what Lua's io and os libraries cannot do with files, the terminal and the user. POSIX only.
** Layer 2. A descriptor belongs to a Lua file, or to a function that cannot raise while it is open. What fails is
** nil, a message and errno's number, as in io. */
#include "system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "tty.h"

#define WIPED "thrive.wiped" /* a block that is overwritten before it is freed */
#define OPEN_DIRECTORY "thrive.directory"
#define LONGEST_LINE 65536 /* of what is typed: no token is longer */

/* The C stream of the Lua file at `index`, or NULL when the value is no file. Raises when it is closed. */
static FILE *test_file(lua_State *L, int index) {
  const luaL_Stream *p = luaL_testudata(L, index, LUA_FILEHANDLE);
  if (p == NULL)
    return NULL;
  if (p->closef == NULL)
    luaL_argerror(L, index, "attempt to use a closed file");
  return p->f;
}

/* ---- the terminal ---- */

static int check_fd(lua_State *L, int index) {
  lua_Integer fd = luaL_checkinteger(L, index);
  luaL_argcheck(L, fd >= 0 && fd <= INT_MAX, index, "not a file descriptor");
  return (int)fd;
}

/* system.isatty(fd) → is that descriptor (0, 1, 2) a terminal? [-0, +1, e] */
static int system_isatty(lua_State *L) {
  lua_pushboolean(L, isatty(check_fd(L, 1)));
  return 1;
}

/* system.window(fd) → columns, rows of that terminal | nil where it is none or does not tell [-0, +1|2, e] */
static int system_window(lua_State *L) {
  struct winsize size;
  memset(&size, 0, sizeof size);
  if (ioctl(check_fd(L, 1), TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushinteger(L, size.ws_col);
  lua_pushinteger(L, size.ws_row);
  return 2;
}

/* system.readable(fd) → is there something to read, or an end: would read() come back at once? [-0, +1, e] */
static int system_readable(lua_State *L) {
  struct pollfd one;
  one.fd = check_fd(L, 1);
  one.events = POLLIN;
  one.revents = 0;
  lua_pushboolean(L, poll(&one, 1, 0) > 0);
  return 1;
}

/* __gc and the end of whoever used the block. [-0, +0, e] */
static int wipe(lua_State *L) {
  void *block = luaL_checkudata(L, 1, WIPED);
  thr_wipe(block, lua_rawlen(L, 1));
  return 0;
}

/* nil, what keeps a line from being read. [-0, +2, m] */
static int no_line(lua_State *L, thr_tty_result result, int error) {
  lua_pushnil(L);
  if (result == THR_TTY_END)
    lua_pushliteral(L, "end of input");
  else if (result == THR_TTY_INTERRUPTED)
    lua_pushliteral(L, "interrupted");
  else if (result == THR_TTY_TOO_LONG)
    lua_pushfstring(L, "longer than %d bytes", LONGEST_LINE);
  else
    lua_pushfstring(L, "no terminal to ask on (/dev/tty: %s)", strerror(error));
  return 2;
}

static int ask(lua_State *L, int echo) {
  size_t n, len = 0;
  const char *prompt = luaL_checklstring(L, 1, &n);
  char *line;
  thr_tty_result result;
  fflush(stdout); /* what was printed before comes before */
  line = lua_newuserdatauv(L, LONGEST_LINE, 0);
  luaL_setmetatable(L, WIPED);
  result = thr_tty_read(prompt, n, echo, line, LONGEST_LINE, &len);
  if (result != THR_TTY_LINE) {
    int error = errno;
    thr_wipe(line, LONGEST_LINE);
    return no_line(L, result, error);
  }
  lua_pushlstring(L, line, len);
  thr_wipe(line, LONGEST_LINE);
  return 1;
}

/* system.read_secret(prompt) → a line typed on /dev/tty without echo | nil, message. The message is "interrupted" after
** Ctrl-C, "end of input" after Ctrl-D on an empty line. However it ends, the terminal echoes again. [-0, +1|2, e] */
static int system_read_secret(lua_State *L) { return ask(L, 0); }

/* system.read_line(prompt) → the same with echo: for questions that are asked also when standard input is a pipe.
** [-0, +1|2, e] */
static int system_read_line(lua_State *L) { return ask(L, 1); }

/* ---- files ---- */

/* A path without a zero byte, which would end it early. */
static const char *check_path(lua_State *L, int index) {
  size_t n;
  const char *path = luaL_checklstring(L, index, &n);
  luaL_argcheck(L, n > 0 && strlen(path) == n, index, "not a path");
  return path;
}

static const char *type_of(mode_t mode) {
  return S_ISREG(mode)    ? "file"
         : S_ISDIR(mode)  ? "directory"
         : S_ISFIFO(mode) ? "fifo"
         : S_ISSOCK(mode) ? "socket"
         : S_ISCHR(mode)  ? "character device"
                          : "block device";
}

/* system.stat(path or Lua file) → { type =, mode = (permission bits), size =, uid =, mtime = (epoch seconds) } | nil,
** message, number. Links are followed; of an open file it tells of what was opened, whatever has its name by now.
** [-0, +1|3, e] */
static int system_stat(lua_State *L) {
  FILE *f = test_file(L, 1);
  const char *path = f == NULL ? check_path(L, 1) : NULL;
  struct stat st;
  if ((f != NULL ? fstat(fileno(f), &st) : stat(path, &st)) != 0)
    return luaL_fileresult(L, 0, path);
  lua_createtable(L, 0, 5);
  lua_pushstring(L, type_of(st.st_mode));
  lua_setfield(L, -2, "type");
  lua_pushinteger(L, (lua_Integer)(st.st_mode & 07777));
  lua_setfield(L, -2, "mode");
  lua_pushinteger(L, (lua_Integer)st.st_size);
  lua_setfield(L, -2, "size");
  lua_pushinteger(L, (lua_Integer)st.st_uid);
  lua_setfield(L, -2, "uid");
  lua_pushinteger(L, (lua_Integer)st.st_mtime);
  lua_setfield(L, -2, "mtime");
  return 1;
}

/* system.readlink(path) → where that link leads, as it is written in it | nil, message, number: it is no link
** [-0, +1|3, e] */
static int system_readlink(lua_State *L) {
  char target[PATH_MAX];
  const char *path = check_path(L, 1);
  ssize_t n = readlink(path, target, sizeof target);
  if (n < 0)
    return luaL_fileresult(L, 0, path);
  lua_pushlstring(L, target, (size_t)n);
  return 1;
}

typedef struct directory_box {
  DIR *stream; /* NULL = closed */
} directory_box;

/* __gc of an open directory, which an error left behind. [-0, +0, e] */
static int close_directory(lua_State *L) {
  directory_box *box = lua_touserdata(L, 1);
  if (box->stream != NULL)
    closedir(box->stream);
  box->stream = NULL;
  return 0;
}

/* Does a name begin like this? Case counts, or does not (of ASCII letters). */
static int begins(const char *name, const char *prefix, int fold) {
  for (; *prefix != '\0'; name++, prefix++) {
    int a = (unsigned char)*name, b = (unsigned char)*prefix;
    if (fold && a >= 'A' && a <= 'Z')
      a += 'a' - 'A';
    if (fold && b >= 'A' && b <= 'Z')
      b += 'a' - 'A';
    if (a != b)
      return 0;
  }
  return 1;
}

/* system.list(path, prefix, most [, fold]) → the names in a directory that begin with prefix, unsorted, at most so many of
** them; a directory's ends in "/". Hidden names only when the prefix begins with a dot, "." and ".." never. With fold, the
** case of letters does not count. nil, message, number when the directory cannot be read. [-0, +1|3, e] */
static int system_list(lua_State *L) {
  const char *path = check_path(L, 1), *prefix = luaL_checkstring(L, 2);
  lua_Integer most = luaL_checkinteger(L, 3), n = 0;
  int fold = lua_toboolean(L, 4);
  directory_box *box = lua_newuserdatauv(L, sizeof *box, 0);
  const struct dirent *entry;
  box->stream = NULL;
  luaL_setmetatable(L, OPEN_DIRECTORY);
  lua_newtable(L);
  box->stream = opendir(path);
  if (box->stream == NULL)
    return luaL_fileresult(L, 0, path);
  while (n < most && (entry = readdir(box->stream)) != NULL) {
    const char *name = entry->d_name;
    struct stat st;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || (name[0] == '.' && prefix[0] != '.') ||
        !begins(name, prefix, fold))
      continue;
    if (fstatat(dirfd(box->stream), name, &st, 0) == 0 && S_ISDIR(st.st_mode))
      lua_pushfstring(L, "%s/", name);
    else
      lua_pushstring(L, name);
    lua_rawseti(L, -2, ++n);
  }
  closedir(box->stream);
  box->stream = NULL;
  return 1;
}

static mode_t check_mode(lua_State *L, int index) {
  lua_Integer mode = luaL_checkinteger(L, index);
  luaL_argcheck(L, mode >= 0 && mode <= 07777, index, "not permission bits");
  return (mode_t)mode;
}

/* 0 also when the directory is there already. */
static int make_directory(const char *path, mode_t mode) {
  struct stat st;
  int error;
  if (mkdir(path, mode) == 0)
    return 0;
  /* On a read-only or foreign file system a directory that exists may give another one than EEXIST. */
  error = errno;
  if (stat(path, &st) == 0) {
    if (S_ISDIR(st.st_mode))
      return 0;
    error = ENOTDIR;
  }
  errno = error;
  return -1;
}

/* system.mkdir(path, mode) → true, also when it is there already | nil, message, number. Makes the directories above it
** too, with the same mode, which the process's umask may lessen. [-0, +1|3, e] */
static int system_mkdir(lua_State *L) {
  const char *given = check_path(L, 1);
  size_t n = strlen(given), i;
  mode_t mode = check_mode(L, 2);
  char *path = lua_newuserdatauv(L, n + 1, 0);
  int made = 0;
  memcpy(path, given, n + 1);
  for (i = 1; i <= n && made == 0; i++)
    if (path[i] == '\0' || (path[i] == '/' && path[i - 1] != '/')) {
      path[i] = '\0';
      made = make_directory(path, mode);
      path[i] = given[i];
    }
  return luaL_fileresult(L, made == 0, given);
}

/* closef of files that create made: what file:close() returns. [-0, +1|3, m] */
static int close_file(lua_State *L) {
  luaL_Stream *p = luaL_checkudata(L, 1, LUA_FILEHANDLE);
  return luaL_fileresult(L, fclose(p->f) == 0, NULL);
}

/* Pushes a Lua file that is closed, with its finaliser, before anything is open. [-0, +1, e] */
static luaL_Stream *new_stream(lua_State *L) {
  luaL_Stream *p = lua_newuserdatauv(L, sizeof *p, 0);
  p->closef = NULL;
  p->f = NULL;
  if (luaL_getmetatable(L, LUA_FILEHANDLE) != LUA_TTABLE)
    luaL_error(L, "the io library is not open");
  lua_setmetatable(L, -2);
  return p;
}

/* system.create(path, mode, how) → a Lua file to write to | nil, message, number. `mode`: permission bits when it is made,
** lessened by the umask. `how`: "exclusive" (nothing of that name may be there, not even a link), "append" (every write
** goes to the end, made when missing), "truncate". Children do not inherit it. [-0, +1|3, e] */
static int system_create(lua_State *L) {
  static const char *const names[] = {"exclusive", "append", "truncate", NULL};
  static const int flags[] = {O_EXCL, O_APPEND, O_TRUNC};
  const char *path = check_path(L, 1);
  mode_t mode = check_mode(L, 2);
  int how = luaL_checkoption(L, 3, NULL, names), fd;
  luaL_Stream *p = new_stream(L);
  fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags[how], mode);
  if (fd < 0)
    return luaL_fileresult(L, 0, path);
  p->f = fdopen(fd, how == 1 ? "a" : "w");
  if (p->f == NULL) {
    int error = errno;
    close(fd);
    errno = error;
    return luaL_fileresult(L, 0, path);
  }
  p->closef = close_file;
  return 1;
}

/* 0 too where there is nothing that could be lost: pipes, terminals, file systems that do not do this. */
static int sync_fd(int fd) {
  int rc;
  do
    rc = fsync(fd);
  while (rc != 0 && errno == EINTR);
  return rc != 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP ? -1 : 0;
}

/* system.sync(Lua file or path) → true once what was written, or the names in that directory, would survive a power
** failure | nil, message, number [-0, +1|3, e] */
static int system_sync(lua_State *L) {
  FILE *f = test_file(L, 1);
  const char *path = f == NULL ? check_path(L, 1) : NULL;
  int rc, error;
  if (f != NULL) {
    rc = fflush(f) == 0 ? sync_fd(fileno(f)) : -1;
  } else {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    rc = fd < 0 ? -1 : sync_fd(fd);
    error = errno;
    if (fd >= 0)
      close(fd);
    errno = error;
  }
  return luaL_fileresult(L, rc == 0, path);
}

/* system.lock(directory) → a Lua file that holds that directory's lock until it is closed | false while another one holds it |
** nil, message, number. It binds only those who ask for it, and nobody where a file system has no such locks (some network
** ones). Children do not inherit it. [-0, +1|3, e] */
static int system_lock(lua_State *L) {
  const char *path = check_path(L, 1);
  luaL_Stream *p = new_stream(L);
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), held, error;
  if (fd < 0)
    return luaL_fileresult(L, 0, path);
  held = flock(fd, LOCK_EX | LOCK_NB) != 0 && (errno == EWOULDBLOCK || errno == EINTR);
  p->f = held ? NULL : fdopen(fd, "r");
  if (p->f == NULL) {
    error = errno;
    close(fd);
    errno = error;
    if (!held)
      return luaL_fileresult(L, 0, path);
    lua_pushboolean(L, 0);
    return 1;
  }
  p->closef = close_file;
  return 1;
}

/* ---- the user and the machine ---- */

/* Pushes a text of the user's entry in passwd, or nil when there is none. [-0, +1, m] */
static int push_passwd(lua_State *L, int home) {
  const size_t size = 16384;
  struct passwd entry, *found = NULL;
  char *room = lua_newuserdatauv(L, size, 0);
  if (getpwuid_r(geteuid(), &entry, room, size, &found) != 0 || found == NULL)
    lua_pushnil(L);
  else
    lua_pushstring(L, home ? found->pw_dir : found->pw_name);
  return 1;
}

/* system.uid() → the number of the user whose rights the process has [-0, +1, -] */
static int system_uid(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)geteuid());
  return 1;
}

/* system.username() → that user's name | nil [-0, +1, m] */
static int system_username(lua_State *L) { return push_passwd(L, 0); }

/* system.home() → that user's home directory by the user database, whatever HOME says | nil [-0, +1, m] */
static int system_home(lua_State *L) { return push_passwd(L, 1); }

/* system.hostname() → the machine's name | nil [-0, +1, m] */
static int system_hostname(lua_State *L) {
  char name[256];
  if (gethostname(name, sizeof name) != 0) {
    lua_pushnil(L);
    return 1;
  }
  name[sizeof name - 1] = '\0';
  lua_pushstring(L, name);
  return 1;
}

/* system.pid() → the process's number: for the names of temporary files [-0, +1, -] */
static int system_pid(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)getpid());
  return 1;
}

static const luaL_Reg functions[] = {{"create", system_create},
                                     {"home", system_home},
                                     {"hostname", system_hostname},
                                     {"isatty", system_isatty},
                                     {"list", system_list},
                                     {"lock", system_lock},
                                     {"mkdir", system_mkdir},
                                     {"pid", system_pid},
                                     {"read_line", system_read_line},
                                     {"read_secret", system_read_secret},
                                     {"readable", system_readable},
                                     {"readlink", system_readlink},
                                     {"stat", system_stat},
                                     {"sync", system_sync},
                                     {"uid", system_uid},
                                     {"username", system_username},
                                     {"window", system_window},
                                     {NULL, NULL}};

void thrL_system_open(lua_State *L) {
  if (luaL_newmetatable(L, WIPED)) {
    lua_pushcfunction(L, wipe);
    lua_setfield(L, -2, "__gc");
    lua_pushliteral(L, WIPED);
    lua_setfield(L, -2, "__metatable");
  }
  lua_pop(L, 1);
  if (luaL_newmetatable(L, OPEN_DIRECTORY)) {
    lua_pushcfunction(L, close_directory);
    lua_setfield(L, -2, "__gc");
  }
  lua_pop(L, 1);
  luaL_newlib(L, functions);
}
