/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sweep, from its first run to its last: each run is forecast, measured, measured again where its tasks slept too
   little, and recorded. Whoever asks for it is called back with what is going on. */
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

/* The recording that is no file: its rows go to stdout, and it has no sidecar. */
#define SWEEP_STDOUT "-"

enum sweep_step {
    SWEEP_LACKS,    /* something cannot be recorded here: `remark` says what and why */
    SWEEP_WARMS_UP, /* a run is being made that is not recorded */
    SWEEP_MEASURES, /* a run is being made */
    SWEEP_MEASURED, /* this came of it; it is being recorded */
};

/* What is going on. All is borrowed, and valid during the call. */
struct sweep_progress {
    enum sweep_step step;
    const char *remark;
    const struct planned_run *run;
    const struct measurement *measurement; /* of SWEEP_MEASURED */
    size_t done, planned;                  /* runs of the plan: in the recording, and in all */
    double seconds_left;                   /* estimated from the runs made so far; 0: unknown */
};

typedef void sweep_tell(void *context, const struct sweep_progress *progress);

/* What to make. All is borrowed. */
struct sweep_order {
    const struct setup *setup;
    const struct choice *choice; /* the models in the plan */
    const struct plan *plan;
    const char *recording; /* a path, SWEEP_STDOUT, or NULL: named after host and time */
    json_object *old;      /* the sidecar of the sweep to be resumed, which `recording` names; NULL: it is a new one */
    const char *version;   /* collect's, and the arguments that it was called with, for the sidecar */
    char *const *command;
    sweep_tell *tell;
    void *context;
};

/* What came of it. */
struct sweep_outcome {
    char recording[PATH_MAX]; /* its path, or SWEEP_STDOUT */
    size_t done, planned;     /* runs of the plan: in the recording, and in all */
    bool is_open;             /* the recording was there to be written to */
    bool nothing_left;        /* it was whole before */
};

/* Makes the runs of the plan that are not in the recording. Returns 0 where all were made or a signal came (then fewer
   are done than planned), or -1 and an error; the outcome tells in any case how far it got. */
int sweep_make(const struct sweep_order *order, struct sweep_outcome *outcome, struct error *error);

/* The run that warms a model up and is not recorded: it pays for the page cache, and from it the first forecasts are
   made. Of the plan's counts it is the largest that is still quick. */
struct planned_run sweep_warm_up(const struct plan *plan, const struct model *model);

#endif
