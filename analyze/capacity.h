/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many tasks fit: a fit's prediction, turned round. */
#ifndef TASKWEIGHT_ANALYZE_CAPACITY_H
#define TASKWEIGHT_ANALYZE_CAPACITY_H

#include "analyze/fit.h"

/* Numbers of tasks; NaN where unknown, and where no number would fill the budget. */
struct capacity {
    double tasks;     /* at which the line reaches the budget; 0 if the baseline alone does not fit */
    double low, high; /* at which the upper and the lower limit of the prediction of one more run reach it */
};

/* For a budget in the unit of the fit. With confidence c a run with `low` tasks fits with probability (1 + c) / 2. */
struct capacity capacity_of(const struct fit *fit, double budget);

#endif
