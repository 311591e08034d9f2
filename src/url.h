/* url.h — percent-encoding, origins and base URLs. Owns the rules of which URL may be talked to at all
** (absolute http/https, no userinfo, plain http only to loopback). Pure text: no network, no clock. Must
** not include lua.h. */
#ifndef THR_URL_H
#define THR_URL_H

#include <stddef.h>

#include "buf.h"

/* Appends s as one path segment or one query name or value: every byte but RFC 3986 unreserved (A-Z a-z 0-9
** - . _ ~) goes out as %XX, upper-case hex. 0, or -1 when memory is out (out is unchanged). "." and ".."
** come out as they are: a caller that puts free text into a path must not let them be a segment. */
int thr_url_escape(thr_buf *out, const char *s, size_t n);

/* The origin of a URL. Every pointer points into the text that was parsed: valid as long as that is. */
typedef struct thr_origin {
  const char *scheme; /* as written: upper case is possible */
  const char *host;   /* as written; an IPv6 literal with its brackets */
  size_t scheme_len, host_len;
  int port;     /* the default of the scheme when none is written */
  int https;    /* 1: https, 0: http */
  int loopback; /* 127.0.0.0/8 as four decimal numbers, [::1] in any spelling, or "localhost" in any case */
  size_t len;   /* of scheme://host[:port] in the text */
} thr_origin;

/* Reads the origin of an absolute http or https URL. Refuses userinfo, control bytes, spaces and
** backslashes anywhere, an empty or non-ASCII host, a bad IPv6 literal, a port that is not 1..65535. 0; or
** -1 and *why = a static phrase that follows the URL's name ("has no host"). o is only valid after 0. */
int thr_url_origin(const char *url, size_t n, thr_origin *o, const char **why);

/* Checks a base URL as users give it and appends its clean form to out: scheme and host in lower case,
** optional path prefix, no trailing '/'. Refuses what thr_url_origin refuses, a query or fragment, "." and
** ".." segments, bytes outside ASCII, http to a host that is not loopback, and a path that ends in /rest or
** /rest/v<n> (the paths of the calls begin with it). 0; or -1, out unchanged and *why = a static phrase
** that follows the name of the option, such as "must not end in /rest: give the origin, without /rest"
** (also "cannot be kept: out of memory"). */
int thr_url_base(const char *url, size_t n, thr_buf *out, const char **why);

#endif
