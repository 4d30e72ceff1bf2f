/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the runs of one count lie, and what that is worth. */
#ifndef TASKWEIGHT_ANALYZE_LOCATION_H
#define TASKWEIGHT_ANALYZE_LOCATION_H

#include <stddef.h>

struct location {
    double value;    /* bytes */
    double variance; /* of one run, bytes^2; at least what the rounding to pages makes; NaN from one run */
    double freedom;  /* degrees of freedom of the variance */
    size_t runs;     /* that were averaged */
};

/* The variance of the value, bytes^2: not below what the rounding to pages makes, since runs that scatter by less than
   a page are all rounded the same way, and averaging does not lessen that error. NaN from one run. */
double location_variance(const struct location *location);

/* The median of values in any order, which it changes. */
double location_median(double *value, size_t values);

/* The mean of all runs. */
struct location location_mean(const double *value, size_t runs);

/* The mean of the runs, given in ascending order, that lie within a fence about their median; at least half do. */
struct location location_fenced_mean(const double *value, size_t runs, double fence);

#endif
