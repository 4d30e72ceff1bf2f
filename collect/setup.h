/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a sweep is asked to do: filled from the options, kept in the sidecar, read from there to resume. */
#ifndef TASKWEIGHT_COLLECT_SETUP_H
#define TASKWEIGHT_COLLECT_SETUP_H

#include "collect/error.h"
#include "collect/launch.h"
#include "collect/option.h"
#include "collect/sample.h"
#include "collect/work.h"

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

/* Real servers take long and are asked for. */
#define SETUP_FAMILY_BY_NAME SAMPLE_CONNECTION

/* The most works of a sweep. */
#define SETUP_MOST_WORKS 16

/* Texts are borrowed. */
struct setup {
    const char *model[OPTION_MAX_LIST]; /* names or paths, variants among them; none: every model that can run here */
    size_t models;
    const char *family; /* without names: only the models of that family; NULL: of all but SETUP_FAMILY_BY_NAME */
    struct work work[SETUP_MOST_WORKS]; /* what the tasks do, no two the same */
    size_t works;
    bool left_out[OPTION_MAX_LIST][SETUP_MOST_WORKS]; /* of each model's works: not done by it */
    int64_t tasks[OPTION_MAX_LIST];
    size_t task_counts;
    int64_t runs;       /* of each model at each work and count; with until or for the most */
    double until_share; /* each cell is repeated until its mean is known to within that share of it; 0: not asked for */
    double for_seconds; /* the sweep ends after that time, spent where the intervals are widest; 0: not asked for */
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

/* Adds a work, unless it is there; returns -1 and an error if there is no room. */
int setup_add_work(struct setup *setup, const struct work *work, struct error *error);

/* The smallest count of tasks that makes sense: 0 where further tasks act beside them in every work, else 1. */
int64_t setup_least_tasks(const struct setup *setup);

/* Whether the number of runs follows from what they show. */
bool setup_is_adaptive(const struct setup *setup);

/* The runs that each model gets at each work and count before what they show is looked at. */
int64_t setup_equal_runs(const struct setup *setup);

/* The number of runs of the sweep, or of its shard; if it is adaptive the fewest that it can have. The models must be
   named. */
int64_t setup_planned_runs(const struct setup *setup);

#endif
