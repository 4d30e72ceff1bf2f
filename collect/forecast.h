/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predicts from the runs made so far how long the next run's tasks must sleep and how much memory it will take. */
#ifndef TASKWEIGHT_COLLECT_FORECAST_H
#define TASKWEIGHT_COLLECT_FORECAST_H

#include "collect/measure.h"
#include "collect/plan.h"

#include <stddef.h>
#include <stdint.h>

/* The largest figures seen in the runs of one model with one work and count. */
struct forecast_cell {
    const struct model *model;
    struct work work;
    int64_t tasks;
    double spawn_seconds;           /* from go to ready */
    double pass_seconds;            /* from ready to passed */
    double read_seconds;            /* for one full sample */
    int64_t idle_bytes, held_bytes; /* SAMPLE_UNKNOWN before a run was ok */
    bool timed_out;
    bool is_mute; /* as of a measurement */
};

struct forecast {
    struct forecast_cell *cell;
    size_t cells;
};

/* Learns from a run. Short runs and those that timed out count for times but not for memory; other runs that were not
   ok do not count. If memory runs out nothing is learnt. */
void forecast_learn(struct forecast *forecast, const struct planned_run *run, const struct measurement *measurement);

/* The most bytes that the run will hold, in proportion to the largest count up to the run's at which the model was
   measured with that work; 0 if unknown. */
int64_t forecast_bytes(const struct forecast *forecast, const struct planned_run *run);

/* The smallest count, up to the run's, at which the model timed out with that work; SAMPLE_UNKNOWN if there is none. */
int64_t forecast_timed_out(const struct forecast *forecast, const struct planned_run *run);

/* Whether the model said nothing in a run before, the warm-up included: waiting for it again would be in vain. */
bool forecast_is_mute(const struct forecast *forecast, const struct model *model);

/* Seconds that each task must sleep so that all are alive at once: for several samples; where none are taken, for no
   longer than it takes to start them; with beats, until a thousand wake-ups were seen, but for no more than 5 s or two
   periods; with messages, until all were passed. */
double forecast_sleep_seconds(const struct forecast *forecast, const struct planned_run *run);

void forecast_free(struct forecast *forecast);

#endif
