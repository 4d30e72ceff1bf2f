/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One estimate over another, both with standard errors and independent of each other. */
#ifndef TASKWEIGHT_ANALYZE_RATIO_H
#define TASKWEIGHT_ANALYZE_RATIO_H

#include "analyze/estimate.h"

#include <stddef.h>

/* On which two estimates are compared. Times scatter by shares of themselves, and so do their ratios: logarithms (of
 * estimates above 0; otherwise plainly). */
enum ratio_scale { RATIO_PLAIN, RATIO_LOGARITHM };

struct ratio {
    double value;
    double low, high; /* confidence limits; plainly by Fieller's theorem: NaN where the divisor may be 0 */
    double p;         /* p value for the two being equal; NaN where an error is unknown or the divisor is 0 */
};

/* The p value for the two being equal, by Welch's t test; NaN where an error is unknown, or there is none. */
double ratio_equality_p(struct estimate a, struct estimate b, enum ratio_scale scale);

struct ratio ratio_of(struct estimate dividend, struct estimate divisor, enum ratio_scale scale, double confidence);

/* Holm's adjustment of p values that are tested together, in place (A simple sequentially rejective multiple test
 * procedure, Scandinavian Journal of Statistics 6 (1979) 65-70). NaN is no test and stays. Returns -1 where memory runs
 * out. */
int ratio_adjust(double *p, size_t count);

#endif
