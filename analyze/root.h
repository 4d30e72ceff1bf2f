/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a function is 0. */
#ifndef TASKWEIGHT_ANALYZE_ROOT_H
#define TASKWEIGHT_ANALYZE_ROOT_H

typedef double root_function(double x, void *context);

/* The x between `low` and `high` at which the function, which has other signs at these two, is 0 or jumps over it: to a
 * relative 1e-12, by Brent's method (Algorithms for Minimization without Derivatives, 1973, chapter 4). The function
 * may be infinite. NaN where it is NaN, the signs are the same, or memory runs out. */
double root_find(root_function *function, void *context, double low, double high);

#endif
