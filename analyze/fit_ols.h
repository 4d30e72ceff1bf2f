/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ordinary least squares through every run, with the textbook's errors or with those that hold where runs scatter
   unequally. */
#ifndef TASKWEIGHT_ANALYZE_FIT_OLS_H
#define TASKWEIGHT_ANALYZE_FIT_OLS_H

#include "analyze/fit.h"

/* Estimates into a fit that is otherwise filled; the series has runs at 2 counts or more. */
void fit_ols(struct fit *fit, const struct series *series);
void fit_ols_hc3(struct fit *fit, const struct series *series);

#endif
