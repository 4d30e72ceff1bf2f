/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A number with its error. */
#ifndef TASKWEIGHT_ANALYZE_ESTIMATE_H
#define TASKWEIGHT_ANALYZE_ESTIMATE_H

#include <stdbool.h>

/* All but the degrees of freedom in one unit; NaN where unknown. The limits need not be as far from the value as each
 * other, and one that is infinite is none. */
struct estimate {
    double value;
    double standard_error, dof; /* the degrees of freedom behind the error */
    double low, high;           /* confidence limits */
};

extern const struct estimate estimate_unknown;

/* With limits by Student's t; without limits where the error or its degrees of freedom are unknown. */
struct estimate estimate_of(double value, double standard_error, double dof, double confidence);

/* Satterthwaite's degrees of freedom of the sum of two variances (Biometrics Bulletin 2 (1946) 110-114). */
double estimate_joint_dof(double variance, double dof, double other_variance, double other_dof);

/* a + factor * b of independent estimates: the error by their variances. */
struct estimate estimate_sum(struct estimate a, double factor, struct estimate b, double confidence);

/* Widens the limits by a further, independent deviation with that half-width, in squares as Zou and Donner do
 * (Construction of confidence limits about effect measures, Statistics in Medicine 27 (2008) 1693-1702). */
struct estimate estimate_widen(struct estimate estimate, double half_width);

/* a - b of independent estimates. What widens their limits beyond Student's t widens those of the difference, in
 * squares as above. */
struct estimate estimate_difference(struct estimate a, struct estimate b, double confidence);

/* Whether the whole interval of a lies above that of b; false where a limit is unknown. */
bool estimate_is_above(struct estimate a, struct estimate b);

#endif
