/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process that outlives collect to tidy up after it: even after SIGKILL. */
#ifndef TASKWEIGHT_COLLECT_KEEPER_H
#define TASKWEIGHT_COLLECT_KEEPER_H

#include "collect/error.h"

struct keeper {
    int hold; /* the keeper waits for this to be closed, and be it by collect's death */
    int done; /* ... and closes this once it has done its duty */
};

/* What is left to do when collect is gone. It runs in the keeper, which has a copy of collect's memory. */
typedef void keeper_duty(const void *context);

/* To be called before launch_adopt_orphans, so that the keeper is no child of collect. */
int keeper_start(struct keeper *keeper, keeper_duty *duty, const void *context, struct error *error);

/* Has the duty done now, and returns when it is. */
void keeper_end(struct keeper *keeper);

#endif
