/* csv.h — text to a cell of a CSV file: quotes where they are needed, and the guard of formulas. Must not include lua.h. */
#ifndef THR_CSV_H
#define THR_CSV_H

#include <stddef.h>

#include "buf.h"

typedef struct thr_csv_format {
  char separator;
  int raw;                    /* formulas get no guard */
  unsigned char of_note[256]; /* bytes that have to be looked at; thr_csv_init fills it */
} thr_csv_format;

/* Fills f for a separator that is neither a quote nor a line break. alone: a record is one cell, so that no separator is
** there to be found by a reader: it will take the comma for it. */
void thr_csv_init(thr_csv_format *f, char separator, int raw, int alone);
/* Appends s[0..n) as a cell. 0; -1 when memory is out; 1 when it is no text (invalid UTF-8, a NUL byte) with *bad = where: then
** nothing was appended.
**
** A spreadsheet computes a cell that begins with = + - @ (in East Asia also their wide forms), TAB or a line break: it gets
** an apostrophe in front, and so does text of apostrophes and then one of these, so that taking one off again gives back
** every text. Numbers get none (-5, +1.5e3), but a plus and digits alone do: that is a telephone number, whose plus would go.
**
** first: the cell stands in the first record, by which readers tell what separates the cells. What could mislead them there
** is quoted: , ; TAB |, a beginning "sep=", a byte order mark. */
int thr_csv_cell(thr_buf *out, const thr_csv_format *f, const char *s, size_t n, int first, size_t *bad);

#endif
