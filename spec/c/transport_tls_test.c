/* transport_tls_test.c — TLS and proxies: who is trusted, what a failed handshake means, what a proxy gets to see.
** A certificate is made and served by the openssl command; without that command the cases of it fail, on purpose. */
#include "fetch.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static server s;
static char folder[] = "/tmp/thrive-tls-XXXXXX";

static const char *in_folder(const char *name) {
  static char path[2][128];
  static int turn = 0;
  turn = !turn;
  snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
  return path[turn];
}

/* Runs a program with its output thrown away; the child's pid. */
static pid_t spawn(char *const argv[]) {
  pid_t child = fork();
  if (child == 0) {
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
    dup2(null, 2);
    execvp(argv[0], argv);
    _exit(127);
  }
  return child;
}

static int make_certificate(void) {
  static char key[128], cert[128];
  static char *const argv[] = {"openssl",  "req",
                               "-x509",    "-newkey",
                               "rsa:2048", "-nodes",
                               "-keyout",  key,
                               "-out",     cert,
                               "-days",    "2",
                               "-subj",    "/CN=localhost",
                               "-addext",  "subjectAltName=DNS:localhost",
                               NULL};
  int status = -1;
  pid_t child;
  snprintf(key, sizeof key, "%s", in_folder("key.pem"));
  snprintf(cert, sizeof cert, "%s", in_folder("cert.pem"));
  child = spawn(argv);
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int can_connect(int port) {
  struct sockaddr_in a;
  int fd = socket(AF_INET, SOCK_STREAM, 0), ok;
  memset(&a, 0, sizeof a);
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  a.sin_port = htons((unsigned short)port);
  ok = connect(fd, (struct sockaddr *)&a, sizeof a) == 0;
  close(fd);
  return ok;
}

/* openssl s_server on a port that was free just now; option: one more argument, or NULL. */
static pid_t serve(int *port, const char *option, const char *value) {
  static char accept[32], key[128], cert[128];
  char *argv[14];
  int n = 0;
  pid_t child;
  double end = thr_now() + 10;
  close(server_listen(port));
  snprintf(accept, sizeof accept, "127.0.0.1:%d", *port);
  snprintf(key, sizeof key, "%s", in_folder("key.pem"));
  snprintf(cert, sizeof cert, "%s", in_folder("cert.pem"));
  argv[n++] = "openssl", argv[n++] = "s_server", argv[n++] = "-accept", argv[n++] = accept;
  argv[n++] = "-key", argv[n++] = key, argv[n++] = "-cert", argv[n++] = cert, argv[n++] = "-www";
  if (option != NULL)
    argv[n++] = (char *)option;
  if (value != NULL)
    argv[n++] = "-cipher", argv[n++] = (char *)value;
  argv[n] = NULL;
  child = spawn(argv);
  while (!can_connect(*port) && thr_now() < end)
    poll(NULL, 0, 10);
  return child;
}

static void stop(pid_t child) {
  int status;
  kill(child, SIGTERM);
  waitpid(child, &status, 0);
}

static int get_tls(thr_engine *e, thr_transfer *t, const thr_netconf *net, const char *host, int port) {
  char url[128];
  snprintf(url, sizeof url, "https://%s:%d/", host, port);
  transfer_set(t, net, THR_GET, url, NULL);
  thr_buf_wipe(&t->auth);
  thr_buf_puts(&t->auth, "Authorization: Bearer secret");
  return run(e, t);
}

typedef struct stranger {
  int fd;
  const char *greeting;
} stranger;

/* Accepts one connection, says something that is not TLS, and closes. */
static void *greet(void *arg) {
  const stranger *g = arg;
  int fd = accept(g->fd, NULL, NULL);
  char hello[4096];
  if (g->greeting[0] != '\0') {
    (void)!recv(fd, hello, sizeof hello, 0);
    server_puts(fd, g->greeting);
  }
  close(fd);
  return NULL;
}

static int get_from_stranger(thr_engine *e, thr_transfer *t, const char *greeting) {
  stranger g;
  pthread_t thread;
  int port, ended;
  g.fd = server_listen(&port);
  g.greeting = greeting;
  pthread_create(&thread, NULL, greet, &g);
  ended = get_tls(e, t, &plain_net, "127.0.0.1", port);
  pthread_join(thread, NULL);
  close(g.fd);
  return ended;
}

static void test_trust(thr_engine *e) {
  thr_netconf net = plain_net;
  thr_transfer t;
  int port = 0;
  pid_t child;
  thr_transfer_init(&t);
  CASE("transport: the openssl command makes a certificate") { CHECK(make_certificate()); }
  child = serve(&port, NULL, NULL);
  CASE("transport: a certificate that nobody vouches for is refused, nothing sent") {
    CHECK(get_tls(e, &t, &net, "localhost", port) && t.fail == THR_FAIL_TLS && t.sent == 0 && t.status == 0);
    CHECK(contains(t.error, "certificate") && contains(t.error, "ca_file") && t.auth.data == NULL);
  }
  CASE("transport: ca_file makes it trusted") {
    net.ca_file = in_folder("cert.pem");
    CHECK(get_tls(e, &t, &net, "localhost", port) && t.fail == THR_FAIL_NONE && t.status == 200);
    CHECK(t.rbody.len > 0 && t.timings.tls > 0 && t.sent == 1);
    net.ca_file = NULL; /* and only for those who name it */
    CHECK(get_tls(e, &t, &net, "localhost", port) && t.fail == THR_FAIL_TLS);
  }
  CASE("transport: the certificate must name the host") {
    net.ca_file = in_folder("cert.pem");
    CHECK(get_tls(e, &t, &net, "127.0.0.1", port) && t.fail == THR_FAIL_TLS && t.sent == 0);
  }
  CASE("transport: a CA file that is not there is named") {
    net.ca_file = in_folder("absent.pem");
    CHECK(get_tls(e, &t, &net, "localhost", port) && t.fail == THR_FAIL_TLS && t.sent == 0);
    CHECK(contains(t.error, "absent.pem") && contains(t.error, "check ca_file"));
  }
  CASE("transport: libcurl before 7.80: the same") {
    thr_engine *old;
    const char *why;
    thr_transport_pretend_old(1);
    old = thr_engine_new(&why);
    thr_transport_pretend_old(0);
    net.ca_file = NULL;
    CHECK(get_tls(old, &t, &net, "localhost", port) && t.fail == THR_FAIL_TLS && t.sent == 0);
    net.ca_file = in_folder("cert.pem");
    CHECK(get_tls(old, &t, &net, "localhost", port) && t.fail == THR_FAIL_NONE && t.sent == 1);
    thr_engine_unref(old);
  }
  stop(child);
  CASE("transport: TLS 1.1 is too old") {
    child = serve(&port, "-tls1_1", "ALL:@SECLEVEL=0");
    net.ca_file = in_folder("cert.pem");
    CHECK(get_tls(e, &t, &net, "localhost", port) && t.fail == THR_FAIL_TLS && t.sent == 0);
    stop(child);
    child = serve(&port, "-tls1_2", "ALL:@SECLEVEL=0");
    CHECK(get_tls(e, &t, &net, "localhost", port) && t.fail == THR_FAIL_NONE && t.status == 200);
    stop(child);
  }
  CASE("transport: https to a port that does not speak TLS") {
    CHECK(get_from_stranger(e, &t, "HTTP/1.1 400 Bad Request\r\n\r\n"));
    CHECK(t.fail == THR_FAIL_TLS && t.sent == 0 && t.error[0] != '\0');
  }
  CASE("transport: a connection that dies in the handshake is the network's fault, nothing sent") {
    CHECK(get_from_stranger(e, &t, "") && t.fail == THR_FAIL_NETWORK && t.sent == 0);
  }
  thr_transfer_free(&t);
}

static void test_proxy(thr_engine *e) {
  char proxy[128];
  thr_netconf net = plain_net;
  thr_transfer t;
  thr_transfer_init(&t);
  net.proxy = proxy;
  CASE("transport: a proxy that refuses: nothing sent, and it sees no credentials of ours") {
    snprintf(proxy, sizeof proxy, "http://someone:hush%%40hush@127.0.0.1:%d", s.port);
    CHECK(get_tls(e, &t, &net, "localhost", 1) && t.fail == THR_FAIL_NETWORK && t.sent == 0 && t.status == 0);
    CHECK(t.rheaders.len == 0 && contains(t.error, "407") && !contains(t.error, "hush"));
    CHECK(strncmp(s.last, "CONNECT localhost:1 HTTP/1.1\r\n", 30) == 0);
    CHECK(!contains(s.last, "secret") && contains(s.last, "Proxy-Authorization: Basic"));
  }
  CASE("transport: a proxy that is not there is named as such") {
    server gone;
    close(server_listen(&gone.port));
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", gone.port);
    CHECK(get_tls(e, &t, &net, "localhost", 1) && t.fail == THR_FAIL_NETWORK && t.sent == 0);
    CHECK(contains(t.error, "proxy"));
  }
  CASE("transport: a proxy setting that cannot be read is a matter of configuration, its password stays "
       "secret") {
    static const char *const bad[] = {"foo://someone:hush@127.0.0.1:1", "http://someone:hush@127.0.0.1:port",
                                      "http://someone:hush@[::", "someone:hush@"};
    size_t i;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
      snprintf(proxy, sizeof proxy, "%s", bad[i]);
      CHECK(get_tls(e, &t, &net, "localhost", 1) && t.sent == 0);
      CHECK(t.fail == THR_FAIL_CONFIG || t.fail == THR_FAIL_NETWORK);
      CHECK(contains(t.error, "proxy") && !contains(t.error, "hush"));
    }
  }
  CASE("transport: no proxy comes between us and this machine") {
    int before = server_arrivals(&s);
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("all_proxy", "http://127.0.0.1:1", 1);
    CHECK(get(e, &t, &s, "/echo") && t.status == 200);
    snprintf(proxy, sizeof proxy,
             "http://127.0.0.1:1"); /* not even one that was asked for: it would see the secret */
    transfer_set(&t, &net, THR_GET, url_of(&s, "/echo"), NULL);
    CHECK(run(e, &t) && t.status == 200 && server_arrivals(&s) == before + 2);
    unsetenv("http_proxy");
    unsetenv("all_proxy");
  }
  CASE("transport: the environment's proxy is used for the rest, unless there is to be none") {
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", s.port);
    setenv("https_proxy", proxy, 1);
    net.proxy = NULL;
    CHECK(get_tls(e, &t, &net, "192.0.2.1", 443) && contains(t.error, "407") && t.sent == 0);
    CHECK(strncmp(s.last, "CONNECT 192.0.2.1:443 HTTP/1.1\r\n", 32) == 0);
    net.proxy = "";
    net.connect_timeout_ms = 100;
    CHECK(get_tls(e, &t, &net, "192.0.2.1", 443) && !contains(t.error, "407") && t.sent == 0 &&
          t.fail != THR_FAIL_NONE);
    unsetenv("https_proxy");
  }
  thr_transfer_free(&t);
}

int main(void) {
  const char *why;
  thr_engine *e;
  setvbuf(stdout, NULL, _IOLBF, 0);
  no_proxy_in_environment();
  signal(
      SIGPIPE,
      SIG_IGN); /* of the server's and the helpers' writes; what the engine does is in transport_life_test */
  if (mkdtemp(folder) == NULL)
    abort();
  server_start(&s);
  e = thr_engine_new(&why);
  test_trust(e);
  test_proxy(e);
  thr_engine_unref(e);
  server_stop(&s);
  unlink(in_folder("key.pem"));
  unlink(in_folder("cert.pem"));
  rmdir(folder);
  return check_done();
}
