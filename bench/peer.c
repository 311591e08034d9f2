/* peer.c — the limit: what a C program on libcurl reaches that keeps every answer in memory and decodes nothing.
**   peer export|get|create BASE_URL COUNT AT_ONCE   so many pages of 1000 users, GETs of one user, or POSTs of one
**   peer connect BASE_URL COUNT [CA_FILE]           GETs one after another, to a server that closes after each
**   peer ports COUNT                                prints so many free TCP ports of 127.0.0.1
** Prints one line of JSON; exit status 1 and a line on stderr when anything at all goes wrong. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_AT_ONCE = 256, MOST_PORTS = 64 };

static const char record[] =
    "{\"ref\":\"B1\",\"firstName\":\"Bea\",\"lastName\":\"Example\",\"email\":\"bea@example.org\"}";

typedef struct {
  CURL *easy;
  char *body; /* the answer; reused by the next */
  size_t size, room;
} slot;

static const char *mode, *base;
static long count, answers, begun;
static double bytes;
static struct curl_slist *headers;

static void fail(const char *what, const char *why) {
  fprintf(stderr, "peer %s: %s: %s\n", mode, what, why);
  exit(EXIT_FAILURE);
}

static double seconds_of(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The highest resident memory of this program in MB: VmHWM, since getrusage's also counts what forked it. */
static double peak_mb(void) {
  char line[256];
  double mb = 0;
  FILE *file = fopen("/proc/self/status", "r");
  if (file == NULL)
    fail("/proc/self/status", "cannot be read");
  while (fgets(line, sizeof line, file) != NULL)
    if (strncmp(line, "VmHWM:", 6) == 0)
      mb = strtod(line + 6, NULL) / 1024;
  fclose(file);
  return mb;
}

static size_t receive(char *data, size_t one, size_t n, void *user) {
  slot *s = user;
  n *= one;
  if (n > s->room - s->size) {
    size_t room = (s->size + n) * 2;
    char *body = realloc(s->body, room);
    if (body == NULL)
      return 0;
    s->body = body;
    s->room = room;
  }
  memcpy(s->body + s->size, data, n);
  s->size += n;
  return n;
}

static void prepare(slot *s) {
  memset(s, 0, sizeof *s);
  s->easy = curl_easy_init();
  if (s->easy == NULL)
    fail("curl_easy_init", "no memory");
  curl_easy_setopt(s->easy, CURLOPT_BUFFERSIZE, 128L * 1024);
  curl_easy_setopt(s->easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(s->easy, CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(s->easy, CURLOPT_WRITEDATA, s);
  curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(s->easy, CURLOPT_PRIVATE, s);
}

/* The next request, into the slot. */
static void request(slot *s) {
  char url[256];
  begun++;
  if (strcmp(mode, "export") == 0)
    snprintf(url, sizeof url, "%s/rest/v1/users?page=%ld&perPage=1000", base, begun);
  else if (strcmp(mode, "create") == 0)
    snprintf(url, sizeof url, "%s/rest/v2/users", base);
  else
    snprintf(url, sizeof url, "%s/rest/v1/user/%024lx", base, begun);
  curl_easy_setopt(s->easy, CURLOPT_URL, url);
  if (strcmp(mode, "create") == 0)
    curl_easy_setopt(s->easy, CURLOPT_POSTFIELDS, record);
  s->size = 0;
}

static void take(slot *s, CURLcode result) {
  long status = 0;
  if (result != CURLE_OK)
    fail("request", curl_easy_strerror(result));
  curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200 && status != 201)
    fail("request", "not answered with 200 or 201");
  answers++;
  bytes += (double)s->size;
}

static void one_after_another(slot *s) {
  while (begun < count) {
    request(s);
    take(s, curl_easy_perform(s->easy));
  }
}

static void several_at_once(slot *slots, int at_once) {
  CURLM *multi = curl_multi_init();
  int i, left, running;
  if (multi == NULL)
    fail("curl_multi_init", "no memory");
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)at_once);
  for (i = 0; i < at_once && begun < count; i++) {
    request(&slots[i]);
    curl_multi_add_handle(multi, slots[i].easy);
  }
  while (answers < count) {
    CURLMsg *message;
    CURLMcode code = curl_multi_perform(multi, &running);
    if (code != CURLM_OK)
      fail("curl_multi_perform", curl_multi_strerror(code));
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
      slot *s = NULL;
      CURL *easy = message->easy_handle;
      CURLcode result = message->data.result;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &s);
      curl_multi_remove_handle(multi, easy);
      take(s, result);
      if (begun < count) {
        request(s);
        curl_multi_add_handle(multi, easy);
        running++;
      }
    }
    if (running > 0)
      curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
  for (i = 0; i < at_once; i++)
    curl_multi_remove_handle(multi, slots[i].easy);
  curl_multi_cleanup(multi);
}

/* What it prints does not count the first connection, which loads what the others find loaded. */
static void connections(slot *s, const char *ca_file) {
  double cpu;
  if (ca_file != NULL)
    curl_easy_setopt(s->easy, CURLOPT_CAINFO, ca_file); /* CAPATH stays as libcurl was built */
  request(s);
  take(s, curl_easy_perform(s->easy));
  cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  one_after_another(s);
  cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  printf("{\"cpu_ms\":%.4f,\"answers\":%ld}\n", cpu * 1e3 / (double)(count - 1), answers);
}

static void ports(long wanted) {
  int sockets[MOST_PORTS];
  long i;
  if (wanted < 1 || wanted > MOST_PORTS)
    fail("COUNT", "must be 1 to 64");
  for (i = 0; i < wanted; i++) { /* all open at once, so that they differ */
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockets[i] = socket(AF_INET, SOCK_STREAM, 0);
    if (sockets[i] < 0 || bind(sockets[i], (struct sockaddr *)&address, length) != 0 ||
        getsockname(sockets[i], (struct sockaddr *)&address, &length) != 0)
      fail("port", "none is free");
    printf("%d\n", ntohs(address.sin_port));
  }
  for (i = 0; i < wanted; i++)
    close(sockets[i]);
}

int main(int argc, char **argv) {
  static slot slots[MOST_AT_ONCE];
  double start, cpu;
  long at_once = argc > 4 ? strtol(argv[4], NULL, 10) : 1;
  long i;
  mode = argc > 1 ? argv[1] : "";
  if (argc == 3 && strcmp(mode, "ports") == 0) {
    ports(strtol(argv[2], NULL, 10));
    return EXIT_SUCCESS;
  }
  if (argc < 4)
    fail("usage", "peer export|get|create|connect BASE_URL COUNT …");
  base = argv[2];
  count = strtol(argv[3], NULL, 10);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  headers = curl_slist_append(NULL, "Accept: application/json");
  headers = curl_slist_append(headers, "Authorization: Bearer bench");
  if (strcmp(mode, "create") == 0)
    headers = curl_slist_append(headers, "Content-Type: application/json");
  if (strcmp(mode, "connect") == 0) {
    prepare(&slots[0]);
    connections(&slots[0], argc > 4 ? argv[4] : NULL);
    return EXIT_SUCCESS;
  }
  if (at_once < 1 || at_once > MOST_AT_ONCE || count < 1)
    fail("COUNT or AT_ONCE", "out of range");
  for (i = 0; i < at_once; i++)
    prepare(&slots[i]);
  start = seconds_of(CLOCK_MONOTONIC);
  cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  if (at_once == 1)
    one_after_another(&slots[0]);
  else
    several_at_once(slots, (int)at_once);
  start = seconds_of(CLOCK_MONOTONIC) - start;
  cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  printf("{\"seconds\":%.6f,\"cpu\":%.6f,\"answers\":%ld,\"bytes\":%.0f,\"rss_mb\":%.2f}\n", start, cpu,
         answers, bytes, peak_mb());
  for (i = 0; i < at_once; i++) {
    curl_easy_cleanup(slots[i].easy);
    free(slots[i].body);
  }
  curl_slist_free_all(headers);
  curl_global_cleanup();
  return EXIT_SUCCESS;
}
