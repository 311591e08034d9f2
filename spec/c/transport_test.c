/* transport_test.c — requests on the wire, answers good and bad, what counts as sent, and that nothing is sent twice. */
#include "fetch.h"

#include <netdb.h>
#include <time.h>

/* Stands in for the C library's: no name is looked up on a network, and one takes its time. */
static pthread_mutex_t resolver = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t resolver_free = PTHREAD_COND_INITIALIZER;
static int resolver_held = 0, resolver_calls = 0;

__attribute__((visibility("default"))) int getaddrinfo(const char *node, const char *service,
                                                       const struct addrinfo *hints, struct addrinfo **out) {
  struct timespec
      end; /* a bound, so that waiting for this thread shows as a failed check and not as a hang */
  (void)service, (void)hints;
  *out = NULL;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += 8;
  pthread_mutex_lock(&resolver);
  resolver_calls++;
  while (resolver_held && contains(node, "slow") &&
         pthread_cond_timedwait(&resolver_free, &resolver, &end) == 0)
    ;
  pthread_mutex_unlock(&resolver);
  return EAI_NONAME;
}

static void hold_resolver(int on) {
  pthread_mutex_lock(&resolver);
  resolver_held = on;
  pthread_cond_broadcast(&resolver_free);
  pthread_mutex_unlock(&resolver);
}

static server s;

static void test_requests(thr_engine *e) {
  thr_transfer t;
  thr_transfer_init(&t);
  CASE("transport: GET sends what was asked and nothing else") {
    thr_buf_clear(&t.headers);
    thr_buf_append(&t.headers, "Accept: application/json\0X-Empty:\0X-One: a b", 44);
    thr_buf_putc(&t.headers, '\0');
    thr_buf_reserve(&t.auth, 64);
    thr_buf_puts(&t.auth, "Authorization: Bearer secret");
    CHECK(get(e, &t, &s, "/echo/%2Fa/../b?x=1&y=%20"));
    CHECK(t.fail == THR_FAIL_NONE && t.status == 200 && t.sent == 1 && t.http_version == 11);
    CHECK(t.rbody.len > 0 && strncmp(t.rbody.data, "GET /echo/%2Fa/../b?x=1&y=%20 HTTP/1.1\r\n", 40) == 0);
    CHECK(contains(t.rbody.data, "\r\nAccept: application/json\r\n"));
    CHECK(contains(t.rbody.data, "\r\nX-Empty:\r\n"));
    CHECK(contains(t.rbody.data, "\r\nX-One: a b\r\n"));
    CHECK(contains(t.rbody.data, "\r\nAuthorization: Bearer secret\r\n"));
    CHECK(contains(t.rbody.data, "\r\nUser-Agent: thrive-test/1\r\n"));
    CHECK(!contains(t.rbody.data, "Accept-Encoding"));
    CHECK(!contains(t.rbody.data, "Content-Type") && !contains(t.rbody.data, "Expect"));
    CHECK(!contains(t.rbody.data, "Content-Length"));
    CHECK(t.auth.data == NULL && t.auth.len == 0);
    CHECK(t.sent_bytes == t.rbody.len); /* the server echoed the whole request */
    CHECK(t.wire_bytes > t.rbody.len && t.timings.total > 0);
    CHECK(header_is(&t, "Content-Type", "text/plain"));
    thr_buf_clear(&t.headers);
  }
  CASE("transport: the second request uses the connection of the first") {
    CHECK(get(e, &t, &s, "/echo") && t.status == 200);
    CHECK(get(e, &t, &s, "/echo") && t.status == 200 && t.new_connections == 0);
    CHECK(t.timings.connect == 0 && t.timings.dns == 0);
  }
  CASE("transport: POST, PUT, PATCH and DELETE send their body with its length") {
    static const thr_method methods[] = {THR_POST, THR_PUT, THR_PATCH, THR_DELETE};
    static const char *const lines[] = {"POST /w HTTP/1.1\r\n", "PUT /w HTTP/1.1\r\n",
                                        "PATCH /w HTTP/1.1\r\n", "DELETE /w HTTP/1.1\r\n"};
    size_t i;
    thr_buf_append(&t.headers, "Content-Type: application/json", 31);
    for (i = 0; i < 4; i++) {
      transfer_set(&t, &plain_net, methods[i], url_of(&s, "/w"), "{\"a\":1}");
      CHECK(run(e, &t) && t.status == 200);
      CHECK(strncmp(t.rbody.data, lines[i], strlen(lines[i])) == 0);
      CHECK(contains(t.rbody.data, "\r\nContent-Length: 7\r\n"));
      CHECK(contains(t.rbody.data, "\r\nContent-Type: application/json\r\n"));
      CHECK(contains(t.rbody.data, "\r\n\r\n{\"a\":1}"));
      CHECK(t.sent_bytes == t.rbody.len);
    }
    thr_buf_clear(&t.headers);
  }
  CASE("transport: POST, PUT and PATCH without a body say so, DELETE says nothing") {
    static const thr_method methods[] = {THR_POST, THR_PUT, THR_PATCH, THR_DELETE};
    size_t i;
    for (i = 0; i < 4; i++) {
      transfer_set(&t, &plain_net, methods[i], url_of(&s, "/w"), NULL);
      CHECK(run(e, &t) && t.status == 200);
      CHECK(contains(t.rbody.data, "Content-Length: 0\r\n") == (i < 3));
      CHECK(!contains(t.rbody.data, "Content-Type"));
    }
  }
  CASE("transport: a large body goes out whole, without Expect") {
    thr_buf big = {NULL, 0, 0};
    size_t i;
    for (i = 0; i < 300000; i++)
      thr_buf_putc(&big, (char)('a' + i % 26));
    transfer_set(&t, &plain_net, THR_POST, url_of(&s, "/w"), big.data);
    CHECK(run(e, &t) && t.status == 200 && t.rbody.len > big.len);
    CHECK(t.rbody.len > big.len && memcmp(t.rbody.data + t.rbody.len - big.len, big.data, big.len) == 0);
    CHECK(!contains(t.rbody.data, "Expect"));
    CHECK(t.sent_bytes == t.rbody.len);
    thr_buf_free(&big);
  }
  CASE("transport: HEAD waits for no body") {
    transfer_set(&t, &plain_net, THR_HEAD, url_of(&s, "/x"), NULL);
    CHECK(run(e, &t) && t.fail == THR_FAIL_NONE && t.status == 200 && t.rbody.len == 0);
    CHECK(header_is(&t, "Content-Length", "1234"));
    transfer_set(&t, &plain_net, THR_HEAD, url_of(&s, "/x"), "no");
    CHECK(thr_engine_start(e, &t) == -1 && t.fail == THR_FAIL_CONFIG);
  }
  CASE("transport: compress offers gzip") {
    thr_netconf net = plain_net;
    net.compress = 1;
    transfer_set(&t, &net, THR_GET, url_of(&s, "/echo"), NULL);
    CHECK(run(e, &t) && contains(t.rbody.data, "\r\nAccept-Encoding: ") && contains(t.rbody.data, "gzip"));
  }
  thr_transfer_free(&t);
}

static void test_answers(thr_engine *e) {
  thr_transfer t;
  thr_transfer_init(&t);
  CASE("transport: chunked bodies are put together, trailers do not overrule headers") {
    CHECK(get(e, &t, &s, "/chunked") && t.fail == THR_FAIL_NONE && body_is(&t, "hello, world"));
    CHECK(header_is(&t, "X-Kind", "begin"));
  }
  CASE("transport: gzip is inflated, whether asked for or not") {
    CHECK(get(e, &t, &s, "/gzip") && t.fail == THR_FAIL_NONE && t.rbody.len == 211);
    CHECK(t.rbody.len == 211 && strncmp(t.rbody.data, "{\"text\":\"aaa", 12) == 0);
    CHECK(t.wire_bytes < 211);
  }
  CASE("transport: a broken or unknown encoding is a decode failure") {
    CHECK(get(e, &t, &s, "/gzip-broken") && t.fail == THR_FAIL_DECODE && t.status == 200 &&
          t.error[0] != '\0');
    CHECK(get(e, &t, &s, "/encoding-unknown") && t.fail == THR_FAIL_DECODE);
  }
  CASE("transport: error statuses are answers") {
    CHECK(get(e, &t, &s, "/status500") && t.fail == THR_FAIL_NONE && t.status == 500 &&
          body_is(&t, "{\"e\":1}"));
    CHECK(header_is(&t, "X-Request-Id", "7f3a"));
    CHECK(get(e, &t, &s, "/nothing") && t.status == 204 && t.rbody.len == 0 && t.fail == THR_FAIL_NONE);
    CHECK(header_of(&t, "X-Request-Id") == NULL && header_of(&t, "X-None") != NULL);
  }
  CASE("transport: redirects are not followed") {
    int before = server_arrivals(&s);
    CHECK(get(e, &t, &s, "/redirect") && t.fail == THR_FAIL_NONE && t.status == 302);
    CHECK(header_is(&t, "Location", "/ok"));
    CHECK(server_arrivals(&s) == before + 1);
  }
  CASE("transport: 100 and 103 leave nothing behind") {
    CHECK(get(e, &t, &s, "/continue") && t.status == 200 && body_is(&t, "done"));
    CHECK(header_of(&t, "X-Early") == NULL && header_of(&t, "X-Late") != NULL);
    CHECK(get(e, &t, &s, "/continue-only") && t.fail == THR_FAIL_NETWORK && t.status == 0 && t.sent == 1);
    CHECK(t.rheaders.len == 0);
  }
  CASE("transport: odd header lines become names and values") {
    CHECK(get(e, &t, &s, "/header-odd"));
    CHECK(t.status == 200 && body_is(&t, "ok"));
    CHECK(header_is(&t, "X-Empty", ""));
    CHECK(header_is(&t, "X-Spaces", "a  b"));
    CHECK(header_is(&t, "X-Folded", "one two"));
    CHECK(header_is(&t, "x-twice", "1") && header_is(&t, "X-Twice", "2"));
  }
  CASE("transport: HTTP/1.0 ends with the connection") {
    CHECK(get(e, &t, &s, "/http10") && t.fail == THR_FAIL_NONE && t.http_version == 10 &&
          body_is(&t, "old body"));
  }
  CASE("transport: what is not HTTP is a decode failure") {
    CHECK(get(e, &t, &s, "/garbage") && t.fail == THR_FAIL_DECODE && t.status == 0 && t.sent == 1);
  }
  CASE("transport: a body shorter than announced is a network failure") {
    CHECK(get(e, &t, &s, "/short") && t.fail == THR_FAIL_NETWORK && t.status == 200 && t.sent == 1);
    CHECK(get(e, &t, &s, "/chunked-cut") && t.fail == THR_FAIL_NETWORK);
    CHECK(get(e, &t, &s, "/reset-mid") && t.fail == THR_FAIL_NETWORK && t.status == 200);
    CHECK(get(e, &t, &s, "/liar") && (t.fail == THR_FAIL_TOO_LARGE || t.fail == THR_FAIL_NETWORK));
    CHECK(t.rbody.cap <= (size_t)16 << 20);
  }
  CASE("transport: a body over max_body is refused, announced or not") {
    thr_netconf net = plain_net;
    net.max_body = 100000;
    transfer_set(&t, &net, THR_GET, url_of(&s, "/big"), NULL);
    CHECK(run(e, &t) && t.fail == THR_FAIL_TOO_LARGE && contains(t.error, "over the bound of 100000 bytes") &&
          t.rbody.len <= 100000);
    transfer_set(&t, &net, THR_GET, url_of(&s, "/big-unannounced"), NULL);
    CHECK(run(e, &t) && t.fail == THR_FAIL_TOO_LARGE && t.rbody.len <= 100000);
    net.max_body = 100; /* of 211 inflated, 43 on the wire */
    transfer_set(&t, &net, THR_GET, url_of(&s, "/gzip"), NULL);
    CHECK(run(e, &t) && t.fail == THR_FAIL_TOO_LARGE);
    net.max_body = 200000;
    transfer_set(&t, &net, THR_GET, url_of(&s, "/big"), NULL);
    CHECK(run(e, &t) && t.fail == THR_FAIL_NONE && t.rbody.len == 200000);
  }
  CASE("transport: headers without end are refused") {
    CHECK(get(e, &t, &s, "/headers") && t.fail == THR_FAIL_DECODE && contains(t.error, "256 KiB"));
    CHECK(get(e, &t, &s, "/header-long") && t.fail == THR_FAIL_DECODE && t.error[0] != '\0');
  }
  thr_transfer_free(&t);
}

static void test_failures(thr_engine *e) {
  thr_transfer t;
  thr_transfer_init(&t);
  CASE("transport: nothing listening: a network failure, nothing sent") {
    server gone;
    int fd = server_listen(&gone.port);
    close(fd);
    CHECK(get(e, &t, &gone, "/") && t.fail == THR_FAIL_NETWORK && t.sent == 0 && t.status == 0);
    CHECK(contains(t.error, "127.0.0.1"));
  }
  CASE("transport: closed or reset before an answer: sent") {
    CHECK(get(e, &t, &s, "/reset") && t.fail == THR_FAIL_NETWORK && t.sent == 1 && t.status == 0);
    CHECK(get(e, &t, &s, "/close") && t.fail == THR_FAIL_NETWORK && t.sent == 1);
  }
  CASE("transport: the total timeout ends a drip") {
    double begin = thr_now();
    transfer_set(&t, &plain_net, THR_GET, url_of(&s, "/drip"), NULL);
    t.timeout_ms = 400;
    CHECK(run(e, &t) && t.fail == THR_FAIL_TIMEOUT && t.sent == 1 && t.status == 200);
    CHECK(thr_now() - begin >= 0.39 && thr_now() - begin < 5);
  }
  CASE("transport: a stall ends an attempt long before its timeout") {
    thr_netconf net = plain_net;
    double begin = thr_now();
    net.stall_ms = 900;
    transfer_set(&t, &net, THR_GET, url_of(&s, "/stall"), NULL);
    t.timeout_ms = 19000;
    CHECK(run(e, &t) && t.fail == THR_FAIL_TIMEOUT && t.sent == 1 && body_is(&t, "begun"));
    CHECK(thr_now() - begin < 15);
  }
  CASE("transport: a connection that is never accepted times out, nothing sent") {
    /* A listener whose queue is full answers no more SYN. */
    thr_netconf net = plain_net;
    server full;
    int fd = server_listen(&full.port), i, held[8];
    listen(fd, 0);
    for (i = 0; i < 8; i++) {
      struct sockaddr_in a;
      memset(&a, 0, sizeof a);
      a.sin_family = AF_INET;
      a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      a.sin_port = htons((unsigned short)full.port);
      held[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      (void)!connect(held[i], (struct sockaddr *)&a, sizeof a);
    }
    net.connect_timeout_ms = 300;
    transfer_set(&t, &net, THR_POST, url_of(&full, "/"), "{}");
    CHECK(run(e, &t) && t.fail == THR_FAIL_TIMEOUT && t.sent == 0);
    for (i = 0; i < 8; i++)
      close(held[i]);
    close(fd);
  }
  CASE("transport: plain http leaves this machine for nobody") {
    static const char *const urls[] = {"http://192.0.2.1/", "http://example.com/",
                                       "http://127.0.0.1.example.com/", "http://localhost.example.com/"};
    size_t i;
    for (i = 0; i < sizeof urls / sizeof *urls; i++) {
      thr_buf_reserve(&t.auth, 32);
      thr_buf_puts(&t.auth, "Authorization: Basic QQ==");
      transfer_set(&t, &plain_net, THR_GET, urls[i], NULL);
      CHECK(thr_engine_start(e, &t) == -1 && t.state == THR_DONE && t.fail == THR_FAIL_CONFIG && t.sent == 0);
      CHECK(contains(t.error, "https") && t.auth.data == NULL);
    }
    CHECK(thr_engine_running(e) == 0);
  }
  CASE("transport: URLs that are none are refused") {
    static const char *const urls[] = {"",
                                       "ftp://127.0.0.1/",
                                       "http://",
                                       "/path",
                                       "http://u:p@127.0.0.1/",
                                       "http://127.0.0.1:99999/",
                                       "file:///etc/passwd",
                                       "http://127.0.0.1/a b"};
    size_t i;
    for (i = 0; i < sizeof urls / sizeof *urls; i++) {
      transfer_set(&t, &plain_net, THR_GET, urls[i], NULL);
      CHECK(thr_engine_start(e, &t) == -1 && t.fail == THR_FAIL_CONFIG && t.error[0] != '\0');
      CHECK(!contains(t.error, "u:p"));
    }
  }
  CASE("transport: a header with a line break goes nowhere") {
    int before = server_arrivals(&s);
    transfer_set(&t, &plain_net, THR_GET, url_of(&s, "/"), NULL);
    thr_buf_append(&t.headers, "X-A: 1\r\nX-B: 2", 15);
    CHECK(thr_engine_start(e, &t) == -1 && t.fail == THR_FAIL_CONFIG);
    thr_buf_clear(&t.headers);
    thr_buf_puts(&t.auth, "Authorization: x\r\nX-B: 2");
    CHECK(thr_engine_start(e, &t) == -1 && t.fail == THR_FAIL_CONFIG && t.auth.data == NULL);
    CHECK(server_arrivals(&s) == before);
  }
  CASE("transport: an unknown name is a network failure, nothing sent") {
    transfer_set(&t, &plain_net, THR_POST, "https://nowhere.invalid/", "{}");
    CHECK(run(e, &t) && t.fail == THR_FAIL_NETWORK && t.sent == 0 && contains(t.error, "nowhere.invalid"));
    CHECK(resolver_calls > 0);
  }
  CASE("transport: a timeout while the name is looked up does not wait for the resolver") {
    double begin = thr_now();
    hold_resolver(1);
    transfer_set(&t, &plain_net, THR_GET, "https://slow.invalid/", NULL);
    t.timeout_ms = 300;
    CHECK(run(e, &t) && t.fail == THR_FAIL_TIMEOUT && t.sent == 0);
    transfer_set(&t, &plain_net, THR_GET, "https://slow2.invalid/", NULL);
    CHECK(thr_engine_start(e, &t) == 0);
    thr_engine_poll(e, 50);
    thr_transfer_cancel(&t);
    CHECK(thr_now() - begin < 5);
    hold_resolver(0);
  }
  thr_transfer_free(&t);
}

/* libcurl sends a request again by itself when a reused connection dies before the answer. */
static thr_engine *engine(int old) {
  const char *why;
  thr_engine *e;
  thr_transport_pretend_old(old);
  e = thr_engine_new(&why);
  thr_transport_pretend_old(0);
  return e;
}

static void test_resend(int old) {
  static const char *const bodies[] = {"{\"n\":1}", NULL};
  static const char *const names[2][2] = {
      {"transport: a create is not sent twice", "transport: a create without a body is not sent twice"},
      {"transport: a create is not sent twice (libcurl before 7.80)",
       "transport: a create without a body is not sent twice (libcurl before 7.80)"}};
  size_t i;
  thr_transfer t;
  thr_transfer_init(&t);
  for (i = 0; i < 2; i++) {
    CASE(names[old][i]) {
      thr_engine *e = engine(old);
      int before;
      transfer_set(&t, &plain_net, THR_POST, url_of(&s, "/second-dies"), bodies[i]);
      CHECK(run(e, &t) && t.status == 200 && t.fail == THR_FAIL_NONE);
      before = server_arrivals(&s);
      CHECK(run(e, &t));
      if (old && bodies[i] == NULL) { /* no body to refuse to rewind: it got a connection of its own */
        CHECK(t.fail == THR_FAIL_NONE && t.new_connections == 1);
      } else {
        CHECK(t.fail == THR_FAIL_NETWORK && t.sent == 1 && t.status == 0);
        CHECK(contains(t.error, "not sent again"));
      }
      CHECK(server_arrivals(&s) == before + 1);
      thr_engine_unref(e);
    }
  }
  CASE(old ? "transport: a large create is not sent twice (libcurl before 7.80)"
           : "transport: a large create is not sent twice") {
    thr_engine *e = engine(old);
    thr_buf big = {NULL, 0, 0};
    int before;
    thr_buf_reserve(&big, 200000);
    while (big.len < 200000)
      thr_buf_putc(&big, 'b');
    transfer_set(&t, &plain_net, THR_POST, url_of(&s, "/second-dies"), big.data);
    CHECK(run(e, &t) && t.status == 200);
    before = server_arrivals(&s);
    CHECK(run(e, &t) && t.fail == THR_FAIL_NETWORK && t.sent == 1);
    CHECK(server_arrivals(&s) == before + 1);
    thr_buf_free(&big);
    thr_engine_unref(e);
  }
  CASE(old ? "transport: what may be repeated is (libcurl before 7.80)"
           : "transport: what may be repeated is") {
    thr_engine *e = engine(old);
    int before;
    transfer_set(&t, &plain_net, THR_PUT, url_of(&s, "/second-dies"), "{\"n\":2}");
    CHECK(run(e, &t) && t.status == 200);
    before = server_arrivals(&s);
    CHECK(run(e, &t) && t.status == 200 && t.fail == THR_FAIL_NONE && contains(t.rbody.data, "{\"n\":2}"));
    CHECK(server_arrivals(&s) == before + 2);
    thr_engine_unref(e);
  }
  CASE(old ? "transport: sent is 0 only when nothing left (libcurl before 7.80)"
           : "transport: sent after a timeout") {
    thr_engine *e = engine(old);
    server gone;
    close(server_listen(&gone.port));
    transfer_set(&t, &plain_net, THR_POST, url_of(&gone, "/"), "{}");
    CHECK(run(e, &t) && t.fail == THR_FAIL_NETWORK && t.sent == 0);
    transfer_set(&t, &plain_net, THR_POST, url_of(&s, "/hang"), "{}");
    t.timeout_ms = 200;
    CHECK(run(e, &t) && t.fail == THR_FAIL_TIMEOUT && t.sent == 1);
    transfer_set(&t, &plain_net, THR_POST, url_of(&s, "/reset"), "{}");
    CHECK(run(e, &t) && t.fail == THR_FAIL_NETWORK && t.sent == 1);
    thr_engine_unref(e);
  }
  thr_transfer_free(&t);
}

static void test_classes(void) {
  CASE("transport: every code of libcurl has a class") {
    static const struct {
      int code, sent;
      const char *message;
      thr_fail fail;
    } cells[] = {{0, 1, "", THR_FAIL_NONE},
                 {1, 0, "", THR_FAIL_CONFIG},
                 {1, 1, "", THR_FAIL_DECODE},
                 {3, 0, "", THR_FAIL_CONFIG},
                 {5, 0, "Could not resolve proxy: p", THR_FAIL_NETWORK},
                 {5, 0, "Unsupported proxy syntax", THR_FAIL_CONFIG},
                 {6, 0, "", THR_FAIL_NETWORK},
                 {7, 0, "", THR_FAIL_NETWORK},
                 {8, 1, "", THR_FAIL_DECODE},
                 {16, 1, "", THR_FAIL_NETWORK},
                 {18, 1, "", THR_FAIL_NETWORK},
                 {23, 1, "", THR_FAIL_DECODE},
                 {27, 1, "", THR_FAIL_MEMORY},
                 {28, 1, "", THR_FAIL_TIMEOUT},
                 {35, 0, "wrong version number", THR_FAIL_TLS},
                 {35, 0, "OpenSSL SSL_connect: Connection reset by peer", THR_FAIL_NETWORK},
                 {42, 1, "", THR_FAIL_CANCELLED},
                 {48, 0, "", THR_FAIL_CONFIG},
                 {52, 1, "", THR_FAIL_NETWORK},
                 {55, 1, "", THR_FAIL_NETWORK},
                 {56, 1, "", THR_FAIL_NETWORK},
                 {58, 0, "", THR_FAIL_TLS},
                 {60, 0, "", THR_FAIL_TLS},
                 {61, 1, "", THR_FAIL_DECODE},
                 {63, 1, "", THR_FAIL_TOO_LARGE},
                 {65, 1, "", THR_FAIL_NETWORK},
                 {77, 0, "", THR_FAIL_TLS},
                 {92, 1, "", THR_FAIL_NETWORK},
                 {97, 0, "", THR_FAIL_NETWORK},
                 {98, 0, "", THR_FAIL_TLS},
                 {100, 1, "", THR_FAIL_DECODE},
                 {4711, 1, "", THR_FAIL_NETWORK}};
    size_t i;
    int code;
    for (i = 0; i < sizeof cells / sizeof *cells; i++)
      CHECK(thr_transport_classify(cells[i].code, cells[i].sent, cells[i].message) == cells[i].fail);
    for (code = 1; code < 120; code++)
      CHECK(thr_transport_classify(code, code & 1, "") != THR_FAIL_NONE);
  }
}

int main(void) {
  const char *why = NULL;
  thr_engine *e;
  setvbuf(stdout, NULL, _IOLBF, 0);
  no_proxy_in_environment();
  server_start(&s);
  e = thr_engine_new(&why);
  CASE("transport: an engine can be had") {
    CHECK(e != NULL && contains(thr_transport_version(), "libcurl/"));
  }
  if (e != NULL) {
    test_requests(e);
    test_answers(e);
    test_failures(e);
    test_classes();
    test_resend(0);
    test_resend(1);
    thr_engine_unref(e);
  }
  server_stop(&s);
  return check_done();
}
