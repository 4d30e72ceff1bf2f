/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The estimates of the curve: true whether or not a line holds. */
#ifndef TASKWEIGHT_ANALYZE_FIT_CURVE_H
#define TASKWEIGHT_ANALYZE_FIT_CURVE_H

#include "analyze/fit.h"

/* Estimates into a fit that is otherwise filled; the series has runs at 2 counts or more. The overhead is the average
 * slope from the smallest to the largest count, the baseline the curve's value at 0 tasks or, where the smallest count
 * is beyond FIT_CURVE_NEAR_ZERO, what was measured before the first task. */
void fit_curve(struct fit *fit, const struct series *series);

#define FIT_CURVE_NEAR_ZERO 100 /* tasks */

#endif
