/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One estimate over another, both with errors and independent of each other. */
#ifndef TASKWEIGHT_ANALYZE_RATIO_H
#define TASKWEIGHT_ANALYZE_RATIO_H

#include <stddef.h>

/* A value with its standard error, in the same unit, and the degrees of freedom of that error. NaN where unknown. */
struct ratio_part {
    double value, standard_error, dof;
};

struct ratio {
    double value;
    double low, high; /* confidence limits by Fieller's theorem; NaN where the divisor may be 0 */
    double p;         /* p value for the two being equal, by Welch's t test; NaN where an error is unknown */
};

struct ratio ratio_of(struct ratio_part dividend, struct ratio_part divisor, double confidence);

/* Holm's adjustment of p values that are tested together, in place (A simple sequentially rejective multiple test
 * procedure, Scandinavian Journal of Statistics 6 (1979) 65-70). NaN is no test and stays. Returns -1 where memory runs
 * out. */
int ratio_adjust(double *p, size_t count);

#endif
