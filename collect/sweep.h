/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runs of a plan, one after the other: forecast, measured again where the sleep was too short, recorded. */
#ifndef TASKWEIGHT_COLLECT_SWEEP_H
#define TASKWEIGHT_COLLECT_SWEEP_H

#include "collect/error.h"
#include "collect/forecast.h"
#include "collect/measure.h"
#include "collect/plan.h"
#include "collect/setup.h"

struct sweep {
    const struct setup *setup;
    const char *host;
    struct cgroup_parent groups;
    int proc;    /* descriptor of /proc */
    int signals; /* signalfd */
    struct forecast forecast;
};

/* Measures one run of the plan and learns from it. One that would take more than the machine can spare, or
   longer than it may, as far as the runs before it tell, is skipped. */
int sweep_run(struct sweep *sweep, const struct planned_run *run, struct measurement *measurement, struct error *error);

/* The run that warms a model up and is not recorded: it pays for the page cache, and from it the first forecasts are
   made. Of the plan's counts it is the largest that is still quick. */
struct planned_run sweep_warm_up(const struct plan *plan, const struct model *model);

#endif
