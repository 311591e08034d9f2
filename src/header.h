/* header.h — blocks of HTTP header fields: "Name: value\0Name: value\0…", as transport.h carries them. Owns
** the rule of what may stand in a name and a value (nothing that could start another header). Must not
** include lua.h. */
#ifndef THR_HEADER_H
#define THR_HEADER_H

#include <stddef.h>

#include "buf.h"

/* 1 when s is a field name: an RFC 9110 token, not empty. */
int thr_header_name_ok(const char *s, size_t n);
/* 1 when s may be a field value: no control byte but tab, so no CR, LF or NUL. Bytes from 0x80 on are let
** through (UTF-8); the empty value is fine. */
int thr_header_value_ok(const char *s, size_t n);

/* Appends one field. 0; -1 when memory is out, -2 when name or value is refused (block is unchanged by
** both). */
int thr_header_add(thr_buf *block, const char *name, size_t nn, const char *value, size_t vn);

/* Walks a block: *pos starts at 0. 1 and the next field (pointing into the block, value without surrounding
** blanks), or 0 at the end. Lines that are not a field (no colon, no token before it) are skipped. */
int thr_header_next(const thr_buf *block, size_t *pos, const char **name, size_t *nn, const char **value,
                    size_t *vn);

/* The field of that name, in any case; of several the last. 1 and the value (pointing into the block), or
** 0. */
int thr_header_get(const thr_buf *block, const char *name, const char **value, size_t *vn);

/* What the server or the gateway before it calls this request, for support: the first that is there and not
** empty of x-request-id, x-amzn-requestid, x-amzn-request-id, x-correlation-id, apigw-requestid,
** x-amz-cf-id, cf-ray. 1 and the value (pointing into the block), or 0. */
int thr_header_request_id(const thr_buf *block, const char **value, size_t *vn);

#endif
