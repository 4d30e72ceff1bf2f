/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Progress and result of a sweep, on stderr. */
#ifndef TASKWEIGHT_COLLECT_MAIN_PROGRESS_H
#define TASKWEIGHT_COLLECT_MAIN_PROGRESS_H

#include "collect/sweep.h"

#include <stdbool.h>

struct main_progress {
    bool quiet;        /* report only what went wrong */
    bool in_lines;     /* without a terminal, tell of each tenth of the sweep in a line of its own */
    size_t shown;      /* length of the line that is rewritten in place; 0: none is shown */
    size_t tenths;     /* told of in lines */
    bool has_remarked; /* a run that is ok but for a remark has been told of */
};

/* For sweep_order.tell, with a struct main_progress as context: on a terminal, one line that is rewritten in place; for
   each run that was not ok, and the first that is ok but has a reason, a line of its own. */
void main_progress_tell(void *context, const struct sweep_progress *progress);

/* Reports how the sweep ended (`failed`: with the error) and, if runs are missing, how to go on. Returns the exit
   status. */
int main_progress_end(struct main_progress *told, const struct sweep_outcome *outcome, bool failed,
                      const struct error *error);

#endif
