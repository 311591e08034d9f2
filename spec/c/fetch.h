/* fetch.h — what the transport tests share: an engine, a transfer, and a loop that ends. */
#ifndef FETCH_H
#define FETCH_H

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "server.h"
#include "transport.h"

static const thr_netconf plain_net = {.user_agent = "thrive-test/1", .connect_timeout_ms = 2000};

/* Prepares an initialised transfer that does not run. */
static void transfer_set(thr_transfer *t, const thr_netconf *net, thr_method m, const char *url,
                         const char *body) {
  t->method = m;
  t->net = net;
  t->timeout_ms = 10000;
  t->resend_safe = m != THR_POST && m != THR_PATCH;
  thr_buf_clear(&t->url);
  thr_buf_puts(&t->url, url);
  t->has_body = body != NULL;
  thr_buf_clear(&t->body);
  if (body != NULL)
    thr_buf_puts(&t->body, body);
}

static const char *url_of(const server *s, const char *path) {
  static char url[256];
  snprintf(url, sizeof url, "http://127.0.0.1:%d%s", s->port, path);
  return url;
}

/* Polls until t is done; 1, or 0 after 20 s. */
static int finish_one(thr_engine *e, thr_transfer *t) {
  double end = thr_now() + 20;
  while (t->state == THR_RUNNING && thr_now() < end)
    if (thr_engine_poll(e, 250) < 0)
      return 0;
  while (thr_engine_finished(e) != NULL)
    ;
  return t->state == THR_DONE;
}

/* Starts t and waits for its end. */
static int run(thr_engine *e, thr_transfer *t) { return thr_engine_start(e, t) == 0 && finish_one(e, t); }

/* A request without a body, whole. */
static inline int get(thr_engine *e, thr_transfer *t, const server *s, const char *path) {
  transfer_set(t, &plain_net, THR_GET, url_of(s, path), NULL);
  return run(e, t);
}

/* The value of a header of the answer, NULL = not there; the last one wins. */
static inline const char *header_of(const thr_transfer *t, const char *name) {
  size_t at = 0, n = strlen(name);
  const char *value = NULL;
  while (at < t->rheaders.len) {
    const char *line = t->rheaders.data + at;
    if (strncmp(line, name, n) == 0 && line[n] == ':' && line[n + 1] == ' ')
      value = line + n + 2;
    at += strlen(line) + 1;
  }
  return value;
}

static inline int header_is(const thr_transfer *t, const char *name, const char *value) {
  const char *is = header_of(t, name);
  return is != NULL && strcmp(is, value) == 0;
}

static inline int body_is(const thr_transfer *t, const char *text) {
  return t->rbody.len == strlen(text) &&
         (t->rbody.len == 0 || memcmp(t->rbody.data, text, t->rbody.len) == 0);
}

static inline int contains(const char *text, const char *part) {
  return text != NULL && strstr(text, part) != NULL;
}

/* The environment must not send the tests elsewhere. */
static void no_proxy_in_environment(void) {
  static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                      "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
  size_t i;
  for (i = 0; i < sizeof names / sizeof *names; i++)
    unsetenv(names[i]);
}

#endif
