# SPDX-License-Identifier: GPL-3.0-or-later
# Tests and checks, for the Makefile at the top. make test is for everybody: units and commands as they are. make check is all
# there is; each of its parts installs what it needs.

unit_tests := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/*/*_test.c))
fuzzers := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/*/fuzz_*.c))
benches := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/*/bench_*.c))
heavy_tests := $(wildcard tests/check/*.bats)
command_tests := $(filter-out $(heavy_tests),$(wildcard tests/*.bats tests/*/*.bats))
# What runs sweeps takes the longest, so it starts first.
sweeps := $(foreach file,$(command_tests),$(if $(filter sweep_%,$(notdir $(file))),$(file)))
quick_tests := $(filter-out $(sweeps),$(command_tests)) $(unit_tests)

needed_units := libcmocka-dev=module:cmocka
needed_tests := $(needed_units) bats=command:bats perl=command:prove procps=command:pgrep
optional_tests = $(needed_manuals) $(call packages_of,$(command_tests))

# --- run by prove, beside each other: they wait more than they compute --------------------------------------------------

TEST_JOBS := $(shell echo $$((2 * $$(nproc))))

run_tests = BUILD=$(abspath $(BUILD)) LSAN_OPTIONS=suppressions=$(abspath tests/leaks.txt):print_suppressions=0 \
    CMOCKA_MESSAGE_OUTPUT=TAP prove --timer --failures --comments --directives --jobs $(TEST_JOBS) --exec '$1'

test: deps deps-tests
	$(MAKE) --no-print-directory tests

tests: all $(unit_tests) $(fuzzers) | $(BUILD)/have/tests
	$(call run_tests,) $(sweeps) $(quick_tests)

# Without the sweeps, for variants of the build that are slow.
tests-quick: all $(unit_tests) $(fuzzers) | $(BUILD)/have/tests
	$(call run_tests,) $(quick_tests)

# Programs in the place of $(BUILD)/bin, each of which runs the real one under valgrind.
VALGRIND := valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
    --suppressions=$(abspath tests/valgrind.txt)
under_valgrind := $(BUILD)/valgrind

tests-valgrind: all $(unit_tests)
	@mkdir -p $(under_valgrind)/bin
	@ln -sfn $(abspath $(BUILD)/models) $(under_valgrind)/models
	@for program in $(programs); do \
	    printf '#!/bin/sh\nexec %s %s "$$@"\n' '$(VALGRIND)' $(abspath $(BUILD))/bin/$$program >$(under_valgrind)/bin/$$program; \
	    chmod +x $(under_valgrind)/bin/$$program; \
	done
	$(call run_tests,$(VALGRIND)) $(filter-out %/golden_test,$(unit_tests))
	$(MAKE) --no-print-directory tests-commands BUILD=$(under_valgrind) COMMANDS='tests/analyze/analyze.bats tests/plot/plot.bats'
	BUILD=$(abspath $(under_valgrind)) bats --filter 'are one line|is one line' tests/collect/collect.bats

COMMANDS := $(command_tests)
tests-commands:
	$(call run_tests,) $(COMMANDS)

# Recordings are read by several threads.
threaded_tests := $(BUILD)/tests/analyze/recording_test $(BUILD)/tests/analyze/trace_test
tests-threads: $(threaded_tests)
	$(call run_tests,) $(threaded_tests)

# --- how they are built -------------------------------------------------------------------------------------------------

model_libraries := $(call library,task_model) $(call library,connection)
fuzzing := $(findstring fuzzer,$(SANITIZE))

$(unit_tests:$(BUILD)/%=$(BUILD)/objects/%.o): | $(BUILD)/have/units

define test_programs
$(BUILD)/tests/$1/%: $(BUILD)/objects/tests/$1/%.o $($1_libraries) $(model_libraries)
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(call link_with,$1) $(model_libraries) -lcmocka

$(BUILD)/tests/$1/fuzz_%: $(BUILD)/objects/tests/$1/fuzz_%.o $(if $(fuzzing),,$(BUILD)/objects/tests/replay.o) $($1_libraries)
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS) $(if $(fuzzing),-fsanitize=fuzzer) -o $$@ $$(filter %.o,$$^) $$(call link_with,$1)

# See tests/fuzz_options.h.
$(BUILD)/tests/$1/fuzz_options: $(BUILD)/objects/$1/main_options.o
$(BUILD)/tests/$1/fuzz_options: override LDFLAGS += -Wl,--wrap=argp_parse,--wrap=argp_failure,--wrap=argp_error
endef
$(foreach name,$(programs),$(eval $(call test_programs,$(name))))

# --- lint: .clang-format, .clang-tidy and .cppcheck-suppressions tell why some of it is passed over -----------------------

needed_lint := git=command:git clang-format=command:clang-format clang-tidy=command:clang-tidy cppcheck=command:cppcheck \
    shellcheck=command:shellcheck

c_sources = $(shell git ls-files '*.c' '*.h')
scripts = $(shell git ls-files | xargs awk 'FNR == 1 && /^.!.*(\/|env )(ba)?sh/ { print FILENAME } { nextfile }') \
    collect/completion/complete.bash
lint_flags = $(CPPFLAGS) -std=gnu17 -DTASKWEIGHT_VERSION='""' -DLIBRARY_VERSION='""' $(sort $(shell \
    $(PKG_CONFIG) --cflags $(plot_modules); sed 's/-DLIBRARY_VERSION="[^ ]*//' $(BUILD)/probes/*.compile))

lint: deps deps-units deps-lint
	@$(probe_models)
	clang-format --dry-run -Werror $(c_sources)
	printf '%s\n' $(filter %.c,$(c_sources)) | xargs -P $$(nproc) -n 4 sh -c 'clang-tidy --quiet "$$@" -- $(subst ','\'',$(lint_flags))' sh
	cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability -I. -D_GNU_SOURCE \
	    --suppressions-list=.cppcheck-suppressions -j $$(nproc) $(programs) tests
	shellcheck --severity=warning $(scripts)

# --- check: each part is a target check-PART, which installs what it needs; run.sh tells at the end how each went -----------

check_parts := lint tests sanitized valgrind threads $(basename $(notdir $(heavy_tests))) r soak arm64 debian vm

check:
	@tests/check/run.sh $(check_parts)

check-lint: lint

check-tests: export KILLS := 40
check-tests: test

check-sanitized: deps deps-tests
	$(MAKE) --no-print-directory tests SANITIZE=address,undefined

needed_valgrind := valgrind=command:valgrind
check-valgrind: deps deps-tests deps-valgrind
	$(MAKE) --no-print-directory tests-valgrind

check-threads: deps deps-tests
	$(MAKE) --no-print-directory tests-threads SANITIZE=thread

$(heavy_tests:tests/check/%.bats=check-%): check-%: deps deps-tests
	@.debian/deps -- $(call packages_of,tests/check/$*.bats)
	$(MAKE) --no-print-directory all
	$(call run_tests,) tests/check/$*.bats

# What R makes of the recordings.
optional_r := r-base-core=command:Rscript r-cran-sandwich=r:sandwich r-cran-metafor=r:metafor
check-r: deps deps-r
	$(MAKE) --no-print-directory programs
	@if command -v Rscript >/dev/null; then Rscript tests/analyze/second_opinion.R $(BUILD)/bin/analyze data/*.csv; \
	    else echo 'skipped: there is no R (package r-base-core)'; fi

check-soak:
	$(MAKE) --no-print-directory soak SOAK_RUNS=400

# It installs nothing: libraries of another architecture are for those who want them.
check-arm64:
	tests/check/arm64.sh

# What somebody new does on the next Debian, whose libraries are newer.
check-debian:
	@.debian/deps -- $(call packages_of,tests/check/debian.sh)
	tests/check/debian.sh trixie build/debian-trixie

check-vm:
	@.debian/deps -- $(call packages_of,tests/check/vm.sh)
	tests/check/vm.sh bookworm build/vm-bookworm
	tests/check/vm.sh trixie build/vm-trixie

# --- what takes long, or no side ------------------------------------------------------------------------------------------

# Whether intervals that say 95 % cover 95 %, by simulation.
coverage: deps
	$(MAKE) --no-print-directory run-coverage

$(BUILD)/tests/analyze/coverage: $(patsubst %.c,$(BUILD)/objects/%.o,$(wildcard tests/analyze/coverage_*.c))

run-coverage: $(BUILD)/tests/analyze/coverage
	$(BUILD)/tests/analyze/coverage

# Whether a long sweep leaks.
SOAK_RUNS := 5000
soak: deps
	$(MAKE) --no-print-directory all
	tests/collect/soak.sh $(BUILD)/bin $(BUILD)/soak $(SOAK_RUNS)

# The tools themselves, as ratios within one run.
bench: deps
	$(MAKE) --no-print-directory run-bench

run-bench: all $(benches)
	@$(BUILD)/tests/collect/bench_spawn $(BUILD)/models 100000 libuv ucontext pthread
	@tests/collect/bench_sweep.sh $(BUILD)/bin $(BUILD)/bench
	@$(BUILD)/tests/analyze/bench_read $(BUILD)/bench.csv 500000
	@tests/analyze/bench_r.sh $(BUILD)/bin/analyze $(BUILD)/bench.csv

# Which lines the tests run, in all but the models.
needed_coverage := gcovr=command:gcovr
LEAST_COVERAGE := 90
coverage-report: deps deps-tests deps-coverage
	find build/gcov -name '*.gcda' -delete 2>/dev/null || true
	$(MAKE) --no-print-directory tests BUILD=build/gcov CFLAGS='-O0 -g --coverage -fprofile-update=atomic' LDFLAGS=--coverage
	gcovr --root . --object-directory build/gcov --filter 'collect/[^/]*$$' --filter analyze/ --filter plot/ \
	    --html-details build/gcov/lines.html --print-summary --fail-under-line $(LEAST_COVERAGE)
	@echo 'every line: build/gcov/lines.html'

# Each target replays its corpus in the tests; this looks for new inputs and keeps them. A corpus that has grown is made
# small again: only inputs that reach something new are kept.
FUZZ_SECONDS := 30
fuzz:
	$(MAKE) --no-print-directory deps CC=clang
	$(MAKE) --no-print-directory run-fuzzers CC=clang SANITIZE=fuzzer-no-link,address,undefined

run-fuzzers: $(fuzzers)
	@set -e; for fuzzer in $(fuzzers); do \
	    part=$$(basename $$(dirname $$fuzzer)); name=$${fuzzer##*/fuzz_}; corpus=tests/$$part/corpus/$$name; \
	    found=$(BUILD)/corpus/$$part/$$name; \
	    echo "--- $$part, $$name: $(FUZZ_SECONDS) s, corpus $$corpus"; \
	    mkdir -p $$found; \
	    $$fuzzer -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 -verbosity=0 -artifact_prefix=$$found- $$found $$corpus; \
	    $$fuzzer -merge=1 -verbosity=0 $$corpus $$found; \
	done
