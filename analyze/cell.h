/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cell: the ok runs of one host, model, work and count. */
#ifndef TASKWEIGHT_ANALYZE_CELL_H
#define TASKWEIGHT_ANALYZE_CELL_H

#include "collect/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* A run is an outlier where its modified z score is beyond this: Iglewicz and Hoaglin, How to Detect and Handle
   Outliers (1993). */
#define CELL_OUTLIER_SCORE 3.5

struct cell {
    int64_t tasks;
    size_t runs;                /* ok runs that have the metric */
    size_t failed;              /* runs that were not ok, whatever their status */
    size_t unknown;             /* ok runs that do not have the metric */
    const char *reason;         /* of the first that was not ok, "" if none; owned by the recordings */
    enum sample_status failure; /* status of the first that was not ok, SAMPLE_NO_STATUS if none */
    double *value;              /* `runs` values in the metric's unit, ascending */
    double resolution;          /* what values are rounded to: the largest of its runs' */

    /* In the metric's unit; NaN where undefined (sd of one run, anything of none). */
    double mean, sd, median, min, max;
    double mad;       /* 1.4826 times the median absolute deviation, so that it estimates sd */
    double low, high; /* confidence limits of the mean, Student's t; NaN with fewer than 2 runs */
    size_t outliers;  /* still part of all the above */

    double cpu_share; /* of a wall time: the median over the runs of the processor time of the same span over it;
                               NaN where unknown and of any other metric */
};

/* Summarises the values, which it sorts. `work` has room for as many. */
void cell_summarise(struct cell *cell, double confidence, double *work);

/* Whether the cell counts a run of that value among its outliers. */
bool cell_is_outlier(const struct cell *cell, double value);

#endif
