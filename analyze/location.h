/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The location of one count's runs (a mean) and its variance. */
#ifndef TASKWEIGHT_ANALYZE_LOCATION_H
#define TASKWEIGHT_ANALYZE_LOCATION_H

#include <stddef.h>

struct location {
    double value;
    double variance;   /* of one run about the location, so that variance / runs is the location's; at least that of
                          rounding; NaN of a single run */
    double dof;        /* degrees of freedom of the variance */
    size_t runs;       /* that were averaged */
    double resolution; /* what the runs' values are rounded to */
};

/* The variance of rounding to multiples of the resolution: that of a uniform distribution, resolution^2 / 12. No
 * variance is taken to be smaller. */
double location_rounding_variance(double resolution);

/* The variance of the value, at least that of rounding: runs that scatter by less than the resolution are all rounded
 * the same way, and averaging does not lessen that error. NaN of a single run. */
double location_variance(const struct location *location);

/* The median of values in any order, which it changes. */
double location_median(double *value, size_t values);

/* The mean of all runs. */
struct location location_mean(const double *value, size_t runs, double resolution);

/* The mean of the runs, given in ascending order, that lie within a fence about their median; at least half do. Its
 * variance is that of the Winsorised runs, in which those outside count as the nearest one inside (Yuen, The two-sample
 * trimmed t for unequal population variances, Biometrika 61 (1974) 165-170). */
struct location location_fenced_mean(const double *value, size_t runs, double resolution, double fence);

#endif
