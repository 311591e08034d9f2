/* outcome.c — what became of an attempt: libcurl's codes and numbers → thr_fail, error line, sent, timings. Pure reading
** of a finished easy handle; the secrets that libcurl may quote are kept out here. Must not include lua.h. */
#include "attempt.h"

#include <stdio.h>
#include <string.h>

#define MAX_ERROR 256

void thr_attempt_forget(thr_transfer *t) {
  thr_free(t->error_text);
  t->error_text = NULL;
  t->error = "";
}

static void set_error(thr_transfer *t, const char *text, const char *hint) {
  char line[MAX_ERROR], *p;
  snprintf(line, sizeof line, "%s%s", text, hint);
  for (p = line; *p != '\0'; p++) /* it may quote the server */
    if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x7f)
      *p = *p == '\n' || *p == '\r' || *p == '\t' ? ' ' : '?';
  thr_attempt_forget(t);
  t->error_text = thr_realloc(NULL, (size_t)(p - line) + 1);
  if (t->error_text != NULL)
    memcpy(t->error_text, line, (size_t)(p - line) + 1);
  t->error = t->error_text != NULL ? t->error_text : "out of memory for the reason of a failure";
}

/* For callbacks: libcurl only learns that they failed, the reason stays here. */
void thr_attempt_reason(thr_transfer *t, thr_fail fail, const char *text) {
  if (t->fail != THR_FAIL_NONE)
    return;
  t->fail = fail;
  set_error(t, text, "");
}

thr_fail thr_transport_classify(int code, int sent, const char *message) {
  switch (code) { /* numbers where the name is younger than 7.68 */
  case CURLE_OK:
    return THR_FAIL_NONE;
  case CURLE_OPERATION_TIMEDOUT:
    return THR_FAIL_TIMEOUT;
  case CURLE_SSL_CONNECT_ERROR:
    /* A connection that died during the handshake says nothing about certificates or versions. */
    if (strstr(message, "SSL_ERROR_SYSCALL") != NULL || strstr(message, "reset by peer") != NULL ||
        strstr(message, "unexpected eof") != NULL || strstr(message, "Broken pipe") != NULL)
      return THR_FAIL_NETWORK;
    return THR_FAIL_TLS;
  case CURLE_SSL_ENGINE_NOTFOUND:
  case CURLE_SSL_ENGINE_SETFAILED:
  case CURLE_SSL_ENGINE_INITFAILED:
  case CURLE_SSL_CERTPROBLEM:
  case CURLE_SSL_CIPHER:
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_USE_SSL_FAILED:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_SSL_CRL_BADFILE:
  case CURLE_SSL_ISSUER_ERROR:
  case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
  case CURLE_SSL_INVALIDCERTSTATUS:
  case 98:  /* CURLE_SSL_CLIENTCERT */
  case 101: /* CURLE_ECH_REQUIRED */
    return THR_FAIL_TLS;
  case CURLE_FILESIZE_EXCEEDED:
    return THR_FAIL_TOO_LARGE;
  case CURLE_WEIRD_SERVER_REPLY:
  case CURLE_BAD_CONTENT_ENCODING:
  case CURLE_WRITE_ERROR: /* our own callbacks leave a reason; without one it is the decoder that refused */
  case 100:               /* CURLE_TOO_LARGE: header lines over libcurl's own bounds */
    return THR_FAIL_DECODE;
  case CURLE_UNSUPPORTED_PROTOCOL: /* of the URL; once a request is out: the answer is not HTTP ("HTTP/0.9") */
    return sent ? THR_FAIL_DECODE : THR_FAIL_CONFIG;
  case CURLE_COULDNT_RESOLVE_PROXY: /* also what libcurl says of a proxy URL that it cannot read */
    return strncmp(message, "Unsupported proxy", 17) == 0 ? THR_FAIL_CONFIG : THR_FAIL_NETWORK;
  case CURLE_FAILED_INIT:
  case CURLE_URL_MALFORMAT:
  case CURLE_NOT_BUILT_IN:
  case CURLE_FUNCTION_NOT_FOUND:
  case CURLE_BAD_FUNCTION_ARGUMENT:
  case CURLE_INTERFACE_FAILED:
  case CURLE_UNKNOWN_OPTION:
  case 49:                 /* CURLE_SETOPT_OPTION_SYNTAX */
  case CURLE_LOGIN_DENIED: /* userinfo in the URL */
  case CURLE_RECURSIVE_API_CALL:
  case 94: /* CURLE_AUTH_ERROR */
    return THR_FAIL_CONFIG;
  case CURLE_OUT_OF_MEMORY:
    return THR_FAIL_MEMORY;
  case CURLE_ABORTED_BY_CALLBACK:
    return THR_FAIL_CANCELLED;
  default: /* resolving, connecting, sending, receiving, short bodies, HTTP/2 frames, proxies, and what is not HTTP's */
    return THR_FAIL_NETWORK;
  }
}

static void describe(thr_transfer *t, const thr_handle *h, CURLcode code) {
  const char *text = h->message[0] != '\0' ? h->message : curl_easy_strerror(code);
  const char *hint = "";
  /* libcurl quotes proxy URLs that it cannot read, with user and password. */
  if (strchr(text, '@') != NULL)
    text = curl_easy_strerror(code);
  if (code == CURLE_PEER_FAILED_VERIFICATION)
    hint = "; for a private CA name its certificates with ca_file";
  else if (code == CURLE_SSL_CACERT_BADFILE)
    hint = "; check ca_file";
  else if (code == CURLE_COULDNT_RESOLVE_PROXY || code == (CURLcode)97 /* CURLE_PROXY */)
    hint = "; check the proxy setting";
  else if (code == CURLE_COULDNT_CONNECT && !h->plain && t->net->proxy != NULL && t->net->proxy[0] != '\0')
    hint = " (the proxy)";
  set_error(t, text, hint);
}

static curl_off_t number(const thr_handle *h, CURLINFO what) {
  curl_off_t value = 0;
  return curl_easy_getinfo(h->easy, what, &value) == CURLE_OK ? value : 0;
}

/* 0 only where it is certain that no byte of the request left. */
static int may_be_sent(const thr_curl_env *env, const thr_handle *h, CURLcode code) {
  long request = 0;
  if (env->prereq)
    return h->issued > 0;
  /* Counts a CONNECT to a proxy too: in doubt, sent. */
  if (curl_easy_getinfo(h->easy, CURLINFO_REQUEST_SIZE, &request) != CURLE_OK || request > 0)
    return 1;
  switch (code) {
  case CURLE_COULDNT_RESOLVE_PROXY:
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_CONNECT:
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CACERT_BADFILE:
    return 0;
  case CURLE_OPERATION_TIMEDOUT:
  case CURLE_ABORTED_BY_CALLBACK: /* cancelled; the connection stood, so the request may be under way */
    return number(h, h->plain ? CURLINFO_CONNECT_TIME_T : CURLINFO_APPCONNECT_TIME_T) > 0;
  default:
    return 1;
  }
}

static void collect(const thr_curl_env *env, thr_transfer *t, thr_handle *h, CURLcode code) {
  long status = 0, version = 0, connections = 0;
  curl_off_t up = number(h, CURLINFO_SIZE_UPLOAD_T);
  long request = 0, headers = 0;
  (void)curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
  (void)curl_easy_getinfo(h->easy, CURLINFO_HTTP_VERSION, &version);
  (void)curl_easy_getinfo(h->easy, CURLINFO_NUM_CONNECTS, &connections);
  (void)curl_easy_getinfo(h->easy, CURLINFO_REQUEST_SIZE, &request);
  (void)curl_easy_getinfo(h->easy, CURLINFO_HEADER_SIZE, &headers);
  t->status = status >= 200 ? (int)status : 0;
  if (t->status == 0)
    thr_buf_clear(&t->rheaders); /* of a 100 after which nothing came */
  t->http_version = version == CURL_HTTP_VERSION_1_0   ? 10
                    : version == CURL_HTTP_VERSION_1_1 ? 11
                    : version == CURL_HTTP_VERSION_2_0 ? 20
                    : version == 30                    ? 30
                                                       : 0;
  t->new_connections = (int)connections;
  t->sent = may_be_sent(env, h, code);
  t->wire_bytes = (size_t)headers + (size_t)number(h, CURLINFO_SIZE_DOWNLOAD_T);
  /* Before 8.7 the request size counts a body that left together with the headers, and the upload size does again. */
  if (env->version < 0x080700 && t->http_version != 20 && up < 65536 && (curl_off_t)request > up)
    up = 0;
  t->sent_bytes = (size_t)request + (size_t)up;
  if (connections > 0) {
    t->timings.dns = (double)number(h, CURLINFO_NAMELOOKUP_TIME_T) / 1e6;
    t->timings.connect = (double)number(h, CURLINFO_CONNECT_TIME_T) / 1e6;
    t->timings.tls = (double)number(h, CURLINFO_APPCONNECT_TIME_T) / 1e6;
  }
  t->timings.first_byte = (double)number(h, CURLINFO_STARTTRANSFER_TIME_T) / 1e6;
  t->timings.total = (double)number(h, CURLINFO_TOTAL_TIME_T) / 1e6;
}

void thr_attempt_outcome(const thr_curl_env *env, thr_transfer *t, CURLcode code) {
  thr_handle *h = t->easy;
  collect(env, t, h, code);
  if (code == CURLE_OK && t->status == 0)
    thr_attempt_reason(t, THR_FAIL_DECODE, "the answer has no final status");
  if (code == CURLE_OUT_OF_MEMORY && t->sent && !h->in_body) /* what 7.88 says of a line over 100 KB */
    thr_attempt_reason(t, THR_FAIL_DECODE, "a header line of the answer is too long");
  if (t->fail == THR_FAIL_NONE && code != CURLE_OK) {
    t->fail = thr_transport_classify((int)code, t->sent, h->message);
    describe(t, h, code);
  }
}
