/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weighted least squares through one point for each count: the location of its runs, with an error of its own. */
#ifndef TASKWEIGHT_ANALYZE_FIT_WEIGHTED_H
#define TASKWEIGHT_ANALYZE_FIT_WEIGHTED_H

#include "analyze/fit.h"

/* Estimate into a fit that is otherwise filled; the series has runs at 2 counts or more.
   wls: the mean of each count, weighted by its own sample variance.
   robust: a mean of each count that outlier runs do not move, weighted by a variance that is smooth in the count. */
void fit_weighted_wls(struct fit *fit, const struct series *series);
void fit_weighted_robust(struct fit *fit, const struct series *series);

/* Whether a line holds: its lack of fit, and R squared, by the knots' own errors. */
void fit_weighted_test(struct fit *fit, const struct knots *knots);

#endif
