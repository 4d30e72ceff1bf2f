/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the runs made so far say of the next: how long its tasks must sleep, and how much memory it will take. */
#ifndef TASKWEIGHT_COLLECT_FORECAST_H
#define TASKWEIGHT_COLLECT_FORECAST_H

#include "collect/measure.h"
#include "collect/plan.h"

#include <stddef.h>
#include <stdint.h>

/* The largest figures seen in the runs of one model with one count. */
struct forecast_cell {
    const struct model *model;
    int64_t tasks;
    double spawn_seconds;           /* from go to ready */
    double read_seconds;            /* for one full sample */
    int64_t idle_bytes, held_bytes; /* SAMPLE_UNKNOWN before a run was ok */
    bool timed_out;
};

struct forecast {
    struct forecast_cell *cell;
    size_t cells, capacity;
};

/* Takes a run in. One whose tasks were not all alive at once still tells how long spawning takes, and one that timed
   out that it did; from others that were not ok nothing is learnt. Where memory runs out nothing is learnt either. */
void forecast_learn(struct forecast *forecast, const struct planned_run *run, const struct measurement *measurement);

/* Bytes that the run will hold at the most, in proportion to the largest count of that model seen up to this one;
   0 where nothing is known. */
int64_t forecast_bytes(const struct forecast *forecast, const struct planned_run *run);

/* The smallest count, up to the run's, with which the model has timed out; 0 if with none. */
int64_t forecast_timed_out(const struct forecast *forecast, const struct planned_run *run);

/* Seconds that each task must sleep so that all are alive at once and are seen so several times. */
double forecast_sleep_seconds(const struct forecast *forecast, const struct planned_run *run);

void forecast_free(struct forecast *forecast);

#endif
