/* refusal.h — what the body of a refused answer says. Layer 2. */
#ifndef THRL_REFUSAL_H
#define THRL_REFUSAL_H

#include <lauxlib.h>

#include "transfer.h"

/* Appends the beginning of the body, control bytes and what is not ASCII as '.', for a message. */
void thrL_refusal_quote(luaL_Buffer *b, const thr_buf *body);

/* 1 when the answer calls itself HTML or starts like it: a gateway's page, not the API's. */
int thrL_refusal_is_html(const thrL_transfer *tr);

/* Reads the body into the error on top: message, fields, code, body. [-0, +0, m] */
void thrL_refusal_read(lua_State *L, thrL_transfer *tr);

#endif
