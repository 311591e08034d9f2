# thrive: a Lua 5.4 module for the Thrive Learning API, and thrivelua, an interpreter with the module built in.
#
#   make            build/thrivelua and the module (build/thrive/*.so)
#   make demo       an HR feed brought into a sandbox tenant, over real HTTP
#   make check      lint, C tests, specs (lua5.4, thrivelua, sanitizers), examples; ends with "N passed, N failed"
#   make deps       installs what is missing (Debian), or prints what to install
#   make install    PREFIX=/usr/local DESTDIR=
#   make help       the rest
#
# Yours to set: CC CFLAGS CPPFLAGS LDFLAGS PREFIX DESTDIR, and LUA_CFLAGS, CURL_LIBS and the like where pkg-config
# does not find a library.

CC      ?= cc
CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
B       ?= build

VERSION := $(shell sed -n 's/.*THRIVE_VERSION "\(.*\)"/\1/p' src/version.h)

PKG_CONFIG ?= pkg-config
# The first pkg-config name of $(1) that exists; distributions disagree on Lua's.
pkg_name = $(firstword $(foreach p,$(1),$(shell $(PKG_CONFIG) --exists $(p) 2>/dev/null && echo $(p))))
LUA_PKG      := $(call pkg_name,lua5.4 lua-5.4 lua54 lua)
CJSON_PKG    := $(call pkg_name,lua5.4-cjson lua-cjson)
LUA_CFLAGS   ?= $(shell $(PKG_CONFIG) --cflags $(LUA_PKG) 2>/dev/null)
LUA_LIBDIR   ?= $(shell $(PKG_CONFIG) --variable=libdir $(LUA_PKG) 2>/dev/null)
# The interpreter carries Lua and cjson inside where the static archives are there: it starts faster.
static_lib    = $(firstword $(wildcard $(LUA_LIBDIR)/$(1).a))
LUA_LIBS     ?= $(or $(call static_lib,liblua5.4),$(shell $(PKG_CONFIG) --libs $(LUA_PKG) 2>/dev/null))
CJSON_LIBS   ?= $(or $(call static_lib,liblua5.4-cjson),$(shell $(PKG_CONFIG) --libs $(CJSON_PKG) 2>/dev/null))
CURL_CFLAGS  ?= $(shell $(PKG_CONFIG) --cflags libcurl 2>/dev/null)
CURL_LIBS    ?= $(or $(shell $(PKG_CONFIG) --libs libcurl 2>/dev/null),-lcurl)
MHD_CFLAGS   ?= $(shell $(PKG_CONFIG) --cflags libmicrohttpd 2>/dev/null)
MHD_LIBS     ?= $(shell $(PKG_CONFIG) --libs libmicrohttpd 2>/dev/null)

UNAME := $(shell uname -s)
ifeq ($(UNAME),Darwin)
SHARED  = -bundle -undefined dynamic_lookup
EXPORT  =
DL_LIBS =
else
# nodelete: resolver threads of libcurl may outlive lua_close's dlclose.
SHARED  = -shared -Wl,-z,nodelete
EXPORT  = -Wl,-E
DL_LIBS = -ldl
endif

# What the project needs is kept apart from what the user sets.
OUR_CPPFLAGS = -D_POSIX_C_SOURCE=200809L -Isrc
OUR_CFLAGS   = -std=c99 -Wall -Wextra -fvisibility=hidden $(WERROR) -MMD -MP
COMPILE      = $(CC) $(OUR_CPPFLAGS) $(CPPFLAGS) $(LUA_CFLAGS) $(CURL_CFLAGS) $(MHD_CFLAGS) $(OUR_CFLAGS) $(CFLAGS)

LAYER1  = buf url header retry pager date json auth transport attempt outcome curlapi
LAYER2  = core client operation map value transfer answer page error lua_json lua_json_encode
SANDBOX = sandbox sandbox_send mhdapi
BINARY  = main lineedit dynlib

LUA_FILES := $(sort $(shell find lua -name '*.lua'))

HAVE_MHD := $(if $(MHD_LIBS),yes)
MODULES  := $(B)/thrive/core.so $(if $(HAVE_MHD),$(B)/thrive/sandbox/http.so)

.PHONY: all modules
all: modules $(B)/thrivelua
modules: $(MODULES)

# --- objects: pic (the module), bin (the interpreter), asan (both under the sanitizers) -----------------------------

SAN = -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer

$(B)/pic/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(COMPILE) -fPIC -c -o $@ $<
$(B)/bin/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(COMPILE) -DTHR_DLOPEN -c -o $@ $<
$(B)/asan/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(COMPILE) $(SAN) -DTHR_DLOPEN -c -o $@ $<

objects = $(addprefix $(B)/$(1)/,$(addsuffix .o,$(2)))

$(B)/thrive/core.so: $(call objects,pic,$(LAYER1) $(LAYER2))
	@mkdir -p $(@D)
	$(CC) $(SHARED) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(CURL_LIBS) -lpthread
$(B)/thrive/sandbox/http.so: $(call objects,pic,$(SANDBOX))
	@mkdir -p $(@D)
	$(CC) $(SHARED) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(MHD_LIBS) -lpthread

# --- the interpreter ------------------------------------------------------------------------------------------------

# The list changes only when a file comes or goes, so that embed.c is made again then too.
$(B)/lua-files: FORCE
	@mkdir -p $(@D)
	@echo '$(LUA_FILES)' | cmp -s - $@ || echo '$(LUA_FILES)' >$@
$(B)/embed.c: src/embed.sh $(LUA_FILES) $(B)/lua-files
	sh src/embed.sh $(LUA_FILES) >$@.new && mv $@.new $@
$(B)/bin/embed.o: $(B)/embed.c
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<
$(B)/asan/embed.o: $(B)/embed.c
	@mkdir -p $(@D)
	$(COMPILE) $(SAN) -c -o $@ $<

BINARY_OBJECTS = $(LAYER1) $(LAYER2) $(if $(HAVE_MHD),$(SANDBOX)) $(BINARY) embed
INTERPRETER_LIBS = $(LUA_LIBS) $(CJSON_LIBS) -lm $(DL_LIBS) -lpthread
$(B)/thrivelua: $(call objects,bin,$(BINARY_OBJECTS))
	$(CC) $(EXPORT) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(INTERPRETER_LIBS)
$(B)/thrivelua-asan: $(call objects,asan,$(BINARY_OBJECTS))
	$(CC) $(EXPORT) $(CFLAGS) $(SAN) $(LDFLAGS) -o $@ $^ $(INTERPRETER_LIBS)

.PHONY: FORCE
FORCE:

-include $(wildcard $(B)/pic/*.d $(B)/bin/*.d $(B)/asan/*.d $(B)/c/*.d)
