/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the terminal is told of a sweep, on stderr. */
#ifndef TASKWEIGHT_COLLECT_MAIN_PROGRESS_H
#define TASKWEIGHT_COLLECT_MAIN_PROGRESS_H

#include "collect/sweep.h"

#include <stdbool.h>

struct main_progress {
    bool quiet; /* only what went wrong is told */
};

/* For sweep_order.tell, with a struct main_progress as its context: one line that is written over and over, on a
   terminal only, and a line of its own for each run that was not ok. */
void main_progress_tell(void *context, const struct sweep_progress *progress);

/* Tells how the sweep ended and, where it is not whole, how to go on; `failed` with the error. Returns the exit
   status. */
int main_progress_end(const struct main_progress *told, const struct sweep_outcome *outcome, bool failed,
                      const struct error *error);

#endif
