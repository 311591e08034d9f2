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

#include "dynlib.h"

int wcwidth(wchar_t c); /* <wchar.h> has it for XSI alone */

#define EDITOR "thrive.editor"
#define LITERAL '\1' /* around what a prompt sends to the terminal */
#define LONGEST_PASTE ((size_t)1 << 20)

/* ---- libedit ---- */

typedef struct editline EditLine;
typedef struct history History;
typedef struct HistEvent {
  int num;
  const char *str;
} HistEvent;
typedef struct LineInfo {
  const char *buffer, *cursor, *lastchar;
} LineInfo;
typedef struct LineInfoW {
  const wchar_t *buffer, *cursor, *lastchar;
} LineInfoW;
typedef unsigned char (*command)(EditLine *, int);

/* Values of <histedit.h>, which never change: programs are linked to them. */
enum {
  EL_EDITOR = 2,
  EL_BIND = 4,
  EL_ADDFN = 9,
  EL_HIST = 10,
  EL_GETCFN = 13,
  EL_CLIENTDATA = 14,
  EL_PREP_TERM = 16,
  EL_REFRESH = 20,
  EL_PROMPT_ESC = 21
};
enum { CC_NORM = 0, CC_REFRESH = 4, CC_CURSOR = 5, CC_ERROR = 6 };
enum { H_SETSIZE = 1, H_ENTER = 10, H_SETUNIQUE = 20 };

/* In the order of the names in load(). */
static struct {
  EditLine *(*init)(const char *, FILE *, FILE *, FILE *);
  void (*end)(EditLine *);
  int (*get)(EditLine *, int, ...);
  int (*set)(EditLine *, int, ...);
  int (*wset)(EditLine *, int, ...);
  int (*source)(EditLine *, const char *);
  const char *(*gets)(EditLine *, int *);
  const LineInfo *(*line)(EditLine *);
  const LineInfoW *(*wline)(EditLine *);
  int (*insert)(EditLine *, const char *);
  int (*winsert)(EditLine *, const wchar_t *);
  void (*erase)(EditLine *, int);
  int (*move)(EditLine *, int);
  void (*push)(EditLine *, const wchar_t *);
  void (*resize)(EditLine *);
  History *(*history_init)(void);
  void (*history_end)(History *);
  int (*history)(History *, HistEvent *, int, ...);
} lib;

static int load(const char **why) {
  static const char *const sonames[] = {"libedit.so.2", "libedit.so.0", "libedit.dylib", "libedit.so.3",
                                        NULL};
  static const char *const symbols[] = {
      "el_init",   "el_end",   "el_get",    "el_set",       "el_wset",       "el_source",
      "el_gets",   "el_line",  "el_wline",  "el_insertstr", "el_winsertstr", "el_deletestr",
      "el_cursor", "el_wpush", "el_resize", "history_init", "history_end",   "history"};
  void *found[sizeof symbols / sizeof *symbols] = {NULL};
  if (lib.init != NULL)
    return 0;
  if (thr_dynlib_load(sonames, symbols, found, sizeof symbols / sizeof *symbols, why) != 0)
    return -1;
  memcpy(&lib, found,
         sizeof found); /* C has no cast from object to function pointer; POSIX promises the bytes */
  return 0;
}

/* ---- the editor ---- */

typedef struct editor {
  EditLine *el; /* NULL = closed */
  History *history;
  locale_t locale;    /* of the user's characters, in effect while libedit works and not longer */
  locale_t elsewhere; /* what was in effect before */
  int wake[2];        /* a pipe: a signal makes it readable */
  lua_State *L;       /* during a read only */
  const char *prompt;
  int cancelled; /* Ctrl-C: nothing more is read for this line */
  int fatal;     /* the signal that ends the process once the terminal is in order, or 0 */
} editor;

static editor *editor_of(EditLine *el) {
  void *e = NULL;
  lib.get(el, EL_CLIENTDATA, &e);
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

static void on_signal(int sig) {
  int error = errno;
  size_t i;
  for (i = 0; i < HANDLED && handled[i] != sig; i++)
    ;
  if (sig == SIGINT && noted[i]) { /* the first was not served: a completion hangs */
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
  const LineInfoW *line = lib.wline(e->el);
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
  lib.resize(e->el);
  lib.set(e->el, EL_REFRESH);
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
  lib.set(e->el, EL_PREP_TERM, 0);
  sigaction(SIGTSTP, &before[i], NULL);
  raise(SIGTSTP);
  take_signal(i);
  was(SIGCONT);
  lib.set(e->el, EL_PREP_TERM, 1);
  ask_for_marks(1);
  lib.resize(e->el);
  put("\r\033[J");
  lib.set(e->el, EL_REFRESH);
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
    lib.set(e->el, EL_PREP_TERM, 0);
    lib.set(e->el, EL_PREP_TERM, 1);
    ask_for_marks(1);
    redraw(e);
  }
  if (was(SIGWINCH))
    redraw(e);
  return 0;
}

/* Is there input that has not been read? */
static int more_waits(void) {
  struct timeval now = {0, 0};
  fd_set set;
  FD_ZERO(&set);
  FD_SET(STDIN_FILENO, &set);
  return select(STDIN_FILENO + 1, &set, NULL, NULL, &now) > 0;
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
static int next_character(EditLine *el, wchar_t *c) {
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

/* ---- commands that keys are bound to ---- */

/* A pasted text comes in one piece and becomes one, whatever is in it: line breaks do not run anything, tabs complete
** nothing. Of control characters only these two are taken. */
static unsigned char paste(EditLine *el, int key) {
  static const wchar_t mark[] = L"\033[201~";
  const size_t mark_length = sizeof mark / sizeof *mark - 1;
  wchar_t *text = NULL, c;
  size_t n = 0, room = 0, matched = 0;
  int too_long = 0, result = CC_REFRESH;
  wchar_t previous = L'\0';
  (void)key;
  while (matched < mark_length) {
    if (next_character(el, &c) != 1) {
      free(text);
      return CC_NORM;
    }
    if (c == mark[matched]) {
      matched++;
      continue;
    }
    if (matched > 0) { /* the rest of a sequence that is none of ours is taken as text, its escape is not */
      matched = c == mark[0];
      if (matched)
        continue;
    }
    if (c == L'\n' && previous == L'\r') {
      previous = c;
      continue;
    }
    previous = c;
    if (c == L'\r')
      c = L'\n';
    if (iswcntrl((wint_t)c) && c != L'\n' && c != L'\t')
      continue;
    if (n + 1 >= room) {
      size_t more = room == 0 ? 256 : room * 2;
      wchar_t *bigger = more > LONGEST_PASTE ? NULL : realloc(text, more * sizeof *text);
      if (bigger == NULL) {
        too_long = 1;
        n = 0;
        continue;
      }
      text = bigger;
      room = more;
    }
    text[n++] = c;
  }
  while (n > 0 && text[n - 1] == L'\n') /* so that Enter runs it */
    n--;
  if (too_long) {
    go_to_end(editor_of(el));
    put("\nthrivelua: a paste of more than 1 MiB is not taken: use dofile\n");
    lib.set(el, EL_REFRESH);
    result = CC_NORM;
  } else if (n > 0) {
    text[n] = L'\0';
    if (lib.winsert(el, text) != 0)
      result = CC_ERROR;
  }
  free(text);
  return (unsigned char)result;
}

/* [-1 (the editor), +3 (what complete returned), e] */
static int call_complete(lua_State *L) {
  editor *e = lua_touserdata(L, 1);
  const LineInfo *line = lib.line(e->el);
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

/* Tab. A tab that comes with more behind it was not typed: a paste where the terminal does not mark one. */
static unsigned char complete(EditLine *el, int key) {
  editor *e = editor_of(el);
  lua_State *L = e->L;
  int top = lua_gettop(L), result = CC_ERROR;
  const char *insert, *show;
  (void)key;
  if (more_waits())
    return lib.winsert(el, L"\t") == 0 ? CC_REFRESH : CC_ERROR;
  /* Nothing of what follows but lua_pcall can raise, and nothing is owned meanwhile. */
  lua_pushvalue(L, 4);
  lua_pushlightuserdata(L, e);
  uselocale(e->elsewhere);
  if (lua_pcall(L, 1, 3, 0) == LUA_OK) {
    int taken = (int)lua_tointeger(L, -3);
    insert = lua_tostring(L, -2);
    show = lua_tostring(L, -1);
    uselocale(e->locale);
    if (insert != NULL) {
      lib.erase(el, taken);
      if (insert[0] == '\0' || lib.insert(el, insert) == 0)
        result = CC_REFRESH;
    }
  } else {
    show = lua_tostring(L, -1);
    uselocale(e->locale);
  }
  if (show != NULL) {
    size_t n = strlen(show);
    go_to_end(e);
    printf("\n%s%s", show, n > 0 && show[n - 1] == '\n' ? "" : "\n");
    lib.set(el, EL_REFRESH);
    result = CC_NORM;
  }
  lua_settop(L, top);
  return (unsigned char)result;
}

/* Up and down go through the lines of the entry, and then to the next. */
static unsigned char vertical(EditLine *el, int down) {
  const LineInfoW *line = lib.wline(el);
  const wchar_t *start = line->cursor, *other, *stop, *target;
  while (start > line->buffer && start[-1] != L'\n')
    start--;
  if (down) {
    for (other = line->cursor; other < line->lastchar && *other != L'\n'; other++)
      ;
    if (other == line->lastchar) {
      lib.push(el, L"\033[1101~");
      return CC_NORM;
    }
    other++;
  } else {
    if (start == line->buffer) {
      lib.push(el, L"\033[1100~");
      return CC_NORM;
    }
    for (other = start - 1; other > line->buffer && other[-1] != L'\n'; other--)
      ;
  }
  for (stop = other; stop < line->lastchar && *stop != L'\n'; stop++)
    ;
  target = other + (line->cursor - start);
  lib.move(el, (int)((target < stop ? target : stop) - line->cursor));
  return CC_CURSOR;
}

static unsigned char up(EditLine *el, int key) {
  (void)key;
  return vertical(el, 0);
}

static unsigned char down(EditLine *el, int key) {
  (void)key;
  return vertical(el, 1);
}

static void add_commands(EditLine *el) {
  lib.wset(el, EL_ADDFN, L"thrive-complete", L"Complete the word before the cursor", (command)complete);
  lib.wset(el, EL_ADDFN, L"thrive-paste", L"Take a pasted text", (command)paste);
  lib.wset(el, EL_ADDFN, L"thrive-up", L"The line above, or the entry before", (command)up);
  lib.wset(el, EL_ADDFN, L"thrive-down", L"The line below, or the entry after", (command)down);
}

/* Keys as terminals send them, where libedit does not know them by itself. The user's settings come after. */
static void bind_keys(EditLine *el) {
  static const wchar_t *const keys[][2] = {{L"\033[A", L"thrive-up"},
                                           {L"\033OA", L"thrive-up"},
                                           {L"\033[B", L"thrive-down"},
                                           {L"\033OB", L"thrive-down"},
                                           {L"\033[H", L"ed-move-to-beg"},
                                           {L"\033OH", L"ed-move-to-beg"},
                                           {L"\033[1~", L"ed-move-to-beg"},
                                           {L"\033[7~", L"ed-move-to-beg"},
                                           {L"\033[F", L"ed-move-to-end"},
                                           {L"\033OF", L"ed-move-to-end"},
                                           {L"\033[4~", L"ed-move-to-end"},
                                           {L"\033[8~", L"ed-move-to-end"},
                                           {L"\033[3~", L"ed-delete-next-char"},
                                           {L"\033[1;5C", L"em-next-word"},
                                           {L"\033[1;5D", L"ed-prev-word"},
                                           {L"\033[1;3C", L"em-next-word"},
                                           {L"\033[1;3D", L"ed-prev-word"},
                                           {L"\033[5C", L"em-next-word"},
                                           {L"\033[5D", L"ed-prev-word"},
                                           {L"\033Oc", L"em-next-word"},
                                           {L"\033Od", L"ed-prev-word"},
                                           {L"\033[1100~", L"ed-prev-history"},
                                           {L"\033[1101~", L"ed-next-history"}};
  size_t i;
  for (i = 0; i < sizeof keys / sizeof *keys; i++)
    lib.wset(el, EL_BIND, keys[i][0], keys[i][1], NULL);
}

/* "bind -v" and "bind -e" in the user's settings start with empty tables: without these two there is no prompt of ours. */
static void bind_essentials(EditLine *el) {
  lib.wset(el, EL_BIND, L"\t", L"thrive-complete", NULL);
  lib.wset(el, EL_BIND, L"\033[200~", L"thrive-paste", NULL);
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

static int editor_close(lua_State *L) {
  editor *e = luaL_checkudata(L, 1, EDITOR);
  int i;
  if (e->el != NULL) {
    e->elsewhere = uselocale(e->locale);
    lib.end(e->el);
    uselocale(e->elsewhere);
  }
  e->el = NULL;
  if (e->history != NULL)
    lib.history_end(e->history);
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

static editor *check_editor(lua_State *L) {
  editor *e = luaL_checkudata(L, 1, EDITOR);
  if (e->el == NULL)
    luaL_error(L, "attempt to use a closed editor");
  return e;
}

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

/* See editline.h. The stack: editor, prompt, complete, and at 4 the function that calls it. */
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
  line = lib.gets(e->el, &n);
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

static int editor_remember(lua_State *L) {
  editor *e = check_editor(L);
  HistEvent event;
  lib.history(e->history, &event, H_ENTER, luaL_checkstring(L, 2));
  return 0;
}

static const luaL_Reg methods[] = {
    {"close", editor_close}, {"read", editor_read}, {"remember", editor_remember}, {NULL, NULL}};

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
  if (load(&why) != 0) {
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
  e->locale = open_locale();
  e->history = lib.history_init();
  if (e->locale != (locale_t)0 && e->history != NULL) {
    e->elsewhere = uselocale(e->locale);
    e->el = lib.init("thrivelua", stdin, stdout, stderr);
    if (e->el != NULL) {
      lib.history(e->history, &event, H_SETSIZE, limit);
      lib.history(e->history, &event, H_SETUNIQUE, 1);
      lib.set(e->el, EL_CLIENTDATA, e);
      lib.set(e->el, EL_EDITOR, "emacs");
      lib.set(e->el, EL_HIST, lib.history, e->history);
      lib.set(e->el, EL_PROMPT_ESC, prompt, LITERAL);
      lib.wset(e->el, EL_GETCFN, next_character);
      add_commands(e->el);
      bind_keys(e->el);
      lib.source(e->el, editrc);
      bind_essentials(e->el);
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
