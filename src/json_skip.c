/* json_skip.c — any JSON value, validated and forgotten: what `fields` does not name is read by this alone. See json.h.
** Must not include lua.h. Failure: as in json.c. No recursion: what is open around the value is in an array. */
#include "json.h"

#include <string.h>

static inline const char *skip_space(const char *p, const char *end) {
  return p < end && (unsigned char)*p > ' ' ? p : thr_json_space(p, end);
}

/* The string whose opening quote is before p. */
static inline const char *skip_string(thr_json_scan *j, const char *p) {
  const char *q = thr_json_plain(p, j->end);
  thr_json_span span;
  return q < j->end && *q == '"' ? q + 1 : thr_json_string(j, p, &span);
}

static const char *skip_number(thr_json_scan *j, const char *p) {
  thr_json_number number;
  const char *q = p;
  if (*q >= '1' &&
      *q <= '9') { /* an integer is valid however long it is, so that its value need not be known */
    do
      q++;
    while (q < j->end && *q >= '0' && *q <= '9');
    if (q >= j->end || (*q != '.' && *q != 'e' && *q != 'E'))
      return q;
  }
  return thr_json_number_at(j, p, &number);
}

static inline const char *skip_literal(thr_json_scan *j, const char *p, const char *word, size_t n) {
  return (size_t)(j->end - p) >= n && memcmp(p, word, n) == 0 ? p + n : thr_json_literal(j, p, word, n);
}

/* A key and its colon; returns where the value is. */
static inline const char *skip_key(thr_json_scan *j, const char *p) {
  const char *end = j->end;
  if (p >= end || *p != '"')
    return thr_json_fail_here(j, p, "expected a key in quotes");
  p = skip_string(j, p + 1);
  if (p == NULL)
    return NULL;
  p = skip_space(p, end);
  if (p >= end || *p != ':')
    return thr_json_fail_here(j, p, "expected ':' after a key");
  return skip_space(p + 1, end);
}

const char *thr_json_skip(thr_json_scan *j, const char *p, int depth) {
  const char *end = j->end;
  char closing[THR_JSON_DEPTH + 1]; /* of every container that was opened here, by depth */
  const int outside = depth;
  for (;;) {
    if (p >= end)
      return thr_json_fail_here(j, p, "expected a value");
    switch (*p) {
    case '"':
      p = skip_string(j, p + 1);
      break;
    case '{':
    case '[':
      if (depth >= THR_JSON_DEPTH)
        return thr_json_fail(j, p, "nested too deeply");
      closing[++depth] = (char)(*p + 2); /* '}' and ']', in ASCII */
      p = skip_space(p + 1, end);
      if (p < end && *p == closing[depth]) {
        p++;
        depth--;
        break;
      }
      if (closing[depth] == '}' && (p = skip_key(j, p)) == NULL)
        return NULL;
      continue;
    case 't':
      p = skip_literal(j, p, "true", 4);
      break;
    case 'f':
      p = skip_literal(j, p, "false", 5);
      break;
    case 'n':
      p = skip_literal(j, p, "null", 4);
      break;
    default:
      p = skip_number(j, p);
    }
    if (p == NULL)
      return NULL;
    for (;;) { /* behind a value: what ends with it, and what comes next */
      if (depth == outside)
        return p;
      p = skip_space(p, end);
      if (p < end && *p == ',') {
        p = skip_space(p + 1, end);
        if (closing[depth] == '}' && (p = skip_key(j, p)) == NULL)
          return NULL;
        break;
      }
      if (p >= end || *p != closing[depth])
        return thr_json_fail_here(j, p,
                                  closing[depth] == '}' ? "expected ',' or '}' in an object"
                                                        : "expected ',' or ']' in an array");
      p++;
      depth--;
    }
  }
}
