/* refusal.h — what the body of a refused answer says. Layer 2. */
#ifndef THRL_REFUSAL_H
#define THRL_REFUSAL_H

#include <lauxlib.h>

#include "transfer.h"

/* Appends the beginning of the body for a message, control bytes and what is not ASCII as '.'. The buffer's usual rules hold:
** it is on top. [-?, +?, m] */
void thrL_refusal_quote(luaL_Buffer *b, const thr_buf *body);

/* 1 when the answer calls itself HTML or starts like it: a gateway's page, not the API's. [-0, +0, -] */
int thrL_refusal_is_html(const thrL_transfer *tr);

/* Reads the body of a refused answer into the error on top: message, fields, code, body. Any shape will do: the API's own
** {status, error, message: string | object}, RFC 6749's {error, error_description}, text, HTML. [-0, +0, m] */
void thrL_refusal_read(lua_State *L, thrL_transfer *tr);

#endif
