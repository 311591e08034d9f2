/* mhdapi.h — the part of libmicrohttpd that the sandbox uses. Owns: how that library is found. Nothing else may include
** <microhttpd.h>.
** In the module (http.so) the library is linked and this header changes nothing. In the thrivelua binary (THR_DLOPEN)
** each MHD_ function is a slot of a table filled on first use, so that a script which never starts a sandbox does not
** pay for loading libmicrohttpd, and the binary runs where it is not installed. */
#ifndef THR_MHDAPI_H
#define THR_MHDAPI_H

#include <sys/types.h>
#include <sys/socket.h>
#include <stdint.h>
#include <stdarg.h>
#include <microhttpd.h>

/* Every function of the library that the sandbox calls, once: the table, its filling and the macros below follow it. */
#define THR_MHDAPI_FUNCTIONS(X)        \
  X(MHD_start_daemon)                  \
  X(MHD_stop_daemon)                   \
  X(MHD_get_daemon_info)               \
  X(MHD_get_connection_info)           \
  X(MHD_get_connection_values)         \
  X(MHD_create_response_from_buffer)   \
  X(MHD_create_response_from_callback) \
  X(MHD_add_response_header)           \
  X(MHD_queue_response)                \
  X(MHD_destroy_response)

/* Makes the functions callable. 0, or -1 with *why = a static message that names what to install. Any thread, any
** number of times; no-op in the linked build. */
int thr_mhdapi_load(const char **why);

#ifdef THR_DLOPEN
typedef struct thr_mhdapi_table {
#define THR_MHDAPI_SLOT(name) __typeof__(&name) p_##name;
  THR_MHDAPI_FUNCTIONS(THR_MHDAPI_SLOT)
#undef THR_MHDAPI_SLOT
} thr_mhdapi_table;

extern thr_mhdapi_table thr_mhdapi;

#ifndef THR_MHDAPI_NO_MACROS
#define MHD_start_daemon thr_mhdapi.p_MHD_start_daemon
#define MHD_stop_daemon thr_mhdapi.p_MHD_stop_daemon
#define MHD_get_daemon_info thr_mhdapi.p_MHD_get_daemon_info
#define MHD_get_connection_info thr_mhdapi.p_MHD_get_connection_info
#define MHD_get_connection_values thr_mhdapi.p_MHD_get_connection_values
#define MHD_create_response_from_buffer thr_mhdapi.p_MHD_create_response_from_buffer
#define MHD_create_response_from_callback thr_mhdapi.p_MHD_create_response_from_callback
#define MHD_add_response_header thr_mhdapi.p_MHD_add_response_header
#define MHD_queue_response thr_mhdapi.p_MHD_queue_response
#define MHD_destroy_response thr_mhdapi.p_MHD_destroy_response
#endif
#endif

#endif
