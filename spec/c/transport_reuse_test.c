/* transport_reuse_test.c — handles go from one request to the next set up as they are: nothing of a request stays. And
** requests that may wait for one another leave together. */
#include "fetch.h"

static server s;

/* What a request can be; every one follows every other below. */
typedef struct kind {
  thr_method method;
  const char *body; /* NULL = none */
  const char *header;
  const char *auth;
  int wide;
} kind;

static const kind kinds[] = {
    {THR_GET, NULL, NULL, "Authorization: Bearer one", 0},
    {THR_GET, NULL, "X-Empty: ", NULL, 1},
    {THR_POST, "{\"a\":1}", "Content-Type: application/json", "Authorization: Bearer two", 0},
    {THR_POST, NULL, NULL, NULL, 0},
    {THR_PUT, "longer than the others", "X-Put: 1", NULL, 0},
    {THR_PATCH, "[]", "Content-Type: application/json", "X-API-Token: three", 0},
    {THR_DELETE, NULL, NULL, NULL, 0},
    {THR_DELETE, "x", NULL, "Authorization: Bearer four", 0},
    {THR_HEAD, NULL, NULL, NULL, 0},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void add_line(thr_buf *to, const char *line) {
  if (line != NULL)
    thr_buf_append(to, line, strlen(line) + 1);
}

/* The request as the server must see it; each kind has its own path. */
static void expected(thr_buf *out, const kind *k, int i, const char *agent) {
  static const char *const names[] = {
#define METHOD_NAME(name, writes, idempotent) #name,
      THR_METHODS(METHOD_NAME)
#undef METHOD_NAME
  };
  char text[300];
  int typed = k->method == THR_POST || k->method == THR_PUT || k->method == THR_PATCH || k->body != NULL;
  thr_buf_clear(out);
  snprintf(text, sizeof text, "%s /w%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: */*\r\n", names[k->method],
           i, s.port);
  thr_buf_puts(out, text);
  if (k->header != NULL && strcmp(k->header, "X-Empty: ") == 0)
    thr_buf_puts(out, "X-Empty:\r\n");
  else if (k->header != NULL)
    thr_buf_puts(out, k->header), thr_buf_puts(out, "\r\n");
  if (k->auth != NULL)
    thr_buf_puts(out, k->auth), thr_buf_puts(out, "\r\n");
  snprintf(text, sizeof text, "User-Agent: %s\r\n", agent);
  thr_buf_puts(out, text);
  if (typed) {
    snprintf(text, sizeof text, "Content-Length: %d\r\n", k->body != NULL ? (int)strlen(k->body) : 0);
    thr_buf_puts(out, text);
  }
  thr_buf_puts(out, "\r\n");
  if (k->body != NULL)
    thr_buf_puts(out, k->body);
}

/* Runs one of a kind in a transfer of its own, which is gone afterwards, and compares. */
static int run_kind(thr_engine *e, const thr_netconf *net, int i) {
  const kind *k = &kinds[i];
  thr_transfer t;
  thr_buf want = {NULL, 0, 0};
  char path[16];
  int ok;
  thr_transfer_init(&t);
  snprintf(path, sizeof path, "/w%d", i);
  transfer_set(&t, net, k->method, url_of(&s, path), k->body);
  t.wide = k->wide;
  add_line(&t.headers, k->header);
  if (k->auth != NULL)
    thr_buf_puts(&t.auth, k->auth);
  ok = run(e, &t) && t.fail == THR_FAIL_NONE && t.status == 200;
  expected(&want, k, i, net->user_agent);
  if (k->method == THR_HEAD)
    ok = ok && t.rbody.len == 0;
  else if (ok && (t.rbody.len != want.len || memcmp(t.rbody.data, want.data, want.len) != 0)) {
    printf("# got:\n%.*s\n# wanted:\n%s\n", (int)t.rbody.len, t.rbody.data, want.data);
    ok = 0;
  }
  thr_transfer_free(&t);
  thr_buf_free(&want);
  return ok;
}

static int run_pairs(thr_engine *e, const thr_netconf *net) {
  int a, b, ok = 1;
  for (a = 0; a < KINDS; a++)
    for (b = 0; b < KINDS; b++)
      ok = run_kind(e, net, a) && run_kind(e, net, b) && ok;
  return ok;
}

static void test_kinds(void) {
  const char *why;
  thr_engine *e = thr_engine_new(&why);
  thr_netconf net = plain_net, others[10];
  int i;
  net.serial = thr_engine_serial(e);
  CASE("reuse: every kind of request after every other is the one asked for") {
    CHECK(run_pairs(e, &net));
    CHECK(run_pairs(e, &plain_net)); /* nothing kept */
  }
  CASE("reuse: the same with a libcurl before 7.80") {
    thr_engine *old;
    thr_netconf old_net = plain_net;
    thr_transport_pretend_old(1);
    old = thr_engine_new(&why);
    thr_transport_pretend_old(0);
    old_net.serial = thr_engine_serial(old);
    for (i = 0; i < KINDS; i++)
      CHECK(run_kind(old, &old_net, i) && run_kind(old, &old_net, 2) && run_kind(old, &old_net, i) &&
            run_kind(old, &old_net, 4));
    thr_engine_unref(old);
  }
  CASE("reuse: also when handles are set up anew for another kind") {
    thr_transfer at_once[12];
    for (i = 0; i < 12; i++) { /* so many idle handles that no new one is made */
      thr_transfer_init(&at_once[i]);
      transfer_set(&at_once[i], &net, THR_GET, url_of(&s, "/echo"), NULL);
      CHECK(thr_engine_start(e, &at_once[i]) == 0);
    }
    for (i = 0; i < 12; i++) {
      CHECK(finish_one(e, &at_once[i]) && at_once[i].status == 200);
      thr_transfer_free(&at_once[i]);
    }
    for (i = 0; i < 3; i++)
      CHECK(run_pairs(e, &net));
  }
  CASE("reuse: each client has its own settings, and a serial is never used again") {
    static const char *const agents[] = {"one/1", "two/2", "three/3"};
    int round;
    for (i = 0; i < 10; i++) {
      others[i] = plain_net;
      others[i].user_agent = agents[i % 3];
      others[i].serial = thr_engine_serial(e);
    }
    for (round = 0; round < 3; round++)
      for (i = 0; i < 10; i++)
        CHECK(run_kind(e, &others[i], (i + round) % KINDS));
    others[0].user_agent = "four/4"; /* the same place in memory, another client */
    others[0].serial = thr_engine_serial(e);
    CHECK(run_kind(e, &others[0], 0));
  }
  CASE("reuse: without a serial a change of the settings is heeded") {
    thr_netconf changing = plain_net;
    changing.user_agent = "before/1";
    CHECK(run_kind(e, &changing, 0));
    changing.user_agent = "after/1";
    CHECK(run_kind(e, &changing, 0));
  }
  thr_engine_unref(e);
}

static void test_limits(void) {
  const char *why;
  thr_engine *e = thr_engine_new(&why);
  thr_netconf net = plain_net;
  thr_transfer t;
  net.serial = thr_engine_serial(e);
  thr_transfer_init(&t);
  CASE("reuse: a shorter timeout than the one before counts, and so does a longer one") {
    transfer_set(&t, &net, THR_GET, url_of(&s, "/echo"), NULL);
    CHECK(run(e, &t) && t.status == 200);
    transfer_set(&t, &net, THR_GET, url_of(&s, "/hang"), NULL);
    t.timeout_ms = 60;
    CHECK(run(e, &t) && t.fail == THR_FAIL_TIMEOUT && t.timings.total < 5);
    transfer_set(&t, &net, THR_GET, url_of(&s, "/echo"), NULL);
    t.timeout_ms = 60;
    CHECK(run(e, &t) && t.status == 200);
    transfer_set(&t, &net, THR_GET, url_of(&s, "/drip"), NULL);
    t.timeout_ms = 300;
    CHECK(run(e, &t) && t.fail == THR_FAIL_TIMEOUT && t.timings.total > 0.2);
  }
  CASE("reuse: the reason of a failure does not show in the next answer") {
    transfer_set(&t, &net, THR_GET, url_of(&s, "/reset"), NULL);
    CHECK(run(e, &t) && t.fail == THR_FAIL_NETWORK && t.error[0] != '\0');
    transfer_set(&t, &net, THR_GET, url_of(&s, "/echo"), NULL);
    CHECK(run(e, &t) && t.fail == THR_FAIL_NONE && t.error[0] == '\0' && t.code == 0);
  }
  CASE("reuse: a body that was sent is not read again, whatever became of it") {
    int i;
    for (i = 0; i < 20; i++) {
      thr_transfer brief;
      thr_transfer_init(&brief);
      transfer_set(&brief, &net, THR_POST, url_of(&s, i % 2 ? "/w" : "/close"), "{\"some\":\"body\"}");
      CHECK(run(e, &brief));
      thr_transfer_free(&brief);
    }
    transfer_set(&t, &net, THR_POST, url_of(&s, "/w"), NULL);
    CHECK(run(e, &t) && contains(t.rbody.data, "Content-Length: 0\r\n") && !contains(t.rbody.data, "body"));
  }
  thr_transfer_free(&t);
  thr_engine_unref(e);
}

static void test_spares(void) {
  const char *why, *memory;
  thr_engine *e = thr_engine_new(&why);
  thr_transfer t, u;
  thr_transfer_init(&t);
  thr_transfer_init(&u);
  CASE("spares: the memory of a large body receives the next one") {
    CHECK(get(e, &t, &s, "/big") && t.rbody.len == 200000);
    memory = t.rbody.data;
    thr_engine_spare(e, &t.rbody);
    CHECK(t.rbody.data == NULL && t.rbody.len == 0 && t.rbody.cap == 0);
    CHECK(get(e, &u, &s, "/big") && u.rbody.len == 200000 && u.rbody.data == memory);
    CHECK(get(e, &t, &s, "/big") && t.rbody.len == 200000 && t.rbody.data != memory);
  }
  CASE("spares: a small answer gets none, and nothing shows of what was in it") {
    thr_engine_spare(e, &t.rbody);
    thr_engine_spare(e, &u.rbody);
    CHECK(get(e, &u, &s, "/echo") && u.status == 200 && u.rbody.cap < 65536);
    thr_engine_spare(e, &u.rbody);
    CHECK(u.rbody.data == NULL);
    CHECK(get(e, &u, &s, "/big-unannounced") && u.fail == THR_FAIL_NONE);
  }
  thr_transfer_free(&t);
  thr_transfer_free(&u);
  thr_engine_unref(e);
}

static void test_patience(void) {
  enum { N = 20 };
  const char *why;
  thr_engine *e = thr_engine_new(&why);
  thr_netconf net = plain_net;
  thr_transfer t[N], page;
  int i, before;
  net.serial = thr_engine_serial(e);
  for (i = 0; i < N; i++) {
    thr_transfer_init(&t[i]);
    transfer_set(&t[i], &net, THR_GET, url_of(&s, "/echo"), NULL);
    t[i].patient = 1;
  }
  /* Connections that stand: on them a request leaves at once or not at all. */
  for (i = 0; i < N; i++)
    CHECK(thr_engine_start(e, &t[i]) == 0);
  for (i = 0; i < N; i++)
    CHECK(finish_one(e, &t[i]) && t[i].status == 200);
  CASE("patience: with nothing on the wire a request leaves before start returns") {
    before = server_arrivals(&s);
    CHECK(thr_engine_start(e, &t[0]) == 0);
    server_await(&s, before + 1);
    CHECK(server_arrivals(&s) == before + 1);
    CHECK(finish_one(e, &t[0]));
  }
  CASE("patience: one that is in a hurry takes along those that wait") {
    before = server_arrivals(&s);
    for (i = 0; i < 4; i++)
      CHECK(thr_engine_start(e, &t[i]) == 0);
    thr_transfer_init(&page);
    transfer_set(&page, &net, THR_GET, url_of(&s, "/echo"), NULL);
    CHECK(thr_engine_start(e, &page) == 0);
    server_await(&s, before + 5);
    CHECK(server_arrivals(&s) == before + 5);
    for (i = 0; i < 4; i++)
      CHECK(finish_one(e, &t[i]) && t[i].status == 200);
    CHECK(finish_one(e, &page) && page.status == 200);
    thr_transfer_free(&page);
  }
  CASE("patience: it ends with the next poll, and after a few starts") {
    before = server_arrivals(&s);
    for (i = 0; i < N; i++)
      CHECK(thr_engine_start(e, &t[i]) == 0);
    server_await(&s, before + N - 7);
    CHECK(server_arrivals(&s) >= before + N - 7);
    thr_engine_poll(e, 0);
    server_await(&s, before + N);
    CHECK(server_arrivals(&s) == before + N);
    for (i = 0; i < N; i++)
      CHECK(finish_one(e, &t[i]) && t[i].status == 200);
  }
  CASE("patience: what waits to leave can be cancelled, and was not sent") {
    before = server_arrivals(&s);
    thr_transfer_init(&page); /* is on the wire whatever happens: nothing waits while nothing is */
    transfer_set(&page, &net, THR_GET, url_of(&s, "/hang"), NULL);
    CHECK(thr_engine_start(e, &page) == 0);
    while (server_arrivals(&s) == before)
      (void)thr_engine_poll(e, 10);
    CHECK(thr_engine_start(e, &t[1]) == 0);
    thr_transfer_cancel(&t[1]);
    CHECK(t[1].state == THR_DONE && t[1].fail == THR_FAIL_CANCELLED && t[1].sent == 0);
    CHECK(thr_engine_start(e, &t[0]) == 0);
    CHECK(finish_one(e, &t[0]) && t[0].status == 200);
    CHECK(server_arrivals(&s) == before + 2);
    thr_transfer_free(&page);
  }
  for (i = 0; i < N; i++)
    thr_transfer_free(&t[i]);
  thr_engine_unref(e);
}

/* Each test has a server of its own: what another has cancelled may arrive late. */
static void with_server(void (*test)(void)) {
  server_start(&s);
  test();
  server_stop(&s);
}

int main(void) {
  no_proxy_in_environment();
  with_server(test_kinds);
  with_server(test_limits);
  with_server(test_spares);
  with_server(test_patience);
  return check_done();
}
