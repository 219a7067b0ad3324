# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# make builds build/sockchat.  HACKING.md tells what the other goals do.
# deps deps-dev demo lint picture examples format install uninstall dist clean:
# this file
# check test check-asan torture monkey fuzz coverage bench: tests/rules.mk
# CC, BUILD, WERROR=1, SANITIZE=address,undefined and COVERAGE=1 may be given.
# V=1 shows the commands. New files under src/ and tests/ are found.

# The packages are there before anything is looked for.
DEPS := $(filter deps deps-dev,$(MAKECMDGOALS))
REST := $(filter-out deps deps-dev,$(MAKECMDGOALS))
ifneq ($(DEPS),)
$(REST): rest ; @:
rest: $(DEPS)
	@+$(MAKE) --no-print-directory $(REST)
deps deps-dev:
	@sh scripts/deps.sh $@
.PHONY: rest deps deps-dev $(REST)
else

CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
BUILD ?= build
PREFIX ?= /usr/local
CFLAGS ?= -O2 -g
VERSION = $(shell sed -n 's/.*SOCKCHAT_VERSION "\(.*\)"/\1/p' include/sockchat/options.h)

WARN := -Wall -Wextra -Wformat=2 -Wconversion -Wshadow -Wvla -Wstrict-prototypes \
        -Wmissing-prototypes -Werror=implicit -Werror=format-security \
        $(if $(WERROR),-Werror)
# The screen's libraries: for tests, and TUI_LIBS for the program.
SHARED := -lreadline -lncursesw -ltinfo
# Each is probed once for a compiler: $(FLAGS_MK), TUI_LIBS, CORE_LIBS.
HARDEN := -fstack-protector-strong -fstack-clash-protection -fcf-protection=full \
    -fno-strict-aliasing -fno-strict-overflow -fno-delete-null-pointer-checks \
    -fstrict-flex-arrays=3 -ftrivial-auto-var-init=zero \
    -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code

PIE_C := -fPIE
PIE_L := -pie
ifdef SANITIZE
MODE := -fsanitize=$(SANITIZE) -fno-sanitize-recover -fno-omit-frame-pointer
# Sanitizers note so much that to relocate it takes half of each start.
PIE_C := -fno-pie
PIE_L := -no-pie
else
MODE := $(if $(COVERAGE),--coverage -O0,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif

ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -Iinclude $(WARN) $(PROBED_C) $(PIE_C) \
             -pthread $(CPPFLAGS) $(CFLAGS) $(MODE)
ALL_LDFLAGS = $(PIE_L) -pthread $(PROBED_L) $(CFLAGS) $(MODE) $(LDFLAGS)

LIB_SRC := $(filter-out $(wildcard src/tui/*.c),$(wildcard src/*/*.c))
TUI_SRC := $(wildcard src/tui/*.c)
objects = $(patsubst %.c,$(BUILD)/%.o,$(1))
programs = $(patsubst %.c,$(BUILD)/%,$(1))
FLAGS_MK := $(BUILD)/flags-$(notdir $(firstword $(CC))).mk

Q = $(if $(V),,@echo $@ && )
COMPLETIONS := $(addprefix $(BUILD)/completions/sockchat.,bash zsh fish)
all: $(BUILD)/sockchat $(COMPLETIONS)

$(BUILD)/sockchat: $(BUILD)/src/main.o $(BUILD)/src/late.o $(BUILD)/libtui.a \
  $(BUILD)/libsockchat.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ \
	  $(if $(SANITIZE),$(SHARED),$(TUI_LIBS)) $(CORE_LIBS)

$(BUILD)/src/late.o: $(BUILD)/late.list
$(BUILD)/src/late.o: ALL_CFLAGS += -I$(BUILD)
$(BUILD)/late.list: $(BUILD)/libsockchat.a scripts/late.sh
	@sh scripts/late.sh "$(CC)" $< >$@.new
	@mv $@.new $@

# What shells complete: filled in from the tables of options, frames and so on.
$(BUILD)/completions/generate: $(BUILD)/completions/generate.o \
  $(BUILD)/libsockchat.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(CORE_LIBS)
$(COMPLETIONS): $(BUILD)/%: % $(BUILD)/completions/generate
	$(Q)$(BUILD)/completions/generate <$< >$@.new && mv $@.new $@

$(BUILD)/libsockchat.a: $(call objects,$(LIB_SRC))
$(BUILD)/libtui.a: $(call objects,$(TUI_SRC))
$(BUILD)/%.a:
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(FLAGS_MK): Makefile scripts/probe.sh
	@sh scripts/needs.sh "$(CC)" readline/readline.h curses.h pcre2.h \
	  idn2.h openssl/ssl.h
	@sh scripts/probe.sh $@ $(CC) -- $(HARDEN)

lint demo picture:
	@bash scripts/$@.sh
lint demo picture: $(BUILD)/sockchat
# docs/examples.md gets what its commands print now.
examples: $(BUILD)/sockchat
	@python3 tests/e2e/peers/play_examples.py $< docs/examples.md all write
format:
	clang-format -i $$(git ls-files '*.[ch]')

install: $(BUILD)/sockchat $(COMPLETIONS)
install uninstall:
	@sh scripts/install.sh $@ $(BUILD)/sockchat '$(DESTDIR)$(PREFIX)'
# The same commit gives the same bytes.
dist:
	@mkdir -p $(BUILD)
	git -c tar.tar.gz.command='gzip -9cn' archive \
	  -o $(BUILD)/sockchat-$(VERSION).tar.gz --prefix=sockchat-$(VERSION)/ HEAD
clean:
	rm -rf $(BUILD)

.PHONY: all lint demo picture examples format install uninstall dist clean
-include $(patsubst %.o,%.d,$(call objects,src/main.c src/late.c \
  completions/generate.c $(LIB_SRC) $(TUI_SRC)))
include tests/rules.mk
# What needs no compiler does not call one.
ifneq ($(filter-out clean uninstall dist format bench-plot,$(or $(MAKECMDGOALS),all)),)
include $(FLAGS_MK)
endif
endif
