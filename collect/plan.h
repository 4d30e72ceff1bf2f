/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which runs a sweep makes, and in which order. */
#ifndef TASKWEIGHT_COLLECT_PLAN_H
#define TASKWEIGHT_COLLECT_PLAN_H

#include "collect/error.h"
#include "collect/model.h"
#include "collect/unit.h"
#include "collect/work.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_WARM_UP 0

struct planned_run {
    const struct model *model; /* owned by the model list */
    struct work work;
    int64_t tasks;
    int64_t number; /* repetition, from 1, or PLAN_WARM_UP */
};

struct plan {
    struct planned_run *run;
    size_t runs;
};

/* Each of these cells `repetitions` times; a cell is a run whose number does not matter. Each repetition is shuffled on
   its own, so that drift of the machine spreads over all cells alike; the same cells and seed give the same order on
   every machine (POSIX nrand48). */
int plan_new(struct plan *plan, const struct planned_run *cell, size_t cells, int64_t repetitions, uint32_t seed,
             struct error *error);

/* Keeps every shards-th run, beginning with the shard-th (from 1). Each run of a plan is in exactly one shard. */
void plan_take_shard(struct plan *plan, int64_t shard, int64_t shards);

/* Whether two runs differ in nothing but their numbers. */
bool plan_is_same_cell(const struct planned_run *one, const struct planned_run *other);

#define PLAN_TEXT_SIZE (NAME_MAX + UNIT_TEXT_SIZE + WORK_TEXT_SIZE + 16)

/* "libuv with 10k tasks"; with another work than sleep "libuv with 10k tasks (pass:2:200000)". Returns text. */
const char *plan_tell_cell(char text[PLAN_TEXT_SIZE], const struct planned_run *run);

void plan_free(struct plan *plan);

#endif
