/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The system's bounds on processes, threads and mappings, raised for a sweep. */
#ifndef TASKWEIGHT_COLLECT_RAISE_H
#define TASKWEIGHT_COLLECT_RAISE_H

#include "collect/error.h"

/* Holds the bounds up; whatever ends collect puts them back. */
struct raise {
    int hold;     /* a keeper process waits for this to be closed, and be it by collect's death */
    int put_back; /* ... and closes this once it has put the bounds back */
};

/* Raises the bounds; needs root. To be called before launch_adopt_orphans, so that the keeper is no child of collect. */
int raise_limits(struct raise *raise, struct error *error);

/* Puts the bounds back and returns when that is done. */
void raise_end(struct raise *raise);

#endif
