# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the task models, for the Makefile at the top. A source without a header is a model; one with a header is shared by
# models.

model_headers := $(wildcard collect/models/*.h)
model_shared := $(model_headers:.h=.c)
model_sources := $(filter-out $(model_shared),$(wildcard collect/models/*.c))
# In other languages, sources that name a family are models; the others are shared by models.
runtime_sources := $(shell grep -ls '^\(//\|\#\) family: ' collect/models/runtimes/*)
runtime_shared := $(filter-out $(runtime_sources),$(wildcard collect/models/runtimes/*))
# Recipes of servers are models by their interpreter, which is a program of its own.
server_recipes := $(shell grep -ls '^#!.*connection$$' collect/models/servers/*)
c_models := $(model_sources:collect/models/%.c=%)
runtime_models := $(basename $(notdir $(runtime_sources)))
server_models := $(notdir $(server_recipes))
models := $(c_models) $(runtime_models) $(server_models)

models: $(models:%=$(BUILD)/models/%)

# --- in C: the comment at the top of a source names what it is built with; see task_model.h ----------------------------

# A model whose library is missing is built nevertheless, and says what it lacks.
probed_sources := $(model_sources) collect/models/connection/tls.c
probed_models := $(basename $(notdir $(shell grep -lE '^ *(pkg-config|link|compiler): ' $(probed_sources))))
foreign_models := $(basename $(notdir $(shell grep -lE '^ *compiler: ' $(model_sources))))
probe_models = CC='$(CC)' collect/models/probe.sh $(BUILD)/probes $(probed_sources)

# Every make waits for both probes, which run side by side.
.PHONY: probes
probes:
	@{ $(probe_runtimes); } & $(probe_models); wait

$(foreach kind,compile link compiler,$(probed_models:%=$(BUILD)/probes/%.$(kind))): probes ;@:

$(probed_models:%=$(BUILD)/objects/collect/models/%.o): $(BUILD)/objects/collect/models/%.o: $(BUILD)/probes/%.compile
$(probed_models:%=$(BUILD)/models/%): $(BUILD)/models/%: $(BUILD)/probes/%.link

$(model_sources:%.c=$(BUILD)/objects/%.o): $(BUILD)/objects/%.o: %.c
	@mkdir -p $(@D)
	$(compile) $(addprefix @,$(filter %.compile,$^))

# A model is linked only with libraries that it calls: each mapped library costs a forked task page tables. Symbols are bound
# at the start: lazy binding in a task takes 2 KiB of its stack.
$(filter-out $(foreign_models:%=$(BUILD)/models/%),$(c_models:%=$(BUILD)/models/%)): \
    $(BUILD)/models/%: $(BUILD)/objects/collect/models/%.o $(call library,task_model)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -Wl,-z,now -o $@ $(filter %.o %.a,$^) $(addprefix @,$(filter %.link,$^)) -pthread

# A model that names a compiler is built by it from all its sources at once.
$(foreign_models:%=$(BUILD)/models/%): $(BUILD)/models/%: collect/models/%.c $(model_shared) $(model_headers) \
    $(BUILD)/probes/%.compile $(BUILD)/probes/%.compiler
	@mkdir -p $(@D)
	$$(cat $(filter %.compiler,$^)) $(CPPFLAGS) -O2 $(addprefix @,$(filter %.compile,$^)) -o $@ $(filter %.c,$^) -pthread

$(call library,task_model): $(call objects,$(model_shared)) collect/models
	$(archive)

# --- in other languages: the same in every variant of the build ---------------------------------------------------------

# One line a model says what it would be built with; build/probes/NAME.runtime changes when that line changes.
probe_runtimes = mkdir -p build/probes; collect/models/runtimes/build.sh --probe $(runtime_sources) | \
    while read -r name answer; do old=; { read -r old <build/probes/$$name.runtime; } 2>/dev/null; \
        [ "$$old" = "$$answer" ] || echo "$$answer" >build/probes/$$name.runtime; done

$(runtime_models:%=build/probes/%.runtime): probes ;@:

define runtime_model
build/models/$(basename $(notdir $1)): $1 $(runtime_shared) build/probes/$(basename $(notdir $1)).runtime
	@mkdir -p $$(@D)
	collect/models/runtimes/build.sh $1 $$(@D)
endef
$(foreach source,$(runtime_sources),$(eval $(call runtime_model,$(source))))

ifneq ($(BUILD),build)
$(runtime_models:%=$(BUILD)/models/%): $(BUILD)/models/%: build/models/%
	@mkdir -p $(@D)
	ln -sf $(abspath $<) $@
endif

# --- servers: recipes, their interpreter, and the servers of our own that they start ------------------------------------

# What recipes start that is of our own; Go's only where it can be built, which its recipe tells.
server_programs := connection hold $(notdir $(wildcard collect/models/servers/*.mjs collect/models/servers/*.py)) \
    $(if $(shell command -v go),$(basename $(notdir $(wildcard collect/models/servers/*.go))))

$(server_models:%=$(BUILD)/models/%): $(BUILD)/models/%: collect/models/servers/% $(server_programs:%=$(BUILD)/models/lib/%)
	@install -D $< $@

$(call library,connection): $(call objects,$(filter-out %/main.c,$(wildcard collect/models/connection/*.c)))
	$(archive)

$(BUILD)/objects/collect/models/connection/tls.o: collect/models/connection/tls.c $(BUILD)/probes/tls.compile
	@mkdir -p $(@D)
	$(compile) @$(BUILD)/probes/tls.compile

$(BUILD)/models/lib/connection: $(call objects,collect/models/connection/main.c) $(call library,connection) \
    $(BUILD)/probes/tls.link
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) @$(BUILD)/probes/tls.link -lm

$(BUILD)/models/lib/hold: $(BUILD)/objects/collect/models/servers/hold.o
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^

$(BUILD)/models/lib/%: collect/models/servers/%.go
	@mkdir -p $(@D)
	GO111MODULE=off GOENV=off GOFLAGS= GOTOOLCHAIN=local GOCACHE=$(abspath build/go-cache) go build -o $@ $<

$(BUILD)/models/lib/%: collect/models/servers/%
	@install -D -m 644 $< $@
