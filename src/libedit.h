/* libedit.h — the part of libedit that the prompt uses, declared by us and looked up at run time: no header to install and
** nothing to link. thrivelua only. Must not include lua.h. */
#ifndef THR_LIBEDIT_H
#define THR_LIBEDIT_H

#include <stdio.h>
#include <wchar.h>

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
enum { CC_NORM = 0, CC_REFRESH = 4, CC_CURSOR = 5, CC_ERROR = 6 }; /* what a command returns */
enum { H_SETSIZE = 1, H_ENTER = 10, H_SETUNIQUE = 20 };

/* Functions by the names of <histedit.h>: el_init, el_end … In the order of the names in libedit.c. */
typedef struct thr_libedit_table {
  EditLine *(*init)(const char *, FILE *, FILE *, FILE *);
  void (*end)(EditLine *);
  int (*get)(EditLine *, int, ...);
  int (*set)(EditLine *, int, ...);
  int (*wset)(EditLine *, int, ...); /* texts are wide, and commands with their names are not copied */
  int (*source)(EditLine *, const char *);
  const char *(*gets)(EditLine *, int *);
  const LineInfo *(*line)(EditLine *);
  const LineInfoW *(*wline)(EditLine *);
  int (*insertstr)(EditLine *, const char *);
  int (*winsertstr)(EditLine *, const wchar_t *);
  void (*deletestr)(EditLine *, int);
  int (*cursor)(EditLine *, int);
  void (*wpush)(EditLine *, const wchar_t *);
  void (*resize)(EditLine *);
  History *(*history_init)(void);
  void (*history_end)(History *);
  int (*history)(History *, HistEvent *, int, ...);
} thr_libedit_table;

extern thr_libedit_table thr_libedit;

/* Makes the functions callable. 0, or -1 with *why = what is missing, in a buffer that the next library may overwrite. Any
** number of times. */
int thr_libedit_load(const char **why);

#endif
