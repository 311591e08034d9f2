/* csv_line.h — core.csv_line: rows to lines of CSV, for thrive.csv.writer. Layer 2. */
#ifndef THRL_CSV_LINE_H
#define THRL_CSV_LINE_H

#include <lua.h>

/* core.csv_line(keys, separator, line_end, raw) → line(row, first): a function that makes the line of a row, which has the
** value of each key in turn. A key "cf.Name" that the row does not have is `Name` of its additionalFields. It returns the
** text with the line end; or nil, the place of the key and a message, when that value cannot be written. nil and thrive.null
** are empty cells, tables JSON, numbers as JSON has them. What cells look like, and `first`: csv.h. line() gives back the
** memory it works in; what is made while a state is closed is never collected and has to do that. [-0, +1, e] */
int thrL_csv_line_new(lua_State *L);
/* Registers the metatable. [-0, +0, m] */
void thrL_csv_line_open(lua_State *L);

#endif
