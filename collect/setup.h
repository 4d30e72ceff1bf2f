/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a sweep is asked to do: filled from the options, kept in the sidecar, read from there to resume. */
#ifndef TASKWEIGHT_COLLECT_SETUP_H
#define TASKWEIGHT_COLLECT_SETUP_H

#include "collect/error.h"
#include "collect/launch.h"
#include "collect/option.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For each model and count, the shortest sleep that is long enough. */
#define SETUP_SLEEP_AUTO 0.0

/* The sleep of a command's tasks in that case, since a command does not report when they are alive: the original
   article's setting. */
#define SETUP_COMMAND_SLEEP_SECONDS 10

/* A share of the memory that is available when the run begins. */
#define SETUP_MEMORY_AUTO 0

/* Texts are borrowed. */
struct setup {
    const char *model[OPTION_MAX_LIST]; /* names or paths, variants among them; none: every model that can run here */
    size_t models;
    int64_t tasks[OPTION_MAX_LIST];
    size_t task_counts;
    int64_t runs; /* of each model at each count */
    uint32_t seed;
    int64_t shard, shards; /* every shards-th of the plan's runs from the shard-th on; 1 and 1: all */
    double sleep_seconds, timeout_seconds;
    int64_t memory_limit; /* bytes that a run may take */
    struct launch_options launch;
    bool raise_limits;
    const char *command,
        *name; /* a shell command that does not speak the contract, and its name in the recording; or NULL */
};

/* Adds a model's name, unless it is there; returns -1 and an error if there is no room. */
int setup_add_model(struct setup *setup, const char *name, struct error *error);

/* The number of runs of the sweep, or of its shard; the models must be named. */
int64_t setup_planned_runs(const struct setup *setup);

#endif
