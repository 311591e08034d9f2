/* server.h — the tests' HTTP server: threads and raw sockets on loopback, one bad habit per path. Owns its sockets and
** threads; server_stop joins them all. Nothing here sleeps: a handler that has to wait does so on its socket. */
#ifndef SERVER_H
#define SERVER_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER_MAX_CONNECTIONS 1024

typedef struct server {
  int fd, port;
  pthread_t acceptor;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  /* under the lock */
  int connections; /* accepted so far */
  int arrivals;    /* requests read to the end of their body */
  char last[8192]; /* the last of them, cut */
  int open[SERVER_MAX_CONNECTIONS];
  pthread_t threads[SERVER_MAX_CONNECTIONS];
  char *buffers[SERVER_MAX_CONNECTIONS]; /* reachable in a forked child too, where the threads are gone */
} server;

typedef struct server_connection {
  server *s;
  int index, fd;
} server_connection;

/* {"text":"aaaa… (200)"} */
static const unsigned char server_gzip[] = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x2a, 0x49, 0xad, 0x28, 0x51,
    0xb2, 0x52, 0x4a, 0x1c, 0x26, 0x40, 0xa9, 0x16, 0x00, 0xc9, 0x46, 0xae, 0x4b, 0xd3, 0x00, 0x00, 0x00};

static void server_send(int fd, const void *p, size_t n) {
  const char *at = p;
  while (n > 0) {
    ssize_t r = sendto(fd, at, n, MSG_NOSIGNAL, NULL, 0);
    if (r <= 0)
      return;
    at += r;
    n -= (size_t)r;
  }
}
static void server_puts(int fd, const char *s) { server_send(fd, s, strlen(s)); }

/* Waits until the client goes away. */
static void server_hold(int fd) {
  char byte[256];
  while (recv(fd, byte, sizeof byte, 0) > 0)
    ;
}

static void server_reset(int fd) {
  struct linger now = {1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static void server_answer(int fd, const char *head, const char *body, size_t n) {
  char line[256];
  snprintf(line, sizeof line, "HTTP/1.1 %s\r\nContent-Length: %lu\r\n\r\n", head, (unsigned long)n);
  server_puts(fd, line);
  server_send(fd, body, n);
}

static void server_fill(int fd, size_t n) {
  char block[4096];
  memset(block, 'x', sizeof block);
  for (; n > sizeof block; n -= sizeof block)
    server_send(fd, block, sizeof block);
  server_send(fd, block, n);
}

/* Answers one request. 1: the connection stays. nth: of this connection, from 1. */
static int server_act(int fd, const char *request, size_t n, int nth) {
  const char *path = strchr(request, ' ') + 1;
#define IS(p) (strncmp(path, p " ", sizeof(p)) == 0)
  if (strncmp(request, "CONNECT ", 8) == 0) {
    server_puts(fd,
                "HTTP/1.1 407 Proxy Authentication Required\r\nX-Proxy: yes\r\nContent-Length: 0\r\n\r\n");
    return 0;
  }
  if (strncmp(request, "HEAD ", 5) == 0) {
    server_puts(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nX-Head: yes\r\n\r\n");
    return 1;
  }
  if (IS("/chunked")) {
    server_puts(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Kind: begin\r\n\r\n5\r\nhello\r\n");
    server_puts(fd, "7\r\n, world\r\n0\r\nX-Kind: trailer\r\n\r\n");
    return 1;
  }
  if (IS("/chunked-cut")) {
    server_puts(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
    return 0;
  }
  if (IS("/gzip")) {
    server_answer(fd, "200 OK\r\nContent-Encoding: gzip", (const char *)server_gzip, sizeof server_gzip);
    return 1;
  }
  if (IS("/gzip-broken")) {
    char broken[sizeof server_gzip];
    memcpy(broken, server_gzip, sizeof broken);
    memset(broken + 10, 0xff, 8);
    server_answer(fd, "200 OK\r\nContent-Encoding: gzip", broken, sizeof broken);
    return 1;
  }
  if (IS("/encoding-unknown")) {
    server_answer(fd, "200 OK\r\nContent-Encoding: rot13", "uryyb", 5);
    return 1;
  }
  if (IS("/short")) {
    server_puts(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    return 0;
  }
  if (IS("/reset")) {
    server_reset(fd);
    return 0;
  }
  if (IS("/close"))
    return 0;
  if (IS("/reset-mid")) {
    server_puts(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nbegun");
    server_reset(fd);
    return 0;
  }
  if (IS("/second-dies") && nth > 1)
    return 0;
  if (IS("/hang")) {
    server_hold(fd);
    return 0;
  }
  if (IS("/stall")) {
    server_puts(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun");
    server_hold(fd);
    return 0;
  }
  if (IS("/drip")) {
    struct pollfd p = {0, POLLIN, 0};
    p.fd = fd;
    server_puts(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (poll(&p, 1, 50) == 0)
      server_puts(fd, ".");
    return 0;
  }
  if (IS("/redirect")) {
    server_answer(fd, "302 Found\r\nLocation: /ok", "", 0);
    return 1;
  }
  if (IS("/big")) { /* 200 000 bytes, announced */
    server_puts(fd, "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n");
    server_fill(fd, 200000);
    return 1;
  }
  if (IS("/big-unannounced")) {
    server_puts(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    server_fill(fd, 200000);
    return 0;
  }
  if (IS("/liar")) { /* announces 8 EiB */
    server_puts(fd, "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nx");
    return 0;
  }
  if (IS("/headers")) { /* 290 000 bytes of them: under libcurl's bound of 300 KB, over ours */
    int i;
    server_puts(fd, "HTTP/1.1 200 OK\r\n");
    for (i = 0; i < 290; i++) {
      server_puts(fd, "X-Filler: ");
      server_fill(fd, 988);
      server_puts(fd, "\r\n");
    }
    server_puts(fd, "Content-Length: 0\r\n\r\n");
    return 0;
  }
  if (IS("/header-long")) {
    server_puts(fd, "HTTP/1.1 200 OK\r\nX-Long: ");
    server_fill(fd, 150000);
    server_puts(fd, "\r\nContent-Length: 0\r\n\r\n");
    return 0;
  }
  if (IS("/header-odd")) {
    server_puts(fd, "HTTP/1.1 200 OK\r\nX-Empty:\r\nX-Spaces:   a  b \t\r\nX-Folded: one\r\n  two\r\n"
                    "x-twice: 1\r\nX-Twice: 2\r\nContent-Length: 2\r\n\r\nok");
    return 1;
  }
  if (IS("/continue")) {
    server_puts(fd, "HTTP/1.1 100 Continue\r\nX-Early: yes\r\n\r\n");
    server_puts(fd, "HTTP/1.1 103 Early Hints\r\nX-Early: too\r\n\r\n");
    server_answer(fd, "200 OK\r\nX-Late: yes", "done", 4);
    return 1;
  }
  if (IS("/continue-only")) {
    server_puts(fd, "HTTP/1.1 100 Continue\r\nX-Early: yes\r\n\r\n");
    return 0;
  }
  if (IS("/http10")) {
    server_puts(fd, "HTTP/1.0 200 OK\r\nX-Old: yes\r\n\r\nold body");
    return 0;
  }
  if (IS("/garbage")) {
    server_puts(fd, "SSH-2.0-OpenSSH_9.2\r\nwhat?\r\n");
    return 0;
  }
  if (IS("/status500")) {
    server_answer(fd, "500 Internal Server Error\r\nX-Request-Id: 7f3a", "{\"e\":1}", 7);
    return 1;
  }
  if (IS("/nothing")) {
    server_puts(fd, "HTTP/1.1 204 No Content\r\nX-None: yes\r\n\r\n");
    return 1;
  }
  server_answer(fd, "200 OK\r\nContent-Type: text/plain", request, n); /* the rest: an echo of the request */
  return 1;
#undef IS
}

/* Length of the whole request in p, 0 = not all there yet. */
static size_t server_complete(const char *p, size_t n) {
  const char *end = strstr(p, "\r\n\r\n"), *length = strstr(p, "Content-Length: ");
  size_t head, body = 0;
  if (end == NULL)
    return 0;
  head = (size_t)(end - p) + 4;
  if (length != NULL && length < end)
    body = strtoul(length + 16, NULL, 10);
  return n >= head + body ? head + body : 0;
}

static void *server_serve(void *arg) {
  server_connection c = *(server_connection *)arg;
  size_t room = 1 << 20, n = 0;
  char *buffer = c.s->buffers[c.index] = malloc(room + 1);
  int nth = 0, stays = 1;
  free(arg);
  while (stays && n < room) {
    size_t all;
    ssize_t r = recv(c.fd, buffer + n, room - n, 0);
    if (r <= 0)
      break;
    n += (size_t)r;
    buffer[n] = '\0';
    while (stays && (all = server_complete(buffer, n)) > 0) {
      size_t cut = all < sizeof c.s->last - 1 ? all : sizeof c.s->last - 1;
      pthread_mutex_lock(&c.s->lock);
      c.s->arrivals++;
      memcpy(c.s->last, buffer, cut);
      c.s->last[cut] = '\0';
      pthread_cond_broadcast(&c.s->changed);
      pthread_mutex_unlock(&c.s->lock);
      stays = server_act(c.fd, buffer, all, ++nth);
      memmove(buffer, buffer + all, n - all + 1);
      n -= all;
    }
  }
  free(buffer);
  pthread_mutex_lock(&c.s->lock);
  c.s->open[c.index] = -1;
  pthread_mutex_unlock(&c.s->lock);
  close(c.fd);
  return NULL;
}

static void *server_accept(void *arg) {
  server *s = arg;
  for (;;) {
    int fd = accept(s->fd, NULL, NULL);
    int on = 1;
    server_connection *c;
    if (fd < 0)
      return NULL;
    /* Heads and bodies are written apart: the second must not wait for an acknowledgement of the first. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    c = malloc(sizeof *c);
    pthread_mutex_lock(&s->lock);
    c->s = s;
    c->fd = fd;
    c->index = s->connections++;
    s->open[c->index] = fd;
    if (pthread_create(&s->threads[c->index], NULL, server_serve, c) != 0)
      abort();
    pthread_mutex_unlock(&s->lock);
  }
}

/* A listening socket on a free loopback port. */
static int server_listen(int *port) {
  struct sockaddr_in a;
  socklen_t n = sizeof a;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  memset(&a, 0, sizeof a);
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 128) != 0 ||
      getsockname(fd, (struct sockaddr *)&a, &n) != 0)
    abort();
  *port = ntohs(a.sin_port);
  return fd;
}

static void server_start(server *s) {
  memset(s, 0, sizeof *s);
  pthread_mutex_init(&s->lock, NULL);
  pthread_cond_init(&s->changed, NULL);
  s->fd = server_listen(&s->port);
  if (pthread_create(&s->acceptor, NULL, server_accept, s) != 0)
    abort();
}

static inline int server_arrivals(server *s) {
  int n;
  pthread_mutex_lock(&s->lock);
  n = s->arrivals;
  pthread_mutex_unlock(&s->lock);
  return n;
}

static inline int server_connections(server *s) {
  int n;
  pthread_mutex_lock(&s->lock);
  n = s->connections;
  pthread_mutex_unlock(&s->lock);
  return n;
}

/* Blocks until n requests have arrived since the start. */
static inline void server_await(server *s, int n) {
  pthread_mutex_lock(&s->lock);
  while (s->arrivals < n)
    pthread_cond_wait(&s->changed, &s->lock);
  pthread_mutex_unlock(&s->lock);
}

static void server_stop(server *s) {
  int i;
  shutdown(s->fd, SHUT_RDWR);
  pthread_join(s->acceptor, NULL);
  close(s->fd);
  for (i = 0; i < s->connections; i++) {
    pthread_mutex_lock(&s->lock);
    if (s->open[i] >= 0)
      shutdown(s->open[i], SHUT_RDWR);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->threads[i], NULL);
  }
}

#endif
