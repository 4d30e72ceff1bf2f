/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which runs a sweep makes, and in which order. */
#ifndef TASKWEIGHT_COLLECT_PLAN_H
#define TASKWEIGHT_COLLECT_PLAN_H

#include "collect/error.h"
#include "collect/model.h"

#include <stddef.h>
#include <stdint.h>

#define PLAN_WARM_UP 0

struct planned_run {
    const struct model *model; /* owned by the model list */
    int64_t tasks;
    int64_t number; /* repetition, from 1, or PLAN_WARM_UP */
};

struct plan {
    struct planned_run *run;
    size_t runs;
};

/* Every model at every count, `repetitions` times. Each repetition is shuffled on its own, so that drift of the machine
   spreads over all models and counts alike; the same seed gives the same order on every machine (POSIX nrand48). */
int plan_new(struct plan *plan, const struct model *const *models, size_t model_count, const int64_t *tasks,
             size_t task_counts, int64_t repetitions, uint32_t seed, struct error *error);

/* Keeps every shards-th run, beginning with the shard-th (from 1). Each run of a plan is in exactly one shard. */
void plan_take_shard(struct plan *plan, int64_t shard, int64_t shards);

void plan_free(struct plan *plan);

#endif
