# SPDX-License-Identifier: GPL-3.0-or-later
# One Makefile for all of taskweight; `make help` lists what it can do.
#
# Whatever is built goes under build/. Another compiler or a sanitizer has objects and programs of its own:
#     make CC=clang                      build/clang/
#     make SANITIZE=address,undefined    build/gcc-address,undefined/

ifeq ($(origin CC),default)
CC := gcc
endif
PKG_CONFIG ?= pkg-config
SANITIZE :=
PREFIX := /usr/local
DESTDIR :=
# Before the names of the installed programs and their manuals, where another package has one of them.
PROGRAM_PREFIX :=

variant := $(notdir $(CC))$(if $(SANITIZE),-$(SANITIZE))
BUILD := build$(if $(filter-out gcc,$(variant)),/$(variant))

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
CFLAGS ?= -g -O2
# No multiplication is fused with an addition where the processor could, so that the last digits are the same on each.
override CFLAGS += -std=gnu17 -ffp-contract=off -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
                   $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
override CPPFLAGS += -I. -D_GNU_SOURCE
override LDFLAGS += $(if $(SANITIZE),-fsanitize=$(SANITIZE))

.PHONY: always all programs models report measured-report readme fuzz run-fuzzers test tests tests-quick \
    tests-valgrind tests-commands tests-threads check lint coverage run-coverage coverage-report check-r soak bench run-bench \
    install uninstall manuals deb package deps clean help
.SECONDARY:

all: programs models

# --- programs: main files and the libraries of its own directory and of those upstream ---------------------------------

programs := collect analyze plot
# What prints and exits is a main file; the others are the library.
mains = $(wildcard $1/main*.c)
sources = $(filter-out $(call mains,$1),$(wildcard $1/*.c))
objects = $(patsubst %.c,$(BUILD)/objects/%.o,$1)
library = $(BUILD)/lib/lib$1.a
compile = $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
define archive
@mkdir -p $(@D)
@rm -f $@
$(AR) rcs $@ $(filter %.o,$^)
endef

collect_libraries := $(call library,collect)
analyze_libraries := $(call library,analyze) $(collect_libraries)
plot_libraries := $(call library,plot) $(analyze_libraries)

collect_modules := gsl json-c libmd
analyze_modules := gsl json-c zlib
plot_modules := gsl json-c zlib cairo pangocairo
analyze_other := -lcsv
plot_other := -lcsv

link_with = $($1_libraries) $(shell $(PKG_CONFIG) --libs $($1_modules)) $($1_other) -lm -pthread

programs: $(programs:%=$(BUILD)/bin/%)

define program
$(BUILD)/bin/$1: $(call objects,$(call mains,$1)) $($1_libraries)
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(call link_with,$1)

# The directory changes where a source has gone, whose object may not stay in the library.
$(call library,$1): $(call objects,$(call sources,$1)) $1
	$$(archive)

$(BUILD)/objects/$1/%.o $(BUILD)/objects/tests/$1/%.o: override CPPFLAGS += $$(shell $(PKG_CONFIG) --cflags $($1_modules))
$(call objects,$(call mains,$1)): $(BUILD)/version
$(call objects,$(call mains,$1)): override CPPFLAGS += -DTASKWEIGHT_VERSION='"$(VERSION)"'
endef
$(foreach name,$(programs),$(eval $(call program,$(name))))

# Changes only when the version does, so that only then the main files are compiled anew.
$(BUILD)/version: always
	@mkdir -p $(@D)
	@echo '$(VERSION)' | cmp -s - $@ || echo '$(VERSION)' >$@

$(BUILD)/objects/%.o: %.c | $(BUILD)/have/programs
	@mkdir -p $(@D)
	$(compile)

include collect/models/models.mk

# --- report: measure what runs here, fit it, draw it ------------------------------------------------------------------

REPORT := report
# Some of every family that is quick to measure, up to the count that they reach quickly; the other models, and the larger counts
# of these, are for a full sweep.
REPORT_MODELS_1M := null timing-wheel protothread ivykis libev libevent libuv glib tevent io_uring
REPORT_MODELS_100k := fiber pcl
REPORT_MODELS_10k := ucontext pthread pthread-minstack
REPORT_MODELS_1k := fork
REPORT_COUNTS_1M := 1,10k,100k,1M
REPORT_COUNTS_100k := 1,10k,100k
REPORT_COUNTS_10k := 1,1k,10k
REPORT_COUNTS_1k := 1,100,1k
# About 2 minutes in all, divided so that each sweep makes two runs of everything or more, also where a page fault takes 50 us.
REPORT_TIME_1M := 65s
REPORT_TIME_100k := 22s
REPORT_TIME_10k := 28s
REPORT_TIME_1k := 15s
report_sweeps := 1M 100k 10k 1k
report_recordings := $(report_sweeps:%=$(REPORT)/to-%.csv)

report: deps
	$(MAKE) --no-print-directory measured-report

# Measures what of REPORT_MODELS_$1 can run here, and shows it at once. Where the time was too short for a table, collect has said so,
# and the other sweeps go on.
define measure
@models=$$($(BUILD)/bin/collect --list | awk '!/cannot run here/ {print $$1}' | grep -Fx $(REPORT_MODELS_$1:%=-e %) | paste -sd, -); \
$(BUILD)/bin/collect --for=$(REPORT_TIME_$1) --timeout=30 --tasks=$(REPORT_COUNTS_$1) --output=$(REPORT)/to-$1.csv --model=$$models
@$(BUILD)/bin/analyze $(REPORT)/to-$1.csv || true

endef

measured-report: all
	@mkdir -p $(REPORT)
	@rm -f $(report_recordings) $(report_recordings:.csv=.json)
	@echo 'measuring, in $(words $(report_sweeps)) sweeps of together about 2 minutes:'
	$(foreach most,$(report_sweeps),$(call measure,$(most)))
	$(BUILD)/bin/analyze --output=$(REPORT)/fits.txt $(report_recordings)
	$(BUILD)/bin/analyze --table=cells --output=$(REPORT)/cells.txt $(report_recordings)
	$(BUILD)/bin/analyze --format=csv --output=$(REPORT)/fits.csv $(report_recordings)
	$(BUILD)/bin/plot --output=$(REPORT) $(report_recordings)
	$(BUILD)/bin/plot --report=$(REPORT)/report.pdf $(report_recordings)
	$(BUILD)/bin/plot --report=$(REPORT)/report.html $(report_recordings)
	@cat $(REPORT)/fits.txt
	@echo
	@echo 'Look at $(REPORT)/report.html or $(REPORT)/report.pdf; every model at every count: $(BUILD)/bin/collect -o lab.csv'

include tests/tests.mk

# --- the tables and figures of README.md and data/RESULTS.md ------------------------------------------------------------

readme: all
	data/tables.sh $(BUILD)/bin README.md data/RESULTS.md
	for chart in overhead plane timeline claims costs latency; do $(BUILD)/bin/plot --chart=$$chart --output=data/$$chart.png data/vm*.csv; done

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
# The variables that a sidecar tells of stand in collect/environment.c.
steering := awk '/ steering\[\] = /, /};/' collect/environment.c | grep -o '"[^"]*"' | tr -d '"' | paste -sd ' '
fill_in = sed $(foreach program,$(programs),-e 's/@$(program)@/$(PROGRAM_PREFIX)$(program)/g') \
    -e 's/@version@/$(VERSION)/; s/@date@/$(DATE)/; s,@docdir@,$(docdir),; s,@libexecdir@,$(libexecdir),g'

manuals: $(manuals)

$(BUILD)/manuals/$(PROGRAM_PREFIX)%.1: $(BUILD)/bin/% always | $(BUILD)/have/manuals
	@mkdir -p $(@D)
	@ln -sf $(abspath $<) $(BUILD)/manuals/$(PROGRAM_PREFIX)$*
	$(fill_in) $*/$*.man >$(BUILD)/manuals/$*.include
	SOURCE_DATE_EPOCH=$$(date -u -d '$(DATE)' +%s) help2man --no-info --source='taskweight $(VERSION)' --manual=taskweight \
	    --include=$(BUILD)/manuals/$*.include --output=$@ $(BUILD)/manuals/$(PROGRAM_PREFIX)$*

$(BUILD)/manuals/%: collect/% data/README.md collect/environment.c always
	@mkdir -p $(@D)
	{ $(columns); } >$(BUILD)/manuals/columns
	{ $(steering); } >$(BUILD)/manuals/steering
	$(fill_in) -e '/@columns@/ { r $(BUILD)/manuals/columns' -e 'd }' \
	    -e '/@steering@/ { r $(BUILD)/manuals/steering' -e 'd }' $< >$@

# --- install ----------------------------------------------------------------------------------------------------------

# Debian's shells look for what packages bring elsewhere than for what was installed by hand.
bash_completions := share/bash-completion/completions
zsh_completions := share/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
fish_completions := share/fish/vendor_completions.d

# What is installed: DIRECTORY below PREFIX, and the files that go there.
installed_programs := $(programs:%=bin/$(PROGRAM_PREFIX)%)
installed_models := $(models:%=libexec/taskweight/models/%) $(runtime_models:%=libexec/taskweight/models/lib/%) \
    $(server_programs:%=libexec/taskweight/models/lib/%)
installed_manuals := $(foreach page,$(notdir $(manuals)),share/man/man$(call section_of,$(page))/$(page))
installed_completions := libexec/taskweight/candidates \
    $(foreach program,$(programs),$(bash_completions)/$(PROGRAM_PREFIX)$(program) \
    $(zsh_completions)/_$(PROGRAM_PREFIX)$(program) $(fish_completions)/$(PROGRAM_PREFIX)$(program).fish)
installed_documents := $(addprefix share/doc/taskweight/,CHANGELOG.md slurm)

staged := $(DESTDIR)$(PREFIX)
complete = sed 's,@candidates@,$(libexecdir)/candidates,; s/@program@/$(PROGRAM_PREFIX)$1/' collect/completion/$2

# Another package may have a program of that name, as plotutils has a plot.
define tell_hidden
for program in $(programs:%=$(PROGRAM_PREFIX)%); do \
    (IFS=:; for directory in $$PATH; do \
        if [ "$$directory" != "$(PREFIX)/bin" ] && [ -x "$$directory/$$program" ] && \
            ! [ "$$directory/$$program" -ef "$(PREFIX)/bin/$$program" ]; then \
            echo "install: $(PREFIX)/bin/$$program hides $$directory/$$program where its directory comes first in PATH" \
                "(make install PROGRAM_PREFIX=tw- keeps both)" >&2; \
            break; \
        fi; \
    done); \
done
endef

install: all manuals
	for directory in $(sort $(dir $(installed_programs) $(installed_models) $(installed_manuals) $(installed_completions) \
	    $(installed_documents))); do install -d "$(staged)/$$directory" || exit; done
	for program in $(programs); do install $(BUILD)/bin/$$program "$(staged)/bin/$(PROGRAM_PREFIX)$$program" || exit; done
	install $(models:%=$(BUILD)/models/%) "$(staged)/libexec/taskweight/models"
	cp -R $(runtime_models:%=build/models/lib/%) $(server_programs:%=$(BUILD)/models/lib/%) \
	    "$(staged)/libexec/taskweight/models/lib"
	for page in $(notdir $(manuals)); do \
	    install -m 644 $(BUILD)/manuals/$$page "$(staged)/share/man/man$${page##*.}/$$page" || exit; done
	install collect/completion/candidates "$(staged)/libexec/taskweight"
	$(foreach program,$(programs),\
	    $(call complete,$(program),complete.bash) >"$(staged)/$(bash_completions)/$(PROGRAM_PREFIX)$(program)" && \
	    $(call complete,$(program),complete.zsh) >"$(staged)/$(zsh_completions)/_$(PROGRAM_PREFIX)$(program)" && \
	    $(call complete,$(program),complete.fish) >"$(staged)/$(fish_completions)/$(PROGRAM_PREFIX)$(program).fish" &&) true
	cp -R CHANGELOG.md collect/slurm "$(staged)/share/doc/taskweight"
	sed -i 's/:-collect}/:-$(PROGRAM_PREFIX)collect}/' "$(staged)/share/doc/taskweight/slurm/sweep.sbatch"
	@$(tell_hidden)

uninstall:
	-cd "$(staged)" && rm -rf $(installed_programs) $(installed_models) $(installed_manuals) $(installed_completions) \
	    $(installed_documents) && rmdir --parents --ignore-fail-on-non-empty libexec/taskweight/models/lib share/doc/taskweight

# --- a Debian package: what `make install` installs, by debhelper; plotutils owns a plot, hence the prefix ------------------

deb_version = $(shell git describe --tags --match 'v[0-9]*' 2>/dev/null | sed 's/^v//; s/-/+/g' | grep . || \
    git log -1 --date=format:%Y%m%d --format='0~%cd+g%h' 2>/dev/null || echo 0~unknown)
deb_directory := build/deb

deb: deps-packaging
	$(MAKE) --no-print-directory package

package: all manuals
	rm -rf $(deb_directory)
	mkdir -p $(deb_directory)/taskweight
	cp -R .debian $(deb_directory)/taskweight/debian
	printf 'taskweight (%s-1) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- %s  %s\n' '$(deb_version)' \
	    "$$(sed -n 's/^Maintainer: //p' .debian/control)" "$$(date -R -d '$(DATE)')" >$(deb_directory)/taskweight/debian/changelog
	cd $(deb_directory)/taskweight && TASKWEIGHT=$(CURDIR) dpkg-buildpackage -b -d -us -uc
	lintian --fail-on=error $(deb_directory)/taskweight_*.deb
	@echo "the package is $$(ls $(deb_directory)/taskweight_*.deb)"

# --- what must be there: sets of PACKAGE=PROBE, see .debian/deps; what is needed, and what one can go on without -----------

clang := $(if $(filter clang%,$(notdir $(CC))),clang=command:$(notdir $(CC)) libclang-rt-dev=clang:asan)

needed_programs := gcc=command:gcc libc6-dev=header:stdio.h pkg-config=command:pkg-config libjson-c-dev=module:json-c libmd-dev=module:libmd \
    libgsl-dev=module:gsl libcsv-dev=header:csv.h zlib1g-dev=module:zlib libcairo2-dev=module:cairo libpango1.0-dev=module:pangocairo $(clang)
optional_programs = fonts-dejavu-core=font:DejaVu git=command:git $(shell collect/models/probe.sh --packages $(probed_sources))
needed_manuals := help2man=command:help2man
needed_packaging := debhelper=command:dh lintian=command:lintian $(needed_manuals)
# What the models in other languages need and Debian has; none of it is needed for anything else.
optional_runtimes = $(call packages_of,$(runtime_sources))
# The servers to which connections are measured.
optional_servers = $(sort $(shell sed -n 's/^package //p' $(server_recipes)))
deps-servers: export NO_SERVICES := yes

# Files name what they need in comment lines, "package: PACKAGE=PROBE...".
packages_of = $(sort $(shell sed -n 's%^\(//\|\#\) package: %%p' $1))

deps: deps-programs

deps-%:
	@CC='$(CC)' .debian/deps $(needed_$*) -- $(optional_$*)

# What is needed was seen to be there, once.
$(BUILD)/have/%:
	@CC='$(CC)' .debian/deps --check=deps-$* $(needed_$*)
	@mkdir -p $(@D) && touch $@

# --- housekeeping -----------------------------------------------------------------------------------------------------

clean:
	rm -rf build $(REPORT)

help:
	@echo 'make              build the programs and the task models, under build/; make models: the task models'
	@echo 'make report       install what is missing, measure, fit and draw: figures and tables in $(REPORT)/ (about 2 minutes)'
	@echo 'make test         install what is missing and run the tests of units and commands (less than 5 minutes)'
	@echo 'make check        everything, each part alone as make check-PART: $(check_parts)'
	@echo 'make lint         what clang-format, clang-tidy, cppcheck and shellcheck have to say'
	@echo 'make coverage     simulate recordings and count how often the intervals hold the truth'
	@echo 'make coverage-report  which lines the tests run; fails below $(LEAST_COVERAGE) % outside the models'
	@echo 'make fuzz         look for inputs that break a parser, FUZZ_SECONDS ($(FUZZ_SECONDS)) each; new ones stay in the corpora'
	@echo 'make soak         make $(SOAK_RUNS) runs and look for leaks'
	@echo 'make bench        measure the tools themselves, as ratios'
	@echo 'make readme       write the tables and figures of README.md and data/RESULTS.md anew'
	@echo 'make install      install under PREFIX ($(PREFIX)), staged in DESTDIR; make uninstall takes it away'
	@echo 'make deb          make a Debian package, under build/'
	@echo 'make deps         install what is missing (Debian packages); make deps-tests what the tests need besides'
	@echo 'make deps-runtimes  install what Debian has of the other languages that models are written in'
	@echo 'make deps-servers   install what Debian has of the servers to which connections are measured, and start none'
	@echo 'make clean        remove build/ and $(REPORT)/'
	@echo 'Variables: CC=clang, SANITIZE=address,undefined, CFLAGS, PREFIX, DESTDIR, REPORT_TIME_1M=5min (_100k, _10k, _1k), TOKIO=1.43 (a version of a crate)'

-include $(shell find $(BUILD)/objects -name '*.d' 2>/dev/null)
