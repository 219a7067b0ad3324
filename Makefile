# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# make: build/sockchat.  make check: every test; ends with "N passed, N failed".
# make test T=NAME: one test program, or one test by its name.
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
FUZZ_SECONDS ?= 10
CFLAGS ?= -O2 -g
VERSION = $(shell sed -n 's/.*SOCKCHAT_VERSION "\(.*\)"/\1/p' include/*/*.h)

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

ifdef SANITIZE
MODE := -fsanitize=$(SANITIZE) -fno-sanitize-recover -fno-omit-frame-pointer
else
MODE := $(if $(COVERAGE),--coverage -O0,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif

ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -Iinclude $(WARN) $(PROBED_C) -fPIE \
             -pthread $(CPPFLAGS) $(CFLAGS) $(MODE)
ALL_LDFLAGS = -pie -pthread $(PROBED_L) $(CFLAGS) $(MODE) $(LDFLAGS)

LIB_SRC := $(wildcard $(patsubst %,src/%/*.c,base io net core record front))
TUI_SRC := $(wildcard src/tui/*.c)
FAKE_SRC := $(wildcard tests/fake/*.c)
TEST_SRC := $(wildcard $(patsubst %,tests/%/test_*.c,e2e conv unit))
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
HARNESS_SRC := $(filter-out $(TEST_SRC),$(wildcard tests/e2e/*.c))
# Tests of the screen's rooms, by their name or by what they include.
TUI_TEST_SRC := $(sort $(foreach n,keys input view tui term, \
    $(wildcard tests/*/test_$n*.c tests/*/fuzz_$n*.c)) $(shell \
    grep -l '"\.\./\.\./src/tui/' $(TEST_SRC) $(FUZZ_SRC) /dev/null))

export CC BUILD FUZZ_SECONDS
export SOCKCHAT_BIN := $(abspath $(BUILD)/sockchat)
export SOCKCHAT_FAULT = $(abspath $(FAULT))
objects = $(patsubst %.c,$(BUILD)/%.o,$(1))
programs = $(patsubst %.c,$(BUILD)/%,$(1))
TESTS := $(call programs,$(TEST_SRC))
FUZZ := $(call programs,$(FUZZ_SRC))
MONKEY := $(BUILD)/tests/monkey/monkey
E2E := $(filter $(BUILD)/tests/e2e/%,$(TESTS)) $(MONKEY)
TUI_TESTS := $(call programs,$(TUI_TEST_SRC))
BENCH := $(call programs,$(wildcard tests/bench/bench_*.c))
FAULT := $(BUILD)/tests/fault/fault.so
FLAGS_MK := $(BUILD)/flags-$(notdir $(firstword $(CC))).mk

Q = $(if $(V),,@echo $@ && )
all: $(BUILD)/sockchat

$(BUILD)/sockchat: $(BUILD)/src/main.o $(BUILD)/libtui.a $(BUILD)/libsockchat.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ \
	  $(if $(SANITIZE),$(SHARED),$(TUI_LIBS)) $(CORE_LIBS)

$(BUILD)/libsockchat.a: $(call objects,$(LIB_SRC))
$(BUILD)/libtui.a: $(call objects,$(TUI_SRC))
$(BUILD)/libfake.a: $(call objects,$(FAKE_SRC))
$(BUILD)/libharness.a: $(call objects,$(HARNESS_SRC))
$(BUILD)/%.a:
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(TUI_TESTS): $(BUILD)/libtui.a
$(TUI_TESTS): TEST_LIBS = $(SHARED) -lvterm
$(E2E): $(BUILD)/libharness.a | $(FAULT)
$(E2E): TEST_LIBS += -lvterm
$(TESTS) $(MONKEY): TEST_LIBS += -lcmocka
$(BENCH): $(addprefix $(BUILD)/tests/bench/,load.o tool.o)
$(FUZZ): private MODE = -fsanitize=fuzzer,address,undefined
$(call objects,$(FUZZ_SRC)): WARN += -Wno-missing-prototypes
# What fails unseen in a test is seen by what it then waits for.
$(BUILD)/tests/%.o: WARN += -Wno-unused-result
$(TESTS) $(MONKEY): $(BUILD)/tests/start.o
$(TESTS) $(MONKEY) $(FUZZ) $(BENCH): %: %.o $(BUILD)/libfake.a $(BUILD)/libsockchat.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) \
	  -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(TEST_LIBS) \
	  $(CORE_LIBS)
# Loaded before everything else, so it carries no sanitizer.
$(BUILD)/%.so: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -fPIC -shared -o $@ $< -ldl

$(FLAGS_MK): Makefile scripts/probe.sh
	@sh scripts/needs.sh "$(CC)" readline/readline.h curses.h pcre2.h
	@sh scripts/probe.sh $@ $(CC) -- $(HARDEN)
$(addsuffix .o,$(TESTS) $(MONKEY)) $(BUILD)/libharness.a: | $(BUILD)/can-test
$(BUILD)/can-test:
	@sh scripts/needs.sh "$(CC)" setjmp.h cmocka.h vterm.h
	@touch $@

check: $(TESTS) $(BUILD)/sockchat $(FAULT) $(BENCH)
	@sh scripts/check.sh $(TESTS) scripts/manual.sh tests/setup.sh \
	  tests/bench/smoke.sh

ifdef T
T_PROGRAMS := $(or $(filter %/$(T) %/test_$(T),$(TESTS)), $(call programs,$(shell \
    grep -lw -e '$(T)' $(TEST_SRC))),$(error no test is named $(T)))
endif
test: $(T_PROGRAMS) $(BUILD)/sockchat $(FAULT)
	@$(if $(T),,$(error which one? make test T=NAME)) \
	$(if $(filter %/$(T) %/test_$(T),$^),,TEST_NAME='$(T)') \
	  sh scripts/check.sh $(T_PROGRAMS)

# Random keys for a minute, or $MONKEY_SECONDS; $MONKEY_SEED plays them again.
monkey-run: $(MONKEY) $(BUILD)/sockchat
	@$(MONKEY)
check-asan torture-asan monkey:
	LSAN_OPTIONS=suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0 \
	ASAN_OPTIONS=verify_asan_link_order=0:detect_stack_use_after_return=1 \
	UBSAN_OPTIONS=print_stacktrace=1 \
	  $(MAKE) $(patsubst monkey,monkey-run,$(@:-asan=)) BUILD=$(BUILD)/asan \
	  SANITIZE=address,undefined

check-valgrind: $(filter $(BUILD)/tests/unit/%,$(TESTS))
	@RUN="valgrind -q --error-exitcode=9 --leak-check=full \
	  --suppressions=tests/valgrind.supp" sh scripts/check.sh $^
# All calls of all scripts fail in turn; TORTURE_SECONDS=N takes a sample.
torture: $(BUILD)/sockchat $(FAULT)
	@python3 tests/fault/torture.py
fuzz:
	$(MAKE) fuzz-run BUILD=$(BUILD)/fuzz CC=clang \
	  SANITIZE=fuzzer-no-link,address,undefined
fuzz-run: $(FUZZ)
	@bash scripts/fuzz.sh $(FUZZ)

coverage:
	$(MAKE) check BUILD=$(BUILD)/coverage COVERAGE=1
	gcovr -r . --object-directory $(BUILD)/coverage -f src/ \
	  --html-details $(BUILD)/coverage/index.html --print-summary

lint demo picture:
	@bash scripts/$@.sh
bench: $(BENCH)
	@bash tests/bench/bench.sh
bench-plot:
	@python3 tests/bench/plot.py $(BUILD)/bench.json docs/bench.png
lint demo picture bench: $(BUILD)/sockchat
format:
	clang-format -i $$(git ls-files '*.[ch]')

install: $(BUILD)/sockchat
install uninstall:
	@sh scripts/install.sh $@ $(BUILD)/sockchat '$(DESTDIR)$(PREFIX)'
# The same commit gives the same bytes.
dist:
	@mkdir -p $(BUILD)
	git -c tar.tar.gz.command='gzip -9cn' archive \
	  -o $(BUILD)/sockchat-$(VERSION).tar.gz --prefix=sockchat-$(VERSION)/ HEAD
clean:
	rm -rf $(BUILD)

.PHONY: all check test check-asan check-valgrind torture torture-asan monkey \
  monkey-run fuzz \
  fuzz-run coverage lint format bench bench-plot demo picture install \
  uninstall dist clean
-include $(patsubst %.o,%.d,$(call objects,src/main.c $(LIB_SRC) $(TUI_SRC) \
  $(FAKE_SRC) $(HARNESS_SRC) $(TEST_SRC) $(FUZZ_SRC))) $(BENCH:=.d) $(MONKEY:=.d)
# What needs no compiler does not call one.
ifneq ($(filter-out clean uninstall dist format bench-plot,$(or $(MAKECMDGOALS),all)),)
include $(FLAGS_MK)
endif
endif
