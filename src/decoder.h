/* decoder.h — core.decoder: text in other encodings for thrive.csv. Layer 2. */
#ifndef THRL_DECODER_H
#define THRL_DECODER_H

#include <lua.h>

/* core.decoder(name) → decoder | nil when iconv does not know that encoding. `decoder:decode(piece, last)` → UTF-8 text,
** bad: the next piece converted; a character that it breaks off in waits for the next one. `bad` is nil, or the first byte
** (an integer) of what is no text in that encoding: then the text is what comes before it, and the decoder is spent.
** [-0, +1, e] */
int thrL_decoder_new(lua_State *L);
/* Registers the metatable. [-0, +0, m] */
void thrL_decoder_open(lua_State *L);

#endif
