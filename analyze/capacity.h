/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many tasks fit into a budget: the inverse of a fit's prediction. */
#ifndef TASKWEIGHT_ANALYZE_CAPACITY_H
#define TASKWEIGHT_ANALYZE_CAPACITY_H

#include "analyze/fit.h"

/* Numbers of tasks; NaN where unknown or where no number fills the budget. */
struct capacity {
    double tasks;     /* where the line reaches the budget; 0 if the baseline alone does not fit */
    double low, high; /* where the upper and the lower prediction limit of one more run reach the budget */
};

/* The budget is in the unit of the fit. With confidence c a run with `low` tasks fits with probability (1 + c) / 2. */
struct capacity capacity_of(const struct fit *fit, double budget);

#endif
