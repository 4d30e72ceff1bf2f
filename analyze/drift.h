/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a sweep's runs depend on when they were made. */
#ifndef TASKWEIGHT_ANALYZE_DRIFT_H
#define TASKWEIGHT_ANALYZE_DRIFT_H

#include "analyze/series.h"

struct drift {
    double f, p;  /* of the F test over the repetitions; NaN where too few cells have several runs that scatter */
    double range; /* of the repetitions' means, in standard deviations of a run */
};

/* The repetitions of a cell are its ok runs in the order in which they were started or, where a recording does not tell
 * that, were numbered. Each run counts as its distance from its cell's mean in the cell's standard deviations. NaN
 * where memory runs out, too. */
struct drift drift_of(const struct series_list *list);

#endif
