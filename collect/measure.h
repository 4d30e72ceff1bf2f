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

/* What a run is to be, and what bounds it. */
struct measure_request {
    struct planned_run run;
    const struct setup *setup; /* of its sweep: how long it may take, how its program is started */
    const struct site *site;
    double sleep_seconds; /* how long each task sleeps */
    int64_t memory_limit; /* bytes that it may take, user's and kernel's */
};

/* What came of it. */
struct measurement {
    struct sampler sampler; /* its last sample is the end row, unless the run was given up */
    enum sample_status status;
    char reason[256];     /* the end row's reason points to it: the measurement must not be moved */
    bool given_up;        /* a signal came: there is nothing to record */
    int hold_samples;     /* how many were taken while all tasks slept */
    double spawn_seconds; /* from go to ready; 0 if it did not get that far */
};

/* Runs it; nothing of the model is left running. Returns 0 whatever came of the run, -1 and an error only where collect
   itself cannot go on. Free the measurement in either case. */
int measure(const struct measure_request *request, struct measurement *measurement, struct error *error);

/* The measurement of a run that was not started, for that reason. */
int measure_skipped(const struct measure_request *request, struct measurement *measurement, const char *reason,
                    struct error *error);

void measurement_free(struct measurement *measurement);

#endif
