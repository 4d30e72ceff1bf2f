/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run of one model: started, listened to, sampled from outside, ended. */
#ifndef TASKWEIGHT_COLLECT_MEASURE_H
#define TASKWEIGHT_COLLECT_MEASURE_H

#include "collect/error.h"
#include "collect/plan.h"
#include "collect/sample.h"
#include "collect/sampler.h"
#include "collect/setup.h"
#include "collect/site.h"

#include <stdbool.h>

/* A run to be made, and its bounds. */
struct measure_request {
    struct planned_run run;
    const struct setup *setup; /* of its sweep, with the timeout and the launch options */
    const struct site *site;
    double sleep_seconds; /* how long each task sleeps */
    int64_t memory_limit; /* bytes of user and kernel memory that it may take */
};

/* The result of a run. */
struct measurement {
    struct sampler sampler; /* its last sample is the end row, unless the run was given up */
    enum sample_status status;
    char reason[256];     /* the end row's reason points to it: the measurement must not be moved */
    bool given_up;        /* a signal came: there is nothing to record */
    int hold_samples;     /* samples taken while all tasks slept */
    double spawn_seconds; /* from go to ready; 0 if it did not get that far */
};

/* Makes the run and ends all its processes. Returns 0 also if the run failed; -1 and an error only if collect itself
   cannot go on. Free the measurement in either case. */
int measure(const struct measure_request *request, struct measurement *measurement, struct error *error);

/* The measurement of a run that is skipped for that reason. */
int measure_skipped(const struct measure_request *request, struct measurement *measurement, const char *reason,
                    struct error *error);

void measurement_free(struct measurement *measurement);

#endif
