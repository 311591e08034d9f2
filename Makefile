# thrive: a Lua 5.4 module for the Thrive Learning API, and thrivelua, an interpreter with the module built in.
# "make help" lists what this makes. GNU make, 3.81 or newer.
#
# Yours to set: CC CFLAGS CPPFLAGS LDFLAGS PREFIX DESTDIR B (the build folder), V=1 to see commands, and, where pkg-config
# does not find a library or finds the wrong one, LUA_CFLAGS LUA_LIBS CJSON_LIBS CURL_CFLAGS CURL_LIBS MHD_CFLAGS MHD_LIBS
# ICONV_LIBS ("make MHD_LIBS=" builds without the sandbox's server).

CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
B       ?= build

VERSION := $(shell sed -n 's/.*THRIVE_VERSION "\(.*\)"/\1/p' src/version.h)

# A recipe that fails leaves no half-written file behind; no built-in rules.
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += -r

.PHONY: all modules
all: modules interpreter

# ==== libraries ======================================================================================================
# pkg-config is asked once, and only about what is not set; a variable that is set, even to nothing, is left alone.

comma := ,
PKG_CONFIG ?= pkg-config
pkg        = $(shell $(PKG_CONFIG) $(1) 2>/dev/null)
have_pkg  := $(shell command -v $(firstword $(PKG_CONFIG)) 2>/dev/null)
# Distributions disagree on the name of Lua's: the first that exists and is 5.4.
LUA_PKG   := $(shell for p in lua5.4 lua-5.4 lua54 lua; do \
               $(PKG_CONFIG) --exists "$$p >= 5.4" "$$p < 5.5" 2>/dev/null && echo $$p && break; done)
lua_libdir := $(if $(LUA_PKG),$(call pkg,--variable=libdir $(LUA_PKG)))

ifeq ($(origin LUA_CFLAGS),undefined)
LUA_CFLAGS   := $(or $(addprefix -I,$(LUA_INCDIR)),$(if $(LUA_PKG),$(call pkg,--cflags $(LUA_PKG)),-I/usr/include/lua5.4))
endif
# The interpreter carries Lua and lua-cjson inside where the static archives are there: it starts faster.
ifeq ($(origin LUA_LIBS),undefined)
LUA_LIBS     := $(or $(wildcard $(lua_libdir)/liblua5.4.a),$(if $(LUA_PKG),$(call pkg,--libs $(LUA_PKG))),-llua5.4)
endif
# Only Debian has lua-cjson as a library. Elsewhere thrivelua finds cjson the way lua5.4 does.
ifeq ($(origin CJSON_LIBS),undefined)
CJSON_LIBS   := $(or $(wildcard $(lua_libdir)/liblua5.4-cjson.a),$(call pkg,--libs lua5.4-cjson))
endif
# LuaRocks passes CURL_INCDIR and CURL_LIBDIR.
ifeq ($(origin CURL_CFLAGS),undefined)
CURL_CFLAGS  := $(addprefix -I,$(CURL_INCDIR)) $(call pkg,--cflags libcurl)
endif
ifeq ($(origin CURL_LIBS),undefined)
CURL_LIBS    := $(if $(CURL_LIBDIR),-L$(CURL_LIBDIR) -Wl$(comma)-rpath$(comma)$(CURL_LIBDIR)) $(or $(call pkg,--libs libcurl),-lcurl)
endif
ifeq ($(origin MHD_CFLAGS),undefined)
MHD_CFLAGS   := $(call pkg,--cflags libmicrohttpd)
endif
# Who has no pkg-config (a compiler and LuaRocks are enough for the rock) may have libmicrohttpd all the same.
ifeq ($(origin MHD_LIBS),undefined)
MHD_LIBS     := $(if $(have_pkg),$(call pkg,--libs libmicrohttpd),$(shell printf '\043include <microhttpd.h>\n' | \
                  $(CC) $(CPPFLAGS) -E - >/dev/null 2>&1 && echo -lmicrohttpd))
endif
# What keeps a build from starting, in words; empty when all is there (or when nobody can tell).
MISSING := $(if $(have_pkg),$(strip \
  $(if $(LUA_PKG)$(LUA_INCDIR)$(filter-out file,$(origin LUA_CFLAGS)),,Lua-5.4-headers) \
  $(if $(CURL_LIBDIR)$(filter-out file,$(origin CURL_LIBS))$(call pkg,--modversion libcurl),,libcurl-headers)))

UNAME := $(shell uname -s)
ifeq ($(UNAME),Darwin)
SHARED  = -bundle -undefined dynamic_lookup
NO_PLT  =
EXPORT  =
DL_LIBS =
ICONV_LIBS ?= -liconv
else
# nodelete: resolver threads of libcurl may outlive lua_close's dlclose.
SHARED  = -shared -Wl,-z,nodelete
# Lua's functions are called a hundred times a record: without a detour through the PLT decoding takes 3 % less.
NO_PLT  = -fno-plt
EXPORT  = -Wl,-E
DL_LIBS = -ldl
# iconv is part of glibc and musl. Where it is a library of its own: ICONV_LIBS=-liconv
ICONV_LIBS ?=
endif

# ==== what is made of what ===========================================================================================

# Layer 1 has never heard of Lua; layer 2 is the binding; together they are thrive.core.
LAYER1  = buf url header retry throttle histogram pager date json json_skip auth redact transport attempt outcome curlapi dynlib \
          hmac tty command encoding csv controls
LAYER2  = core client flow operation map value transfer answer refusal page error lua_json lua_json_decode lua_json_list \
          lua_json_shape lua_json_encode system screen decoder csv_line
# The sandbox's HTTP side, thrive.sandbox.http, where libmicrohttpd is there.
SANDBOX = sandbox sandbox_send mhdapi
# The interpreter alone.
BINARY  = main modules ending prompt lineedit editline editkeys libedit histfile state alloc

LUA_FILES := $(sort $(shell find lua -name '*.lua'))
MODULES   := core.so $(if $(MHD_LIBS),sandbox/http.so)

# What the project needs is kept apart from what the user sets.
# _DARWIN_C_SOURCE: macOS hides flock from those who ask for POSIX.
OUR_CPPFLAGS = -D_POSIX_C_SOURCE=200809L -D_DARWIN_C_SOURCE -Isrc $(if $(MHD_LIBS),,-DTHR_NO_SANDBOX) $(if $(CJSON_LIBS),,-DTHR_NO_CJSON)
OUR_CFLAGS   = -std=c99 -Wall -Wextra -fvisibility=hidden
ALL_CPPFLAGS = $(OUR_CPPFLAGS) $(CPPFLAGS) $(LUA_CFLAGS) $(CURL_CFLAGS) $(MHD_CFLAGS)
COMPILE      = $(CC) $(ALL_CPPFLAGS) $(OUR_CFLAGS) $(CFLAGS)
# WERROR=-Werror for check; a newer compiler's new warning must not stop a user's build.
DEPENDENCIES = -MMD -MP

# Three kinds of objects, in a folder each: the module's (libcurl and libmicrohttpd linked), the interpreter's (both
# looked up on first use, see src/dynlib.h), and the interpreter's under the sanitizers.
SAN        = -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
FLAGS_pic  = -fPIC $(NO_PLT)
FLAGS_bin  = -DTHR_DLOPEN
FLAGS_asan = -DTHR_DLOPEN $(SAN)

objects = $(patsubst %,$(B)/$(1)/%.o,$(2))
quote   = '$(subst ','\'',$(1))'
# $(call note,FILE,TEXT): writes TEXT to FILE when that says something else, so that its date tells when it changed. Done
# while make reads this file and not by a rule, so that make -n and make -q know what is up to date.
note    = $(shell mkdir -p $(dir $(1)); printf '%s\n' $(call quote,$(2)) | cmp -s - $(1) || printf '%s\n' $(call quote,$(2)) >$(1))
ifdef V
say =
else
say = @printf '  %-6s %s\n' $(1) $(2);
endif

# ---- objects: made again when a source, a header or a flag changes --------------------------------------------------

.PHONY: missing
missing:
	@echo 'thrive: not found: $(MISSING). "make deps" installs it (or see the head of the Makefile)' >&2; exit 1
first = $(if $(MISSING),missing)

$(B)/pic/%.o: src/%.c $(B)/pic/flags | $(first)
	$(call say,CC,$@) $(COMPILE) $(FLAGS_pic) $(WERROR) $(DEPENDENCIES) -c -o $@ $<
$(B)/bin/%.o: src/%.c $(B)/bin/flags | $(first)
	$(call say,CC,$@) $(COMPILE) $(FLAGS_bin) $(WERROR) $(DEPENDENCIES) -c -o $@ $<
$(B)/asan/%.o: src/%.c $(B)/asan/flags | $(first)
	$(call say,CC,$@) $(COMPILE) $(FLAGS_asan) $(WERROR) $(DEPENDENCIES) -c -o $@ $<

# ---- the module -----------------------------------------------------------------------------------------------------

modules: $(addprefix $(B)/thrive/,$(MODULES))
$(B)/thrive/core.so: $(call objects,pic,$(LAYER1) $(LAYER2)) $(B)/link-flags
	@mkdir -p $(@D)
	$(call say,LINK,$@) $(CC) $(SHARED) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(CURL_LIBS) $(ICONV_LIBS) $(DL_LIBS) -lpthread
$(B)/thrive/sandbox/http.so: $(call objects,pic,$(SANDBOX)) $(B)/link-flags
	@mkdir -p $(@D)
	$(call say,LINK,$@) $(CC) $(SHARED) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(MHD_LIBS) -lpthread

# ---- the interpreter ------------------------------------------------------------------------------------------------

# lua-files: the list, so that embed.c is made again also when one goes.
$(B)/embed.c: src/embed.sh $(LUA_FILES) $(B)/lua-files
	$(call say,EMBED,lua/) sh src/embed.sh $(LUA_FILES) >$@.new && mv $@.new $@
$(B)/bin/embed.o: $(B)/embed.c $(B)/bin/flags
	$(call say,CC,$@) $(COMPILE) $(WERROR) $(DEPENDENCIES) -c -o $@ $<

BINARY_OBJECTS   = $(LAYER1) $(LAYER2) $(if $(MHD_LIBS),$(SANDBOX)) $(BINARY)
INTERPRETER_LIBS = $(CJSON_LIBS) $(LUA_LIBS) -lm $(ICONV_LIBS) $(DL_LIBS) -lpthread
.PHONY: interpreter
interpreter: $(B)/thrivelua
$(B)/thrivelua: $(call objects,bin,$(BINARY_OBJECTS) embed) $(B)/link-flags
	$(call say,LINK,$@) $(CC) $(EXPORT) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(INTERPRETER_LIBS)
$(B)/thrivelua-asan: $(call objects,asan,$(BINARY_OBJECTS)) $(B)/bin/embed.o $(B)/link-flags
	$(call say,LINK,$@) $(CC) $(EXPORT) $(CFLAGS) $(SAN) $(LDFLAGS) -o $@ $(filter %.o,$^) $(INTERPRETER_LIBS)

# ---- C tests, plain and under the sanitizers ------------------------------------------------------------------------
# spec/c/lua_*_test.c test layer 2 and get it and Lua; the others get layer 1, and so cannot see Lua at all.

C_TESTS := $(patsubst spec/c/%.c,%,$(sort $(wildcard spec/c/*_test.c)))
LUA_C_TESTS := $(filter lua_%,$(C_TESTS))

$(patsubst %,$(B)/c/%.o,$(C_TESTS)): $(B)/c/%.o: spec/c/%.c $(B)/pic/flags
	@mkdir -p $(@D)
	$(call say,CC,$@) $(COMPILE) $(WERROR) $(DEPENDENCIES) -c -o $@ $<
$(patsubst %,$(B)/c-asan/%.o,$(C_TESTS)): $(B)/c-asan/%.o: spec/c/%.c $(B)/asan/flags
	@mkdir -p $(@D)
	$(call say,CC,$@) $(COMPILE) $(FLAGS_asan) $(WERROR) $(DEPENDENCIES) -c -o $@ $<

$(patsubst %,$(B)/c/%,$(LUA_C_TESTS)): $(call objects,pic,$(LAYER2))
$(patsubst %,$(B)/c-asan/%,$(LUA_C_TESTS)): $(call objects,asan,$(LAYER2))
$(patsubst %,$(B)/c/%,$(C_TESTS)): $(B)/c/%: $(B)/c/%.o $(call objects,pic,$(LAYER1)) $(B)/link-flags
	$(call say,LINK,$@) $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(CURL_LIBS) $(if $(filter lua_%,$*),$(LUA_LIBS)) \
	  -lm $(ICONV_LIBS) $(DL_LIBS) -lpthread
$(patsubst %,$(B)/c-asan/%,$(C_TESTS)): $(B)/c-asan/%: $(B)/c-asan/%.o $(call objects,asan,$(LAYER1)) $(B)/link-flags
	$(call say,LINK,$@) $(CC) $(EXPORT) $(CFLAGS) $(SAN) $(LDFLAGS) -o $@ $(filter %.o,$^) $(if $(filter lua_%,$*),$(LUA_LIBS)) \
	  -lm $(ICONV_LIBS) $(DL_LIBS) -lpthread
# The interpreter's own parts that are tested by themselves.
$(B)/c/alloc_test: $(call objects,pic,alloc)
$(B)/c-asan/alloc_test: $(call objects,asan,alloc)
.PHONY: c-tests c-tests-asan asan
c-tests: $(patsubst %,$(B)/c/%,$(C_TESTS))
c-tests-asan: $(patsubst %,$(B)/c-asan/%,$(C_TESTS))
asan: $(B)/thrivelua-asan

# ---- fuzzers: clang's libFuzzer over both layers --------------------------------------------------------------------

FUZZ_CC      = clang
FUZZERS     := $(patsubst spec/fuzz/%.c,%,$(sort $(wildcard spec/fuzz/*_fuzz.c)))
FUZZ_COMPILE = $(FUZZ_CC) $(ALL_CPPFLAGS) $(OUR_CFLAGS) -g -O1 -fno-sanitize-recover=undefined
$(B)/fuzz/%.o: src/%.c $(B)/pic/flags
	@mkdir -p $(@D)
	$(call say,CC,$@) $(FUZZ_COMPILE) -fsanitize=fuzzer-no-link,address,undefined $(DEPENDENCIES) -c -o $@ $<
$(patsubst %,$(B)/fuzz/%,$(FUZZERS)): $(B)/fuzz/%: spec/fuzz/%.c $(call objects,fuzz,$(LAYER1) $(LAYER2)) $(B)/link-flags
	$(call say,LINK,$@) $(FUZZ_COMPILE) $(WERROR) -fsanitize=fuzzer,address,undefined $(DEPENDENCIES) $(LDFLAGS) -o $@ $< \
	  $(filter %.o,$^) $(CURL_LIBS) $(LUA_LIBS) -lm $(ICONV_LIBS) $(DL_LIBS) -lpthread
.PHONY: fuzzers fuzz
fuzzers: $(patsubst %,$(B)/fuzz/%,$(FUZZERS))

# ==== what there is to run ===========================================================================================

# How many jobs a make that we start may use: what the user said, else one for each processor.
NPROC := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
PARALLEL = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(NPROC))

.PHONY: deps deps-build deps-check deps-bench demo demo-run check print-compile-flags print-rockspec reference bench bench-run
.PHONY: bench-http bench-save rockspec help clean
# PKG_CONFIG and CC may be needed to find out what is missing.
export CC PKG_CONFIG B
deps: deps-check
deps-build:
	@sh src/deps.sh build
deps-check:
	@sh src/deps.sh check
deps-bench:
	@sh src/deps.sh bench

# pkg-config is asked when make starts, so that make must start again after an installation.
demo: deps-build
	@$(MAKE) --no-print-directory $(PARALLEL) interpreter
	@$(MAKE) --no-print-directory demo-run
demo-run: interpreter
	@$(B)/thrivelua --sandbox examples/hr_sync.lua examples/data/hr.csv

check: deps-check
	@MAKE='$(MAKE_COMMAND)' sh spec/support/check.sh
# One stage: check-lint check-c check-lua check-thrivelua check-c-asan check-asan check-leaks check-install check-demo
# check-compilers check-analysis check-startup check-fuzz.
check-%:
	@MAKE='$(MAKE_COMMAND)' sh spec/support/check.sh $*
print-compile-flags:
	@echo '$(ALL_CPPFLAGS) $(OUR_CFLAGS)'

SECONDS = 600
fuzz: deps-check
	@$(MAKE) --no-print-directory $(PARALLEL) fuzzers
	@MAKE='$(MAKE_COMMAND)' FUZZ_SECONDS=$(SECONDS) sh spec/support/check.sh fuzz

# The reference and the editor types are generated from the catalogue and the manual, the manual page and the completions from
# the tables of the command line; check-lint fails when they are stale.
reference: interpreter
	@mkdir -p library/thrive && $(B)/thrivelua doc/library.lua library
	@$(call generate,doc/reference.lua,doc/reference.md)
	@$(call generate,doc/manpage.lua,doc/thrivelua.1)
	@$(call generate,doc/completions.lua bash,completions/thrivelua.bash)
	@$(call generate,doc/completions.lua zsh,completions/_thrivelua)
	@$(call generate,doc/completions.lua fish,completions/thrivelua.fish)
# What a script prints, as a file: whole, or as it was.
generate = $(B)/thrivelua $(1) >$(2).new && mv $(2).new $(2) || { rm -f $(2).new; exit 1; }

# QUICK=1: do they still run? ROUNDS: how often each program of the HTTP benchmark does.
QUICK  =
ROUNDS = $(if $(QUICK),1,5)
bench: deps-bench
	@$(MAKE) --no-print-directory $(PARALLEL) all $(B)/bench/peer
	@$(MAKE) --no-print-directory bench-run bench-http
bench-run: all
	@echo '== bench/csv.lua'; $(B)/thrivelua bench/csv.lua $(if $(QUICK),1)
bench-http: all $(B)/bench/peer
	@QUICK='$(QUICK)' ROUNDS='$(ROUNDS)' sh bench/http.sh
# What the repository keeps of a run: the figures, and the README's picture.
bench-save:
	cp $(B)/bench/results.json $(B)/bench/results.md $(B)/bench/export.svg bench/
$(B)/bench/peer: bench/peer.c $(B)/pic/flags $(B)/link-flags
	@mkdir -p $(@D)
	$(call say,LINK,$@) $(COMPILE) $(WERROR) $(LDFLAGS) -o $@ $< $(CURL_LIBS)

# The rockspec of the release that src/version.h names; where its source is, only who releases it knows.
ROCKSPEC = thrive-$(VERSION)-1.rockspec
rockspec:
	@[ -n '$(SOURCE_URL)' ] || { echo 'usage: make rockspec SOURCE_URL=git+https://host/thrive.git' >&2; exit 1; }
	@sed -e 's|^version = "scm-1"|version = "$(VERSION)-1"|' -e 's|^  url = ".*",|  url = "$(SOURCE_URL)", tag = "v$(VERSION)",|' \
	  thrive-scm-1.rockspec >$(ROCKSPEC)
	@echo $(ROCKSPEC)
print-rockspec:
	@echo $(ROCKSPEC)

# ---- installation ---------------------------------------------------------------------------------------------------

BINDIR  = $(PREFIX)/bin
LUADIR  = $(PREFIX)/share/lua/5.4
CMODDIR = $(PREFIX)/lib/lua/5.4
DOCDIR  = $(PREFIX)/share/doc/thrive
TYPEDIR = $(PREFIX)/share/thrive/library
MANDIR  = $(PREFIX)/share/man
# Where each shell looks for what a package brings.
BASHDIR = $(PREFIX)/share/bash-completion/completions
ZSHDIR  = $(PREFIX)/share/zsh/site-functions
FISHDIR = $(PREFIX)/share/fish/vendor_completions.d
INSTALL = install
DOCS    = $(wildcard README.md LICENSE doc/reference.md doc/safety.md)
TYPES   = $(wildcard library/*.lua library/*/*.lua)

.PHONY: install install-module install-interpreter install-doc install-types install-command uninstall
install: install-module install-interpreter install-doc install-types install-command
install-module: modules
	@for f in $(LUA_FILES:lua/%=%); do \
	  $(INSTALL) -d "$(DESTDIR)$(LUADIR)/$$(dirname $$f)" && $(INSTALL) -m 644 lua/$$f "$(DESTDIR)$(LUADIR)/$$f" || exit 1; done
	@for f in $(MODULES); do \
	  $(INSTALL) -d "$(DESTDIR)$(CMODDIR)/$$(dirname thrive/$$f)" && \
	  $(INSTALL) -m 755 $(B)/thrive/$$f "$(DESTDIR)$(CMODDIR)/thrive/$$f" || exit 1; done
install-interpreter: interpreter
	@$(INSTALL) -d "$(DESTDIR)$(BINDIR)"
	@$(INSTALL) -m 755 $(B)/thrivelua "$(DESTDIR)$(BINDIR)/thrivelua"
install-doc:
	@$(INSTALL) -d "$(DESTDIR)$(DOCDIR)"
	@for f in $(DOCS); do $(INSTALL) -m 644 $$f "$(DESTDIR)$(DOCDIR)/$${f##*/}" || exit 1; done
# What editors know the module by: a folder to be named in workspace.library.
install-types:
	@for f in $(TYPES:library/%=%); do \
	  $(INSTALL) -d "$(DESTDIR)$(TYPEDIR)/$$(dirname $$f)" && \
	  $(INSTALL) -m 644 library/$$f "$(DESTDIR)$(TYPEDIR)/$$f" || exit 1; done
# What goes with the command: its manual page, and its completion in shells.
install-command:
	@$(INSTALL) -d "$(DESTDIR)$(MANDIR)/man1" "$(DESTDIR)$(BASHDIR)" "$(DESTDIR)$(ZSHDIR)" "$(DESTDIR)$(FISHDIR)"
	@$(INSTALL) -m 644 doc/thrivelua.1 "$(DESTDIR)$(MANDIR)/man1/thrivelua.1"
	@$(INSTALL) -m 644 completions/thrivelua.bash "$(DESTDIR)$(BASHDIR)/thrivelua"
	@$(INSTALL) -m 644 completions/_thrivelua "$(DESTDIR)$(ZSHDIR)/_thrivelua"
	@$(INSTALL) -m 644 completions/thrivelua.fish "$(DESTDIR)$(FISHDIR)/thrivelua.fish"
# Removes what install puts there, the folders of other people's modules excepted.
uninstall:
	rm -f "$(DESTDIR)$(BINDIR)/thrivelua" "$(DESTDIR)$(LUADIR)/thrive.lua"
	rm -f "$(DESTDIR)$(MANDIR)/man1/thrivelua.1" "$(DESTDIR)$(BASHDIR)/thrivelua" "$(DESTDIR)$(ZSHDIR)/_thrivelua" \
	  "$(DESTDIR)$(FISHDIR)/thrivelua.fish"
	rm -rf "$(DESTDIR)$(LUADIR)/thrive" "$(DESTDIR)$(CMODDIR)/thrive" "$(DESTDIR)$(DOCDIR)" "$(DESTDIR)$(TYPEDIR)"
	@rmdir "$(DESTDIR)$(dir $(TYPEDIR))" 2>/dev/null || true

help:
	@echo 'make             $(B)/thrivelua and the module for lua5.4 ($(B)/thrive/)'
	@echo 'make demo        an HR feed brought into a tenant of the sandbox, over real HTTP'
	@echo 'make check       the whole suite; ends with "N passed, N failed"'
	@echo 'make check-lua   one stage: lint c lua thrivelua c-asan asan leaks install demo compilers analysis startup fuzz'
	@echo 'make deps        installs what is missing (Debian), or prints what to install'
	@echo 'make install     PREFIX=$(PREFIX) DESTDIR=    thrivelua, the module for lua5.4, documents, editor types, completions'
	@echo 'make uninstall   with the same PREFIX and DESTDIR'
	@echo 'make reference   writes doc/reference.md, doc/thrivelua.1, completions/ and library/ (editor types)'
	@echo 'make bench       ROUNDS=5    measures, against other clients as well; QUICK=1: only tries it all'
	@echo 'make bench-save  keeps the figures and the chart of the last run in bench/'
	@echo 'make fuzz        SECONDS=600    the fuzzers'
	@echo 'make rockspec    SOURCE_URL=git+https://…    $(ROCKSPEC), for a release'
	@echo 'make clean       removes $(B)'
	@echo
	@echo 'Set as you need: CC CFLAGS CPPFLAGS LDFLAGS B V=1 (commands), and where pkg-config fails:'
	@echo 'LUA_CFLAGS LUA_LIBS CJSON_LIBS CURL_CFLAGS CURL_LIBS MHD_CFLAGS MHD_LIBS ICONV_LIBS'
clean:
	rm -rf $(B)

# ---- what was decided last time, and what headers each object needs --------------------------------------------------

ifneq ($(filter-out clean help missing deps deps-%,$(or $(MAKECMDGOALS),all)),)
$(foreach kind,pic bin asan,$(call note,$(B)/$(kind)/flags,$(COMPILE) $(FLAGS_$(kind))))
$(call note,$(B)/link-flags,$(CC) $(SHARED) $(EXPORT) $(CFLAGS) $(LDFLAGS) $(CURL_LIBS) $(MHD_LIBS) $(LUA_LIBS) $(CJSON_LIBS) $(ICONV_LIBS) \
  $(LAYER1) $(LAYER2) $(SANDBOX) $(BINARY))
$(call note,$(B)/lua-files,$(LUA_FILES))
endif
-include $(wildcard $(B)/*/*.d)
