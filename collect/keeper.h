/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process that outlives collect and cleans up after it, even after SIGKILL. */
#ifndef TASKWEIGHT_COLLECT_KEEPER_H
#define TASKWEIGHT_COLLECT_KEEPER_H

#include "collect/error.h"

struct keeper {
    int hold; /* the keeper waits until this is closed, at the latest by collect's death */
    int done; /* ... and closes this once it has done its duty */
};

/* The cleanup. It runs in the keeper, on a copy of collect's memory. */
typedef void keeper_duty(const void *context);

/* Call it before launch_adopt_orphans, or the keeper becomes a child of collect. */
int keeper_start(struct keeper *keeper, keeper_duty *duty, const void *context, struct error *error);

/* Makes the keeper do its duty, and waits until it has. */
void keeper_end(struct keeper *keeper);

#endif
