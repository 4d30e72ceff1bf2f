# SPDX-License-Identifier: GPL-3.0-or-later
# One Makefile for all of taskweight; `make help` lists what it can do.
#
# Whatever is built goes under build/. Another compiler or a sanitizer has objects and programs of its own:
#     make CC=clang                      build/clang/
#     make SANITIZE=address,undefined    build/gcc-address,undefined/

ifeq ($(origin CC),default)
CC := gcc
endif
SANITIZE :=
PREFIX := /usr/local
DESTDIR :=
# Before the names of the installed programs and their manuals, where another package has one of them.
PROGRAM_PREFIX :=

variant := $(notdir $(CC))$(if $(SANITIZE),-$(SANITIZE))
BUILD := build$(if $(filter-out gcc,$(variant)),/$(variant))

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
CFLAGS ?= -g -O2
override CFLAGS += -std=gnu17 -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
                   $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
override CPPFLAGS += -I. -D_GNU_SOURCE
override LDFLAGS += $(if $(SANITIZE),-fsanitize=$(SANITIZE))

.PHONY: always all models report readme print-readme fuzz run-fuzzers test tests tests-valgrind tests-commands tests-threads \
    lint coverage coverage-report check-r soak bench install uninstall manuals deb deps deps-tests deps-runtimes clean help
.SECONDARY:

all: programs models

# --- programs: main files and the libraries of its own folder and of those upstream ---------------------------------

programs := collect analyze plot
# What prints and exits is a main file; the others are the library.
mains = $(wildcard $1/main*.c)
sources = $(filter-out $(call mains,$1),$(wildcard $1/*.c))
objects = $(patsubst %.c,$(BUILD)/objects/%.o,$1)
library = $(BUILD)/lib/lib$1.a
compile = $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

collect_libraries := $(call library,collect)
analyze_libraries := $(call library,analyze) $(collect_libraries)
plot_libraries := $(call library,plot) $(analyze_libraries)

collect_modules := json-c
analyze_modules := gsl json-c
plot_modules := gsl json-c cairo pangocairo
analyze_other := -lcsv
plot_other := -lcsv

link_with = $($1_libraries) $(shell pkg-config --libs $($1_modules)) $($1_other) -lm -pthread

.PHONY: programs
programs: $(programs:%=$(BUILD)/bin/%)

define program
$(BUILD)/bin/$1: $(call objects,$(call mains,$1)) $($1_libraries)
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(call link_with,$1)

$(call library,$1): $(call objects,$(call sources,$1))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(AR) rcs $$@ $$^

$(BUILD)/objects/$1/%.o $(BUILD)/objects/tests/$1/%.o: override CPPFLAGS += $$(shell pkg-config --cflags $($1_modules))
$(call objects,$(call mains,$1)): $(BUILD)/version
$(call objects,$(call mains,$1)): override CPPFLAGS += -DTASKWEIGHT_VERSION='"$(VERSION)"'
endef
$(foreach name,$(programs),$(eval $(call program,$(name))))

# Changes only when the version does, so that only then the main files are compiled anew.
$(BUILD)/version: always
	@mkdir -p $(@D)
	@echo '$(VERSION)' | cmp -s - $@ || echo '$(VERSION)' >$@

$(BUILD)/objects/%.o: %.c
	@mkdir -p $(@D)
	$(compile)

# --- task models: each source without a header is one; those with a header are parts that models share ----------------

model_headers := $(wildcard collect/models/*.h)
model_sources := $(filter-out $(model_headers:.h=.c),$(wildcard collect/models/*.c))
# Among the sources in other languages those are models that name their family; the others are what they share.
runtime_sources := $(shell grep -ls '^\(//\|\#\) family: ' collect/models/runtimes/*)
runtime_shared := $(filter-out $(runtime_sources),$(wildcard collect/models/runtimes/*))
c_models := $(model_sources:collect/models/%.c=%)
runtime_models := $(basename $(notdir $(runtime_sources)))
models := $(c_models) $(runtime_models)

# What a model is built with stands in the comment at the top of its source; see task_model.h. Without its library it is
# built all the same, and says what it lacks.
model_line = $(shell sed -n 's/^ *$2: \([^*]*[^* ]\).*/\1/p' collect/models/$1.c)
has_library = $(shell echo 'int main(void) { return 0; }' | $(CC) -x c - $1 -o /dev/null 2>/dev/null && echo yes)

model_modules = $(call model_line,$1,pkg-config)
model_compile_flags = $(if $(model_modules),$(shell pkg-config --cflags $(model_modules) 2>/dev/null)) \
    -DLIBRARY_VERSION='"$(call library_version,$1)"'
model_link_flags = $(if $(model_modules),$(shell pkg-config --libs $(model_modules) 2>/dev/null)) \
    $(if $(call has_library,$(call model_line,$1,link)),$(call model_line,$1,link))
library_version = $(if $(model_modules),$(shell pkg-config --modversion $(firstword $(model_modules)) 2>/dev/null),$(shell \
    dpkg-query -W -f '$${Version}' $(call model_line,$1,package) 2>/dev/null | sed 's/^[0-9]*://; s/[-+].*//'))

models: $(models:%=$(BUILD)/models/%)

# No model is linked with a library that it does not call: each that is mapped costs a forked task page tables.
# Most are linked from objects, with no symbol left to be bound in a task (binding one takes 2 KiB of stack). One that
# asks for another compiler is built by it, from its sources at once.
other_compiler = $(shell for c in '$(call model_line,$1,compiler)'; do command -v $${c%% *} >/dev/null && echo $$c; done)

$(BUILD)/models/%: $(BUILD)/objects/collect/models/%.o $(call library,task_model)
	@mkdir -p $(@D)
	$(if $(call other_compiler,$*),$(call other_compiler,$*) $(CPPFLAGS) -O2 $(call model_compile_flags,$*) -o $@ \
	    collect/models/$*.c $(model_headers:.h=.c),$(CC) $(LDFLAGS) -Wl,-z,now -o $@ $^ $(call model_link_flags,$*)) -pthread

$(call library,task_model): $(call objects,$(model_headers:.h=.c))
	@mkdir -p $(@D)
	@rm -f $@
	$(AR) rcs $@ $^

# Models in other languages are the same in every variant of the build.
define runtime_model
build/models/$(basename $(notdir $1)): $1 $(runtime_shared)
	@mkdir -p $$(@D)
	collect/models/runtimes/build.sh $1 $$(@D)
endef
$(foreach source,$(runtime_sources),$(eval $(call runtime_model,$(source))))

ifneq ($(BUILD),build)
$(runtime_models:%=$(BUILD)/models/%): $(BUILD)/models/%: build/models/%
	@mkdir -p $(@D)
	ln -sf $(abspath $<) $@
endif

$(model_sources:%.c=$(BUILD)/objects/%.o): $(BUILD)/objects/%.o: %.c
	@mkdir -p $(@D)
	$(compile) $(call model_compile_flags,$(notdir $*))

# --- report: measure what runs here, fit it, draw it ------------------------------------------------------------------

REPORT := report
REPORT_RUNS := 3
# Some of every family that is quick to measure, and no run longer than half a minute, so that a report takes about 5
# minutes (6 where memory came slowly): a full sweep is collect itself.
REPORT_MODELS := null timing-wheel protothread ivykis libev libevent libuv glib tevent io_uring fiber ucontext pthread \
    pthread-minstack fork

report: deps all
	@mkdir -p $(REPORT)
	rm -f $(REPORT)/recording.csv $(REPORT)/recording.json
	$(BUILD)/bin/collect --runs=$(REPORT_RUNS) --timeout=30 --output=$(REPORT)/recording.csv $$($(BUILD)/bin/collect --list | \
	    awk '!/cannot run here/ {print $$1}' | grep -Fx $(REPORT_MODELS:%=-e %))
	$(BUILD)/bin/analyze --output=$(REPORT)/fits.txt $(REPORT)/recording.csv
	$(BUILD)/bin/analyze --table=cells --output=$(REPORT)/cells.txt $(REPORT)/recording.csv
	$(BUILD)/bin/analyze --format=csv --output=$(REPORT)/fits.csv $(REPORT)/recording.csv
	$(BUILD)/bin/plot --output=$(REPORT) $(REPORT)/recording.csv
	@cat $(REPORT)/fits.txt
	@echo
	$(BUILD)/bin/plot --report=$(REPORT)/report.pdf $(REPORT)/recording.csv
	$(BUILD)/bin/plot --report=$(REPORT)/report.html $(REPORT)/recording.csv

# --- tests: cmocka programs and bats files, run by prove; once as they are, once under sanitizers ----------------------

unit_tests := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/*/*_test.c))
command_tests := $(wildcard tests/*.bats tests/*/*.bats)

# As they are, under the sanitizers, and what is not a sweep under valgrind, with what uses threads under ThreadSanitizer as well.
test: deps deps-tests
	$(MAKE) --no-print-directory tests
	$(MAKE) --no-print-directory tests SANITIZE=address,undefined
	$(MAKE) --no-print-directory tests-valgrind
	$(MAKE) --no-print-directory tests-threads SANITIZE=thread

run_tests = BUILD=$(abspath $(BUILD)) LSAN_OPTIONS=suppressions=$(abspath tests/leaks.txt):print_suppressions=0 CMOCKA_MESSAGE_OUTPUT=TAP prove --timer --comments --exec '$1'

tests: all $(unit_tests) $(fuzzers)
	$(call run_tests,) $(unit_tests) $(command_tests)

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
	BUILD=$(abspath $(under_valgrind)) bats --filter 'plan is the order|named by its path|are one line|is one line' \
	    tests/collect/collect.bats

COMMANDS := $(command_tests)
tests-commands:
	$(call run_tests,) $(COMMANDS)

# Recordings are read by several threads.
threaded_tests := $(BUILD)/tests/analyze/recording_test
tests-threads: $(threaded_tests)
	$(call run_tests,) $(threaded_tests)

define unit_test
$(BUILD)/tests/$1/%: $(BUILD)/objects/tests/$1/%.o $($1_libraries) $(call library,task_model)
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS) -o $$@ $$< $$(call link_with,$1) $(call library,task_model) -lcmocka
endef
$(foreach name,$(programs),$(eval $(call unit_test,$(name))))

# --- what the linters say: .clang-format, .clang-tidy and .cppcheck-suppressions tell why some of it is passed over ------

c_sources := $(shell git ls-files '*.c' '*.h' 2>/dev/null)
scripts := $(shell git ls-files '*.sh' '*.sbatch' 2>/dev/null) collect/completion/candidates collect/completion/complete.bash
lint_flags = $(CPPFLAGS) -std=gnu17 -DTASKWEIGHT_VERSION='""' -DLIBRARY_VERSION='""' \
    $(shell pkg-config --cflags $(plot_modules) $(foreach model,$(c_models),$(call model_modules,$(model))) 2>/dev/null)

lint: deps deps-tests
	clang-format --dry-run -Werror $(c_sources)
	printf '%s\n' $(filter %.c,$(c_sources)) | xargs -P $$(nproc) -n 4 sh -c 'clang-tidy --quiet "$$@" -- $(subst ','\'',$(lint_flags))' sh
	cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability -I. -D_GNU_SOURCE \
	    --suppressions-list=.cppcheck-suppressions -j $$(nproc) $(programs) tests
	shellcheck --severity=warning $(scripts)

# --- which lines the tests run, in all but the models -------------------------------------------------------------------

coverage-report: deps deps-tests
	find build/gcov -name '*.gcda' -delete 2>/dev/null || true
	$(MAKE) --no-print-directory tests BUILD=build/gcov CFLAGS='-O0 -g --coverage -fprofile-update=atomic' LDFLAGS=--coverage
	gcovr --root . --object-directory build/gcov --filter 'collect/[^/]*$$' --filter analyze/ --filter plot/ \
	    --html-details build/gcov/lines.html --print-summary --fail-under-line $(LEAST_COVERAGE)
	@echo 'every line: build/gcov/lines.html'

LEAST_COVERAGE := 90

# --- fuzzing: each target replays its corpus in the tests; `make fuzz` looks for new inputs and keeps them ---------------

fuzzers := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/*/fuzz_*.c))
FUZZ_SECONDS := 30
fuzzing := $(findstring fuzzer,$(SANITIZE))

define fuzzer
$(BUILD)/tests/$1/fuzz_%: $(BUILD)/objects/tests/$1/fuzz_%.o $(if $(fuzzing),,$(BUILD)/objects/tests/replay.o) $($1_libraries)
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS) $(if $(fuzzing),-fsanitize=fuzzer) -o $$@ $$(filter %.o,$$^) $$(call link_with,$1)

# See tests/fuzz_options.h.
$(BUILD)/tests/$1/fuzz_options: $(BUILD)/objects/$1/main_options.o
$(BUILD)/tests/$1/fuzz_options: override LDFLAGS += -Wl,--wrap=argp_parse,--wrap=argp_failure,--wrap=argp_error
endef
$(foreach name,$(programs),$(eval $(call fuzzer,$(name))))

# A corpus that has grown is made small again: only inputs that reach something new are kept.
fuzz: deps
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

# README.md holds the commands that make its tables: "<!-- COMMAND -->", the table, "<!-- end -->".
readme: all
	@$(MAKE) --no-print-directory --silent print-readme >$(BUILD)/README.md
	cp $(BUILD)/README.md README.md
	for chart in overhead plane timeline; do $(BUILD)/bin/plot --chart=$$chart --output=data/$$chart.png data/*.csv; done

print-readme:
	@perl -0777 -pe 's{(<!-- (?!end)(.*?) -->\n).*?(<!-- end -->)}{run($$1, $$2, $$3)}gse; sub run { my ($$head, $$command, $$tail) = @_; $$command =~ s{build/bin}{$(BUILD)/bin}g; "$$head\n" . `$$command` . "\n$$tail" }' README.md

# Whether intervals that say 95 % cover 95 %, by simulation.
coverage: deps $(BUILD)/tests/analyze/coverage
	$(BUILD)/tests/analyze/coverage

# What R makes of the recordings, where there is an R: Debian has it in r-base-core and r-cran-sandwich.
check-r: all
	@if command -v Rscript >/dev/null; then Rscript tests/analyze/second_opinion.R $(BUILD)/bin/analyze data/*.csv; \
	    else echo 'check-r: there is no R here (install r-base-core and, for HC3, r-cran-sandwich)'; fi

# Whether a long sweep leaks.
soak: all
	tests/collect/soak.sh $(BUILD)/bin $(BUILD)/soak

# The tools themselves, as ratios within one run.
benches := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/*/bench_*.c))

bench: deps all $(benches)
	@$(BUILD)/tests/collect/bench_spawn $(BUILD)/models 100000 libuv ucontext pthread
	@tests/collect/bench_sweep.sh $(BUILD)/bin $(BUILD)/bench
	@$(BUILD)/tests/analyze/bench_read $(BUILD)/bench.csv 500000
	@tests/analyze/bench_r.sh $(BUILD)/bin/analyze $(BUILD)/bench.csv

# --- manuals: what a program says in --help, and what else there is to say of it --------------------------------------

section_of = $(patsubst .%,%,$(suffix $1))
pages := $(wildcard collect/*.5 collect/*.7)
manuals := $(programs:%=$(BUILD)/manuals/$(PROGRAM_PREFIX)%.1) $(pages:collect/%=$(BUILD)/manuals/%)
DATE = $(shell git log -1 --format=%cs 2>/dev/null || date +%F)

docdir = $(PREFIX)/share/doc/taskweight
libexecdir = $(PREFIX)/libexec/taskweight

# The columns of a recording stand in data/README.md.
columns := awk -F ' *[|] *' '/^[|] [a-z_]/ && !/^[|] column/ { gsub("`", ""); \
    printf ".TP\n.B %s\n%s%s\n", $$2, $$3, $$4 == "" ? "" : " (" $$4 ")" }' data/README.md
fill_in = sed $(foreach program,$(programs),-e 's/@$(program)@/$(PROGRAM_PREFIX)$(program)/g') \
    -e 's/@version@/$(VERSION)/; s/@date@/$(DATE)/; s,@docdir@,$(docdir),; s,@libexecdir@,$(libexecdir),g'

manuals: $(manuals)

$(BUILD)/manuals/$(PROGRAM_PREFIX)%.1: $(BUILD)/bin/% always
	@mkdir -p $(@D)
	@ln -sf $(abspath $<) $(BUILD)/manuals/$(PROGRAM_PREFIX)$*
	$(fill_in) $*/$*.man >$(BUILD)/manuals/$*.include
	SOURCE_DATE_EPOCH=$$(date -u -d '$(DATE)' +%s) help2man --no-info --source='taskweight $(VERSION)' --manual=taskweight \
	    --include=$(BUILD)/manuals/$*.include --output=$@ $(BUILD)/manuals/$(PROGRAM_PREFIX)$*

$(BUILD)/manuals/%: collect/% data/README.md always
	@mkdir -p $(@D)
	{ $(columns); } >$(BUILD)/manuals/columns
	$(fill_in) -e '/@columns@/ { r $(BUILD)/manuals/columns' -e 'd }' $< >$@

# --- install ----------------------------------------------------------------------------------------------------------

# Debian's shells look for what packages bring elsewhere than for what was installed by hand.
bash_completions := share/bash-completion/completions
zsh_completions := share/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
fish_completions := share/fish/vendor_completions.d

# What is installed: FOLDER below PREFIX, and the files that go there.
installed_programs := $(programs:%=bin/$(PROGRAM_PREFIX)%)
installed_models := $(models:%=libexec/taskweight/models/%) $(runtime_models:%=libexec/taskweight/models/lib/%)
installed_manuals := $(foreach page,$(notdir $(manuals)),share/man/man$(call section_of,$(page))/$(page))
installed_completions := libexec/taskweight/candidates \
    $(foreach program,$(programs),$(bash_completions)/$(PROGRAM_PREFIX)$(program) \
    $(zsh_completions)/_$(PROGRAM_PREFIX)$(program) $(fish_completions)/$(PROGRAM_PREFIX)$(program).fish)
installed_documents := $(addprefix share/doc/taskweight/,CHANGELOG.md slurm)

staged := $(DESTDIR)$(PREFIX)
complete = sed 's,@candidates@,$(libexecdir)/candidates,; s/@program@/$(PROGRAM_PREFIX)$1/' collect/completion/$2

install: all manuals
	install -d $(sort $(dir $(addprefix $(staged)/,$(installed_programs) $(installed_models) $(installed_manuals) \
	    $(installed_completions) $(installed_documents))))
	for program in $(programs); do install $(BUILD)/bin/$$program $(staged)/bin/$(PROGRAM_PREFIX)$$program || exit; done
	install $(models:%=$(BUILD)/models/%) $(staged)/libexec/taskweight/models
	cp -R $(runtime_models:%=build/models/lib/%) $(staged)/libexec/taskweight/models/lib
	for page in $(notdir $(manuals)); do \
	    install -m 644 $(BUILD)/manuals/$$page $(staged)/share/man/man$${page##*.}/$$page || exit; done
	install collect/completion/candidates $(staged)/libexec/taskweight
	$(foreach program,$(programs),\
	    $(call complete,$(program),complete.bash) >$(staged)/$(bash_completions)/$(PROGRAM_PREFIX)$(program) && \
	    $(call complete,$(program),complete.zsh) >$(staged)/$(zsh_completions)/_$(PROGRAM_PREFIX)$(program) && \
	    $(call complete,$(program),complete.fish) >$(staged)/$(fish_completions)/$(PROGRAM_PREFIX)$(program).fish &&) true
	cp -R CHANGELOG.md collect/slurm $(staged)/share/doc/taskweight
	sed -i 's/:-collect}/:-$(PROGRAM_PREFIX)collect}/' $(staged)/share/doc/taskweight/slurm/sweep.sbatch

uninstall:
	rm -rf $(addprefix $(staged)/,$(installed_programs) $(installed_models) $(installed_manuals) $(installed_completions) \
	    $(installed_documents))
	-cd $(staged) && rmdir --parents --ignore-fail-on-non-empty libexec/taskweight/models/lib share/doc/taskweight 2>/dev/null

# --- a Debian package: what `make install` installs, by debhelper; plotutils owns a plot, hence the prefix ------------------

deb_version = $(shell git describe --tags --match 'v[0-9]*' 2>/dev/null | sed 's/^v//; s/-/+/g' | grep . || \
    git log -1 --date=format:%Y%m%d --format='0~%cd+g%h' 2>/dev/null || echo 0~unknown)
deb_folder := build/deb
packaging := debhelper=command:dh lintian=command:lintian help2man=command:help2man

deb: all manuals
	$(call install_missing,$(packaging))
	rm -rf $(deb_folder)
	mkdir -p $(deb_folder)/taskweight
	cp -R .debian $(deb_folder)/taskweight/debian
	printf 'taskweight (%s-1) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- %s  %s\n' '$(deb_version)' \
	    "$$(sed -n 's/^Maintainer: //p' .debian/control)" "$$(date -R -d '$(DATE)')" >$(deb_folder)/taskweight/debian/changelog
	cd $(deb_folder)/taskweight && TASKWEIGHT=$(CURDIR) dpkg-buildpackage -b -d -us -uc
	lintian --fail-on=error $(deb_folder)/taskweight_*.deb
	@echo "the package is $$(ls $(deb_folder)/taskweight_*.deb)"

# --- what must be there: PACKAGE=PROBE, where the package is Debian's name --------------------------------------------

dependencies := \
    gcc=command:gcc libc6-dev=header:stdio.h pkg-config=command:pkg-config \
    libjson-c-dev=module:json-c \
    libgsl-dev=module:gsl libcsv-dev=header:csv.h \
    libcairo2-dev=module:cairo libpango1.0-dev=module:pangocairo fonts-dejavu-core=font:DejaVu \
    git=command:git \
    $(if $(filter clang% fuzz,$(notdir $(CC)) $(MAKECMDGOALS)),clang=command:$(or $(filter clang%,$(notdir $(CC))),clang) libclang-rt-14-dev=library:clang_rt.asan)

# A model names its package in its source, and its library there is the probe.
dependencies += $(foreach model,$(c_models),$(if $(call model_line,$(model),package),$(call model_line,$(model),package)=$(or \
    $(addprefix module:,$(firstword $(call model_modules,$(model)))),$(addprefix link:,$(call model_line,$(model),link)),$(addprefix \
    command:,$(firstword $(call model_line,$(model),compiler))))))

define missing
for dependency in $1; do \
    probe=$${dependency#*=}; name=$${probe#*:}; \
    case $$probe in \
    command:*) PATH=$$PATH:/usr/sbin; command -v $$name ;; \
    module:*) pkg-config --exists $$name ;; \
    header:*) echo "#include <$$name>" | $(CC) -E -x c - ;; \
    link:*) echo 'int main(void) { return 0; }' | $(CC) -x c - $$name -o /dev/null ;; \
    font:*) fc-list | grep $$name ;; \
    crate:*) ls -d /usr/share/cargo/registry/$$name-[0-9]* ;; \
    either:*) command -v $${name%,*} || command -v $${name\#*,} ;; \
    r:*) Rscript -e "library($$name)" ;; \
    library:*) ls /usr/lib/llvm-*/lib/clang/*/lib/linux/ | grep $$name ;; \
    esac >/dev/null 2>&1 || echo $${dependency%%=*}; \
done
endef

define install_missing
@packages=$$($(call missing,$1)); \
if [ -z "$$packages" ]; then exit 0; fi; \
echo "missing:" $$packages; \
if ! command -v apt-get >/dev/null; then \
    echo "make $@: there is no apt-get here: install these (named as in Debian) by hand" >&2; exit 1; fi; \
root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
$$root apt-get update -q && DEBIAN_FRONTEND=noninteractive $$root apt-get install -q -y --no-install-recommends $$packages
endef

deps:
	$(call install_missing,$(dependencies))

# What the tests and the linters need besides: a browser, a cluster and a second opinion among it.
test_dependencies := \
    libcmocka-dev=module:cmocka bats=command:bats perl=command:prove procps=command:pgrep \
    help2man=command:help2man mandoc=command:mandoc fish=command:fish zsh=command:zsh \
    libxml2-utils=command:xmllint poppler-utils=command:pdffonts qpdf=command:qpdf chromium=command:chromium \
    $(packaging) debootstrap=command:debootstrap slurm-wlm=command:slurmctld munge=command:munged \
    r-base-core=command:Rscript r-cran-sandwich=r:sandwich \
    valgrind=command:valgrind strace=command:strace clang-format=command:clang-format clang-tidy=command:clang-tidy cppcheck=command:cppcheck \
    shellcheck=command:shellcheck gcovr=command:gcovr

deps-tests:
	$(call install_missing,$(test_dependencies))

# What the models in other languages need and Debian has; none of it is needed for anything else.
runtime_dependencies = $(sort $(shell sed -n 's%^\(//\|\#\) package: %%p' $(runtime_sources)))

deps-runtimes:
	$(call install_missing,$(runtime_dependencies))

# --- housekeeping -----------------------------------------------------------------------------------------------------

clean:
	rm -rf build $(REPORT)

help:
	@echo 'make            build the programs and the task models, under build/'
	@echo 'make models     build the task models'
	@echo 'make report     install what is missing, measure, fit and draw: figures and tables in $(REPORT)/ (about 5 minutes)'
	@echo 'make test       install what is missing and run all tests: as they are, under sanitizers and under valgrind'
	@echo 'make readme     write the tables and the figure of README.md anew'
	@echo 'make lint       what clang-format, clang-tidy, cppcheck and shellcheck have to say'
	@echo 'make coverage-report  which lines the tests run; fails below $(LEAST_COVERAGE) % outside the models'
	@echo 'make coverage   simulate recordings and count how often the intervals hold the truth'
	@echo 'make fuzz       look for inputs that break a parser, FUZZ_SECONDS ($(FUZZ_SECONDS)) each; new ones stay in the corpora'
	@echo 'make soak       make 5,000 runs and look for leaks'
	@echo 'make check-r    compare the statistics with those of R, where there is an R'
	@echo 'make bench      measure the tools themselves, as ratios'
	@echo 'make install    install under PREFIX ($(PREFIX)), staged in DESTDIR; make uninstall takes it away'
	@echo 'make deb        make a Debian package, under build/'
	@echo 'make deps-runtimes  install what Debian has of the other languages that models are written in'
	@echo 'make deps       install what is missing (Debian packages); make deps-tests what tests and linters need besides'
	@echo 'make clean      remove build/ and $(REPORT)/'
	@echo 'Variables: CC=clang, SANITIZE=address,undefined, CFLAGS, PREFIX, DESTDIR, REPORT_RUNS, REPORT_MODELS'

-include $(shell find $(BUILD)/objects -name '*.d' 2>/dev/null)
