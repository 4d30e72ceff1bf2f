/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ordinary least squares through every run, with classical errors or with HC3's, which hold where runs scatter
 * unequally. */
#ifndef TASKWEIGHT_ANALYZE_FIT_OLS_H
#define TASKWEIGHT_ANALYZE_FIT_OLS_H

#include "analyze/fit.h"

/* Fills in the estimates of a fit whose other members are set; the series has runs at 2 counts or more. */
void fit_ols(struct fit *fit, const struct series *series);
void fit_ols_hc3(struct fit *fit, const struct series *series);

#endif
