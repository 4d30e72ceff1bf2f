/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run of one model: started, listened to, sampled from outside, ended. */
#ifndef TASKWEIGHT_COLLECT_MEASURE_H
#define TASKWEIGHT_COLLECT_MEASURE_H

#include "collect/error.h"
#include "collect/headroom.h"
#include "collect/plan.h"
#include "collect/sample.h"
#include "collect/sampler.h"
#include "collect/setup.h"
#include "collect/site.h"

#include <stdbool.h>

/* Why a mute model's runs end, or are not made; the argument is the timeout in seconds (double). */
#define MEASURE_MUTE "printed nothing in %g s (is stdout flushed after each line? --timeout gives it longer)"

/* A run to be made, and its bounds. */
struct measure_request {
    struct planned_run run;
    const struct setup *setup; /* of its sweep, with the timeout and the launch options */
    const struct site *site;
    double sleep_seconds;                    /* how long each task sleeps */
    int64_t memory_limit;                    /* bytes of user and kernel memory that it may take */
    char limiting_group[HEADROOM_NAME_SIZE]; /* from whose limit memory_limit was taken; "": from no group's */
};

/* The result of a run. */
struct measurement {
    struct sampler sampler; /* its last sample is the end row, unless the run was given up */
    enum sample_status status;
    char work[WORK_TEXT_SIZE]; /* the rows' work and the end row's reason point here: it must not be moved */
    char reason[512];
    char lack[160];       /* what could not be recorded, and why; "" if all was */
    bool given_up;        /* a signal came: there is nothing to record */
    bool is_mute;         /* it timed out before it said anything */
    int hold_samples;     /* samples taken while all tasks slept */
    double spawn_seconds; /* from go to ready; 0 if it did not get that far */
    double pass_seconds;  /* from ready until all messages were passed; 0 likewise */
};

/* Makes the run and ends all its processes. Returns 0 also if the run failed; -1 and an error only if collect itself
   cannot go on. Free the measurement in either case. */
int measure(const struct measure_request *request, struct measurement *measurement, struct error *error);

/* The measurement of a run that is skipped for that reason. */
int measure_skipped(const struct measure_request *request, struct measurement *measurement, const char *reason,
                    struct error *error);

void measurement_free(struct measurement *measurement);

#endif
