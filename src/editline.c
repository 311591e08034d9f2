/* editline.c — line editing and history by libedit, whose functions are declared here and looked up at run time: no header
** and nothing to link. Owns: the editor userdata, what the terminal is told while a line is edited, the signals of that
** time. What is completed and what the history holds is decided in Lua (thrive.repl.session).
**
** libedit's own handling of signals is not used: it re-raises them wherever it stands. Here a handler only notes the signal
** and wakes the reader, which is where all is in order: the line is known, the screen is as libedit believes. */
#include "editline.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif

#include <lauxlib.h>

#include "editkeys.h"
#include "libedit.h"

int wcwidth(wchar_t c); /* <wchar.h> has it for XSI alone */

#define EDITOR "thrive.editor"
#define LITERAL '\1' /* around what a prompt sends to the terminal */

/* ---- the editor ---- */

typedef struct editor {
  EditLine *el; /* NULL = closed */
  History *history;
  locale_t locale;      /* of the user's characters, in effect while libedit works and not longer */
  locale_t elsewhere;   /* what was in effect before */
  int wake[2];          /* a pipe: a signal makes it readable */
  lua_State *L;         /* during a read only */
  const LineInfo *line; /* during a completion only */
  const char *prompt;
  int cancelled; /* Ctrl-C: nothing more is read for this line */
  int fatal;     /* the signal that ends the process once the terminal is in order, or 0 */
} editor;

static editor *editor_of(EditLine *el) {
  void *e = NULL;
  thr_libedit.get(el, EL_CLIENTDATA, &e);
  return e;
}

static void put(const char *text) {
  fputs(text, stdout);
  fflush(stdout);
}

/* ---- signals ---- */

static const int handled[] = {SIGINT, SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGHUP, SIGQUIT};
#define HANDLED (sizeof handled / sizeof *handled)
static volatile sig_atomic_t noted[HANDLED];
static struct sigaction before[HANDLED]; /* what was there; only while a line is read */
static struct termios cooked;
static int wake_fd = -1;
static volatile sig_atomic_t completing; /* Lua has its turn */

static void on_signal(int sig) {
  int error = errno;
  size_t i;
  for (i = 0; i < HANDLED && handled[i] != sig; i++)
    ;
  if (sig == SIGINT && noted[i] && completing) { /* the first was not served: it hangs */
    tcsetattr(STDIN_FILENO, TCSANOW, &cooked);
    signal(sig, SIG_DFL);
    raise(sig);
  }
  noted[i] = 1;
  if (write(wake_fd, "", 1) < 0)
    noted[i] = 1; /* the pipe is full: it is readable already */
  errno = error;
}

static void take_signal(size_t i) {
  struct sigaction ours;
  memset(&ours, 0, sizeof ours);
  sigemptyset(&ours.sa_mask);
  ours.sa_handler = on_signal;
  ours.sa_flags = SA_RESTART; /* the pipe wakes select; libedit's own writes go on */
  noted[i] = 0;
  sigaction(handled[i], &ours, &before[i]);
  if (before[i].sa_handler == SIG_IGN && handled[i] != SIGINT && handled[i] != SIGWINCH)
    sigaction(handled[i], &before[i], NULL); /* nohup, or no job control: stays ignored */
}

static int was(int sig) {
  size_t i;
  for (i = 0; i < HANDLED && handled[i] != sig; i++)
    ;
  if (!noted[i])
    return 0;
  noted[i] = 0;
  return 1;
}

/* ---- where things are on the screen ---- */

typedef struct place {
  int row, column; /* from the beginning of the prompt */
} place;

static int window_columns(void) {
  struct winsize size;
  memset(&size, 0, sizeof size);
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return 80;
  return size.ws_col;
}

/* Moves p past the character as libedit draws it. */
static void advance(place *p, wchar_t c, int columns) {
  int width = wcwidth(c);
  if (c == L'\n') {
    p->row++;
    p->column = 0;
    return;
  }
  if (c == L'\t')
    width = 8 - p->column % 8;
  else if (width < 0)
    width = iswcntrl((wint_t)c) ? 2 : 8; /* ^X, \U+XXXX */
  if (p->column + width > columns) {
    p->row++;
    p->column = 0;
  }
  p->column += width;
  if (p->column >= columns) {
    p->row++;
    p->column = 0;
  }
}

/* Where the cursor is and where the line ends, in a window of so many columns. */
static void measure(editor *e, int columns, place *cursor, place *end) {
  const LineInfoW *line = thr_libedit.wline(e->el);
  const wchar_t *c;
  const char *s = e->prompt;
  place p = {0, 0};
  mbstate_t state;
  wchar_t wide;
  memset(&state, 0, sizeof state);
  while (*s != '\0') {
    size_t n;
    if (*s == LITERAL) {
      s = strchr(s + 1, LITERAL);
      if (s == NULL)
        break;
      s++;
      continue;
    }
    n = mbrtowc(&wide, s, strlen(s), &state);
    if (n == (size_t)-1 || n == (size_t)-2)
      break;
    advance(&p, wide, columns);
    s += n;
  }
  *cursor = p;
  for (c = line->buffer; c < line->lastchar; c++) {
    if (c == line->cursor)
      *cursor = p;
    advance(&p, *c, columns);
  }
  if (line->cursor >= line->lastchar)
    *cursor = p;
  *end = p;
}

/* The terminal's cursor to the end of the line; libedit does not know. */
static void go_to_end(editor *e) {
  place cursor, end;
  measure(e, window_columns(), &cursor, &end);
  if (end.row > cursor.row)
    printf("\033[%dB", end.row - cursor.row);
  printf("\r");
  if (end.column > 0)
    printf("\033[%dC", end.column);
  fflush(stdout);
}

/* Draws prompt and line anew where they are, as the window is now; terminals wrap long lines anew by themselves. */
static void redraw(editor *e) {
  place cursor, end;
  measure(e, window_columns(), &cursor, &end);
  if (cursor.row > 0)
    printf("\033[%dA", cursor.row);
  put("\r\033[J");
  thr_libedit.resize(e->el);
  thr_libedit.set(e->el, EL_REFRESH);
}

void thr_editline_show(EditLine *el, const char *lines) {
  size_t n = strlen(lines);
  go_to_end(editor_of(el));
  printf("\n%s%s", lines, n > 0 && lines[n - 1] == '\n' ? "" : "\n");
  thr_libedit.set(el, EL_REFRESH);
}

/* ---- reading ---- */

/* The terminal says where a pasted text begins and ends. */
static void ask_for_marks(int on) { put(on ? "\033[?2004h" : "\033[?2004l"); }

/* Ctrl-Z: the terminal as the shell wants it, then stop; here it goes on after fg. */
static void stop(editor *e) {
  size_t i;
  for (i = 0; handled[i] != SIGTSTP; i++)
    ;
  go_to_end(e);
  ask_for_marks(0);
  thr_libedit.set(e->el, EL_PREP_TERM, 0);
  sigaction(SIGTSTP, &before[i], NULL);
  raise(SIGTSTP);
  take_signal(i);
  was(SIGCONT);
  thr_libedit.set(e->el, EL_PREP_TERM, 1);
  ask_for_marks(1);
  thr_libedit.resize(e->el);
  put("\r\033[J");
  thr_libedit.set(e->el, EL_REFRESH);
}

/* What signals have asked for. 1 when there is no going on with this line. */
static int serve_signals(editor *e) {
  static const int fatal[] = {SIGTERM, SIGHUP, SIGQUIT};
  size_t i;
  for (i = 0; i < sizeof fatal / sizeof *fatal; i++)
    if (was(fatal[i]))
      e->fatal = fatal[i];
  if (e->fatal != 0)
    return 1;
  if (was(SIGINT)) {
    go_to_end(e);
    put("^C\n");
    e->cancelled = 1;
    return 1;
  }
  if (was(SIGTSTP))
    stop(e);
  if (was(SIGCONT)) { /* stopped by somebody else, and who knows what was done to the terminal */
    thr_libedit.set(e->el, EL_PREP_TERM, 0);
    thr_libedit.set(e->el, EL_PREP_TERM, 1);
    ask_for_marks(1);
    redraw(e);
  }
  if (was(SIGWINCH))
    redraw(e);
  return 0;
}

/* How many bytes wait to be read. */
static int waiting(void) {
  int n = 0;
  return ioctl(STDIN_FILENO, FIONREAD, &n) == 0 ? n : 0;
}

/* 1 and a byte; 0 at the end of input; -1 when a signal ends the line. */
static int next_byte(editor *e, char *byte) {
  for (;;) {
    fd_set set;
    ssize_t n;
    int last = e->wake[0] > STDIN_FILENO ? e->wake[0] : STDIN_FILENO;
    if (e->cancelled || serve_signals(e))
      return -1;
    FD_ZERO(&set);
    FD_SET(STDIN_FILENO, &set);
    FD_SET(e->wake[0], &set);
    if (select(last + 1, &set, NULL, NULL, NULL) < 0) {
      if (errno == EINTR)
        continue;
      return 0;
    }
    if (FD_ISSET(e->wake[0], &set)) {
      char noise[16];
      while (read(e->wake[0], noise, sizeof noise) > 0)
        ;
      continue;
    }
    n = read(STDIN_FILENO, byte, 1);
    if (n > 0)
      return 1;
    if (n == 0 || (errno != EINTR && errno != EAGAIN))
      return 0;
  }
}

/* libedit's source of characters: 1, 0 or -1 as above. Bytes that are no characters are left out. */
int thr_editline_character(EditLine *el, wchar_t *c) {
  editor *e = editor_of(el);
  mbstate_t state;
  memset(&state, 0, sizeof state);
  for (;;) {
    char byte;
    size_t n;
    int got = next_byte(e, &byte);
    *c = L'\0';
    if (got != 1)
      return got;
    n = mbrtowc(c, &byte, 1, &state);
    if (n == (size_t)-1) {
      memset(&state, 0, sizeof state);
      n = mbrtowc(c, &byte, 1, &state); /* perhaps it begins another one */
      if (n == (size_t)-1)
        memset(&state, 0, sizeof state);
    }
    if (n != (size_t)-1 && n != (size_t)-2)
      return 1;
  }
}

static char *prompt(EditLine *el) { return (char *)editor_of(el)->prompt; }

/* ---- Tab ---- */

/* [-1 (the editor), +3 (what complete returned), e] */
static int call_complete(lua_State *L) {
  editor *e = lua_touserdata(L, 1);
  const LineInfo *line = e->line;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushlstring(L, line->buffer, (size_t)(line->lastchar - line->buffer));
  lua_pushinteger(L, line->cursor - line->buffer);
  lua_pushinteger(L, window_columns());
  lua_call(L, 3, 3);
  luaL_checkinteger(L, -3);
  luaL_optstring(L, -2, NULL);
  luaL_optstring(L, -1, NULL);
  return 3;
}

/* Was this tab pasted in a terminal that does not mark pastes? Then a lot comes behind it; or a little, where it begins a
** line. A little elsewhere is a quick typist at a slow line. */
static int is_pasted(EditLine *el) {
  const LineInfoW *line = thr_libedit.wline(el);
  const wchar_t *c = line->buffer;
  int n = waiting();
  while (c < line->cursor && iswspace((wint_t)*c))
    c++;
  return n >= 16 || (n > 0 && c == line->cursor);
}

/* Tab. */
static unsigned char complete(EditLine *el, int key) {
  editor *e = editor_of(el);
  lua_State *L = e->L;
  int top = lua_gettop(L), result = CC_ERROR;
  const char *insert, *show;
  (void)key;
  if (is_pasted(el))
    return thr_libedit.winsertstr(el, L"\t") == 0 ? CC_REFRESH : CC_ERROR;
  /* Nothing of what follows but lua_pcall can raise, and nothing is owned meanwhile. */
  lua_pushvalue(L, 4);
  lua_pushlightuserdata(L, e);
  e->line = thr_libedit.line(el);
  completing = 1;
  uselocale(e->elsewhere);
  if (lua_pcall(L, 1, 3, 0) == LUA_OK) {
    int taken = (int)lua_tointeger(L, -3);
    insert = lua_tostring(L, -2);
    show = lua_tostring(L, -1);
    uselocale(e->locale);
    if (insert != NULL) {
      thr_libedit.deletestr(el, taken);
      if (insert[0] == '\0' || thr_libedit.insertstr(el, insert) == 0)
        result = CC_REFRESH;
    }
  } else {
    show = lua_tostring(L, -1);
    uselocale(e->locale);
  }
  if (show != NULL) {
    thr_editline_show(el, show);
    result = CC_NORM;
  }
  completing = 0;
  lua_settop(L, top);
  return (unsigned char)result;
}

/* ---- the userdata ---- */

/* The user's characters; where the environment asks for none, UTF-8, as every terminal of today speaks. */
static locale_t open_locale(void) {
  static const char *const names[] = {"C.UTF-8", "C.utf8", "en_US.UTF-8", "UTF-8"};
  const char *wanted = getenv("LC_ALL");
  locale_t own, found = (locale_t)0;
  size_t i;
  if (wanted == NULL || *wanted == '\0')
    wanted = getenv("LC_CTYPE");
  if (wanted == NULL || *wanted == '\0')
    wanted = getenv("LANG");
  own = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
  if (own != (locale_t)0 && wanted != NULL && *wanted != '\0' && strcmp(wanted, "C") != 0 &&
      strcmp(wanted, "POSIX") != 0)
    return own;
  for (i = 0; i < sizeof names / sizeof *names && found == (locale_t)0; i++)
    found = newlocale(LC_CTYPE_MASK, names[i], (locale_t)0);
  if (found == (locale_t)0)
    return own != (locale_t)0 ? own : newlocale(LC_CTYPE_MASK, "C", (locale_t)0);
  if (own != (locale_t)0)
    freelocale(own);
  return found;
}

/* editor:close(), __gc, __close [-0, +0, e] */
static int editor_close(lua_State *L) {
  editor *e = luaL_checkudata(L, 1, EDITOR);
  int i;
  if (e->el != NULL) {
    e->elsewhere = uselocale(e->locale);
    thr_libedit.end(e->el);
    uselocale(e->elsewhere);
  }
  e->el = NULL;
  if (e->history != NULL)
    thr_libedit.history_end(e->history);
  e->history = NULL;
  if (e->locale != (locale_t)0)
    freelocale(e->locale);
  e->locale = (locale_t)0;
  for (i = 0; i < 2; i++) {
    if (e->wake[i] >= 0)
      close(e->wake[i]);
    e->wake[i] = -1;
  }
  return 0;
}

/* The open editor that is the first argument, or raises. [-0, +0, e] */
static editor *check_editor(lua_State *L) {
  editor *e = luaL_checkudata(L, 1, EDITOR);
  if (e->el == NULL)
    luaL_error(L, "attempt to use a closed editor");
  return e;
}

/* Until finish the terminal, the signals and the locale are the editor's: nothing in between may raise past them. */
static void begin(editor *e, lua_State *L) {
  size_t i;
  e->L = L;
  e->cancelled = e->fatal = 0;
  tcgetattr(STDIN_FILENO, &cooked);
  wake_fd = e->wake[1];
  for (i = 0; i < HANDLED; i++)
    take_signal(i);
  e->elsewhere = uselocale(e->locale);
  ask_for_marks(1);
}

static void finish(editor *e) {
  size_t i;
  ask_for_marks(0);
  uselocale(e->elsewhere);
  for (i = 0; i < HANDLED; i++)
    sigaction(handled[i], &before[i], NULL);
  e->L = NULL;
  if (e->fatal != 0 && e->fatal != SIGTERM)
    raise(e->fatal);
}

/* editor:begin_line(): as many blanks as the window is wide go over its right edge, unless they begin at the left one.
** [-0, +0, e] */
static int editor_begin_line(lua_State *L) {
  check_editor(L);
  printf("%*s\r\033[K", window_columns(), "");
  return 0;
}

/* editor:read(prompt, complete), see editline.h. The stack: editor, prompt, complete, and at 4 the function that calls it.
** [-0, +1|2, e] */
static int editor_read(lua_State *L) {
  editor *e = check_editor(L);
  const char *text = luaL_checkstring(L, 2), *line;
  int n = 0;
  luaL_checktype(L, 3, LUA_TFUNCTION);
  lua_settop(L, 3);
  lua_pushvalue(L, 3);
  lua_pushcclosure(L, call_complete, 1);
  luaL_checkstack(L, LUA_MINSTACK, "no room to complete");
  e->prompt = text;
  begin(e, L);
  line = thr_libedit.gets(e->el, &n);
  finish(e);
  e->prompt = "";
  if (e->fatal != 0) {
    lua_pushnil(L);
    lua_pushinteger(L, e->fatal);
    return 2;
  }
  if (e->cancelled)
    lua_pushboolean(L, 0);
  else if (line == NULL)
    lua_pushnil(L);
  else {
    size_t length = strlen(line);
    lua_pushlstring(L, line, length > 0 && line[length - 1] == '\n' ? length - 1 : length);
  }
  return 1;
}

/* editor:remember(text) [-0, +0, e] */
static int editor_remember(lua_State *L) {
  editor *e = check_editor(L);
  HistEvent event;
  thr_libedit.history(e->history, &event, H_ENTER, luaL_checkstring(L, 2));
  return 0;
}

static const luaL_Reg methods[] = {{"begin_line", editor_begin_line},
                                   {"close", editor_close},
                                   {"read", editor_read},
                                   {"remember", editor_remember},
                                   {NULL, NULL}};

int thrL_editor_new(lua_State *L) {
  int limit = (int)luaL_checkinteger(L, 1), i;
  const char *editrc = luaL_optstring(L, 2, NULL), *why = NULL;
  HistEvent event;
  editor *e = lua_newuserdatauv(L, sizeof *e, 0); /* closed, with its finaliser, before anything is owned */
  memset(e, 0, sizeof *e);
  e->wake[0] = e->wake[1] = -1;
  e->prompt = "";
  if (luaL_newmetatable(L, EDITOR)) {
    lua_pushcfunction(L, editor_close);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, editor_close);
    lua_setfield(L, -2, "__close");
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, EDITOR);
    lua_setfield(L, -2, "__metatable");
  }
  lua_setmetatable(L, -2);
  if (thr_libedit_load(&why) != 0) {
    lua_pushnil(L);
    lua_pushstring(L, why);
    return 2;
  }
  if (pipe(e->wake) != 0)
    return luaL_fileresult(L, 0, NULL);
  for (i = 0; i < 2; i++) {
    fcntl(e->wake[i], F_SETFD, FD_CLOEXEC);
    fcntl(e->wake[i], F_SETFL, O_NONBLOCK);
  }
  if (e->wake[0] >= FD_SETSIZE) { /* whoever started this program has left it a great many open */
    lua_pushnil(L);
    lua_pushliteral(L, "too many files are open");
    return 2;
  }
  e->locale = open_locale();
  e->history = thr_libedit.history_init();
  if (e->locale != (locale_t)0 && e->history != NULL) {
    e->elsewhere = uselocale(e->locale);
    e->el = thr_libedit.init("thrivelua", stdin, stdout, stderr);
    if (e->el != NULL) {
      thr_libedit.history(e->history, &event, H_SETSIZE, limit);
      thr_libedit.history(e->history, &event, H_SETUNIQUE, 1);
      thr_libedit.set(e->el, EL_CLIENTDATA, e);
      thr_libedit.set(e->el, EL_EDITOR, "emacs");
      thr_libedit.set(e->el, EL_HIST, thr_libedit.history, e->history);
      thr_libedit.set(e->el, EL_PROMPT_ESC, prompt, LITERAL);
      thr_libedit.wset(e->el, EL_GETCFN, thr_editline_character);
      thr_editkeys_bind(e->el, complete);
      thr_libedit.source(e->el, editrc);
      thr_editkeys_bind_essentials(e->el);
    }
    uselocale(e->elsewhere);
  }
  if (e->el == NULL) {
    lua_pushnil(L);
    lua_pushliteral(L, "libedit cannot work here");
    return 2;
  }
  return 1;
}
