/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a sweep: each run is forecast, measured, repeated if its tasks slept too little, and recorded. A callback
   reports progress. */
#ifndef TASKWEIGHT_COLLECT_SWEEP_H
#define TASKWEIGHT_COLLECT_SWEEP_H

#include "collect/choice.h"
#include "collect/error.h"
#include "collect/measure.h"
#include "collect/plan.h"
#include "collect/setup.h"

#include <json-c/json.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* As the recording's path: rows go to stdout, and there is no sidecar. */
#define SWEEP_STDOUT "-"

enum sweep_step {
    SWEEP_LACKS,    /* something cannot be recorded here; `remark` says what and why */
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
    size_t done, planned;                  /* runs of the plan: in the recording, and in all */
    double seconds_left;                   /* estimated from the runs made so far; 0: unknown */
};

typedef void sweep_tell(void *context, const struct sweep_progress *progress);

/* What to make. All pointers are borrowed. */
struct sweep_order {
    const struct setup *setup;
    const struct choice *choice; /* the models in the plan */
    const struct plan *plan;
    const char *recording; /* a path, SWEEP_STDOUT, or NULL: named after host and time */
    json_object *old;      /* the sidecar of `recording`, to resume its sweep; NULL for a new sweep */
    const char *version;   /* for the sidecar: collect's version and its arguments */
    char *const *command;
    sweep_tell *tell;
    void *context;
};

/* The result of a sweep. */
struct sweep_outcome {
    char recording[PATH_MAX]; /* its path, or SWEEP_STDOUT */
    size_t done, planned;     /* runs of the plan: in the recording, and in all */
    bool is_open;             /* the recording was opened */
    bool nothing_left;        /* it was complete already */
};

/* Makes the runs of the plan that are not in the recording. Returns 0 if all were made or a signal came (fewer are then
   done than planned), -1 and an error otherwise. The outcome is filled in either case. */
int sweep_make(const struct sweep_order *order, struct sweep_outcome *outcome, struct error *error);

/* The unrecorded run that warms a model up: it fills the page cache and gives the first forecasts. It has the largest
   of the plan's counts that is still quick. */
struct planned_run sweep_warm_up(const struct plan *plan, const struct model *model);

#endif
