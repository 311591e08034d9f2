/* editkeys.c — commands that keys are bound to: pasting, moving in entries of several lines; see editkeys.h. Must not include
** lua.h. */
#include "editkeys.h"

#include <stdlib.h>
#include <wchar.h>
#include <wctype.h>

#define LONGEST_PASTE ((size_t)1 << 20) /* characters */

/* ---- pasting ---- */

typedef struct text {
  wchar_t *data; /* owned; room for a 0 at the end */
  size_t n, room;
  int too_long;
} text;

static void add(text *t, wchar_t c) {
  if (iswcntrl((wint_t)c) && c != L'\n' && c != L'\t')
    return;
  if (t->n + 1 >= t->room) {
    size_t room = t->room == 0 ? 256 : t->room * 2;
    wchar_t *bigger = room > LONGEST_PASTE ? NULL : realloc(t->data, room * sizeof *t->data);
    if (bigger == NULL) {
      t->too_long = 1;
      return;
    }
    t->data = bigger;
    t->room = room;
  }
  t->data[t->n++] = c;
}

/* A pasted text comes in one piece and becomes one, whatever is in it: line breaks do not run anything, tabs complete
** nothing. Of control characters only these two are taken. */
static unsigned char paste(EditLine *el, int key) {
  static const wchar_t mark[] = L"\033[201~";
  const size_t mark_length = sizeof mark / sizeof *mark - 1;
  text t = {NULL, 0, 0, 0};
  wchar_t c, previous = L'\0';
  size_t matched = 0, i;
  int result = CC_REFRESH;
  (void)key;
  while (matched < mark_length) {
    if (thr_editline_character(el, &c) != 1) {
      free(t.data);
      return CC_NORM;
    }
    if (c == mark[matched]) {
      matched++;
      continue;
    }
    for (i = 0; i < matched; i++) /* it was no mark after all */
      add(&t, mark[i]);
    matched = c == mark[0];
    if (matched)
      continue;
    if (c != L'\n' || previous != L'\r')
      add(&t, c == L'\r' ? L'\n' : c);
    previous = c;
  }
  while (t.n > 0 && t.data[t.n - 1] == L'\n') /* so that Enter runs it */
    t.n--;
  if (t.too_long) {
    thr_editline_show(el, "thrivelua: a paste of more than a million characters is not taken: use dofile\n");
    result = CC_NORM;
  } else if (t.n > 0) {
    t.data[t.n] = L'\0';
    if (thr_libedit.winsertstr(el, t.data) != 0)
      result = CC_ERROR;
  }
  free(t.data);
  return (unsigned char)result;
}

/* ---- moving ---- */

/* Up and down go through the lines of the entry, and then to the next. */
static unsigned char vertical(EditLine *el, int down) {
  const LineInfoW *line = thr_libedit.wline(el);
  const wchar_t *start = line->cursor, *other, *stop, *target;
  while (start > line->buffer && start[-1] != L'\n')
    start--;
  if (down) {
    for (other = line->cursor; other < line->lastchar && *other != L'\n'; other++)
      ;
    if (other == line->lastchar) {
      thr_libedit.wpush(el, L"\033[1101~");
      return CC_NORM;
    }
    other++;
  } else {
    if (start == line->buffer) {
      thr_libedit.wpush(el, L"\033[1100~");
      return CC_NORM;
    }
    for (other = start - 1; other > line->buffer && other[-1] != L'\n'; other--)
      ;
  }
  for (stop = other; stop < line->lastchar && *stop != L'\n'; stop++)
    ;
  target = other + (line->cursor - start);
  thr_libedit.cursor(el, (int)((target < stop ? target : stop) - line->cursor));
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

/* Home and End: of the line, and when there already of the entry. */
static unsigned char home(EditLine *el, int key) {
  const LineInfoW *line = thr_libedit.wline(el);
  const wchar_t *start = line->cursor;
  (void)key;
  while (start > line->buffer && start[-1] != L'\n')
    start--;
  thr_libedit.cursor(el, (int)((start == line->cursor ? line->buffer : start) - line->cursor));
  return CC_CURSOR;
}

static unsigned char end(EditLine *el, int key) {
  const LineInfoW *line = thr_libedit.wline(el);
  const wchar_t *stop = line->cursor;
  (void)key;
  while (stop < line->lastchar && *stop != L'\n')
    stop++;
  thr_libedit.cursor(el, (int)((stop == line->cursor ? line->lastchar : stop) - line->cursor));
  return CC_CURSOR;
}

/* ---- bindings ---- */

static unsigned char nothing(EditLine *el, int key) {
  (void)el;
  (void)key;
  return CC_NORM;
}

static void add_commands(EditLine *el, thr_edit_command complete) {
  thr_libedit.wset(el, EL_ADDFN, L"thrive-complete", L"Complete the word before the cursor", complete);
  thr_libedit.wset(el, EL_ADDFN, L"thrive-paste", L"Take a pasted text", paste);
  thr_libedit.wset(el, EL_ADDFN, L"thrive-up", L"The line above, or the entry before", up);
  thr_libedit.wset(el, EL_ADDFN, L"thrive-down", L"The line below, or the entry after", down);
  thr_libedit.wset(el, EL_ADDFN, L"thrive-home", L"The beginning of the line, or of the entry", home);
  thr_libedit.wset(el, EL_ADDFN, L"thrive-nothing", L"Nothing", nothing);
  thr_libedit.wset(el, EL_ADDFN, L"thrive-end", L"The end of the line, or of the entry", end);
}

/* Of a key that libedit does not know it takes the beginning and leaves the end on the line: "~", "D", "5~". Those of terminals
** that have no meaning here do nothing: function keys, Insert, and arrows and the like with Shift (2), Alt (3), Control (5) and
** their sums. */
static void bind_nothing(EditLine *el) {
  static const wchar_t letters[] = L"ABCDEFHPQRS";
  static const wchar_t *const others[] = {L"\033[Z",  L"\033[[A", L"\033[[B",
                                          L"\033[[C", L"\033[[D", L"\033[[E"};
  static const int numbers[] = {2, 3, 5, 6, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24};
  wchar_t keys[16];
  size_t i;
  int modifier;
  for (i = 0; i < sizeof others / sizeof *others; i++) /* Shift-Tab; F1 to F5 of Linux' console */
    thr_libedit.wset(el, EL_BIND, others[i], L"thrive-nothing", NULL);
  for (i = 0; letters[i] != L'\0'; i++) {
    if (letters[i] >= L'P') {
      swprintf(keys, sizeof keys / sizeof *keys, L"\033O%lc", (wint_t)letters[i]);
      thr_libedit.wset(el, EL_BIND, keys, L"thrive-nothing", NULL);
    }
    for (modifier = 2; modifier <= 8; modifier++) {
      swprintf(keys, sizeof keys / sizeof *keys, L"\033[1;%d%lc", modifier, (wint_t)letters[i]);
      thr_libedit.wset(el, EL_BIND, keys, L"thrive-nothing", NULL);
    }
  }
  for (i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    swprintf(keys, sizeof keys / sizeof *keys, L"\033[%d~", numbers[i]);
    thr_libedit.wset(el, EL_BIND, keys, L"thrive-nothing", NULL);
    for (modifier = 2; modifier <= 8; modifier++) {
      swprintf(keys, sizeof keys / sizeof *keys, L"\033[%d;%d~", numbers[i], modifier);
      thr_libedit.wset(el, EL_BIND, keys, L"thrive-nothing", NULL);
    }
  }
}

/* Keys as terminals send them, where libedit does not know them by itself. The user's settings come after. */
void thr_editkeys_bind(EditLine *el, thr_edit_command complete) {
  /* clang-format off */
  static const wchar_t *const keys[][2] = {{L"\033[A", L"thrive-up"},
                                           {L"\033OA", L"thrive-up"},
                                           {L"\033[B", L"thrive-down"},
                                           {L"\033OB", L"thrive-down"},
                                           {L"\001", L"thrive-home"},
                                           {L"\005", L"thrive-end"},
                                           {L"\033[H", L"thrive-home"},
                                           {L"\033OH", L"thrive-home"},
                                           {L"\033[1~", L"thrive-home"},
                                           {L"\033[7~", L"thrive-home"},
                                           {L"\033[F", L"thrive-end"},
                                           {L"\033OF", L"thrive-end"},
                                           {L"\033[4~", L"thrive-end"},
                                           {L"\033[8~", L"thrive-end"},
                                           {L"\033[3~", L"ed-delete-next-char"},
                                           {L"\033[1;5C", L"em-next-word"},
                                           {L"\033[1;5D", L"ed-prev-word"},
                                           {L"\033[1;3C", L"em-next-word"},
                                           {L"\033[1;3D", L"ed-prev-word"},
                                           {L"\033[5C", L"em-next-word"},
                                           {L"\033[5D", L"ed-prev-word"},
                                           {L"\033Oc", L"em-next-word"},
                                           {L"\033Od", L"ed-prev-word"},
                                           {L"\033[3;5~", L"em-delete-next-word"},
                                           {L"\033[5~", L"ed-search-prev-history"},
                                           {L"\033[6~", L"ed-search-next-history"},
                                           {L"\033[1100~", L"ed-prev-history"},
                                           {L"\033[1101~", L"ed-next-history"}};
  /* clang-format on */
  size_t i;
  add_commands(el, complete);
  bind_nothing(el);
  for (i = 0; i < sizeof keys / sizeof *keys; i++)
    thr_libedit.wset(el, EL_BIND, keys[i][0], keys[i][1], NULL);
}

/* libedit's prompt for commands crashes when none is given. */
static void unbind_commands(EditLine *el) {
  thr_libedit.wset(el, EL_BIND, L"\033x", L"ed-unassigned", NULL);
  thr_libedit.wset(el, EL_BIND, L"\033X", L"ed-unassigned", NULL);
  thr_libedit.wset(el, EL_BIND, L"-a", L":", L"ed-unassigned", NULL);
}

/* "bind -v" and "bind -e" in the user's settings start with empty tables: without these two there is no prompt of ours. */
void thr_editkeys_bind_essentials(EditLine *el) {
  thr_libedit.wset(el, EL_BIND, L"\t", L"thrive-complete", NULL);
  thr_libedit.wset(el, EL_BIND, L"\033[200~", L"thrive-paste", NULL);
  unbind_commands(el);
}
