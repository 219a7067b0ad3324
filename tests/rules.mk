# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# Part of the Makefile: how the programs of tests/ are built and run.

FAKE_SRC := $(wildcard tests/fake/*.c)
TEST_SRC := $(wildcard $(patsubst %,tests/%/test_*.c,e2e conv unit))
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
HARNESS_SRC := $(filter-out $(TEST_SRC),$(wildcard tests/e2e/*.c))
# Tests of the screen's rooms, by their name or by what they include.
TUI_TEST_SRC := $(sort $(foreach n,keys input view tui term, \
    $(wildcard tests/*/test_$n*.c tests/*/fuzz_$n*.c)) $(shell \
    grep -l '"\.\./\.\./src/tui/' $(TEST_SRC) $(FUZZ_SRC) /dev/null))

TESTS := $(call programs,$(TEST_SRC))
FUZZ := $(call programs,$(FUZZ_SRC))
MONKEY := $(BUILD)/tests/monkey/monkey
MONKEY_SRC := $(wildcard tests/monkey/*.c)
E2E := $(filter $(BUILD)/tests/e2e/%,$(TESTS)) $(MONKEY)
TUI_TESTS := $(call programs,$(TUI_TEST_SRC))
BENCH := $(call programs,$(wildcard tests/bench/bench_*.c))
FAULT := $(BUILD)/tests/fault/fault.so

FUZZ_SECONDS ?= 10
export CC BUILD FUZZ_SECONDS
export SOCKCHAT_BIN := $(abspath $(BUILD)/sockchat)
export SOCKCHAT_FAULT = $(abspath $(FAULT))

$(BUILD)/libfake.a: $(call objects,$(FAKE_SRC))
$(BUILD)/libharness.a: $(call objects,$(HARNESS_SRC))

$(TUI_TESTS): $(BUILD)/libtui.a
$(TUI_TESTS): TEST_LIBS = $(SHARED) -lvterm
$(E2E): $(BUILD)/libharness.a | $(FAULT)
$(E2E): TEST_LIBS += -lvterm -lcrypto
$(TESTS) $(MONKEY): TEST_LIBS += -lcmocka
$(BENCH): $(addprefix $(BUILD)/tests/bench/,load.o tls.o tool.o)
$(FUZZ): private MODE = -fsanitize=fuzzer,address,undefined
$(call objects,$(FUZZ_SRC)): WARN += -Wno-missing-prototypes
# What fails unseen in a test is seen by what it then waits for.
$(BUILD)/tests/%.o: WARN += -Wno-unused-result
# Tests have no time to gain from optimization: their compiler has.
$(call objects,$(TEST_SRC) $(FAKE_SRC) $(HARNESS_SRC)): \
  MODE += -O0 -U_FORTIFY_SOURCE
$(TESTS) $(MONKEY): $(BUILD)/tests/start.o
$(MONKEY): $(call objects,$(MONKEY_SRC))
$(TESTS) $(MONKEY) $(FUZZ) $(BENCH): %: %.o $(BUILD)/libfake.a $(BUILD)/libsockchat.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) \
	  -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(TEST_LIBS) \
	  $(CORE_LIBS)
# Loaded before everything else, so it carries no sanitizer.
$(FAULT): $(wildcard tests/fault/*.[ch])
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -fPIC -shared -o $@ \
	  $(filter %.c,$^) -ldl

$(addsuffix .o,$(TESTS)) $(call objects,$(MONKEY_SRC)) \
  $(BUILD)/libharness.a: | $(BUILD)/can-test
$(BUILD)/can-test:
	@sh scripts/needs.sh "$(CC)" setjmp.h cmocka.h vterm.h
	@touch $@

# The sanitizers have nothing to find in scripts, nor in short benchmarks of what
# the tests do anyway.
SCRIPTS := $(if $(SANITIZE),,tests/bench/smoke.sh scripts/manual.sh \
  tests/setup.sh)
# Other programs take most of the time of these, and the sanitizers do not see
# them.
SLOW_PEERS := $(patsubst %,$(BUILD)/tests/e2e/test_%,completions examples \
    forward_crowd forward_pairs frame_guess pcapng pcapng_protocols proxy_header \
    quote recordings service ssh tls_trust tui_modes)
CHECKED := $(if $(SANITIZE),$(filter-out $(SLOW_PEERS),$(TESTS)),$(TESTS))
check: $(CHECKED) $(BUILD)/sockchat $(COMPLETIONS) $(FAULT) $(if $(SANITIZE),,$(BENCH))
	@sh scripts/check.sh $(SCRIPTS) $(CHECKED)

ifdef T
T_PROGRAMS := $(or $(filter %/$(T) %/test_$(T),$(TESTS)), $(call programs,$(shell \
    grep -lw -e '$(T)' $(TEST_SRC))),$(error no test is named $(T)))
endif
test: $(T_PROGRAMS) $(BUILD)/sockchat $(COMPLETIONS) $(FAULT)
	@$(if $(T),,$(error which one? make test T=NAME)) \
	$(if $(filter %/$(T) %/test_$(T),$^),,TEST_NAME='$(T)') \
	  sh scripts/check.sh $(T_PROGRAMS)

# Random keys for a minute, or $MONKEY_SECONDS; $MONKEY_SEED plays them again.
monkey-run: $(MONKEY) $(BUILD)/sockchat
	@$(MONKEY)
check-asan torture-asan monkey:
	LSAN_OPTIONS=suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0 \
	ASAN_OPTIONS=verify_asan_link_order=0:detect_stack_use_after_return=1:allocator_may_return_null=1 \
	UBSAN_OPTIONS=print_stacktrace=1 \
	  $(MAKE) $(patsubst monkey,monkey-run,$(@:-asan=)) BUILD=$(BUILD)/asan \
	  SANITIZE=address,undefined

check-valgrind: $(filter $(BUILD)/tests/unit/%,$(TESTS))
	@RUN="valgrind -q --error-exitcode=9 --leak-check=full \
	  --suppressions=tests/valgrind.supp" sh scripts/check.sh $^

# All calls of all scripts fail in turn; TORTURE_SECONDS=N takes a sample.
torture: $(BUILD)/sockchat $(FAULT)
	@python3 tests/fault/torture.py

# What make check has no time or no packages for.
pairs: $(BUILD)/sockchat
	python3 tests/e2e/middle/pairs.py $(SOCKCHAT_BIN) all
	python3 tests/e2e/middle/crowd.py $(SOCKCHAT_BIN) in-turn 10000

fuzz:
	$(MAKE) fuzz-run BUILD=$(BUILD)/fuzz CC=clang \
	  SANITIZE=fuzzer-no-link,address,undefined
fuzz-run: $(FUZZ) $(BUILD)/sockchat
	@bash scripts/fuzz.sh $(FUZZ)

coverage:
	$(MAKE) check BUILD=$(BUILD)/coverage COVERAGE=1
	gcovr -r . --object-directory $(BUILD)/coverage -f src/ \
	  --html-details $(BUILD)/coverage/index.html --print-summary

bench: $(BENCH) $(BUILD)/sockchat
	@bash tests/bench/bench.sh
bench-plot:
	@python3 tests/bench/plot.py $(BUILD)/bench.json docs/bench.png

.PHONY: check test check-asan check-valgrind torture torture-asan pairs \
  monkey monkey-run fuzz fuzz-run coverage bench bench-plot
-include $(patsubst %.o,%.d,$(call objects,$(FAKE_SRC) $(HARNESS_SRC) \
  $(TEST_SRC) $(FUZZ_SRC) $(MONKEY_SRC))) $(BENCH:=.d)
