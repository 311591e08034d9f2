/* answer.h — what a finished transfer means to Lua: a value, an error object, its meta table. Layer 2. */
#ifndef THRL_ANSWER_H
#define THRL_ANSWER_H

#include <lauxlib.h>
#include <lua.h>

#include "error.h"
#include "transfer.h"

/* Pushes the value of a successful answer, or nil and an error object, as core.decide judged it. Frees the body.
** [-0, +1|2, e] */
int thrL_answer_result(lua_State *L, thrL_transfer *tr);
/* Pushes an error object of that kind with everything known of the transfer; the secrets of the client are blotted
** out of every text. code may be NULL. [-0, +1, m] */
void thrL_answer_error(lua_State *L, thrL_transfer *tr, thrL_kind kind, const char *message,
                       const char *code);
/* The functions of thrive.core that read a transfer. */
extern const luaL_Reg thrL_answer_functions[];

#endif
