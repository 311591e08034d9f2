/* transport_life_test.c — who may go first: cancelling, freeing, closing, forking, signals, many at once, no memory. */
#include "fetch.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

static server s;

/* Stands in for the C library's: fails like a write to a dead connection, with the SIGPIPE that a TLS library's
** write() would raise (libcurl's own asks for none). */
static volatile int break_pipes = 0, broken_pipes = 0;

__attribute__((visibility("default"))) ssize_t send(int fd, const void *p, size_t n, int flags) {
  if (break_pipes) {
    broken_pipes++;
    raise(SIGPIPE);
    errno = EPIPE;
    return -1;
  }
  return sendto(fd, p, n, flags, NULL, 0);
}

static thr_engine *new_engine(void) {
  const char *why;
  return thr_engine_new(&why);
}

static void set_get(thr_transfer *t, const char *path) {
  thr_transfer_init(t);
  transfer_set(t, &plain_net, THR_GET, url_of(&s, path), NULL);
}

static void test_cancel(void) {
  thr_engine *e = new_engine();
  thr_transfer t;
  CASE("transport: cancelling or freeing what was never started does nothing") {
    thr_transfer_init(&t);
    thr_transfer_cancel(&t);
    CHECK(t.state == THR_IDLE);
    thr_transfer_free(&t);
    thr_transfer_free(&t);
  }
  CASE("transport: cancel before the answer") {
    set_get(&t, "/hang");
    thr_buf_puts(&t.auth, "Authorization: Bearer secret");
    CHECK(thr_engine_start(e, &t) == 0 && t.state == THR_RUNNING && thr_engine_running(e) == 1);
    CHECK(thr_engine_start(e, &t) == -1 && t.state == THR_RUNNING && thr_engine_running(e) == 1);
    thr_transfer_cancel(&t);
    CHECK(t.state == THR_DONE && t.fail == THR_FAIL_CANCELLED && t.auth.data == NULL && t.status == 0);
    CHECK(thr_engine_running(e) == 0 && thr_engine_finished(e) == NULL);
    thr_transfer_cancel(&t);
    CHECK(t.fail == THR_FAIL_CANCELLED);
    thr_transfer_free(&t);
  }
  CASE("transport: cancel in the middle of the body") {
    double end = thr_now() + 10;
    set_get(&t, "/stall");
    CHECK(thr_engine_start(e, &t) == 0);
    while (t.rbody.len == 0 && thr_now() < end)
      thr_engine_poll(e, 50);
    thr_transfer_cancel(&t);
    CHECK(t.fail == THR_FAIL_CANCELLED && t.sent == 1 && body_is(&t, "begun"));
    CHECK(get(e, &t, &s, "/echo") && t.fail == THR_FAIL_NONE &&
          t.status == 200); /* the same transfer again */
    thr_transfer_free(&t);
  }
  CASE("transport: cancel after the end takes it from the list") {
    double end = thr_now() + 10;
    set_get(&t, "/echo");
    CHECK(thr_engine_start(e, &t) == 0);
    while (t.state == THR_RUNNING && thr_now() < end)
      thr_engine_poll(e, 50);
    CHECK(thr_engine_poll(e, 0) == 1);
    thr_transfer_cancel(&t);
    CHECK(t.state == THR_DONE && t.fail == THR_FAIL_NONE && t.status == 200);
    CHECK(thr_engine_finished(e) == NULL && thr_engine_poll(e, 0) == 0);
    thr_transfer_free(&t);
  }
  CASE("transport: freeing a running transfer ends it") {
    set_get(&t, "/hang");
    CHECK(thr_engine_start(e, &t) == 0);
    thr_transfer_free(&t);
    CHECK(thr_engine_running(e) == 0 && thr_engine_poll(e, 0) == 0);
  }
  thr_engine_unref(e);
}

static void test_close(void) {
  thr_transfer a, b, c;
  CASE("transport: the last reference ends what runs and forgets what finished") {
    thr_engine *e = new_engine();
    double end = thr_now() + 10;
    thr_engine_ref(e);
    set_get(&a, "/hang");
    set_get(&b, "/echo");
    set_get(&c, "/hang");
    CHECK(thr_engine_start(e, &a) == 0 && thr_engine_start(e, &b) == 0 && thr_engine_start(e, &c) == 0);
    while (b.state == THR_RUNNING && thr_now() < end)
      thr_engine_poll(e, 50);
    thr_engine_unref(e);
    CHECK(a.state == THR_RUNNING);
    thr_engine_unref(e);
    CHECK(a.state == THR_DONE && a.fail == THR_FAIL_CANCELLED && a.engine == NULL);
    CHECK(c.state == THR_DONE && c.fail == THR_FAIL_CANCELLED);
    CHECK(b.state == THR_DONE && b.fail == THR_FAIL_NONE && b.status == 200 && b.engine == NULL);
    thr_transfer_cancel(&b);
    thr_transfer_free(&a);
    thr_transfer_free(&b);
    thr_transfer_free(&c);
    thr_engine_unref(NULL);
  }
}

static void test_many(void) {
  enum { N = 50 };
  static thr_transfer many[N];
  thr_engine *e = new_engine();
  int i;
  CASE("transport: fifty at once, each gets its own answer") {
    int got = 0;
    double end = thr_now() + 20;
    thr_transfer *t;
    for (i = 0; i < N; i++) {
      char path[32];
      snprintf(path, sizeof path, "/number/%d?", i);
      set_get(&many[i], path);
      CHECK(thr_engine_start(e, &many[i]) == 0);
    }
    while (got < N && thr_now() < end) {
      thr_engine_poll(e, 250);
      while ((t = thr_engine_finished(e)) != NULL) {
        char want[64];
        got++;
        snprintf(want, sizeof want, "GET /number/%d? HTTP/1.1\r\n", (int)(t - many));
        CHECK(t->status == 200 && t->rbody.len > 0 && strncmp(t->rbody.data, want, strlen(want)) == 0);
      }
    }
    CHECK(got == N && thr_engine_running(e) == 0);
  }
  CASE("transport: none of fifty waits for another") {
    int before = server_arrivals(&s);
    double end = thr_now() + 20;
    for (i = 0; i < N; i++) {
      transfer_set(&many[i], &plain_net, THR_GET, url_of(&s, "/hang"), NULL);
      CHECK(thr_engine_start(e, &many[i]) == 0);
    }
    while (server_arrivals(&s) < before + N && thr_now() < end)
      thr_engine_poll(e, 20);
    CHECK(server_arrivals(&s) == before + N && thr_engine_running(e) == N);
  }
  for (i = 0; i < N; i++)
    thr_transfer_free(&many[i]);
  CASE("transport: connections are kept for later") {
    int before;
    thr_transfer_init(&many[0]);
    CHECK(get(e, &many[0], &s, "/echo"));
    thr_transfer_free(&many[0]);
    before = server_connections(&s);
    for (i = 0; i < 20; i++) {
      thr_transfer_init(&many[0]);
      CHECK(get(e, &many[0], &s, "/echo") && many[0].new_connections == 0);
      thr_transfer_free(&many[0]);
    }
    CHECK(server_connections(&s) == before);
  }
  thr_engine_unref(e);
}

static volatile sig_atomic_t alarms = 0, pipes = 0;
static void on_alarm(int n) {
  (void)n;
  alarms++;
}
static void on_pipe(int n) {
  (void)n;
  pipes++;
}

static void test_signals(void) {
  thr_engine *e = new_engine();
  struct sigaction action, old_alarm, old_pipe;
  sigset_t pipe_set, pending;
  thr_transfer t;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_alarm;
  sigaction(SIGALRM, &action, &old_alarm);
  action.sa_handler = on_pipe;
  sigaction(SIGPIPE, &action, &old_pipe);
  CASE("transport: a signal ends a wait") {
    /* Again and again: the first may come before the wait. */
    struct itimerval soon = {{0, 100000}, {0, 100000}}, never = {{0, 0}, {0, 0}};
    double begin = thr_now();
    set_get(&t, "/hang");
    CHECK(thr_engine_start(e, &t) == 0);
    setitimer(ITIMER_REAL, &soon, NULL);
    while (alarms == 0 && thr_now() - begin < 20)
      thr_engine_poll(e, 20000);
    CHECK(alarms > 0 && thr_now() - begin < 10 && t.state == THR_RUNNING);
    setitimer(ITIMER_REAL, &never, NULL);
    thr_transfer_free(&t);
  }
  CASE("transport: with nothing running a poll just waits") {
    double begin = thr_now();
    CHECK(thr_engine_poll(e, 60) == 0);
    CHECK(thr_now() - begin >= 0.05);
    CHECK(thr_engine_poll(e, 0) == 0);
  }
  CASE("transport: SIGPIPE stays inside") {
    sigemptyset(&pipe_set);
    sigaddset(&pipe_set, SIGPIPE);
    set_get(&t, "/echo");
    break_pipes = 1;
    CHECK(run(e, &t) && t.fail == THR_FAIL_NETWORK);
    break_pipes = 0;
    CHECK(broken_pipes >
          0); /* else this case proves nothing: send above was not the one that libcurl called */
    CHECK(pipes == 0);
    CHECK(sigpending(&pending) == 0 && !sigismember(&pending, SIGPIPE));
    raise(SIGPIPE); /* and the disposition is as it was */
    CHECK(pipes == 1);
    thr_transfer_free(&t);
  }
  CASE("transport: a SIGPIPE that was pending before stays pending") {
    sigset_t old;
    pthread_sigmask(SIG_BLOCK, &pipe_set, &old);
    set_get(&t, "/echo");
    break_pipes = 1;
    CHECK(run(e, &t) && t.fail == THR_FAIL_NETWORK);
    CHECK(sigpending(&pending) == 0 &&
          !sigismember(&pending, SIGPIPE)); /* blocked, not pending: ours is taken */
    raise(SIGPIPE);
    CHECK(run(e, &t) && t.fail == THR_FAIL_NETWORK);
    break_pipes = 0;
    CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE));
    CHECK(pipes == 1);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    CHECK(pipes == 2);
    thr_transfer_free(&t);
  }
  sigaction(SIGALRM, &old_alarm, NULL);
  sigaction(SIGPIPE, &old_pipe, NULL);
  thr_engine_unref(e);
}

static int sockets_to(int port, int *without_cloexec) {
  int fd, found = 0;
  *without_cloexec = 0;
  for (fd = 3; fd < 256; fd++) {
    struct sockaddr_in peer;
    socklen_t n = sizeof peer;
    if (getpeername(fd, (struct sockaddr *)&peer, &n) == 0 && peer.sin_family == AF_INET &&
        ntohs(peer.sin_port) == port) {
      found++;
      *without_cloexec += (fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0;
    }
  }
  return found;
}

static void test_fork(void) {
  thr_engine *e = new_engine();
  thr_transfer t, u;
  CASE("transport: programs that are started do not inherit connections") {
    int open;
    thr_transfer_init(&t);
    CHECK(get(e, &t, &s, "/echo"));
    CHECK(sockets_to(s.port, &open) > 0 && open == 0);
    thr_transfer_free(&t);
  }
  CASE("transport: a forked child is refused and leaves the parent's connections alone") {
    int status = -1, before;
    pid_t child;
    thr_transfer_init(&u);
    CHECK(get(e, &u, &s, "/echo"));
    set_get(&t, "/hang");
    before = server_arrivals(&s);
    CHECK(thr_engine_start(e, &t) == 0 && !thr_engine_forked(e));
    while (server_arrivals(&s) == before)
      thr_engine_poll(e, 20);
    fflush(stdout);
    child = fork();
    if (child == 0) {
      int bad = 0;
      bad |= thr_engine_forked(e) ? 0 : 1;
      bad |= thr_engine_poll(e, 10) == -1 ? 0 : 2;
      transfer_set(&u, &plain_net, THR_GET, url_of(&s, "/echo"), NULL);
      bad |= thr_engine_start(e, &u) == -1 && u.fail == THR_FAIL_CONFIG && contains(u.error, "fork") ? 0 : 4;
      thr_transfer_free(&u);
      thr_engine_unref(e);
      bad |= t.state == THR_DONE && t.fail == THR_FAIL_CANCELLED ? 0 : 8;
      thr_transfer_free(&t);
      _exit(bad);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    thr_engine_poll(e, 0);
    CHECK(t.state == THR_RUNNING);
    CHECK(get(e, &u, &s, "/echo") && u.status == 200);
    CHECK(t.state == THR_RUNNING); /* still alive after the child closed everything */
    thr_transfer_free(&t);
    thr_transfer_free(&u);
  }
  thr_engine_unref(e);
}

/* A session that allocates all there is: engine, handles, empty header, answer's headers and body. */
static int session(void) {
  const char *why;
  thr_engine *e = thr_engine_new(&why);
  static const char *const paths[] = {"/gzip", "/header-odd", "/big-unannounced"};
  static const size_t sizes[] = {211, 2, 200000};
  thr_transfer t;
  size_t i;
  int bad = 0;
  if (e == NULL)
    return strcmp(why, "out of memory") == 0 ? 0 : 1;
  thr_transfer_init(&t);
  for (i = 0; i < 3; i++) {
    transfer_set(&t, &plain_net, THR_GET, url_of(&s, paths[i]), NULL);
    if (t.url.len != strlen(url_of(&s, paths[i])))
      continue; /* the test's own appending failed */
    thr_buf_clear(&t.headers);
    if (thr_buf_append(&t.headers, "X-Empty:\0X-One: 1", 18) != 0)
      continue;
    if (thr_engine_start(e, &t) == 0 && !finish_one(e, &t))
      bad = 2;
    if (t.state != THR_DONE || (t.fail != THR_FAIL_NONE && t.fail != THR_FAIL_MEMORY))
      bad = 3;
    if (t.fail == THR_FAIL_NONE && (t.status != 200 || t.rbody.len != sizes[i]))
      bad = 4;
    if (t.fail == THR_FAIL_MEMORY && t.error[0] == '\0')
      bad = 5;
  }
  thr_transfer_free(&t);
  thr_engine_unref(e);
  return bad;
}

static void test_memory(void) {
  CASE("transport: out of memory at any place is a failure, not a crash") {
    unsigned long total, n;
    (void)thr_alloc_fail_at(0);
    CHECK(session() == 0);
    total = thr_alloc_fail_at(0);
    CHECK(total > 10 && total < 500);
    for (n = 1; n <= total; n++) {
      int bad;
      (void)thr_alloc_fail_at(n);
      bad = session();
      (void)thr_alloc_fail_at(0);
      if (bad != 0)
        printf("# allocation %lu of %lu: %d\n", n, total, bad);
      CHECK(bad == 0);
    }
  }
}

/* Each test has a server of its own: what another has cancelled may arrive late. */
static void with_server(void (*test)(void)) {
  server_start(&s);
  test();
  server_stop(&s);
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  no_proxy_in_environment();
  with_server(test_cancel);
  with_server(test_close);
  with_server(test_many);
  with_server(test_signals);
  with_server(test_fork);
  with_server(test_memory);
  return check_done();
}
