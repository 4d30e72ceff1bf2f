/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a sweep: each run is forecast, measured, repeated if its tasks slept too little, and recorded. A callback
   reports progress. */
#ifndef TASKWEIGHT_COLLECT_SWEEP_H
#define TASKWEIGHT_COLLECT_SWEEP_H

#include "collect/choice.h"
#include "collect/error.h"
#include "collect/measure.h"
#include "collect/plan.h"
#include "collect/schedule.h"
#include "collect/setup.h"

#include <json-c/json.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* As the recording's path: rows go to stdout, and there is no sidecar. */
#define SWEEP_STDOUT "-"

enum sweep_step {
    SWEEP_REMARKS, /* `remark` says what cannot be recorded or ended here, which runs are added, or what was not reached
                    */
    SWEEP_WARMS_UP, /* a run is being made that is not recorded */
    SWEEP_MEASURES, /* a run is being made */
    SWEEP_MEASURED, /* the run is measured and being recorded */
};

/* All pointers are borrowed and valid during the call only. */
struct sweep_progress {
    enum sweep_step step;
    const char *remark;
    const struct planned_run *run;
    const struct measurement *measurement; /* of SWEEP_MEASURED */
    size_t done, planned;                  /* runs in the recording, and in all that are known to be made */
    double seconds_left;                   /* estimated from the runs made so far; 0: unknown */
    bool is_timed;                         /* seconds_left are what is left of the sweep's time */
    bool is_adaptive;                      /* more runs than `planned` may follow */
    double until_share;                    /* the width that is asked for; 0: none */
    struct schedule_wide wide;             /* cells that have not reached it */
};

typedef void sweep_tell(void *context, const struct sweep_progress *progress);

/* What to make. All pointers are borrowed. */
struct sweep_order {
    const struct setup *setup;
    const struct choice *choice; /* the models in the plan */
    const struct plan *plan;
    const char
        *recording;   /* a path, SWEEP_STDOUT, or NULL: named after host and time, and a number where that is taken */
    json_object *old; /* the sidecar of `recording`, to resume its sweep; NULL for a new sweep */
    const char *version; /* for the sidecar: collect's version and its arguments */
    char *const *command;
    sweep_tell *tell;
    void *context;
};

/* The result of a sweep. */
struct sweep_outcome {
    char recording[PATH_MAX]; /* its path, or SWEEP_STDOUT */
    size_t done, planned;     /* runs in the recording, and in all that are known to be made */
    bool is_open;             /* the recording was opened */
    bool nothing_left;        /* it was complete already */
    bool is_adaptive;         /* more runs than `planned` may have followed */
    bool time_is_up;          /* the sweep has ended by its time */
};

/* Makes the runs of the plan, and those at what failed models reached (schedule.h), that are not in the recording.
   Returns 0 if all were made, the sweep's time is up or a signal came (fewer are then done than planned), -1 and an
   error otherwise. The outcome is filled in either case. */
int sweep_make(const struct sweep_order *order, struct sweep_outcome *outcome, struct error *error);

/* The unrecorded run that warms the model of a run up for its work: it fills the page cache and gives the first
   forecasts. It has the largest of the plan's counts for these that is still quick, which is up to `quick`, else the
   smallest. */
struct planned_run sweep_warm_up(const struct plan *plan, const struct planned_run *run, int64_t quick);

#endif
