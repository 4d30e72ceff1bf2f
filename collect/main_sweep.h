/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sweep from its first run to its last, and what the terminal is told of it. */
#ifndef TASKWEIGHT_COLLECT_MAIN_SWEEP_H
#define TASKWEIGHT_COLLECT_MAIN_SWEEP_H

#include "collect/plan.h"
#include "collect/setup.h"

#include <json-c/json.h>

/* What to make. All is borrowed. */
struct main_sweep {
    const struct setup *setup;
    const struct plan *plan;
    const char *host;
    json_object *sidecar;  /* of this sweep, new or read */
    bool resumed;          /* the recording is there, and the sidecar was read from beside it */
    bool temporary;        /* the recording is removed afterwards: nobody need be told where it is */
    const char *recording; /* paths */
    const char *sidecar_path;
};

/* Makes the runs of the plan that are not in the recording. Tells on stderr how it went; returns the exit status. */
int main_sweep(const struct main_sweep *what);

#endif
