/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What --check measures: models whose tasks have a known cost, each by the work that shows it. analyze reads the cost
   from the model's name. */
#ifndef TASKWEIGHT_COLLECT_CHECK_H
#define TASKWEIGHT_COLLECT_CHECK_H

#include "collect/setup.h"

/* Runs of each cell where the number is not given: the sweep takes less than two minutes. */
#define CHECK_RUNS 5

/* Adds the models and their works to a setup that has none of either. */
void check_fill(struct setup *setup);

#endif
