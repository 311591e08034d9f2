/* sandbox_send.h — the sandbox's answers on their way out: what Lua decided, as bytes and numbers, and the sending of
** it with everything that goes wrong on purpose (delay, reset, truncation, drip, filler). Owns: the bytes of an answer
** and the gate that ends every sleep. Must not include lua.h: this runs in connection threads, outside the lock. */
#ifndef THR_SANDBOX_SEND_H
#define THR_SANDBOX_SEND_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "mhdapi.h"

/* Ends the sleeps of all connections of one server. */
typedef struct sbx_gate {
  pthread_mutex_t lock;
  pthread_cond_t wake; /* told when stopping becomes 1 */
  int stopping;
} sbx_gate;

/* Bytes with a length and a NUL behind them; zeroed is empty. */
typedef struct sbx_bytes {
  char *data;
  size_t len;
} sbx_bytes;

/* What Lua decided about one request. */
typedef struct sbx_answer {
  unsigned status;
  sbx_bytes headers;    /* "Name\0value\0" … */
  sbx_bytes body, tail; /* what is sent: body, then fill times 'x', then tail */
  uint64_t fill;        /* so that a huge answer needs no memory */
  int64_t truncate;     /* bytes of the body after which the connection is closed; -1: all */
  double delay;         /* seconds before anything is sent */
  double drip_every;    /* seconds between two pieces of drip_bytes */
  size_t drip_bytes;    /* 0: no drip */
  int reset;            /* answer with a TCP reset */
} sbx_answer;

/* 0, or -1 when there is no mutex to be had; then there is nothing to destroy. */
int sbx_gate_init(sbx_gate *g);
void sbx_gate_destroy(sbx_gate *g);
/* Wakes every sleeper; later sleeps end at once. */
void sbx_gate_stop(sbx_gate *g);
/* Sleeps in a connection's thread. 0 slept, -1 the server is stopping. */
int sbx_gate_sleep(sbx_gate *g, double seconds);

/* Appends n bytes. 0, or -1 when memory is out (nothing changed). */
int sbx_bytes_add(sbx_bytes *b, const void *p, size_t n);
void sbx_bytes_free(sbx_bytes *b);

void sbx_answer_free(sbx_answer *a);
/* The answer when the server's Lua failed altogether: the house's error shape, built without Lua. 0, -1 memory. */
int sbx_answer_failed(sbx_answer *a, const char *message);
/* Sends it; takes the answer's bodies. MHD_NO closes the connection: memory, stopping, or as the answer wants. */
enum MHD_Result sbx_answer_send(sbx_gate *g, struct MHD_Connection *c, sbx_answer *a);

#endif
