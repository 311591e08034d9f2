/* map.h — the table mapping: an operation and Lua arguments become a request. Layer 2. */
#ifndef THRL_MAP_H
#define THRL_MAP_H

#include <lauxlib.h>
#include <lua.h>

/* core.prepare(client, operation, …) → transfer, options | nil, problems. Nothing is sent. The arguments after the
** operation are its path arguments, then its list or its table of parameters, then per-call options. problems names
** every one at once: "users:create: missing 'lastName'; 'rol' is not a field (did you mean 'role'?)". [-0, +2, e] */
int thrL_map_prepare(lua_State *L);
/* core.prepare_raw(client, method, host, path, query, body, name) → transfer | nil, problem. The escape hatch: path
** goes as it is given, query is an array name, value, name, value … (scalars or arrays of them), body any value or nil.
** [-0, +1|2, e] */
int thrL_map_prepare_raw(lua_State *L);
/* core.token_request(client, host) → transfer that asks that host for a token. [-0, +1, e] */
int thrL_map_token_request(lua_State *L);
/* core.nearest(word, names) → the name in the array that word was probably meant to be, or nil. [-0, +1, e] */
int thrL_map_nearest(lua_State *L);

#endif
