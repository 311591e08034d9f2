/* lua_json_decode.h — the decoder's inside, for lua_json_decode.c (any value), lua_json_list.c (lists of records) and
** lua_json_shape.c (what is remembered of texts) alone. Layer 2. */
#ifndef THR_LUA_JSON_DECODE_H
#define THR_LUA_JSON_DECODE_H

#include "lua_json.h"

#include <stddef.h>

#define THRL_JSON_SITES 512
/* Longer keys are not remembered, so that what is stays small. */
#define THRL_JSON_LONGEST_KEY 64
/* The shape's user value that is the array mark; the keys follow. */
#define THRL_JSON_MARK 1

/* What the key of a member means in the record it stands in: flags, and in the bits above them 1 + the place of the key
** among the names of ids (0: none). Members of anything but records are wanted and nothing else. */
enum { THRL_JSON_WANTED = 1, THRL_JSON_ID_SHIFT = 1 };

/* A place in the text where a value can stand: the root of texts of a kind, a member, an array's elements. */
typedef struct thrL_json_site {
  char head[16];                /* the key and a quote, or the key's first bytes: what is compared at once */
  const char *key;              /* the interned key; of a root, the kind */
  unsigned short key_len, slot; /* slot: the shape's user value that is the interned key */
  unsigned short traits;        /* of the member, in the text that is being decoded */
  unsigned short misses;        /* keys that the object here had not had before */
  struct thrL_json_site *next;  /* the member that followed; of a root, the next root */
  struct thrL_json_site *first; /* when an object stands here: its first member */
  struct thrL_json_site *element; /* when an array stands here: where its elements stand */
  unsigned size; /* of the large object or array expected here; small ones are made in their exact size */
  unsigned text; /* the text that `size` is about */
} thrL_json_site;

/* What is remembered of texts. */
typedef struct thrL_json_shape {
  int busy;      /* a decoder is using it, or an error ended one that was */
  int full;      /* to be forgotten before the next text */
  unsigned text; /* counts them */
  int sites, kinds;
  thrL_json_site *root; /* the first of the roots */
  thrL_json_site site[THRL_JSON_SITES];
} thrL_json_shape;

/* What a container is to a list answer. */
typedef enum thrL_json_role {
  THRL_JSON_PLAIN,
  THRL_JSON_RECORDS, /* the array of the records */
  THRL_JSON_RECORD   /* one of its objects */
} thrL_json_role;

typedef struct thrL_json_decoder {
  thr_json_scan j;
  lua_State *L;
  int keep_nulls;
  int depth;
  int roomy;   /* containers this deep have been given stack space */
  int memory;  /* stack index of the shape */
  int scratch; /* stack index of the userdata that room is in */
  thrL_json_shape *shape;
  thrL_json_site *root;                   /* where the text's value stands, or NULL */
  const thrL_json_projection *projection; /* NULL: records come whole */
  thrL_json_list *list;                   /* NULL: the text is no list answer */
  char *room;
  size_t room_size;
  char small[256];
} thrL_json_decoder;

/* Decodes any value at p, which stands at site `at` (or NULL), and pushes it. NULL after an error, with the stack as it
** may be: thrL_json_decode resets it.  [-0, +1, m] */
const char *thrL_json_value(thrL_json_decoder *d, const char *p, thrL_json_site *at);
/* The same for the array or object at p.  [-0, +1, m] */
const char *thrL_json_container(thrL_json_decoder *d, const char *p, thrL_json_site *at, thrL_json_role role);
/* Opens a container at p: 0, or -1 after an error. Who closes it takes 1 off d->depth.  [-0, +0, m] */
int thrL_json_enter(thrL_json_decoder *d, const char *p);
/* Pushes the value of a scanned string.  [-0, +1, m] */
void thrL_json_push_string(thrL_json_decoder *d, const thr_json_span *span);

/* Decodes the text of a list answer, at p, filling d->list.  [-0, +1, m] */
const char *thrL_json_list_text(thrL_json_decoder *d, const char *p);
/* The traits of the n bytes at `key` as a member of a record.  [-0, +0, -] */
unsigned thrL_json_traits(const thrL_json_decoder *d, const char *key, size_t n);
/* Takes the text of a record's id into the fingerprint.  [-0, +0, -] */
void thrL_json_take_id(thrL_json_list *list, const char *s, size_t n);

/* Pushes the state's shape, for one text; its user gives it back by clearing `busy`. Sites of it stay what they are
** until then.  [-0, +1, m] */
thrL_json_shape *thrL_json_take_shape(lua_State *L);
/* The root of texts of the kind, or NULL when there is no room for one. Never raises. */
thrL_json_site *thrL_json_root(thrL_json_shape *shape, const void *kind);
/* A new site, or NULL when there is no room for one. Never raises. */
thrL_json_site *thrL_json_new_site(thrL_json_shape *shape);
/* Pushes the key of n bytes and returns a new site for it; or pushes nothing and returns NULL, when there is no room or
** the key is too long. `index`: where on the stack the shape is.  [-0, +1|0, m] */
thrL_json_site *thrL_json_new_member(lua_State *L, int index, thrL_json_shape *shape, const char *key,
                                     size_t n);

#endif
